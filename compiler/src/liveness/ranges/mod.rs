//! Ranges of counters in each control state: forward propagation of intervals over the control graph.
//!
//! A counter is a register that is stepped up or down somewhere, or all of whose next values are constants or narrower words. In each state it is
//! between two numbers: those of the start, and what the edges into the state leave, each under its assumptions and with
//! what the way to a leg of a multiplexer tests ([`leg`]). `n == 9 ? 0 : n + 1` stays at most 9; a counter that is loaded when a state is
//! entered has the range of what is loaded in the states before.
//! This is interval analysis (Cousot and Cousot, POPL 1977) with control states in the place of program points; a bound that still
//! grows is widened to the next number that the counter is compared with.
//!
//! The claim is that of [`super::propagation`], with ranges in the place of constants: a valuation with the facts and ranges of a
//! state is taken to one with the ranges of the state that it is taken to, and reads as one with the ranges of *every* state
//! whose facts it shows; and what the reset, or the initial values, leave is within. `prove` checks it.
//! Before the first reset nothing is claimed.

mod counters;
mod leg;
#[cfg(test)]
mod tests;

use super::bounds::Decisions;
use super::fixpoint::postorder;
use super::propagation::window;
use super::shown::{Places, shown};
use super::uses::edges_of;
use super::walk::{Place, walk};
use crate::control::cases::{ResetCase, reset_cases, reset_roots};
use crate::control::{ControlGraph, StateId};
use crate::netlist::known::{Cone, Known, Needed, Scratch};
use crate::netlist::{Bits, ExprId, Netlist, RegId};
use counters::Counter;
use leg::Leg;

/// All numbers between two, both among them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Range {
    /// The smallest.
    pub least: u64,
    /// The largest.
    pub most: u64,
}

/// The registers that keep within a range which is less than their width allows, in netlist order.
pub type Ranges = Vec<(RegId, Range)>;

impl Range {
    /// All numbers of a width below 64.
    pub(super) fn full(width: u32) -> Range {
        Range {
            least: 0,
            most: (1 << width) - 1,
        }
    }

    fn only(value: u64) -> Range {
        Range {
            least: value,
            most: value,
        }
    }

    /// Whether a number is in it.
    pub fn contains(self, value: u64) -> bool {
        self.least <= value && value <= self.most
    }

    /// Whether its numbers are less than another, if that is so of all or none.
    pub(super) fn is_below(self, bound: u64) -> Option<bool> {
        match self.most < bound {
            true => Some(true),
            false => (self.least >= bound).then_some(false),
        }
    }

    /// Whether its numbers are more than another, likewise.
    pub(super) fn is_above(self, bound: u64) -> Option<bool> {
        match self.least > bound {
            true => Some(true),
            false => (self.most <= bound).then_some(false),
        }
    }

    /// The smallest range with both.
    fn with(self, other: Range) -> Range {
        Range {
            least: self.least.min(other.least),
            most: self.most.max(other.most),
        }
    }

    /// What is in both.
    fn within(self, other: Range) -> Option<Range> {
        let (least, most) = (self.least.max(other.least), self.most.min(other.most));
        (least <= most).then_some(Range { least, most })
    }

    /// The numbers that a word may be of which some bits are known.
    fn of_bits(bits: &Bits) -> Option<Range> {
        let (value, unknown) = (*bits.value_limbs().first()?, *bits.unknown_limbs().first()?);
        let least = value & !unknown;
        let most = least | unknown;
        (bits.width() < 64).then_some(Range { least, most })
    }

    /// A mask of the bits that all its numbers share: those above the highest one in which its ends differ.
    pub(super) fn shared(self) -> u64 {
        match (self.least ^ self.most).checked_ilog2() {
            None => u64::MAX,
            Some(top) => u64::MAX.checked_shl(top + 1).unwrap_or(0),
        }
    }
}

/// Evaluations, at most.
const LIMIT: u64 = 100_000_000;
/// Exact joins of a state before a bound that grows is widened, and joins after which a counter has the range of all states.
const EXACT: u32 = 2;
const WIDENED: u32 = 12;

/// The ranges of every state, of the registers that are no fact everywhere; `starts` are what a reset, or power-up
/// with initial values, makes of all registers. `None` where that takes more than [`LIMIT`] evaluations.
pub(super) fn ranges(
    netlist: &Netlist,
    graph: &ControlGraph,
    starts: &[Vec<Bits>],
) -> Option<Vec<Ranges>> {
    let none = || vec![Ranges::new(); graph.states.len()];
    let everywhere = |register: RegId| {
        let at = graph.registers.iter().position(|&own| own == register);
        at.is_some_and(|at| (graph.states.iter()).all(|state| state.values[at].is_known()))
    };
    let mut counters = counters::counters(netlist);
    counters.retain(|counter| !everywhere(counter.register));
    if counters.is_empty() || starts.is_empty() {
        return Some(none());
    }
    let mut search = Search::new(netlist, graph, counters);
    search.everywhere(starts);
    search.run(starts)
}

