//! How many of the visits of a laid-out plan's checkpoints save under a policy, and what these saves take.
//!
//! Estimates, from the visits of states and from means: restores and work that is done again are not in them. Where it is known
//! how long power cycles last, [`crate::plan::power_cycles`] has what all of it comes to.

use super::Layout;
use crate::energy::Model;
use crate::plan::{Plan, Policy};

/// The saves of a policy.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Saves {
    /// Visits of checkpoints per logical cycle.
    pub met: f64,
    /// Those that save.
    pub made: f64,
    /// Joules of saves per logical cycle; 0 without an energy model.
    pub joules: f64,
    /// Clocks of saves per logical cycle.
    pub clocks: f64,
}

impl Layout {
    /// The saves of a plan that has this layout, by the visits of each state per logical cycle.
    pub fn saves(
        &self,
        plan: &Plan,
        visits: &[f64],
        model: Option<&Model>,
        policy: Policy,
    ) -> Saves {
        let saves: Vec<Save> = (plan.checkpoints.iter().enumerate())
            .map(|(at, checkpoint)| {
                let effort = self.shape(at).save();
                let takes = plan.without_save.get(at);
                let skips = match (policy, model, takes) {
                    _ if plan.is_sure(checkpoint.state) => Skipped::Never,
                    (Policy::Threshold, Some(model), Some(&takes)) => {
                        Skipped::Above((f64::from(model.supply.level(takes)) + 1.0) / 256.0)
                    }
                    (Policy::Timer, Some(model), _) => {
                        Skipped::Within(plan.interval(model.supply.budget(), model.most_cycle()))
                    }
                    (Policy::Reactive, Some(model), Some(&takes)) => Skipped::Once {
                        above: (f64::from(model.supply.level(takes)) + 1.0) / 256.0,
                        usable: model.supply.usable_joules(),
                    },
                    _ => Skipped::Never,
                };
                Save {
                    visits: visits[checkpoint.state.index()],
                    joules: model.map_or(0.0, |model| model.joules(&effort)),
                    clocks: model.map_or(effort.clocks, |model| model.clocks(&effort)) as f64,
                    skips,
                }
            })
            .collect();
        let cycle = model.map_or(1.0, Model::mean_cycle_joules);
        let of_all = |of: &dyn Fn(&Save) -> f64| -> f64 {
            saves.iter().map(|save| save.visits * of(save)).sum()
        };
        let met = of_all(&|_| 1.0);
        let (run, saved) = (cycle / met, of_all(&|save| save.joules) / met);
        let part = |save: &Save| save.part(met, run, saved);
        Saves {
            met,
            made: of_all(&part),
            joules: of_all(&|save| part(save) * save.joules),
            clocks: of_all(&|save| part(save) * save.clocks),
        }
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
