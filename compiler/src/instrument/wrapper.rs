//! The new top module: the instrumented design, its controller, its clock gate.

use indexmap::IndexMap;
use serde::Serialize;

use crate::control::ControlGraph;
use crate::diagnostics::{Diagnostic, Diagnostics, codes};
use crate::frontend::ast::Direction;
use crate::layout::Layout;
use crate::liveness::Liveness;
use crate::netlist::{InstanceId, Netlist, Port, ResetSource};
use crate::plan::Plan;

use super::decode::{self, Branch, LiveCase};
use super::names::{identifier, wrapper_name};
use super::skips::{self, Interval, Levels};
use super::tables::{self, Cold, GivenCase};
use super::text::unlinted;
use super::tree::Tree;
use super::vector::Vector;
use super::{Hold, InstrumentOptions, keywords, memory};

const TEMPLATE: &str = include_str!("wrapper.v.tera");

/// Name of the instance of the user's top module in the wrapper.
pub const DESIGN_INSTANCE: &str = "idetic_design";

/// The wrapper's parameter: the supply level above which saves are skipped.
pub const THRESHOLD_PARAMETER: &str = "idetic_threshold";

/// With the policy `timer`, the parameter of the wrapper that says how many logical cycles run between saves.
pub const INTERVAL_PARAMETER: &str = "idetic_interval";

/// The wrapper's wires that say that the chain moves at an edge, and its lowest word.
pub const SHIFT_WIRE: &str = "idetic_shift";
/// See [`SHIFT_WIRE`].
pub const CHAIN_WIRE: &str = "idetic_chain_out";

/// What the template is filled with.
#[derive(Serialize)]
struct Model {
    version: &'static str,
    wrapper: String,
    top: String,
    ports: Vec<String>,
    clock: String,
    clk: String,
    rising: bool,
    gate: bool,
    word_bits: u32,
    words: u32,
    word_index_bits: u32,
    chain_bits: usize,
    pad_bits: u32,
    pad_next: String,
    top_bits: u32,
    chain_out: String,
    address_bits: u32,
    nvm_words: u32,
    control_bits: u32,
    resets: Vec<Reset>,
    pulse_shift: bool,
    pulse_run: bool,
    top_instance: String,
    checkpoint_count: usize,
    checkpoints: Vec<Branch>,
    open_ended: bool,
    differs: Option<&'static str>,
    stored: Option<&'static str>,
    always_due: u8,
    index_bits: u32,
    live_cases: Vec<LiveCase>,
    live_default: String,
    id: String,
    memories: Option<Memories>,
    cold: Option<Cold>,
    given: Vec<GivenCase>,
    levels: Option<Levels>,
    interval: Option<Interval>,
    /// The checkpoints that are never skipped: conditions on the index, all of them, or none.
    sure: Option<String>,
    /// Some memory outlives a supply failure by itself.
    keeps: bool,
    clocked: bool,
}

/// The memories of the payload.
#[derive(Serialize)]
pub(super) struct Memories {
    /// Ranges of rows.
    count: usize,
    /// Memories.
    ports: usize,
    /// Some range does not begin with row 0.
    ranges: bool,
    words: u32,
    pub(super) index_bits: u32,
    pub(super) row_bits: u32,
    pub(super) part_bits: u32,
    /// Bits of a word that the ports carry.
    data_bits: u32,
    list: Vec<MemoryModel>,
    live_cases: Vec<LiveCase>,
    live_default: String,
    /// Mask of those that a cold start loads.
    loaded: String,
}

#[derive(Serialize)]
struct MemoryModel {
    name: String,
    width: u32,
    port: usize,
    offset: u32,
    first_row: u32,
    last_row: u32,
    whole: bool,
    last_part: u32,
}

#[derive(Serialize)]
struct Reset {
    port: String,
    expression: String,
}

/// Bits that count to `values - 1`, at least 1.
pub fn index_bits(values: u64) -> u32 {
    (64 - values.saturating_sub(1).leading_zeros()).max(1)
}

/// Bits of an NVM word address.
pub fn address_bits(layout: &Layout) -> u32 {
    index_bits(u64::from(layout.slots) * u64::from(layout.slot_words))
}

