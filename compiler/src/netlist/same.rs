//! Multiplexers that select nothing: both legs are equal, or the select singles out one element of an array.
//!
//! Two legs are equal if they are for all values of a cut below them: few bits of expressions, by which both
//! are determined. Cuts are looked for from the legs downwards, and tried value by value; the bounds keep that to
//! some thousand steps where the legs are arithmetic, and to none elsewhere. `x / 2` and `-(-x / 2)` of a
//! number that is not negative are equal, whatever tells which of the two is taken.
//!
//! An array read where its index is not `k`, else something else: element `k` is never shown, so it can be
//! that something. Such is the register file of a processor whose register 0 reads as 0.

use super::bits::Bits;
use super::expr::{BinaryOp, ExprId, Exprs, Node, UnaryOp};

/// Bits of a cut, at most.
const BITS: u32 = 10;
/// Expressions above it, at most.
const ABOVE: usize = 32;
/// Cuts that are tried, at most.
const TRIES: usize = 4;

impl Exprs {
    /// What a multiplexer is that needs no select.
    pub(super) fn unselected(
        &mut self,
        select: ExprId,
        then: ExprId,
        other: ExprId,
    ) -> Option<ExprId> {
        if self.computes(then) && self.computes(other) && self.always_equal(then, other) {
            return Some(then.min(other));
        }
        let (index, at) = self.singled_out(select)?;
        let (special, rest) = match self.node(select) {
            Node::Unary(..) => (other, then),
            _ => (then, other),
        };
        let Node::Index(of, items) = self.node(rest) else {
            return None;
        };
        if *of != index || items.get(at)? == &special {
            return (*of == index).then_some(rest);
        }
        let mut items = items.to_vec();
        items[at] = special;
        Some(self.index(index, &items))
    }

    /// The word that a select compares with a constant: `x == k`, or `|x`, which is false where `x` is 0.
    fn singled_out(&self, select: ExprId) -> Option<(ExprId, usize)> {
        match *self.node(select) {
            Node::Unary(UnaryOp::ReduceOr, index) => Some((index, 0)),
            Node::Binary(BinaryOp::Eq, a, b) => {
                let at = self.as_const(b)?.to_u64()?;
                Some((a, usize::try_from(at).ok()?))
            }
            _ => None,
        }
    }

    /// Whether an expression is more than a choice among bits of others.
    fn computes(&self, id: ExprId) -> bool {
        match self.node(id) {
            Node::Slice(of, _) => self.computes(*of),
            Node::Concat(items) => items.iter().any(|&item| {
                matches!(
                    self.node(item),
                    Node::Unary(..) | Node::Binary(..) | Node::Slice(..)
                )
            }),
            Node::Unary(op, _) => *op != UnaryOp::Not,
            Node::Binary(..) => true,
            _ => false,
        }
    }

    fn always_equal(&self, a: ExprId, b: ExprId) -> bool {
        // Per expression of the cut, which of its bits are looked at.
        let mut cut: Vec<(ExprId, u64)> = Vec::new();
        let mut above: Vec<ExprId> = Vec::new();
        self.look_at(&mut cut, a, u64::MAX);
        self.look_at(&mut cut, b, u64::MAX);
        let mut tries = 0;
        while above.len() < ABOVE && tries < TRIES {
            let inner = cut.iter().filter(|&&(id, _)| !self.is_leaf(id));
            let Some(next) = inner.map(|&(id, _)| id).max() else {
                return false;
            };
            let at = cut.iter().position(|&(id, _)| id == next);
            let (_, looked) = cut.swap_remove(at.expect("it is in the cut"));
            above.push(next);
            if self.width(next) > 64 {
                return false;
            }
            match self.node(next) {
                Node::Slice(of, low) => self.look_at(&mut cut, *of, looked << low),
                Node::Concat(items) => {
                    let mut low = 0;
                    for &item in items {
                        self.look_at(&mut cut, item, looked >> low);
                        low += self.width(item);
                    }
                }
                _ => self.operands(next, |operand| self.look_at(&mut cut, operand, u64::MAX)),
            }
            let bits = |wanted: &dyn Fn(ExprId) -> bool| -> u32 {
                let counted = cut.iter();
                let counted = counted.filter(|&&(id, _)| !self.is_const(id) && wanted(id));
                counted.map(|&(_, looked)| looked.count_ones()).sum()
            };
            // What is no operator stays in the cut for good.
            if bits(&|id| self.is_leaf(id)) > BITS {
                return false;
            }
            let all = bits(&|_| true);
            if all <= BITS && above.contains(&a) && above.contains(&b) {
                tries += 1;
                if self.equal_above(&cut, &above, (a, b), all) == Some(true) {
                    return true;
                }
            }
        }
        false
    }

