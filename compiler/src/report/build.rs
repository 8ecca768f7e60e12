//! Collects the report from the results of the passes.

use std::collections::BTreeMap;

use indexmap::IndexMap;

use crate::control::{ControlGraph, StateId};
use crate::energy::{Effort, Model};
use crate::frontend::ObserveOptions;
use crate::layout::{LaidOut, Layout, WidthTried};
use crate::liveness::{BitSet, Liveness, Range};
use crate::netlist::{Bits, Kept, Netlist, RegId};
use crate::plan::pareto::Front;
use crate::plan::{self, Alternative, Plan, Policy};
use crate::source::SourceMap;

use super::energy;
use super::expected;
use super::hazards;
use super::model::*;
use super::pareto;

/// What a report is made from.
#[derive(Debug, Clone, Copy)]
pub struct Inputs<'a> {
    /// Texts, for the places of registers.
    pub sources: &'a SourceMap,
    /// The design.
    pub netlist: &'a Netlist,
    /// When its outputs count.
    pub observe: &'a ObserveOptions,
    /// Its control states.
    pub graph: &'a ControlGraph,
    /// Live bits.
    pub liveness: &'a Liveness,
    /// Where the design does what cannot be taken back.
    pub hazards: &'a [crate::hazards::Hazard],
    /// Plan and layout, when the design has been instrumented.
    pub plan: Option<(&'a Plan, &'a Layout)>,
    /// What running and saving costs, if that is known; it is used with a plan only.
    pub energy: Option<&'a Model>,
    /// When a checkpoint saves.
    pub policy: Policy,
    /// Other plans for the same design to compare with.
    pub compared: &'a [(Alternative, Plan, Layout)],
    /// The plans for other weights, where they were asked for.
    pub pareto: Option<&'a Front<LaidOut>>,
    /// Hash of the design's text, hexadecimal.
    pub design_hash: &'a str,
    /// NVM word width for the baseline where there is no layout.
    pub word_bits: u32,
    /// The widths that were tried, if there was a choice.
    pub widths: &'a [WidthTried],
}

/// Builds the report.
pub fn report(inputs: &Inputs) -> Report {
    let netlist = inputs.netlist;
    let word_bits = inputs.plan.map_or(inputs.word_bits, |(_, l)| l.word_bits);
    let written = netlist
        .saved_memories()
        .map(|memory| &netlist.memories[memory.index()]);
    let (mut memory_bits, mut memory_words) = (0, 0);
    for memory in written {
        memory_bits += memory.bits();
        memory_words += u64::from(memory.depth) * u64::from(memory.width.div_ceil(word_bits));
    }
    let flops_bits = netlist.flop_bits();
    Report {
        schema_version: 1,
        idetic_version: env!("CARGO_PKG_VERSION").to_string(),
        design: design(inputs),
        observe: observe(inputs.observe),
        stable_inputs: stable_inputs(inputs.observe),
        control: control(inputs),
        handshakes_declared: inputs.observe.handshakes.len(),
        hazards: {
            let mut all = hazards::list(netlist, inputs.observe, inputs.hazards);
            all.extend(hazards::rewrites(inputs));
            all
        },
        checkpoints: inputs
            .plan
            .map(|(plan, layout)| checkpoints(inputs, plan, layout))
            .unwrap_or_default(),
        baseline: Baseline {
            saved_bits: flops_bits + memory_bits,
            saved_words: flops_bits.div_ceil(u64::from(word_bits)) + memory_words,
            save_joules: inputs
                .energy
                .map(|model| energy::baseline(netlist, word_bits, model)),
        },
        budget: inputs
            .plan
            .map(|(plan, _)| energy::budget(plan, inputs.energy)),
        overhead: energy::overhead(inputs),
        comparison: energy::comparison(inputs),
        pareto: pareto::points(inputs),
        pareto_search: inputs.pareto.map(pareto::search),
        failures: expected::failures(inputs),
        energy: inputs.energy.map(energy::energy),
        optimality: inputs.plan.map(|(plan, _)| optimality(plan)),
        nvm: inputs.plan.map(|(_, layout)| Nvm {
            word_bits: layout.word_bits,
            tried: widths(inputs),
            chain_words: layout.words,
            chain_bits: layout.chain.len(),
            memory_words: layout.memory_words(),
            cold_start_loads: layout.cold.is_some(),
            slots: layout.slots,
            slot_words: layout.slot_words,
        }),
    }
}

