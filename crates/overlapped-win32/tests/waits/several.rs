//! Waits for several objects, for a signal and a wait, and for input that never comes (contract 04 section 8).

use crate::common::*;
use overlapped_win32::ioapiset::ovl_CreateIoCompletionPort;
use overlapped_win32::processthreadsapi::{ovl_GetCurrentProcess, ovl_GetCurrentThread, ovl_QueueUserAPC};
use overlapped_win32::startprocess::{ProcessInformation, StartupInfo, ovl_CreateProcessA};
use overlapped_win32::synchapi::*;
use std::ptr::null;

const WAITALL: u32 = 1;
const ALERTABLE: u32 = 2;
const INPUTAVAILABLE: u32 = 4;

fn any(objects: &[usize], ms: u32) -> (u32, u32) {
    // SAFETY: as many handles as are said.
    answer(|| unsafe { ovl_WaitForMultipleObjects(objects.len() as u32, objects.as_ptr(), 0, ms) })
}

fn all(objects: &[usize], ms: u32) -> (u32, u32) {
    // SAFETY: as above.
    answer(|| unsafe { ovl_WaitForMultipleObjects(objects.len() as u32, objects.as_ptr(), 1, ms) })
}

fn message(objects: &[usize], ms: u32, flags: u32) -> (u32, u32) {
    // SAFETY: as above.
    answer(|| unsafe { ovl_MsgWaitForMultipleObjectsEx(objects.len() as u32, objects.as_ptr(), ms, 0x4FF, flags) })
}

const UNTOUCHED: u32 = 0xDEAD;

#[test]
fn a_time_out_leaves_the_last_error_alone() {
    let event = manual_event(false);
    assert_eq!(answer(|| ovl_WaitForSingleObject(event.0, 0)), (TIMEOUT, UNTOUCHED));
    assert_eq!(answer(|| ovl_WaitForSingleObject(event.0, MOMENT)), (TIMEOUT, UNTOUCHED));
    assert_eq!(any(&[event.0], 0), (TIMEOUT, UNTOUCHED));
    assert_eq!(all(&[event.0], 0), (TIMEOUT, UNTOUCHED));
}

#[test]
fn the_lowest_signalled_index_is_taken_and_no_other() {
    let events = [auto_event(false), auto_event(true), auto_event(true)];
    let handles: Vec<usize> = events.iter().map(|event| event.0).collect();
    assert_eq!(any(&handles, 0).0, 1);
    assert_eq!(any(&handles, 0).0, 2);
    assert_eq!(any(&handles, 0).0, TIMEOUT);
}

#[test]
fn a_wait_for_all_takes_everything_or_nothing() {
    let (event, mutex, semaphore) = (auto_event(true), mutex(false), semaphore(0, 1));
    let handles = [event.0, mutex.0, semaphore.0];
    assert_eq!(all(&handles, MOMENT).0, TIMEOUT);
    assert!(signalled(&event), "not consumed");
    granted(|| ovl_SetEvent(event.0));
    // SAFETY: no count is asked for.
    granted(|| unsafe { ovl_ReleaseSemaphore(semaphore.0, 1, std::ptr::null_mut()) });
    assert_eq!(all(&handles, 0).0, SATISFIED);
    assert!(!signalled(&event) && !signalled(&semaphore));
    granted(|| ovl_ReleaseMutex(mutex.0));
    assert_eq!(refused(|| ovl_ReleaseMutex(mutex.0)), 288, "the wait that failed had not taken it");
}

#[test]
fn counts_and_duplicates_are_checked() {
    let event = manual_event(true);
    assert_eq!(any(&[], 0), (FAILED, 87));
    assert_eq!(any(&[event.0; 64], 0).0, 0, "any allows duplicates");
    assert_eq!(any(&[event.0; 65], 0), (FAILED, 87));
    assert_eq!(all(&[event.0; 2], 0), (FAILED, 87), "all does not");
    // SAFETY: NULL is refused.
    assert_eq!(answer(|| unsafe { ovl_WaitForMultipleObjects(1, null(), 0, 0) }), (FAILED, 87));
}

