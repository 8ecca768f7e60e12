//! Random designs: the generator writes what it promises, and idetic makes of each design what the design means.
//!
//! `cargo xtask random --seed S --count N` runs the long campaign over the seeds from S on; one sample of a failure
//! is `cargo xtask random --seed S --count 1`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use idetic::netlist::Netlist;
use idetic_tests::random::{
    ENDLESS, EXPAND_LIMIT_BITS, Generated, Options, Stimulus, Version, compare, cosimulate,
    generate, icarus_language, judge_liveness, netlist, proved, record, run, testbench,
};
use idetic_tests::run::idetic;

/// Designs of the seeds from `first` on.
fn designs(first: u64, count: u64) -> Vec<Generated> {
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
        let file = dir.path().join(design.file_name());
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
            "read_verilog -sv {}; hierarchy -check -top {}; proc; check -assert; select -assert-none t:$dlatch",
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
        .arg(icarus_language(&list))
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

/// Two halves, which run side by side.
#[test]
fn evaluation_and_liveness_agree_with_the_source() {
    evaluation_and_liveness_agree(5000, 30);
}

#[test]
fn evaluation_and_liveness_agree_with_more_sources() {
    evaluation_and_liveness_agree(5030, 30);
}

fn evaluation_and_liveness_agree(first: u64, count: u64) {
    let dir = tempfile::tempdir().expect("a directory");
    let found = judge(dir.path(), first, count, true).all();
    assert!(found.is_empty(), "{found:#?}");
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
    let found: Vec<String> = designs(7000, 40)
        .iter()
        .filter_map(|design| insert(dir.path(), design).err())
        .collect();
    assert!(found.is_empty(), "{found:#?}");
}

/// 200 designs, in two halves, which run side by side.
#[test]
fn designs_survive() {
    assert_eq!(survivals(8000, 100), Vec::<String>::new());
}

#[test]
fn more_designs_survive() {
    assert_eq!(survivals(8100, 100), Vec::<String>::new());
}

/// In these, which earlier generators made, an X of Icarus was saved, or came of an index past the end, with any
/// contents; or Icarus shows a value before the reset that no contents give (a `case` of X takes no arm, or its
/// default); or saves a known and wrong bit, of a condition that is X; or an X of the design's own makes dead bits unknown, which a sum carries into saved ones.
#[test]
fn an_x_that_is_saved_or_made_is_no_divergence() {
    let dir = tempfile::tempdir().expect("a directory");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("designs/unknown");
    for file in [
        "rnd1101.sv",
        "rnd1511.v",
        "rnd2198.v",
        "rnd2796.v",
        "rnd3855.v",
        "rnd50446.v",
        "rnd100454.v",
    ] {
        let file = folder.join(file);
        let top = file.file_stem().expect("a file").to_string_lossy();
        let bench = folder.join(format!("{top}_tb.v"));
        assert_eq!(
            verify_files(dir.path(), &top, (&file, &bench), &LIGHT),
            Ok(())
        );
    }
}

/// Takes designs through the co-simulation and through failures in Icarus; returns what is wrong. A few may run for longer
/// between two saves than the bench does.
fn survivals(first: u64, count: u64) -> Vec<String> {
    let dir = tempfile::tempdir().expect("a directory");
    let mut found = Vec::new();
    let mut too_short = 0;
    for start in (first..first + count).step_by(BATCH as usize) {
        let batch = BATCH.min(first + count - start);
        found.extend(judge(dir.path(), start, batch, false).all());
        for design in designs(start, batch) {
            match verify(dir.path(), &design, &LIGHT) {
                Err(said) if said.contains("E0808") => too_short += 1,
                done => found.extend(done.err()),
            }
        }
    }
    assert!(too_short <= 2, "{too_short} designs without a restore");
    found
}

/// Failures at a few edges, in pairs and in a random sequence, in Icarus: less than a second.
const LIGHT: [&str; 5] = ["--sim", "icarus", "--max-points-icarus", "1", "--jobs=1"];

/// The long run: `cargo xtask random`. All cores work on it.
#[test]
#[ignore = "long: cargo xtask random --count N --seed S"]
fn campaign() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse().ok());
    let first: u64 = number("IDETIC_RANDOM_SEED").unwrap_or(0);
    let count: u64 = number("IDETIC_RANDOM_COUNT").unwrap_or(200);
    let every: u64 = number("IDETIC_RANDOM_VERIFY_EVERY").unwrap_or(50);
    let (next, found) = (AtomicU64::new(first), Mutex::new(Vec::new()));
    let opened = AtomicU64::new(0);
    let work = || {
        loop {
            let start = next.fetch_add(BATCH, Ordering::Relaxed);
            if start >= first + count {
                return;
            }
            let batch = BATCH.min(first + count - start);
            let Found { wrong, open } = batch_of_campaign(start, batch, every);
            let end = start + batch - 1;
            println!(
                "{start} to {end}: {} wrong, {} open",
                wrong.len(),
                open.len()
            );
            for one in wrong.iter().chain(&open) {
                println!("  {}", one.lines().next().unwrap_or_default());
            }
            opened.fetch_add(open.len() as u64, Ordering::Relaxed);
            found.lock().expect("no thread has failed").extend(wrong);
        }
    };
    std::thread::scope(|scope| {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        for _ in 0..threads {
            scope.spawn(work);
        }
    });
    let found = found.into_inner().expect("no thread has failed");
    println!(
        "{count} designs, {} wrong, {} open",
        found.len(),
        opened.into_inner()
    );
    assert!(
        found.is_empty(),
        "{} found:\n{}",
        found.len(),
        found.join("\n")
    );
}

