//! What is known of a result from what is known of its operands.

use super::limbs::{self, add_limb, highest, or_shl, or_shr, set_below, trim};
use super::{Cone, Known, Planes, Scratch};
use crate::netlist::bits::limbs as limb_count;
use crate::netlist::{BinaryOp, ExprId, Exprs, Node, UnaryOp};

/// Amounts of a variable shift that are tried one by one.
const TRIED_AMOUNTS: u32 = 64;
/// Legs of multiplexers that are compared one by one.
const TRIED_LEGS: usize = 64;
/// Legs that may wait for it.
const OPEN_LEGS: usize = 16;

/// Evaluates one expression into the scratch planes; leaves are unknown.
pub(super) fn evaluate(
    exprs: &Exprs,
    cone: &Cone,
    known: &Known,
    id: ExprId,
    scratch: &mut Scratch,
) {
    let width = exprs.width(id);
    let count = limb_count(width);
    let operands = match exprs.node(id) {
        Node::Concat(items) | Node::Index(_, items) => items.len(),
        _ => 0,
    };
    scratch.work += 1 + (count + operands) as u64 / 8;
    let Scratch {
        value: v,
        known: k,
        spare,
        ..
    } = scratch;
    let (v, k) = (&mut v[..count], &mut k[..count]);
    v.fill(0);
    k.fill(0);
    let of = |expr: ExprId| known.planes(cone, expr);
    match exprs.node(id) {
        Node::Const(bits) => {
            v.copy_from_slice(bits.value_limbs());
            for (limb, unknown) in k.iter_mut().zip(bits.unknown_limbs()) {
                *limb = !unknown;
            }
        }
        Node::Input(_) | Node::Reg(_) | Node::Net(_) | Node::MemRead(..) => {}
        Node::Unary(op, a) => unary(*op, of(*a), exprs.width(*a), v, k, width),
        Node::Binary(op, a, b) => {
            let widths = (exprs.width(*a), exprs.width(*b));
            binary(*op, (of(*a), of(*b)), widths, (v, k), spare);
            if *op == BinaryOp::Eq && k[0] == 0 {
                let excluded =
                    excluded(exprs, cone, known, *a, *b) || excluded(exprs, cone, known, *b, *a);
                k[0] = u64::from(excluded);
            }
        }
        Node::Mux(select, then, other) => match cone.passed(exprs, known, id) {
            Some(leg) => copy(of(leg), v, k),
            None => match of(*select).bit(0) {
                Some(true) => copy(of(*then), v, k),
                Some(false) => copy(of(*other), v, k),
                None => {
                    copy(of(*then), v, k);
                    meet(of(*other), v, k);
                }
            },
        },
        Node::Slice(a, low) => {
            let a = of(*a);
            or_shr(v, a.value, *low);
            or_shr(k, a.known, *low);
        }
        Node::Concat(items) => {
            let mut at = 0;
            for &item in items {
                or_shl(v, of(item).value, at);
                or_shl(k, of(item).known, at);
                at += exprs.width(item);
            }
        }
        Node::Index(index, items) => {
            let (planes, index_width) = (of(*index), exprs.width(*index));
            if let Some(at) = planes.number(index_width) {
                if let Some(&item) = items.get(at as usize) {
                    copy(of(item), v, k);
                }
            } else {
                index_unknown(planes, index_width, items, of, v, k);
            }
        }
    }
    trim(v, width);
    trim(k, width);
}

/// Whether each value that multiplexers may pass differs from another expression in a known bit. Together they may have no bit
/// in common: a mode that is 0, 1 or 3 is not 2.
fn excluded(exprs: &Exprs, cone: &Cone, known: &Known, passed: ExprId, other: ExprId) -> bool {
    if !matches!(exprs.node(passed), Node::Mux(..)) {
        return false;
    }
    let other = known.planes(cone, other);
    let mut open = [passed; OPEN_LEGS];
    let mut count = 1;
    for _ in 0..TRIED_LEGS {
        if count == 0 {
            return true;
        }
        count -= 1;
        let id = open[count];
        let mut push = |leg: ExprId| {
            let fits = count < OPEN_LEGS;
            if fits {
                open[count] = leg;
                count += 1;
            }
            fits
        };
        let goes_on = match exprs.node(id) {
            Node::Mux(select, then, other) => match known.bit(cone, *select, 0) {
                Some(true) => push(*then),
                Some(false) => push(*other),
                None => push(*other) && push(*then),
            },
            _ => {
                let leg = known.planes(cone, id);
                (0..leg.value.len()).any(|at| {
                    (leg.value[at] ^ other.value[at]) & leg.known[at] & other.known[at] != 0
                })
            }
        };
        if !goes_on {
            return false;
        }
    }
    false
}

