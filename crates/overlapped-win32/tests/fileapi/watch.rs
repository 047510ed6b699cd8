//! ReadDirectoryChangesW and change notifications (contract 02 section 10).

use crate::common::*;
use overlapped_abi::{FileNotifyInformation, Overlapped};
use overlapped_win32::fileapi::watch::*;
use overlapped_win32::handleapi::ovl_CloseHandle;
use overlapped_win32::ioapiset::*;
use overlapped_win32::synchapi::{ovl_CreateEventA, ovl_SleepEx, ovl_WaitForSingleObject};
use std::ffi::c_void;
use std::ptr::{null, null_mut};
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

/// Files and directories coming and going.
const NAMES: u32 = 3;
const LIMIT: u32 = 60_000;

fn open(directory: &Directory, flags: u32) -> File {
    std::fs::create_dir_all(directory.path("dir")).unwrap();
    directory.open("dir", READ, OPEN_EXISTING, flags | BACKUP)
}

/// A call with this buffer.
fn read(file: &File, buffer: &mut [u32], overlapped: *mut Overlapped) -> i32 {
    let room = buffer.len() as u32 * 4;
    let mut bytes = 0;
    // SAFETY: the tests keep buffer and OVERLAPPED until the request is complete.
    unsafe {
        ovl_ReadDirectoryChangesW(file.0, buffer.as_mut_ptr().cast(), room, 0, NAMES, &mut bytes, overlapped, None)
    }
}

/// The name in the first record.
fn first_name(buffer: &[u32]) -> String {
    let units = buffer[2] as usize / 2;
    // SAFETY: the record says that its name is there.
    let name = unsafe {
        let start = buffer.as_ptr().cast::<u8>().add(FileNotifyInformation::NAME_OFFSET);
        std::slice::from_raw_parts(start.cast::<u16>(), units)
    };
    String::from_utf16(name).unwrap()
}

#[test]
fn an_accepted_call_says_true_and_the_event_is_set_later() {
    let directory = Directory::new();
    let file = open(&directory, OVERLAPPED);
    let mut buffer = [0; 256];
    // SAFETY: NULL arguments.
    let event = unsafe { ovl_CreateEventA(null(), 1, 1, null()) };
    let mut overlapped = Overlapped { h_event: event, ..Overlapped::default() };
    granted(|| read(&file, &mut buffer, &mut overlapped));
    assert_eq!((overlapped.internal, ovl_WaitForSingleObject(event, 0)), (0x103, 258), "pending, and the event reset");
    directory.file("dir/abc", b"");
    assert_eq!(ovl_WaitForSingleObject(event, LIMIT), 0);
    let mut bytes = 0;
    // SAFETY: the OVERLAPPED is ours.
    granted(|| unsafe { ovl_GetOverlappedResult(file.0, &mut overlapped, &mut bytes, 0) });
    assert_eq!((bytes, buffer[1], first_name(&buffer).as_str()), (0x12, 1, "abc"));
    assert_eq!(ovl_CloseHandle(event), 1);
}

#[test]
fn a_port_gets_a_packet() {
    let directory = Directory::new();
    let file = open(&directory, OVERLAPPED);
    let port = ovl_CreateIoCompletionPort(file.0, 0, 5, 0);
    let (mut buffer, mut overlapped) = ([0; 256], Overlapped::default());
    granted(|| read(&file, &mut buffer, &mut overlapped));
    directory.file("dir/f", b"");
    let (mut bytes, mut key, mut which) = (0, 0, 0);
    // SAFETY: all are ours.
    granted(|| unsafe { ovl_GetQueuedCompletionStatus(port, &mut bytes, &mut key, &mut which, LIMIT) });
    assert_eq!((bytes, key, which), (14, 5, std::ptr::from_mut(&mut overlapped) as usize));
    let call = || {
        let routine = Some(count as unsafe extern "C" fn(u32, u32, *mut Overlapped));
        // SAFETY: refused, so nothing is kept.
        unsafe { ovl_ReadDirectoryChangesW(file.0, null_mut(), 0, 0, NAMES, null_mut(), &mut overlapped, routine) }
    };
    assert_eq!(refused(call), 87, "no routine on an instance with a port");
    assert_eq!(ovl_CloseHandle(port), 1);
}

