//! Names, rights and limits of dispatcher objects (contract 04 sections 1 to 7).

use crate::common::*;
use overlapped_win32::handleapi::ovl_DuplicateHandle;
use overlapped_win32::ioapiset::{
    ovl_CreateIoCompletionPort, ovl_GetQueuedCompletionStatus, ovl_PostQueuedCompletionStatus,
};
use overlapped_win32::processthreadsapi::*;
use overlapped_win32::synchapi::*;
use std::ffi::{CString, c_void};
use std::ptr::{null, null_mut};
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

const SYNCHRONIZE: u32 = 0x10_0000;
const MODIFY_STATE: u32 = 2;

/// A name that no other test has.
fn name(text: &str) -> CString {
    CString::new(format!("waits-{}-{text}", std::process::id())).expect("no zero")
}

#[test]
fn rights_are_checked_by_each_call() {
    let name = name("rights");
    // SAFETY: the names end with a zero.
    let (all, wait, change) = unsafe {
        let all = owned(ovl_CreateEventA(null(), 1, 1, name.as_ptr()));
        let wait = owned(ovl_OpenEventA(SYNCHRONIZE, 0, name.as_ptr()));
        (all, wait, owned(ovl_OpenEventA(MODIFY_STATE, 0, name.as_ptr())))
    };
    assert!(signalled(&wait));
    assert_eq!(refused(|| ovl_SetEvent(wait.0)), 5);
    assert_eq!(refused(|| ovl_ResetEvent(wait.0)), 5);
    assert_eq!(refused(|| ovl_PulseEvent(wait.0)), 5);
    assert_eq!(answer(|| ovl_WaitForSingleObject(change.0, 0)), (FAILED, 5));
    granted(|| ovl_ResetEvent(change.0));
    assert!(!signalled(&all));
    // SAFETY: as above.
    assert_eq!(answer(|| unsafe { ovl_OpenEventA(0, 0, name.as_ptr()) }), (0, 5), "no access at all");
    // SAFETY: as above.
    assert_eq!(answer(|| unsafe { ovl_OpenEventA(SYNCHRONIZE, 0, null()) }), (0, 87));
}

#[test]
fn the_ex_functions_refuse_flags_that_are_none() {
    let all = 0x1F_0003;
    // SAFETY: neither attributes nor names.
    unsafe {
        assert_eq!(answer(|| ovl_CreateEventExW(null(), null(), 4, all)), (0, 87));
        assert_eq!(answer(|| ovl_CreateMutexExW(null(), null(), 2, all)), (0, 87));
        assert_eq!(answer(|| ovl_CreateSemaphoreExW(null(), 0, 1, null(), 1, all)), (0, 87));
        assert_eq!(answer(|| ovl_CreateWaitableTimerExW(null(), null(), 4, all)), (0, 87));
    }
}

#[test]
fn a_duplicate_may_have_all_that_there_is() {
    let event = manual_event(false);
    let (own, mut made) = (ovl_GetCurrentProcess(), 0);
    // SAFETY: the number is ours.
    granted(|| unsafe { ovl_DuplicateHandle(own, event.0, own, &mut made, 1 << 25, 0, 0) });
    let made = owned(made);
    granted(|| ovl_SetEvent(made.0));
    assert!(signalled(&made));
}

