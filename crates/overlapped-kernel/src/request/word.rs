//! The state word of a request: every transition by name, each taken by one party.
//!
//! ```text
//!   NEW --pend--> PENDING --cancel--> CANCELLING
//!    |               |                    |
//!    +---complete----+------complete------+--> COMPLETING --publish--> COMPLETE
//! ```
//! `pend` belongs to the issuing thread, before an engine or a device queue can see the request; `complete` to whoever has
//! the last word on it. Cancelling is a transition that exactly one caller takes, and asks for an early last word; it never
//! retires a request by itself.

use crate::sync::atomic::{AtomicU32, Ordering};

const NEW: u32 = 0;
const PENDING: u32 = 1;
const CANCELLING: u32 = 2;
const COMPLETING: u32 = 3;
const COMPLETE: u32 = 4;

/// See the module page.
#[derive(Debug)]
pub(crate) struct RequestWord(AtomicU32);

/// What [`RequestWord::cancel`] found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "only the caller that marked the request may ask its owner to end it"]
pub(crate) enum Cancelled {
    /// This call marked it: ask the owner to end it.
    Marked,
    /// Marked before, complete, or never pending: not found (1168).
    NotFound,
}

/// What [`RequestWord::complete`] found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "a request that never was pending has nothing to be taken off"]
pub(crate) enum Last {
    /// It was done while it was being issued.
    AtOnce,
    /// It had been pending.
    Pending,
    /// It had been pending, and somebody had asked for its end.
    Cancelling,
}

impl RequestWord {
    pub(crate) fn new() -> Self {
        Self(AtomicU32::new(NEW))
    }

    /// From here on others may see the request.
    pub(crate) fn pend(&self) {
        let was = self.0.swap(PENDING, Ordering::AcqRel);
        debug_assert_eq!(was, NEW, "a request is issued once");
    }

    pub(crate) fn cancel(&self) -> Cancelled {
        match self.0.compare_exchange(PENDING, CANCELLING, Ordering::AcqRel, Ordering::Acquire) {
            Ok(_) => Cancelled::Marked,
            Err(_) => Cancelled::NotFound,
        }
    }

    /// The last word. The caller alone completes the request.
    pub(crate) fn complete(&self) -> Last {
        match self.0.swap(COMPLETING, Ordering::AcqRel) {
            NEW => Last::AtOnce,
            PENDING => Last::Pending,
            CANCELLING => Last::Cancelling,
            other => unreachable!("a request completes once, and this one was in state {other}"),
        }
    }

    /// Status block and payload are final and may be taken.
    pub(crate) fn publish(&self) {
        self.0.store(COMPLETE, Ordering::Release);
    }

    pub(crate) fn is_cancelling(&self) -> bool {
        self.0.load(Ordering::Acquire) == CANCELLING
    }

    pub(crate) fn is_complete(&self) -> bool {
        self.0.load(Ordering::Acquire) == COMPLETE
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn a_pending_request_is_marked_once() {
        let word = RequestWord::new();
        assert_eq!(word.cancel(), Cancelled::NotFound);
        word.pend();
        assert_eq!(word.cancel(), Cancelled::Marked);
        assert_eq!(word.cancel(), Cancelled::NotFound);
        assert!(word.is_cancelling());
        assert_eq!(word.complete(), Last::Cancelling);
        assert_eq!(word.cancel(), Cancelled::NotFound);
        assert!(!word.is_complete());
        word.publish();
        assert!(word.is_complete());
    }

    #[test]
    #[should_panic(expected = "completes once")]
    fn a_second_last_word_is_a_bug() {
        let word = RequestWord::new();
        word.pend();
        let _ = word.complete();
        let _ = word.complete();
    }
}
