//! How often each control state runs, without a recording.
//!
//! A walk starts at a state after reset and takes each of a state's successors
//! with equal probability; edges that only a reset takes do not count. Where it
//! comes back to a state after reset, or once in [`RESTART`] cycles, it starts
//! anew. Counters are in the control states, so that the lengths of counted
//! loops are exact; how often a condition holds is a guess.

use crate::control::{ControlGraph, Edge};
use crate::netlist::Netlist;

/// Cycles after which the walk starts anew, on average.
const RESTART: f64 = 1e5;

/// Passes over the graph, at most.
const PASSES: usize = 500;

/// Part of the cycles that each state runs in; the sum is 1.
pub fn visits(netlist: &Netlist, graph: &ControlGraph) -> Vec<f64> {
    let starts: Vec<bool> = graph.states.iter().map(|state| state.initial).collect();
    let edges = graph
        .edges
        .iter()
        .filter(|edge| !resets(netlist, graph, edge));
    walk(&starts, edges.map(|edge| (edge.from.0, edge.to.0)))
}

/// By state, where it is entered from and what part of the entries that is: each state that runs
/// `visits` of the cycles takes its successors with equal probability, as [`visits()`] has it.
pub fn arrivals(netlist: &Netlist, graph: &ControlGraph, visits: &[f64]) -> Vec<Vec<(u32, f64)>> {
    let edges = graph.edges.iter();
    let edges = edges.filter(|edge| !resets(netlist, graph, edge));
    shares(visits, edges.map(|edge| (edge.from.0, edge.to.0)))
}

/// The same on plain numbers.
pub(super) fn shares(
    visits: &[f64],
    edges: impl Iterator<Item = (u32, u32)>,
) -> Vec<Vec<(u32, f64)>> {
    let count = visits.len();
    let mut next: Vec<Vec<u32>> = vec![Vec::new(); count];
    for (from, to) in edges {
        next[from as usize].push(to);
    }
    let mut arrivals: Vec<Vec<(u32, f64)>> = vec![Vec::new(); count];
    for (from, list) in next.iter_mut().enumerate() {
        list.sort_unstable();
        list.dedup();
        for &to in list.iter() {
            arrivals[to as usize].push((from as u32, visits[from] / list.len() as f64));
        }
    }
    for list in &mut arrivals {
        let all: f64 = list.iter().map(|(_, part)| part).sum();
        let each = 1.0 / list.len().max(1) as f64;
        for (_, part) in list.iter_mut() {
            *part = if all > 0.0 { *part / all } else { each };
        }
    }
    arrivals
}

/// Whether the reset that the graph starts from is active on an edge.
fn resets(netlist: &Netlist, graph: &ControlGraph, edge: &Edge) -> bool {
    edge.reset
        || graph.reset.as_ref().is_some_and(|reset| {
            let input = netlist.input_port(&reset.port);
            input.is_some_and(|input| {
                let mut assumed = edge.assumptions.iter();
                assumed.any(|it| it.expr == input.expr && it.value == reset.active_high)
            })
        })
}

/// The walk on plain numbers.
pub(super) fn walk(starts: &[bool], edges: impl Iterator<Item = (u32, u32)>) -> Vec<f64> {
    let count = starts.len();
    let mut next: Vec<Vec<u32>> = vec![Vec::new(); count];
    for (from, to) in edges {
        next[from as usize].push(to);
    }
    let mut before: Vec<Vec<(u32, f64)>> = vec![Vec::new(); count];
    let mut stays = vec![0.0; count];
    for (from, list) in next.iter_mut().enumerate() {
        list.sort_unstable();
        list.dedup();
        let share = (1.0 - 1.0 / RESTART) / list.len().max(1) as f64;
        for &to in list.iter() {
            if to as usize == from {
                stays[from] = share;
            } else if !starts[to as usize] {
                before[to as usize].push((from as u32, share));
            }
        }
    }
    let begin = 1.0 / starts.iter().filter(|start| **start).count().max(1) as f64;
    let order = order(starts, &next);
    let mut visits = vec![0.0; count];
    for _ in 0..PASSES {
        let mut change = 0.0f64;
        for &state in &order {
            let state = state as usize;
            let arrivals = before[state].iter();
            let inflow: f64 = arrivals
                .map(|&(from, share)| visits[from as usize] * share)
                .sum();
            let start = if starts[state] { begin } else { 0.0 };
            let new = (inflow + start) / (1.0 - stays[state]);
            change = change.max((new - visits[state]).abs() / new.max(f64::MIN_POSITIVE));
            visits[state] = new;
        }
        if change < 1e-9 {
            break;
        }
    }
    let sum: f64 = visits.iter().sum();
    let share = |own: f64| if sum > 0.0 { own / sum } else { 0.0 };
    visits.into_iter().map(share).collect()
}

/// The states so that most edges lead forward: reverse post-order of a search
/// from the starts, then what it does not reach.
fn order(starts: &[bool], next: &[Vec<u32>]) -> Vec<u32> {
    let count = starts.len();
    let mut seen = vec![false; count];
    let mut post = Vec::with_capacity(count);
    let first = (0..count).filter(|&state| starts[state]);
    let rest = (0..count).filter(|&state| !starts[state]);
    for root in first.chain(rest) {
        if std::mem::replace(&mut seen[root], true) {
            continue;
        }
        let mut stack = vec![(root as u32, 0)];
        while let Some((state, at)) = stack.last_mut() {
            let state = *state as usize;
            match next[state].get(*at) {
                Some(&to) => {
                    *at += 1;
                    if !std::mem::replace(&mut seen[to as usize], true) {
                        stack.push((to, 0));
                    }
                }
                None => {
                    post.push(state as u32);
                    stack.pop();
                }
            }
        }
    }
    // What the first roots reach was finished first.
    post.reverse();
    post
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counted_loops_are_exact_and_waits_geometric() {
        // 0 waits or starts a run of three states that leads back.
        let edges = [(0, 0), (0, 1), (1, 2), (2, 3), (3, 0)];
        let visits = walk(&[true, false, false, false], edges.into_iter());
        // Two cycles of waiting, on average, then three.
        for (found, expected) in visits.iter().zip([0.4, 0.2, 0.2, 0.2]) {
            assert!((found - expected).abs() < 1e-3, "{visits:?}");
        }
    }

    #[test]
    fn entries_are_shared_out_by_how_often_they_are_taken() {
        // Half of what leaves 0 goes to 2 directly.
        let edges = [(0, 1), (0, 2), (1, 2), (2, 0)];
        let visits = walk(&[true, false, false], edges.into_iter());
        let arrivals = shares(&visits, edges.into_iter());
        assert_eq!(arrivals[1], [(0, 1.0)]);
        let [(0, direct), (1, other)] = arrivals[2][..] else {
            panic!("{arrivals:?}");
        };
        assert!((direct - 0.5).abs() < 1e-3 && (direct + other - 1.0).abs() < 1e-9);
        // Where nothing is ever left, all are as likely.
        assert_eq!(
            shares(&[0.0; 3], edges.into_iter())[2],
            [(0, 0.5), (1, 0.5)]
        );
    }

    #[test]
    fn a_loop_that_never_returns_takes_nearly_all() {
        let edges = [(0, 1), (1, 2), (2, 1)];
        let visits = walk(&[true, false, false], edges.into_iter());
        assert!(visits[0] < 1e-2, "{visits:?}");
        assert!((visits[1] - visits[2]).abs() < 1e-2, "{visits:?}");
    }
}
