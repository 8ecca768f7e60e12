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
//! and what shares a word is chosen so that saves touch few words (`order`); runs
//! of neighbouring bits of one register stay whole where they are saved alike. Bits that no checkpoint saves,
//! but some give or derive, are in the chain, too: a restore sets them.
//!
//! Registers that one text makes several times, in iterations of a generate
//! loop, are laid out alike: a bit is in the chain as soon as it is saved in one
//! of them. What is dead elsewhere does no harm there.
//!
//! A slot holds, in words: the id, the checkpoint index, the chain words, the
//! memories, the CRC-32, the commit word. Id and CRC take as many words as 32
//! bits need. Memories follow each other in the same order of instances, of each the
//! ranges of rows that some checkpoint saves ([`MemoryRange`]); each row begins with a new word.

mod cold;
mod course;
mod derived;
mod effort;
mod given;
mod order;
mod ranges;
mod saves;
#[cfg(test)]
mod tests;

use sha2::{Digest, Sha256};

pub use cold::{ChainWord, ColdImage};
pub use derived::DerivedBit;
pub use effort::Shape;
pub use ranges::MemoryRange;
pub use saves::Saves;

use crate::liveness::{BitIndex, BitSet, Verilog};
use crate::netlist::{BitNaming, InputId, InstanceId, MemId, Netlist, RegId, register_groups};
use crate::plan::{Checkpoint, Plan};

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
    /// The memories that are saved at some checkpoint or loaded at a cold start,
    /// in the order of the payload. Those of an instance, with all below it, are
    /// neighbours, its own first.
    pub memories: Vec<MemoryPlace>,
    /// The rows of them that are, in the same order.
    pub ranges: Vec<MemoryRange>,
    /// Per checkpoint, the numbers in `ranges` of those that it saves.
    pub live_ranges: Vec<BitSet>,
    /// Per checkpoint, what a restore puts into the words that it does not read:
    /// the bits that the checkpoint gives. Words that are not listed are zero.
    pub given: Vec<Vec<ChainWord>>,
    /// Per checkpoint, the bits of such words that are derived from words restored before.
    pub derived: Vec<Vec<DerivedBit>>,
    /// Per checkpoint, the bits that it gives and derives, and that are compared to recognise it.
    pub compared: Vec<(u64, u64)>,
    /// What a cold start loads, if anything.
    pub cold: Option<ColdImage>,
    /// NVM words of one slot.
    pub slot_words: u32,
    /// Slots.
    pub slots: u32,
    /// Hash of design and layout, tells images apart.
    pub id: u32,
}

/// What came of a width of words, where several were tried.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WidthTried {
    /// Bits of a word.
    pub word_bits: u32,
    /// What it costs; `None` where the budget is refused.
    pub cost: Option<f64>,
}

/// A plan with its layout.
#[derive(Debug, Clone)]
pub struct LaidOut {
    /// The checkpoints.
    pub plan: Plan,
    /// Where their bits live.
    pub layout: Layout,
    /// Live bits of all checkpoints together, those of memories included.
    pub live_bits: u64,
    /// Saved bits of all checkpoints together.
    pub saved_bits: u64,
}

impl Layout {
    /// Payload words of all memories.
    pub fn memory_words(&self) -> u32 {
        self.ranges.iter().map(|range| range.words).sum()
    }
}

/// A memory of the payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MemoryPlace {
    /// The memory.
    pub memory: MemId,
    /// Its instance.
    pub instance: InstanceId,
    /// All of its rows.
    pub rows: u32,
    /// Words of a row.
    pub row_words: u32,
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
    savers: Savers,
}

/// The checkpoints that save a bit, and the cold start; none where those that
/// need it give it. `None` where the chain does without the bit.
type Savers = Option<Vec<u32>>;

/// The cold start among the savers.
const COLD: u32 = u32::MAX;

