//! `report.html`: one self-contained page, which loads nothing and runs no script.
//!
//! Every picture has its numbers in a table beside it. Everything that scrolls can be
//! reached by keyboard, and has a name.

use std::collections::HashMap;

use indexmap::IndexMap;
use serde::Serialize;

use super::advice;
use super::model::Report;
use super::svg::{self, Picture};
use super::table::shorten;
use super::text;
use crate::energy::engineering;

const TEMPLATE: &str = include_str!("report.html.tera");

/// Characters of a list of states.
const NEXT: usize = 120;

#[derive(Serialize)]
struct Page<'a> {
    report: &'a Report,
    verdict: String,
    facts: Vec<Fact>,
    dominating: Vec<Vec<String>>,
    /// Markup.
    advice: Vec<String>,
    graph: Option<Picture>,
    bits: Option<String>,
    matrix: Option<Picture>,
    energy: Option<String>,
    steps: Vec<svg::Step>,
    pareto: Option<String>,
    /// By plan of the front.
    marks: Vec<String>,
    /// By state.
    next: Vec<String>,
    /// By state.
    live: Vec<String>,
    /// By register.
    live_states: Vec<String>,
    least: usize,
    median: usize,
    most: usize,
}

/// A line of the key figures.
#[derive(Serialize)]
struct Fact {
    key: String,
    value: String,
    source: &'static str,
}

/// The page.
pub fn html(report: &Report) -> String {
    let (least, median, most) = text::live(report);
    let registers = &report.design.registers;
    let widths: IndexMap<&str, u32> = (registers.iter())
        .map(|register| (register.name.as_str(), register.width_bits))
        .collect();
    let states = report.control.states.iter();
    let page = Page {
        report,
        verdict: text::verdict(report).trim_end().to_string(),
        facts: facts(report),
        dominating: text::dominating_rows(report),
        advice: advice::advice(report)
            .iter()
            .map(|line| marked_up(line))
            .collect(),
        graph: svg::graph(report),
        bits: svg::bits(report),
        matrix: svg::matrix(report),
        energy: svg::energy(report),
        steps: svg::steps(report),
        pareto: svg::pareto(report),
        marks: report.pareto.iter().map(|point| point.mark()).collect(),
        next: next_states(report),
        live: states
            .map(|state| text::live_list(&widths, state))
            .collect(),
        live_states: (registers.iter())
            .map(|register| svg::live_states(report, &register.name))
            .collect(),
        least,
        median,
        most,
    };
    let context = tera::Context::from_serialize(&page).expect("the model is a plain structure");
    let mut tera = tera::Tera::default();
    for unit in ["J", "F", "Hz", "s"] {
        let filter = move |value: &tera::Value, _: &HashMap<String, tera::Value>| {
            let figure = value.as_f64().unwrap_or(f64::NAN);
            Ok(engineering(figure, unit).into())
        };
        tera.register_filter(unit, filter);
    }
    tera.add_raw_template("report.html", TEMPLATE)
        .and_then(|()| tera.render("report.html", &context))
        .expect("the template fits the model")
}

/// Markup of a text in which code stands between back quotes.
fn marked_up(text: &str) -> String {
    let parts = text.split('`').map(svg::escape);
    let marked = parts.enumerate().map(|(at, part)| match at % 2 {
        0 => part,
        _ => format!("<code>{part}</code>"),
    });
    marked.collect()
}

/// The states that can follow each one, by their numbers.
fn next_states(report: &Report) -> Vec<String> {
    let mut next: Vec<Vec<String>> = vec![Vec::new(); report.control.states.len()];
    for edge in &report.control.edges {
        next[edge.from as usize].push(edge.to.to_string());
    }
    let lists = next.iter();
    lists.map(|list| shorten(&list.join(" "), NEXT)).collect()
}

/// The facts of `report.txt` with where each is from.
fn facts(report: &Report) -> Vec<Fact> {
    let mut above = String::new();
    let rows = text::fact_rows(report).into_iter();
    rows.map(|row| {
        let [key, value] = <[String; 2]>::try_from(row).expect("a key and a value");
        if !key.is_empty() {
            above = key;
        }
        Fact {
            source: source(&above),
            key: above.clone(),
            value,
        }
    })
    .collect()
}

/// What a fact is from.
fn source(key: &str) -> &'static str {
    match key {
        "design" | "data files" | "no hardware" => "the files",
        "flip-flops" | "memories" | "clock" | "black box" => "the netlist",
        "observed" | "hazards" => "idetic.toml, and the control graph",
        "control" | "reset" => "exploring the states of the control registers",
        "stable inputs" => "idetic.toml",
        "live bits" | "not searched" => "the analysis of live bits",
        "baseline" => "the netlist, and the width of NVM words",
        "chain" | "saved memories" | "cold start" | "NVM" => "the layout of the saved bits",
        "failures" => "[energy], and the plan",
        "longest run" | "plan" => "the plan",
        "supply" => "[energy]: ½ · C · (V_on² − V_off²) · efficiency",
        "worst way" => "the plan, with the energy model's bounds",
        "cycle" | "NVM word" => "the energy model, see Energy",
        _ => "the plan, with how often each state is visited",
    }
}
