//! A strict recursive-descent parser over preprocessed tokens.
//!
//! Grammar: the synthesizable part of IEEE 1364-2005 and the parts of
//! IEEE 1800-2017 that real designs use. A construct outside it is skipped to
//! its end and leaves an `Unsupported` node or an error with its name. One
//! syntax error is reported per module, then parsing goes on behind its
//! `endmodule`, so that no error follows from another.
//!
//! Invariants: every loop consumes a token or ends; nesting is bounded by
//! [`MAX_NESTING`]; chains (`a + b + …`, `else if`, `? :`) use no stack.

mod assign;
mod decl;
mod expr;
mod instance;
mod item;
mod module;
mod port;
mod primary;
mod skip;
mod stmt;
mod subroutine;
mod types;

use std::collections::HashSet;

use astli_syntax::{SyntaxKind, SyntaxKind::*};

use super::ast::*;
use super::tokens::{Stream, Token};
use crate::diagnostics::{Code, Diagnostic, codes};
use crate::source::Span;

/// How deep parentheses, blocks and the like may nest.
pub(super) const MAX_NESTING: u32 = 4096;

/// Errors of one file at most: what follows is no Verilog, or follows from the first ones.
const MAX_ERRORS: usize = 100;

/// A syntax error was reported; the construct cannot be read further.
pub(super) struct Stop;

pub(super) type Parse<T> = Result<T, Stop>;

/// Names that files declared as types so far: a name is read as a type only
/// if it is one of them, as the standard demands.
pub(super) type TypeNames = HashSet<Box<str>>;

/// Parses one file into `ast`.
pub(super) fn parse(stream: &Stream, ast: &mut Ast, types: &mut TypeNames) -> Vec<Diagnostic> {
    ast.translated_off.extend(&stream.off);
    let mut parser = Parser::new(stream, ast, types);
    parser.file();
    parser.diagnostics
}

/// Parses a stream that is one expression.
pub(super) fn condition(stream: &Stream, ast: &mut Ast) -> Result<ExprId, Vec<Diagnostic>> {
    let mut types = TypeNames::new();
    let mut parser = Parser::new(stream, ast, &mut types);
    let found = parser.expr().and_then(|expr| match parser.at(EOF) {
        true => Ok(expr),
        false => Err(parser.expected("the end of the condition")),
    });
    match found {
        Ok(expr) if parser.diagnostics.is_empty() => Ok(expr),
        _ => {
            let mut found = parser.diagnostics;
            for problem in &mut found {
                problem.message = problem.message.replace("the end of the file", "the end");
            }
            Err(found)
        }
    }
}

pub(super) struct Parser<'a> {
    stream: &'a Stream<'a>,
    tokens: &'a [Token<'a>],
    at: usize,
    depth: u32,
    ast: &'a mut Ast,
    diagnostics: Vec<Diagnostic>,
    /// Ports that a body may complete: the module's, above it a subroutine's.
    ports: Vec<port::PortTable>,
    /// The scope whose `parameter`s can be overridden, and those found in it.
    overridable: Option<ScopeId>,
    parameters: Vec<SymbolId>,
    types: &'a mut TypeNames,
    /// Blocks without a name in the module so far, see [`Unnamed`].
    unnamed: u32,
    /// A package has been imported, whose types may be known to nobody yet.
    imports: bool,
    /// The rest of the file is not read: there were too many errors.
    gave_up: bool,
}

