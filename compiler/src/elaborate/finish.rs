//! The finished netlist: ports, registers in source order, and a fresh arena
//! of what they need.

use rustc_hash::FxHashMap;

use super::context::{Driver, Elab, Entity, Res, ScopeIdx, Storage};
use super::observe::When;
use super::registers::{Machine, Resolved};
use crate::frontend::ast::{self, Direction, ModuleId, SymbolKind};
use crate::netlist::{
    Assigned, AsyncReset, BitNaming, Bits, BlackBoxRole, Boundary, ExprId, Exprs, FilledLater,
    Handshake, Input, InputId, Instance, LogicReset, MemId, Memory, MemoryWrite, NamedConstant,
    Netlist, Node, Origin, Output, Port, ProcessRef, RegId, Register, Sampled,
};
use crate::source::Span;

/// Copies expressions into a new arena under new ids.
pub(super) struct Copy {
    exprs: Exprs,
    ids: Vec<Option<ExprId>>,
}

impl Copy {
    pub fn get(&self, old: ExprId) -> ExprId {
        self.ids[old.index()].expect("everything reachable from the roots is copied")
    }
}

impl<'a> Elab<'a> {
    /// Resolves the design and lists it.
    pub fn finish(&mut self, top: ModuleId, scope: ScopeIdx) -> Res<Netlist> {
        let ast = self.ast;
        let module = &ast[top];
        let names = module.ports.iter().map(|&port| &ast[port].name.text);
        self.top_ports = names.map(|name| name.to_string()).collect();
        let mut ports = Vec::new();
        let mut outputs = Vec::new();
        for (at, &symbol) in module.ports.iter().enumerate() {
            let name = &ast[symbol].name;
            if let SymbolKind::InterfacePort { .. } = ast[symbol].kind {
                return self.unsupported(
                    name.span,
                    "an interface as a port of the top module",
                    "put a module around it that has the signals as ports",
                );
            }
            let (SymbolKind::Port(declared), Some(Entity::Net(net))) =
                (&ast[symbol].kind, self.lookup_here(scope, &name.text)?)
            else {
                continue;
            };
            let ty = self.net(net).ty.clone();
            let (Storage::Slots(slot), true) = (self.net(net).storage, ty.unpacked.is_empty())
            else {
                return self.unsupported(
                    name.span,
                    "an array as a port of the top module",
                    "use one wide port",
                );
            };
            match declared.direction {
                Direction::Input => {
                    let input = Node::Input(InputId(at as u32));
                    let value = self.exprs.intern(input, ty.width);
                    self.drive(slot, 0, ty.width, Driver::Value(value), name.span);
                }
                Direction::Output => outputs.push((symbol, self.leaf(slot))),
                Direction::Inout => {
                    let inside = self.take_drives(slot);
                    let input = Node::Input(InputId(at as u32));
                    let value = self.exprs.intern(input, ty.width);
                    self.drive(slot, 0, ty.width, Driver::Value(value), name.span);
                    outputs.push((symbol, self.leaf(inside)));
                }
                Direction::Ref => {
                    return self.unsupported(
                        name.span,
                        "a port that is a reference",
                        "use an input and an output",
                    );
                }
            }
            // The bits of an unpacked structure have no declared order.
            if ty.aggregate || ty.loose > 0 {
                return self.unsupported(
                    name.span,
                    "an unpacked structure as a port of the top module",
                    "use a packed one",
                );
            }
            let range = match ty.packed[..] {
                [] if ty.width == 1 => None,
                // The only dimension can be that of an array of structures.
                [range] if range.len() == u64::from(ty.width) => Some((range.left, range.right)),
                _ => Some((i64::from(ty.width) - 1, 0)),
            };
            ports.push(Port {
                name: name.text.to_string(),
                direction: declared.direction,
                width: ty.width,
                range,
                signed: ty.signed,
                span: name.span,
            });
        }
        // Where a port is released is known when all are joined.
        let mut pins = Vec::new();
        let mut leaves = Vec::new();
        for (symbol, value) in outputs {
            let released = self.released(value);
            let constant = released.and_then(|bits| self.exprs.as_const(bits)).cloned();
            let never_driven = constant.as_ref().is_some_and(Bits::is_ones);
            if never_driven && self.is_bidirectional(symbol) {
                // An input in all but name.
                continue;
            }
            pins.push((symbol, false));
            leaves.push(value);
            if let (Some(released), None) = (released, constant) {
                pins.push((symbol, true));
                leaves.push(released);
            }
        }
        self.find_far_targets();
        let sampled = self.sampled(scope, &pins, &mut leaves)?;
        self.transfers(scope, &mut leaves)?;
        let machine = self.machine(&leaves)?;
        self.check_errors()?;
        self.assemble(top, machine, ports, (&pins, &sampled))
    }

