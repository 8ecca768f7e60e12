//! One text for instances of one statement whose parameters differ.
//!
//! In a generate loop `stage #(.W(8 + i)) u (…)` every instance has a chain of
//! its own length, but there is one statement, and so one module for all of them.
//! The edits that they ask for differ in numbers: each such number becomes a
//! constant that the module's parameters decide.
//!
//! ```verilog
//! module stage #(parameter W = 8) (
//!   input wire [W - 1:0] idetic_in, …          // inserted
//! );
//!   localparam idetic_number_0 = W - 1;         // inserted
//!   wire [idetic_number_0:0] idetic_saved;      // inserted
//! ```
//!
//! The assignments in front of `endmodule` may differ in form, too (a chain of
//! more than a word is put together in another way than a shorter one); they
//! then stand in a generate branch for each.
//!
//! A process in a generate branch that only some instances have is edited for these.
//!
//! What differs in any other way is not merged, and `family` says so.

use std::collections::BTreeMap;

use indexmap::IndexMap;

use crate::frontend::ast::{Module, SymbolKind};
use crate::netlist::{Bits, InstanceId};

use super::constant::{Given, table};
use super::edits::{self, Edit};
use super::module::Context;
use super::names;

/// Parameters and their values.
type Case = Vec<(String, i64)>;

/// What one instance asks of its module's text.
#[derive(Clone, Copy)]
pub struct Wanted<'a> {
    /// The instance.
    pub instance: InstanceId,
    /// Its edits, sorted.
    pub edits: &'a [Edit],
}

impl Wanted<'_> {
    /// Whether the instance does not have what stands at an offset: no end of the
    /// module, and no process of it.
    fn lacks(&self, cx: &Context, offset: u32) -> bool {
        let anchors = &cx.module().anchors;
        let mut registers = cx.netlist.registers.iter();
        offset > anchors.declarations
            && offset < anchors.endmodule
            && !registers.any(|register| {
                let (origin, process) = (&register.origin, register.origin.process.span);
                origin.instance == self.instance && (process.start..=process.end).contains(&offset)
            })
    }
}

/// The edits that serve all versions of a module, if there are any.
pub fn merged(cx: &Context, versions: &[Wanted]) -> Option<Vec<Edit>> {
    let module = cx.module();
    let (cases, versions) = cases(cx, versions)?;
    let names: Vec<&str> = cases[0].iter().map(|(name, _)| &**name).collect();
    let scope = Scope::of(cx, module, &names)?;
    let mut numbers = Numbers {
        cases: &cases,
        known: IndexMap::new(),
    };
    let mut out = Vec::new();
    for (offset, edits) in by_offset(cx, &versions)? {
        let place = match offset == module.anchors.declarations {
            true => scope.visible,
            false => offset,
        };
        let inline = place < scope.visible;
        for texts in edits {
            let known: Vec<&str> = texts.iter().copied().flatten().collect();
            let equal = known.iter().all(|text| *text == known[0]);
            let text = match numbers.merge(&texts, inline) {
                Some(_) if inline && scope.in_body && !equal => return None,
                Some(text) => text,
                None if offset == module.anchors.endmodule => branches(&cases, &known),
                None => return None,
            };
            out.push(Edit {
                file: cx.file(),
                offset: place,
                text,
            });
        }
    }
    if !numbers.known.is_empty() {
        let lines = (numbers.known.iter()).map(|(values, name)| {
            let value = table(&paired(&cases, values));
            format!("\n  localparam {name} = {value};")
        });
        let declarations = Edit {
            file: cx.file(),
            offset: scope.visible,
            text: lines.collect(),
        };
        out.insert(0, declarations);
    }
    edits::sort(&mut out);
    Some(out)
}

/// The texts at each offset, and of each of these that of each case. One that a
/// generate branch keeps from some cases is missing there.
type Texts<'a> = BTreeMap<u32, Vec<Vec<Option<&'a str>>>>;

/// Brings the edits of the cases together. `None` where they do not fit.
fn by_offset<'a>(cx: &Context, versions: &[Wanted<'a>]) -> Option<Texts<'a>> {
    let mut out: Texts = BTreeMap::new();
    for (case, version) in versions.iter().enumerate() {
        let same_place = |a: &Edit, b: &Edit| a.offset == b.offset;
        for edits in version.edits.chunk_by(same_place) {
            let texts = out.entry(edits[0].offset).or_default();
            texts.resize(texts.len().max(edits.len()), vec![None; versions.len()]);
            for (edit, texts) in edits.iter().zip(texts) {
                texts[case] = Some(&*edit.text);
            }
        }
    }
    for (offset, texts) in &out {
        for (case, version) in versions.iter().enumerate() {
            let missing = texts.iter().filter(|texts| texts[case].is_none()).count();
            let some = missing > 0 && missing < texts.len();
            if some || missing > 0 && !version.lacks(cx, *offset) {
                return None;
            }
        }
    }
    Some(out)
}

