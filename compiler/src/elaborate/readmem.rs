//! `$readmemh` and `$readmemb`: contents of memories from files.
//!
//! The simulators look for the file from the directory in which they run, and
//! so do we, through [`crate::source::SourceMap::data`]. Contents whose file is
//! not there, or whose name only a simulation knows, are unknown to us but not
//! to the design: see [`super::passed_over`].

use super::context::{Elab, Res, ScopeIdx, Storage};
use super::env::{Key, Mode};
use super::reference::{Element, Reference};
use super::types::Range;
use crate::diagnostics::{Diagnostic, codes};
use crate::frontend::ast::{self, Arg};
use crate::netlist::Bits;
use crate::source::Span;

/// The words of a data file, each with the address written before it, if one is.
pub(super) type Words = Vec<(Option<i64>, Bits)>;

impl<'a> Elab<'a> {
    /// Executes the task.
    pub fn readmem(
        &mut self,
        scope: ScopeIdx,
        hexadecimal: bool,
        args: &'a [Arg],
        span: Span,
    ) -> Res<()> {
        if self.env.mode != Mode::Initial {
            return self.unsupported(
                span,
                "a memory that is read from a file outside of an `initial` block",
                "read it in an `initial` block",
            );
        }
        let arg = |at: usize| match args.get(at) {
            Some(Arg::Positional(value)) => *value,
            _ => None,
        };
        let (Some(file), Some(memory)) = (arg(0), arg(1)) else {
            return self.fail(
                Diagnostic::error(
                    codes::BAD_CONNECTION,
                    span,
                    "a file and a memory are wanted",
                )
                .help("write `$readmemh(\"file\", memory)`"),
            );
        };
        let name = self.file_name(scope, file)?;
        let memory = self.reference(scope, memory)?;
        let &[range] = &memory.ty.unpacked[..] else {
            return self.unsupported(
                memory.span,
                "a file for anything but an array of one dimension",
                "read each array of one dimension by itself",
            );
        };
        let mut bounds = [None, None];
        for (bound, at) in bounds.iter_mut().zip([2, 3]) {
            if let Some(value) = arg(at) {
                *bound = Some(self.const_i64(scope, value)?);
            }
        }
        let sources = self.sources;
        let data = match sources.data(std::path::Path::new(&name)) {
            Ok(data) => data,
            Err(error) => {
                self.tell(
                    Diagnostic::warning(
                        codes::FILE_UNREADABLE,
                        span,
                        format!("the data file `{name}` cannot be read: {error}"),
                    )
                    .note("simulators look for it from the directory that they run in, and so does idetic")
                    .help("run idetic where the file is found by this name"),
                );
                self.filled_later(memory.net, span);
                return Ok(());
            }
        };
        let words = match words(&data, memory.ty.width, hexadecimal) {
            Ok(words) => words,
            Err((line, reason)) => {
                return self.fail(
                    Diagnostic::error(
                        codes::SYNTAX,
                        span,
                        format!("line {line} of the data file `{name}`: {reason}"),
                    )
                    .help("write words of digits, `@` and an address, and comments"),
                );
            }
        };
        if !self.data_files.iter().any(|(known, _)| *known == name) {
            self.data_files.push((name.clone(), span));
        }
        self.fill(&memory, range, bounds, words, &name, span)
    }

    /// The name of a file: a string, or the characters of a constant.
    fn file_name(&mut self, scope: ScopeIdx, file: ast::ExprId) -> Res<String> {
        let constant = self.constant(scope, file)?;
        if let Some(text) = constant.text {
            return Ok(text.to_string());
        }
        let bytes = (0..constant.bits.width() / 8).rev();
        let bytes: Vec<u8> = bytes
            .filter_map(|at| constant.bits.slice(at * 8, 8).to_u64())
            .map(|byte| byte as u8)
            .filter(|&byte| byte != 0)
            .collect();
        match String::from_utf8(bytes) {
            Ok(name) if !name.is_empty() => Ok(name),
            _ => {
                let span = self.ast[file].span;
                self.unsupported(span, "a data file without a name", "name the file")
            }
        }
    }

    fn fill(
        &mut self,
        memory: &Reference,
        range: Range,
        [start, finish]: [Option<i64>; 2],
        words: Words,
        name: &str,
        span: Span,
    ) -> Res<()> {
        let (low, high) = (range.low(), range.low() + range.len() as i64 - 1);
        let start = start.unwrap_or(low);
        let finish = finish.unwrap_or(high);
        let step = if finish < start { -1 } else { 1 };
        let inside = start.min(finish).max(low)..=start.max(finish).min(high);
        let mut at = start;
        for (address, word) in words {
            at = address.unwrap_or(at);
            if !inside.contains(&at) {
                self.tell(
                    Diagnostic::warning(
                        codes::TOO_LARGE,
                        span,
                        format!("the data file `{name}` has words outside of the memory"),
                    )
                    .help("they are ignored, as simulators do"),
                );
                break;
            }
            self.fill_word(memory, (at - low) as u32, word, span);
            at += step;
        }
        Ok(())
    }

