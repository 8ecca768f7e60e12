//! The designs in `examples-verilog/`, for tests that take all of them.

use std::path::{Path, PathBuf};

use crate::survey::list::Design;

/// A design in the folder of its name, with the testbench `<name>_tb.v`. Its top has the folder's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Example {
    /// Folder, and top module.
    pub name: &'static str,
    /// The design's files.
    pub sources: &'static [&'static str],
}

/// Every example.
pub const EXAMPLES: [Example; 9] = [
    Example {
        name: "fir",
        sources: &["fir.v"],
    },
    Example {
        name: "gcd",
        sources: &["gcd.v"],
    },
    Example {
        name: "histogram",
        sources: &["histogram.v", "first_list.v"],
    },
    Example {
        name: "keystream",
        sources: &["keystream.v"],
    },
    Example {
        name: "serial_divider",
        sources: &["serial_divider.v"],
    },
    Example {
        name: "tally",
        sources: &["tally.v"],
    },
    Example {
        name: "two_fsm",
        sources: &["two_fsm.v", "word_producer.v", "word_consumer.v"],
    },
    Example {
        name: "uart_tx",
        sources: &["uart_tx.v"],
    },
    Example {
        name: "xtea_cipher",
        sources: &["xtea_cipher.v"],
    },
];

impl Example {
    /// The one with that name.
    ///
    /// # Panics
    /// Where there is none.
    pub fn named(name: &str) -> Example {
        *EXAMPLES
            .iter()
            .find(|example| example.name == name)
            .unwrap_or_else(|| panic!("there is no example {name}"))
    }

    /// Its folder.
    pub fn folder(&self) -> PathBuf {
        let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples-verilog");
        let folder = examples.join(self.name);
        folder.canonicalize().unwrap_or(folder)
    }

    /// The design's files.
    pub fn files(&self) -> Vec<PathBuf> {
        let folder = self.folder();
        self.sources.iter().map(|file| folder.join(file)).collect()
    }

    /// It as a design of a list, without its configuration.
    pub fn design(&self) -> Design {
        Design {
            name: self.name.to_string(),
            top: self.name.to_string(),
            files: self.files(),
            ..Design::default()
        }
    }

    /// The testbench.
    pub fn bench(&self) -> PathBuf {
        self.folder().join(format!("{}_tb.v", self.name))
    }
}
