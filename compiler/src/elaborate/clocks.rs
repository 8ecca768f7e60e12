//! Clocks: from the expression of an event control to an input port and an
//! enable.
//!
//! A clock is an edge of an input port of the top. Between port and process
//! there may be gates, taken where every edge that passes is an edge of the
//! port, and the enable decides at that edge and no later:
//!
//! - **and**: `clk & en`, where `en` cannot change while the clock is high. It
//!   may be a latch that is open while the clock is low (`if (!clk) en = d;`,
//!   the integrated clock gate), whose input is then the enable; or logic of
//!   input ports, which the environment holds still.
//! - **or**: `clk | off`, where `off` changes at the active edge only, since
//!   it depends on registers of this clock alone.
//!
//! Either polarity. With the enable, a register becomes `enable ? next :
//! register`. Everything else is refused with what is wrong with it: divided
//! clocks, multiplexed clocks, enables that change while the gate is open.

use rustc_hash::{FxHashMap, FxHashSet};

use super::context::{ClockEvent, Elab, Res};
use super::resolve::Resolver;
use crate::diagnostics::{Diagnostic, codes};
use crate::frontend::ast::Edge;
use crate::netlist::{BinaryOp, Clock, ClockId, ExprId, GateKind, Node, UnaryOp};
use crate::source::Span;

/// The clocks found, and the way of each clock event to them.
pub(super) struct ClockTable {
    pub clocks: Vec<Clock>,
    paths: FxHashMap<u32, ClockPath>,
    /// Resolves clock signals; latches stay leaves there.
    pub resolver: Resolver,
}

impl ClockTable {
    pub fn new() -> ClockTable {
        ClockTable {
            clocks: Vec::new(),
            paths: FxHashMap::default(),
            resolver: Resolver::keeping_latches(),
        }
    }

    /// The number of a clock, which is listed if it is new.
    fn clock(&mut self, clock: Clock) -> ClockId {
        let same = |known: &Clock| known.port == clock.port && known.rising == clock.rising;
        let at = self.clocks.iter().position(same).unwrap_or_else(|| {
            self.clocks.push(clock);
            self.clocks.len() - 1
        });
        ClockId(at as u32)
    }
}

/// How an event gets its clock.
#[derive(Debug, Clone, Copy)]
pub(super) struct ClockPath {
    pub clock: ClockId,
    /// One bit: whether an edge passes; `None` where all do.
    pub enable: Option<ExprId>,
    /// The gate on the way.
    pub gate: Option<GateKind>,
}

/// An expression, inverted or not.
type Literal = (ExprId, bool);

/// Why a clock is not taken.
struct Refusal {
    message: String,
    note: String,
    help: &'static str,
}

/// A root with what gates it.
struct Gate {
    port: String,
    rising: bool,
    enables: Vec<Literal>,
    holds_high: bool,
}

impl<'a> Elab<'a> {
    /// The clock of an event of [`Elab::clocks`], and its enable. What the
    /// enable depends on is noted in `resolver`.
    pub fn clock_path(
        &mut self,
        resolver: &mut Resolver,
        table: &mut ClockTable,
        event: u32,
    ) -> Res<ClockPath> {
        if let Some(&path) = table.paths.get(&event) {
            return Ok(path);
        }
        let ClockEvent { signal, edge, span } = self.clocks[event as usize].clone();
        let signal = self.resolve(&mut table.resolver, signal)?;
        let rising = edge == Edge::Pos;
        let gate = match self.as_port(signal) {
            Some((port, straight)) => Ok(Gate {
                port,
                rising: rising == straight,
                enables: Vec::new(),
                holds_high: false,
            }),
            None => self.clock_gate(table, signal, rising),
        };
        let gate = match gate {
            Ok(gate) => gate,
            Err(refusal) => return self.refuse_clock(span, refusal),
        };
        let clock = table.clock(Clock {
            port: gate.port.clone(),
            rising: gate.rising,
            span,
        });
        let mut enable = None;
        for &(term, inverted) in &gate.enables {
            let term = if inverted { self.exprs.not(term) } else { term };
            enable = Some(match enable {
                Some(others) => self.exprs.and(others, term),
                None => term,
            });
        }
        let path = ClockPath {
            clock,
            enable,
            gate: match (self.as_port(signal), gate.holds_high) {
                (Some(_), _) => None,
                (None, false) => Some(GateKind::And),
                (None, true) => Some(GateKind::Or),
            },
        };
        table.paths.insert(event, path);
        if let Some(enable) = enable {
            self.note_support(resolver, enable);
            if gate.holds_high {
                let refusal = self.moves_elsewhere(resolver, table, enable, clock)?;
                if let Some(refusal) = refusal {
                    return self.refuse_clock(span, refusal);
                }
            }
        }
        Ok(path)
    }

