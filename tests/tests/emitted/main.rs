//! What instrumentation emits, on real text: the insertions come off again, the
//! simulators and Yosys take the result without a new word, and it comes through
//! supply failures.

mod survival;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use idetic::control::{self, ControlOptions};
use idetic::diagnostics::Diagnostics;
use idetic::elaborate::{self, ElaborateOptions};
use idetic::frontend::{self, ReadOptions, ast};
use idetic::instrument::{self, Hold, InstrumentOptions, ListOptions, edits};
use idetic::layout::{self, LayoutOptions};
use idetic::liveness;
use idetic::netlist::Netlist;
use idetic::plan::{self, PlanOptions};
use idetic::report;
use idetic::source::SourceMap;
use idetic_sim as sim;

/// An instrumented design in a directory of its own.
struct Emitted {
    directory: tempfile::TempDir,
    sources: SourceMap,
    ast: ast::Ast,
    netlist: Netlist,
    output: instrument::Output,
    report: report::Report,
}

fn passed(diagnostics: &Diagnostics) {
    assert!(!diagnostics.has_errors(), "{:#?}", diagnostics.list);
}

/// Runs all passes and writes the files.
fn emit(files: &[PathBuf], top: &str, options: &InstrumentOptions, word_bits: u32) -> Emitted {
    let mut sources = SourceMap::new();
    let read = ReadOptions {
        files: files.to_vec(),
        ..ReadOptions::default()
    };
    let (ast, found) = frontend::read(&read, &mut sources);
    passed(&found);
    let elaborate = ElaborateOptions {
        top: Some(top.to_string()),
        ..ElaborateOptions::default()
    };
    let (netlist, found) = elaborate::elaborate(&ast, &sources, &elaborate);
    passed(&found);
    let netlist = netlist.expect("no error means a netlist");
    let (graph, found) = control::explore(&netlist, &ControlOptions::default());
    passed(&found);
    let (graph, liveness) = liveness::analyze(&netlist, &graph, &[]);
    let plan = plan::plan(&netlist, &graph, &liveness, &PlanOptions::default());
    let plan = plan.expect("a plan without bounds exists");
    let layout_options = LayoutOptions {
        word_bits,
        ..LayoutOptions::default()
    };
    let layout = layout::layout(&netlist, &plan, &liveness.bits, &layout_options);
    let (output, found) = instrument::instrument(
        &ast, &sources, &netlist, &graph, &liveness, &plan, &layout, options,
    );
    passed(&found);
    let output = output.expect("no error means an output");
    let report = report::report(&report::Inputs {
        policy: Default::default(),
        compared: &[],
        pareto: None,
        sources: &sources,
        netlist: &netlist,
        observe: &read.observe,
        graph: &graph,
        liveness: &liveness,
        hazards: &[],
        plan: Some((&plan, &layout)),
        energy: None,
        design_hash: "0123456789abcdef",
        word_bits,
        widths: &[],
    });
    let directory = tempfile::tempdir().expect("a temporary directory");
    let list = output.file_list(&ListOptions {
        directory: directory.path().to_path_buf(),
        ..ListOptions::default()
    });
    let texts = output.files.iter().map(|file| (&file.name, &file.text));
    for (name, text) in texts.chain([(&list.0, &list.1)]) {
        let path = directory.path().join(name);
        fs::create_dir_all(path.parent().expect("a file has a directory")).expect("a directory");
        fs::write(path, text).expect("a file in the temporary directory");
    }
    Emitted {
        directory,
        sources,
        ast,
        netlist,
        output,
        report,
    }
}

fn run(command: &mut Command) -> Output {
    command
        .output()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"))
}

/// Lint messages without their places, one per line.
fn lint(arguments: &[&str]) -> Vec<String> {
    let output = run(Command::new("verilator")
        .args(["--lint-only", "-Wall", "-Wno-fatal", "-Wno-DECLFILENAME"])
        .args(arguments));
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{text}");
    text.lines()
        .filter(|line| line.starts_with('%'))
        .map(|line| {
            let words: Vec<&str> = line.split(' ').collect();
            let place = |word: &str| word.contains(".v:") || word.contains(".sv:");
            let kept = words.iter().filter(|word| !place(word));
            kept.copied().collect::<Vec<_>>().join(" ")
        })
        .collect()
}

