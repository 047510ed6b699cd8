//! I/O rings: entries are submitted together and complete one by one (contract 03).

use crate::common::*;
use overlapped_win32::ioringapi::*;
use overlapped_win32::namedpipeapi::ovl_CreatePipe;
use overlapped_win32::synchapi::{ovl_CreateEventA, ovl_WaitForSingleObject};
use std::ptr::{null, null_mut};

const LONG: u32 = 60_000;
const DRAIN: u32 = 1;

struct Ring(usize);

/// UserData, ResultCode, Information.
type Done = (usize, u32, usize);

#[repr(C)]
struct Two(u32, u32);

fn handle(file: usize) -> HandleRef {
    // SAFETY: the layout of IORING_HANDLE_REF: a kind, and a handle.
    unsafe { std::mem::transmute::<(u64, usize), HandleRef>((0, file)) }
}

fn registered(index: usize) -> HandleRef {
    // SAFETY: as above, with an index.
    unsafe { std::mem::transmute::<(u64, usize), HandleRef>((1, index)) }
}

fn memory(at: *const u8) -> BufferRef {
    // SAFETY: the layout of IORING_BUFFER_REF: a kind, and an address.
    unsafe { std::mem::transmute::<(u64, u64), BufferRef>((0, at as u64)) }
}

fn registered_memory(index: u32, offset: u32) -> BufferRef {
    // SAFETY: as above, with an index and an offset.
    unsafe { std::mem::transmute::<(u64, u64), BufferRef>((1, u64::from(index) | u64::from(offset) << 32)) }
}

fn no_flags() -> CreateFlags {
    // SAFETY: two numbers.
    unsafe { std::mem::transmute::<Two, CreateFlags>(Two(0, 0)) }
}

impl Ring {
    fn new(submissions: u32) -> Self {
        let mut ring = 0;
        // SAFETY: a place of ours.
        assert_eq!(unsafe { ovl_CreateIoRing(400, no_flags(), submissions, 0, &mut ring) }, 0);
        Self(ring)
    }

    fn read(&self, file: HandleRef, to: BufferRef, len: u32, offset: u64, user: usize, flags: u32) -> u32 {
        ovl_BuildIoRingReadFile(self.0, file, to, len, offset, user, flags)
    }

    fn submit(&self, wait: u32) -> u32 {
        let mut submitted = 0;
        // SAFETY: the memory of all entries lives as long as the ring here.
        assert_eq!(unsafe { ovl_SubmitIoRing(self.0, wait, LONG, &mut submitted) }, 0, "in time");
        submitted
    }

    fn pop(&self) -> Option<Done> {
        let mut entry = (0usize, 0u64, 0usize);
        // SAFETY: the layout of IORING_CQE.
        match unsafe { ovl_PopIoRingCompletion(self.0, std::ptr::from_mut(&mut entry).cast()) } {
            0 => Some((entry.0, entry.1 as u32, entry.2)),
            answer => {
                assert_eq!(answer, 1, "S_FALSE");
                None
            }
        }
    }

    fn all(&self) -> Vec<Done> {
        let mut all: Vec<Done> = std::iter::from_fn(|| self.pop()).collect();
        all.sort_unstable();
        all
    }
}

impl Drop for Ring {
    fn drop(&mut self) {
        assert_eq!(ovl_CloseIoRing(self.0), 0);
        assert_eq!(ovl_CloseIoRing(self.0), 0x8007_0006, "once");
    }
}

#[test]
fn entries_that_are_submitted_together_complete_one_by_one() {
    let directory = Directory::new();
    directory.file("f", b"0123456789");
    for flags in [0, OVERLAPPED] {
        let file = directory.open("f", BOTH, OPEN_EXISTING, flags);
        let mut room = [[0u8; 4]; 3];
        let ring = Ring::new(8);
        for (n, to) in room.iter_mut().enumerate() {
            assert_eq!(ring.read(handle(file.0), memory(to.as_mut_ptr()), 4, n as u64 * 4, n + 1, 0), 0);
        }
        assert_eq!(ring.pop(), None, "nothing before it is submitted");
        assert_eq!(ring.submit(3), 3);
        assert_eq!(ring.all(), [(1, 0, 4), (2, 0, 4), (3, 0, 2)]);
        assert_eq!(&room.concat()[..10], b"0123456789");
        assert_eq!(ring.read(handle(file.0), memory(room[0].as_mut_ptr()), 4, 50, 9, 0), 0);
        assert_eq!((ring.submit(1), ring.pop()), (1, Some((9, 0x8007_0026, 0))), "the end of the file");
    }
}

