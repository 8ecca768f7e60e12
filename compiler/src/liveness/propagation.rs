//! Live bits that have one value in a control state: forward propagation of
//! constants over the control graph.
//!
//! It is conditional constant propagation (Wegman and Zadeck, TOPLAS 1991) with control states
//! in the place of basic blocks: optimistic, each edge under its assumptions, until
//! nothing changes. Known are, to begin with, the bits that the reset makes
//! known, whatever the registers were, by the cycle in which it makes the control registers
//! known; and initial values, where the control registers have some. The bits that all
//! numbers of a register's range ([`super::ranges`]) share are known, too.
//!
//! The claim, for every state S with constants C(S), of a valuation that satisfies the
//! facts of S and C(S):
//!
//! 1. it is taken to one that satisfies C(T), for the edge S → T that it takes;
//! 2. as the registers read in the cycle, an active asynchronous reset counted, it satisfies
//!    C(T) for *every* state T whose facts it satisfies: a save is made in whichever
//!    checkpoint the control registers show.
//!
//! And what the reset, or the initial values, leave in the facts of a
//! state satisfies its constants. `prove` checks it. Before the first reset nothing is
//! claimed.

use super::bounds::Bounds;
use super::fixpoint::postorder;
use super::ranges::Ranges;
use super::shown::{Places, shown};
use super::uses::{edges_of, parts};
use super::walk::{Place, walk};
use super::{BitIndex, BitSet, Constants};
use crate::control::cases::{ResetCase, reset_cases};
use crate::control::{ControlGraph, RESET_CYCLES, ResetStart, StateId};
use crate::netlist::known::limbs::{or_shl, or_shr};
use crate::netlist::known::{Cone, Known, Needed, Scratch};
use crate::netlist::{Bits, ExprId, Netlist, RegId};

/// The constants of every state among its live bits; `None` if finding them
/// takes more than `limit` evaluations.
pub(super) fn constants(
    search: &mut Search<'_>,
    graph: &ControlGraph,
    live: &[BitSet],
    limit: u64,
) -> Option<Vec<Constants>> {
    let bits = search.bits;
    let Some(mut found) = search.starts(graph, live) else {
        return Some(vec![Constants::none(bits.len()); live.len()]);
    };
    let order = postorder(graph);
    let mut dirty: Vec<bool> = found.iter().map(Option::is_some).collect();
    loop {
        while dirty.contains(&true) {
            for &state in order.iter().rev() {
                if !std::mem::replace(&mut dirty[state.index()], false) {
                    continue;
                }
                if search.scratch.work() > limit {
                    return None;
                }
                for changed in search.carry(graph, state, live, &mut found) {
                    dirty[changed.index()] = true;
                }
            }
        }
        // A state that the constants show to be unreachable is one all the same: of it
        // nothing is claimed, and its edges count.
        let missed: Vec<usize> = (0..found.len()).filter(|&at| found[at].is_none()).collect();
        if missed.is_empty() {
            return Some(found.into_iter().flatten().collect());
        }
        for at in missed {
            found[at] = Some(Constants::none(bits.len()));
            dirty[at] = true;
        }
    }
}

/// A netlist made ready for carrying what is known from state to state.
pub(super) struct Search<'a> {
    pub(super) netlist: &'a Netlist,
    pub(super) bits: &'a BitIndex,
    /// Per bit number its register.
    pub(super) owners: Vec<RegId>,
    pub(super) cone: Cone,
    pub(super) needed: Needed,
    pub(super) cases: Vec<ResetCase>,
    pub(super) scratch: Scratch,
    pub(super) places: Places,
    /// What the ranges of registers decide in each state.
    pub(super) bounds: Bounds,
    /// Per state, the bits that all numbers of a range share.
    shared: Vec<Constants>,
}

