//! Registers against states: how much of each register is live where.

use std::fmt::Write;

use super::{Picture, escape};
use crate::report::model::{Register, Report, State};
use crate::report::table::{count, shorten, shorten_apart};
use crate::report::text::range_bits;

/// Columns and rows, at most.
const COLUMNS: usize = 300;
const ROWS: usize = 400;

/// Characters of a register's name.
const NAME: usize = 32;

/// Characters of a list of states; report.json has all of it.
const RANGES: usize = 60;

/// How full a cell is says how much of the register is live. `None` where there is nothing
/// to show. Of more states than columns a column has the mean of some that follow each other;
/// of more registers than rows those with most live bits are shown.
pub fn matrix(report: &Report) -> Option<Picture> {
    let states = &report.control.states;
    let registers = shown(report);
    if states.is_empty() || registers.is_empty() {
        return None;
    }
    let mut note = Vec::new();
    let per_column = states.len().div_ceil(COLUMNS);
    if per_column > 1 {
        note.push(format!("A column is the mean of {per_column} states."));
    }
    if registers.len() < report.design.registers.len() {
        note.push(format!(
            "The {ROWS} registers with most live bits, of {}.",
            report.design.registers.len()
        ));
    }
    let columns = states.len().div_ceil(per_column);
    let (cell_width, cell_height) = ((600 / columns).clamp(2, 16), 14);
    let names = shorten_apart(registers.iter().map(|it| it.name.as_str()), NAME);
    let longest = names.iter().map(|name| name.chars().count()).max();
    let left = longest.unwrap_or(0) * 7 + 12;
    let width = left + columns * cell_width + 8;
    let height = registers.len() * cell_height + 24;
    let name = format!(
        "Live bits of {} in {}",
        count(registers.len() as u64, "register"),
        count(states.len() as u64, "state")
    );
    let mut svg = super::open("matrix", (width as f64, height as f64), &name);
    for (row, (register, name)) in registers.iter().zip(&names).enumerate() {
        let y = row * cell_height + 18;
        let at = ((left - 6) as f64, (y + 10) as f64);
        svg.push_str(&super::text("name", at, name));
        let share: Vec<u64> = (states.chunks(per_column))
            .map(|chunk| {
                let sum: u64 = chunk.iter().map(|state| share(state, register)).sum();
                sum.div_ceil(chunk.len() as u64)
            })
            .collect();
        let mut column = 0;
        for run in share.chunk_by(|a, b| a == b) {
            if run[0] > 0 {
                let _ = writeln!(
                    svg,
                    "<rect class=\"live\" x=\"{}\" y=\"{y}\" width=\"{}\" height=\"{}\" \
                     fill-opacity=\"{:.2}\"/>",
                    left + column * cell_width,
                    run.len() * cell_width,
                    cell_height - 2,
                    0.25 + run[0] as f64 / 100.0 * 0.75
                );
            }
            column += run.len();
        }
    }
    for checkpoint in &report.checkpoints {
        let x = left + checkpoint.state as usize / per_column * cell_width;
        let _ = writeln!(
            svg,
            "<rect class=\"mark\" x=\"{x}\" y=\"4\" width=\"{cell_width}\" height=\"8\">\
             <title>checkpoint {}</title></rect>",
            escape(&checkpoint.name)
        );
    }
    svg.push_str("</svg>\n");
    Some(Picture {
        svg,
        note: note.join(" "),
    })
}

/// The registers with a row, in the order of the design.
fn shown(report: &Report) -> Vec<&Register> {
    let registers = &report.design.registers;
    if registers.len() <= ROWS {
        return registers.iter().collect();
    }
    let bits = |register: &Register| -> u64 {
        let states = report.control.states.iter();
        states
            .map(|state| share(state, register) * u64::from(register.width_bits))
            .sum()
    };
    let mut order: Vec<(u64, usize)> = registers.iter().map(bits).zip(0..).collect();
    order.sort_by_key(|&(bits, at)| (std::cmp::Reverse(bits), at));
    order.truncate(ROWS);
    order.sort_by_key(|&(_, at)| at);
    order.into_iter().map(|(_, at)| &registers[at]).collect()
}

/// Percent of a register that is live in a state, rounded up.
fn share(state: &State, register: &Register) -> u64 {
    let Some(ranges) = state.live.get(&register.name) else {
        return 0;
    };
    (range_bits(ranges) * 100).div_ceil(u64::from(register.width_bits.max(1)))
}

/// In how many states a register has live bits, and which, by their numbers: `5 states: 0–3, 7`.
pub fn live_states(report: &Report, register: &str) -> String {
    let states = &report.control.states;
    let live: Vec<u32> = (states.iter())
        .filter(|state| state.live.contains_key(register))
        .map(|state| state.id)
        .collect();
    if live.is_empty() {
        return "none".to_string();
    }
    if live.len() == states.len() {
        return "all".to_string();
    }
    let runs = live.chunk_by(|a, b| a + 1 == *b);
    let runs: Vec<String> = runs
        .map(|run| match run {
            [one] => one.to_string(),
            _ => format!("{}–{}", run[0], run[run.len() - 1]),
        })
        .collect();
    let states = count(live.len() as u64, "state");
    format!("{states}: {}", shorten(&runs.join(", "), RANGES))
}
