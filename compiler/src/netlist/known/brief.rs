//! Many evaluations that differ in a few leaves.
//!
//! Where the same leaves get one set of values after the other (the control registers, state by state), most
//! of a cone need not be evaluated each time. What does not depend on these leaves is
//! evaluated once. Of a chain of multiplexers that compare a selector with constants, those
//! that only pass on what the next one passes are all alike above the match, and all alike below it: they are *hidden*, as
//! are the comparisons that nothing else reads. What they come to is counted by their number.
//!
//! So a sweep costs what really depends on the leaves, and not the length of the chains.

use rustc_hash::FxHashSet;

use super::{Cone, Contradiction, Known, Mark, Scratch, forward};
use crate::netlist::{BinaryOp, Bits, ExprId, Exprs, Node};

/// What is evaluated each time.
pub(crate) struct Brief {
    /// Slots of what depends on the leaves and is not hidden, operands first.
    changing: Vec<usize>,
    /// Per slot: neither changing nor hidden.
    constant: Vec<bool>,
    /// Per chain whose selector depends on the leaves, for each place the hidden multiplexers up to and with it.
    hidden: Vec<(u32, Vec<u32>)>,
    /// What is known without the leaves; marked.
    known: Known,
    mark: Mark,
}

impl Brief {
    /// Of a cone, whose roots are read from outside, in the leaves that will get values.
    pub(crate) fn new(
        exprs: &Exprs,
        cone: &Cone,
        roots: impl IntoIterator<Item = ExprId>,
        leaves: impl IntoIterator<Item = ExprId>,
        scratch: &mut Scratch,
    ) -> Brief {
        let count = cone.nodes.len();
        let mut depends = vec![false; count];
        for leaf in leaves {
            depends[cone.slot(leaf)] = true;
        }
        for (slot, &id) in cone.nodes.iter().enumerate() {
            exprs.operands(id, |operand| depends[slot] |= depends[cone.slot(operand)]);
        }
        let roots: FxHashSet<usize> = roots.into_iter().map(|root| cone.slot(root)).collect();
        let mut is_hidden = vec![false; count];
        // Users have higher slots, so that they are decided before what they use.
        for slot in (0..count).rev() {
            if !depends[slot] || roots.contains(&slot) || cone.users(slot).is_empty() {
                continue;
            }
            let told = |chain: u32| depends[cone.slot(cone.chains.chains[chain as usize].selector)];
            let mut users = cone.users(slot).iter().map(|&user| user as usize);
            is_hidden[slot] = match cone.chains.place(slot) {
                Some(place) => {
                    told(place.0) && users.all(|user| passes_on(exprs, cone, user, slot, place))
                }
                None => users.all(|user| compares(exprs, cone, user, slot, &is_hidden)),
            };
        }
        let mut hidden: Vec<(u32, Vec<u32>)> = Vec::new();
        let chains = cone.chains.chains.len();
        let mut lengths = vec![0usize; chains];
        for &(chain, place) in cone.chains.places.iter().flatten() {
            let length = &mut lengths[chain as usize];
            *length = (*length).max(place as usize + 1);
        }
        let mut by_chain: Vec<Vec<u32>> = lengths.iter().map(|&length| vec![0; length]).collect();
        for (slot, place) in cone.chains.places.iter().enumerate() {
            if let (Some((chain, place)), true) = (*place, is_hidden[slot]) {
                by_chain[chain as usize][place as usize] = 1;
            }
        }
        for (chain, mut places) in by_chain.into_iter().enumerate() {
            let mut sum = 0;
            for own in &mut places {
                sum += *own;
                *own = sum;
            }
            if depends[cone.slot(cone.chains.chains[chain].selector)] {
                hidden.push((chain as u32, places));
            }
        }
        let mut known = Known::nothing(cone);
        if known.sweep(cone, exprs, scratch).is_err() {
            unreachable!("nothing is assumed");
        }
        let mark = known.mark();
        let slots = 0..count;
        Brief {
            changing: slots
                .filter(|&slot| depends[slot] && !is_hidden[slot])
                .collect(),
            constant: depends.iter().map(|depends| !depends).collect(),
            hidden,
            known,
            mark,
        }
    }

