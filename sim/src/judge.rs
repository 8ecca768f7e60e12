//! Running power cycles from images with several right positions, and turning violations into failures.

use crate::campaign::CampaignOptions;
use crate::error::SimError;
use crate::image::{Image, Position};
use crate::point::PointId;
use crate::replay::Replay;
use crate::report::{Failure, FailureKind};
use crate::spec::{Contents, CycleEnd, CycleOutcome, CycleSpec, Violation};
use crate::tool::Simulator;

/// A power cycle that follows the failures of a point.
#[derive(Debug, Clone)]
pub(crate) struct Trial {
    /// The failures so far.
    pub id: PointId,
    /// What they left.
    pub image: Image,
    /// Logical cycle before which the run may end.
    pub end_cycle: u64,
    /// The next failure.
    pub stop_clock: Option<u64>,
    /// Whether the log is wanted.
    pub log: bool,
}

/// What came of a trial.
#[derive(Debug, Clone)]
pub(crate) struct Verdict {
    /// The positions under which everything was as expected, with the outcomes; in the order of the image's positions.
    pub passed: Vec<(Position, CycleOutcome)>,
    /// If there are none, the failure that got furthest.
    pub failure: Option<Failure>,
}

/// Sums over all power cycles of a campaign.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Totals {
    /// Power cycles that began with a restore.
    pub restores: u64,
    /// Power cycles that raised `idetic_error`.
    pub error_flags: u64,
    /// Clock edges.
    pub clocks: u64,
    /// Trials that passed with known contents only.
    pub retried: usize,
}

impl Totals {
    fn add(&mut self, outcome: &CycleOutcome) {
        self.restores += u64::from(outcome.resumed);
        self.error_flags += u64::from(outcome.error_flag);
    }
}

/// Runs trials and counts.
#[derive(Debug)]
pub(crate) struct Judge<'a> {
    /// The compiled design.
    pub replay: &'a Replay<'a>,
    /// Seed, environment and number of jobs.
    pub options: &'a CampaignOptions,
    /// How many logical cycles behind the one due at a failure a run ends; `None` to go on to the end.
    pub horizon: Option<u64>,
    /// After how many saves the supply level is full in a power cycle that no failure ends; `None` for never.
    pub saves: Option<u64>,
    /// Logical cycles that the uninterrupted run has done; no run goes further.
    pub cycles: u64,
    /// The sums so far.
    pub totals: Totals,
}

