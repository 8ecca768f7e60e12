//! Text of a module as it stands in conditionals that begin or end inside of it.
//!
//! A module may be opened in front of an `` `endif `` (its header chosen by
//! `` `ifdef … `else ``), or closed in one branch of a conditional that ends behind
//! it. A copy of its text then has directives without their other half.
//! [`closed`] blanks these, and with them the branches that were not taken: the
//! module begins and ends in branches that were.

/// Where a directive begins and ends, and what it does.
struct Directive {
    start: usize,
    end: usize,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// `` `ifdef ``, `` `ifndef ``
    Open,
    /// `` `else ``, `` `elsif ``
    Branch,
    /// `` `endif ``
    Close,
}

/// `text`, of which the part from `start` to `end` has both ends of each
/// conditional. What is taken away is spaces: all places stay.
pub(super) fn closed(text: &str, start: usize, end: usize) -> String {
    let mut blank = Vec::new();
    // The conditionals that begin inside: their opening, and their last branch so far.
    let mut open: Vec<(usize, Option<usize>)> = Vec::new();
    // A branch of one that begins in front has begun, so that what was taken is over.
    let mut over: Option<usize> = None;
    for directive in directives(text, start, end) {
        match (directive.kind, open.last_mut()) {
            (Kind::Open, _) => open.push((directive.start, Some(directive.end))),
            (Kind::Branch, Some((_, last))) => *last = Some(directive.end),
            (Kind::Branch, None) => {
                over.get_or_insert(directive.start);
            }
            (Kind::Close, Some(_)) => {
                open.pop();
            }
            (Kind::Close, None) => {
                blank.push(over.take().unwrap_or(directive.start)..directive.end);
            }
        }
    }
    // The end stands in the last branch of those that go on.
    blank.extend(
        open.into_iter()
            .map(|(start, last)| start..last.unwrap_or(start)),
    );
    let mut bytes = text.as_bytes().to_vec();
    for range in blank {
        let taken = bytes[range].iter_mut().filter(|byte| **byte != b'\n');
        taken.for_each(|byte| *byte = b' ');
    }
    String::from_utf8(bytes).expect("whole characters became spaces")
}

/// The directives of conditionals, comments and strings left out.
fn directives(text: &str, start: usize, end: usize) -> Vec<Directive> {
    let bytes = text.as_bytes();
    let mut out = Vec::new();
    let mut at = start;
    let find = |from: usize, what: &str| {
        let found = text[from..end].find(what);
        found.map_or(end, |found| (from + found + what.len()).min(end))
    };
    while at < end {
        match bytes[at] {
            b'/' if bytes.get(at + 1) == Some(&b'/') => at = find(at, "\n"),
            b'/' if bytes.get(at + 1) == Some(&b'*') => at = find(at + 2, "*/"),
            b'"' => {
                at += 1;
                while at < end && bytes[at] != b'"' {
                    at += if bytes[at] == b'\\' { 2 } else { 1 };
                }
                at += 1;
            }
            b'`' => {
                let word = |at: usize| {
                    let rest = text[at..end].char_indices();
                    let mut other = rest.filter(|(_, c)| !(c.is_alphanumeric() || *c == '_'));
                    at + other.next().map_or(end - at, |(length, _)| length)
                };
                let name = word(at + 1);
                let argument = || {
                    let rest = &text[name..end];
                    word(end - rest.trim_start_matches([' ', '\t']).len())
                };
                let found = match &text[at + 1..name] {
                    "ifdef" | "ifndef" => Some((Kind::Open, argument())),
                    "elsif" => Some((Kind::Branch, argument())),
                    "else" => Some((Kind::Branch, name)),
                    "endif" => Some((Kind::Close, name)),
                    "define" => {
                        // Its text goes on behind a backslash.
                        let mut line = find(name, "\n");
                        while text[..line].ends_with("\\\n") || text[..line].ends_with("\\\r\n") {
                            line = find(line, "\n");
                        }
                        at = line.max(name);
                        continue;
                    }
                    _ => None,
                };
                if let Some((kind, end)) = found {
                    out.push(Directive {
                        start: at,
                        end,
                        kind,
                    });
                    at = end;
                } else {
                    at = name;
                }
            }
            _ => at += 1,
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::closed;

    /// The module in `text`, from `module` to the last `endmodule`, without what is blank.
    fn module(text: &str) -> String {
        let start = text.find("module").expect("a module");
        let end = text.rfind("endmodule").expect("its end") + "endmodule".len();
        let all = closed(text, start, end);
        assert_eq!(all.len(), text.len());
        let words: Vec<&str> = all[start..end].split_whitespace().collect();
        words.join(" ")
    }

    #[test]
    fn whole_conditionals_stay() {
        let text = "module m; `ifdef A x; `elsif B y; `else z; `endif // `else\n /* `endif */ \"`else\" endmodule";
        assert_eq!(
            module(text),
            text.split_whitespace().collect::<Vec<_>>().join(" ")
        );
    }

    #[test]
    fn a_header_in_a_branch() {
        let first = "`ifdef A\nmodule m(a);\n`elsif B\nmodule m(b);\n`else\nmodule m(c);\n`endif\nx;\nendmodule";
        assert_eq!(module(first), "module m(a); x; endmodule");
        let last = "`ifdef A\n`else\nmodule m(c);\n`endif\n`ifdef B b; `endif x;\nendmodule";
        assert_eq!(module(last), "module m(c); `ifdef B b; `endif x; endmodule");
    }

    #[test]
    fn an_end_in_a_branch() {
        let text = "module m; x;\n`ifdef A\n y; endmodule\n`else\n`ifdef B b; `endif z; endmodule";
        assert_eq!(module(text), "module m; x; `ifdef B b; `endif z; endmodule");
        let first = "module m; x;\n`ifndef A\n y; endmodule";
        assert_eq!(module(first), "module m; x; y; endmodule");
    }

    #[test]
    fn the_text_of_a_macro_is_none() {
        let text = "module m;\n`define A `ifdef \\\n `else\n`endif\nx; endmodule";
        assert_eq!(
            module(text),
            "module m; `define A `ifdef \\ `else x; endmodule"
        );
    }
}
