//! What elaboration refuses: the code, the place and the words of each
//! diagnostic; and what it must not refuse.

#![allow(clippy::unwrap_used)]

mod names;
mod parameters;

use std::fmt::Write;

use idetic::diagnostics::{Diagnostics, Severity};
use idetic::elaborate::{ElaborateOptions, elaborate};
use idetic::frontend::{ReadOptions, read};
use idetic::netlist::{Assigned, BlackBoxRole, GateKind, Netlist, ResetSource};
use idetic::source::SourceMap;

/// Elaborates a text; the netlist, and the diagnostics as lines
/// `line:column code message`.
fn run(text: &str, options: &ElaborateOptions) -> (Option<Netlist>, String) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("t.v");
    std::fs::write(&path, text).unwrap();
    let mut sources = SourceMap::new();
    let read_options = ReadOptions {
        files: vec![path],
        ..ReadOptions::default()
    };
    let (ast, diagnostics) = read(&read_options, &mut sources);
    let said = lines(&diagnostics, &sources);
    assert!(!diagnostics.has_errors(), "{said}\n{text}");
    let (netlist, diagnostics) = elaborate(&ast, &sources, options);
    assert_eq!(netlist.is_none(), diagnostics.has_errors());
    for diagnostic in &diagnostics.list {
        assert!(
            diagnostic.severity != Severity::Error || diagnostic.help.is_some(),
            "no help: {}",
            diagnostic.message
        );
    }
    (netlist, lines(&diagnostics, &sources))
}

fn lines(diagnostics: &Diagnostics, sources: &SourceMap) -> String {
    let mut text = String::new();
    for diagnostic in &diagnostics.list {
        if let Some(primary) = &diagnostic.primary {
            let at = sources.line_col(primary.span.file, primary.span.start);
            write!(text, "{}:{} ", at.line, at.column).unwrap();
        }
        writeln!(text, "{} {}", diagnostic.code.id, diagnostic.message).unwrap();
    }
    text
}

/// Elaborates the body of a module with a clock, a reset, `a`, `b` and `y`.
fn module(body: &str) -> (Option<Netlist>, String) {
    let text = format!(
        "module m(input wire clk, input wire rst, input wire [7:0] a, input wire [7:0] b,\n\
         output wire [7:0] y);\n{body}\nendmodule\n"
    );
    run(&text, &ElaborateOptions::default())
}

#[track_caller]
fn refuse(body: &str, expected: &str) {
    let (netlist, said) = module(body);
    assert!(netlist.is_none(), "accepted: {body}\n{said}");
    assert_eq!(said.trim_end(), expected, "{body}");
}

#[track_caller]
fn accept(body: &str) -> Netlist {
    let (netlist, said) = module(body);
    assert_eq!(said, "", "{body}");
    netlist.expect("no diagnostics")
}

#[test]
fn latches_are_refused_by_name() {
    refuse(
        "reg [7:0] r; assign y = r; always @* if (a[0]) r = b;",
        "3:48 E0307 `r` is a latch: some path through the process does not assign it",
    );
    refuse(
        "reg [7:0] r; assign y = r; always @* case (a[1:0]) 0: r = b; 1: r = a; 2: r = 1; endcase",
        "3:55 E0307 `r` is a latch: some path through the process does not assign it",
    );
    // The author says that there is no other path, where no default is given.
    for (before, behind) in [
        ("(* full_case, parallel_case *)", ""),
        ("", "// synopsys parallel_case full_case\n"),
        ("", "/* synthesis full_case */"),
    ] {
        accept(&format!(
            "reg [7:0] r; assign y = r;
             always @* {before} case (a[1:0]) {behind} 0: r = b; 1: r = a; endcase"
        ));
    }
    refuse(
        "reg [7:0] r; assign y = r; always @* (* full_case = 0 *) case (a[1:0]) 0: r = b; endcase",
        "3:75 E0307 `r` is a latch: some path through the process does not assign it",
    );
    // Where an arm does not assign it, it is one.
    refuse(
        "reg [7:0] r; assign y = r; always @* case (a[1:0]) // synopsys full_case
         0: r = b; 1: ; endcase",
        "4:13 E0307 `r` is a latch: some path through the process does not assign it",
    );
    // Not needed by any output.
    accept("reg [7:0] r; assign y = a; always @* if (a[0]) r = b;");
    // Assigned and used under the same condition.
    accept(
        "reg [7:0] r, s; assign y = s; always @* begin s = a; if (a[0]) r = b; if (a[0]) s = r; end",
    );
}

