//! Requests of several threads on one synchronous pipe handle wait for each other (contract 00 section 0.4, 03 section 3, 07 section 1.8).

use crate::common::*;
use overlapped_kernel::handle::Handle;
use overlapped_win32::fileapi::ovl_CreateFileA;
use overlapped_win32::fileapi::size::ovl_FlushFileBuffers;
use overlapped_win32::fileapi::transfer::{ovl_ReadFile, ovl_WriteFile};
use overlapped_win32::namedpipeapi::*;
use overlapped_win32::synchapi::ovl_Sleep;
use std::ffi::CString;
use std::ptr::{null, null_mut};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::ScopedJoinHandle;

const DUPLEX: u32 = 3;
const OF_MESSAGES: u32 = 4 | 2;
const READ_MESSAGES: u32 = 2;
const QUOTA: u32 = 10;

/// What a thread is blocked in.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Block {
    Read,
    Write,
    Connect,
    Flush,
    Transact,
}

fn name() -> CString {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    CString::new(format!(r"\\.\pipe\ovl-turns-{}-{number}", std::process::id())).expect("no zero")
}

fn server(name: &CString, flags: u32) -> Owned {
    let (text, quota) = (name.as_ptr().cast(), QUOTA);
    // SAFETY: the name ends with a zero, and there are no attributes.
    owned(unsafe { ovl_CreateNamedPipeA(text, DUPLEX | flags, OF_MESSAGES, 1, quota, quota, 0, null()) })
}

fn client(name: &CString) -> Owned {
    // SAFETY: as above.
    let client = owned(unsafe { ovl_CreateFileA(name.as_ptr().cast(), READ | WRITE, 0, null(), 3, 0, 0) });
    // SAFETY: the mode is readable.
    granted(|| unsafe { ovl_SetNamedPipeHandleState(client.0, &READ_MESSAGES, null(), null()) });
    client
}

/// Bytes, or the last error.
fn count(call: impl FnOnce(&mut u32) -> i32) -> Result<u32, u32> {
    let mut count = 0;
    match answer(|| call(&mut count)) {
        (1, _) => Ok(count),
        (_, code) => Err(code),
    }
}

fn write(pipe: usize, text: &str) -> Result<u32, u32> {
    // SAFETY: the text and the count live as long as the call, which is synchronous.
    count(|count| unsafe { ovl_WriteFile(pipe, text.as_ptr().cast(), text.len() as u32, count, null_mut()) })
}

fn read(pipe: usize) -> Result<String, u32> {
    let mut buffer = vec![0; 64];
    // SAFETY: as above.
    let read = count(|count| unsafe { ovl_ReadFile(pipe, buffer.as_mut_ptr().cast(), 64, count, null_mut()) })?;
    buffer.truncate(read as usize);
    Ok(String::from_utf8(buffer).expect("text"))
}

fn outstanding(pipe: &Owned) -> usize {
    let system = overlapped::default_system().expect("the system");
    system.grant(Handle::from_raw(pipe.0).expect("a handle")).expect("a pipe").instance.outstanding()
}

fn until_blocked(pipe: &Owned) {
    while outstanding(pipe) == 0 {
        ovl_Sleep(1);
    }
}

impl Block {
    /// Blocks, and tells what it came to.
    fn enter(self, pipe: usize) -> Result<u32, u32> {
        let told = |call: &dyn Fn() -> i32| count(|_| call());
        match self {
            Self::Read => read(pipe).map(|text| text.len() as u32),
            Self::Write => write(pipe, "more than the quota"),
            // SAFETY: there is no OVERLAPPED.
            Self::Connect => told(&|| unsafe { ovl_ConnectNamedPipe(pipe, null_mut()) }),
            Self::Flush => told(&|| ovl_FlushFileBuffers(pipe)),
            Self::Transact => {
                let (mut room, ask) = ([0; 8], b"ask");
                let (from, to) = (ask.as_ptr().cast(), room.as_mut_ptr().cast());
                // SAFETY: the buffers live as long as the call, which is synchronous.
                count(|count| unsafe { ovl_TransactNamedPipe(pipe, from, 3, to, 8, count, null_mut()) })
            }
        }
    }

