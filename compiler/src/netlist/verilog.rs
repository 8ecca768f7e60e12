//! A netlist as one flat Verilog-2005 module, for simulators and solvers to
//! compare with the source.
//!
//! The module has the ports of the top under their own names, behind ports for
//! what else enters and leaves the machine (black boxes, other clocks); every
//! other name begins with `idetic_`. Registers keep their initial values.

use std::fmt::Write;

use super::{
    BinaryOp, Bits, Boundary, ClockId, ExprId, Exprs, Netlist, Node, Output, Register, UnaryOp,
};
use crate::frontend::ast::Direction;

impl Netlist {
    /// The netlist as the text of a module called `name`.
    pub fn to_verilog(&self, name: &str) -> String {
        let mut text = String::new();
        // Writing to a string cannot fail.
        let _ = self.write_module(&mut text, name);
        text
    }

    fn write_module(&self, out: &mut String, name: &str) -> std::fmt::Result {
        writeln!(out, "module {} (", identifier(name))?;
        // What is no port of the top becomes one here.
        let outside = |boundary| !matches!(boundary, Boundary::Port | Boundary::Released);
        for input in self.inputs.iter().filter(|input| outside(input.boundary)) {
            let (range, name) = (range(input.width), identifier(&input.name));
            writeln!(out, "    input wire {range}{name},")?;
        }
        for output in self
            .outputs
            .iter()
            .filter(|output| outside(output.boundary))
        {
            let range = range(self.exprs.width(output.expr));
            writeln!(out, "    output wire {range}{},", identifier(&output.name))?;
        }
        for (at, port) in self.ports.iter().enumerate() {
            let direction = match port.direction {
                Direction::Input => "input",
                Direction::Output => "output",
                Direction::Inout | Direction::Ref => "inout",
            };
            let comma = if at + 1 < self.ports.len() { "," } else { "" };
            let range = range(port.width);
            let name = identifier(&port.name);
            writeln!(out, "    {direction} wire {range}{name}{comma}")?;
        }
        writeln!(out, ");")?;
        for (at, register) in self.registers.iter().enumerate() {
            let range = range(register.width);
            writeln!(out, "  reg {range}idetic_r{at}; // {}", register.name)?;
            if let Some(init) = &register.init {
                writeln!(out, "  initial idetic_r{at} = {};", literal(init))?;
            }
        }
        for (at, memory) in self.memories.iter().enumerate() {
            let (range, last) = (range(memory.width), memory.depth - 1);
            writeln!(
                out,
                "  reg {range}idetic_m{at} [0:{last}]; // {}",
                memory.name
            )?;
            for (word, init) in memory.init.iter().flatten().enumerate() {
                let value = literal(init);
                writeln!(out, "  initial idetic_m{at}[{word}] = {value};")?;
            }
        }
        for id in self.exprs.ids() {
            self.write_node(out, id)?;
        }
        for output in &self.outputs {
            self.write_output(out, output)?;
        }
        for (at, register) in self.registers.iter().enumerate() {
            let clock = self.event(register.clocking.clock);
            self.write_register(out, at, register, &clock)?;
        }
        self.write_memories(out)?;
        writeln!(out, "endmodule")
    }

    /// A port, bit by bit where it can be released.
    fn write_output(&self, out: &mut String, output: &Output) -> std::fmt::Result {
        if output.boundary == Boundary::Released {
            return Ok(());
        }
        let (name, value) = (identifier(&output.name), self.operand(output.expr));
        let released = self
            .outputs
            .iter()
            .find(|other| other.boundary == Boundary::Released && other.name == output.name);
        let Some(released) = released else {
            return writeln!(out, "  assign {name} = {value};");
        };
        let released = self.operand(released.expr);
        let width = self.exprs.width(output.expr);
        for bit in 0..width {
            let select = match width {
                1 => String::new(),
                _ => format!("[{bit}]"),
            };
            writeln!(
                out,
                "  assign {name}{select} = (({released} >> {bit}) & 1'b1) ? 1'bz : {value} >> {bit};"
            )?;
        }
        Ok(())
    }

    fn write_register(
        &self,
        out: &mut String,
        at: usize,
        register: &Register,
        clock: &str,
    ) -> std::fmt::Result {
        write!(out, "  always @({clock}")?;
        for reset in &register.async_resets {
            let edge = if reset.port.1 { "posedge" } else { "negedge" };
            write!(out, " or {edge} {}", identifier(&reset.port.0))?;
        }
        write!(out, ") ")?;
        for reset in &register.async_resets {
            let active = if reset.port.1 { "" } else { "!" };
            let port = identifier(&reset.port.0);
            let value = self.operand(reset.value);
            write!(out, "if ({active}{port}) idetic_r{at} <= {value}; else ")?;
        }
        writeln!(out, "idetic_r{at} <= {};", self.operand(register.next))
    }

    /// The event of a clock: `posedge clk`.
    fn event(&self, clock: ClockId) -> String {
        let clock = &self.clocks[clock.index()];
        let edge = if clock.rising { "posedge" } else { "negedge" };
        format!("{edge} {}", identifier(&clock.port))
    }

