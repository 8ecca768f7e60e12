//! The controller that idetic ships, around a hand-made chain.

#![allow(clippy::unwrap_used)]

mod common;

use common::{build, campaign, expectation, toy_idetic};
use idetic_sim::{
    BlankNvm, BuildOptions, CampaignOptions, Environment, Instrumented, Latency, Simulator,
};

fn shipped() -> Instrumented {
    Instrumented {
        file_list: "toy_runtime.f".into(),
        nvm_addr_bits: 5,
        nvm_words: 28,
        commit_word_addresses: vec![13, 27],
        ..toy_idetic()
    }
}

fn passes(simulator: Simulator, latencies: &[Latency], max_points: usize) {
    let (instrumented, expectation) = (shipped(), expectation());
    let mut replay = build(
        simulator,
        &instrumented,
        &expectation,
        &BuildOptions::default(),
    );
    for (index, latency) in latencies.iter().enumerate() {
        let random_energy = index % 2 == 1;
        let options = CampaignOptions {
            environment: Environment {
                latency: *latency,
                random_energy,
                ..Environment::default()
            },
            blank: if random_energy {
                BlankNvm::Random
            } else {
                BlankNvm::Ones
            },
            max_points,
            ..CampaignOptions::for_simulator(simulator)
        };
        let report = campaign(&mut replay, 0, &options);
        assert_eq!(report.failures, [], "{latency:?}");
        assert!(
            report.points_tried > max_points && report.restores > 50,
            "{report:?}"
        );
    }
}

#[test]
fn the_shipped_controller_passes_in_verilator() {
    passes(
        Simulator::Verilator,
        &[
            Latency::Fixed(0),
            Latency::Fixed(2),
            Latency::Random(5),
            Latency::Random(3),
        ],
        200,
    );
}

#[test]
fn the_shipped_controller_passes_in_icarus() {
    passes(Simulator::Icarus, &[Latency::Random(2)], 30);
}
