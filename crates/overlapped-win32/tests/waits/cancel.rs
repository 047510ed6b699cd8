//! Cancelling, and what ends requests without being asked (contract 03 sections 8 and 9).

use crate::common::*;
use overlapped_win32::fileapi::transfer::ovl_ReadFile;
use overlapped_win32::handleapi::{ovl_CloseHandle, ovl_DuplicateHandle};
use overlapped_win32::ioapiset::*;
use overlapped_win32::processthreadsapi::*;
use overlapped_win32::synchapi::*;
use std::ffi::c_void;
use std::ptr::{null, null_mut};
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

#[test]
fn cancel_io_ends_what_the_calling_thread_has_issued() {
    bounded(|| {
        let place = Place::new();
        let (file, mut mine) = (place.fifo(), Request::new());
        assert_eq!(mine.read(&file, 8), (0, 997));
        std::thread::scope(|scope| {
            let other = || {
                granted(|| ovl_CancelIo(file.0));
                let mut theirs = Request::new();
                assert_eq!(theirs.read(&file, 8), (0, 997));
                granted(|| ovl_CancelIo(file.0));
                assert_eq!(theirs.finish(&file), Err(995));
            };
            scope.spawn(other).join().unwrap();
        });
        assert_eq!(mine.result(file.0, 0, false), (0, 996, 4711), "not its own");
        granted(|| ovl_CancelIo(file.0));
        assert_eq!(mine.finish(&file), Err(995));
        assert_eq!(mine.0.overlapped.internal, 0xC000_0120);
        granted(|| ovl_CancelIo(file.0));
    });
}

#[test]
fn cancel_io_of_a_synchronous_instance_does_nothing() {
    let place = Place::new();
    place.file("data", b"0123456789");
    granted(|| ovl_CancelIo(place.open("data", READ, 0).0));
    assert_eq!(refused(|| ovl_CancelIo(0)), 6);
    assert_eq!(refused(|| ovl_CancelIo(manual_event(false).0)), 6);
}

#[test]
fn cancel_io_ex_ends_one_request_or_all_and_finds_none_twice() {
    bounded(|| {
        let place = Place::new();
        let file = place.fifo();
        let mut requests: Vec<Request> = (0..3).map(|_| Request::new()).collect();
        for request in &mut requests {
            assert_eq!(request.read(&file, 8), (0, 997));
        }
        let first = requests[0].overlapped() as usize;
        // From any thread.
        std::thread::scope(|scope| scope.spawn(|| granted(|| ovl_CancelIoEx(file.0, first))).join().unwrap());
        assert_eq!(refused(|| ovl_CancelIoEx(file.0, first)), 1168);
        assert_eq!(requests[0].finish(&file), Err(995));
        assert_eq!(requests[1].result(file.0, 0, false).1, 996);
        granted(|| ovl_CancelIoEx(file.0, 0));
        assert_eq!(refused(|| ovl_CancelIoEx(file.0, 0)), 1168);
        for request in &mut requests[1..] {
            assert_eq!(request.finish(&file), Err(995));
        }
        assert_eq!(refused(|| ovl_CancelIoEx(0, 0)), 6);
    });
}

/// What the thread of the next tests does.
static OUTCOME: AtomicU32 = AtomicU32::new(u32::MAX);

unsafe extern "C-unwind" fn reads_synchronously(file: *mut c_void) -> u32 {
    let (mut buffer, mut count) = ([0; 8], 4711);
    // SAFETY: buffer and count live as long as the call, which is synchronous.
    let read = || unsafe { ovl_ReadFile(file as usize, buffer.as_mut_ptr().cast(), 8, &mut count, null_mut()) };
    let code = refused(read);
    OUTCOME.store(code, SeqCst);
    count
}

unsafe extern "C-unwind" fn waits(event: *mut c_void) -> u32 {
    ovl_WaitForSingleObject(event as usize, LOST)
}

unsafe extern "C-unwind" fn reads_overlapped_and_waits(file: *mut c_void) -> u32 {
    let (file, event) = (Owned(file as usize), manual_event(false));
    let mut request = Request::at(0, event.0);
    assert_eq!(request.read(&file, 8), (0, 997));
    let waited = ovl_WaitForSingleObject(event.0, LOST);
    std::mem::forget(file);
    waited
}

fn thread(start: unsafe extern "C-unwind" fn(*mut c_void) -> u32, argument: usize) -> Owned {
    // SAFETY: the functions of this module take a handle.
    owned(unsafe { ovl_CreateThread(null(), 0, Some(start), argument as *mut c_void, 0, null_mut()) })
}

fn exit_code(thread: &Owned) -> u32 {
    assert_eq!(ovl_WaitForSingleObject(thread.0, LOST), SATISFIED);
    let mut code = 0;
    // SAFETY: `code` is writable.
    granted(|| unsafe { ovl_GetExitCodeThread(thread.0, &mut code) });
    code
}

#[test]
fn cancel_synchronous_io_ends_the_read_that_a_thread_is_blocked_in() {
    bounded(|| {
        let place = Place::new();
        let file = place.open("fifo", READ | WRITE, 0);
        let reader = thread(reads_synchronously, file.0);
        while let (0, code) = answer(|| ovl_CancelSynchronousIo(reader.0)) {
            assert_eq!(code, 1168, "not yet in its read");
            ovl_Sleep(1);
        }
        assert_eq!(exit_code(&reader), 0, "no byte was read");
        assert_eq!(OUTCOME.load(SeqCst), 995);
        assert_eq!(refused(|| ovl_CancelSynchronousIo(reader.0)), 1168, "the thread has ended");
    });
}

