//! What registers and inputs were at the clock edges of a recorded waveform (VCD or FST).
//!
//! Variables are found by name below the scope of the design: registers in the scopes of their
//! instances and blocks, inputs in the scope itself. Where no scope is given it is the one that
//! has the clock, all inputs, all control registers, and most of the others. What is not in the file stays unknown.
//! An edge shows the values from before it, so that what changes with the clock belongs to the
//! next cycle.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::fs::File;
use std::io::BufReader;
use std::path::PathBuf;

use rustc_hash::FxHashMap;
use wellen::stream::{Filter, StreamError, read};
use wellen::{FileFormat, Hierarchy, LoadOptions, SignalRef, SignalValueRef, Time, Var};

use crate::control::ControlGraph;
use crate::netlist::{BitNaming, Bits, Netlist, Origin, RegId};

use super::damaged::guarded;

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

/// A value in the file and what of it is looked for.
struct Tracked {
    signal: SignalRef,
    /// Lowest bit of it.
    low: u32,
    width: u32,
}

/// Where the values of a design are in a file.
struct Found {
    scope: String,
    clock: Option<SignalRef>,
    registers: Vec<Option<Tracked>>,
    inputs: Vec<Option<Tracked>>,
    /// Names of what has to be there and is not.
    missing: Vec<String>,
}

/// Calls `each` with the registers and the inputs at every active edge of the clock; returns the
/// scope of the design.
///
/// # Errors
/// The file cannot be read, or has no scope, or several, with the values of the design.
pub(super) fn at_clock_edges(
    waveform: &Waveform,
    netlist: &Netlist,
    graph: &ControlGraph,
    each: impl FnMut(&[Bits], &[Bits]),
) -> Result<String, Problem> {
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
    each: impl FnMut(&[Bits], &[Bits]),
) -> Result<String, Problem> {
    let options = LoadOptions::default();
    let unreadable = |why: &dyn std::fmt::Display| unreadable(waveform, why);
    let file = File::open(&waveform.path).map_err(|error| unreadable(&error))?;
    let mut file = read(BufReader::new(file), &options).map_err(|error| unreadable(&error))?;
    if file.hierarchy().file_format() == FileFormat::Ghw {
        return Err(unreadable(&"it is a GHW file, of VHDL"));
    }
    let found = find(waveform, file.hierarchy(), netlist, graph)?;
    let Some(clock) = found.clock else {
        return Err(unreadable(&"it has no clock"));
    };
    let all = found.registers.iter().chain(&found.inputs).flatten();
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
    Ok(found.scope)
}

/// The design in a file.
fn find(
    waveform: &Waveform,
    hierarchy: &Hierarchy,
    netlist: &Netlist,
    graph: &ControlGraph,
) -> Result<Found, Problem> {
    let mut variables: FxHashMap<String, &Var> = FxHashMap::default();
    let mut scopes = Vec::new();
    for scope in hierarchy.all_scopes() {
        scopes.push(hierarchy[scope].full_name(hierarchy));
    }
    for variable in hierarchy.all_vars() {
        let variable = &hierarchy[variable];
        variables.insert(variable.full_name(hierarchy), variable);
    }
    let in_scope = |scope: &str| in_scope(scope, &variables, netlist, graph);
    let problem = |message: String, help: String| {
        Err(Problem {
            message,
            help,
            of_scope: true,
        })
    };
    if let Some(scope) = &waveform.scope {
        if !scopes.contains(scope) {
            let nearest = scopes
                .iter()
                .min_by_key(|known| strsim::damerau_levenshtein(known, scope));
            let help = nearest.map_or("it has no scopes at all".to_string(), |near| {
                format!("the nearest is `{near}`")
            });
            return problem(format!("the waveform has no scope `{scope}`"), help);
        }
        let found = in_scope(scope);
        return match found.missing.first() {
            None => Ok(found),
            Some(name) => problem(
                format!("the waveform has no `{name}` in `{scope}`"),
                "name the scope of the top module, and dump all that is in it: $dumpvars(0, …)"
                    .to_string(),
            ),
        };
    }
    let candidates: Vec<Found> = scopes.iter().map(|scope| in_scope(scope)).collect();
    // A testbench has signals of these names, too, but not the registers.
    let registers = |found: &Found| found.registers.iter().flatten().count();
    let complete = candidates.iter().filter(|it| it.missing.is_empty());
    let most = complete.clone().map(registers).max();
    let names: Vec<String> = complete
        .filter(|found| Some(registers(found)) == most)
        .map(|found| format!("`{}`", found.scope))
        .collect();
    if names.len() > 1 {
        let message = format!("the waveform has several scopes like `{}`", netlist.top);
        let help = format!("set `activity_scope` to one of {}", names.join(", "));
        return problem(message, help);
    }
    let best = candidates
        .into_iter()
        .min_by_key(|found| (found.missing.len(), Reverse(registers(found))));
    match best {
        Some(found) if found.missing.is_empty() => Ok(found),
        Some(found) if found.clock.is_some() => problem(
            format!(
                "the waveform has no scope with all inputs and control registers of `{}`",
                netlist.top
            ),
            format!(
                "the nearest is `{}`, without `{}`; dump all that is in the design: $dumpvars(0, …)",
                found.scope,
                found.missing.join("`, `")
            ),
        ),
        _ => problem(
            format!(
                "the waveform has no scope with the clock and inputs of `{}`",
                netlist.top
            ),
            "record a testbench of this top module, or set `activity_scope`".to_string(),
        ),
    }
}

