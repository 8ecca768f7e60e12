//! Designs of `tests/designs/emit` through failures, each in the ways that its text is about.

use std::fs;

use idetic::instrument::{Hold, InstrumentOptions};
use idetic_sim as sim;

use super::{emit, hold, random_bench, workspace};

/// Instruments a design of `tests/designs/emit` and takes it through failures, under a bench
/// of random inputs.
fn survives(
    name: &str,
    options: &InstrumentOptions,
    word_bits: u32,
    language: sim::Language,
    how: (sim::Simulator, usize),
) {
    survives_under(None, name, options, word_bits, language, how);
}

/// The same under a bench; without a text it is the random one.
fn survives_under(
    bench_text: Option<&str>,
    name: &str,
    options: &InstrumentOptions,
    word_bits: u32,
    language: sim::Language,
    (simulator, points): (sim::Simulator, usize),
) {
    let folder = workspace().join("tests/designs/emit");
    let verilog = folder.join(format!("{name}.v"));
    let system = !verilog.exists();
    let files = [match system {
        true => folder.join(format!("{name}.sv")),
        false => verilog,
    }];
    let emitted = emit(&files, name, options, word_bits);
    emitted.check_strip();
    if system {
        emitted.check_lint(&files);
        if simulator == sim::Simulator::Icarus {
            emitted.check_icarus(&["-g2012"]);
        }
    } else if language == sim::Language::SystemVerilog2012 {
        emitted.check_tools(&files);
    }
    let bench = emitted.directory.path().join("bench.v");
    let random = || random_bench(&emitted.netlist, 80);
    let text = bench_text.map_or_else(random, str::to_string);
    fs::write(&bench, text).expect("a file");
    let report = emitted.campaign(&files, &bench, simulator, language, points);
    assert_eq!(report.failures, []);
    assert!(report.restores > 0 && report.compared_bits > 0);
    // The report's figure for a save, measured: what is left is the first boot.
    let save = emitted.report.checkpoints[0].save_cycles;
    let boot = report.stall_clocks - report.commits * save;
    // Where initial values are relied on, a cold start takes the chain through once.
    let initial = (emitted.netlist.registers.iter()).any(|register| register.init.is_some());
    let chain = emitted.netlist.flop_bits().div_ceil(u64::from(word_bits));
    let most = 8 + if initial { chain + 2 } else { 0 };
    assert!((4..=most).contains(&boot), "{boot} clocks");
}

#[test]
fn declaration_styles_survive_with_a_clock_gate() {
    let language = sim::Language::SystemVerilog2012;
    survives(
        "styles",
        &hold(Hold::Gate),
        16,
        language,
        (sim::Simulator::Verilator, 200),
    );
}

#[test]
fn declaration_styles_survive_with_enables() {
    let language = sim::Language::SystemVerilog2012;
    survives(
        "styles",
        &hold(Hold::Enable),
        8,
        language,
        (sim::Simulator::Icarus, 12),
    );
}

#[test]
fn defaults_before_resets_survive_with_a_clock_gate() {
    let language = sim::Language::SystemVerilog2012;
    survives(
        "defaults",
        &hold(Hold::Gate),
        8,
        language,
        (sim::Simulator::Icarus, 60),
    );
}

#[test]
fn defaults_before_resets_survive_with_enables() {
    let language = sim::Language::SystemVerilog2012;
    survives(
        "defaults",
        &hold(Hold::Enable),
        16,
        language,
        (sim::Simulator::Icarus, 60),
    );
}

#[test]
fn modules_in_pieces_survive() {
    let language = sim::Language::SystemVerilog2012;
    survives(
        "pieces",
        &hold(Hold::Gate),
        16,
        language,
        (sim::Simulator::Icarus, 12),
    );
}

#[test]
fn odd_names_and_a_falling_edge_survive() {
    let language = sim::Language::Verilog2005;
    survives(
        "names",
        &hold(Hold::Gate),
        32,
        language,
        (sim::Simulator::Icarus, 12),
    );
}

/// Fields of structures, enums, signals of an interface. Icarus 11 cannot read
/// it, so there is nothing to expect: only the text is looked at.
#[test]
fn systemverilog_text_is_taken() {
    let files = [workspace().join("tests/designs/emit/modern.sv")];
    let emitted = emit(&files, "modern", &hold(Hold::Gate), 16);
    emitted.check_strip();
    emitted.check_lint(&files);
}

#[test]
fn fields_and_enums_survive_in_icarus() {
    let language = sim::Language::SystemVerilog2012;
    survives(
        "fields",
        &hold(Hold::Enable),
        8,
        language,
        (sim::Simulator::Icarus, 12),
    );
}

#[test]
fn generate_loops_survive() {
    let language = sim::Language::SystemVerilog2012;
    let options = hold(Hold::Gate);
    survives(
        "loops",
        &options,
        16,
        language,
        (sim::Simulator::Icarus, 12),
    );
    let options = hold(Hold::Enable);
    survives(
        "loops",
        &options,
        10,
        language,
        (sim::Simulator::Verilator, 200),
    );
}

