//! A netlist as circuits: two copies of the machine that share what they can.
//!
//! Only what the roots of the netlist need is made: of a multiplexer whose select is constant in a state, one leg. So a state
//! costs what the machine does in it, not all that it could do.

use rustc_hash::FxHashMap;

use super::aig::{Aig, Lit};
use super::choices::{Choice, choices};
use super::circuit::{Circuit, Contents};
use super::words::{self, Shift};
use crate::netlist::{BinaryOp, ExprId, Netlist, Node, RegId, Register, UnaryOp};

/// A netlist made ready to be turned into circuits again and again.
pub(super) struct Machine<'a> {
    pub(super) netlist: &'a Netlist,
    /// Values of outputs, next values of registers, ports of memories; each once.
    roots: Vec<ExprId>,
    /// Those that are conditions and values of asynchronous resets.
    resets: Vec<ExprId>,
    choices: FxHashMap<ExprId, Choice>,
}

/// What a multiplexer passes.
enum Passed {
    /// It depends on this expression, which has not been evaluated.
    Ask(ExprId),
    /// This leg, or what a leg passes.
    Leg(ExprId),
    /// Either leg.
    Open,
}

/// Where an expression's bits are that has not been evaluated.
const NOWHERE: u32 = u32::MAX;

/// The values of expressions in one copy of the machine.
pub(super) struct Copy {
    /// Per expression, where its bits begin.
    place: Vec<u32>,
    bits: Vec<Lit>,
    /// Per register, its value as stored: what an asynchronous reset overrides.
    pub(super) stored: Vec<Vec<Lit>>,
    /// Per memory, whose contents it has.
    contents: Vec<Contents>,
}

/// Per register, what its value is carried to within a cycle.
pub(super) struct Cones(Vec<Cone>);

struct Cone {
    exprs: Vec<ExprId>,
    /// Those of them that are roots.
    roots: Vec<ExprId>,
    /// The registers that may take another value at the clock edge.
    carried: Vec<RegId>,
    /// An asynchronous reset depends on it.
    resets: bool,
}

impl Cones {
    /// The registers that may take another value if `register` has another.
    pub(super) fn carried(&self, register: RegId) -> &[RegId] {
        &self.0[register.index()].carried
    }
}

