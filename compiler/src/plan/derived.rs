//! Bits that an image need not hold, because others that it holds tell their values.
//!
//! Sources are saved bits, and inputs that the environment never changes, which a restore finds at the wrapper's port.
//!
//! As with [given bits](super::given), a save is made in a checkpoint only where the registers
//! have what it derives: the wrapper compares each of these bits with the same function of the same
//! bits. So whatever the analysis believed, the function *is* the bit when the save is made, and a restore that puts
//! its value there restores what was there. What rests on the analysis is that a checkpoint is met when it is due.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use super::Checkpoint;
use super::given::is_comparable;
use crate::liveness::{BitSet, Formula, Liveness};
use crate::netlist::{Netlist, RegId};

/// Bits with what they are, by number. The bits that one is made of are saved; inputs never change.
pub type Derived = BTreeMap<usize, Formula>;

/// Whether the wrapper can see a register, to compare it and to restore others from it.
pub fn is_visible(netlist: &Netlist, register: RegId) -> bool {
    is_comparable(netlist, register)
}

/// The saved bits of a checkpoint that follow from others that would still be saved; the wrapper sees all of
/// them. Of equal bits the one that is first by `order` is the source. Without `recompute` no bit is computed:
/// only equal and inverse ones follow.
pub fn derivable(
    netlist: &Netlist,
    liveness: &Liveness,
    checkpoint: &Checkpoint,
    order: impl Fn(usize) -> usize,
    recompute: bool,
) -> Derived {
    let mut usable = BitSet::new(checkpoint.saved.capacity());
    for number in checkpoint.saved.iter() {
        if is_visible(netlist, liveness.bits.bit(number).0) {
            usable.insert(number);
        }
    }
    let relations = &liveness.relations[checkpoint.state.index()];
    // Classes of equal bits, by the bit that they are said to be; each with whether it is inverse.
    let mut classes: BTreeMap<usize, Vec<(usize, bool)>> = BTreeMap::new();
    let mut derived = Derived::new();
    for relation in relations.0.iter().filter(|it| it.is.is_copy()) {
        let inverse = matches!(relation.is, Formula::Not(_));
        match relation.is.sources()[..] {
            [of] => {
                let own = classes.entry(of).or_insert_with(|| vec![(of, false)]);
                own.push((relation.bit, inverse));
            }
            // An input, which the wrapper always sees.
            _ if usable.contains(relation.bit) => {
                derived.insert(relation.bit, relation.is.clone());
            }
            _ => {}
        }
    }
    // Per bit that others are said to be, the one that is saved in its place.
    let mut source: FxHashMap<usize, (usize, bool)> = FxHashMap::default();
    for (&of, members) in &classes {
        let members = members.iter().filter(|(bit, _)| usable.contains(*bit));
        let Some(&(first, flipped)) = members.clone().min_by_key(|(bit, _)| order(*bit)) else {
            continue;
        };
        source.insert(of, (first, flipped));
        for &(bit, inverse) in members.filter(|(bit, _)| *bit != first) {
            derived.insert(bit, Formula::same(first, inverse != flipped));
        }
    }
    if !recompute {
        return derived;
    }
    for relation in relations.0.iter().filter(|it| !it.is.is_copy()) {
        let with = |bit: usize| match source.get(&bit) {
            Some(&(first, flipped)) => Formula::same(first, flipped),
            None => Formula::Bit(bit),
        };
        let is = relation.is.map(&with);
        let (own, flipped) = *source.get(&relation.bit).unwrap_or(&(relation.bit, false));
        let sources = is.sources();
        if !usable.contains(own) || !sources.iter().all(|&bit| usable.contains(bit)) {
            continue;
        }
        // What was a copy of this bit is now a function of its sources.
        let is = is.inverted_if(flipped);
        for other in derived.values_mut() {
            *other = match other.sources().contains(&own) && other.is_copy() {
                true => other.map(&|_| is.clone()),
                false => other.clone(),
            };
        }
        derived.insert(own, is);
    }
    derived
}

impl Checkpoint {
    /// Bits that are to be derived are saved no longer.
    pub fn derive(&mut self, bits: Derived) {
        for &bit in bits.keys() {
            self.saved.remove(bit);
        }
        self.derived.extend(bits);
    }

    /// Bits that were to be derived are saved after all.
    pub fn save_derived(&mut self, bits: impl IntoIterator<Item = usize>) {
        for bit in bits {
            if self.derived.remove(&bit).is_some() {
                self.saved.insert(bit);
            }
        }
    }
}
