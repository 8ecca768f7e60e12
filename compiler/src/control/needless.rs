//! Control registers that make many states for nothing.
//!
//! A register is needless if it steers nothing but data, makes several times
//! as many states, and without it no state would have to be saved more often:
//! the sum in a cipher whose low bits select a key word, say. A timer is not:
//! without it, its ring of states would be one that is saved in every cycle.

use rustc_hash::FxHashMap;

use super::states::{States, count};
use super::{Edge, StateId};
use crate::netlist::known::Cone;
use crate::netlist::{Netlist, RegId};

/// How many times as many states a register may make without steering control.
const MAX_FACTOR: usize = 4;

/// The worst needless register: its place in `registers`, and how many times as
/// many states it makes. `keep` tells which places must stay.
pub(super) fn find(
    netlist: &Netlist,
    registers: &[RegId],
    states: &States,
    edges: &[Edge],
    keep: impl Fn(usize) -> bool,
) -> Option<(usize, usize)> {
    let next = |at: usize| netlist.registers[registers[at].index()].next;
    let steers = |at: usize| {
        let others = (0..registers.len()).filter(|&other| other != at);
        let cone = Cone::new(&netlist.exprs, others.map(next));
        cone.contains(netlist.registers[registers[at].index()].expr)
    };
    let hashes = states.hashes();
    (0..registers.len())
        .filter(|&at| !keep(at))
        .map(|at| {
            (
                at,
                states.len() / count(&states.without(&hashes, at)).max(1),
            )
        })
        .filter(|&(at, factor)| factor > MAX_FACTOR && !steers(at))
        .filter(|&(at, _)| !breaks_cycles(&states.without(&hashes, at), edges))
        .max_by_key(|&(at, factor)| (factor, std::cmp::Reverse(at)))
}

/// Whether without a register there would be cycles beside those through
/// states that have a self loop anyway; `states` are hashes that do not depend
/// on the register.
fn breaks_cycles(states: &[u64], edges: &[Edge]) -> bool {
    let mut numbers: FxHashMap<u64, usize> = FxHashMap::default();
    let number: Vec<usize> = (states.iter())
        .map(|&hash| {
            let next = numbers.len();
            *numbers.entry(hash).or_insert(next)
        })
        .collect();
    let count = numbers.len();
    let mut looped = vec![false; states.len()];
    for edge in edges.iter().filter(|edge| edge.from == edge.to) {
        looped[edge.from.index()] = true;
    }
    let mut cut = vec![true; count];
    for (state, &number) in number.iter().enumerate() {
        cut[number] &= looped[state];
    }
    let of = |state: StateId| number[state.index()];
    let mut edges: Vec<(usize, usize)> = (edges.iter())
        .map(|edge| (of(edge.from), of(edge.to)))
        .filter(|&(from, to)| !cut[from] && !cut[to])
        .collect();
    edges.sort_unstable();
    edges.dedup();
    let mut entries = vec![0; count];
    for &(_, to) in &edges {
        entries[to] += 1;
    }
    // What cannot be sorted topologically is on a cycle or behind one.
    let mut ready: Vec<usize> = (0..count).filter(|&state| entries[state] == 0).collect();
    let mut sorted = 0;
    while let Some(state) = ready.pop() {
        sorted += 1;
        let start = edges.partition_point(|&(from, _)| from < state);
        let own = edges[start..]
            .iter()
            .take_while(|&&(from, _)| from == state);
        for &(_, to) in own {
            entries[to] -= 1;
            if entries[to] == 0 {
                ready.push(to);
            }
        }
    }
    sorted < count
}
