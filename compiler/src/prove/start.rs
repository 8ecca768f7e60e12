//! The obligation about the start.

use std::time::Instant;

use super::aig::Lit;
use super::claims::{constant, satisfies};
use super::machine::{Circuit, Machine, word};
use super::obligation::read;
use super::solver::{Answer, Question};
use super::{Claims, Counterexample, Effect, Verdict};
use crate::control::StateId;
use crate::netlist::{Bits, RegId};

/// Clock edges for which the reset is held. The claim is about a reset that is
/// held until its effect is complete.
const RESET_CYCLES: usize = 4;

fn initial_states(claims: &Claims<'_>) -> impl Iterator<Item = StateId> {
    let states = claims.graph.states.iter().enumerate();
    let initial = states.filter(|(_, state)| state.initial);
    let initial: Vec<StateId> = initial.map(|(at, _)| StateId(at as u32)).collect();
    initial.into_iter()
}

/// "The registers satisfy the facts of a state, but do not have its constants."
fn inconstant(claims: &Claims<'_>, circuit: &mut Circuit, registers: &[Vec<Lit>]) -> Lit {
    let states = (0..claims.graph.states.len()).map(|at| StateId(at as u32));
    let with = states.filter(|state| claims.liveness.constants[state.index()].count() > 0);
    let wrong: Vec<Lit> = with
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
    match &claims.graph.reset {
        Some(reset) => {
            // An asynchronous one together with all others, as the control states have it.
            let others = netlist.registers.iter().flat_map(|it| &it.async_resets);
            let with_it = |name: &str| {
                let mut others = others.clone().filter(|_| reset.asynchronous);
                let other = others.find(|other| other.port.0 == name);
                other.map(|other| other.port.1)
            };
            for _ in 0..RESET_CYCLES {
                for (at, input) in netlist.inputs.iter().enumerate() {
                    let own = (input.name == reset.port).then_some(reset.active_high);
                    circuit.inputs[at] = match own.or_else(|| with_it(&input.name)) {
                        Some(level) => vec![Lit::constant(level); input.width as usize],
                        None => word(&mut circuit.aig, input.width),
                    };
                }
                let copy = machine.copy(&mut circuit, registers, machine.all_kept(), None);
                registers = machine.next(&mut circuit, &copy);
            }
        }
        None => registers = initial.clone(),
    }
    wrong.push(inconstant(claims, &mut circuit, &registers));
    let init = |register: &RegId| netlist.registers[register.index()].init.as_ref();
    let facts = |at: &usize| {
        let states = claims.graph.states.iter();
        states.clone().any(|state| state.values[*at].is_known())
    };
    let mut told = (0..claims.graph.registers.len()).filter(facts);
    if told.all(|at| init(&claims.graph.registers[at]).is_some_and(Bits::is_known)) {
        wrong.push(inconstant(claims, &mut circuit, &initial));
    }
    let ends: Vec<Lit> = initial_states(claims)
        .map(|state| satisfies(claims, &mut circuit, &registers, state))
        .collect();
    wrong.push(!circuit.aig.any(ends));
    let wrong = circuit.aig.any(wrong);
    let gates = circuit.aig.len();
    if wrong == Lit::FALSE {
        return (Verdict::Proved, gates);
    }
    let mut question = Question::new(&circuit.aig, &[wrong], deadline);
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
