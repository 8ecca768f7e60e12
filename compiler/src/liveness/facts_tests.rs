//! What inputs that never change tell of registers, and what ranges of registers decide.

use super::machines::{bounded, straps, two_states};
use super::tests::{check_constants, check_liveness};
use super::*;
use crate::control::{self, ControlOptions};
use crate::netlist::testing::{Builder, Rng};
use crate::netlist::{BinaryOp, ExprId, InputId};

fn explore(netlist: &Netlist, options: &ControlOptions) -> ControlGraph {
    control::explore(netlist, options).0
}

#[test]
fn a_copy_of_an_input_that_never_changes_follows_from_it() {
    let netlist = straps();
    let (graph, liveness) = analyze(
        &netlist,
        &explore(&netlist, &ControlOptions::default()),
        &[],
    );
    let waiting = graph.states.iter().position(|it| it.name == "state=2");
    let waiting = waiting.expect("a state");
    let mode = |bit| Formula::Input(InputId(3), bit);
    assert_eq!(netlist.inputs[3].name, "mode");
    let of =
        |register: u32, bit| liveness.relations[waiting].of(liveness.bits.of(RegId(register), bit));
    assert_eq!(of(1, 0), Some(&mode(0)));
    assert_eq!(of(1, 1), Some(&mode(1)));
    assert_eq!(of(2, 0), Some(&mode(0).inverted_if(true)));
    let both = of(3, 0).expect("a function");
    assert!(both.has_input() && both.sources().is_empty() && !both.is_copy());
    assert_eq!(of(4, 0), None);
    // Before it has been taken nothing follows.
    let idle = graph.states.iter().position(|it| it.name == "state=0");
    assert_eq!(liveness.relations[idle.expect("a state")].0, []);
    check_constants(&netlist, &graph, &liveness, "straps");
    check_liveness(&netlist, &graph, &liveness, "straps");
}

#[test]
fn nothing_follows_from_an_input_that_may_change() {
    let mut netlist = straps();
    netlist.inputs[3].stable = false;
    let (_, liveness) = analyze(
        &netlist,
        &explore(&netlist, &ControlOptions::default()),
        &[],
    );
    let mut all = liveness.relations.iter().flat_map(|it| &it.0);
    assert!(all.all(|it| !it.is.has_input()));
}

/// Straps that are taken under conditions over themselves: the name of an input says more than its value on one edge.
#[test]
fn random_straps_keep_their_promises() {
    let mut found = 0;
    for seed in 0..100 {
        let mut rng = Rng::new(seed);
        let mut b = Builder::new();
        let free = b.input("free", 1);
        let mode = b.stable_input("mode", 2);
        let state = b.register("state", 2, Some(0));
        let one = b.constant(2, 1);
        let step = b.binary(BinaryOp::Add, state, one);
        let next = b.mux(free, step, state);
        b.next(state, next);
        for at in 0..3 {
            let own = b.register(&format!("r{at}"), 1, Some(0));
            let bit = |b: &mut Builder, rng: &mut Rng| b.slice(mode, rng.below(2) as u32, 1);
            let mut next: ExprId = own;
            for _ in 0..1 + rng.below(2) {
                let (here, there) = (rng.next() % 4, bit(&mut b, &mut rng));
                let there = match rng.below(3) {
                    0 => b.unary(crate::netlist::UnaryOp::Not, there),
                    _ => there,
                };
                let mut when = b.is(state, here);
                if rng.below(3) == 0 {
                    let test = bit(&mut b, &mut rng);
                    when = b.binary(BinaryOp::And, when, test);
                }
                next = b.mux(when, there, next);
            }
            b.next(own, next);
            let shown = b.is(state, rng.next() % 4);
            let shown = b.binary(BinaryOp::And, shown, own);
            b.output(&format!("y{at}"), shown);
        }
        let netlist = b.finish();
        let context = format!("seed {seed}\n{}", crate::netlist::print::print(&netlist));
        let explored = explore(&netlist, &ControlOptions::default());
        let (graph, liveness) = analyze(&netlist, &explored, &[]);
        check_constants(&netlist, &graph, &liveness, &context);
        let relations = liveness.relations.iter().flat_map(|it| &it.0);
        found += relations.filter(|it| it.is.has_input()).count();
    }
    assert!(found > 50, "{found} bits follow from inputs");
}

