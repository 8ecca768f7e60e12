//! Two-valued evaluation of one logical cycle: the oracle of the analyses' tests.
//!
//! Written for clarity, bit by bit, and on purpose without any code of the
//! three-valued evaluation ([`super::known`]), so that one can check the other.
//! Where the netlist says "unknown" (an unknown bit of a constant, a division
//! by zero, an index past the end) the evaluator takes 0.
//!
//! Asynchronous resets act from the start of the cycle: while one is active,
//! outputs and next values read the reset value in place of the register.

use super::{BinaryOp, Bits, ExprId, Exprs, Netlist, Node, Sampled, UnaryOp};

/// Bits of a value, least significant first.
type Value = Vec<bool>;

/// The state of the machine between two cycles.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct MachineState {
    /// Per register its value, least significant bit first.
    pub registers: Vec<Vec<bool>>,
    /// Per memory its words.
    pub memories: Vec<Vec<Vec<bool>>>,
}

impl MachineState {
    /// Everything zero.
    pub fn zero(netlist: &Netlist) -> MachineState {
        MachineState {
            registers: (netlist.registers.iter())
                .map(|reg| vec![false; reg.width as usize])
                .collect(),
            memories: (netlist.memories.iter())
                .map(|mem| vec![vec![false; mem.width as usize]; mem.depth as usize])
                .collect(),
        }
    }
}

/// What one cycle does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CycleResult {
    /// Per output its value during the cycle.
    pub outputs: Vec<Vec<bool>>,
    /// The state after the clock edge.
    pub next: MachineState,
}

/// Evaluates one cycle: `inputs` in the order of [`Netlist::inputs`], each of
/// its input's width.
pub fn cycle(netlist: &Netlist, state: &MachineState, inputs: &[Vec<bool>]) -> CycleResult {
    let (effective, reset) = under_resets(netlist, state, inputs);
    let values = values(netlist, &effective, inputs);
    let of = |expr: ExprId| values[expr.index()].clone();
    let mut next = effective.clone();
    for (index, register) in netlist.registers.iter().enumerate() {
        if !reset[index] {
            next.registers[index] = of(register.next);
        }
    }
    for (index, memory) in netlist.memories.iter().enumerate() {
        for write in &memory.writes {
            let word = to_index(&of(write.address), memory.depth as usize);
            let (Some(word), true) = (word, of(write.enable)[0]) else {
                continue;
            };
            let (data, mask) = (of(write.data), of(write.mask));
            for bit in 0..data.len() {
                if mask[bit] {
                    next.memories[index][word][bit] = data[bit];
                }
            }
        }
    }
    CycleResult {
        outputs: netlist.outputs.iter().map(|out| of(out.expr)).collect(),
        next,
    }
}

/// Per output whether it counts in a cycle, and its value if it does.
pub fn sampled(
    netlist: &Netlist,
    state: &MachineState,
    inputs: &[Vec<bool>],
) -> Vec<(bool, Vec<bool>)> {
    let (effective, _) = under_resets(netlist, state, inputs);
    let values = values(netlist, &effective, inputs);
    let outputs = netlist.outputs.iter();
    outputs
        .map(|output| {
            let counts = match output.sampled {
                Sampled::Always => true,
                Sampled::Never => false,
                Sampled::When(condition) => values[condition.index()][0],
            };
            let value = if counts {
                &values[output.expr.index()][..]
            } else {
                &[]
            };
            (counts, value.to_vec())
        })
        .collect()
}

/// The state as the cycle reads it, with the active asynchronous resets in
/// effect, and per register whether one is.
pub fn under_resets(
    netlist: &Netlist,
    state: &MachineState,
    inputs: &[Vec<bool>],
) -> (MachineState, Vec<bool>) {
    let raw = values(netlist, state, inputs);
    let mut effective = state.clone();
    let mut reset = vec![false; netlist.registers.len()];
    for (index, register) in netlist.registers.iter().enumerate() {
        let active = (register.async_resets.iter()).find(|r| raw[r.active.index()][0]);
        if let Some(active) = active {
            effective.registers[index].clone_from(&raw[active.value.index()]);
            reset[index] = true;
        }
    }
    (effective, reset)
}

/// The bits of a constant, unknown ones 0.
pub fn constant(bits: &Bits) -> Vec<bool> {
    (0..bits.width())
        .map(|at| bits.bit(at) == Some(true))
        .collect()
}

