//! What follows for the operands from what is known of a result.

use super::limbs::{self, or_shl, or_shr, trim};
use super::{Cone, Contradiction, Known, Planes, Scratch};
use crate::netlist::bits::limbs as limb_count;
use crate::netlist::{BinaryOp, ExprId, Exprs, Node, UnaryOp};

/// Value and known planes to write a fact to, all zero at first.
type Fact<'a> = (&'a mut [u64], &'a mut [u64]);

/// One operand's conclusions being drawn.
struct Step<'a> {
    exprs: &'a Exprs,
    cone: &'a Cone,
    known: &'a mut Known,
    scratch: &'a mut Scratch,
    id: ExprId,
}

/// Draws the conclusions from one expression for its operands and queues
/// those that have changed.
pub(super) fn imply(
    exprs: &Exprs,
    cone: &Cone,
    known: &mut Known,
    id: ExprId,
    scratch: &mut Scratch,
) -> Result<(), Contradiction> {
    let out = known.planes(cone, id);
    if out.known.iter().all(|&limb| limb == 0) {
        return Ok(());
    }
    scratch.work += 1;
    let mut step = Step {
        exprs,
        cone,
        known,
        scratch,
        id,
    };
    match exprs.node(id) {
        Node::Const(_) | Node::Input(_) | Node::Reg(_) | Node::Net(_) | Node::MemRead(..) => Ok(()),
        Node::Unary(op, a) => step.unary(*op, *a),
        Node::Binary(op, a, b) => step.binary(*op, *a, *b),
        Node::Mux(select, then, other) => step.mux(*select, *then, *other),
        Node::Slice(a, low) => step.conclude(*a, |out, _, (v, k)| {
            or_shl(v, out.value, *low);
            or_shl(k, out.known, *low);
        }),
        Node::Concat(items) => {
            let mut low = 0;
            for &item in items {
                let width = exprs.width(item);
                step.conclude(item, |out, _, fact| part(out, low, width, fact))?;
                low += width;
            }
            Ok(())
        }
        Node::Index(index, items) => {
            let at = step.planes(*index).number(exprs.width(*index));
            match at.and_then(|at| items.get(usize::try_from(at).ok()?)) {
                Some(&item) => step.conclude(item, |out, _, fact| same(out, fact)),
                None => Ok(()),
            }
        }
    }
}

impl Step<'_> {
    fn planes(&self, expr: ExprId) -> Planes<'_> {
        self.known.planes(self.cone, expr)
    }

    /// Adds to an operand what `fact` concludes from the result and the operand.
    fn conclude(
        &mut self,
        operand: ExprId,
        fact: impl FnOnce(Planes<'_>, Planes<'_>, Fact<'_>),
    ) -> Result<(), Contradiction> {
        let count = limb_count(self.exprs.width(operand));
        let Scratch { value, known, .. } = &mut *self.scratch;
        let (value, mask) = (&mut value[..count], &mut known[..count]);
        value.fill(0);
        mask.fill(0);
        let out = self.known.planes(self.cone, self.id);
        fact(out, self.known.planes(self.cone, operand), (value, mask));
        let slot = self.cone.slot(operand);
        if self.known.refine(self.cone, slot, value, mask)? {
            self.scratch.push(slot);
        }
        Ok(())
    }

    /// The same, from another operand too.
    fn conclude_from(
        &mut self,
        operand: ExprId,
        other: ExprId,
        fact: impl Fn(Planes<'_>, Planes<'_>, Planes<'_>, Fact<'_>),
    ) -> Result<(), Contradiction> {
        let count = limb_count(self.exprs.width(operand));
        let Scratch { value, known, .. } = &mut *self.scratch;
        let (value, mask) = (&mut value[..count], &mut known[..count]);
        value.fill(0);
        mask.fill(0);
        let of = |expr| self.known.planes(self.cone, expr);
        fact(of(self.id), of(operand), of(other), (value, mask));
        let slot = self.cone.slot(operand);
        if self.known.refine(self.cone, slot, value, mask)? {
            self.scratch.push(slot);
        }
        Ok(())
    }

    fn mux(&mut self, select: ExprId, then: ExprId, other: ExprId) -> Result<(), Contradiction> {
        if let Some(leg) = self.cone.passed(self.exprs, self.known, self.id) {
            return self.conclude(leg, |out, _, fact| same(out, fact));
        }
        let taken = self.planes(select).bit(0).or_else(|| {
            let out = self.planes(self.id);
            if differ(out, self.planes(then)) {
                Some(false)
            } else {
                differ(out, self.planes(other)).then_some(true)
            }
        });
        let Some(taken) = taken else { return Ok(()) };
        self.conclude(select, |_, _, (v, k)| {
            v[0] = u64::from(taken);
            k[0] = 1;
        })?;
        let leg = if taken { then } else { other };
        self.conclude(leg, |out, _, fact| same(out, fact))
    }

    fn unary(&mut self, op: UnaryOp, a: ExprId) -> Result<(), Contradiction> {
        let width = self.exprs.width(a);
        let out_width = self.exprs.width(self.id);
        self.conclude(a, |out, a, (v, k)| match op {
            UnaryOp::Not => {
                for at in 0..v.len() {
                    v[at] = !out.value[at] & out.known[at];
                    k[at] = out.known[at];
                }
            }
            UnaryOp::ReduceAnd | UnaryOp::ReduceOr => {
                let unit = op == UnaryOp::ReduceAnd;
                if out.bit(0) == Some(unit) {
                    k.fill(u64::MAX);
                    trim(k, width);
                    if unit {
                        v.copy_from_slice(k);
                    }
                    return;
                }
                // Bits not yet known to be the unit; one of them must be the other value.
                let open = |at: usize| {
                    let is_unit = if unit { a.value[at] } else { !a.value[at] } & a.known[at];
                    !is_unit
                };
                if let Some(at) = only_bit(open, width) {
                    set_bit(at, !unit, (v, k));
                }
            }
            UnaryOp::ReduceXor => {
                let parity = a.value.iter().fold(0, |acc, limb| acc ^ limb.count_ones()) & 1 == 1;
                if let (Some(at), Some(out)) = (only_bit(|at| !a.known[at], width), out.bit(0)) {
                    set_bit(at, parity ^ out, (v, k));
                }
            }
            UnaryOp::SignExtend => {
                let upper = (width..out_width).find_map(|at| out.bit(at));
                part(out, 0, width, (v, k));
                if let Some(sign) = upper {
                    set_bit(width - 1, sign, (v, k));
                }
            }
            UnaryOp::Neg => {}
        })
    }

    fn binary(&mut self, op: BinaryOp, a: ExprId, b: ExprId) -> Result<(), Contradiction> {
        let width = self.exprs.width(a);
        let out = self.planes(self.id);
        match op {
            BinaryOp::And | BinaryOp::Or | BinaryOp::Xor => {
                for (operand, other) in [(a, b), (b, a)] {
                    self.conclude_from(operand, other, |out, _, other, (v, k)| {
                        for at in 0..v.len() {
                            let zeros = out.known[at] & !out.value[at];
                            let other_zeros = other.known[at] & !other.value[at];
                            (v[at], k[at]) = match op {
                                BinaryOp::And => {
                                    (out.value[at], out.value[at] | zeros & other.value[at])
                                }
                                BinaryOp::Or => {
                                    let ones = out.value[at] & other_zeros;
                                    (ones, ones | zeros)
                                }
                                _ => {
                                    let known = out.known[at] & other.known[at];
                                    ((out.value[at] ^ other.value[at]) & known, known)
                                }
                            };
                        }
                    })?;
                }
                Ok(())
            }
            BinaryOp::Eq => {
                let equal = out.bit(0) == Some(true);
                for (operand, other) in [(a, b), (b, a)] {
                    self.conclude_from(operand, other, |_, own, other, fact| {
                        if equal {
                            same(other, fact);
                        } else {
                            unequal(own, other, width, fact);
                        }
                    })?;
                }
                Ok(())
            }
            BinaryOp::Add | BinaryOp::Sub if out.all_known(width) => {
                // a + b = out: either is out - the other. a - b = out: a = out + b,
                // b = a - out.
                let subtract = op == BinaryOp::Sub;
                self.conclude_from(a, b, |out, _, b, fact| {
                    if b.all_known(width) {
                        sum(out.value, b.value, !subtract, width, fact);
                    }
                })?;
                self.conclude_from(b, a, |out, _, a, fact| {
                    if a.all_known(width) {
                        let (left, right) = if subtract { (a, out) } else { (out, a) };
                        sum(left.value, right.value, true, width, fact);
                    }
                })
            }
            _ => Ok(()),
        }
    }
}

