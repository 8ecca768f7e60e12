//! One random module: its interface, declarations and clocked processes.

use std::collections::BTreeSet;

use super::Options;
use super::expr::{Scope, constant};
use super::rng::Rng;
use super::signal::Signal;
use super::stmt::{self, Stmt};

/// How a process takes the reset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResetKind {
    /// In the sensitivity list.
    Asynchronous,
    /// Sampled at the clock edge.
    Synchronous,
    /// No reset: initial values.
    Initial,
}

/// A port.
#[derive(Debug, Clone)]
pub struct Port {
    /// Name and shape.
    pub signal: Signal,
    /// Input rather than output.
    pub input: bool,
    /// Declared `reg`.
    pub variable: bool,
}

/// A finished module.
#[derive(Debug, Clone)]
pub struct Module {
    /// Identifier.
    pub name: String,
    /// Its text.
    pub text: String,
    /// All ports in order, clock and reset included.
    pub ports: Vec<Port>,
    /// Name of the clock.
    pub clock: String,
    /// Name of the reset, if any, and whether it is active high.
    pub reset: Option<(String, bool)>,
    /// Name, default and other value of the width parameter.
    pub parameter: Option<(String, u32, u32)>,
}

/// A register or register array of a process.
#[derive(Debug, Clone)]
pub struct Reg {
    /// Name and shape of the register or of one element.
    pub signal: Signal,
    /// Elements of an array.
    pub depth: Option<u32>,
    /// Value after the reset, if it has one.
    pub reset: Option<String>,
}

/// A module under construction.
pub struct Builder<'a> {
    pub(super) options: Options,
    pub(super) rng: &'a mut Rng,
    pub(super) name: String,
    pub(super) scope: Scope,
    pub(super) ports: Vec<Port>,
    pub(super) defines: Vec<String>,
    pub(super) constants: Vec<String>,
    pub(super) declarations: Vec<String>,
    pub(super) items: Vec<String>,
    pub(super) clock: String,
    pub(super) reset: (String, bool),
    pub(super) kind: ResetKind,
    pub(super) parameter: Option<(String, u32, u32)>,
    pub(super) children: Vec<Module>,
    /// An `always_comb` may still be written. Icarus 11 wakes it by what itself writes, so that two of which one reads the other may run for ever.
    pub(super) always_comb: bool,
    names: u32,
}

const STEMS: &[&str] = &[
    "acc", "sum", "cnt", "sh", "lfsr", "hold", "word", "data", "addr", "flag", "busy", "key", "mix",
];

