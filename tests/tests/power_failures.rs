//! Every example the whole way through the command line: instrumented, taken by the simulators and by Yosys without a new
//! word, and replayed under supply failures in both simulators.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use idetic::instrument::edits;
use idetic_tests::example::{EXAMPLES, Example};
use idetic_tests::run::{idetic, output, succeeds};
use serde_json::Value;

/// `idetic` in the example's folder, where its configuration is.
fn idetic_in(example: &Example, arguments: &[&str]) -> Command {
    let mut command = idetic();
    command.current_dir(example.folder()).args(arguments);
    command
}

/// Verifies an example; the JSON of the result.
fn verify(example: &Example, arguments: &[&str]) -> Value {
    let mut command = idetic_in(
        example,
        &["verify", "--format", "json", "--jobs", "2", "--tb"],
    );
    command.arg(example.bench()).args(arguments);
    let (stdout, _) = succeeds(&mut command);
    serde_json::from_str(&stdout).expect("the result is JSON")
}

/// Checks that every point tried in every simulator has passed, that there were failures, restores and commits enough to mean
/// something, and that the outputs were looked at.
fn check(result: &Value, least_points: &[(&str, u64)]) {
    assert_eq!(result["passed"], true, "{result:#}");
    let campaigns = result["campaigns"].as_array().expect("a list of campaigns");
    assert_eq!(campaigns.len(), least_points.len(), "{result:#}");
    for (campaign, (simulator, least)) in campaigns.iter().zip(least_points) {
        let number = |key: &str| campaign[key].as_u64().expect("a number");
        assert_eq!(campaign["simulator"], *simulator);
        assert_eq!(number("points_tried"), number("points_passed"));
        assert!(number("points_tried") >= *least, "{campaign:#}");
        assert!(number("commits") > 0, "{campaign:#}");
        assert!(
            number("restores") * 2 > number("points_tried"),
            "{campaign:#}"
        );
        assert!(number("compared_bits") > 500, "{campaign:#}");
        assert_eq!(
            number("logical_cycles"),
            result["recording"]["logical_cycles"].as_u64().unwrap()
        );
    }
}

/// An example in both simulators as it is, at the points that fit into a few seconds.
fn survives(name: &str) {
    let points = ["--max-points", "150", "--max-points-icarus", "24"];
    let result = verify(&Example::named(name), &points);
    check(&result, &[("verilator", 200), ("icarus", 40)]);
}

/// An example instrumented otherwise, in Icarus.
fn survives_with(name: &str, arguments: &[&str]) {
    let points = ["--sim", "icarus", "--max-points-icarus", "24"];
    let result = verify(&Example::named(name), &[&points, arguments].concat());
    check(&result, &[("icarus", 40)]);
}

#[test]
fn every_example_has_its_test() {
    let folder = Example::named("gcd").folder();
    let on_disk: BTreeSet<String> = fs::read_dir(folder.parent().unwrap())
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.path().join("idetic.toml").exists())
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect();
    let listed: BTreeSet<String> = EXAMPLES.iter().map(|e| e.name.to_owned()).collect();
    assert_eq!(on_disk, listed);
    let own = include_str!("power_failures.rs");
    for name in listed {
        let tested = ["survives", "memories_survive"];
        let tested = tested.map(|test| own.contains(&format!("{test}({name:?}")));
        assert!(tested.contains(&true), "{name}");
    }
}

#[test]
fn fir_survives() {
    survives("fir");
}

#[test]
fn gcd_survives() {
    survives("gcd");
}

/// Memories take many clocks to save; fewer points do.
fn memories_survive(name: &str, arguments: &[&str]) {
    let points = ["--sim", "icarus", "--max-points-icarus", "6"];
    let result = verify(&Example::named(name), &[&points, arguments].concat());
    check(&result, &[("icarus", 20)]);
}

#[test]
fn two_memories_survive() {
    memories_survive("histogram", &[]);
}

#[test]
fn initial_values_survive() {
    memories_survive("keystream", &["--hold", "enable", "--word-bits", "64"]);
}

#[test]
fn serial_divider_survives() {
    survives("serial_divider");
}

