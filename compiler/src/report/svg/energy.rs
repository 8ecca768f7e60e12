//! What the worst way takes of the energy of a power cycle, step by step.

use std::fmt::Write;

use serde::Serialize;

use super::escape;
use crate::energy::engineering;
use crate::report::model::Report;
use crate::report::table::count;

/// How often the usable energy holds what is drawn on a scale of its own.
const LITTLE: f64 = 10.0;

/// What the worst way has taken step by step, against what a power cycle has.
/// `None` without an energy model.
pub fn energy(report: &Report) -> Option<String> {
    let budget = report.budget.as_ref()?;
    let (usable, sums) = (budget.usable_joules?, &budget.worst_segment_sums_joules);
    let (last, taken) = (sums.len().checked_sub(1)?, *sums.last()?);
    let (left, right, top, bottom) = (90.0, 630.0, 34.0, 206.0);
    let x = |step: usize| left + (right - left) * step as f64 / sums.len() as f64;
    // A way that takes little is shown by itself.
    let little = taken * LITTLE < usable;
    let end = match little {
        true => super::rounded_up(taken),
        false => usable.max(taken),
    };
    let y = |joules: f64| bottom - (bottom - top) * (joules / end).clamp(0.0, 1.0);
    let first = match budget.worst_segment_cold {
        true => "cold start",
        false => "restore",
    };
    let name = format!(
        "Energy along the worst way: {} of {} in {}",
        engineering(taken, "J"),
        engineering(usable, "J"),
        count(sums.len() as u64, "step")
    );
    let mut out = super::open("energy", (720.0, 240.0), &name);
    let mut line = format!("M{left:.1} {bottom:.1}");
    for (step, &sum) in sums.iter().enumerate() {
        let _ = write!(line, "V{:.1}H{:.1}", y(sum), x(step + 1));
    }
    let _ = writeln!(
        out,
        "<path class=\"area\" d=\"{line}V{bottom:.1}Z\"/>\n<path class=\"taken\" d=\"{line}\"/>"
    );
    let _ = writeln!(
        out,
        "<path class=\"axis\" d=\"M{left:.1} {top:.1}V{bottom:.1}H{right:.1}\"/>"
    );
    let usable_at = y(usable);
    if !little {
        let _ = writeln!(
            out,
            "<path class=\"usable\" d=\"M{left:.1} {usable_at:.1}H{right:.1}\"/>"
        );
    }
    let usable = engineering(usable, "J");
    let (tick, above) = match little {
        true => (
            engineering(end, "J"),
            format!("{usable} usable, above this chart"),
        ),
        false => (usable, "usable energy".to_string()),
    };
    out.push_str(&super::text("name", (84.0, bottom + 4.0), "0 J"));
    out.push_str(&super::text("name", (84.0, usable_at + 4.0), &tick));
    out.push_str(&super::text("from", (left, usable_at - 7.0), &above));
    let middle = |step: usize| (x(step) + x(step + 1)) / 2.0;
    let mut label = |at: f64, class: &str, text: &str| {
        let _ = writeln!(
            out,
            "<text class=\"{class}\" x=\"{at:.1}\" y=\"{:.1}\">{}</text>",
            bottom + 18.0,
            escape(text)
        );
    };
    label(left, "from", first);
    if last > 1 {
        let states = count(last as u64 - 1, "state");
        label(middle(last) / 2.0 + middle(0) / 2.0, "", &states);
    }
    label(right, "name", "save");
    for (at, step) in steps(report).iter().enumerate() {
        let _ = writeln!(
            out,
            "<rect class=\"step\" x=\"{:.1}\" y=\"{top:.1}\" width=\"{:.1}\" height=\"{:.1}\">\
             <title>{}: {} so far</title></rect>",
            x(at),
            x(at + 1) - x(at),
            bottom - top,
            escape(&step.what),
            engineering(step.so_far_joules, "J")
        );
    }
    out.push_str("</svg>\n");
    Some(out)
}

/// A step of the worst way.
#[derive(Debug, Serialize)]
pub struct Step {
    /// What is done.
    pub what: String,
    /// What it takes.
    pub joules: f64,
    /// What the way has taken after it.
    pub so_far_joules: f64,
}

/// The steps of the worst way; none without an energy model.
pub fn steps(report: &Report) -> Vec<Step> {
    let Some(budget) = &report.budget else {
        return Vec::new();
    };
    let sums = &budget.worst_segment_sums_joules;
    let state = |at: usize| {
        let id = budget.worst_segment.get(at);
        let state = id.and_then(|&id| report.control.states.get(id as usize));
        state.map_or("?", |state| state.name.as_str())
    };
    let last = sums.len().saturating_sub(1);
    let steps = sums.iter().enumerate().map(|(step, &sum)| Step {
        what: match step {
            0 if budget.worst_segment_cold => format!("cold start in {}", state(0)),
            0 => format!("restore in {}", state(0)),
            save if save == last => format!("save in {}", state(last.saturating_sub(1))),
            run => state(run - 1).to_string(),
        },
        joules: sum - step.checked_sub(1).map_or(0.0, |before| sums[before]),
        so_far_joules: sum,
    });
    steps.collect()
}