/// Contract 06 sections 1 and 2.
#[test]
fn a_port_takes_devices_and_is_used_only_with_the_right_to() {
    let port = owned(ovl_CreateIoCompletionPort(usize::MAX, 0, 0, 0));
    for object in [manual_event(false), owned(ovl_CreateIoCompletionPort(usize::MAX, 0, 0, 0))] {
        for existing in [port.0, 0] {
            assert_eq!(answer(|| ovl_CreateIoCompletionPort(object.0, existing, 1, 0)), (0, 6), "no device");
        }
    }
    let own = ovl_GetCurrentProcess();
    for (access, expected) in [(SYNCHRONIZE | 1, Some(5)), (MODIFY_STATE, None)] {
        let mut raw = 0;
        // SAFETY: the number is ours.
        granted(|| unsafe { ovl_DuplicateHandle(own, port.0, own, &mut raw, access, 0, 0) });
        let part = owned(raw);
        let post = || ovl_PostQueuedCompletionStatus(part.0, 1, 2, 3);
        let (mut bytes, mut key, mut overlapped) = (0, 0, 7);
        // SAFETY: the places are ours.
        let mut get = || unsafe { ovl_GetQueuedCompletionStatus(part.0, &mut bytes, &mut key, &mut overlapped, 0) };
        match expected {
            Some(code) => assert_eq!([refused(post), refused(&mut get)], [code; 2]),
            None => assert_eq!([answer(post).0, get()], [1; 2]),
        }
        assert_eq!(overlapped, if expected.is_some() { 0 } else { 3 });
    }
}

#[test]
fn the_exit_code_of_a_thread_needs_a_right_to_ask() {
    for (right, expected) in [(SYNCHRONIZE, (0, 5)), (0x40, (1, 259)), (0x800, (1, 259))] {
        let me = owned(ovl_OpenThread(right, 0, ovl_GetCurrentThreadId()));
        let mut code = 5;
        // SAFETY: the number is ours.
        let given = unsafe { ovl_GetExitCodeThread(me.0, &mut code) };
        assert_eq!((given, code), expected, "{right:#x}");
    }
}

#[test]
fn the_ex_functions_give_the_rights_that_they_are_asked_for() {
    // SAFETY: neither attributes nor names.
    unsafe {
        let event = owned(ovl_CreateEventExA(null(), null(), 3, SYNCHRONIZE));
        assert!(signalled(&event) && signalled(&event), "manual-reset and set");
        assert_eq!(refused(|| ovl_ResetEvent(event.0)), 5);
        let semaphore = owned(ovl_CreateSemaphoreExA(null(), 1, 2, null(), 0, SYNCHRONIZE | MODIFY_STATE));
        granted(|| ovl_ReleaseSemaphore(semaphore.0, 1, null_mut()));
        let waits = owned(ovl_CreateSemaphoreExW(null(), 1, 2, null(), 0, SYNCHRONIZE));
        assert_eq!(refused(|| ovl_ReleaseSemaphore(waits.0, 1, null_mut())), 5);
        let timer = owned(ovl_CreateWaitableTimerExA(null(), null(), 1, SYNCHRONIZE));
        assert_eq!(refused(|| ovl_SetWaitableTimer(timer.0, &-1, 0, None, null_mut(), 0)), 5);
        let mutex = owned(ovl_CreateMutexExA(null(), null(), 1, SYNCHRONIZE));
        granted(|| ovl_ReleaseMutex(mutex.0));
        let all = owned(ovl_CreateEventExA(null(), null(), 0, 1 << 28));
        granted(|| ovl_SetEvent(all.0));
    }
}

#[test]
fn names_have_limits() {
    let create = |name: &str| {
        let name = CString::new(name).expect("no zero");
        // SAFETY: the name ends with a zero.
        let (event, code) = answer(|| unsafe { ovl_CreateEventA(null(), 1, 0, name.as_ptr()) });
        drop(Owned(event));
        (event != 0, code)
    };
    assert_eq!(create(&"x".repeat(261)), (false, 206));
    assert_eq!(create(&"x".repeat(260)), (true, 0));
    assert_eq!(create(r"a\b"), (false, 3));
    assert_eq!(create(r"Local\a b"), (true, 0));
}

