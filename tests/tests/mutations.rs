//! Wrong plans and wrong RTL must be caught by the replay.
//!
//! A plan is made wrong by leaving a saved bit out of every checkpoint. Whether that can be seen at all is decided here without
//! the liveness analysis: the two-valued evaluator runs the recorded inputs, flips the bit in a logical cycle whose control state
//! is a checkpoint, and looks whether an expected output ever differs. The converse does not hold in Icarus, where the lost bit
//! is X and not merely wrong: it is also caught where both of its values would have done, but X stands in the way of others.

use idetic::driver::{InsertOptions, Inserted};
use idetic::netlist::RegId;
use idetic::netlist::eval::{MachineState, cycle};
use idetic_sim::{CampaignOptions, CampaignReport, FailureKind, Simulator};
use idetic_tests::example::{EXAMPLES, Example};
use idetic_tests::replay::{Recorded, options, unchanged};
use idetic_tests::run::{idetic, output};

/// Single failures only, at about so many clock edges, with so many logical cycles behind each; done with the first
/// counterexamples.
fn singles(points: usize, horizon: Option<u64>) -> CampaignOptions {
    CampaignOptions {
        max_points: points,
        horizon,
        max_pairs: 0,
        random_runs: 0,
        stop_after: 1,
        ..CampaignOptions::for_simulator(Simulator::Icarus)
    }
}

/// The state before each logical cycle, all registers 0 at first, which is one of the states that power-up may give.
fn run(recorded: &Recorded) -> Vec<MachineState> {
    let netlist = &recorded.analysis.netlist;
    let mut states = vec![MachineState::zero(netlist)];
    for at in 0..recorded.expectation.cycles() {
        let next = cycle(netlist, &states[at], &recorded.inputs(at)).next;
        states.push(next);
    }
    states
}

/// The logical cycles in which a checkpoint is due: the control registers have the values of its state.
fn due(recorded: &Recorded, inserted: &Inserted, states: &[MachineState]) -> Vec<usize> {
    let graph = &recorded.analysis.graph;
    let is_due = |state: &MachineState| {
        inserted.plan.checkpoints.iter().any(|checkpoint| {
            let values = &graph.states[checkpoint.state.index()].values;
            graph.registers.iter().zip(values).all(|(register, value)| {
                let actual = state.registers[register.index()].iter();
                actual
                    .enumerate()
                    .all(|(bit, &actual)| value.bit(bit as u32).is_none_or(|v| v == actual))
            })
        })
    };
    let cycles = 0..recorded.expectation.cycles();
    cycles.filter(|&at| is_due(&states[at])).collect()
}

/// Whether some expected output, from the logical cycle `from` on, differs if the bit is the other way round there.
fn shows(
    recorded: &Recorded,
    states: &[MachineState],
    from: usize,
    (register, bit): (RegId, u32),
) -> bool {
    let netlist = &recorded.analysis.netlist;
    let expectation = &recorded.expectation;
    let mut state = states[from].clone();
    let flipped = &mut state.registers[register.index()][bit as usize];
    *flipped = !*flipped;
    for (at, undisturbed) in states
        .iter()
        .enumerate()
        .take(expectation.cycles())
        .skip(from)
    {
        if state == *undisturbed {
            return false;
        }
        let result = cycle(netlist, &state, &recorded.inputs(at));
        for (port, value) in netlist.outputs.iter().zip(&result.outputs) {
            let fields = expectation.output_bus.fields();
            let field = fields.iter().find(|field| field.name == port.name);
            let low = field.expect("every output is recorded").low;
            let differs = |(bit, &actual): (usize, &bool)| {
                let expected = expectation.outputs.bit(at, low + bit);
                expected.is_some_and(|expected| expected != actual)
            };
            if value.iter().enumerate().any(differs) {
                return true;
            }
        }
        state = result.next;
    }
    false
}

/// What became of the bits left out.
#[derive(Debug, Default)]
struct Tally {
    matter: usize,
    caught: usize,
    missed: Vec<String>,
}