    /// A value that a black box takes, as a clock that the design has.
    pub fn clock_of_value(
        &mut self,
        resolver: &mut Resolver,
        table: &mut ClockTable,
        value: ExprId,
    ) -> Res<Option<(ClockId, bool)>> {
        let signal = self.resolve(&mut table.resolver, value)?;
        for rests_low in [true, false] {
            let gate = match self.as_port(signal) {
                Some((port, straight)) => Some((port, rests_low == straight)),
                None => {
                    let gate = self.clock_gate(table, signal, rests_low).ok();
                    if let Some(gate) = &gate {
                        for &(term, _) in &gate.enables {
                            self.note_support(resolver, term);
                        }
                    }
                    let gate = gate.filter(|gate| !gate.holds_high);
                    gate.map(|gate| (gate.port, gate.rising))
                }
            };
            let clocks = table.clocks.iter();
            let at = gate.and_then(|(port, rising)| {
                clocks
                    .clone()
                    .position(|clock| clock.port == port && clock.rising == rising)
            });
            if let Some(at) = at {
                return Ok(Some((ClockId(at as u32), rests_low)));
            }
        }
        Ok(None)
    }

    fn refuse_clock<T>(&mut self, span: Span, refusal: Refusal) -> Res<T> {
        self.fail(
            Diagnostic::error(codes::CLOCK_LOGIC, span, refusal.message)
                .note(refusal.note)
                .help(refusal.help),
        )
    }

    /// Matches a gate whose output has an active edge, rising or falling.
    fn clock_gate(
        &mut self,
        table: &mut ClockTable,
        signal: ExprId,
        rising: bool,
    ) -> Result<Gate, Refusal> {
        // Of `h`, whose rising edge is the active one, the factors; of its
        // complement, those of an "or" gate.
        let and = self.factors(signal, !rising);
        if let Some(root) = self.root(table, &and)? {
            return self.and_gate(&and, root);
        }
        let or = self.factors(signal, rising);
        if let Some(root) = self.root(table, &or)? {
            let (port, inverted) = root;
            return Ok(Gate {
                rising: inverted,
                enables: or.into_iter().filter(|literal| *literal != root).collect(),
                port: self.as_port(port).map(|(name, _)| name).unwrap_or_default(),
                holds_high: true,
            });
        }
        Err(self.not_a_gate(signal))
    }

    fn and_gate(&mut self, factors: &[Literal], root: Literal) -> Result<Gate, Refusal> {
        let (expr, inverted) = root;
        let port = self.as_port(expr).map(|(name, _)| name).unwrap_or_default();
        let mut enables = Vec::new();
        for &(factor, negative) in factors.iter().filter(|factor| **factor != root) {
            if let Some((open, data)) = self.latch_of(factor) {
                if open != (expr, !inverted) {
                    return Err(Refusal {
                        message: format!("the gate of `{port}` holds its enable in a latch that is open while the clock is active"),
                        note: "the enable can change while the gate passes the clock, which makes a second edge".to_string(),
                        help: "open the latch while the clock rests: `if (!clk) en_latched = en;` for a rising edge",
                    });
                }
                enables.push((data, negative));
                continue;
            }
            if let Some(leaf) = self.changing(factor) {
                return Err(Refusal {
                    message: format!("the gate of `{port}` takes its enable from {leaf}"),
                    note: format!(
                        "{leaf} can change while the clock is active, and the gate then passes a second edge"
                    ),
                    help: "hold the enable in a latch while the clock is active, or test it in the process: `if (en) …`",
                });
            }
            enables.push((factor, negative));
        }
        Ok(Gate {
            port,
            rising: !inverted,
            enables,
            holds_high: false,
        })
    }

