//! Statements.

use super::*;

impl Parser<'_> {
    /// A statement; `;` is an empty one.
    pub(super) fn stmt(&mut self, scope: ScopeId) -> Parse<StmtId> {
        self.nested(|p| p.any_stmt(scope))
    }

    fn any_stmt(&mut self, scope: ScopeId) -> Parse<StmtId> {
        let full = self.attributes()?;
        if self.at_name() && self.nth(1) == COLON {
            let label = self.name("a label")?;
            self.bump();
            return match self.kind() {
                BEGIN_KW => self.block(scope, Some(label)),
                _ => self.stmt(scope),
            };
        }
        let start = self.at;
        let kind = match self.kind() {
            SEMICOLON => {
                self.bump();
                StmtKind::Empty
            }
            BEGIN_KW => return self.block(scope, None),
            IF_KW => return self.if_stmt(scope),
            CASE_KW | CASEZ_KW | CASEX_KW => self.case_stmt(scope, full)?,
            UNIQUE_KW | UNIQUE0_KW | PRIORITY_KW
                if matches!(self.nth(1), IF_KW | CASE_KW | CASEZ_KW | CASEX_KW) =>
            {
                // They only add checks in simulation, and a promise.
                let word = self.bump().kind;
                if self.at(IF_KW) {
                    return self.any_stmt(scope);
                }
                self.case_stmt(scope, word != UNIQUE0_KW)?
            }
            FOR_KW => {
                self.bump();
                let header = self.for_header(scope)?;
                self.name_unnamed(header.scope, None);
                let body = Some(self.stmt(header.scope)?);
                StmtKind::For { header, body }
            }
            WHILE_KW => {
                self.bump();
                let condition = self.paren_expr()?;
                let body = Some(self.stmt(scope)?);
                StmtKind::While {
                    condition,
                    body,
                    do_while: false,
                }
            }
            DO_KW => {
                self.bump();
                let body = Some(self.stmt(scope)?);
                self.expect(WHILE_KW)?;
                let condition = self.paren_expr()?;
                self.expect(SEMICOLON)?;
                StmtKind::While {
                    condition,
                    body,
                    do_while: true,
                }
            }
            REPEAT_KW => {
                self.bump();
                let count = self.paren_expr()?;
                let body = Some(self.stmt(scope)?);
                StmtKind::Repeat { count, body }
            }
            FOREACH_KW => self.foreach(scope)?,
            AT => {
                let timing = self.event_control()?;
                let body = Some(self.stmt(scope)?);
                StmtKind::Timed { timing, body }
            }
            HASH => {
                let zero = self.token(1).text == "0";
                self.delay()?;
                let timing = match zero {
                    true => Timing::ZeroDelay,
                    false => Timing::Delay,
                };
                let body = Some(self.stmt(scope)?);
                StmtKind::Timed { timing, body }
            }
            DISABLE_KW if self.nth(1) != FORK_KW => {
                self.bump();
                let target = self.path()?;
                self.expect(SEMICOLON)?;
                StmtKind::Disable(Some(target))
            }
            RETURN_KW => {
                self.bump();
                let value = match self.at(SEMICOLON) {
                    true => None,
                    false => Some(self.expr()?),
                };
                self.expect(SEMICOLON)?;
                StmtKind::Return(value)
            }
            BREAK_KW => {
                self.bump();
                self.expect(SEMICOLON)?;
                StmtKind::Break
            }
            CONTINUE_KW => {
                self.bump();
                self.expect(SEMICOLON)?;
                StmtKind::Continue
            }
            ASSERT_KW | ASSUME_KW | COVER_KW | RESTRICT_KW => {
                self.assertion(scope)?;
                StmtKind::Assertion
            }
            VOID_KW => {
                self.bump();
                self.expect(APOSTROPHE)?;
                let call = self.paren_expr()?;
                self.expect(SEMICOLON)?;
                StmtKind::Expr(call)
            }
            _ => match self.unsupported_stmt(scope)? {
                Some(what) => {
                    let span = self.span_from(start);
                    StmtKind::Unsupported(Unsupported { what, span })
                }
                None => {
                    if !begins_statement(self.kind()) {
                        return Err(self.expected("a statement"));
                    }
                    let expr = self.simple_statement()?;
                    self.expect(SEMICOLON)?;
                    StmtKind::Expr(expr)
                }
            },
        };
        let span = self.span_from(start);
        Ok(self.stmt_node(kind, span))
    }

    /// A statement that is read but not taken, with its name.
    fn unsupported_stmt(&mut self, scope: ScopeId) -> Parse<Option<Box<str>>> {
        let token = self.token(0);
        match token.kind {
            FORK_KW => self.skip_fork()?,
            FOREVER_KW => {
                self.bump();
                self.stmt(scope)?;
            }
            WAIT_KW if self.nth(1) == L_PAREN => {
                self.bump();
                self.paren_expr()?;
                self.stmt(scope)?;
            }
            ASSIGN_KW | FORCE_KW => {
                self.bump();
                self.plain_assign(AssignKind::Blocking)?;
                self.expect(SEMICOLON)?;
            }
            DEASSIGN_KW | RELEASE_KW => {
                self.bump();
                self.target()?;
                self.expect(SEMICOLON)?;
            }
            MINUS_GT => {
                self.bump();
                self.path()?;
                self.expect(SEMICOLON)?;
            }
            MINUS_GT_GT | WAIT_KW | WAIT_ORDER_KW | DISABLE_KW | HASH_HASH | EXPECT_KW => {
                self.skip_to_semicolon()?;
            }
            RANDCASE_KW => {
                self.skip_block(&[RANDCASE_KW, CASE_KW, CASEZ_KW, CASEX_KW], ENDCASE_KW)?
            }
            RANDSEQUENCE_KW => self.skip_block(&[RANDSEQUENCE_KW], ENDSEQUENCE_KW)?,
            _ => return Ok(None),
        }
        let what = match token.kind {
            MINUS_GT | MINUS_GT_GT => "an event trigger (`->`)".to_string(),
            HASH_HASH => "a cycle delay (`##`)".to_string(),
            ASSIGN_KW => "a procedural continuous assignment (`assign` in a process)".to_string(),
            _ => format!("`{}`", token.text),
        };
        Ok(Some(what.into()))
    }

    /// `begin … end`; its declarations go into a scope of its own.
    fn block(&mut self, scope: ScopeId, label: Option<Name>) -> Parse<StmtId> {
        let start = self.at;
        let begin = self.expect(BEGIN_KW)?.span;
        let name = self.block_name(label)?;
        let inner = self.scope(ScopeKind::Block, Some(scope), name.as_ref());
        let stmts = self.body(inner, END_KW)?;
        self.expect(END_KW)?;
        self.end_label(name.as_ref())?;
        let span = self.span_from(start);
        if let Some(name) = name {
            self.declare(scope, name, span, SymbolKind::Block(inner));
        } else {
            self.name_unnamed(inner, Some(begin));
        }
        let scope = inner;
        Ok(self.stmt_node(StmtKind::Block { scope, stmts }, span))
    }

    /// `: name` behind `begin`, or the label before it.
    pub(super) fn block_name(&mut self, label: Option<Name>) -> Parse<Option<Name>> {
        if !self.eat(COLON) {
            return Ok(label);
        }
        let name = self.name("the name of the block")?;
        if let Some(label) = label {
            return Err(self.error(
                name.span,
                format!("this block is named twice, also `{}`", label.text),
            ));
        }
        Ok(Some(name))
    }

    /// Declarations and statements up to `end`, which is left.
    pub(super) fn body(&mut self, scope: ScopeId, end: SyntaxKind) -> Parse<Vec<StmtId>> {
        let mut stmts = Vec::new();
        while !self.at(end) {
            if closes(self.kind()) {
                return Err(self.expected(&format!("a statement or {}", spelling(end))));
            }
            let start = self.at;
            self.attributes()?;
            let port = self.at_direction();
            if port || self.at_data_declaration() {
                if let Some(&first) = stmts.first() {
                    // A declaration behind a statement is an error by the grammar.
                    let first: StmtId = first;
                    let span = self.here();
                    let label = self.ast[first].span;
                    self.error(span, "a declaration stands behind a statement");
                    if let Some(problem) = self.diagnostics.pop() {
                        self.diagnostics
                            .push(problem.label(label, "the first statement"));
                    }
                    return Err(Stop);
                }
                match port {
                    true => self.port_declaration(scope)?,
                    false => self.data_declaration(scope)?,
                }
            } else {
                self.at = start;
                stmts.push(self.stmt(scope)?);
            }
        }
        Ok(stmts)
    }

    /// `if` with all its `else if`s, which use no stack.
    fn if_stmt(&mut self, scope: ScopeId) -> Parse<StmtId> {
        let mut arms = Vec::new();
        let mut otherwise = None;
        loop {
            let start = self.at;
            self.expect(IF_KW)?;
            let condition = self.paren_expr()?;
            let then = self.stmt(scope)?;
            if !self.at(ELSE_KW) {
                arms.push((start, condition, then, None));
                break;
            }
            let word = self.bump().span;
            let after_else = (!word.expanded).then_some(word.end);
            arms.push((start, condition, then, after_else));
            if !self.at(IF_KW) {
                otherwise = Some(self.stmt(scope)?);
                break;
            }
        }
        let mut whole = otherwise;
        while let Some((start, condition, then, after_else)) = arms.pop() {
            let span = self.span_from(start);
            let kind = StmtKind::If {
                condition,
                then_branch: Some(then),
                else_branch: whole,
                after_else,
            };
            whole = Some(self.stmt_node(kind, span));
        }
        Ok(whole.expect("an `if` has at least one arm"))
    }

    fn case_stmt(&mut self, scope: ScopeId, mut full: bool) -> Parse<StmtKind> {
        let start = self.at;
        let keyword = self.bump();
        let mut kind = match keyword.kind {
            CASEZ_KW => CaseKind::Z,
            CASEX_KW => CaseKind::X,
            _ => CaseKind::Exact,
        };
        let selector = self.paren_expr()?;
        match self.kind() {
            INSIDE_KW => {
                self.bump();
                kind = CaseKind::Inside;
            }
            MATCHES_KW => {
                let span = self.here();
                self.refuse(
                    span,
                    "pattern matching (`case … matches`)",
                    "use `case` or `case … inside`",
                );
                return Err(Stop);
            }
            _ => {}
        }
        let comments = &self.stream.full_cases;
        full |= comments[comments.partition_point(|&at| at <= start)..]
            .first()
            .is_some_and(|&at| at <= self.at);
        let mut items = Vec::new();
        let mut default = None;
        while !self.at(ENDCASE_KW) {
            if closes(self.kind()) {
                return Err(self.expected("a case item or `endcase`"));
            }
            let mut labels = Vec::new();
            if self.at(DEFAULT_KW) {
                let span = self.bump().span;
                self.eat(COLON);
                if default.replace(span).is_some() {
                    return Err(self.error(span, "a second `default`"));
                }
            } else {
                labels.push(self.case_label(kind)?);
                while self.eat(COMMA) {
                    labels.push(self.case_label(kind)?);
                }
                if !self.eat(COLON) {
                    return Err(self.expected("`,` or `:`"));
                }
            }
            let body = Some(self.stmt(scope)?);
            items.push(CaseItem { labels, body });
        }
        if items.is_empty() {
            return Err(self.expected("a case item"));
        }
        self.expect(ENDCASE_KW)?;
        Ok(StmtKind::Case {
            kind,
            selector,
            items,
            full,
        })
    }

    fn case_label(&mut self, kind: CaseKind) -> Parse<ExprId> {
        let start = self.at;
        if kind == CaseKind::Inside && self.eat(L_BRACK) {
            let low = self.expr()?;
            self.expect(COLON)?;
            let high = self.expr()?;
            self.expect(R_BRACK)?;
            let span = self.span_from(start);
            return Ok(self.expr_node(ExprKind::ValueRange(low, high), span));
        }
        self.expr()
    }

    /// `foreach (array[i, , j]) stmt`, at `foreach`.
    fn foreach(&mut self, scope: ScopeId) -> Parse<StmtKind> {
        self.bump();
        self.expect(L_PAREN)?;
        let start = self.at;
        let mut array = self.name_expr()?;
        while self.at(DOT) {
            array = self.select(start, array)?;
        }
        self.expect(L_BRACK)?;
        let inner = self.scope(ScopeKind::Loop, Some(scope), None);
        let mut vars = Vec::new();
        loop {
            vars.push(match self.at_name() {
                true => {
                    let name = self.name("a loop variable")?;
                    let span = name.span;
                    Some(self.declare(inner, name, span, SymbolKind::Genvar(None)))
                }
                false => None,
            });
            if !self.eat(COMMA) {
                break;
            }
        }
        self.expect(R_BRACK)?;
        self.expect(R_PAREN)?;
        self.name_unnamed(inner, None);
        let body = Some(self.stmt(inner)?);
        Ok(StmtKind::Foreach {
            array,
            scope: inner,
            vars,
            body,
        })
    }

    /// `( init ; condition ; step )` of a procedural or generate loop.
    pub(super) fn for_header(&mut self, scope: ScopeId) -> Parse<For> {
        self.expect(L_PAREN)?;
        let inner = self.scope(ScopeKind::Loop, Some(scope), None);
        let mut header = For {
            scope: inner,
            init: Vec::new(),
            condition: None,
            step: Vec::new(),
        };
        if self.at(GENVAR_KW) {
            self.bump();
            let start = self.at;
            let name = self.name("a genvar")?;
            self.expect(EQ)?;
            let init = self.expr()?;
            let span = self.span_from(start);
            self.declare(inner, name, span, SymbolKind::Genvar(Some(init)));
        } else if self.at_data_declaration() {
            self.eat(VAR_KW);
            let ty = self.data_type(None)?;
            loop {
                let start = self.at;
                let name = self.name("a loop variable")?;
                self.expect(EQ)?;
                let init = Some(self.expr()?);
                let span = self.span_from(start);
                let ty = ty.clone();
                self.declare(inner, name, span, SymbolKind::Variable { ty, init });
                if !self.eat(COMMA) {
                    break;
                }
            }
        } else if !self.at(SEMICOLON) {
            header.init = self.statement_list()?;
        }
        self.expect(SEMICOLON)?;
        if !self.at(SEMICOLON) {
            header.condition = Some(self.expr()?);
        }
        self.expect(SEMICOLON)?;
        if !self.at(R_PAREN) {
            header.step = self.statement_list()?;
        }
        self.expect(R_PAREN)?;
        Ok(header)
    }

    fn statement_list(&mut self) -> Parse<Vec<ExprId>> {
        let mut list = vec![self.simple_statement()?];
        while self.eat(COMMA) {
            list.push(self.simple_statement()?);
        }
        Ok(list)
    }
}

