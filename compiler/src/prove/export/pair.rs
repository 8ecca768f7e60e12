//! The claim about a control state: two copies of the machine that agree on what the state keeps.

use super::reads::{Reader, fit, keep};
use super::step::{Step, is_data};
use super::{all, any, bit_of, constant, inconstant, input_of, mask, satisfies, title, within};
use rustc_hash::FxHashMap;

use crate::control::StateId;
use crate::liveness::{Formula, Verilog};
use crate::netlist::verilog::{literal, range};
use crate::netlist::{Bits, MemId, Memory, RegId, Sampled};
use crate::prove::Claims;
use crate::prove::circuit::Contents;
use crate::prove::claims::{
    constant_masks, derived, facts, given, kept, kept_rows, live_rows, relations, shown, successors,
};

/// The first copy lost nothing, the second has what a restore gives it.
const FIRST: Reader<'_> = Reader {
    results: "a",
    data: "a",
};
const SECOND: Reader<'_> = Reader {
    results: "b",
    data: "b",
};

/// `state_N.v`, with a module of this name.
pub(super) fn text(claims: &Claims<'_>, step: &Step<'_>, state: StateId, name: &str) -> String {
    let mut lines = vec![
        format!("// {}", title(claims, state)),
        format!("module {name}("),
    ];
    // Any inputs, any valuation, any contents, and anything for a lost bit.
    let shared = step.inputs().into_iter().chain(step.open());
    let data = step.data().flat_map(|(name, width)| {
        [FIRST, SECOND].map(|reader| (format!("{}{name}", reader.data), *width))
    });
    let lost = step.registers();
    let lost = lost
        .iter()
        .map(|(name, width)| (format!("lost_{name}"), *width));
    let asked = Asked::new(claims, state);
    let rows = asked.0.iter().enumerate();
    let rows = rows.filter(|(_, ask)| ask.kept != Contents::Kept || ask.live != Contents::Kept);
    let rows = rows.map(|(at, ask)| (format!("row{at}"), ask.width));
    let ports = shared.chain(step.registers()).chain(lost).chain(data);
    let ports = ports.chain(rows);
    lines.extend(ports.map(|(name, width)| format!("  input {}{name},", range(width))));
    lines.push("  output wrong);".to_owned());
    registers(claims, state, &mut lines);
    let connect = |reader: &Reader<'_>, registers: &str, name: &str| match name.strip_prefix('r') {
        Some(number) => format!("{registers}{number}"),
        None if is_data(name) => format!("{}{name}", reader.data),
        None => name.to_owned(),
    };
    lines.push(step.instance(FIRST.results, |name| connect(&FIRST, "p", name)));
    lines.push(step.instance(SECOND.results, |name| connect(&SECOND, "q", name)));
    let (mut fits, mut wrong) = (Vec::new(), Vec::new());
    for at in 0..claims.netlist.memories.len() as u32 {
        let kept = kept_rows(claims, state, MemId(at));
        fits.push(fit(step, MemId(at), &[FIRST, SECOND], &kept));
    }
    for (at, ask) in asked.0.iter().enumerate() {
        let memory = &claims.netlist.memories[ask.memory.index()];
        let same = rows_agree(claims, memory, ask, &format!("row{at}"));
        lines.push(format!("  wire same{at} = {same};"));
    }
    fits.push(within(claims, state, "p"));
    lines.push(format!("  wire fit = {};", all(fits.into_iter())));
    for (at, output) in claims.netlist.outputs.iter().enumerate() {
        match output.sampled {
            Sampled::Always => wrong.push(format!("(ao{at} != bo{at})")),
            Sampled::Never => {}
            Sampled::When(_) => {
                wrong.push(format!("(ac{at} != bc{at})"));
                wrong.push(format!("(ac{at} & (ao{at} != bo{at}))"));
            }
        }
    }
    wrong.push(inconstant(claims, &shown(claims, state), "ae"));
    let ends = successors(claims, state)
        .into_iter()
        .map(|target| arrives(claims, &asked, target));
    wrong.push(format!("~{}", any(ends)));
    lines.push(format!(
        "  assign wrong = fit & {};",
        any(wrong.into_iter())
    ));
    lines.push("endmodule\n".to_owned());
    lines.join("\n")
}

