//! Constants of any width with unknown bits.

use std::fmt;

/// A bit vector whose bits are 0, 1 or unknown.
///
/// Canonical: bits past `width` are 0 in both planes, and an unknown bit is 0
/// in the value plane, so derived equality is equality of the vectors.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Bits {
    width: u32,
    value: Box<[u64]>,
    unknown: Box<[u64]>,
}

/// How many 64-bit limbs hold `width` bits.
pub fn limbs(width: u32) -> usize {
    width.div_ceil(64) as usize
}

impl Bits {
    /// From planes, least significant limb first; made canonical.
    pub fn new(width: u32, value: &[u64], unknown: &[u64]) -> Bits {
        let count = limbs(width);
        let mut bits = Bits {
            width,
            value: (0..count)
                .map(|i| value.get(i).copied().unwrap_or(0))
                .collect(),
            unknown: (0..count)
                .map(|i| unknown.get(i).copied().unwrap_or(0))
                .collect(),
        };
        let spare = count as u32 * 64 - width;
        if let (Some(v), Some(u)) = (bits.value.last_mut(), bits.unknown.last_mut()) {
            *v &= u64::MAX >> spare;
            *u &= u64::MAX >> spare;
        }
        for (v, u) in bits.value.iter_mut().zip(&bits.unknown) {
            *v &= !u;
        }
        bits
    }

    /// A known value, truncated to `width`.
    pub fn from_u64(width: u32, value: u64) -> Bits {
        Bits::new(width, &[value], &[])
    }

    /// All zeros.
    pub fn zero(width: u32) -> Bits {
        Bits::from_u64(width, 0)
    }

    /// All bits unknown.
    pub fn unknown(width: u32) -> Bits {
        Bits::new(width, &[], &vec![u64::MAX; limbs(width)])
    }

    /// Width in bits.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Value plane, least significant limb first.
    pub fn value_limbs(&self) -> &[u64] {
        &self.value
    }

    /// Plane of unknown bits.
    pub fn unknown_limbs(&self) -> &[u64] {
        &self.unknown
    }

    /// Whether no bit is unknown.
    pub fn is_known(&self) -> bool {
        self.unknown.iter().all(|&limb| limb == 0)
    }

    /// Bit `at`: `None` where it is unknown.
    pub fn bit(&self, at: u32) -> Option<bool> {
        let (limb, shift) = (at as usize / 64, at % 64);
        if self.unknown[limb] >> shift & 1 == 1 {
            return None;
        }
        Some(self.value[limb] >> shift & 1 == 1)
    }

    /// The value if it is known and fits.
    pub fn to_u64(&self) -> Option<u64> {
        let high = self.value.iter().skip(1).all(|&limb| limb == 0);
        (self.is_known() && high).then(|| self.value.first().copied().unwrap_or(0))
    }
}

/// Verilog notation: `4'b10x1`, or `8'hff` where everything is known.
impl fmt::Display for Bits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_known() {
            write!(f, "{}'h", self.width)?;
            let digits = self.width.div_ceil(4).max(1);
            for digit in (0..digits).rev() {
                let at = digit * 4;
                let limb = self.value.get(at as usize / 64).copied().unwrap_or(0);
                write!(f, "{:x}", limb >> (at % 64) & 15)?;
            }
            return Ok(());
        }
        write!(f, "{}'b", self.width)?;
        for at in (0..self.width).rev() {
            let digit = match self.bit(at) {
                None => 'x',
                Some(true) => '1',
                Some(false) => '0',
            };
            write!(f, "{digit}")?;
        }
        Ok(())
    }
}
