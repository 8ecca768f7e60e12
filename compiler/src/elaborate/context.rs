//! The tables of a run of elaboration.

use std::rc::Rc;

use indexmap::IndexMap;
use rustc_hash::{FxHashMap, FxHashSet};

use super::ElaborateOptions;
use super::env::Env;
use super::real::Real;
use super::types::Ty;
use crate::diagnostics::{Code, Diagnostic, Diagnostics, Severity};
use crate::frontend::ast::{self, Ast, Edge, SymbolId};
use crate::netlist::{
    Assigned, Bits, ExprId, Exprs, Instance, InstanceId, LoopedProcess, ProcessRef,
};
use crate::source::{SourceMap, Span};

/// Largest width of any value in bits.
pub(super) const MAX_WIDTH: u64 = 1 << 22;
/// Largest number of elements of an array.
pub(super) const MAX_ELEMENTS: u64 = 1 << 20;
/// Most iterations of one loop.
pub(super) const MAX_ITERATIONS: u32 = 100_000;
/// Deepest nesting of calls.
pub(super) const MAX_DEPTH: usize = 128;
/// Deepest nesting of instances.
pub(super) const MAX_LEVELS: usize = 2048;

/// Most instances of a design.
pub(super) const MAX_INSTANCES: usize = 1 << 17;
/// Most bytes of the hierarchical names of all instances. Those of what is in them
/// take a multiple, and a recursion with branches makes long names many times.
pub(super) const MAX_NAME_BYTES: usize = 1 << 24;
/// Deepest nesting of expressions and statements, chains of operators and
/// `else if` included, over all calls that are open.
pub(super) const MAX_NESTING: u32 = 30_000;
/// Most statements and expressions taken in a run, over all instances and iterations.
pub(super) const MAX_STEPS: u64 = 8_000_000;

/// An error has been reported; the caller goes on without the value.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reported;

pub(super) type Res<T> = Result<T, Reported>;

/// An elaborated scope: index into [`Elab::scopes`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct ScopeIdx(pub u32);

/// A declared net or variable of an instance: index into [`Elab::nets`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct NetIdx(pub u32);

/// A scope of an instance.
#[derive(Debug)]
pub(super) struct Scope<'a> {
    pub parent: Option<ScopeIdx>,
    pub ast: ast::ScopeId,
    pub instance: InstanceId,
    /// Name of the generate or named block or the subroutine that this is, see
    /// [`Elab::scope_path`].
    pub name: Option<String>,
    /// Of a module: the paths of scopes inside begin here.
    pub outermost: bool,
    pub in_generate_loop: bool,
    /// The genvars of the loops around with their values, in this instance.
    pub loops: Vec<(String, i64)>,
    pub names: FxHashMap<&'a str, Entity>,
    /// Packages imported by `::*`.
    pub imports: Vec<ScopeIdx>,
    /// What a package exports of others: packages, each with one name or all.
    pub exports: Vec<(ScopeIdx, Option<&'a str>)>,
    /// Generated scopes, with the index of the member that made them.
    pub generated: Vec<(usize, ScopeIdx)>,
    /// Belongs to a call of a subroutine.
    pub local: bool,
}

/// What a name stands for.
#[derive(Debug, Clone)]
pub(super) enum Entity {
    /// Not looked at yet.
    Pending(SymbolId),
    /// Being looked at.
    Busy(SymbolId),
    Net(NetIdx),
    Constant(Rc<Constant>),
    Type(Rc<Ty>),
    /// With the scope that declares it.
    Subroutine(SymbolId, ScopeIdx),
    Scope(ScopeIdx),
    /// The blocks of a generate loop.
    Scopes(Rc<IndexMap<i64, ScopeIdx>>),
    /// With the scope that declares it.
    Instance(SymbolId, ScopeIdx),
    /// An instance of an interface, seen through a modport or whole.
    Interface(ScopeIdx, Option<SymbolId>),
}

/// A constant with what its context needs to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Constant {
    pub bits: Bits,
    pub signed: bool,
    /// Bits written `z` or `?`.
    pub z: Option<Bits>,
    /// A string.
    pub text: Option<Box<str>>,
    /// A real number; `bits` is its representation in memory.
    pub real: Option<Real>,
    /// Declared type, a vector `[width-1:0]` if none; `bits` is a flat value of it.
    pub ty: Option<Rc<Ty>>,
}

