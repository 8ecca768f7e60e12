//! Expected outputs: what is known, what depends on the state at power-up, and what contradicts the recording.

#![allow(clippy::unwrap_used)]

mod common;

use std::fs;
use std::path::Path;

use common::{recording, toy};
use idetic_sim::{
    AsyncReset, ClockEdge, Direction, ExpectOptions, Language, OriginalDesign, Port, RecordOptions,
    SimError, StateVariable, Testbench, expect, record,
};

const NO_RANDOM_RUNS: ExpectOptions = ExpectOptions {
    random_runs: 0,
    state: Vec::new(),
    without_icarus: false,
    seed: 1,
    time_limit: std::time::Duration::from_secs(60),
};

/// A design and a testbench of one file each in `folder`.
fn case(
    folder: &Path,
    ports: &[(&str, Direction, usize)],
    clock: &str,
    design: &str,
    bench: &str,
) -> (OriginalDesign, Testbench) {
    fs::write(folder.join("dut.v"), design).unwrap();
    fs::write(folder.join("tb.v"), format!("`timescale 1ns/1ps\n{bench}")).unwrap();
    let port = |(name, direction, width_bits): &(&str, Direction, usize)| Port {
        name: (*name).to_string(),
        direction: *direction,
        width_bits: *width_bits,
    };
    let design = OriginalDesign {
        top: "dut".to_string(),
        files: vec!["dut.v".into()],
        clock: clock.to_string(),
        ports: ports.iter().map(port).collect(),
        async_resets: Vec::new(),
        stable_inputs: Vec::new(),
        top_module_file: "dut.v".into(),
        endmodule_offset: design.rfind("endmodule").unwrap(),
        directory: folder.to_path_buf(),
        ..toy()
    };
    (
        design,
        Testbench {
            files: vec!["tb.v".into()],
            ..Testbench::default()
        },
    )
}

#[test]
fn the_original_alone_gives_what_was_recorded() {
    let recording = recording();
    let expectation = expect(&toy(), &recording, &NO_RANDOM_RUNS).unwrap();
    assert_eq!(expectation.cycles(), recording.cycles());
    // The testbench's reset is active from time 0 without an edge, so that the recording knows nothing of cycle 0.
    assert_eq!(recording.outputs.row_binary(0), "x".repeat(22));
    assert_eq!(
        expectation.outputs.row_binary(0),
        format!("{}{}", "x".repeat(8), "0".repeat(14))
    );
    for cycle in 1..recording.cycles() {
        assert_eq!(
            expectation.outputs.row_binary(cycle),
            recording.outputs.row_binary(cycle)
        );
    }
    assert_eq!(expectation.masking, None);
}

#[test]
fn values_that_depend_on_the_state_at_power_up_are_not_expected() {
    // Icarus takes the unknown `run` for false, so `led` looks known before the reset.
    let design = "module dut (input clk, input rst, output led);
        reg run;
        function lit(input on); if (on) lit = 1'b1; else lit = 1'b0; endfunction
        assign led = lit(run);
        always @(posedge clk) if (rst) run <= 1'b0;
        endmodule";
    let bench = "module tb; reg clk = 0, rst = 0; wire led; dut d (clk, rst, led); always #5 clk = ~clk;
        initial begin repeat (3) @(negedge clk); rst = 1; repeat (3) @(negedge clk); $finish; end endmodule";
    let folder = tempfile::tempdir().unwrap();
    let ports = [
        ("clk", Direction::Input, 1),
        ("rst", Direction::Input, 1),
        ("led", Direction::Output, 1),
    ];
    let (design, testbench) = case(folder.path(), &ports, "clk", design, bench);
    let recording = record(&design, &testbench, &RecordOptions::default()).unwrap();
    let plain = expect(&design, &recording, &NO_RANDOM_RUNS).unwrap();
    assert_eq!(plain.outputs.bit(0, 0), Some(false));
    // From random states in Verilator, and with known contents in Icarus.
    let by_verilator = ExpectOptions {
        random_runs: 16,
        ..NO_RANDOM_RUNS
    };
    let by_icarus = ExpectOptions {
        state: vec![StateVariable {
            path: "run".to_string(),
            width_bits: 1,
            words: None,
            enumerated: false,
        }],
        ..NO_RANDOM_RUNS
    };
    for options in [by_verilator, by_icarus] {
        let checked = expect(&design, &recording, &options).unwrap();
        let led: Vec<_> = (0..recording.cycles())
            .map(|cycle| checked.outputs.bit(cycle, 0))
            .collect();
        assert_eq!(led, [None, None, None, None, Some(false), Some(false)]);
        let masking = checked.masking.unwrap();
        assert_eq!(masking.masked_bits, 4);
        assert_eq!(
            masking.extent,
            Some([(0, "led".to_string()), (3, "led".to_string())])
        );
    }
}