#[test]
fn tally_survives() {
    survives("tally");
}

#[test]
fn two_fsm_survives() {
    survives("two_fsm");
}

#[test]
fn uart_tx_survives() {
    survives("uart_tx");
}

#[test]
fn xtea_cipher_survives() {
    survives("xtea_cipher");
}

#[test]
fn clock_gates_and_resets_made_by_logic_survive() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("designs/clocking");
    let mut command = idetic();
    command.current_dir(folder).args([
        "verify",
        "gated.v",
        "--format",
        "json",
        "--jobs",
        "2",
        "--tb",
        "gated_tb.v",
        "--max-points",
        "150",
        "--max-points-icarus",
        "40",
    ]);
    let (stdout, _) = succeeds(&mut command);
    let result: Value = serde_json::from_str(&stdout).expect("the result is JSON");
    check(&result, &[("verilator", 200), ("icarus", 50)]);
}

/// `verify` does not replay several clocks or black boxes with state. Here a bench of our own does, which knows the design.
#[test]
fn a_machine_survives_beside_its_neighbours() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("designs/clocking");
    let scratch = tempfile::tempdir().unwrap();
    let out = scratch.path().join("out");
    let (configuration, design) = (folder.join("neighbours.toml"), folder.join("neighbours.v"));
    let mut insert = idetic();
    insert
        .current_dir(scratch.path())
        .arg("insert")
        .arg(&design);
    insert
        .arg("--top")
        .arg("neighbours")
        .arg("-c")
        .arg(configuration);
    let (report, warnings) = succeeds(insert.arg("-o").arg(&out));
    assert!(
        report.contains("rising edge of slow_clk: 12 bits"),
        "{report}"
    );
    assert!(
        warnings.contains("does not go back with the design"),
        "{warnings}"
    );
    let image = fs::read_to_string(out.join("image.json")).unwrap();
    let image: Value = serde_json::from_str(&image).unwrap();
    // The original under another name, and the macro once.
    let text = fs::read_to_string(design).unwrap();
    let at = text.find("module neighbours(").unwrap();
    let alone = scratch.path().join("alone.v");
    fs::write(
        &alone,
        text[at..].replacen("neighbours", "neighbours_alone", 1),
    )
    .unwrap();
    let program = scratch.path().join("program");
    let mut compile = Command::new("iverilog");
    compile
        .current_dir(scratch.path())
        .args(["-g2012", "-s", "neighbours_tb"]);
    compile.arg(format!("-DADDRESS_BITS={}", image["address_bits"]));
    for slot in 0..2 {
        let address = &image["commit_word_addresses"][slot];
        compile.arg(format!("-DCOMMIT_{slot}={address}"));
    }
    compile
        .arg("-o")
        .arg(&program)
        .arg("-c")
        .arg(out.join("neighbours_idetic.f"));
    succeeds(compile.arg(alone).arg(folder.join("neighbours_tb.v")));
    let (stdout, _) = succeeds(Command::new("vvp").arg("-n").arg(&program));
    assert!(stdout.lines().any(|line| line == "EQUAL"), "{stdout}");
    let mut lint = Command::new("verilator");
    lint.current_dir(scratch.path())
        .args(["--lint-only", "-Wall", "-Wno-DECLFILENAME", "-f"]);
    succeeds(
        lint.arg(out.join("neighbours_idetic.f"))
            .args(["--top-module", "neighbours_idetic"]),
    );
}

#[test]
fn words_of_any_width_survive() {
    for name in ["gcd", "two_fsm"] {
        for bits in ["8", "16", "64"] {
            survives_with(name, &["--word-bits", bits]);
        }
    }
}

#[test]
fn designs_held_by_enables_survive() {
    for name in ["gcd", "serial_divider", "two_fsm", "uart_tx"] {
        survives_with(name, &["--hold", "enable"]);
    }
}

#[test]
fn enables_survive_in_verilator() {
    let arguments = [
        "--sim",
        "verilator",
        "--max-points",
        "150",
        "--hold",
        "enable",
        "--word-bits",
        "16",
    ];
    let result = verify(&Example::named("two_fsm"), &arguments);
    check(&result, &[("verilator", 200)]);
}

