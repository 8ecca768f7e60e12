//! The ages of a partial choice of the dynamic program, while a state is decided.
//!
//! What the tables of the others do with the most that has been used, these do with the mean that a failure
//! costs: sums in place of maxima. A cycle without a checkpoint never comes here, so that no entry
//! passes an age on to itself.

use super::super::aging::Aging;
use super::{Frontier, Neighbours};

/// Ages of the frontier; after a decision with that state as its last exit and its last entry.
pub(super) struct Ages {
    /// By exit, what leaves.
    leaves: Vec<f64>,
    /// By entry, what an age of 1 on arrival costs.
    costs: Vec<f64>,
    /// By entry and exit, how much of an age on arrival leaves.
    passes: Vec<Vec<f64>>,
}

impl Ages {
    /// Those of a partial choice. `frontier` has the state to be decided already.
    pub(super) fn before(ages: &[f64], frontier: &Frontier) -> Ages {
        let (outs, ins) = (frontier.exits.len() - 1, frontier.entries.len() - 1);
        Ages {
            leaves: ages[..outs].to_vec(),
            costs: ages[outs..outs + ins].to_vec(),
            passes: (0..ins)
                .map(|entry| {
                    let from = outs + ins + entry * outs;
                    ages[from..from + outs].to_vec()
                })
                .collect(),
        }
    }

    /// Decides a state; gives what that adds to the cost.
    pub(super) fn decide(
        &mut self,
        aging: &Aging,
        frontier: &Frontier,
        (state, chosen): (u32, bool),
        near: &Neighbours,
    ) -> f64 {
        let at = state as usize;
        let parts = near.before.iter();
        let parts: Vec<(usize, f64)> = parts
            .map(|&exit| (exit, aging.part(frontier.exits[exit], state)))
            .collect();
        let arrives =
            |row: &[f64]| -> f64 { parts.iter().map(|&(exit, part)| part * row[exit]).sum() };
        let rate = aging.rate(at, chosen);
        let age = arrives(&self.leaves);
        let mut added = rate * age;
        for (row, cost) in self.passes.iter_mut().zip(&mut self.costs) {
            let through = arrives(row);
            *cost += rate * through;
            row.push(match chosen {
                true => 0.0,
                false => aging.growth * through,
            });
        }
        let mut own = vec![0.0; self.leaves.len() + 1];
        if !chosen {
            own[self.leaves.len()] = aging.growth;
        }
        self.leaves.push(aging.leaves(
            at,
            match chosen {
                true => aging.restore[at],
                false => age,
            },
        ));
        self.costs.push(rate);
        self.passes.push(own);
        let itself = near.self_loop.then_some(frontier.entries.len() - 1);
        for entry in near.after.iter().copied().chain(itself) {
            let part = aging.part(state, frontier.entries[entry]);
            added += self.close(entry, part);
        }
        added
    }

    /// Takes in the edge from the last exit to an entry, whose arrivals it is a part of.
    fn close(&mut self, entry: usize, part: f64) -> f64 {
        let last = self.leaves.len() - 1;
        let (cost, onward) = (self.costs[entry], self.passes[entry].clone());
        let add = |to: &mut [f64], age: f64| {
            for (to, passed) in to.iter_mut().zip(&onward) {
                *to += age * passed;
            }
        };
        let age = part * self.leaves[last];
        add(&mut self.leaves, age);
        for (row, own) in self.passes.iter_mut().zip(&mut self.costs) {
            let through = part * row[last];
            if through != 0.0 {
                *own += through * cost;
                add(row, through);
            }
        }
        age * cost
    }

    /// The figures of the exits and entries that stay.
    pub(super) fn kept(&self, exits: &[usize], entries: &[usize]) -> Vec<f64> {
        let leaves = exits.iter().map(|&exit| self.leaves[exit]);
        let costs = entries.iter().map(|&entry| self.costs[entry]);
        let rows = entries.iter().map(|&entry| &self.passes[entry]);
        let passes = rows.flat_map(|row| exits.iter().map(|&exit| row[exit]));
        leaves.chain(costs).chain(passes).collect()
    }
}
