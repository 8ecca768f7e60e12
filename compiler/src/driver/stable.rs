//! Inputs that the configuration says never change: which of them cannot be meant.
//!
//! A clock changes at every edge, a reset at the start. Anything else that is an input of the top module is taken at its word.

use crate::control::ControlGraph;
use crate::diagnostics::{Diagnostic, codes};
use crate::frontend::ast::{Ast, Direction};
use crate::netlist::Netlist;

/// The errors.
pub(super) fn refused(ast: &Ast, netlist: &Netlist, graph: &ControlGraph) -> Vec<Diagnostic> {
    let top = &netlist.top;
    let is_clock = |name: &str| {
        let mut clocks = netlist.clocks.iter().map(|clock| &clock.port);
        let mut others = netlist.domains.iter().map(|clock| &clock.port);
        clocks.any(|port| port == name) || others.any(|port| port == name)
    };
    let is_reset = |name: &str| {
        let found = graph.reset.as_ref().is_some_and(|reset| reset.port == name);
        let mut registers = netlist.registers.iter();
        found
            || registers.any(|register| {
                let mut resets = register.async_resets.iter();
                resets.any(|reset| reset.port.0 == name)
            })
    };
    let wrong = |declared: &crate::frontend::ast::StableInput| {
        let name = &declared.name;
        let error = |code, message: String, help: String| {
            Some(Diagnostic::error(code, declared.span, message).help(help))
        };
        let inputs = || {
            let inputs = netlist.ports.iter();
            inputs.filter(|port| port.direction == Direction::Input)
        };
        match netlist.ports.iter().find(|port| port.name == *name) {
            None => {
                let near =
                    |port: &&crate::netlist::Port| strsim::damerau_levenshtein(&port.name, name);
                let help = match inputs().min_by_key(near) {
                    Some(port) => format!("did you mean `{}`?", port.name),
                    None => "name an input of the top module".to_owned(),
                };
                error(
                    codes::UNKNOWN_NAME,
                    format!("`{name}` is no input of `{top}`"),
                    help,
                )
            }
            Some(port) if port.direction != Direction::Input => error(
                codes::UNKNOWN_NAME,
                format!("`{name}` is no input of `{top}`, but goes out"),
                "`stable` is about inputs".to_owned(),
            ),
            _ if is_clock(name) => error(
                codes::CONFIG,
                format!("`{name}` is a clock of `{top}`, and changes all the time"),
                "take it out of `stable`".to_owned(),
            ),
            _ if is_reset(name) => error(
                codes::CONFIG,
                format!("`{name}` resets `{top}`, and changes when the reset ends"),
                "take it out of `stable`".to_owned(),
            ),
            _ => None,
        }
    };
    ast.stable_inputs.iter().filter_map(wrong).collect()
}