/// Where the files are.
fn folder(files: &[PathBuf]) -> PathBuf {
    let folder = files.first().and_then(|file| file.parent());
    folder.expect("a file in a directory").to_path_buf()
}

impl Emitted {
    fn list(&self) -> String {
        let name = format!("{}.f", self.output.top);
        self.directory.path().join(name).display().to_string()
    }

    /// Every source text comes back when the insertions are taken out.
    fn check_strip(&self) {
        for file in &self.output.files {
            let Some((id, inserted)) = &file.source else {
                continue;
            };
            let original = &self.sources.file(*id).text;
            let stripped = edits::strip(&file.text, inserted);
            assert_eq!(stripped.as_ref(), Some(original), "{}", file.name);
        }
    }

    /// Icarus, Verilator and Yosys take the files; lint says nothing new.
    fn check_tools(&self, files: &[PathBuf]) {
        self.check_icarus(&["-g2005", "-g2012"]);
        self.check_lint(files);
        self.check_yosys();
    }

    fn check_icarus(&self, languages: &[&str]) {
        let (list, top) = (self.list(), &self.output.top);
        for language in languages {
            let null = if cfg!(windows) { "NUL" } else { "/dev/null" };
            let output = run(Command::new("iverilog").args([
                language,
                "-Wall",
                "-Wno-timescale",
                "-s",
                top,
                "-c",
                &list,
                "-o",
                null,
            ]));
            let text = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(output.status.success(), "{text}");
            assert!(!text.contains("idetic_"), "{text}");
        }
    }

    fn check_lint(&self, files: &[PathBuf]) {
        let (list, top) = (self.list(), &self.output.top);
        let originals: Vec<String> = files.iter().map(|f| f.display().to_string()).collect();
        let include = format!("-I{}", folder(files).display());
        let mut arguments = vec!["--top-module", &self.netlist.top, &include];
        arguments.extend(originals.iter().map(String::as_str));
        let before = lint(&arguments);
        let after = lint(&["--top-module", top, "-f", &list]);
        let new: Vec<&String> = after.iter().filter(|line| !before.contains(line)).collect();
        assert!(new.is_empty(), "{new:#?}");
    }

    fn check_yosys(&self) {
        let top = &self.output.top;
        let listed = self.output.files.iter().filter(|file| file.listed);
        let paths = listed.map(|file| self.directory.path().join(&file.name));
        let paths: Vec<String> = paths.map(|path| path.display().to_string()).collect();
        let include = self.directory.path().display();
        let script = format!(
            "read_verilog -I{include} {}; hierarchy -check -top {top}; proc; check -assert",
            paths.join(" ")
        );
        let output = run(Command::new("yosys").args(["-q", "-p", &script]));
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{text}");
        assert!(!text.contains("idetic_"), "{text}");
    }