fn copy(from: Planes<'_>, v: &mut [u64], k: &mut [u64]) {
    v.copy_from_slice(from.value);
    k.copy_from_slice(from.known);
}

/// Keeps what is known and equal on both sides.
fn meet(with: Planes<'_>, v: &mut [u64], k: &mut [u64]) {
    for at in 0..v.len() {
        k[at] &= with.known[at] & !(v[at] ^ with.value[at]);
        v[at] &= k[at];
    }
}

/// What all elements that the index may name have in common. An index past
/// the end reads unknown, which is to say any value, so it adds nothing.
fn index_unknown<'a>(
    index: Planes<'_>,
    index_width: u32,
    items: &[ExprId],
    of: impl Fn(ExprId) -> Planes<'a>,
    v: &mut [u64],
    k: &mut [u64],
) {
    // The index can be past the end: then the result is unknown, and the
    // evaluator's value for it need not be that of any element.
    let mut largest = index.value.to_vec();
    for (limb, known) in largest.iter_mut().zip(index.known) {
        *limb |= !known;
    }
    trim(&mut largest, index_width);
    let high = largest[1..].iter().any(|&limb| limb != 0);
    if high || largest[0] >= items.len() as u64 {
        return;
    }
    let mut first = true;
    for (at, &item) in items.iter().enumerate() {
        if !index.may_be(index_width, at as u64) {
            continue;
        }
        if std::mem::take(&mut first) {
            copy(of(item), v, k);
        } else {
            meet(of(item), v, k);
        }
        if k.iter().all(|&limb| limb == 0) {
            return;
        }
    }
}

fn set_bool(result: Option<bool>, v: &mut [u64], k: &mut [u64]) {
    if let Some(bit) = result {
        v[0] = u64::from(bit);
        k[0] = 1;
    }
}

fn unary(op: UnaryOp, a: Planes<'_>, a_width: u32, v: &mut [u64], k: &mut [u64], width: u32) {
    match op {
        UnaryOp::Not => {
            for at in 0..v.len() {
                v[at] = !a.value[at] & a.known[at];
                k[at] = a.known[at];
            }
        }
        UnaryOp::Neg => {
            let zero = vec![0; v.len()];
            let all = vec![u64::MAX; v.len()];
            let zero = Planes {
                value: &zero,
                known: &all,
            };
            add(zero, a, true, v, k);
        }
        UnaryOp::ReduceAnd => {
            let zero = (a.known.iter().zip(a.value)).any(|(known, value)| known & !value != 0);
            let result = if zero {
                Some(false)
            } else {
                a.all_known(a_width).then_some(true)
            };
            set_bool(result, v, k);
        }
        UnaryOp::ReduceOr => {
            let result = if a.value.iter().any(|&limb| limb != 0) {
                Some(true)
            } else {
                a.all_known(a_width).then_some(false)
            };
            set_bool(result, v, k);
        }
        UnaryOp::ReduceXor => {
            let parity = a.value.iter().fold(0, |acc, limb| acc ^ limb.count_ones()) & 1;
            set_bool(a.all_known(a_width).then_some(parity == 1), v, k);
        }
        UnaryOp::SignExtend => {
            v[..a.value.len()].copy_from_slice(a.value);
            k[..a.known.len()].copy_from_slice(a.known);
            fill_from(a.bit(a_width - 1), a_width, v, k);
        }
    }
    trim(v, width);
}

/// Sets all bits from `from` on to one value.
fn fill_from(fill: Option<bool>, from: u32, v: &mut [u64], k: &mut [u64]) {
    let Some(fill) = fill else { return };
    for at in 0..v.len() {
        let mut below = [0];
        set_below(&mut below, from.saturating_sub(at as u32 * 64));
        k[at] |= !below[0];
        if fill {
            v[at] |= !below[0];
        }
    }
}

