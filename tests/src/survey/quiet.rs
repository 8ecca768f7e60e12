//! Copies of sources that do not end the simulation.
//!
//! `$finish`, `$stop` and `$fatal` are no part of the machine that a design
//! describes, and random states reach them at once. In the copies they are
//! `$display`.

use std::fs;
use std::path::Path;

use super::list::Design;

const TASKS: [&str; 3] = ["$finish", "$stop", "$fatal"];

/// The design with copies in the place of the files that call such a task;
/// `None` where none does. Files that are included are not looked at.
///
/// # Errors
/// Where a file cannot be read or written.
pub fn quiet(design: &Design, scratch: &Path) -> Result<Option<Design>, String> {
    let mut copy = design.clone();
    let folder = design.cwd.clone().unwrap_or_default();
    let mut any = false;
    for (at, file) in copy.files.iter_mut().enumerate() {
        let path = folder.join(&*file);
        let said = |error: std::io::Error| format!("{}: {error}", path.display());
        let text = String::from_utf8_lossy(&fs::read(&path).map_err(said)?).into_owned();
        let quiet = without_ends(&text);
        if quiet == text {
            continue;
        }
        any = true;
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let place = scratch.join(format!("quiet{at}_{name}"));
        fs::write(&place, quiet).map_err(said)?;
        if let Some(beside) = path.parent() {
            copy.incdirs.push(beside.to_path_buf());
        }
        *file = place;
    }
    Ok(any.then_some(copy))
}

fn without_ends(text: &str) -> String {
    let mut quiet = text.to_string();
    for task in TASKS {
        let mut from = 0;
        while let Some(at) = quiet[from..].find(task).map(|at| from + at) {
            let after = quiet[at + task.len()..].chars().next();
            let whole = !after.is_some_and(|c| c == '_' || c == '$' || c.is_ascii_alphanumeric());
            from = at + task.len();
            // `\$finish` is a name.
            if whole && !quiet[..at].ends_with('\\') {
                quiet.replace_range(at..from, "$display");
            }
        }
    }
    quiet
}

#[cfg(test)]
mod tests {
    use super::without_ends;

    #[test]
    fn only_calls_that_end_the_simulation_change() {
        let text = "if (x) $finish; else $fatal(2, \"no\"); $stop(0); $finisher; \\$finish ;";
        let quiet =
            "if (x) $display; else $display(2, \"no\"); $display(0); $finisher; \\$finish ;";
        assert_eq!(without_ends(text), quiet);
    }
}
