//! `idetic verify`: the design's own testbench under power failures.

use std::path::{Path, PathBuf};
use std::time::Duration;

use idetic_sim::{
    BuildOptions, CampaignOptions, CampaignReport, Environment, ExpectOptions, Expectation,
    Instrumented, OriginalDesign, PointId, Progress, RecordOptions, Recording, Replay, SimError,
    Simulator, Step, Testbench, Tool, expect, record, reproduce, run_campaign,
};
use indicatif::ProgressBar;
use serde_json::json;

use crate::cli::args::{Format, Simulators, VerifyArgs};
use crate::cli::console::Console;
use crate::cli::exit::Exit;
use crate::cli::insert::{self, Built};
use crate::cli::kept;
use crate::cli::observed;
use crate::cli::power_up;
use crate::cli::request;
use crate::cli::verify_report::{self as text, Results};
use crate::cli::verify_target as target;
use crate::diagnostics::{Diagnostic, Diagnostics, codes};
use crate::plan::Policy;
use crate::source::SourceMap;

/// Runs the subcommand.
pub fn run(arguments: &VerifyArgs, console: &Console, sources: &mut SourceMap) -> Result<(), Exit> {
    let mut request = request::request(&arguments.design, Some(&arguments.plan), sources)?;
    request.insert.instrument.forget_initial = true;
    check_testbench(&arguments.tb)?;
    let point = arguments.point.as_deref().map(parse_point).transpose()?;
    let simulators = simulators(arguments, point.as_ref());
    for simulator in &simulators {
        simulator.tool().locate().map_err(exit)?;
    }
    let built = insert::build(&request, console, sources)?;
    if let Some(error) = target::not_replayable(&built, &request) {
        return Err(error.into());
    }
    let scratch = tempfile::tempdir().map_err(|error| {
        Diagnostic::global(
            codes::OUTPUT_UNWRITABLE,
            format!("cannot make a temporary directory: {error}"),
        )
    })?;
    let dir = match &arguments.output {
        Some(dir) => dir.clone(),
        None => scratch.path().join("design"),
    };
    built.write(&dir, &request)?;

    let original = target::original(&built, &request, sources)?;
    let mut instrumented = target::instrumented(&built, &dir);
    let mut bar = Bar::new(console);
    bar.update(Step::Record, 0, 0);
    let observe = &request.analyze.read.observe;
    let recording =
        record_testbench(arguments, &original, observed::conditions(observe)).map_err(exit)?;
    let unstable = observed::unstable(observe, &recording);
    if unstable.has_errors() {
        return Err(Exit::Input(unstable));
    }
    bar.update(Step::Expect, 0, 0);
    let without_icarus = !simulators.contains(&Simulator::Icarus);
    let random_runs = match (simulators.contains(&Simulator::Verilator), without_icarus) {
        (false, _) => 0,
        (true, false) => ExpectOptions::default().random_runs,
        // They may have to tell alone what depends on the state at power-up.
        (true, true) => 4 * ExpectOptions::default().random_runs,
    };
    let mut expectation = expect(
        &original,
        &recording,
        &ExpectOptions {
            random_runs,
            // In its place where it does not run.
            state: match random_runs {
                0 => instrumented.internals.state.clone(),
                _ => Vec::new(),
            },
            without_icarus,
            seed: arguments.seed,
            ..ExpectOptions::default()
        },
    )
    .map_err(exit)?;
    power_up::mask(&built.analysis.netlist, &mut expectation);
    kept::add_writes(
        &built.analysis.netlist,
        &expectation,
        &mut instrumented.internals.kept,
    );
    let not_sampled = observed::narrow(observe, &recording, &mut expectation);
    let job = Job {
        arguments,
        original: &original,
        instrumented: &instrumented,
        expectation: &expectation,
        flop_bits: built.analysis.netlist.flop_bits(),
        policy: built.policy,
    };
    if let Some(point) = &point {
        return job.reproduce(point, console, &mut bar);
    }
    let mut reports = Vec::new();
    for &simulator in &simulators {
        reports.push(job.campaign(simulator, &mut bar).map_err(exit)?);
    }
    bar.0.finish_and_clear();
    let passed = reports.iter().all(CampaignReport::passed);
    let little = match passed {
        true => text::little_shown(&recording, &reports),
        false => Diagnostics::default(),
    };
    if little.has_errors() {
        return Err(Exit::Input(little));
    }
    console.diagnostics(&little, sources);
    let results = Results {
        recording: &recording,
        not_sampled_bits: (!observe.outputs.is_empty()).then_some(not_sampled),
        reports: &reports,
    };
    print(&built, &results, arguments, console)?;
    if passed {
        return Ok(());
    }
    let failures = reports.iter().flat_map(|report| &report.failures);
    let mut list: Vec<Diagnostic> = failures
        .take(text::FAILURES_SHOWN)
        .map(|failure| text::diagnostic(failure, arguments))
        .collect();
    if let (Some(last), Some(warned)) = (list.last_mut(), built.analysis.unassigned.first()) {
        last.notes.push(format!("{warned} (E0307): simulators keep the value of an earlier call, synthesis does not, so that what is simulated is not the design"));
    }
    Err(Exit::Counterexample(Diagnostics { list }))
}

