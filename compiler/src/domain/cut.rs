//! A netlist of fewer registers: what is left out becomes inputs and outputs.

use crate::diagnostics::{Diagnostic, Diagnostics, codes};
use crate::netlist::{
    Bits, BlackBoxRole, Boundary, ClockId, ExprId, Exprs, FilledLater, Handshake, Input, InputId,
    MemId, Memory, Netlist, Node, Output, RegId, ResetSource, Sampled,
};

/// Which registers and memories belong to a clock, and what depends on them.
pub(super) struct Share {
    /// Per register.
    pub registers: Vec<bool>,
    /// Per memory: one that nothing writes belongs to every clock.
    pub memories: Vec<bool>,
    /// Per expression: it depends on the share's state.
    pub touched: Vec<bool>,
}

impl Share {
    pub fn new(netlist: &Netlist, clock: ClockId) -> Share {
        let registers: Vec<bool> = (netlist.registers.iter())
            .map(|register| register.clocking.clock == clock)
            .collect();
        let memories: Vec<bool> = (netlist.memories.iter())
            .map(|memory| memory.writes.iter().all(|write| write.clock == clock))
            .collect();
        let port = &netlist.clocks[clock.index()].port;
        let mut touched = vec![false; netlist.exprs.len()];
        for id in netlist.exprs.ids() {
            let mut depends = match netlist.exprs.node(id) {
                // The clock stops and turns with the state.
                Node::Input(input) => {
                    let input = &netlist.inputs[input.index()];
                    input.boundary == Boundary::Port && input.name == *port
                }
                Node::Reg(register) => registers[register.index()],
                Node::MemRead(memory, _) => {
                    let written = !netlist.memories[memory.index()].writes.is_empty();
                    memories[memory.index()] && written
                }
                _ => false,
            };
            let operand = |of: ExprId| depends |= touched[of.index()];
            netlist.exprs.operands(id, operand);
            touched[id.index()] = depends;
        }
        Share {
            registers,
            memories,
            touched,
        }
    }
}

/// What the state of other clocks takes, with a name.
pub(super) fn foreign(netlist: &Netlist, share: &Share) -> Vec<(String, ExprId, ClockId)> {
    let mut list = Vec::new();
    for (at, register) in netlist.registers.iter().enumerate() {
        if !share.registers[at] {
            let name = format!("{}.next", register.name);
            list.push((name, register.next, register.clocking.clock));
        }
    }
    for (at, memory) in netlist.memories.iter().enumerate() {
        for (number, write) in memory
            .writes
            .iter()
            .enumerate()
            .filter(|_| !share.memories[at])
        {
            let parts = [
                ("enable", write.enable),
                ("address", write.address),
                ("data", write.data),
                ("mask", write.mask),
            ];
            for (part, expr) in parts {
                list.push((format!("{}.{part}{number}", memory.name), expr, write.clock));
            }
        }
    }
    list
}

/// The machine of a clock.
pub(super) fn cut(
    netlist: &Netlist,
    clock: ClockId,
    diagnostics: &mut Diagnostics,
) -> Option<Netlist> {
    let share = Share::new(netlist, clock);
    let crossing: Vec<(String, ExprId)> = foreign(netlist, &share)
        .into_iter()
        .filter(|(_, expr, _)| share.touched[expr.index()])
        .map(|(name, expr, _)| (name, expr))
        .collect();
    let mut state: Vec<ExprId> = Vec::new();
    for (register, _) in kept(&netlist.registers, &share.registers) {
        state.push(register.next);
        state.extend(
            register
                .async_resets
                .iter()
                .flat_map(|r| [r.active, r.value]),
        );
    }
    for (memory, _) in kept(&netlist.memories, &share.memories) {
        let writes = memory.writes.iter();
        state.extend(writes.flat_map(|w| [w.enable, w.address, w.data, w.mask]));
    }
    let logic = netlist
        .logic_resets
        .iter()
        .filter(|reset| reset.clock == clock);
    state.extend(logic.map(|reset| reset.active));
    let mut roots = state.clone();
    roots.extend(netlist.outputs.iter().map(|output| output.expr));
    roots.extend(netlist.conditions());
    roots.extend(
        netlist
            .handshakes
            .iter()
            .map(|handshake| handshake.transfer),
    );
    roots.extend(crossing.iter().map(|(_, expr)| *expr));

    let own = netlist.input_port(&netlist.clocks[clock.index()].port);
    let own = own.map(|input| input.expr);
    if let Some(own) = own {
        clock_as_data(
            netlist,
            clock,
            own,
            &reached(netlist, &share, &state),
            diagnostics,
        )?;
    }
    let reached = reached(netlist, &share, &roots);
    let mut copy = Copy::new(netlist, &share, own, netlist.clocks[clock.index()].rising);
    copy.all(&reached);
    Some(copy.finish(clock, crossing))
}

fn kept<'a, T>(list: &'a [T], keep: &[bool]) -> impl Iterator<Item = (&'a T, usize)> {
    let keep = keep.to_vec();
    (list.iter().zip(0..)).filter(move |&(_, at)| keep[at])
}

