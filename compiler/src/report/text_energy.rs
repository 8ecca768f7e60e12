//! The lines of `report.txt` about runs between saves, what saves add, and those
//! that need an energy model.

use super::expected;
use super::model::{Budget, Nvm, Optimality, Report};
use super::table::{Align, count, shorten, table};
use crate::energy::engineering;

/// Keys and values of the list of facts: the longest run, or the worst way with
/// all that it is computed from, where there is an energy model.
pub(super) fn facts(report: &Report) -> Vec<(&'static str, String)> {
    let joules = |value: f64| engineering(value, "J");
    let mut rows = Vec::new();
    let budget = report.budget.as_ref();
    let ends = budget.map_or(String::new(), |budget| ends(report, budget));
    if let Some(budget) = budget
        && report.energy.is_none()
    {
        let cycles = count(budget.worst_segment_cycles, "logical cycle");
        rows.push(("longest run", format!("{cycles} between two saves{ends}")));
    }
    if let Some(budget) = budget
        && let (Some(farads), Some(usable), Some(worst)) = (
            budget.capacitor_farads,
            budget.usable_joules,
            budget.worst_segment_joules,
        )
    {
        rows.push((
            "supply",
            format!("{}, {} usable", engineering(farads, "F"), joules(usable)),
        ));
        let (start, resets) = match budget.worst_segment_cold {
            true => ("cold start", ", the reset counted"),
            false => ("restore", ""),
        };
        rows.push((
            "worst way",
            format!(
                "{} ({} %) from a {start} to the next commit, {}{resets}{ends}",
                joules(worst),
                digits(worst / usable * 100.0),
                count(budget.worst_segment_cycles, "logical cycle"),
            ),
        ));
    }
    rows.extend(expected::fact(report));
    if let Some(energy) = &report.energy {
        rows.push((
            "cycle",
            format!(
                "{} mean, {} most, {} stalled; {}",
                joules(energy.cycle_joules),
                joules(energy.most_cycle_joules),
                joules(energy.stall_cycle_joules),
                energy.source
            ),
        ));
        rows.push((
            "NVM word",
            format!(
                "{} written, {} read; {}, {} level",
                joules(energy.write_word_joules),
                joules(energy.read_word_joules),
                energy.nvm_technology,
                energy.nvm_level
            ),
        ));
    }
    if let Some(overhead) = &report.overhead {
        rows.push((
            "overhead",
            format!(
                "{}stalled clocks {} %{}, area {} % ({})",
                match overhead.energy_percent {
                    Some(energy) => format!("energy {} %, ", digits(energy)),
                    None => String::new(),
                },
                digits(overhead.stall_cycles_percent),
                match overhead.energy_percent {
                    Some(_) => "",
                    None => " with a memory that never waits",
                },
                digits(overhead.area_percent),
                overhead.area_source
            ),
        ));
        for of in &overhead.policies {
            let chosen = of.policy == overhead.policy;
            rows.push((
                if of.policy == "static" {
                    "policies"
                } else {
                    ""
                },
                format!(
                    "{}{}{}: {} % of the visits save, energy {} %, stalled clocks {} %",
                    of.policy,
                    match of.interval_cycles {
                        Some(cycles) => format!(" of {cycles} cycles"),
                        None => String::new(),
                    },
                    if chosen { " (chosen)" } else { "" },
                    digits(of.saves_percent),
                    digits(of.energy_percent),
                    digits(of.stall_cycles_percent)
                ),
            ));
        }
    }
    rows
}

/// The plan beside others.
pub(super) fn comparison(report: &Report) -> String {
    let energy = report.energy.is_some();
    let mut titles = vec![
        "compared with",
        "checkpoints",
        "saved bits",
        "words",
        "stalled clocks",
        "area",
    ];
    if energy {
        titles.insert(4, "energy");
    }
    let mut rows = vec![titles.iter().map(|title| (*title).to_string()).collect()];
    let percent = |value: f64| format!("{} %", digits(value));
    for of in &report.comparison {
        let cells = [
            Some(of.what.clone()),
            Some(of.checkpoints.to_string()),
            Some(of.saved_bits.to_string()),
            Some(of.saved_words.to_string()),
            of.energy_percent.map(percent),
            Some(percent(of.stall_cycles_percent)),
            Some(percent(of.area_percent)),
        ];
        rows.push(cells.into_iter().flatten().collect());
    }
    let mut columns = vec![Align::Right; titles.len()];
    columns[0] = Align::Left;
    let mut out = table(&columns, &rows);
    out.push_str(
        "  bits and words of the largest save; energy and stalled clocks where every visit saves\n",
    );
    out
}

/// The first and the last state of the worst way.
fn ends(report: &Report, budget: &Budget) -> String {
    let name = |id: &u32| {
        let state = report.control.states.get(*id as usize);
        shorten(state.map_or("?", |state| state.name.as_str()), 24)
    };
    match budget.worst_segment.as_slice() {
        [] => String::new(),
        [one] => format!(" ({})", name(one)),
        [first, .., last] => format!(" ({} … {})", name(first), name(last)),
    }
}

/// The line about the plan.
pub(super) fn plan(optimality: &Optimality) -> String {
    let counted = optimality.counted_saves_percent;
    format!(
        "{}, weighted cost {}, at least {} ({} % gap){}",
        optimality.method,
        digits(optimality.objective),
        digits(optimality.lower_bound),
        optimality.gap_percent,
        counted.map_or(String::new(), |part| format!(
            ", with {} % of the visits saving",
            digits(part)
        ))
    )
}

/// What the width of the words was chosen from.
pub(super) fn tried(nvm: &Nvm) -> String {
    let widths: Vec<String> = (nvm.tried.iter())
        .map(|of| match of.cost {
            Some(cost) => format!("{} (cost {})", of.word_bits, digits(cost)),
            None => format!("{} (refused)", of.word_bits),
        })
        .collect();
    match widths.is_empty() {
        true => String::new(),
        false => format!(
            " of {} bits, chosen from {}",
            nvm.word_bits,
            widths.join(", ")
        ),
    }
}

/// Three digits, or all of a large number's before the point.
pub(super) fn digits(value: f64) -> String {
    let places = match value.abs() {
        large if large >= 99.5 => 0,
        middle if middle >= 9.95 => 1,
        _ => 2,
    };
    format!("{value:.places$}")
}

#[cfg(test)]
mod tests {
    use super::digits;

    #[test]
    fn numbers_have_three_digits() {
        for (value, text) in [
            (1234.5, "1234"),
            (99.6, "100"),
            (12.34, "12.3"),
            (0.5, "0.50"),
        ] {
            assert_eq!(digits(value), text);
        }
    }
}
