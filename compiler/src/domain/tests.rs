use super::*;
use crate::driver::{self, AnalyzeOptions, InsertOptions};
use crate::elaborate::ElaborateOptions;
use crate::frontend::ReadOptions;
use crate::netlist::Boundary;
use crate::source::SourceMap;

/// Two clocks: `ticks` runs free, `acc` counts its edges.
const TICKS: &str = "module m(input wire ca, input wire cb, input wire rst, output wire [7:0] y);
  reg [3:0] ticks; reg s; reg [7:0] acc;
  always @(posedge cb) if (rst) ticks <= 0; else ticks <= ticks + 1;
  always @(posedge ca) begin s <= ticks[3]; if (rst) acc <= 0; else if (s) acc <= acc + 1; end
  assign y = acc;
endmodule
";

/// What is said, line by line: `code message`.
fn said(diagnostics: &Diagnostics) -> Vec<String> {
    let line = |d: &Diagnostic| format!("{} {}", d.code.id, d.message);
    diagnostics.list.iter().map(line).collect()
}

fn options(clock: &str) -> DomainOptions {
    let clocks = clock.split(',').filter(|clock| !clock.is_empty());
    DomainOptions {
        clocks: clocks.map(str::to_string).collect(),
        ..DomainOptions::default()
    }
}

fn with_other(clock: &str, other: &str, stopped: bool) -> DomainOptions {
    let mut options = options(clock);
    let powered = true;
    let said = OtherClock { powered, stopped };
    options.others.insert(other.to_string(), said);
    options
}

fn with_box(module: &str, state: BlackBoxState) -> DomainOptions {
    let mut options = DomainOptions::default();
    let clocks = None;
    let said = BlackBoxOptions { state, clocks };
    options.black_boxes.insert(module.to_string(), said);
    options
}

fn analyze(
    text: &str,
    domain: &DomainOptions,
) -> (Option<driver::Analysis>, Diagnostics, SourceMap) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("t.v");
    std::fs::write(&path, text).unwrap();
    let mut sources = SourceMap::new();
    let options = AnalyzeOptions {
        read: ReadOptions {
            files: vec![path],
            ..ReadOptions::default()
        },
        elaborate: ElaborateOptions {
            top: Some("m".to_string()),
            clocks: domain.clocks.clone(),
            black_boxes: domain.black_boxes.keys().cloned().collect(),
            ..ElaborateOptions::default()
        },
        domain: domain.clone(),
        ..AnalyzeOptions::default()
    };
    let (analysis, found) = driver::analyze(&options, &mut sources);
    (analysis, found, sources)
}

/// What `insert` says, and the text of the file.
fn insert(text: &str, domain: &DomainOptions) -> (Vec<String>, String) {
    let (analysis, found, sources) = analyze(text, domain);
    let Some(mut analysis) = analysis else {
        return (said(&found), String::new());
    };
    let options = InsertOptions {
        word_bits: 8,
        ..InsertOptions::default()
    };
    let (inserted, found) = driver::insert(&mut analysis, &sources, &options);
    let files = inserted
        .map(|inserted| inserted.output.files)
        .unwrap_or_default();
    let text = files.iter().find(|file| file.name == "t.v");
    (
        said(&found),
        text.map(|file| file.text.clone()).unwrap_or_default(),
    )
}

#[track_caller]
fn refuses(text: &str, domain: &DomainOptions, expected: &str) {
    assert_eq!(insert(text, domain).0, [expected]);
}

#[track_caller]
fn takes(text: &str, domain: &DomainOptions) -> String {
    let (said, emitted) = insert(text, domain);
    assert_eq!(said, [""; 0]);
    assert!(!emitted.is_empty());
    emitted
}

#[test]
fn one_of_several_clocks_must_be_named() {
    let (none, found, _) = analyze(TICKS, &options(""));
    assert!(none.is_none());
    assert_eq!(
        said(&found),
        ["E0308 the design has 2 clocks, and none is named"]
    );
    let labels: Vec<&str> = found.list[0].labels.iter().map(|l| &*l.text).collect();
    assert_eq!(labels, ["the rising edge of `cb` moves 4 register bits"]);
    let (none, found, _) = analyze(TICKS, &options("ca,cx"));
    assert!(none.is_none());
    let expected =
        "E0702 no clock is `cx`; there are the rising edge of `ca` and the rising edge of `cb`";
    assert_eq!(said(&found), [expected]);
}

