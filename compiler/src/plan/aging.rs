//! What failures cost: restores, and work that is done again.
//!
//! In each clock the supply fails with the same probability *q*, whatever has happened. What was done
//! since the last commit is lost then, and a restore is needed before it is done again. A logical
//! cycle with *k* clocks to go to the end of the next save is begun 1/(1−*q*)ᵏ times on average, since each
//! time it gets there with probability (1−*q*)ᵏ. Seen forward: a state has an *age*, what a failure on arrival there
//! costs on average, weighted by the failures to come. With *g* = 1/(1−*q*)
//!
//! ```text
//! leaves(s)  = g · (age(s) + work(s))            where s is no checkpoint
//! leaves(s)  = g · (restore(s) + work(s))        where it is one
//! age(t)     = Σ part(s→t) · leaves(s)           over the states that lead to t
//! ```
//!
//! and the sum over the states of
//!
//! ```text
//! visits(s) · (g − 1) · age(s)                   where s is no checkpoint
//! visits(s) · (gᶜ − 1) · age(s)                  where it is one, whose save takes c clocks
//! ```
//!
//! is what failures cost in each logical cycle beyond what does not depend on the choice, or on the
//! chosen state alone (that part is in the costs of the checkpoints). `part` is the part of the entries of *t* that
//! come from *s*. On a chain that is the expected time of Toueg and Babaoğlu, exactly; where ways join, too,
//! if the way from a checkpoint is the same each time it is run again, as it is with inputs by logical cycle.
//!
//! All of it is linear in the ages, so that the dynamic program can carry them over its frontier, and the
//! integer program can have them as variables.

use super::graph::Flow;

/// What failures cost by state; all figures in units of the objective, none negative.
#[derive(Debug, Clone, PartialEq)]
pub struct Aging {
    /// 1 / (1 − the probability that the supply fails in a clock); more than 1.
    pub growth: f64,
    /// Visits of each state per logical cycle.
    pub visits: Vec<f64>,
    /// Where each state is entered from, in order, and the part of the entries that is.
    pub arrivals: Vec<Vec<(u32, f64)>>,
    /// The cycle of each state, done again.
    pub work: Vec<f64>,
    /// Until the design runs on after a failure, by the state restored.
    pub restore: Vec<f64>,
    /// What a save in each state adds to an age, of it: `growth` to the power of its clocks, less 1.
    pub saving: Vec<f64>,
}

impl Aging {
    /// The same in other units.
    pub(super) fn scaled(&self, scale: f64) -> Aging {
        let by = |list: &[f64]| list.iter().map(|own| own * scale).collect();
        Aging {
            work: by(&self.work),
            restore: by(&self.restore),
            ..self.clone()
        }
    }

    /// The cost of an age of 1 on arrival in a state.
    pub(super) fn rate(&self, state: usize, chosen: bool) -> f64 {
        let factor = match chosen {
            true => self.saving[state],
            false => self.growth - 1.0,
        };
        self.visits[state] * factor
    }

    /// What leaves a state that is no checkpoint, or a checkpoint after its restore.
    pub(super) fn leaves(&self, state: usize, age: f64) -> f64 {
        self.growth * (age + self.work[state])
    }

    /// The part of the entries of `to` that come from `from`.
    pub(super) fn part(&self, from: u32, to: u32) -> f64 {
        let arrivals = &self.arrivals[to as usize];
        let found = arrivals.binary_search_by_key(&from, |(state, _)| *state);
        found.map_or(0.0, |at| arrivals[at].1)
    }

    /// What failures cost with these checkpoints; infinite if a cycle has none.
    pub(super) fn cost(&self, flow: &Flow, chosen: &[bool]) -> f64 {
        let Some(order) = flow.order_without(chosen) else {
            return f64::INFINITY;
        };
        let count = chosen.len();
        let mut leaves = vec![0.0; count];
        for state in (0..count).filter(|&state| chosen[state]) {
            leaves[state] = self.leaves(state, self.restore[state]);
        }
        let age = |state: usize, leaves: &[f64]| -> f64 {
            let arrivals = self.arrivals[state].iter();
            arrivals
                .map(|&(from, part)| part * leaves[from as usize])
                .sum()
        };
        let mut cost = 0.0;
        for &state in &order {
            let state = state as usize;
            let own = age(state, &leaves);
            leaves[state] = self.leaves(state, own);
            cost += self.rate(state, false) * own;
        }
        for state in (0..count).filter(|&state| chosen[state]) {
            cost += self.rate(state, true) * age(state, &leaves);
        }
        cost
    }
}
