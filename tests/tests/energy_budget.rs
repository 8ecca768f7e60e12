//! What a plan under an energy budget promises, seen in simulation: power cycles that have exactly that budget, counted in the units of the
//! model from what the simulator logs, each commit a new checkpoint or reach the end of the work.

#![allow(clippy::unwrap_used, reason = "a test may panic")]
#![allow(
    clippy::print_stdout,
    reason = "the figures of the table in docs/src/energy.md"
)]

use idetic::driver::{self, InsertOptions, Inserted};
use idetic::energy::{Effort, EnergyOptions, Figures, Model, Nvm, Supply, Weights, technologies};
use idetic::netlist::eval::{MachineState, cycle};
use idetic::plan::Policy;
use idetic_sim::{
    BudgetOptions, BudgetReport, CampaignOptions, Costs, Environment, Latency, Meter, Simulator,
};
use idetic_tests::example::{EXAMPLES, Example};
use idetic_tests::replay::{self, Recorded, unchanged};

const WORD_BITS: u32 = 32;

/// FRAM at a clock that waits for it, and a power at which a cycle takes about as much as a word, so that words and
/// cycles both decide.
fn energy(farads: f64, word_bits: u32) -> EnergyOptions {
    let fram = technologies().iter().find(|row| row.name == "fram");
    EnergyOptions {
        least_harvest_watts: 0.0,
        on_times: None,
        supply: Supply {
            capacitor_farads: farads,
            on_volts: 3.0,
            off_volts: 1.8,
            efficiency: 1.0,
        },
        clock_hz: 4e6,
        cycle_joules: None,
        power_watts: Some(0.02),
        stall_joules: None,
        leakage_watts: None,
        state_joules: Default::default(),
        waveform: None,
        nvm: Nvm::new(fram, &Figures::default(), word_bits).unwrap(),
        technology: fram,
        weights: Weights::default(),
    }
}

fn options(farads: f64) -> InsertOptions {
    InsertOptions {
        energy: Some(energy(farads, WORD_BITS)),
        ..replay::options(WORD_BITS)
    }
}

/// The capacitor that a refusal recommends, in farads; `None` if there is a plan.
fn recommended(recorded: &Recorded, farads: f64) -> Option<f64> {
    refused(recorded, farads).map(|(farads, _)| farads)
}

/// The same, and whether it is surely the smallest.
fn refused(recorded: &Recorded, farads: f64) -> Option<(f64, bool)> {
    let (plan, diagnostics) = driver::plan(&recorded.analysis, &options(farads));
    if plan.is_some() {
        return None;
    }
    let refusal = diagnostics.list.iter().find(|one| one.code.id == "E0501");
    let help = format!("{:?}", refusal.expect("a refusal"));
    let (_, rest) = help.split_once("that will do is ").expect("a help");
    let mut words = rest.split([' ', ';', '"']);
    let number: f64 = words.next().unwrap().parse().unwrap();
    let size = match words.next().unwrap() {
        "nF" => 1e-9,
        "µF" => 1e-6,
        other => panic!("{other}"),
    };
    Some((number * size, !help.contains("found that will do")))
}

/// What the model says of every logical cycle of the recording, and of all else that the simulator logs.
fn meter(recorded: &Recorded, model: &Model) -> Meter {
    let attojoules = |joules: f64| (joules * 1e18) as u64;
    let (netlist, graph) = (&recorded.analysis.netlist, &recorded.analysis.graph);
    let most = model.most_joules.iter().copied().fold(0.0, f64::max);
    let joules_in = |state: &MachineState| {
        let is = |values: &[idetic::netlist::Bits]| {
            graph.registers.iter().zip(values).all(|(register, value)| {
                let actual = state.registers[register.index()].iter().enumerate();
                let mut actual = actual.map(|(bit, &actual)| (value.bit(bit as u32), actual));
                actual.all(|(known, actual)| known.is_none_or(|known| known == actual))
            })
        };
        let place = graph.states.iter().position(|state| is(&state.values));
        place.map_or(most, |place| model.most_joules[place])
    };
    let mut state = MachineState::zero(netlist);
    let cycles = (0..recorded.expectation.cycles()).map(|at| {
        let joules = joules_in(&state);
        state = cycle(netlist, &state, &recorded.inputs(at)).next;
        attojoules(joules)
    });
    let alone = |written, read| {
        let words = Effort {
            clocks: 0,
            written,
            read,
        };
        let waiting = model.clocks(&words) as f64 * model.stall_joules;
        model.joules(&words) - waiting
    };
    assert_eq!(model.nvm.save_joules, 0.0);
    Meter {
        cycles: cycles.collect(),
        costs: Costs {
            first_cycle: attojoules(most),
            stall: attojoules(model.stall_joules),
            write: attojoules(alone(1, 0)),
            read: attojoules(alone(0, 1)),
            save: 0,
        },
    }
}

