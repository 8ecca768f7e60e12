//! Bit and part selects: positions of bits, constant or computed.

use super::context::{Elab, Res, ScopeIdx};
use super::types::{Range, Ty};
use crate::diagnostics::{Diagnostic, codes};
use crate::frontend::ast::{self, ExprKind, RangeKind};
use crate::netlist::{BinaryOp, Bits, ExprId};
use crate::source::Span;

/// The position of a lowest bit: a constant plus scaled values.
#[derive(Debug, Clone, Default)]
pub(super) struct Position {
    pub constant: i64,
    /// Value, whether it is signed, factor.
    pub terms: Vec<(ExprId, bool, i64)>,
}

impl Position {
    pub fn at(constant: i64) -> Position {
        Position {
            constant,
            terms: Vec::new(),
        }
    }

    pub fn push(&mut self, value: ExprId, signed: bool, factor: i64) {
        self.terms.push((value, signed, factor));
    }

    pub fn add(&mut self, other: Position) {
        self.constant = self.constant.saturating_add(other.constant);
        self.terms.extend(other.terms);
    }
}

fn bits_of(value: i64) -> u32 {
    64 - value.unsigned_abs().leading_zeros()
}

impl<'a> Elab<'a> {
    /// The least and the greatest number that a position can be, where it is
    /// known never to be negative.
    pub fn bounds(&self, position: &Position) -> Option<(i64, i64)> {
        let (mut least, mut most) = (position.constant, position.constant);
        for &(value, signed, factor) in &position.terms {
            if signed && self.exprs.significant(value) == self.exprs.width(value) {
                return None;
            }
            let (from, to) = self.exprs.range(value)?;
            let (from, to) = (i64::try_from(from).ok()?, i64::try_from(to).ok()?);
            let (from, to) = (from.checked_mul(factor)?, to.checked_mul(factor)?);
            least = least.checked_add(from.min(to))?;
            most = most.checked_add(from.max(to))?;
        }
        Some((least, most))
    }

    /// A position as an unsigned value, huge where it is negative; and whether
    /// it can be negative.
    pub fn position(&mut self, position: &Position) -> (ExprId, bool) {
        if let ([(value, signed, 1)], 0) = (&position.terms[..], position.constant) {
            let signed = *signed && self.exprs.significant(*value) == self.exprs.width(*value);
            return (*value, signed);
        }
        let mut width = bits_of(position.constant);
        for &(value, _, factor) in &position.terms {
            width = width.max(self.exprs.width(value) + bits_of(factor));
        }
        let width = width + position.terms.len() as u32 + 1;
        let mut negative = position.constant < 0;
        let start = Bits::from_i64(width, position.constant);
        let mut sum = self.exprs.constant(start);
        for &(value, signed, factor) in &position.terms {
            negative |= signed || factor < 0;
            let value = self.exprs.resize(value, width, signed);
            let factor_value = self.exprs.constant(Bits::from_i64(width, factor.abs()));
            let product = self.exprs.binary(BinaryOp::Mul, value, factor_value);
            let op = if factor < 0 {
                BinaryOp::Sub
            } else {
                BinaryOp::Add
            };
            sum = self.exprs.binary(op, sum, product);
        }
        (sum, negative)
    }

    /// The condition `position < count`, where it is none already by its width.
    pub fn below(&mut self, position: ExprId, count: u64) -> Option<ExprId> {
        let bits = self.exprs.significant(position);
        if bits < 64 && 1u64 << bits <= count {
            return None;
        }
        let width = self.exprs.width(position).max(64);
        let position = self.exprs.zero_extend(position, width);
        let count = self.exprs.number(width, count);
        Some(self.exprs.binary(BinaryOp::LtU, position, count))
    }

