//! Condition variables (`synchapi.h`) for critical sections and SRW locks.

use crate::critical::CriticalSection;
use crate::parking::{deadline, park, wake_all, wake_one};
use crate::srwlock::{self, SrwLock, ovl_AcquireSRWLockExclusive, ovl_AcquireSRWLockShared};
use crate::support::{Bool, FALSE, TRUE, fail};
use overlapped_abi::Win32Error;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// CONDITION_VARIABLE, 8 bytes; CONDITION_VARIABLE_INIT is zeros. Not zero while somebody may be waiting.
///
/// A waiter sets it before it gives up its lock, so a waker that changed what is waited for under that lock sees it.
#[repr(transparent)]
pub struct ConditionVariable(AtomicUsize);

const CONDITION_VARIABLE_LOCKMODE_SHARED: u32 = 1;

impl ConditionVariable {
    fn key(&self) -> usize {
        std::ptr::from_ref(self) as usize
    }

    fn sleep(&self, ms: u32, release: impl FnOnce()) -> bool {
        let condition = || {
            self.0.store(1, Relaxed);
            true
        };
        park(self.key(), deadline(ms), condition, release)
    }

    fn wake_one(&self) {
        if self.0.load(Relaxed) != 0 {
            wake_one(self.key(), |result| {
                if !result.have_more_threads {
                    self.0.store(0, Relaxed);
                }
            });
        }
    }

    fn wake_all(&self) {
        // Cleared first: who comes to wait after this and before the wake-up is woken too.
        if self.0.swap(0, Relaxed) != 0 {
            wake_all(self.key());
        }
    }
}

fn outcome(woken: bool) -> Bool {
    if woken { TRUE } else { fail(Win32Error::TIMEOUT, FALSE) }
}

/// InitializeConditionVariable.
///
/// # Safety
/// `variable` is writable; nobody uses it yet.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_InitializeConditionVariable(variable: *mut ConditionVariable) {
    // SAFETY: the caller vouches for it.
    unsafe { variable.write(ConditionVariable(AtomicUsize::new(0))) };
}

/// SleepConditionVariableCS: FALSE/1460 when the time has run out; the section is entered again in either case.
///
/// # Safety
/// The calling thread is in the critical section, once; both stay where they are.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_SleepConditionVariableCS(
    variable: *const ConditionVariable,
    section: *const CriticalSection,
    ms: u32,
) -> Bool {
    // SAFETY: the caller vouches for both.
    let (variable, section) = unsafe { (&*variable, &*section) };
    let woken = variable.sleep(ms, || section.leave());
    section.enter();
    outcome(woken)
}

/// SleepConditionVariableSRW, with the lock taken exclusively or, with flag 1, in shared mode.
///
/// # Safety
/// The calling thread has the lock in that mode; both stay where they are.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_SleepConditionVariableSRW(
    variable: *const ConditionVariable,
    lock: *const SrwLock,
    ms: u32,
    flags: u32,
) -> Bool {
    let shared = flags & CONDITION_VARIABLE_LOCKMODE_SHARED != 0;
    // SAFETY: the caller vouches for both, and that it has the lock.
    unsafe {
        let woken = (*variable).sleep(ms, || srwlock::release(lock, Bool::from(shared)));
        if shared {
            ovl_AcquireSRWLockShared(lock)
        } else {
            ovl_AcquireSRWLockExclusive(lock)
        }
        outcome(woken)
    }
}

/// WakeConditionVariable.
///
/// # Safety
/// `variable` is initialised.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_WakeConditionVariable(variable: *const ConditionVariable) {
    // SAFETY: the caller vouches for it.
    unsafe { &*variable }.wake_one();
}

/// WakeAllConditionVariable.
///
/// # Safety
/// `variable` is initialised.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_WakeAllConditionVariable(variable: *const ConditionVariable) {
    // SAFETY: the caller vouches for it.
    unsafe { &*variable }.wake_all();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::srwlock::ovl_ReleaseSRWLockExclusive;
    use crate::support::last_error;
    use std::sync::atomic::AtomicU32;

    struct Queue {
        variable: ConditionVariable,
        section: CriticalSection,
        items: AtomicU32,
    }

    // SAFETY: zeros are an initialised variable and section, as their pages say.
    fn queue() -> Queue {
        // SAFETY: as above.
        unsafe { std::mem::zeroed() }
    }

    #[test]
    fn a_wait_ends_with_its_time() {
        let q = queue();
        q.section.enter();
        for ms in [0, 20] {
            // SAFETY: this thread is in the section.
            let woken = unsafe { ovl_SleepConditionVariableCS(&q.variable, &q.section, ms) };
            assert_eq!((woken, last_error()), (FALSE, 1460));
        }
        q.section.leave();
        let lock = 0usize;
        let lock = std::ptr::from_ref(&lock).cast::<SrwLock>();
        // SAFETY: this thread has the lock.
        unsafe {
            ovl_AcquireSRWLockShared(lock);
            assert_eq!(ovl_SleepConditionVariableSRW(&q.variable, lock, 5, 1), FALSE);
            srwlock::release(lock, TRUE);
            ovl_AcquireSRWLockExclusive(lock);
            assert_eq!(ovl_SleepConditionVariableSRW(&q.variable, lock, 5, 0), FALSE);
            ovl_ReleaseSRWLockExclusive(lock);
        }
    }

    #[test]
    fn every_item_finds_its_consumer() {
        const EACH: u32 = 2_000;
        let q = queue();
        let consume = || {
            for _ in 0..EACH {
                q.section.enter();
                while q.items.load(Relaxed) == 0 {
                    // SAFETY: this thread is in the section.
                    assert_eq!(unsafe { ovl_SleepConditionVariableCS(&q.variable, &q.section, 20_000) }, TRUE);
                }
                q.items.fetch_sub(1, Relaxed);
                q.section.leave();
            }
        };
        std::thread::scope(|s| {
            let consumers = [s.spawn(consume), s.spawn(consume)];
            for _ in 0..2 * EACH {
                q.section.enter();
                q.items.fetch_add(1, Relaxed);
                q.section.leave();
                q.variable.wake_one();
            }
            consumers.into_iter().for_each(|c| c.join().unwrap());
        });
        assert_eq!(q.items.load(Relaxed), 0);
    }

    #[test]
    fn all_are_woken() {
        let (q, inside) = (queue(), AtomicU32::new(0));
        std::thread::scope(|s| {
            for _ in 0..3 {
                s.spawn(|| {
                    q.section.enter();
                    inside.fetch_add(1, Relaxed);
                    while q.items.load(Relaxed) == 0 {
                        // SAFETY: this thread is in the section.
                        unsafe { ovl_SleepConditionVariableCS(&q.variable, &q.section, u32::MAX) };
                    }
                    q.section.leave();
                });
            }
            while inside.load(Relaxed) < 3 {
                std::thread::yield_now();
            }
            q.section.enter();
            q.items.store(1, Relaxed);
            q.section.leave();
            q.variable.wake_all();
        });
        q.variable.wake_all();
    }
}
