//! Walking down the decision tree of a state's edges.
//!
//! The edges of a state come in the order of their tree: two neighbours share
//! their first assumptions up to one. So the walk takes back what it learned
//! down to that one and goes on, on one pair of planes.

use super::uses::Refused;
use crate::control::{Assumption, Edge};
use crate::netlist::Exprs;
use crate::netlist::known::{Cone, Known, Mark, Scratch};

/// A node of the tree above the present place.
struct Branch {
    mark: Mark,
    assumption: Assumption,
    /// Edges on both sides have been seen.
    both: bool,
}

/// What the walk comes to.
pub(super) enum Place<'e> {
    /// A decision, before either side of it is assumed.
    Decision(Assumption),
    /// The edge of this number; its assumptions hold.
    Edge(usize, &'e Edge),
}

/// Calls `visit` for every decision and edge that is possible; it leaves what is
/// known as it found it. `edges` are
/// edges of one state with their numbers, in order, that share their first
/// `depth` assumptions, which hold. With `complete` the walk is refused if both
/// sides of some decision are possible and the edges go to one side only.
pub(super) fn walk<'e>(
    (cone, exprs): (&Cone, &Exprs),
    known: &mut Known,
    scratch: &mut Scratch,
    edges: impl Iterator<Item = (usize, &'e Edge)>,
    depth: usize,
    complete: bool,
    mut visit: impl FnMut(Place<'e>, &mut Known, &mut Scratch) -> Result<(), Refused>,
) -> Result<(), Refused> {
    let mut path: Vec<Branch> = Vec::new();
    // The path ends at an assumption that cannot be.
    let mut impossible = false;
    for (number, edge) in edges {
        let own = &edge.assumptions[depth..];
        let shared = (path.iter().zip(own))
            .take_while(|(branch, own)| branch.assumption == **own)
            .count();
        if impossible && shared == path.len() {
            continue;
        }
        if !path.is_empty() {
            leave(
                (cone, exprs),
                known,
                scratch,
                &mut path,
                shared + 1,
                complete,
            )?;
        }
        impossible = false;
        for (at, &assumption) in own.iter().enumerate().skip(shared) {
            match path.get_mut(at) {
                // The other side of a decision that was met before.
                Some(branch) => {
                    known.undo(branch.mark);
                    branch.assumption = assumption;
                    branch.both = true;
                }
                None => {
                    visit(Place::Decision(assumption), known, scratch)?;
                    path.push(Branch {
                        mark: known.mark(),
                        assumption,
                        both: false,
                    });
                }
            }
            let fact = (assumption.expr, assumption.bit, assumption.value);
            if known.assume(cone, exprs, fact, scratch).is_err() {
                impossible = true;
                break;
            }
        }
        if !impossible {
            visit(Place::Edge(number, edge), known, scratch)?;
        }
    }
    leave((cone, exprs), known, scratch, &mut path, 0, complete)
}

/// Shortens the path to `length` decisions.
fn leave(
    (cone, exprs): (&Cone, &Exprs),
    known: &mut Known,
    scratch: &mut Scratch,
    path: &mut Vec<Branch>,
    length: usize,
    complete: bool,
) -> Result<(), Refused> {
    while path.len() > length {
        let branch = path.pop().expect("longer than the length");
        known.undo(branch.mark);
        if complete && !branch.both {
            let Assumption { expr, bit, value } = branch.assumption;
            let mark = known.mark();
            let other = known.assume(cone, exprs, (expr, bit, !value), scratch);
            known.undo(mark);
            if other.is_ok() {
                return Err(Refused);
            }
        }
    }
    Ok(())
}