    fn is_bidirectional(&self, symbol: ast::SymbolId) -> bool {
        let kind = &self.ast[symbol].kind;
        matches!(kind, SymbolKind::Port(port) if port.direction == Direction::Inout)
    }

    fn assemble(
        &mut self,
        top: ModuleId,
        mut machine: Machine,
        ports: Vec<Port>,
        (outputs, sampled): (&[(ast::SymbolId, bool)], &[When]),
    ) -> Res<Netlist> {
        let ast = self.ast;
        let module = &ast[top];
        let key = |elab: &Self, register: &Resolved| {
            let flop = &elab.flops[register.flop as usize];
            let slot = &elab.slots[flop.slot as usize];
            let net = elab.net(slot.net);
            let span = (net.span.file, net.span.start);
            (net.instance, span, slot.net, slot.element, flop.low)
        };
        machine
            .registers
            .sort_by_key(|register| key(self, register));
        machine.memories.sort_by_key(|&(mem, _)| mem);

        let reached = machine.reached(&self.exprs);
        let inputs = self.used_inputs(&machine, module, &reached);
        let mut copy = self.copy(&machine, &inputs, &reached);
        let mut netlist = Netlist {
            top: module.name.text.to_string(),
            instances: std::mem::take(&mut self.instances),
            ports,
            clocks: machine.clocks.clone(),
            looped: std::mem::take(&mut self.looped),
            ..Netlist::default()
        };
        for (new, &(number, width)) in inputs.iter().enumerate() {
            netlist.inputs.push(Input {
                name: self.input_name(number).to_string(),
                boundary: self.boundary_of(number),
                width,
                expr: copy.exprs.intern(Node::Input(InputId(new as u32)), width),
                stable: self.is_stable(number),
            });
        }
        for ((&(symbol, released), &value), &sampled) in
            outputs.iter().zip(&machine.outputs).zip(sampled)
        {
            netlist.outputs.push(Output {
                name: ast[symbol].name.text.to_string(),
                boundary: match released {
                    true => Boundary::Released,
                    false => Boundary::Port,
                },
                expr: copy.get(value),
                sampled: match sampled {
                    When::Always => Sampled::Always,
                    When::Never => Sampled::Never,
                    When::Root(at) => Sampled::When(copy.get(machine.outputs[at])),
                },
                span: ast[symbol].name.span,
            });
        }
        // The last roots are the transfers.
        let first = machine.outputs.len() - ast.handshakes.len();
        for (declared, &transfer) in ast.handshakes.iter().zip(&machine.outputs[first..]) {
            netlist.handshakes.push(Handshake {
                produces: declared.produces,
                transfer: copy.get(transfer),
                span: declared.span,
            });
        }
        self.black_boxes(&machine, &copy, &mut netlist);
        for &(clock, active) in &machine.logic_resets {
            let active = copy.get(active);
            netlist.logic_resets.push(LogicReset { clock, active });
        }
        for (new, register) in machine.registers.iter().enumerate() {
            let listed = self.register(register, RegId(new as u32), &mut copy);
            netlist.registers.push(listed);
        }
        for (mem, writes) in &machine.memories {
            let declared = &self.memories[*mem as usize];
            let net = self.net(declared.net);
            let mut processes: Vec<ProcessRef> = Vec::new();
            for write in &declared.writes {
                if !processes.contains(&write.process) {
                    processes.push(write.process.clone());
                }
            }
            // A table that nothing writes names its declaration.
            let process = processes.first().cloned().unwrap_or(ProcessRef {
                stmt: ast::StmtId(0),
                span: net.span,
                in_generate_loop: false,
                place: Default::default(),
            });
            let clock = declared.writes.first().map(|write| {
                let event = &self.clocks[write.clock as usize];
                (event.span, event.edge)
            });
            netlist.memories.push(Memory {
                name: net.path.clone(),
                width: declared.width,
                depth: declared.depth,
                writes: writes
                    .iter()
                    .map(|write| MemoryWrite {
                        clock: write.clock,
                        enable: copy.get(write.enable),
                        address: copy.get(write.address),
                        data: copy.get(write.data),
                        mask: copy.get(write.mask),
                    })
                    .collect(),
                first_index: match net.ty.unpacked[..] {
                    [range] => Some(range.low()),
                    _ => None,
                },
                processes,
                clock,
                plainly_clocked: writes.iter().all(|write| write.plain),
                init: declared.init.clone(),
                kept: self.options.kept(&net.path),
                origin: Origin {
                    instance: net.instance,
                    target: net.name.to_string(),
                    variable: net.name.to_string(),
                    bits: BitNaming::Whole,
                    declaration: net.span,
                    process,
                    assigned: Assigned::Nonblocking,
                    enumerated: false,
                    scope_path: net.scope_path.clone(),
                },
            });
        }
        if let Some(instance) = netlist.instances.first() {
            netlist.parameters = instance.parameters.clone();
        }
        netlist.constants = self.named_constants(&netlist.instances);
        netlist.filled_later = self.filled_state(&machine);
        netlist.unused = self.unused(&machine);
        netlist.data_files = std::mem::take(&mut self.data_files);
        netlist.passed_over = std::mem::take(&mut self.passed_over);
        (netlist.passed_over).sort_by_key(|it| (it.span.file, it.span.start, it.span.end));
        netlist.exprs = copy.exprs;
        Ok(netlist)
    }