#[test]
fn what_no_number_within_the_bound_chooses_is_dead() {
    let netlist = bounded();
    let options = ControlOptions {
        forbidden: vec!["n".to_string()],
        ..ControlOptions::default()
    };
    let (graph, liveness) = analyze(&netlist, &explore(&netlist, &options), &[]);
    let range = Range { least: 0, most: 4 };
    assert!(
        liveness
            .ranges
            .iter()
            .all(|own| own == &[(RegId(0), range)])
    );
    let live = |register: u32| liveness.live[0].contains(liveness.bits.of(RegId(register), 0));
    assert_eq!([1, 2, 3].map(live), [false, true, false]);
    // Whoever relies on the bound relies on all of the counter.
    assert!(
        liveness
            .bits
            .range(RegId(0))
            .all(|bit| liveness.live[0].contains(bit))
    );
    check_liveness(&netlist, &graph, &liveness, "bounded");
    check_constants(&netlist, &graph, &liveness, "bounded");
}

/// Counters with bounds that choose elements, by comparison and by index.
#[test]
fn random_choices_by_bounded_counters_keep_their_promises() {
    let mut dead = 0;
    for seed in 0..60 {
        let mut rng = Rng::new(seed);
        let mut b = Builder::new();
        let (step, data) = (b.input("step", 1), b.input("data", 1));
        let n = b.register("n", 3, Some(0));
        let last = rng.next() % 7;
        let (ends, zero, one) = (b.is(n, last), b.constant(3, 0), b.constant(3, 1));
        let more = b.binary(BinaryOp::Add, n, one);
        let wrapped = b.mux(ends, zero, more);
        let next = b.mux(step, wrapped, n);
        b.next(n, next);
        let registers: Vec<ExprId> = (0..4)
            .map(|at| b.register(&format!("r{at}"), 1, Some(at & 1)))
            .collect();
        let mut shown = registers[0];
        for _ in 0..3 {
            let value = b.constant(3, rng.next());
            let test = match rng.below(4) {
                0 => b.binary(BinaryOp::LtU, n, value),
                1 => b.binary(BinaryOp::LtU, value, n),
                2 => b.slice(n, 2, 1),
                _ => b.binary(BinaryOp::Eq, n, value),
            };
            let test = match rng.below(3) {
                0 => b.binary(BinaryOp::And, test, data),
                1 => b.unary(crate::netlist::UnaryOp::Not, test),
                _ => test,
            };
            let other = registers[rng.below(4)];
            shown = match rng.flip() {
                true => b.mux(test, other, shown),
                false => b.mux(test, shown, other),
            };
        }
        for &register in &registers {
            let from = [shown, data, register][rng.below(3)];
            let next = b.mux(step, from, register);
            b.next(register, next);
        }
        b.output("y", shown);
        two_states(&mut b, data);
        let netlist = b.finish();
        let context = format!("seed {seed}\n{}", crate::netlist::print::print(&netlist));
        let options = ControlOptions {
            forbidden: vec!["n".to_string()],
            ..ControlOptions::default()
        };
        let explored = explore(&netlist, &options);
        let (graph, liveness) = analyze(&netlist, &explored, &[]);
        check_liveness(&netlist, &graph, &liveness, &context);
        check_constants(&netlist, &graph, &liveness, &context);
        let mut open = netlist.clone();
        // Without a reset there is no bound.
        open.registers[0].async_resets.clear();
        let (_, whole) = analyze(&open, &explore(&open, &options), &[]);
        let bits = |it: &Liveness| it.live.iter().map(BitSet::count).max();
        dead += usize::from(bits(&liveness) < bits(&whole));
    }
    assert!(dead > 3, "{dead} machines with fewer live bits");
}
