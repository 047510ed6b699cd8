//! Contract 01 section 1: DuplicateHandle and what it leaves alone.

use crate::common::*;
use overlapped_win32::handleapi::*;
use overlapped_win32::ioapiset::{
    ovl_CreateIoCompletionPort, ovl_GetQueuedCompletionStatus, ovl_PostQueuedCompletionStatus,
};
use overlapped_win32::synchapi::{ovl_CreateEventA, ovl_SetEvent, ovl_WaitForSingleObject};
use std::ptr::{null, null_mut};

const ME: usize = usize::MAX;
const CLOSE_SOURCE: u32 = 1;
const SAME_ACCESS: u32 = 2;
const PROTECT: u32 = 2;

fn event() -> File {
    // SAFETY: NULL arguments.
    File(unsafe { ovl_CreateEventA(null(), 1, 0, null()) })
}

/// A duplicate, or the last error.
fn duplicate(processes: [usize; 2], source: usize, access: u32, options: u32) -> Result<File, u32> {
    let mut copy = 0;
    // SAFETY: the target lives as long as the call.
    let call = || unsafe { ovl_DuplicateHandle(processes[0], source, processes[1], &mut copy, access, 0, options) };
    match move_code(call) {
        None => Ok(File(copy)),
        Some(code) => Err(code),
    }
}

fn move_code(call: impl FnOnce() -> i32) -> Option<u32> {
    overlapped_win32::errhandlingapi::ovl_SetLastError(UNTOUCHED);
    (call() == 0).then(|| overlapped_win32::errhandlingapi::ovl_GetLastError())
}

#[test]
fn a_real_handle_of_the_process_is_as_good_as_the_pseudo_handle_01_1_3() {
    let (event, process) = (event(), duplicate([ME, ME], ME, 0, SAME_ACCESS).unwrap());
    let copy = duplicate([process.0, process.0], event.0, 0, SAME_ACCESS).unwrap();
    granted(|| ovl_CompareObjectHandles(event.0, copy.0));
    assert_eq!(refused(|| ovl_CompareObjectHandles(event.0, process.0)), 1656);
    for bad in [[0, ME], [ME, 0], [event.0, ME], [ME, event.0]] {
        assert_eq!(duplicate(bad, event.0, 0, SAME_ACCESS).err(), Some(6));
    }
}

#[test]
fn the_source_is_closed_whatever_the_outcome_unless_it_is_protected_01_1_3() {
    let directory = Directory::new();
    directory.file("f", b"x");
    let source = directory.open("f", READ, OPEN_EXISTING, 0);
    granted(|| ovl_SetHandleInformation(source.0, PROTECT, PROTECT));
    let copy = duplicate([ME, ME], source.0, 0, SAME_ACCESS | CLOSE_SOURCE).unwrap();
    let mut flags = 9;
    // SAFETY: the flags live as long as the calls.
    granted(|| unsafe { ovl_GetHandleInformation(copy.0, &mut flags) });
    assert_eq!(flags, 0, "flags are not duplicated");
    assert_eq!(source.read(1), b"x");
    granted(|| ovl_SetHandleInformation(source.0, PROTECT, 0));
    assert_eq!(duplicate([ME, ME], source.0, WRITE, CLOSE_SOURCE).err(), Some(5));
    assert_eq!(refused(|| ovl_CloseHandle(source.0)), 6);
    std::mem::forget(source);
    for nobody in [0, 0xDEAD00, event().0] {
        let source = event();
        assert_eq!(duplicate([ME, nobody], source.0, 0, SAME_ACCESS).err(), Some(6), "no target process");
        granted(|| ovl_SetEvent(source.0));
        assert_eq!(duplicate([ME, nobody], source.0, 0, SAME_ACCESS | CLOSE_SOURCE).err(), Some(6));
        assert_eq!(refused(|| ovl_CloseHandle(source.0)), 6);
        std::mem::forget(source);
    }
}

#[test]
fn generic_rights_of_an_object_are_those_of_its_kind() {
    const GENERIC_ALL: u32 = 0x1000_0000;
    const GENERIC_EXECUTE: u32 = 0x2000_0000;
    let event = event();
    let all = duplicate([ME, ME], event.0, GENERIC_ALL, 0).unwrap();
    granted(|| ovl_SetEvent(all.0));
    assert_eq!(ovl_WaitForSingleObject(all.0, 0), 0);
    let waits = duplicate([ME, ME], event.0, GENERIC_EXECUTE, 0).unwrap();
    assert_eq!(ovl_WaitForSingleObject(waits.0, 0), 0);
    assert_eq!(refused(|| ovl_SetEvent(waits.0)), 5);
}

#[test]
fn a_port_lives_with_its_last_handle_01_1_3() {
    let port = File(ovl_CreateIoCompletionPort(INVALID, 0, 0, 1));
    let copy = duplicate([ME, ME], port.0, 0, SAME_ACCESS).unwrap();
    granted(|| ovl_PostQueuedCompletionStatus(copy.0, 7, 8, 0));
    drop(copy);
    let (mut bytes, mut key, mut overlapped) = (0, 0, 0);
    // SAFETY: the targets live as long as the call.
    granted(|| unsafe { ovl_GetQueuedCompletionStatus(port.0, &mut bytes, &mut key, &mut overlapped, 0) });
    assert_eq!((bytes, key), (7, 8));
    granted(|| ovl_PostQueuedCompletionStatus(port.0, 1, 2, 0));
    let last = port.0;
    drop(port);
    assert_eq!(refused(|| ovl_PostQueuedCompletionStatus(last, 1, 2, 0)), 6);
}

#[test]
fn without_a_target_only_the_source_is_closed_01_1_3() {
    let event = event();
    let copy = duplicate([ME, ME], event.0, 0, SAME_ACCESS).unwrap();
    // SAFETY: a NULL target.
    granted(|| unsafe { ovl_DuplicateHandle(ME, copy.0, 0, null_mut(), 0, 0, CLOSE_SOURCE) });
    assert_eq!(refused(|| ovl_CloseHandle(copy.0)), 6);
    std::mem::forget(copy);
}
