//! Values that must be constant: parameters, bounds, labels, the text of `-P`.

use super::context::{Constant, Elab, Res, ScopeIdx};
use super::types::{Range, Ty};
use crate::diagnostics::{Diagnostic, codes};
use crate::frontend::ast::{self, ExprKind, Type, TypeKind};
use crate::netlist::Bits;
use crate::source::Span;

impl<'a> Elab<'a> {
    /// A constant expression in its own width.
    pub fn constant(&mut self, scope: ScopeIdx, expr: ast::ExprId) -> Res<Constant> {
        if let Some(constant) = self.label_constant(scope, expr)? {
            return Ok(constant);
        }
        let (value, signed) = self.self_signed(scope, expr)?;
        let bits = self.require_const(value, self.ast[expr].span)?;
        Ok(Constant {
            bits,
            signed,
            z: None,
            text: None,
            range: None,
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
                    range: None,
                }))
            }
            ExprKind::String(text) => Ok(Some(Constant {
                bits: super::typed::string_bits(text),
                signed: false,
                z: None,
                text: Some(text.clone()),
                range: None,
            })),
            ExprKind::Name(_) | ExprKind::Scoped(..) | ExprKind::Member(..) => Ok(self
                .constant_named_by(scope, expr)?
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
                    range: None,
                }))
            }
            _ => Ok(None),
        }
    }

    /// A constant as a number.
    pub fn const_i64(&mut self, scope: ScopeIdx, expr: ast::ExprId) -> Res<i64> {
        let constant = self.constant(scope, expr)?;
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
        let value = self.assigned(scope, expr, ty.width)?;
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
            return Ok(Constant {
                signed: true,
                ..constant
            });
        }
        let ty = self.type_of(scope, ty, span)?;
        if !ty.unpacked.is_empty() {
            return self.unsupported(
                span,
                "a parameter that is an array",
                "use one wide parameter and part selects",
            );
        }
        match self.label_constant(scope, value)? {
            Some(constant) => self.fit(constant, &ty),
            None => {
                let bits = self.constant_of_type(scope, value, &ty)?;
                let signed = ty.signed;
                self.fit(
                    Constant {
                        bits,
                        signed,
                        z: None,
                        text: None,
                        range: None,
                    },
                    &ty,
                )
            }
        }
    }

    /// Converts a constant to a type.
    pub fn fit(&mut self, constant: Constant, ty: &Ty) -> Res<Constant> {
        let resize = |bits: &Bits| match constant.signed {
            true => bits.sign_extend(ty.width),
            false => bits.zero_extend(ty.width),
        };
        Ok(Constant {
            bits: resize(&constant.bits),
            signed: ty.signed,
            z: constant.z.as_ref().map(resize),
            text: constant.text.clone(),
            range: ty.packed.first().copied().filter(|_| ty.packed.len() == 1),
        })
    }

    /// A bit or part select of a parameter; `None` where `expr` is none.
    pub fn constant_select(
        &mut self,
        scope: ScopeIdx,
        expr: ast::ExprId,
    ) -> Res<Option<crate::netlist::ExprId>> {
        let ast = self.ast;
        let base = match ast[expr].kind {
            ExprKind::Index(base, _) | ExprKind::Range(base, ..) => base,
            _ => return Ok(None),
        };
        let Some(constant) = self.constant_named_by(scope, base)? else {
            return Ok(None);
        };
        let span = ast[expr].span;
        let width = constant.bits.width();
        let range = constant.range.unwrap_or(Range {
            left: i64::from(width) - 1,
            right: 0,
        });
        let ty = Ty {
            packed: vec![range],
            ..Ty::vector(width, false)
        };
        let whole = self.exprs.constant(constant.bits.clone());
        let select = self.select_of(scope, expr, &ty)?;
        let value = self.read_bits(whole, &select.0, select.1.width, span)?;
        Ok(Some(value))
    }
}

/// The text of a `-P` value: a number, a Verilog literal or a string in quotes.
pub(super) fn parse_value(text: &str) -> Option<Constant> {
    let plain = |bits, signed| Constant {
        bits,
        signed,
        z: None,
        text: None,
        range: None,
    };
    let text = text.trim();
    if let Some(inner) = text.strip_prefix('"') {
        let inner = inner.strip_suffix('"')?;
        let mut constant = plain(super::typed::string_bits(inner), false);
        constant.text = Some(inner.into());
        return Some(constant);
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
