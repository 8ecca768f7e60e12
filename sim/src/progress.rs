//! How a long run tells its caller where it is.

/// What is going on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Compiling something with a simulator.
    Compile,
    /// Running the user's testbench on the original design.
    Record,
    /// Re-simulating the original from the recorded inputs.
    Expect,
    /// Running the instrumented design without a failure.
    Uninterrupted,
    /// Trying single failure points.
    Single,
    /// Trying pairs of failures.
    Pairs,
    /// Trying random sequences of failures.
    Random,
}

/// Receives progress. The methods are called from the thread that started the run.
pub trait Progress {
    /// `done` of `total` parts of the step are finished; `total` 0 means that it is not known.
    fn update(&mut self, step: Step, done: usize, total: usize);
}

/// Ignores all progress.
#[derive(Debug, Default, Clone, Copy)]
pub struct Silent;

impl Progress for Silent {
    fn update(&mut self, _step: Step, _done: usize, _total: usize) {}
}
