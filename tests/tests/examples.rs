//! The example designs by themselves: their testbenches pass in Icarus Verilog and in Verilator, fail when the design is
//! wrong, and the designs are clean under lint and synthesis. What idetic makes of them is tested elsewhere.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A design in `examples-verilog/`, in the folder of its name.
struct Example {
    name: &'static str,
    sources: &'static [&'static str],
    mutations: &'static [Mutation],
}

/// A change of one source file that the testbench must notice: file, text that occurs exactly once, what replaces it.
struct Mutation(&'static str, &'static str, &'static str);

const EXAMPLES: &[Example] = &[
    Example {
        name: "gcd",
        sources: &["gcd.v"],
        mutations: &[
            Mutation("gcd.v", "x <= x - y", "x <= x + y"),
            Mutation("gcd.v", "(x < y)", "(x <= y)"),
            Mutation("gcd.v", "result = done ? x", "result = done ? y"),
            Mutation("gcd.v", "x <= y;\n", "x <= x;\n"),
        ],
    },
    Example {
        name: "histogram",
        sources: &["histogram.v", "first_list.v"],
        mutations: &[
            Mutation("histogram.v", "count + 24'd1", "count + 24'd2"),
            Mutation("first_list.v", "{3'b100, length}", "{3'b100, at}"),
        ],
    },
    Example {
        name: "keystream",
        sources: &["keystream.v"],
        mutations: &[
            Mutation("keystream.v", "j + read + stir", "j + read - stir"),
            Mutation("keystream.v", "5'd19", "5'd18"),
        ],
    },
    Example {
        name: "serial_divider",
        sources: &["serial_divider.v"],
        mutations: &[
            Mutation("serial_divider.v", "shifted - {", "shifted + {"),
            Mutation("serial_divider.v", "count - 1'b1", "count - 2'd2"),
            Mutation("serial_divider.v", "? FAILED", "? DONE"),
            Mutation("serial_divider.v", "fits ? diff", "!fits ? diff"),
        ],
    },
    Example {
        name: "fir",
        sources: &["fir.v"],
        mutations: &[
            Mutation("fir.v", "sum + product", "sum - product"),
            Mutation("fir.v", "<= delay[k-1]", "<= delay[k]"),
            Mutation("fir.v", "{factor[7]}", "{1'b0}"),
            Mutation("fir.v", "= 8'h0B", "= 8'h0A"),
        ],
    },
    Example {
        name: "xtea_cipher",
        sources: &["xtea_cipher.v"],
        mutations: &[
            Mutation("xtea_cipher.v", "target + mixed", "target - mixed"),
            Mutation("xtea_cipher.v", ": sum[12:11]", ": sum[11:10]"),
            Mutation("xtea_cipher.v", "sum - DELTA", "sum + DELTA"),
            Mutation("xtea_cipher.v", "v) ^ subkey", "v) | subkey"),
        ],
    },
    Example {
        name: "uart_tx",
        sources: &["uart_tx.v"],
        mutations: &[
            Mutation("uart_tx.v", "(PARITY == 1)", "(PARITY == 2)"),
            Mutation("uart_tx.v", "<= 3'd7", "<= 3'd6"),
            Mutation("uart_tx.v", "timer - 1'b1", "timer - 2'd3"),
            Mutation("uart_tx.v", "tx    <= parity;", "tx    <= !parity;"),
        ],
    },
    Example {
        name: "tally",
        sources: &["tally.v"],
        mutations: &[
            Mutation("tally.v", "count + 24'd1", "count + 24'd2"),
            Mutation("tally.v", "asked ? TELL", "!asked ? TELL"),
        ],
    },
    Example {
        name: "two_fsm",
        sources: &["two_fsm.v", "word_producer.v", "word_consumer.v"],
        mutations: &[
            Mutation("two_fsm.v", ".STEPS(3)", ".STEPS(2)"),
            Mutation("word_producer.v", "left == 4'd1", "left == 4'd2"),
            Mutation("word_consumer.v", "sum + multi", "sum - multi"),
            Mutation(
                "word_consumer.v",
                "position <= 5'd0;\n            sum      <= 16'd0;\n        end",
                "sum <= 16'd0;\n        end",
            ),
        ],
    },
];

fn examples_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples-verilog")
}

impl Example {
    fn folder(&self) -> PathBuf {
        examples_folder().join(self.name)
    }

    fn bench(&self) -> String {
        format!("{}_tb", self.name)
    }

    fn bench_file(&self) -> PathBuf {
        self.folder().join(format!("{}.v", self.bench()))
    }

    /// The design's files, as they are.
    fn design(&self) -> Vec<PathBuf> {
        let folder = self.folder();
        self.sources.iter().map(|file| folder.join(file)).collect()
    }

    /// The design's files, the mutated one replaced by its copy in `scratch`.
    fn mutated_design(&self, mutation: &Mutation, scratch: &Path) -> Vec<PathBuf> {
        let Mutation(file, from, to) = mutation;
        let text =
            fs::read_to_string(self.folder().join(file)).expect("sources of examples are readable");
        assert_eq!(text.matches(from).count(), 1, "{from:?} in {file}");
        let copy = scratch.join(file);
        fs::write(&copy, text.replace(from, to)).expect("the scratch folder is writable");
        let mut design = self.design();
        let changed = design.iter_mut().find(|path| path.ends_with(file));
        *changed.expect("mutations name a source of the example") = copy;
        design
    }
}

/// Runs `command`; a tool that is not installed fails the test with its name.
fn run(command: &mut Command) -> Output {
    let program = command.get_program().to_string_lossy().into_owned();
    command
        .output()
        .unwrap_or_else(|error| panic!("cannot run {program}: {error}"))
}

