//! Saved bits to chain words to NVM words.
//!
//! The saved bits of the whole design form one vector, cut into words of
//! `word_bits`; the order is depth first over the instance tree, so that every
//! instance owns a contiguous segment (see `docs/src/architecture.md`).

use crate::liveness::BitSet;
use crate::netlist::{InstanceId, RegId};

/// Where every saved bit lives.
#[derive(Debug, Clone)]
pub struct Layout {
    /// Bits per NVM word and per chain word.
    pub word_bits: u32,
    /// Saved bits in chain order, least significant bit of word 0 first; not padded.
    pub chain: Vec<(RegId, u32)>,
    /// Segments in chain order, one per instance with saved bits: its bits are
    /// `chain[start..start + len]`.
    pub segments: Vec<Segment>,
    /// Chain words: `ceil(chain.len() / word_bits)`, at least 1.
    pub words: u32,
    /// Per checkpoint of the plan, in order, the words that hold a live bit.
    pub live_words: Vec<BitSet>,
    /// NVM words of one slot.
    pub slot_words: u32,
    /// Slots.
    pub slots: u32,
    /// Hash of design and layout, tells images apart.
    pub id: u32,
}

/// The part of the chain that lies in one instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Segment {
    /// The instance.
    pub instance: InstanceId,
    /// First bit.
    pub start: u32,
    /// Bits.
    pub len: u32,
}
