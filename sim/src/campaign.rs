//! Power-failure campaigns: where the supply fails, and what is made of the results.
//!
//! One uninterrupted run is logged; from its log the image at every clock edge follows, so that the way to a failure is not simulated
//! again. Then come single failures at every edge (strided above a limit), pairs whose second failure hits the boot, the restore and the
//! first save after the first failure, and random sequences of failures.

use crate::choose::{
    boot_and_save, first_of_pair, horizon, saves_per_run, single_clocks, with_saves,
};
use crate::error::SimError;
use crate::image::{Image, PastCycle, Position};
use crate::judge::{Judge, Trial, Verdict};
use crate::point::{PointId, Torn};
use crate::progress::{Progress, Step};
use crate::replay::Replay;
use crate::report::{CampaignReport, Failure};
use crate::rng::Rng;
use crate::spec::{BlankNvm, CycleEnd, CycleOutcome, Environment};
use crate::tool::Simulator;

/// What to try. With the same options and design a campaign gives the same report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CampaignOptions {
    /// Seed for everything random.
    pub seed: u64,
    /// How the environment behaves.
    pub environment: Environment,
    /// What the NVM holds at first.
    pub blank: BlankNvm,
    /// Clock edges at which single failures are tried, at most; edges of the first boot and save come on top. An edge at which a word is
    /// being written counts once, though each variant of [`Torn`] is tried.
    pub max_points: usize,
    /// Pairs of failures to try, about.
    pub max_pairs: usize,
    /// Random sequences of failures to try.
    pub random_runs: usize,
    /// Logical cycles to replay at most; `None` for the whole recording.
    pub max_cycles: Option<u64>,
    /// How many logical cycles behind the one that was due at the last failure a run ends; `None` to go on to the end, or as far as
    /// the budget allows.
    pub horizon: Option<u64>,
    /// Clock edges to simulate, about. The uninterrupted run ends after an eighth of them, see [`CampaignReport::logical_cycles`].
    /// Where going on to the end after each failure with all saves would take more than another eighth, runs make only their first saves,
    /// see [`CampaignReport::saves_per_run`]; if the rest is not enough even so, they end earlier, see [`CampaignReport::horizon_cycles`].
    pub clock_budget: u64,
    /// The campaign ends early with this many failures.
    pub stop_after: usize,
    /// Simulator processes at a time.
    pub jobs: usize,
}

impl CampaignOptions {
    /// Defaults that fit the speed of the simulator.
    pub fn for_simulator(simulator: Simulator) -> CampaignOptions {
        match simulator {
            Simulator::Icarus => CampaignOptions::with_points(simulator, 200),
            Simulator::Verilator => CampaignOptions::with_points(simulator, 2000),
        }
    }

    /// So many edges with a single failure; pairs and random sequences in proportion, up to a number that fits the simulator.
    pub fn with_points(simulator: Simulator, max_points: usize) -> CampaignOptions {
        let (most_pairs, most_runs, clock_budget) = match simulator {
            Simulator::Icarus => (40, 8, 1_000_000),
            Simulator::Verilator => (1000, 100, 20_000_000),
        };
        CampaignOptions {
            seed: 1,
            environment: Environment::default(),
            blank: BlankNvm::Zeros,
            max_points,
            max_pairs: (max_points / 2).clamp(LEAST_PAIRS.min(max_points), most_pairs),
            random_runs: (max_points / 20).clamp(LEAST_RANDOM_RUNS.min(max_points), most_runs),
            max_cycles: None,
            horizon: None,
            clock_budget,
            stop_after: 10,
            jobs: 2,
        }
    }
}

/// Pairs of failures that are tried with however few points, about; but no more than points.
const LEAST_PAIRS: usize = 16;

/// Random sequences that are tried with however few points; but no more than points.
const LEAST_RANDOM_RUNS: usize = 4;

/// Trials that are run before progress is reported and failures are counted.
const BATCH: usize = 128;

/// Longest random sequence of failures.
const MAX_RANDOM_FAILURES: u64 = 6;

