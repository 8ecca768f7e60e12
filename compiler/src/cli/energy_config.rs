//! `[energy]`, `[nvm]` and the weights of `[plan]`: reading, checking, merging.

use indexmap::IndexMap;
use serde::Deserialize;

use super::config::{Config, PlanConfig};
use crate::energy::{EnergyOptions, Figures, Nvm, Supply, Technology, Weights, technologies};

/// `[energy]`: supply, clock, and what the design takes. SI units.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnergyConfig {
    /// Capacitance of the storage in farads.
    pub capacitor_farads: f64,
    /// Volts at which a power cycle begins.
    pub on_volts: f64,
    /// Volts below which the logic does not work.
    pub off_volts: f64,
    /// Part of the energy that the converter passes on, above 0. Default 1.
    pub efficiency: Option<f64>,
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
    /// Joules of a logical cycle in single control states, at most, by name.
    #[serde(default)]
    pub state_joules: IndexMap<String, f64>,
}

/// `[nvm]`: the memory that images are saved to.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NvmConfig {
    /// Bits of a word: even, 8 to 64. Default 32.
    pub word_bits: Option<u32>,
    /// A row of the shipped table.
    pub technology: Option<String>,
    /// Joules to write a bit; over the table's.
    pub write_joules_per_bit: Option<f64>,
    /// Joules to write a word; over the table's.
    pub write_joules_per_word: Option<f64>,
    /// Joules to read a bit; over the table's.
    pub read_joules_per_bit: Option<f64>,
    /// Joules to read a word; over the table's.
    pub read_joules_per_word: Option<f64>,
    /// Seconds to write a word; over the table's.
    pub write_seconds_per_word: Option<f64>,
    /// Seconds to read a word; over the table's.
    pub read_seconds_per_word: Option<f64>,
    /// Joules of each save besides its words. Default 0.
    pub save_joules: Option<f64>,
    /// Seconds of each save besides its words. Default 0.
    pub save_seconds: Option<f64>,
}

/// What is wrong: the key to point at, the message, the help.
pub(super) struct Wrong(
    pub(super) &'static str,
    pub(super) String,
    pub(super) String,
);

