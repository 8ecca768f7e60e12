//! Hand-built and random netlists for the tests of the analyses.

use super::*;
use crate::source::SourceMap;

/// Builds a netlist with the clock `clk` and the reset input `rst` (active high).
pub(crate) struct Builder {
    pub(crate) netlist: Netlist,
    span: Span,
    reset: ExprId,
}

impl Builder {
    pub(crate) fn new() -> Builder {
        let mut sources = SourceMap::default();
        let file = sources.add("test.v", String::new(), false);
        let span = Span::new(file, 0, 0);
        let netlist = Netlist {
            top: "test".to_owned(),
            instances: vec![Instance {
                name: "test".to_owned(),
                path: String::new(),
                module: ast::ModuleId(0),
                parent: None,
                symbol: None,
                in_generate_loop: false,
                place: Default::default(),
                parameters: IndexMap::new(),
            }],
            clocks: vec![Clock {
                port: "clk".to_owned(),
                rising: true,
                span,
            }],
            ..Netlist::default()
        };
        let mut builder = Builder {
            netlist,
            span,
            reset: ExprId::from_index(0),
        };
        builder.reset = builder.input("rst", 1);
        builder
    }

    /// The reset input.
    pub(crate) fn reset(&self) -> ExprId {
        self.reset
    }

    pub(crate) fn input(&mut self, name: &str, width: u32) -> ExprId {
        let id = InputId(self.netlist.inputs.len() as u32);
        let expr = self.netlist.exprs.intern(Node::Input(id), width);
        self.netlist.inputs.push(Input {
            name: name.to_owned(),
            boundary: Boundary::Port,
            width,
            expr,
            stable: false,
        });
        expr
    }

    /// An input that the environment never changes.
    pub(crate) fn stable_input(&mut self, name: &str, width: u32) -> ExprId {
        let expr = self.input(name, width);
        let input = self.netlist.inputs.last_mut();
        input.expect("it was added").stable = true;
        expr
    }

    /// A register that holds its value; `reset` is its asynchronous reset value.
    pub(crate) fn register(&mut self, name: &str, width: u32, reset: Option<u64>) -> ExprId {
        let id = RegId(self.netlist.registers.len() as u32);
        let expr = self.netlist.exprs.intern(Node::Reg(id), width);
        let async_resets = reset.map(|value| AsyncReset {
            active: self.reset,
            value: self.constant(width, value),
            port: ("rst".to_owned(), true),
        });
        let span = self.span;
        self.netlist.registers.push(Register {
            name: name.to_owned(),
            width,
            expr,
            next: expr,
            async_resets: async_resets.into_iter().collect(),
            clocking: Clocking {
                clock: ClockId(0),
                gate: None,
                resets: reset
                    .map(|_| ResetSource::Port("rst".to_owned(), true))
                    .into_iter()
                    .collect(),
                set_by_reset: reset.is_some(),
            },
            init: None,
            origin: Origin {
                instance: InstanceId(0),
                target: name.to_owned(),
                variable: name.to_owned(),
                bits: BitNaming::Vector {
                    lsb: 0,
                    descending: true,
                },
                declaration: span,
                process: ProcessRef {
                    stmt: ast::StmtId(0),
                    span,
                    in_generate_loop: false,
                    place: Default::default(),
                },
                assigned: Assigned::Nonblocking,
                enumerated: false,
                scope_path: Vec::new(),
            },
        });
        expr
    }

    /// Sets the next value of a register.
    pub(crate) fn next(&mut self, register: ExprId, next: ExprId) {
        let Node::Reg(id) = self.netlist.exprs.node(register) else {
            panic!("not a register");
        };
        let index = id.index();
        self.netlist.registers[index].next = next;
    }

    pub(crate) fn output(&mut self, name: &str, expr: ExprId) {
        self.netlist.outputs.push(Output {
            name: name.to_owned(),
            boundary: Boundary::Port,
            expr,
            sampled: Sampled::Always,
            span: self.span,
        });
    }

    pub(crate) fn constant(&mut self, width: u32, value: u64) -> ExprId {
        let bits = Bits::from_u64(width, value);
        self.netlist.exprs.intern(Node::Const(bits), width)
    }

    pub(crate) fn unary(&mut self, op: UnaryOp, a: ExprId) -> ExprId {
        let width = match op {
            UnaryOp::Not | UnaryOp::Neg => self.width(a),
            UnaryOp::SignExtend => self.width(a) + 3,
            _ => 1,
        };
        self.netlist.exprs.intern(Node::Unary(op, a), width)
    }

    pub(crate) fn binary(&mut self, op: BinaryOp, a: ExprId, b: ExprId) -> ExprId {
        let width = match op {
            BinaryOp::Eq | BinaryOp::LtU | BinaryOp::LtS => 1,
            _ => self.width(a),
        };
        self.netlist.exprs.intern(Node::Binary(op, a, b), width)
    }

    /// `a == value`.
    pub(crate) fn is(&mut self, a: ExprId, value: u64) -> ExprId {
        let constant = self.constant(self.width(a), value);
        self.binary(BinaryOp::Eq, a, constant)
    }