impl<'a> Builder<'a> {
    /// An empty module; `children` may be instantiated in it.
    pub fn new(
        rng: &'a mut Rng,
        options: &Options,
        name: String,
        children: Vec<Module>,
    ) -> Builder<'a> {
        let high = rng.chance(50);
        let resets: &[&str] = match high {
            true => &["rst", "reset", "i_rst", "clear"],
            false => &["rst_n", "resetn", "i_reset_n", "nrst"],
        };
        let kind = match rng.below(100) {
            _ if options.initial_values => ResetKind::Initial,
            0..50 => ResetKind::Asynchronous,
            _ => ResetKind::Synchronous,
        };
        Builder {
            options: options.clone(),
            scope: Scope::default(),
            ports: Vec::new(),
            defines: Vec::new(),
            constants: Vec::new(),
            declarations: Vec::new(),
            items: Vec::new(),
            clock: (*rng.pick(&["clk", "clock", "i_clk", "CLK"])).to_owned(),
            reset: ((*rng.pick(resets)).to_owned(), high),
            kind,
            parameter: None,
            children,
            always_comb: false,
            names: 0,
            rng,
            name,
        }
    }

    /// An unused identifier.
    pub fn fresh(&mut self, stem: &str) -> String {
        self.names += 1;
        match stem {
            "" => format!("{}{}", self.rng.pick(STEMS), self.names),
            _ => format!("{stem}{}", self.names),
        }
    }

    /// A random width: often one bit, seldom more than a machine word.
    pub fn width(&mut self) -> u32 {
        match self.rng.below(100) {
            0..28 => 1,
            28..68 => self.rng.range(2, 8),
            68..92 => self.rng.range(9, 32),
            _ => self.rng.range(33, 70),
        }
    }

    /// A signal of random shape, sometimes of the width parameter's.
    pub fn random_signal(&mut self, name: String, clean: bool) -> Signal {
        let width = self.width();
        let mut signal = Signal::plain(name, width, clean);
        if let Some((parameter, default, other)) = self.parameter.clone()
            && self.rng.chance(30)
        {
            (signal.width, signal.width_max) = (default.min(other), default.max(other));
            signal.range = format!("[{parameter}-1:0]");
        } else if width > 1 && self.rng.chance(12) {
            let descending = self.rng.chance(50);
            signal = signal.with_bounds(self.rng.below(5), descending);
        }
        signal.signed = self.rng.chance(25);
        signal
    }

    /// Declares input ports, constants and perhaps a width parameter.
    pub fn interface(&mut self, top: bool) {
        if self.rng.chance(if top { 20 } else { 60 }) {
            let name = self.fresh("W");
            let (default, other) = (self.rng.range(2, 16), self.rng.range(2, 24));
            self.parameter = Some((name, default, if top { default } else { other }));
        }
        for _ in 0..self.rng.below(3) {
            let name = self.fresh("K");
            let (a, b) = (self.rng.range(1, 40), self.rng.range(1, 9));
            let value = match (self.rng.below(4), &self.parameter) {
                (0, Some((width, ..))) => format!("{width} * {b} + {a}"),
                (1, _) => format!("({a} << {b}) - 1"),
                (2, _) => format!("$clog2({})", a * b + 1),
                _ => format!("{a} * {b} - {}", a % 7),
            };
            self.constants.push(format!("localparam {name} = {value};"));
            self.scope.constants.push(name);
        }
        for _ in 0..self.rng.range(1, if top { 5 } else { 3 }) {
            let name = self.fresh("in_");
            let clean = top || self.rng.chance(70);
            let signal = self.random_signal(name, clean);
            self.scope.signals.push(signal.clone());
            if clean {
                self.scope.inputs.push(signal.clone());
            }
            if top {
                self.scope.anchors.push(signal.clone());
            }
            self.ports.push(Port {
                signal,
                input: true,
                variable: false,
            });
        }
    }

    /// Declares a register, sometimes as an output port.
    pub fn register(&mut self, name: String, reset: bool, clean: bool) -> Reg {
        let signal = self.random_signal(name, clean && reset);
        let value = self.reset_value(&signal);
        self.declare_variable(&signal, 20);
        if signal.clean {
            self.scope.anchors.push(signal.clone());
        }
        Reg {
            signal,
            depth: None,
            reset: reset.then_some(value),
        }
    }

    fn reset_value(&mut self, signal: &Signal) -> String {
        match self.rng.below(4) {
            0 => constant(self.rng, signal.width.min(16)).text,
            1 => format!("{{{}{{1'b{}}}}}", signal.width, self.rng.below(2)),
            _ => "0".to_owned(),
        }
    }

    /// Declares a variable and brings it into scope; a port in `percent` of 100 cases.
    pub fn declare_variable(&mut self, signal: &Signal, percent: u32) {
        self.scope.signals.push(signal.clone());
        if self.rng.chance(percent) {
            self.scope.used.insert(signal.name.clone());
            self.ports.push(Port {
                signal: signal.clone(),
                input: false,
                variable: true,
            });
        } else {
            let keyword = self.variable_keyword();
            self.declarations
                .push(format!("{};", signal.declaration(keyword)));
        }
    }

    /// `reg`, or `logic` in SystemVerilog.
    fn variable_keyword(&mut self) -> &'static str {
        match self.options.systemverilog && self.rng.chance(70) {
            true => "logic",
            false => "reg",
        }
    }

    /// Declares a register array.
    pub fn array(&mut self) -> Reg {
        let name = self.fresh("mem");
        let (width, depth) = (
            self.rng.range(1, 12),
            *self.rng.pick(&[2, 3, 4, 4, 5, 8, 8]),
        );
        let reset = self.rng.chance(50);
        let clean = reset && self.rng.chance(60);
        let element = Signal::plain(name, width, clean);
        let bounds = match self.rng.chance(70) {
            true => format!("[0:{}]", depth - 1),
            false => format!("[{}:0]", depth - 1),
        };
        self.declarations
            .push(format!("{} {bounds};", element.declaration("reg")));
        self.scope.arrays.push(super::signal::Array {
            element: element.clone(),
            depth,
        });
        Reg {
            signal: element,
            depth: Some(depth),
            reset: reset.then(|| "0".to_owned()),
        }
    }

    /// A loop variable of this module.
    pub fn integer(&mut self) -> String {
        let name = self.fresh("i");
        self.declarations.push(format!("integer {name};"));
        name
    }

    /// An assignment to all of a register, so that no bit of it is without a driver.
    pub fn load(&mut self, reg: &Reg, target: &str, operator: &str) -> Stmt {
        let value = self
            .scope
            .expr(self.rng, 2, reg.signal.clean, reg.signal.width)
            .text;
        Stmt::Line(format!("{target} {operator} {value};"))
    }

    /// An assignment to a register, perhaps under a condition or to a part of it.
    /// `target` replaces its name, `operator` is `<=` or `=`.
    pub fn update(&mut self, reg: &Reg, target: &str, operator: &str) -> Stmt {
        let signal = reg.signal.clone();
        let depth = self.rng.range(1, 3);
        let value = self
            .scope
            .expr(self.rng, depth, signal.clean, signal.width)
            .text;
        if let Some(depth) = reg.depth {
            let index = self.scope.index(self.rng, depth, 0, true);
            let index = index.unwrap_or_else(|| "0".to_owned());
            return Stmt::Line(format!("{target}[{index}] {operator} {value};"));
        }
        let aliased = Signal {
            name: target.to_owned(),
            ..signal.clone()
        };
        let line = match self.rng.below(100) {
            0..12 => format!("{target} {operator} {} + ({value});", signal.name),
            12..20 => format!("{target} {operator} {} ^ ({value});", signal.name),
            20..28 if signal.width > 1 && signal.width == signal.width_max => {
                let low = signal.part(0, signal.width - 1);
                let bit = match self.scope.signal(self.rng, signal.clean) {
                    Some(other) => other.bit(self.rng.below(other.width)),
                    None => "1'b1".to_owned(),
                };
                format!("{target} {operator} {{{low}, {bit}}};")
            }
            28..33 if signal.width > 1 => {
                let (limit, low) = (signal.width, signal.low_index());
                match self.scope.index(self.rng, limit, low, true) {
                    Some(index) => format!("{target}[{index}] {operator} {value};"),
                    None => format!("{target} {operator} {value};"),
                }
            }
            33..38 if signal.width > 1 => {
                let count = self.rng.range(1, signal.width);
                let low = self.rng.below(signal.width - count + 1);
                format!("{} {operator} {value};", aliased.part(low, count))
            }
            38..42 if signal.width > 3 => {
                let count = self.rng.range(1, signal.width - 1);
                let limit = signal.width + 1 - count;
                match self.scope.index(self.rng, limit, signal.low_index(), true) {
                    Some(index) => format!("{target}[{index} +: {count}] {operator} {value};"),
                    None => format!("{target} {operator} {value};"),
                }
            }
            _ => format!("{target} {operator} {value};"),
        };
        if self.rng.chance(25) {
            let condition = self.scope.condition(self.rng);
            return Stmt::If(condition, vec![Stmt::Line(line)], Vec::new());
        }
        Stmt::Line(line)
    }

    /// A clocked process that runs `body` and resets those of `regs` that have a reset.
    pub fn clocked(&mut self, regs: &[Reg], body: Vec<Stmt>) {
        let mut list = Vec::new();
        for reg in regs {
            let (Some(value), name) = (&reg.reset, &reg.signal.name) else {
                continue;
            };
            list.push(match reg.depth {
                None => Stmt::Line(format!("{name} <= {value};")),
                Some(depth) => {
                    let i = self.integer();
                    Stmt::For(
                        format!("{i} = 0; {i} < {depth}; {i} = {i} + 1"),
                        vec![Stmt::Line(format!("{name}[{i}] <= {value};"))],
                    )
                }
            });
        }
        let without_reset = list.is_empty();
        let kind = match self.kind {
            ResetKind::Asynchronous if self.rng.chance(5) => ResetKind::Synchronous,
            kind => kind,
        };
        let (clock, (reset, high)) = (self.clock.clone(), self.reset.clone());
        let mut text = String::new();
        let body = match (kind, without_reset) {
            (_, true) => body,
            (ResetKind::Initial, _) => {
                let mut init = String::from("  initial");
                let list: Vec<Stmt> = list.into_iter().map(blocking).collect();
                stmt::print_branch(self.rng, 1, &list, &mut init);
                text.push_str(&init);
                body
            }
            (ResetKind::Synchronous, _) if self.rng.chance(20) => {
                let mut body = body;
                body.push(Stmt::If(self.reset_test(), list, Vec::new()));
                body
            }
            _ => {
                let default = self.default_before_reset(regs);
                let whole = Stmt::If(self.reset_test(), list, body);
                default.into_iter().chain([whole]).collect()
            }
        };
        let asynchronous = kind == ResetKind::Asynchronous && !without_reset;
        let edge = if high { "posedge" } else { "negedge" };
        let events = match (asynchronous, self.rng.below(4)) {
            (false, _) => format!("posedge {clock}"),
            (true, 0) => format!("posedge {clock}, {edge} {reset}"),
            (true, 1) => format!("{edge} {reset} or posedge {clock}"),
            _ => format!("posedge {clock} or {edge} {reset}"),
        };
        let keyword = match self.options.systemverilog && self.rng.chance(70) {
            true => "always_ff",
            false => "always",
        };
        text.push_str(&format!("  {keyword} @({events})"));
        match body.as_slice() {
            [only] if self.rng.chance(40) => {
                text.push('\n');
                stmt::print(self.rng, 2, only, &mut text);
            }
            _ => {
                text.push_str(" begin\n");
                stmt::print_list(self.rng, 2, &body, &mut text);
                text.push_str("  end\n");
            }
        }
        self.items.push(text);
    }

    /// Now and then a value that one of the registers, not the first, takes where nothing else assigns it.
    fn default_before_reset(&mut self, regs: &[Reg]) -> Option<Stmt> {
        let others = regs.iter().skip(1).filter(|reg| reg.depth.is_none());
        let others: Vec<&Reg> = others.filter(|reg| reg.reset.is_some()).collect();
        if self.options.blocking_registers || others.is_empty() || !self.rng.chance(15) {
            return None;
        }
        let signal = self.rng.pick(&others).signal.clone();
        let value = self.reset_value(&signal);
        Some(Stmt::Line(format!("{} <= {value};", signal.name)))
    }

    /// A combinational process whose reads were collected in the scope.
    /// `outer` is what had been used before.
    pub fn combinational(&mut self, body: Vec<Stmt>, outer: BTreeSet<String>) {
        match self.always_comb && self.rng.chance(70) {
            true => {
                self.always_comb = false;
                self.scope.array_read = false;
                self.scope.used.extend(outer);
                self.process("always_comb", &body);
            }
            false => self.combinational_by_events(body, outer),
        }
    }

    /// The same with `always @`, which a process needs that calls a task or reads what it writes, for the same reason.
    pub fn combinational_by_events(&mut self, body: Vec<Stmt>, outer: BTreeSet<String>) {
        let reads = std::mem::replace(&mut self.scope.used, outer);
        let plain = !self.scope.array_read && !reads.is_empty();
        self.scope.array_read = false;
        let names: Vec<&str> = reads.iter().map(String::as_str).collect();
        let events = match self.rng.below(10) {
            0 if plain => format!("({})", names.join(" or ")),
            1 if plain => format!("({})", names.join(", ")),
            2..5 => "(*)".to_owned(),
            _ => "*".to_owned(),
        };
        self.scope.used.extend(reads);
        self.process(&format!("always @{events}"), &body);
    }

    fn process(&mut self, head: &str, body: &[Stmt]) {
        let mut text = format!("  {head} begin\n");
        stmt::print_list(self.rng, 2, body, &mut text);
        text.push_str("  end\n");
        self.items.push(text);
    }

    fn reset_test(&mut self) -> String {
        let (reset, high) = &self.reset;
        let forms: [String; 3] = match high {
            true => [reset.clone(), format!("{reset} == 1'b1"), reset.clone()],
            false => [
                format!("!{reset}"),
                format!("~{reset}"),
                format!("{reset} == 1'b0"),
            ],
        };
        self.rng.pick(&forms).clone()
    }
}

/// The same assignment with `=`.
fn blocking(stmt: Stmt) -> Stmt {
    match stmt {
        Stmt::Line(text) => Stmt::Line(text.replacen("<=", "=", 1)),
        Stmt::For(head, body) => Stmt::For(head, body.into_iter().map(blocking).collect()),
        other => other,
    }
}
