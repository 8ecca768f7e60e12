//! A lower bound: cycles, packed.
//!
//! Every cycle needs a checkpoint. Give each cycle a number, so that those of all cycles through a state come to no more
//! than the state costs. A choice pays for a state on every cycle; so it costs at least the sum of the numbers. The best
//! such numbers are the dual of the linear relaxation; they are approached as Garg and Könemann do it:
//!
//! 1. Each state has a weight, and a length: its weight by its cost. A cycle through some state that is hardly longer than
//!    any gets what its cheapest state costs, and the weights of its states grow with the part of the cost that this is.
//!    Where no cycle is that short, longer ones do.
//! 2. In the end the most overloaded state says by what all numbers have to be divided. What the first half
//!    of the work has given is forgotten but for the weights, since it was given in ignorance of them.
//!
//! A cycle of at most so much length through a state is looked for from both sides, each to half of the length, so that a
//! search sees some roots of the graph only, however many ways lead on.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use super::super::segments::Problem;

/// How fast weights grow: first, and once they are known roughly.
const GROWTH: [f64; 2] = [0.5, 0.2];

/// Edges looked at, for each state and in all.
const EDGES_A_STATE: u64 = 10_000;
const EDGES: u64 = 40_000_000;

/// Beyond that weights are made smaller.
const LARGE: f64 = 1e100;

/// Numbers for cycles.
pub(super) struct Packed {
    /// Their sum.
    pub(super) raised: f64,
    /// What they leave of each state's cost.
    pub(super) left: Vec<u64>,
}

/// Packs the cycles that are not hit by `chosen`. States that may not be chosen cost more than anything.
pub(super) fn pack(problem: &Problem, chosen: &[bool]) -> Packed {
    let costs = problem.costs.iter().zip(&problem.allowed);
    let costs = costs.map(|(&cost, &allowed)| match allowed {
        true => cost.max(1) as f64,
        false => f64::INFINITY,
    });
    let mut packing = Packing {
        problem,
        here: chosen.iter().map(|chosen| !chosen).collect(),
        costs: costs.collect(),
        weights: vec![1.0; chosen.len()],
        loads: vec![0.0; chosen.len()],
        raised: 0.0,
        edges: 0,
        sides: [Side::new(chosen.len()), Side::new(chosen.len())],
        found: Vec::new(),
    };
    // What is left may have no cycle.
    if problem.flow.order_without(chosen).is_some() {
        return packing.packed();
    }
    let work = EDGES.min(EDGES_A_STATE * chosen.len() as u64);
    packing.run(GROWTH[0], work / 2);
    packing.loads.fill(0.0);
    packing.raised = 0.0;
    packing.run(GROWTH[1], work);
    packing.packed()
}

struct Packing<'a> {
    problem: &'a Problem<'a>,
    /// States in which cycles are looked for.
    here: Vec<bool>,
    costs: Vec<f64>,
    weights: Vec<f64>,
    /// The numbers of the cycles through each state.
    loads: Vec<f64>,
    raised: f64,
    edges: u64,
    /// From a state on, and back from it.
    sides: [Side; 2],
    /// The states of the cycle found last.
    found: Vec<u32>,
}

/// The states within some length of one.
#[derive(Default)]
struct Side {
    /// Length of the way, less than 0 where not seen. Both ends count in the search on, neither in the one back.
    lengths: Vec<f64>,
    /// The one before, in the direction of the search.
    before: Vec<u32>,
    seen: Vec<u32>,
    open: BinaryHeap<Open>,
}

impl Side {
    fn new(count: usize) -> Side {
        Side {
            lengths: vec![-1.0; count],
            before: vec![u32::MAX; count],
            seen: Vec::new(),
            open: BinaryHeap::new(),
        }
    }

    fn clear(&mut self) {
        for &state in &self.seen {
            self.lengths[state as usize] = -1.0;
        }
        self.seen.clear();
        self.open.clear();
    }

    fn reach(&mut self, state: u32, length: f64, before: u32) {
        let own = &mut self.lengths[state as usize];
        if *own < 0.0 {
            self.seen.push(state);
        } else if *own <= length {
            return;
        }
        *own = length;
        self.before[state as usize] = before;
        self.open.push(Open { length, state });
    }
}

/// A state to be looked at; the nearest first.
struct Open {
    length: f64,
    state: u32,
}

