//! The syntax as compact text, for tests and for a look at what was read.
//!
//! One line per module, declaration and statement, indented by nesting;
//! expressions are fully parenthesised. Deterministic.

use std::fmt::Write;

use super::ast::*;

/// All packages and modules of `ast` with what stands in their files' scopes.
pub fn dump(ast: &Ast) -> String {
    let mut dump = Dump {
        ast,
        out: String::new(),
        depth: 0,
    };
    for &scope in &ast.file_scopes {
        dump.scope(scope);
    }
    for package in &ast.packages {
        dump.line(&format!("package {}", package.name.text));
        dump.inside(|d| d.scope(package.scope));
    }
    for module in &ast.modules {
        dump.line(&dump.module(module));
        dump.inside(|d| d.scope(module.scope));
    }
    dump.out
}

pub(super) struct Dump<'a> {
    pub(super) ast: &'a Ast,
    out: String,
    depth: usize,
}

impl Dump<'_> {
    fn line(&mut self, text: &str) {
        for _ in 0..self.depth {
            self.out.push_str("  ");
        }
        self.out.push_str(text);
        self.out.push('\n');
    }

    fn inside(&mut self, write: impl FnOnce(&mut Self)) {
        self.depth += 1;
        write(self);
        self.depth -= 1;
    }

    fn name(&self, id: SymbolId) -> &str {
        &self.ast[id].name.text
    }

    fn names(&self, ids: &[SymbolId]) -> String {
        let names: Vec<&str> = ids.iter().map(|&id| self.name(id)).collect();
        names.join(" ")
    }

    fn module(&self, module: &Module) -> String {
        let mut text = format!("module {}", module.name.text);
        if !module.parameters.is_empty() {
            let _ = write!(text, " #({})", self.names(&module.parameters));
        }
        let _ = write!(text, " ({})", self.names(&module.ports));
        if !module.anchors.ansi {
            text.push_str(" non-ansi");
        }
        if !module.implicit_nets {
            text.push_str(" no-implicit-nets");
        }
        text
    }

    fn scope(&mut self, id: ScopeId) {
        let ast = self.ast;
        for member in &ast[id].members {
            self.member(member);
        }
    }

    fn named_scope(&mut self, what: &str, id: ScopeId) {
        let name = self.ast[id].name.as_deref().unwrap_or("");
        self.line(format!("{what} {name}").trim_end());
        self.inside(|d| d.scope(id));
    }

    fn member(&mut self, member: &Member) {
        match member {
            Member::Declare(id) => self.symbol(*id),
            Member::Export { package, item } => {
                let text = |name: &Option<Name>| match name {
                    Some(name) => name.text.to_string(),
                    None => "*".to_string(),
                };
                self.line(&format!("export {}::{}", text(package), text(item)));
            }
            Member::Import { package, item } => {
                let item = item.as_ref().map_or("*", |item| &item.text);
                self.line(&format!("import {}::{item}", package.text));
            }
            Member::Assign(list) => {
                for &assign in list {
                    self.line(&format!("assign {}", self.expr(assign)));
                }
            }
            Member::Defparam(list) => {
                for &(target, value) in list {
                    let (target, value) = (self.expr(target), self.expr(value));
                    self.line(&format!("defparam {target} = {value}"));
                }
            }
            Member::Process(process) => {
                self.line(&format!("{:?}", process.kind));
                self.inside(|d| d.stmt(process.body));
            }
            Member::GenerateIf(arms) => self.arms("generate-if", arms),
            Member::GenerateCase { selector, arms } => {
                self.arms(&format!("generate-case {}", self.expr(*selector)), arms);
            }
            Member::GenerateFor { header, body } => {
                self.line(&format!("generate-for {}", self.header(header)));
                self.inside(|d| {
                    d.scope(header.scope);
                    d.named_scope("block", *body);
                });
            }
            Member::Generate(body) => self.named_scope("generate", *body),
            Member::Ignored(_) => self.line("ignored"),
            Member::Refused(_) => self.line("refused"),
            Member::Unsupported(it) => self.line(&format!("unsupported {}", it.what)),
        }
    }

    fn arms(&mut self, what: &str, arms: &[GenerateArm]) {
        self.line(what);
        for arm in arms {
            let conditions = self.exprs(&arm.conditions);
            self.inside(|d| d.named_scope(&format!("arm ({conditions})"), arm.body));
        }
    }

    fn header(&self, header: &For) -> String {
        let condition = header.condition.map(|it| self.expr(it)).unwrap_or_default();
        format!(
            "({}; {condition}; {})",
            self.exprs(&header.init),
            self.exprs(&header.step)
        )
    }

    fn symbol(&mut self, id: SymbolId) {
        let ast = self.ast;
        let symbol = &ast[id];
        let name = &symbol.name.text;
        let text = match &symbol.kind {
            SymbolKind::Port(port) => {
                let kind = if port.variable { " var" } else { "" };
                let default = self.value(port.default);
                format!(
                    "{:?}{kind} {}{default}",
                    port.direction,
                    self.typed(&port.ty, name)
                )
            }
            SymbolKind::InterfacePort { interface, modport } => {
                let modport = modport.as_ref().map_or("", |name| &name.text);
                format!("interface {}.{modport} {name}", interface.text)
            }
            SymbolKind::Modport(list) => {
                let list: Vec<String> = list
                    .iter()
                    .map(|(direction, name)| format!("{direction:?} {}", name.text))
                    .collect();
                format!("modport {name} ({})", list.join(", "))
            }
            SymbolKind::Parameter {
                local,
                is_type,
                ty,
                value,
            } => {
                let keyword = if *local { "localparam" } else { "parameter" };
                let keyword = format!("{keyword}{}", if *is_type { " type" } else { "" });
                format!("{keyword} {}{}", self.typed(ty, name), self.value(*value))
            }
            SymbolKind::Net { net, ty, init } => {
                format!("net {net:?} {}{}", self.typed(ty, name), self.value(*init))
            }
            SymbolKind::Variable { ty, init } => {
                format!("var {}{}", self.typed(ty, name), self.value(*init))
            }
            SymbolKind::Genvar(init) => format!("genvar {name}{}", self.value(*init)),
            SymbolKind::Typedef(ty) => format!("typedef {}", self.typed(ty, name)),
            SymbolKind::EnumMember { value } => format!("member {name}{}", self.value(*value)),
            SymbolKind::Subroutine {
                is_task,
                scope,
                ports,
                returns,
                body,
            } => {
                let keyword = if *is_task { "task" } else { "function" };
                let returns = returns
                    .as_ref()
                    .map_or("void".to_string(), |ty| self.typed(ty, ""));
                self.line(&format!(
                    "{keyword} {name} ({}) -> {returns}",
                    self.names(ports)
                ));
                self.inside(|d| {
                    d.scope(*scope);
                    body.iter().for_each(|&stmt| d.stmt(stmt));
                });
                return;
            }
            SymbolKind::Instance(instance) => {
                let gate = if instance.gate { "gate" } else { "instance" };
                let dims = self.dims(&instance.dims);
                format!(
                    "{gate} {name}{dims} of {} #({}) ({})",
                    instance.definition.text,
                    self.args(&instance.parameters),
                    self.args(&instance.connections)
                )
            }
            SymbolKind::Block(_) => format!("block {name}"),
            SymbolKind::Unsupported(it) => format!("unsupported {name}: {}", it.what),
        };
        self.line(text.trim_end());
    }

    fn value(&self, value: Option<ExprId>) -> String {
        value.map_or(String::new(), |value| format!(" = {}", self.expr(value)))
    }

    pub(super) fn typed(&self, ty: &Type, name: &str) -> String {
        let sign = |signed: bool| if signed { "signed" } else { "" };
        let kind = match &ty.kind {
            TypeKind::Bits { signed, .. } => sign(*signed).to_string(),
            TypeKind::Integer { width, signed, .. } => format!("int{width} {}", sign(*signed)),
            TypeKind::Named(name) => self.expr(*name),
            TypeKind::Of(of) => format!("type({})", self.expr(*of)),
            TypeKind::Enum { base, members } => {
                format!(
                    "enum <{}> {{{}}}",
                    self.typed(base, ""),
                    self.names(members)
                )
            }
            TypeKind::Struct {
                union,
                packed,
                signed,
                fields,
            } => {
                let fields: Vec<String> = fields
                    .iter()
                    .map(|(name, ty)| self.typed(ty, &name.text))
                    .collect();
                let keyword = if *union { "union" } else { "struct" };
                let packed = if *packed { " packed" } else { "" };
                format!(
                    "{keyword}{packed} {} {{{}}}",
                    sign(*signed),
                    fields.join("; ")
                )
            }
            TypeKind::Real => "real".to_string(),
            TypeKind::String => "string".to_string(),
            TypeKind::Unsupported(it) => format!("unsupported<{}>", it.what),
        };
        let (packed, unpacked) = ty.dims.split_at(ty.packed.min(ty.dims.len()));
        let parts = [
            kind.trim().to_string(),
            self.dims(packed),
            format!("{name}{}", self.dims(unpacked)),
        ];
        let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        parts.join(" ")
    }

    fn dims(&self, dims: &[Dim]) -> String {
        dims.iter()
            .map(|dim| match dim {
                Dim::Range(left, right) => format!("[{}:{}]", self.expr(*left), self.expr(*right)),
                Dim::Size(size) => format!("[{}]", self.expr(*size)),
                Dim::Open => "[]".to_string(),
            })
            .collect()
    }

    fn stmt(&mut self, id: StmtId) {
        let ast = self.ast;
        match &ast[id].kind {
            StmtKind::Empty => self.line(";"),
            StmtKind::Expr(expr) => self.line(&self.expr(*expr)),
            StmtKind::Block { scope, stmts } => {
                let name = ast[*scope].name.as_deref().unwrap_or("");
                self.line(format!("begin {name}").trim_end());
                self.inside(|d| {
                    d.scope(*scope);
                    stmts.iter().for_each(|&stmt| d.stmt(stmt));
                });
            }
            StmtKind::If {
                condition,
                then_branch,
                else_branch,
                ..
            } => {
                self.line(&format!("if {}", self.expr(*condition)));
                self.optional(*then_branch);
                if else_branch.is_some() {
                    self.line("else");
                    self.optional(*else_branch);
                }
            }
            StmtKind::Case {
                kind,
                selector,
                items,
                full,
            } => {
                let full = if *full { " full" } else { "" };
                self.line(&format!("case {kind:?}{full} {}", self.expr(*selector)));
                for item in items {
                    let labels = self.exprs(&item.labels);
                    self.inside(|d| {
                        d.line(&format!("({labels}):"));
                        d.optional(item.body);
                    });
                }
            }
            StmtKind::For { header, body } => {
                self.line(&format!("for {}", self.header(header)));
                self.inside(|d| d.scope(header.scope));
                self.optional(*body);
            }
            StmtKind::While {
                condition,
                body,
                do_while,
            } => {
                let keyword = if *do_while { "do-while" } else { "while" };
                self.line(&format!("{keyword} {}", self.expr(*condition)));
                self.optional(*body);
            }
            StmtKind::Repeat { count, body } => {
                self.line(&format!("repeat {}", self.expr(*count)));
                self.optional(*body);
            }
            StmtKind::Foreach {
                array, vars, body, ..
            } => {
                let vars: Vec<&str> = vars
                    .iter()
                    .map(|var| var.map_or("", |var| &*self.ast[var].name.text))
                    .collect();
                self.line(&format!(
                    "foreach {}[{}]",
                    self.expr(*array),
                    vars.join(", ")
                ));
                self.optional(*body);
            }
            StmtKind::Timed { timing, body } => {
                self.line(&self.timing(timing));
                self.optional(*body);
            }
            StmtKind::Disable(target) => self.line(&format!("disable{}", self.value(*target))),
            StmtKind::Return(value) => self.line(&format!("return{}", self.value(*value))),
            StmtKind::Break => self.line("break"),
            StmtKind::Continue => self.line("continue"),
            StmtKind::Assertion => self.line("assertion"),
            StmtKind::Unsupported(it) => self.line(&format!("unsupported {}", it.what)),
        }
    }

    fn optional(&mut self, stmt: Option<StmtId>) {
        if let Some(stmt) = stmt {
            self.inside(|d| d.stmt(stmt));
        }
    }

    fn timing(&self, timing: &Timing) -> String {
        match timing {
            Timing::Delay => "#".to_string(),
            Timing::ZeroDelay => "#0".to_string(),
            Timing::Star => "@*".to_string(),
            Timing::Events(events) => {
                let events: Vec<String> = events
                    .iter()
                    .map(|event| {
                        let iff = event
                            .iff
                            .map_or(String::new(), |it| format!(" iff {}", self.expr(it)));
                        format!("{:?} {}{iff}", event.edge, self.expr(event.expr))
                    })
                    .collect();
                format!("@({})", events.join(", "))
            }
        }
    }
}
