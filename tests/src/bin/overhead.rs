//! `cargo xtask overhead`: what surviving costs, in area and energy, on the examples or a list of designs.
//!
//! Area is measured: Yosys maps the original and what idetic emits (with the best plan, with every flip-flop saved, with
//! every control state a checkpoint, with the best plan for a policy that skips most saves) to the cells of a Liberty file and adds them up. Energy and stalled clocks are those of the
//! cost report, for each technology of the shipped table and several capacitors, under both policies.

use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, ExitCode};
use std::thread;
use std::time::Duration;

use clap::Parser;
use idetic::diagnostics::Diagnostics;
use idetic::driver::{self, Analysis, InsertOptions, Inserted};
use idetic::energy::{
    EnergyOptions, Figures, Nvm, Supply, Technology, Weights, engineering, technologies,
};
use idetic::plan::{Alternative, Policy};
use idetic::report::{self, Report};
use idetic::source::SourceMap;
use idetic_tests::example::EXAMPLES;
use idetic_tests::survey::command;
use idetic_tests::survey::list::{self, Design};
use idetic_tests::survey::quiet;
use idetic_tests::survey::yosys;

/// Stack in bytes, as in the `idetic` command.
const STACK: usize = 512 << 20;

/// Capacitors in farads.
const CAPACITORS: [f64; 4] = [1e-6, 3.3e-6, 10e-6, 47e-6];

/// Bits of an NVM word.
const WORD_BITS: u32 = 32;

/// The clock of all designs.
const CLOCK_HZ: f64 = 10e6;

/// Where Debian's `qflow-tech-osu018` puts the OSU 0.18 µm library.
const LIBERTY: &str = "/usr/share/qflow/tech/osu018/osu018_stdcells.lib";

/// Measures the area, and tabulates the energy, that surviving costs
#[derive(Debug, Parser)]
struct Arguments {
    /// The list, in JSON; the examples are always in
    #[arg(long)]
    list: Option<PathBuf>,
    /// Only designs of these names
    #[arg(long)]
    only: Vec<String>,
    /// The cells, from Debian's qflow-tech-osu018
    #[arg(long, default_value = LIBERTY)]
    liberty: PathBuf,
    /// Limit of each mapping in seconds
    #[arg(long, default_value_t = 600)]
    limit: u64,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let worker = thread::Builder::new()
        .stack_size(STACK)
        .spawn(move || run(&arguments));
    match worker.map(thread::JoinHandle::join) {
        Ok(Ok(Ok(()))) => ExitCode::SUCCESS,
        Ok(Ok(Err(error))) => {
            say(&error);
            ExitCode::from(2)
        }
        _ => ExitCode::from(101),
    }
}

fn run(arguments: &Arguments) -> Result<(), String> {
    if !arguments.liberty.is_file() {
        return Err(format!(
            "{} is not there: apt-get install qflow-tech-osu018, or name another with --liberty",
            arguments.liberty.display()
        ));
    }
    let mut designs: Vec<Design> = EXAMPLES.iter().map(|example| example.design()).collect();
    if let Some(list) = &arguments.list {
        designs.extend(list::read(list)?);
    }
    let wanted = |name: &String| arguments.only.is_empty() || arguments.only.contains(name);
    designs.retain(|design| wanted(&design.name));
    let mut area = table(&[
        "design",
        "area",
        "added",
        "every flip-flop",
        "live bits at every state",
        "FRAM, 10 µF, threshold",
    ]);
    let mut columns = vec!["design".to_string(), "NVM".to_string()];
    columns.extend(["bits", "words"].map(str::to_string));
    for farads in CAPACITORS {
        columns.push(format!("{}: energy, stall", engineering(farads, "F")));
    }
    columns.extend(["every visit", "every flip-flop", "every state"].map(str::to_string));
    let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
    let mut energy = table(&columns);
    for design in &designs {
        say(&design.name);
        let mut sources = SourceMap::new();
        let mut analysis = analyze(design, &mut sources)?;
        area.push_str(&area_row(design, &mut analysis, &sources, arguments)?);
        // Of some the sources do not give all that is needed.
        let complete = technologies()
            .iter()
            .filter(|row| Nvm::new(Some(row), &Figures::default(), WORD_BITS).is_ok());
        for technology in complete {
            energy.push_str(&energy_row(design, &mut analysis, &sources, technology));
        }
    }
    // A closed standard output leaves nobody to tell.
    let _ = std::io::stdout().write_all(format!("{area}\n{energy}").as_bytes());
    Ok(())
}

