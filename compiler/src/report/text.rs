//! The report for people: `report.txt`, one screen, and the text of
//! `idetic analyze`.

use indexmap::IndexMap;

use super::advice;
use super::expected;
use super::hazards;
use super::model::{Checkpoint, Observe, Report, State};
use super::pareto;
use super::table::{Align, count, percent, shorten, shorten_apart, table};
use super::text_energy;
use crate::energy::engineering;

/// Rows of a table before it is cut; the JSON report has all.
const ROWS: usize = 8;

/// Width of a state's or register's name in a table.
const NAME: usize = 44;

/// `report.txt`.
pub fn text(report: &Report) -> String {
    let mut out = verdict(report);
    out.push('\n');
    out.push_str(&facts(report));
    if !report.checkpoints.is_empty() {
        out.push('\n');
        out.push_str(&checkpoint_table(report));
    }
    if let Some(failures) = &report.failures {
        out.push('\n');
        out.push_str(&expected::text(failures));
    }
    if !report.comparison.is_empty() {
        out.push('\n');
        out.push_str(&text_energy::comparison(report));
    }
    if !report.pareto.is_empty() {
        out.push('\n');
        out.push_str(&pareto::text(report));
    }
    let dominates = dominates(report);
    if !dominates.is_empty() {
        out.push_str("\nMost saved bits\n");
        out.push_str(&dominates);
    }
    let advice = advice::advice(report);
    if !advice.is_empty() {
        out.push_str("\nTo try\n");
        for line in advice {
            out.push_str(&format!("  - {line}\n"));
        }
    }
    out
}

/// The text of `idetic analyze`.
pub fn analyze(report: &Report) -> String {
    let mut out = format!("{}: {}\n\n", report.design.top, summary(report));
    out.push_str(&facts(report));

    out.push_str("\nRegisters\n");
    let mut rows = vec![header(&["register", "bits", "control", "why"])];
    for register in &report.design.registers {
        rows.push(vec![
            shorten(&register.name, NAME),
            register.width_bits.to_string(),
            if register.control { "yes" } else { "no" }.to_string(),
            register.reason.clone(),
        ]);
    }
    let columns = [Align::Left, Align::Right, Align::Left, Align::Left];
    out.push_str(&table(&columns, &rows));

    out.push_str("\nControl states\n");
    let mut rows = vec![header(&[
        "id",
        "state",
        "live bits",
        "constant",
        "next",
        "live registers",
    ])];
    let mut next: Vec<Vec<String>> = vec![Vec::new(); report.control.states.len()];
    for edge in report.control.edges.iter().filter(|edge| !edge.reset) {
        next[edge.from as usize].push(edge.to.to_string());
    }
    let widths: IndexMap<&str, u32> = (report.design.registers.iter())
        .map(|register| (register.name.as_str(), register.width_bits))
        .collect();
    let states = &report.control.states;
    let names = shorten_apart(states.iter().map(|state| &*state.name), NAME);
    for ((state, name), next) in states.iter().zip(names).zip(next) {
        rows.push(vec![
            state.id.to_string(),
            name,
            state.live_bits.to_string(),
            state.constant_bits.to_string(),
            shorten(&next.join(" "), 24),
            live_list(&widths, state),
        ]);
    }
    let columns = [
        Align::Right,
        Align::Left,
        Align::Right,
        Align::Right,
        Align::Left,
        Align::Left,
    ];
    out.push_str(&table(&columns, &rows));
    out
}

fn header(titles: &[&str]) -> Vec<String> {
    titles.iter().map(|title| title.to_string()).collect()
}

/// Live registers of a state; whole ones by name alone, equal neighbours of an
/// array or a numbered group are not folded.
pub(super) fn live_list(widths: &IndexMap<&str, u32>, state: &State) -> String {
    let items: Vec<String> = state
        .live
        .iter()
        .map(|(name, ranges)| {
            let bits = widths.get(name.as_str()).copied().unwrap_or(0);
            let whole = match bits {
                1 => "0".to_string(),
                _ => format!("{}:0", bits.saturating_sub(1)),
            };
            if *ranges == whole {
                name.clone()
            } else {
                format!("{name}[{ranges}]")
            }
        })
        .collect();
    shorten(&items.join(" "), 160)
}