    /// Adds bits of an expression to a cut. An operand is smaller than its users, so it is never above.
    fn look_at(&self, cut: &mut Vec<(ExprId, u64)>, id: ExprId, bits: u64) {
        let bits = bits & mask(self.width(id));
        if bits == 0 && !self.is_const(id) {
            return;
        }
        match cut.iter_mut().find(|(other, _)| *other == id) {
            Some((_, looked)) => *looked |= bits,
            None => cut.push((id, bits)),
        }
    }

    fn is_const(&self, id: ExprId) -> bool {
        self.as_const(id).is_some()
    }

    /// Values are words: a part of something wider counts as a value by itself, which leaves it freer than it is.
    fn is_leaf(&self, id: ExprId) -> bool {
        match self.node(id) {
            Node::Const(_) | Node::Input(_) | Node::Reg(_) | Node::Net(_) | Node::MemRead(..) => {
                true
            }
            Node::Slice(of, _) => self.width(*of) > 64,
            _ => false,
        }
    }

    /// Whether two expressions are equal for all values of a cut of so many bits; `None` where a value is unknown.
    fn equal_above(
        &self,
        cut: &[(ExprId, u64)],
        above: &[ExprId],
        (a, b): (ExprId, ExprId),
        bits: u32,
    ) -> Option<bool> {
        let mut above = above.to_vec();
        // Operands come before what they are used in.
        above.sort_unstable();
        let mut values: Vec<(ExprId, u64)> = Vec::new();
        for step in 0..1u64 << bits {
            // An odd factor goes through all values, the different ones first.
            let mut number = step.wrapping_mul(0x9e37_79b9_7f4a_7c15);
            values.clear();
            for &(id, looked) in cut {
                let value = match self.as_const(id) {
                    Some(bits) => small(bits)?,
                    None => deal(&mut number, looked),
                };
                values.push((id, value));
            }
            for &id in &above {
                let value = self.value(id, &values)?;
                values.push((id, value));
            }
            if of(&values, a) != of(&values, b) {
                return Some(false);
            }
        }
        Some(true)
    }

    /// The value of an expression, given those of its operands; `None` if it is unknown.
    fn value(&self, id: ExprId, values: &[(ExprId, u64)]) -> Option<u64> {
        let width = self.width(id);
        let get = |id: ExprId| of(values, id);
        let value = match self.node(id) {
            Node::Unary(op, a) => {
                let (value, own) = (get(*a), self.width(*a));
                match op {
                    UnaryOp::Not => !value,
                    UnaryOp::Neg => value.wrapping_neg(),
                    UnaryOp::ReduceAnd => u64::from(value == mask(own)),
                    UnaryOp::ReduceOr => u64::from(value != 0),
                    UnaryOp::ReduceXor => u64::from(value.count_ones() % 2),
                    UnaryOp::SignExtend => signed(value, own) as u64,
                }
            }
            Node::Binary(op, a, b) => binary(*op, (get(*a), get(*b)), self.width(*a))?,
            Node::Mux(select, a, b) => match get(*select) {
                0 => get(*b),
                _ => get(*a),
            },
            Node::Slice(a, low) => get(*a) >> low,
            Node::Concat(items) => {
                let (mut value, mut low) = (0, 0);
                for &item in items {
                    value |= get(item) << low;
                    low += self.width(item);
                }
                value
            }
            Node::Index(index, items) => get(*items.get(get(*index) as usize)?),
            _ => return None,
        };
        Some(value & mask(width))
    }
}

