//! Recording: the user's testbench runs on the original design, and every port is written down at every active clock edge.
//!
//! The top module is copied and a recorder inserted before its `endmodule`, so that the testbench, hierarchical references into the
//! design included, runs unchanged. The recorder reads inputs in the active region of the edge: as the design's own clocked blocks
//! see them, before any nonblocking update. Outputs are those from before the edge: in Icarus by the nonblocking region, so that
//! registers assigned by `=` are no exception; Verilator makes no difference between the regions there, and has its own order.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;

use tempfile::TempDir;
use tera::Context;

use crate::design::{OriginalDesign, Testbench};
use crate::error::{Limit, OtherParameter, SimError};
use crate::plane::{Bus, Plane};
use crate::process::{Ending, Invocation, Limits};
use crate::roots;
use crate::runtime_objects::RuntimeObjects;
use crate::shell;
use crate::tool::{Simulator, Tool};

/// How to record.
#[derive(Debug, Clone)]
pub struct RecordOptions {
    /// The simulator that runs the testbench.
    pub simulator: Simulator,
    /// Wall-clock limit for the testbench. Its compilation has one of its own.
    pub time_limit: Duration,
    /// Logical cycles to record at most.
    pub max_cycles: u64,
    /// Whether a testbench that reaches `max_cycles` is cut there and what was recorded is used, instead of being refused.
    pub truncate: bool,
    /// Conditions to record besides the ports: Verilog expressions in the scope of the top module.
    pub conditions: Vec<String>,
}

impl Default for RecordOptions {
    fn default() -> RecordOptions {
        RecordOptions {
            simulator: Simulator::Icarus,
            time_limit: Duration::from_secs(600),
            max_cycles: 1_000_000,
            truncate: false,
            conditions: Vec::new(),
        }
    }
}

/// What the testbench did to the design and saw from it, per logical cycle.
#[derive(Debug, Clone)]
pub struct Recording {
    /// The input ports without the clock.
    pub input_bus: Bus,
    /// The output ports.
    pub output_bus: Bus,
    /// Input values, one row per logical cycle.
    pub inputs: Plane,
    /// Output values just before the edge, one row per logical cycle.
    pub outputs: Plane,
    /// Whether the conditions hold just before the edge, one row per logical cycle, the first condition in the lowest bit.
    pub conditions: Plane,
    /// Hierarchical name of the instance that was recorded: the first one of the top module.
    pub instance: String,
    /// Further instances of the top module in the testbench, which were not recorded.
    pub other_instances: Vec<String>,
    /// Whether the recording was cut at the limit.
    pub truncated: bool,
    /// The end of what the testbench printed.
    pub log: String,
    /// The simulator that ran the testbench.
    pub simulator: Simulator,
}

impl Recording {
    /// Number of logical cycles.
    pub fn cycles(&self) -> usize {
        self.inputs.rows()
    }
}

/// Wall-clock limit for compiling a testbench.
const COMPILE_TIME: Duration = Duration::from_secs(1200);

/// Bytes that a testbench may print.
pub(crate) const MAX_OUTPUT_BYTES: u64 = 256 << 20;

