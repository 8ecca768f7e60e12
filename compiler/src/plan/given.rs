//! Bits that an image need not hold, because its checkpoint tells their values.
//!
//! An image names its checkpoint, and a save is made in a checkpoint only where
//! the control registers show the facts of its state: the wrapper compares just
//! these bits with just these constants. So whatever the analysis believed, each
//! of them *is* its constant when it would be saved, and a restore that puts the
//! constant back restores what was there.

use crate::control::{ControlGraph, StateId};
use crate::liveness::{BitSet, Liveness};

/// Register bits with their values, in the numbering of the liveness.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    bits: BitSet,
    ones: BitSet,
}

impl Given {
    /// None of `len` bits.
    pub fn none(len: usize) -> Given {
        Given {
            bits: BitSet::new(len),
            ones: BitSet::new(len),
        }
    }

    /// The live bits of a state whose values its facts tell.
    pub fn of(graph: &ControlGraph, liveness: &Liveness, state: StateId) -> Given {
        let live = &liveness.live[state.index()];
        let mut given = Given::none(live.capacity());
        let values = &graph.states[state.index()].values;
        for (&register, value) in graph.registers.iter().zip(values) {
            if !value.is_known() {
                continue;
            }
            for bit in 0..value.width() {
                let number = liveness.bits.of(register, bit);
                if live.contains(number) {
                    given.insert(number, value.bit(bit) == Some(true));
                }
            }
        }
        given
    }

    /// Adds a bit.
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

    /// The value of a bit, where it is given.
    pub fn value(&self, number: usize) -> Option<bool> {
        (self.bits.contains(number)).then(|| self.ones.contains(number))
    }

    /// How many bits are given.
    pub fn count(&self) -> usize {
        self.bits.count()
    }

    /// The bits.
    pub fn bits(&self) -> &BitSet {
        &self.bits
    }
}
