//! Room on the stack.
//!
//! Expressions and statements nest as deep as users and generators write them,
//! and the passes over syntax recurse over them, to a bounded depth that is
//! checked. That depth needs more stack than a thread has by default.

use std::thread;

/// Bytes of stack: for the deepest nesting allowed, in a build without
/// optimisation. Memory is taken as it is touched.
const STACK: usize = 1 << 30;

/// Does some work where there is room for deep recursion.
pub(crate) fn with_room<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    thread::scope(|scope| {
        let worker = thread::Builder::new().stack_size(STACK);
        let worker = worker.spawn_scoped(scope, work);
        let worker = worker.expect("a thread can be started");
        match worker.join() {
            Ok(value) => value,
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn there_is_room_and_panics_pass() {
        fn deep(level: u64) -> u64 {
            let pad = std::hint::black_box([level; 64]);
            if level == 0 { 0 } else { 1 + deep(pad[0] - 1) }
        }
        assert_eq!(super::with_room(|| deep(100_000)), 100_000);
        let panic = std::panic::catch_unwind(|| super::with_room(|| panic!("as it is")));
        assert_eq!(panic.expect_err("passed").downcast_ref(), Some(&"as it is"));
    }
}
