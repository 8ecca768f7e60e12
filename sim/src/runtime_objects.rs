//! Verilator's own run-time library, compiled once.
//!
//! Every program that Verilator makes contains the same few objects
//! (`verilated.o` and the like), whose compilation takes longer than that of a
//! small design. They are kept in the user's cache folder, one set for each
//! version of Verilator and compiler and each choice of options, and laid into
//! a build's folder beforehand. Verilator's makefile would compile them again
//! all the same, because they depend on the makefile itself; so `make` is told that
//! they are old and need not be remade.
//!
//! Without a cache folder, or where it cannot be written, everything is compiled
//! each time. Nothing depends on the cache but time.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// The kept objects for one choice of options.
pub(crate) struct RuntimeObjects {
    folder: Option<PathBuf>,
}

impl RuntimeObjects {
    /// `options` is all that changes what is compiled, as a part of a file name.
    pub fn new(options: &str) -> RuntimeObjects {
        let named = |base: PathBuf| Some(base.join(format!("{}-{options}", versions()?)));
        RuntimeObjects {
            folder: cache_folder().and_then(named),
        }
    }

    /// Those kept in a folder of the caller's.
    #[cfg(test)]
    pub fn kept_in(folder: PathBuf) -> RuntimeObjects {
        RuntimeObjects {
            folder: Some(folder),
        }
    }

    /// Lays the kept objects into the folder of a build.
    pub fn lay_into(&self, objects: &Path) -> Laid {
        let mut laid = Laid { names: Vec::new() };
        let entries = self.folder.as_ref().and_then(|at| fs::read_dir(at).ok());
        for entry in entries.into_iter().flatten().flatten() {
            let name = entry.file_name();
            if is_runtime(&name) && fs::copy(entry.path(), objects.join(&name)).is_ok() {
                laid.names.push(name.to_string_lossy().into_owned());
            }
        }
        laid.names.sort();
        laid
    }

    /// Keeps the objects of a build that compiled them.
    pub fn keep(&self, objects: &Path) {
        let Some(folder) = &self.folder else { return };
        let Some(parent) = folder.parent() else {
            return;
        };
        // Complete or not there: other builds may run beside this one.
        let filled = || -> std::io::Result<()> {
            fs::create_dir_all(parent)?;
            let draft = tempfile::tempdir_in(parent)?;
            for entry in fs::read_dir(objects)?.flatten() {
                if is_runtime(&entry.file_name()) {
                    fs::copy(entry.path(), draft.path().join(entry.file_name()))?;
                }
            }
            fs::rename(draft.path(), folder)
        };
        let _ = filled();
    }
}

/// The kept objects in a build's folder.
pub(crate) struct Laid {
    names: Vec<String>,
}

impl Laid {
    /// Whether there was nothing to lay.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// The options for `make` that keep it from compiling them again.
    pub fn make_options(&self) -> String {
        let options = self.names.iter().map(|name| format!("--old-file={name}"));
        options.collect::<Vec<_>>().join(" ")
    }
}

/// `verilated.o`, `verilated_threads.o`, …
fn is_runtime(name: &OsString) -> bool {
    let name = name.to_string_lossy();
    name.starts_with("verilated") && name.ends_with(".o")
}

/// Where programs keep what can be made again.
fn cache_folder() -> Option<PathBuf> {
    let set = |name| env::var_os(name).filter(|value| !value.is_empty());
    let base = set("XDG_CACHE_HOME").map(PathBuf::from);
    let home = || set("HOME").map(|home| PathBuf::from(home).join(".cache"));
    let base = base.or_else(home).filter(|base| base.is_absolute())?;
    Some(base.join("idetic"))
}

/// The versions of Verilator and compiler, as a part of a file name.
fn versions() -> Option<String> {
    static VERSIONS: OnceLock<Option<String>> = OnceLock::new();
    let asked = |program: &str, argument: &str| {
        let output = Command::new(program).arg(argument).output().ok()?;
        output.status.success().then_some(output.stdout)
    };
    let both = || {
        let verilator = asked("verilator", "--version")?;
        let compiler = asked("g++", "-dumpfullversion")?;
        let machine = asked("g++", "-dumpmachine")?;
        let root = env::var_os("VERILATOR_ROOT").unwrap_or_default();
        let text = [&verilator, &compiler, &machine].map(|text| String::from_utf8_lossy(text));
        Some(plain(&format!("{} {}", text.concat(), root.display())))
    };
    VERSIONS.get_or_init(both).clone()
}

/// Letters, digits and dots; everything else becomes one `-`.
fn plain(text: &str) -> String {
    let kept = |c: char| c.is_ascii_alphanumeric() || c == '.';
    let words = text.split(|c| !kept(c)).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kept_objects_come_back_and_nothing_else_does() {
        let base = tempfile::tempdir().expect("a folder");
        let build = tempfile::tempdir().expect("a folder");
        let other = tempfile::tempdir().expect("a folder");
        let kept = RuntimeObjects::kept_in(base.path().join("idetic/one"));
        assert!(kept.lay_into(build.path()).is_empty());
        for name in ["verilated.o", "verilated.d", "Vtop.o"] {
            fs::write(build.path().join(name), name).expect("a file");
        }
        kept.keep(build.path());
        kept.keep(build.path());
        let laid = kept.lay_into(other.path());
        assert_eq!(laid.make_options(), "--old-file=verilated.o");
        let list: Vec<_> = fs::read_dir(other.path()).expect("the folder").collect();
        assert_eq!(list.len(), 1);
        let text = fs::read_to_string(other.path().join("verilated.o")).expect("the object");
        assert_eq!(text, "verilated.o");
    }

    #[test]
    fn file_names_are_plain() {
        assert_eq!(
            plain("Verilator 5.006 (Debian)\n12.2.0"),
            "Verilator-5.006-Debian-12.2.0"
        );
    }
}
