//! Pictures for the HTML report: the state graph and the matrix of live
//! registers. Colours come from the page's style sheet through classes.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt::Write;

use super::model::{Report, State};
use super::table::count;
use crate::energy::engineering;

/// States that the graph is drawn for; larger ones are left to the table.
pub const GRAPH_LIMIT: usize = 160;

/// Cells that the matrix is drawn for.
pub const MATRIX_LIMIT: usize = 60_000;

const STEP: f64 = 64.0;
const RADIUS: f64 = 17.0;

/// Text for an attribute or an element.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(c),
        }
    }
    out
}

/// The state graph; `None` where it is too large to be read.
///
/// States stand on a grid in breadth-first order from the initial one, rows in
/// alternating direction, so that a sequence of states is a line.
pub fn graph(report: &Report) -> Option<String> {
    let states = &report.control.states;
    if states.is_empty() || states.len() > GRAPH_LIMIT {
        return None;
    }
    let columns = (states.len() as f64 * 1.6).sqrt().ceil().max(2.0) as usize;
    let mut place = BTreeMap::new();
    for (at, id) in order(report).into_iter().enumerate() {
        let (row, column) = (at / columns, at % columns);
        let column = if row.is_multiple_of(2) {
            column
        } else {
            columns - 1 - column
        };
        let x = STEP * (column as f64 + 0.7);
        let y = STEP * (row as f64 + 0.7);
        place.insert(id, (x, y));
    }
    let rows = states.len().div_ceil(columns);
    let (width, height) = (STEP * (columns as f64 + 0.4), STEP * (rows as f64 + 0.4));
    let mut out = format!(
        "<svg viewBox=\"0 0 {width:.0} {height:.0}\" width=\"{width:.0}\" role=\"img\" \
         aria-label=\"State graph of {} states\">\n\
         <defs><marker id=\"tip\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"6\" \
         markerHeight=\"6\" orient=\"auto\"><path d=\"M0 0L8 4L0 8z\" class=\"tip\"/></marker></defs>\n",
        states.len()
    );
    for edge in &report.control.edges {
        let (Some(&from), Some(&to)) = (place.get(&edge.from), place.get(&edge.to)) else {
            continue;
        };
        let class = if edge.reset { "edge reset" } else { "edge" };
        let _ = writeln!(
            out,
            "<path class=\"{class}\" d=\"{}\" marker-end=\"url(#tip)\"/>",
            path(from, to)
        );
    }
    let checkpoints: BTreeSet<u32> = report.checkpoints.iter().map(|c| c.state).collect();
    for state in states {
        let (x, y) = place[&state.id];
        let class = match checkpoints.contains(&state.id) {
            true => "state checkpoint",
            false => "state",
        };
        let _ = writeln!(
            out,
            "<g class=\"{class}\"><title>{}: {} live bits</title>\
             <circle cx=\"{x:.0}\" cy=\"{y:.0}\" r=\"{RADIUS}\"/>\
             <text x=\"{x:.0}\" y=\"{:.0}\">{}</text></g>",
            escape(&state.name),
            state.live_bits,
            y + 4.0,
            state.id
        );
    }
    out.push_str("</svg>\n");
    Some(out)
}

/// All states, breadth first from the initial ones.
fn order(report: &Report) -> Vec<u32> {
    let mut next: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for edge in &report.control.edges {
        next.entry(edge.from).or_default().push(edge.to);
    }
    let states = &report.control.states;
    let initial = states.iter().filter(|state| state.initial);
    let mut queue: VecDeque<u32> = initial.map(|state| state.id).collect();
    let mut seen: BTreeSet<u32> = queue.iter().copied().collect();
    let mut out = Vec::new();
    let mut rest = states.iter().map(|state| state.id);
    loop {
        while let Some(id) = queue.pop_front() {
            out.push(id);
            for &to in next.get(&id).into_iter().flatten() {
                if seen.insert(to) {
                    queue.push_back(to);
                }
            }
        }
        match rest.find(|id| !seen.contains(id)) {
            Some(id) => {
                seen.insert(id);
                queue.push_back(id);
            }
            None => return out,
        }
    }
}

/// A slightly bent arrow between two circles, or a loop.
fn path(from: (f64, f64), to: (f64, f64)) -> String {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let length = dx.hypot(dy);
    if length < 1.0 {
        let (x, y) = (from.0, from.1 - RADIUS);
        return format!(
            "M{:.1} {:.1}C{:.1} {:.1} {:.1} {:.1} {:.1} {:.1}",
            x - 7.0,
            y + 2.0,
            x - 14.0,
            y - 18.0,
            x + 14.0,
            y - 18.0,
            x + 7.0,
            y + 1.0
        );
    }
    let (ux, uy) = (dx / length, dy / length);
    let bend = length * 0.12;
    let middle = (from.0 + dx / 2.0 - uy * bend, from.1 + dy / 2.0 + ux * bend);
    format!(
        "M{:.1} {:.1}Q{:.1} {:.1} {:.1} {:.1}",
        from.0 + ux * RADIUS,
        from.1 + uy * RADIUS,
        middle.0,
        middle.1,
        to.0 - ux * (RADIUS + 3.0),
        to.1 - uy * (RADIUS + 3.0)
    )
}