#[test]
fn registered_files_and_memory_are_used_by_their_places() {
    let directory = Directory::new();
    directory.file("f", b"0123456789");
    let ring = Ring::new(8);
    let mut room = [0u8; 16];
    let buffers = [(room.as_mut_ptr() as usize, 16u64)];
    {
        let file = directory.open("f", BOTH, OPEN_EXISTING, OVERLAPPED);
        // SAFETY: one element each, with the layout that is asked for.
        unsafe {
            assert_eq!(ovl_BuildIoRingRegisterFileHandles(ring.0, 1, [file.0].as_ptr(), 100), 0);
            assert_eq!(ovl_BuildIoRingRegisterBuffers(ring.0, 1, buffers.as_ptr().cast(), 101), 0);
        }
        assert_eq!(ring.submit(2), 2);
        assert_eq!(ring.all(), [(100, 0, 0), (101, 0, 0)]);
    }
    // The ring has the file although its handle is closed.
    assert_eq!(ring.read(registered(0), registered_memory(0, 6), 10, 0, 1, 0), 0);
    assert_eq!(ring.read(registered(0), registered_memory(0, 7), 10, 0, 2, 0), 0);
    assert_eq!(ring.read(registered(1), registered_memory(0, 0), 1, 0, 3, 0), 0);
    assert_eq!(ring.submit(3), 3);
    assert_eq!(ring.all(), [(1, 0, 10), (2, 0x8007_0057, 0), (3, 0x8007_0057, 0)]);
    assert_eq!(&room[6..], b"0123456789");
}

#[test]
fn an_entry_that_drains_waits_for_those_before_it() {
    let directory = Directory::new();
    let file = directory.open("f", BOTH, CREATE_ALWAYS, OVERLAPPED);
    let ring = Ring::new(16);
    let data = [b'a'; 64];
    let mut back = [0u8; 64];
    for n in 0..4u64 {
        let from = memory(data[16 * n as usize..].as_ptr());
        assert_eq!(ovl_BuildIoRingWriteFile(ring.0, handle(file.0), from, 16, n * 16, n as u32 & 1, n as usize, 0), 0);
    }
    assert_eq!(ovl_BuildIoRingFlushFile(ring.0, handle(file.0), 0, 10, DRAIN), 0);
    assert_eq!(ring.read(handle(file.0), memory(back.as_mut_ptr()), 64, 0, 20, DRAIN), 0);
    assert_eq!(ring.submit(6), 6);
    let order: Vec<Done> = std::iter::from_fn(|| ring.pop()).collect();
    assert_eq!(order[4..], [(10, 0, 0), (20, 0, 64)]);
    assert!(order[..4].iter().all(|done| done.0 < 4 && done.1 == 0 && done.2 == 16), "{order:?}");
    assert_eq!(back, data);
}

/// Both ends of a pipe in which nothing comes, the reading one first.
fn empty_pipe() -> (File, File) {
    let (mut read, mut write) = (0, 0);
    // SAFETY: places of ours.
    granted(|| unsafe { ovl_CreatePipe(&mut read, &mut write, null(), 0) });
    (File(read), File(write))
}

/// A client of a pipe whose server writes nothing, both overlapped.
fn silent_pipe(name: &str) -> (File, File) {
    let name = std::ffi::CString::new(format!(r"\\.\pipe\{name}-{}", std::process::id())).unwrap();
    // SAFETY: the name ends with a zero.
    unsafe {
        let server = overlapped_win32::namedpipeapi::ovl_CreateNamedPipeA(
            bytes(&name),
            3 | OVERLAPPED,
            0,
            1,
            4096,
            4096,
            0,
            null(),
        );
        assert_ne!(server, INVALID);
        let client =
            overlapped_win32::fileapi::ovl_CreateFileA(bytes(&name), BOTH, 0, null(), OPEN_EXISTING, OVERLAPPED, 0);
        assert_ne!(client, INVALID);
        (File(server), File(client))
    }
}

#[test]
fn an_entry_that_waits_is_cancelled_by_its_number() {
    let (_server, client) = silent_pipe("ring-cancel");
    let ring = Ring::new(4);
    let mut room = [0u8; 8];
    for user in [1, 2] {
        assert_eq!(ring.read(handle(client.0), memory(room[4 * (user - 1)..].as_mut_ptr()), 4, 0, user, 0), 0);
    }
    assert_eq!((ring.submit(0), ring.pop()), (2, None));
    assert_eq!(ovl_BuildIoRingCancelRequest(ring.0, handle(client.0), 2, 3), 0);
    assert_eq!(ring.submit(2), 1);
    assert_eq!(ring.all(), [(2, 0x8007_03E3, 0), (3, 0, 0)]);
    assert_eq!(ovl_BuildIoRingCancelRequest(ring.0, handle(client.0), 7, 4), 0);
    assert_eq!((ring.submit(1), ring.pop()), (1, Some((4, 0x8007_0490, 0))), "there is none");
    // The first read ends with the ring, which may not touch the memory any more.
}

