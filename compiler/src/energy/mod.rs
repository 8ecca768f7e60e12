//! What runs, saves and restores cost.
//!
//! [`Model::new`] takes what the user says ([`EnergyOptions`]) and gives the
//! joules of a cycle in each control state, of a stalled clock, and of a transfer
//! to or from the non-volatile memory. From the user's own figures where there
//! are any, else estimated from the netlist (`estimate`, `cells`). A stage of its
//! own before the plan: the plan only sees what states, saves and restores need,
//! and the reports ask the same model.
//!
//! Units are SI: joules, seconds, watts, farads, volts, hertz.

mod activity;
pub mod cells;
mod damaged;
mod dumped;
mod estimate;
mod on_times;
mod supply;
mod switching;
mod technology;
#[cfg(test)]
mod tests;
mod visits;
mod waveform;

pub use activity::{Activity, activity};
pub use estimate::{ACTIVITY, Estimate, area, estimate};
pub use on_times::{Length, OnTimeOptions, OnTimes, read_trace};
pub use supply::{Attojoules, MOST, Supply, need};
pub use technology::{Figures, Level, Nvm, Technology, technologies};
pub use visits::{arrivals, visits};
pub use waveform::{Problem, Waveform};

use indexmap::IndexMap;

use crate::control::{ControlGraph, StateId};
use crate::netlist::Netlist;

/// What the user says.
#[derive(Debug, Clone, PartialEq)]
pub struct EnergyOptions {
    /// The supply.
    pub supply: Supply,
    /// Watts that the harvester delivers at any time of a power cycle, at least.
    pub least_harvest_watts: f64,
    /// How long power cycles last, if that is known.
    pub on_times: Option<OnTimeOptions>,
    /// Clock frequency in hertz.
    pub clock_hz: f64,
    /// Joules of any cycle, at most.
    pub cycle_joules: Option<f64>,
    /// Measured mean power of the running design in watts.
    pub power_watts: Option<f64>,
    /// Joules of a stalled clock, at most.
    pub stall_joules: Option<f64>,
    /// Leakage in watts.
    pub leakage_watts: Option<f64>,
    /// Joules of a cycle in states by name, at most.
    pub state_joules: IndexMap<String, f64>,
    /// A recorded run of the design.
    pub waveform: Option<Waveform>,
    /// The non-volatile memory.
    pub nvm: Nvm,
    /// The row of the table that it is from.
    pub technology: Option<&'static Technology>,
    /// Weights of the plan's objective.
    pub weights: Weights,
}

/// Weights of the parts of a plan's objective; each part is a fraction.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weights {
    /// Joules of saves per joule of running.
    pub energy: f64,
    /// Stalled clocks per logical cycle.
    pub stall: f64,
    /// Saved bits per flip-flop and memory bit.
    pub area: f64,
}

impl Default for Weights {
    fn default() -> Weights {
        Weights {
            energy: 1.0,
            stall: 1.0,
            area: 1.0,
        }
    }
}

/// Clocks and transfers of a save or a restore, with a memory that never waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Effort {
    /// Clocks in which the design is stalled.
    pub clocks: u64,
    /// Words written.
    pub written: u64,
    /// Words read.
    pub read: u64,
}

/// Where the energies of the states are from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StateSource {
    /// Estimated.
    Estimate,
    /// Estimated, and scaled to a measured power.
    Calibrated,
    /// The user's bound of any cycle.
    Given,
}

impl StateSource {
    /// In words.
    pub fn name(self) -> &'static str {
        match self {
            StateSource::Estimate => "estimate from the netlist, OSU 0.18 µm cells at 1.8 V",
            StateSource::Calibrated => "estimate from the netlist, scaled to [energy] power_watts",
            StateSource::Given => "[energy] cycle_joules",
        }
    }
}

