//! `report.html`: one self-contained page.

use std::collections::HashMap;

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
    energy: Option<String>,
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
        energy: svg::energy(report),
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