impl<'a> Parser<'a> {
    fn new(stream: &'a Stream<'a>, ast: &'a mut Ast, types: &'a mut TypeNames) -> Parser<'a> {
        Parser {
            stream,
            tokens: &stream.tokens,
            at: 0,
            depth: 0,
            ast,
            diagnostics: stream.diagnostics.clone(),
            ports: Vec::new(),
            overridable: None,
            parameters: Vec::new(),
            types,
            unnamed: 0,
            imports: false,
            gave_up: false,
        }
    }

    // ------------------------------------------------------------ tokens

    /// The token `ahead` places on; the last one is `EOF`.
    fn token(&self, ahead: usize) -> Token<'a> {
        let last = self.tokens.len() - 1;
        self.tokens[(self.at + ahead).min(last)]
    }

    fn kind(&self) -> SyntaxKind {
        self.token(0).kind
    }

    fn nth(&self, ahead: usize) -> SyntaxKind {
        self.token(ahead).kind
    }

    fn at(&self, kind: SyntaxKind) -> bool {
        self.kind() == kind
    }

    /// The span of the next token.
    fn here(&self) -> Span {
        self.token(0).span
    }

    /// The span of the last token taken.
    fn last(&self) -> Span {
        self.tokens[self.at.saturating_sub(1)].span
    }

    fn bump(&mut self) -> Token<'a> {
        let token = self.token(0);
        if token.kind != EOF {
            self.at += 1;
        }
        token
    }

    fn eat(&mut self, kind: SyntaxKind) -> bool {
        let found = self.at(kind);
        if found {
            self.bump();
        }
        found
    }

    fn expect(&mut self, kind: SyntaxKind) -> Parse<Token<'a>> {
        if self.at(kind) {
            return Ok(self.bump());
        }
        Err(self.expected(&spelling(kind)))
    }

    fn at_name(&self) -> bool {
        is_name(self.kind())
    }

    /// An identifier; `what` is what it names.
    fn name(&mut self, what: &str) -> Parse<Name> {
        if !self.at_name() {
            return Err(self.expected(what));
        }
        let token = self.bump();
        Ok(name_of(token))
    }

    /// From the token at index `start` to the last token taken.
    fn span_from(&self, start: usize) -> Span {
        let first = self.tokens[start.min(self.tokens.len() - 1)].span;
        if self.at <= start {
            return first;
        }
        join(first, self.last())
    }

    // ------------------------------------------------------------ errors

    /// Reports that `what` was expected at the next token.
    fn expected(&mut self, what: &str) -> Stop {
        let token = self.token(0);
        let found = found(token);
        let message = format!("expected {what}, found {found}");
        let mut problem = Diagnostic::error(codes::SYNTAX, token.span, message);
        let last = self.last();
        // What is missing belongs behind the token before, not on the next line.
        let ends = what == "`;`" || what == "`)`" || what == "`,` or `;`";
        if ends && self.at > 0 && last.file == token.span.file && !last.expanded {
            problem.primary = Some(crate::diagnostics::Label {
                span: Span::new(last.file, last.end, last.end),
                text: format!("expected {what} here"),
            });
            problem = problem.label(token.span, "unexpected");
        } else {
            problem = problem.at(format!("expected {what}"));
        }
        let help = match token.kind {
            EOF => Some("the text stops early: complete it, or close what is still open"),
            R_PAREN | R_BRACE if self.at > 0 && self.tokens[self.at - 1].kind == COMMA => {
                Some("take out the comma in front of it")
            }
            ALWAYS_KW | ALWAYS_FF_KW | ALWAYS_COMB_KW | INITIAL_KW | ASSIGN_KW | GENERATE_KW
            | FUNCTION_KW | TASK_KW | MODULE_KW | ENDMODULE_KW
                if !ends =>
            {
                Some("complete what stands before it: a `;`, `)` or `end` may be missing")
            }
            _ => None,
        };
        if let Some(help) = help {
            problem = problem.help(help);
        }
        self.report(problem);
        Stop
    }

    fn error(&mut self, span: Span, message: impl Into<String>) -> Stop {
        self.problem(codes::SYNTAX, span, message);
        Stop
    }

    /// Reports a construct that is not taken, and goes on.
    fn refuse(&mut self, span: Span, what: &str, help: &str) {
        let message = format!("{what} is not supported");
        self.report(Diagnostic::error(codes::UNSUPPORTED, span, message).help(help));
    }

    fn problem(&mut self, code: Code, span: Span, message: impl Into<String>) {
        self.report(Diagnostic::error(code, span, message));
    }

    fn report(&mut self, problem: Diagnostic) {
        if !self.gave_up {
            self.diagnostics.push(problem);
        }
    }

    /// Leaves the rest of the file unread where too much of it is wrong.
    fn give_up_at_some_time(&mut self) {
        if self.diagnostics.len() < MAX_ERRORS || self.at(EOF) {
            return;
        }
        let message = "too many errors: the rest of the file is not read";
        self.problem(codes::SYNTAX, self.here(), message);
        self.gave_up = true;
        self.at = self.tokens.len() - 1;
    }

    /// Runs `parse` one level deeper.
    fn nested<T>(&mut self, parse: impl FnOnce(&mut Self) -> Parse<T>) -> Parse<T> {
        if self.depth >= MAX_NESTING {
            let span = self.here();
            let message = format!("nested more than {MAX_NESTING} levels deep");
            let problem = Diagnostic::error(codes::SYNTAX, span, message);
            let help = "give the inner part a name: a wire, a function or a module of its own";
            self.report(problem.help(help));
            return Err(Stop);
        }
        self.depth += 1;
        let result = parse(self);
        self.depth -= 1;
        result
    }

    // ------------------------------------------------------------ arenas

    fn expr_node(&mut self, kind: ExprKind, span: Span) -> ExprId {
        self.ast.exprs.push(Expr { kind, span });
        ExprId(self.ast.exprs.len() as u32 - 1)
    }

    fn stmt_node(&mut self, kind: StmtKind, span: Span) -> StmtId {
        self.ast.stmts.push(Stmt { kind, span });
        StmtId(self.ast.stmts.len() as u32 - 1)
    }

    fn scope(&mut self, kind: ScopeKind, parent: Option<ScopeId>, name: Option<&Name>) -> ScopeId {
        self.ast.scopes.push(Scope {
            kind,
            parent,
            name: name.map(|name| name.text.clone()),
            unnamed: None,
            body: None,
            members: Vec::new(),
        });
        ScopeId(self.ast.scopes.len() as u32 - 1)
    }

    /// Keeps a name for a block or loop without one, if it declares variables: one that
    /// does not is no scope of its own.
    fn name_unnamed(&mut self, scope: ScopeId, begin: Option<Span>) {
        let declares = self.ast[scope].members.iter().any(|member| match member {
            Member::Declare(symbol) => !matches!(self.ast[*symbol].kind, SymbolKind::Block(_)),
            _ => false,
        });
        if declares {
            let name = format!("{UNNAMED_PREFIX}{}", self.unnamed).into();
            self.unnamed += 1;
            self.ast.scopes[scope.index()].unnamed = Some(Unnamed { name, begin });
        }
    }

    fn member(&mut self, scope: ScopeId, member: Member) {
        self.ast.scopes[scope.index()].members.push(member);
    }

    fn symbol(&mut self, name: Name, span: Span, kind: SymbolKind) -> SymbolId {
        self.ast.symbols.push(Symbol { name, span, kind });
        SymbolId(self.ast.symbols.len() as u32 - 1)
    }

    fn declare(&mut self, scope: ScopeId, name: Name, span: Span, kind: SymbolKind) -> SymbolId {
        let id = self.symbol(name, span, kind);
        self.member(scope, Member::Declare(id));
        id
    }

    // ------------------------------------------------------------ pieces

    /// `(* … *)`, any number of them; whether one is `full_case`, which is all
    /// that we use.
    fn attributes(&mut self) -> Parse<bool> {
        let mut full = false;
        while self.at(L_PAREN) && self.nth(1) == STAR {
            let open = self.here();
            self.at += 2;
            loop {
                if self.at(STAR) && self.nth(1) == R_PAREN {
                    self.at += 2;
                    break;
                }
                match self.kind() {
                    EOF | SEMICOLON => return Err(self.error(open, "an attribute does not end")),
                    _ => {
                        let token = self.bump();
                        let off = self.at(EQ) && self.token(1).text == "0";
                        full |= token.text == "full_case" && !off;
                    }
                }
            }
        }
        Ok(full)
    }

    /// `: name` behind an `end…`, which must repeat the name.
    fn end_label(&mut self, name: Option<&Name>) -> Parse<()> {
        if !self.eat(COLON) {
            return Ok(());
        }
        if self.eat(NEW_KW) {
            return Ok(());
        }
        let label = self.name("a name")?;
        if name.is_none_or(|name| name.text != label.text) {
            let wanted = match name {
                Some(name) => format!("`{}` ends `{}`", label.text, name.text),
                None => format!("`{}` ends a block without a name", label.text),
            };
            return Err(self.error(label.span, wanted));
        }
        Ok(())
    }
}

