//! Plans to compare one with: what it would cost to save without liveness, or
//! without choosing where.

use super::{Checkpoint, Derived, Plan, given, told};
use crate::control::{ControlGraph, StateId};
use crate::liveness::{BitSet, Constants, Liveness};
use crate::netlist::Netlist;

/// A way to make plans that needs no analysis of what is live, or no choice of checkpoints.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alternative {
    /// All flip-flops and written memories, at the same checkpoints.
    EveryFlop,
    /// Live bits, at every control state.
    EveryState,
}

impl Alternative {
    /// All of them.
    pub const ALL: [Alternative; 2] = [Alternative::EveryFlop, Alternative::EveryState];

    /// What it saves, in words.
    pub fn name(self) -> &'static str {
        match self {
            Alternative::EveryFlop => "every flip-flop",
            Alternative::EveryState => "live bits at every state",
        }
    }
}

impl Checkpoint {
    /// A state with its live bits, those given left out.
    pub(super) fn of(
        netlist: &Netlist,
        graph: &ControlGraph,
        liveness: &Liveness,
        state: StateId,
        given: Constants,
    ) -> Checkpoint {
        let mut memories = liveness.memories[state.index()].clone();
        for memory in netlist.kept_memories() {
            for part in liveness.bits.parts.of(memory) {
                memories.remove(part);
            }
        }
        Checkpoint {
            state,
            told: told(graph, liveness, state),
            saved: liveness.live[state.index()].without(given.bits()),
            given,
            derived: Derived::new(),
            memories,
        }
    }
}

impl Plan {
    /// The plan that an alternative makes for the same design. It claims nothing of its quality,
    /// nor of what its ways take.
    pub fn alternative(
        &self,
        which: Alternative,
        netlist: &Netlist,
        graph: &ControlGraph,
        liveness: &Liveness,
    ) -> Plan {
        let checkpoints = match which {
            Alternative::EveryState => (0..graph.states.len())
                .map(|state| StateId(state as u32))
                .map(|state| (state, given(netlist, graph, liveness, state)))
                .map(|(state, given)| Checkpoint::of(netlist, graph, liveness, state, given))
                .collect(),
            Alternative::EveryFlop => {
                let bits = liveness.bits.len();
                let mut saved = BitSet::new(bits);
                for bit in 0..bits {
                    saved.insert(bit);
                }
                let parts = &liveness.bits.parts;
                let mut memories = BitSet::new(parts.len());
                for memory in netlist.saved_memories() {
                    for part in parts.of(memory) {
                        memories.insert(part);
                    }
                }
                let checkpoints = self.checkpoints.iter().map(|checkpoint| Checkpoint {
                    state: checkpoint.state,
                    told: checkpoint.told.clone(),
                    saved: saved.clone(),
                    given: Constants::none(bits),
                    derived: Derived::new(),
                    memories: memories.clone(),
                });
                checkpoints.collect()
            }
        };
        Plan {
            checkpoints,
            worst_segment: None,
            failures: None,
            without_save: Vec::new(),
            ..self.clone()
        }
    }
}
