//! `[observe]`: outputs that are not sampled in every cycle.

use serde_json::Value;

use crate::bench::Bench;

/// The result is computed in a register of its own and held until the next.
const DESIGN: &str = "module mixer(input clk, input rst, input start, input [7:0] a,
             output [7:0] result, output [7:0] debug, output ready);
  reg busy;
  reg [2:0] n;
  reg [7:0] acc, r;
  assign ready = !busy;
  assign result = r;
  assign debug = acc;
  always @(posedge clk)
    if (rst) begin busy <= 1'b0; n <= 3'd0; r <= 8'd0; end
    else if (!busy) begin
      if (start) begin busy <= 1'b1; n <= 3'd5; acc <= a; end
    end else begin
      acc <= {acc[6:0], acc[7] ^ acc[5]} + 8'd1;
      n <= n - 3'd1;
      if (n == 3'd0) begin busy <= 1'b0; n <= 3'd0; r <= acc; end
    end
endmodule
";

const TESTBENCH: &str = "module tb;
  reg clk = 0, rst = 1, start = 0; reg [7:0] a = 8'h35;
  wire [7:0] result, debug; wire ready;
  mixer dut(.clk(clk), .rst(rst), .start(start), .a(a), .result(result), .debug(debug), .ready(ready));
  always #5 clk = !clk;
  integer i;
  initial begin
    repeat (2) @(negedge clk);
    rst = 0;
    for (i = 0; i < 4; i = i + 1) begin
      start = 1; @(negedge clk); start = 0; a = a * 3;
      repeat (9) @(negedge clk);
    end
    $finish;
  end
endmodule
";

const WHEN_READY: &str = "[observe]\ndebug = \"never\"\nresult = { when = \"ready\" }\n";

fn bench(config: &str) -> Bench {
    let files = [("mixer.v", DESIGN), ("tb.v", TESTBENCH)];
    let bench = Bench::new(&files);
    if !config.is_empty() {
        bench.write("idetic.toml", config.as_bytes());
    }
    bench
}

fn analysis(bench: &Bench) -> Value {
    let outcome = bench.succeeds(&["analyze", "mixer.v", "--format", "json"]);
    serde_json::from_str(&outcome.stdout).unwrap()
}

/// Per state, whether it is one of the busy ones and which registers are live.
fn live(report: &Value) -> Vec<(bool, bool, bool)> {
    let states = report["control"]["states"].as_array().unwrap();
    let of = |state: &Value| {
        let has = |name: &str| state["live"].get(name).is_some();
        (state["values"]["busy"] == 1, has("r"), has("acc"))
    };
    states.iter().map(of).collect()
}

#[test]
fn a_result_is_dead_while_the_next_is_computed() {
    let report = analysis(&bench(""));
    assert!(report.get("observe").is_none());
    assert!(live(&report).iter().all(|&(_, result, acc)| result && acc));

    // A condition over outputs, one over registers and one that reads both.
    for condition in ["ready", "!busy", "ready && !(busy == 1'b1)"] {
        let config = WHEN_READY.replace("\"ready\"", &format!("\"{condition}\""));
        let report = analysis(&bench(&config));
        let found = live(&report);
        assert!(found.len() > 5, "{report}");
        for (busy, result, acc) in found {
            assert_eq!((result, acc), (!busy, busy), "{condition}: {report}");
        }
        let observe = &report["observe"][1];
        assert_eq!(observe["output"], "result");
        assert_eq!(observe["when"], condition);
        assert_eq!(observe["line"], 3);
        assert!(report["observe"][0].get("when").is_none());
    }
}

#[test]
fn what_is_narrowed_is_proved_and_verified() {
    let bench = bench(WHEN_READY);
    let outcome = bench.succeeds(&["prove", "mixer.v"]);
    assert!(
        outcome.stdout.contains("mixer: proved"),
        "{}",
        outcome.stdout
    );

    let verify = ["verify", "mixer.v", "--tb", "tb.v", "--sim", "icarus"];
    let points = ["--max-points-icarus", "60", "--format", "json"];
    let verify = [&verify[..], &points].concat();
    let outcome = bench.succeeds(&verify);
    let report: Value = serde_json::from_str(&outcome.stdout).unwrap();
    assert!(
        report["not_sampled_bits"].as_u64().unwrap() > 100,
        "{report}"
    );

    // A bit of the result is lost: seen while it counts.
    let lost = ["--drop-bit", "r[3]"];
    let outcome = bench.run(&[&verify[..], &lost].concat());
    assert_eq!(outcome.code, 3, "{}", outcome.stderr);
    assert!(outcome.stderr.contains("`result` is"), "{}", outcome.stderr);
    let outcome = bench.run(&[&["prove", "mixer.v"], &lost[..]].concat());
    assert_eq!(outcome.code, 3);
    assert!(outcome.stderr.contains("`r[3]`"), "{}", outcome.stderr);
    assert!(
        outcome.stderr.contains("in state `busy=0`"),
        "{}",
        outcome.stderr
    );
}

#[test]
fn what_never_counts_is_not_missed() {
    let bench = bench("[observe]\ndebug = \"never\"\nresult = \"never\"\n");
    for command in [
        &["prove", "mixer.v"][..],
        &[
            "verify",
            "mixer.v",
            "--tb",
            "tb.v",
            "--sim",
            "icarus",
            "--max-points-icarus",
            "40",
        ],
    ] {
        bench.succeeds(&[command, &["--drop-bit", "r[3]", "--drop-bit", "acc[0]"]].concat());
    }
}

#[test]
fn names_and_conditions_that_do_not_fit_have_a_place() {
    let cases = [
        ("output", "reslt = \"never\""),
        ("input", "a = \"never\""),
        ("name", "result = { when = \"ready && vald\" }"),
        ("syntax", "result = { when = \"ready &&\" }"),
        ("rest", "result = { when = \"ready ready\" }"),
        ("form", "result = \"ready\""),
        ("key", "result = { whn = \"ready\" }"),
        ("escape", "result = { when = \"re\\u0061dy\" }"),
        ("empty", "result = { when = \"\" }"),
    ];
    let mut all = String::new();
    for (name, entry) in cases {
        let bench = bench(&format!("[observe]\n{entry}\n"));
        let outcome = bench.refused(1, &["analyze", "mixer.v"]);
        all.push_str(&format!("-- {name}\n{}\n", outcome.stderr));
    }
    insta::assert_snapshot!("observe", all);
}

#[test]
fn a_live_bit_has_a_reason() {
    let bench = bench(WHEN_READY);
    let why = ["analyze", "mixer.v", "--why", "acc[3]", "--state"];
    let outcome = bench.succeeds(&[&why[..], &["busy=1,n=1"]].concat());
    insta::assert_snapshot!("why", outcome.stdout);

    let outcome = bench.succeeds(&[&why[..], &["busy=0"]].concat());
    assert!(
        outcome.stdout.contains("acc[3] is dead in `busy=0`"),
        "{}",
        outcome.stdout
    );

    // By number, and for machines.
    let json = ["--format", "json"];
    let outcome = bench.succeeds(&[&why[..], &["1"], &json].concat());
    let reason: Value = serde_json::from_str(&outcome.stdout).unwrap();
    assert_eq!(reason["live"], true);
    assert_eq!(reason["end"]["about"], "result");
    assert_eq!(reason["way"][0]["what"], "acc[3]");

    let mut all = String::new();
    for (what, state) in [
        ("acc[8]", "busy=0"),
        ("acc", "busy=0"),
        ("ac[3]", "busy=0"),
        ("acc[3]", "bussy=0"),
    ] {
        let outcome = bench.refused(1, &["analyze", "mixer.v", "--why", what, "--state", state]);
        all.push_str(&outcome.stderr);
    }
    insta::assert_snapshot!("why-refused", all);
}

#[test]
fn exact_live_bits_are_counted() {
    let bench = bench(WHEN_READY);
    let outcome = bench.succeeds(&["prove", "mixer.v", "--exact", "--format", "json"]);
    let found: Value = serde_json::from_str(&outcome.stdout).unwrap();
    assert_eq!(
        (&found["proved"], &found["unknown_bits"]),
        (&Value::from(true), &Value::from(0))
    );
    assert_eq!(found["kept_bits"], found["live_bits"]);

    let plain = Bench::new(&[]);
    let outcome = plain.succeeds(&["prove", "design.v", "--exact"]);
    assert!(
        outcome.stdout.contains("the live sets are proved"),
        "{}",
        outcome.stdout
    );
}

/// Takes a word, then gives it away twice.
const RELAY: &str =
    "module relay(input clk, input rst, input in_valid, output in_ready, input [3:0] word,
             output out_valid, input out_ready, output [3:0] copy);
  reg [1:0] state;
  reg [3:0] held;
  assign in_ready = state == 2'd0;
  assign out_valid = state != 2'd0;
  assign copy = held;
  always @(posedge clk)
    if (rst) state <= 2'd0;
    else case (state)
      2'd0: if (in_valid) begin held <= word; state <= 2'd1; end
      2'd1: if (out_ready) state <= 2'd2;
      default: if (out_ready) state <= 2'd0;
    endcase
