//! Reading files and expanding macros, conditionals and includes.
//!
//! All files of a command line are one compilation unit: a macro of the first
//! is visible in the second. Guarantees: every file that is read ends up in
//! the [`SourceMap`]; each problem of a file or directive is one diagnostic.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use astli_preproc::{Build, COMMAND_LINE, Expanded, MacroTable, PREDEFINED, Session, TokenSpan};
use astli_syntax::SyntaxKind::*;
use astli_text::{Origins, Reader, SourceId};

use super::ReadOptions;
use super::encoding;
use super::macro_size::{self, MAX_ADDED_TOKENS};
use super::tokens::Places;
use crate::diagnostics::{Code, Diagnostic, Diagnostics, codes};
use crate::source::{FileId, SourceMap, Span};

/// The largest file, in bytes: offsets are 32 bits.
const MAX_FILE_BYTES: usize = 1 << 30;

/// The most files that `include` may read, counted as often as they are read:
/// each of a few files that includes the next one twice doubles them.
const MAX_INCLUDES: usize = 20_000;

/// A byte order mark; blanked for the lexer, so that offsets stay.
pub(super) const BOM: &str = "\u{feff}";

/// The expanded files of a run.
pub(super) struct Unit {
    pub origins: Origins,
    pub files: HashMap<SourceId, FileId>,
    /// Each file of the command line with its tokens.
    pub expanded: Vec<(FileId, Expanded)>,
}

impl Unit {
    /// The buffer of a file of the command line.
    pub fn root(&self, file: FileId) -> Option<SourceId> {
        let mut all = self.origins.files();
        all.find(|source| self.files.get(source) == Some(&file))
    }

    pub fn places(&self) -> Places<'_> {
        Places {
            origins: &self.origins,
            files: self.files.clone(),
        }
    }
}

/// Reads and expands the files of `options`.
pub(super) fn run(
    options: &ReadOptions,
    sources: &mut SourceMap,
    diagnostics: &mut Diagnostics,
) -> Unit {
    let reader = Includes::default();
    let mut session = Session::reading(&reader).building(build(options, diagnostics));
    let mut files = HashMap::new();
    let mut roots = Vec::new();
    for path in &options.files {
        let text = match options.texts.get(path) {
            Some(text) => Ok(text.clone()),
            None => load_design(path),
        };
        match text {
            Ok(text) => {
                let blanked = blank(&text);
                let file = sources.add(path, text, false);
                let source = session.add(path, blanked);
                files.insert(source, file);
                roots.push((source, file));
            }
            Err(problem) => diagnostics.push(problem.diagnostic(path)),
        }
    }
    if let Some(problem) = too_much_text(options, &session, &roots, sources) {
        diagnostics.push(problem);
        roots.clear();
    }
    let mut macros: Option<MacroTable> = None;
    let mut expanded = Vec::new();
    for (source, file) in roots {
        let result = match macros.take() {
            None => session.expand(source),
            Some(table) => {
                let end = session.input(source).len();
                session.expand_span(TokenSpan::new(source, 0, end), table)
            }
        };
        macros = Some(result.macros.clone());
        expanded.push((file, result));
    }
    let origins = session.into_origins();
    register(&origins, &reader, sources, &mut files);
    let unit = Unit {
        origins,
        files,
        expanded,
    };
    report(&unit, &reader, diagnostics);
    unit
}

/// What to say where macros make more text than can be read.
fn too_much_text(
    options: &ReadOptions,
    session: &Session,
    roots: &[(SourceId, FileId)],
    sources: &mut SourceMap,
) -> Option<Diagnostic> {
    let &(first, _) = roots.first()?;
    let texts = roots.iter().map(|&(source, file)| macro_size::Text {
        path: sources.file(file).path.clone(),
        text: session.source(source).into(),
        tokens: session.tokens(source),
    });
    let build = build(options, &mut Diagnostics::default());
    let read = |path: &Path| Some(blank(&load(path).ok()?));
    let found = macro_size::check(texts.collect(), &options.defines, &build, first, read)?;
    let file = match found.file {
        Ok(root) => roots[root].1,
        Err(path) => {
            let text = load(&path).unwrap_or_default();
            sources.add(&path, text, true)
        }
    };
    let span = Span::new(file, found.bytes.start, found.bytes.end);
    let message = format!("the macro `{}` makes too much text", found.name);
    Some(
        Diagnostic::error(codes::PREPROCESSOR, span, message)
            .at(format!(
                "with this use, macros add more than {MAX_ADDED_TOKENS} tokens, or are nested too deep"
            ))
            .help("a macro that uses others several times multiplies them; use parameters, functions or `generate` loops instead"),
    )
}

