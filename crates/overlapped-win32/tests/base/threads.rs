//! Registers of threads that are stopped, and what threads are asked and told.

use overlapped_win32::context::Context;
use overlapped_win32::errhandlingapi::ovl_GetLastError;
use overlapped_win32::handleapi::ovl_CloseHandle;
use overlapped_win32::processthreadsapi::*;
use overlapped_win32::synchapi::*;
use overlapped_win32::threadcontrol::*;
use overlapped_win32::threadinfo::*;
use std::ffi::c_void;
use std::ptr::{null, null_mut};
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering::SeqCst};
use std::time::{Duration, Instant};

const LIMIT: u32 = 60_000;
const CREATE_SUSPENDED: u32 = 4;
/// CONTEXT_FULL.
const FULL: u32 = if cfg!(target_arch = "x86_64") { 0x10_000B } else { 0x40_0007 };

fn error<T>(answer: T) -> (T, u32) {
    (answer, ovl_GetLastError())
}

fn start(function: unsafe extern "C-unwind" fn(*mut c_void) -> u32, argument: usize, flags: u32) -> usize {
    // SAFETY: the functions of this file take what they are given here.
    let thread = unsafe { ovl_CreateThread(null(), 0, Some(function), argument as *mut c_void, flags, null_mut()) };
    assert_ne!(thread, 0);
    thread
}

fn ends_with(thread: usize, code: u32) {
    assert_eq!(ovl_WaitForSingleObject(thread, LIMIT), 0, "the thread has not ended");
    let mut found = 0;
    // SAFETY: our own place.
    assert_eq!(unsafe { ovl_GetExitCodeThread(thread, &mut found) }, 1);
    assert_eq!((found, ovl_CloseHandle(thread)), (code, 1));
}

fn context(flags: u32) -> Context {
    Context { flags, ..Context::NONE }
}

fn stack(context: &Context) -> usize {
    #[cfg(target_arch = "x86_64")]
    return context.general[4] as usize;
    #[cfg(target_arch = "aarch64")]
    return context.sp as usize;
}

unsafe extern "C-unwind" fn returns(argument: *mut c_void) -> u32 {
    argument as usize as u32
}

unsafe extern "C-unwind" fn returns_more(argument: *mut c_void) -> u32 {
    argument as usize as u32 + 1000
}

#[test]
fn a_new_thread_has_its_function_and_argument_in_registers_and_takes_others() {
    let thread = start(returns, 5, CREATE_SUSPENDED);
    let mut found = context(FULL);
    // SAFETY: a structure of ours; the thread starts with a function and what it takes.
    unsafe {
        assert_eq!(ovl_GetThreadContext(thread, &mut found), 1, "{}", ovl_GetLastError());
        assert_eq!(found.arguments(), [returns as *const () as usize, 5]);
        found.set_arguments([returns_more as *const () as usize, 6]);
        assert_eq!(ovl_SetThreadContext(thread, &found), 1);
    }
    assert_eq!(ovl_ResumeThread(thread), 1);
    ends_with(thread, 1006);
}

static ROUNDS: AtomicU32 = AtomicU32::new(0);
static PLACE: AtomicUsize = AtomicUsize::new(0);

/// Calls the library in a circle until it is told to end.
unsafe extern "C-unwind" fn circles(flag: *mut c_void) -> u32 {
    // SAFETY: see the test.
    let flag = unsafe { &*flag.cast::<AtomicU32>() };
    let local = 0u8;
    PLACE.store(std::ptr::from_ref(&local) as usize, SeqCst);
    while flag.load(SeqCst) == 0 {
        ROUNDS.fetch_add(1, SeqCst);
        ovl_Sleep(0);
    }
    7
}

