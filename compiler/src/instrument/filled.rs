//! State whose first contents only a simulation knows.
//!
//! A memory from a file that is named at run time, or a statement of an
//! `initial` block that elaboration cannot follow, gives the design a start
//! that idetic cannot give it again after a supply failure before the first
//! commit. Where the design relies on it, that is refused.

use crate::control::{self, ControlGraph};
use crate::diagnostics::{Diagnostic, Diagnostics, codes};
use crate::liveness::{BitSet, Liveness};
use crate::netlist::{Bits, FilledLater, Netlist, RegId};
use crate::source::Span;

/// Refuses such state where it is live in the state in which the design starts.
pub fn refuse(
    netlist: &Netlist,
    graph: &ControlGraph,
    liveness: &Liveness,
    diagnostics: &mut Diagnostics,
) {
    let registers: Vec<(RegId, Span)> = netlist
        .filled_later
        .iter()
        .filter_map(|&(state, span)| match state {
            FilledLater::Register(register) => Some((register, span)),
            FilledLater::Memory(_) => None,
        })
        .collect();
    let ids: Vec<RegId> = registers.iter().map(|&(register, _)| register).collect();
    let after: Vec<Bits> = match &graph.reset {
        Some(reset) => control::after_reset(netlist, reset, &ids),
        None => ids
            .iter()
            .map(|register| Bits::unknown(netlist.registers[register.index()].width))
            .collect(),
    };
    let starts: Vec<&BitSet> = graph
        .states
        .iter()
        .zip(&liveness.live)
        .filter(|(state, _)| state.initial)
        .map(|(_, live)| live)
        .collect();
    for (&(register, span), value) in registers.iter().zip(&after) {
        let relied_on = (0..value.width()).any(|bit| {
            let number = liveness.bits.of(register, bit);
            value.bit(bit).is_none() && starts.iter().any(|live| live.contains(number))
        });
        if relied_on {
            let register = &netlist.registers[register.index()];
            diagnostics.push(refusal(&register.name, register.origin.declaration, span));
        }
    }
    for &(state, span) in &netlist.filled_later {
        if let FilledLater::Memory(memory) = state {
            let memory = &netlist.memories[memory.index()];
            // One that outlives a failure is programmed once, and no start loads it.
            if memory.kept.is_some() {
                continue;
            }
            diagnostics.push(refusal(&memory.name, memory.origin.declaration, span));
        }
    }
}

fn refusal(name: &str, declaration: Span, given: Span) -> Diagnostic {
    Diagnostic::error(
        codes::INITIAL_VALUE,
        declaration,
        format!("`{name}` has first contents that only a simulation knows"),
    )
    .label(given, "given here")
    .note("a supply failure before the first commit starts the design anew, and idetic cannot give it these contents again")
    .help("name a file that is there when idetic runs, or give the first contents by constants or a reset")
}
