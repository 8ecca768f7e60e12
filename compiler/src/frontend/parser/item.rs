//! What stands in a module: declarations, assignments, processes, generate
//! constructs, and what is passed over.

use super::instance::is_gate;
use super::stmt::closes;
use super::*;

impl Parser<'_> {
    /// One item of a module, a package or a generate block.
    pub(super) fn module_item(&mut self, scope: ScopeId) -> Parse<()> {
        self.attributes()?;
        let start = self.at;
        let token = self.token(0);
        match token.kind {
            SEMICOLON => {
                self.bump();
                Ok(())
            }
            ASSIGN_KW => self.continuous_assign(scope),
            ALWAYS_KW | ALWAYS_FF_KW | ALWAYS_COMB_KW | ALWAYS_LATCH_KW | INITIAL_KW | FINAL_KW => {
                self.process(scope)
            }
            GENVAR_KW => self.genvars(scope),
            GENERATE_KW => self.nested(|p| p.generate_region(scope)),
            IF_KW => self.generate_if(scope),
            CASE_KW => self.generate_case(scope),
            FOR_KW => self.generate_for(scope),
            BEGIN_KW => {
                let body = self.generate_body(scope, scope)?;
                self.member(scope, Member::Generate(body));
                Ok(())
            }
            FUNCTION_KW | TASK_KW => self.subroutine(scope),
            IMPORT_KW => self.import(scope),
            MODPORT_KW => self.modports(scope),
            DEFPARAM_KW => self.defparam(scope),
            _ if self.at_direction() => self.port_declaration(scope),
            kind if kind.is_net_type() => self.nets(scope),
            kind if is_gate(kind) => self.gates(scope),
            _ if self.at_instance() => self.instances(scope),
            _ if self.at_data_declaration() && token.kind != VIRTUAL_KW => {
                self.data_declaration(scope)
            }
            _ if self.ignored_item(scope)? => {
                let span = self.span_from(start);
                self.member(scope, Member::Ignored(span));
                Ok(())
            }
            _ => self.unsupported_item(scope),
        }
    }

    /// `assign #1 a = b, c = d;`
    fn continuous_assign(&mut self, scope: ScopeId) -> Parse<()> {
        self.expect(ASSIGN_KW)?;
        self.strength()?;
        if self.at(HASH) {
            self.delay()?;
        }
        let mut list = vec![self.plain_assign(AssignKind::Continuous)?];
        while self.eat(COMMA) {
            list.push(self.plain_assign(AssignKind::Continuous)?);
        }
        if !self.eat(SEMICOLON) {
            return Err(self.expected("`,` or `;`"));
        }
        self.member(scope, Member::Assign(list));
        Ok(())
    }

    /// `defparam u.P = 1, u.v.Q = 2;`
    fn defparam(&mut self, scope: ScopeId) -> Parse<()> {
        self.expect(DEFPARAM_KW)?;
        let mut list = Vec::new();
        loop {
            let target = self.path()?;
            self.expect(EQ)?;
            list.push((target, self.expr()?));
            if !self.eat(COMMA) {
                break;
            }
        }
        if !self.eat(SEMICOLON) {
            return Err(self.expected("`,` or `;`"));
        }
        self.member(scope, Member::Defparam(list));
        Ok(())
    }

    fn process(&mut self, scope: ScopeId) -> Parse<()> {
        let start = self.at;
        let kind = match self.bump().kind {
            ALWAYS_FF_KW => ProcessKind::AlwaysFf,
            ALWAYS_COMB_KW => ProcessKind::AlwaysComb,
            ALWAYS_LATCH_KW => ProcessKind::AlwaysLatch,
            INITIAL_KW => ProcessKind::Initial,
            FINAL_KW => ProcessKind::Final,
            _ => ProcessKind::Always,
        };
        let body = self.stmt(scope)?;
        let span = self.span_from(start);
        self.member(scope, Member::Process(Process { kind, body, span }));
        Ok(())
    }

    fn generate_region(&mut self, scope: ScopeId) -> Parse<()> {
        self.expect(GENERATE_KW)?;
        while !self.at(ENDGENERATE_KW) {
            if closes(self.kind()) {
                return Err(self.expected("`endgenerate`"));
            }
            self.module_item(scope)?;
        }
        self.expect(ENDGENERATE_KW).map(|_| ())
    }

    /// `if` with its `else if`s.
    fn generate_if(&mut self, scope: ScopeId) -> Parse<()> {
        let mut arms = Vec::new();
        loop {
            self.expect(IF_KW)?;
            let conditions = vec![self.paren_expr()?];
            let body = self.generate_body(scope, scope)?;
            arms.push(GenerateArm { conditions, body });
            if !self.eat(ELSE_KW) {
                break;
            }
            if !self.at(IF_KW) {
                let body = self.generate_body(scope, scope)?;
                let conditions = Vec::new();
                arms.push(GenerateArm { conditions, body });
                break;
            }
        }
        self.member(scope, Member::GenerateIf(arms));
        Ok(())
    }

    fn generate_case(&mut self, scope: ScopeId) -> Parse<()> {
        self.expect(CASE_KW)?;
        let selector = self.paren_expr()?;
        let mut arms = Vec::new();
        let mut default = false;
        while !self.at(ENDCASE_KW) {
            if closes(self.kind()) {
                return Err(self.expected("a case item or `endcase`"));
            }
            let mut conditions = Vec::new();
            if self.at(DEFAULT_KW) {
                let span = self.bump().span;
                self.eat(COLON);
                if std::mem::replace(&mut default, true) {
                    return Err(self.error(span, "a second `default`"));
                }
            } else {
                conditions.push(self.expr()?);
                while self.eat(COMMA) {
                    conditions.push(self.expr()?);
                }
                self.expect(COLON)?;
            }
            let body = self.generate_body(scope, scope)?;
            arms.push(GenerateArm { conditions, body });
        }
        if arms.is_empty() {
            return Err(self.expected("a case item"));
        }
        self.expect(ENDCASE_KW)?;
        self.member(scope, Member::GenerateCase { selector, arms });
        Ok(())
    }

    fn generate_for(&mut self, scope: ScopeId) -> Parse<()> {
        self.expect(FOR_KW)?;
        let header = self.for_header(scope)?;
        let body = self.generate_body(header.scope, scope)?;
        self.member(scope, Member::GenerateFor { header, body });
        Ok(())
    }

    /// A generate block or a single item, in a scope of its own inside
    /// `parent`. A name is declared in `outer`.
    fn generate_body(&mut self, parent: ScopeId, outer: ScopeId) -> Parse<ScopeId> {
        self.nested(|p| {
            let whole = p.at;
            p.attributes()?;
            let start = p.at;
            let mut label = None;
            if p.at_name() && p.nth(1) == COLON && p.nth(2) == BEGIN_KW {
                label = Some(p.name("a label")?);
                p.bump();
            }
            if !p.eat(BEGIN_KW) {
                let scope = p.scope(ScopeKind::Generate, Some(parent), None);
                if closes(p.kind()) {
                    return Err(p.expected("a generate item"));
                }
                p.module_item(scope)?;
                let span = p.span_from(whole);
                p.ast.scopes[scope.index()].body = Some(GenerateBody { span, begin: false });
                return Ok(scope);
            }
            let name = p.block_name(label)?;
            let scope = p.scope(ScopeKind::Generate, Some(parent), name.as_ref());
            let open = p.last();
            while !p.at(END_KW) {
                if closes(p.kind()) {
                    return Err(p.expected("a generate item or `end`"));
                }
                p.module_item(scope)?;
            }
            let close = p.bump().span;
            let span = between(open, close);
            p.ast.scopes[scope.index()].body = Some(GenerateBody { span, begin: true });
            p.end_label(name.as_ref())?;
            if let Some(name) = name {
                let span = p.span_from(start);
                p.declare(outer, name, span, SymbolKind::Block(scope));
            }
            Ok(scope)
        })
    }

    /// Passes over what describes no hardware; whether it did.
    fn ignored_item(&mut self, scope: ScopeId) -> Parse<bool> {
        match self.kind() {
            ASSERT_KW | ASSUME_KW | COVER_KW | RESTRICT_KW => self.assertion(scope)?,
            IDENT | ESCAPED_IDENT
                if self.nth(1) == COLON
                    && matches!(self.nth(2), ASSERT_KW | ASSUME_KW | COVER_KW | RESTRICT_KW) =>
            {
                self.at += 2;
                self.assertion(scope)?;
            }
            SPECIFY_KW => self.skip_block(&[], ENDSPECIFY_KW)?,
            PROPERTY_KW => self.skip_block(&[], ENDPROPERTY_KW)?,
            SEQUENCE_KW => self.skip_block(&[], ENDSEQUENCE_KW)?,
            COVERGROUP_KW => self.skip_block(&[], ENDGROUP_KW)?,
            EXPORT_KW => {
                self.export(scope)?;
            }
            SPECPARAM_KW | TIMEUNIT_KW | TIMEPRECISION_KW => self.skip_to_semicolon()?,
            DEFAULT_KW if self.nth(1) == DISABLE_KW => self.skip_to_semicolon()?,
            DEFAULT_KW if self.nth(1) == CLOCKING_KW && self.nth(3) == SEMICOLON => {
                self.skip_to_semicolon()?;
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Passes over what may matter and is not taken.
    fn unsupported_item(&mut self, scope: ScopeId) -> Parse<()> {
        let start = self.at;
        let token = self.token(0);
        let what = match token.kind {
            ALIAS_KW | BIND_KW | LET_KW | NETTYPE_KW | CONSTRAINT_KW | EXTERN_KW => {
                self.skip_to_semicolon()?;
                format!("`{}`", token.text)
            }
            CLASS_KW => {
                self.skip_block(&[], ENDCLASS_KW)?;
                "a class".to_string()
            }
            VIRTUAL_KW if self.nth(1) == CLASS_KW => {
                self.bump();
                self.skip_block(&[], ENDCLASS_KW)?;
                "a class".to_string()
            }
            CLOCKING_KW | DEFAULT_KW | GLOBAL_KW => {
                self.skip_block(&[], ENDCLOCKING_KW)?;
                "a clocking block".to_string()
            }
            INTERFACE_KW => {
                self.skip_block(&[], ENDINTERFACE_KW)?;
                "an interface inside a module".to_string()
            }
            PROGRAM_KW => {
                self.skip_block(&[], ENDPROGRAM_KW)?;
                "a program inside a module".to_string()
            }
            CHECKER_KW => {
                self.skip_block(&[], ENDCHECKER_KW)?;
                "a checker".to_string()
            }
            SYSTEM_IDENT => {
                self.simple_statement()?;
                self.expect(SEMICOLON)?;
                if matches!(token.text, "$info" | "$warning") {
                    let span = self.span_from(start);
                    self.member(scope, Member::Ignored(span));
                    return Ok(());
                }
                if matches!(token.text, "$error" | "$fatal") {
                    let span = self.span_from(start);
                    self.member(scope, Member::Refused(span));
                    return Ok(());
                }
                format!("the elaboration task `{}`", token.text)
            }
            _ => {
                let stop = self.expected("a declaration, an instance, a process or `endmodule`");
                if let (true, Some(problem)) = (is_name(token.kind), self.diagnostics.last_mut()) {
                    let text = format!("`{}` is no type that is declared before", token.text);
                    problem.notes.push(text);
                    let text = "an instance has its connections in parentheses";
                    problem.notes.push(text.to_string());
                }
                return Err(stop);
            }
        };
        let span = self.span_from(start);
        let what = what.into();
        self.member(scope, Member::Unsupported(Unsupported { what, span }));
        Ok(())
    }
}

/// What stands between two tokens. No edit can be placed by it where a macro
/// or another file brings one of them.
fn between(open: Span, close: Span) -> Span {
    if open.expanded || close.expanded || open.file != close.file {
        return Span {
            expanded: true,
            ..open.to(close)
        };
    }
    Span::new(open.file, open.end, close.start)
}
