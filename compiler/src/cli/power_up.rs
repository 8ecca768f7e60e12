//! Which outputs follow from the inputs alone while the state at power-up still shows.
//!
//! Icarus can show a definite value that depends on the state at power-up: it takes an unknown condition for false. What a few runs from
//! random states agree on may do so too. So the netlist is evaluated three-valued from unknown state, and an output bit that does not
//! follow from the inputs, or of which it does not follow whether it counts, is not compared. This goes on until all registers and
//! memories are known and the testbench leaves no input unknown any more; after that there is nothing to doubt.

use idetic_sim::Expectation;

use crate::netlist::machine::{Machine, Moment};
use crate::netlist::{Bits, Netlist, Sampled};

/// Logical cycles that are always evaluated, where they are needed. Registers that stay unknown longer are loaded late or never.
const LONG: usize = 1000;

/// Evaluations of expressions, about, at most beyond that; then Icarus and the runs from random states must do.
const WORK: usize = 50_000_000;

/// Words of the memories of a design, at most; with more it is not evaluated.
const MOST_WORDS: u64 = 1 << 16;

/// What the registers hold at power-up: their initial values, or anything.
pub fn first_state(netlist: &Netlist) -> Vec<Bits> {
    let registers = netlist.registers.iter();
    registers
        .map(|register| match &register.init {
            Some(value) => value.clone(),
            None => Bits::unknown(register.width),
        })
        .collect()
}

/// Makes output bits of the expectation unknown that depend on the state at power-up; returns how many were known.
pub fn mask(netlist: &Netlist, expectation: &mut Expectation) -> u64 {
    let words = netlist
        .memories
        .iter()
        .map(|memory| u64::from(memory.depth));
    if words.sum::<u64>() > MOST_WORDS {
        return 0;
    }
    let words = Machine::first_words(netlist, Bits::unknown);
    let mut machine = Machine::new(netlist, words);
    let mut state = first_state(netlist);
    let longest = LONG.max(WORK / machine.cycle_work().max(1));
    let cycles = expectation.cycles().min(longest);
    let all_known = |values: &[Bits]| values.iter().all(Bits::is_known);
    let last_unknown = (0..cycles)
        .rev()
        .find(|&cycle| !all_known(&inputs(netlist, expectation, cycle)));
    let mut masked = 0;
    for cycle in 0..cycles {
        if Some(cycle) > last_unknown && all_known(&state) && !machine.has_unknown_words() {
            break;
        }
        let inputs = inputs(netlist, expectation, cycle);
        // Asynchronous resets act from the start of the cycle.
        state = machine.under_resets(&state, &inputs);
        let moment = machine.moment(&state, &inputs);
        masked += mask_cycle(netlist, expectation, cycle, &machine, &moment);
        state = machine.clock(&moment, &state);
    }
    masked
}

/// The inputs of a logical cycle, unknown where the testbench left them unknown.
pub(super) fn inputs(netlist: &Netlist, expectation: &Expectation, cycle: usize) -> Vec<Bits> {
    let fields = expectation.input_bus.fields();
    let mut list = Vec::new();
    for input in &netlist.inputs {
        let Some(field) = fields.iter().find(|field| field.name == input.name) else {
            list.push(Bits::unknown(input.width));
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
        list.push(Bits::new(input.width, &value, &unknown));
    }
    list
}

/// Forgets the output bits of one cycle that are not known, or known to be other than the simulator shows.
/// Where nothing is unknown and the simulator shows another value the netlist is wrong, and that has to be seen.
fn mask_cycle(
    netlist: &Netlist,
    expectation: &mut Expectation,
    cycle: usize,
    machine: &Machine,
    moment: &Moment,
) -> u64 {
    let mut keep = vec![u32::MAX; expectation.outputs.words_per_row()];
    for output in &netlist.outputs {
        let fields = expectation.output_bus.fields();
        let Some(field) = fields.iter().find(|field| field.name == output.name) else {
            continue;
        };
        let decided = match output.sampled {
            Sampled::When(condition) => machine.value(moment, condition).is_known(),
            Sampled::Always | Sampled::Never => true,
        };
        let value = machine.value(moment, output.expr);
        let mut sees_unknown = None;
        for bit in 0..field.width_bits {
            let at = field.low + bit;
            let follows = decided
                && value.bit(bit as u32).is_some_and(|is| {
                    let shown = expectation.outputs.bit(cycle, at);
                    shown.is_none_or(|shown| shown == is)
                        || !*sees_unknown
                            .get_or_insert_with(|| machine.sees_unknown(moment, output.expr))
                });
            if !follows {
                keep[at / 32] &= !(1 << (at % 32));
            }
        }
    }
    expectation.outputs.forget(cycle, &keep)
}
