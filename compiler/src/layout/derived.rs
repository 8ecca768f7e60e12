//! Where a restore finds what it derives bits from.
//!
//! A restore shifts the words in, the lowest first. When `word` is due, the words below it have been shifted in
//! and stand at the upper end of the chain: word *i* is where word `words - word + i` will be. So a bit
//! of a word that is not read can be a wire from there, if its sources lie in words before it.

use super::Layout;
use crate::liveness::{BitIndex, Formula};
use crate::netlist::RegId;
use crate::plan::Checkpoint;

/// A bit that a restore computes from bits restored before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DerivedBit {
    /// Its place in the chain.
    pub place: usize,
    /// What it is, of places in the chain at the time when its word is due.
    pub is: Formula,
}

impl Layout {
    /// The word of a place in the chain.
    pub fn word_of(&self, place: usize) -> usize {
        place / self.word_bits as usize
    }

    /// The place of each bit in the chain, by number.
    pub fn places(&self, bits: &BitIndex) -> Vec<Option<usize>> {
        let mut places = vec![None; bits.len()];
        for (place, &(register, bit)) in self.chain.iter().enumerate() {
            places[bits.of(register, bit)] = Some(place);
        }
        places
    }

    /// How checkpoint number `at` restores the bits that it derives, as far as they are in words that it does
    /// not read; and the bits that it cannot restore so. `is_visible` tells which
    /// registers the wrapper can see.
    pub fn derived(
        &self,
        at: usize,
        checkpoint: &Checkpoint,
        places: &[Option<usize>],
        is_visible: impl Fn(RegId) -> bool,
    ) -> (Vec<DerivedBit>, Vec<usize>) {
        let read = &self.live_words[at];
        let (mut found, mut impossible) = (Vec::new(), Vec::new());
        for (&number, is) in &checkpoint.derived {
            let Some(place) = places[number] else {
                impossible.push(number);
                continue;
            };
            let word = self.word_of(place);
            if read.contains(word) {
                continue;
            }
            let moved = (self.words as usize - word) * self.word_bits as usize;
            let in_time = |&source: &usize| {
                let Some(of) = places[source] else {
                    return false;
                };
                let from = self.word_of(of);
                let shown = self.chain.get(of + moved);
                from < word && read.contains(from) && shown.is_none_or(|&(it, _)| is_visible(it))
            };
            if !is.sources().iter().all(in_time) {
                impossible.push(number);
                continue;
            }
            let now = |source: usize| match places[source] {
                Some(place) => Formula::Bit(place + moved),
                None => unreachable!("it is in time"),
            };
            found.push(DerivedBit {
                place,
                is: is.map(&now),
            });
        }
        found.sort_by_key(|bit| bit.place);
        (found, impossible)
    }
}
