//! Recording a testbench, and everything that can be wrong with one.

#![allow(clippy::unwrap_used)]

mod common;

use std::ffi::OsStr;
use std::fs;
use std::time::Duration;

use common::{bench, fixtures, recording, toy};
use idetic_sim::{
    Limit, OriginalDesign, RecordOptions, Recording, SimError, Simulator, Testbench, Tool, record,
};

/// A testbench of its own for `toy`, written into a fresh directory that stays as long as the result.
fn bench_text(text: &str) -> (tempfile::TempDir, Testbench) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bench.v");
    fs::write(&path, format!("`timescale 1ns/1ps\n{text}")).unwrap();
    (
        folder,
        Testbench {
            files: vec![path],
            ..Testbench::default()
        },
    )
}

fn record_text(text: &str, options: &RecordOptions) -> Result<Recording, SimError> {
    let (_folder, testbench) = bench_text(text);
    record(&toy(), &testbench, options)
}

const WIRES: &str = "reg clk = 0, rst_n = 0, start = 0; reg [7:0] data = 3; wire busy, done; wire [11:0] sum; wire [7:0] trail;";
const DUT: &str = "toy dut (.clk(clk), .rst_n(rst_n), .start(start), .data(data), .busy(busy), .sum(sum), .done(done), .trail(trail));";

#[test]
fn icarus_keeps_unknown_bits() {
    let recording = recording();
    assert_eq!(recording.instance, "toy_tb.dut");
    assert_eq!(recording.cycles(), 60);
    assert!(recording.other_instances.is_empty() && !recording.truncated);
    assert!(recording.log.contains("TOY PASSED"));
    let names: Vec<&str> = recording
        .input_bus
        .fields()
        .iter()
        .map(|field| field.name.as_str())
        .collect();
    assert_eq!(names, ["rst_n", "start", "data"]);
    // In reset: data unknown, start 0, rst_n 0. The edge brings the reset into everything but the trail.
    assert_eq!(recording.inputs.row_binary(0), "xxxxxxxx00");
    assert_eq!(
        recording.outputs.row_binary(1),
        format!("{}{}", "x".repeat(8), "0".repeat(14))
    );
}

#[test]
fn verilator_sees_the_same_where_icarus_knows() {
    let options = RecordOptions {
        simulator: Simulator::Verilator,
        ..RecordOptions::default()
    };
    let verilator = record(&toy(), &bench("toy_tb.v"), &options).unwrap();
    let icarus = recording();
    assert_eq!(verilator.cycles(), icarus.cycles());
    assert_eq!(verilator.instance, icarus.instance);
    // Cycle 0 is left out: Verilator takes a reset that is active from the start for no event.
    for cycle in 1..icarus.cycles() {
        assert_eq!(
            icarus
                .inputs
                .first_conflict(cycle, &verilator.inputs, cycle),
            None,
            "cycle {cycle}"
        );
        assert_eq!(
            icarus
                .outputs
                .first_conflict(cycle, &verilator.outputs, cycle),
            None,
            "cycle {cycle}"
        );
    }
}

#[test]
fn inputs_driven_at_the_edge_are_recorded_as_the_design_sees_them() {
    let text = format!(
        "module tb; {WIRES} {DUT} always #5 clk = ~clk;
         always @(posedge clk) begin rst_n <= 1; start <= rst_n; data <= data + 1; end
         initial #200 $finish; endmodule"
    );
    let recording = record_text(&text, &RecordOptions::default()).unwrap();
    let start: Vec<_> = (0..4)
        .map(|cycle| recording.inputs.bit(cycle, 1).unwrap())
        .collect();
    let reset: Vec<_> = (0..4)
        .map(|cycle| recording.inputs.bit(cycle, 0).unwrap())
        .collect();
    assert_eq!(
        (reset, start),
        (
            vec![false, true, true, true],
            vec![false, false, true, true]
        )
    );
    assert_eq!(recording.inputs.slice_binary(3, 2, 8), "00000110");
    // start is seen at edge 2, so busy shows before edge 3.
    let busy: Vec<_> = (1..4)
        .map(|cycle| recording.outputs.bit(cycle, 0).unwrap())
        .collect();
    assert_eq!(busy, [false, false, true]);
}

