//! Which objects a request signals, and when (contract 03 sections 5 and 6).

use crate::common::*;
use overlapped_win32::fileapi::transfer::{ovl_ReadFile, ovl_WriteFile};
use overlapped_win32::handleapi::ovl_DuplicateHandle;
use overlapped_win32::processthreadsapi::ovl_GetCurrentProcess;
use overlapped_win32::synchapi::*;
use overlapped_win32::winbase_io::ovl_SetFileCompletionNotificationModes;
use std::ptr::null_mut;

#[test]
fn an_instance_starts_signalled_and_a_request_clears_it() {
    bounded(|| {
        let place = Place::new();
        let (file, mut request) = (place.fifo(), Request::new());
        assert!(signalled(&file));
        assert_eq!(request.read(&file, 8), (0, 997));
        assert!(!signalled(&file));
        place.feed(b"x");
        assert_eq!(ovl_WaitForSingleObject(file.0, LOST), SATISFIED);
        assert!(signalled(&file), "a wait does not reset it");
        assert!(request.is_complete());
    });
}

#[test]
fn a_request_resets_its_event_and_sets_both_event_and_device() {
    // Decision D1.
    bounded(|| {
        let (place, event) = (Place::new(), manual_event(true));
        let (file, mut request) = (place.fifo(), Request::at(0, event.0));
        assert_eq!(request.read(&file, 8), (0, 997));
        assert!(!signalled(&event) && !signalled(&file));
        place.feed(b"x");
        assert_eq!(ovl_WaitForSingleObject(event.0, LOST), SATISFIED);
        assert_eq!(ovl_WaitForSingleObject(file.0, LOST), SATISFIED);
    });
}

#[test]
fn an_event_of_several_requests_is_set_by_each() {
    bounded(|| {
        let (place, event) = (Place::new(), auto_event(false));
        let file = place.fifo();
        let mut requests = [Request::at(0, event.0), Request::at(0, event.0)];
        for request in &mut requests {
            assert_eq!(request.read(&file, 1), (0, 997));
        }
        for request in &mut requests {
            place.feed(b"x");
            assert_eq!(ovl_WaitForSingleObject(event.0, LOST), SATISFIED);
            assert!(request.is_complete(), "in the order of issue, on a pipe");
        }
    });
}

#[test]
fn a_call_that_is_refused_for_its_arguments_leaves_the_event() {
    let (place, event) = (Place::new(), manual_event(true));
    place.file("data", b"0123456789");
    let reader = place.open("data", READ, OVERLAPPED);
    let mut request = Request::at(0, event.0);
    assert_eq!(request.write(&reader, 4), (0, 5), "no right to write");
    assert!(signalled(&event));
    let mut negative = Request::at(1 << 63, event.0);
    assert_eq!(negative.read(&reader, 4), (0, 87));
    assert!(signalled(&event));
    // hEvent that is no event: refused before anything happens.
    let mut bad = Request::at(0, 0xABCD0);
    assert_eq!(bad.read(&reader, 4), (0, 6));
}

#[test]
fn a_synchronous_instance_follows_the_same_rule() {
    let place = Place::new();
    place.file("data", b"0123456789");
    let (file, event) = (place.open("data", READ | WRITE, 0), manual_event(false));
    assert!(signalled(&file));
    let (mut buffer, mut count) = ([0; 4], 0);
    // SAFETY: buffer and count live as long as the call, which is synchronous.
    granted(|| unsafe { ovl_ReadFile(file.0, buffer.as_mut_ptr().cast(), 4, &mut count, null_mut()) });
    assert!(signalled(&file));
    let mut request = Request::at(2, event.0);
    assert_eq!(request.read(&file, 4).0, 1);
    assert!(signalled(&event), "an OVERLAPPED's event is set on a synchronous instance, too");
    assert_eq!((request.status(), request.finish(&file)), (0, Ok(4)));
    let mut end = Request::at(10, event.0);
    assert_eq!(end.read(&file, 4), (0, 38));
    // SAFETY: as above.
    granted(|| unsafe { ovl_WriteFile(file.0, buffer.as_ptr().cast(), 4, &mut count, null_mut()) });
}

#[test]
fn the_skip_mode_belongs_to_the_instance_and_stays() {
    bounded(|| {
        let (place, event) = (Place::new(), manual_event(false));
        let file = place.fifo();
        let me = ovl_GetCurrentProcess();
        let mut copy = 0;
        // SAFETY: `copy` is writable.
        granted(|| unsafe { ovl_DuplicateHandle(me, file.0, me, &mut copy, 0, 0, 2) });
        let (copy, other) = (owned(copy), place.fifo());
        granted(|| ovl_SetFileCompletionNotificationModes(copy.0, 2));
        assert!(!signalled(&file), "it takes the signal at once, and for every handle of the instance");
        assert!(signalled(&other), "another opening is another instance");
        granted(|| ovl_SetFileCompletionNotificationModes(file.0, 0));
        let mut request = Request::at(0, event.0);
        assert_eq!(request.read(&file, 8), (0, 997));
        place.feed(b"x");
        assert_eq!(ovl_WaitForSingleObject(event.0, LOST), SATISFIED, "the event still is");
        assert!(!signalled(&file));
        assert_eq!(refused(|| ovl_SetFileCompletionNotificationModes(0, 2)), 6);
        assert_eq!(refused(|| ovl_SetFileCompletionNotificationModes(file.0, 0x80)), 87);
    });
}

#[test]
fn the_port_mode_needs_an_overlapped_instance() {
    let place = Place::new();
    place.file("data", b"0123456789");
    let file = place.open("data", READ, 0);
    assert_eq!(refused(|| ovl_SetFileCompletionNotificationModes(file.0, 1)), 87);
    granted(|| ovl_SetFileCompletionNotificationModes(file.0, 2));
}