#[test]
fn loops_are_found_bit_by_bit() {
    refuse(
        "wire p, q; assign p = ~q & a[0]; assign q = p | b[0]; assign y = {8{q}};",
        "3:41 E0306 a combinational loop through `q` → `p`",
    );
    refuse(
        "wire [7:0] w; assign w = {w[6:0], w[7]}; assign y = w;",
        "3:22 E0306 a combinational loop through `w[7]` → `w[6]` → `w[5]` → `w[4]` → `w[3]` → \
         `w[2]` → `w[1]` → `w[0]`",
    );
    accept("wire [7:0] w; assign w = {w[6:0] ^ a[6:0], b[0]}; assign y = w;");
    accept("reg [7:0] w; always @* begin w[0] = a[0]; w[1] = w[0]; w[7:2] = 0; end assign y = w;");
}

#[test]
fn several_drivers_are_refused_where_they_matter() {
    refuse(
        "wire [7:0] w; assign w[4:0] = a; assign w[7:4] = b; assign y = w;",
        "3:41 E0309 `w` has more than one driver",
    );
    refuse(
        "reg r; always @(posedge clk) r <= a[0]; always @(posedge clk) r <= b[0]; assign y = r;",
        "3:63 E0309 `r` has more than one driver",
    );
    accept(
        "integer i; reg [7:0] r, s; assign y = r ^ s;
         always @(posedge clk) for (i = 0; i < 8; i = i + 1) r[i] <= a[7 - i];
         always @(posedge clk) for (i = 0; i < 8; i = i + 1) s[i] <= b[7 - i];",
    );
}

#[test]
fn clocks_are_input_edges() {
    let netlist = accept(
        "reg r, s; always @(posedge clk) r <= a[0]; always @(negedge clk) s <= r; assign y = {r, s};",
    );
    let clocks: Vec<String> = netlist.clocks.iter().map(|c| c.describe()).collect();
    assert_eq!(clocks.len(), 2);
    let of = |name: &str| {
        let mut registers = netlist.registers.iter();
        let register = registers.find(|register| register.name == name).unwrap();
        clocks[register.clocking.clock.index()].as_str()
    };
    assert_eq!(of("r"), "the rising edge of `clk`");
    assert_eq!(of("s"), "the falling edge of `clk`");
    let netlist = accept("reg r; wire n = ~clk; always @(negedge n) r <= b[0]; assign y = r;");
    let clock = netlist.clock().unwrap();
    assert_eq!((clock.port.as_str(), clock.rising), ("clk", true));
}

#[test]
fn clock_gates_are_enables_or_refused() {
    let latch = "reg r, l; wire g; always @(posedge g) r <= b[0]; assign y = r;";
    let netlist = accept(&format!(
        "{latch} always @* if (!clk) l = a[0]; assign g = clk & l;"
    ));
    assert_eq!(netlist.registers[0].clocking.gate, Some(GateKind::And));
    let open = "3:36 E0317 the gate of `clk` holds its enable in a latch that is open while the clock is active";
    refuse(
        &format!("{latch} always @* if (clk) l = a[0]; assign g = clk & l;"),
        open,
    );
    refuse(
        "reg r, e; wire g = clk & e; always @(posedge clk) e <= a[0]; always @(posedge g) r <= b[0]; assign y = r;",
        "3:79 E0317 the gate of `clk` takes its enable from the register `e`",
    );
    refuse(
        "reg r; wire g = clk | rst; always @(posedge clk) r <= a[0]; reg s; always @(posedge g) s <= b[0]; assign y = {r, s};",
        "3:85 E0317 the gate of `clk` takes its enable from the input `rst`",
    );
    refuse(
        "reg r; wire g = clk & rst; always @(posedge g) r <= b[0]; assign y = r;",
        "3:45 E0317 a clock gate of `clk` and `rst`: which of them is the clock?",
    );
    let none =
        "E0317 this clock is not an input port of the top module, nor one behind a clock gate";
    refuse(
        "reg d, r; always @(posedge clk) d <= ~d; always @(posedge d) r <= b[0]; assign y = r;",
        &format!("3:59 {none}"),
    );
    refuse(
        "reg r; wire c = b[1] ? clk : rst; always @(posedge c) r <= b[0]; assign y = r;",
        &format!("3:52 {none}"),
    );
}

