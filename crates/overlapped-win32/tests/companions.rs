//! Companions together with the rest of the face: a thread that blocks in one of them counts as paused at its completion port, and the
//! C library's threads are threads of the model.

use overlapped_win32::condvar::{ConditionVariable, ovl_SleepConditionVariableCS, ovl_WakeAllConditionVariable};
use overlapped_win32::critical::*;
use overlapped_win32::crt::threads::{ovl__beginthread, ovl__beginthreadex, ovl__endthread, ovl__endthreadex};
use overlapped_win32::handleapi::{ovl_CloseHandle, ovl_GetHandleInformation};
use overlapped_win32::initonce::{InitOnce, ovl_InitOnceBeginInitialize, ovl_InitOnceComplete};
use overlapped_win32::ioapiset::*;
use overlapped_win32::processthreadsapi::ovl_GetExitCodeThread;
use overlapped_win32::srwlock::*;
use overlapped_win32::synchapi::ovl_WaitForSingleObject;
use overlapped_win32::waitonaddress::{ovl_WaitOnAddress, ovl_WakeByAddressAll};
use std::cell::UnsafeCell;
use std::ffi::c_void;
use std::ptr::{null, null_mut};
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::time::{Duration, Instant};

/// A place that C code would have in a global variable.
struct Global<T>(UnsafeCell<T>);

// SAFETY: what is in it is made for several threads.
unsafe impl<T> Sync for Global<T> {}

impl<T> Global<T> {
    fn zeroed() -> Self {
        // SAFETY: the types of this test start as zeros.
        Self(UnsafeCell::new(unsafe { std::mem::zeroed() }))
    }

    fn at(&self) -> *mut T {
        self.0.get()
    }
}

fn new_port() -> usize {
    // One thread at a time.
    ovl_CreateIoCompletionPort(usize::MAX, 0, 0, 1)
}

/// The key of the next packet, if one comes in time.
fn next(port: usize, ms: u32) -> Option<usize> {
    let (mut bytes, mut key, mut overlapped) = (0, 0, 0);
    // SAFETY: all are ours.
    (unsafe { ovl_GetQueuedCompletionStatus(port, &mut bytes, &mut key, &mut overlapped, ms) } != 0).then_some(key)
}

fn post(port: usize, key: usize) {
    ovl_PostQueuedCompletionStatus(port, 0, key, 0);
}

/// A thread takes a packet and then blocks; another must get the next packet before `release` lets the first go on.
fn pauses(block: impl FnOnce() + Send, release: impl FnOnce()) {
    let port = new_port();
    let blocking = AtomicU32::new(0);
    std::thread::scope(|s| {
        let first = s.spawn(|| {
            assert_eq!(next(port, 60_000), Some(1));
            blocking.store(1, SeqCst);
            block();
        });
        post(port, 1);
        while blocking.load(SeqCst) == 0 {
            std::thread::yield_now();
        }
        let second = s.spawn(|| assert_eq!(next(port, 60_000), Some(2), "the blocked thread keeps the only place"));
        post(port, 2);
        second.join().unwrap();
        release();
        first.join().unwrap();
    });
    ovl_CloseHandle(port);
}

#[test]
fn a_thread_that_does_not_block_keeps_its_place() {
    let port = new_port();
    std::thread::scope(|s| {
        post(port, 1);
        assert_eq!(next(port, 60_000), Some(1));
        post(port, 2);
        let second = s.spawn(|| next(port, 50));
        // A join would be found to be blocking.
        while !second.is_finished() {
            std::hint::spin_loop();
        }
        assert_eq!(second.join().unwrap(), None);
    });
    ovl_CloseHandle(port);
}

#[test]
fn a_critical_section_pauses() {
    let section = Global::<CriticalSection>::zeroed();
    // SAFETY: the section outlives the threads.
    unsafe {
        ovl_InitializeCriticalSection(section.at());
        ovl_EnterCriticalSection(section.at());
        let enter = || {
            let section = &section;
            ovl_EnterCriticalSection(section.at());
            ovl_LeaveCriticalSection(section.at());
        };
        pauses(enter, || ovl_LeaveCriticalSection(section.at()));
        ovl_DeleteCriticalSection(section.at());
    }
}

#[test]
fn a_slim_lock_pauses() {
    let lock = Global::<SrwLock>::zeroed();
    // SAFETY: the lock outlives the threads.
    unsafe {
        ovl_AcquireSRWLockExclusive(lock.at());
        let acquire = || {
            let lock = &lock;
            ovl_AcquireSRWLockShared(lock.at());
            ovl_ReleaseSRWLockShared(lock.at());
        };
        pauses(acquire, || ovl_ReleaseSRWLockExclusive(lock.at()));
    }
}

