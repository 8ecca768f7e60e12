//! What the smart constructors build has the value of the plain nodes.

use super::eval::{MachineState, values};
use super::testing::Builder;
use super::{BinaryOp, Bits, ExprId, Exprs, Node, UnaryOp};

/// A small generator, so that failures repeat.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % bound as u64) as usize
    }

    fn pick<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())]
    }
}

/// An expression as plain nodes, and as the constructors build it.
type Pair = (ExprId, ExprId);

const OPS: [BinaryOp; 14] = [
    BinaryOp::And,
    BinaryOp::Or,
    BinaryOp::Xor,
    BinaryOp::Add,
    BinaryOp::Sub,
    BinaryOp::Mul,
    BinaryOp::Eq,
    BinaryOp::LtU,
    BinaryOp::LtS,
    BinaryOp::Shl,
    BinaryOp::ShrU,
    BinaryOp::ShrS,
    BinaryOp::DivU,
    BinaryOp::ModU,
];

/// Brings a pair to a width, as elaboration would.
fn fit(exprs: &mut Exprs, (plain, smart): Pair, width: u32) -> Pair {
    let have = exprs.width(plain);
    if have == width {
        return (plain, smart);
    }
    if have > width {
        let plain = exprs.intern(Node::Slice(plain, 0), width);
        return (plain, exprs.slice(smart, 0, width));
    }
    let zeros = exprs.constant(Bits::zero(width - have));
    let plain = exprs.intern(Node::Concat([plain, zeros].into()), width);
    (plain, exprs.zero_extend(smart, width))
}

/// One more random expression over those there are.
fn grow(exprs: &mut Exprs, random: &mut Random, pool: &[Pair]) -> Pair {
    let a = random.pick(pool);
    let width = exprs.width(a.0);
    match random.below(9) {
        0 => {
            let plain = exprs.intern(Node::Unary(UnaryOp::Not, a.0), width);
            (plain, exprs.not(a.1))
        }
        1 => {
            let plain = exprs.intern(Node::Unary(UnaryOp::Neg, a.0), width);
            (plain, exprs.neg(a.1))
        }
        2 => {
            let op = random.pick(&[UnaryOp::ReduceAnd, UnaryOp::ReduceOr, UnaryOp::ReduceXor]);
            let plain = exprs.intern(Node::Unary(op, a.0), 1);
            (plain, exprs.reduce(op, a.1))
        }
        3 => {
            let plain = exprs.intern(Node::Unary(UnaryOp::SignExtend, a.0), width + 3);
            (plain, exprs.sign_extend(a.1, width + 3))
        }
        4 => {
            let low = random.below(width as usize) as u32;
            let taken = 1 + random.below((width - low) as usize) as u32;
            let plain = exprs.intern(Node::Slice(a.0, low), taken);
            match random.below(2) {
                0 => (plain, exprs.slice(a.1, low, taken)),
                _ => (plain, exprs.slice_through(a.1, low, taken)),
            }
        }
        5 => {
            let b = random.pick(pool);
            let both = width + exprs.width(b.0);
            let plain = exprs.intern(Node::Concat([a.0, b.0].into()), both);
            (plain, exprs.concat(&[a.1, b.1]))
        }
        6 => {
            let select = random.pick(pool);
            let select = fit(exprs, select, 1);
            let b = random.pick(pool);
            let b = fit(exprs, b, width);
            let plain = exprs.intern(Node::Mux(select.0, a.0, b.0), width);
            (plain, exprs.mux(select.1, a.1, b.1))
        }
        7 => {
            let index = random.pick(pool);
            let index = fit(exprs, index, 2);
            let items: Vec<Pair> = (0..4)
                .map(|_| {
                    let item = random.pick(pool);
                    fit(exprs, item, width)
                })
                .collect();
            let plain = items.iter().map(|item| item.0).collect();
            let smart: Vec<ExprId> = items.iter().map(|item| item.1).collect();
            let plain = exprs.intern(Node::Index(index.0, plain), width);
            (plain, exprs.index(index.1, &smart))
        }
        _ => {
            let op = random.pick(&OPS);
            let mut b = random.pick(pool);
            b = fit(exprs, b, width);
            if matches!(op, BinaryOp::DivU | BinaryOp::ModU) {
                let divisor = 1 + random.below(8) as u64;
                let divisor = exprs.number(width.max(4), divisor);
                b = (divisor, divisor);
            }
            let a = match exprs.width(b.0) > width {
                true => fit(exprs, a, 4),
                false => a,
            };
            let width = match op {
                BinaryOp::Eq | BinaryOp::LtU | BinaryOp::LtS => 1,
                _ => exprs.width(a.0),
            };
            let plain = exprs.intern(Node::Binary(op, a.0, b.0), width);
            (plain, exprs.binary(op, a.1, b.1))
        }
    }
}

