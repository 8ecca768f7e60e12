//! The netlist as text, for people and snapshots.
//!
//! One line per register, memory, output and shared expression. Expressions
//! that are used once are written in place, others as `%n` where they are
//! defined before their first use. Deterministic: the order is that of the
//! netlist's lists.

use std::fmt::Write;

use super::{BinaryOp, Boundary, ExprId, Netlist, Node, Sampled, UnaryOp};

/// Deepest expression that is written in place.
const MAX_DEPTH: u32 = 6;

/// The text of a whole netlist.
pub fn print(netlist: &Netlist) -> String {
    let mut printer = Printer::new(netlist);
    let _ = writeln!(printer.out, "machine {}", netlist.top);
    for clock in &netlist.clocks {
        let edge = if clock.rising { "posedge" } else { "negedge" };
        let _ = writeln!(printer.out, "clock {edge} {}", clock.port);
    }
    for input in &netlist.inputs {
        let stable = if input.stable { " stable" } else { "" };
        let _ = writeln!(printer.out, "input {}[{}]{stable}", input.name, input.width);
    }
    for register in &netlist.registers {
        let next = printer.text(register.next);
        let mut line = format!("reg {}[{}] <= {next}", register.name, register.width);
        for reset in &register.async_resets {
            let (active, value) = (printer.text(reset.active), printer.text(reset.value));
            let _ = write!(line, " async {active} -> {value}");
        }
        if let Some(init) = &register.init {
            let _ = write!(line, " init {init}");
        }
        let _ = writeln!(printer.out, "{line}");
    }
    for memory in &netlist.memories {
        let (name, depth) = (&memory.name, memory.depth);
        let _ = writeln!(printer.out, "memory {name}[{depth} x {}]", memory.width);
        for write in &memory.writes {
            let [enable, address, data, mask] =
                [write.enable, write.address, write.data, write.mask]
                    .map(|expr| printer.text(expr));
            let _ = writeln!(
                printer.out,
                "  write {name}[{address}] <= {data} mask {mask} if {enable}"
            );
        }
    }
    for output in &netlist.outputs {
        let value = printer.text(output.expr);
        let kind = match output.boundary {
            Boundary::Released => "released",
            _ => "output",
        };
        let when = match output.sampled {
            Sampled::Always => String::new(),
            Sampled::Never => " never".to_owned(),
            Sampled::When(condition) => format!(" when {}", printer.text(condition)),
        };
        let _ = writeln!(printer.out, "{kind} {} = {value}{when}", output.name);
    }
    for handshake in &netlist.handshakes {
        let kind = if handshake.produces {
            "produces"
        } else {
            "consumes"
        };
        let transfer = printer.text(handshake.transfer);
        let _ = writeln!(printer.out, "{kind} when {transfer}");
    }
    printer.out
}

/// The text of one expression, everything written in place down to a fixed depth.
pub fn print_expr(netlist: &Netlist, expr: ExprId) -> String {
    let mut printer = Printer::new(netlist);
    printer.uses.fill(1);
    printer.inline_only = true;
    printer.text(expr)
}

struct Printer<'a> {
    netlist: &'a Netlist,
    out: String,
    /// How often an expression is used.
    uses: Vec<u32>,
    /// Already defined as `%n`.
    defined: Vec<bool>,
    inline_only: bool,
}

