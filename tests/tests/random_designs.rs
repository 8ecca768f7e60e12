//! Random designs: the generator writes what it promises, and idetic makes of each design what the design means.
//!
//! `cargo xtask random --seed S --count N` runs the long campaign over the seeds from S on; one sample of a failure
//! is `cargo xtask random --seed S --count 1`.

use std::fs;
use std::path::Path;
use std::process::Command;

use idetic::netlist::Netlist;
use idetic_tests::fuzz::{Corpus, Fate, front_end};
use idetic_tests::random::{
    Generated, Options, Stimulus, Version, compare, cosimulate, generate, icarus_language,
    judge_liveness, netlist, record, run, testbench,
};
use idetic_tests::run::idetic;

/// Designs of the seeds from `first` on.
fn designs(first: u64, count: u64) -> Vec<Generated> {
    (first..first + count)
        .map(|seed| generate(seed, &Options::default()))
        .collect()
}

/// Designs of the seeds from `first` on, in all styles.
fn styled(first: u64, count: u64) -> Vec<Generated> {
    (first..first + count)
        .map(|seed| generate(seed, &Options::of(seed)))
        .collect()
}

/// The design with other module names and perhaps other text.
fn copy(design: &Generated, change: impl Fn(String) -> String) -> Version {
    let top = format!("{}_copy", design.top);
    Version {
        text: change(design.text.replace(&design.top, &top)),
        top,
    }
}

#[test]
fn same_seed_gives_the_same_design() {
    let (first, again) = (designs(0, 20), designs(0, 20));
    for (a, b) in first.iter().zip(&again) {
        assert_eq!(a.text, b.text);
    }
    assert!(first[0].text != first[1].text);
}

#[test]
fn every_style_occurs() {
    let text: String = designs(0, 200).into_iter().map(|d| d.text).collect();
    for wanted in [
        "case (1'b1)",
        "casez (",
        "casex (",
        "`define",
        "localparam S_",
        "parameter [",
        "negedge",
        "posedge clk or",
        ", posedge",
        "always @*",
        "always @(*)",
        " function ",
        "generate",
        "for (",
        " +: ",
        " -: ",
        "$signed(",
        ">>>",
        "<<<",
        " / ",
        " % ",
        "===",
        "{2{",
        "_next = ",
        "next_state",
        "output reg",
        "input signed",
        "#(parameter",
        "$clog2",
        "[0:",
        "integer ",
        " #(.W",
    ] {
        assert!(text.contains(wanted), "no design has `{wanted}`");
    }
}

#[test]
fn designs_are_legal_and_synthesizable() {
    let dir = tempfile::tempdir().expect("a directory");
    let list = designs(1000, 24);
    let mut all = String::new();
    for design in &list {
        all.push_str(&design.text);
        all.push_str(&testbench(design, &Stimulus::default()));
        let file = dir.path().join(format!("{}.v", design.top));
        fs::write(&file, &design.text).expect("written");
        let lint = run(Command::new("verilator")
            .args(["--lint-only", "-Wno-fatal", "-Wno-lint", "-Wno-style"])
            .args(["--top-module", &design.top])
            .arg(&file));
        // Verilator 5.006 has a few internal errors of its own.
        if let Err(message) = lint {
            assert!(message.contains("Internal Error"), "{message}");
        }
        // `check` knows loops and missing drivers; a latch is a cell of its own.
        let script = format!(
            "read_verilog {}; hierarchy -check -top {}; proc; check -assert; select -assert-none t:$dlatch",
            file.display(),
            design.top
        );
        if let Err(message) = run(Command::new("yosys").args(["-q", "-p", &script])) {
            // Yosys 0.23 cannot reset an array that it expands itself.
            let own = message.contains("yields non-constant value");
            assert!(own, "seed {}: {message}", design.seed);
        }
    }
    let file = dir.path().join("all.v");
    fs::write(&file, all).expect("written");
    let program = dir.path().join("all.vvp");
    let done = run(Command::new("iverilog")
        .arg("-g2005")
        .arg("-o")
        .arg(program)
        .arg(file));
    done.expect("Icarus takes all of them");
}

