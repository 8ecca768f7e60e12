//! The control graph: boxes with the numbers and live bits of states, arrows between them.
//!
//! A graph of hundreds or thousands of states is mostly sequences, so states through
//! which there is one way only are one box, at first those between two checkpoints. Where
//! that is not enough, boxes that are next to each other in the order of the picture are put
//! together. What is left out or put together is said in the picture's note.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt::Write;

use super::{Picture, escape};
use crate::report::model::{Report, State};
use crate::report::table::count;

/// Boxes in a picture, at most.
pub const BOXES: usize = 160;

/// States of a graph in which edges that most states have are drawn.
const FEW: usize = 20;

/// Arrows per box, beyond which they hide each other.
const ARROWS_PER_BOX: usize = 3;

/// Distance of two boxes, and their size.
const STEP: (f64, f64) = (96.0, 74.0);
const SIZE: (f64, f64) = (66.0, 36.0);

/// States that are drawn as one, in order.
type Group = Vec<u32>;

/// The control graph; `None` without states.
///
/// Boxes stand on a grid in breadth-first order from the initial one, rows in
/// alternating direction, so that a sequence is a line.
pub fn graph(report: &Report) -> Option<Picture> {
    let states = &report.control.states;
    if states.is_empty() {
        return None;
    }
    let mut note = Vec::new();
    let edges = edges(report, &mut note);
    let checkpoints: BTreeSet<u32> = report.checkpoints.iter().map(|c| c.state).collect();
    let groups = groups(report, &edges, &checkpoints, &mut note);
    let mut box_of = BTreeMap::new();
    for (at, group) in groups.iter().enumerate() {
        box_of.extend(group.iter().map(|&state| (state, at)));
    }
    let columns = (groups.len() as f64 * 1.4).sqrt().ceil().max(2.0) as usize;
    let place = |at: usize| {
        let (row, column) = (at / columns, at % columns);
        let column = match row % 2 {
            0 => column,
            _ => columns - 1 - column,
        };
        (
            STEP.0 * (column as f64 + 0.5) + 8.0,
            STEP.1 * (row as f64 + 0.5) + 12.0,
        )
    };
    let rows = groups.len().div_ceil(columns);
    let size = (
        STEP.0 * columns.min(groups.len()) as f64 + 16.0,
        STEP.1 * rows as f64 + 16.0,
    );
    let name = format!(
        "Control graph of {} and {}, {} of them checkpoints",
        count(states.len() as u64, "state"),
        count(report.control.edges.len() as u64, "transition"),
        checkpoints.len()
    );
    let mut svg = super::open("graph", size, &name);
    svg.push_str(
        "<defs><marker id=\"tip\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"6\" \
         markerHeight=\"6\" orient=\"auto\"><path d=\"M0 0L8 4L0 8z\" class=\"tip\"/></marker></defs>\n",
    );
    for ((from, to), reset) in arrows(&edges, &box_of, &groups, &mut note) {
        let class = if reset { "edge reset" } else { "edge" };
        let _ = writeln!(
            svg,
            "<path class=\"{class}\" d=\"{}\" marker-end=\"url(#tip)\"/>",
            path(place(from), place(to))
        );
    }
    for (at, group) in groups.iter().enumerate() {
        svg.push_str(&drawn_box(report, group, &checkpoints, place(at)));
    }
    svg.push_str("</svg>\n");
    Some(Picture {
        svg,
        note: note.join(" "),
    })
}

/// The arrows between boxes, with whether it is a reset. Of very many only those by which a
/// box is first reached.
fn arrows(
    edges: &[(u32, u32, bool)],
    box_of: &BTreeMap<u32, usize>,
    groups: &[Group],
    note: &mut Vec<String>,
) -> BTreeMap<(usize, usize), bool> {
    let mut all: BTreeMap<(usize, usize), bool> = BTreeMap::new();
    for &(from, to, reset) in edges {
        let (Some(&a), Some(&b)) = (box_of.get(&from), box_of.get(&to)) else {
            continue;
        };
        // Inside of a box, only a state's loop to itself is drawn, where it is alone.
        if a != b || groups[a].len() == 1 {
            *all.entry((a, b)).or_insert(true) &= reset;
        }
    }
    let count = all.len();
    if groups.len() > FEW && count > ARROWS_PER_BOX * groups.len() {
        let mut reached = BTreeSet::new();
        all.retain(|&(from, to), _| from < to && reached.insert(to));
        note.push(format!(
            "Of {count} arrows those are drawn by which a box is first reached; the table of states has all."
        ));
    }
    all
}

