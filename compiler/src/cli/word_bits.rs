//! `word_bits`: one width of NVM words, or those of which the plan chooses.

use std::fmt;

use schemars::JsonSchema;
use serde::Deserialize;

/// Those that `auto` leaves open.
const USUAL: [u32; 4] = [8, 16, 32, 64];

/// Widths of NVM words.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(
    untagged,
    expecting = "an even number of bits, \"auto\", or a list of numbers to choose from"
)]
pub enum WordBits {
    /// `32`
    One(#[schemars(range(min = 8, max = 64), extend("multipleOf" = 2))] u32),
    /// `[16, 32]`
    Several(#[schemars(length(min = 1), inner(range(min = 8, max = 64)))] Vec<u32>),
    /// `"auto"`
    Auto(Auto),
}

/// `"auto"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Auto {
    /// The usual ones.
    Auto,
}

impl WordBits {
    /// All of them; not empty in a checked configuration.
    pub fn list(&self) -> &[u32] {
        match self {
            WordBits::One(bits) => std::slice::from_ref(bits),
            WordBits::Several(list) => list,
            WordBits::Auto(_) => &USUAL,
        }
    }

    /// From the command line.
    pub(super) fn parse(text: &str) -> Result<WordBits, String> {
        let wrong = "not an even number from 8 to 64, nor `auto`, nor several with commas between";
        let read = match text {
            "auto" => Some(WordBits::Auto(Auto::Auto)),
            _ => {
                let numbers: Result<Vec<u32>, _> = text.split(',').map(str::parse).collect();
                numbers.ok().map(|numbers| match numbers.as_slice() {
                    [one] => WordBits::One(*one),
                    _ => WordBits::Several(numbers),
                })
            }
        };
        let read = read.filter(|read| read.wrong().is_none());
        read.ok_or_else(|| wrong.to_string())
    }

    /// What is wrong with it.
    pub(super) fn wrong(&self) -> Option<String> {
        if self.list().is_empty() {
            return Some("`word_bits = []` leaves no width".to_string());
        }
        let mut bits = self.list().iter();
        let odd = bits.find(|bits| *bits % 2 == 1 || !(8..=64).contains(*bits));
        odd.map(|bits| format!("`word_bits = {bits}` is not an even number from 8 to 64"))
    }
}

impl fmt::Display for WordBits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            WordBits::Auto(_) => f.write_str("auto"),
            _ => {
                let list: Vec<String> = self.list().iter().map(u32::to_string).collect();
                f.write_str(&list.join(","))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::WordBits;

    #[test]
    fn widths_on_the_command_line() {
        let list =
            |text: &str| WordBits::parse(text).map(|it| (it.list().to_vec(), it.to_string()));
        assert_eq!(list("24"), Ok((vec![24], "24".to_string())));
        assert_eq!(list("16,32"), Ok((vec![16, 32], "16,32".to_string())));
        assert_eq!(list("auto"), Ok((vec![8, 16, 32, 64], "auto".to_string())));
        for text in ["7", "66", "", "16,", "16,9", "autos"] {
            assert!(list(text).is_err(), "{text}");
        }
    }
}
