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
//! The search goes from below. First, random valuations show what a flip can
//! reach, which proves most bits live; what is left is asked of the solver, one flip in
//! one state at a time, until nothing changes. A flip is a second copy of the
//! circuit that differs in one literal, so it costs its cone. Only what the analysis keeps
//! is asked about: what it drops is not in the least family, if what it keeps holds.

use std::time::Instant;

use super::aig::Lit;
use super::claims::{facts, satisfies, successors};
use super::machine::{Circuit, Cones, Copy, Machine, word};
use super::obligation::memory_agrees;
use super::solver::{Answer, Question};
use super::{Claims, ProveOptions, after};
use crate::control::StateId;
use crate::liveness::{BitIndex, BitSet};
use crate::netlist::{MemId, RegId, Sampled};

/// Words of 64 random valuations that a flip is tried on.
const WORDS: usize = 4;

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
    let mut search = Search {
        claims,
        cones: machine.cones(),
        machine,
        live: vec![BitSet::new(claims.liveness.bits.len()); count],
        reach: vec![Vec::new(); count],
        before: vec![Vec::new(); count],
        stale: vec![true; count],
    };
    for index in 0..count {
        progress(index, count);
        let state = StateId(index as u32);
        for target in successors(claims, state) {
            search.before[target.index()].push(state);
        }
        for (register, _) in facts(claims, state) {
            for bit in claims.liveness.bits.range(register) {
                search.live[index].insert(bit);
            }
        }
        if Instant::now() < end {
            search.reach[index] = search.flips(state);
        }
    }
    progress(count, count);
    search.spread((0..count).map(|index| StateId(index as u32)).collect());
    let unknown = search.ask(options, end);
    (0..count)
        .map(|index| search.found(StateId(index as u32), &unknown[index]))
        .collect()
}

/// What flipping a bit can change, as random valuations showed it.
#[derive(Debug, Clone)]
struct Reach {
    bit: usize,
    /// An output, a memory that is live, or the transition.
    at_once: bool,
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
}

/// A state's circuit with its unflipped copy.
struct Base {
    circuit: Circuit,
    copy: Copy,
    next: Vec<Vec<Lit>>,
    /// The targets, each with "the step ends there".
    targets: Vec<(StateId, Lit)>,
}

/// What a flip may change.
struct Changes {
    /// Outputs where they count, conditions.
    shown: Vec<Lit>,
    /// Next bits by their numbers.
    next: Vec<(usize, Lit)>,
    /// Memories after the step.
    memories: Vec<(usize, Lit)>,
}

