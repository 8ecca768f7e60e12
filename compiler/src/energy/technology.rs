//! Non-volatile memories as data.
//!
//! [`technologies`] is the shipped table (`technologies.toml`), each row with
//! its level and source. [`Figures`] are what a row or the user says, as far as
//! it is said; [`Nvm::new`] merges the two and refuses what is left open.

use std::sync::LazyLock;

use serde::Deserialize;

/// What the figures of a technology include.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// The part with its bus and controller.
    System,
    /// The cell array alone: periphery, controller and pads come on top.
    Array,
}

impl Level {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Level::System => "system",
            Level::Array => "array",
        }
    }
}

/// A row of the shipped table.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Technology {
    /// The name by which a configuration chooses it.
    pub name: String,
    /// What it is, in words.
    pub title: String,
    /// What its figures include.
    pub level: Level,
    write_joules_per_bit: Option<f64>,
    write_joules_per_word: Option<f64>,
    read_joules_per_bit: Option<f64>,
    read_joules_per_word: Option<f64>,
    write_seconds_per_byte: Option<f64>,
    write_seconds_per_word: Option<f64>,
    read_seconds_per_word: Option<f64>,
    /// No figure for reading: that for writing bounds it.
    #[serde(default)]
    pub read_is_bounded_by_write: bool,
    /// A word has to be erased before it is written again.
    #[serde(default)]
    pub needs_erase: bool,
    erase_seconds: Option<f64>,
    /// Writes of a word before it wears out.
    pub endurance_writes: Option<f64>,
    /// Where the figures are from.
    pub source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    technology: Vec<Technology>,
}

/// The shipped table.
pub fn technologies() -> &'static [Technology] {
    static TABLE: LazyLock<Vec<Technology>> = LazyLock::new(|| {
        let table: Table = toml::from_str(include_str!("technologies.toml"))
            .expect("the shipped table is read by a test");
        table.technology
    });
    &TABLE
}

/// Energies and times per word and per save, as far as they are said.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Figures {
    /// Joules to write a word.
    pub write_joules: Option<f64>,
    /// Joules to read a word.
    pub read_joules: Option<f64>,
    /// Seconds to write a word.
    pub write_seconds: Option<f64>,
    /// Seconds to read a word.
    pub read_seconds: Option<f64>,
    /// Joules of each save besides its words: erasing, waking up.
    pub save_joules: Option<f64>,
    /// Seconds of each save besides its words.
    pub save_seconds: Option<f64>,
}

impl Technology {
    /// Whether its joules are those of words of one width.
    pub fn is_of_words(&self) -> bool {
        self.write_joules_per_word.is_some() || self.read_joules_per_word.is_some()
    }

    /// What the row says for words of some width.
    pub fn figures(&self, word_bits: u32) -> Figures {
        let bits = f64::from(word_bits);
        let word = |per_word: Option<f64>, per_bit: Option<f64>| {
            per_word.or(per_bit.map(|joules| joules * bits))
        };
        let write_joules = word(self.write_joules_per_word, self.write_joules_per_bit);
        let per_byte = self.write_seconds_per_byte;
        let write_seconds = (self.write_seconds_per_word)
            .or(per_byte.map(|seconds| seconds * f64::from(word_bits.div_ceil(8))));
        let bounded = |own: Option<f64>, write: Option<f64>| {
            own.or(write.filter(|_| self.read_is_bounded_by_write))
        };
        let read_joules = word(self.read_joules_per_word, self.read_joules_per_bit);
        Figures {
            write_joules,
            read_joules: bounded(read_joules, write_joules),
            write_seconds,
            read_seconds: bounded(self.read_seconds_per_word, write_seconds),
            save_joules: (!self.needs_erase).then_some(0.0),
            save_seconds: Some(self.erase_seconds.unwrap_or(0.0)),
        }
    }
}

impl Figures {
    /// These where they are said, else those of `below`.
    pub fn over(&self, below: &Figures) -> Figures {
        Figures {
            write_joules: self.write_joules.or(below.write_joules),
            read_joules: self.read_joules.or(below.read_joules),
            write_seconds: self.write_seconds.or(below.write_seconds),
            read_seconds: self.read_seconds.or(below.read_seconds),
            save_joules: self.save_joules.or(below.save_joules),
            save_seconds: self.save_seconds.or(below.save_seconds),
        }
    }
}