    /// One select of a packed type: position, the type selected, and a guard
    /// against reaching into a neighbour.
    pub fn select_of(
        &mut self,
        scope: ScopeIdx,
        expr: ast::ExprId,
        ty: &Ty,
    ) -> Res<(Position, Ty, Option<ExprId>)> {
        let ast = self.ast;
        let span = ast[expr].span;
        if ty.is_structure() && !ty.aggregate {
            // A packed structure is a vector as well.
            return self.select_of(scope, expr, &Ty::integer(ty.width, false));
        }
        let Some(&range) = ty.packed.first() else {
            let message = match ty.fields {
                Some(_) => "a structure cannot be indexed",
                None => "a scalar cannot be indexed",
            };
            return self.fail(
                Diagnostic::error(codes::BAD_TYPE, span, message)
                    .help("declare it with a range, or use it whole"),
            );
        };
        let element = ty.packed_element();
        let unit = i64::from(element.width);
        match ast[expr].kind {
            ExprKind::Range(_, kind, a, b) => {
                let (mut position, count) = self.part(scope, range, kind, a, b, span)?;
                position.constant *= unit;
                for term in &mut position.terms {
                    term.2 *= unit;
                }
                let mut part = ty.clone();
                part.signed = ty.loose > 0 && ty.signed;
                part.members = part
                    .members
                    .filter(|members| ty.packed.len() > members.dims);
                part.width = self.check_width(count.saturating_mul(unit as u64), span)?;
                part.packed[0] = Range {
                    left: count as i64 - 1,
                    right: 0,
                };
                Ok((position, part, None))
            }
            ExprKind::Index(_, index) => {
                let (value, signed) = self.self_signed(scope, index)?;
                if let Some(bits) = self.exprs.as_const(value) {
                    // Far outside where it is unknown or does not fit.
                    let far = 1 << 40;
                    let at = bits.to_i64(signed).unwrap_or(far).clamp(-far, far);
                    let outside = range.offset(at) < 0 || range.offset(at) as u64 >= range.len();
                    let at = if outside { far } else { range.offset(at) };
                    return Ok((Position::at(at.saturating_mul(unit)), element, None));
                }
                let mut position = Position::default();
                if range.descending() {
                    position.constant = -range.right;
                    position.push(value, signed, 1);
                } else {
                    position.constant = range.right;
                    position.push(value, signed, -1);
                }
                let nested = ty.packed.len() > 1 || element.width > 1;
                let mut guard = None;
                if nested {
                    let (at, _) = self.position(&position);
                    guard = self.below(at, range.len());
                    position = Position::default();
                    position.push(at, false, unit);
                }
                Ok((position, element, guard))
            }
            _ => Ok((Position::default(), ty.clone(), None)),
        }
    }

    /// A part select in units of the range's elements: position and count.
    pub fn part(
        &mut self,
        scope: ScopeIdx,
        range: Range,
        kind: RangeKind,
        a: ast::ExprId,
        b: ast::ExprId,
        span: Span,
    ) -> Res<(Position, u64)> {
        if kind == RangeKind::Constant {
            let (left, right) = (self.const_i64(scope, a)?, self.const_i64(scope, b)?);
            if left != right && (left > right) != range.descending() {
                let message = format!(
                    "the part select [{left}:{right}] runs against its range [{}:{}]",
                    range.left, range.right
                );
                return self.fail(
                    Diagnostic::error(codes::BAD_TYPE, span, message).help("swap its bounds"),
                );
            }
            let count = left.abs_diff(right) + 1;
            return Ok((Position::at(range.offset(right)), count));
        }
        let count = self.const_i64(scope, b)?;
        if count < 1 {
            let message = format!("a part select of {count} bits");
            return self.fail(
                Diagnostic::error(codes::BAD_TYPE, self.ast[b].span, message)
                    .help("select at least one bit"),
            );
        }
        let (value, signed) = self.self_signed(scope, a)?;
        // Index at the right end, relative to the start value.
        let up = kind == RangeKind::Up;
        let right = match (range.descending(), up) {
            (true, true) | (false, false) => 0,
            (true, false) => 1 - count,
            (false, true) => count - 1,
        };
        let mut position = Position::default();
        let constant = self.exprs.as_const(value).map(|bits| bits.to_i64(signed));
        match constant {
            Some(at) => {
                let far = 1 << 40;
                let at = at.unwrap_or(far).clamp(-far, far);
                position.constant = range.offset(at + right);
            }
            None if range.descending() => {
                position.constant = right - range.right;
                position.push(value, signed, 1);
            }
            None => {
                position.constant = range.right - right;
                position.push(value, signed, -1);
            }
        }
        Ok((position, count as u64))
    }