#[test]
fn black_boxes_are_inputs_and_outputs() {
    let text = "(* blackbox *) module ram(input wire clk, input wire [3:0] a, output wire [7:0] q);
 assign q = a * a; endmodule
module stub(x, y); input x; output y; endmodule
module m(input wire clk, input wire [3:0] a, output wire [7:0] y, output wire z);
 reg [3:0] r; always @(posedge clk) r <= a + 1;
 ram u(.clk(clk), .a(r), .q(y)); stub v(a[0], z);
endmodule
";
    let (netlist, said) = run(text, &ElaborateOptions::default());
    assert_eq!(said, "");
    let netlist = netlist.unwrap();
    let inputs: Vec<&str> = netlist.inputs.iter().map(|i| i.name.as_str()).collect();
    assert_eq!(inputs, ["a", "u.q", "v.y"]);
    let outputs: Vec<&str> = netlist.outputs.iter().map(|o| o.name.as_str()).collect();
    assert_eq!(outputs, ["y", "z", "u.a", "v.x"]);
    let [u, v] = &netlist.black_boxes[..] else {
        panic!("two black boxes");
    };
    assert!(u.has_body && !v.has_body);
    let clock = BlackBoxRole::Clock {
        clock: netlist.registers[0].clocking.clock,
        rests_low: true,
    };
    assert_eq!(u.ports[0].role, clock);
}

#[test]
fn asynchronous_resets_have_one_form() {
    refuse(
        "reg r; always @(posedge clk or negedge rst) begin if (!rst) r <= 0; r <= a[0]; end assign y = r;",
        "3:69 E0310 a process of several edges must begin by testing its resets",
    );
    refuse(
        "reg r; always @(posedge clk or negedge rst) if (rst) r <= 0; else r <= a[0]; assign y = r;",
        "3:49 E0310 this reset is tested for the level that its edge does not lead to",
    );
    let (netlist, said) = module(
        "reg r; always @(posedge clk or posedge rst) begin r <= a[0]; if (rst) r <= 0; end assign y = r;",
    );
    assert!(netlist.is_some_and(|netlist| netlist.registers.len() == 1) && said.is_empty());
    refuse(
        "reg r; always @(posedge clk or posedge rst) begin r <= a[0]; if (rst) ; else r <= 1; end assign y = r;",
        "3:8 E0310 an asynchronous reset to a value that is not constant",
    );
    refuse(
        "reg r; always @(posedge clk or posedge rst) if (rst) r <= a[1]; else r <= a[0]; assign y = r;",
        "3:8 E0310 an asynchronous reset to a value that is not constant",
    );
    let netlist = accept(
        "reg r; wire x = rst | a[2]; always @(posedge clk or posedge x) if (x) r <= 0; else r <= a[0];
         assign y = r;",
    );
    assert_eq!(netlist.registers[0].clocking.resets, [ResetSource::Logic]);
    assert!(netlist.registers[0].async_resets.is_empty());
    let (netlist, said) = module(
        "reg r, s; wire x = s & a[2]; always @(posedge clk) s <= b[0];
         always @(posedge clk or posedge x) if (x) r <= 0; else r <= a[0]; assign y = r;",
    );
    assert!(netlist.is_some());
    assert_eq!(
        said,
        "4:10 E0310 this asynchronous reset needs a register and an input at once\n"
    );
    refuse(
        "reg [3:0] r; wire x = r == 9; always @(posedge clk or posedge x) if (x) r <= 0; else r <= r + 1;
         assign y = r;",
        "3:73 E0310 the asynchronous reset of `r` depends on `r` itself",
    );
    let netlist = accept(
        "reg r, s; always @(posedge clk, negedge rst) begin if (rst == 0) r <= 1; else begin
         r <= a[0]; s <= b[0]; end end assign y = {r, s};",
    );
    let [r, s] = &netlist.registers[..] else {
        panic!("two registers");
    };
    assert_eq!(r.async_resets[0].port, ("rst".to_string(), false));
    assert!(s.async_resets.is_empty());
}

