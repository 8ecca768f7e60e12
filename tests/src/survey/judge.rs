//! Compares what the bench prints with a [`Machine`].
//!
//! In every cycle the netlist starts from the state that the simulator shows,
//! so each cycle is judged by itself: outputs in this cycle, registers in the
//! next. A bit counts where both sides know it; how many did is reported, and
//! a run in which few did is no success.
//!
//! A register that takes part in a race of the source ([`races`]) may have the
//! value that either order of the two processes gives, and no other.

use std::io::{BufRead, BufReader, Read};

use idetic::netlist::races::{Reader, races};
use idetic::netlist::{Bits, Boundary, Netlist};
use indexmap::IndexMap;

use super::Check;
use super::bench::Plan;
use idetic::netlist::machine::Machine;

/// Least share of bits that both sides must know, in percent.
const LEAST_KNOWN_PERCENT: u64 = 50;

/// Names that differ are listed up to so many.
const LISTED: usize = 4;

/// Reads what the bench prints and compares.
pub struct Judge<'a> {
    plan: &'a Plan<'a>,
    machine: Machine<'a>,
    /// Per input of the netlist, then per output, its place among what is printed.
    inputs: Vec<usize>,
    outputs: Vec<usize>,
    /// Per output the place of what drives its port from outside, if anything can.
    outside: Vec<Option<usize>>,
    /// Per output that of the bits it releases.
    released: Vec<Option<usize>>,
    /// Per register its place among those printed.
    printed: Vec<Option<usize>>,
    races: Races,
    /// The state that the netlist is in now, before resets; none at first.
    expected: Option<Expected>,
    cycles: u32,
    compared: u64,
    known: u64,
    /// Values that are right in the other order of a race.
    raced: u64,
    wrong: Vec<Wrong>,
}

/// What the registers should hold.
struct Expected {
    state: Vec<Bits>,
    /// The same where readers of a race see values from after the edge; none without races.
    other_order: Option<Vec<Bits>>,
}

/// A value that differs.
struct Wrong {
    name: String,
    cycle: u32,
    source: String,
    netlist: String,
}

/// The races of a source.
struct Races {
    /// Readers with what they read after other processes may have assigned it, by index.
    readers: IndexMap<usize, Vec<usize>>,
    /// Whether what a memory holds depends on one.
    in_memory: bool,
}

impl Races {
    fn of(netlist: &Netlist) -> Races {
        let mut found = Races {
            readers: IndexMap::new(),
            in_memory: false,
        };
        for race in races(netlist) {
            match race.reader {
                Reader::Register(id) => found
                    .readers
                    .entry(id.index())
                    .or_default()
                    .push(race.register.index()),
                Reader::Memory(_) => found.in_memory = true,
            }
        }
        found
    }
}