/// The expressions that roots need, not looking behind other clocks' state.
fn reached(netlist: &Netlist, share: &Share, roots: &[ExprId]) -> Vec<bool> {
    let mut reached = vec![false; netlist.exprs.len()];
    let mut stack = roots.to_vec();
    while let Some(id) = stack.pop() {
        if std::mem::replace(&mut reached[id.index()], true) {
            continue;
        }
        if let Node::MemRead(memory, _) = netlist.exprs.node(id)
            && !share.memories[memory.index()]
        {
            continue;
        }
        netlist.exprs.operands(id, |operand| stack.push(operand));
    }
    reached
}

/// The clock in an expression: an error where state depends on it. In an output
/// it is, at the edge that counts, at the level in front of that edge.
fn clock_as_data(
    netlist: &Netlist,
    clock: ClockId,
    own: ExprId,
    state: &[bool],
    diagnostics: &mut Diagnostics,
) -> Option<()> {
    let clock = &netlist.clocks[clock.index()];
    let port = netlist.ports.iter().find(|port| port.name == clock.port);
    let span = port.map_or(clock.span, |port| port.span);
    if state[own.index()] {
        diagnostics.push(
            Diagnostic::error(
                codes::CLOCK_LOGIC,
                span,
                format!("registers depend on the clock `{}` as data", clock.port),
            )
            .note("its value at its own edge is a race")
            .help("use the clock in event controls and clock gates only"),
        );
        return None;
    }
    diagnostics.push(
        Diagnostic::warning(
            codes::CLOCK_LOGIC,
            span,
            format!("an output depends on the clock `{}`", clock.port),
        )
        .note("it also moves while the design is stopped and its chain turns")
        .help("let what it drives ignore edges while `idetic_stall` is 1"),
    );
    Some(())
}

/// Copies expressions into the arena of the machine.
struct Copy<'a> {
    netlist: &'a Netlist,
    share: &'a Share,
    /// The machine's clock where it is used as data, with its level.
    own: Option<ExprId>,
    level: bool,
    exprs: Exprs,
    ids: Vec<Option<ExprId>>,
    inputs: Vec<Input>,
    input_ids: Vec<Option<InputId>>,
    register_ids: Vec<Option<RegId>>,
    memory_ids: Vec<Option<MemId>>,
}