#[test]
fn cancel_synchronous_io_leaves_waits_and_overlapped_requests_alone() {
    bounded(|| {
        let (place, event) = (Place::new(), manual_event(false));
        let file = place.fifo();
        let threads = [thread(waits, event.0), thread(reads_overlapped_and_waits, file.0)];
        for _ in 0..20 {
            for thread in &threads {
                assert_eq!(refused(|| ovl_CancelSynchronousIo(thread.0)), 1168);
            }
            ovl_Sleep(1);
        }
        granted(|| ovl_SetEvent(event.0));
        place.feed(b"x");
        for thread in &threads {
            assert_eq!(exit_code(thread), SATISFIED);
        }
    });
}

#[test]
fn cancel_synchronous_io_wants_a_thread_and_the_right_to_end_it() {
    let me = ovl_GetCurrentProcess();
    let (mut limited, mut enough) = (0, 0);
    // SAFETY: both are writable.
    granted(|| unsafe { ovl_DuplicateHandle(me, ovl_GetCurrentThread(), me, &mut limited, 0x10_0000, 0, 0) });
    // SAFETY: as above.
    granted(|| unsafe { ovl_DuplicateHandle(me, ovl_GetCurrentThread(), me, &mut enough, 1, 0, 0) });
    let (limited, enough) = (owned(limited), owned(enough));
    assert_eq!(refused(|| ovl_CancelSynchronousIo(limited.0)), 5);
    assert_eq!(refused(|| ovl_CancelSynchronousIo(enough.0)), 1168);
    assert_eq!(refused(|| ovl_CancelSynchronousIo(0)), 6);
    assert_eq!(refused(|| ovl_CancelSynchronousIo(manual_event(false).0)), 6);
}

unsafe extern "C-unwind" fn issues_and_ends(pair: *mut c_void) -> u32 {
    // SAFETY: the test passes a file and a request that live longer.
    let (file, request) = unsafe { &mut *pair.cast::<(Owned, Request)>() };
    request.read(file, 8).1
}

#[test]
fn the_end_of_a_thread_cancels_its_requests() {
    bounded(|| {
        let place = Place::new();
        let mut pair = (place.fifo(), Request::new());
        let issuer = thread(issues_and_ends, &raw mut pair as usize);
        assert_eq!(exit_code(&issuer), 997);
        let (file, request) = &mut pair;
        assert_eq!(request.finish(file), Err(995));
    });
}

#[test]
fn on_a_port_requests_outlive_their_thread() {
    bounded(|| {
        let place = Place::new();
        let mut pair = (place.fifo(), Request::new());
        let port = owned(ovl_CreateIoCompletionPort(pair.0.0, 0, 7, 0));
        let issuer = thread(issues_and_ends, &raw mut pair as usize);
        assert_eq!(exit_code(&issuer), 997);
        place.feed(b"late");
        let (mut bytes, mut key, mut overlapped) = (0, 0, 0);
        // SAFETY: all are ours.
        granted(|| unsafe { ovl_GetQueuedCompletionStatus(port.0, &mut bytes, &mut key, &mut overlapped, LOST) });
        assert_eq!((bytes, key, overlapped), (4, 7, pair.1.overlapped() as usize));
    });
}

#[test]
fn the_last_handle_ends_requests_and_one_of_several_does_not() {
    bounded(|| {
        let (place, event) = (Place::new(), manual_event(false));
        let (file, mut request) = (place.fifo(), Request::at(0, event.0));
        let me = ovl_GetCurrentProcess();
        let mut copy = 0;
        // SAFETY: `copy` is writable.
        granted(|| unsafe { ovl_DuplicateHandle(me, file.0, me, &mut copy, 0, 0, 2) });
        assert_eq!(request.read(&file, 8), (0, 997));
        drop(file);
        assert_eq!(ovl_WaitForSingleObject(event.0, MOMENT), TIMEOUT);
        granted(|| ovl_CloseHandle(copy));
        assert_eq!(ovl_WaitForSingleObject(event.0, LOST), SATISFIED, "its event is set");
        assert_eq!(request.result(0, 0, false), (0, 995, 0));
    });
}

#[test]
fn a_cancelled_request_on_a_port_gives_one_packet() {
    bounded(|| {
        let place = Place::new();
        let (file, mut request) = (place.fifo(), Request::new());
        let port = owned(ovl_CreateIoCompletionPort(file.0, 0, 7, 0));
        assert_eq!(request.read(&file, 8), (0, 997));
        granted(|| ovl_CancelIoEx(file.0, request.overlapped() as usize));
        let (mut bytes, mut key, mut overlapped) = (1, 0, 0);
        let mut get = |ms| {
            // SAFETY: all are ours.
            let call = || unsafe { ovl_GetQueuedCompletionStatus(port.0, &mut bytes, &mut key, &mut overlapped, ms) };
            (refused(call), overlapped)
        };
        assert_eq!(get(LOST), (995, request.overlapped() as usize));
        assert_eq!(get(MOMENT), (TIMEOUT, 0));
    });
}
