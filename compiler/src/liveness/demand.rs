//! Which bits of operands a demanded bit of a result depends on, given what is known.
//!
//! A known bit needs nothing: it has its value in every valuation considered.
//! For the others the rule of each operator names the operand bits that can
//! change them. Rules look at one result bit at a time, so the demand of a set
//! of bits is the union of the demands of its members.
//!
//! What the [ranges](super::bounds) of registers decide is demanded, down to these registers, and what is not
//! chosen then is not.

use std::sync::Arc;

use crate::control::cases::OpenReset;
use crate::netlist::known::limbs::{highest, lowest, or_shl, or_shr, set_below, trim};
use crate::netlist::known::{Cone, Known, Planes};
use crate::netlist::{BinaryOp, ExprId, Exprs, MemId, Node, RegId, UnaryOp};

use super::bounds::Decisions;
use super::ranges::Range;
use super::{BitSet, Parts};

/// The demanded bits of a cone; empty between sweeps.
pub(super) struct Demand {
    planes: Vec<u64>,
    /// The slots that may have a demand.
    pending: Vec<u64>,
    /// One past the last limb of `pending` that is not 0.
    end: usize,
    need: Vec<u64>,
    spare: Vec<u64>,
    work: u64,
    /// What the ranges of registers decide, where the demand is.
    decisions: Option<Arc<Decisions>>,
    /// How memories are cut.
    parts: Parts,
    /// The parts of memories in which a demanded word may be, since this was last emptied.
    pub(super) memories: BitSet,
}

impl Demand {
    /// Nothing demanded.
    pub(super) fn new(cone: &Cone, parts: &Parts) -> Demand {
        Demand {
            planes: vec![0; cone.plane_len()],
            pending: vec![0; cone.nodes().len().div_ceil(64)],
            end: 0,
            need: Vec::new(),
            spare: Vec::new(),
            work: 0,
            memories: BitSet::new(parts.len()),
            parts: parts.clone(),
            decisions: None,
        }
    }

    /// Goes on where this is decided.
    pub(super) fn enter(&mut self, decisions: Option<&Arc<Decisions>>) {
        self.decisions = decisions.cloned();
    }

    /// What the ranges of registers say of a bit.
    pub(super) fn decided(&self, bit: ExprId) -> Option<bool> {
        self.decisions.as_ref()?.decided(bit)
    }

    /// The range of an expression, if that says anything.
    fn range(&self, expr: ExprId) -> Option<Range> {
        self.decisions.as_ref()?.range(expr)
    }

    /// How many expressions have been gone through: a measure of time.
    pub(super) fn work(&self) -> u64 {
        self.work
    }

    /// Demands all bits of an expression.
    pub(super) fn all(&mut self, cone: &Cone, exprs: &Exprs, expr: ExprId) {
        let plane = self.plane(cone, expr);
        plane.fill(u64::MAX);
        trim(plane, exprs.width(expr));
    }

    /// Demands one bit.
    pub(super) fn bit(&mut self, cone: &Cone, expr: ExprId, bit: u32) {
        self.plane(cone, expr)[bit as usize / 64] |= 1 << (bit % 64);
    }

    /// Demands the bits set in a mask that begins at bit `from`.
    pub(super) fn word(&mut self, cone: &Cone, expr: ExprId, from: u32, mask: u64) {
        let (limb, shift) = (from as usize / 64, from % 64);
        let plane = self.plane(cone, expr);
        plane[limb] |= mask << shift;
        if shift != 0 && mask >> (64 - shift) != 0 {
            plane[limb + 1] |= mask >> (64 - shift);
        }
    }

    fn plane(&mut self, cone: &Cone, expr: ExprId) -> &mut [u64] {
        let slot = cone.slot(expr);
        self.pending[slot / 64] |= 1 << (slot % 64);
        self.end = self.end.max(slot / 64 + 1);
        &mut self.planes[cone.range(slot)]
    }

