//! Symbolic execution of statements.

use super::context::{Elab, MAX_NESTING, MAX_STEPS, Reported, Res, ScopeIdx};
use super::env::{Exit, ExitKind, Key, Mode};
use crate::diagnostics::{Diagnostic, codes};
use crate::frontend::ast::{self, ExprKind, Member, StmtKind, SymbolKind, Timing};
use crate::netlist::ExprId;
use crate::source::Span;

impl<'a> Elab<'a> {
    /// Executes a statement.
    pub fn exec(&mut self, scope: ScopeIdx, stmt: ast::StmtId) -> Res<()> {
        let ast = self.ast;
        let span = ast[stmt].span;
        self.nested(span, |elab| match elab.env.mode {
            Mode::Initial => elab.exec_initial(scope, stmt, |elab| elab.exec_kind(scope, stmt)),
            _ => elab.exec_kind(scope, stmt),
        })
    }

    /// Does some work one level of syntax deeper: a step of the run.
    pub fn nested<T>(&mut self, span: Span, work: impl FnOnce(&mut Self) -> Res<T>) -> Res<T> {
        self.steps += 1;
        if self.steps > MAX_STEPS {
            return self.out_of_steps(span);
        }
        if self.nesting >= MAX_NESTING {
            let message = format!("expressions and statements nest deeper than {MAX_NESTING}");
            return self.fail(
                Diagnostic::error(codes::TOO_LARGE, span, message)
                    .help("split the chain, with a variable for a part of it"),
            );
        }
        self.nesting += 1;
        let result = work(self);
        self.nesting -= 1;
        result
    }

    /// Reported once: no expression or statement is taken from here on.
    #[cold]
    fn out_of_steps<T>(&mut self, span: Span) -> Res<T> {
        if self.steps > MAX_STEPS + 1 {
            return Err(Reported);
        }
        let message = format!("more than {MAX_STEPS} statements and operations after unrolling");
        self.fail(
            Diagnostic::error(codes::TOO_LARGE, span, message)
                .help("do the loops end? make them shorter"),
        )
    }

    fn exec_kind(&mut self, scope: ScopeIdx, stmt: ast::StmtId) -> Res<()> {
        let ast = self.ast;
        let span = ast[stmt].span;
        match &ast[stmt].kind {
            StmtKind::Empty => Ok(()),
            StmtKind::Assertion => {
                self.pass_over("an assertion", span);
                Ok(())
            }
            StmtKind::Expr(expr) => self.exec_expr(scope, *expr),
            StmtKind::Block {
                scope: block,
                stmts,
            } => self.exec_block(scope, *block, stmts),
            StmtKind::If {
                condition,
                then_branch,
                else_branch,
                ..
            } => {
                let condition = self.condition(scope, *condition)?;
                self.exec_if(scope, condition, *then_branch, *else_branch)
            }
            StmtKind::Case {
                kind,
                selector,
                items,
                full,
            } => self.exec_case(scope, *kind, *selector, items, *full),
            StmtKind::For { header, body } => self.exec_for(scope, header, *body, span),
            StmtKind::While {
                condition,
                body,
                do_while,
            } => self.exec_while(scope, *condition, *body, *do_while, span),
            StmtKind::Repeat { count, body } => self.exec_repeat(scope, *count, *body, span),
            StmtKind::Foreach {
                array,
                scope: inner,
                vars,
                body,
            } => self.exec_foreach(scope, *array, *inner, vars, *body, span),
            StmtKind::Timed {
                timing: Timing::ZeroDelay,
                body,
            } if self.env.mode == Mode::Initial => self.exec_maybe(scope, *body),
            StmtKind::Timed { .. } if self.env.mode == Mode::Initial => {
                self.stop_initial(span, "waits")
            }
            StmtKind::Unsupported(_) if self.env.mode == Mode::Initial => {
                self.stop_initial(span, "is a testbench from")
            }
            StmtKind::Timed { .. } => self.unsupported(
                span,
                "a delay or event control inside a process",
                "a clocked process waits only once, at its beginning",
            ),
            StmtKind::Disable(name) => self.exec_disable(scope, *name, span),
            StmtKind::Return(value) => self.exec_return(scope, *value, span),
            StmtKind::Break => self.jump(ExitKind::Break, span, "`break`"),
            StmtKind::Continue => self.jump(ExitKind::Continue, span, "`continue`"),
            StmtKind::Unsupported(what) => {
                let (span, what) = (what.span, what.what.to_string());
                self.unsupported(span, &what, "express it by other means")
            }
        }
    }

    /// Executes a statement that may be missing.
    pub fn exec_maybe(&mut self, scope: ScopeIdx, stmt: Option<ast::StmtId>) -> Res<()> {
        stmt.map_or(Ok(()), |stmt| self.exec(scope, stmt))
    }

    fn exec_expr(&mut self, scope: ScopeIdx, expr: ast::ExprId) -> Res<()> {
        let ast = self.ast;
        match &ast[expr].kind {
            ExprKind::Call(callee, args) => match &ast[*callee].kind {
                ExprKind::System(name) => self.system_task(scope, name, args, ast[expr].span),
                _ => self.call(scope, expr, *callee, args).map(|_| ()),
            },
            ExprKind::System(name) => self.system_task(scope, name, &[], ast[expr].span),
            // A task without arguments.
            ExprKind::Name(_) | ExprKind::Scoped(..) | ExprKind::Member(..) => {
                self.call(scope, expr, expr, &[]).map(|_| ())
            }
            _ => match self.exec_assign(scope, expr) {
                // Reported: the statements behind it may hold errors of their
                // own. A function would miss the value, so a call ends here.
                Err(Reported) if self.depth == 0 && self.env.mode != Mode::Initial => Ok(()),
                done => done,
            },
        }
    }