impl<'a> Judge<'a> {
    /// A judge that has not counted anything.
    pub fn new(replay: &'a Replay<'a>, options: &'a CampaignOptions) -> Judge<'a> {
        Judge {
            replay,
            options,
            horizon: options.horizon,
            saves: None,
            cycles: replay.expectation.cycles() as u64,
            totals: Totals::default(),
        }
    }

    /// The specification of a trial under one of its positions.
    pub fn spec(&self, trial: &Trial, position: Position) -> CycleSpec {
        CycleSpec {
            nvm: trial.image.nvm.clone(),
            kept: trial.image.kept.clone(),
            position,
            // Both simulators take 31 bits.
            seed: trial.id.rng(self.options.seed).next() & 0x7fff_ffff,
            end_cycle: trial.end_cycle,
            stop_clock: trial.stop_clock,
            contents: Contents::Usual,
            saves: self.saves.filter(|_| trial.stop_clock.is_none()),
            stall_limit: self.replay.stall_limit(&self.options.environment),
            log: trial.log,
        }
    }

    /// Runs trials. A position is tried only where those before it failed, unless `all_positions`.
    pub fn run(&mut self, trials: &[Trial], all_positions: bool) -> Result<Vec<Verdict>, SimError> {
        let mut verdicts: Vec<Verdict> = trials
            .iter()
            .map(|_| Verdict {
                passed: Vec::new(),
                failure: None,
            })
            .collect();
        let rounds = trials
            .iter()
            .map(|trial| trial.image.allowed.len())
            .max()
            .unwrap_or(0);
        for round in 0..rounds {
            let todo: Vec<(usize, Position)> = trials
                .iter()
                .enumerate()
                .filter(|(index, _)| all_positions || verdicts[*index].passed.is_empty())
                .filter_map(|(index, trial)| Some((index, *trial.image.allowed.get(round)?)))
                .collect();
            let specs: Vec<CycleSpec> = todo
                .iter()
                .map(|(index, position)| self.spec(&trials[*index], *position))
                .collect();
            let outcomes = self
                .replay
                .run(&self.options.environment, &specs, self.options.jobs)?;
            self.totals.clocks += outcomes.iter().map(|o| o.clocks).sum::<u64>();
            let outcomes = self.with_known_contents(&specs, outcomes)?;
            for ((index, position), outcome) in todo.into_iter().zip(outcomes) {
                self.totals.add(&outcome);
                self.enter(&mut verdicts[index], &trials[index].id, position, outcome);
            }
        }
        Ok(verdicts)
    }

    /// Where an output is wrong in Icarus, runs the power cycle again with known contents of several kinds, and takes what comes of it for
    /// the outcome; a power cycle that a failure ends, or in which unknown bits were saved, from all zeros.
    ///
    /// What is wrong may come of an X in state that is dead, in a bit that does not depend on it: `q == q2` is X for an unknown `q`, even
    /// if `q2` has a value that `q` can never have, and both ways may lead to the same result. Worse, Icarus takes a condition that is X for
    /// false, and the bit is known and wrong. No contents whatever make such a bit wrong. A bit that is missing in the plan is wrong in one of
    /// the first two kinds, all zeros and all ones. With known contents only bits count that are known and wrong: an X is that of an index
    /// past the end or of a division by zero, for which a dead register is enough.
    ///
    /// A saved bit that such an X has made unknown, or wrong, would be something else in the NVM than in the original, and the next power cycle
    /// wrong with any contents. So a power cycle that another one is to follow is run again from all zeros, and what that saves is gone on with. What is wrong or unknown even so is run once more without any X in the state. A run that passes is not given up
    /// for one that fails: an X of the design's own may have been taken one way in the expectation.
    fn with_known_contents(
        &mut self,
        specs: &[CycleSpec],
        mut outcomes: Vec<CycleOutcome>,
    ) -> Result<Vec<CycleOutcome>, SimError> {
        let failed = |outcome: &CycleOutcome| matches!(outcome.end, CycleEnd::Failed(_));
        let icarus = self.replay.simulator() == Simulator::Icarus;
        for resolved in [false, true] {
            let doubtful: Vec<usize> = (0..specs.len())
                .filter(|&index| match &outcomes[index].end {
                    CycleEnd::Failed(violation) => violation.kind == FailureKind::Output,
                    CycleEnd::Stopped if !resolved => true,
                    _ => outcomes[index].log.unknown_saved,
                })
                .collect();
            if doubtful.is_empty() || !icarus || !self.replay.has_known_contents() {
                break;
            }
            let again: Vec<CycleSpec> = doubtful
                .iter()
                .map(|&index| CycleSpec {
                    contents: match failed(&outcomes[index]) {
                        _ if resolved => Contents::Resolved,
                        true => Contents::Known,
                        false => Contents::Zeros,
                    },
                    ..specs[index].clone()
                })
                .collect();
            let known = self
                .replay
                .run(&self.options.environment, &again, self.options.jobs)?;
            for (at, (index, outcome)) in doubtful.into_iter().zip(known).enumerate() {
                let kinds = again[at].contents.kinds();
                self.totals.clocks += u64::from(kinds) * outcome.clocks;
                self.totals.retried += usize::from(failed(&outcomes[index]) && !failed(&outcome));
                if failed(&outcomes[index]) || !failed(&outcome) {
                    outcomes[index] = outcome;
                }
            }
        }
        Ok(outcomes)
    }

    fn enter(
        &self,
        verdict: &mut Verdict,
        id: &PointId,
        position: Position,
        outcome: CycleOutcome,
    ) {
        if let CycleEnd::Failed(violation) = &outcome.end {
            let failure = self.failure(id, violation);
            let further = verdict
                .failure
                .as_ref()
                .is_none_or(|known| known.clock < failure.clock);
            if verdict.passed.is_empty() && further {
                verdict.failure = Some(failure);
            }
        } else {
            verdict.failure = None;
            verdict.passed.push((position, outcome));
        }
    }

    /// A violation with the name and the values of the output that differs.
    pub fn failure(&self, id: &PointId, violation: &Violation) -> Failure {
        let mut failure = Failure {
            id: id.clone(),
            kind: violation.kind,
            logical_cycle: violation.logical_cycle,
            clock: violation.clock,
            signal: None,
            expected: None,
            actual: None,
            simulator: id.simulator,
        };
        let expectation = self.replay.expectation;
        let row = violation.logical_cycle as usize;
        if violation.kind != FailureKind::Output || row >= expectation.cycles() {
            return failure;
        }
        for field in expectation.output_bus.fields() {
            let expected = expectation
                .outputs
                .slice_binary(row, field.low, field.width_bits);
            let high = violation.outputs.len().saturating_sub(field.low);
            let actual = violation
                .outputs
                .get(high.saturating_sub(field.width_bits)..high)
                .unwrap_or_default();
            if expected
                .bytes()
                .zip(actual.bytes())
                .any(|(want, is)| want != b'x' && want != is)
            {
                failure.signal = Some(field.name.clone());
                failure.actual = Some(actual.to_string());
                failure.expected = Some(expected);
                break;
            }
        }
        failure
    }
}
