//! `insert --pareto`: the plans for other weights and bounds.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::bench::Bench;

const ENERGY: &str = "[energy]\ncapacitor_farads = 3.3e-6\non_volts = 3.0\noff_volts = 1.8\nclock_hz = 1e6\n\
                      [nvm]\ntechnology = \"fram\"\n";

/// The report in a folder.
fn report(bench: &Bench, folder: &str) -> Value {
    let text = fs::read_to_string(bench.work().join(folder).join("report.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// The files of an example.
fn example(name: &str, files: &[&str]) -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples-verilog");
    let path = |file: &&str| folder.join(name).join(file).display().to_string();
    files.iter().map(path).collect()
}

/// `--pareto`: the chosen plan is in the front, no plan betters another, and the weights of a
/// plan give it.
#[test]
fn the_front_has_plans_that_their_weights_give() {
    let bench = Bench::new(&[("idetic.toml", ENERGY)]);
    let read = |folder: &str| report(&bench, folder);
    bench.succeeds(&["insert", "design.v", "-q", "-o", "plain"]);
    assert!(read("plain").get("pareto").is_none());
    let shown = bench.succeeds(&["insert", "design.v", "--pareto", "-o", "front"]);
    assert!(shown.stdout.contains("Plans for other weights and bounds"));
    let report = read("front");
    assert_eq!(report["checkpoints"], read("plain")["checkpoints"]);
    assert_eq!(report["pareto_search"]["complete"], true);
    let front = report["pareto"].as_array().unwrap();
    let number = |value: &Value| value.as_f64().unwrap();
    let parts = |point: &Value| {
        [
            "energy_percent",
            "stall_cycles_percent",
            "total_live_bits",
            "largest_save_bits",
            "longest_run_cycles",
        ]
        .map(|key| number(&point[key]))
    };
    let chosen: Vec<_> = front.iter().filter(|it| it["chosen"] == true).collect();
    assert_eq!(chosen.len(), 1);
    let own = |key: &str| number(&report["overhead"][key]);
    // Both are rounded, in different ways.
    let close = |a: f64, b: f64| (a - b).abs() < 0.01 + 1e-5 * b;
    assert!(close(parts(chosen[0])[0], own("energy_percent")));
    assert!(close(parts(chosen[0])[1], own("stall_cycles_percent")));
    assert_eq!(
        chosen[0]["area_percent"],
        report["overhead"]["area_percent"]
    );
    for a in front {
        for b in front.iter().filter(|b| *b != a) {
            let worse = parts(a).iter().zip(parts(b)).any(|(a, b)| *a > b);
            assert!(worse, "{a} betters {b}");
        }
    }
    let weighted = front
        .iter()
        .filter(|it| it.get("bound_save_bits").is_none());
    for point in weighted.filter(|it| it.get("bound_run_cycles").is_none()) {
        let keys = ["energy_weight", "stall_weight", "area_weight"];
        let keys = keys.map(|key| format!("{key} = {:e}\n", number(&point[key])));
        let text = format!("{ENERGY}[plan]\n{}", keys.concat());
        bench.write("idetic.toml", text.as_bytes());
        bench.succeeds(&["insert", "design.v", "-q", "-o", "again"]);
        let again = read("again");
        let states = again["checkpoints"].as_array().unwrap().iter();
        let states: Vec<_> = states
            .map(|checkpoint| checkpoint["state"].clone())
            .collect();
        assert_eq!(point["checkpoints"].as_array().unwrap(), &states, "{point}");
    }
}

#[test]
fn the_front_without_an_energy_model_is_of_bits_and_stalls() {
    let bench = Bench::new(&[]);
    bench.succeeds(&["insert", "design.v", "--pareto", "-q", "-o", "out"]);
    let report = report(&bench, "out");
    let front = report["pareto"].as_array().unwrap();
    assert!(!front.is_empty());
    for point in front {
        assert!(point.get("energy_percent").is_none() && point.get("area_weight").is_none());
        assert!(point["total_saved_bits"].is_u64() && point["stall_cycles_percent"].is_number());
    }
    let chosen = front.iter().filter(|it| it["chosen"] == true);
    assert_eq!(chosen.count(), 1);
}

/// The table of an example with several plans, and its points as data.
#[test]
fn the_front_of_an_example() {
    let bench = Bench::new(&[("idetic.toml", ENERGY)]);
    let files = example(
        "two_fsm",
        &["two_fsm.v", "word_producer.v", "word_consumer.v"],
    );
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    let insert = ["insert", "--pareto", "-q", "--top", "two_fsm"];
    for folder in ["out", "again"] {
        bench.succeeds(&[&insert[..], &["-o", folder], &files].concat());
    }
    let text = fs::read_to_string(bench.work().join("out/report.txt")).unwrap();
    let (_, front) = text
        .split_once("\nPlans for other weights and bounds\n")
        .unwrap();
    let (front, _) = front.split_once("\n\n").unwrap();
    insta::assert_snapshot!("front", front);
    let points = &report(&bench, "out")["pareto"];
    assert!(points.as_array().unwrap().len() > 1);
    insta::assert_json_snapshot!("front_points", points);
    assert_eq!(points, &report(&bench, "again")["pareto"]);
}
