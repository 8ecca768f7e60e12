//! Co-simulation: the source in a simulator, the netlist in a [`Machine`].
//!
//! In every cycle the netlist starts from the state that the simulator shows,
//! so each cycle is judged by itself: outputs in this cycle, registers in the
//! next. A bit counts where both sides know it; how many did is reported, and
//! a run in which few did is no success.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use idetic::netlist::races::{Reader, races};
use idetic::netlist::{Bits, Boundary, MemId, Netlist};

use super::bench::{self, Plan};
use super::command::{self, succeed};
use super::list::{Design, Language};
use super::machine::Machine;
use super::{Check, Options};
use crate::random::Rng;

/// Least share of bits that both sides must know, in percent.
const LEAST_KNOWN_PERCENT: u64 = 50;

/// Runs of one simulation, at most.
const MOST_RUNS: u32 = 1000;

/// Names that differ are listed up to so many.
const LISTED: usize = 4;

/// Simulates and compares.
///
/// # Errors
/// Where no simulator takes the source, or it does not end in time.
pub fn cosimulate(
    design: &Design,
    netlist: &Netlist,
    options: &Options,
    scratch: &Path,
) -> Result<Check, String> {
    if netlist.ports.is_empty() {
        return Err("no ports".to_string());
    }
    let inputs = netlist.inputs.iter().map(|input| input.boundary);
    let outputs = netlist.outputs.iter().map(|output| output.boundary);
    if inputs.chain(outputs).any(|of| of != Boundary::Port) {
        return Err("not tried: a two-way port".to_string());
    }
    let mut rng = Rng::new(1);
    let words = Machine::first_words(netlist, |width| {
        let limbs: Vec<u64> = (0..width.div_ceil(64)).map(|_| rng.next()).collect();
        Bits::new(width, &limbs, &[])
    });
    let mut machine = Machine::new(netlist, words.clone());
    let mut plan = Plan {
        netlist,
        resets: resets(netlist, &mut machine),
        registers: (0..netlist.registers.len()).collect(),
        memories: Vec::new(),
        cycles: options.cycles,
        by_task: false,
        unseeded: false,
        deposits: true,
    };
    for (at, memory) in netlist.memories.iter().enumerate() {
        if memory.init.is_none() {
            let file = scratch.join(format!("memory{at}.txt"));
            write(&file, &bench::memory_file(&words[at]))?;
            plan.memories.push((MemId(at as u32), bench::quoted(&file)));
        }
    }
    let program = compile(design, &mut plan, options, scratch)?;
    let unseen = netlist.registers.len() - plan.registers.len();
    let mut judge = Judge::new(&plan, machine);
    let deadline = Instant::now() + options.limit;
    // A design that calls `$finish` by itself is run again from other values.
    while judge.cycles < plan.cycles && judge.runs < MOST_RUNS && judge.wrong.is_empty() {
        judge.start(Machine::new(netlist, words.clone()));
        let mut run = program.command();
        run.arg(format!("+idetic_seed={}", judge.runs));
        if let Program::Verilator(_) = program {
            run.arg(format!("+verilator+seed+{}", judge.runs));
        }
        run.current_dir(design.cwd.as_deref().unwrap_or(scratch));
        let left = deadline.saturating_duration_since(Instant::now());
        let before = judge.cycles;
        command::stream(&mut run, left, |output| judge.read(output))?;
        if judge.cycles == before {
            break;
        }
    }
    let in_time = Instant::now() < deadline;
    Ok(judge.verdict(program.name(), unseen, in_time))
}

/// The registers on which a race in the source decides ([`races`]), the
/// register that makes it, and whether what a memory holds depends on one.
fn racing(netlist: &Netlist) -> (Vec<(String, String)>, bool) {
    let mut in_memory = false;
    let mut registers = Vec::new();
    for race in races(netlist) {
        let cause = &netlist.registers[race.register.index()].name;
        match race.reader {
            Reader::Register(id) => {
                let reader = netlist.registers[id.index()].name.clone();
                registers.push((reader, cause.clone()));
            }
            Reader::Memory(_) => in_memory = true,
        }
    }
    (registers, in_memory)
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))
}

