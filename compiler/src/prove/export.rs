//! The obligations as Verilog, for Yosys to check.
//!
//! `step.v` is one cycle of the machine without clocks, written word by word from the
//! netlist: registers, inputs and unknown values go in, outputs, their conditions and
//! the registers' next values come out. Each `state_N.v` has two of it and the
//! claim about a control state as an expression over them; `wrong` is 1 where the claim
//! fails. `check.ys` asks Yosys (`sat`) for each whether it ever is. Nothing
//! of the circuits and clauses that [`super::prove`] makes is used. A division by zero is what Yosys takes it
//! for, the same in both copies.
//!
//! The start, that a reset leads into an initial state, is not among them.
//!
//! Machines with memories are not taken: what two copies read would have to be
//! related by more than Verilog says.

use std::fmt::Write;

use super::Claims;
use super::claims::{facts, given, kept, successors};
use crate::control::StateId;
use crate::netlist::known::Cone;
use crate::netlist::verilog::{literal, operator, range};
use crate::netlist::{Bits, ExprId, Netlist, Node, RegId, Sampled};

/// A file to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportFile {
    /// Its name.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// The obligations of all control states, `None` if the machine has memories that are written or read.
pub fn export(claims: &Claims<'_>) -> Option<Vec<ExportFile>> {
    if !claims.netlist.memories.is_empty() {
        return None;
    }
    let machine = Machine::new(claims.netlist);
    let mut files = vec![ExportFile {
        name: "step.v".to_owned(),
        text: machine.text(),
    }];
    let mut script =
        "# yosys -q check.ys: ends with an error at the first claim that fails\n".to_owned();
    for index in 0..claims.graph.states.len() {
        let state = StateId(index as u32);
        let name = format!("state_{index}");
        let text = machine.obligation(claims, state, &name);
        files.push(ExportFile {
            name: format!("{name}.v"),
            text,
        });
        let lines = [
            format!("# {}", claims.graph.states[index].name.replace('\n', " ")),
            "design -reset".to_owned(),
            format!("read_verilog step.v {name}.v"),
            format!("hierarchy -top {name}"),
            "proc".to_owned(),
            "flatten".to_owned(),
            "opt".to_owned(),
            format!("sat -verify -prove wrong 0 {name}"),
        ];
        script += &lines.join("\n");
        script.push('\n');
    }
    files.push(ExportFile {
        name: "check.ys".to_owned(),
        text: script,
    });
    Some(files)
}

struct Machine<'a> {
    netlist: &'a Netlist,
    /// Expressions below the roots, operands first.
    needed: Vec<ExprId>,
    /// Of those, the ones with a value that the language leaves open: an unknown constant, an element past the end.
    open: Vec<ExprId>,
}