endmodule
";

const HANDSHAKES: &str = "[[input.handshake]]
valid = \"in_valid\"
ready = \"in_ready\"

[[observe.handshake]]
valid = \"out_valid\"
ready = \"out_ready\"
";

#[test]
fn what_cannot_be_taken_back_is_told() {
    let bench = Bench::new(&[("relay.v", RELAY)]);
    let outcome = bench.succeeds(&["analyze", "relay.v"]);
    assert!(
        outcome.stdout.contains("no handshake is declared"),
        "{}",
        outcome.stdout
    );

    bench.write("idetic.toml", HANDSHAKES.as_bytes());
    let outcome = bench.succeeds(&["insert", "relay.v", "--format", "json"]);
    let report: Value = serde_json::from_str(&outcome.stdout).unwrap();
    let told: Vec<(&str, u64, u64)> = report["hazards"]
        .as_array()
        .unwrap()
        .iter()
        .map(|hazard| {
            let number = |key: &str| hazard[key].as_u64().unwrap();
            (
                hazard["kind"].as_str().unwrap(),
                number("state"),
                number("line"),
            )
        })
        .collect();
    let consumed = ("input_consumed", 0, 2);
    assert_eq!(
        told,
        [
            consumed,
            ("output_produced", 1, 6),
            ("output_produced", 2, 6)
        ]
    );
    assert_eq!(report["hazards"][0]["signal"], "in_valid && in_ready");
    // Every state waits, so each is a checkpoint.
    assert_eq!(report["checkpoints"].as_array().unwrap().len(), 3);
    let resolution = report["hazards"][0]["resolution"].as_str().unwrap();
    assert!(resolution.starts_with("commit: "), "{resolution}");
    let outcome = bench.succeeds(&["insert", "relay.v"]);
    let line = "inputs are taken in 1 state, outputs given in 2 states";
    assert!(outcome.stdout.contains(line), "{}", outcome.stdout);

    // A timer in place of the second wait: no checkpoint follows the first gift.
    let timed = RELAY.replace("default: if (out_ready)", "default:");
    bench.write("relay.v", timed.as_bytes());
    let outcome = bench.succeeds(&["insert", "relay.v", "--format", "json"]);
    let report: Value = serde_json::from_str(&outcome.stdout).unwrap();
    let resolution = report["hazards"][1]["resolution"].as_str().unwrap();
    assert!(resolution.starts_with("repeat: "), "{report}");

    let wrong = HANDSHAKES.replace("\"in_ready\"", "\"in_redy\"");
    bench.write("idetic.toml", wrong.as_bytes());
    let outcome = bench.refused(1, &["analyze", "relay.v"]);
    assert!(
        outcome.stderr.contains("idetic.toml:3:10"),
        "{}",
        outcome.stderr
    );
    bench.write("idetic.toml", b"[input]\nsteady = [\"word\"]\n");
    let outcome = bench.refused(1, &["analyze", "relay.v"]);
    assert!(
        outcome.stderr.contains("unknown key `steady`"),
        "{}",
        outcome.stderr
    );
}