    /// Gives one element its initial value.
    fn fill_word(&mut self, memory: &Reference, offset: u32, word: Bits, span: Span) {
        let Element::At(base) = memory.element else {
            return;
        };
        let at = base + offset;
        match self.net(memory.net).storage {
            Storage::Slots(first) => {
                let key = Key::Blocking(first + at);
                let width = word.width();
                let word = self.exprs.constant(word);
                self.env.note(key, width, 0, i64::from(width), span);
                self.env.set(key, word);
            }
            Storage::Memory(mem) => {
                let depth = self.memories[mem as usize].depth;
                let blank = Bits::unknown(word.width());
                let words = self.memories[mem as usize]
                    .init
                    .get_or_insert_with(|| vec![blank; depth as usize]);
                if let Some(here) = words.get_mut(at as usize) {
                    *here = word;
                }
            }
        }
    }

    /// Whether a system task reads a memory from a file, and in which base.
    pub fn reads_memory(name: &str) -> Option<bool> {
        match name.strip_prefix('$').unwrap_or(name) {
            "readmemh" => Some(true),
            "readmemb" => Some(false),
            _ => None,
        }
    }
}

/// The words of a data file (IEEE 1364-2005, 17.2.9), or the line at fault.
pub(super) fn words(text: &str, width: u32, hexadecimal: bool) -> Result<Words, (usize, String)> {
    let mut words = Vec::new();
    let mut address = None;
    for (line, token) in tokens(text)? {
        if let Some(digits) = token.strip_prefix('@') {
            let digits = digits.replace('_', "");
            let value = i64::from_str_radix(&digits, 16);
            address = Some(value.map_err(|_| (line, format!("`{token}` is no address")))?);
            continue;
        }
        let bits = word(&token, width, hexadecimal);
        let bits = bits.ok_or_else(|| (line, format!("`{token}` is no number of this base")))?;
        words.push((address.take(), bits));
    }
    Ok(words)
}

/// White space and comments removed; each with its line.
fn tokens(text: &str) -> Result<Vec<(usize, String)>, (usize, String)> {
    let mut list: Vec<(usize, String)> = Vec::new();
    let (mut line, mut open) = (1, false);
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if let Some(comment) = rest.strip_prefix("//") {
            let end = comment.find('\n').unwrap_or(comment.len());
            (rest, open) = (&comment[end..], false);
        } else if let Some(comment) = rest.strip_prefix("/*") {
            let Some(end) = comment.find("*/") else {
                return Err((line, "a comment does not end".to_string()));
            };
            line += comment[..end].matches('\n').count();
            (rest, open) = (&comment[end + 2..], false);
        } else {
            rest = &rest[c.len_utf8()..];
            if c.is_whitespace() {
                line += usize::from(c == '\n');
                open = false;
            } else if open && let Some((_, token)) = list.last_mut() {
                token.push(c);
            } else {
                list.push((line, c.to_string()));
                open = true;
            }
        }
    }
    Ok(list)
}

/// A word of `width` bits; digits above it are dropped.
fn word(digits: &str, width: u32, hexadecimal: bool) -> Option<Bits> {
    let each = if hexadecimal { 4 } else { 1 };
    let count = width.div_ceil(64) as usize;
    let (mut value, mut unknown) = (vec![0u64; count], vec![0u64; count]);
    let mut at = 0;
    for c in digits.chars().rev().filter(|&c| c != '_') {
        let (digit, mask) = match c {
            'x' | 'X' | 'z' | 'Z' | '?' => (0, (1 << each) - 1),
            _ => (u64::from(c.to_digit(1 << each)?), 0),
        };
        for bit in 0..each {
            let place: u32 = at + bit;
            if place < width {
                value[place as usize / 64] |= (digit >> bit & 1) << (place % 64);
                unknown[place as usize / 64] |= (mask >> bit & 1) << (place % 64);
            }
        }
        at += each;
    }
    (at > 0).then(|| Bits::new(width, &value, &unknown))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_addresses_and_comments() {
        let text = "01 // one\n @1_0 ff/* two\nlines */x5 1_2\n";
        let found = words(text, 8, true).unwrap();
        let shown: Vec<String> = found
            .iter()
            .map(|(at, word)| format!("{at:?} {word}"))
            .collect();
        assert_eq!(
            shown,
            [
                "None 8'h01",
                "Some(16) 8'hff",
                "None 8'bxxxx0101",
                "None 8'h12"
            ]
        );
        assert_eq!(words("1\n12", 4, false).unwrap_err().0, 2);
        assert_eq!(words("@g", 4, true).unwrap_err().0, 1);
        assert_eq!(words("0 /* 1", 4, true).unwrap_err().0, 1);
        // What does not fit is dropped.
        assert_eq!(words("1ff", 8, true).unwrap()[0].1, Bits::from_u64(8, 255));
    }
}