/// Whether an assignment, an increment or a call can begin so.
fn begins_statement(kind: SyntaxKind) -> bool {
    let name = is_name(kind) || matches!(kind, SYSTEM_IDENT | THIS_KW | SUPER_KW);
    let group = matches!(kind, L_BRACE | APOSTROPHE_L_BRACE);
    name || group || matches!(kind, PLUS_PLUS | MINUS_MINUS)
}

/// A keyword that ends something, so that no statement begins with it.
pub(super) fn closes(kind: SyntaxKind) -> bool {
    matches!(
        kind,
        EOF | END_KW
            | ENDCASE_KW
            | ENDMODULE_KW
            | ENDFUNCTION_KW
            | ENDTASK_KW
            | ENDGENERATE_KW
            | ENDPACKAGE_KW
            | ENDINTERFACE_KW
            | ENDPROGRAM_KW
            | ENDCLASS_KW
            | ENDPRIMITIVE_KW
            | ENDSPECIFY_KW
            | ENDTABLE_KW
            | JOIN_KW
            | JOIN_ANY_KW
            | JOIN_NONE_KW
            | ENDGROUP_KW
            | ENDPROPERTY_KW
            | ENDSEQUENCE_KW
            | ENDCLOCKING_KW
            | ENDCHECKER_KW
            | ENDCONFIG_KW
    )
}
