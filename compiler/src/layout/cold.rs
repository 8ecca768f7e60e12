//! The constants that a cold start loads, cut into words.

use super::{MemoryPlace, MemoryRange};
use crate::netlist::{Bits, Netlist, RegId};

/// Constants in the form in which the chain and the memories take them. Words
/// that are not listed are zero.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColdImage {
    /// Chain words.
    pub chain: Vec<ChainWord>,
    /// Whether each range of the layout is loaded.
    pub loaded: Vec<bool>,
    /// Words of memories.
    pub memories: Vec<ColdMemoryWord>,
}

/// A constant for a chain word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChainWord {
    /// Its number.
    pub word: u32,
    /// Its value.
    pub value: u64,
}

/// A word of a memory's row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ColdMemoryWord {
    /// The range of the layout.
    pub range: u32,
    /// The row of the memory.
    pub row: u32,
    /// The word in the row.
    pub part: u32,
    /// Its value.
    pub value: u64,
}

/// Cuts the initial values into words; unknown bits become 0.
pub(super) fn image(
    netlist: &Netlist,
    chain: &[(RegId, u32)],
    (places, ranges, loaded): (&[MemoryPlace], &[MemoryRange], Vec<bool>),
    word_bits: u32,
) -> ColdImage {
    let bit = |&(register, bit): &(RegId, u32)| {
        let init = netlist.registers[register.index()].init.as_ref();
        init.and_then(|bits| bits.bit(bit)).unwrap_or(false)
    };
    let words = chain.chunks(word_bits as usize).enumerate();
    let chain = words
        .map(|(word, bits)| ChainWord {
            word: word as u32,
            value: number(bits.iter().map(bit)),
        })
        .filter(|word| word.value != 0)
        .collect();
    let mut memories = Vec::new();
    for (at, range) in ranges.iter().enumerate().filter(|&(at, _)| loaded[at]) {
        let place = &places[range.place];
        let Some(init) = &netlist.memories[place.memory.index()].init else {
            continue;
        };
        for row in range.rows.clone() {
            for part in 0..place.row_words {
                let value = part_of(&init[row as usize], part, word_bits);
                if value != 0 {
                    memories.push(ColdMemoryWord {
                        range: at as u32,
                        row,
                        part,
                        value,
                    });
                }
            }
        }
    }
    ColdImage {
        chain,
        loaded,
        memories,
    }
}

/// A word of a row.
fn part_of(row: &Bits, part: u32, word_bits: u32) -> u64 {
    let low = part * word_bits;
    let high = row.width().min(low + word_bits);
    number((low..high).map(|bit| row.bit(bit).unwrap_or(false)))
}

/// Bits, least significant first, as a number.
pub(super) fn number(bits: impl Iterator<Item = bool>) -> u64 {
    bits.enumerate()
        .fold(0, |value, (at, bit)| value | u64::from(bit) << at)
}
