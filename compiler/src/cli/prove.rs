//! `idetic prove`: live bits and plan, checked with a solver.

use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};

use crate::cli::args::{Format, ProofLimits, ProveArgs};
use crate::cli::console::Console;
use crate::cli::emitted;
use crate::cli::equivalence::{self, Outcome};
use crate::cli::exact;
use crate::cli::exit::Exit;
use crate::cli::output;
use crate::cli::request::{self, Request};
use crate::diagnostics::{Diagnostic, Diagnostics, Severity, codes};
use crate::driver::{self, Analysis};
use crate::netlist::{Bits, MemId, Netlist, RegId};
use crate::plan::Plan;
use crate::prove::{self, Claims, Counterexample, Effect, Proof, ProveOptions, Subject, Verdict};
use crate::source::SourceMap;

/// Counterexamples that are printed; JSON has all.
const SHOWN: usize = 5;
/// Names that one line lists.
const NAMES: usize = 8;

/// Runs the subcommand.
pub fn run(arguments: &ProveArgs, console: &Console, sources: &mut SourceMap) -> Result<(), Exit> {
    let request = request::request(&arguments.design, Some(&arguments.plan), sources)?;
    let mut analysis = super::analyze_design(&request, console, sources)?;
    if arguments.exact {
        return exact::run(&analysis, &options(arguments.limits), console);
    }
    let (plan, diagnostics) = driver::plan(&analysis, &request.insert);
    let Some(plan) = plan else {
        return Err(Exit::Input(diagnostics));
    };
    console.diagnostics(&diagnostics, sources);
    if let Some(dir) = &arguments.export {
        export(&analysis, &plan, dir)?;
    }
    let (proof, time) = check(&analysis, &plan, arguments.limits, console);
    let same = match proof.holds() {
        true => insertions(&mut analysis, &request, arguments.limits, console, sources)?,
        false => Outcome::NotTried("the plan is not proved".to_string()),
    };
    match console.format {
        Format::Json => console.result(&machine(&analysis, &proof, time, &same))?,
        Format::Text if console.quiet => {}
        Format::Text => {
            let summary = summary(&analysis, &proof, time) + &same.summary();
            console.result(&summary)?;
        }
    }
    holds(&analysis, &proof)?;
    same.holds()
}

/// Whether the insertions change nothing, where the design can be instrumented.
fn insertions(
    analysis: &mut Analysis,
    request: &Request,
    limits: ProofLimits,
    console: &Console,
    sources: &mut SourceMap,
) -> Result<Outcome, Diagnostic> {
    let limit = Duration::from_secs(limits.equivalence_timeout);
    if limit.is_zero() {
        return Ok(Outcome::not_wanted());
    }
    let (inserted, diagnostics) = driver::insert(analysis, sources, &request.insert);
    let Some(mut inserted) = inserted else {
        let error = diagnostics
            .list
            .iter()
            .find(|one| one.severity == Severity::Error);
        let why = error.map_or("", |error| error.message.as_str());
        return Ok(Outcome::NotTried(format!("`insert` refuses it: {why}")));
    };
    if let Err(error) = emitted::name_apart(&mut inserted.output, sources) {
        return Ok(Outcome::NotTried(format!(
            "`insert` refuses it: {}",
            error.message
        )));
    }
    equivalence::check(analysis, &inserted.output, sources, request, limit, console)
}

/// Writes the obligations for Yosys.
fn export(analysis: &Analysis, plan: &Plan, dir: &Path) -> Result<(), Diagnostic> {
    let files = prove::export(&Claims {
        netlist: &analysis.netlist,
        graph: &analysis.graph,
        liveness: &analysis.liveness,
        plan: Some(plan),
    });
    let files = files.into_iter().map(|file| (file.name, file.text));
    output::write(dir, &files.collect::<Vec<_>>())
}

fn options(limits: ProofLimits) -> ProveOptions {
    ProveOptions {
        state_time: Duration::from_secs(limits.state_timeout),
        total_time: Duration::from_secs(limits.proof_timeout),
    }
}