/// Whether two vectors are known to differ.
fn differ(a: Planes<'_>, b: Planes<'_>) -> bool {
    (0..a.value.len()).any(|at| (a.value[at] ^ b.value[at]) & a.known[at] & b.known[at] != 0)
}

/// All that is known.
fn same(from: Planes<'_>, (v, k): Fact<'_>) {
    v.copy_from_slice(from.value);
    k.copy_from_slice(from.known);
}

/// Bits `low .. low + width`.
fn part(from: Planes<'_>, low: u32, width: u32, (v, k): Fact<'_>) {
    or_shr(v, from.value, low);
    or_shr(k, from.known, low);
    trim(v, width);
    trim(k, width);
}

/// The only bit below `width` in some limbs, if there is just one.
fn only_bit(limb: impl Fn(usize) -> u64, width: u32) -> Option<u32> {
    let count = limb_count(width);
    let mut found = None;
    for at in 0..count {
        let mask = if at + 1 == count {
            limbs::top_mask(width)
        } else {
            u64::MAX
        };
        let limb = limb(at) & mask;
        if limb == 0 {
            continue;
        }
        if found.is_some() || !limb.is_power_of_two() {
            return None;
        }
        found = Some(at as u32 * 64 + limb.trailing_zeros());
    }
    found
}

fn set_bit(at: u32, value: bool, (v, k): Fact<'_>) {
    k[at as usize / 64] |= 1 << (at % 64);
    v[at as usize / 64] |= u64::from(value) << (at % 64);
}

/// `a + b` or `a - b`, all bits known.
fn sum(a: &[u64], b: &[u64], subtract: bool, width: u32, (v, k): Fact<'_>) {
    let mut carry = subtract;
    let flip = if subtract { u64::MAX } else { 0 };
    for at in 0..v.len() {
        v[at] = limbs::add_limb(a[at], b[at] ^ flip, &mut carry);
    }
    k.fill(u64::MAX);
    trim(v, width);
    trim(k, width);
}

/// The vectors differ: if only one bit can tell them apart, it does.
fn unequal(own: Planes<'_>, other: Planes<'_>, width: u32, fact: Fact<'_>) {
    if differ(own, other) {
        return;
    }
    if let Some(at) = only_bit(|at| !(own.known[at] & other.known[at]), width)
        && let Some(bit) = other.bit(at)
    {
        set_bit(at, !bit, fact);
    }
}
