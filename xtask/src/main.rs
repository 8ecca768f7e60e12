//! Chores of the workspace, one way to do each: `cargo xtask <chore>`.

use std::env;
use std::path::Path;
use std::process::{Command, ExitCode};

use clap::{Parser, Subcommand};

/// Chores of the workspace.
#[derive(Debug, Parser)]
struct Cli {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Debug, Subcommand)]
enum Chore {
    /// Formatting, lints, documentation and all tests; what CI runs
    Test {
        /// Install missing tools with apt-get first
        #[arg(long)]
        install: bool,
    },
    /// Accept changed snapshots after looking at them
    Bless,
    /// Run the benchmarks (writes target/criterion)
    Bench,
    /// Random designs through netlist comparison, liveness, insert and verify
    Random {
        /// Seed of the first design
        #[arg(long, default_value_t = 0)]
        seed: u64,
        /// Designs, of consecutive seeds
        #[arg(long, default_value_t = 200)]
        count: u64,
        /// Every n-th seed meets failures at all edges in both simulators, the others a few in Icarus
        #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u64).range(1..))]
        verify_every: u64,
    },
    /// The tests that take minutes: every example on a budget to its end, the controller at every clock of every size
    Long,
    /// Lints and tests of plans with HiGHS as the solver of integer programs
    Highs {
        /// Install what HiGHS is built with by apt-get first, where it is missing
        #[arg(long)]
        install: bool,
    },
    /// Mutated texts through the whole front end; findings are kept in target/fuzz
    Fuzz {
        /// How long
        #[arg(long, default_value_t = 60)]
        seconds: u64,
        /// Seed of the first text
        #[arg(long, default_value_t = 0)]
        seed: u64,
    },
    /// Designs of a list through analyze, insert, Yosys and co-simulation, in a release build
    Survey {
        /// `--list FILE`, `--only NAME`, `--format text|markdown`, `--cycles N`, `--limit SECONDS`
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Text to netlist beside Yosys and Verilator, and how time grows with length, in a release build
    Speed {
        /// `--list FILE`, `--only NAME`, `--write FILE`
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// How time and memory of `analyze` and `prove` grow, and `analyze` beside Yosys, in a release build
    Growth {
        /// `--list FILE`, `--only NAME`, `--flops N`, `--states N`, `--runs N`, `--limit SECONDS`, `--write FILE`
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// How long plans of up to 4,096 control states take, in a release build
    PlanTime {
        /// `--states N,N`, `--farads F`, `--write FILE`
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Live bits left out one at a time, which the prover must name, in a release build
    Drops {
        /// `--list FILE`, `--only NAME`, `--sample N`, `--all N`, `--seed N`, `--limit SECONDS`, `--write FILE`
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// What constants, equal bits, computed bits and unobserved outputs leave out of saves, in a release build
    Facts {
        /// `--list FILE`, `--only NAME`, `--word-bits N`, `--write FILE`
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Area and energy that surviving costs, on the examples and a list, in a release build; needs qflow-tech-osu018
    Overhead {
        /// `--list FILE`, `--only NAME`, `--liberty FILE`, `--limit SECONDS`
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Install the simulators, Yosys and the browser with apt-get where they are missing
    Install,
}

/// External tools that tests use: command and Debian package.
const TOOLS: &[(&str, &str)] = &[
    ("iverilog", "iverilog"),
    ("verilator", "verilator"),
    ("yosys", "yosys"),
    ("g++", "g++"),
    ("make", "make"),
    ("chromium", "chromium"),
];

/// What the feature `highs` is built with: Debian packages.
const HIGHS_PACKAGES: &[&str] = &["cmake", "g++", "libclang-dev"];

fn main() -> ExitCode {
    let done = match Cli::parse().chore {
        Chore::Test { install: wanted } => (!wanted || install()) && test(),
        Chore::Bless => run(cargo()
            .args(["test", "--workspace"])
            .env("INSTA_UPDATE", "always")),
        Chore::Bench => run(cargo().args(["bench", "-p", "idetic-tests"])),
        Chore::Random {
            seed,
            count,
            verify_every,
        } => run(cargo()
            .args(["test", "-p", "idetic-tests", "--test", "random_designs"])
            .args(["--", "--ignored", "--exact", "--nocapture", "campaign"])
            .env("IDETIC_RANDOM_SEED", seed.to_string())
            .env("IDETIC_RANDOM_COUNT", count.to_string())
            .env("IDETIC_RANDOM_VERIFY_EVERY", verify_every.to_string())),
        Chore::Long => run(cargo()
            .args(["test", "-p", "idetic-tests"])
            .args(["--test", "energy_budget", "--test", "runtime"])
            // It needs a folder that IDETIC_BUDGET names.
            .args(["--", "--ignored", "--skip", "designs_of_ones_own"])),
        Chore::Highs { install: wanted } => (!wanted || install_for_highs()) && highs(),
        Chore::Fuzz { seconds, seed } => run(cargo()
            .args(["run", "--release", "-p", "idetic-tests"])
            .args(["--bin", "fuzz_front_end", "--"])
            .args([seconds.to_string(), seed.to_string()])
            .arg("target/fuzz")),
        Chore::Survey { arguments } => run(cargo()
            .args(["run", "--quiet", "--release", "-p", "idetic-tests"])
            .args(["--bin", "survey", "--"])
            .args(arguments)),
        Chore::Speed { arguments } => run(cargo()
            .args(["run", "--quiet", "--release", "-p", "idetic-tests"])
            .args(["--bin", "speed", "--"])
            .args(arguments)),
        Chore::Growth { arguments } => run(cargo()
            .args(["run", "--quiet", "--release", "-p", "idetic-tests"])
            .args(["--bin", "growth", "--"])
            .args(arguments)),
        Chore::PlanTime { arguments } => run(cargo()
            .args(["run", "--quiet", "--release", "-p", "idetic-tests"])
            .args(["--bin", "plan_time", "--"])
            .args(arguments)),
        Chore::Drops { arguments } => run(cargo()
            .args(["run", "--quiet", "--release", "-p", "idetic-tests"])
            .args(["--bin", "drops", "--"])
            .args(arguments)),
        Chore::Facts { arguments } => run(cargo()
            .args(["run", "--quiet", "--release", "-p", "idetic-tests"])
            .args(["--bin", "facts", "--"])
            .args(arguments)),
        Chore::Overhead { arguments } => run(cargo()
            .args(["run", "--quiet", "--release", "-p", "idetic-tests"])
            .args(["--bin", "overhead", "--"])
            .args(arguments)),
        Chore::Install => install(),
    };
    if done {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn test() -> bool {
    run(cargo().args(["fmt", "--all", "--check"]))
        && run(cargo().args([
            "clippy",
            "--workspace",
            "--all-targets",
            "--features",
            "idetic/strict",
            "--",
            "-D",
            "warnings",
        ]))
        && run(cargo().args(["test", "--workspace", "--features", "idetic/strict"]))
}

fn highs() -> bool {
    let with = ["-p", "idetic", "--features", "highs"];
    run(cargo()
        .arg("clippy")
        .args(with)
        .args(["--all-targets", "--", "-D", "warnings"]))
        && run(cargo().arg("test").args(with).args(["--lib", "plan::"]))
}

/// Installs the missing tools.
fn install() -> bool {
    let missing = TOOLS.iter().filter(|(tool, _)| !on_path(tool));
    apt_install(missing.map(|&(_, package)| package).collect())
}

/// Installs what HiGHS is built with. A library is on no path, so dpkg is asked.
fn install_for_highs() -> bool {
    let installed = |package: &&&str| {
        let status = Command::new("dpkg-query")
            .args(["-W", "-f=${db:Status-Status}", package])
            .output();
        status.is_ok_and(|status| status.stdout == b"installed")
    };
    let missing = HIGHS_PACKAGES.iter().filter(|package| !installed(package));
    apt_install(missing.copied().collect())
}

/// Installs packages; needs root or passwordless sudo.
fn apt_install(missing: Vec<&str>) -> bool {
    if missing.is_empty() {
        return true;
    }
    let apt = |arguments: &[&str]| {
        let root = Command::new("id").arg("-u").output();
        let is_root = root.is_ok_and(|id| id.stdout.starts_with(b"0\n"));
        let mut command = if is_root {
            Command::new("apt-get")
        } else {
            let mut sudo = Command::new("sudo");
            sudo.arg("apt-get");
            sudo
        };
        command
            .args(arguments)
            .env("DEBIAN_FRONTEND", "noninteractive");
        run(&mut command)
    };
    apt(&["update", "-q"])
        && apt(&[
            &["install", "-q", "-y", "--no-install-recommends"],
            &missing[..],
        ]
        .concat())
}

fn on_path(tool: &str) -> bool {
    env::var_os("PATH")
        .is_some_and(|path| env::split_paths(&path).any(|dir| dir.join(tool).is_file()))
}

fn cargo() -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or("cargo".into()));
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent();
    command.current_dir(root.expect("xtask lies in the workspace"));
    command
}

/// Runs a command to its end; says which one failed.
#[allow(clippy::print_stderr, reason = "a chore speaks to a person")]
fn run(command: &mut Command) -> bool {
    eprintln!("xtask: {command:?}");
    match command.status() {
        Ok(status) if status.success() => true,
        Ok(status) => {
            eprintln!("xtask: {command:?} ended with {status}");
            false
        }
        Err(error) => {
            eprintln!("xtask: cannot start {command:?}: {error}");
            false
        }
    }
}
