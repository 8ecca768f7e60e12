//! The same problem as an integer program, on small graphs.
//!
//! One binary variable per state. What a choice violates is added as a
//! constraint, and the program solved again: a cycle without a checkpoint says
//! that one of its states is chosen; a segment over its budget, that its first or
//! last state is not chosen or one between them is. So the last solution is an
//! optimum, and each before it a lower bound.
//!
//! Where failures count ([`super::aging`]), what leaves each state is a variable, too, that is not below
//! what it is for a checkpoint if the state is one, and for another state if it is none; so is what failures cost there.
//! Costs do not fall with them, so that they are what they have to be in an optimum.

use std::collections::BTreeSet;

use good_lp::{
    Expression, ProblemVariables, Solution as _, SolverModel, Variable, constraint, variable,
};

use super::aging::Aging;
use super::segments::{Problem, Resource};
use super::solver::{self, Clock};

/// For all programs of a plan; for those of more than [`SMALL`] states less, since a plan is made anew for its layout, for each width and policy.
const SECONDS: u64 = 10;
const SECONDS_OF_LARGE: u64 = 2;
const SMALL: usize = 64;
/// Largest program: states, constraints, and how often it is extended.
pub(super) const MAX_STATES: usize = 128;
const MAX_CUTS: usize = 1200;
const MAX_ROUNDS: usize = 120;
/// Constraints added in a round, per resource.
const CUTS_A_ROUND: usize = 24;

/// What costs come to in a program with ages, at most, and what its solver leaves open of them.
const UNITS: f64 = 1e4;
const PRECISION: f64 = 1e-6;

/// One of `chosen` is chosen, or one of `not_chosen` is not.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Cut {
    chosen: Vec<u32>,
    not_chosen: Vec<u32>,
}

/// What came of it.
pub(super) enum Outcome {
    /// An optimum.
    Optimum(Vec<bool>),
    /// Nothing satisfies the constraints found.
    Infeasible,
    /// It grew too large, or took too long: a lower bound.
    Unfinished(f64),
}

/// Solves a problem.
pub(super) fn solve(problem: &Problem) -> Outcome {
    let mut cuts: BTreeSet<Cut> = BTreeSet::new();
    let mut bound = problem.cost(&problem.required) as f64;
    if problem.flow.len() > MAX_STATES {
        return Outcome::Unfinished(bound);
    }
    let clock = Clock::start(match problem.flow.len() > SMALL {
        true => SECONDS_OF_LARGE,
        false => SECONDS,
    });
    for _ in 0..MAX_ROUNDS {
        let (chosen, cost) = match program(problem, &cuts, &clock) {
            Ok(found) => found,
            Err(good_lp::ResolutionError::Infeasible) => return Outcome::Infeasible,
            Err(_) => break,
        };
        bound = bound.max(cost);
        let before = cuts.len();
        violated(problem, &chosen, &mut cuts);
        if cuts.len() == before {
            return Outcome::Optimum(chosen);
        }
        if cuts.len() > MAX_CUTS {
            break;
        }
    }
    Outcome::Unfinished(bound)
}

/// A cheapest choice under the constraints found so far, and what it costs at least.
fn program(
    problem: &Problem,
    cuts: &BTreeSet<Cut>,
    clock: &Clock,
) -> Result<(Vec<bool>, f64), good_lp::ResolutionError> {
    let mut variables = ProblemVariables::new();
    let own = (0..problem.flow.len()).map(|state| {
        let least = if problem.required[state] { 1 } else { 0 };
        let most = if problem.allowed[state] { 1 } else { 0 };
        variables.add(variable().integer().min(least).max(most))
    });
    let own: Vec<_> = own.collect();
    let failures = problem.aging.as_ref().map(|aging| {
        let all = problem.costs.iter().sum::<u64>() as f64;
        Failures::new(aging, all, &mut variables)
    });
    let unit = failures.as_ref().map_or(1.0, |failures| failures.unit);
    let mut cost: Expression = (own.iter().zip(&problem.costs))
        .map(|(&own, &cost)| cost as f64 / unit * own)
        .sum();
    if let Some(failures) = &failures {
        cost += failures.costs.iter().copied().sum::<Expression>();
    }
    let mut model = clock.model(variables.minimise(cost.clone()));
    for cut in cuts {
        let hit: Expression = cut.chosen.iter().map(|&state| own[state as usize]).sum();
        let kept: Expression = (cut.not_chosen.iter())
            .map(|&state| own[state as usize])
            .sum();
        let least = 1.0 - cut.not_chosen.len() as f64;
        model = model.with(constraint!(hit - kept >= least));
    }
    if let Some(failures) = &failures {
        for constraint in failures.constraints(&own) {
            model = model.with(constraint);
        }
    }
    let solution = solver::optimum(model)?;
    let chosen = own.iter().map(|&own| solution.value(own) > 0.5);
    let chosen: Vec<bool> = chosen.collect();
    let cost = match failures {
        None => problem.cost(&chosen) as f64,
        Some(_) => solution.eval(cost) * unit * (1.0 - PRECISION),
    };
    Ok((chosen, cost))
}

