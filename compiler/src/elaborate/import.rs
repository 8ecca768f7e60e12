//! Packages, imports and exports, and the compilation unit.

use super::context::{Elab, Entity, MAX_DEPTH, Res, ScopeIdx};
use crate::diagnostics::{Diagnostic, codes};
use crate::frontend::ast::{self, Name};
use crate::netlist::InstanceId;

impl<'a> Elab<'a> {
    pub fn import(
        &mut self,
        scope: ScopeIdx,
        package: &'a Name,
        item: Option<&'a Name>,
    ) -> Res<()> {
        let from = self.package(package)?;
        match item {
            None => self.scope_mut(scope).imports.push(from),
            Some(item) => {
                let entity = self.scoped(package, item)?;
                self.scope_mut(scope).names.insert(&item.text, entity);
            }
        }
        Ok(())
    }

    /// `export`: what a package imports can be imported from it, too.
    pub fn export(
        &mut self,
        scope: ScopeIdx,
        package: Option<&'a Name>,
        item: Option<&'a Name>,
    ) -> Res<()> {
        let from = match package {
            Some(package) => vec![self.package(package)?],
            None => self.scope(scope).imports.clone(),
        };
        for from in from {
            let item = item.map(|item| &*item.text);
            self.scope_mut(scope).exports.push((from, item));
        }
        Ok(())
    }

    /// The scope of a package.
    fn package(&mut self, name: &Name) -> Res<ScopeIdx> {
        let ast = self.ast;
        match ast.packages.iter().find(|p| p.name.text == name.text) {
            Some(package) => Ok(self.global(package.scope)),
            None => {
                let message = format!("package `{}` is not declared", name.text);
                self.fail(
                    Diagnostic::error(codes::UNKNOWN_NAME, name.span, message)
                        .help("add the file that declares the package, before this one"),
                )
            }
        }
    }

    /// The scope of a package or file, made on first use.
    pub fn global(&mut self, ast: ast::ScopeId) -> ScopeIdx {
        if let Some(&scope) = self.globals.get(&ast) {
            return scope;
        }
        let parent = self.ast[ast].parent.map(|parent| self.global(parent));
        let scope = self.new_scope(parent, ast, InstanceId(0), None);
        self.globals.insert(ast, scope);
        self.declare(scope);
        scope
    }

    /// `pkg::name`
    pub fn scoped(&mut self, package: &'a Name, name: &'a Name) -> Res<Entity> {
        let found = match &*package.text {
            "$unit" => self.lookup_unit(&name.text)?,
            _ => {
                let scope = self.package(package)?;
                self.lookup_exported(scope, &name.text)?
            }
        };
        if let Some(entity) = found {
            return Ok(entity);
        }
        let message = format!("`{}` is not declared in `{}`", name.text, package.text);
        self.fail(
            Diagnostic::error(codes::UNKNOWN_NAME, name.span, message)
                .help("declare it in the package"),
        )
    }

    /// A declaration outside of all modules and packages: all files are one
    /// compilation unit.
    pub fn lookup_unit(&mut self, name: &str) -> Res<Option<Entity>> {
        let ast = self.ast;
        for &file in &ast.file_scopes {
            if ast[file].members.is_empty() {
                continue;
            }
            let scope = self.global(file);
            if let Some(entity) = self.lookup_here(scope, name)? {
                return Ok(Some(entity));
            }
        }
        Ok(None)
    }

    /// Whether a package declares or exports a name, and where.
    fn exporter(&self, package: ScopeIdx, name: &str, depth: usize) -> Option<ScopeIdx> {
        let scope = self.scope(package);
        if scope.names.contains_key(name) {
            return Some(package);
        }
        if depth > MAX_DEPTH {
            return None;
        }
        let wanted = |item: &Option<&str>| item.is_none_or(|item| item == name);
        let exports = scope.exports.iter().filter(|(_, item)| wanted(item));
        exports
            .filter_map(|&(from, _)| self.exporter(from, name, depth + 1))
            .next()
    }

    /// What a name of a package stands for, seen from outside.
    pub fn lookup_exported(&mut self, package: ScopeIdx, name: &str) -> Res<Option<Entity>> {
        match self.exporter(package, name, 0) {
            Some(scope) => self.lookup_here(scope, name),
            None => Ok(None),
        }
    }

    /// What a name stands for through the wildcard imports of a scope.
    pub fn lookup_imported(&mut self, scope: ScopeIdx, name: &str) -> Res<Option<Entity>> {
        let mut found: Option<ScopeIdx> = None;
        for import in self.scope(scope).imports.clone() {
            let Some(exporter) = self.exporter(import, name, 0) else {
                continue;
            };
            match found {
                Some(first) if first != exporter => {
                    let place = |elab: &Self, scope: ScopeIdx| match elab.scope(scope).names[name] {
                        Entity::Pending(symbol) => Some(elab.ast[symbol].name.span),
                        _ => None,
                    };
                    let message = format!("`{name}` is imported from two packages");
                    let span = place(self, exporter).or(place(self, first));
                    let diagnostic = match span {
                        Some(span) => Diagnostic::error(codes::DUPLICATE_NAME, span, message),
                        None => Diagnostic::global(codes::DUPLICATE_NAME, message),
                    };
                    return self.fail(diagnostic.help("name its package: `package::name`"));
                }
                _ => found = Some(exporter),
            }
        }
        match found {
            Some(exporter) => self.lookup_here(exporter, name),
            None => Ok(None),
        }
    }
}
