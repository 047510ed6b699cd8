//! The wait word: one atomic word a thread, by which exactly one party ends each of its waits.
//!
//! A wait takes a new generation; queues of objects and ports hold (thread, ticket) pairs, and whoever wants to end the
//! wait exchanges `waiting` of that generation for an outcome. The exchange succeeds once, so a signal, a time-out, an
//! APC and a closing port can race without a lock between them, and an entry that was left behind in some queue can never
//! end a later wait of the same thread. Drawback: a queue entry may be stale, so whoever hands something over must be
//! ready to take it back when the exchange fails.

use crate::sync::atomic::{AtomicU64, Ordering};

const PHASE_BITS: u32 = 16;
const PHASE_MASK: u64 = (1 << PHASE_BITS) - 1;

const IDLE: u64 = 0;
const WAITING: u64 = 1;
const WAITING_ALERTABLE: u64 = 2;
const ALERTED: u64 = 3;
const TIMED_OUT: u64 = 4;
const CLOSED: u64 = 5;
const SATISFIED: u64 = 0x100;
const ABANDONED: u64 = 0x200;
const INDEX_MASK: u64 = 0xFF;

/// Names one wait of one thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ticket(u64);

/// How a wait ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The object with this index satisfied it (all of them, for a wait for all: index 0).
    Satisfied {
        /// Index among the objects of the wait.
        index: u8,
        /// A mutex among the satisfied objects was abandoned.
        abandoned: bool,
    },
    /// An APC was queued to the thread and the wait was alertable.
    Alerted,
    /// The time limit passed.
    TimedOut,
    /// The completion port was closed.
    Closed,
}

impl Ending {
    /// The ordinary ending: the object with this index.
    #[must_use]
    pub fn object(index: u8) -> Self {
        Self::Satisfied { index, abandoned: false }
    }

    fn encode(self) -> u64 {
        match self {
            Self::Satisfied { index, abandoned: false } => SATISFIED | u64::from(index),
            Self::Satisfied { index, abandoned: true } => ABANDONED | u64::from(index),
            Self::Alerted => ALERTED,
            Self::TimedOut => TIMED_OUT,
            Self::Closed => CLOSED,
        }
    }

    fn decode(phase: u64) -> Option<Self> {
        match phase {
            WAITING | WAITING_ALERTABLE | IDLE => None,
            ALERTED => Some(Self::Alerted),
            TIMED_OUT => Some(Self::TimedOut),
            CLOSED => Some(Self::Closed),
            _ => Some(Self::Satisfied { index: (phase & INDEX_MASK) as u8, abandoned: phase & ABANDONED != 0 }),
        }
    }
}

/// See the module page.
#[derive(Debug)]
pub(crate) struct WaitWord(AtomicU64);

impl WaitWord {
    pub(crate) fn new() -> Self {
        Self(AtomicU64::new(IDLE))
    }

    /// Starts a wait. Only the thread itself does this, and only when its last wait has ended.
    pub(crate) fn begin(&self, alertable: bool) -> Ticket {
        let generation = (self.0.load(Ordering::Relaxed) >> PHASE_BITS).wrapping_add(1) << PHASE_BITS;
        let phase = if alertable { WAITING_ALERTABLE } else { WAITING };
        // Release: who ends the wait sees everything that the thread wrote before it.
        self.0.store(generation | phase, Ordering::Release);
        Ticket(generation)
    }

    /// Ends the wait that `ticket` names; false if it had ended already.
    #[must_use = "a wait that has ended already has not taken what was handed over"]
    pub(crate) fn end(&self, ticket: Ticket, ending: Ending) -> bool {
        let mut seen = self.0.load(Ordering::Relaxed);
        loop {
            let waiting = seen == ticket.0 | WAITING || seen == ticket.0 | WAITING_ALERTABLE;
            if !waiting {
                return false;
            }
            match self.0.compare_exchange_weak(seen, ticket.0 | ending.encode(), Ordering::AcqRel, Ordering::Relaxed) {
                Ok(_) => return true,
                Err(now) => seen = now,
            }
        }
    }

    /// Ends whatever alertable wait the thread is in; false if it is in none.
    #[must_use]
    pub(crate) fn alert(&self) -> bool {
        let mut seen = self.0.load(Ordering::Relaxed);
        while seen & PHASE_MASK == WAITING_ALERTABLE {
            let alerted = (seen & !PHASE_MASK) | ALERTED;
            match self.0.compare_exchange_weak(seen, alerted, Ordering::AcqRel, Ordering::Relaxed) {
                Ok(_) => return true,
                Err(now) => seen = now,
            }
        }
        false
    }

    /// Ends whatever wait the thread is in as if its time were over; false if it is in none.
    #[must_use]
    pub(crate) fn expire(&self) -> bool {
        let mut seen = self.0.load(Ordering::Relaxed);
        while matches!(seen & PHASE_MASK, WAITING | WAITING_ALERTABLE) {
            let expired = (seen & !PHASE_MASK) | TIMED_OUT;
            match self.0.compare_exchange_weak(seen, expired, Ordering::AcqRel, Ordering::Relaxed) {
                Ok(_) => return true,
                Err(now) => seen = now,
            }
        }
        false
    }

    /// How the wait ended, or `None` while it goes on.
    pub(crate) fn ending(&self, ticket: Ticket) -> Option<Ending> {
        let seen = self.0.load(Ordering::Acquire);
        debug_assert_eq!(seen & !PHASE_MASK, ticket.0, "a thread waits for one thing at a time");
        Ending::decode(seen & PHASE_MASK)
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn a_wait_ends_once() {
        let word = WaitWord::new();
        let ticket = word.begin(false);
        assert_eq!(word.ending(ticket), None);
        assert!(word.end(ticket, Ending::object(3)));
        assert!(!word.end(ticket, Ending::TimedOut));
        assert_eq!(word.ending(ticket), Some(Ending::object(3)));
    }

    #[test]
    fn an_old_ticket_cannot_end_a_later_wait() {
        let word = WaitWord::new();
        let old = word.begin(false);
        assert!(word.end(old, Ending::TimedOut));
        let new = word.begin(false);
        assert!(!word.end(old, Ending::object(0)));
        assert_eq!(word.ending(new), None);
    }

    #[test]
    fn only_an_alertable_wait_is_alerted() {
        let word = WaitWord::new();
        let plain = word.begin(false);
        assert!(!word.alert());
        assert!(word.end(plain, Ending::TimedOut));
        let alertable = word.begin(true);
        assert!(word.alert());
        assert_eq!(word.ending(alertable), Some(Ending::Alerted));
        assert!(!word.alert());
    }

    #[test]
    fn any_wait_can_be_made_to_expire() {
        let word = WaitWord::new();
        assert!(!word.expire());
        for alertable in [false, true] {
            let ticket = word.begin(alertable);
            assert!(word.expire());
            assert_eq!(word.ending(ticket), Some(Ending::TimedOut));
            assert!(!word.end(ticket, Ending::object(0)));
            assert!(!word.expire());
        }
    }

    #[test]
    fn every_ending_survives_its_encoding() {
        for index in 0..64 {
            for abandoned in [false, true] {
                let ending = Ending::Satisfied { index, abandoned };
                assert_eq!(Ending::decode(ending.encode()), Some(ending));
            }
        }
        for ending in [Ending::Alerted, Ending::TimedOut, Ending::Closed] {
            assert_eq!(Ending::decode(ending.encode()), Some(ending));
        }
    }
}