    /// What is known now. Nothing is said of what is hidden.
    pub(crate) fn known(&self) -> &Known {
        &self.known
    }

    /// The expressions that are the same each time.
    pub(crate) fn constant<'a>(&'a self, cone: &'a Cone) -> impl Iterator<Item = ExprId> + 'a {
        let slots = cone.nodes.iter().zip(&self.constant);
        slots.filter(|(_, constant)| **constant).map(|(&id, _)| id)
    }

    /// Those that are evaluated each time.
    pub(crate) fn changing<'a>(&'a self, cone: &'a Cone) -> impl Iterator<Item = ExprId> + 'a {
        self.changing.iter().map(|&slot| cone.nodes[slot])
    }

    /// Evaluates with these leaves; their values before are forgotten. `None` where a chain's selector is not
    /// known, so that what is hidden is not alike: then only a sweep of everything tells.
    pub(crate) fn sweep<'a>(
        &mut self,
        exprs: &Exprs,
        cone: &Cone,
        leaves: impl Iterator<Item = (ExprId, &'a Bits)>,
        scratch: &mut Scratch,
    ) -> Option<()> {
        self.known.undo(self.mark);
        for (leaf, bits) in leaves {
            self.known.set(cone, leaf, bits);
        }
        for &slot in &self.changing {
            let id = cone.nodes[slot];
            if matches!(
                exprs.node(id),
                Node::Input(_) | Node::Reg(_) | Node::MemRead(..)
            ) {
                continue;
            }
            forward::evaluate(exprs, cone, &self.known, id, scratch);
            let refined = self
                .known
                .refine(cone, slot, &scratch.value, &scratch.known);
            if let Err(Contradiction) = refined {
                unreachable!("nothing but leaves is set");
            }
        }
        let mut chains = self.hidden.iter();
        let told = chains.all(|(chain, _)| {
            let selector = cone.chains.chains[*chain as usize].selector;
            let width = exprs.width(selector);
            self.known.planes(cone, selector).number(width).is_some()
        });
        told.then_some(())
    }

    /// After a sweep: the expressions that hidden multiplexers pass, with how many pass each.
    pub(crate) fn hidden<'a>(
        &'a self,
        exprs: &'a Exprs,
        cone: &'a Cone,
    ) -> impl Iterator<Item = (ExprId, u32)> + 'a {
        self.hidden.iter().flat_map(move |(chain, places)| {
            let chain = &cone.chains.chains[*chain as usize];
            let all = places.last().copied().unwrap_or(0);
            let value = self.known.planes(cone, chain.selector);
            let value = value.number(exprs.width(chain.selector));
            let found = value.and_then(|value| chain.legs.get(&value));
            let (above, leg) = match found {
                Some(&(place, leg)) => (places[place as usize], leg),
                None => (0, chain.end),
            };
            [(leg, above), (chain.end, all - above)]
        })
    }
}

/// Whether a multiplexer of the same chain only passes on what the one at `slot` passes.
fn passes_on(
    exprs: &Exprs,
    cone: &Cone,
    user: usize,
    slot: usize,
    (chain, place): (u32, u32),
) -> bool {
    let Node::Mux(select, then, other) = exprs.node(cone.nodes[user]) else {
        return false;
    };
    let own = cone.nodes[slot];
    cone.chains.place(user) == Some((chain, place.wrapping_sub(1)))
        && *other == own
        && *then != own
        && *select != own
}

/// Whether a user of the comparison at `slot` needs only what the selector tells: a multiplexer of a chain that
/// it selects, or a hidden part of such a select.
fn compares(exprs: &Exprs, cone: &Cone, user: usize, slot: usize, is_hidden: &[bool]) -> bool {
    let own = cone.nodes[slot];
    match exprs.node(cone.nodes[user]) {
        Node::Mux(select, then, other) => {
            cone.chains.place(user).is_some() && *select == own && *then != own && *other != own
        }
        Node::Binary(BinaryOp::Or, ..) => is_hidden[user] && cone.chains.place(user).is_none(),
        _ => false,
    }
}
