//! Targets, assignments, delays and event controls.

use super::*;

impl Parser<'_> {
    /// What may be assigned: a name with selects, or a concatenation of such.
    pub(super) fn target(&mut self) -> Parse<ExprId> {
        let target = self.primary()?;
        self.check_target(target)?;
        Ok(target)
    }

    /// Reports `expr` unless it can stand on the left of an assignment.
    pub(super) fn check_target(&mut self, expr: ExprId) -> Parse<()> {
        let mut open = vec![expr];
        while let Some(id) = open.pop() {
            match &self.ast[id].kind {
                ExprKind::Name(_) | ExprKind::Scoped(..) | ExprKind::Member(..) => {}
                ExprKind::Index(base, _) | ExprKind::Range(base, ..) => open.push(*base),
                ExprKind::Concat(items) | ExprKind::Stream { items, .. } => open.extend(items),
                ExprKind::Pattern { items, .. } => open.extend(items.iter().map(|(_, item)| *item)),
                ExprKind::Unsupported(_) => {}
                _ => {
                    let span = self.ast[id].span;
                    return Err(self.error(span, "this cannot be assigned to"));
                }
            }
        }
        Ok(())
    }

    /// `target = value`, with `kind` for a plain `=`.
    pub(super) fn plain_assign(&mut self, kind: AssignKind) -> Parse<ExprId> {
        let start = self.at;
        let lhs = self.target()?;
        self.expect(EQ)?;
        let rhs = self.expr()?;
        let span = self.span_from(start);
        let assign = ExprKind::Assign {
            kind,
            op: None,
            lhs,
            rhs,
            delayed: false,
        };
        Ok(self.expr_node(assign, span))
    }

    /// An assignment in a process, a `for` header or the like, an increment,
    /// or a call: everything that is a statement with a `;` behind it.
    pub(super) fn simple_statement(&mut self) -> Parse<ExprId> {
        let start = self.at;
        if matches!(self.kind(), PLUS_PLUS | MINUS_MINUS) {
            let down = self.bump().kind == MINUS_MINUS;
            let operand = self.target()?;
            let span = self.span_from(start);
            return Ok(self.expr_node(ExprKind::Increment { down, operand }, span));
        }
        if self.at_later_keyword() {
            return Err(self.expected("a statement"));
        }
        let first = self.primary()?;
        if matches!(self.kind(), PLUS_PLUS | MINUS_MINUS) {
            let down = self.bump().kind == MINUS_MINUS;
            self.check_target(first)?;
            let span = self.span_from(start);
            let operand = first;
            return Ok(self.expr_node(ExprKind::Increment { down, operand }, span));
        }
        let Some((kind, op)) = assign_op(self.kind()) else {
            let called = match self.ast[first].kind {
                ExprKind::Call(..) | ExprKind::System(_) => true,
                // A name alone is the call of a task.
                ExprKind::Name(_) | ExprKind::Scoped(..) | ExprKind::Member(..) => {
                    self.at(SEMICOLON)
                }
                _ => false,
            };
            if called {
                return Ok(first);
            }
            return Err(self.expected("`=` or `<=`"));
        };
        self.check_target(first)?;
        self.bump();
        let delayed = self.intra_delay()?;
        let rhs = self.expr()?;
        let span = self.span_from(start);
        let assign = ExprKind::Assign {
            kind,
            op,
            lhs: first,
            rhs,
            delayed,
        };
        Ok(self.expr_node(assign, span))
    }

    /// Whether a statement of SystemVerilog stands here that Verilog-2005
    /// would read as the call of a task: there is no task of its name.
    fn at_later_keyword(&self) -> bool {
        let word = self.token(0);
        let later = ["assert", "assume", "cover", "break", "continue"];
        word.kind == IDENT
            && later.contains(&word.text)
            && !self
                .tokens
                .windows(2)
                .any(|pair| pair[0].kind == TASK_KW && pair[1].text == word.text)
    }

    /// `#d` between the operator and the value.
    fn intra_delay(&mut self) -> Parse<bool> {
        match self.kind() {
            HASH => {
                self.delay()?;
                Ok(true)
            }
            AT | REPEAT_KW | HASH_HASH => {
                let span = self.here();
                self.refuse(
                    span,
                    "an event control inside an assignment",
                    "let the process wait for the event",
                );
                Err(Stop)
            }
            _ => Ok(false),
        }
    }

    /// `#5`, `#(1:2:3, 4)`, `#D`. Its value is of no interest.
    pub(super) fn delay(&mut self) -> Parse<()> {
        self.expect(HASH)?;
        match self.kind() {
            INT_LITERAL | REAL_LITERAL | TIME_LITERAL | ONE_STEP_KW => {
                self.bump();
                Ok(())
            }
            IDENT | ESCAPED_IDENT => self.path().map(|_| ()),
            L_PAREN => {
                self.bump();
                loop {
                    self.expr()?;
                    while self.eat(COLON) {
                        self.expr()?;
                    }
                    if !self.eat(COMMA) {
                        break;
                    }
                }
                self.expect(R_PAREN).map(|_| ())
            }
            _ => Err(self.expected("a delay")),
        }
    }

    /// `@*`, `@(*)`, `@name`, `@(posedge a or b)`, at `@`.
    pub(super) fn event_control(&mut self) -> Parse<Timing> {
        self.expect(AT)?;
        if self.eat(STAR) {
            return Ok(Timing::Star);
        }
        if !self.at(L_PAREN) {
            let expr = self.path()?;
            let event = Event {
                edge: Edge::Any,
                expr,
                iff: None,
            };
            return Ok(Timing::Events(vec![event]));
        }
        self.bump();
        if self.at(STAR) && self.nth(1) == R_PAREN {
            self.at += 2;
            return Ok(Timing::Star);
        }
        let mut events = Vec::new();
        loop {
            let edge = match self.kind() {
                POSEDGE_KW => Edge::Pos,
                NEGEDGE_KW => Edge::Neg,
                EDGE_KW => {
                    let span = self.here();
                    self.refuse(
                        span,
                        "a trigger on both edges (`edge`)",
                        "a register has one edge: use `posedge` or `negedge`",
                    );
                    return Err(Stop);
                }
                _ => Edge::Any,
            };
            if edge != Edge::Any {
                self.bump();
            }
            let expr = self.expr()?;
            let iff = match self.eat(IFF_KW) {
                true => Some(self.expr()?),
                false => None,
            };
            events.push(Event { edge, expr, iff });
            if !self.eat(OR_KW) && !self.eat(COMMA) {
                break;
            }
        }
        if !self.eat(R_PAREN) {
            return Err(self.expected("`or`, `,` or `)`"));
        }
        Ok(Timing::Events(events))
    }

    /// `(strong0, pull1)` or `(small)`, if it stands here. Strengths decide
    /// only between several drivers, which elaboration refuses.
    pub(super) fn strength(&mut self) -> Parse<()> {
        if !self.at(L_PAREN) || !is_strength(self.nth(1)) {
            return Ok(());
        }
        self.bump();
        loop {
            if !is_strength(self.kind()) {
                return Err(self.expected("a drive strength"));
            }
            self.bump();
            if !self.eat(COMMA) {
                break;
            }
        }
        self.expect(R_PAREN).map(|_| ())
    }
}