/// Not a test of its own: a child that ends.
#[test]
fn a_child_ends() {}

#[test]
fn a_child_and_its_first_thread_are_two_objects_of_a_wait_for_all() {
    let program = std::env::current_exe().expect("this program");
    let line = format!("\"{}\" --exact several::a_child_ends -q\0", program.display());
    let mut line = line.into_bytes();
    // SAFETY: structures of numbers and pointers, for which zero is a value.
    let (mut start, mut made): (StartupInfo<u8>, ProcessInformation) = unsafe { std::mem::zeroed() };
    start.size = size_of::<StartupInfo<u8>>() as u32;
    // SAFETY: what is passed is valid, and ends with a zero where it must.
    granted(|| unsafe {
        let line = line.as_mut_ptr().cast();
        ovl_CreateProcessA(null(), line, null(), null(), 0, 0, null(), null(), &raw const start, &raw mut made)
    });
    let (process, thread) = (owned(made.process), owned(made.thread));
    assert_eq!(all(&[process.0, thread.0], LOST).0, 0);
    assert_eq!(all(&[thread.0, process.0, manual_event(true).0], 0).0, 0);
    assert_eq!(all(&[thread.0, process.0, thread.0], 0), (FAILED, 87), "but none of them twice");
    assert_eq!(any(&[thread.0, process.0], 0).0, 0);
}

#[test]
fn pseudo_handles_and_ports_are_refused_in_multiple_waits() {
    let event = manual_event(true);
    assert_eq!(any(&[event.0, ovl_GetCurrentThread()], 0), (FAILED, 6));
    assert_eq!(any(&[event.0, ovl_GetCurrentProcess()], 0), (FAILED, 6));
    assert_eq!(any(&[event.0, 0], 0), (FAILED, 6));
    let port = owned(ovl_CreateIoCompletionPort(usize::MAX, 0, 0, 0));
    assert_eq!(answer(|| ovl_WaitForSingleObject(port.0, 0)), (FAILED, 6));
    assert_eq!(any(&[event.0 | 3], 0).0, 0, "the two low bits do not count");
}

#[test]
fn a_message_wait_is_a_wait_for_any_without_input() {
    let events = [auto_event(false), auto_event(true)];
    let handles: Vec<usize> = events.iter().map(|event| event.0).collect();
    assert_eq!(message(&handles, 0, 0).0, 1);
    assert_eq!(message(&handles, MOMENT, INPUTAVAILABLE), (TIMEOUT, UNTOUCHED), "input never comes");
    // SAFETY: as many handles as are said.
    let short = |all| answer(|| unsafe { ovl_MsgWaitForMultipleObjects(2, handles.as_ptr(), all, 0, 0x4FF) });
    granted(|| ovl_SetEvent(events[0].0));
    assert_eq!(short(0).0, 0);
    assert_eq!(short(1).0, TIMEOUT);
}

#[test]
fn a_message_wait_takes_63_objects_and_known_flags() {
    let event = manual_event(true);
    assert_eq!(message(&[event.0; 63], 0, 0).0, 0);
    assert_eq!(message(&[event.0; 64], 0, 0), (FAILED, 87));
    assert_eq!(message(&[event.0], 0, 8), (FAILED, 87));
    assert_eq!(message(&[0], 0, 0), (FAILED, 6));
    assert_eq!(message(&[event.0; 2], 0, WAITALL), (FAILED, 87), "no object twice");
}

#[test]
fn objects_alone_never_satisfy_a_message_wait_for_all() {
    // Decision D7.
    let event = auto_event(true);
    assert_eq!(message(&[event.0], MOMENT, WAITALL), (TIMEOUT, UNTOUCHED));
    assert!(signalled(&event));
}

