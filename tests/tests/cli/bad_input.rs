//! What users do wrong: each case has its message (a snapshot of standard error), its exit code, and leaves everything as it
//! was: the working directory holds the same files with the same contents, and the temporary directory is empty.

use std::fs;

use crate::bench::{Bench, DESIGN};

/// One test per case: name, exit code, files beside `design.v`, arguments.
macro_rules! refused {
    ($($name:ident: $code:literal, [$($file:expr),*], [$($argument:expr),*];)*) => {
        $(
            #[test]
            fn $name() {
                let bench = Bench::new(&[$($file),*]);
                let arguments: &[&str] = &[$($argument),*];
                let outcome = bench.refused($code, arguments);
                outcome.snapshot(stringify!($name));
            }
        )*
    };
}

const TWO_CLOCKS: &str = "module m(input a, input b, input d, output reg q, output reg r);
  always @(posedge a) q <= d;
  always @(posedge b) r <= d;
endmodule
";

const ASYNCHRONOUS: &str = "module m(input clk, input rst_n, input d, output reg q);
  always @(posedge clk or negedge rst_n) if (!rst_n) q <= 1'b0; else q <= d;
endmodule
";

// Files
refused! {
    missing_file: 1, [], ["insert", "nope.v", "-o", "out"];
    a_directory: 1, [("dir/x.v", DESIGN)], ["insert", "dir", "-o", "out"];
    empty_file: 1, [("m.v", "")], ["insert", "m.v", "-o", "out"];
    no_module: 1, [("m.v", "// to be written\n")], ["insert", "m.v", "-o", "out"];
    no_files: 1, [], ["insert"];
    missing_include: 1, [("m.v", "`include \"defs.vh\"\nmodule m; endmodule\n")], ["insert", "m.v", "-o", "out"];
    missing_file_list: 1, [], ["insert", "-f", "nope.f"];
    endless_file_list: 1, [("a.f", "-f a.f\n")], ["insert", "-f", "a.f"];
    option_in_file_list: 1, [("a.f", "design.v\n--trace lib\n")], ["insert", "-f", "a.f"];
}

// Text
refused! {
    syntax_error: 1, [("m.v", "module m(input clk, output reg q);\n  always @(posedge clk) q <= ~q\nendmodule\n")],
        ["insert", "m.v", "-o", "out"];
    truncated_text: 1, [("m.v", "module m(input clk, output reg q);\n  always @(posedge clk) begin q <= ~q;")], ["insert", "m.v"];
    long_generate_loop: 1,
        [("m.v", "module m(input clk, input a, output q);\n  genvar i;\n  generate for (i = 0; i < 100000000; i = i + 1) begin : g\n    reg r;\n    always @(posedge clk) r <= a;\n  end endgenerate\nendmodule\n")],
        ["insert", "m.v"];
    endless_generate_loop: 1,
        [("m.v", "module m(input clk, input a, output q);\n  genvar i;\n  generate for (i = 0; i < 4; i = i * 2) begin : g\n  end endgenerate\nendmodule\n")],
        ["insert", "m.v"];
    undefined_macro: 1, [("m.v", "module m(input clk, output reg q);\n  always @(posedge clk) q <= `NEXT;\nendmodule\n")],
        ["insert", "m.v", "-o", "out"];
    unknown_module: 1, [("m.v", "module m(input clk, output q);\n  missing u(.clk(clk), .q(q));\nendmodule\n")],
        ["insert", "m.v", "-o", "out"];
    unknown_name: 1, [("m.v", "`default_nettype none\nmodule m(input wire clk, output reg q);\n  always @(posedge clk) q <= d;\nendmodule\n")],
        ["insert", "m.v", "-o", "out"];
    combinational_loop: 1,
        [("m.v", "module m(input clk, input a, output reg q);\n  wire x, y;\n  assign x = y & a;\n  assign y = x | a;\n  always @(posedge clk) q <= x;\nendmodule\n")],
        ["insert", "m.v", "-o", "out"];
    latch: 1,
        [("m.v", "module m(input clk, input a, input b, output reg q);\n  reg l;\n  always @* if (a) l = b;\n  always @(posedge clk) q <= l;\nendmodule\n")],
        ["insert", "m.v", "-o", "out"];
    two_clocks: 1, [("m.v", TWO_CLOCKS)], ["insert", "m.v", "-o", "out"];
    unsupported_construct: 1,
        [("m.v", "module m(input clk, output reg q);\n  always @(posedge clk) begin\n    fork q <= ~q; join\n  end\nendmodule\n")],
        ["insert", "m.v", "-o", "out"];
    large_memory_in_a_loop: 1,
        [("m.v", "module m(input clk, input [9:0] a, input [1:0] w, input [15:0] d, output [15:0] q);\n  genvar i;\n  wire [15:0] r [0:1];\n  generate\n    for (i = 0; i < 2; i = i + 1) begin : bank\n      reg [15:0] mem [0:1023];\n      always @(posedge clk) if (w[i]) mem[a] <= d;\n      assign r[i] = mem[a];\n    end\n  endgenerate\n  assign q = r[0] ^ r[1];\nendmodule\n")],
        ["insert", "m.v", "-o", "out"];
    state_in_a_loop_with_its_variable: 1,
        [("m.sv", "module m(input clk, input d, output reg [7:0] q);\n  always @(posedge clk)\n    for (int i = 0; i < 2; i++) begin\n      reg [7:0] k;\n      k = {k[6:0], k[7] ^ d};\n      q <= k;\n    end\nendmodule\n")],
        ["insert", "m.sv", "-o", "out"];
    a_copied_module_named_from_below: 1,
        [("m.v", "module leaf(input clk, input d, output reg q);\n  always @(posedge clk) q <= q ^ d;\n  initial $dumpvars(0, m);\nendmodule\nmodule m(input clk, input d, output q);\n  leaf u(clk, d, q);\nendmodule\nmodule smoke;\n  m u(1'b0, 1'b0, );\nendmodule\n")],
        ["insert", "m.v", "--top", "m", "-o", "out"];
    a_block_name_that_is_kept: 1,
        [("m.v", "module m(input clk, output reg q);\n  always @(posedge clk) begin : idetic_block_0\n    q <= ~q;\n  end\nendmodule\n")],
        ["insert", "m.v", "-o", "out"];
    no_registers: 1, [("m.v", "module m(input a, output q);\n  assign q = ~a;\nendmodule\n")], ["insert", "m.v", "-o", "out"];
    a_name_that_is_kept: 1,
        [("m.v", "module m(input clk, output reg q);\n  reg idetic_x;\n  always @(posedge clk) begin q <= ~idetic_x; idetic_x <= q; end\nendmodule\n")],
        ["insert", "m.v", "-o", "out"];
}