/// A simulation that is ready to run.
enum Program {
    Icarus(PathBuf),
    Verilator(PathBuf),
}

impl Program {
    fn name(&self) -> &'static str {
        match self {
            Program::Icarus(_) => "Icarus",
            Program::Verilator(_) => "Verilator",
        }
    }

    fn command(&self) -> Command {
        match self {
            Program::Icarus(path) => {
                let mut command = Command::new("vvp");
                command.arg("-n").arg(path);
                command
            }
            Program::Verilator(path) => Command::new(path),
        }
    }
}

/// Compiles the bench with the source; leaves registers out of it that the
/// simulator has no name for. What Icarus does not read is for Verilator.
fn compile(
    design: &Design,
    plan: &mut Plan<'_>,
    options: &Options,
    scratch: &Path,
) -> Result<Program, String> {
    let bench = scratch.join("bench.v");
    let program = scratch.join("bench.vvp");
    loop {
        write(&bench, &plan.text(design))?;
        let mut icarus = Command::new("iverilog");
        icarus.arg(match design.lang {
            Language::Verilog => "-g2005",
            Language::SystemVerilog => "-g2012",
        });
        icarus.args(["-Wno-timescale", "-s", bench::NAME, "-o"]);
        icarus.arg(&program).args(design.flags());
        icarus.arg(&bench).args(&design.files);
        icarus.current_dir(design.cwd.as_deref().unwrap_or(scratch));
        let ended = command::run(&mut icarus, options.limit, scratch)?;
        let ended = ended.ok_or("iverilog does not end in time")?;
        if ended.code == Some(0) {
            return Ok(Program::Icarus(program));
        }
        let netlist = plan.netlist;
        let before = plan.registers.len();
        let quoted = |name: &str| format!("`dut.{name}'");
        plan.registers.retain(|&index| {
            let name = &netlist.registers[index].name;
            let whole = name.split('[').next().unwrap_or(name);
            let said = &ended.stderr;
            !said.contains(&quoted(name)) && !said.contains(&quoted(whole))
        });
        if plan.registers.len() == before && !plan.by_task {
            // An enumeration takes no number by assignment.
            plan.by_task = true;
        } else if plan.registers.len() == before {
            return verilate(design, plan, options, scratch);
        }
    }
}

/// Like [`compile`], by Verilator: it has no `$deposit` and needs none, and
/// `$random(seed)` is always the same there.
fn verilate(
    design: &Design,
    plan: &mut Plan<'_>,
    options: &Options,
    scratch: &Path,
) -> Result<Program, String> {
    plan.registers = (0..plan.netlist.registers.len()).collect();
    plan.by_task = false;
    plan.unseeded = true;
    // Verilator 5.006 does not see that an element of an unpacked array has been
    // assigned by another module: what depends on it would keep its value.
    let mut registers = plan.netlist.registers.iter();
    plan.deposits = !registers.any(|register| register.name.ends_with(']'));
    loop {
        let error = match verilate_as_is(design, plan, options, scratch) {
            Ok(program) => return Ok(program),
            Err(error) => error,
        };
        let netlist = plan.netlist;
        let before = plan.registers.len();
        plan.registers.retain(|&index| {
            let name = &netlist.registers[index].name;
            let whole = name.split('[').next().unwrap_or(name);
            !error.contains(&format!("dut.{whole}'")) && !error.contains(&format!("dut.{name}'"))
        });
        if plan.registers.len() == before {
            return Err(error);
        }
    }
}