/// What every replay needs.
struct Job<'a> {
    arguments: &'a VerifyArgs,
    original: &'a OriginalDesign,
    instrumented: &'a Instrumented,
    expectation: &'a Expectation,
    /// State of the design, without its memories.
    flop_bits: u64,
    policy: Policy,
}

impl Job<'_> {
    fn campaign(&self, simulator: Simulator, bar: &mut Bar) -> Result<CampaignReport, SimError> {
        let options = self.campaign_options(simulator);
        bar.update(Step::Compile, 0, 0);
        let replay = self.replay(simulator, false)?;
        run_campaign(&replay, &options, bar)
    }

    fn replay(&self, simulator: Simulator, waveform: bool) -> Result<Replay<'_>, SimError> {
        Replay::build(
            simulator,
            self.original,
            self.instrumented,
            self.expectation,
            &BuildOptions {
                waveform,
                time_limit: Duration::from_secs(self.arguments.timeout.saturating_mul(10)),
                ..BuildOptions::default()
            },
        )
    }

    fn campaign_options(&self, simulator: Simulator) -> CampaignOptions {
        let arguments = self.arguments;
        let max_points = match simulator {
            Simulator::Verilator => arguments.max_points,
            Simulator::Icarus => arguments.max_points_icarus,
        };
        let mut defaults = CampaignOptions::with_points(simulator, max_points as usize);
        // Each save and each restore moves all saved bits at each of its clocks, an event
        // each: what a clock costs grows with them.
        if simulator == Simulator::Icarus {
            defaults.clock_budget /= self.flop_bits.div_ceil(FEW_BITS).max(1);
        }
        CampaignOptions {
            seed: arguments.seed,
            environment: Environment {
                // A design whose memories outlive a failure relies on saves that no level skips.
                random_energy: matches!(self.policy, Policy::Threshold | Policy::Reactive)
                    || !self.instrumented.internals.kept.is_empty(),
                ..Environment::default()
            },
            jobs: arguments.jobs.unwrap_or_else(|| {
                std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
            }),
            ..defaults
        }
    }

    fn reproduce(&self, point: &PointId, console: &Console, bar: &mut Bar) -> Result<(), Exit> {
        let wave = self.arguments.wave.as_deref();
        let replay = self.replay(point.simulator, wave.is_some()).map_err(exit)?;
        let options = self.campaign_options(point.simulator);
        let result = reproduce(&replay, &options, point, wave).map_err(exit)?;
        bar.0.finish_and_clear();
        console.result(&text::reproduction(point, &result))?;
        match result.failure {
            None => Ok(()),
            Some(failure) => Err(Exit::Counterexample(Diagnostics {
                list: vec![text::diagnostic(&failure, self.arguments)],
            })),
        }
    }
}

/// Whether the testbench's files can be read, before anything takes time.
fn check_testbench(files: &[PathBuf]) -> Result<(), Diagnostic> {
    for file in files {
        let found = std::fs::metadata(file).and_then(|found| match found.is_dir() {
            true => Err(std::io::ErrorKind::IsADirectory.into()),
            false => std::fs::File::open(file).map(drop),
        });
        if let Err(error) = found {
            return Err(Diagnostic::global(
                codes::FILE_UNREADABLE,
                format!("cannot read the testbench `{}`: {error}", file.display()),
            )
            .help("name the testbench's files after --tb"));
        }
    }
    Ok(())
}

fn parse_point(text: &str) -> Result<PointId, Exit> {
    text.parse().map_err(|error: SimError| exit(error))
}

fn simulators(arguments: &VerifyArgs, point: Option<&PointId>) -> Vec<Simulator> {
    if let Some(point) = point {
        return vec![point.simulator];
    }
    match arguments.sim {
        Simulators::Icarus => vec![Simulator::Icarus],
        Simulators::Verilator => vec![Simulator::Verilator],
        Simulators::Both => vec![Simulator::Verilator, Simulator::Icarus],
    }
}

/// Flip-flop bits up to which a campaign in Icarus simulates as many clocks as it
/// may by default.
const FEW_BITS: u64 = 512;

/// In Icarus, which shows unknown values; where that cannot run the testbench,
/// in Verilator. If neither can, what Icarus said counts.
fn record_testbench(
    arguments: &VerifyArgs,
    original: &OriginalDesign,
    conditions: Vec<String>,
) -> Result<Recording, SimError> {
    let testbench = Testbench {
        files: arguments
            .tb
            .iter()
            .map(|file| request::absolute(file))
            .collect(),
        top: arguments.tb_top.clone(),
        plusargs: arguments.plusarg.iter().map(|it| plusarg(it)).collect(),
    };
    let options = |simulator| RecordOptions {
        simulator,
        time_limit: Duration::from_secs(arguments.timeout),
        max_cycles: arguments
            .first_cycles
            .unwrap_or(arguments.max_cycles_recorded),
        truncate: arguments.first_cycles.is_some(),
        conditions: conditions.clone(),
    };
    let in_icarus = record(original, &testbench, &options(Simulator::Icarus));
    match in_icarus {
        // Icarus refuses some system calls only when it begins, with exit code 0.
        Err(
            first @ (SimError::Compile { .. }
            | SimError::TestbenchFailed { .. }
            | SimError::NotInstantiated { .. }),
        ) if Simulator::Verilator.tool().locate().is_ok() => {
            let second = record(original, &testbench, &options(Simulator::Verilator));
            second.map_err(|second| match arguments.sim {
                Simulators::Verilator => second,
                _ => first,
            })
        }
        other => other,
    }
}

