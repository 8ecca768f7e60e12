//! `idetic prove` and `idetic insert --prove`.

use serde_json::Value;

use crate::bench::Bench;

#[test]
fn a_design_is_proved() {
    let bench = Bench::new(&[]);
    let outcome = bench.run(&["prove", "design.v"]);
    assert_eq!((outcome.code, outcome.stderr.as_str()), (0, ""));
    assert!(
        outcome.stdout.contains("core: proved"),
        "{}",
        outcome.stdout
    );

    let outcome = bench.run(&["prove", "design.v", "--format", "json"]);
    let proof: Value = serde_json::from_str(&outcome.stdout).unwrap();
    assert_eq!(proof["proved"], true);
    let obligations = proof["obligations"].as_array().unwrap();
    assert_eq!(obligations[0]["subject"], "start");
    let all = obligations.iter().all(|one| one["verdict"] == "proved");
    assert!(all && obligations.len() > 2, "{proof}");
}

#[test]
fn a_lost_bit_is_refuted_by_name() {
    let bench = Bench::new(&[]);
    let lost = ["--drop-bit", "y[5]"];
    let outcome = bench.run(&[&["prove", "design.v"], &lost[..]].concat());
    assert_eq!(outcome.code, 3);
    assert!(
        outcome.stderr.contains("error[E0806]"),
        "{}",
        outcome.stderr
    );
    assert!(outcome.stderr.contains("`y[5]`"), "{}", outcome.stderr);

    let json = ["--format", "json"];
    let outcome = bench.run(&[&["prove", "design.v"], &lost[..], &json].concat());
    let proof: Value = serde_json::from_str(&outcome.stdout).unwrap();
    assert_eq!(proof["proved"], false);
    let named = |one: &Value| one["counterexample"]["bits"][0] == "y[5]";
    assert!(proof["obligations"].as_array().unwrap().iter().any(named));
}

#[test]
fn nothing_is_written_without_the_proof_asked_for() {
    let bench = Bench::new(&[]);
    let insert = ["insert", "design.v", "-o", "out", "--prove"];
    bench.refused(3, &[&insert[..], &["--drop-bit", "y[5]"]].concat());
    let outcome = bench.run(&insert);
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    assert!(
        outcome.stdout.contains("core: proved"),
        "{}",
        outcome.stdout
    );
    assert!(bench.work().join("out/core_idetic.f").exists());
}

#[test]
fn yosys_checks_what_is_exported() {
    let bench = Bench::new(&[]);
    let yosys = |dir: &str| {
        let mut command = std::process::Command::new("yosys");
        command.args(["-q", "check.ys"]);
        let output = command.current_dir(bench.work().join(dir)).output();
        output.expect("Yosys is installed")
    };
    bench.succeeds(&["prove", "design.v", "--export", "sound"]);
    let output = yosys("sound");
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{told}");

    // A bit that matters is lost: both say so, without anything in common.
    let lost = [
        "prove",
        "design.v",
        "--export",
        "lost",
        "--drop-bit",
        "y[5]",
    ];
    assert_eq!(bench.run(&lost).code, 3);
    let output = yosys("lost");
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success(), "{told}");
    assert!(told.contains("proof did fail"), "{told}");

    bench.refused(1, &["prove", "design.v", "--export", "lost"]);
}