/// Proves with a progress bar, and tells how long it took.
pub fn check(
    analysis: &Analysis,
    plan: &Plan,
    limits: ProofLimits,
    console: &Console,
) -> (Proof, Duration) {
    let begin = Instant::now();
    let bar = console.progress();
    bar.set_message("proving, obligation");
    let proof = prove::prove(
        &Claims {
            netlist: &analysis.netlist,
            graph: &analysis.graph,
            liveness: &analysis.liveness,
            plan: Some(plan),
        },
        &options(limits),
        |done, all| {
            bar.set_length(all as u64);
            bar.set_position(done as u64);
        },
    );
    bar.finish_and_clear();
    (proof, begin.elapsed())
}

/// An error where a proof does not hold.
///
/// # Errors
/// [`Exit::Counterexample`] with what is refuted or open.
pub fn holds(analysis: &Analysis, proof: &Proof) -> Result<(), Exit> {
    let found = complaints(analysis, proof);
    match found.list.is_empty() {
        true => Ok(()),
        false => Err(Exit::Counterexample(found)),
    }
}

/// The name of what an obligation is about.
fn subject(analysis: &Analysis, subject: Subject) -> &str {
    match subject {
        Subject::Start => "the start",
        Subject::State(state) | Subject::Rewrites(state) => {
            &analysis.graph.states[state.index()].name
        }
    }
}

/// The name of a bit.
pub(super) fn bit(analysis: &Analysis, (register, bit): (RegId, u32)) -> String {
    let register = &analysis.netlist.registers[register.index()];
    match register.width {
        1 => register.name.clone(),
        _ => format!("{}[{bit}]", register.name),
    }
}

/// Some names, and how many more there are.
pub(super) fn bits(analysis: &Analysis, list: &[(RegId, u32)]) -> String {
    let mut names: Vec<String> = (list.iter().take(NAMES))
        .map(|&one| format!("`{}`", bit(analysis, one)))
        .collect();
    if list.len() > NAMES {
        names.push(format!("{} more", list.len() - NAMES));
    }
    names.join(", ")
}

fn contents(analysis: &Analysis, list: &[MemId]) -> String {
    let names = list.iter().map(|memory| {
        let memory = &analysis.netlist.memories[memory.index()];
        format!("the memory `{}`", memory.name)
    });
    names.collect::<Vec<_>>().join(", ")
}

fn count(proof: &Proof, wanted: impl Fn(&Verdict) -> bool) -> usize {
    let verdicts = proof.obligations.iter().map(|one| &one.verdict);
    verdicts.filter(|verdict| wanted(verdict)).count()
}

/// The result for people.
pub fn summary(analysis: &Analysis, proof: &Proof, time: Duration) -> String {
    let refuted = count(proof, |verdict| matches!(verdict, Verdict::Refuted(_)));
    let unknown = count(proof, |verdict| *verdict == Verdict::Unknown);
    let verdict = match (refuted, unknown) {
        (0, 0) => "proved: a supply failure loses nothing that matters".to_string(),
        (0, unknown) => format!("NOT PROVED: {unknown} obligations did not end in time"),
        (refuted, _) => format!("REFUTED in {refuted} obligations"),
    };
    let gates = proof.obligations.iter().map(|one| one.gates).max();
    format!(
        "{:<14} {}: {verdict}\n{:<14} {} of {} proved, over {} control states and {} flip-flop bits\n{:<14} {:.2} s, largest circuit {} gates\n",
        "prove",
        analysis.netlist.top,
        "obligations",
        count(proof, |verdict| *verdict == Verdict::Proved),
        proof.obligations.len(),
        analysis.graph.states.len(),
        analysis.netlist.flop_bits(),
        "solver",
        time.as_secs_f64(),
        gates.unwrap_or(0),
    )
}

