//! A narrowed promise loses what nobody looks at, and nothing else.

use std::path::Path;

use idetic::driver::InsertOptions;
use idetic::frontend::{ObserveOptions, ObserveOutput};
use idetic_sim::{CampaignOptions, CampaignReport, Expectation, Simulator};
use idetic_tests::replay::{Recorded, options, unchanged};

/// `outputs` count when a condition holds.
fn when(condition: &str, outputs: &[&str]) -> ObserveOptions {
    let output = |name: &&str| ObserveOutput {
        output: name.to_string(),
        name: 0..0,
        when: Some(0..condition.len()),
    };
    ObserveOptions {
        path: "idetic.toml".into(),
        text: condition.to_owned(),
        outputs: outputs.iter().map(output).collect(),
        ..ObserveOptions::default()
    }
}

/// Computes a result in a register of its own and holds it until the next.
const DESIGN: &str = "module mixer(input clk, input rst, input start, input [7:0] a,
             output [7:0] result, output ready);
  reg busy;
  reg [2:0] n;
  reg [7:0] acc, r;
  assign ready = !busy;
  assign result = r;
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
  wire [7:0] result; wire ready;
  mixer dut(.clk(clk), .rst(rst), .start(start), .a(a), .result(result), .ready(ready));
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

/// The design as it is analysed.
const CONFIG: &str = "[design]
top = \"mixer\"
files = [\"mixer.v\"]
";

/// The design, of which the result counts when a condition holds.
fn mixer(folder: &Path, condition: &str) -> Recorded {
    let bench = folder.join("tb.v");
    for (name, text) in [
        ("mixer.v", DESIGN),
        ("tb.v", TESTBENCH),
        ("idetic.toml", CONFIG),
    ] {
        std::fs::write(folder.join(name), text).expect("a file in the temporary directory");
    }
    Recorded::design(folder, &bench, when(condition, &["result"]))
}

fn campaign(recorded: &mut Recorded) -> CampaignReport {
    let states = recorded.analysis.graph.states.iter();
    // A failure can be followed by any state, and words are so short that dead bits
    // are not restored along with live ones.
    let inserted = recorded.insert(&InsertOptions {
        forced: states.map(|state| state.name.clone()).collect(),
        ..options(8)
    });
    let some = CampaignOptions {
        max_points: 60,
        max_pairs: 0,
        random_runs: 0,
        stop_after: 1000,
        horizon: Some(64),
        ..CampaignOptions::for_simulator(Simulator::Icarus)
    };
    let report = recorded.campaign(&inserted, &unchanged, Simulator::Icarus, &some);
    report.expect("the simulator runs")
}

/// Whether an output of one bit is 1 in a logical cycle.
fn is_set(expectation: &Expectation, cycle: usize, name: &str) -> bool {
    let mut fields = expectation.output_bus.fields().iter();
    let field = fields.find(|field| field.name == name).expect("an output");
    expectation.outputs.bit(cycle, field.low) == Some(true)
}

/// Forgets the result where `ready` is not set.
fn narrow(expectation: &mut Expectation) {
    for cycle in 0..expectation.cycles() {
        if is_set(expectation, cycle, "ready") {
            continue;
        }
        let mut keep = vec![u32::MAX; expectation.outputs.words_per_row()];
        let mut fields = expectation.output_bus.fields().iter();
        let field = fields.find(|field| field.name == "result").expect("it");
        for bit in field.low..field.low + field.width_bits {
            keep[bit / 32] &= !(1 << (bit % 32));
        }
        expectation.outputs.forget(cycle, &keep);
    }
}

/// In how many failures the result differs while the design is ready, and while it is not.
fn failures(recorded: &Recorded, report: &CampaignReport) -> (usize, usize) {
    let (mut ready, mut busy) = (0, 0);
    for failure in &report.failures {
        assert_eq!(failure.signal.as_deref(), Some("result"), "{failure:?}");
        match is_set(
            &recorded.expectation,
            failure.logical_cycle as usize,
            "ready",
        ) {
            true => ready += 1,
            false => busy += 1,
        }
    }
    (ready, busy)
}

#[test]
fn outputs_differ_only_where_they_do_not_count() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let mut recorded = mixer(folder.path(), "ready");
    // The promise is not kept: everything is compared.
    let report = campaign(&mut recorded);
    let (ready, busy) = failures(&recorded, &report);
    assert!(ready == 0 && busy > 0, "{ready} and {busy}");
    narrow(&mut recorded.expectation);
    assert_eq!(campaign(&mut recorded).failures, []);
}

#[test]
fn a_wrong_promise_diverges_where_the_right_one_holds() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let mut recorded = mixer(folder.path(), "1'b0");
    narrow(&mut recorded.expectation);
    let report = campaign(&mut recorded);
    let (ready, busy) = failures(&recorded, &report);
    assert!(ready > 0 && busy == 0, "{ready} and {busy}");
}
