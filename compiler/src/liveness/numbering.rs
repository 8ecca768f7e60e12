//! The terms that expressions have in one case of one control state: word by word, of what is needed only.
//!
//! A bit that is known is a constant; of a multiplexer whose select is known one leg is looked at.

use super::terms::{Lit, Term, Terms};
use crate::netlist::known::{Cone, Known};
use crate::netlist::{BinaryOp, ExprId, MemId, Netlist, Node, UnaryOp};

/// What expressions are looked at under.
#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    pub(super) netlist: &'a Netlist,
    pub(super) cone: &'a Cone,
    pub(super) known: &'a Known,
    /// Per register the literals of its bits, as it reads in the cycle.
    pub(super) registers: &'a [Vec<Lit>],
}

/// Names of operations that are not taken apart.
const MULTIPLY: u32 = 0;
const FIRST_MEMORY: u32 = 1;

/// The literals of expressions.
pub(super) struct Numbering {
    pub(super) terms: Terms,
    /// Per expression the round in which it was evaluated, and where its bits begin.
    places: Vec<(u32, u32)>,
    round: u32,
    bits: Vec<Lit>,
    work: u64,
    /// Whether some input never changes.
    any_stable: bool,
}

impl Numbering {
    pub(super) fn new(netlist: &Netlist) -> Numbering {
        let registers: u32 = netlist.registers.iter().map(|it| it.width).sum();
        Numbering {
            terms: Terms::new(registers as usize),
            places: vec![(0, 0); netlist.exprs.len()],
            round: 0,
            bits: Vec::new(),
            work: 0,
            any_stable: netlist.inputs.iter().any(|input| input.stable),
        }
    }

    /// How much has been done: a measure of time.
    pub(super) fn work(&self) -> u64 {
        self.work + self.terms.len() as u64
    }

    /// Forgets all terms.
    pub(super) fn restart(&mut self) {
        self.work += self.terms.len() as u64;
        self.terms.clear();
        self.begin();
    }

    /// Forgets the values of expressions: another view follows.
    pub(super) fn begin(&mut self) {
        self.round += 1;
        self.bits.clear();
    }

    fn has(&self, id: ExprId) -> bool {
        self.places[id.index()].0 == self.round
    }

    /// The bits of an expression. All since the last [`Numbering::begin`] are under one view.
    pub(super) fn value(&mut self, view: View<'_>, id: ExprId) -> Vec<Lit> {
        let mut open = vec![id];
        while let Some(&id) = open.last() {
            if self.has(id) {
                open.pop();
                continue;
            }
            self.work += 1;
            let before = open.len();
            self.needs(view, id, |operand| open.push(operand));
            if open.len() > before {
                continue;
            }
            open.pop();
            let bits = self.evaluate(view, id);
            self.work += bits.len() as u64;
            self.places[id.index()] = (self.round, self.bits.len() as u32);
            self.bits.extend(bits);
        }
        self.of(view, id).to_vec()
    }

    fn of(&self, view: View<'_>, id: ExprId) -> &[Lit] {
        let at = self.places[id.index()].1 as usize;
        &self.bits[at..at + view.netlist.exprs.width(id) as usize]
    }

    /// The operands that must come first.
    fn needs(&self, view: View<'_>, id: ExprId, mut visit: impl FnMut(ExprId)) {
        let exprs = &view.netlist.exprs;
        if view.known.planes(view.cone, id).all_known(exprs.width(id)) && !self.is_wiring(view, id)
        {
            return;
        }
        let mut visit = |operand: ExprId| {
            if !self.has(operand) {
                visit(operand);
            }
        };
        match exprs.node(id) {
            Node::Mux(..) => match chosen(view, id) {
                Some(leg) => visit(leg),
                None => exprs.operands(id, visit),
            },
            Node::Index(index, items) => match index_of(view, *index) {
                Some(at) => items.get(at).copied().into_iter().for_each(visit),
                None => exprs.operands(id, visit),
            },
            _ => exprs.operands(id, visit),
        }
    }

    fn evaluate(&mut self, view: View<'_>, id: ExprId) -> Vec<Lit> {
        let exprs = &view.netlist.exprs;
        let width = exprs.width(id);
        let planes = view.known.planes(view.cone, id);
        let known: Vec<Option<bool>> = (0..width).map(|bit| planes.bit(bit)).collect();
        if known.iter().all(Option::is_some) && !self.is_wiring(view, id) {
            return known.into_iter().flatten().map(Lit::constant).collect();
        }
        let mut bits = self.made(view, id);
        for (bit, known) in bits.iter_mut().zip(known) {
            if let Some(value) = known
                && !self.is_stable(view, *bit)
            {
                *bit = Lit::constant(value);
            }
        }
        bits
    }

