//! What is in an NVM: the verdict of a boot on each slot, and the registers.

use std::collections::BTreeMap;

use indexmap::IndexMap;

use super::check::{self, Check};
use super::derived;
use super::{Dump, Map, Value};
use crate::instrument::ImageCheckpoint;

/// What a boot thinks of a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It can be restored.
    Intact,
    /// No commit word: never written, cleared, or torn.
    Uncommitted,
    /// Another design, layout or version wrote it.
    Foreign,
    /// It is ours, and its CRC is wrong.
    Damaged,
}

/// A slot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    /// The verdict.
    pub verdict: Verdict,
    /// The sequence number of its commit word, if that is one.
    pub sequence: Option<u8>,
    /// The index of its checkpoint, where that exists.
    pub checkpoint: Option<usize>,
    /// The registers of the chain, by name. Bits that the checkpoint neither saves nor tells
    /// are unknown; nothing is known where there is no checkpoint.
    pub registers: IndexMap<String, Value>,
    /// The rows of memories that it saves, by name and index.
    pub memories: IndexMap<String, BTreeMap<i64, Value>>,
}

/// The contents of an NVM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded {
    /// The slots in order.
    pub slots: Vec<Slot>,
    /// The one that a boot restores; without any it starts cold.
    pub restored: Option<usize>,
    /// Whether that boot raises `idetic_error`.
    pub error: bool,
}

/// Reads an NVM.
pub fn decode(map: &Map, dump: &Dump) -> Decoded {
    let slots: Vec<Slot> = (0..map.slot_base_addresses.len())
        .map(|slot| read_slot(map, dump, slot))
        .collect();
    let (restored, error) = boot(&slots);
    Decoded {
        slots,
        restored,
        error,
    }
}

/// The slot that a boot restores and whether it reports an error: it tries the newer slot first.
/// Of two numbers of two bits that which follows is the sign of the difference.
fn boot(slots: &[Slot]) -> (Option<usize>, bool) {
    let number = |slot: usize| slots.get(slot).and_then(|it| it.sequence);
    let first = match (number(0), number(1)) {
        (Some(zero), Some(one)) => usize::from(one.wrapping_sub(zero) & 3 < 2),
        (None, _) => 1,
        _ => 0,
    };
    let mut passed_over = false;
    let mut error = false;
    for slot in [first, 1 - first] {
        let Some(of) = slots.get(slot).filter(|it| it.sequence.is_some()) else {
            continue;
        };
        match of.verdict {
            Verdict::Intact => return (Some(slot), error || passed_over),
            Verdict::Damaged => error = true,
            _ => {}
        }
        passed_over = true;
    }
    (None, error)
}

/// The offset of a part of a slot.
pub(super) fn offset(map: &Map, name: &str) -> u32 {
    let field = map.slot.iter().find(|field| field.name == name);
    field.map_or(0, |field| field.offset)
}

/// The addresses of the words that the CRC takes in behind the checkpoint word, without the commit word.
pub(super) fn covered(map: &Map, slot: usize, of: &ImageCheckpoint) -> Vec<u32> {
    let base = map.slot_base_addresses[slot];
    let payload = base + offset(map, "payload");
    let chain = of.words.iter().map(|word| payload + word);
    let memories = of.memories.iter().flat_map(|&at| {
        let memory = &map.memories[at];
        let first = base + memory.offset;
        first..first + memory.rows * memory.row_words
    });
    chain.chain(memories).collect()
}

fn read_slot(map: &Map, dump: &Dump, slot: usize) -> Slot {
    let base = map.slot_base_addresses[slot];
    let half = map.word_bits / 2;
    let mask = (1u64 << half) - 1;
    let commit = dump.word(map.commit_word_addresses[slot]);
    let sequence = commit.and_then(|word| {
        let number = word & mask;
        (number < 4 && word >> half == !number & mask).then_some(number as u8)
    });
    let id = check::words(map.id, map.word_bits);
    let ours = (base..)
        .zip(&id)
        .all(|(at, part)| dump.word(at) == Some(*part));
    let index = dump.word(base + offset(map, "checkpoint"));
    let checkpoint = index.and_then(|index| {
        let mut all = map.checkpoints.iter();
        all.find(|it| it.index as u64 == index)
    });
    let intact = || -> Option<bool> {
        let mut sum = Check::new(map.id, map.word_bits);
        sum.take(index?);
        for at in covered(map, slot, checkpoint?) {
            sum.take(dump.word(at)?);
        }
        sum.take(commit?);
        let stored = base + offset(map, "crc32");
        let mut parts = (stored..).zip(sum.words());
        Some(parts.all(|(at, part)| dump.word(at) == Some(part)))
    };
    let verdict = match (sequence, ours) {
        (None, _) => Verdict::Uncommitted,
        (_, false) => Verdict::Foreign,
        _ if intact() == Some(true) => Verdict::Intact,
        _ => Verdict::Damaged,
    };
    let mut registers = unknown(map);
    let mut memories: IndexMap<String, BTreeMap<i64, Value>> = IndexMap::new();
    if let Some(of) = checkpoint {
        let payload = base + offset(map, "payload");
        for run in &of.live {
            let value = registers.get_mut(&run.register);
            let (Some(value), Some(word)) = (value, dump.word(payload + run.word)) else {
                continue;
            };
            for bit in 0..run.width_bits {
                let set = word >> (run.word_bit + bit) & 1 == 1;
                value.set(run.register_bit + bit, set);
            }
        }
        for run in &of.given {
            let Some(value) = registers.get_mut(&run.register) else {
                continue;
            };
            for (bit, digit) in (0..).zip(run.value.chars().rev()) {
                value.set(run.register_bit + bit, digit == '1');
            }
        }
        derive(of, &mut registers);
        for &at in &of.memories {
            let memory = &map.memories[at];
            let rows = (memory.first_index..)
                .zip(0..memory.rows)
                .map(|(index, row)| {
                    let mut value = Value::unknown(memory.width_bits);
                    let first = base + memory.offset + row * memory.row_words;
                    for bit in 0..memory.width_bits {
                        let word = dump.word(first + bit / map.word_bits);
                        if let Some(word) = word {
                            value.set(bit, word >> (bit % map.word_bits) & 1 == 1);
                        }
                    }
                    (index, value)
                });
            let own = memories.entry(memory.name.clone()).or_default();
            own.extend(rows);
        }
    }
    Slot {
        verdict,
        sequence,
        checkpoint: checkpoint.map(|it| it.index),
        registers,
        memories,
    }
}

/// Sets the bits that follow from saved ones.
pub(super) fn derive(of: &ImageCheckpoint, registers: &mut IndexMap<String, Value>) {
    for bit in &of.derived {
        let source = |name: &str, at| registers.get(name)?.bit(at);
        let value = derived::value(&bit.value, &source);
        if let (Some(value), Some(register)) = (value, registers.get_mut(&bit.register)) {
            register.set(bit.register_bit, value);
        }
    }
}

/// The registers of the map, with nothing known of them.
pub(super) fn unknown(map: &Map) -> IndexMap<String, Value> {
    let all = map.registers.iter();
    all.map(|it| (it.name.clone(), Value::unknown(it.width_bits)))
        .collect()
}
