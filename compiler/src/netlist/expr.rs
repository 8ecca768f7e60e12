//! Hash-consed word-level expressions.
//!
//! All expressions are unsigned bit vectors; signedness and context widths
//! are resolved by elaboration (IEEE 1364-2005, section 5.4 and 5.5), which
//! inserts extensions. The constructors fold constants and apply cheap
//! identities, so a built expression is never trivially reducible.

use std::num::NonZeroU32;

use rustc_hash::FxHashMap;

use super::{Bits, InputId, MemId, RegId};

/// An expression of an [`Exprs`] arena.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ExprId(NonZeroU32);

impl ExprId {
    /// Index into the arena.
    pub fn index(self) -> usize {
        self.0.get() as usize - 1
    }

    /// The id at an index; the caller knows that it is in the arena.
    pub fn from_index(index: usize) -> ExprId {
        ExprId(NonZeroU32::new(index as u32 + 1).expect("index + 1 is not zero"))
    }
}

/// One expression. Widths are those of [`Exprs::width`].
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Node {
    /// A constant; unknown bits may take any value.
    Const(Bits),
    /// The whole of an input.
    Input(InputId),
    /// The present value of a register.
    Reg(RegId),
    /// A net not resolved yet; none is left in a finished netlist.
    Net(u32),
    /// One word of a memory, read without a clock. An address past the end reads unknown.
    MemRead(MemId, ExprId),
    /// One operand.
    Unary(UnaryOp, ExprId),
    /// Two operands. Arithmetic, bitwise and comparison operands have equal width.
    Binary(BinaryOp, ExprId, ExprId),
    /// `select ? then : other`; `select` has one bit.
    Mux(ExprId, ExprId, ExprId),
    /// `width` bits from bit `low` on.
    Slice(ExprId, u32),
    /// Least significant part first.
    Concat(Box<[ExprId]>),
    /// Element `index` of a list of equally wide expressions; past the end it is unknown.
    Index(ExprId, Box<[ExprId]>),
}

/// Operators of one operand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum UnaryOp {
    /// Bitwise complement.
    Not,
    /// Two's complement.
    Neg,
    /// 1 where all bits are 1.
    ReduceAnd,
    /// 1 where a bit is 1.
    ReduceOr,
    /// Parity.
    ReduceXor,
    /// Sign extension to the node's width.
    SignExtend,
}

/// Operators of two operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BinaryOp {
    /// Bitwise and.
    And,
    /// Bitwise or.
    Or,
    /// Bitwise exclusive or.
    Xor,
    /// Sum, modulo 2^width.
    Add,
    /// Difference, modulo 2^width.
    Sub,
    /// Product, modulo 2^width.
    Mul,
    /// Unsigned quotient; by zero unknown.
    DivU,
    /// Signed quotient, towards zero; by zero unknown.
    DivS,
    /// Unsigned remainder; by zero unknown.
    ModU,
    /// Signed remainder, sign of the first operand; by zero unknown.
    ModS,
    /// Equality, one bit.
    Eq,
    /// Unsigned less than, one bit.
    LtU,
    /// Signed less than, one bit.
    LtS,
    /// Left shift; the second operand is an unsigned amount of any width.
    Shl,
    /// Logical right shift.
    ShrU,
    /// Arithmetic right shift.
    ShrS,
}

/// The arena of expressions.
#[derive(Debug, Clone, Default)]
pub struct Exprs {
    nodes: Vec<Node>,
    widths: Vec<u32>,
    interned: FxHashMap<(Node, u32), ExprId>,
    /// What came of computing an expression in fewer bits; asked for often.
    pub(super) narrowed: FxHashMap<(ExprId, u32), Option<ExprId>>,
}

impl Exprs {
    /// How many expressions there are.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// The node of an expression.
    pub fn node(&self, id: ExprId) -> &Node {
        &self.nodes[id.index()]
    }

    /// Width in bits, at least 1.
    pub fn width(&self, id: ExprId) -> u32 {
        self.widths[id.index()]
    }

    /// All ids, operands before users.
    pub fn ids(&self) -> impl DoubleEndedIterator<Item = ExprId> + use<> {
        (0..self.nodes.len()).map(ExprId::from_index)
    }

    /// Interns a node as it is, without simplification. Operands must be in
    /// the arena and `width` must be the node's width.
    pub fn intern(&mut self, node: Node, width: u32) -> ExprId {
        debug_assert!(width > 0);
        let key = (node, width);
        if let Some(&id) = self.interned.get(&key) {
            return id;
        }
        let id = ExprId::from_index(self.nodes.len());
        self.nodes.push(key.0.clone());
        self.widths.push(width);
        self.interned.insert(key, id);
        id
    }

    /// Calls `visit` with each operand of a node.
    pub fn operands(&self, id: ExprId, mut visit: impl FnMut(ExprId)) {
        match self.node(id) {
            Node::Const(_) | Node::Input(_) | Node::Reg(_) | Node::Net(_) => {}
            Node::MemRead(_, a) | Node::Unary(_, a) | Node::Slice(a, _) => visit(*a),
            Node::Binary(_, a, b) => {
                visit(*a);
                visit(*b);
            }
            Node::Mux(s, a, b) => {
                visit(*s);
                visit(*a);
                visit(*b);
            }
            Node::Concat(items) => items.iter().copied().for_each(visit),
            Node::Index(i, items) => {
                visit(*i);
                items.iter().copied().for_each(visit);
            }
        }
    }
}
