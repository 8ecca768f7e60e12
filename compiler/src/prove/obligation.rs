//! One obligation: its circuit, the question, and what a counterexample says.

use std::time::Instant;

use super::aig::Lit;
use super::circuit::{Circuit, Contents, word};
use super::claims::{
    InCircuit, constant, derived, facts, given, kept, kept_rows, live_rows, relations, satisfies,
    shown, successors, within,
};
use super::contents::Agreement;
use super::machine::{Copy, Machine};
use super::rewrites::{rewritten, unwritten};
use super::solver::{Answer, Question};
use super::{Claims, Counterexample, Effect, Verdict};
use crate::control::StateId;
use crate::liveness::{BitSet, Values};
use crate::netlist::{Bits, InputId, MemId, RegId, Sampled};

/// What one step from a state consists of.
pub(super) struct Step {
    pub(super) circuit: Circuit,
    /// The copy that lost nothing, and the one that kept certain bits only.
    copies: [Copy; 2],
    next: [Vec<Vec<Lit>>; 2],
    /// The bits that need not agree.
    pub(super) free: Vec<(RegId, u32)>,
    /// Per register bit, whether it agrees after the step.
    pub(super) agree: Vec<Lit>,
    /// The memories of which rows are lost.
    lost: Vec<MemId>,
    /// "The first copy is within the ranges of the state", before the step.
    pub(super) within: Lit,
    pub(super) targets: Vec<Target>,
}

/// A state that an edge leads to.
pub(super) struct Target {
    pub(super) state: StateId,
    /// "The step ends there."
    pub(super) there: Lit,
    /// "It has the constants, and what is live agrees."
    pub(super) agree: Lit,
    /// Per memory with live rows, whether they agree.
    contents: Vec<(MemId, Lit)>,
}

/// In what the second copy differs from the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Second<'s> {
    /// It has what the state keeps over a supply failure.
    Restored,
    /// It has all registers, and of memories that outlive a failure by themselves the rows that the step
    /// is said to read, but for those that are written in this very cycle.
    Rewritten {
        /// These rows.
        reads: &'s BitSet,
        /// The step ends in one of these states.
        targets: &'s [StateId],
    },
}

