//! Real numbers in constant expressions: `50e6 / BAUD`.
//!
//! Hardware has none, but parameters are computed with them. An expression
//! with a real operand is real and must be constant (IEEE 1800-2017, 11.3.1);
//! it becomes bits where it is assigned, by rounding to the nearest integer,
//! halves away from zero (6.12.1), or by `$rtoi`, which cuts. A net may be
//! compared with a real that is a whole number, a constant with any for which rounding
//! does not change the result, as some tools round. Anywhere else a real number is
//! an error, never rounded in silence.

use super::context::{Constant, Elab, Res, ScopeIdx};
use super::typed::{Kind, Typed};
use crate::diagnostics::{Diagnostic, codes};
use crate::frontend::ast::{self, Arg, BinaryOp as Op};
use crate::netlist::{Bits, ExprId};
use crate::source::Span;

/// A real number; two are equal if their bits are.
#[derive(Debug, Clone, Copy)]
pub(super) struct Real(pub f64);

impl Real {
    /// The representation in memory, to tell parameters apart.
    pub fn bits(self) -> Bits {
        Bits::from_u64(64, self.0.to_bits())
    }
}

impl PartialEq for Real {
    fn eq(&self, other: &Real) -> bool {
        self.0.to_bits() == other.0.to_bits()
    }
}

impl Eq for Real {}

/// Where whole numbers are exact in a double.
const EXACT: f64 = 9_007_199_254_740_992.0;

impl<'a> Elab<'a> {
    pub fn real(&self, value: f64, span: Span) -> Typed {
        Typed {
            width: 64,
            signed: true,
            span,
            kind: Kind::Real(Real(value)),
        }
    }

    /// An operand beside a real one, as a real number.
    pub fn real_operand(&mut self, operand: Typed) -> Res<f64> {
        if let Kind::Real(real) = operand.kind {
            return Ok(real.0);
        }
        let (width, signed, span) = (operand.width, operand.signed, operand.span);
        let value = self.lower(operand, width, signed)?;
        let bits = self.require_const(value, span)?;
        match bits.to_i64(signed) {
            Some(value) => Ok(value as f64),
            None => self.no_real(span, "this number has unknown bits or more than 63"),
        }
    }

    /// The number that an operand is known to be, if a double holds it exactly.
    fn constant_number(&mut self, operand: &Typed) -> Option<f64> {
        let value = match operand.kind {
            Kind::Real(real) => return Some(real.0),
            Kind::Value(value) => self.settle(value),
            _ => return None,
        };
        let value = self.exprs.as_const(value)?.to_i64(operand.signed)? as f64;
        (value.abs() < EXACT).then_some(value)
    }

    /// The value of a parameter that is declared `real`.
    pub fn constant_as_real(&mut self, constant: Constant, span: Span) -> Res<Real> {
        match constant.real {
            Some(real) => Ok(real),
            None => {
                let bits = self.exprs.constant(constant.bits);
                let typed = self.value(bits, constant.signed, span);
                self.real_operand(typed).map(Real)
            }
        }
    }

    fn no_real<T>(&mut self, span: Span, message: &str) -> Res<T> {
        let problem = Diagnostic::error(codes::BAD_TYPE, span, message);
        self.fail(problem.help(
            "give the parameter an integer type, as in `localparam integer N = …`, or use `$rtoi`",
        ))
    }

    /// A real number where bits are needed.
    pub fn real_as_bits<T>(&mut self, span: Span) -> Res<T> {
        self.no_real(span, "a real number as an operand of bits")
    }

    /// A real number assigned to `width` bits.
    pub fn rounded(&mut self, real: Real, width: u32, span: Span) -> Res<ExprId> {
        let whole = real.0.round();
        if whole.abs() >= EXACT || !whole.is_finite() {
            let message = "this real number is too large: past 2^53 a real is no exact integer";
            let problem = Diagnostic::error(codes::BAD_TYPE, span, message);
            return self.fail(problem.help("write the factors as integers of 64 bits"));
        }
        let bits = Bits::from_i64(64, whole as i64);
        let bits = bits.sign_extend(width.max(64)).slice(0, width);
        Ok(self.exprs.constant(bits))
    }

