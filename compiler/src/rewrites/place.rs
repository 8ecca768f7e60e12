//! Rows read since the last sure commit, and where commits are placed.

use crate::control::{ControlGraph, StateId};
use crate::liveness::{Accesses, BitSet};

/// What each edge reads, with what the edges read that leave the same state for one which the same registers may satisfy.
pub(super) fn joined(graph: &ControlGraph, reads: &[BitSet]) -> Vec<BitSet> {
    let mut all = reads.to_vec();
    for state in 0..graph.states.len() {
        let state = StateId(state as u32);
        let (first, edges) = (graph.first_edge(state), graph.edges_from(state));
        for (at, edge) in edges.iter().enumerate() {
            for (other, another) in edges.iter().enumerate() {
                if other != at && may_be_both(graph, edge.to, another.to) {
                    all[first + at].union_with(&reads[first + other]);
                }
            }
        }
    }
    all
}

/// Whether registers can satisfy the facts of both states.
fn may_be_both(graph: &ControlGraph, a: StateId, b: StateId) -> bool {
    let values = |state: StateId| &graph.states[state.index()].values;
    let mut pairs = values(a).iter().zip(values(b));
    pairs.all(|(a, b)| {
        let mut bits = (0..a.width()).map(|bit| (a.bit(bit), b.bit(bit)));
        bits.all(|(a, b)| a.is_none() || b.is_none() || a == b)
    })
}

/// Per state, the parts that may have been read since the last commit in one of the states `sure`, when a cycle in
/// it begins. The least sets of which: a state that commits has none, every other has what its
/// predecessors had and what was read on the way from them.
pub(super) fn exposed(graph: &ControlGraph, accesses: &Accesses, sure: &[StateId]) -> Vec<BitSet> {
    let length = accesses.reads.first().map_or(0, BitSet::capacity);
    let mut exposed = vec![BitSet::new(length); graph.states.len()];
    let mut open: Vec<StateId> = (0..graph.states.len() as u32).rev().map(StateId).collect();
    let mut waiting = vec![true; graph.states.len()];
    while let Some(state) = open.pop() {
        waiting[state.index()] = false;
        let first = graph.first_edge(state);
        for (at, edge) in graph.edges_from(state).iter().enumerate() {
            if sure.contains(&edge.to) {
                continue;
            }
            let mut more = exposed[state.index()].clone();
            more.union_with(&accesses.reads[first + at]);
            let grown = exposed[edge.to.index()].union_with(&more);
            if grown && !std::mem::replace(&mut waiting[edge.to.index()], true) {
                open.push(edge.to);
            }
        }
    }
    exposed
}

/// What a state may write of parts that were read before.
pub(super) fn rewritten(
    graph: &ControlGraph,
    accesses: &Accesses,
    before: &BitSet,
    state: StateId,
) -> BitSet {
    let mut hit = BitSet::new(before.capacity());
    let first = graph.first_edge(state);
    for at in 0..graph.edges_from(state).len() {
        hit.union_with(&accesses.writes[first + at]);
    }
    hit.keep(before);
    hit
}

/// The first state, in their order, that may write a part which was read before, and that part.
fn first_hazard(
    graph: &ControlGraph,
    accesses: &Accesses,
    sure: &[StateId],
) -> Option<(StateId, usize)> {
    let exposed = exposed(graph, accesses, sure);
    (exposed.iter().enumerate()).find_map(|(at, before)| {
        let state = StateId(at as u32);
        let hit = rewritten(graph, accesses, before, state);
        let part = hit.iter().next()?;
        Some((state, part))
    })
}

/// The states nearest in front of `state`, itself if it may be one, of which one is met on every way from a reading of
/// the part that is not committed yet; `None` where it may be read by an edge into the first state that must not commit.
fn in_front(
    graph: &ControlGraph,
    accesses: &Accesses,
    sure: &[StateId],
    forbidden: &[StateId],
    (state, part): (StateId, usize),
) -> Option<Vec<StateId>> {
    if !forbidden.contains(&state) {
        return Some(vec![state]);
    }
    let exposed = exposed(graph, accesses, sure);
    let mut into: Vec<Vec<usize>> = vec![Vec::new(); graph.states.len()];
    for (at, edge) in graph.edges.iter().enumerate() {
        into[edge.to.index()].push(at);
    }
    let mut seen = vec![false; graph.states.len()];
    let (mut open, mut found) = (vec![state], Vec::new());
    while let Some(at) = open.pop() {
        if std::mem::replace(&mut seen[at.index()], true) {
            continue;
        }
        if !forbidden.contains(&at) {
            found.push(at);
            continue;
        }
        for &edge in &into[at.index()] {
            if accesses.reads[edge].contains(part) {
                return None;
            }
            let from = graph.edges[edge].from;
            if exposed[from.index()].contains(part) {
                open.push(from);
            }
        }
    }
    Some(found)
}

/// States that have to commit, in order; or one that has to, and neither may nor has a state in front that may, with a
/// part that it may write.
pub(super) fn place(
    graph: &ControlGraph,
    accesses: &Accesses,
    bits: &[u64],
    forbidden: &[StateId],
) -> Result<Vec<StateId>, (StateId, usize)> {
    let mut sure = Vec::new();
    // Nothing is exposed where a commit is made, so each round adds states.
    while let Some(hazard) = first_hazard(graph, accesses, &sure) {
        let more = in_front(graph, accesses, &sure, forbidden, hazard);
        sure.extend(more.ok_or(hazard)?);
    }
    let mut order = sure.clone();
    order.sort_by_key(|state| (std::cmp::Reverse(bits[state.index()]), *state));
    for state in order {
        let mut fewer = sure.clone();
        fewer.retain(|&other| other != state);
        if first_hazard(graph, accesses, &fewer).is_none() {
            sure = fewer;
        }
    }
    sure.sort_unstable();
    Ok(sure)
}

/// The sure commits that may be the last one when a cycle in a state begins, in order.
pub(super) fn last_before(graph: &ControlGraph, sure: &[StateId], state: StateId) -> Vec<StateId> {
    let mut seen = vec![false; graph.states.len()];
    let mut open = vec![state];
    let mut last = Vec::new();
    while let Some(at) = open.pop() {
        if std::mem::replace(&mut seen[at.index()], true) {
            continue;
        }
        if sure.contains(&at) {
            last.push(at);
            continue;
        }
        let before = graph.edges.iter().filter(|edge| edge.to == at);
        open.extend(before.map(|edge| edge.from));
    }
    last.sort_unstable();
    last
}
