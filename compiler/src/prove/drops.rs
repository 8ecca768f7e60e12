//! Live bits left out on purpose, one at a time: does the prover name each?
//!
//! A bit that is left out of what one state keeps, everything else as it is claimed, must be refuted, and by the
//! name of this bit alone: two copies that agree on all other bits of a live set differ in it only.
//! Where it is not, the bit is dead, by the judgement of this prover, and the analysis keeps it without need.
//!
//! The bits of one state share the circuit of its step and one solver: in the second copy all of them are free, and while one is asked
//! about, the others are to agree. Random valuations of the circuit in which just this bit differs refute most ([`Lanes`]). Of the rest
//! the solver is asked, which is to assume that the others agree. First the bits that are dead are to agree, too, so that an answer is
//! one with this name; only if there is none are they free, as in a proof.

use std::time::Instant;

use rustc_hash::FxHashMap;

use super::aig::Lit;
use super::aig::Node;
use super::circuit::ReadOf;
use super::machine::Machine;
use super::obligation::{Second, Step};
use super::solver::{Answer, Question};
use super::{Claims, ProveOptions, after};
use crate::control::StateId;
use crate::netlist::RegId;

/// Rounds of 64 random valuations for each bit, before the solver is asked and in all.
const ROUNDS: [usize; 2] = [16, 1 << 14];

/// The part of the time for a bit after which the solver is interrupted for more rounds, and that these take.
const SHARE: u32 = 4;

/// What became of a bit that was left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dropped {
    /// Refuted: exactly this bit is named.
    Named,
    /// Refuted, but other bits are named, or none.
    Misnamed,
    /// Proved: it need not be kept.
    Proved,
    /// The time was up.
    Unknown,
}

/// Leaves out bits, each a state and the number of a bit live there, those of a state one after the other, and asks about its state.
/// After the total time the rest is [`Dropped::Unknown`].
pub fn drops(
    claims: &Claims<'_>,
    bits: &[(StateId, usize)],
    options: &ProveOptions,
) -> Vec<Dropped> {
    let end = after(options.total_time);
    let machine = Machine::new(claims.netlist);
    let mut list = Vec::with_capacity(bits.len());
    for of_state in bits.chunk_by(|a, b| a.0 == b.0) {
        if Instant::now() >= end {
            list.resize(list.len() + of_state.len(), Dropped::Unknown);
            continue;
        }
        let mut asked = Asked::new(claims, &machine, of_state);
        for at in 0..of_state.len() {
            let deadline = end.min(after(options.state_time));
            list.push(asked.about(at, deadline));
        }
    }
    list
}

/// The step of a state, with a solver that is asked about one bit after the other.
struct Asked {
    lanes: Lanes,
    question: Question,
    /// Per bit that is asked about, "it agrees" and "the step goes wrong without it".
    bits: Vec<[batsat::Lit; 2]>,
    /// "It agrees", of the bits that are dead.
    dead: Vec<batsat::Lit>,
}

