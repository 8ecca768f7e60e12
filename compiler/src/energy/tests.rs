//! The model against figures worked out by hand.

use super::*;
use crate::control::{ControlOptions, explore};
use crate::netlist::testing::Builder;

/// Two states of 10 pJ and 30 pJ, visited 3 : 1.
fn model() -> Model {
    let nvm = Nvm::new(
        None,
        &Figures {
            write_joules: Some(5e-12),
            read_joules: Some(2e-12),
            write_seconds: Some(3e-6),
            read_seconds: Some(1e-6),
            save_joules: Some(7e-12),
            save_seconds: Some(4e-6),
        },
        32,
    );
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
        nvm: nvm.expect("complete"),
        most_joules: vec![20e-12, 60e-12],
        mean_joules: vec![10e-12, 30e-12],
        stall_joules: 1e-12,
        visits: vec![0.75, 0.25],
        source: StateSource::Estimate,
        area: 0.0,
        recorded_cycles: None,
        not_recorded: Vec::new(),
    }
}

#[test]
fn saves_and_restores_by_hand() {
    let model = model();
    let save = Effort {
        clocks: 10,
        written: 4,
        read: 0,
    };
    // Each write takes three clocks, two of them waiting; 4 µs more for the save.
    assert_eq!(model.clocks(&save), 10 + 4 * 2 + 4);
    assert!((model.joules(&save) - (7.0 + 20.0 + 22.0) * 1e-12).abs() < 1e-24);
    let restore = Effort {
        clocks: 12,
        written: 0,
        read: 5,
    };
    assert_eq!(model.clocks(&restore), 12);
    assert!((model.joules(&restore) - (10.0 + 12.0) * 1e-12).abs() < 1e-24);
    assert!((model.mean_cycle_joules() - 15e-12).abs() < 1e-24);
}

/// The least harvest makes clocks cheaper, down to nothing, and transfers not.
#[test]
fn what_is_harvested_at_any_time_by_hand() {
    let mut model = model();
    let save = Effort {
        clocks: 10,
        written: 4,
        read: 0,
    };
    let without = (
        model.run_need(0),
        model.run_need(1),
        need(model.need_joules(&save)),
    );
    assert_eq!(without, (20_000_000, 60_000_000, need(model.joules(&save))));
    // A quarter of a stalled clock, of which the save has 22.
    model.least_harvest_joules = 0.25e-12;
    assert_eq!(model.run_need(0), 19_750_000);
    let saved = model.joules(&save) - model.need_joules(&save);
    assert!((saved - 22.0 * 0.25e-12).abs() < 1e-24);
    // More than a stalled clock or the cheaper state takes: the rest of it is lost.
    model.least_harvest_joules = 25e-12;
    assert_eq!((model.run_need(0), model.run_need(1)), (0, 35_000_000));
    assert!((model.need_joules(&save) - (7.0 + 20.0) * 1e-12).abs() < 1e-24);
    assert_eq!(model.most_cycle(), 35_000_000);
}

#[test]
fn figures_have_three_digits_and_a_prefix() {
    for (value, expected) in [
        (9.504e-6, "9.50 µJ"),
        (135.36e-6, "135 µJ"),
        (45.04e-6, "45.0 µJ"),
        (0.99996e-6, "1.00 µJ"),
        (1.0, "1.00 J"),
        (2.5e-12, "2.50 pJ"),
        (0.0, "0 J"),
    ] {
        assert_eq!(engineering(value, "J"), expected, "{value}");
    }
}

/// A state bit that toggles; in state 0 eight bits are loaded, in state 1 they hold.
#[test]
fn the_estimate_counts_what_can_change() {
    let mut builder = Builder::new();
    let state = builder.register("state", 1, Some(0));
    let data = builder.register("data", 8, None);
    let d = builder.input("d", 8);
    let toggled = builder.unary(crate::netlist::UnaryOp::Not, state);
    builder.next(state, toggled);
    let kept = builder.mux(state, data, d);
    builder.next(data, kept);
    builder.output("q", data);
    // The state is control as some decision reads it.
    let netlist = builder.finish();
    let (graph, found) = explore(&netlist, &ControlOptions::default());
    assert!(!found.has_errors());
    assert_eq!(graph.states.len(), 2);
    let zero = usize::from(graph.states[0].values[0].bit(0) == Some(true));
    let found = estimate(&netlist, &graph, 1e6, Some(2e-9));
    // Nine clocks, the multiplexers' outputs are unknown in both states, and the
    // inverter's is known; the state bit always changes.
    let rest = 9.0 * cells::FLOP_CLOCK_MOST_JOULES
        + 8.0 * cells::MUX.most_joules
        + cells::FLOP.most_joules
        + 2e-15;
    let holds = found.most_joules[1 - zero];
    assert!((holds - rest).abs() < 1e-20, "{holds} {rest}");
    let loads = found.most_joules[zero] - holds;
    assert!(
        (loads - 8.0 * cells::FLOP.most_joules).abs() < 1e-20,
        "{loads}"
    );
    assert!(found.mean_joules[zero] < found.most_joules[zero]);
    // One flip-flop has an asynchronous reset.
    let area = cells::RESET_FLOP_AREA + 8.0 * 96.0 + 8.0 * cells::MUX.area + cells::GATE.area;
    assert_eq!(found.area, area);
}
