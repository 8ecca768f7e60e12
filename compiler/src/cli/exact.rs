//! `idetic prove --exact`: how many bits the analysis keeps that are not live.

use std::time::Instant;

use serde_json::{Value, json};

use crate::cli::args::Format;
use crate::cli::console::Console;
use crate::cli::exit::Exit;
use crate::cli::prove::{bit, bits};
use crate::driver::Analysis;
use crate::prove::{self, Claims, Exact, ProveOptions};

/// States that text lists; JSON has all.
const STATES: usize = 20;

/// Computes, proves and prints.
pub fn run(analysis: &Analysis, options: &ProveOptions, console: &Console) -> Result<(), Exit> {
    let begin = Instant::now();
    let claims = Claims {
        netlist: &analysis.netlist,
        graph: &analysis.graph,
        liveness: &analysis.liveness,
        plan: None,
    };
    let bar = console.progress();
    bar.set_message("exact live bits, state");
    let progress = |done: usize, all: usize| {
        bar.set_length(all as u64);
        bar.set_position(done as u64);
    };
    let states = prove::exact(&claims, options, progress);
    // What flips of single bits say holds for sets, if the step does.
    let mut least = analysis.liveness.clone();
    for exact in &states {
        for &(register, bit) in &exact.more {
            let number = least.bits.of(register, bit);
            least.live[exact.state.index()].remove(number);
        }
    }
    let claims = Claims {
        liveness: &least,
        ..claims
    };
    bar.set_message("proving them, obligation");
    let proved = prove::prove(&claims, options, progress).holds();
    bar.finish_and_clear();
    let answer = Answer {
        analysis,
        states: &states,
        proved,
        seconds: begin.elapsed().as_secs_f64(),
    };
    console.result(&match console.format {
        Format::Text => answer.text(),
        Format::Json => answer.json(),
    })?;
    Ok(())
}

struct Answer<'a> {
    analysis: &'a Analysis,
    states: &'a [Exact],
    proved: bool,
    seconds: f64,
}

impl Answer<'_> {
    fn sum(&self, count: impl Fn(&Exact) -> usize) -> usize {
        self.states.iter().map(count).sum()
    }

    /// Kept, not live, not known, over all states.
    fn sums(&self) -> (usize, usize, usize) {
        (
            self.sum(|exact| exact.kept),
            self.sum(|exact| exact.more.len()),
            self.sum(|exact| exact.unknown.len()),
        )
    }

    /// How many percent more bits the analysis keeps than are live.
    fn percent(&self) -> f64 {
        let (kept, more, _) = self.sums();
        match kept - more {
            0 => 0.0,
            live => 100.0 * more as f64 / live as f64,
        }
    }

    fn text(&self) -> String {
        let (kept, more, unknown) = self.sums();
        let mut out = format!(
            "{:<14} {}: {kept} bits kept over {} control states, {} of them live ({:.2} % more)\n",
            "exact",
            self.analysis.netlist.top,
            self.states.len(),
            kept - more,
            self.percent(),
        );
        if unknown > 0 {
            out.push_str(&format!(
                "{:<14} {unknown} of these in the time given, counted as live\n",
                "unknown"
            ));
        }
        let holds = match self.proved {
            true => "the live sets are proved",
            false => "NOT PROVED: single bits are not live that are together, or the time was up",
        };
        out.push_str(&format!("{:<14} {holds}\n", "check"));
        let with_more = || self.states.iter().filter(|exact| !exact.more.is_empty());
        for exact in with_more().take(STATES) {
            let state = &self.analysis.graph.states[exact.state.index()].name;
            out.push_str(&format!(
                "  `{state}`: {} of {} kept are not live: {}\n",
                exact.more.len(),
                exact.kept,
                bits(self.analysis, &exact.more)
            ));
        }
        let rest = with_more().count().saturating_sub(STATES);
        if rest > 0 {
            out.push_str(&format!("  and {rest} more states, see --format json\n"));
        }
        out.push_str(&format!("{:<14} {:.2} s\n", "time", self.seconds));
        out
    }

    fn json(&self) -> String {
        let (kept, more, unknown) = self.sums();
        let names = |list: &[_]| -> Vec<String> {
            list.iter().map(|&one| bit(self.analysis, one)).collect()
        };
        let states: Vec<Value> = (self.states.iter())
            .map(|exact| {
                json!({
                    "state": self.analysis.graph.states[exact.state.index()].name,
                    "kept_bits": exact.kept,
                    "not_live": names(&exact.more),
                    "unknown": names(&exact.unknown),
                })
            })
            .collect();
        let value = json!({
            "top": self.analysis.netlist.top,
            "kept_bits": kept,
            "live_bits": kept - more - unknown,
            "unknown_bits": unknown,
            "more_percent": self.percent(),
            "proved": self.proved,
            "states": states,
            "time_seconds": self.seconds,
        });
        format!("{value:#}\n")
    }
}