impl<'a> Search<'a> {
    pub(super) fn new(
        netlist: &'a Netlist,
        graph: &ControlGraph,
        bits: &'a BitIndex,
    ) -> Search<'a> {
        let mut scratch = Scratch::default();
        let registers = || netlist.registers.iter().map(|register| register.expr);
        let inputs = netlist.inputs.iter().map(|input| input.expr);
        let roots: Vec<ExprId> = netlist.roots().collect();
        let leaves = registers().chain(inputs);
        let cone = Cone::new(&netlist.exprs, roots.iter().copied().chain(leaves));
        Search {
            netlist,
            bits,
            owners: bits.owners(),
            cases: reset_cases(netlist, &cone, &mut scratch),
            needed: Needed::new(&cone, &netlist.exprs, registers(), roots),
            cone,
            scratch,
            places: Places::new(graph),
            bounds: Bounds::default(),
            shared: Vec::new(),
        }
    }

    /// How much has been evaluated: a measure of time.
    pub(super) fn work(&self) -> u64 {
        self.scratch.work()
    }

    /// What a reset, or power-up with initial values, makes of all registers.
    /// `None` where neither makes all registers known that facts are about.
    pub(super) fn start_values(&mut self, graph: &ControlGraph) -> Option<Vec<Vec<Bits>>> {
        let is_fact = |at: &usize| {
            graph
                .states
                .iter()
                .any(|state| state.values[*at].is_known())
        };
        let facts: Vec<RegId> = (0..graph.registers.len())
            .filter(is_fact)
            .map(|at| graph.registers[at])
            .collect();
        let told = |start: &Vec<Bits>| facts.iter().all(|own| start[own.index()].is_known());
        let mut starts = Vec::new();
        if let Some(reset) = &graph.reset {
            starts.push(self.after_reset(reset, told)?);
        }
        let init = self.netlist.registers.iter().map(|register| {
            let unknown = || Bits::unknown(register.width);
            register.init.clone().unwrap_or_else(unknown)
        });
        starts.extend(Some(init.collect()).filter(told));
        (!starts.is_empty()).then_some(starts)
    }

    /// Goes on with a graph whose states are others, with ranges and what they decide.
    pub(super) fn settle(&mut self, graph: &ControlGraph, ranges: &[Ranges], bounds: Bounds) {
        self.places = Places::new(graph);
        self.bounds = bounds;
        let shared = |ranges: &Ranges| {
            let mut own = Constants::none(self.bits.len());
            for &(register, range) in ranges {
                let width = self.netlist.registers[register.index()].width;
                for bit in (0..width).filter(|bit| range.shared() >> bit & 1 == 1) {
                    own.insert(self.bits.of(register, bit), range.least >> bit & 1 == 1);
                }
            }
            own
        };
        self.shared = ranges.iter().map(shared).collect();
    }

    /// The constants of the states that these values show.
    fn starts(&mut self, graph: &ControlGraph, live: &[BitSet]) -> Option<Vec<Option<Constants>>> {
        let starts = self.start_values(graph)?;
        let mut found = vec![None; graph.states.len()];
        for start in &starts {
            let shown: Vec<Bits> = (graph.registers.iter())
                .map(|register| start[register.index()].clone())
                .collect();
            for state in self.places.fitting(graph, &shown) {
                let live = &live[state.index()];
                let mut own = Constants::none(self.bits.len());
                for number in live.iter() {
                    let (register, bit) = self.bits.bit(number);
                    if let Some(one) = start[register.index()].bit(bit) {
                        own.insert(number, one);
                    }
                }
                add(&mut own, live, &self.shared[state.index()]);
                meet(&mut found[state.index()], &own);
            }
        }
        Some(found)
    }

    /// What a reset makes of all registers, whatever they and the other inputs were, as soon
    /// as that is `enough`; `None` if it never is.
    fn after_reset(
        &mut self,
        reset: &ResetStart,
        enough: impl Fn(&Vec<Bits>) -> bool,
    ) -> Option<Vec<Bits>> {
        let input = self.netlist.input_port(&reset.port)?;
        let fact = (input.expr, 0, reset.active_high);
        let registers = self.netlist.registers.iter();
        let mut values: Vec<Bits> = registers.map(|it| Bits::unknown(it.width)).collect();
        for _ in 0..RESET_CYCLES {
            values = self.cycle(fact, &values)?;
            if enough(&values) {
                return Some(values);
            }
        }
        None
    }

    /// What a cycle makes of the registers in which a bit has a value, in any case of
    /// the asynchronous resets; `None` if there is none.
    fn cycle(&mut self, fact: (ExprId, u32, bool), values: &[Bits]) -> Option<Vec<Bits>> {
        let exprs = &self.netlist.exprs;
        let mut after: Option<Vec<Bits>> = None;
        for case in &self.cases {
            let mut known = case.known.clone();
            if (known.assume(&self.cone, exprs, fact, &mut self.scratch)).is_err() {
                continue;
            }
            for (at, value) in values.iter().enumerate() {
                if case.held[at].is_none() && case.open(RegId(at as u32)).is_empty() {
                    known.set(&self.cone, self.netlist.registers[at].expr, value);
                }
            }
            if (known.sweep(&self.cone, exprs, &mut self.scratch)).is_err() {
                continue;
            }
            let next: Vec<Bits> = (0..self.netlist.registers.len() as u32)
                .map(|at| match case.open(RegId(at)) {
                    [] => known.bits(&self.cone, exprs, case.next(self.netlist, RegId(at))),
                    _ => Bits::unknown(self.netlist.registers[at as usize].width),
                })
                .collect();
            after = Some(match after {
                None => next,
                Some(other) => next.iter().zip(&other).map(|(a, b)| common(a, b)).collect(),
            });
        }
        after
    }

    /// Carries the constants of a state along its edges, and to the states that it shows;
    /// those that lose some by it, or are reached for the first time.
    fn carry(
        &mut self,
        graph: &ControlGraph,
        state: StateId,
        live: &[BitSet],
        found: &mut [Option<Constants>],
    ) -> Vec<StateId> {
        let Search {
            netlist,
            bits,
            owners,
            cone,
            needed,
            cases,
            scratch,
            places,
            shared,
            bounds,
            ..
        } = self;
        let exprs = &netlist.exprs;
        let own = found[state.index()].clone();
        let mut own = own.expect("a state is carried on when it is reached");
        add_facts(&mut own, graph, bits, state);
        for number in shared[state.index()].bits.iter() {
            own.insert(number, shared[state.index()].ones.contains(number));
        }
        let mut changed = Vec::new();
        for case in cases.iter_mut() {
            let mut known = std::mem::take(&mut case.known);
            let mark = known.mark();
            let of = (&**netlist, &**bits, owners.as_slice(), &*cone);
            set(&mut known, of, case, &own);
            if let Some(decisions) = bounds.of(state, case) {
                decisions.set(&mut known, cone);
            }
            let swept = known.sweep_needed(cone, exprs, needed, scratch);
            let edges = edges_of(graph, state, case).iter().enumerate();
            let depth = case.assumptions.len();
            let visit = |place: Place<'_>, known: &mut Known, _: &mut Scratch| {
                let Place::Edge(_, edge) = place else {
                    return Ok(());
                };
                let target = edge.to.index();
                let wanted = found[target].as_ref().map_or(&live[target], |it| &it.bits);
                let mut next = known_of((bits, owners), wanted, |register, offset| {
                    match case.open(register) {
                        [] => window(known, cone, case.next(netlist, register), offset),
                        _ => (0, 0),
                    }
                });
                add(&mut next, wanted, &shared[target]);
                if meet(&mut found[target], &next) {
                    changed.push(edge.to);
                }
                Ok(())
            };
            if swept.is_ok() {
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
                // As the registers read now.
                let read = |register: RegId, offset: u32| -> (u64, u64) {
                    let at = bits.of(register, offset);
                    match case.held[register.index()] {
                        _ if !case.open(register).is_empty() => (0, 0),
                        None => (own.bits.word(at), own.ones.word(at)),
                        Some(value) => window(&known, cone, value, offset),
                    }
                };
                let shown = shown(graph, netlist, &read);
                for target in places.fitting(graph, &shown) {
                    if target == state && case.is_plain() {
                        continue;
                    }
                    let target_live = &live[target.index()];
                    let wanted = found[target.index()].as_ref();
                    let wanted = wanted.map_or(target_live, |it| &it.bits);
                    let mut now = known_of((bits, owners), wanted, read);
                    add(&mut now, wanted, &shared[target.index()]);
                    if meet(&mut found[target.index()], &now) {
                        changed.push(target);
                    }
                }
            }
            known.undo(mark);
            case.known = known;
        }
        changed
    }
}

