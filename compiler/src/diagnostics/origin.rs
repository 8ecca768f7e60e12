//! Where the text at a place comes from, when that is not what stands there:
//! the definition of a macro, and the line that includes a file.
//!
//! Found by looking for the directives in the sources, as the front end keeps
//! places only; where a macro is defined more than once, the last definition
//! before its use in the same file counts, else none is shown.

use super::{Diagnostic, Label};
use crate::source::{FileId, SourceMap, Span};

/// The diagnostic with labels and notes about macros and included files.
pub fn explained(diagnostic: &Diagnostic, sources: &SourceMap) -> Diagnostic {
    let mut result = diagnostic.clone();
    let Some(primary) = &diagnostic.primary else {
        return result;
    };
    if let Some((name, label)) = macro_definition(primary.span, sources)
        && diagnostic.labels.iter().all(|it| it.span != label.span)
    {
        result.labels.push(label);
        let note = format!("the place is in the text that the macro `{name}` stands for");
        result.notes.insert(0, note);
    }
    result
        .notes
        .extend(including_line(primary.span.file, sources));
    result
}

fn is_word(c: char) -> bool {
    c == '_' || c == '$' || c.is_ascii_alphanumeric()
}

/// The macro that is called at a place, and where it is defined.
fn macro_definition(span: Span, sources: &SourceMap) -> Option<(String, Label)> {
    let file = sources.get(span.file)?;
    let text = file.text.get(span.start as usize..)?;
    if !span.expanded {
        return None;
    }
    let name: String = text
        .strip_prefix('`')?
        .chars()
        .take_while(|c| is_word(*c))
        .collect();
    let mut found: Vec<Span> = Vec::new();
    for (id, file) in sources.files() {
        for (at, _) in file.text.match_indices("`define") {
            let rest = &file.text[at + "`define".len()..];
            let gap = rest.len() - rest.trim_start_matches([' ', '\t']).len();
            let start = at + "`define".len() + gap;
            let defined = file.text[start..].strip_prefix(name.as_str());
            if gap > 0 && defined.is_some_and(|rest| !rest.starts_with(is_word)) {
                found.push(Span::new(id, start as u32, (start + name.len()) as u32));
            }
        }
    }
    let nearest = (found.iter().rev())
        .find(|it| it.file == span.file && it.start < span.start)
        .or(found.first().filter(|_| found.len() == 1))?;
    let label = Label {
        span: *nearest,
        text: format!("`{name}` is defined here"),
    };
    Some((name, label))
}

/// Which line includes a file, if it is an included one.
fn including_line(file: FileId, sources: &SourceMap) -> Option<String> {
    let included = sources.get(file).filter(|file| file.included)?;
    let mut places = Vec::new();
    for (id, other) in sources.files() {
        for (at, _) in other.text.match_indices("`include") {
            let rest = other.text[at + "`include".len()..].trim_start_matches([' ', '\t']);
            let path = rest
                .strip_prefix(['"', '<'])
                .and_then(|rest| rest.split(['"', '>', '\n']).next());
            if path.is_some_and(|path| !path.is_empty() && included.path.ends_with(path)) {
                let line = sources.line_col(id, at as u32).line;
                places.push(format!("{}:{line}", other.path.display()));
            }
        }
    }
    let first = places.first()?;
    let more = match places.len() {
        1 => String::new(),
        count => format!(" and {} more", count - 1),
    };
    Some(format!("the file is included at {first}{more}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::codes;

    #[test]
    fn macros_and_includes_are_explained() {
        let mut sources = SourceMap::new();
        let text = "`include \"m.vh\"\n`define  A(x) x + y\nmodule m; `A(1) `B `AB endmodule\n";
        let main = sources.add("m.v", text.into(), false);
        let header = "`define B y\n`define AB z\n`define AB y\nwire w;\n";
        let included = sources.add("inc/m.vh", header.into(), true);
        let at = |needle: &str| {
            let start = text.find(needle).expect("it is there") as u32;
            let mut span = Span::new(main, start, start + needle.len() as u32);
            span.expanded = true;
            explained(&Diagnostic::error(codes::SYNTAX, span, "wrong"), &sources)
        };
        let a = at("`A(1)");
        assert_eq!(sources.text(a.labels[0].span), "A");
        assert_eq!(sources.line_col(main, a.labels[0].span.start).line, 2);
        assert_eq!(a.notes.len(), 1);
        let b = at("`B ");
        assert_eq!(b.labels[0].span.file, included);
        // Defined twice elsewhere: which one counts is not known here.
        assert!(at("`AB").labels.is_empty());

        let span = Span::new(included, 37, 41);
        let inside = explained(&Diagnostic::error(codes::SYNTAX, span, "wrong"), &sources);
        assert_eq!(inside.notes, ["the file is included at m.v:1"]);
        let global = Diagnostic::global(codes::SYNTAX, "wrong");
        assert_eq!(explained(&global, &sources), global);
    }
}
