//! What would do where a budget is refused: the smallest capacitor, and the cheapest technology.

use super::Search;
use crate::diagnostics::Label;
use crate::driver::widths::Refused;
use crate::energy::{Attojoules, Figures, MOST, Model, Nvm, Technology, engineering, technologies};
use crate::plan::{Doubt, PlanError};

/// How often a smallest budget is raised for the words of its layout.
const RAISES: usize = 8;
/// How often one that may not be the smallest is halved towards the one that is refused, and the states up to which it is.
const HALVES: usize = 10;
const HALVED_STATES: usize = 512;

impl Search<'_> {
    /// The error for the user, with what would do.
    pub(super) fn refused(&self, model: &Model, error: &PlanError) -> Refused {
        let graph = &self.analysis.graph;
        let mut diagnostic = error.diagnostic(graph);
        let PlanError::Energy {
            segment, smallest, ..
        } = error
        else {
            return diagnostic.into();
        };
        let places = graph.registers.iter().take(3).map(|register| {
            let register = &self.analysis.netlist.registers[register.index()];
            Label {
                span: register.origin.declaration,
                text: format!("the states are values of `{}`", register.name),
            }
        });
        let mut places = places.collect::<Vec<_>>().into_iter();
        diagnostic.primary = places.next();
        diagnostic.labels.extend(places);
        let mut would_do = Vec::new();
        let smallest = self.smallest(model, segment.takes, *smallest);
        match smallest {
            Some((farads, doubt)) => would_do.push(format!(
                "the smallest capacitor{} that will do is {}",
                match doubt {
                    None => "",
                    Some(_) => " found",
                },
                engineering(farads, "F")
            )),
            None => would_do.push("no capacitor that can be planned for will do".to_string()),
        }
        if let Some(row) = self.cheapest(model) {
            would_do.push(format!("with this one, technology `{}` will do", row.name));
        }
        Refused {
            diagnostic: diagnostic.help(would_do.join("; ")),
            farads: Some(smallest.map_or(f64::MAX, |(farads, _)| farads)),
        }
    }

    /// The smallest capacitor found, to three digits, for which there is a plan,
    /// and why it may not be the smallest. With less than `budget` none was found,
    /// which is in `doubt` or proven.
    fn smallest(
        &self,
        model: &Model,
        mut budget: Attojoules,
        mut doubt: Option<Doubt>,
    ) -> Option<(f64, Option<Doubt>)> {
        for _ in 0..RAISES {
            if budget > MOST {
                return None;
            }
            let farads = round_up(model.supply.capacitor_for(budget as f64 * 1e-18));
            let mut supply = model.supply;
            supply.capacitor_farads = farads;
            match self.fit(model, supply.budget()) {
                Ok(_) if doubt.is_none() => return Some((farads, None)),
                Ok(_) => return Some((self.halved(model, farads), doubt)),
                Err(PlanError::Energy {
                    segment, smallest, ..
                }) => {
                    (budget, doubt) = match segment.takes > budget {
                        true => (segment.takes, smallest),
                        // Rounds may end without a plan where a little more has one.
                        false => (budget + budget / 100, Some(Doubt::Words)),
                    };
                }
                Err(_) => return None,
            }
        }
        None
    }

    /// A smaller capacitor for which there is a plan, between the one that is refused and one that will do.
    fn halved(&self, model: &Model, mut enough: f64) -> f64 {
        let mut supply = model.supply;
        let mut refused = supply.capacitor_farads;
        if self.analysis.graph.states.len() > HALVED_STATES {
            return enough;
        }
        for _ in 0..HALVES {
            let between = round_up((refused * enough).sqrt());
            if between >= enough || between <= refused {
                break;
            }
            supply.capacitor_farads = between;
            match self.fit(model, supply.budget()) {
                Ok(_) => enough = between,
                Err(_) => refused = between,
            }
        }
        enough
    }

    /// The technology with a plan whose words cost least to write, of those whose
    /// figures include as much.
    fn cheapest(&self, model: &Model) -> Option<&'static Technology> {
        let level = model.nvm.level;
        let rows = technologies().iter().filter(|row| {
            row.level == level
                && self
                    .energy
                    .technology
                    .is_none_or(|own| own.name != row.name)
        });
        let mut rows: Vec<(&Technology, Nvm)> = rows
            .filter_map(|row| {
                let nvm = Nvm::new(Some(row), &Figures::default(), self.options.word_bits);
                Some((row, nvm.ok()?))
            })
            .collect();
        rows.sort_by(|a, b| a.1.write_joules.total_cmp(&b.1.write_joules));
        let fits = |nvm: &Nvm| {
            let model = Model {
                nvm: nvm.clone(),
                ..model.clone()
            };
            self.fit(&model, model.supply.budget()).is_ok()
        };
        rows.into_iter()
            .find(|(_, nvm)| fits(nvm))
            .map(|(row, _)| row)
    }
}

/// Rounded up to three digits.
fn round_up(value: f64) -> f64 {
    if value <= 0.0 {
        return value;
    }
    let unit = 10f64.powi(value.log10().floor() as i32 - 2);
    // A value that has three digits already stays.
    (value / unit * (1.0 - 1e-12)).ceil() * unit
}

#[cfg(test)]
mod tests {
    use super::round_up;

    #[test]
    fn capacitors_are_rounded_up_to_three_digits() {
        for (value, expected) in [(1.2301e-6, 1.24e-6), (4.7e-5, 4.7e-5), (9.999e-7, 1e-6)] {
            assert!((round_up(value) / expected - 1.0).abs() < 1e-9, "{value}");
        }
    }
}