/// What is not proved, as errors.
fn complaints(analysis: &Analysis, proof: &Proof) -> Diagnostics {
    let mut list = Vec::new();
    let (mut refuted, mut unknown) = (0, Vec::new());
    for obligation in &proof.obligations {
        match &obligation.verdict {
            Verdict::Proved => {}
            Verdict::Unknown => unknown.push(subject(analysis, obligation.subject)),
            Verdict::Refuted(found) => {
                refuted += 1;
                if refuted <= SHOWN {
                    list.push(complaint(analysis, obligation.subject, found));
                }
            }
        }
    }
    if refuted > SHOWN {
        let more = format!("{} more obligations are refuted", refuted - SHOWN);
        list.push(Diagnostic::global(codes::REFUTED, more).help("`--format json` lists all"));
    }
    if let Some(first) = unknown.first() {
        let message = match unknown.len() {
            1 => format!("no proof for `{first}` in the time given"),
            more => format!(
                "no proof for `{first}` and {} more states in the time given",
                more - 1
            ),
        };
        list.push(
            Diagnostic::global(codes::UNPROVED, message)
                .help("give more time by `--state-timeout` and `--proof-timeout`"),
        );
    }
    Diagnostics { list }
}

fn register_names(netlist: &Netlist, registers: &[RegId]) -> Vec<String> {
    let name = |register: &RegId| netlist.registers[register.index()].name.clone();
    registers.iter().map(name).collect()
}

fn complaint(analysis: &Analysis, about: Subject, found: &Counterexample) -> Diagnostic {
    let netlist = &analysis.netlist;
    let state = subject(analysis, about);
    let effect = match &found.effect {
        Effect::Output(at) => format!("the output `{}` differs", netlist.outputs[*at].name),
        Effect::Condition(at) => format!(
            "the condition under which the output `{}` counts differs",
            netlist.outputs[*at].name
        ),
        Effect::Live {
            state,
            bits: differ,
            memories,
        } => format!(
            "in the next state `{}` what is live differs: {}",
            analysis.graph.states[state.index()].name,
            [bits(analysis, differ), contents(analysis, memories)]
                .into_iter()
                .filter(|names| !names.is_empty())
                .collect::<Vec<_>>()
                .join(", ")
        ),
        Effect::Constant { state, bits: wrong } => format!(
            "in the next state `{}` bits do not have the value that they are said to have: {}",
            analysis.graph.states[state.index()].name,
            bits(analysis, wrong)
        ),
        Effect::Shown(state) => format!(
            "the registers show the state `{}` then, without having its constants",
            analysis.graph.states[state.index()].name
        ),
        Effect::Range { state, registers } => format!(
            "in the next state `{}` registers are not within the ranges that they are said to keep there: {}",
            analysis.graph.states[state.index()].name,
            register_names(netlist, registers).join(", ")
        ),
        Effect::Rewritten(memory) => format!(
            "a row of `{}` is written that may have been read since the last commit, or not all of its bits are",
            netlist.memories[memory.index()].name
        ),
        Effect::Forgotten(state) => format!(
            "in the next state `{}` it does not count as read any more, without a commit that is never skipped",
            analysis.graph.states[state.index()].name
        ),
        Effect::NoState => {
            "the next state is none that the control graph has an edge to".to_string()
        }
    };
    let message = match (about, found.bits.is_empty()) {
        (Subject::Start, _) => "the start leads into no initial control state".to_string(),
        (Subject::Rewrites(_), _) => format!(
            "in state `{state}` what runs again after a supply failure may read other contents: {}",
            contents(analysis, &found.memories)
        ),
        (_, true) if !found.memories.is_empty() => format!(
            "in state `{state}` contents that matter are not kept: {}",
            contents(analysis, &found.memories)
        ),
        (_, true) => format!("in state `{state}` a step is not as claimed"),
        (_, false) => format!(
            "in state `{state}` {} not kept: {}",
            match found.bits.len() {
                1 => "a bit that matters is",
                _ => "bits that matter are",
            },
            bits(analysis, &found.bits)
        ),
    };
    let error = match found.bits.first() {
        Some((register, _)) => {
            let declared = netlist.registers[register.index()].origin.declaration;
            Diagnostic::error(codes::REFUTED, declared, message)
        }
        None => Diagnostic::global(codes::REFUTED, message),
    };
    error.note(effect).note(valuation(analysis, found)).help(
        "if nothing was left out on purpose this is a bug of idetic: please report it with the design",
    )
}

