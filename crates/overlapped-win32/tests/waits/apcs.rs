//! ReadFileEx, QueueUserAPC and the alertable waits (contract 05).

use crate::common::*;
use overlapped_abi::{Overlapped, OverlappedEntry};
use overlapped_win32::errhandlingapi::{ovl_GetLastError, ovl_SetLastError};
use overlapped_win32::fileapi::transfer::{ovl_ReadFileEx, ovl_WriteFileEx};
use overlapped_win32::ioapiset::*;
use overlapped_win32::processthreadsapi::*;
use overlapped_win32::synchapi::*;
use std::cell::RefCell;
use std::ffi::c_void;
use std::ptr::{null, null_mut};
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

thread_local! {
    /// What the routines of this thread were called with: code, bytes, OVERLAPPED.
    static CALLS: RefCell<Vec<(u32, u32, usize)>> = const { RefCell::new(Vec::new()) };
    static ORDER: RefCell<Vec<usize>> = const { RefCell::new(Vec::new()) };
}

unsafe extern "C" fn routine(code: u32, bytes: u32, overlapped: *mut Overlapped) {
    CALLS.with_borrow_mut(|calls| calls.push((code, bytes, overlapped as usize)));
}

unsafe extern "C" fn mark(number: usize) {
    ORDER.with_borrow_mut(|order| order.push(number));
}

/// Queues the next one, twice.
unsafe extern "C" fn mark_and_queue(number: usize) {
    ORDER.with_borrow_mut(|order| order.push(number));
    queue(mark, number + 10);
    queue(mark, number + 20);
}

/// Waits alertably itself, and sets a last error of its own.
unsafe extern "C" fn mark_and_wait(number: usize) {
    let inner = ovl_SleepEx(0, 1);
    ORDER.with_borrow_mut(|order| order.push(number + inner as usize));
    ovl_SetLastError(99);
}

fn queue(function: unsafe extern "C" fn(usize), number: usize) {
    // SAFETY: the functions of this module take a number.
    assert_ne!(unsafe { ovl_QueueUserAPC(Some(function), ovl_GetCurrentThread(), number) }, 0);
}

fn calls() -> Vec<(u32, u32, usize)> {
    CALLS.take()
}

fn order() -> Vec<usize> {
    ORDER.take()
}

fn read_ex(file: &Owned, request: &mut Request, len: u32) -> (i32, u32) {
    let (buffer, overlapped) = (request.buffer(), request.overlapped());
    // SAFETY: the request lives until its routine has run.
    answer(|| unsafe { ovl_ReadFileEx(file.0, buffer.cast(), len, overlapped, Some(routine)) })
}

#[test]
fn the_routine_gets_code_bytes_and_overlapped_and_leaves_h_event_alone() {
    bounded(|| {
        let place = Place::new();
        place.file("data", b"0123456789");
        let (file, mut request) = (place.open("data", READ, OVERLAPPED), Request::at(4, 4711));
        assert_eq!(read_ex(&file, &mut request, 100).0, 1);
        assert_eq!(ovl_WaitForSingleObject(file.0, LOST), SATISFIED, "the device is signalled");
        assert_eq!(ovl_SleepEx(MOMENT, 0), 0);
        assert!(calls().is_empty(), "not before an alertable wait");
        assert_eq!(ovl_SleepEx(INFINITE, 1), ALERTED);
        assert_eq!(calls(), [(0, 6, request.overlapped() as usize)]);
        assert_eq!((request.0.overlapped.h_event, request.0.overlapped.internal_high), (4711, 6));
        assert_eq!(&request.0.buffer[..6], b"456789");
        assert_eq!(ovl_SleepEx(0, 1), 0, "once");
    });
}

#[test]
fn no_event_is_signalled_for_a_routine() {
    bounded(|| {
        let (place, event) = (Place::new(), manual_event(false));
        place.file("data", b"0123456789");
        let (file, mut request) = (place.open("data", READ, OVERLAPPED), Request::at(0, event.0));
        assert_eq!(read_ex(&file, &mut request, 4).0, 1);
        assert_eq!(ovl_SleepEx(INFINITE, 1), ALERTED);
        assert!(!signalled(&event));
        assert_eq!(calls().len(), 1);
    });
}