/// The energy model of a design.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    /// The supply.
    pub supply: Supply,
    /// Joules that the harvester delivers in a clock, at least.
    pub least_harvest_joules: f64,
    /// How long power cycles last, if that is known.
    pub on_times: Option<OnTimes>,
    /// Clock frequency in hertz.
    pub clock_hz: f64,
    /// The non-volatile memory.
    pub nvm: Nvm,
    /// Joules of a cycle in each state, at most.
    pub most_joules: Vec<f64>,
    /// Joules of a cycle in each state, mean.
    pub mean_joules: Vec<f64>,
    /// Joules of a stalled clock, at most.
    pub stall_joules: f64,
    /// Part of the cycles that run in each state.
    pub visits: Vec<f64>,
    /// Where each state is entered from, and the part of its entries that is; empty
    /// where nothing is known of on-times.
    pub arrivals: Vec<Vec<(u32, f64)>>,
    /// Where the energies of the states are from.
    pub source: StateSource,
    /// Estimated area of the design, in units of the OSU library.
    pub area: f64,
    /// Logical cycles of the recording that visits and means are from.
    pub recorded_cycles: Option<u64>,
    /// Registers and memories of the design that the recording does not have, or not all of.
    pub not_recorded: Vec<String>,
}

impl Model {
    /// The model of a design. `state_joules` are those of the options, by state; `activity` is
    /// what a recording shows.
    pub fn new(
        netlist: &Netlist,
        graph: &ControlGraph,
        options: &EnergyOptions,
        state_joules: &[(StateId, f64)],
        activity: Option<&Activity>,
    ) -> Model {
        let mut estimate = estimate(netlist, graph, options.clock_hz, options.leakage_watts);
        let mut visits = visits(netlist, graph);
        if let Some(activity) = activity {
            visits = activity.visits_among(&visits);
            for (mean, switching) in estimate
                .mean_joules
                .iter_mut()
                .zip(&activity.switching_joules)
            {
                if let Some(switching) = switching {
                    *mean = estimate.idle_joules + switching;
                }
            }
        }
        let mut model = Model {
            supply: options.supply,
            least_harvest_joules: options.least_harvest_watts / options.clock_hz,
            on_times: None,
            clock_hz: options.clock_hz,
            nvm: options.nvm.clone(),
            most_joules: estimate.most_joules,
            mean_joules: estimate.mean_joules,
            stall_joules: estimate.stall_joules,
            visits,
            arrivals: Vec::new(),
            source: StateSource::Estimate,
            area: estimate.area,
            recorded_cycles: activity.map(|activity| activity.cycles),
            not_recorded: activity.map_or(Vec::new(), |activity| activity.left_out.clone()),
        };
        if let Some(watts) = options.power_watts {
            model.scale(watts / options.clock_hz / model.mean_cycle_joules());
            model.source = StateSource::Calibrated;
        }
        if let Some(joules) = options.cycle_joules {
            // What the estimate says of a stalled clock beside a running one is kept.
            let most = model.most_joules.iter().copied().fold(0.0, f64::max);
            model.scale(joules / most);
            model.most_joules.fill(joules);
            model.mean_joules.fill(joules);
            model.source = StateSource::Given;
        }
        for &(state, joules) in state_joules {
            model.most_joules[state.index()] = joules;
            model.mean_joules[state.index()] = joules;
        }
        if let Some(joules) = options.stall_joules {
            model.stall_joules = joules;
        }
        let watts = model.mean_cycle_joules() * model.clock_hz;
        let on_times = options.on_times.as_ref();
        model.on_times =
            on_times.and_then(|it| OnTimes::new(it, model.supply.usable_joules(), watts));
        if model.on_times.is_some() {
            model.arrivals = arrivals(netlist, graph, &model.visits);
        }
        model
    }

    fn scale(&mut self, factor: f64) {
        let states = self.most_joules.iter_mut().chain(&mut self.mean_joules);
        for joules in states.chain([&mut self.stall_joules]) {
            *joules *= factor;
        }
    }

