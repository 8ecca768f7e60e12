//! The Icarus driver: one `vvp` process per power cycle, all state unknown at its start.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use tera::Context;

use crate::design::{ClockEdge, Instrumented, OriginalDesign};
use crate::error::SimError;
use crate::expect::Expectation;
use crate::image::Position;
use crate::plane::Plane;
use crate::process::{Invocation, Limits, Workplace};
use crate::shell;
use crate::spec::{CycleOutcome, CycleSpec, Environment, Latency, parse_outcomes};
use crate::tool::Tool;

/// Level of the clock after its active edge.
pub(crate) fn active_level(edge: ClockEdge) -> u8 {
    match edge {
        ClockEdge::Positive => 1,
        ClockEdge::Negative => 0,
    }
}

/// Writes a file into a directory and returns its path.
pub(crate) fn write_file(directory: &Path, name: &str, text: &str) -> Result<PathBuf, SimError> {
    let path = directory.join(name);
    fs::write(&path, text).map_err(|e| SimError::io("cannot write", &path, e))?;
    Ok(path)
}

/// A row in binary, zero-extended to `bits`.
pub(crate) fn padded_row(plane: &Plane, row: usize, bits: usize) -> String {
    let text = plane.row_binary(row);
    format!("{text:0>bits$}")
}

/// Writes one line per row.
pub(crate) fn write_rows(
    path: &Path,
    rows: usize,
    row: impl Fn(usize) -> String,
) -> Result<(), SimError> {
    let write = || -> std::io::Result<()> {
        let mut out = BufWriter::new(File::create(path)?);
        for index in 0..rows {
            writeln!(out, "{}", row(index))?;
        }
        out.flush()
    };
    write().map_err(|e| SimError::io("cannot write", path, e))
}

/// A compiled replay.
#[derive(Debug)]
pub(crate) struct IcarusReplay {
    vvp: PathBuf,
    program: PathBuf,
    stimulus: PathBuf,
    directory: PathBuf,
}

impl IcarusReplay {
    /// Compiles the bench and the instrumented design, and writes the stimulus.
    pub fn build(
        design: &OriginalDesign,
        instrumented: &Instrumented,
        expectation: &Expectation,
        scratch: &Path,
        limits: Limits,
    ) -> Result<IcarusReplay, SimError> {
        let tool = Tool::Icarus.locate()?;
        let (in_bits, out_bits) = (
            shell::padded_bits(&expectation.input_bus),
            shell::padded_bits(&expectation.output_bus),
        );
        let line = in_bits + 2 * out_bits + 3;
        if line * expectation.cycles() > i32::MAX as usize {
            return Err(SimError::Unsupported {
                what: format!(
                    "a recording of {} cycles of {line} characters in Icarus; limit the cycles",
                    expectation.cycles()
                ),
            });
        }
        let stimulus = scratch.join("stimulus.txt");
        write_rows(&stimulus, expectation.cycles(), |cycle| {
            let inputs = padded_row(&expectation.inputs, cycle, in_bits);
            let outputs = expectation.outputs.row_binary(cycle);
            let known = outputs.replace('0', "1").replace('x', "0");
            let outputs = outputs.replace('x', "0");
            format!("{inputs} {outputs:0>out_bits$} {known:0>out_bits$}")
        })?;
        let mut context = Context::new();
        context.insert("active", &active_level(design.clock_edge));
        context.insert("in_bits", &in_bits);
        context.insert("out_bits", &out_bits);
        context.insert("nvm_words", &instrumented.nvm_words);
        context.insert("nvm_bits", &instrumented.nvm_word_bits);
        context.insert(
            "resets",
            &reset_mask(expectation, &design.async_resets, in_bits),
        );
        let bench = shell::render(include_str!("templates/replay.v.tera"), &context)?;
        let bench_path = write_file(scratch, "bench.v", &bench)?;
        let shell_path = write_file(
            scratch,
            "shell.v",
            &shell::instrumented(design, instrumented),
        )?;
        let program = scratch.join("replay.vvp");
        let mut compile = Invocation::new(tool.compiler(), &instrumented.directory);
        compile
            .arg(instrumented.language.icarus_flag())
            .args(["-s", "idetic_bench", "-o"])
            .arg(&program);
        compile
            .arg("-c")
            .arg(&instrumented.file_list)
            .arg(&shell_path)
            .arg(&bench_path);
        compile.compile(Tool::Icarus, "the instrumented design", scratch, limits)?;
        Ok(IcarusReplay {
            vvp: tool.runtime().to_path_buf(),
            program,
            stimulus,
            directory: instrumented.directory.clone(),
        })
    }

    /// Runs one power cycle; files are named after the stem of the `place`.
    pub fn run(
        &self,
        environment: &Environment,
        spec: &CycleSpec,
        plusargs: &[String],
        wave: Option<&Path>,
        place: Workplace<'_>,
    ) -> Result<CycleOutcome, SimError> {
        let log = place.file("log");
        let nvm: String = spec.nvm.iter().map(|word| format!("{word:x}\n")).collect();
        let nvm_path = write_file(place.scratch, &format!("{}.nvm", place.stem), &nvm)?;
        let position = match spec.position {
            Position::ColdStart => -1,
            Position::Cycle(cycle) => cycle as i64,
        };
        let (latency, latency_random) = match environment.latency {
            Latency::Fixed(clocks) => (clocks, 0),
            Latency::Random(clocks) => (clocks, 1),
        };
        let mut run = Invocation::new(&self.vvp, &self.directory);
        run.arg("-n").arg(&self.program);
        let mut plusarg = |name: &str, value: &dyn std::fmt::Display| {
            run.arg(format!("+idetic_{name}={value}"));
        };
        plusarg("stimulus", &self.stimulus.display());
        plusarg("nvm", &nvm_path.display());
        plusarg("log", &log.display());
        plusarg("position", &position);
        plusarg("end", &spec.end_cycle);
        plusarg("stop", &spec.stop_clock.map_or(-1, |clock| clock as i64));
        plusarg("limit", &spec.stall_limit.min(i32::MAX as u64));
        plusarg("seed", &(spec.seed & 0x7fff_ffff));
        plusarg("events", &u8::from(spec.log));
        plusarg("latency", &latency);
        plusarg("latency_random", &latency_random);
        plusarg("garbage", &u8::from(environment.garbage));
        plusarg("energy_random", &u8::from(environment.random_energy));
        if let Some(wave) = wave {
            plusarg("wave", &wave.display());
        }
        run.args(plusargs);
        let finished = run.run(place.scratch, place.stem, place.limits)?;
        let text = fs::read_to_string(&log).unwrap_or_default();
        let outcome = parse_outcomes(&text).and_then(|mut outcomes| outcomes.pop());
        let crashed = || SimError::Crashed {
            what: "the replay in Icarus Verilog".to_string(),
            how: finished.how(),
            log: finished.log.clone(),
        };
        outcome.ok_or_else(crashed)
    }
}

/// A constant with ones at the asynchronous resets.
fn reset_mask(expectation: &Expectation, resets: &[String], bits: usize) -> String {
    let mut mask = vec!['0'; bits];
    for field in expectation
        .input_bus
        .fields()
        .iter()
        .filter(|field| resets.contains(&field.name))
    {
        for bit in field.low..field.low + field.width_bits {
            mask[bits - 1 - bit] = '1';
        }
    }
    format!("{bits}'b{}", mask.iter().collect::<String>())
}
