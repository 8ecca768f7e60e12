//! Expressions, first phase: binary operators, `inside` and casts.

use super::context::{Elab, Res, ScopeIdx};
use super::typed::{Kind, Typed};
use crate::diagnostics::{Diagnostic, codes};
use crate::frontend::ast::{self, BinaryOp as Op, ExprKind, InsideItem};
use crate::netlist::{BinaryOp, Bits, ExprId, Node};
use crate::source::Span;

impl<'a> Elab<'a> {
    pub fn typed_binary(
        &mut self,
        scope: ScopeIdx,
        op: Op,
        a: ast::ExprId,
        b: ast::ExprId,
        span: Span,
    ) -> Res<Typed> {
        match op {
            Op::LogicAnd | Op::LogicOr => {
                let a = self.condition(scope, a)?;
                // A constant first operand decides; the second may not even
                // have a value then (a recursion's end, say).
                let decides = op == Op::LogicOr;
                if self.exprs.as_const(a).and_then(|bits| bits.bit(0)) == Some(decides) {
                    return Ok(self.value(a, false, span));
                }
                let b = self.condition(scope, b)?;
                let bit = match op {
                    Op::LogicAnd => self.exprs.and(a, b),
                    _ => self.exprs.or(a, b),
                };
                Ok(self.value(bit, false, span))
            }
            Op::Eq
            | Op::Ne
            | Op::CaseEq
            | Op::CaseNe
            | Op::WildEq
            | Op::WildNe
            | Op::Lt
            | Op::Le
            | Op::Gt
            | Op::Ge => {
                if matches!(op, Op::WildEq | Op::WildNe) {
                    let value = self.self_signed(scope, a)?;
                    let bit = self.wild_equal(scope, value, b, true, true)?;
                    let bit = if op == Op::WildNe {
                        self.exprs.not(bit)
                    } else {
                        bit
                    };
                    return Ok(self.value(bit, false, span));
                }
                let (a, b) = (self.typed(scope, a)?, self.typed(scope, b)?);
                let (a, b) = match self.real_binary(op, a, b, span)? {
                    Ok(real) => return Ok(real),
                    Err(operands) => operands,
                };
                let bit = self.compare(op, a, b)?;
                Ok(self.value(bit, false, span))
            }
            Op::Shl | Op::Shr | Op::Ashl | Op::Ashr => {
                let operand = self.typed(scope, a)?;
                let amount = self.self_determined(scope, b)?;
                Ok(Typed {
                    width: operand.width,
                    signed: operand.signed,
                    span,
                    kind: Kind::Shift(op, Box::new(operand), amount),
                })
            }
            Op::Pow => {
                let (base, exponent) = (self.typed(scope, a)?, self.typed(scope, b)?);
                let (base, exponent) = match self.real_binary(op, base, exponent, span)? {
                    Ok(real) => return Ok(real),
                    Err(operands) => operands,
                };
                let (width, signed) = (exponent.width, exponent.signed);
                let exponent = self.lower(exponent, width, signed)?;
                Ok(Typed {
                    width: base.width,
                    signed: base.signed && signed,
                    span,
                    kind: Kind::Power(Box::new(base), exponent, signed),
                })
            }
            Op::Add
            | Op::Sub
            | Op::Mul
            | Op::Div
            | Op::Mod
            | Op::And
            | Op::Or
            | Op::Xor
            | Op::Xnor => {
                let (a, b) = (self.typed(scope, a)?, self.typed(scope, b)?);
                let (a, b) = match self.real_binary(op, a, b, span)? {
                    Ok(real) => return Ok(real),
                    Err(operands) => operands,
                };
                Ok(Typed {
                    width: a.width.max(b.width),
                    signed: a.signed && b.signed,
                    span,
                    kind: Kind::Binary(op, Box::new(a), Box::new(b)),
                })
            }
        }
    }

