//! Arithmetic on [`Bits`]: Verilog's operators, with unknown bits.
//!
//! Every result is at least as precise as IEEE 1364-2005, table by table: a
//! result bit is known here wherever the standard says it is, and further
//! where it does not depend on the unknown operand bits (the low bits of a
//! sum, say). Operands of one operator have equal widths, except for shift
//! amounts.

use std::cmp::Ordering;

use super::Bits;
use super::bits::limbs;

impl Bits {
    /// One bit.
    pub fn from_bool(value: bool) -> Bits {
        Bits::from_u64(1, u64::from(value))
    }

    /// A signed value, sign-extended or truncated to `width`.
    pub fn from_i64(width: u32, value: i64) -> Bits {
        let mut planes = vec![if value < 0 { u64::MAX } else { 0 }; limbs(width).max(1)];
        planes[0] = value as u64;
        Bits::new(width, &planes, &[])
    }

    /// All ones.
    pub fn ones(width: u32) -> Bits {
        Bits::new(width, &vec![u64::MAX; limbs(width)], &[])
    }

    /// Whether every bit is known to be 0.
    pub fn is_zero(&self) -> bool {
        self.is_known() && self.value_limbs().iter().all(|&limb| limb == 0)
    }

    /// Whether every bit is known to be 1.
    pub fn is_ones(&self) -> bool {
        *self == Bits::ones(self.width())
    }

    /// The most significant bit.
    pub fn sign(&self) -> Option<bool> {
        self.bit(self.width() - 1)
    }

    /// The value as a signed or unsigned number, if it is known and fits.
    pub fn to_i64(&self, signed: bool) -> Option<i64> {
        if !self.is_known() {
            return None;
        }
        let wide = if signed && self.width() > 0 {
            self.sign_extend(self.width().max(64))
        } else {
            self.zero_extend(self.width().max(64))
        };
        let low = wide.value_limbs()[0] as i64;
        let fill = if low < 0 { u64::MAX } else { 0 };
        let fits = wide.value_limbs()[1..]
            .iter()
            .enumerate()
            .all(|(i, &limb)| {
                let spare = ((i as u32 + 2) * 64).saturating_sub(wide.width());
                limb == fill & (u64::MAX >> spare)
            });
        (fits && (signed || low >= 0)).then_some(low)
    }

    /// `width` bits from `low` on; bits outside are unknown.
    pub fn slice(&self, low: u32, width: u32) -> Bits {
        let pick = |plane: &[u64], past: u64| -> Vec<u64> {
            let (skip, shift) = (low as usize / 64, low % 64);
            let at = |i: usize| plane.get(i).copied().unwrap_or(past);
            (0..limbs(width))
                .map(|i| {
                    let high = if shift == 0 {
                        0
                    } else {
                        at(skip + i + 1) << (64 - shift)
                    };
                    at(skip + i) >> shift | high
                })
                .collect()
        };
        let value = pick(self.value_limbs(), 0);
        let mut unknown = self.unknown_limbs().to_vec();
        let spare = unknown.len() as u32 * 64 - self.width();
        if let (Some(last), true) = (unknown.last_mut(), spare > 0) {
            *last |= u64::MAX << (64 - spare);
        }
        Bits::new(width, &value, &pick(&unknown, u64::MAX))
    }

    /// Concatenation, least significant part first.
    pub fn concat(parts: &[Bits]) -> Bits {
        let width = parts.iter().map(Bits::width).sum();
        let mut value = vec![0; limbs(width)];
        let mut unknown = vec![0; limbs(width)];
        let mut at = 0;
        for part in parts {
            or_shifted(&mut value, part.value_limbs(), at);
            or_shifted(&mut unknown, part.unknown_limbs(), at);
            at += part.width();
        }
        Bits::new(width, &value, &unknown)
    }

    /// Extends with zeros or truncates.
    pub fn zero_extend(&self, width: u32) -> Bits {
        Bits::new(width, self.value_limbs(), self.unknown_limbs())
    }

    /// Extends with the most significant bit or truncates.
    pub fn sign_extend(&self, width: u32) -> Bits {
        if width <= self.width() {
            return self.zero_extend(width);
        }
        let more = width - self.width();
        let high = match self.sign() {
            Some(false) => Bits::zero(more),
            Some(true) => Bits::ones(more),
            None => Bits::unknown(more),
        };
        Bits::concat(&[self.clone(), high])
    }

