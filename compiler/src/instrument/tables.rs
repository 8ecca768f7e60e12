//! The wrapper's tables of constants: what a cold start loads, and what a restore
//! puts into words that it does not read.

use serde::Serialize;

use crate::layout::Layout;

use super::wrapper::{Memories, index_bits};

/// The constants of a cold start.
#[derive(Serialize)]
pub(super) struct Cold {
    pub(super) chain: Vec<ConstantCase>,
    pub(super) memories: Vec<ConstantCase>,
}

/// An arm of a table of constants.
#[derive(Serialize)]
pub(super) struct ConstantCase {
    pub(super) label: String,
    pub(super) value: String,
}

/// The constants of the words that checkpoints do not save.
pub(super) fn given(layout: &Layout, checkpoint_bits: u32) -> Vec<ConstantCase> {
    let word_index_bits = index_bits(u64::from(layout.words));
    let checkpoints = layout.given.iter().enumerate();
    let words = checkpoints.flat_map(|(at, words)| words.iter().map(move |word| (at, word)));
    words
        .map(|(at, word)| ConstantCase {
            label: format!(
                "{{{checkpoint_bits}'d{at}, {word_index_bits}'d{}}}",
                word.word
            ),
            value: constant(layout, word.value),
        })
        .collect()
}

/// A word as a Verilog constant.
fn constant(layout: &Layout, value: u64) -> String {
    let digits = layout.word_bits.div_ceil(4) as usize;
    format!("{}'h{value:0digits$x}", layout.word_bits)
}

/// The constants of a cold start, if there are any.
pub(super) fn cold(layout: &Layout, memories: Option<&Memories>) -> Option<Cold> {
    let cold = layout.cold.as_ref()?;
    let word_index_bits = index_bits(u64::from(layout.words));
    let chain = cold.chain.iter().map(|word| ConstantCase {
        label: format!("{word_index_bits}'d{}", word.word),
        value: constant(layout, word.value),
    });
    let words = cold.memories.iter().map(|word| {
        let of = memories.expect("words of memories belong to one");
        ConstantCase {
            label: format!(
                "{{{}'d{}, {}'d{}, {}'d{}}}",
                of.index_bits, word.range, of.row_bits, word.row, of.part_bits, word.part
            ),
            value: constant(layout, word.value),
        }
    });
    Some(Cold {
        chain: chain.collect(),
        memories: words.collect(),
    })
}
