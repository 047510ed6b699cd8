//! Critical sections (`synchapi.h`): recursive locks of one process, over the mutex of `parking_lot`.
//!
//! The structure keeps the fields of Windows where programs look at them (`DebugInfo` not NULL once initialised,
//! `RecursionCount`, `OwningThread`). One filled with zeros works as well, as an initialised one. A thread that blocks here
//! counts as paused at its completion port (contract 00 section 0.6).

use crate::support::{Bool, TRUE};
use overlapped_kernel::port::blocking;
use parking_lot::RawMutex;
use parking_lot::lock_api::RawMutex as _;
use std::cell::Cell;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering::Relaxed};

/// CRITICAL_SECTION, 40 bytes.
#[repr(C)]
pub struct CriticalSection {
    /// `DebugInfo`.
    debug_info: AtomicUsize,
    /// `LockCount`, whose first byte is the lock.
    lock: RawMutex,
    _lock_rest: [u8; 3],
    /// `RecursionCount`.
    recursion: AtomicU32,
    /// `OwningThread`: the id of the thread that is inside.
    owner: AtomicUsize,
    /// `LockSemaphore`.
    _semaphore: usize,
    /// `SpinCount`.
    spin_count: AtomicUsize,
}

const _: () = assert!(size_of::<CriticalSection>() == 40 && std::mem::offset_of!(CriticalSection, owner) == 16);

/// Looks at a lock that is held so often before it blocks.
const LOOKS: u32 = 50;

overlapped_kernel::static_tls! { fn id: Cell<u32> = "thread_id" }

/// The id of the calling thread, as GetCurrentThreadId gives it, without a system call after the first.
#[must_use]
pub fn thread_id() -> u32 {
    id(|id| {
        if id.get() == 0 {
            id.set(rustix::thread::gettid().as_raw_nonzero().get() as u32);
        }
        id.get()
    })
}

impl CriticalSection {
    fn new(spin_count: u32) -> Self {
        Self {
            debug_info: AtomicUsize::new(usize::MAX),
            lock: RawMutex::INIT,
            _lock_rest: [0; 3],
            recursion: AtomicU32::new(0),
            owner: AtomicUsize::new(0),
            _semaphore: 0,
            spin_count: AtomicUsize::new(spin_count as usize),
        }
    }

    fn mine(&self, me: usize) -> bool {
        // Only this thread can have written its own id, so there is nothing to race with.
        self.owner.load(Relaxed) == me
    }

    fn took(&self, me: usize) {
        self.owner.store(me, Relaxed);
        self.recursion.store(1, Relaxed);
    }

    /// EnterCriticalSection.
    pub fn enter(&self) {
        let me = thread_id() as usize;
        if self.mine(me) {
            self.recursion.fetch_add(1, Relaxed);
            return;
        }
        if !self.lock.try_lock() && !self.spin() {
            blocking(|| self.lock.lock());
        }
        self.took(me);
    }

    fn spin(&self) -> bool {
        (0..LOOKS).any(|_| {
            std::hint::spin_loop();
            self.lock.try_lock()
        })
    }

    /// TryEnterCriticalSection.
    pub fn try_enter(&self) -> bool {
        let me = thread_id() as usize;
        if self.mine(me) {
            self.recursion.fetch_add(1, Relaxed);
            return true;
        }
        let free = self.lock.try_lock();
        if free {
            self.took(me);
        }
        free
    }

    /// LeaveCriticalSection. Leaving a section that the thread is not in, which destroys it on Windows, does nothing.
    pub fn leave(&self) {
        if !self.mine(thread_id() as usize) {
            tracing::warn!("a thread leaves a critical section that it has not entered");
            return;
        }
        if self.recursion.fetch_sub(1, Relaxed) == 1 {
            self.owner.store(0, Relaxed);
            // SAFETY: this thread has the lock, as `owner` says.
            unsafe { self.lock.unlock() };
        }
    }
}

/// InitializeCriticalSection.
///
/// # Safety
/// `section` is writable; nobody uses it yet.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_InitializeCriticalSection(section: *mut CriticalSection) {
    // SAFETY: the caller vouches for it.
    unsafe { section.write(CriticalSection::new(0)) };
}

/// InitializeCriticalSectionAndSpinCount.
///
/// # Safety
/// As for [`ovl_InitializeCriticalSection`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_InitializeCriticalSectionAndSpinCount(
    section: *mut CriticalSection,
    spin_count: u32,
) -> Bool {
    // SAFETY: the caller vouches for it.
    unsafe { section.write(CriticalSection::new(spin_count & 0x00FF_FFFF)) };
    TRUE
}

