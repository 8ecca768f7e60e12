//! What of a testbench `verify` records, and what the testbench is told.

use crate::bench::Bench;

/// It starts the design again and again, and takes the operand from its command line.
const ENDLESS: &str = "`timescale 1ns/1ps
module tb;
  reg clk = 0, rst = 1;
  reg [7:0] a;
  wire [7:0] y;
  wire done;
  core dut(.clk(clk), .rst(rst), .start(1'b1), .a(a), .y(y), .done(done));
  always #5 clk = ~clk;
  initial begin
    if (!$value$plusargs(\"A=%d\", a)) $fatal;
    repeat (3) @(negedge clk);
    rst = 0;
  end
endmodule
";

const FEW: [&str; 4] = ["--max-points", "20", "--max-points-icarus", "4"];

#[test]
fn the_first_cycles_of_an_endless_testbench_are_enough() {
    let bench = Bench::new(&[("tb.v", ENDLESS)]);
    let verify = ["verify", "design.v", "--tb", "tb.v", "--plusarg", "A=5"];
    let first = ["--first-cycles", "60"];
    let text = bench.succeeds(&[&verify[..], &first, &FEW].concat()).stdout;
    assert!(text.contains("the first 60 logical cycles of "), "{text}");
    assert!(text.contains("Icarus"), "{text}");
    let json = ["--format", "json", "--sim", "icarus"];
    let found = bench.succeeds(&[&verify[..], &first, &FEW, &json].concat());
    let found: serde_json::Value = serde_json::from_str(&found.stdout).unwrap();
    assert_eq!(found["recording"]["logical_cycles"], 60);
    assert_eq!(found["recording"]["cut"], true);
}

#[test]
fn a_counterexample_names_how_the_testbench_was_run() {
    let bench = Bench::new(&[("tb.v", ENDLESS)]);
    let arguments = [
        "verify",
        "design.v",
        "--tb",
        "tb.v",
        "--sim",
        "icarus",
        "--drop-bit",
        "y[0]",
    ];
    let how = [
        "--first-cycles",
        "40",
        "--plusarg",
        "+A=5",
        "--timeout",
        "77",
        "--max-points-icarus",
        "1000",
    ];
    let found = bench.run(&[&arguments[..], &how].concat());
    assert_eq!(found.code, 3, "{}", found.stderr);
    for wanted in ["--first-cycles 40", "--plusarg +A=5", "--timeout 77"] {
        assert!(found.stderr.contains(wanted), "{}", found.stderr);
    }
}

#[test]
fn a_testbench_that_misses_its_argument_fails() {
    let bench = Bench::new(&[("tb.v", ENDLESS)]);
    let verify = ["verify", "design.v", "--tb", "tb.v", "--first-cycles", "60"];
    let refused = bench.refused(1, &verify);
    assert!(refused.stderr.contains("E0802"), "{}", refused.stderr);
}