    fn exec_block(
        &mut self,
        scope: ScopeIdx,
        block: ast::ScopeId,
        stmts: &'a [ast::StmtId],
    ) -> Res<()> {
        let ast = self.ast;
        // One that declares nothing is no place to look for names.
        let plain = ast[block].name.is_none() && ast[block].members.is_empty();
        let inner = match plain {
            true => scope,
            false => self.block(scope, block),
        };
        for member in &ast[block].members {
            if let Member::Declare(symbol) = member {
                self.init_local(inner, *symbol)?;
            }
        }
        if ast[block].name.is_none() {
            return self.exec_list(inner, stmts);
        }
        let exit = self.enter(ExitKind::Block(block));
        self.exec_list(inner, stmts)?;
        self.leave(exit);
        Ok(())
    }

    /// A variable of a block that has an initial value takes it on entry.
    fn init_local(&mut self, scope: ScopeIdx, symbol: ast::SymbolId) -> Res<()> {
        let ast = self.ast;
        let SymbolKind::Variable {
            init: Some(init), ..
        } = ast[symbol].kind
        else {
            return Ok(());
        };
        let name = &ast[symbol].name;
        let Some(super::context::Entity::Net(net)) = self.lookup_here(scope, &name.text)? else {
            return Ok(());
        };
        self.assign_net(scope, net, init, name.span)
    }

    /// Executes statements in turn; those behind a jump only where it was not taken.
    pub fn exec_list(&mut self, scope: ScopeIdx, stmts: &'a [ast::StmtId]) -> Res<()> {
        for (at, &stmt) in stmts.iter().enumerate() {
            self.exec(scope, stmt)?;
            if !self.env.jumped {
                continue;
            }
            let gone = self.gone();
            match self.exprs.as_const(gone).and_then(|bits| bits.bit(0)) {
                Some(true) => return Ok(()),
                Some(false) => {}
                None => {
                    let stays = self.exprs.not(gone);
                    let rest = &stmts[at + 1..];
                    return self.under(stays, |elab| elab.exec_list(scope, rest));
                }
            }
        }
        Ok(())
    }

    /// Whether some statement around has been left.
    pub fn gone(&mut self) -> ExprId {
        let mut gone = self.exprs.number(1, 0);
        for at in 0..self.env.exits.len() {
            if let Some(taken) = self.env.get(Key::Jump(self.env.exits[at].key)) {
                gone = self.exprs.or(gone, taken);
            }
        }
        gone
    }

    /// Enters a statement that can be left.
    pub fn enter(&mut self, kind: ExitKind) -> Exit {
        self.env.next_exit += 1;
        let exit = Exit {
            kind,
            key: self.env.next_exit,
        };
        self.env.exits.push(exit);
        exit
    }

    /// Leaves the innermost such statement.
    pub fn leave(&mut self, exit: Exit) {
        self.env.exits.retain(|other| other.key != exit.key);
    }

    /// Jumps to the end of the innermost statement of a kind.
    pub fn jump(&mut self, kind: ExitKind, span: Span, what: &str) -> Res<()> {
        let exit = self.env.exits.iter().rev().find(|exit| exit.kind == kind);
        let Some(&Exit { key, .. }) = exit else {
            return self.unsupported(
                span,
                &format!("{what} here"),
                "leave an enclosing statement",
            );
        };
        let one = self.exprs.number(1, 1);
        self.env.set(Key::Jump(key), one);
        self.env.jumped = true;
        Ok(())
    }

    fn exec_disable(&mut self, scope: ScopeIdx, name: Option<ast::ExprId>, span: Span) -> Res<()> {
        let what = "`disable` of anything but an enclosing block";
        let help = "disable a named block that encloses the statement";
        let Some(ExprKind::Name(name)) = name.map(|name| &self.ast[name].kind) else {
            return self.unsupported(span, what, help);
        };
        let mut at = Some(scope);
        while let Some(here) = at {
            let block = self.scope(here).ast;
            if self.ast[block].name.as_deref() == Some(&**name) {
                return self.jump(ExitKind::Block(block), span, what);
            }
            at = self.scope(here).parent;
        }
        self.unsupported(span, what, help)
    }

    fn exec_return(&mut self, scope: ScopeIdx, value: Option<ast::ExprId>, span: Span) -> Res<()> {
        if let Some(value) = value {
            self.assign_result(scope, value, span)?;
        }
        self.jump(ExitKind::Return, span, "`return`")
    }

    fn exec_if(
        &mut self,
        scope: ScopeIdx,
        condition: ExprId,
        then: Option<ast::StmtId>,
        other: Option<ast::StmtId>,
    ) -> Res<()> {
        if let Some(bits) = self.exprs.as_const(condition) {
            // An unknown condition counts as false.
            let taken = if bits.bit(0) == Some(true) {
                then
            } else {
                other
            };
            return self.exec_maybe(scope, taken);
        }
        let a = self.branch(condition, |elab| elab.exec_maybe(scope, then))?;
        let inverse = self.exprs.not(condition);
        let b = self.branch(inverse, |elab| elab.exec_maybe(scope, other))?;
        self.merge(condition, a, b);
        Ok(())
    }
}