/// Runs the testbench on the original design and records the ports of the top module.
///
/// # Errors
/// A missing tool; sources that do not compile; a testbench that fails or does not end within the limits, never instantiates the top
/// module or gives it no clock edge; input or output errors.
pub fn record(
    design: &OriginalDesign,
    testbench: &Testbench,
    options: &RecordOptions,
) -> Result<Recording, SimError> {
    // Icarus passes over a file that is not there.
    for file in design.files.iter().chain(&testbench.files) {
        let path = design.directory.join(file);
        File::open(&path)
            .and_then(|mut file| file.read(&mut [0]))
            .map_err(|e| SimError::io("cannot read", &path, e))?;
    }
    let scratch = TempDir::new()
        .map_err(|e| SimError::io("cannot create a directory in", &std::env::temp_dir(), e))?;
    let (input_bus, output_bus) = shell::buses(design);
    let rows_path = scratch.path().join("rows.txt");
    let copy = insert_recorder(
        design,
        options,
        &input_bus,
        &output_bus,
        &rows_path,
        scratch.path(),
    )?;
    let limits = Limits {
        time: options.time_limit,
        output_bytes: MAX_OUTPUT_BYTES,
    };
    let compiling = Limits {
        time: COMPILE_TIME,
        ..limits
    };
    let program = match options.simulator {
        Simulator::Icarus => compile_icarus(design, testbench, &copy, scratch.path(), compiling)?,
        Simulator::Verilator => {
            compile_verilator(design, testbench, &copy, scratch.path(), compiling)?
        }
    };
    // It would run to its end, if it has one, for nothing.
    let files = design.files.iter().chain(&testbench.files);
    let texts: Vec<String> = files
        .map_while(|file| fs::read_to_string(design.directory.join(file)).ok())
        .collect();
    let all_read = texts.len() == design.files.len() + testbench.files.len();
    let all = texts.iter().chain(&design.defines).map(String::as_str);
    if all_read && roots::is_nowhere(&design.top, all) {
        return Err(SimError::NotInstantiated {
            top: design.top.clone(),
            log: String::new(),
        });
    }
    let finished = program.run(scratch.path(), "testbench", limits)?;
    let endless = |limit| SimError::TestbenchEndless {
        simulator: options.simulator,
        limit,
        log: finished.log.clone(),
    };
    match finished.ending {
        Ending::TimeLimit => return Err(endless(Limit::Time(options.time_limit))),
        Ending::OutputLimit => return Err(endless(Limit::Output(MAX_OUTPUT_BYTES))),
        Ending::Exit(status) if !status.success() => {
            return Err(SimError::TestbenchFailed {
                simulator: options.simulator,
                status: status.to_string(),
                log: finished.log,
            });
        }
        Ending::Exit(_) => {}
    }
    let others_path = scratch.path().join("rows.txt.others");
    let mut recording = Recording {
        inputs: Plane::new(input_bus.width_bits()),
        outputs: Plane::new(output_bus.width_bits()),
        conditions: Plane::new(options.conditions.len()),
        input_bus,
        output_bus,
        instance: String::new(),
        other_instances: read_instances(&others_path)?,
        truncated: false,
        log: finished.log.clone(),
        simulator: options.simulator,
    };
    read_rows(&rows_path, design, &mut recording)?;
    if recording.truncated && !options.truncate {
        return Err(endless(Limit::Cycles(options.max_cycles)));
    }
    if recording.cycles() == 0 {
        return Err(SimError::NoClockEdge {
            clock: design.clock.clone(),
            instance: recording.instance,
        });
    }
    Ok(recording)
}

/// Copies the top module's file with the recorder before `endmodule`; returns the path of the copy.
fn insert_recorder(
    design: &OriginalDesign,
    options: &RecordOptions,
    inputs: &Bus,
    outputs: &Bus,
    rows_path: &Path,
    scratch: &Path,
) -> Result<PathBuf, SimError> {
    let source = design.directory.join(&design.top_module_file);
    let text = fs::read_to_string(&source).map_err(|e| SimError::io("cannot read", &source, e))?;
    let Some((before, after)) = text
        .split_at_checked(design.endmodule_offset)
        .filter(|(_, after)| after.starts_with("endmodule"))
    else {
        return Err(SimError::Unsupported {
            what: format!(
                "no `endmodule` at byte {} of `{}`; did the file change meanwhile?",
                design.endmodule_offset,
                source.display()
            ),
        });
    };
    let mut context = Context::new();
    context.insert(
        "path",
        &rows_path
            .display()
            .to_string()
            .replace('\\', "\\\\")
            .replace('"', "\\\""),
    );
    context.insert("edge", shell::edge_keyword(design.clock_edge));
    context.insert("clock", &shell::verilog_name(&design.clock));
    context.insert("max_cycles", &options.max_cycles.min(i32::MAX as u64));
    let parameters = design.values.iter();
    let parameters: Vec<String> = parameters
        .map(|(name, _)| shell::verilog_name(name).to_string())
        .collect();
    context.insert("parameters", &parameters);
    context.insert("inputs", &shell::concatenation(inputs));
    context.insert("outputs", &shell::concatenation(outputs));
    // Of one bit each, and X where they are unknown. A condition may end in a comment.
    let conditions = options.conditions.iter().rev();
    let conditions: Vec<String> = conditions
        .map(|condition| format!("(({condition}\n) ? 1'b1 : 1'b0)"))
        .collect();
    if !conditions.is_empty() {
        context.insert("conditions", &format!("{{{}}}", conditions.join(", ")));
        context.insert("condition_bits", &conditions.len());
    }
    if options.simulator == Simulator::Icarus {
        context.insert("settled_bits", &outputs.width_bits());
    }
    let recorder = shell::render(include_str!("templates/recorder.v.tera"), &context)?;
    let copy_dir = scratch.join("source");
    fs::create_dir(&copy_dir).map_err(|e| SimError::io("cannot create", &copy_dir, e))?;
    let name = source
        .file_name()
        .map_or_else(|| "top.v".into(), PathBuf::from);
    let copy = copy_dir.join(name);
    let instrumented = [before, &recorder, after].concat();
    fs::write(&copy, instrumented).map_err(|e| SimError::io("cannot write", &copy, e))?;
    Ok(copy)
}

