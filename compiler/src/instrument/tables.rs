//! The wrapper's tables of constants: what a cold start loads, and what a restore
//! puts into words that it does not read.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::layout::Layout;
use crate::liveness::Verilog;
use crate::netlist::Netlist;

use super::decode::stored_input;
use super::text::bits;
use super::tree::Tree;
use super::vector::Vector;
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

/// An arm of the table of words that a restore does not read.
#[derive(Serialize)]
pub(super) struct GivenCase {
    label: String,
    /// The constants.
    value: String,
    /// The bits that are no constants: which, and what they are.
    bits: Vec<(u32, String)>,
}

impl GivenCase {
    /// Whether a bit is made with a function of this name.
    pub(super) fn calls(&self, function: &str) -> bool {
        self.bits.iter().any(|(_, is)| is.contains(function))
    }
}

/// What a word is made of.
#[derive(Default)]
struct Arm {
    constants: u64,
    bits: Vec<(u32, String)>,
}

/// What a restore puts into the words that checkpoints do not save: constants, and bits derived from
/// words restored before, which stand higher in the chain then, and from inputs that never change.
pub(super) fn given(
    netlist: &Netlist,
    layout: &Layout,
    tree: &Tree,
    checkpoint_bits: u32,
) -> Vec<GivenCase> {
    let word_index_bits = index_bits(u64::from(layout.words));
    let mut arms: BTreeMap<(usize, usize), Arm> = BTreeMap::new();
    for (at, words) in layout.given.iter().enumerate() {
        for word in words {
            arms.entry((at, word.word as usize)).or_default().constants = word.value;
        }
    }
    let shown = |place: usize| match layout.chain.get(place) {
        Some((register, bit)) => bits("idetic_control", tree.control[register] + bit, 1),
        None => {
            let pad = layout.words * layout.word_bits - layout.chain.len() as u32;
            let at = (place - layout.chain.len()) as u32;
            Vector::new("idetic_pad", pad).slice(at, 1).text()
        }
    };
    for (at, derived) in layout.derived.iter().enumerate() {
        for bit in derived {
            let arm = arms.entry((at, layout.word_of(bit.place))).or_default();
            let lane = bit.place as u32 % layout.word_bits;
            let is = bit.is.evaluate(&mut Verilog(shown, |input, bit| {
                stored_input(netlist, input, bit)
            }));
            arm.bits.push((lane, is));
        }
    }
    let arms = arms.into_iter().map(|((at, word), arm)| GivenCase {
        label: format!("{{{checkpoint_bits}'d{at}, {word_index_bits}'d{word}}}"),
        value: constant(layout, arm.constants),
        bits: arm.bits,
    });
    arms.collect()
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
