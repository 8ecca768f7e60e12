//! The shift branch in a clocked process.
//!
//! A process that drives saved bits gets one branch in front of what it does at
//! a clock edge:
//!
//! ```verilog
//! always @(posedge clk or negedge rst_n)
//!   if (!rst_n) q <= 8'd0;
//!   else if (idetic_shift) begin   // inserted
//!     q <= idetic_shifted[7:0];    // inserted
//!   end else q <= d;               // `end else` inserted
//! ```
//!
//! Behind asynchronous resets the branch goes after the last `else`, so that
//! synthesis still finds them; without one it goes in front of the statement.
//! A branch in front cannot steal an `else`, since it brings its own. What stands
//! in front of the test of a reset runs at shift edges, too: the branch, which comes
//! later, overrules what it assigns to saved registers, if only by `<=`.
//!
//! A process that writes a saved memory gets the branch too: it keeps the
//! memory from being written at a shift, and restores it (see `memory`). One that writes a memory which outlives
//! a supply failure by itself gets it empty.
//!
//! Processes without saved bits are left alone: what they drive is dead at
//! every checkpoint, and the design stops only there and at power-up.
//!
//! Registers that their process assigns by `=` are shifted by `=`, and have a
//! copy that the process assigns by `<=` wherever it assigns them (see `copies`).
//! Those assigned in both ways are shifted by `<=`.

use indexmap::IndexMap;

use crate::diagnostics::{Diagnostic, codes};
use crate::frontend::ast::{Edge, StmtId, StmtKind, Timing};
use crate::netlist::{Assigned, BitNaming, RegId, Register};
use crate::source::Span;

use super::copies::{Copy, Kind};
use super::edits::Edit;
use super::inside::as_driven;
use super::looped::{self, Line};
use super::module::Context;
use super::tree::{Chunk, target};
use super::{Hold, memory, text};

/// The edits of one process, which drives saved bits or writes a memory that is
/// saved. `chunks` are the saved bits it drives, placed in the module's own
/// piece of the chain.
pub fn edits(
    cx: &Context,
    stmt: StmtId,
    process: Span,
    chunks: &[Chunk],
    copies: &IndexMap<RegId, Copy>,
) -> Result<Vec<Edit>, Vec<Diagnostic>> {
    let registers: Vec<&Register> = chunks.iter().map(|chunk| cx.register(*chunk)).collect();
    let errors: Vec<Diagnostic> = registers
        .iter()
        .filter_map(|register| refusal(register))
        .collect();
    if !errors.is_empty() {
        return Err(errors);
    }
    let place = place(cx, stmt, process).map_err(|error| vec![error])?;
    if place.before {
        let by_equals = registers
            .iter()
            .filter(|register| register.origin.assigned != Assigned::Nonblocking);
        let errors: Vec<Diagnostic> = by_equals.map(|register| overtaken(register)).collect();
        if !errors.is_empty() {
            return Err(errors);
        }
    }
    let (at, after_else) = (place.at, place.after_else);
    let in_loop = registers
        .first()
        .is_some_and(|register| !register.origin.process.place.loops.is_empty());
    let (assignments, around) = match in_loop {
        false => (assignments(cx, chunks, copies), Vec::new()),
        true => {
            let looped = looped::process(cx, stmt, chunks)?;
            (looped.lines, looped.edits)
        }
    };
    let mut edits = Vec::new();
    for &reset in &place.resets {
        let kept = assignments.iter().filter(|line| line.reset);
        let kept = keep(cx, reset, kept, "begin ").map_err(|error| vec![error])?;
        edits.extend(kept.into_iter().flatten());
    }

    let line = text::indent_at(cx.text(), at);
    let step = format!("\n{line}  ");
    let mut insert = String::new();
    insert.push_str(if after_else { " if" } else { "if" });
    insert.push_str(" (idetic_shift) begin");
    for assignment in &assignments {
        let (target, value) = (&assignment.target, &assignment.value);
        insert.push_str(&step);
        match &assignment.kept {
            None => insert.push_str(&format!("{target} <= {value};")),
            Some(copy) => {
                let line = format!("{target} = {value};");
                insert.push_str(&text::unlinted(&["BLKSEQ"], &line));
                insert.push_str(&format!("{step}{copy} <= {value};"));
            }
        }
    }
    for restore in memory::restores(cx, stmt) {
        insert.push_str(&step);
        insert.push_str(&restore);
    }
    insert.push_str(&format!("\n{line}end else"));
    match (cx.options.hold, place.before) {
        (Hold::Enable, false) => insert.push_str(" if (!idetic_hold)"),
        (Hold::Enable, true) => {
            insert.push_str(" if (idetic_hold) begin");
            for Line { target, .. } in &assignments {
                insert.push_str(&format!("{step}{target} <= {target};"));
            }
            insert.push_str(&format!("\n{line}end else"));
        }
        (Hold::Gate, _) => {}
    }
    if !after_else {
        insert.push(' ');
    }
    edits.push(Edit {
        file: cx.file(),
        offset: at,
        text: insert,
    });
    let open = if after_else { " begin" } else { "begin " };
    let kept = keep(cx, place.main, assignments.iter(), open).map_err(|error| vec![error])?;
    edits.extend(
        kept.map(|[mut begin, end]| {
            begin.offset = at;
            [begin, end]
        })
        .into_iter()
        .flatten(),
    );
    edits.extend(around);
    Ok(edits)
}

