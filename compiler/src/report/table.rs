//! Aligned text tables.

use rustc_hash::FxHashMap;

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

/// Names cut in the middle to `width` characters; those that would look alike are left whole.
pub fn shorten_apart<'a>(names: impl Iterator<Item = &'a str>, width: usize) -> Vec<String> {
    let names: Vec<&str> = names.collect();
    let cut: Vec<String> = names.iter().map(|name| middle_out(name, width)).collect();
    let mut seen = FxHashMap::default();
    for text in &cut {
        *seen.entry(text.as_str()).or_insert(0) += 1;
    }
    let apart = |(text, name): (&String, &&str)| match seen[text.as_str()] {
        1 => text.clone(),
        _ => (*name).to_string(),
    };
    cut.iter().zip(&names).map(apart).collect()
}

fn middle_out(text: &str, width: usize) -> String {
    let length = text.chars().count();
    if length <= width {
        return text.to_string();
    }
    let front = width / 2;
    let back = width - front - 1;
    let (front, back) = (text.chars().take(front), text.chars().skip(length - back));
    front.chain(['…']).chain(back).collect()
}

/// A share in percent, rounded, but 100 for the whole only; 0 of nothing.
pub fn percent(part: u64, whole: u64) -> u64 {
    if whole == 0 {
        return 0;
    }
    let rounded = (part * 100 + whole / 2) / whole;
    if part < whole {
        rounded.min(99)
    } else {
        rounded
    }
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

    #[test]
    fn names_that_look_alike_are_left_whole() {
        let cut = |names: &[&str]| shorten_apart(names.iter().copied(), 5);
        assert_eq!(cut(&["a=1,b=2", "a=1,b=3"]), ["a=…=2", "a=…=3"]);
        assert_eq!(cut(&["a=1,b=2", "a=3,b=2"]), ["a=1,b=2", "a=3,b=2"]);
        assert_eq!(cut(&["a=1", "äöüäöü"]), ["a=1", "äö…öü"]);
    }

    #[test]
    fn percentages_are_rounded() {
        assert_eq!(percent(257, 1033), 25);
        assert_eq!(percent(1, 0), 0);
        assert_eq!((percent(786, 789), percent(789, 789)), (99, 100));
    }
}