/// The registers of the two copies, `pN` and `qN`.
fn registers(claims: &Claims<'_>, state: StateId, lines: &mut Vec<String>) {
    let keep = kept(claims, state);
    let given = given(claims, state);
    let computed = derived(claims, state);
    let related = relations(claims, state).iter();
    let related: FxHashMap<usize, &Formula> = related.map(|it| (it.bit, &it.is)).collect();
    for (at, register) in claims.netlist.registers.iter().enumerate() {
        let id = RegId(at as u32);
        let fact = facts(claims, state).find(|(of, _)| *of == id);
        let whole = match fact {
            Some((_, value)) => literal(value),
            None => {
                let (mask, ones) = constant_masks(claims, state, id);
                match mask.is_zero() {
                    true => format!("r{at}"),
                    false => format!("(r{at} & ~{}) | {}", literal(&mask), literal(&ones)),
                }
            }
        };
        let number = |bit| claims.liveness.bits.of(id, bit);
        // Bits that follow from others, as they are in the same copy.
        let follows = |wire: &str, what: &dyn Fn(usize) -> Option<Formula>, otherwise: &str| {
            let bits = (0..register.width)
                .rev()
                .map(|bit| match what(number(bit)) {
                    Some(is) => is.evaluate(&mut Verilog(
                        |of| bit_of(claims, wire, of),
                        |input, bit| input_of(claims, input, bit),
                    )),
                    None if register.width == 1 => otherwise.to_owned(),
                    None => format!("{otherwise}[{bit}]"),
                });
            let any = (0..register.width).any(|bit| what(number(bit)).is_some());
            any.then(|| format!("{{{}}}", bits.collect::<Vec<_>>().join(", ")))
        };
        let related = |bit| related.get(&bit).map(|is| (*is).clone());
        let computed = |bit| computed.and_then(|it| it.get(&bit)).cloned();
        let told = |bit| given.and_then(|given| given.value(number(bit)));
        let of = |wanted: &dyn Fn(u32) -> bool| literal(&mask(register.width, wanted));
        let kept = of(&|bit| keep.contains(number(bit)));
        let lost = of(&|bit| !keep.contains(number(bit)) && told(bit).is_none());
        let ones = of(&|bit| !keep.contains(number(bit)) && told(bit) == Some(true));
        let width = range(register.width);
        let restored = format!("(p{at} & {kept}) | (lost_r{at} & {lost}) | {ones}");
        for (wire, own, what) in [
            ("p", whole, &related as &dyn Fn(usize) -> Option<Formula>),
            ("q", restored, &computed),
        ] {
            match follows(wire, what, &format!("{wire}_{at}")) {
                None => lines.push(format!("  wire {width}{wire}{at} = {own};")),
                Some(bits) => {
                    lines.push(format!("  wire {width}{wire}_{at} = {own};"));
                    lines.push(format!("  wire {width}{wire}{at} = {bits};"));
                }
            }
        }
    }
}

/// Rows of memories of which it is asked whether they agree after the step: of each memory those that are live in
/// some target. `rowN` is the number of any of them.
struct Asked(Vec<Ask>);

struct Ask {
    memory: MemId,
    kept: Contents,
    live: Contents,
    width: u32,
}

impl Asked {
    fn new(claims: &Claims<'_>, state: StateId) -> Asked {
        let mut asked: Vec<Ask> = Vec::new();
        for (at, memory) in claims.netlist.memories.iter().enumerate() {
            let id = MemId(at as u32);
            for target in successors(claims, state) {
                let live = live_rows(claims, target, id);
                let mut known = asked.iter().map(|ask| (ask.memory, &ask.live));
                if live == Contents::Rows(Vec::new()) || known.any(|ask| ask == (id, &live)) {
                    continue;
                }
                asked.push(Ask {
                    memory: id,
                    kept: kept_rows(claims, state, id),
                    live,
                    width: (32 - (memory.depth - 1).leading_zeros()).max(1),
                });
            }
        }
        Asked(asked)
    }
}

/// "After the step a row of a memory, if it is live, holds the same in both copies": it is written alike, and did so
/// before or is overwritten. A write past the last row may go to any.
fn rows_agree(claims: &Claims<'_>, memory: &Memory, ask: &Ask, row: &str) -> String {
    let at = ask.memory.index();
    let port = |number: usize, port: &str| format!("m{at}_{number}_{port}");
    let whole = ask.kept == Contents::Kept && ask.live == Contents::Kept;
    let alike = memory.writes.iter().enumerate().map(|(number, write)| {
        let same = |of| format!("(a{0} == b{0})", port(number, of));
        let when = ["wa", "wd", "wm"].map(same).join(" & ");
        let (enable, address) = (port(number, "we"), port(number, "wa"));
        if whole {
            return format!("({} & (~a{enable} | ({when})))", same("we"));
        }
        let width = claims.netlist.exprs.width(write.address);
        let inside = Contents::below(memory.depth);
        let here = ["a", "b"].map(|copy| {
            let to = format!("{copy}{address}");
            format!(
                "({copy}{enable} & (({to} == {row}) | ~{}))",
                keep(&inside, &to, width)
            )
        });
        format!("(({0} == {1}) & (~{0} | ({when})))", here[0], here[1])
    });
    if whole {
        return all(alike);
    }
    let over = (0..memory.writes.len()).map(|number| {
        let [enable, address, mask] = ["we", "wa", "wm"].map(|of| port(number, of));
        format!("(a{enable} & (a{address} == {row}) & (&a{mask}))")
    });
    let over = any(over.chain([keep(&ask.kept, row, ask.width)]));
    let inside = Contents::below(memory.depth);
    let counts = [
        keep(&inside, row, ask.width),
        keep(&ask.live, row, ask.width),
    ];
    format!(
        "(~{} | {})",
        all(counts.into_iter()),
        all(alike.chain([over]))
    )
}

/// "The step ends in a state, with its constants and in agreement on what is live in it."
fn arrives(claims: &Claims<'_>, asked: &Asked, target: StateId) -> String {
    let live = &claims.liveness.live[target.index()];
    let registers = claims.netlist.registers.iter().enumerate();
    let agree = registers.filter_map(|(at, register)| {
        let number = |bit| claims.liveness.bits.of(RegId(at as u32), bit);
        let mask: Bits = mask(register.width, |bit| live.contains(number(bit)));
        let live = literal(&mask);
        (!mask.is_zero()).then(|| format!("(((ax{at} ^ bx{at}) & {live}) == 0)"))
    });
    let memories = (0..claims.netlist.memories.len() as u32).map(MemId);
    let memories = memories.filter_map(|memory| {
        let live = live_rows(claims, target, memory);
        let at = asked
            .0
            .iter()
            .position(|ask| (ask.memory, &ask.live) == (memory, &live))?;
        Some(format!("same{at}"))
    });
    let there = [
        satisfies(claims, target, "ax"),
        constant(claims, target, "ax"),
    ];
    all(there.into_iter().chain(agree).chain(memories))
}
