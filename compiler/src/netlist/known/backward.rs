//! What follows for the operands from what is known of a result.

use super::limbs::{self, or_shl, or_shr, trim};
use super::{Cone, Contradiction, Known, Planes, Scratch};
use crate::netlist::{BinaryOp, ExprId, Exprs, Node, UnaryOp};

/// Owned planes: values and which bits are known.
type Fact = (Vec<u64>, Vec<u64>);

/// Draws the conclusions from one expression for its operands and queues
/// those that have changed.
pub(super) fn imply(
    exprs: &Exprs,
    cone: &Cone,
    known: &mut Known,
    id: ExprId,
    scratch: &mut Scratch,
) -> Result<(), Contradiction> {
    let of = |expr: ExprId| known.planes(cone, expr);
    let out = of(id);
    if out.known.iter().all(|&limb| limb == 0) {
        return Ok(());
    }
    let mut facts: Vec<(ExprId, Fact)> = Vec::new();
    match exprs.node(id) {
        Node::Const(_) | Node::Input(_) | Node::Reg(_) | Node::Net(_) | Node::MemRead(..) => {}
        Node::Unary(op, a) => {
            if let Some(fact) = unary(*op, out, of(*a), exprs.width(*a)) {
                facts.push((*a, fact));
            }
        }
        Node::Binary(op, a, b) => {
            let (to_a, to_b) = binary(*op, out, of(*a), of(*b), exprs.width(*a));
            facts.extend(to_a.map(|fact| (*a, fact)));
            facts.extend(to_b.map(|fact| (*b, fact)));
        }
        Node::Mux(select, then, other) => {
            let clash = |leg: Planes<'_>| differ(out, leg);
            let select_is = of(*select).bit(0).or_else(|| {
                if clash(of(*then)) {
                    Some(false)
                } else {
                    clash(of(*other)).then_some(true)
                }
            });
            if let Some(taken) = select_is {
                facts.push((*select, (vec![u64::from(taken)], vec![1])));
                let leg = if taken { *then } else { *other };
                facts.push((leg, (out.value.to_vec(), out.known.to_vec())));
            }
        }
        Node::Slice(a, low) => {
            let count = of(*a).value.len();
            let (mut value, mut mask) = (vec![0; count], vec![0; count]);
            or_shl(&mut value, out.value, *low);
            or_shl(&mut mask, out.known, *low);
            facts.push((*a, (value, mask)));
        }
        Node::Concat(items) => {
            let mut low = 0;
            for &item in items {
                facts.push((item, part(out, low, exprs.width(item))));
                low += exprs.width(item);
            }
        }
        Node::Index(index, items) => {
            if let Some(at) = of(*index).number(exprs.width(*index))
                && let Some(&item) = items.get(at as usize)
            {
                facts.push((item, (out.value.to_vec(), out.known.to_vec())));
            }
        }
    }
    for (expr, (value, mask)) in facts {
        let slot = cone.slot(expr);
        if known.refine(cone, slot, &value, &mask)? {
            scratch.push(slot);
        }
    }
    Ok(())
}

/// Whether two vectors are known to differ.
fn differ(a: Planes<'_>, b: Planes<'_>) -> bool {
    (0..a.value.len()).any(|at| (a.value[at] ^ b.value[at]) & a.known[at] & b.known[at] != 0)
}

/// Bits `low .. low + width`.
fn part(from: Planes<'_>, low: u32, width: u32) -> Fact {
    let count = width.div_ceil(64) as usize;
    let (mut value, mut known) = (vec![0; count], vec![0; count]);
    or_shr(&mut value, from.value, low);
    or_shr(&mut known, from.known, low);
    trim(&mut value, width);
    trim(&mut known, width);
    (value, known)
}

/// All `width` bits are `value`.
fn all(value: bool, width: u32) -> Fact {
    let count = width.div_ceil(64) as usize;
    let mut mask = vec![u64::MAX; count];
    trim(&mut mask, width);
    let zero = vec![0; count];
    (if value { mask.clone() } else { zero }, mask)
}

/// The only bit in `candidates`, if there is just one.
fn only_bit(candidates: impl Iterator<Item = u64>) -> Option<u32> {
    let limbs: Vec<u64> = candidates.collect();
    let one = limbs.iter().map(|limb| limb.count_ones()).sum::<u32>() == 1;
    if one { limbs::lowest(&limbs) } else { None }
}

fn one_bit(at: u32, value: bool, count: usize) -> Fact {
    let (mut v, mut k) = (vec![0; count], vec![0; count]);
    k[at as usize / 64] = 1 << (at % 64);
    if value {
        v.clone_from(&k);
    }
    (v, k)
}