    /// Carries all demand down to the leaves; `open` tells the resets that a
    /// register may be under; `register` is called with a register, the index of
    /// a limb and the unknown demanded bits in it, and returns the expression that
    /// stands for the register where it is under none of them, if one does.
    pub(super) fn sweep<'c>(
        &mut self,
        cone: &Cone,
        exprs: &Exprs,
        known: &Known,
        open: impl Fn(RegId) -> &'c [OpenReset],
        mut register: impl FnMut(RegId, usize, u64) -> Option<ExprId>,
    ) {
        // Operands have smaller slots than their users: one pass downwards.
        while self.end > 0 {
            let word = self.pending[self.end - 1];
            let Some(bit) = word.checked_ilog2() else {
                self.end -= 1;
                continue;
            };
            self.pending[self.end - 1] = word & !(1 << bit);
            let slot = (self.end - 1) * 64 + bit as usize;
            let range = cone.range(slot);
            self.work += 1 + range.len() as u64 / 8;
            let id = cone.nodes()[slot];
            let planes = known.planes(cone, id);
            let mut need = std::mem::take(&mut self.need);
            need.clear();
            for (limb, known) in self.planes[range].iter_mut().zip(planes.known) {
                need.push(*limb & !known);
                *limb = 0;
            }
            if need.iter().any(|&limb| limb != 0) {
                if let Node::Reg(of) = exprs.node(id) {
                    for reset in open(*of) {
                        self.bit(cone, reset.active, 0);
                        self.same(cone, reset.value, &need);
                    }
                    for (at, &limb) in need.iter().enumerate() {
                        if limb != 0
                            && let Some(value) = register(*of, at, limb)
                        {
                            // It may stand above: the loop goes on from there.
                            self.plane(cone, value)[at] |= limb;
                        }
                    }
                } else {
                    self.operands(cone, exprs, known, id, &need);
                }
            }
            self.need = need;
        }
    }

    /// Demands of an expression's operands what its bits in `need` depend on.
    fn operands(&mut self, cone: &Cone, exprs: &Exprs, known: &Known, id: ExprId, need: &[u64]) {
        match exprs.node(id) {
            Node::Const(_) | Node::Input(_) | Node::Reg(_) | Node::Net(_) => {}
            Node::MemRead(memory, address) => {
                let planes = (known.planes(cone, *address), exprs.width(*address));
                self.read(
                    *memory,
                    planes,
                    self.range(*address).map(|range| range.most),
                );
                self.all(cone, exprs, *address);
            }
            Node::Unary(op, a) => self.unary(cone, exprs, known, *op, *a, need),
            Node::Binary(op, a, b) => self.binary(cone, exprs, known, *op, (*a, *b), need),
            Node::Mux(select, then, other) => match cone.passed(exprs, known, id) {
                Some(leg) => self.same(cone, leg, need),
                None => match known.bit(cone, *select, 0) {
                    Some(true) => self.same(cone, *then, need),
                    Some(false) => self.same(cone, *other, need),
                    None => {
                        self.bit(cone, *select, 0);
                        let decided = self.decided(*select);
                        if decided != Some(false) {
                            self.same(cone, *then, need);
                        }
                        if decided != Some(true) {
                            self.same(cone, *other, need);
                        }
                    }
                },
            },
            Node::Slice(a, low) => or_shl(self.plane(cone, *a), need, *low),
            Node::Concat(items) => {
                let mut low = 0;
                for &item in items {
                    let width = exprs.width(item);
                    let plane = self.plane(cone, item);
                    or_shr(plane, need, low);
                    trim(plane, width);
                    low += width;
                }
            }
            Node::Index(index, items) => {
                let (planes, width) = (known.planes(cone, *index), exprs.width(*index));
                if let Some(at) = planes.number(width) {
                    if let Some(&item) = items.get(at as usize) {
                        self.same(cone, item, need);
                    }
                    return;
                }
                self.all(cone, exprs, *index);
                let range = self.range(*index);
                for (at, &item) in items.iter().enumerate() {
                    let at = at as u64;
                    let within = range.is_none_or(|range| range.contains(at));
                    if within && planes.may_be(width, at) {
                        self.same(cone, item, need);
                    }
                }
            }
        }
    }

    /// The parts of a memory in which a word of such an address may be.
    fn read(&mut self, memory: MemId, address: (Planes<'_>, u32), most: Option<u64>) {
        self.work += 1 + self.parts.of(memory).len() as u64 / 64;
        let touched = self.parts.touched(memory, address, most);
        touched.add_to(&mut self.memories);
    }

    /// The same bits of an operand.
    fn same(&mut self, cone: &Cone, expr: ExprId, need: &[u64]) {
        for (limb, need) in self.plane(cone, expr).iter_mut().zip(need) {
            *limb |= need;
        }
    }

    fn unary(
        &mut self,
        cone: &Cone,
        exprs: &Exprs,
        known: &Known,
        op: UnaryOp,
        a: ExprId,
        need: &[u64],
    ) {
        match op {
            UnaryOp::Not => self.same(cone, a, need),
            UnaryOp::Neg => {
                // 0 - a: no borrow leaves a bit that is known to be 0 with none
                // entering; past one that is 1 there always is one.
                let planes = known.planes(cone, a);
                let chain = self.carry_chain(need, |at| planes.value[at]);
                self.same(cone, a, &chain);
                self.spare = chain;
            }
            UnaryOp::ReduceAnd | UnaryOp::ReduceOr | UnaryOp::ReduceXor => {
                self.all(cone, exprs, a);
            }
            UnaryOp::SignExtend => {
                let width = exprs.width(a);
                let plane = self.plane(cone, a);
                for (limb, need) in plane.iter_mut().zip(need) {
                    *limb |= need;
                }
                trim(plane, width);
                if highest(need).is_some_and(|top| top >= width) {
                    self.bit(cone, a, width - 1);
                }
            }
        }
    }

    fn binary(
        &mut self,
        cone: &Cone,
        exprs: &Exprs,
        known: &Known,
        op: BinaryOp,
        (a, b): (ExprId, ExprId),
        need: &[u64],
    ) {
        let width = exprs.width(a);
        let (in_a, in_b) = (known.planes(cone, a), known.planes(cone, b));
        match op {
            // Where one side decides, the result is known and not in `need`; but for what ranges decide.
            BinaryOp::And | BinaryOp::Or if width == 1 => {
                let deciding = Some(op == BinaryOp::Or);
                match (self.decided(a), self.decided(b)) {
                    (one, _) if one == deciding => self.same(cone, a, need),
                    (_, one) if one == deciding => self.same(cone, b, need),
                    _ => {
                        self.same(cone, a, need);
                        self.same(cone, b, need);
                    }
                }
            }
            BinaryOp::And | BinaryOp::Or | BinaryOp::Xor => {
                self.same(cone, a, need);
                self.same(cone, b, need);
            }
            BinaryOp::Add | BinaryOp::Sub => {
                // Two known bits that are equal (in a sum) fix the carry out of them.
                let flip = if op == BinaryOp::Add { u64::MAX } else { 0 };
                let chain = self.carry_chain(need, |at| {
                    in_a.known[at] & in_b.known[at] & (in_a.value[at] ^ in_b.value[at] ^ flip)
                });
                self.same(cone, a, &chain);
                self.same(cone, b, &chain);
                self.spare = chain;
            }
            BinaryOp::Mul => {
                let top = highest(need).expect("something is demanded") + 1;
                for (operand, other) in [(a, in_b), (b, in_a)] {
                    set_below(
                        self.plane(cone, operand),
                        top.saturating_sub(trailing_zeros(other)),
                    );
                }
            }
            BinaryOp::DivU
            | BinaryOp::DivS
            | BinaryOp::ModU
            | BinaryOp::ModS
            | BinaryOp::Eq
            | BinaryOp::LtU
            | BinaryOp::LtS => {
                self.all(cone, exprs, a);
                self.all(cone, exprs, b);
            }
            BinaryOp::Shl | BinaryOp::ShrU | BinaryOp::ShrS => {
                let amount = in_b.number(exprs.width(b));
                if amount.is_none() {
                    self.all(cone, exprs, b);
                }
                let plane = self.plane(cone, a);
                shifted(op, plane, width, amount, need);
                trim(plane, width);
            }
        }
    }

    /// All positions at or below a demanded one, down to and including the
    /// first that lets no carry through.
    fn carry_chain(&mut self, need: &[u64], stops: impl Fn(usize) -> u64) -> Vec<u64> {
        let mut chain = std::mem::take(&mut self.spare);
        chain.clear();
        chain.extend_from_slice(need);
        let mut entering = false;
        for at in (0..need.len()).rev() {
            let stop = stops(at);
            if stop == 0 {
                let top = if entering {
                    64
                } else {
                    64 - need[at].leading_zeros()
                };
                entering |= top > 0;
                set_below(&mut chain[at..=at], top);
                continue;
            }
            for bit in (0..64).rev() {
                let mask = 1u64 << bit;
                if entering {
                    chain[at] |= mask;
                }
                // A stop fixes the carry out of itself: nothing at or below it
                // matters to the bits above.
                if stop & mask != 0 {
                    entering = false;
                }
                entering |= need[at] & mask != 0;
            }
        }
        chain
    }
}

