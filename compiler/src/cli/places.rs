//! The places of all keys and texts of a TOML file.

use toml::de::{DeTable, DeValue};

use crate::source::{FileId, Setting, Settings, Span};

/// Adds the places of what stands in `text`, which is the text of `file`. A text
/// with errors adds nothing: its reader says what they are.
pub fn add(text: &str, file: FileId, settings: &mut Settings) {
    if let Ok(table) = DeTable::parse(text) {
        add_table(&mut Vec::new(), table.get_ref(), file, settings);
    }
}

fn add_table(above: &mut Vec<String>, table: &DeTable, file: FileId, settings: &mut Settings) {
    let span =
        |range: std::ops::Range<usize>| Span::new(file, range.start as u32, range.end as u32);
    for (key, value) in table {
        above.push(key.get_ref().to_string());
        let own = |text: Option<&str>| Setting {
            keys: above.clone(),
            text: text.map(str::to_string),
        };
        settings.add(own(None), span(key.span()));
        let texts = match value.get_ref() {
            DeValue::Array(list) => list.iter().collect(),
            _ => vec![value],
        };
        for value in texts {
            if let DeValue::String(text) = value.get_ref() {
                settings.add(own(Some(text)), span(value.span()));
            }
        }
        if let DeValue::Table(table) = value.get_ref() {
            add_table(above, table, file, settings);
        }
        above.pop();
    }
}