    fn write_memories(&self, out: &mut String) -> std::fmt::Result {
        for (at, memory) in self.memories.iter().enumerate() {
            let mut last = None;
            for write in &memory.writes {
                // Ports of one clock stay in order, in one process.
                if last != Some(write.clock) {
                    if last.is_some() {
                        writeln!(out, "  end")?;
                    }
                    writeln!(out, "  always @({}) begin", self.event(write.clock))?;
                    last = Some(write.clock);
                }
                let [enable, address, data, mask] =
                    [write.enable, write.address, write.data, write.mask].map(|e| self.operand(e));
                for bit in 0..memory.width {
                    let select = match memory.width {
                        1 => String::new(),
                        _ => format!("[{bit}]"),
                    };
                    writeln!(
                        out,
                        "    if ({enable} & (({mask} >> {bit}) & 1'b1)) \
                         idetic_m{at}[{address}]{select} <= {data} >> {bit};"
                    )?;
                }
            }
            if last.is_some() {
                writeln!(out, "  end")?;
            }
        }
        Ok(())
    }

    /// A name or literal for an expression.
    fn operand(&self, id: ExprId) -> String {
        match self.exprs.node(id) {
            Node::Const(bits) => literal(bits),
            Node::Input(input) => identifier(&self.inputs[input.index()].name),
            Node::Reg(register) => format!("idetic_r{}", register.index()),
            _ => format!("idetic_n{}", id.index()),
        }
    }

    fn write_node(&self, out: &mut String, id: ExprId) -> std::fmt::Result {
        let range = range(self.exprs.width(id));
        let name = format!("idetic_n{}", id.index());
        let of = |id: &ExprId| self.operand(*id);
        let value = match self.exprs.node(id) {
            Node::Const(_) | Node::Input(_) | Node::Reg(_) => return Ok(()),
            Node::Net(slot) => format!("idetic_net{slot}"),
            Node::MemRead(mem, address) => format!("idetic_m{}[{}]", mem.index(), of(address)),
            Node::Index(index, items) => {
                writeln!(out, "  reg {range}{name};")?;
                writeln!(out, "  always @* case ({})", of(index))?;
                let bits = self.exprs.width(*index);
                for (at, item) in items.iter().enumerate() {
                    let label = literal(&Bits::from_u64(bits, at as u64));
                    writeln!(out, "    {label}: {name} = {};", of(item))?;
                }
                let unknown = literal(&Bits::unknown(self.exprs.width(id)));
                writeln!(out, "    default: {name} = {unknown};")?;
                return writeln!(out, "  endcase");
            }
            _ => operator(&self.exprs, id, |operand| self.operand(operand)),
        };
        writeln!(out, "  wire {range}{name} = {value};")
    }
}

/// An operator with the text of its operands; the value is as wide as the expression
/// where that is assigned to a wire of its width.
pub(crate) fn operator(exprs: &Exprs, id: ExprId, operand: impl Fn(ExprId) -> String) -> String {
    let of = |id: &ExprId| operand(*id);
    match exprs.node(id) {
        Node::Unary(op, a) => match op {
            UnaryOp::Not => format!("~{}", of(a)),
            UnaryOp::Neg => format!("-{}", of(a)),
            UnaryOp::ReduceAnd => format!("&{}", of(a)),
            UnaryOp::ReduceOr => format!("|{}", of(a)),
            UnaryOp::ReduceXor => format!("^{}", of(a)),
            UnaryOp::SignExtend => {
                let have = exprs.width(*a);
                let more = exprs.width(id) - have;
                let sign = match have {
                    1 => of(a),
                    _ => format!("{}[{}]", of(a), have - 1),
                };
                format!("{{{{{more}{{{sign}}}}}, {}}}", of(a))
            }
        },
        Node::Binary(op, a, b) => {
            let (a, b) = (of(a), of(b));
            match op {
                BinaryOp::And => format!("{a} & {b}"),
                BinaryOp::Or => format!("{a} | {b}"),
                BinaryOp::Xor => format!("{a} ^ {b}"),
                BinaryOp::Add => format!("{a} + {b}"),
                BinaryOp::Sub => format!("{a} - {b}"),
                BinaryOp::Mul => format!("{a} * {b}"),
                BinaryOp::DivU => format!("{a} / {b}"),
                BinaryOp::DivS => format!("$signed({a}) / $signed({b})"),
                BinaryOp::ModU => format!("{a} % {b}"),
                BinaryOp::ModS => format!("$signed({a}) % $signed({b})"),
                BinaryOp::Eq => format!("{a} == {b}"),
                BinaryOp::LtU => format!("{a} < {b}"),
                BinaryOp::LtS => format!("$signed({a}) < $signed({b})"),
                BinaryOp::Shl => format!("{a} << {b}"),
                BinaryOp::ShrU => format!("{a} >> {b}"),
                BinaryOp::ShrS => format!("$signed({a}) >>> {b}"),
            }
        }
        Node::Mux(select, a, b) => format!("{} ? {} : {}", of(select), of(a), of(b)),
        Node::Slice(a, low) => {
            let high = low + exprs.width(id) - 1;
            match high == *low {
                true => format!("{}[{low}]", of(a)),
                false => format!("{}[{high}:{low}]", of(a)),
            }
        }
        Node::Concat(items) => {
            let items: Vec<String> = items.iter().rev().map(of).collect();
            format!("{{{}}}", items.join(", "))
        }
        _ => unreachable!("leaves and lists are no operators"),
    }
}

pub(crate) fn range(width: u32) -> String {
    match width {
        1 => String::new(),
        _ => format!("[{}:0] ", width - 1),
    }
}

pub(crate) fn literal(bits: &Bits) -> String {
    bits.to_string()
}

/// A name as it is written: escaped unless it is a simple identifier.
fn identifier(name: &str) -> String {
    let simple = name.chars().enumerate().all(|(at, c)| {
        c == '_' || c.is_ascii_alphabetic() || (at > 0 && (c.is_ascii_digit() || c == '$'))
    });
    match simple {
        true => name.to_string(),
        false => format!("\\{name} "),
    }
}
