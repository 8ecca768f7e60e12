//! What the front end reads and what it refuses, as snapshots.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use idetic::diagnostics::{Diagnostics, Severity, codes};
use idetic::frontend::ast::Ast;
use idetic::frontend::{ReadOptions, dump, parse_number, read};
use idetic::source::SourceMap;

mod malformed;

fn snippets() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/frontend")
}

fn read_files(files: &[PathBuf]) -> (Ast, Diagnostics, SourceMap) {
    let mut sources = SourceMap::new();
    let options = ReadOptions {
        files: files.to_vec(),
        ..ReadOptions::default()
    };
    let (ast, diagnostics) = read(&options, &mut sources);
    (ast, diagnostics, sources)
}

/// Reads `text` as a file called `name`.
fn read_text(name: &str, text: &str) -> (Ast, Diagnostics, SourceMap) {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let path = dir.path().join(name);
    std::fs::write(&path, text).expect("the file can be written");
    read_files(&[path])
}

/// `line:column code message` per diagnostic.
fn list(diagnostics: &Diagnostics, sources: &SourceMap) -> String {
    let mut out = String::new();
    for it in &diagnostics.list {
        let place = it.primary.as_ref().map_or("-".to_string(), |label| {
            let at = sources.line_col(label.span.file, label.span.start);
            format!("{}:{}", at.line, at.column)
        });
        let _ = writeln!(out, "{place} {} {}", it.code.id, it.message);
    }
    out
}

#[test]
fn snippets_give_their_syntax() {
    for name in [
        "numbers.v",
        "expressions.v",
        "modules.v",
        "statements.v",
        "keywords.v",
        "mixed.v",
        "task_assert.v",
        "systemverilog.sv",
        "bom.v",
    ] {
        let (ast, diagnostics, sources) = read_files(&[snippets().join(name)]);
        assert_eq!(list(&diagnostics, &sources), "", "{name}");
        insta::assert_snapshot!(name, dump(&ast));
    }
}

#[test]
fn malformed_text_is_an_error_with_a_place() {
    let mut out = String::new();
    let mut accepted = Vec::new();
    for (name, text) in malformed::MALFORMED {
        let (_, diagnostics, sources) = read_text("t.v", text);
        let Some(first) = diagnostics.list.first() else {
            accepted.push(name);
            continue;
        };
        assert_eq!(first.severity, Severity::Error, "{name}");
        assert!(first.primary.is_some(), "{name}: {}", first.message);
        let _ = write!(
            out,
            "{name}\n  {}",
            list(&diagnostics, &sources)
                .replace('\n', "\n  ")
                .trim_end()
        );
        out.push('\n');
    }
    assert!(accepted.is_empty(), "{accepted:?}");
    insta::assert_snapshot!(out);
}

#[test]
fn unsupported_constructs_are_named() {
    let mut out = String::new();
    let mut accepted = Vec::new();
    for (name, text) in malformed::UNSUPPORTED {
        let (_, diagnostics, sources) = read_text("t.sv", text);
        let mut codes = diagnostics.list.iter().map(|it| it.code);
        if !codes.any(|code| code == codes::UNSUPPORTED) {
            accepted.push(name);
            continue;
        }
        let _ = write!(
            out,
            "{name}\n  {}",
            list(&diagnostics, &sources)
                .replace('\n', "\n  ")
                .trim_end()
        );
        out.push('\n');
    }
    assert!(accepted.is_empty(), "{accepted:?}");
    insta::assert_snapshot!(out);
}

/// Every prefix of a file, and every file without one of its tokens: an error
/// or another syntax, but never a panic, and never silence about a prefix
/// that ends inside a module.
#[test]
fn damaged_text_does_no_harm() {
    for name in [
        "modules.v",
        "statements.v",
        "systemverilog.sv",
        "expressions.v",
    ] {
        let text = std::fs::read_to_string(snippets().join(name)).expect("a snippet");
        let mut cuts: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
        cuts.retain(|at| at % 7 == 0);
        for at in cuts {
            let prefix = &text[..at];
            let (_, diagnostics, _) = read_text(name, prefix);
            let count = |word: &str| {
                prefix
                    .split(|c: char| !c.is_alphanumeric())
                    .filter(|it| *it == word)
                    .count()
            };
            if count("module") + count("macromodule") > count("endmodule") {
                assert!(
                    diagnostics.has_errors(),
                    "{name} cut at byte {at} is accepted"
                );
            }
        }
        for word in text.split_inclusive(char::is_whitespace).step_by(3) {
            let at = word.as_ptr() as usize - text.as_ptr() as usize;
            let without = format!("{}{}", &text[..at], &text[at + word.len()..]);
            let _ = read_text(name, &without);
        }
    }
}