fn widths(inputs: &Inputs) -> Vec<NvmWidth> {
    let widths = inputs.widths.iter();
    let width = |it: &WidthTried| NvmWidth {
        word_bits: it.word_bits,
        cost: it.cost.map(energy::digits),
    };
    widths.map(width).collect()
}

fn design(inputs: &Inputs) -> Design {
    let (netlist, sources) = (inputs.netlist, inputs.sources);
    let registers = netlist
        .registers
        .iter()
        .enumerate()
        .map(|(index, register)| {
            let declaration = register.origin.declaration;
            let verdict = inputs.graph.verdicts.get(index);
            Register {
                name: register.name.clone(),
                width_bits: register.width,
                file: sources.path(declaration.file).display().to_string(),
                line: sources.line_col(declaration.file, declaration.start).line,
                control: verdict.is_some_and(|verdict| verdict.control),
                reason: verdict.map_or(String::new(), |verdict| verdict.reason.clone()),
            }
        })
        .collect();
    Design {
        top: netlist.top.clone(),
        files: sources
            .files()
            .map(|(_, file)| file.path.display().to_string())
            .collect(),
        hash: inputs.design_hash.to_string(),
        flops_bits: netlist.flop_bits(),
        memory_bits: netlist.memory_bits(),
        clocks: clocks(netlist),
        black_boxes: black_boxes(netlist),
        registers,
        data_files: netlist
            .data_files
            .iter()
            .map(|(name, _)| name.clone())
            .collect(),
        passed_over: netlist
            .passed_over
            .iter()
            .map(|it| PassedOver {
                what: it.what.clone(),
                file: sources.path(it.span.file).display().to_string(),
                line: sources.line_col(it.span.file, it.span.start).line,
            })
            .collect(),
        memories: memories(inputs),
    }
}

fn observe(options: &ObserveOptions) -> Vec<Observe> {
    let outputs = options.outputs.iter();
    outputs
        .map(|output| Observe {
            output: output.output.clone(),
            when: (output.when.clone()).map(|range| options.text[range].to_owned()),
            file: options.path.display().to_string(),
            line: hazards::line(&options.text, output.name.start),
        })
        .collect()
}

fn stable_inputs(options: &ObserveOptions) -> Vec<StableInput> {
    let inputs = options.stable.iter();
    inputs
        .map(|range| StableInput {
            input: options.text[range.clone()].to_owned(),
            file: options.path.display().to_string(),
            line: hazards::line(&options.text, range.start),
        })
        .collect()
}

/// Between which numbers registers are in a state.
fn value_ranges(inputs: &Inputs, state: usize) -> IndexMap<String, ValueRange> {
    let of = |&(register, range): &(RegId, Range)| {
        let own = &inputs.netlist.registers[register.index()];
        let number = |of: u64| value(&Bits::from_u64(own.width, of));
        let (least, most) = (number(range.least), number(range.most));
        (own.name.clone(), ValueRange { least, most })
    };
    inputs.liveness.ranges[state].iter().map(of).collect()
}

/// What is missing of the states.
fn not_searched(inputs: &Inputs) -> Vec<&'static str> {
    let given_up = inputs.liveness.given_up;
    let kinds = [
        ("ranges", given_up.ranges),
        ("constants", given_up.constants),
        ("relations", given_up.relations),
    ];
    let missing = kinds.into_iter().filter(|(_, missing)| *missing);
    missing.map(|(kind, _)| kind).collect()
}

