//! The properties in the module's documentation, by brute force on random
//! small machines, and exact results on hand-built ones.

use std::collections::HashMap;

use super::*;
use crate::control::{self, ControlOptions, Edge, State, StateId};
use crate::netlist::eval::{self, MachineState};
use crate::netlist::testing::{Builder, Rng, fit, random_expr};
use crate::netlist::{BinaryOp, ClockId, ExprId, MemId, Memory, MemoryWrite, Node, RegId};

fn explore(netlist: &Netlist, options: &ControlOptions) -> ControlGraph {
    let (graph, diagnostics) = control::explore(netlist, options);
    assert!(!diagnostics.has_errors(), "{diagnostics:?}");
    graph
}

/// Splits a number into the values of all registers.
pub(crate) fn state_of(netlist: &Netlist, mut number: u64) -> MachineState {
    let mut state = MachineState::zero(netlist);
    for bit in state.registers.iter_mut().flatten() {
        *bit = number & 1 == 1;
        number >>= 1;
    }
    state
}

pub(crate) fn inputs_of(netlist: &Netlist, mut number: u64) -> Vec<Vec<bool>> {
    let input = |width: u32| {
        (0..width)
            .map(|_| {
                let bit = number & 1 == 1;
                number >>= 1;
                bit
            })
            .collect()
    };
    netlist.inputs.iter().map(|i| i.width).map(input).collect()
}

pub(crate) fn input_bits(netlist: &Netlist) -> u32 {
    netlist.inputs.iter().map(|input| input.width).sum()
}

/// Whether a valuation satisfies the facts of a control state.
pub(crate) fn satisfies(graph: &ControlGraph, state: &State, machine: &MachineState) -> bool {
    (graph.registers.iter().zip(&state.values)).all(|(register, value)| {
        let actual = &machine.registers[register.index()];
        (0..value.width()).all(|at| value.bit(at).is_none_or(|bit| bit == actual[at as usize]))
    })
}

/// The edge that a valuation takes; exactly one must fit.
fn taken<'g>(
    netlist: &Netlist,
    graph: &'g ControlGraph,
    state: StateId,
    machine: &MachineState,
    inputs: &[Vec<bool>],
    context: &str,
) -> &'g Edge {
    let (effective, _) = eval::under_resets(netlist, machine, inputs);
    let values = eval::values(netlist, &effective, inputs);
    let fits = |edge: &&Edge| {
        (edge.assumptions.iter()).all(|a| values[a.expr.index()][a.bit as usize] == a.value)
    };
    let edges: Vec<&Edge> = graph.edges_from(state).iter().filter(fits).collect();
    assert_eq!(edges.len(), 1, "{context}: edges that fit");
    edges[0]
}

/// The live bits of a valuation.
pub(crate) fn project(bits: &BitIndex, live: &BitSet, machine: &MachineState) -> Vec<bool> {
    live.iter()
        .map(|number| {
            let (register, bit) = bits.bit(number);
            machine.registers[register.index()][bit as usize]
        })
        .collect()
}

/// Properties 1 and 2, for all valuations of all states and all inputs.
fn check_liveness(netlist: &Netlist, graph: &ControlGraph, liveness: &Liveness, context: &str) {
    let bits = &liveness.bits;
    for (index, state) in graph.states.iter().enumerate() {
        let id = StateId(index as u32);
        let live = &liveness.live[index];
        for (register, value) in graph.registers.iter().zip(&state.values) {
            let all_live = bits.range(*register).all(|bit| live.contains(bit));
            assert!(!value.is_known() || all_live, "{context}: facts are live");
        }
        for input in 0..1u64 << input_bits(netlist) {
            let inputs = inputs_of(netlist, input);
            let mut seen = HashMap::new();
            for number in 0..1u64 << netlist.flop_bits() {
                let machine = state_of(netlist, number);
                if !satisfies(graph, state, &machine) {
                    continue;
                }
                let edge = taken(netlist, graph, id, &machine, &inputs, context);
                let result = eval::cycle(netlist, &machine, &inputs);
                let to = &graph.states[edge.to.index()];
                assert!(
                    satisfies(graph, to, &result.next),
                    "{context}: {} -> {} misses the facts of its target",
                    state.name,
                    to.name
                );
                let next = project(bits, &liveness.live[edge.to.index()], &result.next);
                let behaviour = (result.outputs, edge.to, next);
                let key = project(bits, live, &machine);
                let other = seen.entry(key).or_insert_with(|| behaviour.clone());
                assert_eq!(
                    *other, behaviour,
                    "{context}: a dead bit of {} matters",
                    state.name
                );
            }
        }
    }
}