    /// An operator with a real operand. `Err` gives the operands back where none is.
    pub fn real_binary(
        &mut self,
        op: Op,
        a: Typed,
        b: Typed,
        span: Span,
    ) -> Res<Result<Typed, (Typed, Typed)>> {
        let is_real = |it: &Typed| matches!(it.kind, Kind::Real(_));
        if !is_real(&a) && !is_real(&b) {
            return Ok(Err((a, b)));
        }
        let value = match op {
            Op::Add | Op::Sub | Op::Mul | Op::Div | Op::Pow => {
                let (x, y) = (self.real_operand(a)?, self.real_operand(b)?);
                match op {
                    Op::Add => x + y,
                    Op::Sub => x - y,
                    Op::Mul => x * y,
                    Op::Div => x / y,
                    _ => x.powf(y),
                }
            }
            Op::Eq | Op::Ne | Op::Lt | Op::Le | Op::Gt | Op::Ge => {
                let (x, y) = (self.constant_number(&a), self.constant_number(&b));
                if let (Some(x), Some(y)) = (x, y) {
                    let hit = compare(op, x, y);
                    if is_real(&a) && is_real(&b) || hit == compare(op, x.round(), y.round()) {
                        let bit = self.exprs.number(1, u64::from(hit));
                        return Ok(Ok(self.value(bit, false, span)));
                    }
                }
                let (a, b) = match is_real(&a) {
                    true => (self.whole_number(a)?, signed(b)),
                    false => (signed(a), self.whole_number(b)?),
                };
                // One bit more than either needs, so that both may be signed.
                let width = a.0.width.max(b.0.width) + 1;
                let mut extended = |(operand, sign): (Typed, bool)| -> Res<Typed> {
                    let (own, span) = (operand.width, operand.span);
                    let value = self.lower(operand, own, sign)?;
                    let value = self.exprs.resize(value, width, sign);
                    Ok(self.value(value, true, span))
                };
                let (a, b) = (extended(a)?, extended(b)?);
                let bit = self.compare(op, a, b)?;
                return Ok(Ok(self.value(bit, false, span)));
            }
            _ => return self.real_as_bits(span),
        };
        Ok(Ok(self.real(value, span)))
    }

    /// A real number that is a whole one, as bits.
    fn whole_number(&mut self, operand: Typed) -> Res<(Typed, bool)> {
        let span = operand.span;
        let value = self.real_operand(operand)?;
        if value.fract() != 0.0 || value.abs() >= EXACT {
            return self.no_real(span, "a comparison with a number that is not whole, which simulators compare as it is and synthesis rounds");
        }
        let bits = self.exprs.constant(Bits::from_i64(64, value as i64));
        Ok((self.value(bits, true, span), true))
    }

    /// A system function that takes or gives real numbers (IEEE 1364-2005,
    /// 17.8 and 17.11); `None` where `name` is none of them.
    pub fn real_function(
        &mut self,
        scope: ScopeIdx,
        name: &str,
        args: &'a [Arg],
        span: Span,
    ) -> Res<Option<Typed>> {
        let function: fn(f64, f64) -> f64 = match name {
            "rtoi" => |x, _| x.trunc(),
            "itor" => |x, _| x,
            "ln" => |x, _| x.ln(),
            "log10" => |x, _| x.log10(),
            "exp" => |x, _| x.exp(),
            "sqrt" => |x, _| x.sqrt(),
            "floor" => |x, _| x.floor(),
            "ceil" => |x, _| x.ceil(),
            "sin" => |x, _| x.sin(),
            "cos" => |x, _| x.cos(),
            "tan" => |x, _| x.tan(),
            "asin" => |x, _| x.asin(),
            "acos" => |x, _| x.acos(),
            "atan" => |x, _| x.atan(),
            "sinh" => |x, _| x.sinh(),
            "cosh" => |x, _| x.cosh(),
            "tanh" => |x, _| x.tanh(),
            "pow" => f64::powf,
            "atan2" => f64::atan2,
            "hypot" => f64::hypot,
            _ => return Ok(None),
        };
        let mut operand = |at: usize| -> Res<f64> {
            let arg: ast::ExprId = self.argument(args, at, name, span)?;
            let typed = self.typed(scope, arg)?;
            self.real_operand(typed)
        };
        let first = operand(0)?;
        let second = match name {
            "pow" | "atan2" | "hypot" => operand(1)?,
            _ => 0.0,
        };
        let value = function(first, second);
        if name != "rtoi" {
            return Ok(Some(self.real(value, span)));
        }
        let bits = self.rounded(Real(value), 32, span)?;
        Ok(Some(self.value(bits, true, span)))
    }
}

/// An operand with its own sign.
fn signed(operand: Typed) -> (Typed, bool) {
    let sign = operand.signed;
    (operand, sign)
}

fn compare(op: Op, a: f64, b: f64) -> bool {
    match op {
        Op::Eq => a == b,
        Op::Ne => a != b,
        Op::Lt => a < b,
        Op::Le => a <= b,
        Op::Gt => a > b,
        _ => a >= b,
    }
}

/// A real literal: `1.5`, `50e6`, `2_000.0`.
pub(super) fn parse(text: &str) -> Option<f64> {
    let text = text.trim();
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let real = digits.contains(['.', 'e', 'E']);
    if !real || !digits.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    text.replace('_', "").parse().ok()
}
