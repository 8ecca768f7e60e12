//! Fuzzing of the front end: texts made from real ones by changes to their tokens, and what must not happen when they are read.
//!
//! A mutant stays close to Verilog, so that it gets past the parser often enough to reach elaboration. [`Corpus::mutant`] is a function of
//! the seed alone.

use std::fs;
use std::path::{Path, PathBuf};

use idetic::driver;
use idetic::elaborate::{ElaborateOptions, elaborate};
use idetic::frontend::{ReadOptions, read};
use idetic::netlist::verify;
use idetic::source::SourceMap;

use crate::random::{self, Rng};

/// Texts to start from, in tokens.
#[derive(Debug, Clone)]
pub struct Corpus {
    texts: Vec<Vec<String>>,
}

/// Numbers that are at the edge of something.
const NUMBERS: &[&str] = &[
    "0",
    "1",
    "2",
    "31",
    "32",
    "33",
    "63",
    "64",
    "65",
    "4294967295",
    "4294967296",
    "18446744073709551616",
    "2147483647",
    "-1",
    "1'bx",
    "4'bz",
    "'0",
    "'1",
    "1'b1",
    "0'd0",
    "8'sd255",
    "65'h1ffffffffffffffff",
    "1000000000'd1",
    "3.5",
    "1e9",
    "0.5",
    "9.3e18",
    "1e308",
    "\"text\"",
];

/// Pieces of grammar that a text may lack.
const PIECES: &[&str] = &[
    "begin",
    "end",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ";",
    ",",
    ":",
    "?",
    "@",
    "#",
    "=",
    "<=",
    "<<<",
    ">>>",
    "+:",
    "-:",
    "**",
    "===",
    "==?",
    "'",
    "::",
    "$signed",
    "$clog2",
    "$bits",
    "generate",
    "endgenerate",
    "for",
    "while",
    "repeat",
    "case",
    "endcase",
    "default",
    "function",
    "endfunction",
    "task",
    "endtask",
    "module",
    "endmodule",
    "parameter",
    "localparam",
    "signed",
    "integer",
    "genvar",
    "wire",
    "reg",
    "input",
    "output",
    "inout",
    "always",
    "initial",
    "posedge",
    "negedge",
    "or",
    "assign",
    "`define",
    "`ifdef",
    "`endif",
    "`include",
    "package",
    "import",
    "interface",
    "modport",
    "typedef",
    "struct",
    "packed",
    "enum",
    "union",
    "logic",
    "always_ff",
    "always_comb",
    "return",
    "inside",
    "unique",
    "//",
    "/*",
    "*/",
    "\\",
    "\"",
];

impl Corpus {
    /// Reads all Verilog files below some directories, in the order of their paths.
    ///
    /// # Panics
    /// Where one cannot be read.
    pub fn read(directories: &[PathBuf]) -> Corpus {
        let mut paths = Vec::new();
        for directory in directories {
            collect(directory, &mut paths);
        }
        paths.sort();
        let texts = paths.iter().map(|path| {
            let bytes = fs::read(path).expect("a file of the corpus");
            tokens(&String::from_utf8_lossy(&bytes))
        });
        Corpus {
            texts: texts.filter(|text| !text.is_empty()).collect(),
        }
    }

    /// What the repository has: the corpus of fuzzing, the designs of the tests, the examples.
    pub fn of_repository() -> Corpus {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let folders = [
            "tests/fuzz",
            "tests/designs",
            "examples-verilog",
            "compiler/tests/frontend",
        ];
        Corpus::read(&folders.map(|folder| root.join(folder)))
    }