#[test]
fn of_several_instances_the_first_is_recorded() {
    let text = format!(
        "module tb; {WIRES} {DUT} wire b2, d2; wire [11:0] s2; wire [7:0] t2;
         toy second (.clk(clk), .rst_n(rst_n), .start(1'b1), .data(data), .busy(b2), .sum(s2), .done(d2), .trail(t2));
         always #5 clk = ~clk; initial #100 $finish; endmodule"
    );
    let recording = record_text(&text, &RecordOptions::default()).unwrap();
    let mut both = vec![recording.instance.clone()];
    both.extend(recording.other_instances.clone());
    both.sort();
    assert_eq!(both, ["tb.dut", "tb.second"]);
    assert_eq!(recording.cycles(), 10);
}

#[test]
fn a_failing_testbench_is_refused_with_what_it_said() {
    let text = format!(
        "module tb; {WIRES} {DUT} initial begin $display(\"sum is wrong\"); $fatal(1); end endmodule"
    );
    let error = record_text(&text, &RecordOptions::default()).unwrap_err();
    let SimError::TestbenchFailed { simulator, log, .. } = &error else {
        panic!("{error:?}")
    };
    assert_eq!(*simulator, Simulator::Icarus);
    assert!(log.contains("sum is wrong"));
    assert!(
        error
            .to_string()
            .starts_with("the testbench fails on the original design in Icarus Verilog")
    );
}

#[test]
fn a_testbench_that_never_ends_is_stopped() {
    let text = format!("module tb; {WIRES} {DUT} always #5 clk = ~clk; endmodule");
    let by_cycles = RecordOptions {
        max_cycles: 100,
        ..RecordOptions::default()
    };
    let error = record_text(&text, &by_cycles).unwrap_err();
    assert!(
        matches!(
            error,
            SimError::TestbenchEndless {
                limit: Limit::Cycles(100),
                ..
            }
        ),
        "{error:?}"
    );
    let cut = record_text(
        &text,
        &RecordOptions {
            truncate: true,
            ..by_cycles
        },
    )
    .unwrap();
    assert!(cut.truncated && cut.cycles() == 100);
    let by_time = RecordOptions {
        time_limit: Duration::from_secs(3),
        ..RecordOptions::default()
    };
    let hung = format!("module tb; {WIRES} {DUT} initial forever #0 clk = clk; endmodule");
    let error = record_text(&hung, &by_time).unwrap_err();
    assert!(
        matches!(
            error,
            SimError::TestbenchEndless {
                limit: Limit::Time(_),
                ..
            }
        ),
        "{error:?}"
    );
}

#[test]
fn a_testbench_without_clock_or_design_is_refused() {
    let text = format!("module tb; {WIRES} {DUT} initial #100 $finish; endmodule");
    let error = record_text(&text, &RecordOptions::default()).unwrap_err();
    assert!(
        matches!(&error, SimError::NoClockEdge { clock, instance } if clock == "clk" && instance == "tb.dut"),
        "{error:?}"
    );
    let error = record_text(
        "module tb; initial #100 $finish; endmodule",
        &RecordOptions::default(),
    )
    .unwrap_err();
    assert!(
        matches!(&error, SimError::NotInstantiated { top, .. } if top == "toy"),
        "{error:?}"
    );
    assert!(error.help().unwrap().contains("must instantiate `toy`"));
}

#[test]
fn sources_that_do_not_compile_are_refused_with_the_message() {
    let error = record_text("module tb; nonsense here", &RecordOptions::default()).unwrap_err();
    let SimError::Compile {
        tool: Tool::Icarus,
        log,
        command,
        ..
    } = &error
    else {
        panic!("{error:?}")
    };
    assert!(
        log.contains("bench.v:2") && command.contains("-g2012"),
        "{log}"
    );
}

#[test]
fn files_that_cannot_be_read_are_named() {
    for file in ["no_such_file.v", "."] {
        let error = record(&toy(), &bench(file), &RecordOptions::default()).unwrap_err();
        assert!(
            matches!(&error, SimError::Io { path, .. } if *path == fixtures().join(file)),
            "{error:?}"
        );
    }
}

#[test]
fn a_file_that_has_changed_is_noticed() {
    let design = OriginalDesign {
        endmodule_offset: 3,
        ..toy()
    };
    let error = record(&design, &bench("toy_tb.v"), &RecordOptions::default()).unwrap_err();
    assert!(
        error.to_string().contains("no `endmodule` at byte 3"),
        "{error}"
    );
    let gone = OriginalDesign {
        top_module_file: "gone.v".into(),
        ..toy()
    };
    assert!(matches!(
        record(&gone, &bench("toy_tb.v"), &RecordOptions::default()),
        Err(SimError::Io { .. })
    ));
}

#[test]
fn other_widths_in_the_testbench_are_refused() {
    let mut design = toy();
    design.ports[3].width_bits = 9;
    let error = record(&design, &bench("toy_tb.v"), &RecordOptions::default()).unwrap_err();
    assert!(error.to_string().contains("other widths"), "{error}");
}

#[test]
fn a_missing_tool_is_named_with_how_to_install_it() {
    for (tool, program, package) in [
        (Tool::Icarus, "iverilog", "iverilog"),
        (Tool::Verilator, "verilator", "verilator g++ make"),
    ] {
        let error = tool
            .locate_in(OsStr::new("/nowhere:/nowhere/else"))
            .unwrap_err();
        assert!(
            error
                .to_string()
                .contains(&format!("`{program}` is not installed")),
            "{error}"
        );
        assert!(
            error
                .help()
                .unwrap()
                .contains(&format!("apt-get install {package}"))
        );
    }
    // A file that is not a program does not count.
    assert!(Tool::Icarus.locate_in(fixtures().as_os_str()).is_err());
}
