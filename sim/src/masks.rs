//! What hardware with arbitrary contents at power-up would not always show, though Icarus shows a value.
//!
//! Verilog's `if` takes an unknown condition for false, and a `case` of an unknown value takes its `default`: a definite value that follows
//! from nothing. The original runs again, from random states in Verilator, or in Icarus with known contents in
//! the place of unknown ones, and an output bit that does not come out alike is not expected.

use std::fs;
use std::path::Path;

use crate::design::OriginalDesign;
use crate::error::SimError;
use crate::expect::{ExpectOptions, Expectation, Original, add_sources};
use crate::process::{Invocation, Limits};
use crate::shell;
use crate::verilator;

/// What the runs from other states took away from the expectation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Masking {
    /// Number of runs.
    pub runs: u32,
    /// Output bits, summed over logical cycles, that Icarus shows as known though they depend on the state at power-up.
    pub masked_bits: u64,
    /// The first and the last logical cycle that has such a bit, with the name of its port.
    pub extent: Option<[(usize, String); 2]>,
}

/// Runs in Icarus with known contents: all zeros, all ones, drawn.
const KNOWN_RUNS: u32 = 6;

/// Logical cycles of these runs at most: what is unknown for longer is loaded late or never.
const KNOWN_CYCLES: usize = 1000;

/// By [`ExpectOptions::random_runs`] from random states.
pub(crate) fn by_verilator(
    design: &OriginalDesign,
    expectation: &mut Expectation,
    options: &ExpectOptions,
    scratch: &Path,
    limits: Limits,
) -> Result<Masking, SimError> {
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
    let rows: Vec<Vec<u32>> = (bytes.chunks_exact(row_bytes))
        .map(|row| {
            let words = row.chunks_exact(4);
            words
                .map(|b| u32::from_le_bytes([b[0], b[1], b[2], b[3]]))
                .collect()
        })
        .collect();
    Ok(apply(expectation, &rows, options.random_runs))
}

/// By runs that put known contents in the place of what is unknown of [`ExpectOptions::state`] at power-up. `None` where Icarus
/// cannot reach all of it by name.
pub(crate) fn by_icarus(
    design: &OriginalDesign,
    expectation: &mut Expectation,
    options: &ExpectOptions,
    scratch: &Path,
    limits: Limits,
) -> Result<Option<Masking>, SimError> {
    let cycles = expectation.cycles().min(KNOWN_CYCLES);
    let inputs = (&expectation.input_bus, &expectation.inputs, cycles);
    let original = match Original::build(design, inputs, &options.state, scratch, limits) {
        Err(SimError::Compile { .. }) => return Ok(None),
        other => other?,
    };
    let mut rows = vec![vec![u32::MAX; expectation.outputs.words_per_row()]; cycles];
    for kind in 1..=KNOWN_RUNS {
        let contents = format!("+idetic_contents={kind}");
        let seed = format!("+idetic_seed={}", options.seed & 0x7fff_ffff);
        let outputs = original.run(&[contents, seed], scratch, limits)?;
        for (cycle, keep) in rows.iter_mut().enumerate() {
            let known =
                (expectation.outputs.known_words(cycle).iter()).zip(outputs.known_words(cycle));
            let values =
                (expectation.outputs.value_words(cycle).iter()).zip(outputs.value_words(cycle));
            for ((keep, (a_known, b_known)), (a, b)) in keep.iter_mut().zip(known).zip(values) {
                // An X of the design's own tells nothing.
                *keep &= !((a ^ b) & a_known & b_known);
            }
        }
    }
    Ok(Some(apply(expectation, &rows, KNOWN_RUNS)))
}

/// Forgets what is not to be kept, a row of words for each of the first cycles.
fn apply(expectation: &mut Expectation, rows: &[Vec<u32>], runs: u32) -> Masking {
    let mut masking = Masking {
        runs,
        masked_bits: 0,
        extent: None,
    };
    for (cycle, keep) in rows.iter().enumerate() {
        let known = expectation.outputs.known_words(cycle);
        let lost = known
            .iter()
            .zip(keep)
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
        masking.masked_bits += expectation.outputs.forget(cycle, keep);
    }
    masking
}
