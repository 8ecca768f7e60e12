//! Rows of memories that are saved together.
//!
//! The parts of a memory that the same checkpoints save, and that follow each other, are one range: the
//! controller walks over ranges, each with its place in the payload. More than [`MOST_RANGES`] in
//! one memory are joined where least is saved in vain by it.

use std::ops::Range;

use crate::liveness::{BitSet, Parts};
use crate::netlist::MemId;
use crate::plan::Plan;

use super::MemoryPlace;

/// Ranges of one memory, at most.
const MOST_RANGES: usize = 16;

/// Neighbouring rows of a memory, saved by the same checkpoints.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemoryRange {
    /// Its memory, by its place in [`super::Layout::memories`].
    pub place: usize,
    /// Its rows.
    pub rows: Range<u32>,
    /// Its first word, counted from the end of the chain words.
    pub offset: u32,
    /// Words in a slot: none where no checkpoint saves it.
    pub words: u32,
}

/// A range in the making.
struct Piece {
    rows: Range<u32>,
    savers: BitSet,
    loaded: bool,
}

/// The ranges of all memories, in the order of their places; per checkpoint those that it saves; and whether
/// a cold start loads each.
pub(super) fn ranges(
    plan: &Plan,
    parts: &Parts,
    places: &[MemoryPlace],
) -> (Vec<MemoryRange>, Vec<BitSet>, Vec<bool>) {
    let mut list = Vec::new();
    let mut pieces = Vec::new();
    let mut offset = 0;
    for (at, place) in places.iter().enumerate() {
        for piece in of(plan, parts, place.memory) {
            let rows = piece.rows.len() as u32;
            let saved = piece.savers.count() > 0;
            let words = if saved { rows * place.row_words } else { 0 };
            list.push(MemoryRange {
                place: at,
                rows: piece.rows.clone(),
                offset,
                words,
            });
            offset += words;
            pieces.push(piece);
        }
    }
    let saved_by = |checkpoint: usize| {
        let mut set = BitSet::new(pieces.len());
        for at in (0..pieces.len()).filter(|&at| pieces[at].savers.contains(checkpoint)) {
            set.insert(at);
        }
        set
    };
    let live = (0..plan.checkpoints.len()).map(saved_by).collect();
    (
        list,
        live,
        pieces.iter().map(|piece| piece.loaded).collect(),
    )
}

fn of(plan: &Plan, parts: &Parts, memory: MemId) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    for part in parts.of(memory) {
        let mut savers = BitSet::new(plan.checkpoints.len());
        for (at, checkpoint) in plan.checkpoints.iter().enumerate() {
            if checkpoint.memories.contains(part) {
                savers.insert(at);
            }
        }
        let loaded = plan.cold.memories.contains(part);
        if savers.count() == 0 && !loaded {
            continue;
        }
        let rows = parts.rows(part).rows;
        match pieces.last_mut() {
            Some(last)
                if last.rows.end == rows.start
                    && (&last.savers, last.loaded) == (&savers, loaded) =>
            {
                last.rows.end = rows.end;
            }
            _ => pieces.push(Piece {
                rows,
                savers,
                loaded,
            }),
        }
    }
    while pieces.len() > MOST_RANGES {
        let lost = |pair: &[Piece]| in_vain(&pair[0], &pair[1]);
        let costs = pieces.windows(2).map(lost).enumerate();
        let (at, _) = costs
            .min_by_key(|&(_, cost)| cost)
            .expect("there are several");
        let next = pieces.remove(at + 1);
        let joined = &mut pieces[at];
        joined.rows.end = next.rows.end;
        joined.savers.union_with(&next.savers);
        joined.loaded |= next.loaded;
    }
    pieces
}

/// Rows that are saved and need not be, over all checkpoints, if two neighbours are joined.
fn in_vain(a: &Piece, b: &Piece) -> u64 {
    let gap = u64::from(b.rows.start - a.rows.end);
    let only = |one: &Piece, other: &Piece| one.savers.without(&other.savers).count() as u64;
    let mut all = a.savers.clone();
    all.union_with(&b.savers);
    let rows = |piece: &Piece| piece.rows.len() as u64;
    only(a, b) * rows(b) + only(b, a) * rows(a) + all.count() as u64 * gap
}
