//! Exactly which bits are live, by the netlist's meaning.
//!
//! Given the facts and edges of the control states, there is a least family of
//! live sets for which the step of [`super`] holds. A bit belongs to it in a state
//! S if, for some valuation and some inputs, flipping it alone changes an output
//! where it counts, or leads to where no edge S → T lets the two valuations agree on
//! the family's set of T: two valuations that agree on a set are joined by flips
//! of bits outside it, one by one. So the family is the least fixpoint of flips, and
//! any set of live bits that holds contains it. The bits that facts are about
//! belong to it; memories are taken as the analysis has them.
//!
//! The search goes from below. First, valuations show what a flip can
//! reach ([`toggle`]), which proves most bits live: random ones, and models that the solver found, with some variables changed,
//! in every state. What is left is asked of the solver, one flip in
//! one state at a time, until nothing changes. A flip is a second copy of the
//! circuit that differs in one literal, so it costs its cone ([`base`]). A bit that was not live is asked about again only
//! when something that its cone reaches has become live. Only what the analysis keeps
//! is asked about: what it drops is not in the least family, if what it keeps holds.

mod base;
mod toggle;

use std::time::Instant;

use rustc_hash::FxHashMap;

use self::base::Base;
use self::toggle::{Lanes, Toggle, WORDS};
use super::claims::{facts, successors};
use super::machine::{Cones, Machine};
use super::solver::Answer;
use super::{Claims, ProveOptions, after};
use crate::control::StateId;
use crate::liveness::{BitIndex, BitSet};
use crate::netlist::RegId;

/// Models that are kept as valuations for other bits and states.
const MODELS: usize = 64 * WORDS;

/// The live bits of one control state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exact {
    /// The state.
    pub state: StateId,
    /// How many bits the analysis keeps.
    pub kept: usize,
    /// The bits among them that are not live, even if those that are unknown are.
    pub more: Vec<(RegId, u32)>,
    /// The bits of which the time was up before there was an answer.
    pub unknown: Vec<(RegId, u32)>,
}

/// Finds the live bits of all states. `progress` is told how many of how many
/// states are done with what random valuations show. Deterministic, but for what the
/// time limits cut off.
pub fn exact(
    claims: &Claims<'_>,
    options: &ProveOptions,
    mut progress: impl FnMut(usize, usize),
) -> Vec<Exact> {
    let end = after(options.total_time);
    let machine = Machine::new(claims.netlist);
    let count = claims.graph.states.len();
    let bits = claims.liveness.bits.len();
    let mut search = Search {
        claims,
        cones: machine.cones(),
        machine,
        live: vec![BitSet::new(bits); count],
        reach: vec![Vec::new(); count],
        before: vec![Vec::new(); count],
        stale: vec![true; count],
        fresh: vec![BitSet::new(bits); count],
        settled: vec![FxHashMap::default(); count],
        models: Vec::new(),
        random: Random(0x9e37_79b9_7f4a_7c15),
    };
    for index in 0..count {
        let state = StateId(index as u32);
        for target in successors(claims, state) {
            search.before[target.index()].push(state);
        }
        for (register, _) in facts(claims, state) {
            for bit in claims.liveness.bits.range(register) {
                search.live[index].insert(bit);
            }
        }
    }
    // Backwards, as what is live behind a state is then mostly known.
    for index in (0..count).rev() {
        progress(count - 1 - index, count);
        if Instant::now() < end {
            search.show(StateId(index as u32));
        }
    }
    progress(count, count);
    search.spread((0..count).map(|index| StateId(index as u32)).collect());
    let unknown = search.ask(options, end);
    (0..count)
        .map(|index| search.found(StateId(index as u32), &unknown[index]))
        .collect()
}

/// What flipping a bit can change, as valuations showed it.
#[derive(Debug, Clone)]
struct Reach {
    bit: usize,
    /// Bits of the target, by its number.
    after: Vec<(StateId, u32)>,
}