#[test]
fn global_and_local_mean_the_same_and_case_counts() {
    let (plain, global) = (name("Space"), CString::new(format!("Global\\waits-{}-Space", std::process::id())).unwrap());
    // SAFETY: the names end with a zero.
    unsafe {
        let _first = owned(ovl_CreateSemaphoreA(null(), 1, 1, plain.as_ptr()));
        let (second, code) = answer(|| ovl_CreateSemaphoreA(null(), 0, 9, global.as_ptr()));
        let second = owned(second);
        assert_eq!(code, 183);
        assert!(signalled(&second), "the other arguments are ignored");
        assert_eq!(answer(|| ovl_OpenSemaphoreA(SYNCHRONIZE, 0, name("space").as_ptr())), (0, 2));
        assert_eq!(answer(|| ovl_OpenMutexA(SYNCHRONIZE, 0, plain.as_ptr())), (0, 6));
        assert_eq!(answer(|| ovl_CreateMutexA(null(), 1, plain.as_ptr())), (0, 6));
    }
}

#[test]
fn closing_its_handle_does_not_release_a_mutex() {
    bounded(|| {
        let (name, other) = (name("kept"), name("kept"));
        // SAFETY: the name ends with a zero.
        let (first, second) = unsafe {
            (owned(ovl_CreateMutexA(null(), 1, name.as_ptr())), owned(ovl_OpenMutexA(SYNCHRONIZE, 0, name.as_ptr())))
        };
        drop(first);
        std::thread::scope(|scope| {
            let elsewhere = scope.spawn(move || {
                // SAFETY: the name ends with a zero.
                let mutex = owned(unsafe { ovl_OpenMutexA(SYNCHRONIZE, 0, other.as_ptr()) });
                (signalled(&mutex), refused(|| ovl_ReleaseMutex(mutex.0)))
            });
            assert_eq!(elsewhere.join().unwrap(), (false, 288));
        });
        granted(|| ovl_ReleaseMutex(second.0));
    });
}

#[test]
fn a_pulse_releases_who_waits_and_leaves_the_event_unset() {
    bounded(|| {
        for (event, released) in [(manual_event(false), 3), (auto_event(false), 1)] {
            let woken = AtomicU32::new(0);
            std::thread::scope(|scope| {
                for _ in 0..3 {
                    scope.spawn(|| {
                        while ovl_WaitForSingleObject(event.0, 1000) != SATISFIED {}
                        woken.fetch_add(1, SeqCst);
                    });
                }
                // Whether they wait already is hard to know, which is why nobody should use it.
                std::thread::sleep(std::time::Duration::from_millis(100));
                granted(|| ovl_PulseEvent(event.0));
                std::thread::sleep(std::time::Duration::from_millis(50));
                let after = woken.load(SeqCst);
                assert!(after <= released, "{after} of 3 threads");
                assert!(!signalled(&event));
                while woken.load(SeqCst) < 3 {
                    ovl_SetEvent(event.0);
                    std::thread::yield_now();
                }
            });
        }
    });
}

#[test]
fn a_timer_takes_absolute_times_and_relative_ones() {
    bounded(|| {
        // SAFETY: neither attributes nor a name.
        let timer = owned(unsafe { ovl_CreateWaitableTimerW(null(), 1, null()) });
        let now = filetime_now();
        // SAFETY: the time is readable.
        let set = |due: i64| granted(|| unsafe { ovl_SetWaitableTimer(timer.0, &due, 0, None, null_mut(), 0) });
        set(now + 300_000_000);
        assert!(!signalled(&timer), "in half a minute");
        set(now + 100_000);
        assert_eq!(ovl_WaitForSingleObject(timer.0, LOST), SATISFIED);
        set(now - 100_000);
        assert_eq!(ovl_WaitForSingleObject(timer.0, LOST), SATISFIED, "past is at once");
        set(-100_000);
        assert_eq!(ovl_WaitForSingleObject(timer.0, LOST), SATISFIED);
        granted(|| ovl_CancelWaitableTimer(timer.0));
        assert!(signalled(&timer), "cancelling leaves the state");
        set(i64::MIN);
        assert!(!signalled(&timer), "a very long time");
    });
}

fn filetime_now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970");
    116_444_736_000_000_000 + (since.as_nanos() / 100) as i64
}

