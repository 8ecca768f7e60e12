//! Expected outputs: the original design alone, re-simulated from the recorded inputs.
//!
//! Icarus starts with everything unknown, so an output bit that is X has no meaning yet and any value will do for it. Inputs change
//! away from the clock edge; an asynchronous reset therefore acts from the start of its logical cycle, as in the replay. Where the
//! re-simulation contradicts what the testbench saw, the recording depends on a race or on something between two edges.
//!
//! Verilog's `if` takes an unknown condition for false, so Icarus can also show a definite value that hardware with arbitrary contents
//! would not show. With [`ExpectOptions::random_runs`] the original also runs in Verilator from random states, and only what always
//! comes out is expected.

use std::fs;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::time::Duration;

use tempfile::TempDir;
use tera::Context;

use crate::design::OriginalDesign;
use crate::error::SimError;
use crate::icarus;
use crate::plane::{Bus, Plane};
use crate::process::{Invocation, Limits};
use crate::record::{MAX_OUTPUT_BYTES, Recording};
use crate::shell;
use crate::tool::{Simulator, Tool};
use crate::verilator;

/// How to find the expected outputs.
#[derive(Debug, Clone)]
pub struct ExpectOptions {
    /// Runs of the original from random states in Verilator; 0 to do without, and without Verilator.
    pub random_runs: u32,
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
            without_icarus: false,
            seed: 1,
            time_limit: Duration::from_secs(600),
        }
    }
}

/// What the runs from random states took away from the expectation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Masking {
    /// Number of runs.
    pub runs: u32,
    /// Output bits, summed over logical cycles, that Icarus shows as known though they depend on the state at power-up.
    pub masked_bits: u64,
    /// The first and the last logical cycle that has such a bit, with the name of its port.
    pub extent: Option<[(usize, String); 2]>,
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
        mask_power_up(design, &mut expectation, options, scratch.path(), limits)?;
        check_reproducible(recording, &expectation.outputs)?;
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
    let tool = Tool::Icarus.locate()?;
    let stimulus = scratch.join("stimulus.txt");
    let result = scratch.join("result.txt");
    icarus::write_rows(&stimulus, recording.cycles(), |cycle| {
        icarus::padded_row(
            &recording.inputs,
            cycle,
            shell::padded_bits(&recording.input_bus),
        )
    })?;
    let mut context = Context::new();
    context.insert("active", &icarus::active_level(design.clock_edge));
    context.insert("in_bits", &shell::padded_bits(&recording.input_bus));
    context.insert("out_bits", &shell::padded_bits(&recording.output_bus));
    context.insert("used_out_bits", &recording.output_bus.width_bits());
    context.insert("cycles", &recording.cycles());
    let bench = shell::render(include_str!("templates/expect.v.tera"), &context)?;
    let bench_path = icarus::write_file(scratch, "bench.v", &bench)?;
    let shell_path = icarus::write_file(scratch, "shell.v", &shell::original(design))?;
    let program = scratch.join("original.vvp");
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
    let finished = run.run(scratch, "original", limits)?;
    let text = fs::read_to_string(&result).unwrap_or_default();
    let mut outputs = Plane::new(recording.output_bus.width_bits());
    let mut complete = false;
    for line in text.lines() {
        complete = line == "end";
        if !complete && !outputs.push_binary(line) {
            break;
        }
    }
    if !complete || outputs.rows() != recording.cycles() {
        return Err(SimError::Crashed {
            what: "the re-simulation of the original design".to_string(),
            how: finished.how(),
            log: finished.log,
        });
    }
    Ok(outputs)
}

/// Adds include directories, macros and files of the original.
fn add_sources(compile: &mut Invocation, design: &OriginalDesign) {
    compile.args(
        design
            .all_include_dirs(&[])
            .iter()
            .map(|dir| format!("-I{}", dir.display())),
    );
    compile.args(design.defines.iter().map(|define| format!("-D{define}")));
    compile.args(&design.files);
}

fn mask_power_up(
    design: &OriginalDesign,
    expectation: &mut Expectation,
    options: &ExpectOptions,
    scratch: &Path,
    limits: Limits,
) -> Result<(), SimError> {
    let build = verilator::Build {
        shell: shell::original(design),
        program: include_str!("templates/original.cpp"),
        language: design.language,
        directory: &design.directory,
        defines: verilator::bus_defines(design, expectation),
        trace: false,
        what: "the original design",
    };
    let executable = verilator::build(&build, scratch, limits, |compile| {
        add_sources(compile, design);
    })?;
    let stimulus = scratch.join("stimulus.bin");
    verilator::write_stimulus(&stimulus, expectation, design)?;
    let result = scratch.join("keep.bin");
    let mut run = Invocation::new(&executable, &design.directory);
    run.arg(&stimulus)
        .arg(&result)
        .arg(options.random_runs.to_string())
        .arg(options.seed.to_string());
    let finished = run.run(scratch, "random", limits)?;
    let bytes = fs::read(&result).unwrap_or_default();
    let row_bytes = 4 * shell::bus_words(&expectation.output_bus);
    if !finished.succeeded() || bytes.len() != row_bytes * expectation.cycles() {
        return Err(SimError::Crashed {
            what: "the original design in Verilator".to_string(),
            how: finished.how(),
            log: finished.log,
        });
    }
    expectation.masking = Some(apply_masks(
        expectation,
        &bytes,
        row_bytes,
        options.random_runs,
    ));
    Ok(())
}

fn apply_masks(
    expectation: &mut Expectation,
    masks: &[u8],
    row_bytes: usize,
    runs: u32,
) -> Masking {
    let mut masking = Masking {
        runs,
        masked_bits: 0,
        extent: None,
    };
    for (cycle, row) in masks.chunks_exact(row_bytes).enumerate() {
        let keep: Vec<u32> = row
            .chunks_exact(4)
            .map(|b| u32::from_le_bytes([b[0], b[1], b[2], b[3]]))
            .collect();
        let known = expectation.outputs.known_words(cycle);
        let lost = known
            .iter()
            .zip(&keep)
            .enumerate()
            .find_map(|(word, (known, keep))| {
                let bits = known & !keep;
                (bits != 0).then(|| word * 32 + bits.trailing_zeros() as usize)
            });
        let Some(bit) = lost else { continue };
        let name = expectation
            .output_bus
            .field_of(bit)
            .map(|field| field.name.clone())
            .unwrap_or_default();
        let place = (cycle, name);
        masking.extent = match masking.extent.take() {
            None => Some([place.clone(), place]),
            Some([first, _]) => Some([first, place]),
        };
        masking.masked_bits += expectation.outputs.forget(cycle, &keep);
    }
    masking
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