// Top and parameters
refused! {
    a_module_in_itself: 1, [("m.v", "module m #(parameter N = 5)(input clk, input a, output q);\n  m #(N + 1) r(clk, a, q);\nendmodule\n")],
        ["insert", "m.v", "-o", "out"];
    modules_in_each_other: 1, [("m.v", "module a; b b(); endmodule\nmodule b; a a(); endmodule\n")], ["insert", "m.v"];
    // With 2^60 leaves, the recursion is not elaborated to its end.
    a_recursion_that_ends: 1,
        [("m.v", "module m #(parameter N = 60)(input clk, input a, output q);\n  generate if (N == 0) begin\n    reg r;\n    always @(posedge clk) r <= a;\n    assign q = r;\n  end else begin\n    wire x, y;\n    m #(N - 1) l(clk, a, x), r(clk, a, y);\n    assign q = x ^ y;\n  end endgenerate\nendmodule\n")],
        ["insert", "m.v", "--top", "m", "-o", "out"];
    several_tops: 1, [("m.v", ASYNCHRONOUS)], ["insert", "design.v", "m.v", "-o", "out"];
    unknown_top: 1, [], ["insert", "design.v", "--top", "nope", "-o", "out"];
    unknown_parameter: 1, [], ["insert", "design.v", "-P", "X=3", "-o", "out"];
    parameter_without_value: 2, [], ["insert", "design.v", "-P", "LAST", "-o", "out"];
    odd_word_width: 2, [], ["insert", "design.v", "--word-bits", "7", "-o", "out"];
    no_jobs: 2, [], ["verify", "design.v", "--tb", "tb.v", "-j", "0"];
    parameter_that_is_no_number: 1, [], ["insert", "design.v", "-P", "LAST=many", "-o", "out"];
}

