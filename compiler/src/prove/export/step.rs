//! One cycle of the machine as a combinational module `step`.
//!
//! | ports | what |
//! | --- | --- |
//! | in `iN`, `uN`, `rN` | inputs, values that the language leaves open, registers as they are stored |
//! | in `dN`, `sdN` | data of the memory read that is expression N, as all sees it and as asynchronous resets do |
//! | out `oN`, `cN`, `eN`, `xN` | outputs, conditions under which they count, registers as they read, and after the cycle |
//! | out `kN`, `skN` | the addresses of those reads |
//! | out `mN_we`, `mN_wa`, `mN_wd`, `mN_wm` | enable, address, data and mask of the write ports of memory N, from port 0 on side by side: `m0_1_we` |

use std::fmt::Write;

use super::mask;
use crate::netlist::known::Cone;
use crate::netlist::verilog::{literal, operator, range};
use crate::netlist::{Bits, ExprId, MemId, Netlist, Node, Sampled};

/// A named value with its width.
pub(super) type Signal = (String, u32);

/// A netlist made ready to be written.
pub(super) struct Step<'a> {
    netlist: &'a Netlist,
    /// Expressions below the roots, operands first.
    needed: Vec<ExprId>,
    /// Those that asynchronous resets consist of.
    resets: Vec<ExprId>,
    /// Of the needed ones, those with a value that the language leaves open: an unknown constant, an element past the end.
    open: Vec<ExprId>,
    /// The memory reads.
    pub(super) reads: Vec<Read>,
}

/// A read of a memory.
pub(super) struct Read {
    /// The memory.
    pub(super) memory: MemId,
    /// The port that takes its data.
    pub(super) data: Signal,
    /// The port that gives its address.
    pub(super) address: Signal,
    /// The expression of the address.
    from: ExprId,
    /// How the names of values that it sees begin.
    sees: Sees,
}

/// Which values of the registers expressions are made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sees {
    /// As stored: asynchronous resets do.
    Stored,
    /// As they read under the asynchronous resets: all else does.
    Effective,
}

impl Sees {
    /// How names of expressions begin.
    fn node(self) -> &'static str {
        match self {
            Sees::Stored => "s",
            Sees::Effective => "n",
        }
    }

    /// How names of registers begin.
    fn register(self) -> &'static str {
        match self {
            Sees::Stored => "r",
            Sees::Effective => "e",
        }
    }

    /// How names of ports begin that only one of the two would need.
    fn port(self) -> &'static str {
        match self {
            Sees::Stored => "s",
            Sees::Effective => "",
        }
    }
}

