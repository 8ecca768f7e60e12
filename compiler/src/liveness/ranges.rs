//! Counters that never exceed a value.
//!
//! A register whose reset value, and every next value, is at most some bound never exceeds it. What is looked at are the
//! legs of the multiplexers of its next value: constants, narrower words, itself, and itself stepped up or down
//! where the way to the leg tests that there is room. `n == 9 ? 0 : n + 1` stays at most 9. The bound is an invariant of
//! this register alone, in all control states; `prove` checks it as one.

use crate::netlist::{BinaryOp, Bits, ExprId, Netlist, Node, RegId, UnaryOp};

/// Legs of one register, at most; with more it counts as any number.
const LEGS: usize = 256;

/// What the way to a leg says of the register.
#[derive(Debug, Clone, Copy)]
struct Room {
    /// It is at most this.
    most: u64,
    /// It is not this.
    not: Option<u64>,
    /// It is at least this.
    least: u64,
}

/// The registers that keep within a bound once they are, where that is less than their width allows.
pub(super) fn ranges(netlist: &Netlist) -> Vec<(RegId, u64)> {
    (0..netlist.registers.len() as u32)
        .filter_map(|at| Some((RegId(at), of(netlist, RegId(at))?)))
        .collect()
}

fn of(netlist: &Netlist, register: RegId) -> Option<u64> {
    let own = &netlist.registers[register.index()];
    if own.width < 2 || own.width > 63 {
        return None;
    }
    let full = (1u64 << own.width) - 1;
    let mut search = Search {
        netlist,
        register: own.expr,
        full,
        constant: 0,
        guards: Vec::new(),
        legs: 0,
    };
    for reset in &own.async_resets {
        search.leg(reset.value, anything(full))?;
    }
    if let Some(init) = &own.init {
        search.constant = search.constant.max(init.to_u64()?);
    }
    search.legs(own.next, anything(full))?;
    // A step up from all but the guard's value leads up to it: then it is the bound.
    let bound = search
        .guards
        .iter()
        .copied()
        .max()
        .unwrap_or(0)
        .max(search.constant);
    (search.guards.iter().all(|&guard| guard == bound) && bound < full).then_some(bound)
}

fn anything(full: u64) -> Room {
    Room {
        most: full,
        not: None,
        least: 0,
    }
}

struct Search<'a> {
    netlist: &'a Netlist,
    register: ExprId,
    full: u64,
    /// The largest value of legs that do not depend on the bound.
    constant: u64,
    /// The values that are excluded where the register is stepped up by one.
    guards: Vec<u64>,
    legs: usize,
}

