//! Loops, unrolled.
//!
//! The condition of a `for` may depend on signals if it is surely false after
//! some iterations (`for (i = 0; i < n; i = i + 1)` with `n` of a few bits): a
//! test that may fail is a `break` under its inverse. Conditions of all other
//! loops must be constant in every iteration.

use super::context::{Elab, MAX_ITERATIONS, Res, ScopeIdx};
use super::env::{Exit, ExitKind, Key};
use super::types::Range;
use crate::diagnostics::{Diagnostic, codes};
use crate::frontend::ast::{self, For, Member};
use crate::netlist::ExprId;
use crate::source::Span;

/// After how many tests that depend on signals no end is to be expected.
const MAX_TESTS: u32 = 1024;

/// A loop being unrolled.
struct Unroll {
    exit: Exit,
    iterations: u32,
    /// What the steps behind a possible `break` replaced, and the condition
    /// under which the loop had been left by then.
    undone: Vec<(ExprId, Vec<(Key, ExprId)>)>,
}

impl<'a> Elab<'a> {
    pub fn exec_for(
        &mut self,
        scope: ScopeIdx,
        header: &'a For,
        body: Option<ast::StmtId>,
        span: Span,
    ) -> Res<()> {
        let ast = self.ast;
        let inner = self.block(scope, header.scope);
        for member in &ast[header.scope].members {
            if let Member::Declare(symbol) = member {
                let name = &ast[*symbol].name;
                let entity = self.lookup_here(inner, &name.text)?;
                if let (
                    Some(super::context::Entity::Net(net)),
                    ast::SymbolKind::Variable {
                        init: Some(init), ..
                    },
                ) = (entity, &ast[*symbol].kind)
                {
                    self.assign_net(inner, net, *init, name.span)?;
                }
            }
        }
        for &init in &header.init {
            self.exec_assign(inner, init)?;
        }
        let mut unroll = self.unroll();
        loop {
            if let Some(condition) = header.condition
                && !self.goes_on(&unroll, inner, condition)?
            {
                break;
            }
            if !self.iterate(&mut unroll, inner, body, span)? {
                break;
            }
            let mark = self.env.mark();
            for &step in &header.step {
                self.exec_assign(inner, step)?;
            }
            if let Some(left) = self.left() {
                let since: Vec<(Key, Option<ExprId>)> = self.env.since(mark).into_iter().collect();
                let before = since
                    .into_iter()
                    .map(|(key, old)| (key, old.unwrap_or_else(|| self.held(key))))
                    .collect();
                unroll.undone.push((left, before));
            }
        }
        self.finish_loop(unroll);
        Ok(())
    }

    pub fn exec_while(
        &mut self,
        scope: ScopeIdx,
        condition: ast::ExprId,
        body: Option<ast::StmtId>,
        do_while: bool,
        span: Span,
    ) -> Res<()> {
        let mut unroll = self.unroll();
        let mut first = do_while;
        while std::mem::take(&mut first) || self.loop_condition(scope, condition)? {
            if !self.iterate(&mut unroll, scope, body, span)? {
                break;
            }
        }
        self.finish_loop(unroll);
        Ok(())
    }

    pub fn exec_repeat(
        &mut self,
        scope: ScopeIdx,
        count: ast::ExprId,
        body: Option<ast::StmtId>,
        span: Span,
    ) -> Res<()> {
        let count = self.const_i64(scope, count)?;
        let mut unroll = self.unroll();
        for _ in 0..count {
            if !self.iterate(&mut unroll, scope, body, span)? {
                break;
            }
        }
        self.finish_loop(unroll);
        Ok(())
    }

