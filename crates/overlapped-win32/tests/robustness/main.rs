//! What callers get wrong: memory that is not there, NULL, handles of the wrong kind. The answer is the contract's error, and
//! neither a crash nor half a transfer (contract 02 section 13, 03 sections 1 and 2, 00 section 0.3).

mod memory;

use memory::{PAGE, Pages, code, wide};
use overlapped_abi::{Overlapped, OverlappedEntry};
use overlapped_win32::devicecontrol::ovl_DeviceIoControl;
use overlapped_win32::errhandlingapi::{ovl_GetLastError, ovl_SetLastError};
use overlapped_win32::fileapi::information::{ovl_GetFileInformationByHandle, ovl_SetFileInformationByHandle};
use overlapped_win32::fileapi::pointer::ovl_SetFilePointerEx;
use overlapped_win32::fileapi::transfer::*;
use overlapped_win32::fileapi::{ovl_CreateFileA, ovl_CreateFileW};
use overlapped_win32::handleapi::{ovl_CloseHandle, ovl_DuplicateHandle};
use overlapped_win32::ioapiset::*;
use overlapped_win32::synchapi::*;
use std::path::Path;
use std::ptr::{null, null_mut};

const READ: u32 = 0x8000_0000;
const WRITE: u32 = 0x4000_0000;
const OVERLAPPED: u32 = 0x4000_0000;
const OPEN_EXISTING: u32 = 3;
const TIMEOUT: u32 = 258;
/// Long enough for any machine.
const PATIENCE: u32 = 60_000;

struct File {
    handle: usize,
    directory: tempfile::TempDir,
}

impl File {
    /// A file of three pages of sevens.
    fn open(access: u32, flags: u32) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("file");
        std::fs::write(&path, vec![7; 3 * PAGE]).unwrap();
        Self { handle: open(&path, access, flags), directory }
    }

    fn content(&self) -> Vec<u8> {
        std::fs::read(self.directory.path().join("file")).unwrap()
    }
}

impl Drop for File {
    fn drop(&mut self) {
        ovl_CloseHandle(self.handle);
    }
}

fn open(path: &Path, access: u32, flags: u32) -> usize {
    let name = wide(path.to_str().unwrap());
    // SAFETY: the name ends with a zero.
    let handle = unsafe { ovl_CreateFileW(name.as_ptr(), access, 7, null(), OPEN_EXISTING, flags, 0) };
    assert_ne!(handle, usize::MAX, "error {}", ovl_GetLastError());
    handle
}

fn pointer(file: &File) -> i64 {
    let mut at = 0;
    // SAFETY: a place for the result.
    assert_eq!(unsafe { ovl_SetFilePointerEx(file.handle, 0, &mut at, 1) }, 1);
    at
}

/// ReadFile or WriteFile of all three pages; the last error of a refusal. The count must have become 0.
fn transfer(write: bool, file: usize, start: usize, overlapped: *mut Overlapped) -> u32 {
    let mut count = 4711;
    let len = 3 * PAGE as u32;
    // SAFETY: whether the buffer is memory is what is asked; count and OVERLAPPED are.
    let code = code(0, || unsafe {
        match write {
            false => ovl_ReadFile(file, start as *mut _, len, &mut count, overlapped),
            true => ovl_WriteFile(file, start as *const _, len, &mut count, overlapped),
        }
    });
    assert_eq!(count, 0);
    code
}

/// Buffers that cannot be read; what can be read but not written is one only for reading into.
fn bad_buffers(write: bool) -> Vec<Pages> {
    let mut bad: Vec<_> = (0..3).map(|page| Pages::with(page, libc::PROT_NONE)).collect();
    if !write {
        bad.push(Pages::with(1, libc::PROT_READ));
    }
    bad
}

#[test]
fn a_synchronous_transfer_with_a_bad_buffer_is_refused_whole() {
    for (write, expected) in [(false, 998), (true, 1784)] {
        let file = File::open(READ | WRITE, 0);
        let mut buffers: Vec<usize> = bad_buffers(write).iter().map(Pages::start).collect();
        buffers.extend([0, 8, usize::MAX - PAGE, 1 << 62]);
        for buffer in buffers {
            assert_eq!(transfer(write, file.handle, buffer, null_mut()), expected, "{buffer:x}");
            assert_eq!(pointer(&file), 0);
        }
        assert!(file.content().iter().all(|&byte| byte == 7), "a part was written");
    }
}

