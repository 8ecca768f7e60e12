//! The elaborated netlist, written as Verilog, behaves like its source:
//! Icarus runs both on random inputs and compares all outputs in every cycle.

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

/// A testbench that compares the source with the netlist.
fn testbench(netlist: &Netlist, parameters: &[(&str, &str)]) -> String {
    let mut tb = String::from("`timescale 1ns/1ns\nmodule tb;\n");
    let top = &netlist.top;
    let (mut source, mut copy) = (Vec::new(), Vec::new());
    let (mut randomise, mut compare) = (String::new(), String::new());
    let (mut release, mut outside) = (String::new(), String::new());
    let clock = netlist.clock.as_ref().map(|clock| clock.port.clone());
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
  netlist copy ({});
  initial begin
    for (cycle = 0; cycle < {CYCLES}; cycle = cycle + 1) begin
{release}{randomise}    #5;
{compare}{outside}    #5;
{compare}{edge}    #5;
{compare}    end
    if (errors == 0 && known > {CYCLES}) $display(\"EQUAL\");
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
    let tb = write("tb.v", testbench(&netlist, parameters));
    let binary = dir.path().join("run");
    let built = Command::new("iverilog")
        .args(["-g2005", "-s", "tb", "-o"])
        .arg(&binary)
        .args([&tb, &copy, &source])
        .output()
        .expect("iverilog is installed");
    let said = String::from_utf8_lossy(&built.stderr);
    assert!(built.status.success(), "{said}");
    let run = Command::new("vvp").arg("-n").arg(&binary).output().unwrap();
    let said = String::from_utf8_lossy(&run.stdout);
    assert!(said.lines().any(|line| line == "EQUAL"), "{design}: {said}");
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
    comb: "comb";
    division: "division";
    functions: "functions";
    gates: "gates";
    functions_of_another_depth: "functions", "DEPTH" = "200";
    generates: "generates";
    defparams: "defparams";
    full_cases: "full_cases";
    generates_of_another_kind: "generates", "KIND" = "7", "N" = "4";
    hierarchy: "hierarchy";
    initials: "initials";
    macros: "macros";
    mixed: "mixed";
    memory: "memory";
    powers: "powers";
    selects: "selects";
    signedness: "signedness";
    supplies: "supplies";
    testbench_code: "testbench_code";
    tristate: "tristate";
    wild_labels: "wild_labels";
}
