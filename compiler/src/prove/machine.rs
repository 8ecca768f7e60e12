//! A netlist as circuits: two copies of the machine that share what they can.

use rustc_hash::FxHashMap;

use super::aig::{Aig, Lit};
use super::words::{self, Shift};
use crate::netlist::{BinaryOp, ExprId, MemId, Netlist, Node, RegId, Register, UnaryOp};

/// A netlist made ready to be turned into circuits again and again.
pub(super) struct Machine<'a> {
    pub(super) netlist: &'a Netlist,
    /// What the machine consists of, operands first.
    needed: Vec<ExprId>,
    /// Of those, what asynchronous resets consist of.
    resets: Vec<ExprId>,
    /// Per expression, where its bits are in a [`Copy`].
    start: Vec<usize>,
    bits: usize,
}

/// The values of all expressions in one copy of the machine.
pub(super) struct Copy {
    bits: Vec<Lit>,
    /// Per register, its value as stored: what an asynchronous reset overrides.
    pub(super) stored: Vec<Vec<Lit>>,
    /// Per memory, whose contents it has.
    contents: Vec<Contents>,
}

/// Contents of a memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Contents {
    /// Those of the copy that lost nothing.
    Kept,
    /// Any.
    Lost,
}

/// One read of a memory.
struct Read {
    address: Vec<Lit>,
    data: Vec<Lit>,
}

/// A graph with the variables that both copies share.
pub(super) struct Circuit {
    pub(super) aig: Aig,
    /// Per input, its bits.
    pub(super) inputs: Vec<Vec<Lit>>,
    /// Unknown bits: the same function in both copies, whatever it is.
    unknown: FxHashMap<(ExprId, u32), Lit>,
    /// The reads of each memory, from contents kept and lost.
    reads: Vec<[Vec<Read>; 2]>,
}

impl Circuit {
    pub(super) fn new(netlist: &Netlist) -> Circuit {
        let mut aig = Aig::new();
        let inputs = netlist.inputs.iter();
        Circuit {
            inputs: inputs.map(|input| word(&mut aig, input.width)).collect(),
            aig,
            unknown: FxHashMap::default(),
            reads: netlist
                .memories
                .iter()
                .map(|_| Default::default())
                .collect(),
        }
    }

    fn unknown(&mut self, id: ExprId, bit: u32) -> Lit {
        let aig = &mut self.aig;
        *self.unknown.entry((id, bit)).or_insert_with(|| aig.input())
    }

    fn read(&mut self, from: (MemId, Contents), address: &[Lit], width: u32) -> Vec<Lit> {
        let (memory, contents) = from;
        let reads = &mut self.reads[memory.index()][contents as usize];
        if let Some(read) = reads.iter().find(|read| read.address == address) {
            return read.data.clone();
        }
        let data = word(&mut self.aig, width);
        reads.push(Read {
            address: address.to_vec(),
            data: data.clone(),
        });
        data
    }

    /// What holds of the variables: reads of one memory at equal addresses give
    /// equal data (Ackermann's reduction).
    pub(super) fn constraints(&mut self) -> Vec<Lit> {
        let mut list = Vec::new();
        let aig = &mut self.aig;
        for reads in self.reads.iter().flatten() {
            for (at, one) in reads.iter().enumerate() {
                for other in &reads[..at] {
                    let same = aig.equal(&one.address, &other.address);
                    let agree = aig.equal(&one.data, &other.data);
                    list.push(aig.or(!same, agree));
                }
            }
        }
        list
    }
}

/// A moment that a [`Circuit`] can be taken back to.
pub(super) struct Mark {
    nodes: usize,
    reads: Vec<[usize; 2]>,
}

impl Circuit {
    /// Remembers this moment.
    pub(super) fn mark(&self) -> Mark {
        let reads = self.reads.iter();
        Mark {
            nodes: self.aig.len(),
            reads: reads.map(|[a, b]| [a.len(), b.len()]).collect(),
        }
    }

    /// Forgets what was added since. No new expression has become unknown meanwhile.
    pub(super) fn undo(&mut self, mark: &Mark) {
        self.aig.truncate(mark.nodes);
        for ([a, b], [kept, lost]) in self.reads.iter_mut().zip(&mark.reads) {
            a.truncate(*kept);
            b.truncate(*lost);
        }
    }
}

/// Per register, what its value is carried to within a cycle.
pub(super) struct Cones(Vec<Cone>);

