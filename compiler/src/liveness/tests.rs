//! The properties in the module's documentation, by brute force on random
//! small machines, and exact results on hand-built ones.

use std::collections::HashMap;

use super::*;
use crate::control::{self, ControlOptions, Edge, State, StateId};
use crate::netlist::eval::{self, MachineState};
use crate::netlist::testing::{Builder, Rng, narrow};
use crate::netlist::{BinaryOp, ExprId, InputId, RegId};

use super::machines::followers;
pub(crate) use super::machines::{bounded, buffer, copies, random_machine, rounds, straps};

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

/// Whether all registers are within the ranges of a state.
pub(super) fn within_ranges(liveness: &Liveness, state: usize, machine: &MachineState) -> bool {
    liveness.ranges[state].iter().all(|&(register, range)| {
        let bits = machine.registers[register.index()].iter().rev();
        range.contains(bits.fold(0, |n, &bit| n * 2 + u64::from(bit)))
    })
}

/// Properties 1 and 2, for all valuations of all states and all inputs; the second for pairs of which one is within the ranges.
pub(super) fn check_liveness(
    netlist: &Netlist,
    graph: &ControlGraph,
    liveness: &Liveness,
    context: &str,
) {
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
                let seen_outputs = eval::sampled(netlist, &machine, &inputs);
                let behaviour = (seen_outputs, edge.to, next);
                let key = project(bits, live, &machine);
                let alike = seen.entry(key).or_insert_with(Vec::new);
                alike.push((within_ranges(liveness, index, &machine), behaviour));
            }
            for alike in seen.values() {
                let Some((_, first)) = alike.iter().find(|(within, _)| *within) else {
                    continue;
                };
                for (_, other) in alike {
                    assert_eq!(
                        first, other,
                        "{context}: a dead bit of {} matters",
                        state.name
                    );
                }
            }
        }
    }
}

/// In every valuation reached from a cycle of the reset, with inputs that keep their promise, the registers as they read
/// under any inputs have the constants, relations and ranges of every state whose facts they satisfy. Tells
/// how many bits that are no facts have a value.
pub(super) fn check_constants(
    netlist: &Netlist,
    graph: &ControlGraph,
    liveness: &Liveness,
    context: &str,
) -> usize {
    let Some(reset) = &graph.reset else { return 0 };
    let mut runs: HashMap<Vec<Vec<bool>>, Vec<Vec<Vec<bool>>>> = HashMap::new();
    for number in 0..1u64 << input_bits(netlist) {
        let inputs = inputs_of(netlist, number);
        let stable = inputs.iter().zip(&netlist.inputs);
        let stable = stable.filter(|(_, input)| input.stable);
        let stable = stable.map(|(value, _)| value.clone()).collect();
        runs.entry(stable).or_default().push(inputs);
    }
    for inputs in runs.values() {
        check_run(netlist, graph, liveness, (reset, inputs), context);
    }
    let no_fact = |(state, constants): (&State, &Constants)| {
        let facts = graph.registers.iter().zip(&state.values);
        let facts: Vec<RegId> = facts
            .filter(|(_, v)| v.is_known())
            .map(|(r, _)| *r)
            .collect();
        let bits = constants.bits().iter();
        bits.filter(|&bit| !facts.contains(&liveness.bits.bit(bit).0))
            .count()
    };
    graph
        .states
        .iter()
        .zip(&liveness.constants)
        .map(no_fact)
        .sum()
}

