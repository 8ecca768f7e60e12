//! The contents of an NVM that restore given values.

use indexmap::IndexMap;

use super::check::{self, Check};
use super::decode::{covered, derive, offset, unknown};
use super::{Dump, Map, Value};
use crate::instrument::ImageCheckpoint;

/// What is to be restored.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// The checkpoint: its name or its index.
    pub checkpoint: String,
    /// Values of registers, as [`Value::parse`] reads them.
    pub registers: IndexMap<String, String>,
    /// Rows of memories by their index, likewise.
    pub memories: IndexMap<String, IndexMap<i64, String>>,
}

/// An NVM whose first slot holds what is wanted, under the number of a first save, and
/// whose other words are zero.
///
/// # Errors
/// All that is wrong with what is wanted: a name that does not exist, a value that does not fit,
/// one that is missing or contradicts what the checkpoint tells.
pub fn encode(map: &Map, wanted: &Wanted) -> Result<Dump, Vec<String>> {
    let named = map
        .checkpoints
        .iter()
        .find(|it| it.name == wanted.checkpoint || it.index.to_string() == wanted.checkpoint);
    let Some(of) = named else {
        let all: Vec<&str> = map.checkpoints.iter().map(|it| &*it.name).collect();
        return Err(vec![format!(
            "there is no checkpoint `{}`; there are {}",
            wanted.checkpoint,
            all.join(", ")
        )]);
    };
    let mut wrong = Vec::new();
    let registers = registers(map, wanted, &mut wrong);
    let mut dump = Dump::blank(map.nvm_words);
    let payload = map.slot_base_addresses[0] + offset(map, "payload");
    let mut words: IndexMap<u32, u64> = of.words.iter().map(|&word| (word, 0)).collect();
    for run in &of.live {
        let Some(value) = registers.get(&run.register) else {
            continue;
        };
        for bit in 0..run.width_bits {
            match value.bit(run.register_bit + bit) {
                Some(set) => {
                    *words.entry(run.word).or_insert(0) |= u64::from(set) << (run.word_bit + bit);
                }
                None => {
                    wrong.push(format!(
                        "`{}` is needed in {}: bit {} has no value",
                        run.register,
                        of.name,
                        run.register_bit + bit
                    ));
                    break;
                }
            }
        }
    }
    told(map, of, &registers, &mut words, &mut wrong);
    for (word, value) in words {
        dump.set(payload + word, value);
    }
    follows(of, &registers, &mut wrong);
    memories(map, of, wanted, &mut dump, &mut wrong);
    if !wrong.is_empty() {
        return Err(wrong);
    }
    seal(map, of, &mut dump);
    Ok(dump)
}

/// The values of registers by name.
fn registers(map: &Map, wanted: &Wanted, wrong: &mut Vec<String>) -> IndexMap<String, Value> {
    let mut registers = unknown(map);
    for (name, text) in &wanted.registers {
        let Some(value) = registers.get_mut(name) else {
            wrong.push(format!("no checkpoint knows a register `{name}`"));
            continue;
        };
        match Value::parse(text, value.width()) {
            Ok(parsed) => *value = parsed,
            Err(message) => wrong.push(format!("`{name}`: {message}")),
        }
    }
    registers
}

/// What the checkpoint tells cannot be wanted otherwise. Where such a bit lies in a word that is
/// written, it is restored from there.
fn told(
    map: &Map,
    of: &ImageCheckpoint,
    registers: &IndexMap<String, Value>,
    words: &mut IndexMap<u32, u64>,
    wrong: &mut Vec<String>,
) {
    for run in &of.given {
        let Some(value) = registers.get(&run.register) else {
            continue;
        };
        let bits = || (run.register_bit..).zip(run.value.chars().rev());
        for (bit, _) in bits().filter(|(_, digit)| *digit == '1') {
            let mut chain = map.chain.iter().filter(|it| it.register == run.register);
            let place =
                chain.find(|it| (it.register_bit..it.register_bit + it.width_bits).contains(&bit));
            if let Some(place) = place
                && let Some(word) = words.get_mut(&place.word)
            {
                *word |= 1 << (place.word_bit + bit - place.register_bit);
            }
        }
        let differs = bits().any(|(bit, digit)| {
            let wanted = value.bit(bit);
            wanted.is_some_and(|set| set != (digit == '1'))
        });
        if differs {
            wrong.push(format!(
                "`{}` is {}'b{} from bit {} on in {}, and cannot be restored as {value}",
                run.register, run.width_bits, run.value, run.register_bit, of.name
            ));
        }
    }
}

