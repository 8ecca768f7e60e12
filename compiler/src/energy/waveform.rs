//! What registers and inputs were at the clock edges of a recorded waveform (VCD or FST).
//!
//! Where the values are, [`dumped`] finds out. What is not in the file stays unknown.
//! An edge shows the values from before it, so that what changes with the clock belongs to the
//! next cycle.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::BufReader;
use std::path::PathBuf;

use rustc_hash::FxHashMap;
use wellen::stream::{Filter, StreamError, read};
use wellen::{FileFormat, LoadOptions, SignalRef, SignalValueRef, Time};

use crate::control::ControlGraph;
use crate::netlist::{Bits, Netlist};

use super::damaged::guarded;
use super::dumped::{self, Dumped, Tracked};

/// Where a recorded run is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waveform {
    /// The file.
    pub path: PathBuf,
    /// The scope of the design in it, `tb.dut`.
    pub scope: Option<String>,
}

/// Why a recording cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What is wrong.
    pub message: String,
    /// How to mend it.
    pub help: String,
    /// It is about the scope, not about the file.
    pub of_scope: bool,
}

/// What was recorded at a clock edge.
pub(super) struct Moment<'a> {
    pub(super) registers: &'a [Bits],
    pub(super) inputs: &'a [Bits],
    /// Words of memories that changed since the edge before, as far as they are in the file: memory, row, value.
    pub(super) words: &'a [(usize, usize, Bits)],
}

/// Where a recording has the design.
pub(super) struct Place {
    pub(super) scope: String,
    /// Registers, and memories with a word, that are not in it.
    pub(super) left_out: Vec<String>,
}

/// Calls `each` with what was there at every active edge of the clock.
///
/// # Errors
/// The file cannot be read, or has no scope, or several, with the values of the design.
pub(super) fn at_clock_edges(
    waveform: &Waveform,
    netlist: &Netlist,
    graph: &ControlGraph,
    each: impl FnMut(Moment<'_>),
) -> Result<Place, Problem> {
    let read = || edges(waveform, netlist, graph, each);
    let damaged = || Err(unreadable(waveform, &"it is damaged"));
    guarded(read).unwrap_or_else(damaged)
}

fn unreadable(waveform: &Waveform, why: &dyn std::fmt::Display) -> Problem {
    let path = waveform.path.display();
    Problem {
        message: format!("cannot read the waveform `{path}`: {why}"),
        help: "give a VCD or FST file that a simulator wrote to its end ($dumpfile, $dumpvars)"
            .to_string(),
        of_scope: false,
    }
}

fn edges(
    waveform: &Waveform,
    netlist: &Netlist,
    graph: &ControlGraph,
    each: impl FnMut(Moment<'_>),
) -> Result<Place, Problem> {
    let options = LoadOptions::default();
    let unreadable = |why: &dyn std::fmt::Display| unreadable(waveform, why);
    let file = File::open(&waveform.path).map_err(|error| unreadable(&error))?;
    let mut file = read(BufReader::new(file), &options).map_err(|error| unreadable(&error))?;
    if file.hierarchy().file_format() == FileFormat::Ghw {
        return Err(unreadable(&"it is a GHW file, of VHDL"));
    }
    let found = dumped::find(waveform, file.hierarchy(), netlist, graph)?;
    let Some(clock) = found.clock else {
        return Err(unreadable(&"it has no clock"));
    };
    let all = found.all(netlist).filter_map(|(_, tracked)| tracked);
    let signals: BTreeSet<usize> = all.map(|tracked| tracked.signal.index()).collect();
    let mut signals: Vec<SignalRef> = signals
        .into_iter()
        .filter_map(SignalRef::from_index)
        .collect();
    if !signals.contains(&clock) {
        signals.push(clock);
    }
    let rising = netlist.clock().is_none_or(|clock| clock.rising);
    let mut sampler = Sampler::new(netlist, &found, (clock, rising), each);
    let changes = |time, signal, value: SignalValueRef<'_>| {
        sampler.change(time, signal, &value);
        Ok::<(), std::convert::Infallible>(())
    };
    match file.stream_changes(Filter::include_signals(&signals), changes) {
        Ok(()) => {}
        Err(StreamError::Wellen(error)) => return Err(unreadable(&error)),
        Err(StreamError::Callback(never)) => match never {},
    }
    sampler.step();
    Ok(Place {
        left_out: found.left_out(netlist),
        scope: found.scope,
    })
}

/// Follows the changes of a file.
struct Sampler<'a, F> {
    clock: SignalRef,
    /// The level after an active edge.
    active: bool,
    level: Option<bool>,
    /// Places among all that is tracked that a signal has.
    places: FxHashMap<SignalRef, Vec<usize>>,
    tracked: Vec<Option<&'a Tracked>>,
    /// Of registers, inputs and words.
    values: Vec<Bits>,
    registers: usize,
    inputs: usize,
    /// By memory and row.
    words: &'a [(usize, usize, Tracked)],
    /// Those that changed since the last edge.
    written: Vec<(usize, usize, Bits)>,
    time: Option<Time>,
    /// What changes at this time, values and clock.
    pending: Vec<(usize, Bits)>,
    next_level: Option<bool>,
    each: F,
}

