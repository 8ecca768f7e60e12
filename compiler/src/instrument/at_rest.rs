//! The instrumented top as it is while no supply fails: what proves that the
//! insertions change nothing.
//!
//! Two modules of one name and with the ports of the user's top: one instantiates
//! the user's top, the other the instrumented one with all inputs that were added
//! at rest. No shift, no hold, no access to a memory, never stopped. The clocks
//! for black boxes are the clock.

use crate::netlist::{InstanceId, Netlist};

use super::blocks::Named;
use super::names::identifier;
use super::tree::Tree;
use super::wrapper::{DESIGN_INSTANCE, declaration};
use super::{Hold, InstrumentOptions, memory};

/// Name of both modules.
pub const AT_REST: &str = "idetic_at_rest";

/// The texts of both modules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AtRest {
    /// Around the user's top.
    pub original: String,
    /// Around the instrumented top.
    pub instrumented: String,
    /// Blocks that the original needs a name for, too: Yosys pairs registers by name.
    pub named: Named,
}

/// Makes both; `top` is the name of the instrumented top.
pub(super) fn at_rest(
    netlist: &Netlist,
    tree: &Tree,
    top: &str,
    named: Named,
    options: &InstrumentOptions,
) -> AtRest {
    AtRest {
        original: module(netlist, &netlist.top, options, &[]),
        instrumented: module(netlist, top, options, &added(netlist, tree, options)),
        named,
    }
}

/// The inputs that the instrumented top has beyond those of the user's, at rest.
fn added(
    netlist: &Netlist,
    tree: &Tree,
    options: &InstrumentOptions,
) -> Vec<(&'static str, String)> {
    let node = tree.node(InstanceId(0));
    let zeros = |width: u32| format!("{width}'d0");
    let mut list = Vec::new();
    if node.is_clocked() {
        list.push(("idetic_shift", zeros(1)));
        if options.hold == Hold::Enable {
            list.push(("idetic_hold", zeros(1)));
        }
    }
    if node.memory.select > 0 {
        let inputs = memory::ports(&node.memory).into_iter();
        let inputs = inputs.filter(|(input, ..)| *input);
        list.extend(inputs.map(|(_, width, port)| (port, zeros(width.unwrap_or(1)))));
    }
    if node.chain_bits > 0 {
        list.push(("idetic_in", "0".to_string()));
    }
    for port in node.needs.ports() {
        let clock = netlist.clock().filter(|_| port == "idetic_pulse_run");
        let value = clock.map(|clock| match clock.rising {
            true => identifier(&clock.port),
            false => format!("~{}", identifier(&clock.port)),
        });
        list.push((port, value.unwrap_or_else(|| zeros(1))));
    }
    list
}

fn module(
    netlist: &Netlist,
    top: &str,
    options: &InstrumentOptions,
    added: &[(&str, String)],
) -> String {
    let ports: Vec<String> = netlist.ports.iter().map(declaration).collect();
    let own = netlist.ports.iter().map(|port| identifier(&port.name));
    let own = own.map(|name| format!(".{name}({name})"));
    let added = added
        .iter()
        .map(|(port, value)| format!(".{port}({value})"));
    let connections: Vec<String> = own.chain(added).collect();
    format!(
        "module {AT_REST} (\n  {}\n);\n{}endmodule\n",
        ports.join(",\n  "),
        design_instance(top, options, &connections)
    )
}

/// An instance of the user's top in a module of ours, with the parameters that the user set.
pub(super) fn design_instance(
    top: &str,
    options: &InstrumentOptions,
    connections: &[String],
) -> String {
    let parameters: Vec<String> = (options.parameters.iter())
        .map(|(name, value)| format!(".{}({value})", identifier(name)))
        .collect();
    let parameters = match parameters.is_empty() {
        true => String::new(),
        false => format!("#({}) ", parameters.join(", ")),
    };
    format!(
        "  {} {parameters}{DESIGN_INSTANCE} (\n    {}\n  );\n",
        identifier(top),
        connections.join(",\n    ")
    )
}