impl<'a> Printer<'a> {
    fn new(netlist: &'a Netlist) -> Printer<'a> {
        let exprs = &netlist.exprs;
        let mut uses = vec![0u32; exprs.len()];
        for root in netlist.roots() {
            uses[root.index()] += 1;
        }
        for id in exprs.ids().rev() {
            if uses[id.index()] > 0 {
                exprs.operands(id, |operand| uses[operand.index()] += 1);
            }
        }
        Printer {
            netlist,
            out: String::new(),
            uses,
            defined: vec![false; exprs.len()],
            inline_only: false,
        }
    }

    /// The text of an expression; writes the definitions that it needs.
    fn text(&mut self, root: ExprId) -> String {
        if !self.inline_only {
            self.define_shared(root);
        }
        self.inline(root, 0)
    }

    fn is_shared(&self, id: ExprId) -> bool {
        let leaf = matches!(
            self.netlist.exprs.node(id),
            Node::Const(_) | Node::Input(_) | Node::Reg(_) | Node::Net(_)
        );
        !leaf && self.uses[id.index()] > 1
    }

    /// Defines the shared expressions below a root, operands first.
    fn define_shared(&mut self, root: ExprId) {
        let exprs = &self.netlist.exprs;
        let mut seen = vec![false; root.index() + 1];
        seen[root.index()] = true;
        let mut depth = vec![0u32; root.index() + 1];
        let mut define = Vec::new();
        for id in (0..=root.index()).rev().map(ExprId::from_index) {
            if !seen[id.index()] {
                continue;
            }
            if self.defined[id.index()] {
                continue;
            }
            let own = depth[id.index()];
            if self.is_shared(id) || own >= MAX_DEPTH {
                define.push(id);
            }
            let below = if own >= MAX_DEPTH { 1 } else { own + 1 };
            exprs.operands(id, |operand| {
                seen[operand.index()] = true;
                depth[operand.index()] = depth[operand.index()].max(below);
            });
        }
        for id in define.into_iter().rev() {
            let width = exprs.width(id);
            let text = self.node(id, 0);
            self.defined[id.index()] = true;
            let _ = writeln!(self.out, "%{}[{width}] = {text}", id.index());
        }
    }

    fn inline(&self, id: ExprId, depth: u32) -> String {
        if self.defined[id.index()] {
            return format!("%{}", id.index());
        }
        if depth > 2 * MAX_DEPTH {
            return "…".to_owned();
        }
        self.node(id, depth)
    }

    fn node(&self, id: ExprId, depth: u32) -> String {
        let of = |expr: &ExprId| self.inline(*expr, depth + 1);
        let list = |items: &[ExprId]| items.iter().map(of).collect::<Vec<_>>().join(", ");
        let netlist = self.netlist;
        match netlist.exprs.node(id) {
            Node::Const(bits) => bits.to_string(),
            Node::Input(input) => netlist.inputs[input.index()].name.clone(),
            Node::Reg(register) => netlist.registers[register.index()].name.clone(),
            Node::Net(net) => format!("net#{net}"),
            Node::MemRead(memory, address) => {
                format!("{}[{}]", netlist.memories[memory.index()].name, of(address))
            }
            Node::Unary(op, a) => {
                let op = match op {
                    UnaryOp::Not => "~",
                    UnaryOp::Neg => "-",
                    UnaryOp::ReduceAnd => "&",
                    UnaryOp::ReduceOr => "|",
                    UnaryOp::ReduceXor => "^",
                    UnaryOp::SignExtend => {
                        return format!("sext({}, {})", of(a), netlist.exprs.width(id));
                    }
                };
                format!("{op}{}", of(a))
            }
            Node::Binary(op, a, b) => format!("({} {} {})", of(a), symbol(*op), of(b)),
            Node::Mux(select, then, other) => {
                format!("({} ? {} : {})", of(select), of(then), of(other))
            }
            Node::Slice(a, low) => match netlist.exprs.width(id) {
                1 => format!("{}[{low}]", of(a)),
                width => format!("{}[{}:{low}]", of(a), low + width - 1),
            },
            Node::Concat(items) => {
                let items: Vec<String> = items.iter().rev().map(of).collect();
                format!("{{{}}}", items.join(", "))
            }
            Node::Index(index, items) => format!("[{}][{}]", list(items), of(index)),
        }
    }
}

fn symbol(op: BinaryOp) -> &'static str {
    match op {
        BinaryOp::And => "&",
        BinaryOp::Or => "|",
        BinaryOp::Xor => "^",
        BinaryOp::Add => "+",
        BinaryOp::Sub => "-",
        BinaryOp::Mul => "*",
        BinaryOp::DivU => "/",
        BinaryOp::DivS => "/s",
        BinaryOp::ModU => "%",
        BinaryOp::ModS => "%s",
        BinaryOp::Eq => "==",
        BinaryOp::LtU => "<",
        BinaryOp::LtS => "<s",
        BinaryOp::Shl => "<<",
        BinaryOp::ShrU => ">>",
        BinaryOp::ShrS => ">>>",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::netlist::testing::Builder;

    #[test]
    fn shared_expressions_are_defined_once() {
        let mut b = Builder::new();
        let x = b.input("x", 4);
        let q = b.register("q", 4, Some(3));
        let sum = b.binary(BinaryOp::Add, q, x);
        b.next(q, sum);
        b.output("y", sum);
        let text = print(&b.finish());
        let shared = format!("%{}", sum.index());
        assert!(text.contains(&format!("{shared}[4] = (q + x)")), "{text}");
        assert!(
            text.contains(&format!("reg q[4] <= {shared} async")),
            "{text}"
        );
        assert!(text.contains(&format!("output y = {shared}")), "{text}");
    }
}
