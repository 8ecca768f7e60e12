//! Circuits against the two-valued evaluator; verdicts against brute force.

use super::aig::Lit;
use super::circuit::Circuit;
use super::machine::Machine;
use super::*;
use crate::control::ControlOptions;
use crate::liveness::{self, BitSet, tests as machines};
use crate::netlist::eval::{self, MachineState};
use crate::netlist::testing::Rng;
use crate::netlist::{BinaryOp, Node};

fn analyzed(netlist: &Netlist) -> (ControlGraph, Liveness) {
    let (graph, _) = crate::control::explore(netlist, &ControlOptions::default());
    liveness::analyze(netlist, &graph, &[])
}

/// What is claimed without a plan.
pub(super) fn claims<'a>(
    netlist: &'a Netlist,
    graph: &'a ControlGraph,
    liveness: &'a Liveness,
) -> Claims<'a> {
    Claims {
        netlist,
        graph,
        liveness,
        plan: None,
    }
}

const NO_TIME: ProveOptions = ProveOptions {
    state_time: Duration::ZERO,
    total_time: Duration::ZERO,
};

pub(super) fn check(netlist: &Netlist, graph: &ControlGraph, liveness: &Liveness) -> Proof {
    let claims = claims(netlist, graph, liveness);
    prove(&claims, &ProveOptions::default(), |_, _| {})
}

/// Whether an operator gives an unknown value for some operands.
fn partial(node: &Node) -> bool {
    match node {
        Node::Binary(op, ..) => matches!(
            op,
            BinaryOp::DivU | BinaryOp::DivS | BinaryOp::ModU | BinaryOp::ModS
        ),
        Node::Index(..) | Node::MemRead(..) => true,
        Node::Const(bits) => !bits.is_known(),
        _ => false,
    }
}

#[test]
fn circuits_compute_what_the_evaluator_does() {
    let mut compared = 0;
    for seed in 0..60 {
        let mut rng = Rng::new(seed);
        let netlist = machines::random_machine(&mut rng);
        let machine = Machine::new(&netlist);
        for _ in 0..8 {
            let state = MachineState {
                registers: (netlist.registers.iter())
                    .map(|register| rng.bits(register.width))
                    .collect(),
                memories: Vec::new(),
            };
            let inputs: Vec<Vec<bool>> = (netlist.inputs.iter())
                .map(|input| rng.bits(input.width))
                .collect();
            let lits = |bits: &Vec<bool>| -> Vec<Lit> {
                bits.iter().map(|&bit| Lit::constant(bit)).collect()
            };
            let mut circuit = Circuit::new(&netlist);
            circuit.inputs = inputs.iter().map(lits).collect();
            let stored = state.registers.iter().map(lits).collect();
            let copy = machine.copy(&mut circuit, stored, machine.all_kept(), None);
            let (effective, _) = eval::under_resets(&netlist, &state, &inputs);
            let values = eval::values(&netlist, &effective, &inputs);
            // Where an operand is unknown the two may differ from there on.
            let mut doubtful = vec![false; netlist.exprs.len()];
            for id in netlist.exprs.ids() {
                let node = netlist.exprs.node(id);
                let mut doubt = partial(node);
                if let Node::Binary(_, _, divisor) = node {
                    doubt &= values[divisor.index()].iter().all(|bit| !bit);
                }
                if let Node::Index(index, items) = node {
                    let index = &values[index.index()];
                    let at = index.iter().rev().fold(0, |n, &b| n * 2 + usize::from(b));
                    doubt &= at >= items.len();
                }
                netlist
                    .exprs
                    .operands(id, |operand| doubt |= doubtful[operand.index()]);
                doubtful[id.index()] = doubt;
                // Of a multiplexer one leg is made.
                if !doubt && copy.has(id) {
                    let found = machine.value(&copy, id);
                    assert_eq!(found, lits(&values[id.index()]), "seed {seed}: {node:?}");
                    compared += 1;
                }
            }
        }
    }
    assert!(compared > 2000, "{compared} values compared");
}

#[test]
fn what_the_analysis_finds_is_proved() {
    for seed in 0..200 {
        let netlist = machine(seed, 150);
        let (graph, liveness) = analyzed(&netlist);
        let proof = check(&netlist, &graph, &liveness);
        let context = crate::netlist::print::print(&netlist);
        assert!(proof.holds(), "seed {seed}: {proof:?}\n{context}");
    }
}