    /// Ends it from the other end, and tells what it comes to by that.
    fn release(self, client: &Owned) -> Result<u32, u32> {
        match self {
            Self::Read => write(client.0, "go"),
            Self::Write => read(client.0).map(|text| text.len() as u32),
            Self::Connect => Ok(0),
            Self::Flush => read(client.0).map(|_| 0),
            Self::Transact => {
                assert_eq!(read(client.0).as_deref(), Ok("ask"));
                write(client.0, "reply")
            }
        }
    }
}

#[track_caller]
fn joined<T>(thread: ScopedJoinHandle<'_, T>) -> T {
    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

#[test]
fn a_synchronous_request_waits_until_the_one_before_has_ended() {
    for block in [Block::Read, Block::Write, Block::Connect, Block::Flush, Block::Transact] {
        bounded(move || {
            let name = name();
            let server = server(&name, 0);
            let mut peer = (block != Block::Connect).then(|| client(&name));
            if block == Block::Flush {
                assert_eq!(write(server.0, "unread"), Ok(6));
            }
            std::thread::scope(|scope| {
                let first = scope.spawn(|| block.enter(server.0));
                until_blocked(&server);
                let second = scope.spawn(|| write(server.0, "next"));
                ovl_Sleep(MOMENT);
                assert!(!second.is_finished(), "{block:?}: it has not waited");
                assert_eq!(outstanding(&server), 1, "{block:?}");
                let peer = peer.get_or_insert_with(|| client(&name));
                let ends = block.release(peer);
                assert_eq!(joined(first), ends, "{block:?}");
                assert_eq!(joined(second), Ok(4), "{block:?}");
                assert_eq!(read(peer.0).as_deref(), Ok("next"), "{block:?}");
            });
        });
    }
}

#[test]
fn what_waits_on_an_overlapped_instance_keeps_nobody_waiting() {
    bounded(|| {
        let name = name();
        let server = server(&name, OVERLAPPED);
        let client = client(&name);
        std::thread::scope(|scope| {
            let reader = scope.spawn(|| read(server.0));
            until_blocked(&server);
            assert_eq!(write(server.0, "meanwhile"), Ok(9));
            assert_eq!(write(client.0, "go"), Ok(2));
            assert_eq!(joined(reader).as_deref(), Ok("go"));
        });
    });
}

#[test]
fn a_disconnection_waits_for_nobody() {
    bounded(|| {
        let name = name();
        let server = server(&name, 0);
        let _client = client(&name);
        std::thread::scope(|scope| {
            let reader = scope.spawn(|| read(server.0));
            until_blocked(&server);
            let writer = scope.spawn(|| write(server.0, "late"));
            granted(|| ovl_DisconnectNamedPipe(server.0));
            assert_eq!((joined(reader), joined(writer)), (Err(233), Err(233)));
        });
    });
}

#[test]
fn a_pipe_copies_between_places_that_overlap() {
    // 07 section 1.6: who reads and writes the same memory gets what was written.
    use overlapped_win32::ioapiset::ovl_GetOverlappedResult;
    let (name, mut memory, mut request) = (name(), *b"0123456789", Request::new());
    let (server, client) = (server(&name, OVERLAPPED), client(&name));
    let start = memory.as_mut_ptr();
    // SAFETY: the memory lives until both requests have ended.
    let pending =
        answer(|| unsafe { ovl_ReadFile(server.0, start.add(2).cast(), 8, null_mut(), request.overlapped()) });
    assert_eq!(pending, (0, 997));
    // SAFETY: as above.
    let written = count(|count| unsafe { ovl_WriteFile(client.0, start.cast(), 8, count, null_mut()) });
    assert_eq!(written, Ok(8));
    // SAFETY: as above.
    let read = count(|count| unsafe { ovl_GetOverlappedResult(server.0, request.overlapped(), count, 1) });
    assert_eq!((read, &memory), (Ok(8), b"0101234567"));
}
