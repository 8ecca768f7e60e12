//! Arrays of instances and of gates, and bidirectional ports.
//!
//! `m u [3:0] (…)`: a connection as wide as the port goes to every instance,
//! one four times as wide is cut into parts, the rightmost instance having the
//! lowest (IEEE 1364-2005, 7.1.6).
//!
//! A bidirectional port is its outer net: what the inside drives moves to a
//! slot of its own, which drives the outer net; the inside reads the outer net.

use super::assign::Target;
use super::context::{Driver, Elab, Entity, Res, ScopeIdx, Storage};
use super::select::Position;
use super::types::Ty;
use crate::diagnostics::{Diagnostic, codes};
use crate::frontend::ast::{self, Dim, Direction, SymbolKind};
use crate::netlist::ExprId;
use crate::source::Span;

impl<'a> Elab<'a> {
    /// The indices of an array of instances, the rightmost first; a single
    /// instance has none.
    pub fn array_indices(
        &mut self,
        scope: ScopeIdx,
        dims: &'a [Dim],
        span: Span,
    ) -> Res<Vec<Option<i64>>> {
        let (left, right) = match *dims {
            [] => return Ok(vec![None]),
            [Dim::Range(left, right)] => {
                (self.const_i64(scope, left)?, self.const_i64(scope, right)?)
            }
            [Dim::Size(size)] => (0, self.const_i64(scope, size)? - 1),
            _ => {
                return self.unsupported(
                    span,
                    "an array of instances in several dimensions",
                    "use generate loops",
                );
            }
        };
        let count = left.abs_diff(right) + 1;
        if count > 1 << 16 {
            let message = format!("an array of {count} instances");
            return self.fail(
                Diagnostic::error(codes::TOO_LARGE, span, message)
                    .help("arrays have at most 65536 instances"),
            );
        }
        let step = if left < right { -1 } else { 1 };
        let index = |at| Some(right + step * at);
        Ok((0..count as i64).map(index).collect())
    }

    /// Connects one port of all instances of an array, the rightmost first.
    pub fn connect_array_port(
        &mut self,
        scope: ScopeIdx,
        inner: &[ScopeIdx],
        port: ast::SymbolId,
        expr: ast::ExprId,
    ) -> Res<()> {
        let ast = self.ast;
        let span = ast[expr].span;
        let name = &ast[port].name;
        let SymbolKind::Port(declared) = &ast[port].kind else {
            return self.unsupported(name.span, "this port", "use input and output ports");
        };
        let mut slots = Vec::new();
        let mut ty = Ty::vector(1, false);
        for &inner in inner {
            let Some(Entity::Net(net)) = self.lookup_here(inner, &name.text)? else {
                return Ok(());
            };
            ty = (*self.net(net).ty).clone();
            match self.net(net).storage {
                Storage::Slots(slot) if ty.unpacked.is_empty() => slots.push(slot),
                _ => {
                    return self.unsupported(
                        span,
                        "an array as a port of an array of instances",
                        "use a generate loop",
                    );
                }
            }
        }
        let (width, count) = (ty.width, slots.len() as u32);
        let wrong = |elab: &mut Self, found: u64| {
            let message = format!(
                "{found} bits for a port of {width} bits of {count} instances: neither {width} nor {} bits",
                u64::from(width) * u64::from(count)
            );
            elab.fail(
                Diagnostic::error(codes::BAD_CONNECTION, span, message)
                    .help("connect the bits of one instance, or those of all"),
            )
        };
        let number = matches!(ast[expr].kind, ast::ExprKind::Number(_));
        if declared.direction == Direction::Input {
            let (value, _) = self.self_signed(scope, expr)?;
            let found = self.exprs.width(value);
            let each = number || found == width;
            if !each && found != width * count {
                return wrong(self, u64::from(found));
            }
            for (at, &slot) in slots.iter().enumerate() {
                let value = match each {
                    true => self.assigned(scope, expr, width)?,
                    false => self.exprs.slice(value, at as u32 * width, width),
                };
                self.drive(slot, 0, width, Driver::Value(value), span);
            }
            return Ok(());
        }
        let target = self.target(scope, expr)?;
        if let Target::Stream(..) = target {
            return self.unsupported(
                span,
                "a streaming concatenation at an array of instances",
                "connect a net",
            );
        }
        let found = target.width();
        let each = found == u64::from(width);
        if !each && found != u64::from(width) * u64::from(count) {
            return wrong(self, found);
        }
        for (at, &slot) in slots.iter().enumerate() {
            let part = match each {
                true => target.clone(),
                false => part_of(&target, at as u32 * width, width),
            };
            match declared.direction {
                Direction::Output => {
                    let value = self.leaf(slot);
                    self.drive_target(&part, value, span)?;
                }
                _ => self.join_nets(slot, &part, span)?,
            }
        }
        Ok(())
    }

    /// Makes a bidirectional port and what it is connected to one net.
    pub fn join_nets(&mut self, slot: u32, outer: &Target, span: Span) -> Res<()> {
        let width = self.slots[slot as usize].width;
        let net = self.slots[slot as usize].net;
        if outer.width() != u64::from(width) {
            let message = format!("{} bits for a bidirectional port of {width}", outer.width());
            return self.fail(
                Diagnostic::error(codes::BAD_CONNECTION, span, message)
                    .help("connect a net of the port's width"),
            );
        }
        if self.resolutions.contains_key(&net) {
            return self.unsupported(
                span,
                "a bidirectional port with a net type other than `wire`",
                "declare it as `wire`, and the net outside as what it is",
            );
        }
        let inside = self.take_drives(slot);
        let value = self.read_target(outer, span)?;
        self.drive(slot, 0, width, Driver::Value(value), span);
        let inside = self.leaf(inside);
        self.drive_target(outer, inside, span)
    }

    /// The present value of a target.
    fn read_target(&mut self, target: &Target, span: Span) -> Res<ExprId> {
        match target {
            Target::Part(part) => self.read(part, span),
            Target::Concat(parts) => {
                let mut values = Vec::new();
                for part in parts.iter().rev() {
                    values.push(self.read_target(part, span)?);
                }
                Ok(self.exprs.concat(&values))
            }
            Target::Stream(..) => self.unsupported(
                span,
                "a streaming concatenation at a bidirectional port",
                "connect a net",
            ),
        }
    }
}

/// Bits of a target.
fn part_of(target: &Target, low: u32, width: u32) -> Target {
    match target {
        Target::Part(part) => {
            let mut part = part.clone();
            part.bits.add(Position::at(i64::from(low)));
            part.ty = Ty::vector(width, false);
            Target::Part(part)
        }
        Target::Concat(parts) => {
            let mut picked = Vec::new();
            let mut at = 0;
            for part in parts.iter().rev() {
                let (start, end) = (at, at + part.width() as u32);
                let (from, to) = (start.max(low), end.min(low + width));
                if from < to {
                    picked.push(part_of(part, from - start, to - from));
                }
                at = end;
            }
            picked.reverse();
            Target::Concat(picked)
        }
        Target::Stream(..) => target.clone(),
    }
}
