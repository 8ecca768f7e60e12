//! The report of a small design made by hand.

use super::*;
use crate::frontend::ast::Direction;
use crate::instrument::fixture::Fixture;

const TEXT: &str = "\
module small (input clk, input [3:0] d, output [3:0] q);
  reg state;
  reg [3:0] data;
  always @(posedge clk) state <= !state; // end
  always @(posedge clk) if (!state) data <= d; // end
endmodule
";

/// Two states; the data's upper bits are live in both.
fn small() -> Report {
    let mut fixture = Fixture::new(TEXT).port("clk", Direction::Input, 1);
    let process = fixture.process("always @(posedge clk) state");
    let state = fixture.register(0, "state", 1, &process, None);
    let process = fixture.process("always @(posedge clk) if");
    let data = fixture.register(0, "data", 4, &process, None);
    let analysed = fixture.analysed(&[state], &[0, 1], &[(data, 3), (data, 2), (data, 0)]);
    report(&Inputs {
        sources: &fixture.sources,
        netlist: &fixture.netlist,
        observe: &Default::default(),
        graph: &analysed.graph,
        liveness: &analysed.liveness,
        hazards: &[],
        plan: Some((&analysed.plan, &analysed.layout)),
        energy: None,
        design_hash: "00112233445566778899aabbccddeeff",
        word_bits: 8,
    })
}

/// Without the version, which changes.
fn fixed(mut report: Report) -> Report {
    report.idetic_version = "VERSION".into();
    report
}

#[test]
fn the_report_in_all_its_forms() {
    let report = fixed(small());
    insta::assert_snapshot!("json", json(&report));
    insta::assert_snapshot!("text", text(&report));
    insta::assert_snapshot!("analyze", analyze(&report));
    insta::assert_snapshot!("html", html(&report));
}

#[test]
fn names_are_escaped_in_the_page() {
    let mut report = small();
    report.control.states[0].name = "a<b>&\"c\"".into();
    report.design.registers[0].name = "<script>".into();
    let page = html(&report);
    assert!(!page.contains("<b>") && !page.contains("<script>"));
    assert!(page.contains("a&lt;b&gt;"));
}

#[test]
fn without_a_plan_nothing_of_it_is_reported() {
    let mut report = small();
    report.checkpoints.clear();
    (report.budget, report.optimality, report.nvm) = (None, None, None);
    let value: serde_json::Value = serde_json::from_str(&json(&report)).expect("valid JSON");
    for key in ["budget", "optimality", "nvm", "overhead"] {
        assert!(value.get(key).is_none(), "{key}");
    }
    assert!(text(&report).starts_with("small: 2 control states, 4 to 4 of 5 flip-flop bits live"));
}

#[test]
fn large_graphs_are_not_drawn() {
    let mut report = small();
    let state = report.control.states[0].clone();
    report.control.states = vec![state; svg::GRAPH_LIMIT + 1];
    assert!(svg::graph(&report).is_none());
    assert!(html(&report).contains("too many states"));
}
