//! Preprocessed tokens with the places where the user wrote them.
//!
//! This and [`super::preprocess`] are the only modules that know the
//! preprocessor's own notion of a place. A token that a macro made is placed
//! at the outermost macro call and marked `expanded`.

use std::collections::HashMap;

use astli_preproc::ExpandedToken;
use astli_syntax::{KeywordVersion, Lexer, SyntaxKind, SyntaxKind::*};
use astli_text::{Origins, SourceId};

use crate::diagnostics::{Diagnostic, codes};
use crate::source::{FileId, Span};

/// One token that is no white space and no comment.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token<'a> {
    /// What it is. A word that is no keyword in the file's language is an `IDENT`.
    pub kind: SyntaxKind,
    /// Where.
    pub span: Span,
    /// Its text.
    pub text: &'a str,
}

/// The tokens of one file given on the command line, includes followed.
pub(super) struct Stream<'a> {
    /// Ends with an `EOF`.
    pub tokens: Vec<Token<'a>>,
    /// From which token on undeclared names declare nets, or no longer do.
    pub nettypes: Vec<(usize, bool)>,
    /// Before which tokens a comment says `full_case`.
    pub full_cases: Vec<usize>,
    /// Parts between `translate_off` and `translate_on`.
    pub off: Vec<Span>,
    /// Directives that are not taken.
    pub diagnostics: Vec<Diagnostic>,
}

impl Stream<'_> {
    /// Whether an undeclared name declares a net at token `at`.
    pub fn implicit_nets(&self, at: usize) -> bool {
        let before = self.nettypes.partition_point(|&(from, _)| from <= at);
        before == 0 || self.nettypes[before - 1].1
    }
}

/// Translates the preprocessor's places into ours.
pub(super) struct Places<'a> {
    pub origins: &'a Origins,
    pub files: HashMap<SourceId, FileId>,
}

impl Places<'_> {
    /// Where the user wrote `span`; `None` on the command line.
    pub fn span(&self, span: astli_text::Span) -> Option<Span> {
        let expanded = self.origins.placed_by(span.src_id).is_some();
        let written = self.origins.spelled(self.origins.reported_at(span));
        let file = *self.files.get(&written.src_id)?;
        Some(Span {
            file,
            start: written.start,
            end: written.end,
            expanded,
        })
    }
}

/// The tokens of a file in `version`'s language, without the parts between
/// `// synthesis translate_off` and `translate_on`. `implicit` is the state that
/// the files before left `` `default_nettype `` in, and is updated.
pub(super) fn stream<'a>(
    places: &Places<'a>,
    file: FileId,
    end: u32,
    expanded: &[ExpandedToken],
    version: KeywordVersion,
    implicit: &mut bool,
) -> Stream<'a> {
    let mut out = Stream {
        tokens: Vec::with_capacity(expanded.len() / 2 + 1),
        nettypes: vec![(0, *implicit)],
        full_cases: Vec::new(),
        off: Vec::new(),
        diagnostics: Vec::new(),
    };
    let mut words = Words::new(version);
    let mut skipping = false;
    let mut at = 0;
    while at < expanded.len() {
        let token = expanded[at];
        at += 1;
        let text = places.origins.slice(token.span);
        if token.kind == DIRECTIVE_TRIVIA {
            let operand = expanded[at..]
                .iter()
                .find(|next| !matches!(next.kind, WHITESPACE | LINE_COMMENT | BLOCK_COMMENT))
                .filter(|next| next.kind == DIRECTIVE_TRIVIA)
                .map_or("", |next| places.origins.slice(next.span));
            match text {
                "`default_nettype" => *implicit = operand != "none",
                "`resetall" => *implicit = true,
                "`begin_keywords" => words.nested += 1,
                "`end_keywords" => words.nested = words.nested.saturating_sub(1),
                "`unconnected_drive" => out.refuse(places, token, "`` `unconnected_drive ``"),
                "`pragma" if operand == "protect" => {
                    out.refuse(places, token, "encrypted text (`` `pragma protect ``)");
                }
                _ => continue,
            }
            out.nettypes.push((out.tokens.len(), *implicit));
            continue;
        }
        match pragma(token.kind, text) {
            Some(Pragma::Translate(on)) => {
                if let (false, false, Some(span)) = (on, skipping, places.span(token.span)) {
                    out.off.push(span);
                }
                skipping = !on;
            }
            Some(Pragma::FullCase) => out.full_cases.push(out.tokens.len()),
            None => {}
        }
        if token.kind.is_trivia() || token.kind == EOF || skipping {
            continue;
        }
        if let Some(span) = places.span(token.span) {
            out.token(&mut words, token.kind, text, span);
        }
    }
    out.tokens.push(Token {
        kind: EOF,
        span: Span::new(file, end, end),
        text: "",
    });
    out
}

