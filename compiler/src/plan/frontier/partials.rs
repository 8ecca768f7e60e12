//! The partial choices of one place of the order, their figures side by side.

use super::Decision;

/// Partial choices. Of each its cost, its last decision, its figures and its ages.
pub(super) struct Partials {
    /// Figures of one, and ages.
    strides: (usize, usize),
    costs: Vec<f64>,
    /// The last decision of each, in the list of all; not yet there for those just made.
    last: Vec<u32>,
    /// The last decisions of those just made.
    made: Vec<Decision>,
    /// Per resource and in the order of the frontier; slacks are negated, so that
    /// less is better throughout.
    figures: Vec<i64>,
    /// Of ages, likewise: leaving, cost, passed on; none where failures do not count.
    ages: Vec<f64>,
}

impl Partials {
    /// None yet, with so many figures and ages each.
    pub(super) fn new(figures: usize, ages: usize) -> Partials {
        Partials {
            strides: (figures, ages),
            costs: Vec::new(),
            last: Vec::new(),
            made: Vec::new(),
            figures: Vec::new(),
            ages: Vec::new(),
        }
    }

    /// The one in which nothing is decided.
    pub(super) fn first() -> Partials {
        Partials {
            costs: vec![0.0],
            last: vec![u32::MAX],
            ..Partials::new(0, 0)
        }
    }

    pub(super) fn len(&self) -> usize {
        self.costs.len()
    }

    pub(super) fn cost(&self, at: usize) -> f64 {
        self.costs[at]
    }

    pub(super) fn last(&self, at: usize) -> u32 {
        self.last[at]
    }

    pub(super) fn figures(&self, at: usize) -> &[i64] {
        &self.figures[at * self.strides.0..][..self.strides.0]
    }

    pub(super) fn ages(&self, at: usize) -> &[f64] {
        &self.ages[at * self.strides.1..][..self.strides.1]
    }

    /// Takes in one that was just made.
    pub(super) fn push(
        &mut self,
        cost: f64,
        decision: Decision,
        (figures, ages): (&[i64], &[f64]),
    ) {
        self.costs.push(cost);
        self.made.push(decision);
        self.figures.extend_from_slice(figures);
        self.ages.extend_from_slice(ages);
    }

    /// Those that are kept, in that order, with their decisions in the list of all.
    pub(super) fn decided(self, kept: &[usize], decisions: &mut Vec<Decision>) -> Partials {
        let mut own = Partials::new(self.strides.0, self.strides.1);
        for &at in kept {
            own.costs.push(self.costs[at]);
            own.last.push(decisions.len() as u32);
            decisions.push(self.made[at]);
            own.figures.extend_from_slice(self.figures(at));
            own.ages.extend_from_slice(self.ages(at));
        }
        own
    }
}
