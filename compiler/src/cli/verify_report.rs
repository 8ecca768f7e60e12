//! What `verify` says: a table per simulator, and a counterexample as a
//! diagnostic with the command that shows it again.

use std::fmt::Write;

use idetic_sim::{CampaignReport, Failure, PointId, Recording, Reproduction};

use crate::cli::args::{MAX_CYCLES_RECORDED, TIMEOUT, VerifyArgs};
use crate::cli::insert::Built;
use crate::cli::verify::{shell_word, shell_words};
use crate::diagnostics::{Diagnostic, Diagnostics, Severity, codes};

/// Counterexamples that are printed; JSON has all.
pub const FAILURES_SHOWN: usize = 5;

/// What came of a verification.
pub struct Results<'a> {
    /// The testbench.
    pub recording: &'a Recording,
    /// Known output bits, over all cycles, that nobody samples; `None` where all outputs always count.
    pub not_sampled_bits: Option<u64>,
    /// The campaigns.
    pub reports: &'a [CampaignReport],
}

/// The result for people.
pub fn summary(built: &Built, results: &Results<'_>, arguments: &VerifyArgs) -> String {
    let (recording, reports) = (results.recording, results.reports);
    let mut out = String::new();
    let mut line = |label: &str, text: String| {
        // Writing to a string cannot fail.
        let _ = writeln!(out, "{label:<14} {text}");
    };
    let passed = reports.iter().all(CampaignReport::passed);
    line(
        "verify",
        format!(
            "{}: {}",
            built.analysis.netlist.top,
            if passed {
                "no divergence at any point tried"
            } else {
                "DIVERGES"
            }
        ),
    );
    line(
        "recorded",
        format!(
            "{}{} of {} in {}",
            if recording.truncated {
                "the first "
            } else {
                ""
            },
            counted(recording.cycles()),
            recording.instance,
            recording.simulator.name()
        ),
    );
    if !recording.other_instances.is_empty() {
        line(
            "",
            format!("not recorded: {}", recording.other_instances.join(", ")),
        );
    }
    if let Some(bits) = results.not_sampled_bits {
        line(
            "",
            format!(
                "{bits} known output bits not compared, because [observe] says that nobody samples them"
            ),
        );
    }
    let stable: Vec<&str> = (built.analysis.options.read.observe.stable_inputs()).collect();
    if !stable.is_empty() {
        line(
            "stable inputs",
            format!("unchanged in all logical cycles: {}", stable.join(", ")),
        );
    }
    for report in reports {
        line(
            report.simulator.name(),
            format!(
                "{} of {} failure points passed ({} single, {} pairs, {} random runs)",
                report.points_passed,
                report.points_tried,
                report.single_points,
                report.pair_points,
                report.random_points,
            ),
        );
        if report.instrumented_clocks == 0 {
            line("", "the run without failures already differs".to_string());
            continue;
        }
        line(
            "",
            format!(
                "single failures at {} of {} ({} stalled), {} commits, {} restores, {} error flags",
                match report.stride {
                    1 => "every clock edge".to_string(),
                    stride => format!("one clock edge in {stride},"),
                },
                report.instrumented_clocks,
                report.stall_clocks,
                report.commits,
                report.restores,
                report.error_flags,
            ),
        );
        let replayed = if report.logical_cycles < report.recorded_cycles {
            format!(
                "the first {} of {} logical cycles replayed",
                report.logical_cycles, report.recorded_cycles
            )
        } else {
            "all logical cycles replayed".to_string()
        };
        let end = match report.horizon_cycles {
            Some(cycles) => format!("for {cycles} cycles after the last failure"),
            None => "to the end after each failure".to_string(),
        };
        line(
            "",
            format!(
                "{replayed}, {end}; {} output bits compared per run",
                report.compared_bits
            ),
        );
        if let Some(saves) = report.saves_per_run {
            line(
                "",
                format!("full supply, without further saves, after {saves} saves of each run"),
            );
        }
        if report.retried_points > 0 {
            line(
                "",
                format!(
                    "{} of them differed by an X, and passed with known register contents in its place",
                    report.retried_points
                ),
            );
        }
        if report.stopped_early {
            line("", "stopped early because of the failures".to_string());
        }
    }
    line("seed", arguments.seed.to_string());
    out
}

/// Logical cycles below which a passed campaign is doubted: a testbench that goes
/// wrong at once, because it misses a file of its own say, mostly ends within a reset.
const FEW_CYCLES: usize = 32;