#[test]
fn a_completion_in_the_empty_queue_sets_the_event() {
    let (server, client) = silent_pipe("ring-event");
    let ring = Ring::new(4);
    let mut room = [0u8; 4];
    // SAFETY: no names.
    let event = File(unsafe { ovl_CreateEventA(null(), 0, 0, null()) });
    assert_eq!(ovl_SetIoRingCompletionEvent(ring.0, event.0), 0);
    assert_eq!(ring.read(handle(client.0), memory(room.as_mut_ptr()), 4, 0, 1, 0), 0);
    ring.submit(0);
    assert_eq!(ovl_WaitForSingleObject(event.0, 0), 258);
    assert_eq!(ovl_BuildIoRingWriteFile(ring.0, handle(server.0), memory(b"data".as_ptr()), 4, 0, 0, 2, 0), 0);
    ring.submit(2);
    assert_eq!(ovl_WaitForSingleObject(event.0, LONG), 0);
    assert_eq!(ring.all(), [(1, 0, 4), (2, 0, 4)]);
    assert_eq!((&room, ovl_WaitForSingleObject(event.0, 0)), (b"data", 258), "once for both");
}

#[test]
fn a_submission_that_is_not_done_in_time_says_so() {
    let (_server, client) = silent_pipe("ring-time");
    let ring = Ring::new(1);
    let mut room = [0u8; 4];
    assert_eq!(ring.read(handle(client.0), memory(room.as_mut_ptr()), 4, 0, 1, 0), 0);
    assert_eq!(ring.read(handle(client.0), memory(room.as_mut_ptr()), 4, 0, 2, 0), 0x8046_0002, "one place");
    // SAFETY: the memory lives as long as the ring.
    assert_eq!(unsafe { ovl_SubmitIoRing(ring.0, 1, 10, null_mut()) }, 0x8007_0102);
    for user in [2, 3] {
        assert_eq!(ring.read(handle(client.0), memory(room.as_mut_ptr()), 0, 0, user, 0), 0);
        // SAFETY: as above. There are two places for completions, and one is taken.
        let answer = unsafe { ovl_SubmitIoRing(ring.0, 0, 0, null_mut()) };
        assert_eq!(answer, if user == 2 { 0 } else { 0x8046_0008 });
    }
}

/// One of two threads that wait for different numbers must not take the news from the other.
#[test]
fn threads_that_wait_at_one_ring_each_have_their_number() {
    let (server, client) = silent_pipe("ring-two");
    let ring = Ring::new(4);
    let mut room = [[0u8; 4]; 2];
    for round in 0..200 {
        for (user, to) in room.iter_mut().enumerate() {
            assert_eq!(ring.read(handle(client.0), memory(to.as_mut_ptr()), 4, 0, user, 0), 0);
        }
        assert_eq!(ring.submit(0), 2);
        let number = ring.0;
        // SAFETY: nothing is built meanwhile.
        let wait = move |count| unsafe { ovl_SubmitIoRing(number, count, LONG, null_mut()) };
        let two = std::thread::spawn(move || wait(2));
        let one = std::thread::spawn(move || wait(1));
        let write = || {
            let (mut done, mut block) = (0, overlapped_abi::Overlapped::default());
            // SAFETY: the bytes and the structure live until the write is complete, which is waited for.
            unsafe {
                use overlapped_win32::fileapi::transfer::ovl_WriteFile;
                ovl_WriteFile(server.0, b"data".as_ptr().cast(), 4, null_mut(), &mut block);
                assert_eq!(overlapped_win32::ioapiset::ovl_GetOverlappedResult(server.0, &mut block, &mut done, 1), 1);
            }
        };
        write();
        assert_eq!(one.join().unwrap(), 0, "round {round}");
        assert!(!two.is_finished());
        write();
        assert_eq!((two.join().unwrap(), ring.all().len()), (0, 2));
    }
}

