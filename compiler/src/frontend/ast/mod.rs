//! The syntax that elaboration reads: declarations, statements and expressions
//! in arenas, free of any type of the parser that made them.
//!
//! Syntax variants are gone: ANSI and non-ANSI ports are one port list, a
//! generate `if` with its `else if`s is one list of arms. Nothing is evaluated
//! and no name is resolved. What the reader does not model never gets here:
//! the front end reports it as an error first (`Member`, `StmtKind` and
//! `ExprKind` have an `Unsupported` case only for constructs that are harmless
//! while nothing uses them; elaboration reports those when it meets them).

mod decl;
mod expr;
mod stmt;

pub use decl::*;
pub use expr::*;
pub use stmt::*;

use std::ops::Index;

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
    /// From which module on they belong to libraries.
    pub library_modules: Option<usize>,
    /// Packages in the order read (symbols of kind `Package` share this form).
    pub packages: Vec<Module>,
    /// Where parts begin that `translate_off` takes out.
    pub translated_off: Vec<Span>,
    /// One scope per file for declarations outside any module (`$unit`).
    pub file_scopes: Vec<ScopeId>,
    /// When the environment looks at outputs, where it does not always.
    pub observed: Vec<Observed>,
    /// Handshakes with the environment.
    pub handshakes: Vec<Handshake>,
    /// Inputs that the environment never changes.
    pub stable_inputs: Vec<StableInput>,
}

/// An input of the top module that the configuration declares to be stable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StableInput {
    /// Its name.
    pub name: String,
    /// Where the configuration says so.
    pub span: Span,
}

/// A handshake that the configuration declares: something is transferred in the
/// cycles in which both conditions hold, in the scope of the top module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handshake {
    /// The design gives something away; else it takes something.
    pub produces: bool,
    /// Who has something says so.
    pub valid: ExprId,
    /// Who takes it says so.
    pub ready: ExprId,
    /// Where the first condition is written.
    pub span: Span,
}

/// What the configuration says of an output of the top module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observed {
    /// Name of the port.
    pub output: String,
    /// Where that is written.
    pub name: Span,
    /// The condition under which it counts, in the scope of the top module;
    /// `None` where it never does.
    pub when: Option<ExprId>,
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

/// A module, interface or package.
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
    /// It is marked `(* blackbox *)`: not to be looked into.
    pub black_box: bool,
    /// An interface.
    pub interface: bool,
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
    /// Where declarations may begin: behind the header and the time units.
    pub declarations: u32,
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
    /// What tools look into but no path in a text can go through: a procedural block
    /// or loop that declares variables and has no name.
    pub unnamed: Option<Unnamed>,
    /// Where text can be added to a generate block.
    pub body: Option<GenerateBody>,
    /// What stands in it, in the order written. Every name that the scope
    /// declares is here, ports and parameters of the header too.
    pub members: Vec<Member>,
}

/// A procedural block or loop that declares variables and has no name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unnamed {
    /// A name for it, of its own in the module.
    pub name: Box<str>,
    /// Its `begin`, behind which the name can be inserted; a loop has none.
    pub begin: Option<Span>,
}

/// How the names of [`Unnamed`] begin.
pub const UNNAMED_PREFIX: &str = "idetic_block_";

/// Byte offsets in the text of a generate block, (no edit can be placed by it where a macro wrote an end).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GenerateBody {
    /// The text between `begin` and `end`; of a block without them its only item.
    pub span: Span,
    /// Whether it has `begin` and `end`.
    pub begin: bool,
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
    /// `export pkg::name`, `pkg::*` or, without a package, `*::*`.
    Export {
        /// The package.
        package: Option<Name>,
        /// The item, or all.
        item: Option<Name>,
    },
    /// Continuous assignments; each an [`ExprKind::Assign`].
    Assign(Vec<ExprId>),
    /// `defparam u.P = 1;`: the parameter's path, and its value.
    Defparam(Vec<(ExprId, ExprId)>),
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
    /// `$error` or `$fatal` of the elaboration: where it stands the design refuses its parameters.
    Refused(Span),
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
