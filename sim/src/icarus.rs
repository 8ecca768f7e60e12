//! The Icarus driver: one `vvp` process per power cycle, all state unknown at its start.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use tera::Context;

use crate::design::{ClockEdge, Instrumented, OriginalDesign, StateVariable};
use crate::error::SimError;
use crate::expect::Expectation;
use crate::image::Position;
use crate::kept::KeptMemory;
use crate::plane::Plane;
use crate::process::{Invocation, Limits, Workplace};
use crate::shell;
use crate::spec::{
    Contents, CycleEnd, CycleOutcome, CycleSpec, Environment, Latency, Metered, parse_outcomes,
};
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
    /// What compiles the bench that can give the state known contents; `None` if the state is not known.
    compile_known: Option<Invocation>,
    /// The result of that, once it was needed: a name that Icarus cannot reach leaves nothing.
    known: OnceLock<Option<PathBuf>>,
}

/// Files of the bench that starts from known contents.
const KNOWN_BENCH: &str = "known.v";
const KNOWN_PROGRAM: &str = "known.vvp";

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
        context.insert("saved_word", &instrumented.internals.saved_word);
        context.insert("kept", &shell::kept_models(instrumented));
        context.insert(
            "instance",
            &shell::design_path("shell.idetic_dut", instrumented),
        );
        context.insert(
            "resets",
            &mask(expectation, in_bits, |port| {
                design.async_resets.iter().any(|reset| reset.port == port)
            }),
        );
        let is_stable = |port: &str| design.stable_inputs.iter().any(|own| own == port);
        context.insert("stable", &mask(expectation, in_bits, is_stable));
        let shell_path = write_file(
            scratch,
            "shell.v",
            &shell::instrumented(design, instrumented),
        )?;
        let bench = |name: &str, program: &Path, context: &Context| {
            let text = shell::render(include_str!("templates/replay.v.tera"), context)?;
            let path = write_file(scratch, name, &text)?;
            let mut compile = Invocation::new(tool.compiler(), &instrumented.directory);
            compile
                .arg(instrumented.language.icarus_flag())
                .args(["-s", "idetic_bench", "-o"])
                .arg(program);
            compile
                .arg("-c")
                .arg(&instrumented.file_list)
                .arg(&shell_path)
                .arg(&path);
            Ok(compile)
        };
        let program = scratch.join("replay.vvp");
        bench("bench.v", &program, &context)?.compile(
            Tool::Icarus,
            "the instrumented design",
            scratch,
            limits,
        )?;
        let internals = &instrumented.internals;
        let compile_known = match internals.state.is_empty() {
            true => None,
            false => {
                add_state(&mut context, &internals.state, &internals.kept);
                Some(bench(KNOWN_BENCH, &scratch.join(KNOWN_PROGRAM), &context)?)
            }
        };
        Ok(IcarusReplay {
            vvp: tool.runtime().to_path_buf(),
            program,
            stimulus,
            directory: instrumented.directory.clone(),
            compile_known,
            known: OnceLock::new(),
        })
    }

    /// Whether power cycles can begin with known contents. Compiles the bench for it when first asked.
    pub fn has_known_contents(&self, scratch: &Path, limits: Limits) -> bool {
        self.known_program(scratch, limits).is_some()
    }

    fn known_program(&self, scratch: &Path, limits: Limits) -> Option<&Path> {
        let compiled = self.known.get_or_init(|| {
            let compile = self.compile_known.as_ref()?;
            let what = "the instrumented design with known contents";
            let done = compile.compile(Tool::Icarus, what, scratch, limits);
            done.is_ok().then(|| scratch.join(KNOWN_PROGRAM))
        });
        compiled.as_deref()
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
        let mut kept_paths = Vec::new();
        for (at, cells) in spec.kept.iter().enumerate() {
            let rows: String = (0..cells.rows())
                .map(|row| cells.binary(row) + "\n")
                .collect();
            let name = format!("{}.kept{at}", place.stem);
            kept_paths.push(write_file(place.scratch, &name, &rows)?);
        }
        let position = match spec.position {
            Position::ColdStart => -1,
            Position::Cycle(cycle) => cycle as i64,
        };
        let (latency, latency_random) = match environment.latency {
            Latency::Fixed(clocks) => (clocks, 0),
            Latency::Random(clocks) => (clocks, 1),
        };
        let known = match spec.contents {
            Contents::Usual => None,
            Contents::Known | Contents::Zeros | Contents::Resolved => {
                self.known_program(place.scratch, place.limits)
            }
        };
        let program = known.unwrap_or(&self.program);
        let kinds = known.map_or(0, |_| spec.contents.kinds());
        let mut run = Invocation::new(&self.vvp, &self.directory);
        run.arg("-n").arg(program);
        let mut plusarg = |name: &str, value: &dyn std::fmt::Display| {
            run.arg(format!("+idetic_{name}={value}"));
        };
        plusarg("stimulus", &self.stimulus.display());
        plusarg("nvm", &nvm_path.display());
        for (at, path) in kept_paths.iter().enumerate() {
            plusarg(&format!("kept_{at}"), &path.display());
        }
        plusarg("log", &log.display());
        plusarg("position", &position);
        plusarg("end", &spec.end_cycle);
        plusarg("stop", &spec.stop_clock.map_or(-1, |clock| clock as i64));
        plusarg("limit", &spec.stall_limit.min(i32::MAX as u64));
        plusarg("seed", &(spec.seed & 0x7fff_ffff));
        plusarg("kinds", &kinds);
        plusarg("resolve", &u8::from(spec.contents == Contents::Resolved));
        plusarg("saves", &spec.saves.map_or(-1, |saves| saves as i64));
        plusarg("events", &u8::from(spec.log));
        plusarg("latency", &latency);
        plusarg("latency_random", &latency_random);
        plusarg("garbage", &u8::from(environment.garbage));
        plusarg("energy_random", &u8::from(environment.random_energy));
        if let Some(metered) = &environment.metered {
            let cycles = place.scratch.join(Metered::CYCLES);
            plusarg("meter", &cycles.display());
            for (name, value) in [
                ("budget", metered.budget),
                ("meter_first", metered.costs.first_cycle),
                ("meter_stall", metered.costs.stall),
                ("meter_write", metered.costs.write),
                ("meter_read", metered.costs.read),
                ("meter_save", metered.costs.save),
            ] {
                plusarg(name, &value);
            }
        }
        if let Some(wave) = wave {
            plusarg("wave", &wave.display());
        }
        run.args(plusargs);
        let finished = run.run(place.scratch, place.stem, place.limits)?;
        let text = fs::read_to_string(&log).unwrap_or_default();
        let outcome = parse_outcomes(&text).and_then(|mut outcomes| {
            let failed = |outcome: &CycleOutcome| matches!(outcome.end, CycleEnd::Failed(_));
            let place = outcomes.iter().position(failed).unwrap_or(0);
            let complete = place > 0 || outcomes.len() == kinds.max(1) as usize;
            let complete = complete || outcomes.first().is_some_and(failed);
            complete.then(|| outcomes.swap_remove(place))
        });
        let crashed = || SimError::Crashed {
            what: "the replay in Icarus Verilog".to_string(),
            how: finished.how(),
            log: finished.log.clone(),
        };
        outcome.ok_or_else(crashed)
    }
}

