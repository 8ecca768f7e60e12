//! Processes in generate loops: one text for many iterations.
//!
//! What differs between the iterations, places in the chain above all, becomes a
//! constant that the loop's genvars decide:
//!
//! ```verilog
//! for (i = 0; i < 4; i = i + 1) begin : lane
//!   localparam idetic_at_0 = 8 * i + 3;                      // inserted
//!   always @(posedge clk) if (idetic_shift) begin            // inserted
//!     q <= idetic_shifted[idetic_at_0 +: 8];                 // inserted
//!   end else q <= d;                                         // `end else` inserted
//!   assign idetic_saved[idetic_at_0 +: 8] = q;               // inserted
//! end
//! ```
//!
//! The layout saves the registers of one text alike and whole, so that the
//! iterations need nothing else to differ. For instances see `family`.

use std::collections::BTreeMap;

use indexmap::IndexMap;

use crate::diagnostics::{Diagnostic, codes};
use crate::frontend::ast::{GenerateBody, StmtId};
use crate::netlist::{Assigned, BitNaming, GeneratePlace, Origin};
use crate::source::Span;

use super::constant::{Given, table};
use super::edits::Edit;
use super::module::Context;
use super::tree::Chunk;
use super::{names, text};

/// One assignment of a looped process's branch.
pub struct Line {
    /// Target.
    pub target: String,
    /// Value.
    pub value: String,
    /// The target is assigned by `=`, and this copy of it by `<=`.
    pub kept: Option<String>,
    /// An asynchronous reset of the process sets it.
    pub reset: bool,
}

/// What a process in a loop needs: its branch, and the insertions around it.
pub struct Looped {
    /// The assignments of the branch.
    pub lines: Vec<Line>,
    /// Declarations and read-back, at the ends of the generate block.
    pub edits: Vec<Edit>,
}

/// Works out a looped process from the registers it drives in all iterations.
pub fn process(cx: &Context, stmt: StmtId, chunks: &[Chunk]) -> Result<Looped, Vec<Diagnostic>> {
    let one = |error| vec![error];
    let origin = &cx.register(chunks[0]).origin;
    let place = &origin.process.place;
    let body = body(cx, place, origin.process.span).map_err(one)?;
    let mut declarations = Vec::new();
    let mut reads = Vec::new();
    let mut lines = Vec::new();
    for column in columns(cx, stmt, chunks).map_err(one)? {
        let number = column.number;
        let at = format!("idetic_at_{number}");
        declarations.push(format!("localparam {at} = {};", table(&column.at)));
        let widths: Vec<i64> = column.width.iter().map(|&(_, width)| width).collect();
        let width = match widths.iter().all(|width| *width == widths[0]) {
            true => widths[0].to_string(),
            false => {
                let name = format!("idetic_len_{number}");
                declarations.push(format!("localparam {name} = {};", table(&column.width)));
                name
            }
        };
        let target = column.target(number, &width, &mut declarations);
        let bits = match &*width {
            "1" => format!("[{at}]"),
            width => format!("[{at} +: {width}]"),
        };
        let kept = match column.kept {
            false => None,
            true => {
                let copy = format!("idetic_copy_{number}");
                let top = match width.parse::<i64>() {
                    Ok(width) => (width - 1).to_string(),
                    Err(_) => format!("{width} - 1"),
                };
                let declaration = format!("reg [{top}:0] {copy};");
                declarations.push(text::unlinted(&["UNUSED"], &declaration));
                Some(copy)
            }
        };
        let source = kept.as_ref().unwrap_or(&target);
        reads.push(format!("assign idetic_saved{bits} = {source};"));
        lines.push(Line {
            value: format!("idetic_shifted{bits}"),
            target,
            kept,
            reset: column.reset,
        });
    }
    let edits = around(cx, body.span, body.begin, &declarations, &reads);
    let edits = edits.to_vec();
    Ok(Looped { lines, edits })
}

/// Insertions at the ends of a generate block.
pub fn around(
    cx: &Context,
    span: Span,
    begin: bool,
    declarations: &[String],
    reads: &[String],
) -> [Edit; 2] {
    let edit = |offset, text| Edit {
        file: cx.file(),
        offset,
        text,
    };
    let line = format!("\n{}", text::indent_at(cx.text(), span.end));
    let step = match begin {
        true => format!("{line}  "),
        false => line.clone(),
    };
    let joined = |list: &[String]| -> String {
        let lines = list.iter().map(|text| format!("{step}{text}"));
        lines.collect()
    };
    if begin {
        let open = joined(declarations);
        // In front of `end`, which keeps its own line.
        let before = &cx.text()[..span.end as usize];
        let own_line = before.trim_end_matches([' ', '\t']).ends_with('\n');
        let close = match own_line {
            true => format!("  {}{line}", reads.join(&step)),
            false => format!("{}{line}", joined(reads)),
        };
        [edit(span.start, open), edit(span.end, close)]
    } else {
        let open = format!("begin{}{line}", joined(declarations));
        [
            edit(span.start, open),
            edit(span.end, format!("{}{line}end", joined(reads))),
        ]
    }
}

fn body(cx: &Context, place: &GeneratePlace, process: Span) -> Result<GenerateBody, Diagnostic> {
    let Some(body) = place.block.and_then(|block| cx.ast[block].body) else {
        return Err(Diagnostic::error(
            codes::CANNOT_EDIT,
            process,
            "this process stands in a generate loop that cannot be edited",
        )
        .help("write the loop's body between `begin` and `end`"));
    };
    cx.editable(body.span, "the generate block around this process")?;
    Ok(body)
}

