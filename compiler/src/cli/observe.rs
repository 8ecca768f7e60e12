//! `[observe]`: outputs that are not sampled in every cycle.
//!
//! `debug = "never"` and `result = { when = "ready" }`. What a condition means
//! is for elaboration to say, in the scope of the top module; here it gets its
//! place in the file.

use std::ops::Range;
use std::path::Path;

use indexmap::IndexMap;
use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, Visitor};
use toml::Spanned;

use crate::frontend::{ObserveOptions, ObserveOutput};

/// The entries by the names of outputs.
pub type Observe = IndexMap<String, Spanned<Sampling>>;

/// One output.
#[derive(Debug, Clone)]
pub enum Sampling {
    /// It is never sampled.
    Never,
    /// It is sampled where this condition holds.
    When(Spanned<String>),
}

const FORMS: &str = "`\"never\"` or `{ when = \"condition\" }`";

impl<'de> Deserialize<'de> for Sampling {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Sampling, D::Error> {
        deserializer.deserialize_any(Forms)
    }
}

struct Forms;

impl<'de> Visitor<'de> for Forms {
    type Value = Sampling;

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(FORMS)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Sampling, E> {
        match text {
            "never" => Ok(Sampling::Never),
            _ => Err(E::custom(format!("an output is sampled {FORMS}"))),
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Sampling, A::Error> {
        let mut when = None;
        while let Some(key) = map.next_key::<String>()? {
            match (&*key, &when) {
                ("when", None) => when = Some(map.next_value::<Spanned<String>>()?),
                _ => return Err(A::Error::unknown_field(&key, &["when"])),
            }
        }
        when.map(Sampling::When)
            .ok_or_else(|| A::Error::missing_field("when"))
    }
}

/// The entries with their places in the file.
///
/// # Errors
/// The place of a condition that is not written as it reads, and why.
pub fn resolve(
    path: &Path,
    text: &str,
    entries: &Observe,
) -> Result<ObserveOptions, (Range<usize>, &'static str)> {
    let mut outputs = Vec::new();
    for (output, entry) in entries {
        let when = match entry.get_ref() {
            Sampling::Never => None,
            Sampling::When(condition) => Some(inside(text, condition)?),
        };
        // The key stands before its value; a quoted one begins with the quote.
        let before = &text[..entry.span().start];
        let name = match (before.rfind(output.as_str()), &when) {
            (Some(at), _) => at..at + output.len(),
            (None, Some(condition)) => condition.clone(),
            (None, None) => entry.span(),
        };
        outputs.push(ObserveOutput {
            output: output.clone(),
            name,
            when,
        });
    }
    Ok(ObserveOptions {
        path: path.to_path_buf(),
        text: text.to_owned(),
        outputs,
    })
}

/// The text between the quotes.
fn inside(
    text: &str,
    literal: &Spanned<String>,
) -> Result<Range<usize>, (Range<usize>, &'static str)> {
    let span = literal.span();
    let range = span.start + 1..span.end.saturating_sub(1);
    if text.get(range.clone()) != Some(literal.get_ref()) {
        return Err((span, "a condition with escapes or over several lines"));
    }
    Ok(range)
}