#[test]
fn synchronous_and_associated_handles_are_refused() {
    let place = Place::new();
    place.file("data", b"0123456789");
    let synchronous = place.open("data", READ, 0);
    let associated = place.open("data", READ, OVERLAPPED);
    let _port = owned(ovl_CreateIoCompletionPort(associated.0, 0, 0, 0));
    let mut request = Request::new();
    assert_eq!(read_ex(&synchronous, &mut request, 4), (0, 87));
    assert_eq!(read_ex(&associated, &mut request, 4), (0, 87));
    let reader = place.open("data", READ, OVERLAPPED);
    let (buffer, overlapped) = (request.buffer(), request.overlapped());
    // SAFETY: refused before buffer or OVERLAPPED are used.
    unsafe {
        assert_eq!(refused(|| ovl_WriteFileEx(reader.0, buffer.cast(), 4, overlapped, Some(routine))), 5);
        assert_eq!(refused(|| ovl_ReadFileEx(reader.0, buffer.cast(), 4, null_mut(), Some(routine))), 87);
        assert_eq!(refused(|| ovl_ReadFileEx(0, buffer.cast(), 4, overlapped, Some(routine))), 6);
    }
    assert_eq!(ovl_SleepEx(0, 1), 0);
    assert!(calls().is_empty(), "what is refused calls nothing");
}

#[test]
fn a_cancelled_request_calls_its_routine_with_995() {
    bounded(|| {
        let place = Place::new();
        let (file, mut request) = (place.fifo(), Request::new());
        assert_eq!(read_ex(&file, &mut request, 8).0, 1);
        assert_eq!(ovl_SleepEx(0, 1), 0);
        granted(|| ovl_CancelIo(file.0));
        assert_eq!(ovl_SleepEx(LOST, 1), ALERTED);
        assert_eq!(calls(), [(995, 0, request.overlapped() as usize)]);
        assert_eq!(read_ex(&file, &mut request, 8).0, 1);
        drop(file);
        assert_eq!(ovl_SleepEx(LOST, 1), ALERTED);
        assert_eq!(calls(), [(995, 0, request.overlapped() as usize)], "closing the handle likewise");
    });
}

#[test]
fn three_completions_are_three_calls_in_one_wait() {
    bounded(|| {
        let place = Place::new();
        let file = place.fifo();
        let mut requests = [Request::new(), Request::new(), Request::new()];
        for request in &mut requests {
            assert_eq!(read_ex(&file, request, 1).0, 1);
        }
        place.feed(b"abc");
        while requests.iter_mut().any(|request| !request.is_complete()) {
            ovl_Sleep(1);
        }
        // Complete; their routines are queued a moment later.
        let mut all = Vec::new();
        while all.len() < 3 {
            assert_eq!(ovl_SleepEx(LOST, 1), ALERTED);
            all.extend(calls());
        }
        let issued: Vec<usize> = requests.iter_mut().map(|request| request.overlapped() as usize).collect();
        assert_eq!(all, issued.iter().map(|o| (0, 1, *o)).collect::<Vec<_>>());
        let data: Vec<u8> = requests.iter().map(|request| request.0.buffer[0]).collect();
        assert_eq!(data, b"abc", "in the order of issue");
    });
}

#[test]
fn functions_run_in_order_with_what_they_queue_themselves() {
    bounded(|| {
        queue(mark, 1);
        queue(mark_and_queue, 2);
        queue(mark, 3);
        assert_eq!(ovl_SleepEx(0, 1), ALERTED, "also without waiting");
        assert_eq!(order(), [1, 2, 3, 12, 22]);
        assert_eq!(ovl_SleepEx(0, 1), 0);
    });
}

#[test]
fn a_wait_inside_a_function_runs_the_rest_and_the_outer_wait_sets_its_own_result() {
    bounded(|| {
        let unset = manual_event(false);
        queue(mark_and_wait, 1000);
        queue(mark, 1);
        queue(mark, 2);
        assert_eq!(answer(|| ovl_WaitForSingleObjectEx(unset.0, INFINITE, 1)).0, ALERTED);
        assert_eq!(order(), [1, 2, 1000 + ALERTED as usize]);
        queue(mark_and_wait, 0);
        assert_eq!(ovl_SleepEx(0, 1), ALERTED);
        assert_eq!(order(), [0], "nothing was left for the inner wait");
    });
}