// Configuration
refused! {
    missing_configuration: 1, [], ["insert", "design.v", "-c", "nope.toml"];
    broken_configuration: 1, [("idetic.toml", "[plan\n")], ["insert", "design.v"];
    unknown_key: 1, [("idetic.toml", "[design]\nclok = \"clk\"\n")], ["insert", "design.v"];
    unknown_section: 1, [("idetic.toml", "[plans]\n")], ["insert", "design.v"];
    text_for_a_handshake: 1, [("idetic.toml", "[input]\nhandshake = \"a\"\n")], ["insert", "design.v"];
    unknown_value: 1, [("idetic.toml", "[plan]\nhold = \"gated\"\n")], ["insert", "design.v"];
    text_for_a_number: 1, [("idetic.toml", "[plan]\nmax_cycles = \"many\"\n")], ["insert", "design.v"];
    list_for_a_parameter: 1, [("idetic.toml", "[design]\nparameter = { LAST = [1] }\n")], ["insert", "design.v"];
    odd_word_bits: 1, [("idetic.toml", "[nvm]\nword_bits = 7\n")], ["insert", "design.v"];
    no_states_at_all: 1, [("idetic.toml", "[plan]\nstate_limit = 0\n")], ["insert", "design.v"];
    no_cycles_at_all: 1, [("idetic.toml", "[plan]\nmax_cycles = 0\n")], ["insert", "design.v"];
    wrong_clock: 1, [("idetic.toml", "[design]\nclock = \"clock\"\n")], ["insert", "design.v"];
    wrong_reset: 1, [("idetic.toml", "[design]\nreset = { name = \"reset\", active = \"high\", kind = \"sync\" }\n")],
        ["insert", "design.v"];
    wrong_kind_of_reset: 1, [("idetic.toml", "[design]\nreset = { name = \"rst\", active = \"high\", kind = \"async\" }\n")],
        ["insert", "design.v"];
    wrong_level_of_reset: 1,
        [("m.v", ASYNCHRONOUS), ("idetic.toml", "[design]\nreset = { name = \"rst_n\", active = \"high\", kind = \"async\" }\n")],
        ["insert", "m.v"];
    wrong_level_of_a_synchronous_reset: 1,
        [("idetic.toml", "[design]\nreset = { name = \"rst\", active = \"low\", kind = \"sync\" }\n")],
        ["insert", "design.v"];
    unknown_control_register: 1, [("idetic.toml", "[plan]\ncontrol = [\"nope\"]\n")], ["insert", "design.v"];
    unknown_state: 1, [("idetic.toml", "[plan]\nforced = [\"state=IDEL\"]\n")], ["insert", "design.v"];
    forced_and_forbidden: 1, [("idetic.toml", "[plan]\nforced = [\"state=IDLE\"]\nforbidden = [\"state=IDLE\"]\n")],
        ["insert", "design.v"];
    everything_forbidden: 1, [("idetic.toml", "[plan]\nforbidden = [\"state=IDLE\"]\nmax_cycles = 1\n")],
        ["insert", "design.v"];
    control_and_not_control: 1, [("idetic.toml", "[plan]\ncontrol = [\"n\"]\nnot_control = [\"state\", \"n\"]\n")],
        ["insert", "design.v"];
    unknown_not_control: 1, [("idetic.toml", "[plan]\nnot_control = [\"n\", \"nope\"]\n")], ["insert", "design.v"];
    text_for_a_list: 1, [("idetic.toml", "[plan]\nforced = \"state=IDLE\"\n")], ["insert", "design.v"];
    negative_number: 1, [("idetic.toml", "[plan]\nmax_cycles = -1\n")], ["insert", "design.v"];
    odd_sampling: 1, [("idetic.toml", "[observe]\ny = \"nevr\"\n")], ["insert", "design.v"];
    missing_key: 1, [("idetic.toml", "[design]\nreset = { name = \"rst\", active = \"low\" }\n")], ["insert", "design.v"];
    unknown_memory: 1, [("idetic.toml", "[memory]\nfoo = \"volatile\"\n")], ["insert", "design.v"];
    unknown_black_box: 1, [("idetic.toml", "[design.blackbox]\nfoo = \"stateless\"\n")], ["insert", "design.v"];
    unknown_configured_parameter: 1, [("idetic.toml", "[design]\nparameter = { LAST = 2, W = 3 }\n")], ["insert", "design.v"];
    unknown_state_joules: 1,
        [("idetic.toml", "[energy]\ncapacitor_farads = 1e-6\non_volts = 3\noff_volts = 2\nclock_hz = 1e6\nstate_joules = { IDLE = 1e-12 }\n[nvm]\ntechnology = \"fram\"\n")],
        ["insert", "design.v"];
    unknown_configured_top: 1, [("idetic.toml", "[design]\ntop = \"nope\"\n")], ["insert", "design.v"];
    unknown_register: 1, [], ["analyze", "design.v", "--explain", "stat"];
}