fn binary(
    op: BinaryOp,
    (a, b): (Planes<'_>, Planes<'_>),
    (width, b_width): (u32, u32),
    (v, k): (&mut [u64], &mut [u64]),
    spare: &mut Vec<u64>,
) {
    match op {
        BinaryOp::And => {
            for at in 0..v.len() {
                v[at] = a.value[at] & b.value[at];
                let zero = (a.known[at] & !a.value[at]) | (b.known[at] & !b.value[at]);
                k[at] = v[at] | zero;
            }
        }
        BinaryOp::Or => {
            for at in 0..v.len() {
                v[at] = a.value[at] | b.value[at];
                k[at] = v[at] | (a.known[at] & b.known[at]);
            }
        }
        BinaryOp::Xor => {
            for at in 0..v.len() {
                k[at] = a.known[at] & b.known[at];
                v[at] = (a.value[at] ^ b.value[at]) & k[at];
            }
        }
        BinaryOp::Add => add(a, b, false, v, k),
        BinaryOp::Sub => add(a, b, true, v, k),
        BinaryOp::Mul => multiply(a, b, width, v, k),
        BinaryOp::DivU | BinaryOp::DivS | BinaryOp::ModU | BinaryOp::ModS => {
            let zero = b.value.iter().all(|&limb| limb == 0);
            if a.all_known(width) && b.all_known(width) && !zero {
                divide(op, a.value, b.value, width, v);
                k.fill(u64::MAX);
            }
        }
        BinaryOp::Eq => {
            let differ = (0..a.value.len())
                .any(|at| (a.value[at] ^ b.value[at]) & a.known[at] & b.known[at] != 0);
            let result = if differ {
                Some(false)
            } else {
                (a.all_known(width) && b.all_known(width)).then_some(true)
            };
            set_bool(result, v, k);
        }
        BinaryOp::LtU => set_bool(less(a, b, width, 0, spare), v, k),
        BinaryOp::LtS => set_bool(less(a, b, width, 1 << ((width - 1) % 64), spare), v, k),
        BinaryOp::Shl | BinaryOp::ShrU | BinaryOp::ShrS => {
            shift(op, a, width, b, b_width, v, k);
        }
    }
}

/// `a + b`, or `a - b` as `a + !b + 1`. A result bit is known where both
/// operands and the carry are; the carry is known where that of the smallest
/// and that of the largest possible operands agree.
fn add(a: Planes<'_>, b: Planes<'_>, subtract: bool, v: &mut [u64], k: &mut [u64]) {
    let (mut carry_low, mut carry_high) = (subtract, subtract);
    for at in 0..v.len() {
        let flip = if subtract { b.known[at] } else { 0 };
        let (a_low, b_low) = (a.value[at], b.value[at] ^ flip);
        let (a_high, b_high) = (a_low | !a.known[at], b_low | !b.known[at]);
        let low = add_limb(a_low, b_low, &mut carry_low);
        let high = add_limb(a_high, b_high, &mut carry_high);
        let carries_low = low ^ a_low ^ b_low;
        let carries_high = high ^ a_high ^ b_high;
        k[at] = a.known[at] & b.known[at] & !(carries_low ^ carries_high);
        v[at] = low & k[at];
    }
}

/// The low bits of a product up to the first unknown bit of an operand,
/// shifted by the trailing zeros of the other.
fn multiply(a: Planes<'_>, b: Planes<'_>, width: u32, v: &mut [u64], k: &mut [u64]) {
    // Trailing known bits and trailing known zeros.
    let trailing = |p: Planes<'_>| {
        let count = |limb: &dyn Fn(usize) -> u64| -> u32 {
            let at = (0..p.known.len()).find(|&at| limb(at) != 0);
            at.map_or(width, |at| at as u32 * 64 + limb(at).trailing_zeros())
                .min(width)
        };
        let known = count(&|at| !p.known[at]);
        let zeros = count(&|at| !p.known[at] | p.value[at]);
        (known, zeros)
    };
    let ((a_known, a_zeros), (b_known, b_zeros)) = (trailing(a), trailing(b));
    let end = (a_known + b_zeros).min(b_known + a_zeros);
    let all = a_zeros == width || b_zeros == width;
    limbs::multiply(v, a.value, b.value);
    set_below(k, if all { width } else { end.min(width) });
    for at in 0..v.len() {
        v[at] &= k[at];
    }
}