    /// State of the machine that is filled when a simulation begins.
    fn filled_state(&self, machine: &Machine) -> Vec<(FilledLater, Span)> {
        let mut list = Vec::new();
        for (at, register) in machine.registers.iter().enumerate() {
            let slot = self.flops[register.flop as usize].slot;
            let net = self.slots[slot as usize].net;
            if let Some(&span) = self.filled_later.get(&net) {
                list.push((FilledLater::Register(RegId(at as u32)), span));
            }
        }
        for (at, (mem, _)) in machine.memories.iter().enumerate() {
            let net = self.memories[*mem as usize].net;
            if let Some(&span) = self.filled_later.get(&net) {
                list.push((FilledLater::Memory(MemId(at as u32)), span));
            }
        }
        list
    }

    /// The constants that were looked at, declared in module bodies, packages
    /// and files, in the order of scopes and declarations.
    fn named_constants(&self, instances: &[Instance]) -> Vec<NamedConstant> {
        let ast = self.ast;
        let mut constants = Vec::new();
        for scope in self.scopes.iter().filter(|scope| !scope.local) {
            let instance = match self.globals.contains_key(&scope.ast) {
                true => None,
                false => Some(scope.instance),
            };
            let body = instance.is_none_or(|of| {
                let instance = instances.get(of.index());
                instance.is_some_and(|instance| ast[instance.module].scope == scope.ast)
            });
            if !body {
                continue;
            }
            for member in &ast[scope.ast].members {
                let ast::Member::Declare(symbol) = member else {
                    continue;
                };
                let symbol = &ast[*symbol];
                let named = matches!(
                    symbol.kind,
                    SymbolKind::Parameter { .. } | SymbolKind::EnumMember { .. }
                );
                if named
                    && let Some(Entity::Constant(constant)) = scope.names.get(&*symbol.name.text)
                    && constant.real.is_none()
                {
                    constants.push(NamedConstant {
                        instance,
                        name: symbol.name.text.to_string(),
                        value: constant.bits.clone(),
                    });
                }
            }
        }
        constants
    }

