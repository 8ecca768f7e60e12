//! Items that a design has only where its [`Options`](super::Options) ask for them: memories, tasks, registers assigned by `=`, and
//! registers in generate loops. Their values reach outputs directly, or the scope as values that may be unknown.

use super::expr::Scope;
use super::module::{Builder, ResetKind};
use super::signal::Signal;
use super::stmt::{self, Stmt};

impl Builder<'_> {
    /// The items that the options ask for, a few of each.
    pub fn features(&mut self) {
        if self.options.memories && self.rng.chance(70) {
            self.memory();
        }
        if self.options.tasks {
            self.task_block();
        }
        if self.options.blocking_registers {
            self.blocking_register();
        }
        if self.options.generate_registers {
            self.generate_registers();
        }
    }

    /// The test that the reset is not active; `1'b1` where there is none.
    fn running(&self) -> String {
        match (self.kind, &self.reset) {
            (ResetKind::Initial, _) => "1'b1".to_owned(),
            (_, (reset, true)) => format!("!{reset}"),
            (_, (reset, false)) => reset.clone(),
        }
    }

    /// A memory of more words than are worth a register each, with one write port and one read port.
    fn memory(&mut self) {
        let (name, width) = (self.fresh("ram"), self.rng.range(8, 16));
        let depth = *self.rng.pick(&[20u32, 32, 48]);
        let bits = 32 - (depth - 1).leading_zeros();
        let port = Signal::plain(self.fresh("q"), width, false);
        let (write, read) = (self.fresh("waddr"), self.fresh("raddr"));
        for address in [&write, &read] {
            let signal = Signal::plain(address, bits, true);
            // Few words, so that what was written is read again.
            let value = self.scope.expr(self.rng, 1, true, 4).text;
            self.declarations
                .push(format!("{};", signal.declaration("wire")));
            self.items
                .push(format!("  assign {address} = ({value}) & 7;\n"));
        }
        self.declarations
            .push(format!("reg [{}:0] {name} [0:{}];", width - 1, depth - 1));
        self.declarations
            .push(format!("{};", port.declaration("reg")));
        let data = self.scope.expr(self.rng, 2, true, width).text;
        let condition = self.scope.condition(self.rng);
        let (clock, running) = (self.clock.clone(), self.running());
        let mut text = format!(
            "  always @(posedge {clock}) begin\n    if ({running} && ({condition}))\n      {name}[{write}] <= {data};\n"
        );
        let registered = self.rng.chance(60);
        if registered {
            text.push_str(&format!("    {} <= {name}[{read}];\n  end\n", port.name));
        } else {
            text.push_str(&format!(
                "  end\n  always @* {} = {name}[{read}];\n",
                port.name
            ));
        }
        self.items.push(text);
        self.scope.signals.push(port);
    }

    /// A task that computes from its arguments, called in a combinational block.
    fn task_block(&mut self) {
        let Some(anchor) = self.anchor() else {
            return;
        };
        let (name, width) = (self.fresh("t"), self.rng.range(1, 20));
        let arguments: Vec<Signal> = (0..self.rng.range(1, 3))
            .map(|index| {
                let width = self.rng.range(1, 12);
                Signal {
                    signed: self.rng.chance(30),
                    ..Signal::plain(format!("arg{index}"), width, true)
                }
            })
            .collect();
        let mut inner = Scope {
            signals: arguments.clone(),
            ..Default::default()
        };
        let mut line = |builder: &mut Self| {
            let value = inner.expr(builder.rng, 2, true, width).text;
            vec![Stmt::Line(format!("result = {value};"))]
        };
        let mut body = line(self);
        let other = line(self);
        body.push(Stmt::If(inner.condition(self.rng), other, Vec::new()));
        let result = Signal::plain("result", width, true);
        let mut text = format!("  task {name};\n");
        for argument in &arguments {
            text.push_str(&format!("    {};\n", argument.declaration("input")));
        }
        text.push_str(&format!("    {};\n", result.declaration("output")));
        text.push_str("    begin\n");
        stmt::print_list(self.rng, 3, &body, &mut text);
        text.push_str("    end\n  endtask\n");
        self.items.push(text);

        let outer = std::mem::take(&mut self.scope.used);
        let target = Signal::plain(self.fresh("c"), width, true);
        let mut body = Vec::new();
        for _ in 0..self.rng.range(1, 2) {
            let actual: Vec<String> = arguments
                .iter()
                .map(|argument| self.scope.expr(self.rng, 1, true, argument.width).text)
                .collect();
            body.push(Stmt::Line(format!(
                "{name}({}, {});",
                actual.join(", "),
                target.name
            )));
        }
        let (target_name, bit) = (&target.name, anchor.bit(0));
        body.push(Stmt::Line(format!(
            "{target_name} = {target_name} ^ {bit};"
        )));
        self.scope.used.insert(anchor.name);
        self.combinational_by_events(body, outer);
        self.declare_variable(&target, 10);
    }

    /// A register assigned by `=`. Only its own process and an output read it: what other processes would see at the same edge is a race.
    fn blocking_register(&mut self) {
        let width = self.rng.range(2, 20);
        let signal = Signal::plain(self.fresh("blk"), width, true);
        let name = signal.name.clone();
        self.declarations
            .push(format!("{};", signal.declaration("reg")));
        let (first, second) = (
            self.scope.expr(self.rng, 2, true, width).text,
            self.scope.expr(self.rng, 1, true, width).text,
        );
        let condition = self.scope.condition(self.rng);
        let clock = self.clock.clone();
        let head = match self.kind {
            ResetKind::Initial => {
                self.items.push(format!("  initial {name} = 0;\n"));
                String::new()
            }
            _ => format!("if (!({})) {name} = 0;\n    else ", self.running()),
        };
        self.items.push(format!(
            "  always @(posedge {clock})\n    {head}begin\n      {name} = {name} ^ ({first});\n      if ({condition})\n        {name} = {name} + ({second});\n    end\n"
        ));
        let output = Signal::plain(self.fresh("out"), width, true);
        self.output(output, &name);
    }

    /// A generate loop with a register in each turn.
    fn generate_registers(&mut self) {
        let (genvar, label, name) = (self.fresh("g"), self.fresh("gen"), self.fresh("bank"));
        let (turns, width) = (self.rng.range(2, 4), self.rng.range(1, 5));
        let result = Signal::plain(&name, turns * width, true);
        let value = self.scope.expr(self.rng, 2, true, width).text;
        let condition = self.scope.condition(self.rng);
        let clock = self.clock.clone();
        let range = match width {
            1 => String::new(),
            _ => format!("[{}:0] ", width - 1),
        };
        let reset = match self.kind {
            ResetKind::Initial => "initial q = 0;\n      ".to_owned(),
            _ => String::new(),
        };
        let head = match self.kind {
            ResetKind::Initial => String::new(),
            _ => format!("if (!({})) q <= {genvar};\n        else ", self.running()),
        };
        self.items.push(format!(
            "  genvar {genvar};\n  generate\n    for ({genvar} = 0; {genvar} < {turns}; {genvar} = {genvar} + 1) begin : {label}\n      reg {range}q;\n      {reset}always @(posedge {clock})\n        {head}if ({condition}) q <= q + ({value}) + {genvar};\n      assign {name}[{genvar} * {width} +: {width}] = q;\n    end\n  endgenerate\n"
        ));
        self.declarations
            .push(format!("{};", result.declaration("wire")));
        self.scope.signals.push(result);
    }
}