/// A random machine, from seed `narrowed` on with outputs that do not always count.
fn machine(seed: u64, narrowed: u64) -> Netlist {
    let mut rng = Rng::new(seed);
    let mut netlist = machines::random_machine(&mut rng);
    if seed >= narrowed {
        crate::netlist::testing::narrow(&mut netlist, &mut rng);
    }
    netlist
}

/// Whether two valuations of a state that agree on its live bits always behave
/// alike, by trying all.
fn behaves(netlist: &Netlist, graph: &ControlGraph, liveness: &Liveness, state: StateId) -> bool {
    let all: Vec<MachineState> = (0..1u64 << netlist.flop_bits())
        .map(|number| machines::state_of(netlist, number))
        .collect();
    let facts = |state: StateId, machine: &MachineState| {
        machines::satisfies(graph, &graph.states[state.index()], machine)
    };
    let project = |state: StateId, machine: &MachineState| {
        machines::project(&liveness.bits, &liveness.live[state.index()], machine)
    };
    let targets: Vec<StateId> = (graph.edges_from(state).iter())
        .map(|edge| edge.to)
        .collect();
    for input in 0..1u64 << machines::input_bits(netlist) {
        let inputs = machines::inputs_of(netlist, input);
        let results: Vec<_> = (all.iter())
            .map(|m| {
                (
                    eval::sampled(netlist, m, &inputs),
                    eval::cycle(netlist, m, &inputs),
                )
            })
            .collect();
        for ((seen, a), from) in results.iter().zip(&all) {
            if !facts(state, from) {
                continue;
            }
            for ((also, b), other) in results.iter().zip(&all) {
                if project(state, from) != project(state, other) {
                    continue;
                }
                let arrives = targets
                    .iter()
                    .any(|&to| facts(to, &a.next) && project(to, &a.next) == project(to, &b.next));
                if seen != also || !arrives {
                    return false;
                }
            }
        }
    }
    true
}

#[test]
fn a_bit_left_out_is_refuted_by_name_exactly_if_it_matters() {
    let (mut refuted, mut needless) = (0, 0);
    for seed in 0..60 {
        let netlist = machine(seed, 40);
        let whole = netlist.exprs.ids().map(|id| netlist.exprs.node(id));
        if whole.into_iter().any(partial) {
            continue;
        }
        let (graph, liveness) = analyzed(&netlist);
        for at in 0..graph.states.len() {
            let state = StateId(at as u32);
            for bit in liveness.live[at].iter() {
                let mut less = liveness.clone();
                less.live[at].remove(bit);
                let claims = claims(&netlist, &graph, &less);
                let machine = Machine::new(&netlist);
                let deadline = Instant::now() + Duration::from_secs(60);
                let verdict = obligation::step(&claims, &machine, state, deadline).0;
                let expected = behaves(&netlist, &graph, &less, state);
                match verdict {
                    Verdict::Proved => assert!(expected, "seed {seed}, bit {bit}"),
                    Verdict::Refuted(found) => {
                        assert!(!expected, "seed {seed}, bit {bit}");
                        assert_eq!(found.bits, [liveness.bits.bit(bit)], "seed {seed}");
                        refuted += 1;
                    }
                    Verdict::Unknown => panic!("seed {seed}: a small machine takes no minute"),
                }
                needless += usize::from(expected);
            }
        }
    }
    assert!(refuted > 100, "{refuted} refuted");
    assert!(
        needless > 0,
        "{needless} bits that the analysis keeps without need"
    );
}

#[test]
fn a_wrong_edge_or_start_is_refuted() {
    let netlist = machines::rounds();
    let (graph, liveness) = analyzed(&netlist);
    assert!(check(&netlist, &graph, &liveness).holds());

    let mut without = graph.clone();
    let last = without.edges.pop().expect("the graph has edges");
    without
        .edges
        .retain(|edge| (edge.from, edge.to) != (last.from, last.to));
    let proof = check(&netlist, &without, &liveness);
    let wrong: Vec<Subject> = (proof.obligations.iter())
        .filter(|obligation| obligation.verdict != Verdict::Proved)
        .map(|obligation| obligation.subject)
        .collect();
    assert_eq!(wrong, [Subject::State(last.from)]);

    let mut elsewhere = graph.clone();
    for state in &mut elsewhere.states {
        state.initial = !state.initial;
    }
    let proof = check(&netlist, &elsewhere, &liveness);
    assert!(matches!(proof.obligations[0].verdict, Verdict::Refuted(_)));
}

