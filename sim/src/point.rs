//! Failure points and their ids, from which each can be reproduced alone.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::SimError;
use crate::rng::Rng;
use crate::tool::Simulator;

/// What becomes of a word whose write had not completed when the supply failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Torn {
    /// No write was under way.
    None,
    /// The word keeps its old value.
    Old,
    /// The word has its new value.
    New,
    /// The word holds arbitrary bits.
    Random,
    /// The word holds other arbitrary bits.
    Random2,
}

impl Torn {
    /// The variants that are tried where a write was under way.
    pub const ALL: [Torn; 4] = [Torn::Old, Torn::New, Torn::Random, Torn::Random2];

    fn suffix(self) -> &'static str {
        match self {
            Torn::None => "",
            Torn::Old => ":old",
            Torn::New => ":new",
            Torn::Random => ":rand",
            Torn::Random2 => ":rand2",
        }
    }
}

/// A supply failure: the edge that does not come, counted from power-up, and what becomes of a word being written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct FailurePoint {
    /// The clock edge that does not come, counted from 0 after each power-up.
    pub clock: u64,
    /// What becomes of the word that is being written.
    pub torn: Torn,
}

/// A simulator and a sequence of supply failures. Written `v:1234`, `i:1234:old`, `v:1234:new+57:rand`; `v:run` for no failure.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PointId {
    /// Where it is run.
    pub simulator: Simulator,
    /// The failures in order.
    pub failures: Vec<FailurePoint>,
}

impl PointId {
    /// The uninterrupted run.
    pub fn uninterrupted(simulator: Simulator) -> PointId {
        PointId {
            simulator,
            failures: Vec::new(),
        }
    }

    /// The same with one more failure.
    pub fn then(&self, clock: u64, torn: Torn) -> PointId {
        let mut failures = self.failures.clone();
        failures.push(FailurePoint { clock, torn });
        PointId {
            simulator: self.simulator,
            failures,
        }
    }

    /// The generator of random numbers that belongs to the point, under the seed of a campaign.
    pub(crate) fn rng(&self, seed: u64) -> Rng {
        Rng::new(seed, &self.to_string())
    }
}

impl fmt::Display for PointId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.simulator.letter())?;
        if self.failures.is_empty() {
            return write!(f, "run");
        }
        for (index, failure) in self.failures.iter().enumerate() {
            let plus = if index > 0 { "+" } else { "" };
            write!(f, "{plus}{}{}", failure.clock, failure.torn.suffix())?;
        }
        Ok(())
    }
}

impl FromStr for PointId {
    type Err = SimError;

    fn from_str(text: &str) -> Result<PointId, SimError> {
        let bad = |reason: &str| SimError::BadPoint {
            id: text.to_string(),
            reason: reason.to_string(),
        };
        let (letter, rest) = text
            .split_once(':')
            .ok_or_else(|| bad("it must look like v:1234:old+57"))?;
        let simulator = match letter {
            "v" => Simulator::Verilator,
            "i" => Simulator::Icarus,
            _ => return Err(bad("it must begin with v: for Verilator or i: for Icarus")),
        };
        let mut id = PointId::uninterrupted(simulator);
        if rest == "run" {
            return Ok(id);
        }
        for part in rest.split('+') {
            let (clock, torn) = part.split_once(':').unwrap_or((part, ""));
            let clock = clock
                .parse()
                .map_err(|_| bad("a clock edge must be a decimal number"))?;
            let torn = match torn {
                "" => Torn::None,
                "old" => Torn::Old,
                "new" => Torn::New,
                "rand" => Torn::Random,
                "rand2" => Torn::Random2,
                _ => return Err(bad("a torn word is old, new, rand or rand2")),
            };
            id = id.then(clock, torn);
        }
        Ok(id)
    }
}

impl Serialize for PointId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PointId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<PointId, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_survive_the_way_through_text() {
        for text in [
            "v:run",
            "i:0",
            "v:1234:old",
            "v:1234:new+57:rand",
            "i:3+4:rand2+5",
        ] {
            assert_eq!(text.parse::<PointId>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn malformed_ids_are_refused() {
        for text in [
            "",
            "v",
            "x:3",
            "v:",
            "v:-1",
            "v:3:maybe",
            "v:3+",
            "v:1:old:new",
        ] {
            assert!(
                matches!(text.parse::<PointId>(), Err(SimError::BadPoint { .. })),
                "{text}"
            );
        }
    }

    #[test]
    fn different_points_have_different_random_numbers() {
        let id: PointId = "v:7:old".parse().unwrap();
        assert_eq!(id.rng(1).next(), id.rng(1).next());
        assert_ne!(id.rng(1).next(), id.rng(2).next());
        assert_ne!(
            id.rng(1).next(),
            "v:7:new".parse::<PointId>().unwrap().rng(1).next()
        );
    }
}
