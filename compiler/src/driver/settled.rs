//! Saves what a laid-out plan need not give or derive.
//!
//! A bit that is given or derived is compared whenever its checkpoint may be met, which takes gates. In a word that is
//! written anyway it costs nothing to save it. A word of which nothing else is saved is saved where that costs less
//! than the comparisons of its bits, by the objective. The chain stays as it is.

use std::collections::BTreeMap;

use super::Analysis;
use crate::layout::{Layout, Shape};
use crate::plan::Plan;

/// The given and derived bits of a word, and how many of them are derived.
#[derive(Default)]
struct Word {
    bits: Vec<usize>,
    derived: u64,
}

/// The plan with what it saves in the end. `worth` tells of a checkpoint, by its number, whose saves have this shape, how much
/// is spared if one word more is saved and so many of the given and of the derived bits are not compared.
pub(super) fn settled(
    analysis: &Analysis,
    (mut plan, mut layout): (Plan, Layout),
    worth: impl Fn(usize, &Shape, (u64, u64)) -> f64,
) -> (Plan, Layout) {
    let bits = &analysis.liveness.bits;
    let places = layout.places(bits);
    for (at, checkpoint) in plan.checkpoints.iter_mut().enumerate() {
        let mut words: BTreeMap<usize, Word> = BTreeMap::new();
        for bit in checkpoint.compared() {
            if let Some(place) = places[bit] {
                let word = words.entry(layout.word_of(place)).or_default();
                word.bits.push(bit);
                word.derived += u64::from(checkpoint.derived.contains_key(&bit));
            }
        }
        let mut shape = layout.shape(at);
        let (written, others): (Vec<_>, Vec<_>) =
            (words.into_iter()).partition(|(word, _)| layout.live_words[at].contains(*word));
        for (_, word) in written {
            shape.given_bits -= word.bits.len() as u64 - word.derived;
            shape.derived_bits -= word.derived;
            checkpoint.save(word.bits);
        }
        for (_, word) in others {
            let fewer = (word.bits.len() as u64 - word.derived, word.derived);
            if worth(at, &shape, fewer) > 0.0 {
                shape.live_words += 1;
                shape.given_bits -= fewer.0;
                shape.derived_bits -= fewer.1;
                checkpoint.save(word.bits);
            }
        }
    }
    layout.settle(&analysis.netlist, &plan, bits, &analysis.hash);
    (plan, layout)
}