/// InitializeCriticalSectionEx; the flags concern debugging information that is not kept here.
///
/// # Safety
/// As for [`ovl_InitializeCriticalSection`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_InitializeCriticalSectionEx(
    section: *mut CriticalSection,
    spin_count: u32,
    _flags: u32,
) -> Bool {
    // SAFETY: the caller vouches for it.
    unsafe { ovl_InitializeCriticalSectionAndSpinCount(section, spin_count) }
}

/// SetCriticalSectionSpinCount: the former count. It is kept and means nothing: how long to spin is decided here.
///
/// # Safety
/// `section` is an initialised critical section.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_SetCriticalSectionSpinCount(section: *const CriticalSection, spin_count: u32) -> u32 {
    // SAFETY: the caller vouches for it.
    unsafe { &*section }.spin_count.swap((spin_count & 0x00FF_FFFF) as usize, Relaxed) as u32
}

/// EnterCriticalSection.
///
/// # Safety
/// `section` is an initialised critical section that stays where it is.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_EnterCriticalSection(section: *const CriticalSection) {
    // SAFETY: the caller vouches for it.
    unsafe { &*section }.enter();
}

/// TryEnterCriticalSection.
///
/// # Safety
/// As for [`ovl_EnterCriticalSection`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_TryEnterCriticalSection(section: *const CriticalSection) -> Bool {
    // SAFETY: the caller vouches for it.
    Bool::from(unsafe { &*section }.try_enter())
}

/// LeaveCriticalSection.
///
/// # Safety
/// As for [`ovl_EnterCriticalSection`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_LeaveCriticalSection(section: *const CriticalSection) {
    // SAFETY: the caller vouches for it.
    unsafe { &*section }.leave();
}

/// DeleteCriticalSection.
///
/// # Safety
/// `section` is an initialised critical section that nobody is in or uses again without initialising it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_DeleteCriticalSection(section: *mut CriticalSection) {
    // SAFETY: the caller vouches for it; zeros are a valid section.
    unsafe { section.write_bytes(0, 1) };
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicBool;

    #[test]
    fn a_thread_may_enter_again() {
        let section = CriticalSection::new(4000);
        section.enter();
        assert!(section.try_enter());
        assert_eq!(section.recursion.load(Relaxed), 2);
        section.leave();
        std::thread::scope(|s| assert!(!s.spawn(|| section.try_enter()).join().unwrap()));
        section.leave();
        assert_eq!(section.owner.load(Relaxed), 0);
        std::thread::scope(|s| {
            s.spawn(|| {
                assert!(section.try_enter());
                section.leave();
            });
        });
    }

    #[test]
    fn zeros_are_a_section() {
        // SAFETY: all fields may be zero, as the page says.
        let section: CriticalSection = unsafe { std::mem::zeroed() };
        section.enter();
        section.leave();
    }

    #[test]
    fn leaving_what_was_not_entered_changes_nothing() {
        let section = CriticalSection::new(0);
        section.enter();
        std::thread::scope(|s| {
            s.spawn(|| section.leave());
        });
        assert!(section.mine(thread_id() as usize));
        section.leave();
        section.leave();
        assert!(section.try_enter());
    }

    #[test]
    fn one_thread_at_a_time() {
        let (section, inside) = (CriticalSection::new(0), AtomicBool::new(false));
        let mut total = 0u32;
        let count = std::ptr::from_mut(&mut total) as usize;
        std::thread::scope(|s| {
            for _ in 0..4 {
                s.spawn(|| {
                    for _ in 0..5_000 {
                        section.enter();
                        assert!(!inside.swap(true, Relaxed));
                        // SAFETY: only one thread is here, which is what the test is about.
                        unsafe { *(count as *mut u32) += 1 };
                        inside.store(false, Relaxed);
                        section.leave();
                    }
                });
            }
        });
        assert_eq!(total, 20_000);
    }

    #[test]
    fn the_functions_keep_the_fields() {
        let mut section = std::mem::MaybeUninit::uninit();
        // SAFETY: initialised before it is used.
        unsafe {
            assert_eq!(ovl_InitializeCriticalSectionAndSpinCount(section.as_mut_ptr(), 0x8000_0400), TRUE);
            let section = section.assume_init_mut();
            assert_ne!(section.debug_info.load(Relaxed), 0);
            assert_eq!(ovl_SetCriticalSectionSpinCount(section, 7), 0x400);
            ovl_EnterCriticalSection(section);
            assert_eq!(section.owner.load(Relaxed), thread_id() as usize);
            ovl_LeaveCriticalSection(section);
            ovl_DeleteCriticalSection(section);
        }
    }
}
