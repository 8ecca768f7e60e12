//! Output directories that are complete or untouched.
//!
//! Files are written to a new directory beside the target, which then takes
//! the target's place by renaming. A directory that idetic did not make is
//! never replaced.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::diagnostics::{Diagnostic, codes};

/// Names the file by which a directory of ours is known.
const MARK: &str = "image.json";

/// Writes `files` (name, text) so that `dir` holds exactly these.
///
/// # Errors
/// `dir` exists and holds something else, or cannot be written. Nothing has
/// changed then.
pub fn write(dir: &Path, files: &[(String, String)]) -> Result<(), Diagnostic> {
    check_replaceable(dir)?;
    let parent = match dir.parent() {
        Some(parent) if parent != Path::new("") => parent.to_path_buf(),
        _ => PathBuf::from("."),
    };
    let unwritable = |error: io::Error| {
        Diagnostic::global(
            codes::OUTPUT_UNWRITABLE,
            format!(
                "cannot write the output directory {}: {error}",
                dir.display()
            ),
        )
        .help("name another directory with -o")
    };
    fs::create_dir_all(&parent).map_err(unwritable)?;
    let staging = tempfile::Builder::new()
        .prefix(".idetic-")
        .tempdir_in(&parent)
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
    fs::rename(&made, dir).map_err(|error| {
        if replaced {
            // The rename back can only fail if something else took the name meanwhile.
            let _ = fs::rename(&old, dir);
        }
        unwritable(error)
    })
}

/// Whether `dir` may be made or replaced.
pub fn check_replaceable(dir: &Path) -> Result<(), Diagnostic> {
    let exists = |what: &str| {
        Err(
            Diagnostic::global(codes::OUTPUT_EXISTS, format!("{} {what}", dir.display()))
                .help("name a new directory with -o, or remove it yourself"),
        )
    };
    match fs::read_dir(dir) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(_) => exists("exists and is not a directory that can be read"),
        Ok(mut entries) => {
            if entries.next().is_none() || dir.join(MARK).is_file() {
                Ok(())
            } else {
                exists("holds files that idetic did not make")
            }
        }
    }
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
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 2);
    }

    #[test]
    fn a_file_in_the_way_is_an_error() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("file");
        fs::write(&file, "x").unwrap();
        assert_eq!(write(&file, &[]).unwrap_err().code, codes::OUTPUT_EXISTS);
        let below = write(&file.join("below"), &[]).unwrap_err();
        assert!(below.code == codes::OUTPUT_UNWRITABLE || below.code == codes::OUTPUT_EXISTS);
    }
}
