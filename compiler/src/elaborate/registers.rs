//! The registers and memories that the outputs depend on, their clocks and
//! their resets, resolved.
//!
//! An asynchronous reset by an input port alone stays one. One that logic or a
//! register of the design makes becomes part of the expressions: from the
//! moment it is active the register reads as its reset value, so every read is
//! `active ? value : register`, and so is what it holds after the clock edge.

use super::clocks::ClockTable;
use super::context::{Elab, Res};
use super::resolve::{Resolver, Task};
use crate::diagnostics::{Diagnostic, codes};
use crate::netlist::{
    AsyncReset, BlackBoxRole, Clock, ClockId, Clocking, ExprId, Exprs, Node, RegId, ResetSource,
    UnaryOp,
};
use crate::source::Span;

/// A register with its resolved expressions.
#[derive(Debug)]
pub(super) struct Resolved {
    pub flop: u32,
    pub next: ExprId,
    pub resets: Vec<AsyncReset>,
    pub clocking: Clocking,
}

/// A memory's write with its resolved expressions.
#[derive(Debug)]
pub(super) struct ResolvedWrite {
    pub clock: ClockId,
    /// No gate on the way of the clock, no reset made by logic in the process.
    pub plain: bool,
    pub enable: ExprId,
    pub address: ExprId,
    pub data: ExprId,
    pub mask: ExprId,
}

/// What resolution from the outputs finds.
#[derive(Debug, Default)]
pub(super) struct Machine {
    /// Resolved roots, in the order given.
    pub outputs: Vec<ExprId>,
    pub registers: Vec<Resolved>,
    pub memories: Vec<(u32, Vec<ResolvedWrite>)>,
    pub clocks: Vec<Clock>,
    /// Conditions of asynchronous resets that logic makes, each once, with the
    /// clock of a register that it resets.
    pub logic_resets: Vec<(ClockId, ExprId)>,
    /// What the ports of each black box carry.
    pub black_boxes: Vec<Vec<BlackBoxRole>>,
}

impl Machine {
    /// The expressions that the machine consists of.
    pub fn reached(&self, exprs: &Exprs) -> Vec<bool> {
        let mut stack: Vec<ExprId> = self.outputs.clone();
        for register in &self.registers {
            stack.push(register.next);
            for reset in &register.resets {
                stack.extend([reset.active, reset.value]);
            }
        }
        for (_, writes) in &self.memories {
            for write in writes {
                stack.extend([write.enable, write.address, write.data, write.mask]);
            }
        }
        stack.extend(self.logic_resets.iter().map(|&(_, active)| active));
        for role in self.black_boxes.iter().flatten() {
            if let BlackBoxRole::Data(value) = *role {
                stack.push(value);
            }
        }
        let mut reached = vec![false; exprs.len()];
        while let Some(id) = stack.pop() {
            if !std::mem::replace(&mut reached[id.index()], true) {
                exprs.operands(id, |operand| stack.push(operand));
            }
        }
        reached
    }
}

