//! GetOverlappedResult(Ex) and HasOverlappedIoCompleted (contract 03 sections 2 and 4).

use crate::common::*;
use overlapped_abi::Overlapped;
use overlapped_win32::handleapi::ovl_DuplicateHandle;
use overlapped_win32::ioapiset::*;
use overlapped_win32::processthreadsapi::{ovl_GetCurrentProcess, ovl_GetCurrentThread, ovl_QueueUserAPC};
use overlapped_win32::synchapi::*;
use std::ptr::null_mut;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::{Duration, Instant};

/// A read of the fifo that waits.
fn pending(place: &Place, event: usize) -> (Owned, Request) {
    let (file, mut request) = (place.fifo(), Request::at(0, event));
    assert_eq!(request.read(&file, 8), (0, 997));
    assert_eq!(request.status(), PENDING);
    (file, request)
}

unsafe extern "C" fn count(counter: usize) {
    // SAFETY: the tests pass the address of a counter that lives longer.
    unsafe { &*(counter as *const AtomicUsize) }.fetch_add(1, SeqCst);
}

fn queue_to_self(counter: &AtomicUsize) {
    // SAFETY: the counter outlives the waits of the test.
    let queued = unsafe { ovl_QueueUserAPC(Some(count), ovl_GetCurrentThread(), std::ptr::from_ref(counter) as usize) };
    assert_ne!(queued, 0);
}

#[test]
fn a_pending_request_is_not_waited_for_without_being_asked() {
    bounded(|| {
        let place = Place::new();
        let (file, mut request) = pending(&place, 0);
        let mut bytes = 4711;
        // SAFETY: the request lives.
        let call = || unsafe { ovl_GetOverlappedResult(file.0, request.overlapped(), &mut bytes, 0) };
        assert_eq!(refused(call), 996);
        assert_eq!(bytes, 4711, "untouched");
        place.feed(b"x");
        assert_eq!(request.finish(&file), Ok(1));
    });
}

#[test]
fn with_time_0_no_apc_runs_even_if_alertable() {
    bounded(|| {
        let (place, ran) = (Place::new(), AtomicUsize::new(0));
        let (file, mut request) = pending(&place, 0);
        queue_to_self(&ran);
        assert_eq!(request.result(file.0, 0, true), (0, 996, 4711));
        assert_eq!(ran.load(SeqCst), 0);
        assert_eq!(request.result(file.0, MOMENT, false), (0, TIMEOUT, 4711), "258 when the time is over");
        assert_eq!(ran.load(SeqCst), 0);
        assert_eq!(request.result(file.0, INFINITE, true), (0, ALERTED, 4711), "192 when an APC ran");
        assert_eq!(ran.load(SeqCst), 1);
        assert_eq!(request.result(file.0, MOMENT, true), (0, TIMEOUT, 4711));
        place.feed(b"x");
        assert_eq!(request.finish(&file), Ok(1));
    });
}

#[test]
fn memory_alone_tells_of_a_completion_on_a_pipe() {
    bounded(|| {
        let place = Place::new();
        let (_file, mut request) = pending(&place, 0);
        place.feed(b"word");
        // From here on no thread of this test is in the library.
        assert!(turns_true(|| request.is_complete()));
        assert_eq!((request.status(), request.0.overlapped.internal_high), (0, 4));
        assert_eq!(&request.0.buffer[..4], b"word");
    });
}

#[test]
fn memory_alone_tells_of_completions_on_a_disk() {
    bounded(|| {
        let place = Place::new();
        place.file("data", &[7; 64 << 10]);
        let (read, written) =
            (place.open("data", READ, OVERLAPPED), place.open("data", READ | WRITE, OVERLAPPED | WRITE_THROUGH));
        let mut requests: Vec<Request> = (0..8).map(|n| Request::at(n * 4096, 0)).collect();
        for (number, request) in requests.iter_mut().enumerate() {
            // Writes that reach the device take their time.
            let issued = if number % 2 == 0 { request.write(&written, 4096) } else { request.read(&read, 4096) };
            assert_eq!(issued, (0, 997), "request {number}");
        }
        for request in &mut requests {
            assert!(turns_true(|| request.is_complete()));
            assert_eq!((request.status(), request.0.overlapped.internal_high), (0, 4096));
        }
    });
}

/// Looks until it is true, as long as a wait would, and never calls the library.
fn turns_true(mut condition: impl FnMut() -> bool) -> bool {
    let start = Instant::now();
    while !condition() {
        if start.elapsed() > Duration::from_millis(LOST.into()) {
            return false;
        }
        std::thread::sleep(Duration::from_micros(100));
    }
    true
}

#[test]
fn the_event_is_waited_for_or_else_the_request() {
    bounded(|| {
        let place = Place::new();
        let event = manual_event(true);
        for event in [0, event.0] {
            let (file, mut request) = pending(&place, event);
            std::thread::scope(|scope| {
                scope.spawn(|| {
                    std::thread::sleep(Duration::from_millis(5));
                    place.feed(b"abc");
                });
                assert_eq!(request.result(file.0, INFINITE, false), (1, 0xDEAD, 3));
            });
            assert_eq!(request.result(file.0, 0, false), (1, 0xDEAD, 3), "asked again, without waiting");
        }
        assert!(signalled(&event), "a manual-reset event stays as it is");
    });
}

