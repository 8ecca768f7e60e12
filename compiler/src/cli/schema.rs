//! The JSON Schema of `idetic.toml`, for editors and scripts: `idetic init --schema`.
//!
//! It is derived from what reads the file, and figures have the ranges that are checked there. Guarantee: what `idetic` reads without
//! an error (E0701) is valid. The reverse does not hold: how keys fit each other, and names of the design, it cannot tell.

use schemars::generate::SchemaSettings;
use schemars::transform::{RecursiveTransform, RestrictFormats, Transform};
use schemars::{Schema, SchemaGenerator};
use serde_json::{Map, Value, json};

use super::config::Config;
use super::energy_config;
use crate::energy;

/// The schema, of draft 7, which editors of TOML understand.
pub fn schema() -> Value {
    let settings = SchemaSettings::draft07();
    let mut schema = SchemaGenerator::new(settings).into_root_schema_for::<Config>();
    RecursiveTransform(without_null).transform(&mut schema);
    RestrictFormats::default().transform(&mut schema);
    schema.insert("title".into(), "idetic.toml".into());
    schema.to_value()
}

/// TOML has no null: what may be left out is not written.
fn without_null(schema: &mut Schema) {
    let Some(object) = schema.as_object_mut() else {
        return;
    };
    if let Some(Value::Array(types)) = object.get_mut("type") {
        types.retain(|one| one != "null");
        if let [one] = types.as_slice() {
            let one = one.clone();
            object.insert("type".into(), one);
        }
    }
    let Some(Value::Array(forms)) = object.get_mut("anyOf") else {
        return;
    };
    forms.retain(|form| form.get("type").is_none_or(|own| own != "null"));
    // A reference may stand beside a description: `allOf` holds it, since draft 7 passes over what is beside `$ref`.
    if let [one] = forms.as_slice() {
        let one = one.clone();
        object.shift_remove("anyOf");
        object.insert("allOf".into(), json!([one]));
    }
}

/// Gives the figures of a section their ranges.
pub(super) fn figures(section: &mut Schema) {
    let properties = section.get_mut("properties").and_then(Value::as_object_mut);
    for (key, property) in properties.into_iter().flat_map(Map::iter_mut) {
        let Some((least, most)) = energy_config::range(key) else {
            continue;
        };
        // A table of figures has them as its values.
        let figure = match property.get("additionalProperties") {
            Some(_) => &mut property["additionalProperties"],
            None => property,
        };
        figure["minimum"] = json!(least);
        figure["maximum"] = json!(most);
    }
}

/// Names the rows of the shipped table.
pub(super) fn technologies(property: &mut Schema) {
    let names = energy::technologies().iter().map(|row| row.name.as_str());
    property.insert("enum".into(), names.collect());
}