/// Every valuation reached from an initial state is in the graph, by its edges.
fn check_graph(netlist: &Netlist, graph: &ControlGraph, context: &str) {
    let mut seen = vec![None; 1 << netlist.flop_bits()];
    let mut open = Vec::new();
    for (index, state) in graph.states.iter().enumerate().filter(|(_, s)| s.initial) {
        for (number, seen) in seen.iter_mut().enumerate() {
            let machine = state_of(netlist, number as u64);
            if satisfies(graph, state, &machine) {
                *seen = Some(StateId(index as u32));
                open.push(number);
            }
        }
    }
    while let Some(number) = open.pop() {
        let state = seen[number].expect("seen when pushed");
        let machine = state_of(netlist, number as u64);
        for input in 0..1u64 << input_bits(netlist) {
            let inputs = inputs_of(netlist, input);
            let edge = taken(netlist, graph, state, &machine, &inputs, context);
            let next = eval::cycle(netlist, &machine, &inputs).next;
            assert!(
                satisfies(graph, &graph.states[edge.to.index()], &next),
                "{context}"
            );
            let bits = next.registers.iter().flatten().rev();
            let next = bits.fold(0, |number, &bit| number * 2 + usize::from(bit));
            if seen[next].is_none() {
                seen[next] = Some(edge.to);
                open.push(next);
            }
        }
    }
}

/// A machine with registers that look like control and others.
pub(crate) fn random_machine(rng: &mut Rng) -> Netlist {
    let mut b = Builder::new();
    let mut pool: Vec<ExprId> = (0..1 + rng.below(2))
        .map(|at| {
            let width = 1 + rng.below(2) as u32;
            b.input(&format!("i{at}"), width)
        })
        .collect();
    let asynchronous = rng.below(3) > 0;
    let mut registers = Vec::new();
    let (mut bits, mut at) = (0, 0);
    while bits < 6 {
        let width = 1 + rng.below(3).min(6 - bits as usize - 1) as u32;
        bits += width;
        let reset = (asynchronous && rng.below(4) > 0).then(|| rng.next());
        let register = b.register(&format!("r{at}"), width, reset);
        registers.push((register, rng.below(5) < 3));
        pool.push(register);
        at += 1;
    }
    for _ in 0..10 {
        let expr = random_expr(&mut b, rng, &pool);
        if b.width(expr) <= 8 {
            pool.push(expr);
        }
    }
    let control: Vec<ExprId> = (registers.iter())
        .filter(|(_, control)| *control)
        .map(|&(register, _)| register)
        .collect();
    for (register, is_control) in registers.clone() {
        let width = b.width(register);
        let mut next = if is_control {
            random_control(&mut b, rng, &pool, &control, register, 3)
        } else {
            let select = pool[rng.below(pool.len())];
            let select = fit(&mut b, select, 1);
            let data = pool[rng.below(pool.len())];
            let data = fit(&mut b, data, width);
            b.mux(select, data, register)
        };
        if !asynchronous {
            let value = b.constant(width, rng.next());
            next = b.mux(b.reset(), value, next);
        }
        b.next(register, next);
    }
    for at in 0..1 + rng.below(2) {
        let output = pool[rng.below(pool.len())];
        b.output(&format!("y{at}"), output);
    }
    b.finish()
}

