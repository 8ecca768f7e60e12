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
    match model.recorded_cycles {
        None => name.to_string(),
        Some(cycles) => format!("{name}; means and visits of {cycles} recorded cycles"),
    }
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
    let saves: Vec<Save> = (plan.checkpoints.iter().enumerate())
        .map(|(at, checkpoint)| {
            let effort = layout.shape(at).save();
            let takes = plan.without_save.get(at);
            let skips = match (policy, inputs.energy, takes) {
                _ if plan.is_sure(checkpoint.state) => Skipped::Never,
                (Policy::Threshold, Some(model), Some(&takes)) => {
                    Skipped::Above((f64::from(model.supply.level(takes)) + 1.0) / 256.0)
                }
                (Policy::Timer, Some(model), _) => Skipped::Within(interval(plan, model)),
                (Policy::Reactive, Some(model), Some(&takes)) => Skipped::Once {
                    above: (f64::from(model.supply.level(takes)) + 1.0) / 256.0,
                    usable: model.supply.usable_joules(),
                },
                _ => Skipped::Never,
            };
            Save {
                visits: visits[checkpoint.state.index()],
                joules: inputs.energy.map_or(0.0, |model| model.joules(&effort)),
                clocks: inputs
                    .energy
                    .map_or(effort.clocks, |model| model.clocks(&effort))
                    as f64,
                skips,
            }
        })
        .collect();
    let cycle = inputs.energy.map_or(1.0, Model::mean_cycle_joules);
    let of_all = |of: &dyn Fn(&Save) -> f64| -> f64 {
        saves.iter().map(|save| save.visits * of(save)).sum()
    };
    let met = of_all(&|_| 1.0);
    let (run, saved) = (cycle / met, of_all(&|save| save.joules) / met);
    let part = |save: &Save| save.part(met, run, saved);
    PolicyOverhead {
        policy: policy.name().to_string(),
        saves_percent: percent(of_all(&part), met),
        energy_percent: percent(of_all(&|save| part(save) * save.joules), cycle),
        stall_cycles_percent: percent(of_all(&|save| part(save) * save.clocks), 1.0),
        interval_cycles: match (policy, inputs.energy) {
            (Policy::Timer, Some(model)) => Some(interval(plan, model)),
            _ => None,
        },
    }
}

/// The save of a checkpoint.
struct Save {
    /// Visits per logical cycle.
    visits: f64,
    joules: f64,
    clocks: f64,
    skips: Skipped,
}

/// When a save is skipped.
enum Skipped {
    Never,
    /// Above this part of the usable energy.
    Above(f64),
    /// Before so many logical cycles since the last one.
    Within(u32),
    /// Above this part of the usable energy, of so many joules; the first below it ends the power cycle.
    Once {
        above: f64,
        usable: f64,
    },
}

impl Save {
    /// The part of the visits that save; `met` are the visits of all checkpoints per logical cycle. A timer
    /// runs for its interval and then to the next checkpoint. Above the threshold a visit takes what the design takes from one
    /// checkpoint to the next (`run`, in joules), below it a save as well (`saved`), so that there are fewer;
    /// where the design rests then, there is one.
    fn part(&self, met: f64, run: f64, saved: f64) -> f64 {
        if self.visits == 0.0 {
            return 0.0;
        }
        let threshold = match self.skips {
            Skipped::Never => return 1.0,
            Skipped::Within(cycles) => return 1.0 / (1.0 + f64::from(cycles) * met),
            Skipped::Above(threshold) => threshold,
            Skipped::Once { above, usable } => {
                return 1.0 / (1.0 + (1.0 - above) * usable / run);
            }
        };
        let (above, below) = ((1.0 - threshold) / run, threshold / (run + saved));
        below / (above + below)
    }
}

/// The interval of the policy `timer`.
fn interval(plan: &Plan, model: &Model) -> u32 {
    plan.interval(model.supply.budget(), model.most_cycle())
}

/// The controller, a multiplexer per bit of the chain, and a gate for each bit that tells a checkpoint without
/// being saved.
pub(super) fn added_area(plan: &Plan, layout: &Layout) -> f64 {
    let given = plan.checkpoints.iter().map(|it| it.given.count() as f64);
    cells::controller_area(layout.word_bits)
        + layout.chain.len() as f64 * cells::MUX.area
        + given.sum::<f64>() * cells::GATE.area
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

#[cfg(test)]
mod tests {
    use super::{Save, Skipped};

    fn save(visits: f64, skips: Skipped) -> Save {
        Save {
            visits,
            joules: 9.0,
            clocks: 10.0,
            skips,
        }
    }

    #[test]
    fn a_visit_that_saves_takes_more_so_fewer_do() {
        let half = || Skipped::Above(0.5);
        assert_eq!(save(1.0, Skipped::Never).part(1.0, 1.0, 9.0), 1.0);
        // Half of the energy: one visit below the threshold for ten above.
        assert_eq!(save(1.0, half()).part(1.0, 1.0, 9.0), 1.0 / 11.0);
        // Nothing is met, and nothing divided by it.
        let nothing = save(0.0, half()).part(0.0, f64::INFINITY, f64::NAN);
        assert_eq!(nothing, 0.0);
        // Every other cycle meets a checkpoint: of 30 cycles and the two to the next one, one saves.
        let timer = save(0.5, Skipped::Within(30)).part(0.5, 1.0, 9.0);
        assert_eq!(timer, 1.0 / 16.0);
        // Of 100 J three quarters are above the threshold: 75 visits, and the one that saves.
        let once = Skipped::Once {
            above: 0.25,
            usable: 100.0,
        };
        assert_eq!(save(1.0, once).part(1.0, 1.0, 9.0), 1.0 / 76.0);
    }
}
