//! Tests of the whole stage on designs made by hand; what the emitted text
//! does in simulators and synthesis is tested in the `tests` crate.

use super::fixture::{Analysed, Fixture};
use super::*;
use crate::frontend::ast::Direction::{Input, Output as Out};

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
    insta::assert_snapshot!("counter_wrapper", output.files[1].text);
    insta::assert_json_snapshot!("counter_image", output.image);
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