/// A non-volatile memory with all its figures.
#[derive(Debug, Clone, PartialEq)]
pub struct Nvm {
    /// Name in the table, or `own figures`.
    pub name: String,
    /// What the figures include.
    pub level: Level,
    /// Bits of a word.
    pub word_bits: u32,
    /// Joules to write a word.
    pub write_joules: f64,
    /// Joules to read a word.
    pub read_joules: f64,
    /// Seconds to write a word.
    pub write_seconds: f64,
    /// Seconds to read a word.
    pub read_seconds: f64,
    /// Joules of each save besides its words.
    pub save_joules: f64,
    /// Seconds of each save besides its words.
    pub save_seconds: f64,
    /// Writes of a word before it wears out, where known.
    pub endurance_writes: Option<f64>,
    /// Where the figures are from.
    pub source: String,
}

impl Nvm {
    /// A row of the table, if any, under the user's own figures.
    ///
    /// # Errors
    /// The keys of `[nvm]` that neither of them gives.
    pub fn new(
        technology: Option<&Technology>,
        own: &Figures,
        word_bits: u32,
    ) -> Result<Nvm, Vec<&'static str>> {
        // Without a row nothing is said to cost something per save.
        let none = Figures {
            save_joules: Some(0.0),
            save_seconds: Some(0.0),
            ..Figures::default()
        };
        let below = technology.map_or(none, |row| row.figures(word_bits));
        let all = own.over(&below);
        let mut missing = Vec::new();
        let mut need = |value: Option<f64>, key| {
            value.unwrap_or_else(|| {
                missing.push(key);
                0.0
            })
        };
        let overridden = *own != Figures::default();
        let source = match technology {
            Some(row) if overridden => format!("{}; in part idetic.toml", row.source),
            Some(row) => row.source.clone(),
            None => "idetic.toml".to_string(),
        };
        let nvm = Nvm {
            name: technology.map_or("own figures".to_string(), |row| row.name.clone()),
            level: technology.map_or(Level::System, |row| row.level),
            word_bits,
            write_joules: need(all.write_joules, "write_joules_per_word"),
            read_joules: need(all.read_joules, "read_joules_per_word"),
            write_seconds: need(all.write_seconds, "write_seconds_per_word"),
            read_seconds: need(all.read_seconds, "read_seconds_per_word"),
            save_joules: need(all.save_joules, "save_joules"),
            save_seconds: need(all.save_seconds, "save_seconds"),
            endurance_writes: technology.and_then(|row| row.endurance_writes),
            source,
        };
        if missing.is_empty() {
            Ok(nvm)
        } else {
            Err(missing)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(name: &str) -> &'static Technology {
        let mut table = technologies().iter();
        table.find(|row| row.name == name).expect("in the table")
    }

    #[test]
    fn rows_have_a_source_and_their_own_name() {
        let names: Vec<&str> = technologies().iter().map(|row| row.name.as_str()).collect();
        let mut unique = names.clone();
        unique.sort_unstable();
        unique.dedup();
        assert_eq!(unique.len(), names.len());
        for row in technologies() {
            assert!(!row.source.is_empty(), "{}", row.name);
            assert!(row.figures(32).write_joules.is_some(), "{}", row.name);
        }
    }

    #[test]
    fn words_cost_what_their_bits_do() {
        let nvm = Nvm::new(Some(row("fram")), &Figures::default(), 32).expect("complete");
        assert!((nvm.write_joules - 9.28e-9).abs() < 1e-15);
        assert!((nvm.write_seconds - 500e-9).abs() < 1e-15);
        // Read and written back.
        assert_eq!(nvm.read_joules, nvm.write_joules);
        // 1.345 µJ per 16-bit word.
        let figures = row("nor_flash_mementos").figures(16);
        assert!((figures.write_joules.expect("given") - 1.345e-6).abs() < 1e-12);
        // 12.8 kB/s: a byte in 78 µs.
        let figures = row("nor_flash").figures(8);
        assert!((figures.write_seconds.expect("given") * 12.8e3 - 1.0).abs() < 1e-12);
        let figures = row("pcm_nvmain").figures(32);
        assert_eq!(figures.write_joules, Some(1.685e-9));
    }

    #[test]
    fn what_nobody_says_is_asked_for() {
        let none = Figures::default();
        assert_eq!(
            Nvm::new(Some(row("stt_mram_14nm")), &none, 32),
            Err(vec!["write_seconds_per_word", "read_seconds_per_word"])
        );
        assert_eq!(
            Nvm::new(Some(row("nor_flash")), &none, 32),
            Err(vec!["save_joules"])
        );
        let own = Figures {
            save_joules: Some(1e-4),
            ..none
        };
        let nvm = Nvm::new(Some(row("nor_flash")), &own, 32).expect("complete");
        assert_eq!((nvm.save_joules, nvm.save_seconds), (1e-4, 16e-3));
        assert!(nvm.source.ends_with("in part idetic.toml"));
        assert_eq!(Nvm::new(None, &none, 32).expect_err("nothing").len(), 4);
    }
}
