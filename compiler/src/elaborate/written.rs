//! Which names a module's clocked processes assign, by their syntax alone:
//! only such arrays can be memories. Names of other scopes may be among them.

use std::rc::Rc;

use rustc_hash::FxHashSet;

use super::context::{Elab, ScopeIdx};
use crate::frontend::ast::{self, Ast, Edge, ExprKind, Member, StmtKind, Timing};

impl<'a> Elab<'a> {
    /// The names that clocked processes of the scope's module assign.
    pub fn clocked_names(&mut self, scope: ScopeIdx) -> Rc<FxHashSet<&'a str>> {
        let instance = self.scope(scope).instance;
        let Some(instance) = self.instances.get(instance.index()) else {
            return Rc::default();
        };
        let module = instance.module;
        if let Some(names) = self.clocked_names.get(&module) {
            return names.clone();
        }
        let mut names = FxHashSet::default();
        clocked_in_scope(self.ast, self.ast[module].scope, &mut names);
        let names = Rc::new(names);
        self.clocked_names.insert(module, names.clone());
        names
    }
}

/// Collects the names that the clocked processes of a scope assign.
fn clocked_in_scope<'a>(ast: &'a Ast, scope: ast::ScopeId, names: &mut FxHashSet<&'a str>) {
    for member in &ast[scope].members {
        match member {
            Member::Process(process) => {
                if let StmtKind::Timed {
                    timing: Timing::Events(events),
                    body: Some(body),
                } = &ast[process.body].kind
                    && events.iter().any(|event| event.edge != Edge::Any)
                {
                    assigned_in(ast, *body, names);
                }
            }
            Member::GenerateIf(arms) | Member::GenerateCase { arms, .. } => {
                for arm in arms {
                    clocked_in_scope(ast, arm.body, names);
                }
            }
            Member::GenerateFor { body, .. } | Member::Generate(body) => {
                clocked_in_scope(ast, *body, names);
            }
            _ => {}
        }
    }
}

/// Collects the names that a statement assigns.
fn assigned_in<'a>(ast: &'a Ast, stmt: ast::StmtId, names: &mut FxHashSet<&'a str>) {
    let mut stack = vec![stmt];
    while let Some(stmt) = stack.pop() {
        match &ast[stmt].kind {
            StmtKind::Expr(expr) => match &ast[*expr].kind {
                ExprKind::Assign { lhs, .. } => base_names(ast, *lhs, names),
                // A task may assign anything.
                ExprKind::Call(..) | ExprKind::Name(_) => {
                    for stmt in &ast.stmts {
                        if let StmtKind::Expr(expr) = stmt.kind
                            && let ExprKind::Assign { lhs, .. } = ast[expr].kind
                        {
                            base_names(ast, lhs, names);
                        }
                    }
                }
                _ => {}
            },
            StmtKind::Block { stmts, .. } => stack.extend(stmts),
            StmtKind::If {
                then_branch,
                else_branch,
                ..
            } => stack.extend(then_branch.iter().chain(else_branch)),
            StmtKind::Case { items, .. } => stack.extend(items.iter().filter_map(|i| i.body)),
            StmtKind::For { body, .. }
            | StmtKind::While { body, .. }
            | StmtKind::Repeat { body, .. }
            | StmtKind::Foreach { body, .. }
            | StmtKind::Timed { body, .. } => stack.extend(body),
            _ => {}
        }
    }
}

fn base_names<'a>(ast: &'a Ast, target: ast::ExprId, names: &mut FxHashSet<&'a str>) {
    match &ast[target].kind {
        ExprKind::Name(name) => {
            names.insert(name);
        }
        ExprKind::Index(base, _) | ExprKind::Range(base, ..) | ExprKind::Member(base, _) => {
            base_names(ast, *base, names);
        }
        ExprKind::Concat(items) | ExprKind::Stream { items, .. } => {
            items.iter().for_each(|&item| base_names(ast, item, names))
        }
        _ => {}
    }
}
