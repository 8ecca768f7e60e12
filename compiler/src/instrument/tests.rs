//! Tests of the whole stage on designs made by hand; what the emitted text
//! does in simulators and synthesis is tested in the `tests` crate.

use super::fixture::{Analysed, Fixture};
use super::*;
use crate::frontend::ast::Direction::{Input, Output as Out};
use crate::netlist::ResetSource;

fn run(fixture: &Fixture, analysed: &Analysed, options: &InstrumentOptions) -> Output {
    let (output, diagnostics) = attempt(fixture, analysed, options);
    assert_eq!(diagnostics.list, []);
    output.expect("no error means an output")
}

fn attempt(
    fixture: &Fixture,
    analysed: &Analysed,
    options: &InstrumentOptions,
) -> (Option<Output>, Diagnostics) {
    instrument(
        &fixture.ast,
        &fixture.sources,
        &fixture.netlist,
        &analysed.graph,
        &analysed.liveness,
        &analysed.plan,
        &analysed.layout,
        options,
    )
}

/// The emitted text of the only source file, after checking that taking the
/// insertions out gives the input back.
fn emitted<'a>(fixture: &Fixture, output: &'a Output) -> &'a str {
    let file = &output.files[0];
    let (id, edits) = file.source.as_ref().expect("the first file is a source");
    let original = &fixture.sources.file(*id).text;
    assert_eq!(edits::strip(&file.text, edits).as_ref(), Some(original));
    &file.text
}

const COUNTER: &str = "\
// A counter with a data register.
module counter (
    input  wire clk,
    input  wire rst_n,
    input  wire [9:0] d,
    output wire [9:0] q
);
  reg [1:0] state;
  reg [9:0] data;
  assign q = data;

  always @(posedge clk or negedge rst_n)
    if (!rst_n) state <= 2'd0;
    else state <= state + 2'd1;
  // end

  // The data has no reset.
  always @(posedge clk) if (state == 2'd3) data <= d; else data <= data + 10'd1;
  // end
endmodule
";

fn counter() -> (Fixture, Analysed) {
    let mut fixture = Fixture::new(COUNTER)
        .port("clk", Input, 1)
        .port("rst_n", Input, 1)
        .port("d", Input, 10)
        .port("q", Out, 10);
    let control = fixture.process("always @(posedge clk or");
    let state = fixture.register(0, "state", 2, &control, Some("rst_n"));
    let plain = fixture.process("always @(posedge clk) if");
    let data = fixture.register(0, "data", 10, &plain, None);
    let saved: Vec<_> = (0..10).map(|bit| (data, bit)).collect();
    let analysed = fixture.analysed(&[state], &[0, 2], &saved);
    (fixture, analysed)
}

#[test]
fn processes_ports_and_wrapper_of_one_module() {
    let (fixture, analysed) = counter();
    let output = run(&fixture, &analysed, &InstrumentOptions::default());
    let names: Vec<&str> = output.files.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "design.v",
            "counter_idetic.v",
            "idetic_controller.v",
            "idetic_crc32.v",
            "idetic_clkgate.v"
        ]
    );
    insta::assert_snapshot!("counter_gate", emitted(&fixture, &output));
    let wrapper = &output.files[1].text;
    let wrapper = wrapper.replace(env!("CARGO_PKG_VERSION"), "VERSION");
    insta::assert_snapshot!("counter_wrapper", wrapper);
    insta::assert_json_snapshot!("counter_image", output.image);
}

/// A level of its own for each checkpoint that the decoder tells from the others.
#[test]
fn saves_are_skipped_above_levels() {
    let (fixture, analysed) = counter();
    let skip = |levels: [u8; 2]| {
        let options = InstrumentOptions {
            skips: Skips::Above(levels.to_vec()),
            ..InstrumentOptions::default()
        };
        let output = run(&fixture, &analysed, &options);
        let text = &output.files[1].text;
        let from = text
            .find("  // Above this supply level what")
            .expect("levels");
        let to = text.find("  // The words that hold").expect("words");
        text[from..to].to_string()
    };
    insta::assert_snapshot!("levels_that_differ", skip([70, 9]));
    insta::assert_snapshot!("one_level", skip([70, 70]));
}

