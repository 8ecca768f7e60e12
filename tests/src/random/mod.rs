//! Random synthesizable designs, the same for the same seed on every machine.
//!
//! [`generate`] writes a design of one to three modules in the ways that people
//! write them: state machines in one, two and three processes with binary,
//! one-hot or scattered codes, subroutine-like returns, wait counters, all
//! kinds of resets, and a data path with all operators. It guarantees:
//! one clock, no latches, no combinational loops, no read of a
//! value that another process assigns by `=` at the same edge, and no decision
//! on a value that may be unknown after the reset.

mod bench;
mod cosim;
mod datapath;
mod expr;
mod features;
mod fsm;
mod module;
mod proof;
pub mod rng;
mod selector;
mod signal;
mod stmt;
mod trace;

pub use bench::{Stimulus, testbench};
pub use cosim::{ENDLESS, Mismatch, Version, cosimulate, run};
pub use proof::proved;
pub use rng::Rng;
pub use trace::{Trace, compare, judge_liveness, netlist, record};

use module::{Builder, Module, Port, ResetKind};
use signal::Signal;

/// Bits up to which arrays become registers in tests of random designs: so few that memories are small, and saved in a few clocks.
pub const EXPAND_LIMIT_BITS: u64 = 128;

/// What designs may contain.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// Registers start from initial values instead of a reset.
    pub initial_values: bool,
    /// SystemVerilog: `logic`, `always_ff`, `always_comb`, states in an `enum`.
    pub systemverilog: bool,
    /// Memories of more than [`EXPAND_LIMIT_BITS`].
    pub memories: bool,
    /// Tasks.
    pub tasks: bool,
    /// Registers that are assigned by `=`.
    pub blocking_registers: bool,
    /// Registers in generate loops.
    pub generate_registers: bool,
}

impl Options {
    /// What the design of a seed may contain where all styles are wanted: half of them nothing special.
    pub fn of(seed: u64) -> Options {
        let plain = Options::default();
        match seed % 8 {
            1 => Options {
                systemverilog: true,
                ..plain
            },
            2 => Options {
                initial_values: true,
                ..plain
            },
            3 => Options {
                tasks: true,
                ..plain
            },
            5 => Options {
                systemverilog: true,
                tasks: true,
                generate_registers: true,
                ..plain
            },
            6 => Options {
                memories: true,
                ..plain
            },
            7 => Options {
                blocking_registers: true,
                generate_registers: true,
                ..plain
            },
            _ => plain,
        }
    }
}

/// A port of a generated top module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TopPort {
    /// Name.
    pub name: String,
    /// Input rather than output.
    pub input: bool,
    /// Width in bits.
    pub width: u32,
    /// Declared signed.
    pub signed: bool,
}

/// A random design.
#[derive(Debug, Clone)]
pub struct Generated {
    /// The seed it came from.
    pub seed: u64,
    /// Name of the top module; all modules of the design start with it.
    pub top: String,
    /// The whole text, children before parents.
    pub text: String,
    /// What it may contain.
    pub options: Options,
    /// Name of the clock input, active at the rising edge.
    pub clock: String,
    /// Name of the reset input and whether it is active high; `None` with initial values.
    pub reset: Option<(String, bool)>,
    /// All ports of the top in order.
    pub ports: Vec<TopPort>,
    /// One line about what is inside.
    pub description: String,
}

impl Generated {
    /// `<top>.v` or `<top>.sv`.
    pub fn file_name(&self) -> String {
        let extension = match self.options.systemverilog {
            true => "sv",
            false => "v",
        };
        format!("{}.{extension}", self.top)
    }
}

/// The option of Icarus for the language of some designs.
pub fn icarus_language<'a>(designs: impl IntoIterator<Item = &'a Generated>) -> &'static str {
    let mut designs = designs.into_iter();
    match designs.any(|design| design.options.systemverilog) {
        true => "-g2012",
        false => "-g2005",
    }
}

/// The design of a seed.
pub fn generate(seed: u64, options: &Options) -> Generated {
    let mut rng = Rng::new(seed);
    let top = format!("rnd{seed}");
    let mut children = Vec::new();
    let mut descriptions = Vec::new();
    for index in 0..rng.below(3) {
        // The second child may instantiate the first: three levels.
        let below = match index > 0 && rng.chance(60) {
            true => children.clone(),
            false => Vec::new(),
        };
        let name = format!("{top}_sub{index}");
        let (child, description) = build(&mut rng, options, name, below, false);
        descriptions.push(description);
        children.push(child);
    }
    let (module, description) = build(&mut rng, options, top.clone(), children.clone(), true);
    descriptions.push(description);
    let mut text = String::new();
    children.push(module.clone());
    for child in &children {
        text.push_str(&child.text);
        text.push('\n');
    }
    Generated {
        seed,
        top,
        text,
        options: options.clone(),
        clock: module.clock,
        reset: module.reset,
        ports: module
            .ports
            .iter()
            .map(|port| TopPort {
                name: port.signal.name.clone(),
                input: port.input,
                width: port.signal.width,
                signed: port.signal.signed,
            })
            .collect(),
        description: descriptions.join("; "),
    }
}

