//! Which registers look like control.
//!
//! A register is a candidate if its next value is *settled*: built from
//! constants, itself, other candidates, and sums and logic of these, by
//! multiplexers and tables whatever selects in them. One-bit logic is a
//! selection too (`go & idle` is `go ? idle : 0`), so one settled side is enough
//! there. The candidates are the largest set for which this holds.
//!
//! A candidate that no decision reads, directly or through other candidates,
//! would multiply the states for nothing and is left out.

use crate::netlist::{BinaryOp, ExprId, Netlist, Node, RegId};

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
    let mut settled = vec![false; netlist.exprs.len()];
    loop {
        let mut changed = false;
        for id in netlist.exprs.ids() {
            settled[id.index()] = is_settled(netlist, &reasons, &settled, id);
        }
        for (index, register) in netlist.registers.iter().enumerate() {
            if reasons[index].is_some() || forced[index] {
                continue;
            }
            let values = register.async_resets.iter().map(|reset| reset.value);
            let unsettled = (values.chain([register.next])).find(|v| !settled[v.index()]);
            if let Some(value) = unsettled {
                reasons[index] = Some(format!(
                    "its next value can be data: {}",
                    describe(netlist, &settled, value)
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

fn is_settled(netlist: &Netlist, reasons: &[Option<Reason>], done: &[bool], id: ExprId) -> bool {
    let exprs = &netlist.exprs;
    let ok = |expr: &ExprId| done[expr.index()];
    match exprs.node(id) {
        Node::Const(_) => true,
        Node::Reg(register) => reasons[register.index()].is_none(),
        Node::Input(_) | Node::MemRead(..) | Node::Net(_) => false,
        Node::Unary(_, a) | Node::Slice(a, _) => ok(a),
        Node::Binary(op, a, b) => match op {
            BinaryOp::And | BinaryOp::Or if exprs.width(id) == 1 => ok(a) || ok(b),
            BinaryOp::And | BinaryOp::Or => {
                ok(a) && (ok(b) || is_flag(netlist, *b)) || ok(b) && is_flag(netlist, *a)
            }
            BinaryOp::Add | BinaryOp::Sub => {
                ok(a) && (ok(b) || is_flag(netlist, *b)) || ok(b) && is_flag(netlist, *a)
            }
            _ => ok(a) && ok(b),
        },
        Node::Mux(_, then, other) => ok(then) && ok(other),
        Node::Concat(items) => items.iter().all(ok),
        Node::Index(_, items) => items.iter().all(ok),
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
fn describe(netlist: &Netlist, settled: &[bool], from: ExprId) -> String {
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
                below = [*then, *other]
                    .into_iter()
                    .find(|leg| !settled[leg.index()]);
            }
            Node::Index(_, items) => {
                below = items.iter().copied().find(|item| !settled[item.index()]);
            }
            _ => exprs.operands(at, |operand| {
                if below.is_none() && !settled[operand.index()] {
                    below = Some(operand);
                }
            }),
        }
        match below {
            Some(next) => at = next,
            None => return "an arithmetic result".to_owned(),
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
