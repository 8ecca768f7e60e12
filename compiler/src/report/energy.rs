//! The parts of the report that need an energy model.

use std::borrow::Cow;

use super::build::Inputs;
use super::model::{Budget, Compared, Energy, Overhead, PolicyOverhead};
use crate::energy::{Model, area, cells, visits};
use crate::layout::{Layout, Shape};
use crate::netlist::Netlist;
use crate::plan::{Plan, Policy};

/// Rounded to six digits, which is more than any figure of the model has.
pub(super) fn digits(value: f64) -> f64 {
    format!("{value:.5e}").parse().unwrap_or(value)
}

/// A part in percent, to two digits behind the point.
pub(super) fn percent(part: f64, whole: f64) -> f64 {
    if whole > 0.0 {
        (part / whole * 1e4).round() / 1e2
    } else {
        0.0
    }
}

/// Joules of a save of everything.
pub(super) fn baseline(netlist: &Netlist, word_bits: u32, model: &Model) -> f64 {
    let memories = netlist.saved_memories();
    let memories = memories.map(|memory| &netlist.memories[memory.index()]);
    let memories = memories.map(|memory| (u64::from(memory.depth), memory.width));
    let shape = Shape::filled(word_bits, netlist.flop_bits(), memories);
    digits(model.joules(&shape.save()))
}

pub(super) fn budget(plan: &Plan, model: Option<&Model>) -> Budget {
    let worst = plan.worst_segment.as_ref();
    let states = worst.map_or(&plan.longest_segment, |worst| &worst.states);
    let supply = model.map(|model| &model.supply);
    Budget {
        worst_segment_cycles: match worst {
            // A cold start takes the energy of a cycle in which the design is reset.
            Some(worst) => worst.states.len().saturating_sub(1) as u64 + u64::from(worst.cold),
            None => plan.longest_segment_cycles,
        },
        capacitor_farads: supply.map(|supply| digits(supply.capacitor_farads)),
        usable_joules: supply.map(|supply| digits(supply.usable_joules())),
        worst_segment_joules: worst.map(|worst| digits(worst.takes as f64 * 1e-18)),
        worst_segment: states.iter().map(|state| state.0).collect(),
        worst_segment_sums_joules: worst.map_or(Vec::new(), |worst| {
            let sums = worst.parts.iter().scan(0, |sum, part| {
                *sum += part;
                Some(digits(*sum as f64 * 1e-18))
            });
            sums.collect()
        }),
        worst_segment_cold: worst.is_some_and(|worst| worst.cold),
    }
}

/// What the saves add: every visit of a checkpoint saves, or the part of them that the
/// policy leaves.
pub(super) fn overhead(inputs: &Inputs) -> Option<Overhead> {
    let planned @ (plan, layout) = inputs.plan?;
    let (visits, area) = visits_and_area(inputs);
    let policies: Vec<PolicyOverhead> = inputs.energy.map_or(Vec::new(), |_| {
        let policies = Policy::ALL.into_iter();
        let added = policies.map(|policy| added(inputs, planned, &visits, policy));
        added.collect()
    });
    let own = match policies.iter().find(|of| of.policy == inputs.policy.name()) {
        Some(own) => own.clone(),
        None => added(inputs, planned, &visits, Policy::Static),
    };
    Some(Overhead {
        policy: own.policy,
        energy_percent: inputs.energy.map(|_| own.energy_percent),
        area_percent: percent(added_area(plan, layout), area),
        area_source: "estimate, cells of the OSU 0.18 µm library; memories as flip-flops"
            .to_string(),
        stall_cycles_percent: own.stall_cycles_percent,
        policies,
    })
}

/// Where the joules of a cycle are from.
fn source(model: &Model) -> String {
    let name = model.source.name();
    let mut text = name.to_string();
    if let Some(cycles) = model.recorded_cycles {
        text.push_str(&format!("; means and visits of {cycles} recorded cycles"));
    }
    // What is not in the file counts as random data.
    if let [first, rest @ ..] = &model.not_recorded[..] {
        text.push_str(&match rest.len() {
            0 => format!(", without `{first}`"),
            more => format!(", without `{first}` and {more} more registers or memories"),
        });
    }
    text
}

