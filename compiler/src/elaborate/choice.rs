//! The arms of a large case as a tree.
//!
//! A chain of multiplexers, one for each arm, takes as many steps to evaluate
//! as there are arms, in every state of a machine. Where the labels are
//! different constants at most one of them matches, so the arms can be searched
//! by the bits of the selector: as many steps as a label has bits, at most. And
//! what few arms assign needs no multiplexer for the others.

use super::context::Elab;
use crate::netlist::{Bits, ExprId};

/// Smaller cases stay chains, in the order of the text.
const LEAST_ARMS: usize = 16;

/// So few labels are told apart by comparing.
const COMPARED: usize = 2;

/// A label: the constant, the arm, and the comparison with the selector.
pub(super) struct Label {
    pub bits: Bits,
    pub arm: usize,
    pub hit: ExprId,
}

/// Arms of which at most one matches.
pub(super) struct Choice {
    selector: ExprId,
    /// Sorted as numbers, all different.
    labels: Vec<Label>,
    /// Per arm its labels' places.
    places: Vec<Vec<usize>>,
}

impl Choice {
    /// The arms with these labels, all constants as wide as the selector, if
    /// there are many and no two have one in common.
    pub fn new(selector: ExprId, mut labels: Vec<Label>, arms: usize) -> Option<Choice> {
        if arms < LEAST_ARMS || !labels.iter().all(|label| label.bits.is_known()) {
            return None;
        }
        labels.sort_by(|a, b| {
            let number = |label: &'_ Label| -> Vec<u64> {
                label.bits.value_limbs().iter().rev().copied().collect()
            };
            number(a).cmp(&number(b))
        });
        if labels.windows(2).any(|pair| pair[0].bits == pair[1].bits) {
            return None;
        }
        let mut places = vec![Vec::new(); arms];
        for (place, label) in labels.iter().enumerate() {
            places[label.arm].push(place);
        }
        Some(Choice {
            selector,
            labels,
            places,
        })
    }
}

impl Elab<'_> {
    /// The value of the arm that matches, `other` where none of these does.
    pub fn chosen(
        &mut self,
        choice: &Choice,
        values: impl IntoIterator<Item = (usize, ExprId)>,
        other: ExprId,
    ) -> ExprId {
        let mut list: Vec<(usize, ExprId)> = (values.into_iter())
            .filter(|&(_, value)| value != other)
            .flat_map(|(arm, value)| choice.places[arm].iter().map(move |&place| (place, value)))
            .collect();
        list.sort_unstable_by_key(|&(place, _)| place);
        self.search(choice, &list, other)
    }

    fn search(&mut self, choice: &Choice, list: &[(usize, ExprId)], other: ExprId) -> ExprId {
        let label = |at: usize| &choice.labels[list[at].0];
        if list.len() <= COMPARED {
            let labels = list.iter().rev();
            return labels.fold(other, |joined, &(place, value)| {
                self.exprs.mux(choice.labels[place].hit, value, joined)
            });
        }
        // The highest bit that some of the labels differ in: those without it come first.
        let bit = highest_difference(&label(0).bits, &label(list.len() - 1).bits);
        let without =
            |(place, _): &(usize, ExprId)| choice.labels[*place].bits.bit(bit) == Some(false);
        let split = list.partition_point(without);
        let low = self.search(choice, &list[..split], other);
        let high = self.search(choice, &list[split..], other);
        let select = self.exprs.slice(choice.selector, bit, 1);
        self.exprs.mux(select, high, low)
    }
}

/// The highest bit in which two different numbers of one width differ.
fn highest_difference(a: &Bits, b: &Bits) -> u32 {
    let limbs = a.value_limbs().iter().zip(b.value_limbs()).enumerate();
    let different = limbs.rev().find(|(_, (a, b))| a != b);
    different.map_or(0, |(at, (a, b))| at as u32 * 64 + (a ^ b).ilog2())
}