    /// Whether an expression may pass on an input that never changes. Its name says more than its value on
    /// one edge: that it will be the same.
    fn is_wiring(&self, view: View<'_>, id: ExprId) -> bool {
        let node = view.netlist.exprs.node(id);
        self.any_stable && matches!(node, Node::Input(_) | Node::Slice(..) | Node::Concat(_))
    }

    fn is_stable(&self, view: View<'_>, lit: Lit) -> bool {
        let input = match *self.terms.term(lit) {
            Term::Input(input, _) => input,
            _ => return false,
        };
        view.netlist.inputs[input as usize].stable
    }

    fn made(&mut self, view: View<'_>, id: ExprId) -> Vec<Lit> {
        let exprs = &view.netlist.exprs;
        let width = exprs.width(id) as usize;
        let of = |this: &Numbering, id: &ExprId| this.of(view, *id).to_vec();
        match exprs.node(id) {
            Node::Net(_) => unreachable!("a finished netlist has no nets"),
            Node::Const(bits) => (0..width as u32)
                .map(|bit| match bits.bit(bit) {
                    Some(value) => Lit::constant(value),
                    None => self.terms.open(),
                })
                .collect(),
            Node::Input(input) => (0..width as u32)
                .map(|bit| self.terms.input(input.0, bit))
                .collect(),
            Node::Reg(register) => view.registers[register.index()].clone(),
            Node::MemRead(memory, address) => {
                let address = of(self, address);
                self.read(view, *memory, &address, width)
            }
            Node::Unary(op, a) => {
                let a = of(self, a);
                self.unary(*op, &a, width)
            }
            Node::Binary(op, a, b) => {
                let (a, b) = (of(self, a), of(self, b));
                self.binary(*op, &a, &b)
            }
            Node::Mux(select, a, b) => match chosen(view, id) {
                Some(leg) => of(self, &leg),
                None => {
                    let select = of(self, select)[0];
                    let (a, b) = (of(self, a), of(self, b));
                    self.mux(select, &a, &b)
                }
            },
            Node::Slice(a, low) => of(self, a)[*low as usize..*low as usize + width].to_vec(),
            Node::Concat(items) => items.iter().flat_map(|item| of(self, item)).collect(),
            Node::Index(index, items) => match index_of(view, *index) {
                Some(at) => match items.get(at) {
                    Some(item) => of(self, item),
                    None => (0..width).map(|_| self.terms.open()).collect(),
                },
                None => {
                    let index = of(self, index);
                    let items: Vec<Vec<Lit>> = items.iter().map(|item| of(self, item)).collect();
                    self.select(&index, items, width)
                }
            },
        }
    }

    fn mux(&mut self, select: Lit, a: &[Lit], b: &[Lit]) -> Vec<Lit> {
        let pairs = a.iter().zip(b);
        pairs.map(|(&a, &b)| self.terms.mux(select, a, b)).collect()
    }

    /// A word of a memory; an address past its end reads what the language leaves open.
    fn read(&mut self, view: View<'_>, memory: MemId, address: &[Lit], width: usize) -> Vec<Lit> {
        let of = &view.netlist.memories[memory.index()];
        let full = address.len() < 32 && of.depth == 1 << address.len();
        let given = of.init.iter().flatten().all(|word| word.is_known());
        let known = !of.writes.is_empty() || of.init.is_some() && given;
        (0..width as u32)
            .map(|bit| match full && known {
                true => self.terms.whole(FIRST_MEMORY + memory.0, address, bit),
                false => self.terms.open(),
            })
            .collect()
    }

    fn unary(&mut self, op: UnaryOp, a: &[Lit], width: usize) -> Vec<Lit> {
        let terms = &mut self.terms;
        match op {
            UnaryOp::Not => a.iter().map(|&bit| !bit).collect(),
            UnaryOp::Neg => {
                let inverse: Vec<Lit> = a.iter().map(|&bit| !bit).collect();
                self.add(&inverse, &vec![Lit::FALSE; a.len()], Lit::TRUE)
            }
            UnaryOp::ReduceAnd => vec![a.iter().fold(Lit::TRUE, |all, &bit| terms.and(all, bit))],
            UnaryOp::ReduceOr => vec![a.iter().fold(Lit::FALSE, |any, &bit| terms.or(any, bit))],
            UnaryOp::ReduceXor => vec![a.iter().fold(Lit::FALSE, |sum, &bit| terms.xor(sum, bit))],
            UnaryOp::SignExtend => {
                let mut bits = a.to_vec();
                bits.resize(width, a[a.len() - 1]);
                bits
            }
        }
    }

