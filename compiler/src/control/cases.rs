//! The cases of asynchronous resets.
//!
//! In every logical cycle each asynchronous reset is active or not, which the
//! inputs alone decide. A [`ResetCase`] is one such combination, with what
//! follows from it. While its reset is active a register reads as its reset
//! value, in outputs and next values alike, and has that value in the next cycle.

use super::Assumption;
use crate::netlist::known::{Cone, Known, Scratch};
use crate::netlist::{ExprId, Netlist, RegId};

/// One combination of active and inactive asynchronous resets.
pub(crate) struct ResetCase {
    /// What is assumed of the conditions.
    pub(crate) assumptions: Vec<Assumption>,
    /// Per register the value that it is held at, if it is.
    pub(crate) held: Vec<Option<ExprId>>,
    /// What follows, swept.
    pub(crate) known: Known,
}

impl ResetCase {
    /// The expression that a register's value after the cycle is given by.
    pub(crate) fn next(&self, netlist: &Netlist, register: RegId) -> ExprId {
        let next = netlist.registers[register.index()].next;
        self.held[register.index()].unwrap_or(next)
    }

    /// Whether any register is held.
    pub(crate) fn is_reset(&self) -> bool {
        self.held.iter().any(Option::is_some)
    }
}

/// The conditions and values that [`reset_cases`] needs in its cone.
pub(crate) fn reset_roots(netlist: &Netlist) -> impl Iterator<Item = ExprId> + '_ {
    (netlist.registers.iter())
        .flat_map(|register| &register.async_resets)
        .flat_map(|reset| [reset.active, reset.value])
}

/// All cases, the one without an active reset first. There are two to the
/// number of independent conditions; one if there is none. The list does not
/// depend on the cone, so that edges found with one cone fit another.
pub(crate) fn reset_cases(netlist: &Netlist, cone: &Cone, scratch: &mut Scratch) -> Vec<ResetCase> {
    let mut swept = Known::nothing(cone);
    if swept.sweep(cone, &netlist.exprs, scratch).is_err() {
        unreachable!("nothing is assumed yet");
    }
    let apply = |assumptions: Vec<Assumption>| {
        let mut known = swept.clone();
        for &Assumption { expr, bit, value } in &assumptions {
            let fact = (expr, bit, value);
            known.assume(cone, &netlist.exprs, fact, scratch).ok()?;
        }
        Some(finish(netlist, cone, known, assumptions, scratch))
    };
    // A case that is refuted cannot be, whichever cone shows it.
    combinations(netlist)
        .into_iter()
        .filter_map(apply)
        .collect()
}

/// The combinations of conditions, judged by the conditions alone.
fn combinations(netlist: &Netlist) -> Vec<Vec<Assumption>> {
    let mut conditions: Vec<ExprId> = Vec::new();
    for reset in netlist.registers.iter().flat_map(|r| &r.async_resets) {
        if !conditions.contains(&reset.active) {
            conditions.push(reset.active);
        }
    }
    let cone = &Cone::new(&netlist.exprs, conditions.iter().copied());
    let mut scratch = Scratch::default();
    let mut known = Known::nothing(cone);
    if known.sweep(cone, &netlist.exprs, &mut scratch).is_err() {
        unreachable!("nothing is assumed yet");
    }
    let mut found = Vec::new();
    let mut open = vec![(known, Vec::new(), 0)];
    while let Some((known, assumptions, at)) = open.pop() {
        let Some(&condition) = conditions.get(at) else {
            found.push(assumptions);
            continue;
        };
        if known.bit(cone, condition, 0).is_some() {
            open.push((known, assumptions, at + 1));
            continue;
        }
        // The stack turns the order round: inactive comes first.
        for value in [true, false] {
            let mut branch = known.clone();
            let fact = (condition, 0, value);
            if branch
                .assume(cone, &netlist.exprs, fact, &mut scratch)
                .is_ok()
            {
                let mut assumptions: Vec<Assumption> = assumptions.clone();
                assumptions.push(Assumption {
                    expr: condition,
                    bit: 0,
                    value,
                });
                open.push((branch, assumptions, at + 1));
            }
        }
    }
    found
}

fn finish(
    netlist: &Netlist,
    cone: &Cone,
    mut known: Known,
    assumptions: Vec<Assumption>,
    scratch: &mut Scratch,
) -> ResetCase {
    let mut held = Vec::with_capacity(netlist.registers.len());
    for register in &netlist.registers {
        let active = |active| known.bit(cone, active, 0) == Some(true);
        let reset = (register.async_resets.iter()).find(|reset| active(reset.active));
        held.push(reset.map(|reset| reset.value));
    }
    for (register, value) in netlist.registers.iter().zip(&held) {
        if let Some(value) = value
            && cone.contains(register.expr)
        {
            let bits = known.bits(cone, &netlist.exprs, *value);
            // A contradiction would say that the case cannot be; the conditions
            // depend on inputs alone, so it can.
            let _ = known.assume_bits(cone, &netlist.exprs, register.expr, &bits, scratch);
        }
    }
    ResetCase {
        assumptions,
        held,
        known,
    }
}
