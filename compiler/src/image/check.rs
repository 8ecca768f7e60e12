//! The CRC of `idetic_crc32`, bit by bit.

/// The polynomial, reflected.
const POLYNOMIAL: u32 = 0x9002_2004;

/// The CRC's register while it takes in the words of an image.
pub struct Check {
    register: u32,
    word_bits: u32,
}

impl Check {
    /// At the start of an image: the id, turned by the parts in which it has been written.
    pub fn new(id: u32, word_bits: u32) -> Check {
        let turned = match word_bits < 32 {
            true => id.rotate_right(parts(word_bits) * word_bits % 32),
            false => id,
        };
        Check {
            register: turned,
            word_bits,
        }
    }

    /// Takes in a word, least significant bit first.
    pub fn take(&mut self, word: u64) {
        for bit in 0..self.word_bits {
            let carry = (self.register ^ (word >> bit) as u32) & 1;
            self.register = (self.register >> 1) ^ (POLYNOMIAL * carry);
        }
    }

    /// The words in which it is stored.
    pub fn words(&self) -> Vec<u64> {
        words(self.register, self.word_bits)
    }
}

/// How many words hold 32 bits.
fn parts(word_bits: u32) -> u32 {
    32u32.div_ceil(word_bits)
}

/// A number of 32 bits in words, least significant first; where they do not divide 32, the last goes
/// on with the first bits again.
pub fn words(number: u32, word_bits: u32) -> Vec<u64> {
    if word_bits >= 32 {
        return vec![u64::from(number)];
    }
    let mask = (1u64 << word_bits) - 1;
    (0..parts(word_bits))
        .map(|part| u64::from(number.rotate_right(part * word_bits % 32)) & mask)
        .collect()
}