/// The same for runs with some inputs.
fn check_run(
    netlist: &Netlist,
    graph: &ControlGraph,
    liveness: &Liveness,
    (reset, all): (&crate::control::ResetStart, &[Vec<Vec<bool>>]),
    context: &str,
) {
    let port = netlist
        .inputs
        .iter()
        .position(|input| input.name == reset.port);
    let port = port.expect("the reset is an input");
    let valuations = 1usize << netlist.flop_bits();
    let number = |machine: &MachineState| {
        let bits = machine.registers.iter().flatten().enumerate();
        bits.fold(0, |sum, (at, &bit)| sum | usize::from(bit) << at)
    };
    let mut seen = vec![false; valuations];
    let mut open = Vec::new();
    for start in 0..valuations {
        let machine = state_of(netlist, start as u64);
        for inputs in all.iter().filter(|it| it[port][0] == reset.active_high) {
            open.push(number(&eval::cycle(netlist, &machine, inputs).next));
        }
    }
    while let Some(at) = open.pop() {
        if std::mem::replace(&mut seen[at], true) {
            continue;
        }
        let machine = state_of(netlist, at as u64);
        for inputs in all {
            let (read, _) = eval::under_resets(netlist, &machine, inputs);
            let found = liveness.constants.iter().zip(&liveness.relations);
            for (index, (state, (constants, relations))) in
                graph.states.iter().zip(found).enumerate()
            {
                if !satisfies(graph, state, &read) {
                    continue;
                }
                assert!(
                    within_ranges(liveness, index, &read),
                    "{context}: a range of {}",
                    state.name
                );
                for relation in &relations.0 {
                    let mut values = Values(
                        |number| {
                            let (register, bit) = liveness.bits.bit(number);
                            read.registers[register.index()][bit as usize]
                        },
                        |input: InputId, bit| inputs[input.index()][bit as usize],
                    );
                    let (own, is) = (values.bit(relation.bit), relation.is.evaluate(&mut values));
                    assert_eq!(own, is, "{context}: {} {relation:?}", state.name);
                }
                for bit in constants.bits().iter() {
                    let (register, own) = liveness.bits.bit(bit);
                    let actual = read.registers[register.index()][own as usize];
                    let name = &state.name;
                    assert_eq!(
                        constants.value(bit),
                        Some(actual),
                        "{context}: {name} {bit}"
                    );
                }
            }
            open.push(number(&eval::cycle(netlist, &machine, inputs).next));
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

#[test]
fn random_machines_keep_their_promises() {
    let (mut with_control, mut dead, mut relaxed, mut narrowed) = (0, 0, 0, 0);
    let (mut constants, mut copied) = (0, 0);
    for seed in 0..250 {
        let mut rng = Rng::new(seed);
        let mut netlist = random_machine(&mut rng);
        let open = netlist.clone();
        if seed >= 150 {
            narrow(&mut netlist, &mut rng);
        }
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
        constants += check_constants(&netlist, &graph, &liveness, &context);
        let relations = liveness.relations.iter().flat_map(|it| &it.0);
        copied += relations.filter(|it| it.is.is_copy()).count();
        with_control += usize::from(explored.states.len() > 1);
        let facts = graph.states.iter().flat_map(|state| &state.values);
        relaxed += usize::from(facts.into_iter().any(|value| !value.is_known()));
        if seed >= 150 {
            let (_, whole) = analyze(&open, &explore(&open, &options), &[]);
            let most = |liveness: &Liveness| liveness.live.iter().map(BitSet::count).max();
            narrowed += usize::from(most(&liveness) < most(&whole));
        }
        let all = netlist.flop_bits() as usize;
        dead += usize::from(liveness.live.iter().any(|live| live.count() < all));
    }
    assert!(with_control > 50, "{with_control} machines with control");
    assert!(constants > 50, "{constants} constants that are no facts");
    assert!(copied > 20, "{copied} bits equal to others");
    assert!(dead > 50, "{dead} machines with dead bits");
    assert!(relaxed > 15, "{relaxed} machines with needless facts");
    assert!(narrowed > 5, "{narrowed} machines with fewer live bits");
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
        let mut uses = uses::Uses::new(&netlist, &graph, &bits, Bounds::default());
        let before = uses.work();
        fixpoint::fixpoint(&mut uses, &graph);
        uses.work() - before
    };
    let (short, long) = (work(100), work(400));
    assert!(long < 6 * short, "{short} and {long}");
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

#[test]
fn what_waits_for_its_use_follows_from_one_register() {
    let netlist = copies();
    let (graph, liveness) = analyze(
        &netlist,
        &explore(&netlist, &ControlOptions::default()),
        &[],
    );
    let relations = |name: &str| {
        let at = graph.states.iter().position(|state| state.name == name);
        &liveness.relations[at.expect("a state")]
    };
    let bit = |register: u32, bit| liveness.bits.of(RegId(register), bit);
    let waiting = relations("state=2");
    for at in 0..2 {
        let first = bit(1, at);
        assert_eq!(waiting.of(bit(2, at)), Some(&Formula::Bit(first)));
        assert_eq!(waiting.of(bit(3, at)), Some(&Formula::same(first, true)));
        assert_eq!(waiting.of(first), None);
    }
    let mut sources = waiting.of(bit(4, 0)).expect("a function").sources();
    sources.sort_unstable();
    assert_eq!(sources, [bit(1, 0), bit(1, 1)]);
    // Idle, nothing but the state matters.
    assert_eq!(relations("state=0").0, []);
    check_constants(&netlist, &graph, &liveness, "copies");
}

#[test]
fn functions_of_registers_that_hold_still_are_found() {
    let (mut copied, mut computed) = (0, 0);
    for seed in 0..60 {
        let netlist = followers(&mut Rng::new(seed));
        let context = format!("seed {seed}\n{}", crate::netlist::print::print(&netlist));
        let explored = explore(&netlist, &ControlOptions::default());
        let (graph, liveness) = analyze(&netlist, &explored, &[]);
        check_constants(&netlist, &graph, &liveness, &context);
        for relation in liveness.relations.iter().flat_map(|it| &it.0) {
            match relation.is.is_copy() {
                true => copied += 1,
                false => computed += 1,
            }
        }
    }
    assert!(copied > 20, "{copied} bits equal to others");
    assert!(
        computed > 20,
        "{computed} bits that are functions of others"
    );
}
