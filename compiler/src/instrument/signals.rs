//! Clocks and resets under another name.
//!
//! Some signals of the user's must not act as they are while the design is
//! stopped. An identifier is put in front of them, which makes the name of a
//! net of ours:
//!
//! | where | becomes | why |
//! | --- | --- | --- |
//! | `posedge x … if (x)` | `idetic_rst_x = x & ~idetic_stopped` | an asynchronous reset that logic makes must not fire while the chain turns |
//! | `posedge g` | `idetic_clk_g = g \| idetic_pulse_shift` | a closed clock gate must let the chain's clocks through |
//! | `.clk(c)` of a black box | `idetic_run_c = c & idetic_pulse_run` | a black box must not see the chain's clocks |
//!
//! Active-low and falling ones likewise, with the operators exchanged. The
//! pulses are clocks from clock gates of their own in the wrapper, in phase with
//! the design's clock, so that none of these gates can make an edge of its own.

use std::collections::BTreeSet;

use crate::diagnostics::{Diagnostic, codes};
use crate::frontend::ast::{
    Arg, Edge, ExprId, ExprKind, Member, ScopeId, StmtId, StmtKind, SymbolKind, Timing,
};
use crate::netlist::{BlackBox, BlackBoxRole, GateKind, InstanceId, Register, ResetSource};

use super::edits::Edit;
use super::module::Context;

/// What a net of ours stands in for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Purpose {
    Reset,
    Clock,
    Run,
}

/// A net that stands in for one of the user's.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StandIn {
    purpose: Purpose,
    /// The user's net.
    name: String,
    /// It rests at 1: active low, or a falling active edge.
    inverted: bool,
}

impl StandIn {
    fn prefix(&self) -> &'static str {
        match (self.purpose, self.inverted) {
            (Purpose::Reset, false) => "idetic_rst_",
            (Purpose::Reset, true) => "idetic_rstn_",
            (Purpose::Clock, false) => "idetic_clk_",
            (Purpose::Clock, true) => "idetic_clkn_",
            (Purpose::Run, false) => "idetic_run_",
            (Purpose::Run, true) => "idetic_runn_",
        }
    }

    /// Its declaration.
    pub fn declaration(&self) -> String {
        format!(
            "/* verilator lint_off SYNCASYNCNET */ wire {}{}; /* verilator lint_on SYNCASYNCNET */",
            self.prefix(),
            self.name
        )
    }

    /// What drives it.
    pub fn assignment(&self) -> String {
        let (prefix, name) = (self.prefix(), &self.name);
        let value = match (self.purpose, self.inverted) {
            (Purpose::Reset, false) => format!("{name} & ~idetic_stopped"),
            (Purpose::Reset, true) => format!("{name} | idetic_stopped"),
            (Purpose::Clock, false) => format!("{name} | idetic_pulse_shift"),
            (Purpose::Clock, true) => format!("{name} & ~idetic_pulse_shift"),
            (Purpose::Run, false) => format!("{name} & idetic_pulse_run"),
            (Purpose::Run, true) => format!("{name} | ~idetic_pulse_run"),
        };
        format!("assign {prefix}{name} = {value};")
    }
}

/// The edits of one place, and the nets that they need.
#[derive(Debug, Default)]
pub struct Renamed {
    /// Insertions.
    pub edits: Vec<Edit>,
    /// Nets, to be declared in the module.
    pub nets: BTreeSet<StandIn>,
}

/// Which nets of the wrapper an instance needs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Needs {
    /// `idetic_stopped`
    pub stopped: bool,
    /// `idetic_pulse_shift`
    pub shift: bool,
    /// `idetic_pulse_run`
    pub run: bool,
}

impl Needs {
    /// What the process of a saved register needs.
    pub fn of_register(register: &Register) -> Needs {
        Needs {
            stopped: register.clocking.resets.contains(&ResetSource::Logic),
            shift: register.clocking.gate.is_some(),
            run: false,
        }
    }

    /// What the module around a black box needs.
    pub fn of_black_box(opaque: &BlackBox) -> Needs {
        Needs {
            run: clocks(opaque).next().is_some(),
            ..Needs::default()
        }
    }

