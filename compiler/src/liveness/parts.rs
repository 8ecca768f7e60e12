//! Memories in parts: the rows that are live or dead together.
//!
//! A memory of up to [`MOST_PARTS`] rows has a part for each, a larger one equal aligned
//! blocks of rows; a table that nothing writes has one. Parts are numbered over all memories, those of each from a multiple
//! of 64 on, so that a limb of a set belongs to one memory.
//! This is a numbering, as [`super::BitIndex`] is one of register bits: it says nothing
//! of what is live.

use std::ops::Range;

use super::BitSet;
use crate::netlist::known::Planes;
use crate::netlist::{MemId, Netlist};

/// Parts of one memory, and of all together, at most; but each memory has one.
const MOST_PARTS: u32 = 1024;
const MOST_IN_ALL: u32 = 4096;

/// The numbering of the parts of all memories.
#[derive(Debug, Clone, Default)]
pub struct Parts {
    /// Per memory its first part; and one past the last of all.
    start: Vec<u32>,
    memories: Vec<Blocks>,
}

/// How one memory is cut.
#[derive(Debug, Clone, Copy)]
struct Blocks {
    /// Parts.
    count: u32,
    rows: u32,
    width: u32,
    /// Rows of a part are a power of two.
    shift: u32,
}

/// Rows of one memory that are next to each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rows {
    /// The memory.
    pub memory: MemId,
    /// Its rows, counted from 0.
    pub rows: Range<u32>,
}

impl Rows {
    /// The name of the memory, with the indices of the rows as the source counts them where it is not all.
    pub fn name(&self, netlist: &Netlist) -> String {
        let memory = &netlist.memories[self.memory.index()];
        let index = |row: u32| i64::from(row) + memory.first_index.unwrap_or(0);
        let (first, last) = (index(self.rows.start), index(self.rows.end - 1));
        match self.rows.len() as u32 {
            all if all == memory.depth => memory.name.clone(),
            1 => format!("{}[{first}]", memory.name),
            _ => format!("{}[{first}:{last}]", memory.name),
        }
    }
}

impl Parts {
    /// Cuts the memories of a netlist.
    pub fn new(netlist: &Netlist) -> Parts {
        let written = netlist.written_memories().count() as u32;
        let most = (MOST_IN_ALL / written.max(1)).clamp(1, MOST_PARTS);
        let mut parts = Parts::default();
        let mut next = 0;
        for memory in &netlist.memories {
            let most = if memory.writes.is_empty() { 1 } else { most };
            let mut shift = 0;
            while (u64::from(memory.depth)).div_ceil(1 << shift) > u64::from(most) {
                shift += 1;
            }
            parts.start.push(next);
            let count = (u64::from(memory.depth)).div_ceil(1 << shift) as u32;
            next = (next + count).next_multiple_of(64);
            parts.memories.push(Blocks {
                count,
                rows: memory.depth,
                width: memory.width,
                shift,
            });
        }
        parts.start.push(next);
        parts
    }