    pub(crate) fn mux(&mut self, select: ExprId, then: ExprId, other: ExprId) -> ExprId {
        let width = self.width(then);
        self.netlist
            .exprs
            .intern(Node::Mux(select, then, other), width)
    }

    pub(crate) fn slice(&mut self, a: ExprId, low: u32, width: u32) -> ExprId {
        self.netlist.exprs.intern(Node::Slice(a, low), width)
    }

    pub(crate) fn concat(&mut self, items: &[ExprId]) -> ExprId {
        let width = items.iter().map(|&item| self.width(item)).sum();
        self.netlist.exprs.intern(Node::Concat(items.into()), width)
    }

    pub(crate) fn index(&mut self, index: ExprId, items: &[ExprId]) -> ExprId {
        let width = self.width(items[0]);
        self.netlist
            .exprs
            .intern(Node::Index(index, items.into()), width)
    }

    pub(crate) fn width(&self, expr: ExprId) -> u32 {
        self.netlist.exprs.width(expr)
    }

    /// The netlist, its invariants checked.
    pub(crate) fn finish(self) -> Netlist {
        let violations = verify::verify(&self.netlist);
        assert!(violations.is_empty(), "{violations:?}");
        self.netlist
    }
}

/// A small deterministic generator (xorshift64*).
pub(crate) struct Rng(u64);

impl Rng {
    pub(crate) fn new(seed: u64) -> Rng {
        Rng(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 11
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    pub(crate) fn flip(&mut self) -> bool {
        self.next() & 1 == 1
    }

    pub(crate) fn bits(&mut self, width: u32) -> Vec<bool> {
        (0..width).map(|_| self.flip()).collect()
    }
}

const BINARY: [BinaryOp; 16] = [
    BinaryOp::And,
    BinaryOp::Or,
    BinaryOp::Xor,
    BinaryOp::Add,
    BinaryOp::Sub,
    BinaryOp::Mul,
    BinaryOp::DivU,
    BinaryOp::DivS,
    BinaryOp::ModU,
    BinaryOp::ModS,
    BinaryOp::Eq,
    BinaryOp::LtU,
    BinaryOp::LtS,
    BinaryOp::Shl,
    BinaryOp::ShrU,
    BinaryOp::ShrS,
];

const UNARY: [UnaryOp; 6] = [
    UnaryOp::Not,
    UnaryOp::Neg,
    UnaryOp::ReduceAnd,
    UnaryOp::ReduceOr,
    UnaryOp::ReduceXor,
    UnaryOp::SignExtend,
];

/// Cuts or zero-extends an expression to a width.
pub(crate) fn fit(b: &mut Builder, a: ExprId, width: u32) -> ExprId {
    let own = b.width(a);
    if own > width {
        b.slice(a, 0, width)
    } else if own < width {
        let zero = b.constant(width - own, 0);
        b.concat(&[a, zero])
    } else {
        a
    }
}

/// A random expression over a pool of others.
pub(crate) fn random_expr(b: &mut Builder, rng: &mut Rng, pool: &[ExprId]) -> ExprId {
    let pick = |rng: &mut Rng| pool[rng.below(pool.len())];
    let a = pick(rng);
    match rng.below(10) {
        0 => b.unary(UNARY[rng.below(UNARY.len())], a),
        1..=4 => {
            let op = BINARY[rng.below(BINARY.len())];
            let mut other = pick(rng);
            if !matches!(op, BinaryOp::Shl | BinaryOp::ShrU | BinaryOp::ShrS) {
                other = fit(b, other, b.width(a));
            }
            b.binary(op, a, other)
        }
        5 | 6 => {
            let (select, other) = (pick(rng), pick(rng));
            let select = fit(b, select, 1);
            let other = fit(b, other, b.width(a));
            b.mux(select, a, other)
        }
        7 => {
            let width = b.width(a);
            let low = rng.below(width as usize) as u32;
            let len = 1 + rng.below((width - low) as usize) as u32;
            b.slice(a, low, len)
        }
        8 => {
            let other = pick(rng);
            b.concat(&[a, other])
        }
        _ => {
            let width = b.width(a);
            let index = pick(rng);
            let count = 2 + rng.below(4);
            let items: Vec<ExprId> = (0..count)
                .map(|_| {
                    let item = pick(rng);
                    fit(b, item, width)
                })
                .collect();
            b.index(index, &items)
        }
    }
}

/// Makes the outputs of a machine count in some cycles only.
pub(crate) fn narrow(netlist: &mut Netlist, rng: &mut Rng) {
    let exprs = &netlist.exprs;
    let bits: Vec<ExprId> = exprs.ids().filter(|&id| exprs.width(id) == 1).collect();
    for output in &mut netlist.outputs {
        output.sampled = match rng.below(4) {
            0 => Sampled::Always,
            1 if rng.flip() => Sampled::Never,
            _ => Sampled::When(bits[rng.below(bits.len())]),
        };
    }
}