/// The clocks, if there are several.
fn clocks(netlist: &Netlist) -> Vec<Clock> {
    let domains = match &netlist.domains[..] {
        [_] => &[],
        all => all,
    };
    let clock = |clock: &crate::domain::ClockSummary| Clock {
        port: clock.port.clone(),
        edge: if clock.rising { "rising" } else { "falling" }.to_string(),
        register_bits: clock.register_bits,
        memory_bits: clock.memory_bits,
        saved: clock.selected,
    };
    domains.iter().map(clock).collect()
}

fn black_boxes(netlist: &Netlist) -> Vec<BlackBox> {
    let opaque = |opaque: &crate::netlist::BlackBox| BlackBox {
        name: opaque.path.clone(),
        module: opaque.module.clone(),
        ports: opaque.ports.iter().map(|port| port.declaration()).collect(),
    };
    netlist.black_boxes.iter().map(opaque).collect()
}

fn memories(inputs: &Inputs) -> Vec<Memory> {
    let (netlist, sources) = (inputs.netlist, inputs.sources);
    let memories = netlist.memories.iter();
    memories
        .map(|memory| {
            let declaration = memory.origin.declaration;
            Memory {
                name: memory.name.clone(),
                width_bits: memory.width,
                depth: memory.depth,
                file: sources.path(declaration.file).display().to_string(),
                line: sources.line_col(declaration.file, declaration.start).line,
                written: !memory.writes.is_empty(),
                kept: memory.kept.map(|kept| match kept {
                    Kept::Nonvolatile => "nonvolatile",
                    Kept::External => "external",
                }),
            }
        })
        .collect()
}

/// Names of the memories of which parts are in a set, with the rows where it is not all.
fn memory_names(inputs: &Inputs, set: &BitSet) -> Vec<String> {
    let runs = inputs.liveness.bits.parts.runs(set.iter());
    runs.iter().map(|run| run.name(inputs.netlist)).collect()
}

fn control(inputs: &Inputs) -> Control {
    let (graph, netlist) = (inputs.graph, inputs.netlist);
    let names: Vec<String> = graph
        .registers
        .iter()
        .map(|register| netlist.registers[register.index()].name.clone())
        .collect();
    let states = graph
        .states
        .iter()
        .zip(inputs.liveness.live.iter().zip(&inputs.liveness.memories))
        .enumerate()
        .map(|(id, (state, (live, memories)))| {
            let constants = plan::given(netlist, graph, inputs.liveness, StateId(id as u32));
            (id, state, live, memories, constants)
        })
        .map(|(id, state, live, memories, constants)| State {
            id: id as u32,
            name: state.name.clone(),
            initial: state.initial,
            values: names
                .iter()
                .cloned()
                .zip(&state.values)
                .filter(|(_, bits)| (0..bits.width()).any(|bit| bits.bit(bit).is_some()))
                .map(|(name, bits)| (name, value(bits)))
                .collect(),
            live_bits: live.count(),
            live: live_ranges(inputs, live),
            constant_bits: constants.count(),
            constant: live_ranges(inputs, constants.bits()),
            ranges: value_ranges(inputs, id),
            live_memories: {
                let parts = &inputs.liveness.bits.parts;
                let mut saved = BitSet::new(parts.len());
                for part in memories
                    .iter()
                    .filter(|&part| plan::is_saved(netlist, parts, part))
                {
                    saved.insert(part);
                }
                memory_names(inputs, &saved)
            },
        })
        .collect();
    let mut edges: BTreeMap<(u32, u32), bool> = BTreeMap::new();
    for edge in &graph.edges {
        // A pair is marked as reset where nothing else joins it.
        let reset = edges.entry((edge.from.0, edge.to.0)).or_insert(true);
        *reset &= edge.reset;
    }
    Control {
        registers: names,
        reset: graph
            .reset
            .as_ref()
            .map(|reset| format!("{}={}", reset.port, u8::from(reset.active_high))),
        not_searched: not_searched(inputs),
        states,
        edges: edges
            .into_iter()
            .map(|((from, to), reset)| Edge { from, to, reset })
            .collect(),
    }
}