    fn binary(&mut self, op: BinaryOp, a: &[Lit], b: &[Lit]) -> Vec<Lit> {
        let sign = a[a.len() - 1];
        let mut bitwise = |f: fn(&mut Terms, Lit, Lit) -> Lit| -> Vec<Lit> {
            let pairs = a.iter().zip(b);
            pairs.map(|(&a, &b)| f(&mut self.terms, a, b)).collect()
        };
        match op {
            BinaryOp::And => bitwise(Terms::and),
            BinaryOp::Or => bitwise(Terms::or),
            BinaryOp::Xor => bitwise(Terms::xor),
            BinaryOp::Add => self.add(a, b, Lit::FALSE),
            BinaryOp::Sub => {
                let inverse: Vec<Lit> = b.iter().map(|&bit| !bit).collect();
                self.add(a, &inverse, Lit::TRUE)
            }
            BinaryOp::Mul => {
                let (a, b) = if a <= b { (a, b) } else { (b, a) };
                let operands = [a, b].concat();
                (0..a.len() as u32)
                    .map(|bit| self.terms.whole(MULTIPLY, &operands, bit))
                    .collect()
            }
            BinaryOp::DivU | BinaryOp::DivS | BinaryOp::ModU | BinaryOp::ModS => {
                a.iter().map(|_| self.terms.open()).collect()
            }
            BinaryOp::Eq => {
                let same = bitwise(|terms, a, b| !terms.xor(a, b));
                self.unary(UnaryOp::ReduceAnd, &same, 1)
            }
            BinaryOp::LtU => vec![self.less(a, b)],
            BinaryOp::LtS => {
                let flipped = |bits: &[Lit]| {
                    let mut bits = bits.to_vec();
                    let top = bits.len() - 1;
                    bits[top] = !bits[top];
                    bits
                };
                vec![self.less(&flipped(a), &flipped(b))]
            }
            BinaryOp::Shl => self.shift(a, b, Lit::FALSE, true),
            BinaryOp::ShrU => self.shift(a, b, Lit::FALSE, false),
            BinaryOp::ShrS => self.shift(a, b, sign, false),
        }
    }

    fn add(&mut self, a: &[Lit], b: &[Lit], mut carry: Lit) -> Vec<Lit> {
        let terms = &mut self.terms;
        let pairs = a.iter().zip(b);
        pairs
            .map(|(&a, &b)| {
                let half = terms.xor(a, b);
                let sum = terms.xor(half, carry);
                carry = terms.mux(half, carry, a);
                sum
            })
            .collect()
    }

    /// Unsigned `a < b`.
    fn less(&mut self, a: &[Lit], b: &[Lit]) -> Lit {
        let terms = &mut self.terms;
        let pairs = a.iter().zip(b);
        pairs.fold(Lit::FALSE, |below, (&a, &b)| {
            let differ = terms.xor(a, b);
            terms.mux(differ, b, below)
        })
    }

    fn shift(&mut self, a: &[Lit], amount: &[Lit], fill: Lit, left: bool) -> Vec<Lit> {
        let mut value = a.to_vec();
        for (at, &bit) in amount.iter().enumerate() {
            let by = if at < 32 { 1usize << at } else { a.len() };
            let moved: Vec<Lit> = (0..a.len())
                .map(|place| match left {
                    true if place >= by => value[place - by],
                    false if place.saturating_add(by) < a.len() => value[place + by],
                    _ => fill,
                })
                .collect();
            value = self.mux(bit, &moved, &value);
        }
        value
    }

    /// Element `index` of some; what is past the end is open.
    fn select(&mut self, index: &[Lit], items: Vec<Vec<Lit>>, width: usize) -> Vec<Lit> {
        let mut level = items;
        for &bit in index {
            let pairs = level.len().div_ceil(2);
            level = (0..pairs)
                .map(|at| {
                    let low = &level[2 * at];
                    match level.get(2 * at + 1) {
                        Some(high) => self.mux(bit, high, low),
                        None if bit == Lit::FALSE => low.clone(),
                        None => {
                            let outside: Vec<Lit> = (0..width).map(|_| self.terms.open()).collect();
                            self.mux(bit, &outside, low)
                        }
                    }
                })
                .collect();
        }
        level.swap_remove(0)
    }
}

/// What a multiplexer passes, if that is known.
fn chosen(view: View<'_>, id: ExprId) -> Option<ExprId> {
    let exprs = &view.netlist.exprs;
    if let Some(leg) = view.cone.passed(exprs, view.known, id) {
        return Some(leg);
    }
    let Node::Mux(select, then, other) = *exprs.node(id) else {
        return None;
    };
    let select = view.known.bit(view.cone, select, 0)?;
    Some(if select { then } else { other })
}

/// The number of the element chosen, if that is known.
fn index_of(view: View<'_>, index: ExprId) -> Option<usize> {
    let width = view.netlist.exprs.width(index);
    let number = view.known.planes(view.cone, index).number(width)?;
    Some(usize::try_from(number).unwrap_or(usize::MAX))
}
