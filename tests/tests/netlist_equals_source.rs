//! The elaborated netlist, written as Verilog, behaves like its source:
//! a simulator runs both on random inputs and compares all outputs in every
//! cycle. Icarus does so for Verilog-2005, Verilator for SystemVerilog, most of
//! which Icarus 11 does not read; it knows no unknown values, so outputs count
//! once the reset has been given.

#![allow(clippy::unwrap_used)]

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use idetic::diagnostics::{Diagnostics, Severity};
use idetic::elaborate::{ElaborateOptions, elaborate};
use idetic::frontend::{ReadOptions, ast::Direction, read};
use idetic::netlist::verify::verify;
use idetic::netlist::{Netlist, Port};
use idetic::source::SourceMap;

const CYCLES: u32 = 3000;

fn text(diagnostics: &Diagnostics, sources: &SourceMap) -> String {
    let mut text = String::new();
    for diagnostic in &diagnostics.list {
        let place = diagnostic.primary.as_ref().map(|p| sources.place(p.span));
        let (place, code) = (place.unwrap_or_default(), diagnostic.code.id);
        writeln!(text, "{place}: {code} {}", diagnostic.message).unwrap();
    }
    text
}

fn load(file: &Path, parameters: &[(&str, &str)]) -> Netlist {
    let mut sources = SourceMap::new();
    let options = ReadOptions {
        files: vec![file.to_path_buf()],
        ..ReadOptions::default()
    };
    let (ast, diagnostics) = read(&options, &mut sources);
    assert!(
        !diagnostics.has_errors(),
        "{}",
        text(&diagnostics, &sources)
    );
    let parameters = parameters
        .iter()
        .map(|(name, value)| (name.to_string(), value.to_string()))
        .collect();
    let options = ElaborateOptions {
        parameters,
        ..ElaborateOptions::default()
    };
    let (netlist, diagnostics) = elaborate(&ast, &sources, &options);
    let said = text(&diagnostics, &sources);
    let errors = diagnostics
        .list
        .iter()
        .any(|d| d.severity == Severity::Error);
    assert!(!errors, "{said}");
    let netlist = netlist.unwrap_or_else(|| panic!("no netlist and no error: {said}"));
    assert_eq!(verify(&netlist), Vec::<String>::new());
    netlist
}

fn name(port: &Port) -> String {
    let simple = |c: char| c == '_' || c.is_ascii_alphanumeric();
    match port.name.chars().all(simple) {
        true => port.name.clone(),
        false => format!("\\{} ", port.name),
    }
}

