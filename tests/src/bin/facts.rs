//! `cargo xtask facts`: what need not be saved, and why.
//!
//! Per design the live bits over its control states; how many of them, in the mean over the states, are constant, equal to another
//! or its inverse, or a small function of others; how many fewer are live where outputs count only while they are
//! valid; and what that makes of the words which all checkpoints together write.
//!
//! Which outputs count when is guessed from names, since nobody has said so: `X_data` counts while `X_valid` is 1, likewise
//! `enable` and `en`; the longest `X` that fits.

use std::fmt::Write as _;
use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use idetic::driver::{self, Analysis, AnalyzeOptions, InsertOptions};
use idetic::frontend::{ObserveOptions, ObserveOutput};
use idetic::layout::{self, Layout, LayoutOptions};
use idetic::plan::Plan;
use idetic::source::SourceMap;
use idetic_tests::example::EXAMPLES;
use idetic_tests::survey::list::{self, Design};

/// What need not be saved, and why
#[derive(Debug, Parser)]
struct Arguments {
    /// Designs in JSON, as `cargo xtask survey` takes them; without it the examples
    #[arg(long)]
    list: Option<PathBuf>,
    /// Only designs of these names
    #[arg(long)]
    only: Vec<String>,
    /// Bits of a word
    #[arg(long, default_value_t = 32)]
    word_bits: u32,
    /// A file that gets the table too
    #[arg(long)]
    write: Option<PathBuf>,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&error);
            ExitCode::from(2)
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), String> {
    let mut designs: Vec<Design> = match &arguments.list {
        Some(list) => list::read(list)?,
        None => EXAMPLES.iter().map(|example| example.design()).collect(),
    };
    designs.retain(|it| arguments.only.is_empty() || arguments.only.contains(&it.name));
    let mut text = String::new();
    let columns = [
        "design",
        "flip-flop bits",
        "control states",
        "live bits: least",
        "median",
        "most",
        "constant",
        "equal",
        "computed",
        "not observed",
        "words: live",
        "without constants",
        "without equal",
        "without computed",
        "observed only",
    ];
    add(&mut text, &format!("| {} |", columns.join(" | ")));
    add(
        &mut text,
        &format!("| --- |{}", " ---: |".repeat(columns.len() - 1)),
    );
    for design in &designs {
        match row(design, arguments.word_bits) {
            Ok(cells) => add(&mut text, &format!("| {} |", cells.join(" | "))),
            Err(why) => say(&format!("{}: passed over: {why}", design.name)),
        }
    }
    if let Some(path) = &arguments.write {
        fs::write(path, &text).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    Ok(())
}

fn row(design: &Design, word_bits: u32) -> Result<Vec<String>, String> {
    let options = design.analyze_options();
    let analysis = analyzed(&options)?;
    let states = analysis.graph.states.len();
    let mut live: Vec<usize> = (analysis.liveness.live.iter())
        .map(|set| set.count())
        .collect();
    live.sort_unstable();
    let total: usize = live.iter().sum();
    let relations = || {
        let lists = analysis.liveness.relations.iter();
        lists.flat_map(|relations| &relations.0)
    };
    let constant: usize = (analysis.liveness.constants.iter())
        .map(|constants| constants.count())
        .sum();
    let equal = relations().filter(|it| it.is.is_copy()).count();
    let computed = relations().count() - equal;
    let observed = observed(&analysis);
    let narrowed = match &observed {
        None => None,
        Some(observe) => {
            let mut options = options.clone();
            options.read.observe = observe.clone();
            Some(analyzed(&options)?)
        }
    };
    let unobserved = narrowed.as_ref().map(|narrowed| {
        let live = narrowed.liveness.live.iter();
        let rest: usize = live.map(|set| set.count()).sum();
        (total as f64 / states as f64) - (rest as f64 / narrowed.graph.states.len() as f64)
    });
    let mean = |count: usize| format!("{:.1}", count as f64 / states as f64);
    let given_up = analysis.liveness.given_up;
    // A search that was given up found nothing, which says nothing.
    let known = |mean: String, given_up: bool| match given_up {
        true => "–".to_string(),
        false => mean,
    };
    let saves = |analysis: &Analysis, recompute: bool| {
        let options = InsertOptions {
            word_bits,
            recompute,
            ..InsertOptions::default()
        };
        let (laid_out, _) = driver::lay_out(analysis, &options);
        laid_out.ok_or("no plan")
    };
    let (plan, copied) = saves(&analysis, false)?;
    let (_, all) = saves(&analysis, true)?;
    let [every, facts_out] =
        [true, false].map(|constants| plain(&analysis, &plan, constants, word_bits));
    let least = match &narrowed {
        Some(narrowed) => words(&saves(narrowed, true)?.1).to_string(),
        None => String::new(),
    };
    Ok(vec![
        format!("`{}`", design.name),
        analysis.netlist.flop_bits().to_string(),
        states.to_string(),
        live[0].to_string(),
        live[states / 2].to_string(),
        live[states - 1].to_string(),
        known(mean(constant), given_up.constants),
        known(mean(equal), given_up.relations),
        known(mean(computed), given_up.relations),
        unobserved.map_or(String::new(), |bits| format!("{bits:.1}")),
        words(&every).to_string(),
        words(&facts_out).to_string(),
        words(&copied).to_string(),
        words(&all).to_string(),
        least,
    ])
}

fn analyzed(options: &AnalyzeOptions) -> Result<Analysis, String> {
    let (analysis, said) = driver::analyze(options, &mut SourceMap::new());
    analysis.ok_or_else(|| {
        let mut errors = said.list.iter();
        let error = errors.find(|it| it.severity == idetic::diagnostics::Severity::Error);
        error.map_or_else(|| "no reason".to_string(), |it| it.message.clone())
    })
}

/// The plan with nothing derived, and constants saved, too, if they are not to be left out.
fn plain(analysis: &Analysis, plan: &Plan, constants: bool, word_bits: u32) -> Layout {
    let mut plan = plan.clone();
    for checkpoint in &mut plan.checkpoints {
        let derived: Vec<usize> = checkpoint.derived.keys().copied().collect();
        checkpoint.save_derived(derived);
        let facts = &analysis.graph.states[checkpoint.state.index()].values;
        let told = analysis.graph.registers.iter().zip(facts);
        let told: Vec<_> = told
            .filter(|(_, it)| it.is_known())
            .map(|it| it.0)
            .collect();
        let given: Vec<usize> = checkpoint.given.bits().iter().collect();
        for bit in given.into_iter().filter(|_| constants) {
            if !told.contains(&&analysis.liveness.bits.bit(bit).0) {
                checkpoint.given.remove(bit);
                checkpoint.saved.insert(bit);
            }
        }
    }
    let options = LayoutOptions {
        word_bits,
        ..LayoutOptions::default()
    };
    layout::layout(&analysis.netlist, &plan, &analysis.liveness.bits, &options)
}

/// Words written, over all checkpoints.
fn words(layout: &Layout) -> usize {
    layout.live_words.iter().map(|words| words.count()).sum()
}

/// When outputs count, by their names.
fn observed(analysis: &Analysis) -> Option<ObserveOptions> {
    let outputs = || analysis.netlist.outputs.iter();
    let stem = |name: &str| {
        let suffixes = ["valid", "enable", "en"];
        let mut stems = suffixes.iter().filter_map(|it| name.strip_suffix(it));
        stems.find(|it| !it.is_empty()).map(str::to_string)
    };
    let exprs = &analysis.netlist.exprs;
    let valid: Vec<(String, &str)> = outputs()
        .filter(|output| exprs.width(output.expr) == 1)
        .filter_map(|output| Some((stem(&output.name)?, output.name.as_str())))
        .collect();
    let mut options = ObserveOptions {
        path: PathBuf::from("observed by name"),
        ..ObserveOptions::default()
    };
    for output in outputs() {
        if valid.iter().any(|(_, name)| *name == output.name) {
            continue;
        }
        let fitting = valid
            .iter()
            .filter(|(stem, _)| output.name.starts_with(stem.as_str()));
        let Some((_, when)) = fitting.max_by_key(|(stem, _)| stem.len()) else {
            continue;
        };
        let mut put = |text: &str| {
            let start = options.text.len();
            options.text += text;
            let range = start..options.text.len();
            options.text += "\n";
            range
        };
        let (name, when) = (put(&output.name), put(when));
        options.outputs.push(ObserveOutput {
            output: output.name.clone(),
            name,
            when: Some(when),
        });
    }
    (!options.outputs.is_empty()).then_some(options)
}

fn add(text: &mut String, line: &str) {
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{line}");
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{line}");
    let _ = out.flush();
}

fn say(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}