/// A next value made of constants, steps and other control registers.
fn random_control(
    b: &mut Builder,
    rng: &mut Rng,
    pool: &[ExprId],
    control: &[ExprId],
    own: ExprId,
    depth: u32,
) -> ExprId {
    let width = b.width(own);
    if depth == 0 || rng.below(6) == 0 {
        return match rng.below(4) {
            0 => own,
            1 => {
                let one = b.constant(width, 1 + rng.next() % 2);
                b.binary(BinaryOp::Add, own, one)
            }
            2 => {
                let other = control[rng.below(control.len())];
                fit(b, other, width)
            }
            _ => {
                let value = rng.next();
                b.constant(width, value)
            }
        };
    }
    let select = if rng.flip() {
        let register = control[rng.below(control.len())];
        let value = rng.next();
        b.is(register, value)
    } else {
        let condition = pool[rng.below(pool.len())];
        fit(b, condition, 1)
    };
    let then = random_control(b, rng, pool, control, own, depth - 1);
    let other = random_control(b, rng, pool, control, own, depth - 1);
    b.mux(select, then, other)
}

#[test]
fn random_machines_keep_their_promises() {
    let (mut with_control, mut dead, mut relaxed) = (0, 0, 0);
    for seed in 0..150 {
        let mut rng = Rng::new(seed);
        let netlist = random_machine(&mut rng);
        let options = ControlOptions {
            state_limit: if seed % 7 == 0 { 3 } else { 4096 },
            edge_limit: if seed % 11 == 0 { 2 } else { 1024 },
            ..ControlOptions::default()
        };
        let explored = explore(&netlist, &options);
        let context = format!("seed {seed}\n{}", crate::netlist::print::print(&netlist));
        check_graph(&netlist, &explored, &context);
        let (graph, liveness) = analyze(&netlist, &explored, &[]);
        check_graph(&netlist, &graph, &context);
        check_liveness(&netlist, &graph, &liveness, &context);
        with_control += usize::from(explored.states.len() > 1);
        let facts = graph.states.iter().flat_map(|state| &state.values);
        relaxed += usize::from(facts.into_iter().any(|value| !value.is_known()));
        let all = netlist.flop_bits() as usize;
        dead += usize::from(liveness.live.iter().any(|live| live.count() < all));
    }
    assert!(with_control > 50, "{with_control} machines with control");
    assert!(dead > 50, "{dead} machines with dead bits");
    assert!(relaxed > 15, "{relaxed} machines with needless facts");
}

/// More independent asynchronous resets than there are cases for: some are open.
#[test]
fn open_resets_are_allowed_for() {
    const COUNT: usize = 7;
    let mut b = Builder::new();
    let resets: Vec<ExprId> = (0..COUNT)
        .map(|at| b.input(&format!("rst{at}"), 1))
        .collect();
    let registers: Vec<ExprId> = (0..COUNT)
        .map(|at| b.register(&format!("r{at}"), 1, Some(at as u64 % 2)))
        .collect();
    for at in 0..COUNT {
        let (own, before) = (registers[at], registers[(at + COUNT - 1) % COUNT]);
        let next = b.binary(BinaryOp::Xor, own, before);
        b.next(own, if at == 2 { before } else { next });
        let reset = &mut b.netlist.registers[at].async_resets[0];
        (reset.active, reset.port.0) = (resets[at], format!("rst{at}"));
    }
    let shown = b.binary(BinaryOp::And, registers[COUNT - 1], registers[0]);
    b.output("y", shown);
    let netlist = b.finish();
    let explored = explore(&netlist, &ControlOptions::default());
    let last = &explored.verdicts[COUNT - 1];
    assert!(last.reason.contains("too many cases"), "{}", last.reason);
    let (graph, liveness) = analyze(&netlist, &explored, &[]);
    check_graph(&netlist, &graph, "open");
    check_liveness(&netlist, &graph, &liveness, "open");
}

