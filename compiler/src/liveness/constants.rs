//! Register bits with values.

use super::BitSet;

/// Register bits with their values, in the numbering of the liveness.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Constants {
    pub(super) bits: BitSet,
    pub(super) ones: BitSet,
}

impl Constants {
    /// None of `len` bits.
    pub fn none(len: usize) -> Constants {
        Constants {
            bits: BitSet::new(len),
            ones: BitSet::new(len),
        }
    }

    /// Adds a bit, or gives it another value.
    pub fn insert(&mut self, number: usize, one: bool) {
        self.bits.insert(number);
        match one {
            true => {
                self.ones.insert(number);
            }
            false => self.ones.remove(number),
        }
    }

    /// Leaves a bit out.
    pub fn remove(&mut self, number: usize) {
        self.bits.remove(number);
        self.ones.remove(number);
    }

    /// The value of a bit, if it has one.
    pub fn value(&self, number: usize) -> Option<bool> {
        (self.bits.contains(number)).then(|| self.ones.contains(number))
    }

    /// Leaves out what `other` does not have with the same value; tells whether
    /// that is anything.
    pub(super) fn keep_common(&mut self, other: &Constants) -> bool {
        let before = self.bits.clone();
        self.bits.keep(&other.bits);
        self.bits.remove_all(&self.ones.differing(&other.ones));
        self.ones.keep(&self.bits);
        self.bits != before
    }

    /// How many bits have a value.
    pub fn count(&self) -> usize {
        self.bits.count()
    }

    /// The bits that have a value.
    pub fn bits(&self) -> &BitSet {
        &self.bits
    }
}
