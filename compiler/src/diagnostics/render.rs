//! Diagnostics as text for people and as JSON lines for programs.
//!
//! Guarantees: the output depends on the arguments alone; a diagnostic whose
//! place lies outside its file is rendered without an excerpt rather than not
//! at all. With [`Style::Json`] each diagnostic is one line, an object with
//! `code`, `severity`, `title`, `message`, `file`, `line`, `column`,
//! `end_line`, `end_column` (`null` where there is no place; counted from 1,
//! columns in characters, the end exclusive), `label`, `labels`, `notes` and
//! `help`.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use serde_json::{Value, json};

use super::{Diagnostic, Diagnostics, Label, Severity, origin};
use crate::source::{FileId, SourceMap, Span};

/// Longer spans are shown by their first line.
const MAX_LINES: u32 = 8;

/// Bytes of an excerpt at most: of longer lines only the place is told.
const MAX_EXCERPT: usize = 1 << 16;

/// The width text is laid out for, in columns.
const WIDTH: usize = 120;

/// How to render.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Text with excerpts.
    Text {
        /// With ANSI colours.
        color: bool,
    },
    /// One JSON object per line.
    Json,
}

/// Renders all diagnostics in order; empty where there are none.
pub fn render(diagnostics: &Diagnostics, sources: &SourceMap, style: Style) -> String {
    let mut out = String::new();
    for diagnostic in &diagnostics.list {
        let diagnostic = &origin::explained(&diagnostic.placed(sources), sources);
        match style {
            Style::Text { color } => {
                out.push_str(&text(diagnostic, sources, color));
                out.push_str("\n\n");
            }
            Style::Json => {
                out.push_str(&object(diagnostic, sources).to_string());
                out.push('\n');
            }
        }
    }
    out
}

fn text(diagnostic: &Diagnostic, sources: &SourceMap, color: bool) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let title = level
        .primary_title(diagnostic.message.as_str())
        .id(diagnostic.code.id);
    let mut group = Group::with_title(title);
    for file in files(diagnostic) {
        group = excerpt(group, diagnostic, sources, file);
    }
    for note in &diagnostic.notes {
        group = group.element(Level::NOTE.message(note.as_str()));
    }
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(help.as_str()));
    }
    let renderer = match color {
        true => Renderer::styled(),
        false => Renderer::plain(),
    };
    let renderer = renderer.decor_style(DecorStyle::Ascii).term_width(WIDTH);
    renderer.render(&[group])
}

/// The files of a diagnostic, the primary one first.
fn files(diagnostic: &Diagnostic) -> Vec<FileId> {
    let mut files: Vec<FileId> = Vec::new();
    for label in diagnostic.primary.iter().chain(&diagnostic.labels) {
        if !files.contains(&label.span.file) {
            files.push(label.span.file);
        }
    }
    files
}

/// Adds the lines of `file` that the diagnostic speaks of.
fn excerpt<'a>(
    group: Group<'a>,
    diagnostic: &'a Diagnostic,
    sources: &'a SourceMap,
    file: FileId,
) -> Group<'a> {
    let Some(source) = sources.get(file) else {
        return group;
    };
    let path = source.path.display().to_string();
    let primary = diagnostic
        .primary
        .iter()
        .map(|it| (it, AnnotationKind::Primary));
    let others = diagnostic
        .labels
        .iter()
        .map(|it| (it, AnnotationKind::Context));
    let labels: Vec<(&Label, AnnotationKind, Span)> = primary
        .chain(others)
        .filter(|(label, _)| label.span.file == file && valid(label.span, &source.text))
        .map(|(label, kind)| (label, kind, shortened(label.span, sources)))
        .collect();
    let bounds = (
        labels.iter().map(|(.., span)| span.start).min(),
        labels.iter().map(|(.., span)| span.end).max(),
    );
    let (Some(start), Some(end)) = bounds else {
        return group.element(Origin::path(path));
    };
    let text = source.text.as_str();
    let from = text[..start as usize].rfind('\n').map_or(0, |at| at + 1);
    let to = text[end as usize..]
        .find('\n')
        .map_or(text.len(), |at| end as usize + at);
    // A carriage return is no part of the line.
    let to = match text[from..to].ends_with('\r') && (end as usize) < to {
        true => to - 1,
        false => to,
    };
    if to - from > MAX_EXCERPT {
        let at = sources.line_col(file, start);
        let origin = Origin::path(path).line(at.line as usize);
        return group.element(origin.char_column(at.column as usize));
    }
    let annotations = labels.into_iter().map(|(label, kind, span)| {
        let range = span.start as usize - from..span.end as usize - from;
        let annotation: Annotation = kind.span(range);
        match label.text.is_empty() {
            true => annotation,
            false => annotation.label(label.text.as_str()),
        }
    });
    let snippet = Snippet::source(&text[from..to])
        .line_start(sources.line_col(file, start).line as usize)
        .path(path)
        .annotations(annotations);
    group.element(snippet)
}

fn valid(span: Span, text: &str) -> bool {
    let (start, end) = (span.start as usize, span.end as usize);
    start <= end && text.is_char_boundary(start) && text.is_char_boundary(end)
}