/// The work of the fixpoint grows with the states of a ring, not with their square.
#[test]
fn work_is_that_of_the_states() {
    let work = |states: u64| {
        let mut b = Builder::new();
        let data = b.input("data", 8);
        let state = b.register("state", 12, Some(0));
        let shown = b.register("shown", 8, Some(0));
        let (mut next, mut value) = (b.constant(12, 0), shown);
        for at in (0..states).rev() {
            let here = b.is(state, at);
            let to = b.constant(12, (at + 1) % states);
            next = b.mux(here, to, next);
            let step = b.constant(8, at);
            let sum = b.binary(BinaryOp::Add, data, step);
            value = b.mux(here, sum, value);
        }
        b.next(state, next);
        b.next(shown, value);
        b.output("y", shown);
        let netlist = b.finish();
        let graph = explore(&netlist, &ControlOptions::default());
        assert_eq!(graph.states.len() as u64, states);
        let bits = BitIndex::new(&netlist);
        let mut uses = uses::Uses::new(&netlist, &graph, &bits);
        let before = uses.work();
        fixpoint::fixpoint(&mut uses, &graph);
        uses.work() - before
    };
    let (short, long) = (work(100), work(400));
    assert!(long < 6 * short, "{short} and {long}");
}

/// A machine like a serial hash: idle, eight rounds over two data words,
/// then the result is updated. Returns the netlist.
pub(crate) fn rounds() -> Netlist {
    let mut b = Builder::new();
    let (start, block) = (b.input("start", 1), b.input("block", 16));
    let state = b.register("state", 2, Some(0));
    let round = b.register("round", 3, Some(0));
    let work = b.register("work", 16, Some(0));
    let result = b.register("result", 16, Some(0));
    let (idle, busy) = (b.is(state, 0), b.is(state, 1));
    let go = b.binary(BinaryOp::And, idle, start);
    let last = b.is(round, 7);
    let end = b.binary(BinaryOp::And, busy, last);
    let finish = b.is(state, 2);
    let [zero, one, two] = [0, 1, 2].map(|value| b.constant(2, value));
    let after = b.mux(finish, zero, state);
    let after = b.mux(end, two, after);
    let next = b.mux(go, one, after);
    b.next(state, next);
    let (step, none) = (b.constant(3, 1), b.constant(3, 0));
    let more = b.binary(BinaryOp::Add, round, step);
    let count = b.mux(busy, more, round);
    let count = b.mux(go, none, count);
    b.next(round, count);
    let sum = b.binary(BinaryOp::Add, work, block);
    let mixed = b.mux(busy, sum, work);
    let loaded = b.mux(go, block, mixed);
    b.next(work, loaded);
    let total = b.binary(BinaryOp::Add, result, work);
    let updated = b.mux(finish, total, result);
    b.next(result, updated);
    b.output("result", result);
    b.output("ready", idle);
    b.finish()
}

/// A machine that fills a memory of two words at once, changes one of them from
/// a register, and shows one.
pub(crate) fn buffer() -> Netlist {
    let mut b = Builder::new();
    let (fill, at) = (b.input("fill", 4), b.input("at", 1));
    let state = b.register("state", 2, Some(0));
    let change = b.register("change", 4, None);
    let [filling, changing, showing] = [0, 1, 2].map(|value| b.is(state, value));
    let [zero, one, two] = [0, 1, 2].map(|value| b.constant(2, value));
    let next = b.mux(changing, two, zero);
    let next = b.mux(filling, one, next);
    b.next(state, next);
    let taken = b.mux(filling, fill, change);
    b.next(change, taken);
    let [low, high] = [0, 1].map(|row| b.constant(1, row));
    let mask = b.constant(4, 15);
    let write = |enable, address, data| MemoryWrite {
        clock: ClockId(0),
        enable,
        address,
        data,
        mask,
    };
    let origin = b.netlist.registers[0].origin.clone();
    b.netlist.memories.push(Memory {
        name: "buffer".to_owned(),
        width: 4,
        depth: 2,
        writes: vec![
            write(filling, low, fill),
            write(filling, high, fill),
            write(changing, at, change),
        ],
        first_index: Some(0),
        processes: vec![origin.process.clone()],
        clock: None,
        plainly_clocked: true,
        init: None,
        origin,
    });
    let read = b.netlist.exprs.intern(Node::MemRead(MemId(0), at), 4);
    let hidden = b.constant(4, 0);
    let shown = b.mux(showing, read, hidden);
    b.output("shown", shown);
    b.finish()
}

