//! `cargo xtask growth`: how time and memory of `analyze` and `prove` grow with flip-flop bits and control states, and `analyze` of listed
//! designs beside Yosys.
//!
//! Every measurement is a process of its own, this program as the `idetic` command. The growth is that of generated machines, of which
//! every control state computes some registers from others. Yosys does `read_verilog; hierarchy; proc; flatten; opt; memory; techmap; opt`,
//! in turns with `analyze` of the same files.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Duration;

use clap::Parser;
use idetic_tests::generate::machine;
use idetic_tests::measure::{Limits, heading, median, megabytes, milliseconds, run};
use idetic_tests::survey::list::{self, Design};
use idetic_tests::survey::yosys;

/// The first argument with which this program is the `idetic` command.
const AS_IDETIC: &str = "as-idetic";
/// Flip-flop bits and control states of the generated machines.
const SIZES: [(usize, usize); 12] = [
    (1_000, 64),
    (1_000, 512),
    (1_000, 4_096),
    (5_000, 64),
    (5_000, 512),
    (5_000, 4_096),
    (20_000, 64),
    (20_000, 512),
    (20_000, 4_096),
    (50_000, 64),
    (50_000, 512),
    (50_000, 4_096),
];
/// Kilobytes of memory that are too many.
const MEMORY: u64 = 4 << 20;

/// Measures growth, and `analyze` beside Yosys
#[derive(Debug, Parser)]
struct Arguments {
    /// Designs in JSON, as `cargo xtask survey` takes them
    #[arg(long)]
    list: Option<PathBuf>,
    /// Only designs of these names
    #[arg(long)]
    only: Vec<String>,
    /// Generated machines of at most so many flip-flop bits; 0 leaves the growth out
    #[arg(long, default_value_t = 50_000)]
    flops: usize,
    /// Generated machines of at most so many control states
    #[arg(long, default_value_t = 4_096)]
    states: usize,
    /// Runs of each, of which the median counts
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u64).range(1..))]
    runs: u64,
    /// Seconds that a process may take
    #[arg(long, default_value_t = 600)]
    limit: u64,
    /// A file that gets the tables too
    #[arg(long)]
    write: Option<PathBuf>,
}

fn main() -> ExitCode {
    let mut arguments = std::env::args_os();
    if arguments.nth(1).is_some_and(|first| first == AS_IDETIC) {
        let command = std::iter::once("idetic".into()).chain(arguments);
        return ExitCode::from(idetic::cli::run(command.collect::<Vec<_>>()));
    }
    match measure(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // A closed standard error leaves nobody to tell.
            let _ = writeln!(std::io::stderr(), "{error}");
            ExitCode::from(2)
        }
    }
}

fn measure(arguments: &Arguments) -> Result<(), String> {
    let scratch = tempfile::tempdir().map_err(|error| error.to_string())?;
    let scratch = scratch.path();
    let limits = Limits {
        time: Duration::from_secs(arguments.limit),
        memory: MEMORY,
    };
    let mut text = String::new();
    add(&mut text, &heading()?);
    growth(&mut text, arguments, &limits, scratch)?;
    if let Some(path) = &arguments.list {
        let mut designs = list::read(path)?;
        designs.retain(|it| arguments.only.is_empty() || arguments.only.contains(&it.name));
        add(
            &mut text,
            "\n| design | idetic | Yosys | ratio | memory: idetic | Yosys |\n\
             | --- | ---: | ---: | ---: | ---: | ---: |",
        );
        for design in &designs {
            let line = beside_yosys(design, arguments, &limits, scratch)?;
            add(&mut text, &line);
        }
    }
    if let Some(path) = &arguments.write {
        fs::write(path, &text).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    Ok(())
}

/// The `idetic` command on a design.
fn idetic(design: &Design, subcommand: &[&str]) -> Result<Command, String> {
    let own = std::env::current_exe().map_err(|error| error.to_string())?;
    let mut command = Command::new(own);
    command.arg(AS_IDETIC).args(subcommand);
    command.args(["--top", &design.top]);
    command.args(design.flags()).args(&design.files);
    if let Some(folder) = &design.cwd {
        command.current_dir(folder);
    }
    Ok(command)
}

/// A table of generated machines.
fn growth(
    text: &mut String,
    arguments: &Arguments,
    limits: &Limits,
    scratch: &Path,
) -> Result<(), String> {
    let sizes = SIZES.into_iter();
    let mut sizes = sizes
        .filter(|&(flops, states)| flops <= arguments.flops && states <= arguments.states)
        .peekable();
    if sizes.peek().is_some() {
        add(
            text,
            "\n| flip-flop bits | control states | product | lines | analyze | ns per product | memory | prove | ns per product | memory |\n\
             | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
        );
    }
    for (flops, states) in sizes {
        let source = machine(flops, states);
        let lines = source.lines().count();
        let file = scratch.join(format!("machine_{flops}_{states}.v"));
        fs::write(&file, source).map_err(|error| error.to_string())?;
        let design = Design {
            top: "generated".to_owned(),
            files: vec![file],
            ..Design::default()
        };
        let product = flops * states;
        let mut cells = vec![flops, states, product, lines].into_iter();
        let cells: Vec<String> = cells.by_ref().map(|number| number.to_string()).collect();
        let mut line = format!("| {} |", cells.join(" | "));
        let analyze: &[&str] = &["analyze"];
        let prove: &[&str] = &["prove", "--equivalence-timeout", "0"];
        for subcommand in [analyze, prove] {
            let runs: Result<Vec<_>, String> = (0..arguments.runs)
                .map(|_| run(&mut idetic(&design, subcommand)?, scratch, limits))
                .collect();
            line += &match runs {
                Ok(runs) => {
                    let all = median(&runs);
                    let each = all.time.as_secs_f64() * 1e9 / product as f64;
                    let (time, memory) = (milliseconds(all.time), megabytes(all.peak));
                    format!(" {time} | {each:.0} | {memory} |")
                }
                Err(error) => format!(" {} | | |", error.lines().next().unwrap_or_default()),
            };
        }
        add(text, &line);
    }
    Ok(())
}

/// One line of the comparison with Yosys.
fn beside_yosys(
    design: &Design,
    arguments: &Arguments,
    limits: &Limits,
    scratch: &Path,
) -> Result<String, String> {
    let script = scratch.join("script.ys");
    let commands = yosys::read_commands(design) + "opt\nmemory\ntechmap\nopt\n";
    fs::write(&script, commands).map_err(|error| error.to_string())?;
    let (mut own, mut others) = (Vec::new(), Vec::new());
    for _ in 0..arguments.runs {
        own.push(run(&mut idetic(design, &["analyze"])?, scratch, limits)?);
        let mut other = Command::new("yosys");
        other.args(["-q", "-s"]).arg(&script);
        other.current_dir(design.cwd.as_deref().unwrap_or(scratch));
        others.push(run(&mut other, scratch, &Limits::NONE)?);
    }
    let (own, other) = (median(&own), median(&others));
    Ok(format!(
        "| {} | {} | {} | {:.3} | {} | {} |",
        design.name,
        milliseconds(own.time),
        milliseconds(other.time),
        own.time.as_secs_f64() / other.time.as_secs_f64(),
        megabytes(own.peak),
        megabytes(other.peak),
    ))
}

#[allow(clippy::print_stdout, reason = "a tool that prints tables")]
fn add(text: &mut String, line: &str) {
    println!("{line}");
    text.push_str(line);
    text.push('\n');
}
