//! Random designs: the generator writes what it promises, and idetic makes of each design what the design means.
//!
//! `cargo xtask random --seed S --count N` runs the long campaign over the seeds from S on; one sample of a failure
//! is `cargo xtask random --seed S --count 1`.

use std::fs;
use std::process::Command;

use idetic_tests::random::{
    Generated, Options, Stimulus, Version, cosimulate, generate, run, testbench,
};

/// Designs of the seeds from `first` on.
fn designs(first: u64, count: u64) -> Vec<Generated> {
    (first..first + count)
        .map(|seed| generate(seed, &Options::default()))
        .collect()
}

/// The design with other module names and perhaps other text.
fn copy(design: &Generated, change: impl Fn(String) -> String) -> Version {
    let top = format!("{}_copy", design.top);
    Version {
        text: change(design.text.replace(&design.top, &top)),
        top,
    }
}

#[test]
fn same_seed_gives_the_same_design() {
    let (first, again) = (designs(0, 20), designs(0, 20));
    for (a, b) in first.iter().zip(&again) {
        assert_eq!(a.text, b.text);
    }
    assert!(first[0].text != first[1].text);
}

#[test]
fn every_style_occurs() {
    let text: String = designs(0, 200).into_iter().map(|d| d.text).collect();
    for wanted in [
        "case (1'b1)",
        "casez (",
        "casex (",
        "`define",
        "localparam S_",
        "parameter [",
        "negedge",
        "posedge clk or",
        ", posedge",
        "always @*",
        "always @(*)",
        " function ",
        "generate",
        "for (",
        " +: ",
        " -: ",
        "$signed(",
        ">>>",
        "<<<",
        " / ",
        " % ",
        "===",
        "{2{",
        "_next = ",
        "next_state",
        "output reg",
        "input signed",
        "#(parameter",
        "$clog2",
        "[0:",
        "integer ",
        " #(.W",
    ] {
        assert!(text.contains(wanted), "no design has `{wanted}`");
    }
}

#[test]
fn designs_are_legal_and_synthesizable() {
    let dir = tempfile::tempdir().expect("a directory");
    let list = designs(1000, 24);
    let mut all = String::new();
    for design in &list {
        all.push_str(&design.text);
        all.push_str(&testbench(design, &Stimulus::default()));
        let file = dir.path().join(format!("{}.v", design.top));
        fs::write(&file, &design.text).expect("written");
        let lint = run(Command::new("verilator")
            .args(["--lint-only", "-Wno-fatal", "-Wno-lint", "-Wno-style"])
            .args(["--top-module", &design.top])
            .arg(&file));
        // Verilator 5.006 has a few internal errors of its own.
        if let Err(message) = lint {
            assert!(message.contains("Internal Error"), "{message}");
        }
        // `check` knows loops and missing drivers; a latch is a cell of its own.
        let script = format!(
            "read_verilog {}; hierarchy -check -top {}; proc; check -assert; select -assert-none t:$dlatch",
            file.display(),
            design.top
        );
        if let Err(message) = run(Command::new("yosys").args(["-q", "-p", &script])) {
            // Yosys 0.23 cannot reset an array that it expands itself.
            let own = message.contains("yields non-constant value");
            assert!(own, "seed {}: {message}", design.seed);
        }
    }
    let file = dir.path().join("all.v");
    fs::write(&file, all).expect("written");
    let program = dir.path().join("all.vvp");
    let done = run(Command::new("iverilog")
        .arg("-g2005")
        .arg("-o")
        .arg(program)
        .arg(file));
    done.expect("Icarus takes all of them");
}

#[test]
fn comparison_notices_changes_and_nothing_else() {
    let dir = tempfile::tempdir().expect("a directory");
    let list = designs(2000, 60);
    let versions: Vec<Version> = list
        .iter()
        .map(|design| copy(design, |text| text))
        .collect();
    let pairs: Vec<_> = list.iter().zip(&versions).collect();
    let found = cosimulate(dir.path(), &pairs, &Stimulus::default()).expect("simulated");
    assert_eq!(found, []);

    let change = |text: String| text.replace(" ^ ", " | ").replace("<= 0;", "<= 1;");
    let versions: Vec<Version> = list.iter().map(|design| copy(design, change)).collect();
    let pairs: Vec<_> = list.iter().zip(&versions).collect();
    let found = cosimulate(dir.path(), &pairs, &Stimulus::default()).expect("simulated");
    assert!(found.len() > 40, "only {} of 60 noticed", found.len());
}

#[test]
fn hunt() {
    let dir = tempfile::tempdir().expect("a directory");
    let from = std::env::var("FROM")
        .ok()
        .and_then(|x| x.parse().ok())
        .unwrap_or(0);
    let n = std::env::var("N")
        .ok()
        .and_then(|x| x.parse().ok())
        .unwrap_or(100);
    let mut list = Vec::new();
    for d in designs(from, n) {
        match std::panic::catch_unwind(|| idetic_tests::random::netlist(dir.path(), &d)) {
            Ok(Err(e)) => println!("REFUSED {}: {e}", d.seed),
            Ok(Ok(n)) => list.push((d, n)),
            Err(_) => println!("PANIC {}", d.seed),
        }
    }
    let traces = idetic_tests::random::record(dir.path(), &list, &Stimulus::default()).unwrap();
    for ((d, n), t) in list.iter().zip(&traces) {
        if let Some(m) = idetic_tests::random::compare(d, n, t) {
            println!("{m:?}")
        }
        match std::panic::catch_unwind(|| idetic_tests::random::judge_liveness(d, n, t)) {
            Ok(Some(m)) => println!("LIVE {m}"),
            Ok(None) => {}
            Err(_) => println!("PANIC live {}", d.seed),
        }
    }
}

#[test]
fn show() {
    let s: u64 = std::env::var("FROM")
        .ok()
        .and_then(|x| x.parse().ok())
        .unwrap_or(0);
    let d = generate(s, &Options::default());
    fs::write("/tmp/rnd/show.v", &d.text).unwrap();
    fs::write("/tmp/rnd/show_tb.v", testbench(&d, &Stimulus::default())).unwrap();
    let n = idetic_tests::random::netlist(std::path::Path::new("/tmp/rnd"), &d).unwrap();
    fs::write("/tmp/rnd/show.net", idetic::netlist::print::print(&n)).unwrap();
}
