//! The plan for the policy that it runs under.
//!
//! The objective counts a save at every visit of a checkpoint, as the policy `static` makes them. Under another policy most
//! visits skip it, and a plan that takes more saves and less area may be the better one. So further plans are made whose
//! objective counts the part of the visits that the policy is expected to save at. Of all, the one with the least
//! *expected* cost is kept: where it is known how long power cycles last, what they come to along a walk
//! ([`crate::plan::power_cycles`]), else what the saves take ([`Layout::saves`]); energy and clocks with their weights, and the
//! part of area.

use super::Search;
use crate::energy::{Attojoules, Model};
use crate::layout::Layout;
use crate::plan::power_cycles::Walk;
use crate::plan::{Plan, Policy};

/// Plans that are made for a policy beyond the first: each counts the saves that are expected of the one before.
const PLANS: usize = 2;

/// Parts of visits that differ by less than this factor make the same plan.
const ALIKE: f64 = 1.5;

/// The best plan for the policies that may be used, and what it is expected to cost; `first` counts all visits.
pub(super) fn best(
    search: &Search,
    model: &Model,
    budget: Attojoules,
    first: (Plan, Layout),
) -> ((Plan, Layout), f64) {
    let options = search.options;
    let own = [options.policy];
    let policies = match options.policies.is_empty() {
        true => &own[..],
        false => &options.policies[..],
    };
    let cost = |(plan, layout): &(Plan, Layout)| -> f64 {
        let costs = policies.iter();
        let costs = costs.map(|&policy| expected(search, model, (plan, layout), policy));
        costs.fold(f64::INFINITY, f64::min)
    };
    let static_only = policies.iter().all(|policy| *policy == Policy::Static);
    if static_only {
        let objective = first.0.optimality.objective;
        return (first, objective);
    }
    let mut least = cost(&first);
    let mut best = first.clone();
    let mut counted = vec![1.0];
    for &policy in policies.iter().filter(|policy| **policy != Policy::Static) {
        let mut last = first.clone();
        for _ in 0..PLANS {
            let saves = part(model, (&last.0, &last.1), policy);
            let alike = |other: &f64| saves < ALIKE * other && *other < ALIKE * saves;
            if !(saves > 0.0 && saves < 1.0) || counted.iter().any(alike) {
                break;
            }
            counted.push(saves);
            let other = Search { saves, ..*search };
            let Ok(mut found) = other.fit(model, budget) else {
                break;
            };
            found.0.optimality.counted_saves = saves;
            let own = cost(&found);
            if own < least {
                (least, best) = (own, found.clone());
            }
            last = found;
        }
    }
    (best, least)
}

/// The part of the visits of checkpoints that saves under a policy, weighed by what the saves take.
fn part(model: &Model, (plan, layout): (&Plan, &Layout), policy: Policy) -> f64 {
    let saves = |policy| layout.saves(plan, &model.visits, Some(model), policy);
    let (own, all) = (saves(policy), saves(Policy::Static));
    match all.joules > 0.0 {
        true => own.joules / all.joules,
        false => own.made / all.met,
    }
}

/// What a plan is expected to cost under a policy; not finite where nothing would be committed.
fn expected(
    search: &Search,
    model: &Model,
    (plan, layout): (&Plan, &Layout),
    policy: Policy,
) -> f64 {
    let weights = &search.weights;
    let on_times = model.on_times.as_ref();
    let walk = on_times.and_then(|on_times| {
        let walk = Walk::new(layout.course(plan, model))?;
        Some(walk.run(on_times, policy).added())
    });
    let [energy, clocks] = walk.unwrap_or_else(|| {
        let saves = layout.saves(plan, &model.visits, Some(model), policy);
        [saves.joules / model.mean_cycle_joules(), saves.clocks]
    });
    let cost = weights.energy * energy + weights.stall * clocks;
    let cost = cost + weights.area * search.area(model, plan, layout);
    match cost.is_nan() {
        true => f64::INFINITY,
        false => cost,
    }
}