    /// A comparison: operands are extended to the wider one, by sign if both are signed.
    pub fn compare(&mut self, op: Op, a: Typed, b: Typed) -> Res<ExprId> {
        let equality = matches!(op, Op::Eq | Op::Ne | Op::CaseEq | Op::CaseNe);
        let (a, b) = match (&a.kind, &b.kind) {
            // Arrays and unpacked structures can be equal.
            (Kind::Aggregate(x, ty), Kind::Aggregate(y, other)) if equality && ty.fits(other) => {
                (self.value(*x, false, a.span), self.value(*y, false, b.span))
            }
            _ => (a, b),
        };
        let (width, signed) = (a.width.max(b.width), a.signed && b.signed);
        let a = self.lower(a, width, signed)?;
        let b = self.lower(b, width, signed)?;
        let less = if signed { BinaryOp::LtS } else { BinaryOp::LtU };
        Ok(match op {
            Op::CaseEq | Op::CaseNe => {
                let equal = self.identical(a, b);
                if op == Op::CaseNe {
                    self.exprs.not(equal)
                } else {
                    equal
                }
            }
            Op::Eq => self.exprs.eq(a, b),
            Op::Ne => {
                let equal = self.exprs.eq(a, b);
                self.exprs.not(equal)
            }
            Op::Lt => self.exprs.binary(less, a, b),
            Op::Gt => self.exprs.binary(less, b, a),
            Op::Ge => {
                let below = self.exprs.binary(less, a, b);
                self.exprs.not(below)
            }
            _ => {
                let above = self.exprs.binary(less, b, a);
                self.exprs.not(above)
            }
        })
    }

    /// `===`: unknown constant bits equal only unknown constant bits; hardware
    /// values are never unknown.
    pub fn identical(&mut self, a: ExprId, b: ExprId) -> ExprId {
        let (a, b) = (self.settle(a), self.settle(b));
        let (x, y) = (self.exprs.as_const(a), self.exprs.as_const(b));
        // Within a concatenation, too.
        let odd = |id: ExprId| match self.exprs.node(id) {
            Node::Concat(parts) => (parts.iter()).any(|&part| {
                self.exprs
                    .as_const(part)
                    .is_some_and(|bits| !bits.is_known())
            }),
            _ => false,
        };
        if odd(a) != odd(b) && (x.is_none_or(Bits::is_known) && y.is_none_or(Bits::is_known)) {
            return self.exprs.number(1, 0);
        }
        let decided = match (x, y) {
            (Some(x), Some(y)) => Some(x == y),
            (Some(x), None) | (None, Some(x)) if !x.is_known() => Some(false),
            _ => None,
        };
        match decided {
            Some(equal) => self.exprs.number(1, u64::from(equal)),
            None => self.exprs.eq(a, b),
        }
    }

    /// Compares with a label whose `z` (and, as told, `x`) bits match anything.
    pub fn wild_equal(
        &mut self,
        scope: ScopeIdx,
        value: (ExprId, bool),
        label: ast::ExprId,
        wild_z: bool,
        wild_x: bool,
    ) -> Res<ExprId> {
        let span = self.ast[label].span;
        let Some(constant) = self.label_constant(scope, label)? else {
            let label = self.typed(scope, label)?;
            let value = self.value(value.0, value.1, span);
            return self.compare(Op::Eq, value, label);
        };
        let width = self.exprs.width(value.0).max(constant.bits.width());
        let signed = value.1 && constant.signed;
        let resized = |bits: &Bits| match signed {
            true => bits.sign_extend(width),
            false => bits.zero_extend(width),
        };
        let bits = resized(&constant.bits);
        let z = constant.z.as_ref().map_or(Bits::zero(width), resized);
        let value = self.exprs.resize(value.0, width, signed);
        let mut equal = self.exprs.number(1, 1);
        let mut at = 0;
        while at < width {
            let wild = |at: u32| {
                let is_z = z.bit(at) == Some(true);
                bits.bit(at).is_none() && if is_z { wild_z } else { wild_x }
            };
            let start = at;
            let skipped = wild(start);
            while at < width && wild(at) == skipped {
                at += 1;
            }
            if !skipped {
                let part = self.exprs.slice(value, start, at - start);
                let label = self.exprs.constant(bits.slice(start, at - start));
                let same = self.identical(part, label);
                equal = self.exprs.and(equal, same);
            }
        }
        Ok(equal)
    }

    /// `x inside {…}`
    pub fn inside(
        &mut self,
        scope: ScopeIdx,
        operand: ast::ExprId,
        items: &'a [InsideItem],
        span: Span,
    ) -> Res<Typed> {
        let value = self.self_signed(scope, operand)?;
        let mut any = self.exprs.number(1, 0);
        for item in items {
            let hit = self.inside_item(scope, value, item)?;
            any = self.exprs.or(any, hit);
        }
        Ok(self.value(any, false, span))
    }

    pub fn inside_item(
        &mut self,
        scope: ScopeIdx,
        value: (ExprId, bool),
        item: &InsideItem,
    ) -> Res<ExprId> {
        match *item {
            InsideItem::Value(label) => {
                if let Some((bits, ty)) = self.array_of_values(scope, label)? {
                    let span = self.ast[label].span;
                    return self.any_equal(value, bits, &ty, span);
                }
                self.wild_equal(scope, value, label, true, true)
            }
            InsideItem::Range(low, high) => {
                let span = self.ast[low].span;
                let (low, high) = (self.typed(scope, low)?, self.typed(scope, high)?);
                let operand = self.value(value.0, value.1, span);
                let above = self.compare(Op::Ge, operand, low)?;
                let operand = self.value(value.0, value.1, span);
                let below = self.compare(Op::Le, operand, high)?;
                Ok(self.exprs.and(above, below))
            }
        }
    }