impl<'a> Step<'a> {
    pub(super) fn new(netlist: &'a Netlist) -> Step<'a> {
        let exprs = &netlist.exprs;
        let needed = Cone::new(exprs, netlist.roots()).nodes().to_vec();
        let resets = netlist.registers.iter().flat_map(|r| &r.async_resets);
        let resets = resets.flat_map(|reset| [reset.active, reset.value]);
        let resets = Cone::new(exprs, resets).nodes().to_vec();
        let open = needed.iter().copied();
        let open = open.filter(|&id| match exprs.node(id) {
            Node::Const(bits) => !bits.is_known(),
            Node::Index(..) => true,
            _ => false,
        });
        let all = needed.iter().map(|&id| (id, Sees::Effective));
        let all = all.chain(resets.iter().map(|&id| (id, Sees::Stored)));
        let reads = all.filter_map(|(id, sees)| {
            let &Node::MemRead(memory, from) = exprs.node(id) else {
                return None;
            };
            let (port, at) = (sees.port(), id.index());
            Some(Read {
                memory,
                data: (format!("{port}d{at}"), exprs.width(id)),
                address: (format!("{port}k{at}"), exprs.width(from)),
                from,
                sees,
            })
        });
        Step {
            netlist,
            open: open.collect(),
            reads: reads.collect(),
            needed,
            resets,
        }
    }

    /// The inputs of the machine.
    pub(super) fn inputs(&self) -> Vec<Signal> {
        let inputs = self.netlist.inputs.iter().enumerate();
        inputs
            .map(|(at, input)| (format!("i{at}"), input.width))
            .collect()
    }

    /// The values that the language leaves open.
    pub(super) fn open(&self) -> Vec<Signal> {
        let width = |id: ExprId| self.netlist.exprs.width(id);
        let open = self.open.iter();
        open.map(|&id| (format!("u{}", id.index()), width(id)))
            .collect()
    }

    /// The registers as stored.
    pub(super) fn registers(&self) -> Vec<Signal> {
        let registers = self.netlist.registers.iter().enumerate();
        registers
            .map(|(at, register)| (format!("r{at}"), register.width))
            .collect()
    }

    /// The data of memory reads.
    pub(super) fn data(&self) -> impl Iterator<Item = &Signal> {
        self.reads.iter().map(|read| &read.data)
    }

    /// What comes out of the step, each with its expression.
    fn results(&self) -> Vec<(Signal, String)> {
        let netlist = self.netlist;
        let exprs = &netlist.exprs;
        let of = |id: ExprId| self.operand(id, Sees::Effective);
        let mut list = Vec::new();
        for (at, output) in netlist.outputs.iter().enumerate() {
            let width = exprs.width(output.expr);
            list.push(((format!("o{at}"), width), of(output.expr)));
            if let Sampled::When(condition) = output.sampled {
                list.push(((format!("c{at}"), 1), of(condition)));
            }
        }
        for (at, register) in netlist.registers.iter().enumerate() {
            let reads = self.under_resets(at, format!("r{at}"), Sees::Stored);
            list.push(((format!("e{at}"), register.width), reads));
            let next = self.under_resets(at, of(register.next), Sees::Effective);
            list.push(((format!("x{at}"), register.width), next));
        }
        for read in &self.reads {
            list.push((read.address.clone(), self.operand(read.from, read.sees)));
        }
        for (at, memory) in netlist.memories.iter().enumerate() {
            for (number, write) in memory.writes.iter().enumerate() {
                let ports = [
                    ("we", write.enable),
                    ("wa", write.address),
                    ("wd", write.data),
                    ("wm", write.mask),
                ];
                for (port, expr) in ports {
                    let name = format!("m{at}_{number}_{port}");
                    list.push(((name, exprs.width(expr)), of(expr)));
                }
            }
        }
        list
    }

    /// `step.v`.
    pub(super) fn text(&self) -> String {
        let mut out = String::new();
        // Writing to a string cannot fail.
        let _ = self.write(&mut out);
        out
    }

    fn write(&self, out: &mut String) -> std::fmt::Result {
        let results = self.results();
        let inputs = self.inputs().into_iter().chain(self.open());
        let inputs = inputs.chain(self.registers()).chain(self.data().cloned());
        let inputs =
            inputs.map(|(name, width)| format!("  input {width}{name}", width = range(width)));
        let outputs =
            (results.iter()).map(|((name, width), _)| format!("  output {}{name}", range(*width)));
        let ports: Vec<String> = inputs.chain(outputs).collect();
        writeln!(out, "module step(\n{});", ports.join(",\n"))?;
        for &id in &self.resets {
            self.write_node(out, id, Sees::Stored)?;
        }
        for &id in &self.needed {
            self.write_node(out, id, Sees::Effective)?;
        }
        for ((name, _), value) in &results {
            writeln!(out, "  assign {name} = {value};")?;
        }
        writeln!(out, "endmodule")
    }

    fn under_resets(&self, at: usize, value: String, sees: Sees) -> String {
        let of = |id: ExprId| self.operand(id, sees);
        let resets = self.netlist.registers[at].async_resets.iter().rev();
        resets.fold(value, |value, reset| {
            format!("{} ? {} : ({value})", of(reset.active), of(reset.value))
        })
    }

    /// A name or literal for an expression.
    fn operand(&self, id: ExprId, sees: Sees) -> String {
        match self.netlist.exprs.node(id) {
            Node::Const(bits) if bits.is_known() => literal(bits),
            Node::Input(input) => format!("i{}", input.index()),
            Node::Reg(register) => format!("{}{}", sees.register(), register.index()),
            Node::MemRead(..) => format!("{}d{}", sees.port(), id.index()),
            _ => format!("{}{}", sees.node(), id.index()),
        }
    }

    fn write_node(&self, out: &mut String, id: ExprId, sees: Sees) -> std::fmt::Result {
        let exprs = &self.netlist.exprs;
        let width = range(exprs.width(id));
        let name = format!("{}{}", sees.node(), id.index());
        let open = format!("u{}", id.index());
        let of = |id: ExprId| self.operand(id, sees);
        let value = match exprs.node(id) {
            Node::Const(bits) if bits.is_known() => return Ok(()),
            Node::Const(bits) => {
                let known = mask(bits.width(), |bit| bits.bit(bit).is_some());
                let ones = ones(bits);
                format!("({open} & ~{}) | {}", literal(&known), literal(&ones))
            }
            Node::Input(_) | Node::Reg(_) | Node::MemRead(..) => return Ok(()),
            Node::Net(_) => unreachable!("a finished netlist has no nets"),
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

    /// An instance of the step: what goes in by the ports of these names is connected to what `given` says;
    /// its results begin with `prefix`.
    pub(super) fn instance(&self, prefix: &str, given: impl Fn(&str) -> String) -> String {
        let mut out = String::new();
        let inputs = self.inputs().into_iter().chain(self.open());
        let inputs = inputs.chain(self.registers()).chain(self.data().cloned());
        let mut ports: Vec<String> = inputs
            .map(|(name, _)| format!(".{name}({})", given(&name)))
            .collect();
        for ((name, width), _) in self.results() {
            out += &format!("  wire {}{prefix}{name};\n", range(width));
            ports.push(format!(".{name}({prefix}{name})"));
        }
        out + &format!("  step {prefix}({});\n", ports.join(", "))
    }
}

/// 1 where a bit is known to be 1.
fn ones(bits: &Bits) -> Bits {
    mask(bits.width(), |bit| bits.bit(bit) == Some(true))
}

/// Whether an input of the step is the data of a memory read.
pub(super) fn is_data(name: &str) -> bool {
    name.starts_with('d') || name.starts_with("sd")
}