#[test]
fn a_checkpoint_that_saves_too_little_is_refuted() {
    let netlist = machines::rounds();
    let (graph, liveness) = analyzed(&netlist);
    let mut plan =
        crate::plan::plan(&netlist, &graph, &liveness, &Default::default()).expect("feasible");
    let check = |plan: &Plan| {
        let claims = Claims {
            netlist: &netlist,
            graph: &graph,
            liveness: &liveness,
            plan: Some(plan),
        };
        prove(&claims, &ProveOptions::default(), |_, _| {})
    };
    assert!(check(&plan).holds());
    let saved: &mut BitSet = &mut plan.checkpoints[0].saved;
    let bit = saved.iter().next().expect("something is saved");
    saved.remove(bit);
    let state = plan.checkpoints[0].state;
    let proof = check(&plan);
    for obligation in proof.obligations {
        match (
            obligation.subject == Subject::State(state),
            obligation.verdict,
        ) {
            (false, verdict) => assert_eq!(verdict, Verdict::Proved),
            (true, Verdict::Refuted(found)) => assert_eq!(found.bits, [liveness.bits.bit(bit)]),
            (true, verdict) => panic!("{verdict:?}"),
        }
    }
}

#[test]
fn a_given_bit_that_is_the_other_way_round_is_refuted() {
    let netlist = machines::rounds();
    let (graph, liveness) = analyzed(&netlist);
    let mut plan =
        crate::plan::plan(&netlist, &graph, &liveness, &Default::default()).expect("feasible");
    let given = &mut plan.checkpoints[0].given;
    let bit = given.bits().iter().next().expect("something is given");
    let value = given.value(bit).expect("it is given");
    given.insert(bit, !value);
    let state = plan.checkpoints[0].state;
    let claims = Claims {
        plan: Some(&plan),
        ..claims(&netlist, &graph, &liveness)
    };
    let proof = prove(&claims, &ProveOptions::default(), |_, _| {});
    let of_state = |one: &&Obligation| one.subject == Subject::State(state);
    let obligation = proof.obligations.iter().find(of_state).expect("proved too");
    match &obligation.verdict {
        Verdict::Refuted(found) => assert_eq!(found.bits, [liveness.bits.bit(bit)]),
        verdict => panic!("{verdict:?}"),
    }
}

#[test]
fn no_time_means_unknown() {
    let netlist = machines::rounds();
    let (graph, mut liveness) = analyzed(&netlist);
    let bit = liveness.live[0].iter().last().expect("live bits");
    liveness.live[0].remove(bit);
    let claims = claims(&netlist, &graph, &liveness);
    let proof = prove(&claims, &NO_TIME, |_, _| {});
    assert!(!proof.holds());
    let refuted = |o: &Obligation| matches!(o.verdict, Verdict::Refuted(_));
    assert!(!proof.obligations.iter().any(refuted));
}

/// The least live sets, by flipping every bit of every valuation.
fn least(netlist: &Netlist, graph: &ControlGraph, liveness: &Liveness) -> Vec<BitSet> {
    let bits = &liveness.bits;
    let all: Vec<MachineState> = (0..1u64 << netlist.flop_bits())
        .map(|number| machines::state_of(netlist, number))
        .collect();
    let fits = |state: usize, machine: &MachineState| {
        machines::satisfies(graph, &graph.states[state], machine)
    };
    let mut live = vec![BitSet::new(bits.len()); graph.states.len()];
    for (live, state) in live.iter_mut().zip(&graph.states) {
        for (register, value) in graph.registers.iter().zip(&state.values) {
            let fact = bits.range(*register).filter(|_| value.is_known());
            fact.for_each(|bit| {
                live.insert(bit);
            });
        }
    }
    let inputs: Vec<_> = (0..1u64 << machines::input_bits(netlist))
        .map(|input| machines::inputs_of(netlist, input))
        .collect();
    // Per input and valuation, what is seen and what follows.
    let results: Vec<Vec<_>> = (inputs.iter())
        .map(|inputs| {
            let result = |m: &MachineState| {
                (
                    eval::sampled(netlist, m, inputs),
                    eval::cycle(netlist, m, inputs).next,
                )
            };
            all.iter().map(result).collect()
        })
        .collect();
    loop {
        let before = live.clone();
        for state in 0..graph.states.len() {
            let targets: Vec<usize> = (graph.edges_from(StateId(state as u32)).iter())
                .map(|edge| edge.to.index())
                .collect();
            for bit in (0..bits.len()).filter(|&bit| !before[state].contains(bit)) {
                let matters = results.iter().any(|results| {
                    (0..all.len()).filter(|&a| fits(state, &all[a])).any(|a| {
                        let ((seen, next), (also, other)) = (&results[a], &results[a ^ 1 << bit]);
                        let agree = |&to: &usize| {
                            let project = |m| machines::project(bits, &before[to], m);
                            fits(to, next) && fits(to, other) && project(next) == project(other)
                        };
                        seen != also || !targets.iter().any(agree)
                    })
                });
                if matters {
                    live[state].insert(bit);
                }
            }
        }
        if live == before {
            return live;
        }
    }
}