    /// `width` bits of a value; bits outside it are unknown.
    pub fn read_bits(
        &mut self,
        value: ExprId,
        position: &Position,
        width: u32,
        _span: Span,
    ) -> Res<ExprId> {
        let have = self.exprs.width(value);
        if position.terms.is_empty() {
            return Ok(self.read_at(value, position.constant, width));
        }
        let (mut amount, negative) = self.position(position);
        let mut value = value;
        if negative && width > 1 {
            // Bits below the lowest one.
            let pad = self.exprs.unknown(width - 1);
            value = self.exprs.concat(&[pad, value]);
            let mut shifted = position.clone();
            shifted.constant += i64::from(width - 1);
            amount = self.position(&shifted).0;
        }
        let value = self.exprs.zero_extend(value, have.max(width) + width - 1);
        let shifted = self.exprs.binary(BinaryOp::ShrU, value, amount);
        Ok(self.exprs.slice(shifted, 0, width))
    }

    fn read_at(&mut self, value: ExprId, low: i64, width: u32) -> ExprId {
        let have = i64::from(self.exprs.width(value));
        let (from, to) = (low.clamp(0, have), (low + i64::from(width)).clamp(0, have));
        if from >= to {
            return self.exprs.unknown(width);
        }
        let mut parts = Vec::new();
        if from > low {
            parts.push(self.exprs.unknown((from - low) as u32));
        }
        parts.push(self.exprs.slice(value, from as u32, (to - from) as u32));
        if low + i64::from(width) > to {
            parts.push(self.exprs.unknown((low + i64::from(width) - to) as u32));
        }
        self.exprs.concat(&parts)
    }

    /// `old` with the bits from a position on replaced; bits outside are dropped.
    pub fn splice(&mut self, old: ExprId, position: &Position, value: ExprId) -> ExprId {
        let (have, width) = (self.exprs.width(old), self.exprs.width(value));
        if position.terms.is_empty() {
            return self.splice_at(old, position.constant, value);
        }
        let (amount, negative) = self.position(position);
        if width == 1 && have <= 256 {
            let bits: Vec<ExprId> = (0..have)
                .map(|at| {
                    let here = self.exprs.slice(old, at, 1);
                    let hit = self.position_is(amount, u64::from(at));
                    self.exprs.mux(hit, value, here)
                })
                .collect();
            return self.exprs.concat(&bits);
        }
        let (pad, amount) = if negative {
            let mut shifted = position.clone();
            shifted.constant += i64::from(width - 1);
            (width - 1, self.position(&shifted).0)
        } else {
            (0, amount)
        };
        let wide = have.max(width) + pad;
        let ones = self.exprs.constant(Bits::ones(width));
        let place = |elab: &mut Self, value| {
            let value = elab.exprs.zero_extend(value, wide);
            let moved = elab.exprs.binary(BinaryOp::Shl, value, amount);
            elab.exprs.slice(moved, pad, have)
        };
        let mask = place(self, ones);
        let data = place(self, value);
        let keep = self.exprs.not(mask);
        let kept = self.exprs.and(old, keep);
        self.exprs.or(kept, data)
    }

    /// The condition that a position is `at`.
    pub fn position_is(&mut self, position: ExprId, at: u64) -> ExprId {
        let width = self.exprs.width(position);
        if width < 64 && at >> width != 0 {
            return self.exprs.number(1, 0);
        }
        let at = self.exprs.number(width, at);
        self.exprs.eq(position, at)
    }

    fn splice_at(&mut self, old: ExprId, low: i64, value: ExprId) -> ExprId {
        let (have, width) = (
            i64::from(self.exprs.width(old)),
            i64::from(self.exprs.width(value)),
        );
        let (from, to) = (low.clamp(0, have), (low + width).clamp(0, have));
        if from >= to {
            return old;
        }
        let mut parts = Vec::new();
        if from > 0 {
            parts.push(self.exprs.slice(old, 0, from as u32));
        }
        parts.push(
            self.exprs
                .slice(value, (from - low) as u32, (to - from) as u32),
        );
        if to < have {
            parts.push(self.exprs.slice(old, to as u32, (have - to) as u32));
        }
        self.exprs.concat(&parts)
    }
}
