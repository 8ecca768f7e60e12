//! Macros that tools define by themselves.
//!
//! Yosys defines `SYNTHESIS`, Verilator `VERILATOR`, and so on; idetic defines none of them.
//! Text that depends on one is another design for that tool, and what is instrumented
//! is the one that idetic has read. So the text is read once more with each such macro, and
//! where the hardware differs a warning says so.

use crate::diagnostics::{Diagnostic, codes};
use crate::elaborate;
use crate::frontend;
use crate::netlist::{Netlist, compare};
use crate::source::{SourceMap, Span};

use super::AnalyzeOptions;

/// The macros, and who defines them.
const MACROS: [(&str, &str); 6] = [
    ("SYNTHESIS", "Yosys and most synthesis tools"),
    ("YOSYS", "Yosys"),
    ("VERILATOR", "Verilator"),
    ("verilator", "Verilator"),
    ("__ICARUS__", "Icarus Verilog"),
    ("ALTERA_RESERVED_QIS", "Quartus"),
];

/// Differences shown, at most.
const SHOWN: usize = 3;

/// Warnings of macros that make another design of the text. `design` is what was read without them.
pub(super) fn warnings(
    options: &AnalyzeOptions,
    sources: &SourceMap,
    design: &Netlist,
) -> Vec<Diagnostic> {
    let of = |&(name, by): &(&'static str, &'static str)| {
        let span = condition(sources, name)?;
        let given = options.read.defines.iter().any(|(own, _)| own == name);
        (!given && !defined(sources, name)).then_some((name, by, span))
    };
    let met: Vec<_> = MACROS.iter().filter_map(of).collect();
    let mut out = Vec::new();
    for (name, by, span) in met {
        let mut read = options.read.clone();
        read.defines.push((name.to_string(), None));
        let mut sources = SourceMap::new();
        let (ast, found) = frontend::read(&read, &mut sources);
        let other = match found.has_errors() {
            true => None,
            false => elaborate::elaborate(&ast, &sources, &options.elaborate).0,
        };
        let differences = match &other {
            Some(other) => compare::differences(design, other),
            None => vec!["it cannot be read".to_string()],
        };
        if differences.is_empty() {
            continue;
        }
        let more = differences.len().saturating_sub(SHOWN);
        let shown = differences.iter().take(SHOWN).cloned();
        let mut shown: Vec<String> = shown.collect();
        if more > 0 {
            shown.push(format!("{more} more"));
        }
        let note = match other {
            None => "with it the text cannot be read".to_string(),
            Some(_) => format!("other with it: {}", shown.join(", ")),
        };
        out.push(
            Diagnostic::warning(
                codes::TOOL_MACRO,
                span,
                format!("with the macro `{name}` this is another design, and {by} define it"),
            )
            .at("read without it")
            .note(note)
            .note("what a tool builds of the emitted text with it is not what was instrumented")
            .help(format!(
                "read the design as that tool does, `-D {name}`, or make it the same for all tools"
            )),
        );
    }
    out
}

/// The first place where a text depends on a macro.
fn condition(sources: &SourceMap, name: &str) -> Option<Span> {
    let directives = ["`ifdef", "`ifndef", "`elsif"];
    sources.files().find_map(|(id, file)| {
        let places = directives.iter().flat_map(|it| file.text.match_indices(it));
        let mut places: Vec<(usize, &str)> = places.collect();
        places.sort_unstable();
        let place = places.into_iter().find(|(at, directive)| {
            let rest = &file.text[at + directive.len()..];
            is_named(rest, name) && !in_comment(&file.text, *at)
        });
        let (at, directive) = place?;
        let rest = &file.text[at + directive.len()..];
        let blank = rest.len() - rest.trim_start().len();
        let end = at + directive.len() + blank + name.len();
        Some(Span::new(id, at as u32, end as u32))
    })
}

/// Whether the text itself defines a macro.
fn defined(sources: &SourceMap, name: &str) -> bool {
    sources.files().any(|(_, file)| {
        let mut places = file.text.match_indices("`define");
        places.any(|(at, directive)| is_named(&file.text[at + directive.len()..], name))
    })
}

/// Whether a name stands at the beginning, behind blanks.
fn is_named(rest: &str, name: &str) -> bool {
    let own = rest.trim_start_matches([' ', '\t']);
    let after = own.strip_prefix(name).map(|after| after.chars().next());
    let in_word = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
    own.len() < rest.len() && after.is_some_and(|next| !next.is_some_and(in_word))
}

/// Whether a line comment begins before a place on its line.
fn in_comment(text: &str, at: usize) -> bool {
    let line = text[..at].rfind('\n').map_or(0, |end| end + 1);
    text[line..at].contains("//")
}
