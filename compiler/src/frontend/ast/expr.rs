//! Expressions, numbers and operators.

use super::{Arg, ExprId, Name, Type, Unsupported};
use crate::netlist::Bits;
use crate::source::Span;

/// An expression.
#[derive(Debug, Clone)]
pub struct Expr {
    /// What.
    pub kind: ExprKind,
    /// Where.
    pub span: Span,
}

/// The kinds of expression.
#[derive(Debug, Clone)]
pub enum ExprKind {
    /// A simple name.
    Name(Box<str>),
    /// A number.
    Number(Number),
    /// A string, without quotes, escapes resolved.
    String(Box<str>),
    /// A real number as written.
    Real(Box<str>),
    /// Unary operator.
    Unary(UnaryOp, ExprId),
    /// Binary operator.
    Binary(BinaryOp, ExprId, ExprId),
    /// `c ? a : b`
    Conditional(ExprId, ExprId, ExprId),
    /// `a[i]`
    Index(ExprId, ExprId),
    /// `a[x:y]`, `a[x +: y]`, `a[x -: y]`
    Range(ExprId, RangeKind, ExprId, ExprId),
    /// `a.b`: a member, or the next step of a hierarchical name.
    Member(ExprId, Name),
    /// `pkg::name`
    Scoped(Name, Name),
    /// A call of a function or task by name, or of a system one (`$clog2`).
    Call(ExprId, Vec<Arg>),
    /// `$name` standing as a callee or alone.
    System(Box<str>),
    /// `{a, b}`, first is most significant.
    Concat(Vec<ExprId>),
    /// `{n{a, b}}`
    Replicate(ExprId, Vec<ExprId>),
    /// `{<<n{…}}`, `{>>n{…}}`
    Stream {
        /// `<<`.
        left: bool,
        /// Slice size.
        slice: Option<ExprId>,
        /// Operands.
        items: Vec<ExprId>,
    },
    /// `'{…}`, `T'{…}`
    Pattern {
        /// Type before the quote.
        ty: Option<ExprId>,
        /// `'{n{…}}`: how often the items are repeated.
        repeat: Option<ExprId>,
        /// Items with their keys.
        items: Vec<(Option<ExprId>, ExprId)>,
    },
    /// `T'(x)`, `8'(x)`, `signed'(x)`
    Cast {
        /// Type or width.
        ty: ExprId,
        /// Operand.
        operand: ExprId,
    },
    /// `x inside {…}`; a range has two bounds.
    Inside(ExprId, Vec<InsideItem>),
    /// `[low:high]` as a label of `case … inside`.
    ValueRange(ExprId, ExprId),
    /// An assignment.
    Assign {
        /// Kind.
        kind: AssignKind,
        /// Compound operator (`+=`).
        op: Option<BinaryOp>,
        /// Target.
        lhs: ExprId,
        /// Value.
        rhs: ExprId,
        /// An intra-assignment delay or event (`<= #1 d`), which hardware ignores.
        delayed: bool,
    },
    /// `++`, `--`.
    Increment {
        /// `--`.
        down: bool,
        /// Operand.
        operand: ExprId,
    },
    /// A type where an expression may stand.
    Type(Box<Type>),
    /// `default`, `$`, `null`, `this`, …
    Keyword(Box<str>),
    /// Not taken.
    Unsupported(Unsupported),
}

/// A value or range of `inside`.
#[derive(Debug, Clone, Copy)]
pub enum InsideItem {
    /// A value; `?` bits are wild.
    Value(ExprId),
    /// `[low:high]`
    Range(ExprId, ExprId),
}

/// The kinds of assignment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AssignKind {
    /// `=` in a process.
    Blocking,
    /// `<=`
    Nonblocking,
    /// `assign`
    Continuous,
}

/// The kinds of part select.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RangeKind {
    /// `[a:b]`
    Constant,
    /// `[a +: w]`
    Up,
    /// `[a -: w]`
    Down,
}

/// A number as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Number {
    /// Value; `z` and `?` bits are given as unknown and marked in `z`.
    pub bits: Bits,
    /// Bits written `z` or `?`, least significant word first, 64 bits each.
    pub z: Vec<u64>,
    /// A width was written; without one `bits` has 32, and a topmost bit that
    /// is unknown extends to the width of the context.
    pub sized: bool,
    /// `'s` or a plain decimal.
    pub signed: bool,
    /// `'0`, `'1`, `'x`, `'z`: fills its context.
    pub fill: bool,
}

/// Unary operators.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum UnaryOp {
    Plus,
    Minus,
    Not,
    LogicNot,
    And,
    Or,
    Xor,
    Nand,
    Nor,
    Xnor,
}

/// Binary operators.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum BinaryOp {
    Add,
    Sub,
    Mul,
    Div,
    Mod,
    Pow,
    And,
    Or,
    Xor,
    Xnor,
    LogicAnd,
    LogicOr,
    Eq,
    Ne,
    CaseEq,
    CaseNe,
    WildEq,
    WildNe,
    Lt,
    Le,
    Gt,
    Ge,
    Shl,
    Shr,
    Ashl,
    Ashr,
}
