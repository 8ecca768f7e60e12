//! The Verilator driver: one program compiled once, which runs batches of power cycles, each with a new model in a random state.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::design::{Instrumented, Language, OriginalDesign};
use crate::error::SimError;
use crate::expect::{Expectation, write_words};
use crate::icarus::{active_level, write_file};
use crate::image::Position;
use crate::kept::{Cells, RowChange};
use crate::process::{Invocation, Limits, Workplace};
use crate::rng::Rng;
use crate::runtime_objects::RuntimeObjects;
use crate::shell;
use crate::spec::{CycleOutcome, CycleSpec, Environment, Latency, parse_outcomes};
use crate::tool::Tool;

/// What to build.
pub(crate) struct Build<'a> {
    /// Text of the shell.
    pub shell: String,
    /// Text of the C++ program.
    pub program: &'static str,
    /// Language of the Verilog sources.
    pub language: Language,
    /// Working directory.
    pub directory: &'a Path,
    /// Macros of the C++ program.
    pub defines: Vec<(&'static str, usize)>,
    /// Whether waveforms are wanted.
    pub trace: bool,
    /// What it is, for messages.
    pub what: &'static str,
}

/// The macros that describe buses and clock.
pub(crate) fn bus_defines(
    design: &OriginalDesign,
    expectation: &Expectation,
) -> Vec<(&'static str, usize)> {
    vec![
        ("IDETIC_IN_WORDS", shell::bus_words(&expectation.input_bus)),
        (
            "IDETIC_OUT_WORDS",
            shell::bus_words(&expectation.output_bus),
        ),
        ("IDETIC_ACTIVE", active_level(design.clock_edge).into()),
    ]
}

/// Compiles a shell, the sources that `add_sources` names, and a C++ program; returns the executable.
pub(crate) fn build(
    build: &Build<'_>,
    scratch: &Path,
    limits: Limits,
    add_sources: impl FnOnce(&mut Invocation),
) -> Result<PathBuf, SimError> {
    let runtime = RuntimeObjects::new(if build.trace { "trace" } else { "plain" });
    build_with(&runtime, build, scratch, limits, add_sources)
}

fn build_with(
    runtime: &RuntimeObjects,
    build: &Build<'_>,
    scratch: &Path,
    limits: Limits,
    add_sources: impl FnOnce(&mut Invocation),
) -> Result<PathBuf, SimError> {
    let tool = Tool::Verilator.locate()?;
    let shell_path = write_file(scratch, "shell.v", &build.shell)?;
    write_file(scratch, "common.h", include_str!("templates/common.h"))?;
    let program_path = write_file(scratch, "program.cpp", build.program)?;
    let objects = scratch.join("objects");
    fs::create_dir_all(&objects).map_err(|e| SimError::io("cannot create", &objects, e))?;
    let laid = runtime.lay_into(&objects);
    let mut compile = Invocation::new(tool.compiler(), build.directory);
    compile.args([
        "--cc",
        "--exe",
        "--build",
        "-O3",
        "--x-assign",
        "unique",
        "--x-initial",
        "unique",
        "--no-timing",
    ]);
    compile.args([
        "-Wno-fatal",
        "-Wno-lint",
        "-Wno-style",
        "--top-module",
        shell::SHELL,
        "--prefix",
        "Videtic_shell",
    ]);
    // Inlining Verilator's wide operations makes long chains several times faster; the rest should compile quickly.
    let optimisation = "OPT_FAST=-O3 OPT_SLOW=-O0 OPT_GLOBAL=-O1";
    compile.arg("-MAKEFLAGS");
    compile.arg(format!("{optimisation} {}", laid.make_options()));
    compile
        .arg("--default-language")
        .arg(build.language.verilator_name())
        .arg("+1800-2017ext+sv");
    compile
        .args(["--Mdir".as_ref(), objects.as_os_str()])
        .args(["-o", "program"]);
    if build.trace {
        compile.arg("--trace");
    }
    let mut flags = format!("-I{}", scratch.display());
    for (name, value) in &build.defines {
        let _ = write!(flags, " -D{name}={value}");
    }
    compile.arg("-CFLAGS").arg(&flags);
    add_sources(&mut compile);
    compile.arg(&shell_path).arg(&program_path);
    compile.compile(Tool::Verilator, build.what, scratch, limits)?;
    if laid.is_empty() {
        runtime.keep(&objects);
    }
    Ok(objects.join("program"))
}

