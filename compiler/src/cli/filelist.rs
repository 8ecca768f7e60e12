//! Simulators' file lists (`-f`): files, `+incdir+`, `+define+`, `-I`, `-D`,
//! nested `-f` and `-F`, libraries (`-y`, `-v`, `+libext+`), comments.
//!
//! Paths are relative to the working directory, as in Icarus and Verilator;
//! below `-F` they are relative to the list. Other options are refused by name.

use std::path::{Path, PathBuf};

use crate::diagnostics::{Diagnostic, codes};
use crate::frontend::library::Libraries;
use crate::source::{SourceMap, Span};

/// What a list adds to the command line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileList {
    /// Source files in order.
    pub files: Vec<PathBuf>,
    /// Include directories.
    pub include: Vec<PathBuf>,
    /// Macros, as `NAME` or `NAME=VALUE`.
    pub define: Vec<String>,
    /// Where modules come from that no file declares.
    pub libraries: Libraries,
}

/// Lists nested deeper than this are a cycle.
const MAX_DEPTH: usize = 16;

/// Reads a list and adds its content to `out`.
pub fn read(path: &Path, sources: &mut SourceMap, out: &mut FileList) -> Result<(), Diagnostic> {
    read_nested(path, Path::new(""), sources, out, 0)
}

fn read_nested(
    path: &Path,
    base: &Path,
    sources: &mut SourceMap,
    out: &mut FileList,
    depth: usize,
) -> Result<(), Diagnostic> {
    if depth > MAX_DEPTH {
        return Err(Diagnostic::global(
            codes::FILE_UNREADABLE,
            format!("file list {} includes itself", path.display()),
        )
        .help("remove the -f line that leads back to it"));
    }
    let text = std::fs::read_to_string(path).map_err(|error| {
        Diagnostic::global(
            codes::FILE_UNREADABLE,
            format!("cannot read the file list {}: {error}", path.display()),
        )
        .help("-f wants an existing text file that names one file per line")
    })?;
    let file = sources.add(path, text.clone(), false);
    let mut words = words(&text).into_iter();
    while let Some((start, word)) = words.next() {
        let span = Span::new(file, start as u32, (start + word.len()) as u32);
        let mut argument = |option: &str| -> Result<String, Diagnostic> {
            if word.len() > option.len() {
                return Ok(word[option.len()..].to_string());
            }
            words.next().map(|(_, word)| word).ok_or_else(|| {
                Diagnostic::error(codes::CONFIG, span, format!("`{option}` wants a value"))
                    .help("write the value behind it")
            })
        };
        if let Some(rest) = word.strip_prefix("+incdir+") {
            out.include
                .extend(rest.split('+').map(|dir| base.join(dir)));
        } else if let Some(rest) = word.strip_prefix("+define+") {
            out.define.extend(rest.split('+').map(str::to_string));
        } else if let Some(rest) = word.strip_prefix("+libext+") {
            let extensions = rest.split('+').map(str::to_string);
            out.libraries.extensions.extend(extensions);
        } else if word.starts_with("-y") {
            out.libraries.dirs.push(base.join(argument("-y")?));
        } else if word == "-v" {
            out.libraries.files.push(base.join(argument("-v")?));
        } else if word.starts_with("-I") {
            out.include.push(base.join(argument("-I")?));
        } else if word.starts_with("-D") {
            out.define.push(argument("-D")?);
        } else if word == "-f" || word == "-c" {
            let nested = base.join(argument(&word)?);
            read_nested(&nested, base, sources, out, depth + 1)?;
        } else if word == "-F" {
            let nested = base.join(argument("-F")?);
            let below = nested.parent().unwrap_or(Path::new("")).to_path_buf();
            read_nested(&nested, &below, sources, out, depth + 1)?;
        } else if word.starts_with('-') || word.starts_with('+') {
            return Err(Diagnostic::error(
                codes::CONFIG,
                span,
                format!("the file list option `{word}` is not taken"),
            )
            .help("name the files themselves"));
        } else {
            out.files.push(base.join(word));
        }
    }
    Ok(())
}

/// Words with their offsets, comments (`//`, `/* */`, `#`) left out.
fn words(text: &str) -> Vec<(usize, String)> {
    let mut words = Vec::new();
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at].is_ascii_whitespace() {
            at += 1;
        } else if text[at..].starts_with("//") || bytes[at] == b'#' {
            at += text[at..].find('\n').unwrap_or(text.len() - at);
        } else if text[at..].starts_with("/*") {
            at += text[at..].find("*/").map_or(text.len() - at, |end| end + 2);
        } else {
            let end = text[at..]
                .find(char::is_whitespace)
                .map_or(text.len(), |end| at + end);
            words.push((at, text[at..end].to_string()));
            at = end;
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_what_the_simulators_take() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("sub.f"), "b.v # more\n").unwrap();
        let list = dir.path().join("top.f");
        std::fs::write(
            &list,
            format!(
                "// files\n+incdir+inc+more /* x */ a.v +define+W=8\n-F {}/sub.f\n",
                dir.path().display()
            ),
        )
        .unwrap();
        let mut out = FileList::default();
        read(&list, &mut SourceMap::new(), &mut out).unwrap();
        assert_eq!(out.files, [PathBuf::from("a.v"), dir.path().join("b.v")]);
        assert_eq!(out.include, [PathBuf::from("inc"), PathBuf::from("more")]);
        assert_eq!(out.define, ["W=8"]);
    }
}
