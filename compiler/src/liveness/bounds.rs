//! What the ranges of registers decide in a control state: comparisons, and how far an index reaches.
//!
//! A register with a range ([`super::ranges`]) is within it in every cycle of a run that nothing interrupts. So of such a
//! run `n == 12` is false where n is at most 9, and `a[n]` is one of the first ten elements. Of a run that went through a failure it would not
//! be, if the register's dead bits came back as anything. So whoever relies on a decision has to see that both runs
//! agree on the whole register, which then decides alike in both: [`super::demand`] takes a decision for a use of all bits of the
//! register, and leaves out what is not chosen.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::ranges::{Range, Ranges};
use crate::control::StateId;
use crate::control::cases::ResetCase;
use crate::netlist::known::{Cone, Known};
use crate::netlist::{BinaryOp, Bits, ExprId, Netlist, Node, RegId, UnaryOp};

/// What follows from the ranges of every state; states with the same ranges share it.
#[derive(Debug, Clone, Default)]
pub(super) struct Bounds {
    /// Per state its place in `distinct`; empty where nothing is known of any state.
    of: Vec<u32>,
    distinct: Vec<Arc<Decisions>>,
}

impl Bounds {
    /// What follows in a netlist, per state.
    pub(super) fn new(netlist: &Netlist, states: &[Ranges]) -> Bounds {
        let mut bounds = Bounds::default();
        if states.iter().all(|ranges| ranges.is_empty()) {
            return bounds;
        }
        let deciding = Deciding::new(netlist, states);
        let mut places: FxHashMap<&Ranges, u32> = FxHashMap::default();
        for ranges in states {
            let next = bounds.distinct.len() as u32;
            let place = *places.entry(ranges).or_insert(next);
            if place == next {
                let decisions = deciding.decisions(netlist, ranges);
                bounds.distinct.push(Arc::new(decisions));
            }
            bounds.of.push(place);
        }
        bounds
    }

    /// What is decided in a state, in a case of the asynchronous resets; nothing where one of them makes any of the registers
    /// read as something else than is stored.
    pub(super) fn of(&self, state: StateId, case: &ResetCase) -> Option<&Arc<Decisions>> {
        let own = &self.distinct[*self.of.get(state.index())? as usize];
        own.holds_in(case).then_some(own)
    }
}

/// What is decided in one state.
#[derive(Debug, Clone, Default)]
pub(super) struct Decisions {
    /// The registers that it follows from.
    registers: Vec<RegId>,
    /// Expressions that keep within a range which is less than their width allows.
    ranges: FxHashMap<ExprId, Range>,
    /// Bits that have one value.
    decided: FxHashMap<ExprId, bool>,
}

impl Decisions {
    /// What follows from these ranges.
    pub(super) fn new(netlist: &Netlist, ranges: &Ranges) -> Decisions {
        Deciding::new(netlist, std::slice::from_ref(ranges)).decisions(netlist, ranges)
    }

    /// Whether all of the registers read as they are stored.
    pub(super) fn holds_in(&self, case: &ResetCase) -> bool {
        let mut registers = self.registers.iter();
        registers.all(|&register| {
            case.held[register.index()].is_none() && case.open(register).is_empty()
        })
    }

    /// The value of a bit, if it is decided.
    pub(super) fn decided(&self, bit: ExprId) -> Option<bool> {
        self.decided.get(&bit).copied()
    }

    /// The range of an expression, if that says anything.
    pub(super) fn range(&self, expr: ExprId) -> Option<Range> {
        self.ranges.get(&expr).copied()
    }

    /// Sets what is decided, of a run that nothing interrupts.
    pub(super) fn set(&self, known: &mut Known, cone: &Cone) {
        for (&id, &value) in &self.decided {
            if cone.contains(id) {
                known.set(cone, id, &Bits::from_u64(1, u64::from(value)));
            }
        }
    }

    /// From what is known of the operands; of constants nothing is told.
    fn range_of(&self, netlist: &Netlist, id: ExprId) -> Option<Range> {
        let exprs = &netlist.exprs;
        match exprs.node(id) {
            Node::Reg(_) => self.range(id),
            // Zeros above.
            Node::Concat(items) => {
                let zero = |&item: &ExprId| exprs.as_const(item).is_some_and(Bits::is_zero);
                items[1..]
                    .iter()
                    .all(zero)
                    .then(|| self.range_or_width(netlist, items[0]))?
            }
            Node::Slice(of, low) => {
                let range = self.range(*of)?;
                let shifted = |value: u64| value.checked_shr(*low).unwrap_or(0);
                let (least, most) = (shifted(range.least), shifted(range.most));
                // Bits above the slice must not be lost.
                let width = exprs.width(id);
                (width >= 64 || most >> width == 0).then_some(Range { least, most })
            }
            _ => None,
        }
    }