#[test]
fn a_timer_does_not_wake_the_machine_and_says_so() {
    // SAFETY: neither attributes nor a name; the time is readable.
    unsafe {
        let timer = owned(ovl_CreateWaitableTimerW(null(), 1, null()));
        assert_eq!(answer(|| ovl_SetWaitableTimer(timer.0, &-10, 0, None, null_mut(), 1)), (1, 50));
        assert_eq!(refused(|| ovl_SetWaitableTimer(timer.0, &-10, -1, None, null_mut(), 0)), 87);
        granted(|| ovl_SetWaitableTimerEx(timer.0, &-10, 0, None, null_mut(), null_mut(), 5));
        assert_eq!(ovl_WaitForSingleObject(timer.0, LOST), SATISFIED);
        assert_eq!(refused(|| ovl_SetWaitableTimer(manual_event(false).0, &-10, 0, None, null_mut(), 0)), 6);
        assert_eq!(refused(|| ovl_CancelWaitableTimer(0)), 6);
    }
}

unsafe extern "C" fn note(argument: *mut c_void, low: u32, high: u32) {
    // SAFETY: the tests pass a counter that lives longer than the timer's setting.
    unsafe { &*argument.cast::<AtomicU32>() }.fetch_add(1, SeqCst);
    assert!((u64::from(high) << 32 | u64::from(low)).abs_diff(filetime_now() as u64) < 600_000_000, "within a minute");
}

#[test]
fn setting_a_timer_again_drops_the_routine_that_is_queued() {
    bounded(|| {
        let (first, second) = (AtomicU32::new(0), AtomicU32::new(0));
        // SAFETY: neither attributes nor a name; times and counters live.
        unsafe {
            let timer = owned(ovl_CreateWaitableTimerW(null(), 1, null()));
            let set = |due: i64, counter: &AtomicU32| {
                let argument = std::ptr::from_ref(counter).cast_mut().cast();
                granted(|| ovl_SetWaitableTimer(timer.0, &due, 0, Some(note), argument, 0));
            };
            set(-10, &first);
            assert_eq!(ovl_WaitForSingleObject(timer.0, LOST), SATISFIED);
            set(-300_000_000, &second);
            assert_eq!(ovl_SleepEx(MOMENT, 1), 0, "the first setting's routine is gone");
            set(-10, &second);
            assert_eq!(ovl_SleepEx(LOST, 1), ALERTED);
            granted(|| ovl_CancelWaitableTimer(timer.0));
        }
        assert_eq!((first.load(SeqCst), second.load(SeqCst)), (0, 1));
    });
}

unsafe extern "C-unwind" fn ends_with_77(_: *mut c_void) -> u32 {
    77
}

#[test]
fn a_thread_is_signalled_for_ever_once_it_has_ended() {
    bounded(|| {
        // SAFETY: the function takes no argument.
        let thread = owned(unsafe { ovl_CreateThread(null(), 0, Some(ends_with_77), null_mut(), 4, null_mut()) });
        let mut code = 0;
        assert!(!signalled(&thread));
        // SAFETY: `code` is writable.
        granted(|| unsafe { ovl_GetExitCodeThread(thread.0, &mut code) });
        assert_eq!(code, 259);
        assert_eq!(ovl_ResumeThread(thread.0), 1);
        assert_eq!(ovl_WaitForSingleObject(thread.0, LOST), SATISFIED);
        assert!(signalled(&thread) && signalled(&thread));
        // SAFETY: as above.
        granted(|| unsafe { ovl_GetExitCodeThread(thread.0, &mut code) });
        assert_eq!(code, 77);
    });
}

#[test]
fn a_running_process_is_not_signalled() {
    assert_eq!(ovl_WaitForSingleObject(ovl_GetCurrentProcess(), 0), TIMEOUT);
    assert_eq!(ovl_WaitForSingleObject(ovl_GetCurrentThread(), 0), TIMEOUT);
}