impl Search<'_> {
    fn legs(&mut self, expr: ExprId, room: Room) -> Option<()> {
        match *self.netlist.exprs.node(expr) {
            Node::Mux(select, then, other) => {
                for (leg, value) in [(then, true), (other, false)] {
                    let mut room = room;
                    self.assume(select, value, &mut room, 8);
                    self.legs(leg, room)?;
                }
                Some(())
            }
            _ => self.leg(expr, room),
        }
    }

    fn leg(&mut self, expr: ExprId, room: Room) -> Option<()> {
        self.legs += 1;
        if self.legs > LEGS {
            return None;
        }
        if expr == self.register {
            return Some(());
        }
        let exprs = &self.netlist.exprs;
        if let Some(value) = exprs.as_const(expr) {
            self.constant = self.constant.max(value.to_u64()?);
            return Some(());
        }
        if let Some((step, up)) = self.step(expr) {
            if !up {
                // No borrow: it gets less.
                let enough = room.least >= step || (step == 1 && room.not == Some(0));
                return enough.then_some(());
            }
            if room.most < self.full {
                self.constant = self.constant.max(room.most.checked_add(step)?);
            } else {
                self.guards.push(room.not.filter(|_| step == 1)?);
            }
            return Some(());
        }
        let used = exprs.significant(expr);
        (used < exprs.width(expr)).then(|| {
            self.constant = self.constant.max((1 << used) - 1);
        })
    }

    /// How far an expression is from the register, and whether it is more.
    fn step(&self, expr: ExprId) -> Option<(u64, bool)> {
        let exprs = &self.netlist.exprs;
        let expr = match *exprs.node(expr) {
            Node::Slice(of, 0) => of,
            _ => expr,
        };
        let Node::Binary(op @ (BinaryOp::Add | BinaryOp::Sub), a, b) = *exprs.node(expr) else {
            return None;
        };
        let by = exprs
            .as_const(b)
            .filter(|by| self.is_register(a) && by.is_known())?;
        let less = Bits::zero(by.width()).sub(by);
        let up = op == BinaryOp::Add;
        match (by.to_u64(), less.to_u64()) {
            (Some(by), _) if by <= self.full / 2 => Some((by, up)),
            (_, Some(by)) if by <= self.full / 2 => Some((by, !up)),
            _ => None,
        }
    }

    /// The register, or it with zeros above.
    fn is_register(&self, expr: ExprId) -> bool {
        let exprs = &self.netlist.exprs;
        match exprs.node(expr) {
            Node::Concat(items) => {
                let zero = |&id: &ExprId| exprs.as_const(id).is_some_and(Bits::is_zero);
                items[0] == self.register && items[1..].iter().all(zero)
            }
            _ => expr == self.register,
        }
    }

    /// Adds what a bit says of the register.
    fn assume(&self, bit: ExprId, value: bool, room: &mut Room, depth: u32) {
        let exprs = &self.netlist.exprs;
        if depth == 0 {
            return;
        }
        match *exprs.node(bit) {
            Node::Unary(UnaryOp::Not, inner) => self.assume(inner, !value, room, depth - 1),
            Node::Unary(UnaryOp::ReduceOr, of) if of == self.register => match value {
                true => room.not = Some(0),
                false => room.most = 0,
            },
            Node::Unary(UnaryOp::ReduceAnd, of) if of == self.register && !value => {
                room.not = Some(self.full);
            }
            Node::Binary(BinaryOp::And, a, b) if value => {
                self.assume(a, true, room, depth - 1);
                self.assume(b, true, room, depth - 1);
            }
            Node::Binary(BinaryOp::Or, a, b) if !value => {
                self.assume(a, false, room, depth - 1);
                self.assume(b, false, room, depth - 1);
            }
            Node::Binary(BinaryOp::Eq, a, b) if self.is_register(a) => {
                let Some(at) = exprs.as_const(b).and_then(Bits::to_u64) else {
                    return;
                };
                match value {
                    true => (room.most, room.least) = (room.most.min(at), room.least.max(at)),
                    false => room.not = Some(at),
                }
            }
            Node::Binary(BinaryOp::LtU, a, b) => {
                if let Some((low, bound)) =
                    self.upper(a).zip(exprs.as_const(b).and_then(Bits::to_u64))
                {
                    // Below a multiple of 2^low.
                    let bound = bound << low;
                    match value {
                        true => room.most = room.most.min(bound.saturating_sub(1)),
                        false => room.least = room.least.max(bound),
                    }
                } else if let Some((0, bound)) =
                    self.upper(b).zip(exprs.as_const(a).and_then(Bits::to_u64))
                {
                    match value {
                        true => room.least = room.least.max(bound + 1),
                        false => room.most = room.most.min(bound),
                    }
                }
            }
            _ => {}
        }
    }

    /// How many low bits of the register an expression leaves out.
    fn upper(&self, expr: ExprId) -> Option<u32> {
        let exprs = &self.netlist.exprs;
        match *exprs.node(expr) {
            Node::Slice(of, low) if of == self.register => {
                (low + exprs.width(expr) == exprs.width(of)).then_some(low)
            }
            _ => self.is_register(expr).then_some(0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::netlist::eval::{self, MachineState};
    use crate::netlist::testing::{Builder, Rng, fit};

    /// The bound of a counter of four bits, reset to 2, with this next value.
    fn bound(next: impl Fn(&mut Builder, ExprId) -> ExprId) -> Option<u64> {
        let mut b = Builder::new();
        let n = b.register("n", 4, Some(2));
        let next = next(&mut b, n);
        b.next(n, next);
        b.output("n", n);
        ranges(&b.finish()).first().map(|it| it.1)
    }

    #[test]
    fn counters_have_the_bounds_that_they_are_tested_for() {
        let up = |b: &mut Builder, n: ExprId, by: u64| {
            let by = b.constant(4, by);
            b.binary(BinaryOp::Add, n, by)
        };
        let wrap = bound(|b, n| {
            let (last, zero, more) = (b.is(n, 9), b.constant(4, 0), up(b, n, 1));
            b.mux(last, zero, more)
        });
        assert_eq!(wrap, Some(9));
        // Without a test, with one of a value that is no bound, with a step over it.
        assert_eq!(bound(|b, n| up(b, n, 1)), None);
        let load = |value: u64, by: u64| {
            bound(move |b, n| {
                let (last, load, more) = (b.is(n, 9), b.constant(4, value), up(b, n, by));
                b.mux(last, load, more)
            })
        };
        assert_eq!(load(11, 1), None);
        assert_eq!(load(0, 2), None);
        let below = bound(|b, n| {
            let ten = b.constant(4, 10);
            let (room, more) = (b.binary(BinaryOp::LtU, n, ten), up(b, n, 3));
            b.mux(room, more, n)
        });
        assert_eq!(below, Some(12));
        let down = bound(|b, n| {
            let (empty, less, full) = (b.is(n, 0), up(b, n, 15), b.constant(4, 5));
            b.mux(empty, full, less)
        });
        assert_eq!(down, Some(5));
        assert_eq!(bound(|b, n| up(b, n, 15)), None);
    }

    /// No bound is exceeded, from all valuations within it.
    #[test]
    fn random_counters_keep_their_bounds() {
        let mut found = 0;
        for seed in 0..3000 {
            let mut rng = Rng::new(seed);
            let mut b = Builder::new();
            let free = b.input("free", 3);
            let n = b.register("n", 3, Some(rng.next() % 3));
            let mut legs: Vec<ExprId> = vec![n, b.constant(3, rng.next() % 4)];
            for by in [1, 7, 1 + rng.next() % 3] {
                let by = b.constant(3, by);
                let op = [BinaryOp::Add, BinaryOp::Sub][rng.below(2)];
                legs.push(b.binary(op, n, by));
            }
            let low = b.slice(free, 0, 2);
            legs.push(fit(&mut b, low, 3));
            let mut next = legs[rng.below(legs.len())];
            for _ in 0..1 + rng.below(3) {
                let value = b.constant(3, rng.next());
                let test = match rng.below(5) {
                    0 | 1 => b.binary(BinaryOp::Eq, n, value),
                    2 => b.binary(BinaryOp::LtU, n, value),
                    3 => b.binary(BinaryOp::LtU, value, n),
                    _ => b.slice(free, 2, 1),
                };
                let leg = legs[rng.below(legs.len())];
                next = if rng.flip() {
                    b.mux(test, leg, next)
                } else {
                    b.mux(test, next, leg)
                };
            }
            b.next(n, next);
            b.output("n", n);
            let netlist = b.finish();
            let Some(&(_, bound)) = ranges(&netlist).first() else {
                continue;
            };
            found += 1;
            let bits = |value: u64| {
                (0..3)
                    .map(|bit| value >> bit & 1 == 1)
                    .collect::<Vec<bool>>()
            };
            let number =
                |bits: &[bool]| bits.iter().rev().fold(0, |n, &bit| n * 2 + u64::from(bit));
            for (value, free, reset) in
                (0..=bound).flat_map(|value| (0..16).map(move |at| (value, at / 2, at % 2)))
            {
                let mut state = MachineState::zero(&netlist);
                state.registers[0] = bits(value);
                let inputs = vec![bits(reset)[..1].to_vec(), bits(free)];
                let next = eval::cycle(&netlist, &state, &inputs).next;
                assert!(
                    number(&next.registers[0]) <= bound,
                    "seed {seed}: {value} within {bound}"
                );
            }
        }
        assert!(found > 300, "{found}");
    }
}