impl<'a> Copy<'a> {
    fn new(netlist: &'a Netlist, share: &'a Share, own: Option<ExprId>, rising: bool) -> Copy<'a> {
        let number = |keep: &[bool]| {
            let mut next = 0;
            let of = |&keep: &bool| {
                keep.then(|| {
                    next += 1;
                    next - 1
                })
            };
            keep.iter().map(of).collect::<Vec<Option<u32>>>()
        };
        let registers = number(&share.registers).into_iter();
        let memories = number(&share.memories).into_iter();
        let mut copy = Copy {
            netlist,
            share,
            own,
            level: !rising,
            exprs: Exprs::default(),
            ids: vec![None; netlist.exprs.len()],
            inputs: Vec::new(),
            input_ids: Vec::new(),
            register_ids: registers.map(|id| id.map(RegId)).collect(),
            memory_ids: memories.map(|id| id.map(MemId)).collect(),
        };
        for input in &netlist.inputs {
            let id = (Some(input.expr) != own)
                .then(|| copy.input(input.name.clone(), input.boundary, input.width));
            if let Some(id) = id {
                copy.inputs[id.index()].stable = input.stable;
            }
            copy.input_ids.push(id);
        }
        copy
    }

    /// A new input.
    fn input(&mut self, name: String, boundary: Boundary, width: u32) -> InputId {
        let id = InputId(self.inputs.len() as u32);
        let expr = self.exprs.intern(Node::Input(id), width);
        self.inputs.push(Input {
            name,
            boundary,
            width,
            expr,
            stable: false,
        });
        id
    }

    fn get(&self, old: ExprId) -> ExprId {
        self.ids[old.index()].expect("everything that the roots reach is copied")
    }

    fn all(&mut self, reached: &[bool]) {
        let netlist = self.netlist;
        for old in netlist.exprs.ids().filter(|old| reached[old.index()]) {
            let width = netlist.exprs.width(old);
            let get = |id: ExprId| self.get(id);
            let node = match netlist.exprs.node(old) {
                Node::Input(_) if Some(old) == self.own => {
                    Node::Const(Bits::from_u64(1, u64::from(self.level)))
                }
                Node::Input(input) => match self.input_ids[input.index()] {
                    Some(new) => Node::Input(new),
                    None => unreachable!("only the clock is no input, and it is dealt with"),
                },
                Node::Reg(register) => match self.register_ids[register.index()] {
                    Some(new) => Node::Reg(new),
                    None => {
                        let name = netlist.registers[register.index()].name.clone();
                        Node::Input(self.input(name, Boundary::Crossing, width))
                    }
                },
                Node::MemRead(memory, address) => match self.memory_ids[memory.index()] {
                    Some(new) => Node::MemRead(new, get(*address)),
                    None => {
                        let name = &netlist.memories[memory.index()].name;
                        let name = format!("{name}.read{}", old.index());
                        Node::Input(self.input(name, Boundary::Crossing, width))
                    }
                },
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
            self.ids[old.index()] = Some(self.exprs.intern(node, width));
        }
    }

    /// The machine, with other clocks' takings as outputs.
    fn finish(mut self, clock: ClockId, crossing: Vec<(String, ExprId)>) -> Netlist {
        let netlist = self.netlist;
        let mut machine = Netlist {
            top: netlist.top.clone(),
            instances: netlist.instances.clone(),
            ports: netlist.ports.clone(),
            clocks: vec![netlist.clocks[clock.index()].clone()],
            parameters: netlist.parameters.clone(),
            constants: netlist.constants.clone(),
            domains: super::summary(netlist, Some(clock)),
            data_files: netlist.data_files.clone(),
            passed_over: netlist.passed_over.clone(),
            ..Netlist::default()
        };
        for output in &netlist.outputs {
            let expr = self.get(output.expr);
            let sampled = match output.sampled {
                Sampled::When(condition) => Sampled::When(self.get(condition)),
                other => other,
            };
            machine.outputs.push(Output {
                expr,
                sampled,
                ..output.clone()
            });
        }
        let handshakes = netlist.handshakes.iter();
        machine.handshakes = handshakes
            .map(|handshake| Handshake {
                transfer: self.get(handshake.transfer),
                ..*handshake
            })
            .collect();
        let mut shared = Vec::new();
        for (at, register) in netlist.registers.iter().enumerate() {
            for source in register
                .clocking
                .resets
                .iter()
                .filter(|_| !self.share.registers[at])
            {
                if let ResetSource::Port(port, _) = source {
                    shared.push(port.clone());
                }
            }
        }
        let span = netlist.clocks[clock.index()].span;
        for (name, expr) in crossing {
            machine.outputs.push(Output {
                name,
                boundary: Boundary::Crossing,
                expr: self.get(expr),
                sampled: Sampled::Always,
                span,
            });
        }
        for (register, _) in kept(&netlist.registers, &self.share.registers) {
            let mut register = register.clone();
            let id = RegId(machine.registers.len() as u32);
            register.expr = self.exprs.intern(Node::Reg(id), register.width);
            register.next = self.get(register.next);
            for reset in &mut register.async_resets {
                reset.active = self.get(reset.active);
                reset.value = self.get(reset.value);
            }
            register.clocking.clock = ClockId(0);
            for source in &mut register.clocking.resets {
                // Other clocks' registers must not miss it while this machine
                // stands still, so it is not masked at the port.
                if let ResetSource::Port(port, _) = source
                    && shared.contains(port)
                {
                    *source = ResetSource::Logic;
                }
            }
            machine.registers.push(register);
        }
        for (memory, _) in kept(&netlist.memories, &self.share.memories) {
            let mut memory: Memory = memory.clone();
            for write in &mut memory.writes {
                write.clock = ClockId(0);
                write.enable = self.get(write.enable);
                write.address = self.get(write.address);
                write.data = self.get(write.data);
                write.mask = self.get(write.mask);
            }
            machine.memories.push(memory);
        }
        for reset in netlist
            .logic_resets
            .iter()
            .filter(|reset| reset.clock == clock)
        {
            let mut reset = *reset;
            reset.clock = ClockId(0);
            reset.active = self.get(reset.active);
            machine.logic_resets.push(reset);
        }
        let filled = netlist.filled_later.iter();
        machine.filled_later = filled
            .filter_map(|&(what, span)| {
                let new = match what {
                    FilledLater::Register(at) => {
                        self.register_ids[at.index()].map(FilledLater::Register)
                    }
                    FilledLater::Memory(at) => self.memory_ids[at.index()].map(FilledLater::Memory),
                };
                new.map(|new| (new, span))
            })
            .collect();
        machine.black_boxes = netlist.black_boxes.clone();
        for port in machine
            .black_boxes
            .iter_mut()
            .flat_map(|opaque| &mut opaque.ports)
        {
            port.role = match port.role {
                BlackBoxRole::Data(value) => match *netlist.exprs.node(value) {
                    Node::Input(input) => match self.input_ids[input.index()] {
                        Some(new) => BlackBoxRole::Data(self.inputs[new.index()].expr),
                        None => BlackBoxRole::Idle,
                    },
                    _ => BlackBoxRole::Data(self.get(value)),
                },
                BlackBoxRole::Clock {
                    clock: of,
                    rests_low,
                } if of == clock => BlackBoxRole::Clock {
                    clock: ClockId(0),
                    rests_low,
                },
                _ => BlackBoxRole::Idle,
            };
        }
        machine.inputs = self.inputs;
        machine.exprs = self.exprs;
        machine
    }
}