#[test]
fn an_overlapped_transfer_with_a_bad_buffer_never_starts() {
    for (write, expected) in [(false, 998), (true, 1784)] {
        let file = File::open(READ | WRITE, OVERLAPPED);
        let port = ovl_CreateIoCompletionPort(file.handle, 0, 1, 0);
        // SAFETY: neither attributes nor a name.
        let event = unsafe { ovl_CreateEventW(null(), 1, 0, null()) };
        for pages in bad_buffers(write) {
            let mut overlapped = Overlapped { h_event: event, internal: 4, ..Overlapped::default() };
            assert_eq!(transfer(write, file.handle, pages.start(), &mut overlapped), expected);
            assert_eq!((overlapped.internal, ovl_WaitForSingleObject(event, 0)), (4, TIMEOUT));
            assert_eq!(packet(port, 50), Err(TIMEOUT));
        }
        assert!(file.content().iter().all(|&byte| byte == 7));
        for handle in [port, event] {
            ovl_CloseHandle(handle);
        }
    }
}

/// The bytes of the next packet, or the last error.
fn packet(port: usize, milliseconds: u32) -> Result<u32, u32> {
    let (mut bytes, mut key, mut overlapped) = (0, 0, 0);
    // SAFETY: places for the results.
    let taken = unsafe { ovl_GetQueuedCompletionStatus(port, &mut bytes, &mut key, &mut overlapped, milliseconds) };
    if taken == 1 { Ok(bytes) } else { Err(ovl_GetLastError()) }
}

unsafe extern "C" fn never(_: u32, _: u32, _: *mut Overlapped) {
    unreachable!("a refused request has no routine");
}

#[test]
fn alertable_transfers_with_a_bad_buffer_call_no_routine() {
    let file = File::open(READ | WRITE, OVERLAPPED);
    let (pages, len) = (Pages::with(2, libc::PROT_NONE), 3 * PAGE as u32);
    let mut o = Overlapped::default();
    // SAFETY: the OVERLAPPED outlives the calls, which are refused.
    unsafe {
        let start = pages.start();
        assert_eq!(code(0, || ovl_ReadFileEx(file.handle, start as *mut _, len, &mut o, Some(never))), 998);
        assert_eq!(code(0, || ovl_WriteFileEx(file.handle, start as *const _, len, &mut o, Some(never))), 1784);
    }
    assert_eq!(ovl_SleepEx(0, 1), 0);
}

#[test]
fn a_buffer_is_looked_at_after_handle_rights_and_length_and_before_the_offset() {
    let file = File::open(READ, 0);
    let bad = Pages::with(0, libc::PROT_NONE).start();
    assert_eq!(transfer(false, 0x7FFF_FFF0, bad, null_mut()), 6);
    assert_eq!(transfer(true, file.handle, bad, null_mut()), 5);
    let mut count = 0;
    // SAFETY: no bytes are asked for.
    let none = unsafe { ovl_ReadFile(file.handle, bad as *mut _, 0, &mut count, null_mut()) };
    assert_eq!(none, 1, "a transfer of nothing needs no buffer");
    let mut overlapped = Overlapped { offset: 0, offset_high: 0x8000_0000, ..Overlapped::default() };
    assert_eq!(transfer(false, file.handle, bad, &mut overlapped), 998);
    let overlapped_file = File::open(READ, OVERLAPPED);
    assert_eq!(transfer(false, overlapped_file.handle, bad, null_mut()), 87, "the OVERLAPPED is missing");
}

#[test]
fn good_memory_beside_bad_is_used() {
    let file = File::open(READ, 0);
    let pages = Pages::with(1, libc::PROT_NONE);
    let mut count = 0;
    for (start, len) in [(pages.start(), PAGE), (pages.start() + 2 * PAGE, PAGE), (pages.start() + PAGE - 1, 1)] {
        // SAFETY: all of this is in the pages that are there.
        let read = unsafe { ovl_ReadFile(file.handle, start as *mut _, len as u32, &mut count, null_mut()) };
        assert_eq!((read, count), (1, len as u32));
    }
}