/// Writes inputs and expected outputs in the form that `common.h` reads.
pub(crate) fn write_stimulus(
    path: &Path,
    expectation: &Expectation,
    design: &OriginalDesign,
) -> Result<(), SimError> {
    let resets = &design.async_resets;
    let (in_words, out_words) = (
        shell::bus_words(&expectation.input_bus),
        shell::bus_words(&expectation.output_bus),
    );
    let (mut mask, mut active) = (vec![0u32; in_words], vec![0u32; in_words]);
    for field in
        expectation.input_bus.fields().iter().filter_map(|field| {
            Some((field, resets.iter().find(|reset| reset.port == field.name)?))
        })
    {
        let (field, reset) = field;
        for bit in field.low..field.low + field.width_bits {
            mask[bit / 32] |= 1 << (bit % 32);
            active[bit / 32] |= u32::from(reset.active_high) << (bit % 32);
        }
    }
    let mut stable = vec![0u32; in_words];
    let fields = expectation.input_bus.fields().iter();
    for field in fields.filter(|field| design.stable_inputs.contains(&field.name)) {
        for bit in field.low..field.low + field.width_bits {
            stable[bit / 32] |= 1 << (bit % 32);
        }
    }
    let cycles = u32::try_from(expectation.cycles()).map_err(|_| SimError::Unsupported {
        what: "recordings of more than 4 billion cycles".to_string(),
    })?;
    let write = || -> std::io::Result<()> {
        let mut out = BufWriter::new(File::create(path)?);
        out.write_all(&cycles.to_le_bytes())?;
        write_words(&mut out, &mask, in_words, 0)?;
        write_words(&mut out, &active, in_words, 0)?;
        write_words(&mut out, &stable, in_words, 0)?;
        for cycle in 0..expectation.cycles() {
            write_words(&mut out, expectation.inputs.value_words(cycle), in_words, 0)?;
            write_words(
                &mut out,
                expectation.inputs.known_words(cycle),
                in_words,
                u32::MAX,
            )?;
            write_words(
                &mut out,
                expectation.outputs.value_words(cycle),
                out_words,
                0,
            )?;
            write_words(
                &mut out,
                expectation.outputs.known_words(cycle),
                out_words,
                0,
            )?;
        }
        out.flush()
    };
    write().map_err(|e| SimError::io("cannot write", path, e))
}

/// A compiled replay.
#[derive(Debug)]
pub(crate) struct VerilatorReplay {
    program: PathBuf,
    stimulus: PathBuf,
    directory: PathBuf,
}

impl VerilatorReplay {
    /// Compiles the program with the instrumented design, and writes the stimulus.
    pub fn build(
        design: &OriginalDesign,
        instrumented: &Instrumented,
        expectation: &Expectation,
        trace: bool,
        scratch: &Path,
        limits: Limits,
    ) -> Result<VerilatorReplay, SimError> {
        let mut defines = bus_defines(design, expectation);
        defines.push(("IDETIC_NVM_BITS", instrumented.nvm_word_bits));
        defines.push(("IDETIC_NVM_WORDS", instrumented.nvm_words));
        defines.push(("IDETIC_KEPT", instrumented.internals.kept.len()));
        let job = Build {
            shell: shell::instrumented_with_access(design, instrumented)?,
            program: include_str!("templates/replay.cpp"),
            language: instrumented.language,
            directory: &instrumented.directory,
            defines,
            trace,
            what: "the instrumented design",
        };
        let program = build(&job, scratch, limits, |compile| {
            compile.arg("-f").arg(&instrumented.file_list);
        })?;
        let stimulus = scratch.join("stimulus.bin");
        write_stimulus(&stimulus, expectation, design)?;
        Ok(VerilatorReplay {
            program,
            stimulus,
            directory: instrumented.directory.clone(),
        })
    }

    /// Runs power cycles one after the other in one process; files are named after the stem of the `place`. With a waveform there must be
    /// just one.
    pub fn run(
        &self,
        environment: &Environment,
        specs: &[CycleSpec],
        plusargs: &[String],
        wave: Option<&Path>,
        place: Workplace<'_>,
    ) -> Result<Vec<CycleOutcome>, SimError> {
        let commands = write_file(
            place.scratch,
            &format!("{}.cmd", place.stem),
            &commands(environment, specs),
        )?;
        let results = place.file("log");
        let mut run = Invocation::new(&self.program, &self.directory);
        run.arg(&self.stimulus)
            .arg(&commands)
            .arg(&results)
            .arg(wave.unwrap_or(Path::new("-")))
            .args(plusargs);
        let finished = run.run(place.scratch, place.stem, place.limits)?;
        let text = fs::read_to_string(&results).unwrap_or_default();
        let crashed = || SimError::Crashed {
            what: "the replay in Verilator".to_string(),
            how: finished.how(),
            log: finished.log.clone(),
        };
        let mut outcomes = parse_outcomes(&text)
            .filter(|outcomes| outcomes.len() == specs.len())
            .ok_or_else(crashed)?;
        for (spec, outcome) in specs.iter().zip(&mut outcomes) {
            if spec.log {
                let drawn = drawn(spec).into_iter().filter_map(|row| row.change);
                outcome.log.kept.splice(0..0, drawn);
            }
        }
        Ok(outcomes)
    }
}