/// A net or variable.
#[derive(Debug)]
pub(super) struct Net {
    /// As declared.
    pub name: Box<str>,
    /// Hierarchical name.
    pub path: String,
    pub instance: InstanceId,
    pub scope_path: Vec<String>,
    pub ty: Rc<Ty>,
    pub storage: Storage,
    pub span: Span,
    /// May be written by processes.
    pub variable: bool,
    /// Belongs to a call of a subroutine. Whether the call's variables are
    /// static or automatic does not matter: reading one before the call assigns
    /// it is an error.
    pub local: bool,
}

/// Where a net's bits are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Storage {
    /// From this slot on, one per element.
    Slots(u32),
    /// A memory of [`Elab::memories`].
    Memory(u32),
}

/// One element of a net: a vector.
#[derive(Debug)]
pub(super) struct Slot {
    pub net: NetIdx,
    pub element: u32,
    pub width: u32,
    pub drives: Vec<Drive>,
    pub init: Option<Bits>,
    /// This slot is no element but the value that one has before a process runs.
    pub shadow_of: Option<u32>,
}

/// What gives a range of bits of a slot their value.
#[derive(Debug, Clone)]
pub(super) struct Drive {
    pub low: u32,
    pub width: u32,
    pub value: Driver,
    pub span: Span,
}

/// The kinds of drive.
#[derive(Debug, Clone, Copy)]
pub(super) enum Driver {
    /// Combinational: the value of the range.
    Value(ExprId),
    /// A register of [`Elab::flops`].
    Flop(u32),
}

/// A register as its process gives it, before resolution.
#[derive(Debug)]
pub(super) struct Flop {
    pub slot: u32,
    pub low: u32,
    pub width: u32,
    /// The value that the process leaves.
    pub next: ExprId,
    /// In priority: condition (one bit) and value.
    pub resets: Vec<(ExprId, ExprId)>,
    /// The conditions of all `if (reset)` levels of the process, outermost first.
    pub levels: Rc<[ExprId]>,
    pub clock: u32,
    pub process: ProcessRef,
    pub assigned: Assigned,
    /// The instance whose text holds the process.
    pub instance: InstanceId,
}

/// A clock event: an edge of an expression.
#[derive(Debug, Clone)]
pub(super) struct ClockEvent {
    pub signal: ExprId,
    pub edge: Edge,
    pub span: Span,
}

/// A memory that stays one.
#[derive(Debug)]
pub(super) struct Mem {
    pub net: NetIdx,
    pub width: u32,
    pub depth: u32,
    pub writes: Vec<MemWrite>,
    pub init: Option<Vec<Bits>>,
}

/// A write of a memory, before resolution.
#[derive(Debug, Clone)]
pub(super) struct MemWrite {
    pub enable: ExprId,
    pub address: ExprId,
    pub data: ExprId,
    pub mask: ExprId,
    /// The conditions of the `if (reset)` levels of its process.
    pub levels: Rc<[ExprId]>,
    pub clock: u32,
    pub process: ProcessRef,
}

/// What earlier runs found out about arrays, by their declarations.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Arrays {
    /// Must not stay memories.
    pub expanded: FxHashSet<Span>,
    /// Written by several processes: memories, however small, unless they must be expanded.
    pub shared: FxHashSet<Span>,
}

