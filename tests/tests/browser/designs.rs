//! Reports to look at: a shipped example, one with a plan without energy, and one of two thousand states.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A supply and a memory that all of these designs fit.
const ENERGY: &str = "[energy]\ncapacitor_farads = 2.2e-5\non_volts = 3.0\noff_volts = 1.8\nclock_hz = 1e6\n\
                      [nvm]\ntechnology = \"fram\"\n[plan]\nstate_limit = 8192\n";

/// States of the largest design.
const MANY: usize = 2000;

/// A design with its report.
pub struct Design {
    pub name: &'static str,
    pub states: usize,
    pub registers: usize,
    /// The plan is made under an energy model.
    pub energy: bool,
    folder: PathBuf,
}

impl Design {
    /// Its `report.html`.
    pub fn page(&self) -> PathBuf {
        self.folder.join(format!("{}.html", self.name))
    }

    /// Runs `idetic insert` on files with a configuration.
    fn new(folder: &Path, name: &'static str, files: &[PathBuf], config: &str) -> Design {
        let config_file = folder.join(format!("{name}.toml"));
        fs::write(&config_file, config).unwrap();
        let output = folder.join(name);
        let run = Command::new(env!("CARGO_BIN_EXE_idetic-under-test"))
            .args(["insert", "--pareto", "--baseline", "-q"])
            .arg("-c")
            .arg(config_file)
            .arg("-o")
            .arg(&output)
            .args(files)
            .output()
            .unwrap();
        assert!(
            run.status.success(),
            "{}",
            String::from_utf8_lossy(&run.stderr)
        );
        let text = fs::read_to_string(output.join("report.json")).unwrap();
        let report: serde_json::Value = serde_json::from_str(&text).unwrap();
        let design = Design {
            name,
            states: report["control"]["states"].as_array().unwrap().len(),
            registers: report["design"]["registers"].as_array().unwrap().len(),
            energy: report.get("energy").is_some(),
            folder: folder.to_path_buf(),
        };
        fs::copy(output.join("report.html"), design.page()).unwrap();
        design
    }
}

fn example(name: &str) -> PathBuf {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples-verilog");
    examples.join(name).join(format!("{name}.v"))
}

/// A few states, under an energy model.
pub fn small(folder: &Path) -> Design {
    Design::new(folder, "gcd", &[example("gcd")], ENERGY)
}

/// All of them.
pub fn all(folder: &Path) -> Vec<Design> {
    let file = folder.join("sequence.v");
    fs::write(&file, sequence()).unwrap();
    let many = Design::new(folder, "sequence", &[file], ENERGY);
    assert!(many.states >= MANY, "{}", many.states);
    vec![
        small(folder),
        Design::new(folder, "xtea_cipher", &[example("xtea_cipher")], ENERGY),
        Design::new(folder, "uart_tx", &[example("uart_tx")], ""),
        many,
    ]
}

/// A program of very many steps, as high-level synthesis writes it: each step sets a register
/// from others, and some branch.
fn sequence() -> String {
    let mut text = String::from(
        "module sequence_of_steps(input clk, input rst, input start, input [15:0] a, output reg [15:0] y, output done);\n  \
         reg [11:0] step;\n  assign done = step == 0;\n",
    );
    for register in 0..24 {
        let _ = writeln!(text, "  reg [15:0] value_{register};");
    }
    text.push_str("  always @(posedge clk)\n    if (rst) step <= 0; else case (step)\n");
    text.push_str("      0: if (start) begin step <= 1; value_0 <= a; end\n");
    for step in 1..MANY {
        let (to, from) = (step * 7 % 24, (step - 1) * 7 % 24);
        let next = (step + 1) % MANY;
        let branch = match step % 97 {
            0 => format!("if (value_{from}[0]) step <= {}; else ", (step + 5) % MANY),
            _ => String::new(),
        };
        let _ = writeln!(
            text,
            "      {step}: begin value_{to} <= value_{from} + 16'd{step}; {branch}step <= {next}; end"
        );
    }
    let last = (MANY - 1) * 7 % 24;
    let _ = write!(
        text,
        "      default: step <= 0;\n    endcase\n  always @(posedge clk) if (rst) y <= 0; else if (step == {}) y <= value_{last};\nendmodule\n",
        MANY - 1
    );
    text
}
