//! Threads that are stopped, ended, weighed and timed by others.

use overlapped_abi::FileTime;
use overlapped_win32::errhandlingapi::ovl_GetLastError;
use overlapped_win32::handleapi::ovl_CloseHandle;
use overlapped_win32::ioapiset::{ovl_CreateIoCompletionPort, ovl_GetQueuedCompletionStatus};
use overlapped_win32::processthreadsapi::*;
use overlapped_win32::processtimes::*;
use overlapped_win32::synchapi::*;
use overlapped_win32::threadcontrol::*;
use std::ffi::c_void;
use std::ptr::{null, null_mut};
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::time::{Duration, Instant};

const LIMIT: u32 = 60_000;
const FOREVER: u32 = u32::MAX;

fn start(function: unsafe extern "C-unwind" fn(*mut c_void) -> u32, argument: *const AtomicU32, flags: u32) -> usize {
    // SAFETY: the tests keep the argument until the thread has ended, or for ever.
    let thread = unsafe { ovl_CreateThread(null(), 0, Some(function), argument.cast_mut().cast(), flags, null_mut()) };
    assert_ne!(thread, 0);
    thread
}

fn ends_with(thread: usize, code: u32) {
    assert_eq!(ovl_WaitForSingleObject(thread, LIMIT), 0, "the thread has not ended");
    let mut found = 0;
    // SAFETY: our own place.
    assert_eq!(unsafe { ovl_GetExitCodeThread(thread, &mut found) }, 1);
    assert_eq!(found, code);
    assert_eq!(ovl_CloseHandle(thread), 1);
}

fn until(what: &str, reached: impl Fn() -> bool) {
    let start = Instant::now();
    while !reached() {
        assert!(start.elapsed() < Duration::from_secs(60), "{what}");
        std::thread::sleep(Duration::from_millis(1));
    }
}

fn counter() -> &'static AtomicU32 {
    Box::leak(Box::new(AtomicU32::new(0)))
}

/// Counts, with a call of the library in each round, until it finds a very large number.
unsafe extern "C-unwind" fn counts(count: *mut c_void) -> u32 {
    // SAFETY: see `counter`.
    let count = unsafe { &*count.cast::<AtomicU32>() };
    while count.fetch_add(1, SeqCst) < u32::MAX / 2 {
        ovl_Sleep(1);
    }
    1
}

/// Says 1 and waits for what never comes.
unsafe extern "C-unwind" fn waits(count: *mut c_void) -> u32 {
    // SAFETY: see `counter`.
    let count = unsafe { &*count.cast::<AtomicU32>() };
    // SAFETY: NULL arguments.
    let event = unsafe { ovl_CreateEventA(null(), 1, 0, null()) };
    count.store(1, SeqCst);
    ovl_WaitForSingleObject(event, FOREVER);
    count.store(2, SeqCst);
    1
}

unsafe extern "C-unwind" fn waits_at_a_port(count: *mut c_void) -> u32 {
    // SAFETY: see `counter`.
    let count = unsafe { &*count.cast::<AtomicU32>() };
    let port = ovl_CreateIoCompletionPort(usize::MAX, 0, 0, 1);
    let (mut bytes, mut key, mut overlapped) = (0, 0, 0);
    count.store(1, SeqCst);
    // SAFETY: all are ours.
    unsafe { ovl_GetQueuedCompletionStatus(port, &mut bytes, &mut key, &mut overlapped, FOREVER) };
    count.store(2, SeqCst);
    1
}

unsafe extern "C-unwind" fn owns_a_mutex(mutex: *mut c_void) -> u32 {
    // SAFETY: see `counter`.
    let place = unsafe { &*mutex.cast::<AtomicU32>() };
    ovl_WaitForSingleObject(place.load(SeqCst) as usize, FOREVER);
    place.store(0, SeqCst);
    ovl_Sleep(FOREVER);
    1
}

