//! The elaborated netlist: flat, word-level, hash-consed.
//!
//! A [`Netlist`] is a synchronous machine: for each [`Register`] its next
//! value, for each output its value, as expressions over registers, inputs and
//! memories. Expressions live in one arena ([`Exprs`]); equal ids are equal
//! expressions, and every operand has a smaller id than its user, so a single
//! forward sweep over ids evaluates everything.
//!
//! Every register keeps the way back to the source text ([`Origin`]).
//! Analysis works on this structure and never sees syntax.

mod arith;
mod bits;
mod build;
#[cfg(test)]
mod build_tests;
mod classes;
mod clocking;
pub mod compare;
pub mod eval;
mod expr;
pub mod known;
pub mod machine;
mod observe;
pub mod print;
pub mod races;
mod range;
mod rewrite;
mod same;
mod simplify;
#[cfg(test)]
pub(crate) mod testing;
pub mod verify;
pub(crate) mod verilog;

pub use bits::Bits;
pub use classes::{instance_classes, register_groups};
pub use clocking::{
    BlackBox, BlackBoxPort, BlackBoxRole, Boundary, Clock, Clocking, GateKind, LogicReset,
    ResetSource,
};
pub use expr::{BinaryOp, ExprId, Exprs, Node, UnaryOp};
pub use observe::{Handshake, Sampled};

use indexmap::IndexMap;

use crate::frontend::ast;
use crate::source::Span;

macro_rules! index_id {
    ($($(#[$doc:meta])* $id:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $id(pub u32);

        impl $id {
            /// Index into the netlist's list.
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }
    )*};
}

index_id! {
    /// An [`Input`].
    InputId;
    /// A [`Register`].
    RegId;
    /// A [`Memory`].
    MemId;
    /// An [`Instance`]; 0 is the top.
    InstanceId;
    /// A [`Clock`].
    ClockId;
    /// A [`BlackBox`].
    BlackBoxId;
}

/// The machine that a design elaborates to.
#[derive(Debug, Clone, Default)]
pub struct Netlist {
    /// Name of the top module.
    pub top: String,
    /// All expressions.
    pub exprs: Exprs,
    /// Instances, parents before children.
    pub instances: Vec<Instance>,
    /// The ports of the top module in order, clock and resets included.
    pub ports: Vec<Port>,
    /// Values that enter the machine: input ports that carry data (clocks are
    /// none) first, then outputs of black boxes.
    pub inputs: Vec<Input>,
    /// Outputs of the top module. A port that the design can release is two:
    /// its value and the bits that are released ([`Boundary::Released`]); a
    /// bidirectional port is an input, too.
    /// Inputs of black boxes follow.
    pub outputs: Vec<Output>,
    /// Declared handshakes.
    pub handshakes: Vec<Handshake>,
    /// Registers reachable from the outputs, and those that the same text makes in other iterations of a generate
    /// loop, in source order of instances and declarations.
    pub registers: Vec<Register>,
    /// Memories that were not expanded to registers.
    pub memories: Vec<Memory>,
    /// The clocks of registers and memories; none in a combinational design.
    /// After [`crate::domain::select`] there is at most one.
    pub clocks: Vec<Clock>,
    /// The clocks of the whole design, once one has been selected.
    pub domains: Vec<crate::domain::ClockSummary>,
    /// Conditions of asynchronous resets that logic makes.
    pub logic_resets: Vec<LogicReset>,
    /// Instances without a body that is looked at.
    pub black_boxes: Vec<BlackBox>,
    /// Values of the top module's parameters, overridable ones, for the wrapper.
    pub parameters: IndexMap<String, Bits>,
    /// Every clocked process in a generate loop, once per iteration.
    pub looped: Vec<LoopedProcess>,
    /// Parameters and enum members that the design uses, for readable output.
    pub constants: Vec<NamedConstant>,
    /// Registers and memories whose first contents only a simulation knows,
    /// with the place that gives them.
    pub filled_later: Vec<(FilledLater, Span)>,
    /// Data files of `$readmem`, as named, with the place that names each.
    pub data_files: Vec<(String, Span)>,
    /// What stands in the design and is no hardware.
    pub passed_over: Vec<PassedOver>,
    /// Registers of the text that no output depends on.
    pub unused: Vec<Unused>,
}

/// A register that no output depends on: it stays in the text and has no part in the netlist.
#[derive(Debug, Clone)]
pub struct Unused {
    /// Bits.
    pub width: u32,
    /// Where it comes from.
    pub origin: Origin,
}

/// State with first contents that only a simulation knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FilledLater {
    /// A register.
    Register(RegId),
    /// A memory.
    Memory(MemId),
}

