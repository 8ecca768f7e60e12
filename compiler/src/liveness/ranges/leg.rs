//! The range of a counter after a cycle: over the legs of the multiplexers of its next value, each with what the way to it says of the counter.

use super::Range;
use super::counters::{Counter, step, upper};
use crate::control::Assumption;
use crate::control::cases::ResetCase;
use crate::liveness::bounds::Decisions;
use crate::netlist::known::{Cone, Known};
use crate::netlist::{BinaryOp, Bits, ExprId, Netlist, Node, UnaryOp};

/// Multiplexers and legs that are looked at, at most: past them it may become anything.
const VISITS: usize = 1024;
/// How far conditions are followed down.
const DEPTH: u32 = 8;

/// A counter, where something is known.
pub(super) struct Leg<'a> {
    pub(super) netlist: &'a Netlist,
    pub(super) cone: &'a Cone,
    pub(super) known: &'a Known,
    /// What the ranges of all counters decide.
    pub(super) decisions: Option<&'a Decisions>,
    pub(super) counter: &'a Counter,
}

/// What the way to a leg says of the counter as it reads.
#[derive(Debug, Clone, Copy)]
struct Room {
    range: Range,
    /// It is not this.
    not: Option<u64>,
}

impl Room {
    /// That it is in a range, too; `None` if it cannot be.
    fn within(self, range: Range) -> Option<Room> {
        let range = self.range.within(range)?;
        Room { range, ..self }.ends()
    }

    fn without(self, value: u64) -> Option<Room> {
        let not = Some(value);
        match self.ends()?.range.contains(value) {
            true => Room { not, ..self }.ends(),
            false => Some(self),
        }
    }

    /// Moves an end that is excluded.
    fn ends(mut self) -> Option<Room> {
        let Range { least, most } = self.range;
        match self.not {
            Some(not) if least == most && not == least => return None,
            Some(not) if not == least => self.range.least += 1,
            Some(not) if not == most => self.range.most -= 1,
            _ => {}
        }
        Some(self)
    }
}

