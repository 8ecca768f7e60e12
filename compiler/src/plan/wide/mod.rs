//! Plans of graphs that the dynamic program cannot hold: a good choice, and a bound.
//!
//! 1. Cycles. States without a state before or behind them that could be on a cycle are taken away until
//!    none is left. A shortest cycle through a state that a walk comes back to then raises its dual
//!    until one of its states is paid for, which is chosen and taken away; and so on. What was raised is a lower
//!    bound: all cycles have to be hit, and no two duals are paid with the same cost.
//! 2. Segments over a budget, the worst first, raise a dual likewise if their states alone run longer than the
//!    budget, and get a checkpoint where the way up to its save still fits, in the second half of that way.
//! 3. Checkpoints that are not needed are taken back, and where failures count those are added that pay.
//!
//! That is done three times: as it stands; with duals that all cycles get a part of before (`packing`), which makes the better bound; and
//! with a choice that local search finds for the cycles (`acyclic`). The cheapest choice counts, and the highest bound.
//!
//! Each step looks at cycles or segments, of which there are no more than states; looking at one takes no longer
//! than the graph is large. No choice found is no proof that there is none.

mod acyclic;
mod packing;
#[cfg(test)]
mod tests;

use super::frontier::Found;
use super::segments::{Problem, Resource};

/// Rounds of repairs.
const ROUNDS: usize = 400;

/// Segments that are repaired in a round.
const REPAIRED: usize = 256;

/// Solves a problem as far as that goes.
pub(super) fn solve(problem: &Problem) -> Found {
    let required = problem.cost(&problem.required) as f64;
    let mut found = Found {
        chosen: None,
        complete: false,
        lower_bound: required,
    };
    let mut least = f64::INFINITY;
    let mut take = |attempt: Option<Attempt>| {
        let Some(attempt) = attempt else { return };
        found.lower_bound = found.lower_bound.max(required + attempt.raised);
        let total = attempt.chosen.as_ref().map(|it| problem.total(it));
        if let Some(total) = total.filter(|total| *total < least) {
            least = total;
            found.chosen = attempt.chosen;
        }
    };
    let raised = |left: Vec<u64>, before: f64| {
        let (mut left, mut chosen) = (left, problem.required.clone());
        let raised = Cycles::new(problem, &chosen).hit(&mut left, &mut chosen)?;
        Some(finished(problem, left, chosen, before + raised as f64))
    };
    take(raised(problem.costs.clone(), 0.0));
    // Where nothing costs anything there is nothing better.
    if problem.costs.iter().any(|cost| *cost > 0) {
        let packed = packing::pack(problem, &problem.required);
        take(raised(packed.left, packed.raised));
        let searched = acyclic::search(problem);
        // Its duals are worth nothing: nothing was raised for its cycles.
        let unpaid = problem.costs.clone();
        take(searched.map(|chosen| Attempt {
            raised: 0.0,
            ..finished(problem, unpaid, chosen, 0.0)
        }));
    }
    found
}

/// What came of one way to begin.
struct Attempt {
    chosen: Option<Vec<bool>>,
    /// No valid choice costs less beside what is required.
    raised: f64,
}

/// Repairs a choice that hits all cycles, and leaves out and adds what pays.
fn finished(problem: &Problem, mut left: Vec<u64>, mut chosen: Vec<bool>, before: f64) -> Attempt {
    let (fits, raised) = repair(problem, &mut left, &mut chosen);
    let raised = before + raised as f64;
    if !fits {
        return Attempt {
            chosen: None,
            raised,
        };
    }
    take_back(problem, &mut chosen);
    if problem.aging.is_some() {
        add_what_pays(problem, &mut chosen);
    }
    Attempt {
        chosen: Some(chosen),
        raised,
    }
}

/// What is left of the graph in which cycles are looked for.
struct Cycles<'a> {
    problem: &'a Problem<'a>,
    here: Vec<bool>,
    /// Neighbours that are left.
    before: Vec<usize>,
    after: Vec<usize>,
}

