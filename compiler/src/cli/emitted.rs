//! The names of the emitted files, apart from each other and from the files that
//! `insert` adds beside them, and such that a simulator's file list can carry them.
//!
//! A listed file may be called anything, so it is the one that gives way. An
//! included file is found by the name that its directive says: where that name is
//! taken by another file of ours, the design is refused.

use std::collections::BTreeSet;
use std::path::Path;

use crate::cli::output;
use crate::diagnostics::{Diagnostic, codes};
use crate::instrument::{ListOptions, Output, OutputFile, free_name};
use crate::source::{SourceMap, Span};

/// Gives each of the emitted files a name of its own. `shown` are the sources
/// that diagnostics show.
///
/// # Errors
/// A file is included by a name that another one has.
pub fn name_apart(output: &mut Output, shown: &SourceMap) -> Result<(), Diagnostic> {
    let list = output.file_list(&ListOptions::default()).0;
    let mut taken: BTreeSet<String> = output::FIXED.iter().map(|name| name.to_string()).collect();
    taken.insert(list);
    let own = output.files.iter().filter(|file| file.source.is_none());
    let own = own.chain(&output.observed);
    taken.extend(own.map(|file| file.name.clone()));
    let mut included: Vec<&OutputFile> = Vec::new();
    for file in output.files.iter().filter(|file| !file.listed) {
        let same = included.iter().find(|other| other.name == file.name);
        let other = same.is_some_and(|other| other.text != file.text);
        if other || taken.contains(&file.name) {
            return Err(unmovable(&file.name, other, shown));
        }
        included.push(file);
    }
    taken.extend(included.iter().map(|file| file.name.clone()));
    // Equal ones are one file.
    let mut seen = BTreeSet::new();
    output
        .files
        .retain(|file| file.listed || seen.insert(file.name.clone()));
    let sources = (output.files.iter_mut()).filter(|file| file.listed && file.source.is_some());
    let (mut stay, mut give_way): (Vec<_>, Vec<_>) =
        sources.partition(|file| is_plain(&file.name) && !taken.contains(&file.name));
    taken.extend(stay.iter_mut().map(|file| file.name.clone()));
    for file in &mut give_way {
        file.name = free_name(&plain(&file.name), &mut taken);
    }
    Ok(())
}

fn unmovable(name: &str, twice: bool, sources: &SourceMap) -> Diagnostic {
    let message = match twice {
        true => format!("two different files are included as `{name}`"),
        false => format!("`{name}` is included, and idetic writes a file of this name"),
    };
    let mut files = sources.files();
    let place = files.find(|(_, file)| file.included && file.path.ends_with(Path::new(name)));
    let error = match place {
        Some((id, _)) => Diagnostic::error(codes::NAME_TAKEN, Span::new(id, 0, 0), message),
        None => Diagnostic::global(codes::NAME_TAKEN, message),
    };
    error.help("rename it, with its `include")
}

/// What every simulator takes in a file list without quotes.
fn is_plain_char(c: char) -> bool {
    c.is_alphanumeric() || "._-+=@%,~^".contains(c)
}

fn is_plain(name: &str) -> bool {
    name.chars().all(is_plain_char)
}

fn plain(name: &str) -> String {
    let replace = |c| if is_plain_char(c) { c } else { '_' };
    name.chars().map(replace).collect()
}

/// What a line of a file list holds that simulators read otherwise.
pub fn not_carried(line: &str) -> Option<char> {
    let macro_line = line.starts_with("+define+");
    let path = line.strip_prefix("+incdir+");
    // `+` divides the folders of one line; Verilator ends a path at these brackets.
    let in_path = |c: char| !macro_line && (c.is_control() || "\"\\)}".contains(c));
    let divides = |c: char| c == '+' && path.is_some();
    let mut chars = path.unwrap_or(line).chars();
    chars.find(|&c| c.is_whitespace() || in_path(c) || divides(c))
}
