//! The syntax that elaboration reads: declarations, statements and expressions
//! in arenas, free of any type of the parser that made them.
//!
//! Syntax variants are gone: ANSI and non-ANSI ports are one port list, a
//! generate `if` with its `else if`s is one list of arms. Nothing is evaluated
//! and no name is resolved. What the reader does not model never gets here:
//! the front end reports it as an error first (`Member`, `StmtKind` and
//! `ExprKind` have an `Unsupported` case only for constructs that are harmless
//! while nothing uses them; elaboration reports those when it meets them).

use std::ops::Index;

use crate::netlist::Bits;
use crate::source::Span;

/// All modules and packages of a run, in one set of arenas.
#[derive(Debug, Clone, Default)]
pub struct Ast {
    /// Scopes; a module's, a block's, a function's.
    pub scopes: Vec<Scope>,
    /// Declared names.
    pub symbols: Vec<Symbol>,
    /// Statements.
    pub stmts: Vec<Stmt>,
    /// Expressions.
    pub exprs: Vec<Expr>,
    /// Modules in the order read.
    pub modules: Vec<Module>,
    /// Packages in the order read (symbols of kind `Package` share this form).
    pub packages: Vec<Module>,
    /// One scope per file for declarations outside any module (`$unit`).
    pub file_scopes: Vec<ScopeId>,
}

macro_rules! ids {
    ($($(#[$doc:meta])* $id:ident => $field:ident: $ty:ty;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $id(pub u32);

        impl $id {
            /// Index into the arena.
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }

        impl Index<$id> for Ast {
            type Output = $ty;

            fn index(&self, id: $id) -> &$ty {
                &self.$field[id.index()]
            }
        }
    )*};
}

ids! {
    /// A [`Scope`].
    ScopeId => scopes: Scope;
    /// A [`Symbol`].
    SymbolId => symbols: Symbol;
    /// A [`Stmt`].
    StmtId => stmts: Stmt;
    /// An [`Expr`].
    ExprId => exprs: Expr;
    /// A [`Module`] of [`Ast::modules`].
    ModuleId => modules: Module;
}

/// A name where it is written. Escaped identifiers are spelled without `\`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Name {
    /// The name.
    pub text: Box<str>,
    /// Where.
    pub span: Span,
}

/// A module or package.
#[derive(Debug, Clone)]
pub struct Module {
    /// Its name.
    pub name: Name,
    /// From the `module` keyword to the end of `endmodule`.
    pub span: Span,
    /// Where ports can be added, all in the module's own text.
    pub anchors: ModuleAnchors,
    /// Body scope.
    pub scope: ScopeId,
    /// Ports in order ([`SymbolKind::Port`]).
    pub ports: Vec<SymbolId>,
    /// Overridable parameters in order ([`SymbolKind::Parameter`]).
    pub parameters: Vec<SymbolId>,
    /// Undeclared names may declare nets (no `` `default_nettype none``).
    pub implicit_nets: bool,
}

/// Byte offsets in the module's file at which text may be inserted.
#[derive(Debug, Clone, Copy)]
pub struct ModuleAnchors {
    /// Right after the module's name.
    pub after_name: u32,
    /// Right after the `(` of the port list; `None` without a port list.
    pub ports_open: Option<u32>,
    /// Whether that port list is empty: `()`.
    pub ports_empty: bool,
    /// Whether the header declares directions (ANSI style).
    pub ansi: bool,
    /// Right after the `;` that ends the header.
    pub header_end: u32,
    /// At the `e` of `endmodule`.
    pub endmodule: u32,
}

/// A region that declares names.
#[derive(Debug, Clone)]
pub struct Scope {
    /// What it belongs to.
    pub kind: ScopeKind,
    /// The scope around it.
    pub parent: Option<ScopeId>,
    /// The name of the block, if it has one.
    pub name: Option<Box<str>>,
    /// What stands in it, in the order written. Every name that the scope
    /// declares is here, ports and parameters of the header too.
    pub members: Vec<Member>,
}