#[test]
fn the_machine_of_one_clock_has_the_rest_as_its_environment() {
    let (analysis, found, _) = analyze(TICKS, &options("ca"));
    assert_eq!(said(&found), [""; 0]);
    let netlist = analysis.unwrap().netlist;
    assert_eq!(crate::netlist::verify::verify(&netlist), [""; 0]);
    let registers: Vec<&str> = netlist.registers.iter().map(|r| &*r.name).collect();
    assert_eq!(registers, ["s", "acc"]);
    let crossing = netlist
        .inputs
        .iter()
        .filter(|i| i.boundary == Boundary::Crossing);
    assert_eq!(crossing.map(|i| &*i.name).collect::<Vec<_>>(), ["ticks"]);
    let (analysis, ..) = analyze(TICKS, &options("cb,ca"));
    let netlist = analysis.unwrap().netlist;
    assert_eq!(crate::netlist::verify::verify(&netlist), [""; 0]);
    let crossing = netlist
        .outputs
        .iter()
        .filter(|o| o.boundary == Boundary::Crossing);
    assert_eq!(crossing.map(|o| &*o.name).collect::<Vec<_>>(), ["s.next"]);
    assert_eq!(netlist.domains.len(), 2);
    assert!(
        netlist
            .domains
            .iter()
            .any(|clock| clock.port == "cb" && clock.selected)
    );
}

#[test]
fn state_of_other_clocks_is_declared() {
    refuses(
        TICKS,
        &options("ca"),
        "E0605 4 register bits move at the rising edge of `cb`, which is not saved",
    );
    let emitted = takes(TICKS, &with_other("ca", "cb", false));
    assert!(!emitted.contains("ticks <= idetic"), "{emitted}");
    assert_eq!(
        insert(TICKS, &with_other("ca", "cc", false)).0[0],
        "E0701 `[design] other_clocks` names `cc`, which is no other clock"
    );
}

#[test]
fn other_clocks_must_not_see_the_chain() {
    let expected = "E0605 `s`, of the rising edge of `ca`, takes values from the state of the rising edge of `cb`";
    refuses(TICKS, &with_other("cb", "ca", false), expected);
    takes(TICKS, &with_other("cb", "ca", true));
    let reset = "module m(input wire ca, input wire cb, input wire d, output wire y);
  reg r, q; always @(posedge ca) r <= d;
  always @(posedge cb or posedge r) if (r) q <= 0; else q <= d;
  assign y = q ^ r; endmodule";
    let expected = "E0605 state of the rising edge of `ca` resets registers of the rising edge of `cb` asynchronously";
    refuses(reset, &with_other("ca", "cb", true), expected);
    let edges = "module m(input wire c, input wire d, output wire y);
  reg r, q; always @(posedge c) r <= d;
  always @(negedge c) q <= r; assign y = q; endmodule";
    let expected = "E0605 `q`, of the falling edge of `c`, takes values from the state of the rising edge of `c`";
    refuses(
        edges,
        &with_other("posedge c", "negedge c", false),
        expected,
    );
    let expected =
        "E0701 `negedge c` cannot be stopped while `c` moves the chain: they are one signal";
    refuses(edges, &with_other("posedge c", "negedge c", true), expected);
    refuses(edges, &options("c"), "E0702 both edges of `c` are clocks");
}

#[test]
fn a_memory_belongs_to_one_clock() {
    let text = "module m(input wire ca, input wire cb, input wire [11:0] a, input wire [7:0] d, output wire [7:0] y);
  reg [7:0] mem [0:4095]; reg [11:0] r;
  always @(posedge ca) begin r <= a; mem[r] <= d; end
  always @(posedge cb) mem[a] <= d + 1;
  assign y = mem[a]; endmodule";
    let (said, _) = insert(text, &with_other("ca", "cb", true));
    assert_eq!(
        said[0],
        "E0605 the memory `mem` is written by the rising edge of `ca` and by another clock"
    );
}

/// A black box with a clock next to a counter.
const BOX: &str = "module ram(input wire ck, input wire [3:0] a, output wire [7:0] q); endmodule
module m(input wire clk, input wire rst, output wire [7:0] y);
  reg [3:0] at;
  always @(posedge clk) if (rst) at <= 0; else at <= at + 1;
  ram u(.ck(clk), .a(at), .q(y));
endmodule
";

#[test]
fn the_state_of_a_black_box_is_declared() {
    let none = DomainOptions::default();
    refuses(
        BOX,
        &none,
        "E0604 nothing is known of the state of the black box `u`",
    );
    let stateless = with_box("ram", BlackBoxState::Stateless);
    refuses(
        BOX,
        &stateless,
        "E0604 the black box `u` is declared stateless, but has a clock",
    );
    let survives = insert(BOX, &with_box("ram", BlackBoxState::Nonvolatile)).0;
    let warning =
        "E0604 the black box `u` survives an outage, but does not go back with the design";
    assert_eq!(survives, [warning]);
    let wrong = with_box("rom", BlackBoxState::Hooks);
    let said = insert(BOX, &wrong).0;
    assert_eq!(
        said[0],
        "E0701 `[design] blackbox` names `rom`, of which there is no instance"
    );
}