#[test]
fn each_of_the_waits_runs_functions_only_when_alertable() {
    bounded(|| {
        let (unset, other) = (manual_event(false), manual_event(false));
        let port = owned(ovl_CreateIoCompletionPort(usize::MAX, 0, 0, 0));
        let pair = [unset.0, other.0];
        // SAFETY: two handles; the entries are ours.
        let waits: [&dyn Fn(u32, i32) -> u32; 7] = unsafe {
            [
                &|ms, alertable| ovl_SleepEx(ms, alertable),
                &|ms, alertable| ovl_WaitForSingleObjectEx(unset.0, ms, alertable),
                &|ms, alertable| ovl_WaitForMultipleObjectsEx(2, pair.as_ptr(), 0, ms, alertable),
                &|ms, alertable| ovl_WaitForMultipleObjectsEx(2, pair.as_ptr(), 1, ms, alertable),
                &|ms, alertable| ovl_SignalObjectAndWait(auto_event(false).0, unset.0, ms, alertable),
                &|ms, alertable| ovl_MsgWaitForMultipleObjectsEx(2, pair.as_ptr(), ms, 0, alertable as u32 * 2),
                &|ms, alertable| {
                    let (mut entries, mut got) = ([OverlappedEntry::default(); 4], 0);
                    ovl_SetLastError(0);
                    ovl_GetQueuedCompletionStatusEx(port.0, entries.as_mut_ptr(), 4, &mut got, ms, alertable);
                    ovl_GetLastError()
                },
            ]
        };
        for (number, wait) in waits.into_iter().enumerate() {
            queue(mark, number);
            let plain = wait(MOMENT, 0);
            assert!([0, TIMEOUT].contains(&plain), "wait {number} gave {plain}");
            assert!(order().is_empty(), "wait {number} is not alertable");
            assert_eq!(wait(INFINITE, 1), ALERTED, "wait {number}");
            assert_eq!(order(), [number]);
            let time = wait(MOMENT, 1);
            assert!([0, TIMEOUT].contains(&time), "wait {number} with nothing queued gave {time}");
        }
    });
}

#[test]
fn an_object_that_is_signalled_comes_before_the_functions() {
    bounded(|| {
        let event = auto_event(true);
        queue(mark, 1);
        assert_eq!(ovl_WaitForSingleObjectEx(event.0, INFINITE, 1), SATISFIED);
        assert!(order().is_empty(), "it stays queued");
        assert_eq!(ovl_WaitForSingleObjectEx(event.0, INFINITE, 1), ALERTED);
        granted(|| ovl_SetEvent(event.0));
        assert!(signalled(&event), "and a wait that ends for functions consumes nothing");
        assert_eq!(order(), [1]);
    });
}

#[test]
fn a_packet_comes_before_the_functions() {
    bounded(|| {
        let port = owned(ovl_CreateIoCompletionPort(usize::MAX, 0, 0, 0));
        queue(mark, 1);
        granted(|| ovl_PostQueuedCompletionStatus(port.0, 1, 2, 3));
        let (mut entries, mut got) = ([OverlappedEntry::default(); 4], 0);
        let mut get = |ms| {
            // SAFETY: the entries are ours.
            let call = || unsafe { ovl_GetQueuedCompletionStatusEx(port.0, entries.as_mut_ptr(), 4, &mut got, ms, 1) };
            answer(call)
        };
        assert_eq!(get(INFINITE).0, 1);
        assert!(order().is_empty());
        assert_eq!(get(INFINITE), (0, ALERTED));
        assert_eq!(order(), [1]);
        assert_eq!(get(0), (0, TIMEOUT));
    });
}

unsafe extern "C-unwind" fn exits(code: usize) {
    struct Dropped;
    impl Drop for Dropped {
        fn drop(&mut self) {
            mark_one();
        }
    }
    let _frame = Dropped;
    ovl_ExitThread(code as u32);
}

/// As a function of C has it, of which nothing says whether it unwinds.
fn exit() -> unsafe extern "C" fn(usize) {
    // SAFETY: the calling convention is the same.
    unsafe { std::mem::transmute::<unsafe extern "C-unwind" fn(usize), unsafe extern "C" fn(usize)>(exits) }
}

fn mark_one() {
    ENDED.fetch_add(1, SeqCst);
}

unsafe extern "C" fn exits_in_a_nested_wait(code: usize) {
    queue(exit(), code);
    ovl_SleepEx(INFINITE, 1);
}

unsafe extern "C-unwind" fn routine_exits(_code: u32, bytes: u32, _overlapped: *mut Overlapped) {
    ovl_ExitThread(bytes);
}

static ENDED: AtomicUsize = AtomicUsize::new(0);