/// A testbench that compares the source with the netlist, a module `copy_of`.
/// From a cycle on all values count; from 0 on, those that are known.
fn testbench(netlist: &Netlist, parameters: &[(&str, &str)], copy_of: &str, from: u32) -> String {
    let mut tb = String::from("`timescale 1ns/1ns\n");
    writeln!(tb, "module tb_{copy_of};").unwrap();
    let top = &netlist.top;
    let (mut source, mut copy) = (Vec::new(), Vec::new());
    let (mut randomise, mut compare) = (String::new(), String::new());
    let (mut release, mut outside) = (String::new(), String::new());
    let clock = netlist.clock().map(|clock| clock.port.clone());
    for (at, port) in netlist.ports.iter().enumerate() {
        let last = port.width - 1;
        if port.direction == Direction::Inout {
            // The environment drives what the source releases, before the edge.
            writeln!(
                tb,
                "  reg [{last}:0] i{at} = 0, e{at} = 0;\n  wire [{last}:0] a{at}, b{at};\n  \
                 genvar g{at};\n  generate for (g{at} = 0; g{at} <= {last}; g{at} = g{at} + 1) begin : p{at}\n    \
                 assign a{at}[g{at}] = e{at}[g{at}] ? i{at}[g{at}] : 1'bz;\n    \
                 assign b{at}[g{at}] = e{at}[g{at}] ? i{at}[g{at}] : 1'bz;\n  end endgenerate"
            )
            .unwrap();
            source.push(format!(".{}(a{at})", name(port)));
            copy.push(format!(".{}(b{at})", name(port)));
            let words = vec!["$random"; port.width.div_ceil(32) as usize].join(", ");
            writeln!(release, "    e{at} = 0;").unwrap();
            writeln!(
                outside,
                "    i{at} = {{{words}}};\n    for (k = 0; k <= {last}; k = k + 1) \
                 e{at}[k] = a{at}[k] === 1'bz && $random % 4 != 0;"
            )
            .unwrap();
        } else if port.direction == Direction::Input {
            writeln!(tb, "  reg [{last}:0] i{at} = 0;").unwrap();
            for list in [&mut source, &mut copy] {
                list.push(format!(".{}(i{at})", name(port)));
            }
            if Some(&port.name) == clock.as_ref() {
                continue;
            }
            if port.name.contains("rst") {
                let low = port.name.ends_with("_n") || *top == "hierarchy";
                let active = if low { "0" } else { "1" };
                writeln!(
                    randomise,
                    "    i{at} = (cycle < 3 || $random % 64 == 0) ? {active} : !{active};"
                )
                .unwrap();
            } else {
                let words = vec!["$random"; port.width.div_ceil(32) as usize].join(", ");
                writeln!(randomise, "    i{at} = {{{words}}};").unwrap();
            }
        } else {
            writeln!(tb, "  wire [{last}:0] a{at}, b{at};").unwrap();
            source.push(format!(".{}(a{at})", name(port)));
            copy.push(format!(".{}(b{at})", name(port)));
        }
        if port.direction != Direction::Input {
            if from > 0 {
                writeln!(
                    compare,
                    "    if (cycle >= {from}) begin\n      known = known + 1;\n      \
                     if (a{at} != b{at}) begin\n        \
                     if (errors < 10) $display(\"cycle %0d: {} source %b netlist %b\", cycle, a{at}, b{at});\n        \
                     errors = errors + 1;\n      end\n    end",
                    port.name.replace('\\', "")
                )
                .unwrap();
                continue;
            }
            writeln!(
                compare,
                "    for (k = 0; k <= {last}; k = k + 1) begin\n      \
                 if (a{at}[k] !== 1'bx) known = known + 1;\n      \
                 if (a{at}[k] !== 1'bx && a{at}[k] !== b{at}[k]) begin\n        \
                 if (errors < 10) $display(\"cycle %0d: {} source %b netlist %b\", cycle, a{at}, b{at});\n        \
                 errors = errors + 1;\n      end\n    end",
                port.name.replace('\\', "")
            )
            .unwrap();
        }
    }
    let parameters: Vec<String> = parameters
        .iter()
        .map(|(n, v)| format!(".{n}({v})"))
        .collect();
    let clock = clock.and_then(|clock| netlist.ports.iter().position(|p| p.name == clock));
    let edge = clock.map_or(String::new(), |at| {
        format!("    i{at} = 1; #1;\n{release}    #4; i{at} = 0;\n")
    });
    writeln!(
        tb,
        "  integer cycle, k, errors = 0, known = 0;
  {top} #({}) source ({});
  {copy_of} copy ({});
  initial begin
    for (cycle = 0; cycle < {CYCLES}; cycle = cycle + 1) begin
{release}{randomise}    #5;
{compare}{outside}    #5;
{compare}{edge}    #5;
{compare}    end
    if (errors == 0 && known > {CYCLES}) $display(\"EQUAL {copy_of}\");
    $finish;
  end
endmodule",
        parameters.join(", "),
        source.join(", "),
        copy.join(", "),
    )
    .unwrap();
    tb
}

fn check(design: &str, parameters: &[(&str, &str)]) {
    let source =
        Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("designs/elaborate/{design}.v"));
    let netlist = load(&source, parameters);
    let dir = tempfile::tempdir().unwrap();
    let write = |file: &str, text: String| -> PathBuf {
        let path = dir.path().join(file);
        std::fs::write(&path, text).unwrap();
        path
    };
    let copy = write("netlist.v", netlist.to_verilog("netlist"));
    let tb = write("tb.v", testbench(&netlist, parameters, "netlist", 0));
    let binary = dir.path().join("run");
    let built = Command::new("iverilog")
        .args(["-g2005", "-s", "tb_netlist", "-o"])
        .arg(&binary)
        .args([&tb, &copy, &source])
        .output()
        .expect("iverilog is installed");
    let said = String::from_utf8_lossy(&built.stderr);
    assert!(built.status.success(), "{said}");
    let run = Command::new("vvp").arg("-n").arg(&binary).output().unwrap();
    let said = String::from_utf8_lossy(&run.stdout);
    assert!(
        said.lines().any(|line| line == "EQUAL netlist"),
        "{design}: {said}"
    );
}

macro_rules! designs {
    ($($test:ident: $design:literal $(, $name:literal = $value:literal)*;)*) => {$(
        #[test]
        fn $test() {
            check($design, &[$(($name, $value)),*]);
        }
    )*};
}

