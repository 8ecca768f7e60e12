//! The constants that a restore puts into words that its checkpoint does not save.

use super::cold::{ChainWord, number};
use crate::liveness::BitSet;
use crate::netlist::RegId;

/// The words of the chain that are not `live`, with the bits that are `one`;
/// those without any are left out. In a live word the image has the bits.
pub(super) fn words(
    chain: &[(RegId, u32)],
    live: &BitSet,
    word_bits: u32,
    one: impl Fn(RegId, u32) -> bool,
) -> Vec<ChainWord> {
    let words = chain.chunks(word_bits as usize).enumerate();
    words
        .filter(|(word, _)| !live.contains(*word))
        .map(|(word, bits)| ChainWord {
            word: word as u32,
            value: number(bits.iter().map(|&(register, bit)| one(register, bit))),
        })
        .filter(|word| word.value != 0)
        .collect()
}
