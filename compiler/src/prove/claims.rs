//! What is claimed of a state, looked up, and as formulas over the registers.

use super::Claims;
use super::aig::Lit;
use super::machine::Circuit;
use crate::control::StateId;
use crate::liveness::{BitSet, Constants};
use crate::netlist::{Bits, RegId};
use crate::plan::Checkpoint;

/// The states that edges lead to from a state, each once.
pub(super) fn successors(claims: &Claims<'_>, state: StateId) -> Vec<StateId> {
    let edges = claims.graph.edges_from(state).iter();
    let mut list: Vec<StateId> = edges.map(|edge| edge.to).collect();
    list.sort_unstable();
    list.dedup();
    list
}

fn checkpoint<'a>(claims: &Claims<'a>, state: StateId) -> Option<&'a Checkpoint> {
    let mut checkpoints = claims.plan?.checkpoints.iter();
    checkpoints.find(|checkpoint| checkpoint.state == state)
}

/// The bits that a state keeps over a supply failure, or that both copies must
/// agree on when it is entered.
pub(super) fn kept<'a>(claims: &Claims<'a>, state: StateId) -> &'a BitSet {
    match checkpoint(claims, state) {
        Some(checkpoint) => &checkpoint.saved,
        None => &claims.liveness.live[state.index()],
    }
}

/// What a restore of the state's checkpoint puts into bits that are not saved.
pub(super) fn given<'a>(claims: &Claims<'a>, state: StateId) -> Option<&'a Constants> {
    checkpoint(claims, state).map(|checkpoint| &checkpoint.given)
}

/// The memories that a state keeps over a supply failure, likewise.
pub(super) fn kept_memories<'a>(claims: &Claims<'a>, state: StateId) -> &'a BitSet {
    match checkpoint(claims, state) {
        Some(checkpoint) => &checkpoint.memories,
        None => &claims.liveness.memories[state.index()],
    }
}

/// The value of each register that the facts of a state give.
pub(super) fn facts<'a>(
    claims: &Claims<'a>,
    state: StateId,
) -> impl Iterator<Item = (RegId, &'a Bits)> {
    let graph = claims.graph;
    let values = graph.states[state.index()].values.iter();
    (graph.registers.iter().copied().zip(values)).filter(|(_, value)| value.is_known())
}

/// "The registers have the values that the facts of a state give."
pub(super) fn satisfies(
    claims: &Claims<'_>,
    circuit: &mut Circuit,
    registers: &[Vec<Lit>],
    state: StateId,
) -> Lit {
    let mut bits = Vec::new();
    for (register, value) in facts(claims, state) {
        for (bit, &lit) in registers[register.index()].iter().enumerate() {
            bits.push(if value.bit(bit as u32) == Some(true) {
                lit
            } else {
                !lit
            });
        }
    }
    circuit.aig.all(bits)
}

/// "The registers have the constants of a state."
pub(super) fn constant(
    claims: &Claims<'_>,
    circuit: &mut Circuit,
    registers: &[Vec<Lit>],
    state: StateId,
) -> Lit {
    let constants = &claims.liveness.constants[state.index()];
    let bits = constants.bits().iter().map(|number| {
        let (register, bit) = claims.liveness.bits.bit(number);
        let lit = registers[register.index()][bit as usize];
        match constants.value(number) {
            Some(true) => lit,
            _ => !lit,
        }
    });
    let bits: Vec<Lit> = bits.collect();
    circuit.aig.all(bits)
}
