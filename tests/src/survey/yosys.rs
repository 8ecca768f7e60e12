//! The registers of the netlist against those that Yosys finds after
//! `proc; flatten`, by name and width.
//!
//! Every register of the netlist must be flip-flops (or a word of a memory) of
//! that name there. Flip-flops that only Yosys has must be ones that its own
//! `opt` removes, as nothing that leaves the design depends on them.
//!
//! Yosys puts `genblk1` into the names below an `else if` of a generate
//! construct, where there is no scope (IEEE 1364-2005, 12.4.2). So a name that it
//! does not have is also sought with such parts left out on both sides, and
//! holds where only one is like it.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use idetic::netlist::{Netlist, Register};
use serde_json::Value;

use super::Check;
use super::command::succeed;
use super::list::{Design, Language};

/// Names that differ are listed up to so many.
const LISTED: usize = 6;

/// The commands that read a design and make flip-flops of its processes.
pub fn read_commands(design: &Design) -> String {
    let mut text = String::from("read_verilog");
    if design.lang == Language::SystemVerilog {
        text.push_str(" -sv");
    }
    for flag in design.flags() {
        // In quotes it would be the name of a file.
        text.push_str(&format!(" {flag}"));
    }
    for file in design.yosys_files.as_ref().unwrap_or(&design.files) {
        text.push_str(&format!(" \"{}\"", file.display()));
    }
    format!("{text}\nhierarchy -top {}\nproc\nflatten\n", design.top)
}

/// Runs a script; returns what it printed.
///
/// # Errors
/// Where Yosys fails or does not end in time.
pub fn run(
    design: &Design,
    script: &str,
    limit: Duration,
    scratch: &Path,
) -> Result<String, String> {
    let file = scratch.join("script.ys");
    fs::write(&file, script).map_err(|error| error.to_string())?;
    let mut yosys = Command::new("yosys");
    yosys.args(["-Q", "-T", "-s"]).arg(&file);
    yosys.current_dir(design.cwd.as_deref().unwrap_or(scratch));
    succeed(&mut yosys, limit, scratch).map(|ended| ended.stdout)
}

/// Compares names and widths.
///
/// # Errors
/// Where Yosys does not read the design.
pub fn registers(
    design: &Design,
    netlist: &Netlist,
    limit: Duration,
    scratch: &Path,
) -> Result<Check, String> {
    let (all, needed) = (scratch.join("all.json"), scratch.join("needed.json"));
    let script = format!(
        "{}write_json {}\nopt\nwrite_json {}\n",
        read_commands(design),
        all.display(),
        needed.display()
    );
    run(design, &script, limit, scratch)?;
    let (all, needed) = (Module::read(&all)?, Module::read(&needed)?);
    let mut ours: HashSet<u64> = HashSet::new();
    let mut in_memories = 0;
    let mut wrong = Vec::new();
    for register in &netlist.registers {
        match all.bits_of(register) {
            Some(Found::Bits(bits)) => {
                let flops = bits.iter().flatten().filter(|bit| all.flops.contains(bit));
                if bits.len() != register.width as usize || flops.count() != bits.len() {
                    wrong.push(format!("`{}` is no register of Yosys", register.name));
                }
                ours.extend(bits.into_iter().flatten());
            }
            Some(Found::Memory) => in_memories += u64::from(register.width),
            None => wrong.push(format!("Yosys has no `{}`", register.name)),
        }
    }
    for memory in &netlist.memories {
        let expected = (u64::from(memory.width), u64::from(memory.depth));
        if all.memories.get(all.name_of(&memory.name)) == Some(&expected) {
            continue;
        }
        // Of one that is written at constant places only Yosys makes registers.
        let words = all.words_of(&memory.name);
        let as_wide = words.iter().filter(|bits| bits.len() as u64 == expected.0);
        match as_wide.count() as u64 == expected.1 {
            true => ours.extend(words.into_iter().flatten().flatten().copied()),
            false => wrong.push(format!("Yosys has no such memory `{}`", memory.name)),
        }
    }
    // A bit that `opt` keeps goes by several names; one of ours among them is enough.
    let mut lacking: HashSet<&str> = HashSet::new();
    for (&bit, names) in &needed.names_of {
        if !needed.flops.contains(&bit) {
            continue;
        }
        let before: Vec<(&str, u64)> = (names.iter())
            .filter_map(|(name, at)| {
                let net = all.nets.get(name)?;
                Some((name.as_str(), (*net.bits.get(*at)?)?))
            })
            .collect();
        if let Some((name, _)) = before.first()
            && !before.iter().any(|(_, bit)| ours.contains(bit))
        {
            lacking.insert(name);
        }
    }
    let mut lacking: Vec<&str> = lacking.into_iter().collect();
    lacking.sort_unstable();
    wrong.extend(
        lacking
            .iter()
            .map(|name| format!("`{name}` is missing in the netlist")),
    );
    if !wrong.is_empty() {
        let count = wrong.len();
        wrong.truncate(LISTED);
        return Ok(Check::Failed(format!("{count}: {}", wrong.join("; "))));
    }
    let mut text = format!("{} bits", ours.len());
    if in_memories > 0 {
        text.push_str(&format!(", {in_memories} in memories"));
    }
    let unused = all.flops.difference(&ours).count();
    if unused > 0 {
        text.push_str(&format!(", {unused} unused"));
    }
    Ok(Check::Passed(text))
}

/// A named net.
struct Net {
    /// Per bit its number; `None` for a constant.
    bits: Vec<Option<u64>>,
    offset: i64,
    upto: bool,
}

