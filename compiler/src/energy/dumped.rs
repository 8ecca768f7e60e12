//! Where a waveform has the registers, the inputs and the words of a design.
//!
//! Variables are found by name below the scope of the design: registers in the scopes of their
//! instances and blocks, inputs in the scope itself. Where no scope is given it is the one that
//! has the clock, all inputs, all control registers, and most of the others.
//!
//! Elements of arrays are variables of their own, if they are in the file at all: Verilator writes `mem[0]`, Icarus (when it is
//! asked for them) the escaped name `\mem[0]`.

use std::cmp::Reverse;

use rustc_hash::FxHashMap;
use wellen::{Hierarchy, SignalRef, Var};

use crate::control::ControlGraph;
use crate::netlist::{BitNaming, Netlist, Origin, RegId};

use super::waveform::{Problem, Waveform};

/// A value in the file and what of it is looked for.
pub(super) struct Tracked {
    pub(super) signal: SignalRef,
    /// Lowest bit of it.
    pub(super) low: u32,
    pub(super) width: u32,
}

/// Where the values of a design are in a file.
pub(super) struct Dumped {
    pub(super) scope: String,
    pub(super) clock: Option<SignalRef>,
    pub(super) registers: Vec<Option<Tracked>>,
    pub(super) inputs: Vec<Option<Tracked>>,
    /// Words of memories, by memory and row.
    pub(super) words: Vec<(usize, usize, Tracked)>,
    /// Names of what has to be there and is not.
    missing: Vec<String>,
}

/// The design in a file.
pub(super) fn find(
    waveform: &Waveform,
    hierarchy: &Hierarchy,
    netlist: &Netlist,
    graph: &ControlGraph,
) -> Result<Dumped, Problem> {
    let variables = Variables::new(hierarchy);
    let mut scopes = Vec::new();
    for scope in hierarchy.all_scopes() {
        scopes.push(hierarchy[scope].full_name(hierarchy));
    }
    let in_scope = |scope: &str| in_scope(scope, &variables, netlist, graph);
    let with_words = |found: Dumped| Dumped {
        words: words(&found.scope, &variables, netlist),
        ..found
    };
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
            None => Ok(with_words(found)),
            Some(name) => problem(
                format!("the waveform has no `{name}` in `{scope}`"),
                "name the scope of the top module, and dump all that is in it: $dumpvars(0, …)"
                    .to_string(),
            ),
        };
    }
    let candidates: Vec<Dumped> = scopes.iter().map(|scope| in_scope(scope)).collect();
    // A testbench has signals of these names, too, but not the registers.
    let registers = |found: &Dumped| found.registers.iter().flatten().count();
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
        Some(found) if found.missing.is_empty() => Ok(with_words(found)),
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

/// The variables of a file by their names.
struct Variables<'a>(FxHashMap<String, &'a Var>);

impl<'a> Variables<'a> {
    fn new(hierarchy: &'a Hierarchy) -> Variables<'a> {
        let mut variables: FxHashMap<String, &Var> = FxHashMap::default();
        for variable in hierarchy.all_vars() {
            let variable = &hierarchy[variable];
            let name = plain(&variable.full_name(hierarchy));
            // An element of one bit is taken for a bit of the variable.
            let bit = variable
                .index()
                .filter(|_| variable.length(hierarchy) == Some(1));
            if let Some(bit) = bit {
                variables.insert(format!("{name}.[{}]", bit.lsb()), variable);
            }
            variables.insert(name, variable);
        }
        Variables(variables)
    }

    /// A variable by the parts of its name.
    fn named(&self, path: &[&str]) -> Option<&'a Var> {
        self.0.get(&plain(&path.join("."))).copied()
    }

    /// What holds bits that are assigned as `target`, a name with selects of elements and bits, and the select that
    /// is left for the bits. `path` ends with the name.
    fn of_target<'t>(&self, path: &[&str], target: &'t str) -> Option<(&'a Var, &'t str)> {
        let selects = target.strip_prefix(*path.last()?)?;
        let mut ends: Vec<usize> = selects.match_indices(']').map(|(at, _)| at + 1).collect();
        ends.insert(0, 0);
        // As many elements as the file tells apart.
        ends.into_iter().rev().find_map(|end| {
            let elements = selects[..end].replace("][", "].[");
            let path: Vec<&str> = match elements.is_empty() {
                true => path.to_vec(),
                false => [path, &[&elements]].concat(),
            };
            Some((self.named(&path)?, &selects[end..]))
        })
    }
}

/// A name without what marks escaped ones.
fn plain(name: &str) -> String {
    let name = name.replace(".\\", ".");
    name.strip_prefix('\\').unwrap_or(&name).to_string()
}

