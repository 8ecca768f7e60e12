//! `[nvm]`: reading, and the widths of words that it leaves open.

use schemars::JsonSchema;
use serde::Deserialize;

use super::config::Config;
use super::energy_config::{self, Wrong};
use super::schema;
use super::word_bits::WordBits;
use crate::driver::Width;
use crate::energy::{Figures, Technology, technologies};
use crate::source::Setting;

/// `[nvm]`: the memory that images are saved to.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(transform = schema::figures)]
pub struct NvmConfig {
    /// Bits of a word: even, 8 to 64. Default 32. `auto`, or a list, of which the plan chooses.
    pub word_bits: Option<WordBits>,
    /// A row of the shipped table.
    #[schemars(transform = schema::technologies)]
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

impl NvmConfig {
    pub(super) fn keys(&self) -> [(&'static str, Option<f64>); 8] {
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

    pub(super) fn figures(&self, word_bits: u32) -> Figures {
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

    pub(super) fn technology(&self) -> Result<Option<&'static Technology>, Wrong> {
        let Some(name) = &self.technology else {
            return Ok(None);
        };
        let found = technologies().iter().find(|row| row.name == *name);
        found.map(Some).ok_or_else(|| {
            let names: Vec<&str> = technologies().iter().map(|row| row.name.as_str()).collect();
            let nearest = names
                .iter()
                .min_by_key(|known| strsim::damerau_levenshtein(known, name));
            // `flash` is a part of two names, and nearer to none of them than to `fram`.
            let parts: Vec<&str> = (names.iter().copied())
                .filter(|known| known.split('_').any(|part| part == name))
                .collect();
            let help = match nearest {
                _ if !parts.is_empty() => format!("did you mean `{}`?", parts.join("` or `")),
                Some(near) if strsim::damerau_levenshtein(near, name) <= 3 => {
                    format!("did you mean `{near}`?")
                }
                _ => format!("known are {}", names.join(", ")),
            };
            let message = format!("there is no technology `{name}` in the shipped table");
            Wrong(Setting::new(&["nvm", "technology"]), message, help)
        })
    }
}

/// Refuses figures of a word where its width is to be chosen.
pub(super) fn check_widths(config: &Config, widths: &[u32]) -> Result<(), Wrong> {
    if widths.len() < 2 || config.energy.is_none() {
        return Ok(());
    }
    let keys = config.nvm.keys().into_iter();
    let mut of_words =
        keys.filter(|(key, value)| key.contains("joules_per_word") && value.is_some());
    if let Some((key, _)) = of_words.next() {
        return Err(Wrong(
            Setting::new(&["nvm", key]),
            format!("`{key}` is of words of one width, and several are to be chosen from"),
            "give joules per bit, or one `word_bits`".to_string(),
        ));
    }
    let technology = config.nvm.technology()?;
    let of_bits = config.nvm.write_joules_per_bit.is_some();
    if let Some(row) = technology.filter(|row| row.is_of_words() && !of_bits) {
        return Err(Wrong(
            Setting::new(&["nvm", "technology"]),
            format!(
                "the figures of `{}` are of words of one width, and several are to be chosen from",
                row.name
            ),
            "give joules per bit, or one `word_bits`".to_string(),
        ));
    }
    Ok(())
}

/// The widths of which one is to be chosen; empty where there is no choice.
pub(super) fn widths(config: &Config, widths: &[u32]) -> Vec<Width> {
    if widths.len() < 2 {
        return Vec::new();
    }
    let mut sorted = widths.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    let width = |word_bits| Width {
        word_bits,
        nvm: energy_config::options(config, word_bits).map(|options| options.nvm),
    };
    sorted.into_iter().map(width).collect()
}