fn of(values: &[(ExprId, u64)], id: ExprId) -> u64 {
    let found = values.iter().find(|(other, _)| *other == id);
    // Bits that nothing looks at are missing.
    found.map_or(0, |&(_, value)| value)
}

/// The lowest bits of a number, in the places that a mask has.
fn deal(number: &mut u64, mut places: u64) -> u64 {
    let mut value = 0;
    while places != 0 {
        value |= (*number & 1) << places.trailing_zeros();
        *number >>= 1;
        places &= places - 1;
    }
    value
}

fn mask(width: u32) -> u64 {
    u64::MAX >> (64 - width.clamp(1, 64))
}

fn small(bits: &Bits) -> Option<u64> {
    (bits.width() <= 64).then(|| bits.to_u64()).flatten()
}

fn signed(value: u64, width: u32) -> i64 {
    let up = 64 - width.clamp(1, 64);
    (value << up) as i64 >> up
}

fn binary(op: BinaryOp, (a, b): (u64, u64), width: u32) -> Option<u64> {
    let (sa, sb) = (signed(a, width), signed(b, width));
    let shift = u32::try_from(b).unwrap_or(u32::MAX).min(64);
    Some(match op {
        BinaryOp::And => a & b,
        BinaryOp::Or => a | b,
        BinaryOp::Xor => a ^ b,
        BinaryOp::Add => a.wrapping_add(b),
        BinaryOp::Sub => a.wrapping_sub(b),
        BinaryOp::Mul => a.wrapping_mul(b),
        BinaryOp::DivU => a.checked_div(b)?,
        BinaryOp::ModU => a.checked_rem(b)?,
        BinaryOp::DivS => sa.checked_div(sb)? as u64,
        BinaryOp::ModS => sa.checked_rem(sb)? as u64,
        BinaryOp::Eq => u64::from(a == b),
        BinaryOp::LtU => u64::from(a < b),
        BinaryOp::LtS => u64::from(sa < sb),
        BinaryOp::Shl => a.checked_shl(shift).unwrap_or(0),
        BinaryOp::ShrU => a.checked_shr(shift).unwrap_or(0),
        BinaryOp::ShrS => (sa >> shift.min(63)) as u64,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::netlist::eval::{self, MachineState};
    use crate::netlist::testing::{Builder, Rng, random_expr};

    #[test]
    fn legs_that_are_always_equal_need_no_select() {
        let mut b = Builder::new();
        let (free, x, y) = (b.input("free", 1), b.input("x", 7), b.input("y", 7));
        let x = b.netlist.exprs.zero_extend(x, 32);
        let two = b.constant(32, 2);
        let half = b.netlist.exprs.binary(BinaryOp::DivS, x, two);
        let less = b.netlist.exprs.neg(x);
        let less = b.netlist.exprs.binary(BinaryOp::DivS, less, two);
        let same = b.netlist.exprs.neg(less);
        assert_eq!(b.netlist.exprs.mux(free, half, same), half);
        // Rounding differs.
        let one = b.constant(32, 1);
        let down = b.netlist.exprs.binary(BinaryOp::ShrS, less, one);
        let y = b.netlist.exprs.zero_extend(y, 32);
        let (far, sum) = (
            b.netlist.exprs.binary(BinaryOp::Mul, x, y),
            b.netlist.exprs.binary(BinaryOp::Add, x, y),
        );
        for other in [less, down, far, sum, x] {
            let mux = b.netlist.exprs.mux(free, half, other);
            assert!(matches!(b.netlist.exprs.node(mux), Node::Mux(..)));
        }
    }

    #[test]
    fn parts_of_wide_values_are_told_apart() {
        let mut b = Builder::new();
        let (free, wide) = (b.input("free", 1), b.input("wide", 200));
        let lows = [0, 1, 60, 62, 63, 64, 65, 126, 128, 190];
        let part = |b: &mut Builder, low: u32| {
            let part = b.netlist.exprs.slice(wide, low, 3);
            b.netlist.exprs.neg(part)
        };
        for low in lows {
            for other in lows {
                let (then, less) = (part(&mut b, low), b.netlist.exprs.slice(wide, other, 3));
                let ones = b.constant(3, 7);
                let inverted = b.netlist.exprs.not(less);
                let other_leg = b.netlist.exprs.binary(BinaryOp::Sub, inverted, ones);
                let mux = b.netlist.exprs.mux(free, then, other_leg);
                let plain = matches!(b.netlist.exprs.node(mux), Node::Mux(..));
                assert_eq!(plain, low != other, "bits from {low} and from {other}");
            }
        }
    }

    #[test]
    fn the_element_that_a_select_excludes_is_not_read() {
        let mut b = Builder::new();
        let (at, zero) = (b.input("at", 2), b.constant(4, 0));
        let items: Vec<ExprId> = (0..4).map(|i| b.input(&format!("r{i}"), 4)).collect();
        let read = b.netlist.exprs.index(at, &items);
        let any = b.netlist.exprs.reduce(UnaryOp::ReduceOr, at);
        let without = |b: &mut Builder, k: usize, value| {
            let mut items = items.clone();
            items[k] = value;
            b.netlist.exprs.index(at, &items)
        };
        let expected = without(&mut b, 0, zero);
        assert_eq!(b.netlist.exprs.mux(any, read, zero), expected);
        let third = b.is(at, 2);
        let expected = without(&mut b, 2, zero);
        assert_eq!(b.netlist.exprs.mux(third, zero, read), expected);
        // The other way round it is one element.
        let mux = b.netlist.exprs.mux(third, read, zero);
        assert!(matches!(b.netlist.exprs.node(mux), Node::Mux(..)));
        let other = b.input("other", 2);
        let elsewhere = b.is(other, 2);
        let mux = b.netlist.exprs.mux(elsewhere, zero, read);
        assert!(matches!(b.netlist.exprs.node(mux), Node::Mux(..)));
    }

    /// Multiplexers mean what they meant: of random legs and selects, for all inputs.
    #[test]
    fn nothing_changes_what_a_multiplexer_gives() {
        let mut found = 0;
        for seed in 0..120 {
            let mut rng = Rng::new(seed);
            let mut b = Builder::new();
            let mut pool: Vec<ExprId> = (0..3).map(|at| b.input(&format!("i{at}"), 2)).collect();
            for _ in 0..10 {
                let expr = random_expr(&mut b, &mut rng, &pool);
                if b.width(expr) <= 8 {
                    pool.push(expr);
                }
            }
            let index = pool[rng.below(pool.len())];
            let index = crate::netlist::testing::fit(&mut b, index, 2);
            let items: Vec<ExprId> = (0..4)
                .map(|_| {
                    let item = pool[rng.below(pool.len())];
                    crate::netlist::testing::fit(&mut b, item, 2)
                })
                .collect();
            let read = b.netlist.exprs.index(index, &items);
            pool.push(read);
            for _ in 0..20 {
                let [then, other] = [0, 1].map(|_| pool[rng.below(pool.len())]);
                let select = match rng.below(3) {
                    0 => b.is(index, rng.next()),
                    1 => b.netlist.exprs.reduce(UnaryOp::ReduceOr, index),
                    _ => b.unary(UnaryOp::ReduceXor, pool[0]),
                };
                let width = b.width(then);
                let other = crate::netlist::testing::fit(&mut b, other, width);
                let mux = b.netlist.exprs.mux(select, then, other);
                let plain = matches!(b.netlist.exprs.node(mux), Node::Mux(..));
                found += usize::from(!plain && then != other);
                let netlist = &b.netlist;
                for number in 0..64 {
                    let free = (0..3).map(|at| {
                        let bits = (0..2).map(|bit| number >> (2 * at + bit) & 1 == 1);
                        bits.collect()
                    });
                    let inputs: Vec<Vec<bool>> = std::iter::once(vec![false]).chain(free).collect();
                    let values = eval::values(netlist, &MachineState::zero(netlist), &inputs);
                    let leg = if values[select.index()][0] {
                        then
                    } else {
                        other
                    };
                    assert_eq!(values[mux.index()], values[leg.index()], "seed {seed}");
                }
            }
        }
        assert!(found > 30, "{found}");
    }
}
