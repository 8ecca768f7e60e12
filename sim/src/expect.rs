//! Expected outputs: the original design alone, re-simulated from the recorded inputs.
//!
//! Icarus starts with everything unknown, so an output bit that is X has no meaning yet and any value will do for it. Inputs change
//! away from the clock edge; an asynchronous reset therefore acts from the start of its logical cycle, as in the replay. Where the
//! re-simulation contradicts what the testbench saw, the recording depends on a race or on something between two edges.
//!
//! Verilog's `if` takes an unknown condition for false, so Icarus can also show a definite value that hardware with arbitrary contents
//! would not show. With [`ExpectOptions::random_runs`] the original also runs in Verilator from random states, with
//! [`ExpectOptions::state`] in Icarus from known ones, and only what always comes out is expected (`masks`).

use std::fs;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use tempfile::TempDir;
use tera::Context;

use crate::design::{OriginalDesign, StateVariable};
use crate::error::SimError;
use crate::icarus;
use crate::masks::{self, Masking};
use crate::plane::{Bus, Plane};
use crate::process::{Invocation, Limits};
use crate::record::{MAX_OUTPUT_BYTES, Recording};
use crate::shell;
use crate::tool::{Simulator, Tool};

/// How to find the expected outputs.
#[derive(Debug, Clone)]
pub struct ExpectOptions {
    /// Runs of the original from random states in Verilator; 0 to do without, and without Verilator.
    pub random_runs: u32,
    /// The state of the design. What of it is unknown at power-up is given known contents in further runs in Icarus. Empty to do without.
    pub state: Vec<StateVariable>,
    /// Nothing will be replayed in Icarus. Where it cannot read the design either, what a recording of Verilator shows is expected, as far
    /// as all random runs agree with it; there must be some.
    pub without_icarus: bool,
    /// Seed for them.
    pub seed: u64,
    /// Wall-clock limit for each program that is run.
    pub time_limit: Duration,
}

impl Default for ExpectOptions {
    fn default() -> ExpectOptions {
        ExpectOptions {
            random_runs: 8,
            state: Vec::new(),
            without_icarus: false,
            seed: 1,
            time_limit: Duration::from_secs(600),
        }
    }
}

/// Inputs and expected outputs per logical cycle.
#[derive(Debug, Clone)]
pub struct Expectation {
    /// The input ports without the clock.
    pub input_bus: Bus,
    /// The output ports.
    pub output_bus: Bus,
    /// Input values, one row per logical cycle.
    pub inputs: Plane,
    /// Expected output values; unknown where any value will do.
    pub outputs: Plane,
    /// The effect of the runs from random states, if there were any.
    pub masking: Option<Masking>,
}

impl Expectation {
    /// Number of logical cycles.
    pub fn cycles(&self) -> usize {
        self.inputs.rows()
    }
}

/// Re-simulates the original from the recorded inputs.
///
/// # Errors
/// A missing tool; [`SimError::NotReproducible`]; a simulation that does not end properly; input or output errors.
pub fn expect(
    design: &OriginalDesign,
    recording: &Recording,
    options: &ExpectOptions,
) -> Result<Expectation, SimError> {
    let scratch = TempDir::new()
        .map_err(|e| SimError::io("cannot create a directory in", &std::env::temp_dir(), e))?;
    let limits = Limits {
        time: options.time_limit,
        output_bytes: MAX_OUTPUT_BYTES,
    };
    let alone = options.without_icarus
        && options.random_runs > 0
        && recording.simulator == Simulator::Verilator;
    let outputs = match resimulate(design, recording, scratch.path(), limits) {
        Err(SimError::Compile { .. } | SimError::ToolMissing { .. }) if alone => {
            recording.outputs.clone()
        }
        other => other?,
    };
    // Verilator records a definite value where the design has none yet; there only bits that survive the masking can contradict.
    if recording.simulator == Simulator::Icarus {
        check_reproducible(recording, &outputs)?;
    }
    let mut expectation = Expectation {
        input_bus: recording.input_bus.clone(),
        output_bus: recording.output_bus.clone(),
        inputs: recording.inputs.clone(),
        outputs,
        masking: None,
    };
    if options.random_runs > 0 {
        let masking =
            masks::by_verilator(design, &mut expectation, options, scratch.path(), limits)?;
        expectation.masking = Some(masking);
        check_reproducible(recording, &expectation.outputs)?;
    }
    if !options.state.is_empty() {
        let masking = masks::by_icarus(design, &mut expectation, options, scratch.path(), limits)?;
        expectation.masking = masking.or(expectation.masking);
    }
    Ok(expectation)
}

/// Compares the recording with the re-simulation where both are known.
fn check_reproducible(recording: &Recording, outputs: &Plane) -> Result<(), SimError> {
    let conflict_in = |cycle: usize| recording.outputs.first_conflict(cycle, outputs, cycle);
    let first = match recording.simulator {
        Simulator::Icarus => 0,
        // Verilator gives registers definite values at power-up, and takes a reset that is active from the start for no event:
        // only from the first cycle that agrees does its recording mean something. If none does, the first one is at fault.
        Simulator::Verilator => (0..recording.cycles())
            .find(|cycle| conflict_in(*cycle).is_none())
            .unwrap_or(0),
    };
    match (first..recording.cycles()).find_map(|cycle| Some((cycle, conflict_in(cycle)?))) {
        Some((cycle, bit)) => Err(not_reproducible(recording, outputs, cycle, bit)),
        None => Ok(()),
    }
}