#[test]
fn a_request_after_a_refused_one_works() {
    let file = File::open(READ, OVERLAPPED);
    let port = ovl_CreateIoCompletionPort(file.handle, 0, 1, 0);
    let mut buffer = vec![0_u8; 100];
    let mut overlapped = Overlapped::default();
    assert_eq!(transfer(false, file.handle, 0, &mut overlapped), 998);
    // SAFETY: buffer and OVERLAPPED outlive the request, whose packet is taken.
    unsafe {
        let pending =
            code(0, || ovl_ReadFile(file.handle, buffer.as_mut_ptr().cast(), 100, null_mut(), &mut overlapped));
        assert_eq!(pending, 997);
    }
    assert_eq!(packet(port, PATIENCE), Ok(100));
    assert!(buffer.iter().all(|&byte| byte == 7));
    ovl_CloseHandle(port);
}

#[test]
fn control_codes_and_information_with_bad_buffers_are_refused() {
    const SET_SPARSE: u32 = 0x900C4;
    const QUERY_RANGES: u32 = 0x940CF;
    const END_OF_FILE: i32 = 6;
    let file = File::open(READ | WRITE, 0);
    let bad = Pages::with(0, libc::PROT_NONE).start();
    let mut returned = 4711;
    // SAFETY: whether the buffers are memory is what is asked.
    unsafe {
        assert_eq!(
            code(0, || ovl_DeviceIoControl(
                file.handle,
                SET_SPARSE,
                bad as *const _,
                1,
                null_mut(),
                0,
                &mut returned,
                null_mut()
            )),
            998
        );
        assert_eq!(returned, 0);
        let whole = [0_i64, 3 * PAGE as i64];
        let ranges = || {
            ovl_DeviceIoControl(
                file.handle,
                QUERY_RANGES,
                whole.as_ptr().cast(),
                16,
                bad as *mut _,
                64,
                &mut returned,
                null_mut(),
            )
        };
        assert_eq!(code(0, ranges), 998);
        assert_eq!(code(0, || ovl_SetFileInformationByHandle(file.handle, END_OF_FILE, bad as *const _, 8)), 998);
        assert_eq!(code(0, || ovl_GetFileInformationByHandle(file.handle, null_mut())), 998);
    }
    assert_eq!(file.content().len(), 3 * PAGE);
}

#[test]
fn null_where_something_must_be_is_the_contracts_error() {
    let file = File::open(READ, 0);
    let port = ovl_CreateIoCompletionPort(usize::MAX, 0, 0, 0);
    let (mut bytes, mut key, mut overlapped, mut count) = (0, 0, 0, 0);
    let mut byte = 0_u8;
    let mut entry = OverlappedEntry::default();
    // SAFETY: each pointer is NULL or one of the places above.
    unsafe {
        let buffer = (&raw mut byte).cast();
        assert_eq!(code(0, || ovl_ReadFile(file.handle, buffer, 1, null_mut(), null_mut())), 998);
        // What is checked before memory (contract 02 section 13).
        let overlapped_file = File::open(READ, 0x4000_0000);
        assert_eq!(code(0, || ovl_ReadFile(overlapped_file.handle, buffer, 1, null_mut(), null_mut())), 87);
        assert_eq!(code(0, || ovl_WriteFile(overlapped_file.handle, buffer, 1, null_mut(), null_mut())), 5);
        assert_eq!(code(0, || ovl_ReadFile(0, buffer, 1, null_mut(), null_mut())), 6);
        assert_eq!(code(0, || ovl_ReadFileEx(file.handle, buffer, 1, null_mut(), None)), 87);
        assert_eq!(code(usize::MAX, || ovl_CreateFileA(null(), READ, 0, null(), OPEN_EXISTING, 0, 0)), 3);
        assert_eq!(code(0, || ovl_GetOverlappedResult(file.handle, null_mut(), &mut count, 0)), 998);
        assert_eq!(code(0, || ovl_GetQueuedCompletionStatus(port, null_mut(), &mut key, &mut overlapped, 0)), 87);
        assert_eq!(code(0, || ovl_GetQueuedCompletionStatus(port, &mut bytes, null_mut(), &mut overlapped, 0)), 87);
        assert_eq!(code(0, || ovl_GetQueuedCompletionStatus(port, &mut bytes, &mut key, null_mut(), 0)), 87);
        assert_eq!(code(0, || ovl_GetQueuedCompletionStatusEx(port, null_mut(), 1, &mut count, 0, 0)), 87);
        assert_eq!(code(0, || ovl_GetQueuedCompletionStatusEx(port, &mut entry, 0, &mut count, 0, 0)), 87);
        assert_eq!(code(0, || ovl_GetQueuedCompletionStatusEx(port, &mut entry, 1, null_mut(), 0, 0)), 87);
        assert_eq!(code(u32::MAX, || ovl_WaitForMultipleObjects(0, null(), 0, 0)), 87);
        assert_eq!(code(0, || ovl_DuplicateHandle(0, file.handle, usize::MAX, null_mut(), 0, 0, 0)), 6);
    }
    ovl_CloseHandle(port);
}

