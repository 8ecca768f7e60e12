//! Live bits that follow from other live bits of a control state: equal ones, inverse ones, and
//! small functions.
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
//! And what the reset, or the initial values, leave in the facts of a state satisfies its relations. `prove` checks it.

use rustc_hash::FxHashMap;

use super::fixpoint::postorder;
use super::formula::{Algebra, Formula};
use super::numbering::{Numbering, View};
use super::propagation::{Search, add_facts, set};
use super::shown::shown;
use super::terms::{Lit, Term, Terms};
use super::uses::{Refused, edges_of};
use super::walk::{Place, walk};
use super::{BitSet, Constants};
use crate::control::{ControlGraph, StateId};
use crate::netlist::known::{Known, Scratch};
use crate::netlist::{Bits, ExprId, RegId};

/// Operations of a formula, at most.
const OPERATIONS: usize = 4;

/// A bit that follows from others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relation {
    /// The bit.
    pub bit: usize,
    /// What it always is.
    pub is: Formula,
}

/// The live bits of a state that follow from others there. None follows twice, and the
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

/// What is known of the live bits of a state that have no value there.
#[derive(Debug, Clone)]
struct Classes {
    /// Per bit the first of its class, and whether it is the inverse of that; by number.
    bits: FxHashMap<usize, (usize, bool)>,
    /// In order.
    members: Vec<usize>,
    /// First bits of classes that are functions of others, which are not themselves.
    computed: Vec<Relation>,
}

impl Classes {
    /// Every bit by itself.
    fn apart(members: Vec<usize>) -> Classes {
        Classes {
            bits: members.iter().map(|&bit| (bit, (bit, false))).collect(),
            members,
            computed: Vec::new(),
        }
    }

    /// As the first edge makes them, of the literals of the members.
    fn new(members: Vec<usize>, lits: &[Lit], terms: &mut Terms) -> Classes {
        let mut classes = Classes::apart(members);
        let mut first: FxHashMap<u32, (usize, bool)> = FxHashMap::default();
        for (&bit, &lit) in classes.members.iter().zip(lits) {
            if terms.is_open(lit) {
                continue;
            }
            let own = (bit, lit.is_inverse());
            let (of, inverse) = *first.entry(lit.term()).or_insert(own);
            classes.bits.insert(bit, (of, inverse != lit.is_inverse()));
        }
        // A constant is no source.
        first.remove(&Lit::FALSE.term());
        let mut sources: Vec<usize> = Vec::new();
        let mut computed: Vec<usize> = Vec::new();
        for (&bit, &lit) in classes.members.iter().zip(lits) {
            let is_first = first.get(&lit.term()).is_some_and(|it| it.0 == bit);
            if !is_first || terms.is_open(lit) || sources.contains(&bit) {
                continue;
            }
            let source = |of: Lit| {
                let &(other, inverse) = first.get(&of.term())?;
                let usable = other != bit && !computed.contains(&other);
                usable.then(|| Formula::same(other, inverse != of.is_inverse()))
            };
            let mut left = OPERATIONS;
            if let Some(is) = expressed(terms, lit, true, &source, &mut left) {
                sources.extend(is.sources());
                computed.push(bit);
                classes.computed.push(Relation { bit, is });
            }
        }
        classes
    }

    /// Parts what is not equal under another edge; tells whether anything is.
    fn part(&mut self, lits: &[Lit], terms: &mut Terms) -> bool {
        let mut first: FxHashMap<(usize, Lit), (usize, bool)> = FxHashMap::default();
        let mut changed = false;
        for (&bit, &lit) in self.members.iter().zip(lits) {
            let (of, inverse) = self.bits[&bit];
            let key = (of, lit.inverted_if(inverse));
            let (now, other) = match terms.is_open(lit) {
                true => (bit, inverse),
                false => *first.entry(key).or_insert((bit, inverse)),
            };
            if now != of {
                changed = true;
                self.bits.insert(bit, (now, inverse != other));
            }
        }
        let places: FxHashMap<usize, Lit> = match self.computed.is_empty() {
            true => FxHashMap::default(),
            false => self
                .members
                .iter()
                .copied()
                .zip(lits.iter().copied())
                .collect(),
        };
        let before = self.computed.len();
        self.computed.retain(|relation| {
            let made = relation.is.evaluate(&mut InTerms { terms, of: &places });
            made == places[&relation.bit] && !terms.is_open(made)
        });
        changed || self.computed.len() < before
    }

