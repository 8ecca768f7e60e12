//! Forward exploration of the control states.

use rustc_hash::FxHashMap;

use super::candidates::{candidates, chosen};
use super::cases::{ResetCase, open_registers, reset_cases, reset_roots};
use super::decide::decide;
use super::start::{Starts, starts};
use super::states::States;
use super::{Assumption, ControlGraph, ControlOptions, Edge, State, StateId, ValueName, Verdict};
use super::{give_up, needless};
use crate::diagnostics::{Diagnostic, Diagnostics, codes};
use crate::netlist::known::{Cone, Known, Mark, Needed, Scratch};
use crate::netlist::{Bits, Boundary, ExprId, Netlist, RegId};

/// Evaluations in all attempts together, at most: a few seconds' work, or as
/// many for each expression of the cone as there may be states and as many again.
const WORK: u64 = 40_000_000;

/// An attempt takes this part of the work that is left.
const ATTEMPT: u64 = 4;

/// What an attempt may always take.
const LEAST_WORK: u64 = 500_000;

/// Expressions times transitions, at most: what liveness has to go through.
const PATH_WORK: usize = 500_000_000;

/// Transitions for each state that there may always be.
const FEW_EDGES: usize = 2;

/// Finds the control registers and the control graph of a netlist.
///
/// Deterministic. There is always a graph: what cannot be control is data, and
/// without control there is one state. Errors are about names in the options
/// that the netlist does not have. Cost of an attempt: states × edges per state ×
/// what they change in the cone of the control registers' next values; of all
/// attempts: bounded, in evaluations and not in time.
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
    for (reason, open) in banned.iter_mut().zip(open_registers(netlist)) {
        if open && reason.is_none() {
            let many = "given up: with its asynchronous reset there would be too many cases";
            *reason = Some(many.to_owned());
        }
    }
    let mut failures = Failures::default();
    let mut reset = None;
    loop {
        let reasons = candidates(netlist, &banned, &forced);
        let registers = chosen(&reasons);
        let found = starts(netlist, &registers, options, reset.take(), &mut scratch);
        reset = Some(found.reset.clone());
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
        let mut explorer = Explorer::new(netlist, options, registers, &mut scratch, failures);
        match explorer.run(&found) {
            Ok(()) => return explorer.finish(found, reasons),
            Err(failure) => {
                failures.work += explorer.work();
                failures.count += usize::from(failure.by_size);
                for &at in &failure.registers {
                    let register = explorer.registers[at];
                    banned[register.index()] = Some(failure.reason.clone());
                }
            }
        }
    }
}

/// What the attempts so far have come to.
#[derive(Debug, Clone, Copy, Default)]
struct Failures {
    /// Evaluations.
    work: u64,
    /// How many found too much.
    count: usize,
}

/// Why an attempt failed, and the places of the registers to give up.
struct Failure {
    registers: Vec<usize>,
    reason: String,
    /// It found too much.
    by_size: bool,
}

/// A transition while its state is explored.
struct Leaf {
    assumptions: Vec<Assumption>,
    values: Vec<u32>,
}

/// A node of the decision tree of a state, on the way to the present one.
struct Split {
    mark: Mark,
    /// How many assumptions lead to it.
    depth: usize,
    /// The first register whose next value may be unknown.
    first: usize,
    fact: (ExprId, u32),
    /// The branch that assumes 0 has been taken.
    second: bool,
}

/// What is found at a node of the decision tree.
enum Step {
    /// All next values are known.
    Leaf,
    /// That of a register is not; a bit helps to decide it.
    Split(usize, (ExprId, u32)),
}

struct Explorer<'a> {
    netlist: &'a Netlist,
    options: &'a ControlOptions,
    registers: Vec<RegId>,
    cone: Cone,
    needed: Needed,
    cases: Vec<ResetCase>,
    scratch: &'a mut Scratch,
    states: States,
    edges: Vec<Edge>,
    /// Per register how often its next value had to be decided.
    splits: Vec<usize>,
    failures: Failures,
    /// Evaluations before this attempt.
    work_before: u64,
}