/// The value of every expression; every operand stands before its user.
pub fn values(netlist: &Netlist, state: &MachineState, inputs: &[Vec<bool>]) -> Vec<Vec<bool>> {
    let exprs = &netlist.exprs;
    let mut done: Vec<Value> = Vec::with_capacity(exprs.len());
    for id in exprs.ids() {
        let width = exprs.width(id) as usize;
        let value = match exprs.node(id) {
            Node::Const(bits) => constant(bits),
            Node::Input(input) => inputs[input.index()].clone(),
            Node::Reg(register) => state.registers[register.index()].clone(),
            Node::Net(_) => vec![false; width],
            Node::MemRead(memory, address) => {
                let words = &state.memories[memory.index()];
                to_index(&done[address.index()], words.len())
                    .map_or_else(|| vec![false; width], |word| words[word].clone())
            }
            _ => operation(exprs, id, width, &done),
        };
        done.push(value);
    }
    done
}

/// A value as an index below `len`.
fn to_index(value: &[bool], len: usize) -> Option<usize> {
    let mut index = 0usize;
    for &bit in value.iter().rev() {
        index = index.checked_mul(2)?.checked_add(usize::from(bit))?;
    }
    (index < len).then_some(index)
}

fn operation(exprs: &Exprs, id: ExprId, width: usize, done: &[Value]) -> Value {
    let of = |expr: ExprId| &done[expr.index()];
    match exprs.node(id) {
        Node::Unary(op, a) => unary(*op, of(*a), width),
        Node::Binary(op, a, b) => binary(*op, of(*a), of(*b)),
        Node::Mux(select, then, other) => of(if of(*select)[0] { *then } else { *other }).clone(),
        Node::Slice(a, low) => of(*a)[*low as usize..*low as usize + width].to_vec(),
        Node::Concat(items) => items.iter().flat_map(|&item| of(item).clone()).collect(),
        Node::Index(index, items) => to_index(of(*index), items.len())
            .map_or_else(|| vec![false; width], |at| of(items[at]).clone()),
        leaf => unreachable!("a leaf is evaluated by the caller: {leaf:?}"),
    }
}

fn unary(op: UnaryOp, a: &[bool], width: usize) -> Value {
    match op {
        UnaryOp::Not => a.iter().map(|bit| !bit).collect(),
        UnaryOp::Neg => negate(a),
        UnaryOp::ReduceAnd => vec![a.iter().all(|&bit| bit)],
        UnaryOp::ReduceOr => vec![a.iter().any(|&bit| bit)],
        UnaryOp::ReduceXor => vec![a.iter().fold(false, |odd, &bit| odd ^ bit)],
        UnaryOp::SignExtend => (0..width).map(|at| a[at.min(a.len() - 1)]).collect(),
    }
}

fn binary(op: BinaryOp, a: &[bool], b: &[bool]) -> Value {
    let zip = |f: fn(bool, bool) -> bool| a.iter().zip(b).map(|(&x, &y)| f(x, y)).collect();
    let sign = |v: &[bool]| v.last().copied().unwrap_or(false);
    match op {
        BinaryOp::And => zip(|x, y| x & y),
        BinaryOp::Or => zip(|x, y| x | y),
        BinaryOp::Xor => zip(|x, y| x ^ y),
        BinaryOp::Add => add(a, b, false),
        BinaryOp::Sub => add(a, &b.iter().map(|bit| !bit).collect::<Value>(), true),
        BinaryOp::Mul => multiply(a, b),
        BinaryOp::DivU => divide(a, b).0,
        BinaryOp::ModU => divide(a, b).1,
        BinaryOp::DivS => {
            let quotient = divide(&magnitude(a), &magnitude(b)).0;
            if sign(a) == sign(b) {
                quotient
            } else {
                negate(&quotient)
            }
        }
        BinaryOp::ModS => {
            let rest = divide(&magnitude(a), &magnitude(b)).1;
            if sign(a) { negate(&rest) } else { rest }
        }
        BinaryOp::Eq => vec![a == b],
        BinaryOp::LtU => vec![less(a, b)],
        BinaryOp::LtS => vec![if sign(a) == sign(b) {
            less(a, b)
        } else {
            sign(a)
        }],
        BinaryOp::Shl => {
            let by = to_index(b, a.len()).unwrap_or(a.len());
            let mut shifted = vec![false; by];
            shifted.extend_from_slice(&a[..a.len() - by]);
            shifted
        }
        BinaryOp::ShrU | BinaryOp::ShrS => {
            let fill = op == BinaryOp::ShrS && sign(a);
            let by = to_index(b, a.len()).unwrap_or(a.len());
            let mut shifted = a[by..].to_vec();
            shifted.resize(a.len(), fill);
            shifted
        }
    }
}

fn add(a: &[bool], b: &[bool], mut carry: bool) -> Value {
    (a.iter().zip(b))
        .map(|(&x, &y)| {
            let sum = x ^ y ^ carry;
            carry = (x & y) | (carry & (x | y));
            sum
        })
        .collect()
}

