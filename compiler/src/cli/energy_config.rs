//! `[energy]`, `[nvm]` and the weights of `[plan]`: reading, checking, merging.

use std::path::{Path, PathBuf};

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Deserialize;

use super::config::Config;
pub use super::nvm_config::NvmConfig;
use super::plan_config::PlanConfig;
use super::schema;
use crate::diagnostics::{Diagnostic, codes};
use crate::energy::{
    EnergyOptions, Length, MOST, Nvm, OnTimeOptions, Supply, Waveform, Weights, engineering,
    read_trace,
};
use crate::source::Setting;

/// Least joules of a cycle: less than an operation takes in any circuit.
const LEAST_JOULES: f64 = 1e-21;

/// Most joules of a figure: nothing larger fits a plan.
const MOST_JOULES: f64 = MOST as f64 * 1e-18;

/// Most seconds of a word or a save.
const MOST_SECONDS: f64 = 100.0;

/// Largest weight of a cost.
pub(super) const MOST_WEIGHT: f64 = 1e9;

/// Least and most of a figure of `[energy]` or `[nvm]`, by its key.
pub(super) fn range(key: &str) -> Option<(f64, f64)> {
    Some(match key {
        "capacitor_farads" => (1e-18, 1e9),
        "on_volts" => (1e-3, 1e3),
        "off_volts" | "harvest_watts" | "least_harvest_watts" => (0.0, 1e3),
        "efficiency" => (1e-3, 1.0),
        "clock_hz" => (1.0, 1e11),
        "cycle_joules" | "stall_joules" | "state_joules" => (LEAST_JOULES, MOST_JOULES),
        "power_watts" | "leakage_watts" => (1e-18, 1e3),
        // Of ten clocks at least, by the fastest of them.
        "on_time_seconds" => (1e-10, 1e9),
        "write_joules_per_bit"
        | "write_joules_per_word"
        | "read_joules_per_bit"
        | "read_joules_per_word"
        | "save_joules" => (0.0, MOST_JOULES),
        "write_seconds_per_word" | "read_seconds_per_word" | "save_seconds" => (0.0, MOST_SECONDS),
        _ => return None,
    })
}

/// `[energy]`: supply, clock, and what the design takes. SI units.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(transform = schema::figures)]
pub struct EnergyConfig {
    /// Capacitance of the storage in farads.
    pub capacitor_farads: f64,
    /// Volts at which a power cycle begins.
    pub on_volts: f64,
    /// Volts below which the logic does not work.
    pub off_volts: f64,
    /// Part of the energy that the converter passes on, above 0. Default 1.
    pub efficiency: Option<f64>,
    /// Watts that the harvester delivers on average while the design runs, behind the converter. Default: none
    /// said; says how long power cycles last. The guarantee does not rest on it.
    pub harvest_watts: Option<f64>,
    /// Watts that it delivers at any time of a power cycle, at least. Default 0. The guarantee rests on it.
    pub least_harvest_watts: Option<f64>,
    /// Seconds of a power cycle, mean.
    pub on_time_seconds: Option<f64>,
    /// How the lengths of power cycles are distributed. Default: exponential.
    pub on_time_distribution: Option<Distribution>,
    /// Recorded lengths of power cycles, relative to the configuration file.
    pub on_time_trace: Option<PathBuf>,
    /// What it holds.
    #[serde(skip)]
    pub on_times: Vec<f64>,
    /// Clock frequency in hertz.
    pub clock_hz: f64,
    /// Joules of any logical cycle, at most. Default: estimated from the netlist.
    pub cycle_joules: Option<f64>,
    /// Measured mean power of the running design in watts; scales the estimate.
    pub power_watts: Option<f64>,
    /// Joules of a clock in which the design is stalled, at most. Default: estimated.
    pub stall_joules: Option<f64>,
    /// Leakage of the design in watts. Default: estimated.
    pub leakage_watts: Option<f64>,
    /// A recorded run of the design, VCD or FST, relative to the configuration file: how often
    /// each control state runs, and what changes there. Default: a guess from the netlist.
    pub activity_waveform: Option<PathBuf>,
    /// The scope of the design in it, `tb.dut`. Default: the only one with its signals.
    pub activity_scope: Option<String>,
    /// Joules of a logical cycle in single control states, at most, by name.
    #[serde(default)]
    pub state_joules: IndexMap<String, f64>,
}