/// The passes' results that the wrapper is made from.
pub struct Inputs<'a> {
    /// Ports, clock, resets.
    pub netlist: &'a Netlist,
    /// State names and values.
    pub graph: &'a ControlGraph,
    /// Bit numbering.
    pub liveness: &'a Liveness,
    /// Checkpoints.
    pub plan: &'a Plan,
    /// Words and slots.
    pub layout: &'a Layout,
    /// Ports of the instrumented top.
    pub tree: &'a Tree,
    /// Options.
    pub options: &'a InstrumentOptions,
    /// Name of the instrumented top.
    pub top: &'a str,
}

/// The text of the wrapper; `None` with an error in `diagnostics`.
pub fn wrapper(inputs: &Inputs, diagnostics: &mut Diagnostics) -> Option<String> {
    let Inputs {
        netlist,
        graph,
        liveness,
        plan,
        layout,
        tree,
        options,
        ..
    } = *inputs;
    let Some(clock) = netlist.clock() else {
        diagnostics.push(
            Diagnostic::global(
                codes::NO_STATE,
                format!(
                    "`{}` has no clocked register that reaches an output",
                    netlist.top
                ),
            )
            .help("there is nothing to save; name another top with --top"),
        );
        return None;
    };
    let needs = tree.node(InstanceId(0)).needs;
    if options.hold == Hold::Enable && (needs.shift || needs.run) {
        let what = match needs.shift {
            true => "saved registers are behind a clock gate of the design",
            false => "the design has a black box with a clock",
        };
        diagnostics.push(
            Diagnostic::global(
                codes::CANNOT_EDIT,
                format!("`--hold enable` cannot stop this design: {what}"),
            )
            .help("use `--hold gate`: such a clock has to be gated anyway"),
        );
        return None;
    }
    let resets = match resets(netlist, options) {
        Ok(resets) => resets,
        Err(error) => {
            diagnostics.push(*error);
            return None;
        }
    };
    let node = tree.node(InstanceId(0));
    let clock_name = identifier(&clock.port);
    let clk = if clock.rising {
        clock_name.clone()
    } else {
        "idetic_clk".to_string()
    };
    let pad_bits = layout.words * layout.word_bits - layout.chain.len() as u32;
    let pad = Vector::new("idetic_pad", pad_bits);
    let filled = pad
        .clone()
        .then(Vector::new("idetic_chain_in", layout.word_bits));
    let pad_next = filled.slice(layout.word_bits, pad_bits).text();
    let top_bits = node.chain_bits.min(layout.word_bits);
    let top_in = filled.slice(layout.word_bits - top_bits, top_bits).text();
    let chain_out = Vector::new("idetic_lowest", top_bits)
        .then(pad)
        .slice(0, layout.word_bits)
        .text();
    let index_bits_ = index_bits(plan.checkpoints.len() as u64);
    let mut checkpoints = decode::branches(netlist, graph, liveness, plan, tree);
    let always = checkpoints.first().is_some_and(|c| c.condition.is_none());
    let open_ended = checkpoints.last().is_some_and(|c| c.condition.is_some());
    if always {
        checkpoints.clear();
    }
    // In the text the last one that holds has priority: a chain of `else if` that is
    // long overflows the stacks of parsers.
    checkpoints.reverse();
    let (live_cases, live_default) =
        decode::live_table(&layout.live_words, layout.words as usize, index_bits_);
    let memories = memories(inputs, index_bits_);
    let cold = tables::cold(layout, memories.as_ref());
    let given = tables::given(netlist, layout, tree, index_bits_);
    let mut model = Model {
        version: env!("CARGO_PKG_VERSION"),
        wrapper: identifier(&wrapper_name(&netlist.top)),
        top: netlist.top.clone(),
        ports: netlist.ports.iter().map(declaration).collect(),
        clock: clock_name,
        clk,
        rising: clock.rising,
        gate: options.hold == Hold::Gate,
        word_bits: layout.word_bits,
        words: layout.words,
        word_index_bits: index_bits(u64::from(layout.words)),
        chain_bits: layout.chain.len(),
        pad_bits,
        pad_next,
        top_bits,
        chain_out,
        address_bits: address_bits(layout),
        nvm_words: layout.slots * layout.slot_words,
        control_bits: node.control_bits,
        resets: Vec::new(),
        pulse_shift: node.needs.shift,
        pulse_run: node.needs.run,
        top_instance: String::new(),
        checkpoint_count: plan.checkpoints.len(),
        differs: (checkpoints.iter())
            .filter_map(|branch| branch.condition.as_ref())
            .any(|condition| condition.contains(decode::DIFFERS))
            .then_some(decode::DIFFERS),
        stored: (checkpoints.iter())
            .filter_map(|branch| branch.condition.as_ref())
            .any(|condition| condition.contains(decode::STORED))
            .then_some(decode::STORED)
            .or_else(|| {
                given
                    .iter()
                    .find_map(|case| case.calls(decode::STORED).then_some(decode::STORED))
            }),
        checkpoints,
        open_ended,
        always_due: u8::from(always),
        index_bits: index_bits_,
        live_cases,
        live_default,
        id: format!("{:08x}", layout.id),
        memories,
        cold,
        given,
        interval: skips::interval(&options.skips),
        levels: skips::levels(&options.skips, |own| {
            let mut levels = decode::levels(graph, liveness, plan, own);
            // Where no decoder tells them apart the first index stands for all.
            levels.truncate(if always { 1 } else { levels.len() });
            (levels, index_bits_)
        }),
        sure: skips::sure(&sure(inputs, always), index_bits_),
        keeps: netlist.kept_memories().next().is_some(),
        clocked: node.is_clocked(),
    };
    model.top_instance = top_instance(inputs, &model, &resets, &top_in);
    model.resets = resets.into_values().collect();
    let text = render(&model);
    let mut ports = netlist.ports.iter();
    Some(
        if ports.any(|port| crate::frontend::keywords::is_added(&port.name)) {
            format!("{}{text}{}", keywords::BEGIN, keywords::END)
        } else {
            text
        },
    )
}

