//! Whether two netlists are the same hardware, told by names: of ports, registers, memories and
//! black boxes, and what each of them becomes. First contents of registers are left out, as
//! silicon has none; those of memories that nothing writes count, since they are tables.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::{BinaryOp, ExprId, Netlist, Node};

/// Names of what only one of two netlists has, or what becomes something else in the other; sorted.
pub fn differences(one: &Netlist, other: &Netlist) -> Vec<String> {
    let (one, other) = (parts(one), parts(other));
    let names = one.keys().chain(other.keys());
    let mut names: Vec<String> = names
        .filter(|name| one.get(*name) != other.get(*name))
        .cloned()
        .collect();
    names.sort_unstable();
    names.dedup();
    names
}

fn hash(value: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// A number for each part, equal where the part is the same.
fn parts(netlist: &Netlist) -> BTreeMap<String, u64> {
    let values = expressions(netlist);
    let of = |expr: ExprId| values[expr.index()];
    let mut parts = BTreeMap::new();
    for port in &netlist.ports {
        let direction = format!("{:?}", port.direction);
        parts.insert(port.name.clone(), hash((direction, port.width)));
    }
    for register in &netlist.registers {
        let resets = register.async_resets.iter();
        let resets: Vec<_> = resets.map(|it| (of(it.active), of(it.value))).collect();
        let value = hash((register.width, of(register.next), resets));
        parts.insert(register.name.clone(), value);
    }
    for memory in &netlist.memories {
        let writes = memory.writes.iter();
        let ports = writes.map(|it| [it.enable, it.address, it.data, it.mask].map(of));
        let ports: Vec<_> = ports.collect();
        let table = memory.init.as_ref().filter(|_| ports.is_empty());
        let value = hash((memory.width, memory.depth, &ports, table));
        parts.insert(memory.name.clone(), value);
    }
    for output in &netlist.outputs {
        let port = parts.get(&output.name).copied();
        parts.insert(output.name.clone(), hash((port, of(output.expr))));
    }
    for opaque in &netlist.black_boxes {
        parts.insert(opaque.path.clone(), hash(&opaque.module));
    }
    parts
}

/// A number for each expression, by its place.
fn expressions(netlist: &Netlist) -> Vec<u64> {
    let exprs = &netlist.exprs;
    let mut values: Vec<u64> = Vec::with_capacity(exprs.len());
    for id in exprs.ids() {
        // Operands come before what they are used in.
        let mut operands = Vec::new();
        exprs.operands(id, |operand| operands.push(values[operand.index()]));
        let kind = match exprs.node(id) {
            Node::Const(bits) => hash(("constant", bits)),
            Node::Input(input) => hash(("input", &netlist.inputs[input.index()].name)),
            Node::Reg(register) => hash(("register", &netlist.registers[register.index()].name)),
            Node::Net(_) => hash("net"),
            Node::MemRead(memory, _) => hash(("read", &netlist.memories[memory.index()].name)),
            Node::Unary(op, _) => hash(("unary", op)),
            Node::Binary(op, ..) => {
                // Their order is that of the numbers that expressions happen to have.
                let commutes = [
                    BinaryOp::And,
                    BinaryOp::Or,
                    BinaryOp::Xor,
                    BinaryOp::Add,
                    BinaryOp::Mul,
                    BinaryOp::Eq,
                ];
                if commutes.contains(op) {
                    operands.sort_unstable();
                }
                hash(("binary", op))
            }
            Node::Mux(..) => hash("mux"),
            Node::Slice(_, low) => hash(("slice", low)),
            Node::Concat(_) => hash("concat"),
            Node::Index(..) => hash("index"),
        };
        values.push(hash((kind, exprs.width(id), operands)));
    }
    values
}
