//! Forward exploration of the control states.

use super::cases::{ResetCase, reset_cases, reset_roots};
use super::decide::decide;
use super::needless;
use super::start::Starts;
use super::state_name::{NameTable, state_name};
use super::states::States;
use super::{
    Assumption, ControlGraph, ControlOptions, Edge, STEERS_DATA_ONLY, State, StateId, Verdict,
};
use crate::netlist::known::{Cone, Known, Mark, Needed, Scratch};
use crate::netlist::{Bits, ExprId, Netlist, RegId};

/// Evaluations in all attempts together, at most: a few seconds' work, or as
/// many for each expression of the cone as there may be states and as many again.
const WORK: u64 = 40_000_000;

/// An attempt takes this part of the work that is left.
const ATTEMPT: u64 = 4;

/// What an attempt may always take.
const LEAST_WORK: u64 = 500_000;

/// Expressions times transitions, at most: what liveness has to go through.
const PATH_WORK: usize = 30_000_000;

/// Transitions for each state that there may always be.
const FEW_EDGES: usize = 4;

/// How large an attempt may become.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// Control states.
    pub(super) states: usize,
    /// Evaluations that attempts have taken before.
    pub(super) spent: u64,
}

/// Why an attempt failed.
pub(super) enum Failure {
    /// It found more than the limits allow; what, in words.
    Size(String),
    /// A register is at fault, for this reason.
    Register(RegId, String),
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

/// One attempt, with given control registers.
pub(super) struct Explorer<'a> {
    netlist: &'a Netlist,
    options: &'a ControlOptions,
    limits: Limits,
    registers: Vec<RegId>,
    cone: Cone,
    needed: Needed,
    cases: Vec<ResetCase>,
    scratch: &'a mut Scratch,
    states: States,
    edges: Vec<Edge>,
    /// Evaluations before this attempt.
    work_before: u64,
}

impl<'a> Explorer<'a> {
    pub(super) fn new(
        netlist: &'a Netlist,
        options: &'a ControlOptions,
        registers: Vec<RegId>,
        scratch: &'a mut Scratch,
        limits: Limits,
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
            limits,
            cases: reset_cases(netlist, &cone, scratch),
            states: States::new(registers.iter().map(width).collect()),
            registers,
            cone,
            needed,
            scratch,
            edges: Vec::new(),
            work_before,
        }
    }

    /// Evaluations in this attempt.
    pub(super) fn work(&self) -> u64 {
        self.scratch.work() - self.work_before
    }

    /// Evaluations that all attempts together may take.
    fn all_work(&self) -> u64 {
        let states = self.options.state_limit as u64;
        WORK.max(2 * states * self.cone.nodes().len() as u64)
    }

    /// Evaluations that this attempt may take.
    fn work_limit(&self) -> u64 {
        (self.all_work().saturating_sub(self.limits.spent) / ATTEMPT).max(LEAST_WORK)
    }

    /// Whether there is no work left for further attempts.
    pub(super) fn is_last(&self) -> bool {
        self.limits.spent + self.work() > self.all_work()
    }

    /// Transitions that this attempt may find.
    fn edge_limit(&self) -> usize {
        let few = FEW_EDGES * self.limits.states;
        (PATH_WORK / self.netlist.exprs.len().max(1)).clamp(few, 64 * few)
    }

    /// Finds all states and transitions.
    pub(super) fn run(&mut self, found: &Starts) -> Result<(), Failure> {
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
            if self.states.len() > self.limits.states {
                let limit = self.limits.states;
                return Err(too_many(format!("more than {limit} control states")));
            }
            if self.work() > work_limit {
                return Err(too_much_work());
            }
            if self.edges.len() > edge_limit && !self.registers.is_empty() {
                return Err(too_many(format!("more than {edge_limit} transitions")));
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
            Some((at, factor)) => Err(Failure::Register(
                self.registers[at],
                format!("{STEERS_DATA_ONLY}, and there would be {factor} times as many states"),
            )),
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
                    let open = path.iter().filter(|split| !split.second).count();
                    if leaves.len() + open >= self.options.edge_limit {
                        let limit = self.options.edge_limit;
                        let found = format!("more than {limit} transitions from one state");
                        return Err(too_many(found));
                    }
                    if self.work() > work_limit {
                        return Err(too_much_work());
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
                None => Err(Failure::Register(
                    *register,
                    "its next value can be data that no decision settles".to_owned(),
                )),
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

    /// The graph; `reasons` are those of [`super::candidates`].
    pub(super) fn finish(self, found: Starts, reasons: Vec<Option<String>>) -> ControlGraph {
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

fn too_many(what: String) -> Failure {
    Failure::Size(format!("given up: with it there would be {what}"))
}

fn too_much_work() -> Failure {
    let reason = "given up: with it the control states would take too long to find";
    Failure::Size(reason.to_owned())
}