#[test]
fn a_suspended_thread_stops_and_goes_on() {
    let count = counter();
    let thread = start(counts, count, 0);
    until("it counts", || count.load(SeqCst) > 3);
    assert_eq!(ovl_SuspendThread(thread), 0);
    assert_eq!(ovl_SuspendThread(thread), 1, "suspensions are counted");
    // It stops at the end of the call that it is in, or of the next one.
    let stopping = count.load(SeqCst);
    std::thread::sleep(Duration::from_millis(300));
    let stopped = count.load(SeqCst);
    assert!(stopped <= stopping + 1, "{} rounds after it was suspended", stopped - stopping);
    assert_eq!((ovl_ResumeThread(thread), ovl_ResumeThread(thread)), (2, 1));
    until("it goes on", || count.load(SeqCst) > stopping + 1);
    assert_eq!(ovl_ResumeThread(thread), 0, "one that is not suspended");
    assert_eq!(ovl_ResumeThread(ovl_GetCurrentThread()), 0, "nor is one that CreateThread has not made");
    count.store(u32::MAX / 2, SeqCst);
    ends_with(thread, 1);
}

#[test]
fn a_thread_can_be_suspended_no_more_than_127_times() {
    let count = counter();
    let thread = start(counts, count, 4);
    for before in 1..127 {
        assert_eq!(ovl_SuspendThread(thread), before);
    }
    assert_eq!((ovl_SuspendThread(thread), ovl_GetLastError()), (u32::MAX, 156));
    for before in (1..=127).rev() {
        assert_eq!(ovl_ResumeThread(thread), before);
    }
    count.store(u32::MAX / 2, SeqCst);
    ends_with(thread, 1);
}

#[test]
fn a_terminated_thread_ends_wherever_it_waits() {
    for function in [waits as unsafe extern "C-unwind" fn(*mut c_void) -> u32, waits_at_a_port] {
        let count = counter();
        let thread = start(function, count, 0);
        until("it waits", || count.load(SeqCst) == 1);
        assert_eq!(ovl_TerminateThread(thread, 77), 1);
        ends_with(thread, 77);
        assert_eq!(count.load(SeqCst), 1, "it ran no further");
    }
}

#[test]
fn a_thread_that_calls_is_terminated_at_its_next_call() {
    let count = counter();
    let thread = start(counts, count, 0);
    until("it counts", || count.load(SeqCst) > 3);
    assert_eq!(ovl_TerminateThread(thread, 5), 1);
    ends_with(thread, 5);
}

#[test]
fn a_suspended_thread_can_be_terminated() {
    let count = counter();
    let thread = start(counts, count, 4);
    assert_eq!(ovl_TerminateThread(thread, 6), 1);
    ends_with(thread, 6);
    assert_eq!(count.load(SeqCst), 0, "it never began");
}

#[test]
fn a_terminated_thread_abandons_its_mutexes() {
    // SAFETY: NULL arguments.
    let mutex = unsafe { ovl_CreateMutexA(null(), 0, null()) };
    let place = counter();
    place.store(mutex as u32, SeqCst);
    let thread = start(owns_a_mutex, place, 0);
    until("it owns the mutex", || place.load(SeqCst) == 0);
    assert_eq!(ovl_TerminateThread(thread, 0), 1);
    ends_with(thread, 0);
    assert_eq!(ovl_WaitForSingleObject(mutex, LIMIT), 0x80, "abandoned");
    assert_eq!((ovl_ReleaseMutex(mutex), ovl_CloseHandle(mutex)), (1, 1));
}

#[test]
fn a_thread_that_has_ended_cannot_be_terminated() {
    let count = counter();
    count.store(u32::MAX / 2, SeqCst);
    let thread = start(counts, count, 0);
    assert_eq!(ovl_WaitForSingleObject(thread, LIMIT), 0);
    assert_eq!((ovl_TerminateThread(thread, 9), ovl_GetLastError()), (0, 5));
    ends_with(thread, 1);
}

#[test]
fn priorities_are_remembered() {
    let count = counter();
    let thread = start(counts, count, 4);
    assert_eq!(ovl_GetThreadPriority(thread), 0);
    for priority in [-15, -2, -1, 0, 1, 2, 15] {
        assert_eq!((ovl_SetThreadPriority(thread, priority), ovl_GetThreadPriority(thread)), (1, priority));
    }
    assert_eq!((ovl_SetThreadPriority(thread, 7), ovl_GetLastError()), (0, 87));
    assert_eq!((ovl_GetThreadPriority(0x7FFF_FFF0), ovl_GetLastError()), (0x7FFF_FFFF, 6));
    assert_eq!(ovl_TerminateThread(thread, 0), 1);
    ends_with(thread, 0);
}