/// Per index that the decoder tells, whether a save must not be skipped: where it says one checkpoint the
/// run may be in any whose bits do not contradict that one's.
fn sure(inputs: &Inputs, always: bool) -> Vec<bool> {
    let checkpoints = inputs.plan.checkpoints.iter();
    let own: Vec<u8> = checkpoints
        .map(|checkpoint| u8::from(inputs.plan.is_sure(checkpoint.state)))
        .collect();
    let mut told = decode::levels(inputs.graph, inputs.liveness, inputs.plan, &own);
    told.truncate(if always { 1 } else { told.len() });
    told.into_iter().map(|level| level > 0).collect()
}

fn memories(inputs: &Inputs, checkpoint_bits: u32) -> Option<Memories> {
    let layout = inputs.layout;
    let ports = &inputs.tree.node(InstanceId(0)).memory;
    if layout.memories.is_empty() {
        return None;
    }
    let count = layout.ranges.len();
    let (live_cases, live_default) =
        decode::live_table(&layout.live_ranges, count, checkpoint_bits);
    let loads = |at: usize| layout.cold.as_ref().is_some_and(|cold| cold.loaded[at]);
    Some(Memories {
        count,
        ports: layout.memories.len(),
        ranges: layout.ranges.iter().any(|range| range.rows.start > 0),
        words: layout.memory_words(),
        index_bits: index_bits(count as u64),
        row_bits: ports.row,
        part_bits: ports.part.max(1),
        data_bits: ports.data,
        list: layout
            .ranges
            .iter()
            .map(|range| {
                let place = &layout.memories[range.place];
                let memory = &inputs.netlist.memories[place.memory.index()];
                MemoryModel {
                    name: memory.name.replace(['\n', '\r', '\\'], " "),
                    width: memory.width,
                    port: range.place,
                    offset: range.offset,
                    first_row: range.rows.start,
                    last_row: range.rows.len() as u32 - 1,
                    whole: range.rows.len() as u32 == place.rows,
                    last_part: place.row_words - 1,
                }
            })
            .collect(),
        live_cases,
        live_default,
        loaded: (0..count)
            .rev()
            .map(|at| if loads(at) { '1' } else { '0' })
            .collect(),
    })
}

fn render(model: &Model) -> String {
    let context = tera::Context::from_serialize(model).expect("the model is a plain structure");
    tera::Tera::one_off(TEMPLATE, &context, false).expect("the template fits the model")
}

/// The declaration of a port of the top.
pub fn declaration(port: &Port) -> String {
    let direction = match port.direction {
        Direction::Input => "input ",
        Direction::Output => "output",
        Direction::Inout | Direction::Ref => "inout ",
    };
    let signed = if port.signed { " signed" } else { "" };
    let range = port
        .range
        .map_or(String::new(), |(left, right)| format!(" [{left}:{right}]"));
    let text = format!("{direction} wire{signed}{range} {}", identifier(&port.name));
    match port.range {
        // The user's own declaration may say that this is meant.
        Some((left, right)) if left < right => unlinted(&["LITENDIAN"], &text),
        _ => text,
    }
}