// Usage
refused! {
    no_arguments: 2, [], [];
    unknown_command: 2, [], ["inser", "design.v"];
    unknown_flag: 2, [], ["insert", "design.v", "--tpo", "m"];
    quiet_and_verbose: 2, [], ["insert", "design.v", "-q", "-v"];
    bound_of_zero: 2, [], ["insert", "design.v", "--max-cycles", "0"];
    no_testbench: 2, [], ["verify", "design.v"];
}

// Output directory
refused! {
    output_exists: 1, [("out/thesis.tex", "x")], ["insert", "design.v", "-o", "out"];
    output_is_a_file: 1, [("out", "x")], ["insert", "design.v", "-o", "out"];
    output_below_a_file: 1, [("out", "x")], ["insert", "design.v", "-o", "out/design"];
}

/// What resets is not always seen: that is said, and refuses nothing.
#[test]
fn a_reset_that_sets_nothing() {
    let configuration =
        "[design]\nreset = { name = \"start\", active = \"high\", kind = \"sync\" }\n";
    let bench = Bench::new(&[("idetic.toml", configuration)]);
    let outcome = bench.succeeds(&["insert", "design.v", "-q"]);
    assert_eq!(outcome.stderr, "");
    let outcome = bench.succeeds(&["insert", "design.v"]);
    outcome.snapshot("a_reset_that_sets_nothing");
    // Through a register it is seen.
    let delayed = DESIGN
        .replace(
            "reg [3:0] n;",
            "reg [3:0] n; reg r; always @(posedge clk) r <= rst;",
        )
        .replace("if (rst)", "if (r)");
    bench.write("design.v", delayed.as_bytes());
    let with = |level: &str| {
        let text = format!(
            "[design]\nreset = {{ name = \"rst\", active = \"{level}\", kind = \"sync\" }}\n"
        );
        bench.write("idetic.toml", text.as_bytes());
        bench.run(&["insert", "design.v", "-o", "out"])
    };
    assert_eq!(with("high").stderr, "");
    let refusal = with("low");
    assert_eq!(refusal.code, 1);
    assert!(refusal.stderr.contains("E0702") && refusal.stderr.contains("idetic.toml:2:"));
}

#[test]
fn deep_nesting() {
    let text = format!(
        "module m(input a, output q);\n  assign q =\n{}a{};\nendmodule\n",
        "(\n".repeat(5000),
        ")".repeat(5000)
    );
    let bench = Bench::new(&[("m.v", &text)]);
    let refusal = bench.refused(1, &["insert", "m.v"]).stderr;
    assert!(
        refusal.contains("E0201") && refusal.contains("levels deep"),
        "{refusal}"
    );
    assert!(
        refusal.contains("m.v:") && refusal.contains("= help: "),
        "{refusal}"
    );
}

#[test]
fn output_unwritable() {
    let bench = Bench::new(&[]);
    let out = format!("a/{}", "n".repeat(300));
    let outcome = bench.refused(1, &["insert", "design.v", "-o", &out]);
    outcome.snapshot("output_unwritable");
}

#[test]
fn folders_that_a_file_list_cannot_name() {
    let bench = Bench::new(&[]);
    let outcome = bench.refused(1, &["insert", "design.v", "-o", "o\"ut"]);
    outcome.snapshot("folders_that_a_file_list_cannot_name");
    bench.refused(1, &["insert", "design.v", "-I", "in c", "-o", "out"]);
    bench.refused(1, &["insert", "design.v", "-I", "a+b", "-o", "out"]);
}

#[test]
fn headers_that_cannot_have_their_names() {
    let design = "`include \"NAME\"\nmodule m(input clk, output reg q);\n  always @(posedge clk) q <= `N ^ q;\nendmodule\n";
    let bench = Bench::new(&[
        ("report.json", "`define N 1'b1\n"),
        ("m.v", &design.replace("NAME", "report.json")),
        ("a/h.vh", "`define N 1'b1\n"),
        ("a/m.v", &design.replace("NAME", "h.vh")),
        ("b/h.vh", "`undef N\n`define N 1'b0\n"),
        (
            "b/n.v",
            "`include \"h.vh\"\nmodule n(input clk, output reg r);\n  wire q;\n  m m(clk, q);\n  always @(posedge clk) r <= `N ^ q;\nendmodule\n",
        ),
    ]);
    let ours = bench.refused(1, &["insert", "m.v", "-o", "out"]);
    ours.snapshot("header_named_like_a_file_of_ours");
    let two = bench.refused(1, &["insert", "a/m.v", "b/n.v", "-o", "out"]);
    two.snapshot("two_headers_of_one_name");
}