/// Where a memory that outlives failures is written again neither a level, nor a timer, nor the parameter counts.
#[test]
fn some_saves_are_never_skipped() {
    let (fixture, mut analysed) = counter();
    analysed.plan.rewrites.sure = vec![analysed.plan.checkpoints[1].state];
    let skip = |skips: Skips| {
        let options = InstrumentOptions {
            skips,
            ..InstrumentOptions::default()
        };
        let output = run(&fixture, &analysed, &options);
        let text = &output.files[1].text;
        let from = text.find("  // Where a memory that outlives");
        let to = text.find("  // The words that hold").expect("words");
        text[from.expect("what is sure")..to].to_string()
    };
    let all = [
        Skips::Never,
        Skips::Within(62),
        Skips::AboveOrRest(vec![70, 255]),
    ];
    insta::assert_snapshot!("sure", all.map(skip).join("\n"));
}

/// The timer restarts with a save or a restore, and counts the cycle that ends there.
#[test]
fn saves_are_skipped_until_a_timer_has_run_out() {
    let (fixture, analysed) = counter();
    let options = InstrumentOptions {
        skips: Skips::Within(62),
        ..InstrumentOptions::default()
    };
    let output = run(&fixture, &analysed, &options);
    let text = &output.files[1].text;
    let from = text
        .find("  // Logical cycles since the last save")
        .expect("a timer");
    let to = text.find("  // The words that hold").expect("words");
    insta::assert_snapshot!("a_timer", &text[from..to]);
}

#[test]
fn enables_instead_of_a_gate() {
    let (fixture, analysed) = counter();
    let options = InstrumentOptions {
        hold: Hold::Enable,
        ..InstrumentOptions::default()
    };
    let output = run(&fixture, &analysed, &options);
    assert!(
        output
            .files
            .iter()
            .all(|file| file.name != "idetic_clkgate.v")
    );
    insta::assert_snapshot!("counter_enable", emitted(&fixture, &output));
    assert!(
        output.files[1]
            .text
            .contains(".idetic_hold(~idetic_advance)")
    );
    assert!(output.files[1].text.contains(".clk(clk),\n      .rst_n"));
}

const TREE: &str = "\
module tree (clk, q);
  input clk;
  output [5:0] q;
  leaf u0 (clk, q[2:0]);
  leaf u1 (.clk(clk), .q(q[5:3]));
  leaf u2 (
    .clk(clk),
    .q()
  );
  plain p (.clk(clk));
endmodule
module leaf #(parameter W = 3) (input clk, output [W-1:0] q);
  reg [2:0] r;
  assign q = r;
  always @(posedge clk) begin
    r <= r + 1;
  end // end
endmodule
module plain (input clk);
endmodule
";

/// `u0` and `u1` save two different parts of the same register, `u2` nothing.
fn tree() -> (Fixture, Analysed) {
    let mut fixture = Fixture::new(TREE)
        .port("clk", Input, 1)
        .port("q", Out, 6)
        .instance(0, "leaf u0", true)
        .instance(0, "leaf u1", false)
        .instance(0, "leaf u2", false)
        .instance(0, "plain p", false);
    let process = fixture.process("always @(posedge clk) begin");
    let a = fixture.register(1, "r", 3, &process, None);
    let b = fixture.register(2, "r", 3, &process, None);
    fixture.register(3, "r", 3, &process, None);
    let analysed = fixture.analysed(&[], &[], &[(a, 0), (a, 1), (a, 2), (b, 0), (b, 2)]);
    (fixture, analysed)
}

#[test]
fn instances_with_different_plans_get_copies_of_their_module() {
    let (fixture, analysed) = tree();
    let output = run(&fixture, &analysed, &InstrumentOptions::default());
    insta::assert_snapshot!("tree", emitted(&fixture, &output));
    // One state without control registers: a checkpoint in every cycle.
    assert!(output.files[1].text.contains("wire idetic_due = 1'b1;"));
}

#[test]
fn equal_instances_share_the_module_in_place() {
    let (fixture, _) = tree();
    let registers: Vec<_> = (0..3).map(crate::netlist::RegId).collect();
    let saved: Vec<_> = registers.iter().map(|&register| (register, 1)).collect();
    let analysed = fixture.analysed(&[], &[], &saved);
    let output = run(&fixture, &analysed, &InstrumentOptions::default());
    let text = emitted(&fixture, &output);
    assert!(!text.contains("leaf_idetic"));
    let shift = "r <= {1'd0, idetic_shifted[0], 1'd0};";
    assert_eq!(text.matches(shift).count(), 1);
    let word = "idetic_in[0]";
    let u0 = format!("leaf u0 (idetic_shift, {word}, idetic_out_0, clk");
    assert!(text.contains(&u0), "{text}");
}