/// Runs `command`, which must succeed, and returns its standard output.
fn run_ok(command: &mut Command) -> String {
    let output = run(command);
    let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "{command:?}: {}\n{stdout}\n{stderr}",
        output.status
    );
    stdout
}

/// Runs `command`, which must succeed and have nothing to say.
fn run_silent(command: &mut Command) {
    let output = run(command);
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&text);
    assert!(
        output.status.success() && text.is_empty(),
        "{command:?}: {}\n{text}",
        output.status
    );
}

/// Compiles and runs a testbench in Icarus Verilog; the testbench's output.
fn run_in_icarus(example: &Example, design: &[PathBuf], scratch: &Path) -> String {
    let program = scratch.join("bench.vvp");
    run_silent(
        Command::new("iverilog")
            .args(["-g2012", "-Wall", "-s", &example.bench(), "-o"])
            .arg(&program)
            .args(design)
            .arg(example.bench_file()),
    );
    run_ok(Command::new("vvp").arg("-n").arg(&program))
}

/// Compiles and runs a testbench in Verilator; the testbench's output. Warnings are errors for Verilator by default.
/// What an example before it has left of Verilator's run-time library in `scratch` is not compiled again.
fn run_in_verilator(example: &Example, design: &[PathBuf], scratch: &Path) -> String {
    let build = scratch.join("obj_dir");
    let library = ["verilated.o", "verilated_threads.o", "verilated_timing.o"];
    let old: Vec<String> = library
        .iter()
        .filter(|object| build.join(object).exists())
        .map(|object| format!("--old-file={object}"))
        .collect();
    run_ok(
        Command::new("verilator")
            .args(["--binary", "--timing", "-CFLAGS", "-O0"])
            .args([
                "-MAKEFLAGS",
                &format!("--no-print-directory {}", old.join(" ")),
            ])
            .args(["--top-module", &example.bench(), "--Mdir"])
            .arg(&build)
            .args(design)
            .arg(example.bench_file()),
    );
    run_ok(&mut Command::new(
        build.join(format!("V{}", example.bench())),
    ))
}

fn passes(output: &str) -> bool {
    output.lines().any(|line| line.starts_with("PASS")) && !fails(output)
}

fn fails(output: &str) -> bool {
    output.lines().any(|line| line.starts_with("FAIL"))
}

#[test]
fn every_example_is_listed_and_complete() {
    let on_disk: BTreeSet<String> = fs::read_dir(examples_folder())
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.path().join("idetic.toml").exists())
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect();
    let listed: BTreeSet<String> = EXAMPLES.iter().map(|e| e.name.to_owned()).collect();
    assert_eq!(on_disk, listed);

    for example in EXAMPLES {
        assert!(example.folder().join("README.md").is_file());
        let config = fs::read_to_string(example.folder().join("idetic.toml")).unwrap();
        for name in example.sources.iter().chain([&example.name]) {
            let quoted = format!("\"{name}\"");
            assert!(config.contains(&quoted), "{quoted} in {}", example.name);
        }
    }
}

#[test]
fn benches_pass_in_icarus() {
    for example in EXAMPLES {
        let scratch = tempfile::tempdir().unwrap();
        let output = run_in_icarus(example, &example.design(), scratch.path());
        assert!(passes(&output), "{}: {output}", example.name);
    }
}

#[test]
fn benches_pass_in_verilator() {
    let all_pass = |examples: &[Example]| {
        let scratch = tempfile::tempdir().unwrap();
        for example in examples {
            let output = run_in_verilator(example, &example.design(), scratch.path());
            assert!(passes(&output), "{}: {output}", example.name);
        }
    };
    let (front, back) = EXAMPLES.split_at(EXAMPLES.len() / 2);
    std::thread::scope(|scope| {
        scope.spawn(|| all_pass(front));
        all_pass(back);
    });
}

#[test]
fn benches_notice_mutations_in_icarus() {
    for example in EXAMPLES {
        for mutation in example.mutations {
            let scratch = tempfile::tempdir().unwrap();
            let design = example.mutated_design(mutation, scratch.path());
            let output = run_in_icarus(example, &design, scratch.path());
            let Mutation(file, from, to) = mutation;
            assert!(
                fails(&output),
                "{to:?} for {from:?} in {file} was not noticed: {output}"
            );
        }
    }
}

#[test]
fn a_bench_notices_a_mutation_in_verilator() {
    let example = &EXAMPLES[0];
    let scratch = tempfile::tempdir().unwrap();
    let design = example.mutated_design(&example.mutations[0], scratch.path());
    let output = run_in_verilator(example, &design, scratch.path());
    assert!(fails(&output), "{}: {output}", example.name);
}

#[test]
fn designs_are_lint_clean_verilog_2005() {
    for example in EXAMPLES {
        run_silent(
            Command::new("verilator")
                .args(["--lint-only", "-Wall"])
                .args(["--default-language", "1364-2005"])
                .args(["--top-module", example.name])
                .args(example.design()),
        );
        let scratch = tempfile::tempdir().unwrap();
        run_silent(
            Command::new("iverilog")
                .args(["-g2005", "-Wall", "-s", example.name, "-o"])
                .arg(scratch.path().join("design.vvp"))
                .args(example.design()),
        );
    }
}

#[test]
fn designs_synthesize_without_latches() {
    for example in EXAMPLES {
        let script = format!(
            "synth -top {}; check -assert; select -assert-none t:$_DLATCH* t:$dlatch",
            example.name
        );
        run_ok(
            Command::new("yosys")
                .args(["-q", "-p", &script])
                .args(example.design()),
        );
    }
}