/// Designs that are simulated together against their netlists.
const BATCH: u64 = 20;

/// What a campaign finds.
#[derive(Default)]
struct Found {
    /// What idetic makes of a design is not what it means.
    wrong: Vec<String>,
    /// A tool could not tell, or Icarus is alone with what it says.
    open: Vec<String>,
}

/// Everything for each design, and for one in `every` failures at all edges in both simulators.
fn batch_of_campaign(first: u64, count: u64, every: u64) -> Found {
    let dir = tempfile::tempdir().expect("a directory");
    let mut found = Found::default();
    let judged = judge(dir.path(), first, count, true);
    let endless = judged.wrong.iter().any(|said| said.contains(ENDLESS));
    // Where netlist and Icarus differ, one by one: which design, and does Yosys side with the netlist?
    // And where one does not end, the others were not looked at.
    for seed in (first..first + count).filter(|_| endless || !judged.differs.is_empty()) {
        let Judged { wrong, differs } = judge(dir.path(), seed, 1, endless);
        let (never_ends, wrong): (Vec<String>, Vec<String>) =
            wrong.into_iter().partition(|said| said.contains(ENDLESS));
        let open = never_ends
            .into_iter()
            .map(|said| format!("seed {seed}: {said}"));
        found.open.extend(open);
        found.wrong.extend(wrong);
        match differs.is_empty() || !is_proved(dir.path(), seed) {
            true => found.wrong.extend(differs),
            false => found
                .open
                .push(format!("Yosys proves, but {}", differs.join("; "))),
        }
    }
    if !endless {
        found.wrong.extend(judged.wrong);
    }
    for design in designs(first, count) {
        let inserted = insert(dir.path(), &design);
        if inserted.is_ok() {
            let all = ["--max-points", "2000"];
            let arguments: &[&str] = match design.seed % every {
                0 => &all,
                _ => &LIGHT,
            };
            // Processes that set each other off, as only Icarus' whole vectors do, never end.
            let arguments = [arguments, &["--timeout", "6"]].concat();
            match verify(dir.path(), &design, &arguments) {
                Err(said) if NO_VERDICT.iter().any(|it| said.contains(it)) => {
                    found.open.push(said);
                }
                done => found.wrong.extend(done.err()),
            }
        }
        found.wrong.extend(inserted.err());
    }
    found
}

/// What `verify` says where it has no verdict: nothing is known to compare, the
/// time is up, or the design as it was written does not end in Icarus.
const NO_VERDICT: [&str; 3] = ["E0808", "time limit", "on the original design in Icarus"];