#[test]
fn names_and_modules_are_known() {
    refuse("assign y = aa;", "3:12 E0304 `aa` is not declared");
    refuse("sub u(.p(a));", "3:1 E0301 module `sub` is not declared");
    refuse(
        "wire w; wire w; assign y = w;",
        "3:14 E0314 `w` is declared twice",
    );
    refuse("assign y = f(a);", "3:12 E0304 `f` is not declared");
    let options = ElaborateOptions {
        top: Some("m".to_string()),
        ..ElaborateOptions::default()
    };
    let (_, said) = run(
        "module m(input wire a);
 m u(.a(a));
endmodule
",
        &options,
    );
    assert_eq!(
        said,
        "2:4 E0315 instances of `m` nest deeper than 2048
"
    );
}

#[test]
fn tops_are_found_or_listed() {
    let two = "module p(output wire x); assign x = 1; endmodule\n\
               module q(output wire x); assign x = 0; endmodule\n";
    let (_, said) = run(two, &ElaborateOptions::default());
    assert_eq!(
        said,
        "1:8 E0302 several modules could be the top: `p`, `q`\n"
    );
    let options = |top: &str| ElaborateOptions {
        top: Some(top.to_string()),
        ..ElaborateOptions::default()
    };
    assert_eq!(run(two, &options("q")).0.unwrap().top, "q");
    let (_, said) = run(two, &options("r"));
    assert_eq!(said, "E0303 there is no module `r`\n");
}

#[test]
fn what_is_not_taken_is_named() {
    refuse(
        "wire [7:0] w; nmos (w, a, b); assign y = w;",
        "3:15 E0202 the switch-level primitive `nmos` is not taken yet",
    );
    refuse(
        "trireg w; assign w = a[0] ? b[0] : 1'bz; assign y = w;",
        "3:8 E0202 a `trireg` net, which keeps its last value is not taken yet",
    );
    refuse(
        "wire w; assign w = a[0]; assign w = a[1] ? b[0] : 1'bz; assign y = w;",
        "3:33 E0309 `w` has more than one driver",
    );
    refuse(
        "integer i; reg r; always @* begin r = 0; for (i = a; i > 0; i = i - 1) r = ~r; end assign y = r;",
        "3:54 E0305 the number of iterations of this loop depends on signals",
    );
    refuse(
        "wire [7:0] w; always @* w = a; assign y = w;",
        "3:25 E0311 `w` is a net, but a process assigns it",
    );
    refuse(
        "reg [a:0] r; assign y = r;",
        "3:6 E0305 this expression must be constant",
    );
    refuse(
        "reg [70000000:0] r; assign y = r;",
        "3:6 E0313 a value of 70000001 bits",
    );
    refuse(
        "function [7:0] f(input [7:0] x); f = f(x - 1); endfunction assign y = f(a);",
        "3:38 E0315 calls of `f` nest deeper than 128",
    );
}