/// The parameters that tell the versions apart, with their values, and what each
/// case asks for. `None` where one of them is no whole number that any context
/// takes as it is, or where the same parameters ask for different edits.
fn cases<'a>(cx: &Context, versions: &[Wanted<'a>]) -> Option<(Vec<Case>, Vec<Wanted<'a>>)> {
    let parameters = |of: &Wanted| &cx.netlist.instances[of.instance.index()].parameters;
    let all = |name: &str| -> Option<Vec<&Bits>> {
        let values = versions.iter().map(|it| parameters(it).get(name));
        values.collect()
    };
    let mut cases: Vec<Case> = vec![Vec::new(); versions.len()];
    for name in parameters(versions.first()?).keys() {
        let values = all(name)?;
        if values.iter().all(|value| *value == values[0]) {
            continue;
        }
        for (case, value) in cases.iter_mut().zip(values) {
            let value = value.to_u64().and_then(|value| i32::try_from(value).ok());
            case.push((name.clone(), i64::from(value?)));
        }
    }
    let mut distinct: IndexMap<Case, Wanted> = IndexMap::new();
    for (case, version) in cases.into_iter().zip(versions) {
        let known = distinct.entry(case).or_insert(*version);
        if known.edits != version.edits {
            return None;
        }
    }
    Some(distinct.into_iter().unzip())
}

/// Where a module's text knows the parameters.
struct Scope {
    /// From this offset on declarations may name all of them.
    visible: u32,
    /// Some of them are declared in the body: the header does not know them.
    in_body: bool,
}

impl Scope {
    fn of(cx: &Context, module: &Module, names: &[&str]) -> Option<Scope> {
        let mut scope = Scope {
            visible: module.anchors.declarations,
            in_body: false,
        };
        for symbol in &module.parameters {
            let symbol = &cx.ast[*symbol];
            let of_ours = names.contains(&&*symbol.name.text);
            if !of_ours || symbol.span.start < module.anchors.header_end {
                continue;
            }
            // A parameter that a macro provides has no place in the text.
            if symbol.span.expanded || symbol.span.file != module.span.file {
                return None;
            }
            debug_assert!(matches!(symbol.kind, SymbolKind::Parameter { .. }));
            scope.in_body = true;
            scope.visible = scope.visible.max(end_of_item(cx.text(), symbol.span.end)?);
        }
        Some(scope)
    }
}

/// Past the `;` that ends the declaration in which `from` lies.
fn end_of_item(text: &str, from: u32) -> Option<u32> {
    let mut at = from as usize;
    loop {
        let rest = text.get(at..)?;
        at += match rest.chars().next()? {
            ';' => return Some(at as u32 + 1),
            '/' if rest.starts_with("//") => rest.find('\n')?,
            '/' if rest.starts_with("/*") => rest.find("*/")? + 2,
            // A string or a macro may hold anything.
            '"' | '`' => return None,
            other => other.len_utf8(),
        };
    }
}

/// A text in a generate branch for each case.
fn branches(cases: &[Case], texts: &[&str]) -> String {
    let mut out = String::from("  generate");
    for (at, (case, text)) in cases.iter().zip(texts).enumerate() {
        let tests = case.iter().map(|(name, value)| {
            let name = names::identifier(name);
            format!("{name} == {value}")
        });
        let tests: Vec<String> = tests.collect();
        let start = if at > 0 { "else if" } else { "if" };
        let text = text.trim_matches('\n').replace('\n', "\n    ");
        out.push_str(&format!(
            "\n    {start} ({}) begin : idetic_case_{at}\n    {text}\n    end",
            tests.join(" && ")
        ));
    }
    out.push_str("\n  endgenerate\n");
    out
}

/// The cases that have a value, with it.
fn paired<'a>(cases: &'a [Case], values: &[Option<i64>]) -> Vec<(&'a Given, i64)> {
    let pairs = cases.iter().zip(values);
    pairs
        .filter_map(|(case, value)| Some((&**case, (*value)?)))
        .collect()
}

/// The numbers that differ between the versions.
struct Numbers<'a> {
    cases: &'a [Case],
    /// The constants that stand for them, by their values.
    known: IndexMap<Vec<Option<i64>>, String>,
}