/// What leaves copies behind a statement: insertions in front of it and behind it.
fn keep<'a>(
    cx: &Context,
    stmt: StmtId,
    lines: impl Iterator<Item = &'a Line>,
    open: &str,
) -> Result<Option<[Edit; 2]>, Diagnostic> {
    let copies: Vec<String> = lines
        .filter_map(|line| Some(format!(" {} <= {};", line.kept.as_ref()?, line.target)))
        .collect();
    if copies.is_empty() {
        return Ok(None);
    }
    let span = cx.ast[stmt].span;
    cx.editable(span, "a statement of this process")?;
    let edit = |offset, text| Edit {
        file: cx.file(),
        offset,
        text,
    };
    let end = format!("{} end", copies.concat());
    Ok(Some([
        edit(span.start, open.to_string()),
        edit(span.end, end),
    ]))
}

fn refusal(register: &Register) -> Option<Diagnostic> {
    let origin = &register.origin;
    let process = origin.process.span;
    if origin.assigned == Assigned::Mixed && !origin.process.place.loops.is_empty() {
        return Some(
            Diagnostic::error(
                codes::CANNOT_EDIT,
                process,
                format!(
                    "`{}` must be saved, but a process in a generate loop assigns it both by `=` and by `<=`",
                    register.name
                ),
            )
            .at("assigned in both ways at the clock edge")
            .label(origin.declaration, "declared here")
            .help("assign it in one way only"),
        );
    }
    if origin.bits == BitNaming::Whole && is_part(&origin.target) {
        return Some(
            Diagnostic::error(
                codes::CANNOT_EDIT,
                origin.declaration,
                format!(
                    "`{}` must be saved, but is a part of a structure or a vector of vectors",
                    register.name
                ),
            )
            .label(process, "this process drives a part of the variable")
            .help("drive the whole variable in one process, or declare its parts one by one"),
        );
    }
    None
}

/// The error for a register whose shifted value could be a part of what its process assigns before.
fn overtaken(register: &Register) -> Diagnostic {
    Diagnostic::error(
        codes::CANNOT_EDIT,
        register.origin.process.span,
        format!(
            "`{}` must be saved, but is assigned by `=` in a process that assigns something before it tests its asynchronous reset",
            register.name
        ),
    )
    .label(register.origin.declaration, "declared here")
    .help("assign it by `<=`, or test the reset first")
}

/// Whether a target is a part select, `q[7:4]`.
fn is_part(target: &str) -> bool {
    target
        .rfind('[')
        .is_some_and(|open| target[open..].contains(':'))
}

/// The parts of a process.
struct Place {
    /// What the asynchronous resets do.
    resets: Vec<StmtId>,
    /// What the clock edge does.
    main: StmtId,
    /// Where the branch goes.
    at: u32,
    /// That is right after an `else`.
    after_else: bool,
    /// Something is assigned in front of the test of a reset.
    before: bool,
}

