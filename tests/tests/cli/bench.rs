//! A working directory in which the command is run, and what came of it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use assert_cmd::Command;
use tempfile::TempDir;

/// A design that every bench holds as `design.v`.
pub const DESIGN: &str = "module core #(parameter LAST = 3)(
  input clk, input rst, input start, input [7:0] a, output reg [7:0] y, output done);
  localparam IDLE = 2'd0, RUN = 2'd1, DONE = 2'd2;
  reg [1:0] state;
  reg [3:0] n;
  assign done = state == DONE;
  always @(posedge clk)
    if (rst) begin
      state <= IDLE;
      n <= 4'd0;
      y <= 8'd0;
    end else case (state)
      IDLE: if (start) begin state <= RUN; n <= LAST; y <= a; end
      RUN: begin
        y <= y + {4'b0, n};
        n <= n - 1'b1;
        if (n == 4'd0) state <= DONE;
      end
      default: state <= IDLE;
    endcase
endmodule
";

/// No command here takes longer, however busy the machine is.
const TIME_LIMIT: Duration = Duration::from_secs(300);

/// A working directory and a temporary directory.
pub struct Bench {
    work: TempDir,
    temporary: TempDir,
}

/// What a run printed and returned.
pub struct Outcome {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
    work: PathBuf,
}

impl Bench {
    /// With `design.v` and these files.
    pub fn new(files: &[(&str, &str)]) -> Bench {
        let bench = Bench {
            work: tempfile::tempdir().unwrap(),
            temporary: tempfile::tempdir().unwrap(),
        };
        bench.write("design.v", DESIGN.as_bytes());
        for (name, text) in files {
            bench.write(name, text.as_bytes());
        }
        bench
    }

    /// The working directory.
    pub fn work(&self) -> &Path {
        self.work.path()
    }

    pub fn write(&self, name: &str, text: &[u8]) {
        let path = self.work().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// The command, ready to run here.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_idetic-under-test"));
        command
            .args(arguments)
            .current_dir(self.work())
            .env("TMPDIR", self.temporary.path())
            .env_remove("NO_COLOR")
            .timeout(TIME_LIMIT);
        command
    }

    fn outcome(&self, mut command: Command) -> Outcome {
        let output = command.output().unwrap();
        Outcome {
            code: output.status.code().expect("the command ends by itself"),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
            work: self.work().to_path_buf(),
        }
    }

    /// A run that fails with this code, prints no result and changes nothing.
    pub fn refused(&self, code: i32, arguments: &[&str]) -> Outcome {
        self.refused_but_for(code, arguments, "\0")
    }

    /// The same, except that the folder `but` may appear, complete.
    pub fn refused_but_for(&self, code: i32, arguments: &[&str], but: &str) -> Outcome {
        let before = self.contents();
        let outcome = self.outcome(self.command(arguments));
        assert_eq!(outcome.code, code, "{}", outcome.stderr);
        assert_eq!(outcome.stdout, "");
        let mut after = self.contents();
        after.retain(|path, _| !path.starts_with(but));
        assert_eq!(after, before);
        let made = self.work().join(but);
        assert!(but == "\0" || !made.exists() || made.join("report.html").exists());
        self.assert_no_leftovers();
        outcome
    }

    /// A run, however it ends.
    pub fn run(&self, arguments: &[&str]) -> Outcome {
        let outcome = self.outcome(self.command(arguments));
        self.assert_no_leftovers();
        outcome
    }

    /// A run that succeeds.
    pub fn succeeds(&self, arguments: &[&str]) -> Outcome {
        let outcome = self.outcome(self.command(arguments));
        assert_eq!(outcome.code, 0, "{}", outcome.stderr);
        self.assert_no_leftovers();
        outcome
    }

    /// A run with a `PATH` that leads nowhere.
    pub fn without_tools(&self, arguments: &[&str]) -> Outcome {
        self.write("tb.v", b"module tb; endmodule\n");
        let empty = tempfile::tempdir().unwrap();
        let mut command = self.command(arguments);
        command.env("PATH", empty.path());
        let before = self.contents();
        let outcome = self.outcome(command);
        assert_eq!(self.contents(), before);
        self.assert_no_leftovers();
        outcome
    }

    fn assert_no_leftovers(&self) {
        let left: Vec<_> = fs::read_dir(self.temporary.path()).unwrap().collect();
        assert!(left.is_empty(), "{left:?}");
    }

    /// Every path below the working directory; files with what they hold.
    pub fn contents(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut contents = BTreeMap::new();
        let mut folders = vec![self.work().to_path_buf()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder).unwrap() {
                let path = entry.unwrap().path();
                let name = path.strip_prefix(self.work()).unwrap().to_path_buf();
                if path.is_dir() {
                    contents.insert(name, Vec::new());
                    folders.push(path);
                } else {
                    contents.insert(name, fs::read(&path).unwrap());
                }
            }
        }
        contents
    }
}

impl Outcome {
    /// Compares standard error with the stored text.
    pub fn snapshot(&self, name: &str) {
        self.compare(name, &self.stderr);
    }

    /// Compares idetic's own lines: the headings and the help.
    pub fn own_lines(&self, name: &str) {
        let starts = ["error", "warning"];
        let own = |line: &&str| {
            starts.iter().any(|start| line.starts_with(start)) || line.contains("= help")
        };
        let lines: Vec<&str> = self.stderr.lines().filter(own).collect();
        self.compare(name, &lines.join("\n"));
    }

    fn compare(&self, name: &str, text: &str) {
        let work = self.work.to_string_lossy();
        let text = text
            .replace(&*work, "[DIR]")
            .replace(&"n".repeat(300), "[LONG]");
        insta::assert_snapshot!(name, text);
    }

    /// The only diagnostic, printed as JSON.
    pub fn json(&self) -> serde_json::Value {
        assert_eq!(self.stderr.lines().count(), 1, "{}", self.stderr);
        serde_json::from_str(&self.stderr).unwrap()
    }
}
