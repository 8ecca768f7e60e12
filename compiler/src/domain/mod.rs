//! The machine of one clock, cut out of the design.
//!
//! A design may have several clocks, and black boxes. Everything behind this
//! pass works on one clock: [`select`] keeps the registers and memories of the
//! clock that the configuration names, and makes the rest its environment.
//! What the machine reads of another clock's state is an input of it, what
//! another clock's state takes from the machine is an observed output.
//!
//! Whether the machine can be stopped and restored alone, with the rest around
//! it, is another question: [`check`] answers it, and `insert` refuses where the
//! answer is no. The rules, with reasons: `docs/src/decisions/clock-domains.md`.

mod check;
mod cut;
#[cfg(test)]
mod tests;

pub use check::check;

use indexmap::IndexMap;

use crate::diagnostics::{Diagnostic, Diagnostics, codes};
use crate::netlist::{ClockId, Netlist};
use crate::source::Setting;

/// What the configuration says of clocks and black boxes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DomainOptions {
    /// Clocks by name, `clk` or `negedge clk`; the first is the machine's.
    pub clocks: Vec<String>,
    /// What becomes of the state of other clocks, by name.
    pub others: IndexMap<String, OtherClock>,
    /// What is known of black boxes, by the name of the module.
    pub black_boxes: IndexMap<String, BlackBoxOptions>,
}

/// A clock that the machine does not belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OtherClock {
    /// Its state keeps its supply (else it is initialised anew after an outage).
    pub powered: bool,
    /// It has no edges while `idetic_stall` is 1.
    pub stopped: bool,
}

/// What the user says of a black box.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlackBoxOptions {
    /// Its state.
    pub state: BlackBoxState,
    /// Its clock ports, where they are given.
    pub clocks: Option<Vec<String>>,
}

/// The state of a black box.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BlackBoxState {
    /// There is none.
    Stateless,
    /// It survives an outage.
    Nonvolatile,
    /// The user's own hardware saves and restores it.
    Hooks,
}

/// How much of the design a clock moves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClockSummary {
    /// The port.
    pub port: String,
    /// Its active edge is the rising one.
    pub rising: bool,
    /// Bits of its registers.
    pub register_bits: u64,
    /// Bits of memories that it writes.
    pub memory_bits: u64,
    /// It is the machine's.
    pub selected: bool,
}

/// The clocks of a design.
pub fn summary(netlist: &Netlist, selected: Option<ClockId>) -> Vec<ClockSummary> {
    let of = |(at, clock): (usize, &crate::netlist::Clock)| {
        let id = ClockId(at as u32);
        let registers = netlist.registers.iter();
        let registers = registers.filter(|register| register.clocking.clock == id);
        let memories = netlist.memories.iter();
        let memories = memories.filter(|memory| memory.writes.iter().any(|w| w.clock == id));
        ClockSummary {
            port: clock.port.clone(),
            rising: clock.rising,
            register_bits: registers.map(|register| u64::from(register.width)).sum(),
            memory_bits: memories
                .map(|memory| u64::from(memory.width) * u64::from(memory.depth))
                .sum(),
            selected: selected == Some(id),
        }
    };
    netlist.clocks.iter().enumerate().map(of).collect()
}

/// The clock that the configuration names, or the only one; `None` for a
/// combinational design.
pub fn named(netlist: &Netlist, options: &DomainOptions) -> Result<Option<ClockId>, Diagnostic> {
    let clocks = &netlist.clocks;
    let listed = || -> Vec<String> { clocks.iter().map(crate::netlist::Clock::describe).collect() };
    for name in &options.clocks {
        let matching = clocks.iter().filter(|clock| clock.is_named(name)).count();
        let message = match (matching, &clocks[..]) {
            (1, _) => continue,
            (0, [clock]) => format!("the clock is `{}`, not `{name}`", clock.port),
            (0, []) => format!("`{name}` is configured as a clock, and nothing is clocked"),
            (0, _) => format!("no clock is `{name}`; there are {}", listed().join(" and ")),
            _ => format!("both edges of `{name}` are clocks"),
        };
        let help = match matching {
            0 => "correct the configured clock".to_string(),
            _ => format!("write `posedge {name}` or `negedge {name}`"),
        };
        let setting = Setting::text(&["design", "clock"], name);
        let error = Diagnostic::global(codes::CLOCK_NOT_FOUND, message).setting(setting);
        return Err(error.help(help));
    }
    if let Some(name) = options.clocks.first() {
        let at = clocks.iter().position(|clock| clock.is_named(name));
        return Ok(at.map(|at| ClockId(at as u32)));
    }
    match clocks.len() {
        0 => Ok(None),
        1 => Ok(Some(ClockId(0))),
        _ => Err(several(netlist)),
    }
}

/// The error for several clocks of which none is named: all of them, with what
/// each moves.
fn several(netlist: &Netlist) -> Diagnostic {
    let all = summary(netlist, None);
    let text = |at: usize| {
        let of = &all[at];
        let memories = match of.memory_bits {
            0 => String::new(),
            bits => format!(" and {}", count(bits, "memory bit")),
        };
        let clock = netlist.clocks[at].describe();
        let registers = count(of.register_bits, "register bit");
        format!("{clock} moves {registers}{memories}")
    };
    let message = format!("the design has {} clocks, and none is named", all.len());
    let mut diagnostic =
        Diagnostic::error(codes::SEVERAL_CLOCKS, netlist.clocks[0].span, message).at(text(0));
    for at in 1..all.len() {
        diagnostic = diagnostic.label(netlist.clocks[at].span, text(at));
    }
    let largest = (0..all.len()).max_by_key(|&at| (all[at].register_bits, all.len() - at));
    let clock = &netlist.clocks[largest.expect("there are several")];
    let same_port = |other: &&crate::netlist::Clock| other.port == clock.port;
    let edge = match (
        netlist.clocks.iter().filter(same_port).count(),
        clock.rising,
    ) {
        (1, _) => "",
        (_, true) => "posedge ",
        (_, false) => "negedge ",
    };
    diagnostic.help(format!(
        "name the clock of the part to be saved in idetic.toml: `[design] clock = \"{edge}{}\"`",
        clock.port
    ))
}

/// `1 bit`, `2 bits`.
fn count(number: u64, thing: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {thing}{plural}")
}

/// The machine of the selected clock. Without one the netlist is returned as it is.
pub fn select(netlist: Netlist, clock: Option<ClockId>) -> (Option<Netlist>, Diagnostics) {
    let mut diagnostics = Diagnostics::default();
    let Some(clock) = clock else {
        return (Some(netlist), diagnostics);
    };
    let port = &netlist.clocks[clock.index()].port;
    if netlist.clocks.len() == 1 && netlist.input_port(port).is_none() {
        let mut netlist = netlist;
        netlist.domains = summary(&netlist, Some(clock));
        return (Some(netlist), diagnostics);
    }
    let machine = cut::cut(&netlist, clock, &mut diagnostics);
    (machine.filter(|_| !diagnostics.has_errors()), diagnostics)
}
