//! The command line where nothing is wrong: defaults, streams, colours.

use std::process::{Command, Stdio};

use crate::bench::Bench;

#[test]
fn a_folder_with_a_configuration_needs_no_arguments() {
    let bench = Bench::new(&[(
        "idetic.toml",
        "[design]\nfiles = [\"design.v\"]\n[plan]\nforced = [\"state=IDLE\"]\n",
    )]);
    let outcome = bench.succeeds(&["insert"]);
    assert!(outcome.stdout.contains("Written to core_idetic"));
    assert!(bench.work().join("core_idetic/report.txt").exists());
    // The paths of a configuration are relative to it, those of arguments are not.
    bench.write("sub/x", b"");
    let mut from_below = bench.command(&["insert", "-c", "../idetic.toml", "-o", "out"]);
    from_below
        .current_dir(bench.work().join("sub"))
        .assert()
        .success();
    assert!(bench.work().join("sub/out/report.txt").exists());
}

#[test]
fn states_are_named_as_in_the_source() {
    let bench = Bench::new(&[]);
    let text = bench.succeeds(&["analyze", "design.v"]).stdout;
    for state in ["state=IDLE", "state=RUN,n=3", "state=DONE"] {
        assert!(text.contains(state), "{state} in {text}");
    }
    let json = bench
        .succeeds(&["analyze", "design.v", "--format", "json"])
        .stdout;
    let report: serde_json::Value = serde_json::from_str(&json).unwrap();
    let states = report["control"]["states"].as_array().unwrap();
    assert!(states.iter().any(|state| state["name"] == "state=IDLE"));
}

