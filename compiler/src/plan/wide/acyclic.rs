//! A cheap choice that hits all cycles: local search over orders.
//!
//! States that are no checkpoints have no cycle among them exactly if there is an order in which all edges between them lead
//! forward. The search holds such an order and puts a checkpoint into it at random, as far back or as far forward as its
//! edges from or to those in the order allow; what then has an edge that leads backward leaves the order, and becomes a
//! checkpoint. That is done if it is cheaper, and if it is dearer with a probability that falls with time (Galinier,
//! Lemamou and Bouzidi, Journal of Heuristics 19, 2013).
//!
//! Nothing is random from run to run.

use super::super::graph::Flow;
use super::super::segments::Problem;

/// States put into the order, for each state of the graph and in all.
const MOVES_A_STATE: usize = 2000;
const MOVES: usize = 4_000_000;

/// By how much of a mean cost a choice may get dearer, at the beginning and in the end.
const HEAT: [f64; 2] = [0.5, 0.03];

/// No state.
const NONE: u32 = u32::MAX;

/// The checkpoints of a cheap choice that hits all cycles, `problem.required` among them; `None` if forbidden states
/// have a cycle.
pub(super) fn search(problem: &Problem) -> Option<Vec<bool>> {
    let count = problem.flow.len();
    // What must stay in the order is there from the beginning.
    let blocked: Vec<bool> = problem.allowed.clone();
    let first = problem.flow.order_without(&blocked)?;
    let mut order = Order::new(count);
    for &state in &first {
        order.insert(state, order.last);
    }
    let mut chosen: Vec<bool> = (0..count)
        .map(|state| problem.required[state] || problem.flow.has_self_loop(state))
        .collect();
    let mut outside: Vec<u32> = (0..count as u32)
        .filter(|&state| problem.allowed[state as usize] && !chosen[state as usize])
        .collect();
    let all: u64 = outside.iter().map(|&at| problem.costs[at as usize]).sum();
    let mean = all as f64 / outside.len().max(1) as f64;
    let moves = MOVES.min(MOVES_A_STATE * outside.len());
    let cooling = (HEAT[1] / HEAT[0]).powf(1.0 / moves.max(1) as f64);
    let mut heat = HEAT[0] * mean;
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let (mut backward, mut forward) = (Vec::new(), Vec::new());
    for _ in 0..moves {
        if outside.is_empty() {
            break;
        }
        heat *= cooling;
        let place = random.below(outside.len());
        let state = outside[place];
        let behind = order.behind(problem.flow, state, &mut backward);
        let before = order.before(problem.flow, state, &mut forward);
        let cost = |list: &[u32]| -> Option<u64> {
            let allowed = list.iter().all(|&it| problem.allowed[it as usize]);
            allowed.then(|| list.iter().map(|&it| problem.costs[it as usize]).sum())
        };
        let (late, early) = (cost(&backward), cost(&forward));
        let (at, leave, cost) = match (late, early) {
            (Some(late), Some(early)) if early < late => (before, &forward, early),
            (Some(late), _) => (behind, &backward, late),
            (None, Some(early)) => (before, &forward, early),
            (None, None) => continue,
        };
        let dearer = cost as f64 - problem.costs[state as usize] as f64;
        if dearer > 0.0 && random.part() >= (-dearer / heat).exp() {
            continue;
        }
        order.insert(state, at);
        outside.swap_remove(place);
        for &other in leave {
            order.remove(other);
            outside.push(other);
        }
    }
    for state in outside {
        chosen[state as usize] = true;
    }
    Some(chosen)
}

/// States in a row, each with a label that is larger than those before it.
struct Order {
    labels: Vec<u64>,
    inside: Vec<bool>,
    /// Neighbours in the row.
    previous: Vec<u32>,
    next: Vec<u32>,
    first: u32,
    last: u32,
}

/// Between the labels of neighbours, when they are given anew.
const GAP: u64 = 1 << 40;

impl Order {
    fn new(count: usize) -> Order {
        Order {
            labels: vec![0; count],
            inside: vec![false; count],
            previous: vec![NONE; count],
            next: vec![NONE; count],
            first: NONE,
            last: NONE,
        }
    }

    /// The last of those that lead to a state, if any, and what the state leads to up to there.
    fn behind(&self, flow: &Flow, state: u32, leave: &mut Vec<u32>) -> u32 {
        let from = flow.predecessors(state as usize).iter();
        let from = from.copied().filter(|&it| self.inside[it as usize]);
        let last = from.max_by_key(|&it| self.labels[it as usize]);
        leave.clear();
        let Some(last) = last else { return NONE };
        let label = self.labels[last as usize];
        let to = flow.successors(state as usize).iter().copied();
        let back = |&it: &u32| self.inside[it as usize] && self.labels[it as usize] <= label;
        leave.extend(to.filter(back));
        last
    }

    /// The state before the first of those that a state leads to, or the last of all, and what leads to the state
    /// from there on.
    fn before(&self, flow: &Flow, state: u32, leave: &mut Vec<u32>) -> u32 {
        let to = flow.successors(state as usize).iter();
        let to = to.copied().filter(|&it| self.inside[it as usize]);
        let first = to.min_by_key(|&it| self.labels[it as usize]);
        leave.clear();
        let Some(first) = first else { return self.last };
        let label = self.labels[first as usize];
        let from = flow.predecessors(state as usize).iter().copied();
        let back = |&it: &u32| self.inside[it as usize] && self.labels[it as usize] >= label;
        leave.extend(from.filter(back));
        self.previous[first as usize]
    }

    /// Puts a state behind another one, or first.
    fn insert(&mut self, state: u32, behind: u32) {
        let next = match behind {
            NONE => self.first,
            behind => self.next[behind as usize],
        };
        let low = match behind {
            NONE => 0,
            behind => self.labels[behind as usize],
        };
        let high = match next {
            NONE => low.saturating_add(2 * GAP),
            next => self.labels[next as usize],
        };
        let own = state as usize;
        self.labels[own] = low + (high - low) / 2;
        self.inside[own] = true;
        self.previous[own] = behind;
        self.next[own] = next;
        match behind {
            NONE => self.first = state,
            behind => self.next[behind as usize] = state,
        }
        match next {
            NONE => self.last = state,
            next => self.previous[next as usize] = state,
        }
        if high - low < 2 || high > u64::MAX / 2 {
            self.label();
        }
    }

    fn remove(&mut self, state: u32) {
        let own = state as usize;
        let (previous, next) = (self.previous[own], self.next[own]);
        match previous {
            NONE => self.first = next,
            previous => self.next[previous as usize] = next,
        }
        match next {
            NONE => self.last = previous,
            next => self.previous[next as usize] = previous,
        }
        self.inside[own] = false;
    }

    /// Gives all labels anew.
    fn label(&mut self) {
        let (mut at, mut label) = (self.first, GAP);
        while at != NONE {
            self.labels[at as usize] = label;
            label += GAP;
            at = self.next[at as usize];
        }
    }
}

/// Numbers without a pattern: the same in each run (xorshift).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() >> 32) as usize % end
    }

    /// From 0 to less than 1.
    fn part(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }
}
