//! Bits that an image need not hold, because its checkpoint tells their values.
//!
//! An image names its checkpoint, and a save is made in a checkpoint only where
//! the registers have all bits that it gives: the wrapper compares just these bits
//! with just these constants. So whatever the analysis believed, each of them *is* its
//! constant when it would be saved, and a restore that puts the constant back restores what
//! was there. What rests on the analysis is that a checkpoint is met when it is due.

use super::Checkpoint;
use crate::control::{ControlGraph, StateId};
use crate::liveness::{BitSet, Constants, Liveness};
use crate::netlist::{Assigned, Netlist, RegId};

/// The live bits of a state whose values its facts tell, or follow from how it is
/// reached; of the latter those that the wrapper can compare.
pub fn given(
    netlist: &Netlist,
    graph: &ControlGraph,
    liveness: &Liveness,
    state: StateId,
) -> Constants {
    let live = &liveness.live[state.index()];
    let constants = &liveness.constants[state.index()];
    let mut given = Constants::none(live.capacity());
    for number in constants.bits().iter() {
        let (register, _) = liveness.bits.bit(number);
        if let Some(one) = constants.value(number)
            && (graph.registers.contains(&register) || is_comparable(netlist, register))
        {
            given.insert(number, one);
        }
    }
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

/// The live bits of a state that tell it: those of control registers that are known in it.
pub fn told(graph: &ControlGraph, liveness: &Liveness, state: StateId) -> BitSet {
    let live = &liveness.live[state.index()];
    let mut told = BitSet::new(live.capacity());
    let values = &graph.states[state.index()].values;
    for (&register, value) in graph.registers.iter().zip(values) {
        for bit in (0..value.width()).filter(|&bit| value.bit(bit).is_some()) {
            let number = liveness.bits.of(register, bit);
            if live.contains(number) {
                told.insert(number);
            }
        }
    }
    told
}

impl Checkpoint {
    /// The bits that its recognition compares beyond those that tell the state: each of them is given or derived, and would
    /// not be looked at if it were saved.
    pub fn compared(&self) -> impl Iterator<Item = usize> + '_ {
        let given = self.given.bits().iter();
        let given = given.filter(|&bit| !self.told.contains(bit));
        given.chain(self.derived.keys().copied())
    }

    /// Bits that were to be given or derived are saved; those that tell the state are compared all the same.
    pub fn save(&mut self, bits: impl IntoIterator<Item = usize>) {
        for bit in bits {
            if self.given.value(bit).is_some() || self.derived.remove(&bit).is_some() {
                self.given.remove(bit);
                self.saved.insert(bit);
            }
        }
    }
}

/// Whether a register can be led out to the wrapper by its name in its module, and
/// every instance around by itself.
pub(super) fn is_comparable(netlist: &Netlist, register: RegId) -> bool {
    let origin = &netlist.registers[register.index()].origin;
    let place = &origin.process.place;
    let mut instance = Some(origin.instance);
    let mut looped = false;
    while let Some(at) = instance {
        let own = &netlist.instances[at.index()];
        looped |= own.in_generate_loop;
        instance = own.parent;
    }
    !looped
        && place.loops.is_empty()
        && place.block.is_none()
        && origin.scope_path.is_empty()
        && origin.assigned != Assigned::Mixed
}
