//! Live bits of every state, and what its checkpoint saves.

use std::fmt::Write;

use crate::report::model::Report;
use crate::report::table::count;

/// Columns, at most.
const COLUMNS: usize = 600;

/// The live bits by state; `None` without states. Where states are more than columns, a
/// column shows the most of its states.
pub fn bits(report: &Report) -> Option<String> {
    let states = &report.control.states;
    if states.is_empty() {
        return None;
    }
    let (left, right, top, bottom) = (90.0, 700.0, 26.0, 186.0);
    let per_column = states.len().div_ceil(COLUMNS);
    let end = super::rounded_up(report.baseline.saved_bits as f64);
    let x = |state: usize| left + (right - left) * state as f64 / states.len() as f64;
    let y = |bits: f64| bottom - (bottom - top) * (bits / end).min(1.0);
    let most = states
        .iter()
        .map(|state| state.live_bits)
        .max()
        .unwrap_or(0);
    let name = format!(
        "Live bits of {}: {most} at most, of {} flip-flop and memory bits",
        count(states.len() as u64, "state"),
        report.baseline.saved_bits
    );
    let mut out = super::open("bits", (720.0, 226.0), &name);
    let mut line = format!("M{left:.1} {bottom:.1}");
    for (column, chunk) in states.chunks(per_column).enumerate() {
        let most = chunk.iter().map(|state| state.live_bits).max().unwrap_or(0);
        let _ = write!(
            line,
            "V{:.1}H{:.1}",
            y(most as f64),
            x((column * per_column + chunk.len()).min(states.len()))
        );
    }
    let _ = writeln!(
        out,
        "<path class=\"area\" d=\"{line}V{bottom:.1}Z\"/>\n<path class=\"taken\" d=\"{line}\"/>\n\
         <path class=\"axis\" d=\"M{left:.1} {top:.1}V{bottom:.1}H{right:.1}\"/>\n\
         <path class=\"usable\" d=\"M{left:.1} {0:.1}H{right:.1}\"/>",
        y(report.baseline.saved_bits as f64)
    );
    for checkpoint in &report.checkpoints {
        let state = checkpoint.state as usize;
        let (x, y) = (
            (x(state) + x(state + 1)) / 2.0,
            y(checkpoint.saved_bits as f64),
        );
        let _ = writeln!(
            out,
            "<path class=\"mark\" d=\"M{x:.1} {:.1}L{:.1} {y:.1}L{x:.1} {:.1}L{:.1} {y:.1}Z\">\
             <title>checkpoint {}: {} saved bits</title></path>",
            y - 5.0,
            x + 4.0,
            y + 5.0,
            x - 4.0,
            super::escape(&checkpoint.name),
            checkpoint.saved_bits
        );
    }
    out.push_str(&super::text("name", (left - 6.0, bottom + 4.0), "0 bits"));
    out.push_str(&super::text(
        "name",
        (left - 6.0, top + 4.0),
        &format!("{end} bits"),
    ));
    let every = format!("every flip-flop: {} bits", report.baseline.saved_bits);
    let line = y(report.baseline.saved_bits as f64);
    out.push_str(&super::text("name", (right, line - 6.0), &every));
    out.push_str(&super::text("from", (left, bottom + 18.0), "state 0"));
    if states.len() > 1 {
        let last = format!("state {}", states.len() - 1);
        out.push_str(&super::text("name", (right, bottom + 18.0), &last));
    }
    out.push_str("</svg>\n");
    Some(out)
}