#[test]
fn a_stopped_thread_shows_where_it_is_and_goes_on_as_it_was() {
    let flag: &AtomicU32 = Box::leak(Box::new(AtomicU32::new(0)));
    let thread = start(circles, std::ptr::from_ref(flag) as usize, 0);
    let begun = Instant::now();
    while ROUNDS.load(SeqCst) < 3 {
        assert!(begun.elapsed() < Duration::from_secs(60));
        std::thread::yield_now();
    }
    // SAFETY: structures of ours; what is set is what the thread had.
    unsafe {
        for _ in 0..20 {
            assert_eq!(ovl_SuspendThread(thread), 0);
            let mut found = context(FULL);
            assert_eq!(ovl_GetThreadContext(thread, &mut found), 1, "{}", ovl_GetLastError());
            let distance = PLACE.load(SeqCst).wrapping_sub(stack(&found));
            assert!(distance < 1 << 20, "{distance:x}");
            assert_ne!(found.instruction(), 0);
            // The same again: it goes on as if nothing had been.
            assert_eq!(ovl_SetThreadContext(thread, &found), 1, "{}", ovl_GetLastError());
            assert_eq!(ovl_ResumeThread(thread), 1);
            let (rounds, begun) = (ROUNDS.load(SeqCst), Instant::now());
            while ROUNDS.load(SeqCst) == rounds {
                assert!(begun.elapsed() < Duration::from_secs(60), "the thread does not go on");
                std::thread::yield_now();
            }
        }
        // Only what is asked for is told.
        let mut control = context(FULL & !0xE);
        assert_eq!(ovl_GetThreadContext(thread, &mut control), 1);
        assert_ne!(control.instruction(), 0);
        #[cfg(target_arch = "x86_64")]
        assert_eq!((control.general[1], control.general[3], control.floating == [0; 512]), (0, 0, true));
    }
    flag.store(1, SeqCst);
    ends_with(thread, 7);
}

/// Never comes here by itself: the test leads the thread here from a wait for nothing.
extern "C" fn elsewhere() -> ! {
    ovl_ExitThread(4321)
}

unsafe extern "C-unwind" fn sleeps(flag: *mut c_void) -> u32 {
    // SAFETY: see the test.
    let flag = unsafe { &*flag.cast::<AtomicU32>() };
    flag.store(1, SeqCst);
    loop {
        ovl_Sleep(1);
    }
}

#[test]
fn a_thread_is_led_elsewhere() {
    let flag: &AtomicU32 = Box::leak(Box::new(AtomicU32::new(0)));
    let thread = start(sleeps, std::ptr::from_ref(flag) as usize, 0);
    let begun = Instant::now();
    while flag.load(SeqCst) == 0 {
        assert!(begun.elapsed() < Duration::from_secs(60));
        std::thread::yield_now();
    }
    assert_eq!(ovl_SuspendThread(thread), 0);
    let mut found = context(FULL);
    let begun = Instant::now();
    // SAFETY: a structure of ours, and a function that ends the thread, on a stack that is aligned as at its beginning.
    unsafe {
        loop {
            assert_eq!(ovl_GetThreadContext(thread, &mut found), 1);
            found.set_instruction(elsewhere as *const () as usize);
            let aligned = (stack(&found) - 4096) & !15;
            found.set_stack(if cfg!(target_arch = "x86_64") { aligned - 8 } else { aligned });
            match error(ovl_SetThreadContext(thread, &found)) {
                (1, _) => break,
                // It sleeps in Linux, a millisecond at a time.
                (0, 170) if begun.elapsed() < Duration::from_secs(60) => std::thread::yield_now(),
                other => panic!("{other:?}"),
            }
        }
    }
    assert_eq!(ovl_ResumeThread(thread), 1);
    ends_with(thread, 4321);
}