impl<'a> Explorer<'a> {
    fn new(
        netlist: &'a Netlist,
        options: &'a ControlOptions,
        registers: Vec<RegId>,
        scratch: &'a mut Scratch,
        failures: Failures,
    ) -> Explorer<'a> {
        let own = || registers.iter().map(|own| &netlist.registers[own.index()]);
        let leaves = || own().map(|register| register.expr);
        let roots = || reset_roots(netlist).chain(own().map(|register| register.next));
        let cone = Cone::new(&netlist.exprs, roots().chain(leaves()));
        let needed = Needed::new(&cone, &netlist.exprs, leaves(), roots());
        let work_before = scratch.work();
        let width = |register: &RegId| netlist.registers[register.index()].width;
        Explorer {
            netlist,
            options,
            cases: reset_cases(netlist, &cone, scratch),
            states: States::new(registers.iter().map(width).collect()),
            splits: vec![0; registers.len()],
            registers,
            cone,
            needed,
            scratch,
            edges: Vec::new(),
            failures,
            work_before,
        }
    }

    /// Evaluations in this attempt.
    fn work(&self) -> u64 {
        self.scratch.work() - self.work_before
    }

    /// Evaluations that this attempt may take.
    fn work_limit(&self) -> u64 {
        let states = self.options.state_limit as u64;
        let all = WORK.max(2 * states * self.cone.nodes().len() as u64);
        (all.saturating_sub(self.failures.work) / ATTEMPT).max(LEAST_WORK)
    }

    /// Transitions that this attempt may find.
    fn edge_limit(&self) -> usize {
        let few = FEW_EDGES * self.options.state_limit;
        (PATH_WORK / self.netlist.exprs.len().max(1)).clamp(few, 64 * few)
    }

    fn run(&mut self, found: &Starts) -> Result<(), Failure> {
        for start in &found.values {
            let values = start.iter().map(Bits::value_limbs).enumerate();
            let numbers: Vec<u32> = values
                .map(|(at, value)| self.states.number(at, value))
                .collect();
            self.states.add(&numbers, true);
        }
        if self.registers.is_empty() && self.states.len() == 0 {
            self.states.add(&[], true);
        }
        let (work_limit, edge_limit) = (self.work_limit(), self.edge_limit());
        let mut at = 0;
        while at < self.states.len() {
            let from = StateId(at as u32);
            let values = self.states.values(from);
            let mut cases = std::mem::take(&mut self.cases);
            let result = cases
                .iter_mut()
                .try_for_each(|case| self.successors(from, &values, case, work_limit));
            self.cases = cases;
            result?;
            if self.states.len() > self.options.state_limit {
                let limit = self.options.state_limit;
                return Err(self.too_many_states(format!(
                    "given up: with it there would be more than {limit} control states"
                )));
            }
            if self.work() > work_limit {
                return Err(self.too_much_work());
            }
            if self.edges.len() > edge_limit && !self.registers.is_empty() {
                let splits = std::mem::take(&mut self.splits);
                return Err(self.too_many_edges(&splits, edge_limit, "in all"));
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
                registers: vec![at],
                reason: format!(
                    "it steers data only, and there would be {factor} times as many states"
                ),
                by_size: false,
            }),
        }
    }

    /// Adds the edges out of a state in one reset case.
    fn successors(
        &mut self,
        from: StateId,
        values: &[Bits],
        case: &mut ResetCase,
        work_limit: u64,
    ) -> Result<(), Failure> {
        let mut known = std::mem::take(&mut case.known);
        let mark = known.mark();
        for (register, value) in self.registers.iter().zip(values) {
            if case.held[register.index()].is_none() {
                let expr = self.netlist.registers[register.index()].expr;
                known.set(&self.cone, expr, value);
            }
        }
        let exprs = &self.netlist.exprs;
        let swept = known.sweep_needed(&self.cone, exprs, &self.needed, self.scratch);
        let leaves = match swept {
            Ok(()) => self.split(case, &mut known, work_limit),
            Err(_) => Ok(Vec::new()),
        };
        known.undo(mark);
        case.known = known;
        for leaf in leaves? {
            let to = self.states.add(&leaf.values, false);
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
        known: &mut Known,
        work_limit: u64,
    ) -> Result<Vec<Leaf>, Failure> {
        let exprs = &self.netlist.exprs;
        let mut leaves = Vec::new();
        let mut splits = vec![0usize; self.registers.len()];
        let mut assumptions = case.assumptions.clone();
        // Depth first, the branch that assumes 1 first.
        let mut path: Vec<Split> = Vec::new();
        let mut first = 0;
        loop {
            match self.step(case, known, first)? {
                Step::Leaf => {
                    let values = self.next_values(case, known);
                    leaves.push(Leaf {
                        assumptions: assumptions.clone(),
                        values,
                    });
                }
                Step::Split(at, fact) => {
                    splits[at] += 1;
                    self.splits[at] += 1;
                    let open = path.iter().filter(|split| !split.second).count();
                    if leaves.len() + open >= self.options.edge_limit {
                        let limit = self.options.edge_limit;
                        return Err(self.too_many_edges(&splits, limit, "from one state"));
                    }
                    if self.work() > work_limit {
                        return Err(self.too_much_work());
                    }
                    path.push(Split {
                        mark: known.mark(),
                        depth: assumptions.len(),
                        first: at,
                        fact,
                        second: false,
                    });
                    let (expr, bit) = fact;
                    if (known.assume(&self.cone, exprs, (expr, bit, true), self.scratch)).is_ok() {
                        first = at;
                        let value = true;
                        assumptions.push(Assumption { expr, bit, value });
                        continue;
                    }
                }
            }
            // Back to the nearest branch that has not been taken.
            loop {
                let Some(split) = path.last_mut() else {
                    return Ok(leaves);
                };
                known.undo(split.mark);
                assumptions.truncate(split.depth);
                if std::mem::replace(&mut split.second, true) {
                    path.pop();
                    continue;
                }
                first = split.first;
                let ((expr, bit), value) = (split.fact, false);
                if (known.assume(&self.cone, exprs, (expr, bit, value), self.scratch)).is_ok() {
                    assumptions.push(Assumption { expr, bit, value });
                    break;
                }
            }
        }
    }

    /// What to do at a node of the decision tree; the next values of the
    /// registers before `first` are known.
    fn step(&self, case: &ResetCase, known: &Known, first: usize) -> Result<Step, Failure> {
        let exprs = &self.netlist.exprs;
        for (at, register) in self.registers.iter().enumerate().skip(first) {
            let next = case.next(self.netlist, *register);
            let planes = known.planes(&self.cone, next);
            let width = exprs.width(next);
            if planes.all_known(width) {
                continue;
            }
            let bit = (0..width).find(|&bit| planes.bit(bit).is_none());
            let bit = bit.expect("not all bits are known");
            let found = decide(exprs, &self.cone, known, next, bit);
            let found = found.filter(|&(expr, bit)| known.bit(&self.cone, expr, bit).is_none());
            return match found {
                Some(fact) => Ok(Step::Split(at, fact)),
                None => Err(Failure {
                    registers: vec![at],
                    reason: "its next value can be data that no decision settles".to_owned(),
                    by_size: false,
                }),
            };
        }
        Ok(Step::Leaf)
    }

    /// The numbers of the next values, all known.
    fn next_values(&mut self, case: &ResetCase, known: &Known) -> Vec<u32> {
        let registers = self.registers.iter().enumerate();
        registers
            .map(|(at, register)| {
                let next = case.next(self.netlist, *register);
                let planes = known.planes(&self.cone, next);
                self.states.number(at, planes.value)
            })
            .collect()
    }

    fn too_many_edges(&self, splits: &[usize], limit: usize, whence: &str) -> Failure {
        Failure {
            registers: give_up::most_splits(splits, self.failures.count),
            reason: format!(
                "given up: with it there would be more than {limit} transitions {whence}"
            ),
            by_size: true,
        }
    }

    fn too_many_states(&self, reason: String) -> Failure {
        let failures = self.failures.count;
        Failure {
            registers: give_up::most_states(self.netlist, &self.registers, &self.states, failures),
            reason,
            by_size: true,
        }
    }

    fn too_much_work(&self) -> Failure {
        let reason = "given up: with it the control states would take too long to find";
        self.too_many_states(reason.to_owned())
    }

    fn finish(self, found: Starts, reasons: Vec<Option<String>>) -> ControlGraph {
        let verdicts = (reasons.into_iter().enumerate())
            .map(|(index, reason)| {
                let register = RegId(index as u32);
                let control = self.registers.iter().position(|&own| own == register);
                let reason = match control {
                    Some(at) => {
                        let count = self.states.distinct(at);
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
        let names = NameTable::new(&self.options.names);
        let states = (0..self.states.len() as u32)
            .map(|index| {
                let values = self.states.values(StateId(index));
                State {
                    name: state_name(self.netlist, &self.registers, &values, &names),
                    values,
                    initial: self.states.is_initial(StateId(index)),
                }
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

/// Names by register and value; of several the first.
pub(crate) struct NameTable<'a>(FxHashMap<(&'a str, &'a Bits), &'a str>);

impl<'a> NameTable<'a> {
    /// For some names.
    pub(crate) fn new(names: &'a [ValueName]) -> NameTable<'a> {
        let mut table = FxHashMap::default();
        for name in names {
            let key = (name.register.as_str(), &name.value);
            table.entry(key).or_insert(name.name.as_str());
        }
        NameTable(table)
    }
}

/// `state=IDLE,round=3`; `all` where nothing is known.
pub(crate) fn state_name(
    netlist: &Netlist,
    registers: &[RegId],
    values: &[Bits],
    names: &NameTable<'_>,
) -> String {
    let known = registers
        .iter()
        .zip(values)
        .filter(|(_, bits)| bits.is_known());
    let parts: Vec<String> = known
        .map(|(register, bits)| {
            let register = &netlist.registers[register.index()].name;
            let value = match (names.0.get(&(register.as_str(), bits)), bits.to_u64()) {
                (Some(&name), _) => name.to_owned(),
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
