//! The second obligation of a proof: without a supply failure the instrumented
//! design is the user's.
//!
//! Yosys proves it from both texts, so nothing of ours but the insertions themselves
//! has a part in it. Where Yosys is missing or does not read the design, that is said.

use std::path::{Path, PathBuf};
use std::time::Duration;

use idetic_sim::{Equivalence, Side, SimError};

use crate::cli::console::Console;
use crate::cli::exit::Exit;
use crate::cli::request::{Request, absolute};
use crate::diagnostics::{Diagnostic, Diagnostics, codes};
use crate::driver::Analysis;
use crate::frontend::ast::Ast;
use crate::instrument::edits::{self, Edit};
use crate::instrument::{self, AT_REST, Output};
use crate::source::SourceMap;

/// Memories up to so many bits become registers for the proof.
const MEMORY_BITS: u64 = 1024;

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Yosys was asked.
    Found(Equivalence),
    /// It was not; why.
    NotTried(String),
}

/// Asks Yosys. `sources` are the user's texts, those of libraries among them.
///
/// # Errors
/// Where temporary files cannot be written.
pub fn check(
    analysis: &Analysis,
    output: &Output,
    sources: &SourceMap,
    request: &Request,
    limit: Duration,
    console: &Console,
) -> Result<Outcome, Diagnostic> {
    let netlist = &analysis.netlist;
    let refused = |what: &str| Ok(Outcome::NotTried(what.to_string()));
    if limit.is_zero() {
        return Ok(Outcome::not_wanted());
    }
    if netlist.memory_bits() > MEMORY_BITS {
        return refused("the memories are too large");
    }
    if !netlist.black_boxes.is_empty() {
        return refused("there are black boxes");
    }
    let modules = netlist.instances.iter();
    let mut modules = modules.map(|instance| &analysis.ast[instance.module]);
    if modules.any(|module| module.interface) {
        // Yosys 0.23 leaves their signals unconnected on both sides.
        return refused("there are interfaces");
    }
    let scratch = tempfile::tempdir().map_err(|error| {
        let message = format!("cannot make a temporary directory: {error}");
        Diagnostic::global(codes::OUTPUT_UNWRITABLE, message)
    })?;
    let emitted = scratch.path().join("emitted");
    let read = &request.analyze.read;
    let mut files = Vec::new();
    for file in &output.files {
        let path = emitted.join(&file.name);
        write(&path, &file.text)?;
        if file.listed {
            files.push(path);
        }
    }
    if output.at_rest.named.hidden {
        return refused("a block without a name declares a register, which Yosys shows none for");
    }
    let Some(names) = block_names(&analysis.ast, sources, output) else {
        return refused("a macro or an included file begins a block without a name");
    };
    let (originals, folders) = with_names(sources, &names, scratch.path())?;
    let mut original_dirs: Vec<PathBuf> =
        read.include_dirs.iter().map(|dir| absolute(dir)).collect();
    original_dirs.extend(folders);
    let original = Side {
        files: originals,
        include_dirs: original_dirs,
        defines: request.defines(),
        top: output.at_rest.original.clone(),
    };
    let mut include_dirs = vec![emitted];
    include_dirs.extend(original.include_dirs.iter().cloned());
    let instrumented = Side {
        files,
        include_dirs,
        defines: original.defines.clone(),
        top: output.at_rest.instrumented.clone(),
    };
    let bar = console.progress();
    bar.set_message("proving with Yosys that the insertions change nothing");
    let directory = absolute(Path::new("."));
    let sides = [&original, &instrumented];
    let found = idetic_sim::equivalence(sides, AT_REST, &directory, scratch.path(), limit);
    bar.finish_and_clear();
    match found {
        // What Yosys left out while it read the design is equal on both sides.
        Ok(Equivalence::Proved { pairs }) if pairs < netlist.flop_bits() => refused(&format!(
            "Yosys sees {pairs} bits, and the design has {} flip-flops",
            netlist.flop_bits()
        )),
        Ok(found) => Ok(Outcome::Found(found)),
        Err(SimError::ToolMissing { .. }) => refused("Yosys is not installed"),
        Err(error) => refused(&error.to_string()),
    }
}

