//! Passing over constructs that are not modelled, to their end and no further.

use super::stmt::closes;
use super::*;

impl Parser<'_> {
    /// `( … )` with whatever balances inside.
    pub(super) fn skip_parens(&mut self) -> Parse<()> {
        let open = self.expect(L_PAREN)?;
        let mut depth = 1;
        while depth > 0 {
            match self.kind() {
                L_PAREN => depth += 1,
                R_PAREN => depth -= 1,
                kind if closes(kind) => {
                    return Err(self.error(open.span, "this `(` is not closed"));
                }
                _ => {}
            }
            self.bump();
        }
        Ok(())
    }

    /// Up to and with the next `;` outside brackets.
    pub(super) fn skip_to_semicolon(&mut self) -> Parse<()> {
        let mut depth = 0u32;
        loop {
            match self.kind() {
                SEMICOLON if depth == 0 => break,
                L_PAREN | L_BRACE | L_BRACK | APOSTROPHE_L_BRACE => depth += 1,
                R_PAREN | R_BRACE | R_BRACK => depth = depth.saturating_sub(1),
                kind if closes(kind) => return Err(self.expected("`;`")),
                _ => {}
            }
            self.bump();
        }
        self.bump();
        Ok(())
    }

    /// From the keyword here to the matching `close`, with its label; other
    /// `opens` nest.
    pub(super) fn skip_block(&mut self, opens: &[SyntaxKind], close: SyntaxKind) -> Parse<()> {
        let open = self.bump();
        let mut depth = 1;
        while depth > 0 {
            match self.kind() {
                EOF => {
                    let message = format!("`{}` has no {}", open.text, spelling(close));
                    return Err(self.error(open.span, message));
                }
                kind if kind == close => depth -= 1,
                kind if opens.contains(&kind) => depth += 1,
                _ => {}
            }
            self.bump();
        }
        if self.eat(COLON) {
            self.name("a name")?;
        }
        Ok(())
    }

    /// `fork … join`.
    pub(super) fn skip_fork(&mut self) -> Parse<()> {
        let open = self.expect(FORK_KW)?;
        let mut depth = 1;
        while depth > 0 {
            match self.kind() {
                EOF => return Err(self.error(open.span, "`fork` has no `join`")),
                // `disable fork` and `wait fork` open nothing.
                DISABLE_KW | WAIT_KW if self.nth(1) == FORK_KW => {
                    self.bump();
                }
                FORK_KW => depth += 1,
                JOIN_KW | JOIN_ANY_KW | JOIN_NONE_KW => depth -= 1,
                _ => {}
            }
            self.bump();
        }
        if self.eat(COLON) {
            self.name("a name")?;
        }
        Ok(())
    }

    /// An assertion, immediate or concurrent, with its actions.
    pub(super) fn assertion(&mut self, scope: ScopeId) -> Parse<()> {
        self.bump();
        if self.eat(HASH) {
            self.expect(INT_LITERAL)?;
        } else if matches!(self.kind(), PROPERTY_KW | SEQUENCE_KW | FINAL_KW) {
            self.bump();
        }
        self.skip_parens()?;
        if self.eat(SEMICOLON) {
            return Ok(());
        }
        if !self.at(ELSE_KW) {
            self.stmt(scope)?;
        }
        if self.eat(ELSE_KW) {
            self.stmt(scope)?;
        }
        Ok(())
    }
}
