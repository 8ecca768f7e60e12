//! How much text macros make, found before they make it.
//!
//! A macro whose body uses another one four times multiplies the text by four,
//! and twenty of them make more than any machine holds. [`check`] bounds the
//! number of tokens that macros add from above, in time linear in what is
//! written: the size of a macro is a sum over its body, linear in the sizes of
//! its arguments, so each macro is looked at once.
//!
//! Guarantees: for files that are read once, the bound is never less than what
//! the expansion adds, whichever branches of conditionals are taken. Not
//! counted are names that a macro builds of pieces (` `` `), definitions
//! that a macro makes, and includes whose name a macro makes.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use astli_preproc::{Build, DirectiveType, Input, Item, MacroDef, Operands, Resolved, scan};
use astli_syntax::SyntaxKind::*;
use astli_syntax::Token;
use astli_text::SourceId;

/// The most tokens that macros may add to what is written. As many take about
/// a gigabyte.
pub(super) const MAX_ADDED_TOKENS: u64 = 4_000_000;

/// The deepest that uses of macros may be nested in one another.
const MAX_DEPTH: usize = 2_000;

/// A file, read for its macros.
pub(super) struct Text {
    pub path: PathBuf,
    pub text: Rc<str>,
    pub tokens: Rc<[Token]>,
}

/// The use of a macro with which the bound is passed.
pub(super) struct Excess {
    /// The index of the file in the list that was given, or the path of an
    /// include.
    pub file: Result<usize, PathBuf>,
    /// The bytes of the macro's name.
    pub bytes: Range<u32>,
    pub name: String,
}

/// The first use at which macros add more than [`MAX_ADDED_TOKENS`] to `roots`
/// and to what they include. `id` is that of any file.
pub(super) fn check(
    roots: Vec<Text>,
    defines: &[(String, Option<String>)],
    build: &Build,
    id: SourceId,
    read: impl Fn(&Path) -> Option<String>,
) -> Option<Excess> {
    let given = roots.len();
    if !roots.iter().any(|it| it.text.contains('`')) && defines.is_empty() {
        return None;
    }
    let mut texts = with_includes(roots, build, id, read);
    let files = texts.len();
    for (name, body) in defines {
        let body = body.as_deref().unwrap_or("1").replace(['\n', '\r'], " ");
        let text: Rc<str> = format!("`define {name} {body}\n").into();
        texts.push(text_of(PathBuf::new(), text));
    }
    let inputs: Vec<Input> = texts.iter().map(|it| input(it, id)).collect();
    let scans: Vec<Vec<Item>> = inputs.iter().map(|it| scan(it).items).collect();
    let mut sizes = Sizes::new(&inputs, &scans);
    let mut added = 0u64;
    for (file, items) in scans.iter().enumerate().take(files) {
        for item in items {
            let Item::Macro(used) = item else { continue };
            let name = inputs[file].token(used.name.index);
            let range = used.tokens.start..used.tokens.end;
            let size = sizes.of_tokens(file, range.clone(), &[], 0).base;
            let written = u64::from(range.end - range.start);
            added = added.saturating_add(size.saturating_sub(written));
            if added > MAX_ADDED_TOKENS {
                return Some(Excess {
                    file: match file < given {
                        true => Ok(file),
                        false => Err(texts[file].path.clone()),
                    },
                    bytes: name.start..name.end,
                    name: key(name.text(inputs[file].source)).to_string(),
                });
            }
        }
    }
    None
}

fn text_of(path: PathBuf, text: Rc<str>) -> Text {
    let tokens = astli_syntax::tokenize(&text).into();
    Text { path, text, tokens }
}

fn input(text: &Text, src_id: SourceId) -> Input<'_> {
    Input {
        src_id,
        source: &text.text,
        tokens: &text.tokens,
    }
}

/// `roots`, and behind them each file that one of them includes, once.
fn with_includes(
    roots: Vec<Text>,
    build: &Build,
    id: SourceId,
    read: impl Fn(&Path) -> Option<String>,
) -> Vec<Text> {
    let mut texts = roots;
    let mut seen: HashSet<PathBuf> = texts.iter().map(|it| it.path.clone()).collect();
    let mut at = 0;
    while at < texts.len() {
        let mut found = Vec::new();
        let text = input(&texts[at], id);
        for item in scan(&text).items {
            let Item::Directive(directive) = item else {
                continue;
            };
            let Operands::Include(path) = &directive.operands else {
                continue;
            };
            let Some((name, angle)) = path.written(&text) else {
                continue;
            };
            let included = build.resolve(name, Some(&texts[at].path), angle, Path::is_file);
            if let Resolved::Found(path) = included
                && seen.insert(path.clone())
            {
                found.push(path);
            }
        }
        let read = found.into_iter().filter_map(|path| {
            let text = read(&path)?;
            Some(text_of(path, text.into()))
        });
        texts.extend(read);
        at += 1;
    }
    texts
}

/// The tokens that a piece of text becomes: `base`, and for each formal
/// argument of the macro that it stands in, how often that is in it.
#[derive(Clone, Default)]
struct Size {
    base: u64,
    formals: Vec<u64>,
}

impl Size {
    fn zero(formals: usize) -> Size {
        Size {
            base: 0,
            formals: vec![0; formals],
        }
    }

