//! The command line: what can be said, not what is done.

use std::path::PathBuf;

use super::word_bits::WordBits;
use clap::{Args, Parser, Subcommand, ValueEnum};

/// Logical cycles that a testbench may take, where nothing else is said.
pub const MAX_CYCLES_RECORDED: u64 = 1_000_000;
/// Seconds that it may run.
pub const TIMEOUT: u64 = 120;

/// Makes hardware survive power loss: instruments Verilog with checkpoint and restore.
#[derive(Debug, Parser)]
#[command(
    name = "idetic",
    bin_name = "idetic",
    version,
    max_term_width = 100,
    propagate_version = true
)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The subcommands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Instrument a design: write RTL, controller, reports and image map
    Insert(InsertArgs),
    /// Show control states, live registers and candidate checkpoints; writes no RTL
    Analyze(AnalyzeArgs),
    /// Record the design's own testbench, then replay it under power failures
    Verify(VerifyArgs),
    /// Check live bits and plan with a solver, independently of the analysis
    Prove(ProveArgs),
    /// Read and write NVM images by register name
    Image(ImageArgs),
    /// Write a commented idetic.toml for a design
    Init(InitArgs),
}

/// What every subcommand takes.
#[derive(Debug, Default, Args)]
pub struct DesignArgs {
    /// Verilog files of the design (default: `[design] files` of the configuration)
    #[arg(value_name = "FILES")]
    pub files: Vec<PathBuf>,
    /// Top module (default: the only one that is not instantiated)
    #[arg(long, value_name = "NAME")]
    pub top: Option<String>,
    /// Directory searched for `include files
    #[arg(short = 'I', value_name = "DIR")]
    pub include: Vec<PathBuf>,
    /// Define a macro
    #[arg(short = 'D', value_name = "NAME[=VALUE]")]
    pub define: Vec<String>,
    /// Set a parameter of the top module
    #[arg(short = 'P', value_name = "NAME=VALUE", value_parser = setting)]
    pub parameter: Vec<String>,
    /// Read a file list, as simulators take it
    #[arg(short = 'f', value_name = "FILELIST")]
    pub file_list: Vec<PathBuf>,
    /// Configuration file (default: idetic.toml in the working directory, if there is one)
    #[arg(short = 'c', long = "config", value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// How to speak.
    #[command(flatten)]
    pub output: OutputArgs,
}

/// How every subcommand speaks.
#[derive(Debug, Clone, Copy, Default, Args)]
pub struct OutputArgs {
    /// How results and diagnostics are printed
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
    /// When to colour
    #[arg(long, value_enum, default_value_t = Color::Auto)]
    pub color: Color,
    /// Print errors only
    #[arg(short, long, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Print more: time per stage, every register's verdict
    #[arg(short, long)]
    pub verbose: bool,
}

/// How the plan and the RTL are made; `insert`, `verify` and `prove` take these.
#[derive(Debug, Args)]
pub struct PlanArgs {
    /// How the design is held while it is saved and restored
    #[arg(long, value_enum, value_name = "HOW")]
    pub hold: Option<Hold>,
    /// Longest run of logical cycles between two saves
    #[arg(long, value_name = "CYCLES", value_parser = clap::value_parser!(u64).range(1..))]
    pub max_cycles: Option<u64>,
    /// Bits of an NVM word; `auto`, or several with commas between, of which the plan chooses
    #[arg(long, value_name = "BITS", value_parser = WordBits::parse)]
    pub word_bits: Option<WordBits>,
    /// Leave a live bit out of the plan on purpose, as `name[bit]`: shows that
    /// verification finds it
    #[arg(long, value_name = "BIT", hide = true)]
    pub drop_bit: Vec<String>,
}

