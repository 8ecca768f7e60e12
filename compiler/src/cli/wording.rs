//! What the reader of TOML says of an error, in the words of `idetic.toml`, and how to
//! mend it.

/// In the messages of what has several forms.
const FORMS: [&str; 4] = [
    "a name, or a list",
    "a black box is",
    "a parameter is",
    "an output is sampled",
];

/// What the reader says, in the words of this file format.
pub fn worded(message: &str) -> String {
    message
        .replace("unknown field", "unknown key")
        .replace("unknown variant", "unknown value")
        .replace("duplicate field", "duplicate key")
        .replace("missing field", "missing key")
        .replace("expected u32", "expected a whole number from 0 on")
        .replace("expected u64", "expected a whole number from 0 on")
        .replace("expected usize", "expected a whole number from 0 on")
        .replace("expected a sequence", "expected a list")
        .replace("expected f64", "expected a number")
        .replace("expected struct ", "expected a table like ")
}

/// How to mend what the reader says, from its (worded) message.
pub fn mended(message: &str) -> String {
    if let Some(help) = nearest(message) {
        return help;
    }
    let quoted = message.split('`').nth(1);
    match (message.split_once(", expected "), quoted) {
        (_, Some(key)) if message.starts_with("missing key") => {
            format!("add `{key} = …` there; the reference of idetic.toml lists its values")
        }
        (_, Some(key)) if message.starts_with("duplicate key") => {
            format!("leave one `{key}` out")
        }
        (_, Some(_)) if message.starts_with("unknown value") => {
            "write one of the known values".to_string()
        }
        (Some((_, "a list")), _) => "write a list: `[ … ]`".to_string(),
        (Some((_, "a map")), _) => "write a table: `{ key = … }`".to_string(),
        (Some((_, expected)), _) if message.starts_with("invalid ") => {
            format!("write {expected} there")
        }
        _ if FORMS.iter().any(|form| message.contains(form)) => "write it in that form".to_string(),
        _ => "the file is TOML: lines `key = value` below a line `[section]`".to_string(),
    }
}

/// From serde's "unknown field `a`, expected one of `b`, `c`", as worded, the key or
/// value that was probably meant.
fn nearest(message: &str) -> Option<String> {
    let field = message.starts_with("unknown key");
    if !field && !message.starts_with("unknown value") {
        return None;
    }
    let mut quoted = message.split('`').skip(1).step_by(2);
    let wrong = quoted.next()?;
    let (distance, known) = quoted
        .map(|key| (strsim::damerau_levenshtein(wrong, key), key))
        .min()?;
    if distance <= 3 && distance < wrong.chars().count().max(2) {
        Some(format!("did you mean `{known}`?"))
    } else {
        field.then(|| format!("the nearest known key is `{known}`"))
    }
}