/// Plans with the smallest capacitor that will do, sees that 2 % less is refused, and runs power cycles that have `part` of that
/// budget each.
fn on_a_budget(name: &str, max_cycles: Option<u64>, part: f64) -> (BudgetReport, u64) {
    let recorded = Recorded::example(&Example::named(name));
    recorded_on_a_budget(name, recorded, max_cycles, part)
}

fn recorded_on_a_budget(
    name: &str,
    mut recorded: Recorded,
    max_cycles: Option<u64>,
    part: f64,
) -> (BudgetReport, u64) {
    let smallest = recommended(&recorded, 1e-12).expect("too little");
    assert_eq!(recommended(&recorded, smallest), None, "{name}");
    let (less, sure) = refused(&recorded, smallest * 0.98).expect("too little");
    let own = EXAMPLES.iter().all(|example| example.name != name);
    assert!(less == smallest || own && !sure, "{name}: {less}");
    let inserted = recorded.insert(&options(smallest));
    let report = with_supply(
        name,
        &recorded,
        &inserted,
        max_cycles,
        (part, false),
        &unchanged,
    );
    (report, recorded.expectation.cycles() as u64)
}

/// Runs power cycles that have a part of the budget each, and are told what is left if so wished, in files that were changed.
fn with_supply(
    name: &str,
    recorded: &Recorded,
    inserted: &Inserted,
    max_cycles: Option<u64>,
    (part, levels): (f64, bool),
    change: &dyn Fn(&str, &str) -> String,
) -> BudgetReport {
    let model = inserted.energy.as_ref().expect("an energy model");
    // Each transfer waits for one clock.
    let transfer = Effort {
        clocks: 2,
        written: 1,
        read: 1,
    };
    assert_eq!(model.clocks(&transfer), 4);
    let budget = (model.supply.budget() as f64 * part) as u64;
    let run = BudgetOptions {
        budget,
        campaign: CampaignOptions {
            environment: Environment {
                latency: Latency::Fixed(1),
                ..Environment::default()
            },
            max_cycles,
            ..CampaignOptions::for_simulator(Simulator::Icarus)
        },
        starts: 8,
        levels,
    };
    let meter = meter(recorded, model);
    let report = recorded
        .on_budget(inserted, change, Simulator::Icarus, &meter, &run)
        .expect("the simulator runs");
    let farads = model.supply.capacitor_farads;
    println!(
        "{name}: {farads:.3e} F, {} saves in {} power cycles for {} logical cycles, {} starts, most {:.1} %",
        report.saves,
        report.power_cycles,
        report.logical_cycles,
        report.starts,
        report.most as f64 / budget as f64 * 100.0
    );
    report
}

fn progresses_for(name: &str, max_cycles: Option<u64>) {
    let recorded = Recorded::example(&Example::named(name));
    recorded_progresses(name, recorded, max_cycles);
}

fn recorded_progresses(name: &str, recorded: Recorded, max_cycles: Option<u64>) {
    let (report, cycles) = recorded_on_a_budget(name, recorded, max_cycles, 1.0);
    let cycles = max_cycles.map_or(cycles, |most| most.min(cycles));
    assert_eq!(report.failures, [], "{name}");
    assert_eq!(report.stuck, [], "{name}");
    assert_eq!(report.logical_cycles, cycles, "{name}");
    assert!(report.power_cycles > 2, "{name}: {report:?}");
    assert!(report.starts > 0, "{name}: {report:?}");
}

/// As much work as fits into some seconds.
fn progresses(name: &str) {
    progresses_for(name, Some(120));
}

#[test]
#[ignore = "minutes: cargo xtask long"]
fn every_example_progresses_to_its_end() {
    for example in EXAMPLES {
        progresses_for(example.name, None);
    }
}

/// The same for designs of one's own: folders in the one that IDETIC_BUDGET names, each with an `idetic.toml` and a testbench `tb.v`.
#[test]
#[ignore = "designs of your own: IDETIC_BUDGET=DIR cargo test -p idetic-tests --test energy_budget -- --ignored --nocapture own"]
fn designs_of_ones_own_progress() {
    let list = std::env::var("IDETIC_BUDGET").expect("IDETIC_BUDGET names a folder");
    let mut folders: Vec<_> = (std::fs::read_dir(list).unwrap())
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.join("idetic.toml").is_file())
        .collect();
    folders.sort();
    assert!(!folders.is_empty());
    let failed: Vec<_> = folders
        .iter()
        .filter(|folder| {
            let name = folder.file_name().unwrap().to_str().unwrap().to_string();
            let tried = std::panic::catch_unwind(|| {
                let bench = folder.join("tb.v");
                let recorded = Recorded::design(folder, &bench, Default::default());
                recorded_progresses(&name, recorded, Some(OWN_CYCLES));
            });
            tried.is_err()
        })
        .collect();
    assert!(failed.is_empty(), "{failed:?}");
}