/// `idetic insert`.
#[derive(Debug, Args)]
pub struct InsertArgs {
    /// The design.
    #[command(flatten)]
    pub design: DesignArgs,
    /// The plan.
    #[command(flatten)]
    pub plan: PlanArgs,
    /// Output directory; replaced if idetic made it (default: `<top>_idetic`)
    #[arg(short, long, value_name = "DIR")]
    pub output: Option<PathBuf>,
    /// Compare with saving every flip-flop, and with every control state a checkpoint, in the reports
    #[arg(long)]
    pub baseline: bool,
    /// Find the plans between which other weights of the objective choose, for the reports
    #[arg(long)]
    pub pareto: bool,
    /// Check live bits and plan with a solver first; write nothing if the proof fails
    #[arg(long)]
    pub prove: bool,
    /// The limits of the proof.
    #[command(flatten)]
    pub limits: ProofLimits,
}

/// `idetic analyze`.
#[derive(Debug, Args)]
pub struct AnalyzeArgs {
    /// The design.
    #[command(flatten)]
    pub design: DesignArgs,
    /// Print why this register is or is not a control register
    #[arg(long, value_name = "REGISTER")]
    pub explain: Option<String>,
    /// Print a shortest reason why this bit (`name[bit]`, counted from 0) or memory is live in the state of --state
    #[arg(
        long,
        value_name = "BIT",
        requires = "state",
        conflicts_with = "explain"
    )]
    pub why: Option<String>,
    /// The control state for --why: its name or its number in the table of states
    #[arg(long, value_name = "STATE", requires = "why")]
    pub state: Option<String>,
}

/// `idetic prove`.
#[derive(Debug, Args)]
pub struct ProveArgs {
    /// The design.
    #[command(flatten)]
    pub design: DesignArgs,
    /// The plan.
    #[command(flatten)]
    pub plan: PlanArgs,
    /// The limits.
    #[command(flatten)]
    pub limits: ProofLimits,
    /// Instead, find with the solver exactly which bits are live, and print how many more the analysis keeps
    #[arg(long)]
    pub exact: bool,
    /// Also write the obligations of all control states to a new directory, as Verilog with a script for Yosys
    #[arg(long, value_name = "DIR", conflicts_with = "exact")]
    pub export: Option<PathBuf>,
}

/// How long a proof may take; beyond that it is none.
#[derive(Debug, Clone, Copy, Args)]
pub struct ProofLimits {
    /// Seconds for the proof of one control state
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    pub state_timeout: u64,
    /// Seconds for the proof of all
    #[arg(long, value_name = "SECONDS", default_value_t = 3600)]
    pub proof_timeout: u64,
    /// Seconds for Yosys, where it is installed, to prove that the insertions change nothing; 0 leaves that out
    #[arg(long, value_name = "SECONDS", default_value_t = 120)]
    pub equivalence_timeout: u64,
}

/// `idetic verify`.
#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// The design.
    #[command(flatten)]
    pub design: DesignArgs,
    /// The plan.
    #[command(flatten)]
    pub plan: PlanArgs,
    /// Testbench files: all names up to the next option
    #[arg(long, num_args = 1.., required = true, value_name = "FILES")]
    pub tb: Vec<PathBuf>,
    /// Top module of the testbench (default: the only one not instantiated)
    #[arg(long, value_name = "NAME")]
    pub tb_top: Option<String>,
    /// Simulators that replay
    #[arg(long, value_enum, default_value_t = Simulators::Both, value_name = "WHICH")]
    pub sim: Simulators,
    /// Clock edges at which single failures are tried in Verilator, above that every n-th; pairs and random sequences, in proportion, come on top
    #[arg(long, value_name = "N", default_value_t = 20_000, value_parser = clap::value_parser!(u64).range(1..))]
    pub max_points: u64,
    /// The same in Icarus
    #[arg(long, value_name = "N", default_value_t = 200, value_parser = clap::value_parser!(u64).range(1..))]
    pub max_points_icarus: u64,
    /// Argument for `$test$plusargs` and `$value$plusargs` of the testbench (`DATA=in.txt`); may be given again
    #[arg(long, value_name = "ARG")]
    pub plusarg: Vec<String>,
    /// Logical cycles that a testbench may take
    #[arg(long, value_name = "N", default_value_t = MAX_CYCLES_RECORDED)]
    pub max_cycles_recorded: u64,
    /// Record the first logical cycles only, and end the testbench there
    #[arg(long, value_name = "N", conflicts_with = "max_cycles_recorded", value_parser = clap::value_parser!(u64).range(1..))]
    pub first_cycles: Option<u64>,
    /// Seconds the testbench may run; ten times as long for the simulation of a power cycle
    #[arg(long, value_name = "SECONDS", default_value_t = TIMEOUT)]
    pub timeout: u64,
    /// Seed of everything random
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
    /// Simulations run at the same time (default: the machine's cores)
    #[arg(short, long, value_name = "N", value_parser = jobs)]
    pub jobs: Option<usize>,
    /// Try this one failure point only, as a report names it
    #[arg(long, value_name = "ID")]
    pub point: Option<String>,
    /// Write a waveform of that failure point
    #[arg(long, value_name = "FILE", requires = "point")]
    pub wave: Option<PathBuf>,
    /// Keep the instrumented design in this directory
    #[arg(short, long, value_name = "DIR")]
    pub output: Option<PathBuf>,
}

