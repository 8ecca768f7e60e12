//! The `idetic` command.
fn main() {}