/// The kinds of scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScopeKind {
    /// A file's top level.
    File,
    /// A module or package body.
    Module,
    /// A function or task.
    Subroutine,
    /// A generate block or arm.
    Generate,
    /// A procedural block.
    Block,
    /// A `for` header that declares its variables.
    Loop,
}

/// One thing standing in a scope.
#[derive(Debug, Clone)]
pub enum Member {
    /// A declaration.
    Declare(SymbolId),
    /// `import pkg::name` or `pkg::*` (`None`).
    Import {
        /// The package.
        package: Name,
        /// The item, or all.
        item: Option<Name>,
    },
    /// Continuous assignments; each an [`ExprKind::Assign`].
    Assign(Vec<ExprId>),
    /// `always`, `initial`, `final`.
    Process(Process),
    /// A generate `if` with its `else if`s: at most one arm exists.
    GenerateIf(Vec<GenerateArm>),
    /// A generate `case`; a `default` arm has no labels.
    GenerateCase {
        /// Selector.
        selector: ExprId,
        /// Arms.
        arms: Vec<GenerateArm>,
    },
    /// A generate `for`.
    GenerateFor {
        /// Header.
        header: For,
        /// Body.
        body: ScopeId,
    },
    /// A generate block standing alone.
    Generate(ScopeId),
    /// A concurrent assertion, specify block, covergroup, …: no hardware.
    Ignored(Span),
    /// A construct that may matter and is not taken.
    Unsupported(Unsupported),
}

/// A construct that is not taken, by the name a user knows it by.
#[derive(Debug, Clone)]
pub struct Unsupported {
    /// For example "`bind` directive".
    pub what: Box<str>,
    /// Where.
    pub span: Span,
}

/// An `always`, `initial` or `final` block.
#[derive(Debug, Clone)]
pub struct Process {
    /// Which keyword.
    pub kind: ProcessKind,
    /// Its statement; `@(…)` is a [`StmtKind::Timed`] around the body.
    pub body: StmtId,
    /// From the keyword to the end of the statement.
    pub span: Span,
}

/// The keyword of a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProcessKind {
    /// `always`
    Always,
    /// `always_ff`
    AlwaysFf,
    /// `always_comb`
    AlwaysComb,
    /// `always_latch`
    AlwaysLatch,
    /// `initial`
    Initial,
    /// `final`
    Final,
}

/// One arm of a generate `if` or `case`.
#[derive(Debug, Clone)]
pub struct GenerateArm {
    /// The condition (none for `else`), or a case arm's labels (none for `default`).
    pub conditions: Vec<ExprId>,
    /// Body.
    pub body: ScopeId,
}

/// A `for` header, procedural or generate.
#[derive(Debug, Clone)]
pub struct For {
    /// Holds the variables the header declares; parent of the body.
    pub scope: ScopeId,
    /// Initialisations that assign rather than declare.
    pub init: Vec<ExprId>,
    /// Condition.
    pub condition: Option<ExprId>,
    /// Steps.
    pub step: Vec<ExprId>,
}

/// A declared name.
#[derive(Debug, Clone)]
pub struct Symbol {
    /// The name; empty for an unnamed gate instance.
    pub name: Name,
    /// The whole declarator, for diagnostics.
    pub span: Span,
    /// What it is.
    pub kind: SymbolKind,
}