fn verilate_as_is(
    design: &Design,
    plan: &Plan<'_>,
    options: &Options,
    scratch: &Path,
) -> Result<Program, String> {
    let bench = scratch.join("bench.v");
    write(&bench, &plan.text(design))?;
    let folder = scratch.join("verilated");
    let mut verilator = Command::new("verilator");
    verilator.args(["--binary", "-Wno-fatal", "-Wno-lint"]);
    // The bench assigns registers of the design by `=`, enumerations among them.
    verilator.args(["-Wno-ENUMVALUE", "-Wno-BLKANDNBLK"]);
    verilator.args(["--top-module", bench::NAME, "-o", "bench", "--Mdir"]);
    verilator.arg(&folder).args(design.flags());
    if design.lang == Language::Verilog {
        verilator.args(["--default-language", "1364-2005"]);
    }
    verilator.arg(&bench).args(&design.files);
    verilator.current_dir(design.cwd.as_deref().unwrap_or(scratch));
    succeed(&mut verilator, options.limit, scratch)?;
    Ok(Program::Verilator(folder.join("bench")))
}

/// The inputs that reset: the asynchronous resets, and of the others the one
/// bit that makes most registers known whatever the state was.
fn resets(netlist: &Netlist, machine: &mut Machine<'_>) -> Vec<(String, bool)> {
    let mut resets: Vec<(String, bool)> = Vec::new();
    for reset in netlist.registers.iter().flat_map(|it| &it.async_resets) {
        if !resets.iter().any(|(port, _)| *port == reset.port.0) {
            resets.push(reset.port.clone());
        }
    }
    if !resets.is_empty() {
        return resets;
    }
    let state: Vec<Bits> = (netlist.registers.iter())
        .map(|register| Bits::unknown(register.width))
        .collect();
    let mut known = |input: Option<(usize, bool)>| -> u64 {
        let values = netlist
            .inputs
            .iter()
            .enumerate()
            .map(|(at, it)| match input {
                Some((this, high)) if this == at => Bits::from_u64(1, u64::from(high)),
                _ => Bits::unknown(it.width),
            });
        let values: Vec<Bits> = values.collect();
        machine.next(&state, &values).iter().map(known_bits).sum()
    };
    let before = known(None);
    let mut best: Option<(u64, String, bool)> = None;
    for (at, input) in netlist.inputs.iter().enumerate() {
        for high in [true, false] {
            if input.width != 1 {
                continue;
            }
            let count = known(Some((at, high)));
            if count > best.as_ref().map_or(before, |(count, ..)| *count) {
                best = Some((count, input.name.clone(), high));
            }
        }
    }
    resets.extend(best.map(|(_, name, high)| (name, high)));
    resets
}

fn known_bits(bits: &Bits) -> u64 {
    let unknown: u32 = bits
        .unknown_limbs()
        .iter()
        .map(|limb| limb.count_ones())
        .sum();
    u64::from(bits.width() - unknown)
}

/// Reads what the bench prints and compares.
struct Judge<'a> {
    plan: &'a Plan<'a>,
    machine: Machine<'a>,
    /// Per input of the netlist, then per output, its port.
    inputs: Vec<usize>,
    outputs: Vec<usize>,
    /// Per register its place among those printed.
    printed: Vec<Option<usize>>,
    /// The state that the netlist is in now, before resets; none at first.
    expected: Option<Vec<Bits>>,
    cycles: u32,
    compared: u64,
    known: u64,
    wrong: Vec<Wrong>,
    runs: u32,
}

/// A value that differs.
struct Wrong {
    name: String,
    cycle: u32,
    source: String,
    netlist: String,
}