    /// The needs of both.
    pub fn and(self, other: Needs) -> Needs {
        Needs {
            stopped: self.stopped || other.stopped,
            shift: self.shift || other.shift,
            run: self.run || other.run,
        }
    }

    /// The names of the ports.
    pub fn ports(self) -> impl Iterator<Item = &'static str> {
        let list = [
            (self.stopped, "idetic_stopped"),
            (self.shift, "idetic_pulse_shift"),
            (self.run, "idetic_pulse_run"),
        ];
        list.into_iter()
            .filter(|(needed, _)| *needed)
            .map(|(_, name)| name)
    }
}

/// The clock ports of a black box, with whether each rests at 0.
fn clocks(opaque: &BlackBox) -> impl Iterator<Item = (usize, bool)> {
    let ports = opaque.ports.iter().enumerate();
    ports.filter_map(|(at, port)| match port.role {
        BlackBoxRole::Clock { rests_low, .. } => Some((at, rests_low)),
        _ => None,
    })
}

/// The clock and the resets of the process that drives a saved register.
pub fn process(cx: &Context, stmt: StmtId, register: &Register) -> Result<Renamed, Diagnostic> {
    let mut renamed = Renamed::default();
    let clocking = &register.clocking;
    let masked = clocking.resets.contains(&ResetSource::Logic);
    if !masked && clocking.gate.is_none() {
        return Ok(renamed);
    }
    let process = register.origin.process.span;
    let refuse = |message: String, help: &str| {
        Diagnostic::error(codes::CANNOT_EDIT, process, message)
            .label(register.origin.declaration, "declared here")
            .help(help)
    };
    if clocking.gate == Some(GateKind::Or) {
        return Err(refuse(
            format!(
                "`{}` must be saved, but its clock passes a gate `clk | off`",
                register.name
            ),
            "a closed gate of this form rests behind the active edge, so that no further clock can be let through; use `clk & enable` with the enable latched while `clk` is low, or test the enable in the process",
        ));
    }
    if !register.origin.process.place.loops.is_empty() {
        return Err(refuse(
            format!(
                "the clock or a reset of `{}` must be changed, but its process stands in a generate loop",
                register.name
            ),
            "put the process into a module of its own, and instantiate that in the loop",
        ));
    }
    let unreadable = || {
        refuse(
            format!(
                "the clock or a reset of `{}` must be changed, but is no simple name",
                register.name
            ),
            "write `always @(posedge clk or posedge rst) if (rst) … else …`, with nets of the module declared once",
        )
    };
    let StmtKind::Timed {
        timing: Timing::Events(events),
        body: Some(body),
    } = &cx.ast[stmt].kind
    else {
        return Err(unreadable());
    };
    let simple = |expr: ExprId| match &cx.ast[expr].kind {
        ExprKind::Name(name) => Some(&**name),
        _ => None,
    };
    let mut clock_events: Vec<_> = events.iter().collect();
    let mut at = *body;
    for source in &clocking.resets {
        let (condition, otherwise) = loop {
            match &cx.ast[at].kind {
                StmtKind::Block { stmts, .. } => {
                    at = cx.ast.reset_test(stmts).ok_or_else(unreadable)?.0;
                }
                StmtKind::If {
                    condition,
                    else_branch,
                    ..
                } => break (*condition, *else_branch),
                _ => return Err(unreadable()),
            }
        };
        let mut names = Vec::new();
        leaves(cx, condition, &mut names);
        let event = clock_events.iter().position(|event| {
            let name = simple(event.expr);
            name.is_some() && names.iter().any(|&leaf| simple(leaf) == name)
        });
        let Some(event) = event.map(|at| clock_events.remove(at)) else {
            return Err(unreadable());
        };
        if *source == ResetSource::Logic {
            let name = simple(event.expr)
                .expect("it was found by its name")
                .to_string();
            let net = StandIn {
                purpose: Purpose::Reset,
                inverted: event.edge == Edge::Neg,
                name: name.clone(),
            };
            names.retain(|&leaf| simple(leaf) == Some(&name));
            for leaf in names.into_iter().chain([event.expr]) {
                rename(cx, leaf, &net, &mut renamed).ok_or_else(unreadable)?;
            }
        }
        match otherwise {
            Some(branch) => at = branch,
            None => break,
        }
    }
    if clocking.gate.is_some() {
        let [event] = clock_events[..] else {
            return Err(unreadable());
        };
        let net = StandIn {
            purpose: Purpose::Clock,
            inverted: event.edge == Edge::Neg,
            name: simple(event.expr).ok_or_else(unreadable)?.to_string(),
        };
        rename(cx, event.expr, &net, &mut renamed).ok_or_else(unreadable)?;
    }
    Ok(renamed)
}

