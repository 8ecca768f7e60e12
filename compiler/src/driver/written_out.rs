//! Instrumenting with macro calls and includes written out.
//!
//! Where instrumentation has to insert text into what a macro or an included
//! file provides, the files are read anew with just those places written out.
//! The machine must come out the same, register by register and expression by
//! expression; so the analysis made before holds for the new text, too.

use crate::diagnostics::{Diagnostic, Diagnostics, Severity, codes};
use crate::domain;
use crate::elaborate;
use crate::frontend;
use crate::instrument::{self, Attempt, InstrumentOptions};
use crate::layout::Layout;
use crate::netlist::Netlist;
use crate::plan::Plan;
use crate::source::SourceMap;

use super::Analysis;

/// Most times that text is written out: what one round brings to light may need
/// another.
const ROUNDS: u32 = 8;

/// As [`instrument::attempt`]; with the texts that were read instead of the
/// user's, if it came to that.
pub(super) fn attempt(
    analysis: &Analysis,
    sources: &SourceMap,
    plan: &Plan,
    layout: &Layout,
    instrument: &InstrumentOptions,
) -> (Attempt, Option<SourceMap>) {
    let run = |ast: &_, sources: &_, netlist: &_| {
        let (graph, liveness) = (&analysis.graph, &analysis.liveness);
        instrument::attempt(
            ast, sources, netlist, graph, liveness, plan, layout, instrument,
        )
    };
    let first = run(&analysis.ast, sources, &analysis.netlist);
    let options = &analysis.options;
    let mut read = options.read.clone();
    let mut elsewhere = first.elsewhere.clone();
    if first.output.is_some() || elsewhere.is_empty() {
        return (first, None);
    }
    for _ in 0..ROUNDS {
        let texts = frontend::written_out(&read, &elsewhere, analysis.beside.clone());
        if texts.is_empty() {
            break;
        }
        read.texts.extend(texts);
        let mut sources = analysis.beside.clone();
        let (ast, found) = frontend::read(&read, &mut sources);
        if found.has_errors() {
            return (failed(first, &found), None);
        }
        let (design, found) = elaborate::elaborate(&ast, &sources, &options.elaborate);
        let Some(design) = design.filter(|_| !found.has_errors()) else {
            return (failed(first, &found), None);
        };
        let clock = domain::named(&design, &options.domain).ok().flatten();
        let (Some(netlist), _) = domain::select(design, clock) else {
            break;
        };
        if !same(&analysis.netlist, &netlist) {
            break;
        }
        let attempt = run(&ast, &sources, &netlist);
        if attempt.output.is_some() {
            return (attempt, Some(sources));
        }
        if attempt.elsewhere.is_empty() {
            return (failed(first, &attempt.diagnostics), None);
        }
        elsewhere = attempt.elsewhere;
    }
    (first, None)
}

/// The first attempt, with the errors that stand in the way once its places are
/// written out. They are about a text that the user has not written, so they
/// name no place.
fn failed(mut first: Attempt, found: &Diagnostics) -> Attempt {
    for error in found
        .list
        .iter()
        .filter(|error| error.severity == Severity::Error)
    {
        let mut told = Diagnostic::global(error.code, error.message.clone())
            .note("met when the macro calls and includes in question were written out");
        told.help.clone_from(&error.help);
        first.diagnostics.push(told);
    }
    if !found.has_errors() {
        first.diagnostics.push(Diagnostic::global(
            codes::CANNOT_EDIT,
            "writing out the macro calls and includes in question did not help",
        ));
    }
    first
}

/// Whether two netlists are the same machine, names and ids included.
fn same(one: &Netlist, other: &Netlist) -> bool {
    let registers = |of: &Netlist| -> Vec<_> {
        let list = of.registers.iter();
        list.map(|r| (r.name.clone(), r.width, r.next, r.async_resets.len()))
            .collect()
    };
    let instances = |of: &Netlist| -> Vec<_> {
        let list = of.instances.iter();
        list.map(|i| (i.path.clone(), i.module)).collect()
    };
    let outputs = |of: &Netlist| -> Vec<_> { of.outputs.iter().map(|o| o.expr).collect() };
    registers(one) == registers(other)
        && instances(one) == instances(other)
        && outputs(one) == outputs(other)
        && one.exprs.len() == other.exprs.len()
}
