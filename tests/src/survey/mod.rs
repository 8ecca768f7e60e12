//! The survey: what becomes of a list of designs that somebody else wrote.
//!
//! For each design of a [`list`]: does `idetic analyze` and `insert` take it or
//! say why not ([`command`]); has the netlist the registers that Yosys finds
//! ([`yosys`]); does the netlist do what the source does in a simulator
//! ([`cosim`], [`judge`]); does Yosys prove so ([`equivalence`]). [`table`] prints what
//! came of it. The project ships no such design: the list names files that lie
//! elsewhere; the tests run the same checks on the shipped examples.
//!
//! Guarantee: a design that cannot be judged in some respect is shown with the
//! reason, never as one that passed.

pub mod bench;
pub mod command;
pub mod cosim;
pub mod equivalence;
pub mod judge;
pub mod list;
pub mod quiet;
pub mod table;
pub mod yosys;

use std::fs;
use std::path::Path;
use std::thread;
use std::time::Duration;

use idetic::diagnostics::Diagnostics;
use idetic::elaborate::elaborate;
use idetic::frontend::read;
use idetic::netlist::{Netlist, verify};
use idetic::source::SourceMap;

use command::{Answer, Tool};
use list::Design;

/// Stack of the thread that elaborates, in bytes, as the command has.
const STACK: usize = 512 << 20;

/// How much is done.
#[derive(Debug, Clone)]
pub struct Options {
    /// Clock cycles of the co-simulation.
    pub cycles: u32,
    /// Limit of each command.
    pub limit: Duration,
    /// Equivalence is tried up to so many flip-flop bits.
    pub equivalence_bits: u64,
    /// Limit of the equivalence proof.
    pub equivalence_limit: Duration,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            cycles: 10_000,
            limit: Duration::from_secs(600),
            equivalence_bits: 700,
            equivalence_limit: Duration::from_secs(120),
        }
    }
}

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Check {
    /// It holds; with figures.
    Passed(String),
    /// It does not; what is wrong.
    Failed(String),
    /// It was not decided; why.
    Open(String),
}

impl Check {
    /// What a fallible check returned: an error leaves it open.
    pub fn of(result: Result<Check, String>) -> Check {
        result.unwrap_or_else(Check::Open)
    }

    /// Whether the check found something wrong.
    pub fn failed(&self) -> bool {
        matches!(self, Check::Failed(_))
    }

    /// Whether the check holds.
    pub fn passed(&self) -> bool {
        matches!(self, Check::Passed(_))
    }
}

/// What became of a design.
#[derive(Debug, Clone)]
pub struct Row {
    /// Its name in the list.
    pub name: String,
    /// Lines of its files.
    pub lines: usize,
    /// Flip-flop and memory bits of the netlist, if there is one.
    pub bits: Option<(u64, u64)>,
    /// What `analyze` said.
    pub analyze: Answer,
    /// What `insert` said.
    pub insert: Answer,
    /// The registers are those that Yosys finds.
    pub registers: Check,
    /// The netlist does what the source does.
    pub cosimulation: Check,
    /// Yosys proves that it does.
    pub equivalence: Check,
}

impl Row {
    /// Whether anything is wrong with idetic: a panic, a run without end or a
    /// failed check. A refusal with a code is none.
    pub fn is_bad(&self) -> bool {
        let answers = [&self.analyze, &self.insert];
        let checks = [&self.registers, &self.cosimulation, &self.equivalence];
        answers.iter().any(|answer| answer.is_bug()) || checks.iter().any(|check| check.failed())
    }
}

/// Surveys one design; files go into `scratch`.
///
/// # Errors
/// Where a file of the design cannot be read.
pub fn survey(
    design: &Design,
    options: &Options,
    tool: &Tool,
    scratch: &Path,
) -> Result<Row, String> {
    let mut lines = 0;
    for file in &design.files {
        let text = fs::read(file).map_err(|error| format!("{}: {error}", file.display()))?;
        lines += text.iter().filter(|&&byte| byte == b'\n').count();
    }
    let (analyze, insert) = command::ask(design, options.limit, tool, scratch)?;
    let mut row = Row {
        name: design.name.clone(),
        lines,
        bits: None,
        analyze,
        insert,
        registers: Check::Open("no netlist".to_string()),
        cosimulation: Check::Open("no netlist".to_string()),
        equivalence: Check::Open("no netlist".to_string()),
    };
    // What stops or hangs the command would do so here.
    if row.analyze.is_bug() {
        return Ok(row);
    }
    let netlist = match netlist(design) {
        Ok(netlist) => netlist,
        Err(_) => return Ok(row),
    };
    row.bits = Some((netlist.flop_bits(), netlist.memory_bits()));
    row.cosimulation = Check::of(cosim::cosimulate(design, &netlist, options, scratch));
    // Yosys refuses `$finish` in a process.
    let quiet = quiet::quiet(design, scratch)?;
    let design = quiet.as_ref().unwrap_or(design);
    let shown = |check: Result<Check, String>| {
        check.map_err(|said| said.replace(&format!("{}/", scratch.display()), ""))
    };
    let registers = yosys::registers(design, &netlist, options.limit, scratch);
    row.registers = Check::of(shown(registers));
    row.equivalence = Check::of(shown(equivalence::prove(
        design, &netlist, options, scratch,
    )));
    Ok(row)
}

/// Reads and elaborates a design; fails with the messages of idetic.
///
/// # Errors
/// Where idetic refuses the design or breaks an invariant.
pub fn netlist(design: &Design) -> Result<Netlist, String> {
    let options = design.analyze_options();
    let work = move || {
        let mut sources = SourceMap::new();
        let (ast, diagnostics) = read(&options.read, &mut sources);
        refuse(&diagnostics)?;
        let (netlist, diagnostics) = elaborate(&ast, &sources, &options.elaborate);
        refuse(&diagnostics)?;
        let netlist = netlist.ok_or("no netlist and no error")?;
        match verify::verify(&netlist).as_slice() {
            [] => Ok(netlist),
            violations => Err(format!("broken netlist: {violations:?}")),
        }
    };
    let thread = thread::Builder::new().stack_size(STACK).spawn(work);
    let thread = thread.map_err(|error| error.to_string())?;
    thread.join().map_err(|_| "a panic".to_string())?
}

fn refuse(diagnostics: &Diagnostics) -> Result<(), String> {
    let messages: Vec<&str> = (diagnostics.list.iter())
        .map(|diagnostic| diagnostic.message.as_str())
        .collect();
    match diagnostics.has_errors() {
        true => Err(messages.join("\n")),
        false => Ok(()),
    }
}
