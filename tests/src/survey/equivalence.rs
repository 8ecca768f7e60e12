//! Equivalence of source and netlist, proved by Yosys where the design is small.

use std::fs;
use std::path::Path;

use idetic::netlist::Netlist;

use super::bench::identifier;
use super::list::Design;
use super::yosys::{read_commands, run};
use super::{Check, Options};

/// The module that the netlist is written as.
const GATE: &str = "idetic_netlist";

/// Proves that the source and the netlist do the same, register by register.
///
/// # Errors
/// Where the design is too large, or Yosys does not end in time.
pub fn prove(
    design: &Design,
    netlist: &Netlist,
    options: &Options,
    scratch: &Path,
) -> Result<Check, String> {
    let bits = netlist.flop_bits() + netlist.memory_bits();
    if bits > options.equivalence_bits {
        return Err("not tried: too large".to_string());
    }
    let gate = scratch.join("netlist.v");
    fs::write(&gate, with_names(netlist)).map_err(|error| error.to_string())?;
    let prepare = "memory_map\nasync2sync\nopt_clean\n";
    let script = format!(
        "{gold}{prepare}rename {top} gold\ndesign -stash gold
read_verilog \"{gate}\"\nhierarchy -top {GATE}\nproc\nflatten\n{prepare}rename {GATE} gate\ndesign -stash gate
design -copy-from gold -as gold gold\ndesign -copy-from gate -as gate gate
equiv_make gold gate equiv\nhierarchy -top equiv\nopt_clean
equiv_simple -undef\nequiv_induct -undef\nequiv_status\n",
        gold = read_commands(design),
        top = identifier(&design.top).trim(),
        gate = gate.display(),
    );
    let said = run(design, &script, options.equivalence_limit, scratch)?;
    let line = |start: &str| said.lines().rev().find(|line| line.contains(start));
    if line("Equivalence successfully proven!").is_some() {
        return Ok(Check::Passed("proved".to_string()));
    }
    // Unproved is not wrong: induction over one step finds no invariants.
    let of = line("$equiv cells").unwrap_or("no result").trim();
    Ok(Check::Open(format!("not proved: {of}")))
}

/// The netlist as Verilog with its registers under the names of the source, too,
/// so that Yosys pairs them.
fn with_names(netlist: &Netlist) -> String {
    let text = netlist.to_verilog(GATE);
    let mut aliases = String::new();
    for (at, register) in netlist.registers.iter().enumerate() {
        let port = netlist.ports.iter().any(|port| port.name == register.name);
        if !port {
            aliases.push_str(&format!(
                "  wire [{}:0] \\{} = idetic_r{at};\n",
                register.width - 1,
                register.name
            ));
        }
    }
    match text.rsplit_once("endmodule") {
        Some((body, end)) => format!("{body}{aliases}endmodule{end}"),
        None => text,
    }
}
