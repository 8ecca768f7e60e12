//! Co-simulation: the source in a simulator beside the netlist, which a [`Judge`] runs.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use idetic::netlist::{Bits, Boundary, MemId, Netlist};

use super::bench::{self, Plan};
use super::command::{self, succeed};
use super::judge::Judge;
use super::list::{Design, Language};
use super::quiet::quiet;
use super::{Check, Options};
use crate::random::Rng;
use idetic::netlist::machine::Machine;

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
    if inputs
        .chain(outputs)
        .any(|of| !matches!(of, Boundary::Port | Boundary::Released))
    {
        return Err("not tried: another clock or a black box".to_string());
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
        by_force: false,
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
    let quiet = quiet(design, scratch)?;
    // `$fatal` outside of processes is no call, and has no other name.
    let program = match quiet.map(|quiet| compile(&quiet, &mut plan, options, scratch)) {
        Some(Ok(program)) => program,
        _ => compile(design, &mut plan, options, scratch)?,
    };
    let unseen = netlist.registers.len() - plan.registers.len();
    let mut judge = Judge::new(&plan, machine);
    let deadline = Instant::now() + options.limit;
    let mut run = program.command();
    run.current_dir(design.cwd.as_deref().unwrap_or(scratch));
    command::stream(&mut run, options.limit, |output| judge.read(output))?;
    let in_time = Instant::now() < deadline;
    Ok(judge.verdict(program.name(), unseen, in_time))
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
        if plan.registers.len() == before && !plan.by_force {
            // An enumeration takes no number by assignment.
            plan.by_force = true;
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
    plan.by_force = false;
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
