//! Leaves out of a laid-out plan what its checkpoints can derive, where that saves words.
//!
//! A bit that shares a word with a saved one costs nothing to save, and a bit can only be derived
//! from words restored before its own. Both follow from the layout, which follows from what is saved. So all that
//! follows from other bits is left out, and the plan laid out anew; what cannot be restored is saved
//! after all, and so on; in the end what stands in a word that is written anyway is saved, too. If the
//! words are not fewer then, everything stays as it was.

use super::budget::lay_out;
use super::{Analysis, InsertOptions};
use crate::layout::Layout;
use crate::plan::{self, Plan};

/// The plan with bits derived, if that saves words, else as it was.
pub(super) fn derive(
    analysis: &Analysis,
    options: &InsertOptions,
    plan: Plan,
    layout: Layout,
) -> (Plan, Layout) {
    let copied = attempt(analysis, options, (&plan, &layout), false);
    let computed = match options.recompute {
        true => attempt(analysis, options, (&plan, &layout), true),
        false => None,
    };
    // Of equal ones the first: as it was, then what only copies.
    let all = [Some((plan, layout)), copied, computed]
        .into_iter()
        .flatten();
    let best = all.min_by_key(|(_, layout)| words(layout));
    best.expect("the plan as it was")
}

/// The plan with what can be derived so derived; `None` if that is nothing.
fn attempt(
    analysis: &Analysis,
    options: &InsertOptions,
    (plan, layout): (&Plan, &Layout),
    recompute: bool,
) -> Option<(Plan, Layout)> {
    let bits = &analysis.liveness.bits;
    let places = layout.places(bits);
    let mut attempt = plan.clone();
    for checkpoint in &mut attempt.checkpoints {
        let derivable = plan::derivable(
            &analysis.netlist,
            &analysis.liveness,
            checkpoint,
            |bit| places[bit].unwrap_or(usize::MAX),
            recompute,
        );
        checkpoint.derive(derivable);
    }
    loop {
        if (attempt.checkpoints.iter()).all(|checkpoint| checkpoint.derived.is_empty()) {
            return None;
        }
        let mut trial = lay_out(analysis, options, &attempt);
        let places = trial.places(bits);
        let mut possible = true;
        for (at, checkpoint) in attempt.checkpoints.iter_mut().enumerate() {
            let visible = |register| plan::is_visible(&analysis.netlist, register);
            let (_, impossible) = trial.derived(at, checkpoint, &places, visible);
            possible &= impossible.is_empty();
            checkpoint.save_derived(impossible);
        }
        if !possible {
            continue;
        }
        for (checkpoint, read) in attempt.checkpoints.iter_mut().zip(&trial.live_words) {
            let derived = checkpoint.derived.keys().copied();
            let read: Vec<usize> = derived
                .filter(|&bit| places[bit].is_some_and(|place| read.contains(trial.word_of(place))))
                .collect();
            checkpoint.save_derived(read);
        }
        trial.settle(&analysis.netlist, &attempt, bits, &analysis.hash);
        return Some((attempt, trial));
    }
}

/// Words written, over all checkpoints.
fn words(layout: &Layout) -> usize {
    layout.live_words.iter().map(|words| words.count()).sum()
}
