//! Power cycles that all have the same energy.
//!
//! Under a plan for an energy budget every power cycle that begins with that budget commits a new checkpoint, or reaches the end.
//! [`run_on_budget`] counts what power cycles take, event by event from their logs, lets the supply fail where the budget is used
//! up, and looks whether that is so: in power cycle after power cycle until the work is done, and from the starts that take most:
//! before the dearest ways of the uninterrupted run, behind a newer image that is damaged, so that boot reads it in vain and the
//! next save has to clear its commit word first.
//!
//! What a word, a cycle or a stalled clock takes is the caller's; nothing is taken from what the plan was computed with.

use std::cmp::Reverse;

use crate::campaign::{CampaignOptions, pick};
use crate::error::SimError;
use crate::image::{Image, PastCycle, Position};
use crate::judge::{Judge, Trial};
use crate::point::{PointId, Torn};
use crate::replay::Replay;
use crate::report::Failure;
use crate::rng::Rng;
use crate::spec::{Costs, CycleEnd, CycleLog, CycleOutcome, Metered};

/// What everything in a power cycle takes, in attojoules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meter {
    /// Each logical cycle, by its number.
    pub cycles: Vec<u64>,
    /// All else, and the first logical cycle of a power cycle that begins cold.
    pub costs: Costs,
}

impl Meter {
    /// What each clock of a power cycle takes that continued from `position`.
    fn clocks(&self, position: Position, outcome: &CycleOutcome) -> Vec<u64> {
        let log = &outcome.log;
        let mut takes: Vec<Option<u64>> = vec![None; outcome.clocks as usize];
        for &(from, to) in &log.stalls {
            let to = (to as usize + 1).min(takes.len());
            takes[(from as usize).min(to)..to].fill(Some(self.costs.stall));
        }
        let (mut cycle, mut cold) = (position.cycle() as usize, position == Position::ColdStart);
        let mut advance = || {
            let known = self.cycles.get(cycle).copied().unwrap_or(0);
            cycle += 1;
            if std::mem::take(&mut cold) {
                self.costs.first_cycle
            } else {
                known
            }
        };
        let takes = takes
            .into_iter()
            .map(|stalled| stalled.unwrap_or_else(&mut advance));
        let mut takes: Vec<u64> = takes.collect();
        let mut add = |clock: u64, what: u64| {
            if let Some(own) = takes.get_mut(clock as usize) {
                *own += what;
            }
        };
        log.writes
            .iter()
            .for_each(|write| add(write.clock, self.costs.write));
        log.reads
            .iter()
            .for_each(|&clock| add(clock, self.costs.read));
        log.captures
            .iter()
            .for_each(|&(clock, _)| add(clock, self.costs.save));
        takes
    }

    /// The first clock edge for which the energy does not last; `None` if it lasts for the whole power cycle.
    fn fails_at(&self, position: Position, outcome: &CycleOutcome, budget: u64) -> Option<u64> {
        let mut left = budget;
        for (clock, takes) in self.clocks(position, outcome).into_iter().enumerate() {
            match left.checked_sub(takes) {
                Some(rest) => left = rest,
                None => return Some(clock as u64),
            }
        }
        None
    }

    /// Clocks that a budget lasts for at most; `None` if there is no bound.
    fn longest(&self, budget: u64) -> Option<u64> {
        let least = self
            .cycles
            .iter()
            .copied()
            .chain([self.costs.first_cycle])
            .min();
        let least = least.unwrap_or(0).min(self.costs.stall);
        budget.checked_div(least).map(|clocks| clocks + 1)
    }
}

/// What to try.
#[derive(Debug, Clone)]
pub struct BudgetOptions {
    /// What a power cycle has, in attojoules.
    pub budget: u64,
    /// Seed, environment, number of jobs, contents of an NVM that was never written, and longest run; the rest is not used.
    pub campaign: CampaignOptions,
    /// How many of the dearest starts are tried.
    pub starts: usize,
    /// The supply level says what is left, so that a design may skip saves; else it is 0. In Icarus only.
    pub levels: bool,
}

/// What came of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BudgetReport {
    /// Power cycles one after the other until the work was done.
    pub power_cycles: usize,
    /// Logical cycles that were done.
    pub logical_cycles: u64,
    /// Saves that were committed in these power cycles before their supplies failed.
    pub saves: usize,
    /// Starts that were tried.
    pub starts: usize,
    /// The most that any power cycle took from power-up to the end of its first commit, or of the work, in attojoules.
    pub most: u64,
    /// Power cycles that broke the guarantee of the outputs.
    pub failures: Vec<Failure>,
    /// Power cycles that got nowhere, each with what it would have taken, in attojoules (`u64::MAX` if that is not known).
    pub stuck: Vec<(PointId, u64)>,
}

