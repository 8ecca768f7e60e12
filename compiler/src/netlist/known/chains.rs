//! Chains of comparisons with constants, looked up.
//!
//! A `case`, or a chain of `else if`, is a chain of multiplexers that each compare
//! one selector with a constant. Where the selector is known, which of a
//! thousand legs is chosen is looked up; the comparisons before it need not be
//! evaluated.

use rustc_hash::FxHashMap;

use super::{Cone, Known};
use crate::netlist::{BinaryOp, ExprId, Exprs, Node};

/// Shorter chains are walked. (Not in tests, so that random machines have some.)
const LEAST: usize = if cfg!(test) { 2 } else { 8 };
/// Widest selector.
const WIDEST: u32 = 64;

/// The chains of a cone.
#[derive(Debug, Clone, Default)]
pub(super) struct Chains {
    /// Per slot its chain and its place in it; empty where there are no chains.
    pub(super) places: Vec<Option<(u32, u32)>>,
    pub(super) chains: Vec<Chain>,
}

#[derive(Debug, Clone)]
pub(super) struct Chain {
    pub(super) selector: ExprId,
    /// Per constant, the first place that compares with it, and the leg there.
    pub(super) legs: FxHashMap<u64, (u32, ExprId)>,
    /// A constant is compared with a second time.
    again: bool,
    /// What the last multiplexer passes where nothing matches.
    pub(super) end: ExprId,
}

impl Chains {
    /// Finds those of some expressions, operands before users.
    pub(super) fn new(exprs: &Exprs, nodes: &[ExprId], slot: impl Fn(ExprId) -> usize) -> Chains {
        let mut found = Chains::default();
        for &head in nodes.iter().rev() {
            let Some(selector) = compared(exprs, head) else {
                continue;
            };
            if found.place(slot(head)).is_some() {
                continue;
            }
            let mut chain = Chain {
                selector,
                legs: FxHashMap::default(),
                again: false,
                end: head,
            };
            let mut members = Vec::new();
            while compared(exprs, chain.end) == Some(selector)
                && found.place(slot(chain.end)).is_none()
                && let Node::Mux(select, then, other) = *exprs.node(chain.end)
            {
                let place = members.len() as u32;
                constants(exprs, select, &mut |value| {
                    let first = chain.legs.entry(value).or_insert((place, then));
                    chain.again |= first.0 != place;
                });
                members.push(slot(chain.end));
                chain.end = other;
            }
            // From the middle of a chain on, its first match may not count.
            if members.len() < LEAST || chain.again {
                continue;
            }
            found.places.resize(nodes.len(), None);
            for (place, member) in members.into_iter().enumerate() {
                found.places[member] = Some((found.chains.len() as u32, place as u32));
            }
            found.chains.push(chain);
        }
        found
    }

    pub(super) fn place(&self, slot: usize) -> Option<(u32, u32)> {
        self.places.get(slot).copied().flatten()
    }
}

impl Cone {
    /// What a multiplexer of a chain compares with constants.
    pub(super) fn chain_selector(&self, slot: usize) -> Option<ExprId> {
        let (chain, _) = self.chains.place(slot)?;
        Some(self.chains.chains[chain as usize].selector)
    }

    /// The expression that a multiplexer of a chain passes, if its selector is
    /// known. To be asked before its select, which may be known while the
    /// multiplexers on the way to this expression have not been evaluated.
    pub(crate) fn passed(&self, exprs: &Exprs, known: &Known, mux: ExprId) -> Option<ExprId> {
        let (chain, place) = self.chains.place(self.slot(mux))?;
        let chain = &self.chains.chains[chain as usize];
        let width = exprs.width(chain.selector);
        let value = known.planes(self, chain.selector).number(width)?;
        let found = chain.legs.get(&value);
        // A match above this place says that none below matches.
        let leg = found.filter(|(at, _)| *at >= place).map(|&(_, leg)| leg);
        Some(leg.unwrap_or(chain.end))
    }
}

/// The selector that a multiplexer compares with constants, if it does no more.
fn compared(exprs: &Exprs, mux: ExprId) -> Option<ExprId> {
    let Node::Mux(select, ..) = *exprs.node(mux) else {
        return None;
    };
    selector_of(exprs, select)
}

fn selector_of(exprs: &Exprs, condition: ExprId) -> Option<ExprId> {
    match *exprs.node(condition) {
        Node::Binary(BinaryOp::Eq, a, b) => {
            let constant = exprs.as_const(b).is_some_and(|bits| bits.is_known());
            (constant && exprs.width(a) <= WIDEST && exprs.as_const(a).is_none()).then_some(a)
        }
        Node::Binary(BinaryOp::Or, a, b) => {
            // Several labels: a list that grows to the left.
            let last = match exprs.node(b) {
                Node::Binary(BinaryOp::Eq, ..) => selector_of(exprs, b)?,
                _ => return None,
            };
            (selector_of(exprs, a)? == last).then_some(last)
        }
        _ => None,
    }
}

/// The constants that a condition compares with.
fn constants(exprs: &Exprs, condition: ExprId, found: &mut impl FnMut(u64)) {
    match *exprs.node(condition) {
        Node::Binary(BinaryOp::Or, a, b) => {
            constants(exprs, a, found);
            constants(exprs, b, found);
        }
        Node::Binary(_, _, b) => {
            if let Some(value) = exprs.as_const(b).and_then(|bits| bits.to_u64()) {
                found(value);
            }
        }
        _ => {}
    }
}