/// Whether Yosys sides with the netlist of a design.
fn is_proved(dir: &Path, seed: u64) -> bool {
    let design = generate(seed, &Options::of(seed));
    proved(dir, &design, &read_netlist(dir, &design))
}

fn read_netlist(dir: &Path, design: &Generated) -> Netlist {
    netlist(dir, design).unwrap_or_else(|message| panic!("seed {}: {message}", design.seed))
}

/// What is wrong with netlists and live bits.
#[derive(Default)]
struct Judged {
    /// Designs that are refused, or do not run; live bits that are not.
    wrong: Vec<String>,
    /// Values of the source, in Icarus, that those of the netlist differ from.
    differs: Vec<String>,
}

impl Judged {
    fn all(self) -> Vec<String> {
        [self.wrong, self.differs].concat()
    }
}

/// Elaborates designs, evaluates them beside Icarus and judges liveness.
fn judge(dir: &Path, first: u64, count: u64, live: bool) -> Judged {
    let mut found = Judged::default();
    let mut list = Vec::new();
    for design in designs(first, count) {
        match netlist(dir, &design) {
            Ok(netlist) => list.push((design, netlist)),
            Err(message) => found.wrong.push(format!("seed {}: {message}", design.seed)),
        }
    }
    let traces = match record(dir, &list, &Stimulus::default()) {
        Ok(traces) => traces,
        Err(message) => {
            found.wrong.push(message);
            return found;
        }
    };
    for ((design, netlist), trace) in list.iter().zip(&traces) {
        let differs = compare(design, netlist, trace);
        found.differs.extend(differs.map(|it| format!("{it:?}")));
        if live {
            found.wrong.extend(judge_liveness(design, netlist, trace));
        }
    }
    found
}

/// The configuration of all designs.
fn config(dir: &Path) -> Result<PathBuf, String> {
    let path = dir.join("random.toml");
    let text = format!("[memory]\nexpand_limit_bits = {EXPAND_LIMIT_BITS}\n");
    fs::write(&path, text).map_err(|error| error.to_string())?;
    Ok(path)
}

/// `idetic insert`; what it writes must compile in Icarus. A design without state is refused.
fn insert(dir: &Path, design: &Generated) -> Result<(), String> {
    let file = dir.join(design.file_name());
    let out = dir.join(format!("{}_out", design.top));
    fs::write(&file, &design.text).map_err(|error| error.to_string())?;
    let done = idetic()
        .args(["insert", "-q", "--top", &design.top, "-c"])
        .arg(config(dir)?)
        .arg("-o")
        .arg(&out)
        .arg(&file)
        .output()
        .map_err(|error| error.to_string())?;
    let said = String::from_utf8_lossy(&done.stderr);
    match done.status.code() {
        Some(0) => {}
        Some(1) if said.contains("E0401") => return Ok(()),
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
    compiled.map(|_| ())
}

/// `idetic verify` with a short random bench.
fn verify(dir: &Path, design: &Generated, arguments: &[&str]) -> Result<(), String> {
    let (file, bench) = (dir.join(design.file_name()), dir.join("bench.v"));
    let stimulus = Stimulus {
        cycles: 40,
        ..Stimulus::default()
    };
    let written = fs::write(&file, &design.text)
        .and_then(|()| fs::write(&bench, testbench(design, &stimulus)));
    written.map_err(|error| error.to_string())?;
    verify_files(dir, &design.top, (&file, &bench), arguments)
}

/// `idetic verify` of a file under a bench.
fn verify_files(
    dir: &Path,
    top: &str,
    (file, bench): (&Path, &Path),
    arguments: &[&str],
) -> Result<(), String> {
    let done = idetic()
        .current_dir(dir)
        .args(["verify", "-q", "--top", top, "-c"])
        .arg(config(dir)?)
        .args(arguments)
        .arg(file)
        .arg("--tb")
        .arg(bench)
        .output()
        .map_err(|error| error.to_string())?;
    let said = String::from_utf8_lossy(&done.stderr);
    match done.status.code() {
        Some(0) => Ok(()),
        // Nothing to save.
        Some(1) if said.contains("E0401") => Ok(()),
        code => Err(format!("{top}: verify ends with {code:?}: {said}")),
    }
}