#[test]
fn comparison_notices_changes_and_nothing_else() {
    let dir = tempfile::tempdir().expect("a directory");
    let list = designs(2000, 60);
    let versions: Vec<Version> = list
        .iter()
        .map(|design| copy(design, |text| text))
        .collect();
    let pairs: Vec<_> = list.iter().zip(&versions).collect();
    let found = cosimulate(dir.path(), &pairs, &Stimulus::default()).expect("simulated");
    assert_eq!(found, []);

    let change = |text: String| text.replace(" ^ ", " | ").replace("<= 0;", "<= 1;");
    let versions: Vec<Version> = list.iter().map(|design| copy(design, change)).collect();
    let pairs: Vec<_> = list.iter().zip(&versions).collect();
    let found = cosimulate(dir.path(), &pairs, &Stimulus::default()).expect("simulated");
    assert!(found.len() > 40, "only {} of 60 noticed", found.len());
}

#[test]
fn exported_netlists_equal_their_sources() {
    let dir = tempfile::tempdir().expect("a directory");
    let list = designs(4000, 60);
    let versions: Vec<Version> = list
        .iter()
        .map(|design| {
            let top = format!("{}_net", design.top);
            let text = read_netlist(dir.path(), design).to_verilog(&top);
            Version { text, top }
        })
        .collect();
    let pairs: Vec<_> = list.iter().zip(&versions).collect();
    // An `if` whose condition is unknown takes its `else` in the source, and
    // is unknown in the netlist: only known bits that differ count here.
    let found = cosimulate(dir.path(), &pairs, &Stimulus::default()).expect("simulated");
    let found: Vec<_> = found.iter().filter(|found| found.surely()).collect();
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn optional_styles_occur() {
    let text: String = styled(0, 80).into_iter().map(|d| d.text).collect();
    for wanted in [
        "typedef enum logic",
        "always_ff @",
        "always_comb",
        "logic ",
        "  task ",
        "[0:1023]",
        "  initial",
        "begin : gen",
        "if (!(",
    ] {
        assert!(text.contains(wanted), "no {wanted}");
    }
}

/// Two hundred designs of all styles; liveness is judged on some of them.
#[test]
fn evaluation_and_liveness_agree_with_the_source() {
    for start in (5000..5200).step_by(20) {
        let dir = tempfile::tempdir().expect("a directory");
        let found = judge(dir.path(), start, 20, start % 60 == 0);
        assert!(found.is_empty(), "{found:#?}");
    }
}

/// Texts near the designs and examples of the repository; the long run is `cargo xtask fuzz`.
#[test]
fn mutated_texts_are_read_without_a_panic() {
    let dir = tempfile::tempdir().expect("a directory");
    let file = dir.path().join("mutant.v");
    // As deep a stack as the command has.
    let worker = std::thread::Builder::new()
        .stack_size(512 << 20)
        .spawn(move || {
            let corpus = Corpus::of_repository();
            let mut elaborated = 0;
            for seed in 0..400 {
                fs::write(&file, corpus.mutant(seed)).expect("written");
                let fate = front_end(&file, seed % 16 == 0);
                elaborated += u32::from(fate == Fate::Elaborated);
            }
            elaborated
        });
    let elaborated = worker.expect("a thread").join().expect("no panic");
    assert!(elaborated > 5, "only {elaborated} of 400 got through");
}

#[test]
fn evaluation_notices_another_design() {
    let dir = tempfile::tempdir().expect("a directory");
    let list: Vec<_> = designs(6000, 20)
        .into_iter()
        .map(|design| {
            let netlist = read_netlist(dir.path(), &design);
            // The source changes after it was read.
            let text = design.text.replace(" ^ ", " | ").replace("<= 0;", "<= 1;");
            (Generated { text, ..design }, netlist)
        })
        .collect();
    let traces = record(dir.path(), &list, &Stimulus::default()).expect("simulated");
    let noticed = list.iter().zip(&traces);
    let noticed = noticed.filter(|((design, net), trace)| compare(design, net, trace).is_some());
    let noticed = noticed.count();
    assert!(noticed > 12, "only {noticed} of 20 noticed");
}

#[test]
fn insert_takes_all_designs() {
    let dir = tempfile::tempdir().expect("a directory");
    let mut found = Vec::new();
    let mut inserted = 0;
    for design in styled(7000, 48) {
        match insert(dir.path(), &design) {
            Ok(Inserted::Written) => inserted += 1,
            Ok(Inserted::Refused) => {}
            Err(message) => found.push(message),
        }
    }
    assert!(found.is_empty(), "{found:#?}");
    assert!(inserted > 20, "only {inserted} of 48 inserted");
}

#[test]
fn verify_passes() {
    let dir = tempfile::tempdir().expect("a directory");
    let (mut tried, mut found) = (0, Vec::new());
    for design in styled(8000, 60) {
        let small = design.text.len() < 6000;
        if !small || !matches!(insert(dir.path(), &design), Ok(Inserted::Written)) {
            continue;
        }
        tried += 1;
        // Compiling for Verilator takes most of the time.
        let arguments: &[&str] = match tried {
            1 | 2 => &["--max-points", "300", "--max-points-icarus", "10"],
            _ => &["--sim", "icarus", "--max-points-icarus", "10"],
        };
        found.extend(verify(dir.path(), &design, arguments).err());
        if tried == 8 {
            break;
        }
    }
    assert!(tried == 8 && found.is_empty(), "{tried} tried: {found:#?}");
}

/// The long run: `cargo xtask random`.
#[test]
#[ignore = "long: cargo xtask random --count N --seed S"]
#[allow(clippy::print_stderr, reason = "a long run speaks to a person")]
fn campaign() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse().ok());
    let first: u64 = number("IDETIC_RANDOM_SEED").unwrap_or(0);
    let count: u64 = number("IDETIC_RANDOM_COUNT").unwrap_or(200);
    let every: u64 = number("IDETIC_RANDOM_VERIFY_EVERY").unwrap_or(50);
    let live: u64 = number("IDETIC_RANDOM_LIVENESS_EVERY").unwrap_or(1);
    let (mut found, mut refused, mut verified) = (Vec::new(), 0, 0);
    for start in (first..first + count).step_by(20) {
        let dir = tempfile::tempdir().expect("a directory");
        let batch = 20.min(first + count - start);
        let judged = live > 0 && start / 20 % live == 0;
        report(&mut found, judge(dir.path(), start, batch, judged));
        for design in styled(start, batch) {
            match insert(dir.path(), &design) {
                Ok(Inserted::Refused) => refused += 1,
                Ok(Inserted::Written) if design.seed % every == 0 => {
                    verified += 1;
                    let arguments = ["--max-points", "2000", "--max-points-icarus", "50"];
                    report(&mut found, verify(dir.path(), &design, &arguments).err());
                }
                Ok(Inserted::Written) => {}
                Err(message) => report(&mut found, Some(message)),
            }
        }
    }
    eprintln!(
        "{count} designs from seed {first}: {verified} verified, {refused} refused by insert, {} findings",
        found.len()
    );
    assert!(
        found.is_empty(),
        "{} found:\n{}",
        found.len(),
        found.join("\n")
    );
}

