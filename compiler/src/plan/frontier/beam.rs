//! Which partial choices of the dynamic program are kept.

use super::super::segments::Problem;
use super::{Frontier, Partials};

/// Those that no other dominates, by cost. Of equals the first stays. `worth` has for each of the ages what a difference can
/// come to cost, at most.
pub(super) fn undominated(partials: &Partials, worth: Option<&[f64]>) -> Vec<usize> {
    let mut order: Vec<usize> = (0..partials.len()).collect();
    order.sort_by(|&a, &b| {
        let costs = partials.cost(a).total_cmp(&partials.cost(b));
        costs.then_with(|| partials.figures(a).cmp(partials.figures(b)))
    });
    let mut kept: Vec<usize> = Vec::new();
    let Some(&first) = order.first() else {
        return kept;
    };
    // The least of each figure among those kept: with less in one a choice is dominated by none.
    let mut least = vec![i64::MAX; partials.figures(first).len()];
    for own in order {
        let figures = partials.figures(own);
        let below = figures.iter().zip(&least).any(|(own, least)| own < least);
        let dominates = |&other: &usize| {
            let mut pairs = partials.figures(other).iter().zip(figures);
            pairs.all(|(other, own)| other <= own)
                && worth.is_none_or(|worth| no_worse(partials, worth, other, own))
        };
        // The last ones kept cost most and have the least figures.
        if below || !kept.iter().rev().any(dominates) {
            for (least, own) in least.iter_mut().zip(figures) {
                *least = (*least).min(*own);
            }
            kept.push(own);
        }
    }
    kept
}

/// Whether `other`, which costs no more, is no worse than `own` as far as ages go.
fn no_worse(partials: &Partials, worth: &[f64], other: usize, own: usize) -> bool {
    let room = partials.cost(own) - partials.cost(other);
    let pairs = partials.ages(other).iter().zip(partials.ages(own));
    let worse = pairs.zip(worth).filter(|((a, b), _)| a > b);
    let worse: f64 = worse.map(|((a, b), worth)| (a - b) * worth).sum();
    // Not so if a bound has no end, either.
    worse <= room
}

/// The largest part of a budget that an exit has used or an entry lacks.
pub(super) fn most_used(problem: &Problem, frontier: &Frontier, figures: &[i64]) -> f64 {
    let (outs, ins) = (frontier.exits.len(), frontier.entries.len());
    let stride = frontier.figures();
    let mut most = 0.0f64;
    for (index, resource) in problem.resources.iter().enumerate() {
        let budget = resource.budget.max(1) as f64;
        let own = &figures[index * stride..];
        for &out in &own[..outs] {
            most = most.max(out as f64 / budget);
        }
        for &slack in &own[outs..outs + ins] {
            most = most.max(1.0 + slack as f64 / budget);
        }
    }
    most
}

pub(super) fn typical_cost(problem: &Problem) -> f64 {
    let allowed = problem.costs.iter().zip(&problem.allowed);
    let mut costs: Vec<u64> = allowed
        .filter(|(_, own)| **own)
        .map(|(&cost, _)| cost)
        .collect();
    costs.sort_unstable();
    costs.get(costs.len() / 4).map_or(1.0, |&cost| cost as f64)
}

/// The `limit` most promising of the choices `among`, and the least cost of the others. Half of them
/// have the least cost when the used part of the budget is charged, a quarter the
/// least cost as it is, a quarter the most budget left.
pub(super) fn best(
    partials: &Partials,
    among: Vec<usize>,
    limit: usize,
    used: impl Fn(usize) -> f64,
    typical_cost: f64,
) -> (Vec<usize>, f64) {
    let used: Vec<f64> = among.iter().map(|&at| used(at)).collect();
    let cost = |place: usize| partials.cost(among[place]);
    let mut keep = vec![false; among.len()];
    let mut take = |count: usize, key: &dyn Fn(usize) -> f64| {
        let mut order: Vec<usize> = (0..among.len()).filter(|&place| !keep[place]).collect();
        order.sort_by(|&a, &b| key(a).total_cmp(&key(b)).then(a.cmp(&b)));
        for &place in order.iter().take(count) {
            keep[place] = true;
        }
    };
    take(limit / 2, &|place| cost(place) + used[place] * typical_cost);
    take(limit / 4, &cost);
    take(limit / 4, &|place| used[place]);
    let cut = (0..among.len()).filter(|&place| !keep[place]).map(cost);
    let cut = cut.fold(f64::INFINITY, f64::min);
    let kept = among.iter().zip(&keep).filter(|(_, keep)| **keep);
    (kept.map(|(&at, _)| at).collect(), cut)
}
