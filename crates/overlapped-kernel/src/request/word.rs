//! The state word of a request: every transition by name, each taken by one party.
//!
//! ```text
//!   NEW --pend--> PENDING --cancel--> CANCELLING
//!    |               |                    |
//!    |               +------complete------+--> COMPLETING --publish--+
//!    +-----------------publish_at_once-------------------------> COMPLETE --collect--> COLLECTED
//! ```
//! Where a lock has given the last word to one party already, `publish` comes straight from PENDING or CANCELLING.
//! `pend` and `publish_at_once` belong to the issuing thread, before anybody else can see the request; `complete` and
//! `publish` to whoever has the last word on it; `collect` to whoever takes its payload. Cancelling is a transition
//! that exactly one caller takes, and asks for an early last word; it never retires a request by itself. Beside the state stands
//! one bit, `WATCHED`: somebody has left a waker or an event to be told of the completion.

use crate::sync::atomic::{AtomicU32, Ordering};

const NEW: u32 = 0;
const PENDING: u32 = 1;
const CANCELLING: u32 = 2;
const COMPLETING: u32 = 3;
const COMPLETE: u32 = 4;
const COLLECTED: u32 = 5;
const STATE: u32 = 0xFF;
const WATCHED: u32 = 0x100;

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
#[must_use = "says whether somebody had asked for the end"]
pub(crate) enum Last {
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
        debug_assert_eq!(self.0.load(Ordering::Relaxed), NEW, "a request is issued once");
        self.0.store(PENDING, Ordering::Release);
    }

    pub(crate) fn cancel(&self) -> Cancelled {
        let change = |seen: u32| (seen & STATE == PENDING).then_some(seen & WATCHED | CANCELLING);
        match self.0.fetch_update(Ordering::AcqRel, Ordering::Acquire, change) {
            Ok(_) => Cancelled::Marked,
            Err(_) => Cancelled::NotFound,
        }
    }

    /// The last word. The caller alone completes the request.
    pub(crate) fn complete(&self) -> Last {
        let change = |seen: u32| matches!(seen & STATE, PENDING | CANCELLING).then_some(seen & WATCHED | COMPLETING);
        match self.0.fetch_update(Ordering::AcqRel, Ordering::Acquire, change) {
            Ok(was) if was & STATE == CANCELLING => Last::Cancelling,
            Ok(_) => Last::Pending,
            Err(other) => unreachable!("a pending request completes once, and this one was in state {other:#x}"),
        }
    }

    /// Status block and payload are final and may be taken. True if somebody is to be told.
    #[must_use]
    pub(crate) fn publish(&self) -> bool {
        let was = self.0.swap(COMPLETE, Ordering::AcqRel);
        assert!(was & STATE < COMPLETE, "a pending request completes once, and this one was in state {was:#x}");
        was & WATCHED != 0
    }

    /// The same for a request that never was pending: nobody else has seen it.
    pub(crate) fn publish_at_once(&self) {
        debug_assert_eq!(self.0.load(Ordering::Relaxed), NEW, "others know a request that was pending");
        self.0.store(COMPLETE, Ordering::Release);
    }

    /// Somebody has left word to be told; false if the request is complete and nobody will.
    #[must_use]
    pub(crate) fn watch(&self) -> bool {
        self.0.fetch_or(WATCHED, Ordering::AcqRel) & STATE < COMPLETE
    }

    /// The caller alone may take the payload, if this says so.
    #[must_use]
    pub(crate) fn collect(&self) -> bool {
        let change = |seen: u32| (seen & STATE == COMPLETE).then_some(COLLECTED);
        self.0.fetch_update(Ordering::AcqRel, Ordering::Acquire, change).is_ok()
    }

    pub(crate) fn is_cancelling(&self) -> bool {
        self.0.load(Ordering::Acquire) & STATE == CANCELLING
    }

    /// Others may know it, and it is not complete.
    pub(crate) fn is_under_way(&self) -> bool {
        matches!(self.0.load(Ordering::Acquire) & STATE, PENDING | CANCELLING | COMPLETING)
    }

    pub(crate) fn is_complete(&self) -> bool {
        self.0.load(Ordering::Acquire) & STATE >= COMPLETE
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
        assert!(!word.publish());
        assert!(word.is_complete());
    }

    #[test]
    fn a_watch_survives_cancelling_and_completing() {
        let word = RequestWord::new();
        word.pend();
        assert!(word.watch());
        assert_eq!(word.cancel(), Cancelled::Marked);
        assert_eq!(word.complete(), Last::Cancelling);
        assert!(word.publish());
        assert!(!word.watch(), "too late");
    }

    #[test]
    fn the_payload_is_taken_once_and_not_too_early() {
        let word = RequestWord::new();
        assert!(!word.collect());
        word.publish_at_once();
        assert!(word.collect());
        assert!(!word.collect());
        assert!(word.is_complete());
    }

    #[test]
    fn a_request_that_one_party_has_anyway_is_published_without_a_last_word() {
        let word = RequestWord::new();
        word.pend();
        assert!(word.watch());
        assert_eq!(word.cancel(), Cancelled::Marked);
        assert!(word.publish());
        assert_eq!(word.cancel(), Cancelled::NotFound);
        assert!(word.is_complete());
    }

    #[test]
    #[should_panic(expected = "completes once")]
    fn a_second_publication_is_a_bug() {
        let word = RequestWord::new();
        word.pend();
        let _ = word.publish();
        let _ = word.publish();
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
