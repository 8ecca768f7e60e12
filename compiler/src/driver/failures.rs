//! What failures cost, for the objective of a plan.
//!
//! Failures come at the rate of the mean on-time, at any time of a power cycle alike. A restore and the
//! work that is done again count as saves do: their energy with the weight of energy, beside the energy of
//! the logical cycles, and their clocks with the weight of stalled clocks.

use crate::energy::{Model, OnTimes, Weights};
use crate::layout::Shape;
use crate::plan::Aging;

/// Most that is taken for the times that something is begun until it comes to its end: what takes
/// longer than this never does.
const MOST: f64 = 1e9;

/// Failures at a rate.
#[derive(Debug, Clone, Copy)]
pub(super) struct Failures {
    /// The probability of one in a clock.
    failing: f64,
}

impl Failures {
    pub(super) fn new(on_times: &OnTimes, model: &Model) -> Failures {
        Failures {
            failing: on_times.failures_per_clock(model.clock_hz),
        }
    }

    /// How often something that takes `clocks` is begun until it comes to its end.
    fn begun(&self, clocks: u64) -> f64 {
        (-(clocks as f64) * (-self.failing).ln_1p()).exp().min(MOST)
    }

    /// What each of `clocks` takes on average until all of them have come to their end without a failure in
    /// between, if it takes 1 once.
    pub(super) fn taken(&self, clocks: u64) -> f64 {
        match clocks {
            0 => 1.0,
            _ => (self.begun(clocks) - 1.0) / (self.failing * clocks as f64),
        }
    }

    /// The figures of a design with saves and restores of these shapes.
    pub(super) fn aging(&self, model: &Model, shapes: &[Shape], weights: &Weights) -> Aging {
        let cycle = model.mean_cycle_joules();
        let restore = |shape: &Shape| {
            let effort = shape.restore();
            let clocks = model.clocks(&effort);
            let once =
                weights.energy * model.joules(&effort) / cycle + weights.stall * clocks as f64;
            once * self.taken(clocks)
        };
        let work = model.mean_joules.iter();
        Aging {
            growth: self.begun(1),
            visits: model.visits.clone(),
            arrivals: model.arrivals.clone(),
            work: work
                .map(|joules| weights.energy * joules / cycle + weights.stall)
                .collect(),
            restore: shapes.iter().map(restore).collect(),
            saving: (shapes.iter())
                .map(|shape| self.begun(model.clocks(&shape.save())) - 1.0)
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Failures;

    #[test]
    fn what_may_fail_takes_longer() {
        let half = Failures { failing: 0.5 };
        // A clock that fails every other time is begun twice; the first of two, four times.
        assert!((half.begun(1) - 2.0).abs() < 1e-9);
        assert!((half.taken(1) - 2.0).abs() < 1e-9);
        assert!((half.taken(2) - (4.0 + 2.0) / 2.0).abs() < 1e-9);
        let seldom = Failures { failing: 1e-12 };
        assert!((seldom.taken(1000) - 1.0).abs() < 1e-3);
    }
}
