//! Macro calls and includes written out where text must be inserted.
//!
//! An insertion never lands in a macro's body or in an included file, which may
//! serve other places as well. [`written_out`] gives the files of the command
//! line with just those macro calls and `include` directives replaced by what
//! they stand for that cover given places. The result means the same, token by
//! token, and can be read in place of the files.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use astli_preproc::{ExpandedToken, render};
use astli_text::{Origins, SourceId, Span as PlacedSpan};

use super::ReadOptions;
use super::preprocess::{self, Unit};
use crate::diagnostics::Diagnostics;
use crate::source::{SourceMap, Span};

/// The files of `options` of which something has to be written out for `places`,
/// by path, with their new texts. `options` are those that `places` come from, `sources` holds what
/// was there before the files were read for them.
pub fn written_out(
    options: &ReadOptions,
    places: &[Span],
    mut sources: SourceMap,
) -> BTreeMap<PathBuf, String> {
    let mut ignored = Diagnostics::default();
    let unit = preprocess::run(options, &mut sources, &mut ignored);
    let mut out = BTreeMap::new();
    let included = included(&unit, &sources, places);
    for (file, expanded) in &unit.expanded {
        let Some(root) = unit.root(*file) else {
            continue;
        };
        let mut writer = Writer {
            unit: &unit,
            sources: &sources,
            calls: calls(&unit, &expanded.tokens, places),
            included: &included,
            names: BTreeSet::new(),
        };
        let text = writer.text(root);
        if writer.names.is_empty() {
            continue;
        }
        let names: Vec<String> = writer.names.into_iter().collect();
        let header = format!(
            "/* Written out by idetic, because text is inserted there: {}. */\n",
            names.join(", ").replace("*/", "* /")
        );
        let (mark, text) = match text.strip_prefix(preprocess::BOM) {
            Some(rest) => (preprocess::BOM, rest),
            None => ("", &*text),
        };
        let path = sources.path(*file).to_path_buf();
        out.insert(path, format!("{mark}{header}{text}"));
    }
    out
}

/// The inclusions whose text must be editable, with those around them.
fn included(unit: &Unit, sources: &SourceMap, places: &[Span]) -> BTreeSet<SourceId> {
    let mut out = BTreeSet::new();
    for source in unit.origins.files() {
        let Some(&file) = unit.files.get(&source) else {
            continue;
        };
        if !sources.file(file).included || !places.iter().any(|place| place.file == file) {
            continue;
        }
        out.insert(source);
        for directive in unit.origins.include_trace(source) {
            out.insert(unit.origins.spelled(directive).src_id);
        }
    }
    out
}

/// A macro call: the buffer it is written in, and where.
type Call = (SourceId, u32, u32);

/// The outermost macro calls that stand in the way in one of the places, each
/// with what it stands for: those that its text begins or ends with, or all in
/// it where there are none of these.
fn calls(unit: &Unit, tokens: &[ExpandedToken], places: &[Span]) -> BTreeMap<Call, String> {
    let origins = &unit.origins;
    let mut all: BTreeMap<Call, String> = BTreeMap::new();
    let call_of = |token: &ExpandedToken| -> Option<Call> {
        origins.placed_by(token.span.src_id)?;
        let call = origins.spelled(origins.reported_at(token.span));
        Some((call.src_id, call.start, call.end))
    };
    let mut at = 0;
    while at < tokens.len() {
        let Some(call) = call_of(&tokens[at]) else {
            at += 1;
            continue;
        };
        let start = at;
        while at < tokens.len() && call_of(&tokens[at]) == Some(call) {
            at += 1;
        }
        all.insert(call, unfolded(origins, &tokens[start..at]));
    }
    let mut wanted: BTreeSet<Call> = BTreeSet::new();
    for place in places {
        let inside = |&&(source, start, end): &&Call| {
            unit.files.get(&source) == Some(&place.file) && start < place.end && place.start < end
        };
        let at_an_end = |&&(_, start, end): &&Call| start <= place.start || place.end <= end;
        let ends: Vec<&Call> = all.keys().filter(inside).filter(at_an_end).collect();
        match ends[..] {
            [] => wanted.extend(all.keys().filter(inside)),
            _ => wanted.extend(ends),
        }
    }
    all.retain(|call, _| wanted.contains(call));
    all
}

/// Tokens as text. The backslashes that continue a macro's lines go.
fn unfolded(origins: &Origins, tokens: &[ExpandedToken]) -> String {
    let text = render(origins, tokens);
    let lines: Vec<&str> = text
        .lines()
        .map(|line| line.trim_end().trim_end_matches('\\').trim_end())
        .collect();
    lines.join("\n")
}

struct Writer<'a> {
    unit: &'a Unit,
    sources: &'a SourceMap,
    calls: BTreeMap<Call, String>,
    included: &'a BTreeSet<SourceId>,
    /// What has been written out.
    names: BTreeSet<String>,
}

impl Writer<'_> {
    /// The text of a buffer with its calls and inclusions written out.
    fn text(&mut self, buffer: SourceId) -> String {
        let Some(&file) = self.unit.files.get(&buffer) else {
            return String::new();
        };
        let text = &*self.sources.file(file).text;
        let mut parts: Vec<(u32, u32, String)> = Vec::new();
        let calls: Vec<(Call, String)> = self
            .calls
            .iter()
            .filter(|(call, _)| call.0 == buffer)
            .map(|(call, text)| (*call, text.clone()))
            .collect();
        for ((_, start, end), stands_for) in calls {
            let written = &text[start as usize..end as usize];
            let name = written
                .split(|c: char| c == '(' || c.is_whitespace())
                .next();
            self.names.insert(name.unwrap_or_default().to_string());
            parts.push((start, end, stands_for));
        }
        for inner in self.included.iter().copied() {
            let Some(directive) = self.unit.origins.included_from(inner) else {
                continue;
            };
            let directive: PlacedSpan = self.unit.origins.spelled(directive);
            if directive.src_id != buffer {
                continue;
            }
            let written = &text[directive.start as usize..directive.end as usize];
            self.names.insert(written.trim().to_string());
            let inner = self.text(inner);
            parts.push((directive.start, directive.end, format!("\n{inner}\n")));
        }
        parts.sort();
        let mut out = String::new();
        let mut at = 0;
        for (start, end, part) in parts {
            if start < at {
                continue;
            }
            out.push_str(&text[at as usize..start as usize]);
            out.push_str(&part);
            at = end;
        }
        out.push_str(&text[at as usize..]);
        out
    }
}
