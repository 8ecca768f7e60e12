//! Machines for tests: random ones, and small ones of a known kind.

use crate::netlist::testing::{Builder, Rng, fit, random_expr};
use crate::netlist::{
    BinaryOp, ClockId, ExprId, MemId, Memory, MemoryWrite, Netlist, Node, UnaryOp,
};

/// It takes a strap of two bits from an input that never changes, and the inverse of one of them, waits, and shows both
/// until it begins anew.
pub(crate) fn straps() -> Netlist {
    let mut b = Builder::new();
    let (start, free) = (b.input("start", 1), b.input("free", 1));
    let mode = b.stable_input("mode", 2);
    let state = b.register("state", 2, Some(0));
    let strap = b.register("strap", 2, Some(0));
    let inverse = b.register("inverse", 1, Some(0));
    let both = b.register("both", 1, Some(0));
    let other = b.register("other", 1, Some(0));
    let idle = b.is(state, 0);
    let begins = b.binary(BinaryOp::And, idle, start);
    let (one, zero) = (b.constant(2, 1), b.constant(2, 0));
    let more = b.binary(BinaryOp::Add, state, one);
    let last = b.is(state, 3);
    let on = b.mux(last, zero, more);
    let waits = b.unary(UnaryOp::Not, start);
    let stays = b.binary(BinaryOp::And, idle, waits);
    let next = b.mux(stays, state, on);
    b.next(state, next);
    let (low, high) = (b.slice(mode, 0, 1), b.slice(mode, 1, 1));
    let not_low = b.unary(UnaryOp::Not, low);
    let function = b.binary(BinaryOp::And, low, high);
    for (register, value) in [
        (strap, mode),
        (inverse, not_low),
        (both, function),
        (other, free),
    ] {
        let next = b.mux(begins, value, register);
        b.next(register, next);
    }
    let shows = b.is(state, 3);
    for (name, register) in [
        ("strap_out", strap),
        ("inverse_out", inverse),
        ("both_out", both),
        ("other_out", other),
    ] {
        let nothing = b.constant(b.width(register), 0);
        let shown = b.mux(shows, register, nothing);
        b.output(name, shown);
    }
    b.finish()
}

/// Adds two states, in one of which a register is live.
pub(crate) fn two_states(b: &mut Builder, data: ExprId) {
    let state = b.register("state", 1, Some(0));
    let kept = b.register("kept", 1, None);
    let other = b.unary(UnaryOp::Not, state);
    b.next(state, other);
    let next = b.mux(state, kept, data);
    b.next(kept, next);
    let shown = b.binary(BinaryOp::And, state, kept);
    b.output("kept", shown);
}

/// A counter from 0 to 4 that is no control register, with registers of which it shows one: two that no number in its range
/// chooses, and an element of an array of seven.
pub(crate) fn bounded() -> Netlist {
    let mut b = Builder::new();
    let (step, data) = (b.input("step", 1), b.input("data", 1));
    let n = b.register("n", 3, Some(0));
    let (last, zero, one) = (b.is(n, 4), b.constant(3, 0), b.constant(3, 1));
    let more = b.binary(BinaryOp::Add, n, one);
    let wrapped = b.mux(last, zero, more);
    let next = b.mux(step, wrapped, n);
    b.next(n, next);
    let names = ["never", "or", "below"];
    let [never, or, below] = names.map(|name| b.register(name, 1, Some(0)));
    for register in [never, or, below] {
        let next = b.mux(step, data, register);
        b.next(register, next);
    }
    let six = b.is(n, 6);
    let five = b.is(n, 5);
    let either = b.binary(BinaryOp::Or, six, five);
    let both = b.binary(BinaryOp::And, either, data);
    let bound = b.constant(3, 5);
    let less = b.binary(BinaryOp::LtU, n, bound);
    let shown = b.mux(both, never, or);
    let shown = b.mux(less, shown, below);
    b.output("y", shown);
    // A state tells a start from power-up before the reset.
    two_states(&mut b, data);
    b.finish()
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
        kept: None,
        init: None,
        origin,
    });
    let read = b.netlist.exprs.intern(Node::MemRead(MemId(0), at), 4);
    let hidden = b.constant(4, 0);
    let shown = b.mux(showing, read, hidden);
    b.output("shown", shown);
    b.finish()
}

