//! The order of the dynamic program, and how wide its frontiers are in it.

use super::super::segments::Problem;

/// The order in which states are decided: depth or breadth first from the starts,
/// whichever has the narrower frontiers.
pub(super) fn order(problem: &Problem) -> Vec<u32> {
    let deep = problem.flow.depth_first(problem.starts);
    let wide = problem.flow.breadth_first(problem.starts);
    if work(problem, &wide) < work(problem, &deep) {
        wide
    } else {
        deep
    }
}

/// Figures of all frontiers of an order, squared.
fn work(problem: &Problem, order: &[u32]) -> u64 {
    let mut sum = 0u64;
    widths(problem, order, |exits, entries| {
        sum = sum.saturating_add(((exits + 1) * (entries + 1)).pow(2));
    });
    sum
}

/// Exits and entries of the frontier after each state of an order.
fn widths(problem: &Problem, order: &[u32], mut each: impl FnMut(u64, u64)) {
    let flow = problem.flow;
    let mut place = vec![0usize; order.len()];
    for (at, &state) in order.iter().enumerate() {
        place[state as usize] = at;
    }
    // Where each state stops being an exit and an entry.
    let mut ends = vec![(0i64, 0i64); order.len() + 1];
    for (at, &state) in order.iter().enumerate() {
        let last = |list: &[u32]| list.iter().map(|&other| place[other as usize]).max();
        let exit = last(flow.successors(state as usize)).filter(|&end| end > at);
        let entry = last(flow.predecessors(state as usize)).filter(|&end| end > at);
        if let Some(end) = exit {
            ends[at].0 += 1;
            ends[end].0 -= 1;
        }
        if let Some(end) = entry {
            ends[at].1 += 1;
            ends[end].1 -= 1;
        }
    }
    let (mut exits, mut entries) = (0i64, 0i64);
    for (exit, entry) in ends {
        exits += exit;
        entries += entry;
        each(exits as u64, entries as u64);
    }
}

/// Partial choices that are worth keeping per state, at most.
const KEPT: usize = 192;
/// With fewer the program finds less than a greedy choice does.
const LEAST_KEPT: usize = 12;
/// Figures that are computed for a plan, at most.
const FIGURES: u64 = 100_000_000;

/// How many partial choices can be kept where the frontier is wide, so that a plan takes seconds at most; `None` where
/// those are too few.
pub(in crate::plan) fn beam(problem: &Problem) -> Option<usize> {
    let order = order(problem);
    let tables = problem.resources.len() as u64 + u64::from(problem.aging.is_some());
    let mut figures = 0;
    widths(problem, &order, |exits, entries| {
        let own = (exits + 1) * (entries + 1) * tables;
        figures += own;
    });
    // Each partial choice is tried with the state chosen and not.
    let kept = (FIGURES / (2 * figures).max(1)) as usize;
    (kept >= LEAST_KEPT).then_some(kept.min(KEPT))
}
