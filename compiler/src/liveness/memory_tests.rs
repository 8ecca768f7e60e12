//! Live rows of memories: by brute force on random small machines, and exact results on hand-built ones.

use std::collections::HashMap;

use super::tests::{input_bits, inputs_of, satisfies};
use super::*;
use crate::control::{self, ControlOptions, StateId};
use crate::netlist::eval::{self, MachineState};
use crate::netlist::testing::{Builder, Rng};
use crate::netlist::{BinaryOp, ClockId, ExprId, MemId, Memory, MemoryWrite, Node};

/// Adds a memory with these write ports: enable, address, data, mask.
fn memory(b: &mut Builder, (width, depth): (u32, u32), writes: &[[ExprId; 4]]) -> MemId {
    let origin = b.netlist.registers[0].origin.clone();
    let port = |&[enable, address, data, mask]: &[ExprId; 4]| MemoryWrite {
        clock: ClockId(0),
        enable,
        address,
        data,
        mask,
    };
    b.netlist.memories.push(Memory {
        name: "ram".to_owned(),
        width,
        depth,
        writes: writes.iter().map(port).collect(),
        first_index: Some(0),
        processes: vec![origin.process.clone()],
        clock: None,
        plainly_clocked: true,
        kept: None,
        init: None,
        origin,
    });
    MemId(b.netlist.memories.len() as u32 - 1)
}

/// A machine of two control registers, a register of data and a memory of at most four rows, with
/// addresses that are constants, control registers, free, or partly so.
pub(crate) fn random_machine(rng: &mut Rng) -> Netlist {
    let mut b = Builder::new();
    let input = b.input("i", 2);
    let state = b.register("state", 2, Some(0));
    let count = b.register("count", 2, Some(0));
    let data = b.register("data", 1, None);
    let any = |b: &mut Builder, rng: &mut Rng| {
        let at = rng.next() % 4;
        match rng.below(4) {
            0 => b.is(state, at),
            1 => b.is(count, at),
            2 => b.slice(input, 0, 1),
            _ => {
                let (here, free) = (b.is(state, at), b.slice(input, 1, 1));
                b.binary(BinaryOp::And, here, free)
            }
        }
    };
    for register in [state, count] {
        let step = b.constant(2, 1);
        let mut next = match rng.below(3) {
            0 => register,
            _ => b.binary(BinaryOp::Add, register, step),
        };
        for _ in 0..2 {
            let (when, value) = (any(&mut b, rng), b.constant(2, rng.next()));
            next = b.mux(when, value, next);
        }
        b.next(register, next);
    }
    let address = |b: &mut Builder, rng: &mut Rng| match rng.below(5) {
        0 => b.constant(2, rng.next()),
        1 | 2 => count,
        3 => {
            let (low, high) = (b.slice(input, 0, 1), b.slice(state, 0, 1));
            b.concat(&[low, high])
        }
        _ => input,
    };
    let width = 1 + rng.below(2) as u32;
    let depth = if width == 2 {
        2
    } else {
        3 + rng.below(2) as u32
    };
    let row = |b: &mut Builder, rng: &mut Rng| {
        let address = address(b, rng);
        if depth == 2 {
            b.slice(address, 0, 1)
        } else {
            address
        }
    };
    let mut writes = Vec::new();
    for _ in 0..1 + rng.below(2) {
        let (a, c) = (any(&mut b, rng), any(&mut b, rng));
        let enable = if rng.flip() {
            a
        } else {
            b.binary(BinaryOp::And, a, c)
        };
        let value = if rng.flip() {
            data
        } else {
            b.slice(input, 1, 1)
        };
        let bits = vec![value; width as usize];
        let mask = b.constant(width, if rng.below(3) > 0 { 3 } else { rng.next() });
        writes.push([enable, row(&mut b, rng), b.concat(&bits), mask]);
    }
    let ram = memory(&mut b, (width, depth), &writes);
    let at = row(&mut b, rng);
    let read = b.netlist.exprs.intern(Node::MemRead(ram, at), width);
    let zero = b.constant(width, 0);
    let when = any(&mut b, rng);
    let shown = b.mux(when, read, zero);
    b.output("y", shown);
    let other = row(&mut b, rng);
    let taken = b.netlist.exprs.intern(Node::MemRead(ram, other), width);
    let (taken, when) = (b.slice(taken, 0, 1), any(&mut b, rng));
    let next = b.mux(when, taken, data);
    b.next(data, next);
    let when = any(&mut b, rng);
    let zero = b.constant(1, 0);
    let shown = b.mux(when, data, zero);
    b.output("z", shown);
    b.finish()
}

