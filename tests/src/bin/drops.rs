//! `cargo xtask drops`: live bits left out on purpose, one at a time; the prover must name each that is not dead.
//!
//! Of a small design every live bit of every control state is left out, of others a sample. What the prover does not refute must
//! be dead by the exact method (`idetic prove --exact`), or because of what its state tells, in which the exact method has no say: the bit
//! is given by a fact or another constant of the state, so that it is never saved, or it would be refuted if the
//! states had no constants. What is none of these is a bug, in the prover or in what is claimed.

use std::fmt::Write as _;
use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::Parser;
use idetic::control::StateId;
use idetic::driver::{self, Analysis};
use idetic::liveness::{Constants, Liveness, Ranges};
use idetic::prove::{self, Claims, Dropped, ProveOptions};
use idetic::source::SourceMap;
use idetic_tests::example::EXAMPLES;
use idetic_tests::random::rng::Rng;
use idetic_tests::survey::list::{self, Design};

/// Leaves live bits out, one at a time
#[derive(Debug, Parser)]
struct Arguments {
    /// Designs in JSON, as `cargo xtask survey` takes them; the examples come first
    #[arg(long)]
    list: Option<PathBuf>,
    /// Only designs of these names
    #[arg(long)]
    only: Vec<String>,
    /// Only designs of at most so many flip-flop bits
    #[arg(long, default_value_t = 3000)]
    flops: u64,
    /// Every bit is left out where there are at most so many, over all control states
    #[arg(long, default_value_t = 2000)]
    all: usize,
    /// Bits that are left out of other designs
    #[arg(long, default_value_t = 200)]
    sample: usize,
    /// Seed of the sample
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Seconds for the bits of a design, and as many for its exact live bits
    #[arg(long, default_value_t = 120)]
    limit: u64,
    /// A file that gets the table too
    #[arg(long)]
    write: Option<PathBuf>,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            say(&error);
            ExitCode::from(2)
        }
    }
}