/// What failures cost, as variables of the program.
struct Failures {
    /// Costs in the program are in this unit, so that its numbers keep their digits.
    unit: f64,
    aging: Aging,
    leaves: Vec<Variable>,
    costs: Vec<Variable>,
    /// No age is above it: a way without a checkpoint has each state once.
    most: f64,
}

impl Failures {
    /// `all` is what all checkpoints cost.
    fn new(aging: &Aging, all: f64, variables: &mut ProblemVariables) -> Failures {
        let count = aging.work.len();
        let most = |aging: &Aging| -> f64 {
            let restore = aging.restore.iter().copied().fold(0.0, f64::max);
            let way = restore + aging.work.iter().sum::<f64>();
            way * aging.growth.powi(count as i32 + 1)
        };
        let unit = all.max(most(aging)) / UNITS;
        let aging = aging.scaled(1.0 / unit);
        let mut new = || -> Vec<Variable> {
            let all = (0..count).map(|_| variables.add(variable().min(0.0)));
            all.collect()
        };
        Failures {
            unit,
            leaves: new(),
            costs: new(),
            most: most(&aging),
            aging,
        }
    }

    fn constraints(&self, own: &[Variable]) -> Vec<good_lp::Constraint> {
        let Failures { aging, most, .. } = self;
        let mut all = Vec::new();
        for (state, &chosen) in own.iter().enumerate() {
            let arrivals = aging.arrivals[state].iter();
            let age: Expression = arrivals
                .map(|&(from, part)| part * self.leaves[from as usize])
                .sum();
            let (leaves, costs) = (self.leaves[state], self.costs[state]);
            let other = age.clone() * aging.growth + aging.growth * aging.work[state]
                - chosen * (aging.growth * most);
            all.push(constraint!(leaves - other >= 0.0));
            let restored = chosen * aging.leaves(state, aging.restore[state]);
            all.push(constraint!(leaves - restored >= 0.0));
            for is_chosen in [false, true] {
                let rate = aging.rate(state, is_chosen);
                let off = match is_chosen {
                    true => Expression::from(1.0) - chosen,
                    false => Expression::from(chosen),
                };
                let cost = age.clone() * rate - off * (rate * most);
                all.push(constraint!(costs - cost >= 0.0));
            }
        }
        all
    }
}

/// Adds constraints that a choice violates, if it violates any.
fn violated(problem: &Problem, chosen: &[bool], cuts: &mut BTreeSet<Cut>) {
    let allowed = |states: &[u32]| -> Vec<u32> {
        let keep = |state: &&u32| problem.allowed[**state as usize];
        let mut list: Vec<u32> = states.iter().filter(keep).copied().collect();
        list.sort_unstable();
        list
    };
    for resource in &problem.resources {
        let Ok(ends) = problem.ends(chosen, resource) else {
            // Through every state that is on one: a round is dearer than its constraints.
            let open = (0..problem.flow.len()).filter(|&state| !chosen[state]);
            let cycles = open.filter_map(|state| problem.flow.shortest_cycle(state, chosen));
            cuts.extend(cycles.map(|cycle| Cut {
                chosen: allowed(&cycle),
                not_chosen: Vec::new(),
            }));
            return;
        };
        let mut over: Vec<usize> = (0..problem.flow.len())
            .filter(|&state| ends.takes(state) > resource.budget)
            .collect();
        over.sort_by_key(|&state| std::cmp::Reverse(ends.takes(state)));
        for &last in over.iter().take(CUTS_A_ROUND) {
            let segment = ends.segment(last, chosen).states;
            cuts.insert(cut(resource, chosen, &segment, &allowed));
        }
    }
}

/// The constraint of a segment over its budget, made as strong as is easily seen.
fn cut(
    resource: &Resource,
    chosen: &[bool],
    segment: &[u32],
    allowed: &dyn Fn(&[u32]) -> Vec<u32>,
) -> Cut {
    let first = segment[0] as usize;
    let (mut not_chosen, mut inner) = (Vec::new(), segment.to_vec());
    let mut used = resource.cold;
    if chosen[first] {
        used = resource.restore[first];
        not_chosen.push(segment[0]);
        inner.remove(0);
        used = used.saturating_add(resource.run[first]);
    }
    for (at, &state) in inner.iter().enumerate() {
        let (run, save) = (resource.run[state as usize], resource.save[state as usize]);
        // Over the budget whether the state is a checkpoint or not.
        if used.saturating_add(run.min(save)) > resource.budget {
            inner.truncate(at);
            return Cut {
                chosen: allowed(&inner),
                not_chosen,
            };
        }
        if at + 1 == inner.len() && chosen[state as usize] {
            inner.truncate(at);
            not_chosen.push(state);
            break;
        }
        used = used.saturating_add(run);
    }
    not_chosen.sort_unstable();
    not_chosen.dedup();
    Cut {
        chosen: allowed(&inner),
        not_chosen,
    }
}
