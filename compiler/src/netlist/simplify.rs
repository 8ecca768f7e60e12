//! Identities of binary operators.

use super::bits::Bits;
use super::expr::{BinaryOp, ExprId, Exprs, Node, UnaryOp};

impl Exprs {
    /// A net under a mask of constants: only the bits that are let through are read, so that the
    /// others may depend on the result.
    fn masked_net(&mut self, a: ExprId, b: ExprId) -> Option<ExprId> {
        let of_net = match self.node(a) {
            Node::Net(_) => true,
            Node::Slice(of, _) => matches!(self.node(*of), Node::Net(_)),
            _ => false,
        };
        let mask = self.as_const(b).filter(|mask| of_net && mask.is_known())?;
        let bits: Vec<bool> = (0..mask.width())
            .map(|bit| mask.bit(bit) == Some(true))
            .collect();
        let mut low = 0;
        let mut parts = Vec::new();
        for run in bits.chunk_by(|one, other| one == other) {
            let len = run.len() as u32;
            parts.push(match run[0] {
                true => self.slice(a, low, len),
                false => self.constant(Bits::zero(len)),
            });
            low += len;
        }
        Some(self.concat(&parts))
    }

    /// Identities; a constant operand of a commutative operator is `b`.
    pub(super) fn simplify(&mut self, op: BinaryOp, a: ExprId, b: ExprId) -> Option<ExprId> {
        let width = self.width(a);
        match op {
            BinaryOp::And | BinaryOp::Or => {
                let and = op == BinaryOp::And;
                if a == b {
                    return Some(a);
                }
                if self.is_zero(b) {
                    return Some(if and { b } else { a });
                }
                if self.is_ones(b) {
                    return Some(if and { a } else { b });
                }
                if self.not(a) == b {
                    let bits = if and {
                        Bits::zero(width)
                    } else {
                        Bits::ones(width)
                    };
                    return Some(self.constant(bits));
                }
                if and { self.masked_net(a, b) } else { None }
            }
            BinaryOp::Xor if a == b => Some(self.constant(Bits::zero(width))),
            BinaryOp::Xor if self.is_ones(b) => Some(self.not(a)),
            BinaryOp::Sub if a == b => Some(self.constant(Bits::zero(width))),
            BinaryOp::Xor | BinaryOp::Add | BinaryOp::Sub if self.is_zero(b) => Some(a),
            BinaryOp::Sub if self.is_zero(a) => Some(self.neg(b)),
            BinaryOp::Mul if self.is_zero(b) => Some(b),
            BinaryOp::Mul => {
                let power = self.power_of_two(b)?;
                let amount = self.number(32, u64::from(power));
                Some(self.binary(BinaryOp::Shl, a, amount))
            }
            BinaryOp::DivU => {
                let power = self.power_of_two(b)?;
                let quotient = self.slice(a, power, width - power);
                Some(self.zero_extend(quotient, width))
            }
            BinaryOp::ModU => match self.power_of_two(b)? {
                0 => Some(self.constant(Bits::zero(width))),
                power => {
                    let rest = self.slice(a, 0, power);
                    Some(self.zero_extend(rest, width))
                }
            },
            BinaryOp::DivS | BinaryOp::ModS => self.simplify_signed(op, a, b),
            BinaryOp::Eq => self.simplify_eq(a, b),
            BinaryOp::LtU => (self.simplify_lt(a, b)).or_else(|| self.simplify_bound(op, a, b)),
            BinaryOp::LtS => {
                let used = self.significant(a).max(self.significant(b));
                match used < width {
                    true => Some(self.binary(BinaryOp::LtU, a, b)),
                    false => self.simplify_bound(op, a, b),
                }
            }
            BinaryOp::Shl | BinaryOp::ShrU | BinaryOp::ShrS => self.simplify_shift(op, a, b),
            _ => None,
        }
    }

    /// Signed division of numbers that are not negative, or by a positive power of
    /// two: the remainder has the low bits of the dividend, and its sign unless they
    /// are all 0; the quotient is rounded towards zero, so the shift of a negative
    /// dividend is of one that is larger by the divisor less 1.
    fn simplify_signed(&mut self, op: BinaryOp, a: ExprId, b: ExprId) -> Option<ExprId> {
        let width = self.width(a);
        let divides = op == BinaryOp::DivS;
        if self.significant(a).max(self.significant(b)) < width {
            let unsigned = if divides {
                BinaryOp::DivU
            } else {
                BinaryOp::ModU
            };
            return Some(self.binary(unsigned, a, b));
        }
        let power = self.power_of_two(b).filter(|&power| power + 1 < width)?;
        if power == 0 {
            let none = Bits::zero(width);
            return Some(if divides { a } else { self.constant(none) });
        }
        let sign = self.slice(a, width - 1, 1);
        if divides {
            let more = self.sign_extend(sign, power);
            let more = self.zero_extend(more, width);
            let sum = self.binary(BinaryOp::Add, a, more);
            let amount = self.number(32, u64::from(power));
            return Some(self.binary(BinaryOp::ShrS, sum, amount));
        }
        let low = self.slice(a, 0, power);
        let rest = self.reduce(UnaryOp::ReduceOr, low);
        let negative = self.and(sign, rest);
        let high = self.sign_extend(negative, width - power);
        Some(self.concat(&[low, high]))
    }