/// An instrumented example in a directory of its own.
struct Emitted {
    directory: tempfile::TempDir,
    top: String,
}

fn insert(example: &Example, arguments: &[&str]) -> Emitted {
    let directory = tempfile::tempdir().unwrap();
    let mut command = idetic_in(example, &["insert", "--quiet", "--output"]);
    command.arg(directory.path().join("out")).args(arguments);
    let (stdout, stderr) = succeeds(&mut command);
    assert_eq!((stdout.as_str(), stderr.as_str()), ("", ""));
    Emitted {
        directory,
        top: format!("{}_idetic", example.name),
    }
}

impl Emitted {
    fn folder(&self) -> PathBuf {
        self.directory.path().join("out")
    }

    fn list(&self) -> PathBuf {
        self.folder().join(format!("{}.f", self.top))
    }

    /// The Verilog files that the file list names.
    fn listed(&self) -> Vec<PathBuf> {
        let text = fs::read_to_string(self.list()).unwrap();
        let lines = text.lines().filter(|line| !line.starts_with("//"));
        lines.map(PathBuf::from).collect()
    }
}

/// The two ways to hold each example.
fn all_ways() -> impl Iterator<Item = (Example, &'static str)> {
    EXAMPLES
        .into_iter()
        .flat_map(|example| [(example, "gate"), (example, "enable")])
}

#[test]
fn emitted_designs_hold_all_files_and_nothing_else() {
    for (example, hold) in all_ways() {
        let emitted = insert(&example, &["--hold", hold]);
        let files: BTreeSet<String> = fs::read_dir(emitted.folder())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        let listed = emitted.listed();
        let mut wanted: BTreeSet<String> = listed
            .iter()
            .map(|path| path.file_name().unwrap().to_str().unwrap().to_owned())
            .collect();
        assert!(wanted.iter().all(|name| name.ends_with(".v")), "{wanted:?}");
        for name in example.sources {
            assert!(wanted.contains(*name), "{name} in {wanted:?}");
        }
        assert_eq!(wanted.contains("idetic_clkgate.v"), hold == "gate");
        wanted.extend(["image.json", "report.html", "report.json", "report.txt"].map(String::from));
        wanted.insert(format!("{}.f", emitted.top));
        assert_eq!(files, wanted, "{}", example.name);
    }
}

#[test]
fn without_the_insertions_the_text_is_the_users() {
    for example in EXAMPLES {
        let emitted = insert(&example, &[]);
        let (sources, mut analysis, options) = idetic_tests::replay::example(&example);
        let (inserted, _) = idetic::driver::insert(&mut analysis, &sources, &options);
        let mut edited = 0;
        for file in &inserted.unwrap().output.files {
            let Some((id, insertions)) = &file.source else {
                continue;
            };
            let text = fs::read_to_string(emitted.folder().join(&file.name)).unwrap();
            let original = fs::read_to_string(sources.path(*id)).unwrap();
            assert_eq!(
                edits::strip(&text, insertions),
                Some(original),
                "{}",
                file.name
            );
            edited += usize::from(!insertions.is_empty());
        }
        assert!(edited > 0, "nothing was inserted into {}", example.name);
    }
}

fn silent(command: &mut Command) {
    let (stdout, stderr) = succeeds(command);
    assert_eq!((stdout.as_str(), stderr.as_str()), ("", ""), "{command:?}");
}

#[test]
fn icarus_takes_the_file_list_as_2005_and_2012() {
    for (example, hold) in all_ways() {
        let emitted = insert(&example, &["--hold", hold]);
        for language in ["-g2005", "-g2012"] {
            // From another directory than the file list's.
            let mut command = Command::new("iverilog");
            command.current_dir(std::env::temp_dir());
            command.args([language, "-Wall", "-s", &emitted.top, "-c"]);
            command.arg(emitted.list()).arg("-o");
            silent(command.arg(emitted.folder().join("program.vvp")));
        }
    }
}

