//! The command line: arguments, configuration, one file per subcommand.
//!
//! [`run`] is the whole program. Nothing below this module reads files, writes
//! files, or prints, except that the front end reads sources.

pub mod args;
pub mod config;
pub mod filelist;
pub mod output;

mod analyze;
mod console;
mod emitted;
mod energy_config;
mod equivalence;
mod exact;
mod exit;
mod image;
mod init;
mod insert;
mod kept;
mod nvm_config;
mod observe;
mod observed;
mod places;
mod plan_config;
mod power_up;
mod prove;
mod request;
mod schema;
mod verify;
mod verify_report;
mod verify_target;
mod why;
mod word_bits;
mod wording;

use std::ffi::OsString;

use clap::Parser;

use crate::diagnostics::Diagnostics;
use crate::driver::{self, Analysis};
use crate::source::SourceMap;

use args::{Cli, Command};
use console::Console;
use exit::Exit;
pub use kept::add_writes;
pub use request::{Request, configured};
pub use verify_target::internals;

/// Runs the command line and returns the exit code: 0 done, 1 input at fault,
/// 2 usage, 3 counterexample, 4 missing tool.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> u8 {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            // `--help` and `--version` come as errors with code 0. A closed
            // stream leaves nobody to tell.
            let _ = error.print();
            return u8::try_from(error.exit_code()).unwrap_or(2);
        }
    };
    let output = match &cli.command {
        Command::Insert(arguments) => &arguments.design.output,
        Command::Analyze(arguments) => &arguments.design.output,
        Command::Verify(arguments) => &arguments.design.output,
        Command::Prove(arguments) => &arguments.design.output,
        Command::Image(arguments) => arguments.action.output(),
        Command::Init(arguments) => &arguments.design.output,
    };
    let console = Console::new(output);
    let mut sources = SourceMap::new();
    let done = match &cli.command {
        Command::Insert(arguments) => insert::run(arguments, &console, &mut sources),
        Command::Analyze(arguments) => analyze::run(arguments, &console, &mut sources),
        Command::Verify(arguments) => verify::run(arguments, &console, &mut sources),
        Command::Prove(arguments) => prove::run(arguments, &console, &mut sources),
        Command::Image(arguments) => image::run(&arguments.action, &console),
        Command::Init(arguments) => init::run(arguments, &console, &mut sources),
    };
    match done {
        Ok(()) => 0,
        Err(exit) => {
            console.diagnostics(exit.diagnostics(), &sources);
            exit.code()
        }
    }
}

/// Analyses, says what there is to say, and checks the configured reset
/// and memories.
fn analyze_design(
    request: &Request,
    console: &Console,
    sources: &mut SourceMap,
) -> Result<Analysis, Exit> {
    let (analysis, mut diagnostics) = driver::analyze(&request.analyze, sources);
    if let Some(analysis) = &analysis
        && let Some(wrong) = request::check_reset(request, analysis)
    {
        diagnostics.push(wrong);
    }
    if let Some(analysis) = &analysis
        && let Some(wrong) = request::check_memories(request, analysis)
    {
        diagnostics.push(wrong);
    }
    match analysis.filter(|_| !diagnostics.has_errors()) {
        Some(analysis) => {
            console.diagnostics(&diagnostics, sources);
            Ok(analysis)
        }
        None => Err(Exit::Input(sorted(diagnostics))),
    }
}

/// Errors last, so that they are what is left on the screen.
fn sorted(mut diagnostics: Diagnostics) -> Diagnostics {
    diagnostics.list.sort_by_key(|d| d.severity);
    diagnostics
}