    /// Bitwise complement.
    pub fn not(&self) -> Bits {
        let value: Vec<u64> = self.value_limbs().iter().map(|limb| !limb).collect();
        Bits::new(self.width(), &value, self.unknown_limbs())
    }

    /// Combines limb by limb; `f` takes both planes of both operands.
    fn zip(&self, other: &Bits, f: impl Fn((u64, u64), (u64, u64)) -> (u64, u64)) -> Bits {
        let planes = |bits: &Bits| -> Vec<(u64, u64)> {
            bits.value_limbs()
                .iter()
                .copied()
                .zip(bits.unknown_limbs().iter().copied())
                .collect()
        };
        let (value, unknown): (Vec<u64>, Vec<u64>) = planes(self)
            .into_iter()
            .zip(planes(other))
            .map(|(a, b)| f(a, b))
            .unzip();
        Bits::new(self.width(), &value, &unknown)
    }

    /// Bitwise and; a known 0 decides.
    pub fn and(&self, other: &Bits) -> Bits {
        self.zip(other, |(a, ax), (b, bx)| {
            (a & b, (ax & (b | bx)) | (bx & (a | ax)))
        })
    }

    /// Bitwise or; a known 1 decides.
    pub fn or(&self, other: &Bits) -> Bits {
        self.zip(other, |(a, ax), (b, bx)| (a | b, (ax & !b) | (bx & !a)))
    }

    /// Bitwise exclusive or.
    pub fn xor(&self, other: &Bits) -> Bits {
        self.zip(other, |(a, ax), (b, bx)| (a ^ b, ax | bx))
    }

    /// Bits known and equal in both; the rest is unknown.
    pub fn merge(&self, other: &Bits) -> Bits {
        self.zip(other, |(a, ax), (b, bx)| (a, ax | bx | (a ^ b)))
    }

    /// The number of known bits at the low end.
    fn known_low(&self) -> u32 {
        let mut count = 0;
        for &limb in self.unknown_limbs() {
            count += limb.trailing_zeros();
            if limb != 0 {
                break;
            }
        }
        count.min(self.width())
    }

    /// Bits from `from` on become unknown.
    fn forget_from(&self, from: u32) -> Bits {
        if from >= self.width() {
            return self.clone();
        }
        if from == 0 {
            return Bits::unknown(self.width());
        }
        Bits::concat(&[self.slice(0, from), Bits::unknown(self.width() - from)])
    }

    /// Sum.
    pub fn add(&self, other: &Bits) -> Bits {
        let known = self.known_low().min(other.known_low());
        let mut carry = false;
        let sum: Vec<u64> = self
            .value_limbs()
            .iter()
            .zip(other.value_limbs())
            .map(|(&a, &b)| {
                let (sum, c1) = a.overflowing_add(b);
                let (sum, c2) = sum.overflowing_add(u64::from(carry));
                carry = c1 || c2;
                sum
            })
            .collect();
        Bits::new(self.width(), &sum, &[]).forget_from(known)
    }

    /// Two's complement.
    pub fn neg(&self) -> Bits {
        self.not().add(&Bits::from_u64(self.width(), 1))
    }

    /// Difference.
    pub fn sub(&self, other: &Bits) -> Bits {
        self.add(&other.neg())
    }

    /// Product.
    pub fn mul(&self, other: &Bits) -> Bits {
        if self.is_zero() || other.is_zero() {
            return Bits::zero(self.width());
        }
        let known = self.known_low().min(other.known_low());
        let count = limbs(self.width());
        let mut product = vec![0u64; count];
        for (i, &a) in self.value_limbs().iter().enumerate() {
            let mut carry = 0u128;
            for (j, &b) in other.value_limbs().iter().enumerate().take(count - i) {
                let sum = u128::from(product[i + j]) + u128::from(a) * u128::from(b) + carry;
                product[i + j] = sum as u64;
                carry = sum >> 64;
            }
        }
        Bits::new(self.width(), &product, &[]).forget_from(known)
    }

