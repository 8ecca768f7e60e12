//! Taking away facts that a state does not need, and merging what is left equal.

use indexmap::IndexMap;

use super::uses::{Refused, Uses, postorder, predecessors};
use super::{BitIndex, BitSet};
use crate::control::{ControlGraph, Edge, StateId, ValueName, state_name};
use crate::netlist::{Bits, Netlist, RegId};

/// Passes over the states, at most; each pass lets a removal reach further back.
const PASSES: usize = 8;

/// Makes the value of a control register unknown in every state where nothing
/// is lost by it: without the fact no bit becomes live that was not, and the
/// facts that are left still determine which edges there are and lead into the
/// facts of their targets. The register itself may stay live, as data: idle
/// states that differ in a counter that an output shows are one state then.
/// Greedy, states with their successors first. Tells whether any fact was
/// removed; `live` stays a valid solution.
pub(super) fn relax(uses: &mut Uses<'_>, graph: &mut ControlGraph, live: &mut [BitSet]) -> bool {
    let order = postorder(graph);
    let before = predecessors(graph);
    let mut dirty = vec![true; graph.states.len()];
    let mut any = false;
    for _ in 0..PASSES {
        let mut changed = false;
        for &state in &order {
            if !std::mem::replace(&mut dirty[state.index()], false) {
                continue;
            }
            let mut removed = false;
            for at in 0..graph.registers.len() {
                removed |= try_remove(uses, graph, live, state, at);
            }
            if removed {
                changed = true;
                for from in &before[state.index()] {
                    dirty[from.index()] = true;
                }
            }
        }
        any |= changed;
        if !changed {
            break;
        }
    }
    any
}

/// Removes the fact about register `at` of the graph from a state if it can be.
fn try_remove(
    uses: &mut Uses<'_>,
    graph: &mut ControlGraph,
    live: &mut [BitSet],
    state: StateId,
    at: usize,
) -> bool {
    let register = graph.registers[at];
    let value = &mut graph.states[state.index()].values[at];
    if !value.is_known() {
        return false;
    }
    let unknown = Bits::unknown(value.width());
    let value = std::mem::replace(value, unknown);
    // A dead register is dead along a self loop too; assume so, and if that
    // fails, that it is live there.
    let old = live[state.index()].clone();
    let dead = without(uses.bits(), &old, register);
    for assumed in [dead, old.clone()] {
        live[state.index()].clone_from(&assumed);
        let mut used = BitSet::new(uses.bits().len());
        match uses.add(graph, state, live, Some(&assumed), &mut used) {
            Ok(()) => {
                live[state.index()] = used;
                return true;
            }
            Err(Refused::NotClosed) => break,
            Err(Refused::Used) => {}
        }
    }
    live[state.index()] = old;
    graph.states[state.index()].values[at] = value;
    false
}

fn without(bits: &BitIndex, set: &BitSet, register: RegId) -> BitSet {
    let mut set = set.clone();
    for bit in bits.range(register) {
        set.remove(bit);
    }
    set
}

/// Merges states with equal facts. The first of each group stands for all: its
/// edges cover every valuation that satisfies the facts, so those of the others
/// are not needed, nor are states that only they led to.
pub(super) fn merge(netlist: &Netlist, graph: &mut ControlGraph, names: &[ValueName]) {
    let mut groups: IndexMap<&[Bits], Vec<StateId>> = IndexMap::new();
    for (index, state) in graph.states.iter().enumerate() {
        let group = groups.entry(&state.values).or_default();
        group.push(StateId(index as u32));
    }
    let mut first = vec![StateId(0); graph.states.len()];
    for members in groups.values() {
        for member in members {
            first[member.index()] = members[0];
        }
    }
    let mut initial = vec![false; graph.states.len()];
    for (index, state) in graph.states.iter().enumerate() {
        initial[first[index].index()] |= state.initial;
    }
    // Reachable representatives, renumbered in the old order.
    let mut reached = initial.clone();
    let mut open: Vec<StateId> = (0..reached.len())
        .filter(|&index| reached[index])
        .map(|index| StateId(index as u32))
        .collect();
    while let Some(state) = open.pop() {
        for edge in graph.edges_from(state) {
            let to = first[edge.to.index()];
            if !std::mem::replace(&mut reached[to.index()], true) {
                open.push(to);
            }
        }
    }
    let mut number = vec![StateId(0); reached.len()];
    let mut states = Vec::new();
    for (index, state) in graph.states.iter().enumerate() {
        if reached[index] {
            number[index] = StateId(states.len() as u32);
            let mut state = state.clone();
            state.initial = initial[index];
            state.name = state_name(netlist, &graph.registers, &state.values, names);
            states.push(state);
        }
    }
    let kept = graph.edges.iter().filter(|edge| reached[edge.from.index()]);
    let edges = kept.map(|edge| Edge {
        from: number[edge.from.index()],
        to: number[first[edge.to.index()].index()],
        ..edge.clone()
    });
    graph.edges = edges.collect();
    graph.states = states;
}
