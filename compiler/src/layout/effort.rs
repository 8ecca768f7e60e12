//! Clocks and words of saves and restores.
//!
//! They follow from the state machine of `idetic_controller`: a save is capture,
//! header, one clock per chain word, the memories, the commit word into the
//! CRC, CRC, commit, done; a restore begins with the synchroniser of the reset
//! and the two commit words, and ends with resume and a clock to answer it.
//!
//! A clock per range of a memory finds out whether it is live; a row costs one clock per
//! word, and to be saved one more, to be read. The chain rotates meanwhile, and
//! is brought back into place.

use super::{Layout, MemoryRange};
use crate::energy::Effort;

/// Gates of two inputs that compare a bit with what follows from other ones; with a constant one does. Yosys 0.23 and the
/// OSU library map 128 bits to 9940 units of area, beside 2920 with constants, a gate being 24.
const DERIVED_GATES: u64 = 3;

/// What decides how long a checkpoint takes, and how large it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Shape {
    /// Bits of a word.
    pub word_bits: u32,
    /// Words of the chain.
    pub chain_words: u64,
    /// Those that are saved.
    pub live_words: u64,
    /// Ranges of memories with a place in the payload or at a cold start.
    pub memories: u64,
    /// Rows of those that are saved.
    pub memory_rows: u64,
    /// Words of those that are saved.
    pub memory_words: u64,
    /// Bits that the checkpoint gives, compared to recognise it: area, no time.
    pub given_bits: u64,
    /// Bits that it derives, likewise.
    pub derived_bits: u64,
}

impl Shape {
    /// The least that saving so many bits, and rows of memories of these widths, can be made of: the
    /// bits fill their words, and nothing else is saved anywhere.
    pub fn filled(
        word_bits: u32,
        bits: u64,
        memories: impl IntoIterator<Item = (u64, u32)>,
    ) -> Shape {
        let words = bits.div_ceil(u64::from(word_bits));
        let mut shape = Shape {
            word_bits,
            chain_words: words.max(1),
            live_words: words,
            ..Shape::default()
        };
        for (rows, width) in memories {
            shape.memories += 1;
            shape.memory_rows += rows;
            shape.memory_words += rows * u64::from(width.div_ceil(word_bits));
        }
        shape
    }

    /// The same where so many more bits are saved that would be compared; of those the dearest to compare.
    pub fn saving_more(&self, bits: u64) -> Shape {
        let derived = self.derived_bits.min(bits);
        Shape {
            derived_bits: self.derived_bits - derived,
            given_bits: self.given_bits.saturating_sub(bits - derived),
            ..*self
        }
    }

    /// The gates of two inputs that compare bits.
    pub fn compared_gates(&self) -> u64 {
        self.given_bits + DERIVED_GATES * self.derived_bits
    }

    /// Words that the identification takes, and the CRC.
    fn parts(&self) -> u64 {
        u64::from(32u32.div_ceil(self.word_bits))
    }

    /// Clocks from the first word of an image to the last of its CRC, without the memories.
    fn body(&self) -> u64 {
        self.parts() + 1 + self.chain_words + 1 + self.parts()
    }

    /// Words of an image without its commit word.
    fn image(&self) -> u64 {
        2 * self.parts() + 1 + self.live_words + self.memory_words
    }

    /// Clocks that memories add to those of their words, if the chain rotates so often.
    fn turning(&self, rotations: u64) -> u64 {
        match self.memories {
            0 => 0,
            count => count + rotations.next_multiple_of(self.chain_words) - rotations + 1,
        }
    }

    /// A save, with an NVM that never waits.
    pub fn save(&self) -> Effort {
        let memories = self.memory_rows + self.memory_words + self.turning(self.memory_rows);
        Effort {
            clocks: 1 + self.body() + memories + 1 + 1,
            written: self.image() + 1,
            read: 0,
        }
    }

    /// A save that first has to clear the commit word of a slot that boot passed over.
    pub fn longest_save(&self) -> Effort {
        let save = self.save();
        Effort {
            clocks: save.clocks + 1,
            written: save.written + 1,
            ..save
        }
    }

    /// From power-on to the end of a restore of the newest image.
    pub fn restore(&self) -> Effort {
        let memories = self.memory_words + self.turning(self.memory_words);
        Effort {
            clocks: 2 + 1 + 2 + 1 + self.body() + memories + 2,
            written: 0,
            read: 2 + self.image(),
        }
    }

    /// What is added to a boot that reads this image to its end, finds its check
    /// to fail and passes it over.
    pub fn passed_over(&self) -> Effort {
        Effort {
            clocks: 1 + self.body() + self.memory_words + self.turning(self.memory_words),
            written: 0,
            read: self.image(),
        }
    }
}

impl Layout {
    /// What saves and restores of a checkpoint of the plan are made of.
    pub fn shape(&self, checkpoint: usize) -> Shape {
        let live = self.live_ranges.get(checkpoint).into_iter();
        let live: Vec<&MemoryRange> = live
            .flat_map(|live| live.iter().map(|at| &self.ranges[at]))
            .collect();
        let words = self.live_words.get(checkpoint);
        let compared = self.compared.get(checkpoint).copied().unwrap_or_default();
        Shape {
            word_bits: self.word_bits,
            chain_words: u64::from(self.words),
            live_words: words.map_or(0, |words| words.count() as u64),
            memories: self.ranges.len() as u64,
            memory_rows: live.iter().map(|range| range.rows.len() as u64).sum(),
            memory_words: live.iter().map(|range| u64::from(range.words)).sum(),
            given_bits: compared.0,
            derived_bits: compared.1,
        }
    }
}
