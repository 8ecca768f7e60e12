//! One power cycle, the unit of every campaign: what goes in, what comes out, and the text in which the simulators report it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::image::Position;
use crate::kept::{Cells, RowChange};
use crate::report::FailureKind;

/// How many clocks the NVM keeps a request waiting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Latency {
    /// Ready in the clock of the request if 0, so many clocks later otherwise.
    Fixed(u32),
    /// Between 0 and so many clocks, drawn anew for every request.
    Random(u32),
}

impl Latency {
    /// The longest wait in clocks.
    pub(crate) fn longest(self) -> u32 {
        match self {
            Latency::Fixed(clocks) | Latency::Random(clocks) => clocks,
        }
    }
}

/// What an NVM holds that was never written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BlankNvm {
    /// All bits 0.
    Zeros,
    /// All bits 1.
    Ones,
    /// Arbitrary bits. A protection by few check bits may take them for an image now and then.
    Random,
}

/// How the environment of the instrumented design behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Environment {
    /// Latency of the NVM.
    pub latency: Latency,
    /// Disturb all inputs in about a quarter of the stalled clocks, asynchronous resets included, but for those that never change.
    pub garbage: bool,
    /// Give random supply levels, 0 in every other clock, so that saves may be skipped.
    pub random_energy: bool,
    /// Give the level of what is left of a supply; in Icarus only, and over random levels.
    pub metered: Option<Metered>,
}

/// What events take, in attojoules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Costs {
    /// A logical cycle that is done from unknown contents.
    pub first_cycle: u64,
    /// A stalled clock.
    pub stall: u64,
    /// A word written.
    pub write: u64,
    /// A word read.
    pub read: u64,
    /// A save, beside its words and clocks.
    pub save: u64,
}

/// A supply that is used up while a power cycle runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Metered {
    /// What there is at the start, in attojoules.
    pub budget: u64,
    /// What all but logical cycles take.
    pub costs: Costs,
}

impl Metered {
    /// The file in the scratch folder that has what each logical cycle takes: 16 hexadecimal digits a line.
    pub(crate) const CYCLES: &'static str = "meter_cycles.hex";
}

impl Default for Environment {
    fn default() -> Environment {
        Environment {
            latency: Latency::Fixed(0),
            garbage: true,
            random_energy: false,
            metered: None,
        }
    }
}

/// What volatile state holds at power-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Contents {
    /// What finds most: X in Icarus, random bits in Verilator.
    Usual,
    /// In Icarus known contents of several kinds in place of X, one power cycle after the other; inputs are known too. The outcome is that of
    /// the first one that fails or, if none does, of the first one. In Verilator as usual.
    Known,
    /// The first kind of them alone: all zeros.
    Zeros,
    /// Like `Known`, and whatever becomes X later (of an index past the end, of a division by zero) is made 0 in state: no X is saved.
    Resolved,
}

impl Contents {
    /// How many power cycles with different known contents are run.
    pub(crate) fn kinds(self) -> u32 {
        match self {
            Contents::Usual => 0,
            Contents::Known | Contents::Resolved => 6,
            Contents::Zeros => 1,
        }
    }
}

/// A power cycle to run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CycleSpec {
    /// Contents of the NVM at power-up.
    pub nvm: Vec<u64>,
    /// Contents of the memories that outlive a failure, at power-up.
    pub kept: Vec<Cells>,
    /// Where the design must continue.
    pub position: Position,
    /// Seed for random states, waits and disturbances.
    pub seed: u64,
    /// The cycle ends well when the logical cycle before this one has been done.
    pub end_cycle: u64,
    /// The supply fails before this clock edge, counted from power-up.
    pub stop_clock: Option<u64>,
    /// What registers hold at power-up.
    pub contents: Contents,
    /// After so many commits since power-up the supply level is full, so that no more saves are made.
    pub saves: Option<u64>,
    /// More stalled clocks than this in a row mean that the design makes no progress.
    pub stall_limit: u64,
    /// Whether events are wanted in [`CycleOutcome::log`].
    pub log: bool,
}

/// How a power cycle ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CycleEnd {
    /// All logical cycles up to the wanted end were done, all outputs as expected.
    Reached,
    /// The supply failed where it should; everything before was as expected.
    Stopped,
    /// The guarantee was broken.
    Failed(Violation),
}

