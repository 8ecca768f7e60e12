//! Running one failure point alone, with waveforms.

use std::path::{Path, PathBuf};

use crate::campaign::{CampaignOptions, next_trial, uninterrupted};
use crate::choose::SAVES;
use crate::error::SimError;
use crate::image::{PastCycle, Position};
use crate::judge::{Judge, Trial, Verdict};
use crate::point::{PointId, Torn};
use crate::replay::Replay;
use crate::report::Failure;

/// The result of running one point again.
#[derive(Debug, Clone, PartialEq)]
pub struct Reproduction {
    /// The failure, if it happened again. Its id is the part of the point up to where it showed.
    pub failure: Option<Failure>,
    /// The position from which the last power cycle continued, as far as it turned out.
    pub position: Position,
    /// The waveforms written: one per power cycle, the last one under the name that was asked for.
    pub waveforms: Vec<PathBuf>,
}

/// Runs the point again under the options of its campaign (seed, environment, contents of the blank NVM, limits on cycles). With a
/// `waveform` path the replay must have been built with [`BuildOptions::waveform`](crate::BuildOptions::waveform); power cycles before the
/// last one go into files beside it, `wave-1.vcd` and so on.
///
/// # Errors
/// [`SimError::BadPoint`] if the point is of another simulator or not reached in this run; else those of running the simulator.
pub fn reproduce(
    replay: &Replay<'_>,
    options: &CampaignOptions,
    id: &PointId,
    waveform: Option<&Path>,
) -> Result<Reproduction, SimError> {
    let bad = |reason: String| SimError::BadPoint {
        id: id.to_string(),
        reason,
    };
    if id.simulator != replay.simulator() {
        return Err(bad(format!("it belongs to {}", id.simulator.name())));
    }
    let mut judge = Judge::new(replay, options);
    let (mut trial, base) = uninterrupted(&mut judge)?;
    let mut waveforms = Vec::new();
    let start = Position::ColdStart;
    let mut outcome = match base {
        Err(failure) => {
            write_wave(&judge, &trial, start, waveform, &mut waveforms)?;
            return Ok(Reproduction {
                failure: Some(failure),
                position: start,
                waveforms,
            });
        }
        Ok(outcome) => outcome,
    };
    let mut position = start;
    for (index, point) in id.failures.iter().enumerate() {
        if point.clock >= outcome.clocks {
            return Err(bad(format!(
                "power cycle {index} has only {} clock edges",
                outcome.clocks
            )));
        }
        let mut past = PastCycle::new(&trial.image, position, &outcome);
        let writes = past.variants(replay.instrumented, point.clock).len() > 1;
        if !writes && point.torn != Torn::None {
            return Err(bad(format!(
                "no word is being written at clock edge {} of power cycle {index}",
                point.clock
            )));
        }
        let stopped = Trial {
            stop_clock: Some(point.clock),
            ..trial.clone()
        };
        let part = waveform.map(|path| numbered(path, index));
        write_wave(&judge, &stopped, position, part.as_deref(), &mut waveforms)?;
        let next = next_trial(&judge, &trial.id, &mut past, point.clock, point.torn);
        trial = next;
        trial.log = true;
        let mut verdict = run_one(&mut judge, &trial)?;
        if verdict.failure.is_none() && index + 1 == id.failures.len() && replay.can_skip_saves() {
            // In a campaign without time for all saves it may have been seen only without them.
            judge.saves = Some(SAVES);
            let other = run_one(&mut judge, &trial)?;
            if other.failure.is_some() {
                verdict = other;
            } else {
                judge.saves = None;
            }
        }
        match verdict.passed.into_iter().next() {
            Some((taken, passed)) => (position, outcome) = (taken, passed),
            None => {
                position = trial.image.allowed[0];
                write_wave(&judge, &trial, position, waveform, &mut waveforms)?;
                return Ok(Reproduction {
                    failure: verdict.failure,
                    position,
                    waveforms,
                });
            }
        }
    }
    write_wave(&judge, &trial, position, waveform, &mut waveforms)?;
    Ok(Reproduction {
        failure: None,
        position,
        waveforms,
    })
}

fn run_one(judge: &mut Judge<'_>, trial: &Trial) -> Result<Verdict, SimError> {
    let mut verdicts = judge.run(std::slice::from_ref(trial), false)?;
    Ok(verdicts.pop().expect("one trial has one verdict"))
}

fn write_wave(
    judge: &Judge<'_>,
    trial: &Trial,
    position: Position,
    path: Option<&Path>,
    written: &mut Vec<PathBuf>,
) -> Result<(), SimError> {
    let Some(path) = path else { return Ok(()) };
    judge.replay.run_with_waveform(
        &judge.options.environment,
        &judge.spec(trial, position),
        path,
    )?;
    written.push(path.to_path_buf());
    Ok(())
}

/// `wave.vcd` becomes `wave-1.vcd` for the first power cycle.
fn numbered(path: &Path, index: usize) -> PathBuf {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let extension = path
        .extension()
        .map(|extension| format!(".{}", extension.to_string_lossy()))
        .unwrap_or_default();
    path.with_file_name(format!("{stem}-{}{extension}", index + 1))
}
