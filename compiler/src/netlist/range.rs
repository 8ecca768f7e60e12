//! Between which numbers the value of an expression lies, by its form alone.
//!
//! Sound for every valuation of the leaves; not exact. What it is for: which
//! bits of a vector a process can write by `r[16 + index]`.

use super::expr::{BinaryOp, ExprId, Exprs, Node};

/// How deep the form is looked at.
const DEPTH: u32 = 16;

impl Exprs {
    /// The least and the greatest number that an expression can be, unsigned;
    /// `None` where that takes more than 62 bits.
    pub fn range(&self, of: ExprId) -> Option<(u64, u64)> {
        self.range_at(of, DEPTH)
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
