//! `idetic analyze --why BIT --state STATE`.

use serde_json::{Map, Value, json};

use crate::cli::args::Format;
use crate::cli::console::Console;
use crate::cli::exit::Exit;
use crate::control::{Assumption, StateId};
use crate::diagnostics::{Diagnostic, codes};
use crate::driver::{self, Analysis};
use crate::liveness::{self, Item, Reason, Stop, Use};
use crate::netlist::print::print_expr;
use crate::netlist::{MemId, Sampled};
use crate::source::{SourceMap, Span};

/// Characters of an expression that text shows; JSON has all.
const SHOWN: usize = 60;

/// Conditions of an edge that text shows.
const CONDITIONS: usize = 3;

/// Prints a shortest reason why something is live in a state, or that it is dead.
pub fn run(
    analysis: &Analysis,
    what: &str,
    state: &str,
    console: &Console,
    sources: &SourceMap,
) -> Result<(), Exit> {
    let state = self::state(analysis, state)?;
    let item = item(analysis, state, what)?;
    let (netlist, graph) = (&analysis.netlist, &analysis.graph);
    let reason = liveness::why(netlist, graph, &analysis.liveness, state, item);
    let answer = Answer { analysis, sources };
    console.result(&match console.format {
        Format::Text => answer.text(item, state, reason.as_ref()),
        Format::Json => answer.json(item, state, reason.as_ref()),
    })?;
    Ok(())
}

/// A bit, a register of one bit, a memory, of which the first rows that are live are meant, or rows of one.
fn item(analysis: &Analysis, state: StateId, what: &str) -> Result<Item, Diagnostic> {
    let netlist = &analysis.netlist;
    let first = driver::bit_named(netlist, &format!("{what}[0]"));
    let width = first.map(|(register, _)| netlist.registers[register.index()].width);
    let of_one_bit = first.filter(|_| width == Some(1));
    if let Some((register, bit)) = driver::bit_named(netlist, what).or(of_one_bit) {
        return Ok(Item::Bit(register, bit));
    }
    if let Some(part) = part(analysis, state, what) {
        return Ok(Item::Part(part));
    }
    if let Some(width) = width {
        let message = format!("`{what}` is a register of {width} bits");
        let help = format!("ask for one of `{what}[0]` to `{what}[{}]`", width - 1);
        return Err(Diagnostic::global(codes::UNKNOWN_NAME, message).help(help));
    }
    let message = format!("`{what}` is no bit of a register, written `name[bit]`, and no memory");
    let error = Diagnostic::global(codes::UNKNOWN_NAME, message);
    let name = what.rsplit_once('[').map_or(what, |(name, _)| name);
    let registers = netlist.registers.iter().map(|register| &register.name);
    let memories = netlist.memories.iter().map(|memory| &memory.name);
    let known = registers.chain(memories);
    let nearest = known.min_by_key(|known| strsim::damerau_levenshtein(known, name));
    Err(match nearest {
        Some(nearest) => error.help(format!("the nearest name is `{nearest}`")),
        None => error,
    })
}

/// The part of a memory that is meant by its name, or by that of a row, `name[index]`.
fn part(analysis: &Analysis, state: StateId, what: &str) -> Option<usize> {
    let netlist = &analysis.netlist;
    let parts = &analysis.liveness.bits.parts;
    let named = |name: &str| {
        let mut memories = netlist.memories.iter();
        memories.position(|memory| memory.name == name)
    };
    if let Some(at) = named(what) {
        let own = parts.of(MemId(at as u32));
        let live = &analysis.liveness.memories[state.index()];
        return own
            .clone()
            .find(|&part| live.contains(part))
            .or(own.clone().next());
    }
    let (name, index) = what.strip_suffix(']')?.rsplit_once('[')?;
    let at = named(name)?;
    let row = index.parse::<i64>().ok()? - netlist.memories[at].first_index.unwrap_or(0);
    let row = u32::try_from(row).ok()?;
    let mut own = parts.of(MemId(at as u32));
    own.find(|&part| parts.rows(part).rows.contains(&row))
}

/// By its name, or else by its number.
fn state(analysis: &Analysis, name: &str) -> Result<StateId, Diagnostic> {
    let graph = &analysis.graph;
    driver::state_named(graph, name).or_else(|error| match name.parse::<u32>() {
        Ok(number) if (number as usize) < graph.states.len() => Ok(StateId(number)),
        _ => Err(error),
    })
}

struct Answer<'a> {
    analysis: &'a Analysis,
    sources: &'a SourceMap,
}

