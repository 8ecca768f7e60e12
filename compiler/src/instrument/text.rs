//! Small pieces of Verilog text.

/// The white space that starts the line on which a byte offset lies.
pub fn indent_at(text: &str, offset: u32) -> &str {
    let before = &text[..offset as usize];
    let line = before.rfind('\n').map_or(0, |at| at + 1);
    let rest = &text[line..];
    let end = rest
        .find(|c: char| c != ' ' && c != '\t')
        .unwrap_or(rest.len());
    &rest[..end]
}

/// Bits `low..low + len` of a vector declared `[n:0]`.
pub fn bits(vector: &str, low: u32, len: u32) -> String {
    if len == 1 {
        format!("{vector}[{low}]")
    } else {
        format!("{vector}[{}:{low}]", low + len - 1)
    }
}

/// Text about which Verilator's lint says nothing of the kinds given, whatever
/// the user's own directives say before and behind it.
pub fn unlinted(kinds: &[&str], text: &str) -> String {
    let off = kinds
        .iter()
        .map(|kind| format!("/* verilator lint_off {kind} */ "));
    format!(
        "/* verilator lint_save */ {}{text} /* verilator lint_restore */",
        off.collect::<String>()
    )
}

/// Bits `low..low + len` of a vector of `width` bits, which may be all of it.
pub fn part(vector: &str, width: u32, low: u32, len: u32) -> String {
    if len == width {
        vector.to_string()
    } else {
        bits(vector, low, len)
    }
}

/// An operand of `from` bits with zeros above it, `to` bits in all.
pub fn padded(operand: &str, from: u32, to: u32) -> String {
    if from == to {
        operand.to_string()
    } else {
        format!("{{{}, {operand}}}", zeros(to - from))
    }
}

/// `len` zero bits.
pub fn zeros(len: u32) -> String {
    format!("{len}'d0")
}

/// A concatenation on one line, most significant first; a single item stands alone.
pub fn concat(items: &[String]) -> String {
    match items {
        [one] => one.clone(),
        _ => format!("{{{}}}", items.join(", ")),
    }
}

/// A concatenation in lines of at most about 100 characters, most significant
/// item first; a single item stands alone.
pub fn long_concat(items: &[String]) -> String {
    let line = concat(items);
    if line.len() <= 80 {
        return line;
    }
    let mut out = String::from("{");
    let mut column = usize::MAX;
    for (index, item) in items.iter().enumerate() {
        if column.saturating_add(item.len()) > 96 {
            out.push_str("\n      ");
            column = 6;
        } else {
            out.push(' ');
            column += 1;
        }
        out.push_str(item);
        column += item.len();
        if index + 1 < items.len() {
            out.push(',');
            column += 1;
        }
    }
    out.push_str("\n  }");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indentation_is_that_of_the_line() {
        let text = "a\n  b c\n\td";
        assert_eq!(indent_at(text, 0), "");
        assert_eq!(indent_at(text, 6), "  ");
        assert_eq!(indent_at(text, 9), "\t");
    }

    #[test]
    fn long_concatenations_break_between_items() {
        let items: Vec<String> = (0..30).map(|at| format!("register_{at}")).collect();
        let text = long_concat(&items);
        assert!(text.lines().count() > 3);
        assert!(text.lines().all(|line| line.len() <= 100));
        assert_eq!(text.matches(',').count(), 29);
    }
}
