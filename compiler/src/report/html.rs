//! `report.html`: one self-contained page.

use serde::Serialize;

use super::model::Report;
use super::{svg, text};

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
    tera::Tera::one_off(TEMPLATE, &context, true).expect("the template fits the model")
}
