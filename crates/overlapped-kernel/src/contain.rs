//! The program's code that runs on the way of a completion: wakers and destructors. A panic in it ends where it began.
//!
//! Whichever thread polls delivers the completions of all, perhaps in the middle of a synchronous call of its own. If another one's waker
//! could unwind through it, that call would end before its request does, whose memory Linux still writes to; the lead would be
//! left by nobody; and what the same poll has found besides would be lost. Drawback: nobody but the log hears of such a panic.

#[cfg(not(loom))]
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Runs code of the program's; `None` if it panicked. `what` says whose panic that was.
#[cfg(not(loom))]
pub(crate) fn contained<R>(what: &str, run: impl FnOnce() -> R) -> Option<R> {
    let payload = match catch_unwind(AssertUnwindSafe(run)) {
        Ok(result) => return Some(result),
        Err(payload) => payload,
    };
    tracing::error!("{what} panicked");
    // The payload is the program's too, and so is its destructor.
    if let Err(again) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {
        std::mem::forget(again);
    }
    None
}

/// The model checker tells of its findings by panics.
#[cfg(loom)]
pub(crate) fn contained<R>(_what: &str, run: impl FnOnce() -> R) -> Option<R> {
    Some(run())
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::contained;

    /// A panic's payload whose destructor panics.
    struct Stubborn;

    impl Drop for Stubborn {
        fn drop(&mut self) {
            panic!("on purpose");
        }
    }

    #[test]
    fn a_panic_and_what_its_payload_does_stay_inside() {
        assert_eq!(contained("a test", || 7), Some(7));
        assert_eq!(contained("a test", || -> u32 { panic!("on purpose") }), None);
        assert_eq!(contained("a test", || -> u32 { std::panic::panic_any(Stubborn) }), None);
    }
}
