//! Memory that a request of the C face writes from while another one reads to it: what arrives is what stood there when it was written, as if
//! the system had kept a copy (contract 07). Safe Rust cannot do this.

use overlapped_abi::Overlapped;
use overlapped_abi::constants::pipe::MAILSLOT_WAIT_FOREVER;
use overlapped_win32::errhandlingapi::ovl_GetLastError;
use overlapped_win32::fileapi::ovl_CreateFileA;
use overlapped_win32::fileapi::transfer::{ovl_ReadFile, ovl_WriteFile};
use overlapped_win32::handleapi::ovl_CloseHandle;
use overlapped_win32::ioapiset::ovl_GetOverlappedResult;
use overlapped_win32::mailslots::ovl_CreateMailslotA;
use overlapped_win32::namedpipeapi::ovl_CreateNamedPipeA;
use overlapped_win32::support::RawHandle;
use std::ffi::CString;
use std::ptr::{null, null_mut};

const FAILED: RawHandle = usize::MAX;
const GENERIC_WRITE: u32 = 0x4000_0000;
const OPEN_EXISTING: u32 = 3;
const IO_PENDING: u32 = 997;
const PIPE_ACCESS_INBOUND: u32 = 1;
const FILE_FLAG_OVERLAPPED: u32 = 0x4000_0000;

fn unique(kind: &str) -> CString {
    CString::new(format!(r"\\.\{kind}\win32-overlapping-{}", std::process::id())).unwrap()
}

fn open(name: &CString) -> RawHandle {
    // SAFETY: a string, and no attributes.
    let file = unsafe { ovl_CreateFileA(name.as_ptr().cast(), GENERIC_WRITE, 3, null(), OPEN_EXISTING, 0, 0) };
    assert_ne!(file, FAILED, "{}", ovl_GetLastError());
    file
}

/// A message that is read to where it is written from, shifted or not: what arrives is what stood there when it was written.
#[test]
fn a_message_may_be_written_from_the_memory_it_is_read_to_07_4_2() {
    let name = unique("mailslot");
    // SAFETY: a string, and no attributes.
    let slot = unsafe { ovl_CreateMailslotA(name.as_ptr().cast(), 0, MAILSLOT_WAIT_FOREVER, null()) };
    assert_ne!(slot, FAILED, "{}", ovl_GetLastError());
    let client = open(&name);
    let text: Vec<u8> = (b'a'..=b'z').collect();
    for (from, to) in [(0, 0), (0, 5), (5, 0), (0, 16), (16, 0)] {
        let mut memory = [b'.'; 48];
        memory[from..from + text.len()].copy_from_slice(&text);
        let start = memory.as_mut_ptr();
        let (mut request, mut count) = (Overlapped::default(), 0);
        // SAFETY: both stay where they are until the request is complete, and the memory is reached by this pointer alone meanwhile.
        unsafe {
            let done = ovl_ReadFile(slot, start.add(to).cast(), 26, null_mut(), &raw mut request);
            assert_eq!((done, ovl_GetLastError()), (0, IO_PENDING));
            assert_eq!(ovl_WriteFile(client, start.add(from).cast(), 26, &raw mut count, null_mut()), 1);
            assert_eq!(count, 26);
            assert_eq!(ovl_GetOverlappedResult(slot, &raw mut request, &raw mut count, 1), 1);
        }
        assert_eq!((count, &memory[to..to + text.len()]), (26, &text[..]), "from {from} to {to}");
        let untouched = (0..48).filter(|at| !(from..from + 26).contains(at) && !(to..to + 26).contains(at));
        assert!(untouched.into_iter().all(|at| memory[at] == b'.'), "from {from} to {to}");
    }
    ovl_CloseHandle(client);
    ovl_CloseHandle(slot);
}

/// The first reader's memory is where the bytes for the next one stand.
#[test]
fn what_one_reader_of_a_pipe_takes_changes_nothing_for_the_next_07_1_6() {
    let name = unique("pipe");
    let mode = PIPE_ACCESS_INBOUND | FILE_FLAG_OVERLAPPED;
    // SAFETY: a string, and no attributes.
    let server = unsafe { ovl_CreateNamedPipeA(name.as_ptr().cast(), mode, 0, 1, 4096, 4096, 0, null()) };
    assert_ne!(server, FAILED, "{}", ovl_GetLastError());
    let client = open(&name);
    let mut memory = *b"abcdefghijkl";
    let start = memory.as_mut_ptr();
    let mut second = [0_u8; 4];
    let (mut requests, mut count) = ([Overlapped::default(), Overlapped::default()], 0);
    let [one, two] = requests.each_mut();
    // SAFETY: everything stays where it is until the requests are complete, and is reached by these pointers alone meanwhile.
    unsafe {
        assert_eq!(ovl_ReadFile(server, start.add(4).cast(), 4, null_mut(), one), 0);
        assert_eq!(ovl_ReadFile(server, second.as_mut_ptr().cast(), 4, null_mut(), two), 0);
        assert_eq!(ovl_WriteFile(client, start.cast(), 12, &raw mut count, null_mut()), 1);
        assert_eq!(count, 12);
        for request in [one, two] {
            assert_eq!((ovl_GetOverlappedResult(server, request, &raw mut count, 1), count), (1, 4));
        }
    }
    assert_eq!((&memory, &second), (b"abcdabcdijkl", b"efgh"));
    let mut rest = [0_u8; 4];
    let mut request = Overlapped::default();
    // SAFETY: as above.
    unsafe {
        ovl_ReadFile(server, rest.as_mut_ptr().cast(), 4, null_mut(), &raw mut request);
        assert_eq!((ovl_GetOverlappedResult(server, &raw mut request, &raw mut count, 1), count), (1, 4));
    }
    assert_eq!(&rest, b"ijkl");
    ovl_CloseHandle(client);
    ovl_CloseHandle(server);
}