/// Registers against states; how full a cell is says how much of the register
/// is live. `None` where it would have too many cells.
pub fn matrix(report: &Report) -> Option<String> {
    let states = &report.control.states;
    let registers = &report.design.registers;
    if states.is_empty() || registers.is_empty() || states.len() * registers.len() > MATRIX_LIMIT {
        return None;
    }
    let (cell_width, cell_height) = (if states.len() > 100 { 4 } else { 9 }, 13);
    let longest = registers
        .iter()
        .map(|register| register.name.chars().count())
        .max()
        .unwrap_or(0);
    let left = longest * 7 + 12;
    let width = left + states.len() * cell_width + 8;
    let height = registers.len() * cell_height + 24;
    let mut out = format!(
        "<svg viewBox=\"0 0 {width} {height}\" width=\"{width}\" role=\"img\" \
         aria-label=\"Live bits of {} registers in {} states\">\n",
        registers.len(),
        states.len()
    );
    for (row, register) in registers.iter().enumerate() {
        let y = row * cell_height + 16;
        let _ = writeln!(
            out,
            "<text class=\"name\" x=\"{}\" y=\"{}\">{}</text>",
            left - 6,
            y + 10,
            escape(&register.name)
        );
        let share: Vec<u64> = states
            .iter()
            .map(|state| share(state, &register.name, register.width_bits))
            .collect();
        let mut column = 0;
        for run in share.chunk_by(|a, b| a == b) {
            if run[0] > 0 {
                let _ = writeln!(
                    out,
                    "<rect class=\"live\" x=\"{}\" y=\"{y}\" width=\"{}\" height=\"{}\" \
                     fill-opacity=\"{:.2}\"/>",
                    left + column * cell_width,
                    run.len() * cell_width,
                    cell_height - 1,
                    0.25 + run[0] as f64 / 100.0 * 0.75
                );
            }
            column += run.len();
        }
    }
    for checkpoint in &report.checkpoints {
        let x = left + checkpoint.state as usize * cell_width;
        let _ = writeln!(
            out,
            "<rect class=\"mark\" x=\"{x}\" y=\"4\" width=\"{cell_width}\" height=\"8\">\
             <title>checkpoint {}</title></rect>",
            escape(&checkpoint.name)
        );
    }
    out.push_str("</svg>\n");
    Some(out)
}

/// What the worst way has taken step by step, against what a power cycle has.
/// `None` without an energy model.
pub fn energy(report: &Report) -> Option<String> {
    let budget = report.budget.as_ref()?;
    let (usable, sums) = (budget.usable_joules?, &budget.worst_segment_sums_joules);
    let (last, taken) = (sums.len().checked_sub(1)?, *sums.last()?);
    let (left, right, top, bottom) = (90.0, 630.0, 34.0, 206.0);
    let x = |step: usize| left + (right - left) * step as f64 / sums.len() as f64;
    let y = |joules: f64| bottom - (bottom - top) * (joules / usable.max(taken)).clamp(0.0, 1.0);
    let first = match budget.worst_segment_cold {
        true => "cold start",
        false => "restore",
    };
    let mut out = format!(
        "<svg class=\"energy\" viewBox=\"0 0 720 240\" width=\"720\" role=\"img\" aria-label=\"Energy along the \
         worst way: {} of {} in {} steps\">\n",
        engineering(taken, "J"),
        engineering(usable, "J"),
        sums.len()
    );
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
        "<path class=\"axis\" d=\"M{left:.1} {top:.1}V{bottom:.1}H{right:.1}\"/>\n\
         <path class=\"usable\" d=\"M{left:.1} {0:.1}H{right:.1}\"/>\n\
         <text class=\"name\" x=\"84\" y=\"{1:.1}\">0 J</text>\n\
         <text class=\"name\" x=\"84\" y=\"{2:.1}\">{3}</text>\n\
         <text class=\"from\" x=\"{left:.1}\" y=\"{4:.1}\">usable energy</text>",
        y(usable),
        bottom + 4.0,
        y(usable) + 4.0,
        engineering(usable, "J"),
        y(usable) - 7.0,
    );
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
    for (step, &sum) in sums.iter().enumerate() {
        let state = |at: usize| {
            let id = budget.worst_segment.get(at);
            let state = id.and_then(|&id| report.control.states.get(id as usize));
            state.map_or("?", |state| state.name.as_str())
        };
        let what = match step {
            0 => format!("{first} in {}", state(0)),
            save if save == last => format!("save in {}", state(last.saturating_sub(1))),
            run => state(run - 1).to_string(),
        };
        let _ = writeln!(
            out,
            "<rect class=\"step\" x=\"{:.1}\" y=\"{top:.1}\" width=\"{:.1}\" height=\"{:.1}\">\
             <title>{}: {} so far</title></rect>",
            x(step),
            x(step + 1) - x(step),
            bottom - top,
            escape(&what),
            engineering(sum, "J")
        );
    }
    out.push_str("</svg>\n");
    Some(out)
}

/// Percent of a register that is live in a state, rounded up.
fn share(state: &State, register: &str, width: u32) -> u64 {
    let Some(ranges) = state.live.get(register) else {
        return 0;
    };
    (super::text::range_bits(ranges) * 100).div_ceil(u64::from(width.max(1)))
}
