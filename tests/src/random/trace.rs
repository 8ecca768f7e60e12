//! What a design does in Icarus Verilog, cycle by cycle, against the
//! evaluator of its netlist.

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use idetic::control::{self, ControlGraph, ControlOptions, State};
use idetic::diagnostics::Diagnostics;
use idetic::elaborate::{ElaborateOptions, elaborate};
use idetic::frontend::{ReadOptions, read};
use idetic::liveness;
use idetic::netlist::{Netlist, RegId, eval, verify};
use idetic::source::SourceMap;

use super::cosim::{Mismatch, run, simulate};
use super::{EXPAND_LIMIT_BITS, Generated, Rng, Stimulus, icarus_language, testbench};

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
    let language = icarus_language(designs.iter().map(|(design, _)| design));
    run(Command::new("iverilog")
        .args([language, "-Wno-timescale", "-o"])
        .arg(&program)
        .arg(&file))?;
    let printed = simulate(&program, designs.len())?;
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
    let file = dir.join(design.file_name());
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
        memory_expand_limit_bits: EXPAND_LIMIT_BITS,
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

/// First clock cycle that is judged, when the reset has acted: before, a
/// source may be surer of its state than hardware is.
const FIRST: usize = 2;

/// Evaluates a netlist on the inputs of a trace and returns the first known
/// bit of a register or output that it gets wrong. Bits that are unknown in
/// the trace's first state start at random.
pub fn compare(design: &Generated, netlist: &Netlist, trace: &Trace) -> Option<Mismatch> {
    let mut state = first_state(design, netlist, trace)?;
    for (cycle, values) in trace.iter().enumerate().skip(FIRST) {
        let value = |name: &str| place(design, name).map_or("", |port| values[port].as_str());
        let inputs = inputs(design, netlist, values);
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

/// Judges control states and liveness on a trace: the design is in a control
/// state in every cycle once the reset has led it to one, and random values in its dead bits change no output
/// in that cycle nor in those that follow. Returns what is wrong.
pub fn judge_liveness(design: &Generated, netlist: &Netlist, trace: &Trace) -> Option<String> {
    const AHEAD: usize = 12;
    let (graph, found) = control::explore(netlist, &ControlOptions::default());
    if found.has_errors() {
        return Some(format!("{:?}", found.list));
    }
    let (graph, liveness) = liveness::analyze(netlist, &graph, &[]);
    let mut rng = Rng::new(design.seed);
    let first = first_state(design, netlist, trace)?;
    let way = way(design, netlist, &trace[FIRST..], first);
    let mut been_inside = false;
    for cycle in FIRST..trace.len() {
        let given = inputs(design, netlist, &trace[cycle]);
        let state = &way[cycle - FIRST].state;
        let (now, _) = eval::under_resets(netlist, state, &given);
        let reset = now != *state;
        let mut inside = false;
        for (number, control) in graph.states.iter().enumerate() {
            // An asynchronous reset may mix values that no cycle begins with.
            inside |= holds(&graph, control, state);
            if !holds(&graph, control, &now) {
                continue;
            }
            let mut copy = now.clone();
            for (reg, bits) in copy.registers.iter_mut().enumerate() {
                for (at, bit) in bits.iter_mut().enumerate() {
                    let live = liveness.bits.of(RegId(reg as u32), at as u32);
                    if !liveness.live[number].contains(live) {
                        *bit = rng.chance(50);
                    }
                }
            }
            let ahead = &trace[cycle..trace.len().min(cycle + AHEAD)];
            let way = &way[cycle - FIRST..];
            if let Some((later, output)) = diverge(design, netlist, ahead, way, copy) {
                return Some(format!(
                    "seed {}: dead bits of `{}` in cycle {cycle} change `{output}` {later} cycles later{}",
                    design.seed,
                    control.name,
                    if reset { ", under a reset" } else { "" }
                ));
            }
        }
        // A register that follows the reset later may take more cycles of it than have been.
        been_inside |= inside;
        if !inside && (been_inside || cycle + 1 == trace.len()) {
            let seed = design.seed;
            return Some(format!("seed {seed}: no control state in cycle {cycle}"));
        }
    }
    None
}

/// A cycle as it is without disturbance.
struct Step {
    /// Before the clock edge.
    state: eval::MachineState,
    outputs: Vec<Vec<bool>>,
}

/// What happens on the inputs of a trace.
fn way(
    design: &Generated,
    netlist: &Netlist,
    trace: &[Vec<String>],
    mut state: eval::MachineState,
) -> Vec<Step> {
    let mut out = Vec::new();
    for values in trace {
        let done = eval::cycle(netlist, &state, &inputs(design, netlist, values));
        let outputs = done.outputs;
        out.push(Step { state, outputs });
        state = done.next;
    }
    out
}

/// Whether the registers have the values that a control state is about.
fn holds(graph: &ControlGraph, control: &State, state: &eval::MachineState) -> bool {
    let mut pairs = graph.registers.iter().zip(&control.values);
    pairs.all(|(register, value)| {
        let bits = &state.registers[register.index()];
        (0..value.width()).all(|at| {
            let wanted = value.bit(at);
            wanted.is_none_or(|wanted| wanted == bits[at as usize])
        })
    })
}

/// Runs a state beside the right way on the inputs of a trace; returns when and at which output they part.
fn diverge<'a>(
    design: &Generated,
    netlist: &'a Netlist,
    trace: &[Vec<String>],
    way: &[Step],
    mut other: eval::MachineState,
) -> Option<(usize, &'a str)> {
    for (later, (values, step)) in trace.iter().zip(way).enumerate() {
        // Equal states stay equal.
        if later > 0 && other == step.state {
            return None;
        }
        let done = eval::cycle(netlist, &other, &inputs(design, netlist, values));
        let mut pairs = netlist
            .outputs
            .iter()
            .zip(step.outputs.iter().zip(&done.outputs));
        if let Some((output, _)) = pairs.find(|(_, (a, b))| a != b) {
            return Some((later, &output.name));
        }
        other = done.next;
    }
    None
}

/// The state at cycle [`FIRST`] of a trace. Bits that are unknown there are those
/// that the netlist comes to from a random state: Icarus knows less than hardware
/// does (`0 << x` is unknown).
fn first_state(design: &Generated, netlist: &Netlist, trace: &Trace) -> Option<eval::MachineState> {
    let mut rng = Rng::new(design.seed);
    let mut state = eval::MachineState::zero(netlist);
    for bit in state.registers.iter_mut().flatten() {
        *bit = rng.chance(50);
    }
    for values in trace.get(..FIRST)? {
        state = eval::cycle(netlist, &state, &inputs(design, netlist, values)).next;
    }
    for (index, register) in state.registers.iter_mut().enumerate() {
        let known = trace.get(FIRST)?[design.ports.len() + index].bytes().rev();
        for (bit, known) in register.iter_mut().zip(known) {
            if matches!(known, b'0' | b'1') {
                *bit = known == b'1';
            }
        }
    }
    Some(state)
}

/// Where a port stands in a line of a trace.
fn place(design: &Generated, name: &str) -> Option<usize> {
    design.ports.iter().position(|port| port.name == name)
}

/// The inputs of a netlist in one cycle of a trace.
fn inputs(design: &Generated, netlist: &Netlist, values: &[String]) -> Vec<Vec<bool>> {
    let value = |name: &str| place(design, name).map_or("", |port| values[port].as_str());
    let inputs = netlist.inputs.iter();
    inputs
        .map(|input| {
            let bits = value(&input.name).bytes().rev();
            bits.map(|bit| bit == b'1').collect()
        })
        .collect()
}

/// Whether a known bit differs, or the width.
fn differ(expected: &str, actual: &[bool]) -> bool {
    let bits = expected.bytes().rev().zip(actual);
    let mut wrong = bits.map(|(expected, &actual)| expected == if actual { b'0' } else { b'1' });
    expected.len() != actual.len() || wrong.any(|wrong| wrong)
}
