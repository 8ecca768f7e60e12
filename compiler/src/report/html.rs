//! `report.html`: one self-contained page.

use serde::Serialize;

use super::model::Report;
use super::{svg, text};
use crate::energy::engineering;

const TEMPLATE: &str = include_str!("report.html.tera");

#[derive(Serialize)]
struct Page<'a> {
    report: &'a Report,
    text: String,
    graph: Option<String>,
    matrix: Option<String>,
    least: usize,
    median: usize,
    most: usize,
}

/// The page.
pub fn html(report: &Report) -> String {
    let (least, median, most) = text::live(report);
    let page = Page {
        report,
        text: text::text(report),
        graph: svg::graph(report),
        matrix: svg::matrix(report),
        least,
        median,
        most,
    };
    let context = tera::Context::from_serialize(&page).expect("the model is a plain structure");
    let mut tera = tera::Tera::default();
    tera.register_filter("joules", joules);
    tera.add_raw_template("report.html", TEMPLATE)
        .and_then(|()| tera.render("report.html", &context))
        .expect("the template fits the model")
}

/// A number as an energy.
fn joules(
    value: &tera::Value,
    _: &std::collections::HashMap<String, tera::Value>,
) -> tera::Result<tera::Value> {
    let joules = value.as_f64().unwrap_or(f64::NAN);
    Ok(engineering(joules, "J").into())
}
