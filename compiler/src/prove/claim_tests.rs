//! Claims about rows of memories and bounds of counters: what the analysis finds is proved, and what is wrong is refuted.

use super::machine::Machine;
use super::tests::{check, claims};
use super::*;
use crate::control::ControlOptions;
use crate::liveness::{self, Range, memory_tests as memories};
use crate::netlist::BinaryOp;
use crate::netlist::testing::{Builder, Rng};

/// Of the rows of memories that the analysis keeps each is left out of one state in turn: the prover refutes it where, and
/// only where, two valuations show that it matters.
#[test]
fn rows_of_memories_are_proved_and_left_out_rows_refuted() {
    let (mut refuted, mut needless) = (0, 0);
    for seed in 0..40 {
        let netlist = memories::random_machine(&mut Rng::new(seed));
        let (graph, liveness) = memories::analyzed(&netlist);
        let proof = check(&netlist, &graph, &liveness);
        let context = crate::netlist::print::print(&netlist);
        assert!(proof.holds(), "seed {seed}: {proof:?}\n{context}");
        let claims = claims(&netlist, &graph, &liveness);
        let machine = Machine::new(&netlist);
        for index in 0..graph.states.len() {
            let state = StateId(index as u32);
            for part in liveness.memories[index].iter() {
                let mut less = liveness.clone();
                less.memories[index].remove(part);
                let claims = Claims {
                    liveness: &less,
                    ..claims
                };
                let deadline = Instant::now() + Duration::from_secs(60);
                let (verdict, _) = obligation::step(&claims, &machine, state, deadline);
                let holds = matches!(verdict, Verdict::Proved);
                let matters = memories::differ(&netlist, &graph, &less, state);
                // It may be proved no more than is so; what is read past the end may be any row.
                let past = netlist.memories[0].depth == 3;
                assert!(
                    !(holds && matters),
                    "seed {seed}, state {index}, part {part}"
                );
                assert!(
                    holds != matters || past,
                    "seed {seed}, state {index}, part {part}"
                );
                refuted += usize::from(!holds);
                needless += usize::from(holds);
            }
        }
    }
    assert!(refuted > 200, "{refuted} refuted, {needless} needless");
}

/// A counter that is no control register and never exceeds 9: its bound is an invariant, a smaller one is not, and what is
/// constant by it is not without it.
#[test]
fn bounds_of_counters_are_proved_and_wrong_ones_refuted() {
    let mut b = Builder::new();
    let go = b.input("go", 1);
    let n = b.register("n", 8, Some(0));
    let state = b.register("state", 1, Some(0));
    let turned = b.unary(crate::netlist::UnaryOp::Not, state);
    b.next(state, turned);
    let (last, zero, one) = (b.is(n, 9), b.constant(8, 0), b.constant(8, 1));
    let more = b.binary(BinaryOp::Add, n, one);
    let next = b.mux(last, zero, more);
    let next = b.mux(go, next, n);
    b.next(n, next);
    b.output("n", n);
    // Loaded in one state and shown in the other, so that the states differ.
    let held = b.register("held", 1, None);
    let (taken, hidden) = (b.mux(state, held, go), b.constant(1, 0));
    b.next(held, taken);
    let shown = b.mux(state, held, hidden);
    b.output("shown", shown);
    let netlist = b.finish();
    let options = ControlOptions {
        forbidden: vec!["n".to_owned()],
        ..ControlOptions::default()
    };
    let (graph, _) = crate::control::explore(&netlist, &options);
    let (graph, liveness) = liveness::analyze(&netlist, &graph, &[]);
    let range = |most: u64| vec![(RegId(0), Range { least: 0, most })];
    assert!(liveness.ranges.iter().all(|ranges| *ranges == range(9)));
    for constants in &liveness.constants {
        let own = liveness.bits.range(RegId(0));
        let constant = own.filter(|&bit| constants.value(bit) == Some(false));
        assert_eq!(constant.count(), 4);
    }
    assert!(check(&netlist, &graph, &liveness).holds());
    let refuted = |liveness: &Liveness, effect: fn(&Effect) -> bool| {
        let proof = check(&netlist, &graph, liveness);
        proof
            .obligations
            .iter()
            .any(|obligation| match &obligation.verdict {
                Verdict::Refuted(found) => effect(&found.effect),
                _ => false,
            })
    };
    let mut wrong = liveness.clone();
    wrong.ranges.fill(range(8));
    assert!(refuted(&wrong, |effect| matches!(
        effect,
        Effect::Range { .. }
    )));
    wrong.ranges.fill(Vec::new());
    assert!(refuted(&wrong, |effect| matches!(
        effect,
        Effect::Constant { .. }
    )));
}
