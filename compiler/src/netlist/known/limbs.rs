//! Arithmetic on numbers of several 64-bit limbs, least significant first.

/// Mask of the bits of the top limb that belong to a vector of `width` bits.
pub fn top_mask(width: u32) -> u64 {
    u64::MAX >> ((64 - width % 64) % 64)
}

/// Clears the bits past `width`.
pub fn trim(limbs: &mut [u64], width: u32) {
    if let Some(top) = limbs.last_mut() {
        *top &= top_mask(width);
    }
}

/// One bit.
pub fn bit(limbs: &[u64], at: u32) -> bool {
    limbs[at as usize / 64] >> (at % 64) & 1 == 1
}

/// Index of the highest set bit.
pub fn highest(limbs: &[u64]) -> Option<u32> {
    let limb = limbs.iter().rposition(|&limb| limb != 0)?;
    Some(limb as u32 * 64 + 63 - limbs[limb].leading_zeros())
}

/// Index of the lowest set bit.
pub fn lowest(limbs: &[u64]) -> Option<u32> {
    let limb = limbs.iter().position(|&limb| limb != 0)?;
    Some(limb as u32 * 64 + limbs[limb].trailing_zeros())
}

/// Sets all bits below `end`, as far as there are limbs.
pub fn set_below(limbs: &mut [u64], end: u32) {
    for (index, limb) in limbs.iter_mut().enumerate() {
        let low = index as u32 * 64;
        if end >= low + 64 {
            *limb = u64::MAX;
        } else if end > low {
            *limb |= (1 << (end - low)) - 1;
        }
    }
}

/// `out |= from >> low`, for as many limbs as `out` has.
pub fn or_shr(out: &mut [u64], from: &[u64], low: u32) {
    let (skip, shift) = (low as usize / 64, low % 64);
    for (index, limb) in out.iter_mut().enumerate() {
        let at = index + skip;
        let Some(&first) = from.get(at) else { break };
        *limb |= first >> shift;
        if shift != 0
            && let Some(&second) = from.get(at + 1)
        {
            *limb |= second << (64 - shift);
        }
    }
}

/// `out |= from << by`, truncated to the limbs of `out`.
pub fn or_shl(out: &mut [u64], from: &[u64], by: u32) {
    let (skip, shift) = (by as usize / 64, by % 64);
    for (index, &limb) in from.iter().enumerate() {
        let at = index + skip;
        if at >= out.len() {
            break;
        }
        out[at] |= limb << shift;
        if shift != 0 && at + 1 < out.len() {
            out[at + 1] |= limb >> (64 - shift);
        }
    }
}

/// Limb `at` of the sum of two numbers, given and leaving the carry.
pub fn add_limb(a: u64, b: u64, carry: &mut bool) -> u64 {
    let (sum, over) = a.overflowing_add(b);
    let (sum, again) = sum.overflowing_add(u64::from(*carry));
    *carry = over | again;
    sum
}

/// Product modulo 2^(64 * limbs of `out`); `out` must be zero.
pub fn multiply(out: &mut [u64], a: &[u64], b: &[u64]) {
    for (i, &x) in a.iter().enumerate() {
        let mut carry = 0u128;
        for (j, &y) in b.iter().enumerate() {
            if i + j >= out.len() {
                break;
            }
            let sum = u128::from(x) * u128::from(y) + u128::from(out[i + j]) + carry;
            out[i + j] = sum as u64;
            carry = sum >> 64;
        }
    }
}

/// Whether `a < b`, both unsigned and of equal length.
pub fn less(a: &[u64], b: &[u64]) -> bool {
    a.iter().rev().lt(b.iter().rev())
}

/// Two's complement in place.
pub fn negate(limbs: &mut [u64]) {
    let mut carry = true;
    for limb in limbs {
        *limb = add_limb(!*limb, 0, &mut carry);
    }
}

/// Quotient and remainder of unsigned numbers; the divisor is not zero.
pub fn divide(a: &[u64], b: &[u64]) -> (Vec<u64>, Vec<u64>) {
    if let ([x], [y]) = (a, b) {
        return (vec![x / y], vec![x % y]);
    }
    // The remainder is below twice the divisor: one limb to spare.
    let mut quotient = vec![0; a.len()];
    let mut rest = vec![0u64; b.len() + 1];
    let mut divisor = b.to_vec();
    divisor.push(0);
    for at in (0..a.len() as u32 * 64).rev() {
        for index in (0..rest.len()).rev() {
            let below = if index == 0 {
                u64::from(bit(a, at))
            } else {
                rest[index - 1] >> 63
            };
            rest[index] = rest[index] << 1 | below;
        }
        if !less(&rest, &divisor) {
            let mut carry = true;
            for (limb, &sub) in rest.iter_mut().zip(&divisor) {
                *limb = add_limb(*limb, !sub, &mut carry);
            }
            quotient[at as usize / 64] |= 1 << (at % 64);
        }
    }
    rest.truncate(b.len());
    (quotient, rest)
}
