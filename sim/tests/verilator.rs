//! Campaigns in Verilator on a hand-made instrumented design, sound and with planted errors.

mod common;

use std::time::Instant;

use common::{build, campaign, expectation, toy_idetic};
use idetic_sim::{BuildOptions, CampaignOptions, Environment, FailureKind, Latency, Simulator};

fn options() -> CampaignOptions {
    CampaignOptions {
        max_pairs: 300,
        random_runs: 60,
        ..CampaignOptions::for_simulator(Simulator::Verilator)
    }
}

#[test]
fn the_sound_design_passes_and_every_planted_error_is_found() {
    let (instrumented, expectation) = (toy_idetic(), expectation());
    let mut replay = build(
        Simulator::Verilator,
        &instrumented,
        &expectation,
        &BuildOptions::default(),
    );
    let start = Instant::now();
    for latency in [Latency::Fixed(0), Latency::Fixed(3), Latency::Random(5)] {
        for random_energy in [false, true] {
            let environment = Environment {
                latency,
                random_energy,
                ..Environment::default()
            };
            let report = campaign(
                &mut replay,
                0,
                &CampaignOptions {
                    environment,
                    ..options()
                },
            );
            assert_eq!(report.failures, [], "{environment:?}");
            assert_eq!(report.points_passed, report.points_tried);
            assert_eq!(report.stride, 1);
            assert!(
                report.points_tried >= 400 && report.restores > 100 && report.commits >= 2,
                "{report:?}"
            );
        }
    }
    println!("sound: {:?}", start.elapsed());
    for mutant in 1..=12 {
        let latency = if mutant == 7 {
            Latency::Fixed(2)
        } else {
            Latency::Fixed(0)
        };
        let environment = Environment {
            latency,
            ..Environment::default()
        };
        let report = campaign(
            &mut replay,
            mutant,
            &CampaignOptions {
                environment,
                ..options()
            },
        );
        assert!(
            !report.passed(),
            "mutant {mutant} was not found: {report:?}"
        );
        println!(
            "mutant {mutant}: {} {:?}",
            report.failures[0].id, report.failures[0]
        );
    }
    let _ = FailureKind::Output;
}