/// Runs power cycles that all have the same energy.
///
/// # Errors
/// Only those of running the simulator; broken guarantees are in the report.
pub fn run_on_budget(
    replay: &Replay<'_>,
    meter: &Meter,
    options: &BudgetOptions,
) -> Result<BudgetReport, SimError> {
    let mut campaign = options.campaign.clone();
    if options.levels {
        campaign.environment.metered = Some(Metered {
            budget: options.budget,
            costs: meter.costs,
        });
        replay.write_meter(&meter.cycles)?;
    }
    let judge = Judge::new(replay, &campaign);
    let recorded = replay.expectation.cycles() as u64;
    let mut run = Run {
        end: options
            .campaign
            .max_cycles
            .unwrap_or(recorded)
            .min(recorded),
        judge,
        meter,
        options,
        report: BudgetReport::default(),
    };
    run.one_after_the_other()?;
    run.dearest_starts()?;
    Ok(run.report)
}

struct Run<'a> {
    judge: Judge<'a>,
    meter: &'a Meter,
    options: &'a BudgetOptions,
    /// Logical cycles to do.
    end: u64,
    report: BudgetReport,
}

impl Run<'_> {
    fn blank(&self) -> Trial {
        let campaign = &self.options.campaign;
        let replay = self.judge.replay;
        Trial {
            id: PointId::uninterrupted(replay.simulator()),
            image: Image::blank(replay.instrumented, campaign.blank, campaign.seed),
            end_cycle: self.end,
            stop_clock: None,
            log: true,
        }
    }

    /// Where a power cycle began and what came of it; `None` if it broke the guarantee of the outputs.
    fn run(&mut self, trial: &Trial) -> Result<Option<(Position, CycleOutcome)>, SimError> {
        let verdict = self.judge.run(std::slice::from_ref(trial), false)?.pop();
        let verdict = verdict.expect("one trial has one verdict");
        self.report.failures.extend(verdict.failure);
        Ok(verdict.passed.into_iter().next())
    }

    /// Power cycle after power cycle until the work is done.
    fn one_after_the_other(&mut self) -> Result<(), SimError> {
        let mut trial = self.blank();
        trial.stop_clock = self.meter.longest(self.options.budget);
        loop {
            self.report.power_cycles += 1;
            let Some((position, outcome)) = self.run(&trial)? else {
                return Ok(());
            };
            let fails = self.meter.fails_at(position, &outcome, self.options.budget);
            let in_time = |commit: &&u64| fails.is_none_or(|clock| **commit < clock);
            self.report.saves += outcome.log.commits.iter().filter(in_time).count();
            self.judge_progress(&trial.id, position, &outcome);
            let Some(clock) = fails else {
                self.report.logical_cycles = outcome.next_cycle;
                return Ok(());
            };
            if !self.report.stuck.is_empty() {
                return Ok(());
            }
            let mut rng = Rng::new(
                self.options.campaign.seed,
                &format!("power cycle {}", self.report.power_cycles),
            );
            let mut past = PastCycle::new(&trial.image, position, &outcome);
            let torn = pick(
                &mut rng,
                past.variants(self.judge.replay.instrumented, clock),
            );
            let image = past.image_at(self.judge.replay.instrumented, clock, torn, &mut rng);
            trial = Trial {
                id: trial.id.then(clock, torn),
                image,
                ..trial
            };
        }
    }

    /// From the images that lead to the dearest ways, each behind a newer one that is damaged.
    fn dearest_starts(&mut self) -> Result<(), SimError> {
        let trial = self.blank();
        let Some((position, outcome)) = self.run(&trial)? else {
            return Ok(());
        };
        let takes = self.meter.clocks(position, &outcome);
        let log = &outcome.log;
        // From the end of a commit to that of the next one.
        let mut ways: Vec<(u64, usize)> = log
            .commits
            .windows(2)
            .enumerate()
            .map(|(at, ends)| {
                let way = &takes[ends[0] as usize + 1..=ends[1] as usize];
                (way.iter().sum(), at)
            })
            .collect();
        ways.sort_by_key(|&(takes, at)| (Reverse(takes), at));
        ways.truncate(self.options.starts);
        let mut trials = Vec::new();
        for (_, at) in ways {
            trials.extend(self.damaged(&trial, position, &outcome, at));
        }
        self.report.starts = trials.len();
        let verdicts = self.judge.run(&trials, false)?;
        for (trial, verdict) in trials.iter().zip(verdicts) {
            self.report.failures.extend(verdict.failure);
            for (position, outcome) in verdict.passed {
                self.judge_progress(&trial.id, position, &outcome);
            }
        }
        Ok(())
    }

    /// The supply failed behind the commit after the one of number `at`, and the last word of the newer image's CRC has been lost.
    fn damaged(
        &self,
        before: &Trial,
        position: Position,
        outcome: &CycleOutcome,
        at: usize,
    ) -> Option<Trial> {
        let design = self.judge.replay.instrumented;
        let log = &outcome.log;
        let (older, newer) = (log.commits[at], log.commits[at + 1]);
        let captured = captured_before(log, older)?;
        let clock = newer + 1;
        let mut past = PastCycle::new(&before.image, position, outcome);
        let mut image = past.image_at(design, clock, Torn::None, &mut Rng::new(0, ""));
        let written = log.writes.partition_point(|write| write.clock <= newer);
        let is_commit = |address: u32| design.commit_word_addresses.contains(&address);
        let last = log.writes[..written]
            .iter()
            .rev()
            .find(|write| !is_commit(write.address))?;
        // A memory that has gone on with the newer image stops a design where that is damaged.
        if design.internals.kept.is_empty() {
            image.nvm[last.address as usize] ^= 1;
            image.allowed = vec![Position::Cycle(captured)];
        }
        Some(Trial {
            id: before.id.then(clock, Torn::None),
            image,
            end_cycle: self.end,
            stop_clock: self.meter.longest(self.options.budget),
            log: true,
        })
    }

    /// Whether a power cycle got anywhere on its budget, and what that took.
    fn judge_progress(&mut self, id: &PointId, position: Position, outcome: &CycleOutcome) {
        let takes = self.meter.clocks(position, outcome);
        let reached = match outcome.log.commits.first() {
            Some(&commit) => Some(commit as usize + 1),
            None if outcome.end == CycleEnd::Reached => Some(takes.len()),
            None => None,
        };
        let needs = reached.map_or(u64::MAX, |clocks| takes[..clocks].iter().sum());
        if needs > self.options.budget {
            self.report.stuck.push((id.clone(), needs));
        } else {
            self.report.most = self.report.most.max(needs);
        }
    }
}