impl Asked {
    fn new(claims: &Claims<'_>, machine: &Machine<'_>, bits: &[(StateId, usize)]) -> Asked {
        let state = bits[0].0;
        let mut less = claims.liveness.clone();
        for &(_, bit) in bits {
            less.live[state.index()].remove(bit);
        }
        let claims = Claims {
            liveness: &less,
            plan: None,
            ..*claims
        };
        let mut step = Step::new(&claims, machine, state, Second::Restored);
        let mut shown = step.outputs(&claims, machine);
        shown.extend(step.shows(&claims, machine, state));
        let wrong: Vec<Lit> = (0..bits.len())
            .map(|at| {
                // Back in the state itself the others must agree, and this one need not.
                let others = bits.iter().enumerate().filter(|(other, _)| *other != at);
                let others: Vec<Lit> = others.map(|(_, &(_, bit))| step.agree[bit]).collect();
                let aig = &mut step.circuit.aig;
                let ends: Vec<Lit> = (step.targets.iter())
                    .map(|target| match target.state == state {
                        true => {
                            let here = [target.there, target.agree];
                            aig.all(others.iter().copied().chain(here))
                        }
                        false => aig.and(target.there, target.agree),
                    })
                    .collect();
                let arrives = aig.any(ends);
                aig.any(shown.iter().map(|&(_, lit)| lit).chain([!arrives]))
            })
            .collect();
        let same = |step: &mut Step, register, bit| {
            let [a, b] = [0, 1].map(|copy| step.stored(copy, register, bit));
            !step.circuit.aig.xor(a, b)
        };
        let index = &less.bits;
        let asked: Vec<Lit> = (bits.iter())
            .map(|&(_, bit)| {
                let (register, at) = index.bit(bit);
                same(&mut step, register, at)
            })
            .collect();
        let dead: Vec<Lit> = (step.free.clone().into_iter())
            .filter(|&(register, at)| {
                let number = index.of(register, at);
                !bits.iter().any(|&(_, bit)| bit == number)
            })
            .map(|(register, at)| same(&mut step, register, at))
            .collect();
        let mut wanted = step.circuit.constraints();
        wanted.push(step.within);
        let pairs = |bit: (RegId, u32)| [0, 1].map(|copy| step.stored(copy, bit.0, bit.1));
        let registers = claims.netlist.registers.iter().enumerate();
        let registers = registers.map(|(at, register)| {
            let bits = 0..register.width;
            bits.map(|bit| step.stored(0, RegId(at as u32), bit))
                .collect()
        });
        let words = registers.chain(step.circuit.inputs.iter().cloned());
        let words = words
            .enumerate()
            .flat_map(|(word, bits): (usize, Vec<Lit>)| {
                let bits = bits.into_iter().enumerate();
                bits.map(move |(bit, lit)| (lit.node(), (word, bit)))
            });
        let words: FxHashMap<usize, (usize, usize)> = words.collect();
        let lanes = Lanes {
            words,
            nodes: (0..step.circuit.aig.len())
                .map(|at| step.circuit.aig.node(at))
                .collect(),
            reads: step.circuit.all_reads(),
            free: step.free.iter().map(|&bit| pairs(bit)).collect(),
            bits: (bits.iter())
                .map(|&(_, bit)| pairs(index.bit(bit))[1])
                .collect(),
            wrong: wrong.clone(),
            wanted: wanted.clone(),
            random: 0x9e37_79b9_7f4a_7c15,
        };
        let aig = &step.circuit.aig;
        let mut question = Question::new(aig, &wanted, after(std::time::Duration::MAX));
        Asked {
            lanes,
            bits: (asked.into_iter().zip(wrong))
                .map(|(same, wrong)| [same, wrong].map(|lit| question.encode(aig, lit)))
                .collect(),
            dead: (dead.into_iter())
                .map(|lit| question.encode(aig, lit))
                .collect(),
            question,
        }
    }

    fn about(&mut self, at: usize, deadline: Instant) -> Dropped {
        let share = deadline.saturating_duration_since(Instant::now()) / SHARE;
        let tied = self.lanes.tied(at);
        let mut rounds = 0..ROUNDS[1];
        let refutes = |lanes: &mut Lanes, round| lanes.refute(at, &tied, round);
        let first = rounds.by_ref().take(ROUNDS[0]);
        if first
            .into_iter()
            .any(|round| refutes(&mut self.lanes, round))
        {
            return Dropped::Named;
        }
        match self.ask(at, Instant::now() + share) {
            Dropped::Unknown => {}
            told => return told,
        }
        let begin = Instant::now();
        let mut more = rounds.take_while(|_| begin.elapsed() < share);
        if more.any(|round| refutes(&mut self.lanes, round)) {
            return Dropped::Named;
        }
        self.ask(at, deadline)
    }

    fn ask(&mut self, at: usize, deadline: Instant) -> Dropped {
        self.question.until(deadline);
        let others = self.bits.iter().enumerate();
        let others = others.filter(|(other, _)| *other != at);
        let mut assumed: Vec<batsat::Lit> = others.map(|(_, &[same, _])| same).collect();
        assumed.push(self.bits[at][1]);
        let free = assumed.len();
        assumed.extend(&self.dead);
        match self.question.ask(&assumed) {
            Answer::Sometimes => Dropped::Named,
            Answer::Unknown => Dropped::Unknown,
            Answer::Never => match self.question.ask(&assumed[..free]) {
                Answer::Sometimes => Dropped::Misnamed,
                Answer::Never => Dropped::Proved,
                Answer::Unknown => Dropped::Unknown,
            },
        }
    }
}

