//! What holds of the data of memory reads: equal addresses in the same contents give equal data.

use super::all;
use super::step::Step;
use crate::netlist::MemId;

/// Where a step in a claim takes the data of its reads from.
pub(super) struct Reader<'a> {
    /// How the names of its results begin.
    pub(super) results: &'a str,
    /// How the names of the data begin.
    pub(super) data: &'a str,
}

/// "The reads of a memory by these steps, from one and the same contents, fit together."
pub(super) fn fit(step: &Step<'_>, memory: MemId, readers: &[Reader<'_>]) -> String {
    let reads = readers.iter().flat_map(|reader| {
        let own = step.reads.iter().filter(move |read| read.memory == memory);
        own.map(|read| {
            (
                format!("{}{}", reader.results, read.address.0),
                format!("{}{}", reader.data, read.data.0),
            )
        })
    });
    let reads: Vec<(String, String)> = reads.collect();
    let pairs = reads.iter().enumerate().flat_map(|(at, one)| {
        let others = reads[..at].iter();
        others
            .map(move |other| format!("(({} != {}) | ({} == {}))", one.0, other.0, one.1, other.1))
    });
    all(pairs)
}