/// The file that `insert` writes for it, in a simulation with the design as it was written.
#[test]
fn a_testbench_learns_whether_it_keeps_the_promise() {
    let config = "[design]\nfiles = [\"mixer.v\"]\n[observe]\ndebug = \"never\"\nresult = { when = \"ready && busy == 1'b0\" }\n";
    let bench = Bench::new(&[("idetic.toml", config), ("mixer.v", DESIGN)]);
    bench.succeeds(&["insert", "-q", "-o", "out"]);
    let observed = bench.work().join("out/observe/mixer_observed.v");
    let text = std::fs::read_to_string(&observed).unwrap();
    insta::assert_snapshot!(text.replace(env!("CARGO_PKG_VERSION"), "VERSION"));
    let list = std::fs::read_to_string(bench.work().join("out/mixer_idetic.f")).unwrap();
    assert!(!list.contains("observed"), "{list}");
    let simulate = |condition: &str| {
        let check = format!(
            "mixer_observed dut(.clk(clk), .rst(rst), .start(start), .a(a), .result(result), .debug(debug), .ready(ready));
  integer unknown = 0;
  always @(negedge clk) if (!rst && {condition} && ^result === 1'bx) unknown = unknown + 1;"
        );
        let testbench = TESTBENCH.replace(
            "mixer dut(.clk(clk), .rst(rst), .start(start), .a(a), .result(result), .debug(debug), .ready(ready));",
            &check,
        );
        assert_ne!(testbench, TESTBENCH);
        let testbench =
            testbench.replace("$finish;", "$display(\"unknown %0d\", unknown); $finish;");
        bench.write("tb.v", testbench.as_bytes());
        let program = bench.work().join("observed.vvp");
        let built = std::process::Command::new("iverilog")
            .args(["-g2005", "-s", "tb", "-o"])
            .arg(&program)
            .args([
                &bench.work().join("tb.v"),
                &bench.work().join("mixer.v"),
                &observed,
            ])
            .output()
            .unwrap();
        assert!(built.status.success(), "{built:?}");
        let run = std::process::Command::new("vvp")
            .arg("-n")
            .arg(&program)
            .output()
            .unwrap();
        let said = String::from_utf8(run.stdout).unwrap();
        let number = said
            .trim()
            .strip_prefix("unknown ")
            .unwrap_or_else(|| panic!("{said}"));
        number.parse::<u32>().unwrap()
    };
    // Who samples when the result is ready sees all of it; who looks earlier does not.
    assert_eq!(simulate("ready"), 0);
    assert!(simulate("1'b1") > 10);
}
