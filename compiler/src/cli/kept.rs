//! Memories that outlive a supply failure, as `verify` has to know them.
//!
//! A simulator's model is new in each power cycle, so their contents are carried from one to the next: at first those
//! with which they are programmed, the initial ones of the design. The row that is due at the edge which
//! does not come is torn; which one that is follows from the netlist, run on the recorded inputs.

use idetic_sim::{Cells, Expectation, KeptMemory, RowWrite};

use crate::cli::power_up;
use crate::cli::verify_target::path;
use crate::diagnostics::{Diagnostic, codes};
use crate::netlist::machine::Machine;
use crate::netlist::{Bits, MemId, Netlist};

/// Rows in all, at most: each is looked at after each clock edge from which another power cycle may follow.
const MOST_ROWS: u64 = 1 << 14;

/// The error where there are too many rows to be carried from one power cycle to the next.
pub fn too_large(netlist: &Netlist) -> Option<Diagnostic> {
    let depth = |memory: MemId| u64::from(netlist.memories[memory.index()].depth);
    let rows: u64 = netlist.kept_memories().map(depth).sum();
    let largest = netlist.kept_memories().max_by_key(|&memory| depth(memory));
    let memory = &netlist.memories[largest.filter(|_| rows > MOST_ROWS)?.index()];
    let message = format!(
        "`{}` and all memories like it have {rows} rows, more than the {MOST_ROWS} that are carried over a supply failure",
        memory.name
    );
    Some(
        Diagnostic::error(codes::RECORDING, memory.origin.declaration, message)
            .at("it outlives a supply failure by itself")
            .help("verify the design with a smaller memory; `idetic prove` takes any"),
    )
}

/// The memories, without their writes.
pub fn memories(netlist: &Netlist) -> Vec<KeptMemory> {
    let of = |memory: MemId| {
        let memory = &netlist.memories[memory.index()];
        let (width, depth) = (memory.width as usize, memory.depth as usize);
        let mut programmed = Cells::unknown(width, depth);
        for (row, word) in memory.init.iter().flatten().enumerate() {
            for bit in 0..width {
                programmed.set(row, bit, word.bit(bit as u32));
            }
        }
        KeptMemory {
            path: path(netlist, &memory.origin),
            // Those without one are refused.
            first_index: memory.first_index.unwrap_or(0),
            programmed,
            writes: Vec::new(),
        }
    };
    netlist.kept_memories().map(of).collect()
}

/// Adds the rows that each logical cycle writes. One of which it is unknown whether, or where, it is written, is left
/// out: the design does not know it either.
pub fn add_writes(netlist: &Netlist, expectation: &Expectation, memories: &mut [KeptMemory]) {
    if memories.is_empty() {
        return;
    }
    let words = Machine::first_words(netlist, Bits::unknown);
    let mut machine = Machine::new(netlist, words);
    let mut state = power_up::first_state(netlist);
    for cycle in 0..expectation.cycles() {
        let inputs = power_up::inputs(netlist, expectation, cycle);
        state = machine.under_resets(&state, &inputs);
        let moment = machine.moment(&state, &inputs);
        for (id, kept) in netlist.kept_memories().zip(&mut *memories) {
            let memory = &netlist.memories[id.index()];
            for write in &memory.writes {
                let enabled = machine.value(&moment, write.enable).bit(0) == Some(true);
                let row = machine.value(&moment, write.address).to_u64();
                let row = row.filter(|row| enabled && *row < u64::from(memory.depth));
                let Some(row) = row else { continue };
                let data = machine.value(&moment, write.data);
                // Rows are written as a whole, or refused.
                let digit = |bit| match data.bit(bit) {
                    Some(true) => '1',
                    Some(false) => '0',
                    None => 'x',
                };
                kept.writes.push(RowWrite {
                    cycle: cycle as u64,
                    row: row as u32,
                    data: (0..memory.width).rev().map(digit).collect(),
                });
            }
        }
        state = machine.clock(&moment, &state);
    }
}