/// `[energy] on_time_distribution`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Distribution {
    /// All are the same.
    Fixed,
    /// A failure is as likely at any time.
    Exponential,
}

/// What is wrong: the setting, the message, the help.
pub(super) struct Wrong(pub(super) Setting, pub(super) String, pub(super) String);

impl EnergyConfig {
    /// Whether each figure is one that a circuit can have, and they fit each other.
    fn check_figures(&self) -> Result<(), Wrong> {
        let wrong = |key, message, help: &str| {
            let setting = Setting::new(&["energy", key]);
            Err(Wrong(setting, message, help.to_string()))
        };
        let figures = [
            ("capacitor_farads", Some(self.capacitor_farads)),
            ("on_volts", Some(self.on_volts)),
            ("off_volts", Some(self.off_volts)),
            ("efficiency", self.efficiency),
            ("clock_hz", Some(self.clock_hz)),
            ("cycle_joules", self.cycle_joules),
            ("stall_joules", self.stall_joules),
            ("power_watts", self.power_watts),
            ("leakage_watts", self.leakage_watts),
            ("harvest_watts", self.harvest_watts),
            ("least_harvest_watts", self.least_harvest_watts),
        ];
        in_ranges("energy", figures.into_iter().map(ranged))?;
        let (_, most) = range("on_time_seconds").expect("it has a range");
        let on_time = (
            "on_time_seconds",
            self.on_time_seconds,
            10.0 / self.clock_hz,
            most,
        );
        in_ranges("energy", [on_time].into_iter())?;
        for (name, &value) in &self.state_joules {
            let figure = [ranged(("state_joules", Some(value)))];
            in_ranges("energy", figure.into_iter()).map_err(|Wrong(_, message, help)| {
                let setting = Setting::new(&["energy", "state_joules", name]);
                Wrong(setting, message, help)
            })?;
        }
        if self.off_volts >= self.on_volts {
            let (on, off) = (self.on_volts, self.off_volts);
            let message = format!("`off_volts = {off}` is not below `on_volts = {on}`");
            return wrong(
                "off_volts",
                message,
                "the supply falls from on_volts to off_volts",
            );
        }
        self.check_on_times()?;
        let supply = self.supply();
        let (usable, most) = (supply.usable_joules(), MOST_JOULES);
        if usable > most {
            let joules = |value| engineering(value, "J");
            let message = format!(
                "a power cycle has {}; plans are made for up to {}",
                joules(usable),
                joules(most)
            );
            // Three digits, rounded down.
            let farads = supply.capacitor_for(most) * 0.995;
            let help = format!(
                "write `capacitor_farads = {farads:.2e}`: what runs from less runs from more"
            );
            return wrong("capacitor_farads", message, &help);
        }
        if supply.budget() == 0 {
            let message = "a power cycle has less than 1 aJ".to_string();
            return wrong(
                "capacitor_farads",
                message,
                "give capacitor and voltages in farads and volts",
            );
        }
        Ok(())
    }

    /// Whether what is said of harvest and on-times says one thing.
    fn check_on_times(&self) -> Result<(), Wrong> {
        let wrong = |key, message: &str, help: &str| {
            let setting = Setting::new(&["energy", key]);
            Err(Wrong(setting, message.to_string(), help.to_string()))
        };
        let given = [
            ("on_time_trace", self.on_time_trace.is_some()),
            ("on_time_seconds", self.on_time_seconds.is_some()),
            ("harvest_watts", self.harvest_watts.is_some()),
        ];
        let mut given = given
            .iter()
            .filter(|(_, given)| *given)
            .map(|(key, _)| *key);
        if let (Some(first), Some(second)) = (given.next(), given.next()) {
            return wrong(
                second,
                &format!("both `{first}` and `{second}` say how long power cycles last"),
                "leave one of them out",
            );
        }
        if self.on_time_distribution.is_some()
            && (self.on_time_trace.is_some()
                || self.on_time_seconds.is_none() && self.harvest_watts.is_none())
        {
            return wrong(
                "on_time_distribution",
                "`on_time_distribution` means nothing without a mean",
                "give `on_time_seconds` or `harvest_watts`, or leave this out",
            );
        }
        if let (Some(least), Some(mean)) = (self.least_harvest_watts, self.harvest_watts)
            && least > mean
        {
            return wrong(
                "least_harvest_watts",
                "the least harvest is more than the mean one",
                "what is harvested at any time is not more than what is harvested on average",
            );
        }
        let mean = self.on_times.iter().sum::<f64>() / self.on_times.len().max(1) as f64;
        if self.on_time_trace.is_some() && mean * self.clock_hz < 10.0 {
            return wrong(
                "on_time_trace",
                "its power cycles last less than 10 clocks on average",
                "give lengths, or begins and ends, in seconds",
            );
        }
        Ok(())
    }

