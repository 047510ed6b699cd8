//! A lock for sections of a few dozen nanoseconds: the queue of a completion port, the list of outstanding requests.
//!
//! Taking it is one atomic exchange and giving it back is a plain store, where a lock that must know of sleepers
//! needs a second exchange; that is half the cost of a port operation. In return nobody is woken: who finds the lock taken
//! keeps away from it for a microsecond, a few times, then yields, then sleeps for moments at a time, since the holder can only be
//! away that long by having been preempted. Drawback: no fairness, and a waiter may find out late that a preempted holder is back. Nothing that blocks, calls
//! the user or makes a system call happens under it.

use std::cell::UnsafeCell;
use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Pauses between two looks: about a microsecond. Who looks takes the cache line from the holder, and most likely the lock as
/// well; the longer it keeps away, the more sections in a row the other thread does on lines that are its own.
const PAUSES: u32 = 32;
/// Such looks before the first yield.
const SPINS: u32 = 4;
/// Spins and yields before the first sleep.
const PATIENCE: u32 = SPINS + 16;
/// How long a waiter sleeps when the holder must have been preempted.
const NAP: Duration = Duration::from_micros(20);

/// See the module page.
#[repr(C)]
pub(crate) struct BriefLock<T> {
    taken: AtomicBool,
    value: UnsafeCell<T>,
}

// SAFETY: the value is reached only by the one thread that has taken the lock, so it needs to be sendable, no more.
unsafe impl<T: Send> Sync for BriefLock<T> {}
// SAFETY: sending the lock sends the value.
unsafe impl<T: Send> Send for BriefLock<T> {}

impl<T> BriefLock<T> {
    pub(crate) fn new(value: T) -> Self {
        Self { taken: AtomicBool::new(false), value: UnsafeCell::new(value) }
    }

    #[inline]
    pub(crate) fn lock(&self) -> BriefGuard<'_, T> {
        if self.taken.swap(true, Ordering::Acquire) {
            self.contend();
        }
        BriefGuard { lock: self }
    }

    #[cold]
    #[inline(never)]
    fn contend(&self) {
        let mut round = 0;
        loop {
            match round {
                0..SPINS => (0..PAUSES).for_each(|_| std::hint::spin_loop()),
                SPINS..PATIENCE => std::thread::yield_now(),
                _ => std::thread::sleep(NAP),
            }
            round += 1;
            if !self.taken.load(Ordering::Relaxed) && !self.taken.swap(true, Ordering::Acquire) {
                return;
            }
        }
    }
}

impl<T> std::fmt::Debug for BriefLock<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("BriefLock")
    }
}

/// Gives the lock back when dropped.
pub(crate) struct BriefGuard<'a, T> {
    lock: &'a BriefLock<T>,
}

impl<T> Deref for BriefGuard<'_, T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        // SAFETY: the guard exists while its thread has the lock, and lends the value for no longer than it lives.
        unsafe { &*self.lock.value.get() }
    }
}

impl<T> DerefMut for BriefGuard<'_, T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: as above; the guard is borrowed exclusively.
        unsafe { &mut *self.lock.value.get() }
    }
}

impl<T> Drop for BriefGuard<'_, T> {
    #[inline]
    fn drop(&mut self) {
        self.lock.taken.store(false, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_threads_count_without_a_loss() {
        let count = BriefLock::new(0u64);
        std::thread::scope(|scope| {
            let work = || (0..50_000).for_each(|_| *count.lock() += 1);
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(work)).collect();
            threads.into_iter().for_each(|thread| thread.join().unwrap());
        });
        assert_eq!(*count.lock(), 400_000);
    }
}