/// Adds findings, and prints each at once: a long run may be stopped.
#[allow(clippy::print_stderr, reason = "a long run speaks to a person")]
fn report(found: &mut Vec<String>, more: impl IntoIterator<Item = String>) {
    for message in more {
        eprintln!("{message}");
        found.push(message);
    }
}

fn read_netlist(dir: &Path, design: &Generated) -> Netlist {
    netlist(dir, design).unwrap_or_else(|message| panic!("seed {}: {message}", design.seed))
}

/// Elaborates designs, evaluates them beside Icarus and judges liveness; returns what is wrong.
fn judge(dir: &Path, first: u64, count: u64, live: bool) -> Vec<String> {
    let mut found = Vec::new();
    let mut list = Vec::new();
    for design in styled(first, count) {
        match netlist(dir, &design) {
            Ok(netlist) => list.push((design, netlist)),
            Err(message) => found.push(format!("seed {}: {message}", design.seed)),
        }
    }
    let traces = match record(dir, &list, &Stimulus::default()) {
        Ok(traces) => traces,
        Err(message) => return vec![message],
    };
    for ((design, netlist), trace) in list.iter().zip(&traces) {
        found.extend(compare(design, netlist, trace).map(|wrong| format!("{wrong:?}")));
        if live {
            found.extend(judge_liveness(design, netlist, trace));
        }
    }
    found
}

