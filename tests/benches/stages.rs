//! How long each stage takes: on the examples, on a generated design of 10,000 lines, and on a third-party `sha256_core`.
//!
//!     IDETIC_SHA256=…/src/rtl cargo bench -p idetic-tests
//!
//! The folder holds `sha256_core.v`, `sha256_w_mem.v` and `sha256_k_constants.v`; without the variable that design is passed
//! over. `-- NAME` keeps to the designs and stages of that name, and `-- table` measures none of them by themselves.
//!
//! At the end stands a table in Markdown with the median of each stage, and the ratio of the whole `idetic analyze` of
//! sha256_core to Yosys reading and flattening the same files, each as a process of its own, in turns.

#![allow(clippy::print_stdout, reason = "a benchmark prints its table")]

use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use criterion::{BenchmarkId, Criterion};
use idetic::driver::{self, Times};
use idetic_tests::example::EXAMPLES;
use idetic_tests::generate::state_machine;
use idetic_tests::replay::{analyze, options};
use idetic_tests::run::{idetic, succeeds};

/// Runs of a design, of which the median counts.
const RUNS: usize = 5;

/// Lines of the generated designs: the larger one is what counts, the smaller one shows how stages grow.
const LINES: [usize; 2] = [2_500, 10_000];

const SHA256_FILES: [&str; 3] = ["sha256_core.v", "sha256_w_mem.v", "sha256_k_constants.v"];

struct Subject {
    name: String,
    files: Vec<PathBuf>,
    top: String,
}

/// The files of sha256_core, where the environment names their folder.
fn sha256() -> Option<Vec<PathBuf>> {
    let folder = PathBuf::from(std::env::var_os("IDETIC_SHA256")?);
    Some(SHA256_FILES.iter().map(|file| folder.join(file)).collect())
}

/// One whole run, from text to emitted text.
fn whole(subject: &Subject) -> Times {
    let (sources, mut analysis) = analyze(&subject.files, Some(&subject.top));
    let (inserted, diagnostics) = driver::insert(&mut analysis, &sources, &options(32));
    assert!(inserted.is_some(), "{:#?}", diagnostics.list);
    analysis.times
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

/// The stages with the median of each.
fn medians(subject: &Subject) -> Times {
    let runs: Vec<Times> = (0..RUNS).map(|_| whole(subject)).collect();
    let stages = runs[0].iter().enumerate();
    stages
        .map(|(at, (stage, _))| (*stage, median(runs.iter().map(|run| run[at].1).collect())))
        .collect()
}

fn milliseconds(time: Duration) -> String {
    format!("{:.1}", time.as_secs_f64() * 1e3)
}

fn print_table(subjects: &[Subject]) {
    let rows: Vec<(&str, Times)> = subjects
        .iter()
        .map(|subject| (subject.name.as_str(), medians(subject)))
        .collect();
    let stages: Vec<&str> = rows[0].1.iter().map(|(stage, _)| *stage).collect();
    println!("\nMilliseconds, medians of {RUNS} runs:\n");
    println!("| design | {} | all |", stages.join(" | "));
    println!("| --- |{}", " ---: |".repeat(stages.len() + 1));
    for (name, times) in rows {
        let cells: Vec<String> = times.iter().map(|(_, time)| milliseconds(*time)).collect();
        let all: Duration = times.iter().map(|(_, time)| *time).sum();
        println!("| {name} | {} | {} |", cells.join(" | "), milliseconds(all));
    }
}

fn time(command: &mut Command) -> Duration {
    let start = Instant::now();
    succeeds(command);
    start.elapsed()
}

/// `idetic analyze` against Yosys, on the same files in the same run.
fn print_ratio(files: &[PathBuf]) {
    let paths: Vec<String> = files
        .iter()
        .map(|file| file.display().to_string())
        .collect();
    let script = format!(
        "read_verilog {}; hierarchy -top sha256_core; proc; flatten; opt",
        paths.join(" ")
    );
    let (mut own, mut yosys) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        own.push(time(
            idetic()
                .args(["analyze", "--top", "sha256_core"])
                .args(files),
        ));
        yosys.push(time(Command::new("yosys").args(["-p", &script])));
    }
    let (own, yosys) = (median(own), median(yosys));
    println!(
        "\nidetic analyze of sha256_core: {} ms; yosys read_verilog, hierarchy, proc, flatten, opt: {} ms; ratio {:.2}\n",
        milliseconds(own),
        milliseconds(yosys),
        own.as_secs_f64() / yosys.as_secs_f64()
    );
}

fn main() {
    // `cargo test --benches` only asks whether it builds and starts.
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    let scratch = tempfile::tempdir().expect("a temporary directory");
    let mut subjects: Vec<Subject> = EXAMPLES
        .iter()
        .map(|example| Subject {
            name: example.name.to_string(),
            files: example.files(),
            top: example.name.to_string(),
        })
        .collect();
    for lines in LINES {
        let file = scratch.path().join(format!("generated_{lines}.v"));
        std::fs::write(&file, state_machine(lines)).expect("a file in the temporary directory");
        subjects.push(Subject {
            name: format!("generated, {lines} lines"),
            files: vec![file],
            top: "generated".to_string(),
        });
    }
    let sha256 = sha256();
    match &sha256 {
        Some(files) => subjects.push(Subject {
            name: "sha256_core".to_string(),
            files: files.clone(),
            top: "sha256_core".to_string(),
        }),
        None => println!("IDETIC_SHA256 is not set: sha256_core is passed over"),
    }

    let mut criterion = Criterion::default()
        .sample_size(10)
        .measurement_time(Duration::from_secs(3))
        .warm_up_time(Duration::from_secs(1))
        .configure_from_args();
    for subject in &subjects {
        let stages: Vec<&str> = whole(subject).iter().map(|(stage, _)| *stage).collect();
        let mut group = criterion.benchmark_group(&subject.name);
        for (at, stage) in stages.into_iter().enumerate() {
            // The driver times its stages itself; a run of all gives a sample of one.
            group.bench_function(BenchmarkId::from_parameter(stage), |bencher| {
                bencher.iter_custom(|count| (0..count).map(|_| whole(subject)[at].1).sum());
            });
        }
        group.finish();
    }
    criterion.final_summary();
    print_table(&subjects);
    if let Some(files) = &sha256 {
        print_ratio(files);
    }
}
