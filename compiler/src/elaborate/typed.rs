//! Expressions, first phase: width and sign of every operand, bottom up.
//!
//! Self-determined operands (selects, concatenations, comparisons, …) get
//! their value at once; what takes its width from its context becomes a
//! [`Typed`] tree that [`super::lower`] turns into a value.

use super::context::{Constant, Elab, Entity, Res, ScopeIdx};
use super::real::{self, Real};
use super::types::Ty;
use crate::diagnostics::{Diagnostic, codes};
use crate::frontend::ast::{self, BinaryOp as Op, ExprKind, UnaryOp};
use crate::netlist::{Bits, ExprId, UnaryOp as Reduce};
use crate::source::Span;

/// An expression whose size and sign are known.
pub(super) struct Typed {
    pub width: u32,
    pub signed: bool,
    pub span: Span,
    pub kind: Kind,
}

/// What it is made of.
pub(super) enum Kind {
    /// A value, extended by its context's sign.
    Value(ExprId),
    /// A number whose topmost bit fills the context (`'0`, `'1`, `'x`, `'bz`),
    /// with its bits that are `z`.
    Fill(Box<(Bits, Bits)>),
    Not(Box<Typed>),
    Neg(Box<Typed>),
    /// Arithmetic and bitwise operators.
    Binary(Op, Box<Typed>, Box<Typed>),
    Shift(Op, Box<Typed>, ExprId),
    /// Base; exponent with its sign.
    Power(Box<Typed>, ExprId, bool),
    Conditional(ExprId, Box<Typed>, Box<Typed>),
    /// An array or an unpacked structure as one vector of a flat type.
    Aggregate(ExprId, std::rc::Rc<Ty>),
    /// A real number, which only some contexts take.
    Real(Real),
    /// A call of a user's function, made when its value is wanted.
    Call(ScopeIdx, ast::ExprId),
}

impl<'a> Elab<'a> {
    pub fn value(&self, value: ExprId, signed: bool, span: Span) -> Typed {
        Typed {
            width: self.exprs.width(value),
            signed,
            span,
            kind: Kind::Value(value),
        }
    }

    /// Sizes an expression.
    pub fn typed(&mut self, scope: ScopeIdx, expr: ast::ExprId) -> Res<Typed> {
        let span = self.ast[expr].span;
        self.nested(span, |elab| elab.typed_here(scope, expr))
    }

