//! A reader that panics on damaged files, made to return an error.
//!
//! The crates that read waveforms check little of what they read. A panic of theirs says that
//! the file is damaged; one of ours is a bug, and goes on as such.

use std::panic::{
    AssertUnwindSafe, PanicHookInfo, catch_unwind, resume_unwind, set_hook, take_hook,
};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Crates whose panics are of damaged files, as they appear in paths of sources.
const READERS: [&str; 5] = ["wellen", "fst-reader", "lz4_flex", "miniz_oxide", "leb128"];

fn of_a_reader(info: &PanicHookInfo<'_>) -> bool {
    let file = info.location().map_or("", |location| location.file());
    READERS.iter().any(|name| file.contains(name))
}

/// What `read` returns, or `None` where a reader has panicked.
pub(super) fn guarded<T>(read: impl FnOnce() -> T) -> Option<T> {
    let before: Arc<dyn Fn(&PanicHookInfo<'_>) + Sync + Send> = Arc::from(take_hook());
    let damaged = Arc::new(AtomicBool::new(false));
    let (told, hook) = (Arc::clone(&damaged), Arc::clone(&before));
    set_hook(Box::new(move |info| match of_a_reader(info) {
        true => told.store(true, Ordering::Relaxed),
        false => hook(info),
    }));
    let result = catch_unwind(AssertUnwindSafe(read));
    set_hook(Box::new(move |info| before(info)));
    match result {
        Ok(value) => Some(value),
        Err(_) if damaged.load(Ordering::Relaxed) => None,
        Err(payload) => resume_unwind(payload),
    }
}
