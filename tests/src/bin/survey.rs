//! `cargo xtask survey`: what becomes of a list of designs.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::thread;
use std::time::{Duration, Instant};

use clap::{Parser, ValueEnum};
use idetic_tests::survey::command::Tool;
use idetic_tests::survey::{Options, list, survey, table};

/// Stack in bytes, as in the `idetic` command.
const STACK: usize = 512 << 20;

/// The first argument with which this program is the `idetic` command.
const AS_IDETIC: &str = "as-idetic";

/// Analyses, instruments and compares the designs of a list
#[derive(Debug, Parser)]
struct Arguments {
    /// The list, in JSON
    #[arg(long)]
    list: PathBuf,
    /// Only designs of these names
    #[arg(long)]
    only: Vec<String>,
    /// How the table is printed
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Clock cycles of each co-simulation
    #[arg(long, default_value_t = 10_000)]
    cycles: u32,
    /// Limit of each command in seconds
    #[arg(long, default_value_t = 600)]
    limit: u64,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    Text,
    Markdown,
}

fn main() -> ExitCode {
    let mut arguments = std::env::args_os();
    if arguments.nth(1).is_some_and(|first| first == AS_IDETIC) {
        let command = std::iter::once("idetic".into()).chain(arguments);
        let command: Vec<_> = command.collect();
        return on_large_stack(|| idetic::cli::run(command));
    }
    on_large_stack(|| match run(&Arguments::parse()) {
        Ok(true) => 0,
        Ok(false) => 1,
        Err(error) => {
            say(&error);
            2
        }
    })
}

fn on_large_stack(work: impl FnOnce() -> u8 + Send + 'static) -> ExitCode {
    let worker = thread::Builder::new().stack_size(STACK).spawn(work);
    match worker.map(thread::JoinHandle::join) {
        Ok(Ok(code)) => ExitCode::from(code),
        Ok(Err(_)) => ExitCode::from(101),
        Err(_) => ExitCode::from(2),
    }
}

/// Surveys; whether nothing is wrong.
fn run(arguments: &Arguments) -> Result<bool, String> {
    let mut designs = list::read(&arguments.list)?;
    let wanted = |name: &String| arguments.only.is_empty() || arguments.only.contains(name);
    designs.retain(|design| wanted(&design.name));
    if designs.is_empty() {
        return Err("no design of the list has that name".to_string());
    }
    let options = Options {
        cycles: arguments.cycles,
        limit: Duration::from_secs(arguments.limit),
        ..Options::default()
    };
    let tool = Tool {
        program: std::env::current_exe().map_err(|error| error.to_string())?,
        arguments: vec![AS_IDETIC.to_string()],
    };
    let mut rows = Vec::new();
    for design in &designs {
        let scratch = tempfile::tempdir().map_err(|error| error.to_string())?;
        let start = Instant::now();
        let row = survey(design, &options, &tool, scratch.path())?;
        let line = table::text(std::slice::from_ref(&row));
        let line = line.lines().nth(1).unwrap_or_default().to_string();
        say(&format!("{line}  [{:.0} s]", start.elapsed().as_secs_f64()));
        rows.push(row);
    }
    let text = match arguments.format {
        Format::Text => table::text(&rows),
        Format::Markdown => table::markdown(&rows),
    };
    // A closed standard output leaves nobody to tell.
    let _ = std::io::stdout().write_all(text.as_bytes());
    Ok(!rows.iter().any(|row| row.is_bad()))
}

fn say(message: &str) {
    // A closed standard error leaves nobody to tell.
    let _ = writeln!(std::io::stderr(), "{message}");
}
