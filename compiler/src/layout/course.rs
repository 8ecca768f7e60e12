//! What a plan with its layout takes on the supply of the energy model, for power cycles to be run along.

use super::Layout;
use crate::energy::Model;
use crate::plan::Plan;
use crate::plan::power_cycles::{Course, Stop};

impl Layout {
    /// The saves and restores of a plan that has this layout.
    pub fn course<'a>(&self, plan: &Plan, model: &'a Model) -> Course<'a> {
        let mut stops = vec![None; model.visits.len()];
        for (at, checkpoint) in plan.checkpoints.iter().enumerate() {
            let shape = self.shape(at);
            let (save, restore) = (shape.save(), shape.restore());
            let takes = plan.without_save.get(at).copied();
            stops[checkpoint.state.index()] = Some(Stop {
                save_clocks: model.clocks(&save),
                save_joules: model.joules(&save),
                restore_clocks: model.clocks(&restore),
                restore_joules: model.joules(&restore),
                threshold: match plan.is_sure(checkpoint.state) {
                    true => 255,
                    false => takes.map_or(255, |takes| model.supply.level(takes)),
                },
                sure: plan.is_sure(checkpoint.state),
            });
        }
        let interval = plan.interval(model.supply.budget(), model.most_cycle());
        Course {
            visits: &model.visits,
            arrivals: &model.arrivals,
            cycle_joules: &model.mean_joules,
            rest_joules: model.stall_joules,
            stops,
            interval: u64::from(interval),
            clock_hz: model.clock_hz,
        }
    }
}