/// From `first` to `last`; never a place for edits when they are apart.
fn join(first: Span, last: Span) -> Span {
    if first.file != last.file || last.end < first.start {
        return Span {
            expanded: true,
            ..first
        };
    }
    first.to(last)
}

fn is_name(kind: SyntaxKind) -> bool {
    matches!(kind, IDENT | ESCAPED_IDENT)
}

fn name_of(token: Token) -> Name {
    let text = match token.kind {
        ESCAPED_IDENT => token.text.trim_start_matches('\\').trim_end(),
        _ => token.text,
    };
    Name {
        text: text.into(),
        span: token.span,
    }
}

/// How a user writes a token of this kind.
fn spelling(kind: SyntaxKind) -> String {
    let text = match kind {
        L_PAREN => "(",
        R_PAREN => ")",
        L_BRACK => "[",
        R_BRACK => "]",
        L_BRACE => "{",
        R_BRACE => "}",
        SEMICOLON => ";",
        COMMA => ",",
        COLON => ":",
        COLON_COLON => "::",
        DOT => ".",
        EQ => "=",
        HASH => "#",
        AT => "@",
        IDENT => return "a name".to_string(),
        kind => match kind.keyword_text() {
            Some(text) => text,
            None => return "another token".to_string(),
        },
    };
    format!("`{text}`")
}

fn found(token: Token) -> String {
    match token.kind {
        EOF => "the end of the file".to_string(),
        LEX_ERROR if token.text.starts_with('"') => "a string that does not end".to_string(),
        LEX_ERROR => format!(
            "`{}`, which Verilog does not use",
            token.text.escape_debug()
        ),
        kind if kind.is_keyword() => format!("the keyword `{}`", token.text),
        _ => {
            let text: String = token.text.chars().take(40).collect();
            format!("`{text}`")
        }
    }
}