impl Answer<'_> {
    fn state(&self, state: StateId) -> &str {
        &self.analysis.graph.states[state.index()].name
    }

    fn name(&self, item: Item) -> String {
        let netlist = &self.analysis.netlist;
        match item {
            Item::Bit(register, bit) => {
                let register = &netlist.registers[register.index()];
                match register.width {
                    1 => register.name.clone(),
                    _ => format!("{}[{bit}]", register.name),
                }
            }
            Item::Part(part) => self.analysis.liveness.bits.parts.rows(part).name(netlist),
        }
    }

    /// `file:line`
    fn place(&self, span: Span) -> String {
        let line = self.sources.line_col(span.file, span.start).line;
        format!("{}:{line}", self.sources.path(span.file).display())
    }

    /// Where something is declared, and where it is assigned.
    fn places(&self, item: Item) -> (String, Option<String>) {
        let netlist = &self.analysis.netlist;
        match item {
            Item::Bit(register, _) => {
                let origin = &netlist.registers[register.index()].origin;
                let assigned = self.place(origin.process.span);
                (self.place(origin.declaration), Some(assigned))
            }
            Item::Part(part) => {
                let memory = self.analysis.liveness.bits.parts.memory(part);
                let memory = &netlist.memories[memory.index()];
                let process = memory.processes.first();
                let assigned = process.map(|process| self.place(process.span));
                (self.place(memory.origin.declaration), assigned)
            }
        }
    }

    /// What an edge assumes.
    fn assumption(&self, assumption: &Assumption) -> String {
        let netlist = &self.analysis.netlist;
        let text = print_expr(netlist, assumption.expr);
        let value = u8::from(assumption.value);
        match netlist.exprs.width(assumption.expr) {
            1 => format!("{text} = {value}"),
            _ => format!("bit {} of {text} = {value}", assumption.bit),
        }
    }

    fn conditions(&self, stop: &Stop) -> Vec<String> {
        let edge = stop.edge.map(|edge| &self.analysis.graph.edges[edge]);
        let assumptions = edge.iter().flat_map(|edge| &edge.assumptions);
        assumptions.map(|one| self.assumption(one)).collect()
    }

    fn text(&self, item: Item, state: StateId, reason: Option<&Reason>) -> String {
        let (name, state) = (self.name(item), self.state(state));
        let Some(reason) = reason else {
            return format!("{name} is dead in `{state}`: nothing depends on its value there\n");
        };
        let edges = match reason.way.len() - 1 {
            0 => "at once".to_owned(),
            1 => "after 1 clock edge".to_owned(),
            more => format!("after {more} clock edges"),
        };
        let mut out = format!(
            "{name} is live in `{state}`: {edges} {}\n",
            self.end(reason)
        );
        for stop in &reason.way {
            let (declared, assigned) = self.places(stop.item);
            let place = match (stop.edge, assigned) {
                (Some(_), Some(assigned)) => format!("assigned at {assigned}"),
                _ => format!("declared at {declared}"),
            };
            let (what, state) = (self.name(stop.item), self.state(stop.state));
            out.push_str(&format!("  {what} in `{state}`, {place}\n"));
            let conditions = self.conditions(stop);
            let mut shown: Vec<String> = (conditions.iter().take(CONDITIONS))
                .map(|condition| shorten(condition))
                .collect();
            if conditions.len() > CONDITIONS {
                shown.push(format!("{} more", conditions.len() - CONDITIONS));
            }
            if !shown.is_empty() {
                out.push_str(&format!("    with {}\n", shown.join(", ")));
            }
        }
        out
    }

    /// The end of "after 3 clock edges …".
    fn end(&self, reason: &Reason) -> String {
        let netlist = &self.analysis.netlist;
        let expr = |expr| shorten(&print_expr(netlist, expr));
        let output = |at: usize| {
            let output = &netlist.outputs[at];
            format!("`{}` ({})", output.name, self.place(output.span))
        };
        match reason.end {
            Use::Fact => "it tells the control state from others".to_owned(),
            Use::Kept => {
                "it outlives a supply failure by itself, and what is written to it counts as shown"
                    .to_owned()
            }
            Use::Decision(decision) => format!(
                "it has a say in the next control state, by {}",
                expr(decision.expr)
            ),
            Use::Output(at) => {
                let when = match netlist.outputs[at].sampled {
                    Sampled::When(condition) => format!(", which counts when {}", expr(condition)),
                    Sampled::Always | Sampled::Never => String::new(),
                };
                format!("the output {} shows it{when}", output(at))
            }
            Use::Condition(at) => {
                format!("it has a say in whether the output {} counts", output(at))
            }
        }
    }

    fn json(&self, item: Item, state: StateId, reason: Option<&Reason>) -> String {
        let mut value = Map::new();
        value.insert("what".into(), json!(self.name(item)));
        value.insert("state".into(), json!(self.state(state)));
        value.insert("live".into(), json!(reason.is_some()));
        if let Some(reason) = reason {
            let way = reason.way.iter().map(|stop| {
                let (declared, assigned) = self.places(stop.item);
                json!({
                    "what": self.name(stop.item),
                    "state": self.state(stop.state),
                    "declared": declared,
                    "assigned": assigned,
                    "with": self.conditions(stop),
                })
            });
            value.insert("way".into(), way.collect());
            let name = |at: usize| json!(self.analysis.netlist.outputs[at].name);
            let (kind, about) = match reason.end {
                Use::Fact => ("fact", Value::Null),
                Use::Kept => ("kept", Value::Null),
                Use::Decision(decision) => (
                    "decision",
                    json!(print_expr(&self.analysis.netlist, decision.expr)),
                ),
                Use::Output(at) => ("output", name(at)),
                Use::Condition(at) => ("condition", name(at)),
            };
            value.insert("end".into(), json!({ "kind": kind, "about": about }));
        }
        format!("{:#}\n", Value::Object(value))
    }
}

fn shorten(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}
