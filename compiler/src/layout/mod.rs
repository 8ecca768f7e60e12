//! Saved bits to chain words to NVM words.
//!
//! The saved bits of the whole design form one vector, cut into words of
//! `word_bits`; the order is depth first over the instance tree, so that every
//! instance, with all below it, owns a contiguous segment. Within that segment
//! its own bits come first (at the low end, where the chain leaves), then its
//! children in the order of [`Netlist::instances`]; the chain enters at the
//! high end, in the last child.
//!
//! Inside an instance the bits that the same checkpoints save stand together,
//! so that a checkpoint touches few words; runs of neighbouring bits of one
//! register stay whole where they are saved alike.
//!
//! Registers that one text makes several times, in iterations of a generate
//! loop, are laid out alike: a bit is in the chain as soon as it is saved in one
//! of them. What is dead elsewhere does no harm there.
//!
//! A slot holds, in words: the id, the checkpoint index, the chain words, the
//! CRC-32, the commit word. Id and CRC take as many words as 32 bits need.

#[cfg(test)]
mod tests;

use sha2::{Digest, Sha256};

use crate::liveness::{BitIndex, BitSet};
use crate::netlist::{BitNaming, InstanceId, Netlist, RegId, register_groups};
use crate::plan::Plan;

/// Widths and sizes of the memory.
#[derive(Debug, Clone)]
pub struct LayoutOptions {
    /// Bits per NVM word, at least 1.
    pub word_bits: u32,
    /// Slots, at least 2.
    pub slots: u32,
    /// Text that tells this design from others: a hash of its source.
    pub seed: String,
}

impl Default for LayoutOptions {
    fn default() -> LayoutOptions {
        LayoutOptions {
            word_bits: 32,
            slots: 2,
            seed: String::new(),
        }
    }
}

/// Where every saved bit lives.
#[derive(Debug, Clone)]
pub struct Layout {
    /// Bits per NVM word and per chain word.
    pub word_bits: u32,
    /// Saved bits in chain order, least significant bit of word 0 first; not padded.
    pub chain: Vec<(RegId, u32)>,
    /// Segments in chain order, one per instance with saved bits of its own:
    /// its bits are `chain[start..start + len]`.
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

/// Bits that stay together: neighbours in one register, saved by the same checkpoints.
struct Run {
    register: RegId,
    bits: std::ops::Range<u32>,
    savers: Vec<u32>,
}

/// Lays out the bits that a plan saves. `bits` is the numbering that the plan
/// uses. A register whose bits cannot be selected one by one in the source is
/// taken whole as soon as one bit is saved, and so is one in a generate loop.
pub fn layout(netlist: &Netlist, plan: &Plan, bits: &BitIndex, options: &LayoutOptions) -> Layout {
    let mut own: Vec<Vec<Run>> = netlist.instances.iter().map(|_| Vec::new()).collect();
    let groups = Groups::of(netlist);
    for (index, register) in netlist.registers.iter().enumerate() {
        let runs = runs(netlist, plan, bits, &groups, RegId(index as u32));
        own[register.origin.instance.index()].extend(runs);
    }
    let mut chain = Vec::new();
    let mut segments = Vec::new();
    for instance in depth_first(netlist) {
        let start = chain.len();
        let runs = &mut own[instance.index()];
        // Stable: source order among equals.
        runs.sort_by(|a, b| a.savers.cmp(&b.savers));
        for run in runs.iter() {
            chain.extend(run.bits.clone().map(|bit| (run.register, bit)));
        }
        if chain.len() > start {
            segments.push(Segment {
                instance,
                start: start as u32,
                len: (chain.len() - start) as u32,
            });
        }
    }
    let words = (chain.len() as u32).div_ceil(options.word_bits).max(1);
    let live_words: Vec<BitSet> = (plan.checkpoints.iter())
        .map(|checkpoint| {
            let mut live = BitSet::new(words as usize);
            for (at, &(register, bit)) in chain.iter().enumerate() {
                if checkpoint.saved.contains(bits.of(register, bit)) {
                    live.insert(at / options.word_bits as usize);
                }
            }
            live
        })
        .collect();
    let wide = 32u32.div_ceil(options.word_bits);
    Layout {
        word_bits: options.word_bits,
        id: id(netlist, options, &chain, &live_words),
        chain,
        segments,
        words,
        live_words,
        slot_words: words + 2 * wide + 2,
        slots: options.slots,
    }
}

/// The registers that are laid out alike.
struct Groups {
    /// By register.
    group: Vec<usize>,
    members: Vec<Vec<RegId>>,
}

impl Groups {
    fn of(netlist: &Netlist) -> Groups {
        let members = register_groups(netlist);
        let mut group = vec![0; netlist.registers.len()];
        for (at, list) in members.iter().enumerate() {
            for register in list {
                group[register.index()] = at;
            }
        }
        Groups { group, members }
    }

