//! idetic: a compiler that makes hardware survive power loss.