impl<'a> Judge<'a> {
    fn new(plan: &'a Plan<'a>, machine: Machine<'a>) -> Judge<'a> {
        let netlist = plan.netlist;
        let port = |name: &str| {
            let mut ports = netlist.ports.iter();
            let found = ports.position(|port| port.name == name);
            found.expect("inputs and outputs are ports")
        };
        let mut printed = vec![None; netlist.registers.len()];
        for (place, &index) in plan.registers.iter().enumerate() {
            printed[index] = Some(place);
        }
        Judge {
            inputs: netlist.inputs.iter().map(|it| port(&it.name)).collect(),
            outputs: netlist.outputs.iter().map(|it| port(&it.name)).collect(),
            plan,
            machine,
            printed,
            expected: None,
            cycles: 0,
            compared: 0,
            known: 0,
            wrong: Vec::new(),
            runs: 0,
        }
    }

    /// Another run begins, with these memories.
    fn start(&mut self, machine: Machine<'a>) {
        self.machine = machine;
        self.expected = None;
        self.runs += 1;
    }

    fn read(&mut self, output: &mut dyn Read) -> Result<(), String> {
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
        if words.len() != ports + self.plan.registers.len() {
            return Err(format!("unreadable line {line}"));
        }
        let inputs: Vec<Bits> = self.inputs.iter().map(|&at| bits(words[at])).collect();
        let expected = self.expected.take();
        let mut effective = expected
            .as_ref()
            .map(|state| self.machine.under_resets(state, &inputs));
        let state: Vec<Bits> = (netlist.registers.iter().enumerate())
            .map(
                |(index, register)| match (self.printed[index], &mut effective) {
                    (Some(place), _) => bits(words[ports + place]),
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
                if self.printed[index].is_some() {
                    self.compare(&register.name, &state[index], &effective[index]);
                }
            }
        }
        if continued {
            // The same cycle goes on with known values.
            self.expected = expected;
            return Ok(());
        }
        let step = self.machine.step(&state, &inputs);
        // The source has been given values that it could not keep.
        let outputs = netlist.outputs.iter().enumerate();
        for (at, output) in outputs.filter(|_| !(given && hidden)) {
            let source = bits(words[self.outputs[at]]);
            self.compare(&output.name, &source, &step.outputs[at]);
        }
        self.expected = Some(step.next);
        self.cycles += 1;
        Ok(())
    }

    fn compare(&mut self, name: &str, source: &Bits, netlist: &Bits) {
        let mut unjudged = 0;
        let mut differs = source.width() != netlist.width();
        for at in 0..source.value_limbs().len().min(netlist.value_limbs().len()) {
            let unknown = source.unknown_limbs()[at] | netlist.unknown_limbs()[at];
            let different = source.value_limbs()[at] ^ netlist.value_limbs()[at];
            differs |= different & !unknown != 0;
            unjudged += u64::from(unknown.count_ones());
        }
        self.known += u64::from(source.width()).saturating_sub(unjudged);
        self.compared += u64::from(source.width());
        if differs && !self.wrong.iter().any(|wrong| wrong.name == name) {
            self.wrong.push(Wrong {
                name: name.to_string(),
                cycle: self.cycles,
                source: source.to_string(),
                netlist: netlist.to_string(),
            });
        }
    }

    /// What to say where a race in the source explains every difference.
    fn race(&self) -> Option<String> {
        let (registers, in_memory) = racing(self.plan.netlist);
        let mut causes: Vec<&str> = Vec::new();
        for wrong in &self.wrong {
            let mut of = registers.iter().filter(|(reader, _)| *reader == wrong.name);
            match of.next() {
                Some((_, cause)) => causes.push(cause),
                None if in_memory => {}
                None => return None,
            }
        }
        causes.sort_unstable();
        causes.dedup();
        let (count, first) = (self.wrong.len(), &self.wrong[0]);
        Some(format!(
            "a race (E0318) decides: {count} registers that read {} at its own edge differ, first `{}` in cycle {}",
            causes
                .iter()
                .map(|it| format!("`{it}`"))
                .collect::<Vec<_>>()
                .join(", "),
            first.name,
            first.cycle
        ))
    }

    fn verdict(&self, simulator: &str, unseen: usize, in_time: bool) -> Check {
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
        if cycles < self.plan.cycles && !in_time {
            return Check::Open(format!("no difference in {cycles} cycles, then the limit"));
        }
        if cycles < self.plan.cycles {
            let runs = self.runs;
            let text =
                format!("no difference in {cycles} cycles of {runs} runs, which the design ends");
            return Check::Open(text);
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
        if self.runs > 1 {
            text.push_str(&format!(", {} runs", self.runs));
        }
        if simulator != "Icarus" {
            text.push_str(&format!(", {simulator}"));
        }
        Check::Passed(text)
    }
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
