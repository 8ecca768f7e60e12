//! The front of plans in the report: as data, collected, and as text.

use serde::Serialize;

use super::build::Inputs;
use super::energy::{self, digits, percent};
use super::model::Report;
use super::table::{Align, count, table};
use super::text_energy;
use crate::layout::LaidOut;
use crate::plan::pareto::{Front, Point};

/// Rows in `report.txt`; the JSON report has all.
const ROWS: usize = 12;

/// A plan that no other one found betters in the parts of the objective, the largest save and
/// the longest run together, if every visit of a checkpoint saves.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ParetoPoint {
    /// It is the plan of this report.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub chosen: bool,
    /// It is the plan of this report, and another one betters it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub dominated: bool,
    /// Its checkpoints, by the numbers of their states.
    pub checkpoints: Vec<u32>,
    /// Joules of saves in percent of those of the design's cycles: the first part of the
    /// objective; absent without an energy model.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub energy_percent: Option<f64>,
    /// Stalled clocks in percent of the logical cycles: the second part.
    pub stall_cycles_percent: f64,
    /// Live bits of all checkpoints together: the third part, with an energy model.
    pub total_live_bits: u64,
    /// Saved bits of all checkpoints together: the first part, without one.
    pub total_saved_bits: u64,
    /// Estimated cell area that is added, in percent of the design's.
    pub area_percent: f64,
    /// Most bits that a checkpoint saves.
    pub largest_save_bits: u64,
    /// Longest run of logical cycles between two saves.
    pub longest_run_cycles: u64,
    /// The weight that gives this plan; absent without an energy model, as the next two.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub energy_weight: Option<f64>,
    /// Likewise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stall_weight: Option<f64>,
    /// Likewise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub area_weight: Option<f64>,
    /// It was found with at most so many bits in a save.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bound_save_bits: Option<u64>,
    /// It was found with at most so many logical cycles between two saves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bound_run_cycles: Option<u64>,
    /// How far its weighted sum may be from the best one, in percent.
    pub gap_percent: f64,
}

/// How the front was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct ParetoSearch {
    /// Plans that were made.
    pub plans_solved: usize,
    /// No weights have a better plan, as far as the solver can tell, and no limit of time was met.
    pub complete: bool,
}

/// The points; empty without a front.
pub(super) fn points(inputs: &Inputs) -> Vec<ParetoPoint> {
    let points = inputs.pareto.iter().flat_map(|front| &front.points);
    points.map(|of| point(inputs, of)).collect()
}

/// How the front was found.
pub(super) fn search(front: &Front<LaidOut>) -> ParetoSearch {
    ParetoSearch {
        plans_solved: front.solved,
        complete: front.complete,
    }
}

fn point(inputs: &Inputs, point: &Point<LaidOut>) -> ParetoPoint {
    let LaidOut {
        plan,
        layout,
        live_bits,
        saved_bits,
    } = &point.answer.plan;
    let [energy, stall, _] = point.answer.parts;
    let weights = inputs.energy.map(|_| point.question.weights);
    let found = super::build::optimality(plan);
    ParetoPoint {
        chosen: point.chosen,
        dominated: point.dominated,
        checkpoints: plan.checkpoints.iter().map(|it| it.state.0).collect(),
        energy_percent: inputs.energy.map(|_| digits(energy * 100.0)),
        stall_cycles_percent: digits(stall * 100.0),
        total_live_bits: *live_bits,
        total_saved_bits: *saved_bits,
        area_percent: percent(energy::added_area(plan, layout), energy::area_of(inputs)),
        largest_save_bits: point.answer.most_bits,
        longest_run_cycles: point.answer.longest_cycles,
        energy_weight: weights.map(|[energy, _, _]| energy),
        stall_weight: weights.map(|[_, stall, _]| stall),
        area_weight: weights.map(|[_, _, area]| area),
        bound_save_bits: point.question.most_bits,
        bound_run_cycles: point.question.max_cycles,
        gap_percent: found.gap_percent,
    }
}

/// The table of `report.txt`.
pub(super) fn text(report: &Report) -> String {
    let energy = report.energy.is_some();
    let mut titles = vec!["plan", "checkpoints"];
    if energy {
        titles.push("energy");
    }
    titles.push("stalled clocks");
    titles.push(if energy { "live bits" } else { "saved bits" });
    titles.extend(["area", "largest save", "longest run", ""]);
    let mut rows = vec![titles.iter().map(|title| (*title).to_string()).collect()];
    let percent = |value: f64| format!("{} %", text_energy::digits(value));
    let shown = shown(&report.pareto);
    for &at in &shown {
        let point = &report.pareto[at];
        let bits = match energy {
            true => point.total_live_bits,
            false => point.total_saved_bits,
        };
        let cells = [
            Some((at + 1).to_string()),
            Some(point.checkpoints.len().to_string()),
            point.energy_percent.map(percent),
            Some(percent(point.stall_cycles_percent)),
            Some(bits.to_string()),
            Some(percent(point.area_percent)),
            Some(count(point.largest_save_bits, "bit")),
            Some(count(point.longest_run_cycles, "cycle")),
            Some(point.mark()),
        ];
        rows.push(cells.into_iter().flatten().collect());
    }
    let mut columns = vec![Align::Right; titles.len()];
    columns[titles.len() - 1] = Align::Left;
    let mut out = "Plans for other weights and bounds\n".to_string();
    out.push_str(&table(&columns, &rows));
    if shown.len() < report.pareto.len() {
        let more = report.pareto.len() - shown.len();
        out.push_str(&format!("  … and {more} between these, see report.json\n"));
    }
    let counted = report
        .optimality
        .as_ref()
        .and_then(|it| it.counted_saves_percent)
        .map_or_else(
            || "where every visit saves".to_string(),
            |visits| {
                format!(
                    "with {} of the visits saving, as plans are weighed",
                    percent(visits)
                )
            },
        );
    out.push_str(&match energy {
        true => format!(
            "  energy and stalled clocks {counted}; live bits of all checkpoints, which\n  \
             `area_weight` weighs; report.json has the weights and the checkpoints of each plan\n"
        ),
        false => format!(
            "  stalled clocks {counted}; saved bits of all checkpoints, which the plan\n  \
             has fewest of; report.json has the checkpoints of each plan\n"
        ),
    });
    if report.pareto_search.is_some_and(|search| !search.complete) {
        out.push_str("  a limit ended the search: there may be more\n");
    }
    out
}

/// At most [`ROWS`] points, spread evenly, the ends and the chosen one among them.
fn shown(points: &[ParetoPoint]) -> Vec<usize> {
    let last = points.len().saturating_sub(1);
    if last < ROWS {
        return (0..points.len()).collect();
    }
    let chosen = points.iter().position(|point| point.chosen);
    let spread = (0..ROWS - 1).map(|at| at * last / (ROWS - 2));
    let mut shown: Vec<usize> = spread.chain(chosen).collect();
    shown.sort_unstable();
    shown.dedup();
    shown
}

impl ParetoPoint {
    /// What sets it apart from the others, in words.
    pub(super) fn mark(&self) -> String {
        let bound = match (self.bound_save_bits, self.bound_run_cycles) {
            (Some(bits), _) => format!("at most {} in a save", count(bits, "bit")),
            (None, Some(cycles)) => format!("runs of at most {}", count(cycles, "cycle")),
            (None, None) => String::new(),
        };
        match (self.chosen, self.dominated) {
            (true, false) => "chosen".to_string(),
            (true, true) => "chosen; another is better".to_string(),
            (false, _) => bound,
        }
    }
}