/// A machine that copies a word, inverts it and combines its halves, waits, and shows the sum of
/// all; while it waits they follow from the first.
pub(crate) fn copies() -> Netlist {
    let mut b = Builder::new();
    let (go, data) = (b.input("go", 1), b.input("data", 2));
    let state = b.register("state", 2, Some(0));
    let [first, copy, inverse] =
        ["first", "copy", "inverse"].map(|name| b.register(name, 2, Some(0)));
    let both = b.register("both", 1, Some(0));
    let [idle, working, waiting, showing] = [0, 1, 2, 3].map(|value| b.is(state, value));
    let [zero, one, two, three] = [0, 1, 2, 3].map(|value| b.constant(2, value));
    let start = b.binary(BinaryOp::And, idle, go);
    let end = b.binary(BinaryOp::And, waiting, go);
    let next = b.mux(showing, zero, state);
    let next = b.mux(end, three, next);
    let next = b.mux(working, two, next);
    let next = b.mux(start, one, next);
    b.next(state, next);
    let loaded = b.mux(start, data, first);
    b.next(first, loaded);
    let copied = b.mux(working, first, copy);
    let moved = b.mux(showing, data, copied);
    b.next(copy, moved);
    let other = b.unary(UnaryOp::Not, first);
    let inverted = b.mux(working, other, inverse);
    b.next(inverse, inverted);
    let [low, high] = [0, 1].map(|at| b.slice(first, at, 1));
    let product = b.binary(BinaryOp::And, low, high);
    let combined = b.mux(working, product, both);
    b.next(both, combined);
    let sum = b.binary(BinaryOp::Add, copy, first);
    let sum = b.binary(BinaryOp::Xor, sum, inverse);
    let wide = b.concat(&[both, both]);
    let sum = b.binary(BinaryOp::Add, sum, wide);
    let shown = b.mux(showing, sum, zero);
    b.output("y", shown);
    b.finish()
}

/// A machine that loads a word, makes random functions of its bits, waits and shows them.
pub(crate) fn followers(rng: &mut Rng) -> Netlist {
    let mut b = Builder::new();
    let (go, data) = (b.input("go", 1), b.input("data", 2));
    let state = b.register("state", 2, Some(0));
    let held = b.register("held", 2, Some(rng.next()));
    let [idle, working, waiting, showing] = [0, 1, 2, 3].map(|value| b.is(state, value));
    let [zero, one, two, three] = [0, 1, 2, 3].map(|value| b.constant(2, value));
    let end = b.binary(BinaryOp::And, waiting, go);
    let next = b.mux(showing, zero, state);
    let next = b.mux(end, three, next);
    let next = b.mux(working, two, next);
    let next = b.mux(idle, one, next);
    b.next(state, next);
    let loaded = b.mux(idle, data, held);
    b.next(held, loaded);
    let [low, high] = [0, 1].map(|at| b.slice(held, at, 1));
    let mut shown = vec![held];
    for at in 0..3 {
        let follower = b.register(&format!("f{at}"), 1, Some(rng.next()));
        let [one, other] = [(); 2].map(|()| [low, high, go][rng.below(8).min(2).min(rng.below(3))]);
        let one = match rng.below(2) {
            0 => b.unary(UnaryOp::Not, one),
            _ => one,
        };
        let op = [BinaryOp::And, BinaryOp::Or, BinaryOp::Xor][rng.below(3)];
        let made = b.binary(op, one, other);
        let next = b.mux(working, made, follower);
        b.next(follower, next);
        shown.push(follower);
    }
    let all = b.concat(&shown);
    let none = b.constant(5, 0);
    let shown = b.mux(showing, all, none);
    b.output("y", shown);
    b.finish()
}