fn negate(a: &[bool]) -> Value {
    let inverted: Value = a.iter().map(|bit| !bit).collect();
    add(&inverted, &vec![false; a.len()], true)
}

fn magnitude(a: &[bool]) -> Value {
    if a.last() == Some(&true) {
        negate(a)
    } else {
        a.to_vec()
    }
}

fn less(a: &[bool], b: &[bool]) -> bool {
    a.iter().rev().lt(b.iter().rev())
}

/// The number that up to 128 bits are.
fn number(bits: &[bool]) -> Option<u128> {
    let weigh = |sum, &bit| sum << 1 | u128::from(bit);
    (bits.len() <= 128).then(|| bits.iter().rev().fold(0, weigh))
}

/// The lowest bits of a number.
fn bits_of(number: u128, width: usize) -> Value {
    (0..width).map(|at| number >> at & 1 == 1).collect()
}

fn multiply(a: &[bool], b: &[bool]) -> Value {
    match (number(a), number(b)) {
        (Some(x), Some(y)) => bits_of(x.wrapping_mul(y), a.len()),
        _ => multiply_long(a, b),
    }
}

fn multiply_long(a: &[bool], b: &[bool]) -> Value {
    let mut product = vec![false; a.len()];
    for (at, _) in b.iter().enumerate().filter(|(_, bit)| **bit) {
        let mut shifted = vec![false; at];
        shifted.extend_from_slice(&a[..a.len() - at]);
        product = add(&product, &shifted, false);
    }
    product
}

/// Quotient and remainder; zeros for a division by zero.
fn divide(a: &[bool], b: &[bool]) -> (Value, Value) {
    match (number(a), number(b)) {
        (Some(x), Some(y)) => {
            let both = [x.checked_div(y), x.checked_rem(y)];
            let [quotient, rest] = both.map(|part| bits_of(part.unwrap_or(0), a.len()));
            (quotient, rest)
        }
        _ => divide_long(a, b),
    }
}

fn divide_long(a: &[bool], b: &[bool]) -> (Value, Value) {
    let width = a.len();
    let mut quotient = vec![false; width];
    if b.iter().all(|bit| !bit) {
        return (quotient.clone(), quotient);
    }
    // One spare bit: the remainder is below twice the divisor.
    let mut divisor = b.to_vec();
    divisor.push(false);
    let inverted: Value = divisor.iter().map(|bit| !bit).collect();
    let mut rest = vec![false; width + 1];
    for at in (0..width).rev() {
        rest.rotate_right(1);
        rest[0] = a[at];
        if !less(&rest, &divisor) {
            rest = add(&rest, &inverted, true);
            quotient[at] = true;
        }
    }
    rest.truncate(width);
    (quotient, rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(width: usize, number: i64) -> Value {
        (0..width).map(|at| number >> at & 1 == 1).collect()
    }

    #[test]
    fn long_numbers_are_computed_like_short_ones() {
        let numbers = [0, 1, 2, 3, 77, 0xffff, 0x1234_5678_9abc, i64::MAX];
        for a in numbers {
            for b in numbers {
                let (a, b) = (value(64, a), value(64, b));
                assert_eq!(multiply_long(&a, &b), multiply(&a, &b));
                assert_eq!(divide_long(&a, &b), divide(&a, &b));
            }
        }
    }

    #[test]
    fn agrees_with_machine_arithmetic() {
        for a in -8i64..8 {
            for b in -8i64..8 {
                let run = |op| binary(op, &value(4, a), &value(4, b));
                let (ua, ub) = (a & 15, b & 15);
                assert_eq!(run(BinaryOp::Add), value(4, a + b));
                assert_eq!(run(BinaryOp::Sub), value(4, a - b));
                assert_eq!(run(BinaryOp::Mul), value(4, a * b));
                assert_eq!(run(BinaryOp::LtU), value(1, i64::from(ua < ub)));
                assert_eq!(run(BinaryOp::LtS), value(1, i64::from(a < b)));
                let by = ub.min(8);
                assert_eq!(run(BinaryOp::Shl), value(4, ua << by));
                assert_eq!(run(BinaryOp::ShrU), value(4, ua >> by));
                assert_eq!(run(BinaryOp::ShrS), value(4, a >> by));
                if b != 0 {
                    assert_eq!(run(BinaryOp::DivU), value(4, ua / ub));
                    assert_eq!(run(BinaryOp::ModU), value(4, ua % ub));
                    assert_eq!(run(BinaryOp::DivS), value(4, a / b));
                    assert_eq!(run(BinaryOp::ModS), value(4, a % b));
                }
            }
        }
    }
}
