//! Which registers to give up where an exploration grows too large.
//!
//! An attempt that fails costs as much as one that succeeds, so the more have
//! failed the more registers are given up at once: a design with a hundred
//! candidates is not explored a hundred times.

use rustc_hash::FxHashSet;

use super::states::{States, count};
use crate::netlist::{BinaryOp, ExprId, Netlist, Node, RegId};

/// Failures after which one register more is given up each time.
const PATIENCE: usize = 4;

/// Of so many states in eight, a projection that keeps more has not helped.
const ENOUGH: usize = 7;

/// Places of the registers that split the edges most, the worst first.
pub(super) fn most_splits(splits: &[usize], failures: usize) -> Vec<usize> {
    let mut places: Vec<usize> = (0..splits.len()).collect();
    places.sort_by_key(|&at| std::cmp::Reverse((splits[at], std::cmp::Reverse(at))));
    let wanted = 1 + failures / PATIENCE;
    let mut worst = places.into_iter();
    let first = worst.next();
    let more = worst.filter(|&at| splits[at] > 0);
    first.into_iter().chain(more).take(wanted).collect()
}

/// Places of the registers that multiply the states most. First those that do
/// arithmetic, the one that multiplies the states most before the others: a
/// state register takes few values that mean something, a counter many that
/// often do not. Then the others, likewise. Of several, the widest.
///
/// Two registers that move together (the terms of a recurrence) multiply
/// nothing when either is left out alone, so how many values a register takes
/// counts as well; and where the states found would be nearly as many without
/// a register, the next one goes too.
pub(super) fn most_states(
    netlist: &Netlist,
    registers: &[RegId],
    states: &States,
    failures: usize,
) -> Vec<usize> {
    let wanted = 1 + failures / PATIENCE;
    let mut arithmetic: Vec<Option<bool>> = vec![None; registers.len()];
    let mut left: Vec<usize> = (0..registers.len()).collect();
    let mut hashes = states.hashes();
    let mut given = Vec::new();
    while !left.is_empty() {
        let counts = count(&hashes);
        let mut rank = |at: usize| {
            let register = &netlist.registers[registers[at].index()];
            let percent = 100 * counts / count(&states.without(&hashes, at)).max(1);
            let distinct = states.distinct(at);
            let spreads = percent > 120 || distinct * 8 > counts;
            let counter = spreads
                && *arithmetic[at].get_or_insert_with(|| does_arithmetic(netlist, register.next));
            let factor = percent.max(100 * distinct / 16);
            (counter, factor, register.width, std::cmp::Reverse(at))
        };
        let worst = (left.iter().copied()).max_by_key(|&at| rank(at));
        let worst = worst.expect("some are left");
        hashes = states.without(&hashes, worst);
        left.retain(|&at| at != worst);
        given.push(worst);
        if given.len() >= wanted && count(&hashes) * 8 <= states.len() * ENOUGH {
            break;
        }
    }
    given
}

/// Whether a value is computed by arithmetic, and not only chosen.
fn does_arithmetic(netlist: &Netlist, value: ExprId) -> bool {
    let exprs = &netlist.exprs;
    let mut open = vec![value];
    let mut seen: FxHashSet<ExprId> = FxHashSet::default();
    while let Some(id) = open.pop() {
        if !seen.insert(id) {
            continue;
        }
        match exprs.node(id) {
            Node::Binary(
                BinaryOp::Add
                | BinaryOp::Sub
                | BinaryOp::Mul
                | BinaryOp::Shl
                | BinaryOp::ShrU
                | BinaryOp::ShrS,
                ..,
            ) => return true,
            // What chooses is no part of the value.
            Node::Mux(_, then, other) => open.extend([*then, *other]),
            Node::Index(_, items) => open.extend(items.iter()),
            _ if exprs.width(id) > 1 => exprs.operands(id, |operand| open.push(operand)),
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longer_it_takes_the_more_are_given_up() {
        assert_eq!(most_splits(&[0, 3, 5, 0], 0), [2]);
        assert_eq!(most_splits(&[0, 3, 5, 0], 2 * PATIENCE), [2, 1]);
        assert_eq!(most_splits(&[2, 2], 0), [0]);
    }
}
