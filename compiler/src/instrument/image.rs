//! `image.json`: where each register bit lives in the NVM.
//!
//! Addresses are in NVM words. The description is complete: with it a program
//! can read an image by register name, or write one.

use std::borrow::Cow;
use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::control::ControlGraph;
use crate::layout::Layout;
use crate::liveness::{Constants, Liveness, Verilog};
use crate::netlist::{InputId, Netlist, RegId};
use crate::plan::{Checkpoint, Plan};

use super::tree::chunks;
use super::wrapper::address_bits;

/// The whole description.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Image {
    /// Version of this structure.
    pub schema_version: u32,
    /// Name of the original top module.
    pub top: String,
    /// Hash of the design's text, hexadecimal.
    pub design_hash: String,
    /// What the ID words of a slot hold.
    pub id: u32,
    /// Bits per NVM word.
    pub word_bits: u32,
    /// Bits of an NVM word address.
    pub address_bits: u32,
    /// NVM words used in all.
    pub nvm_words: u32,
    /// First word of each slot.
    pub slot_base_addresses: Vec<u32>,
    /// Words of a slot.
    pub slot_words: u32,
    /// What a slot holds, in order.
    pub slot: Vec<Field>,
    /// Address of the commit word of each slot.
    pub commit_word_addresses: Vec<u32>,
    /// Registers of which some checkpoint saves or tells bits.
    pub registers: Vec<ImageRegister>,
    /// Saved bits in chain order, in runs.
    pub chain: Vec<Run>,
    /// Memories that are saved, or ranges of them, in payload order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub memories: Vec<ImageMemory>,
    /// Per checkpoint, what it saves.
    pub checkpoints: Vec<ImageCheckpoint>,
}

/// A register.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageRegister {
    /// Hierarchical name.
    pub name: String,
    /// Bits.
    pub width_bits: u32,
}

/// A part of a slot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// `id`, `checkpoint`, `payload` (the chain), `memories` (where there are
    /// any), `crc32` or `commit`.
    pub name: Cow<'static, str>,
    /// First word within the slot.
    pub offset: u32,
    /// Words.
    pub words: u32,
}

/// Consecutive bits of a register within one payload word.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// Payload word.
    pub word: u32,
    /// Lowest bit in that word.
    pub word_bit: u32,
    /// Hierarchical name of the register.
    pub register: String,
    /// Lowest bit in the register, 0 = least significant.
    pub register_bit: u32,
    /// Bits.
    pub width_bits: u32,
}

/// A memory, or some rows of one. Each row begins with a new word, lowest bits first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageMemory {
    /// Hierarchical name.
    pub name: String,
    /// Bits of a row.
    pub width_bits: u32,
    /// Rows that are saved.
    pub rows: u32,
    /// The source's index of the first of them; the others follow upwards.
    pub first_index: i64,
    /// Words of a row.
    pub row_words: u32,
    /// Word of the first row, counted from the start of the slot.
    pub offset: u32,
}

/// What one checkpoint saves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageCheckpoint {
    /// What the checkpoint word of a slot holds.
    pub index: usize,
    /// Number of its control state.
    pub state: u32,
    /// Name of its control state.
    pub name: String,
    /// Payload words that are written; the others are kept and not read.
    pub words: Vec<u32>,
    /// The bits saved in them, in runs; other bits of these words mean nothing, but for those
    /// of `given`, which are restored from there.
    pub live: Vec<Run>,
    /// The live bits that are not saved, because the checkpoint tells their values.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub given: Vec<GivenRun>,
    /// The live bits that are not saved, because they follow from saved ones.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub derived: Vec<ImageDerived>,
    /// The memories that are written, by their place in [`Image::memories`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub memories: Vec<usize>,
}

/// Consecutive bits of a register whose values a checkpoint tells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GivenRun {
    /// Hierarchical name of the register.
    pub register: String,
    /// Lowest bit in the register, 0 = least significant.
    pub register_bit: u32,
    /// Bits.
    pub width_bits: u32,
    /// Their values as binary digits, the most significant first.
    pub value: String,
}

/// A bit that is a function of saved bits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageDerived {
    /// Hierarchical name of the register.
    pub register: String,
    /// The bit in it, 0 = least significant.
    pub register_bit: u32,
    /// What it is: bits as `name[bit]`, likewise, with `~`, `&`, `^` and parentheses.
    pub value: String,
}