/// The design's sources with the copy in place of the top module's file, then the testbench's.
fn sources<'a>(
    design: &'a OriginalDesign,
    testbench: &'a Testbench,
    copy: &'a Path,
) -> impl Iterator<Item = &'a Path> {
    // A testbench file that the design lists too must not be read twice.
    let of_bench = testbench
        .files
        .iter()
        .filter(|file| !design.files.contains(file));
    design
        .files
        .iter()
        .map(move |file| {
            if *file == design.top_module_file {
                copy
            } else {
                file.as_path()
            }
        })
        .chain(of_bench.map(PathBuf::as_path))
}

/// The modules that the testbench's simulation begins with; none where the simulator has to find them.
fn tops(design: &OriginalDesign, testbench: &Testbench) -> Vec<String> {
    if let Some(top) = &testbench.top {
        return vec![top.clone()];
    }
    let files = testbench.files.iter();
    let own = files.filter(|file| !design.files.contains(file));
    let texts: Vec<String> = own
        .filter_map(|file| fs::read_to_string(design.directory.join(file)).ok())
        .collect();
    roots::roots(texts.iter().map(String::as_str))
}

fn compile_icarus(
    design: &OriginalDesign,
    testbench: &Testbench,
    copy: &Path,
    scratch: &Path,
    limits: Limits,
) -> Result<Invocation, SimError> {
    let tool = Tool::Icarus.locate()?;
    let program = scratch.join("testbench.vvp");
    let mut compile = Invocation::new(tool.compiler(), &design.directory);
    compile
        .arg(design.language.icarus_flag())
        .arg("-o")
        .arg(&program);
    compile.args(
        design
            .all_include_dirs(&testbench.files)
            .iter()
            .map(|dir| format!("-I{}", dir.display())),
    );
    compile.args(design.defines.iter().map(|define| format!("-D{define}")));
    for top in tops(design, testbench) {
        compile.arg("-s").arg(top);
    }
    compile.args(sources(design, testbench, copy));
    compile.compile(Tool::Icarus, "the testbench", scratch, limits)?;
    let mut run = Invocation::new(tool.runtime(), &design.directory);
    // Without -n a $stop would wait for commands.
    run.arg("-n").arg(&program).args(&testbench.plusargs);
    Ok(run)
}

fn compile_verilator(
    design: &OriginalDesign,
    testbench: &Testbench,
    copy: &Path,
    scratch: &Path,
    limits: Limits,
) -> Result<Invocation, SimError> {
    let tool = Tool::Verilator.locate()?;
    let build = scratch.join("testbench");
    fs::create_dir_all(&build).map_err(|e| SimError::io("cannot create", &build, e))?;
    let runtime = RuntimeObjects::new("timing");
    let laid = runtime.lay_into(&build);
    let mut compile = Invocation::new(tool.compiler(), &design.directory);
    compile.args([
        "--binary",
        "--timing",
        "-Wno-fatal",
        "-Wno-lint",
        "-O3",
        "-CFLAGS",
        "-O1",
        "-MAKEFLAGS",
    ]);
    // Never empty, which Verilator would take for no argument.
    compile.arg(format!("--no-print-directory {}", laid.make_options()));
    compile
        .arg("--default-language")
        .arg(design.language.verilator_name())
        .arg("+1800-2017ext+sv");
    compile
        .args(["--Mdir".as_ref(), build.as_os_str()])
        .args(["-o", "testbench"]);
    compile.args(
        design
            .all_include_dirs(&testbench.files)
            .iter()
            .map(|dir| format!("-I{}", dir.display())),
    );
    compile.args(design.defines.iter().map(|define| format!("-D{define}")));
    // It takes one.
    if let [top] = tops(design, testbench).as_slice() {
        compile.arg("--top-module").arg(top);
    }
    compile.args(sources(design, testbench, copy));
    compile.compile(Tool::Verilator, "the testbench", scratch, limits)?;
    if laid.is_empty() {
        runtime.keep(&build);
    }
    let mut run = Invocation::new(&build.join("testbench"), &design.directory);
    run.args(&testbench.plusargs);
    Ok(run)
}

