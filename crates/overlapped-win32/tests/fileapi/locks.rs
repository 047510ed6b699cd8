//! Contract 02 section 9.

use crate::common::*;
use overlapped_abi::Overlapped;
use overlapped_win32::fileapi::locks::*;
use overlapped_win32::fileapi::transfer::ovl_WriteFile;
use overlapped_win32::handleapi::ovl_CloseHandle;
use overlapped_win32::synchapi::{ovl_CreateEventA, ovl_WaitForSingleObject};
use std::ptr::{null, null_mut};

#[test]
fn locks_exclude_other_instances() {
    let directory = Directory::new();
    let (a, b) = (directory.create("f"), directory.open("f", BOTH, OPEN_EXISTING, 0));
    granted(|| ovl_LockFile(a.0, 0, 0, 10, 0));
    assert_eq!(refused(|| ovl_LockFile(b.0, 5, 0, 10, 0)), 33);
    let mut count = 9;
    // SAFETY: buffer and count live as long as the call.
    assert_eq!(refused(|| unsafe { ovl_WriteFile(b.0, b"x".as_ptr().cast(), 1, &mut count, null_mut()) }), 33);
    assert_eq!(count, 0);
    a.write(b"mine");
    assert_eq!(refused(|| ovl_UnlockFile(a.0, 0, 0, 9, 0)), 158);
    granted(|| ovl_UnlockFile(a.0, 0, 0, 10, 0));
    granted(|| ovl_LockFile(b.0, 5, 0, 10, 0));
}

#[test]
fn the_overlapped_says_where_the_range_starts() {
    let directory = Directory::new();
    let (a, b) = (directory.create("f"), directory.open("f", BOTH, OPEN_EXISTING, 0));
    let mut place = Overlapped::at(1 << 32);
    // SAFETY: the OVERLAPPED lives as long as the calls.
    unsafe {
        granted(|| ovl_LockFileEx(a.0, 0, 0, 4, 0, &mut place));
        granted(|| ovl_LockFileEx(b.0, 1, 0, 4, 0, &mut place));
        assert_eq!(refused(|| ovl_LockFileEx(b.0, 3, 0, 4, 0, &mut place)), 33, "shared locks exclude exclusive ones");
        assert_eq!(refused(|| ovl_LockFile(b.0, 0, 1, 4, 0)), 33);
        granted(|| ovl_UnlockFileEx(a.0, 0, 4, 0, &mut place));
        assert_eq!(refused(|| ovl_UnlockFileEx(a.0, 0, 4, 0, &mut place)), 158);
        assert_eq!(refused(|| ovl_LockFileEx(a.0, 4, 0, 4, 0, &mut place)), 87);
        assert_eq!(refused(|| ovl_LockFileEx(a.0, 0, 1, 4, 0, &mut place)), 87);
        assert_eq!(refused(|| ovl_LockFileEx(a.0, 0, 0, 4, 0, null_mut())), 87);
        let mut end = Overlapped::at(u64::MAX);
        assert_eq!(refused(|| ovl_LockFileEx(a.0, 0, 0, 2, 0, &mut end)), 307);
    }
}

#[test]
fn an_overlapped_lock_that_is_free_sets_its_event() {
    let directory = Directory::new();
    directory.file("f", b"");
    let file = directory.open("f", BOTH, OPEN_EXISTING, OVERLAPPED);
    // SAFETY: NULL arguments and an OVERLAPPED that lives as long as the calls.
    unsafe {
        let event = ovl_CreateEventA(null(), 1, 0, null());
        let mut place = Overlapped { h_event: event, internal: 5, internal_high: 5, ..Overlapped::default() };
        granted(|| ovl_LockFileEx(file.0, 2, 0, 4, 0, &mut place));
        assert_eq!((place.internal, place.internal_high), (0, 0));
        assert_eq!(ovl_WaitForSingleObject(event, 0), 0);
        place.h_event = file.0;
        assert_eq!(refused(|| ovl_LockFileEx(file.0, 2, 0, 4, 0, &mut place)), 6, "hEvent must be an event");
        ovl_CloseHandle(event);
    }
}

#[test]
fn a_synchronous_lock_waits_for_its_range() {
    let directory = Directory::new();
    let (a, b) = (directory.create("f"), directory.open("f", BOTH, OPEN_EXISTING, 0));
    granted(|| ovl_LockFile(a.0, 0, 0, 1, 0));
    let other = b.0;
    let waiting = std::thread::spawn(move || {
        let mut place = Overlapped::default();
        // SAFETY: the OVERLAPPED lives as long as the call.
        unsafe { ovl_LockFileEx(other, 2, 0, 1, 0, &mut place) }
    });
    std::thread::sleep(std::time::Duration::from_millis(50));
    assert!(!waiting.is_finished());
    granted(|| ovl_UnlockFile(a.0, 0, 0, 1, 0));
    assert_eq!(waiting.join().unwrap(), 1);
    assert_eq!(refused(|| ovl_LockFile(a.0, 0, 0, 1, 0)), 33);
}
