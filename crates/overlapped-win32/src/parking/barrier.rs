//! Synchronization barriers (`synchapi.h`): threads wait for each other, again and again.
//!
//! A phase ends when the last thread comes. Its number is what the others watch, first spinning and then asleep. How many threads are
//! inside is counted apart, so that whoever deletes the barrier right after a phase waits for those that have not left yet.

use super::{park, wake_all};
use crate::support::{Bool, FALSE, TRUE, fail, guard};
use overlapped_abi::Win32Error;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering::*};

/// SYNCHRONIZATION_BARRIER, 32 bytes.
#[repr(C)]
pub struct Barrier {
    total: u32,
    /// Looks before a thread sleeps.
    spins: u32,
    /// Threads that this phase waits for.
    left: AtomicUsize,
    phase: AtomicUsize,
    inside: AtomicU32,
    _reserved: u32,
}

const _: () = assert!(size_of::<Barrier>() == 32);

const FLAG_SPIN_ONLY: u32 = 1;
const FLAG_BLOCK_ONLY: u32 = 2;
/// Nobody will delete the barrier; that is cheap enough to ignore.
const FLAG_NO_DELETE: u32 = 4;
/// Looks, where the program does not say.
const SPINS: u32 = 2000;
/// After so many looks the processor is offered to others.
const PATIENCE: u32 = 64;

impl Barrier {
    fn wait(&self, phase: usize, flags: u32) {
        let waits = || self.phase.load(Acquire) == phase;
        let mut looks = 0;
        while waits() && flags & FLAG_BLOCK_ONLY == 0 && (flags & FLAG_SPIN_ONLY != 0 || looks < self.spins) {
            looks = looks.saturating_add(1);
            if looks.is_multiple_of(PATIENCE) { std::thread::yield_now() } else { std::hint::spin_loop() }
        }
        while waits() {
            park(std::ptr::from_ref(self) as usize, None, waits, || {});
        }
    }

    /// True for one thread of a phase: the last.
    fn enter(&self, flags: u32) -> bool {
        self.inside.fetch_add(1, AcqRel);
        // It cannot change before this thread has come.
        let phase = self.phase.load(Acquire);
        let last = self.left.fetch_sub(1, AcqRel) == 1;
        if last {
            self.left.store(self.total as usize, Release);
            self.phase.store(phase.wrapping_add(1), Release);
            wake_all(std::ptr::from_ref(self) as usize);
        } else {
            self.wait(phase, flags);
        }
        self.inside.fetch_sub(1, Release);
        last
    }
}

/// InitializeSynchronizationBarrier: 87 for less than one thread, or less than -1 looks (which is the default).
///
/// # Safety
/// `barrier` is writable; nobody uses it yet.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_InitializeSynchronizationBarrier(barrier: *mut Barrier, total: i32, spins: i32) -> Bool {
    if barrier.is_null() || total < 1 || spins < -1 {
        return fail(Win32Error::INVALID_PARAMETER, FALSE);
    }
    let total = total.unsigned_abs();
    let new = Barrier {
        total,
        spins: u32::try_from(spins).unwrap_or(SPINS),
        left: AtomicUsize::new(total as usize),
        phase: AtomicUsize::new(0),
        inside: AtomicU32::new(0),
        _reserved: 0,
    };
    // SAFETY: not NULL, and the caller vouches for it.
    unsafe { barrier.write(new) };
    TRUE
}

/// EnterSynchronizationBarrier: waits until all threads have come; TRUE for one of them.
///
/// # Safety
/// `barrier` is initialised and stays where it is.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_EnterSynchronizationBarrier(barrier: *const Barrier, flags: u32) -> Bool {
    debug_assert!(flags & !(FLAG_SPIN_ONLY | FLAG_BLOCK_ONLY | FLAG_NO_DELETE) == 0);
    // SAFETY: the caller vouches for it.
    guard(FALSE, || Bool::from(unsafe { &*barrier }.enter(flags)))
}

/// DeleteSynchronizationBarrier: waits for threads that have been let go and are on their way out.
///
/// # Safety
/// As for [`ovl_EnterSynchronizationBarrier`]; nobody enters it any more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_DeleteSynchronizationBarrier(barrier: *const Barrier) -> Bool {
    // SAFETY: the caller vouches for it.
    let barrier = unsafe { &*barrier };
    while barrier.inside.load(Acquire) != 0 {
        std::thread::yield_now();
    }
    TRUE
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::mem::MaybeUninit;

    #[test]
    fn each_phase_waits_for_everybody_and_one_thread_is_told() {
        for flags in [0, FLAG_SPIN_ONLY, FLAG_BLOCK_ONLY, FLAG_NO_DELETE] {
            let mut place = MaybeUninit::uninit();
            // SAFETY: writable, and ours.
            assert_eq!(unsafe { ovl_InitializeSynchronizationBarrier(place.as_mut_ptr(), 3, -1) }, TRUE);
            // SAFETY: written above.
            let barrier: &Barrier = unsafe { place.assume_init_ref() };
            let (came, told) = (AtomicU32::new(0), AtomicU32::new(0));
            std::thread::scope(|s| {
                for _ in 0..3 {
                    s.spawn(|| {
                        for phase in 1..=50 {
                            came.fetch_add(1, SeqCst);
                            // SAFETY: initialised, and it stays.
                            told.fetch_add(unsafe { ovl_EnterSynchronizationBarrier(barrier, flags) } as u32, SeqCst);
                            assert!(came.load(SeqCst) >= 3 * phase);
                        }
                    });
                }
            });
            assert_eq!((came.into_inner(), told.into_inner()), (150, 50));
            // SAFETY: nobody is inside.
            assert_eq!(unsafe { ovl_DeleteSynchronizationBarrier(barrier) }, TRUE);
        }
    }

    #[test]
    fn a_barrier_is_for_at_least_one_thread() {
        let mut place = MaybeUninit::uninit();
        for (total, spins) in [(0, -1), (-1, 0), (1, -2)] {
            // SAFETY: writable, and ours.
            assert_eq!(unsafe { ovl_InitializeSynchronizationBarrier(place.as_mut_ptr(), total, spins) }, FALSE);
            assert_eq!(crate::support::last_error(), 87);
        }
    }
}