/// `idetic init`.
#[derive(Debug, Args)]
pub struct InitArgs {
    /// The design.
    #[command(flatten)]
    pub design: DesignArgs,
    /// The file to write
    #[arg(short, long, value_name = "FILE", default_value = "idetic.toml")]
    pub output: PathBuf,
    /// Print the JSON Schema of idetic.toml instead, which needs no design
    #[arg(long, conflicts_with_all = ["files", "output"])]
    pub schema: bool,
}

/// `idetic image`.
#[derive(Debug, Args)]
pub struct ImageArgs {
    /// What to do.
    #[command(subcommand)]
    pub action: ImageAction,
}

/// What is done with images. Dumps are text as `$readmemh` takes it, or little-endian words in files called `.bin`.
#[derive(Debug, Subcommand)]
pub enum ImageAction {
    /// Say what the slots of an NVM hold, and which of them a boot restores
    Decode {
        /// The contents of the NVM
        #[arg(value_name = "DUMP")]
        dump: PathBuf,
        /// The map and the output.
        #[command(flatten)]
        common: ImageCommon,
    },
    /// Make the contents of an NVM from which given values are restored
    Encode {
        /// Checkpoint and values by name, as JSON: `{"checkpoint": "state=RUN", "registers": {"x": "16'h2a"}}`
        #[arg(value_name = "VALUES")]
        values: PathBuf,
        /// The file to write
        #[arg(short, long, value_name = "DUMP")]
        output: PathBuf,
        /// The map and the output.
        #[command(flatten)]
        common: ImageCommon,
    },
    /// Compare what two NVMs restore, register by register
    Diff {
        /// The one
        #[arg(value_name = "DUMP")]
        before: PathBuf,
        /// The other
        #[arg(value_name = "DUMP")]
        after: PathBuf,
        /// The map and the output.
        #[command(flatten)]
        common: ImageCommon,
    },
}

/// What the actions on images share.
#[derive(Debug, Args)]
pub struct ImageCommon {
    /// The image map that `insert` wrote
    #[arg(short, long, value_name = "FILE", default_value = "image.json")]
    pub map: PathBuf,
    /// How to speak.
    #[command(flatten)]
    pub output: OutputArgs,
}

/// At least one.
fn jobs(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(jobs) if jobs > 0 => Ok(jobs),
        _ => Err("not a number of at least 1".to_string()),
    }
}

/// `NAME=VALUE`.
fn setting(text: &str) -> Result<String, String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() && !value.is_empty() => Ok(text.to_string()),
        _ => Err("not of the form NAME=VALUE".to_string()),
    }
}

/// Output formats.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people
    #[default]
    Text,
    /// For machines
    Json,
}

/// When output is coloured.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// How the design is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Hold {
    /// One clock gate, `idetic_clkgate`
    Gate,
    /// An enable in every clocked block; for FPGAs
    Enable,
}

/// Which simulators replay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Simulators {
    /// Icarus Verilog: unknown bits are X
    Icarus,
    /// Verilator: unknown bits are random
    Verilator,
    /// One after the other
    Both,
}
