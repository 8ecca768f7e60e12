//! The runtime library in `rtl-runtime/`: its own benches in Icarus, lint in
//! Verilator, synthesis in Yosys, and mutants of the controller that the benches
//! have to catch.
//!
//! The benches judge themselves and print `PASS` or `FAIL`; what they check is
//! described at their head.

mod mutants;

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// Modules meant for synthesis, with what has to be read beside each.
const SYNTHESIZABLE: [(&str, &[&str]); 5] = [
    ("idetic_controller", &["idetic_crc32"]),
    ("idetic_crc32", &[]),
    ("idetic_clkgate", &[]),
    ("idetic_nvm_sram", &[]),
    ("idetic_nvm_wishbone", &[]),
];

/// Parameter sets per module; the first run of each is with the defaults.
const PARAMETERS: [(&str, &[(&str, u32)]); 12] = [
    ("idetic_controller", &[("KEEPS", 1)]),
    (
        "idetic_controller",
        &[
            ("WORD", 8),
            ("WORDS", 9),
            ("WORD_INDEX", 4),
            ("CHECKPOINT_INDEX", 8),
        ],
    ),
    (
        "idetic_controller",
        &[
            ("WORD", 64),
            ("WORDS", 2),
            ("ADDRESS", 4),
            ("CHECKPOINT_INDEX", 3),
        ],
    ),
    (
        "idetic_controller",
        &[
            ("WORD", 10),
            ("WORDS", 5),
            ("WORD_INDEX", 3),
            ("ADDRESS", 32),
            ("BASE", 4096),
        ],
    ),
    (
        "idetic_controller",
        &[("WORD", 16), ("WORDS", 33), ("WORD_INDEX", 6)],
    ),
    ("idetic_crc32", &[("WORD", 8)]),
    ("idetic_crc32", &[("WORD", 64)]),
    ("idetic_nvm_sram", &[("WORD", 8), ("ADDRESS", 3)]),
    ("idetic_nvm_wishbone", &[("WORD", 8), ("BYTE_SHIFT", 0)]),
    ("idetic_nvm_wishbone", &[("WORD", 64), ("BYTE_SHIFT", 3)]),
    (
        "idetic_nvm_model",
        &[("LATENCY", 3), ("RANDOM", 1), ("ADDRESS", 4), ("DEPTH", 16)],
    ),
    ("idetic_nvm_model", &[("WORD", 64), ("ADDRESS", 32)]),
];

fn runtime() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../rtl-runtime")
}

fn verilog(module: &str) -> PathBuf {
    runtime().join(format!("{module}.v"))
}

/// Runs a command; its exit status and everything it printed.
fn run(command: &mut Command) -> (bool, String) {
    let output = command.output().unwrap_or_else(|error| {
        panic!(
            "{:?} does not start ({error}); install iverilog, verilator and yosys",
            command.get_program()
        )
    });
    let text = [output.stdout, output.stderr].concat();
    (
        output.status.success(),
        String::from_utf8_lossy(&text).into_owned(),
    )
}

/// Compiles a bench with Icarus and runs it; what it printed.
fn bench(top: &str, files: &[PathBuf], parameters: &[(&str, u32)]) -> String {
    let directory = TempDir::new().expect("a temporary directory");
    let compiled = directory.path().join("bench.vvp");
    let (ok, text) = run(Command::new("iverilog")
        .args(["-g2005", "-Wall", "-Wno-timescale", "-s", top])
        .arg("-I")
        .arg(runtime().join("tests"))
        .args(
            parameters
                .iter()
                .map(|(name, value)| format!("-P{top}.{name}={value}")),
        )
        .arg("-o")
        .arg(&compiled)
        .args(files));
    assert!(ok && text.is_empty(), "iverilog: {text}");
    let (ok, text) = run(Command::new("vvp").arg("-n").arg(&compiled));
    assert!(ok, "vvp: {text}");
    text
}

/// Runs the power-failure bench on a controller, the shipped one or a mutant.
fn campaign(controller: PathBuf, parameters: &[(&str, u32)]) -> String {
    let tests = runtime().join("tests");
    bench(
        "idetic_controller_tb",
        &[
            tests.join("controller_tb.v"),
            tests.join("controller_life.v"),
            controller,
            verilog("idetic_crc32"),
            verilog("idetic_clkgate"),
        ],
        parameters,
    )
}

/// The shipped controller with every pair of chain length and latency; `stride`
/// gives the step between failure points from the clocks that there are.
fn sweep(word: u32, pairs: &[(u32, u32, u32)], chance: u32, stride: impl Fn(u32, u32) -> u32) {
    for &(words, latency, random) in pairs {
        let parameters = [
            ("WORD", word),
            ("WORDS", words),
            ("LATENCY", latency),
            ("RANDOM", random),
            ("CHANCE", chance),
            ("STRIDE", stride(words, latency)),
        ];
        let text = campaign(verilog("idetic_controller"), &parameters);
        assert!(text.starts_with("PASS "), "{parameters:?}: {text}");
    }
}