/// The registers that one assignment of the branch stands for.
struct Column<'a> {
    number: usize,
    kept: bool,
    reset: bool,
    /// Name without selects, as seen from the process.
    name: String,
    /// The selects behind the name, per iteration.
    selects: Vec<(&'a Given, Vec<Select>)>,
    at: Vec<(&'a Given, i64)>,
    width: Vec<(&'a Given, i64)>,
}

/// A select in a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Select {
    Index(i64),
    /// From the smaller index on.
    Range(i64),
}

impl Column<'_> {
    fn target(&self, number: usize, width: &str, declarations: &mut Vec<String>) -> String {
        let mut out = self.name.clone();
        let depth = self.selects.first().map_or(0, |(_, selects)| selects.len());
        for at in 0..depth {
            let range = self
                .selects
                .iter()
                .any(|(_, list)| matches!(list[at], Select::Range(_)));
            let values: Vec<(&Given, i64)> = self
                .selects
                .iter()
                .map(|(loops, list)| match list[at] {
                    Select::Index(value) | Select::Range(value) => (*loops, value),
                })
                .collect();
            let value = table(&values);
            let index = match value.parse::<i64>() {
                Ok(_) => value,
                Err(_) => {
                    let name = format!("idetic_index_{number}_{at}");
                    declarations.push(format!("localparam {name} = {value};"));
                    name
                }
            };
            out.push_str(&match range {
                true => format!("[{index} +: {width}]"),
                false => format!("[{index}]"),
            });
        }
        out
    }
}

/// Groups the registers of a process by what writes them.
fn columns<'a>(
    cx: &Context<'a>,
    stmt: StmtId,
    chunks: &[Chunk],
) -> Result<Vec<Column<'a>>, Diagnostic> {
    let looped = &cx.netlist.looped;
    let iterations: Vec<&Given> = looped
        .iter()
        .filter(|process| process.stmt == stmt && process.instance == cx.instance)
        .map(|process| &*process.loops)
        .collect();
    let mut ordered: Vec<Chunk> = chunks.to_vec();
    ordered.sort_by_key(|chunk| chunk.register);
    let mut counts: BTreeMap<(Span, &Given), u32> = BTreeMap::new();
    let mut groups: IndexMap<(Span, u32), Vec<Chunk>> = IndexMap::new();
    for chunk in ordered {
        let origin = &cx.register(chunk).origin;
        let key = (origin.declaration, &*origin.process.place.loops);
        let count = counts.entry(key).or_default();
        groups
            .entry((origin.declaration, *count))
            .or_default()
            .push(chunk);
        *count += 1;
    }
    let mut out = Vec::new();
    for group in groups.into_values() {
        let first = cx.register(group[0]);
        let refuse = |why: &str| {
            Diagnostic::error(
                codes::CANNOT_EDIT,
                first.origin.process.span,
                format!(
                    "`{}` must be saved, but a process in a generate loop drives it {why}",
                    first.name
                ),
            )
            .at("one text for several processes")
            .label(first.origin.declaration, "declared here")
            .help("give each iteration registers of its own, declared in the loop's body")
        };
        let different = "in a different way in each iteration";
        if group.len() != iterations.len() {
            return Err(refuse("in some iterations only"));
        }
        let name = relative(&first.origin).ok_or_else(|| refuse("from another generate block"))?;
        let own = &cx.tree.node(cx.instance).own;
        let number = own.iter().position(|chunk| *chunk == group[0]);
        let mut column = Column {
            number: number.expect("the chunks of a process are the instance's own"),
            kept: false,
            reset: false,
            name,
            selects: Vec::new(),
            at: Vec::new(),
            width: Vec::new(),
        };
        for chunk in group {
            let register = cx.register(chunk);
            let origin = &register.origin;
            let loops = &*origin.process.place.loops;
            if chunk.len != register.width || relative(origin).as_ref() != Some(&column.name) {
                return Err(refuse(different));
            }
            let selects = selects(origin).ok_or_else(|| refuse(different))?;
            let before = column.selects.first();
            if before.is_some_and(|(_, before)| before.len() != selects.len()) {
                return Err(refuse(different));
            }
            column.kept |= origin.assigned == Assigned::Blocking;
            column.reset |= register.clocking.set_by_reset;
            column.selects.push((loops, selects));
            column.at.push((loops, i64::from(chunk.at)));
            column.width.push((loops, i64::from(register.width)));
        }
        out.push(column);
    }
    Ok(out)
}

/// The name of a register's variable as its own process sees it.
fn relative(origin: &Origin) -> Option<String> {
    let (from, to) = (&origin.process.place.path, &origin.scope_path);
    let mut out = String::new();
    if !from.starts_with(to) {
        for inner in to.strip_prefix(from.as_slice())? {
            out.push_str(&names::identifier(inner));
            out.push('.');
        }
    }
    out.push_str(&names::identifier(&origin.variable));
    Some(out)
}

/// The selects of a register's target. `None` where it is a part that cannot be
/// selected.
fn selects(origin: &Origin) -> Option<Vec<Select>> {
    let text = origin.target.strip_prefix(origin.variable.as_str())?;
    let mut out = Vec::new();
    for select in text.split_terminator(']') {
        let select = select.strip_prefix('[')?;
        out.push(match select.split_once(':') {
            None => Select::Index(select.parse().ok()?),
            Some(_) if origin.bits == BitNaming::Whole => return None,
            Some((high, low)) => {
                let (high, low): (i64, i64) = (high.parse().ok()?, low.parse().ok()?);
                Select::Range(high.min(low))
            }
        });
    }
    Some(out)
}