/// What follows from saved bits cannot be wanted otherwise either.
fn follows(of: &ImageCheckpoint, registers: &IndexMap<String, Value>, wrong: &mut Vec<String>) {
    let mut restored = registers.clone();
    derive(of, &mut restored);
    for bit in &of.derived {
        let wanted = registers
            .get(&bit.register)
            .and_then(|it| it.bit(bit.register_bit));
        let value = restored
            .get(&bit.register)
            .and_then(|it| it.bit(bit.register_bit));
        if wanted.is_some() && wanted != value {
            wrong.push(format!(
                "bit {} of `{}` is {} in {}, and cannot be restored otherwise",
                bit.register_bit, bit.register, bit.value, of.name
            ));
        }
    }
}

fn memories(
    map: &Map,
    of: &ImageCheckpoint,
    wanted: &Wanted,
    dump: &mut Dump,
    wrong: &mut Vec<String>,
) {
    for &at in &of.memories {
        let memory = &map.memories[at];
        let rows = wanted.memories.get(&memory.name);
        for (index, row) in (memory.first_index..).zip(0..memory.rows) {
            let Some(text) = rows.and_then(|rows| rows.get(&index)) else {
                wrong.push(format!(
                    "`{}[{index}]` is needed in {}, and has no value",
                    memory.name, of.name
                ));
                break;
            };
            let parsed = Value::parse(text, memory.width_bits).and_then(|value| {
                let known = (0..memory.width_bits).all(|bit| value.bit(bit).is_some());
                known
                    .then_some(value)
                    .ok_or_else(|| format!("`{text}` has unknown bits"))
            });
            let value = match parsed {
                Ok(value) => value,
                Err(message) => {
                    wrong.push(format!("`{}[{index}]`: {message}", memory.name));
                    continue;
                }
            };
            let first = map.slot_base_addresses[0] + memory.offset + row * memory.row_words;
            for word in 0..memory.row_words {
                let low = word * map.word_bits;
                let bits = low..(low + map.word_bits).min(memory.width_bits);
                let bits = bits.filter(|&bit| value.bit(bit) == Some(true));
                let sum = bits.fold(0u64, |sum, bit| sum | 1 << (bit - low));
                dump.set(first + word, sum);
            }
        }
    }
    let named = |name: &str| map.memories.iter().any(|memory| memory.name == name);
    for name in wanted.memories.keys().filter(|name| !named(name)) {
        wrong.push(format!("no checkpoint knows a memory `{name}`"));
    }
}

/// Id, checkpoint, CRC and commit word of slot 0.
fn seal(map: &Map, of: &ImageCheckpoint, dump: &mut Dump) {
    let base = map.slot_base_addresses[0];
    for (at, word) in (base..).zip(check::words(map.id, map.word_bits)) {
        dump.set(at, word);
    }
    dump.set(base + offset(map, "checkpoint"), of.index as u64);
    let half = map.word_bits / 2;
    let number = 1u64;
    let commit = (!number & ((1 << half) - 1)) << half | number;
    let mut sum = Check::new(map.id, map.word_bits);
    sum.take(of.index as u64);
    for at in covered(map, 0, of) {
        sum.take(dump.word(at).unwrap_or(0));
    }
    sum.take(commit);
    for (at, word) in (base + offset(map, "crc32")..).zip(sum.words()) {
        dump.set(at, word);
    }
    dump.set(map.commit_word_addresses[0], commit);
}
