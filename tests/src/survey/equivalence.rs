//! Equivalence of source and netlist, proved by Yosys where the design is small.

use std::fs;
use std::path::Path;

use idetic::netlist::{Netlist, Register};

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
    let both = format!(
        "{gold}{prepare}rename {top} gold\ndesign -stash gold
read_verilog \"{gate}\"\nhierarchy -top {GATE}\nproc\nflatten\n{prepare}rename {GATE} gate\ndesign -stash gate
design -copy-from gold -as gold gold\ndesign -copy-from gate -as gate gate\n",
        gold = read_commands(design),
        top = identifier(&design.top).trim(),
        gate = gate.display(),
    );
    let script = format!(
        "{both}equiv_make gold gate equiv\nhierarchy -top equiv\nopt_clean
equiv_simple -undef\nequiv_induct -undef\nequiv_status\n"
    );
    let said = run(design, &script, options.equivalence_limit, scratch);
    let end = |said: &str, start: &str| {
        let line = said.lines().rev().find(|line| line.contains(start));
        line.map(|line| line.trim().to_string())
    };
    if let Ok(said) = &said
        && end(said, "Equivalence successfully proven!").is_some()
    {
        return Ok(Check::Passed("proved".to_string()));
    }
    let step = step_of(netlist).map(|step| format!("{both}{step}"));
    if let Some(step) = step
        && let Ok(said) = run(design, &step, options.equivalence_limit, scratch)
        && end(&said, "SAT solving finished - model found:").is_some()
        && end(&said, "SAT proof finished - no model found: SUCCESS!").is_some()
    {
        return Ok(Check::Passed("proved, by `sat`".to_string()));
    }
    // Unproved is not wrong: induction over one step finds no invariants.
    let of = end(&said?, "$equiv cells").unwrap_or("no result".to_string());
    Ok(Check::Open(format!("not proved: {of}")))
}

/// The same induction without `equiv_induct`, which fails where cells have other bits in common than registers:
/// from registers that agree, outputs agree, and so do registers and outputs a cycle later.
/// That there are such registers at all is shown first: a register that one side lost would make the assumption empty.
/// `None` where Yosys could take the name of a register for a selection.
fn step_of(netlist: &Netlist) -> Option<String> {
    let plain = |name: &str| {
        name.bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_.[]".contains(&byte))
    };
    let mut expose = String::new();
    let mut equal = String::new();
    for Register { name, .. } in &netlist.registers {
        if !plain(name) {
            return None;
        }
        // An `if` takes an unknown condition for false, a netlist does not.
        equal.push_str(&format!(
            " -set-at 1 \\gold_{name} \\gate_{name} -set-def-at 1 \\gold_{name}"
        ));
        if !netlist.ports.iter().any(|port| port.name == *name) {
            // Brackets are a set of characters in a selection.
            let any = name.replace(['[', ']'], "?");
            expose.push_str(&format!("expose gold/w:{any} gate/w:{any}\n"));
        }
    }
    Some(format!(
        "{expose}miter -equiv -ignore_gold_x -flatten -make_outputs gold gate miter
sat -seq 2 -enable_undef -set-def-inputs{equal} miter
sat -seq 2 -enable_undef -set-def-inputs{equal} -prove trigger 0 miter\n"
    ))
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