#[test]
fn signed_division_by_powers_of_two() {
    let mut divided = 0;
    for width in 1..=6 {
        for power in 0..width {
            for op in [BinaryOp::DivS, BinaryOp::ModS] {
                let mut b = Builder::new();
                let a = b.input("a", width);
                let by = b.constant(width, 1 << power);
                let plain = b.binary(op, a, by);
                let smart = b.netlist.exprs.binary(op, a, by);
                divided += usize::from(plain == smart);
                b.output("y", smart);
                let netlist = b.finish();
                let state = MachineState::zero(&netlist);
                for number in 0..1u32 << width {
                    let bits = (0..width).map(|at| number >> at & 1 == 1);
                    let inputs: Vec<Vec<bool>> = (netlist.inputs.iter())
                        .map(|input| match &*input.name {
                            "a" => bits.clone().collect(),
                            _ => vec![false; input.width as usize],
                        })
                        .collect();
                    let values = values(&netlist, &state, &inputs);
                    let of = |expr: ExprId| &values[expr.index()];
                    assert_eq!(
                        of(smart),
                        of(plain),
                        "{op:?} of {number} by 2^{power} in {width} bits"
                    );
                }
            }
        }
    }
    // By the least number, which is no positive power.
    assert_eq!(divided, 2 * 6);
}

#[test]
fn comparisons_with_constants() {
    let mut narrower = 0;
    for width in 1..=5 {
        for bound in 0..1 << width {
            for (op, left) in [BinaryOp::LtU, BinaryOp::LtS]
                .into_iter()
                .flat_map(|op| [(op, true), (op, false)])
            {
                let mut b = Builder::new();
                let a = b.input("a", width);
                let bound = b.constant(width, bound);
                let (x, y) = if left { (bound, a) } else { (a, bound) };
                let plain = b.binary(op, x, y);
                let smart = b.netlist.exprs.binary(op, x, y);
                narrower += usize::from(plain != smart);
                b.output("y", smart);
                let netlist = b.finish();
                let state = MachineState::zero(&netlist);
                for number in 0..1u32 << width {
                    let inputs: Vec<Vec<bool>> = (netlist.inputs.iter())
                        .map(|input| (0..input.width).map(|at| number >> at & 1 == 1).collect())
                        .collect();
                    let values = values(&netlist, &state, &inputs);
                    let of = |expr: ExprId| &values[expr.index()];
                    assert_eq!(
                        of(smart),
                        of(plain),
                        "{op:?} {number} {bound:?} in {width} bits"
                    );
                }
            }
        }
    }
    assert!(narrower > 100, "{narrower}");
}

#[test]
fn smart_constructors_keep_the_value() {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    for _ in 0..150 {
        let mut builder = Builder::new();
        let mut pool: Vec<Pair> = Vec::new();
        for (name, width) in [("a", 1), ("b", 3), ("c", 8), ("d", 5)] {
            let input = builder.input(name, width);
            pool.push((input, input));
        }
        let mut netlist = builder.netlist;
        let exprs = &mut netlist.exprs;
        for value in [0, 1, 2, 7, 0x80, 0xff] {
            let constant = exprs.number(8, value);
            pool.push((constant, constant));
        }
        for _ in 0..120 {
            let pair = grow(exprs, &mut random, &pool);
            assert_eq!(exprs.width(pair.0), exprs.width(pair.1));
            if exprs.width(pair.0) <= 40 {
                pool.push(pair);
            }
        }
        let state = MachineState::zero(&netlist);
        for _ in 0..12 {
            let inputs: Vec<Vec<bool>> = netlist
                .inputs
                .iter()
                .map(|input| (0..input.width).map(|_| random.below(2) == 1).collect())
                .collect();
            let all = values(&netlist, &state, &inputs);
            for &(plain, smart) in &pool {
                assert_eq!(
                    all[plain.index()],
                    all[smart.index()],
                    "{:?} became {:?}",
                    netlist.exprs.node(plain),
                    netlist.exprs.node(smart)
                );
            }
        }
    }
}
