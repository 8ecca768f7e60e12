//! Memories that outlive a supply failure by themselves: what is read of them is not written again before a commit.
//!
//! After a failure the registers are those of the last commit, and such a memory holds what the failure has left. The plan says
//! per state which rows a cycle in it may read, and which may have been read since the last sure commit. Checked of it are
//!
//! 1. without a solver, that along every edge what was read stays among the latter, but where the edge leads to a checkpoint
//!    whose save is never skipped;
//! 2. that no cycle writes a row of them, and none writes a row in part; and
//! 3. that a cycle shows, writes, and leaves behind the same where all other rows, and those that it writes itself, hold
//!    anything.
//!
//! With the obligations of the states, for which contents are equal, it follows that what runs again after a failure
//! does what it did, whatever the failure left of the row that was being written: what it reads first is as it
//! was at the commit, and everything else is written before it is read.
//!
//! Not proved here: that the wrapper makes the commits (`verify` tries it), and that nothing is written while the
//! first reset has not yet told the registers.

use std::time::Instant;

use super::aig::Lit;
use super::circuit::{Circuit, Contents, Writes};
use super::claims::{facts, part_rows, successors};
use super::machine::{Copy, Machine};
use super::obligation::{Second, step_of};
use super::{Claims, Counterexample, Effect, Verdict};
use crate::control::StateId;
use crate::liveness::BitSet;
use crate::netlist::MemId;
use crate::rewrites::Rewrites;

/// Whether there is anything to check.
pub(super) fn are_claimed(claims: &Claims<'_>) -> bool {
    claims.plan.is_some() && claims.netlist.kept_memories().next().is_some()
}

fn said<'a>(claims: &Claims<'a>) -> &'a Rewrites {
    &claims.plan.expect("it is asked about plans only").rewrites
}

/// A set of a state; nothing where the plan says nothing.
fn of(sets: &[BitSet], state: StateId, claims: &Claims<'_>) -> BitSet {
    let none = || BitSet::new(claims.liveness.bits.parts.len());
    sets.get(state.index()).cloned().unwrap_or_else(none)
}

/// Whether registers can satisfy the facts of both states.
fn may_be_both(claims: &Claims<'_>, a: StateId, b: StateId) -> bool {
    facts(claims, a).all(|(register, here)| {
        let mut there = facts(claims, b).filter(|(other, _)| *other == register);
        there.all(|(_, there)| {
            let bits = 0..here.width();
            bits.filter_map(|bit| here.bit(bit).zip(there.bit(bit)))
                .all(|(one, other)| one == other)
        })
    })
}

/// The parts that a step which ends in a state may read: those of every edge that it may have taken.
fn reads_to(claims: &Claims<'_>, state: StateId, target: StateId) -> BitSet {
    let (graph, said) = (claims.graph, said(claims));
    let mut reads = BitSet::new(claims.liveness.bits.parts.len());
    let first = graph.first_edge(state);
    for (at, edge) in graph.edges_from(state).iter().enumerate() {
        if may_be_both(claims, edge.to, target)
            && let Some(own) = said.reads.get(first + at)
        {
            reads.union_with(own);
        }
    }
    reads
}

/// The verdict on a state, with the size of the largest circuit.
pub(super) fn step(
    claims: &Claims<'_>,
    machine: &Machine<'_>,
    state: StateId,
    deadline: Instant,
) -> (Verdict, usize) {
    if let Some(verdict) = carried(claims, state) {
        return (verdict, 0);
    }
    let mut groups: Vec<(BitSet, Vec<StateId>)> = Vec::new();
    for target in successors(claims, state) {
        let reads = reads_to(claims, state, target);
        match groups.iter_mut().find(|(of, _)| *of == reads) {
            Some((_, targets)) => targets.push(target),
            None => groups.push((reads, vec![target])),
        }
    }
    let (mut verdict, mut gates) = (Verdict::Proved, 0);
    for (reads, targets) in &groups {
        let second = Second::Rewritten { reads, targets };
        let (own, size) = step_of(claims, machine, state, second, deadline);
        gates = gates.max(size);
        match own {
            Verdict::Proved => {}
            Verdict::Unknown => verdict = own,
            Verdict::Refuted(_) => return (own, gates),
        }
    }
    (verdict, gates)
}

/// The first demand on a state's edges; a verdict where it is not met.
fn carried(claims: &Claims<'_>, state: StateId) -> Option<Verdict> {
    let (plan, said) = (claims.plan?, said(claims));
    let is_saved = |state: StateId| plan.checkpoints.iter().any(|it| it.state == state);
    for target in successors(claims, state) {
        if said.sure.contains(&target) && is_saved(target) {
            continue;
        }
        let mut here = of(&said.exposed, state, claims);
        here.union_with(&reads_to(claims, state, target));
        let lost = here.without(&of(&said.exposed, target, claims));
        if let Some(part) = lost.iter().next() {
            return Some(Verdict::Refuted(Box::new(Counterexample {
                bits: Vec::new(),
                memories: vec![claims.liveness.bits.parts.memory(part)],
                effect: Effect::Forgotten(target),
                inputs: Vec::new(),
                registers: Vec::new(),
            })));
        }
    }
    None
}

/// What the second copy has of a memory: the rows that the state is said to read, without those that are written.
pub(super) fn unwritten(
    claims: &Claims<'_>,
    machine: &Machine<'_>,
    first: &Copy,
    reads: &BitSet,
    memory: MemId,
) -> Contents {
    let of_netlist = &claims.netlist.memories[memory.index()];
    if of_netlist.kept.is_none() || of_netlist.writes.is_empty() {
        return Contents::Kept;
    }
    let ports = of_netlist.writes.iter().map(|write| {
        let enable = machine.value(first, write.enable)[0];
        (enable, machine.value(first, write.address).to_vec())
    });
    let writes = Writes {
        ports: ports.collect(),
        depth: of_netlist.depth,
    };
    Contents::Unwritten(Box::new(part_rows(claims, reads, memory)), writes)
}

/// "The cycle writes a row that was read before, or in part", by memory.
pub(super) fn rewritten(
    claims: &Claims<'_>,
    machine: &Machine<'_>,
    circuit: &mut Circuit,
    copy: &Copy,
    state: StateId,
) -> Vec<(Effect, Lit)> {
    let exposed = of(&said(claims).exposed, state, claims);
    let mut list = Vec::new();
    for memory in claims.netlist.kept_memories() {
        let of = &claims.netlist.memories[memory.index()];
        let before = part_rows(claims, &exposed, memory);
        let none = before == Contents::Rows(Vec::new());
        for write in &of.writes {
            let aig = &mut circuit.aig;
            let address = machine.value(copy, write.address);
            let hit = before.keep(aig, address);
            let past = match none {
                true => Lit::FALSE,
                false => !Contents::below(of.depth).keep(aig, address),
            };
            let whole = aig.all(machine.value(copy, write.mask).iter().copied());
            let wrong = aig.any([hit, past, !whole]);
            let wrong = aig.and(machine.value(copy, write.enable)[0], wrong);
            list.push((Effect::Rewritten(memory), wrong));
        }
    }
    list
}
