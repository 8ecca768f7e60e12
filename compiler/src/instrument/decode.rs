//! Recognising checkpoints, and their live words, in the wrapper.
//!
//! A checkpoint is recognised by the facts of its state: the control bits
//! that are known in it, which are live; and by the other bits that it gives. What holds in a state follows from its
//! facts, so where the facts of two states hold at once the design may be saved
//! as either, and the first checkpoint whose condition holds is a right one.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;
use serde::Serialize;

use crate::control::ControlGraph;
use crate::layout::Layout;
use crate::liveness::{BitSet, Liveness, Verilog};
use crate::netlist::{InputId, Netlist, RegId};
use crate::plan::{Checkpoint, Plan};

use super::names::identifier;
use super::text;
use super::tree::Tree;

/// The registers that the wrapper must see, in netlist order: those with a bit that
/// tells some checkpoint, or is compared in it; and those that a restore derives bits from.
pub fn observed_control(
    graph: &ControlGraph,
    liveness: &Liveness,
    plan: &Plan,
    layout: &Layout,
) -> Vec<RegId> {
    let mut told: BTreeSet<RegId> = BTreeSet::new();
    for checkpoint in &plan.checkpoints {
        let facts = facts(graph, liveness, checkpoint);
        let bits = facts.iter().flat_map(|told| told.keys());
        told.extend(bits.map(|&(register, _)| register));
        for (&bit, is) in &checkpoint.derived {
            let compared = is.sources().into_iter().chain([bit]);
            told.extend(compared.map(|number| liveness.bits.bit(number).0));
        }
    }
    let derived = layout.derived.iter().flatten();
    let places = derived.flat_map(|bit| bit.is.sources());
    told.extend(places.filter_map(|place| layout.chain.get(place).map(|it| it.0)));
    told.into_iter().collect()
}

/// Bits with their values.
type Told = BTreeMap<(RegId, u32), bool>;

/// The bits that tell a checkpoint: those known in its state, and live; and the other
/// bits that it gives, without which a save in it would be wrong.
fn facts(graph: &ControlGraph, liveness: &Liveness, checkpoint: &Checkpoint) -> [Told; 2] {
    let given = &checkpoint.given;
    let state = &graph.states[checkpoint.state.index()];
    let registers = graph.registers.iter().zip(&state.values);
    let known = registers.flat_map(|(&register, value)| {
        (0..value.width()).filter_map(move |bit| {
            let number = liveness.bits.of(register, bit);
            let live = given.value(number).is_some() || checkpoint.saved.contains(number);
            Some(((register, bit), value.bit(bit).filter(|_| live)?))
        })
    });
    let known: Told = known.collect();
    let others = given.bits().iter().filter_map(|number| {
        let bit = liveness.bits.bit(number);
        Some((bit, given.value(number)?))
    });
    let others = others.filter(|(bit, _)| !known.contains_key(bit)).collect();
    [known, others]
}

/// The wrapper's function that takes an unknown difference for none: in simulation a bit
/// can be unknown that is constant in silicon, and an unknown bit may have any value.
pub const DIFFERS: &str = "idetic_differs";

/// The wrapper's function that makes of an unknown bit what a save stores for it.
pub const STORED: &str = "idetic_stored";

/// One branch of the decoder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Branch {
    /// Index of the checkpoint in the plan.
    pub index: usize,
    /// Name of its state.
    pub name: String,
    /// Verilog condition over `idetic_control`; `None` is always true.
    pub condition: Option<String>,
}

/// The branches in order of priority; none follows one that is always true.
pub fn branches(
    netlist: &Netlist,
    graph: &ControlGraph,
    liveness: &Liveness,
    plan: &Plan,
    tree: &Tree,
) -> Vec<Branch> {
    let mut out = Vec::new();
    let mut seen = BTreeSet::new();
    for (index, checkpoint) in plan.checkpoints.iter().enumerate() {
        let condition = condition(netlist, graph, liveness, checkpoint, tree);
        if !seen.insert(condition.clone()) {
            continue;
        }
        let last = condition.is_none();
        out.push(Branch {
            index,
            name: graph.states[checkpoint.state.index()]
                .name
                .replace(['\n', '\r', '\\'], " "),
            condition,
        });
        if last {
            break;
        }
    }
    out
}

