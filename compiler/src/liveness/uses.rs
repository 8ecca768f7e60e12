//! What a control state uses, edge by edge.

mod accesses;
mod ask;

use super::bounds::Bounds;
use super::demand::Demand;
use super::walk::{Place, walk};
use super::{BitIndex, BitSet};
use crate::control::cases::{ResetCase, reset_cases, reset_roots};
use crate::control::{Assumption, ControlGraph, Edge, StateId};
use crate::netlist::known::{Cone, Known, Mark, Needed, Scratch};
use crate::netlist::{ExprId, Netlist, RegId};
pub(super) use accesses::accesses;
pub use accesses::{Accesses, Conflict, Lost};
use ask::Asking;

/// A trial of fewer facts fails: they do not determine the edges or do not lead
/// into those of their targets, or a bit is used that must not be.
pub(super) struct Refused;

/// Some live bits: limbs of a [`BitSet`] by their numbers.
pub(super) type Limb = (u32, u64);

/// Computes uses; holds what does not change from state to state.
pub(super) struct Uses<'a> {
    netlist: &'a Netlist,
    bits: &'a BitIndex,
    /// Everything.
    whole: View,
    /// What the next values of the control registers depend on.
    steering: View,
    demand: Demand,
    /// What the ranges of registers decide in each state.
    bounds: Bounds,
    scratch: Scratch,
    /// Per bit number its register.
    owners: Vec<RegId>,
}

/// A part of the netlist, with the cases of the asynchronous resets in it.
struct View {
    cone: Cone,
    needed: Needed,
    cases: Vec<ResetCase>,
}

/// What an edge is asked for.
pub(super) struct Wanted {
    /// The bits of the target that are live now and were not before.
    pub(super) live: Vec<Limb>,
    /// What is shown, too.
    pub(super) shown: Shown,
}

/// What the environment sees, as far as it is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shown {
    Nothing,
    /// All outputs where they count, and whether they do.
    All,
    /// One of them.
    Output(usize),
    /// Whether one of them counts.
    Condition(usize),
}

/// Which of the decisions between edges are asked for.
pub(super) trait Decided: Fn(&Assumption) -> bool {}

impl<F: Fn(&Assumption) -> bool> Decided for F {}