#[test]
fn closing_a_ring_ends_waits_at_it_and_takes_nothing_more() {
    let (_server, client) = silent_pipe("ring-closed");
    let ring = std::mem::ManuallyDrop::new(Ring::new(4));
    let mut room = [0u8; 4];
    assert_eq!(ring.read(handle(client.0), memory(room.as_mut_ptr()), 4, 0, 1, 0), 0);
    assert_eq!(ring.submit(0), 1);
    let number = ring.0;
    // SAFETY: nothing is built meanwhile.
    let waiting = std::thread::spawn(move || unsafe { ovl_SubmitIoRing(number, 1, LONG, null_mut()) });
    std::thread::sleep(std::time::Duration::from_millis(20));
    assert_eq!(ovl_CloseIoRing(number), 0);
    // Either it waited, or came too late.
    assert!(matches!(waiting.join().unwrap(), 0 | 0x8007_0006));
    assert_eq!(ring.read(handle(client.0), memory(room.as_mut_ptr()), 4, 0, 1, 0), 0x8007_0006);
    // SAFETY: nothing is submitted.
    assert_eq!(unsafe { ovl_SubmitIoRing(number, 0, 0, null_mut()) }, 0x8007_0006);
}

#[test]
fn a_flush_needs_the_right_to_write_whatever_it_flushes() {
    let directory = Directory::new();
    directory.file("f", b"x");
    let (reader, writer) = (directory.open("f", READ, OPEN_EXISTING, 0), directory.open("f", WRITE, OPEN_EXISTING, 0));
    let ring = Ring::new(8);
    for mode in 0..4 {
        for (file, expected) in [(&reader, 0x8007_0005), (&writer, 0)] {
            assert_eq!(ovl_BuildIoRingFlushFile(ring.0, handle(file.0), mode, 1, 0), 0);
            assert_eq!((ring.submit(1), ring.pop()), (1, Some((1, expected, 0))), "mode {mode}");
        }
    }
}

#[test]
fn pages_are_gathered_and_written_through() {
    const UNCACHED: u32 = 0x2000_0000;
    let directory = Directory::new();
    let file = directory.open("f", BOTH, CREATE_ALWAYS, OVERLAPPED | UNCACHED);
    #[repr(align(4096))]
    struct Page([u8; 4096]);
    let pages = [Page([1; 4096]), Page([2; 4096])];
    let segments = pages.each_ref().map(|page| page.0.as_ptr() as u64);
    let ring = Ring::new(4);
    for (user, how) in [(1, 0), (2, 1)] {
        // SAFETY: an element of 64 bits for each page, and the pages live as long as the ring.
        let built = unsafe {
            ovl_BuildIoRingWriteFileGather(ring.0, handle(file.0), 2, segments.as_ptr().cast(), 8192, 0, how, user, 0)
        };
        assert_eq!(built, 0);
    }
    assert_eq!(ring.submit(2), 2);
    assert_eq!(ring.all(), [(1, 0, 8192), (2, 0, 8192)]);
    assert_eq!(directory.content("f")[4095..4097], [1, 2]);
}

#[test]
fn what_a_ring_can_do_is_asked_first() {
    let mut capabilities = [0u32; 4];
    // SAFETY: the layout of IORING_CAPABILITIES.
    assert_eq!(unsafe { ovl_QueryIoRingCapabilities(capabilities.as_mut_ptr().cast()) }, 0);
    assert_eq!(capabilities, [400, 0x1_0000, 0x2_0000, 2]);
    let mut old = 0;
    // SAFETY: places of ours.
    unsafe {
        assert_eq!(ovl_CreateIoRing(1, no_flags(), 3, 0, &mut old), 0);
        let mut information = [0u32; 5];
        assert_eq!(ovl_GetIoRingInfo(old, information.as_mut_ptr().cast()), 0);
        assert_eq!(information, [1, 0, 0, 4, 8]);
        assert_eq!(ovl_CreateIoRing(5, no_flags(), 3, 0, &mut 0), 0x8046_0003);
        assert_eq!(ovl_CreateIoRing(1, no_flags(), 0x1_0001, 0, &mut 0), 0x8046_0004);
    }
    let new = Ring::new(1);
    let supports = |ring| [1, 5, 8, 9].map(|operation| ovl_IsIoRingOpSupported(ring, operation));
    assert_eq!((supports(old), supports(new.0)), ([1, 0, 0, 0], [1, 1, 1, 0]));
    let (read, write) = empty_pipe();
    let from = memory(b"x".as_ptr());
    assert_eq!(ovl_BuildIoRingWriteFile(old, handle(write.0), from, 1, 0, 0, 1, 0), 0x8046_0003, "writes came later");
    assert_eq!(ovl_BuildIoRingWriteFile(new.0, handle(write.0), from, 1, 0, 0, 1, 0), 0);
    assert_eq!(new.submit(1), 1);
    assert_eq!((new.pop(), read.read(4)), (Some((1, 0, 1)), b"x".to_vec()));
    assert_eq!(ovl_CloseIoRing(old), 0);
}
