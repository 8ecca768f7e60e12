//! Declared names, ports, instances and data types.

use super::{ExprId, Name, ScopeId, StmtId, SymbolId, Unsupported};
use crate::source::Span;

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
    /// A port that is an interface: `bus_if.master bus`.
    InterfacePort {
        /// The interface.
        interface: Name,
        /// Its modport, if one is named.
        modport: Option<Name>,
    },
    /// `modport master (input a, output b)`: directions and names.
    Modport(Vec<(Direction, Name)>),
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
    /// `wand`, `triand`
    And,
    /// `wor`, `trior`
    Or,
    /// `tri0`
    Tri0,
    /// `tri1`
    Tri1,
    /// `trireg`: keeps its last value.
    Trireg,
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
    /// The net type, where it is none.
    pub net: NetKind,
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
        /// `bit`: no unknown values, and 0 at first.
        two_state: bool,
    },
    /// `integer`, `int`, `byte`, `shortint`, `longint`, `time`: a fixed width.
    Integer {
        /// Width in bits.
        width: u32,
        /// Signed.
        signed: bool,
        /// `int` and its like: no unknown values, and 0 at first.
        two_state: bool,
    },
    /// `type(…)` of an expression or type.
    Of(ExprId),
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
    /// `real`, `shortreal`, `realtime`
    Real,
    /// `event`, `chandle`, class types, …
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
