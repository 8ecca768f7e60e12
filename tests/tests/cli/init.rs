//! `idetic init`: the file that it writes changes nothing, names every key, and shows them rightly.

use std::fs;

use idetic_tests::example::EXAMPLES;
use idetic_tests::run::{idetic, output, succeeds};
use serde_json::Value;

use crate::bench::Bench;

#[test]
fn what_is_written_changes_nothing() {
    for example in EXAMPLES {
        let folder = tempfile::tempdir().unwrap();
        let analyzed = || -> Value {
            let mut run = idetic();
            run.args(["analyze", "--format", "json"])
                .current_dir(folder.path());
            if !folder.path().join("idetic.toml").exists() {
                run.args(example.files());
            }
            serde_json::from_str(&succeeds(&mut run).0).unwrap()
        };
        let before = analyzed();
        let mut init = idetic();
        succeeds(
            init.arg("init")
                .args(example.files())
                .current_dir(folder.path()),
        );
        assert_eq!(before, analyzed(), "{}", example.name);
    }
}

#[test]
fn every_key_is_there_and_known() {
    let bench = Bench::new(&[]);
    assert_eq!(bench.run(&["init", "design.v"]).code, 0);
    let path = bench.work().join("idetic.toml");
    let written = fs::read_to_string(&path).unwrap();
    let page = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../docs/src/reference/configuration.md"
    );
    let page = fs::read_to_string(page).unwrap();
    for section in ["energy", "nvm", "plan"] {
        let part = page.split(&format!("\n## `[{section}]`")).nth(1).unwrap();
        let part = part.split("\n## ").next().unwrap();
        for row in part.lines().filter_map(|line| line.strip_prefix("| `")) {
            let key = row.split('`').next().unwrap();
            assert!(
                written.contains(&format!("\n# {key} = ")),
                "{key} of [{section}]"
            );
        }
    }
    // Each line that is off, put on by itself: there is such a key, in this section.
    let lines: Vec<&str> = written.lines().collect();
    for (at, line) in lines.iter().enumerate() {
        let Some(on) = line.strip_prefix("# ").filter(|line| line.contains(" = ")) else {
            continue;
        };
        let mut text: Vec<String> = lines.iter().map(ToString::to_string).collect();
        text[at] = on.to_string();
        for line in &mut text {
            if line == "# [energy]" {
                *line = "[energy]".into();
            }
        }
        fs::write(&path, text.join("\n")).unwrap();
        let outcome = bench.run(&["analyze"]);
        let unknown = outcome.stderr.contains("unknown") || outcome.stderr.contains("expected");
        assert!(!unknown, "{on}: {}", outcome.stderr);
    }
}

#[test]
fn several_clocks_are_listed_and_a_file_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let text =
        "module m(input wire a, input wire b, input wire d, output reg q, output reg [3:0] r);
  always @(posedge a) q <= d;
  always @(negedge b) r <= r + d;
endmodule
";
    fs::write(folder.path().join("m.v"), text).unwrap();
    let init = || {
        let mut run = idetic();
        output(run.args(["init", "m.v"]).current_dir(folder.path()))
    };
    assert!(init().status.success());
    let written = fs::read_to_string(folder.path().join("idetic.toml")).unwrap();
    insta::assert_snapshot!(written.split("# With the supply").next().unwrap());
    let again = init();
    assert_eq!(again.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&again.stderr).contains("E0105"));
    let kept = fs::read_to_string(folder.path().join("idetic.toml")).unwrap();
    assert_eq!(kept, written);
}
