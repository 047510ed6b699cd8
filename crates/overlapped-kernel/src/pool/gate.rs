//! Counts the callbacks of one object: those that are queued, and those that run.
//!
//! Queued ones can be withdrawn all at once. They stay where they are in the pool; but each knows in which round it was queued, and
//! withdrawing begins a new one.

use crate::clock::Timeout;
use crate::dispatcher::{Event, WaitRef};
use crate::idle::Idle;
use crate::sync::{Mutex, MutexGuard};
use crate::wait::wait_any;
use std::any::Any;
use std::sync::Arc;

#[derive(Default)]
pub(super) struct Gate(Mutex<Counts>);

#[derive(Default)]
struct Counts {
    queued: usize,
    running: usize,
    round: u64,
    /// Signalled when nothing is queued and nothing runs.
    told: Vec<Arc<Event>>,
    /// Dropped at that moment.
    kept: Vec<Box<dyn Any + Send>>,
}

/// A callback that is queued.
#[derive(Clone, Copy)]
#[must_use]
pub(super) struct Entered(u64);

impl Gate {
    /// One more is queued.
    pub(super) fn enter(&self) -> Entered {
        let mut counts = self.0.lock();
        counts.queued += 1;
        Entered(counts.round)
    }

    /// The same, unless one is queued already.
    pub(super) fn enter_alone(&self) -> Option<Entered> {
        let mut counts = self.0.lock();
        (counts.queued == 0).then(|| {
            counts.queued = 1;
            Entered(counts.round)
        })
    }

    /// It starts; false if it was withdrawn.
    pub(super) fn start(&self, entered: Entered) -> bool {
        let mut counts = self.0.lock();
        let counts = &mut *counts;
        if counts.round != entered.0 {
            return false;
        }
        counts.queued -= 1;
        counts.running += 1;
        true
    }

    /// Any of those that are queued starts; false if there is none.
    pub(super) fn start_any(&self) -> bool {
        let mut counts = self.0.lock();
        let some = counts.queued > 0;
        if some {
            counts.queued -= 1;
            counts.running += 1;
        }
        some
    }

    /// One that was queued will not come.
    pub(super) fn cancel_one(&self) {
        let mut counts = self.0.lock();
        counts.queued = counts.queued.saturating_sub(1);
        Self::settle(counts);
    }

    /// The same for one that is known; nothing if it was withdrawn.
    pub(super) fn revoke(&self, entered: Entered) {
        let mut counts = self.0.lock();
        if counts.round == entered.0 {
            counts.queued -= 1;
            Self::settle(counts);
        }
    }

    /// One that ran has ended.
    pub(super) fn finish(&self) {
        let mut counts = self.0.lock();
        counts.running -= 1;
        Self::settle(counts);
    }

    /// None of those that are queued will run; how many there were.
    pub(super) fn withdraw(&self) -> usize {
        let mut counts = self.0.lock();
        counts.round += 1;
        let withdrawn = std::mem::take(&mut counts.queued);
        Self::settle(counts);
        withdrawn
    }

    /// Is one queued or running?
    pub(super) fn is_busy(&self) -> bool {
        let counts = self.0.lock();
        counts.queued + counts.running > 0
    }

    /// Signals the event when nothing is queued and nothing runs: now, or later. True if it is now.
    pub(super) fn tell(&self, event: Arc<Event>) -> bool {
        {
            let mut counts = self.0.lock();
            if counts.queued + counts.running > 0 {
                counts.told.push(event);
                return false;
            }
        }
        event.set();
        true
    }

    /// Keeps a value until nothing is queued and nothing runs.
    pub(super) fn keep(&self, value: Box<dyn Any + Send>) {
        let mut counts = self.0.lock();
        counts.kept.push(value);
        Self::settle(counts);
    }

    /// Waits until nothing is queued and nothing runs. A thread of a port counts as paused meanwhile.
    pub(super) fn wait(&self, idle: &Idle) {
        let quiet = Arc::new(Event::manual_reset(false));
        if !self.tell(Arc::clone(&quiet)) {
            let waited = wait_any(idle, &[quiet as WaitRef], Timeout::Infinite, false);
            debug_assert!(waited.is_ok(), "one object is never too many");
        }
    }

    fn settle(mut counts: MutexGuard<'_, Counts>) {
        if counts.queued + counts.running == 0 {
            let (told, kept) = (std::mem::take(&mut counts.told), std::mem::take(&mut counts.kept));
            drop(counts);
            told.iter().for_each(|event| event.set());
            drop(kept);
        }
    }
}
