//! What a design does in Icarus Verilog, cycle by cycle, against the
//! evaluator of its netlist.

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use idetic::diagnostics::Diagnostics;
use idetic::elaborate::{ElaborateOptions, elaborate};
use idetic::frontend::{ReadOptions, read};
use idetic::netlist::{Netlist, eval, verify};
use idetic::source::SourceMap;

use super::cosim::{Mismatch, run};
use super::{Generated, Rng, Stimulus, testbench};

/// Per clock cycle the value of each port, then of each register of the
/// netlist, in binary, in the order of their lists.
pub type Trace = Vec<Vec<String>>;

/// Records all designs in one run of Icarus; the traces stand in the order of the designs.
pub fn record(
    dir: &Path,
    designs: &[(Generated, Netlist)],
    stimulus: &Stimulus,
) -> Result<Vec<Trace>, String> {
    let mut text = String::new();
    for (design, netlist) in designs {
        let ports = design.ports.iter().map(|port| port.name.clone());
        let registers = netlist.registers.iter();
        let names: Vec<String> = ports
            .chain(registers.map(|register| format!("dut.{}", register.name)))
            .collect();
        let sample = format!(
            "$display(\"{}{}\", {});",
            design.seed,
            " %b".repeat(names.len()),
            names.join(", ")
        );
        let bench = testbench(design, stimulus)
            .replace("#4  ", &format!("#4 {sample} "))
            .replace("$finish;", "");
        text.push_str(&design.text);
        text.push_str(&bench);
    }
    let (file, program) = (dir.join("record.v"), dir.join("record.vvp"));
    fs::write(&file, text).map_err(|error| error.to_string())?;
    run(Command::new("iverilog")
        .args(["-g2005", "-Wno-timescale", "-o"])
        .arg(&program)
        .arg(&file))?;
    let printed = run(Command::new("vvp").arg("-n").arg(&program))?;
    let mut traces: HashMap<u64, Trace> = HashMap::new();
    for line in printed.lines() {
        let mut words = line.split_whitespace();
        let seed = words.next().and_then(|seed| seed.parse().ok());
        let seed = seed.ok_or_else(|| format!("unreadable line {line}"))?;
        let values = words.map(str::to_owned).collect();
        traces.entry(seed).or_default().push(values);
    }
    designs
        .iter()
        .map(|(design, _)| {
            let trace = traces.remove(&design.seed).unwrap_or_default();
            match trace.len() == stimulus.cycles as usize {
                true => Ok(trace),
                false => Err(format!("seed {}: {} cycles", design.seed, trace.len())),
            }
        })
        .collect()
}

/// Reads and elaborates a design; fails with the messages of idetic.
pub fn netlist(dir: &Path, design: &Generated) -> Result<Netlist, String> {
    let file = dir.join(format!("{}.v", design.top));
    fs::write(&file, &design.text).map_err(|error| error.to_string())?;
    let mut sources = SourceMap::new();
    let options = ReadOptions {
        files: vec![file],
        ..ReadOptions::default()
    };
    let (ast, diagnostics) = read(&options, &mut sources);
    refuse(&sources, &diagnostics)?;
    let options = ElaborateOptions {
        top: Some(design.top.clone()),
        ..ElaborateOptions::default()
    };
    let (netlist, diagnostics) = elaborate(&ast, &sources, &options);
    refuse(&sources, &diagnostics)?;
    let netlist = netlist.ok_or("no netlist and no error")?;
    match verify::verify(&netlist).as_slice() {
        [] => Ok(netlist),
        violations => Err(format!("broken netlist: {violations:?}")),
    }
}

fn refuse(sources: &SourceMap, diagnostics: &Diagnostics) -> Result<(), String> {
    if !diagnostics.has_errors() {
        return Ok(());
    }
    let list = diagnostics.list.iter().map(|diagnostic| {
        let place = diagnostic.primary.as_ref().map(|label| {
            format!(
                "{}: {}",
                sources.place(label.span),
                sources.text(label.span)
            )
        });
        format!("{}: {}", diagnostic.message, place.unwrap_or_default())
    });
    Err(list.collect::<Vec<_>>().join("\n"))
}

/// Evaluates a netlist on the inputs of a trace and returns the first known
/// bit of a register or output that it gets wrong.
///
/// It starts at clock cycle 2, when the reset has acted: before, a source may
/// be surer of its state than hardware is. Unknown bits start at random.
pub fn compare(design: &Generated, netlist: &Netlist, trace: &Trace) -> Option<Mismatch> {
    const FIRST: usize = 2;
    let mut rng = Rng::new(design.seed);
    let mut state = eval::MachineState::zero(netlist);
    for (index, register) in state.registers.iter_mut().enumerate() {
        let known = trace.get(FIRST)?[design.ports.len() + index].bytes().rev();
        for (bit, known) in register.iter_mut().zip(known) {
            *bit = known == b'1' || (known != b'0' && rng.chance(50));
        }
    }
    let place = |name: &str| design.ports.iter().position(|port| port.name == name);
    for (cycle, values) in trace.iter().enumerate().skip(FIRST) {
        let value = |name: &str| place(name).map_or("", |port| values[port].as_str());
        let inputs: Vec<Vec<bool>> = netlist
            .inputs
            .iter()
            .map(|input| {
                value(&input.name)
                    .bytes()
                    .rev()
                    .map(|bit| bit == b'1')
                    .collect()
            })
            .collect();
        let (now, _) = eval::under_resets(netlist, &state, &inputs);
        let result = eval::cycle(netlist, &state, &inputs);
        let registers = netlist.registers.iter().zip(&now.registers).enumerate();
        let registers = registers.map(|(index, (register, actual))| {
            let expected = values[design.ports.len() + index].as_str();
            (register.name.as_str(), expected, actual)
        });
        let outputs = netlist.outputs.iter().zip(&result.outputs);
        let outputs = outputs.map(|(out, actual)| (out.name.as_str(), value(&out.name), actual));
        for (name, expected, actual) in registers.chain(outputs) {
            if differ(expected, actual) {
                return Some(Mismatch {
                    seed: design.seed,
                    cycle: cycle as u32,
                    port: name.to_owned(),
                    expected: expected.to_owned(),
                    actual: (actual.iter().rev())
                        .map(|&bit| if bit { '1' } else { '0' })
                        .collect(),
                });
            }
        }
        state = result.next;
    }
    None
}

/// Whether a known bit differs, or the width.
fn differ(expected: &str, actual: &[bool]) -> bool {
    let bits = expected.bytes().rev().zip(actual);
    let mut wrong = bits.map(|(expected, &actual)| expected == if actual { b'0' } else { b'1' });
    expected.len() != actual.len() || wrong.any(|wrong| wrong)
}
