//! The survey as a table for people: aligned text, or Markdown for the documentation.

use super::command::Answer;
use super::{Check, Row};

const HEADINGS: [&str; 8] = [
    "design",
    "lines",
    "FF bits",
    "memory bits",
    "verdict",
    "registers agree",
    "co-simulation cycles",
    "equivalence",
];

/// The table as aligned text.
pub fn text(rows: &[Row]) -> String {
    let cells = cells(rows);
    let width = |column: usize| cells.iter().map(|row| row[column].chars().count()).max();
    let widths: Vec<usize> = (0..HEADINGS.len()).filter_map(width).collect();
    let line = |row: &[String; 8]| {
        let padded: Vec<String> = (row.iter().zip(&widths))
            .map(|(cell, width)| format!("{cell:width$}"))
            .collect();
        format!("{}\n", padded.join("  ").trim_end())
    };
    cells.iter().map(line).collect()
}

/// The table as Markdown.
pub fn markdown(rows: &[Row]) -> String {
    let cells = cells(rows);
    let line = |row: &[String; 8]| {
        let cells: Vec<String> = row.iter().map(|it| it.replace('|', "\\|")).collect();
        format!("| {} |\n", cells.join(" | "))
    };
    let mut text = String::new();
    for (at, row) in cells.iter().enumerate() {
        text.push_str(&line(row));
        if at == 0 {
            text.push_str("| --- | ---: | ---: | ---: | --- | --- | --- | --- |\n");
        }
    }
    text
}

fn cells(rows: &[Row]) -> Vec<[String; 8]> {
    let rows = rows.iter().map(|row| {
        let (flops, memory) = match row.bits {
            Some((flops, memory)) => (flops.to_string(), memory.to_string()),
            None => ("–".to_string(), "–".to_string()),
        };
        [
            row.name.clone(),
            row.lines.to_string(),
            flops,
            memory,
            verdict(row),
            check(&row.registers),
            check(&row.cosimulation),
            check(&row.equivalence),
        ]
    });
    std::iter::once(HEADINGS.map(str::to_string))
        .chain(rows)
        .collect()
}

fn verdict(row: &Row) -> String {
    match (&row.analyze, &row.insert) {
        (Answer::Taken(_), Answer::Taken(_)) => "taken".to_string(),
        (Answer::Taken(_), insert) => format!("analyzed; insert: {}", answer(insert)),
        (analyze, _) => answer(analyze),
    }
}

fn answer(answer: &Answer) -> String {
    match answer {
        Answer::Taken(time) => format!("taken in {:.1} s", time.as_secs_f64()),
        Answer::Refused {
            code,
            message,
            place,
            errors,
        } => {
            let more = match errors {
                0 | 1 => String::new(),
                more => format!(" ({} errors)", more),
            };
            let place = match place.is_empty() {
                true => String::new(),
                false => format!("{place}: "),
            };
            format!("{code} {place}{message}{more}")
        }
        Answer::Endless => "NO END".to_string(),
        Answer::Broken(said) => format!("BROKEN {said}"),
    }
}

fn check(check: &Check) -> String {
    match check {
        Check::Passed(text) => text.clone(),
        Check::Failed(text) => format!("NO: {text}"),
        Check::Open(text) => format!("– ({text})"),
    }
}
