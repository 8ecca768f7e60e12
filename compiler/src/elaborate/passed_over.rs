//! What stands in the design and is no hardware: testbench code.
//!
//! It stays in the text as it is, has no part in the netlist and is listed.
//! Where a statement of an `initial` block cannot be understood, what it would
//! assign has a first value that only a simulation knows; so have memories
//! from files that are not there. The netlist says so, because a design that
//! relies on such a value cannot be started anew.

use super::context::{Elab, Entity, NetIdx, Res, ScopeIdx};
use super::env::Mode;
use crate::diagnostics::{Severity, codes};
use crate::frontend::ast::{self, Arg, ExprKind, StmtKind};
use crate::netlist::PassedOver;
use crate::source::Span;

/// A target in another module that is to be looked for when all are known.
#[derive(Debug)]
pub(super) struct FarTarget {
    /// The hierarchical name of the scope that names it.
    around: String,
    /// The name from there on.
    name: String,
    span: Span,
}

impl<'a> Elab<'a> {
    /// Lists something that is passed over, once per place.
    pub fn pass_over(&mut self, what: &str, span: Span) {
        if self.passed_over.iter().all(|known| known.span != span) {
            self.passed_over.push(PassedOver {
                what: what.to_string(),
                span,
            });
        }
    }

    /// Notes that only a simulation knows what a variable holds at first.
    pub fn filled_later(&mut self, net: NetIdx, span: Span) {
        self.filled_later.entry(net).or_insert(span);
    }

    /// Executes a statement of an `initial` block, or passes over it.
    pub fn exec_initial(
        &mut self,
        scope: ScopeIdx,
        stmt: ast::StmtId,
        run: impl FnOnce(&mut Self) -> Res<()>,
    ) -> Res<()> {
        debug_assert_eq!(self.env.mode, Mode::Initial);
        let mark = self.diagnostics.list.len();
        let (exits, path) = (self.env.exits.len(), self.env.path);
        let Err(reported) = run(self) else {
            return Ok(());
        };
        let said = self.diagnostics.list.split_off(mark);
        let looped = matches!(
            self.ast[stmt].kind,
            StmtKind::For { .. } | StmtKind::While { .. } | StmtKind::Repeat { .. }
        );
        let tolerable = said.iter().all(|found| {
            found.severity != Severity::Error
                || found.code == codes::UNSUPPORTED
                || (looped && found.code == codes::NOT_CONSTANT)
        });
        if !tolerable || said.is_empty() {
            self.diagnostics.list.extend(said);
            return Err(reported);
        }
        self.env.exits.truncate(exits);
        self.env.path = path;
        let span = self.ast[stmt].span;
        self.pass_over("a statement of an `initial` block", span);
        for target in targets(self.ast, stmt) {
            self.target_filled_later(scope, target, span);
        }
        Ok(())
    }

    fn target_filled_later(&mut self, scope: ScopeIdx, target: ast::ExprId, span: Span) {
        let ast = self.ast;
        if let ExprKind::Concat(items) = &ast[target].kind {
            for &item in items {
                self.target_filled_later(scope, item, span);
            }
            return;
        }
        let mut base = target;
        while let ExprKind::Index(of, _) | ExprKind::Range(of, ..) = ast[base].kind {
            base = of;
        }
        let mut root = base;
        while let ExprKind::Member(of, _) | ExprKind::Index(of, _) = ast[root].kind {
            root = of;
        }
        let mark = self.diagnostics.list.len();
        let entity = match self.path(scope, root) {
            // Inside it all errors count.
            Ok(Some(Entity::Instance(..))) => Ok(None),
            _ => self.path(scope, base),
        };
        self.diagnostics.list.truncate(mark);
        if let Ok(Some(Entity::Net(net))) = entity {
            self.filled_later(net, span);
            return;
        }
        let here = self.scope(scope);
        let mut around: Vec<String> = Vec::new();
        if let Some(instance) = self.instances.get(here.instance.index())
            && !instance.path.is_empty()
        {
            around.push(instance.path.clone());
        }
        around.extend(self.scope_path(scope));
        let name: String = (self.sources.text(ast[base].span).chars())
            .filter(|c| !c.is_whitespace())
            .collect();
        self.far_targets.push(FarTarget {
            around: around.join("."),
            name,
            span,
        });
    }

    /// Looks for the targets in other modules.
    pub fn find_far_targets(&mut self) {
        let far = std::mem::take(&mut self.far_targets);
        for target in far {
            // From the inside out, as names are looked for.
            let mut around = target.around.as_str();
            loop {
                let path = match around {
                    "" => target.name.clone(),
                    _ => format!("{around}.{}", target.name),
                };
                let found = self.nets.iter().position(|net| net.path == path);
                if let Some(found) = found {
                    self.filled_later(NetIdx(found as u32), target.span);
                    break;
                }
                match around {
                    "" => break,
                    _ => around = around.rsplit_once('.').map_or("", |(outer, _)| outer),
                }
            }
        }
    }
}

/// What a statement assigns, by its text.
fn targets(ast: &ast::Ast, stmt: ast::StmtId) -> Vec<ast::ExprId> {
    let mut found = Vec::new();
    let mut stack = vec![stmt];
    while let Some(stmt) = stack.pop() {
        match &ast[stmt].kind {
            StmtKind::Expr(expr) => match &ast[*expr].kind {
                ExprKind::Assign { lhs, .. } => found.push(*lhs),
                ExprKind::Increment { operand, .. } => found.push(*operand),
                ExprKind::Call(callee, args) => {
                    let reads = match &ast[*callee].kind {
                        ExprKind::System(name) => Elab::reads_memory(name).is_some(),
                        _ => false,
                    };
                    if let (true, Some(Arg::Positional(Some(memory)))) = (reads, args.get(1)) {
                        found.push(*memory);
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
            | StmtKind::Timed { body, .. } => stack.extend(body),
            _ => {}
        }
    }
    found
}
