//! The external programs that the crate drives, and where they are.

use std::env;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::error::SimError;

/// An external tool. A tool can consist of several programs, all of which must be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tool {
    /// Icarus Verilog: the compiler `iverilog` and the run-time `vvp`.
    Icarus,
    /// Verilator with the C++ compiler and `make` that it needs.
    Verilator,
    /// Yosys.
    Yosys,
}

/// A simulator, as it appears in options, reports and ids of failure points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Simulator {
    /// Icarus Verilog, four-valued: state is X at power-up.
    Icarus,
    /// Verilator, two-valued: state is random at power-up.
    Verilator,
}

impl Simulator {
    /// The name for people.
    pub fn name(self) -> &'static str {
        self.tool().name()
    }

    /// The tool behind the simulator.
    pub fn tool(self) -> Tool {
        match self {
            Simulator::Icarus => Tool::Icarus,
            Simulator::Verilator => Tool::Verilator,
        }
    }

    /// The letter that begins the id of a failure point.
    pub fn letter(self) -> char {
        match self {
            Simulator::Icarus => 'i',
            Simulator::Verilator => 'v',
        }
    }
}

impl Tool {
    /// The name for people.
    pub fn name(self) -> &'static str {
        match self {
            Tool::Icarus => "Icarus Verilog",
            Tool::Verilator => "Verilator",
            Tool::Yosys => "Yosys",
        }
    }

    /// How to install it.
    pub fn how_to_install(self) -> &'static str {
        match self {
            Tool::Icarus => {
                "install it with `apt-get install iverilog` (Debian, Ubuntu), `brew install icarus-verilog` (macOS) \
                 or from https://steveicarus.github.io/iverilog/"
            }
            Tool::Verilator => {
                "install it with `apt-get install verilator g++ make` (Debian, Ubuntu), `brew install verilator` (macOS) \
                 or from https://verilator.org/guide/latest/install.html (version 5 or newer)"
            }
            Tool::Yosys => {
                "install it with `apt-get install yosys` (Debian, Ubuntu), `brew install yosys` (macOS) \
                 or from https://yosyshq.net/yosys/"
            }
        }
    }

    /// The programs it consists of.
    fn programs(self) -> &'static [&'static str] {
        match self {
            Tool::Icarus => &["iverilog", "vvp"],
            Tool::Verilator => &["verilator", "make", "g++"],
            Tool::Yosys => &["yosys"],
        }
    }

    /// Finds the tool's programs in the search path.
    ///
    /// # Errors
    /// [`SimError::ToolMissing`] names the first program that is not there.
    pub fn locate(self) -> Result<ToolPaths, SimError> {
        self.locate_in(&env::var_os("PATH").unwrap_or_default())
    }

    /// Finds the tool's programs in a search path given in the form of `PATH`.
    ///
    /// # Errors
    /// As [`Tool::locate`].
    pub fn locate_in(self, search_path: &OsStr) -> Result<ToolPaths, SimError> {
        let directories: Vec<PathBuf> = env::split_paths(search_path).collect();
        let mut found = Vec::new();
        for program in self.programs() {
            let path = directories
                .iter()
                .map(|directory| directory.join(program))
                .find(|path| is_program(path));
            match path {
                Some(path) => found.push(path),
                None => {
                    return Err(SimError::ToolMissing {
                        tool: self,
                        program,
                    });
                }
            }
        }
        Ok(ToolPaths { programs: found })
    }
}

/// Where the programs of a tool are.
#[derive(Debug, Clone)]
pub struct ToolPaths {
    programs: Vec<PathBuf>,
}

impl ToolPaths {
    /// The compiler: `iverilog` or `verilator`.
    pub fn compiler(&self) -> &Path {
        &self.programs[0]
    }

    /// The second program: `vvp` or `make`.
    pub fn runtime(&self) -> &Path {
        &self.programs[1]
    }
}

#[cfg(unix)]
fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata()
        .is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_program(path: &Path) -> bool {
    path.is_file()
}
