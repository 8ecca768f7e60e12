//! Promises about the environment, held against a recording: outputs are compared in a replay only where they count,
//! and inputs that are declared stable must be.
//!
//! Whether a condition of `[observe]` holds is what the original shows in the
//! user's testbench: the recorder evaluates the text of the condition in the
//! top module, so no part of the compiler has a say in it.

use idetic_sim::{Expectation, Recording};

use crate::diagnostics::{Diagnostic, Diagnostics, codes};
use crate::frontend::ObserveOptions;
use crate::source::Setting;

/// The conditions to record, in the order that [`narrow`] reads them.
pub fn conditions(observe: &ObserveOptions) -> Vec<String> {
    let outputs = observe.outputs.iter();
    outputs
        .filter_map(|output| output.when.clone())
        .map(|range| observe.text[range].to_owned())
        .collect()
}

/// The errors about inputs that are declared stable and are not in the testbench: a replay would then not be one of it.
pub fn unstable(observe: &ObserveOptions, recording: &Recording) -> Diagnostics {
    let broken = observe.stable_inputs().filter_map(|name| {
        let mut fields = recording.input_bus.fields().iter();
        let field = fields.find(|field| field.name == name)?;
        let value = |cycle| {
            let text = (recording.inputs).slice_binary(cycle, field.low, field.width_bits);
            format!("{}'b{text}", field.width_bits)
        };
        let first = value(0);
        let message = match first.contains('x') {
            true => format!("`{name}` is declared stable, and is unknown in logical cycle 0: {first}"),
            false => {
                let cycle = (1..recording.cycles()).find(|&cycle| value(cycle) != first)?;
                let (before, after) = (value(cycle - 1), value(cycle));
                format!("`{name}` is declared stable, and changes in logical cycle {cycle} from {before} to {after}")
            }
        };
        let error = Diagnostic::global(codes::UNSTABLE_INPUT, message)
            .setting(Setting::text(&["input", "stable"], name))
            .note(format!("recorded at `{}` in the testbench", recording.instance))
            .help("give it one value from the first clock edge on, the reset included, or take it out of `stable`");
        Some(error)
    });
    Diagnostics {
        list: broken.collect(),
    }
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
