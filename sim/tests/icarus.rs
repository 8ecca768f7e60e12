//! Campaigns in Icarus on a hand-made instrumented design, sound and with planted errors.

#![allow(clippy::unwrap_used)]

mod common;

use common::{build, campaign, expectation, find_planted, toy_idetic};
use idetic_sim::{BuildOptions, CampaignOptions, Environment, FailureKind, Latency, Simulator};

#[test]
fn the_sound_design_passes_at_every_edge() {
    let (instrumented, expectation) = (toy_idetic(), expectation());
    let mut replay = build(
        Simulator::Icarus,
        &instrumented,
        &expectation,
        &BuildOptions::default(),
    );
    for (latency, random_energy, max_points) in [
        (Latency::Fixed(0), false, 1000),
        (Latency::Random(3), true, 40),
    ] {
        let environment = Environment {
            latency,
            random_energy,
            ..Environment::default()
        };
        let options = CampaignOptions {
            environment,
            max_points,
            ..CampaignOptions::for_simulator(Simulator::Icarus)
        };
        let report = campaign(&mut replay, 0, &options);
        assert_eq!(report.failures, [], "{environment:?}");
        assert_eq!(report.points_passed, report.points_tried);
        assert!(
            report.points_tried >= 100 && report.pair_points > 10 && report.restores > 20,
            "{report:?}"
        );
    }
}

#[test]
fn every_planted_error_is_found() {
    let (instrumented, expectation) = (toy_idetic(), expectation());
    let mut replay = build(
        Simulator::Icarus,
        &instrumented,
        &expectation,
        &BuildOptions::default(),
    );
    let options = CampaignOptions {
        max_points: 50,
        stop_after: 1,
        ..CampaignOptions::for_simulator(Simulator::Icarus)
    };
    find_planted(&mut replay, &options);
    // Only a four-valued simulator sees unknown state reach the controller.
    let report = campaign(&mut replay, 15, &options);
    assert_eq!(
        report.failures.first().map(|failure| failure.kind),
        Some(FailureKind::UnknownControl)
    );
}
