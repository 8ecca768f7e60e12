//! Live bits left out on purpose, one at a time: does the prover name each?
//!
//! A bit that is left out of what one state keeps, everything else as it is claimed, must be refuted, and by the
//! name of this bit alone: two copies that agree on all other bits of a live set differ in it only.
//! Where it is not, the bit is dead, by the judgement of this prover, and the analysis keeps it without need.

use std::time::Instant;

use super::{Claims, ProveOptions, Verdict, after, machine, obligation};
use crate::control::StateId;

/// What became of a bit that was left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dropped {
    /// Refuted: exactly this bit is named.
    Named,
    /// Refuted, but other bits are named, or none.
    Misnamed,
    /// Proved: it need not be kept.
    Proved,
    /// The time was up.
    Unknown,
}

/// Leaves out bits, each a state and the number of a bit live there, and asks about its state.
/// After the total time the rest is [`Dropped::Unknown`].
pub fn drops(
    claims: &Claims<'_>,
    bits: &[(StateId, usize)],
    options: &ProveOptions,
) -> Vec<Dropped> {
    let end = after(options.total_time);
    let machine = machine::Machine::new(claims.netlist);
    let mut less = claims.liveness.clone();
    let mut list = Vec::with_capacity(bits.len());
    for &(state, bit) in bits {
        less.live[state.index()].remove(bit);
        let claims = Claims {
            liveness: &less,
            plan: None,
            ..*claims
        };
        let deadline = end.min(after(options.state_time));
        let dropped = match obligation::step(&claims, &machine, state, deadline).0 {
            Verdict::Refuted(found) if found.bits == [less.bits.bit(bit)] => Dropped::Named,
            // The search for the name may have been cut off.
            Verdict::Refuted(_) if Instant::now() >= deadline => Dropped::Unknown,
            Verdict::Refuted(_) => Dropped::Misnamed,
            Verdict::Proved => Dropped::Proved,
            Verdict::Unknown => Dropped::Unknown,
        };
        list.push(dropped);
        less.live[state.index()].insert(bit);
    }
    list
}
