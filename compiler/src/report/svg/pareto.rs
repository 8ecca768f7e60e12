//! The front of plans: what each costs against the measure of its area, and against the work
//! that a failure costs.

use std::fmt::Write;

use crate::report::model::Report;
use crate::report::pareto::ParetoPoint;

/// One chart per part of the cost; `None` without a front.
pub fn pareto(report: &Report) -> Option<String> {
    if report.pareto.is_empty() {
        return None;
    }
    let stall = Axis {
        title: "stalled clocks, % of logical cycles",
        of: |point| point.stall_cycles_percent,
    };
    let run = Axis {
        title: "longest run, cycles",
        of: |point| point.longest_run_cycles as f64,
    };
    let (bits, costs) = match report.energy {
        None => {
            let bits = Axis {
                title: "saved bits of all checkpoints",
                of: |point| point.total_saved_bits as f64,
            };
            (bits, None)
        }
        Some(_) => {
            let bits = Axis {
                title: "live bits of all checkpoints",
                of: |point| point.total_live_bits as f64,
            };
            let energy = Axis {
                title: "energy of saves, % of the cycles'",
                of: |point| point.energy_percent.unwrap_or(0.0),
            };
            (bits, Some(energy))
        }
    };
    let mut out = String::new();
    for cost in costs.iter().chain([&stall]) {
        out.push_str(&chart(report, &bits, cost));
    }
    out.push_str(&chart(report, &run, costs.as_ref().unwrap_or(&stall)));
    Some(out)
}

/// What is shown along an axis.
struct Axis {
    title: &'static str,
    of: fn(&ParetoPoint) -> f64,
}

fn chart(report: &Report, across: &Axis, up: &Axis) -> String {
    let (left, right, top, bottom) = (70.0, 330.0, 36.0, 226.0);
    let points = &report.pareto;
    let end = |axis: &Axis| {
        let most = points.iter().map(axis.of).fold(0.0, f64::max);
        super::rounded_up(most)
    };
    let (x_end, y_end) = (end(across), end(up));
    let place = |point: &ParetoPoint| {
        (
            left + (right - left) * (across.of)(point) / x_end,
            bottom - (bottom - top) * (up.of)(point) / y_end,
        )
    };
    let name = format!(
        "{} plans: {} against {}",
        points.len(),
        up.title,
        across.title
    );
    let mut out = super::open("pareto", (360.0, 270.0), &name);
    let _ = writeln!(
        out,
        "<path class=\"axis\" d=\"M{left:.1} {top:.1}V{bottom:.1}H{right:.1}\"/>"
    );
    for (at, text) in [
        ((left - 6.0, bottom + 4.0), "0".to_string()),
        ((left - 6.0, top + 4.0), format!("{y_end}")),
        ((right, bottom + 16.0), format!("{x_end}")),
        ((right, bottom + 34.0), across.title.to_string()),
    ] {
        out.push_str(&super::text("name", at, &text));
    }
    out.push_str(&super::text("from", (8.0, 18.0), up.title));
    // The chosen one on top.
    let mut order: Vec<(usize, &ParetoPoint)> = points.iter().enumerate().collect();
    order.sort_by_key(|(_, point)| point.chosen);
    for (number, point) in order {
        let (x, y) = place(point);
        let (class, radius) = match point.chosen {
            true => ("plan chosen", 7.0),
            false => ("plan", 4.5),
        };
        let _ = writeln!(
            out,
            "<circle class=\"{class}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{radius}\"><title>plan {}{}: \
             {} {}, {} {}</title></circle>",
            number + 1,
            if point.chosen { ", chosen" } else { "" },
            (up.of)(point),
            up.title,
            (across.of)(point),
            across.title
        );
    }
    out.push_str("</svg>\n");
    out
}