/// Testbench code: it stays in the text and has no part in the netlist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PassedOver {
    /// What, as "`$display`".
    pub what: String,
    /// Where.
    pub span: Span,
}

/// A parameter, local parameter or enum member with its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedConstant {
    /// The instance whose module declares it; `None` for a package or file.
    pub instance: Option<InstanceId>,
    /// Its name as declared.
    pub name: String,
    /// Its value, in its own width.
    pub value: Bits,
}

/// A port of the top module.
#[derive(Debug, Clone)]
pub struct Port {
    /// Name.
    pub name: String,
    /// Direction.
    pub direction: ast::Direction,
    /// Width in bits.
    pub width: u32,
    /// Declared bounds `[left:right]`; `None` for a scalar.
    pub range: Option<(i64, i64)>,
    /// Declared signed.
    pub signed: bool,
    /// Where.
    pub span: Span,
}

/// A data input of the machine.
#[derive(Debug, Clone)]
pub struct Input {
    /// Name of the port, or of what the value comes from.
    pub name: String,
    /// Where it comes from.
    pub boundary: Boundary,
    /// Width in bits.
    pub width: u32,
    /// `Node::Input` of this input.
    pub expr: ExprId,
    /// The environment promises that it never changes: not from one logical cycle to the next, and not over a
    /// supply failure.
    pub stable: bool,
}

/// A value that the environment observes.
#[derive(Debug, Clone)]
pub struct Output {
    /// Name of the port, or of what the value goes to.
    pub name: String,
    /// Where it goes to.
    pub boundary: Boundary,
    /// Its value.
    pub expr: ExprId,
    /// In which logical cycles.
    pub sampled: Sampled,
    /// The port.
    pub span: Span,
}

/// State of the design that is clocked.
///
/// One declared variable is one register, except that each element of an
/// expanded array, and each part of a variable that a process of its own
/// drives, is a register by itself.
#[derive(Debug, Clone)]
pub struct Register {
    /// Hierarchical name without the top's, as `u.mem[3]` or `q[7:4]`.
    pub name: String,
    /// Width in bits.
    pub width: u32,
    /// `Node::Reg` of this register.
    pub expr: ExprId,
    /// Value after the next active clock edge, synchronous resets included,
    /// asynchronous ones not.
    pub next: ExprId,
    /// Asynchronous sets and resets by input ports, first has priority. Those
    /// that logic makes are part of [`Register::next`] and of every expression
    /// that reads the register: `active ? value : register`.
    pub async_resets: Vec<AsyncReset>,
    /// Its clock, and how clock and resets reach its process.
    pub clocking: Clocking,
    /// Initial value (declaration or `initial` block); unknown bits are unset.
    pub init: Option<Bits>,
    /// The way back to the source.
    pub origin: Origin,
}

/// An asynchronous reset of a register.
#[derive(Debug, Clone)]
pub struct AsyncReset {
    /// One bit, 1 = reset active.
    pub active: ExprId,
    /// Value while active.
    pub value: ExprId,
    /// The top-level input port that alone causes it, and whether it is active high.
    pub port: (String, bool),
}

/// Where a register is written in the source.
#[derive(Debug, Clone)]
pub struct Origin {
    /// The instance whose module declares it.
    pub instance: InstanceId,
    /// Its text as an assignment target inside that module: `q`, `mem[3]`, `q[7:4]`.
    pub target: String,
    /// The declared name alone.
    pub variable: String,
    /// Declared bounds of the vector that `target` selects bits of:
    /// bit `i` of the register is `target[lsb + i]` or, descending, `target[lsb - i]`.
    pub bits: BitNaming,
    /// Its declaration.
    pub declaration: Span,
    /// The clocked process that drives it.
    pub process: ProcessRef,
    /// How the process assigns it.
    pub assigned: Assigned,
    /// `target` is an enum: plain bits are assigned to it as `{target} <= bits`.
    pub enumerated: bool,
    /// Declared in a named block or generate block, or a signal of an interface: `target` cannot be written
    /// from the module's own scope without this prefix.
    pub scope_path: Vec<String>,
}