    /// Runs a campaign in a simulator; the report is for further checks.
    fn campaign(
        &self,
        files: &[PathBuf],
        bench: &Path,
        simulator: sim::Simulator,
        language: sim::Language,
        points: usize,
    ) -> sim::CampaignReport {
        let module = &self.ast[self.netlist.instances[0].module];
        let clock = self.netlist.clock().expect("the design has a clock");
        let ports = self.netlist.ports.iter().map(|port| sim::Port {
            name: port.name.clone(),
            direction: match port.direction {
                ast::Direction::Input => sim::Direction::Input,
                _ => sim::Direction::Output,
            },
            width_bits: port.width as usize,
        });
        let design = sim::OriginalDesign {
            top: self.netlist.top.clone(),
            files: files.to_vec(),
            include_dirs: vec![folder(files)],
            defines: Vec::new(),
            parameters: Vec::new(),
            values: Vec::new(),
            clock: clock.port.clone(),
            clock_edge: if clock.rising {
                sim::ClockEdge::Positive
            } else {
                sim::ClockEdge::Negative
            },
            ports: ports.collect(),
            async_resets: idetic_tests::replay::async_resets(&self.netlist),
            stable_inputs: Vec::new(),
            top_module_file: self.sources.path(module.span.file).to_path_buf(),
            endmodule_offset: module.anchors.endmodule as usize,
            language,
            directory: self.directory.path().to_path_buf(),
        };
        let image = &self.output.image;
        let instrumented = sim::Instrumented {
            file_list: PathBuf::from(self.list()),
            directory: self.directory.path().to_path_buf(),
            wrapper: self.output.top.clone(),
            nvm_word_bits: image.word_bits as usize,
            nvm_addr_bits: image.address_bits as usize,
            nvm_words: image.nvm_words as usize,
            commit_word_addresses: image.commit_word_addresses.clone(),
            language,
            internals: sim::Internals::default(),
        };
        let testbench = sim::Testbench {
            files: vec![bench.to_path_buf()],
            ..sim::Testbench::default()
        };
        // Icarus 11 reads but a part of SystemVerilog.
        let system = files
            .iter()
            .any(|file| file.extension().is_some_and(|it| it == "sv"));
        let recorder = sim::RecordOptions {
            simulator: if system {
                simulator
            } else {
                sim::Simulator::Icarus
            },
            ..sim::RecordOptions::default()
        };
        let recording = sim::record(&design, &testbench, &recorder)
            .expect("the testbench passes on the original");
        let mut expect = sim::ExpectOptions::default();
        if simulator == sim::Simulator::Icarus {
            expect.random_runs = 0;
        }
        let expectation =
            sim::expect(&design, &recording, &expect).expect("the recording can be replayed");
        let build = sim::BuildOptions::default();
        let replay = sim::Replay::build(simulator, &design, &instrumented, &expectation, &build)
            .expect("the replay compiles");
        let options = sim::CampaignOptions {
            max_points: points,
            max_pairs: points / 2,
            random_runs: 8,
            ..sim::CampaignOptions::for_simulator(simulator)
        };
        sim::run_campaign(&replay, &options, &mut sim::Silent).expect("the simulator runs")
    }
}

/// A testbench for any design: all inputs random, resets held at first and then
/// given now and then. Inputs change at the idle clock edge.
fn random_bench(netlist: &Netlist, cycles: u32) -> String {
    let clock = netlist.clock().expect("the design has a clock");
    let (active, idle) = if clock.rising {
        ("posedge", "negedge")
    } else {
        ("negedge", "posedge")
    };
    let mut declarations = String::new();
    let mut changes = String::new();
    let mut start = String::new();
    let mut names = Vec::new();
    let mut clock_net = String::new();
    for (index, port) in netlist.ports.iter().enumerate() {
        let net = format!("net_{index}");
        let kind = match port.direction {
            ast::Direction::Input => "reg",
            _ => "wire",
        };
        declarations += &format!("  {kind} [{}:0] {net};\n", port.width - 1);
        names.push(net.clone());
        if port.direction != ast::Direction::Input {
            continue;
        }
        if port.name == clock.port {
            clock_net = net;
        } else if let Some(low) = port.name.contains("rst").then(|| port.name.ends_with("_n")) {
            let (on, off) = if low { (0, 1) } else { (1, 0) };
            start += &format!("    {net} = {on};\n");
            changes += &format!("    {net} = cycle < 3 || cycle % 37 == 36 ? {on} : {off};\n");
        } else {
            start += &format!("    {net} = 0;\n");
            changes += &format!("    {net} = $random;\n");
        }
    }
    format!(
        "module bench;\n{declarations}  integer cycle;\n  {top} dut ({ports});\n\
         \x20 always #5 {clock_net} = ~{clock_net};\n\
         \x20 initial begin\n    {clock_net} = 0;\n    cycle = 0;\n{start}  end\n\
         \x20 always @({idle} {clock_net}) begin\n{changes}  end\n\
         \x20 always @({active} {clock_net}) begin\n    cycle = cycle + 1;\n    \
         if (cycle == {cycles}) $finish;\n  end\nendmodule\n",
        top = netlist.top,
        ports = names.join(", "),
    )
}

fn workspace() -> PathBuf {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests.parent().expect("the workspace").to_path_buf()
}

