//! Which registers look like control.
//!
//! A register is a candidate if its next value is *settled*: built from
//! constants, itself, other candidates, and sums and logic of these, by
//! multiplexers and tables whatever selects in them. One-bit logic is a
//! selection too (`go & idle` is `go ? idle : 0`), so one settled side is enough
//! there. Bits that data choose freely (the index of a table, the other side of
//! such logic) are allowed up to a few per register: a substitution box is a
//! table too. The candidates are the largest set for which this holds.
//!
//! A candidate that no decision reads, directly or through other candidates,
//! would multiply the states for nothing and is left out.

use crate::netlist::{BinaryOp, ExprId, Netlist, Node, RegId};

/// Bits of a next value's tables and logic that may be data.
const FREE_BITS: u32 = 8;

/// Free bits of a value that is not settled.
const UNSETTLED: u32 = u32::MAX;

/// A reason why a register is not a candidate.
pub(super) type Reason = String;

/// Per register `None` if it is a candidate, else why not. `banned` has the
/// reasons of those that are out already, `forced` those that are in anyway.
pub(super) fn candidates(
    netlist: &Netlist,
    banned: &[Option<Reason>],
    forced: &[bool],
) -> Vec<Option<Reason>> {
    let mut reasons = banned.to_vec();
    let mut free = vec![UNSETTLED; netlist.exprs.len()];
    loop {
        let mut changed = false;
        for id in netlist.exprs.ids() {
            let bits = free_bits(netlist, &reasons, &free, id);
            free[id.index()] = bits.filter(|&bits| bits <= FREE_BITS).unwrap_or(UNSETTLED);
        }
        for (index, register) in netlist.registers.iter().enumerate() {
            if reasons[index].is_some() || forced[index] {
                continue;
            }
            let values = register.async_resets.iter().map(|reset| reset.value);
            let unsettled = (values.chain([register.next])).find(|v| free[v.index()] == UNSETTLED);
            if let Some(value) = unsettled {
                reasons[index] = Some(format!(
                    "its next value can be data: {}",
                    describe(netlist, &free, value)
                ));
                changed = true;
            }
        }
        if !changed {
            break;
        }
    }
    let needed = deciding(netlist, &reasons);
    for (index, reason) in reasons.iter_mut().enumerate() {
        if reason.is_none() && !needed[index] && !forced[index] {
            *reason = Some("no decision reads it".to_owned());
        }
    }
    reasons
}

/// How many bits of a value data choose freely; `None` if it is not settled.
fn free_bits(
    netlist: &Netlist,
    reasons: &[Option<Reason>],
    done: &[u32],
    id: ExprId,
) -> Option<u32> {
    let exprs = &netlist.exprs;
    let of = |expr: &ExprId| Some(done[expr.index()]).filter(|&bits| bits != UNSETTLED);
    // A condition in place of a value: settled, or one free bit.
    let flag = |expr: &ExprId| of(expr).or_else(|| is_flag(netlist, *expr).then_some(1));
    let sum = |a: Option<u32>, b: Option<u32>| Some(a?.saturating_add(b?));
    match exprs.node(id) {
        Node::Const(_) => Some(0),
        Node::Reg(register) => reasons[register.index()].is_none().then_some(0),
        Node::Input(_) | Node::MemRead(..) | Node::Net(_) => None,
        Node::Unary(_, a) | Node::Slice(a, _) => of(a),
        Node::Binary(op, a, b) => match op {
            BinaryOp::And | BinaryOp::Or | BinaryOp::Add | BinaryOp::Sub => {
                sum(of(a), flag(b)).or_else(|| sum(flag(a), of(b)))
            }
            _ => sum(of(a), of(b)),
        },
        Node::Mux(_, then, other) => Some(of(then)?.max(of(other)?)),
        Node::Concat(items) => items
            .iter()
            .try_fold(0, |bits, item| sum(Some(bits), of(item))),
        Node::Index(index, items) => {
            let chosen = of(index).or(Some(exprs.width(*index)));
            let widest = items
                .iter()
                .map(of)
                .try_fold(0, |most, bits| Some(bits?.max(most)));
            sum(chosen, widest)
        }
    }
}