impl Step {
    pub(super) fn new(
        claims: &Claims<'_>,
        machine: &Machine<'_>,
        state: StateId,
        second_is: Second,
    ) -> Step {
        let netlist = claims.netlist;
        let index = &claims.liveness.bits;
        let mut circuit = Circuit::new(netlist);
        let mut whole: Vec<Vec<Lit>> = Vec::with_capacity(netlist.registers.len());
        for register in &netlist.registers {
            whole.push(word(&mut circuit.aig, register.width));
        }
        for (register, value) in facts(claims, state) {
            for (bit, lit) in whole[register.index()].iter_mut().enumerate() {
                *lit = Lit::constant(value.bit(bit as u32) == Some(true));
            }
        }
        let constants = &claims.liveness.constants[state.index()];
        for number in constants.bits().iter() {
            let (register, bit) = index.bit(number);
            whole[register.index()][bit as usize] =
                Lit::constant(constants.value(number) == Some(true));
        }
        for relation in relations(claims, state) {
            let is = relation.is.evaluate(&mut InCircuit {
                aig: &mut circuit.aig,
                bits: index,
                registers: &whole,
                netlist,
                inputs: &circuit.inputs,
            });
            let (register, bit) = index.bit(relation.bit);
            whole[register.index()][bit as usize] = is;
        }
        let all = BitSet::full(index.len());
        let keep = match second_is {
            Second::Restored => kept(claims, state),
            Second::Rewritten { .. } => &all,
        };
        let given = given(claims, state);
        let derived = derived(claims, state).filter(|_| second_is == Second::Restored);
        let mut restored = whole.clone();
        let mut free = Vec::new();
        for (at, bits) in restored.iter_mut().enumerate() {
            let register = RegId(at as u32);
            for (bit, lit) in bits.iter_mut().enumerate() {
                let number = index.of(register, bit as u32);
                if keep.contains(number) || derived.is_some_and(|it| it.contains_key(&number)) {
                    continue;
                }
                let restored = match given.and_then(|given| given.value(number)) {
                    Some(one) => Lit::constant(one),
                    None => circuit.aig.input(),
                };
                if restored != *lit {
                    *lit = restored;
                    free.push((register, bit as u32));
                }
            }
        }
        for (&number, is) in derived.into_iter().flatten() {
            let is = is.evaluate(&mut InCircuit {
                aig: &mut circuit.aig,
                bits: index,
                registers: &restored,
                netlist,
                inputs: &circuit.inputs,
            });
            let (register, bit) = index.bit(number);
            let lit = &mut restored[register.index()][bit as usize];
            if is != *lit {
                *lit = is;
                free.push((register, bit));
            }
        }
        let memories = || (0..netlist.memories.len() as u32).map(MemId);
        let kept = machine.all_kept();
        let within = within(claims, &mut circuit, &whole, state);
        let first = machine.copy(&mut circuit, whole, kept, None);
        let contents: Vec<Contents> = memories()
            .map(|memory| match second_is {
                Second::Restored => kept_rows(claims, state, memory),
                Second::Rewritten { reads, .. } => {
                    unwritten(claims, machine, &first, reads, memory)
                }
            })
            .collect();
        let lost = memories().filter(|memory| contents[memory.index()] != Contents::Kept);
        let lost = lost.collect();
        let second = machine.copy(&mut circuit, restored, contents.clone(), Some(&first));
        let copies = [first, second];
        let mut agreement = Agreement::default();
        let [first, second] = &copies;
        let next = [
            machine.next(&mut circuit, first),
            machine.next(&mut circuit, second),
        ];
        let pairs = next[0].iter().flatten().zip(next[1].iter().flatten());
        let agree: Vec<Lit> = pairs.map(|(&a, &b)| !circuit.aig.xor(a, b)).collect();
        let doubtful: Vec<usize> = (0..agree.len())
            .filter(|&bit| agree[bit] != Lit::TRUE)
            .collect();
        let mut targets = Vec::new();
        for target in successors(claims, state) {
            let there = satisfies(claims, &mut circuit, &next[0], target);
            if there == Lit::FALSE {
                continue;
            }
            let live = &claims.liveness.live[target.index()];
            let bits = doubtful.iter().filter(|&&bit| live.contains(bit));
            let contents: Vec<(MemId, Lit)> = memories()
                .map(|memory| {
                    let own = match claims.netlist.memories[memory.index()].kept {
                        // All rows count as shown: they are written alike.
                        Some(_) => &Contents::Kept,
                        None => &contents[memory.index()],
                    };
                    let rows = [own, &live_rows(claims, target, memory)];
                    let of = (machine, [&copies[0], &copies[1]]);
                    (memory, agreement.after(&mut circuit, of, memory, rows))
                })
                .collect();
            let memories = contents.iter().map(|&(_, agrees)| agrees);
            let bits = bits.map(|&bit| agree[bit]).chain(memories);
            let constant = constant(claims, &mut circuit, &next[0], target);
            let lits: Vec<Lit> = bits.chain([constant]).collect();
            targets.push(Target {
                state: target,
                there,
                agree: circuit.aig.all(lits),
                contents,
            });
        }
        Step {
            circuit,
            copies,
            next,
            free,
            agree,
            lost,
            within,
            targets,
        }
    }

    /// A bit of a register as it is stored in a copy.
    pub(super) fn stored(&self, copy: usize, register: RegId, bit: u32) -> Lit {
        self.copies[copy].stored[register.index()][bit as usize]
    }

    /// What the environment can tell the copies apart by, as far as it may: a
    /// condition, or an output where its condition holds.
    pub(super) fn outputs(
        &mut self,
        claims: &Claims<'_>,
        machine: &Machine<'_>,
    ) -> Vec<(Effect, Lit)> {
        let aig = &mut self.circuit.aig;
        let mut list = Vec::new();
        for (at, output) in claims.netlist.outputs.iter().enumerate() {
            let value = |copy: usize, expr| machine.value(&self.copies[copy], expr);
            let counts = match output.sampled {
                Sampled::Always => Lit::TRUE,
                Sampled::Never => continue,
                Sampled::When(condition) => {
                    let [a, b] = [0, 1].map(|copy| value(copy, condition)[0]);
                    list.push((Effect::Condition(at), aig.xor(a, b)));
                    a
                }
            };
            let same = aig.equal(value(0, output.expr), value(1, output.expr));
            list.push((Effect::Output(at), aig.and(counts, !same)));
        }
        list
    }

    /// "As the registers read in this cycle, they satisfy the facts of a state, but not
    /// its constants", for each state that this is possible for.
    pub(super) fn shows(
        &mut self,
        claims: &Claims<'_>,
        machine: &Machine<'_>,
        state: StateId,
    ) -> Vec<(Effect, Lit)> {
        let registers = claims.netlist.registers.iter();
        let read: Vec<Vec<Lit>> = registers
            .map(|register| machine.value(&self.copies[0], register.expr).to_vec())
            .collect();
        let mut list = Vec::new();
        for state in shown(claims, state) {
            let there = satisfies(claims, &mut self.circuit, &read, state);
            let constant = constant(claims, &mut self.circuit, &read, state);
            let wrong = self.circuit.aig.and(there, !constant);
            if wrong != Lit::FALSE {
                list.push((Effect::Shown(state), wrong));
            }
        }
        list
    }
}