impl<'a> Machine<'a> {
    fn new(netlist: &'a Netlist) -> Machine<'a> {
        let cone = Cone::new(&netlist.exprs, netlist.roots());
        let needed = cone.nodes().to_vec();
        let open = needed.iter().copied();
        let open = open.filter(|&id| match netlist.exprs.node(id) {
            Node::Const(bits) => !bits.is_known(),
            Node::Index(..) => true,
            _ => false,
        });
        Machine {
            netlist,
            open: open.collect(),
            needed,
        }
    }

    /// What goes into the step besides the registers, with its width.
    fn given(&self) -> Vec<(String, u32)> {
        let inputs = self.netlist.inputs.iter().enumerate();
        let inputs = inputs.map(|(at, input)| (format!("i{at}"), input.width));
        let exprs = &self.netlist.exprs;
        let open = self.open.iter();
        let open = open.map(|&id| (format!("u{}", id.index()), exprs.width(id)));
        inputs.chain(open).collect()
    }

    /// What comes out of the step, with its width.
    fn results(&self) -> Vec<(String, u32)> {
        let mut list = Vec::new();
        for (at, output) in self.netlist.outputs.iter().enumerate() {
            list.push((format!("o{at}"), self.netlist.exprs.width(output.expr)));
            if let Sampled::When(_) = output.sampled {
                list.push((format!("c{at}"), 1));
            }
        }
        let registers = self.netlist.registers.iter().enumerate();
        list.extend(registers.map(|(at, register)| (format!("x{at}"), register.width)));
        list
    }

    fn registers(&self) -> impl Iterator<Item = (usize, u32)> {
        let registers = self.netlist.registers.iter().enumerate();
        registers.map(|(at, register)| (at, register.width))
    }

    /// `step.v`.
    fn text(&self) -> String {
        let mut out = String::new();
        // Writing to a string cannot fail.
        let _ = self.write_step(&mut out);
        out
    }

    fn write_step(&self, out: &mut String) -> std::fmt::Result {
        writeln!(out, "module step(")?;
        for (name, width) in self.given() {
            writeln!(out, "  input {}{name},", range(width))?;
        }
        for (at, width) in self.registers() {
            writeln!(out, "  input {}r{at},", range(width))?;
        }
        let results: Vec<String> = (self.results().iter())
            .map(|(name, width)| format!("  output {}{name}", range(*width)))
            .collect();
        writeln!(out, "{});", results.join(",\n"))?;
        // Resets are seen as the registers are stored; all else sees what they make of them.
        let netlist = self.netlist;
        let resets = netlist.registers.iter().flat_map(|r| &r.async_resets);
        let roots = resets.flat_map(|reset| [reset.active, reset.value]);
        for &id in Cone::new(&netlist.exprs, roots).nodes() {
            self.write_node(out, id, "s", "r")?;
        }
        for (at, register) in netlist.registers.iter().enumerate() {
            let value = self.under_resets(at, format!("r{at}"), "s", "r");
            writeln!(out, "  wire {}e{at} = {value};", range(register.width))?;
        }
        for &id in &self.needed {
            self.write_node(out, id, "n", "e")?;
        }
        let of = |id: ExprId| self.operand(id, "n", "e");
        for (at, output) in netlist.outputs.iter().enumerate() {
            writeln!(out, "  assign o{at} = {};", of(output.expr))?;
            if let Sampled::When(condition) = output.sampled {
                writeln!(out, "  assign c{at} = {};", of(condition))?;
            }
        }
        for (at, register) in netlist.registers.iter().enumerate() {
            let value = self.under_resets(at, of(register.next), "n", "e");
            writeln!(out, "  assign x{at} = {value};")?;
        }
        writeln!(out, "endmodule")
    }

    fn under_resets(&self, at: usize, value: String, nodes: &str, registers: &str) -> String {
        let of = |id: ExprId| self.operand(id, nodes, registers);
        let resets = self.netlist.registers[at].async_resets.iter().rev();
        resets.fold(value, |value, reset| {
            format!("{} ? {} : ({value})", of(reset.active), of(reset.value))
        })
    }

    /// A name or literal for an expression.
    fn operand(&self, id: ExprId, nodes: &str, registers: &str) -> String {
        match self.netlist.exprs.node(id) {
            Node::Const(bits) if bits.is_known() => literal(bits),
            Node::Input(input) => format!("i{}", input.index()),
            Node::Reg(register) => format!("{registers}{}", register.index()),
            _ => format!("{nodes}{}", id.index()),
        }
    }

    fn write_node(
        &self,
        out: &mut String,
        id: ExprId,
        nodes: &str,
        registers: &str,
    ) -> std::fmt::Result {
        let exprs = &self.netlist.exprs;
        let width = range(exprs.width(id));
        let name = format!("{nodes}{}", id.index());
        let open = format!("u{}", id.index());
        let of = |id: ExprId| self.operand(id, nodes, registers);
        let value = match exprs.node(id) {
            Node::Const(bits) if bits.is_known() => return Ok(()),
            Node::Const(bits) => {
                let (known, value) = (known(bits), value(bits));
                format!("({open} & ~{}) | {}", literal(&known), literal(&value))
            }
            Node::Input(_) | Node::Reg(_) => return Ok(()),
            Node::Net(_) => unreachable!("a finished netlist has no nets"),
            Node::MemRead(..) => unreachable!("machines with memories are not exported"),
            Node::Index(index, items) => {
                writeln!(out, "  reg {width}{name};")?;
                writeln!(out, "  always @* case ({})", of(*index))?;
                let bits = exprs.width(*index);
                for (at, &item) in items.iter().enumerate() {
                    let label = literal(&Bits::from_u64(bits, at as u64));
                    writeln!(out, "    {label}: {name} = {};", of(item))?;
                }
                writeln!(out, "    default: {name} = {open};")?;
                return writeln!(out, "  endcase");
            }
            _ => operator(exprs, id, of),
        };
        writeln!(out, "  wire {width}{name} = {value};")
    }

    /// An instance of the step; its registers are `registers` with their numbers, its results begin with `prefix`.
    fn write_instance(&self, out: &mut String, prefix: &str, registers: &str) -> std::fmt::Result {
        let mut ports: Vec<String> = (self.given().iter())
            .map(|(name, _)| format!(".{name}({name})"))
            .collect();
        ports.extend(
            self.registers()
                .map(|(at, _)| format!(".r{at}({registers}{at})")),
        );
        for (name, width) in self.results() {
            writeln!(out, "  wire {}{prefix}{name};", range(width))?;
            ports.push(format!(".{name}({prefix}{name})"));
        }
        writeln!(out, "  step {prefix}({});", ports.join(", "))
    }

    /// The claim about a control state.
    fn obligation(&self, claims: &Claims<'_>, state: StateId, name: &str) -> String {
        let mut out = String::new();
        let _ = self.write_obligation(&mut out, claims, state, name);
        out
    }

    fn write_obligation(
        &self,
        out: &mut String,
        claims: &Claims<'_>,
        state: StateId,
        name: &str,
    ) -> std::fmt::Result {
        writeln!(
            out,
            "// {}",
            claims.graph.states[state.index()].name.replace('\n', " ")
        )?;
        writeln!(out, "module {name}(")?;
        for (name, width) in self.given() {
            writeln!(out, "  input {}{name},", range(width))?;
        }
        // Any valuation, and what a lost bit is.
        for (at, width) in self.registers() {
            writeln!(
                out,
                "  input {}r{at}, input {}f{at},",
                range(width),
                range(width)
            )?;
        }
        writeln!(out, "  output wrong);")?;
        let keep = kept(claims, state);
        let given = given(claims, state);
        for (at, width) in self.registers() {
            let register = RegId(at as u32);
            let fact = facts(claims, state).find(|(of, _)| *of == register);
            let whole = match fact {
                Some((_, value)) => literal(value),
                None => {
                    let (mask, ones) = self.constants(claims, state, register);
                    match mask.is_zero() {
                        true => format!("r{at}"),
                        false => format!("(r{at} & ~{}) | {}", literal(&mask), literal(&ones)),
                    }
                }
            };
            let kept = self.mask(claims, register, |bit| keep.contains(bit));
            let told = |bit| given.and_then(|given| given.value(bit));
            let lost = self.mask(claims, register, |bit| {
                !keep.contains(bit) && told(bit).is_none()
            });
            let ones = self.mask(claims, register, |bit| {
                !keep.contains(bit) && told(bit) == Some(true)
            });
            let (kept, lost, ones) = (literal(&kept), literal(&lost), literal(&ones));
            let width = range(width);
            writeln!(out, "  wire {width}p{at} = {whole};")?;
            writeln!(
                out,
                "  wire {width}q{at} = (p{at} & {kept}) | (f{at} & {lost}) | {ones};"
            )?;
        }
        self.write_instance(out, "a", "p")?;
        self.write_instance(out, "b", "q")?;
        let mut wrong = Vec::new();
        for (at, output) in self.netlist.outputs.iter().enumerate() {
            match output.sampled {
                Sampled::Always => wrong.push(format!("(ao{at} != bo{at})")),
                Sampled::Never => {}
                Sampled::When(_) => {
                    wrong.push(format!("(ac{at} != bc{at})"));
                    wrong.push(format!("(ac{at} & (ao{at} != bo{at}))"));
                }
            }
        }
        let mut ends = Vec::new();
        for target in successors(claims, state) {
            let mut agree = vec!["1'b1".to_owned()];
            for (register, value) in facts(claims, target) {
                agree.push(format!("(ax{} == {})", register.index(), literal(value)));
            }
            let live = &claims.liveness.live[target.index()];
            for (at, _) in self.registers() {
                let (mask, ones) = self.constants(claims, target, RegId(at as u32));
                if !mask.is_zero() {
                    let (mask, ones) = (literal(&mask), literal(&ones));
                    agree.push(format!("((ax{at} & {mask}) == {ones})"));
                }
                let mask = self.mask(claims, RegId(at as u32), |bit| live.contains(bit));
                if !mask.is_zero() {
                    let mask = literal(&mask);
                    agree.push(format!("(((ax{at} ^ bx{at}) & {mask}) == 0)"));
                }
            }
            ends.push(format!("({})", agree.join(" & ")));
        }
        wrong.push(format!("~({})", ends.join(" | ")));
        writeln!(out, "  assign wrong = {};", wrong.join(" | "))?;
        writeln!(out, "endmodule")
    }

    /// The bits of a register that are in a set.
    /// The constants of a register in a state: which bits, and those that are 1.
    fn constants(&self, claims: &Claims<'_>, state: StateId, register: RegId) -> (Bits, Bits) {
        let value = |bit| claims.liveness.constants[state.index()].value(bit);
        (
            self.mask(claims, register, |bit| value(bit).is_some()),
            self.mask(claims, register, |bit| value(bit) == Some(true)),
        )
    }

    fn mask(&self, claims: &Claims<'_>, register: RegId, wanted: impl Fn(usize) -> bool) -> Bits {
        let bits = claims.liveness.bits.range(register);
        let width = bits.len();
        let mut limbs = vec![0u64; width.div_ceil(64)];
        for (at, number) in bits.enumerate() {
            limbs[at / 64] |= u64::from(wanted(number)) << (at % 64);
        }
        Bits::new(width as u32, &limbs, &[])
    }
}

/// 1 where a bit is known.
fn known(bits: &Bits) -> Bits {
    per_bit(bits, |bit| bit.is_some())
}

/// 1 where a bit is known to be 1.
fn value(bits: &Bits) -> Bits {
    per_bit(bits, |bit| bit == Some(true))
}

fn per_bit(bits: &Bits, of: impl Fn(Option<bool>) -> bool) -> Bits {
    let mut limbs = vec![0u64; bits.width().div_ceil(64) as usize];
    for at in 0..bits.width() {
        limbs[at as usize / 64] |= u64::from(of(bits.bit(at))) << (at % 64);
    }
    Bits::new(bits.width(), &limbs, &[])
}
