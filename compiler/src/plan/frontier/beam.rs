//! Which partial choices of the dynamic program are kept.

use super::super::segments::Problem;
use super::worth::Worth;
use super::{Frontier, Partial};

/// Leaves out what another dominates. Of equals the first stays.
pub(super) fn undominated(
    mut partials: Vec<Partial>,
    frontier: &Frontier,
    worth: Option<&Worth>,
) -> Vec<Partial> {
    partials.sort_by(|a, b| {
        let costs = a.cost.total_cmp(&b.cost);
        costs.then_with(|| (&a.figures, a.last).cmp(&(&b.figures, b.last)))
    });
    let first = partials.first();
    if worth.is_none() && first.is_some_and(|first| first.figures.len() == 1) {
        let mut least = i64::MAX;
        partials.retain(|partial| {
            let better = partial.figures[0] < least;
            least = least.min(partial.figures[0]);
            better
        });
        return partials;
    }
    let mut kept: Vec<Partial> = Vec::new();
    for partial in partials {
        let dominates = |other: &Partial| {
            let mut pairs = other.figures.iter().zip(&partial.figures);
            pairs.all(|(other, own)| other <= own)
                && worth.is_none_or(|worth| worth.no_worse(frontier, other, &partial))
        };
        // The last ones kept cost most and have the least figures.
        if !kept.iter().rev().any(dominates) {
            kept.push(partial);
        }
    }
    kept
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

/// The `limit` most promising, and the least cost of the others. Half of them
/// have the least cost when the used part of the budget is charged, a quarter the
/// least cost as it is, a quarter the most budget left.
pub(super) fn best(
    partials: Vec<Partial>,
    limit: usize,
    used: impl Fn(&Partial) -> f64,
    typical_cost: f64,
) -> (Vec<Partial>, f64) {
    let used: Vec<f64> = partials.iter().map(used).collect();
    let cost = |at: usize| partials[at].cost;
    let mut keep = vec![false; partials.len()];
    let mut take = |count: usize, key: &dyn Fn(usize) -> f64| {
        let mut order: Vec<usize> = (0..partials.len()).filter(|&at| !keep[at]).collect();
        order.sort_by(|&a, &b| key(a).total_cmp(&key(b)).then(a.cmp(&b)));
        for &at in order.iter().take(count) {
            keep[at] = true;
        }
    };
    take(limit / 2, &|at| cost(at) + used[at] * typical_cost);
    take(limit / 4, &cost);
    take(limit / 4, &|at| used[at]);
    let cut = (partials.iter().zip(&keep)).filter(|(_, keep)| !**keep);
    let cut = cut.map(|(partial, _)| partial.cost);
    let cut = cut.fold(f64::INFINITY, f64::min);
    let kept = partials.into_iter().zip(keep).filter(|(_, keep)| *keep);
    (kept.map(|(partial, _)| partial).collect(), cut)
}