fn value(bits: &Bits) -> Value {
    match bits.to_u64() {
        Some(value) if value < 1 << 53 => Value::Number(value),
        _ => Value::Text(bits.to_string()),
    }
}

/// Per register with a bit in the set, its bits as ranges, highest first.
fn live_ranges(inputs: &Inputs, live: &BitSet) -> IndexMap<String, String> {
    let mut bits: IndexMap<u32, Vec<u32>> = IndexMap::new();
    for number in live.iter() {
        let (register, bit) = inputs.liveness.bits.bit(number);
        bits.entry(register.0).or_default().push(bit);
    }
    bits.into_iter()
        .map(|(register, bits)| {
            let runs: Vec<&[u32]> = bits.chunk_by(|a, b| a + 1 == *b).collect();
            let text: Vec<String> = runs
                .iter()
                .rev()
                .map(|run| match run {
                    [one] => one.to_string(),
                    _ => format!("{}:{}", run[run.len() - 1], run[0]),
                })
                .collect();
            let name = inputs.netlist.registers[register as usize].name.clone();
            (name, text.join(","))
        })
        .collect()
}

fn checkpoints(inputs: &Inputs, plan: &Plan, layout: &Layout) -> Vec<Checkpoint> {
    let graph = inputs.graph;
    let around = layout.slot_words - layout.words - layout.memory_words();
    plan.checkpoints
        .iter()
        .enumerate()
        .map(|(index, checkpoint)| {
            let ranges = layout.live_ranges[index].iter();
            let memory_words: u32 = ranges.map(|at| layout.ranges[at].words).sum();
            let parts = &inputs.liveness.bits.parts;
            let memory_bits = parts.bits(checkpoint.memories.iter());
            let words = layout.live_words[index].count() + memory_words as usize;
            let shape = layout.shape(index);
            let (save, restore) = (shape.save(), shape.restore());
            let clocks = |effort: &Effort| match inputs.energy {
                Some(model) => model.clocks(effort),
                None => effort.clocks,
            };
            let joules =
                |effort: &Effort| inputs.energy.map(|it| energy::digits(it.joules(effort)));
            Checkpoint {
                state: checkpoint.state.0,
                name: graph.states[checkpoint.state.index()].name.clone(),
                saved_bits: checkpoint.saved.count() + memory_bits as usize,
                given_bits: checkpoint.given.count(),
                derived_bits: checkpoint.derived.len(),
                derived: {
                    let mut derived = BitSet::new(checkpoint.saved.capacity());
                    for &bit in checkpoint.derived.keys() {
                        derived.insert(bit);
                    }
                    live_ranges(inputs, &derived)
                },
                saved_words: words,
                saved_memories: memory_names(inputs, &checkpoint.memories),
                written_words: around + words as u32,
                save_cycles: clocks(&save),
                save_joules: joules(&save),
                restore_cycles: clocks(&restore),
                restore_joules: joules(&restore),
                threshold: inputs.energy.and_then(|model| {
                    let takes = plan.without_save.get(index)?;
                    Some(match plan.is_sure(checkpoint.state) {
                        true => u8::MAX,
                        false => model.supply.level(*takes),
                    })
                }),
            }
        })
        .collect()
}

pub(super) fn optimality(plan: &Plan) -> Optimality {
    let found = &plan.optimality;
    let gap = if found.objective > 0.0 {
        (found.objective - found.lower_bound) / found.objective * 100.0
    } else {
        0.0
    };
    Optimality {
        method: found.method.to_string(),
        objective: found.objective,
        lower_bound: found.lower_bound,
        gap_percent: (gap.max(0.0) * 100.0).round() / 100.0,
        counted_saves_percent: (found.counted_saves < 1.0)
            .then(|| super::energy::digits(found.counted_saves * 100.0)),
    }
}
