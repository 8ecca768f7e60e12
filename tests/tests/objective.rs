//! What the objective makes of area and of policies, on the examples: which bits are compared, and which plan is kept.

use idetic::driver::{self, Analysis, InsertOptions};
use idetic::energy::{EnergyOptions, Figures, Nvm, Supply, Weights, technologies};
use idetic::layout::Layout;
use idetic::plan::{Plan, Policy};
use idetic::source::SourceMap;
use idetic_tests::example::{EXAMPLES, Example};
use idetic_tests::replay::analyze;

const WORD_BITS: u32 = 32;

fn options(weights: Weights, policy: Policy) -> InsertOptions {
    let technology = technologies().iter().find(|row| row.name == "fram");
    let nvm = Nvm::new(technology, &Figures::default(), WORD_BITS).expect("complete");
    InsertOptions {
        word_bits: WORD_BITS,
        policy,
        energy: Some(EnergyOptions {
            supply: Supply {
                capacitor_farads: 10e-6,
                on_volts: 3.0,
                off_volts: 1.8,
                efficiency: 1.0,
            },
            least_harvest_watts: 0.0,
            on_times: None,
            clock_hz: 4e6,
            cycle_joules: None,
            power_watts: Some(0.02),
            stall_joules: None,
            leakage_watts: None,
            state_joules: Default::default(),
            waveform: None,
            nvm,
            technology,
            weights,
        }),
        ..InsertOptions::default()
    }
}

fn example(example: Example) -> (SourceMap, Analysis) {
    let design = example.design();
    analyze(&design.files, Some(example.name))
}

fn planned(
    analysis: &mut Analysis,
    sources: &SourceMap,
    options: &InsertOptions,
) -> (Plan, Layout) {
    let (inserted, said) = driver::insert(analysis, sources, options);
    let inserted = inserted.unwrap_or_else(|| panic!("{:?}", said.list));
    (inserted.plan, inserted.layout)
}

/// Words written, and bits compared without telling the state, over all checkpoints.
fn figures((plan, layout): &(Plan, Layout)) -> (usize, usize) {
    let words = layout.live_words.iter().map(|words| words.count()).sum();
    let compared = plan.checkpoints.iter().map(|it| it.compared().count());
    (words, compared.sum())
}

fn weighed(area: f64) -> Weights {
    Weights {
        area,
        ..Weights::default()
    }
}

#[test]
fn no_bit_is_compared_whose_word_is_written() {
    let mut compared = 0;
    for one in EXAMPLES {
        let (sources, mut analysis) = example(one);
        let energy = options(Weights::default(), Policy::Static);
        let without = InsertOptions {
            energy: None,
            ..energy.clone()
        };
        for options in [energy, without] {
            let (plan, layout) = planned(&mut analysis, &sources, &options);
            let places = layout.places(&analysis.liveness.bits);
            for (at, checkpoint) in plan.checkpoints.iter().enumerate() {
                for bit in checkpoint.compared() {
                    let place = places[bit].expect("what is compared is in the chain");
                    let written = layout.live_words[at].contains(layout.word_of(place));
                    assert!(!written, "{}: bit {bit} of checkpoint {at}", one.name);
                    compared += 1;
                }
            }
        }
    }
    assert!(compared > 100, "{compared}");
}

#[test]
fn dear_area_is_spared_by_words() {
    let (sources, mut analysis) = example(Example::named("histogram"));
    let mut of = |area: f64| {
        let options = options(weighed(area), Policy::Static);
        let planned = planned(&mut analysis, &sources, &options);
        // The bound holds of what is planned, whichever bits are compared.
        let optimality = &planned.0.optimality;
        assert!(optimality.lower_bound <= optimality.objective * (1.0 + 1e-9));
        figures(&planned)
    };
    let (free, dear) = (of(0.0), of(1e9));
    assert!(free.1 > 1000 && free.0 < dear.0, "{free:?}, {dear:?}");
    assert_eq!(dear.1, 0, "{free:?}, {dear:?}");
}

#[test]
fn a_policy_that_skips_saves_leaves_more_to_area() {
    let mut other = 0;
    for one in EXAMPLES {
        let (sources, mut analysis) = example(one);
        let every = planned(
            &mut analysis,
            &sources,
            &options(Weights::default(), Policy::Static),
        );
        for policy in [Policy::Threshold, Policy::Timer, Policy::Reactive] {
            let own = options(Weights::default(), policy);
            let (inserted, _) = driver::insert(&mut analysis, &sources, &own);
            let inserted = inserted.expect("as before");
            let model = inserted.energy.as_ref().expect("there is a model");
            // Energy and clocks of the saves that are expected, and gates that compare and bits of the chain as of the objective.
            let bits = analysis.netlist.flop_bits() + analysis.netlist.memory_bits();
            let cost = |plan: &Plan, layout: &Layout| {
                let saves = layout.saves(plan, &model.visits, Some(model), policy);
                let area = plan.checkpoints.iter().enumerate().map(|(at, checkpoint)| {
                    let state = checkpoint.state.index();
                    let liveness = &analysis.liveness;
                    let parts = liveness.bits.parts.bits(liveness.memories[state].iter());
                    let live = liveness.live[state].count() as u64 + parts;
                    live as f64 + layout.shape(at).compared_gates() as f64 / 2.0
                });
                saves.joules / model.mean_cycle_joules()
                    + saves.clocks
                    + area.sum::<f64>() / bits as f64
            };
            let (is, was) = (
                cost(&inserted.plan, &inserted.layout),
                cost(&every.0, &every.1),
            );
            assert!(
                is <= was * (1.0 + 1e-9),
                "{} {policy:?}: {is} {was}",
                one.name
            );
            let counted = inserted.plan.optimality.counted_saves;
            assert!(counted <= 1.0);
            if is < was * 0.99 {
                println!("{} {}: {was:.4} to {is:.4}", one.name, policy.name());
                assert!(counted < 0.5, "{counted}");
                other += 1;
            }
        }
    }
    assert!(other > 3, "{other}");
}