/// `span`, or its first line when it has many.
fn shortened(span: Span, sources: &SourceMap) -> Span {
    let first = sources.line_col(span.file, span.start).line;
    let last = sources.line_col(span.file, span.end).line;
    if last - first < MAX_LINES {
        return span;
    }
    let line = sources.text(span).find(['\n', '\r']).unwrap_or(0) as u32;
    Span {
        end: span.start + line,
        ..span
    }
}

fn object(diagnostic: &Diagnostic, sources: &SourceMap) -> Value {
    let severity = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    };
    let mut object = json!({
        "code": diagnostic.code.id,
        "severity": severity,
        "title": diagnostic.code.title,
        "message": diagnostic.message,
    });
    let primary = diagnostic.primary.as_ref().map(|it| place(it, sources));
    let labels: Vec<Value> = diagnostic
        .labels
        .iter()
        .map(|it| place(it, sources))
        .collect();
    let rest = json!({
        "labels": labels,
        "notes": diagnostic.notes,
        "help": diagnostic.help,
    });
    for part in [primary.unwrap_or_else(no_place), rest] {
        if let (Value::Object(into), Value::Object(from)) = (&mut object, part) {
            into.extend(from);
        }
    }
    object
}

fn place(label: &Label, sources: &SourceMap) -> Value {
    let span = label.span;
    let Some(source) = sources.get(span.file).filter(|it| valid(span, &it.text)) else {
        return no_place();
    };
    let start = sources.line_col(span.file, span.start);
    let end = sources.line_col(span.file, span.end);
    json!({
        "file": source.path.display().to_string(),
        "line": start.line,
        "column": start.column,
        "end_line": end.line,
        "end_column": end.column,
        "label": if label.text.is_empty() { Value::Null } else { json!(label.text) },
    })
}

fn no_place() -> Value {
    json!({
        "file": null,
        "line": null,
        "column": null,
        "end_line": null,
        "end_column": null,
        "label": null,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::codes;

    fn sample() -> (Diagnostics, SourceMap) {
        let mut sources = SourceMap::new();
        let file = sources.add(
            "rtl/ä.v",
            "module m(a);\n  wire ü = a\nendmodule\n".into(),
            false,
        );
        let other = sources.add("rtl/b.vh", "`define A a\n".into(), true);
        let mut diagnostics = Diagnostics::default();
        diagnostics.push(
            Diagnostic::error(
                codes::SYNTAX,
                Span::new(file, 26, 26),
                "expected `;`, found `endmodule`",
            )
            .at("expected `;` here")
            .label(Span::new(file, 27, 36), "unexpected")
            .label(Span::new(other, 8, 9), "the macro")
            .note("a note")
            .help("add a `;`"),
        );
        diagnostics.push(Diagnostic::warning(
            codes::UNSUPPORTED,
            Span::new(file, 0, 37),
            "all of it",
        ));
        diagnostics
            .push(Diagnostic::global(codes::FILE_UNREADABLE, "`x.v` does not exist").help("look"));
        (diagnostics, sources)
    }

    #[test]
    fn text_shows_excerpts_of_all_files() {
        let (diagnostics, sources) = sample();
        insta::assert_snapshot!(render(&diagnostics, &sources, Style::Text { color: false }));
    }

    #[test]
    fn json_is_one_object_per_line() {
        let (diagnostics, sources) = sample();
        let lines = render(&diagnostics, &sources, Style::Json);
        assert_eq!(lines.lines().count(), 3);
        for line in lines.lines() {
            assert!(serde_json::from_str::<Value>(line).is_ok());
        }
        insta::assert_snapshot!(lines);
    }

    #[test]
    fn colour_adds_escapes_only() {
        let (diagnostics, sources) = sample();
        let plain = render(&diagnostics, &sources, Style::Text { color: false });
        let styled = render(&diagnostics, &sources, Style::Text { color: true });
        assert_ne!(plain, styled);
        assert_eq!(anstream::adapter::strip_str(&styled).to_string(), plain);
    }

    #[test]
    fn of_a_line_without_end_the_place_is_told() {
        let mut sources = SourceMap::new();
        let text = format!("module m;\n{}x", " ".repeat(MAX_EXCERPT));
        let file = sources.add("m.v", text, false);
        let end = MAX_EXCERPT as u32 + 10;
        let mut diagnostics = Diagnostics::default();
        let x = Span::new(file, end, end + 1);
        diagnostics.push(Diagnostic::error(codes::SYNTAX, x, "an `x`"));
        let text = render(&diagnostics, &sources, Style::Text { color: false });
        assert!(
            text.contains(&format!("m.v:2:{}", MAX_EXCERPT + 1)),
            "{text}"
        );
        assert!(text.len() < 200, "{text}");
    }

    #[test]
    fn a_place_outside_its_file_is_no_panic() {
        let (_, sources) = sample();
        let file = sources.files().next().expect("a file").0;
        let mut diagnostics = Diagnostics::default();
        diagnostics.push(Diagnostic::error(
            codes::SYNTAX,
            Span::new(file, 500, 501),
            "far away",
        ));
        assert!(render(&diagnostics, &sources, Style::Text { color: false }).contains("far away"));
        assert!(render(&diagnostics, &sources, Style::Json).contains("far away"));
    }
}