/// What a variable is in a valuation that is not drawn.
#[derive(Debug, Clone, Copy)]
enum Tied {
    /// A bit of the second copy: what it is in the first, or the inverse.
    Copy(Lit, bool),
    /// Data that depends on what is read before: contents, number of the read, bit.
    Read((usize, usize, usize)),
}

/// What words are in 64 valuations: one of two.
struct Pool {
    /// Their bits, lowest first.
    two: [Vec<u64>; 2],
    /// Per word, in which valuations it is the second.
    second: Vec<u64>,
}

impl Pool {
    fn value(&self, (word, bit): (usize, usize)) -> u64 {
        let second = self.second[word];
        self.two[0][bit] & !second | self.two[1][bit] & second
    }
}

/// Valuations of a step's circuit, 64 at a time, in which the second copy differs from the first in one bit.
struct Lanes {
    nodes: Vec<Node>,
    /// Of the same contents side by side.
    reads: Vec<Vec<ReadOf>>,
    /// The bits that need not agree, in both copies.
    free: Vec<[Lit; 2]>,
    /// Of variables that are a bit of a register of the first copy, or of an input: which, and which bit of it.
    words: FxHashMap<usize, (usize, usize)>,
    /// Those that are asked about, in the second copy.
    bits: Vec<Lit>,
    wrong: Vec<Lit>,
    /// What holds of a valuation that counts.
    wanted: Vec<Lit>,
    random: u64,
}

impl Lanes {
    /// What variables are that are not drawn where just one bit differs.
    fn tied(&self, at: usize) -> FxHashMap<usize, Tied> {
        // Reads at equal addresses give equal data.
        let mut tied: FxHashMap<usize, Tied> = FxHashMap::default();
        for (contents, reads) in self.reads.iter().enumerate() {
            for (number, read) in reads.iter().enumerate().skip(1) {
                let bits = read.data.iter().enumerate();
                tied.extend(bits.map(|(bit, lit)| {
                    let place = (contents, number, bit);
                    (lit.node(), Tied::Read(place))
                }));
            }
        }
        // Free bits of the second copy are variables: they are what they are in the first.
        let own = self.bits[at];
        for &[first, second] in &self.free {
            let inverse = (second == own) != second.is_complement();
            if first.node() < second.node() {
                tied.insert(second.node(), Tied::Copy(first, inverse));
            }
        }
        tied
    }

    /// Whether one of 64 valuations refutes a bit by itself. In some rounds most variables are 0, or 1, in others all
    /// words are one of two that hardly differ, so that comparisons of many bits come true.
    fn refute(&mut self, at: usize, tied: &FxHashMap<usize, Tied>, round: usize) -> bool {
        let of = |values: &[u64], lit: Lit| {
            let value = values[lit.node()];
            if lit.is_complement() { !value } else { value }
        };
        if !matches!(tied.get(&self.bits[at].node()), Some(Tied::Copy(..))) {
            return false;
        }
        let pool = (round % 4 == 3).then(|| self.pool());
        let mut values: Vec<u64> = Vec::with_capacity(self.nodes.len());
        for node in 0..self.nodes.len() {
            let value = match self.nodes[node] {
                Node::False => 0,
                Node::And(a, b) => of(&values, a) & of(&values, b),
                Node::Input => match tied.get(&node) {
                    Some(&Tied::Copy(first, inverse)) => {
                        let value = of(&values, first);
                        if inverse { !value } else { value }
                    }
                    Some(&Tied::Read((contents, number, bit))) => {
                        let mut value = self.draw(round);
                        let reads = &self.reads[contents];
                        let here = &reads[number];
                        for other in reads[..number].iter().rev() {
                            let pairs = other.address.iter().zip(&here.address);
                            let equal = pairs.fold(u64::MAX, |all, (&a, &b)| {
                                all & !(of(&values, a) ^ of(&values, b))
                            });
                            value = value & !equal | of(&values, other.data[bit]) & equal;
                        }
                        value
                    }
                    None => match (&pool, self.words.get(&node)) {
                        (Some(pool), Some(&word)) => pool.value(word),
                        _ => self.draw(round),
                    },
                },
            };
            values.push(value);
        }
        let fits = self.wanted.iter();
        let fits = fits.fold(u64::MAX, |all, &lit| all & of(&values, lit));
        fits & of(&values, self.wrong[at]) != 0
    }