/// What a name declares.
#[derive(Debug, Clone)]
pub enum SymbolKind {
    /// A port of a module, or an argument of a function or task. The non-ANSI
    /// body declaration (`output reg [3:0] q; reg [3:0] q;`) is merged in.
    Port(Port),
    /// `parameter`, `localparam`, type parameter.
    Parameter {
        /// Cannot be overridden.
        local: bool,
        /// A `type` parameter.
        is_type: bool,
        /// Declared type.
        ty: Type,
        /// Default value.
        value: Option<ExprId>,
    },
    /// A net: `wire`, `tri`, `supply0`, …
    Net {
        /// Which net type.
        net: NetKind,
        /// Type.
        ty: Type,
        /// `wire w = expr`: a continuous assignment.
        init: Option<ExprId>,
    },
    /// A variable.
    Variable {
        /// Type.
        ty: Type,
        /// Initial value.
        init: Option<ExprId>,
    },
    /// A `genvar`.
    Genvar(Option<ExprId>),
    /// A `typedef`.
    Typedef(Type),
    /// A name declared by an enum; members are numbered in declaration order.
    EnumMember {
        /// Explicit value.
        value: Option<ExprId>,
    },
    /// A function or task.
    Subroutine {
        /// `task` rather than `function`.
        is_task: bool,
        /// Its scope.
        scope: ScopeId,
        /// Arguments in order.
        ports: Vec<SymbolId>,
        /// Return type; `None` for `void` and for tasks.
        returns: Option<Type>,
        /// Statements.
        body: Vec<StmtId>,
    },
    /// A module or gate instance.
    Instance(Instance),
    /// A named block, declared in the scope around it so that a path through
    /// it resolves. The statement or generate member that holds the block is
    /// what reaches it in a walk. A generate loop's block is declared beside
    /// the loop; two arms of a generate `if` or `case` may share a name.
    Block(ScopeId),
    /// A construct with a name that is not taken (reported when used).
    Unsupported(Unsupported),
}

/// The net types.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NetKind {
    /// `wire`, `tri`, `uwire`
    Wire,
    /// `supply0`
    Supply0,
    /// `supply1`
    Supply1,
    /// `wand`, `wor`, `tri0`, `tri1`, `trireg`, `triand`, `trior`
    Other,
}

/// Port directions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// `input`
    Input,
    /// `output`
    Output,
    /// `inout`
    Inout,
    /// `ref`
    Ref,
}

/// A port or argument.
#[derive(Debug, Clone)]
pub struct Port {
    /// Direction.
    pub direction: Direction,
    /// Whether it is a variable (`output reg`, `output logic`).
    pub variable: bool,
    /// Type.
    pub ty: Type,
    /// Default value, or an ANSI output's initial value.
    pub default: Option<ExprId>,
    /// Where the body declares it (non-ANSI), else the header.
    pub declared: Span,
}

/// An instance of a module or gate.
#[derive(Debug, Clone)]
pub struct Instance {
    /// What is instantiated: a module's name or a gate's keyword.
    pub definition: Name,
    /// Whether that is a gate primitive (`and`, `nand`, `or`, `nor`, `xor`,
    /// `xnor`, `not`, `buf`, `bufif0`, …).
    pub gate: bool,
    /// Parameter overrides.
    pub parameters: Vec<Arg>,
    /// Instance array dimensions.
    pub dims: Vec<Dim>,
    /// Port connections.
    pub connections: Vec<Arg>,
    /// Right after the `(` of the connection list.
    pub connections_open: u32,
    /// The offset of the matching `)`.
    pub connections_close: u32,
}

/// An argument of a call, a parameter override or a port connection.
#[derive(Debug, Clone)]
pub enum Arg {
    /// By order; `None` where nothing stands between two commas.
    Positional(Option<ExprId>),
    /// `.name(value)`; `.name()` leaves it unconnected.
    Named {
        /// Port or parameter.
        name: Name,
        /// Value.
        value: Option<ExprId>,
    },
    /// `.name`
    Implicit(Name),
    /// `.*`
    Wildcard(Span),
}

/// A data type as written.
#[derive(Debug, Clone)]
pub struct Type {
    /// What.
    pub kind: TypeKind,
    /// Packed dimensions, then the declarator's unpacked ones.
    pub dims: Vec<Dim>,
    /// How many of `dims` are packed.
    pub packed: usize,
    /// Where.
    pub span: Option<Span>,
}

/// The kinds of data type.
#[derive(Debug, Clone)]
pub enum TypeKind {
    /// Vector of bits: `reg`, `logic`, `bit`, or nothing written. One bit
    /// without packed dimensions. `written` is false where no type was written
    /// (a parameter then takes its value's type).
    Bits {
        /// Signed.
        signed: bool,
        /// A type, signing or range is written.
        written: bool,
    },
    /// `integer`, `int`, `byte`, `shortint`, `longint`, `time`: a fixed width.
    Integer {
        /// Width in bits.
        width: u32,
        /// Signed.
        signed: bool,
    },
    /// A typedef by name (`t`, `pkg::t`).
    Named(ExprId),
    /// An enum.
    Enum {
        /// Base type.
        base: Box<Type>,
        /// Members, declared in the scope the enum stands in.
        members: Vec<SymbolId>,
    },
    /// A struct or union.
    Struct {
        /// `union`.
        union: bool,
        /// Packed.
        packed: bool,
        /// Signed.
        signed: bool,
        /// Fields, first is most significant.
        fields: Vec<(Name, Type)>,
    },
    /// `string`
    String,
    /// `real`, `event`, `chandle`, class types, …
    Unsupported(Unsupported),
}