    /// The values of an array named among those of `inside`.
    fn array_of_values(
        &mut self,
        scope: ScopeIdx,
        expr: ast::ExprId,
    ) -> Res<Option<(ExprId, std::rc::Rc<super::types::Ty>)>> {
        if !self.is_aggregate_name(scope, expr)? {
            return Ok(None);
        }
        match self.typed(scope, expr)?.kind {
            Kind::Aggregate(value, ty) if ty.loose > 0 => Ok(Some((value, ty))),
            _ => Ok(None),
        }
    }

    /// Whether a value equals an element of an array.
    fn any_equal(
        &mut self,
        value: (ExprId, bool),
        array: ExprId,
        ty: &super::types::Ty,
        span: Span,
    ) -> Res<ExprId> {
        let mut element = ty.packed_element();
        while element.loose > 0 {
            element = element.packed_element();
        }
        let mut any = self.exprs.number(1, 0);
        for at in 0..ty.width / element.width {
            let item = self.exprs.slice(array, at * element.width, element.width);
            let item = self.value(item, element.signed, span);
            let value = self.value(value.0, value.1, span);
            let hit = self.compare(Op::Eq, value, item)?;
            any = self.exprs.or(any, hit);
        }
        Ok(any)
    }

    /// Whether an expression is the name of an array or an unpacked structure.
    fn is_aggregate_name(&mut self, scope: ScopeIdx, expr: ast::ExprId) -> Res<bool> {
        if !matches!(
            self.ast[expr].kind,
            ExprKind::Name(_) | ExprKind::Index(..) | ExprKind::Range(..) | ExprKind::Member(..)
        ) {
            return Ok(false);
        }
        Ok(matches!(self.typed(scope, expr)?.kind, Kind::Aggregate(..)))
    }

    /// `T'(x)`, `8'(x)`, `signed'(x)`
    pub fn typed_cast(
        &mut self,
        scope: ScopeIdx,
        ty: ast::ExprId,
        operand: ast::ExprId,
        span: Span,
    ) -> Res<Typed> {
        let sign = match &self.ast[ty].kind {
            ExprKind::Keyword(word) | ExprKind::Name(word) if &**word == "signed" => Some(true),
            ExprKind::Keyword(word) | ExprKind::Name(word) if &**word == "unsigned" => Some(false),
            _ => None,
        };
        if let Some(signed) = sign {
            let value = self.self_determined(scope, operand)?;
            return Ok(self.value(value, signed, span));
        }
        if let ExprKind::Type(named) = &self.ast[ty].kind
            && matches!(named.kind, ast::TypeKind::Real)
        {
            let operand = self.typed(scope, operand)?;
            let value = self.real_operand(operand)?;
            return Ok(self.real(value, span));
        }
        if let Some(ty) = self.type_named_by(scope, ty)? {
            let width = ty.flat().width;
            let stream = matches!(self.ast[operand].kind, ExprKind::Stream { .. });
            if stream || ty.is_aggregate() || self.is_aggregate_name(scope, operand)? {
                // A cast of bits: as many as there are.
                let value = self.stream_value(scope, operand)?;
                if self.exprs.width(value) != width {
                    let have = self.exprs.width(value);
                    let message = format!("a cast of {have} bits to a type of {width}");
                    return self.fail(
                        Diagnostic::error(codes::BAD_TYPE, span, message)
                            .help("cast between types of the same width"),
                    );
                }
                return Ok(self.of_type(value, &ty, span));
            }
            let value = self.assigned_to(scope, operand, &ty)?;
            return Ok(self.of_type(value, &ty, span));
        }
        let width = self.const_i64(scope, ty)?;
        let Ok(width) = u64::try_from(width) else {
            let message = format!("a cast to {width} bits");
            let place = self.ast[ty].span;
            return self.fail(
                Diagnostic::error(codes::BAD_TYPE, place, message)
                    .help("cast to a positive number of bits"),
            );
        };
        let width = self.check_width(width, span)?;
        let operand = self.typed(scope, operand)?;
        let (context, signed) = (operand.width.max(width), operand.signed);
        let value = self.lower(operand, context, signed)?;
        let value = self.exprs.slice(value, 0, width);
        Ok(self.value(value, signed, span))
    }
}
