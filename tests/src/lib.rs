//! What the end-to-end tests and benchmarks share.

pub mod example;
pub mod fuzz;
pub mod generate;
pub mod measure;
pub mod random;
pub mod replay;
pub mod run;
pub mod survey;