/// A broken guarantee.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// What is wrong.
    pub kind: FailureKind,
    /// Clock edge since power-up before which it showed.
    pub clock: u64,
    /// The logical cycle that was due.
    pub logical_cycle: u64,
    /// All output bits of the shell at that time, in binary, highest first.
    pub outputs: String,
}

/// The result of a power cycle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CycleOutcome {
    /// How it ended.
    pub end: CycleEnd,
    /// Clock edges since power-up.
    pub clocks: u64,
    /// How many of them found the design stalled.
    pub stall_clocks: u64,
    /// The logical cycle that is due at the end.
    pub next_cycle: u64,
    /// Whether an image was restored.
    pub resumed: bool,
    /// Logical cycles done in this power cycle.
    pub advances: u64,
    /// Checkpoints committed in this power cycle.
    pub commits: u64,
    /// Whether `idetic_error` was raised.
    pub error_flag: bool,
    /// Events, if asked for.
    pub log: CycleLog,
}

/// A word on its way into the NVM.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WordWrite {
    /// Clock in which the request appeared, or at whose edge it completed.
    pub clock: u64,
    /// Word address.
    pub address: u32,
    /// The word.
    pub data: u64,
}

/// The events of a power cycle in order of time. A clock is the one that ends with the edge of that number.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CycleLog {
    /// Write requests, at the clock in which they appeared.
    pub requests: Vec<WordWrite>,
    /// Completed writes, at the edge that completed them; the same order as the requests.
    pub writes: Vec<WordWrite>,
    /// Clocks in which a read completed.
    pub reads: Vec<u64>,
    /// `idetic_capture`: clock and the logical cycle due in it.
    pub captures: Vec<(u64, u64)>,
    /// Clocks with `idetic_commit`.
    pub commits: Vec<u64>,
    /// Clocks with `idetic_resume`.
    pub resumes: Vec<u64>,
    /// First and last clock of every stretch of stalled clocks.
    pub stalls: Vec<(u64, u64)>,
    /// Changes of memories that outlive a supply failure.
    pub kept: Vec<RowChange>,
    /// The design would have advanced at the edge at which the supply failed.
    pub due_at_stop: bool,
    /// Unknown bits were saved; in Icarus only, and where the wires of [`Internals`](crate::Internals) are known.
    pub unknown_saved: bool,
}

impl CycleLog {
    /// The write that is requested but not complete when the edge `clock` does not come.
    pub fn pending_at(&self, clock: u64) -> Option<WordWrite> {
        let begun = self
            .requests
            .partition_point(|request| request.clock <= clock);
        let done = self.writes.partition_point(|write| write.clock < clock);
        (begun > done).then(|| self.requests[begun - 1])
    }

    /// Whether the design advances at the edge `clock`, of `clocks` that there were.
    pub fn advances_at(&self, clock: u64, clocks: u64) -> bool {
        let stalled = (self.stalls.iter()).any(|(from, to)| (*from..=*to).contains(&clock));
        match clock < clocks {
            true => !stalled,
            false => self.due_at_stop,
        }
    }

    /// Number of logical cycles done before the edge `clock`.
    pub fn advances_before(&self, clock: u64) -> u64 {
        let stalled: u64 = self
            .stalls
            .iter()
            .take_while(|(from, _)| *from < clock)
            .map(|(from, to)| (to + 1).min(clock) - from)
            .sum();
        clock - stalled
    }
}