/// Inputs and registers of the counterexample, in one line.
fn valuation(analysis: &Analysis, found: &Counterexample) -> String {
    let netlist = &analysis.netlist;
    let inputs = (found.inputs.iter())
        .map(|(input, value)| (netlist.inputs[input.index()].name.as_str(), value));
    let registers = (found.registers.iter())
        .map(|(register, value)| (netlist.registers[register.index()].name.as_str(), value));
    let all: Vec<(&str, &Bits)> = inputs.chain(registers).collect();
    let mut shown: Vec<String> = (all.iter().take(2 * NAMES))
        .map(|(name, value)| format!("{name} = {value}"))
        .collect();
    if all.len() > shown.len() {
        shown.push(format!("{} more", all.len() - shown.len()));
    }
    format!("with {}", shown.join(", "))
}

/// The result for machines.
fn machine(analysis: &Analysis, proof: &Proof, time: Duration, same: &Outcome) -> String {
    let obligations: Vec<Value> = (proof.obligations.iter())
        .map(|obligation| {
            let mut entry = json!({
                "subject": match obligation.subject {
                    Subject::Start => "start",
                    Subject::State(_) => "state",
                    Subject::Rewrites(_) => "rewrites",
                },
                "verdict": match obligation.verdict {
                    Verdict::Proved => "proved",
                    Verdict::Refuted(_) => "refuted",
                    Verdict::Unknown => "unknown",
                },
                "gates": obligation.gates,
                "time_seconds": obligation.time.as_secs_f64(),
            });
            if let Subject::State(_) | Subject::Rewrites(_) = obligation.subject {
                entry["state"] = json!(subject(analysis, obligation.subject));
            }
            if let Verdict::Refuted(found) = &obligation.verdict {
                entry["counterexample"] = counterexample(analysis, found);
            }
            entry
        })
        .collect();
    let value = json!({
        "top": analysis.netlist.top,
        "proved": proof.holds(),
        "obligations": obligations,
        "insertions": same.word(),
        "time_seconds": time.as_secs_f64(),
    });
    format!("{value:#}\n")
}

fn counterexample(analysis: &Analysis, found: &Counterexample) -> Value {
    let netlist = &analysis.netlist;
    let names = |list: &[(RegId, u32)]| -> Vec<String> {
        list.iter().map(|&one| bit(analysis, one)).collect()
    };
    let memory_names = |list: &[MemId]| -> Vec<&str> {
        let memories = list.iter().map(|memory| &netlist.memories[memory.index()]);
        memories.map(|memory| memory.name.as_str()).collect()
    };
    let effect = match &found.effect {
        Effect::Output(at) => json!({ "output": netlist.outputs[*at].name }),
        Effect::Condition(at) => json!({ "condition_of": netlist.outputs[*at].name }),
        Effect::Live {
            state,
            bits,
            memories,
        } => json!({
            "next_state": analysis.graph.states[state.index()].name,
            "live": names(bits),
            "memories": memory_names(memories),
        }),
        Effect::Constant { state, bits } => json!({
            "next_state": analysis.graph.states[state.index()].name,
            "constants": names(bits),
        }),
        Effect::Shown(state) => json!({
            "shown_state": analysis.graph.states[state.index()].name,
        }),
        Effect::Range { state, registers } => json!({
            "next_state": analysis.graph.states[state.index()].name,
            "ranges": register_names(netlist, registers),
        }),
        Effect::Rewritten(memory) => json!({
            "rewritten": netlist.memories[memory.index()].name,
        }),
        Effect::Forgotten(state) => json!({
            "forgotten_in": analysis.graph.states[state.index()].name,
        }),
        Effect::NoState => json!({ "next_state": null }),
    };
    let inputs: Map<String, Value> = (found.inputs.iter())
        .map(|(input, value)| {
            (
                netlist.inputs[input.index()].name.clone(),
                json!(value.to_string()),
            )
        })
        .collect();
    let registers: Map<String, Value> = (found.registers.iter())
        .map(|(register, value)| {
            let name = netlist.registers[register.index()].name.clone();
            (name, json!(value.to_string()))
        })
        .collect();
    json!({
        "bits": names(&found.bits),
        "memories": memory_names(&found.memories),
        "effect": effect,
        "inputs": inputs,
        "registers": registers,
    })
}
