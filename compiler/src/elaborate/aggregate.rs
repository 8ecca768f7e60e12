//! Values of arrays and structures: whole copies, assignment patterns, array
//! concatenations. A value of such a type is one vector, its leftmost part
//! highest ([`Ty::flat`]).

use std::rc::Rc;

use super::context::{Elab, Res, ScopeIdx};
use super::typed::{Kind, Typed};
use super::types::Ty;
use crate::diagnostics::{Diagnostic, codes};
use crate::frontend::ast::{self, ExprKind};
use crate::netlist::ExprId;
use crate::source::Span;

/// The keys and values of an assignment pattern.
pub(super) type Items = [(Option<ast::ExprId>, ast::ExprId)];

impl<'a> Elab<'a> {
    /// The value of an expression assigned to a type.
    pub fn assigned_to(&mut self, scope: ScopeIdx, expr: ast::ExprId, ty: &Ty) -> Res<ExprId> {
        let ast = self.ast;
        let span = ast[expr].span;
        match &ast[expr].kind {
            ExprKind::Pattern {
                ty: None,
                repeat,
                items,
            } => return self.pattern(scope, *repeat, items, &ty.flat(), span),
            ExprKind::Stream { .. } => {
                let value = self.stream_value(scope, expr)?;
                return self.left_justified(value, ty.flat().width, span);
            }
            ExprKind::Conditional(condition, a, b)
                if ty.is_aggregate() || self.is_pattern(*a) || self.is_pattern(*b) =>
            {
                let select = self.condition(scope, *condition)?;
                let a = self.assigned_to(scope, *a, ty)?;
                let b = self.assigned_to(scope, *b, ty)?;
                return Ok(self.exprs.mux(select, a, b));
            }
            ExprKind::Concat(items) if ty.flat().loose > 0 => {
                return self.array_concat(scope, items, &ty.flat(), span);
            }
            _ => {}
        }
        let typed = self.typed(scope, expr)?;
        match typed.kind {
            Kind::Real(real) if !ty.is_aggregate() => self.rounded(real, ty.width, span),
            Kind::Aggregate(value, of) if ty.fits(&of) => Ok(value),
            Kind::Aggregate(..) if ty.is_aggregate() => self.fail(
                Diagnostic::error(
                    codes::BAD_TYPE,
                    span,
                    "arrays or structures of different shape",
                )
                .help("assign a value of the same type"),
            ),
            _ if ty.is_aggregate() => {
                let message = "this is assigned to an array or an unpacked structure, but is none";
                self.fail(
                    Diagnostic::error(codes::BAD_TYPE, span, message)
                        .help("assign an array or structure, or an assignment pattern `'{…}`"),
                )
            }
            _ => {
                let (context, signed) = (typed.width.max(ty.width), typed.signed);
                let value = self.lower(typed, context, signed)?;
                Ok(self.exprs.slice(value, 0, ty.width))
            }
        }
    }

    fn is_pattern(&self, expr: ast::ExprId) -> bool {
        match self.ast[expr].kind {
            ExprKind::Pattern { ty: None, .. } => true,
            ExprKind::Conditional(_, a, b) => self.is_pattern(a) || self.is_pattern(b),
            _ => false,
        }
    }

    /// A value of a type as an operand.
    pub fn of_type(&self, value: ExprId, ty: &Ty, span: Span) -> Typed {
        let mut typed = self.value(value, ty.signed, span);
        if ty.is_aggregate() {
            typed.signed = false;
            typed.kind = Kind::Aggregate(value, Rc::new(ty.flat()));
        }
        typed
    }

    /// `T'{…}`
    pub fn typed_pattern(
        &mut self,
        scope: ScopeIdx,
        ty: Option<ast::ExprId>,
        repeat: Option<ast::ExprId>,
        items: &'a Items,
        span: Span,
    ) -> Res<Typed> {
        let named = match ty {
            Some(ty) => self.type_named_by(scope, ty)?,
            None => None,
        };
        let Some(ty) = named else {
            return self.fail(
                Diagnostic::error(
                    codes::BAD_TYPE,
                    span,
                    "the type of this assignment pattern is not known here",
                )
                .help("write its type before it, `type_name'{…}`"),
            );
        };
        let value = self.pattern(scope, repeat, items, &ty.flat(), span)?;
        Ok(self.of_type(value, &ty, span))
    }

    /// The parts that a pattern for a flat type has, from the left.
    fn parts_of(&mut self, ty: &Ty, span: Span) -> Res<Vec<Ty>> {
        if let Some(fields) = ty.fields.as_ref().filter(|_| ty.is_structure()) {
            if !ty.union {
                return Ok(fields.iter().map(|field| field.ty.clone()).collect());
            }
        } else if let Some(range) = ty.packed.first() {
            return Ok(vec![ty.packed_element(); range.len() as usize]);
        }
        self.fail(
            Diagnostic::error(
                codes::BAD_TYPE,
                span,
                "an assignment pattern for what is no array and no structure",
            )
            .help("use a plain value"),
        )
    }

