//! Aligned text tables.

/// How a column is aligned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// Text.
    Left,
    /// Numbers.
    Right,
}

/// Lines with aligned columns, two spaces apart, indented by two; the last
/// column is not padded. The first row is the header.
pub fn table(align: &[Align], rows: &[Vec<String>]) -> String {
    let mut widths = vec![0; align.len()];
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let mut out = String::new();
    for row in rows {
        let mut line = String::from(" ");
        for ((cell, &width), align) in row.iter().zip(&widths).zip(align) {
            let fill = " ".repeat(width - cell.chars().count());
            line.push(' ');
            match align {
                Align::Left => line.push_str(&(cell.clone() + &fill)),
                Align::Right => line.push_str(&(fill + cell)),
            }
            line.push(' ');
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

/// `text` cut to `width` characters, with an ellipsis where something is missing.
pub fn shorten(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_string();
    }
    let mut out: String = text.chars().take(width.saturating_sub(1)).collect();
    out.push('…');
    out
}

/// `1 word`, `2 words`.
pub fn count(number: u64, one: &str) -> String {
    if number == 1 {
        format!("1 {one}")
    } else {
        format!("{number} {one}s")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up() {
        let rows = [["state", "bits"], ["a=1", "7"], ["ä", "1025"]]
            .map(|row| row.map(String::from).to_vec());
        assert_eq!(
            table(&[Align::Left, Align::Right], &rows),
            "  state  bits\n  a=1       7\n  ä      1025\n"
        );
    }

    #[test]
    fn long_text_is_marked_as_cut() {
        assert_eq!(shorten("abcdef", 4), "abc…");
        assert_eq!(shorten("abcd", 4), "abcd");
    }
}