/// A run.
pub(super) struct Elab<'a> {
    pub ast: &'a Ast,
    pub sources: &'a SourceMap,
    pub options: &'a ElaborateOptions,
    pub arrays: &'a Arrays,
    /// Expanded arrays of which several processes write one element.
    pub shared: FxHashSet<Span>,
    pub diagnostics: Diagnostics,
    /// So that an error in a module is told once, not once per instance.
    pub told: FxHashSet<(Code, Span, String)>,
    pub exprs: Exprs,
    pub modules: FxHashMap<&'a str, ast::ModuleId>,
    /// The declaration whose type holds an enum member.
    pub enum_owners: FxHashMap<SymbolId, &'a ast::Type>,
    pub scopes: Vec<Scope<'a>>,
    /// Scopes of blocks by the scope around and their syntax.
    pub blocks: FxHashMap<(ScopeIdx, ast::ScopeId), ScopeIdx>,
    /// Scopes of packages and files.
    pub globals: FxHashMap<ast::ScopeId, ScopeIdx>,
    pub nets: Vec<Net>,
    pub slots: Vec<Slot>,
    pub flops: Vec<Flop>,
    pub clocks: Vec<ClockEvent>,
    /// Black boxes, and the names of the inputs that they are to the machine.
    pub opaques: Vec<super::blackbox::Opaque>,
    pub opaque_inputs: Vec<String>,
    /// Names of the top module's ports, in order.
    pub top_ports: Vec<String>,
    pub memories: Vec<Mem>,
    pub instances: Vec<Instance>,
    /// Instances that names may reach into, by the scope and symbol that declare them.
    pub made: FxHashMap<(ScopeIdx, ast::SymbolId), super::reach::Made>,
    /// The clocked processes in generate loops.
    pub looped: Vec<LoopedProcess>,
    /// By what name an instance knows one of an interface.
    pub interface_names: FxHashMap<(InstanceId, InstanceId), String>,
    /// For shadows, the bits that their process writes: needing them is a latch.
    pub latches: FxHashMap<u32, Vec<bool>>,
    /// Names that clocked processes write, per module.
    pub clocked_names: FxHashMap<ast::ModuleId, Rc<FxHashSet<&'a str>>>,
    /// The slots that stand for high impedance, by their width.
    pub high_z: FxHashMap<u32, u32>,
    pub defparams: Vec<super::defparam::Defparam<'a>>,
    /// Nets that are no plain wires.
    pub resolutions: FxHashMap<NetIdx, super::tristate::Resolution>,
    pub pulls: Vec<super::tristate::Pull>,
    /// How many bidirectional ports have been joined to their outer nets.
    pub joined_ports: u32,
    /// Per slot, where all its drivers release it.
    pub released_memo: FxHashMap<u32, Option<ExprId>>,
    /// Data files read, with the place that names each.
    pub data_files: Vec<(String, Span)>,
    /// Variables whose first value only a simulation knows, and who gives it.
    pub filled_later: FxHashMap<NetIdx, Span>,
    pub far_targets: Vec<super::passed_over::FarTarget>,
    /// Nets that a warning has named as undriven.
    pub told_undriven: FxHashSet<NetIdx>,
    pub passed_over: Vec<crate::netlist::PassedOver>,
    pub env: Env,
    /// Nesting of calls.
    pub depth: usize,
    /// Statements executed.
    pub steps: u64,
    /// Bytes of the hierarchical names of the instances.
    pub name_bytes: usize,
    /// Levels of expressions and statements that are open.
    pub nesting: u32,
}

