//! Which outputs follow from the inputs alone while the state at power-up still shows.
//!
//! Icarus can show a definite value that depends on the state at power-up: it takes an unknown condition for false. What a few runs from
//! random states agree on may do so too. So the netlist is evaluated three-valued from unknown state, and an output bit that does not
//! follow from the inputs, or of which it does not follow whether it counts, is not compared. This goes on until all registers are known and the testbench leaves no input unknown any
//! more; after that there is nothing to doubt.

use idetic_sim::Expectation;

use crate::netlist::known::{Cone, Known, Scratch};
use crate::netlist::{Bits, ExprId, Netlist, Output, Sampled};

/// Logical cycles that are always evaluated, where they are needed. Registers that stay unknown longer are loaded late or never.
const LONG: usize = 1000;

/// Evaluations of expressions, about, at most beyond that; then Icarus and the runs from random states must do.
const WORK: usize = 50_000_000;

/// Makes output bits of the expectation unknown that depend on the state at power-up; returns how many were known.
pub fn mask(netlist: &Netlist, expectation: &mut Expectation) -> u64 {
    // The contents of memories are not followed here, and what is read from them
    // would look unknown for ever: then Icarus and the runs from random states must do.
    if !netlist.memories.is_empty() {
        return 0;
    }
    let exprs = &netlist.exprs;
    // A reset may be the register of a synchroniser: its cone is that of the inputs and registers, like all others.
    let cone = Cone::new(exprs, netlist.roots());
    let mut scratch = Scratch::default();
    let mut state: Vec<Bits> = netlist
        .registers
        .iter()
        .map(|register| match &register.init {
            Some(value) => value.clone(),
            None => Bits::unknown(register.width),
        })
        .collect();
    let mut masked = 0;
    let longest = LONG.max(WORK / cone.nodes().len().max(1));
    let given = |cycle: &usize| {
        inputs(netlist, expectation, *cycle)
            .iter()
            .all(|(_, bits)| bits.is_known())
    };
    let cycles = expectation.cycles().min(longest);
    let last_unknown = (0..cycles).rev().find(|cycle| !given(cycle));
    for cycle in 0..cycles {
        if Some(cycle) > last_unknown && state.iter().all(Bits::is_known) {
            break;
        }
        let inputs = inputs(netlist, expectation, cycle);
        let mut sweep = |state: &[Bits]| {
            let mut known = Known::nothing(&cone);
            let registers = netlist.registers.iter().map(|register| register.expr);
            for (expr, bits) in registers
                .zip(state)
                .chain(inputs.iter().map(|(e, b)| (*e, b)))
            {
                if cone.contains(expr) {
                    known.set(&cone, expr, bits);
                }
            }
            known
                .sweep(&cone, exprs, &mut scratch)
                .expect("values of leaves cannot contradict each other");
            known
        };
        // Asynchronous resets act from the start of the cycle.
        let raw = sweep(&state);
        let mut reset = vec![false; state.len()];
        for (index, register) in netlist.registers.iter().enumerate() {
            for asynchronous in &register.async_resets {
                match raw.bit(&cone, asynchronous.active, 0) {
                    Some(false) => continue,
                    Some(true) => state[index] = raw.bits(&cone, exprs, asynchronous.value),
                    None => state[index] = Bits::unknown(register.width),
                }
                reset[index] = true;
                break;
            }
        }
        let now = sweep(&state);
        masked += mask_cycle(netlist, expectation, cycle, |output, bit| {
            let counts = match output.sampled {
                Sampled::When(condition) => now.bit(&cone, condition, 0).is_some(),
                Sampled::Always | Sampled::Never => true,
            };
            counts && now.bit(&cone, output.expr, bit).is_some()
        });
        for (index, register) in netlist.registers.iter().enumerate() {
            if !reset[index] {
                state[index] = now.bits(&cone, exprs, register.next);
            }
        }
    }
    masked
}

/// The inputs of a logical cycle, unknown where the testbench left them unknown.
fn inputs(netlist: &Netlist, expectation: &Expectation, cycle: usize) -> Vec<(ExprId, Bits)> {
    let fields = expectation.input_bus.fields();
    let mut list = Vec::new();
    for input in &netlist.inputs {
        let Some(field) = fields.iter().find(|field| field.name == input.name) else {
            continue;
        };
        let limbs = input.width.div_ceil(64) as usize;
        let (mut value, mut unknown) = (vec![0u64; limbs], vec![0u64; limbs]);
        for bit in 0..input.width as usize {
            match expectation.inputs.bit(cycle, field.low + bit) {
                Some(set) => value[bit / 64] |= u64::from(set) << (bit % 64),
                None => unknown[bit / 64] |= 1 << (bit % 64),
            }
        }
        list.push((input.expr, Bits::new(input.width, &value, &unknown)));
    }
    list
}

/// Forgets the output bits of one cycle that are not `known`.
fn mask_cycle(
    netlist: &Netlist,
    expectation: &mut Expectation,
    cycle: usize,
    known: impl Fn(&Output, u32) -> bool,
) -> u64 {
    let mut keep = vec![u32::MAX; expectation.outputs.words_per_row()];
    for output in &netlist.outputs {
        let fields = expectation.output_bus.fields();
        let Some(field) = fields.iter().find(|field| field.name == output.name) else {
            continue;
        };
        for bit in 0..field.width_bits {
            if !known(output, bit as u32) {
                let at = field.low + bit;
                keep[at / 32] &= !(1 << (at % 32));
            }
        }
    }
    expectation.outputs.forget(cycle, &keep)
}