/// What `insert` made of a design.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Inserted {
    /// Files that compile.
    Written,
    /// A diagnostic with a code that names a limit of this version.
    Refused,
}

/// Codes with which `insert` may refuse a design: no state; text that cannot be edited; state that cannot be saved.
const REFUSALS: &[&str] = &["E0401", "E0601", "E0603"];

/// `idetic insert`; what it writes must compile in Icarus. Only what a style allows may be refused.
fn insert(dir: &Path, design: &Generated) -> Result<Inserted, String> {
    let file = dir.join(format!("{}.{}", design.top, design.extension()));
    let out = dir.join(format!("{}_out", design.top));
    fs::write(&file, &design.text).map_err(|error| error.to_string())?;
    let done = idetic()
        .args(["insert", "-q", "--top", &design.top, "-o"])
        .arg(&out)
        .arg(&file)
        .output()
        .map_err(|error| error.to_string())?;
    let said = String::from_utf8_lossy(&done.stderr);
    match done.status.code() {
        Some(0) => {}
        Some(1) if said.contains("E0401") => return Ok(Inserted::Refused),
        Some(1) if limited(design) && REFUSALS.iter().any(|code| said.contains(code)) => {
            return Ok(Inserted::Refused);
        }
        code => {
            return Err(format!(
                "seed {}: insert ends with {code:?}: {said}",
                design.seed
            ));
        }
    }
    let list = out.join(format!("{}_idetic.f", design.top));
    let compiled = run(Command::new("iverilog")
        .args([icarus_language([design]), "-o"])
        .arg(dir.join("inserted.vvp"))
        .arg("-c")
        .arg(list));
    let compiled = compiled.map_err(|message| format!("seed {}: {message}", design.seed));
    compiled.map(|_| Inserted::Written)
}

/// Whether the style has something that this version may refuse.
fn limited(design: &Generated) -> bool {
    let options = &design.options;
    options.initial_values
        || options.memories
        || options.blocking_registers
        || options.generate_registers
}

/// `idetic verify` with a short random bench.
fn verify(dir: &Path, design: &Generated, arguments: &[&str]) -> Result<(), String> {
    let file = dir.join(format!("design.{}", design.extension()));
    let bench = dir.join("bench.v");
    let stimulus = Stimulus {
        cycles: 40,
        ..Stimulus::default()
    };
    let written = fs::write(&file, &design.text)
        .and_then(|()| fs::write(&bench, testbench(design, &stimulus)));
    written.map_err(|error| error.to_string())?;
    let done = idetic()
        .current_dir(dir)
        .args(["verify", "-q", "--top", &design.top])
        .args(arguments)
        .arg(&file)
        .arg("--tb")
        .arg(&bench)
        .output()
        .map_err(|error| error.to_string())?;
    let said = String::from_utf8_lossy(&done.stderr);
    match done.status.code() {
        Some(0) => Ok(()),
        code => Err(format!(
            "seed {}: verify ends with {code:?}: {said}",
            design.seed
        )),
    }
}
