//! The words of an NVM, as text or as bytes.
//!
//! Text is what `$readmemh` reads and `$writememh` writes (IEEE 1364-2005, 17.2.8 and 17.2.9): hexadecimal
//! words, `@` and a hexadecimal address, comments. Bytes are words in little-endian order,
//! each in as many bytes as it needs.

use std::fmt::Write;

/// How a dump is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// `$readmemh`
    Hexadecimal,
    /// Little-endian words.
    Binary,
}

/// The words of an NVM. `None` is a word of which nothing, or not all, is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dump {
    words: Vec<Option<u64>>,
}

impl Dump {
    /// A blank NVM.
    pub fn blank(words: u32) -> Dump {
        Dump {
            words: vec![Some(0); words as usize],
        }
    }

    /// A word; `None` as well where the dump ends before it.
    pub fn word(&self, at: u32) -> Option<u64> {
        self.words.get(at as usize).copied().flatten()
    }

    /// Sets a word.
    pub fn set(&mut self, at: u32, word: u64) {
        let at = at as usize;
        if self.words.len() <= at {
            self.words.resize(at + 1, None);
        }
        self.words[at] = Some(word);
    }

    /// Reads bytes of either format, words of `word_bits`.
    ///
    /// # Errors
    /// Says what is no dump, with its line where there is one.
    pub fn read(bytes: &[u8], format: Format, word_bits: u32) -> Result<Dump, String> {
        match format {
            Format::Binary => Dump::from_bytes(bytes, word_bits),
            Format::Hexadecimal => {
                let text = std::str::from_utf8(bytes)
                    .map_err(|_| "it is not text: binary dumps are called `.bin`".to_string())?;
                Dump::from_text(text, word_bits)
            }
        }
    }

    fn from_bytes(bytes: &[u8], word_bits: u32) -> Result<Dump, String> {
        let size = bytes_of(word_bits);
        if !bytes.len().is_multiple_of(size) {
            let length = bytes.len();
            return Err(format!(
                "{length} bytes are no whole number of words of {size} bytes"
            ));
        }
        let words = bytes.chunks(size).enumerate().map(|(at, bytes)| {
            let word = bytes.iter().rev();
            let word = word.fold(0u64, |word, &byte| word << 8 | u64::from(byte));
            fits(word, word_bits, &format!("word {at}")).map(Some)
        });
        let words = words.collect::<Result<_, _>>()?;
        Ok(Dump { words })
    }

    fn from_text(text: &str, word_bits: u32) -> Result<Dump, String> {
        let mut dump = Dump { words: Vec::new() };
        let mut at = 0u32;
        let mut commented = false;
        for (line, text) in text.lines().enumerate() {
            let line = line + 1;
            let text = without_comments(text, &mut commented);
            for token in text.split_whitespace() {
                let wrong = || format!("line {line}: `{token}` is no hexadecimal word");
                if let Some(address) = token.strip_prefix('@') {
                    at = u32::from_str_radix(address, 16).map_err(|_| wrong())?;
                    if at >= 1 << 28 {
                        return Err(format!("line {line}: the address {at} is too large"));
                    }
                    continue;
                }
                let digits = token.replace('_', "");
                let unknown = digits.contains(['x', 'X', 'z', 'Z', '?']);
                let known = digits.replace(['x', 'X', 'z', 'Z', '?'], "0");
                let word = u64::from_str_radix(&known, 16).map_err(|_| wrong())?;
                let word = fits(word, word_bits, &format!("line {line}: `{token}`"))?;
                dump.set(at, word);
                if unknown {
                    dump.words[at as usize] = None;
                }
                at += 1;
            }
        }
        Ok(dump)
    }

    /// The whole dump in a format; unknown words are `x`, or zero in bytes.
    pub fn write(&self, format: Format, word_bits: u32) -> Vec<u8> {
        if format == Format::Binary {
            let size = bytes_of(word_bits);
            let words = self.words.iter().map(|word| word.unwrap_or(0));
            return words
                .flat_map(|word| word.to_le_bytes()[..size].to_vec())
                .collect();
        }
        let digits = word_bits.div_ceil(4) as usize;
        let mut text = String::new();
        for word in &self.words {
            let _ = match word {
                Some(word) => writeln!(text, "{word:0digits$x}"),
                None => writeln!(text, "{}", "x".repeat(digits)),
            };
        }
        text.into_bytes()
    }
}

fn bytes_of(word_bits: u32) -> usize {
    word_bits.div_ceil(8) as usize
}

fn fits(word: u64, word_bits: u32, what: &str) -> Result<u64, String> {
    match word_bits < 64 && word >> word_bits != 0 {
        true => Err(format!("{what} has more than {word_bits} bits")),
        false => Ok(word),
    }
}

/// A line without its comments; `inside` says whether one is open.
fn without_comments(line: &str, inside: &mut bool) -> String {
    let mut out = String::new();
    let mut rest = line;
    loop {
        if *inside {
            match rest.split_once("*/") {
                Some((_, after)) => rest = after,
                None => return out,
            }
            *inside = false;
            out.push(' ');
        }
        let block = rest.find("/*");
        let to_end = rest.find("//");
        match (block, to_end) {
            (Some(at), end) if end.is_none_or(|end| at < end) => {
                out.push_str(&rest[..at]);
                rest = &rest[at + 2..];
                *inside = true;
            }
            (_, Some(at)) => {
                out.push_str(&rest[..at]);
                return out;
            }
            _ => {
                out.push_str(rest);
                return out;
            }
        }
    }
}