/// The names of instances that were not recorded. They name the recorder's task or block behind the instance.
fn read_instances(path: &Path) -> Result<Vec<String>, SimError> {
    if !path.exists() {
        return Ok(Vec::new());
    }
    let text = fs::read_to_string(path).map_err(|e| SimError::io("cannot read", path, e))?;
    Ok(text.lines().map(instance_name).collect())
}

/// `%m` in the recorder's task, without the task and without what Verilator puts around it.
fn instance_name(scope: &str) -> String {
    let scope = scope.trim();
    let scope = scope.strip_suffix(".idetic_record_start").unwrap_or(scope);
    scope.strip_prefix("TOP.").unwrap_or(scope).to_string()
}

fn read_rows(
    path: &Path,
    design: &OriginalDesign,
    recording: &mut Recording,
) -> Result<(), SimError> {
    let Ok(file) = File::open(path) else {
        return Err(SimError::NotInstantiated {
            top: design.top.clone(),
            log: recording.log.clone(),
        });
    };
    let mut lines = BufReader::new(file).lines();
    let mut next = || {
        lines
            .next()
            .transpose()
            .map_err(|e| SimError::io("cannot read", path, e))
    };
    recording.instance = next()?.map(|line| instance_name(&line)).unwrap_or_default();
    if recording.instance == design.top {
        // The top module is a root beside the testbench, not an instance in it.
        return Err(SimError::NotInstantiated {
            top: design.top.clone(),
            log: recording.log.clone(),
        });
    }
    let mut parameters = design.values.iter();
    let mut others = Vec::new();
    while let Some(line) = next()? {
        if let Some(value) = line.strip_prefix("parameter ")
            && let Some((name, given)) = parameters.next()
        {
            if significant(value) != significant(given) {
                others.push(OtherParameter {
                    name: name.clone(),
                    value: literal(value),
                    given: literal(given),
                });
            }
            continue;
        }
        if !others.is_empty() {
            break;
        }
        if line == "limit" {
            recording.truncated = true;
            break;
        }
        let row: Vec<&str> = line.split(' ').collect();
        let mut planes = vec![&mut recording.inputs, &mut recording.outputs];
        if recording.conditions.width_bits() > 0 {
            planes.push(&mut recording.conditions);
        }
        let fits = row.len() == planes.len()
            && (row.iter().zip(&planes)).all(|(text, plane)| text.len() == plane.width_bits());
        let stored = fits && (row.iter().zip(planes)).all(|(text, plane)| plane.push_binary(text));
        if !stored {
            return Err(SimError::Unsupported {
                what: format!(
                    "the ports of `{}` have other widths in the testbench than in the design that was given",
                    recording.instance
                ),
            });
        }
    }
    match others.is_empty() {
        true => Ok(()),
        false => Err(SimError::OtherParameters {
            instance: recording.instance.clone(),
            parameters: others,
        }),
    }
}

/// A number in binary without the leading bits that are its sign: a parameter without a range has the width of its value.
fn significant(binary: &str) -> &str {
    let Some(sign) = binary.chars().next() else {
        return binary;
    };
    let rest = binary.trim_start_matches(sign);
    match (sign, rest) {
        ('0', _) => rest,
        // One sign bit tells a negative number from a positive one.
        _ => &binary[binary.len() - rest.len() - 1..],
    }
}

/// A number in binary as Verilog text, decimal where it is short.
fn literal(binary: &str) -> String {
    match u64::from_str_radix(binary, 2) {
        Ok(number) if number <= i32::MAX as u64 => number.to_string(),
        _ => format!("{}'b{binary}", binary.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_compared_without_their_sign_bits() {
        assert_eq!(significant("00001010"), significant("1010"));
        assert_eq!(significant("0000"), significant("0"));
        assert_eq!(significant("11110"), significant("10"));
        assert_ne!(significant("11110"), significant("11100"));
        assert_ne!(significant("0"), significant("1"));
        assert_eq!(
            (literal("01010"), literal("1x")),
            ("10".into(), "2'b1x".into())
        );
    }

    #[test]
    fn scopes_become_instance_names() {
        assert_eq!(instance_name("tb.dut.idetic_record_start"), "tb.dut");
        assert_eq!(instance_name("TOP.tb.dut.idetic_record_start\n"), "tb.dut");
    }
}