impl<'a, F: FnMut(Moment<'_>)> Sampler<'a, F> {
    fn new(
        netlist: &'a Netlist,
        found: &'a Dumped,
        (clock, active): (SignalRef, bool),
        each: F,
    ) -> Self {
        let mut places: FxHashMap<SignalRef, Vec<usize>> = FxHashMap::default();
        let (mut tracked, mut values) = (Vec::new(), Vec::new());
        for (place, (width, own)) in found.all(netlist).enumerate() {
            if let Some(own) = own {
                places.entry(own.signal).or_default().push(place);
            }
            tracked.push(own);
            values.push(Bits::unknown(width));
        }
        Sampler {
            clock,
            active,
            level: None,
            places,
            tracked,
            values,
            registers: found.registers.len(),
            inputs: found.inputs.len(),
            words: &found.words,
            written: Vec::new(),
            time: None,
            pending: Vec::new(),
            next_level: None,
            each,
        }
    }

    fn change(&mut self, time: Time, signal: SignalRef, value: &SignalValueRef<'_>) {
        if self.time != Some(time) {
            self.step();
            self.time = Some(time);
        }
        if signal == self.clock {
            self.next_level = bits(value, 0, 1).bit(0);
        }
        for &place in self.places.get(&signal).into_iter().flatten() {
            if let Some(tracked) = self.tracked[place] {
                self.pending
                    .push((place, bits(value, tracked.low, tracked.width)));
            }
        }
    }

    /// Ends a time.
    fn step(&mut self) {
        let edge = self.level == Some(!self.active) && self.next_level == Some(self.active);
        if edge {
            let (registers, rest) = self.values.split_at(self.registers);
            (self.each)(Moment {
                registers,
                inputs: &rest[..self.inputs],
                words: &self.written,
            });
            self.written.clear();
        }
        self.level = self.next_level;
        for (place, value) in self.pending.drain(..) {
            if let Some(at) = place.checked_sub(self.registers + self.inputs) {
                let (memory, row, _) = &self.words[at];
                self.written.push((*memory, *row, value));
            } else {
                self.values[place] = value;
            }
        }
    }
}

/// Some bits of a value; those that it does not have are unknown.
fn bits(value: &SignalValueRef<'_>, low: u32, width: u32) -> Bits {
    let SignalValueRef::BitVec(vector) = value else {
        return Bits::unknown(width);
    };
    let limbs = width.div_ceil(64) as usize;
    let (mut ones, mut unknown) = (vec![0u64; limbs], vec![u64::MAX; limbs]);
    let from_low = vector.iter_lsb_to_msb().skip(low as usize);
    for (at, bit) in from_low.take(width as usize).enumerate() {
        let bit: u8 = bit.into();
        if bit < 2 {
            ones[at / 64] |= u64::from(bit) << (at % 64);
            unknown[at / 64] &= !(1 << (at % 64));
        }
    }
    Bits::new(width, &ones, &unknown)
}