/// The asynchronous reset ports with the expression that masks each.
fn resets(
    netlist: &Netlist,
    options: &InstrumentOptions,
) -> Result<IndexMap<String, Reset>, Box<Diagnostic>> {
    let mut levels: IndexMap<&str, bool> = IndexMap::new();
    if !options.mask_resets {
        return Ok(IndexMap::new());
    }
    for register in &netlist.registers {
        for reset in &register.clocking.resets {
            let ResetSource::Port(port, high) = reset else {
                continue;
            };
            let high = *high;
            let error = |message: String| {
                Box::new(
                    Diagnostic::error(codes::CANNOT_EDIT, register.origin.process.span, message)
                        .help("use one bit with one active level as the asynchronous reset"),
                )
            };
            if *levels.entry(port).or_insert(high) != high {
                return Err(error(format!(
                    "`{port}` resets some registers when high and others when low"
                )));
            }
            let width = netlist.ports.iter().find(|p| p.name == *port);
            if width.is_none_or(|port| port.width != 1) {
                return Err(error(format!(
                    "the asynchronous reset `{port}` is not a port of one bit"
                )));
            }
        }
    }
    Ok(levels
        .into_iter()
        .map(|(port, high)| {
            let name = identifier(port);
            let expression = if high {
                format!("{name} & ~idetic_stall")
            } else {
                format!("{name} | idetic_stall")
            };
            let reset = Reset {
                port: port.to_string(),
                expression,
            };
            (port.to_string(), reset)
        })
        .collect())
}

/// The instance of the instrumented top.
fn top_instance(
    inputs: &Inputs,
    model: &Model,
    resets: &IndexMap<String, Reset>,
    top_in: &str,
) -> String {
    let node = inputs.tree.node(InstanceId(0));
    let mut connections: Vec<(String, String)> = Vec::new();
    let mut connect = |port: &str, value: &str| {
        connections.push((port.to_string(), value.to_string()));
    };
    if node.is_clocked() {
        connect("idetic_shift", "idetic_shift");
        if !model.gate {
            connect("idetic_hold", "~idetic_advance");
        }
    }
    if node.memory.select > 0 {
        for (_, _, port) in memory::ports(&node.memory) {
            connect(port, port);
        }
    }
    if node.chain_bits > 0 {
        connect("idetic_in", top_in);
        connect("idetic_out", "idetic_lowest");
    }
    for port in node.needs.ports() {
        connect(
            port,
            if port == "idetic_stopped" {
                "idetic_stall"
            } else {
                port
            },
        );
    }
    if node.control_bits > 0 {
        connect("idetic_ctl", "idetic_control");
    }
    for port in &inputs.netlist.ports {
        let name = identifier(&port.name);
        let clock = inputs.netlist.clock();
        let value = if clock.is_some_and(|clock| clock.port == port.name) {
            match (model.gate, model.rising) {
                (true, true) => "idetic_gated".to_string(),
                (true, false) => "~idetic_gated".to_string(),
                (false, _) => name.clone(),
            }
        } else if let Some(at) = resets.get_index_of(&port.name) {
            format!("idetic_reset_{at}")
        } else {
            name.clone()
        };
        connect(&name, &value);
    }
    let parameters: Vec<String> = inputs
        .options
        .parameters
        .iter()
        .map(|(name, value)| format!(".{}({value})", identifier(name)))
        .collect();
    let mut out = String::new();
    out.push_str(&identifier(inputs.top));
    if !parameters.is_empty() {
        out.push_str(&format!(" #({})", parameters.join(", ")));
    }
    let list: Vec<String> = connections
        .iter()
        .map(|(port, value)| format!("      .{port}({value})"))
        .collect();
    out.push_str(&format!(" {DESIGN_INSTANCE} (\n{}\n  );", list.join(",\n")));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn index_widths() {
        let widths: Vec<u32> = [0, 1, 2, 3, 4, 5, 256, 257].map(index_bits).to_vec();
        assert_eq!(widths, [1, 1, 1, 2, 2, 3, 8, 9]);
    }
}