/// The commands of a batch in the form that `replay.cpp` reads.
fn commands(environment: &Environment, specs: &[CycleSpec]) -> String {
    let random = matches!(environment.latency, Latency::Random(_));
    let mut text = format!(
        "{} {} {} {}\n",
        environment.latency.longest(),
        u8::from(random),
        u8::from(environment.garbage),
        u8::from(environment.random_energy)
    );
    // The same memories in all of them.
    let memories = specs.first().map_or(&[][..], |spec| &spec.kept);
    let _ = write!(text, "{}", memories.len());
    for cells in memories {
        let _ = write!(text, " {} {}", cells.rows(), cells.width_bits());
    }
    text.push('\n');
    for spec in specs {
        let position = match spec.position {
            Position::ColdStart => "-1".to_string(),
            Position::Cycle(cycle) => cycle.to_string(),
        };
        let stop = spec
            .stop_clock
            .map_or("-1".to_string(), |clock| clock.to_string());
        let saves = spec
            .saves
            .map_or("-1".to_string(), |saves| saves.to_string());
        let _ = write!(
            text,
            "{position} {} {stop} {saves} {} {} {}",
            spec.end_cycle,
            spec.stall_limit,
            spec.seed,
            u8::from(spec.log)
        );
        for word in &spec.nvm {
            let _ = write!(text, " {word:x}");
        }
        for word in drawn(spec).iter().flat_map(|row| &row.words) {
            let _ = write!(text, " {word:x}");
        }
        text.push('\n');
    }
    text
}

/// What a row of a memory that outlives a failure holds at power-up.
struct DrawnRow {
    /// In words of 32 bits, lowest first.
    words: Vec<u32>,
    /// Bits that are drawn stay what they are in later power cycles, so the row counts as changed.
    change: Option<RowChange>,
}

/// All of them, by memory and row.
fn drawn(spec: &CycleSpec) -> Vec<DrawnRow> {
    let mut rng = Rng::new(spec.seed, "kept");
    let rows = |cells: &Cells| 0..cells.rows();
    let memories = spec.kept.iter().enumerate();
    let all = memories.flat_map(|(memory, cells)| rows(cells).map(move |row| (memory, cells, row)));
    all.map(|(memory, cells, row)| {
        let words = cells.drawn(row, &mut rng);
        let unknown = (0..cells.width_bits()).any(|bit| cells.bit(row, bit).is_none());
        let digit = |bit: usize| char::from(b'0' + (words[bit / 32] >> (bit % 32) & 1) as u8);
        let change = unknown.then(|| RowChange {
            clock: 0,
            memory,
            row,
            data: (0..cells.width_bits()).rev().map(digit).collect(),
        });
        DrawnRow { words, change }
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A run-time library that cannot be linked shows that it is the kept one that is used.
    #[test]
    fn the_run_time_library_is_compiled_once() {
        let kept = tempfile::tempdir().expect("a folder");
        let runtime = RuntimeObjects::kept_in(kept.path().join("objects"));
        let attempt = || {
            let scratch = tempfile::tempdir().expect("a folder");
            let job = Build {
                shell: format!("module {}; endmodule\n", shell::SHELL),
                program: "#include \"Videtic_shell.h\"\n#include \"verilated.h\"\n\
                          int main() { VerilatedContext context; Videtic_shell top(&context); top.eval(); }\n",
                language: Language::Verilog2005,
                directory: scratch.path(),
                defines: Vec::new(),
                trace: false,
                what: "an empty design",
            };
            let limits = Limits {
                time: std::time::Duration::from_secs(600),
                output_bytes: 1 << 20,
            };
            build_with(&runtime, &job, scratch.path(), limits, |_| {}).is_ok()
        };
        assert!(attempt(), "compiled");
        assert!(attempt(), "kept");
        let object = kept.path().join("objects/verilated.o");
        fs::write(object, "no object").expect("written");
        assert!(!attempt(), "the kept object is used");
    }
}
