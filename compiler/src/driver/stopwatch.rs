//! How long stages take.

use std::time::Instant;

use super::Times;

/// Stages that follow each other, with the time that each took.
pub(super) struct Stopwatch {
    last: Instant,
    pub(super) laps: Times,
}

impl Stopwatch {
    /// Starts now.
    pub(super) fn start() -> Stopwatch {
        Stopwatch {
            last: Instant::now(),
            laps: Vec::new(),
        }
    }

    /// Leaves the time since the last lap to others.
    pub(super) fn skip(&mut self) {
        self.last = Instant::now();
    }

    /// The stage that ends now took the time since the last lap.
    pub(super) fn lap(&mut self, stage: &'static str) {
        let now = Instant::now();
        self.laps.push((stage, now - self.last));
        self.last = now;
    }
}
