//! `[observe]` and `[input]`: what the environment does at the ports.
//!
//! `debug = "never"` and `result = { when = "ready" }`; handshakes as
//! `[[input.handshake]]` with `valid` and `ready`. What a condition means
//! is for elaboration to say, in the scope of the top module; here it gets its
//! place in the file.

use std::ops::Range;
use std::path::Path;

use indexmap::IndexMap;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, SeqAccess, Visitor};
use toml::Spanned;

use crate::frontend::{ObserveHandshake, ObserveOptions, ObserveOutput};

/// The entries by the names of outputs.
pub type Observe = IndexMap<String, Spanned<Sampling>>;

/// One output.
#[derive(Debug, Clone)]
pub enum Sampling {
    /// It is never sampled.
    Never,
    /// It is sampled where this condition holds.
    When(Spanned<String>),
    /// No output: `[[observe.handshake]]`.
    Handshakes(Vec<Handshake>),
}

/// What [`Observe`] looks like.
pub struct Shape;

impl JsonSchema for Shape {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Observe".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let handshakes = generator.subschema_for::<Vec<Handshake>>();
        json_schema!({
            "description": "`[observe]`: outputs that are not sampled in every cycle, by name",
            "type": "object",
            "properties": { "handshake": handshakes },
            "additionalProperties": {
                "anyOf": [
                    { "description": "It is never sampled.", "const": "never" },
                    {
                        "description": "It is sampled where this condition, in Verilog, holds.",
                        "type": "object",
                        "properties": { "when": { "type": "string" } },
                        "required": ["when"],
                        "additionalProperties": false,
                    },
                ],
            },
        })
    }
}

/// Something is transferred where both conditions hold.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Handshake {
    /// Who has something says so.
    #[schemars(with = "String")]
    pub valid: Spanned<String>,
    /// Who takes it says so.
    #[schemars(with = "String")]
    pub ready: Spanned<String>,
}

/// `[input]`: what the environment gives.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// Where the design takes something.
    #[serde(default)]
    pub handshake: Vec<Handshake>,
    /// Inputs that never change.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub stable: Vec<Spanned<String>>,
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

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Sampling, A::Error> {
        let mut handshakes = Vec::new();
        while let Some(handshake) = list.next_element()? {
            handshakes.push(handshake);
        }
        Ok(Sampling::Handshakes(handshakes))
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
    input: &Input,
) -> Result<ObserveOptions, (Range<usize>, &'static str)> {
    let mut outputs = Vec::new();
    let mut handshakes = Vec::new();
    let taken = input.handshake.iter().map(|handshake| (false, handshake));
    let given = entries.values().filter_map(|entry| match entry.get_ref() {
        Sampling::Handshakes(list) => Some(list.iter().map(|handshake| (true, handshake))),
        Sampling::Never | Sampling::When(_) => None,
    });
    for (produces, handshake) in taken.chain(given.flatten()) {
        handshakes.push(ObserveHandshake {
            produces,
            valid: inside(text, &handshake.valid)?,
            ready: inside(text, &handshake.ready)?,
        });
    }
    for (output, entry) in entries {
        let when = match entry.get_ref() {
            Sampling::Never => None,
            Sampling::When(condition) => Some(inside(text, condition)?),
            Sampling::Handshakes(_) => {
                if output != "handshake" {
                    return Err((entry.span(), "a list for an output"));
                }
                continue;
            }
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
    let stable = input.stable.iter().map(|name| inside(text, name));
    Ok(ObserveOptions {
        path: path.to_path_buf(),
        text: text.to_owned(),
        outputs,
        handshakes,
        stable: stable.collect::<Result<_, _>>()?,
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