/// The head of a table in Markdown.
fn table(columns: &[&str]) -> String {
    let rule = " --- |".repeat(columns.len());
    format!("| {} |\n|{rule}\n", columns.join(" | "))
}

fn row(cells: &[String]) -> String {
    format!("| {} |\n", cells.join(" | "))
}

fn analyze(design: &Design, sources: &mut SourceMap) -> Result<Analysis, String> {
    let (analysis, said) = driver::analyze(&design.analyze_options(), sources);
    analysis.ok_or_else(|| first(design, &said))
}

fn first(design: &Design, said: &Diagnostics) -> String {
    let message = said.list.first().map_or("no reason", |it| &it.message);
    format!("{}: {message}", design.name)
}

fn insert(
    design: &Design,
    analysis: &mut Analysis,
    sources: &SourceMap,
    options: &InsertOptions,
) -> Result<Inserted, String> {
    let (inserted, said) = driver::insert(analysis, sources, options);
    inserted.ok_or_else(|| first(design, &said))
}

/// Area of the original, and what the emitted designs add to it.
fn area_row(
    design: &Design,
    analysis: &mut Analysis,
    sources: &SourceMap,
    arguments: &Arguments,
) -> Result<String, String> {
    let scratch = tempfile::tempdir().map_err(|error| error.to_string())?;
    // Yosys refuses `$finish` in a process.
    let original = quiet::quiet(design, scratch.path())?;
    let read = yosys::read_commands(original.as_ref().unwrap_or(design));
    let own = mapped(&read, arguments);
    let own = match own {
        Ok(own) => own,
        Err(error) => return Ok(row(&[design.name.clone(), format!("– ({error})")])),
    };
    let mut cells = vec![design.name.clone(), format!("{own:.0}")];
    let of = |alternative| InsertOptions {
        word_bits: WORD_BITS,
        alternative,
        ..InsertOptions::default()
    };
    let fram = technologies().iter().find(|row| row.name == "fram");
    let skipping = fram.and_then(|fram| energy_options(fram, 10e-6));
    let variants = [
        of(None),
        of(Some(Alternative::EveryFlop)),
        of(Some(Alternative::EveryState)),
        InsertOptions {
            policy: Policy::Threshold,
            energy: skipping,
            ..of(None)
        },
    ];
    for options in variants {
        let inserted = match insert(design, analysis, sources, &options) {
            Ok(inserted) => inserted,
            Err(error) => {
                cells.push(format!("– ({error})"));
                continue;
            }
        };
        let scratch = tempfile::tempdir().map_err(|error| error.to_string())?;
        let output = &inserted.output;
        let mut files = Vec::new();
        for file in &output.files {
            let path = scratch.path().join(&file.name);
            fs::write(&path, &file.text).map_err(|error| error.to_string())?;
            if !file.name.ends_with("h") {
                files.push(path);
            }
        }
        let emitted = Design {
            cwd: None,
            top: output.top.clone(),
            files,
            incdirs: vec![scratch.path().to_path_buf()],
            lang: list::Language::SystemVerilog,
            yosys_files: None,
            ..design.clone()
        };
        let emitted_quiet = quiet::quiet(&emitted, scratch.path())?;
        let read = yosys::read_commands(emitted_quiet.as_ref().unwrap_or(&emitted));
        cells.push(match mapped(&read, arguments) {
            Ok(with) => format!("{:.1} %", (with - own) / own * 100.0),
            Err(error) => format!("– ({error})"),
        });
    }
    Ok(row(&cells))
}

/// The sum of the cells that Yosys maps a design to.
fn mapped(read: &str, arguments: &Arguments) -> Result<f64, String> {
    let scratch = tempfile::tempdir().map_err(|error| error.to_string())?;
    let liberty = arguments.liberty.display();
    let script = format!(
        "{read}opt\nmemory\nopt\ntechmap\nopt\ndfflibmap -liberty {liberty}\nopt
abc -liberty {liberty}\nopt_clean\nstat -liberty {liberty}\n"
    );
    let file = scratch.path().join("area.ys");
    fs::write(&file, script).map_err(|error| error.to_string())?;
    let limit = Duration::from_secs(arguments.limit);
    let mut command = Command::new("yosys");
    command.args(["-Q", "-T", "-s"]).arg(&file);
    let said = command::succeed(&mut command, limit, scratch.path())?.stdout;
    area_of(&said).ok_or_else(|| "Yosys gives no area".to_string())
}

