//! Methods of enums: `first`, `last`, `next`, `prev`, `num`.

use super::context::{Elab, Res, ScopeIdx};
use super::typed::Typed;
use crate::frontend::ast::{self, Arg, ExprKind};
use crate::netlist::Bits;
use crate::source::Span;

impl<'a> Elab<'a> {
    /// A method of an enum; `None` where `callee` is none.
    pub fn enum_method(
        &mut self,
        scope: ScopeIdx,
        callee: ast::ExprId,
        args: &'a [Arg],
        span: Span,
    ) -> Res<Option<Typed>> {
        let ast = self.ast;
        let ExprKind::Member(base, name) = &ast[callee].kind else {
            return Ok(None);
        };
        let method = &*name.text;
        let known = matches!(method, "first" | "last" | "next" | "prev" | "num" | "name");
        if !known || self.path(scope, callee)?.is_some() {
            return Ok(None);
        }
        let named = matches!(
            ast[*base].kind,
            ExprKind::Name(_) | ExprKind::Index(..) | ExprKind::Member(..) | ExprKind::Scoped(..)
        );
        if !named || self.constant_part(scope, *base)?.is_some() {
            return Ok(None);
        }
        let reference = self.reference(scope, *base)?;
        let Some(members) = reference.ty.enumeration().cloned() else {
            return Ok(None);
        };
        let signed = reference.ty.signed;
        let values = members.values;
        let constant = |elab: &mut Self, bits: Option<&Bits>| {
            let width = reference.ty.width;
            let bits = bits.cloned().unwrap_or_else(|| Bits::unknown(width));
            elab.exprs.constant(bits)
        };
        let value = match method {
            "first" => constant(self, values.first()),
            "last" => constant(self, values.last()),
            "num" => {
                let count = self.exprs.number(32, values.len() as u64);
                return Ok(Some(self.value(count, true, span)));
            }
            "name" => {
                return self.unsupported(span, "the method `name` of an enum", "remove it");
            }
            _ => {
                let steps = match args.first() {
                    Some(Arg::Positional(Some(steps))) => self.const_i64(scope, *steps)?,
                    _ => 1,
                };
                let count = values.len() as i64;
                let steps = if method == "next" { steps } else { -steps };
                let present = self.read(&reference, span)?;
                // A value that is no member leads to the default of the type.
                let mut other = constant(self, None);
                if reference.ty.two_state {
                    other = self.exprs.number(reference.ty.width, 0);
                }
                for (at, from) in values.iter().enumerate() {
                    let to = (at as i64 + steps).rem_euclid(count.max(1));
                    let from = self.exprs.constant(from.clone());
                    let hit = self.exprs.eq(present, from);
                    let to = constant(self, values.get(to as usize));
                    other = self.exprs.mux(hit, to, other);
                }
                other
            }
        };
        Ok(Some(self.value(value, signed, span)))
    }
}
