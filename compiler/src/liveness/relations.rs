//! Live bits that follow from other live bits of a control state: equal ones, inverse ones, and
//! small functions. Inputs that the environment never changes ([`crate::netlist::Input::stable`]) are
//! among what they follow from.
//!
//! It is value numbering (Alpern, Wegman and Zadeck, POPL 1988) with control states in the place
//! of basic blocks: optimistic, each edge under its assumptions, until nothing changes. A state's
//! live bits are parted into classes of equal ones; the first edge that reaches it makes them, others part them
//! further. What the first edge makes of a class as a function of others is kept for as long as every
//! edge does.
//!
//! The claim, for every state S with relations R(S), of a valuation that satisfies the facts of S, its
//! constants and R(S), is that of `propagation` for constants:
//!
//! 1. it is taken to one that satisfies R(T), for the edge S → T that it takes;
//! 2. as the registers read in the cycle, an active asynchronous reset counted, it satisfies R(T) for *every* state
//!    T whose facts it satisfies.
//!
//! The claim is about inputs that keep the promise: they have the same values in all cycles.
//!
//! And what the reset, or the initial values, leave in the facts of a state satisfies its relations. `prove` checks it.

use rustc_hash::FxHashMap;

use super::classes::{Classes, InTerms, Stable};
use super::fixpoint::postorder;
use super::formula::Formula;
use super::numbering::{Numbering, View};
use super::propagation::{Search, add_facts, set};
use super::shown::{Places, shown};
use super::terms::Lit;
use super::uses::{Refused, edges_of};
use super::walk::{Place, walk};
use super::{BitIndex, BitSet, Constants};
use crate::control::cases::ResetCase;
use crate::control::{ControlGraph, StateId};
use crate::netlist::known::{Known, Scratch};
use crate::netlist::{Bits, ExprId, Netlist, RegId};

/// A bit that follows from others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relation {
    /// The bit.
    pub bit: usize,
    /// What it always is.
    pub is: Formula,
}

/// The live bits of a state that follow from others there, or from inputs. None follows twice, and the
/// sources of one follow from none, or by one before it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Relations(pub Vec<Relation>);

impl Relations {
    /// The relation of a bit.
    pub fn of(&self, bit: usize) -> Option<&Formula> {
        let mut list = self.0.iter();
        list.find(|relation| relation.bit == bit)
            .map(|relation| &relation.is)
    }
}

/// The relations of every state among its live bits; `None` if finding them
/// takes more than `limit` evaluations.
pub(super) fn relations(
    search: &mut Search<'_>,
    graph: &ControlGraph,
    live: &[BitSet],
    constants: &[Constants],
    limit: u64,
) -> Option<Vec<Relations>> {
    let Some(starts) = search.start_values(graph) else {
        return Some(vec![Relations::default(); live.len()]);
    };
    let stable = Stable::new(search.netlist, search.bits.len());
    let mut relating = Relating {
        numbering: Numbering::new(search.netlist),
        members: (live.iter().zip(constants))
            .map(|(live, constants)| {
                let open = live.without(constants.bits());
                stable.numbers().chain(open.iter()).collect()
            })
            .collect(),
        stable,
        found: vec![None; live.len()],
        changed: Vec::new(),
        work: 0,
        limit,
    };
    for start in &starts {
        relating.start(search, graph, start);
    }
    let order = postorder(graph);
    let mut dirty = vec![false; live.len()];
    loop {
        for state in std::mem::take(&mut relating.changed) {
            dirty[state.index()] = true;
        }
        while dirty.contains(&true) {
            for &state in order.iter().rev() {
                if !std::mem::replace(&mut dirty[state.index()], false) {
                    continue;
                }
                relating.carry(search, graph, state, constants);
                if relating.is_exhausted(search.work()) {
                    return None;
                }
                for state in std::mem::take(&mut relating.changed) {
                    dirty[state.index()] = true;
                }
            }
        }
        // Of a state that nothing reaches nothing is claimed, and its edges count.
        let missed = |found: &Relating| (0..live.len()).find(|&at| found.found[at].is_none());
        if missed(&relating).is_none() {
            let relations = relating
                .found
                .iter()
                .flatten()
                .map(|classes| classes.relations(&relating.stable));
            return Some(relations.collect());
        }
        while let Some(at) = missed(&relating) {
            relating.found[at] = Some(Classes::none());
            relating.changed.push(StateId(at as u32));
        }
    }
}