/// The edges to be drawn. Where most states of a larger graph lead to the same initial one,
/// that is said instead.
fn edges(report: &Report, note: &mut Vec<String>) -> Vec<(u32, u32, bool)> {
    let states = &report.control.states;
    let all = report.control.edges.iter();
    let mut edges: Vec<(u32, u32, bool)> = all.map(|it| (it.from, it.to, it.reset)).collect();
    if states.len() <= FEW {
        return edges;
    }
    for state in states.iter().filter(|state| state.initial) {
        let into = edges.iter().filter(|edge| edge.1 == state.id).count();
        if into * 2 > states.len() {
            edges.retain(|edge| edge.1 != state.id);
            note.push(format!(
                "Not drawn: arrows to state {} from {}.",
                state.id,
                count(into as u64, "state")
            ));
        }
    }
    edges
}

/// The states in boxes, few enough to be drawn, in the order of the picture.
fn groups(
    report: &Report,
    edges: &[(u32, u32, bool)],
    checkpoints: &BTreeSet<u32>,
    note: &mut Vec<String>,
) -> Vec<Group> {
    let order = order(&report.control.states, edges);
    if order.len() <= BOXES {
        return order.into_iter().map(|state| vec![state]).collect();
    }
    let apart = |state: u32| checkpoints.contains(&state);
    let mut groups = runs(&order, edges, &apart);
    if groups.len() > BOXES {
        groups = runs(&order, edges, &|_| false);
    }
    note.push("States through which there is one way only are one box.".to_string());
    if groups.len() > BOXES {
        let size = groups.len().div_ceil(BOXES);
        groups = groups.chunks(size).map(|chunk| chunk.concat()).collect();
        note.push(format!(
            "Where that leaves too many, {size} neighbours are one."
        ));
    }
    groups
}

/// Sequences of states with one way in and one way out between them.
fn runs(order: &[u32], edges: &[(u32, u32, bool)], apart: &dyn Fn(u32) -> bool) -> Vec<Group> {
    let mut next: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    let mut before: BTreeMap<u32, usize> = BTreeMap::new();
    for &(from, to, _) in edges {
        next.entry(from).or_default().push(to);
        *before.entry(to).or_default() += 1;
    }
    let only = |state: u32| match next.get(&state).map(Vec::as_slice) {
        Some(&[to]) if before.get(&to) == Some(&1) && !apart(state) && !apart(to) => Some(to),
        _ => None,
    };
    let inner: BTreeSet<u32> = order.iter().filter_map(|&state| only(state)).collect();
    let mut seen = BTreeSet::new();
    let mut groups = Vec::new();
    // From where runs begin; a loop of nothing but one way begins anywhere.
    let heads = order.iter().filter(|state| !inner.contains(state));
    for &head in heads.chain(order) {
        let mut run = Vec::new();
        let mut at = Some(head);
        while let Some(state) = at.filter(|state| seen.insert(*state)) {
            run.push(state);
            at = only(state);
        }
        if !run.is_empty() {
            groups.push(run);
        }
    }
    groups
}

