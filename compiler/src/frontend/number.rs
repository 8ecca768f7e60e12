//! Number literals: text to [`Number`], for any base and width.
//!
//! Guarantees: every form of IEEE 1364-2005, 3.5.1 and the unbased forms of
//! SystemVerilog; what is not a number is an error with its reason, never a
//! guess. Limits: [`MAX_WIDTH`] bits and [`MAX_DIGITS`] digits.

use super::ast::Number;
use crate::netlist::Bits;

/// The widest literal, in bits.
pub const MAX_WIDTH: u32 = 1 << 20;

/// The most digits of a literal.
pub const MAX_DIGITS: usize = 1 << 16;

/// Width of a literal without a size, in bits.
const UNSIZED_WIDTH: u32 = 32;

/// Reads a whole literal, `12`, `8'hff`, `'0`, with spaces and underscores
/// as Verilog allows them.
///
/// # Errors
///
/// The reason why the text is no number.
pub fn parse_number(text: &str) -> Result<Number, String> {
    let text = text.trim();
    let Some((size, rest)) = text.split_once('\'') else {
        return decimal(text);
    };
    let size = size.trim();
    let size = (!size.is_empty()).then_some(size);
    if let (None, Some(fill)) = (size, fill(rest)) {
        return Ok(fill);
    }
    let split = rest
        .find(|c: char| !c.is_ascii_alphabetic())
        .unwrap_or(rest.len())
        .min(1 + usize::from(rest.starts_with(['s', 'S'])));
    based(size, &rest[..split], rest[split..].trim_start())
}

/// `'0`, `'1`, `'x`, `'z`, given without the quote.
pub(super) fn fill(text: &str) -> Option<Number> {
    let (value, unknown, z) = match text {
        "0" => (0, 0, 0),
        "1" => (1, 0, 0),
        "x" | "X" => (0, 1, 0),
        "z" | "Z" => (0, 1, 1),
        _ => return None,
    };
    Some(Number {
        bits: Bits::new(1, &[value], &[unknown]),
        z: vec![z],
        sized: false,
        signed: false,
        fill: true,
    })
}

/// A plain decimal number: signed, 32 bits.
pub(super) fn decimal(text: &str) -> Result<Number, String> {
    let digits = clean(text)?;
    let value = decimal_limbs(&digits)?;
    unsized_fits(&value)?;
    Ok(Number {
        bits: Bits::new(UNSIZED_WIDTH, &value, &[]),
        z: vec![0],
        sized: false,
        signed: true,
        fill: false,
    })
}

/// `size 'base digits`; `base` is `h`, `sd`, … without the quote.
pub(super) fn based(size: Option<&str>, base: &str, digits: &str) -> Result<Number, String> {
    let width = size.map(width).transpose()?;
    let base = base.to_ascii_lowercase();
    let (signed, base) = match base.strip_prefix('s') {
        Some(base) => (true, base),
        None => (false, base.as_str()),
    };
    let digits = clean(digits)?;
    let planes = match base {
        "b" => power_of_two(&digits, 1)?,
        "o" => power_of_two(&digits, 3)?,
        "h" => power_of_two(&digits, 4)?,
        "d" => match digits.as_str() {
            "x" | "X" => Planes::all(Digit::X),
            "z" | "Z" | "?" => Planes::all(Digit::Z),
            _ => Planes {
                value: decimal_limbs(&digits)?,
                ..Planes::default()
            },
        },
        _ => return Err(format!("`'{base}` is no number base")),
    };
    if width.is_none() {
        unsized_fits(&planes.value)?;
        unsized_fits(&planes.x)?;
        unsized_fits(&planes.z)?;
    }
    Ok(planes.number(width, signed))
}

/// One digit of a literal.
#[derive(Clone, Copy)]
enum Digit {
    Value(u64),
    X,
    Z,
}

/// Value, x and z bits as written, before padding.
#[derive(Default)]
struct Planes {
    value: Vec<u64>,
    x: Vec<u64>,
    z: Vec<u64>,
    /// Bits written.
    width: u32,
    /// What the bits above `width` are.
    above: Option<Digit>,
}

impl Planes {
    fn all(digit: Digit) -> Planes {
        Planes {
            above: Some(digit),
            ..Planes::default()
        }
    }

