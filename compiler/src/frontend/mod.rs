//! Text to syntax with spans.

pub mod ast;