#[test]
fn a_memory_is_dead_until_it_is_filled() {
    let netlist = buffer();
    let graph = explore(&netlist, &ControlOptions::default());
    let (graph, liveness) = analyze(&netlist, &graph, &[]);
    let live: Vec<(u64, bool, bool)> = (graph.states.iter().zip(&liveness.live))
        .zip(&liveness.memories)
        .map(|((state, live), memories)| {
            let value = state.values[0].to_u64().expect("the state is a fact");
            let change = liveness.bits.of(RegId(1), 0);
            (value, live.contains(change), memories.contains(0))
        })
        .collect();
    // State, is the register live, is the memory?
    assert_eq!(live, [(0, false, false), (1, true, true), (2, false, true)]);
}

#[test]
fn work_registers_and_counters_are_dead_when_idle() {
    let netlist = rounds();
    let explored = explore(&netlist, &ControlOptions::default());
    assert_eq!(explored.registers.len(), 2, "{:?}", explored.verdicts);
    // Idle, eight rounds, finish; the counter is back at 0 after the last.
    assert_eq!(explored.states.len(), 10);
    let (graph, liveness) = analyze(&netlist, &explored, &[]);
    assert_eq!(graph.states.len(), 10);
    let count = |name: &str| {
        let index = graph.states.iter().position(|state| state.name == name);
        liveness.live[index.unwrap_or_else(|| panic!("{name}: {:?}", graph.states))].count()
    };
    assert_eq!(count("state=0"), 2 + 16);
    assert_eq!(count("state=1,round=3"), 5 + 32);
    assert_eq!(count("state=2"), 2 + 32);
    let reset = explored.reset.expect("found");
    assert!(reset.asynchronous && reset.active_high && reset.port == "rst");
}

#[test]
fn bits_above_the_demanded_ones_are_dead() {
    let mut b = Builder::new();
    let x = b.input("x", 8);
    let q = b.register("q", 8, None);
    let sum = b.binary(BinaryOp::Add, q, x);
    let low = b.slice(sum, 0, 3);
    b.next(q, x);
    b.output("y", low);
    let netlist = b.finish();
    let explored = explore(&netlist, &ControlOptions::default());
    assert_eq!(explored.states.len(), 1);
    assert_eq!(explored.edges.len(), 1);
    let (_, liveness) = analyze(&netlist, &explored, &[]);
    assert_eq!(liveness.live[0].iter().collect::<Vec<_>>(), [0, 1, 2]);
}

#[test]
fn wait_states_forget_the_counter_of_a_free_choice() {
    // A counter that stops anywhere (its limit is an input) and is cleared on
    // the way out of idle: all idle states become one.
    let mut b = Builder::new();
    let (start, limit) = (b.input("start", 1), b.input("limit", 4));
    let busy = b.register("busy", 1, Some(0));
    let count = b.register("count", 4, Some(5));
    let idle = b.unary(crate::netlist::UnaryOp::Not, busy);
    let go = b.binary(BinaryOp::And, idle, start);
    let done = b.binary(BinaryOp::Eq, count, limit);
    let (zero, one) = (b.constant(1, 0), b.constant(1, 1));
    let stop = b.mux(done, zero, busy);
    let stop = b.mux(busy, stop, busy);
    let next = b.mux(go, one, stop);
    b.next(busy, next);
    let (clear, step) = (b.constant(4, 0), b.constant(4, 1));
    let more = b.binary(BinaryOp::Add, count, step);
    let counted = b.mux(busy, more, count);
    let counted = b.mux(go, clear, counted);
    b.next(count, counted);
    b.output("busy", busy);
    let netlist = b.finish();
    let explored = explore(&netlist, &ControlOptions::default());
    assert_eq!(explored.states.len(), 32);
    let (graph, liveness) = analyze(&netlist, &explored, &[]);
    assert_eq!(graph.states.len(), 17);
    assert_eq!(graph.states[0].name, "busy=0");
    assert_eq!(liveness.live[0].count(), 1);
    check_liveness(&netlist, &graph, &liveness, "hand-built");
}
