//! Campaigns in Verilator on a hand-made instrumented design, sound and with planted errors.

#![allow(clippy::unwrap_used)]

mod common;

use common::{build, campaign, expectation, find_planted, toy_idetic};
use idetic_sim::{
    BlankNvm, BuildOptions, CampaignOptions, Environment, Latency, Replay, Simulator,
};

/// One test for all, because compiling takes longer than running.
#[test]
fn a_compiled_replay_serves_many_campaigns() {
    let (instrumented, expectation) = (toy_idetic(), expectation());
    let options = BuildOptions::default();
    let mut replay = build(Simulator::Verilator, &instrumented, &expectation, &options);
    the_sound_design_passes_under_all_latencies(&mut replay);
    every_planted_error_is_found(&mut replay);
    results_do_not_depend_on_the_number_of_jobs(&mut replay);
    a_limit_gives_a_stride_and_keeps_boot_and_first_save(&mut replay);
}

fn the_sound_design_passes_under_all_latencies(replay: &mut Replay<'_>) {
    for latency in [Latency::Fixed(0), Latency::Fixed(3), Latency::Random(5)] {
        for random_energy in [false, true] {
            let environment = Environment {
                latency,
                random_energy,
                ..Environment::default()
            };
            let blank = if random_energy {
                BlankNvm::Ones
            } else {
                BlankNvm::Zeros
            };
            let options = CampaignOptions {
                environment,
                blank,
                max_pairs: 300,
                random_runs: 60,
                ..CampaignOptions::for_simulator(Simulator::Verilator)
            };
            let report = campaign(replay, 0, &options);
            assert_eq!(report.failures, [], "{environment:?}");
            assert_eq!(report.points_passed, report.points_tried);
            assert_eq!(
                report.points_tried,
                report.single_points + report.pair_points + report.random_points
            );
            assert_eq!(report.random_points, 60);
            assert_eq!(report.stride, 1);
            assert!(
                report.single_points as u64 > report.instrumented_clocks,
                "torn words give several variants"
            );
            assert!(report.restores > 100 && report.commits >= 2, "{report:?}");
            assert_eq!(
                report.instrumented_clocks - report.stall_clocks,
                report.logical_cycles
            );
        }
    }
}

fn every_planted_error_is_found(replay: &mut Replay<'_>) {
    let options = CampaignOptions {
        max_pairs: 100,
        random_runs: 10,
        ..CampaignOptions::for_simulator(Simulator::Verilator)
    };
    find_planted(replay, &options);
}

fn results_do_not_depend_on_the_number_of_jobs(replay: &mut Replay<'_>) {
    let environment = Environment {
        latency: Latency::Random(3),
        ..Environment::default()
    };
    let options = CampaignOptions {
        environment,
        max_pairs: 60,
        random_runs: 20,
        jobs: 1,
        ..CampaignOptions::for_simulator(Simulator::Verilator)
    };
    // With a forgotten bit, so that failures and their order are compared as well.
    let alone = campaign(replay, 1, &options);
    let parallel = campaign(
        replay,
        1,
        &CampaignOptions {
            jobs: 3,
            ..options.clone()
        },
    );
    assert!(!alone.passed());
    assert_eq!(alone, parallel);
    let json = serde_json::to_string(&alone).unwrap();
    assert!(json.contains("\"id\":\"v:"), "{json}");
    assert_eq!(
        serde_json::from_str::<idetic_sim::CampaignReport>(&json).unwrap(),
        alone
    );
    let other_seed = campaign(replay, 1, &CampaignOptions { seed: 2, ..options });
    assert_ne!(alone, other_seed);
}

fn a_limit_gives_a_stride_and_keeps_boot_and_first_save(replay: &mut Replay<'_>) {
    let options = CampaignOptions {
        max_points: 10,
        max_pairs: 0,
        random_runs: 0,
        horizon: Some(5),
        ..CampaignOptions::for_simulator(Simulator::Verilator)
    };
    let report = campaign(replay, 0, &options);
    assert!(report.passed());
    assert_eq!(report.stride, report.instrumented_clocks.div_ceil(10));
    assert!(
        report.single_points > 10 && (report.single_points as u64) < report.instrumented_clocks
    );
    // A run ends a few logical cycles behind the failure.
    assert!(
        report.simulated_clocks < report.instrumented_clocks + 60 * report.single_points as u64
    );
}