    /// The inputs of the machine with their widths: the ports of the top that
    /// are no clocks, clocks that are used as data, outputs of black boxes.
    fn used_inputs(
        &self,
        machine: &Machine,
        module: &ast::Module,
        reached: &[bool],
    ) -> Vec<(InputId, u32)> {
        let mut widths: FxHashMap<u32, u32> = FxHashMap::default();
        for id in self.exprs.ids().filter(|id| reached[id.index()]) {
            if let Node::Input(input) = *self.exprs.node(id) {
                widths.insert(input.0, self.exprs.width(id));
            }
        }
        let mut inputs = Vec::new();
        for (at, &symbol) in module.ports.iter().enumerate() {
            let SymbolKind::Port(port) = &self.ast[symbol].kind else {
                continue;
            };
            let name = &self.top_ports[at];
            let clock = machine.clocks.iter().any(|clock| clock.port == *name);
            let width = widths.remove(&(at as u32));
            let enters = matches!(port.direction, Direction::Input | Direction::Inout);
            if enters && (!clock || width.is_some()) {
                let width = width.or_else(|| self.port_width(symbol));
                inputs.push((InputId(at as u32), width.unwrap_or(1)));
            }
        }
        for (opaque, roles) in self.opaques.iter().zip(&machine.black_boxes) {
            for (port, role) in opaque.ports.iter().zip(roles) {
                if let (Direction::Output, BlackBoxRole::Data(value)) = (port.direction, role)
                    && let Node::Input(input) = *self.exprs.node(*value)
                {
                    inputs.push((input, port.width));
                }
            }
        }
        inputs
    }

    /// The width of a port of the top.
    fn port_width(&self, symbol: ast::SymbolId) -> Option<u32> {
        let name = &self.ast[symbol].name;
        let of_top = |net: &&super::context::Net| {
            net.instance.index() == 0 && net.span == name.span && net.name == name.text
        };
        self.nets.iter().find(of_top).map(|net| net.ty.width)
    }

    /// Copies what the machine reaches, with registers, memories and inputs renumbered.
    fn copy(&self, machine: &Machine, inputs: &[(InputId, u32)], reached: &[bool]) -> Copy {
        let registers: FxHashMap<u32, u32> = machine
            .registers
            .iter()
            .enumerate()
            .map(|(new, register)| (register.flop, new as u32))
            .collect();
        let memories: FxHashMap<u32, u32> = machine
            .memories
            .iter()
            .enumerate()
            .map(|(new, (mem, _))| (*mem, new as u32))
            .collect();
        let numbers: FxHashMap<u32, u32> = inputs
            .iter()
            .enumerate()
            .map(|(new, (input, _))| (input.0, new as u32))
            .collect();
        let mut copy = Copy {
            exprs: Exprs::default(),
            ids: vec![None; self.exprs.len()],
        };
        for old in self.exprs.ids() {
            if !reached[old.index()] {
                continue;
            }
            let width = self.exprs.width(old);
            let get = |id: ExprId| copy.get(id);
            let node = match self.exprs.node(old) {
                Node::Input(input) => Node::Input(InputId(numbers[&input.0])),
                Node::Reg(register) => Node::Reg(RegId(registers[&register.0])),
                Node::MemRead(mem, address) => {
                    Node::MemRead(MemId(memories[&mem.0]), get(*address))
                }
                Node::Const(bits) => Node::Const(bits.clone()),
                Node::Net(slot) => Node::Net(*slot),
                Node::Unary(op, a) => Node::Unary(*op, get(*a)),
                Node::Binary(op, a, b) => Node::Binary(*op, get(*a), get(*b)),
                Node::Mux(s, a, b) => Node::Mux(get(*s), get(*a), get(*b)),
                Node::Slice(a, low) => Node::Slice(get(*a), *low),
                Node::Concat(items) => Node::Concat(items.iter().map(|&i| get(i)).collect()),
                Node::Index(index, items) => {
                    Node::Index(get(*index), items.iter().map(|&i| get(i)).collect())
                }
            };
            copy.ids[old.index()] = Some(copy.exprs.intern(node, width));
        }
        copy
    }

    /// Lists a register with the way back to the source.
    fn register(&self, resolved: &Resolved, id: RegId, copy: &mut Copy) -> Register {
        let flop = &self.flops[resolved.flop as usize];
        let slot = &self.slots[flop.slot as usize];
        let (path, origin) = self.origin(flop);
        let init = slot
            .init
            .as_ref()
            .map(|init| init.slice(flop.low, flop.width));
        Register {
            name: path,
            width: flop.width,
            expr: copy.exprs.intern(Node::Reg(id), flop.width),
            next: copy.get(resolved.next),
            async_resets: resolved
                .resets
                .iter()
                .map(|reset| AsyncReset {
                    active: copy.get(reset.active),
                    value: copy.get(reset.value),
                    port: reset.port.clone(),
                })
                .collect(),
            clocking: resolved.clocking.clone(),
            init: init.filter(|bits| *bits != Bits::unknown(flop.width)),
            origin,
        }
    }
}