    fn with(&self, register: RegId) -> &[RegId] {
        &self.members[self.group[register.index()]]
    }
}

/// The saved bits of a register, cut where the checkpoints that save them change.
fn runs(
    netlist: &Netlist,
    plan: &Plan,
    bits: &BitIndex,
    groups: &Groups,
    register: RegId,
) -> Vec<Run> {
    let info = &netlist.registers[register.index()];
    let group = groups.with(register);
    let savers = |of: RegId, bit: u32| -> Vec<u32> {
        let number = bits.of(of, bit);
        let checkpoints = plan.checkpoints.iter().enumerate();
        let own = checkpoints.filter(|(_, checkpoint)| checkpoint.saved.contains(number));
        own.map(|(index, _)| index as u32).collect()
    };
    let width = |of: &RegId| netlist.registers[of.index()].width;
    let union = |mut list: Vec<u32>| {
        list.sort_unstable();
        list.dedup();
        list
    };
    let whole = group.iter().any(|of| {
        let other = &netlist.registers[of.index()];
        other.origin.bits == BitNaming::Whole
            || !other.origin.process.place.loops.is_empty()
            || other.width != info.width
    });
    if whole {
        let all = group
            .iter()
            .flat_map(|of| (0..width(of)).flat_map(|bit| savers(*of, bit)));
        let whole = Run {
            register,
            bits: 0..info.width,
            savers: union(all.collect()),
        };
        return (!whole.savers.is_empty())
            .then_some(whole)
            .into_iter()
            .collect();
    }
    let all: Vec<Vec<u32>> = (0..info.width)
        .map(|bit| union(group.iter().flat_map(|of| savers(*of, bit)).collect()))
        .collect();
    let mut runs: Vec<Run> = Vec::new();
    for (bit, savers) in all.into_iter().enumerate() {
        let bit = bit as u32;
        match runs.last_mut() {
            Some(run) if run.bits.end == bit && run.savers == savers => run.bits.end = bit + 1,
            _ => runs.push(Run {
                register,
                bits: bit..bit + 1,
                savers,
            }),
        }
    }
    runs.retain(|run| !run.savers.is_empty());
    runs
}

/// The instances, each before its children, those in the order of the list.
fn depth_first(netlist: &Netlist) -> Vec<InstanceId> {
    let mut children: Vec<Vec<InstanceId>> = netlist.instances.iter().map(|_| Vec::new()).collect();
    let mut open = Vec::new();
    for (index, instance) in netlist.instances.iter().enumerate() {
        let id = InstanceId(index as u32);
        match instance.parent {
            Some(parent) => children[parent.index()].push(id),
            None => open.push(id),
        }
    }
    open.reverse();
    let mut order = Vec::with_capacity(netlist.instances.len());
    while let Some(id) = open.pop() {
        order.push(id);
        open.extend(children[id.index()].iter().rev());
    }
    order
}

/// 32 bits over the design and everything that gives a word its meaning.
fn id(
    netlist: &Netlist,
    options: &LayoutOptions,
    chain: &[(RegId, u32)],
    live_words: &[BitSet],
) -> u32 {
    let mut hasher = Sha256::new();
    let mut text = |part: &str| {
        hasher.update((part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    };
    text(&options.seed);
    text(&netlist.top);
    text(&format!("{} {}", options.word_bits, options.slots));
    for &(register, bit) in chain {
        text(&netlist.registers[register.index()].name);
        text(&bit.to_string());
    }
    for set in live_words {
        let words: Vec<String> = set.iter().map(|word| word.to_string()).collect();
        text(&words.join(" "));
    }
    let digest = hasher.finalize();
    u32::from_le_bytes([digest[0], digest[1], digest[2], digest[3]])
}