/// Logical cycles of a design of one's own.
const OWN_CYCLES: u64 = 300;

/// That the meter and the judgement can tell: with less than the plan was accepted for, some start gets nowhere.
#[test]
fn with_less_some_power_cycle_gets_nowhere() {
    let (report, _) = on_a_budget("gcd", Some(40), 0.95);
    assert_eq!(report.failures, []);
    assert!(!report.stuck.is_empty(), "{report:?}");
}

/// A quarter more than the smallest budget: with a threshold for each checkpoint or a timer saves are skipped, and still every power
/// cycle commits or reaches the end. With thresholds it knows what it has left.
fn skips(name: &str) {
    let mut recorded = Recorded::example(&Example::named(name));
    let smallest = recommended(&recorded, 1e-12).expect("too little");
    let mut saves = Vec::new();
    for policy in Policy::ALL {
        let options = InsertOptions {
            policy,
            ..options(smallest * 1.25)
        };
        let inserted = recorded.insert(&options);
        let report = with_supply(
            name,
            &recorded,
            &inserted,
            Some(600),
            (1.0, matches!(policy, Policy::Threshold | Policy::Reactive)),
            &unchanged,
        );
        assert_eq!(report.failures, [], "{name}");
        assert_eq!(report.stuck, [], "{name}");
        let cycles = recorded.expectation.cycles() as u64;
        assert_eq!(report.logical_cycles, cycles.min(600), "{name}");
        assert!(report.power_cycles > 1, "{name}: {report:?}");
        saves.push(report.saves);
    }
    for skipping in &saves[1..] {
        assert!(*skipping < saves[0] && *skipping > 0, "{name}: {saves:?}");
    }
}

#[test]
fn gcd_skips_saves() {
    skips("gcd");
}

#[test]
fn serial_divider_skips_saves() {
    skips("serial_divider");
}

#[test]
fn two_fsm_skips_saves() {
    skips("two_fsm");
}

#[test]
fn xtea_cipher_skips_saves() {
    skips("xtea_cipher");
}

/// The same for a timer that never runs out.
#[test]
fn with_a_timer_that_never_runs_out_some_power_cycle_gets_nowhere() {
    let mut recorded = Recorded::example(&Example::named("gcd"));
    let smallest = recommended(&recorded, 1e-12).expect("too little");
    let options = InsertOptions {
        policy: Policy::Timer,
        ..options(smallest * 1.25)
    };
    let inserted = recorded.insert(&options);
    let stop = |_: &str, text: &str| {
        text.replace(
            "idetic_elapsed < idetic_interval;",
            "1'b1; // idetic_interval",
        )
    };
    let report = with_supply("gcd", &recorded, &inserted, Some(600), (1.0, false), &stop);
    assert_eq!(report.failures, []);
    assert!(!report.stuck.is_empty(), "{report:?}");
}

/// That the meter can tell: where saves are skipped to the end, some power cycle gets nowhere.
#[test]
fn with_levels_too_low_some_power_cycle_gets_nowhere() {
    let mut recorded = Recorded::example(&Example::named("gcd"));
    let smallest = recommended(&recorded, 1e-12).expect("too little");
    let options = InsertOptions {
        policy: Policy::Threshold,
        ..options(smallest * 1.25)
    };
    let inserted = recorded.insert(&options);
    let lower = |_: &str, text: &str| {
        let lines = text
            .lines()
            .map(|line| match line.split_once("idetic_level = 8'd") {
                Some((before, level)) => {
                    let level: u32 = level.trim_end_matches(';').parse().unwrap();
                    format!("{before}idetic_level = 8'd{};\n", level / 4)
                }
                None => format!("{line}\n"),
            });
        lines.collect()
    };
    let report = with_supply("gcd", &recorded, &inserted, Some(600), (1.0, true), &lower);
    assert_eq!(report.failures, []);
    assert!(!report.stuck.is_empty(), "{report:?}");
}

#[test]
fn every_example_has_its_test() {
    let own = include_str!("energy_budget.rs");
    for example in EXAMPLES {
        assert!(own.contains(&format!("progresses({:?})", example.name)));
    }
}

#[test]
fn tally_progresses() {
    progresses("tally");
}

#[test]
fn fir_progresses() {
    progresses("fir");
}

#[test]
fn gcd_progresses() {
    progresses("gcd");
}

#[test]
fn histogram_progresses() {
    progresses("histogram");
}

#[test]
fn keystream_progresses() {
    progresses("keystream");
}

#[test]
fn serial_divider_progresses() {
    progresses("serial_divider");
}

#[test]
fn two_fsm_progresses() {
    progresses("two_fsm");
}

#[test]
fn uart_tx_progresses() {
    progresses("uart_tx");
}

#[test]
fn xtea_cipher_progresses() {
    progresses("xtea_cipher");
}
