//! Yosys as a judge between a netlist and a simulator.

use std::fs;
use std::path::Path;

use idetic::netlist::Netlist;

use super::Generated;
use crate::survey::{self, equivalence, list};

/// Whether Yosys proves that the netlist of a design is its source; `dir` gets the text.
pub fn proved(dir: &Path, design: &Generated, netlist: &Netlist) -> bool {
    let file = dir.join(design.file_name());
    let written = fs::write(&file, &design.text);
    let listed = list::Design {
        name: design.top.clone(),
        top: design.top.clone(),
        files: vec![file],
        lang: list::Language::SystemVerilog,
        ..list::Design::default()
    };
    let options = survey::Options {
        equivalence_bits: 5000,
        ..survey::Options::default()
    };
    let proof = equivalence::prove(&listed, netlist, &options, dir);
    written.is_ok() && proof.is_ok_and(|proof| proof.passed())
}
