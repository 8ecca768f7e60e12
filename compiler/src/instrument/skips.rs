//! When the wrapper skips a save: above a supply level, or until a timer has run out. And whether
//! the design rests after one until the supply has recovered.

use serde::Serialize;

use super::Skips;
use super::tables::ConstantCase;

/// The logical cycles in which saves are skipped.
#[derive(Serialize)]
pub(super) struct Interval {
    cycles: u32,
    bits: u32,
}

/// The supply levels above which checkpoints are not saved.
#[derive(Serialize)]
pub(super) struct Levels {
    /// By checkpoint index, where they differ.
    cases: Vec<ConstantCase>,
    /// The level of all others.
    default: u8,
    /// After a save the design waits for more than that level.
    rests: bool,
}

/// The timer, if there is one.
pub(super) fn interval(skips: &Skips) -> Option<Interval> {
    match *skips {
        Skips::Within(cycles) => Some(Interval {
            cycles,
            bits: (u32::BITS - cycles.leading_zeros()).max(1),
        }),
        Skips::Never | Skips::Above(_) | Skips::AboveOrRest(_) => None,
    }
}

/// The table of levels, if there is one. `told` makes of the checkpoints' own levels those of the
/// indices that the decoder gives, with the bits of an index.
pub(super) fn levels(skips: &Skips, told: impl FnOnce(&[u8]) -> (Vec<u8>, u32)) -> Option<Levels> {
    let (own, rests) = match skips {
        Skips::Above(own) => (own, false),
        Skips::AboveOrRest(own) => (own, true),
        Skips::Never | Skips::Within(_) => return None,
    };
    let (levels, index_bits) = told(own);
    let default = levels.first().copied().unwrap_or(u8::MAX);
    let cases = levels.iter().enumerate();
    Some(Levels {
        cases: (cases.filter(|(_, level)| **level != default))
            .map(|(index, level)| ConstantCase {
                label: format!("{index_bits}'d{index}"),
                value: format!("8'd{level}"),
            })
            .collect(),
        default,
        rests,
    })
}

/// "The save at this checkpoint is never skipped", by checkpoint index; `None` where that is so of none.
pub(super) fn sure(told: &[bool], index_bits: u32) -> Option<String> {
    let some = told.iter().enumerate().filter(|(_, sure)| **sure);
    let some: Vec<String> = some
        .map(|(index, _)| format!("idetic_checkpoint == {index_bits}'d{index}"))
        .collect();
    match some.len() {
        0 => None,
        all if all == told.len() => Some("1'b1".to_string()),
        _ => Some(some.join(" || ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timer_has_the_bits_of_its_interval() {
        let bits = |cycles| interval(&Skips::Within(cycles)).map(|it| it.bits);
        let all: Vec<_> = [0, 1, 2, 62, 64, u32::MAX].map(bits).into();
        assert_eq!(all, [1, 1, 2, 6, 7, 32].map(Some));
        assert!(interval(&Skips::Never).is_none());
    }
}
