//! Gate primitives.

use super::context::{Elab, Res, ScopeIdx};
use crate::diagnostics::{Diagnostic, codes};
use crate::frontend::ast::{Arg, ExprId, Instance};
use crate::netlist::BinaryOp;

impl<'a> Elab<'a> {
    /// `and`, `nand`, `or`, `nor`, `xor`, `xnor`, `not` or `buf`.
    pub fn gate(&mut self, scope: ScopeIdx, gate: &'a Instance) -> Res<()> {
        let name = &gate.definition;
        let mut terminals: Vec<ExprId> = Vec::new();
        for arg in &gate.connections {
            match arg {
                Arg::Positional(Some(expr)) => terminals.push(*expr),
                _ => {
                    let message = format!("a terminal of `{}` is missing", name.text);
                    return self.fail(
                        Diagnostic::error(codes::BAD_CONNECTION, name.span, message)
                            .help("connect every terminal by order"),
                    );
                }
            }
        }
        let (op, invert) = match &*name.text {
            "and" => (Some(BinaryOp::And), false),
            "nand" => (Some(BinaryOp::And), true),
            "or" => (Some(BinaryOp::Or), false),
            "nor" => (Some(BinaryOp::Or), true),
            "xor" => (Some(BinaryOp::Xor), false),
            "xnor" => (Some(BinaryOp::Xor), true),
            "buf" => (None, false),
            "not" => (None, true),
            other => {
                let what = format!("the gate primitive `{other}`");
                return self.unsupported(name.span, &what, "describe it by an assignment");
            }
        };
        if terminals.len() < 2 {
            let message = format!("`{}` has fewer than two terminals", name.text);
            return self.fail(
                Diagnostic::error(codes::BAD_CONNECTION, name.span, message)
                    .help("connect an output and an input"),
            );
        }
        // One output and many inputs, or many outputs and one input.
        let split = if op.is_some() { 1 } else { terminals.len() - 1 };
        let (outputs, inputs) = terminals.split_at(split);
        let mut value = self.assigned(scope, inputs[0], 1)?;
        for &input in &inputs[1..] {
            let input = self.assigned(scope, input, 1)?;
            value = self.exprs.binary(op.unwrap_or(BinaryOp::And), value, input);
        }
        if invert {
            value = self.exprs.not(value);
        }
        for &output in outputs {
            let target = self.target(scope, output)?;
            let wide = self.exprs.zero_extend(value, target.width() as u32);
            self.drive_target(&target, wide, self.ast[output].span)?;
        }
        Ok(())
    }
}