#[test]
fn handles_of_the_wrong_kind_and_none_at_all_are_6() {
    let port = ovl_CreateIoCompletionPort(usize::MAX, 0, 0, 0);
    // SAFETY: neither attributes nor a name.
    let event = unsafe { ovl_CreateEventW(null(), 1, 0, null()) };
    for handle in [0, 0x7FFF_FFF0, usize::MAX - 3, event] {
        assert_eq!(code(0, || ovl_PostQueuedCompletionStatus(handle, 0, 0, 0)), 6, "{handle:x}");
        assert_eq!(packet(handle, 0), Err(6), "{handle:x}");
        assert_eq!(code(0, || ovl_CancelIo(handle)), 6, "{handle:x}");
    }
    assert_eq!(code(0, || ovl_SetEvent(port)), 6);
    assert_eq!(code(u32::MAX, || ovl_WaitForSingleObject(port, 0)), 6, "a port cannot be waited for");
    assert_eq!(ovl_CloseHandle(port) + ovl_CloseHandle(event), 2);
    assert_eq!(code(0, || ovl_CloseHandle(event)), 6);
}

#[test]
fn a_closed_port_is_6_also_to_a_thread_that_remembers_it() {
    let port = ovl_CreateIoCompletionPort(usize::MAX, 0, 0, 0);
    assert_eq!(ovl_PostQueuedCompletionStatus(port, 9, 0, 0), 1);
    assert_eq!(packet(port, 0), Ok(9));
    std::thread::spawn(move || assert_eq!(ovl_CloseHandle(port), 1)).join().unwrap();
    assert_eq!(code(0, || ovl_PostQueuedCompletionStatus(port, 9, 0, 0)), 6);
    assert_eq!(packet(port, 0), Err(6));
    // Another port is not mistaken for it.
    let other = ovl_CreateIoCompletionPort(usize::MAX, 0, 0, 0);
    assert_ne!(other, port);
    assert_eq!((ovl_PostQueuedCompletionStatus(other, 8, 0, 0), packet(other, 0)), (1, Ok(8)));
    assert_eq!(packet(port, 0), Err(6));
    ovl_CloseHandle(other);
}

#[test]
fn the_last_error_changes_on_failure_only() {
    let file = File::open(READ, 0);
    let port = ovl_CreateIoCompletionPort(usize::MAX, 0, 0, 0);
    // SAFETY: neither attributes nor a name.
    let event = unsafe { ovl_CreateEventW(null(), 1, 0, null()) };
    let (mut byte, mut count) = (0_u8, 0);
    ovl_SetLastError(4711);
    // SAFETY: a byte and a place for the count.
    unsafe {
        assert_eq!(ovl_ReadFile(file.handle, (&raw mut byte).cast(), 1, &mut count, null_mut()), 1);
    }
    assert_eq!(ovl_PostQueuedCompletionStatus(port, 1, 2, 0), 1);
    assert_eq!(packet(port, 0), Ok(1));
    assert_eq!(
        (ovl_WaitForSingleObject(event, 0), ovl_SetEvent(event), ovl_WaitForSingleObject(event, 0)),
        (TIMEOUT, 1, 0)
    );
    assert_eq!((ovl_SleepEx(0, 1), ovl_CloseHandle(event), ovl_CloseHandle(port)), (0, 1, 1));
    assert_eq!(ovl_GetLastError(), 4711);
    let other = std::thread::spawn(|| {
        let fresh = ovl_GetLastError();
        ovl_SetLastError(1);
        fresh
    });
    assert_eq!((other.join().unwrap(), ovl_GetLastError()), (0, 4711), "each thread has its own");
}