    /// `foreach`: all indices, the last dimension fastest, each from its left
    /// bound to its right one.
    pub fn exec_foreach(
        &mut self,
        scope: ScopeIdx,
        array: ast::ExprId,
        block: ast::ScopeId,
        vars: &'a [Option<ast::SymbolId>],
        body: Option<ast::StmtId>,
        span: Span,
    ) -> Res<()> {
        let ast = self.ast;
        let ty = self.measured(scope, array)?.flat();
        if vars.len() > ty.packed.len() {
            let message = format!("`foreach` over more dimensions than {}", ty.packed.len());
            return self.fail(
                Diagnostic::error(codes::BAD_TYPE, ast[array].span, message)
                    .help("name one variable per dimension"),
            );
        }
        let inner = self.block(scope, block);
        let counted: Vec<(&'a str, Range)> = vars
            .iter()
            .zip(&ty.packed)
            .filter_map(|(var, range)| Some((&*ast[(*var)?].name.text, *range)))
            .collect();
        let total = counted
            .iter()
            .fold(1u64, |n, (_, range)| n.saturating_mul(range.len()));
        let mut unroll = self.unroll();
        for number in 0..total {
            let mut rest = number;
            for (name, range) in counted.iter().rev() {
                let from_left = (rest % range.len()) as i64;
                rest /= range.len();
                let index = range.at(range.len() as i64 - 1 - from_left);
                self.set_genvar(inner, name, index);
            }
            if !self.iterate(&mut unroll, inner, body, span)? {
                break;
            }
        }
        self.finish_loop(unroll);
        Ok(())
    }

    fn unroll(&mut self) -> Unroll {
        Unroll {
            exit: self.enter(ExitKind::Break),
            iterations: 0,
            undone: Vec::new(),
        }
    }

    fn loop_condition(&mut self, scope: ScopeIdx, condition: ast::ExprId) -> Res<bool> {
        let value = self.condition(scope, condition)?;
        match self.exprs.as_const(value) {
            Some(bits) => Ok(bits.bit(0) == Some(true)),
            None => self.unbounded(condition),
        }
    }

    /// The test of a `for`: whether there is a further iteration on some path.
    /// Where it depends on signals the other paths leave the loop.
    fn goes_on(&mut self, unroll: &Unroll, scope: ScopeIdx, condition: ast::ExprId) -> Res<bool> {
        let value = self.condition(scope, condition)?;
        if let Some(bits) = self.exprs.as_const(value) {
            return Ok(bits.bit(0) == Some(true));
        }
        if self.exprs.never(value) {
            return Ok(false);
        }
        if unroll.iterations >= MAX_TESTS {
            return self.unbounded(condition);
        }
        let span = self.ast[condition].span;
        let ends = self.exprs.not(value);
        self.under(ends, |elab| {
            elab.jump(ExitKind::Break, span, "the end of a loop")
        })?;
        Ok(true)
    }

    fn unbounded<T>(&mut self, condition: ast::ExprId) -> Res<T> {
        let span = self.ast[condition].span;
        self.fail(
            Diagnostic::error(
                codes::NOT_CONSTANT,
                span,
                "the number of iterations of this loop depends on signals",
            )
            .help("bound the loop by a constant and test the signal inside"),
        )
    }

    /// One iteration; false where the loop has surely been left.
    fn iterate(
        &mut self,
        unroll: &mut Unroll,
        scope: ScopeIdx,
        body: Option<ast::StmtId>,
        span: Span,
    ) -> Res<bool> {
        unroll.iterations += 1;
        if unroll.iterations > MAX_ITERATIONS {
            let message = format!("a loop of more than {MAX_ITERATIONS} iterations");
            return self.fail(
                Diagnostic::error(codes::TOO_LARGE, span, message)
                    .help("does the loop end? split it otherwise"),
            );
        }
        let Some(body) = body else { return Ok(true) };
        let exit = self.enter(ExitKind::Continue);
        if self.env.jumped {
            let gone = self.gone();
            match self.exprs.as_const(gone).and_then(|bits| bits.bit(0)) {
                Some(true) => {}
                Some(false) => self.exec(scope, body)?,
                None => {
                    let stays = self.exprs.not(gone);
                    self.under(stays, |elab| elab.exec(scope, body))?;
                }
            }
        } else {
            self.exec(scope, body)?;
        }
        self.leave(exit);
        if !self.env.jumped {
            return Ok(true);
        }
        let gone = self.gone();
        let known = self.exprs.as_const(gone).and_then(|bits| bits.bit(0));
        Ok(known != Some(true))
    }

    /// The condition under which the loop has been left, unless it surely has not.
    fn left(&mut self) -> Option<ExprId> {
        if !self.env.jumped {
            return None;
        }
        let left = self.gone();
        self.exprs.as_const(left).is_none().then_some(left)
    }

    /// Behind the loop its variables have the values they had when it was left.
    fn finish_loop(&mut self, unroll: Unroll) {
        for (left, before) in unroll.undone.into_iter().rev() {
            for (key, old) in before {
                let now = self.kept(key);
                let value = self.exprs.mux(left, old, now);
                self.env.set(key, value);
            }
        }
        self.leave(unroll.exit);
    }
}
