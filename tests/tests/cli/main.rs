//! The command as users run it.

mod bad_input;
mod bench;
mod command_line;
