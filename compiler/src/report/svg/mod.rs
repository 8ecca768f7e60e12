//! Pictures for the HTML report. Colours come from the page's style sheet through
//! classes; each picture has a role, a name that says what it shows, and beside it in
//! the page a table with its numbers.

mod bits;
mod energy;
mod graph;
mod matrix;
mod pareto;

use serde::Serialize;

pub use bits::bits;
pub use energy::{Step, energy, steps};
pub use graph::graph;
pub use matrix::{live_states, matrix};
pub use pareto::pareto;

/// A picture with what is to be said of it.
#[derive(Debug, Serialize)]
pub struct Picture {
    /// The picture.
    pub svg: String,
    /// What was put together in it, or left out.
    pub note: String,
}

/// Text for an attribute or an element.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(c),
        }
    }
    out
}

/// The beginning of a picture of this size.
fn open(class: &str, (width, height): (f64, f64), name: &str) -> String {
    let name = escape(name);
    format!(
        "<svg class=\"{class}\" viewBox=\"0 0 {width:.0} {height:.0}\" width=\"{width:.0}\" \
         role=\"img\" aria-label=\"{name}\">\n<title>{name}</title>\n"
    )
}

/// A text; `class` says where it is anchored: `from` at its start, `name` at its end.
fn text(class: &str, (x, y): (f64, f64), text: &str) -> String {
    format!(
        "<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\">{}</text>\n",
        escape(text)
    )
}

/// The least number that is no less, of those with a short name.
fn rounded_up(value: f64) -> f64 {
    if value <= 0.0 {
        return 1.0;
    }
    let unit = 10f64.powf(value.log10().floor());
    let steps = [1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0].map(|step| step * unit);
    let enough = steps.into_iter().find(|step| *step >= value * (1.0 - 1e-9));
    enough.unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::rounded_up;

    #[test]
    fn axes_end_at_round_numbers() {
        for (value, end) in [
            (0.0, 1.0),
            (2.1, 2.5),
            (5.0, 5.0),
            (81.0, 100.0),
            (0.012, 0.015),
        ] {
            assert!((rounded_up(value) / end - 1.0).abs() < 1e-9, "{value}");
        }
    }
}
