//! A module that lets a testbench find out whether it keeps what `[observe]` promises.
//!
//! It has the ports of the user's top module, which it contains as it was written,
//! and shows an output only where the configuration says that it is sampled: X in
//! all other clocks. A testbench that passes with this module in the place of the
//! top looks at no output when it does not count; one that does sees X.
//!
//! The conditions are those of the configuration, word for word, with the names
//! in them looked up in the user's module.

use crate::frontend::ast::{Arg, Ast, Direction, ExprId, ExprKind, InsideItem, Observed};
use crate::netlist::Netlist;
use crate::source::SourceMap;

use super::InstrumentOptions;
use super::at_rest::design_instance;
use super::files::OutputFile;
use super::names::identifier;
use super::wrapper::{DESIGN_INSTANCE, declaration};

/// The module, in a folder of its own: it is no part of the instrumented design.
/// `None` where every output always counts.
pub(super) fn checker(
    ast: &Ast,
    sources: &SourceMap,
    netlist: &Netlist,
    options: &InstrumentOptions,
) -> Option<OutputFile> {
    if ast.observed.is_empty() {
        return None;
    }
    let top = &netlist.top;
    let name = format!("{top}_observed");
    let (mut connections, mut shown) = (Vec::new(), Vec::new());
    for (at, port) in netlist.ports.iter().enumerate() {
        let outside = identifier(&port.name);
        let narrowed = (ast.observed.iter())
            .find(|it| it.output == port.name && port.direction == Direction::Output);
        let Some(observed) = narrowed else {
            connections.push(format!(".{outside}({outside})"));
            continue;
        };
        let width = port.width;
        let inside = format!("idetic_{at}");
        connections.push(format!(".{outside}({inside})"));
        shown.push(format!("  wire [{}:0] {inside};", width - 1));
        shown.push(match condition(ast, sources, observed) {
            Some(condition) => {
                format!("  assign {outside} = ({condition}) ? {inside} : {{{width}{{1'bx}}}};")
            }
            None => format!("  assign {outside} = {{{width}{{1'bx}}}};"),
        });
    }
    let ports: Vec<String> = netlist.ports.iter().map(declaration).collect();
    let text = format!(
        "// {name}: {top} as it was written, its outputs X where idetic.toml says that nobody samples them.\n\
         //\n\
         // Written by idetic {}. A testbench that passes with this module in the place of {top} keeps\n\
         // the promise; compile it with the files of {top}, not with the instrumented ones.\n\n\
         module {} (\n  {}\n);\n{}\n\n{}endmodule\n",
        env!("CARGO_PKG_VERSION"),
        identifier(&name),
        ports.join(",\n  "),
        shown.join("\n"),
        design_instance(top, options, &connections)
    );
    Some(OutputFile {
        name: format!("observe/{name}.v"),
        text,
        source: None,
        listed: false,
    })
}

/// The text of a condition, each name in it looked up in the user's module.
fn condition(ast: &Ast, sources: &SourceMap, observed: &Observed) -> Option<String> {
    let condition = observed.when?;
    let span = ast[condition].span;
    let mut starts = Vec::new();
    names(ast, condition, &mut starts);
    starts.sort_unstable();
    starts.dedup();
    let mut text = sources.text(span).to_string();
    for start in starts.iter().rev() {
        let at = (start - span.start) as usize;
        text.insert_str(at, &format!("{DESIGN_INSTANCE}."));
    }
    Some(text)
}

/// Where the names of an expression begin.
fn names(ast: &Ast, expr: ExprId, out: &mut Vec<u32>) {
    let mut all = |list: &[ExprId]| list.iter().for_each(|&of| names(ast, of, out));
    match &ast[expr].kind {
        ExprKind::Name(_) => out.push(ast[expr].span.start),
        ExprKind::Unary(_, a) | ExprKind::Member(a, _) => all(&[*a]),
        ExprKind::Binary(_, a, b) | ExprKind::Index(a, b) | ExprKind::ValueRange(a, b) => {
            all(&[*a, *b]);
        }
        ExprKind::Conditional(a, b, c) | ExprKind::Range(a, _, b, c) => all(&[*a, *b, *c]),
        ExprKind::Call(callee, arguments) => {
            all(&[*callee]);
            for argument in arguments {
                if let Arg::Positional(Some(of))
                | Arg::Named {
                    value: Some(of), ..
                } = argument
                {
                    all(&[*of]);
                }
            }
        }
        ExprKind::Concat(items) => all(items),
        ExprKind::Stream { slice, items, .. } => {
            all(slice.as_slice());
            all(items);
        }
        ExprKind::Pattern { repeat, items, .. } => {
            all(repeat.as_slice());
            items.iter().for_each(|(_, item)| all(&[*item]));
        }
        ExprKind::Replicate(count, items) => {
            all(&[*count]);
            all(items);
        }
        ExprKind::Cast { operand, .. } => all(&[*operand]),
        ExprKind::Inside(of, items) => {
            all(&[*of]);
            for item in items {
                match *item {
                    InsideItem::Value(a) => all(&[a]),
                    InsideItem::Range(a, b) => all(&[a, b]),
                }
            }
        }
        // No names of the module, or no conditions.
        ExprKind::Number(_)
        | ExprKind::String(_)
        | ExprKind::Real(_)
        | ExprKind::Scoped(..)
        | ExprKind::System(_)
        | ExprKind::Assign { .. }
        | ExprKind::Increment { .. }
        | ExprKind::Type(_)
        | ExprKind::Keyword(_)
        | ExprKind::Unsupported(_) => {}
    }
}
