//! Without a supply failure the instrumented design is the original: proved by Yosys from both texts, and not proved where the
//! text was damaged.

use std::fs;
use std::path::Path;
use std::time::Duration;

use idetic::driver::{self, Inserted};
use idetic::instrument::{AT_REST, Hold};
use idetic_sim::{Equivalence, Side, equivalence};
use idetic_tests::example::{EXAMPLES, Example};
use idetic_tests::replay::{example, unchanged};
use idetic_tests::run::idetic;
use idetic_tests::run::succeeds;

/// Asks Yosys about an example and its instrumented files, each passed through `change` with its name.
fn proved(of: &Example, inserted: &Inserted, change: &dyn Fn(&str, &str) -> String) -> Equivalence {
    let folder = tempfile::tempdir().expect("a folder");
    let mut files = Vec::new();
    for file in &inserted.output.files {
        let path = folder.path().join(&file.name);
        fs::write(&path, change(&file.name, &file.text)).expect("it can be written");
        files.extend(file.listed.then_some(path));
    }
    let original = Side {
        files: of.files(),
        include_dirs: vec![of.folder()],
        defines: Vec::new(),
        top: inserted.output.at_rest.original.clone(),
    };
    let instrumented = Side {
        files,
        include_dirs: vec![folder.path().to_path_buf()],
        defines: Vec::new(),
        top: inserted.output.at_rest.instrumented.clone(),
    };
    let limit = Duration::from_secs(120);
    let sides = [&original, &instrumented];
    equivalence(sides, AT_REST, &of.folder(), folder.path(), limit).expect("Yosys is installed")
}

fn inserted(of: &Example, hold: Hold) -> Inserted {
    let (sources, mut analysis, mut options) = example(of);
    options.instrument.hold = hold;
    let (inserted, diagnostics) = driver::insert(&mut analysis, &sources, &options);
    inserted.unwrap_or_else(|| panic!("{:#?}", diagnostics.list))
}

#[test]
fn insertions_change_no_example() {
    for of in EXAMPLES {
        for hold in [Hold::Gate, Hold::Enable] {
            let found = proved(&of, &inserted(&of, hold), &unchanged);
            let all = matches!(found, Equivalence::Proved { pairs } if pairs > 8);
            assert!(all, "{} {hold:?}: {found:?}", of.name);
        }
    }
}

#[test]
fn damage_is_not_proved() {
    let of = Example::named("gcd");
    let inserted = inserted(&of, Hold::Gate);
    let damages = [
        ("if (idetic_shift)", "if (!idetic_shift)"),
        ("if (ready && start)", "if (ready)"),
        ("x - y", "x - y - 16'd1"),
    ];
    for (from, to) in damages {
        let change = |name: &str, text: &str| match name {
            "gcd.v" => {
                assert!(text.contains(from), "{from}:\n{text}");
                text.replacen(from, to, 1)
            }
            _ => text.to_string(),
        };
        let found = proved(&of, &inserted, &change);
        assert!(matches!(found, Equivalence::Open { .. }), "{to}: {found:?}");
    }
}

#[test]
fn the_command_says_so() {
    let of = Example::named("two_fsm");
    let mut command = idetic();
    command.current_dir(of.folder()).arg("prove");
    let (stdout, _) = succeeds(&mut command);
    let line = "without a supply failure the design is the original";
    assert!(stdout.contains(line), "{stdout}");
    let (stdout, _) = succeeds(command.args(["--equivalence-timeout", "0"]));
    assert!(stdout.contains("not checked"), "{stdout}");
}

/// Yosys 0.23 does not find the register in an interface: equal nothings are no proof.
#[test]
fn what_yosys_does_not_see_is_not_proved() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = "interface lane; logic [7:0] d; modport source(output d); endinterface
module counter(input logic clk, rst, lane.source to);
  always_ff @(posedge clk) if (rst) to.d <= 0; else to.d <= to.d + 8'd3;
endmodule
module top(input logic clk, rst, output logic [7:0] y);
  lane own();
  counter count(clk, rst, own.source);
  assign y = own.d;
endmodule
";
    fs::write(folder.path().join("top.sv"), text).expect("it can be written");
    let mut command = idetic();
    command.current_dir(folder.path());
    let (stdout, _) = succeeds(command.args(["prove", "top.sv", "--top", "top"]));
    assert!(stdout.contains("insertions     not checked"), "{stdout}");
}

/// Blocks that only the emitted text has names for have them in the original for the proof.
#[test]
fn registers_in_blocks_without_a_name_are_paired() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("designs/emit");
    let mut command = idetic();
    command.current_dir(folder);
    let (stdout, _) = succeeds(command.args(["prove", "unnamed.sv", "--top", "unnamed"]));
    let line = "without a supply failure the design is the original";
    assert!(stdout.contains(line), "{stdout}");
}
