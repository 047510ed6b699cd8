//! `windows-sys` on these names: calls with many arguments, structures both ways, callbacks, threads (contract 03, 04, 05, 06).

use overlapped_win32_names as _;
use std::mem::zeroed;
use std::ptr::{null, null_mut};
use std::sync::atomic::{AtomicUsize, Ordering::*};
use windows_sys::Win32::Foundation::*;
use windows_sys::Win32::Storage::FileSystem::*;
use windows_sys::Win32::System::IO::*;
use windows_sys::Win32::System::Threading::*;

/// Long enough for any machine; a hang is a failure.
const PATIENCE: u32 = 60_000;

fn wide(text: &str) -> Vec<u16> {
    text.encode_utf16().chain([0]).collect()
}

fn file(directory: &std::path::Path, flags: u32) -> HANDLE {
    let name = wide(directory.join("file").to_str().unwrap());
    // SAFETY: a name that ends with a zero, and no structures.
    let file = unsafe {
        CreateFileW(
            name.as_ptr(),
            GENERIC_READ | GENERIC_WRITE,
            0,
            null(),
            CREATE_ALWAYS,
            FILE_FLAG_OVERLAPPED | flags,
            null_mut(),
        )
    };
    assert_ne!(file, INVALID_HANDLE_VALUE);
    file
}

#[test]
fn a_port_brings_key_bytes_and_overlapped() {
    let directory = tempfile::tempdir().unwrap();
    let file = file(directory.path(), FILE_FLAG_DELETE_ON_CLOSE);
    let mut buffer = *b"0123456789";
    // SAFETY: buffer and OVERLAPPED outlive the request, whose packet is waited for.
    unsafe {
        let port = CreateIoCompletionPort(file, null_mut(), 77, 0);
        let mut overlapped: OVERLAPPED = zeroed();
        overlapped.Anonymous.Anonymous.Offset = 5;
        assert_eq!(WriteFile(file, buffer.as_ptr(), 10, null_mut(), &mut overlapped), 0);
        assert_eq!(GetLastError(), ERROR_IO_PENDING);
        let (mut bytes, mut key, mut which) = (0, 0, null_mut());
        assert_eq!(GetQueuedCompletionStatus(port, &mut bytes, &mut key, &mut which, PATIENCE), 1);
        assert_eq!((bytes, key, which), (10, 77, &raw mut overlapped));
        assert_eq!(PostQueuedCompletionStatus(port, 1, 2, null()), 1);
        let mut entries: [OVERLAPPED_ENTRY; 3] = zeroed();
        let mut count = 0;
        overlapped.Anonymous.Anonymous.Offset = 5;
        ReadFile(file, buffer.as_mut_ptr(), 3, null_mut(), &mut overlapped);
        let mut seen = Vec::new();
        while seen.len() < 2 {
            assert_eq!(GetQueuedCompletionStatusEx(port, entries.as_mut_ptr(), 3, &mut count, PATIENCE, 0), 1);
            seen.extend(
                entries[..count as usize].iter().map(|entry| (entry.lpCompletionKey, entry.dwNumberOfBytesTransferred)),
            );
        }
        seen.sort_unstable();
        assert_eq!((&seen[..], &buffer[..3]), (&[(2, 1), (77, 3)][..], &b"012"[..]));
        assert_eq!((CloseHandle(file), CloseHandle(port)), (1, 1));
    }
}

static ROUTINES: AtomicUsize = AtomicUsize::new(0);

unsafe extern "system" fn routine(error: u32, bytes: u32, overlapped: *mut OVERLAPPED) {
    // SAFETY: the OVERLAPPED of the request.
    let own = unsafe { (*overlapped).hEvent } as usize;
    ROUTINES.store(own + (error + bytes) as usize, SeqCst);
}

#[test]
fn a_routine_of_rust_is_called_in_an_alertable_wait() {
    let directory = tempfile::tempdir().unwrap();
    let file = file(directory.path(), 0);
    // SAFETY: as above; the wait ends after the routine.
    unsafe {
        let mut overlapped: OVERLAPPED = zeroed();
        overlapped.hEvent = 4000 as HANDLE;
        assert_eq!(WriteFileEx(file, b"abcd".as_ptr(), 4, &mut overlapped, Some(routine)), 1);
        assert_eq!(SleepEx(PATIENCE, 1), WAIT_IO_COMPLETION);
        CloseHandle(file);
    }
    assert_eq!(ROUTINES.load(SeqCst), 4004);
}

unsafe extern "system" fn body(event: *mut core::ffi::c_void) -> u32 {
    // SAFETY: the handle that the thread was given.
    unsafe { SetEvent(event) };
    7
}

#[test]
fn threads_end_with_their_code() {
    // SAFETY: handles that are open, and places for results.
    unsafe {
        let event = CreateEventW(null(), 1, 0, null());
        let thread = CreateThread(null(), 0, Some(body), event, 0, null_mut());
        let handles = [thread, event];
        assert_eq!(WaitForMultipleObjects(2, handles.as_ptr(), 1, PATIENCE), WAIT_OBJECT_0);
        let mut code = 0;
        assert_eq!((GetExitCodeThread(thread, &mut code), code), (1, 7));
        assert_eq!(CloseHandle(thread) + CloseHandle(event), 2);
        assert_eq!((CloseHandle(event), GetLastError()), (0, ERROR_INVALID_HANDLE));
    }
}
