//! Which candidates become control registers.
//!
//! All of them, if their product stays within the limits. Otherwise the set is
//! built up: first what the user forces, then the state registers, whose values are only chosen, then what
//! counts, in each group the register first whose value steers the most data. A
//! part of the list that leads beyond the limits is halved and tried again, so a
//! register is given up exactly if those taken before it leave no room for it.
//! Giving up from the full set would need to know which of several registers is
//! at fault, and the pointers and the level of a queue, which move together,
//! hide each other. What does not fit as a whole is allowed fewer states, and
//! counters fewer still: most of a product of independent machines shows little
//! that its factors do not, and each state costs time here and logic on the chip.

use super::candidates::{candidates, chosen};
use super::cases::open_registers;
use super::explore::{Explorer, Failure, Limits};
use super::start::{Starts, starts};
use super::{ControlGraph, ControlOptions, ResetStart, Verdict};
use crate::diagnostics::{Diagnostic, Diagnostics, Severity, codes};
use crate::netlist::known::Scratch;
use crate::netlist::{BinaryOp, Bits, Boundary, ExprId, Netlist, Node, RegId};
use crate::source::Setting;

/// Where not all candidates fit, state registers may lead to this part of the states.
const STATE_SHARE: usize = 4;

/// And counters to this one.
const COUNTER_SHARE: usize = 8;

/// Finds the control registers and the control graph of a netlist.
///
/// Deterministic. There is always a graph: what cannot be control is data, and
/// without control there is one state. Errors are about names in the options
/// that the netlist does not have, warnings about registers that are asked for and not taken. Cost of an attempt: states × edges per state ×
/// what they change in the cone of the control registers' next values; of all
/// attempts: bounded, in evaluations and not in time.
pub fn explore(netlist: &Netlist, options: &ControlOptions) -> (ControlGraph, Diagnostics) {
    let mut diagnostics = unknown_names(netlist, options);
    let graph = Search::new(netlist, options).run();
    diagnostics.list.extend(not_taken(netlist, options, &graph));
    (graph, diagnostics)
}

/// Warnings about registers that the user wants to be control registers and that are none.
fn not_taken(netlist: &Netlist, options: &ControlOptions, graph: &ControlGraph) -> Vec<Diagnostic> {
    let warning = |verdict: &Verdict| {
        let name = &netlist.registers[verdict.register.index()].name;
        if verdict.control || !options.forced.contains(name) {
            return None;
        }
        let reason = &verdict.reason;
        let message =
            format!("`{name}` is no control register, although it is asked for: {reason}");
        let setting = Setting::text(&["plan", "control"], name);
        let mut warning = Diagnostic::global(codes::CONFIG, message).setting(setting);
        warning.severity = Severity::Warning;
        Some(warning.help(format!(
            "`idetic analyze --explain {name}` says what decides it"
        )))
    };
    graph.verdicts.iter().filter_map(warning).collect()
}

/// Errors for registers and inputs that do not exist.
fn unknown_names(netlist: &Netlist, options: &ControlOptions) -> Diagnostics {
    let mut diagnostics = Diagnostics::default();
    let forced = options.forced.iter().map(|name| ("control", name));
    let forbidden = options.forbidden.iter().map(|name| ("not_control", name));
    for (key, name) in forced.chain(forbidden) {
        if !netlist
            .registers
            .iter()
            .any(|register| register.name == *name)
        {
            let message = format!("there is no register `{name}` to take as control or data");
            let help = "`idetic analyze` lists the registers of the design";
            let setting = Setting::text(&["plan", key], name);
            let error = Diagnostic::global(codes::CONFIG, message).setting(setting);
            diagnostics.push(error.help(help));
        }
    }
    if let Some((port, _)) = &options.reset {
        let input = netlist.input_port(port);
        if input.is_none_or(|input| input.width != 1) {
            let message = format!("the configured reset `{port}` is no input of one bit");
            let names: Vec<&str> = (netlist.inputs.iter())
                .filter(|input| input.width == 1 && input.boundary == Boundary::Port)
                .map(|input| input.name.as_str())
                .collect();
            let help = format!("inputs of one bit are: {}", names.join(", "));
            let setting = Setting::new(&["design", "reset", "name"]);
            let error = Diagnostic::global(codes::CLOCK_NOT_FOUND, message).setting(setting);
            diagnostics.push(error.help(help));
        }
    }
    diagnostics
}

struct Search<'a> {
    netlist: &'a Netlist,
    options: &'a ControlOptions,
    scratch: Scratch,
    /// Why a register is no candidate, whatever the others are.
    banned: Vec<Option<String>>,
    forced: Vec<bool>,
    /// The reset found with all candidates.
    reset: Option<Option<ResetStart>>,
    /// Evaluations so far.
    spent: u64,
    /// There is no work left.
    last: bool,
}