fn divide(op: BinaryOp, a: &[u64], b: &[u64], width: u32, v: &mut [u64]) {
    let signed = matches!(op, BinaryOp::DivS | BinaryOp::ModS);
    let magnitude = |limbs: &[u64]| {
        let mut limbs = limbs.to_vec();
        let negative = signed && limbs::bit(&limbs, width - 1);
        if negative {
            limbs::negate(&mut limbs);
            trim(&mut limbs, width);
        }
        (limbs, negative)
    };
    let ((a, a_negative), (b, b_negative)) = (magnitude(a), magnitude(b));
    let (quotient, rest) = limbs::divide(&a, &b);
    let (mut result, negative) = match op {
        BinaryOp::DivU | BinaryOp::DivS => (quotient, a_negative != b_negative),
        _ => (rest, a_negative),
    };
    if negative {
        limbs::negate(&mut result);
    }
    v.copy_from_slice(&result);
}

/// `a < b` by ranges. `flip` is the sign bit of the top limb, or 0.
fn less(a: Planes<'_>, b: Planes<'_>, width: u32, flip: u64, spare: &mut Vec<u64>) -> Option<bool> {
    let count = a.value.len();
    spare.clear();
    // Smallest a, largest a, smallest b, largest b, the sign bit inverted so
    // that signed order becomes unsigned order.
    for planes in [a, b] {
        for at in 0..count {
            let top = at + 1 == count;
            let known = planes.known[at];
            let value = planes.value[at] ^ if top { flip & known } else { 0 };
            spare.push(value);
        }
        for at in 0..count {
            let top = at + 1 == count;
            let value = spare[spare.len() - count] | !planes.known[at];
            spare.push(
                value
                    & if top {
                        limbs::top_mask(width)
                    } else {
                        u64::MAX
                    },
            );
        }
    }
    let (a_low, rest) = spare.split_at(count);
    let (a_high, rest) = rest.split_at(count);
    let (b_low, b_high) = rest.split_at(count);
    if limbs::less(a_high, b_low) {
        Some(true)
    } else if !limbs::less(a_low, b_high) {
        Some(false)
    } else {
        None
    }
}

fn shift(
    op: BinaryOp,
    a: Planes<'_>,
    width: u32,
    amount: Planes<'_>,
    amount_width: u32,
    v: &mut [u64],
    k: &mut [u64],
) {
    if let Some(by) = amount.number(amount_width) {
        shift_by(op, a, width, by, v, k);
        return;
    }
    let unknown: u32 = amount.known.iter().map(|limb| limb.count_zeros()).sum();
    let unknown = unknown - (64 * amount.known.len() as u32 - amount_width);
    let low_limb_only = highest(amount.value).unwrap_or(0) < 64 && amount_width <= 64;
    if 1u32.checked_shl(unknown).unwrap_or(u32::MAX) > TRIED_AMOUNTS || !low_limb_only {
        return;
    }
    let free = !amount.known[0] & limbs::top_mask(amount_width);
    let mut choice = 0u64;
    let (mut one_v, mut one_k) = (vec![0; v.len()], vec![0; k.len()]);
    loop {
        let by = amount.value[0] | choice;
        if choice == 0 {
            shift_by(op, a, width, by, v, k);
        } else {
            one_v.fill(0);
            one_k.fill(0);
            shift_by(op, a, width, by, &mut one_v, &mut one_k);
            let one = Planes {
                value: &one_v,
                known: &one_k,
            };
            meet(one, v, k);
        }
        // Next subset of the free bits.
        choice = choice.wrapping_sub(free) & free;
        if choice == 0 {
            return;
        }
    }
}

fn shift_by(op: BinaryOp, a: Planes<'_>, width: u32, by: u64, v: &mut [u64], k: &mut [u64]) {
    let by = by.min(u64::from(width)) as u32;
    if op == BinaryOp::Shl {
        or_shl(v, a.value, by);
        or_shl(k, a.known, by);
        set_below(k, by);
    } else {
        let fill = if op == BinaryOp::ShrS {
            a.bit(width - 1)
        } else {
            Some(false)
        };
        or_shr(v, a.value, by);
        or_shr(k, a.known, by);
        fill_from(fill, width - by, v, k);
    }
    trim(v, width);
    trim(k, width);
}
