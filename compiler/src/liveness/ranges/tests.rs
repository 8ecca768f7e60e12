//! Ranges of counters, alone and by control states, against all valuations.

use super::Range;
use crate::control::{ControlOptions, explore};
use crate::liveness::machines::two_states;
use crate::liveness::tests::{check_constants, check_liveness};
use crate::liveness::{Liveness, analyze};
use crate::netlist::testing::{Builder, Rng, fit};
use crate::netlist::{BinaryOp, ExprId, Netlist, RegId};

/// The live bits where the counter, register 0, is no control register.
fn analyzed(netlist: &Netlist, context: &str) -> Liveness {
    let options = ControlOptions {
        forbidden: vec!["n".to_owned()],
        ..ControlOptions::default()
    };
    let (graph, _) = explore(netlist, &options);
    let (graph, liveness) = analyze(netlist, &graph, &[]);
    check_liveness(netlist, &graph, &liveness, context);
    check_constants(netlist, &graph, &liveness, context);
    liveness
}

/// The range of register 0 in each state.
fn ranges(liveness: &Liveness, width: u32) -> Vec<Range> {
    let of = |ranges: &super::Ranges| {
        let own = ranges.iter().find(|(register, _)| *register == RegId(0));
        own.map_or(Range::full(width), |own| own.1)
    };
    liveness.ranges.iter().map(of).collect()
}

/// The largest number of a counter of four bits, reset to 2, with this next value.
fn most(next: impl Fn(&mut Builder, ExprId) -> ExprId) -> u64 {
    let mut b = Builder::new();
    let n = b.register("n", 4, Some(2));
    let next = next(&mut b, n);
    b.next(n, next);
    b.output("n", n);
    let data = b.input("data", 1);
    two_states(&mut b, data);
    let liveness = analyzed(&b.finish(), "one counter");
    let found = ranges(&liveness, 4);
    assert_eq!(found[0].most, found[1].most);
    found[0].most
}

/// A bit that is taken in state 0 and shown in state 1, so that the two are not one.
fn told_apart(b: &mut Builder, state: ExprId, data: ExprId) {
    let kept = b.register("kept", 1, None);
    let next = b.mux(state, kept, data);
    b.next(kept, next);
    let shown = b.binary(BinaryOp::And, state, kept);
    b.output("kept", shown);
}

#[test]
fn counters_have_the_bounds_that_they_are_tested_for() {
    let up = |b: &mut Builder, n: ExprId, by: u64| {
        let by = b.constant(4, by);
        b.binary(BinaryOp::Add, n, by)
    };
    let wrap = most(|b, n| {
        let (last, zero, more) = (b.is(n, 9), b.constant(4, 0), up(b, n, 1));
        b.mux(last, zero, more)
    });
    assert_eq!(wrap, 9);
    // Without a test, with one of a value that is no bound, with a step over it.
    assert_eq!(most(|b, n| up(b, n, 1)), 15);
    let load = |value: u64, by: u64| {
        most(move |b, n| {
            let (last, load, more) = (b.is(n, 9), b.constant(4, value), up(b, n, by));
            b.mux(last, load, more)
        })
    };
    assert_eq!(load(11, 1), 15);
    assert_eq!(load(0, 2), 15);
    let below = most(|b, n| {
        let ten = b.constant(4, 10);
        let (room, more) = (b.binary(BinaryOp::LtU, n, ten), up(b, n, 3));
        b.mux(room, more, n)
    });
    assert_eq!(below, 12);
    let down = most(|b, n| {
        let (empty, less, full) = (b.is(n, 0), up(b, n, 15), b.constant(4, 5));
        b.mux(empty, full, less)
    });
    assert_eq!(down, 5);
    assert_eq!(most(|b, n| up(b, n, 15)), 15);
}

/// A counter that is loaded with a number when one state is left and counts down in the other, and with 8 to 11 when that is left.
#[test]
fn what_a_state_leaves_is_the_range_of_the_next() {
    let mut b = Builder::new();
    let (go, free) = (b.input("go", 1), b.input("free", 2));
    let n = b.register("n", 5, Some(8));
    let state = b.register("state", 1, Some(0));
    let (done, three, one, eight) = (
        b.is(n, 0),
        b.constant(5, 3),
        b.constant(5, 1),
        b.constant(3, 2),
    );
    let less = b.binary(BinaryOp::Sub, n, one);
    let from_input = b.concat(&[free, eight]);
    let counted = b.mux(done, from_input, less);
    let waits = b.mux(go, three, n);
    let next = b.mux(state, counted, waits);
    b.next(n, next);
    let states = [0, 1].map(|value| b.constant(1, value));
    let (ends, begins) = (
        b.mux(done, states[0], states[1]),
        b.mux(go, states[1], states[0]),
    );
    let next = b.mux(state, ends, begins);
    b.next(state, next);
    told_apart(&mut b, state, go);
    b.output("n", n);
    let liveness = analyzed(&b.finish(), "down");
    let between = |least, most| Range { least, most };
    assert_eq!(ranges(&liveness, 5), [between(8, 11), between(0, 3)]);
}

