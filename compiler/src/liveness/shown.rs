//! Which control states the registers may show.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::control::{ControlGraph, StateId};
use crate::netlist::{Bits, Netlist, RegId};

/// What the control registers read as, given 64 bits at a time as known ones and 1s.
pub(super) fn shown(
    graph: &ControlGraph,
    netlist: &Netlist,
    read: &impl Fn(RegId, u32) -> (u64, u64),
) -> Vec<Bits> {
    let value = |&register: &RegId| {
        let width = netlist.registers[register.index()].width;
        let (mut ones, mut unknown) = (Vec::new(), Vec::new());
        for from in (0..width).step_by(64) {
            let (sure, one) = read(register, from);
            // A window may reach into the next register.
            let own = match width - from {
                rest @ 0..64 => (1u64 << rest) - 1,
                _ => u64::MAX,
            };
            ones.push(one & own);
            unknown.push(!sure & own);
        }
        Bits::new(width, &ones, &unknown)
    };
    graph.registers.iter().map(value).collect()
}

/// The states by the value of one control register, so that those which fit what
/// the registers show are found quickly.
pub(super) struct Places {
    /// The place of the register in the graph's list.
    register: usize,
    by_value: FxHashMap<Bits, Vec<StateId>>,
    /// The states in which its value is no fact.
    others: Vec<StateId>,
}

impl Places {
    pub(super) fn new(graph: &ControlGraph) -> Places {
        let distinct = |at: &usize| {
            let values = graph.states.iter().map(|state| &state.values[*at]);
            let known: FxHashSet<&Bits> = values.filter(|value| value.is_known()).collect();
            known.len()
        };
        let register = (0..graph.registers.len()).max_by_key(distinct);
        let mut places = Places {
            register: register.unwrap_or(0),
            by_value: FxHashMap::default(),
            others: Vec::new(),
        };
        for (at, state) in graph.states.iter().enumerate() {
            let state_id = StateId(at as u32);
            match state.values.get(places.register) {
                Some(value) if value.is_known() => places
                    .by_value
                    .entry(value.clone())
                    .or_default()
                    .push(state_id),
                _ => places.others.push(state_id),
            }
        }
        places
    }

    /// The states whose facts may hold where the control registers show this.
    pub(super) fn fitting(&self, graph: &ControlGraph, shown: &[Bits]) -> Vec<StateId> {
        let own = shown.get(self.register);
        let by_value: Vec<StateId> = match own {
            Some(value) if value.is_known() => {
                self.by_value.get(value).cloned().unwrap_or_default()
            }
            _ => self.by_value.values().flatten().copied().collect(),
        };
        let fits = |state: &StateId| {
            let facts = &graph.states[state.index()].values;
            shown
                .iter()
                .zip(facts)
                .all(|(a, b)| !b.is_known() || agree(a, b))
        };
        let mut list: Vec<StateId> = (by_value.into_iter().chain(self.others.iter().copied()))
            .filter(fits)
            .collect();
        list.sort_unstable();
        list
    }
}

/// Whether no bit is known to differ.
pub(super) fn agree(a: &Bits, b: &Bits) -> bool {
    (0..a.width()).all(|bit| match (a.bit(bit), b.bit(bit)) {
        (Some(a), Some(b)) => a == b,
        _ => true,
    })
}
