//! The toy design of `fixtures/`, for all tests.

#![allow(dead_code, missing_docs)]

use std::fs;
use std::path::{Path, PathBuf};

use idetic_sim::{
    AsyncReset, BuildOptions, CampaignOptions, CampaignReport, ClockEdge, Direction, Environment,
    ExpectOptions, Expectation, FailureKind, Instrumented, Internals, Language, Latency,
    OriginalDesign, Port, RecordOptions, Recording, Replay, Silent, Simulator, Testbench, expect,
    record, run_campaign,
};

pub fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

/// Describes `toy.v`; offsets are those of the file.
pub fn toy() -> OriginalDesign {
    let text = fs::read_to_string(fixtures().join("toy.v")).unwrap();
    let port = |name: &str, direction, width_bits| Port {
        name: name.to_string(),
        direction,
        width_bits,
    };
    OriginalDesign {
        top: "toy".to_string(),
        files: vec!["toy.v".into()],
        include_dirs: Vec::new(),
        defines: Vec::new(),
        parameters: Vec::new(),
        values: Vec::new(),
        async_resets: vec![AsyncReset {
            port: "rst_n".to_string(),
            active_high: false,
        }],
        stable_inputs: Vec::new(),
        clock: "clk".to_string(),
        clock_edge: ClockEdge::Positive,
        ports: vec![
            port("clk", Direction::Input, 1),
            port("rst_n", Direction::Input, 1),
            port("start", Direction::Input, 1),
            port("data", Direction::Input, 8),
            port("busy", Direction::Output, 1),
            port("sum", Direction::Output, 12),
            port("done", Direction::Output, 1),
            port("trail", Direction::Output, 8),
        ],
        top_module_file: "toy.v".into(),
        endmodule_offset: text.rfind("endmodule").unwrap(),
        language: Language::SystemVerilog2012,
        directory: fixtures(),
    }
}

pub fn bench(file: &str) -> Testbench {
    Testbench {
        files: vec![file.into()],
        ..Testbench::default()
    }
}

/// Describes `toy_idetic.v`.
pub fn toy_idetic() -> Instrumented {
    Instrumented {
        file_list: "toy_idetic.f".into(),
        directory: fixtures(),
        wrapper: "toy_idetic".to_string(),
        nvm_word_bits: 8,
        nvm_addr_bits: 4,
        nvm_words: 13,
        commit_word_addresses: vec![4, 12],
        language: Language::SystemVerilog2012,
        internals: Internals::default(),
    }
}

pub fn recording() -> Recording {
    record(&toy(), &bench("toy_tb.v"), &RecordOptions::default()).unwrap()
}

/// Expected outputs, without the runs from random states.
pub fn expectation() -> Expectation {
    expect(
        &toy(),
        &recording(),
        &ExpectOptions {
            random_runs: 0,
            ..ExpectOptions::default()
        },
    )
    .unwrap()
}

pub fn build<'a>(
    simulator: Simulator,
    instrumented: &'a Instrumented,
    expectation: &'a Expectation,
    options: &BuildOptions,
) -> Replay<'a> {
    Replay::build(simulator, &toy(), instrumented, expectation, options).unwrap()
}

/// Plants the error with the number (0 for none) and runs a campaign.
pub fn campaign(replay: &mut Replay<'_>, mutant: u32, options: &CampaignOptions) -> CampaignReport {
    replay.set_plusargs(vec![format!("+idetic_mutant={mutant}")]);
    run_campaign(replay, options, &mut Silent).unwrap()
}

/// The planted errors that show in both simulators, and as what. A reset that is not masked (5) either shows in an output or takes
/// the design out of the checkpoint state: see [`find_planted`].
pub const PLANTED: [(u32, FailureKind); 16] = [
    (1, FailureKind::Output),
    (2, FailureKind::Output),
    (3, FailureKind::Output),
    (4, FailureKind::Output),
    (5, FailureKind::Output),
    (6, FailureKind::MissingResume),
    (7, FailureKind::RequestChanged),
    (8, FailureKind::Output),
    (9, FailureKind::MissingResume),
    (10, FailureKind::WriteOutsideSave),
    (11, FailureKind::StallDependsOnInputs),
    (12, FailureKind::NoProgress),
    (13, FailureKind::UnexpectedResume),
    (14, FailureKind::AddressOutOfRange),
    (16, FailureKind::CommitWithoutCapture),
    (17, FailureKind::LateResume),
];

/// Runs a campaign for every planted error; the first failure must be of the right kind.
pub fn find_planted(replay: &mut Replay<'_>, options: &CampaignOptions) {
    for (mutant, kind) in PLANTED {
        // Only a request that waits can be withdrawn.
        let latency = if mutant == 7 {
            Latency::Fixed(2)
        } else {
            Latency::Fixed(0)
        };
        let environment = Environment {
            latency,
            ..options.environment
        };
        let report = campaign(
            replay,
            mutant,
            &CampaignOptions {
                environment,
                ..options.clone()
            },
        );
        let first = report
            .failures
            .first()
            .unwrap_or_else(|| panic!("error {mutant} was not found: {report:?}"));
        let unmasked = mutant == 5 && first.kind == FailureKind::StallDependsOnInputs;
        assert!(first.kind == kind || unmasked, "error {mutant}: {first:?}");
        assert_eq!(
            report.points_passed + report.failures.len(),
            report.points_tried
        );
    }
}