impl<'a> Elab<'a> {
    pub fn new(
        ast: &'a Ast,
        sources: &'a SourceMap,
        options: &'a ElaborateOptions,
        arrays: &'a Arrays,
    ) -> Elab<'a> {
        Elab {
            ast,
            sources,
            options,
            arrays,
            shared: FxHashSet::default(),
            diagnostics: Diagnostics::default(),
            told: FxHashSet::default(),
            exprs: Exprs::default(),
            modules: FxHashMap::default(),
            enum_owners: FxHashMap::default(),
            scopes: Vec::new(),
            blocks: FxHashMap::default(),
            globals: FxHashMap::default(),
            nets: Vec::new(),
            slots: Vec::new(),
            flops: Vec::new(),
            clocks: Vec::new(),
            opaques: Vec::new(),
            opaque_inputs: Vec::new(),
            top_ports: Vec::new(),
            memories: Vec::new(),
            instances: Vec::new(),
            made: FxHashMap::default(),
            looped: Vec::new(),
            interface_names: FxHashMap::default(),
            latches: FxHashMap::default(),
            clocked_names: FxHashMap::default(),
            high_z: FxHashMap::default(),
            defparams: Vec::new(),
            resolutions: FxHashMap::default(),
            pulls: Vec::new(),
            joined_ports: 0,
            released_memo: FxHashMap::default(),
            data_files: Vec::new(),
            filled_later: FxHashMap::default(),
            far_targets: Vec::new(),
            told_undriven: FxHashSet::default(),
            passed_over: Vec::new(),
            env: Env::default(),
            depth: 0,
            steps: 0,
            name_bytes: 0,
            nesting: 0,
        }
    }

    /// Declarations of the memories that are small enough to be expanded.
    pub fn small_memories(&self) -> Vec<Span> {
        let small = |mem: &&Mem| {
            u64::from(mem.width) * u64::from(mem.depth) <= super::MEMORY_MUST_LIMIT_BITS
                && self.options.kept(&self.net(mem.net).path).is_none()
        };
        let memories = self.memories.iter().filter(small);
        memories.map(|mem| self.net(mem.net).span).collect()
    }

    /// Reports, once per place and text.
    pub fn tell(&mut self, diagnostic: Diagnostic) {
        let place = diagnostic.primary.as_ref().map(|label| label.span);
        if let Some(span) = place {
            let key = (diagnostic.code, span, diagnostic.message.clone());
            if !self.told.insert(key) {
                return;
            }
        }
        self.diagnostics.push(diagnostic);
    }

    /// Reports an error that leaves no value.
    pub fn fail<T>(&mut self, diagnostic: Diagnostic) -> Res<T> {
        debug_assert_eq!(diagnostic.severity, Severity::Error);
        self.tell(diagnostic);
        Err(Reported)
    }

    /// Reports a construct that is not taken.
    pub fn unsupported<T>(&mut self, span: Span, what: &str, help: &str) -> Res<T> {
        let message = format!("{what} is not taken yet");
        let diagnostic =
            Diagnostic::error(crate::diagnostics::codes::UNSUPPORTED, span, message).help(help);
        self.fail(diagnostic)
    }

    pub fn scope(&self, scope: ScopeIdx) -> &Scope<'a> {
        &self.scopes[scope.0 as usize]
    }

    pub fn scope_mut(&mut self, scope: ScopeIdx) -> &mut Scope<'a> {
        &mut self.scopes[scope.0 as usize]
    }

    /// Names of the generate and named blocks around, the module excluded.
    pub fn scope_path(&self, scope: ScopeIdx) -> Vec<String> {
        self.blocks_around(scope, |here| here.name.clone())
    }

    /// The same with the names that blocks without one get where text has to reach into them.
    pub fn emitted_path(&self, scope: ScopeIdx) -> Vec<String> {
        self.blocks_around(scope, |here| {
            let unnamed = || self.ast[here.ast].unnamed.as_ref();
            let name = here.name.clone();
            name.or_else(|| unnamed().map(|unnamed| unnamed.name.to_string()))
        })
    }

    fn blocks_around(
        &self,
        scope: ScopeIdx,
        name: impl Fn(&Scope<'a>) -> Option<String>,
    ) -> Vec<String> {
        let mut path = Vec::new();
        let mut at = scope;
        loop {
            let here = self.scope(at);
            path.extend(name(here));
            match here.parent.filter(|_| !here.outermost) {
                Some(parent) if self.scope(parent).instance == here.instance => at = parent,
                _ => break,
            }
        }
        path.reverse();
        path
    }

    pub fn net(&self, net: NetIdx) -> &Net {
        &self.nets[net.0 as usize]
    }

    /// The module that an instance is of.
    pub fn module_of(&self, instance: InstanceId) -> &'a ast::Module {
        &self.ast[self.instances[instance.index()].module]
    }

    /// The leaf for a slot.
    pub fn leaf(&mut self, slot: u32) -> ExprId {
        let width = self.slots[slot as usize].width;
        self.exprs.intern(crate::netlist::Node::Net(slot), width)
    }

    /// The leaf for the value that a slot has before the process runs.
    pub fn shadow(&mut self, slot: u32) -> ExprId {
        let key = self.env.shadows.get(&slot).copied();
        let shadow = key.unwrap_or_else(|| {
            let of = &self.slots[slot as usize];
            let (net, element, width) = (of.net, of.element, of.width);
            self.slots.push(Slot {
                net,
                element,
                width,
                drives: Vec::new(),
                init: None,
                shadow_of: Some(slot),
            });
            let shadow = self.slots.len() as u32 - 1;
            self.env.shadows.insert(slot, shadow);
            shadow
        });
        self.leaf(shadow)
    }

    /// Hierarchical name of an element of a net, for messages.
    pub fn slot_name(&self, slot: u32) -> String {
        let slot = &self.slots[slot as usize];
        let net = self.net(slot.net);
        format!("{}{}", net.path, net.ty.element_text(slot.element))
    }
}