fn build(options: &ReadOptions, diagnostics: &mut Diagnostics) -> Build {
    let mut build = Build::new();
    for dir in &options.include_dirs {
        build = build.include_dir(dir).system_include_dir(dir);
    }
    for (name, value) in &options.defines {
        let mut chars = name.chars();
        let valid = chars
            .next()
            .is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
            && chars.all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '$');
        if valid {
            // A line break would end the definition.
            let body = value.as_deref().unwrap_or("1").replace(['\n', '\r'], " ");
            build = build.define(name, body);
        } else {
            diagnostics.push(
                Diagnostic::global(codes::PREPROCESSOR, format!("`{name}` is no macro name"))
                    .help("define a macro with `-D NAME` or `-D NAME=VALUE`"),
            );
        }
    }
    build
}

/// Adds what `include`s read to the source map.
fn register(
    origins: &Origins,
    reader: &Includes,
    sources: &mut SourceMap,
    files: &mut HashMap<SourceId, FileId>,
) {
    let mut included: HashMap<PathBuf, FileId> = HashMap::new();
    for source in origins.files() {
        let Some(path) = origins.path(source) else {
            continue;
        };
        if files.contains_key(&source)
            || path == Path::new(COMMAND_LINE)
            || path == Path::new(PREDEFINED)
        {
            continue;
        }
        let file = *included
            .entry(path.to_path_buf())
            .or_insert_with(|| sources.add(path, reader.text(path), true));
        files.insert(source, file);
    }
}

/// Reports what the expansion found, and comments that do not end: the lexer
/// reads those as operators.
fn report(unit: &Unit, reader: &Includes, diagnostics: &mut Diagnostics) {
    let places = unit.places();
    let mut open = Vec::new();
    for source in unit.origins.files() {
        let Some(&file) = unit.files.get(&source) else {
            continue;
        };
        if let Some(at) = open_comment(unit.origins.text(source)) {
            let span = Span::new(file, at, at + 2);
            open.push(span);
            let problem = Diagnostic::error(codes::SYNTAX, span, "a comment does not end");
            let problem = problem.at("begins here").help("close it with `*/`");
            if !diagnostics.list.contains(&problem) {
                diagnostics.push(problem);
            }
        }
    }
    for found in unit.expanded.iter().flat_map(|(_, it)| &it.diagnostics) {
        let Some(span) = places.span(found.at) else {
            let text = unit.origins.slice(unit.origins.spelled(found.at));
            diagnostics.push(
                Diagnostic::global(codes::PREPROCESSOR, found.message.clone())
                    .note(format!("in a definition of the command line: `{text}`")),
            );
            continue;
        };
        if open
            .iter()
            .any(|it| it.file == span.file && it.start <= span.start)
        {
            continue;
        }
        let code = match found.code.as_str() {
            "not-a-token" => codes::SYNTAX,
            _ => codes::PREPROCESSOR,
        };
        let mut problem = Diagnostic::error(code, span, found.message.clone());
        if !found.is_error() {
            problem = Diagnostic::warning(code, span, found.message.clone());
        }
        if let Some(text) = &found.label {
            problem = problem.at(text.clone());
        }
        for label in &found.labels {
            if let Some(span) = places.span(label.at) {
                problem = problem.label(span, label.message.clone());
            }
        }
        problem.notes.extend(found.notes.iter().cloned());
        if found.code.as_str() == "include-not-found" {
            problem = reader.explain(problem);
        }
        diagnostics.push(problem);
    }
}

/// The offset of a `/*` that has no `*/`.
fn open_comment(text: &str) -> Option<u32> {
    let tokens = astli_syntax::tokenize(text);
    let pairs = tokens.windows(2);
    pairs
        .filter(|pair| pair[0].kind == SLASH && pair[0].end == pair[1].start)
        .find(|pair| matches!(pair[1].kind, STAR | STAR_STAR | STAR_EQ | STAR_GT))
        .map(|pair| pair[0].start)
}

/// The text as the lexer is given it, with every byte at its place.
fn blank(text: &str) -> String {
    let text = match text.strip_prefix(BOM) {
        Some(rest) => format!("   {rest}"),
        None => text.to_string(),
    };
    match text.contains(":/") {
        true => blank_comments_behind_colons(text),
        false => text,
    }
}

/// Blanks comments that follow a `:` at once: the lexer would take `:/` for an
/// operator.
fn blank_comments_behind_colons(text: String) -> String {
    let mut bytes = text.into_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let behind_colon = at > 0 && bytes[at - 1] == b':';
        let end = match (bytes[at], bytes.get(at + 1)) {
            (b'"', _) => {
                at += 1;
                while at < bytes.len() && !matches!(bytes[at], b'"' | b'\n') {
                    at += 1 + usize::from(bytes[at] == b'\\');
                }
                at += 1;
                continue;
            }
            (b'/', Some(b'/')) => {
                let length = bytes[at..].iter().position(|&byte| byte == b'\n');
                length.map_or(bytes.len(), |length| at + length)
            }
            (b'/', Some(b'*')) => {
                let length = bytes[at + 2..].windows(2).position(|pair| pair == b"*/");
                length.map_or(bytes.len(), |length| at + length + 4)
            }
            _ => {
                at += 1;
                continue;
            }
        };
        if behind_colon {
            for byte in &mut bytes[at..end] {
                if !matches!(byte, b'\n' | b'\r') {
                    *byte = b' ';
                }
            }
        }
        at = end;
    }
    String::from_utf8(bytes).expect("whole characters were replaced by spaces")
}