/// A comparison that a range decides in one state and not in the other keeps a register alive there only.
#[test]
fn a_range_decides_in_its_own_state() {
    let mut b = Builder::new();
    let go = b.input("go", 1);
    let n = b.register("n", 4, Some(0));
    let state = b.register("state", 1, Some(0));
    let (eight, one, four) = (b.constant(4, 8), b.constant(4, 1), b.constant(4, 4));
    let more = b.binary(BinaryOp::Add, n, one);
    let (last, full) = (b.is(n, 5), b.is(n, 15));
    let zero = b.constant(4, 0);
    // 0 to 5 in state 0, 8 to 15 in state 1.
    let low = b.mux(last, eight, more);
    let high = b.mux(full, zero, more);
    let next = b.mux(state, high, low);
    let next = b.mux(go, next, n);
    b.next(n, next);
    let states = [0, 1].map(|value| b.constant(1, value));
    let (ends, begins) = (
        b.mux(full, states[0], states[1]),
        b.mux(last, states[1], states[0]),
    );
    let turned = b.mux(state, ends, begins);
    let next = b.mux(go, turned, state);
    b.next(state, next);
    told_apart(&mut b, state, go);
    let held = b.register("held", 1, Some(1));
    let taken = b.mux(go, held, go);
    b.next(held, taken);
    let small = b.binary(BinaryOp::LtU, n, four);
    let shown = b.mux(small, held, go);
    // Only ever shown where n is less than 4, which it is not in state 1.
    b.output("y", shown);
    b.output("n", n);
    let liveness = analyzed(&b.finish(), "two ranges");
    let between = |least, most| Range { least, most };
    assert_eq!(ranges(&liveness, 4), [between(0, 5), between(8, 15)]);
    let constant = |state: usize| {
        let own = liveness.bits.range(RegId(0));
        own.filter_map(|bit| liveness.constants[state].value(bit))
            .collect::<Vec<_>>()
    };
    assert_eq!([constant(0), constant(1)], [vec![false], vec![true]]);
}

/// Machines of a few states that load, step and test a counter, some with a reset that is asynchronous for one register only.
#[test]
fn random_counters_keep_their_ranges() {
    let (mut narrow, mut differ) = (0, 0);
    for seed in 0..400 {
        let mut rng = Rng::new(seed);
        let mut b = Builder::new();
        let (free, go) = (b.input("free", 2), b.input("go", 1));
        let n = b.register("n", 3, Some(rng.next() % 3));
        let state = b.register("state", 1 + (rng.next() % 2) as u32, Some(0));
        let width = b.width(state);
        let first = b.slice(state, 0, 1);
        told_apart(&mut b, first, go);
        let held = b.register("held", 1, Some(rng.next() % 2));
        let test = |b: &mut Builder, rng: &mut Rng| {
            let value = b.constant(3, rng.next());
            match rng.below(6) {
                0 | 1 => b.binary(BinaryOp::Eq, n, value),
                2 => b.binary(BinaryOp::LtU, n, value),
                3 => b.binary(BinaryOp::LtU, value, n),
                4 => b.is(state, rng.next() % 2),
                _ => go,
            }
        };
        let mut next = n;
        for _ in 0..2 + rng.below(4) {
            let by = b.constant(3, [1, 7, 1 + rng.next() % 3][rng.below(3)]);
            let leg = match rng.below(5) {
                0 => b.constant(3, rng.next()),
                1 => fit(&mut b, free, 3),
                2 => b.binary(BinaryOp::Sub, n, by),
                _ => b.binary(BinaryOp::Add, n, by),
            };
            let test = test(&mut b, &mut rng);
            next = if rng.flip() {
                b.mux(test, leg, next)
            } else {
                b.mux(test, next, leg)
            };
        }
        b.next(n, next);
        let mut next = state;
        for _ in 0..1 + rng.below(3) {
            let (leg, test) = (b.constant(width, rng.next()), test(&mut b, &mut rng));
            next = b.mux(test, leg, next);
        }
        b.next(state, next);
        let (which, taken) = (test(&mut b, &mut rng), test(&mut b, &mut rng));
        let kept = b.mux(taken, go, held);
        b.next(held, kept);
        let shown = b.mux(which, held, go);
        b.output("y", shown);
        let ended = test(&mut b, &mut rng);
        b.output("ended", ended);
        let netlist = b.finish();
        let context = format!("seed {seed}\n{}", crate::netlist::print::print(&netlist));
        let found = ranges(&analyzed(&netlist, &context), 3);
        narrow += found
            .iter()
            .filter(|range| **range != Range::full(3))
            .count();
        differ += usize::from(found.windows(2).any(|pair| pair[0] != pair[1]));
    }
    assert!(narrow > 200, "{narrow} ranges");
    assert!(differ > 40, "{differ} machines with different ranges");
}
