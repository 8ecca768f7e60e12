//! `idetic init`: a commented `idetic.toml` for a design.
//!
//! What a run would find by itself (top, clock, reset) is written out; every other key stands
//! in a comment. The file changes nothing about the next run but where the names come from. With `--schema` the
//! [schema] is printed instead.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Serialize;
use tera::{Context, Tera};

use crate::cli::args::InitArgs;
use crate::cli::console::Console;
use crate::cli::exit::Exit;
use crate::cli::request::{self, Request};
use crate::cli::schema;
use crate::control::ResetStart;
use crate::diagnostics::{Diagnostic, codes};
use crate::driver::{self, Outline};
use crate::energy;
use crate::frontend::ast::Direction;
use crate::source::SourceMap;

const TEMPLATE: &str = include_str!("init.toml.tera");

/// Runs the subcommand.
pub fn run(arguments: &InitArgs, console: &Console, sources: &mut SourceMap) -> Result<(), Exit> {
    if arguments.schema {
        let schema = serde_json::to_string_pretty(&schema::schema()).expect("plain values");
        return Ok(console.result(&format!("{schema}\n"))?);
    }
    let path = &arguments.output;
    if path.exists() {
        let message = format!("`{}` exists", path.display());
        return Err(Diagnostic::global(codes::OUTPUT_EXISTS, message)
            .help("name another file with -o, or remove it")
            .into());
    }
    let request = request::request(&arguments.design, None, sources)?;
    let (outline, diagnostics) = driver::outline(&request.analyze, sources);
    let Some(outline) = outline else {
        return Err(Exit::Input(diagnostics));
    };
    let text = text(&request, &outline, path);
    fs::write(path, text).map_err(|error| {
        let message = format!("cannot write {}: {error}", path.display());
        Diagnostic::global(codes::OUTPUT_UNWRITABLE, message).help("name another file with -o")
    })?;
    if !console.quiet {
        console.result(&format!("{}: written\n", path.display()))?;
    }
    Ok(())
}

/// What the template shows. Names are texts of TOML.
#[derive(Debug, Serialize)]
struct Shown {
    top: String,
    top_text: String,
    files: Vec<String>,
    include: Vec<String>,
    define: Vec<String>,
    /// `-P`, as keys with values.
    parameter: Vec<String>,
    /// All of the top module, likewise.
    parameters: Vec<String>,
    clocks: Vec<String>,
    reset: Option<String>,
    boxes: Vec<String>,
    outputs: Vec<String>,
    memories: Vec<String>,
    state: String,
    technologies: Vec<String>,
}

fn text(request: &Request, outline: &Outline, path: &Path) -> String {
    let netlist = &outline.netlist;
    let read = &request.analyze.read;
    let place = |file: &PathBuf| quoted(&beside(path, file).display().to_string());
    let boxes = netlist.black_boxes.iter();
    let mut boxes: Vec<String> = boxes.map(|it| key(&it.module)).collect();
    boxes.dedup();
    let outputs = netlist.ports.iter();
    let outputs = outputs.filter(|port| port.direction != Direction::Input);
    let written = |(name, value): &(String, String)| format!("{} = {}", key(name), quoted(value));
    let parameters = netlist.parameters.iter().map(|(name, value)| {
        let value = value.to_i64(true).map_or_else(
            || quoted(&format!("{}'b{value}", value.width())),
            |number| number.to_string(),
        );
        format!("{} = {value}", key(name))
    });
    let shown = Shown {
        top: netlist.top.clone(),
        top_text: quoted(&netlist.top),
        files: read.files.iter().map(place).collect(),
        include: read.include_dirs.iter().map(place).collect(),
        define: request.defines().iter().map(|it| quoted(it)).collect(),
        parameter: request
            .analyze
            .elaborate
            .parameters
            .iter()
            .map(written)
            .collect(),
        parameters: parameters.collect(),
        clocks: outline.clocks.iter().map(|it| quoted(it)).collect(),
        reset: outline.reset.as_ref().map(reset),
        boxes,
        outputs: outputs.map(|port| key(&port.name)).collect(),
        memories: (netlist.memories.iter())
            .filter(|memory| !memory.writes.is_empty())
            .map(|memory| key(&memory.name))
            .collect(),
        state: quoted(outline.state.as_deref().unwrap_or("state=IDLE")),
        technologies: (energy::technologies().iter())
            .map(|it| it.name.to_string())
            .collect(),
    };
    let context = Context::from_serialize(shown).expect("plain values");
    Tera::one_off(TEMPLATE, &context, false).expect("the template is valid")
}

fn reset(of: &ResetStart) -> String {
    let active = if of.active_high { "high" } else { "low" };
    let kind = if of.asynchronous { "async" } else { "sync" };
    let name = quoted(&of.port);
    format!("name = {name}, active = \"{active}\", kind = \"{kind}\"")
}

/// A text of TOML.
fn quoted(text: &str) -> String {
    toml::Value::String(text.to_string()).to_string()
}

/// A key of TOML.
fn key(name: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    match !name.is_empty() && name.chars().all(bare) {
        true => name.to_string(),
        false => quoted(name),
    }
}

/// A path as the file at `path` names it: paths there are relative to its folder.
fn beside(path: &Path, file: &Path) -> PathBuf {
    let here = path.parent().is_none_or(|folder| folder == Path::new(""));
    match here || file.is_absolute() {
        true => file.to_path_buf(),
        false => std::path::absolute(file).unwrap_or_else(|_| file.to_path_buf()),
    }
}
