//! The hitting set problem behind a plan.
//!
//! 1. States with a self loop and forced ones are chosen.
//! 2. A primal-dual pass: while a cycle or a long path is not hit, raise its
//!    dual until one of its states is paid for, and choose that state. The sum
//!    of the duals is a lower bound. Then needless states are taken back.
//! 3. If bound and cost differ and the sets found are few, the integer program
//!    over them is solved; sets that its solution misses are added, and so on
//!    until it hits everything: then it is optimal.
//!
//! Costs are scaled so that of two plans with the same bits the one with fewer
//! checkpoints is cheaper.

use std::collections::BTreeMap;

use good_lp::{
    Expression, ProblemVariables, Solution as _, SolverModel, Variable, constraint, variable,
};

use super::graph::Flow;
use super::solver::{self, Clock};
use super::{Optimality, PlanError, PlanOptions};
use crate::control::StateId;

/// For all integer programs of a plan.
const SECONDS: u64 = 10;
/// Largest integer program: states, sets, and how often it is extended.
const MAX_STATES: usize = 160;
const MAX_SETS: usize = 300;
const MAX_ROUNDS: usize = 60;

/// What costs that are no whole numbers are scaled to, all together: with the factor for the
/// number of checkpoints still exact in the arithmetic of the integer program.
const WHOLE: f64 = 1e7;

/// Costs as whole numbers.
pub(super) fn whole(costs: &[f64]) -> Vec<u64> {
    let all: f64 = costs.iter().sum();
    let scale = if all > 0.0 { WHOLE / all } else { 1.0 };
    costs
        .iter()
        .map(|cost| (cost * scale).round() as u64)
        .collect()
}

/// A choice that hits everything.
pub(super) struct Solution {
    pub(super) chosen: Vec<bool>,
    pub(super) optimality: Optimality,
}

/// The sets to be hit, and what that costs.
pub(super) struct Problem<'a> {
    flow: &'a Flow,
    bound: Option<u64>,
    /// Scaled costs.
    costs: Vec<u64>,
    scale: u64,
    allowed: Vec<bool>,
    required: Vec<bool>,
}

/// Solves the problem; `bits` is the cost of each state.
pub(super) fn solve(
    flow: &Flow,
    bits: &[u64],
    options: &PlanOptions,
) -> Result<Solution, PlanError> {
    Ok(feasible(flow, bits, options)?.solve(bits))
}

/// The problem, if there is a solution.
pub(super) fn feasible<'a>(
    flow: &'a Flow,
    bits: &[u64],
    options: &PlanOptions,
) -> Result<Problem<'a>, PlanError> {
    let count = flow.len();
    let scale = count as u64 + 1;
    let mut allowed = vec![true; count];
    for state in &options.forbidden {
        allowed[state.index()] = false;
    }
    let mut required: Vec<bool> = (0..count).map(|state| flow.has_self_loop(state)).collect();
    for state in &options.forced {
        if !allowed[state.index()] {
            return Err(PlanError::Contradiction(*state));
        }
        required[state.index()] = true;
    }
    if let Some(state) = (0..count).find(|&state| required[state] && !allowed[state]) {
        return Err(PlanError::Cycle(vec![StateId(state as u32)]));
    }
    let problem = Problem {
        flow,
        bound: options.max_cycles,
        costs: bits.iter().map(|&bits| bits * scale + 1).collect(),
        scale,
        allowed,
        required,
    };
    problem.feasible()?;
    Ok(problem)
}