/// What a bench must know to give state known contents.
pub(crate) fn add_state(context: &mut Context, state: &[StateVariable], kept: &[KeptMemory]) {
    #[derive(serde::Serialize)]
    struct Variable<'a> {
        path: &'a str,
        width: usize,
        words: Option<u32>,
        enumerated: bool,
        kept: bool,
    }
    let variables: Vec<Variable> = state
        .iter()
        .map(|variable| Variable {
            path: &variable.path,
            width: variable.width_bits,
            words: variable.words,
            enumerated: variable.enumerated,
            kept: kept.iter().any(|memory| memory.path == variable.path),
        })
        .collect();
    let widest = variables.iter().map(|variable| variable.width).max();
    context.insert("state", &variables);
    context.insert("state_bits", &widest.unwrap_or(1));
}

/// A constant with ones at certain input ports.
fn mask(expectation: &Expectation, bits: usize, wanted: impl Fn(&str) -> bool) -> String {
    let mut mask = vec!['0'; bits];
    for field in expectation
        .input_bus
        .fields()
        .iter()
        .filter(|field| wanted(&field.name))
    {
        for bit in field.low..field.low + field.width_bits {
            mask[bits - 1 - bit] = '1';
        }
    }
    format!("{bits}'b{}", mask.iter().collect::<String>())
}
