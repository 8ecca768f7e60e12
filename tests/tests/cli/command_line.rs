//! The command line where nothing is wrong: defaults, streams, colours.

use std::process::{Command, Stdio};

use crate::bench::Bench;

#[test]
fn a_folder_with_a_configuration_needs_no_arguments() {
    let bench = Bench::new(&[(
        "idetic.toml",
        "[design]\nfiles = [\"design.v\"]\n[plan]\nforced = [\"state=IDLE\"]\n",
    )]);
    let outcome = bench.succeeds(&["insert"]);
    assert!(outcome.stdout.contains("Written to core_idetic"));
    assert!(bench.work().join("core_idetic/report.txt").exists());
    // The paths of a configuration are relative to it, those of arguments are not.
    bench.write("sub/x", b"");
    let mut from_below = bench.command(&["insert", "-c", "../idetic.toml", "-o", "out"]);
    from_below
        .current_dir(bench.work().join("sub"))
        .assert()
        .success();
    assert!(bench.work().join("sub/out/report.txt").exists());
}

#[test]
fn states_are_named_as_in_the_source() {
    let bench = Bench::new(&[]);
    let text = bench.succeeds(&["analyze", "design.v"]).stdout;
    for state in ["state=IDLE", "state=RUN,n=3", "state=DONE"] {
        assert!(text.contains(state), "{state} in {text}");
    }
    let json = bench
        .succeeds(&["analyze", "design.v", "--format", "json"])
        .stdout;
    let report: serde_json::Value = serde_json::from_str(&json).unwrap();
    let states = report["control"]["states"].as_array().unwrap();
    assert!(states.iter().any(|state| state["name"] == "state=IDLE"));
}

#[test]
fn quiet_prints_nothing_and_verbose_more() {
    let bench = Bench::new(&[]);
    let quiet = bench.succeeds(&["insert", "design.v", "-q"]);
    assert_eq!((&*quiet.stdout, &*quiet.stderr), ("", ""));
    let plain = bench.succeeds(&["analyze", "design.v"]);
    let verbose = bench.succeeds(&["analyze", "design.v", "-v"]);
    assert!(verbose.stdout.len() > plain.stdout.len());
    assert!(verbose.stderr.contains("liveness"));
}

#[test]
fn colours_are_for_terminals_or_on_demand() {
    let bench = Bench::new(&[]);
    let escape = '\u{1b}';
    let colour = |arguments: &[&str]| bench.refused(1, arguments).stderr.contains(escape);
    assert!(!colour(&["analyze", "nope.v"]));
    assert!(!colour(&["analyze", "nope.v", "--color", "never"]));
    assert!(colour(&["analyze", "nope.v", "--color", "always"]));
}

#[test]
fn help_names_every_flag_and_says_what_it_does() {
    let bench = Bench::new(&[]);
    for command in ["insert", "analyze", "verify"] {
        let help = bench.succeeds(&[command, "--help"]).stdout;
        assert!(help.contains(&format!("Usage: idetic {command}")), "{help}");
        assert!(
            help.contains("-P <NAME=VALUE>") && help.contains("--color"),
            "{help}"
        );
    }
    assert!(bench.succeeds(&["--version"]).stdout.starts_with("idetic "));
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let bench = Bench::new(&[]);
    let mut child = Command::new(env!("CARGO_BIN_EXE_idetic-under-test"))
        .args(["analyze", "design.v", "-v", "--format", "json"])
        .current_dir(bench.work())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[test]
fn a_full_disk_is_an_error() {
    let Ok(full) = std::fs::File::options().write(true).open("/dev/full") else {
        return; // Linux only.
    };
    let bench = Bench::new(&[]);
    let output = Command::new(env!("CARGO_BIN_EXE_idetic-under-test"))
        .args(["analyze", "design.v"])
        .current_dir(bench.work())
        .stdout(full)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("standard output"));
}

/// The text behind an insertion stays text, also in the same line.
#[test]
fn a_design_in_one_line_survives() {
    let line = "module one(input clk, input rst, input d, output o); reg q, p; assign o = ~q; \
                always @(posedge clk) if (rst) q <= 0; else q <= q ^ d; endmodule\n";
    let bench = Bench::new(&[("one.v", line)]);
    bench.succeeds(&["insert", "one.v", "-o", "out"]);
    let emitted = std::fs::read_to_string(bench.work().join("out/one.v")).unwrap();
    assert!(!emitted.contains("//"), "{emitted}");
    let list = bench.work().join("out/one_idetic.f");
    let compiled = std::process::Command::new("iverilog")
        .args(["-g2005", "-Wall", "-s", "one_idetic", "-o"])
        .arg(bench.work().join("a.vvp"))
        .arg("-c")
        .arg(list)
        .output()
        .unwrap();
    assert!(compiled.status.success(), "{compiled:?}");
}
