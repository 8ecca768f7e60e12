//! What holds of the data of memory reads: equal addresses in the same contents give equal data.

use std::ops::Range;

use super::step::Step;
use super::{all, any};
use crate::netlist::MemId;
use crate::prove::circuit::Contents;

/// Where a step in a claim takes the data of its reads from.
pub(super) struct Reader<'a> {
    /// How the names of its results begin.
    pub(super) results: &'a str,
    /// How the names of the data begin.
    pub(super) data: &'a str,
}

/// "The reads of a memory by these steps fit together": those of one step are from the same contents, those
/// of different ones in the rows that are kept.
pub(super) fn fit(
    step: &Step<'_>,
    memory: MemId,
    readers: &[Reader<'_>],
    kept: &Contents,
) -> String {
    let reads = readers.iter().flat_map(|reader| {
        let own = step.reads.iter().filter(move |read| read.memory == memory);
        own.map(|read| {
            (
                (
                    format!("{}{}", reader.results, read.address.0),
                    read.address.1,
                ),
                format!("{}{}", reader.data, read.data.0),
                reader.results,
            )
        })
    });
    let reads: Vec<((String, u32), String, &str)> = reads.collect();
    let pairs = reads.iter().enumerate().flat_map(|(at, one)| {
        let others = reads[..at].iter();
        others.map(move |other| {
            let differ = format!("({} != {})", one.0.0, other.0.0);
            let same = format!("({} == {})", one.1, other.1);
            match one.2 == other.2 {
                true => format!("({differ} | {same})"),
                false => format!("({differ} | ~{} | {same})", keep(kept, &one.0.0, one.0.1)),
            }
        })
    });
    all(pairs)
}

/// "The row of this number, a word of this width, is kept."
pub(super) fn keep(kept: &Contents, row: &str, width: u32) -> String {
    match kept {
        Contents::Kept => "1'b1".to_owned(),
        Contents::Rows(rows) => any(rows.iter().map(|rows| within(row, width, rows))),
        Contents::Unwritten(..) => unreachable!("what is read and written again is not exported"),
    }
}

fn within(row: &str, width: u32, rows: &Range<u32>) -> String {
    let fits = |bound: u32| width >= 32 || u64::from(bound) >> width == 0;
    if !fits(rows.start) {
        return "1'b0".to_owned();
    }
    let last = rows.end - 1;
    let low = format!("({row} >= {})", rows.start);
    match fits(last) {
        true => format!("({low} & ({row} <= {last}))"),
        false => low,
    }
}