#[test]
fn a_reset_that_rests_at_the_start_does_not_touch_initial_values() {
    let design = "module dut (input clk, input rst, output reg [3:0] n);
        initial n = 4'd15;
        always @(posedge clk or posedge rst) if (rst) n <= 4'd0; else n <= n - 4'd1;
        endmodule";
    let bench =
        "module tb; reg clk = 0, rst = 0; wire [3:0] n; dut d (clk, rst, n); always #5 clk = ~clk;
        initial begin repeat (4) @(negedge clk); $finish; end endmodule";
    let folder = tempfile::tempdir().unwrap();
    let ports = [
        ("clk", Direction::Input, 1),
        ("rst", Direction::Input, 1),
        ("n", Direction::Output, 4),
    ];
    let (mut design, testbench) = case(folder.path(), &ports, "clk", design, bench);
    design.async_resets = vec![AsyncReset {
        port: "rst".to_string(),
        active_high: true,
    }];
    let recording = record(&design, &testbench, &RecordOptions::default()).unwrap();
    let by_verilator = ExpectOptions {
        random_runs: 8,
        ..NO_RANDOM_RUNS
    };
    let by_icarus = ExpectOptions {
        state: vec![StateVariable {
            path: "n".to_string(),
            width_bits: 4,
            words: None,
            enumerated: false,
        }],
        ..NO_RANDOM_RUNS
    };
    for options in [by_verilator, by_icarus] {
        let checked = expect(&design, &recording, &options).unwrap();
        assert_eq!(checked.outputs.row_binary(0), "1111");
        assert_eq!(checked.masking.unwrap().masked_bits, 0);
    }
}

#[test]
fn a_pulse_between_two_edges_is_not_reproducible() {
    let design = "module dut (input clk, input rst, output reg [3:0] n);
        always @(posedge clk or posedge rst) if (rst) n <= 4'd0; else n <= n + 4'd1;
        endmodule";
    let bench = "module tb; reg clk = 0, rst = 1; wire [3:0] n; dut d (clk, rst, n); always #5 clk = ~clk;
        initial begin repeat (2) @(negedge clk); rst = 0; repeat (4) @(negedge clk); rst = 1; #1 rst = 0;
        repeat (3) @(negedge clk); $finish; end endmodule";
    let folder = tempfile::tempdir().unwrap();
    let ports = [
        ("clk", Direction::Input, 1),
        ("rst", Direction::Input, 1),
        ("n", Direction::Output, 4),
    ];
    let (design, testbench) = case(folder.path(), &ports, "clk", design, bench);
    let recording = record(&design, &testbench, &RecordOptions::default()).unwrap();
    let error = expect(&design, &recording, &NO_RANDOM_RUNS).unwrap_err();
    let SimError::NotReproducible {
        cycle,
        signal,
        recorded,
        resimulated,
    } = &error
    else {
        panic!("{error:?}")
    };
    assert_eq!(
        (
            *cycle,
            signal.as_str(),
            recorded.as_str(),
            resimulated.as_str()
        ),
        (6, "n", "0000", "0100")
    );
    assert!(error.help().unwrap().contains("between two edges"));
}

#[test]
fn unusual_names_widths_parameters_and_edges_work() {
    // Escaped names, a SystemVerilog keyword as a name, a wide port, the falling edge, a parameter, no reset.
    let design = "module dut #(parameter STEP = 1) (input \\ck! , input [69:0] do, output reg [129:0] \\q[0] );
        always @(negedge \\ck! ) \\q[0] <= {60'd5, do} + STEP;
        endmodule";
    let bench = "module tb; reg c = 1; reg [69:0] v = 70'h3ffffffffffffffff0; wire [129:0] q;
        dut #(.STEP(7)) d (.\\ck! (c), .do(v), .\\q[0] (q)); always #5 c = ~c;
        always @(posedge c) v <= v + 70'd1;
        initial #62 $finish; endmodule";
    let folder = tempfile::tempdir().unwrap();
    let ports = [
        ("ck!", Direction::Input, 1),
        ("do", Direction::Input, 70),
        ("q[0]", Direction::Output, 130),
    ];
    let (design, testbench) = case(folder.path(), &ports, "ck!", design, bench);
    let design = OriginalDesign {
        clock_edge: ClockEdge::Negative,
        language: Language::Verilog2005,
        parameters: vec![("STEP".to_string(), "7".to_string())],
        values: Vec::new(),
        ..design
    };
    let recording = record(&design, &testbench, &RecordOptions::default()).unwrap();
    let expectation = expect(
        &design,
        &recording,
        &ExpectOptions {
            random_runs: 4,
            ..NO_RANDOM_RUNS
        },
    )
    .unwrap();
    assert_eq!(expectation.cycles(), 6);
    assert_eq!(expectation.outputs.slice_binary(0, 0, 130), "x".repeat(130));
    let row = expectation.outputs.row_binary(1);
    assert!(
        row.ends_with("11110111") && row.starts_with(&format!("{:060b}", 5)),
        "{row}"
    );
}