struct Search<'a> {
    netlist: &'a Netlist,
    graph: &'a ControlGraph,
    counters: Vec<Counter>,
    /// What the counters and the way through the states depend on.
    cone: Cone,
    needed: Needed,
    cases: Vec<ResetCase>,
    scratch: Scratch,
    places: Places,
    /// Per state the range of each counter, once it is reached, and how often it grew.
    found: Vec<Option<Vec<Range>>>,
    grown: Vec<u32>,
}

impl<'a> Search<'a> {
    fn new(netlist: &'a Netlist, graph: &'a ControlGraph, counters: Vec<Counter>) -> Search<'a> {
        let mut scratch = Scratch::default();
        let counted = counters.iter().map(|counter| counter.register);
        let own = || graph.registers.iter().copied().chain(counted.clone());
        let leaves: Vec<ExprId> = own()
            .map(|own| netlist.registers[own.index()].expr)
            .collect();
        let next = own().map(|own| netlist.registers[own.index()].next);
        let roots: Vec<ExprId> = reset_roots(netlist).chain(next).collect();
        let cone = Cone::new(&netlist.exprs, roots.iter().chain(&leaves).copied());
        Search {
            netlist,
            graph,
            cases: reset_cases(netlist, &cone, &mut scratch),
            needed: Needed::new(&cone, &netlist.exprs, leaves.iter().copied(), roots),
            cone,
            scratch,
            places: Places::new(graph),
            found: vec![None; graph.states.len()],
            grown: vec![0; graph.states.len()],
            counters,
        }
    }

    /// The ranges of a start.
    fn start(&self, start: &[Bits]) -> Vec<Range> {
        let value = |counter: &Counter| {
            let range = Range::of_bits(&start[counter.register.index()]);
            range.unwrap_or(counter.full)
        };
        self.counters.iter().map(value).collect()
    }

    /// Finds what each counter keeps within whatever the state, which states that no start is seen to lead to have, too.
    fn everywhere(&mut self, starts: &[Vec<Bits>]) {
        let starts = starts.iter().map(|start| self.start(start));
        let first = starts.reduce(|a, b| a.iter().zip(&b).map(|(a, &b)| a.with(b)).collect());
        let Some(mut own) = first else { return };
        let mut grown = 0;
        loop {
            let mut more = false;
            for case in &self.cases {
                let after = self.counters.iter().zip(&own).map(|(counter, &range)| {
                    let leg = Leg {
                        netlist: self.netlist,
                        cone: &self.cone,
                        known: &case.known,
                        decisions: None,
                        counter,
                    };
                    let after = leg.after(case, stored(case, counter, range), &[]);
                    after.unwrap_or(range)
                });
                let after: Vec<Range> = after.collect();
                more |= join(&self.counters, &mut own, &after, grown);
            }
            if !more {
                break;
            }
            grown += 1;
        }
        for (counter, range) in self.counters.iter_mut().zip(own) {
            counter.outer = range;
        }
    }

    /// Until nothing changes; `None` at the limit.
    fn run(&mut self, starts: &[Vec<Bits>]) -> Option<Vec<Ranges>> {
        let mut dirty = vec![false; self.found.len()];
        for start in starts {
            let shown: Vec<Bits> = (self.graph.registers.iter())
                .map(|register| start[register.index()].clone())
                .collect();
            let values = self.start(start);
            for state in self.places.fitting(self.graph, &shown) {
                dirty[state.index()] |= self.join(state, &values);
            }
        }
        let order = postorder(self.graph);
        loop {
            while dirty.contains(&true) {
                for &state in order.iter().rev() {
                    if !std::mem::replace(&mut dirty[state.index()], false) {
                        continue;
                    }
                    if self.scratch.work() > LIMIT {
                        return None;
                    }
                    for (to, values) in self.carry(state) {
                        dirty[to.index()] |= self.join(to, &values);
                    }
                }
            }
            // Of a state that the ranges show to be unreachable nothing is claimed, and its edges count.
            let missed: Vec<usize> = (0..dirty.len())
                .filter(|&at| self.found[at].is_none())
                .collect();
            if missed.is_empty() {
                break;
            }
            for at in missed {
                self.found[at] = Some(self.counters.iter().map(|counter| counter.outer).collect());
                dirty[at] = true;
            }
        }
        Some(
            self.found
                .iter()
                .flatten()
                .map(|own| self.told(own))
                .collect(),
        )
    }

    /// The ranges that say anything.
    fn told(&self, own: &[Range]) -> Ranges {
        let all = self.counters.iter().zip(own);
        all.filter(|(counter, range)| **range != counter.full)
            .map(|(counter, &range)| (counter.register, range))
            .collect()
    }

    /// Lets the ranges of a state have others, too; tells whether that is more.
    fn join(&mut self, state: StateId, values: &[Range]) -> bool {
        let at = state.index();
        let Some(own) = &mut self.found[at] else {
            self.found[at] = Some(values.to_vec());
            return true;
        };
        let more = join(&self.counters, own, values, self.grown[at]);
        self.grown[at] += u32::from(more);
        more
    }

    /// What the edges of a state leave, and what its registers read as in a cycle, per state.
    fn carry(&mut self, state: StateId) -> Vec<(StateId, Vec<Range>)> {
        let Search {
            netlist,
            graph,
            counters,
            cone,
            needed,
            cases,
            scratch,
            places,
            found,
            ..
        } = self;
        let exprs = &netlist.exprs;
        let own = found[state.index()].clone();
        let own = own.expect("a state is carried on when it is reached");
        let told: Ranges = (counters.iter().zip(&own))
            .map(|(counter, &range)| (counter.register, range))
            .collect();
        let decided = Decisions::new(netlist, &told);
        let mut list = Vec::new();
        for case in cases.iter_mut() {
            let mut known = std::mem::take(&mut case.known);
            let mark = known.mark();
            let values = &graph.states[state.index()].values;
            for (register, value) in graph.registers.iter().zip(values) {
                let (at, expr) = (register.index(), netlist.registers[register.index()].expr);
                if case.held[at].is_none() && value.is_known() {
                    known.set(cone, expr, value);
                }
            }
            let decisions = Some(&decided).filter(|decided| decided.holds_in(case));
            if let Some(decisions) = decisions {
                decisions.set(&mut known, cone);
            }
            let edges = edges_of(graph, state, case).iter().enumerate();
            let depth = case.assumptions.len();
            let visit = |place: Place<'_>, known: &mut Known, _: &mut Scratch| {
                let Place::Edge(_, edge) = place else {
                    return Ok(());
                };
                let after = counters.iter().zip(&own).map(|(counter, &range)| {
                    let leg = Leg {
                        netlist,
                        cone,
                        known,
                        decisions,
                        counter,
                    };
                    leg.after(
                        case,
                        stored(case, counter, range),
                        &edge.assumptions[depth..],
                    )
                });
                // A counter without a value says that the edge is not taken.
                if let Some(values) = after.collect::<Option<Vec<Range>>>() {
                    list.push((edge.to, values));
                }
                Ok(())
            };
            if (known.sweep_needed(cone, exprs, needed, scratch)).is_ok() {
                // Nothing refuses.
                let _ = walk(
                    (cone, exprs),
                    &mut known,
                    scratch,
                    edges,
                    depth,
                    false,
                    visit,
                );
                let read = |register: RegId, offset: u32| -> (u64, u64) {
                    if !case.open(register).is_empty() {
                        return (0, 0);
                    }
                    let own = netlist.registers[register.index()].expr;
                    let value = case.held[register.index()].unwrap_or(own);
                    window(&known, cone, value, offset)
                };
                let shown = shown(graph, netlist, &read);
                for target in places.fitting(graph, &shown) {
                    if target == state && case.is_plain() {
                        continue;
                    }
                    let now = counters.iter().zip(&own).map(|(counter, &range)| {
                        let leg = Leg {
                            netlist,
                            cone,
                            known: &known,
                            decisions,
                            counter,
                        };
                        leg.now(case, range)
                    });
                    list.push((target, now.collect()));
                }
            }
            known.undo(mark);
            case.known = known;
        }
        list
    }
}

/// What a counter may read as in a case: what is stored, if no reset makes it something else.
fn stored(case: &ResetCase, counter: &Counter, range: Range) -> Range {
    let at = counter.register;
    match case.held[at.index()].is_none() && case.open(at).is_empty() {
        true => range,
        false => counter.full,
    }
}

/// Lets ranges have others, too, that grew so often before; tells whether that is more.
fn join(counters: &[Counter], own: &mut [Range], values: &[Range], grown: u32) -> bool {
    let mut more = false;
    for ((range, &value), counter) in own.iter_mut().zip(values).zip(counters) {
        let both = range.with(value);
        if both == *range {
            continue;
        }
        more = true;
        *range = match grown {
            0..EXACT => both,
            EXACT..WIDENED => counter.widened(*range, both),
            _ => counter.outer,
        };
    }
    more
}
