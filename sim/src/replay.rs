//! The instrumented design, compiled for one simulator and ready to run power cycles.

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tempfile::TempDir;

use crate::design::{Instrumented, OriginalDesign};
use crate::error::SimError;
use crate::expect::Expectation;
use crate::icarus::{IcarusReplay, write_file};
use crate::process::{Limits, Workplace};
use crate::record::MAX_OUTPUT_BYTES;
use crate::spec::{CycleOutcome, CycleSpec, Environment, Metered};
use crate::tool::Simulator;
use crate::verilator::VerilatorReplay;

/// How to compile a replay.
#[derive(Debug, Clone)]
pub struct BuildOptions {
    /// Whether [`Replay::run_with_waveform`] will be used. Costs speed in Verilator.
    pub waveform: bool,
    /// Arguments for `$test$plusargs` and `$value$plusargs` in the design, with the leading `+`.
    pub plusargs: Vec<String>,
    /// Wall-clock limit for the compilation, and for every simulator process.
    pub time_limit: Duration,
}

impl Default for BuildOptions {
    fn default() -> BuildOptions {
        BuildOptions {
            waveform: false,
            plusargs: Vec::new(),
            time_limit: Duration::from_secs(1200),
        }
    }
}

/// A compiled replay. Its files are in a temporary directory that is removed with it.
#[derive(Debug)]
pub struct Replay<'a> {
    /// The instrumented design.
    pub instrumented: &'a Instrumented,
    /// What it is compared with.
    pub expectation: &'a Expectation,
    scratch: TempDir,
    driver: Driver,
    plusargs: Vec<String>,
    limits: Limits,
}

#[derive(Debug)]
enum Driver {
    Icarus(IcarusReplay),
    Verilator(VerilatorReplay),
}

type BatchResult = Result<Vec<CycleOutcome>, SimError>;

/// Power cycles per Verilator process: enough to make starting it cheap, few enough to see progress.
const BATCH: usize = 32;

