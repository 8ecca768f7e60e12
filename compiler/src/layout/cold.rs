//! The constants that a cold start loads, cut into words.

use super::MemoryPlace;
use crate::netlist::{Bits, Netlist, RegId};
use crate::plan::Plan;

/// Constants in the form in which the chain and the memories take them. Words
/// that are not listed are zero.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColdImage {
    /// Chain words.
    pub chain: Vec<ChainWord>,
    /// Whether each memory of the layout is loaded.
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
    /// The memory's place in the layout.
    pub memory: u32,
    /// Its row.
    pub row: u32,
    /// The word in the row.
    pub part: u32,
    /// Its value.
    pub value: u64,
}

/// Cuts the initial values into words; unknown bits become 0.
pub(super) fn image(
    netlist: &Netlist,
    plan: &Plan,
    chain: &[(RegId, u32)],
    places: &[MemoryPlace],
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
    let mut loaded = Vec::new();
    let mut memories = Vec::new();
    for (at, place) in places.iter().enumerate() {
        let load = plan.cold.memories.contains(place.memory.index());
        loaded.push(load);
        let init = netlist.memories[place.memory.index()].init.as_ref();
        for (row, value) in init.filter(|_| load).into_iter().flatten().enumerate() {
            for part in 0..place.row_words {
                let value = part_of(value, part, word_bits);
                if value != 0 {
                    memories.push(ColdMemoryWord {
                        memory: at as u32,
                        row: row as u32,
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