/// Lays out the bits that a plan saves. `bits` is the numbering that the plan
/// uses. A register whose bits cannot be selected one by one in the source is
/// taken whole as soon as one bit is saved, and so is one in a generate loop.
pub fn layout(netlist: &Netlist, plan: &Plan, bits: &BitIndex, options: &LayoutOptions) -> Layout {
    let mut own: Vec<Vec<Run>> = netlist.instances.iter().map(|_| Vec::new()).collect();
    let groups = Groups::of(netlist);
    let order = depth_first(netlist);
    for (index, register) in netlist.registers.iter().enumerate() {
        let runs = runs(netlist, plan, bits, &groups, RegId(index as u32));
        own[register.origin.instance.index()].extend(runs);
    }
    let mut chain = Vec::new();
    let mut segments = Vec::new();
    let mut words = order::Chain::new(options.word_bits, plan.checkpoints.len());
    for &instance in &order {
        let start = chain.len();
        for run in in_order(std::mem::take(&mut own[instance.index()]), &mut words) {
            chain.extend(run.bits.map(|bit| (run.register, bit)));
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
    let wide = 32u32.div_ceil(options.word_bits);
    let memories = places(netlist, plan, bits, &order, options.word_bits);
    let (ranges, live_ranges, loaded) = ranges::ranges(plan, &bits.parts, &memories);
    let cold = (!plan.cold.is_empty()).then(|| {
        let ranges = (memories.as_slice(), ranges.as_slice(), loaded);
        cold::image(netlist, &chain, ranges, options.word_bits)
    });
    let mut layout = Layout {
        word_bits: options.word_bits,
        id: 0,
        chain,
        segments,
        words,
        live_words: Vec::new(),
        memories,
        ranges,
        live_ranges,
        given: Vec::new(),
        derived: Vec::new(),
        compared: Vec::new(),
        cold,
        slot_words: 0,
        slots: options.slots,
    };
    layout.slot_words = words + layout.memory_words() + 2 * wide + 2;
    layout.settle(netlist, plan, bits, &options.seed);
    layout
}

impl Layout {
    /// Takes over what the plan saves, gives and derives, each bit at its place in the chain.
    pub fn settle(&mut self, netlist: &Netlist, plan: &Plan, bits: &BitIndex, seed: &str) {
        let word_bits = self.word_bits;
        let chain = self.chain.iter().enumerate();
        let live_words = plan.checkpoints.iter().map(|checkpoint| {
            let mut live = BitSet::new(self.words as usize);
            for (at, &(register, bit)) in chain.clone() {
                if checkpoint.saved.contains(bits.of(register, bit)) {
                    live.insert(at / word_bits as usize);
                }
            }
            live
        });
        self.live_words = live_words.collect();
        let given = plan.checkpoints.iter().zip(&self.live_words);
        let given = given.map(|(checkpoint, live)| {
            given::words(&self.chain, live, word_bits, |register, bit| {
                checkpoint.given.value(bits.of(register, bit)) == Some(true)
            })
        });
        self.given = given.collect();
        let places = self.places(bits);
        let visible = |register| crate::plan::is_visible(netlist, register);
        let derived = plan.checkpoints.iter().enumerate();
        let derived =
            derived.map(|(at, checkpoint)| self.derived(at, checkpoint, &places, visible).0);
        self.derived = derived.collect();
        let checkpoints = plan.checkpoints.iter();
        let compared = checkpoints.map(|checkpoint| {
            let (all, derived) = (checkpoint.compared().count(), checkpoint.derived.len());
            ((all - derived) as u64, derived as u64)
        });
        self.compared = compared.collect();
        self.id = id(netlist, seed, self);
    }
}

/// The runs of an instance as they stand in the chain, behind what `words` counts.
fn in_order(mut runs: Vec<Run>, words: &mut order::Chain) -> Vec<Run> {
    // What is only given comes last, so that it shares no word with what is saved but one.
    let only_given = |run: &Run| run.savers.as_ref().is_some_and(Vec::is_empty);
    // Stable: source order among equals.
    runs.sort_by_cached_key(|run| (only_given(run), run.savers.clone()));
    let mut alike: Vec<Vec<Run>> = Vec::new();
    for run in runs {
        match alike.last_mut() {
            Some(class) if class[0].savers == run.savers => class.push(run),
            _ => alike.push(vec![run]),
        }
    }
    let last = (alike.last().is_some_and(|class| only_given(&class[0])))
        .then(|| alike.pop())
        .flatten();
    let class = |runs: &Vec<Run>| {
        let savers = runs[0].savers.iter().flatten();
        let checkpoints = savers.filter(|&&saver| saver != COLD);
        order::Class {
            bits: runs.iter().map(|run| run.bits.len() as u32).sum(),
            savers: words.savers(checkpoints.map(|&at| at as usize)),
        }
    };
    let classes: Vec<order::Class> = alike.iter().map(class).collect();
    let given = last.iter().map(class);
    let given: Vec<order::Class> = given.collect();
    let order = order::order(&classes, words);
    for at in &order {
        words.push(&classes[*at]);
    }
    given.iter().for_each(|class| words.push(class));
    let places = order.into_iter();
    places
        .flat_map(|at| std::mem::take(&mut alike[at]))
        .chain(last.into_iter().flatten())
        .collect()
}

/// The memories that the payload or a cold start needs.
fn places(
    netlist: &Netlist,
    plan: &Plan,
    bits: &BitIndex,
    order: &[InstanceId],
    word_bits: u32,
) -> Vec<MemoryPlace> {
    let mut places = Vec::new();
    for &instance in order {
        for memory in netlist.written_memories() {
            let index = memory.index();
            let of = &netlist.memories[index];
            let saved = |part| {
                let mut checkpoints = plan.checkpoints.iter();
                checkpoints.any(|checkpoint| checkpoint.memories.contains(part))
            };
            let mut parts = bits.parts.of(memory);
            let needed = parts.any(|part| saved(part) || plan.cold.memories.contains(part));
            if of.origin.instance != instance || !needed {
                continue;
            }
            let row_words = of.width.div_ceil(word_bits);
            places.push(MemoryPlace {
                memory,
                instance,
                rows: of.depth,
                row_words,
            });
        }
    }
    places
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

/// The saved bits of a register, and those that a cold start loads, cut where the checkpoints that save them change.
fn runs(
    netlist: &Netlist,
    plan: &Plan,
    bits: &BitIndex,
    groups: &Groups,
    register: RegId,
) -> Vec<Run> {
    let info = &netlist.registers[register.index()];
    let group = groups.with(register);
    let savers = |of: RegId, bit: u32| -> Savers {
        let number = bits.of(of, bit);
        let checkpoints = plan.checkpoints.iter().enumerate();
        let own = checkpoints.filter(|(_, checkpoint)| checkpoint.saved.contains(number));
        let cold = plan.cold.bits.contains(number);
        let list: Vec<u32> = own
            .map(|(index, _)| index as u32)
            .chain(cold.then_some(COLD))
            .collect();
        let mut checkpoints = plan.checkpoints.iter();
        let told =
            |it: &Checkpoint| it.given.value(number).is_some() || it.derived.contains_key(&number);
        let mut given = || checkpoints.any(told);
        (!list.is_empty() || given()).then_some(list)
    };
    let width = |of: &RegId| netlist.registers[of.index()].width;
    let union = |all: &mut dyn Iterator<Item = Savers>| -> Savers {
        let mut union: Savers = None;
        for list in all.flatten() {
            union.get_or_insert_default().extend(list);
        }
        if let Some(list) = &mut union {
            list.sort_unstable();
            list.dedup();
        }
        union
    };
    let whole = group.iter().any(|of| {
        let other = &netlist.registers[of.index()];
        other.origin.bits == BitNaming::Whole
            || !other.origin.process.place.loops.is_empty()
            || other.width != info.width
    });
    if whole {
        let mut all = group
            .iter()
            .flat_map(|of| (0..width(of)).map(|bit| savers(*of, bit)));
        let whole = Run {
            register,
            bits: 0..info.width,
            savers: union(&mut all),
        };
        let wanted = whole.savers.is_some();
        return wanted.then_some(whole).into_iter().collect();
    }
    let all: Vec<Savers> = (0..info.width)
        .map(|bit| union(&mut group.iter().map(|of| savers(*of, bit))))
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
    runs.retain(|run| run.savers.is_some());
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
fn id(netlist: &Netlist, seed: &str, layout: &Layout) -> u32 {
    let mut hasher = Sha256::new();
    let mut text = |part: &str| {
        hasher.update((part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    };
    text(seed);
    text(&netlist.top);
    text(&format!("{} {}", layout.word_bits, layout.slots));
    for &(register, bit) in &layout.chain {
        text(&netlist.registers[register.index()].name);
        text(&bit.to_string());
    }
    for range in &layout.ranges {
        let memory = &netlist.memories[layout.memories[range.place].memory.index()];
        let (width, first, rows) = (memory.width, range.rows.start, range.rows.len());
        text(&memory.name);
        text(&format!("{width} {first} {rows} {}", range.offset));
    }
    for set in layout.live_words.iter().chain(&layout.live_ranges) {
        let words: Vec<String> = set.iter().map(|word| word.to_string()).collect();
        text(&words.join(" "));
    }
    for words in &layout.given {
        let words: Vec<String> = (words.iter())
            .map(|word| format!("{} {}", word.word, word.value))
            .collect();
        text(&words.join(" "));
    }
    for bit in layout.derived.iter().flatten() {
        let input = |input: InputId, bit| format!("{}[{bit}]", netlist.inputs[input.index()].name);
        let is = (bit.is).evaluate(&mut Verilog(|place: usize| place.to_string(), input));
        text(&format!("{} {is}", bit.place));
    }
    let digest = hasher.finalize();
    u32::from_le_bytes([digest[0], digest[1], digest[2], digest[3]])
}