impl<'a> Uses<'a> {
    pub(super) fn new(
        netlist: &'a Netlist,
        graph: &ControlGraph,
        bits: &'a BitIndex,
        bounds: Bounds,
    ) -> Uses<'a> {
        let mut scratch = Scratch::default();
        let own = || (graph.registers.iter()).map(|own| &netlist.registers[own.index()]);
        let leaves: Vec<ExprId> = own().map(|register| register.expr).collect();
        let mut view = |roots: Vec<ExprId>| {
            let cone = Cone::new(&netlist.exprs, roots.iter().chain(&leaves).copied());
            View {
                cases: reset_cases(netlist, &cone, &mut scratch),
                needed: Needed::new(&cone, &netlist.exprs, leaves.iter().copied(), roots),
                cone,
            }
        };
        let whole = view(netlist.roots().collect());
        // The edges were found in this cone.
        let next = own().map(|register| register.next);
        let steering = view(reset_roots(netlist).chain(next).collect());
        Uses {
            netlist,
            bits,
            demand: Demand::new(&whole.cone, &bits.parts),
            bounds,
            whole,
            steering,
            owners: bits.owners(),
            scratch,
        }
    }

    /// Goes on with what ranges decide in the states of another graph.
    pub(super) fn bound(&mut self, bounds: Bounds) {
        self.bounds = bounds;
    }

    pub(super) fn bits(&self) -> &'a BitIndex {
        self.bits
    }

    /// How much has been evaluated and gone through: a measure of time.
    pub(super) fn work(&self) -> u64 {
        self.scratch.work() + self.demand.work()
    }

    /// Adds to `used` the bits that the edges of a state use, as far as `wanted`
    /// asks for those of the edge of a number; `decided` asks for the bits that
    /// choose between edges. An edge that nothing is wanted of is passed over.
    pub(super) fn add(
        &mut self,
        graph: &ControlGraph,
        state: StateId,
        decided: impl Decided,
        mut wanted: impl FnMut(usize) -> Option<Wanted>,
        used: &mut BitSet,
    ) {
        let ask = |at: usize, _: &Edge| wanted(at);
        // Without bits that must not be used there is no refusal.
        let _ = self.collect(graph, state, decided, ask, None, used);
    }

    /// Whether the facts of a state determine its edges, lead into the facts of
    /// their targets and use no other bits than `allowed`; adds the bits used.
    pub(super) fn try_facts(
        &mut self,
        graph: &ControlGraph,
        state: StateId,
        live: &[BitSet],
        allowed: &BitSet,
        used: &mut BitSet,
    ) -> Result<(), Refused> {
        self.determined(graph, state)?;
        let ask = |_: usize, edge: &Edge| {
            Some(Wanted {
                live: live[edge.to.index()].limbs().collect(),
                shown: Shown::All,
            })
        };
        self.collect(graph, state, |_: &_| true, ask, Some(allowed), used)?;
        self.add_facts(graph, state, used);
        Ok(())
    }

    /// Adds the bits of a state's facts, and the memories that outlive a supply failure.
    pub(super) fn add_facts(&self, graph: &ControlGraph, state: StateId, used: &mut BitSet) {
        for memory in self.netlist.kept_memories() {
            for part in self.bits.parts.of(memory) {
                used.insert(self.bits.part(part));
            }
        }
        let values = &graph.states[state.index()].values;
        for (register, value) in graph.registers.iter().zip(values) {
            if value.is_known() {
                for bit in self.bits.range(*register) {
                    used.insert(bit);
                }
            }
        }
    }

    /// Whether the facts of a state say which edges there are and lead into the
    /// facts of their targets.
    fn determined(&mut self, graph: &ControlGraph, state: StateId) -> Result<(), Refused> {
        let (netlist, exprs) = (self.netlist, &self.netlist.exprs);
        let Uses {
            steering, scratch, ..
        } = self;
        let View {
            cone,
            needed,
            cases,
        } = steering;
        cases.iter_mut().try_for_each(|case| {
            let edges = edges_of(graph, state, case);
            let Some((mut known, mark)) =
                enter((netlist, cone, needed), graph, state, case, scratch)
            else {
                return Ok(());
            };
            let depth = case.assumptions.len();
            let visit = |place: Place<'_>, known: &mut Known, _: &mut Scratch| {
                let Place::Edge(_, edge) = place else {
                    return Ok(());
                };
                let target = &graph.states[edge.to.index()].values;
                for (register, value) in graph.registers.iter().zip(target) {
                    let next = case.next(netlist, *register);
                    if value.is_known() && known.bits(cone, exprs, next) != *value {
                        return Err(Refused);
                    }
                }
                Ok(())
            };
            let result = if edges.is_empty() {
                Err(Refused)
            } else {
                let edges = edges.iter().enumerate();
                walk(
                    (cone, exprs),
                    &mut known,
                    scratch,
                    edges,
                    depth,
                    true,
                    visit,
                )
            };
            known.undo(mark);
            case.known = known;
            result
        })
    }

    fn collect(
        &mut self,
        graph: &ControlGraph,
        state: StateId,
        decided: impl Decided,
        mut wanted: impl FnMut(usize, &Edge) -> Option<Wanted>,
        allowed: Option<&BitSet>,
        used: &mut BitSet,
    ) -> Result<(), Refused> {
        let (netlist, exprs) = (self.netlist, &self.netlist.exprs);
        let first = graph.first_edge(state);
        let Uses {
            whole,
            scratch,
            demand,
            bounds,
            owners,
            bits,
            ..
        } = self;
        let View {
            cone,
            needed,
            cases,
        } = whole;
        cases.iter_mut().try_for_each(|case| {
            let start = first + start_of(graph, state, case);
            let edges = edges_of(graph, state, case);
            let asked: Vec<(usize, &Edge, Wanted)> = (edges.iter().enumerate())
                .filter_map(|(at, edge)| Some((at, edge, wanted(start + at, edge)?)))
                .collect();
            if asked.is_empty() {
                return Ok(());
            }
            let Some((mut known, mark)) =
                enter((netlist, cone, needed), graph, state, case, scratch)
            else {
                return Ok(());
            };
            demand.enter(bounds.of(state, case));
            let asking = Asking {
                cone,
                exprs,
                netlist,
                bits,
                owners,
                case,
            };
            let mut next = asked.iter();
            let walked = asked.iter().map(|&(at, edge, _)| (at, edge));
            let visit = |place: Place<'_>, known: &mut Known, scratch: &mut Scratch| {
                // Parts of memories that are used.
                let mut memories = BitSet::new(bits.parts.len());
                // Conditions that may hold, each with an output that counts then.
                let mut open: Vec<(ExprId, ExprId)> = Vec::new();
                match place {
                    Place::Decision(assumption) if decided(&assumption) => {
                        demand.bit(cone, assumption.expr, assumption.bit);
                    }
                    Place::Decision(_) => return Ok(()),
                    // No copy takes it: the decisions above see to that.
                    Place::Edge(_, edge) if impossible(demand, edge) => return Ok(()),
                    Place::Edge(number, _) => {
                        let found = next.find(|(at, ..)| *at == number);
                        let (.., wanted) = found.expect("edges are walked in order");
                        asking.edge(known, demand, wanted, &mut open, &mut memories);
                    }
                }
                let mut refused = false;
                let mut read = |register: RegId, limb: usize, need: u64| {
                    if let Some(value) = case.held[register.index()] {
                        return Some(value);
                    }
                    let at = bits.of(register, limb as u32 * 64);
                    used.insert_word(at, need);
                    refused |= allowed.is_some_and(|allowed| need & !allowed.word(at) != 0);
                    None
                };
                asking.sweep((known, scratch), demand, &mut open, &mut read);
                memories.union_with(&demand.memories);
                demand.memories.clear();
                for (limb, mask) in memories.limbs() {
                    let at = bits.part(limb as usize * 64);
                    used.insert_word(at, mask);
                    refused |= allowed.is_some_and(|allowed| mask & !allowed.word(at) != 0);
                }
                if refused { Err(Refused) } else { Ok(()) }
            };
            let depth = case.assumptions.len();
            let result = walk(
                (cone, exprs),
                &mut known,
                scratch,
                walked,
                depth,
                false,
                visit,
            );
            known.undo(mark);
            case.known = known;
            result
        })
    }
}