    /// Unsigned quotient and remainder; unknown where an operand is, or by zero.
    pub fn div_mod(&self, other: &Bits) -> (Bits, Bits) {
        let width = self.width();
        if !self.is_known() || !other.is_known() || other.is_zero() {
            return (Bits::unknown(width), Bits::unknown(width));
        }
        if let (Some(a), Some(b)) = (self.to_u64(), other.to_u64()) {
            return (Bits::from_u64(width, a / b), Bits::from_u64(width, a % b));
        }
        // One more bit, so that the remainder never overflows while shifted.
        let divisor = other.zero_extend(width + 1);
        let mut rest = Bits::zero(width + 1);
        let mut quotient = vec![0u64; limbs(width)];
        for at in (0..width).rev() {
            let bit = Bits::from_bool(self.bit(at) == Some(true));
            rest = Bits::concat(&[bit, rest.slice(0, width)]);
            if rest.compare(&divisor) != Some(Ordering::Less) {
                rest = rest.sub(&divisor);
                quotient[at as usize / 64] |= 1 << (at % 64);
            }
        }
        (Bits::new(width, &quotient, &[]), rest.slice(0, width))
    }

    /// Signed quotient (towards zero) and remainder (sign of `self`).
    pub fn div_mod_signed(&self, other: &Bits) -> (Bits, Bits) {
        let (Some(a), Some(b)) = (self.sign(), other.sign()) else {
            return (Bits::unknown(self.width()), Bits::unknown(self.width()));
        };
        let magnitude = |bits: &Bits, negative| if negative { bits.neg() } else { bits.clone() };
        let (quotient, rest) = magnitude(self, a).div_mod(&magnitude(other, b));
        (magnitude(&quotient, a != b), magnitude(&rest, a))
    }

    /// Unsigned order; `None` where unknown bits leave it open.
    pub fn compare(&self, other: &Bits) -> Option<Ordering> {
        for at in (0..limbs(self.width())).rev() {
            let open = self.unknown_limbs()[at] | other.unknown_limbs()[at];
            let (a, b) = (self.value_limbs()[at], other.value_limbs()[at]);
            if open == 0 {
                if a != b {
                    return Some(a.cmp(&b));
                }
                continue;
            }
            // Bits above the topmost unknown one still decide.
            let top = 63 - open.leading_zeros();
            let mask = if top == 63 { 0 } else { u64::MAX << (top + 1) };
            return (a & mask != b & mask).then(|| (a & mask).cmp(&(b & mask)));
        }
        Some(Ordering::Equal)
    }

    /// Signed order.
    pub fn compare_signed(&self, other: &Bits) -> Option<Ordering> {
        match (self.sign()?, other.sign()?) {
            (false, true) => Some(Ordering::Greater),
            (true, false) => Some(Ordering::Less),
            _ => self.compare(other),
        }
    }

    /// Equality; a known difference decides, unknown bits leave it open.
    pub fn equals(&self, other: &Bits) -> Option<bool> {
        let difference = self.xor(other);
        if difference.value_limbs().iter().any(|&limb| limb != 0) {
            return Some(false);
        }
        difference.is_known().then_some(true)
    }

    /// The amount of a shift: at most `width`, `None` where unknown.
    fn shift_amount(&self, amount: &Bits) -> Option<u32> {
        if !amount.is_known() {
            return None;
        }
        let limit = u64::from(self.width());
        Some(amount.to_u64().unwrap_or(limit).min(limit) as u32)
    }

    /// Left shift, zeros enter.
    pub fn shl(&self, amount: &Bits) -> Bits {
        match self.shift_amount(amount) {
            None if self.is_zero() => self.clone(),
            None => Bits::unknown(self.width()),
            Some(by) => Bits::concat(&[Bits::zero(by), self.slice(0, self.width() - by)]),
        }
    }

    /// Right shift; zeros enter, or the sign where `signed`.
    pub fn shr(&self, amount: &Bits, signed: bool) -> Bits {
        match self.shift_amount(amount) {
            None if self.is_zero() => self.clone(),
            None => Bits::unknown(self.width()),
            Some(by) if signed => {
                let kept = self.width() - by.min(self.width() - 1);
                self.slice(self.width() - kept, kept)
                    .sign_extend(self.width())
            }
            Some(by) => self.slice(by, self.width() - by).zero_extend(self.width()),
        }
    }

    /// 1 where all bits are 1; `None` where open.
    pub fn reduce_and(&self) -> Option<bool> {
        self.not().reduce_or().map(|any| !any)
    }

    /// 1 where a bit is 1.
    pub fn reduce_or(&self) -> Option<bool> {
        if self.value_limbs().iter().any(|&limb| limb != 0) {
            return Some(true);
        }
        self.is_known().then_some(false)
    }

