//! Bits that follow from saved ones: `~a[3]`, `(a[0] & b.c[4])`, as an image map writes them.

use std::iter::Peekable;
use std::str::CharIndices;

/// The value of a derived bit; `bit` has those of registers by name and number. `None` where one of
/// those is unknown, or the text is no formula.
pub fn value(text: &str, bit: &dyn Fn(&str, u32) -> Option<bool>) -> Option<bool> {
    let mut reader = Reader {
        text,
        rest: text.char_indices().peekable(),
        bit,
    };
    let value = reader.operand();
    reader.skip();
    value.filter(|_| reader.rest.next().is_none())
}

struct Reader<'a> {
    text: &'a str,
    rest: Peekable<CharIndices<'a>>,
    bit: &'a dyn Fn(&str, u32) -> Option<bool>,
}

impl Reader<'_> {
    fn skip(&mut self) {
        while self.rest.next_if(|(_, c)| *c == ' ').is_some() {}
    }

    fn operand(&mut self) -> Option<bool> {
        self.skip();
        let (start, first) = self.rest.next()?;
        match first {
            '~' => self.operand().map(|bit| !bit),
            '(' => {
                let left = self.operand()?;
                self.skip();
                let (_, operator) = self.rest.next()?;
                let right = self.operand()?;
                self.skip();
                self.rest.next_if(|(_, c)| *c == ')')?;
                match operator {
                    '&' => Some(left && right),
                    '^' => Some(left != right),
                    _ => None,
                }
            }
            _ => {
                // A name may hold anything; its bit ends it.
                let ends =
                    |c: Option<&(usize, char)>| c.is_none_or(|(_, c)| matches!(c, ' ' | ')'));
                let end = loop {
                    let (at, c) = self.rest.next()?;
                    if c == ']' && ends(self.rest.peek()) {
                        break at;
                    }
                };
                let (name, bit) = self.text[start..end].rsplit_once('[')?;
                (self.bit)(name, bit.parse().ok()?)
            }
        }
    }
}