/// The clocks that a black box of the context's instance gets.
pub fn black_box(
    cx: &Context,
    opaque: &BlackBox,
    instance: InstanceId,
) -> Result<Renamed, Diagnostic> {
    let mut renamed = Renamed::default();
    let refuse = |port: &str| {
        Diagnostic::error(
            codes::CANNOT_EDIT,
            opaque.span,
            format!(
                "the clock of the black box `{}` cannot be changed in this text",
                opaque.path
            ),
        )
        .at(format!("its port `{port}`"))
        .help(format!(
            "connect it as `.{port}(clk)`, with a net of the module that is declared once"
        ))
    };
    let symbol = cx.netlist.instances[instance.index()].symbol;
    let syntax = symbol.map(|symbol| &cx.ast[symbol].kind);
    for (at, rests_low) in clocks(opaque) {
        let port = &opaque.ports[at].name;
        let Some(SymbolKind::Instance(syntax)) = syntax else {
            return Err(refuse(port));
        };
        let value = syntax
            .connections
            .iter()
            .enumerate()
            .find_map(|(place, arg)| match arg {
                Arg::Positional(value) if place == at => *value,
                Arg::Named { name, value } if *name.text == **port => *value,
                _ => None,
            });
        let name = value.and_then(|value| match &cx.ast[value].kind {
            ExprKind::Name(name) => Some((value, name.to_string())),
            _ => None,
        });
        let Some((value, name)) = name else {
            return Err(refuse(port));
        };
        let net = StandIn {
            purpose: Purpose::Run,
            inverted: !rests_low,
            name,
        };
        rename(cx, value, &net, &mut renamed).ok_or_else(|| refuse(port))?;
    }
    Ok(renamed)
}

/// The names that a reset's condition is made of, as far as it is a test.
fn leaves(cx: &Context, expr: ExprId, out: &mut Vec<ExprId>) {
    match &cx.ast[expr].kind {
        ExprKind::Name(_) => out.push(expr),
        ExprKind::Unary(_, operand) => leaves(cx, *operand, out),
        ExprKind::Binary(_, a, b) => {
            leaves(cx, *a, out);
            leaves(cx, *b, out);
        }
        _ => {}
    }
}

/// Puts the stand-in's prefix in front of a name.
fn rename(cx: &Context, expr: ExprId, net: &StandIn, renamed: &mut Renamed) -> Option<()> {
    let span = cx.ast[expr].span;
    let written = cx.sources.text(span);
    let plain = written == net.name && cx.editable(span, "this name").is_ok();
    if !plain || !declared_once(cx, &net.name) {
        return None;
    }
    renamed.edits.push(Edit {
        file: cx.file(),
        offset: span.start,
        text: net.prefix().to_string(),
    });
    renamed.nets.insert(net.clone());
    Some(())
}

/// Whether a name means the same net in the whole module: declared in its body
/// and nowhere below, or an implicit net of a module without generated blocks.
fn declared_once(cx: &Context, name: &str) -> bool {
    let module = cx.module().scope;
    let (mut own, mut below, mut generated) = (0, 0, false);
    for (at, scope) in cx.ast.scopes.iter().enumerate() {
        let id = ScopeId(at as u32);
        if !cx.ast.within(id, module) {
            continue;
        }
        for member in &scope.members {
            match member {
                Member::Declare(symbol) if *cx.ast[*symbol].name.text == *name => {
                    *(if id == module { &mut own } else { &mut below }) += 1;
                }
                Member::GenerateIf(_)
                | Member::GenerateCase { .. }
                | Member::GenerateFor { .. }
                | Member::Generate(_) => generated = true,
                _ => {}
            }
        }
    }
    below == 0 && (own == 1 || own == 0 && !generated)
}
