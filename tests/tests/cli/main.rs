//! The command as users run it.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod bad_input;
mod bench;
mod command_line;
mod energy;
mod image;
mod init;
mod kept_memories;
mod observe;
mod pareto;
mod plan;
mod proof;
mod recording;
mod schema;
mod written_out;
