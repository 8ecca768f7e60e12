//! The emitted files: edited copies of the sources, included headers, the
//! wrapper, the runtime library, and the file list that names them.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

use crate::frontend::ast::Ast;
use crate::netlist::Netlist;
use crate::source::{FileId, SourceMap};

use super::edits::{self, Edit};
use super::kept;
use super::names::wrapper_name;

/// The modules of `rtl-runtime/` that every instrumented design uses.
const RUNTIME: [(&str, &str); 3] = [
    (
        "idetic_controller.v",
        include_str!("../../../rtl-runtime/idetic_controller.v"),
    ),
    (
        "idetic_crc32.v",
        include_str!("../../../rtl-runtime/idetic_crc32.v"),
    ),
    (
        "idetic_clkgate.v",
        include_str!("../../../rtl-runtime/idetic_clkgate.v"),
    ),
];

/// A file to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutputFile {
    /// Path relative to the output directory, with `/` between parts.
    pub name: String,
    /// Contents.
    pub text: String,
    /// The source it is an edited copy of, with its edits; `strip` gives the
    /// source's text back.
    pub source: Option<(FileId, Vec<Edit>)>,
    /// Listed in the file list, rather than read through an `include`.
    pub listed: bool,
}

/// Everything but the reports: sources in the order given, then the wrapper
/// and the runtime modules. An included file may have the name of another one:
/// whoever writes them sees to that.
pub fn files(
    ast: &Ast,
    sources: &SourceMap,
    netlist: &Netlist,
    edits: &[Edit],
    wrapper: String,
    gate: bool,
) -> Vec<OutputFile> {
    let wrapper_file = format!("{}.v", wrapper_name(&netlist.top));
    let mut taken: BTreeSet<String> = RUNTIME.iter().map(|(name, _)| name.to_string()).collect();
    taken.insert(wrapper_file.clone());

    let used = (sources.files())
        .filter(|(id, file)| is_used(ast, netlist, *id, &file.text))
        .map(|(id, _)| id);
    let used = kept::with_named_files(ast, used.collect());
    let mut out = Vec::new();
    for (id, file) in sources.files() {
        if file.included {
            // Only under this name its directive finds it.
            let name = include_name(sources, &file.path);
            taken.insert(name.clone());
            out.push(OutputFile {
                name,
                text: file.text.clone(),
                source: Some((id, Vec::new())),
                listed: false,
            });
            continue;
        }
        if !used.contains(&id) {
            continue;
        }
        let own: Vec<Edit> = edits
            .iter()
            .filter(|edit| edit.file == id)
            .cloned()
            .collect();
        out.push(OutputFile {
            name: free_name(&base_name(&file.path), &mut taken),
            text: edits::apply(&file.text, &own),
            source: Some((id, own)),
            listed: true,
        });
    }
    let mut plain = |name: &str, text: String| {
        out.push(OutputFile {
            name: name.to_string(),
            text,
            source: None,
            listed: true,
        });
    };
    plain(&wrapper_file, wrapper);
    for (name, text) in RUNTIME {
        if gate || name != "idetic_clkgate.v" {
            plain(name, text.to_string());
        }
    }
    out
}

/// Whether a file does more than define modules that the design does not use. One
/// that does not is left out, unless the text of another one names its modules.
fn is_used(ast: &Ast, netlist: &Netlist, file: FileId, text: &str) -> bool {
    let mut modules = ast
        .modules
        .iter()
        .enumerate()
        .filter(|(_, module)| module.span.file == file)
        .map(|(index, _)| index)
        .peekable();
    if modules.peek().is_none() || text.contains("`define") {
        return true;
    }
    modules.any(|index| {
        netlist
            .instances
            .iter()
            .any(|instance| instance.module.index() == index)
    }) || ast.packages.iter().any(|package| package.span.file == file)
}

/// The name under which some source includes the file at `path`, so that a
/// copy of that name is found by the same directive; else its base name.
fn include_name(sources: &SourceMap, path: &Path) -> String {
    for (_, file) in sources.files() {
        for directive in file.text.split("`include").skip(1) {
            let Some(rest) = directive.trim_start().strip_prefix('"') else {
                continue;
            };
            let Some(written) = rest.split('"').next() else {
                continue;
            };
            let plain = Path::new(written)
                .components()
                .all(|part| matches!(part, Component::Normal(_)));
            if plain && !written.is_empty() && path.ends_with(written) {
                return written.to_string();
            }
        }
    }
    base_name(path)
}