fn unary(op: UnaryOp, out: Planes<'_>, a: Planes<'_>, width: u32) -> Option<Fact> {
    let count = a.value.len();
    let top = |at: usize| {
        if at + 1 == count {
            limbs::top_mask(width)
        } else {
            u64::MAX
        }
    };
    match op {
        UnaryOp::Not => {
            let value = (out.value.iter().zip(out.known)).map(|(v, k)| !v & k);
            Some((value.collect(), out.known.to_vec()))
        }
        UnaryOp::ReduceAnd | UnaryOp::ReduceOr => {
            let unit = op == UnaryOp::ReduceAnd;
            if out.bit(0) == Some(unit) {
                return Some(all(unit, width));
            }
            // Bits not yet known to be the unit; one of them must be the other value.
            let open = |at: usize| {
                let is_unit = if unit { a.value[at] } else { !a.value[at] } & a.known[at];
                !is_unit & top(at)
            };
            only_bit((0..count).map(open)).map(|at| one_bit(at, !unit, count))
        }
        UnaryOp::ReduceXor => {
            let at = only_bit((0..count).map(|at| !a.known[at] & top(at)))?;
            let parity = a.value.iter().fold(0, |acc, limb| acc ^ limb.count_ones()) & 1 == 1;
            Some(one_bit(at, parity ^ out.bit(0)?, count))
        }
        UnaryOp::SignExtend => {
            let (mut value, mut known) = part(out, 0, width);
            let extended = 64 * out.known.len() as u32;
            let upper = (width..extended).find_map(|at| out.bit(at));
            if let Some(sign) = upper {
                let (limb, mask) = ((width - 1) as usize / 64, 1 << ((width - 1) % 64));
                known[limb] |= mask;
                if sign {
                    value[limb] |= mask;
                }
            }
            Some((value, known))
        }
        UnaryOp::Neg => None,
    }
}

fn binary(
    op: BinaryOp,
    out: Planes<'_>,
    a: Planes<'_>,
    b: Planes<'_>,
    width: u32,
) -> (Option<Fact>, Option<Fact>) {
    let count = a.value.len();
    let limbwise = |f: &dyn Fn(usize, Planes<'_>, Planes<'_>) -> (u64, u64)| {
        let side = |x, y| Some((0..count).map(|at| f(at, x, y)).unzip());
        (side(a, b), side(b, a))
    };
    match op {
        BinaryOp::And => limbwise(&|at, _, other| {
            let ones = out.value[at];
            let zeros = out.known[at] & !out.value[at] & other.value[at];
            (ones, ones | zeros)
        }),
        BinaryOp::Or => limbwise(&|at, _, other| {
            let zeros = out.known[at] & !out.value[at];
            let ones = out.value[at] & other.known[at] & !other.value[at];
            (ones, ones | zeros)
        }),
        BinaryOp::Xor => limbwise(&|at, _, other| {
            let known = out.known[at] & other.known[at];
            ((out.value[at] ^ other.value[at]) & known, known)
        }),
        BinaryOp::Eq => match out.bit(0) {
            Some(true) => limbwise(&|at, _, other| (other.value[at], other.known[at])),
            Some(false) => unequal(a, b, width),
            None => (None, None),
        },
        BinaryOp::Add | BinaryOp::Sub if out.all_known(width) => {
            let subtract = op == BinaryOp::Sub;
            let full = |limbs: Vec<u64>| {
                let (_, mask) = all(false, width);
                let mut limbs = limbs;
                trim(&mut limbs, width);
                Some((limbs, mask))
            };
            // a + b = out: the other is out - one; a - b = out: a = out + b, b = a - out.
            let to_a = b
                .all_known(width)
                .then(|| sum(out.value, b.value, !subtract));
            let to_b = a.all_known(width).then(|| {
                if subtract {
                    sum(a.value, out.value, true)
                } else {
                    sum(out.value, a.value, true)
                }
            });
            (to_a.and_then(full), to_b.and_then(full))
        }
        _ => (None, None),
    }
}

/// `a + b` or `a - b`.
fn sum(a: &[u64], b: &[u64], subtract: bool) -> Vec<u64> {
    let mut carry = subtract;
    let flip = if subtract { u64::MAX } else { 0 };
    (a.iter().zip(b))
        .map(|(&x, &y)| limbs::add_limb(x, y ^ flip, &mut carry))
        .collect()
}

/// The vectors differ: if only one bit can tell them apart, it does.
fn unequal(a: Planes<'_>, b: Planes<'_>, width: u32) -> (Option<Fact>, Option<Fact>) {
    let count = a.value.len();
    if differ(a, b) {
        return (None, None);
    }
    let open = |at: usize| {
        let mask = if at + 1 == count {
            limbs::top_mask(width)
        } else {
            u64::MAX
        };
        !(a.known[at] & b.known[at]) & mask
    };
    let Some(at) = only_bit((0..count).map(open)) else {
        return (None, None);
    };
    let opposite = |bit: Option<bool>| bit.map(|bit| one_bit(at, !bit, count));
    (opposite(b.bit(at)), opposite(a.bit(at)))
}