struct Relating {
    numbering: Numbering,
    stable: Stable,
    /// Per state the inputs that never change, and its live bits that are no constants there.
    members: Vec<Vec<usize>>,
    found: Vec<Option<Classes>>,
    changed: Vec<StateId>,
    /// Bits that classes were made and parted of.
    work: u64,
    limit: u64,
}

impl Relating {
    /// Whether no more may be done; `swept` is the work of the search.
    fn is_exhausted(&self, swept: u64) -> bool {
        self.work + self.numbering.work() + swept > self.limit
    }

    /// The bits of a state that a way into it is asked for: all on the first.
    fn asked(&self, state: StateId) -> &[usize] {
        match &self.found[state.index()] {
            Some(classes) => classes.members(),
            None => &self.members[state.index()],
        }
    }

    /// Whether a way into a state can change anything.
    fn asks(&self, state: StateId) -> bool {
        let found = self.found[state.index()].as_ref();
        found.is_none_or(|classes| !classes.members().is_empty())
    }

    /// Takes in what the members of a state are by one way into it.
    fn meet(&mut self, state: StateId, mut lit: impl FnMut(usize) -> Lit) {
        let at = state.index();
        let terms = &mut self.numbering.terms;
        let asked = match &self.found[at] {
            Some(classes) => classes.members(),
            None => &self.members[at],
        };
        let lits = asked.iter().map(|&number| match self.stable.input(number) {
            Some((input, bit)) => terms.input(input.0, bit),
            None => lit(number),
        });
        let lits: Vec<Lit> = lits.collect();
        self.work += lits.len() as u64;
        let changed = match &mut self.found[at] {
            Some(classes) => classes.part(&lits, terms),
            none => {
                let members = self.members[at].clone();
                *none = Some(Classes::new(members, &lits, terms, &self.stable));
                true
            }
        };
        if changed {
            self.changed.push(state);
        }
    }

    /// The states that a reset or the initial values show.
    fn start(&mut self, search: &Search<'_>, graph: &ControlGraph, start: &[Bits]) {
        let shown: Vec<Bits> = (graph.registers.iter())
            .map(|register| start[register.index()].clone())
            .collect();
        for state in search.places.fitting(graph, &shown) {
            let members = self.members[state.index()].clone();
            let members = members
                .into_iter()
                .filter(|&number| self.stable.input(number).is_none());
            let lits = members.map(|number| {
                let (register, bit) = search.bits.bit(number);
                match start[register.index()].bit(bit) {
                    Some(value) => (number, Lit::constant(value)),
                    None => (number, self.numbering.terms.open()),
                }
            });
            let lits: FxHashMap<usize, Lit> = lits.collect();
            self.meet(state, |number| lits[&number]);
        }
    }

    /// The literals of all register bits in a state.
    fn literals(&mut self, search: &Search<'_>, state: StateId, own: &Constants) -> Vec<Vec<Lit>> {
        let terms = &mut self.numbering.terms;
        let mut lits: Vec<Lit> = (0..search.bits.len())
            .map(|number| match own.value(number) {
                Some(value) => Lit::constant(value),
                None => terms.register(number),
            })
            .collect();
        let classes = self.found[state.index()].as_ref();
        let classes = classes.expect("a state is carried on when it is reached");
        for relation in &classes.relations(&self.stable).0 {
            let of: FxHashMap<usize, Lit> = (relation.is.sources().into_iter())
                .map(|number| (number, lits[number]))
                .collect();
            lits[relation.bit] = relation.is.evaluate(&mut InTerms { terms, of: &of });
        }
        let registers = (0..search.netlist.registers.len() as u32).map(RegId);
        registers
            .map(|register| lits[search.bits.range(register)].to_vec())
            .collect()
    }

    /// Carries the relations of a state along its edges, and to the states that it shows.
    fn carry(
        &mut self,
        search: &mut Search<'_>,
        graph: &ControlGraph,
        state: StateId,
        constants: &[Constants],
    ) {
        let mut own = constants[state.index()].clone();
        add_facts(&mut own, graph, search.bits, state);
        self.numbering.restart();
        let stored = self.literals(search, state, &own);
        for at in 0..search.cases.len() {
            let mut known = std::mem::take(&mut search.cases[at].known);
            let mark = known.mark();
            self.carry_case(search, graph, state, (at, &own, &stored), &mut known);
            known.undo(mark);
            search.cases[at].known = known;
        }
    }

