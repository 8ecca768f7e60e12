//! System functions that hardware can mean, and system tasks, which it cannot.

use super::context::{Elab, Res, ScopeIdx};
use super::typed::{Kind, Typed};
use super::types::Ty;
use crate::diagnostics::{Diagnostic, codes};
use crate::frontend::ast::{self, Arg, ExprKind};
use crate::netlist::{BinaryOp, Bits, ExprId};
use crate::source::Span;

impl<'a> Elab<'a> {
    pub fn system_function(
        &mut self,
        scope: ScopeIdx,
        name: &str,
        args: &'a [Arg],
        span: Span,
    ) -> Res<Typed> {
        let name = name.strip_prefix('$').unwrap_or(name);
        if let Some(value) = self.real_function(scope, name, args, span)? {
            return Ok(value);
        }
        let value = match name {
            "signed" | "unsigned" => {
                let arg = self.argument(args, 0, name, span)?;
                let value = self.self_determined(scope, arg)?;
                return Ok(self.value(value, name == "signed", span));
            }
            "clog2" => {
                let arg = self.argument(args, 0, name, span)?;
                let value = self.self_determined(scope, arg)?;
                let bits = self.require_const(value, self.ast[arg].span)?;
                self.exprs.number(32, u64::from(clog2(&bits)))
            }
            "bits" => {
                let arg = self.argument(args, 0, name, span)?;
                let ty = self.measured(scope, arg)?;
                let bits = u64::from(ty.width) * u64::from(ty.elements());
                self.exprs.number(32, bits)
            }
            "size" | "left" | "right" | "low" | "high" | "increment" => {
                let arg = self.argument(args, 0, name, span)?;
                let ty = self.measured(scope, arg)?;
                let dimension = match args.len() {
                    0 | 1 => 1,
                    _ => {
                        let which = self.argument(args, 1, name, span)?;
                        self.const_i64(scope, which)?
                    }
                };
                let mut ranges = ty.unpacked.iter().chain(&ty.packed);
                let range = usize::try_from(dimension - 1)
                    .ok()
                    .and_then(|at| ranges.nth(at));
                let Some(range) = range else {
                    return self.unsupported(span, "this dimension", "name one that exists");
                };
                let value = match name {
                    "size" => range.len() as i64,
                    "left" => range.left,
                    "right" => range.right,
                    "low" => range.low(),
                    "high" => range.left.max(range.right),
                    _ => {
                        if range.descending() {
                            1
                        } else {
                            -1
                        }
                    }
                };
                self.exprs.constant(Bits::from_i64(32, value))
            }
            "dimensions" | "unpacked_dimensions" => {
                let arg = self.argument(args, 0, name, span)?;
                let ty = self.measured(scope, arg)?.flat();
                let count = match name {
                    "dimensions" => ty.packed.len(),
                    _ => ty.loose,
                };
                self.exprs.number(32, count as u64)
            }
            "countones" | "onehot" | "onehot0" => {
                let arg = self.argument(args, 0, name, span)?;
                let value = self.self_determined(scope, arg)?;
                let count = self.count_ones(value);
                let one = self.exprs.number(32, 1);
                match name {
                    "countones" => count,
                    "onehot" => self.exprs.eq(count, one),
                    _ => {
                        let more = self.exprs.binary(BinaryOp::LtU, one, count);
                        self.exprs.not(more)
                    }
                }
            }
            "isunknown" => self.exprs.number(1, 0),
            _ => {
                let what = format!("the system function `${name}`");
                return self.unsupported(span, &what, "hardware has no such value; remove it");
            }
        };
        let signed = self.exprs.width(value) == 32;
        Ok(self.value(value, signed, span))
    }

    pub fn argument(
        &mut self,
        args: &'a [Arg],
        at: usize,
        name: &str,
        span: Span,
    ) -> Res<ast::ExprId> {
        match args.get(at) {
            Some(Arg::Positional(Some(arg))) => Ok(*arg),
            _ => {
                let message = format!("`${name}` lacks an argument");
                self.fail(Diagnostic::error(codes::BAD_CONNECTION, span, message).help("give it"))
            }
        }
    }

    /// The type of a type name, a net or an expression.
    pub fn measured(&mut self, scope: ScopeIdx, arg: ast::ExprId) -> Res<Ty> {
        if let Some(ty) = self.type_named_by(scope, arg)? {
            return Ok((*ty).clone());
        }
        if let Some((_, ty)) = self.constant_part(scope, arg)? {
            return Ok(ty);
        }
        let span = self.ast[arg].span;
        let named = matches!(
            self.ast[arg].kind,
            ExprKind::Name(_) | ExprKind::Index(..) | ExprKind::Range(..) | ExprKind::Member(..)
        );
        if named && self.enum_method(scope, arg, &[], span)?.is_none() {
            return Ok(self.reference(scope, arg)?.ty);
        }
        let typed = self.typed(scope, arg)?;
        if let Kind::Aggregate(_, ty) = typed.kind {
            return Ok((*ty).clone());
        }
        Ok(Ty::vector(typed.width, typed.signed))
    }

    fn count_ones(&mut self, value: ExprId) -> ExprId {
        let mut count = self.exprs.number(32, 0);
        for at in 0..self.exprs.width(value) {
            let bit = self.exprs.slice(value, at, 1);
            let bit = self.exprs.zero_extend(bit, 32);
            count = self.exprs.binary(BinaryOp::Add, count, bit);
        }
        count
    }

    /// A system task: messages and simulation control have no hardware.
    pub fn system_task(
        &mut self,
        scope: ScopeIdx,
        name: &str,
        args: &'a [Arg],
        span: Span,
    ) -> Res<()> {
        if let Some(hexadecimal) = Self::reads_memory(name) {
            return self.readmem(scope, hexadecimal, args, span);
        }
        let assigns = ast::task_assigns(name);
        let name = name.strip_prefix('$').unwrap_or(name);
        if assigns {
            let what = format!("the system task `${name}`");
            return self.unsupported(span, &what, "use an assignment");
        }
        self.pass_over(&format!("`${name}`"), span);
        Ok(())
    }
}

/// How many bits number `value` things.
fn clog2(value: &Bits) -> u32 {
    let one = Bits::from_u64(value.width(), 1);
    if value.is_zero() {
        return 0;
    }
    let below = value.sub(&one);
    (0..below.width())
        .rev()
        .find(|&at| below.bit(at) == Some(true))
        .map_or(0, |at| at + 1)
}