fn build(
    rng: &mut Rng,
    options: &Options,
    name: String,
    children: Vec<Module>,
    top: bool,
) -> (Module, String) {
    let mut builder = Builder::new(rng, options, name, children);
    builder.always_comb = top && options.systemverilog;
    builder.interface(top);
    let machines: Vec<_> = (0..match (top, builder.rng.below(10)) {
        (true, 0) => 0,
        (true, 1..8) => 1,
        (true, _) => 2,
        (false, 0..5) => 0,
        (false, _) => 1,
    })
        .map(|_| builder.declare_fsm())
        .collect();
    let pipelines: Vec<Vec<_>> = (0..builder.rng.below(if top { 3 } else { 2 }))
        .map(|_| {
            (0..builder.rng.range(1, 3))
                .map(|_| match builder.rng.chance(20) {
                    true => builder.array(),
                    false => {
                        let name = builder.fresh("");
                        let (reset, clean) = (builder.rng.chance(60), builder.rng.chance(60));
                        builder.register(name, reset, clean)
                    }
                })
                .collect()
        })
        .collect();
    for _ in 0..builder.rng.below(3) {
        builder.function();
    }
    for _ in 0..builder.rng.range(0, if top { 5 } else { 2 }) {
        builder.combinational_item();
    }
    for child in builder.children.clone() {
        builder.instance(&child);
    }
    for machine in &machines {
        builder.emit_fsm(machine);
    }
    if top {
        builder.features();
    }
    for regs in &pipelines {
        builder.pipeline(regs);
    }
    if builder.rng.chance(10) {
        builder.split_register();
    }
    builder.outputs(&machines);
    let description = format!(
        "{}: {} state machine(s), {} pipeline(s), {:?} reset",
        builder.name,
        machines.len(),
        pipelines.len(),
        builder.kind
    );
    (finish(builder), description)
}

/// Puts the pieces together.
fn finish(mut builder: Builder<'_>) -> Module {
    let mut own = vec![builder.clock.clone()];
    let reset = (builder.kind != ResetKind::Initial).then(|| builder.reset.clone());
    own.extend(reset.iter().map(|(name, _)| name.clone()));
    builder.rng.shuffle(&mut builder.ports);
    for name in own.into_iter().rev() {
        let port = Port {
            signal: Signal::plain(name, 1, true),
            input: true,
            variable: false,
        };
        let place = match builder.rng.chance(80) {
            true => 0,
            false => builder.ports.len(),
        };
        builder.ports.insert(place, port);
    }
    builder.rng.shuffle(&mut builder.items);
    let mut text = String::new();
    for define in &builder.defines {
        text.push_str(define);
        text.push('\n');
    }
    text.push_str(&header(&mut builder));
    for line in builder.constants.iter().chain(&builder.declarations) {
        text.push_str(&format!("  {line}\n"));
    }
    for item in &builder.items {
        text.push('\n');
        text.push_str(item);
    }
    text.push_str("endmodule\n");
    Module {
        name: builder.name,
        text,
        ports: builder.ports,
        clock: builder.clock,
        reset,
        parameter: builder.parameter,
    }
}

/// The module's header: ports declared in the list, or names only and declarations after it.
fn header(builder: &mut Builder<'_>) -> String {
    let name = &builder.name;
    let parameter = builder
        .parameter
        .as_ref()
        .map(|(name, default, _)| format!("parameter {name} = {default}"));
    let keyword = |port: &Port| match (port.input, port.variable) {
        (true, _) => "input",
        (false, true) => "output reg",
        (false, false) => "output",
    };
    if builder.rng.chance(70) {
        let list: Vec<String> = builder
            .ports
            .iter()
            .map(|port| {
                let wire = match !port.variable && builder.rng.chance(50) {
                    true => " wire",
                    false => "",
                };
                let keyword = format!("{}{wire}", keyword(port));
                format!("  {}", port.signal.declaration(&keyword))
            })
            .collect();
        let parameters = match parameter {
            Some(parameter) => format!(" #({parameter})"),
            None => String::new(),
        };
        let remark = match builder.rng.chance(15) {
            true => " // ports ); endmodule\n",
            false => "\n",
        };
        return format!(
            "module {name}{parameters} ({remark}{}\n);\n",
            list.join(",\n")
        );
    }
    let names: Vec<&str> = builder
        .ports
        .iter()
        .map(|port| port.signal.name.as_str())
        .collect();
    let mut text = format!("module {name} ({});\n", names.join(", "));
    if let Some(parameter) = parameter {
        text.push_str(&format!("  {parameter};\n"));
    }
    for port in &builder.ports {
        if port.variable && builder.rng.chance(50) {
            text.push_str(&format!("  {};\n", port.signal.declaration("output")));
            text.push_str(&format!("  {};\n", port.signal.declaration("reg")));
        } else {
            text.push_str(&format!("  {};\n", port.signal.declaration(keyword(port))));
        }
    }
    text
}
