//! Gate primitives, single and in arrays.

use super::assign::Target;
use super::context::{Elab, Res, ScopeIdx, Storage};
use super::reference::Element;
use super::tristate::Pull;
use crate::diagnostics::{Diagnostic, codes};
use crate::frontend::ast::{self, Arg, ExprId, Instance};
use crate::netlist::BinaryOp;

impl<'a> Elab<'a> {
    /// Any gate of IEEE 1364-2005, 7.2 to 7.4 and 7.8. Switches are refused.
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
        let count = self.array_indices(scope, &gate.dims, name.span)?.len() as u32;
        let (op, invert) = match &*name.text {
            "and" => (Some(BinaryOp::And), false),
            "nand" => (Some(BinaryOp::And), true),
            "or" => (Some(BinaryOp::Or), false),
            "nor" => (Some(BinaryOp::Or), true),
            "xor" => (Some(BinaryOp::Xor), false),
            "xnor" => (Some(BinaryOp::Xor), true),
            "buf" => (None, false),
            "not" => (None, true),
            "bufif0" | "bufif1" | "notif0" | "notif1" => {
                return self.three_state_gate(scope, gate, &terminals, count);
            }
            "pullup" | "pulldown" => {
                let up = &*name.text == "pullup";
                return terminals
                    .iter()
                    .try_for_each(|&terminal| self.pull(scope, terminal, up));
            }
            other => {
                let what = format!("the switch-level primitive `{other}`");
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
        let mut value = self.terminal(scope, inputs[0], count)?;
        for &input in &inputs[1..] {
            let input = self.terminal(scope, input, count)?;
            value = self.exprs.binary(op.unwrap_or(BinaryOp::And), value, input);
        }
        if invert {
            value = self.exprs.not(value);
        }
        outputs
            .iter()
            .try_for_each(|&output| self.gate_output(scope, output, value))
    }

    /// `bufif0`, `bufif1`, `notif0`, `notif1`.
    fn three_state_gate(
        &mut self,
        scope: ScopeIdx,
        gate: &'a Instance,
        terminals: &[ExprId],
        count: u32,
    ) -> Res<()> {
        let name = &gate.definition;
        let &[output, data, control] = terminals else {
            let message = format!("`{}` has three terminals", name.text);
            return self.fail(
                Diagnostic::error(codes::BAD_CONNECTION, name.span, message)
                    .help("connect output, data and control"),
            );
        };
        let mut data = self.terminal(scope, data, count)?;
        let control = self.terminal(scope, control, count)?;
        if name.text.starts_with("not") {
            data = self.exprs.not(data);
        }
        let mut bits = Vec::new();
        for at in 0..count {
            let bit = self.exprs.slice(data, at, 1);
            let on = self.exprs.slice(control, at, 1);
            let off = self.high_z(name.span, 1);
            bits.push(match name.text.ends_with('1') {
                true => self.exprs.mux(on, bit, off),
                false => self.exprs.mux(on, off, bit),
            });
        }
        let value = self.exprs.concat(&bits);
        self.gate_output(scope, output, value)
    }

    /// The value of an input: a bit for each gate of the array.
    fn terminal(
        &mut self,
        scope: ScopeIdx,
        expr: ast::ExprId,
        count: u32,
    ) -> Res<crate::netlist::ExprId> {
        if count == 1 {
            return self.assigned(scope, expr, 1);
        }
        let (value, _) = self.self_signed(scope, expr)?;
        match self.exprs.width(value) {
            1 => Ok(self.exprs.concat(&vec![value; count as usize])),
            width if width == count => Ok(value),
            width => {
                let message = format!("{width} bits for an array of {count} gates");
                let span = self.ast[expr].span;
                self.fail(
                    Diagnostic::error(codes::BAD_CONNECTION, span, message)
                        .help("connect one bit, or one for each gate"),
                )
            }
        }
    }

    fn gate_output(
        &mut self,
        scope: ScopeIdx,
        output: ast::ExprId,
        value: crate::netlist::ExprId,
    ) -> Res<()> {
        let target = self.target(scope, output)?;
        let wide = self.exprs.zero_extend(value, target.width() as u32);
        self.drive_target(&target, wide, self.ast[output].span)
    }

    /// `pullup`, `pulldown`
    fn pull(&mut self, scope: ScopeIdx, terminal: ast::ExprId, up: bool) -> Res<()> {
        let target = self.target(scope, terminal)?;
        let mut open = vec![target];
        while let Some(target) = open.pop() {
            let part = match target {
                Target::Concat(parts) => {
                    open.extend(parts);
                    continue;
                }
                Target::Stream(target, _) => {
                    open.push(*target);
                    continue;
                }
                Target::Part(part) => part,
            };
            let (Storage::Slots(first), Element::At(at), true) = (
                self.net(part.net).storage,
                part.element,
                part.bits.terms.is_empty(),
            ) else {
                continue;
            };
            let have = i64::from(self.net(part.net).ty.width);
            let low = part.bits.constant;
            let (from, to) = (
                low.clamp(0, have),
                (low + i64::from(part.ty.width)).clamp(0, have),
            );
            self.pulls.push(Pull {
                slot: first + at,
                low: from as u32,
                width: (to - from) as u32,
                up,
            });
        }
        Ok(())
    }
}