#[test]
fn verilator_has_no_warning() {
    // The examples themselves have none, see `examples.rs`.
    for (example, hold) in all_ways() {
        for bits in ["8", "32", "64"] {
            let emitted = insert(&example, &["--hold", hold, "--word-bits", bits]);
            let mut command = Command::new("verilator");
            command.current_dir(std::env::temp_dir());
            command.args(["--lint-only", "-Wall", "--top-module", &emitted.top, "-f"]);
            silent(command.arg(emitted.list()));
        }
    }
}

#[test]
fn yosys_synthesizes_without_latches_but_that_of_the_clock_gate() {
    for (example, hold) in all_ways() {
        let emitted = insert(&example, &["--hold", hold]);
        let latches = if hold == "gate" {
            "-assert-count 1"
        } else {
            "-assert-none"
        };
        let script = format!(
            "hierarchy -check -top {}; synth -flatten -run begin:fine; check -assert; select {latches} t:$dlatch",
            emitted.top
        );
        let mut command = Command::new("yosys");
        command.args(["-q", "-p", &script]).args(emitted.listed());
        let output = output(&mut command);
        let text = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{} {hold}: {text}", example.name);
        // A register array of the user's becomes registers with or without us.
        let foreign = |line: &&str| line.contains("Warning") && !line.contains("Replacing memory");
        let warning = text.lines().find(foreign);
        assert_eq!(warning, None, "{} {hold}", example.name);
    }
}

#[test]
fn one_point_can_be_repeated_with_a_waveform() {
    let example = Example::named("gcd");
    let directory = tempfile::tempdir().unwrap();
    let wave = directory.path().join("wave.vcd");
    let mut command = idetic_in(&example, &["verify", "--point", "i:101+60", "--tb"]);
    command.arg(example.bench()).arg("--wave").arg(&wave);
    let (stdout, _) = succeeds(&mut command);
    assert!(stdout.starts_with("i:101+60: passes"), "{stdout}");
    // One waveform per power cycle.
    let waves = fs::read_dir(directory.path()).unwrap();
    let sizes: Vec<u64> = waves
        .map(|wave| wave.unwrap().metadata().unwrap().len())
        .collect();
    assert!(
        sizes.len() > 1 && sizes.iter().all(|&size| size > 1000),
        "{sizes:?}"
    );
}

/// Icarus 11 knows no `inside`.
#[test]
fn what_icarus_cannot_read_is_verified_in_verilator_alone() {
    let folder = tempfile::tempdir().unwrap();
    let design = "module odd (input logic clk, input logic rst, input logic [3:0] d, output logic [7:0] sum);
  typedef enum logic [1:0] {IDLE, TAKE, TELL} state_t;
  state_t state;
  logic [7:0] total;
  always_ff @(posedge clk)
    if (rst) begin state <= IDLE; sum <= '0; end
    else unique case (state)
      IDLE: begin total <= 8'd0; if (d inside {[1:5], 9}) state <= TAKE; end
      TAKE: begin total <= total + d; if (d == 4'd7) state <= TELL; end
      default: begin sum <= total; state <= IDLE; end
    endcase
endmodule
";
    let bench = "module bench;
  logic clk = 0, rst = 1;
  logic [3:0] d = 0;
  wire [7:0] sum;
  odd dut (.*);
  always #5 clk = ~clk;
  initial begin
    for (int i = 0; i < 100; i++) begin @(negedge clk); rst = i < 3; d = 4'(5 * i + (i >> 2)); end
    $finish;
  end
endmodule
";
    fs::write(folder.path().join("odd.sv"), design).unwrap();
    fs::write(folder.path().join("bench.sv"), bench).unwrap();
    let verify = |simulator: &str| {
        let mut command = idetic();
        command
            .current_dir(&folder)
            .args(["verify", "odd.sv", "--tb", "bench.sv", "--format", "json"])
            .args(["--jobs", "2", "--max-points", "60", "--sim", simulator]);
        command
    };
    let (stdout, _) = succeeds(&mut verify("verilator"));
    let result: Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(result["recording"]["simulator"], "verilator");
    check(&result, &[("verilator", 100)]);
    let refused = output(&mut verify("both"));
    assert_eq!(refused.status.code(), Some(1));
    let text = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(text.contains("--sim verilator"), "{text}");
}
