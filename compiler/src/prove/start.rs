//! The obligation about the start.

use std::time::Instant;

use super::aig::Lit;
use super::circuit::{Circuit, word};
use super::claims::{
    RESET_CYCLES, constant, held, initial_states, satisfies, starts_initialised, with_constants,
};
use super::machine::Machine;
use super::obligation::read;
use super::solver::{Answer, Question};
use super::{Claims, Counterexample, Effect, Verdict};
use crate::netlist::RegId;

/// "The registers satisfy the facts of a state, but do not have its constants."
fn inconstant(claims: &Claims<'_>, circuit: &mut Circuit, registers: &[Vec<Lit>]) -> Lit {
    let wrong: Vec<Lit> = (with_constants(claims).into_iter())
        .map(|state| {
            let there = satisfies(claims, circuit, registers, state);
            let constant = constant(claims, circuit, registers, state);
            circuit.aig.and(there, !constant)
        })
        .collect();
    circuit.aig.any(wrong)
}

/// The start: holding the reset, or else the initial values, leads into an
/// initial state; and whatever state's facts hold after the reset, or with initial
/// values, its constants do.
pub(super) fn start(
    claims: &Claims<'_>,
    machine: &Machine<'_>,
    deadline: Instant,
) -> (Verdict, usize) {
    let netlist = claims.netlist;
    let mut circuit = Circuit::new(netlist);
    let mut registers: Vec<Vec<Lit>> = Vec::with_capacity(netlist.registers.len());
    for register in &netlist.registers {
        registers.push(word(&mut circuit.aig, register.width));
    }
    let mut initial = registers.clone();
    for (bits, register) in initial.iter_mut().zip(&netlist.registers) {
        for (bit, lit) in bits.iter_mut().enumerate() {
            let init = register.init.as_ref();
            if let Some(value) = init.and_then(|init| init.bit(bit as u32)) {
                *lit = Lit::constant(value);
            }
        }
    }
    let mut wrong = Vec::new();
    // What reads of memories must satisfy.
    let mut wanted = Vec::new();
    match held(claims) {
        Some(levels) => {
            for _ in 0..RESET_CYCLES {
                for (at, (input, level)) in netlist.inputs.iter().zip(&levels).enumerate() {
                    circuit.inputs[at] = match level {
                        Some(level) => vec![Lit::constant(*level); input.width as usize],
                        // What never changes is the same in all cycles.
                        None if input.stable => continue,
                        None => word(&mut circuit.aig, input.width),
                    };
                }
                let copy = machine.copy(&mut circuit, registers, machine.all_kept(), None);
                registers = machine.next(&mut circuit, &copy);
                wanted.extend(circuit.constraints());
                circuit.forget();
            }
        }
        None => registers = initial.clone(),
    }
    wrong.push(inconstant(claims, &mut circuit, &registers));
    if starts_initialised(claims) {
        wrong.push(inconstant(claims, &mut circuit, &initial));
    }
    let ends: Vec<Lit> = (initial_states(claims).into_iter())
        .map(|state| satisfies(claims, &mut circuit, &registers, state))
        .collect();
    wrong.push(!circuit.aig.any(ends));
    let wrong = circuit.aig.any(wrong);
    let gates = circuit.aig.len();
    if wrong == Lit::FALSE {
        return (Verdict::Proved, gates);
    }
    wanted.push(wrong);
    let mut question = Question::new(&circuit.aig, &wanted, deadline);
    let verdict = match question.ask(&[]) {
        Answer::Never => Verdict::Proved,
        Answer::Unknown => Verdict::Unknown,
        Answer::Sometimes => Verdict::Refuted(Box::new(Counterexample {
            bits: Vec::new(),
            memories: Vec::new(),
            effect: Effect::NoState,
            inputs: Vec::new(),
            registers: (registers.iter().enumerate())
                .map(|(at, bits)| (RegId(at as u32), read(&question, bits)))
                .collect(),
        })),
    };
    (verdict, gates)
}
