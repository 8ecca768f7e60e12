//! Syntax to netlist: parameters, generate constructs, hierarchy, widths,
//! processes.
//!
//! One pass over the instance tree executes everything symbolically. Each
//! declared net or variable of each instance owns *slots* ([`context::Slot`]):
//! one per element of an unpacked array, else one. While processes are
//! executed, a slot that is read is a `Node::Net` leaf, and what a process or
//! assignment gives a slot is recorded as a *drive* of a range of its bits.
//! Afterwards [`resolve`] replaces the leaves by their drives, starting from
//! the outputs, so what no output depends on is never complained about.
//!
//! | module | what |
//! | --- | --- |
//! | `context`, `names`, `import`, `written`, `types`, `parts` | tables, scopes, name lookup, types and the names of their parts |
//! | `typed`, `operators`, `lower`, `constant`, `call`, `system` | expressions: sizes first, then values in context (IEEE 1364-2005, 5.4 and 5.5) |
//! | `aggregate`, `stream`, `methods` | arrays and structures as values, streaming, methods of enums |
//! | `reference`, `select`, `assign` | reading and writing parts of nets |
//! | `env`, `exec`, `case`, `loops` | symbolic execution of statements |
//! | `process`, `clocked`, `mixed`, `initial` | processes |
//! | `clocks` | clock gates and input clocks |
//! | `blackbox` | instances that are not looked into |
//! | `hierarchy`, `generate`, `connect`, `interface`, `arrays`, `defparam`, `gates`, `reach` | instances, and names that reach into them |
//! | `unknown`, `tristate` | values that are none; nets with several drivers |
//! | `readmem`, `passed_over` | data files; testbench code |
//! | `resolve`, `cycles`, `registers`, `origin`, `observe`, `finish` | leaves to drives; the way back to the text; when outputs count; the finished netlist |
//! | `races` | warnings of registers that `=` changes under a reader |
//!
//! Guarantees: no panic on any syntax tree; without errors the netlist obeys
//! the invariants of [`crate::netlist`], holds no `Node::Net`, and its
//! registers stand in source order. What is not understood is an error with a
//! place, never a guess.

mod aggregate;
mod arrays;
mod assign;
mod blackbox;
mod call;
mod case;
mod clocked;
mod clocks;
mod connect;
mod constant;
mod context;
mod counterparts;
mod cycles;
mod defparam;
mod env;
mod exec;
mod finish;
mod gates;
mod generate;
mod hierarchy;
mod import;
mod initial;
mod interface;
mod loops;
mod lower;
mod methods;
mod mixed;
mod names;
mod observe;
mod operators;
mod origin;
mod parts;
mod passed_over;
mod process;
mod races;
mod reach;
mod readmem;
mod real;
mod reference;
mod registers;
mod resolve;
mod select;
mod stream;
mod system;
mod top;
mod tristate;
mod typed;
mod types;
mod unknown;
mod written;

use crate::diagnostics::Diagnostics;
use crate::frontend::ast::Ast;
use crate::netlist::{Kept, Netlist};
use crate::source::{SourceMap, Span};

/// Largest array that becomes registers without need, by default: below it,
/// to know which words are live is worth more than a port costs.
pub const MEMORY_EXPAND_LIMIT_BITS: u64 = 1024;

/// Largest array that becomes registers where it cannot be a memory.
pub const MEMORY_MUST_LIMIT_BITS: u64 = 8192;

/// What elaboration is told besides the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ElaborateOptions {
    /// The top module; without it the only uninstantiated one.
    pub top: Option<String>,
    /// Parameters of the top and the text of their values: a decimal number,
    /// a Verilog literal or a string in quotes.
    pub parameters: Vec<(String, String)>,
    /// Input ports configured as clocks: `clk`, `negedge clk`.
    pub clocks: Vec<String>,
    /// Modules that are not to be looked into.
    pub black_boxes: Vec<String>,
    /// Modules that are clock gates, with an enable latched while the clock is low.
    pub clock_gates: Vec<ClockGateCell>,
    /// An array of more bits that a clocked process writes stays a memory,
    /// unless it has to be expanded (see [`elaborate`]) and can be.
    pub memory_expand_limit_bits: u64,
    /// Memories that outlive a supply failure by themselves, by hierarchical name. They
    /// stay memories, however small.
    pub kept_memories: Vec<(String, Kept)>,
}

impl ElaborateOptions {
    /// Whether the array of this hierarchical name outlives a supply failure.
    pub(crate) fn kept(&self, path: &str) -> Option<Kept> {
        let mut list = self.kept_memories.iter();
        list.find(|(name, _)| name == path).map(|(_, kept)| *kept)
    }
}

/// A module that is a clock gate: `gated = clock & (enables, latched)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClockGateCell {
    /// Name of the module.
    pub module: String,
    /// Its clock input.
    pub clock: String,
    /// Its enable inputs: one of them opens the gate.
    pub enables: Vec<String>,
    /// Its output.
    pub gated: String,
}

impl Default for ElaborateOptions {
    fn default() -> ElaborateOptions {
        ElaborateOptions {
            top: None,
            parameters: Vec::new(),
            clocks: Vec::new(),
            black_boxes: Vec::new(),
            clock_gates: Vec::new(),
            memory_expand_limit_bits: MEMORY_EXPAND_LIMIT_BITS,
            kept_memories: Vec::new(),
        }
    }
}

/// Elaborates a design; the netlist is there if no diagnostic is an error.
///
/// Arrays up to [`MEMORY_MUST_LIMIT_BITS`] that cannot be saved as memories (a
/// process in a generate loop writes them, they have several dimensions), or
/// not even be taken as memories (they are written by `=`, or copied as a
/// whole), are expanded to registers: then elaboration runs once more.
pub fn elaborate(
    ast: &Ast,
    sources: &SourceMap,
    options: &ElaborateOptions,
) -> (Option<Netlist>, Diagnostics) {
    crate::stack::with_room(|| expand_as_needed(ast, sources, options))
}

/// Elaborates with every array kept as a memory that can be, and again with
/// those expanded that turn out not to fit, and with those kept that are small
/// but written by several processes, as by the ports of a RAM.
fn expand_as_needed(
    ast: &Ast,
    sources: &SourceMap,
    options: &ElaborateOptions,
) -> (Option<Netlist>, Diagnostics) {
    let mut arrays = context::Arrays::default();
    loop {
        let mut elab = context::Elab::new(ast, sources, options, &arrays);
        let netlist = elab.run().ok();
        let netlist = netlist.filter(|_| !elab.diagnostics.has_errors());
        let mut next = arrays.clone();
        next.shared.extend(&elab.shared);
        if next.shared.len() == arrays.shared.len() {
            next.expanded.extend(match &netlist {
                Some(netlist) => misfits(netlist),
                // Whatever is wrong may come from any of them.
                None => elab.small_memories(),
            });
        }
        if next == arrays {
            if let Some(netlist) = &netlist {
                elab.diagnostics.list.extend(races::warnings(ast, netlist));
            }
            return (netlist, elab.diagnostics);
        }
        arrays = next;
    }
}

/// Declarations of memories that cannot be saved through a port, and are small
/// enough to be expanded.
fn misfits(netlist: &Netlist) -> Vec<Span> {
    let memories = netlist.written_memories();
    memories
        .map(|memory| &netlist.memories[memory.index()])
        .filter(|memory| memory.bits() <= MEMORY_MUST_LIMIT_BITS && memory.kept.is_none())
        .filter(|memory| memory.unportable(&netlist.instances).is_some())
        .map(|memory| memory.origin.declaration)
        .collect()
}
