//! What the crate must be told about the original and the instrumented design.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::kept::KeptMemory;

/// Direction of a port. `inout` ports are not supported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Driven by the environment.
    Input,
    /// Driven by the design.
    Output,
}

/// A port of the top module.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Port {
    /// Name as the language sees it, without the backslash and the space of an escaped identifier.
    pub name: String,
    /// Direction.
    pub direction: Direction,
    /// Width in bits, at least 1. Bits are taken by position: bit 0 is the rightmost, whatever the declared range.
    pub width_bits: usize,
}

/// The clock edge at which the design advances.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClockEdge {
    /// The rising edge.
    Positive,
    /// The falling edge.
    Negative,
}

/// The language that sources are read as. It decides which words are keywords.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// IEEE 1364-2005: words like `logic` or `do` are ordinary names.
    Verilog2005,
    /// IEEE 1800-2012.
    SystemVerilog2012,
}

impl Language {
    /// The option of `iverilog`.
    pub(crate) fn icarus_flag(self) -> &'static str {
        match self {
            Language::Verilog2005 => "-g2005",
            Language::SystemVerilog2012 => "-g2012",
        }
    }

    /// The name that `verilator --default-language` takes.
    pub(crate) fn verilator_name(self) -> &'static str {
        match self {
            Language::Verilog2005 => "1364-2005",
            Language::SystemVerilog2012 => "1800-2012",
        }
    }
}

/// An input port that is an asynchronous reset.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct AsyncReset {
    /// The port.
    pub port: String,
    /// It resets while it is 1.
    pub active_high: bool,
}

/// The design as the user wrote it.
#[derive(Debug, Clone)]
pub struct OriginalDesign {
    /// Name of the top module.
    pub top: String,
    /// Source files, relative to `directory` or absolute, in the user's order.
    pub files: Vec<PathBuf>,
    /// Directories for `include`.
    pub include_dirs: Vec<PathBuf>,
    /// Macros, `NAME` or `NAME=VALUE`.
    pub defines: Vec<String>,
    /// Values for parameters of the top module, `NAME` and value as Verilog text. The testbench may override them by its
    /// own instantiation; the replay always uses these.
    pub parameters: Vec<(String, String)>,
    /// Parameters of the top module with the values that they have in the design that was instrumented, in binary. A testbench that sets
    /// others runs another design.
    pub values: Vec<(String, String)>,
    /// Name of the clock port.
    pub clock: String,
    /// Its active edge.
    pub clock_edge: ClockEdge,
    /// All ports of the top module in order of declaration, the clock among them.
    pub ports: Vec<Port>,
    /// Input ports that act as asynchronous resets. While stalled the replay disturbs them like all inputs, but lets go before the
    /// clock edge, because no environment can react to a stall that ends in the same instant.
    pub async_resets: Vec<AsyncReset>,
    /// Input ports that the environment never changes, not while the design is stalled either: the replay does not disturb them.
    pub stable_inputs: Vec<String>,
    /// The entry of `files` that holds the top module.
    pub top_module_file: PathBuf,
    /// Byte offset of the top module's `endmodule` keyword in that file.
    pub endmodule_offset: usize,
    /// Language of the sources and of the testbench.
    pub language: Language,
    /// The user's working directory: simulators run there, so that files named in `$readmemh` are found.
    pub directory: PathBuf,
}

impl OriginalDesign {
    /// Directories for `include`: the user's, then those of the files.
    pub(crate) fn all_include_dirs(&self, more_files: &[PathBuf]) -> Vec<PathBuf> {
        let mut dirs = self.include_dirs.clone();
        for file in self.files.iter().chain(more_files) {
            let own = self.directory.join(file.parent().unwrap_or(Path::new("")));
            if !dirs.contains(&own) {
                dirs.push(own);
            }
        }
        dirs
    }

    /// The ports other than the clock that have the direction.
    pub(crate) fn data_ports(&self, direction: Direction) -> impl Iterator<Item = &Port> {
        self.ports
            .iter()
            .filter(move |port| port.direction == direction && port.name != self.clock)
    }
}

/// The user's testbench.
#[derive(Debug, Clone, Default)]
pub struct Testbench {
    /// Its files, relative to the design's `directory` or absolute.
    pub files: Vec<PathBuf>,
    /// Its top module; without it the simulator takes whatever is not instantiated.
    pub top: Option<String>,
    /// Arguments for `$test$plusargs` and `$value$plusargs`, with the leading `+`.
    pub plusargs: Vec<String>,
}

/// The design as instrumented, with the ports of the contract.
#[derive(Debug, Clone)]
pub struct Instrumented {
    /// File list that both simulators take (`iverilog -c`, `verilator -f`).
    pub file_list: PathBuf,
    /// Directory in which the simulators run, from which relative names in the file list and in `$readmemh` are found.
    pub directory: PathBuf,
    /// Name of the wrapper module, `<top>_idetic`.
    pub wrapper: String,
    /// Width of an NVM word in bits, 1 to 64.
    pub nvm_word_bits: usize,
    /// Width of the NVM address in bits, 1 to 32.
    pub nvm_addr_bits: usize,
    /// Number of words in the NVM.
    pub nvm_words: usize,
    /// Addresses of the words whose write commits a checkpoint.
    pub commit_word_addresses: Vec<u32>,
    /// Language of the instrumented sources.
    pub language: Language,
    /// What lies behind the wrapper's ports, as far as the campaign can use it.
    pub internals: Internals,
}

/// What a campaign may know of an instrumented design beyond its ports. Nothing is needed; without it some points cost more time or
/// cannot be tried again.
#[derive(Debug, Clone, Default)]
pub struct Internals {
    /// Name of the instance of the original top module in the wrapper.
    pub instance: String,
    /// All state of the original design that its outputs may depend on. Empty if it is not known: then Icarus cannot try a point again
    /// with known contents.
    pub state: Vec<StateVariable>,
    /// Memories that outlive a supply failure by themselves: what one power cycle leaves in them the next one finds.
    pub kept: Vec<KeptMemory>,
    /// Two wires of the wrapper: the one that says that the word of the other one is moved on at the edge, saved or not.
    /// Where unknown bits are saved in Icarus, the NVM makes something of them that the original need not have.
    pub saved_word: Option<(String, String)>,
    /// A parameter of the wrapper: the logical cycles between two saves. A campaign makes them few, to have images to go back to.
    pub interval_parameter: Option<String>,
    /// A parameter of the wrapper: the supply level above which saves are skipped, 8 bits.
    pub threshold_parameter: Option<String>,
}

/// A variable of the original design, or a part of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateVariable {
    /// As Verilog text, seen from inside the top instance: `u.core.q`, `gen[0].q[7:4]`.
    pub path: String,
    /// Width in bits, of one word of a memory.
    pub width_bits: usize,
    /// Number of words of a memory, indexed from 0.
    pub words: Option<u32>,
    /// Declared as an enumeration: nothing else may be assigned to it.
    pub enumerated: bool,
}
