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

/// Per clock cycle the value of each port in binary, in the order of the ports.
pub type Trace = Vec<Vec<String>>;

/// Records all designs in one run of Icarus; the traces stand in the order of the designs.
pub fn record(
    dir: &Path,
    designs: &[Generated],
    stimulus: &Stimulus,
) -> Result<Vec<Trace>, String> {
    let mut text = String::new();
    for design in designs {
        let names: Vec<&str> = design.ports.iter().map(|port| port.name.as_str()).collect();
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
        .map(|design| {
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

/// Evaluates a netlist on the inputs of a trace, from a random state on, and
/// returns the first known output bit of the trace that it gets wrong.
pub fn compare(design: &Generated, netlist: &Netlist, trace: &Trace) -> Option<Mismatch> {
    let mut rng = Rng::new(design.seed);
    let mut state = eval::MachineState::zero(netlist);
    for bit in state.registers.iter_mut().flatten() {
        *bit = rng.chance(50);
    }
    let place = |name: &str| design.ports.iter().position(|port| port.name == name);
    for (cycle, values) in trace.iter().enumerate() {
        let inputs: Vec<Vec<bool>> = netlist
            .inputs
            .iter()
            .map(|input| {
                let text = place(&input.name).map_or("", |port| values[port].as_str());
                text.bytes().rev().map(|bit| bit == b'1').collect()
            })
            .collect();
        let result = eval::cycle(netlist, &state, &inputs);
        for (output, actual) in netlist.outputs.iter().zip(&result.outputs) {
            let expected = place(&output.name).map_or("", |port| values[port].as_str());
            let wrong = expected.len() != actual.len()
                || expected
                    .bytes()
                    .rev()
                    .zip(actual)
                    .any(|(expected, &actual)| expected == if actual { b'0' } else { b'1' });
            // The reset has not acted before the first edge.
            if wrong && cycle > 0 {
                return Some(Mismatch {
                    seed: design.seed,
                    cycle: cycle as u32,
                    port: output.name.clone(),
                    expected: expected.to_owned(),
                    actual: actual
                        .iter()
                        .rev()
                        .map(|&bit| if bit { '1' } else { '0' })
                        .collect(),
                });
            }
        }
        state = result.next;
    }
    None
}