/// About 15 failure points per sweep; five sweeps start at different clocks.
fn coarse(word: u32) -> impl Fn(u32, u32) -> u32 {
    move |words, latency| {
        let slot = 2 * 32u32.div_ceil(word) + words + 2;
        (40 + (3 * slot + 2) * (1 + latency)).div_ceil(15)
    }
}

#[test]
fn controller_survives_failures_8_bits() {
    let pairs = [(1, 0, 0), (2, 1, 0), (9, 3, 0), (1, 5, 1)];
    sweep(8, &pairs, 40, coarse(8));
}

#[test]
fn controller_survives_failures_16_bits() {
    let pairs = [(1, 1, 0), (2, 3, 0), (9, 5, 1), (2, 0, 0)];
    sweep(16, &pairs, 40, coarse(16));
}

#[test]
fn controller_survives_failures_32_bits() {
    let pairs = [(1, 3, 0), (2, 5, 1), (9, 0, 0), (9, 1, 0)];
    sweep(32, &pairs, 40, coarse(32));
}

#[test]
fn controller_survives_failures_64_bits() {
    let pairs = [(1, 5, 1), (2, 0, 0), (9, 1, 0), (2, 3, 0)];
    sweep(64, &pairs, 40, coarse(64));
}

#[test]
fn controller_survives_a_failure_at_every_clock() {
    sweep(32, &[(2, 0, 0)], 100, |_, _| 1);
}

/// Everything at every clock edge; minutes.
#[test]
#[ignore = "minutes: cargo xtask long"]
fn controller_survives_failures_exhaustively() {
    let mut pairs = Vec::new();
    for words in [1, 2, 9] {
        for (latency, random) in [(0, 0), (1, 0), (3, 0), (5, 1)] {
            pairs.push((words, latency, random));
        }
    }
    for word in [8, 10, 16, 32, 64] {
        sweep(word, &pairs, 300, |_, _| 1);
    }
}

/// Errors of up to five bits change the CRC, in images of up to 4096 bits. Of the 32,738 bits that the
/// module promises (after Koopman), this is what is checked quickly.
#[test]
fn the_polynomial_finds_five_wrong_bits() {
    const BITS: usize = 4096;
    let text = fs::read_to_string(verilog("idetic_crc32")).expect("the module");
    let written = text.split("32'h").filter_map(|rest| rest.get(..8));
    let written: Vec<u32> = written
        .filter_map(|hex| u32::from_str_radix(hex, 16).ok())
        .filter(|&value| value != u32::MAX)
        .collect();
    let [reflected] = written[..] else {
        panic!("one polynomial: {written:x?}")
    };
    // An odd number of bits changes the parity, as x + 1 divides the polynomial.
    assert_eq!(reflected.count_ones() % 2, 1);
    let mut remainder = 1u32;
    let syndromes: Vec<u32> = (0..BITS)
        .map(|_| {
            let this = remainder;
            let carry = remainder & 1;
            remainder = (remainder >> 1) ^ (reflected * carry);
            this
        })
        .collect();
    // Two bits, of which the first is one by the shift, and two others.
    let first = syndromes[0];
    let known: HashSet<u32> = syndromes.iter().copied().collect();
    assert_eq!(known.len(), BITS, "two bits cancel");
    for (at, &second) in syndromes.iter().enumerate().skip(1) {
        for &third in &syndromes[at + 1..] {
            assert!(
                !known.contains(&(first ^ second ^ third)),
                "four bits cancel"
            );
        }
    }
}

#[test]
fn crc_and_clock_gate_do_their_part() {
    let text = bench(
        "idetic_parts_tb",
        &[
            runtime().join("tests/parts_tb.v"),
            verilog("idetic_crc32"),
            verilog("idetic_clkgate"),
        ],
        &[],
    );
    assert!(text.starts_with("PASS "), "{text}");
}

/// The bench of damaged images beside a memory that outlives failures, on a controller.
fn keeps(controller: PathBuf) -> String {
    let files = [
        runtime().join("tests/keeps_tb.v"),
        controller,
        verilog("idetic_crc32"),
    ];
    bench("idetic_keeps_tb", &files, &[])
}

