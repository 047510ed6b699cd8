//! Where a thread sleeps: on a futex of its own, or inside the engine's poll.
//!
//! The word says which, so that a waker makes the one system call that is needed, and none when the thread is awake.

use crate::clock::Tick;
use crate::engine::Engine;
use std::sync::Arc;

#[cfg(not(loom))]
pub(crate) use futex::Parker;
#[cfg(loom)]
pub(crate) use model::Parker;

#[cfg(not(loom))]
mod futex {
    use super::*;
    use crate::sync::Mutex;
    use std::sync::Weak;
    use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};

    const AWAKE: u32 = 0;
    const NOTIFIED: u32 = 1;
    const ON_FUTEX: u32 = 2;
    const IN_ENGINE: u32 = 3;

    /// A sleeping place for one thread; a notification that comes before the sleep is not lost.
    pub(crate) struct Parker {
        word: AtomicU32,
        /// The engine that the thread polled last. Weak: a thread outlives the systems that it has waited in.
        engine: Mutex<Option<Weak<dyn Engine>>>,
        /// Its address, for the thread's own look without the lock. What `engine` names keeps it from being another one's.
        polled: AtomicUsize,
    }

    impl Parker {
        pub(crate) fn new() -> Self {
            Self { word: AtomicU32::new(AWAKE), engine: Mutex::new(None), polled: AtomicUsize::new(0) }
        }

        /// Forgets a notification of an earlier wait.
        pub(crate) fn reset(&self) {
            self.word.store(AWAKE, Ordering::Release);
        }

        /// Sleeps until notified or until the deadline of the monotonic clock; may also return early.
        pub(crate) fn sleep(&self, deadline: Option<Tick>) {
            if self.word.compare_exchange(AWAKE, ON_FUTEX, Ordering::AcqRel, Ordering::Acquire).is_err() {
                return;
            }
            futex_wait(&self.word, ON_FUTEX, deadline);
            let _ = self.word.compare_exchange(ON_FUTEX, AWAKE, Ordering::AcqRel, Ordering::Acquire);
        }

        /// Runs `poll`, the engine's wait, unless notified; wakers interrupt the engine meanwhile.
        pub(crate) fn sleep_in(&self, engine: &Arc<dyn Engine>, poll: impl FnOnce()) {
            let address = Arc::as_ptr(engine).cast::<u8>() as usize;
            if self.polled.load(Ordering::Relaxed) != address {
                *self.engine.lock() = Some(Arc::downgrade(engine));
                self.polled.store(address, Ordering::Relaxed);
            }
            if self.word.compare_exchange(AWAKE, IN_ENGINE, Ordering::AcqRel, Ordering::Acquire).is_err() {
                return;
            }
            poll();
            let _ = self.word.compare_exchange(IN_ENGINE, AWAKE, Ordering::AcqRel, Ordering::Acquire);
        }

        /// Wakes the thread, or keeps its next sleep from happening.
        pub(crate) fn wake(&self) {
            match self.word.swap(NOTIFIED, Ordering::AcqRel) {
                ON_FUTEX => futex_wake(&self.word),
                IN_ENGINE => {
                    let engine = self.engine.lock().as_ref().and_then(Weak::upgrade);
                    if let Some(engine) = engine {
                        engine.interrupt();
                    }
                }
                _ => {}
            }
        }
    }

    fn futex_wait(word: &AtomicU32, expected: u32, deadline: Option<Tick>) {
        use rustix::thread::futex;
        let limit = deadline.map(|t| rustix::thread::Timespec {
            tv_sec: (t.0 / 1_000_000_000) as _,
            tv_nsec: (t.0 % 1_000_000_000) as _,
        });
        // The bitset form takes an absolute time of the monotonic clock. Every outcome (woken, value changed,
        // interrupted, time over) sends the caller back to look at its word.
        let _ = futex::wait_bitset(word, futex::Flags::PRIVATE, expected, limit.as_ref(), std::num::NonZeroU32::MAX);
    }

    fn futex_wake(word: &AtomicU32) {
        use rustix::thread::futex;
        let _ = futex::wake(word, futex::Flags::PRIVATE, 1);
    }
}

#[cfg(loom)]
mod model {
    use super::*;
    use crate::sync::checker::sync::{Condvar, Mutex as CheckedMutex};

    /// The same for the checker, which has no clock: sleeps end by notification only.
    pub(crate) struct Parker {
        notified: CheckedMutex<bool>,
        changed: Condvar,
    }

    impl Parker {
        pub(crate) fn new() -> Self {
            Self { notified: CheckedMutex::new(false), changed: Condvar::new() }
        }

        pub(crate) fn reset(&self) {
            *self.notified.lock().unwrap() = false;
        }

        pub(crate) fn sleep(&self, _deadline: Option<Tick>) {
            let mut notified = self.notified.lock().unwrap();
            while !*notified {
                notified = self.changed.wait(notified).unwrap();
            }
            *notified = false;
        }

        pub(crate) fn sleep_in(&self, _engine: &Arc<dyn Engine>, poll: impl FnOnce()) {
            poll();
        }

        pub(crate) fn wake(&self) {
            *self.notified.lock().unwrap() = true;
            self.changed.notify_one();
        }
    }
}