/// One step from a state, after a restore: its verdict and the size of the circuit.
pub(super) fn step(
    claims: &Claims<'_>,
    machine: &Machine<'_>,
    state: StateId,
    deadline: Instant,
) -> (Verdict, usize) {
    step_of(claims, machine, state, Second::Restored, deadline)
}

/// One step from a state, likewise.
pub(super) fn step_of(
    claims: &Claims<'_>,
    machine: &Machine<'_>,
    state: StateId,
    second_is: Second<'_>,
    deadline: Instant,
) -> (Verdict, usize) {
    let mut step = Step::new(claims, machine, state, second_is);
    let mut again = Vec::new();
    let mut ends_there = Lit::TRUE;
    if let Second::Rewritten { targets, .. } = second_is {
        again = rewritten(claims, machine, &mut step.circuit, &step.copies[0], state);
        let ends = step.targets.iter();
        let ends = ends.filter(|end| targets.contains(&end.state));
        let ends: Vec<Lit> = ends.map(|end| end.there).collect();
        ends_there = step.circuit.aig.any(ends);
    }
    let mut outputs = step.outputs(claims, machine);
    outputs.extend(step.shows(claims, machine, state));
    outputs.extend(again);
    let aig = &mut step.circuit.aig;
    let shown = aig.any(outputs.iter().map(|&(_, lit)| lit));
    let ends: Vec<Lit> = (step.targets.iter())
        .map(|target| aig.and(target.there, target.agree))
        .collect();
    let arrives = aig.any(ends);
    let wrong = aig.or(shown, !arrives);
    if wrong == Lit::FALSE || ends_there == Lit::FALSE {
        return (Verdict::Proved, step.circuit.aig.len());
    }
    let mut constraints = step.circuit.constraints();
    constraints.push(step.within);
    constraints.push(ends_there);
    if holds_by_target(&mut step, shown, &constraints, deadline) {
        return (Verdict::Proved, step.circuit.aig.len());
    }
    let mut wanted = constraints;
    wanted.push(wrong);
    // "This bit agrees", for each that need not, to be assumed at will.
    let same: Vec<Lit> = (step.free.clone().into_iter())
        .map(|(register, bit)| {
            let [a, b] = [0, 1].map(|copy| step.stored(copy, register, bit));
            !step.circuit.aig.xor(a, b)
        })
        .collect();
    let gates = step.circuit.aig.len();
    // A new question: assertions make it easier than assumptions, and counterexamples do not depend on what was asked before.
    let mut question = Question::new(&step.circuit.aig, &wanted, deadline);
    match question.ask(&[]) {
        Answer::Never => return (Verdict::Proved, gates),
        Answer::Unknown => return (Verdict::Unknown, gates),
        Answer::Sometimes => {}
    }
    let differing = few(&step, &same, &mut question);
    let mut counterexample = Counterexample {
        bits: differing.iter().map(|&at| step.free[at]).collect(),
        memories: step.lost.clone(),
        effect: effect(claims, &step, &question, &outputs),
        inputs: Vec::new(),
        registers: Vec::new(),
    };
    for (at, bits) in step.circuit.inputs.iter().enumerate() {
        let value = read(&question, bits);
        counterexample.inputs.push((InputId(at as u32), value));
    }
    for (at, bits) in step.copies[0].stored.iter().enumerate() {
        let value = read(&question, bits);
        counterexample.registers.push((RegId(at as u32), value));
    }
    (Verdict::Refuted(Box::new(counterexample)), gates)
}

/// Whether it is proved that the step ends in some state, and agrees in each where it ends. That is more than
/// is claimed where it may end in several; it is asked first because what leads to one state mostly decides at once that
/// what is live in it agrees.
fn holds_by_target(step: &mut Step, shown: Lit, constraints: &[Lit], deadline: Instant) -> bool {
    let aig = &mut step.circuit.aig;
    let some = aig.any(step.targets.iter().map(|target| target.there));
    let rest = aig.or(shown, !some);
    let mut question = Question::new(aig, constraints, deadline);
    let mut never = |lits: &[Lit]| {
        if lits.contains(&Lit::FALSE) {
            return true;
        }
        let lits: Vec<batsat::Lit> = lits.iter().map(|&lit| question.encode(aig, lit)).collect();
        question.ask(&lits) == Answer::Never
    };
    let mut targets = step.targets.iter();
    never(&[rest]) && targets.all(|target| never(&[target.there, !target.agree]))
}

