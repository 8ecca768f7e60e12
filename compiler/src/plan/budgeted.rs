//! Plans under an energy model.
//!
//! 1. Without the energy there has to be a plan (`hitting` says why not).
//! 2. The dynamic program finds an optimum, or a good choice with a bound
//!    where it had to cut off partial choices (`frontier`). Where too much of the graph hangs together for it, a
//!    primal-dual choice is repaired until it fits (`wide`).
//! 3. In that case checkpoints that nothing needs are taken back, and a small
//!    graph is solved by the integer program (`integer`).
//! 4. Without a choice, the smallest budget that has one is searched, and the way
//!    that decides it is what the user is told.

use super::frontier::{self, Found};
use super::graph::Flow;
use super::hitting::{self, Solution};
use super::integer::{self, Outcome};
use super::segments::{Problem, Resource, Segment};
use super::wide::{self, take_back};
use super::{Doubt, Optimality, PlanError, PlanOptions, Prices, WorstSegment};
use crate::control::StateId;
use crate::energy::{Attojoules, MOST};

/// What all costs are scaled to: precise enough beside each other, and small
/// enough for the arithmetic of the integer program.
const SCALE: f64 = 1e9;

/// Graphs with more states than this get a primal-dual choice beside that of a dynamic program that cuts off.
const SMALL: usize = 64;

/// Solves the problem at these prices; `bits` is what each state saves.
pub(super) fn solve(
    flow: &Flow,
    starts: &[bool],
    bits: &[u64],
    options: &PlanOptions,
    prices: &Prices,
) -> Result<Solution, PlanError> {
    hitting::feasible(flow, bits, options)?;
    let problem = problem(flow, starts, options, prices);
    let (found, held) = search(&problem);
    let mut method = "dynamic program";
    let mut best = found.chosen;
    let mut bound = found.lower_bound;
    let mut proven = found.complete;
    if !proven {
        method = match held {
            true => "dynamic program, cut off",
            false => "primal-dual over cycles, repaired",
        };
        if let Some(chosen) = &mut best {
            take_back(&problem, chosen);
        }
        match integer::solve(&problem) {
            Outcome::Optimum(chosen) => {
                method = "integer program";
                proven = true;
                best = Some(chosen);
            }
            Outcome::Infeasible => {
                proven = true;
                best = None;
            }
            Outcome::Unfinished(lower) => {
                bound = bound.max(lower);
                if problem.flow.len() <= integer::MAX_STATES && held {
                    method = "dynamic program, bounded by an integer program";
                }
            }
        }
    }
    if best.is_none() && !proven {
        let (any, _) = search(&without_costs(&problem));
        proven = any.complete && any.chosen.is_none();
        best = any.chosen;
        if let Some(chosen) = &mut best {
            take_back(&problem, chosen);
        }
    }
    let Some(chosen) = best else {
        let doubt = (!proven).then_some(Doubt::CutOff);
        return Err(too_little(&problem, doubt));
    };
    let objective = objective(flow, prices, &chosen);
    let lower_bound = if proven {
        objective
    } else {
        // Each scaled cost is rounded, and at least 1.
        let states = flow.len() as f64;
        ((bound - 1.5 * states) / scale(prices)).clamp(0.0, objective)
    };
    let solution = Solution {
        chosen,
        optimality: Optimality {
            method,
            objective,
            lower_bound,
            counted_saves: 1.0,
        },
    };
    Ok(solution)
}

/// A choice with a bound, and whether the dynamic program can hold the problem. Where it
/// cuts off partial choices, or cannot, the other way is gone as well.
pub(super) fn search(problem: &Problem) -> (Found, bool) {
    let held = frontier::beam(problem);
    let Some(kept) = held else {
        return (wide::solve(problem), false);
    };
    let found = frontier::solve(problem, kept);
    if found.complete || problem.flow.len() <= SMALL {
        return (found, true);
    }
    let other = wide::solve(problem);
    let total = |choice: &Option<Vec<bool>>| {
        let choice = choice.as_ref();
        choice.map_or(f64::INFINITY, |chosen| problem.total(chosen))
    };
    let better = total(&other.chosen) < total(&found.chosen);
    let found = Found {
        complete: false,
        lower_bound: found.lower_bound.max(other.lower_bound),
        chosen: if better { other.chosen } else { found.chosen },
    };
    (found, true)
}

fn problem<'a>(
    flow: &'a Flow,
    starts: &'a [bool],
    options: &PlanOptions,
    prices: &Prices,
) -> Problem<'a> {
    let count = flow.len();
    let mut allowed = vec![true; count];
    for state in &options.forbidden {
        allowed[state.index()] = false;
    }
    let cycles = options.max_cycles;
    let cycles = cycles.map(|bound| Resource::cycles(count, bound));
    let scale = scale(prices);
    let costs = prices.costs.iter();
    Problem {
        flow,
        starts,
        resources: [energy(prices)].into_iter().chain(cycles).collect(),
        // Of plans that cost the same, the one with fewer checkpoints.
        costs: costs
            .map(|cost| (cost * scale).round() as u64 + 1)
            .collect(),
        allowed,
        required: required(flow, options),
        aging: prices.aging.as_ref().map(|aging| aging.scaled(scale)),
    }
}

