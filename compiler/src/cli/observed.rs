//! Comparing outputs in a replay only where they count.
//!
//! Whether a condition of `[observe]` holds is what the original shows in the
//! user's testbench: the recorder evaluates the text of the condition in the
//! top module, so no part of the compiler has a say in it.

use idetic_sim::{Expectation, Recording};

use crate::frontend::ObserveOptions;

/// The conditions to record, in the order that [`narrow`] reads them.
pub fn conditions(observe: &ObserveOptions) -> Vec<String> {
    let outputs = observe.outputs.iter();
    outputs
        .filter_map(|output| output.when.clone())
        .map(|range| observe.text[range].to_owned())
        .collect()
}

/// Forgets the outputs in the cycles in which they do not count, or in which
/// nobody knows whether they do; returns how many known bits that were.
pub fn narrow(
    observe: &ObserveOptions,
    recording: &Recording,
    expectation: &mut Expectation,
) -> u64 {
    let mut narrowed: Vec<(std::ops::Range<usize>, Option<usize>)> = Vec::new();
    let mut conditions = 0;
    for output in &observe.outputs {
        let condition = output.when.is_some().then_some(conditions);
        conditions += usize::from(condition.is_some());
        let mut fields = expectation.output_bus.fields().iter();
        if let Some(field) = fields.find(|field| field.name == output.output) {
            narrowed.push((field.low..field.low + field.width_bits, condition));
        }
    }
    if narrowed.is_empty() {
        return 0;
    }
    let mut forgotten = 0;
    for cycle in 0..expectation.cycles() {
        let mut keep = vec![u32::MAX; expectation.outputs.words_per_row()];
        for (bits, condition) in &narrowed {
            let holds = condition.and_then(|at| recording.conditions.bit(cycle, at));
            if holds != Some(true) {
                for bit in bits.clone() {
                    keep[bit / 32] &= !(1 << (bit % 32));
                }
            }
        }
        forgotten += expectation.outputs.forget(cycle, &keep);
    }
    forgotten
}
