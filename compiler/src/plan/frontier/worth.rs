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
use super::{Frontier, Partial};

/// Bounds for all valid choices.
pub(super) struct Worth {
    /// By state, what an age of 1 that leaves it costs.
    leaving: Vec<f64>,
    /// By state, the age on arrival there.
    arriving: Vec<f64>,
}

impl Worth {
    pub(super) fn new(problem: &Problem, aging: &Aging) -> Worth {
        let count = problem.flow.len();
        let (mut leaving, mut arriving) = (vec![0.0f64; count], vec![0.0f64; count]);
        for _ in 0..longest_way(problem) {
            let last = leaving.clone();
            leaving.fill(0.0);
            for (to, last) in last.iter().enumerate() {
                let goes_on = aging.rate(to, false) + aging.growth * last;
                let costs = goes_on.max(aging.rate(to, true));
                for &(from, part) in &aging.arrivals[to] {
                    leaving[from as usize] += part * costs;
                }
            }
            let last = arriving.clone();
            for (to, own) in arriving.iter_mut().enumerate() {
                let ages = aging.arrivals[to].iter().map(|&(from, part)| {
                    let from = from as usize;
                    part * aging.leaves(from, last[from].max(aging.restore[from]))
                });
                *own = ages.sum();
            }
            let same = |a: &[f64], b: &[f64]| a.iter().zip(b).all(|(a, b)| a == b);
            if same(&last, &arriving) {
                break;
            }
        }
        Worth { leaving, arriving }
    }

    /// Whether `other`, which costs no more, is no worse than `own` as far as ages go.
    pub(super) fn no_worse(&self, frontier: &Frontier, other: &Partial, own: &Partial) -> bool {
        let (outs, ins) = (frontier.exits.len(), frontier.entries.len());
        let room = own.cost - other.cost;
        let mut worse = 0.0;
        for (at, (a, b)) in other.ages.iter().zip(&own.ages).enumerate() {
            if a <= b {
                continue;
            }
            let exit = |at: usize| self.leaving[frontier.exits[at] as usize];
            let entry = |at: usize| self.arriving[frontier.entries[at] as usize];
            let worth = match at {
                _ if at < outs => exit(at),
                _ if at < outs + ins => entry(at - outs),
                _ => {
                    let way = at - outs - ins;
                    entry(way / outs) * exit(way % outs)
                }
            };
            worse += (a - b) * worth;
            // Not so if a bound has no end, either.
            if worse > room || worse.is_nan() {
                return false;
            }
        }
        true
    }
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