impl Numbers<'_> {
    /// A text that is each of `texts` in its case, if these differ in numbers only.
    fn merge(&mut self, texts: &[Option<&str>], inline: bool) -> Option<String> {
        let lists: Vec<Option<Vec<Token>>> = texts.iter().map(|text| text.map(tokens)).collect();
        let mut present = lists.iter().flatten();
        let (first, text) = (present.next()?, texts.iter().flatten().next()?);
        if texts.iter().flatten().all(|other| other == text) {
            return Some(text.to_string());
        }
        if present.any(|list| list.len() != first.len()) {
            return None;
        }
        let mut out = String::new();
        for (at, token) in first.iter().enumerate() {
            if lists.iter().flatten().all(|list| list[at] == *token) {
                out.push_str(&token.text());
                continue;
            }
            let mut values = Vec::new();
            for list in &lists {
                values.push(match list {
                    None => None,
                    Some(list) => match list[at] {
                        Token::Number(value) => Some(value),
                        Token::Text(_) => return None,
                    },
                });
            }
            if inline {
                out.push_str(&table(&paired(self.cases, &values)));
                continue;
            }
            let next = self.known.len();
            let name = self.known.entry(values);
            out.push_str(name.or_insert_with(|| format!("idetic_number_{next}")));
        }
        Some(out)
    }
}

/// A piece of Verilog text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token<'a> {
    /// A number in decimal digits, without a size.
    Number(i64),
    /// Anything else.
    Text(&'a str),
}

impl Token<'_> {
    fn text(&self) -> String {
        match self {
            Token::Number(value) => value.to_string(),
            Token::Text(text) => text.to_string(),
        }
    }
}

/// Cuts a text of ours up. A bit of one of our vectors is given as the range that
/// it is, `[3]` as `[3:3]`, so that vectors of any width have the same form.
fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut out: Vec<Token> = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let word = |c: char| c.is_alphanumeric() || c == '_' || c == '$' || c == '\'';
        let len = match first {
            first if word(first) => rest.find(|c| !word(c)).unwrap_or(rest.len()),
            // An escaped identifier ends at white space.
            '\\' => rest.find(char::is_whitespace).unwrap_or(rest.len()),
            first => first.len_utf8(),
        };
        let (token, after) = rest.split_at(len);
        out.push(match token.parse() {
            Ok(value) => Token::Number(value),
            Err(_) => Token::Text(token),
        });
        rest = after;
        if let [
            ..,
            Token::Text(name),
            Token::Text("["),
            number,
            Token::Text("]"),
        ] = *out
            && name.starts_with("idetic_")
            && matches!(number, Token::Number(_))
        {
            out.truncate(out.len() - 1);
            out.extend([Token::Text(":"), number, Token::Text("]")]);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cases(values: &[i64]) -> Vec<Case> {
        let case = |&value| vec![("W".to_string(), value)];
        values.iter().map(case).collect()
    }

    fn merge(texts: &[&str], inline: bool) -> Option<(String, Vec<String>)> {
        let cases = cases(&(4..4 + texts.len() as i64).collect::<Vec<_>>());
        let mut numbers = Numbers {
            cases: &cases,
            known: IndexMap::new(),
        };
        let texts: Vec<Option<&str>> = texts.iter().copied().map(Some).collect();
        let text = numbers.merge(&texts, inline)?;
        let known = numbers.known.keys();
        let known = known.map(|values| table(&paired(&cases, values)));
        Some((text, known.collect()))
    }

    #[test]
    fn numbers_that_differ_become_constants() {
        let texts = ["wire [3:0] idetic_saved;", "wire [4:0] idetic_saved;"];
        let merged = merge(&texts, true);
        assert_eq!(merged.expect("merged").0, "wire [W - 1:0] idetic_saved;");
        let (text, known) = merge(&texts, false).expect("merged");
        assert_eq!(text, "wire [idetic_number_0:0] idetic_saved;");
        assert_eq!(known, ["W - 1"]);
    }

    #[test]
    fn a_bit_is_a_range_of_one() {
        let texts = ["q <= idetic_shifted[0];", "q <= idetic_shifted[2:0];"];
        let (text, known) = merge(&texts, false).expect("merged");
        assert_eq!(text, "q <= idetic_shifted[idetic_number_0:0];");
        assert_eq!(known, ["2 * W - 8"]);
    }

    #[test]
    fn what_differs_in_more_than_numbers_is_not_merged() {
        assert_eq!(merge(&["idetic_out_1", "idetic_out_2"], false), None);
        assert_eq!(merge(&["a = 4'd3", "a = 4'd4"], false), None);
        assert_eq!(merge(&["a + 1", "a + 1 + 1"], false), None);
        assert_eq!(merge(&["q[1]", "q[2:1]"], false), None);
    }

    #[test]
    fn a_declaration_ends_at_its_semicolon() {
        let text = "parameter W = 4 /* ; */, // ;\n D = 2; wire";
        assert_eq!(end_of_item(text, 15), Some(text.len() as u32 - 5));
        assert_eq!(end_of_item("W = `A;", 4), None);
    }
}