    /// The factors of an expression, or of its complement.
    pub fn factors(&self, expr: ExprId, negative: bool) -> Vec<Literal> {
        let mut out = Vec::new();
        let mut stack = vec![(expr, negative)];
        while let Some((expr, negative)) = stack.pop() {
            let is = |of: ExprId, value: bool| {
                let bits = self.exprs.as_const(of);
                bits.and_then(|bits| bits.bit(0)) == Some(value)
            };
            match *self.exprs.node(expr) {
                _ if is(expr, !negative) => {}
                Node::Unary(UnaryOp::Not, inner) => stack.push((inner, !negative)),
                Node::Binary(BinaryOp::And, a, b) if !negative => {
                    stack.extend([(b, false), (a, false)]);
                }
                Node::Binary(BinaryOp::Or, a, b) if negative => {
                    stack.extend([(b, true), (a, true)]);
                }
                Node::Mux(select, a, b) if is(b, negative) => {
                    stack.extend([(a, negative), (select, false)]);
                }
                Node::Mux(select, a, b) if is(a, negative) => {
                    stack.extend([(b, negative), (select, true)]);
                }
                _ => out.push((expr, negative)),
            }
        }
        out
    }

    /// Of the factors the one that is the clock.
    fn root(
        &mut self,
        table: &mut ClockTable,
        factors: &[Literal],
    ) -> Result<Option<Literal>, Refusal> {
        let ports: Vec<(Literal, String)> = factors
            .iter()
            .filter_map(|&literal| Some((literal, self.as_port(literal.0)?.0)))
            .collect();
        let opened: Vec<ExprId> = factors
            .iter()
            .filter_map(|&(factor, _)| Some(self.latch_of(factor)?.0.0))
            .collect();
        let by_latch = ports.iter().find(|((expr, _), _)| opened.contains(expr));
        if let Some((literal, _)) = by_latch {
            return Ok(Some(*literal));
        }
        if let [(literal, _)] = ports[..] {
            return Ok(Some(literal));
        }
        if ports.is_empty() {
            return Ok(None);
        }
        let direct = self.direct_clocks(table);
        let named: Vec<&(Literal, String)> = ports
            .iter()
            .filter(|(_, port)| direct.contains(port))
            .collect();
        if let [(literal, _)] = named[..] {
            return Ok(Some(*literal));
        }
        let names: Vec<String> = ports.iter().map(|(_, port)| format!("`{port}`")).collect();
        Err(Refusal {
            message: format!(
                "a clock gate of {}: which of them is the clock?",
                names.join(" and ")
            ),
            note: "no other process is clocked by exactly one of them".to_string(),
            help: "name the clock in idetic.toml: `[design] clock = \"…\"`",
        })
    }

    /// The ports that are clocks without a gate, or configured as clocks.
    fn direct_clocks(&mut self, table: &mut ClockTable) -> Vec<String> {
        let configured = self.options.clocks.iter();
        let mut ports: Vec<String> = configured
            .filter_map(|text| text.split_whitespace().last())
            .map(str::to_string)
            .collect();
        for event in 0..self.clocks.len() {
            let signal = self.clocks[event].signal;
            // An error here is met again where it matters.
            let told = (self.diagnostics.list.len(), self.told.clone());
            if let Ok(signal) = self.resolve(&mut table.resolver, signal)
                && let Some((port, _)) = self.as_port(signal)
            {
                ports.push(port);
            }
            self.diagnostics.list.truncate(told.0);
            self.told = told.1;
        }
        ports
    }

    /// When a latch is open, and what it takes then.
    fn latch_of(&self, expr: ExprId) -> Option<(Literal, ExprId)> {
        let Node::Mux(select, a, b) = *self.exprs.node(expr) else {
            return None;
        };
        let kept = |of: ExprId| match *self.exprs.node(of) {
            Node::Net(_) => true,
            Node::Slice(whole, _) => matches!(self.exprs.node(whole), Node::Net(_)),
            _ => false,
        };
        let (open, data) = match (kept(a), kept(b)) {
            (false, true) => ((select, false), a),
            (true, false) => ((select, true), b),
            _ => return None,
        };
        match *self.exprs.node(open.0) {
            Node::Unary(UnaryOp::Not, inner) => Some(((inner, !open.1), data)),
            _ => Some((open, data)),
        }
    }

