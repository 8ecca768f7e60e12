//! Primaries: numbers, names with selects, calls, concatenations, casts and
//! assignment patterns.

use super::*;
use crate::frontend::number;

impl<'a> Parser<'a> {
    pub(super) fn primary(&mut self) -> Parse<ExprId> {
        let start = self.at;
        let first = match self.kind() {
            INT_LITERAL | BASED_LITERAL | INT_BASE | UNBASED_UNSIZED_LITERAL => self.number()?,
            REAL_LITERAL => {
                let token = self.bump();
                self.expr_node(ExprKind::Real(token.text.into()), token.span)
            }
            TIME_LITERAL => {
                let token = self.bump();
                self.unsupported_expr("a time", token.span)
            }
            STRING_LITERAL => {
                let token = self.bump();
                self.expr_node(ExprKind::String(unescape(token.text)), token.span)
            }
            IDENT | ESCAPED_IDENT => self.name_expr()?,
            // `$unit::name`
            SYSTEM_IDENT if self.nth(1) == COLON_COLON && self.token(0).text == "$unit" => {
                let unit = name_of(self.bump());
                self.bump();
                let item = self.name("a name")?;
                let span = self.span_from(start);
                self.expr_node(ExprKind::Scoped(unit, item), span)
            }
            SYSTEM_IDENT => {
                let token = self.bump();
                self.expr_node(ExprKind::System(token.text.into()), token.span)
            }
            DOLLAR | NULL_KW | THIS_KW | SUPER_KW => {
                let token = self.bump();
                self.expr_node(ExprKind::Keyword(token.text.into()), token.span)
            }
            L_PAREN => {
                self.bump();
                let value = self.expr()?;
                if self.at(COLON) {
                    let span = self.span_from(start);
                    self.refuse(
                        span,
                        "a minimum, typical and maximum value (`a:b:c`)",
                        "write the one that counts",
                    );
                    return Err(Stop);
                }
                if matches!(self.kind(), EQ | PLUS_EQ | MINUS_EQ) {
                    let span = self.here();
                    self.refuse(
                        span,
                        "an assignment inside an expression",
                        "write it as a statement of its own",
                    );
                    return Err(Stop);
                }
                self.expect(R_PAREN)?;
                value
            }
            L_BRACE => self.nested(Self::concat)?,
            APOSTROPHE_L_BRACE => self.nested(|p| p.pattern(None))?,
            TYPE_KW if self.nth(1) == L_PAREN => {
                let ty = self.data_type(None)?;
                let span = self.span_from(start);
                self.expr_node(ExprKind::Type(Box::new(ty)), span)
            }
            TYPE_KW | NEW_KW | TAGGED_KW | VIRTUAL_KW => {
                let span = self.here();
                self.refuse(
                    span,
                    "this use of a SystemVerilog type or class",
                    "use a value here",
                );
                return Err(Stop);
            }
            SIGNED_KW | UNSIGNED_KW | CONST_KW => {
                let token = self.bump();
                self.expr_node(ExprKind::Keyword(token.text.into()), token.span)
            }
            _ if self.at_type_keyword() && self.type_is_cast() => {
                let ty = self.data_type(None)?;
                let span = self.span_from(start);
                self.expr_node(ExprKind::Type(Box::new(ty)), span)
            }
            _ => return Err(self.expected("an expression")),
        };
        self.postfix(start, first)
    }

    /// A name or `pkg::name`.
    pub(super) fn name_expr(&mut self) -> Parse<ExprId> {
        let start = self.at;
        let name = self.name("a name")?;
        if !self.eat(COLON_COLON) {
            return Ok(self.expr_node(ExprKind::Name(name.text), name.span));
        }
        let item = self.name("a name of the package")?;
        if self.at(COLON_COLON) {
            let span = self.here();
            self.refuse(
                span,
                "a name in a class (`a::b::c`)",
                "declare it in a package or a module",
            );
            return Err(Stop);
        }
        let span = self.span_from(start);
        Ok(self.expr_node(ExprKind::Scoped(name, item), span))
    }

    /// A name with selects and members, but without a call: an event's name.
    pub(super) fn path(&mut self) -> Parse<ExprId> {
        let start = self.at;
        let mut base = self.name_expr()?;
        while matches!(self.kind(), DOT | L_BRACK) {
            base = self.select(start, base)?;
        }
        Ok(base)
    }