impl<'a> Cycles<'a> {
    fn new(problem: &'a Problem<'a>, chosen: &[bool]) -> Cycles<'a> {
        let flow = problem.flow;
        let count = flow.len();
        let mut cycles = Cycles {
            problem,
            here: vec![true; count],
            before: (0..count).map(|at| flow.predecessors(at).len()).collect(),
            after: (0..count).map(|at| flow.successors(at).len()).collect(),
        };
        for (state, &own) in chosen.iter().enumerate() {
            if own || cycles.before[state] == 0 || cycles.after[state] == 0 {
                cycles.take_away(state);
            }
        }
        cycles
    }

    /// Takes a state away, and those that cannot be on a cycle without it.
    fn take_away(&mut self, state: usize) {
        let mut open = vec![state];
        while let Some(state) = open.pop() {
            if !std::mem::replace(&mut self.here[state], false) {
                continue;
            }
            for &to in self.problem.flow.successors(state) {
                let left = &mut self.before[to as usize];
                *left -= 1;
                if *left == 0 {
                    open.push(to as usize);
                }
            }
            for &from in self.problem.flow.predecessors(state) {
                let left = &mut self.after[from as usize];
                *left -= 1;
                if *left == 0 {
                    open.push(from as usize);
                }
            }
        }
    }

    /// Chooses states until all cycles are hit; what was raised, or `None` if one cannot be.
    fn hit(mut self, left: &mut [u64], chosen: &mut [bool]) -> Option<u64> {
        let problem = self.problem;
        let mut raised = 0;
        let mut first = 0;
        while let Some(begin) = (first..self.here.len()).find(|&state| self.here[state]) {
            first = begin;
            let cycle = self.shortest(self.on_cycle(begin));
            let allowed = cycle.iter().filter(|&&state| problem.allowed[state]);
            let cheapest = *allowed.clone().min_by_key(|&&state| left[state])?;
            let raise = left[cheapest];
            raised += raise;
            for &state in allowed {
                left[state] -= raise;
            }
            chosen[cheapest] = true;
            self.take_away(cheapest);
        }
        Some(raised)
    }

    fn next(&self, state: usize) -> impl Iterator<Item = usize> + '_ {
        let next = self.problem.flow.successors(state).iter();
        next.map(|&to| to as usize).filter(|&to| self.here[to])
    }

    /// A state on a cycle: a walk from one that is left comes to it again.
    fn on_cycle(&self, begin: usize) -> usize {
        let mut seen = rustc_hash::FxHashSet::default();
        let mut state = begin;
        while seen.insert(state) {
            let next = self.next(state).next();
            state = next.expect("what is left has a state behind it");
        }
        state
    }

    /// A shortest cycle through a state that is on one.
    fn shortest(&self, through: usize) -> Vec<usize> {
        let mut before = rustc_hash::FxHashMap::default();
        let mut queue = std::collections::VecDeque::from([through]);
        while let Some(state) = queue.pop_front() {
            for to in self.next(state) {
                if to == through {
                    let mut cycle = vec![state];
                    let mut at = state;
                    while at != through {
                        at = before[&at];
                        cycle.push(at);
                    }
                    return cycle;
                }
                if let std::collections::hash_map::Entry::Vacant(entry) = before.entry(to) {
                    entry.insert(state);
                    queue.push_back(to);
                }
            }
        }
        unreachable!("the state is on a cycle")
    }
}

