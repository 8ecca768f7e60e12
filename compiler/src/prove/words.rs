//! Word operators as circuits: bits with the least significant first.
//!
//! Results that IEEE 1364-2005 leaves unknown (a division by zero) are some
//! function of the operands here, as they are in silicon.

use super::aig::{Aig, Lit};

/// Sum of two words and a carry, modulo 2^width.
pub(super) fn add(aig: &mut Aig, a: &[Lit], b: &[Lit], carry: Lit) -> Vec<Lit> {
    let mut carry = carry;
    a.iter()
        .zip(b)
        .map(|(&a, &b)| {
            let half = aig.xor(a, b);
            let sum = aig.xor(half, carry);
            let both = aig.and(a, b);
            let through = aig.and(half, carry);
            carry = aig.or(both, through);
            sum
        })
        .collect()
}

pub(super) fn sub(aig: &mut Aig, a: &[Lit], b: &[Lit]) -> Vec<Lit> {
    let inverse: Vec<Lit> = b.iter().map(|&bit| !bit).collect();
    add(aig, a, &inverse, Lit::TRUE)
}

pub(super) fn neg(aig: &mut Aig, a: &[Lit]) -> Vec<Lit> {
    sub(aig, &vec![Lit::FALSE; a.len()], a)
}

pub(super) fn mul(aig: &mut Aig, a: &[Lit], b: &[Lit]) -> Vec<Lit> {
    let width = a.len();
    let mut sum = vec![Lit::FALSE; width];
    for (shift, &bit) in b.iter().enumerate() {
        if bit == Lit::FALSE {
            continue;
        }
        let part: Vec<Lit> = a[..width - shift]
            .iter()
            .map(|&other| aig.and(other, bit))
            .collect();
        let high = add(aig, &sum[shift..], &part, Lit::FALSE);
        sum.truncate(shift);
        sum.extend(high);
    }
    sum
}

/// Unsigned quotient and remainder, bit by bit.
pub(super) fn div_mod(aig: &mut Aig, a: &[Lit], b: &[Lit]) -> (Vec<Lit>, Vec<Lit>) {
    let width = a.len();
    let mut wide_b = b.to_vec();
    wide_b.push(Lit::FALSE);
    let mut rest = vec![Lit::FALSE; width + 1];
    let mut quotient = vec![Lit::FALSE; width];
    for at in (0..width).rev() {
        rest.pop();
        rest.insert(0, a[at]);
        let fits = !less(aig, &rest, &wide_b);
        let less = sub(aig, &rest, &wide_b);
        rest = mux(aig, fits, &less, &rest);
        quotient[at] = fits;
    }
    rest.truncate(width);
    (quotient, rest)
}

/// Signed quotient towards zero, and remainder with the sign of `a`.
pub(super) fn div_mod_signed(aig: &mut Aig, a: &[Lit], b: &[Lit]) -> (Vec<Lit>, Vec<Lit>) {
    let (sign_a, sign_b) = (a[a.len() - 1], b[b.len() - 1]);
    let a = negate_if(aig, sign_a, a);
    let b = negate_if(aig, sign_b, b);
    let (quotient, rest) = div_mod(aig, &a, &b);
    let sign = aig.xor(sign_a, sign_b);
    (
        negate_if(aig, sign, &quotient),
        negate_if(aig, sign_a, &rest),
    )
}

fn negate_if(aig: &mut Aig, condition: Lit, a: &[Lit]) -> Vec<Lit> {
    let negative = neg(aig, a);
    mux(aig, condition, &negative, a)
}

pub(super) fn mux(aig: &mut Aig, select: Lit, then: &[Lit], other: &[Lit]) -> Vec<Lit> {
    then.iter()
        .zip(other)
        .map(|(&then, &other)| aig.mux(select, then, other))
        .collect()
}

/// Unsigned `a < b`.
pub(super) fn less(aig: &mut Aig, a: &[Lit], b: &[Lit]) -> Lit {
    let mut below = Lit::FALSE;
    for (&a, &b) in a.iter().zip(b) {
        let differ = aig.xor(a, b);
        below = aig.mux(differ, b, below);
    }
    below
}

/// Signed `a < b`.
pub(super) fn less_signed(aig: &mut Aig, a: &[Lit], b: &[Lit]) -> Lit {
    let (mut a, mut b) = (a.to_vec(), b.to_vec());
    let top = a.len() - 1;
    (a[top], b[top]) = (!a[top], !b[top]);
    less(aig, &a, &b)
}

/// Which way a word is shifted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shift {
    Left,
    Right,
}

/// A shift by any amount; `fill` comes in.
pub(super) fn shift(aig: &mut Aig, way: Shift, a: &[Lit], amount: &[Lit], fill: Lit) -> Vec<Lit> {
    let width = a.len();
    let mut value = a.to_vec();
    for (at, &bit) in amount.iter().enumerate() {
        let by = if at < 32 { 1usize << at } else { width };
        let moved: Vec<Lit> = (0..width)
            .map(|place| match way {
                Shift::Left if place >= by => value[place - by],
                Shift::Right if place.saturating_add(by) < width => value[place + by],
                _ => fill,
            })
            .collect();
        value = mux(aig, bit, &moved, &value);
    }
    value
}

/// Element `index` of `items`; past the end, `outside`.
pub(super) fn select(aig: &mut Aig, index: &[Lit], items: &[&[Lit]], outside: &[Lit]) -> Vec<Lit> {
    let mut level: Vec<Vec<Lit>> = items.iter().map(|item| item.to_vec()).collect();
    for &bit in index {
        let pairs = level.len().div_ceil(2);
        level = (0..pairs)
            .map(|at| {
                let other = level.get(2 * at + 1).map_or(outside, Vec::as_slice);
                mux(aig, bit, other, &level[2 * at])
            })
            .collect();
    }
    level.swap_remove(0)
}
