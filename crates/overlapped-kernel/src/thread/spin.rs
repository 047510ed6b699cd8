//! How long a thread watches its wait before it sleeps.
//!
//! Going to sleep and being woken costs both sides some microseconds; a wait that is over sooner is better watched. Whether it
//! will be is learnt: each success doubles the watch, up to what a wake-up costs, and each failure halves it, down to
//! nothing. So threads that wait long, or whose wakers have no processor of their own, watch only now and then to see
//! whether things have changed. Drawback: the processor time of the failures, which the limits keep small.

use std::sync::atomic::{AtomicU32, Ordering};

/// Longest watch, in pauses of the processor: somewhat above what waking a thread on another processor takes, so that two
/// threads which hand over to each other find out that they need not sleep.
const LONGEST: u32 = 256;
/// Shortest watch worth trying.
const SHORTEST: u32 = 8;
/// A thread that does not watch tries again after this many waits.
const RETRY: u32 = 512;

/// See the module page. Only the thread itself touches it.
pub(crate) struct Spin {
    pauses: AtomicU32,
    skipped: AtomicU32,
}

impl Spin {
    pub(crate) fn new() -> Self {
        Self { pauses: AtomicU32::new(LONGEST), skipped: AtomicU32::new(0) }
    }

    #[cfg(not(loom))]
    pub(crate) fn until(&self, over: impl Fn() -> bool) -> bool {
        let mut pauses = self.pauses.load(Ordering::Relaxed);
        if pauses < SHORTEST {
            let skipped = self.skipped.load(Ordering::Relaxed) + 1;
            self.skipped.store(skipped % RETRY, Ordering::Relaxed);
            if skipped < RETRY {
                return false;
            }
            pauses = LONGEST;
        }
        for _ in 0..pauses {
            if over() {
                self.pauses.store((pauses * 2).min(LONGEST), Ordering::Relaxed);
                return true;
            }
            std::hint::spin_loop();
        }
        self.pauses.store(pauses / 2, Ordering::Relaxed);
        false
    }
}