#[test]
fn a_message_wait_for_nothing_sleeps() {
    assert_eq!(message(&[], MOMENT, 0), (TIMEOUT, UNTOUCHED));
    queue();
    assert_eq!(message(&[], MOMENT, 0), (TIMEOUT, UNTOUCHED), "not alertable without the flag");
    assert_eq!(message(&[], INFINITE, ALERTABLE).0, ALERTED);
    queue();
    assert_eq!(message(&[auto_event(false).0], INFINITE, ALERTABLE | WAITALL).0, ALERTED);
}

unsafe extern "C" fn nothing(_: usize) {}

fn queue() {
    // SAFETY: the function takes a number.
    assert_ne!(unsafe { ovl_QueueUserAPC(Some(nothing), ovl_GetCurrentThread(), 0) }, 0);
}

#[test]
fn signal_and_wait_refuses_before_it_does_anything() {
    let (set, unset, port) =
        (auto_event(true), manual_event(false), owned(ovl_CreateIoCompletionPort(usize::MAX, 0, 0, 0)));
    let call = |signal, wait| answer(|| ovl_SignalObjectAndWait(signal, wait, 0, 0));
    assert_eq!(call(port.0, set.0), (FAILED, 6), "not to be signalled");
    assert_eq!(call(unset.0, port.0), (FAILED, 6), "not to be waited for");
    assert!(!signalled(&unset), "then nothing is signalled");
    let theirs = mutex(false);
    assert_eq!(call(theirs.0, set.0), (FAILED, 288));
    let full = semaphore(1, 1);
    assert_eq!(call(full.0, set.0), (FAILED, 298));
    assert!(signalled(&set), "no wait happened");
    granted(|| ovl_SetEvent(set.0));
    assert_eq!(call(unset.0, set.0).0, SATISFIED);
    assert!(signalled(&unset));
    assert_eq!(call(set.0, set.0).0, SATISFIED, "it signals and consumes itself");
    assert_eq!(call(unset.0, set.0).0, TIMEOUT);
}

#[test]
fn later_waits_for_any_do_not_pass_a_wait_for_all_for_ever() {
    use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::SeqCst};
    // 04 section 8: the order is not guaranteed, but waiters usually come in turn; nobody may starve.
    const ENOUGH: u32 = 20;
    let (event, other) = (auto_event(false), manual_event(true));
    let (alone, together, stop) = (AtomicU32::new(0), AtomicU32::new(0), AtomicBool::new(false));
    let counts = |count: &AtomicU32, wait: &dyn Fn() -> u32| {
        while !stop.load(SeqCst) {
            if wait() == SATISFIED {
                count.fetch_add(1, SeqCst);
            }
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(|| counts(&together, &|| all(&[event.0, other.0], MOMENT * 10).0));
        for _ in 0..2 {
            scope.spawn(|| counts(&alone, &|| any(&[event.0], MOMENT * 10).0));
        }
        let begun = std::time::Instant::now();
        let taken = || alone.load(SeqCst) + together.load(SeqCst);
        let mut set = 0;
        while together.load(SeqCst) < ENOUGH && begun.elapsed().as_millis() < u128::from(LOST) {
            granted(|| ovl_SetEvent(event.0));
            set += 1;
            while taken() < set && begun.elapsed().as_millis() < u128::from(LOST) {
                ovl_Sleep(1);
            }
            // Time for the taker to wait again.
            ovl_Sleep(1);
        }
        stop.store(true, SeqCst);
    });
    assert!(together.load(SeqCst) >= ENOUGH, "{together:?} of the wait for all, {alone:?} of the others");
}

#[test]
fn of_two_abandoned_mutexes_a_wait_for_all_names_the_first() {
    let mutexes = [mutex(false), mutex(false)];
    let handles = mutexes.each_ref().map(|mutex| mutex.0);
    for handles in [handles, [handles[1], handles[0]]] {
        std::thread::spawn(move || handles.map(|mutex| ovl_WaitForSingleObject(mutex, LOST))).join().unwrap();
        assert_eq!(all(&handles, LOST).0, 0x80);
        assert_eq!(all(&handles, 0).0, SATISFIED, "told once");
        handles.into_iter().chain(handles).for_each(|mutex| granted(|| ovl_ReleaseMutex(mutex)));
    }
}
