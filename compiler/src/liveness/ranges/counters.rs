//! The registers whose ranges are worth looking at, and the numbers at which they may end.

use rustc_hash::FxHashMap;

use super::Range;
use crate::netlist::{BinaryOp, Bits, ExprId, Exprs, Netlist, Node, RegId};

/// Legs that are looked at of one register, at most: past them its next value counts as anything.
const LEGS: usize = 256;
/// Numbers kept of one counter, at most.
const NUMBERS: usize = 256;

/// A register that counts.
#[derive(Debug)]
pub(super) struct Counter {
    pub(super) register: RegId,
    /// As it reads.
    pub(super) expr: ExprId,
    /// All numbers of its width.
    pub(super) full: Range,
    /// Those that it keeps within in all states.
    pub(super) outer: Range,
    /// What it is compared with, and what is one step from that, in order.
    numbers: Vec<u64>,
}

impl Counter {
    /// A range that has `both`, with ends that grew beyond `own` moved on to the next number.
    pub(super) fn widened(&self, own: Range, both: Range) -> Range {
        let mut wide = both;
        if both.most > own.most {
            let at = self.numbers.partition_point(|&number| number < both.most);
            let next = self.numbers.get(at).copied();
            wide.most = next.unwrap_or(self.outer.most).min(self.outer.most);
        }
        if both.least < own.least {
            let end = self.numbers.partition_point(|&number| number <= both.least);
            let next = end.checked_sub(1).map(|at| self.numbers[at]);
            wide.least = next.unwrap_or(0).max(self.outer.least);
        }
        wide
    }
}

/// All counters of a netlist, in its order.
pub(super) fn counters(netlist: &Netlist) -> Vec<Counter> {
    let mut found: Vec<(Counter, Vec<u64>)> = Vec::new();
    for (at, own) in netlist.registers.iter().enumerate() {
        if !(2..64).contains(&own.width) {
            continue;
        }
        let Some(steps) = steps(netlist, own.expr, own.next) else {
            continue;
        };
        let counter = Counter {
            register: RegId(at as u32),
            expr: own.expr,
            full: Range::full(own.width),
            outer: Range::full(own.width),
            numbers: Vec::new(),
        };
        found.push((counter, steps));
    }
    let places: FxHashMap<ExprId, usize> = (found.iter().enumerate())
        .map(|(at, (counter, _))| (counter.expr, at))
        .collect();
    let exprs = &netlist.exprs;
    if found.is_empty() {
        return Vec::new();
    }
    for id in exprs.ids() {
        let Node::Binary(BinaryOp::Eq | BinaryOp::LtU, a, b) = *exprs.node(id) else {
            continue;
        };
        for (of, with) in [(a, b), (b, a)] {
            if let Some((own, low)) = upper(exprs, of)
                && let Some(&at) = places.get(&own)
                && let Some(number) = exprs.as_const(with).and_then(Bits::to_u64)
                && let Some(number) = number.checked_shl(low)
            {
                let (counter, steps) = &mut found[at];
                counter.note(number, steps);
            }
        }
    }
    let finish = |(mut counter, _): (Counter, Vec<u64>)| {
        counter.numbers.sort_unstable();
        counter.numbers.dedup();
        counter
    };
    found.into_iter().map(finish).collect()
}

impl Counter {
    /// Adds where a comparison with a number may end a range.
    fn note(&mut self, number: u64, steps: &[u64]) {
        let near = [number.checked_sub(1), Some(number), number.checked_add(1)];
        for number in near.into_iter().flatten() {
            let beyond = steps.iter().flat_map(|&step| {
                let up = number.checked_add(step);
                [up, number.checked_sub(step)].into_iter().flatten()
            });
            let all = beyond.chain([number]).filter(|&it| self.full.contains(it));
            let room = NUMBERS.saturating_sub(self.numbers.len());
            self.numbers.extend(all.take(room));
        }
    }
}

/// How far a register is stepped on the legs of its next value; `None` if it is not, and may become anything.
fn steps(netlist: &Netlist, own: ExprId, next: ExprId) -> Option<Vec<u64>> {
    let exprs = &netlist.exprs;
    let (mut open, mut anything) = (vec![next], false);
    let mut steps = Vec::new();
    let mut seen = 0;
    while let Some(expr) = open.pop() {
        seen += 1;
        if seen > LEGS {
            anything = true;
            break;
        }
        match *exprs.node(expr) {
            Node::Mux(_, then, other) => open.extend([then, other]),
            Node::Const(_) => {}
            _ if expr == own => {}
            _ => match step(exprs, own, expr) {
                Some((by, _)) => steps.push(by),
                None => anything |= exprs.significant(expr) == exprs.width(expr),
            },
        }
    }
    steps.sort_unstable();
    steps.dedup();
    (!steps.is_empty() || !anything).then_some(steps)
}

/// How far an expression is from a register, and whether it is more.
pub(super) fn step(exprs: &Exprs, register: ExprId, expr: ExprId) -> Option<(u64, bool)> {
    let expr = match *exprs.node(expr) {
        Node::Slice(of, 0) => of,
        _ => expr,
    };
    let Node::Binary(op @ (BinaryOp::Add | BinaryOp::Sub), a, b) = *exprs.node(expr) else {
        return None;
    };
    let by = exprs
        .as_const(b)
        .filter(|by| upper(exprs, a) == Some((register, 0)) && by.is_known())?;
    let less = Bits::zero(by.width()).sub(by);
    let half = (1u64 << exprs.width(register)) / 2;
    let up = op == BinaryOp::Add;
    match (by.to_u64(), less.to_u64()) {
        (Some(by), _) if by < half => Some((by, up)),
        (_, Some(by)) if by < half => Some((by, !up)),
        _ => None,
    }
}

/// The register of which an expression has all bits from one on, with zeros above or not, and which that is.
pub(super) fn upper(exprs: &Exprs, expr: ExprId) -> Option<(ExprId, u32)> {
    let expr = match exprs.node(expr) {
        Node::Concat(items) => {
            let zero = |&id: &ExprId| exprs.as_const(id).is_some_and(Bits::is_zero);
            items[1..].iter().all(zero).then(|| items[0])?
        }
        _ => expr,
    };
    match *exprs.node(expr) {
        Node::Reg(_) => Some((expr, 0)),
        Node::Slice(of, low) if matches!(exprs.node(of), Node::Reg(_)) => {
            (low + exprs.width(expr) == exprs.width(of)).then_some((of, low))
        }
        _ => None,
    }
}
