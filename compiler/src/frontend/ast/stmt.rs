//! Statements and timing controls.

use super::{Ast, ExprId, ExprKind, For, ScopeId, StmtId, SymbolId, Unsupported};
use crate::source::Span;

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
        /// Marked `full_case`: what no label matches does not happen.
        full: bool,
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
    /// `foreach (array[i, j])`.
    Foreach {
        /// The array.
        array: ExprId,
        /// Holds the variables; parent of the body.
        scope: ScopeId,
        /// One per dimension; none where nothing stands between two commas.
        vars: Vec<Option<SymbolId>>,
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
    /// Not taken: `fork`, `wait`, `force`, `forever`, …
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
    /// `#0`: later, but in the same instant.
    ZeroDelay,
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

/// Whether a system task assigns something; all others print, check or end the simulation.
pub fn task_assigns(name: &str) -> bool {
    let name = name.strip_prefix('$').unwrap_or(name);
    matches!(
        name,
        "readmemh" | "readmemb" | "sreadmemh" | "sreadmemb" | "deposit" | "cast"
    )
}

impl Ast {
    /// Whether a scope is `outer` or lies in it.
    pub fn within(&self, scope: ScopeId, outer: ScopeId) -> bool {
        let mut at = Some(scope);
        while let Some(id) = at {
            if id == outer {
                return true;
            }
            at = self[id].parent;
        }
        false
    }

    /// The statement of a block that may test an asynchronous reset, which is the last one that is hardware, and the
    /// others. Messages, assertions and what only holds such are no hardware.
    pub fn reset_test<'s>(
        &self,
        stmts: &'s [StmtId],
    ) -> Option<(StmtId, impl Iterator<Item = StmtId> + use<'s>)> {
        let at = stmts.iter().rposition(|&stmt| self.is_hardware(stmt))?;
        let others = stmts[..at].iter().chain(&stmts[at + 1..]).copied();
        Some((stmts[at], others))
    }

    /// Whether a statement can assign something or lead elsewhere.
    pub fn is_hardware(&self, stmt: StmtId) -> bool {
        let taken = |stmt: &StmtId| self.is_hardware(*stmt);
        match &self[stmt].kind {
            StmtKind::Empty | StmtKind::Assertion => false,
            StmtKind::Expr(expr) => {
                let called = match &self[*expr].kind {
                    ExprKind::Call(callee, _) => *callee,
                    _ => *expr,
                };
                match &self[called].kind {
                    ExprKind::System(name) => task_assigns(name),
                    _ => true,
                }
            }
            StmtKind::Block { stmts, .. } => stmts.iter().any(taken),
            StmtKind::If {
                then_branch,
                else_branch,
                ..
            } => then_branch.iter().chain(else_branch).any(taken),
            StmtKind::Case { items, .. } => items
                .iter()
                .any(|item| item.body.as_ref().is_some_and(taken)),
            _ => true,
        }
    }
}