static CODE: AtomicU32 = AtomicU32::new(u32::MAX);

unsafe extern "C" fn count(code: u32, bytes: u32, _overlapped: *mut Overlapped) {
    assert_eq!(bytes, 0);
    CODE.store(code, SeqCst);
}

#[test]
fn a_routine_is_told_1022_when_there_was_no_room() {
    let directory = Directory::new();
    let file = open(&directory, OVERLAPPED);
    let mut overlapped = Overlapped::default();
    // SAFETY: there is no buffer; the OVERLAPPED lives until the routine has run.
    granted(|| unsafe {
        ovl_ReadDirectoryChangesW(file.0, null_mut(), 0, 0, NAMES, null_mut(), &mut overlapped, Some(count))
    });
    directory.file("dir/f", b"");
    assert_eq!(ovl_SleepEx(LIMIT, 1), 0xC0);
    assert_eq!(CODE.load(SeqCst), 1022);
}

#[test]
fn a_synchronous_directory_waits() {
    let directory = Directory::new();
    let file = open(&directory, 0);
    let mut buffer = [0; 256];
    let over = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            // Again and again: what comes before the call begins to watch is not told.
            for number in 100..900 {
                std::thread::sleep(std::time::Duration::from_millis(30));
                if over.load(SeqCst) {
                    return;
                }
                directory.file(&format!("dir/late{number}"), b"");
            }
        });
        let mut bytes = 0;
        // SAFETY: buffer and count live as long as the call.
        granted(|| unsafe {
            ovl_ReadDirectoryChangesW(file.0, buffer.as_mut_ptr().cast(), 1024, 0, NAMES, &mut bytes, null_mut(), None)
        });
        over.store(true, SeqCst);
        assert!(bytes >= 26 && first_name(&buffer).starts_with("late"), "{bytes} bytes, {}", first_name(&buffer));
    });
}

#[test]
fn wrong_arguments_are_refused() {
    let directory = Directory::new();
    let (file, plain) = (open(&directory, OVERLAPPED), directory.create("plain"));
    let (mut buffer, mut overlapped) = ([0; 16], Overlapped::default());
    let to = buffer.as_mut_ptr().cast::<c_void>();
    let call = |file, to, filter, overlapped| {
        // SAFETY: refused, so nothing is kept.
        refused(|| unsafe { ovl_ReadDirectoryChangesW(file, to, 32, 0, filter, null_mut(), overlapped, None) })
    };
    let target = std::ptr::from_mut(&mut overlapped);
    assert_eq!(call(file.0, to, 0, target), 87);
    assert_eq!(call(file.0, to, 0x80, target), 87);
    assert_eq!(call(file.0, to, NAMES, null_mut()), 87);
    assert_eq!(call(0, to, NAMES, target), 87);
    assert_eq!(call(file.0, to.wrapping_byte_add(1), NAMES, target), 998, "not on a multiple of four");
    assert_eq!(call(file.0, null_mut(), NAMES, target), 998);
    assert_eq!(call(plain.0, to, NAMES, null_mut()), 87, "no directory");
}