    fn number(mut self, size: Option<u32>, signed: bool) -> Number {
        let width = size.unwrap_or(UNSIZED_WIDTH);
        let count = limbs(width);
        for plane in [&mut self.value, &mut self.x, &mut self.z] {
            plane.resize(count.max(plane.len()), 0);
        }
        if let Some(plane) = match self.above {
            Some(Digit::X) => Some(&mut self.x),
            Some(Digit::Z) => Some(&mut self.z),
            _ => None,
        } {
            for bit in self.width..width {
                plane[bit as usize / 64] |= 1 << (bit % 64);
            }
        }
        self.z.truncate(count);
        if !width.is_multiple_of(64)
            && let Some(last) = self.z.last_mut()
        {
            *last &= u64::MAX >> (64 - width % 64);
        }
        let unknown: Vec<u64> = (0..count).map(|limb| self.x[limb] | self.z[limb]).collect();
        Number {
            bits: Bits::new(width, &self.value, &unknown),
            z: self.z,
            sized: size.is_some(),
            signed,
            fill: false,
        }
    }
}

/// Digits of base 2, 8 or 16, `bits` bits each.
fn power_of_two(digits: &str, bits: u32) -> Result<Planes, String> {
    let mut planes = Planes {
        width: digits.len() as u32 * bits,
        ..Planes::default()
    };
    let count = limbs(planes.width);
    for plane in [&mut planes.value, &mut planes.x, &mut planes.z] {
        plane.resize(count, 0);
    }
    for (index, c) in digits.chars().rev().enumerate() {
        let digit = match c {
            'x' | 'X' => Digit::X,
            'z' | 'Z' | '?' => Digit::Z,
            _ => match c.to_digit(1 << bits) {
                Some(value) => Digit::Value(u64::from(value)),
                None => return Err(format!("`{c}` is no digit of base {}", 1 << bits)),
            },
        };
        let (plane, value) = match digit {
            Digit::Value(value) => (&mut planes.value, value),
            Digit::X => (&mut planes.x, (1 << bits) - 1),
            Digit::Z => (&mut planes.z, (1 << bits) - 1),
        };
        for bit in 0..bits {
            let at = index * bits as usize + bit as usize;
            plane[at / 64] |= (value >> bit & 1) << (at % 64);
        }
        planes.above = Some(digit);
    }
    Ok(planes)
}

/// The value of decimal digits.
fn decimal_limbs(digits: &str) -> Result<Vec<u64>, String> {
    let mut value: Vec<u64> = Vec::new();
    for c in digits.chars() {
        let Some(digit) = c.to_digit(10) else {
            return Err(format!("`{c}` is no decimal digit"));
        };
        let mut carry = u128::from(digit);
        for limb in &mut value {
            let next = u128::from(*limb) * 10 + carry;
            *limb = next as u64;
            carry = next >> 64;
        }
        if carry != 0 {
            value.push(carry as u64);
        }
    }
    Ok(value)
}

/// Simulators disagree on what a longer literal without a size means.
fn unsized_fits(value: &[u64]) -> Result<(), String> {
    match value {
        [] => Ok(()),
        [low, high @ ..] if *low >> UNSIZED_WIDTH == 0 && high.iter().all(|&h| h == 0) => Ok(()),
        _ => Err("a number without a size has at most 32 bits".to_string()),
    }
}

fn limbs(width: u32) -> usize {
    width.div_ceil(64) as usize
}

fn width(text: &str) -> Result<u32, String> {
    match clean(text)?.parse::<u32>() {
        Ok(0) => Err("a number has at least one bit".to_string()),
        Ok(width) if width <= MAX_WIDTH => Ok(width),
        _ => Err(format!("a number has at most {MAX_WIDTH} bits")),
    }
}

/// The digits without underscores.
fn clean(text: &str) -> Result<String, String> {
    if text.starts_with('_') {
        return Err("a number does not begin with `_`".to_string());
    }
    let digits: String = text.chars().filter(|&c| c != '_').collect();
    if digits.is_empty() {
        return Err("a number has no digits".to_string());
    }
    if digits.len() > MAX_DIGITS {
        return Err(format!("a number has at most {MAX_DIGITS} digits"));
    }
    if let Some(c) = digits
        .chars()
        .find(|c| !c.is_ascii_alphanumeric() && *c != '?')
    {
        return Err(format!("`{c}` is no digit"));
    }
    Ok(digits)
}
