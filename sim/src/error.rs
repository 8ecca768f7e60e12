//! Everything that can go wrong around a simulation, with what a caller needs to render it.
//!
//! A counterexample is not an error: it is part of the [`CampaignReport`](crate::CampaignReport).

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::tool::{Simulator, Tool};

/// An error of the simulation crate.
#[derive(Debug)]
pub enum SimError {
    /// An external program is not installed or does not start.
    ToolMissing {
        /// The missing tool.
        tool: Tool,
        /// The program that was looked for in the search path.
        program: &'static str,
    },
    /// A file or directory could not be read or written.
    Io {
        /// What was being done, as in "cannot read".
        action: &'static str,
        /// The file or directory.
        path: PathBuf,
        /// The operating system's reason.
        source: io::Error,
    },
    /// A simulator refused to compile the sources.
    Compile {
        /// What was being compiled, as in "the testbench".
        what: &'static str,
        /// The tool that refused.
        tool: Tool,
        /// The command line, for the user to repeat.
        command: String,
        /// What the tool said.
        log: String,
    },
    /// The user's testbench ended with a failing exit status on the original design.
    TestbenchFailed {
        /// The simulator that ran it.
        simulator: Simulator,
        /// The exit status, as the operating system words it.
        status: String,
        /// The end of what the testbench printed.
        log: String,
    },
    /// The user's testbench did not end by itself within the limits.
    TestbenchEndless {
        /// The simulator that ran it.
        simulator: Simulator,
        /// The limit that was hit.
        limit: Limit,
        /// The end of what the testbench printed.
        log: String,
    },
    /// The testbench never instantiates the top module.
    NotInstantiated {
        /// The top module.
        top: String,
        /// The end of what the simulator printed: it may not have begun.
        log: String,
    },
    /// The testbench gives parameters of the top module other values.
    OtherParameters {
        /// The instance that was watched, as a hierarchical name.
        instance: String,
        /// These parameters, at least one.
        parameters: Vec<OtherParameter>,
    },
    /// No active clock edge reached the design.
    NoClockEdge {
        /// The clock port.
        clock: String,
        /// The instance that was watched, as a hierarchical name.
        instance: String,
    },
    /// The original design, driven from the recorded inputs, does not give the recorded outputs.
    NotReproducible {
        /// The logical cycle of the first difference.
        cycle: usize,
        /// The output port that differs.
        signal: String,
        /// The recorded value, in binary.
        recorded: String,
        /// The re-simulated value, in binary.
        resimulated: String,
    },
    /// The design or a request is outside what the crate can do.
    Unsupported {
        /// What is not supported, and what would be.
        what: String,
    },
    /// A simulation ended abnormally, or ran into its time limit.
    Crashed {
        /// What was running.
        what: String,
        /// How it ended.
        how: String,
        /// The end of what it printed.
        log: String,
    },
    /// The text is not the id of a failure point, or the point does not exist in this run.
    BadPoint {
        /// The id as given.
        id: String,
        /// What is wrong with it.
        reason: String,
    },
}

/// The limit at which a testbench was stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// Wall-clock time.
    Time(Duration),
    /// Recorded clock edges.
    Cycles(u64),
    /// Bytes printed to standard output or standard error.
    Output(u64),
}

impl SimError {
    /// Wraps an input or output error with the path that it concerns.
    pub(crate) fn io(action: &'static str, path: &Path, source: io::Error) -> SimError {
        SimError::Io {
            action,
            path: path.to_path_buf(),
            source,
        }
    }

    /// One line of help on how to mend it, where there is one.
    pub fn help(&self) -> Option<String> {
        match self {
            SimError::ToolMissing { tool, .. } => Some(tool.how_to_install().to_string()),
            SimError::TestbenchEndless { .. } => {
                Some("end the testbench with $finish, or raise the limit (`--max-cycles-recorded`, `--timeout`), or record its first cycles only (`--first-cycles`)".to_string())
            }
            SimError::NotInstantiated { top, .. } => {
                Some(format!("the testbench must instantiate `{top}`; is the right testbench given, and the right top?"))
            }
            SimError::NoClockEdge { clock, .. } => {
                Some(format!("does the testbench toggle the port `{clock}`, and is it the clock of the design?"))
            }
            SimError::NotReproducible { .. } => Some(
                "the testbench changes inputs in a race with the clock edge, or pulses an asynchronous input between two edges: \
                 change inputs away from the edge or with nonblocking assignments"
                    .to_string(),
            ),
            SimError::OtherParameters { parameters, .. } => {
                let options = parameters.iter().map(|it| format!(" -P {}={}", it.name, it.value));
                let options: String = options.collect();
                Some(format!("instrument the design that the testbench uses:{options}"))
            }
            _ => None,
        }
    }
}

/// A parameter that has one value in the testbench and another in the design that was instrumented, both as Verilog text.
#[derive(Debug)]
pub struct OtherParameter {
    /// The parameter.
    pub name: String,
    /// Its value in the testbench.
    pub value: String,
    /// Its value in the design that was instrumented.
    pub given: String,
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Limit::Time(limit) => write!(f, "{} seconds", limit.as_secs_f64()),
            Limit::Cycles(limit) => write!(f, "{limit} clock cycles"),
            Limit::Output(limit) => write!(f, "{limit} bytes of output"),
        }
    }
}

impl fmt::Display for SimError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SimError::ToolMissing { tool, program } => {
                write!(
                    f,
                    "{} is needed, but `{program}` is not installed",
                    tool.name()
                )
            }
            SimError::Io {
                action,
                path,
                source,
            } => write!(f, "{action} `{}`: {source}", path.display()),
            SimError::Compile { what, tool, .. } => {
                write!(f, "{} cannot compile {what}", tool.name())
            }
            SimError::TestbenchFailed {
                simulator, status, ..
            } => {
                write!(
                    f,
                    "the testbench fails on the original design in {} ({status})",
                    simulator.name()
                )
            }
            SimError::TestbenchEndless {
                simulator, limit, ..
            } => {
                write!(
                    f,
                    "the testbench does not end on the original design in {} within {limit}",
                    simulator.name()
                )
            }
            SimError::NotInstantiated { top, .. } => {
                write!(f, "the testbench never instantiates the top module `{top}`")
            }
            SimError::OtherParameters {
                instance,
                parameters,
            } => {
                let of = |it: &OtherParameter| {
                    let OtherParameter { name, value, given } = it;
                    format!("`{name}` to {value} ({given} in the design that was given)")
                };
                let all: Vec<String> = parameters.iter().map(of).collect();
                write!(
                    f,
                    "the testbench sets parameters of `{instance}`: {}",
                    all.join(", ")
                )
            }
            SimError::NoClockEdge { clock, instance } => {
                write!(
                    f,
                    "no active edge of the clock `{clock}` was seen at `{instance}` while the testbench ran"
                )
            }
            SimError::NotReproducible {
                cycle,
                signal,
                recorded,
                resimulated,
            } => write!(
                f,
                "the recording is not reproducible: in logical cycle {cycle} the testbench saw `{signal}` = {recorded}, \
                 the original alone with the same inputs gives {resimulated}"
            ),
            SimError::Unsupported { what } => write!(f, "not supported: {what}"),
            SimError::Crashed { what, how, .. } => write!(f, "{what} ended abnormally ({how})"),
            SimError::BadPoint { id, reason } => {
                write!(f, "`{id}` is not a failure point of this run: {reason}")
            }
        }
    }
}

impl std::error::Error for SimError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            SimError::Io { source, .. } => Some(source),
            _ => None,
        }
    }
}