    /// The range of an expression, by its width where nothing else is known.
    fn range_or_width(&self, netlist: &Netlist, id: ExprId) -> Option<Range> {
        self.range(id).or_else(|| {
            let width = netlist.exprs.width(id);
            (width < 64).then(|| Range::full(width))
        })
    }

    fn value_of(&self, netlist: &Netlist, id: ExprId) -> Option<bool> {
        let exprs = &netlist.exprs;
        let constant = |id: ExprId| exprs.as_const(id)?.to_u64();
        // A bit with one value.
        if let Some(range) = self.range(id) {
            return (range.least == range.most).then_some(range.least == 1);
        }
        match *exprs.node(id) {
            Node::Unary(UnaryOp::Not, a) => self.decided(a).map(|value| !value),
            Node::Unary(UnaryOp::ReduceAnd, a) => {
                let (range, full) = (self.range(a)?, Range::full(exprs.width(a)));
                match range.least == full.most {
                    true => Some(true),
                    false => (range.most < full.most).then_some(false),
                }
            }
            Node::Unary(UnaryOp::ReduceOr, a) => {
                let range = self.range(a)?;
                match range.least > 0 {
                    true => Some(true),
                    false => (range.most == 0).then_some(false),
                }
            }
            Node::Binary(op @ (BinaryOp::And | BinaryOp::Or), a, b) => {
                let deciding = op == BinaryOp::Or;
                match (self.decided(a), self.decided(b)) {
                    (Some(value), _) | (_, Some(value)) if value == deciding => Some(value),
                    (Some(_), Some(_)) => Some(!deciding),
                    _ => None,
                }
            }
            Node::Binary(BinaryOp::Eq, a, b) => {
                let (range, at) = match (constant(a), constant(b)) {
                    (None, Some(at)) => (self.range(a)?, at),
                    (Some(at), None) => (self.range(b)?, at),
                    _ => return None,
                };
                match range.contains(at) {
                    false => Some(false),
                    true => (range.least == range.most).then_some(true),
                }
            }
            Node::Binary(BinaryOp::LtU, a, b) => match (constant(a), constant(b)) {
                (None, Some(b)) => self.range(a)?.is_below(b),
                (Some(a), None) => self.range(b)?.is_above(a),
                _ => None,
            },
            _ => None,
        }
    }
}

/// The expressions of which ranges of registers can tell anything, operands first.
struct Deciding(Vec<ExprId>);

impl Deciding {
    /// Those that depend on any of these ranges.
    fn new(netlist: &Netlist, states: &[Ranges]) -> Deciding {
        let exprs = &netlist.exprs;
        let mut told = vec![false; exprs.len()];
        for &(register, _) in states.iter().flat_map(|ranges| ranges.iter()) {
            told[netlist.registers[register.index()].expr.index()] = true;
        }
        let mut list = Vec::new();
        for id in exprs.ids() {
            let is = |of: &ExprId| told[of.index()];
            let depends = match exprs.node(id) {
                Node::Reg(_) => is(&id),
                Node::Concat(items) => is(&items[0]),
                Node::Slice(of, _) => is(of),
                Node::Unary(UnaryOp::Not, a) => exprs.width(id) == 1 && is(a),
                Node::Unary(UnaryOp::ReduceAnd | UnaryOp::ReduceOr, a) => is(a),
                Node::Binary(BinaryOp::And | BinaryOp::Or, a, b) => {
                    exprs.width(id) == 1 && (is(a) || is(b))
                }
                Node::Binary(BinaryOp::Eq | BinaryOp::LtU, a, b) => is(a) || is(b),
                _ => false,
            };
            if depends {
                told[id.index()] = true;
                list.push(id);
            }
        }
        Deciding(list)
    }

    /// What follows from the ranges of one state.
    fn decisions(&self, netlist: &Netlist, ranges: &Ranges) -> Decisions {
        let mut decisions = Decisions {
            registers: ranges.iter().map(|&(register, _)| register).collect(),
            ..Decisions::default()
        };
        for &(register, range) in ranges.iter() {
            let expr = netlist.registers[register.index()].expr;
            decisions.ranges.insert(expr, range);
        }
        for &id in &self.0 {
            let width = netlist.exprs.width(id);
            if let Some(range) = decisions.range_of(netlist, id)
                && width < 64
                && range != Range::full(width)
            {
                decisions.ranges.insert(id, range);
            }
            if width == 1
                && let Some(value) = decisions.value_of(netlist, id)
            {
                decisions.decided.insert(id, value);
            }
        }
        decisions
    }
}