/// Sets the constants of a state in a case, but for what its resets hold.
pub(super) fn set(
    known: &mut Known,
    (netlist, bits, owners, cone): (&Netlist, &BitIndex, &[RegId], &Cone),
    case: &ResetCase,
    constants: &Constants,
) {
    for limb in constants.bits.limbs() {
        for (register, offset, mask) in parts(bits, owners, limb) {
            if case.held[register.index()].is_some() || !case.open(register).is_empty() {
                continue;
            }
            let ones = constants.ones.word(bits.of(register, offset));
            let register = &netlist.registers[register.index()];
            let place = |word: u64| {
                let mut limbs = vec![0; register.width.div_ceil(64) as usize];
                or_shl(&mut limbs, &[word], offset);
                limbs
            };
            let unknown: Vec<u64> = place(mask).iter().map(|limb| !limb).collect();
            let value = Bits::new(register.width, &place(ones & mask), &unknown);
            known.set(cone, register.expr, &value);
        }
    }
}

/// The bits of `wanted` that `read` knows: for a register and a first bit, 64 bits as
/// which are known and which of them are 1.
fn known_of(
    (bits, owners): (&BitIndex, &[RegId]),
    wanted: &BitSet,
    read: impl Fn(RegId, u32) -> (u64, u64),
) -> Constants {
    let mut known = Constants::none(bits.len());
    for limb in wanted.limbs() {
        for (register, offset, mask) in parts(bits, owners, limb) {
            let (sure, ones) = read(register, offset);
            let at = bits.of(register, offset);
            known.bits.insert_word(at, mask & sure);
            known.ones.insert_word(at, mask & sure & ones);
        }
    }
    known
}

