//! The cases of asynchronous resets.
//!
//! In every logical cycle each asynchronous reset is active or not, which the
//! inputs alone decide. A [`ResetCase`] is one such combination, with what
//! follows from it. While its reset is active a register reads as its reset
//! value, in outputs and next values alike, and has that value in the next cycle.
//!
//! Independent resets multiply the cases. Past [`MAX_CASES`] of them the resets
//! that hold the fewest registers are left *open*: they may be active or not in
//! any case, and whoever asks for a register under one has to allow for both.
//! No control register is under an open reset (see [`open_registers`]).

use indexmap::IndexMap;
use rustc_hash::{FxHashMap, FxHashSet};

use super::Assumption;
use crate::netlist::known::{Cone, Known, Scratch};
use crate::netlist::{AsyncReset, ExprId, Netlist, RegId};

/// Cases, at most.
const MAX_CASES: usize = 64;

/// A reset of which a case does not say whether it is active.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OpenReset {
    /// One bit: it is.
    pub(crate) active: ExprId,
    /// What the register reads as, and becomes, then.
    pub(crate) value: ExprId,
}

/// One combination of active and inactive asynchronous resets.
pub(crate) struct ResetCase {
    /// What is assumed of the conditions.
    pub(crate) assumptions: Vec<Assumption>,
    /// Per register the value that it is held at, if it is (and no open reset
    /// comes before).
    pub(crate) held: Vec<Option<ExprId>>,
    /// The registers that may be held at something else: open resets, each with
    /// its condition and value, the first that is active counts.
    open: FxHashMap<RegId, Vec<OpenReset>>,
    /// What follows, swept.
    pub(crate) known: Known,
}

impl ResetCase {
    /// The open resets of a register: where one of them is active, neither
    /// [`ResetCase::held`] nor [`ResetCase::next`] tells its value.
    pub(crate) fn open(&self, register: RegId) -> &[OpenReset] {
        self.open.get(&register).map_or(&[], Vec::as_slice)
    }

    /// The expression that a register's value after the cycle is given by,
    /// unless an open reset is active.
    pub(crate) fn next(&self, netlist: &Netlist, register: RegId) -> ExprId {
        let next = netlist.registers[register.index()].next;
        self.held[register.index()].unwrap_or(next)
    }

    /// Whether all registers read as they are stored.
    pub(crate) fn is_plain(&self) -> bool {
        self.open.is_empty() && !self.is_reset()
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
/// number of independent conditions, up to [`MAX_CASES`]; one if there is none.
/// The list does not depend on the cone, so that edges found with one cone fit
/// another.
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
        .found
        .into_iter()
        .filter_map(apply)
        .collect()
}

/// Per register whether one of its resets is open.
pub(super) fn open_registers(netlist: &Netlist) -> Vec<bool> {
    let open = combinations(netlist).open;
    let under = |reset: &AsyncReset| open.contains(&reset.active);
    (netlist.registers.iter())
        .map(|register| register.async_resets.iter().any(under))
        .collect()
}

/// The combinations of the conditions that are not open.
struct Combinations {
    found: Vec<Vec<Assumption>>,
    open: FxHashSet<ExprId>,
}

/// The combinations of conditions, judged by the conditions alone. Where there
/// are too many, the conditions of most registers come first.
fn combinations(netlist: &Netlist) -> Combinations {
    let mut counts: IndexMap<ExprId, usize> = IndexMap::new();
    for reset in netlist.registers.iter().flat_map(|r| &r.async_resets) {
        *counts.entry(reset.active).or_default() += 1;
    }
    let inputs: Vec<ExprId> = counts.keys().copied().collect();
    let all = combine(netlist, &inputs);
    if all.open.is_empty() {
        return all;
    }
    // Equal ones stay in their order.
    counts.sort_by(|_, a, _, b| b.cmp(a));
    let sorted: Vec<ExprId> = counts.keys().copied().collect();
    combine(netlist, &sorted)
}

/// Condition by condition; one that would make too many combinations is open.
fn combine(netlist: &Netlist, conditions: &[ExprId]) -> Combinations {
    let exprs = &netlist.exprs;
    let cone = &Cone::new(exprs, conditions.iter().copied());
    let mut scratch = Scratch::default();
    let mut known = Known::nothing(cone);
    if known.sweep(cone, exprs, &mut scratch).is_err() {
        unreachable!("nothing is assumed yet");
    }
    let mut found = vec![(known, Vec::new())];
    let mut open = FxHashSet::default();
    for &condition in conditions {
        let undecided =
            |(known, _): &&(Known, Vec<Assumption>)| known.bit(cone, condition, 0).is_none();
        if found.len() + found.iter().filter(undecided).count() > MAX_CASES {
            open.insert(condition);
            continue;
        }
        let mut next = Vec::new();
        for (known, assumptions) in found {
            if known.bit(cone, condition, 0).is_some() {
                next.push((known, assumptions));
                continue;
            }
            for value in [false, true] {
                let mut known = known.clone();
                let fact = (condition, 0, value);
                if known.assume(cone, exprs, fact, &mut scratch).is_ok() {
                    let mut assumptions = assumptions.clone();
                    assumptions.push(Assumption {
                        expr: condition,
                        bit: 0,
                        value,
                    });
                    next.push((known, assumptions));
                }
            }
        }
        found = next;
    }
    Combinations {
        found: found.into_iter().map(|(_, list)| list).collect(),
        open,
    }
}

fn finish(
    netlist: &Netlist,
    cone: &Cone,
    mut known: Known,
    assumptions: Vec<Assumption>,
    scratch: &mut Scratch,
) -> ResetCase {
    let mut held = Vec::with_capacity(netlist.registers.len());
    let mut open: FxHashMap<RegId, Vec<OpenReset>> = FxHashMap::default();
    for (index, register) in netlist.registers.iter().enumerate() {
        let mut value = None;
        for reset in &register.async_resets {
            match known.bit(cone, reset.active, 0) {
                Some(false) => {}
                Some(true) => {
                    value = Some(reset.value);
                    break;
                }
                None => open
                    .entry(RegId(index as u32))
                    .or_default()
                    .push(OpenReset {
                        active: reset.active,
                        value: reset.value,
                    }),
            }
        }
        held.push(value);
    }
    for (index, (register, value)) in netlist.registers.iter().zip(&held).enumerate() {
        if let Some(value) = value
            && !open.contains_key(&RegId(index as u32))
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
        open,
        known,
    }
}