/// As the simulators take it, with or without the sign in front.
fn plusarg(argument: &str) -> String {
    format!("+{}", argument.trim_start_matches('+'))
}

fn print(
    built: &Built,
    results: &Results<'_>,
    arguments: &VerifyArgs,
    console: &Console,
) -> Result<(), Exit> {
    let (recording, reports) = (results.recording, results.reports);
    match console.format {
        Format::Json => {
            let mut value = json!({
                "schema_version": 1,
                "top": built.analysis.netlist.top,
                "recording": {
                    "simulator": recording.simulator,
                    "instance": recording.instance,
                    "logical_cycles": recording.cycles(),
                    "cut": recording.truncated,
                    "other_instances": recording.other_instances,
                },
                "passed": reports.iter().all(CampaignReport::passed),
                "campaigns": reports,
            });
            if let Some(bits) = results.not_sampled_bits {
                value["not_sampled_bits"] = json!(bits);
            }
            let stable: Vec<&str> = built
                .analysis
                .options
                .read
                .observe
                .stable_inputs()
                .collect();
            if !stable.is_empty() {
                value["stable_inputs"] = json!(stable);
            }
            console.result(&format!("{value:#}\n"))?;
        }
        Format::Text if console.quiet => {}
        Format::Text => console.result(&text::summary(built, results, arguments))?,
    }
    Ok(())
}

/// The exit that an error of the simulation means.
fn exit(error: SimError) -> Exit {
    let code = match &error {
        SimError::ToolMissing { .. } => codes::TOOL_MISSING,
        SimError::TestbenchEndless { .. } => codes::TESTBENCH_ENDLESS,
        SimError::NotReproducible { .. } | SimError::OtherParameters { .. } => codes::RECORDING,
        SimError::Io { .. } => codes::OUTPUT_UNWRITABLE,
        SimError::BadPoint { .. } => codes::CONFIG,
        _ => codes::TESTBENCH,
    };
    let mut diagnostic = Diagnostic::global(code, error.to_string());
    let help = error.help().or_else(|| {
        let help = match &error {
            SimError::Compile {
                tool: Tool::Icarus, ..
            } => {
                "see what the tool says; --tb-top names the testbench's top module; `--sim verilator` does without Icarus Verilog"
            }
            SimError::Compile { .. } => {
                "see what the tool says; --tb-top names the testbench's top module"
            }
            SimError::TestbenchFailed { .. } => {
                "the testbench must pass on the original design before failures can be tried"
            }
            SimError::BadPoint { .. } => {
                "take the ID from a report of `idetic verify`, with the same options"
            }
            SimError::Io { .. } => "is there room in the temporary directory (TMPDIR)?",
            _ => return None,
        };
        Some(help.to_string())
    });
    if let Some(help) = help {
        diagnostic = diagnostic.help(help);
    }
    if let SimError::Compile { log, command, .. } = &error {
        diagnostic = diagnostic
            .note(log.trim_end())
            .note(format!("command: {command}"));
    }
    if let SimError::TestbenchFailed { log, .. }
    | SimError::NotInstantiated { log, .. }
    | SimError::TestbenchEndless { log, .. }
    | SimError::Crashed { log, .. } = &error
    {
        diagnostic = text::with_log(diagnostic, log);
    }
    let list = Diagnostics {
        list: vec![diagnostic],
    };
    match error {
        SimError::ToolMissing { .. } => Exit::ToolMissing(list),
        _ => Exit::Input(list),
    }
}

/// Progress on the terminal.
struct Bar(ProgressBar);

impl Bar {
    fn new(console: &Console) -> Bar {
        Bar(console.progress())
    }
}

impl Progress for Bar {
    fn update(&mut self, step: Step, done: usize, total: usize) {
        self.0.set_message(match step {
            Step::Compile => "compiling the replay",
            Step::Record => "running the testbench",
            Step::Expect => "finding the expected outputs",
            Step::Uninterrupted => "running without failures",
            Step::Single => "single failures",
            Step::Pairs => "pairs of failures",
            Step::Random => "random failures",
        });
        self.0.set_length(total as u64);
        self.0.set_position(done as u64);
    }
}

/// A path as a user can paste it into a shell.
pub(super) fn shell_word(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+=:,@%".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return text;
    }
    format!("'{}'", text.replace('\'', "'\\''"))
}

/// Paths in one string.
pub(super) fn shell_words(paths: &[PathBuf]) -> String {
    let words: Vec<String> = paths.iter().map(|path| shell_word(path)).collect();
    words.join(" ")
}
