//! How long power cycles last.
//!
//! The capacitor says what a power cycle has at least, and the guarantee rests on that. How long
//! power cycles really last, with what the harvester delivers meanwhile, decides how often
//! restores and work that is done again cost something: it is in the objective of the plan and in
//! the expected figures of the reports, and never in the guarantee.

/// Clocks of a mean on-time, at least: fewer let no save come to an end.
const LEAST_CLOCKS: f64 = 2.0;

/// How long power cycles last, in seconds from power-on to the failure.
#[derive(Debug, Clone, PartialEq)]
pub enum OnTimes {
    /// All the same.
    Fixed(f64),
    /// A failure is as likely at any time; the mean.
    Exponential(f64),
    /// Those of a recording, each as likely; not empty.
    Trace(Vec<f64>),
}

/// What the user says of them.
#[derive(Debug, Clone, PartialEq)]
pub struct OnTimeOptions {
    /// The mean, or where it is from.
    pub length: Length,
    /// All are the same; otherwise a failure is as likely at any time.
    pub fixed: bool,
}

/// Where lengths of power cycles are from.
#[derive(Debug, Clone, PartialEq)]
pub enum Length {
    /// The mean in seconds.
    Mean(f64),
    /// The time in which the capacitor is emptied by the design's mean power without these
    /// watts, which the harvester delivers on average.
    Harvest(f64),
    /// Each of a recording, in seconds; not empty.
    Trace(Vec<f64>),
}

impl OnTimes {
    /// Those that the options say, where the capacitor has `usable` joules and the design takes `watts`; `None`
    /// where the harvester delivers as much, so that the supply never fails.
    pub fn new(options: &OnTimeOptions, usable: f64, watts: f64) -> Option<OnTimes> {
        let mean = match &options.length {
            Length::Mean(seconds) => *seconds,
            Length::Harvest(harvest) if *harvest < watts => usable / (watts - harvest),
            Length::Harvest(_) => return None,
            Length::Trace(seconds) => return Some(OnTimes::Trace(seconds.clone())),
        };
        Some(match options.fixed {
            true => OnTimes::Fixed(mean),
            false => OnTimes::Exponential(mean),
        })
    }

    /// The mean.
    pub fn mean_seconds(&self) -> f64 {
        match self {
            OnTimes::Fixed(seconds) | OnTimes::Exponential(seconds) => *seconds,
            OnTimes::Trace(all) => all.iter().sum::<f64>() / all.len().max(1) as f64,
        }
    }

    /// In words.
    pub fn name(&self) -> &'static str {
        match self {
            OnTimes::Fixed(_) => "fixed",
            OnTimes::Exponential(_) => "exponential",
            OnTimes::Trace(_) => "trace",
        }
    }

    /// The probability that the supply fails in a clock, at the rate of the mean.
    pub fn failures_per_clock(&self, clock_hz: f64) -> f64 {
        1.0 / (self.mean_seconds() * clock_hz).max(LEAST_CLOCKS)
    }

    /// The length at a place from 0 to 1 among all lengths, the shortest first; of a trace the
    /// one at that place in the recording.
    pub fn at(&self, place: f64) -> f64 {
        match self {
            OnTimes::Fixed(seconds) => *seconds,
            OnTimes::Exponential(mean) => -mean * (1.0 - place).max(f64::MIN_POSITIVE).ln(),
            OnTimes::Trace(all) => {
                let at = (place * all.len() as f64) as usize;
                all.get(at.min(all.len().saturating_sub(1)))
                    .copied()
                    .unwrap_or(0.0)
            }
        }
    }
}

/// Reads a recording: per line the seconds that a power cycle lasted, or the times of its begin and
/// its end. What follows `#` is a comment; numbers are separated by white space or a comma.
///
/// # Errors
/// What is wrong, with the number of the line.
pub fn read_trace(text: &str) -> Result<Vec<f64>, String> {
    let mut seconds = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let line = line.split('#').next().unwrap_or("");
        let words = line.split(|c: char| c.is_whitespace() || c == ',');
        let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
        let number = |word: &str| {
            let number: Result<f64, _> = word.parse();
            match number {
                Ok(number) if number.is_finite() => Ok(number),
                _ => Err(format!("line {}: `{word}` is no number", at + 1)),
            }
        };
        let length = match words.as_slice() {
            [] => continue,
            [length] => number(length)?,
            [begin, end] => number(end)? - number(begin)?,
            _ => return Err(format!("line {} has more than two numbers", at + 1)),
        };
        if length <= 0.0 {
            return Err(format!("line {}: a power cycle of {length} s", at + 1));
        }
        seconds.push(length);
    }
    match seconds.is_empty() {
        true => Err("it has no power cycle".to_string()),
        false => Ok(seconds),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn traces_are_lengths_or_begins_and_ends() {
        let read = read_trace("# seconds\n0.5\n\n10.0, 12.5 # as times\n 1e-3\n");
        assert_eq!(read, Ok(vec![0.5, 2.5, 1e-3]));
        for (text, wrong) in [
            ("1\nx\n", "line 2: `x` is no number"),
            ("1 2 3\n", "line 1 has more than two numbers"),
            ("2 1\n", "line 1: a power cycle of -1 s"),
            ("# nothing\n", "it has no power cycle"),
            ("inf\n", "line 1: `inf` is no number"),
        ] {
            assert_eq!(read_trace(text), Err(wrong.to_string()));
        }
    }

    #[test]
    fn harvest_lengthens_the_on_time() {
        let of = |harvest| {
            let options = OnTimeOptions {
                length: Length::Harvest(harvest),
                fixed: true,
            };
            OnTimes::new(&options, 10e-6, 1e-3)
        };
        let seconds = |harvest| of(harvest).map(|it| it.mean_seconds());
        assert!((seconds(0.0).unwrap() - 0.01).abs() < 1e-9);
        assert!((seconds(0.5e-3).unwrap() - 0.02).abs() < 1e-9);
        assert_eq!(seconds(1e-3), None);
    }

    #[test]
    fn the_places_of_a_distribution_have_its_mean() {
        for on_times in [
            OnTimes::Fixed(2.0),
            OnTimes::Exponential(2.0),
            OnTimes::Trace(vec![1.0, 3.0]),
        ] {
            let places = (0..100_000).map(|at| (f64::from(at) + 0.5) / 1e5);
            let sum: f64 = places.map(|place| on_times.at(place)).sum();
            assert!((sum / 1e5 - on_times.mean_seconds()).abs() < 1e-3);
        }
    }
}
