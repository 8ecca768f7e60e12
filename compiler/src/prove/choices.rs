//! Chains of multiplexers that compare one word with constants, as a `case` makes them.
//!
//! Where the word is constant, as a state register is in a control state, the leg that the chain passes is looked up instead
//! of being found comparison by comparison: a machine of n states would take n² of them over all states.

use rustc_hash::FxHashMap;

use super::aig::Lit;
use crate::netlist::{BinaryOp, ExprId, Exprs, Node};

/// A chain from its first multiplexer on.
pub(super) struct Choice {
    /// The word that is compared.
    pub(super) on: ExprId,
    legs: FxHashMap<Vec<Lit>, ExprId>,
    /// What is passed where no comparison holds.
    rest: ExprId,
}

impl Choice {
    /// What is passed for a value of the word, if that is constant.
    pub(super) fn leg(&self, word: &[Lit]) -> Option<ExprId> {
        let constant = word.iter().all(|lit| lit.node() == Lit::FALSE.node());
        constant.then(|| self.legs.get(word).copied().unwrap_or(self.rest))
    }
}

/// The chains of at least two multiplexers among expressions, by the first; operands stand before users.
pub(super) fn choices(exprs: &Exprs, among: &[ExprId]) -> FxHashMap<ExprId, Choice> {
    let mut found = FxHashMap::default();
    let mut inside = vec![false; exprs.len()];
    for &first in among
        .iter()
        .rev()
        .filter(|id| matches!(exprs.node(**id), Node::Mux(..)))
    {
        if inside[first.index()] {
            continue;
        }
        let Some((on, ..)) = comparison(exprs, first) else {
            continue;
        };
        let (mut legs, mut rest) = (FxHashMap::default(), first);
        let mut count = 0;
        while let Some((_, value, leg, other)) = comparison(exprs, rest).filter(|it| it.0 == on) {
            inside[rest.index()] = true;
            // The first comparison that holds decides.
            legs.entry(value).or_insert(leg);
            rest = other;
            count += 1;
        }
        if count > 1 {
            found.insert(first, Choice { on, legs, rest });
        }
    }
    found
}

/// Of a multiplexer whose select compares a word with a constant: the word, the constant, and both legs.
fn comparison(exprs: &Exprs, id: ExprId) -> Option<(ExprId, Vec<Lit>, ExprId, ExprId)> {
    let &Node::Mux(select, then, other) = exprs.node(id) else {
        return None;
    };
    let &Node::Binary(BinaryOp::Eq, a, b) = exprs.node(select) else {
        return None;
    };
    let (on, bits) = match (exprs.node(a), exprs.node(b)) {
        (_, Node::Const(bits)) => (a, bits),
        (Node::Const(bits), _) => (b, bits),
        _ => return None,
    };
    let value: Option<Vec<Lit>> = (0..bits.width())
        .map(|bit| bits.bit(bit).map(Lit::constant))
        .collect();
    Some((on, value?, then, other))
}