/// Describes the image.
pub fn image(
    netlist: &Netlist,
    graph: &ControlGraph,
    liveness: &Liveness,
    plan: &Plan,
    layout: &Layout,
    design_hash: &str,
) -> Image {
    let bases: Vec<u32> = (0..layout.slots)
        .map(|slot| slot * layout.slot_words)
        .collect();
    let payload = 32u32.div_ceil(layout.word_bits) + 1;
    let ranges: Vec<usize> = (0..layout.ranges.len())
        .filter(|&at| layout.ranges[at].words > 0)
        .collect();
    let memories = ranges.iter().map(|&at| {
        let range = &layout.ranges[at];
        let place = &layout.memories[range.place];
        let memory = &netlist.memories[place.memory.index()];
        ImageMemory {
            name: memory.name.clone(),
            width_bits: memory.width,
            rows: range.rows.len() as u32,
            first_index: memory.first_index.unwrap_or(0) + i64::from(range.rows.start),
            row_words: place.row_words,
            offset: payload + layout.words + range.offset,
        }
    });
    let memories = memories.collect();
    let all: Vec<bool> = vec![true; layout.chain.len()];
    let checkpoints = plan
        .checkpoints
        .iter()
        .zip(layout.live_words.iter().zip(&layout.live_ranges))
        .enumerate()
        .map(|(index, (checkpoint, (words, memories)))| {
            let live: Vec<bool> = layout
                .chain
                .iter()
                .map(|&(register, bit)| checkpoint.saved.contains(liveness.bits.of(register, bit)))
                .collect();
            ImageCheckpoint {
                index,
                state: checkpoint.state.0,
                name: graph.states[checkpoint.state.index()].name.clone(),
                words: words.iter().map(|word| word as u32).collect(),
                live: runs(netlist, layout, &live),
                given: given_runs(netlist, liveness, &checkpoint.given),
                derived: derived_bits(netlist, liveness, checkpoint),
                memories: (0..ranges.len())
                    .filter(|&at| memories.contains(ranges[at]))
                    .collect(),
            }
        })
        .collect();
    Image {
        schema_version: 1,
        top: netlist.top.clone(),
        design_hash: design_hash.to_string(),
        id: layout.id,
        word_bits: layout.word_bits,
        address_bits: address_bits(layout),
        nvm_words: layout.slots * layout.slot_words,
        commit_word_addresses: bases
            .iter()
            .map(|base| base + layout.slot_words - 1)
            .collect(),
        slot_base_addresses: bases,
        slot_words: layout.slot_words,
        slot: slot_fields(layout),
        registers: registers(netlist, liveness, plan, layout),
        chain: runs(netlist, layout, &all),
        memories,
        checkpoints,
    }
}

/// The registers of the chain and of the given bits, in order of declaration.
fn registers(
    netlist: &Netlist,
    liveness: &Liveness,
    plan: &Plan,
    layout: &Layout,
) -> Vec<ImageRegister> {
    let chain = layout.chain.iter().map(|&(register, _)| register);
    let given = plan
        .checkpoints
        .iter()
        .flat_map(|it| it.given.bits().iter());
    let given = given.map(|number| liveness.bits.bit(number).0);
    let known: BTreeSet<RegId> = chain.chain(given).collect();
    let listed = known.into_iter().map(|id| &netlist.registers[id.index()]);
    listed
        .map(|register| ImageRegister {
            name: register.name.clone(),
            width_bits: register.width,
        })
        .collect()
}

/// The format of a slot, as `rtl-runtime/idetic_controller.v` writes it.
pub fn slot_fields(layout: &Layout) -> Vec<Field> {
    let parts = 32u32.div_ceil(layout.word_bits);
    let mut offset = 0;
    let sizes = [
        ("id", parts),
        ("checkpoint", 1),
        ("payload", layout.words),
        ("memories", layout.memory_words()),
        ("crc32", parts),
        ("commit", 1),
    ];
    sizes
        .into_iter()
        .filter(|&(_, words)| words > 0)
        .map(|(name, words)| {
            let field = Field {
                name: Cow::Borrowed(name),
                offset,
                words,
            };
            offset += words;
            field
        })
        .collect()
}

/// The given bits in runs that do not cross registers.
fn given_runs(netlist: &Netlist, liveness: &Liveness, given: &Constants) -> Vec<GivenRun> {
    let mut out: Vec<GivenRun> = Vec::new();
    let mut last: Option<(RegId, u32)> = None;
    for number in given.bits().iter() {
        let (register, bit) = liveness.bits.bit(number);
        let digit = match given.value(number) {
            Some(true) => '1',
            _ => '0',
        };
        match out.last_mut() {
            Some(run) if bit > 0 && last == Some((register, bit - 1)) => {
                run.width_bits += 1;
                run.value.insert(0, digit);
            }
            _ => out.push(GivenRun {
                register: netlist.registers[register.index()].name.clone(),
                register_bit: bit,
                width_bits: 1,
                value: digit.to_string(),
            }),
        }
        last = Some((register, bit));
    }
    out
}

/// The derived bits with what they are.
fn derived_bits(
    netlist: &Netlist,
    liveness: &Liveness,
    checkpoint: &Checkpoint,
) -> Vec<ImageDerived> {
    let named = |number: usize| {
        let (register, bit) = liveness.bits.bit(number);
        (&netlist.registers[register.index()].name, bit)
    };
    let text = |number: usize| {
        let (name, bit) = named(number);
        format!("{name}[{bit}]")
    };
    // No register has a space in its name: the value of an input is not in the image.
    let input =
        |input: InputId, bit| format!("input {}[{bit}]", netlist.inputs[input.index()].name);
    (checkpoint.derived.iter())
        .map(|(&number, is)| ImageDerived {
            register: named(number).0.clone(),
            register_bit: named(number).1,
            value: is.evaluate(&mut Verilog(text, input)),
        })
        .collect()
}

/// The wanted bits of the chain in runs that cross neither registers nor words.
fn runs(netlist: &Netlist, layout: &Layout, wanted: &[bool]) -> Vec<Run> {
    let mut out = Vec::new();
    let word_bits = layout.word_bits as usize;
    for (word, bits) in layout.chain.chunks(word_bits).enumerate() {
        for chunk in chunks(bits) {
            let mut start = None;
            for at in 0..=chunk.len {
                let place = word * word_bits + (chunk.at + at) as usize;
                let live = at < chunk.len && wanted[place];
                match (start, live) {
                    (None, true) => start = Some(at),
                    (Some(from), false) => {
                        out.push(Run {
                            word: word as u32,
                            word_bit: chunk.at + from,
                            register: netlist.registers[chunk.register.index()].name.clone(),
                            register_bit: chunk.low + from,
                            width_bits: at - from,
                        });
                        start = None;
                    }
                    _ => {}
                }
            }
        }
    }
    out
}
