//! The cost report: one model, written as JSON, text and HTML.
//!
//! [`report`] collects the [`Report`] from the results of the passes; [`json`],
//! [`text`], [`html`] and [`analyze`] only write it down.

mod advice;
mod build;
mod energy;
mod expected;
mod hazards;
mod html;
mod model;
mod pareto;
mod svg;
mod table;
mod text;
mod text_energy;

#[cfg(test)]
mod tests;

pub use build::{Inputs, report};
pub use html::html;
pub use model::*;
pub use pareto::{ParetoPoint, ParetoSearch};
pub use text::{analyze, text};

/// `report.json`, with a final line end.
pub fn json(report: &Report) -> String {
    let mut out = serde_json::to_string_pretty(report).expect("the model is a plain structure");
    out.push('\n');
    out
}
