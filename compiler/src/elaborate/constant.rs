//! Values that must be constant: parameters, bounds, labels, the text of `-P`.

use super::context::{Constant, Elab, Res, ScopeIdx};
use std::rc::Rc;

use super::real::Real;
use super::select::Position;
use super::typed::Kind;
use super::types::Ty;
use crate::diagnostics::{Diagnostic, codes};
use crate::frontend::ast::{self, ExprKind, Type, TypeKind};
use crate::netlist::{Bits, ExprId};
use crate::source::Span;

impl Constant {
    pub fn of_real(real: Real) -> Constant {
        Constant {
            bits: real.bits(),
            signed: true,
            z: None,
            text: None,
            real: Some(real),
            ty: None,
        }
    }
}

impl<'a> Elab<'a> {
    /// A constant expression in its own width.
    pub fn constant(&mut self, scope: ScopeIdx, expr: ast::ExprId) -> Res<Constant> {
        if let Some(constant) = self.label_constant(scope, expr)? {
            return Ok(constant);
        }
        let typed = self.typed(scope, expr)?;
        let (width, signed) = (typed.width, typed.signed);
        let (value, ty) = match typed.kind {
            Kind::Real(real) => return Ok(Constant::of_real(real)),
            Kind::Aggregate(value, ty) => (value, Some(ty)),
            _ => (self.lower(typed, width, signed)?, None),
        };
        let bits = self.require_const(value, self.ast[expr].span)?;
        Ok(Constant {
            bits,
            signed,
            z: None,
            text: None,
            real: None,
            ty,
        })
    }

    pub fn require_const(&mut self, value: crate::netlist::ExprId, span: Span) -> Res<Bits> {
        let value = self.settle(value);
        match self.exprs.as_const(value) {
            Some(bits) => Ok(bits.clone()),
            None => self.fail(
                Diagnostic::error(
                    codes::NOT_CONSTANT,
                    span,
                    "this expression must be constant",
                )
                .help("use numbers, parameters and genvars only"),
            ),
        }
    }

    /// A literal or parameter with its `z` bits, where the expression is one.
    pub fn label_constant(&mut self, scope: ScopeIdx, expr: ast::ExprId) -> Res<Option<Constant>> {
        let ast = self.ast;
        match &ast[expr].kind {
            ExprKind::Number(number) if !number.fill => {
                let z = Bits::new(number.bits.width(), &number.z, &[]);
                Ok(Some(Constant {
                    bits: number.bits.clone(),
                    signed: number.signed,
                    z: (!z.is_zero()).then_some(z),
                    text: None,
                    real: None,
                    ty: None,
                }))
            }
            ExprKind::String(text) => Ok(Some(Constant {
                bits: super::typed::string_bits(text),
                signed: false,
                z: None,
                text: Some(text.clone()),
                real: None,
                ty: None,
            })),
            ExprKind::Name(_) | ExprKind::Scoped(..) | ExprKind::Member(..) => Ok(self
                .constant_named_by(scope, expr)?
                .filter(|constant| constant.real.is_none())
                .map(|constant| (*constant).clone())),
            ExprKind::Concat(items) => {
                let mut parts = Vec::new();
                for &item in items {
                    match self.label_constant(scope, item)? {
                        Some(part) => parts.push(part),
                        None => return Ok(None),
                    }
                }
                if parts.iter().all(|part| part.z.is_none()) {
                    return Ok(None);
                }
                parts.reverse();
                let plane = |f: &dyn Fn(&Constant) -> Bits| {
                    Bits::concat(&parts.iter().map(f).collect::<Vec<_>>())
                };
                Ok(Some(Constant {
                    bits: plane(&|part| part.bits.clone()),
                    signed: false,
                    z: Some(plane(&|part| {
                        let none = || Bits::zero(part.bits.width());
                        part.z.clone().unwrap_or_else(none)
                    })),
                    text: None,
                    real: None,
                    ty: None,
                }))
            }
            _ => Ok(None),
        }
    }

