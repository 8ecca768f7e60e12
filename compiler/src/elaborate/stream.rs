//! Streaming concatenations `{<<n{…}}` and `{>>n{…}}`.

use super::context::{Elab, Res, ScopeIdx};
use super::typed::Kind;
use crate::diagnostics::{Diagnostic, codes};
use crate::frontend::ast::{self, ExprKind};
use crate::netlist::ExprId;
use crate::source::Span;

impl<'a> Elab<'a> {
    /// The bits of a stream, the first one highest.
    pub fn stream_value(&mut self, scope: ScopeIdx, expr: ast::ExprId) -> Res<ExprId> {
        let ast = self.ast;
        let ExprKind::Stream { left, slice, items } = &ast[expr].kind else {
            let typed = self.typed(scope, expr)?;
            if let Kind::Aggregate(value, _) = typed.kind {
                return Ok(value);
            }
            let (width, signed) = (typed.width, typed.signed);
            return self.lower(typed, width, signed);
        };
        let mut parts = Vec::with_capacity(items.len());
        for &item in items.iter().rev() {
            parts.push(self.stream_value(scope, item)?);
        }
        let value = self.exprs.concat(&parts);
        match self.block_size(scope, *left, *slice)? {
            Some(size) => Ok(self.reversed_blocks(value, size)),
            None => Ok(value),
        }
    }

    /// The size of the blocks whose order is reversed; none where the order is kept.
    pub fn block_size(
        &mut self,
        scope: ScopeIdx,
        left: bool,
        slice: Option<ast::ExprId>,
    ) -> Res<Option<u32>> {
        let Some(slice) = slice else {
            return Ok(left.then_some(1));
        };
        let span = self.ast[slice].span;
        let size = match self.type_named_by(scope, slice)? {
            Some(ty) => i64::from(ty.flat().width),
            None => self.const_i64(scope, slice)?,
        };
        let size = self.check_width(u64::try_from(size).unwrap_or(0), span)?;
        Ok(left.then_some(size))
    }

    /// Blocks counted from the right end, in reverse order.
    pub fn reversed_blocks(&mut self, value: ExprId, size: u32) -> ExprId {
        let width = self.exprs.width(value);
        let mut parts = Vec::new();
        let mut low = 0;
        while low < width {
            let count = size.min(width - low);
            parts.push(self.exprs.slice(value, low, count));
            low += count;
        }
        parts.reverse();
        self.exprs.concat(&parts)
    }

    /// A stream in a target that may be wider: it begins at the left.
    pub fn left_justified(&mut self, value: ExprId, width: u32, span: Span) -> Res<ExprId> {
        let have = self.exprs.width(value);
        if have > width {
            let message = format!("a stream of {have} bits for a target of {width}");
            return self.fail(
                Diagnostic::error(codes::BAD_TYPE, span, message)
                    .help("make the target at least as wide"),
            );
        }
        if have == width {
            return Ok(value);
        }
        let pad = self.exprs.number(width - have, 0);
        Ok(self.exprs.concat(&[pad, value]))
    }
}
