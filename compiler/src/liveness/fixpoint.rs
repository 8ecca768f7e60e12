//! The least live sets.
//!
//! The demand of a set of bits is the union of the demands of its members, so
//! each edge is asked for each bit once: a state remembers in which order its
//! bits became live, and an edge how far it has carried them. The whole costs
//! one evaluation of each state, and again where a loop adds bits.

use super::BitSet;
use super::uses::{Limb, Shown, Uses, Wanted};
use crate::control::{ControlGraph, StateId};

/// The states, successors before predecessors where there is no cycle.
pub(super) fn postorder(graph: &ControlGraph) -> Vec<StateId> {
    let mut order = Vec::with_capacity(graph.states.len());
    let mut seen = vec![false; graph.states.len()];
    for root in 0..graph.states.len() {
        if std::mem::replace(&mut seen[root], true) {
            continue;
        }
        let mut stack = vec![(StateId(root as u32), 0)];
        while let Some((state, at)) = stack.last_mut() {
            match graph.edges_from(*state).get(*at) {
                Some(edge) => {
                    *at += 1;
                    let to = edge.to;
                    if !std::mem::replace(&mut seen[to.index()], true) {
                        stack.push((to, 0));
                    }
                }
                None => {
                    order.push(*state);
                    stack.pop();
                }
            }
        }
    }
    order
}

/// Per state, the states with an edge to it.
pub(super) fn predecessors(graph: &ControlGraph) -> Vec<Vec<StateId>> {
    let mut found: Vec<Vec<StateId>> = vec![Vec::new(); graph.states.len()];
    for edge in &graph.edges {
        let list = &mut found[edge.to.index()];
        if list.last() != Some(&edge.from) {
            list.push(edge.from);
        }
    }
    found
}

/// The least live sets: passes over the states, successors first, until no set
/// grows.
pub(super) fn fixpoint(uses: &mut Uses<'_>, graph: &ControlGraph) -> Vec<BitSet> {
    let order = postorder(graph);
    let before = predecessors(graph);
    let mut live = vec![uses.bits().empty(); graph.states.len()];
    // Per state the limbs of its bits as they became live, and per edge how
    // many of its target's it has carried.
    let mut grown: Vec<Vec<Limb>> = vec![Vec::new(); graph.states.len()];
    let mut carried: Vec<Option<u32>> = vec![None; graph.edges.len()];
    let mut visited = vec![false; graph.states.len()];
    let mut dirty = vec![true; graph.states.len()];
    while dirty.contains(&true) {
        for &state in &order {
            let index = state.index();
            if !std::mem::replace(&mut dirty[index], false) {
                continue;
            }
            let mut used = uses.bits().empty();
            // Facts and decisions need not be asked for twice.
            let first = !std::mem::replace(&mut visited[index], true);
            if first {
                uses.add_facts(graph, state, &mut used);
            }
            let wanted = |edge: usize| {
                let all = &grown[graph.edges[edge].to.index()];
                let from = carried[edge].replace(all.len() as u32);
                let new = &all[from.unwrap_or(0) as usize..];
                (from.is_none() || !new.is_empty()).then(|| Wanted {
                    live: new.to_vec(),
                    shown: match from {
                        None => Shown::All,
                        Some(_) => Shown::Nothing,
                    },
                })
            };
            uses.add(graph, state, |_: &_| first, wanted, &mut used);
            let news: Vec<Limb> = used.limbs_not_in(&live[index]).collect();
            if news.is_empty() {
                continue;
            }
            live[index].union_with(&used);
            grown[index].extend(news);
            for from in &before[index] {
                dirty[from.index()] = true;
            }
        }
    }
    live
}
