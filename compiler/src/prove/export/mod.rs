//! The obligations as Verilog, for Yosys to check.
//!
//! `step.v` is one cycle of the machine without clocks and without memories, written word by word from the
//! netlist ([`step`]): registers, inputs, unknown values and the data of memory reads go in; outputs, their conditions,
//! the registers' next values, the addresses of reads and what is written to memories come out.
//! Each `state_N.v` has two of it and the claim about a control state as an expression over them ([`pair`]),
//! `start.v` one for each cycle of the reset ([`start`]); `wrong` is 1 where the claim
//! fails. `check.ys` asks Yosys (`sat`) for each whether it ever is. Nothing
//! of the circuits and clauses that [`super::prove`] makes is used. A division by zero is what Yosys takes it
//! for, the same in both copies.
//!
//! The contents of a memory are any function of the address: data of two reads are free but for
//! being equal where the contents are the same and the addresses equal (Ackermann's reduction, [`reads`]).

mod pair;
mod reads;
mod start;
mod step;

use super::Claims;
use super::claims::{constant_masks, facts, relations};
use crate::control::StateId;
use crate::liveness::Verilog;
use crate::netlist::verilog::literal;
use crate::netlist::{Bits, InputId, RegId};

/// A file to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportFile {
    /// Its name.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// The obligations of the start and of all control states.
pub fn export(claims: &Claims<'_>) -> Vec<ExportFile> {
    let step = step::Step::new(claims.netlist);
    let mut script = Script::default();
    let mut files = vec![file("step.v", step.text())];
    script.claim("start", "the start");
    files.push(file("start.v", start::text(claims, &step)));
    for index in 0..claims.graph.states.len() {
        let state = StateId(index as u32);
        let name = format!("state_{index}");
        script.claim(&name, &title(claims, state));
        files.push(file(
            &format!("{name}.v"),
            pair::text(claims, &step, state, &name),
        ));
    }
    files.push(file("check.ys", script.text()));
    files
}

fn file(name: &str, text: String) -> ExportFile {
    ExportFile {
        name: name.to_owned(),
        text,
    }
}

/// The name of a state, as a comment can have it.
fn title(claims: &Claims<'_>, state: StateId) -> String {
    claims.graph.states[state.index()].name.replace('\n', " ")
}

/// What Yosys is to do.
#[derive(Default)]
struct Script(Vec<String>);

impl Script {
    /// Asks for the claim of the module `name`, in a file of that name.
    fn claim(&mut self, name: &str, about: &str) {
        self.0.extend([
            format!("# {about}"),
            "design -reset".to_owned(),
            format!("read_verilog step.v {name}.v"),
            format!("hierarchy -top {name}"),
            "proc".to_owned(),
            "flatten".to_owned(),
            "opt".to_owned(),
            format!("sat -verify -prove wrong 0 {name}"),
        ]);
    }

    fn text(&self) -> String {
        format!(
            "# yosys -q check.ys: ends with an error at the first claim that fails\n{}\n",
            self.0.join("\n")
        )
    }
}

/// "The registers have the values that the facts of a state give", in Verilog; register n is `registers` with its number.
fn satisfies(claims: &Claims<'_>, state: StateId, registers: &str) -> String {
    let facts = facts(claims, state).map(|(register, value)| {
        format!("({registers}{} == {})", register.index(), literal(value))
    });
    all(facts)
}

/// "The registers have the constants, relations and ranges of a state", likewise.
fn constant(claims: &Claims<'_>, state: StateId, registers: &str) -> String {
    let of = (0..claims.netlist.registers.len()).filter_map(|at| {
        let (mask, ones) = constant_masks(claims, state, RegId(at as u32));
        let (held, ones) = (literal(&mask), literal(&ones));
        (!mask.is_zero()).then(|| format!("(({registers}{at} & {held}) == {ones})"))
    });
    let bit = |number: usize| bit_of(claims, registers, number);
    let related = relations(claims, state).iter().map(|relation| {
        let input = |input, bit| input_of(claims, input, bit);
        let is = relation.is.evaluate(&mut Verilog(bit, input));
        format!("({} == {is})", bit(relation.bit))
    });
    let ranges = [within(claims, state, registers)].into_iter();
    all(of.chain(related).chain(ranges))
}

/// A register bit in Verilog, by its number.
fn bit_of(claims: &Claims<'_>, registers: &str, number: usize) -> String {
    let (register, bit) = claims.liveness.bits.bit(number);
    let at = register.index();
    match claims.netlist.registers[at].width {
        1 => format!("{registers}{at}"),
        _ => format!("{registers}{at}[{bit}]"),
    }
}

/// A bit of an input in Verilog. Of one that formulas are about there is one value, whatever the cycle and the copy.
fn input_of(claims: &Claims<'_>, input: InputId, bit: u32) -> String {
    let of = &claims.netlist.inputs[input.index()];
    match of.width {
        // Nothing is promised: there is no such signal, and Yosys will say so.
        _ if !of.stable => format!("not_stable_i{}", input.index()),
        1 => format!("i{}", input.index()),
        _ => format!("i{}[{bit}]", input.index()),
    }
}

/// "The registers are within the ranges of a state", likewise.
fn within(claims: &Claims<'_>, state: StateId, registers: &str) -> String {
    let ranges = claims.liveness.ranges[state.index()].iter();
    all(ranges.map(|&(register, range)| {
        let at = register.index();
        let number = |value| literal(&Bits::from_u64(claims.netlist.registers[at].width, value));
        let (least, most) = (number(range.least), number(range.most));
        format!("(({registers}{at} >= {least}) & ({registers}{at} <= {most}))")
    }))
}

/// "The registers satisfy the facts of one of these states, but not its constants"; 0 where none can.
fn inconstant(claims: &Claims<'_>, states: &[StateId], registers: &str) -> String {
    let wrong = states.iter().map(|&state| {
        let there = satisfies(claims, state, registers);
        format!("({there} & ~{})", constant(claims, state, registers))
    });
    any(wrong)
}

/// The conjunction of conditions of one bit.
fn all(conditions: impl Iterator<Item = String>) -> String {
    joined(conditions, " & ", "1'b1")
}

/// The disjunction of conditions of one bit.
fn any(conditions: impl Iterator<Item = String>) -> String {
    joined(conditions, " | ", "1'b0")
}

fn joined(conditions: impl Iterator<Item = String>, operator: &str, none: &str) -> String {
    let list: Vec<String> = conditions.collect();
    match list.is_empty() {
        true => none.to_owned(),
        false => format!("({})", list.join(operator)),
    }
}

/// A word of ones where a condition holds.
fn mask(width: u32, wanted: impl Fn(u32) -> bool) -> Bits {
    let mut limbs = vec![0u64; width.div_ceil(64) as usize];
    for at in 0..width {
        limbs[at as usize / 64] |= u64::from(wanted(at)) << (at % 64);
    }
    Bits::new(width, &limbs, &[])
}