/// Why a file gave no text.
enum Problem {
    Io(io::Error),
    Directory,
    TooLarge,
    TooMany,
    NotText { line: usize },
    Empty,
}

impl Problem {
    fn diagnostic(&self, path: &Path) -> Diagnostic {
        let path = path.display();
        let (code, message, help): (Code, _, _) = match self {
            Problem::Io(error) if error.kind() == io::ErrorKind::NotFound => (
                codes::FILE_UNREADABLE,
                format!("`{path}` does not exist"),
                "check the path; it is taken from the directory the command runs in".to_string(),
            ),
            Problem::Io(error) => (
                codes::FILE_UNREADABLE,
                format!("`{path}` cannot be read: {error}"),
                "check that it is a file and that you may read it".to_string(),
            ),
            Problem::Directory => (
                codes::FILE_UNREADABLE,
                format!("`{path}` is a directory"),
                "give the Verilog files themselves; `-I` adds a directory for `include`"
                    .to_string(),
            ),
            Problem::TooLarge => (
                codes::FILE_UNREADABLE,
                format!("`{path}` has more than {MAX_FILE_BYTES} bytes"),
                "split it".to_string(),
            ),
            Problem::TooMany => (
                codes::FILE_UNREADABLE,
                format!("`{path}` is not read: more than {MAX_INCLUDES} files are included"),
                "guard files that are included twice with `ifndef`".to_string(),
            ),
            Problem::NotText { line } => (
                codes::FILE_NOT_TEXT,
                format!(
                    "`{path}` is not UTF-8 text: line {line} holds an invalid byte outside of comments"
                ),
                "convert it, for example with `iconv -f latin1 -t utf-8`".to_string(),
            ),
            Problem::Empty => (
                codes::FILE_EMPTY,
                format!("`{path}` is empty"),
                "give a file that holds a module".to_string(),
            ),
        };
        Diagnostic::global(code, message).help(help)
    }
}

fn load(path: &Path) -> Result<String, Problem> {
    if path.is_dir() {
        return Err(Problem::Directory);
    }
    let bytes = std::fs::read(path).map_err(Problem::Io)?;
    if bytes.len() > MAX_FILE_BYTES {
        return Err(Problem::TooLarge);
    }
    encoding::text(bytes).map_err(|line| Problem::NotText { line })
}

/// As [`load`], but a file without any text is a mistake.
fn load_design(path: &Path) -> Result<String, Problem> {
    let text = load(path)?;
    match text.trim_start_matches(BOM).trim().is_empty() {
        true => Err(Problem::Empty),
        false => Ok(text),
    }
}

/// Reads includes, keeps their text as it is, and remembers why one that
/// exists could not be read.
#[derive(Default)]
struct Includes {
    seen: Mutex<Seen>,
}

#[derive(Default)]
struct Seen {
    reads: usize,
    texts: HashMap<PathBuf, String>,
    problems: Vec<String>,
}

impl Includes {
    fn seen(&self) -> MutexGuard<'_, Seen> {
        // A panic while it was held cannot have left it half written.
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts one more file that was read.
    fn within_limit(&self) -> Result<(), Problem> {
        let mut seen = self.seen();
        seen.reads += 1;
        match seen.reads > MAX_INCLUDES {
            true => Err(Problem::TooMany),
            false => Ok(()),
        }
    }

    fn text(&self, path: &Path) -> String {
        self.seen().texts.remove(path).unwrap_or_default()
    }

    fn explain(&self, problem: Diagnostic) -> Diagnostic {
        let mut problem = problem.help("add the directory that holds it with `-I DIR`");
        problem.notes.append(&mut self.seen().problems);
        problem
    }
}

impl Reader for Includes {
    fn read(&self, path: &Path) -> Option<String> {
        let text = match load(path).and_then(|text| self.within_limit().map(|()| text)) {
            Ok(text) => text,
            Err(Problem::Io(error)) if error.kind() == io::ErrorKind::NotFound => return None,
            Err(problem) => {
                let seen = &mut self.seen();
                let again = matches!(problem, Problem::TooMany) && seen.reads > MAX_INCLUDES + 1;
                if !again {
                    seen.problems.push(problem.diagnostic(path).message);
                }
                return None;
            }
        };
        let blanked = blank(&text);
        self.seen().texts.insert(path.to_path_buf(), text);
        Some(blanked)
    }
}
