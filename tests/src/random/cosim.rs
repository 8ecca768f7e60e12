//! Co-simulation: a design and another version of it get the same stimuli in
//! Icarus Verilog, and all outputs are compared in every cycle.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::bench::{Stimulus, drivers, process};
use super::{Generated, TopPort, icarus_language};

/// Another version of a design: its text and the name of its top module,
/// which must differ from those of the design.
#[derive(Debug, Clone)]
pub struct Version {
    /// Verilog text of all its modules.
    pub text: String,
    /// Its top module, with the same ports.
    pub top: String,
}

/// The first place where a version differs from its design.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch {
    /// Seed of the design.
    pub seed: u64,
    /// Clock cycle.
    pub cycle: u32,
    /// Output port.
    pub port: String,
    /// What the design showed, in binary.
    pub expected: String,
    /// What the version showed, in binary. A bit that is unknown in the design may be anything.
    pub actual: String,
}

impl Mismatch {
    /// Whether a bit is known on both sides and differs.
    pub fn surely(&self) -> bool {
        let mut bits = self.expected.bytes().zip(self.actual.bytes());
        bits.any(|bits| matches!(bits, (b'0', b'1') | (b'1', b'0')))
    }
}

/// Simulates all pairs in one run of Icarus and returns the first mismatch of each.
///
/// Outputs are compared from the second clock cycle on, when the reset has
/// acted. Fails with the tool's message when a version does not compile.
pub fn cosimulate(
    dir: &Path,
    pairs: &[(&Generated, &Version)],
    stimulus: &Stimulus,
) -> Result<Vec<Mismatch>, String> {
    let file = dir.join("pairs.v");
    let text: String = pairs
        .iter()
        .map(|(design, version)| {
            format!(
                "{}\n{}\n{}\n",
                design.text,
                version.text,
                compare(design, version, stimulus)
            )
        })
        .collect();
    fs::write(&file, text).map_err(|error| error.to_string())?;
    let program = dir.join("pairs.vvp");
    let language = icarus_language(pairs.iter().map(|(design, _)| *design));
    let mut iverilog = Command::new("iverilog");
    iverilog.args([language, "-Wno-timescale", "-o"]);
    iverilog.arg(&program).arg(&file);
    for (design, _) in pairs {
        iverilog.args(["-s", &format!("{}_tb", design.top)]);
    }
    run(&mut iverilog)?;
    let printed = simulate(&program, pairs.len())?;
    let mut mismatches: Vec<Mismatch> = Vec::new();
    let mut ended = 0;
    for line in printed.lines() {
        if line == "END" {
            ended += 1;
        }
        let words: Vec<&str> = line.split_whitespace().collect();
        let ["MISMATCH", seed, cycle, port, expected, actual] = words[..] else {
            continue;
        };
        let (Ok(seed), Ok(cycle)) = (seed.parse(), cycle.parse()) else {
            return Err(format!("unreadable line {line}"));
        };
        if mismatches.iter().any(|old| old.seed == seed) {
            continue;
        }
        mismatches.push(Mismatch {
            seed,
            cycle,
            port: port.to_owned(),
            expected: expected.to_owned(),
            actual: actual.to_owned(),
        });
    }
    match ended == pairs.len() {
        true => Ok(mismatches),
        false => Err(format!("{ended} of {} benches ended", pairs.len())),
    }
}

/// A bench `<top>_tb` with both versions.
fn compare(design: &Generated, version: &Version, stimulus: &Stimulus) -> String {
    let outputs: Vec<&TopPort> = design.ports.iter().filter(|port| !port.input).collect();
    let mut text = format!("module {}_tb;\n", design.top);
    text.push_str(&drivers(design, stimulus));
    text.push_str("  reg tb_bad;\n  initial tb_bad = 0;\n");
    for port in &outputs {
        text.push_str(&format!(
            "  wire [{}:0] tb_{};\n",
            port.width - 1,
            port.name
        ));
    }
    for (module, instance, prefix) in [(&design.top, "dut", ""), (&version.top, "other", "tb_")] {
        let connections: Vec<String> = design
            .ports
            .iter()
            .map(|port| match port.input {
                true => format!(".{0}({0})", port.name),
                false => format!(".{0}({prefix}{0})", port.name),
            })
            .collect();
        text.push_str(&format!(
            "  {module} {instance} ({});\n",
            connections.join(", ")
        ));
    }
    let mut sample = String::from("if (tb_cycle > 0 && !tb_bad) begin\n");
    for port in &outputs {
        let name = &port.name;
        // Where the design's bit is unknown, `a ^ a` is unknown: such bits are blanked in both.
        sample.push_str(&format!(
            "        if (({name} ^ {name} ^ tb_{name}) !== ({name} ^ {name} ^ {name})) begin : check_{name}\n          integer bit_{name};\n          for (bit_{name} = 0; bit_{name} < {width}; bit_{name} = bit_{name} + 1)\n            if ({own} !== 1'bx && {own} !== {other} && !tb_bad) begin\n              tb_bad = 1;\n              $display(\"MISMATCH {seed} %0d {name} %b %b\", tb_cycle, {name}, tb_{name});\n            end\n        end\n",
            width = port.width,
            own = bit(port, name),
            other = format_args!("tb_{name}[bit_{name}]"),
            seed = design.seed,
        ));
    }
    sample.push_str("      end\n      ");
    text.push_str(&process(design, stimulus, &sample, "$display(\"END\");"));
    text.push_str("endmodule\n");
    text
}

/// The selected bit of an output in the bench.
fn bit(port: &TopPort, name: &str) -> String {
    match port.width {
        1 => name.to_owned(),
        _ => format!("{name}[bit_{name}]"),
    }
}

/// Runs a program that Icarus compiled of some designs; one that goes on for ever is stopped ([`ENDLESS`]).
pub(super) fn simulate(program: &Path, designs: usize) -> Result<String, String> {
    // Sixty take a few seconds, on a busy machine more.
    let seconds = 30 + 2 * designs;
    let mut timeout = Command::new("timeout");
    let said = run(timeout
        .arg(seconds.to_string())
        .args(["vvp", "-n"])
        .arg(program));
    said.map_err(|said| match said.contains("exit status: 124") {
        true => format!("{ENDLESS} within {seconds} s"),
        false => said,
    })
}

/// What is said of a simulation without end: of processes that set each other
/// off, as those that call one static function in `always_comb` do in Icarus 11.
pub const ENDLESS: &str = "the simulation of the source does not end";

/// Runs a tool to its end and returns what it printed; fails with its messages.
pub fn run(command: &mut Command) -> Result<String, String> {
    let output = command
        .output()
        .map_err(|error| format!("cannot start {command:?}: {error}"))?;
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    match output.status.success() {
        true => Ok(printed),
        false => Err(format!(
            "{command:?} ended with {}:\n{printed}{}",
            output.status,
            String::from_utf8_lossy(&output.stderr)
        )),
    }
}