impl<'a> Replay<'a> {
    /// Compiles the instrumented design with a bench of its own. Of `original` only the ports and the clock matter.
    ///
    /// # Errors
    /// A missing tool; sources that do not compile; NVM words or addresses of an unsupported width; input or output errors.
    pub fn build(
        simulator: Simulator,
        original: &OriginalDesign,
        instrumented: &'a Instrumented,
        expectation: &'a Expectation,
        options: &BuildOptions,
    ) -> Result<Replay<'a>, SimError> {
        check_nvm(instrumented)?;
        let scratch = TempDir::new()
            .map_err(|e| SimError::io("cannot create a directory in", &std::env::temp_dir(), e))?;
        let limits = Limits {
            time: options.time_limit,
            output_bytes: MAX_OUTPUT_BYTES,
        };
        let path = scratch.path();
        let driver = match simulator {
            Simulator::Icarus => Driver::Icarus(IcarusReplay::build(
                original,
                instrumented,
                expectation,
                path,
                limits,
            )?),
            Simulator::Verilator => {
                let trace = options.waveform;
                Driver::Verilator(VerilatorReplay::build(
                    original,
                    instrumented,
                    expectation,
                    trace,
                    path,
                    limits,
                )?)
            }
        };
        Ok(Replay {
            instrumented,
            expectation,
            scratch,
            driver,
            plusargs: options.plusargs.clone(),
            limits,
        })
    }

    /// The simulator that it was compiled for.
    pub fn simulator(&self) -> Simulator {
        match self.driver {
            Driver::Icarus(_) => Simulator::Icarus,
            Driver::Verilator(_) => Simulator::Verilator,
        }
    }

    /// Whether power cycles can begin with [`Contents::Known`](crate::Contents::Known): in Icarus, where the design's state is known.
    pub fn has_known_contents(&self) -> bool {
        match &self.driver {
            Driver::Icarus(icarus) => icarus.has_known_contents(self.scratch.path(), self.limits),
            Driver::Verilator(_) => false,
        }
    }

    /// Writes what each logical cycle takes where the bench reads it.
    pub(crate) fn write_meter(&self, cycles: &[u64]) -> Result<(), SimError> {
        let lines: String = cycles
            .iter()
            .map(|takes| format!("{takes:016x}\n"))
            .collect();
        write_file(self.scratch.path(), Metered::CYCLES, &lines).map(|_| ())
    }

    /// Whether a full supply makes the design skip its saves.
    pub fn can_skip_saves(&self) -> bool {
        self.instrumented.internals.threshold_parameter.is_some()
    }

    /// Replaces the arguments for `$test$plusargs` and `$value$plusargs`.
    pub fn set_plusargs(&mut self, plusargs: Vec<String>) {
        self.plusargs = plusargs;
    }

    /// A number of stalled clocks in a row that no boot, restore or save should need.
    pub fn stall_limit(&self, environment: &Environment) -> u64 {
        (self.instrumented.nvm_words as u64 + 64)
            * (u64::from(environment.latency.longest()) + 66)
            * 2
    }

    /// Runs power cycles in `jobs` processes at a time; the outcomes are in the order of the specifications and do not depend on
    /// `jobs`.
    ///
    /// # Errors
    /// [`SimError::Crashed`] if a simulation does not end properly; input or output errors.
    pub fn run(
        &self,
        environment: &Environment,
        specs: &[CycleSpec],
        jobs: usize,
    ) -> Result<Vec<CycleOutcome>, SimError> {
        let size = match self.driver {
            Driver::Icarus(_) => 1,
            Driver::Verilator(_) => specs.len().div_ceil(jobs.max(1)).clamp(1, BATCH),
        };
        let batches: Vec<&[CycleSpec]> = specs.chunks(size).collect();
        let next = AtomicUsize::new(0);
        let results: Mutex<Vec<Option<BatchResult>>> =
            Mutex::new(batches.iter().map(|_| None).collect());
        std::thread::scope(|scope| {
            for worker in 0..jobs.clamp(1, batches.len().max(1)) {
                let (next, results, batches) = (&next, &results, &batches);
                scope.spawn(move || {
                    loop {
                        let index = next.fetch_add(1, Ordering::Relaxed);
                        let Some(batch) = batches.get(index) else {
                            break;
                        };
                        let outcome =
                            self.run_batch(environment, batch, None, &format!("worker{worker}"));
                        let failed = outcome.is_err();
                        results
                            .lock()
                            .expect("no worker panics while it holds the lock")[index] =
                            Some(outcome);
                        if failed {
                            next.store(batches.len(), Ordering::Relaxed);
                        }
                    }
                });
            }
        });
        let results = results
            .into_inner()
            .expect("no worker panics while it holds the lock");
        let mut outcomes = Vec::with_capacity(specs.len());
        // A batch is only missing behind one that failed, which `?` reports first.
        let (mut errors, mut missing) = (None, false);
        for result in results {
            match result {
                Some(Ok(batch)) => outcomes.extend(batch),
                Some(Err(error)) => errors = errors.or(Some(error)),
                None => missing = true,
            }
        }
        match errors {
            Some(error) => Err(error),
            None => {
                assert!(!missing, "batches are only left out after an error");
                Ok(outcomes)
            }
        }
    }

    /// Runs one power cycle and writes a waveform (VCD).
    ///
    /// # Errors
    /// As [`Replay::run`].
    pub fn run_with_waveform(
        &self,
        environment: &Environment,
        spec: &CycleSpec,
        waveform: &Path,
    ) -> Result<CycleOutcome, SimError> {
        let absolute: PathBuf =
            std::path::absolute(waveform).map_err(|e| SimError::io("cannot write", waveform, e))?;
        let outcomes = self.run_batch(
            environment,
            std::slice::from_ref(spec),
            Some(&absolute),
            "waveform",
        )?;
        outcomes
            .into_iter()
            .next()
            .ok_or_else(|| SimError::Crashed {
                what: "the replay".to_string(),
                how: "no outcome".to_string(),
                log: String::new(),
            })
    }

    fn run_batch(
        &self,
        environment: &Environment,
        specs: &[CycleSpec],
        waveform: Option<&Path>,
        stem: &str,
    ) -> Result<Vec<CycleOutcome>, SimError> {
        let place = Workplace {
            scratch: self.scratch.path(),
            stem,
            limits: self.limits,
        };
        match &self.driver {
            Driver::Icarus(icarus) => specs
                .iter()
                .map(|spec| icarus.run(environment, spec, &self.plusargs, waveform, place))
                .collect(),
            Driver::Verilator(verilator) => {
                verilator.run(environment, specs, &self.plusargs, waveform, place)
            }
        }
    }
}

fn check_nvm(instrumented: &Instrumented) -> Result<(), SimError> {
    if !(1..=64).contains(&instrumented.nvm_word_bits) {
        return Err(SimError::Unsupported {
            what: format!(
                "NVM words of {} bits in the replay; 1 to 64 are",
                instrumented.nvm_word_bits
            ),
        });
    }
    if !(1..=32).contains(&instrumented.nvm_addr_bits) {
        return Err(SimError::Unsupported {
            what: format!(
                "NVM addresses of {} bits in the replay; 1 to 32 are",
                instrumented.nvm_addr_bits
            ),
        });
    }
    Ok(())
}
