//! Forward exploration of the control states.

use rustc_hash::{FxHashMap, FxHashSet};

use super::candidates::{candidates, chosen};
use super::cases::{ResetCase, reset_cases, reset_roots};
use super::decide::decide;
use super::needless;
use super::start::{Starts, starts};
use super::{Assumption, ControlGraph, ControlOptions, Edge, State, StateId, ValueName, Verdict};
use crate::diagnostics::{Diagnostic, Diagnostics, codes};
use crate::netlist::known::{Cone, Known, Scratch};
use crate::netlist::{BinaryOp, Bits, Boundary, ExprId, Netlist, Node, RegId};

/// Expressions evaluated in one attempt, at most: beyond it the attempt is
/// given up like one that finds too many states. About a second's work.
const WORK_LIMIT: u64 = 10_000_000;

/// Finds the control registers and the control graph of a netlist.
///
/// Deterministic. There is always a graph: what cannot be control is data, and
/// without control there is one state. Errors are about names in the options
/// that the netlist does not have. Cost: states × edges per state × size of the
/// cone of the control registers' next values, for each attempt.
pub fn explore(netlist: &Netlist, options: &ControlOptions) -> (ControlGraph, Diagnostics) {
    let diagnostics = unknown_names(netlist, options);
    (find(netlist, options), diagnostics)
}

/// Errors for registers and inputs that do not exist.
fn unknown_names(netlist: &Netlist, options: &ControlOptions) -> Diagnostics {
    let mut diagnostics = Diagnostics::default();
    for name in options.forced.iter().chain(&options.forbidden) {
        if !netlist
            .registers
            .iter()
            .any(|register| register.name == *name)
        {
            let message = format!("there is no register `{name}` to take as control or data");
            let help = "`idetic analyze` lists the registers of the design";
            diagnostics.push(Diagnostic::global(codes::CONFIG, message).help(help));
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
            diagnostics.push(Diagnostic::global(codes::CLOCK_NOT_FOUND, message).help(help));
        }
    }
    diagnostics
}

fn find(netlist: &Netlist, options: &ControlOptions) -> ControlGraph {
    let mut scratch = Scratch::default();
    let named = |names: &[String]| -> Vec<bool> {
        let registers = netlist.registers.iter();
        registers
            .map(|register| names.contains(&register.name))
            .collect()
    };
    let forced = named(&options.forced);
    let mut banned: Vec<Option<String>> = (named(&options.forbidden).into_iter())
        .map(|forbidden| forbidden.then(|| "forbidden by the user".to_owned()))
        .collect();
    loop {
        let reasons = candidates(netlist, &banned, &forced);
        let registers = chosen(&reasons);
        let found = starts(netlist, &registers, options, &mut scratch);
        let unknown: Vec<RegId> = (registers.iter().enumerate())
            .filter(|(at, _)| {
                found.values.is_empty() || found.values.iter().any(|start| !start[*at].is_known())
            })
            .map(|(_, &register)| register)
            .collect();
        if !unknown.is_empty() {
            for register in unknown {
                let reason = "no reset or initial value makes it known";
                banned[register.index()] = Some(reason.to_owned());
            }
            continue;
        }
        let mut explorer = Explorer::new(netlist, options, registers, &mut scratch);
        match explorer.run(&found) {
            Ok(()) => return explorer.finish(found, reasons),
            Err(failure) => banned[failure.register.index()] = Some(failure.reason),
        }
    }
}

/// Why an attempt failed, and the register to give up.
struct Failure {
    register: RegId,
    reason: String,
}

/// A transition while its state is explored.
struct Leaf {
    assumptions: Vec<Assumption>,
    values: Vec<Bits>,
}

struct Explorer<'a> {
    netlist: &'a Netlist,
    options: &'a ControlOptions,
    registers: Vec<RegId>,
    cone: Cone,
    cases: Vec<ResetCase>,
    scratch: &'a mut Scratch,
    ids: FxHashMap<Vec<Bits>, StateId>,
    states: Vec<(Vec<Bits>, bool)>,
    edges: Vec<Edge>,
    /// Expressions evaluated before this attempt.
    work_before: u64,
}

