//! The integer program solver, with a limit on its time.
//!
//! Branch and bound may take any time on a small program. A plan needs none of
//! them: what they add is a better choice or a better bound. So all programs for
//! one plan share [`SECONDS`]; only where they are not enough does the plan depend
//! on the speed of the machine, and then the report says that a bound is open.

use std::time::{Duration, Instant};

use good_lp::solvers::microlp::{MicroLpProblem, MicroLpSolution};
use good_lp::variable::UnsolvedProblem;
use good_lp::{
    ResolutionError, Solution as _, SolutionStatus, SolverModel, WithTimeLimit, microlp,
};

/// For all integer programs of a plan.
const SECONDS: u64 = 10;

/// The time that is left for them.
pub(super) struct Clock {
    end: Instant,
}

impl Clock {
    /// Starts now.
    pub(super) fn start() -> Clock {
        Clock {
            end: Instant::now() + Duration::from_secs(SECONDS),
        }
    }

    /// A model to which constraints can be added.
    pub(super) fn model(&self, problem: UnsolvedProblem) -> MicroLpProblem {
        let left = self.end.saturating_duration_since(Instant::now());
        microlp(problem).with_time_limit(left.as_secs_f64().max(0.001))
    }
}

/// An optimum.
///
/// # Errors
/// There is no solution, or none that was shown to be the best in time.
pub(super) fn optimum(model: MicroLpProblem) -> Result<MicroLpSolution, ResolutionError> {
    let solution = model.solve()?;
    match solution.status() {
        SolutionStatus::Optimal => Ok(solution),
        _ => Err(ResolutionError::Other("the time limit is reached")),
    }
}