impl<'a> Judge<'a> {
    /// Judges a netlist that starts with the memories of `machine`.
    pub fn new(plan: &'a Plan<'a>, machine: Machine<'a>) -> Judge<'a> {
        let netlist = plan.netlist;
        let port = |name: &str| {
            let mut ports = netlist.ports.iter();
            let found = ports.position(|port| port.name == name);
            found.expect("inputs and outputs are ports")
        };
        let mut printed = vec![None; netlist.registers.len()];
        for (place, &index) in plan.registers.iter().enumerate() {
            printed[index] = Some(netlist.ports.len() + place);
        }
        // The pads of two-way ports come last.
        let pads = netlist.ports.len() + plan.registers.len();
        let shown = |name: &str| {
            let at = port(name);
            let pad = plan.two_way().position(|(two_way, _)| two_way == at);
            pad.map_or(at, |place| pads + place)
        };
        let driven = |name: &str| {
            let at = port(name);
            plan.two_way()
                .any(|(two_way, _)| two_way == at)
                .then_some(at)
        };
        let released = |name: &str| {
            let mut outputs = netlist.outputs.iter();
            outputs.position(|it| it.boundary == Boundary::Released && it.name == name)
        };
        let outputs = &netlist.outputs;
        Judge {
            inputs: netlist.inputs.iter().map(|it| shown(&it.name)).collect(),
            outputs: outputs.iter().map(|it| shown(&it.name)).collect(),
            outside: outputs.iter().map(|it| driven(&it.name)).collect(),
            released: outputs.iter().map(|it| released(&it.name)).collect(),
            plan,
            machine,
            printed,
            races: Races::of(netlist),
            expected: None,
            cycles: 0,
            compared: 0,
            known: 0,
            raced: 0,
            wrong: Vec::new(),
        }
    }

    /// Reads until the bench ends, or enough cycles are judged.
    ///
    /// # Errors
    /// Where a line is not one of the bench's.
    pub fn read(&mut self, output: &mut dyn Read) -> Result<(), String> {
        let mut lines = BufReader::with_capacity(1 << 20, output);
        let mut line = String::new();
        loop {
            line.clear();
            let length = lines.read_line(&mut line).map_err(|it| it.to_string())?;
            // A line without an end was cut off when the time was over.
            if length == 0 || !line.ends_with('\n') {
                return Ok(());
            }
            if line == "END\n" || self.cycles == self.plan.cycles {
                return Ok(());
            }
            // What the design prints by itself is none of ours.
            if ["S ", "D ", "C "].iter().any(|it| line.starts_with(it)) {
                self.cycle(&line)?;
            }
        }
    }

    fn cycle(&mut self, line: &str) -> Result<(), String> {
        let netlist = self.plan.netlist;
        let mut words = line.split_ascii_whitespace();
        let kind = words.next();
        let (given, continued) = (kind == Some("D"), kind == Some("C"));
        let words: Vec<&str> = words.collect();
        let ports = netlist.ports.len();
        if words.len() != ports + self.plan.registers.len() + self.plan.two_way().count() {
            return Err(format!("unreadable line {line}"));
        }
        let inputs: Vec<Bits> = self.inputs.iter().map(|&at| bits(words[at])).collect();
        let expected = self.expected.take();
        let mut effective = None;
        let mut other_order = None;
        if let Some(expected) = &expected {
            effective = Some(self.machine.under_resets(&expected.state, &inputs));
            let other = expected.other_order.as_ref();
            other_order = other.map(|state| self.machine.under_resets(state, &inputs));
        }
        let state: Vec<Bits> = (netlist.registers.iter().enumerate())
            .map(
                |(index, register)| match (self.printed[index], &mut effective) {
                    (Some(place), _) => bits(words[place]),
                    (None, Some(state)) => state[index].clone(),
                    (None, None) => Bits::unknown(register.width),
                },
            )
            .collect();
        let mut hidden = self.machine.logic_resets(&state, &inputs);
        if let Some(state) = &effective {
            hidden |= self.machine.logic_resets(state, &inputs);
        }
        if let (false, false, Some(effective)) = (given, hidden, &effective) {
            for (index, register) in netlist.registers.iter().enumerate() {
                if self.printed[index].is_none() {
                    continue;
                }
                let other = other_order.as_ref().map(|state| &state[index]);
                match other.filter(|_| self.races.readers.contains_key(&index)) {
                    Some(other)
                        if differs(&state[index], &effective[index])
                            && !differs(&state[index], other) =>
                    {
                        self.raced += 1;
                        self.compare(&register.name, &state[index], other);
                    }
                    _ => self.compare(&register.name, &state[index], &effective[index]),
                }
            }
        }
        if continued {
            // The same cycle goes on with known values.
            self.expected = expected;
            return Ok(());
        }
        let other_order = self.other_order(&state, &inputs);
        let step = self.machine.step(&state, &inputs);
        // The source has been given values that it could not keep.
        for (at, output) in netlist.outputs.iter().enumerate() {
            if (given && hidden) || output.boundary == Boundary::Released {
                continue;
            }
            let source = bits(words[self.outputs[at]]);
            let value = &step.outputs[at];
            match self.released[at] {
                Some(released) => {
                    let released = &step.outputs[released];
                    let outside = match self.outside[at] {
                        Some(place) => bits(words[place]),
                        None => Bits::unknown(value.width()),
                    };
                    let value = resolve(value, released, &outside);
                    self.compare(&output.name, &source, &value);
                }
                None => self.compare(&output.name, &source, value),
            }
        }
        self.expected = Some(Expected {
            state: step.next,
            other_order,
        });
        self.cycles += 1;
        Ok(())
    }

    /// The next state where each reader of a race runs after what it reads was assigned.
    fn other_order(&mut self, state: &[Bits], inputs: &[Bits]) -> Option<Vec<Bits>> {
        if self.races.readers.is_empty() {
            return None;
        }
        let next = self.machine.next(state, inputs);
        let mut other = next.clone();
        // Readers in one process have the same causes.
        let mut done: Vec<(&[usize], Vec<Bits>)> = Vec::new();
        for (&reader, causes) in &self.races.readers {
            let known = done.iter().position(|(of, _)| *of == causes.as_slice());
            let at = known.unwrap_or_else(|| {
                let mut assigned = state.to_vec();
                for &cause in causes {
                    assigned[cause].clone_from(&next[cause]);
                }
                done.push((causes, self.machine.next(&assigned, inputs)));
                done.len() - 1
            });
            other[reader].clone_from(&done[at].1[reader]);
        }
        Some(other)
    }

    fn compare(&mut self, name: &str, source: &Bits, netlist: &Bits) {
        let unknown = source.unknown_limbs().iter().zip(netlist.unknown_limbs());
        let unjudged: u32 = unknown.map(|(a, b)| (a | b).count_ones()).sum();
        self.known += u64::from(source.width()).saturating_sub(u64::from(unjudged));
        self.compared += u64::from(source.width());
        if differs(source, netlist) && !self.wrong.iter().any(|wrong| wrong.name == name) {
            self.wrong.push(Wrong {
                name: name.to_string(),
                cycle: self.cycles,
                source: source.to_string(),
                netlist: netlist.to_string(),
            });
        }
    }

    /// What to say where a race that has more than two orders explains every difference.
    fn race(&self) -> Option<String> {
        let registers = &self.plan.netlist.registers;
        let mut causes: Vec<&str> = Vec::new();
        for wrong in &self.wrong {
            let mut of = self.races.readers.iter();
            match of
                .find(|(reader, causes)| causes.len() > 1 && registers[**reader].name == wrong.name)
            {
                Some((_, of)) => causes.extend(of.iter().map(|&it| registers[it].name.as_str())),
                None if self.races.in_memory => {}
                None => return None,
            }
        }
        causes.sort_unstable();
        causes.dedup();
        let causes: Vec<String> = causes.iter().map(|it| format!("`{it}`")).collect();
        let (count, first) = (self.wrong.len(), &self.wrong[0]);
        Some(format!(
            "a race (E0318) decides: {count} registers that read {} at its own edge differ, first `{}` in cycle {}",
            causes.join(", "),
            first.name,
            first.cycle
        ))
    }

    /// The verdict of the run; `unseen` registers could not be printed.
    pub fn verdict(&self, simulator: &str, unseen: usize, in_time: bool) -> Check {
        let cycles = self.cycles;
        if !self.wrong.is_empty() {
            if let Some(race) = self.race() {
                return Check::Open(race);
            }
            let list: Vec<String> = (self.wrong.iter().take(LISTED))
                .map(|wrong| {
                    let Wrong {
                        name,
                        cycle,
                        source,
                        netlist,
                    } = wrong;
                    format!("`{name}` in cycle {cycle}: source {source}, netlist {netlist}")
                })
                .collect();
            let count = self.wrong.len();
            return Check::Failed(format!("{count} signals differ: {}", list.join("; ")));
        }
        if cycles < self.plan.cycles {
            let why = match in_time {
                true => "then the simulation ends",
                false => "then the limit",
            };
            return Check::Open(format!("no difference in {cycles} cycles, {why}"));
        }
        let percent = match self.compared {
            0 => 0,
            compared => self.known * 100 / compared,
        };
        if percent < LEAST_KNOWN_PERCENT {
            return Check::Open(format!("only {percent} % of the bits are known"));
        }
        let mut text = format!("{cycles}");
        if percent < 100 {
            text.push_str(&format!(", {percent} % of the bits known"));
        }
        if unseen > 0 {
            text.push_str(&format!(", {unseen} registers unseen"));
        }
        if self.raced > 0 {
            let raced = self.raced;
            text.push_str(&format!(", {raced} values by the other order of a race"));
        }
        if simulator != "Icarus" {
            text.push_str(&format!(", {simulator}"));
        }
        Check::Passed(text)
    }
}

/// Whether two values differ in a bit that both know.
fn differs(a: &Bits, b: &Bits) -> bool {
    let unknown = a.unknown_limbs().iter().zip(b.unknown_limbs());
    let values = a.value_limbs().iter().zip(b.value_limbs());
    a.width() != b.width() || (values.zip(unknown)).any(|((a, b), (x, y))| (a ^ b) & !(x | y) != 0)
}

/// A port of which the design releases bits: they have what is outside.
/// Of an output that is nothing known.
fn resolve(value: &Bits, released: &Bits, outside: &Bits) -> Bits {
    let bits = (0..value.width()).map(|at| {
        let outside = outside.bit(at);
        match released.bit(at) {
            Some(true) => outside,
            Some(false) => value.bit(at),
            None => value.bit(at).filter(|_| value.bit(at) == outside),
        }
    });
    let text: String = bits
        .map(|bit| match bit {
            Some(true) => '1',
            Some(false) => '0',
            None => 'x',
        })
        .collect();
    self::bits(&text.chars().rev().collect::<String>())
}

/// A value as `%b` prints it.
fn bits(text: &str) -> Bits {
    let width = text.len();
    let mut value = vec![0u64; width.div_ceil(64)];
    let mut unknown = vec![0u64; width.div_ceil(64)];
    for (at, byte) in text.bytes().rev().enumerate() {
        let plane = match byte {
            b'0' => continue,
            b'1' => &mut value,
            _ => &mut unknown,
        };
        plane[at / 64] |= 1 << (at % 64);
    }
    Bits::new(width as u32, &value, &unknown)
}
