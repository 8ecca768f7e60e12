//! Output directories that are complete or untouched.
//!
//! Files are written to a new directory beside the target, which then takes
//! the target's place by renaming. A directory that idetic did not make is
//! never replaced.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::Path;

use crate::diagnostics::{Diagnostic, codes};

/// Names the file by which a directory of ours is known.
const MARK: &str = "image.json";

/// Names of files that are written for every design.
pub const FIXED: &[&str] = &[MARK, "report.json", "report.txt", "report.html"];

/// Writes `files` (name, text) so that `dir` holds exactly these.
///
/// # Errors
/// `dir` exists and holds something else, or cannot be written. Nothing has
/// changed then.
pub fn write(dir: &Path, files: &[(String, impl AsRef<[u8]>)]) -> Result<(), Diagnostic> {
    check_replaceable(dir)?;
    let dir = &*linked(dir);
    let parent = match dir.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    };
    let unwritable = |error: io::Error| {
        Diagnostic::global(
            codes::OUTPUT_UNWRITABLE,
            format!(
                "cannot write the output directory {}: {}",
                dir.display(),
                reason(&error)
            ),
        )
        .help("name another directory with -o")
    };
    // Folders above `dir` are made last, and taken away again if that was in vain.
    let existing = parent.ancestors().find(|above| above.is_dir());
    let missing: Vec<&Path> = parent
        .ancestors()
        .take_while(|above| *above != Path::new("") && !above.is_dir())
        .collect();
    let staging = tempfile::Builder::new()
        .prefix(".idetic-")
        .tempdir_in(existing.unwrap_or(Path::new(".")))
        .map_err(unwritable)?;
    let made = staging.path().join("new");
    fs::create_dir(&made).map_err(unwritable)?;
    for (name, text) in files {
        let path = made.join(name);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(unwritable)?;
        }
        fs::write(path, text).map_err(unwritable)?;
    }
    let old = staging.path().join("old");
    let replaced = dir.exists();
    if replaced {
        fs::rename(dir, &old).map_err(unwritable)?;
    }
    let placed = fs::create_dir_all(parent).and_then(|()| fs::rename(&made, dir));
    placed.map_err(|error| {
        if replaced {
            // The rename back can only fail if something else took the name meanwhile.
            let _ = fs::rename(&old, dir);
        }
        for folder in missing {
            // Not empty if another process has used it: then it stays.
            let _ = fs::remove_dir(folder);
        }
        unwritable(error)
    })
}

/// Where a symbolic link leads, so that what it leads to is replaced, not the link.
fn linked(dir: &Path) -> Cow<'_, Path> {
    let mut place = Cow::Borrowed(dir);
    // As many as systems follow; a longer way has been found unreadable.
    for _ in 0..40 {
        let Ok(target) = fs::read_link(&place) else {
            break;
        };
        // A target may be relative to the folder of the link.
        place = Cow::Owned(place.parent().unwrap_or(Path::new("")).join(target));
    }
    place
}

/// What went wrong, without the temporary path that tempfile appends.
fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    match text.split_once(" at path ") {
        Some((reason, _)) => reason.to_string(),
        None => text,
    }
}

/// Whether `dir` may be made or replaced: it does not exist, is empty, or
/// holds nothing but what an earlier run wrote.
pub fn check_replaceable(dir: &Path) -> Result<(), Diagnostic> {
    let exists = |what: String| {
        Err(
            Diagnostic::global(codes::OUTPUT_EXISTS, format!("{} {what}", dir.display()))
                .help("name a new directory with -o, or remove it yourself"),
        )
    };
    let entries = match fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(_) if dir.is_dir() => {
            return exists("exists and cannot be read".to_string());
        }
        Err(error) if error.kind() == io::ErrorKind::NotADirectory && !dir.exists() => {
            return exists("lies below a file, where no directory can be".to_string());
        }
        Err(_) if dir.exists() => return exists("exists and is not a directory".to_string()),
        // A name that cannot be; writing says why.
        Err(_) => return Ok(()),
    };
    let names: BTreeSet<OsString> = entries.flatten().map(|entry| entry.file_name()).collect();
    if names.is_empty() {
        return Ok(());
    }
    let ours = written_before(dir, &names);
    match names.iter().find(|name| !ours.contains(*name)) {
        None => Ok(()),
        Some(foreign) => exists(format!(
            "holds files that idetic did not make: {}",
            foreign.to_string_lossy()
        )),
    }
}

