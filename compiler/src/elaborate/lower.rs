//! Expressions, second phase: values in the width and sign of their context.

use super::context::{Elab, Res};
use super::typed::{Kind, Typed};
use crate::diagnostics::{Diagnostic, codes};
use crate::frontend::ast::BinaryOp as Op;
use crate::netlist::{BinaryOp, Bits, ExprId};
use crate::source::Span;

impl<'a> Elab<'a> {
    /// The value of an expression in a context of `width` bits, at least its own.
    pub fn lower(&mut self, typed: Typed, width: u32, signed: bool) -> Res<ExprId> {
        Ok(match typed.kind {
            Kind::Value(value) => self.exprs.resize(value, width, signed),
            Kind::Fill(bit) => {
                let bits = match bit {
                    Some(false) => Bits::zero(width),
                    Some(true) => Bits::ones(width),
                    None => Bits::unknown(width),
                };
                self.exprs.constant(bits)
            }
            Kind::Not(operand) => {
                let operand = self.lower(*operand, width, signed)?;
                self.exprs.not(operand)
            }
            Kind::Neg(operand) => {
                let operand = self.lower(*operand, width, signed)?;
                self.exprs.neg(operand)
            }
            Kind::Binary(op, a, b) => {
                let a = self.lower(*a, width, signed)?;
                let b = self.lower(*b, width, signed)?;
                self.arithmetic(op, a, b, signed)
            }
            Kind::Shift(op, operand, amount) => {
                let operand = self.lower(*operand, width, signed)?;
                let op = match op {
                    Op::Shl | Op::Ashl => BinaryOp::Shl,
                    Op::Ashr if signed => BinaryOp::ShrS,
                    _ => BinaryOp::ShrU,
                };
                self.exprs.binary(op, operand, amount)
            }
            Kind::Power(base, exponent, exponent_signed) => {
                let span = typed.span;
                let base = self.lower(*base, width, signed)?;
                self.power(base, exponent, signed, exponent_signed, span)?
            }
            Kind::Conditional(select, a, b) => {
                let known = self.exprs.as_const(select).and_then(|bits| bits.bit(0));
                match known {
                    Some(true) => self.lower(*a, width, signed)?,
                    Some(false) => self.lower(*b, width, signed)?,
                    None => {
                        let a = self.lower(*a, width, signed)?;
                        let b = self.lower(*b, width, signed)?;
                        self.exprs.mux(select, a, b)
                    }
                }
            }
            Kind::Aggregate(..) => {
                let message = "a whole array or unpacked structure is no operand";
                return self.fail(
                    Diagnostic::error(codes::BAD_TYPE, typed.span, message)
                        .help("name one element or field, or assign it whole"),
                );
            }
            Kind::Call(scope, call) => {
                let value = self.call_function(scope, call)?;
                self.exprs.resize(value, width, signed)
            }
        })
    }

    /// An operator on operands of the context's width.
    pub fn arithmetic(&mut self, op: Op, a: ExprId, b: ExprId, signed: bool) -> ExprId {
        let invert = op == Op::Xnor;
        let op = match op {
            Op::Add => BinaryOp::Add,
            Op::Sub => BinaryOp::Sub,
            Op::Mul => BinaryOp::Mul,
            Op::Div if signed => BinaryOp::DivS,
            Op::Div => BinaryOp::DivU,
            Op::Mod if signed => BinaryOp::ModS,
            Op::Mod => BinaryOp::ModU,
            Op::And => BinaryOp::And,
            Op::Or => BinaryOp::Or,
            _ => BinaryOp::Xor,
        };
        let value = self.exprs.binary(op, a, b);
        if invert { self.exprs.not(value) } else { value }
    }

    /// `base ** exponent`, where one of the two is constant.
    fn power(
        &mut self,
        base: ExprId,
        exponent: ExprId,
        signed: bool,
        exponent_signed: bool,
        span: Span,
    ) -> Res<ExprId> {
        let width = self.exprs.width(base);
        let known_exponent = self.exprs.as_const(exponent).cloned();
        let known_base = self.exprs.as_const(base).cloned();
        if let Some(exponent) = &known_exponent {
            if !exponent.is_known() {
                return Ok(self.exprs.unknown(width));
            }
            if exponent_signed && exponent.sign() == Some(true) {
                return self.negative_power(known_base, exponent, signed, span);
            }
            let bits = exponent.width() - leading_zeros(exponent);
            if known_base.is_some() || bits <= 6 {
                return Ok(self.square_and_multiply(base, exponent));
            }
        }
        if known_base.is_some_and(|base| base.to_u64() == Some(2)) && !exponent_signed {
            let one = self.exprs.number(width, 1);
            return Ok(self.exprs.binary(BinaryOp::Shl, one, exponent));
        }
        self.unsupported(
            span,
            "a power whose exponent is no constant",
            "use a shift for powers of two, or a table",
        )
    }

    fn square_and_multiply(&mut self, base: ExprId, exponent: &Bits) -> ExprId {
        let width = self.exprs.width(base);
        let mut power = self.exprs.number(width, 1);
        for at in (0..exponent.width() - leading_zeros(exponent)).rev() {
            power = self.exprs.binary(BinaryOp::Mul, power, power);
            if exponent.bit(at) == Some(true) {
                power = self.exprs.binary(BinaryOp::Mul, power, base);
            }
        }
        power
    }

    /// IEEE 1364-2005, table 5-6: 1 and -1 have negative powers, others give 0.
    fn negative_power(
        &mut self,
        base: Option<Bits>,
        exponent: &Bits,
        signed: bool,
        span: Span,
    ) -> Res<ExprId> {
        let Some(base) = base.filter(Bits::is_known) else {
            return self.unsupported(
                span,
                "a negative power of a value that is no constant",
                "write the division out",
            );
        };
        let width = base.width();
        let bits = if base.is_zero() {
            Bits::unknown(width)
        } else if base.to_u64() == Some(1) {
            base
        } else if signed && base.is_ones() {
            match exponent.bit(0) {
                Some(true) => base,
                _ => Bits::from_u64(width, 1),
            }
        } else {
            Bits::zero(width)
        };
        Ok(self.exprs.constant(bits))
    }
}

fn leading_zeros(bits: &Bits) -> u32 {
    (0..bits.width())
        .rev()
        .take_while(|&at| bits.bit(at) == Some(false))
        .count() as u32
}