impl NvmConfig {
    fn keys(&self) -> [(&'static str, Option<f64>); 8] {
        [
            ("write_joules_per_bit", self.write_joules_per_bit),
            ("write_joules_per_word", self.write_joules_per_word),
            ("read_joules_per_bit", self.read_joules_per_bit),
            ("read_joules_per_word", self.read_joules_per_word),
            ("write_seconds_per_word", self.write_seconds_per_word),
            ("read_seconds_per_word", self.read_seconds_per_word),
            ("save_joules", self.save_joules),
            ("save_seconds", self.save_seconds),
        ]
    }

    fn figures(&self, word_bits: u32) -> Figures {
        let bits = f64::from(word_bits);
        let word = |word: Option<f64>, bit: Option<f64>| word.or(bit.map(|bit| bit * bits));
        Figures {
            write_joules: word(self.write_joules_per_word, self.write_joules_per_bit),
            read_joules: word(self.read_joules_per_word, self.read_joules_per_bit),
            write_seconds: self.write_seconds_per_word,
            read_seconds: self.read_seconds_per_word,
            save_joules: self.save_joules,
            save_seconds: self.save_seconds,
        }
    }

    fn technology(&self) -> Result<Option<&'static Technology>, Wrong> {
        let Some(name) = &self.technology else {
            return Ok(None);
        };
        let found = technologies().iter().find(|row| row.name == *name);
        found.map(Some).ok_or_else(|| {
            let names: Vec<&str> = technologies().iter().map(|row| row.name.as_str()).collect();
            let nearest = names
                .iter()
                .min_by_key(|known| strsim::damerau_levenshtein(known, name));
            let help = match nearest {
                Some(near) if strsim::damerau_levenshtein(near, name) <= 3 => {
                    format!("did you mean `{near}`?")
                }
                _ => format!("known are {}", names.join(", ")),
            };
            let message = format!("there is no technology `{name}` in the shipped table");
            Wrong("technology", message, help)
        })
    }
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

/// Refuses figures that mean nothing, and those that nothing is done with.
pub(super) fn check(config: &Config) -> Result<(), Wrong> {
    let wrong = |key, message: String, help: &str| Err(Wrong(key, message, help.to_string()));
    let nvm = &config.nvm;
    let mut figures = nvm.keys().to_vec();
    figures.extend(config.plan.weights());
    for (key, value) in figures {
        if let Some(value) = value
            && !(value.is_finite() && value >= 0.0)
        {
            return wrong(
                key,
                format!("`{key} = {value}` is not a number from 0 on"),
                "SI units",
            );
        }
    }
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
            return wrong(bit, message, "leave one of them out");
        }
    }
    let technology = nvm.technology()?;
    let Some(energy) = &config.energy else {
        let nvm_keys = nvm.keys().into_iter().find(|(_, value)| value.is_some());
        let weights = config
            .plan
            .weights()
            .into_iter()
            .find(|(_, value)| value.is_some());
        let first = nvm_keys.or(weights).map(|(key, _)| key);
        return match technology.map(|_| "technology").or(first) {
            None => Ok(()),
            Some(key) => wrong(
                key,
                format!("`{key}` means nothing without a section `[energy]`"),
                "give capacitor_farads, on_volts, off_volts and clock_hz there, or leave this out",
            ),
        };
    };
    let positive = [
        ("capacitor_farads", Some(energy.capacitor_farads)),
        ("on_volts", Some(energy.on_volts)),
        ("efficiency", energy.efficiency),
        ("clock_hz", Some(energy.clock_hz)),
        ("cycle_joules", energy.cycle_joules),
        ("power_watts", energy.power_watts),
        ("stall_joules", energy.stall_joules),
        ("leakage_watts", energy.leakage_watts),
    ];
    let states = energy.state_joules.values();
    let states = states.map(|&joules| ("state_joules", Some(joules)));
    for (key, value) in positive.into_iter().chain(states) {
        if let Some(value) = value
            && !(value.is_finite() && value > 0.0)
        {
            return wrong(
                key,
                format!("`{key} = {value}` is not a number above 0"),
                "SI units",
            );
        }
    }
    if energy.efficiency.is_some_and(|part| part > 1.0) {
        let message = "`efficiency` is above 1: more comes out than goes in".to_string();
        return wrong("efficiency", message, "a part of 1, such as 0.85");
    }
    if !(energy.off_volts >= 0.0 && energy.off_volts < energy.on_volts) {
        let message = format!(
            "`off_volts = {}` is not from 0 to below `on_volts = {}`",
            energy.off_volts, energy.on_volts
        );
        return wrong(
            "off_volts",
            message,
            "the supply falls from on_volts to off_volts",
        );
    }
    if energy.cycle_joules.is_some() && energy.power_watts.is_some() {
        let message = "both `cycle_joules` and `power_watts` are given".to_string();
        return wrong("power_watts", message, "leave one of them out");
    }
    let word_bits = nvm.word_bits.unwrap_or(32);
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
        let key = if technology.is_some() {
            "technology"
        } else {
            "[energy]"
        };
        return Err(Wrong(key, message, help));
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
        supply: Supply {
            capacitor_farads: energy.capacitor_farads,
            on_volts: energy.on_volts,
            off_volts: energy.off_volts,
            efficiency: energy.efficiency.unwrap_or(1.0),
        },
        clock_hz: energy.clock_hz,
        cycle_joules: energy.cycle_joules,
        power_watts: energy.power_watts,
        stall_joules: energy.stall_joules,
        leakage_watts: energy.leakage_watts,
        state_joules: energy.state_joules.clone(),
        nvm: nvm.expect("what is missing does not depend on the width, and has been checked"),
        technology,
        weights: Weights {
            energy: plan.energy_weight.unwrap_or(weights.energy),
            stall: plan.stall_weight.unwrap_or(weights.stall),
            area: plan.area_weight.unwrap_or(weights.area),
        },
    })
}
