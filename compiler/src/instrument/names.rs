//! Names in emitted Verilog: escaping the user's, reserving ours.
//!
//! Every name that is added starts with `idetic_`, so the whole check for
//! clashes is that no name of the user's does ([`reserved`]), and that the
//! wrapper's name `<top>_idetic` is free.

use std::collections::BTreeSet;

use crate::diagnostics::{Diagnostic, Diagnostics, codes};
use crate::frontend::ast::{Ast, SymbolKind, UNNAMED_PREFIX};

/// Start of every added name.
pub const PREFIX: &str = "idetic_";

pub use crate::frontend::keywords::identifier;

/// The name of a scope or instance, which may be one iteration of a loop, or stand in one: `gen[0]`, `gen[0].u`. Escaped where it must be.
pub fn scoped(name: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_$[].-".contains(c);
    match name.chars().all(plain) && !name.starts_with(|c: char| c.is_ascii_digit()) {
        true => name.to_string(),
        false => identifier(name),
    }
}

/// Reports every declared name that starts with [`PREFIX`], and a module that
/// has the wrapper's name.
pub fn reserved(ast: &Ast, top: &str, diagnostics: &mut Diagnostics) {
    let wrapper = wrapper_name(top);
    let mut seen = BTreeSet::new();
    let modules = ast.modules.iter().map(|module| &module.name);
    let symbols = ast
        .symbols
        .iter()
        .filter(|symbol| {
            let block = matches!(symbol.kind, SymbolKind::Block(_));
            !block || symbol.name.text.starts_with(UNNAMED_PREFIX)
        })
        .map(|symbol| &symbol.name);
    for name in modules.clone().chain(symbols) {
        if name.text.starts_with(PREFIX) && seen.insert(name.text.clone()) {
            diagnostics.push(
                Diagnostic::error(
                    codes::NAME_TAKEN,
                    name.span,
                    format!(
                        "`{}` starts with `{PREFIX}`, which is kept for inserted names",
                        name.text
                    ),
                )
                .help("rename it; the file may also be the output of an earlier run"),
            );
        }
    }
    if let Some(name) = modules.into_iter().find(|name| *name.text == *wrapper) {
        diagnostics.push(
            Diagnostic::error(
                codes::NAME_TAKEN,
                name.span,
                format!("the module `{wrapper}` exists, but the new top will have this name"),
            )
            .help("rename the module"),
        );
    }
}

/// Where a name ends that has been read up to `end`: the white space behind an
/// escaped one is part of it there.
pub fn end_of_name(text: &str, end: u32) -> u32 {
    text[..end as usize].trim_end().len() as u32
}

/// The name of the wrapper.
pub fn wrapper_name(top: &str) -> String {
    format!("{top}_idetic")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_simple_identifiers_stay_unescaped() {
        assert_eq!(identifier("a_1$"), "a_1$");
        assert_eq!(identifier("1a"), "\\1a ");
        assert_eq!(identifier("a+b"), "\\a+b ");
        assert_eq!(identifier(""), "\\ ");
    }
}