    fn add(&mut self, other: &Size, times: u64) {
        self.base = (self.base).saturating_add(other.base.saturating_mul(times));
        for (mine, its) in self.formals.iter_mut().zip(&other.formals) {
            *mine = mine.saturating_add(its.saturating_mul(times));
        }
    }

    /// The larger of the two in every part.
    fn join(&mut self, other: &Size) {
        self.base = self.base.max(other.base);
        let length = self.formals.len().max(other.formals.len());
        self.formals.resize(length, 0);
        for (mine, its) in self.formals.iter_mut().zip(&other.formals) {
            *mine = (*mine).max(*its);
        }
    }
}

/// The sizes of macros, each found once. A name with several definitions has
/// the largest of them.
struct Sizes<'a> {
    inputs: &'a [Input<'a>],
    definitions: HashMap<&'a str, Vec<(usize, &'a MacroDef)>>,
    known: HashMap<&'a str, Option<Rc<Size>>>,
}

impl<'a> Sizes<'a> {
    fn new(inputs: &'a [Input<'a>], scans: &'a [Vec<Item>]) -> Self {
        let mut definitions: HashMap<_, Vec<_>> = HashMap::new();
        for (file, items) in scans.iter().enumerate() {
            for item in items {
                if let Item::Directive(directive) = item
                    && let Operands::Define(def) = &directive.operands
                {
                    let name = key(inputs[file].text(def.name.index));
                    definitions.entry(name).or_default().push((file, def));
                }
            }
        }
        Sizes {
            inputs,
            definitions,
            known: HashMap::new(),
        }
    }

    /// The size of a macro; `None` where nothing defines it, or where it uses
    /// itself, which ends the expansion.
    fn of_macro(&mut self, name: &'a str, depth: usize) -> Option<Rc<Size>> {
        if let Some(known) = self.known.get(name) {
            return known.clone();
        }
        let definitions = self.definitions.get(name)?.clone();
        self.known.insert(name, None);
        let mut size = Size::default();
        for (file, def) in definitions {
            let input = &self.inputs[file];
            let formals: Vec<&str> = (def.formals.iter().flatten())
                .map(|it| key(input.text(it.name.index)))
                .collect();
            let body = def.body.start..def.body.end;
            let mut own = self.of_tokens(file, body, &formals, depth + 1);
            for formal in def.formals.iter().flatten() {
                if let Some(default) = formal.default {
                    let range = default.start..default.end;
                    own.add(&self.of_tokens(file, range, &[], depth + 1), 1);
                }
            }
            size.join(&own);
        }
        let size = Some(Rc::new(size));
        self.known.insert(name, size.clone());
        size
    }

    /// The size of what tokens of a file become, where `formals` are the
    /// arguments of the macro whose body they are.
    fn of_tokens(
        &mut self,
        file: usize,
        range: Range<u32>,
        formals: &[&str],
        depth: usize,
    ) -> Size {
        let input: &'a Input<'a> = &self.inputs[file];
        let mut size = Size::zero(formals.len());
        if depth > MAX_DEPTH {
            size.base = u64::MAX;
            return size;
        }
        let mut at = range.start;
        while at < range.end {
            let text = input.text(at);
            if input.kind(at) != TICK_IDENT || DirectiveType::lookup(text).is_some() {
                match formals.iter().position(|it| *it == key(text)) {
                    Some(formal) => size.formals[formal] = size.formals[formal].saturating_add(1),
                    None => size.base = size.base.saturating_add(1),
                }
                at += 1;
                continue;
            }
            at += 1;
            let Some(used) = self.of_macro(key(text), depth) else {
                size.base = size.base.saturating_add(1);
                continue;
            };
            size.base = size.base.saturating_add(used.base);
            if used.formals.is_empty() {
                continue;
            }
            let Some((arguments, end)) = arguments(input, at..range.end) else {
                continue;
            };
            for (argument, &times) in arguments.into_iter().zip(&used.formals) {
                let argument = self.of_tokens(file, argument, formals, depth + 1);
                size.add(&argument, times);
            }
            at = end;
        }
        size
    }
}

/// The arguments in parentheses at the beginning of `range`, and where they
/// end.
fn arguments(input: &Input, range: Range<u32>) -> Option<(Vec<Range<u32>>, u32)> {
    let open = range.clone().find(|&at| !input.kind(at).is_trivia())?;
    if input.kind(open) != L_PAREN {
        return None;
    }
    let mut found = Vec::new();
    let mut depth = 0;
    let mut from = open + 1;
    for at in open + 1..range.end {
        match input.kind(at) {
            L_PAREN | L_BRACK | L_BRACE | APOSTROPHE_L_BRACE => depth += 1,
            R_PAREN if depth == 0 => {
                found.push(from..at);
                return Some((found, at + 1));
            }
            R_PAREN | R_BRACK | R_BRACE if depth > 0 => depth -= 1,
            COMMA if depth == 0 => {
                found.push(from..at);
                from = at + 1;
            }
            _ => {}
        }
    }
    None
}

/// The name of a macro or an argument as tables have it.
fn key(text: &str) -> &str {
    let text = text.strip_prefix('`').unwrap_or(text);
    text.strip_prefix('\\').unwrap_or(text).trim_end()
}