/// How a clocked process assigns a register.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Assigned {
    /// By `<=`. An asynchronous reset may set it by `=`: it does so at an edge
    /// of its own, so that nobody at a clock edge sees the change too early.
    Nonblocking,
    /// By `=` everywhere.
    Blocking,
    /// In both ways.
    Mixed,
}

/// How the bits of a register are selected in source text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BitNaming {
    /// A scalar: no select can be written.
    Scalar,
    /// Bit `i` (0 = least significant) is index `lsb + i` if `descending`
    /// (declared `[7:0]`), else `lsb - i` (declared `[0:7]`).
    Vector {
        /// Index of the least significant bit.
        lsb: i64,
        /// Declared with the larger bound left.
        descending: bool,
    },
    /// A packed structure or multi-dimensional vector: only the whole can be written.
    Whole,
}

/// A clocked process in the source.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ProcessRef {
    /// Body statement: the `Timed` statement of the process.
    pub stmt: ast::StmtId,
    /// From the keyword to the end.
    pub span: Span,
    /// Stands inside a generate loop: one text for several processes.
    pub in_generate_loop: bool,
    /// Where in the generate constructs of its module.
    pub place: GeneratePlace,
}

/// A place in the generate constructs of a module. The default is its body.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct GeneratePlace {
    /// The innermost block, in the syntax; `None` in the module's own body.
    pub block: Option<ast::ScopeId>,
    /// The names of the blocks around.
    pub path: Vec<String>,
    /// The genvars of the loops around with their values, outermost first.
    pub loops: Vec<(String, i64)>,
}

/// A clocked process in a generate loop as one iteration has it, whether or not
/// it drives anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoopedProcess {
    /// The instance that it stands in.
    pub instance: InstanceId,
    /// Its statement.
    pub stmt: ast::StmtId,
    /// The iteration.
    pub loops: Vec<(String, i64)>,
}

/// An instance of a module.
#[derive(Debug, Clone)]
pub struct Instance {
    /// Name within its parent, generate scopes included (`gen[0].u`); the top's is its module's.
    pub name: String,
    /// Hierarchical path without the top: `core.alu`; empty for the top.
    pub path: String,
    /// Its module.
    pub module: ast::ModuleId,
    /// The instance around it.
    pub parent: Option<InstanceId>,
    /// The symbol that declares it (None for the top).
    pub symbol: Option<ast::SymbolId>,
    /// Stands inside a generate loop or instance array.
    pub in_generate_loop: bool,
    /// Where in the generate constructs of its parent's module.
    pub place: GeneratePlace,
    /// Values of its overridable parameters.
    pub parameters: IndexMap<String, Bits>,
}

/// A memory with dynamic addresses that was not expanded.
#[derive(Debug, Clone)]
pub struct Memory {
    /// Hierarchical name without the top's.
    pub name: String,
    /// Bits per word.
    pub width: u32,
    /// Words.
    pub depth: u32,
    /// Write ports in program order: a later one wins. Without one it is a table
    /// of constants, and no state.
    pub writes: Vec<MemoryWrite>,
    /// The source's index of word 0, indices rising from there; `None` for an
    /// array of several dimensions.
    pub first_index: Option<i64>,
    /// The clocked processes that write it, in program order.
    pub processes: Vec<ProcessRef>,
    /// The clock as the first of them names it, and its edge there.
    pub clock: Option<(Span, ast::Edge)>,
    /// Its clock passes no gate of the design, and no logic makes an asynchronous
    /// reset of the processes that write it.
    pub plainly_clocked: bool,
    /// Contents before the first clock, when given.
    pub init: Option<Vec<Bits>>,
    /// It outlives a supply failure by itself; `None` where it does not, and is saved.
    pub kept: Option<Kept>,
    /// The way back to the source.
    pub origin: Origin,
}

