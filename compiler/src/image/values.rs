//! Values of registers, of which some bits may be unknown.

use std::fmt;

/// The bits of a register or of a row of a memory, least significant first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Value {
    bits: Vec<Option<bool>>,
}

impl Value {
    /// Nothing is known.
    pub fn unknown(width: u32) -> Value {
        Value {
            bits: vec![None; width as usize],
        }
    }

    /// Bits.
    pub fn width(&self) -> u32 {
        self.bits.len() as u32
    }

    /// A bit; `None` if unknown.
    pub fn bit(&self, at: u32) -> Option<bool> {
        self.bits.get(at as usize).copied().flatten()
    }

    /// Sets a bit; one outside is none.
    pub fn set(&mut self, at: u32, bit: bool) {
        if let Some(place) = self.bits.get_mut(at as usize) {
            *place = Some(bit);
        }
    }

    /// Reads a Verilog literal of this width or without one (`16'h3x`, `'b10`), or a decimal, `0x…` or `0b…` number.
    ///
    /// # Errors
    /// Says why it is none, or does not fit.
    pub fn parse(text: &str, width: u32) -> Result<Value, String> {
        let clean: String = text.chars().filter(|c| !matches!(c, '_' | ' ')).collect();
        let wrong = || format!("`{text}` is no value: write 12, 0x1f or 8'h1f");
        let (radix, digits) = match clean.split_once('\'') {
            Some((size, rest)) => {
                if !size.is_empty() && size.parse() != Ok(width) {
                    return Err(format!("`{text}` is not of {width} bits"));
                }
                let mut chars = rest.chars();
                let radix = chars.next().ok_or_else(wrong)?.to_ascii_lowercase();
                (radix, chars.as_str())
            }
            None => match clean.get(..2) {
                Some("0x") => ('h', &clean[2..]),
                Some("0b") => ('b', &clean[2..]),
                _ => ('d', clean.as_str()),
            },
        };
        if digits.is_empty() {
            return Err(wrong());
        }
        let mut bits = Vec::new();
        let per_digit = match radix {
            'h' => 4,
            'o' => 3,
            'b' => 1,
            'd' => {
                let mut rest: u128 = digits.parse().map_err(|_| wrong())?;
                while rest > 0 {
                    bits.push(Some(rest & 1 == 1));
                    rest >>= 1;
                }
                return Value { bits }.resized(width, text);
            }
            _ => return Err(wrong()),
        };
        for digit in digits.chars().rev() {
            if matches!(digit, 'x' | 'X' | 'z' | 'Z' | '?') {
                bits.extend(vec![None; per_digit]);
                continue;
            }
            let digit = digit.to_digit(1 << per_digit).ok_or_else(wrong)?;
            bits.extend((0..per_digit).map(|at| Some(digit >> at & 1 == 1)));
        }
        Value { bits }.resized(width, text)
    }

    fn resized(mut self, width: u32, text: &str) -> Result<Value, String> {
        let more = self.bits.iter().skip(width as usize);
        if more.clone().any(|bit| *bit == Some(true)) {
            return Err(format!("`{text}` does not fit in {width} bits"));
        }
        self.bits.resize(width as usize, Some(false));
        Ok(self)
    }
}

impl fmt::Display for Value {
    /// A Verilog literal: hexadecimal if each digit is known or unknown as a whole, else binary.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.bits.len();
        let whole = (self.bits.chunks(4))
            .all(|digit| digit.iter().all(|bit| bit.is_some() == digit[0].is_some()));
        let (radix, size) = if whole { ('h', 4) } else { ('b', 1) };
        write!(f, "{width}'{radix}")?;
        for digit in self.bits.chunks(size).rev() {
            match digit[0] {
                None => write!(f, "x")?,
                Some(_) => {
                    let bits = digit.iter().rev();
                    let value = bits.fold(0, |sum, bit| sum * 2 + u32::from(*bit == Some(true)));
                    write!(f, "{value:x}")?;
                }
            }
        }
        Ok(())
    }
}
