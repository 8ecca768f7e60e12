//! Which register bits are live in each control state.
//!
//! A bit is live in a state if, of two copies of the design in that state that
//! differ only in dead bits, the outputs, the transition taken and the live
//! bits of the next state could differ. The analysis is per transition: a use
//! counts only under the condition of the edge on which it happens.
//!
//! Formally, each state S has *facts* F(S): the values of some control
//! registers. Γ(S) is the set of all valuations of all registers that satisfy
//! F(S). The result has these properties, which the tests check by brute force:
//!
//! 1. Whatever the inputs, a valuation in Γ(S) is taken to one in Γ(T) for an
//!    edge S → T whose assumptions it satisfies.
//! 2. Two valuations in Γ(S) that agree on `live(S)` give the same outputs and
//!    memory writes, satisfy the assumptions of the same edge S → T, and their
//!    successors agree on `live(T)`. F(S) is about live bits only.
//!
//! So whoever saves `live(S)` when the registers satisfy F(S), and restores
//! anything in the dead bits, goes on as if nothing had been. Assumptions are
//! handled in their order: each is a use of its bit under the facts and the
//! assumptions before it, so both valuations make the same choice at every
//! step down the decision tree, and at its end share all its assumptions.
//!
//! [`analyze`] begins with all control values as facts, computes the least
//! fixpoint of the uses along the edges (`uses`, `walk`, `demand`, `fixpoint`),
//! then takes away a fact wherever nothing is lost by it (`relax`): a round counter is dead in an
//! idle state, although exploration knows its value. States that end with the
//! same facts are merged.
//!
//! An output of which the user says when it is sampled ([`crate::netlist::Sampled`])
//! counts in property 2 where its condition holds; whether it does counts always.
//!
//! Of the live bits some have one value in a state ([`Constants`]), and some follow from others
//! ([`Relations`]): `propagation` and `relations` carry what is known forward along the same edges.
//!
//! A memory is live in parts ([`Parts`]), mostly single rows: where, by what is known of the
//! addresses in a state, a row may be read before it is overwritten. What a write port depends
//! on is used only if it may write what is live behind the edge. Tables that nothing writes are constants.
//! A memory that outlives a supply failure ([`crate::netlist::Kept`]) is live everywhere: what is written to it counts
//! as shown. Which of its rows may be read and written on an edge, [`accesses`] tells.

mod bitset;
mod bounds;
mod classes;
mod constants;
mod demand;
#[cfg(test)]
mod facts_tests;
mod fixpoint;
mod formula;
#[cfg(test)]
pub(crate) mod machines;
#[cfg(test)]
pub(crate) mod memory_tests;
mod numbering;
mod parts;
mod propagation;
mod ranges;
mod relations;
mod relax;
mod shown;
mod terms;
#[cfg(test)]
pub(crate) mod tests;
mod uses;
mod walk;
mod why;

pub use bitset::BitSet;
pub use constants::Constants;
pub use formula::{Algebra, Formula, Values, Verilog};
pub use parts::{Parts, Rows};
pub use ranges::{Range, Ranges};
pub use relations::{Relation, Relations};
pub use uses::{Accesses, Conflict, Lost};
pub use why::{Item, Reason, Stop, Use, why};

use bounds::Bounds;

use crate::control::{ControlGraph, ValueName};
use crate::netlist::{Netlist, RegId};

/// Computes the live bits of a graph from [`crate::control::explore`].
///
/// Returns the graph with the facts of each state (a register that is no fact
/// has an unknown value in [`crate::control::State::values`]), states with equal
/// facts merged, and the live bits for it. `names` are for the names of states.
pub fn analyze(
    netlist: &Netlist,
    graph: &ControlGraph,
    names: &[ValueName],
) -> (ControlGraph, Liveness) {
    let bits = BitIndex::new(netlist);
    let mut search = propagation::Search::new(netlist, graph, &bits);
    let mut ranges_of = |graph: &ControlGraph| {
        let starts = search.start_values(graph).unwrap_or_default();
        ranges::ranges(netlist, graph, &starts)
    };
    let bounds =
        |ranges: &Option<Vec<Ranges>>| Bounds::new(netlist, ranges.as_deref().unwrap_or_default());
    let mut ranges = ranges_of(graph);
    let mut uses = uses::Uses::new(netlist, graph, &bits, bounds(&ranges));
    let mut graph = graph.clone();
    let mut live = fixpoint::fixpoint(&mut uses, &graph);
    if relax::relax(&mut uses, &mut graph, &mut live) {
        relax::merge(netlist, &mut graph, names);
        // With fewer facts registers can have more values.
        ranges = ranges_of(&graph);
        uses.bound(bounds(&ranges));
        live = fixpoint::fixpoint(&mut uses, &graph);
    }
    let work = uses.work();
    let (live, memories): (Vec<BitSet>, Vec<BitSet>) =
        live.iter().map(|set| bits.split(set)).unzip();
    let mut given_up = GivenUp {
        ranges: ranges.is_none(),
        ..GivenUp::default()
    };
    let ranges = ranges.unwrap_or_else(|| vec![Ranges::new(); live.len()]);
    search.settle(&graph, &ranges, Bounds::new(netlist, &ranges));
    let limit = work / CONSTANTS + LEAST_WORK + search.work();
    let found = propagation::constants(&mut search, &graph, &live, limit);
    given_up.constants = found.is_none();
    let none = || vec![Constants::none(bits.len()); live.len()];
    let constants = found.unwrap_or_else(none);
    let limit = work / RELATIONS + LEAST_RELATIONS + search.work();
    let found = relations::relations(&mut search, &graph, &live, &constants, limit);
    given_up.relations = found.is_none();
    let relations = found.unwrap_or_else(|| vec![Relations::default(); live.len()]);
    drop(search);
    let liveness = Liveness {
        constants,
        ranges,
        relations,
        bits,
        live,
        memories,
        given_up,
    };
    (graph, liveness)
}

