//! End-to-end tests of idetic: what several test files share.

pub mod random;
