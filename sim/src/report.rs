//! What a campaign found.

use serde::{Deserialize, Serialize};

use crate::point::PointId;
use crate::spec::Environment;
use crate::tool::Simulator;

/// How a guarantee was broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureKind {
    /// An output differs from that of the original in the same logical cycle.
    Output,
    /// A control output (`idetic_stall`, `_capture`, `_commit`, `_resume`, `_nvm_valid`, or address and direction of a request) is X.
    UnknownControl,
    /// An image was restored though none was committed.
    UnexpectedResume,
    /// The design started cold though a checkpoint was committed.
    MissingResume,
    /// `idetic_resume` came twice, or after the design had advanced.
    LateResume,
    /// `idetic_stall` fell when the inputs changed.
    StallDependsOnInputs,
    /// An NVM request changed, or went away, before it was answered.
    RequestChanged,
    /// An NVM request is outside the declared words.
    AddressOutOfRange,
    /// The NVM was written before the first `idetic_capture` since power-up: by boot or restore.
    WriteOutsideSave,
    /// `idetic_commit` came before the first `idetic_capture` since power-up.
    CommitWithoutCapture,
    /// The design did not reach the end in far more clocks than it should take.
    NoProgress,
}

impl FailureKind {
    /// All of them.
    pub const ALL: [FailureKind; 11] = [
        FailureKind::Output,
        FailureKind::UnknownControl,
        FailureKind::UnexpectedResume,
        FailureKind::MissingResume,
        FailureKind::LateResume,
        FailureKind::StallDependsOnInputs,
        FailureKind::RequestChanged,
        FailureKind::AddressOutOfRange,
        FailureKind::WriteOutsideSave,
        FailureKind::CommitWithoutCapture,
        FailureKind::NoProgress,
    ];

    /// The word for it in reports, the same as in JSON.
    pub fn word(self) -> &'static str {
        match self {
            FailureKind::Output => "output",
            FailureKind::UnknownControl => "unknown_control",
            FailureKind::UnexpectedResume => "unexpected_resume",
            FailureKind::MissingResume => "missing_resume",
            FailureKind::LateResume => "late_resume",
            FailureKind::StallDependsOnInputs => "stall_depends_on_inputs",
            FailureKind::RequestChanged => "request_changed",
            FailureKind::AddressOutOfRange => "address_out_of_range",
            FailureKind::WriteOutsideSave => "write_outside_save",
            FailureKind::CommitWithoutCapture => "commit_without_capture",
            FailureKind::NoProgress => "no_progress",
        }
    }

    /// A sentence for people.
    pub fn describe(self) -> &'static str {
        match self {
            FailureKind::Output => "an output differs from the original",
            FailureKind::UnknownControl => "a control output is unknown (X)",
            FailureKind::UnexpectedResume => "an image was restored though none was committed",
            FailureKind::MissingResume => {
                "the design started cold though a checkpoint was committed"
            }
            FailureKind::LateResume => "idetic_resume came twice or after the design had advanced",
            FailureKind::StallDependsOnInputs => "idetic_stall fell when the inputs changed",
            FailureKind::RequestChanged => "an NVM request changed before it was answered",
            FailureKind::AddressOutOfRange => "an NVM request is outside the NVM",
            FailureKind::WriteOutsideSave => "the NVM was written before any save began",
            FailureKind::CommitWithoutCapture => "idetic_commit came without idetic_capture",
            FailureKind::NoProgress => "the design makes no progress",
        }
    }
}

/// A failure point at which the guarantee was broken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// The point, from which the run can be reproduced.
    pub id: PointId,
    /// What is wrong.
    pub kind: FailureKind,
    /// The logical cycle that was due.
    pub logical_cycle: u64,
    /// The clock edge since the last power-up before which it showed.
    pub clock: u64,
    /// The output port that differs; of other kinds of failure, absent.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub signal: Option<String>,
    /// Its value in the original, in binary, `x` where any value will do.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub expected: Option<String>,
    /// Its value in the instrumented design, in binary.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub actual: Option<String>,
    /// Where it was seen.
    pub simulator: Simulator,
}

/// The result of a campaign in one simulator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CampaignReport {
    /// The simulator.
    pub simulator: Simulator,
    /// The seed from which, with the same options, the campaign can be repeated.
    pub seed: u64,
    /// How the environment behaved.
    pub environment: Environment,
    /// Failure points tried: every sequence of failures with its variant of torn words counts as one.
    pub points_tried: usize,
    /// Failure points passed.
    pub points_passed: usize,
    /// Of the points tried, those with a single failure.
    pub single_points: usize,
    /// Of the points tried, those with two failures.
    pub pair_points: usize,
    /// Of the points tried, random sequences of failures.
    pub random_points: usize,
    /// Every how many clock edges a single failure was tried; 1 means at every edge.
    pub stride: u64,
    /// How many logical cycles behind the one due at the last failure a run ended; `None` if all went on to the end.
    pub horizon_cycles: Option<u64>,
    /// After how many saves since the last power-up the supply level was full in these runs, so that no more saves took time; `None` if
    /// it never was.
    pub saves_per_run: Option<u64>,
    /// Points at which an output was wrong in Icarus, and which passed with several sets of known contents in place of X. They are among the
    /// points passed.
    pub retried_points: usize,
    /// Logical cycles of the recording that were replayed; fewer than recorded where a limit or the budget ended them.
    pub logical_cycles: u64,
    /// Logical cycles of the recording.
    pub recorded_cycles: u64,
    /// Clock edges that the instrumented design takes for them without failures.
    pub instrumented_clocks: u64,
    /// How many of those find it stalled.
    pub stall_clocks: u64,
    /// Checkpoints committed in the uninterrupted run.
    pub commits: u64,
    /// Power cycles in all runs that began with a restore.
    pub restores: u64,
    /// Power cycles in all runs that raised `idetic_error`.
    pub error_flags: u64,
    /// Clock edges simulated in all runs.
    pub simulated_clocks: u64,
    /// Output bits with a known expectation, summed over the logical cycles.
    pub compared_bits: u64,
    /// Whether the campaign ended early because of too many failures.
    pub stopped_early: bool,
    /// What went wrong, in the order in which the points were tried.
    pub failures: Vec<Failure>,
}

impl CampaignReport {
    /// Whether everything tried has passed.
    pub fn passed(&self) -> bool {
        self.failures.is_empty()
    }
}