    /// The exponent of a known power of two.
    fn power_of_two(&self, id: ExprId) -> Option<u32> {
        let bits = self.as_const(id).filter(|bits| bits.is_known())?;
        let mut ones = (0..bits.width()).filter(|&at| bits.bit(at) == Some(true));
        let power = ones.next()?;
        ones.next().is_none().then_some(power)
    }

    fn simplify_eq(&mut self, a: ExprId, b: ExprId) -> Option<ExprId> {
        if a == b {
            return Some(self.number(1, 1));
        }
        let (of_a, of_b) = (self.significant(a), self.significant(b));
        let used = of_a.max(of_b).max(1);
        if let Some(bits) = self.as_const(b) {
            // A 1 that `a` cannot have decides.
            if (of_a..bits.width()).any(|at| bits.bit(at) == Some(true)) {
                return Some(self.number(1, 0));
            }
        }
        if used < self.width(a) {
            let (a, b) = (self.slice(a, 0, used), self.slice(b, 0, used));
            return Some(self.eq(a, b));
        }
        if self.width(a) == 1 {
            return match self.as_const(b)?.bit(0)? {
                true => Some(a),
                false => Some(self.not(a)),
            };
        }
        None
    }

    fn simplify_lt(&mut self, a: ExprId, b: ExprId) -> Option<ExprId> {
        if a == b || self.is_zero(b) || self.is_ones(a) {
            return Some(self.number(1, 0));
        }
        let used = self.significant(a).max(self.significant(b)).max(1);
        if used < self.width(a) {
            let (a, b) = (self.slice(a, 0, used), self.slice(b, 0, used));
            return Some(self.binary(BinaryOp::LtU, a, b));
        }
        None
    }

    /// Comparison with a constant: below a multiple of a power of two the low bits
    /// do not matter, `a < 16` is `a >> 4 < 1`; and `15 < a` is `!(a < 16)`.
    fn simplify_bound(&mut self, op: BinaryOp, a: ExprId, b: ExprId) -> Option<ExprId> {
        let width = self.width(a);
        if let Some(bound) = self.as_const(b).filter(|bits| bits.is_known()) {
            let ones = (0..width).find(|&at| bound.bit(at) == Some(true));
            return match ones {
                Some(0) => None,
                Some(low) => {
                    let [a, b] = [a, b].map(|id| self.slice(id, low, width - low));
                    Some(self.binary(op, a, b))
                }
                // Below 0 there are the negative numbers alone.
                None if op == BinaryOp::LtS => Some(self.slice(a, width - 1, 1)),
                None => None,
            };
        }
        let bound = self.as_const(a).filter(|bits| bits.is_known())?;
        let signed = op == BinaryOp::LtS;
        let largest = (0..width).all(|at| {
            let one = !signed || at + 1 < width;
            bound.bit(at) == Some(one)
        });
        if largest || bound.bit(0) != Some(true) {
            return None;
        }
        let above = bound.add(&Bits::from_u64(width, 1));
        let above = self.constant(above);
        let below = self.binary(op, b, above);
        Some(self.not(below))
    }

    fn simplify_shift(&mut self, op: BinaryOp, a: ExprId, b: ExprId) -> Option<ExprId> {
        let width = self.width(a);
        if self.is_zero(a) {
            return Some(a);
        }
        if let Some(bits) = self.as_const(b).filter(|bits| bits.is_known()) {
            let by = bits.to_u64().unwrap_or(u64::MAX).min(u64::from(width)) as u32;
            return Some(match op {
                _ if by == 0 => a,
                BinaryOp::ShrS => {
                    let low = by.min(width - 1);
                    let kept = self.slice(a, low, width - low);
                    self.sign_extend(kept, width)
                }
                _ if by == width => self.constant(Bits::zero(width)),
                BinaryOp::Shl => {
                    let zeros = self.constant(Bits::zero(by));
                    let kept = self.slice(a, 0, width - by);
                    self.concat(&[zeros, kept])
                }
                _ => {
                    let kept = self.slice(a, by, width - by);
                    self.zero_extend(kept, width)
                }
            });
        }
        let amount = self.trim(b);
        (amount != b).then(|| self.binary(op, a, amount))
    }
}
