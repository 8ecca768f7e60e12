//! Warnings of races, and names that reach into instances: the code, the place
//! and the words.

use idetic::elaborate::ElaborateOptions;
use idetic::netlist::Netlist;

use super::module;

/// Elaborates a text with the top module `m`.
fn run(text: &str) -> (Option<Netlist>, String) {
    let options = ElaborateOptions {
        top: Some("m".to_string()),
        ..ElaborateOptions::default()
    };
    super::run(text, &options)
}

/// Registers that `=` changes under a reader warn, with both places; a reader
/// in the same process or at another edge, and `<=`, do not.
#[test]
fn races_warn_of_both_places() {
    let body = |first: &str, second: &str| {
        format!("reg [7:0] r, q; assign y = q;\nalways @(posedge clk) {first}\n{second}")
    };
    let race =
        "4:23 E0318 `r` is assigned by `=`, and another process reads it at the same clock edge\n";
    for (first, second, wanted) in [
        ("r = a;", "always @(posedge clk) q <= r;", race),
        (
            "r = a;",
            "wire [7:0] w = r + b; always @(posedge clk) if (!rst) q <= w;",
            race,
        ),
        ("r <= a;", "always @(posedge clk) q <= r;", ""),
        ("begin r = a; q = r; end", "", ""),
        ("r = a;", "always @(posedge clk) q = a; wire n = ^r;", ""),
        ("begin r = r + a; q <= r; end", "", ""),
    ] {
        let (netlist, said) = module(&body(first, second));
        assert!(netlist.is_some(), "{said}");
        assert_eq!(said, wanted, "{first} {second}");
    }
    let (_, said) = module(
        "reg [7:0] r, q; assign y = q; reg [7:0] m [0:63]; always @(posedge clk) r = a;\n\
         always @(posedge clk) begin if (b[0]) m[b[5:0]] <= r; q <= m[a[5:0]]; end",
    );
    let starts = "3:73 E0318 `r` is assigned by `=`";
    assert!(said.starts_with(starts), "{said}");
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

/// A hierarchical name may begin with the name of the module around (IEEE 1800-2017, 23.8), unless
/// something declared has that name.
#[test]
fn names_begin_with_the_module_around() {
    let run = |body: &str| {
        let text = format!(
            "module m(input clk, input [7:0] a, output [7:0] y);\nreg [7:0] r;\n\
             always @(posedge clk) r <= a;\n{body}\nendmodule\n"
        );
        self::run(&text)
    };
    for body in [
        "assign y = m.r + m.a;",
        "always @* begin : mix reg [7:0] t; t = m.r; end assign y = m.mix.t;",
        "function [7:0] f(input [7:0] x); f = x ^ m.r; endfunction assign y = f(a);",
        "generate if (1) begin : g assign m.y = m.r; end endgenerate",
        "localparam P = 3; assign y = r << m.P;",
    ] {
        let (netlist, said) = run(body);
        assert!(netlist.is_some() && said.is_empty(), "{body}: {said}");
    }
    for (body, wanted) in [
        ("assign y = m.s;", "4:14 E0304 `s` is not declared"),
        ("assign y = n.r;", "4:12 E0304 `n` is not declared"),
    ] {
        let (netlist, said) = run(body);
        assert!(netlist.is_none(), "{said}");
        assert!(said.lines().any(|line| line == wanted), "{body}: {said}");
    }
}