impl<'a> Explorer<'a> {
    fn new(
        netlist: &'a Netlist,
        options: &'a ControlOptions,
        registers: Vec<RegId>,
        scratch: &'a mut Scratch,
    ) -> Explorer<'a> {
        let own = registers.iter().flat_map(|register| {
            let register = &netlist.registers[register.index()];
            [register.expr, register.next]
        });
        let cone = Cone::new(&netlist.exprs, reset_roots(netlist).chain(own));
        let work_before = scratch.work();
        Explorer {
            netlist,
            options,
            cases: reset_cases(netlist, &cone, scratch),
            registers,
            cone,
            scratch,
            ids: FxHashMap::default(),
            states: Vec::new(),
            edges: Vec::new(),
            work_before,
        }
    }

    fn run(&mut self, found: &Starts) -> Result<(), Failure> {
        for start in &found.values {
            self.state(start.clone(), true);
        }
        if self.registers.is_empty() && self.states.is_empty() {
            self.state(Vec::new(), true);
        }
        let mut at = 0;
        while at < self.states.len() {
            let from = StateId(at as u32);
            let values = self.states[at].0.clone();
            let cases = std::mem::take(&mut self.cases);
            let result = cases
                .iter()
                .try_for_each(|case| self.successors(from, &values, case));
            self.cases = cases;
            result?;
            if self.states.len() > self.options.state_limit
                || self.scratch.work() - self.work_before > WORK_LIMIT
            {
                return Err(self.too_many_states());
            }
            at += 1;
        }
        let forced = |at: usize| {
            let name = &self.netlist.registers[self.registers[at].index()].name;
            self.options.forced.contains(name)
        };
        match needless::find(
            self.netlist,
            &self.registers,
            &self.states,
            &self.edges,
            forced,
        ) {
            None => Ok(()),
            Some((at, factor)) => Err(Failure {
                register: self.registers[at],
                reason: format!(
                    "it steers data only, and there would be {factor} times as many states"
                ),
            }),
        }
    }

    fn state(&mut self, values: Vec<Bits>, initial: bool) -> StateId {
        let next = StateId(self.states.len() as u32);
        let id = *self.ids.entry(values).or_insert_with_key(|values| {
            self.states.push((values.clone(), false));
            next
        });
        self.states[id.index()].1 |= initial;
        id
    }

    /// Adds the edges out of a state in one reset case.
    fn successors(
        &mut self,
        from: StateId,
        values: &[Bits],
        case: &ResetCase,
    ) -> Result<(), Failure> {
        let mut known = case.known.clone();
        let mut changed = Vec::with_capacity(values.len());
        for (register, value) in self.registers.iter().zip(values) {
            if case.held[register.index()].is_none() {
                let expr = self.netlist.registers[register.index()].expr;
                known.set(&self.cone, expr, value);
                changed.push(expr);
            }
        }
        let exprs = &self.netlist.exprs;
        if known
            .sweep_from(&self.cone, exprs, changed, self.scratch)
            .is_err()
        {
            return Ok(());
        }
        let mut leaves = Vec::new();
        let mut splits = vec![0usize; self.registers.len()];
        let assumptions = case.assumptions.clone();
        self.split(case, known, assumptions, &mut leaves, &mut splits)?;
        for leaf in leaves {
            let to = self.state(leaf.values, false);
            self.edges.push(Edge {
                from,
                to,
                assumptions: leaf.assumptions,
                reset: case.is_reset(),
            });
        }
        Ok(())
    }

    /// Splits until all next values are known. The leaves partition what the
    /// design can do from here.
    fn split(
        &mut self,
        case: &ResetCase,
        known: Known,
        assumptions: Vec<Assumption>,
        leaves: &mut Vec<Leaf>,
        splits: &mut [usize],
    ) -> Result<(), Failure> {
        let exprs = &self.netlist.exprs;
        // Depth first, the branch that assumes 1 first.
        let mut open = vec![(known, assumptions)];
        while let Some((known, assumptions)) = open.pop() {
            let mut values = Vec::with_capacity(self.registers.len());
            let mut decision = None;
            for (at, register) in self.registers.iter().enumerate() {
                let next = case.next(self.netlist, *register);
                let bits = known.bits(&self.cone, exprs, next);
                let unknown = (0..bits.width()).find(|&bit| bits.bit(bit).is_none());
                if let Some(bit) = unknown {
                    let found = decide(exprs, &self.cone, &known, next, bit);
                    let found =
                        found.filter(|&(expr, bit)| known.bit(&self.cone, expr, bit).is_none());
                    let Some(found) = found else {
                        return Err(Failure {
                            register: *register,
                            reason: "its next value can be data that no decision settles"
                                .to_owned(),
                        });
                    };
                    splits[at] += 1;
                    decision = Some(found);
                    break;
                }
                values.push(bits);
            }
            let Some((expr, bit)) = decision else {
                leaves.push(Leaf {
                    assumptions,
                    values,
                });
                continue;
            };
            if leaves.len() + open.len() >= self.options.edge_limit {
                return Err(self.too_many_edges(splits));
            }
            for value in [false, true] {
                let mut branch = known.clone();
                let result = branch.assume(&self.cone, exprs, (expr, bit, value), self.scratch);
                if result.is_ok() {
                    let mut assumptions = assumptions.clone();
                    assumptions.push(Assumption { expr, bit, value });
                    open.push((branch, assumptions));
                }
            }
        }
        Ok(())
    }

    fn too_many_edges(&self, splits: &[usize]) -> Failure {
        let worst = (0..splits.len()).rev().max_by_key(|&at| splits[at]);
        Failure {
            register: self.registers[worst.expect("a split has a register")],
            reason: format!(
                "given up: a control state would have more than {} transitions",
                self.options.edge_limit
            ),
        }
    }

    /// Gives up one register. First those that do arithmetic, the one that
    /// multiplies the states most before the others: a state register takes few
    /// values that mean something, a counter many that often do not. Then the
    /// others, likewise. Of several, the widest.
    ///
    /// Two registers that move together (the terms of a recurrence) multiply
    /// nothing when either is left out alone, so how many values a register
    /// takes counts as well.
    fn too_many_states(&self) -> Failure {
        let register = |at: usize| &self.netlist.registers[self.registers[at].index()];
        let counts = self.states.len();
        let rank = |at: usize| {
            let percent = 100 * counts / needless::without(&self.states, at).1.max(1);
            let values = self.states.iter().map(|(values, _)| &values[at]);
            let distinct = values.collect::<FxHashSet<_>>().len();
            let spreads = percent > 120 || distinct * 8 > counts;
            let counter = spreads && does_arithmetic(self.netlist, register(at).next);
            let factor = percent.max(100 * distinct / 16);
            (counter, factor, register(at).width, std::cmp::Reverse(at))
        };
        let worst = (0..self.registers.len())
            .max_by_key(|&at| rank(at))
            .expect("without registers there is one state");
        let limit = self.options.state_limit;
        let reason = if counts > limit {
            format!("given up: with it there would be more than {limit} control states")
        } else {
            "given up: with it the control states would take too long to find".to_owned()
        };
        Failure {
            register: self.registers[worst],
            reason,
        }
    }

    fn finish(self, found: Starts, reasons: Vec<Option<String>>) -> ControlGraph {
        let verdicts = (reasons.into_iter().enumerate())
            .map(|(index, reason)| {
                let register = RegId(index as u32);
                let control = self.registers.iter().position(|&own| own == register);
                let reason = match control {
                    Some(at) => {
                        let values = self.states.iter().map(|(values, _)| &values[at]);
                        let count = values.collect::<FxHashSet<_>>().len();
                        format!("takes {count} values, all known from the state before")
                    }
                    None => reason.unwrap_or_default(),
                };
                Verdict {
                    register,
                    control: control.is_some(),
                    reason,
                }
            })
            .collect();
        let states = (self.states.into_iter())
            .map(|(values, initial)| State {
                name: state_name(self.netlist, &self.registers, &values, &self.options.names),
                values,
                initial,
            })
            .collect();
        ControlGraph {
            registers: self.registers,
            states,
            edges: self.edges,
            verdicts,
            reset: found.reset,
        }
    }
}

/// Whether a value is computed by arithmetic, and not only chosen.
fn does_arithmetic(netlist: &Netlist, value: ExprId) -> bool {
    let exprs = &netlist.exprs;
    let mut open = vec![value];
    let mut seen: FxHashSet<ExprId> = FxHashSet::default();
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

/// `state=IDLE,round=3`; `all` where nothing is known.
pub(crate) fn state_name(
    netlist: &Netlist,
    registers: &[RegId],
    values: &[Bits],
    names: &[ValueName],
) -> String {
    let known = registers
        .iter()
        .zip(values)
        .filter(|(_, bits)| bits.is_known());
    let parts: Vec<String> = known
        .map(|(register, bits)| {
            let register = &netlist.registers[register.index()].name;
            let named = |name: &&ValueName| name.register == *register && name.value == *bits;
            let value = match (names.iter().find(named), bits.to_u64()) {
                (Some(name), _) => name.name.clone(),
                (None, Some(number)) => number.to_string(),
                (None, None) => bits.to_string(),
            };
            format!("{register}={value}")
        })
        .collect();
    if parts.is_empty() {
        "all".to_owned()
    } else {
        parts.join(",")
    }
}
