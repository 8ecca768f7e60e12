//! Which bit to split on so that an unknown bit becomes known.

use crate::netlist::known::{Cone, Known};
use crate::netlist::{BinaryOp, ExprId, Exprs, Node, UnaryOp};

/// A bit of an expression, unknown so far, that decides (or helps to decide)
/// bit `bit` of `expr`: a select, an index, an operand of logic. `None` where
/// only data decides it.
pub(super) fn decide(
    exprs: &Exprs,
    cone: &Cone,
    known: &Known,
    expr: ExprId,
    bit: u32,
) -> Option<(ExprId, u32)> {
    let (mut expr, mut bit) = (expr, bit);
    loop {
        let is = |expr: ExprId, bit: u32| known.bit(cone, expr, bit);
        let width = exprs.width(expr);
        (expr, bit) = match exprs.node(expr) {
            // An unknown constant may be anything; no assumption can say so.
            Node::Const(_) | Node::Net(_) => return None,
            Node::Input(_) | Node::Reg(_) | Node::MemRead(..) => {
                return (width == 1).then_some((expr, bit));
            }
            Node::Unary(UnaryOp::Not, a) => (*a, bit),
            Node::Unary(UnaryOp::SignExtend, a) => (*a, bit.min(exprs.width(*a) - 1)),
            Node::Unary(UnaryOp::Neg, a) => (*a, lowest_unknown(&is, *a, bit)?),
            Node::Unary(..) => return Some((expr, bit)),
            Node::Binary(op, a, b) => match op {
                BinaryOp::And | BinaryOp::Or | BinaryOp::Xor => match (is(*a, bit), is(*b, bit)) {
                    (Some(_), None) => (*b, bit),
                    (None, Some(_)) => (*a, bit),
                    _ => return Some((expr, bit)),
                },
                BinaryOp::Eq | BinaryOp::LtU | BinaryOp::LtS => return Some((expr, bit)),
                BinaryOp::Add | BinaryOp::Sub => {
                    match (lowest_unknown(&is, *a, bit), lowest_unknown(&is, *b, bit)) {
                        (Some(at), None) => (*a, at),
                        (None, Some(at)) => (*b, at),
                        (Some(in_a), Some(in_b)) if in_a < in_b => (*a, in_a),
                        (Some(_), Some(in_b)) => (*b, in_b),
                        (None, None) => return None,
                    }
                }
                BinaryOp::Shl | BinaryOp::ShrU | BinaryOp::ShrS => {
                    let last = exprs.width(*b) - 1;
                    if let Some(at) = lowest_unknown(&is, *b, last) {
                        return Some((*b, at));
                    }
                    let by = known.bits(cone, exprs, *b).to_u64()?;
                    let at = match op {
                        BinaryOp::Shl => u64::from(bit).checked_sub(by)?,
                        BinaryOp::ShrU => u64::from(bit).checked_add(by)?,
                        _ => u64::from(bit).saturating_add(by).min(u64::from(width) - 1),
                    };
                    (*a, u32::try_from(at).ok().filter(|&at| at < width)?)
                }
                BinaryOp::Mul
                | BinaryOp::DivU
                | BinaryOp::DivS
                | BinaryOp::ModU
                | BinaryOp::ModS => return None,
            },
            Node::Mux(select, then, other) => match cone.passed(exprs, known, expr) {
                Some(leg) => (leg, bit),
                None => match is(*select, 0) {
                    None => return Some((*select, 0)),
                    Some(true) => (*then, bit),
                    Some(false) => (*other, bit),
                },
            },
            Node::Slice(a, low) => (*a, low + bit),
            Node::Concat(items) => {
                let mut low = 0;
                let item = items.iter().find(|&&item| {
                    let here = bit < low + exprs.width(item);
                    if !here {
                        low += exprs.width(item);
                    }
                    here
                })?;
                (*item, bit - low)
            }
            Node::Index(index, items) => {
                let last = exprs.width(*index) - 1;
                if let Some(at) = lowest_unknown(&is, *index, last) {
                    return Some((*index, at));
                }
                let at = known.bits(cone, exprs, *index).to_u64()?;
                (*items.get(usize::try_from(at).ok()?)?, bit)
            }
        };
    }
}

/// The lowest unknown bit of an expression up to bit `last`.
fn lowest_unknown(
    is: &impl Fn(ExprId, u32) -> Option<bool>,
    expr: ExprId,
    last: u32,
) -> Option<u32> {
    (0..=last).find(|&bit| is(expr, bit).is_none())
}