/// Verilog files of a folder, testbenches left out, in order of name.
fn verilog(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("the folder exists");
    let mut files: Vec<PathBuf> = entries
        .map(|entry| entry.expect("a readable folder").path())
        .filter(|path| {
            let name = path.to_string_lossy();
            name.ends_with(".v") && !name.ends_with("_tb.v")
        })
        .collect();
    files.sort();
    files
}

fn hold(hold: Hold) -> InstrumentOptions {
    InstrumentOptions {
        hold,
        ..InstrumentOptions::default()
    }
}

#[test]
fn every_example_is_taken_by_the_tools() {
    let folder = workspace().join("examples-verilog");
    let mut seen = 0;
    for entry in fs::read_dir(folder).expect("the examples") {
        let path = entry.expect("a readable folder").path();
        if !path.is_dir() {
            continue;
        }
        seen += 1;
        let top = path
            .file_name()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        let files = verilog(&path);
        for (options, word_bits) in [(hold(Hold::Gate), 32), (hold(Hold::Enable), 8)] {
            let emitted = emit(&files, &top, &options, word_bits);
            emitted.check_strip();
            emitted.check_tools(&files);
            assert!(report::html(&emitted.report).ends_with("</html>\n"));
        }
    }
    assert!(seen >= 6, "{seen} examples");
}

/// The campaign sees a wrong chain: the test of the tests above.
#[test]
fn swapped_registers_are_caught() {
    let file = workspace().join("examples-verilog/gcd/gcd.v");
    let files = [file.clone()];
    let emitted = emit(&files, "gcd", &hold(Hold::Gate), 32);
    let path = emitted.directory.path().join("gcd.v");
    let text = fs::read_to_string(&path).expect("the emitted file");
    // The operands trade places on their way out, but not on their way back.
    let swapped = text
        .replace("] = x;", "] = idetic_x;")
        .replace("] = y;", "] = x;")
        .replace("] = idetic_x;", "] = y;");
    assert_ne!(swapped, text);
    fs::write(&path, swapped).expect("a file");
    let bench = file.with_file_name("gcd_tb.v");
    let language = sim::Language::SystemVerilog2012;
    let report = emitted.campaign(&files, &bench, sim::Simulator::Icarus, language, 4);
    assert_ne!(report.failures, []);
}

/// Yosys' `hierarchy -check` looks for the modules of branches that are not taken, so the files that
/// define them stay in the list; those that nothing names do not.
#[test]
fn files_that_only_untaken_branches_name_are_listed() {
    let folder = tempfile::tempdir().expect("a folder");
    let ports = "(input wire clk, input wire [7:0] a, output reg [7:0] y)";
    let part = |name: &str| {
        format!("module {name} {ports};\n  always @(posedge clk) y <= a + y;\nendmodule\n")
    };
    let top = "module top (input wire clk, input wire [7:0] a, output wire [7:0] y);
  parameter DEEP = 1;
  wire [7:0] held;
  shallow #(.DEEP(0)) only (clk, a, held);
  assign y = held;
endmodule
module shallow #(parameter DEEP = 1) (input wire clk, input wire [7:0] a, output reg [7:0] y);
  wire [7:0] more;
  generate
    if (DEEP) begin : deep
      named below (clk, a, more);
    end else begin : flat
      assign more = 8'd1;
    end
  endgenerate
  always @(posedge clk) y <= a + more;
endmodule
";
    let named = part("named").replace("always", "further one (clk, a, ); always");
    let texts = [
        ("top.v", top.to_string()),
        ("named.v", named),
        ("further.v", part("further")),
        ("other.v", part("other")),
    ];
    let files = texts.map(|(name, text)| {
        let file = folder.path().join(name);
        fs::write(&file, text).expect("a file");
        file
    });
    let emitted = emit(&files, "top", &hold(Hold::Gate), 16);
    let list = fs::read_to_string(emitted.list()).expect("the list");
    let has = |name: &str| list.lines().any(|line| line.ends_with(&format!("/{name}")));
    assert!(
        has("top.v") && has("named.v") && has("further.v") && !has("other.v"),
        "{list}"
    );
    emitted.check_yosys();
}
