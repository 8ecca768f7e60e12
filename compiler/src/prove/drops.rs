//! Live bits left out on purpose, one at a time: does the prover name each?
//!
//! A bit that is left out of what one state keeps, everything else as it is claimed, must be refuted, and by the
//! name of this bit alone: two copies that agree on all other bits of a live set differ in it only.
//! Where it is not, the bit is dead, by the judgement of this prover, and the analysis keeps it without need.
//!
//! The bits of one state share the circuit of its step and one solver: in the second copy all of them are free, and while one is asked
//! about, the solver is to assume that the others agree. First the bits that are dead are to agree, too, so that an answer is
//! one with this name; only if there is none are they free, as in a proof.

use std::time::Instant;

use super::aig::Lit;
use super::machine::Machine;
use super::obligation::Step;
use super::solver::{Answer, Question};
use super::{Claims, Effect, ProveOptions, after};
use crate::control::StateId;

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
        let mut step = Step::new(&claims, machine, state);
        let mut shown = step.outputs(&claims, machine);
        shown.extend(step.shows(&claims, machine, state));
        shown.push((Effect::Bound, !step.bounded[1]));
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
        wanted.push(step.bounded[0]);
        let aig = &step.circuit.aig;
        let mut question = Question::new(aig, &wanted, after(std::time::Duration::MAX));
        Asked {
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