fn base_name(path: &Path) -> String {
    path.file_name().map_or_else(
        || "source.v".into(),
        |name| name.to_string_lossy().into_owned(),
    )
}

/// The name, numbered where another file has it.
pub fn free_name(name: &str, taken: &mut BTreeSet<String>) -> String {
    if taken.insert(name.to_string()) {
        return name.to_string();
    }
    let (stem, extension) = match name.rsplit_once('.') {
        Some((stem, extension)) => (stem, format!(".{extension}")),
        None => (name, String::new()),
    };
    (2..)
        .map(|number| format!("{stem}_{number}{extension}"))
        .find(|name| taken.insert(name.clone()))
        .expect("there are more numbers than files")
}

/// What the file list says beside the files.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListOptions {
    /// Directory that the files are written to, absolute.
    pub directory: PathBuf,
    /// Include directories of the run, absolute; searched after `directory`.
    pub include_dirs: Vec<PathBuf>,
    /// Data files that the design reads when a simulation begins.
    pub data_files: Vec<String>,
    /// Macros of the run.
    pub defines: Vec<(String, Option<String>)>,
}

/// The file list `<top>_idetic.f`.
///
/// Its paths are absolute, so that it works from everywhere. White space ends a
/// path in these lists and the simulators do not agree on quoting, so where the
/// directory's path has some, the list is for use inside the directory.
pub fn file_list(top: &str, files: &[OutputFile], options: &ListOptions) -> String {
    let wrapper = wrapper_name(top);
    let directory = options.directory.display().to_string();
    let inside = directory.contains(char::is_whitespace);
    let (place, directory) = if inside {
        (
            "Use it in its own directory, to which the paths are relative",
            ".",
        )
    } else {
        (
            "Paths are absolute, so it works from any directory",
            &*directory,
        )
    };
    let mut out = format!(
        "// Design with the top module {wrapper}, written by idetic.\n\
         // {place}:\n\
         //   iverilog -g2012 -s {wrapper} -c {wrapper}.f ...\n\
         //   verilator --top-module {wrapper} -f {wrapper}.f ...\n"
    );
    let mut line = |text: String| {
        out.push_str(&text);
        out.push('\n');
    };
    for file in &options.data_files {
        line(format!(
            "// The design reads {file} when a simulation begins, from the directory that it runs in."
        ));
    }
    for (name, value) in &options.defines {
        match value {
            Some(value) => line(format!("+define+{name}={value}")),
            None => line(format!("+define+{name}")),
        }
    }
    if files.iter().any(|file| !file.listed) || !options.include_dirs.is_empty() {
        line(format!("+incdir+{directory}"));
    }
    for dir in &options.include_dirs {
        line(format!("+incdir+{}", dir.display()));
    }
    for file in files.iter().filter(|file| file.listed) {
        line(format!("{directory}/{}", file.name));
    }
    for file in files.iter().filter(|file| !file.listed) {
        line(format!("// included: {}", file.name));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_base_names_are_numbered() {
        let mut taken = BTreeSet::new();
        assert_eq!(free_name("core.v", &mut taken), "core.v");
        assert_eq!(free_name("core.v", &mut taken), "core_2.v");
        assert_eq!(free_name("core.v", &mut taken), "core_3.v");
        assert_eq!(free_name("x", &mut taken), "x");
        assert_eq!(free_name("x", &mut taken), "x_2");
    }

    #[test]
    fn a_directory_with_white_space_is_not_named() {
        let files = [OutputFile {
            name: "a.v".into(),
            text: String::new(),
            source: None,
            listed: true,
        }];
        let options = ListOptions {
            directory: "/a b".into(),
            ..ListOptions::default()
        };
        let list = file_list("m", &files, &options);
        assert!(list.contains("\n./a.v\n") && !list.contains("/a b"));
    }

    #[test]
    fn includes_keep_the_name_that_they_are_included_by() {
        let mut sources = SourceMap::new();
        sources.add(
            "a.v",
            "`include \"inc/f.vh\"\n`include \"../g.vh\"".into(),
            false,
        );
        let name = |path: &str| include_name(&sources, Path::new(path));
        assert_eq!(name("/x/inc/f.vh"), "inc/f.vh");
        assert_eq!(name("/x/g.vh"), "g.vh");
    }
}