    /// What is said of the lengths of power cycles.
    fn on_times(&self) -> Option<OnTimeOptions> {
        let length = match (self.on_time_seconds, self.harvest_watts) {
            _ if self.on_time_trace.is_some() => Length::Trace(self.on_times.clone()),
            (Some(seconds), _) => Length::Mean(seconds),
            (None, Some(watts)) => Length::Harvest(watts),
            (None, None) => return None,
        };
        Some(OnTimeOptions {
            length,
            fixed: self.on_time_distribution == Some(Distribution::Fixed),
        })
    }

    fn supply(&self) -> Supply {
        Supply {
            capacitor_farads: self.capacitor_farads,
            on_volts: self.on_volts,
            off_volts: self.off_volts,
            efficiency: self.efficiency.unwrap_or(1.0),
        }
    }
}

/// A figure with its range.
fn ranged((key, value): (&'static str, Option<f64>)) -> (&'static str, Option<f64>, f64, f64) {
    let (least, most) = range(key).expect("every figure has a range");
    (key, value, least, most)
}

/// Refuses the first figure (key, value, least, most) of a section that lies outside
/// its range.
fn in_ranges(
    section: &str,
    figures: impl Iterator<Item = (&'static str, Option<f64>, f64, f64)>,
) -> Result<(), Wrong> {
    for (key, value, least, most) in figures {
        if let Some(value) = value
            && !(least..=most).contains(&value)
        {
            let message = format!("`{key} = {value:?}` is not from {least:?} to {most:?}");
            let unit = key.split('_').find_map(|part| match part {
                "farads" | "volts" | "joules" | "watts" | "seconds" => Some(part),
                "hz" => Some("hertz"),
                _ => None,
            });
            let help = match unit {
                Some(unit) => format!("give it in {unit}, without a prefix"),
                None => "give a number in this range".to_string(),
            };
            return Err(Wrong(Setting::new(&[section, key]), message, help));
        }
    }
    Ok(())
}

impl PlanConfig {
    fn weights(&self) -> [(&'static str, Option<f64>); 3] {
        [
            ("energy_weight", self.energy_weight),
            ("stall_weight", self.stall_weight),
            ("area_weight", self.area_weight),
        ]
    }
}

/// Reads `[energy] on_time_trace`.
pub(super) fn on_times(path: &Path) -> Result<Vec<f64>, Diagnostic> {
    let wrong = |message: String, help: &str| {
        let error = Diagnostic::global(codes::CONFIG, message);
        let setting = Setting::new(&["energy", "on_time_trace"]);
        Err(error.setting(setting).help(help))
    };
    let name = path.display();
    match std::fs::read_to_string(path) {
        Err(error) => wrong(
            format!("cannot read the on-times in {name}: {error}"),
            "the path is relative to the configuration file",
        ),
        Ok(text) => read_trace(&text).or_else(|what| {
            wrong(
                format!("{name}: {what}"),
                "write a power cycle a line: its seconds, or the times of its begin and its end",
            )
        }),
    }
}

/// Refuses figures that mean nothing, and those that nothing is done with.
pub(super) fn check(config: &Config) -> Result<(), Wrong> {
    let wrong = |section, key, message: String, help: &str| {
        let setting = Setting::new(&[section, key]);
        Err(Wrong(setting, message, help.to_string()))
    };
    let nvm = &config.nvm;
    let nvm_ranges = nvm.keys().into_iter().map(ranged);
    let weights = config.plan.weights().into_iter();
    let weights = weights.map(|(key, value)| (key, value, 0.0, MOST_WEIGHT));
    in_ranges("nvm", nvm_ranges)?;
    in_ranges("plan", weights)?;
    for (word, bit) in [
        ("write_joules_per_word", "write_joules_per_bit"),
        ("read_joules_per_word", "read_joules_per_bit"),
    ] {
        let given = |key| {
            nvm.keys()
                .iter()
                .any(|(own, value)| *own == key && value.is_some())
        };
        if given(word) && given(bit) {
            let message = format!("both `{word}` and `{bit}` are given");
            return wrong("nvm", bit, message, "leave one of them out");
        }
    }
    let technology = nvm.technology()?;
    let Some(energy) = &config.energy else {
        let given = |(key, value): (&'static str, Option<f64>)| value.map(|_| key);
        let weights = config.plan.weights();
        let first = (technology.map(|_| ("nvm", "technology")))
            .or_else(|| {
                nvm.keys()
                    .into_iter()
                    .find_map(given)
                    .map(|key| ("nvm", key))
            })
            .or_else(|| weights.into_iter().find_map(given).map(|key| ("plan", key)));
        return match first {
            None => Ok(()),
            Some((section, key)) => wrong(
                section,
                key,
                format!("`{key}` means nothing without a section `[energy]`"),
                "give capacitor_farads, on_volts, off_volts and clock_hz there, or leave this out",
            ),
        };
    };
    energy.check_figures()?;
    if energy.cycle_joules.is_some() && energy.power_watts.is_some() {
        let message = "both `cycle_joules` and `power_watts` are given".to_string();
        return wrong("energy", "power_watts", message, "leave one of them out");
    }
    if energy.activity_scope.is_some() && energy.activity_waveform.is_none() {
        let message = "`activity_scope` means nothing without `activity_waveform`".to_string();
        return wrong(
            "energy",
            "activity_scope",
            message,
            "give the recording, or leave this out",
        );
    }
    let word_bits = nvm.word_bits.as_ref().map_or(32, |bits| bits.list()[0]);
    if let Err(missing) = Nvm::new(technology, &nvm.figures(word_bits), word_bits) {
        let message = match technology {
            None => "section `[energy]` needs a non-volatile memory under `[nvm]`".to_string(),
            Some(row) => format!(
                "the sources of technology `{}` do not give {}",
                row.name,
                missing.join(", ")
            ),
        };
        let help = match technology {
            None => format!("choose a technology, or give {}", missing.join(", ")),
            Some(_) => format!("give {} under `[nvm]`", missing.join(", ")),
        };
        let setting = match technology {
            Some(_) => Setting::new(&["nvm", "technology"]),
            None => Setting::new(&["energy"]),
        };
        return Err(Wrong(setting, message, help));
    }
    Ok(())
}

/// The energy model that a checked configuration asks for.
pub(super) fn options(config: &Config, word_bits: u32) -> Option<EnergyOptions> {
    let energy = config.energy.as_ref()?;
    let technology = config.nvm.technology().ok().flatten();
    let own = config.nvm.figures(word_bits);
    let nvm = Nvm::new(technology, &own, word_bits).ok();
    let weights = Weights::default();
    let plan = &config.plan;
    Some(EnergyOptions {
        supply: energy.supply(),
        least_harvest_watts: energy.least_harvest_watts.unwrap_or(0.0),
        on_times: energy.on_times(),
        clock_hz: energy.clock_hz,
        cycle_joules: energy.cycle_joules,
        power_watts: energy.power_watts,
        stall_joules: energy.stall_joules,
        leakage_watts: energy.leakage_watts,
        state_joules: energy.state_joules.clone(),
        waveform: energy.activity_waveform.as_ref().map(|path| Waveform {
            path: path.clone(),
            scope: energy.activity_scope.clone(),
        }),
        nvm: nvm.expect("what is missing does not depend on the width, and has been checked"),
        technology,
        weights: Weights {
            energy: plan.energy_weight.unwrap_or(weights.energy),
            stall: plan.stall_weight.unwrap_or(weights.stall),
            area: plan.area_weight.unwrap_or(weights.area),
        },
    })
}