    fn carry_case(
        &mut self,
        search: &mut Search<'_>,
        graph: &ControlGraph,
        state: StateId,
        (at, own, stored): (usize, &Constants, &[Vec<Lit>]),
        known: &mut Known,
    ) {
        let Search {
            netlist,
            bits,
            owners,
            cone,
            needed,
            cases,
            scratch,
            places,
            bounds,
            ..
        } = search;
        let (netlist, bits, case) = (*netlist, *bits, &cases[at]);
        let exprs = &netlist.exprs;
        let edges = edges_of(graph, state, case).iter().enumerate();
        let edges: Vec<_> = edges.filter(|(_, edge)| self.asks(edge.to)).collect();
        if case.is_plain() && edges.is_empty() {
            self.show(graph, (netlist, bits), (places, case), state, stored);
            return;
        }
        let of = (netlist, bits, owners.as_slice(), &*cone);
        set(known, of, case, own);
        if let Some(decisions) = bounds.of(state, case) {
            decisions.set(known, cone);
        }
        if known.sweep_needed(cone, exprs, needed, scratch).is_err() {
            return;
        }
        // The registers as they read.
        let mut read = stored.to_vec();
        self.numbering.begin();
        for (at, lits) in read.iter_mut().enumerate() {
            let held = case.held[at];
            if !case.open(RegId(at as u32)).is_empty() {
                lits.fill_with(|| self.numbering.terms.open());
            } else if let Some(value) = held {
                let view = View {
                    netlist,
                    cone,
                    known,
                    registers: stored,
                };
                *lits = self.numbering.value(view, value);
            }
        }
        let edges = edges.into_iter();
        let depth = case.assumptions.len();
        let visit = |place: Place<'_>, known: &mut Known, scratch: &mut Scratch| {
            let Place::Edge(_, edge) = place else {
                return Ok(());
            };
            // A state can have a thousand edges.
            if self.is_exhausted(scratch.work()) {
                return Err(Refused);
            }
            let view = View {
                netlist,
                cone,
                known,
                registers: &read,
            };
            self.numbering.begin();
            let mut next: FxHashMap<RegId, Vec<Lit>> = FxHashMap::default();
            let asked = self.asked(edge.to).iter().copied();
            let asked = asked.filter(|&number| self.stable.input(number).is_none());
            let mut wanted: Vec<RegId> = asked.map(|number| bits.bit(number).0).collect();
            wanted.dedup();
            for register in wanted {
                if next.contains_key(&register) {
                    continue;
                }
                let lits = match (case.open(register), case.held[register.index()]) {
                    ([], None) => {
                        let next: ExprId = case.next(netlist, register);
                        self.numbering.value(view, next)
                    }
                    ([], Some(_)) => read[register.index()].clone(),
                    _ => {
                        let width = netlist.registers[register.index()].width;
                        (0..width).map(|_| self.numbering.terms.open()).collect()
                    }
                };
                next.insert(register, lits);
            }
            self.meet(edge.to, |number| {
                let (register, bit) = bits.bit(number);
                next[&register][bit as usize]
            });
            Ok(())
        };
        // Where the work is done, the caller gives up.
        let _ = walk((cone, exprs), known, scratch, edges, depth, false, visit);
        self.show(graph, (netlist, bits), (places, case), state, &read);
    }

    /// Carries what the registers read as to the states that they show.
    fn show(
        &mut self,
        graph: &ControlGraph,
        (netlist, bits): (&Netlist, &BitIndex),
        (places, case): (&Places, &ResetCase),
        state: StateId,
        read: &[Vec<Lit>],
    ) {
        let shows = shown(graph, netlist, &|register: RegId, offset: u32| {
            let lits = &read[register.index()][offset as usize..];
            let (mut sure, mut ones) = (0, 0);
            for (at, &lit) in lits.iter().take(64).enumerate() {
                let constant = lit.term() == Lit::FALSE.term();
                sure |= u64::from(constant) << at;
                ones |= u64::from(lit == Lit::TRUE) << at;
            }
            (sure, ones)
        });
        for target in places.fitting(graph, &shows) {
            if (target != state || case.is_reset()) && self.asks(target) {
                self.meet(target, |number| {
                    let (register, bit) = bits.bit(number);
                    read[register.index()][bit as usize]
                });
            }
        }
    }
}