struct Campaign<'a> {
    judge: Judge<'a>,
    options: &'a CampaignOptions,
    base: CycleOutcome,
    blank: Image,
    report: CampaignReport,
}

/// Runs a campaign on a compiled replay.
///
/// # Errors
/// Only those of running the simulator; broken guarantees are in the report.
pub fn run_campaign(
    replay: &Replay<'_>,
    options: &CampaignOptions,
    progress: &mut dyn Progress,
) -> Result<CampaignReport, SimError> {
    progress.update(Step::Uninterrupted, 0, 1);
    let mut judge = Judge::new(replay, options);
    let (trial, base) = uninterrupted(&mut judge)?;
    let cycles = trial.end_cycle;
    let mut report = empty_report(replay, options, cycles);
    let base = match base {
        Ok(base) => base,
        Err(failure) => {
            report.failures.push(failure);
            report.points_tried = 1;
            return Ok(report);
        }
    };
    report.instrumented_clocks = base.clocks;
    report.retried_points = judge.totals.retried;
    report.stall_clocks = base.stall_clocks;
    report.commits = base.commits;
    let mut campaign = Campaign {
        judge,
        options,
        base,
        blank: trial.image,
        report,
    };
    campaign.singles(progress)?;
    campaign.pairs(progress)?;
    campaign.random(progress)?;
    let totals = campaign.judge.totals;
    let mut report = campaign.report;
    report.restores = totals.restores;
    report.error_flags = totals.error_flags;
    report.simulated_clocks = totals.clocks;
    report.retried_points = totals.retried;
    Ok(report)
}

/// Share of the budget that the uninterrupted run may take.
const UNINTERRUPTED_SHARE: u64 = 8;

/// Runs the design without failures; the inner result is the failure, if there is one. Where the budget is too small for the whole
/// recording, the end of the returned trial says how far it goes.
pub(crate) fn uninterrupted(
    judge: &mut Judge<'_>,
) -> Result<(Trial, Result<CycleOutcome, Failure>), SimError> {
    let (replay, options) = (judge.replay, judge.options);
    let recorded = replay.expectation.cycles() as u64;
    let mut trial = Trial {
        id: PointId::uninterrupted(replay.simulator()),
        image: Image::blank(replay.instrumented, options.blank, options.seed),
        end_cycle: options
            .max_cycles
            .map_or(recorded, |limit| limit.min(recorded)),
        stop_clock: Some((options.clock_budget / UNINTERRUPTED_SHARE).max(1)),
        log: true,
    };
    let verdict = judge
        .run(std::slice::from_ref(&trial), false)?
        .pop()
        .expect("one trial has one verdict");
    if let Some(failure) = verdict.failure {
        return Ok((trial, Err(failure)));
    }
    let (_, outcome) = verdict
        .passed
        .into_iter()
        .next()
        .expect("a verdict has an outcome or a failure");
    trial.stop_clock = None;
    trial.end_cycle = outcome.next_cycle;
    judge.cycles = outcome.next_cycle;
    Ok((trial, Ok(outcome)))
}

/// The trial that follows one more failure, in the power cycle `past` that the failures `before` led to.
pub(crate) fn next_trial(
    judge: &Judge<'_>,
    before: &PointId,
    past: &mut PastCycle<'_>,
    clock: u64,
    torn: Torn,
) -> Trial {
    let id = before.then(clock, torn);
    let mut rng = Rng::new(judge.options.seed, &format!("{id} torn"));
    let image = past.image_at(judge.replay.instrumented, clock, torn, &mut rng);
    let end = judge.horizon.map_or(judge.cycles, |horizon| {
        past.due(clock).saturating_add(horizon.max(1))
    });
    Trial {
        id,
        image,
        end_cycle: end.min(judge.cycles),
        stop_clock: None,
        log: false,
    }
}