fn not_reproducible(recording: &Recording, outputs: &Plane, cycle: usize, bit: usize) -> SimError {
    let (signal, low, width) = match recording.output_bus.field_of(bit) {
        Some(field) => (field.name.clone(), field.low, field.width_bits),
        None => (String::new(), bit, 1),
    };
    SimError::NotReproducible {
        cycle,
        signal,
        recorded: recording.outputs.slice_binary(cycle, low, width),
        resimulated: outputs.slice_binary(cycle, low, width),
    }
}

fn resimulate(
    design: &OriginalDesign,
    recording: &Recording,
    scratch: &Path,
    limits: Limits,
) -> Result<Plane, SimError> {
    let cycles = recording.cycles();
    let (inputs, bus) = (&recording.inputs, &recording.input_bus);
    let original = Original::build(design, (bus, inputs, cycles), &[], scratch, limits)?;
    original.run(&[], scratch, limits)
}

/// The original alone, compiled by Icarus, and the inputs that it is to see.
pub(crate) struct Original {
    run: Invocation,
    result: PathBuf,
    output_bits: usize,
    cycles: usize,
}

impl Original {
    /// With some `state`, runs can be told what to put in the place of unknown contents at power-up. `inputs` come with
    /// their bus and the number of cycles.
    pub fn build(
        design: &OriginalDesign,
        (bus, inputs, cycles): (&Bus, &Plane, usize),
        state: &[StateVariable],
        scratch: &Path,
        limits: Limits,
    ) -> Result<Original, SimError> {
        let tool = Tool::Icarus.locate()?;
        let (_, output_bus) = shell::buses(design);
        let kind = if state.is_empty() {
            "original"
        } else {
            "known"
        };
        let file = |ending: &str| scratch.join(format!("{kind}.{ending}"));
        let (stimulus, result) = (file("stimulus"), file("result"));
        icarus::write_rows(&stimulus, cycles, |cycle| {
            icarus::padded_row(inputs, cycle, shell::padded_bits(bus))
        })?;
        let mut context = Context::new();
        context.insert("active", &icarus::active_level(design.clock_edge));
        context.insert("in_bits", &shell::padded_bits(bus));
        context.insert("out_bits", &shell::padded_bits(&output_bus));
        context.insert("used_out_bits", &output_bus.width_bits());
        context.insert("cycles", &cycles);
        icarus::add_state(&mut context, state, &[]);
        let bench = shell::render(include_str!("templates/expect.v.tera"), &context)?;
        let bench_path = icarus::write_file(scratch, &format!("{kind}_bench.v"), &bench)?;
        let shell_path = icarus::write_file(scratch, "shell.v", &shell::original(design))?;
        let program = file("vvp");
        let mut compile = Invocation::new(tool.compiler(), &design.directory);
        compile
            .arg(design.language.icarus_flag())
            .args(["-s", "idetic_bench", "-o"])
            .arg(&program);
        add_sources(&mut compile, design);
        compile.arg(&shell_path).arg(&bench_path);
        compile.compile(Tool::Icarus, "the original design", scratch, limits)?;
        let mut run = Invocation::new(tool.runtime(), &design.directory);
        run.arg("-n").arg(&program);
        run.arg(format!("+idetic_stimulus={}", stimulus.display()))
            .arg(format!("+idetic_result={}", result.display()));
        Ok(Original {
            run,
            result,
            output_bits: output_bus.width_bits(),
            cycles,
        })
    }

    /// The outputs, a row per cycle.
    pub fn run(
        &self,
        plusargs: &[String],
        scratch: &Path,
        limits: Limits,
    ) -> Result<Plane, SimError> {
        let mut run = self.run.clone();
        run.args(plusargs);
        let finished = run.run(scratch, "original", limits)?;
        let text = fs::read_to_string(&self.result).unwrap_or_default();
        let mut outputs = Plane::new(self.output_bits);
        let mut complete = false;
        for line in text.lines() {
            complete = line == "end";
            if !complete && !outputs.push_binary(line) {
                break;
            }
        }
        if !complete || outputs.rows() != self.cycles {
            return Err(SimError::Crashed {
                what: "the re-simulation of the original design".to_string(),
                how: finished.how(),
                log: finished.log,
            });
        }
        Ok(outputs)
    }
}

/// Adds include directories, macros and files of the original.
pub(crate) fn add_sources(compile: &mut Invocation, design: &OriginalDesign) {
    compile.args(
        design
            .all_include_dirs(&[])
            .iter()
            .map(|dir| format!("-I{}", dir.display())),
    );
    compile.args(design.defines.iter().map(|define| format!("-D{define}")));
    compile.args(&design.files);
}

/// Writes rows of words in the byte order of the machines that we build for.
pub(crate) fn write_words(
    out: &mut BufWriter<fs::File>,
    words: &[u32],
    count: usize,
    pad: u32,
) -> std::io::Result<()> {
    for index in 0..count {
        out.write_all(&words.get(index).copied().unwrap_or(pad).to_le_bytes())?;
    }
    Ok(())
}
