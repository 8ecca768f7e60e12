//! End-to-end tests of idetic.