/// The scopes that lead to what is declared at a place of the design, from that of the top module on.
fn path<'a>(scope: &'a str, netlist: &'a Netlist, origin: &'a Origin) -> Vec<&'a str> {
    let mut path = vec![scope];
    let instance = &netlist.instances[origin.instance.index()];
    path.extend(instance.path.split('.').filter(|part| !part.is_empty()));
    path.extend(origin.scope_path.iter().map(|part| &**part));
    path.push(&origin.variable);
    path
}

/// What a scope has of the design.
fn in_scope(scope: &str, variables: &Variables, netlist: &Netlist, graph: &ControlGraph) -> Dumped {
    let named = |name: &str| variables.named(&[scope, name]);
    let mut missing = Vec::new();
    let clock = netlist.clock().map_or("", |clock| clock.port.as_str());
    let clock_signal = named(clock).map(|variable| variable.signal_ref());
    if clock_signal.is_none() {
        missing.push(clock.to_string());
    }
    let registers = netlist
        .registers
        .iter()
        .enumerate()
        .map(|(index, register)| {
            let origin = &register.origin;
            let path = path(scope, netlist, origin);
            let found = variables.of_target(&path, &origin.target);
            let tracked = found.and_then(|(variable, bits)| {
                Some(Tracked {
                    signal: variable.signal_ref(),
                    low: lowest(variable, origin, bits)?,
                    width: register.width,
                })
            });
            if tracked.is_none() && graph.registers.contains(&RegId(index as u32)) {
                missing.push(register.name.clone());
            }
            tracked
        });
    let registers = registers.collect();
    let inputs = netlist.inputs.iter().map(|input| {
        let variable = named(&input.name);
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
    Dumped {
        scope: scope.to_string(),
        clock: clock_signal,
        registers,
        inputs,
        words: Vec::new(),
        missing,
    }
}

/// The lowest bit of a variable that belongs to a register, which is assigned with this select of its bits.
fn lowest(variable: &Var, origin: &Origin, bits: &str) -> Option<u32> {
    if bits.is_empty() {
        return Some(0);
    }
    match (variable.index(), origin.bits) {
        (Some(index), BitNaming::Vector { lsb, descending }) => {
            let from = match descending {
                true => lsb - index.lsb(),
                false => index.lsb() - lsb,
            };
            u32::try_from(from).ok()
        }
        _ => None,
    }
}

/// The words of memories that a file has. Those of several dimensions are not looked for: their rows have no index of
/// their own in the source.
fn words(scope: &str, variables: &Variables, netlist: &Netlist) -> Vec<(usize, usize, Tracked)> {
    let mut words = Vec::new();
    for (at, memory) in netlist.memories.iter().enumerate() {
        let Some(first) = memory.first_index.filter(|_| !memory.writes.is_empty()) else {
            continue;
        };
        let path = path(scope, netlist, &memory.origin);
        let found = (0..memory.depth as usize).filter_map(|row| {
            let index = format!("[{}]", first + row as i64);
            let variable = variables.named(&[&path[..], &[&index]].concat())?;
            let tracked = Tracked {
                signal: variable.signal_ref(),
                low: 0,
                width: memory.width,
            };
            Some((at, row, tracked))
        });
        words.extend(found);
    }
    words
}

impl Dumped {
    /// All that is looked for, with its width: registers, inputs, words.
    pub(super) fn all<'a>(
        &'a self,
        netlist: &'a Netlist,
    ) -> impl Iterator<Item = (u32, Option<&'a Tracked>)> + 'a {
        let widths = netlist.registers.iter().map(|register| register.width);
        let widths = widths.chain(netlist.inputs.iter().map(|input| input.width));
        let single = self.registers.iter().chain(&self.inputs);
        let words = self
            .words
            .iter()
            .map(|(_, _, word)| (word.width, Some(word)));
        widths.zip(single.map(Option::as_ref)).chain(words)
    }

    /// The names of registers that are not in the file, and of memories that are written and have words that are not.
    pub(super) fn left_out(&self, netlist: &Netlist) -> Vec<String> {
        let registers = netlist.registers.iter().zip(&self.registers);
        let registers = registers.filter(|(_, tracked)| tracked.is_none());
        let memories = netlist.memories.iter().enumerate();
        let memories = memories.filter(|(at, memory)| {
            let dumped = self.words.iter().filter(|(of, _, _)| of == at).count();
            !memory.writes.is_empty() && dumped < memory.depth as usize
        });
        let names = registers.map(|(register, _)| register.name.clone());
        names
            .chain(memories.map(|(_, memory)| memory.name.clone()))
            .collect()
    }
}