impl<'a> Elab<'a> {
    /// Resolves outputs, and all state that they depend on.
    pub fn machine(&mut self, outputs: &[ExprId]) -> Res<Machine> {
        let mut resolver = Resolver::default();
        let mut clocks = ClockTable::new();
        let mut machine = Machine::default();
        let mut done = Ok(());
        for &output in outputs {
            match self.resolve(&mut resolver, output) {
                Ok(value) => machine.outputs.push(value),
                Err(error) => done = Err(error),
            }
        }
        done?;
        // What black boxes take is observed. Which of it are clocks is known
        // when all registers are.
        let opaques = std::mem::take(&mut self.opaques);
        for port in opaques.iter().flat_map(|opaque| &opaque.ports) {
            let value = self.resolve(&mut clocks.resolver, port.value)?;
            self.note_support(&mut resolver, value);
        }
        let (mut flop, mut memory) = (0, 0);
        loop {
            if let Some(&at) = resolver.flops.get(flop) {
                flop += 1;
                let resolved = self.resolve_flop(&mut resolver, &mut clocks, at, &mut machine)?;
                machine.registers.push(resolved);
            } else if let Some(&at) = resolver.memories.get(memory) {
                memory += 1;
                let mut writes = Vec::new();
                for write in self.memories[at as usize].writes.clone() {
                    let path = self.clock_path(&mut resolver, &mut clocks, write.clock)?;
                    let mut enable = self.resolve(&mut resolver, write.enable)?;
                    if let Some(gate) = path.enable {
                        enable = self.exprs.and(enable, gate);
                    }
                    let mut plain = path.gate.is_none();
                    for &level in write.levels.iter() {
                        let active = self.resolve(&mut resolver, level)?;
                        plain &= self.reset_source(active) != ResetSource::Logic;
                    }
                    writes.push(ResolvedWrite {
                        clock: path.clock,
                        plain,
                        enable,
                        address: self.resolve(&mut resolver, write.address)?,
                        data: self.resolve(&mut resolver, write.data)?,
                        mask: self.resolve(&mut resolver, write.mask)?,
                    });
                }
                machine.memories.push((at, writes));
            } else {
                let others = self.counterparts(&resolver.flops);
                if others.is_empty() {
                    break;
                }
                others.into_iter().for_each(|flop| resolver.add_flop(flop));
            }
        }
        for opaque in &opaques {
            let mut roles = Vec::new();
            for port in &opaque.ports {
                roles.push(self.role(&mut resolver, &mut clocks, port, opaque.span)?);
            }
            machine.black_boxes.push(roles);
        }
        self.opaques = opaques;
        machine.clocks = clocks.clocks;
        Ok(machine)
    }

    /// The input port, and whether it is not inverted, that an expression is.
    pub fn as_port(&self, value: ExprId) -> Option<(String, bool)> {
        match *self.exprs.node(value) {
            Node::Input(input) if self.exprs.width(value) == 1 => {
                let name = self.top_ports.get(input.index())?;
                Some((name.clone(), true))
            }
            Node::Unary(UnaryOp::Not, inner) => {
                let (name, straight) = self.as_port(inner)?;
                Some((name, !straight))
            }
            _ => None,
        }
    }

    /// What makes a reset, given its resolved condition.
    fn reset_source(&self, active: ExprId) -> ResetSource {
        if (self.exprs.as_const(active)).is_some_and(|bits| bits.is_zero()) {
            return ResetSource::Never;
        }
        match self.as_port(active) {
            Some((port, high)) => ResetSource::Port(port, high),
            None => ResetSource::Logic,
        }
    }

    /// Warns of a reset in which a register and an input must agree. Behind a
    /// clock edge the register has its new value and the input its old one for
    /// a moment; an alternative of the two can be no pulse that is in neither
    /// cycle, anything else can.
    fn warn_of_pulses(&mut self, active: ExprId, span: Span) {
        let mixed = self.factors(active, true).into_iter().any(|(term, _)| {
            let support = self.support(term);
            let is_input = |leaf: &&ExprId| matches!(self.exprs.node(**leaf), Node::Input(_));
            let inputs = support.iter().filter(is_input).count();
            inputs > 0 && inputs < support.len()
        });
        if mixed {
            self.tell(
                Diagnostic::warning(
                    codes::BAD_RESET,
                    span,
                    "this asynchronous reset needs a register and an input at once",
                )
                .note("a pulse between two clock edges, made by a new value of the one and an old one of the other, is not seen")
                .help("combine them in a register, or keep the input still while the register changes"),
            );
        }
    }