/// How many bits registers and memories have.
pub(crate) fn all_bits(netlist: &Netlist) -> u64 {
    netlist.flop_bits() + netlist.memory_bits()
}

/// Splits a number into the values of all registers and the contents of memories.
pub(crate) fn state_of(netlist: &Netlist, mut number: u64) -> MachineState {
    let mut state = MachineState::zero(netlist);
    let registers = state.registers.iter_mut().flatten();
    let memories = state.memories.iter_mut().flatten().flatten();
    for bit in registers.chain(memories) {
        *bit = number & 1 == 1;
        number >>= 1;
    }
    state
}

/// What is live of a valuation.
pub(crate) fn project(liveness: &Liveness, state: StateId, machine: &MachineState) -> Vec<bool> {
    let bits = &liveness.bits;
    let mut values = super::tests::project(bits, &liveness.live[state.index()], machine);
    for part in liveness.memories[state.index()].iter() {
        let own = bits.parts.rows(part);
        let words = &machine.memories[own.memory.index()];
        for row in own.rows {
            values.extend(&words[row as usize]);
        }
    }
    values
}

/// A pair of valuations of a state, one of them within the bounds, that agree on what is live and do not behave alike, if there
/// is one: outputs, the next state, and what is live there.
pub(crate) fn differ(
    netlist: &Netlist,
    graph: &ControlGraph,
    liveness: &Liveness,
    state: StateId,
) -> bool {
    for input in 0..1u64 << input_bits(netlist) {
        let inputs = inputs_of(netlist, input);
        let mut seen = HashMap::new();
        for number in 0..1u64 << all_bits(netlist) {
            let machine = state_of(netlist, number);
            if !satisfies(graph, &graph.states[state.index()], &machine) {
                continue;
            }
            let result = eval::cycle(netlist, &machine, &inputs);
            let ends = graph.edges_from(state).iter().map(|edge| edge.to);
            let to = ends.filter(|to| satisfies(graph, &graph.states[to.index()], &result.next));
            let next: Vec<(StateId, Vec<bool>)> = to
                .map(|to| (to, project(liveness, to, &result.next)))
                .collect();
            let behaviour = (eval::sampled(netlist, &machine, &inputs), next);
            let key = project(liveness, state, &machine);
            let within = super::tests::within_ranges(liveness, state.index(), &machine);
            let alike = seen.entry(key).or_insert_with(Vec::new);
            alike.push((within, behaviour));
        }
        for alike in seen.values() {
            let within = alike.iter().find(|(within, _)| *within);
            if within.is_some_and(|(_, own)| alike.iter().any(|(_, other)| other != own)) {
                return true;
            }
        }
    }
    false
}

pub(crate) fn analyzed(netlist: &Netlist) -> (ControlGraph, Liveness) {
    let (graph, _) = control::explore(netlist, &ControlOptions::default());
    analyze(netlist, &graph, &[])
}

