//! The state of a future that a pool runs.
//!
//! A task has at most one packet on its way and is polled by at most one thread. A wake-up while it is polled is remembered, and
//! whoever polls it queues it again afterwards: so none is lost, and none queues it twice.

use crate::sync::atomic::{AtomicU8, Ordering};

/// A packet of the task is on its way; while it runs: it is to be queued again.
const QUEUED: u8 = 1;
/// A thread polls it.
const RUNNING: u8 = 2;
/// It is to be dropped instead of polled.
const CANCELLED: u8 = 4;
/// It has ended.
const DONE: u8 = 8;

/// See the module page.
#[derive(Debug)]
pub struct TaskWord(AtomicU8);

/// What the receiver of a task's packet is to do with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Turn {
    /// Poll the future, then call [`TaskWord::pending`] or [`TaskWord::done`].
    Poll,
    /// Drop the future, then call [`TaskWord::done`].
    Drop,
}

impl TaskWord {
    /// A new task. Its creator queues it.
    #[must_use]
    #[allow(clippy::new_without_default, reason = "a task that is queued is no default")]
    pub fn new() -> Self {
        Self(AtomicU8::new(QUEUED))
    }

    /// The future's waker was called: must the caller queue the task?
    #[must_use]
    pub fn wake(&self) -> bool {
        // Changes the word even if it says so already: what the caller has done before is to be seen by who polls next.
        let before = self.0.fetch_or(QUEUED, Ordering::AcqRel);
        before & (QUEUED | RUNNING | DONE) == 0
    }

    /// The future is to be dropped: must the caller queue the task for that?
    #[must_use]
    pub fn cancel(&self) -> bool {
        let before = self.0.fetch_or(QUEUED | CANCELLED, Ordering::AcqRel);
        before & (QUEUED | RUNNING | DONE) == 0
    }

    /// The packet was received: the calling thread has the future to itself until it says what came of it.
    pub fn begin(&self) -> Turn {
        let before = self.0.swap(RUNNING, Ordering::AcqRel);
        debug_assert_eq!(before & (QUEUED | RUNNING | DONE), QUEUED, "one packet, one receiver");
        if before & CANCELLED == 0 {
            return Turn::Poll;
        }
        Turn::Drop
    }

    /// The future is not ready. Must the caller queue the task again?
    #[must_use]
    pub fn pending(&self) -> bool {
        let before = self.0.fetch_and(!RUNNING, Ordering::AcqRel);
        before & QUEUED != 0
    }

    /// The future has ended.
    pub fn done(&self) {
        self.0.swap(DONE, Ordering::AcqRel);
    }

    /// Has the future ended?
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.0.load(Ordering::Acquire) & DONE != 0
    }
}