impl Problem<'_> {
    /// Some sets that a choice does not hit, each without forbidden states.
    fn violated(&self, chosen: &[bool]) -> Vec<Vec<u32>> {
        let allowed = |set: Vec<u32>| -> Vec<u32> {
            let keep = |state: &u32| self.allowed[*state as usize];
            set.into_iter().filter(keep).collect()
        };
        let cycles = self.flow.cycles(chosen);
        if !cycles.is_empty() {
            return cycles.into_iter().map(allowed).collect();
        }
        let Some(bound) = self.bound else {
            return Vec::new();
        };
        let path = self.flow.longest_segment(chosen);
        let mut sets = Vec::new();
        // Of the states after the first, any `bound` in a row hold a checkpoint.
        let mut rest = path.get(1..).unwrap_or_default();
        while rest.len() as u64 > bound {
            let (set, after) = rest.split_at(bound as usize);
            sets.push(allowed(set.to_vec()));
            rest = after;
        }
        sets
    }

    /// Checks that choosing all that is allowed hits everything.
    fn feasible(&self) -> Result<(), PlanError> {
        let states = |list: &[u32]| list.iter().map(|&state| StateId(state)).collect();
        if let Some(cycle) = self.flow.cycles(&self.allowed).first() {
            return Err(PlanError::Cycle(states(cycle)));
        }
        let path = self.flow.longest_segment(&self.allowed);
        let cycles = path.len().saturating_sub(1) as u64;
        match self.bound {
            Some(bound) if cycles > bound => Err(PlanError::Path {
                states: states(&path),
                cycles,
                bound,
                smallest: cycles,
            }),
            _ => Ok(()),
        }
    }

    fn solve(&self, bits: &[u64]) -> Solution {
        let fixed: u64 = self.cost(&self.required);
        let mut sets = Vec::new();
        let (chosen, dual) = self.primal_dual(&mut sets);
        let mut best = (self.cost(&chosen), chosen);
        let (mut bound, mut method) = (fixed + dual, "primal-dual");
        if sets.is_empty() {
            method = "forced states suffice";
        } else if bound < best.0 {
            let (found, lower) = self.integer(sets);
            bound = bound.max(fixed + lower);
            method = "primal-dual, bounded by an integer program";
            if let Some(chosen) = found {
                best = (self.cost(&chosen), chosen);
                bound = best.0;
                method = "integer program";
            }
        }
        let objective = |chosen: &[bool]| -> f64 {
            let own = chosen.iter().zip(bits).filter(|(own, _)| **own);
            own.map(|(_, &bits)| bits as f64).sum()
        };
        // The scaled bound counts each checkpoint as a fraction of a bit.
        let objective = objective(&best.1);
        let lower_bound = if bound >= best.0 {
            objective
        } else {
            (bound / self.scale) as f64
        };
        Solution {
            chosen: best.1,
            optimality: Optimality {
                method,
                objective,
                lower_bound: lower_bound.min(objective),
                counted_saves: 1.0,
            },
        }
    }

    fn cost(&self, chosen: &[bool]) -> u64 {
        let own = chosen.iter().zip(&self.costs).filter(|(own, _)| **own);
        own.map(|(_, cost)| cost).sum()
    }

    /// A good choice and a lower bound on the cost beyond the required states;
    /// leaves the sets that were met.
    fn primal_dual(&self, sets: &mut Vec<Vec<u32>>) -> (Vec<bool>, u64) {
        let mut chosen = self.required.clone();
        let mut left = self.costs.clone();
        let (mut dual, mut order) = (0, Vec::new());
        loop {
            let violated = self.violated(&chosen);
            if violated.is_empty() {
                break;
            }
            for set in violated {
                if set.iter().any(|&state| chosen[state as usize]) {
                    continue;
                }
                let raise = set.iter().map(|&state| left[state as usize]).min();
                let raise = raise.expect("a set holds an allowed state: the problem is feasible");
                dual += raise;
                let mut paid = None;
                for &state in &set {
                    left[state as usize] -= raise;
                    if left[state as usize] == 0 && paid.is_none() {
                        paid = Some(state);
                    }
                }
                let paid = paid.expect("the cheapest is paid for");
                chosen[paid as usize] = true;
                order.push(paid);
                sets.push(set);
            }
        }
        for &state in order.iter().rev() {
            chosen[state as usize] = false;
            if self.misses_without(state as usize, &chosen) {
                chosen[state as usize] = true;
            }
        }
        (chosen, dual)
    }

    /// Whether a choice that hit everything misses something without a state.
    fn misses_without(&self, state: usize, chosen: &[bool]) -> bool {
        // What is missed then has the state in it.
        if self.flow.is_on_cycle(state, chosen) {
            return true;
        }
        let length = || self.flow.longest_segment(chosen).len().saturating_sub(1);
        self.bound.is_some_and(|bound| length() as u64 > bound)
    }

    /// An optimal choice if the program stays small, and a lower bound on the
    /// cost beyond the required states.
    fn integer(&self, mut sets: Vec<Vec<u32>>) -> (Option<Vec<bool>>, u64) {
        let (mut lower, clock) = (0, Clock::start(SECONDS));
        for _ in 0..MAX_ROUNDS {
            sets.sort_unstable();
            sets.dedup();
            let Some(choice) = self.program(&sets, &clock) else {
                break;
            };
            let mut chosen = self.required.clone();
            let mut cost = 0;
            for state in choice {
                chosen[state as usize] = true;
                cost += self.costs[state as usize];
            }
            lower = lower.max(cost);
            let violated = self.violated(&chosen);
            if violated.is_empty() {
                return (Some(chosen), lower);
            }
            sets.extend(violated);
        }
        (None, lower)
    }

    /// A cheapest choice that hits the given sets, by an integer program;
    /// `None` if it is too large or takes too long.
    fn program(&self, sets: &[Vec<u32>], clock: &Clock) -> Option<Vec<u32>> {
        let mut problem = ProblemVariables::new();
        let mut variables: BTreeMap<u32, Variable> = BTreeMap::new();
        for &state in sets.iter().flatten() {
            let own = variables.entry(state);
            own.or_insert_with(|| problem.add(variable().binary()));
        }
        if variables.len() > MAX_STATES || sets.len() > MAX_SETS {
            return None;
        }
        let cost: Expression = (variables.iter())
            .map(|(state, own)| self.costs[*state as usize] as f64 * *own)
            .sum();
        let mut model = clock.model(problem.minimise(cost));
        for set in sets {
            let hits: Expression = set.iter().map(|state| variables[state]).sum();
            model = model.with(constraint!(hits >= 1));
        }
        let solution = solver::optimum(model).ok()?;
        let own = variables.iter();
        Some(
            own.filter(|(_, own)| solution.value(**own) > 0.5)
                .map(|(state, _)| *state)
                .collect(),
        )
    }
}
