//! The control states found so far, as small numbers.
//!
//! Each value of a register is kept once and has a number; a state is the
//! numbers of its registers' values. So a state costs four bytes a register,
//! and what leaving a register out would make of the states is asked by sums of
//! hashes: the sum over the other registers stands for the rest of a state. The
//! answers only guide which register is left out.

use indexmap::{IndexMap, IndexSet};
use rustc_hash::FxBuildHasher;

use super::StateId;
use crate::netlist::Bits;

/// Control states in the order found.
pub(super) struct States {
    widths: Vec<u32>,
    /// Per register, the values that it takes.
    values: Vec<IndexSet<Box<[u64]>, FxBuildHasher>>,
    /// The numbers of each state's values, and whether it is initial.
    found: IndexMap<Box<[u32]>, bool, FxBuildHasher>,
}

impl States {
    /// No states of registers of some widths.
    pub(super) fn new(widths: Vec<u32>) -> States {
        States {
            values: vec![IndexSet::default(); widths.len()],
            widths,
            found: IndexMap::default(),
        }
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.found.len()
    }

    /// The number of a value of register `at`.
    pub(super) fn number(&mut self, at: usize, value: &[u64]) -> u32 {
        let values = &mut self.values[at];
        let known = values.get_index_of(value);
        known.unwrap_or_else(|| values.insert_full(value.into()).0) as u32
    }

    /// The state with these values, new or not.
    pub(super) fn add(&mut self, numbers: &[u32], initial: bool) -> StateId {
        let index = match self.found.get_index_of(numbers) {
            Some(index) => index,
            None => self.found.insert_full(numbers.into(), false).0,
        };
        self.found[index] |= initial;
        StateId(index as u32)
    }

    /// Whether a state is initial.
    pub(super) fn is_initial(&self, state: StateId) -> bool {
        self.found[state.index()]
    }

    /// The values of a state.
    pub(super) fn values(&self, state: StateId) -> Vec<Bits> {
        let (numbers, _) = (self.found.get_index(state.index())).expect("a state that was found");
        let values = numbers.iter().zip(&self.values).zip(&self.widths);
        values
            .map(|((&number, values), &width)| Bits::new(width, &values[number as usize], &[]))
            .collect()
    }

    /// How many values register `at` takes.
    pub(super) fn distinct(&self, at: usize) -> usize {
        self.values[at].len()
    }

    /// Per state a hash of its values in all registers.
    pub(super) fn hashes(&self) -> Vec<u64> {
        let of = |numbers: &[u32]| {
            let each = numbers.iter().enumerate();
            each.fold(0u64, |sum, (at, &number)| sum.wrapping_add(mix(at, number)))
        };
        self.found.keys().map(|numbers| of(numbers)).collect()
    }

    /// The hashes when register `at` does not count any more.
    pub(super) fn without(&self, hashes: &[u64], at: usize) -> Vec<u64> {
        let each = self.found.keys().zip(hashes);
        each.map(|(numbers, hash)| hash.wrapping_sub(mix(at, numbers[at])))
            .collect()
    }
}

/// How many different hashes there are.
pub(super) fn count(hashes: &[u64]) -> usize {
    let mut hashes = hashes.to_vec();
    hashes.sort_unstable();
    hashes.dedup();
    hashes.len()
}

/// A hash of one register's value.
fn mix(at: usize, number: u32) -> u64 {
    let mut hash = ((at as u64 + 1) << 32) + u64::from(number);
    for factor in [0xbf58_476d_1ce4_e5b9, 0x94d0_49bb_1331_11eb] {
        hash = (hash ^ hash >> 30).wrapping_mul(factor);
    }
    hash ^ hash >> 31
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_are_kept_once_and_counted_without_a_register() {
        let mut states = States::new(vec![4, 70]);
        for (a, b) in [(1, 2), (1, 3), (2, 2), (1, 2)] {
            let numbers = [states.number(0, &[a]), states.number(1, &[b, 1])];
            states.add(&numbers, a == 2);
        }
        assert_eq!(states.len(), 3);
        assert!(states.is_initial(StateId(2)) && !states.is_initial(StateId(0)));
        let wide = Bits::new(70, &[3, 1], &[]);
        assert_eq!(states.values(StateId(1)), [Bits::from_u64(4, 1), wide]);
        assert_eq!(states.distinct(0), 2);
        let hashes = states.hashes();
        assert_eq!(count(&hashes), 3);
        let rest = states.without(&hashes, 1);
        assert_eq!(count(&rest), 2);
        assert_eq!(rest[0], rest[1]);
        assert_eq!(count(&states.without(&rest, 0)), 1);
    }
}
