//! idetic: a compiler that makes hardware survive power loss.
//!
//! The folders are the pipeline, in the order in which data flows:
//! `source → frontend → elaborate → netlist → domain → control → liveness → plan →
//! layout → instrument → report`. A pass is a function from one documented
//! structure to the next; data moves down this list and never up. `cli` is the
//! only module that does I/O.

pub mod cli;
pub mod control;
pub mod diagnostics;
pub mod domain;
pub mod driver;
pub mod elaborate;
pub mod energy;
pub mod frontend;
pub mod hazards;
pub mod image;
pub mod instrument;
pub mod layout;
pub mod liveness;
pub mod netlist;
pub mod plan;
pub mod prove;
pub mod report;
pub mod rewrites;
pub mod source;
mod stack;
