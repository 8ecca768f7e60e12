//! Insert-only edits of source text.
//!
//! Instrumentation never deletes or replaces a byte of the user's text: every
//! change is an [`Edit`] that inserts text at an offset. [`apply`] makes the
//! emitted text, [`strip`] takes the insertions out again; for every list of
//! edits `strip(apply(text, edits), edits) == text`, byte for byte.

use crate::source::FileId;

/// One insertion.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Edit {
    /// The file that is edited.
    pub file: FileId,
    /// Byte offset in the original text before which `text` goes.
    pub offset: u32,
    /// What is inserted.
    pub text: String,
}

/// Sorts edits by place; those at one place stay in the order given.
pub fn sort(edits: &mut [Edit]) {
    edits.sort_by_key(|edit| (edit.file, edit.offset));
}

/// The part `start..end` of `text` with the edits that lie in it inserted. The
/// edits are sorted and of one file; offsets count from the start of `text`.
pub fn apply_within(text: &str, start: u32, end: u32, edits: &[Edit]) -> String {
    let added: usize = edits.iter().map(|edit| edit.text.len()).sum();
    let mut out = String::with_capacity((end - start) as usize + added);
    let mut at = start;
    for edit in edits {
        if edit.offset < start || edit.offset > end {
            continue;
        }
        out.push_str(&text[at as usize..edit.offset as usize]);
        out.push_str(&edit.text);
        at = edit.offset;
    }
    out.push_str(&text[at as usize..end as usize]);
    out
}

/// The whole text with its edits inserted; they are sorted and of this file.
pub fn apply(text: &str, edits: &[Edit]) -> String {
    apply_within(text, 0, text.len() as u32, edits)
}

/// The original text, given the emitted one and the edits that made it.
/// `None` where an insertion is not found at its place.
pub fn strip(emitted: &str, edits: &[Edit]) -> Option<String> {
    let mut out = String::with_capacity(emitted.len());
    let mut at = 0;
    for edit in edits {
        let keep = (edit.offset as usize).checked_sub(out.len())?;
        out.push_str(emitted.get(at..at + keep)?);
        at += keep;
        if !emitted.get(at..)?.starts_with(&edit.text) {
            return None;
        }
        at += edit.text.len();
    }
    out.push_str(emitted.get(at..)?);
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceMap;
    use proptest::prelude::*;

    fn file() -> FileId {
        SourceMap::new().add("a.v", String::new(), false)
    }

    fn edit(offset: u32, text: &str) -> Edit {
        Edit {
            file: file(),
            offset,
            text: text.into(),
        }
    }

    #[test]
    fn edits_at_one_place_stay_in_order() {
        let mut edits = vec![edit(3, "x"), edit(0, "<"), edit(3, "y")];
        sort(&mut edits);
        assert_eq!(apply("abcdef", &edits), "<abcxydef");
        assert_eq!(strip("<abcxydef", &edits).as_deref(), Some("abcdef"));
    }

    #[test]
    fn strip_refuses_a_text_that_the_edits_did_not_make() {
        assert_eq!(strip("abc", &[edit(1, "x")]), None);
        assert_eq!(strip("a", &[edit(7, "x")]), None);
    }

    #[test]
    fn a_part_takes_only_its_own_edits() {
        let edits = [edit(1, "1"), edit(3, "3"), edit(5, "5")];
        assert_eq!(apply_within("abcdef", 2, 4, &edits), "c3d");
    }

    proptest! {
        #[test]
        fn strip_undoes_apply(text in "[a-z\n]{0,40}", places in proptest::collection::vec((0u32..41, "[A-Z]{0,5}"), 0..8)) {
            let mut edits: Vec<Edit> = places
                .iter()
                .map(|(offset, insert)| edit((*offset).min(text.len() as u32), insert))
                .collect();
            sort(&mut edits);
            let emitted = apply(&text, &edits);
            prop_assert_eq!(strip(&emitted, &edits), Some(text));
        }
    }
}