    /// A constant as a number.
    pub fn const_i64(&mut self, scope: ScopeIdx, expr: ast::ExprId) -> Res<i64> {
        let constant = self.constant(scope, expr)?;
        if constant.real.is_some() {
            return self.real_as_bits(self.ast[expr].span);
        }
        match constant.bits.to_i64(constant.signed) {
            // Room for the arithmetic of bounds and offsets.
            Some(value) if value.unsigned_abs() < 1 << 40 => Ok(value),
            _ => {
                let span = self.ast[expr].span;
                let message = match constant.bits.is_known() {
                    true => format!("the number {} is too large here", constant.bits),
                    false => "this number has unknown bits".to_string(),
                };
                self.fail(
                    Diagnostic::error(codes::TOO_LARGE, span, message)
                        .help("use a known number of less than 2^40"),
                )
            }
        }
    }

    /// A constant assigned to a type.
    pub fn constant_of_type(&mut self, scope: ScopeIdx, expr: ast::ExprId, ty: &Ty) -> Res<Bits> {
        let value = self.assigned_to(scope, expr, ty)?;
        self.require_const(value, self.ast[expr].span)
    }

    /// The value of a parameter; without a written type it takes its value's.
    pub fn parameter_value(
        &mut self,
        scope: ScopeIdx,
        ty: &'a Type,
        value: ast::ExprId,
        span: Span,
    ) -> Res<Constant> {
        if matches!(ty.kind, TypeKind::Real) {
            let typed = self.typed(scope, value)?;
            return Ok(Constant::of_real(Real(self.real_operand(typed)?)));
        }
        let untyped = matches!(ty.kind, TypeKind::Bits { written: false, .. });
        if untyped && ty.dims.is_empty() {
            return self.constant(scope, value);
        }
        if matches!(ty.kind, TypeKind::String) {
            return self.constant(scope, value);
        }
        // A written sign without a range keeps the value's width.
        if let (TypeKind::Bits { signed, .. }, true) = (&ty.kind, ty.dims.is_empty())
            && *signed
        {
            let constant = self.constant(scope, value)?;
            if constant.real.is_some() {
                return self.real_as_bits(span);
            }
            return Ok(Constant {
                signed: true,
                ..constant
            });
        }
        let ty = self.type_of(scope, ty, span)?;
        if ty.is_aggregate() {
            let bits = self.constant_of_type(scope, value, &ty)?;
            return Ok(Constant {
                bits,
                signed: false,
                z: None,
                text: None,
                real: None,
                ty: Some(Rc::new(ty)),
            });
        }
        match self.label_constant(scope, value)? {
            Some(constant) => self.fit(constant, &ty, span),
            None => {
                let bits = self.constant_of_type(scope, value, &ty)?;
                let signed = ty.signed;
                self.fit(
                    Constant {
                        bits,
                        signed,
                        z: None,
                        text: None,
                        real: None,
                        ty: None,
                    },
                    &ty,
                    span,
                )
            }
        }
    }

    /// Converts a constant to a type.
    pub fn fit(&mut self, constant: Constant, ty: &Ty, span: Span) -> Res<Constant> {
        if let Some(real) = constant.real {
            let value = self.rounded(real, ty.flat().width, span)?;
            let bits = self.require_const(value, span)?;
            let constant = Constant {
                bits,
                signed: ty.signed,
                real: None,
                ..constant
            };
            return self.fit(constant, ty, span);
        }
        let of = constant.ty.as_deref().filter(|of| of.is_aggregate());
        match of {
            None if !ty.is_aggregate() => {}
            Some(of) if ty.fits(of) => return Ok(constant),
            _ => {
                return self.fail(
                    Diagnostic::error(
                        codes::BAD_TYPE,
                        span,
                        "arrays or structures of different shape",
                    )
                    .help("give a value of the parameter's type"),
                );
            }
        }
        let resize = |bits: &Bits| match constant.signed {
            true => bits.sign_extend(ty.width),
            false => bits.zero_extend(ty.width),
        };
        Ok(Constant {
            bits: resize(&constant.bits),
            signed: ty.signed,
            z: constant.z.as_ref().map(resize),
            text: constant.text.clone(),
            real: None,
            ty: Some(Rc::new(ty.clone())),
        })
    }