fn condition(
    netlist: &Netlist,
    graph: &ControlGraph,
    liveness: &Liveness,
    checkpoint: &Checkpoint,
    tree: &Tree,
) -> Option<String> {
    let [known, others] = facts(graph, liveness, checkpoint);
    let compare = |told: &Told, write: &dyn Fn(&str, u32, &str) -> String| -> Vec<String> {
        // By their place in `idetic_control`, where all told registers are.
        let places = told
            .iter()
            .map(|(&(register, bit), &value)| (tree.control[&register] + bit, value));
        let mut wanted: Vec<(u32, bool)> = places.collect();
        wanted.sort_unstable();
        let runs = wanted.chunk_by(|a, b| a.0 + 1 == b.0);
        runs.map(|run| {
            let vector = text::bits("idetic_control", run[0].0, run.len() as u32);
            let value: String = run
                .iter()
                .rev()
                .map(|&(_, value)| if value { '1' } else { '0' })
                .collect();
            write(&vector, run.len() as u32, &value)
        })
        .collect()
    };
    let mut terms = compare(&known, &|vector, width, value| {
        format!("{vector} == {width}'b{value}")
    });
    let mut differing = compare(&others, &|vector, width, value| {
        format!("|({vector} ^ {width}'b{value})")
    });
    let place = |number: usize| {
        let (register, bit) = liveness.bits.bit(number);
        text::bits("idetic_control", tree.control[&register] + bit, 1)
    };
    differing.extend(checkpoint.derived.iter().map(|(&bit, is)| {
        let stored = |source| format!("{STORED}({})", place(source));
        let input = |input, bit| stored_input(netlist, input, bit);
        let is = is.evaluate(&mut Verilog(stored, input));
        format!("({} ^ {is})", place(bit))
    }));
    if !differing.is_empty() {
        terms.push(format!("!{DIFFERS}({})", differing.join(" || ")));
    }
    (!terms.is_empty()).then(|| terms.join(" && "))
}

/// A bit of an input of the design, which is a port of the wrapper by the same name: 0 where it is unknown, as a save would
/// have it.
pub fn stored_input(netlist: &Netlist, input: InputId, bit: u32) -> String {
    let name = &netlist.inputs[input.index()].name;
    let mut ports = netlist.ports.iter();
    let range = ports
        .find(|port| port.name == *name)
        .and_then(|port| port.range);
    let port = identifier(name);
    match range {
        None => format!("{STORED}({port})"),
        Some((left, right)) if left < right => {
            format!("{STORED}({port}[{}])", right - i64::from(bit))
        }
        Some((_, right)) => format!("{STORED}({port}[{}])", right + i64::from(bit)),
    }
}

/// The level of each checkpoint, as the decoder tells them apart: where it says the one the
/// run may be in any whose bits do not contradict that one's, so the highest of them counts.
pub fn levels(graph: &ControlGraph, liveness: &Liveness, plan: &Plan, own: &[u8]) -> Vec<u8> {
    let told: Vec<Told> = (plan.checkpoints.iter())
        .map(|checkpoint| {
            let [known, others] = facts(graph, liveness, checkpoint);
            known.into_iter().chain(others).collect()
        })
        .collect();
    let both = |a: &Told, b: &Told| {
        let differs = |(bit, value)| b.get(bit).is_some_and(|other| other != value);
        !a.iter().any(differs)
    };
    let level = |told_here: &Told| {
        let other = told.iter().zip(own);
        let other = other.filter(|(other, _)| both(told_here, other));
        other.map(|(_, &level)| level).max().unwrap_or(u8::MAX)
    };
    told.iter().map(level).collect()
}

/// One arm of the table of live words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LiveCase {
    /// Checkpoint indices, `3'd1, 3'd4`.
    pub labels: String,
    /// One binary digit per word, word 0 rightmost.
    pub mask: String,
}

/// A table of what is live: arms, and the mask of all other checkpoints. `sets`
/// has for each checkpoint the live ones of `count` words or memories.
pub fn live_table(sets: &[BitSet], count: usize, index_bits: u32) -> (Vec<LiveCase>, String) {
    let mask = |set: &BitSet| -> String {
        (0..count)
            .rev()
            .map(|word| if set.contains(word) { '1' } else { '0' })
            .collect()
    };
    let mut groups: IndexMap<String, Vec<usize>> = IndexMap::new();
    for (index, set) in sets.iter().enumerate() {
        groups.entry(mask(set)).or_default().push(index);
    }
    // The most frequent mask is the default; of equals, the first.
    let default = groups
        .iter()
        .rev()
        .max_by_key(|(_, indices)| indices.len())
        .map_or_else(|| "1".repeat(count), |(mask, _)| mask.clone());
    groups.shift_remove(&default);
    let cases = groups
        .into_iter()
        .map(|(mask, indices)| LiveCase {
            labels: indices
                .iter()
                .map(|index| format!("{index_bits}'d{index}"))
                .collect::<Vec<_>>()
                .join(", "),
            mask,
        })
        .collect();
    (cases, default)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(len: usize, bits: &[usize]) -> BitSet {
        let mut set = BitSet::new(len);
        for &bit in bits {
            set.insert(bit);
        }
        set
    }

    #[test]
    fn equal_masks_share_an_arm() {
        let sets = [
            set(3, &[0]),
            set(3, &[0, 2]),
            set(3, &[0]),
            set(3, &[]),
            set(3, &[0, 2]),
            set(3, &[0]),
        ];
        let (cases, default) = live_table(&sets, 3, 3);
        assert_eq!(default, "001");
        let arms: Vec<_> = cases
            .iter()
            .map(|case| (case.labels.as_str(), case.mask.as_str()))
            .collect();
        assert_eq!(arms, [("3'd1, 3'd4", "101"), ("3'd3", "000")]);
    }
}
