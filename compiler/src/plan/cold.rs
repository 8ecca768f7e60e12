//! What a cold start has to load.
//!
//! Where nothing is committed yet, a supply failure starts the design anew.
//! Registers without an initial value hold anything then, as they did at the
//! very first power-up. A bit that has one, and is live where the design
//! starts, must have it again: silicon does not run `initial` blocks, and
//! the supply may fail and return without an FPGA being configured again.
//!
//! A reset that sets the bit does not make it needless, since nothing says that
//! the environment resets the design before it looks at the outputs.

use crate::control::ControlGraph;
use crate::liveness::{BitIndex, BitSet, Liveness};
use crate::netlist::{Netlist, RegId};

/// The state that must have its initial value at a cold start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cold {
    /// Register bits, in the numbering of the liveness.
    pub bits: BitSet,
    /// Parts of memories, likewise.
    pub memories: BitSet,
}

impl Cold {
    /// Nothing relies on initial values.
    pub fn none(bits: &BitIndex) -> Cold {
        Cold {
            bits: BitSet::new(bits.len()),
            memories: BitSet::new(bits.parts.len()),
        }
    }

    /// Whether nothing has to be loaded.
    pub fn is_empty(&self) -> bool {
        self.bits.count() + self.memories.count() == 0
    }
}

/// Finds the bits with an initial value that are live where the design starts.
pub fn cold(netlist: &Netlist, graph: &ControlGraph, liveness: &Liveness) -> Cold {
    let mut cold = Cold::none(&liveness.bits);
    let states = graph.states.iter().enumerate();
    let starts: Vec<usize> = states
        .filter(|(_, state)| state.initial)
        .map(|(index, _)| index)
        .collect();
    for (index, register) in netlist.registers.iter().enumerate() {
        let Some(init) = &register.init else { continue };
        for bit in 0..register.width {
            let number = liveness.bits.of(RegId(index as u32), bit);
            let live = |&state: &usize| liveness.live[state].contains(number);
            if init.bit(bit).is_some() && starts.iter().any(live) {
                cold.bits.insert(number);
            }
        }
    }
    let parts = &liveness.bits.parts;
    for memory in netlist.saved_memories() {
        let Some(init) = &netlist.memories[memory.index()].init else {
            continue;
        };
        for part in parts.of(memory) {
            let words = &init[as_range(parts.rows(part).rows)];
            let mut bits = words
                .iter()
                .flat_map(|word| (0..word.width()).map(|bit| word.bit(bit)));
            let live = |&state: &usize| liveness.memories[state].contains(part);
            if bits.any(|bit| bit.is_some()) && starts.iter().any(live) {
                cold.memories.insert(part);
            }
        }
    }
    cold
}

fn as_range(rows: std::ops::Range<u32>) -> std::ops::Range<usize> {
    rows.start as usize..rows.end as usize
}
