//! Which register bits are live in each control state.
//!
//! A bit is live in a state if, of two copies of the design in that state that
//! differ only in dead bits, the outputs, the transition taken and the live
//! bits of the next state are the same. The analysis is per transition: a use
//! counts only under the condition of the edge on which it happens.

mod bitset;

pub use bitset::BitSet;

use crate::netlist::{Netlist, RegId};

/// The live bits of every control state.
#[derive(Debug, Clone)]
pub struct Liveness {
    /// Numbering of all register bits.
    pub bits: BitIndex,
    /// Per state, the live bits. Control registers are included where the
    /// state's identity depends on them.
    pub live: Vec<BitSet>,
}

/// A dense numbering of register bits: register `r` has bits
/// `start[r] .. start[r] + width(r)`, least significant first.
#[derive(Debug, Clone)]
pub struct BitIndex {
    start: Vec<u32>,
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
        BitIndex { start }
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

    /// The register and bit of a number.
    pub fn bit(&self, number: usize) -> (RegId, u32) {
        let register = self.start.partition_point(|&s| s as usize <= number) - 1;
        // Registers have at least one bit, so starts are strictly increasing.
        (RegId(register as u32), number as u32 - self.start[register])
    }
}
