//! Names that reach into instances: the code, the place and the words.

#![allow(clippy::unwrap_used)]

use std::fmt::Write;

use idetic::elaborate::{ElaborateOptions, elaborate};
use idetic::frontend::{ReadOptions, read};
use idetic::netlist::Netlist;
use idetic::source::SourceMap;

/// Elaborates a text with the top module `m`; the netlist, and the diagnostics
/// as lines `line:column code message`.
fn run(text: &str) -> (Option<Netlist>, String) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("t.v");
    std::fs::write(&path, text).unwrap();
    let mut sources = SourceMap::new();
    let read_options = ReadOptions {
        files: vec![path],
        ..ReadOptions::default()
    };
    let (ast, diagnostics) = read(&read_options, &mut sources);
    assert!(!diagnostics.has_errors(), "{text}");
    let options = ElaborateOptions {
        top: Some("m".to_string()),
        ..ElaborateOptions::default()
    };
    let (netlist, diagnostics) = elaborate(&ast, &sources, &options);
    let mut said = String::new();
    for diagnostic in &diagnostics.list {
        let primary = diagnostic.primary.as_ref().unwrap();
        let at = sources.line_col(primary.span.file, primary.span.start);
        let (code, message) = (diagnostic.code.id, &diagnostic.message);
        writeln!(said, "{}:{} {code} {message}", at.line, at.column).unwrap();
    }
    (netlist, said)
}

/// Names reach into instances to read, not to assign; what is not there is named.
#[test]
fn names_inside_instances_are_read_only() {
    let run = |body: &str| {
        let text = format!(
            "module m(input clk, input [7:0] a, output [7:0] y);\n{body}\nendmodule\n\
             module leaf(input clk, input [7:0] d, output [7:0] q);\n\
             reg [7:0] r; always @(posedge clk) r <= d; assign q = r;\n\
             function [7:0] f(input [7:0] x); f = ~x; endfunction\nendmodule\n"
        );
        self::run(&text)
    };
    let (netlist, said) = run("assign y = u.r + u.d; leaf u(clk, a, );");
    assert!(netlist.is_some() && said.is_empty(), "{said}");
    let (netlist, said) = run("leaf u(clk, u.r + a, y);");
    assert!(netlist.is_some() && said.is_empty(), "{said}");
    for (body, wanted) in [
        (
            "assign y = u.s; leaf u(clk, a, );",
            "2:14 E0304 `s` is not declared",
        ),
        (
            "leaf u(clk, , y); assign u.d = a;",
            "2:26 E0202 an assignment to a signal of an instance is not taken yet",
        ),
        (
            "leaf u(clk, a, ); assign y = u.f(a);",
            "2:30 E0202 this hierarchical name that reaches into an instance is not taken yet",
        ),
    ] {
        let (netlist, said) = run(body);
        assert!(netlist.is_none(), "{said}");
        assert!(said.lines().any(|line| line == wanted), "{said}");
    }
}
