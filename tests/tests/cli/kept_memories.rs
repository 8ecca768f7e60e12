//! `[memory]`: memories that outlive a supply failure by themselves.

use serde_json::Value;

use crate::bench::Bench;

/// Reads a row in one state and writes it in the next but one, with what stands for `WRITE` and `RESET`.
const DESIGN: &str =
    "module counts(input clk, input rst, input valid, input [1:0] at, output [7:0] last);
  reg [7:0] count [0:3];
  reg [7:0] seen;
  reg [1:0] row, state;
  localparam IDLE = 2'd0, READ = 2'd1, WORK = 2'd2, WRITE = 2'd3;
  assign last = seen;
  always @(posedge clk) begin
    if (GUARD state == WRITE) STORE;
    if (rst) state <= IDLE;
    else case (state)
      IDLE: begin row <= at; if (valid) state <= READ; end
      READ: begin seen <= count[row]; state <= WORK; end
      WORK: begin seen <= seen + 8'd1; state <= WRITE; end
      default: state <= IDLE;
    endcase
  end
endmodule
";

const NONVOLATILE: &str = "[memory]\ncount = \"nonvolatile\"\n";

fn bench(guard: &str, store: &str, config: &str) -> Bench {
    let text = DESIGN.replace("GUARD", guard).replace("STORE", store);
    let bench = Bench::new(&[("counts.v", &text)]);
    bench.write("idetic.toml", config.as_bytes());
    bench
}