/// One unknown bit, extended by zeros or repeated: it selects between two constants.
fn is_flag(netlist: &Netlist, id: ExprId) -> bool {
    let exprs = &netlist.exprs;
    let Node::Concat(items) = exprs.node(id) else {
        return exprs.width(id) == 1;
    };
    let mut flags = (items.iter()).filter(|&&item| !matches!(exprs.node(item), Node::Const(_)));
    let Some(first) = flags.next() else {
        return false;
    };
    exprs.width(*first) == 1 && flags.all(|item| item == first)
}

/// What makes a value unsettled, as a name.
fn describe(netlist: &Netlist, free: &[u32], from: ExprId) -> String {
    let settled = |id: ExprId| free[id.index()] != UNSETTLED;
    let exprs = &netlist.exprs;
    let mut at = from;
    loop {
        let mut below = None;
        match exprs.node(at) {
            Node::Input(input) => {
                return format!("input {}", netlist.inputs[input.index()].name);
            }
            Node::Reg(register) => {
                return format!("register {}", netlist.registers[register.index()].name);
            }
            Node::MemRead(memory, _) => {
                return format!("memory {}", netlist.memories[memory.index()].name);
            }
            // The condition is no data; look into the legs only.
            Node::Mux(_, then, other) => {
                below = [*then, *other].into_iter().find(|leg| !settled(*leg));
            }
            Node::Index(_, items) => {
                below = items.iter().copied().find(|item| !settled(*item));
            }
            _ => exprs.operands(at, |operand| {
                if below.is_none() && !settled(operand) {
                    below = Some(operand);
                }
            }),
        }
        match below {
            Some(next) => at = next,
            None => return "an operation on several of them, or a large table".to_owned(),
        }
    }
}

/// The registers that a decision reads, and the candidates that these need.
fn deciding(netlist: &Netlist, reasons: &[Option<Reason>]) -> Vec<bool> {
    let exprs = &netlist.exprs;
    let mut used = vec![false; exprs.len()];
    for root in netlist.roots() {
        used[root.index()] = true;
    }
    let mut reads = vec![false; exprs.len()];
    // Where an output counts under a condition, the condition decides what is live.
    for condition in netlist.conditions() {
        reads[condition.index()] = true;
    }
    for id in exprs.ids().rev() {
        if !used[id.index()] {
            continue;
        }
        exprs.operands(id, |operand| used[operand.index()] = true);
        match exprs.node(id) {
            Node::Mux(select, ..) => reads[select.index()] = true,
            Node::Index(index, _) => reads[index.index()] = true,
            Node::Binary(BinaryOp::Eq | BinaryOp::LtU | BinaryOp::LtS, a, b) => {
                reads[a.index()] = true;
                reads[b.index()] = true;
            }
            _ => {}
        }
    }
    let mut needed = vec![false; netlist.registers.len()];
    loop {
        for id in exprs.ids().rev() {
            if reads[id.index()] {
                exprs.operands(id, |operand| reads[operand.index()] = true);
            }
        }
        let mut changed = false;
        for (index, register) in netlist.registers.iter().enumerate() {
            if reads[register.expr.index()] && !needed[index] && reasons[index].is_none() {
                needed[index] = true;
                changed |= !std::mem::replace(&mut reads[register.next.index()], true);
            }
        }
        if !changed {
            return needed;
        }
    }
}

/// The registers without a reason against them, in order.
pub(super) fn chosen(reasons: &[Option<Reason>]) -> Vec<RegId> {
    (reasons.iter().enumerate())
        .filter(|(_, reason)| reason.is_none())
        .map(|(index, _)| RegId(index as u32))
        .collect()
}
