//! The parts of the report that need an energy model.

use super::build::Inputs;
use super::model::{Budget, Energy, Overhead};
use crate::energy::{Attojoules, CONTROLLER_FLOPS, Model, area, cells, visits};
use crate::layout::{Layout, Shape};
use crate::netlist::Netlist;
use crate::plan::Plan;

/// Rounded to six digits, which is more than any figure of the model has.
pub(super) fn digits(value: f64) -> f64 {
    format!("{value:.5e}").parse().unwrap_or(value)
}

/// A part in percent, to two digits behind the point.
fn percent(part: f64, whole: f64) -> f64 {
    if whole > 0.0 {
        (part / whole * 1e4).round() / 1e2
    } else {
        0.0
    }
}

/// Joules of a save of everything.
pub(super) fn baseline(netlist: &Netlist, word_bits: u32, model: &Model) -> f64 {
    let memories = netlist.written_memories();
    let memories = memories.map(|memory| &netlist.memories[memory.index()]);
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

/// The level, of 255 for the whole budget, above which at least `takes` is left.
pub(super) fn threshold(takes: Attojoules, budget: Attojoules) -> u8 {
    let levels = (i128::from(takes) * 255 + i128::from(budget) - 1) / i128::from(budget.max(1));
    u8::try_from((levels - 1).max(0)).unwrap_or(u8::MAX)
}

/// What the saves add, at every visit of a checkpoint.
pub(super) fn overhead(inputs: &Inputs) -> Option<Overhead> {
    let (plan, layout) = inputs.plan?;
    let walked;
    let (visits, area) = match inputs.energy {
        Some(model) => (&model.visits, model.area),
        None => {
            walked = visits(inputs.netlist, inputs.graph);
            (&walked, area(inputs.netlist))
        }
    };
    let (mut joules, mut clocks) = (0.0, 0.0);
    for (at, checkpoint) in plan.checkpoints.iter().enumerate() {
        let visits = visits[checkpoint.state.index()];
        let save = layout.shape(at).save();
        joules += visits * inputs.energy.map_or(0.0, |model| model.joules(&save));
        let own = inputs
            .energy
            .map_or(save.clocks, |model| model.clocks(&save));
        clocks += visits * own as f64;
    }
    let energy = inputs
        .energy
        .map(|model| percent(joules, model.mean_cycle_joules()));
    Some(Overhead {
        energy_percent: energy,
        area_percent: percent(added_area(layout), area),
        area_source: "estimate, cells of the OSU 0.18 µm library; memories as flip-flops"
            .to_string(),
        stall_cycles_percent: percent(clocks, 1.0),
    })
}

/// A multiplexer per bit of the chain, and the controller: its flip-flops, and
/// about two gates for each.
fn added_area(layout: &Layout) -> f64 {
    let chain = layout.chain.len() as f64 * cells::MUX.area;
    let controller = CONTROLLER_FLOPS * (cells::RESET_FLOP_AREA + 2.0 * cells::GATE.area);
    chain + controller
}

pub(super) fn energy(model: &Model) -> Energy {
    let most = model.most_joules.iter().copied().fold(0.0, f64::max);
    Energy {
        clock_hertz: model.clock_hz,
        cycle_joules: digits(model.mean_cycle_joules()),
        most_cycle_joules: digits(most),
        stall_cycle_joules: digits(model.stall_joules),
        source: model.source.name().to_string(),
        nvm_technology: model.nvm.name.clone(),
        nvm_level: model.nvm.level.name().to_string(),
        write_word_joules: digits(model.nvm.write_joules),
        read_word_joules: digits(model.nvm.read_joules),
        write_word_seconds: digits(model.nvm.write_seconds),
        read_word_seconds: digits(model.nvm.read_seconds),
        nvm_source: model.nvm.source.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::threshold;

    #[test]
    fn above_its_threshold_a_level_lasts() {
        for takes in [0, 1, 3, 4, 5, 509, 510, 1019, 1020] {
            let own = i64::from(threshold(takes, 1020));
            // A level stands for a 255th of the budget, which is 4.
            assert!((own + 1) * 4 >= takes, "{takes}");
            assert!(own == 0 || own * 4 < takes, "{takes}");
        }
        assert_eq!(threshold(1021, 1020), 255);
    }
}