pub(super) fn read(question: &Question, bits: &[Lit]) -> Bits {
    let mut limbs = vec![0u64; bits.len().div_ceil(64)];
    for (at, &bit) in bits.iter().enumerate() {
        limbs[at / 64] |= u64::from(question.value(bit)) << (at % 64);
    }
    Bits::new(bits.len() as u32, &limbs, &[])
}

/// Makes the model differ in few of the free bits, and tells which: half of them as long
/// as that is enough, which leads to one alone if one is, then as many as are left when each is taken away in turn.
/// Leaves the question with a model.
fn few(step: &Step, same: &[Lit], question: &mut Question) -> Vec<usize> {
    let aig = &step.circuit.aig;
    let differing = |question: &Question| -> Vec<usize> {
        (0..same.len())
            .filter(|&at| same[at] != Lit::TRUE && !question.value(same[at]))
            .collect()
    };
    let encoded: Vec<batsat::Lit> = same.iter().map(|&lit| question.encode(aig, lit)).collect();
    if question.ask(&[]) != Answer::Sometimes {
        return Vec::new();
    }
    let mut found = differing(question);
    let but = |except: &[usize]| -> Vec<batsat::Lit> {
        let others = encoded.iter().enumerate();
        others
            .filter(|(at, _)| !except.contains(at))
            .map(|(_, &lit)| lit)
            .collect()
    };
    // One bit alone is in one of the halves.
    while found.len() > 1 {
        let (low, high) = found.split_at(found.len() / 2);
        let enough = [low, high].map(&but);
        if !enough
            .iter()
            .any(|others| question.ask(others) == Answer::Sometimes)
        {
            break;
        }
        found = differing(question);
    }
    let mut at = 0;
    while at < found.len() && (2..=256).contains(&found.len()) {
        let mut fewer = found.clone();
        fewer.remove(at);
        if question.ask(&but(&fewer)) == Answer::Sometimes {
            found = differing(question);
        } else {
            at += 1;
        }
    }
    // The last answer may have been "never": once more, for its model.
    question.ask(&but(&found));
    found
}

/// What the model shows.
fn effect(
    claims: &Claims<'_>,
    step: &Step,
    question: &Question,
    outputs: &[(Effect, Lit)],
) -> Effect {
    if let Some((effect, _)) = outputs.iter().find(|(_, lit)| question.value(*lit)) {
        return effect.clone();
    }
    let values: Vec<Bits> = (step.next[0].iter())
        .map(|bits| read(question, bits))
        .collect();
    let there = |target: &&Target| {
        facts(claims, target.state).all(|(register, value)| values[register.index()] == *value)
    };
    let Some(found) = step.targets.iter().find(there) else {
        return Effect::NoState;
    };
    let target = found.state;
    let index = &claims.liveness.bits;
    let constants = &claims.liveness.constants[target.index()];
    let other = |&number: &usize| {
        let (register, bit) = index.bit(number);
        values[register.index()].bit(bit) != constants.value(number)
    };
    let unlike = relations(claims, target).iter().filter(|relation| {
        let value = |number: usize| {
            let (register, bit) = index.bit(number);
            values[register.index()].bit(bit) == Some(true)
        };
        let input = |input: InputId, bit: u32| {
            question.value(step.circuit.inputs[input.index()][bit as usize])
        };
        relation.is.evaluate(&mut Values(value, input)) != value(relation.bit)
    });
    let unlike = unlike.map(|relation| relation.bit);
    let others: Vec<(RegId, u32)> = (constants.bits().iter().filter(other).chain(unlike))
        .map(|number| index.bit(number))
        .collect();
    if !others.is_empty() {
        return Effect::Constant {
            state: target,
            bits: others,
        };
    }
    let beyond = claims.liveness.ranges[target.index()].iter();
    let beyond = beyond.filter(|(register, range)| {
        let value = values[register.index()].to_u64();
        !value.is_some_and(|value| range.contains(value))
    });
    let registers: Vec<RegId> = beyond.map(|&(register, _)| register).collect();
    if !registers.is_empty() {
        return Effect::Range {
            state: target,
            registers,
        };
    }
    let live = claims.liveness.live[target.index()].iter();
    let differ = live.filter(|&bit| !question.value(step.agree[bit]));
    let memories = found.contents.iter();
    let memories = memories.filter(|&&(_, agrees)| !question.value(agrees));
    Effect::Live {
        state: target,
        bits: differ.map(|bit| index.bit(bit)).collect(),
        memories: memories.map(|&(memory, _)| memory).collect(),
    }
}