    /// One past the largest number.
    pub fn len(&self) -> usize {
        self.start.last().map_or(0, |&end| end as usize)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The parts of a memory.
    pub fn of(&self, memory: MemId) -> Range<usize> {
        let start = self.start[memory.index()] as usize;
        start..start + self.memories[memory.index()].count as usize
    }

    /// The memory that a part belongs to.
    pub fn memory(&self, part: usize) -> MemId {
        // Memories have a row at least, so starts are strictly increasing.
        let at = self.start.partition_point(|&start| start as usize <= part) - 1;
        MemId(at as u32)
    }

    /// The part that a row is in.
    pub(super) fn at(&self, memory: MemId, row: u64) -> Option<usize> {
        let Blocks { rows, shift, .. } = self.memories[memory.index()];
        (row < u64::from(rows))
            .then(|| self.start[memory.index()] as usize + (row >> shift) as usize)
    }

    /// The rows of a part.
    pub fn rows(&self, part: usize) -> Rows {
        let memory = self.memory(part);
        let Blocks { rows, shift, .. } = self.memories[memory.index()];
        let block = part as u32 - self.start[memory.index()];
        let end = (u64::from(block) + 1) << shift;
        Rows {
            memory,
            rows: block << shift..end.min(u64::from(rows)) as u32,
        }
    }

    /// Parts as runs of rows: those that follow each other are one. `parts` increase.
    pub fn runs(&self, parts: impl IntoIterator<Item = usize>) -> Vec<Rows> {
        let mut runs: Vec<Rows> = Vec::new();
        for part in parts {
            let own = self.rows(part);
            match runs.last_mut() {
                Some(last) if (last.memory, last.rows.end) == (own.memory, own.rows.start) => {
                    last.rows.end = own.rows.end;
                }
                _ => runs.push(own),
            }
        }
        runs
    }

    /// Bits of parts together.
    pub fn bits(&self, parts: impl IntoIterator<Item = usize>) -> u64 {
        let bits = parts.into_iter().map(|part| {
            let own = self.rows(part);
            let width = self.memories[own.memory.index()].width;
            own.rows.len() as u64 * u64::from(width)
        });
        bits.sum()
    }

    /// The parts of a memory that an access may be to, by what is known of the address.
    /// One that may be past the last row may be anywhere, as nothing says what becomes of it in silicon.
    /// `most` is what the address never exceeds, if more is known of that.
    pub(super) fn touched(
        &self,
        memory: MemId,
        (address, width): (Planes<'_>, u32),
        most: Option<u64>,
    ) -> Touched {
        let Blocks { rows, shift, .. } = self.memories[memory.index()];
        let most = most.unwrap_or(u64::MAX);
        let anywhere = largest(address, width).min(most) >= u64::from(rows);
        let above = u64::MAX.checked_shl(width).unwrap_or(0);
        let known = match anywhere {
            true => 0,
            false => address.known[0] | above,
        };
        let unused = u64::from(rows - 1).leading_zeros();
        let reach = u64::MAX.checked_shr(unused).unwrap_or(0);
        Touched {
            parts: self.of(memory),
            all: (known & reach) >> shift == 0 && most >= u64::from(rows) - 1,
            most: match anywhere {
                true => u64::MAX,
                false => most,
            },
            shift,
            value: address.value[0],
            known,
        }
    }
}

/// Parts of one memory that an access may be to.
pub(super) struct Touched {
    parts: Range<usize>,
    all: bool,
    most: u64,
    shift: u32,
    value: u64,
    known: u64,
}

impl Touched {
    /// Whether a part of this memory is among them.
    pub(super) fn has(&self, part: usize) -> bool {
        let row = ((part - self.parts.start) as u64) << self.shift;
        self.all || row <= self.most && ((row ^ self.value) & self.known) >> self.shift == 0
    }

    /// Whether one of some parts is among them.
    pub(super) fn any(&self, parts: &BitSet) -> bool {
        let some = limbs(&self.parts).any(|limb| parts.word(limb * 64) != 0);
        some && (self.all
            || self
                .parts
                .clone()
                .any(|part| parts.contains(part) && self.has(part)))
    }

    /// Adds them to a set.
    pub(super) fn add_to(&self, parts: &mut BitSet) {
        if self.all {
            return add_range(parts, &self.parts);
        }
        for part in self.parts.clone().filter(|&part| self.has(part)) {
            parts.insert(part);
        }
    }
}

/// The limbs of a set that the parts of one memory are in.
pub(super) fn limbs(parts: &Range<usize>) -> Range<usize> {
    parts.start / 64..parts.end.div_ceil(64)
}

fn add_range(set: &mut BitSet, range: &Range<usize>) {
    for limb in limbs(range) {
        let here = range.end - limb * 64;
        set.insert_word(limb * 64, u64::MAX >> (64 - here.min(64)));
    }
}

/// The largest number that an address may be; `u64::MAX` if it is larger than that.
fn largest(address: Planes<'_>, width: u32) -> u64 {
    let limbs = address.value.iter().zip(address.known).enumerate();
    let mut limbs = limbs.map(|(at, (value, known))| {
        let own = (width - at as u32 * 64).min(64);
        let mask = if own == 64 { u64::MAX } else { (1 << own) - 1 };
        (value | !known) & mask
    });
    let low = limbs.next().unwrap_or(0);
    match limbs.all(|limb| limb == 0) {
        true => low,
        false => u64::MAX,
    }
}