pub(super) fn verdict(report: &Report) -> String {
    let top = &report.design.top;
    let Some(worst) = worst(report) else {
        return format!("{top}: {}\n", summary(report));
    };
    let flops = report.baseline.saved_bits;
    let percent = percent(worst.saved_bits as u64, flops);
    format!(
        "{top}: {} saved per checkpoint at most, of {} ({percent} %), at {} of {}\n",
        count(worst.saved_bits as u64, "bit"),
        count(flops, "flip-flop bit"),
        count(report.checkpoints.len() as u64, "checkpoint"),
        count(report.control.states.len() as u64, "control state"),
    )
}

fn summary(report: &Report) -> String {
    let (least, _, most) = live(report);
    format!(
        "{}, {} to {} of {} live",
        count(report.control.states.len() as u64, "control state"),
        least,
        most,
        count(report.design.flops_bits, "flip-flop bit"),
    )
}

/// The checkpoint with the most saved bits.
pub(super) fn worst(report: &Report) -> Option<&Checkpoint> {
    let all = report.checkpoints.iter().rev();
    all.max_by_key(|checkpoint| checkpoint.saved_bits)
}

/// Least, median and most live bits over the states.
pub fn live(report: &Report) -> (usize, usize, usize) {
    let mut bits: Vec<usize> = report.control.states.iter().map(|s| s.live_bits).collect();
    bits.sort_unstable();
    match bits.as_slice() {
        [] => (0, 0, 0),
        all => (all[0], all[all.len() / 2], all[all.len() - 1]),
    }
}

fn facts(report: &Report) -> String {
    table(&[Align::Left, Align::Left], &fact_rows(report))
}