/// Why a memory outlives a supply failure by itself. The two mean the same: contents are those of the
/// failure, but for the row that was being written then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kept {
    /// Its cells are non-volatile.
    Nonvolatile,
    /// Its supply does not fail.
    External,
}

/// A write port, active at the clock edge.
#[derive(Debug, Clone)]
pub struct MemoryWrite {
    /// The clock.
    pub clock: ClockId,
    /// One bit.
    pub enable: ExprId,
    /// Word address counted from 0.
    pub address: ExprId,
    /// Data.
    pub data: ExprId,
    /// One bit per data bit.
    pub mask: ExprId,
}

impl Netlist {
    /// Every expression that the machine consists of: values of outputs, next
    /// and reset values of registers, ports of memories.
    pub fn roots(&self) -> impl Iterator<Item = ExprId> + '_ {
        let outputs = self.outputs.iter().map(|output| output.expr);
        let transfers = self.handshakes.iter().map(|handshake| handshake.transfer);
        let outputs = outputs.chain(self.conditions()).chain(transfers);
        let registers = self.registers.iter().flat_map(|register| {
            let resets = register.async_resets.iter();
            resets
                .flat_map(|reset| [reset.active, reset.value])
                .chain([register.expr, register.next])
        });
        let writes = self.memories.iter().flat_map(|memory| &memory.writes);
        let ports = writes.flat_map(|w| [w.enable, w.address, w.data, w.mask]);
        let logic = self.logic_resets.iter().map(|reset| reset.active);
        outputs.chain(registers).chain(ports).chain(logic)
    }

    /// The clock of a machine of one clock.
    pub fn clock(&self) -> Option<&Clock> {
        self.clocks.first()
    }

    /// The data input that is the port of this name.
    pub fn input_port(&self, name: &str) -> Option<&Input> {
        let mut inputs = self.inputs.iter();
        inputs.find(|input| input.boundary == Boundary::Port && input.name == name)
    }

    /// Flip-flop bits.
    pub fn flop_bits(&self) -> u64 {
        self.registers.iter().map(|reg| u64::from(reg.width)).sum()
    }

    /// The memories that are written.
    pub fn written_memories(&self) -> impl Iterator<Item = MemId> + '_ {
        let memories = (0..self.memories.len() as u32).map(MemId);
        memories.filter(|memory| !self.memories[memory.index()].writes.is_empty())
    }

    /// The memories that outlive a supply failure by themselves.
    pub fn kept_memories(&self) -> impl Iterator<Item = MemId> + '_ {
        self.written_memories()
            .filter(|memory| self.memories[memory.index()].kept.is_some())
    }

    /// The memories that have to be saved where they are live.
    pub fn saved_memories(&self) -> impl Iterator<Item = MemId> + '_ {
        self.written_memories()
            .filter(|memory| self.memories[memory.index()].kept.is_none())
    }

    /// Memory bits.
    pub fn memory_bits(&self) -> u64 {
        self.memories.iter().map(Memory::bits).sum()
    }
}

impl Memory {
    /// Bits in all.
    pub fn bits(&self) -> u64 {
        u64::from(self.width) * u64::from(self.depth)
    }

    /// Why no port can be added to it, if so: the end of "the memory …", and
    /// what to do.
    pub fn unportable(&self, instances: &[Instance]) -> Option<(&'static str, &'static str)> {
        let mut around = Some(self.origin.instance);
        while let Some(instance) = around {
            let instance = &instances[instance.index()];
            if instance.in_generate_loop {
                return Some((
                    "is in an instance in a generate loop or an instance array",
                    "write the instances out",
                ));
            }
            around = instance.parent;
        }
        if self
            .processes
            .iter()
            .any(|process| process.in_generate_loop)
        {
            return Some((
                "is written by a process in a generate loop",
                "write the loop inside the process (`for` in an `always` block)",
            ));
        }
        if !self.plainly_clocked {
            return Some((
                "the processes that write it have a clock gate or an asynchronous reset made by logic",
                "test the enable or the reset in the process",
            ));
        }
        if self.first_index.is_none() {
            return Some((
                "is an array of several dimensions",
                "use one dimension and a longer address",
            ));
        }
        None
    }
}