impl Search<'_> {
    fn bits(&self) -> &BitIndex {
        &self.claims.liveness.bits
    }

    fn base(&self, state: StateId) -> Base {
        let claims = self.claims;
        let mut circuit = Circuit::new(claims.netlist);
        let mut stored: Vec<Vec<Lit>> = Vec::with_capacity(claims.netlist.registers.len());
        for register in &claims.netlist.registers {
            stored.push(word(&mut circuit.aig, register.width));
        }
        for (register, value) in facts(claims, state) {
            for (bit, lit) in stored[register.index()].iter_mut().enumerate() {
                *lit = Lit::constant(value.bit(bit as u32) == Some(true));
            }
        }
        let kept = self.machine.all_kept();
        let copy = self.machine.copy(&mut circuit, stored, kept, None);
        let next = self.machine.next(&mut circuit, &copy);
        let targets = successors(claims, state).into_iter();
        let targets = targets
            .map(|target| (target, satisfies(claims, &mut circuit, &next, target)))
            .filter(|&(_, there)| there != Lit::FALSE)
            .collect();
        Base {
            circuit,
            copy,
            next,
            targets,
        }
    }

    /// The literals that tell a flipped copy from the other; those that cannot are
    /// left out.
    fn changes(&self, base: &mut Base, bit: usize) -> Changes {
        let netlist = self.claims.netlist;
        let (register, at) = self.bits().bit(bit);
        let circuit = &mut base.circuit;
        let flipped = self
            .machine
            .flipped(circuit, &base.copy, (register, at), &self.cones);
        let machine = &self.machine;
        let mut shown = Vec::new();
        for output in &netlist.outputs {
            let value = |copy: usize, expr| machine.value([&base.copy, &flipped][copy], expr);
            let aig = &mut circuit.aig;
            let counts = match output.sampled {
                Sampled::Always => Lit::TRUE,
                Sampled::Never => continue,
                Sampled::When(condition) => {
                    let [a, b] = [0, 1].map(|copy| value(copy, condition)[0]);
                    shown.push(aig.xor(a, b));
                    a
                }
            };
            let same = aig.equal(value(0, output.expr), value(1, output.expr));
            shown.push(aig.and(counts, !same));
        }
        shown.retain(|&lit| lit != Lit::FALSE);
        let mut next = Vec::new();
        for &register in self.cones.carried(register) {
            let after = machine.next_of(circuit, &flipped, register);
            let start = self.bits().of(register, 0);
            let pairs = base.next[register.index()].iter().zip(after).enumerate();
            for (bit, (&a, b)) in pairs {
                let differ = circuit.aig.xor(a, b);
                if differ != Lit::FALSE {
                    next.push((start + bit, differ));
                }
            }
        }
        let memories = (0..netlist.memories.len())
            .map(|at| {
                let memory = MemId(at as u32);
                let copies = [&base.copy, &flipped];
                let same = memory_agrees(self.claims, machine, circuit, copies, memory, &[]);
                (at, !same)
            })
            .filter(|&(_, differ)| differ != Lit::FALSE)
            .collect();
        Changes {
            shown,
            next,
            memories,
        }
    }

    /// The bits of a state that are not known to be live, though the analysis keeps them.
    fn open(&self, state: StateId) -> Vec<usize> {
        let kept = self.claims.liveness.live[state.index()].iter();
        let live = &self.live[state.index()];
        kept.filter(|&bit| !live.contains(bit)).collect()
    }

    /// What random valuations show of the flips of a state.
    fn flips(&self, state: StateId) -> Vec<Reach> {
        let mut base = self.base(state);
        let mut random = Random(0x9e37_79b9_7f4a_7c15 ^ u64::from(state.0));
        let mut values: Vec<[u64; WORDS]> = Vec::new();
        let open = self.open(state);
        let mut found = Vec::with_capacity(open.len());
        for bit in open {
            let mark = base.circuit.mark();
            let changes = self.changes(&mut base, bit);
            // Reads of a memory must fit together.
            let fit = base.circuit.constraints();
            base.circuit
                .aig
                .simulate(&mut values, || [(); WORDS].map(|()| random.next()));
            let of = |lit: Lit| lit.of(&values);
            let both = |a: [u64; WORDS], b: [u64; WORDS]| -> [u64; WORDS] {
                std::array::from_fn(|at| a[at] & b[at])
            };
            let any = |a: [u64; WORDS]| a.iter().any(|&word| word != 0);
            let fit = fit
                .iter()
                .fold([u64::MAX; WORDS], |all, &lit| both(all, of(lit)));
            let shown = |&lit: &Lit| any(both(fit, of(lit)));
            let mut reach = Reach {
                bit,
                at_once: changes.shown.iter().any(shown),
                after: Vec::new(),
            };
            for (at, &(target, there)) in base.targets.iter().enumerate() {
                if reach.at_once {
                    break;
                }
                // Where the step may end in several states, one that lets both agree will do.
                let others = base.targets.iter().enumerate();
                let only = (others.filter(|&(other, _)| other != at))
                    .fold(both(fit, of(there)), |all, (_, &(_, other))| {
                        both(all, of(!other))
                    });
                if !any(only) {
                    continue;
                }
                let live = &self.claims.liveness.memories[target.index()];
                reach.at_once |= (changes.memories.iter())
                    .any(|&(memory, lit)| live.contains(memory) && any(both(only, of(lit))));
                let bits = changes.next.iter();
                let kept = &self.claims.liveness.live[target.index()];
                let bits =
                    bits.filter(|&&(bit, lit)| kept.contains(bit) && any(both(only, of(lit))));
                reach
                    .after
                    .extend(bits.map(|&(bit, _)| (target, bit as u32)));
            }
            found.push(reach);
            base.circuit.undo(&mark);
            values.truncate(base.circuit.aig.len());
        }
        found
    }

    /// Makes live what reaches something live, from the states whose flips are to be
    /// looked at on.
    fn spread(&mut self, mut todo: Vec<StateId>) {
        while let Some(state) = todo.pop() {
            let index = state.index();
            let mut reach = std::mem::take(&mut self.reach[index]);
            let before = reach.len();
            reach.retain(|reach| {
                let carried = |&(target, bit): &(StateId, u32)| {
                    self.live[target.index()].contains(bit as usize)
                };
                let live = reach.at_once || reach.after.iter().any(carried);
                if live {
                    self.live[index].insert(reach.bit);
                }
                !live
            });
            let grown = reach.len() < before;
            self.reach[index] = reach;
            if grown {
                self.grown(state);
                todo.extend(&self.before[index]);
            }
        }
    }

    /// The states before one whose live bits have grown are to be asked about again.
    fn grown(&mut self, state: StateId) {
        for before in &self.before[state.index()] {
            self.stale[before.index()] = true;
        }
    }

    /// Asks the solver about what is left, until nothing changes; per state what
    /// it did not answer, which counts as live from then on.
    fn ask(&mut self, options: &ProveOptions, end: Instant) -> Vec<Vec<usize>> {
        let mut unknown = vec![Vec::new(); self.live.len()];
        while let Some(index) = self.stale.iter().position(|&stale| stale) {
            self.stale[index] = false;
            let state = StateId(index as u32);
            let deadline = end.min(after(options.state_time));
            let open = self.open(state);
            if open.is_empty() {
                continue;
            }
            let mut base = self.base(state);
            let mut grown = false;
            let mark = base.circuit.mark();
            for bit in open {
                let answer = self.flip(&mut base, bit, deadline);
                base.circuit.undo(&mark);
                match answer {
                    Answer::Never => {}
                    answer => {
                        if answer == Answer::Unknown {
                            unknown[index].push(bit);
                        }
                        self.live[index].insert(bit);
                        self.reach[index].retain(|reach| reach.bit != bit);
                        grown = true;
                    }
                }
            }
            if grown {
                self.grown(state);
                // A state behind itself is among those before it.
                self.spread(self.before[index].clone());
            }
        }
        unknown
    }

    /// Whether a flip can be told by what is known to be live.
    fn flip(&self, base: &mut Base, bit: usize, deadline: Instant) -> Answer {
        let changes = self.changes(base, bit);
        let mut ends = Vec::new();
        for at in 0..base.targets.len() {
            let (target, there) = base.targets[at];
            let (live, memories) = (
                &self.live[target.index()],
                &self.claims.liveness.memories[target.index()],
            );
            let bits = changes.next.iter().filter(|(bit, _)| live.contains(*bit));
            let contents = changes.memories.iter();
            let contents = contents.filter(|(memory, _)| memories.contains(*memory));
            let agree = bits.chain(contents).map(|&(_, differ)| !differ);
            let lits: Vec<Lit> = agree.chain([there]).collect();
            ends.push(base.circuit.aig.all(lits));
        }
        let aig = &mut base.circuit.aig;
        let arrives = aig.any(ends);
        let wrong = aig.any(changes.shown.into_iter().chain([!arrives]));
        if wrong == Lit::FALSE {
            return Answer::Never;
        }
        let mut wanted = base.circuit.constraints();
        wanted.push(wrong);
        Question::new(&base.circuit.aig, &wanted, deadline).ask(&[])
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
}