#[test]
fn output_with_a_file_of_the_users() {
    let bench = Bench::new(&[]);
    bench.succeeds(&["insert", "design.v", "-o", "out"]);
    bench.succeeds(&["insert", "design.v", "-o", "out", "--word-bits", "16"]);
    bench.write("out/notes.txt", b"mine");
    let outcome = bench.refused(1, &["insert", "design.v", "-o", "out"]);
    outcome.snapshot("output_with_a_file_of_the_users");
}

#[test]
fn not_utf_8() {
    let bench = Bench::new(&[]);
    bench.write("m.v", b"module m;\n// \xff\xfe\nwire \xe9;\nendmodule\n");
    bench.write("c.toml", b"# \xff\n");
    let design = bench.refused(1, &["insert", "m.v", "-o", "out"]);
    design.snapshot("not_utf_8");
    let configuration = bench.refused(1, &["insert", "design.v", "-c", "c.toml"]);
    configuration.snapshot("configuration_not_utf_8");
}

/// Comments in Latin-1 are what they were in the edited copy.
#[test]
fn comments_keep_their_bytes() {
    let bench = Bench::new(&[]);
    let design = fs::read(bench.work().join("design.v")).unwrap();
    let comment = b"// Andr\xe9, \xa9 2004\n";
    bench.write("latin.v", &[&comment[..], &design].concat());
    bench.succeeds(&["insert", "latin.v", "-o", "out"]);
    let written = fs::read(bench.work().join("out/latin.v")).unwrap();
    assert!(written.starts_with(comment));
}

#[test]
fn diagnostics_as_json() {
    let bench = Bench::new(&[("m.v", TWO_CLOCKS)]);
    let placed = bench.refused(1, &["insert", "m.v", "--format", "json"]);
    let placed = placed.json();
    assert_eq!(placed["code"], "E0308");
    assert_eq!(placed["file"], "m.v");
    assert_eq!(
        (&placed["line"], &placed["column"]),
        (&2.into(), &20.into())
    );
    assert!(placed["help"].is_string());
    let global = bench.refused(1, &["analyze", "nope.v", "--format", "json"]);
    let global = global.json();
    assert_eq!(global["code"], "E0101");
    assert!(global["file"].is_null() && global["line"].is_null());
    let tool = bench.without_tools(&["verify", "design.v", "--tb", "tb.v", "--format", "json"]);
    assert_eq!((tool.code, &tool.json()["code"]), (4, &"E0801".into()));
}

/// Testbenches; what simulators print differs by version, so only idetic's own lines count.
mod verify {
    use crate::bench::{Bench, Outcome};

