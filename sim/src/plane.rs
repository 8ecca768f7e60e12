//! Four-valued bit vectors over time: one row per logical cycle, one column per port bit.

use crate::design::Port;

/// One port inside a bus.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Name of the port.
    pub name: String,
    /// Position of its bit 0 in the bus.
    pub low: usize,
    /// Width in bits.
    pub width_bits: usize,
}

/// Ports side by side, the first one in the lowest bits.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Bus {
    fields: Vec<Field>,
    width: usize,
}

impl Bus {
    /// Packs ports in the given order.
    pub fn new<'a>(ports: impl IntoIterator<Item = &'a Port>) -> Bus {
        let mut bus = Bus::default();
        for port in ports {
            bus.fields.push(Field {
                name: port.name.clone(),
                low: bus.width,
                width_bits: port.width_bits,
            });
            bus.width += port.width_bits;
        }
        bus
    }

    /// The ports.
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// Width in bits; a bus without ports has one bit that means nothing.
    pub fn width_bits(&self) -> usize {
        self.width.max(1)
    }

    /// The port that has the bit.
    pub fn field_of(&self, bit: usize) -> Option<&Field> {
        self.fields
            .iter()
            .find(|field| (field.low..field.low + field.width_bits).contains(&bit))
    }
}

/// Rows of four-valued bits (0, 1, X; Z counts as X), all of the same width.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plane {
    width: usize,
    words_per_row: usize,
    /// Bit values; 0 where unknown.
    value: Vec<u32>,
    /// 1 where the bit is known.
    known: Vec<u32>,
}

impl Plane {
    /// No rows of `width_bits` bits.
    pub fn new(width_bits: usize) -> Plane {
        Plane {
            width: width_bits,
            words_per_row: width_bits.div_ceil(32).max(1),
            value: Vec::new(),
            known: Vec::new(),
        }
    }

    /// Width of a row in bits.
    pub fn width_bits(&self) -> usize {
        self.width
    }

    /// Number of 32-bit words that hold a row, lowest bits first.
    pub fn words_per_row(&self) -> usize {
        self.words_per_row
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.value.len() / self.words_per_row
    }

    /// Appends a row written in binary, highest bit first, `x` and `z` for unknown.
    ///
    /// Returns `false`, and appends nothing, if the text is not such a row of this width.
    pub fn push_binary(&mut self, text: &str) -> bool {
        if text.len() != self.width {
            return false;
        }
        let start = self.value.len();
        self.value.resize(start + self.words_per_row, 0);
        self.known.resize(start + self.words_per_row, 0);
        for (bit, digit) in text.bytes().rev().enumerate() {
            let word = start + bit / 32;
            let mask = 1u32 << (bit % 32);
            match digit {
                b'0' => self.known[word] |= mask,
                b'1' => {
                    self.known[word] |= mask;
                    self.value[word] |= mask;
                }
                b'x' | b'X' | b'z' | b'Z' => {}
                _ => {
                    self.value.truncate(start);
                    self.known.truncate(start);
                    return false;
                }
            }
        }
        true
    }

    /// The values of a row, 0 where unknown.
    pub fn value_words(&self, row: usize) -> &[u32] {
        &self.value[row * self.words_per_row..(row + 1) * self.words_per_row]
    }

    /// A mask with ones where the row is known.
    pub fn known_words(&self, row: usize) -> &[u32] {
        &self.known[row * self.words_per_row..(row + 1) * self.words_per_row]
    }

    /// Makes every bit unknown whose mask bit is 0; returns how many were known before.
    pub fn forget(&mut self, row: usize, keep: &[u32]) -> u64 {
        let mut lost = 0;
        let start = row * self.words_per_row;
        for (offset, keep) in keep.iter().enumerate().take(self.words_per_row) {
            let word = start + offset;
            lost += u64::from((self.known[word] & !keep).count_ones());
            self.known[word] &= keep;
            self.value[word] &= keep;
        }
        lost
    }

    /// A bit: `None` where unknown.
    pub fn bit(&self, row: usize, bit: usize) -> Option<bool> {
        let word = row * self.words_per_row + bit / 32;
        let mask = 1u32 << (bit % 32);
        (self.known[word] & mask != 0).then_some(self.value[word] & mask != 0)
    }

    /// Some columns of a row in binary, highest bit first.
    pub fn slice_binary(&self, row: usize, low: usize, width_bits: usize) -> String {
        (low..low + width_bits)
            .rev()
            .map(|bit| match self.bit(row, bit) {
                Some(false) => '0',
                Some(true) => '1',
                None => 'x',
            })
            .collect()
    }

    /// A whole row in binary, highest bit first.
    pub fn row_binary(&self, row: usize) -> String {
        self.slice_binary(row, 0, self.width)
    }

    /// Number of known bits in all rows.
    pub fn known_bits(&self) -> u64 {
        self.known
            .iter()
            .map(|word| u64::from(word.count_ones()))
            .sum()
    }

    /// The lowest bit in which two rows are both known and differ.
    pub fn first_conflict(&self, row: usize, other: &Plane, other_row: usize) -> Option<usize> {
        let words = self.value_words(row).iter().zip(self.known_words(row));
        let others = other
            .value_words(other_row)
            .iter()
            .zip(other.known_words(other_row));
        words
            .zip(others)
            .enumerate()
            .find_map(|(word, ((a, a_known), (b, b_known)))| {
                let differ = (a ^ b) & a_known & b_known;
                (differ != 0).then(|| word * 32 + differ.trailing_zeros() as usize)
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_survive_the_way_through_words() {
        let mut plane = Plane::new(37);
        let rows = [
            "1010x01z1111000010101010111100001111x",
            "0000000000000000000000000000000000001",
        ];
        for row in rows {
            assert!(plane.push_binary(row));
        }
        assert_eq!(plane.rows(), 2);
        assert_eq!(plane.row_binary(0), rows[0].replace('z', "x"));
        assert_eq!(plane.row_binary(1), rows[1]);
        assert_eq!(plane.known_bits(), 34 + 37);
    }

    #[test]
    fn malformed_rows_are_refused_and_leave_nothing() {
        let mut plane = Plane::new(3);
        assert!(!plane.push_binary("01"));
        assert!(!plane.push_binary("0a1"));
        assert_eq!(plane.rows(), 0);
    }

    #[test]
    fn conflicts_ignore_unknown_bits() {
        let mut a = Plane::new(4);
        let mut b = Plane::new(4);
        a.push_binary("x101");
        b.push_binary("1x01");
        b.push_binary("1x11");
        assert_eq!(a.first_conflict(0, &b, 0), None);
        assert_eq!(a.first_conflict(0, &b, 1), Some(1));
    }

    #[test]
    fn forgetting_counts_what_it_takes() {
        let mut plane = Plane::new(4);
        plane.push_binary("x101");
        assert_eq!(plane.forget(0, &[0b1001]), 2);
        assert_eq!(plane.row_binary(0), "xxx1");
    }
}