/// One dimension.
#[derive(Debug, Clone)]
pub enum Dim {
    /// `[left:right]`
    Range(ExprId, ExprId),
    /// `[n]`
    Size(ExprId),
    /// `[]`, `[*]`, `[$]`
    Open,
}

/// A statement.
#[derive(Debug, Clone)]
pub struct Stmt {
    /// What.
    pub kind: StmtKind,
    /// Where, from its first to its last token.
    pub span: Span,
}

/// The kinds of statement.
#[derive(Debug, Clone)]
pub enum StmtKind {
    /// `;`
    Empty,
    /// An assignment, call or increment.
    Expr(ExprId),
    /// `begin … end`.
    Block {
        /// Its declarations; `Member::Declare` only.
        scope: ScopeId,
        /// Statements.
        stmts: Vec<StmtId>,
    },
    /// `if`.
    If {
        /// Condition.
        condition: ExprId,
        /// Then.
        then_branch: Option<StmtId>,
        /// Else.
        else_branch: Option<StmtId>,
        /// Right after the `else` keyword, where a further branch may be
        /// inserted; `None` without one, and where a macro wrote it.
        after_else: Option<u32>,
    },
    /// `case`.
    Case {
        /// Comparison.
        kind: CaseKind,
        /// Selector.
        selector: ExprId,
        /// Arms; `default` has no labels.
        items: Vec<CaseItem>,
    },
    /// `for`.
    For {
        /// Header.
        header: For,
        /// Body.
        body: Option<StmtId>,
    },
    /// `while`.
    While {
        /// Condition.
        condition: ExprId,
        /// Body.
        body: Option<StmtId>,
        /// `do … while`: the body runs once before the test.
        do_while: bool,
    },
    /// `repeat (n)`.
    Repeat {
        /// Count.
        count: ExprId,
        /// Body.
        body: Option<StmtId>,
    },
    /// `@(…) stmt`, `#d stmt`.
    Timed {
        /// What is waited for.
        timing: Timing,
        /// Body.
        body: Option<StmtId>,
    },
    /// `disable name`.
    Disable(Option<ExprId>),
    /// `return`.
    Return(Option<ExprId>),
    /// `break`
    Break,
    /// `continue`
    Continue,
    /// An immediate assertion: no hardware.
    Assertion,
    /// Not taken: `fork`, `wait`, `force`, `forever`, `foreach`, …
    Unsupported(Unsupported),
}

/// How a `case` compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CaseKind {
    /// `case`
    Exact,
    /// `casez`: `z` and `?` match anything.
    Z,
    /// `casex`: `x`, `z` and `?` match anything.
    X,
    /// `case … inside`
    Inside,
}

/// One arm of a `case`.
#[derive(Debug, Clone)]
pub struct CaseItem {
    /// Labels; empty for `default`.
    pub labels: Vec<ExprId>,
    /// Body.
    pub body: Option<StmtId>,
}

/// An event or delay control.
#[derive(Debug, Clone)]
pub enum Timing {
    /// `#d`
    Delay,
    /// `@(a or posedge b)`
    Events(Vec<Event>),
    /// `@*`
    Star,
}

/// One event of an event control.
#[derive(Debug, Clone)]
pub struct Event {
    /// Edge.
    pub edge: Edge,
    /// What.
    pub expr: ExprId,
    /// `iff`
    pub iff: Option<ExprId>,
}

/// The edges.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Edge {
    /// `posedge`
    Pos,
    /// `negedge`
    Neg,
    /// Any change.
    Any,
}

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