#[test]
fn random_memories_keep_their_promises() {
    let (mut whole, mut some, mut none) = (0, 0, 0);
    for seed in 0..100 {
        let netlist = random_machine(&mut Rng::new(seed));
        let (graph, liveness) = analyzed(&netlist);
        for (index, memories) in liveness.memories.iter().enumerate() {
            let state = StateId(index as u32);
            let text = crate::netlist::print::print(&netlist);
            assert!(
                !differ(&netlist, &graph, &liveness, state),
                "seed {seed}: something dead matters in state {index}\n{text}"
            );
            match memories.count() {
                0 => none += 1,
                all if all == liveness.bits.parts.of(MemId(0)).len() => whole += 1,
                _ => some += 1,
            }
        }
    }
    assert!(
        whole > 200 && some > 80 && none > 15,
        "{whole} {some} {none}"
    );
}

/// A machine that writes four rows one after the other, then shows them one after the other.
pub(crate) fn fill_and_drain() -> Netlist {
    let mut b = Builder::new();
    let fill = b.input("fill", 2);
    let drain = b.register("drain", 1, Some(0));
    let count = b.register("count", 2, Some(0));
    let step = b.constant(2, 1);
    let next = b.binary(BinaryOp::Add, count, step);
    b.next(count, next);
    let (last, filling) = (b.is(count, 3), b.is(drain, 0));
    let next = b.mux(last, filling, drain);
    b.next(drain, next);
    let mask = b.constant(2, 3);
    let ram = memory(&mut b, (2, 4), &[[filling, count, fill, mask]]);
    let read = b.netlist.exprs.intern(Node::MemRead(ram, count), 2);
    let zero = b.constant(2, 0);
    let shown = b.mux(drain, read, zero);
    b.output("shown", shown);
    b.finish()
}

#[test]
fn rows_live_from_their_write_to_their_last_read() {
    let netlist = fill_and_drain();
    let (graph, liveness) = analyzed(&netlist);
    assert_eq!(graph.states.len(), 8);
    for (state, memories) in graph.states.iter().zip(&liveness.memories) {
        let [drain, count] = [0, 1].map(|at| state.values[at].to_u64().expect("a fact"));
        let expected: Vec<usize> = match drain {
            0 => (0..count as usize).collect(),
            _ => (count as usize..4).collect(),
        };
        let found: Vec<usize> = memories.iter().collect();
        assert_eq!(found, expected, "{}", state.name);
    }
}

#[test]
fn runs_of_parts_have_the_names_of_their_rows() {
    let mut netlist = fill_and_drain();
    netlist.memories[0].first_index = Some(-1);
    let parts = Parts::new(&netlist);
    let names = |list: &[usize]| -> Vec<String> {
        let runs = parts.runs(list.iter().copied());
        runs.iter().map(|run| run.name(&netlist)).collect()
    };
    assert_eq!(names(&[0, 1, 2, 3]), ["ram"]);
    assert_eq!(names(&[0, 1, 3]), ["ram[-1:0]", "ram[2]"]);
    assert_eq!(parts.bits([1, 3]), 4);
}

/// A large memory has blocks of rows; a write of one row leaves the rest of its block live.
#[test]
fn blocks_of_large_memories_are_told_apart_by_upper_bits() {
    let mut b = Builder::new();
    let (free, data) = (b.input("free", 12), b.input("data", 1));
    let bank = b.register("bank", 1, Some(0));
    let other = b.is(bank, 0);
    b.next(bank, other);
    let address = b.concat(&[free, bank]);
    let one = b.constant(1, 1);
    let ram = memory(&mut b, (1, 8000), &[[other, address, data, one]]);
    let read = b.netlist.exprs.intern(Node::MemRead(ram, address), 1);
    let zero = b.constant(1, 0);
    let shown = b.mux(other, read, zero);
    b.output("y", shown);
    let netlist = b.finish();
    let (_, liveness) = analyzed(&netlist);
    let parts = &liveness.bits.parts;
    assert_eq!(
        (parts.of(ram).len(), parts.rows(999).rows),
        (1000, 7992..8000)
    );
    // Bank 0 is read only; nothing of bank 1 ever is. Its last rows are missing, so an access to it may be anywhere.
    for memories in &liveness.memories {
        assert_eq!(parts.runs(memories.iter())[0].rows, 0..4096);
        assert_eq!(memories.count(), 512);
    }
}
