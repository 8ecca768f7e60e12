//! `cargo xtask speed`: how fast text becomes a netlist, beside Yosys and Verilator on the same text in the same run.
//!
//! Every tool is a process of its own, in turns; what counts is the median of the times and the largest of the peaks of memory.
//! idetic reads and elaborates only (`speed read …`, this program), which is what the other two are asked for: Yosys
//! `read_verilog`, `hierarchy` and `proc`, Verilator `--lint-only`. A second table shows how time grows with the length of the
//! text, a third does so for the whole way to live bits and instrumented text.

use std::fmt::Write as _;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use clap::{Args, Parser, Subcommand};
use idetic::driver::{self, AnalyzeOptions, InsertOptions, Times};
use idetic::elaborate::elaborate;
use idetic::frontend::read;
use idetic::source::SourceMap;
use idetic_tests::generate::state_machine;
use idetic_tests::measure::{Limits, heading, median, megabytes, milliseconds, run};
use idetic_tests::survey::list::{self, Design};
use idetic_tests::survey::yosys;

/// Runs of each tool, of which the median counts.
const RUNS: usize = 5;
/// Lines of the generated design that the tools are compared on.
const COMPARED: usize = 50_000;
/// Lines of the designs that show the growth to a netlist.
const READ: [usize; 8] = [
    1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 200_000,
];
/// Lines of those that show the growth of the whole.
const WHOLE: [usize; 5] = [1_000, 2_000, 5_000, 10_000, 20_000];

/// Times idetic beside Yosys and Verilator
#[derive(Debug, Parser)]
struct Cli {
    #[command(subcommand)]
    step: Option<Step>,
    #[command(flatten)]
    campaign: Campaign,
}

#[derive(Debug, Subcommand)]
enum Step {
    /// Text to a netlist, as the comparison times it; prints the stages in nanoseconds
    Read(Text),
    /// Text to instrumented text, likewise
    Whole(Text),
}

#[derive(Debug, Args)]
struct Text {
    #[arg(long)]
    top: String,
    #[arg(short = 'I')]
    include: Vec<PathBuf>,
    #[arg(short = 'D')]
    define: Vec<String>,
    files: Vec<PathBuf>,
}

#[derive(Debug, Args)]
struct Campaign {
    /// Designs in JSON, as `cargo xtask survey` takes them
    #[arg(long)]
    list: Option<PathBuf>,
    /// Only designs of these names
    #[arg(long)]
    only: Vec<String>,
    /// A file that gets the tables too
    #[arg(long)]
    write: Option<PathBuf>,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let done = match &cli.step {
        Some(Step::Read(text)) => read_only(text),
        Some(Step::Whole(text)) => whole(text),
        None => campaign(&cli.campaign),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            say(&error);
            ExitCode::from(2)
        }
    }
}

/// The options that a text is read with.
fn options(text: &Text) -> AnalyzeOptions {
    let design = Design {
        top: text.top.clone(),
        files: text.files.clone(),
        incdirs: text.include.clone(),
        defines: text.define.clone(),
        ..Design::default()
    };
    design.analyze_options()
}

fn read_only(text: &Text) -> Result<bool, String> {
    let options = options(text);
    let mut sources = SourceMap::new();
    let start = Instant::now();
    let (ast, diagnostics) = read(&options.read, &mut sources);
    let middle = Instant::now();
    if diagnostics.has_errors() {
        return Err(format!("{:#?}", diagnostics.list));
    }
    let (netlist, diagnostics) = elaborate(&ast, &sources, &options.elaborate);
    let end = Instant::now();
    if netlist.is_none() {
        return Err(format!("{:#?}", diagnostics.list));
    }
    print_times(&vec![("read", middle - start), ("elaborate", end - middle)]);
    // What is freed one by one here, a process frees at once.
    std::process::exit(0)
}

fn whole(text: &Text) -> Result<bool, String> {
    let mut sources = SourceMap::new();
    let (analysis, diagnostics) = driver::analyze(&options(text), &mut sources);
    let Some(mut analysis) = analysis else {
        return Err(format!("{:#?}", diagnostics.list));
    };
    let options = InsertOptions {
        word_bits: 32,
        ..InsertOptions::default()
    };
    let (inserted, diagnostics) = driver::insert(&mut analysis, &sources, &options);
    if inserted.is_none() {
        return Err(format!("{:#?}", diagnostics.list));
    }
    print_times(&analysis.times);
    std::process::exit(0)
}

#[allow(clippy::print_stdout, reason = "the result for the process that asked")]
fn print_times(times: &Times) {
    for (stage, time) in times {
        println!("{stage} {}", time.as_nanos());
    }
}

fn itself(step: &str, design: &Design) -> Result<Command, String> {
    let own = std::env::current_exe().map_err(|error| error.to_string())?;
    let mut command = Command::new(own);
    command.args([step, "--top", &design.top]);
    command.args(design.flags()).args(&design.files);
    if let Some(folder) = &design.cwd {
        command.current_dir(folder);
    }
    Ok(command)
}