#[test]
fn a_change_notification_is_signalled_and_armed_again() {
    let directory = Directory::new();
    drop(open(&directory, 0));
    let name = directory.wide("dir");
    // SAFETY: the name ends with a zero.
    let watch = unsafe { ovl_FindFirstChangeNotificationW(name.as_ptr(), 0, NAMES) };
    assert_ne!(watch, INVALID);
    assert_eq!(ovl_WaitForSingleObject(watch, 0), 258);
    directory.file("dir/a", b"");
    assert_eq!(ovl_WaitForSingleObject(watch, LIMIT), 0);
    assert_eq!(ovl_WaitForSingleObject(watch, 0), 258, "the wait took it");
    directory.file("dir/b", b"");
    assert_eq!(ovl_WaitForSingleObject(watch, 50), 258, "not armed");
    granted(|| ovl_FindNextChangeNotification(watch));
    assert_eq!(ovl_WaitForSingleObject(watch, LIMIT), 0, "what happened meanwhile counts");
    granted(|| ovl_FindCloseChangeNotification(watch));
    assert_eq!(refused(|| ovl_FindNextChangeNotification(watch)), 6);
    let missing = directory.name("missing");
    // SAFETY: as above.
    assert_eq!(code(INVALID, || unsafe { ovl_FindFirstChangeNotificationA(bytes(&missing), 0, NAMES) }), 2);
}

/// Descriptors of this process that lead to the directory.
fn descriptors_of(path: &std::path::Path) -> usize {
    let all = std::fs::read_dir("/proc/self/fd").unwrap();
    all.filter(|entry| std::fs::read_link(entry.as_ref().unwrap().path()).is_ok_and(|to| to == path)).count()
}

#[test]
fn either_close_ends_a_change_notification_and_leaves_nothing_open() {
    let directory = Directory::new();
    drop(open(&directory, 0));
    let (name, path) = (directory.wide("dir"), directory.path("dir").canonicalize().unwrap());
    for close in [ovl_CloseHandle, ovl_FindCloseChangeNotification] {
        // SAFETY: the name ends with a zero.
        let watch = unsafe { ovl_FindFirstChangeNotificationW(name.as_ptr(), 1, NAMES) };
        assert_ne!(watch, INVALID);
        assert!(descriptors_of(&path) > 0);
        assert_eq!(overlapped_win32::fileapi::information::ovl_GetFileType(watch), 1);
        assert_eq!(refused(|| overlapped_win32::synchapi::ovl_SetEvent(watch)), 6, "it is no event");
        granted(|| close(watch));
        // The request that was cancelled is the last to let go.
        let end = std::time::Instant::now() + std::time::Duration::from_secs(30);
        while descriptors_of(&path) != 0 {
            assert!(std::time::Instant::now() < end, "the directory stays open");
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
        assert_eq!(refused(|| ovl_FindNextChangeNotification(watch)), 6);
        assert_eq!(refused(|| ovl_FindCloseChangeNotification(watch)), 6);
    }
    let plain = directory.create("plain");
    assert_eq!(refused(|| ovl_FindCloseChangeNotification(plain.0)), 6);
    assert_eq!(refused(|| ovl_FindNextChangeNotification(plain.0)), 6);
    let name = directory.wide("plain");
    // SAFETY: as above.
    assert_eq!(code(INVALID, || unsafe { ovl_FindFirstChangeNotificationW(name.as_ptr(), 0, NAMES) }), 267);
}

#[test]
fn a_duplicate_of_a_change_notification_goes_on_when_the_first_is_closed() {
    let directory = Directory::new();
    drop(open(&directory, 0));
    let name = directory.wide("dir");
    // SAFETY: the name ends with a zero.
    let watch = unsafe { ovl_FindFirstChangeNotificationW(name.as_ptr(), 0, NAMES) };
    let (me, mut second) = (usize::MAX, 0);
    // SAFETY: there is room for the handle.
    granted(|| unsafe { overlapped_win32::handleapi::ovl_DuplicateHandle(me, watch, me, &mut second, 0, 0, 2) });
    granted(|| ovl_CloseHandle(watch));
    assert_eq!(ovl_WaitForSingleObject(second, 0), 258, "nothing was cancelled");
    directory.file("dir/a", b"");
    assert_eq!(ovl_WaitForSingleObject(second, LIMIT), 0);
    granted(|| ovl_FindCloseChangeNotification(second));
}
