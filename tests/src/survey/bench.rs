//! The bench that drives a design in a simulator: random and corner inputs,
//! resets again and again, and states that no run from reset would reach.
//!
//! In each clock cycle, just before the active edge, it prints one line: `S` or
//! `D`, the values of all ports and registers in binary: of a two-way port what
//! drives it from outside, and at the end what it has. `D` says that the registers
//! have been given new values in this cycle.
//!
//! Where registers hold unknown bits and no reset is active, a line `C` with the
//! values so far comes first, and then these bits get random values. A simulator
//! takes an unknown condition for false, so from an X onward it can show a
//! definite value that the design need not have.

use std::fmt::Write;
use std::path::Path;

use idetic::frontend::ast::Direction;
use idetic::netlist::{MemId, Netlist};

use super::list::Design;

/// Cycles after which the inputs change their habits.
const EPOCH: u32 = 64;

/// The name of the bench module.
pub const NAME: &str = "idetic_survey_bench";

/// What a bench is made for.
#[derive(Debug)]
pub struct Plan<'a> {
    /// The design's netlist.
    pub netlist: &'a Netlist,
    /// Inputs that reset, with the active level.
    pub resets: Vec<(String, bool)>,
    /// Registers whose hierarchical name the simulator knows, by index.
    pub registers: Vec<usize>,
    /// Memories that start with given words: file of each.
    pub memories: Vec<(MemId, String)>,
    /// Clock cycles.
    pub cycles: u32,
    /// Registers are given values by `force` and `release`, which ask for no type.
    pub by_force: bool,
    /// The simulator keeps the state of its random numbers to itself, as Verilator does.
    pub unseeded: bool,
    /// Registers get random values now and then.
    pub deposits: bool,
}

/// A name as it is written: escaped unless it is a simple identifier.
pub fn identifier(name: &str) -> String {
    let simple = name
        .chars()
        .all(|c| c == '_' || c == '$' || c.is_ascii_alphanumeric());
    match simple && !name.starts_with(|c: char| c.is_ascii_digit() || c == '$') {
        true => name.to_string(),
        false => format!("\\{name} "),
    }
}

fn random(width: u32) -> String {
    let words = vec!["$random(seed)"; width.div_ceil(32) as usize];
    format!("{{{}}}", words.join(", "))
}

fn range(width: u32) -> String {
    format!("[{}:0]", width - 1)
}