#[test]
fn an_older_image_stops_where_a_memory_has_gone_on() {
    let text = keeps(verilog("idetic_controller"));
    assert!(text.starts_with("PASS 16"), "{text}");
    // What it is about is seen.
    for (from, to) in [
        ("KEEPS == 1 && committed ? S_HALT : S_PICK", "S_PICK"),
        (
            "KEEPS == 1 && committed ? S_HALT : S_PICK",
            "KEEPS == 1 ? S_HALT : S_PICK",
        ),
        ("KEEPS == 1 && !saving && last_part && alien", "1'b0"),
        ("committed = refused != 2'b00 ||", "committed ="),
        ("slot || serial == 2'd1);", "serial == 2'd1);"),
    ] {
        let text = fs::read_to_string(verilog("idetic_controller")).expect("the controller");
        assert_eq!(text.matches(from).count(), 1, "{from}");
        let folder = TempDir::new().expect("a folder");
        let mutant = folder.path().join("idetic_controller.v");
        fs::write(&mutant, text.replace(from, to)).expect("written");
        let text = keeps(mutant);
        assert!(text.starts_with("FAIL"), "{from} as {to}: {text}");
    }
}

#[test]
fn nvm_model_and_adapters_transfer_each_word_once() {
    let files = [
        runtime().join("tests/nvm_tb.v"),
        verilog("idetic_nvm_model"),
        verilog("idetic_nvm_sram"),
        verilog("idetic_nvm_wishbone"),
    ];
    for kind in 0..8 {
        for word in [8, 32, 64] {
            let text = bench("idetic_nvm_tb", &files, &[("KIND", kind), ("WORD", word)]);
            assert!(
                text.starts_with("PASS "),
                "kind {kind}, {word} bits: {text}"
            );
        }
    }
}

#[test]
fn every_file_passes_verilator_lint() {
    let plain = SYNTHESIZABLE
        .iter()
        .map(|(module, _)| (*module, &[] as &[(&str, u32)]))
        .chain([("idetic_nvm_model", &[] as &[_])]);
    for (module, parameters) in plain.chain(PARAMETERS) {
        for language in ["1364-2005", "1800-2017"] {
            let (ok, text) = run(Command::new("verilator")
                .args(["--lint-only", "-Wall", "--default-language", language])
                .args(["--top-module", module])
                .args(
                    parameters
                        .iter()
                        .map(|(name, value)| format!("-G{name}={value}")),
                )
                .arg("-y")
                .arg(runtime())
                .arg(verilog(module)));
            assert!(
                ok && text.is_empty(),
                "{module} {parameters:?} {language}: {text}"
            );
        }
    }
}

/// The emitted file list has to work in the newest language as well.
#[test]
fn every_file_is_verilog_2005_and_systemverilog_2012() {
    let files: Vec<_> = SYNTHESIZABLE
        .iter()
        .map(|(module, _)| verilog(module))
        .chain([verilog("idetic_nvm_model")])
        .collect();
    for language in ["-g2005", "-g2005-sv", "-g2012"] {
        let (ok, text) = run(Command::new("iverilog")
            .args([language, "-Wall", "-t", "null"])
            .args(&files));
        assert!(ok && text.is_empty(), "{language}: {text}");
    }
}

#[test]
fn parameters_out_of_range_are_refused() {
    for (parameter, value) in [
        ("WORD", 7),
        ("WORD", 66),
        ("WORDS", 0),
        ("WORDS", 3),
        ("CHECKPOINT_INDEX", 33),
        ("ADDRESS", 3),
        ("BASE", 250),
    ] {
        let (ok, text) = run(Command::new("iverilog")
            .args(["-g2005", "-s", "idetic_controller", "-t", "null"])
            .arg(format!("-Pidetic_controller.{parameter}={value}"))
            .args([verilog("idetic_controller"), verilog("idetic_crc32")]));
        assert!(
            !ok && text.contains("idetic_controller_parameter_out_of_range"),
            "{parameter} = {value}: {text}"
        );
    }
}

#[test]
fn yosys_finds_one_latch_and_nothing_to_warn_of() {
    for (module, others) in SYNTHESIZABLE {
        let sets = PARAMETERS.iter().filter(|(name, _)| *name == module);
        let plain: [&[(&str, u32)]; 1] = [&[]];
        for parameters in plain.into_iter().chain(sets.map(|(_, set)| *set).take(2)) {
            let mut script = String::from("read_verilog");
            for file in [module].iter().chain(others) {
                script += &format!(" {}", verilog(file).display());
            }
            if !parameters.is_empty() {
                script += "; chparam";
                for (name, value) in parameters {
                    script += &format!(" -set {name} {value}");
                }
                script += &format!(" {module}");
            }
            let latches = usize::from(module == "idetic_clkgate");
            script += &format!(
                "; synth -flatten -noabc -top {module}; check -assert; \
                 select -assert-count {latches} t:$_DLATCH_*"
            );
            let (ok, text) = run(Command::new("yosys").args(["-p", &script]));
            assert!(ok, "{module} {parameters:?}: {text}");
            assert!(
                !text.contains("Warning") && !text.contains("ERROR"),
                "{module} {parameters:?}: {text}"
            );
        }
    }
}
