//! What registers that never exceed a value decide: comparisons, and how far an index reaches.
//!
//! A register with a bound b ([`super::ranges`]) is at most b in every cycle of a run that nothing interrupts. So of such a
//! run `n == 12` is false where b is 9, and `a[n]` is one of the first ten elements. Of a run that went through a failure it would not
//! be, if the register's dead bits came back as anything. So whoever relies on a decision has to see that both runs
//! agree on the whole register, which then decides alike in both: [`super::demand`] takes a decision for a use of all bits of the
//! register, and leaves out what is not chosen.

use rustc_hash::FxHashMap;

use crate::netlist::{BinaryOp, ExprId, Netlist, Node, RegId, UnaryOp};

/// What follows from bounds of registers.
#[derive(Debug, Clone, Default)]
pub(super) struct Bounds {
    /// The registers with their bounds.
    pub(super) list: Vec<(RegId, u64)>,
    /// Expressions that never exceed a number which is less than their width allows.
    limits: FxHashMap<ExprId, u64>,
    /// Bits that always have one value.
    decided: FxHashMap<ExprId, bool>,
}

impl Bounds {
    /// What follows in a netlist.
    pub(super) fn new(netlist: &Netlist, list: Vec<(RegId, u64)>) -> Bounds {
        let mut bounds = Bounds {
            list,
            ..Bounds::default()
        };
        if bounds.list.is_empty() {
            return bounds;
        }
        for &(register, most) in &bounds.list {
            let expr = netlist.registers[register.index()].expr;
            bounds.limits.insert(expr, most);
        }
        // Operands come first.
        for id in netlist.exprs.ids() {
            let width = netlist.exprs.width(id);
            let full = u64::MAX.checked_shr(64 - width.min(64)).unwrap_or(0);
            if let Some(limit) = bounds.limit_of(netlist, id)
                && width <= 64
                && limit < full
            {
                bounds.limits.insert(id, limit);
            }
            if width == 1
                && let Some(value) = bounds.value_of(netlist, id)
            {
                bounds.decided.insert(id, value);
            }
        }
        bounds
    }

    /// The value of a bit, if it is decided.
    pub(super) fn decided(&self, bit: ExprId) -> Option<bool> {
        match self.decided.is_empty() {
            true => None,
            false => self.decided.get(&bit).copied(),
        }
    }

    /// The bits that are decided.
    pub(super) fn all_decided(&self) -> impl Iterator<Item = (ExprId, bool)> + '_ {
        self.decided.iter().map(|(&id, &value)| (id, value))
    }

    /// What an expression never exceeds, if that says anything.
    pub(super) fn limit(&self, expr: ExprId) -> Option<u64> {
        match self.limits.is_empty() {
            true => None,
            false => self.limits.get(&expr).copied(),
        }
    }

    /// From what is known of the operands; constants limit nothing.
    fn limit_of(&self, netlist: &Netlist, id: ExprId) -> Option<u64> {
        let exprs = &netlist.exprs;
        match exprs.node(id) {
            Node::Reg(_) => self.limit(id),
            // Zeros above.
            Node::Concat(items) => {
                let zero = |&item: &ExprId| exprs.as_const(item).is_some_and(|it| it.is_zero());
                items[1..]
                    .iter()
                    .all(zero)
                    .then(|| self.most(netlist, items[0]))?
            }
            Node::Slice(of, low) => {
                let most = self.limit(*of)?.checked_shr(*low).unwrap_or(0);
                // Bits above the slice must not be lost.
                let width = exprs.width(id);
                (width >= 64 || most >> width == 0).then_some(most)
            }
            _ => None,
        }
    }

    /// What an expression never exceeds.
    fn most(&self, netlist: &Netlist, id: ExprId) -> Option<u64> {
        self.limit(id).or_else(|| {
            let width = netlist.exprs.width(id);
            (width < 64).then(|| (1 << width) - 1)
        })
    }

    fn value_of(&self, netlist: &Netlist, id: ExprId) -> Option<bool> {
        let exprs = &netlist.exprs;
        let constant = |id: ExprId| exprs.as_const(id)?.to_u64();
        // A bit that never exceeds 0.
        if self.limit(id) == Some(0) {
            return Some(false);
        }
        match *exprs.node(id) {
            Node::Unary(UnaryOp::Not, a) => self.decided(a).map(|value| !value),
            Node::Unary(UnaryOp::ReduceAnd, a) => self.limit(a).map(|_| false),
            Node::Unary(UnaryOp::ReduceOr, a) => (self.limit(a)? == 0).then_some(false),
            Node::Binary(op @ (BinaryOp::And | BinaryOp::Or), a, b) => {
                let deciding = op == BinaryOp::Or;
                match (self.decided(a), self.decided(b)) {
                    (Some(value), _) | (_, Some(value)) if value == deciding => Some(value),
                    (Some(_), Some(_)) => Some(!deciding),
                    _ => None,
                }
            }
            Node::Binary(BinaryOp::Eq, a, b) => {
                let beyond = |a, b| Some(constant(b)? > self.limit(a)?);
                (beyond(a, b) == Some(true) || beyond(b, a) == Some(true)).then_some(false)
            }
            Node::Binary(BinaryOp::LtU, a, b) => match (constant(a), constant(b)) {
                (None, Some(b)) => (self.limit(a)? < b).then_some(true),
                (Some(a), None) => (a >= self.limit(b)?).then_some(false),
                _ => None,
            },
            _ => None,
        }
    }
}
