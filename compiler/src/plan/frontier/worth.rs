//! How much a difference in ages can matter, at most.
//!
//! A partial choice that costs less than another but leaves larger ages is no worse all the same if the ages
//! cannot come to cost the difference. An age of 1 that leaves a state costs, whatever is chosen later, at most what
//! it does over the longest way without a checkpoint that any budget allows, with the dearer of a save and a
//! cycle in each state; and no age on arrival is larger than such a way makes it. Under the same later choices the
//! costs of two partial choices differ by no more than these times the differences of their figures, since
//! all is linear in the ages, and neither falls with them.

use super::super::aging::Aging;
use super::super::segments::Problem;
use super::Frontier;

/// Bounds for all valid choices.
pub(super) struct Worth {
    /// By state, what an age of 1 that leaves it costs.
    leaving: Vec<f64>,
    /// By state, the age on arrival there.
    arriving: Vec<f64>,
}

/// Steps along ways that are followed one by one; what more of them add is bounded.
const STEPS: usize = 64;

impl Worth {
    pub(super) fn new(problem: &Problem, aging: &Aging) -> Worth {
        let longest = longest_way(problem);
        let count = problem.flow.len();
        let leaving = raised(longest, &aging.visits, ratio(aging), |last, next| {
            for (to, last) in last.iter().enumerate() {
                let goes_on = aging.rate(to, false) + aging.growth * last;
                let costs = goes_on.max(aging.rate(to, true));
                for &(from, part) in &aging.arrivals[to] {
                    next[from as usize] += part * costs;
                }
            }
        });
        let ones = vec![1.0; count];
        let arriving = raised(longest, &ones, aging.growth, |last, next| {
            for (to, own) in next.iter_mut().enumerate() {
                let ages = aging.arrivals[to].iter().map(|&(from, part)| {
                    let from = from as usize;
                    part * aging.leaves(from, last[from].max(aging.restore[from]))
                });
                *own = ages.sum();
            }
        });
        Worth { leaving, arriving }
    }

    /// What a difference of 1 in each of the ages can come to cost.
    pub(super) fn of(&self, frontier: &Frontier) -> Vec<f64> {
        let exits = frontier.exits.iter();
        let leaving: Vec<f64> = exits.map(|&exit| self.leaving[exit as usize]).collect();
        let entries = frontier.entries.iter();
        let arriving: Vec<f64> = entries.map(|&it| self.arriving[it as usize]).collect();
        let through = arriving
            .iter()
            .map(|own| leaving.iter().map(move |it| own * it));
        let through: Vec<f64> = through.flatten().collect();
        [leaving.clone(), arriving.clone(), through].concat()
    }
}

/// What `step` makes of nothing when it is taken `longest` times, or a bound of that. From [`STEPS`] on it is a bound: a
/// difference between two results of the step, measured in `weights`, grows by no more than `ratio` in the next.
fn raised(
    longest: usize,
    weights: &[f64],
    ratio: f64,
    step: impl Fn(&[f64], &mut [f64]),
) -> Vec<f64> {
    let mut last = vec![0.0f64; weights.len()];
    let mut next = last.clone();
    for taken in 1..=longest {
        next.fill(0.0);
        step(&last, &mut next);
        std::mem::swap(&mut last, &mut next);
        if next == last {
            break;
        }
        if taken == STEPS {
            let grown = last.iter().zip(&next).map(|(own, before)| own - before);
            let measured = grown.zip(weights).filter(|(grown, _)| *grown > 0.0);
            let most = measured.map(|(grown, weight)| grown / weight);
            let most = most.fold(0.0, f64::max);
            let left = (longest - taken) as f64;
            let more = match (ratio - 1.0).abs() < 1e-12 {
                true => left,
                false => ratio * (ratio.powf(left) - 1.0) / (ratio - 1.0),
            };
            // Where that is a poor bound, step by step.
            if (most * more).is_finite() && more <= 4.0 * left {
                for (own, weight) in last.iter_mut().zip(weights) {
                    *own += most * more * weight;
                }
                break;
            }
        }
    }
    last
}

/// How much more a difference in what leaves states can come to in a step, measured in visits: hardly more than 1, since
/// what leaves a state arrives somewhere.
fn ratio(aging: &Aging) -> f64 {
    let mut onward = vec![0.0f64; aging.visits.len()];
    for (to, arrivals) in aging.arrivals.iter().enumerate() {
        for &(from, part) in arrivals {
            onward[from as usize] += part * aging.visits[to];
        }
    }
    let states = onward.iter().zip(&aging.visits);
    let ratios = states.filter(|(onward, _)| **onward > 0.0);
    let most = ratios.map(|(onward, visits)| onward / visits);
    aging.growth * most.fold(0.0, f64::max)
}

/// States on a way without a checkpoint, at most: each takes some of each budget, and none is met twice.
fn longest_way(problem: &Problem) -> usize {
    let longest = problem.resources.iter().map(|resource| {
        let least = resource.run.iter().copied().min().unwrap_or(1).max(1);
        usize::try_from(resource.budget / least).unwrap_or(usize::MAX)
    });
    let shortest = longest.min().unwrap_or(usize::MAX);
    shortest.saturating_add(2).min(problem.flow.len() + 1)
}

#[cfg(test)]
mod tests {
    use super::{STEPS, raised};
    use crate::netlist::testing::Rng;

    /// Random parts of entries on a graph, each row of which adds up to no more than `ratio` by the weights.
    #[test]
    fn what_many_steps_make_is_bounded() {
        let mut rng = Rng::new(5);
        let mut close = 0;
        for _ in 0..50 {
            let count = 2 + rng.below(20);
            let mut number = |end: usize| 1.0 + rng.below(end) as f64;
            let weights: Vec<f64> = (0..count).map(|_| number(100)).collect();
            let own: Vec<f64> = (0..count)
                .map(|at| number(50) * weights[at] * 1e-3)
                .collect();
            let parts: Vec<Vec<f64>> = (0..count)
                .map(|from| {
                    let row: Vec<f64> = (0..count).map(|_| number(9)).collect();
                    let all: f64 = row.iter().zip(&weights).map(|(a, b)| a * b).sum();
                    let scale = weights[from] / all;
                    row.into_iter().map(|part| part * scale).collect()
                })
                .collect();
            let growth = 1.0 + number(10) * 1e-4;
            let step = |last: &[f64], next: &mut [f64]| {
                for (from, next) in next.iter_mut().enumerate() {
                    let onward = parts[from].iter().zip(last);
                    let onward: f64 = onward.map(|(part, last)| part * last).sum();
                    *next = own[from] + growth * onward;
                }
            };
            let longest = STEPS + 1 + number(2000) as usize;
            let bound = raised(longest, &weights, growth, step);
            let mut exact = vec![0.0; count];
            for _ in 0..longest {
                let last = exact.clone();
                step(&last, &mut exact);
            }
            for (bound, exact) in bound.iter().zip(&exact) {
                assert!(*bound >= exact * (1.0 - 1e-9), "{bound} {exact}");
                close += usize::from(*bound < 1.5 * exact);
            }
        }
        assert!(close > 100, "{close}");
    }
}