#[test]
fn a_condition_variable_pauses() {
    let (variable, section) = (Global::<ConditionVariable>::zeroed(), Global::<CriticalSection>::zeroed());
    let done = AtomicU32::new(0);
    // SAFETY: both outlive the threads.
    unsafe {
        let wait = || {
            let (variable, section) = (&variable, &section);
            ovl_EnterCriticalSection(section.at());
            while done.load(SeqCst) == 0 {
                assert_eq!(ovl_SleepConditionVariableCS(variable.at(), section.at(), 60_000), 1);
            }
            ovl_LeaveCriticalSection(section.at());
        };
        pauses(wait, || {
            ovl_EnterCriticalSection(section.at());
            done.store(1, SeqCst);
            ovl_LeaveCriticalSection(section.at());
            ovl_WakeAllConditionVariable(variable.at());
        });
    }
}

#[test]
fn an_address_pauses() {
    let value = AtomicU32::new(0);
    let wait = || {
        while value.load(SeqCst) == 0 {
            // SAFETY: two values of four bytes.
            unsafe { ovl_WaitOnAddress(value.as_ptr().cast(), (&raw const ZERO).cast(), 4, u32::MAX) };
        }
    };
    static ZERO: u32 = 0;
    pauses(wait, || {
        value.store(1, SeqCst);
        ovl_WakeByAddressAll(value.as_ptr().cast());
    });
}

#[test]
fn one_time_initialisation_pauses() {
    let once = Global::<InitOnce>::zeroed();
    let mut pending = 0;
    // SAFETY: it outlives the threads.
    unsafe {
        assert_eq!(ovl_InitOnceBeginInitialize(once.at(), 0, &mut pending, null_mut()), 1);
        let wait = || {
            let (once, mut pending, mut context) = (&once, 7, null_mut());
            assert_eq!(ovl_InitOnceBeginInitialize(once.at(), 0, &mut pending, &mut context), 1);
            assert_eq!((pending, context as usize), (0, 32));
        };
        pauses(wait, || assert_eq!(ovl_InitOnceComplete(once.at(), 0, 32 as *mut c_void), 1));
    }
}

unsafe extern "C-unwind" fn returns(argument: *mut c_void) -> u32 {
    argument as u32 + 1
}

unsafe extern "C-unwind" fn ends(argument: *mut c_void) -> u32 {
    ovl__endthreadex(argument as u32)
}

#[test]
fn threads_of_the_c_library_have_exit_codes() {
    for (start, expected) in [(returns as unsafe extern "C-unwind" fn(*mut c_void) -> u32, 42), (ends, 41)] {
        let (mut id, mut code) = (0, 0);
        // SAFETY: the functions take a number.
        unsafe {
            let thread = ovl__beginthreadex(null(), 0, Some(start), 41 as *mut c_void, 0, &mut id);
            assert!(thread != 0 && id != 0);
            assert_eq!(ovl_WaitForSingleObject(thread, 60_000), 0);
            assert_eq!((ovl_GetExitCodeThread(thread, &mut code), code), (1, expected));
            ovl_CloseHandle(thread);
        }
    }
    // SAFETY: NULL is refused.
    assert_eq!(unsafe { ovl__beginthreadex(null(), 0, None, null_mut(), 0, null_mut()) }, 0);
}

static RAN: AtomicU32 = AtomicU32::new(0);

unsafe extern "C-unwind" fn counts(argument: *mut c_void) {
    RAN.fetch_add(1, SeqCst);
    if !argument.is_null() {
        ovl__endthread();
    }
}

#[test]
fn a_thread_of_beginthread_closes_its_handle() {
    for (round, argument) in [null_mut(), std::ptr::dangling_mut::<c_void>()].into_iter().enumerate() {
        // SAFETY: the function takes a number.
        let thread = unsafe { ovl__beginthread(Some(counts), 0, argument) };
        assert_ne!(thread, usize::MAX);
        let (mut flags, end) = (0, Instant::now() + Duration::from_secs(60));
        // SAFETY: it is ours.
        while unsafe { ovl_GetHandleInformation(thread, &mut flags) } != 0 {
            assert!(Instant::now() < end, "the handle is open still");
            std::thread::sleep(Duration::from_millis(5));
        }
        assert_eq!(RAN.load(SeqCst), round as u32 + 1);
    }
}