/// Leaves out every `step`-th saved bit of an example, one at a time.
fn drop_bits(example: &Example, step: usize) -> Tally {
    let mut recorded = Recorded::example(example);
    let whole = recorded.insert(&options(32));
    let sound = recorded.campaign(&whole, &unchanged, Simulator::Icarus, &singles(12, None));
    assert_eq!(sound.expect("the simulator runs").failures, []);

    let states = run(&recorded);
    let due = due(&recorded, &whole, &states);
    assert!(due.len() > 2, "{}: {due:?}", example.name);
    let mut tally = Tally::default();
    for &(register, bit) in whole.layout.chain.iter().step_by(step) {
        let info = &recorded.analysis.netlist.registers[register.index()];
        let name = format!("{}[{bit}]", info.name);
        let without = recorded.insert(&InsertOptions {
            drop_bits: vec![name.clone()],
            ..options(32)
        });
        assert!(!without.layout.chain.contains(&(register, bit)), "{name}");
        // More and more points and longer runs, because some bits matter seldom or show late.
        let steps = [(6, Some(32)), (60, Some(200)), (1000, None)];
        let report = steps.into_iter().find_map(|(points, horizon)| {
            let points = singles(points, horizon);
            let report = recorded.campaign(&without, &unchanged, Simulator::Icarus, &points);
            let report = report.expect("the simulator runs");
            (!report.passed()).then_some(report)
        });
        // Where the rest of its register is saved, a lost bit becomes 0, so nothing is lost where it was.
        let set = |from: usize| states[from].registers[register.index()][bit as usize];
        let matters =
            (due.iter()).any(|&from| set(from) && shows(&recorded, &states, from, (register, bit)));
        tally.matter += usize::from(matters);
        tally.caught += usize::from(report.is_some());
        if matters && report.is_none() {
            tally.missed.push(name);
        }
    }
    tally
}

#[test]
fn every_bit_of_gcd_is_missed_when_it_is_left_out() {
    let tally = drop_bits(&Example::named("gcd"), 1);
    assert_eq!(tally.missed, Vec::<String>::new());
    // The state and two operands. The recorded run uses each of their bits.
    assert_eq!(tally.caught, 34);
    assert!(tally.matter > 20, "{tally:?}");
}

/// Two halves, which run side by side.
#[test]
fn sampled_bits_of_the_other_examples_are_missed() {
    sampled_bits_are_missed(0, 5);
}

#[test]
fn sampled_bits_of_further_examples_are_missed() {
    sampled_bits_are_missed(1, 1);
}

/// Of every other example, from one on; at least so many of the bits matter in the recorded runs.
fn sampled_bits_are_missed(first: usize, least: usize) {
    let mut matter = 0;
    // The state of the last two is in memories, of which no bit can be dropped;
    // their campaigns take minutes.
    let elsewhere = ["gcd", "histogram", "keystream"];
    let others = EXAMPLES.iter().filter(|it| !elsewhere.contains(&it.name));
    for example in others.skip(first).step_by(2) {
        let tally = drop_bits(example, 13);
        assert_eq!(tally.missed, Vec::<String>::new(), "{}", example.name);
        assert!(tally.caught > 0, "{}: {tally:?}", example.name);
        matter += tally.matter;
    }
    assert!(matter >= least, "{matter}");
}

#[test]
fn verify_exits_with_3_and_says_how_to_see_it_again() {
    let example = Example::named("gcd");
    let mut command = idetic();
    command.current_dir(example.folder());
    command.args(["verify", "--sim", "icarus", "--max-points-icarus", "12"]);
    command.args(["--drop-bit", "x[15]", "--tb", "gcd_tb.v"]);
    let result = output(&mut command);
    let (stdout, stderr) = (
        String::from_utf8_lossy(&result.stdout),
        String::from_utf8_lossy(&result.stderr),
    );
    assert_eq!(result.status.code(), Some(3), "{stdout}{stderr}");
    assert!(stdout.contains("DIVERGES"), "{stdout}");
    let told = [
        "an output differs",
        "`result` is",
        "--drop-bit 'x[15]'",
        "--point i:",
        "--wave",
    ];
    for words in told {
        assert!(stderr.contains(words), "{words}: {stderr}");
    }
}