    /// A parameter, or a part of one, with its type; `None` where `expr` is none.
    pub fn constant_part(
        &mut self,
        scope: ScopeIdx,
        expr: ast::ExprId,
    ) -> Res<Option<(ExprId, Ty)>> {
        let ast = self.ast;
        let span = ast[expr].span;
        if let Some(constant) = self.constant_named_by(scope, expr)? {
            if constant.real.is_some() {
                return self.real_as_bits(span);
            }
            let width = constant.bits.width();
            let ty = match &constant.ty {
                Some(ty) => ty.flat(),
                None => Ty::integer(width, constant.signed),
            };
            return Ok(Some((self.exprs.constant(constant.bits.clone()), ty)));
        }
        match &ast[expr].kind {
            ExprKind::Index(base, _) | ExprKind::Range(base, ..) => {
                let Some((whole, ty)) = self.constant_part(scope, *base)? else {
                    return Ok(None);
                };
                let (position, part, _) = self.select_of(scope, expr, &ty)?;
                let value = self.read_bits(whole, &position, part.width, span)?;
                Ok(Some((value, part)))
            }
            ExprKind::Member(base, name) => {
                let Some((whole, ty)) = self.constant_part(scope, *base)? else {
                    return Ok(None);
                };
                let fields = ty.fields.as_ref().filter(|_| ty.is_structure());
                let field = fields.and_then(|fields| fields.iter().find(|f| f.name == name.text));
                let Some(field) = field else {
                    return Ok(None);
                };
                let position = Position::at(i64::from(field.low));
                let value = self.read_bits(whole, &position, field.ty.width, span)?;
                Ok(Some((value, field.ty.clone())))
            }
            _ => Ok(None),
        }
    }
}

/// The text of a `-P` value: a number, a Verilog literal or a string in quotes.
pub(super) fn parse_value(text: &str) -> Option<Constant> {
    let plain = |bits, signed| Constant {
        bits,
        signed,
        z: None,
        text: None,
        real: None,
        ty: None,
    };
    let text = text.trim();
    if let Some(inner) = text.strip_prefix('"') {
        let inner = inner.strip_suffix('"')?;
        let mut constant = plain(super::typed::string_bits(inner), false);
        constant.text = Some(inner.into());
        return Some(constant);
    }
    if let Some(value) = super::real::parse(text) {
        return Some(Constant::of_real(Real(value)));
    }
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest.trim_start()),
        None => (false, text),
    };
    let digits: String = digits.chars().filter(|&c| c != '_').collect();
    let Some((width, literal)) = digits.split_once('\'') else {
        let value: i64 = digits.parse().ok()?;
        let value = if negative { -value } else { value };
        let width = if i32::try_from(value).is_ok() { 32 } else { 64 };
        return Some(plain(Bits::from_i64(width, value), true));
    };
    let width: u32 = match width.trim() {
        "" => 32,
        width => width.parse().ok().filter(|&w| (1..=65536).contains(&w))?,
    };
    let literal = literal.trim().to_ascii_lowercase();
    let (signed, literal) = match literal.strip_prefix('s') {
        Some(rest) => (true, rest),
        None => (false, &*literal),
    };
    let radix = match literal.chars().next()? {
        'b' => 2,
        'o' => 8,
        'd' => 10,
        'h' => 16,
        _ => return None,
    };
    let body = literal[1..].trim();
    if body.is_empty() {
        return None;
    }
    let mut bits = Bits::zero(width.max(64));
    let base = Bits::from_u64(width.max(64), radix);
    for digit in body.chars() {
        let digit = u64::from(digit.to_digit(radix as u32)?);
        bits = bits.mul(&base).add(&Bits::from_u64(width.max(64), digit));
    }
    let bits = bits.zero_extend(width);
    Some(plain(if negative { bits.neg() } else { bits }, signed))
}