    /// Something in an expression that may change at a clock edge, in words.
    fn changing(&self, expr: ExprId) -> Option<String> {
        let support = self.support(expr);
        support
            .into_iter()
            .find_map(|leaf| match *self.exprs.node(leaf) {
                Node::Reg(flop) => {
                    let slot = self.flops[flop.index()].slot;
                    Some(format!("the register `{}`", self.slot_name(slot)))
                }
                Node::MemRead(memory, _) => {
                    let net = self.memories[memory.index()].net;
                    Some(format!("the memory `{}`", self.net(net).path))
                }
                Node::Net(_) => Some("a latch of another form".to_string()),
                Node::Input(input) if self.top_ports.get(input.index()).is_none() => {
                    Some(format!("the black box output `{}`", self.input_name(input)))
                }
                _ => None,
            })
    }

    /// The leaves of an expression, and the memories it reads.
    pub fn support(&self, expr: ExprId) -> Vec<ExprId> {
        let mut seen = FxHashSet::default();
        let mut leaves = Vec::new();
        let mut stack = vec![expr];
        while let Some(id) = stack.pop() {
            if !seen.insert(id) {
                continue;
            }
            match self.exprs.node(id) {
                Node::Input(_) | Node::Reg(_) | Node::Net(_) => leaves.push(id),
                Node::MemRead(..) => leaves.push(id),
                _ => {}
            }
            self.exprs.operands(id, |operand| stack.push(operand));
        }
        leaves.sort_unstable();
        leaves
    }

    /// Notes the state that an expression depends on.
    pub fn note_support(&self, resolver: &mut Resolver, expr: ExprId) {
        for leaf in self.support(expr) {
            match *self.exprs.node(leaf) {
                Node::Reg(flop) => resolver.add_flop(flop.0),
                Node::MemRead(memory, _) => resolver.add_memory(memory.0),
                _ => {}
            }
        }
    }

    /// What of an "or" gate's enable does not change at the active edge alone.
    fn moves_elsewhere(
        &mut self,
        resolver: &mut Resolver,
        table: &mut ClockTable,
        enable: ExprId,
        clock: ClockId,
    ) -> Res<Option<Refusal>> {
        let port = table.clocks[clock.index()].port.clone();
        for leaf in self.support(enable) {
            let what = match *self.exprs.node(leaf) {
                Node::Reg(flop) => {
                    let (event, slot) = {
                        let flop = &self.flops[flop.index()];
                        (flop.clock, flop.slot)
                    };
                    if self.clock_path(resolver, table, event)?.clock == clock {
                        continue;
                    }
                    format!("the register `{}` of another clock", self.slot_name(slot))
                }
                Node::Input(input) => format!("the input `{}`", self.input_name(input)),
                Node::MemRead(memory, _) => {
                    let net = self.memories[memory.index()].net;
                    format!("the memory `{}`", self.net(net).path)
                }
                _ => "a latch".to_string(),
            };
            return Ok(Some(Refusal {
                message: format!("the gate of `{port}` takes its enable from {what}"),
                note: format!(
                    "{what} can change while the clock rests, and the gate then passes an edge of its own"
                ),
                help: "enable it by registers of the same clock, or test the enable in the process: `if (en) …`",
            }));
        }
        Ok(None)
    }

    /// Says what a clock is that is none.
    fn not_a_gate(&self, signal: ExprId) -> Refusal {
        let support = self.support(signal);
        let register = support
            .iter()
            .find_map(|&leaf| match *self.exprs.node(leaf) {
                Node::Reg(flop) => Some(self.slot_name(self.flops[flop.index()].slot)),
                _ => None,
            });
        let mut ports: Vec<&str> = Vec::new();
        for &leaf in &support {
            if let Node::Input(input) = *self.exprs.node(leaf) {
                ports.extend(self.top_ports.get(input.index()).map(String::as_str));
            }
        }
        let note = match (self.exprs.node(signal), register, &ports[..]) {
            (_, Some(register), []) => {
                format!("the register `{register}` makes it: a divided clock")
            }
            (Node::Mux(..), _, [_, _, ..]) => "it is chosen among several signals".to_string(),
            (_, Some(register), _) => format!("it is made by logic of `{register}` and inputs"),
            (_, None, [_, ..]) => "it is made by logic of inputs".to_string(),
            (_, None, []) => "no input port makes it".to_string(),
        };
        Refusal {
            message:
                "this clock is not an input port of the top module, nor one behind a clock gate"
                    .to_string(),
            note,
            help: "use the input clock and an enable, or a gate of the form `clk & enable` with the enable latched while `clk` is low",
        }
    }
}
