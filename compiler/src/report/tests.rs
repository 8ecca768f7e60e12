//! The report of a small design made by hand.

use super::*;
use crate::control::StateId;
use crate::energy::{Figures, Model, Nvm, OnTimes, StateSource, Supply};
use crate::frontend::ast::Direction;
use crate::instrument::fixture::Fixture;
use crate::plan::WorstSegment;

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
    reported(None)
}

/// With an energy model, whether the worst way begins with a cold start.
fn reported(cold: Option<bool>) -> Report {
    let mut fixture = Fixture::new(TEXT).port("clk", Direction::Input, 1);
    let process = fixture.process("always @(posedge clk) state");
    let state = fixture.register(0, "state", 1, &process, None);
    let process = fixture.process("always @(posedge clk) if");
    let data = fixture.register(0, "data", 4, &process, None);
    let mut analysed = fixture.analysed(&[state], &[0, 1], &[(data, 3), (data, 2), (data, 0)]);
    let mut model = model();
    if cold.is_some() {
        // The two states take turns, and 50 clocks are less than two saves.
        model.on_times = Some(OnTimes::Fixed(50e-6));
        model.arrivals = vec![vec![(1, 1.0)], vec![(0, 1.0)]];
        analysed.plan.failures = Some(0.25);
    }
    if let Some(cold) = cold {
        // 2.5 µJ usable.
        analysed.plan.worst_segment = Some(WorstSegment {
            takes: 1_900_000_000_000,
            cold,
            states: vec![StateId(0), StateId(1), StateId(0)],
            parts: vec![
                1_000_000_000_000,
                100_000_000_000,
                200_000_000_000,
                600_000_000_000,
            ],
        });
        analysed.plan.without_save = vec![900_000_000_000, 800_000_000_000];
    }
    report(&Inputs {
        sources: &fixture.sources,
        netlist: &fixture.netlist,
        observe: &Default::default(),
        graph: &analysed.graph,
        liveness: &analysed.liveness,
        hazards: &[],
        plan: Some((&analysed.plan, &analysed.layout)),
        energy: cold.map(|_| &model),
        policy: Default::default(),
        compared: &[],
        pareto: None,
        design_hash: "00112233445566778899aabbccddeeff",
        word_bits: 8,
        widths: &[],
    })
}

fn model() -> Model {
    let figures = Figures {
        write_joules: Some(50e-9),
        read_joules: Some(40e-9),
        write_seconds: Some(1e-6),
        read_seconds: Some(1e-6),
        ..Figures::default()
    };
    Model {
        least_harvest_joules: 0.0,
        on_times: None,
        arrivals: Vec::new(),
        supply: Supply {
            capacitor_farads: 1e-6,
            on_volts: 3.0,
            off_volts: 2.0,
            efficiency: 1.0,
        },
        clock_hz: 1e6,
        nvm: Nvm::new(None, &figures, 8).expect("complete"),
        most_joules: vec![100e-9, 200e-9],
        mean_joules: vec![50e-9, 100e-9],
        stall_joules: 1e-9,
        visits: vec![0.5, 0.5],
        source: StateSource::Given,
        area: 1000.0,
        recorded_cycles: None,
        not_recorded: Vec::new(),
    }
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
fn the_report_with_an_energy_model() {
    let report = fixed(reported(Some(false)));
    let value: serde_json::Value = serde_json::from_str(&json(&report)).expect("valid JSON");
    insta::assert_json_snapshot!(
        "energy_json",
        [
            &value["budget"],
            &value["checkpoints"],
            &value["failures"],
            &value["energy"]
        ]
    );
    insta::assert_snapshot!("energy_text", text(&report));
    let page = html(&report);
    let (_, energy) = page
        .split_once("<section aria-labelledby=\"checkpoints\">")
        .expect("checkpoints");
    let (energy, _) = energy
        .split_once("<section aria-labelledby=\"graph\">")
        .expect("the graph");
    insta::assert_snapshot!("energy_html", energy);
}

#[test]
fn a_cold_start_counts_its_reset() {
    let report = reported(Some(true));
    let (text, json) = (text(&report), json(&report));
    assert!(
        text.contains("(76.0 %) from a cold start to the next commit, 3 logical cycles, the reset counted (state=0"),
        "{text}"
    );
    let value: serde_json::Value = serde_json::from_str(&json).expect("valid JSON");
    assert_eq!(value["budget"]["worst_segment_cold"], true);
    assert_eq!(value["budget"]["worst_segment_cycles"], 3);
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
    report.overhead = None;
    let value: serde_json::Value = serde_json::from_str(&json(&report)).expect("valid JSON");
    for key in ["budget", "optimality", "nvm", "overhead"] {
        assert!(value.get(key).is_none(), "{key}");
    }
    assert!(text(&report).starts_with("small: 2 control states, 4 to 4 of 5 flip-flop bits live"));
}

/// A report of a ring of so many states that each may go back to the first one.
fn ring(count: u32) -> Report {
    let mut report = small();
    let state = report.control.states[0].clone();
    let states = (0..count).map(|id| State {
        id,
        name: format!("state={id}"),
        initial: id == 0,
        ..state.clone()
    });
    report.control.states = states.collect();
    let edge = |from, to| Edge {
        from,
        to,
        reset: false,
    };
    let back = (0..count - 1).map(|from| edge(from, 0));
    let on = (0..count).map(|from| edge(from, (from + 1) % count));
    report.control.edges = back.chain(on).collect();
    report.checkpoints[1].state = count / 2;
    report
}

#[test]
fn sequences_of_a_large_graph_are_one_box() {
    let boxes = |report: &Report| {
        let graph = svg::graph(report).expect("states");
        (graph.svg.matches("<g class=").count(), graph.note)
    };
    assert_eq!(boxes(&ring(20)).0, 20);
    assert_eq!(boxes(&ring(160)).0, 160);
    // Checkpoints stay alone.
    let (count, note) = boxes(&ring(2000));
    assert_eq!(count, 4);
    assert!(
        note.contains("arrows to state 0 from 2000 states"),
        "{note}"
    );
    // Without sequences the picture stays small all the same.
    let mut branches = ring(2000);
    for state in 0..1999 {
        branches.control.edges.push(Edge {
            from: state,
            to: (state * 7 + 3) % 2000,
            reset: false,
        });
    }
    let (count, note) = boxes(&branches);
    assert!((80..=160).contains(&count), "{count}");
    assert!(note.contains("neighbours are one"), "{note}");
    let graph = svg::graph(&branches).expect("states");
    assert!(graph.note.contains("first reached"), "{}", graph.note);
    assert!(graph.svg.matches("class=\"edge\"").count() < 160);
}

#[test]
fn a_large_matrix_is_drawn_in_means() {
    let matrix = svg::matrix(&ring(2000)).expect("states");
    assert!(
        matrix.note.contains("the mean of 7 states"),
        "{}",
        matrix.note
    );
}

#[test]
fn a_way_that_takes_little_has_a_scale_of_its_own() {
    let mut report = reported(Some(false));
    let shown = |report: &Report| svg::energy(report).expect("an energy model");
    assert!(shown(&report).contains("class=\"usable\""));
    let budget = report.budget.as_mut().expect("a plan");
    budget.usable_joules = Some(1e-3);
    let chart = shown(&report);
    assert!(
        chart.contains("1.00 mJ usable, above this chart"),
        "{chart}"
    );
    assert!(chart.contains(">2.00 µJ<") && !chart.contains("class=\"usable\""));
}