/// States that every plan chooses.
pub(super) fn required(flow: &Flow, options: &PlanOptions) -> Vec<bool> {
    let mut required: Vec<bool> = (0..flow.len())
        .map(|state| flow.has_self_loop(state))
        .collect();
    for state in &options.forced {
        required[state.index()] = true;
    }
    required
}

fn scale(prices: &Prices) -> f64 {
    let all: f64 = prices.costs.iter().sum();
    if all > 0.0 { SCALE / all } else { 1.0 }
}

fn energy(prices: &Prices) -> Resource {
    Resource {
        run: prices.run.clone(),
        restore: prices.restore.clone(),
        save: prices.save.clone(),
        cold: prices.cold,
        budget: prices.budget,
    }
}

/// The objective of a choice.
pub(super) fn objective(flow: &Flow, prices: &Prices, chosen: &[bool]) -> f64 {
    let own = chosen.iter().zip(&prices.costs).filter(|(own, _)| **own);
    let own: f64 = own.map(|(_, cost)| cost).sum();
    let aging = prices.aging.as_ref();
    own + aging.map_or(0.0, |aging| aging.cost(flow, chosen))
}

/// The segment of a choice that takes most energy, and what it takes to go on
/// without a save in each checkpoint; `None` if a cycle has no checkpoint.
pub(super) fn worst(
    flow: &Flow,
    starts: &[bool],
    chosen: &[bool],
    prices: &Prices,
) -> Option<(WorstSegment, Vec<Attojoules>)> {
    let problem = Problem {
        flow,
        starts,
        resources: Vec::new(),
        costs: Vec::new(),
        allowed: Vec::new(),
        required: Vec::new(),
        aging: None,
    };
    let energy = energy(prices);
    let worst = problem.worst(chosen, &energy).ok()?;
    let onward = problem.without_save(chosen, &energy)?;
    let onward = onward.into_iter().zip(chosen).filter(|(_, own)| **own);
    Some((
        told(worst, &energy),
        onward.map(|(takes, _)| takes).collect(),
    ))
}

/// The same problem where all choices cost the same: fewer partial choices compete.
fn without_costs<'a>(problem: &Problem<'a>) -> Problem<'a> {
    Problem {
        flow: problem.flow,
        starts: problem.starts,
        resources: problem.resources.clone(),
        costs: vec![0; problem.costs.len()],
        allowed: problem.allowed.clone(),
        required: problem.required.clone(),
        aging: None,
    }
}

/// The error of a budget for which no choice was found. It names the segment that
/// decides the smallest budget with a choice: with the best choice, it takes just that.
fn too_little(problem: &Problem, refusal: Option<Doubt>) -> PlanError {
    let budget = problem.resources[0].budget;
    let mut search = without_costs(problem);
    let (mut low, mut high) = (budget, MOST);
    let mut smallest = refusal;
    let mut best = None;
    let mut precision = 1;
    while high - low > precision || best.is_none() {
        // Towards the last that was too little, at first by doubling.
        let middle = match best {
            None if low < MOST / 4 => low * 2 + 1,
            None => MOST,
            Some(_) => low + (high - low) / 2,
        };
        search.resources[0].budget = middle;
        let (found, held) = self::search(&search);
        if !held {
            // What is found proves nothing of a little less.
            precision = high / 256 + 1;
        }
        let worst = found.chosen.and_then(|chosen| {
            let worst = search.worst(&chosen, &search.resources[0]);
            worst.ok()
        });
        match worst {
            Some(worst) => {
                high = worst.takes.max(low + 1);
                best = Some(worst);
            }
            None => {
                smallest = (!found.complete).then_some(Doubt::CutOff);
                if middle == MOST {
                    break;
                }
                low = middle;
            }
        }
    }
    // Beyond what can be planned for there is none to show.
    let segment = best.unwrap_or(Segment {
        takes: MOST + 1,
        cold: true,
        states: Vec::new(),
    });
    let segment = told(segment, &problem.resources[0]);
    PlanError::Energy {
        segment,
        budget,
        // What is too much for a larger budget is too much for this one.
        refusal: refusal.and(smallest),
        smallest,
    }
}

fn told(segment: Segment, energy: &Resource) -> WorstSegment {
    let mut parts = Vec::with_capacity(segment.states.len() + 1);
    if let [first, .., _] | [first] = segment.states[..] {
        parts.push(match segment.cold {
            true => energy.cold,
            false => energy.restore[first as usize],
        });
        let before_last = &segment.states[..segment.states.len() - 1];
        parts.extend(before_last.iter().map(|&state| energy.run[state as usize]));
        parts.push(segment.takes - parts.iter().sum::<Attojoules>());
    }
    WorstSegment {
        takes: segment.takes,
        cold: segment.cold,
        states: segment.states.into_iter().map(StateId).collect(),
        parts,
    }
}
