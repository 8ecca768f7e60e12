//! Hierarchical names that begin with the name of a module around.
//!
//! Text may name the module that it stands in, as in `$dumpvars(0, m)` or `m.q`, or one
//! that instantiates its own (IEEE 1800-2017, 23.8). A copy of a module has another
//! name: in its text such names get the same suffix. In the text of modules below
//! they cannot, since these may stand below the original, too; that is refused.
//!
//! The text is read token by token rather than from the syntax, which lacks what
//! hardware does without: assertions, `specify` blocks, branches of conditionals.

use std::collections::BTreeSet;

use astli_syntax::SyntaxKind::{COLON_COLON, COMMA, DOT, L_PAREN, R_PAREN, SYSTEM_IDENT};

use crate::diagnostics::{Diagnostic, codes};
use crate::frontend::ast::{Arg, Ast, ExprId, ExprKind, Member, Module, ModuleId, ScopeId};
use crate::netlist::{InstanceId, Netlist};
use crate::source::{SourceMap, Span};

use super::edits::Edit;
use super::module::Context;

/// What renames the module in its own text; that of the copy named with `suffix`.
pub fn edits(ast: &Ast, text: &str, module: &Module, suffix: &str) -> Vec<Edit> {
    let places = places(ast, text, module, &module.name.text).into_iter();
    let edit = |place: Span| Edit {
        file: place.file,
        offset: place.end,
        text: suffix.to_string(),
    };
    places.map(edit).collect()
}

/// The errors where a macro or an included file names the context's module, which is copied.
pub fn refuse_elsewhere(cx: &Context) -> Vec<Diagnostic> {
    let (module, name) = (cx.module(), &*cx.module().name.text);
    if declares(cx.ast, module, name) {
        return Vec::new();
    }
    let body = &cx.text()[module.span.start as usize..module.span.end as usize];
    let includes = body.contains("`include");
    let own = |span: &Span| {
        let inside = (module.span.start..module.span.end).contains(&span.start);
        match span.file == module.span.file {
            true => span.expanded && inside,
            false => includes && cx.sources.file(span.file).included,
        }
    };
    let starts = starts(cx.ast)
        .filter(|&expr| matches!(&cx.ast[expr].kind, ExprKind::Name(it) if **it == *name));
    let spans = starts.map(|expr| cx.ast[expr].span).filter(own);
    let what = format!("`{name}`, the name of a module that is copied,");
    spans.map(|span| cx.not_editable(span, &what)).collect()
}

/// The errors where the text of a module names one around it that has become a copy.
/// `suffixes` has what each instance's module is renamed by.
pub fn refuse_around(
    ast: &Ast,
    sources: &SourceMap,
    netlist: &Netlist,
    suffixes: &[String],
) -> Vec<Diagnostic> {
    let mut pairs: BTreeSet<(ModuleId, ModuleId)> = BTreeSet::new();
    for instance in &netlist.instances {
        let mut around = instance.parent;
        while let Some(InstanceId(at)) = around {
            let outer = &netlist.instances[at as usize];
            if !suffixes[at as usize].is_empty() && outer.module != instance.module {
                pairs.insert((instance.module, outer.module));
            }
            around = outer.parent;
        }
    }
    let mut out = Vec::new();
    for (inner, outer) in pairs {
        let (module, name) = (&ast[inner], &ast[outer].name);
        let text = &sources.file(module.span.file).text;
        out.extend(places(ast, text, module, &name.text).into_iter().map(|place| {
            let message = format!(
                "this names the module `{}` from an instance below it, but that module is copied under another name",
                name.text
            );
            Diagnostic::error(codes::CANNOT_EDIT, place, message)
                .label(name.span, "copied, since it is also instantiated in another way")
                .help("name what is below by its own module or instance, or move this to the testbench")
        }));
    }
    out
}

/// Where the text of `module` names `name`, which is its own or that of a module around it.
fn places(ast: &Ast, text: &str, module: &Module, name: &str) -> Vec<Span> {
    let mut out = Vec::new();
    let (start, end) = (module.span.start, module.span.end);
    let body = &text[start as usize..end as usize];
    if declares(ast, module, name) {
        return out;
    }
    let tokens: Vec<_> = astli_syntax::tokenize(body)
        .into_iter()
        .filter(|token| !token.kind.is_trivia())
        .collect();
    // For each open parenthesis, whether it holds the arguments of a system task.
    let mut open: Vec<bool> = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let before = at.checked_sub(1).map(|before| tokens[before].kind);
        let behind = tokens.get(at + 1).map(|behind| behind.kind);
        match token.kind {
            L_PAREN => open.push(before == Some(SYSTEM_IDENT)),
            R_PAREN => drop(open.pop()),
            _ => {}
        }
        let written = token.text(body).trim_end();
        let starts = written.strip_prefix('\\').unwrap_or(written) == name
            && !matches!(before, Some(DOT | COLON_COLON));
        let argument = open.last() == Some(&true)
            && matches!(before, Some(L_PAREN | COMMA))
            && matches!(behind, Some(COMMA | R_PAREN));
        let first = start + token.start;
        if starts && (behind == Some(DOT) || argument) && !in_macro(text, first as usize) {
            let end = first + written.len() as u32;
            out.push(Span::new(module.span.file, first, end));
        }
    }
    out
}

/// The expressions that a hierarchical name may begin with, and what system tasks are given.
fn starts(ast: &Ast) -> impl Iterator<Item = ExprId> + '_ {
    ast.exprs.iter().flat_map(|expr| match &expr.kind {
        ExprKind::Member(base, _) => vec![*base],
        ExprKind::Call(callee, args) if matches!(ast[*callee].kind, ExprKind::System(_)) => args
            .iter()
            .filter_map(|arg| match arg {
                Arg::Positional(value) => *value,
                _ => None,
            })
            .collect(),
        _ => Vec::new(),
    })
}

/// Whether something in a module has a name, which then does not stand for a module around.
fn declares(ast: &Ast, module: &Module, name: &str) -> bool {
    let scopes = ast.scopes.iter().enumerate();
    let mut scopes = scopes.filter(|(at, _)| ast.within(ScopeId(*at as u32), module.scope));
    scopes.any(|(_, scope)| {
        scope.members.iter().any(
            |member| matches!(member, Member::Declare(symbol) if *ast[*symbol].name.text == *name),
        )
    })
}

/// Whether a place lies in the text of a macro, which serves other modules as well.
fn in_macro(text: &str, at: usize) -> bool {
    let mut lines = text[..at].rsplit('\n').peekable();
    let mut first = lines.next().unwrap_or_default();
    while let Some(before) = lines.next_if(|line| line.trim_end_matches('\r').ends_with('\\')) {
        first = before;
    }
    first.trim_start().starts_with("`define")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_of_macros_is_told_by_its_first_line() {
        let text = "`define A x \\\n m.q \\\r\n m.r\n m.s `define";
        let at = |part: &str| in_macro(text, text.find(part).expect("it is there"));
        assert!(at("m.q") && at("m.r") && !at("m.s"));
    }
}