#[test]
fn a_black_box_gets_the_clocks_without_shifts() {
    let emitted = takes(BOX, &with_box("ram", BlackBoxState::Hooks));
    assert!(emitted.contains(".ck(idetic_run_clk)"), "{emitted}");
    assert!(emitted.contains("assign idetic_run_clk = clk & idetic_pulse_run;"));
    let inverted = BOX
        .replace(".ck(clk)", ".ck(n)")
        .replace("reg [3:0]", "wire n = !clk; reg [3:0]");
    let emitted = takes(&inverted, &with_box("ram", BlackBoxState::Hooks));
    assert!(
        emitted.contains("assign idetic_runn_n = n | ~idetic_pulse_run;"),
        "{emitted}"
    );
}

#[test]
fn a_black_box_without_a_clock_cannot_be_stopped() {
    let text = BOX.replace(".ck(clk)", ".ck(rst)");
    let hooks = with_box("ram", BlackBoxState::Hooks);
    let expected = "E0604 the black box `u` holds state, but gets none of the design's clocks";
    refuses(&text, &hooks, expected);
    takes(&text, &with_box("ram", BlackBoxState::Stateless));
    let another = BOX
        .replace("input wire ck,", "input wire ck, input wire ck2,")
        .replace("input wire rst,", "input wire rst, input wire clk2,")
        .replace(".ck(clk)", ".ck(clk), .ck2(clk2)");
    refuses(
        &another,
        &hooks,
        "E0604 is the port `ck2` of the black box `u` a clock?",
    );
    let mut told = hooks.clone();
    told.black_boxes[0].clocks = Some(vec!["ck".to_string()]);
    takes(&another, &told);
    told.black_boxes[0].clocks = Some(vec!["ck".to_string(), "ck2".to_string()]);
    let expected = "E0604 the port `ck2` of the black box `u` gets none of the design's clocks";
    refuses(&another, &told, expected);
}

#[test]
fn a_clock_as_data_is_for_outputs_only() {
    let text = "module m(input wire c, input wire d, output wire y, output wire z);
  reg r; always @(posedge c) r <= d; assign y = r; assign z = c; endmodule";
    let (analysis, found, _) = analyze(text, &options(""));
    assert_eq!(said(&found), ["E0317 an output depends on the clock `c`"]);
    let netlist = analysis.unwrap().netlist;
    let level = netlist.exprs.as_const(netlist.outputs[1].expr).unwrap();
    assert_eq!(level.to_u64(), Some(0));
    let (none, found, _) = analyze(&text.replace("r <= d", "r <= d & c"), &options(""));
    assert!(none.is_none());
    assert_eq!(
        said(&found),
        ["E0317 registers depend on the clock `c` as data"]
    );
}

#[test]
fn a_configured_cell_gates_the_clock() {
    let text = "module ckgate(input CK, input E, input SE, output Q); endmodule
module m(input wire c, input wire [1:0] d, output wire y);
  reg on, r; wire g; always @(posedge c) on <= d[0];
  ckgate u(.CK(c), .E(on), .SE(1'b0), .Q(g));
  always @(posedge g) r <= d[1]; assign y = r; endmodule";
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("t.v");
    std::fs::write(&path, text).unwrap();
    let cell = |clock: &str| crate::elaborate::ClockGateCell {
        module: "ckgate".to_string(),
        clock: clock.to_string(),
        enables: vec!["E".to_string(), "SE".to_string()],
        gated: "Q".to_string(),
    };
    let elaborate = |cell| {
        let read = ReadOptions {
            files: vec![path.clone()],
            ..ReadOptions::default()
        };
        let mut sources = SourceMap::new();
        let (ast, _) = crate::frontend::read(&read, &mut sources);
        let options = ElaborateOptions {
            clock_gates: vec![cell],
            ..ElaborateOptions::default()
        };
        crate::elaborate::elaborate(&ast, &sources, &options)
    };
    let (netlist, found) = elaborate(cell("CK"));
    assert_eq!(said(&found), [""; 0]);
    let netlist = netlist.unwrap();
    assert!(netlist.black_boxes.is_empty());
    let register = netlist.registers.iter().find(|r| r.name == "r").unwrap();
    assert_eq!(register.clocking.gate, Some(crate::netlist::GateKind::And));
    let next = crate::netlist::print::print_expr(&netlist, register.next);
    assert_eq!(next, "(on ? d[1] : r)");
    let (_, found) = elaborate(cell("CP"));
    assert_eq!(
        said(&found),
        ["E0701 the clock gate `ckgate` has no port `CP` of one bit"]
    );
}

#[test]
fn an_or_gate_cannot_let_the_chain_through() {
    let text = "module m(input wire c, input wire d, output wire y);
  reg off, r; wire g = c | off; always @(posedge c) off <= d;
  always @(posedge g) r <= d ^ r; assign y = r; endmodule";
    let said = insert(text, &options("")).0;
    assert_eq!(
        said,
        ["E0601 `r` must be saved, but its clock passes a gate `clk | off`"]
    );
}
