//! Warnings of races: a register that one clocked process assigns by `=` and
//! another reads at the same edge.

use rustc_hash::FxHashSet;

use crate::diagnostics::{Diagnostic, codes};
use crate::frontend::ast::{self, AssignKind, Ast, ExprKind};
use crate::netlist::races::{Race, Reader, races};
use crate::netlist::{Netlist, Origin};
use crate::source::Span;

/// One warning per declaration of such a register, with the first reader.
pub(super) fn warnings(ast: &Ast, netlist: &Netlist) -> Vec<Diagnostic> {
    let mut told: FxHashSet<Span> = FxHashSet::default();
    let mut list = Vec::new();
    for Race { register, reader } in races(netlist) {
        let written = &netlist.registers[register.index()];
        if !told.insert(written.origin.declaration) {
            continue;
        }
        let (what, place) = match reader {
            Reader::Register(id) => {
                let reader = &netlist.registers[id.index()];
                (
                    &reader.name,
                    read(ast, &written.origin, reader.origin.process.span),
                )
            }
            Reader::Memory(id) => {
                let memory = &netlist.memories[id.index()];
                let process = memory.processes.first();
                let span = process.map_or(memory.origin.declaration, |process| process.span);
                (&memory.name, read(ast, &written.origin, span))
            }
        };
        let name = &written.name;
        let message = format!(
            "`{name}` is assigned by `=`, and another process reads it at the same clock edge"
        );
        list.push(
            Diagnostic::warning(codes::RACE, assigned(ast, &written.origin), message)
                .label(place, format!("`{what}` depends on it here"))
                .note("a simulator may run either process first; the netlist takes the value from before the edge, as synthesis does")
                .help("use `<=`"),
        );
    }
    list
}

fn within(inner: Span, outer: Span) -> bool {
    inner.file == outer.file && outer.start <= inner.start && inner.end <= outer.end
}

/// The first assignment by `=` to a register in its process, else the process.
fn assigned(ast: &Ast, origin: &Origin) -> Span {
    let process = origin.process.span;
    let assignments = ast.exprs.iter().filter(|expr| within(expr.span, process));
    let mut places = assignments.filter(|expr| match expr.kind {
        ExprKind::Assign { kind, lhs, .. } => {
            kind == AssignKind::Blocking && names(ast, lhs, &origin.variable)
        }
        _ => false,
    });
    places.next().map_or(process, |expr| expr.span)
}

/// The first place in a process that names a register, else the process.
fn read(ast: &Ast, origin: &Origin, process: Span) -> Span {
    let names = ast.exprs.iter().filter(|expr| within(expr.span, process));
    let mut places = names
        .filter(|expr| matches!(&expr.kind, ExprKind::Name(name) if **name == *origin.variable));
    places.next().map_or(process, |expr| expr.span)
}

/// Whether an assignment's left side is the variable or a part of it.
fn names(ast: &Ast, target: ast::ExprId, variable: &str) -> bool {
    match &ast[target].kind {
        ExprKind::Name(name) => **name == *variable,
        ExprKind::Index(base, _) | ExprKind::Range(base, ..) | ExprKind::Member(base, _) => {
            names(ast, *base, variable)
        }
        ExprKind::Concat(items) => items.iter().any(|&item| names(ast, item, variable)),
        _ => false,
    }
}