impl PartialEq for Open {
    fn eq(&self, other: &Open) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Open {}

impl PartialOrd for Open {
    fn partial_cmp(&self, other: &Open) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Open {
    fn cmp(&self, other: &Open) -> Ordering {
        let nearer = other.length.total_cmp(&self.length);
        nearer.then(other.state.cmp(&self.state))
    }
}

impl Packing<'_> {
    fn length(&self, state: usize) -> f64 {
        self.weights[state] / self.costs[state]
    }

    /// Gives cycles their numbers until so many edges have been looked at.
    fn run(&mut self, growth: f64, edges: u64) {
        let states: Vec<u32> = (0..self.here.len() as u32)
            .filter(|&state| self.here[state as usize])
            .collect();
        let lengths = states.iter().map(|&state| self.length(state as usize));
        let lengths = lengths.filter(|length| *length > 0.0);
        let mut limit = lengths.fold(f64::INFINITY, f64::min);
        while self.edges < edges {
            let mut any = false;
            for &state in &states {
                while self.edges < edges && self.cycle(state, limit) {
                    if !self.give(growth) {
                        return;
                    }
                    any = true;
                }
            }
            if !any {
                limit *= 1.0 + growth;
            }
            if limit > LARGE {
                self.weights.iter_mut().for_each(|own| *own /= LARGE);
                limit /= LARGE;
            }
        }
    }

    /// Finds a cycle through a state of at most this length, and leaves it in `found`.
    fn cycle(&mut self, through: u32, limit: f64) -> bool {
        self.found.clear();
        let half = limit / 2.0;
        let [mut on, mut back] = std::mem::take(&mut self.sides);
        on.clear();
        back.clear();
        on.reach(through, self.length(through as usize), u32::MAX);
        back.reach(through, 0.0, u32::MAX);
        let flow = self.problem.flow;
        // Back first: what lies behind a state, up to its own length.
        while let Some(Open { length, state }) = back.open.pop() {
            if length > back.lengths[state as usize] {
                continue;
            }
            // The first state is in the other search.
            let own = match state == through {
                true => 0.0,
                false => self.length(state as usize),
            };
            let before = flow.predecessors(state as usize);
            self.edges += before.len() as u64;
            for &from in before {
                if self.here[from as usize] && from != through && length + own <= half {
                    back.reach(from, length + own, state);
                }
            }
        }
        let mut best: Option<(f64, u32, u32)> = None;
        while let Some(Open { length, state }) = on.open.pop() {
            if length > on.lengths[state as usize] {
                continue;
            }
            let after = flow.successors(state as usize);
            self.edges += after.len() as u64;
            for &to in after {
                let rest = back.lengths[to as usize];
                if !self.here[to as usize] {
                    continue;
                }
                let own = match to == through {
                    true => 0.0,
                    false => self.length(to as usize),
                };
                let all = length + own + rest;
                if rest >= 0.0 && all <= limit && best.is_none_or(|(least, _, _)| all < least) {
                    best = Some((all, state, to));
                }
                if to != through && length + own <= half {
                    on.reach(to, length + own, state);
                }
            }
        }
        if let Some((_, mut from, mut to)) = best {
            while from != u32::MAX {
                self.found.push(from);
                from = on.before[from as usize];
            }
            while to != through {
                self.found.push(to);
                to = back.before[to as usize];
            }
            // The two halves may meet twice; a state counts once.
            self.found.sort_unstable();
            self.found.dedup();
        }
        self.sides = [on, back];
        best.is_some()
    }

    /// Gives the cycle in `found` what its cheapest state costs; false if none of its states may be chosen.
    fn give(&mut self, growth: f64) -> bool {
        let costs = self.found.iter().map(|&state| self.costs[state as usize]);
        let least = costs.fold(f64::INFINITY, f64::min);
        if least.is_infinite() {
            return false;
        }
        self.raised += least;
        for &state in &self.found {
            let state = state as usize;
            if self.costs[state].is_finite() {
                self.loads[state] += least;
                self.weights[state] *= 1.0 + growth * least / self.costs[state];
            }
        }
        true
    }

    /// What was given, so that no state is overloaded.
    fn packed(self) -> Packed {
        let pairs = self.loads.iter().zip(&self.costs);
        let most = pairs.map(|(load, cost)| load / cost).fold(0.0, f64::max);
        // Rounding errors are on the safe side.
        let part = if most > 0.0 { (1.0 - 1e-9) / most } else { 0.0 };
        let costs = self.problem.costs.iter().zip(&self.loads);
        Packed {
            raised: self.raised * part,
            left: costs
                .map(|(&cost, load)| (cost as f64 - load * part).max(0.0) as u64)
                .collect(),
        }
    }
}