/// How many low bits are known to be 0.
fn trailing_zeros(planes: Planes<'_>) -> u32 {
    let open: Vec<u64> = (planes.known.iter().zip(planes.value))
        .map(|(known, value)| !known | value)
        .collect();
    lowest(&open).unwrap_or(0)
}

/// The operand bits of a shift that the bits in `need` can come from.
fn shifted(op: BinaryOp, plane: &mut [u64], width: u32, amount: Option<u64>, need: &[u64]) {
    let by = amount.map(|by| by.min(u64::from(width)) as u32);
    let sign = width - 1;
    match (op, by) {
        (BinaryOp::Shl, Some(by)) => or_shr(plane, need, by),
        (BinaryOp::Shl, None) => {
            set_below(plane, highest(need).expect("something is demanded") + 1);
        }
        (_, Some(by)) => {
            or_shl(plane, need, by);
            let top = highest(need).expect("something is demanded");
            if op == BinaryOp::ShrS && top + by >= width {
                plane[sign as usize / 64] |= 1 << (sign % 64);
            }
        }
        (_, None) => {
            let low = lowest(need).expect("something is demanded");
            let mut below = vec![0; plane.len()];
            set_below(&mut below, low);
            for (limb, below) in plane.iter_mut().zip(below) {
                *limb |= !below;
            }
        }
    }
}