    /// How many texts there are.
    pub fn len(&self) -> usize {
        self.texts.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    /// The mutant of a seed.
    ///
    /// # Panics
    /// Where the corpus is empty.
    pub fn mutant(&self, seed: u64) -> String {
        let mut rng = Rng::new(seed);
        let mut text = match rng.chance(15) {
            true => tokens(&random::generate(seed, &random::Options::default()).text),
            false => rng.pick(&self.texts).clone(),
        };
        for _ in 0..1 << rng.below(4) {
            self.change(&mut rng, &mut text);
        }
        text.concat()
    }

    fn change(&self, rng: &mut Rng, text: &mut Vec<String>) {
        if text.is_empty() {
            return;
        }
        let at = rng.below(text.len() as u32) as usize;
        let run = match rng.chance(70) {
            true => rng.range(1, 3),
            false => rng.range(1, 60),
        };
        let until = (at + run as usize).min(text.len());
        match rng.below(12) {
            0 => drop(text.drain(at..until)),
            1 => {
                let copy = text[at..until].to_vec();
                text.splice(at..at, copy);
            }
            2 => {
                let other = rng.below(text.len() as u32) as usize;
                text.swap(at, other);
            }
            3 => {
                let donor = rng.pick(&self.texts);
                let from = rng.below(donor.len() as u32) as usize;
                let to = (from + run as usize).min(donor.len());
                text.splice(at..at, donor[from..to].iter().cloned());
            }
            4 => {
                // A word of another place of the same text, where a word was.
                let words: Vec<usize> = positions(text, is_word);
                if let [_, _, ..] = words[..] {
                    let (to, from) = (*rng.pick(&words), *rng.pick(&words));
                    text[to] = text[from].clone();
                }
            }
            5 | 6 => {
                let numbers = positions(text, |token| {
                    token.starts_with(|c: char| c.is_ascii_digit())
                });
                if !numbers.is_empty() {
                    let place = *rng.pick(&numbers);
                    text[place] = (*rng.pick(NUMBERS)).to_owned();
                }
            }
            7 => text.insert(at, format!(" {} ", rng.pick(PIECES))),
            8 => text[at] = format!(" {} ", rng.pick(PIECES)),
            9 => {
                // Deep nesting.
                let depth = 1usize << rng.range(1, 12);
                let (open, close) =
                    *rng.pick(&[("(", ")"), ("{", "}"), ("begin ", " end "), ("~", "")]);
                text.insert(until, close.repeat(depth));
                text.insert(at, open.repeat(depth));
            }
            10 => {
                // A long chain; not of chains, which would be megabytes of text.
                let words = positions(text, |token| is_word(token) && token.len() < 64);
                if !words.is_empty() {
                    let place = *rng.pick(&words);
                    let operator = *rng.pick(&[" + ", " ^ ", " ? 1 : ", ", ", "."]);
                    let word = text[place].clone();
                    text[place] = vec![word; 1 << rng.range(1, 11)].join(operator);
                }
            }
            _ => {
                // Something that is no text.
                let odd = *rng.pick(&[
                    "\0", "\u{feff}", "é", "\r", "\x0c", "\u{202e}", "\\", "`", "$",
                ]);
                text.insert(at, odd.to_owned());
            }
        }
    }
}

fn collect(directory: &Path, paths: &mut Vec<PathBuf>) {
    let entries = fs::read_dir(directory).expect("a folder of the corpus");
    for entry in entries {
        let path = entry.expect("an entry of the folder").path();
        let extension = path.extension().and_then(|extension| extension.to_str());
        if path.is_dir() {
            collect(&path, paths);
        } else if matches!(extension, Some("v" | "sv" | "vh")) {
            paths.push(path);
        }
    }
}

fn positions(text: &[String], wanted: impl Fn(&str) -> bool) -> Vec<usize> {
    let places = text.iter().enumerate();
    let places = places.filter(|(_, token)| wanted(token));
    places.map(|(at, _)| at).collect()
}

fn is_word(token: &str) -> bool {
    token.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
}

/// Cuts a text into words, numbers, white space and single characters; together they are the text.
fn tokens(text: &str) -> Vec<String> {
    let kind = |c: char| match c {
        _ if c.is_ascii_alphanumeric() || c == '_' || c == '$' => 0,
        _ if c.is_whitespace() => 1,
        _ => 2,
    };
    let mut list: Vec<String> = Vec::new();
    let mut last = 2;
    for c in text.chars() {
        let now = kind(c);
        match list.last_mut() {
            Some(token) if now == last && now != 2 => token.push(c),
            _ => list.push(c.to_string()),
        }
        last = now;
    }
    list
}

/// What became of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// Refused, with a diagnostic.
    Refused,
    /// A netlist that is sound.
    Elaborated,
}

/// Sends a file through the front end as `idetic analyze` does, to the netlist; every `deep`-th one that gets there also through
/// the whole analysis.
///
/// # Panics
/// Where something is refused without an error, accepted without a result, or a netlist is not sound; and of course where idetic does.
pub fn front_end(file: &Path, deep: bool) -> Fate {
    let mut sources = SourceMap::new();
    let options = ReadOptions {
        files: vec![file.to_path_buf()],
        ..ReadOptions::default()
    };
    let (ast, diagnostics) = read(&options, &mut sources);
    for diagnostic in &diagnostics.list {
        let _ = diagnostic
            .primary
            .as_ref()
            .map(|label| sources.place(label.span));
    }
    if diagnostics.has_errors() {
        return Fate::Refused;
    }
    let (netlist, diagnostics) = elaborate(&ast, &sources, &ElaborateOptions::default());
    for diagnostic in &diagnostics.list {
        let _ = diagnostic
            .primary
            .as_ref()
            .map(|label| sources.place(label.span));
    }
    let Some(netlist) = netlist else {
        assert!(diagnostics.has_errors(), "no netlist and no error");
        return Fate::Refused;
    };
    let violations = verify::verify(&netlist);
    assert!(violations.is_empty(), "a broken netlist: {violations:?}");
    if deep {
        let mut sources = SourceMap::new();
        let options = driver::AnalyzeOptions {
            read: options,
            ..driver::AnalyzeOptions::default()
        };
        let (analysis, diagnostics) = driver::analyze(&options, &mut sources);
        assert!(
            analysis.is_some() || diagnostics.has_errors(),
            "no analysis and no error"
        );
    }
    Fate::Elaborated
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_the_text() {
        let text = "module m; // x\n  wire [7:0] a$1 = 8'hff;\nendmodule";
        let list = tokens(text);
        assert_eq!(list.concat(), text);
        assert!(list.iter().any(|token| token == "a$1") && list.len() > 15);
    }

    #[test]
    fn mutants_differ_and_repeat() {
        let corpus = Corpus::of_repository();
        let same = (0..100).filter(|&seed| corpus.mutant(seed) == corpus.mutant(seed + 1));
        assert_eq!(same.count(), 0);
        assert_eq!(corpus.mutant(7), corpus.mutant(7));
    }
}
