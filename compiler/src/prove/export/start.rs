//! The claim about the start: holding the reset, or else the initial values, leads into an initial state.

use super::reads::{Reader, fit};
use super::step::Step;
use super::{all, any, inconstant, mask, satisfies};
use crate::netlist::verilog::{literal, range};
use crate::netlist::{Bits, MemId};
use crate::prove::Claims;
use crate::prove::circuit::Contents;
use crate::prove::claims::{
    RESET_CYCLES, held, initial_states, starts_initialised, with_constants,
};

/// `start.v`: the registers hold anything (`rN`) or their initial values (`gN`); in cycle c of the reset the step is `tc_`, and
/// its inputs, open values and data of reads begin with `vc_`.
pub(super) fn text(claims: &Claims<'_>, step: &Step<'_>) -> String {
    let levels = held(claims);
    let cycles = match &levels {
        Some(_) => RESET_CYCLES,
        None => 0,
    };
    let level = |name: &str| {
        let number: usize = name.strip_prefix('i')?.parse().ok()?;
        levels.as_ref()?[number]
    };
    // Inputs that never change are the same in all cycles.
    let stable = |name: &str| {
        let number = name.strip_prefix('i').and_then(|it| it.parse().ok());
        number.is_some_and(|at: usize| claims.netlist.inputs[at].stable)
    };
    let free = || {
        let inputs = step.inputs().into_iter();
        let inputs = inputs.filter(|(name, _)| level(name).is_none() && !stable(name));
        let list = inputs.chain(step.open()).chain(step.data().cloned());
        list.collect::<Vec<_>>()
    };
    let mut lines = vec!["// the start".to_owned(), "module start(".to_owned()];
    for (name, width) in step.registers() {
        lines.push(format!("  input {}{name},", range(width)));
    }
    for (name, width) in step.inputs().iter().filter(|(name, _)| stable(name)) {
        lines.push(format!("  input {}{name},", range(*width)));
    }
    for cycle in 0..cycles {
        let ports = free().into_iter();
        lines
            .extend(ports.map(|(name, width)| format!("  input {}v{cycle}_{name},", range(width))));
    }
    lines.push("  output wrong);".to_owned());
    for (at, register) in claims.netlist.registers.iter().enumerate() {
        let bit = |bit| register.init.as_ref().and_then(|init| init.bit(bit));
        let of = |wanted: &dyn Fn(u32) -> bool| literal(&mask(register.width, wanted));
        let (unset, ones) = (of(&|at| bit(at).is_none()), of(&|at| bit(at) == Some(true)));
        let width = range(register.width);
        lines.push(format!("  wire {width}g{at} = (r{at} & {unset}) | {ones};"));
    }
    let (mut fits, mut before) = (Vec::new(), "r".to_owned());
    for cycle in 0..cycles {
        let (results, data) = (format!("t{cycle}_"), format!("v{cycle}_"));
        let inputs = step.inputs();
        lines.push(
            step.instance(&results, |name| match name.strip_prefix('r') {
                Some(number) => format!("{before}{number}"),
                None => match level(name) {
                    Some(level) => {
                        let of = inputs.iter().find(|(input, _)| input == name);
                        let width = of.map_or(1, |(_, width)| *width);
                        literal(&held_word(width, level))
                    }
                    None if stable(name) => name.to_owned(),
                    None => format!("{data}{name}"),
                },
            }),
        );
        // Contents may change from cycle to cycle.
        fits.extend((0..claims.netlist.memories.len()).map(|at| {
            let reader = Reader {
                results: &results,
                data: &data,
            };
            fit(step, MemId(at as u32), &[reader], &Contents::Kept)
        }));
        before = format!("{results}x");
    }
    let after = match &levels {
        Some(_) => before.as_str(),
        None => "g",
    };
    let all_states = with_constants(claims);
    let mut wrong = vec![inconstant(claims, &all_states, after)];
    if starts_initialised(claims) {
        wrong.push(inconstant(claims, &all_states, "g"));
    }
    let initial = initial_states(claims).into_iter();
    let ends = initial.map(|state| satisfies(claims, state, after));
    wrong.push(format!("~{}", any(ends)));
    lines.push(format!("  wire fit = {};", all(fits.into_iter())));
    lines.push(format!(
        "  assign wrong = fit & {};",
        any(wrong.into_iter())
    ));
    lines.push("endmodule\n".to_owned());
    lines.join("\n")
}

fn held_word(width: u32, level: bool) -> Bits {
    mask(width, |_| level)
}
