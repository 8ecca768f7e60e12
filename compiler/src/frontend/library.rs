//! Module libraries, as simulators know them: `-v FILE`, `-y DIR`, `+libext+`.
//!
//! A library's file is read only if it declares a module that the design
//! instantiates and does not declare; of a directory, the file that is named as
//! the module. What is read behind them has no part in the choice of the top.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::ast::{Ast, SymbolKind};
use super::{ReadOptions, read};
use crate::source::SourceMap;

/// Where modules may come from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Libraries {
    /// Files, `-v`.
    pub files: Vec<PathBuf>,
    /// Directories, `-y`.
    pub dirs: Vec<PathBuf>,
    /// What a file's name ends with in a directory, with its dot; `.v` always counts.
    pub extensions: Vec<String>,
}

impl Libraries {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty() && self.dirs.is_empty()
    }
}

/// The library files that a design needs, in the order in which that is found.
/// Where the design cannot be read there is no answer; reading it tells why.
pub fn needed(options: &ReadOptions, libraries: &Libraries) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = Vec::new();
    let mut declared: Vec<Option<HashSet<Box<str>>>> = vec![None; libraries.files.len()];
    loop {
        let (ast, complete) = read_with(options, &found);
        if !complete {
            return found;
        }
        let mut more = Vec::new();
        for name in missing(&ast) {
            let declares = |(file, known): (&PathBuf, &mut Option<HashSet<Box<str>>>)| {
                let modules = known.get_or_insert_with(|| modules_of(options, file));
                modules.contains(name).then(|| file.clone())
            };
            let file = libraries.files.iter().zip(&mut declared).find_map(declares);
            let path = file.or_else(|| in_dirs(libraries, name));
            more.extend(path.filter(|path| !found.contains(path)));
        }
        more.dedup();
        if more.is_empty() {
            return found;
        }
        for path in more {
            if !found.contains(&path) {
                found.push(path);
            }
        }
    }
}

fn read_with(options: &ReadOptions, more: &[PathBuf]) -> (Ast, bool) {
    let options = ReadOptions {
        files: [&options.files, more].concat(),
        ..options.clone()
    };
    let (ast, diagnostics) = read(&options, &mut SourceMap::new());
    (ast, !diagnostics.has_errors())
}

/// The modules that are instantiated and not declared, each once.
fn missing(ast: &Ast) -> Vec<&str> {
    let mut seen: HashSet<&str> = ast.modules.iter().map(|m| &*m.name.text).collect();
    let instances = ast.symbols.iter().filter_map(|symbol| match &symbol.kind {
        SymbolKind::Instance(instance) if !instance.gate => Some(&*instance.definition.text),
        _ => None,
    });
    instances.filter(|name| seen.insert(name)).collect()
}

/// The modules of a library's file, which may use the design's macros.
fn modules_of(options: &ReadOptions, file: &Path) -> HashSet<Box<str>> {
    let (ast, _) = read_with(options, &[file.to_path_buf()]);
    let Some(last) = ast.file_scopes.last() else {
        return HashSet::new();
    };
    let own = ast
        .modules
        .iter()
        .filter(|module| ast[module.scope].parent == Some(*last));
    own.map(|module| module.name.text.clone()).collect()
}

fn in_dirs(libraries: &Libraries, name: &str) -> Option<PathBuf> {
    let extensions = || {
        let given = libraries.extensions.iter().map(String::as_str);
        given.chain([".v"])
    };
    libraries.dirs.iter().find_map(|dir| {
        extensions()
            .map(|extension| dir.join(format!("{name}{extension}")))
            .find(|path| path.is_file())
    })
}