impl<'a> Machine<'a> {
    pub(super) fn new(netlist: &'a Netlist) -> Machine<'a> {
        let resets = netlist.registers.iter().flat_map(|r| &r.async_resets);
        let resets = resets.flat_map(|reset| [reset.active, reset.value]);
        Machine {
            netlist,
            roots: each_once(netlist.roots()),
            resets: each_once(resets),
            choices: choices(&netlist.exprs, &reached(netlist, netlist.roots())),
        }
    }

    /// The bits of an expression that the roots need.
    pub(super) fn value<'b>(&self, copy: &'b Copy, id: ExprId) -> &'b [Lit] {
        let start = copy.place[id.index()] as usize;
        &copy.bits[start..start + self.netlist.exprs.width(id) as usize]
    }

    /// A copy of the machine with the given contents of registers and memories.
    /// What has the same operands as in `other` is taken from there.
    pub(super) fn copy(
        &self,
        circuit: &mut Circuit,
        stored: Vec<Vec<Lit>>,
        contents: Vec<Contents>,
        other: Option<&Copy>,
    ) -> Copy {
        let mut copy = Copy {
            place: vec![NOWHERE; self.netlist.exprs.len()],
            bits: Vec::new(),
            stored,
            contents,
        };
        if !self.resets.is_empty() {
            for (at, register) in self.netlist.registers.iter().enumerate() {
                copy.put_stored(register.expr, at);
            }
            for &id in &self.resets {
                self.evaluate(circuit, &mut copy, id, None);
            }
        }
        // While its reset is active a register reads as its reset value.
        let registers = self.netlist.registers.iter();
        let stored = copy.stored.iter();
        let effective: Vec<Vec<Lit>> = (registers.zip(stored))
            .map(|(register, bits)| self.under_resets(circuit, &copy, register, bits.clone()))
            .collect();
        copy.place.fill(NOWHERE);
        copy.bits.clear();
        for (register, bits) in self.netlist.registers.iter().zip(&effective) {
            copy.put(register.expr, bits);
        }
        for &id in &self.roots {
            self.evaluate(circuit, &mut copy, id, other);
        }
        copy
    }

    /// Per memory, contents that no failure has touched.
    pub(super) fn all_kept(&self) -> Vec<Contents> {
        vec![Contents::Kept; self.netlist.memories.len()]
    }

    /// The registers after the next clock edge.
    pub(super) fn next(&self, circuit: &mut Circuit, copy: &Copy) -> Vec<Vec<Lit>> {
        let registers = 0..self.netlist.registers.len() as u32;
        registers
            .map(|register| self.next_of(circuit, copy, RegId(register)))
            .collect()
    }

    /// One register after the next clock edge.
    pub(super) fn next_of(&self, circuit: &mut Circuit, copy: &Copy, register: RegId) -> Vec<Lit> {
        let register = &self.netlist.registers[register.index()];
        let value = self.value(copy, register.next).to_vec();
        self.under_resets(circuit, copy, register, value)
    }

    /// A value of a register, or its reset value while a reset is active.
    fn under_resets(
        &self,
        circuit: &mut Circuit,
        copy: &Copy,
        register: &Register,
        mut value: Vec<Lit>,
    ) -> Vec<Lit> {
        for reset in register.async_resets.iter().rev() {
            let active = self.value(copy, reset.active)[0];
            let reset = self.value(copy, reset.value);
            value = words::mux(&mut circuit.aig, active, reset, &value);
        }
        value
    }

    /// What the value of each register is carried to.
    pub(super) fn cones(&self) -> Cones {
        let exprs = &self.netlist.exprs;
        let needed = reached(self.netlist, self.roots.iter().copied());
        let resets = reached(self.netlist, self.resets.iter().copied());
        let cone = |register: &Register| {
            let mut touched = vec![false; exprs.len()];
            touched[register.expr.index()] = true;
            let mut list = Vec::new();
            for &id in needed.iter().filter(|&&id| id != register.expr) {
                let mut here = false;
                exprs.operands(id, |operand| here |= touched[operand.index()]);
                if here {
                    touched[id.index()] = true;
                    list.push(id);
                }
            }
            let of = |id: ExprId| touched[id.index()];
            let others = self.netlist.registers.iter().enumerate();
            let carried = others.filter(|(_, other)| {
                let resets = other.async_resets.iter();
                of(other.next) || resets.into_iter().any(|r| of(r.active) || of(r.value))
            });
            let roots = self.roots.iter().copied();
            Cone {
                carried: carried.map(|(at, _)| RegId(at as u32)).collect(),
                resets: resets.iter().any(|&id| of(id)),
                roots: (roots.filter(|&id| of(id) && id != register.expr)).collect(),
                exprs: list,
            }
        };
        Cones(self.netlist.registers.iter().map(cone).collect())
    }

    /// A copy that differs from another in one stored bit.
    pub(super) fn flipped(
        &self,
        circuit: &mut Circuit,
        other: &Copy,
        (register, bit): (RegId, u32),
        cones: &Cones,
    ) -> Copy {
        let mut stored = other.stored.clone();
        let flipped = &mut stored[register.index()][bit as usize];
        *flipped = !*flipped;
        let cone = &cones.0[register.index()];
        if cone.resets {
            return self.copy(circuit, stored, other.contents.clone(), Some(other));
        }
        let mut copy = Copy {
            place: other.place.clone(),
            bits: other.bits.clone(),
            stored,
            contents: other.contents.clone(),
        };
        let of = &self.netlist.registers[register.index()];
        let value = copy.stored[register.index()].clone();
        let value = self.under_resets(circuit, &copy, of, value);
        copy.put(of.expr, &value);
        for &id in &cone.exprs {
            copy.place[id.index()] = NOWHERE;
        }
        for &id in &cone.roots {
            self.evaluate(circuit, &mut copy, id, Some(other));
        }
        copy
    }

    /// Evaluates an expression and what it needs.
    fn evaluate(&self, circuit: &mut Circuit, copy: &mut Copy, id: ExprId, other: Option<&Copy>) {
        let mut open = vec![id];
        while let Some(&id) = open.last() {
            if copy.has(id) {
                open.pop();
                continue;
            }
            let before = open.len();
            self.needs(copy, id, |operand| {
                if !copy.has(operand) {
                    open.push(operand);
                }
            });
            if open.len() > before {
                continue;
            }
            open.pop();
            let bits = match other.filter(|other| self.alike(copy, other, id)) {
                Some(other) => self.value(other, id).to_vec(),
                None => self.circuit(circuit, copy, id),
            };
            copy.put(id, &bits);
        }
    }

    /// What a value depends on, as far as that is known.
    fn needs(&self, copy: &Copy, id: ExprId, mut visit: impl FnMut(ExprId)) {
        if let Node::Mux(select, then, other) = self.netlist.exprs.node(id) {
            return match self.passed(copy, id, (*select, *then, *other)) {
                Passed::Ask(asked) => visit(asked),
                Passed::Leg(leg) => visit(leg),
                Passed::Open => [*select, *then, *other].into_iter().for_each(visit),
            };
        }
        self.netlist.exprs.operands(id, visit);
    }

    fn passed(
        &self,
        copy: &Copy,
        id: ExprId,
        (select, then, other): (ExprId, ExprId, ExprId),
    ) -> Passed {
        if let Some(choice) = self.choices.get(&id) {
            if !copy.has(choice.on) {
                return Passed::Ask(choice.on);
            }
            if let Some(leg) = choice.leg(self.value(copy, choice.on)) {
                return Passed::Leg(leg);
            }
        }
        if !copy.has(select) {
            return Passed::Ask(select);
        }
        match self.value(copy, select)[0] {
            Lit::TRUE => Passed::Leg(then),
            Lit::FALSE => Passed::Leg(other),
            _ => Passed::Open,
        }
    }

    /// Whether an expression has the same operands in another copy, and is evaluated there.
    fn alike(&self, copy: &Copy, other: &Copy, id: ExprId) -> bool {
        if !other.has(id) {
            return false;
        }
        let mut same = match self.netlist.exprs.node(id) {
            Node::Reg(_) => false,
            Node::MemRead(memory, _) => {
                copy.contents[memory.index()] == other.contents[memory.index()]
            }
            // The other copy may pass the other leg.
            Node::Mux(select, a, b) => {
                matches!(self.passed(copy, id, (*select, *a, *b)), Passed::Open)
            }
            _ => true,
        };
        if same {
            self.needs(copy, id, |operand| {
                same = same
                    && other.has(operand)
                    && self.value(copy, operand) == self.value(other, operand);
            });
        }
        same
    }

    /// The bits of an expression, given those that it needs.
    fn circuit(&self, circuit: &mut Circuit, copy: &Copy, id: ExprId) -> Vec<Lit> {
        let exprs = &self.netlist.exprs;
        let width = exprs.width(id);
        let of = |id: &ExprId| self.value(copy, *id);
        let aig = &mut circuit.aig;
        match exprs.node(id) {
            Node::Reg(_) => unreachable!("registers are there from the beginning"),
            Node::Net(_) => unreachable!("a finished netlist has no nets"),
            Node::Const(bits) => (0..width)
                .map(|bit| match bits.bit(bit) {
                    Some(value) => Lit::constant(value),
                    None => circuit.unknown(id, bit),
                })
                .collect(),
            Node::Input(input) => circuit.inputs[input.index()].clone(),
            Node::MemRead(memory, address) => {
                let from = (*memory, &copy.contents[memory.index()]);
                circuit.read(from, of(address), width)
            }
            Node::Unary(op, a) => {
                let a = of(a);
                match op {
                    UnaryOp::Not => a.iter().map(|&bit| !bit).collect(),
                    UnaryOp::Neg => words::neg(aig, a),
                    UnaryOp::ReduceAnd => vec![aig.all(a.iter().copied())],
                    UnaryOp::ReduceOr => vec![aig.any(a.iter().copied())],
                    UnaryOp::ReduceXor => {
                        vec![a.iter().fold(Lit::FALSE, |sum, &bit| aig.xor(sum, bit))]
                    }
                    UnaryOp::SignExtend => {
                        let mut bits = a.to_vec();
                        bits.resize(width as usize, a[a.len() - 1]);
                        bits
                    }
                }
            }
            Node::Binary(op, a, b) => binary(aig, *op, of(a), of(b)),
            Node::Mux(select, a, b) => match self.passed(copy, id, (*select, *a, *b)) {
                Passed::Ask(_) => unreachable!("what it needs is evaluated"),
                Passed::Leg(leg) => of(&leg).to_vec(),
                Passed::Open => {
                    let select = of(select)[0];
                    words::mux(aig, select, of(a), of(b))
                }
            },
            Node::Slice(a, low) => of(a)[*low as usize..(*low + width) as usize].to_vec(),
            Node::Concat(items) => items.iter().flat_map(of).copied().collect(),
            Node::Index(index, items) => {
                let outside: Vec<Lit> = (0..width).map(|bit| circuit.unknown(id, bit)).collect();
                let items: Vec<&[Lit]> = items.iter().map(of).collect();
                words::select(&mut circuit.aig, of(index), &items, &outside)
            }
        }
    }
}