/// All states, breadth first from the initial ones.
fn order(states: &[State], edges: &[(u32, u32, bool)]) -> Vec<u32> {
    let mut next: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for &(from, to, _) in edges {
        next.entry(from).or_default().push(to);
    }
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

/// A box: which states, and how many bits are live in them.
fn drawn_box(
    report: &Report,
    group: &[u32],
    checkpoints: &BTreeSet<u32>,
    (x, y): (f64, f64),
) -> String {
    let states = &report.control.states;
    let bits = group.iter().map(|&id| states[id as usize].live_bits);
    let (least, most) = (bits.clone().min().unwrap_or(0), bits.max().unwrap_or(0));
    let saves = group.iter().filter(|id| checkpoints.contains(id)).count();
    let (first, last) = (group[0], group[group.len() - 1]);
    let range = |least: String, most: String| match least == most {
        true => least,
        false => format!("{least}–{most}"),
    };
    let in_a_row = group.windows(2).all(|pair| pair[0] + 1 == pair[1]);
    let label = match (group.len(), in_a_row) {
        (1, _) => first.to_string(),
        (_, true) => format!("{first}–{last}"),
        (more, false) => format!("{more} states"),
    };
    let live = range(least.to_string(), most.to_string());
    let whole = report.design.flops_bits + report.design.memory_bits;
    let share = most as f64 / whole.max(1) as f64;
    let name = match group.len() {
        1 => states[first as usize].name.clone(),
        more => format!(
            "{more} states, {} to {}",
            states[first as usize].name, states[last as usize].name
        ),
    };
    let is_checkpoint = match (saves, group.len()) {
        (0, _) => String::new(),
        (_, 1) => ", checkpoint".to_string(),
        (saves, _) => format!(", {}", count(saves as u64, "checkpoint")),
    };
    let class = if saves > 0 {
        "state checkpoint"
    } else {
        "state"
    };
    let place = |inset: f64| {
        format!(
            "x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\" rx=\"7\"",
            x - SIZE.0 / 2.0 + inset,
            y - SIZE.1 / 2.0 + inset,
            SIZE.0 - 2.0 * inset,
            SIZE.1 - 2.0 * inset
        )
    };
    format!(
        "<g class=\"{class}\"><title>{}: {live} live bits{is_checkpoint}</title><rect {}/>\
         <rect class=\"fill\" {} fill-opacity=\"{:.2}\"/>{}{}</g>\n",
        escape(&name),
        place(0.0),
        place(1.5),
        0.3 * share.min(1.0),
        super::text("number", (x, y - 3.0), &label).trim_end(),
        super::text("", (x, y + 11.0), &live).trim_end()
    )
}

/// A bent arrow between two boxes, or a loop.
fn path(from: (f64, f64), to: (f64, f64)) -> String {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let length = dx.hypot(dy);
    if length < 1.0 {
        let (x, y) = (from.0 + SIZE.0 / 2.0 - 16.0, from.1 - SIZE.1 / 2.0);
        return format!(
            "M{:.1} {y:.1}C{:.1} {:.1} {:.1} {:.1} {:.1} {:.1}",
            x - 6.0,
            x - 10.0,
            y - 16.0,
            x + 16.0,
            y - 16.0,
            x + 8.0,
            y - 1.0
        );
    }
    // A way over other boxes is bent around them.
    let neighbours = dx.abs() < STEP.0 * 1.1 && dy.abs() < STEP.1 * 1.1;
    let bend = if neighbours { 0.1 } else { 0.2 } * length.min(260.0);
    let (ux, uy) = (dx / length, dy / length);
    let middle = (from.0 + dx / 2.0 - uy * bend, from.1 + dy / 2.0 + ux * bend);
    let start = rim(from, middle, 0.0);
    let end = rim(to, middle, 3.0);
    format!(
        "M{:.1} {:.1}Q{:.1} {:.1} {:.1} {:.1}",
        start.0, start.1, middle.0, middle.1, end.0, end.1
    )
}

/// Where the line from the middle of a box to a point leaves the box, and a little more.
fn rim(center: (f64, f64), towards: (f64, f64), more: f64) -> (f64, f64) {
    let (dx, dy) = (towards.0 - center.0, towards.1 - center.1);
    let (width, height) = (SIZE.0 / 2.0 + more, SIZE.1 / 2.0 + more);
    let scale = (width / dx.abs().max(1e-9)).min(height / dy.abs().max(1e-9));
    (center.0 + dx * scale, center.1 + dy * scale)
}

#[cfg(test)]
mod tests {
    use super::runs;

    #[test]
    fn a_sequence_is_one_box_and_a_branch_is_not() {
        // 0 -> 1 -> 2 -> {3, 4} -> 5 -> 0
        let edges = [(0, 1), (1, 2), (2, 3), (2, 4), (3, 5), (4, 5), (5, 0)];
        let edges: Vec<(u32, u32, bool)> = edges.map(|(a, b)| (a, b, false)).to_vec();
        let order = [0, 1, 2, 3, 4, 5];
        let boxes = runs(&order, &edges, &|_| false);
        assert_eq!(boxes, [vec![3], vec![4], vec![5, 0, 1, 2]]);
        let boxes = runs(&order, &edges, &|state| state == 0);
        assert_eq!(boxes, [vec![0], vec![1, 2], vec![3], vec![4], vec![5]]);
    }

    #[test]
    fn a_ring_is_one_box() {
        let edges = [(0, 1, false), (1, 2, false), (2, 0, false)];
        assert_eq!(runs(&[0, 1, 2], &edges, &|_| false), [vec![0, 1, 2]]);
    }
}
