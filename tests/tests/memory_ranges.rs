//! Memories of which a checkpoint saves some rows: the whole way to supply failures in both simulators, and mistakes that must show.

use std::fs;
use std::path::Path;

use idetic::driver::InsertOptions;
use idetic::frontend::ObserveOptions;
use idetic::source::SourceMap;
use idetic_sim::{CampaignOptions, CampaignReport, Simulator};
use idetic_tests::replay::Recorded;
use idetic_tests::run::{idetic, succeeds};
use serde_json::Value;

/// Eight rows are filled, mixed into eight others and shown, one a cycle.
const DESIGN: &str =
    "module stages(input clk, input rst_n, input [7:0] data, output reg [7:0] shown);
  reg [1:0] state;
  reg [2:0] n;
  reg [7:0] ram [3:18];
  wire [4:0] low = 5'd3 + {2'd0, n};
  wire [4:0] high = 5'd11 + {2'd0, n};
  always @(posedge clk)
    case (state)
      2'd0: ram[low] <= data;
      2'd1: ram[high] <= ram[low] ^ data;
      default: ;
    endcase
  always @(posedge clk or negedge rst_n)
    if (!rst_n) begin state <= 2'd0; n <= 3'd0; shown <= 8'd0; end
    else begin
      n <= n + 3'd1;
      if (n == 3'd7) state <= state == 2'd2 ? 2'd0 : state + 2'd1;
      shown <= state == 2'd2 ? ram[high] : 8'd0;
    end
endmodule
";

const BENCH: &str = "module tb;
  reg clk = 0, rst_n = 0;
  reg [7:0] data = 8'd1;
  wire [7:0] shown;
  stages dut(.clk(clk), .rst_n(rst_n), .data(data), .shown(shown));
  always #5 clk = ~clk;
  always @(negedge clk) data <= {data[6:0], data[7] ^ data[5] ^ data[4] ^ data[3]};
  initial begin repeat (3) @(negedge clk); rst_n = 1; repeat (60) @(negedge clk); $finish; end
endmodule
";

const CONFIG: &str = "[design]
top = \"stages\"
files = [\"stages.v\"]
[memory]
expand_limit_bits = 0
[nvm]
word_bits = 8
[plan]
forced = [\"state=0,n=5\", \"state=1,n=4\", \"state=2,n=2\"]
";

fn write(folder: &Path) {
    for (name, text) in [
        ("stages.v", DESIGN),
        ("tb.v", BENCH),
        ("idetic.toml", CONFIG),
    ] {
        fs::write(folder.join(name), text).expect("written");
    }
}

fn run(folder: &Path, arguments: &[&str]) -> Value {
    let mut command = idetic();
    let (stdout, _) = succeeds(command.current_dir(folder).args(arguments));
    serde_json::from_str(&stdout).expect("the result is JSON")
}

#[test]
fn live_rows_alone_are_saved_and_that_is_enough() {
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path());
    let report = run(folder.path(), &["insert", "--format", "json", "--prove"]);
    let saved = |name: &str| {
        let mut all = report["checkpoints"].as_array().expect("a list").iter();
        let found = all.find(|it| it["name"] == name);
        let found = found.unwrap_or_else(|| panic!("{name}: {report:#}"));
        (
            found["saved_memories"].clone(),
            found["saved_words"].clone(),
        )
    };
    let chain = 1;
    for (state, rows, words) in [
        ("state=0,n=5", "ram[3:7]", 5),
        ("state=1,n=4", "ram[7:14]", 8),
        ("state=2,n=2", "ram[13:18]", 6),
    ] {
        let (memories, all) = saved(state);
        assert_eq!(memories, Value::from(vec![rows]), "{state}");
        let all = all.as_u64().expect("a number");
        assert!(all == words || all == words + chain, "{state}: {all}");
    }
    let verify = ["verify", "--format", "json", "--jobs", "2", "--tb", "tb.v"];
    let result = run(folder.path(), &verify);
    assert_eq!(result["passed"], true, "{result:#}");
    for campaign in result["campaigns"].as_array().expect("a list") {
        assert!(campaign["restores"].as_u64() > Some(50), "{campaign:#}");
    }
}

/// The design with its run recorded, and what its configuration asks for.
fn recorded(folder: &Path) -> (Recorded, InsertOptions) {
    write(folder);
    let recorded = Recorded::design(folder, &folder.join("tb.v"), ObserveOptions::default());
    let mut sources = SourceMap::new();
    let configured = idetic::cli::configured(&folder.join("idetic.toml"), &mut sources);
    (recorded, configured.expect("a valid configuration").insert)
}

#[test]
fn rows_that_are_left_out_or_misplaced_show() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut recorded, options) = recorded(folder.path());
    let inserted = recorded.insert(&options);
    let campaign = |inserted: &_, change: &dyn Fn(&str, &str) -> String| -> CampaignReport {
        let options = CampaignOptions {
            max_points: 60,
            max_pairs: 0,
            random_runs: 0,
            stop_after: 1,
            ..CampaignOptions::for_simulator(Simulator::Icarus)
        };
        let report = recorded.campaign(inserted, change, Simulator::Icarus, &options);
        report.unwrap_or_else(|error| panic!("{error}"))
    };
    let same = |_: &str, text: &str| text.to_owned();
    assert_eq!(campaign(&inserted, &same).failures, []);
    let changes = [
        // The last row of a range is not saved.
        (
            "idetic_memory_last_row = 4'd4;",
            "idetic_memory_last_row = 4'd3;",
        ),
        // A range begins elsewhere when it is restored.
        (
            "idetic_mem_row = idetic_range_first + idetic_range_row;",
            "idetic_mem_row = (idetic_mem_take ? idetic_range_first ^ 4'd1 : idetic_range_first) + idetic_range_row;",
        ),
    ];
    for (from, to) in changes {
        let change = |name: &str, text: &str| match name {
            "stages_idetic.v" => {
                assert!(text.contains(from), "{from}:\n{text}");
                text.replace(from, to)
            }
            _ => text.to_owned(),
        };
        assert_ne!(campaign(&inserted, &change).failures, [], "{from}");
    }
}