impl Copy {
    /// Whether an expression has been evaluated.
    pub(super) fn has(&self, id: ExprId) -> bool {
        self.place[id.index()] != NOWHERE
    }

    fn put(&mut self, id: ExprId, bits: &[Lit]) {
        self.place[id.index()] = self.bits.len() as u32;
        self.bits.extend_from_slice(bits);
    }

    /// A register as it is stored.
    fn put_stored(&mut self, id: ExprId, register: usize) {
        self.place[id.index()] = self.bits.len() as u32;
        self.bits.extend_from_slice(&self.stored[register]);
    }
}

fn each_once(ids: impl Iterator<Item = ExprId>) -> Vec<ExprId> {
    let mut list: Vec<ExprId> = ids.collect();
    list.sort_unstable();
    list.dedup();
    list
}

fn binary(aig: &mut Aig, op: BinaryOp, a: &[Lit], b: &[Lit]) -> Vec<Lit> {
    let bitwise = |f: &mut dyn FnMut(Lit, Lit) -> Lit| -> Vec<Lit> {
        a.iter().zip(b).map(|(&a, &b)| f(a, b)).collect()
    };
    let sign = a[a.len() - 1];
    match op {
        BinaryOp::And => bitwise(&mut |a, b| aig.and(a, b)),
        BinaryOp::Or => bitwise(&mut |a, b| aig.or(a, b)),
        BinaryOp::Xor => bitwise(&mut |a, b| aig.xor(a, b)),
        BinaryOp::Add => words::add(aig, a, b, Lit::FALSE),
        BinaryOp::Sub => words::sub(aig, a, b),
        BinaryOp::Mul => words::mul(aig, a, b),
        BinaryOp::DivU => words::div_mod(aig, a, b).0,
        BinaryOp::DivS => words::div_mod_signed(aig, a, b).0,
        BinaryOp::ModU => words::div_mod(aig, a, b).1,
        BinaryOp::ModS => words::div_mod_signed(aig, a, b).1,
        BinaryOp::Eq => vec![aig.equal(a, b)],
        BinaryOp::LtU => vec![words::less(aig, a, b)],
        BinaryOp::LtS => vec![words::less_signed(aig, a, b)],
        BinaryOp::Shl => words::shift(aig, Shift::Left, a, b, Lit::FALSE),
        BinaryOp::ShrU => words::shift(aig, Shift::Right, a, b, Lit::FALSE),
        BinaryOp::ShrS => words::shift(aig, Shift::Right, a, b, sign),
    }
}

/// All expressions below some roots, operands first.
fn reached(netlist: &Netlist, roots: impl Iterator<Item = ExprId>) -> Vec<ExprId> {
    let exprs = &netlist.exprs;
    let mut seen = vec![false; exprs.len()];
    let mut open: Vec<ExprId> = roots.collect();
    while let Some(id) = open.pop() {
        if !std::mem::replace(&mut seen[id.index()], true) {
            exprs.operands(id, |operand| open.push(operand));
        }
    }
    exprs.ids().filter(|id| seen[id.index()]).collect()
}