#[test]
fn warnings_do_not_stop() {
    let (netlist, said) = module("wire w; reg r; assign y = {w, r, a[5:0]};");
    assert!(netlist.is_some());
    assert_eq!(
        said,
        "3:6 E0316 `w` is read, but nothing drives it\n\
         3:13 E0316 `r` is read, but nothing drives it\n"
    );
    let (netlist, said) = module("reg [7:0] r; always @(a) r = a ^ b; assign y = r;");
    assert!(netlist.is_some());
    assert_eq!(
        said,
        "3:14 E0307 the sensitivity list lacks `b`, which the process reads\n"
    );
    let (netlist, said) = module(
        "function [7:0] f(input [7:0] x); reg k; begin if (x[0]) k = 1; f = k; end endfunction
         assign y = f(a);",
    );
    assert!(netlist.is_some());
    assert_eq!(
        said,
        "3:38 E0307 `f.k` is read before this call assigns it\n"
    );
    let (netlist, said) = module(
        "reg r = 0; initial begin r = 1; #5 r = 0; end always @(posedge clk) r <= a[0]; assign y = r;",
    );
    assert_eq!(
        said,
        "3:33 E0202 this `initial` block waits here; the rest of it is ignored\n"
    );
    let init = netlist.unwrap().registers[0].init.clone();
    assert_eq!(init.unwrap().to_string(), "1'h1");
}

#[test]
fn registers_keep_the_way_back() {
    let netlist = accept(
        "reg [0:7] up; reg [9:2] high; reg bit_; reg [3:0] mem [1:2]; integer count;
         genvar g;
         generate for (g = 0; g < 2; g = g + 1) begin : lane
             reg [1:0] q;
             always @(posedge clk) q <= a[g * 2 +: 2];
         end endgenerate
         always @(posedge clk) begin : named
             reg [3:0] kept;
             up[0:3] <= a[3:0]; high <= a; bit_ <= kept[0]; mem[b[0] + 1] <= a[7:4]; count <= count + 1;
             kept = kept + 1;
         end
         assign y = up[0:3] ^ high ^ bit_ ^ mem[1] ^ mem[2] ^ count ^ {lane[0].q, lane[1].q};",
    );
    let listed: Vec<String> = netlist
        .registers
        .iter()
        .map(|r| {
            let o = &r.origin;
            let looped = if o.process.in_generate_loop {
                " loop"
            } else {
                ""
            };
            let blocking = match o.assigned {
                Assigned::Nonblocking => "",
                Assigned::Blocking => " blocking",
                Assigned::Mixed => " mixed",
            };
            let (name, target, width) = (&r.name, &o.target, r.width);
            format!(
                "{name} {width} {target} {:?} {:?}{looped}{blocking}",
                o.bits, o.scope_path
            )
        })
        .collect();
    let vector =
        |lsb: i64, descending: bool| format!("Vector {{ lsb: {lsb}, descending: {descending} }}");
    assert_eq!(
        listed,
        [
            format!("up[0:3] 4 up[0:3] {} []", vector(3, false)),
            format!("high 8 high {} []", vector(2, true)),
            "bit_ 1 bit_ Scalar []".to_string(),
            format!("mem[1] 4 mem[1] {} []", vector(0, true)),
            format!("mem[2] 4 mem[2] {} []", vector(0, true)),
            format!("count 32 count {} []", vector(0, true)),
            format!("lane[0].q 2 q {} [\"lane[0]\"] loop", vector(0, true)),
            format!("lane[1].q 2 q {} [\"lane[1]\"] loop", vector(0, true)),
            format!("named.kept 4 kept {} [\"named\"] blocking", vector(0, true)),
        ]
    );
}

#[test]
fn large_designs_take_no_quadratic_time() {
    let mut body = String::from("assign y = a");
    for at in 0..20_000 {
        write!(body, " ^ (b + {})", at % 251).unwrap();
    }
    body.push_str(";\nreg [15:0] r; always @* case ({a, b})\n");
    for at in 0..3_000 {
        writeln!(body, "{at}: r = b * {at};").unwrap();
    }
    body.push_str("default: r = 0; endcase\nassign z = r;");
    let text = format!(
        "module m(input wire [7:0] a, input wire [7:0] b, output wire [7:0] y,\n\
         output wire [15:0] z);\n{body}\nendmodule\n"
    );
    let thread = std::thread::Builder::new().stack_size(256 << 20);
    let start = std::time::Instant::now();
    let work = move || run(&text, &ElaborateOptions::default()).1;
    let said = thread.spawn(work).unwrap().join().unwrap();
    assert_eq!(said, "");
    assert!(start.elapsed().as_secs() < 60, "{:?}", start.elapsed());
}
