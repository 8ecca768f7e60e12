//! The activity of recorded runs, against counters in the simulation.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use idetic::control::ControlGraph;
use idetic::energy::{Activity, Waveform, activity, cells};
use idetic::netlist::Netlist;
use idetic_tests::random::run;
use idetic_tests::replay::analyze;

/// Runs a testbench, which leaves `run.vcd` in `dir`; what it prints.
fn simulate(dir: &Path, files: &[PathBuf], tops: &[&str]) -> String {
    let program = dir.join("run.vvp");
    let mut compile = Command::new("iverilog");
    compile.arg("-g2012").arg("-o").arg(&program);
    for top in tops {
        compile.args(["-s", top]);
    }
    run(compile.args(files)).expect("it compiles");
    let mut simulation = Command::new("vvp");
    let output = simulation.current_dir(dir).arg("-n").arg(&program).output();
    String::from_utf8_lossy(&output.expect("vvp runs").stdout).into_owned()
}

/// The numbers behind a word in what a simulation printed last.
fn counted(printed: &str, word: &str) -> Vec<u64> {
    let line = printed
        .lines()
        .rev()
        .find_map(|line| line.strip_prefix(word));
    let numbers = line.expect("the word is printed").split_whitespace();
    numbers
        .map(|number| number.parse().expect("a number"))
        .collect()
}

fn recorded(dir: &Path, netlist: &Netlist, graph: &ControlGraph) -> Activity {
    let waveform = Waveform {
        path: dir.join("run.vcd"),
        scope: None,
    };
    activity(&waveform, netlist, graph).expect("the recording fits")
}