/// The tokens of a piece of Verilog that stands by itself, without directives.
pub(super) fn fragment(place: Span, text: &str, version: KeywordVersion) -> Stream<'_> {
    let mut out = Stream {
        tokens: Vec::new(),
        nettypes: Vec::new(),
        full_cases: Vec::new(),
        off: Vec::new(),
        diagnostics: Vec::new(),
    };
    let mut words = Words::new(version);
    for token in astli_syntax::tokenize(text) {
        if token.kind == EOF || token.kind.is_trivia() {
            continue;
        }
        let start = place.start + token.start;
        let span = Span::new(place.file, start, place.start + token.end);
        out.token(&mut words, token.kind, token.text(text), span);
    }
    out.tokens.push(Token {
        kind: EOF,
        span: Span::new(place.file, place.end, place.end),
        text: "",
    });
    out
}

impl<'a> Stream<'a> {
    /// Adds a token; two where the lexer took two for one.
    fn token(&mut self, words: &mut Words, kind: SyntaxKind, text: &'a str, span: Span) {
        let (head, tail) = match kind {
            BASED_LITERAL => text.split_at(based_length(text)),
            _ => (text, ""),
        };
        let mut span = span;
        if !span.expanded {
            span.end = span.start + head.len() as u32;
        }
        self.tokens.push(Token {
            kind: words.kind(kind, head),
            span,
            text: head,
        });
        for piece in astli_syntax::tokenize(tail) {
            if piece.kind == EOF || piece.kind.is_trivia() {
                continue;
            }
            let mut span = span;
            if !span.expanded {
                let base = span.start + head.len() as u32;
                (span.start, span.end) = (base + piece.start, base + piece.end);
            }
            let text = piece.text(tail);
            self.tokens.push(Token {
                kind: words.kind(piece.kind, text),
                span,
                text,
            });
        }
    }
}

impl Stream<'_> {
    fn refuse(&mut self, places: &Places, token: ExpandedToken, what: &str) {
        if let Some(span) = places.span(token.span) {
            self.diagnostics.push(Diagnostic::error(
                codes::UNSUPPORTED,
                span,
                format!("{what} is not supported"),
            ));
        }
    }
}

/// What a comment tells synthesis tools.
enum Pragma {
    /// A part that is not hardware ends or begins.
    Translate(bool),
    /// The `case` in front of it is complete.
    FullCase,
}

/// The pragmas that every synthesis tool obeys.
fn pragma(kind: SyntaxKind, text: &str) -> Option<Pragma> {
    if !matches!(kind, LINE_COMMENT | BLOCK_COMMENT) {
        return None;
    }
    let mut words = text[2..].trim_end_matches("*/").split_whitespace();
    let tool = words.next()?;
    if !matches!(
        tool,
        "synthesis" | "synopsys" | "pragma" | "xilinx" | "exemplar" | "cadence"
    ) {
        return None;
    }
    let first = words.next()?;
    match first {
        "translate_off" => Some(Pragma::Translate(false)),
        "translate_on" => Some(Pragma::Translate(true)),
        _ => [first]
            .into_iter()
            .chain(words)
            .flat_map(|word| word.split(','))
            .any(|word| word == "full_case")
            .then_some(Pragma::FullCase),
    }
}

/// How much of a based literal belongs to it: the lexer takes digits of any
/// base, so that `'d1?a` would be one token.
fn based_length(text: &str) -> usize {
    let base = text[1..]
        .find(|c: char| !matches!(c, 's' | 'S'))
        .map_or(text.len(), |at| at + 2);
    let digits = &text[base.min(text.len())..];
    let marked = |c: char| matches!(c, 'x' | 'X' | 'z' | 'Z' | '?' | '_');
    let length = match text[..base.min(text.len())].chars().last() {
        Some('d' | 'D') => match digits.starts_with(|c: char| c.is_ascii_digit()) {
            true => digits.find(|c: char| !c.is_ascii_digit() && c != '_'),
            false => digits[1.min(digits.len())..]
                .find(|c| c != '_')
                .map(|at| at + 1),
        },
        Some('b' | 'B') => digits.find(|c: char| !matches!(c, '0' | '1') && !marked(c)),
        Some('o' | 'O') => digits.find(|c: char| !c.is_digit(8) && !marked(c)),
        _ => None,
    };
    base + length.unwrap_or(digits.len())
}

/// Which words are keywords. The lexer knows one language per session; files
/// of both languages share one for their macros, so words that the file's
/// language does not reserve become identifiers here.
struct Words {
    version: KeywordVersion,
    reserved: HashMap<SyntaxKind, bool>,
    /// Depth of `` `begin_keywords ``, in which the lexer has the right set.
    nested: u32,
}

impl Words {
    fn new(version: KeywordVersion) -> Words {
        Words {
            version,
            reserved: HashMap::new(),
            nested: 0,
        }
    }

    fn kind(&mut self, kind: SyntaxKind, text: &str) -> SyntaxKind {
        if !kind.is_keyword() || self.nested > 0 {
            return kind;
        }
        let version = self.version;
        let reserved = *self.reserved.entry(kind).or_insert_with(|| {
            Lexer::with_keyword_version(text, version)
                .tokenize()
                .first()
                .is_some_and(|token| token.kind == kind)
        });
        if reserved { kind } else { IDENT }
    }
}
