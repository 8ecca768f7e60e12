//! Everything around the state machines: wires, combinational blocks,
//! generate loops, functions, instances, pipelines and outputs.

use super::fsm::Fsm;
use super::module::{Builder, Module, Port, Reg};
use super::signal::{Function, Signal};
use super::stmt::Stmt;

impl Builder<'_> {
    /// A function of one to three arguments.
    pub fn function(&mut self) {
        let name = self.fresh("f");
        let (width, count) = (self.rng.range(1, 24), self.rng.range(1, 3));
        let decides = self.rng.chance(60);
        let arguments: Vec<Signal> = (0..count)
            .map(|index| {
                let width = self.rng.range(1, 12);
                Signal {
                    signed: self.rng.chance(30),
                    ..Signal::plain(format!("arg{index}"), width, true)
                }
            })
            .collect();
        // Known as long as the call's arguments are: the body reaches past no end.
        let mut inner = super::expr::Scope {
            signals: arguments.clone(),
            ..Default::default()
        };
        let mut body = Vec::new();
        let first = inner.expr(self.rng, 2, true, width).text;
        body.push(Stmt::Line(format!("{name} = {first};")));
        let mut locals = String::new();
        if self.rng.chance(40) {
            locals = "    integer k;\n".to_owned();
            let source = arguments[0].bit(0);
            let step = match self.rng.chance(50) && arguments[0].is_vector() {
                true => format!("{name} = {name} ^ (arg0 >> k);"),
                false => format!("{name} = ({name} << 1) | {source};"),
            };
            let rounds = self.rng.range(2, 6);
            body.push(Stmt::For(
                format!("k = 0; k < {rounds}; k = k + 1"),
                vec![Stmt::Line(step)],
            ));
        }
        if decides {
            let condition = inner.condition(self.rng);
            let other = inner.expr(self.rng, 2, true, width).text;
            body.push(Stmt::If(
                condition,
                vec![Stmt::Line(format!("{name} = {other};"))],
                Vec::new(),
            ));
        }
        let result = match width {
            1 => String::new(),
            _ => format!("[{}:0] ", width - 1),
        };
        let signed = if self.rng.chance(20) { "signed " } else { "" };
        let mut text = format!("  function {signed}{result}{name};\n");
        for argument in &arguments {
            text.push_str(&format!("    {};\n", argument.declaration("input")));
        }
        text.push_str(&locals);
        text.push_str("    begin\n");
        super::stmt::print_list(self.rng, 3, &body, &mut text);
        text.push_str("    end\n  endfunction\n");
        self.items.push(text);
        self.scope.functions.push(Function {
            name,
            width,
            arguments: count,
            decides,
        });
    }

    /// Some combinational item.
    pub fn combinational_item(&mut self) {
        match self.rng.below(100) {
            0..40 => self.wire(),
            40..65 => self.block(),
            65..75 => self.generate_loop(),
            75..90 if !self.children.is_empty() => {
                let child = self.rng.pick(&self.children).clone();
                self.instance(&child);
            }
            _ => self.wire(),
        }
    }

    fn wire(&mut self) {
        let clean = self.rng.chance(65);
        let name = self.fresh("w");
        let signal = self.random_signal(name, clean);
        let value = self.scope.expr(self.rng, 3, clean, signal.width).text;
        let delimiter = self.rng.chance(30);
        match delimiter {
            true => self
                .items
                .push(format!("  {} = {value};\n", signal.declaration("wire"))),
            false => {
                self.declarations
                    .push(format!("{};", signal.declaration("wire")));
                self.items
                    .push(format!("  assign {} = {value};\n", signal.name));
            }
        }
        if delimiter {
            // A declaration with a value must come before its users.
            let item = self.items.pop().expect("pushed above");
            self.declarations.push(item.trim().to_owned());
        }
        self.scope.signals.push(signal);
    }

    /// An `always @*` block with one or two targets, all assigned by default.
    fn block(&mut self) {
        let Some(anchor) = self.anchor() else {
            return self.wire();
        };
        let outer = std::mem::take(&mut self.scope.used);
        let targets: Vec<Signal> = (0..self.rng.range(1, 2))
            .map(|_| {
                let (name, clean) = (self.fresh("c"), self.rng.chance(65));
                self.random_signal(name, clean)
            })
            .collect();
        let mut body = Vec::new();
        for target in &targets {
            let value = self
                .scope
                .expr(self.rng, 1, target.clean, target.width)
                .text;
            body.push(Stmt::Line(format!("{} = {value};", target.name)));
        }
        for _ in 0..self.rng.range(1, 3) {
            let target = self.rng.pick(&targets).clone();
            body.push(self.block_statement(&target));
        }
        let (target, bit) = (&targets[0].name, anchor.bit(0));
        body.push(Stmt::Line(format!("{target} = {target} ^ {bit};")));
        self.scope.used.insert(anchor.name);
        self.combinational_by_events(body, outer);
        for target in targets {
            self.declare_variable(&target, 10);
        }
    }

    /// A signal that is sure to change: simulators never run a block that reads constants only.
    pub fn anchor(&mut self) -> Option<Signal> {
        let candidates: Vec<Signal> = self.scope.anchors.clone();
        match candidates.is_empty() {
            true => None,
            false => Some(self.rng.pick(&candidates).clone()),
        }
    }

    fn block_statement(&mut self, target: &Signal) -> Stmt {
        let reg = Reg {
            signal: target.clone(),
            depth: None,
            reset: None,
        };
        match self.rng.below(5) {
            0 => {
                let condition = self.scope.condition(self.rng);
                let (then, other) = (
                    self.update(&reg, &target.name, "="),
                    self.update(&reg, &target.name, "="),
                );
                Stmt::If(condition, vec![then], vec![other])
            }
            1 if target.width == target.width_max && target.is_vector() => {
                let i = self.integer();
                let name = &target.name;
                let (low, high) = (target.low_index(), target.low_index() + target.width);
                let value = match self.scope.signal(self.rng, target.clean) {
                    Some(source) if source.is_vector() && source.low_index() == 0 => {
                        let span = source.width;
                        format!("{}[{i} % {span}] ^ {name}[{i}]", source.name)
                    }
                    Some(source) => format!("{} & {name}[{i}]", source.bit(0)),
                    None => "1'b0".to_owned(),
                };
                let step = self.rng.range(1, 3);
                Stmt::For(
                    format!("{i} = {low}; {i} < {high}; {i} = {i} + {step}"),
                    vec![Stmt::Line(format!("{name}[{i}] = {value};"))],
                )
            }
            2 => {
                let Some(selector) = self.scope.selector(self.rng) else {
                    return self.update(&reg, &target.name, "=");
                };
                let arms = selector.labels.into_iter().map(|label| {
                    let then = self.update(&reg, &target.name, "=");
                    (label, vec![then])
                });
                Stmt::Case(selector.head, arms.collect())
            }
            _ => self.update(&reg, &target.name, "="),
        }
    }

    /// A generate loop of assignments, sometimes a ripple from bit to bit.
    fn generate_loop(&mut self) {
        let clean = self.rng.chance(70);
        let sources: Vec<Signal> = self
            .scope
            .signals
            .iter()
            .filter(|s| s.is_vector() && s.low_index() == 0 && (s.clean || !clean))
            .cloned()
            .collect();
        if sources.is_empty() {
            return self.wire();
        }
        let (a, b) = (
            self.rng.pick(&sources).clone(),
            self.rng.pick(&sources).clone(),
        );
        let (genvar, label, name) = (self.fresh("g"), self.fresh("gen"), self.fresh("w"));
        let width = a.width;
        let operator = *self.rng.pick(&["^", "&", "|", "~^"]);
        let right = format!(
            "{}[({genvar} + {}) % {}]",
            b.name,
            self.rng.below(5),
            b.width
        );
        let mut text = String::new();
        let ripple = self.rng.chance(30);
        let result = Signal::plain(&name, width + u32::from(ripple), clean);
        if ripple {
            text.push_str(&format!("  assign {name}[0] = {};\n", b.bit(0)));
        }
        let body = match ripple {
            true => format!(
                "assign {name}[{genvar} + 1] = {name}[{genvar}] {operator} {}[{genvar}];",
                a.name
            ),
            false => format!(
                "assign {name}[{genvar}] = {}[{genvar}] {operator} {right};",
                a.name
            ),
        };
        text.push_str(&format!(
            "  genvar {genvar};\n  generate\n    for ({genvar} = 0; {genvar} < {width}; {genvar} = {genvar} + 1) begin : {label}\n      {body}\n    end\n  endgenerate\n"
        ));
        self.items.push(text);
        self.declarations
            .push(format!("{};", result.declaration("wire")));
        self.scope.used.extend([a.name, b.name]);
        self.scope.signals.push(result);
    }

    /// An instance of a child module.
    pub fn instance(&mut self, child: &Module) {
        let name = self.fresh("u");
        let mut over = String::new();
        let mut actual = None;
        if let Some((parameter, default, other)) = &child.parameter {
            let value = match self.rng.chance(60) {
                true => *other,
                false => *default,
            };
            actual = Some(value);
            over = match (value == *default && self.rng.chance(50), self.rng.below(3)) {
                (true, _) => String::new(),
                (_, 0) => format!(" #({value})"),
                (_, 1) => format!(" #(.{parameter}({} + {}))", value - 1, 1),
                _ => format!(" #(.{parameter}({value}))"),
            };
        }
        let by_name = self.rng.chance(80);
        let mut connections = Vec::new();
        let mut results = Vec::new();
        for port in &child.ports {
            let width = match actual {
                Some(value) if port.signal.width != port.signal.width_max => value,
                Some(value) if port.signal.range.contains("-1:0]") => value,
                _ => port.signal.width,
            };
            let value = if port.signal.name == child.clock {
                self.clock.clone()
            } else if let Some((reset, high)) = &child.reset
                && *reset == port.signal.name
            {
                match *high == self.reset.1 {
                    true => self.reset.0.clone(),
                    false => format!("~{}", self.reset.0),
                }
            } else if port.input {
                self.connection(width, port.signal.clean)
            } else if by_name && self.rng.chance(8) {
                String::new()
            } else {
                let wire = Signal {
                    signed: self.rng.chance(20),
                    ..Signal::plain(self.fresh("w"), width, port.signal.clean)
                };
                self.declarations
                    .push(format!("{};", wire.declaration("wire")));
                results.push(wire.clone());
                wire.name
            };
            connections.push(match by_name {
                true => format!(".{}({value})", port.signal.name),
                false => value,
            });
        }
        if by_name {
            self.rng.shuffle(&mut connections);
        }
        let separator = *self.rng.pick(&[", ", ",\n    "]);
        self.items.push(format!(
            "  {}{over} {name} ({});\n",
            child.name,
            connections.join(separator)
        ));
        self.scope.signals.extend(results);
    }

    /// What feeds an input of an instance.
    fn connection(&mut self, width: u32, clean: bool) -> String {
        if self.rng.chance(50)
            && let Some(signal) = self.scope.signal(self.rng, clean)
        {
            return signal.name;
        }
        let wire = Signal::plain(self.fresh("w"), width, clean);
        let value = self.scope.expr(self.rng, 2, clean, width).text;
        self.declarations
            .push(format!("{};", wire.declaration("wire")));
        self.items
            .push(format!("  assign {} = {value};\n", wire.name));
        let name = wire.name.clone();
        self.scope.used.insert(name.clone());
        self.scope.signals.push(wire);
        name
    }

    /// A clocked process without a state machine.
    pub fn pipeline(&mut self, regs: &[Reg]) {
        let mut body = Vec::new();
        if self.rng.chance(25) {
            // A blocking temporary, always written before it is read.
            let temporary = Signal::plain(self.fresh("tmp"), self.rng.range(2, 20), false);
            self.declarations
                .push(format!("{};", temporary.declaration("reg")));
            let value = self.scope.expr(self.rng, 2, false, temporary.width).text;
            let name = temporary.name.clone();
            body.push(Stmt::Line(format!("{name} = {value};")));
            if let Some(reg) = regs.iter().find(|reg| !reg.signal.clean) {
                let line = match reg.depth {
                    None => format!("{} <= {name} + {};", reg.signal.name, reg.signal.name),
                    Some(_) => format!("{}[0] <= {name} ^ ({name} >> 1);", reg.signal.name),
                };
                body.push(Stmt::Line(line));
            }
        }
        for reg in regs {
            let name = reg.signal.name.clone();
            if let Some(depth) = reg.depth
                && self.rng.chance(30)
            {
                let i = self.integer();
                body.push(Stmt::For(
                    format!("{i} = {}; {i} > 0; {i} = {i} - 1", depth - 1),
                    vec![Stmt::Line(format!("{name}[{i}] <= {name}[{i} - 1];"))],
                ));
            }
            if reg.reset.is_none() && reg.depth.is_none() {
                body.push(self.load(reg, &name, "<="));
            }
            body.push(self.update(reg, &name, "<="));
        }
        if self.rng.chance(40) {
            let condition = self.scope.condition(self.rng);
            body = vec![Stmt::If(condition, body, Vec::new())];
        }
        self.clocked(regs, body);
    }

    /// A register whose halves belong to two processes.
    pub fn split_register(&mut self) {
        let width = self.rng.range(2, 24);
        let signal = Signal::plain(self.fresh("half"), width, false);
        self.declare_variable(&signal, 20);
        let low = self.rng.range(1, width - 1);
        for (from, count) in [(0, low), (low, width - low)] {
            let part = Reg {
                signal: Signal::plain(signal.part(from, count), count, false),
                depth: None,
                reset: self.rng.chance(50).then(|| "0".to_owned()),
            };
            let load = self.load(&part, &part.signal.name, "<=");
            let body = match self.rng.chance(50) {
                true => vec![Stmt::If(
                    self.scope.condition(self.rng),
                    vec![load],
                    Vec::new(),
                )],
                false => vec![load],
            };
            self.clocked(&[part], body);
        }
    }

    /// Output ports by continuous assignment; the last one folds in what nothing else has used.
    pub fn outputs(&mut self, machines: &[Fsm]) {
        for _ in 0..self.rng.range(1, 4) {
            let clean = self.rng.chance(50);
            let name = self.fresh("out");
            let output = self.random_signal(name, clean);
            let plain = match self.scope.signal(self.rng, clean) {
                Some(signal) if self.rng.chance(60) => signal.name,
                _ => self.scope.expr(self.rng, 2, clean, output.width).text,
            };
            let value = match machines {
                [] => plain,
                _ if self.rng.chance(35) => {
                    let machine = self.rng.below(machines.len() as u32) as usize;
                    let test = machines[machine].state_test(self.rng.below(8) as usize);
                    format!("({test}) ? ({plain}) : {}'d0", output.width.min(31))
                }
                _ => plain,
            };
            self.output(output, &value);
        }
        self.fold(0, |used| !used);
        if self.rng.chance(60) {
            self.fold(40, |_| true);
        }
    }

    /// An output that is the exclusive or of the signals that `choose` takes by whether
    /// they were used so far; `skip` in 100 of them are left out.
    fn fold(&mut self, skip: u32, choose: impl Fn(bool) -> bool) {
        let mut rest: Vec<Signal> = Vec::new();
        for signal in self.scope.signals.clone() {
            if choose(self.scope.used.contains(&signal.name)) && !self.rng.chance(skip) {
                rest.push(signal);
            }
        }
        if rest.is_empty() {
            return;
        }
        self.scope.used.extend(rest.iter().map(|s| s.name.clone()));
        let clean = rest.iter().all(|signal| signal.clean);
        let names: Vec<&str> = rest.iter().map(|signal| signal.name.as_str()).collect();
        let width = rest.iter().map(|signal| signal.width).max().unwrap_or(1);
        let value = names.join(" ^ ");
        let output = Signal::plain(self.fresh("rest"), width, clean);
        self.output(output, &value);
    }

    /// An output port with a continuous assignment.
    pub fn output(&mut self, signal: Signal, value: &str) {
        self.items
            .push(format!("  assign {} = {value};\n", signal.name));
        self.ports.push(Port {
            signal,
            input: false,
            variable: false,
        });
    }
}