/// Keys and values of the list of facts; without a key what belongs to the row before.
pub(super) fn fact_rows(report: &Report) -> Vec<Vec<String>> {
    let mut rows: Vec<Vec<String>> = Vec::new();
    let mut row = |key: &str, value: String| rows.push(vec![key.to_string(), value]);
    let design = &report.design;
    let hash: String = design.hash.chars().take(16).collect();
    row(
        "design",
        format!(
            "{} in {}, hash {hash}",
            design.top,
            count(design.files.len() as u64, "file")
        ),
    );
    row(
        "flip-flops",
        format!(
            "{} in {}",
            count(design.flops_bits, "bit"),
            count(design.registers.len() as u64, "register")
        ),
    );
    if design.memory_bits > 0 {
        row(
            "memories",
            format!(
                "{} in {}",
                count(design.memory_bits, "bit"),
                match design.memories.len() {
                    1 => "1 memory".to_string(),
                    several => format!("{several} memories"),
                }
            ),
        );
    }
    for clock in &design.clocks {
        let memories = match clock.memory_bits {
            0 => String::new(),
            bits => format!(" and {} of memories", count(bits, "bit")),
        };
        row(
            "clock",
            format!(
                "{} edge of {}: {} of registers{memories}, {}",
                clock.edge,
                clock.port,
                count(clock.register_bits, "bit"),
                if clock.saved { "saved" } else { "not saved" }
            ),
        );
    }
    for opaque in &design.black_boxes {
        row(
            "black box",
            format!("{} of module {}", opaque.name, opaque.module),
        );
    }
    if !design.data_files.is_empty() {
        row(
            "data files",
            format!(
                "{}; simulators look for them where they run",
                shorten(&design.data_files.join(", "), 60)
            ),
        );
    }
    if let [first, rest @ ..] = &design.passed_over[..] {
        let more = match rest.len() {
            0 => String::new(),
            more => format!(" and {}", count(more as u64, "other place")),
        };
        row(
            "no hardware",
            format!(
                "{} at {}:{}{more}, left as it is",
                first.what, first.file, first.line
            ),
        );
    }
    if !report.observe.is_empty() {
        let of = |observe: &Observe| match &observe.when {
            Some(when) => format!("{} when {when}", observe.output),
            None => format!("{} never", observe.output),
        };
        let list: Vec<String> = report.observe.iter().map(of).collect();
        row(
            "observed",
            format!("{}; your promise", shorten(&list.join(", "), 100)),
        );
    }
    if !report.stable_inputs.is_empty() {
        let names = report.stable_inputs.iter().map(|it| it.input.as_str());
        let names: Vec<&str> = names.collect();
        row(
            "stable inputs",
            format!("{}; your promise", shorten(&names.join(", "), 100)),
        );
    }
    let control = &report.control;
    row(
        "control",
        if control.registers.is_empty() {
            "no control register: one state".to_string()
        } else {
            format!(
                "{}: {}, {}",
                shorten(&control.registers.join(", "), 60),
                count(control.states.len() as u64, "state"),
                count(control.edges.len() as u64, "transition"),
            )
        },
    );
    if let Some(reset) = &control.reset {
        row("reset", format!("active at {reset}"));
    }
    row("hazards", hazards::summary(report));
    let (least, median, most) = live(report);
    row(
        "live bits",
        format!("{least} least, {median} median, {most} most"),
    );
    if !control.not_searched.is_empty() {
        let what = |kind: &&str| match *kind {
            "constants" => "bits with one value in a state",
            _ => "bits that follow from others",
        };
        let list: Vec<&str> = control.not_searched.iter().map(what).collect();
        row(
            "not searched",
            format!("{}: it would take too much work", list.join(", ")),
        );
    }
    let baseline = &report.baseline;
    let mut memories = report.design.memories.iter();
    let memories = match memories.any(|memory| memory.written && memory.kept.is_none()) {
        true => " and memory",
        false => "",
    };
    row(
        "baseline",
        format!(
            "{}, {} with every flip-flop{memories} saved",
            count(baseline.saved_bits, "bit"),
            count(baseline.saved_words, "word")
        ),
    );
    if let Some(nvm) = &report.nvm {
        row(
            "chain",
            format!(
                "{} in {} of {}",
                count(nvm.chain_bits as u64, "bit"),
                count(u64::from(nvm.chain_words), "word"),
                count(u64::from(nvm.word_bits), "bit"),
            ),
        );
        if nvm.memory_words > 0 {
            let words = count(u64::from(nvm.memory_words), "word");
            row("saved memories", words);
        }
        if nvm.cold_start_loads {
            row("cold start", "loads initial values".to_string());
        }
        row(
            "NVM",
            format!(
                "{} of {}{}",
                count(u64::from(nvm.slots), "slot"),
                count(u64::from(nvm.slot_words), "word"),
                text_energy::tried(nvm)
            ),
        );
    }
    for (key, value) in text_energy::facts(report) {
        row(key, value);
    }
    if let Some(optimality) = &report.optimality {
        row(
            "plan",
            match report.energy {
                Some(_) => text_energy::plan(optimality),
                None => format!(
                    "{}, {} saved bits over all checkpoints, at least {} ({} % gap)",
                    optimality.method,
                    optimality.objective,
                    optimality.lower_bound,
                    optimality.gap_percent
                ),
            },
        );
    }
    rows
}