/// 64 bits of an expression from one on, likewise.
pub(super) fn window(known: &Known, cone: &Cone, expr: ExprId, from: u32) -> (u64, u64) {
    let planes = known.planes(cone, expr);
    let word = |plane: &[u64]| {
        let mut out = [0];
        or_shr(&mut out, plane, from);
        out[0]
    };
    (word(planes.known), word(planes.value))
}

/// Adds the facts of a state to its constants.
pub(super) fn add_facts(
    constants: &mut Constants,
    graph: &ControlGraph,
    bits: &BitIndex,
    state: StateId,
) {
    let values = &graph.states[state.index()].values;
    for (&register, value) in graph.registers.iter().zip(values) {
        for bit in (0..value.width()).filter(|_| value.is_known()) {
            constants.insert(bits.of(register, bit), value.bit(bit) == Some(true));
        }
    }
}

/// Adds the bits of others that are wanted.
fn add(constants: &mut Constants, wanted: &BitSet, others: &Constants) {
    for number in others.bits.iter().filter(|&number| wanted.contains(number)) {
        constants.insert(number, others.ones.contains(number));
    }
}

/// Keeps of `found` what has the value that `next` says, or takes `next` where nothing
/// is there yet. Tells whether that is less, or the first.
fn meet(found: &mut Option<Constants>, next: &Constants) -> bool {
    match found {
        None => {
            *found = Some(next.clone());
            true
        }
        Some(constants) => constants.keep_common(next),
    }
}

/// The bits that are known in both and equal.
fn common(a: &Bits, b: &Bits) -> Bits {
    let unknown = (a.unknown_limbs().iter().zip(b.unknown_limbs()))
        .zip(a.value_limbs().iter().zip(b.value_limbs()))
        .map(|((a, b), (x, y))| a | b | (x ^ y));
    Bits::new(a.width(), a.value_limbs(), &unknown.collect::<Vec<_>>())
}
