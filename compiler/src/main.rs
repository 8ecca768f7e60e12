//! The `idetic` command; everything is in the library.

use std::io::Write;
use std::process::ExitCode;
use std::thread;

/// Stack of the working thread in bytes: expressions nest as deep as users
/// write them.
const STACK: usize = 512 << 20;

fn main() -> ExitCode {
    let worker = thread::Builder::new()
        .stack_size(STACK)
        .spawn(|| idetic::cli::run(std::env::args_os()));
    match worker.map(thread::JoinHandle::join) {
        Ok(Ok(code)) => ExitCode::from(code),
        // The panic has been printed; 101 is what Rust programs give then.
        Ok(Err(_)) => {
            let version = env!("CARGO_PKG_VERSION");
            say(&format!(
                "this is a bug of idetic {version}; please report it with the design"
            ));
            ExitCode::from(101)
        }
        Err(error) => {
            say(&format!("cannot start the working thread: {error}"));
            ExitCode::from(1)
        }
    }
}

fn say(message: &str) {
    // A closed standard error leaves nobody to tell.
    let _ = writeln!(std::io::stderr(), "error: {message}");
}
