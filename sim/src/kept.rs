//! Memories of the design that outlive a supply failure by themselves.
//!
//! A power cycle is a new model, whose memories would hold anything. So what such a memory holds is given to each power
//! cycle, and each reports what it changes: [`Cells`] go from one to the next. The row that was due to be written at
//! the edge which does not come is torn like a word of the NVM. Which one that is the simulators cannot tell
//! before the edge, nor afterwards where the row gets what it held; so it is told by logical cycle ([`RowWrite`]), as it is in a
//! run without failures.

use crate::rng::Rng;

/// Bits by row, each of which can be unknown.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Cells {
    width: usize,
    rows: usize,
    value: Vec<u64>,
    unknown: Vec<u64>,
}

impl Cells {
    /// Rows of which nothing is known.
    pub fn unknown(width_bits: usize, rows: usize) -> Cells {
        let limbs = width_bits.div_ceil(64) * rows;
        Cells {
            width: width_bits,
            rows,
            value: vec![0; limbs],
            unknown: vec![u64::MAX; limbs],
        }
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Bits of a row.
    pub fn width_bits(&self) -> usize {
        self.width
    }

    fn limbs(&self) -> usize {
        self.width.div_ceil(64)
    }

    /// A bit; `None` if it is unknown.
    pub fn bit(&self, row: usize, bit: usize) -> Option<bool> {
        let at = row * self.limbs() + bit / 64;
        let mask = 1u64 << (bit % 64);
        (self.unknown[at] & mask == 0).then_some(self.value[at] & mask != 0)
    }

    /// Sets a bit.
    pub fn set(&mut self, row: usize, bit: usize, value: Option<bool>) {
        let at = row * self.limbs() + bit / 64;
        let mask = 1u64 << (bit % 64);
        self.value[at] &= !mask;
        self.unknown[at] &= !mask;
        match value {
            Some(true) => self.value[at] |= mask,
            Some(false) => {}
            None => self.unknown[at] |= mask,
        }
    }

    /// Sets a row from binary digits, highest first, `x` and `z` for unknown; false if they do not fit.
    pub(crate) fn set_binary(&mut self, row: usize, text: &str) -> bool {
        if row >= self.rows || text.len() != self.width {
            return false;
        }
        for (bit, digit) in text.bytes().rev().enumerate() {
            let value = match digit {
                b'0' => Some(false),
                b'1' => Some(true),
                b'x' | b'z' => None,
                _ => return false,
            };
            self.set(row, bit, value);
        }
        true
    }

    /// A row in binary, highest bit first.
    pub(crate) fn binary(&self, row: usize) -> String {
        let digit = |bit| match self.bit(row, bit) {
            Some(true) => '1',
            Some(false) => '0',
            None => 'x',
        };
        (0..self.width).rev().map(digit).collect()
    }

    /// A row in words of 32 bits, lowest first; what is unknown is drawn.
    pub(crate) fn drawn(&self, row: usize, rng: &mut Rng) -> Vec<u32> {
        let mut words = vec![0u32; self.width.div_ceil(32)];
        for bit in 0..self.width {
            let value = self.bit(row, bit).unwrap_or_else(|| rng.next() & 1 == 1);
            words[bit / 32] |= u32::from(value) << (bit % 32);
        }
        words
    }
}

/// Such a memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptMemory {
    /// As Verilog text, seen from inside the top instance.
    pub path: String,
    /// The index of its first row in the source.
    pub first_index: i64,
    /// What it holds before the very first power-up.
    pub programmed: Cells,
    /// The rows that are written in a run without failures, in order of time.
    pub writes: Vec<RowWrite>,
}

impl KeptMemory {
    /// The rows that are due to be written in a logical cycle.
    pub(crate) fn due(&self, cycle: u64) -> &[RowWrite] {
        let from = self.writes.partition_point(|write| write.cycle < cycle);
        let to = self.writes.partition_point(|write| write.cycle <= cycle);
        &self.writes[from..to]
    }
}

/// A row that is written in a logical cycle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowWrite {
    /// The logical cycle.
    pub cycle: u64,
    /// The row, counted from 0.
    pub row: u32,
    /// Its bits afterwards, in binary, highest first, `x` for unknown.
    pub data: String,
}

/// A row that a power cycle has changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowChange {
    /// Clock at whose edge it changed.
    pub clock: u64,
    /// Index into [`Internals::kept`](crate::Internals::kept).
    pub memory: usize,
    /// The row, counted from 0.
    pub row: usize,
    /// What it holds then, in binary, highest bit first.
    pub data: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_survive_the_way_through_text() {
        let mut cells = Cells::unknown(70, 2);
        assert_eq!(cells.binary(1), "x".repeat(70));
        let text = format!("1{}x0", "01".repeat(33) + "1");
        assert!(cells.set_binary(1, &text));
        assert_eq!(cells.binary(1), text);
        assert_eq!(cells.binary(0), "x".repeat(70));
        assert!(!cells.set_binary(2, &text) && !cells.set_binary(0, "01"));
        let words = cells.drawn(1, &mut Rng::new(1, "t"));
        assert_eq!(words.len(), 3);
        assert_eq!(words[2] >> 5 & 1, 1);
    }
}