    /// Two words, of which the second differs from the first in few bits, and which of them each word is.
    fn pool(&mut self) -> Pool {
        let words = self.words.values();
        let (count, width) = words.fold((0, 0), |(count, width), &(word, bit)| {
            (count.max(word + 1), width.max(bit + 1))
        });
        let first: Vec<u64> = (0..width).map(|_| self.next()).collect();
        let second = first
            .iter()
            .map(|bit| bit ^ (0..5).fold(u64::MAX, |all, _| all & self.next()))
            .collect();
        Pool {
            two: [first, second],
            second: (0..count).map(|_| self.next()).collect(),
        }
    }

    /// Values of a variable: each bit is set with a probability of 1/2, 1/4, 3/4, 1/8 or 7/8, by the round.
    fn draw(&mut self, round: usize) -> u64 {
        let half = self.next();
        match round % 8 {
            1 => half & self.next(),
            2 => half | self.next(),
            5 => half & self.next() & self.next(),
            6 => half | self.next() | self.next(),
            _ => half,
        }
    }

    /// Marsaglia's xorshift (2003).
    fn next(&mut self) -> u64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        self.random
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::control::ControlOptions;
    use crate::liveness::memory_tests as memories;
    use crate::liveness::tests::random_machine;
    use crate::netlist::Netlist;
    use crate::netlist::testing::Rng;
    use crate::prove::{Verdict, obligation};

    /// What a proof of the state says without the bit is what is said here.
    fn agrees_with_proofs(netlist: &Netlist, context: &str) -> [usize; 2] {
        let (graph, _) = crate::control::explore(netlist, &ControlOptions::default());
        let (graph, liveness) = crate::liveness::analyze(netlist, &graph, &[]);
        let claims = Claims {
            netlist,
            graph: &graph,
            liveness: &liveness,
            plan: None,
        };
        let live = liveness.live.iter().enumerate();
        let bits: Vec<(StateId, usize)> = live
            .flat_map(|(at, live)| live.iter().map(move |bit| (StateId(at as u32), bit)))
            .collect();
        let found = drops(&claims, &bits, &ProveOptions::default());
        let machine = Machine::new(netlist);
        let deadline = after(std::time::Duration::from_secs(60));
        for (&(state, bit), found) in bits.iter().zip(&found) {
            let mut less = liveness.clone();
            less.live[state.index()].remove(bit);
            let claims = Claims {
                liveness: &less,
                ..claims
            };
            let named = less.bits.bit(bit);
            let other = match obligation::step(&claims, &machine, state, deadline).0 {
                Verdict::Refuted(it) if it.bits == [named] => Dropped::Named,
                Verdict::Refuted(_) => Dropped::Misnamed,
                Verdict::Proved => Dropped::Proved,
                Verdict::Unknown => panic!("there is time"),
            };
            assert_eq!(*found, other, "{context}: {named:?} in state {}", state.0);
        }
        [Dropped::Named, Dropped::Proved].map(|kind| found.iter().filter(|it| **it == kind).count())
    }

    #[test]
    fn bits_left_out_together_are_judged_as_one_at_a_time() {
        let (mut named, mut proved) = (0, 0);
        for seed in 0..25 {
            let mut rng = Rng::new(seed);
            let context = format!("seed {seed}");
            for netlist in [random_machine(&mut rng), memories::random_machine(&mut rng)] {
                let [more, rest] = agrees_with_proofs(&netlist, &context);
                named += more;
                proved += rest;
            }
        }
        assert!(named > 300 && proved > 3, "{named} {proved}");
    }
}
