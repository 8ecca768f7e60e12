//! A failure point runs again alone, from its id, with waveforms.

#![allow(clippy::unwrap_used)]

mod common;

use std::fs;

use common::{build, campaign, expectation, toy_idetic};
use idetic_sim::{BuildOptions, CampaignOptions, PointId, Replay, SimError, Simulator, reproduce};

const FORGETS_A_BIT: u32 = 1;

fn options(simulator: Simulator) -> CampaignOptions {
    CampaignOptions {
        max_points: 60,
        max_pairs: 20,
        random_runs: 5,
        stop_after: 1000,
        ..CampaignOptions::for_simulator(simulator)
    }
}

fn failures_come_again(simulator: Simulator) {
    let (instrumented, expectation) = (toy_idetic(), expectation());
    let with_waves = BuildOptions {
        waveform: true,
        ..BuildOptions::default()
    };
    let mut replay = build(simulator, &instrumented, &expectation, &with_waves);
    let options = options(simulator);
    let report = campaign(&mut replay, FORGETS_A_BIT, &options);
    let single = report
        .failures
        .iter()
        .find(|failure| failure.id.failures.len() == 1)
        .unwrap();
    assert_eq!(single.signal.as_deref(), Some("sum"));
    let folder = tempfile::tempdir().unwrap();
    let wave = folder.path().join("wave.vcd");
    let again = reproduce(&replay, &options, &single.id, Some(&wave)).unwrap();
    assert_eq!(again.failure.as_ref(), Some(single));
    assert_eq!(again.waveforms, [folder.path().join("wave-1.vcd"), wave]);
    for file in &again.waveforms {
        assert!(
            fs::read_to_string(file).unwrap().contains("idetic_stall"),
            "{}",
            file.display()
        );
    }
    if let Some(double) = report
        .failures
        .iter()
        .find(|failure| failure.id.failures.len() == 2)
    {
        let again = reproduce(&replay, &options, &double.id, None).unwrap();
        assert_eq!(again.failure.as_ref(), Some(double));
    }
    passing_and_impossible_points(&replay, &options, simulator);
}

fn passing_and_impossible_points(
    replay: &Replay<'_>,
    options: &CampaignOptions,
    simulator: Simulator,
) {
    let letter = simulator.letter();
    let point = |text: &str| format!("{letter}:{text}").parse::<PointId>().unwrap();
    assert_eq!(
        reproduce(replay, options, &point("1"), None)
            .unwrap()
            .failure,
        None
    );
    for impossible in ["100000", "0:new", "1+100000"] {
        let result = reproduce(replay, options, &point(impossible), None);
        assert!(
            matches!(result, Err(SimError::BadPoint { .. })),
            "{impossible}: {result:?}"
        );
    }
    let other = if letter == 'v' { "i:1" } else { "v:1" };
    assert!(matches!(
        reproduce(replay, options, &other.parse().unwrap(), None),
        Err(SimError::BadPoint { .. })
    ));
}

#[test]
fn failures_come_again_in_icarus() {
    failures_come_again(Simulator::Icarus);
}

#[test]
fn failures_come_again_in_verilator() {
    failures_come_again(Simulator::Verilator);
}