#[test]
fn deep_nesting_is_a_diagnostic_and_long_chains_are_fine() {
    let nested = format!(
        "module m(output y); assign y = {}1{}; endmodule",
        "(".repeat(5000),
        ")".repeat(5000)
    );
    let (_, diagnostics, sources) = read_text("t.v", &nested);
    assert!(list(&diagnostics, &sources).contains("nested more than 4096 levels"));
    let blocks = format!("module m; initial {} endmodule", "begin ".repeat(5000));
    let (_, diagnostics, sources) = read_text("t.v", &blocks);
    assert!(list(&diagnostics, &sources).contains("nested more than 4096 levels"));

    let sum = vec!["a"; 20_000].join(" ^ ");
    let choice: String = (0..5000).map(|n| format!("a == {n} ? {n} : ")).collect();
    let arms: String = (0..5000)
        .map(|n| format!("if (a == {n}) y = {n}; else "))
        .collect();
    let text = format!(
        "module m(input [31:0] a, output reg [31:0] y); wire [31:0] s = {sum};
         wire [31:0] c = {choice} 0; always @* {arms} y = 0; endmodule"
    );
    let (ast, diagnostics, sources) = read_text("t.v", &text);
    assert_eq!(list(&diagnostics, &sources), "");
    assert!(ast.exprs.len() > 40_000);
}

#[test]
fn a_file_with_too_many_errors_is_left() {
    let wrong = "module m;\nassign = ;\nendmodule\n".repeat(1000);
    let items = format!("module n;\n{}endmodule\n", "assign = ;\n".repeat(1000));
    for text in [&wrong, &items] {
        let (_, found, sources) = read_text("m.v", text);
        assert_eq!(found.list.len(), 101, "{}", list(&found, &sources));
        let last = &found.list[100].message;
        assert_eq!(last, "too many errors: the rest of the file is not read");
    }
    let (_, found, sources) = read_text("m.v", &wrong[..wrong.len() / 20]);
    assert_eq!(found.list.len(), 50, "{}", list(&found, &sources));
}

#[test]
fn files_that_cannot_be_read_are_all_reported() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let path = |name: &str| dir.path().join(name);
    std::fs::write(path("latin.v"), b"module m; // \xe4\nwire \xe4;\nendmodule").expect("written");
    std::fs::write(path("empty.v"), " \n").expect("written");
    std::fs::create_dir(path("dir.v")).expect("made");
    let files = ["missing.v", "dir.v", "empty.v", "latin.v"].map(path);
    let (_, diagnostics, _) = read_files(&files);
    let found: Vec<&str> = diagnostics.list.iter().map(|it| it.code.id).collect();
    assert_eq!(found, ["E0101", "E0101", "E0103", "E0102"]);
    assert!(diagnostics.list.iter().all(|it| it.help.is_some()));
    assert!(diagnostics.list[3].message.contains("line 2"));

    let (_, diagnostics, _) = read_text("comment.v", "// nothing\n");
    assert_eq!(diagnostics.list[0].code, codes::FILE_EMPTY);
}

#[test]
fn macros_reach_the_files_behind_and_the_command_line_reaches_all() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let a = dir.path().join("a.v");
    let b = dir.path().join("b.sv");
    std::fs::write(
        &a,
        "`define W 5\n`default_nettype none\nmodule a; wire [`W:0] x = `V; endmodule\n",
    )
    .expect("written");
    std::fs::write(
        &b,
        "module b; wire [`W:0] x = `V;\n`ifdef ON\nwire y;\n`endif\nendmodule\n",
    )
    .expect("written");
    let mut sources = SourceMap::new();
    let options = ReadOptions {
        files: vec![a, b],
        defines: vec![("V".into(), Some("6'd9".into())), ("ON".into(), None)],
        ..ReadOptions::default()
    };
    let (ast, diagnostics) = read(&options, &mut sources);
    assert_eq!(list(&diagnostics, &sources), "");
    insta::assert_snapshot!(dump(&ast));
}

#[test]
fn places_name_the_macro_call_and_anchors_the_text() {
    let text = "`define BODY q <= d;\nmodule m #(parameter W = 1) (input c, d, output reg q);\n  always @(posedge c) if (d) `BODY else q <= 0;\nendmodule\n";
    let (ast, diagnostics, _) = read_text("t.v", text);
    assert!(diagnostics.list.is_empty());
    let module = &ast.modules[0];
    let at = |offset: u32| &text[offset as usize..];
    assert!(at(module.anchors.after_name).starts_with(" #(parameter"));
    assert!(at(module.anchors.ports_open.expect("a port list")).starts_with("input c"));
    assert!(at(module.anchors.header_end).starts_with("\n  always"));
    assert!(at(module.anchors.endmodule).starts_with("endmodule"));
    assert!(!module.span.expanded);
    let expanded: Vec<_> = ast.stmts.iter().filter(|it| it.span.expanded).collect();
    assert_eq!(expanded.len(), 1);
    assert!(at(expanded[0].span.start).starts_with("`BODY else"));
    let after = ast.stmts.iter().find_map(|it| match it.kind {
        idetic::frontend::ast::StmtKind::If { after_else, .. } => after_else,
        _ => None,
    });
    assert!(at(after.expect("an else")).starts_with(" q <= 0"));
}

#[test]
fn numbers_of_the_command_line() {
    assert_eq!(
        parse_number("12").expect("a number").bits.to_u64(),
        Some(12)
    );
    assert_eq!(
        parse_number(" 8'hF_f ").expect("a number").bits.to_u64(),
        Some(255)
    );
    assert_eq!(parse_number("'1").expect("a number").bits.width(), 1);
    for bad in [
        "",
        "x",
        "8'",
        "8'hg",
        "0'd1",
        "'h1ffffffff",
        "4294967296",
        "8'd1x",
        "1.5",
        "8'q1",
        "8's1",
        "ä'h1",
    ] {
        assert!(parse_number(bad).is_err(), "{bad}");
    }
}