impl Plan<'_> {
    /// The text of the bench.
    pub fn text(&self, design: &Design) -> String {
        let mut text = String::new();
        // Writing to a string cannot fail.
        let _ = self.write(&mut text, design);
        match self.unseeded {
            true => text.replace("$random(seed)", "$urandom"),
            false => text,
        }
    }

    fn write(&self, out: &mut String, design: &Design) -> std::fmt::Result {
        let netlist = self.netlist;
        writeln!(out, "`resetall\n`timescale 1ns/1ns\nmodule {NAME};")?;
        for (at, port) in netlist.ports.iter().enumerate() {
            let range = range(port.width);
            match port.direction {
                Direction::Output => writeln!(out, "  wire {range} port{at};")?,
                _ => writeln!(
                    out,
                    "  reg {range} port{at}; reg [3:0] habit{at}; reg [3:0] dice{at};"
                )?,
            }
        }
        // Where the design releases a bit, the weaker value from outside holds.
        for (at, width) in self.two_way() {
            let range = range(width);
            writeln!(
                out,
                "  wire {range} pad{at}; assign (weak1, weak0) pad{at} = port{at};"
            )?;
        }
        let connections: Vec<String> = (netlist.ports.iter().enumerate())
            .map(|(at, port)| {
                let signal = match port.direction {
                    Direction::Inout => "pad",
                    _ => "port",
                };
                format!(".{}({signal}{at})", identifier(&port.name))
            })
            .collect();
        writeln!(
            out,
            "  {} dut ({});\n  integer cycle, seed, resetting;\n  reg deposit, sparse, given;",
            identifier(&design.top),
            connections.join(", ")
        )?;
        self.write_memories(out)?;
        self.write_inputs(out)?;
        self.write_deposit(out)?;
        self.write_make_known(out)?;
        self.write_sample(out)?;
        self.write_clock(out)?;
        writeln!(out, "endmodule")
    }

    /// Ports that are driven from both sides, with their widths; their values are printed last.
    pub fn two_way(&self) -> impl Iterator<Item = (usize, u32)> + '_ {
        let ports = self.netlist.ports.iter().enumerate();
        let two_way = ports.filter(|(_, port)| port.direction == Direction::Inout);
        two_way.map(|(at, port)| (at, port.width))
    }

    fn inputs(&self) -> impl Iterator<Item = (usize, u32, Option<bool>)> + '_ {
        let clock = self.netlist.clock().map(|clock| &clock.port);
        let ports = self.netlist.ports.iter().enumerate();
        let data = ports.filter(move |(_, port)| {
            port.direction != Direction::Output && Some(&port.name) != clock
        });
        data.map(|(at, port)| {
            let reset = self.resets.iter().find(|(name, _)| *name == port.name);
            (at, port.width, reset.map(|(_, high)| *high))
        })
    }

    fn write_memories(&self, out: &mut String) -> std::fmt::Result {
        writeln!(out, "  task fill_memories; begin")?;
        for (memory, file) in &self.memories {
            let name = &self.netlist.memories[memory.index()].name;
            writeln!(out, "    $readmemb(\"{file}\", dut.{name});")?;
        }
        writeln!(out, "  end endtask")
    }

    /// New inputs: each has a habit for some time (held, rarely set, mostly
    /// set, or anything), corner values among it.
    fn write_inputs(&self, out: &mut String) -> std::fmt::Result {
        writeln!(out, "  task habits; begin")?;
        for (at, ..) in self.inputs() {
            writeln!(out, "    habit{at} = $random(seed);")?;
        }
        writeln!(out, "  end endtask\n  task inputs; begin")?;
        for (at, width, reset) in self.inputs() {
            if let Some(high) = reset {
                let (on, off) = (u8::from(high), u8::from(!high));
                writeln!(out, "    port{at} = (resetting > 0) ? 1'b{on} : 1'b{off};")?;
                continue;
            }
            let (any, other) = (random(width), random(width));
            writeln!(
                out,
                "    dice{at} = $random(seed);
    if (cycle == 0) port{at} = {any};
    else case (habit{at})
      4'd0, 4'd1: if (dice{at} == 0) port{at} = {any};
      4'd2, 4'd3: port{at} = (dice{at} == 0) ? {any} : 0;
      4'd4, 4'd5: port{at} = (dice{at} == 0) ? {any} : ~0;
      default: case (dice{at})
        4'd0: port{at} = 0;
        4'd1: port{at} = ~0;
        4'd2: port{at} = {any} & {other} & {any};
        4'd3: port{at} = port{at} + 1;
        4'd4: ;
        default: port{at} = {any};
      endcase
    endcase"
            )?;
        }
        writeln!(out, "  end endtask")
    }

    fn write_deposit(&self, out: &mut String) -> std::fmt::Result {
        writeln!(out, "  task give_state; begin")?;
        for &index in &self.registers {
            let register = &self.netlist.registers[index];
            let (any, other) = (random(register.width), random(register.width));
            let value = format!("sparse ? {any} & {other} & {any} : {any}");
            writeln!(out, "    {}", self.assign(&register.name, &value))?;
        }
        writeln!(out, "  end endtask")
    }

    /// Statements that give a register a value.
    fn assign(&self, register: &str, value: &str) -> String {
        match self.by_force {
            true => format!("force dut.{register} = {value}; release dut.{register};"),
            false => format!("dut.{register} = {value};"),
        }
    }

    /// Random values for unknown bits of registers.
    fn write_make_known(&self, out: &mut String) -> std::fmt::Result {
        let widest = self.registers.iter();
        let widest = widest.map(|&index| self.netlist.registers[index].width);
        let widest = widest.max().unwrap_or(1);
        writeln!(
            out,
            "  reg {range} value; integer at;
  function has_unknown(input dummy); begin
    has_unknown = 0;",
            range = range(widest)
        )?;
        for &index in &self.registers {
            let name = &self.netlist.registers[index].name;
            writeln!(out, "    if ((^dut.{name}) === 1'bx) has_unknown = 1;")?;
        }
        writeln!(out, "  end endfunction\n  task make_known; begin")?;
        for &index in &self.registers {
            let register = &self.netlist.registers[index];
            let (name, width) = (&register.name, register.width);
            let assign = self.assign(name, &format!("value{}", range(width)));
            writeln!(
                out,
                "    if ((^dut.{name}) === 1'bx) begin
      value = dut.{name};
      for (at = 0; at < {width}; at = at + 1)
        if ((value[at] ^ value[at]) === 1'bx) value[at] = $random(seed);
      {assign}
    end"
            )?;
        }
        writeln!(out, "  end endtask")
    }

    fn write_sample(&self, out: &mut String) -> std::fmt::Result {
        const AT_ONCE: usize = 64;
        writeln!(
            out,
            "  task sample(input [7:0] kind); begin\n    $write(\"%s\", kind);"
        )?;
        let ports = (0..self.netlist.ports.len()).map(|at| format!("port{at}"));
        let registers = self.registers.iter();
        let registers =
            registers.map(|&index| format!("dut.{}", self.netlist.registers[index].name));
        let pads = self.two_way().map(|(at, _)| format!("pad{at}"));
        let names: Vec<String> = ports.chain(registers).chain(pads).collect();
        for names in names.chunks(AT_ONCE) {
            let format = " %b".repeat(names.len());
            writeln!(out, "    $write(\"{format}\", {});", names.join(", "))?;
        }
        writeln!(out, "    $write(\"\\n\");\n  end endtask")
    }

    fn write_clock(&self, out: &mut String) -> std::fmt::Result {
        let clock = self.netlist.clock();
        let port = clock.and_then(|clock| {
            let mut ports = self.netlist.ports.iter();
            let at = ports.position(|port| port.name == clock.port)?;
            Some((at, u8::from(clock.rising)))
        });
        let (idle, edge) = match port {
            Some((at, rising)) => (
                format!("port{at} = {};", 1 - rising),
                format!("port{at} = {rising}; #5 port{at} = {};", 1 - rising),
            ),
            None => Default::default(),
        };
        writeln!(
            out,
            "  initial begin
    seed = 1;
    {idle}
    habits; cycle = 0; resetting = 0; deposit = 1; sparse = 0; inputs;
    #1 fill_memories;
    for (cycle = 0; cycle < {cycles}; cycle = cycle + 1) begin
      if (cycle % {EPOCH} == 0) habits;
      deposit = {deposits} && (cycle == 0 || cycle % {twice} == {EPOCH});
      sparse = $random(seed);
      if (deposit) resetting = 0;
      else if (cycle < 4 || cycle % {twice} == 0) resetting = 1 + ($random(seed) & 3);
      else if (($random(seed) & 127) == 0) resetting = 1;
      else if (resetting > 0) resetting = resetting - 1;
      inputs;
      #2 given = deposit;
      if (deposit) give_state;
      else if (resetting == 0 && has_unknown(1'b0)) begin
        sample(\"C\");
        make_known;
        given = 1;
      end
      #2 sample(given ? \"D\" : \"S\");
      #1 {edge}
      #5 ;
    end
    $display(\"END\");
    $finish;
  end",
            cycles = self.cycles,
            deposits = u8::from(self.deposits),
            twice = 2 * EPOCH,
        )
    }
}

/// The words of a memory, least index first, as `$readmemb` reads them.
pub fn memory_file(words: &[idetic::netlist::Bits]) -> String {
    let mut text = String::new();
    for word in words {
        let bit = |at| match word.bit(at) {
            Some(true) => '1',
            Some(false) => '0',
            None => 'x',
        };
        text.extend((0..word.width()).rev().map(bit));
        text.push('\n');
    }
    text
}

/// A path as it stands in a Verilog string.
pub fn quoted(path: &Path) -> String {
    let path = path.to_string_lossy();
    path.replace('\\', "\\\\").replace('"', "\\\"")
}