/// Waits alertably in one of three ways: which, say the low bits; for what, the others. Like a function of C, it has nothing to
/// destroy: calls of this face are not known to unwind.
unsafe extern "C-unwind" fn waits(argument: *mut c_void) -> u32 {
    let (kind, object) = (argument.addr() & 3, argument.addr() & !3);
    let (mut entry, mut got) = ([OverlappedEntry::default()], 0);
    match kind {
        0 => ovl_SleepEx(INFINITE, 1),
        1 => ovl_WaitForSingleObjectEx(object, INFINITE, 1),
        // SAFETY: the entry is ours.
        _ => unsafe {
            ovl_GetQueuedCompletionStatusEx(object, entry.as_mut_ptr(), 1, &mut got, INFINITE, 1).cast_unsigned()
        },
    }
}

/// A thread that waits so, or is suspended before.
fn waiting(kind: usize, object: &Owned, suspended: bool) -> Owned {
    let argument = std::ptr::without_provenance_mut(object.0 | kind);
    // SAFETY: the function takes a number, and the object lives longer.
    owned(unsafe { ovl_CreateThread(null(), 0, Some(waits), argument, if suspended { 4 } else { 0 }, null_mut()) })
}

#[track_caller]
fn ended_with(thread: &Owned) -> u32 {
    let mut code = 0;
    assert_eq!(ovl_WaitForSingleObject(thread.0, LOST), SATISFIED);
    // SAFETY: the number is ours.
    granted(|| unsafe { ovl_GetExitCodeThread(thread.0, &mut code) });
    code
}

/// Section 5: a routine may call anything, so also ExitThread.
#[test]
fn a_function_may_end_its_thread() {
    let (event, port) = (auto_event(false), owned(ovl_CreateIoCompletionPort(usize::MAX, 0, 0, 0)));
    for kind in 0..3 {
        let thread = waiting(kind, if kind == 2 { &port } else { &event }, false);
        // SAFETY: the function takes a number.
        unsafe {
            assert_ne!(ovl_QueueUserAPC(Some(exit()), thread.0, 70 + kind), 0);
            let again = answer(|| ovl_QueueUserAPC(Some(exit()), thread.0, 0));
            assert!(matches!(again, (1, _) | (0, 31)), "{again:?}");
        }
        assert_eq!(ended_with(&thread), 70 + kind as u32);
    }
    let thread = waiting(0, &event, true);
    // SAFETY: the function takes a number.
    assert_ne!(unsafe { ovl_QueueUserAPC(Some(exit()), thread.0, 80) }, 0);
    assert_eq!((ovl_ResumeThread(thread.0), ended_with(&thread)), (1, 80), "before its own function");
    let thread = waiting(0, &event, false);
    // SAFETY: as above.
    assert_ne!(unsafe { ovl_QueueUserAPC(Some(exits_in_a_nested_wait), thread.0, 90) }, 0);
    assert_eq!(ended_with(&thread), 90);
    assert_eq!(ENDED.load(SeqCst), 5, "frames of the program are unwound");
}

struct Write {
    file: Owned,
    overlapped: Overlapped,
}

unsafe extern "C-unwind" fn writes(write: *mut c_void) -> u32 {
    // SAFETY: the test passes it, and waits for the thread.
    let write = unsafe { &mut *write.cast::<Write>() };
    type Routine = unsafe extern "C-unwind" fn(u32, u32, *mut Overlapped);
    // SAFETY: the request lives as long, and the calling convention of the routine is the same.
    granted(|| unsafe {
        let routine =
            Some(std::mem::transmute::<Routine, unsafe extern "C" fn(u32, u32, *mut Overlapped)>(routine_exits));
        ovl_WriteFileEx(write.file.0, c"four".as_ptr().cast(), 4, &mut write.overlapped, routine)
    });
    ovl_SleepEx(INFINITE, 1)
}

#[test]
fn a_completion_routine_may_end_its_thread() {
    let place = Place::new();
    place.file("f", b"");
    let mut write = Write { file: place.open("f", WRITE, OVERLAPPED), overlapped: Overlapped::default() };
    let argument = (&raw mut write).cast();
    // SAFETY: what is passed lives until the thread has ended.
    let thread = owned(unsafe { ovl_CreateThread(null(), 0, Some(writes), argument, 0, null_mut()) });
    assert_eq!(ended_with(&thread), 4);
}

#[test]
fn the_target_of_a_function_is_checked() {
    // SAFETY: the function takes a number.
    let call = |thread| answer(|| unsafe { ovl_QueueUserAPC(Some(mark), thread, 0) });
    assert_eq!(call(0), (0, 6));
    assert_eq!(call(manual_event(false).0), (0, 6));
}