struct Cone {
    /// Expressions, operands first.
    exprs: Vec<ExprId>,
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

/// A word of free variables.
pub(super) fn word(aig: &mut Aig, width: u32) -> Vec<Lit> {
    (0..width).map(|_| aig.input()).collect()
}

impl<'a> Machine<'a> {
    pub(super) fn new(netlist: &'a Netlist) -> Machine<'a> {
        let resets = netlist.registers.iter().flat_map(|r| &r.async_resets);
        let resets = reached(
            netlist,
            resets.flat_map(|reset| [reset.active, reset.value]),
        );
        let needed = reached(netlist, netlist.roots());
        let mut start = Vec::with_capacity(netlist.exprs.len());
        let mut bits = 0;
        for id in netlist.exprs.ids() {
            start.push(bits);
            bits += netlist.exprs.width(id) as usize;
        }
        Machine {
            netlist,
            needed,
            resets,
            start,
            bits,
        }
    }

    fn range(&self, id: ExprId) -> std::ops::Range<usize> {
        let start = self.start[id.index()];
        start..start + self.netlist.exprs.width(id) as usize
    }

    /// The bits of an expression.
    pub(super) fn value<'b>(&self, copy: &'b Copy, id: ExprId) -> &'b [Lit] {
        &copy.bits[self.range(id)]
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
            bits: vec![Lit::FALSE; self.bits],
            stored,
            contents,
        };
        for (at, register) in self.netlist.registers.iter().enumerate() {
            let range = self.range(register.expr);
            copy.bits[range].copy_from_slice(&copy.stored[at]);
        }
        for &id in &self.resets {
            self.evaluate(circuit, &mut copy, id, other);
        }
        // While its reset is active a register reads as its reset value.
        let resets = &self.netlist.registers;
        for register in resets.iter().filter(|r| !r.async_resets.is_empty()) {
            let own = self.range(register.expr);
            let value = copy.bits[own.clone()].to_vec();
            let value = self.under_resets(circuit, &copy, register, value);
            copy.bits[own].copy_from_slice(&value);
        }
        for &id in &self.needed {
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
        let cone = |register: &Register| {
            let mut reached = vec![false; exprs.len()];
            reached[register.expr.index()] = true;
            let mut list = Vec::new();
            for &id in self.needed.iter().filter(|&&id| id != register.expr) {
                let mut here = false;
                exprs.operands(id, |operand| here |= reached[operand.index()]);
                if here {
                    reached[id.index()] = true;
                    list.push(id);
                }
            }
            let of = |id: ExprId| reached[id.index()];
            let others = self.netlist.registers.iter().enumerate();
            let carried = others.filter(|(_, other)| {
                let resets = other.async_resets.iter();
                of(other.next) || resets.into_iter().any(|r| of(r.active) || of(r.value))
            });
            Cone {
                carried: carried.map(|(at, _)| RegId(at as u32)).collect(),
                resets: self.resets.iter().any(|&id| of(id)),
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
            bits: other.bits.clone(),
            stored,
            contents: other.contents.clone(),
        };
        let of = &self.netlist.registers[register.index()];
        let value = copy.stored[register.index()].clone();
        let value = self.under_resets(circuit, &copy, of, value);
        copy.bits[self.range(of.expr)].copy_from_slice(&value);
        for &id in &cone.exprs {
            self.evaluate(circuit, &mut copy, id, Some(other));
        }
        copy
    }

    fn evaluate(&self, circuit: &mut Circuit, copy: &mut Copy, id: ExprId, other: Option<&Copy>) {
        let exprs = &self.netlist.exprs;
        if let Some(other) = other
            && !matches!(exprs.node(id), Node::Reg(_))
        {
            let mut same = match exprs.node(id) {
                Node::MemRead(memory, _) => {
                    let at = memory.index();
                    copy.contents[at] == other.contents[at]
                }
                _ => true,
            };
            exprs.operands(id, |operand| {
                let range = self.range(operand);
                same = same && copy.bits[range.clone()] == other.bits[range];
            });
            if same {
                let range = self.range(id);
                copy.bits[range.clone()].copy_from_slice(&other.bits[range]);
                return;
            }
        }
        if let Some(bits) = self.circuit(circuit, copy, id) {
            copy.bits[self.range(id)].copy_from_slice(&bits);
        }
    }

    /// The bits of an expression; `None` for registers, which are there already.
    fn circuit(&self, circuit: &mut Circuit, copy: &Copy, id: ExprId) -> Option<Vec<Lit>> {
        let exprs = &self.netlist.exprs;
        let width = exprs.width(id);
        let of = |id: &ExprId| self.value(copy, *id);
        let aig = &mut circuit.aig;
        Some(match exprs.node(id) {
            Node::Reg(_) => return None,
            Node::Net(_) => unreachable!("a finished netlist has no nets"),
            Node::Const(bits) => (0..width)
                .map(|bit| match bits.bit(bit) {
                    Some(value) => Lit::constant(value),
                    None => circuit.unknown(id, bit),
                })
                .collect(),
            Node::Input(input) => circuit.inputs[input.index()].clone(),
            Node::MemRead(memory, address) => {
                let from = (*memory, copy.contents[memory.index()]);
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
            Node::Mux(select, a, b) => {
                let select = of(select)[0];
                words::mux(aig, select, of(a), of(b))
            }
            Node::Slice(a, low) => of(a)[*low as usize..(*low + width) as usize].to_vec(),
            Node::Concat(items) => items.iter().flat_map(of).copied().collect(),
            Node::Index(index, items) => {
                let outside: Vec<Lit> = (0..width).map(|bit| circuit.unknown(id, bit)).collect();
                let items: Vec<&[Lit]> = items.iter().map(of).collect();
                words::select(&mut circuit.aig, of(index), &items, &outside)
            }
        })
    }
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