impl Leg<'_> {
    /// What it is after a cycle that takes the edge with these assumptions, if there is such a cycle; `own` is what it may
    /// be before.
    pub(super) fn after(
        &self,
        case: &ResetCase,
        own: Range,
        assumptions: &[Assumption],
    ) -> Option<Range> {
        let mut room = Room {
            range: own,
            not: None,
        };
        room = room.within(self.known_range(self.counter.expr))?;
        for assumption in assumptions {
            if assumption.bit == 0 && self.netlist.exprs.width(assumption.expr) == 1 {
                room = self.assume(assumption.expr, assumption.value, room, DEPTH)?;
            }
        }
        let next = self.legs(case.next(self.netlist, self.counter.register), room)?;
        self.or_open(case, next).within(self.counter.outer)
    }

    /// What it reads as in a cycle; `own` is what is stored.
    pub(super) fn now(&self, case: &ResetCase, own: Range) -> Range {
        let now = match case.held[self.counter.register.index()] {
            Some(value) => self.known_range(value),
            None => own,
        };
        self.or_open(case, now)
    }

    /// Or what a reset makes of it that may be active.
    fn or_open(&self, case: &ResetCase, range: Range) -> Range {
        let open = case.open(self.counter.register).iter();
        open.fold(range, |range, reset| {
            range.with(self.known_range(reset.value))
        })
    }

    fn legs(&self, expr: ExprId, room: Room) -> Option<Range> {
        let mut open = vec![(expr, room)];
        let mut all: Option<Range> = None;
        let mut visits = 0;
        while let Some((expr, room)) = open.pop() {
            visits += 1;
            if visits > VISITS {
                return Some(self.counter.full);
            }
            let Node::Mux(select, then, other) = *self.netlist.exprs.node(expr) else {
                if let Some(range) = self.leg(expr, room) {
                    all = Some(all.map_or(range, |all| all.with(range)));
                }
                continue;
            };
            let chosen = self.known.bit(self.cone, select, 0);
            for (leg, value) in [(then, true), (other, false)] {
                if chosen != Some(!value)
                    && let Some(room) = self.assume(select, value, room, DEPTH)
                {
                    open.push((leg, room));
                }
            }
        }
        all
    }

    fn leg(&self, expr: ExprId, room: Room) -> Option<Range> {
        let exprs = &self.netlist.exprs;
        let Counter {
            expr: own, full, ..
        } = *self.counter;
        let Range { least, most } = room.range;
        let told = if expr == own {
            room.range
        } else if let Some((by, up)) = step(exprs, own, expr) {
            let one_more = |value: u64| value.wrapping_add(if up { by } else { by.wrapping_neg() });
            let wraps = |value: u64| match up {
                true => value > full.most - by,
                false => value < by,
            };
            match (wraps(least), wraps(most)) {
                // On both ends or on none: the order stays.
                (a, b) if a == b => Range {
                    least: one_more(least) & full.most,
                    most: one_more(most) & full.most,
                },
                _ => full,
            }
        } else {
            full
        };
        told.within(self.known_range(expr))
    }

    /// What the known bits of a word leave, and the ranges of counters.
    fn known_range(&self, expr: ExprId) -> Range {
        let known = self.known.planes(self.cone, expr);
        let (value, sure) = (known.value[0], known.known[0]);
        let full = self.counter.full;
        let told = Range {
            least: value & full.most,
            most: (value | !sure) & full.most,
        };
        match self.decisions.and_then(|decisions| decisions.range(expr)) {
            Some(range) => told.within(range).unwrap_or(told),
            None => told,
        }
    }

    /// Adds what a bit says of the counter; `None` if that cannot be.
    fn assume(&self, bit: ExprId, value: bool, room: Room, depth: u32) -> Option<Room> {
        let exprs = &self.netlist.exprs;
        let full = self.counter.full;
        let is_own = |expr: ExprId| expr == self.counter.expr;
        let at_most = |most: u64| room.within(Range { least: 0, most });
        let at_least = |least: u64| room.within(Range { least, ..full });
        if depth == 0 {
            return Some(room);
        }
        let both = |a: ExprId, b: ExprId, value: bool| {
            let room = self.assume(a, value, room, depth - 1)?;
            self.assume(b, value, room, depth - 1)
        };
        match *exprs.node(bit) {
            Node::Unary(UnaryOp::Not, inner) => self.assume(inner, !value, room, depth - 1),
            Node::Unary(UnaryOp::ReduceOr, of) if is_own(of) => match value {
                true => room.without(0),
                false => at_most(0),
            },
            Node::Unary(UnaryOp::ReduceAnd, of) if is_own(of) => match value {
                true => at_least(full.most),
                false => room.without(full.most),
            },
            Node::Binary(BinaryOp::And, a, b) if value => both(a, b, true),
            Node::Binary(BinaryOp::Or, a, b) if !value => both(a, b, false),
            Node::Binary(BinaryOp::Eq, a, b) => {
                let Some((0, at)) = self.compared(a, b) else {
                    return Some(room);
                };
                match value {
                    true => room.within(Range::only(at)),
                    false => room.without(at),
                }
            }
            Node::Binary(BinaryOp::LtU, a, b) => {
                if let Some((low, bound)) = self.compared(a, b) {
                    // Below a multiple of 2^low, or not.
                    let Some(bound) = bound.checked_shl(low).filter(|it| it >> low == bound) else {
                        return Some(room);
                    };
                    match value {
                        true => at_most(bound.checked_sub(1)?),
                        false => at_least(bound),
                    }
                } else if let Some((0, bound)) = self.compared(b, a) {
                    match value {
                        true => at_least(bound.checked_add(1)?),
                        false => at_most(bound),
                    }
                } else {
                    Some(room)
                }
            }
            _ => Some(room),
        }
    }

    /// How many low bits of the counter an expression leaves out, and the number that it is compared with.
    fn compared(&self, of: ExprId, with: ExprId) -> Option<(u32, u64)> {
        let exprs = &self.netlist.exprs;
        let (own, low) = upper(exprs, of)?;
        let with = exprs.as_const(with).and_then(Bits::to_u64)?;
        (own == self.counter.expr).then_some((low, with))
    }
}