/// Whether the ranges of registers exclude an edge.
fn impossible(demand: &Demand, edge: &Edge) -> bool {
    let mut assumptions = edge.assumptions.iter();
    assumptions.any(|it| it.bit == 0 && demand.decided(it.expr) == Some(!it.value))
}

/// The place of a case's first edge among those of a state.
fn start_of(graph: &ControlGraph, state: StateId, case: &ResetCase) -> usize {
    let edges = graph.edges_from(state);
    let start = (edges.iter()).position(|edge| edge.assumptions.starts_with(&case.assumptions));
    start.unwrap_or(edges.len())
}

/// The edges of a state in a case.
pub(super) fn edges_of<'g>(
    graph: &'g ControlGraph,
    state: StateId,
    case: &ResetCase,
) -> &'g [Edge] {
    let edges = &graph.edges_from(state)[start_of(graph, state, case)..];
    let count = (edges.iter())
        .take_while(|edge| edge.assumptions.starts_with(&case.assumptions))
        .count();
    &edges[..count]
}

/// The planes of a case, with the facts of a state; `None` if they cannot be.
/// They are lent out: the caller takes them back to the mark and returns them.
fn enter(
    (netlist, cone, needed): (&Netlist, &Cone, &Needed),
    graph: &ControlGraph,
    state: StateId,
    case: &mut ResetCase,
    scratch: &mut Scratch,
) -> Option<(Known, Mark)> {
    let mut known = std::mem::take(&mut case.known);
    let mark = known.mark();
    let values = &graph.states[state.index()].values;
    let mut any = false;
    for (register, value) in graph.registers.iter().zip(values) {
        let expr = netlist.registers[register.index()].expr;
        if case.held[register.index()].is_none() && value.is_known() {
            known.set(cone, expr, value);
            any = true;
        }
    }
    let exprs = &netlist.exprs;
    if !any {
        // The planes of the case say it all.
        known.whole_cone();
        return Some((known, mark));
    }
    if (known.sweep_needed(cone, exprs, needed, scratch)).is_ok() {
        return Some((known, mark));
    }
    known.undo(mark);
    case.known = known;
    None
}

/// A limb of a set of bit numbers as parts of registers: the register, the bit
/// that the mask starts at, and the mask.
pub(super) fn parts<'b>(
    bits: &'b BitIndex,
    owners: &'b [RegId],
    (limb, mask): Limb,
) -> impl Iterator<Item = (RegId, u32, u64)> + 'b {
    let base = limb as usize * 64;
    let mut rest = match bits.len().saturating_sub(base) {
        own @ 0..64 => mask & ((1u64 << own) - 1),
        _ => mask,
    };
    std::iter::from_fn(move || {
        if rest == 0 {
            return None;
        }
        let low = rest.trailing_zeros();
        let number = base + low as usize;
        let register = owners[number];
        let range = bits.range(register);
        let own = match range.end - base {
            end @ 0..64 => (1u64 << end) - 1,
            _ => u64::MAX,
        };
        let part = (rest & own) >> low;
        rest &= !own;
        Some((register, (number - range.start) as u32, part))
    })
}