/// A mistake in the emitted text: file, and texts that occur there exactly once with what replaces them.
struct Mistake {
    what: &'static str,
    file: &'static str,
    changes: &'static [(&'static str, &'static str)],
    shows_as: &'static [FailureKind],
}

use FailureKind::{MissingResume, Output, UnexpectedResume};

const MISTAKES: &[Mistake] = &[
    Mistake {
        what: "words swapped by the restore",
        file: "idetic_controller.v",
        changes: &[(
            "assign nvm_addr = address;",
            "assign nvm_addr = state == S_PAYLOAD && !saving ? address ^ 1'b1 : address;",
        )],
        shows_as: &[MissingResume],
    },
    Mistake {
        what: "halves of words swapped by the restore, behind the check",
        file: "idetic_controller.v",
        changes: &[(
            "!blank ? nvm_rdata :",
            "!blank ? {nvm_rdata[HALF-1:0], nvm_rdata[WORD-1:HALF]} :",
        )],
        shows_as: &[Output],
    },
    Mistake {
        what: "restored words forgotten",
        file: "idetic_controller.v",
        changes: &[("!blank ? nvm_rdata :", "!blank ? {WORD{1'b0}} :")],
        shows_as: &[Output],
    },
    Mistake {
        what: "given bits forgotten",
        file: "idetic_controller.v",
        changes: &[(": fill_word;", ": {WORD{1'b0}};")],
        shows_as: &[Output],
    },
    Mistake {
        what: "a given bit the other way round",
        file: "gcd_idetic.v",
        changes: &[("32'h00000001", "32'h00000000")],
        shows_as: &[Output],
    },
    Mistake {
        what: "a given bit set that is not",
        file: "gcd_idetic.v",
        changes: &[("32'h00000001", "32'h00000003")],
        shows_as: &[Output],
    },
    Mistake {
        what: "commit announced at the beginning of the save",
        file: "idetic_controller.v",
        changes: &[("state == S_DONE;", "state == S_ID && saving;")],
        shows_as: &[MissingResume, Output],
    },
    Mistake {
        what: "commit word before the payload, and no check",
        file: "idetic_controller.v",
        changes: &[
            (
                "wire voids = slot ? refused[0] : refused[1];",
                "wire voids = 1'b1;",
            ),
            (
                "S_VOID:    wdata = {WORD{1'b0}};",
                "S_VOID:    wdata = {~number, number};",
            ),
            ("          if (!agrees) begin", "          if (1'b0) begin"),
            (
                "if (!agrees) state <= S_PICK;",
                "if (1'b0) state <= S_PICK;",
            ),
        ],
        shows_as: &[Output, UnexpectedResume],
    },
    Mistake {
        what: "one slot only",
        file: "idetic_controller.v",
        changes: &[("slot <= !slot;", "")],
        shows_as: &[MissingResume],
    },
    Mistake {
        what: "no mask for the reset",
        file: "gcd_idetic.v",
        changes: &[("= rst_n | idetic_stall;", "= rst_n;")],
        shows_as: &[Output],
    },
    Mistake {
        what: "a design that is not held",
        file: "gcd_idetic.v",
        changes: &[(".enable(idetic_advance || idetic_shift)", ".enable(1'b1)")],
        shows_as: &[Output],
    },
    Mistake {
        what: "a live word not saved",
        file: "gcd_idetic.v",
        changes: &[("idetic_live = 2'b01;", "idetic_live = 2'b00;")],
        shows_as: &[Output],
    },
    Mistake {
        what: "a checkpoint taken for another",
        file: "gcd_idetic.v",
        changes: &[("idetic_checkpoint = 1'd1;", "idetic_checkpoint = 1'd0;")],
        shows_as: &[Output],
    },
    Mistake {
        what: "a register forgotten in the shift branch",
        file: "gcd.v",
        changes: &[("      y <= idetic_shifted[31:16];\n", "")],
        shows_as: &[Output],
    },
    Mistake {
        what: "two registers swapped in the shift branch",
        file: "gcd.v",
        changes: &[
            ("x <= idetic_shifted[15:0];", "x <= idetic_shifted[31:16];"),
            ("y <= idetic_shifted[31:16];", "y <= idetic_shifted[15:0];"),
        ],
        shows_as: &[Output],
    },
    Mistake {
        what: "a shift that is off by one bit",
        file: "gcd.v",
        changes: &[(
            "{idetic_in, idetic_saved[33:32]}",
            "{idetic_saved[32], idetic_in, idetic_saved[33]}",
        )],
        shows_as: &[Output],
    },
];