    /// The value of an assignment pattern for a flat type.
    fn pattern(
        &mut self,
        scope: ScopeIdx,
        repeat: Option<ast::ExprId>,
        items: &'a Items,
        ty: &Ty,
        span: Span,
    ) -> Res<ExprId> {
        let parts = self.parts_of(ty, span)?;
        let times = match repeat {
            Some(count) => usize::try_from(self.const_i64(scope, count)?).unwrap_or(0),
            None => 1,
        };
        let mut values = Vec::with_capacity(parts.len());
        if items.iter().all(|(key, _)| key.is_none()) {
            if items.len().saturating_mul(times) != parts.len() {
                let message = format!(
                    "{} values for {} elements or fields",
                    items.len().saturating_mul(times),
                    parts.len()
                );
                return self.fail(
                    Diagnostic::error(codes::BAD_TYPE, span, message)
                        .help("give one value for each, or a `default:`"),
                );
            }
            for (at, part) in parts.iter().enumerate() {
                values.push(self.assigned_to(scope, items[at % items.len()].1, part)?);
            }
        } else {
            let chosen = self.keyed(scope, items, ty, &parts, span)?;
            for (part, (value, default)) in parts.iter().zip(chosen) {
                values.push(match default {
                    true => self.default_value(scope, value, part)?,
                    false => self.assigned_to(scope, value, part)?,
                });
            }
        }
        values.reverse();
        Ok(self.exprs.concat(&values))
    }

    /// For each part its expression in a pattern with keys, and whether that is
    /// the default.
    fn keyed(
        &mut self,
        scope: ScopeIdx,
        items: &'a Items,
        ty: &Ty,
        parts: &[Ty],
        span: Span,
    ) -> Res<Vec<(ast::ExprId, bool)>> {
        let ast = self.ast;
        let mut chosen: Vec<Option<(ast::ExprId, bool)>> = vec![None; parts.len()];
        let mut by_type: Vec<(Rc<Ty>, ast::ExprId)> = Vec::new();
        let mut default = None;
        for &(key, value) in items {
            let Some(key) = key else {
                let message = "values with and without keys in one assignment pattern";
                return self.fail(
                    Diagnostic::error(codes::BAD_TYPE, ast[value].span, message)
                        .help("give every value a key, or none"),
                );
            };
            if matches!(&ast[key].kind, ExprKind::Keyword(word) if &**word == "default") {
                default = Some(value);
                continue;
            }
            let structure = ty.fields.as_ref().filter(|_| ty.is_structure());
            let field = match (structure, &ast[key].kind) {
                (Some(fields), ExprKind::Name(name)) => {
                    fields.iter().position(|field| field.name == *name)
                }
                _ => None,
            };
            if let Some(at) = field {
                chosen[at] = Some((value, false));
                continue;
            }
            if let Some(ty) = self.type_named_by(scope, key)? {
                by_type.push((ty, value));
                continue;
            }
            let at = match (structure, ty.packed.first()) {
                (None, Some(range)) => {
                    let index = self.const_i64(scope, key)?;
                    let offset = range.offset(index);
                    usize::try_from(offset).ok().filter(|&at| at < parts.len())
                }
                _ => None,
            };
            match at {
                // The rightmost part has offset 0.
                Some(at) => chosen[parts.len() - 1 - at] = Some((value, false)),
                None => {
                    let span = ast[key].span;
                    let message = format!("there is no part `{}` here", self.sources.text(span));
                    return self.fail(
                        Diagnostic::error(codes::UNKNOWN_NAME, span, message)
                            .help("name a field, an index or a type of the target"),
                    );
                }
            }
        }
        let mut list = Vec::with_capacity(parts.len());
        for (at, part) in parts.iter().enumerate() {
            let typed = by_type.iter().find(|(ty, _)| **ty == *part);
            let value = chosen[at]
                .or(typed.map(|&(_, value)| (value, false)))
                .or(default.map(|value| (value, true)));
            match value {
                Some(value) => list.push(value),
                None => {
                    return self.fail(
                        Diagnostic::error(
                            codes::BAD_TYPE,
                            span,
                            "this assignment pattern leaves out a part of its target",
                        )
                        .help("give every field or element a value, or a `default:`"),
                    );
                }
            }
        }
        Ok(list)
    }

    /// A default goes down to what is no array and no structure.
    fn default_value(&mut self, scope: ScopeIdx, value: ast::ExprId, ty: &Ty) -> Res<ExprId> {
        let nested = ty.loose > 0 || ty.packed.len() > 1 || ty.fields.is_some();
        let itself = !nested || ty.union && ty.is_structure() || self.is_pattern(value);
        let enumerated = ty.enumeration().is_some();
        if itself || enumerated {
            return self.assigned_to(scope, value, ty);
        }
        let mut values = Vec::new();
        for part in self.parts_of(ty, self.ast[value].span)? {
            values.push(self.default_value(scope, value, &part)?);
        }
        values.reverse();
        Ok(self.exprs.concat(&values))
    }

    /// `{a, b}` assigned to an unpacked array: items are elements or arrays of such.
    fn array_concat(
        &mut self,
        scope: ScopeIdx,
        items: &'a [ast::ExprId],
        ty: &Ty,
        span: Span,
    ) -> Res<ExprId> {
        let element = ty.packed_element();
        let mut values = Vec::new();
        for &item in items {
            let array = match self.ast[item].kind {
                ExprKind::Name(_)
                | ExprKind::Index(..)
                | ExprKind::Range(..)
                | ExprKind::Member(..) => {
                    let of = self.measured(scope, item)?.flat();
                    (of.loose > element.loose).then_some(of)
                }
                _ => None,
            };
            values.push(match array {
                Some(of) if element.fits(&of.packed_element()) => {
                    self.assigned_to(scope, item, &of)?
                }
                _ => self.assigned_to(scope, item, &element)?,
            });
        }
        values.reverse();
        let value = self.exprs.concat(&values);
        if self.exprs.width(value) != ty.width {
            let count = ty.packed.first().map_or(1, |range| range.len());
            let message = format!("this gives another number of elements than {count}");
            return self.fail(
                Diagnostic::error(codes::BAD_TYPE, span, message)
                    .help("give as many elements as the array has"),
            );
        }
        Ok(value)
    }
}