    /// Mean joules of a cycle.
    pub fn mean_cycle_joules(&self) -> f64 {
        let states = self.mean_joules.iter().zip(&self.visits);
        states.map(|(joules, visits)| joules * visits).sum()
    }

    /// The dearest cycle, as [`Model::run_need`].
    pub fn most_cycle(&self) -> Attojoules {
        need(self.most_net_joules())
    }

    /// Its joules, without the least harvest.
    pub fn most_net_joules(&self) -> f64 {
        self.net(self.most_joules.iter().copied().fold(0.0, f64::max))
    }

    /// What a clock that takes `joules` takes out of the capacitor at most. What is harvested beyond it
    /// does not count: the capacitor may be full.
    fn net(&self, joules: f64) -> f64 {
        (joules - self.least_harvest_joules).max(0.0)
    }

    /// What the budget has to have for a cycle in a state: its most, without the least harvest.
    pub fn run_need(&self, state: usize) -> Attojoules {
        need(self.net(self.most_joules[state]))
    }

    /// What it has to have for a save or restore, likewise: the harvest counts for the clocks, and not
    /// for transfers, which take theirs at once.
    pub fn need_joules(&self, effort: &Effort) -> f64 {
        let clocks = self.clocks(effort) as f64;
        self.joules(effort) - clocks * (self.stall_joules - self.net(self.stall_joules))
    }

    /// Clocks that a transfer waits beyond the one it takes anyway.
    fn waits(&self, seconds: f64) -> u64 {
        // Not to be put off by the last bit of a product such as 1e-6 · 1e6.
        let clocks = (seconds * self.clock_hz * (1.0 - 1e-12)).ceil();
        (clocks as u64).saturating_sub(1)
    }

    /// Clocks of a save or restore, those of waiting for the memory included.
    pub fn clocks(&self, effort: &Effort) -> u64 {
        let waits = |words: u64, seconds| words.saturating_mul(self.waits(seconds));
        let waiting = waits(effort.written, self.nvm.write_seconds)
            .saturating_add(waits(effort.read, self.nvm.read_seconds));
        let fixed = if effort.written > 0 {
            (self.nvm.save_seconds * self.clock_hz).ceil() as u64
        } else {
            0
        };
        effort.clocks.saturating_add(waiting).saturating_add(fixed)
    }

    /// Joules of a save or restore, at most.
    pub fn joules(&self, effort: &Effort) -> f64 {
        let fixed = if effort.written > 0 {
            self.nvm.save_joules
        } else {
            0.0
        };
        fixed
            + effort.written as f64 * self.nvm.write_joules
            + effort.read as f64 * self.nvm.read_joules
            + self.clocks(effort) as f64 * self.stall_joules
    }
}

/// A figure with three digits and a prefix: `9.50 µJ`.
pub fn engineering(value: f64, unit: &str) -> String {
    const PREFIXES: [(f64, &str); 10] = [
        (1e9, "G"),
        (1e6, "M"),
        (1e3, "k"),
        (1.0, ""),
        (1e-3, "m"),
        (1e-6, "µ"),
        (1e-9, "n"),
        (1e-12, "p"),
        (1e-15, "f"),
        (1e-18, "a"),
    ];
    if value == 0.0 {
        return format!("0 {unit}");
    }
    // The prefix of the value as it is rounded.
    let rounded: f64 = format!("{value:.2e}").parse().unwrap_or(value);
    let fits = PREFIXES
        .iter()
        .find(|(size, _)| rounded.abs() >= size * 0.999_999);
    let (size, prefix) = fits.unwrap_or(&PREFIXES[PREFIXES.len() - 1]);
    let scaled = rounded / size;
    let digits = match scaled.abs() {
        large if large >= 99.95 => 0,
        middle if middle >= 9.995 => 1,
        _ => 2,
    };
    format!("{scaled:.digits$} {prefix}{unit}")
}