    fn relations(&self) -> Relations {
        let mut list = self.computed.clone();
        list.extend(self.members.iter().filter_map(|&bit| {
            let (of, inverse) = self.bits[&bit];
            (of != bit).then(|| Relation {
                bit,
                is: Formula::same(of, inverse),
            })
        }));
        Relations(list)
    }
}

/// A term as a function of what `source` knows, itself left out at the `top`.
fn expressed(
    terms: &Terms,
    lit: Lit,
    top: bool,
    source: &impl Fn(Lit) -> Option<Formula>,
    left: &mut usize,
) -> Option<Formula> {
    if let Some(bit) = (!top).then(|| source(lit)).flatten() {
        return Some(bit);
    }
    *left = left.checked_sub(1)?;
    let (a, b, and) = match *terms.term(lit) {
        Term::And(a, b) => (a, b, true),
        Term::Xor(a, b) => (a, b, false),
        _ => return None,
    };
    let a = Box::new(expressed(terms, a, false, source, left)?);
    let b = Box::new(expressed(terms, b, false, source, left)?);
    let is = match and {
        true => Formula::And(a, b),
        false => Formula::Xor(a, b),
    };
    Some(is.inverted_if(lit.is_inverse()))
}

/// Formulas as terms, of literals by the numbers of bits.
struct InTerms<'a> {
    terms: &'a mut Terms,
    of: &'a FxHashMap<usize, Lit>,
}

impl Algebra for InTerms<'_> {
    type Value = Lit;

    fn bit(&mut self, number: usize) -> Lit {
        self.of[&number]
    }

    fn not(&mut self, of: Lit) -> Lit {
        !of
    }

    fn and(&mut self, a: Lit, b: Lit) -> Lit {
        self.terms.and(a, b)
    }

    fn xor(&mut self, a: Lit, b: Lit) -> Lit {
        self.terms.xor(a, b)
    }
}

/// The relations of every state among its live bits; none anywhere if finding them
/// takes more than `limit` evaluations.
pub(super) fn relations(
    search: &mut Search<'_>,
    graph: &ControlGraph,
    live: &[BitSet],
    constants: &[Constants],
    limit: u64,
) -> Vec<Relations> {
    let none = || vec![Relations::default(); live.len()];
    let Some(starts) = search.start_values(graph) else {
        return none();
    };
    let mut relating = Relating {
        numbering: Numbering::new(search.netlist),
        members: (live.iter().zip(constants))
            .map(|(live, constants)| live.without(constants.bits()).iter().collect())
            .collect(),
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
                    return none();
                }
                for state in std::mem::take(&mut relating.changed) {
                    dirty[state.index()] = true;
                }
            }
        }
        // Of a state that nothing reaches nothing is claimed, and its edges count.
        let missed = |found: &Relating| (0..live.len()).find(|&at| found.found[at].is_none());
        if missed(&relating).is_none() {
            return relating
                .found
                .iter()
                .flatten()
                .map(Classes::relations)
                .collect();
        }
        while let Some(at) = missed(&relating) {
            relating.found[at] = Some(Classes::apart(relating.members[at].clone()));
            relating.changed.push(StateId(at as u32));
        }
    }
}

struct Relating {
    numbering: Numbering,
    /// Per state its live bits that are no constants there.
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

    /// Takes in what the members of a state are by one way into it.
    fn meet(&mut self, state: StateId, lit: impl FnMut(usize) -> Lit) {
        let at = state.index();
        let lits: Vec<Lit> = self.members[at].iter().copied().map(lit).collect();
        self.work += lits.len() as u64;
        let terms = &mut self.numbering.terms;
        let changed = match &mut self.found[at] {
            Some(classes) => classes.part(&lits, terms),
            none => {
                *none = Some(Classes::new(self.members[at].clone(), &lits, terms));
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
            let lits = members.into_iter().map(|number| {
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
        for relation in &classes.relations().0 {
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
            ..
        } = search;
        let (netlist, bits, case) = (*netlist, *bits, &cases[at]);
        let exprs = &netlist.exprs;
        let of = (netlist, bits, owners.as_slice(), &*cone);
        set(known, of, case, own);
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
        let edges = edges_of(graph, state, case).iter().enumerate();
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
            for at in 0..self.members[edge.to.index()].len() {
                let (register, _) = bits.bit(self.members[edge.to.index()][at]);
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
            if target != state || case.is_reset() {
                self.meet(target, |number| {
                    let (register, bit) = bits.bit(number);
                    read[register.index()][bit as usize]
                });
            }
        }
    }
}