/// What Yosys writes about the one module that is left.
struct Module {
    nets: HashMap<String, Net>,
    /// Public and private names of a bit.
    names_of: HashMap<u64, Vec<(String, usize)>>,
    /// Bits that flip-flops drive.
    flops: HashSet<u64>,
    /// Width and depth by name.
    memories: HashMap<String, (u64, u64)>,
    /// Names without parts as `genblk1`, and the one name that has them; `None` for several.
    short: HashMap<String, Option<String>>,
}

/// A hierarchical name without the parts that unnamed generate blocks give it.
fn shortened(name: &str) -> String {
    let unnamed = |part: &&str| {
        let number = part.strip_prefix("genblk");
        number.is_some_and(|it| !it.is_empty() && it.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let parts: Vec<&str> = name.split('.').filter(|part| !unnamed(part)).collect();
    parts.join(".")
}

enum Found {
    Bits(Vec<Option<u64>>),
    Memory,
}

impl Module {
    fn read(path: &Path) -> Result<Module, String> {
        let text = fs::read(path).map_err(|error| error.to_string())?;
        let json: Value = serde_json::from_slice(&text).map_err(|error| error.to_string())?;
        let modules = json["modules"].as_object();
        let is_top = |module: &&Value| !module["attributes"]["top"].is_null();
        let module = modules.and_then(|modules| modules.values().find(is_top));
        let module = module.ok_or("Yosys wrote no top module")?;
        let none = serde_json::Map::new();
        let part = |key: &str| module[key].as_object().unwrap_or(&none);
        let numbers = |bits: &Value| -> Vec<Option<u64>> {
            let bits = bits.as_array().into_iter().flatten();
            bits.map(Value::as_u64).collect()
        };
        let mut nets = HashMap::new();
        let mut names_of: HashMap<u64, Vec<(String, usize)>> = HashMap::new();
        for (name, net) in part("netnames") {
            let bits = numbers(&net["bits"]);
            for (at, bit) in bits.iter().enumerate() {
                if let Some(bit) = bit {
                    names_of.entry(*bit).or_default().push((name.clone(), at));
                }
            }
            let net = Net {
                bits,
                offset: net["offset"].as_i64().unwrap_or(0),
                upto: net["upto"].as_u64() == Some(1),
            };
            nets.insert(name.clone(), net);
        }
        let flops = (part("cells").values())
            .filter(|cell| {
                let kind = cell["type"].as_str().unwrap_or_default();
                kind.starts_with('$') && kind.contains("ff")
            })
            .flat_map(|cell| numbers(&cell["connections"]["Q"]))
            .flatten()
            .collect();
        let memories: HashMap<String, (u64, u64)> = (part("memories").iter())
            .map(|(name, memory)| {
                let of = |key: &str| memory[key].as_u64().unwrap_or(0);
                (name.clone(), (of("width"), of("size")))
            })
            .collect();
        let mut short: HashMap<String, Option<String>> = HashMap::new();
        let names = nets.keys().filter(|name| !memories.contains_key(*name));
        for name in names.chain(memories.keys()) {
            short
                .entry(shortened(name))
                .and_modify(|found| *found = None)
                .or_insert_with(|| Some(name.clone()));
        }
        Ok(Module {
            nets,
            names_of,
            flops,
            memories,
            short,
        })
    }

    /// What Yosys calls a net or memory.
    fn name_of<'a>(&'a self, name: &'a str) -> &'a str {
        if self.nets.contains_key(name) || self.memories.contains_key(name) {
            return name;
        }
        let found = self.short.get(&shortened(name));
        found.and_then(Option::as_deref).unwrap_or(name)
    }

    /// The nets that are called like words of an array.
    fn words_of(&self, array: &str) -> Vec<&[Option<u64>]> {
        let is_word = |name: &str| {
            let index = name.strip_prefix(array).and_then(|it| it.strip_prefix('['));
            let index = index.and_then(|it| it.strip_suffix(']'));
            index.is_some_and(|index| index.parse::<i64>().is_ok())
        };
        let words = self.nets.iter().filter(|(name, _)| is_word(name));
        words.map(|(_, net)| net.bits.as_slice()).collect()
    }

    /// Where a register of the netlist is, by its name.
    fn bits_of(&self, register: &Register) -> Option<Found> {
        let name = register.name.as_str();
        if let Some(net) = self.nets.get(self.name_of(name)) {
            return Some(Found::Bits(net.bits.clone()));
        }
        let (base, select) = name.strip_suffix(']')?.rsplit_once('[')?;
        let base = self.name_of(base);
        if let Some(net) = self.nets.get(base) {
            let (left, right) = select.split_once(':').unwrap_or((select, select));
            let (left, right): (i64, i64) = (left.parse().ok()?, right.parse().ok()?);
            let place = |index: i64| {
                let from = index - net.offset;
                let at = match net.upto {
                    true => net.bits.len() as i64 - 1 - from,
                    false => from,
                };
                usize::try_from(at).ok()
            };
            let (a, b) = (place(left)?, place(right)?);
            let bits = net.bits.get(a.min(b)..=a.max(b))?;
            return Some(Found::Bits(bits.to_vec()));
        }
        // An element of an array, or a part of one.
        let array = |name: &str| self.memories.contains_key(self.name_of(name));
        let outer = base.rsplit_once('[').map(|(outer, _)| outer);
        (array(base) || outer.is_some_and(array)).then_some(Found::Memory)
    }
}