/// Parses what a simulator reported about power cycles: one outcome per `end` line.
///
/// `None` means that the text is cut off or malformed, so the simulation did not end properly.
pub(crate) fn parse_outcomes(text: &str) -> Option<Vec<CycleOutcome>> {
    let mut outcomes = Vec::new();
    let mut log = CycleLog::default();
    let mut violation = None;
    for line in text.lines() {
        let mut words = line.split_whitespace();
        match words.next()? {
            "p" => log.requests.push(parse_write(&mut words)?),
            "w" => {
                let write = parse_write(&mut words)?;
                if log.requests.len() == log.writes.len() {
                    log.requests.push(write);
                }
                log.writes.push(write);
            }
            "c" => log
                .captures
                .push((number(&mut words)?, number(&mut words)?)),
            "u" => log.unknown_saved = true,
            "g" => log.due_at_stop = true,
            "k" => log.kept.push(RowChange {
                clock: number(&mut words)?,
                memory: words.next()?.parse().ok()?,
                row: words.next()?.parse().ok()?,
                data: words.next()?.to_string(),
            }),
            "q" => log.reads.push(number(&mut words)?),
            "m" => log.commits.push(number(&mut words)?),
            "r" => log.resumes.push(number(&mut words)?),
            "s" => log.stalls.push((number(&mut words)?, number(&mut words)?)),
            "x" => {
                violation = Some(Violation {
                    kind: kinds().get(words.next()?).copied()?,
                    clock: number(&mut words)?,
                    logical_cycle: number(&mut words)?,
                    outputs: words.next()?.to_string(),
                });
            }
            "end" => {
                let end = match words.next()? {
                    "reached" => CycleEnd::Reached,
                    "stopped" => CycleEnd::Stopped,
                    "failed" => CycleEnd::Failed(violation.take()?),
                    _ => return None,
                };
                outcomes.push(CycleOutcome {
                    end,
                    clocks: number(&mut words)?,
                    stall_clocks: number(&mut words)?,
                    next_cycle: number(&mut words)?,
                    resumed: number(&mut words)? != 0,
                    advances: number(&mut words)?,
                    commits: number(&mut words)?,
                    error_flag: number(&mut words)? != 0,
                    log: std::mem::take(&mut log),
                });
            }
            _ => return None,
        }
    }
    Some(outcomes)
}

fn number<'a>(words: &mut impl Iterator<Item = &'a str>) -> Option<u64> {
    words.next()?.parse().ok()
}

fn parse_write<'a>(words: &mut impl Iterator<Item = &'a str>) -> Option<WordWrite> {
    Some(WordWrite {
        clock: number(words)?,
        address: words.next()?.parse().ok()?,
        data: u64::from_str_radix(words.next()?, 16).ok()?,
    })
}

/// The words with which the simulators name a violation.
fn kinds() -> BTreeMap<&'static str, FailureKind> {
    FailureKind::ALL
        .iter()
        .map(|kind| (kind.word(), *kind))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn logged() -> CycleLog {
        let text =
            "s 0 3\nc 5 1\np 5 9 a\nw 7 9 a\np 8 10 b\ns 5 9\nend reached 20 9 12 0 11 0 0\n";
        parse_outcomes(text).unwrap().remove(0).log
    }

    #[test]
    fn a_write_is_pending_from_its_request_to_its_completion() {
        let log = logged();
        let at = |clock| log.pending_at(clock).map(|write| write.address);
        assert_eq!(
            [4, 5, 6, 7, 8, 9].map(at),
            [None, Some(9), Some(9), Some(9), Some(10), Some(10)]
        );
    }

    #[test]
    fn advances_leave_out_stalled_clocks() {
        let log = logged();
        assert_eq!(
            [0, 2, 4, 5, 6, 10, 12].map(|clock| log.advances_before(clock)),
            [0, 0, 0, 1, 1, 1, 3]
        );
    }

    #[test]
    fn cut_off_reports_are_noticed() {
        assert_eq!(parse_outcomes("end reached 20 9"), None);
        assert_eq!(parse_outcomes("end failed 20 9 12 0 11 0 0"), None);
        assert_eq!(
            parse_outcomes("x output 3 2 0101\n").map(|outcomes| outcomes.len()),
            Some(0)
        );
    }

    #[test]
    fn violations_are_read_back() {
        let outcome = parse_outcomes("x missing_resume 3 2 01x1\nend failed 4 3 2 0 0 0 1\n")
            .unwrap()
            .remove(0);
        let CycleEnd::Failed(violation) = outcome.end else {
            panic!("must have failed")
        };
        assert_eq!(violation.kind, FailureKind::MissingResume);
        assert_eq!(
            (
                violation.clock,
                violation.logical_cycle,
                violation.outputs.as_str()
            ),
            (3, 2, "01x1")
        );
        assert!(outcome.error_flag);
    }
}
