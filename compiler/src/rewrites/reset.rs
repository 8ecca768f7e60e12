//! Writes while the reset has not yet told the registers.
//!
//! At the very first power-up registers hold anything, and a cycle in which the reset is active may write
//! what they say. Until a commit, each failure is another such start.

use crate::control::ControlGraph;
use crate::control::cases::{reset_cases, reset_roots};
use crate::netlist::known::{Cone, Scratch};
use crate::netlist::{Bits, MemId, Netlist};

/// The memories that outlive a failure and may be written in the first cycle of a reset. None where the design starts
/// from initial values, which are loaded, or has no reset: then its first cycle is one of a control state.
pub(super) fn before_reset(netlist: &Netlist, graph: &ControlGraph) -> Vec<MemId> {
    let init = |register: &crate::netlist::RegId| {
        let init = netlist.registers[register.index()].init.as_ref();
        init.is_some_and(Bits::is_known)
    };
    let Some(reset) = &graph.reset else {
        return Vec::new();
    };
    if !graph.registers.is_empty() && graph.registers.iter().all(init) {
        return Vec::new();
    }
    let exprs = &netlist.exprs;
    let writes = |memory: MemId| netlist.memories[memory.index()].writes.iter();
    let enables = netlist.kept_memories().flat_map(writes);
    let inputs = netlist.inputs.iter().map(|input| input.expr);
    let own = graph.registers.iter();
    let own = own.map(|own| netlist.registers[own.index()].expr);
    let roots = reset_roots(netlist).chain(inputs).chain(own);
    let roots = roots.chain(enables.map(|write| write.enable));
    let cone = Cone::new(exprs, roots);
    let mut scratch = Scratch::default();
    let mut facts = Vec::new();
    if let Some(input) = netlist.input_port(&reset.port) {
        facts.push((input.expr, 0, reset.active_high));
    }
    if reset.asynchronous {
        let others = netlist.registers.iter().flat_map(|it| &it.async_resets);
        facts.extend(others.map(|other| (other.active, 0, true)));
    }
    let mut found = Vec::new();
    for case in reset_cases(netlist, &cone, &mut scratch) {
        let mut known = case.known;
        let holds = |&fact: &_| known.assume(&cone, exprs, fact, &mut scratch).is_ok();
        if !facts.iter().all(holds) {
            continue;
        }
        // An asynchronous reset tells the control registers at once: the cycle is one of a control state.
        let own = graph.registers.iter();
        let own = own.map(|own| netlist.registers[own.index()].expr);
        if own.clone().count() > 0
            && own
                .into_iter()
                .all(|expr| known.bits(&cone, exprs, expr).is_known())
        {
            continue;
        }
        for memory in netlist.kept_memories() {
            let may = |enable| known.bit(&cone, enable, 0) != Some(false);
            if writes(memory).any(|write| may(write.enable)) && !found.contains(&memory) {
                found.push(memory);
            }
        }
    }
    found
}