fn checkpoint_table(report: &Report) -> String {
    let energy = report.energy.is_some();
    let mut titles = vec![
        "checkpoint",
        "saved bits",
        "given",
        "words",
        "save cycles",
        "restore cycles",
    ];
    if energy {
        titles.splice(5..5, ["save"]);
        titles.extend(["restore", "threshold"]);
    }
    let derived = report.checkpoints.iter().any(|it| it.derived_bits > 0);
    if derived {
        titles.insert(3, "derived");
    }
    let mut rows = vec![header(&titles)];
    let mut list: Vec<&Checkpoint> = report.checkpoints.iter().collect();
    list.sort_by_key(|checkpoint| (std::cmp::Reverse(checkpoint.saved_bits), checkpoint.state));
    let joules = |value: Option<f64>| value.map(|value| engineering(value, "J"));
    let left_out = list.len().saturating_sub(ROWS);
    list.truncate(ROWS);
    let names = shorten_apart(list.iter().map(|checkpoint| &*checkpoint.name), NAME);
    for (checkpoint, name) in list.into_iter().zip(names) {
        let cells = [
            Some(name),
            Some(checkpoint.saved_bits.to_string()),
            Some(checkpoint.given_bits.to_string()),
            derived.then(|| checkpoint.derived_bits.to_string()),
            Some(checkpoint.saved_words.to_string()),
            Some(checkpoint.save_cycles.to_string()),
            joules(checkpoint.save_joules),
            Some(checkpoint.restore_cycles.to_string()),
            joules(checkpoint.restore_joules),
            checkpoint.threshold.map(|level| level.to_string()),
        ];
        rows.push(cells.into_iter().flatten().collect());
    }
    let mut columns = vec![Align::Right; titles.len()];
    columns[0] = Align::Left;
    let mut out = table(&columns, &rows);
    if left_out > 0 {
        out.push_str(&format!(
            "  … and {left_out} with no more bits each, see report.json\n"
        ));
    }
    out.push_str(match energy {
        true => {
            "  cycles are clocks, those of waiting for the NVM included; joules are upper bounds;\n  \
             above its threshold, of 255 for all of the usable energy, a save may be skipped, and is\n  \
             with `policy = \"threshold\"` or `\"reactive\"` under `[plan]`\n"
        }
        false => "  cycles are clocks with an NVM that never waits\n",
    });
    out.push_str("  given bits are live, but follow from the checkpoint itself");
    out.push_str(match derived {
        true => "; derived ones from saved ones or stable inputs\n",
        false => "\n",
    });
    out
}

/// Saved bits per register in the worst checkpoint, most first.
fn saved_by_register(report: &Report) -> Vec<(String, u64)> {
    let Some(worst) = worst(report) else {
        return Vec::new();
    };
    let Some(state) = report.control.states.get(worst.state as usize) else {
        return Vec::new();
    };
    let mut groups: IndexMap<String, u64> = IndexMap::new();
    for (name, ranges) in &state.live {
        let others = [state.constant.get(name), worst.derived.get(name)];
        let others: u64 = others.into_iter().flatten().map(|it| range_bits(it)).sum();
        let saved = range_bits(ranges) - others;
        if saved == 0 {
            continue;
        }
        // The elements of an array are one entry.
        let base = name.split_once('[').map_or(name.as_str(), |(base, _)| base);
        *groups.entry(base.to_string()).or_default() += saved;
    }
    let mut list: Vec<(String, u64)> = groups.into_iter().collect();
    list.sort_by_key(|(_, bits)| std::cmp::Reverse(*bits));
    list
}

/// How many bits `31:8,0` names.
pub(super) fn range_bits(ranges: &str) -> u64 {
    ranges
        .split(',')
        .map(|range| match range.split_once(':') {
            Some((high, low)) => {
                let parse = |text: &str| text.parse::<u64>().unwrap_or(0);
                parse(high) + 1 - parse(low)
            }
            None => 1,
        })
        .sum()
}

fn dominates(report: &Report) -> String {
    table(
        &[Align::Left, Align::Right, Align::Right],
        &dominating_rows(report),
    )
}

/// The registers with most saved bits in the worst checkpoint: name, bits, part of all.
pub(super) fn dominating_rows(report: &Report) -> Vec<Vec<String>> {
    let list = saved_by_register(report);
    let total: u64 = list.iter().map(|(_, bits)| bits).sum();
    let rows = list.iter().take(5).map(|(name, bits)| {
        vec![
            shorten(name, NAME),
            bits.to_string(),
            format!("{} %", percent(*bits, total)),
        ]
    });
    rows.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_count_their_bits() {
        assert_eq!(range_bits("31:8,0"), 25);
        assert_eq!(range_bits("3"), 1);
    }
}