fn report(bench: &Bench) -> Value {
    bench.succeeds(&["insert", "counts.v", "-o", "out"]);
    let text = std::fs::read_to_string(bench.work().join("out/report.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

#[test]
fn a_commit_is_placed_and_reported() {
    for kind in ["nonvolatile", "external"] {
        let config = format!("[memory]\ncount = \"{kind}\"\n");
        let bench = bench("!rst &&", "count[row] <= seen", &config);
        let report = report(&bench);
        let hazards = report["hazards"].as_array().unwrap();
        assert_eq!(hazards.len(), 1, "{hazards:?}");
        let hazard = &hazards[0];
        assert_eq!(hazard["kind"], "write_after_read");
        assert_eq!(hazard["signal"], "count");
        assert_eq!(hazard["line"], 2);
        assert!(hazard["file"].as_str().unwrap().ends_with("counts.v"));
        let states = report["control"]["states"].as_array().unwrap();
        let state = &states[hazard["state"].as_u64().unwrap() as usize];
        assert_eq!(state["name"], "state=WRITE");
        let resolution = hazard["resolution"].as_str().unwrap();
        assert!(
            resolution.starts_with("commit placed: in this state"),
            "{resolution}"
        );
        // It is not saved, though it has fewer bits than become registers elsewhere.
        let checkpoints = report["checkpoints"].as_array().unwrap();
        assert!(
            checkpoints
                .iter()
                .all(|it| it["saved_bits"].as_u64().unwrap() < 16)
        );
        let text = std::fs::read_to_string(bench.work().join("out/report.txt")).unwrap();
        assert!(
            text.contains("rows are written after they were read in 1 state"),
            "{text}"
        );
        let map = std::fs::read_to_string(bench.work().join("out/image.json")).unwrap();
        assert!(!map.contains("\"count\""), "{map}");
        let dump = "00000000\n".repeat(64);
        bench.write("nvm.hex", dump.as_bytes());
        bench.succeeds(&["image", "decode", "nvm.hex", "--map", "out/image.json"]);
    }
}

#[test]
fn the_rule_is_proved_state_by_state() {
    let bench = bench("!rst &&", "count[row] <= seen", NONVOLATILE);
    let outcome = bench.succeeds(&["prove", "counts.v", "--format", "json"]);
    let proof: Value = serde_json::from_str(&outcome.stdout).unwrap();
    let obligations = proof["obligations"].as_array().unwrap();
    let of = |subject: &str| {
        obligations
            .iter()
            .filter(|it| it["subject"] == subject)
            .count()
    };
    assert_eq!((of("start"), of("state"), of("rewrites")), (1, 4, 4));
}

/// In the state in front, where the one that writes must not be a checkpoint.
#[test]
fn a_commit_is_placed_in_front_of_a_forbidden_state() {
    let config = format!("{NONVOLATILE}[plan]\nforbidden = [\"state=WRITE\"]\n");
    let bench = bench("!rst &&", "count[row] <= seen", &config);
    let report = report(&bench);
    let states = report["control"]["states"].as_array().unwrap();
    let name = |state: &Value| states[state.as_u64().unwrap() as usize]["name"].clone();
    let checkpoints = report["checkpoints"].as_array().unwrap();
    let names: Vec<Value> = checkpoints.iter().map(|it| name(&it["state"])).collect();
    assert!(names.contains(&"state=WORK".into()), "{names:?}");
    assert!(!names.contains(&"state=WRITE".into()), "{names:?}");
    let resolution = report["hazards"][0]["resolution"].as_str().unwrap();
    assert!(resolution.contains("state=WORK"), "{resolution}");
}

#[test]
fn what_no_commit_mends_is_refused() {
    let forbidden = format!("{NONVOLATILE}[plan]\nforbidden = [\"state=WRITE\", \"state=WORK\"]\n");
    let cases = [
        (
            "!rst &&",
            "count[row] <= count[row] + 8'd1",
            NONVOLATILE,
            "read and written in the same clock cycle",
        ),
        (
            "!rst &&",
            "count[row][3:0] <= seen[3:0]",
            NONVOLATILE,
            "without the others",
        ),
        (
            "",
            "count[row] <= seen",
            NONVOLATILE,
            "may be written while the design is reset",
        ),
        (
            "!rst &&",
            "count[row] <= seen",
            &forbidden,
            "must not be a checkpoint",
        ),
    ];
    for (guard, store, config, message) in cases {
        let bench = bench(guard, store, config);
        let outcome = bench.refused(1, &["insert", "counts.v"]);
        assert!(
            outcome.stderr.contains("error[E0503]"),
            "{}",
            outcome.stderr
        );
        assert!(
            outcome.stderr.contains(message),
            "{message}: {}",
            outcome.stderr
        );
        assert!(outcome.stderr.contains("counts.v:7:"), "{}", outcome.stderr);
    }
}

#[test]
fn what_is_no_such_memory_is_refused_by_name() {
    let bench = bench("!rst &&", "row <= 2'd0", NONVOLATILE);
    let outcome = bench.refused(1, &["insert", "counts.v"]);
    assert!(
        outcome.stderr.contains("error[E0701]"),
        "{}",
        outcome.stderr
    );
    assert!(outcome.stderr.contains("`count`"), "{}", outcome.stderr);
}

/// What tells the address apart in the state: two halves, one of which is read while the other is written.
#[test]
fn rows_that_cannot_be_the_same_are_taken() {
    let design =
        "module halves(input clk, input rst, input go, input [2:0] at, input [7:0] data, output [7:0] out);
  reg [7:0] ram [0:15];
  reg [7:0] q;
  reg side;
  assign out = q;
  always @(posedge clk) begin
    if (!rst) ram[{side, at}] <= data;
    q <= ram[{!side, at}];
    if (rst) side <= 1'b0; else if (side) side <= 1'b0; else if (go) side <= 1'b1;
  end
endmodule
";
    let bench = Bench::new(&[("halves.v", design)]);
    bench.write("idetic.toml", b"[memory]\nram = \"nonvolatile\"\n");
    bench.succeeds(&["insert", "halves.v", "-o", "out"]);
    bench.succeeds(&["prove", "halves.v"]);
}

/// A campaign looks at every row after every clock edge.
#[test]
fn a_memory_that_is_too_large_to_be_carried_is_refused_by_verify() {
    let bench = bench("!rst &&", "count[row] <= seen", NONVOLATILE);
    let text = std::fs::read_to_string(bench.work().join("counts.v")).unwrap();
    let text = text
        .replace("[0:3]", "[0:32767]")
        .replace("count[row]", "count[{13'd0, row}]");
    bench.write("large.v", text.as_bytes());
    bench.write("tb.v", b"module tb; initial $finish; endmodule\n");
    let outcome = bench.refused(1, &["verify", "large.v", "--tb", "tb.v", "--sim", "icarus"]);
    assert!(
        outcome.stderr.contains("error[E0804]"),
        "{}",
        outcome.stderr
    );
    assert!(outcome.stderr.contains("32768 rows"), "{}", outcome.stderr);
}

/// One-bit rows get, half of the time, what their random first contents are: a write that nobody sees, and that a later
/// power cycle must find.
#[test]
fn rows_without_first_contents_stay_what_they_are() {
    let bench = Bench::new(&[
        (
            "flags.v",
            "module flags(input clk, input rst, input [2:0] a, input d, output reg o);
  reg m [0:7];
  reg [1:0] st;
  reg [2:0] ar;
  reg dr;
  always @(posedge clk)
    if (rst) begin st <= 0; o <= 0; end
    else case (st)
      0: begin ar <= a; dr <= d; st <= 1; end
      1: begin m[ar] <= dr; st <= 2; end
      2: begin ar <= a; st <= 3; end
      3: begin o <= m[ar]; st <= 0; end
    endcase
endmodule
",
        ),
        (
            "tb.v",
            "`timescale 1ns/1ns
module tb;
  reg clk = 0, rst = 1, d = 0;
  reg [2:0] a = 0;
  wire o;
  integer n, s;
  flags dut(.clk(clk), .rst(rst), .a(a), .d(d), .o(o));
  always #5 clk = ~clk;
  initial begin
    s = 5;
    repeat (3) @(negedge clk);
    rst = 0;
    for (n = 0; n < 80; n = n + 1) begin a = {$random(s)}; d = {$random(s)}; @(negedge clk); end
    $finish;
  end
endmodule
",
        ),
    ]);
    bench.write("idetic.toml", b"[memory]\nm = \"nonvolatile\"\n");
    bench.succeeds(&[
        "verify",
        "flags.v",
        "--tb",
        "tb.v",
        "--max-points",
        "80",
        "--max-points-icarus",
        "12",
    ]);
}