designs! {
    arrays: "arrays";
    arrays_of_instances: "arrays_of_instances";
    blocking: "blocking";
    cases: "cases";
    clocking: "clocking";
    comb: "comb";
    division: "division";
    dual_port: "dual_port";
    functions: "functions";
    gates: "gates";
    functions_of_another_depth: "functions", "DEPTH" = "200";
    gated: "gated";
    generates: "generates";
    defparams: "defparams";
    full_cases: "full_cases";
    generates_of_another_kind: "generates", "KIND" = "7", "N" = "4";
    defaults_before_resets: "defaults";
    hierarchy: "hierarchy";
    initials: "initials";
    inside: "inside";
    large_cases: "large_cases";
    macros: "macros";
    mixed: "mixed";
    memory: "memory";
    piecewise: "piecewise";
    powers: "powers";
    reals: "reals";
    ruled_out: "ruled_out";
    ruled_out_of_another_kind: "ruled_out", "EN" = "1";
    reals_of_another_clock: "reals", "CLOCK" = "12.5e6", "BAUD" = "9600";
    selects: "selects";
    signal_loops: "signal_loops";
    signal_loops_of_another_bound: "signal_loops", "N" = "3";
    signedness: "signedness";
    supplies: "supplies";
    testbench_code: "testbench_code";
    tristate: "tristate";
    wild_labels: "wild_labels";
}

/// SystemVerilog designs, all in one run of Verilator.
#[test]
fn systemverilog() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("designs/systemverilog");
    let mut designs: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    designs.sort();
    if let Ok(only) = std::env::var("IDETIC_DESIGN") {
        designs.retain(|path| path.file_stem().is_some_and(|name| *name == *only));
    }
    let dir = tempfile::tempdir().unwrap();
    let mut files = Vec::new();
    let mut benches = Vec::new();
    let mut copies: Vec<(String, PathBuf)> = Vec::new();
    for design in &designs {
        let name = design.file_stem().unwrap().to_string_lossy().into_owned();
        if name == "structs" {
            copies.push(("structs_unpacked".into(), unpacked(design, dir.path())));
        }
        copies.push((name, design.clone()));
    }
    for (name, design) in &copies {
        let netlist = load(design, &[]);
        let name = format!("netlist_{name}");
        let bench = testbench(&netlist, &[], &name, 3);
        let text = format!("{}\n{bench}", netlist.to_verilog(&name));
        let path = dir.path().join(format!("{name}.sv"));
        std::fs::write(&path, text.replace("$finish;", "")).unwrap();
        files.push(path);
        benches.push(name);
    }
    let mut top = String::from("`timescale 1ns/1ns\nmodule top;\n");
    for name in &benches {
        writeln!(top, "  tb_{name} b_{name} ();").unwrap();
    }
    writeln!(top, "  initial #({CYCLES} * 20) $finish;\nendmodule").unwrap();
    let path = dir.path().join("top.sv");
    std::fs::write(&path, top).unwrap();
    let built = Command::new("verilator")
        .args([
            "--binary",
            "--timing",
            "-Wno-fatal",
            "-Wno-lint",
            "-Wno-style",
        ])
        .args(["-CFLAGS", "-O0", "--x-initial", "0", "--top-module", "top"])
        .arg("--Mdir")
        .arg(dir.path().join("build"))
        .args(&designs)
        .args(&files)
        .arg(&path)
        .output()
        .expect("verilator is installed");
    let said = String::from_utf8_lossy(&built.stderr);
    assert!(built.status.success(), "{said}");
    let run = Command::new(dir.path().join("build/Vtop"))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&run.stdout);
    for name in &benches {
        let equal = format!("EQUAL {name}");
        assert!(said.lines().any(|line| line == equal), "{name}: {said}");
    }
    assert!(!benches.is_empty());
}

/// The design `structs` with unpacked in place of packed structures, of which
/// Verilator 5.006 compiles too few uses: they are laid out alike, so it must
/// behave like the packed one.
fn unpacked(packed: &Path, dir: &Path) -> PathBuf {
    let text = std::fs::read_to_string(packed).unwrap();
    let unpacked = text
        .replace(
            "struct packed {\n    pair_t pair;",
            "struct {\n    pair_t pair;",
        )
        .replace("logic [1:0][2:0] grid;", "logic [2:0] grid[1:0];")
        .replace("now.grid,", "now.grid[1], now.grid[0],");
    assert_ne!(text, unpacked);
    let file = dir.join("unpacked_structs.sv");
    std::fs::write(&file, unpacked).unwrap();
    file
}