    /// The value that reading a register gives, or what must be resolved first.
    pub fn read_of(
        &mut self,
        resolver: &Resolver,
        flop: u32,
        needs: &mut Vec<Task>,
    ) -> Res<Option<ExprId>> {
        let (resets, width) = {
            let flop = &self.flops[flop as usize];
            (flop.resets.clone(), flop.width)
        };
        let mut found = Vec::new();
        for &(condition, value) in &resets {
            match (resolver.resolved(condition), resolver.resolved(value)) {
                (Some(active), Some(value)) => found.push((active, value)),
                _ => needs.extend([Task::Expr(condition), Task::Expr(value)]),
            }
        }
        if !needs.is_empty() {
            return Ok(None);
        }
        let stored = self.exprs.intern(Node::Reg(RegId(flop)), width);
        Ok(Some(self.under_logic_resets(&found, stored)))
    }

    /// A register's value under those of its resets that logic makes.
    fn under_logic_resets(&mut self, resets: &[(ExprId, ExprId)], stored: ExprId) -> ExprId {
        let mut read = stored;
        for (at, &(active, value)) in resets.iter().enumerate().rev() {
            if self.reset_source(active) != ResetSource::Logic {
                continue;
            }
            // Resets by ports act on the stored value; those in front of this
            // one win.
            let mut acting = active;
            for &(earlier, _) in &resets[..at] {
                if self.reset_source(earlier) != ResetSource::Logic {
                    let inactive = self.exprs.not(earlier);
                    acting = self.exprs.and(acting, inactive);
                }
            }
            read = self.exprs.mux(acting, value, read);
        }
        read
    }

    fn resolve_flop(
        &mut self,
        resolver: &mut Resolver,
        clocks: &mut ClockTable,
        flop: u32,
        machine: &mut Machine,
    ) -> Res<Resolved> {
        let (next, resets, levels, event, span, slot, low, width) = {
            let flop = &self.flops[flop as usize];
            let (resets, levels) = (flop.resets.clone(), flop.levels.clone());
            let (slot, low, width) = (flop.slot, flop.low, flop.width);
            (
                flop.next,
                resets,
                levels,
                flop.clock,
                flop.process.span,
                slot,
                low,
                width,
            )
        };
        let path = self.clock_path(resolver, clocks, event)?;
        let mut next = self.resolve(resolver, next)?;
        if let Some(enable) = path.enable {
            let whole = self.leaf(slot);
            let hold = self.exprs.slice(whole, low, width);
            let hold = self.resolve(resolver, hold)?;
            next = self.exprs.mux(enable, next, hold);
        }
        let mut ports = Vec::new();
        let mut found = Vec::new();
        for (condition, value) in resets {
            let active = self.resolve(resolver, condition)?;
            let value = self.resolve(resolver, value)?;
            let source = self.reset_source(active);
            if source == ResetSource::Never {
                continue;
            }
            if self.exprs.as_const(value).is_none() {
                let declared = self.net(self.slots[slot as usize].net).span;
                let name = self.slot_name(slot);
                return self.fail(
                    Diagnostic::error(
                        codes::BAD_RESET,
                        span,
                        "an asynchronous reset to a value that is not constant",
                    )
                    .label(declared, format!("of `{name}`"))
                    .help("reset to a constant, and load values at the clock edge"),
                );
            }
            found.push((active, value));
            match source {
                ResetSource::Port(port, high) => ports.push(AsyncReset {
                    active,
                    value,
                    port: (port, high),
                }),
                _ if !machine.logic_resets.contains(&(path.clock, active)) => {
                    machine.logic_resets.push((path.clock, active));
                    self.warn_of_pulses(active, span);
                }
                _ => {}
            }
        }
        let next = self.under_logic_resets(&found, next);
        let mut sources = Vec::new();
        for &condition in levels.iter() {
            let active = self.resolve(resolver, condition)?;
            sources.push(self.reset_source(active));
        }
        Ok(Resolved {
            flop,
            next,
            resets: ports,
            clocking: Clocking {
                clock: path.clock,
                gate: path.gate,
                resets: sources,
                set_by_reset: !found.is_empty(),
            },
        })
    }
}
