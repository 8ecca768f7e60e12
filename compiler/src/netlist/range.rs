//! Between which numbers the value of an expression lies, by its form alone.
//!
//! Sound for every valuation of the leaves; not exact. What it is for: which
//! bits of a vector a process can write by `r[16 + index]`, and where a loop
//! ends whose bound is a signal.

use super::expr::{BinaryOp, ExprId, Exprs, Node, UnaryOp};

/// How deep the form is looked at.
const DEPTH: u32 = 16;

impl Exprs {
    /// The least and the greatest number that an expression can be, unsigned;
    /// `None` where that takes more than 62 bits.
    pub fn range(&self, of: ExprId) -> Option<(u64, u64)> {
        self.range_at(of, DEPTH)
    }

    /// Whether a condition of one bit can never be 1, as far as the ranges of
    /// what it compares tell.
    pub fn never(&self, condition: ExprId) -> bool {
        self.fixed_at(condition, false, DEPTH)
    }

    /// Whether a condition surely has a value.
    fn fixed_at(&self, condition: ExprId, value: bool, depth: u32) -> bool {
        let Some(depth) = depth.checked_sub(1) else {
            return false;
        };
        match *self.node(condition) {
            Node::Const(ref bits) => bits.bit(0) == Some(value),
            Node::Unary(UnaryOp::Not, of) => self.fixed_at(of, !value, depth),
            Node::Binary(op @ (BinaryOp::And | BinaryOp::Or), a, b) => {
                let one_is_enough = (op == BinaryOp::And) != value;
                let (a, b) = (
                    self.fixed_at(a, value, depth),
                    self.fixed_at(b, value, depth),
                );
                if one_is_enough { a || b } else { a && b }
            }
            Node::Binary(op @ (BinaryOp::LtU | BinaryOp::LtS), a, b) => {
                let sign = self.width(a) - 1;
                let (Some(a), Some(b)) = (self.range(a), self.range(b)) else {
                    return false;
                };
                // With no sign bit on either side both orders are one.
                if op == BinaryOp::LtS && (sign >= 63 || (a.1 | b.1) >> sign != 0) {
                    return false;
                }
                if value { a.1 < b.0 } else { a.0 >= b.1 }
            }
            Node::Binary(BinaryOp::Eq, a, b) => match (self.range(a), self.range(b)) {
                (Some(a), Some(b)) if !value => a.1 < b.0 || b.1 < a.0,
                _ => false,
            },
            _ => false,
        }
    }

    fn range_at(&self, of: ExprId, depth: u32) -> Option<(u64, u64)> {
        let width = self.width(of);
        let any = (width <= 62).then(|| (0, (1u64 << width) - 1));
        let Some(depth) = depth.checked_sub(1) else {
            return any;
        };
        let found = match self.node(of) {
            Node::Const(bits) => match bits.to_u64() {
                Some(value) if value >> 62 == 0 => Some((value, value)),
                _ => None,
            },
            Node::Concat(parts) => {
                let (mut least, mut most, mut low) = (0u64, 0u64, 0u32);
                let mut fits = true;
                for &part in parts {
                    match self.range_at(part, depth) {
                        Some((_, 0)) => {}
                        Some((from, to)) if low + (64 - to.leading_zeros()) <= 62 => {
                            least |= from << low;
                            most |= to << low;
                        }
                        _ => fits = false,
                    }
                    low = low.saturating_add(self.width(part)).min(62);
                }
                fits.then_some((least, most))
            }
            &Node::Binary(op @ (BinaryOp::Add | BinaryOp::Sub), a, b) => {
                let a = self.range_at(a, depth)?;
                let b = self.range_at(b, depth)?;
                let sum = match op {
                    BinaryOp::Add => (a.0 + b.0, a.1 + b.1),
                    _ if a.0 >= b.1 => (a.0 - b.1, a.1 - b.0),
                    _ => return any,
                };
                let wraps = width < 64 && sum.1 >> width != 0;
                (!wraps && sum.1 >> 62 == 0).then_some(sum)
            }
            &Node::Mux(_, then, other) => {
                let a = self.range_at(then, depth)?;
                let b = self.range_at(other, depth)?;
                Some((a.0.min(b.0), a.1.max(b.1)))
            }
            &Node::Slice(of, 0) => {
                let (least, most) = self.range_at(of, depth)?;
                (width >= 64 || most >> width == 0).then_some((least, most))
            }
            _ => None,
        };
        found.or(any)
    }
}

#[cfg(test)]
mod tests {
    use super::super::Bits;
    use super::*;

    #[test]
    fn sums_with_what_is_padded() {
        let mut exprs = Exprs::default();
        let index = exprs.intern(Node::Net(0), 4);
        let wide = exprs.resize(index, 32, false);
        let sixteen = exprs.constant(Bits::from_i64(32, 16));
        let up = exprs.binary(BinaryOp::Add, wide, sixteen);
        let down = exprs.binary(BinaryOp::Sub, sixteen, wide);
        let under = exprs.binary(BinaryOp::Sub, wide, sixteen);
        assert_eq!(exprs.range(up), Some((16, 31)));
        assert_eq!(exprs.range(down), Some((1, 16)));
        assert_eq!(exprs.range(under), Some((0, u64::from(u32::MAX))));
    }

    #[test]
    fn conditions_that_cannot_hold() {
        let mut exprs = Exprs::default();
        let bound = exprs.intern(Node::Net(0), 2);
        let bound = exprs.resize(bound, 32, false);
        for (number, op, ends) in [
            (2, BinaryOp::LtU, false),
            (3, BinaryOp::LtU, true),
            (2, BinaryOp::LtS, false),
            (3, BinaryOp::LtS, true),
            (-1, BinaryOp::LtS, false),
            (-1, BinaryOp::LtU, true),
            (3, BinaryOp::Eq, false),
            (4, BinaryOp::Eq, true),
        ] {
            let number = exprs.constant(Bits::from_i64(32, number));
            let goes_on = exprs.binary(op, number, bound);
            assert_eq!(exprs.never(goes_on), ends, "{number:?} {op:?}");
            let ended = exprs.not(goes_on);
            assert!(!(exprs.never(ended) && exprs.never(goes_on)));
        }
        // `number <= bound` as `!(bound < number)`.
        let four = exprs.constant(Bits::from_i64(32, 4));
        let below = exprs.binary(BinaryOp::LtU, bound, four);
        let at_least = exprs.not(below);
        assert!(exprs.never(at_least) && !exprs.never(below));
    }

    #[test]
    fn what_wraps_can_be_anything() {
        let mut exprs = Exprs::default();
        let index = exprs.intern(Node::Net(0), 4);
        let one = exprs.constant(Bits::from_i64(4, 1));
        let sum = exprs.binary(BinaryOp::Add, index, one);
        assert_eq!(exprs.range(sum), Some((0, 15)));
        let wide = exprs.intern(Node::Net(1), 80);
        assert_eq!(exprs.range(wide), None);
    }
}