#[test]
fn who_may_not_or_cannot_see_registers() {
    let thread = start(returns, 1, CREATE_SUSPENDED);
    let mut found = context(FULL);
    // SAFETY: a structure of ours.
    unsafe {
        let look = ovl_OpenThread(0x40, 0, ovl_GetThreadId(thread));
        assert_eq!(error(ovl_GetThreadContext(look, &mut found)), (0, 5));
        assert_eq!(error(ovl_SetThreadContext(look, &found)), (0, 5));
        assert_eq!(error(ovl_GetThreadContext(thread, null_mut())), (0, 998));
        assert_eq!(error(ovl_GetThreadContext(4711 * 4, &mut found)), (0, 6));
        assert_eq!(ovl_CloseHandle(look), 1);
        // The calling thread.
        assert_eq!(ovl_GetThreadContext(ovl_GetCurrentThread(), &mut found), 1);
        let here = std::ptr::from_ref(&found) as usize;
        assert!(here.wrapping_sub(stack(&found)) < 1 << 20);
    }
    assert_eq!(ovl_ResumeThread(thread), 1);
    ends_with(thread, 1);
}

#[test]
fn what_is_set_of_a_thread_is_told() {
    let own = ovl_GetCurrentThread();
    // SAFETY: places of ours.
    unsafe {
        let (mut priority, mut state) = (0u32, [1u32, 0, 0]);
        let get = |class, to: *mut u32, len| ovl_GetThreadInformation(own, class, to.cast(), len);
        let set = |class, from: *const u32, len| ovl_SetThreadInformation(own, class, from.cast(), len);
        assert_eq!((get(0, &mut priority, 4), priority), (1, 5));
        assert_eq!((set(0, &2, 4), get(0, &mut priority, 4), priority), (1, 1, 2));
        assert_eq!(error(set(0, &6, 4)), (0, 87));
        assert_eq!(error(set(0, &2, 3)), (0, 24));
        assert_eq!(error(get(0, null_mut(), 4)), (0, 998));
        assert_eq!(error(get(99, &mut priority, 4)), (0, 87));
        assert_eq!(set(3, [1u32, 1, 1].as_ptr(), 12), 1);
        assert_eq!((get(3, state.as_mut_ptr(), 12), state), (1, [1, 1, 1]));
        assert_eq!(error(set(3, [1u32, 0, 1].as_ptr(), 12)), (0, 87));
        assert_eq!((get(1, &mut priority, 4), priority), (1, 8));
        // Of another thread it is what a new one has.
        let other = start(returns, 0, CREATE_SUSPENDED);
        assert_eq!((ovl_GetThreadInformation(other, 0, (&raw mut priority).cast(), 4), priority), (1, 5));
        ovl_ResumeThread(other);
        ends_with(other, 0);
        let mut pending = 9;
        assert_eq!((ovl_GetThreadIOPendingFlag(own, &mut pending), pending), (1, 0));
        let mut bytes = 70_000;
        assert_eq!((ovl_SetThreadStackGuarantee(&mut bytes), bytes), (1, 0));
        bytes = 0;
        assert_eq!((ovl_SetThreadStackGuarantee(&mut bytes), bytes), (1, 73_728));
        assert_eq!(error(ovl_SetThreadStackGuarantee(null_mut())), (0, 998));
    }
}

#[test]
fn threads_start_in_the_own_process_only() {
    // SAFETY: a function and what it takes.
    unsafe {
        let thread = ovl_CreateRemoteThread(usize::MAX, null(), 0, Some(returns), 8 as *mut c_void, 0, null_mut());
        assert_ne!(thread, 0);
        ends_with(thread, 8);
        let mut child = std::process::Command::new("sleep").arg("60").spawn().unwrap();
        let process = overlapped_win32::processes::ovl_OpenProcess(0x1F_FFFF, 0, child.id());
        let there = ovl_CreateRemoteThreadEx(process, null(), 0, Some(returns), null_mut(), 0, null(), null_mut());
        assert_eq!(error(there), (0, 50));
        assert_eq!(ovl_CloseHandle(process), 1);
        child.kill().unwrap();
        child.wait().unwrap();
    }
}