/// What a passed campaign does not show: an error where no restore was tried or no
/// output compared, a warning where the testbench is very short, or where only
/// one of two simulators had too little time.
pub fn little_shown(recording: &Recording, reports: &[CampaignReport]) -> Diagnostics {
    let nothing = reports.iter().find_map(|report| {
        let what = if report.restores == 0 {
            "no restore was tried: no checkpoint is committed"
        } else if report.compared_bits == 0 {
            "nothing was compared: all outputs are unknown"
        } else {
            return None;
        };
        let cycles = counted(report.logical_cycles as usize);
        let simulator = report.simulator.name();
        let mut message = format!("{what} in the {cycles} replayed in {simulator}");
        // The time for the campaign was too short for the saves of this design.
        let cut = (report.logical_cycles as usize) < recording.cycles();
        if cut {
            message.push_str(&format!(" (recorded: {})", recording.cycles()));
        }
        Some((message, cut))
    });
    let cycles = recording.cycles();
    let cut = matches!(nothing, Some((_, true)));
    let shown = |report: &CampaignReport| report.restores > 0 && report.compared_bits > 0;
    let (message, severity) = match nothing {
        Some((message, true)) if reports.iter().any(shown) => (message, Severity::Warning),
        Some((message, _)) => (message, Severity::Error),
        None if cycles < FEW_CYCLES => (
            format!("the testbench has only {}", counted(cycles)),
            Severity::Warning,
        ),
        None => return Diagnostics::default(),
    };
    let mut found = Diagnostic::global(codes::LITTLE_SHOWN, message).help(match cut {
        true => "saves of this design take too many clocks for that simulator; leave it out (`--sim`), or save less (fewer checkpoints, `[memory]`)",
        false => "let the testbench run on; does it read or write a file that it does not find?",
    });
    found.severity = severity;
    Diagnostics {
        list: vec![with_log(found, &recording.log)],
    }
}

/// A number of logical cycles.
fn counted(cycles: usize) -> String {
    match cycles {
        1 => "1 logical cycle".to_string(),
        _ => format!("{cycles} logical cycles"),
    }
}

/// A diagnostic with the end of what a program printed.
pub fn with_log(diagnostic: Diagnostic, log: &str) -> Diagnostic {
    match log.trim() {
        "" => diagnostic,
        text => diagnostic.note(format!("it printed at the end:\n{text}")),
    }
}

/// A counterexample with the command that reproduces it.
pub fn diagnostic(failure: &Failure, arguments: &VerifyArgs) -> Diagnostic {
    let mut message = format!(
        "{}: {} in logical cycle {} (clock {} after power-up)",
        failure.id,
        failure.kind.describe(),
        failure.logical_cycle,
        failure.clock,
    );
    if let (Some(signal), Some(expected), Some(actual)) =
        (&failure.signal, &failure.expected, &failure.actual)
    {
        let _ = write!(message, ": `{signal}` is {actual}, expected {expected}");
    }
    Diagnostic::global(codes::MISMATCH, message).help(format!(
        "reproduce it with a waveform: {}",
        command(failure, arguments)
    ))
}

fn command(failure: &Failure, arguments: &VerifyArgs) -> String {
    let design = &arguments.design;
    let plan = &arguments.plan;
    let mut words = vec!["idetic verify".to_string(), shell_words(&design.files)];
    let mut option = |name: &str, value: &str| words.push(format!("{name} {value}"));
    for path in &design.include {
        option("-I", &shell_word(path));
    }
    for define in &design.define {
        option("-D", &shell_word(define.as_ref()));
    }
    for parameter in &design.parameter {
        option("-P", &shell_word(parameter.as_ref()));
    }
    for list in &design.file_list {
        option("-f", &shell_word(list));
    }
    if let Some(config) = &design.config {
        option("-c", &shell_word(config));
    }
    if let Some(top) = &design.top {
        option("--top", top);
    }
    if let Some(hold) = plan.hold {
        option("--hold", &format!("{hold:?}").to_lowercase());
    }
    if let Some(cycles) = plan.max_cycles {
        option("--max-cycles", &cycles.to_string());
    }
    if let Some(bits) = &plan.word_bits {
        option("--word-bits", &bits.to_string());
    }
    for bit in &plan.drop_bit {
        option("--drop-bit", &shell_word(bit.as_ref()));
    }
    option("--tb", &shell_words(&arguments.tb));
    if let Some(top) = &arguments.tb_top {
        option("--tb-top", top);
    }
    for argument in &arguments.plusarg {
        option("--plusarg", &shell_word(argument.as_ref()));
    }
    if let Some(cycles) = arguments.first_cycles {
        option("--first-cycles", &cycles.to_string());
    }
    if arguments.max_cycles_recorded != MAX_CYCLES_RECORDED {
        let cycles = arguments.max_cycles_recorded;
        option("--max-cycles-recorded", &cycles.to_string());
    }
    if arguments.timeout != TIMEOUT {
        option("--timeout", &arguments.timeout.to_string());
    }
    option("--seed", &arguments.seed.to_string());
    option("--point", &failure.id.to_string());
    option("--wave", "failure.vcd");
    words.retain(|word| !word.is_empty());
    words.join(" ")
}

/// What came of one point.
pub fn reproduction(point: &PointId, result: &Reproduction) -> String {
    let mut out = match &result.failure {
        None => format!("{point}: passes\n"),
        Some(_) => format!("{point}: fails again\n"),
    };
    for wave in &result.waveforms {
        let _ = writeln!(out, "waveform: {}", wave.display());
    }
    out
}