#[test]
fn mistakes_in_the_emitted_text_are_caught() {
    let mut recorded = Recorded::example(&Example::named("gcd"));
    let inserted = recorded.insert(&options(32));
    let campaign = |mistake: Option<&Mistake>| -> CampaignReport {
        let change = |name: &str, text: &str| match mistake {
            Some(mistake) if mistake.file == name => {
                mistake
                    .changes
                    .iter()
                    .fold(text.to_string(), |text, (from, to)| {
                        assert_eq!(text.matches(from).count(), 1, "{from:?} in {name}:\n{text}");
                        text.replace(from, to)
                    })
            }
            _ => text.to_string(),
        };
        let options = singles(16, Some(64));
        let report = recorded.campaign(&inserted, &change, Simulator::Icarus, &options);
        report.unwrap_or_else(|error| panic!("{}: {error}", mistake.map_or("none", |m| m.what)))
    };
    assert_eq!(campaign(None).failures, []);
    for mistake in MISTAKES {
        let report = campaign(Some(mistake));
        let kinds: Vec<FailureKind> = report.failures.iter().map(|failure| failure.kind).collect();
        let caught = kinds.iter().any(|kind| mistake.shows_as.contains(kind));
        assert!(caught, "{}: {kinds:?}", mistake.what);
    }
}

/// Bits derived in a restore: what is wrong about them, and what follows.
const DERIVED: &[Mistake] = &[
    Mistake {
        what: "a copy from the place next to its source",
        file: "copies_idetic.v",
        changes: &[("COPY", "NEXT")],
        shows_as: &[Output],
    },
    Mistake {
        what: "an inverse that is a copy",
        file: "copies_idetic.v",
        changes: &[("INVERSE", "COPY")],
        shows_as: &[Output],
    },
    Mistake {
        what: "a function of one source",
        file: "copies_idetic.v",
        changes: &[("BOTH", "ONE")],
        shows_as: &[Output],
    },
];

/// In the text of the wrapper the first line of the table that derives a bit in this way, changed.
fn derive_otherwise(text: &str, from: &str, to: &str) -> String {
    let is = |line: &str| {
        let line = line.trim_start();
        let value = line
            .strip_prefix("idetic_given_word[")?
            .split_once(" = ")?
            .1;
        Some(match value {
            value if value.contains('&') => "BOTH",
            value if value.starts_with('~') => "INVERSE",
            _ => "COPY",
        })
    };
    let mut changed = false;
    let lines = text.lines().map(|line| {
        if changed || is(line) != Some(from) {
            return line.to_string();
        }
        changed = true;
        let (place, value) = line.split_once(" = ").expect("an assignment");
        let value = match to {
            "NEXT" => {
                let (vector, at) = value.rsplit_once('[').expect("a bit");
                let at: u32 = at.trim_end_matches("];").parse().expect("a number");
                format!("{vector}[{}];", at + 1)
            }
            "COPY" => value.trim_start_matches('~').to_string(),
            _ => {
                let one = value.split_once(" & ").expect("two sources").0;
                format!("{};", one.trim_start_matches('('))
            }
        };
        format!("{place} = {value}")
    });
    let text = lines.collect::<Vec<_>>().join("\n") + "\n";
    assert!(changed, "{from} in {text}");
    text
}