/// The logical cycle that the commit at a clock made permanent.
fn captured_before(log: &CycleLog, commit: u64) -> Option<u64> {
    let count = log.captures.partition_point(|(clock, _)| *clock <= commit);
    Some(log.captures[count.checked_sub(1)?].1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::WordWrite;

    /// Boots for two clocks with a read, does cycle 4, saves it in two clocks with a write, and goes on with 5.
    fn outcome() -> CycleOutcome {
        let write = WordWrite {
            clock: 4,
            address: 0,
            data: 0,
        };
        CycleOutcome {
            end: CycleEnd::Stopped,
            clocks: 6,
            stall_clocks: 4,
            next_cycle: 6,
            resumed: true,
            advances: 2,
            commits: 1,
            error_flag: false,
            log: CycleLog {
                requests: vec![write],
                writes: vec![write],
                reads: vec![1],
                captures: vec![(3, 5)],
                commits: vec![4],
                resumes: vec![1],
                stalls: vec![(0, 1), (3, 4)],
                ..CycleLog::default()
            },
        }
    }

    fn meter() -> Meter {
        Meter {
            cycles: vec![0, 0, 0, 0, 1000, 2000],
            costs: Costs {
                first_cycle: 7000,
                stall: 1,
                write: 10,
                read: 20,
                save: 100,
            },
        }
    }

    #[test]
    fn events_are_counted_where_they_happen() {
        let clocks = meter().clocks(Position::Cycle(4), &outcome());
        assert_eq!(clocks, [1, 21, 1000, 101, 11, 2000]);
        let clocks = meter().clocks(Position::ColdStart, &outcome());
        assert_eq!(clocks, [1, 21, 7000, 101, 11, 0]);
    }

    #[test]
    fn a_supply_fails_at_the_first_edge_that_it_does_not_last_for() {
        let fails = |budget| meter().fails_at(Position::Cycle(4), &outcome(), budget);
        assert_eq!(fails(0), Some(0));
        assert_eq!(fails(1133), Some(4));
        assert_eq!(fails(1134), Some(5));
        assert_eq!(fails(3134), None);
    }
}