fn place(cx: &Context, stmt: StmtId, process: Span) -> Result<Place, Diagnostic> {
    cx.editable(process, "this process")?;
    let unexpected = || {
        Diagnostic::error(
            codes::CANNOT_EDIT,
            process,
            "this process drives state to be saved, but has a form that cannot be edited",
        )
        .at("no single `else` behind the asynchronous reset")
        .help("write `always @(posedge clk or negedge rst_n) if (!rst_n) … else …` with one `if` for everything")
    };
    let StmtKind::Timed {
        timing: Timing::Events(events),
        body: Some(body),
    } = &cx.ast[stmt].kind
    else {
        return Err(unexpected());
    };
    // While the condition of an `iff` fails, the process would not shift.
    if let Some(iff) = events.iter().find_map(|event| event.iff) {
        return Err(Diagnostic::error(
            codes::CANNOT_EDIT,
            process,
            "this process drives state to be saved, but runs at some clock edges only",
        )
        .label(cx.ast[iff].span, "`iff`")
        .help("test the condition in the process: `if (…) …`"));
    }
    let edges = events.iter().filter(|event| event.edge != Edge::Any);
    let resets = edges.count().saturating_sub(1);
    let mut at = *body;
    let mut after = None;
    let mut left = resets;
    let mut resets = Vec::new();
    let mut before = false;
    while left > 0 {
        match &cx.ast[at].kind {
            StmtKind::Block { stmts, .. } => {
                let (test, mut others) = cx.ast.reset_test(stmts).ok_or_else(unexpected)?;
                before |= others.any(|stmt| cx.ast.is_hardware(stmt));
                at = test;
            }
            StmtKind::If {
                then_branch,
                else_branch: Some(branch),
                after_else,
                ..
            } => {
                resets.extend(*then_branch);
                at = *branch;
                after = *after_else;
                left -= 1;
                if after.is_none() {
                    cx.elsewhere.borrow_mut().insert(process);
                    return Err(cx.not_editable(cx.ast[at].span, "the `else` of this process"));
                }
            }
            _ => return Err(unexpected()),
        }
    }
    match after {
        Some(offset) => Ok(Place {
            resets,
            main: at,
            at: offset,
            after_else: true,
            before,
        }),
        None => {
            let start = cx.ast[at].span;
            cx.editable(start, "the statement of this process")?;
            Ok(Place {
                resets,
                main: at,
                at: start.start,
                after_else: false,
                before,
            })
        }
    }
}

/// One assignment per register. Its unsaved bits are dead and become 0: left
/// unknown after a restore they would do no harm in silicon, but one unknown
/// bit of an operand makes a whole sum unknown in simulation.
fn assignments(cx: &Context, chunks: &[Chunk], copies: &IndexMap<RegId, Copy>) -> Vec<Line> {
    let mut registers: IndexMap<RegId, Vec<Chunk>> = IndexMap::new();
    for chunk in chunks {
        registers.entry(chunk.register).or_default().push(*chunk);
    }
    registers
        .into_iter()
        .map(|(id, mut parts)| {
            parts.sort_by_key(|part| part.low);
            let register = cx.register(parts[0]);
            let kept = copies.get(&id).filter(|copy| copy.kind == Kind::Kept);
            Line {
                target: target(&as_driven(&register.origin)),
                value: filled(&parts, register.width),
                kept: kept.map(|copy| copy.name.clone()),
                reset: register.clocking.set_by_reset,
            }
        })
        .collect()
}

/// A whole register's value: saved bits from the chain, zeros between.
fn filled(parts: &[Chunk], width: u32) -> String {
    let mut items = Vec::new();
    let mut next = 0;
    let gap = |items: &mut Vec<String>, to: u32, next: u32| {
        if to > next {
            items.push(text::zeros(to - next));
        }
    };
    for part in parts {
        gap(&mut items, part.low, next);
        items.push(text::bits("idetic_shifted", part.at, part.len));
        next = part.low + part.len;
    }
    gap(&mut items, width, next);
    items.reverse();
    text::concat(&items)
}