/// A restore computes what it does not read; where it computes something else, that shows.
#[test]
fn bits_derived_wrongly_are_caught() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("designs/derive");
    let mut recorded = Recorded::design(&folder, &folder.join("copies_tb.v"), Default::default());
    let inserted = recorded.insert(&InsertOptions {
        recompute: true,
        ..options(8)
    });
    let derived = inserted.plan.checkpoints.iter().map(|it| it.derived.len());
    assert_eq!(derived.max(), Some(24));
    let campaign = |mistake: Option<&Mistake>| -> CampaignReport {
        let change = |name: &str, text: &str| match mistake {
            Some(mistake) if mistake.file == name => {
                let (from, to) = mistake.changes[0];
                derive_otherwise(text, from, to)
            }
            _ => text.to_string(),
        };
        let options = singles(200, None);
        let report = recorded.campaign(&inserted, &change, Simulator::Icarus, &options);
        report.unwrap_or_else(|error| panic!("{}: {error}", mistake.map_or("none", |m| m.what)))
    };
    assert_eq!(campaign(None).failures, []);
    for mistake in DERIVED {
        let report = campaign(Some(mistake));
        let kinds: Vec<FailureKind> = report.failures.iter().map(|failure| failure.kind).collect();
        let caught = kinds.iter().any(|kind| mistake.shows_as.contains(kind));
        assert!(caught, "{}: {kinds:?}", mistake.what);
    }
}

/// A memory that outlives a supply failure: what is wrong about the commits that it relies on, and how it is written.
const KEPT: &[Mistake] = &[
    Mistake {
        what: "a commit that the supply level lets be skipped",
        file: "tally_idetic.v",
        changes: &[(".skip(idetic_skip)", ".skip(idetic_enough)")],
        shows_as: &[Output],
    },
    Mistake {
        what: "no commit in front of the write",
        file: "tally_idetic.v",
        changes: &[(
            ".at_checkpoint(idetic_due)",
            ".at_checkpoint(idetic_due && !idetic_sure)",
        )],
        shows_as: &[Output],
    },
    Mistake {
        what: "a memory that is written while the chain turns",
        file: "tally.v",
        changes: &[(
            "    count <= idetic_shifted",
            "    if (state == WRITE) counts[at] <= count + 24'd1;\n    count <= idetic_shifted",
        )],
        shows_as: &[Output],
    },
];

/// Without any of it the same event is counted twice, or the count is lost, in both simulators.
#[test]
fn commits_that_a_memory_relies_on_are_missed() {
    let mut recorded = Recorded::example(&Example::named("tally"));
    let inserted = recorded.insert(&options(32));
    let campaign = |mistake: Option<&Mistake>, simulator: Simulator| -> CampaignReport {
        let change = |name: &str, text: &str| match mistake {
            Some(mistake) if mistake.file == name => {
                let (from, to) = mistake.changes[0];
                assert_eq!(text.matches(from).count(), 1, "{from:?} in {name}:\n{text}");
                text.replace(from, to)
            }
            _ => text.to_string(),
        };
        let mut options = singles(
            if simulator == Simulator::Icarus {
                300
            } else {
                2000
            },
            None,
        );
        options.environment.random_energy = true;
        let report = recorded.campaign(&inserted, &change, simulator, &options);
        report.unwrap_or_else(|error| panic!("{}: {error}", mistake.map_or("none", |m| m.what)))
    };
    for simulator in [Simulator::Verilator, Simulator::Icarus] {
        assert_eq!(campaign(None, simulator).failures, []);
        for mistake in KEPT {
            let report = campaign(Some(mistake), simulator);
            let kinds: Vec<FailureKind> = report.failures.iter().map(|it| it.kind).collect();
            let caught = kinds.iter().any(|kind| mistake.shows_as.contains(kind));
            assert!(caught, "{} in {simulator:?}: {kinds:?}", mistake.what);
        }
    }
}
