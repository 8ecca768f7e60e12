//! The width of NVM words, where several will do.
//!
//! Wide words waste bits that nothing fills, narrow ones take more transfers and clocks, and the controller grows
//! with the width. So the plan is made and laid out for each width, under the same budget, and the one is
//! kept that costs least: the objective of its plan with its own layout, or what its policy is expected to come to, and the area of the controller beside that of
//! the design with the weight of area. Without an energy model, the stalled clocks of its saves take the place
//! of the objective. Widths for which the budget is refused, or whose words cannot number the checkpoints, are left out; if all are, the refusal is the one that the
//! smallest capacitor ends. Of widths that cost the same the narrower one is kept.

use super::budget::{self, Planned};
use super::{Analysis, InsertOptions};
use crate::diagnostics::{Diagnostic, codes};
use crate::energy::{Nvm, area, cells, visits};
use crate::instrument::index_bits;
use crate::layout::WidthTried;
use crate::plan::PlanOptions;

/// A width that may be chosen.
#[derive(Debug, Clone)]
pub struct Width {
    /// Bits of a word.
    pub word_bits: u32,
    /// The memory with words of this width, if there is an energy model.
    pub nvm: Option<Nvm>,
}

/// Why there is no plan.
pub(super) struct Refused {
    pub(super) diagnostic: Diagnostic,
    /// The smallest capacitor for which there is one, if it is the budget that is at fault.
    pub(super) farads: Option<f64>,
}

impl From<Diagnostic> for Refused {
    fn from(diagnostic: Diagnostic) -> Refused {
        Refused {
            diagnostic,
            farads: None,
        }
    }
}

impl InsertOptions {
    /// These with one width of those that may be chosen.
    pub fn of_width(&self, word_bits: u32) -> InsertOptions {
        let mut options = self.clone();
        options.word_bits = word_bits;
        let widths = std::mem::take(&mut options.widths);
        let own = widths.into_iter().find(|it| it.word_bits == word_bits);
        if let (Some(energy), Some(nvm)) = (&mut options.energy, own.and_then(|own| own.nvm)) {
            energy.nvm = nvm;
        }
        options
    }
}

/// The plan of the width that costs least, with what came of all.
pub(super) fn planned(
    analysis: &Analysis,
    options: &InsertOptions,
    plan_options: &PlanOptions,
) -> Result<Planned, Diagnostic> {
    if options.widths.is_empty() {
        let planned = of_one(analysis, options, plan_options);
        return planned.map_err(|refused| refused.diagnostic);
    }
    let mut tried = Vec::new();
    let mut best: Option<(f64, Planned)> = None;
    let mut refusal: Option<Refused> = None;
    let mut times: super::Times = Vec::new();
    for width in &options.widths {
        let own = options.of_width(width.word_bits);
        let cost = match of_one(analysis, &own, plan_options) {
            Ok(mut planned) => {
                for (stage, time) in std::mem::take(&mut planned.times) {
                    match times.iter_mut().find(|(name, _)| *name == stage) {
                        Some((_, sum)) => *sum += time,
                        None => times.push((stage, time)),
                    }
                }
                let cost = cost(analysis, &own, &planned);
                if best.as_ref().is_none_or(|(least, _)| cost < *least) {
                    best = Some((cost, planned));
                }
                Some(cost)
            }
            Err(refused) => {
                let farads = |it: &Refused| it.farads.unwrap_or(f64::INFINITY);
                let less = |known: &Refused| farads(&refused) < farads(known);
                if refusal.as_ref().is_none_or(less) {
                    refusal = Some(refused);
                }
                None
            }
        };
        tried.push(WidthTried {
            word_bits: width.word_bits,
            cost,
        });
    }
    match (best, refusal) {
        (Some((_, planned)), _) => Ok(Planned {
            widths: tried,
            times,
            ..planned
        }),
        (None, Some(refused)) => Err(refused.diagnostic.note(format!(
            "of the widths that `word_bits` leaves open ({}), the one that takes least",
            tried
                .iter()
                .map(|it| it.word_bits.to_string())
                .collect::<Vec<_>>()
                .join(", ")
        ))),
        (None, None) => unreachable!("a width was tried"),
    }
}

/// The plan of the width that the options have. Its checkpoints are numbered within a word of the NVM.
fn of_one(
    analysis: &Analysis,
    options: &InsertOptions,
    plan_options: &PlanOptions,
) -> Result<Planned, Refused> {
    let planned = budget::planned(analysis, options, plan_options)?;
    let (count, width) = (planned.plan.checkpoints.len(), options.word_bits);
    let needed = index_bits(count as u64);
    if needed <= width {
        return Ok(planned);
    }
    let message = format!(
        "the plan has {count} checkpoints, whose numbers take {needed} bits; a word of the NVM has {width}"
    );
    let even = needed.next_multiple_of(2);
    let error = Diagnostic::global(codes::INDEX, message);
    Err(Refused::from(error.help(format!(
        "words of {even} bits or more (`--word-bits {even}`), or fewer checkpoints: `forbidden` under [plan]"
    ))))
}

/// What a width costs.
fn cost(analysis: &Analysis, options: &InsertOptions, planned: &Planned) -> f64 {
    let controller = cells::controller_area(options.word_bits);
    let (netlist, graph) = (&analysis.netlist, &analysis.graph);
    match (&options.energy, &planned.energy) {
        (Some(energy), Some(model)) => planned.cost + energy.weights.area * controller / model.area,
        _ => {
            let visits = visits(netlist, graph);
            let saves = planned.plan.checkpoints.iter().enumerate();
            let clocks = saves.map(|(at, checkpoint)| {
                let clocks = planned.layout.shape(at).save().clocks;
                visits[checkpoint.state.index()] * clocks as f64
            });
            clocks.sum::<f64>() + controller / area(netlist)
        }
    }
}