#[test]
fn visits_are_those_of_the_simulation() {
    let dir = tempfile::tempdir().expect("a directory");
    let counter = "module counter;
  integer cycles = 0, in [0:3], at;
  initial for (at = 0; at < 4; at = at + 1) in[at] = 0;
  initial begin $dumpfile(\"run.vcd\"); $dumpvars(0, gcd_tb); end
  always @(posedge gcd_tb.clk) begin
    cycles = cycles + 1;
    if (^gcd_tb.dut.state !== 1'bx) in[gcd_tb.dut.state] = in[gcd_tb.dut.state] + 1;
    $display(\"COUNT %0d %0d %0d %0d\", cycles, in[0], in[1], in[2]);
  end
endmodule
";
    fs::write(dir.path().join("counter.v"), counter).expect("written");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples-verilog/gcd");
    let design = folder.join("gcd.v");
    let files = [
        design.clone(),
        folder.join("gcd_tb.v"),
        dir.path().join("counter.v"),
    ];
    let printed = simulate(dir.path(), &files, &["gcd_tb", "counter"]);
    let (_, analysis) = analyze(&[design], None);
    let found = recorded(dir.path(), &analysis.netlist, &analysis.graph);
    assert_eq!(found.scope, "gcd_tb.dut");
    let visits = |name: &str| {
        let states = analysis.graph.states.iter();
        let of = states.zip(&found.visits);
        let own = of.filter(|(state, _)| state.name == name);
        own.map(|(_, visits)| *visits).sum::<u64>()
    };
    let states = ["state=IDLE", "state=RUN", "state=DONE"].map(visits);
    let expected = counted(&printed, "COUNT");
    assert_eq!([&[found.cycles], &states[..]].concat(), expected);
    assert_eq!(found.elsewhere, 0);
    assert!(states.iter().all(|&visits| visits > 0));
}

#[test]
fn changes_of_registers_and_cells_are_those_of_the_simulation() {
    let dir = tempfile::tempdir().expect("a directory");
    // The dump starts when nothing is unknown any more.
    let text = "module line(input clk, input [7:0] d, output [7:0] q);
  reg [7:0] a, b;
  always @(posedge clk) begin a <= d; b <= a; end
  assign q = b ^ d;
endmodule
module bench;
  reg clk = 0;
  reg [7:0] d = 0, was_d, was_a, was_q;
  wire [7:0] q;
  integer cycle, bits = 0, gates = 0;
  line dut (clk, d, q);
  function [3:0] ones(input [7:0] of);
    ones = of[0] + of[1] + of[2] + of[3] + of[4] + of[5] + of[6] + of[7];
  endfunction
  initial begin
    for (cycle = 0; cycle < 300; cycle = cycle + 1) begin
      if (cycle == 10) begin $dumpfile(\"run.vcd\"); $dumpvars(0, bench); end
      d = cycle < 150 ? $random : d + 1;
      #5;
      // Registers change at the edge that ends a cycle, cells in the cycle.
      if (cycle > 10) begin
        bits = bits + ones(dut.a ^ was_a) + ones(dut.b ^ was_d);
        gates = gates + ones(q ^ was_q);
        $display(\"COUNT %0d %0d %0d\", cycle - 10, bits, gates);
      end
      was_d = dut.b; was_a = dut.a; was_q = q;
      clk = 1; #5 clk = 0;
    end
    $finish;
  end
endmodule
";
    let file = dir.path().join("line.v");
    fs::write(&file, text).expect("written");
    let printed = simulate(dir.path(), std::slice::from_ref(&file), &["bench"]);
    let (_, analysis) = analyze(&[file], Some("line"));
    let found = recorded(dir.path(), &analysis.netlist, &analysis.graph);
    assert_eq!(found.visits, [290]);
    let [cycles, bits, gates] = counted(&printed, "COUNT")[..] else {
        panic!("three numbers");
    };
    let joules = bits as f64 * cells::FLOP.mean_joules + gates as f64 * cells::XOR.mean_joules;
    let expected = joules / cycles as f64;
    let is = found.switching_joules[0].expect("visited");
    assert!((is / expected - 1.0).abs() < 1e-9, "{is} {expected}");
    assert!(bits > 1000 && gates > 500);
}

/// A memory and a small array of registers; what is read of them goes through one layer of gates.
const ARRAYS: &str =
    "module arrays(input clk, input [7:0] d, input [7:0] i, output [7:0] q, output reg [7:0] r);
  reg [7:0] mem [0:255];
  reg [7:0] two [2:3];
  always @(posedge clk) begin
    mem[i] <= d;
    two[2] <= d;
    two[3] <= two[2];
    r <= two[3];
  end
  assign q = mem[i] ^ d;
endmodule
";

/// The activity of the arrays' testbench with a simulator, its dump begun when all is known.
fn arrays(dir: &Path, verilator: bool, dump: &str) -> (Activity, [u64; 3]) {
    let bench = format!(
        "{ARRAYS}module bench;
  reg clk = 0;
  reg [7:0] d = 0, was_q, was_0, was_1, was_r;
  reg [7:0] i = 0;
  wire [7:0] q, shown;
  integer cycle, k, bits = 0, gates = 0;
  arrays dut (clk, d, i, q, shown);
  function [3:0] ones(input [7:0] of);
    ones = {{3'd0, of[0]}} + {{3'd0, of[1]}} + {{3'd0, of[2]}} + {{3'd0, of[3]}} + {{3'd0, of[4]}} + {{3'd0, of[5]}}
      + {{3'd0, of[6]}} + {{3'd0, of[7]}};
  endfunction
  initial begin
    for (cycle = 0; cycle < 460; cycle = cycle + 1) begin
      if (cycle == 260) begin $dumpfile(\"run.vcd\"); $dumpvars(0, bench); {dump} end
      d = cycle * 73 + (cycle >> 3) * 11; i = cycle < 260 ? cycle : (cycle * 5) >> 1;
      #5;
      if (cycle > 260) begin
        bits = bits + ones(dut.two[2] ^ was_0) + ones(dut.two[3] ^ was_1) + ones(shown ^ was_r);
        gates = gates + ones(q ^ was_q);
        $display(\"COUNT %0d %0d %0d\", cycle - 260, bits, gates);
      end
      was_0 = dut.two[2]; was_1 = dut.two[3]; was_r = shown; was_q = q;
      clk = 1; #5 clk = 0;
    end
    $finish;
  end
endmodule
"
    );
    let file = dir.join("bench.v");
    fs::write(&file, bench).expect("written");
    let printed = match verilator {
        false => simulate(dir, &[file], &["bench"]),
        true => {
            let mut build = Command::new("verilator");
            build.args([
                "--binary",
                "--trace",
                "--timing",
                "-Wno-fatal",
                "--top",
                "bench",
            ]);
            run(build
                .args(["--trace-max-array", "256", "--Mdir", "built"])
                .arg(&file)
                .current_dir(dir))
            .expect("it builds");
            let mut simulation = Command::new(dir.join("built/Vbench"));
            let output = simulation.current_dir(dir).output().expect("it runs");
            String::from_utf8_lossy(&output.stdout).into_owned()
        }
    };
    let design = dir.join("arrays.v");
    fs::write(&design, ARRAYS).expect("written");
    let (_, analysis) = analyze(&[design], None);
    let found = recorded(dir, &analysis.netlist, &analysis.graph);
    let counted = counted(&printed, "COUNT");
    (found, counted.try_into().expect("three numbers"))
}

#[test]
fn elements_of_arrays_are_read_where_they_are_dumped() {
    // Icarus dumps no elements unless it is asked to.
    let asked = "for (k = 0; k < 256; k = k + 1) $dumpvars(0, dut.mem[k]); \
                 $dumpvars(0, dut.two[2]); $dumpvars(0, dut.two[3]);";
    for (verilator, dump) in [(false, asked), (true, "")] {
        let dir = tempfile::tempdir().expect("a directory");
        let (found, [cycles, bits, gates]) = arrays(dir.path(), verilator, dump);
        assert!(found.left_out.is_empty(), "{:?}", found.left_out);
        assert_eq!(found.visits.iter().sum::<u64>(), 200);
        let joules = bits as f64 * cells::FLOP.mean_joules;
        let is = found.switching_joules[0].expect("visited");
        // Beside them the gates and the multiplexers of reads change.
        assert!(
            is > joules / cycles as f64 && gates > 100,
            "{is}, {bits}, {gates}"
        );
        let dir = tempfile::tempdir().expect("a directory");
        let (all, _) = arrays(dir.path(), false, asked);
        let other = all.switching_joules[0].expect("visited");
        assert!((is / other - 1.0).abs() < 1e-9, "{is}, {other}");
    }
    let dir = tempfile::tempdir().expect("a directory");
    let (found, _) = arrays(dir.path(), false, "");
    assert_eq!(found.left_out, ["two[2]", "two[3]", "mem"]);
}