    /// Selects, members, calls and casts behind `base`.
    fn postfix(&mut self, start: usize, mut base: ExprId) -> Parse<ExprId> {
        loop {
            let callable = matches!(
                self.ast[base].kind,
                ExprKind::Name(_)
                    | ExprKind::System(_)
                    | ExprKind::Scoped(..)
                    | ExprKind::Member(..)
            );
            let selectable = !matches!(
                self.ast[base].kind,
                ExprKind::Number(_) | ExprKind::String(_) | ExprKind::System(_)
            );
            match self.kind() {
                // A select of a parenthesised expression is an error by the grammar.
                DOT | L_BRACK if selectable && !self.closed_paren(start) => {
                    base = self.select(start, base)?;
                }
                L_PAREN if callable && self.nth(1) != STAR => {
                    let args = self.nested(Self::args)?;
                    let span = self.span_from(start);
                    base = self.expr_node(ExprKind::Call(base, args), span);
                }
                APOSTROPHE if self.nth(1) == L_PAREN => {
                    self.bump();
                    let operand = self.paren_expr()?;
                    let span = self.span_from(start);
                    base = self.expr_node(ExprKind::Cast { ty: base, operand }, span);
                }
                APOSTROPHE_L_BRACE if selectable => {
                    base = self.nested(|p| p.pattern(Some((start, base))))?;
                }
                WITH_KW => {
                    let span = self.here();
                    self.refuse(
                        span,
                        "an array method with a `with` clause",
                        "write a `for` loop",
                    );
                    return Err(Stop);
                }
                _ => return Ok(base),
            }
        }
    }

    /// Whether the primary that began at token `start` is `( … )`.
    fn closed_paren(&self, start: usize) -> bool {
        self.tokens[start].kind == L_PAREN && self.tokens[self.at - 1].kind == R_PAREN
    }

    /// `.name`, `[i]`, `[a:b]`, `[a +: w]`, `[a -: w]`.
    pub(super) fn select(&mut self, start: usize, base: ExprId) -> Parse<ExprId> {
        if self.eat(DOT) {
            let name = self.name("a name behind `.`")?;
            let span = self.span_from(start);
            return Ok(self.expr_node(ExprKind::Member(base, name), span));
        }
        self.expect(L_BRACK)?;
        let first = self.expr()?;
        let kind = match self.kind() {
            COLON => RangeKind::Constant,
            PLUS_COLON => RangeKind::Up,
            MINUS_COLON => RangeKind::Down,
            _ => {
                self.expect(R_BRACK)?;
                let span = self.span_from(start);
                return Ok(self.expr_node(ExprKind::Index(base, first), span));
            }
        };
        self.bump();
        let second = self.expr()?;
        self.expect(R_BRACK)?;
        let span = self.span_from(start);
        Ok(self.expr_node(ExprKind::Range(base, kind, first, second), span))
    }

    /// `{a, b}`, `{n{a}}`, `{<<n{a}}`, at `{`.
    fn concat(&mut self) -> Parse<ExprId> {
        let start = self.at;
        self.expect(L_BRACE)?;
        if matches!(self.kind(), LT_LT | GT_GT) {
            return self.stream(start);
        }
        let first = self.expr()?;
        if self.at(L_BRACE) {
            self.bump();
            let items = self.expr_list(R_BRACE)?;
            self.expect(R_BRACE)?;
            let span = self.span_from(start);
            return Ok(self.expr_node(ExprKind::Replicate(first, items), span));
        }
        let mut items = vec![first];
        while self.eat(COMMA) {
            items.push(self.expr()?);
        }
        if !self.eat(R_BRACE) {
            return Err(self.expected("`,` or `}`"));
        }
        let span = self.span_from(start);
        Ok(self.expr_node(ExprKind::Concat(items), span))
    }

    fn stream(&mut self, start: usize) -> Parse<ExprId> {
        let left = self.bump().kind == LT_LT;
        let slice = match self.at(L_BRACE) {
            true => None,
            false => Some(self.expr_or_type()?),
        };
        self.expect(L_BRACE)?;
        let items = self.expr_list(R_BRACE)?;
        self.expect(R_BRACE)?;
        let span = self.span_from(start);
        Ok(self.expr_node(ExprKind::Stream { left, slice, items }, span))
    }

    /// Expressions up to and with `close`.
    fn expr_list(&mut self, close: SyntaxKind) -> Parse<Vec<ExprId>> {
        let mut items = vec![self.expr()?];
        while self.eat(COMMA) {
            items.push(self.expr()?);
        }
        self.expect(close)?;
        Ok(items)
    }

