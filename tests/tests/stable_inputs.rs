//! Inputs that never change: what follows from them is not saved, comes back in both simulators, is proved, and is missed where it is wrong.

use std::fs;
use std::path::{Path, PathBuf};

use idetic::driver::InsertOptions;
use idetic_sim::{CampaignOptions, FailureKind, Simulator};
use idetic_tests::replay::{Recorded, options, unchanged};
use idetic_tests::run::{idetic, output, succeeds};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("designs/stable")
}

fn recorded() -> Recorded {
    let observe = idetic_tests::replay::observed(&folder());
    Recorded::design(&folder(), &folder().join("straps_tb.v"), observe)
}

/// Bits that a checkpoint takes from inputs, at most.
fn from_inputs(recorded: &mut Recorded, recompute: bool) -> usize {
    let inserted = recorded.insert(&InsertOptions {
        recompute,
        ..options(8)
    });
    let checkpoints = inserted.plan.checkpoints.iter();
    let bits = checkpoints.map(|it| it.derived.values().filter(|is| is.has_input()).count());
    bits.max().unwrap_or(0)
}

#[test]
fn copies_inverses_and_functions_of_inputs_are_not_saved() {
    let mut recorded = recorded();
    // `kept` and `inverse`, but for what shares a word with others; `masked` is computed.
    let copied = from_inputs(&mut recorded, false);
    assert_eq!(copied, 20);
    assert!(from_inputs(&mut recorded, true) > copied + 4);
    let observe = Default::default();
    let mut other = Recorded::design(&folder(), &folder().join("straps_tb.v"), observe);
    assert_eq!(from_inputs(&mut other, true), 0);
}

#[test]
fn they_come_back_in_both_simulators_and_a_wrong_wire_is_missed() {
    let mut recorded = recorded();
    let inserted = recorded.insert(&InsertOptions {
        recompute: true,
        ..options(8)
    });
    for simulator in [Simulator::Icarus, Simulator::Verilator] {
        let campaign = CampaignOptions {
            max_points: 300,
            horizon: None,
            max_pairs: 20,
            random_runs: 20,
            ..CampaignOptions::for_simulator(simulator)
        };
        let report = recorded.campaign(&inserted, &unchanged, simulator, &campaign);
        let report = report.expect("the simulator runs");
        assert_eq!(report.failures, [], "{simulator:?}");
        assert!(report.restores > 0);
        // In a restore only, each of them another bit of the key.
        for (from, to) in [
            ("key[3]", "key[4]"),
            ("~idetic_stored(key[10]", "idetic_stored(key[10]"),
        ] {
            let change = |name: &str, text: &str| match name {
                "straps_idetic.v" => {
                    let lines = text.lines().map(|line| {
                        match line.trim_start().starts_with("idetic_given_word[")
                            && line.contains(from)
                        {
                            true => line.replace(from, to),
                            false => line.to_string(),
                        }
                    });
                    let changed = lines.collect::<Vec<_>>().join("\n") + "\n";
                    assert_ne!(changed, text, "{from} in {text}");
                    changed
                }
                _ => text.to_string(),
            };
            let campaign = CampaignOptions {
                stop_after: 1,
                ..campaign.clone()
            };
            let report = recorded.campaign(&inserted, &change, simulator, &campaign);
            let failures = report.expect("the simulator runs").failures;
            let kinds: Vec<FailureKind> = failures.iter().map(|it| it.kind).collect();
            assert!(kinds.contains(&FailureKind::Output), "{from}: {kinds:?}");
        }
    }
}

fn run(command: &str, tb: Option<&Path>, more: &[&str]) -> std::process::Command {
    let scratch = folder();
    let mut run = idetic();
    run.current_dir(&scratch).arg(command).args(more);
    if let Some(tb) = tb {
        run.arg("--tb").arg(tb);
        run.args(["--max-points", "100", "--max-points-icarus", "20"]);
    }
    run
}

#[test]
fn verify_and_prove_take_the_promise_and_hold_it_against_the_testbench() {
    let (passed, _) = succeeds(&mut run("verify", Some(Path::new("straps_tb.v")), &[]));
    assert!(passed.contains("stable inputs"), "{passed}");
    succeeds(&mut run("prove", None, &["--equivalence-timeout", "0"]));
    let bench = std::fs::read_to_string(folder().join("straps_tb.v")).expect("a bench");
    let go = "  reg go = 1'b0;";
    assert!(bench.contains(go));
    let changes = format!("  always @(posedge busy) key = 16'h1234;\n{go}");
    let scratch = tempfile::tempdir().expect("a directory");
    let broken = scratch.path().join("changes_tb.v");
    std::fs::write(&broken, bench.replace(go, &changes)).expect("a file");
    let broken = output(&mut run("verify", Some(&broken), &[]));
    assert_eq!(broken.status.code(), Some(1));
    let said = String::from_utf8_lossy(&broken.stderr);
    for text in [
        "E0809",
        "`key`",
        "16'b1011001111000101",
        "16'b0001001000110100",
    ] {
        assert!(said.contains(text), "{text} in {said}");
    }
    assert!(!said.contains("`mode`"), "{said}");
}

#[test]
fn what_cannot_be_stable_is_refused() {
    for (name, code, text) in [
        ("clk", "E0701", "is a clock"),
        ("rst_n", "E0701", "resets"),
        ("busy", "E0304", "goes out"),
        ("kye", "E0304", "did you mean `key`?"),
    ] {
        let scratch = tempfile::tempdir().expect("a folder");
        let file = fs::read_to_string(folder().join("straps.v")).expect("a design");
        fs::write(scratch.path().join("straps.v"), file).expect("written");
        let config = format!("[input]\nstable = [\"{name}\"]\n");
        fs::write(scratch.path().join("idetic.toml"), config).expect("written");
        let refused = output(
            idetic()
                .current_dir(scratch.path())
                .args(["analyze", "straps.v"]),
        );
        assert_eq!(refused.status.code(), Some(1), "{name}");
        let said = String::from_utf8_lossy(&refused.stderr);
        assert!(said.contains(code) && said.contains(text), "{said}");
        assert!(said.contains("idetic.toml:2:"), "{said}");
    }
}
