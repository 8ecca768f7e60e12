//! The ages of a partial choice of the dynamic program, while a state is decided.
//!
//! What the tables of the others do with the most that has been used, these do with the mean that a failure
//! costs: sums in place of maxima. A cycle without a checkpoint never comes here, so that no entry
//! passes an age on to itself.

use super::super::aging::Aging;
use super::Step;

/// Ages of the frontier, with the decided state as its last exit and its last entry; kept from one decision to the next, so
/// that none has to find room.
#[derive(Default)]
pub(super) struct Ages {
    /// By exit, what leaves.
    leaves: Vec<f64>,
    /// By entry, what an age of 1 on arrival costs.
    costs: Vec<f64>,
    /// By entry, then by exit, how much of an age on arrival leaves.
    passes: Vec<f64>,
    /// The row of an entry, while others get it.
    onward: Vec<f64>,
    /// What a decision leaves: the ages of the exits and entries that stay.
    pub(super) kept: Vec<f64>,
}

impl Ages {
    /// Decides a state; gives what that adds to the cost.
    pub(super) fn decide(&mut self, aging: &Aging, ages: &[f64], step: &Step, chosen: bool) -> f64 {
        let added = self.take_in(aging, ages, step, chosen);
        let outs = self.leaves.len();
        let Ages {
            leaves,
            costs,
            passes,
            kept,
            ..
        } = self;
        kept.clear();
        kept.extend(step.exits.iter().map(|&exit| leaves[exit]));
        kept.extend(step.entries.iter().map(|&entry| costs[entry]));
        for &entry in &step.entries {
            let row = &passes[entry * outs..][..outs];
            kept.extend(step.exits.iter().map(|&exit| row[exit]));
        }
        added
    }

    fn take_in(&mut self, aging: &Aging, ages: &[f64], step: &Step, chosen: bool) -> f64 {
        let at = step.state as usize;
        let outs = step.frontier.exits.len();
        let (exits, entries) = (outs - 1, step.frontier.entries.len() - 1);
        self.leaves.clear();
        self.leaves.extend_from_slice(&ages[..exits]);
        self.costs.clear();
        self.costs.extend_from_slice(&ages[exits..exits + entries]);
        self.passes.clear();
        let part = |exit: usize| aging.part(step.frontier.exits[exit], step.state);
        let arrives = |row: &[f64]| -> f64 {
            let before = step.before.iter();
            before.map(|&exit| part(exit) * row[exit]).sum()
        };
        let rate = aging.rate(at, chosen);
        let age = arrives(&self.leaves);
        let mut added = rate * age;
        for entry in 0..entries {
            let row = &ages[exits + entries + entry * exits..][..exits];
            let through = arrives(row);
            self.costs[entry] += rate * through;
            self.passes.extend_from_slice(row);
            self.passes.push(match chosen {
                true => 0.0,
                false => aging.growth * through,
            });
        }
        self.passes.resize(outs * (entries + 1), 0.0);
        if !chosen {
            self.passes[outs * entries + exits] = aging.growth;
        }
        self.leaves.push(aging.leaves(
            at,
            match chosen {
                true => aging.restore[at],
                false => age,
            },
        ));
        self.costs.push(rate);
        let itself = step.self_loop.then_some(entries);
        for entry in step.after.iter().copied().chain(itself) {
            let part = aging.part(step.state, step.frontier.entries[entry]);
            added += self.close(entry, part);
        }
        added
    }

    /// Takes in the edge from the last exit to an entry, whose arrivals it is a part of.
    fn close(&mut self, entry: usize, part: f64) -> f64 {
        let outs = self.leaves.len();
        let last = outs - 1;
        let cost = self.costs[entry];
        self.onward.clear();
        self.onward
            .extend_from_slice(&self.passes[entry * outs..][..outs]);
        let onward = &self.onward;
        let add = |to: &mut [f64], age: f64| {
            for (to, passed) in to.iter_mut().zip(onward) {
                *to += age * passed;
            }
        };
        let age = part * self.leaves[last];
        add(&mut self.leaves, age);
        for (row, own) in self.passes.chunks_exact_mut(outs).zip(&mut self.costs) {
            let through = part * row[last];
            if through != 0.0 {
                *own += through * cost;
                add(row, through);
            }
        }
        age * cost
    }
}