#[test]
fn a_module_without_ports_gets_a_list() {
    let mut fixture = Fixture::new(
        "module bare;\n  always @(posedge clk) r <= !r; // end\n  reg r;\nendmodule\n",
    );
    let process = fixture.process("always @(posedge clk)");
    let r = fixture.register(0, "r", 1, &process, None);
    let analysed = fixture.analysed(&[], &[], &[(r, 0)]);
    let output = run(&fixture, &analysed, &InstrumentOptions::default());
    let header = "module bare (input wire idetic_shift, input wire [0:0] idetic_in, \
                  output wire [0:0] idetic_out);";
    assert!(emitted(&fixture, &output).starts_with(header));
}

#[test]
fn registers_that_cannot_be_selected_from_are_written_whole() {
    let (mut fixture, _) = tree();
    for register in &mut fixture.netlist.registers {
        register.origin.bits = crate::netlist::BitNaming::Whole;
    }
    let bits = (0..3).flat_map(|r| [(crate::netlist::RegId(r), 0), (crate::netlist::RegId(r), 2)]);
    let analysed = fixture.analysed(&[], &[], &bits.collect::<Vec<_>>());
    let output = run(&fixture, &analysed, &InstrumentOptions::default());
    let text = emitted(&fixture, &output);
    assert!(
        text.contains("r <= {idetic_shifted[1], 1'd0, idetic_shifted[0]};"),
        "{text}"
    );
    assert!(
        text.contains("assign idetic_saved[1] = idetic_copy_0[2];"),
        "{text}"
    );
}

/// The only message of a run that must fail.
fn message(fixture: &Fixture, analysed: &Analysed) -> (&'static str, String) {
    let (output, diagnostics) = attempt(fixture, analysed, &InstrumentOptions::default());
    assert!(output.is_none());
    let [one] = diagnostics.list.as_slice() else {
        panic!("one message expected: {diagnostics:?}");
    };
    assert!(one.help.is_some());
    (one.code.id, one.message.clone())
}

#[test]
fn saved_registers_assigned_in_both_ways_in_a_loop_are_refused() {
    let (mut fixture, _) = counter();
    let origin = &mut fixture.netlist.registers[1].origin;
    origin.assigned = crate::netlist::Assigned::Mixed;
    origin.process.place.loops = vec![("i".to_string(), 0)];
    let data = crate::netlist::RegId(1);
    let analysed = fixture.analysed(&[], &[], &[(data, 0)]);
    let (code, text) = message(&fixture, &analysed);
    assert_eq!(code, "E0601");
    assert!(text.contains("both by `=` and by `<=`"), "{text}");
}

#[test]
fn text_from_macros_is_named_to_be_written_out() {
    let (mut fixture, analysed) = counter();
    fixture.netlist.registers[1].origin.process.span.expanded = true;
    let (code, text) = message(&fixture, &analysed);
    assert_eq!(code, "E0601");
    assert!(text.contains("comes from a macro"), "{text}");
}

#[test]
fn parts_of_structures_are_refused() {
    let (mut fixture, analysed) = counter();
    let origin = &mut fixture.netlist.registers[1].origin;
    origin.bits = crate::netlist::BitNaming::Whole;
    origin.target = "data[9:0]".into();
    let (code, text) = message(&fixture, &analysed);
    assert_eq!(code, "E0601");
    assert!(text.contains("part of a structure"), "{text}");
}

#[test]
fn designs_without_clock_and_names_of_ours_are_refused() {
    let (mut fixture, analysed) = counter();
    fixture.netlist.clocks.clear();
    assert_eq!(message(&fixture, &analysed).0, "E0401");

    let (mut fixture, analysed) = counter();
    fixture.ast.modules[0].name.text = "idetic_core".into();
    assert_eq!(message(&fixture, &analysed).0, "E0602");
}

#[test]
fn a_reset_of_two_levels_cannot_be_masked() {
    let (mut fixture, analysed) = counter();
    let other = ResetSource::Port("rst_n".to_string(), true);
    fixture.netlist.registers[1].clocking.resets.push(other);
    assert_eq!(message(&fixture, &analysed).0, "E0601");
}

#[test]
fn the_file_list_names_every_file_by_its_absolute_path() {
    let (fixture, analysed) = counter();
    let output = run(&fixture, &analysed, &InstrumentOptions::default());
    let (name, text) = output.file_list(&ListOptions {
        directory: "/out".into(),
        include_dirs: vec!["/inc".into()],
        defines: vec![("A".into(), None), ("B".into(), Some("2".into()))],
        data_files: vec!["rom.hex".into()],
    });
    assert_eq!(name, "counter_idetic.f");
    insta::assert_snapshot!("file_list", text);
}
