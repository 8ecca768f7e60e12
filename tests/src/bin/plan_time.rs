//! `cargo xtask plan-time`: how long the energy model, the plan and the layout take on generated control graphs of up to
//! 4,096 states.
//!
//! Rings visit their states one after the other, jumps lead from every state to a random other one besides, and nests are
//! loops of two counters around some states. All of them are planned for a capacitor, so that the budget binds.

use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use idetic::driver::{self, InsertOptions};
use idetic::energy::{
    EnergyOptions, Figures, Length, Nvm, OnTimeOptions, Supply, Weights, technologies,
};
use idetic_tests::generate::{Shape, control_graph};
use idetic_tests::measure::{heading, milliseconds};
use idetic_tests::replay::analyze;

const WORD_BITS: u32 = 32;
const CLOCK_HZ: f64 = 1e6;

/// Measures the time of plans
#[derive(Debug, Parser)]
struct Arguments {
    /// Control states of the generated designs, about
    #[arg(long, value_delimiter = ',', default_value = "256,1024,4096")]
    states: Vec<usize>,
    /// Capacitor in farads
    #[arg(long, default_value_t = 2e-6)]
    farads: f64,
    /// A file that gets the table too
    #[arg(long)]
    write: Option<PathBuf>,
}

fn main() -> ExitCode {
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
    let mut text = String::new();
    add(&mut text, &heading()?);
    add(
        &mut text,
        "\n| graph | states | edges | failures | control | liveness | energy | plan | layout | checkpoints | method | gap |\n\
         | --- | ---: | ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: | --- | ---: |",
    );
    for shape in Shape::ALL {
        for &states in &arguments.states {
            let file = scratch.path().join(format!("{}_{states}.v", shape.name()));
            fs::write(&file, control_graph(shape, states)).map_err(|error| error.to_string())?;
            for failures in [false, true] {
                let line = planned(shape, &file, arguments.farads, failures)?;
                add(&mut text, &line);
            }
        }
    }
    if let Some(path) = &arguments.write {
        fs::write(path, &text).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    Ok(())
}

/// The row of a design.
fn planned(shape: Shape, file: &PathBuf, farads: f64, failures: bool) -> Result<String, String> {
    let (sources, mut analysis) = analyze(std::slice::from_ref(file), None);
    let technology = technologies().iter().find(|row| row.name == "fram");
    let nvm = Nvm::new(technology, &Figures::default(), WORD_BITS);
    let on_times = OnTimeOptions {
        length: Length::Mean(5e-3),
        fixed: false,
    };
    let options = InsertOptions {
        word_bits: WORD_BITS,
        energy: Some(EnergyOptions {
            supply: Supply {
                capacitor_farads: farads,
                on_volts: 3.0,
                off_volts: 1.8,
                efficiency: 1.0,
            },
            least_harvest_watts: 0.0,
            on_times: failures.then_some(on_times),
            clock_hz: CLOCK_HZ,
            cycle_joules: None,
            power_watts: Some(5e-3),
            stall_joules: None,
            leakage_watts: None,
            state_joules: Default::default(),
            waveform: None,
            nvm: nvm.map_err(|missing| missing.join(", "))?,
            technology,
            weights: Weights::default(),
        }),
        ..InsertOptions::default()
    };
    let (inserted, diagnostics) = driver::insert(&mut analysis, &sources, &options);
    let of = |stage: &str| -> Duration {
        let times = analysis.times.iter().filter(|(name, _)| *name == stage);
        times.map(|(_, time)| *time).sum()
    };
    let stages = ["control", "liveness", "energy", "plan", "layout"];
    let times: Vec<String> = stages.iter().map(|stage| milliseconds(of(stage))).collect();
    let Some(inserted) = inserted else {
        return Err(format!("{}: {:?}", shape.name(), diagnostics.list));
    };
    let optimality = &inserted.plan.optimality;
    let gap = (optimality.objective - optimality.lower_bound) / optimality.objective * 100.0;
    Ok(format!(
        "| {} | {} | {} | {} | {} | {} | {} | {gap:.1} % |",
        shape.name(),
        analysis.graph.states.len(),
        analysis.graph.edges.len(),
        if failures { "counted" } else { "–" },
        times.join(" | "),
        inserted.plan.checkpoints.len(),
        optimality.method
    ))
}

/// Takes a line into the text, and prints it.
fn add(text: &mut String, line: &str) {
    // Who closes standard output has read enough.
    let _ = writeln!(std::io::stdout(), "{line}");
    text.push_str(line);
    text.push('\n');
}