/// What gives the user's text the names of blocks that the emitted one has, under which Yosys pairs
/// the registers inside. `None` where that cannot be inserted.
fn block_names(ast: &Ast, sources: &SourceMap, output: &Output) -> Option<Vec<Edit>> {
    let blocks = output.at_rest.named.blocks.iter();
    let edits = blocks.map(|(module, name)| {
        let begin = instrument::begin(ast, module, name)?;
        let plain = !begin.expanded && !sources.file(begin.file).included;
        plain.then(|| Edit {
            file: begin.file,
            offset: begin.end,
            text: instrument::label(name),
        })
    });
    let mut edits: Vec<Edit> = edits.collect::<Option<_>>()?;
    edits::sort(&mut edits);
    Some(edits)
}

/// The user's files, those with insertions as copies in the directory `scratch`, and the folders
/// whose included files the copies need.
fn with_names(
    sources: &SourceMap,
    names: &[Edit],
    scratch: &Path,
) -> Result<(Vec<PathBuf>, Vec<PathBuf>), Diagnostic> {
    let (mut files, mut folders) = (Vec::new(), Vec::new());
    for (id, file) in sources.files().filter(|(_, file)| !file.included) {
        let path = absolute(&file.path);
        let own = names.iter().filter(|edit| edit.file == id);
        let own: Vec<Edit> = own.cloned().collect();
        if own.is_empty() {
            files.push(path);
            continue;
        }
        let folder = scratch.join(format!("original{}", files.len()));
        let copy = folder.join(path.file_name().unwrap_or_default());
        write(&copy, &edits::apply(&file.text, &own))?;
        files.push(copy);
        folders.extend(path.parent().map(Path::to_path_buf));
    }
    Ok((files, folders))
}

fn write(path: &Path, text: &str) -> Result<(), Diagnostic> {
    let made = path.parent().map_or(Ok(()), std::fs::create_dir_all);
    made.and_then(|()| std::fs::write(path, text))
        .map_err(|error| {
            let message = format!("cannot write `{}`: {error}", path.display());
            Diagnostic::global(codes::OUTPUT_UNWRITABLE, message)
        })
}

impl Outcome {
    /// Left out by the user.
    pub fn not_wanted() -> Outcome {
        Outcome::NotTried("--equivalence-timeout is 0".to_string())
    }

    /// For people, in a line.
    pub fn summary(&self) -> String {
        let said = match self {
            Outcome::Found(Equivalence::Proved { pairs }) => format!(
                "proved by Yosys: without a supply failure the design is the original ({pairs} bits)"
            ),
            Outcome::Found(Equivalence::Open { unproved, pairs }) => {
                format!("NOT PROVED: Yosys leaves {unproved} of {pairs} bits open")
            }
            Outcome::Found(Equivalence::OutOfTime) => {
                "NOT PROVED: Yosys did not end in time".to_string()
            }
            Outcome::Found(Equivalence::Unread(why)) => {
                format!("not checked: Yosys does not read the design ({why})")
            }
            Outcome::Found(Equivalence::NoModel(cell)) => {
                format!("not checked: Yosys cannot reason about `{cell}`")
            }
            Outcome::NotTried(why) => format!("not checked: {why}"),
        };
        format!("{:<14} {said}\n", "insertions")
    }

    /// For machines.
    pub fn word(&self) -> &'static str {
        match self {
            Outcome::Found(Equivalence::Proved { .. }) => "proved",
            Outcome::Found(Equivalence::Open { .. } | Equivalence::OutOfTime) => "unknown",
            Outcome::Found(Equivalence::Unread(_) | Equivalence::NoModel(_))
            | Outcome::NotTried(_) => "not checked",
        }
    }

    /// An error where Yosys was asked and found no proof.
    ///
    /// # Errors
    /// [`Exit::Counterexample`], as for every obligation without an answer.
    pub fn holds(&self) -> Result<(), Exit> {
        let message = match self {
            Outcome::Found(Equivalence::Open { unproved, pairs }) => format!(
                "Yosys finds no proof that {unproved} of {pairs} bits are those of the original"
            ),
            Outcome::Found(Equivalence::OutOfTime) => {
                "Yosys finds no proof in the time given that the insertions change nothing"
                    .to_string()
            }
            _ => return Ok(()),
        };
        let error = Diagnostic::global(codes::UNPROVED, message)
            .help("give more time by `--equivalence-timeout`, or 0 to leave this proof out");
        Err(Exit::Counterexample(Diagnostics { list: vec![error] }))
    }
}