#[test]
fn a_final_status_is_enough_though_the_event_was_consumed() {
    bounded(|| {
        let place = Place::new();
        let event = auto_event(false);
        let (file, mut request) = pending(&place, event.0);
        place.feed(b"x");
        assert_eq!(ovl_WaitForSingleObject(event.0, LOST), SATISFIED);
        assert_eq!(request.result(file.0, LOST, false), (1, 0xDEAD, 1), "with a final status nothing is waited for");
    });
}

#[test]
fn failures_and_warnings_give_their_code_and_their_bytes() {
    for (status, expected) in [
        (0, (1, 0xDEAD, 17)),
        (0x10B, (1, 0xDEAD, 17)),
        (0x8000_0005, (0, 234, 17)),
        (0xC000_0011, (0, 38, 17)),
        (0xC000_0120, (0, 995, 17)),
        (0xC000_014B, (0, 109, 17)),
    ] {
        let mut request = Request::new();
        (request.0.overlapped.internal, request.0.overlapped.internal_high) = (status, 17);
        // With a final status, the handle is not even looked at.
        assert_eq!(request.result(0, INFINITE, true), expected, "status {status:#x}");
    }
}

#[test]
fn a_pending_status_needs_a_handle_to_wait_on() {
    let mut request = Request::new();
    request.0.overlapped.internal = PENDING;
    assert_eq!(request.result(0, MOMENT, false), (0, 6, 4711));
    request.0.overlapped.h_event = 0xABCD0;
    let place = Place::new();
    let file = place.fifo();
    assert_eq!(request.result(file.0, MOMENT, false), (0, 6, 4711), "an event that is none");
}

#[test]
fn with_an_event_the_handle_is_not_looked_at() {
    bounded(|| {
        let (place, event, ran) = (Place::new(), manual_event(false), AtomicUsize::new(0));
        let (file, mut request) = pending(&place, event.0);
        let strangers = [0, usize::MAX, 0xABCD0, event.0];
        for stranger in strangers {
            assert_eq!(request.result(stranger, MOMENT, false), (0, TIMEOUT, 4711), "handle {stranger:#x}");
        }
        queue_to_self(&ran);
        assert_eq!(request.result(0, INFINITE, true), (0, ALERTED, 4711), "APCs run as they would");
        assert_eq!(ran.load(SeqCst), 1);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                std::thread::sleep(Duration::from_millis(5));
                place.feed(b"abc");
            });
            assert_eq!(request.result(0, INFINITE, false), (1, 0xDEAD, 3), "the event alone tells");
        });
        drop(file);
    });
}

#[test]
fn the_pointers_must_not_be_null() {
    let mut request = Request::new();
    // SAFETY: NULL is refused.
    assert_eq!(refused(|| unsafe { ovl_GetOverlappedResult(0, null_mut::<Overlapped>(), &mut 0, 0) }), 998);
    // SAFETY: as above.
    assert_eq!(refused(|| unsafe { ovl_GetOverlappedResult(0, request.overlapped(), null_mut(), 0) }), 998);
}

#[test]
fn an_event_that_may_not_be_waited_for_is_refused_while_the_request_is_pending() {
    const MODIFY_STATE: u32 = 2;
    bounded(|| {
        let (place, whole) = (Place::new(), manual_event(false));
        let (own, mut narrow) = (ovl_GetCurrentProcess(), 0);
        // SAFETY: a place of ours.
        granted(|| unsafe { ovl_DuplicateHandle(own, whole.0, own, &mut narrow, MODIFY_STATE, 0, 0) });
        let narrow = owned(narrow);
        let (file, mut request) = pending(&place, narrow.0);
        assert_eq!(request.result(file.0, INFINITE, false), (0, 5, 4711), "no SYNCHRONIZE");
        assert_eq!(request.result(file.0, 0, false), (0, 996, 4711), "nothing is waited for");
        place.feed(b"x");
        // The event is set all the same, for which the handle has the right.
        assert_eq!(ovl_WaitForSingleObject(whole.0, LOST), SATISFIED);
        assert_eq!(request.result(file.0, INFINITE, false), (1, 0xDEAD, 1));
    });
}

#[test]
fn requests_on_a_port_have_results_as_well() {
    bounded(|| {
        let place = Place::new();
        let (file, mut request) = (place.fifo(), Request::new());
        let port = owned(ovl_CreateIoCompletionPort(file.0, 0, 7, 0));
        assert_eq!(request.read(&file, 8), (0, 997));
        place.feed(b"abcd");
        assert_eq!(request.finish(&file), Ok(4));
        let (mut bytes, mut key, mut overlapped) = (0, 0, 0);
        // SAFETY: all are ours.
        granted(|| unsafe { ovl_GetQueuedCompletionStatus(port.0, &mut bytes, &mut key, &mut overlapped, LOST) });
        assert_eq!((bytes, key, overlapped), (4, 7, request.overlapped() as usize), "and its packet");
    });
}