/// The set while it is built up.
struct Growth {
    taken: Vec<RegId>,
    graph: ControlGraph,
    /// Registers that are settled only together with others.
    later: Vec<RegId>,
    /// Why registers were given up.
    given_up: Vec<(RegId, String)>,
}

impl<'a> Search<'a> {
    fn new(netlist: &'a Netlist, options: &'a ControlOptions) -> Search<'a> {
        let named = |names: &[String]| -> Vec<bool> {
            let registers = netlist.registers.iter();
            registers
                .map(|register| names.contains(&register.name))
                .collect()
        };
        let mut banned: Vec<Option<String>> = (named(&options.forbidden).into_iter())
            .map(|forbidden| forbidden.then(|| "forbidden by the user".to_owned()))
            .collect();
        for (reason, open) in banned.iter_mut().zip(open_registers(netlist)) {
            if open && reason.is_none() {
                let many = "given up: with its asynchronous reset there would be too many cases";
                *reason = Some(many.to_owned());
            }
        }
        Search {
            netlist,
            options,
            scratch: Scratch::default(),
            banned,
            forced: named(&options.forced),
            reset: None,
            spent: 0,
            last: false,
        }
    }

    fn run(mut self) -> ControlGraph {
        let all = self.options.state_limit;
        let mut tried = Vec::new();
        match self.attempt(|_| true, all, &mut tried) {
            Ok(graph) => graph,
            Err(_) => self.grow_all(&tried),
        }
    }

    /// Explores with those candidates that are `wanted`; `tried` becomes the ones
    /// that it came to. Registers at fault themselves are left out for good.
    fn attempt(
        &mut self,
        wanted: impl Fn(RegId) -> bool,
        states: usize,
        tried: &mut Vec<RegId>,
    ) -> Result<ControlGraph, String> {
        let mut out = self.banned.clone();
        for (index, reason) in out.iter_mut().enumerate() {
            if reason.is_none() && !wanted(RegId(index as u32)) {
                *reason = Some(String::new());
            }
        }
        loop {
            let reasons = candidates(self.netlist, &out, &self.forced);
            let registers = chosen(&reasons);
            let reset = self.reset.take();
            let found = starts(
                self.netlist,
                &registers,
                self.options,
                reset,
                &mut self.scratch,
            );
            self.reset = Some(found.reset.clone());
            let unknown = unknown(self.netlist, &registers, &found);
            if !unknown.is_empty() {
                let reason = match &found.reset {
                    None => "no reset or initial value makes it known".to_owned(),
                    Some(reset) => {
                        format!(
                            "neither the reset `{}` nor an initial value makes it known",
                            reset.port
                        )
                    }
                };
                for register in unknown {
                    out[register.index()] = Some(reason.clone());
                }
                continue;
            }
            tried.clone_from(&registers);
            let limits = Limits {
                states,
                spent: self.spent,
            };
            let mut explorer = Explorer::new(
                self.netlist,
                self.options,
                registers,
                &mut self.scratch,
                limits,
            );
            let result = explorer.run(&found);
            self.spent += explorer.work();
            self.last = explorer.is_last();
            match result {
                Ok(()) => return Ok(explorer.finish(found, reasons)),
                Err(Failure::Size(reason)) => return Err(reason),
                Err(Failure::Register(register, reason)) => {
                    out[register.index()] = Some(reason.clone());
                    self.banned[register.index()] = Some(reason);
                }
            }
        }
    }

    /// Builds the set up from registers whose product is too large.
    fn grow_all(&mut self, registers: &[RegId]) -> ControlGraph {
        let all = self.options.state_limit;
        let weights = steered_bits(self.netlist, registers);
        let mut order: Vec<(RegId, u64)> = registers.iter().copied().zip(weights).collect();
        order.sort_by_key(|&(_, weight)| std::cmp::Reverse(weight));
        let (mut forced, mut states, mut counters) = (Vec::new(), Vec::new(), Vec::new());
        for (register, _) in order {
            let next = self.netlist.registers[register.index()].next;
            let group = match self.forced[register.index()] {
                true => &mut forced,
                false if does_arithmetic(self.netlist, next) => &mut counters,
                false => &mut states,
            };
            group.push(register);
        }
        let graph = self.attempt(|_| false, all, &mut Vec::new());
        let mut growth = Growth {
            taken: Vec::new(),
            graph: graph.unwrap_or_else(|_| unreachable!("no register, one state")),
            later: Vec::new(),
            given_up: Vec::new(),
        };
        let groups = [
            (forced, 1),
            (states, STATE_SHARE),
            (counters, COUNTER_SHARE),
        ];
        for (list, share) in groups {
            let limit = (all / share).max(1);
            self.grow(&mut growth, &list, limit);
            let later = std::mem::take(&mut growth.later);
            self.grow(&mut growth, &later, limit);
        }
        let mut graph = growth.graph;
        let left = growth.later.into_iter();
        let left = left.map(|register| (register, "it needs one that was given up".to_owned()));
        for (register, reason) in growth.given_up.into_iter().chain(left) {
            let verdict = &mut graph.verdicts[register.index()];
            if !verdict.control {
                verdict.reason = reason;
            }
        }
        graph
    }

    /// Takes as many registers of a list as fit, the first ones first.
    fn grow(&mut self, growth: &mut Growth, list: &[RegId], limit: usize) {
        if list.is_empty() {
            return;
        }
        let result = match self.last {
            false => {
                let taken = &growth.taken;
                let wanted = |register| taken.contains(&register) || list.contains(&register);
                self.attempt(wanted, limit, &mut Vec::new())
            }
            true => Err("given up: there was no time left to try it".to_owned()),
        };
        match result {
            Ok(graph) => {
                growth.taken.clone_from(&graph.registers);
                let missing = list.iter().filter(|own| {
                    !graph.registers.contains(own) && self.banned[own.index()].is_none()
                });
                growth.later.extend(missing);
                growth.graph = graph;
            }
            Err(reason) if list.len() == 1 || self.last => {
                let each = list.iter().map(|register| (*register, reason.clone()));
                growth.given_up.extend(each);
            }
            Err(_) => {
                let (first, second) = list.split_at(list.len() / 2);
                self.grow(growth, first, limit);
                self.grow(growth, second, limit);
            }
        }
    }
}

