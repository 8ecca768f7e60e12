//! The `idetic` command again, so that cargo builds it with the tests that run it: a package's tests cannot ask for the
//! binary of another package.

use std::process::ExitCode;
use std::thread;

/// Stack in bytes, as in the command itself.
const STACK: usize = 512 << 20;

fn main() -> ExitCode {
    let worker = thread::Builder::new()
        .stack_size(STACK)
        .spawn(|| idetic::cli::run(std::env::args_os()));
    match worker.map(thread::JoinHandle::join) {
        Ok(Ok(code)) => ExitCode::from(code),
        Ok(Err(_)) => ExitCode::from(101),
        Err(_) => ExitCode::from(1),
    }
}