    /// `'{ … }`, with the type before it and the token that began there.
    fn pattern(&mut self, ty: Option<(usize, ExprId)>) -> Parse<ExprId> {
        let start = ty.map_or(self.at, |(start, _)| start);
        self.expect(APOSTROPHE_L_BRACE)?;
        let mut items = Vec::new();
        let mut repeat = None;
        loop {
            let key = match self.kind() {
                DEFAULT_KW => {
                    let token = self.bump();
                    self.expr_node(ExprKind::Keyword("default".into()), token.span)
                }
                _ => self.expr_or_type()?,
            };
            if items.is_empty() && self.eat(L_BRACE) {
                repeat = Some(key);
                let list = self.expr_list(R_BRACE)?;
                items.extend(list.into_iter().map(|item| (None, item)));
                break;
            }
            if self.eat(COLON) {
                items.push((Some(key), self.expr()?));
            } else {
                items.push((None, key));
            }
            if !self.eat(COMMA) {
                break;
            }
        }
        self.expect(R_BRACE)?;
        let span = self.span_from(start);
        let ty = ty.map(|(_, ty)| ty);
        Ok(self.expr_node(ExprKind::Pattern { ty, repeat, items }, span))
    }

    pub(super) fn unsupported_expr(&mut self, what: &str, span: Span) -> ExprId {
        let what = Unsupported {
            what: what.into(),
            span,
        };
        self.expr_node(ExprKind::Unsupported(what), span)
    }

    /// A number, whose size, base and digits may be tokens of their own.
    fn number(&mut self) -> Parse<ExprId> {
        let start = self.at;
        let size = match self.at(INT_LITERAL) {
            true => Some(self.bump().text),
            false => None,
        };
        let value = match (self.kind(), size) {
            (BASED_LITERAL, _) => {
                let text = &self.bump().text[1..];
                let base = 1 + usize::from(text.starts_with(['s', 'S']));
                number::based(size, &text[..base], &text[base..])
            }
            (INT_BASE, _) => {
                let base = &self.bump().text[1..];
                let digits = self.digits();
                number::based(size, base, &digits)
            }
            (UNBASED_UNSIZED_LITERAL, None) => {
                let text = &self.bump().text[1..];
                number::fill(text).ok_or_else(|| format!("`'{text}` is no number"))
            }
            (_, Some(digits)) => number::decimal(digits),
            (_, None) => return Err(self.expected("a number")),
        };
        let span = self.span_from(start);
        match value {
            Ok(value) => Ok(self.expr_node(ExprKind::Number(value), span)),
            Err(reason) => Err(self.error(span, reason)),
        }
    }

    /// The digits behind a base that stands apart: tokens without a gap.
    fn digits(&mut self) -> String {
        let mut digits = String::new();
        loop {
            let token = self.token(0);
            let joined = digits.is_empty() || {
                let last = self.last();
                last.file == token.span.file && last.end == token.span.start && !token.span.expanded
            };
            let is_digits = token
                .text
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '?');
            if !joined || !is_digits || token.kind == EOF {
                return digits;
            }
            digits.push_str(token.text);
            self.bump();
        }
    }
}

/// The text of a string literal.
fn unescape(literal: &str) -> Box<str> {
    let inner = literal
        .strip_prefix("\"\"\"")
        .and_then(|rest| rest.strip_suffix("\"\"\""))
        .or_else(|| {
            literal
                .strip_prefix('"')
                .and_then(|rest| rest.strip_suffix('"'))
        })
        .unwrap_or(literal);
    let mut text = String::with_capacity(inner.len());
    let mut chars = inner.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '\\' {
            text.push(c);
            continue;
        }
        match chars.next() {
            Some('n') => text.push('\n'),
            Some('t') => text.push('\t'),
            Some('v') => text.push('\u{b}'),
            Some('f') => text.push('\u{c}'),
            Some('a') => text.push('\u{7}'),
            Some('\r') => {
                chars.next_if_eq(&'\n');
            }
            Some('\n') | None => {}
            Some(digit @ '0'..='7') => {
                let mut value = digit.to_digit(8).expect("an octal digit");
                for _ in 0..2 {
                    if let Some(next) = chars.peek().and_then(|c| c.to_digit(8)) {
                        value = value * 8 + next;
                        chars.next();
                    }
                }
                text.extend(char::from_u32(value & 0xff));
            }
            Some(other) => text.push(other),
        }
    }
    text.into()
}
