//! Expressions, second phase: values in the width and sign of their context.

use super::context::{Elab, Res};
use super::typed::{Kind, Typed};
use crate::diagnostics::{Diagnostic, codes};
use crate::frontend::ast::BinaryOp as Op;
use crate::netlist::{BinaryOp, Bits, ExprId};

impl<'a> Elab<'a> {
    /// The value of an expression in a context of `width` bits, at least its own.
    pub fn lower(&mut self, typed: Typed, width: u32, signed: bool) -> Res<ExprId> {
        Ok(match typed.kind {
            Kind::Value(value) => self.exprs.resize(value, width, signed),
            Kind::Fill(number) => {
                let (bits, z) = &*number;
                let (bits, z) = (bits.sign_extend(width), z.sign_extend(width));
                self.constant_with_z(&bits, Some(&z), typed.span)
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
                let base = self.lower(*base, width, signed)?;
                self.power(base, exponent, signed, exponent_signed)
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
            Kind::Real(_) => return self.real_as_bits(typed.span),
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

    /// `base ** exponent`
    fn power(
        &mut self,
        base: ExprId,
        exponent: ExprId,
        signed: bool,
        exponent_signed: bool,
    ) -> ExprId {
        let width = self.exprs.width(base);
        let known_base = self.exprs.as_const(base).cloned();
        if let Some(exponent) = self.exprs.as_const(exponent).cloned() {
            if !exponent.is_known() {
                return self.exprs.unknown(width);
            }
            if exponent_signed && exponent.sign() == Some(true) {
                let exponent = self.exprs.constant(exponent);
                return self.small_power(base, exponent, signed);
            }
            return self.square_and_multiply(base, &exponent);
        }
        let two = known_base.is_some_and(|base| base.to_u64() == Some(2));
        if two && !exponent_signed {
            let one = self.exprs.number(width, 1);
            return self.exprs.binary(BinaryOp::Shl, one, exponent);
        }
        let power = self.power_by_bits(base, exponent);
        if !exponent_signed {
            return power;
        }
        let top = self.exprs.width(exponent) - 1;
        let below = self.exprs.slice(exponent, top, 1);
        let small = self.small_power(base, exponent, signed);
        self.exprs.mux(below, small, power)
    }

    /// A power with an unsigned exponent, one factor for each bit of it.
    fn power_by_bits(&mut self, base: ExprId, exponent: ExprId) -> ExprId {
        let width = self.exprs.width(base);
        let one = self.exprs.number(width, 1);
        let (mut power, mut factor) = (one, base);
        for at in 0..self.exprs.significant(exponent) {
            if at > 0 {
                factor = self.exprs.binary(BinaryOp::Mul, factor, factor);
            }
            let bit = self.exprs.slice(exponent, at, 1);
            let times = self.exprs.mux(bit, factor, one);
            power = self.exprs.binary(BinaryOp::Mul, power, times);
        }
        power
    }

    /// A power with a negative exponent (IEEE 1364-2005, table 5-6).
    fn small_power(&mut self, base: ExprId, exponent: ExprId, signed: bool) -> ExprId {
        let width = self.exprs.width(base);
        let [zero, one] = [0, 1].map(|value| self.exprs.number(width, value));
        let unknown = self.exprs.unknown(width);
        let is_zero = self.exprs.eq(base, zero);
        let mut value = self.exprs.mux(is_zero, unknown, zero);
        if signed {
            let ones = self.exprs.constant(Bits::ones(width));
            let is_ones = self.exprs.eq(base, ones);
            let odd = self.exprs.slice(exponent, 0, 1);
            let sign = self.exprs.mux(odd, ones, one);
            value = self.exprs.mux(is_ones, sign, value);
        }
        let is_one = self.exprs.eq(base, one);
        self.exprs.mux(is_one, one, value)
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
}

fn leading_zeros(bits: &Bits) -> u32 {
    (0..bits.width())
        .rev()
        .take_while(|&at| bits.bit(at) == Some(false))
        .count() as u32
}
