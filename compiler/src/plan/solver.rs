//! The integer program solver, with a limit on its time.
//!
//! It is `microlp`, or HiGHS with the cargo feature `highs`. Nothing else knows which.
//! Either proves its optima: no gap is left open but that of the arithmetic. HiGHS runs in
//! one thread from a fixed seed, so that a program has one solution whenever it is solved.
//!
//! Branch and bound may take any time on a small program. A plan needs none of
//! them: what they add is a better choice or a better bound. So all programs for
//! one plan share a few seconds ([`Clock`]); only where they are not enough does the plan depend
//! on the speed of the machine, and then the report says that a bound is open.

use std::time::{Duration, Instant};

#[cfg(feature = "highs")]
use good_lp::solvers::highs::{HighsParallelType, HighsProblem, highs};
#[cfg(any(test, not(feature = "highs")))]
use good_lp::solvers::microlp::{MicroLpProblem, microlp};
use good_lp::variable::UnsolvedProblem;
use good_lp::{ResolutionError, Solution, SolutionStatus, SolverModel, WithTimeLimit};

/// What HiGHS may be off at a constraint or a whole number: ages are multiplied by up to 1e4
/// (the default, 1e-6, would be seen in them).
#[cfg(feature = "highs")]
const TOLERANCE: f64 = 1e-9;

/// A program in the making.
#[cfg(not(feature = "highs"))]
pub(super) type Model = MicroLpProblem;
#[cfg(feature = "highs")]
pub(super) type Model = HighsProblem;

/// The time that is left for them.
pub(super) struct Clock {
    end: Instant,
}

impl Clock {
    /// Starts now, for all programs of a plan.
    pub(super) fn start(seconds: u64) -> Clock {
        Clock {
            end: Instant::now() + Duration::from_secs(seconds),
        }
    }

    /// A model to which constraints can be added.
    pub(super) fn model(&self, problem: UnsolvedProblem) -> Model {
        let left = self.end.saturating_duration_since(Instant::now());
        #[cfg(not(feature = "highs"))]
        let model = with_microlp(problem);
        #[cfg(feature = "highs")]
        let model = with_highs(problem);
        model.with_time_limit(left.as_secs_f64().max(0.001))
    }
}

#[cfg(any(test, not(feature = "highs")))]
fn with_microlp(problem: UnsolvedProblem) -> MicroLpProblem {
    // It leaves no gap.
    microlp(problem)
}

#[cfg(feature = "highs")]
fn with_highs(problem: UnsolvedProblem) -> HighsProblem {
    let mut model = highs(problem);
    model.set_verbose(false);
    // By default it calls optimal what is within 1e-4 of the optimum.
    model
        .set_option("mip_rel_gap", 0.0)
        .set_option("mip_abs_gap", 0.0)
        .set_option("mip_feasibility_tolerance", TOLERANCE)
        .set_option("primal_feasibility_tolerance", TOLERANCE)
        .set_option("dual_feasibility_tolerance", TOLERANCE)
        .set_option("random_seed", 0)
        .set_parallel(HighsParallelType::Off)
        .set_threads(1)
}

/// An optimum. No gap is allowed, so one that the solver tells beside it is what rounding leaves
/// of its bound, or less than costs in whole numbers can differ by: its search has come to an end.
///
/// # Errors
/// There is no solution, or none that was shown to be the best in time.
pub(super) fn optimum<M>(model: M) -> Result<M::Solution, ResolutionError>
where
    M: SolverModel<Error = ResolutionError>,
{
    let solution = model.solve()?;
    match solution.status() {
        SolutionStatus::Optimal | SolutionStatus::GapLimit => Ok(solution),
        SolutionStatus::TimeLimit => Err(ResolutionError::Other("the time limit is reached")),
    }
}

#[cfg(test)]
#[path = "solver_tests.rs"]
mod tests;