#[test]
fn a_thread_keeps_to_its_processors() {
    let me = ovl_GetCurrentThread();
    let (mut mine, mut all) = (0, 0);
    // SAFETY: our own places.
    let asked = unsafe { overlapped_win32::processes::ovl_GetProcessAffinityMask(usize::MAX, &mut mine, &mut all) };
    assert_eq!(asked, 1);
    let lowest = mine & mine.wrapping_neg();
    let before = ovl_SetThreadAffinityMask(me, lowest);
    assert_ne!(before, 0);
    assert_eq!(ovl_SetThreadAffinityMask(me, before), lowest);
    assert_eq!((ovl_SetThreadAffinityMask(me, 0), ovl_GetLastError()), (0, 87));
    assert_eq!(ovl_SetThreadIdealProcessor(me, 0), 0);
    assert_eq!((ovl_SetThreadIdealProcessor(me, 65), ovl_GetLastError()), (u32::MAX, 87));
}

#[test]
fn a_description_is_the_name_that_linux_shows() {
    std::thread::spawn(|| {
        let text: Vec<u16> = "worker number one of many\0".encode_utf16().collect();
        // SAFETY: the text ends with a zero.
        assert_eq!(unsafe { ovl_SetThreadDescription(ovl_GetCurrentThread(), text.as_ptr()) }, 0);
        let shown = std::fs::read_to_string("/proc/thread-self/comm").unwrap();
        assert_eq!(shown.trim(), "worker number o");
        assert_eq!(ovl_GetProcessIdOfThread(ovl_GetCurrentThread()), std::process::id());
    })
    .join()
    .unwrap();
}

fn number(time: FileTime) -> u64 {
    u64::from(time.high) << 32 | u64::from(time.low)
}

/// Created, ended, kernel and user.
fn times(thread: usize) -> [u64; 4] {
    let mut times = [FileTime::default(); 4];
    let [created, ended, kernel, user] = &mut times;
    // SAFETY: our own places.
    assert_eq!(unsafe { ovl_GetThreadTimes(thread, created, ended, kernel, user) }, 1);
    times.map(number)
}

#[test]
fn times_of_a_thread_grow_and_stay_after_its_end() {
    unsafe extern "C-unwind" fn works(stop: *mut c_void) -> u32 {
        // SAFETY: see `counter`.
        let stop = unsafe { &*stop.cast::<AtomicU32>() };
        while stop.load(SeqCst) == 0 {
            std::hint::spin_loop();
        }
        0
    }
    let stop = counter();
    let thread = start(works, stop, 0);
    // 20 ms of work, in units of 100 ns, however busy the machine is.
    until("it has worked", || times(thread)[3] > 200_000);
    let [created, ended, ..] = times(thread);
    assert!(created > 0 && ended == 0);
    stop.store(1, SeqCst);
    assert_eq!(ovl_WaitForSingleObject(thread, LIMIT), 0);
    let [started, ended, kernel, user] = times(thread);
    assert!(ended >= started && kernel + user > 150_000, "{started} {ended} {kernel} {user}");
    // The creation time of a running thread is known to a tick of Linux.
    assert!(started.abs_diff(created) < 10_000_000, "{started} {created}");
    assert_eq!(ovl_CloseHandle(thread), 1);
}

#[test]
fn times_of_the_process_and_the_machine() {
    let mut times = [FileTime::default(); 4];
    let [created, ended, kernel, user] = &mut times;
    // SAFETY: our own places.
    assert_eq!(unsafe { ovl_GetProcessTimes(usize::MAX, created, ended, kernel, user) }, 1);
    let [created, ended, kernel, user] = times.map(number);
    assert!(created > 0 && ended == 0 && kernel + user > 0);
    let mut times = [FileTime::default(); 3];
    let [idle, kernel, user] = &mut times;
    // SAFETY: our own places.
    assert_eq!(unsafe { ovl_GetSystemTimes(idle, kernel, user) }, 1);
    let [idle, kernel, user] = times.map(number);
    assert!(kernel >= idle && user > 0, "the kernel's time includes the idle time");
    // SAFETY: NULL is allowed.
    assert_eq!(unsafe { ovl_GetSystemTimes(null_mut(), null_mut(), null_mut()) }, 1);
}