/// Adds checkpoints until all segments fit; whether that succeeds, and what was raised.
fn repair(problem: &Problem, left: &mut [u64], chosen: &mut [bool]) -> (bool, u64) {
    let mut raised = 0;
    for _ in 0..ROUNDS {
        let mut changed = false;
        let mut fits = true;
        for resource in &problem.resources {
            let Ok(ends) = problem.ends(chosen, resource) else {
                return (false, raised);
            };
            let states = 0..problem.flow.len();
            let mut over: Vec<usize> = states
                .filter(|&state| ends.takes(state) > resource.budget)
                .collect();
            fits &= over.is_empty();
            over.sort_by_key(|&state| std::cmp::Reverse(ends.takes(state)));
            let before = chosen.to_vec();
            for &last in over.iter().take(REPAIRED) {
                let segment = ends.segment(last, &before);
                let added = |&state: &u32| chosen[state as usize] && !before[state as usize];
                if segment.states.iter().skip(1).any(added) {
                    continue;
                }
                raised += raise(problem, resource, &segment.states, left);
                match split(problem, resource, &before, left, &segment.states) {
                    Some(state) => chosen[state] = true,
                    None if before[last] && !problem.required[last] => chosen[last] = false,
                    None => continue,
                }
                changed = true;
            }
        }
        if fits {
            return (true, raised);
        }
        if !changed {
            return (false, raised);
        }
    }
    (false, raised)
}

/// Raises the dual of the states behind the first one of a way, as many as together run longer than a budget: one of
/// them is in any valid choice.
fn raise(problem: &Problem, resource: &Resource, states: &[u32], left: &mut [u64]) -> u64 {
    let mut used = 0i64;
    let runs = states.iter().position(|&state| {
        used = used.saturating_add(resource.run[state as usize]);
        used > resource.budget
    });
    // Without the save at its end, or the restore before it, the way may fit.
    let Some(end) = runs else { return 0 };
    let hit = states[..=end].iter().skip(1).map(|&state| state as usize);
    let hit = hit.filter(|&state| problem.allowed[state]);
    let raised = hit.clone().map(|state| left[state]).min().unwrap_or(0);
    for state in hit {
        left[state] -= raised;
    }
    raised
}

/// Where a segment is cut: behind half of the way whose states can be reached and saved, where least is
/// left to pay.
fn split(
    problem: &Problem,
    resource: &Resource,
    chosen: &[bool],
    left: &[u64],
    states: &[u32],
) -> Option<usize> {
    let first = states[0] as usize;
    let (mut used, inner) = match chosen[first] {
        true => {
            let restored = resource.restore[first].saturating_add(resource.run[first]);
            (restored, &states[1..])
        }
        false => (resource.cold, states),
    };
    let mut reached = Vec::new();
    for &state in inner {
        let state = state as usize;
        if used > resource.budget {
            break;
        }
        let saves = used.saturating_add(resource.save[state]) <= resource.budget;
        if saves && problem.allowed[state] && !chosen[state] {
            reached.push((state, used));
        }
        used = used.saturating_add(resource.run[state]);
    }
    let furthest = reached.last()?.1;
    let late = reached.iter().filter(|(_, used)| *used >= furthest / 2);
    let cheapest = late.min_by_key(|(state, used)| (left[*state], std::cmp::Reverse(*used)));
    cheapest.map(|(state, _)| *state)
}

/// Takes back checkpoints that a valid choice does not need and that do not pay, the dearest first.
pub(super) fn take_back(problem: &Problem, chosen: &mut [bool]) {
    let mut order: Vec<usize> = (0..chosen.len())
        .filter(|&state| chosen[state] && !problem.required[state])
        .collect();
    order.sort_by_key(|&state| std::cmp::Reverse(problem.costs[state]));
    let mut total = problem.total(chosen);
    for state in order {
        chosen[state] = false;
        let without = match problem.aging {
            // Costs are not negative.
            None => total,
            Some(_) => problem.total(chosen),
        };
        match without <= total && problem.fits(chosen) {
            true => total = without,
            false => chosen[state] = true,
        }
    }
}

/// Adds checkpoints that save more of what failures cost than they cost.
fn add_what_pays(problem: &Problem, chosen: &mut [bool]) {
    let mut total = problem.total(chosen);
    for state in 0..chosen.len() {
        if chosen[state] || !problem.allowed[state] {
            continue;
        }
        chosen[state] = true;
        let with = problem.total(chosen);
        match with < total && problem.fits(chosen) {
            true => total = with,
            false => chosen[state] = false,
        }
    }
}