/// What a scope has of the design.
fn in_scope(
    scope: &str,
    variables: &FxHashMap<String, &Var>,
    netlist: &Netlist,
    graph: &ControlGraph,
) -> Found {
    let named = |path: &[&str]| -> Option<&&Var> {
        let name = [&[scope], path].concat().join(".");
        variables.get(&name)
    };
    let mut missing = Vec::new();
    let clock = netlist.clock().map_or("", |clock| clock.port.as_str());
    let clock_signal = named(&[clock]).map(|variable| variable.signal_ref());
    if clock_signal.is_none() {
        missing.push(clock.to_string());
    }
    let registers = netlist
        .registers
        .iter()
        .enumerate()
        .map(|(index, register)| {
            let origin = &register.origin;
            let mut path = Vec::new();
            let instance = &netlist.instances[origin.instance.index()];
            path.extend(instance.path.split('.').filter(|part| !part.is_empty()));
            path.extend(origin.scope_path.iter().map(|part| &**part));
            path.push(&origin.variable);
            let variable = named(&path);
            let tracked = variable.and_then(|variable| part(variable, origin, register.width));
            if tracked.is_none() && graph.registers.contains(&RegId(index as u32)) {
                missing.push(register.name.clone());
            }
            tracked
        });
    let registers = registers.collect();
    let inputs = netlist.inputs.iter().map(|input| {
        let variable = named(&[&input.name]);
        if variable.is_none() {
            missing.push(input.name.clone());
        }
        variable.map(|variable| Tracked {
            signal: variable.signal_ref(),
            low: 0,
            width: input.width,
        })
    });
    let inputs = inputs.collect();
    Found {
        scope: scope.to_string(),
        clock: clock_signal,
        registers,
        inputs,
        missing,
    }
}

/// The part of a variable that is a register.
fn part(variable: &Var, origin: &Origin, width: u32) -> Option<Tracked> {
    let low = match (variable.index(), origin.bits) {
        _ if origin.target == origin.variable => 0,
        (Some(index), BitNaming::Vector { lsb, descending }) => {
            let from = if descending {
                lsb - index.lsb()
            } else {
                index.lsb() - lsb
            };
            u32::try_from(from).ok()?
        }
        _ => return None,
    };
    Some(Tracked {
        signal: variable.signal_ref(),
        low,
        width,
    })
}

/// Follows the changes of a file.
struct Sampler<'a, F> {
    clock: SignalRef,
    /// The level after an active edge.
    active: bool,
    level: Option<bool>,
    /// Places among the registers, then the inputs, that a signal has.
    places: FxHashMap<SignalRef, Vec<usize>>,
    tracked: Vec<Option<&'a Tracked>>,
    values: Vec<Bits>,
    registers: usize,
    time: Option<Time>,
    /// What changes at this time, values and clock.
    pending: Vec<(usize, Bits)>,
    next_level: Option<bool>,
    each: F,
}

impl<'a, F: FnMut(&[Bits], &[Bits])> Sampler<'a, F> {
    fn new(
        netlist: &Netlist,
        found: &'a Found,
        (clock, active): (SignalRef, bool),
        each: F,
    ) -> Self {
        let widths = netlist.registers.iter().map(|register| register.width);
        let widths = widths.chain(netlist.inputs.iter().map(|input| input.width));
        let tracked = found.registers.iter().chain(&found.inputs);
        let tracked: Vec<Option<&Tracked>> = tracked.map(Option::as_ref).collect();
        let mut places: FxHashMap<SignalRef, Vec<usize>> = FxHashMap::default();
        for (place, tracked) in tracked.iter().enumerate() {
            if let Some(tracked) = tracked {
                places.entry(tracked.signal).or_default().push(place);
            }
        }
        Sampler {
            clock,
            active,
            level: None,
            places,
            tracked,
            values: widths.map(Bits::unknown).collect(),
            registers: netlist.registers.len(),
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
            let (registers, inputs) = self.values.split_at(self.registers);
            (self.each)(registers, inputs);
        }
        self.level = self.next_level;
        for (place, value) in self.pending.drain(..) {
            self.values[place] = value;
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