/// Visits of each state per logical cycle, and the area of the design.
fn visits_and_area<'a>(inputs: &Inputs<'a>) -> (Cow<'a, [f64]>, f64) {
    let visits = match inputs.energy {
        Some(model) => Cow::Borrowed(&model.visits[..]),
        None => Cow::Owned(visits(inputs.netlist, inputs.graph)),
    };
    (visits, area_of(inputs))
}

/// The area of the design.
pub(super) fn area_of(inputs: &Inputs) -> f64 {
    match inputs.energy {
        Some(model) => model.area,
        None => area(inputs.netlist),
    }
}

/// The plan beside the others; empty if there are none.
pub(super) fn comparison(inputs: &Inputs) -> Vec<Compared> {
    let Some((plan, layout)) = inputs.plan.filter(|_| !inputs.compared.is_empty()) else {
        return Vec::new();
    };
    let (visits, area) = visits_and_area(inputs);
    let own = ("this plan", plan, layout);
    let others = inputs.compared.iter();
    let others = others.map(|(which, plan, layout)| (which.name(), plan, layout));
    let rows = [own].into_iter().chain(others);
    rows.map(|(what, plan, layout)| {
        let added = added(inputs, (plan, layout), &visits, Policy::Static);
        let shapes = (0..plan.checkpoints.len()).map(|at| layout.shape(at));
        let bits = plan.checkpoints.iter().map(|checkpoint| {
            let parts = &inputs.liveness.bits.parts;
            checkpoint.saved.count() as u64 + parts.bits(checkpoint.memories.iter())
        });
        Compared {
            what: what.to_string(),
            checkpoints: plan.checkpoints.len(),
            saved_bits: bits.max().unwrap_or(0),
            saved_words: shapes
                .map(|shape| shape.live_words + shape.memory_words)
                .max()
                .unwrap_or(0),
            energy_percent: inputs.energy.map(|_| added.energy_percent),
            stall_cycles_percent: added.stall_cycles_percent,
            area_percent: percent(added_area(plan, layout), area),
        }
    })
    .collect()
}

/// What the saves of a policy add, by the visits of each state per logical cycle.
fn added(
    inputs: &Inputs,
    (plan, layout): (&Plan, &Layout),
    visits: &[f64],
    policy: Policy,
) -> PolicyOverhead {
    let saves = layout.saves(plan, visits, inputs.energy, policy);
    let cycle = inputs.energy.map_or(1.0, Model::mean_cycle_joules);
    PolicyOverhead {
        policy: policy.name().to_string(),
        saves_percent: percent(saves.made, saves.met),
        energy_percent: percent(saves.joules, cycle),
        stall_cycles_percent: percent(saves.clocks, 1.0),
        interval_cycles: match (policy, inputs.energy) {
            (Policy::Timer, Some(model)) => {
                Some(plan.interval(model.supply.budget(), model.most_cycle()))
            }
            _ => None,
        },
    }
}

/// The controller, a multiplexer per bit of the chain, and gates for each bit that tells a checkpoint without being saved.
pub(super) fn added_area(plan: &Plan, layout: &Layout) -> f64 {
    let told = plan.checkpoints.iter();
    let told = told.map(|it| {
        it.told
            .iter()
            .filter(|&bit| it.given.value(bit).is_some())
            .count()
    });
    let compared = (0..plan.checkpoints.len()).map(|at| layout.shape(at).compared_gates());
    let gates = told.sum::<usize>() as f64 + compared.sum::<u64>() as f64;
    cells::controller_area(layout.word_bits)
        + layout.chain.len() as f64 * cells::MUX.area
        + gates * cells::GATE.area
}

pub(super) fn energy(model: &Model) -> Energy {
    let most = model.most_joules.iter().copied().fold(0.0, f64::max);
    Energy {
        clock_hertz: model.clock_hz,
        cycle_joules: digits(model.mean_cycle_joules()),
        most_cycle_joules: digits(most),
        stall_cycle_joules: digits(model.stall_joules),
        source: source(model),
        nvm_technology: model.nvm.name.clone(),
        nvm_level: model.nvm.level.name().to_string(),
        write_word_joules: digits(model.nvm.write_joules),
        read_word_joules: digits(model.nvm.read_joules),
        write_word_seconds: digits(model.nvm.write_seconds),
        read_word_seconds: digits(model.nvm.read_seconds),
        nvm_source: model.nvm.source.clone(),
    }
}
