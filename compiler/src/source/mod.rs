//! Source files and places in them.
//!
//! Every later stage speaks of source text as a [`Span`]: a byte range of one
//! file. The [`SourceMap`] owns the text, so a span can be turned into a line
//! and column, an excerpt, or the place of an edit.
//!
//! Guarantees: a [`FileId`] handed out by a map is valid in that map for ever;
//! offsets are bytes and always lie on UTF-8 boundaries.

mod settings;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

pub use settings::{Setting, Settings};

/// A file of a [`SourceMap`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub(crate) u32);

impl FileId {
    /// The index of the file in its map.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// A byte range `start..end` of one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
    /// The construct stands here only through a macro: `start..end` is the
    /// outermost macro call, and no edit may be placed by this span.
    pub expanded: bool,
}

impl Span {
    /// A span of text that is written in place.
    pub fn new(file: FileId, start: u32, end: u32) -> Span {
        Span {
            file,
            start,
            end,
            expanded: false,
        }
    }

    /// The smallest span that covers both; `self` where they are of different files.
    pub fn to(self, other: Span) -> Span {
        if self.file != other.file {
            return self;
        }
        Span {
            file: self.file,
            start: self.start.min(other.start),
            end: self.end.max(other.end),
            expanded: self.expanded || other.expanded,
        }
    }
}

/// A line and a column, both counted from 1; columns count characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct LineCol {
    /// Line.
    pub line: u32,
    /// Column.
    pub column: u32,
}

/// One source file.
#[derive(Debug, Clone)]
pub struct SourceFile {
    /// The path as the user gave it, or as an `include` found it.
    pub path: PathBuf,
    /// The whole text.
    pub text: String,
    /// Whether the file was read through an `include`.
    pub included: bool,
    /// Whether the file is part of the design; else it is there for its places.
    design: bool,
    line_starts: Vec<u32>,
}

/// The files of one run.
#[derive(Debug, Clone, Default)]
pub struct SourceMap {
    files: Vec<SourceFile>,
    /// Where the user's settings stand.
    pub settings: Settings,
    data: Arc<Mutex<BTreeMap<PathBuf, Data>>>,
}

/// The text of a data file, or why there is none.
type Data = Result<Arc<str>, String>;

impl SourceMap {
    /// An empty map.
    pub fn new() -> SourceMap {
        SourceMap::default()
    }

    /// Adds a file of the design.
    pub fn add(&mut self, path: impl Into<PathBuf>, text: String, included: bool) -> FileId {
        self.push(path.into(), text, included, true)
    }

    /// Adds a file that is no part of the design, such as its configuration, to
    /// have places in it.
    pub fn add_aside(&mut self, path: impl Into<PathBuf>, text: String) -> FileId {
        self.push(path.into(), text, false, false)
    }

    fn push(&mut self, path: PathBuf, text: String, included: bool, design: bool) -> FileId {
        let mut line_starts = vec![0];
        line_starts.extend(
            text.bytes()
                .enumerate()
                .filter(|&(_, byte)| byte == b'\n')
                .map(|(at, _)| at as u32 + 1),
        );
        self.files.push(SourceFile {
            path,
            text,
            included,
            design,
            line_starts,
        });
        FileId(self.files.len() as u32 - 1)
    }

    /// The files of the design with their ids, in the order added.
    pub fn files(&self) -> impl Iterator<Item = (FileId, &SourceFile)> {
        let files = self.files.iter().enumerate();
        files
            .filter(|(_, file)| file.design)
            .map(|(index, file)| (FileId(index as u32), file))
    }

    /// The text of a data file, such as `$readmemh` names. This is the only
    /// place where one is read: elaboration learns the names, and asks here. A
    /// file is read once; a path is taken from the working directory, as
    /// simulators take it.
    pub fn data(&self, path: &Path) -> Result<Arc<str>, String> {
        let mut data = self.data.lock().unwrap_or_else(PoisonError::into_inner);
        let read = || {
            let bytes = std::fs::read(path).map_err(|error| error.to_string())?;
            let text = String::from_utf8(bytes).map_err(|_| "it is no text".to_string())?;
            Ok(text.into())
        };
        data.entry(path.to_path_buf()).or_insert_with(read).clone()
    }

    /// The data files that were asked for and are there, by their paths.
    pub fn data_files(&self) -> Vec<(PathBuf, Arc<str>)> {
        let data = self.data.lock().unwrap_or_else(PoisonError::into_inner);
        let found = data.iter().filter_map(|(path, text)| {
            let text = text.as_ref().ok()?;
            Some((path.clone(), text.clone()))
        });
        found.collect()
    }

    /// One file.
    pub fn file(&self, id: FileId) -> &SourceFile {
        &self.files[id.index()]
    }

    /// A file that may not be of this map.
    pub fn get(&self, id: FileId) -> Option<&SourceFile> {
        self.files.get(id.index())
    }

    /// The path of a file.
    pub fn path(&self, id: FileId) -> &Path {
        &self.file(id).path
    }

    /// The text of a span.
    pub fn text(&self, span: Span) -> &str {
        &self.file(span.file).text[span.start as usize..span.end as usize]
    }

    /// Line and column of a byte offset.
    pub fn line_col(&self, file: FileId, offset: u32) -> LineCol {
        let source = self.file(file);
        let line = source.line_starts.partition_point(|&start| start <= offset) - 1;
        let start = source.line_starts[line] as usize;
        // An offset past the end counts as the end.
        let before = source.text.get(start..offset as usize);
        let before = before.unwrap_or(&source.text[start..]);
        LineCol {
            line: line as u32 + 1,
            column: before.chars().count() as u32 + 1,
        }
    }

    /// `path:line:column` of a span's start, for messages and reports.
    pub fn place(&self, span: Span) -> String {
        let at = self.line_col(span.file, span.start);
        format!(
            "{}:{}:{}",
            self.path(span.file).display(),
            at.line,
            at.column
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_and_column_count_characters_from_one() {
        let mut map = SourceMap::new();
        let file = map.add("a.v", "ä b\nmodule m;\n".to_string(), false);
        assert_eq!(map.line_col(file, 0), LineCol { line: 1, column: 1 });
        assert_eq!(map.line_col(file, 3), LineCol { line: 1, column: 3 });
        assert_eq!(map.line_col(file, 5), LineCol { line: 2, column: 1 });
        assert_eq!(map.place(Span::new(file, 12, 13)), "a.v:2:8");
    }
}
