//! Images in the NVM, read and written by register name.
//!
//! [`Map`] is `image.json`, [`Dump`] the words of an NVM. [`decode`] says of each
//! slot what a boot would think of it, and what the registers hold there;
//! [`encode`] makes the contents of an NVM of values by name; [`diff`] compares two.
//!
//! Guarantee: the verdicts are those of `idetic_controller`: the slot that
//! [`Decoded::restored`] names is the one that a boot restores, and what
//! [`encode`] makes is restored. Nothing here does I/O.

mod check;
mod decode;
mod derived;
mod diff;
mod dump;
mod encode;
mod map;
#[cfg(test)]
mod tests;
mod values;

pub use crate::instrument::Image as Map;
pub use decode::{Decoded, Slot, Verdict, decode};
pub use diff::{Change, diff};
pub use dump::{Dump, Format};
pub use encode::{Wanted, encode};
pub use map::read_map;
pub use values::Value;