/// What was not looked for to the end, because it would have taken too much work beside that of the live bits. There is none of it then,
/// in any state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct GivenUp {
    /// [`Liveness::ranges`]
    pub ranges: bool,
    /// [`Liveness::constants`]
    pub constants: bool,
    /// [`Liveness::relations`]
    pub relations: bool,
}

/// What the edges of an analysed graph may read and write of the memories that outlive a supply failure.
pub fn accesses(netlist: &Netlist, graph: &ControlGraph, liveness: &Liveness) -> Accesses {
    let bits = &liveness.bits;
    let live = liveness.live.iter().zip(&liveness.memories);
    let live: Vec<BitSet> = live.map(|(own, parts)| bits.join(own, parts)).collect();
    uses::accesses(netlist, graph, bits, &live)
}

/// Ranges may take this much work; constants this part of the work that the live bits took, and what
/// follows in any case.
const CONSTANTS: u64 = 2;
/// Relations likewise: as much again.
const RELATIONS: u64 = 1;
const LEAST_RELATIONS: u64 = 2_000_000;
const LEAST_WORK: u64 = 5_000_000;

/// The live bits of every control state.
#[derive(Debug, Clone)]
pub struct Liveness {
    /// Numbering of all register bits.
    pub bits: BitIndex,
    /// Per state, the live bits. The control registers whose value is known in
    /// the state are live; others are where they are used as data.
    pub live: Vec<BitSet>,
    /// Per state, the live parts of memories, by their numbers in [`BitIndex::parts`].
    pub memories: Vec<BitSet>,
    /// Per state, the live bits that have one value there, facts among them.
    pub constants: Vec<Constants>,
    /// Per state, the live bits without one that follow from others.
    pub relations: Vec<Relations>,
    /// Per state, the registers that keep between two numbers there. The bits that all these share are among the constants, and what
    /// they exclude is not live.
    pub ranges: Vec<Ranges>,
    /// What of this is missing.
    pub given_up: GivenUp,
}

/// A dense numbering of register bits: register `r` has bits
/// `start[r] .. start[r] + width(r)`, least significant first. Parts of memories have numbers of their own.
#[derive(Debug, Clone)]
pub struct BitIndex {
    start: Vec<u32>,
    /// The parts of memories.
    pub parts: Parts,
}

impl BitIndex {
    /// Numbers the bits of all registers in netlist order.
    pub fn new(netlist: &Netlist) -> BitIndex {
        let mut start = Vec::with_capacity(netlist.registers.len() + 1);
        let mut next = 0;
        for register in &netlist.registers {
            start.push(next);
            next += register.width;
        }
        start.push(next);
        BitIndex {
            start,
            parts: Parts::new(netlist),
        }
    }

    /// An empty set of the analysis: register bits, then parts of memories.
    fn empty(&self) -> BitSet {
        BitSet::new(self.part(self.parts.len()))
    }

    /// The number of a part of a memory in such a set.
    fn part(&self, part: usize) -> usize {
        // Limbs belong to registers or to memories.
        self.len().next_multiple_of(64) + part
    }

    /// The parts of memories in limbs of such a set.
    fn parts_of(&self, limbs: &[(u32, u64)]) -> BitSet {
        let mut parts = BitSet::new(self.parts.len());
        for &(limb, mask) in limbs {
            if let Some(at) = (limb as usize * 64).checked_sub(self.part(0)) {
                parts.insert_word(at, mask);
            }
        }
        parts
    }

    /// Such a set as one of register bits and one of parts of memories.
    fn split(&self, set: &BitSet) -> (BitSet, BitSet) {
        let mut registers = BitSet::new(self.len());
        let mut memories = BitSet::new(self.parts.len());
        for number in set.iter() {
            match number.checked_sub(self.part(0)) {
                None => registers.insert(number),
                Some(part) => memories.insert(part),
            };
        }
        (registers, memories)
    }

    /// Two such sets as one.
    fn join(&self, registers: &BitSet, parts: &BitSet) -> BitSet {
        let mut set = self.empty();
        for number in registers.iter() {
            set.insert(number);
        }
        for part in parts.iter() {
            set.insert(self.part(part));
        }
        set
    }

    /// How many bits there are.
    pub fn len(&self) -> usize {
        self.start.last().map_or(0, |&end| end as usize)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The number of bit `bit` of a register.
    pub fn of(&self, register: RegId, bit: u32) -> usize {
        (self.start[register.index()] + bit) as usize
    }

    /// The numbers of a register's bits.
    pub fn range(&self, register: RegId) -> std::ops::Range<usize> {
        self.start[register.index()] as usize..self.start[register.index() + 1] as usize
    }

    /// Per number its register.
    fn owners(&self) -> Vec<RegId> {
        let registers = (0..self.start.len() as u32 - 1).map(RegId);
        registers
            .flat_map(|register| self.range(register).map(move |_| register))
            .collect()
    }

    /// The register and bit of a number.
    pub fn bit(&self, number: usize) -> (RegId, u32) {
        let register = self.start.partition_point(|&s| s as usize <= number) - 1;
        // Registers have at least one bit, so starts are strictly increasing.
        (RegId(register as u32), number as u32 - self.start[register])
    }
}
