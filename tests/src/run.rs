//! Running commands in tests: the command line of idetic, and other tools.

use std::path::PathBuf;
use std::process::{Command, Output};

/// The `idetic` command, built by cargo together with the test or benchmark that asks.
pub fn idetic() -> Command {
    let own = std::env::current_exe().expect("a running program knows its place");
    // Tests lie in `deps`, next to which the binaries are.
    let folder = own.parent().and_then(|deps| deps.parent());
    let name = format!("idetic_under_test{}", std::env::consts::EXE_SUFFIX);
    let path: PathBuf = folder.expect("tests lie in target/*/deps").join(name);
    assert!(path.is_file(), "{} is not built", path.display());
    Command::new(path)
}

/// Runs a command to its end, whatever it returns.
///
/// # Panics
/// Where it cannot be started, with its name.
pub fn output(command: &mut Command) -> Output {
    command
        .output()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"))
}

/// Runs a command that must succeed; its standard output and error.
///
/// # Panics
/// Where it does not, with everything that it printed.
pub fn succeeds(command: &mut Command) -> (String, String) {
    let output = output(command);
    let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        output.status.success(),
        "{command:?}: {}\n{stdout}\n{stderr}",
        output.status
    );
    (stdout, stderr)
}
