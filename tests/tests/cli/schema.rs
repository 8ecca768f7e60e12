//! `idetic init --schema`: what idetic reads is valid, what it refuses by itself is not, and every key is described.

use std::fs;
use std::path::Path;

use idetic_tests::example::EXAMPLES;
use jsonschema::Validator;
use serde_json::{Map, Value};

use crate::bench::Bench;

fn schema(bench: &Bench) -> Value {
    let outcome = bench.run(&["init", "--schema"]);
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    serde_json::from_str(&outcome.stdout).unwrap()
}

/// What is wrong with a configuration.
fn wrong(validator: &Validator, text: &str) -> Vec<String> {
    let value: toml::Value = toml::from_str(text).unwrap();
    let value = serde_json::to_value(value).unwrap();
    let errors = validator.iter_errors(&value);
    errors.map(|error| error.to_string()).collect()
}

/// What a schema refers to, or itself.
fn resolved<'s>(whole: &'s Value, schema: &'s Value) -> &'s Value {
    let own = schema.get("allOf").map_or(schema, |all| &all[0]);
    match own.get("$ref").and_then(Value::as_str) {
        Some(to) => {
            &whole[to.strip_prefix("#/").unwrap().split('/').next().unwrap()]
                [to.rsplit('/').next().unwrap()]
        }
        None => own,
    }
}

#[test]
fn what_idetic_reads_is_valid() {
    let bench = Bench::new(&[]);
    let validator = jsonschema::validator_for(&schema(&bench)).unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    for example in EXAMPLES {
        let path = root.join("examples-verilog").join(example.name);
        let text = fs::read_to_string(path.join("idetic.toml")).unwrap();
        assert_eq!(wrong(&validator, &text), [""; 0], "{}", example.name);
    }
    // Every key of the written file, each put on by itself.
    assert_eq!(bench.run(&["init", "design.v"]).code, 0);
    let written = fs::read_to_string(bench.work().join("idetic.toml")).unwrap();
    assert_eq!(wrong(&validator, &written), [""; 0]);
    let mut on = 0;
    let lines: Vec<&str> = written.lines().collect();
    for (at, line) in lines.iter().enumerate() {
        let Some(key) = line.strip_prefix("# ").filter(|line| line.contains(" = ")) else {
            continue;
        };
        let needed = "capacitor_farads = 1e-6\non_volts = 3.0\noff_volts = 1.8\nclock_hz = 1e6\n";
        let rest: String = needed
            .lines()
            .filter(|line| !key.starts_with(line.split(' ').next().unwrap()))
            .map(|line| format!("{line}\n"))
            .collect();
        let mut text: Vec<String> = lines.iter().map(ToString::to_string).collect();
        text[at] = key.to_string();
        for line in &mut text {
            if line == "# [energy]" {
                *line = format!("[energy]\n{rest}");
            }
        }
        assert_eq!(wrong(&validator, &text.join("\n")), [""; 0], "{key}");
        on += 1;
    }
    assert!(on > 40, "{on} keys");
}

#[test]
fn what_is_refused_is_not_valid() {
    let bench = Bench::new(&[]);
    let validator = jsonschema::validator_for(&schema(&bench)).unwrap();
    let energy =
        "[nvm]\ntechnology = \"fram\"\n[energy]\non_volts = 3.0\noff_volts = 1.8\nclock_hz = 1e6\n";
    let energy = |more: &str| format!("{energy}{more}\n");
    for text in [
        "[desing]\ntop = \"core\"\n".to_string(),
        "[design]\ntops = \"core\"\n".to_string(),
        "[design]\nreset = { name = \"rst\", active = \"high\" }\n".to_string(),
        "[design]\nreset = { name = \"rst\", active = \"up\", kind = \"sync\" }\n".to_string(),
        "[design]\nblackbox = { m = \"stateful\" }\n".to_string(),
        "[observe]\ny = \"always\"\n".to_string(),
        "[observe]\ny = { when = \"done\", never = true }\n".to_string(),
        "[input]\nhandshake = [{ valid = \"start\" }]\n".to_string(),
        "[memory]\nexpand_limit_bits = 8193\n".to_string(),
        "[memory]\nram = \"volatil\"\n".to_string(),
        "[nvm]\nword_bits = 66\n".to_string(),
        "[nvm]\nword_bits = 9\n".to_string(),
        "[nvm]\nword_bits = [16, 128]\n".to_string(),
        "[plan]\npolicy = []\n".to_string(),
        "[plan]\npolicy = \"dynamic\"\n".to_string(),
        "[plan]\nmax_cycles = 0\n".to_string(),
        "[plan]\nstate_limit = 0\n".to_string(),
        "[plan]\nhold = \"stop\"\n".to_string(),
        energy(""),
        energy("capacitor_farads = -1"),
        energy("capacitor_farads = 1e-6\nefficiency = 90"),
        energy("capacitor_farads = 1e-6\nstate_joules = { \"state=RUN\" = -1.0 }"),
        energy("capacitor_farads = 1e-6\non_time_distribution = \"normal\""),
        energy("capacitor_farads = 1e-6").replace("fram", "drum"),
    ] {
        assert_ne!(wrong(&validator, &text), [""; 0], "{text}");
        bench.write("idetic.toml", text.as_bytes());
        let outcome = bench.run(&["analyze", "design.v"]);
        assert_eq!(outcome.code, 1, "{text}");
        assert!(outcome.stderr.contains("E0701"), "{text}{}", outcome.stderr);
    }
}

/// The keys of the page are those of the schema, and each says what it is.
#[test]
fn every_key_is_described() {
    let bench = Bench::new(&[]);
    let schema = schema(&bench);
    let page = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../docs/src/reference/configuration.md"
    );
    let page = fs::read_to_string(page).unwrap();
    let sections = schema["properties"].as_object().unwrap();
    assert_eq!(sections.len(), 7);
    for (name, section) in sections {
        let part = page.split(&format!("\n## `[{name}]`")).nth(1).unwrap();
        let part = part.split("\n## ").next().unwrap();
        let section = resolved(&schema, section);
        let empty = Map::new();
        let keys = section["properties"].as_object().unwrap_or(&empty);
        for (key, value) in keys {
            let forms = [format!("[{name}.{key}]"), format!("[{name}] {key}")];
            let there =
                part.contains(&format!("`{key}`")) || forms.iter().any(|form| page.contains(form));
            assert!(there, "[{name}] {key}");
            let told = value["description"].is_string() || name == "observe";
            assert!(told, "[{name}] {key}");
        }
    }
}