    fn typed_here(&mut self, scope: ScopeIdx, expr: ast::ExprId) -> Res<Typed> {
        let ast = self.ast;
        let span = ast[expr].span;
        match &ast[expr].kind {
            ExprKind::Number(number) => {
                let width = number.bits.width();
                let top = number.bits.bit(width - 1);
                let open = !number.sized && top.is_none();
                if number.fill || open {
                    let z = Bits::new(width, &number.z, &[]);
                    return Ok(Typed {
                        width,
                        signed: number.signed,
                        span,
                        kind: Kind::Fill(Box::new((number.bits.clone(), z))),
                    });
                }
                let z = Bits::new(width, &number.z, &[]);
                let value = self.constant_with_z(&number.bits, Some(&z), span);
                Ok(self.value(value, number.signed, span))
            }
            ExprKind::String(text) => {
                let bits = string_bits(text);
                let value = self.exprs.constant(bits);
                Ok(self.value(value, false, span))
            }
            ExprKind::Real(text) => match real::parse(text) {
                Some(value) => Ok(self.real(value, span)),
                None => self.unsupported(span, "this real number", "write it as `1.5` or `1.5e6`"),
            },
            ExprKind::Name(_)
            | ExprKind::Scoped(..)
            | ExprKind::Index(..)
            | ExprKind::Range(..)
            | ExprKind::Member(..) => self.typed_select(scope, expr),
            ExprKind::Unary(op, operand) => self.typed_unary(scope, *op, *operand, span),
            ExprKind::Binary(op, a, b) => self.typed_binary(scope, *op, *a, *b, span),
            ExprKind::Conditional(condition, a, b) => {
                let select = self.condition(scope, *condition)?;
                let a = Box::new(self.typed(scope, *a)?);
                let b = Box::new(self.typed(scope, *b)?);
                if matches!(a.kind, Kind::Real(_)) || matches!(b.kind, Kind::Real(_)) {
                    let decided = self.require_const(select, ast[*condition].span)?;
                    let taken = if decided.bit(0) == Some(true) { a } else { b };
                    let value = self.real_operand(*taken)?;
                    return Ok(self.real(value, span));
                }
                if let (Kind::Aggregate(x, ty), Kind::Aggregate(y, other)) = (&a.kind, &b.kind)
                    && ty.fits(other)
                {
                    let (value, ty) = (self.exprs.mux(select, *x, *y), ty.clone());
                    return Ok(self.of_type(value, &ty, span));
                }
                Ok(Typed {
                    width: a.width.max(b.width),
                    signed: a.signed && b.signed,
                    span,
                    kind: Kind::Conditional(select, a, b),
                })
            }
            ExprKind::Call(callee, args) => self.typed_call(scope, expr, *callee, args),
            ExprKind::System(_) => self.typed_call(scope, expr, expr, &[]),
            ExprKind::Concat(items) => {
                let value = self.concat_value(scope, items, span)?;
                Ok(self.value(value, false, span))
            }
            ExprKind::Replicate(count, items) => {
                let times = self.const_i64(scope, *count)?;
                let value = self.concat_value(scope, items, span)?;
                let width = u64::from(self.exprs.width(value));
                if times < 1 {
                    let place = ast[*count].span;
                    let message = format!("a replication by {times}");
                    return self.fail(
                        Diagnostic::error(codes::BAD_TYPE, place, message)
                            .help("replicate at least once"),
                    );
                }
                self.check_width(width.saturating_mul(times as u64), span)?;
                let value = self.exprs.concat(&vec![value; times as usize]);
                Ok(self.value(value, false, span))
            }
            ExprKind::Cast { ty, operand } => self.typed_cast(scope, *ty, *operand, span),
            ExprKind::Inside(operand, items) => self.inside(scope, *operand, items, span),
            ExprKind::Assign { .. } | ExprKind::Increment { .. } => self.unsupported(
                span,
                "an assignment inside an expression",
                "write it as a statement of its own",
            ),
            ExprKind::Stream { .. } => self.unsupported(
                span,
                "a streaming concatenation as an operand",
                "assign it to a variable, or cast it to a type of its width",
            ),
            ExprKind::Pattern { ty, repeat, items } => {
                self.typed_pattern(scope, *ty, *repeat, items, span)
            }
            ExprKind::ValueRange(..) => {
                self.unsupported(span, "a range as a value", "use `inside`")
            }
            ExprKind::Type(_) => self.unsupported(span, "a type as a value", "use a value"),
            ExprKind::Keyword(word) => {
                let what = format!("`{word}` as a value");
                self.unsupported(span, &what, "use a value")
            }
            ExprKind::Unsupported(what) => {
                let (span, what) = (what.span, what.what.to_string());
                self.unsupported(span, &what, "express it by other means")
            }
        }
    }

    fn typed_unary(
        &mut self,
        scope: ScopeIdx,
        op: UnaryOp,
        operand: ast::ExprId,
        span: Span,
    ) -> Res<Typed> {
        let reduce = match op {
            UnaryOp::Plus => return self.typed(scope, operand),
            UnaryOp::Minus | UnaryOp::Not => {
                let operand = Box::new(self.typed(scope, operand)?);
                if let (Kind::Real(real), UnaryOp::Minus) = (&operand.kind, op) {
                    return Ok(self.real(-real.0, span));
                }
                return Ok(Typed {
                    width: operand.width,
                    signed: operand.signed,
                    span,
                    kind: match op {
                        UnaryOp::Minus => Kind::Neg(operand),
                        _ => Kind::Not(operand),
                    },
                });
            }
            UnaryOp::And | UnaryOp::Nand => Reduce::ReduceAnd,
            UnaryOp::Or | UnaryOp::Nor | UnaryOp::LogicNot => Reduce::ReduceOr,
            UnaryOp::Xor | UnaryOp::Xnor => Reduce::ReduceXor,
        };
        let bit = if op == UnaryOp::LogicNot {
            self.condition(scope, operand)?
        } else {
            let value = self.self_determined(scope, operand)?;
            self.exprs.reduce(reduce, value)
        };
        let invert = matches!(
            op,
            UnaryOp::Nand | UnaryOp::Nor | UnaryOp::Xnor | UnaryOp::LogicNot
        );
        let bit = if invert { self.exprs.not(bit) } else { bit };
        Ok(self.value(bit, false, span))
    }

    /// A value in its own width.
    pub fn self_determined(&mut self, scope: ScopeIdx, expr: ast::ExprId) -> Res<ExprId> {
        let typed = self.typed(scope, expr)?;
        let (width, signed) = (typed.width, typed.signed);
        self.lower(typed, width, signed)
    }

    /// A value in its own width, with its sign.
    pub fn self_signed(&mut self, scope: ScopeIdx, expr: ast::ExprId) -> Res<(ExprId, bool)> {
        let typed = self.typed(scope, expr)?;
        let (width, signed) = (typed.width, typed.signed);
        Ok((self.lower(typed, width, signed)?, signed))
    }

