//! The command line: arguments, configuration, one file per subcommand.

pub mod args;
pub mod config;
pub mod filelist;
pub mod output;