#[test]
fn a_state_that_is_like_no_other_keeps_its_facts() {
    // In state 2 everything is live, so that nothing is lost by not knowing the
    // state; but what is known needs no saving, and has a name.
    let machine = "module m(input clk, input rst, input go, input [3:0] a, output reg [3:0] y, output [1:0] at);
  reg [1:0] s;
  reg [3:0] x;
  assign at = s;
  always @(posedge clk) begin
    if (s == 0 & go) s <= 1;
    if (s == 1 & go) s <= 2;
    if (s == 2 & go) s <= 0;
    if (rst) s <= 0;
  end
  always @(posedge clk) begin
    if (s == 1) x <= a;
    if (s == 2 & go) y <= y + x;
  end
endmodule
";
    let bench = Bench::new(&[
        ("m.v", machine),
        ("idetic.toml", "[plan]\ncontrol = [\"s\"]\n"),
    ]);
    let json = bench.succeeds(&["analyze", "m.v", "--format", "json"]);
    let report: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
    let states = report["control"]["states"].as_array().unwrap();
    let names: Vec<&str> = (states.iter())
        .map(|state| state["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["s=0", "s=1", "s=2"]);
    assert!(states.iter().all(|state| state["constant_bits"] == 2));
}

#[test]
fn an_enum_of_int_is_verified() {
    let design = "module m(input clk, input rst, input go, output [1:0] o);
  enum {IDLE, A, B} state;
  always_ff @(posedge clk)
    if (rst) state <= IDLE;
    else case (state)
      IDLE: if (go) state <= A;
      A: state <= B;
      default: state <= IDLE;
    endcase
  assign o = state[1:0];
endmodule
";
    let testbench = "module tb;
  reg clk = 0, rst = 1, go = 0; wire [1:0] o;
  m dut(.clk(clk), .rst(rst), .go(go), .o(o));
  always #5 clk = !clk;
  initial begin
    repeat (2) @(negedge clk);
    rst = 0;
    repeat (40) begin go = $random; @(negedge clk); end
    $finish;
  end
endmodule
";
    let bench = Bench::new(&[("m.sv", design), ("tb.sv", testbench)]);
    let few = ["--max-points", "8", "--max-points-icarus", "4"];
    let arguments = [&["verify", "-q", "m.sv", "--tb", "tb.sv"][..], &few].concat();
    bench.succeeds(&arguments);
}

#[test]
fn an_escaped_top_and_time_units_stay_legal() {
    let design = "module \\t.x (input clk, input d, output reg q);
  timeunit 1ns; timeprecision 1ps;
  always @(posedge clk) q <= d;
endmodule
";
    let bench = Bench::new(&[("t.sv", design)]);
    bench.succeeds(&["insert", "-q", "t.sv", "-o", "out"]);
    let done = Command::new("iverilog")
        .args([
            "-g2012",
            "-s",
            "t.x_idetic",
            "-o",
            "t.vvp",
            "-c",
            "out/t.x_idetic.f",
        ])
        .current_dir(bench.work())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success() && said.is_empty(), "{said}");
}

#[test]
fn quiet_prints_nothing_and_verbose_more() {
    let bench = Bench::new(&[]);
    let quiet = bench.succeeds(&["insert", "design.v", "-q"]);
    assert_eq!((&*quiet.stdout, &*quiet.stderr), ("", ""));
    let plain = bench.succeeds(&["analyze", "design.v"]);
    let verbose = bench.succeeds(&["analyze", "design.v", "-v"]);
    assert!(verbose.stdout.len() > plain.stdout.len());
    assert!(verbose.stderr.contains("liveness"));
}

#[test]
fn colours_are_for_terminals_or_on_demand() {
    let bench = Bench::new(&[]);
    let escape = '\u{1b}';
    let colour = |arguments: &[&str]| bench.refused(1, arguments).stderr.contains(escape);
    assert!(!colour(&["analyze", "nope.v"]));
    assert!(!colour(&["analyze", "nope.v", "--color", "never"]));
    assert!(colour(&["analyze", "nope.v", "--color", "always"]));
}

#[test]
fn help_names_every_flag_and_says_what_it_does() {
    let bench = Bench::new(&[]);
    for command in ["insert", "analyze", "verify"] {
        let help = bench.succeeds(&[command, "--help"]).stdout;
        assert!(help.contains(&format!("Usage: idetic {command}")), "{help}");
        assert!(
            help.contains("-P <NAME=VALUE>") && help.contains("--color"),
            "{help}"
        );
    }
    assert!(bench.succeeds(&["--version"]).stdout.starts_with("idetic "));
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let bench = Bench::new(&[]);
    let mut child = Command::new(env!("CARGO_BIN_EXE_idetic-under-test"))
        .args(["analyze", "design.v", "-v", "--format", "json"])
        .current_dir(bench.work())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[test]
fn a_full_disk_is_an_error() {
    let Ok(full) = std::fs::File::options().write(true).open("/dev/full") else {
        return; // Linux only.
    };
    let bench = Bench::new(&[]);
    let output = Command::new(env!("CARGO_BIN_EXE_idetic-under-test"))
        .args(["analyze", "design.v"])
        .current_dir(bench.work())
        .stdout(full)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("standard output"));
}

/// The text behind an insertion stays text, also in the same line.
#[test]
fn a_design_in_one_line_survives() {
    let line = "module one(input clk, input rst, input d, output o); reg q, p; assign o = ~q; \
                always @(posedge clk) if (rst) q <= 0; else q <= q ^ d; endmodule\n";
    let bench = Bench::new(&[("one.v", line)]);
    bench.succeeds(&["insert", "one.v", "-o", "out"]);
    let emitted = std::fs::read_to_string(bench.work().join("out/one.v")).unwrap();
    assert!(!emitted.contains("//"), "{emitted}");
    let list = bench.work().join("out/one_idetic.f");
    let compiled = std::process::Command::new("iverilog")
        .args(["-g2005", "-Wall", "-s", "one_idetic", "-o"])
        .arg(bench.work().join("a.vvp"))
        .arg("-c")
        .arg(list)
        .output()
        .unwrap();
    assert!(compiled.status.success(), "{compiled:?}");
}

#[test]
fn file_lists_name_libraries() {
    let module = |name: &str, body: &str| {
        format!(
            "module {name}(input clk, input d, output q);
{body}
endmodule
"
        )
    };
    let register = "reg r; always @(posedge clk) r <= d; assign q = r;";
    let top = module("top", "wire w; a one(clk, d, w); b two(clk, w, q);");
    let bench = Bench::new(&[
        ("top.v", &top),
        ("lib/a.vlib", &module("a", "c inner(clk, d, q);")),
        ("lib/other.v", &module("other", register)),
        (
            "all.v",
            &[
                module("b", register),
                module("c", register),
                module("unused", register),
            ]
            .concat(),
        ),
        (
            "list.f",
            "top.v
-y lib +libext+.vlib+.sv
-v all.v
",
        ),
    ]);
    let json = bench
        .succeeds(&["analyze", "-f", "list.f", "--format", "json"])
        .stdout;
    let report: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(report["design"]["top"], "top");
    let registers = report["design"]["registers"].as_array().unwrap();
    let names: Vec<&str> = registers
        .iter()
        .map(|r| r["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["one.inner.r", "two.r"]);
    bench.succeeds(&["insert", "-f", "list.f", "-o", "out"]);
    let list = std::fs::read_to_string(bench.work().join("out/top_idetic.f")).unwrap();
    assert!(
        list.contains("/a.vlib") && !list.contains("other.v"),
        "{list}"
    );
}

/// A design with a pin that both sides drive, testbench code and a data file.
const PINS: &str =
    "module pins(input clk, input rst, input [3:0] a, inout [3:0] pad, output [7:0] y);
  reg [3:0] state, seen;
  reg [7:0] rom [0:15];
  initial $readmemh(\"rom.hex\", rom);
  assign pad = state[0] ? state : 4'bz;
  assign y = rom[seen];
  always @(posedge clk)
    if (rst) begin state <= 0; seen <= 0; end
    else begin
      state <= a;
      seen <= seen + pad;
      if (a == 3) $display(\"three\");
    end
endmodule
";

#[test]
fn two_way_pins_go_through_and_data_files_are_named() {
    let bench = Bench::new(&[
        ("pins.v", PINS),
        (
            "rom.hex",
            "00 11 22 33 @8 88
",
        ),
        (
            "tb.v",
            "module tb; endmodule
",
        ),
    ]);
    bench.succeeds(&["insert", "pins.v", "-o", "out"]);
    let read = |name: &str| std::fs::read_to_string(bench.work().join(name)).unwrap();
    assert!(read("out/pins_idetic.v").contains("inout  wire [3:0] pad"));
    assert!(read("out/pins_idetic.f").contains("The design reads rom.hex"));
    let report: serde_json::Value = serde_json::from_str(&read("out/report.json")).unwrap();
    assert_eq!(report["design"]["data_files"][0], "rom.hex");
    assert_eq!(report["design"]["passed_over"][0]["what"], "`$display`");
    assert_eq!(report["design"]["passed_over"][0]["line"], 12);
    // The contents of the file are a part of the design.
    bench.write(
        "rom.hex",
        b"00 11 22 34 @8 88
",
    );
    bench.succeeds(&["insert", "pins.v", "-o", "other"]);
    let other: serde_json::Value = serde_json::from_str(&read("other/report.json")).unwrap();
    assert_ne!(report["design"]["hash"], other["design"]["hash"]);
    // What the environment drives cannot be told from a recording.
    let refused = bench.refused(1, &["verify", "pins.v", "--tb", "tb.v"]);
    assert!(
        refused.stderr.contains("`pad` is bidirectional"),
        "{}",
        refused.stderr
    );
}

#[test]
fn contents_that_only_a_simulation_knows_are_refused() {
    let memory = "module m(input clk, input [1:0] a, input w, input [7:0] d, output [7:0] q);
  reg [7:0] mem [0:3];
  initial $readmemh(\"nowhere.hex\", mem);
  always @(posedge clk) if (w) mem[a] <= d;
  assign q = mem[a];
endmodule
";
    let bench = Bench::new(&[("m.v", memory)]);
    let analysed = bench.succeeds(&["analyze", "m.v"]);
    assert!(analysed.stderr.contains("`nowhere.hex` cannot be read"));
    let refused = bench.refused(1, &["insert", "m.v", "-o", "out"]);
    assert!(refused.stderr.contains("E0603"), "{}", refused.stderr);
}

/// The files that a list names and what they hold, without the runtime.
fn listed(bench: &Bench, folder: &str) -> Vec<(String, String)> {
    let out = bench.work().join(folder);
    let list = std::fs::read_to_string(out.join("top_idetic.f")).unwrap();
    let files = list
        .lines()
        .filter(|line| line.starts_with('/') && !line.starts_with("//"));
    let named = files.map(|path| {
        let name = path.rsplit_once('/').unwrap().1.to_string();
        let text = std::fs::read_to_string(path).unwrap();
        (name, text)
    });
    named
        .filter(|(name, _)| !name.starts_with("idetic_"))
        .collect()
}

#[test]
fn every_file_has_a_name_of_its_own() {
    let part = |name: &str| {
        format!(
            "module {name}(input clk, output reg q);\n  always @(posedge clk) q <= ~q;\nendmodule\n"
        )
    };
    let files = [
        ("image.json", "m0"),
        ("report.json", "m1"),
        ("report.txt", "m2"),
        ("report.html", "m3"),
        ("top_idetic.f", "m4"),
        ("top_idetic.v", "m5"),
        ("a\"b c.v", "m6"),
        ("a\\b c.v", "m7"),
        // Included by `top.v` is another file of this name.
        ("lib/defs.v", "m8"),
    ];
    let bench = Bench::new(&[("inc/defs.v", "`define ONE 1'b1\n")]);
    let mut top =
        "`include \"defs.v\"\nmodule top(input clk, output [8:0] q, output reg r);\n".to_string();
    for (at, (file, name)) in files.iter().enumerate() {
        bench.write(file, part(name).as_bytes());
        top += &format!("  {name} u{at}(clk, q[{at}]);\n");
    }
    top += "  always @(posedge clk) r <= r ^ `ONE;\nendmodule\n";
    bench.write("top.v", top.as_bytes());
    let mut arguments = vec!["insert", "-q", "-I", "inc", "-o", "out"];
    arguments.extend(files.iter().map(|(file, _)| *file));
    arguments.push("top.v");
    // The second run replaces what it knows for its own.
    bench.succeeds(&arguments);
    bench.succeeds(&arguments);
    let listed = listed(&bench, "out");
    let names: Vec<&str> = listed.iter().map(|(name, _)| name.as_str()).collect();
    let expected = [
        "image_2.json",
        "report_2.json",
        "report_2.txt",
        "report_2.html",
        "top_idetic_2.f",
        "top_idetic_2.v",
        "a_b_c.v",
        "a_b_c_2.v",
        "defs_2.v",
        "top.v",
        "top_idetic.v",
    ];
    assert_eq!(names, expected);
    for ((_, text), (_, module)) in listed.iter().zip(files) {
        assert!(text.contains(&format!("module {module}")), "{text}");
    }
    let read = |name: &str| std::fs::read_to_string(bench.work().join("out").join(name)).unwrap();
    assert_eq!(read("defs.v"), "`define ONE 1'b1\n");
    for name in ["image.json", "report.json"] {
        assert!(serde_json::from_str::<serde_json::Value>(&read(name)).is_ok());
    }
    assert!(read("report.html").contains("<html"));
    // Simulators read the list.
    let simulator = std::process::Command::new("iverilog")
        .args(["-g2012", "-t", "null", "-s", "top_idetic", "-c"])
        .arg(bench.work().join("out/top_idetic.f"))
        .output()
        .unwrap();
    assert!(simulator.status.success(), "{simulator:?}");
}

#[cfg(unix)]
#[test]
fn output_behind_a_link_goes_to_its_target() {
    let bench = Bench::new(&[]);
    std::fs::create_dir(bench.work().join("real")).unwrap();
    let link = bench.work().join("link");
    std::os::unix::fs::symlink("real", &link).unwrap();
    for _ in 0..2 {
        bench.succeeds(&["insert", "design.v", "-q", "-o", "link"]);
        assert!(link.symlink_metadata().unwrap().is_symlink());
        assert!(bench.work().join("real/core_idetic.f").is_file());
    }
}

/// What differs with a macro that tools define is told, unless it is no hardware, or the macro is given.
#[test]
fn macros_of_tools_are_told() {
    let text = |condition: &str, other: &str| {
        format!(
            "module m(input clk, input rst, input d, output q);\n`{condition}\n  {other}\n`endif\n  \
             reg r;\n  assign q = r;\n  always @(posedge clk) r <= rst ? 1'b0 : d;\nendmodule\n"
        )
    };
    let hardware = "reg s; always @(posedge clk) s <= d;\n  black b (s);";
    let told = |text: &str, arguments: &[&str]| {
        let black = "(* blackbox *) module black(input a); endmodule\n";
        let bench = Bench::new(&[("m.v", text), ("black.v", black)]);
        let files = ["analyze", "m.v", "black.v", "--top", "m"];
        let all = [&files[..], arguments].concat();
        bench.run(&all).stderr.contains("E0319")
    };
    let message = "always @(posedge clk) if (d) $display(\"d\");";
    assert!(told(&text("ifdef SYNTHESIS", hardware), &[]));
    assert!(told(&text("ifndef VERILATOR", hardware), &[]));
    assert!(!told(&text("ifdef SYNTHESIS", message), &[]));
    assert!(!told(&text("ifdef MINE", hardware), &[]));
    assert!(!told(
        &text("ifdef SYNTHESIS", hardware),
        &["-D", "SYNTHESIS"]
    ));
}

/// Names have to go where macros are: behind a `begin`, and where a copied module names itself.
#[test]
fn macros_that_need_a_name_are_written_out() {
    let text = "`define BEGIN begin
`define DUMP(SCOPE) initial if (0) $dumpvars(0, SCOPE)
module m(input clk, input d, output reg [7:0] q);
  always @(posedge clk) `BEGIN reg [7:0] k; k = {k[6:0], k[7] ^ d}; q <= k; end
  `DUMP(m);
endmodule
module smoke;
  m u(1'b0, 1'b0, );
endmodule
";
    let bench = Bench::new(&[("m.sv", text)]);
    bench.succeeds(&["insert", "m.sv", "--top", "m", "-o", "out"]);
    let emitted = std::fs::read_to_string(bench.work().join("out/m.sv")).unwrap();
    for part in ["begin : idetic_block_0 reg", "$dumpvars(0, m_idetic_1);"] {
        assert_eq!(emitted.matches(part).count(), 1, "{part}: {emitted}");
    }
}