/// The registers that are not known in some start. Where there is no start at all, it is those without an initial value
/// that leave none, as long as there are others.
fn unknown(netlist: &Netlist, registers: &[RegId], starts: &Starts) -> Vec<RegId> {
    let own = registers.iter().copied().enumerate();
    if !starts.values.is_empty() {
        let known = |at: usize| starts.values.iter().all(|start| start[at].is_known());
        return own
            .filter(|&(at, _)| !known(at))
            .map(|(_, own)| own)
            .collect();
    }
    let bare = |register: &RegId| {
        let init = netlist.registers[register.index()].init.as_ref();
        !init.is_some_and(Bits::is_known)
    };
    let without: Vec<RegId> = registers.iter().copied().filter(bare).collect();
    match without.is_empty() {
        true => registers.to_vec(),
        false => without,
    }
}

/// Whether a value is computed by arithmetic, and not only chosen.
fn does_arithmetic(netlist: &Netlist, value: ExprId) -> bool {
    let exprs = &netlist.exprs;
    let mut open = vec![value];
    let mut seen: rustc_hash::FxHashSet<ExprId> = rustc_hash::FxHashSet::default();
    while let Some(id) = open.pop() {
        if !seen.insert(id) {
            continue;
        }
        match exprs.node(id) {
            Node::Binary(
                BinaryOp::Add
                | BinaryOp::Sub
                | BinaryOp::Mul
                | BinaryOp::Shl
                | BinaryOp::ShrU
                | BinaryOp::ShrS,
                ..,
            ) => return true,
            // What chooses is no part of the value.
            Node::Mux(_, then, other) => open.extend([*then, *other]),
            Node::Index(_, items) => open.extend(items.iter()),
            _ if exprs.width(id) > 1 => exprs.operands(id, |operand| open.push(operand)),
            _ => {}
        }
    }
    false
}

/// Per register, how many bits of other registers' next values something selects
/// that reads it: what may be dead in some of its states. One pass over the
/// expressions, with a row of bits for each.
fn steered_bits(netlist: &Netlist, registers: &[RegId]) -> Vec<u64> {
    let exprs = &netlist.exprs;
    let limbs = registers.len().div_ceil(64);
    // Which registers an expression reads, and which choose in it.
    let mut reads = vec![0u64; limbs * exprs.len()];
    let mut chosen_by = vec![0u64; limbs * exprs.len()];
    let or = |rows: &mut [u64], into: ExprId, from: ExprId| {
        for at in 0..limbs {
            rows[into.index() * limbs + at] |= rows[from.index() * limbs + at];
        }
    };
    for id in exprs.ids() {
        exprs.operands(id, |operand| {
            or(&mut reads, id, operand);
            or(&mut chosen_by, id, operand);
        });
        match exprs.node(id) {
            Node::Reg(register) => {
                if let Ok(at) = registers.binary_search(register) {
                    reads[id.index() * limbs + at / 64] |= 1 << (at % 64);
                }
            }
            Node::Mux(select, ..) | Node::Index(select, _) => {
                for at in 0..limbs {
                    chosen_by[id.index() * limbs + at] |= reads[select.index() * limbs + at];
                }
            }
            _ => {}
        }
    }
    let mut weights = vec![0; registers.len()];
    for (index, register) in netlist.registers.iter().enumerate() {
        let row = &chosen_by[register.next.index() * limbs..][..limbs];
        for (at, weight) in weights.iter_mut().enumerate() {
            if row[at / 64] >> (at % 64) & 1 == 1 && registers[at].index() != index {
                *weight += u64::from(register.width);
            }
        }
    }
    weights
}