/// The names in a directory of ours that an earlier run wrote: the fixed ones,
/// and what the file list names.
fn written_before(dir: &Path, names: &BTreeSet<OsString>) -> BTreeSet<OsString> {
    let mut ours = BTreeSet::new();
    if !dir.join(MARK).is_file() {
        return ours;
    }
    ours.extend(FIXED.iter().map(OsString::from));
    let lists = names
        .iter()
        .filter(|name| name.to_string_lossy().ends_with("_idetic.f"));
    for list in lists {
        ours.insert(list.clone());
        let Ok(text) = fs::read_to_string(dir.join(list)) else {
            continue;
        };
        for line in text.lines() {
            let name = match line.strip_prefix("// included: ") {
                Some(file) => Path::new(file).iter().next(),
                None => Path::new(line).file_name(),
            };
            ours.extend(name.map(OsString::from));
        }
    }
    ours
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replaces_its_own_output_and_nothing_else() {
        let dir = tempfile::tempdir().unwrap();
        let out = dir.path().join("a/out");
        let files = |text: &str| vec![(MARK.to_string(), text.to_string())];
        write(&out, &files("1")).unwrap();
        write(&out, &files("2")).unwrap();
        assert_eq!(fs::read_to_string(out.join(MARK)).unwrap(), "2");
        let foreign = dir.path().join("foreign");
        fs::create_dir(&foreign).unwrap();
        fs::write(foreign.join("thesis.tex"), "x").unwrap();
        let error = write(&foreign, &files("3")).unwrap_err();
        assert_eq!(error.code, codes::OUTPUT_EXISTS);
        assert_eq!(fs::read_dir(&foreign).unwrap().count(), 1);
        fs::write(out.join("mine.v"), "x").unwrap();
        let error = write(&out, &files("4")).unwrap_err();
        assert!(error.message.contains("mine.v"), "{}", error.message);
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 2);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_and_its_target_is_written() {
        let dir = tempfile::tempdir().unwrap();
        let below = dir.path().join("real/out");
        fs::create_dir_all(&below).unwrap();
        let link = |to: &str, name: &str| {
            let link = dir.path().join(name);
            std::os::unix::fs::symlink(to, &link).unwrap();
            link
        };
        let files = |text: &str| vec![(MARK.to_string(), text.to_string())];
        let link_to_folder = link("real/out", "a");
        for (at, text) in [(&link_to_folder, "1"), (&link("a", "b"), "2")] {
            write(at, &files(text)).unwrap();
            assert!(fs::symlink_metadata(at).unwrap().is_symlink());
            assert_eq!(fs::read_to_string(below.join(MARK)).unwrap(), text);
        }
        // A link that leads nowhere yet.
        let ahead = link("real/new", "c");
        write(&ahead, &files("3")).unwrap();
        assert!(fs::symlink_metadata(&ahead).unwrap().is_symlink());
        assert!(dir.path().join("real/new").join(MARK).is_file());
        // One that leads to itself is refused.
        let circle = link("d", "d");
        write(&circle, &files("4")).unwrap_err();
        assert!(fs::symlink_metadata(&circle).unwrap().is_symlink());
    }

    #[test]
    fn a_file_in_the_way_is_an_error() {
        const NO_FILES: &[(String, String)] = &[];
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("file");
        fs::write(&file, "x").unwrap();
        assert_eq!(
            write(&file, NO_FILES).unwrap_err().code,
            codes::OUTPUT_EXISTS
        );
        let below = write(&file.join("below"), NO_FILES).unwrap_err();
        assert!(below.message.contains("below a file"), "{}", below.message);
    }

    #[test]
    fn a_failure_leaves_no_folder_behind() {
        let dir = tempfile::tempdir().unwrap();
        let name = "n".repeat(300);
        let files = [(name, String::new())];
        let error = write(&dir.path().join("a/b/out"), &files).unwrap_err();
        assert_eq!(error.code, codes::OUTPUT_UNWRITABLE);
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
    }
}