fn assign_op(kind: SyntaxKind) -> Option<(AssignKind, Option<BinaryOp>)> {
    use BinaryOp::*;
    let op = match kind {
        EQ => None,
        LT_EQ => return Some((AssignKind::Nonblocking, None)),
        PLUS_EQ => Some(Add),
        MINUS_EQ => Some(Sub),
        STAR_EQ => Some(Mul),
        SLASH_EQ => Some(Div),
        PERCENT_EQ => Some(Mod),
        AMP_EQ => Some(And),
        PIPE_EQ => Some(Or),
        CARET_EQ => Some(Xor),
        LT_LT_EQ | LT_LT_LT_EQ => Some(Shl),
        GT_GT_EQ => Some(Shr),
        GT_GT_GT_EQ => Some(Ashr),
        _ => return None,
    };
    Some((AssignKind::Blocking, op))
}

fn is_strength(kind: SyntaxKind) -> bool {
    matches!(
        kind,
        STRONG0_KW
            | STRONG1_KW
            | PULL0_KW
            | PULL1_KW
            | WEAK0_KW
            | WEAK1_KW
            | HIGHZ0_KW
            | HIGHZ1_KW
            | SUPPLY0_KW
            | SUPPLY1_KW
            | SMALL_KW
            | MEDIUM_KW
            | LARGE_KW
    )
}
