//! The strict second reader accepts what the front end accepts.
#![cfg(feature = "strict")]

use std::path::{Path, PathBuf};

use idetic::frontend::{ReadOptions, read, strict};
use idetic::source::SourceMap;

#[path = "malformed/mod.rs"]
mod malformed;

/// Verilog files under `dir`, in order.
fn verilog(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![dir.to_path_buf()];
    while let Some(dir) = open.pop() {
        let Ok(entries) = std::fs::read_dir(&dir) else {
            continue;
        };
        for path in entries.flatten().map(|entry| entry.path()) {
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|it| it == "v" || it == "sv") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn options(path: &Path) -> ReadOptions {
    ReadOptions {
        files: vec![path.to_path_buf()],
        ..ReadOptions::default()
    }
}

#[test]
fn the_second_reader_accepts_what_we_accept() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let snippets = verilog(&root.join("tests/frontend"));
    assert!(snippets.len() > 5);
    let more = ["../examples-verilog", "../rtl-runtime", "../tests/designs"];
    let mut failed = Vec::new();
    let more = more.iter().flat_map(|dir| verilog(&root.join(dir)));
    for path in snippets.into_iter().chain(more) {
        let (_, ours) = read(&options(&path), &mut SourceMap::new());
        if ours.has_errors() {
            continue;
        }
        let mut sources = SourceMap::new();
        let theirs = strict::check(&options(&path), &mut sources);
        let first = theirs.list.first().map(|it| {
            let place = it.primary.as_ref().map(|label| sources.place(label.span));
            format!("{place:?}: {}", it.message)
        });
        if let Some(first) = first {
            failed.push(first);
        }
    }
    assert!(failed.is_empty(), "{failed:#?}");
}

/// It is no rubber stamp: it rejects most of what we call malformed (it knows
/// nothing of declarations).
#[test]
fn the_second_reader_rejects_malformed_text() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let path = dir.path().join("t.v");
    let rejected = malformed::MALFORMED.iter().filter(|(_, text)| {
        std::fs::write(&path, text).expect("the file can be written");
        strict::check(&options(&path), &mut SourceMap::new()).has_errors()
    });
    assert!(rejected.count() * 10 > malformed::MALFORMED.len() * 8);
    std::fs::write(&path, malformed::UNSUPPORTED[0].1).expect("the file can be written");
    assert!(!strict::check(&options(&path), &mut SourceMap::new()).has_errors());
}