/// Each part that a checkpoint saves is left out of it in turn: the rows are lost, which must show.
#[test]
fn a_part_left_out_of_a_plan_shows() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut recorded, options) = recorded(folder.path());
    // Dead in every state, by a claim of nobody: the analysis is made wrong.
    let states = 0..recorded.analysis.graph.states.len();
    for state in states {
        recorded.analysis.liveness.memories[state].remove(9);
    }
    let inserted = recorded.insert(&options);
    let campaign = CampaignOptions {
        max_points: 60,
        max_pairs: 0,
        random_runs: 0,
        stop_after: 1,
        ..CampaignOptions::for_simulator(Simulator::Icarus)
    };
    let same = |_: &str, text: &str| text.to_owned();
    let report = recorded.campaign(&inserted, &same, Simulator::Icarus, &campaign);
    let report = report.unwrap_or_else(|error| panic!("{error}"));
    assert_ne!(report.failures, []);
}

/// Rows with initial contents that are read once, at the start, and no checkpoint saves a row: they are loaded at a cold start,
/// and nothing of a memory is in the image.
#[test]
fn rows_that_only_a_cold_start_needs_are_loaded() {
    let folder = tempfile::tempdir().expect("a folder");
    let design = "module once(input clk, input [7:0] data, output reg [7:0] shown);
  reg [1:0] state = 2'd0;
  reg [2:0] n = 3'd0;
  reg [7:0] ram [0:15];
  integer i;
  initial for (i = 2; i < 8; i = i + 1) ram[i] = 8'd3 * i[7:0] + 8'd1;
  always @(posedge clk) if (state == 2'd1) ram[8] <= data;
  always @(posedge clk) begin
    case (state)
      2'd0: begin
        n <= n + 3'd1;
        if (n == 3'd5) state <= 2'd1;
      end
      2'd1: state <= 2'd2;
      default: state <= 2'd1;
    endcase
    shown <= state == 2'd0 ? ram[4'd2 + {1'b0, n}] : state == 2'd2 ? ram[8] : 8'd0;
  end
endmodule
";
    let bench = "module tb;
  reg clk = 0;
  reg [7:0] data = 8'd1;
  wire [7:0] shown;
  once dut(.clk(clk), .data(data), .shown(shown));
  always #5 clk = ~clk;
  always @(negedge clk) data <= {data[6:0], data[7] ^ data[5] ^ data[4] ^ data[3]};
  initial begin repeat (40) @(negedge clk); $finish; end
endmodule
";
    let config =
        "[design]\ntop = \"once\"\nfiles = [\"once.v\"]\n[memory]\nexpand_limit_bits = 0\n";
    for (name, text) in [("once.v", design), ("tb.v", bench), ("idetic.toml", config)] {
        fs::write(folder.path().join(name), text).expect("written");
    }
    let report = run(folder.path(), &["insert", "--format", "json", "--prove"]);
    for checkpoint in report["checkpoints"].as_array().expect("a list") {
        assert_eq!(checkpoint["saved_memories"], Value::Null, "{report:#}");
    }
    let verify = ["verify", "--format", "json", "--jobs", "2", "--tb", "tb.v"];
    let result = run(folder.path(), &verify);
    assert_eq!(result["passed"], true, "{result:#}");
}