fn campaign(campaign: &Campaign) -> Result<bool, String> {
    let scratch = tempfile::tempdir().map_err(|error| error.to_string())?;
    let scratch = scratch.path();
    let mut designs = vec![generated(COMPARED, scratch)?];
    if let Some(path) = &campaign.list {
        let mut listed = list::read(path)?;
        listed.retain(|design| campaign.only.is_empty() || campaign.only.contains(&design.name));
        designs.extend(listed);
    }
    let mut text = String::new();
    let mut good = true;
    add(&mut text, &heading()?);
    add(
        &mut text,
        "\n| design | lines | idetic | Yosys | Verilator | memory: idetic | Yosys | Verilator |\n\
         | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    );
    for design in &designs {
        match compare(design, scratch) {
            Ok((line, fastest)) => {
                add(&mut text, &line);
                good &= fastest;
            }
            Err(error) => say(&format!("{}: passed over: {error}", design.name)),
        }
    }
    growth(&mut text, "read", &READ, scratch)?;
    growth(&mut text, "whole", &WHOLE, scratch)?;
    if let Some(path) = &campaign.write {
        fs::write(path, &text).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    Ok(good)
}

/// One line of the comparison, and whether idetic is the fastest and needs less memory than Yosys.
fn compare(design: &Design, scratch: &Path) -> Result<(String, bool), String> {
    let (mut own, mut yosys_runs, mut verilator_runs) = (Vec::new(), Vec::new(), Vec::new());
    let mut script = yosys::read_commands(design);
    // Flattening is not asked of the others.
    script.truncate(script.rfind("flatten").unwrap_or(script.len()));
    let file = scratch.join("script.ys");
    fs::write(&file, script).map_err(|error| error.to_string())?;
    let folder = design.cwd.as_deref().unwrap_or(scratch);
    for _ in 0..RUNS {
        own.push(run(&mut itself("read", design)?, scratch, &Limits::NONE)?);
        let mut yosys = Command::new("yosys");
        yosys.args(["-q", "-s"]).arg(&file).current_dir(folder);
        yosys_runs.push(run(&mut yosys, scratch, &Limits::NONE)?);
        let mut verilator = Command::new("verilator_bin");
        verilator.args(["--lint-only", "-Wno-fatal", "-Wno-lint", "-Wno-style"]);
        verilator.args(["--top-module", &design.top]);
        verilator.args(design.flags()).args(&design.files);
        verilator_runs.push(run(verilator.current_dir(folder), scratch, &Limits::NONE)?);
    }
    let lines: usize = (design.files.iter())
        .map(|file| fs::read(file).map_or(0, |text| text.iter().filter(|&&b| b == b'\n').count()))
        .sum();
    let (own, yosys, verilator) = (median(&own), median(&yosys_runs), median(&verilator_runs));
    let line = format!(
        "| {} | {lines} | {} | {} | {} | {} | {} | {} |",
        design.name,
        milliseconds(own.time),
        milliseconds(yosys.time),
        milliseconds(verilator.time),
        megabytes(own.peak),
        megabytes(yosys.peak),
        megabytes(verilator.peak),
    );
    let good = own.time < yosys.time.min(verilator.time) && own.peak < yosys.peak;
    Ok((line, good))
}

/// A table of the stages for growing designs.
fn growth(text: &mut String, step: &str, lengths: &[usize], scratch: &Path) -> Result<(), String> {
    for (at, &lines) in lengths.iter().enumerate() {
        let design = generated(lines, scratch)?;
        let mut runs = Vec::new();
        for _ in 0..RUNS {
            runs.push(run(&mut itself(step, &design)?, scratch, &Limits::NONE)?);
        }
        let names: Vec<&str> = (runs[0].stdout.lines())
            .filter_map(|line| line.split_whitespace().next())
            .collect();
        if at == 0 {
            let columns = names.join(" | ");
            add(
                text,
                &format!(
                    "\n| lines | {columns} | process | ms per 1000 lines | memory |\n| ---: |{}",
                    " ---: |".repeat(names.len() + 3)
                ),
            );
        }
        let mut row = format!("| {lines} |");
        for column in 0..names.len() {
            let mut times: Vec<u64> = (runs.iter())
                .filter_map(|run| stage(&run.stdout, column))
                .collect();
            times.sort_unstable();
            let time = Duration::from_nanos(times[times.len() / 2]);
            let _ = write!(row, " {} |", milliseconds(time));
        }
        let all = median(&runs);
        let each = all.time.as_secs_f64() * 1e6 / lines as f64;
        let _ = write!(row, " {} | {each:.2} |", milliseconds(all.time));
        add(text, &format!("{row} {} |", megabytes(all.peak)));
    }
    Ok(())
}

/// The nanoseconds in a line of what a step prints.
fn stage(stdout: &str, at: usize) -> Option<u64> {
    stdout
        .lines()
        .nth(at)?
        .split_whitespace()
        .nth(1)?
        .parse()
        .ok()
}

fn generated(lines: usize, scratch: &Path) -> Result<Design, String> {
    let file = scratch.join(format!("generated_{lines}.v"));
    if !file.exists() {
        fs::write(&file, state_machine(lines)).map_err(|error| error.to_string())?;
    }
    Ok(Design {
        name: "generated state machine".to_owned(),
        top: "generated".to_owned(),
        files: vec![file],
        ..Design::default()
    })
}

#[allow(clippy::print_stdout, reason = "a tool that prints tables")]
fn add(text: &mut String, line: &str) {
    println!("{line}");
    text.push_str(line);
    text.push('\n');
}

fn say(message: &str) {
    // A closed standard error leaves nobody to tell.
    let _ = writeln!(std::io::stderr(), "{message}");
}