    /// Parity.
    pub fn reduce_xor(&self) -> Option<bool> {
        let ones: u32 = self.value_limbs().iter().map(|l| l.count_ones()).sum();
        self.is_known().then_some(ones % 2 == 1)
    }
}

fn or_shifted(into: &mut [u64], from: &[u64], at: u32) {
    let (skip, shift) = (at as usize / 64, at % 64);
    for (i, &limb) in from.iter().enumerate() {
        if let Some(low) = into.get_mut(skip + i) {
            *low |= limb << shift;
        }
        if let (true, Some(high)) = (shift > 0, into.get_mut(skip + i + 1)) {
            *high |= limb >> (64 - shift);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(width: u32, value: u128) -> Bits {
        Bits::new(width, &[value as u64, (value >> 64) as u64], &[])
    }

    fn value(bits: &Bits) -> u128 {
        let limb = |i: usize| u128::from(bits.value_limbs().get(i).copied().unwrap_or(0));
        limb(0) | limb(1) << 64
    }

    #[test]
    fn known_operands_agree_with_machine_arithmetic() {
        let samples = [
            (0u128, 1u128),
            (u128::MAX, 3),
            (0x1234_5678_9abc_def0_0fed_cba9_8765_4321, 0x1_0000_0001),
            (7, u128::MAX - 4),
            (1 << 99, 1 << 64),
        ];
        for width in [3u32, 64, 65, 100, 128] {
            let mask = u128::MAX >> (128 - width);
            for (a, b) in samples {
                let (a, b) = (a & mask, b & mask);
                let (x, y) = (known(width, a), known(width, b));
                assert_eq!(value(&x.add(&y)), a.wrapping_add(b) & mask);
                assert_eq!(value(&x.sub(&y)), a.wrapping_sub(b) & mask);
                assert_eq!(value(&x.mul(&y)), a.wrapping_mul(b) & mask);
                if let Some(quotient) = a.checked_div(b) {
                    assert_eq!(value(&x.div_mod(&y).0), quotient);
                    assert_eq!(value(&x.div_mod(&y).1), a % b);
                }
                assert_eq!(x.compare(&y), Some(a.cmp(&b)));
                for by in [0, 1, width - 1, width, width + 9] {
                    let amount = Bits::from_u64(32, u64::from(by));
                    let left = a.checked_shl(by).unwrap_or(0) & mask;
                    let right = a.checked_shr(by).unwrap_or(0);
                    assert_eq!(value(&x.shl(&amount)), left);
                    assert_eq!(value(&x.shr(&amount, false)), right);
                }
            }
        }
    }

    #[test]
    fn signed_operators_follow_the_sign() {
        let minus_seven = Bits::from_i64(8, -7);
        let (quotient, rest) = minus_seven.div_mod_signed(&Bits::from_u64(8, 2));
        assert_eq!(quotient.to_i64(true), Some(-3));
        assert_eq!(rest.to_i64(true), Some(-1));
        let shifted = minus_seven.shr(&Bits::from_u64(4, 1), true);
        assert_eq!(shifted.to_i64(true), Some(-4));
        assert!(minus_seven.shr(&Bits::from_u64(4, 15), true).is_ones());
        assert_eq!(Bits::from_i64(100, -5).to_i64(true), Some(-5));
        assert_eq!(Bits::from_i64(100, -5).to_i64(false), None);
        assert_eq!(
            minus_seven.compare_signed(&Bits::zero(8)),
            Some(Ordering::Less)
        );
    }

    #[test]
    fn unknown_bits_stay_where_they_matter() {
        let half = Bits::new(4, &[0b0011], &[0b1100]);
        assert_eq!(half.and(&Bits::from_u64(4, 0b0110)).to_string(), "4'b0x10");
        assert_eq!(half.or(&Bits::from_u64(4, 0b0100)).to_string(), "4'bx111");
        assert_eq!(half.add(&Bits::from_u64(4, 1)).to_string(), "4'bxx00");
        assert_eq!(half.equals(&Bits::zero(4)), Some(false));
        assert_eq!(half.equals(&Bits::from_u64(4, 3)), None);
        assert_eq!(half.slice(2, 4).to_string(), "4'bxxxx");
        assert_eq!(half.slice(0, 2).to_string(), "2'h3");
        let high = Bits::new(70, &[0, 0b10_0000], &[1]);
        assert_eq!(high.compare(&Bits::zero(70)), Some(Ordering::Greater));
    }
}