#[test]
fn instances_of_unlike_shapes_survive() {
    let language = sim::Language::Verilog2005;
    let icarus = (sim::Simulator::Icarus, 12);
    survives("shapes", &hold(Hold::Gate), 32, language, icarus);
    let verilator = (sim::Simulator::Verilator, 200);
    survives("shapes", &hold(Hold::Enable), 10, language, verilator);
}

#[test]
fn modules_that_others_name_keep_their_ports() {
    let language = sim::Language::SystemVerilog2012;
    let verilator = (sim::Simulator::Verilator, 200);
    survives("kept", &hold(Hold::Gate), 16, language, verilator);
}

#[test]
fn modules_that_instantiate_themselves_survive() {
    let language = sim::Language::SystemVerilog2012;
    let icarus = (sim::Simulator::Icarus, 12);
    survives("recursive", &hold(Hold::Gate), 16, language, icarus);
    let verilator = (sim::Simulator::Verilator, 200);
    survives("recursive", &hold(Hold::Enable), 32, language, verilator);
}

/// In states that no reset leads to a constant of the control graph may be none. The bench
/// lets go from power-up, by the way that no reset leads to, and resets later for one cycle.
#[test]
fn starts_that_no_reset_leads_to_survive() {
    let bench = "module tb;
  reg clk = 0, rst = 0, load = 0, pick = 0, go = 0;
  wire [15:0] level; wire [1:0] at; wire [7:0] late;
  integer i, seed = 5;
  starts dut (clk, rst, load, pick, go, level, at, late);
  always #5 clk = ~clk;
  initial begin
    for (i = 0; i < 80; i = i + 1) begin
      {rst, load, pick, go} = $random(seed);
      if (i < 20) rst = 0;
      if (i == 1) load = 1;
      @(negedge clk);
    end
    $finish;
  end
endmodule
";
    let language = sim::Language::SystemVerilog2012;
    let options = hold(Hold::Gate);
    let simulator = sim::Simulator::Verilator;
    survives_under(
        Some(bench),
        "starts",
        &options,
        8,
        language,
        (simulator, 400),
    );
}

#[test]
fn registers_assigned_at_once_survive() {
    let language = sim::Language::SystemVerilog2012;
    let options = hold(Hold::Gate);
    survives(
        "blocking",
        &options,
        8,
        language,
        (sim::Simulator::Verilator, 400),
    );
    let options = hold(Hold::Enable);
    survives(
        "blocking",
        &options,
        32,
        language,
        (sim::Simulator::Icarus, 24),
    );
}

#[test]
fn registers_assigned_at_once_and_later_survive() {
    let language = sim::Language::Verilog2005;
    survives(
        "mixed",
        &hold(Hold::Gate),
        8,
        language,
        (sim::Simulator::Icarus, 24),
    );
}

#[test]
fn branches_without_a_name_and_unlike_instances_of_a_loop_survive() {
    let language = sim::Language::SystemVerilog2012;
    let verilator = (sim::Simulator::Verilator, 200);
    survives("branches", &hold(Hold::Gate), 16, language, verilator);
    let icarus = (sim::Simulator::Icarus, 12);
    survives("branches", &hold(Hold::Enable), 32, language, icarus);
}

/// Blocks without a name get one where the insertions reach a variable inside, and only there.
#[test]
fn state_in_blocks_without_a_name_survives() {
    let language = sim::Language::SystemVerilog2012;
    let icarus = (sim::Simulator::Icarus, 12);
    survives("unnamed", &hold(Hold::Gate), 16, language, icarus);
    let verilator = (sim::Simulator::Verilator, 200);
    survives("unnamed", &hold(Hold::Enable), 32, language, verilator);

    let files = [workspace().join("tests/designs/emit/unnamed.sv")];
    let emitted = emit(&files, "unnamed", &hold(Hold::Gate), 16);
    let text = &emitted.output.files[0].text;
    let scratch = text.find("reg [7:0] scratch;").expect("the declaration");
    assert!(
        text[..scratch].trim_end().ends_with(" begin"),
        "no name in front of `scratch`: {text}"
    );
}

#[test]
fn modules_that_name_themselves_survive() {
    let language = sim::Language::SystemVerilog2012;
    let icarus = (sim::Simulator::Icarus, 12);
    survives("self_named", &hold(Hold::Gate), 16, language, icarus);
    let verilator = (sim::Simulator::Verilator, 200);
    survives("self_named", &hold(Hold::Enable), 8, language, verilator);

    let files = [workspace().join("tests/designs/emit/self_named.v")];
    let emitted = emit(&files, "self_named", &hold(Hold::Gate), 16);
    let text = &emitted.output.files[0].text;
    assert_eq!(text.matches("$dumpvars(0, self_named_idetic_1)").count(), 1);
    assert_eq!(text.matches("$dumpvars(0, self_named)").count(), 1);
    assert!(text.contains("$dumpvars(1, self_named_idetic_1, self_named_idetic_1.deep)"));
    assert_eq!(
        text.matches("$display(\"self_named.q\");  // self_named.q")
            .count(),
        2
    );
}