/// Whether no bit survives.
fn run(arguments: &Arguments) -> Result<bool, String> {
    let mut designs: Vec<Design> = EXAMPLES.iter().map(|example| example.design()).collect();
    if let Some(list) = &arguments.list {
        designs.extend(list::read(list)?);
    }
    designs.retain(|it| arguments.only.is_empty() || arguments.only.contains(&it.name));
    let mut text = String::new();
    let columns = [
        "design",
        "flip-flop bits",
        "control states",
        "live bits",
        "left out",
        "refuted by name",
        "dead",
        "told",
        "time up",
        "survive",
        "time",
    ];
    add(&mut text, &format!("| {} |", columns.join(" | ")));
    add(
        &mut text,
        &format!("| --- |{}", " ---: |".repeat(columns.len() - 1)),
    );
    let mut good = true;
    for design in &designs {
        let mut sources = SourceMap::new();
        let (analysis, said) = driver::analyze(&design.analyze_options(), &mut sources);
        let Some(analysis) = analysis else {
            let why = said
                .list
                .iter()
                .find(|it| it.severity == idetic::diagnostics::Severity::Error);
            let why = why.map_or("no reason", |it| it.message.as_str());
            say(&format!("{}: passed over: {why}", design.name));
            continue;
        };
        if analysis.netlist.flop_bits() > arguments.flops {
            say(&format!("{}: passed over: too large", design.name));
            continue;
        }
        let tally = leave_out(design, &analysis, arguments);
        let mut cells = vec![
            format!("`{}`", design.name),
            analysis.netlist.flop_bits().to_string(),
            analysis.graph.states.len().to_string(),
        ];
        let counts = [
            tally.live,
            tally.left_out,
            tally.named,
            tally.dead,
            tally.told,
            tally.unknown,
            tally.survive,
        ];
        cells.extend(counts.map(|count| count.to_string()));
        cells.push(format!("{:.1} s", tally.time.as_secs_f64()));
        add(&mut text, &format!("| {} |", cells.join(" | ")));
        good &= tally.survive == 0;
    }
    if let Some(path) = &arguments.write {
        fs::write(path, &text).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    Ok(good)
}

/// What became of the bits of a design.
#[derive(Default)]
struct Tally {
    live: usize,
    left_out: usize,
    named: usize,
    dead: usize,
    told: usize,
    unknown: usize,
    survive: usize,
    time: Duration,
}

fn leave_out(design: &Design, analysis: &Analysis, arguments: &Arguments) -> Tally {
    let begin = Instant::now();
    let claims = Claims {
        netlist: &analysis.netlist,
        graph: &analysis.graph,
        liveness: &analysis.liveness,
        plan: None,
    };
    let limit = Duration::from_secs(arguments.limit);
    let options = ProveOptions {
        // One that is hard is not to take the time of all others.
        state_time: limit / 20,
        total_time: limit,
    };
    let live = analysis.liveness.live.iter().enumerate();
    let mut bits: Vec<(StateId, usize)> = live
        .flat_map(|(state, live)| live.iter().map(move |bit| (StateId(state as u32), bit)))
        .collect();
    let mut tally = Tally {
        live: bits.len(),
        ..Tally::default()
    };
    if bits.len() > arguments.all {
        let mut random = Rng::new(arguments.seed);
        for at in 0..arguments.sample {
            let other = at + random.below((bits.len() - at) as u32) as usize;
            bits.swap(at, other);
        }
        bits.truncate(arguments.sample);
        // State by state.
        bits.sort_unstable();
    }
    tally.left_out = bits.len();
    let found = prove::drops(&claims, &bits, &options);
    let not_named: Vec<_> = (bits.iter().zip(&found))
        .filter(|&(_, found)| *found != Dropped::Named)
        .collect();
    tally.named = bits.len() - not_named.len();
    let exact = match not_named
        .iter()
        .any(|&(_, found)| *found == Dropped::Proved)
    {
        true => {
            let options = ProveOptions {
                state_time: limit,
                ..options
            };
            prove::exact(&claims, &options, |_, _| {})
        }
        false => Vec::new(),
    };
    let no_constants = without_constants(analysis);
    let plain = Claims {
        liveness: &no_constants,
        ..claims
    };
    for (&(state, bit), found) in not_named {
        let named = analysis.liveness.bits.bit(bit);
        let exact = exact.get(state.index());
        let (dead, unknown) = exact.map_or((false, false), |exact| {
            (exact.more.contains(&named), exact.unknown.contains(&named))
        });
        let tell = |what: &str| {
            let register = &analysis.netlist.registers[named.0.index()].name;
            let state = &analysis.graph.states[state.index()].name;
            say(&format!(
                "{}: `{register}[{}]` in `{state}`: {what}",
                design.name, named.1
            ));
        };
        match found {
            Dropped::Proved if told(analysis, state, bit) => tally.told += 1,
            Dropped::Proved if dead => tally.dead += 1,
            Dropped::Unknown => {
                tally.unknown += 1;
                tell("no answer in time");
            }
            Dropped::Proved if unknown => {
                tally.unknown += 1;
                tell("proved, and not judged by the exact method in time");
            }
            Dropped::Proved
                if prove::drops(&plain, &[(state, bit)], &options) == [Dropped::Named] =>
            {
                tally.told += 1;
            }
            _ => {
                tally.survive += 1;
                tell(&format!("{found:?}"));
            }
        }
    }
    tally.time = begin.elapsed();
    tally
}

/// The live bits, with nothing claimed to be constant.
fn without_constants(analysis: &Analysis) -> Liveness {
    let mut liveness = analysis.liveness.clone();
    let none = Constants::none(liveness.bits.len());
    liveness.constants = vec![none; liveness.live.len()];
    liveness.ranges = vec![Ranges::new(); liveness.live.len()];
    liveness
}

/// Whether a state gives a bit by its facts or its other constants.
fn told(analysis: &Analysis, state: StateId, bit: usize) -> bool {
    let (graph, liveness) = (&analysis.graph, &analysis.liveness);
    let register = liveness.bits.bit(bit).0;
    let at = graph.registers.iter().position(|it| *it == register);
    let fact = at.is_some_and(|at| graph.states[state.index()].values[at].is_known());
    fact || liveness.constants[state.index()].value(bit).is_some()
}

#[allow(clippy::print_stdout, reason = "a tool that prints a table")]
fn add(text: &mut String, line: &str) {
    println!("{line}");
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{line}");
}

fn say(message: &str) {
    // A closed standard error leaves nobody to tell.
    let _ = writeln!(std::io::stderr(), "{message}");
}