#[test]
fn exact_live_bits_are_those_of_brute_force() {
    let mut compared = 0;
    for seed in 0..200 {
        let netlist = machine(seed, 100);
        if netlist
            .exprs
            .ids()
            .any(|id| partial(netlist.exprs.node(id)))
        {
            continue;
        }
        let (graph, liveness) = analyzed(&netlist);
        let claims = claims(&netlist, &graph, &liveness);
        let found = exact(&claims, &ProveOptions::default(), |_, _| {});
        let expected = least(&netlist, &graph, &liveness);
        let mut reduced = liveness.clone();
        for one in &found {
            let index = one.state.index();
            assert_eq!(one.kept, liveness.live[index].count());
            assert_eq!(one.unknown, []);
            for &(register, bit) in &one.more {
                reduced.live[index].remove(liveness.bits.of(register, bit));
            }
        }
        let context = crate::netlist::print::print(&netlist);
        assert_eq!(reduced.live, expected, "seed {seed}\n{context}");
        compared += 1;
    }
    assert!(compared > 15, "{compared} machines");
}

/// Shows `(r & s) & (x & ~s)`, which is 0, and `t`.
fn hidden() -> Netlist {
    let mut b = crate::netlist::testing::Builder::new();
    let x = b.input("x", 1);
    let [r, s, t] = ["r", "s", "t"].map(|name| b.register(name, 1, None));
    for register in [r, s, t] {
        let other = b.binary(BinaryOp::Xor, register, x);
        b.next(register, other);
    }
    let both = b.binary(BinaryOp::And, r, s);
    let not = b.unary(crate::netlist::UnaryOp::Not, s);
    let masked = b.binary(BinaryOp::And, x, not);
    let none = b.binary(BinaryOp::And, both, masked);
    let shown = b.binary(BinaryOp::Or, none, t);
    b.output("y", shown);
    b.finish()
}

#[test]
fn what_is_never_seen_is_not_live() {
    let netlist = hidden();
    let (graph, liveness) = analyzed(&netlist);
    assert_eq!(liveness.live[0].count(), 3);
    let claims = claims(&netlist, &graph, &liveness);
    let found = exact(&claims, &ProveOptions::default(), |_, _| {});
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].more, [(RegId(0), 0), (RegId(1), 0)]);
    let mut reduced = liveness.clone();
    reduced.live[0].remove(0);
    reduced.live[0].remove(1);
    assert_eq!(reduced.live, least(&netlist, &graph, &liveness));
    assert!(check(&netlist, &graph, &reduced).holds());
}

#[test]
fn exact_live_bits_without_time_are_unknown() {
    let netlist = machines::rounds();
    let (graph, liveness) = analyzed(&netlist);
    let claims = claims(&netlist, &graph, &liveness);
    let found = exact(&claims, &NO_TIME, |_, _| {});
    assert!(found.iter().all(|one| one.more.is_empty()));
    assert!(found.iter().any(|one| !one.unknown.is_empty()));
}

/// The address of a read matters through what is read, and the data of a write through what is read later.
#[test]
fn bits_that_a_memory_carries_are_live() {
    let netlist = machines::buffer();
    let (graph, liveness) = analyzed(&netlist);
    assert!(check(&netlist, &graph, &liveness).holds());
    let claims = claims(&netlist, &graph, &liveness);
    for exact in exact(&claims, &ProveOptions::default(), |_, _| {}) {
        assert!(
            exact.more.is_empty() && exact.unknown.is_empty(),
            "{exact:?}"
        );
    }
}