    const TESTBENCH: &str = "`timescale 1ns/1ps
module tb;
  reg clk = 0, rst = 1, start = 0;
  wire [7:0] y;
  wire done;
  core dut(.clk(clk), .rst(rst), .start(start), .a(8'd5), .y(y), .done(done));
  always #5 clk = ~clk;
  initial begin
    repeat (3) @(negedge clk);
    rst = 0; start = 1;
    @(negedge clk) start = 0;
    wait (done);
    if (y !== 8'd11) $fatal;
    $finish;
  end
endmodule
";

    fn refused(replaced: &str, by: &str) -> Outcome {
        assert!(TESTBENCH.contains(replaced));
        let testbench = TESTBENCH.replace(replaced, by);
        let bench = Bench::new(&[("tb.v", &testbench)]);
        let arguments = [
            "verify",
            "design.v",
            "--tb",
            "tb.v",
            "--sim",
            "icarus",
            "--timeout",
            "3",
            "--max-cycles-recorded",
            "2000",
            "-o",
            "out",
        ];
        // `-o` asks for the design; it stands complete even where the testbench is at fault.
        bench.refused_but_for(1, &arguments, "out")
    }

    #[test]
    fn testbench_that_fails() {
        refused("8'd11", "8'd12").own_lines("testbench_that_fails");
    }

    #[test]
    fn testbench_that_never_ends() {
        refused("wait (done)", "wait (0)").own_lines("testbench_that_never_ends");
    }

    #[test]
    fn testbench_in_which_time_stands_still() {
        refused("wait (done);", "while (1) rst = ~rst;")
            .own_lines("testbench_in_which_time_stands_still");
    }

    #[test]
    fn testbench_of_another_design() {
        refused("core dut(", "other dut(").own_lines("testbench_of_another_design");
    }

    #[test]
    fn testbench_that_does_not_compile() {
        refused("wait (done);", "wait done)").own_lines("testbench_that_does_not_compile");
    }

    #[test]
    fn testbench_without_a_clock() {
        refused("always #5 clk = ~clk;", "initial #1000 $finish;")
            .own_lines("testbench_without_a_clock");
    }

    /// What a testbench does that misses a file of its own: it passes, and says nothing.
    #[test]
    fn testbench_that_shows_nothing() {
        let at_once = "begin $display(\"cannot open stimulus.hex\"); $finish; end";
        refused(
            "repeat (3) @(negedge clk);",
            &format!("@(negedge clk) {at_once}"),
        )
        .own_lines("testbench_that_shows_nothing");
    }

    #[test]
    fn testbench_that_sets_a_parameter() {
        let design = "module delay #(parameter N = 4, W = 3) (input clk, rst, output reg done);
  reg [W-1:0] count;
  always @(posedge clk)
    if (rst) begin count <= 0; done <= 0; end
    else begin count <= count + 1'b1; done <= count == N; end
endmodule
";
        let testbench = "module tb;
  reg clk = 0, rst = 1;
  wire done;
  delay #(.N(6), .W(4)) dut(clk, rst, done);
  always #5 clk = ~clk;
  initial begin
    @(negedge clk); @(negedge clk) rst = 0;
    repeat (40) @(negedge clk);
    $finish;
  end
endmodule
";
        let bench = Bench::new(&[("delay.v", design), ("tb.v", testbench)]);
        for simulator in ["icarus", "verilator"] {
            let verify = ["verify", "delay.v", "--tb", "tb.v", "--sim", simulator];
            let outcome = bench.refused(1, &verify);
            outcome.own_lines("testbench_that_sets_a_parameter");
        }
        let same = [
            "verify", "delay.v", "-P", "N=6", "-P", "W=4", "--tb", "tb.v", "--sim", "icarus",
        ];
        bench.succeeds(&same);
    }

    /// Files may hold more than the top: a second root with an instance of it, which has no clock.
    #[test]
    fn another_root_among_the_files() {
        let system = "module a_system (output [7:0] y);
  wire clk;
  core inner (.clk(clk), .rst(1'b0), .start(1'b0), .a(8'd0), .y(y), .done());
endmodule
";
        let bench = Bench::new(&[("system.v", system), ("tb.v", TESTBENCH)]);
        let files = [
            "verify", "system.v", "design.v", "--top", "core", "--tb", "tb.v",
        ];
        for simulator in ["icarus", "verilator"] {
            bench.succeeds(&[&files[..], &["--sim", simulator, "--max-points", "4"]].concat());
        }
    }

    #[test]
    fn testbench_that_shows_little() {
        let bench = Bench::new(&[("tb.v", TESTBENCH)]);
        let outcome = bench.succeeds(&["verify", "design.v", "--tb", "tb.v", "--sim", "icarus"]);
        outcome.own_lines("testbench_that_shows_little");
    }

    #[test]
    fn missing_testbench() {
        let bench = Bench::new(&[("dir/tb.v", TESTBENCH)]);
        let missing = bench.refused(1, &["verify", "design.v", "--tb", "tb.v"]);
        missing.snapshot("missing_testbench");
        let directory = bench.refused(1, &["verify", "design.v", "--tb", "dir"]);
        directory.snapshot("testbench_is_a_directory");
    }

    #[test]
    fn missing_simulator() {
        let bench = Bench::new(&[("tb.v", TESTBENCH)]);
        for sim in ["icarus", "verilator", "both"] {
            let outcome =
                bench.without_tools(&["verify", "design.v", "--tb", "tb.v", "--sim", sim]);
            assert_eq!(outcome.code, 4, "{}", outcome.stderr);
            outcome.snapshot(&format!("missing_simulator_{sim}"));
        }
    }

    #[test]
    fn unknown_point() {
        let bench = Bench::new(&[("tb.v", TESTBENCH)]);
        let outcome = bench.refused(1, &["verify", "design.v", "--tb", "tb.v", "--point", "xyz"]);
        outcome.snapshot("unknown_point");
    }
}