struct Search<'a> {
    claims: &'a Claims<'a>,
    machine: Machine<'a>,
    cones: Cones,
    /// The family so far: all of it is live.
    live: Vec<BitSet>,
    reach: Vec<Vec<Reach>>,
    before: Vec<Vec<StateId>>,
    /// What is live behind the state has grown since the solver was asked.
    stale: Vec<bool>,
    /// The bits that have become live behind the state since.
    fresh: Vec<BitSet>,
    /// The bits of the state that the solver said are not live, with the bits after the step that their cones reach.
    settled: Vec<FxHashMap<usize, Vec<u32>>>,
    /// Values of inputs and registers that showed a bit live, by the nodes of their variables.
    models: Vec<Vec<bool>>,
    random: Random,
}

impl Search<'_> {
    fn bits(&self) -> &BitIndex {
        &self.claims.liveness.bits
    }

    /// The bits of a state that are not known to be live, though the analysis keeps them.
    fn open(&self, state: StateId) -> Vec<usize> {
        let kept = self.claims.liveness.live[state.index()].iter();
        let live = &self.live[state.index()];
        kept.filter(|&bit| !live.contains(bit)).collect()
    }

    /// Adds a bit to the family.
    fn enliven(&mut self, state: StateId, bit: usize) {
        self.live[state.index()].insert(bit);
        for before in &self.before[state.index()] {
            self.stale[before.index()] = true;
            self.fresh[before.index()].insert(bit);
        }
    }

    /// Whether something is live that a flip changes after the step.
    fn carried(&self, after: &[(StateId, u32)]) -> bool {
        let mut after = after.iter();
        after.any(|&(target, bit)| self.live[target.index()].contains(bit as usize))
    }

    /// What random valuations show of the flips of a state.
    fn show(&mut self, state: StateId) {
        let base = Base::new(self.claims, &self.machine, state);
        let mut toggle = base.toggle();
        let random = &mut self.random;
        toggle.valuate(&base.circuit.aig, |_| random.lanes());
        let ends = base.ends(&toggle);
        for bit in self.open(state) {
            let reached = base.reached(self.claims, &mut toggle, &ends, bit, &mut self.random);
            if reached.at_once || self.carried(&reached.after) {
                self.enliven(state, bit);
            } else if !reached.after.is_empty() {
                let after = reached.after;
                self.reach[state.index()].push(Reach { bit, after });
            }
        }
    }

    /// Makes live what reaches something live, from the states whose flips are to be
    /// looked at on.
    fn spread(&mut self, mut todo: Vec<StateId>) {
        while let Some(state) = todo.pop() {
            let index = state.index();
            let (live, rest): (Vec<Reach>, Vec<Reach>) = std::mem::take(&mut self.reach[index])
                .into_iter()
                .filter(|reach| !self.live[index].contains(reach.bit))
                .partition(|reach| self.carried(&reach.after));
            self.reach[index] = rest;
            for reach in &live {
                self.enliven(state, reach.bit);
            }
            if !live.is_empty() {
                todo.extend(&self.before[index]);
            }
        }
    }

    /// Asks the solver about what is left, until nothing changes; per state what
    /// it did not answer, which counts as live from then on.
    fn ask(&mut self, options: &ProveOptions, end: Instant) -> Vec<Vec<usize>> {
        let mut unknown = vec![Vec::new(); self.live.len()];
        while let Some(index) = self.stale.iter().rposition(|&stale| stale) {
            self.stale[index] = false;
            let state = StateId(index as u32);
            let fresh = BitSet::new(self.bits().len());
            let fresh = std::mem::replace(&mut self.fresh[index], fresh);
            let mut open = self.open(state);
            // What its cone reaches is live no more than when it was asked about.
            open.retain(|bit| match self.settled[index].get(bit) {
                Some(reached) => reached.iter().any(|&bit| fresh.contains(bit as usize)),
                None => true,
            });
            if open.is_empty() {
                continue;
            }
            if Instant::now() >= end {
                unknown[index].extend(&open);
                open.iter().for_each(|&bit| self.enliven(state, bit));
            } else {
                let deadline = end.min(after(options.state_time));
                unknown[index].extend(self.ask_state(state, open, deadline));
            }
            self.spread(self.before[index].clone());
        }
        unknown
    }

    /// Asks about bits of one state; those that are not answered.
    fn ask_state(&mut self, state: StateId, open: Vec<usize>, deadline: Instant) -> Vec<usize> {
        let mut base = Base::new(self.claims, &self.machine, state);
        let mut toggle = base.toggle();
        let (mut left, mut unknown) = (open, Vec::new());
        let models = self.other_models();
        toggle.valuate(&base.circuit.aig, |node| match models.get(node) {
            Some(&lanes) => lanes,
            None => self.random.lanes(),
        });
        self.try_all(&base, &mut toggle, &mut left);
        loop {
            let before = left.len();
            let random = &mut self.random;
            toggle.valuate(&base.circuit.aig, |_| random.lanes());
            self.try_all(&base, &mut toggle, &mut left);
            if left.len() == before {
                break;
            }
        }
        while let Some(bit) = left.pop() {
            let flip = base.flip(
                self.claims,
                &self.machine,
                &self.cones,
                &self.live,
                bit,
                deadline,
            );
            match flip.answer {
                Answer::Never => {
                    self.settled[state.index()].insert(bit, flip.reaches);
                    continue;
                }
                Answer::Unknown => unknown.push(bit),
                Answer::Sometimes => {
                    // What shows one bit mostly shows others, too.
                    let model = flip.model;
                    let random = &mut self.random;
                    toggle.valuate(&base.circuit.aig, |node| random.about(model[node]));
                    self.try_all(&base, &mut toggle, &mut left);
                    self.keep_model(model);
                }
            }
            self.enliven(state, bit);
        }
        unknown
    }

    /// Flips bits of a state under the present valuations, and leaves in the list those that this does not show live.
    fn try_all(&mut self, base: &Base, toggle: &mut Toggle, left: &mut Vec<usize>) {
        let ends = base.ends(toggle);
        left.retain(|&bit| {
            let reached = base.reached(self.claims, toggle, &ends, bit, &mut self.random);
            let live = reached.at_once || self.carried(&reached.after);
            if live {
                self.enliven(base.state, bit);
            }
            !live
        });
    }

    /// Remembers a model; the oldest go.
    fn keep_model(&mut self, mut model: Vec<bool>) {
        let netlist = self.claims.netlist;
        let inputs: u32 = netlist.inputs.iter().map(|input| input.width).sum();
        // The variables of inputs and registers are the first nodes behind the constant, in all states.
        model.truncate(1 + inputs as usize + self.bits().len());
        if self.models.len() == MODELS {
            self.models.remove(0);
        }
        self.models.push(model);
    }

    /// The models found before as lanes, by node; what is left of the lanes is random.
    fn other_models(&mut self) -> Vec<Lanes> {
        let length = self.models.first().map_or(0, Vec::len);
        let mut lanes: Vec<Lanes> = (0..length).map(|_| self.random.lanes()).collect();
        for (at, model) in self.models.iter().enumerate() {
            for (lanes, &value) in lanes.iter_mut().zip(model) {
                let word = &mut lanes[at / 64];
                *word = *word & !(1 << (at % 64)) | u64::from(value) << (at % 64);
            }
        }
        lanes
    }

    fn found(&self, state: StateId, unknown: &[usize]) -> Exact {
        let bits = |list: &[usize]| list.iter().map(|&bit| self.bits().bit(bit)).collect();
        Exact {
            state,
            kept: self.claims.liveness.live[state.index()].count(),
            more: bits(&self.open(state)),
            unknown: bits(unknown),
        }
    }
}

/// Steele, Lea and Flood's SplitMix64 (2014).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.0;
        word = (word ^ word >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ word >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^ word >> 31
    }

    fn lanes(&mut self) -> Lanes {
        std::array::from_fn(|_| self.next())
    }

    /// A value, the other way round in some valuations: in fewer in the first words, and never in the first valuation.
    fn about(&mut self, value: bool) -> Lanes {
        let mut seldom = self.next() & self.next();
        let mut lanes = [0; WORDS];
        for word in lanes.iter_mut().rev() {
            *word = seldom ^ if value { u64::MAX } else { 0 };
            seldom &= self.next();
        }
        lanes[0] = lanes[0] & !1 | u64::from(value);
        lanes
    }
}