impl Campaign<'_> {
    fn stopped(&self) -> bool {
        self.report.failures.len() >= self.options.stop_after.max(1)
    }

    /// Runs trials batch by batch and books the verdicts; returns how many were run.
    fn book(
        &mut self,
        trials: &[Trial],
        step: Step,
        progress: &mut dyn Progress,
    ) -> Result<usize, SimError> {
        let mut done = 0;
        for batch in trials.chunks(BATCH) {
            progress.update(step, done, trials.len());
            if self.stopped() {
                self.report.stopped_early = true;
                break;
            }
            for verdict in self.judge.run(batch, false)? {
                self.book_one(verdict);
            }
            done += batch.len();
        }
        progress.update(step, done, trials.len());
        Ok(done)
    }

    fn book_one(&mut self, verdict: Verdict) {
        self.report.points_tried += 1;
        match verdict.failure {
            Some(failure) => self.report.failures.push(failure),
            None => self.report.points_passed += 1,
        }
    }

    /// The uninterrupted run, for failures in it.
    fn base_cycle(&self) -> PastCycle<'_> {
        PastCycle::new(&self.blank, Position::ColdStart, &self.base)
    }

    /// All trials that follow a failure at one of the edges of the uninterrupted run.
    fn after_base(&self, clocks: &[u64]) -> Vec<Trial> {
        let start = PointId::uninterrupted(self.judge.replay.simulator());
        let mut past = self.base_cycle();
        let mut trials = Vec::new();
        for &clock in clocks {
            for &torn in past.variants(self.judge.replay.instrumented, clock) {
                trials.push(next_trial(&self.judge, &start, &mut past, clock, torn));
            }
        }
        trials
    }

    fn singles(&mut self, progress: &mut dyn Progress) -> Result<(), SimError> {
        let (clocks, stride) = single_clocks(&self.base, self.options.max_points);
        self.report.stride = stride;
        let mut trials = self.after_base(&clocks);
        let runs = trials.len() + self.options.max_pairs + self.options.random_runs;
        if self.judge.replay.can_skip_saves() {
            self.judge.saves = saves_per_run(&self.base, self.options, runs);
        }
        self.judge.horizon = match self.judge.saves {
            Some(saves) => horizon(&with_saves(&self.base, saves), self.options, runs),
            None => horizon(&self.base, self.options, runs),
        };
        self.report.saves_per_run = self.judge.saves;
        self.report.horizon_cycles = self.judge.horizon;
        if self.options.horizon.is_none() && self.judge.horizon.is_some() {
            trials = self.after_base(&clocks);
        }
        self.report.single_points = self.book(&trials, Step::Single, progress)?;
        Ok(())
    }

    fn pairs(&mut self, progress: &mut dyn Progress) -> Result<(), SimError> {
        if self.options.max_pairs == 0 || self.stopped() {
            return Ok(());
        }
        let firsts = thinned(first_of_pair(&self.base), self.options.max_pairs);
        let mut trials = self.after_base(&firsts);
        for trial in &mut trials {
            trial.log = true;
        }
        let verdicts = self.judge.run(&trials, false)?;
        let share = (self.options.max_pairs / trials.len().max(1)).max(1);
        let mut seconds = Vec::new();
        for (trial, verdict) in trials.iter().zip(&verdicts) {
            // A point that fails alone is reported by the single failures, if they hit it; here it leads nowhere.
            let Some((position, outcome)) = verdict.passed.first() else {
                continue;
            };
            let interesting = boot_and_save(outcome);
            let stride = (interesting as usize * 2).div_ceil(share).max(1);
            let mut past = PastCycle::new(&trial.image, *position, outcome);
            for clock in (0..interesting).step_by(stride) {
                for &torn in past.variants(self.judge.replay.instrumented, clock) {
                    seconds.push(next_trial(&self.judge, &trial.id, &mut past, clock, torn));
                }
            }
        }
        self.report.pair_points = self.book(&seconds, Step::Pairs, progress)?;
        Ok(())
    }

    fn random(&mut self, progress: &mut dyn Progress) -> Result<(), SimError> {
        if self.stopped() {
            return Ok(());
        }
        let mut finals = Vec::new();
        let mut running: Vec<(Rng, Trial)> = Vec::new();
        for run in 0..self.options.random_runs {
            let mut rng = Rng::new(self.options.seed, &format!("random {run}"));
            let clock = rng.below(self.base.clocks);
            let mut past = self.base_cycle();
            let torn = pick(
                &mut rng,
                past.variants(self.judge.replay.instrumented, clock),
            );
            let start = PointId::uninterrupted(self.judge.replay.simulator());
            let trial = next_trial(&self.judge, &start, &mut past, clock, torn);
            running.push((rng, trial));
        }
        for _ in 1..MAX_RANDOM_FAILURES {
            let short = boot_and_save(&self.base);
            let mut stopping = Vec::new();
            for (rng, mut trial) in running.drain(..) {
                let mut rng = rng;
                if rng.below(4) == 0 {
                    finals.push(trial);
                    continue;
                }
                let bound = if rng.below(2) == 0 {
                    short * 2
                } else {
                    self.base.clocks / 2
                };
                trial.stop_clock = Some(rng.below(bound + 1));
                trial.log = true;
                stopping.push((rng, trial));
            }
            let trials: Vec<Trial> = stopping.iter().map(|(_, trial)| trial.clone()).collect();
            let verdicts = self.judge.run(&trials, true)?;
            for ((mut rng, mut trial), verdict) in stopping.into_iter().zip(verdicts) {
                let clock = trial.stop_clock.take().unwrap_or(0);
                let ambiguous = verdict.passed.len() > 1
                    && verdict
                        .passed
                        .iter()
                        .any(|(_, outcome)| outcome.advances > 0);
                match verdict.passed.first() {
                    // What went before allows two positions that look alike so far: go on without this failure.
                    Some(_) if ambiguous => finals.push(trial),
                    Some((position, outcome)) if outcome.end == CycleEnd::Stopped => {
                        let mut past = PastCycle::new(&trial.image, *position, outcome);
                        let torn = pick(
                            &mut rng,
                            past.variants(self.judge.replay.instrumented, clock),
                        );
                        let next = next_trial(&self.judge, &trial.id, &mut past, clock, torn);
                        running.push((rng, next));
                    }
                    // It has reached the end, or failed: the last judgement is the same without the stop.
                    _ => finals.push(trial),
                }
            }
        }
        finals.extend(running.into_iter().map(|(_, trial)| trial));
        for trial in &mut finals {
            trial.log = false;
        }
        self.report.random_points = self.book(&finals, Step::Random, progress)?;
        Ok(())
    }
}

