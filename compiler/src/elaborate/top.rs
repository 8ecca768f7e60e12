//! The top module: which one it is, and the parameters that the user sets.

use rustc_hash::FxHashSet;
use std::rc::Rc;

use super::connect::Override;
use super::context::{Elab, Entity, Res};
use crate::diagnostics::{Diagnostic, codes};
use crate::frontend::ast::{self, ModuleId, SymbolKind};
use crate::source::Setting;

impl<'a> Elab<'a> {
    /// The module that is named, or the only one that none instantiates.
    pub(super) fn find_top(&mut self) -> Res<ModuleId> {
        let ast = self.ast;
        if let Some(name) = &self.options.top {
            if let Some(&top) = self.modules.get(&**name) {
                return Ok(top);
            }
            let nearest = self.nearest_module(name);
            let message = format!("there is no module `{name}`");
            let help = match nearest {
                Some(nearest) => format!("did you mean `{nearest}`?"),
                None => "name a module of the files given".to_string(),
            };
            let error = Diagnostic::global(codes::NO_TOP, message);
            let setting = Setting::text(&["design", "top"], name);
            return self.fail(error.setting(setting).help(help));
        }
        let mut used: FxHashSet<&str> = FxHashSet::default();
        for symbol in &ast.symbols {
            if let SymbolKind::Instance(instance) = &symbol.kind {
                used.insert(&instance.definition.text);
            }
        }
        let own = ast.library_modules.unwrap_or(ast.modules.len());
        // Of several of one name, which is an error of its own, one.
        let names = |at: usize| &*ast.modules[at].name.text;
        let found = |at: usize| self.modules.get(names(at)) == Some(&ModuleId(at as u32));
        let tops: Vec<usize> = (0..own)
            .filter(|&at| !ast.modules[at].interface && !used.contains(names(at)) && found(at))
            .collect();
        match tops[..] {
            [top] => Ok(ModuleId(top as u32)),
            [] => self.fail(self.no_top()),
            [first, ..] => {
                let names: Vec<String> = tops
                    .iter()
                    .map(|&at| format!("`{}`", ast.modules[at].name.text))
                    .collect();
                let message = format!("several modules could be the top: {}", names.join(", "));
                let span = ast.modules[first].name.span;
                let mut diagnostic = Diagnostic::error(codes::SEVERAL_TOPS, span, message)
                    .help("name the top module by --top");
                for &at in &tops[1..] {
                    diagnostic = diagnostic.label(ast.modules[at].name.span, "another");
                }
                self.fail(diagnostic)
            }
        }
    }

    /// The error where no module is left uninstantiated.
    fn no_top(&self) -> Diagnostic {
        let ast = self.ast;
        let mut own = ast.modules.iter().filter(|module| !module.interface);
        let Some(first) = own.next() else {
            return Diagnostic::global(codes::NO_TOP, "the files hold no module")
                .help("give the file of the top module");
        };
        let (message, which) = match own.next() {
            None => (
                format!("module `{}` instantiates itself", first.name.text),
                &*first.name.text,
            ),
            Some(_) => (
                "every module is instantiated by another one, or by itself".to_string(),
                "NAME",
            ),
        };
        Diagnostic::error(codes::NO_TOP, first.name.span, message)
            .help(format!("name the top module: --top {which}"))
    }

    /// The declared module whose name is most like `name`.
    pub fn nearest_module(&self, name: &str) -> Option<&'a str> {
        let key = |candidate: &'a str| (super::names::edit_distance(name, candidate), candidate);
        let all = self.ast.modules.iter().map(|m| key(&m.name.text));
        let near = all.filter(|(distance, _)| *distance <= 1 + name.len() / 3);
        near.min().map(|(_, candidate)| candidate)
    }

    /// The parameters of the top that the options set.
    pub(super) fn top_parameters(&mut self, top: ModuleId) -> Res<Vec<(ast::SymbolId, Override)>> {
        let ast = self.ast;
        let mut list = Vec::new();
        for (name, text) in &self.options.parameters {
            let declared = ast[top].parameters.iter().copied();
            let Some(symbol) = declared.clone().find(|&p| *ast[p].name.text == **name) else {
                let all: Vec<&str> = declared.map(|p| &*ast[p].name.text).collect();
                let message = format!("`{}` has no parameter `{name}`", ast[top].name.text);
                let help = match all.is_empty() {
                    true => "it has none that can be set".to_string(),
                    false => format!("its parameters: {}", all.join(", ")),
                };
                let error = Diagnostic::global(codes::BAD_CONNECTION, message);
                let setting = Setting::new(&["design", "parameter", name]);
                return self.fail(error.setting(setting).help(help));
            };
            match super::constant::parse_value(text) {
                Some(value) => {
                    let value = Entity::Constant(Rc::new(value));
                    list.push((symbol, Override::Given(value)));
                }
                None => {
                    let message = format!("`{text}` is no value for the parameter `{name}`");
                    return self.fail(
                        Diagnostic::global(codes::BAD_CONNECTION, message)
                            .setting(Setting::new(&["design", "parameter", name]))
                            .help("write a number as 12, 8'hff, 1.5 or \"text\""),
                    );
                }
            }
        }
        Ok(list)
    }
}