    /// Truth value, one bit.
    pub fn condition(&mut self, scope: ScopeIdx, expr: ast::ExprId) -> Res<ExprId> {
        let typed = self.typed(scope, expr)?;
        if let Kind::Real(real) = typed.kind {
            return Ok(self.exprs.number(1, u64::from(real.0 != 0.0)));
        }
        let (width, signed) = (typed.width, typed.signed);
        let value = self.lower(typed, width, signed)?;
        Ok(self.exprs.truth(value))
    }

    /// The value of an expression assigned to `width` bits.
    pub fn assigned(&mut self, scope: ScopeIdx, expr: ast::ExprId, width: u32) -> Res<ExprId> {
        let typed = self.typed(scope, expr)?;
        if let Kind::Real(real) = typed.kind {
            return self.rounded(real, width, typed.span);
        }
        let (context, signed) = (typed.width.max(width), typed.signed);
        let value = self.lower(typed, context, signed)?;
        Ok(self.exprs.slice(value, 0, width))
    }

    /// `{a, b}`; the first item is the most significant.
    fn concat_value(
        &mut self,
        scope: ScopeIdx,
        items: &'a [ast::ExprId],
        span: Span,
    ) -> Res<ExprId> {
        let mut parts = Vec::with_capacity(items.len());
        let mut width = 0;
        for &item in items {
            if let ExprKind::Number(ast::Number {
                sized: false,
                fill: false,
                ..
            }) = self.ast[item].kind
            {
                let span = self.ast[item].span;
                return self.fail(
                    Diagnostic::error(
                        codes::BAD_TYPE,
                        span,
                        "a number without a width in a concatenation",
                    )
                    .help("write its width, as in `8'd5`"),
                );
            }
            let part = match self.zero_replication(scope, item)? {
                true => continue,
                false => self.self_determined(scope, item)?,
            };
            width += u64::from(self.exprs.width(part));
            parts.push(part);
        }
        self.check_width(width, span)?;
        parts.reverse();
        Ok(self.exprs.concat(&parts))
    }

    /// `{0{x}}` inside a concatenation stands for nothing.
    fn zero_replication(&mut self, scope: ScopeIdx, item: ast::ExprId) -> Res<bool> {
        match self.ast[item].kind {
            ExprKind::Replicate(count, _) => Ok(self.const_i64(scope, count)? == 0),
            _ => Ok(false),
        }
    }

    /// A name or a select of one.
    fn typed_select(&mut self, scope: ScopeIdx, expr: ast::ExprId) -> Res<Typed> {
        let span = self.ast[expr].span;
        if let Some(method) = self.enum_method(scope, expr, &[], span)? {
            return Ok(method);
        }
        match self.constant_named_by(scope, expr)? {
            Some(constant) => {
                if let Some(real) = constant.real {
                    return Ok(self.real(real.0, span));
                }
                let Constant {
                    bits, signed, z, ..
                } = &*constant;
                let value = self.constant_with_z(bits, z.as_ref(), span);
                if let Some(ty) = constant.ty.as_ref().filter(|ty| ty.is_aggregate()) {
                    return Ok(self.of_type(value, ty, span));
                }
                Ok(self.value(value, *signed, span))
            }
            None => {
                if let Some((value, ty)) = self.constant_part(scope, expr)? {
                    return Ok(self.of_type(value, &ty, span));
                }
                let reference = self.reference(scope, expr)?;
                let value = self.read(&reference, span)?;
                Ok(self.of_type(value, &reference.ty, span))
            }
        }
    }

    /// The constant that a name stands for; `None` where it is a net.
    pub fn constant_named_by(
        &mut self,
        scope: ScopeIdx,
        expr: ast::ExprId,
    ) -> Res<Option<std::rc::Rc<Constant>>> {
        let ast = self.ast;
        let entity = match &ast[expr].kind {
            ExprKind::Name(name) => self.lookup(scope, name)?,
            ExprKind::Scoped(package, name) => Some(self.scoped(package, name)?),
            ExprKind::Member(..) => self.path(scope, expr)?,
            _ => None,
        };
        Ok(match entity {
            Some(Entity::Constant(constant)) => Some(constant),
            _ => None,
        })
    }
}

/// A string as bits, eight per character, the last one lowest.
pub(super) fn string_bits(text: &str) -> Bits {
    let bytes: Vec<Bits> = text
        .bytes()
        .rev()
        .map(|byte| Bits::from_u64(8, u64::from(byte)))
        .collect();
    if bytes.is_empty() {
        return Bits::zero(8);
    }
    Bits::concat(&bytes)
}
