//! Files, modules and packages.

use super::port::PortTable;
use super::stmt::closes;
use super::*;

impl Parser<'_> {
    /// A whole file.
    pub(super) fn file(&mut self) {
        let scope = self.scope(ScopeKind::File, None, None);
        self.ast.file_scopes.push(scope);
        while !self.at(EOF) {
            let start = self.at;
            if self.file_item(scope).is_err() {
                self.depth = 0;
                self.ports.clear();
                self.recover(start);
            }
        }
    }

    /// Goes on behind the `endmodule` of what failed, or at the next module.
    fn recover(&mut self, start: usize) {
        self.give_up_at_some_time();
        if self.at == start {
            self.bump();
        }
        loop {
            match self.kind() {
                ENDMODULE_KW | ENDPACKAGE_KW | ENDINTERFACE_KW => {
                    self.bump();
                    if self.eat(COLON) && self.at_name() {
                        self.bump();
                    }
                    return;
                }
                MODULE_KW | MACROMODULE_KW | PACKAGE_KW | EOF => return,
                INTERFACE_KW if is_name(self.nth(1)) && self.at > start => return,
                _ => {
                    self.bump();
                }
            }
        }
    }

    /// Goes on within a module, at a keyword that only an item begins with.
    fn resume(&mut self, start: usize) {
        self.give_up_at_some_time();
        if self.at == start {
            self.bump();
        }
        loop {
            match self.kind() {
                ALWAYS_KW | ALWAYS_FF_KW | ALWAYS_COMB_KW | ALWAYS_LATCH_KW | INITIAL_KW
                | ASSIGN_KW | GENERATE_KW | FUNCTION_KW | TASK_KW | GENVAR_KW | ENDMODULE_KW
                | MODULE_KW | MACROMODULE_KW | PACKAGE_KW | EOF => return,
                kind if kind.is_net_type() => return,
                _ => {
                    self.bump();
                }
            }
        }
    }

    fn file_item(&mut self, scope: ScopeId) -> Parse<()> {
        self.attributes()?;
        let token = self.token(0);
        match token.kind {
            MODULE_KW | MACROMODULE_KW => self.module(scope),
            PACKAGE_KW => self.package(scope),
            INTERFACE_KW if self.nth(1) != CLASS_KW => self.module(scope),
            INTERFACE_KW => self.skip_design_element("an interface", ENDINTERFACE_KW),
            PROGRAM_KW => self.skip_design_element("a program", ENDPROGRAM_KW),
            PRIMITIVE_KW => self.skip_design_element("a user-defined primitive", ENDPRIMITIVE_KW),
            CHECKER_KW => self.skip_design_element("a checker", ENDCHECKER_KW),
            CONFIG_KW => self.skip_design_element("a configuration", ENDCONFIG_KW),
            EXTERN_KW | BIND_KW => {
                let what = format!("`{}`", token.text);
                let help = "instantiate the module where it is used; leave checks to the testbench";
                self.refuse(token.span, &what, help);
                self.skip_to_semicolon()
            }
            SEMICOLON => {
                self.bump();
                Ok(())
            }
            FUNCTION_KW | TASK_KW | IMPORT_KW | EXPORT_KW | TIMEUNIT_KW | TIMEPRECISION_KW
            | CLASS_KW | VIRTUAL_KW | LET_KW | NETTYPE_KW | COVERGROUP_KW | PROPERTY_KW
            | SEQUENCE_KW => self.module_item(scope),
            kind if kind.is_net_type() => self.nets(scope),
            _ if self.at_data_declaration() && !self.at_instance() => self.data_declaration(scope),
            _ => Err(self.expected("`module`")),
        }
    }

    fn skip_design_element(&mut self, what: &str, close: SyntaxKind) -> Parse<()> {
        let span = join(self.here(), self.token(1).span);
        self.skip_block(&[], close)?;
        let help = match close {
            ENDPRIMITIVE_KW => "write a module with an `assign` or a process",
            ENDINTERFACE_KW | ENDPROGRAM_KW | ENDCHECKER_KW => "leave it to the testbench's files",
            _ => "synthesis takes modules, packages and interfaces",
        };
        self.refuse(span, what, help);
        Ok(())
    }

    /// Whether the attributes in front of the token `start` call what follows
    /// a black box.
    fn marked_black_box(&self, start: usize) -> bool {
        const NAMES: [&str; 3] = ["blackbox", "black_box", "syn_black_box"];
        let mut at = start;
        while at >= 2 && self.tokens[at - 1].kind == R_PAREN && self.tokens[at - 2].kind == STAR {
            at -= 2;
            while at >= 2
                && !(self.tokens[at - 1].kind == STAR && self.tokens[at - 2].kind == L_PAREN)
            {
                at -= 1;
                let off = self.tokens[at + 1].text == "=" && self.tokens[at + 2].text == "0";
                if NAMES.contains(&self.tokens[at].text) && !off {
                    return true;
                }
            }
            at = at.saturating_sub(2);
        }
        false
    }

    fn module(&mut self, file: ScopeId) -> Parse<()> {
        let start = self.at;
        let interface = self.at(INTERFACE_KW);
        let (what, close) = match interface {
            true => ("the name of the interface", ENDINTERFACE_KW),
            false => ("the name of the module", ENDMODULE_KW),
        };
        let first = self.bump().span;
        while matches!(self.kind(), AUTOMATIC_KW | STATIC_KW) {
            self.bump();
        }
        let name = self.name(what)?;
        let scope = self.scope(ScopeKind::Module, Some(file), Some(&name));
        self.unnamed = 0;
        while self.at(IMPORT_KW) {
            self.import(scope)?;
        }
        let parameters = self.parameter_ports(scope)?;
        self.overridable = parameters.is_none().then_some(scope);
        self.parameters = parameters.unwrap_or_default();
        let mut table = PortTable::new(scope, false);
        let mut anchors = ModuleAnchors {
            after_name: name.span.end,
            ports_open: None,
            ports_empty: false,
            ansi: true,
            header_end: 0,
            declarations: 0,
            endmodule: 0,
        };
        let mut whole = first.to(name.span);
        if self.at(L_PAREN) && self.nth(1) != STAR {
            let open = self.here();
            whole = join(whole, open);
            anchors.ports_open = Some(open.end);
            anchors.ports_empty = self.nth(1) == R_PAREN;
            anchors.ansi = self.module_ports(scope, &mut table)?;
        }
        let semicolon = self.expect(SEMICOLON)?.span;
        anchors.header_end = semicolon.end;
        whole = join(whole, semicolon);
        anchors.declarations = semicolon.end;
        // These have to stand in front of everything else (IEEE 1800-2017, 3.14.2.2).
        while matches!(self.kind(), TIMEUNIT_KW | TIMEPRECISION_KW) {
            self.module_item(scope)?;
            anchors.declarations = self.last().end;
        }
        self.ports.push(table);
        let mut failed = false;
        while !self.at(close) {
            match self.kind() {
                EOF => {
                    let stop = self.expected(&spelling(close));
                    return Err(self.not_ended(stop, first.to(name.span)));
                }
                MODULE_KW | MACROMODULE_KW => {
                    let wanted = format!("{} before another module", spelling(close));
                    let stop = self.expected(&wanted);
                    return Err(self.not_ended(stop, first.to(name.span)));
                }
                // The rest of an item that failed.
                kind if failed && (closes(kind) || kind == ELSE_KW) => {
                    self.bump();
                }
                _ => {
                    let (start, depth) = (self.at, self.depth);
                    if self.module_item(scope).is_err() {
                        failed = true;
                        self.depth = depth;
                        self.resume(start);
                    }
                }
            }
        }
        let end = self.bump().span;
        anchors.endmodule = end.start;
        whole = join(whole, end);
        if let Some(table) = self.ports.pop() {
            self.check_ports(&table);
            let ports = table.order;
            let module = Module {
                span: whole,
                anchors,
                scope,
                ports,
                parameters: std::mem::take(&mut self.parameters),
                black_box: self.marked_black_box(start),
                interface,
                implicit_nets: self.stream.implicit_nets(start),
                name: name.clone(),
            };
            self.ast.modules.push(module);
        }
        self.overridable = None;
        self.end_label(Some(&name))
    }

    /// Points the last error at the module that it is about, too.
    fn not_ended(&mut self, stop: Stop, module: Span) -> Stop {
        if !self.gave_up
            && let Some(problem) = self.diagnostics.pop()
        {
            let problem = problem.label(module, "this module does not end");
            self.report(problem);
        }
        stop
    }

    fn package(&mut self, file: ScopeId) -> Parse<()> {
        let start = self.at;
        let first = self.bump().span;
        while matches!(self.kind(), AUTOMATIC_KW | STATIC_KW) {
            self.bump();
        }
        let name = self.name("the name of the package")?;
        self.expect(SEMICOLON)?;
        let header_end = self.last().end;
        let scope = self.scope(ScopeKind::Module, Some(file), Some(&name));
        while !self.at(ENDPACKAGE_KW) {
            match self.kind() {
                EOF | MODULE_KW | PACKAGE_KW => return Err(self.expected("`endpackage`")),
                _ => self.module_item(scope)?,
            }
        }
        let end = self.bump().span;
        let package = Module {
            span: join(first, end),
            anchors: ModuleAnchors {
                after_name: name.span.end,
                ports_open: None,
                ports_empty: false,
                ansi: true,
                header_end,
                declarations: header_end,
                endmodule: end.start,
            },
            scope,
            ports: Vec::new(),
            parameters: Vec::new(),
            black_box: false,
            interface: false,
            implicit_nets: self.stream.implicit_nets(start),
            name: name.clone(),
        };
        self.ast.packages.push(package);
        self.end_label(Some(&name))
    }

    /// `export p::*, q::x;`, `export *::*;`
    pub(super) fn export(&mut self, scope: ScopeId) -> Parse<()> {
        self.expect(EXPORT_KW)?;
        if self.at(STRING_LITERAL) {
            return self.skip_to_semicolon();
        }
        loop {
            let package = match self.eat(STAR) {
                true => None,
                false => Some(self.name("the name of a package or `*`")?),
            };
            self.expect(COLON_COLON)?;
            let item = match self.eat(STAR) {
                true => None,
                false => Some(self.name("a name of the package or `*`")?),
            };
            self.member(scope, Member::Export { package, item });
            if !self.eat(COMMA) {
                break;
            }
        }
        self.expect(SEMICOLON).map(|_| ())
    }

    /// `import p::*, q::x;`
    pub(super) fn import(&mut self, scope: ScopeId) -> Parse<()> {
        let start = self.at;
        self.expect(IMPORT_KW)?;
        if self.at(STRING_LITERAL) {
            self.skip_to_semicolon()?;
            let span = self.span_from(start);
            let what = "a function in another language (`import \"DPI-C\"`)".into();
            self.member(scope, Member::Unsupported(Unsupported { what, span }));
            return Ok(());
        }
        loop {
            let package = self.name("the name of a package")?;
            self.expect(COLON_COLON)?;
            let item = match self.eat(STAR) {
                true => None,
                false => Some(self.name("a name of the package or `*`")?),
            };
            self.imports = true;
            self.member(scope, Member::Import { package, item });
            if !self.eat(COMMA) {
                break;
            }
        }
        self.expect(SEMICOLON).map(|_| ())
    }
}