/// The last area that `stat` printed.
fn area_of(said: &str) -> Option<f64> {
    let lines = said.lines().rev();
    let mut areas = lines.filter(|line| line.contains("Chip area for"));
    areas.next()?.rsplit_once(':')?.1.trim().parse().ok()
}

/// What the report says of a technology with each capacitor.
fn energy_row(
    design: &Design,
    analysis: &mut Analysis,
    sources: &SourceMap,
    technology: &'static Technology,
) -> String {
    let mut cells = vec![design.name.clone(), technology.name.clone()];
    let reports: Vec<Option<Report>> = CAPACITORS
        .iter()
        .map(|&farads| priced(design, analysis, sources, technology, farads))
        .collect();
    let Some(last) = reports.iter().rev().flatten().next() else {
        cells.push("no plan fits".to_string());
        cells.extend(vec![String::new(); CAPACITORS.len() + 4]);
        return row(&cells);
    };
    let own = &last.comparison[0];
    cells.push(own.saved_bits.to_string());
    cells.push(own.saved_words.to_string());
    for report in &reports {
        let overhead = report.as_ref().and_then(|report| report.overhead.as_ref());
        let policies = overhead.into_iter().flat_map(|overhead| &overhead.policies);
        let mut policies = policies;
        let threshold = policies.find(|of| of.policy == "threshold");
        cells.push(match threshold {
            Some(of) => format!(
                "{} %, {} %",
                digits(of.energy_percent),
                digits(of.stall_cycles_percent)
            ),
            None => "no plan".to_string(),
        });
    }
    for of in &last.comparison {
        let energy = of.energy_percent.unwrap_or(0.0);
        cells.push(format!("{} %", digits(energy)));
    }
    row(&cells)
}

fn priced(
    design: &Design,
    analysis: &mut Analysis,
    sources: &SourceMap,
    technology: &'static Technology,
    farads: f64,
) -> Option<Report> {
    let options = InsertOptions {
        word_bits: WORD_BITS,
        energy: Some(energy_options(technology, farads)?),
        ..InsertOptions::default()
    };
    let inserted = insert(design, analysis, sources, &options).ok()?;
    let compared = driver::alternatives(analysis, &options, &inserted.plan);
    Some(report::report(&report::Inputs {
        sources,
        netlist: &analysis.netlist,
        observe: &analysis.options.read.observe,
        graph: &analysis.graph,
        liveness: &analysis.liveness,
        hazards: &[],
        plan: Some((&inserted.plan, &inserted.layout)),
        energy: inserted.energy.as_ref(),
        policy: options.policy,
        compared: &compared,
        pareto: None,
        design_hash: &analysis.hash,
        word_bits: WORD_BITS,
        widths: &[],
    }))
}

/// Three digits.
fn digits(value: f64) -> String {
    match value {
        _ if value >= 100.0 => format!("{value:.0}"),
        _ if value >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

fn say(message: &str) {
    // A closed standard error leaves nobody to tell.
    let _ = writeln!(std::io::stderr(), "{message}");
}

/// A supply with a capacitor, and a memory; `None` where its sources do not give all that is needed.
fn energy_options(technology: &'static Technology, farads: f64) -> Option<EnergyOptions> {
    Some(EnergyOptions {
        least_harvest_watts: 0.0,
        on_times: None,
        supply: Supply {
            capacitor_farads: farads,
            on_volts: 3.0,
            off_volts: 1.8,
            efficiency: 0.9,
        },
        clock_hz: CLOCK_HZ,
        cycle_joules: None,
        power_watts: None,
        stall_joules: None,
        leakage_watts: None,
        state_joules: Default::default(),
        waveform: None,
        nvm: Nvm::new(Some(technology), &Figures::default(), WORD_BITS).ok()?,
        technology: Some(technology),
        weights: Weights::default(),
    })
}

#[cfg(test)]
mod tests {
    use super::area_of;

    #[test]
    fn the_area_of_the_top_is_the_last() {
        let said = "   Chip area for module '\\a': 12.5\nx\n   Chip area for top module '\\b': 96.000000\n";
        assert_eq!(area_of(said), Some(96.0));
        assert_eq!(area_of("no cells"), None);
    }
}