/// So many of them at most, spread evenly.
fn thinned(clocks: Vec<u64>, most: usize) -> Vec<u64> {
    let stride = clocks.len().div_ceil(most.max(1)).max(1);
    clocks.into_iter().step_by(stride).collect()
}

/// A variant for a failure at an edge, by chance.
pub(crate) fn pick(rng: &mut Rng, choices: &[Torn]) -> Torn {
    choices[rng.below(choices.len() as u64) as usize]
}

fn empty_report(replay: &Replay<'_>, options: &CampaignOptions, cycles: u64) -> CampaignReport {
    let outputs = &replay.expectation.outputs;
    let compared_bits = (0..cycles as usize)
        .flat_map(|row| outputs.known_words(row))
        .map(|word| u64::from(word.count_ones()))
        .sum();
    CampaignReport {
        simulator: replay.simulator(),
        seed: options.seed,
        environment: options.environment,
        points_tried: 0,
        points_passed: 0,
        single_points: 0,
        pair_points: 0,
        random_points: 0,
        stride: 1,
        horizon_cycles: options.horizon,
        saves_per_run: None,
        retried_points: 0,
        logical_cycles: cycles,
        recorded_cycles: replay.expectation.cycles() as u64,
        instrumented_clocks: 0,
        stall_clocks: 0,
        commits: 0,
        restores: 0,
        error_flags: 0,
        simulated_clocks: 0,
        compared_bits,
        stopped_early: false,
        failures: Vec::new(),
    }
}
