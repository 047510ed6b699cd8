//! Copies from file to file ([`Kind::Copy`]), a step at a time.
//!
//! What costs is to fill fresh pages of the target, which Linux lets only one thread at a time do in a file. Two ways follow
//! (docs/design-notes.md has the figures):
//!
//! - *Beside another step into the same file*: read into a buffer of the thread that carries the step out, and write from it at once. The
//!   buffer is small enough to stay in that processor's cache, so the second copy costs little, and one step reads while the other writes.
//! - *Alone*: `copy_file_range`, which makes one copy, but all of it under the lock. [`turns`] sees to it that steps come alone where
//!   there is no second processor to be had.
//!
//! Where both files can share their blocks no data moves at all: that is tried first. Drawback: each thread that has ever copied
//! keeps its buffer.

mod turns;

use crate::direct;
use overlapped_kernel::engine::{Kind, Mode, Operation, RawResult};
use rustix::fd::BorrowedFd;
use rustix::io::Errno;
use std::cell::RefCell;
use std::os::fd::{AsRawFd, RawFd};

/// The buffer, in bytes.
const BUFFER: usize = 256 << 10;
/// Bytes a step, where they pass through the buffer. A cancel waits for no more than this.
const STEP: usize = 4 * BUFFER;
/// Bytes a step, where a server copies.
const LONG_STEP: usize = 16 << 20;
const PAGE: usize = 4096;

#[derive(Clone, Copy)]
#[repr(align(4096))]
struct Page {
    _bytes: [u8; PAGE],
}

const EMPTY: Page = Page { _bytes: [0; PAGE] };

thread_local! {
    static PAGES: RefCell<Vec<Page>> = const { RefCell::new(Vec::new()) };
}

/// Copies some of what is asked, and says how much; 0 at the end of the source.
///
/// # Safety
/// Both descriptors are open.
pub(crate) unsafe fn step(operation: &Operation, from: RawFd, at: u64) -> RawResult {
    if !operation.mode.contains(Mode::DURABLE) {
        // SAFETY: the caller's promise.
        let (source, target) = unsafe { (BorrowedFd::borrow_raw(from), BorrowedFd::borrow_raw(operation.fd)) };
        if clone(source, at, target, operation) {
            return Ok(operation.len);
        }
        if is_remote(target)
            && let Some(result) = inside_linux(source, at, target, operation, LONG_STEP)
        {
            return result;
        }
        let turn = turns::begin(operation.fd);
        if turn.is_alone()
            && let Some(result) = inside_linux(source, at, target, operation, STEP)
        {
            return result;
        }
        // SAFETY: the caller's promise.
        return unsafe { through_buffer(operation, from, at) };
    }
    // SAFETY: the caller's promise.
    unsafe { through_buffer(operation, from, at) }
}

/// Lets Linux copy up to `most` bytes; `None` if it cannot.
fn inside_linux(
    source: BorrowedFd<'_>,
    mut at: u64,
    target: BorrowedFd<'_>,
    operation: &Operation,
    most: usize,
) -> Option<RawResult> {
    let (mut to, len) = (operation.offset, operation.len.min(most));
    match rustix::io::retry_on_intr(|| rustix::fs::copy_file_range(source, Some(&mut at), target, Some(&mut to), len)) {
        // Files of /proc and their like say that they are empty.
        Ok(0) => None,
        Err(Errno::XDEV | Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP | Errno::PERM | Errno::IO) => None,
        result => Some(result),
    }
}

/// Reads and writes up to [`STEP`] bytes.
///
/// # Safety
/// As for [`step`].
unsafe fn through_buffer(operation: &Operation, from: RawFd, at: u64) -> RawResult {
    PAGES.with_borrow_mut(|buffer| {
        buffer.resize(BUFFER / PAGE, EMPTY);
        let start = buffer.as_mut_ptr().cast();
        let mut done = 0;
        while done < operation.len.min(STEP) {
            // SAFETY: the descriptors are open, and this thread has the buffer for itself until the borrow ends.
            match unsafe { through(start, operation, from, at, done) } {
                Ok(0) => break,
                Ok(bytes) => done += bytes,
                // What is copied counts; the next step meets the error again.
                Err(_) if done > 0 => break,
                Err(errno) => return Err(errno),
            }
        }
        Ok(done)
    })
}

/// Lets the target have the source's blocks, where the file system can do that (Btrfs, XFS) and the range is made of whole ones.
fn clone(source: BorrowedFd<'_>, at: u64, target: BorrowedFd<'_>, operation: &Operation) -> bool {
    /// struct file_clone_range
    #[repr(C)]
    struct Range {
        source: i64,
        at: u64,
        len: u64,
        to: u64,
    }
    const FICLONERANGE: rustix::ioctl::Opcode = rustix::ioctl::opcode::write::<Range>(0x94, 13);
    if operation.len == 0 {
        // To Linux that means everything up to the end.
        return false;
    }
    let range = Range { source: source.as_raw_fd().into(), at, len: operation.len as u64, to: operation.offset };
    // SAFETY: the call reads one structure of this type.
    unsafe { libc::ioctl(target.as_raw_fd(), FICLONERANGE as _, &raw const range) == 0 }
}

/// Is there a server that may copy by itself?
fn is_remote(fd: BorrowedFd<'_>) -> bool {
    const NFS: u64 = 0x6969;
    const SMB: u64 = 0xfe53_4d42;
    const CIFS: u64 = 0xff53_4d42;
    const CEPH: u64 = 0x00c3_6400;
    const FUSE: u64 = 0x6573_5546;
    // The type is signed on some machines, and its upper half means nothing.
    rustix::fs::fstatfs(fd)
        .is_ok_and(|system| [NFS, SMB, CIFS, CEPH, FUSE].contains(&(system.f_type as u64 & 0xffff_ffff)))
}

/// One read after the first `done` bytes, and what it gave, written.
///
/// # Safety
/// Both descriptors are open, and `buffer` is valid for [`BUFFER`] bytes, for this thread alone.
unsafe fn through(buffer: *mut u8, operation: &Operation, from: RawFd, at: u64, done: usize) -> RawResult {
    let (len, at, to) = ((operation.len - done).min(BUFFER), at + done as u64, operation.offset + done as u64);
    let read = Operation { kind: Kind::Read, mode: Mode::empty(), fd: from, buffer, len, offset: at, ..*operation };
    // SAFETY: the caller's promise.
    let len = unsafe { direct::transfer(&read, 0) }?;
    let mut done = 0;
    while done < len {
        let offset = to + done as u64;
        // Stays inside the buffer, of which `len` bytes were read.
        let rest = buffer.wrapping_add(done);
        let write = Operation { kind: Kind::Write, buffer: rest, len: len - done, offset, ..*operation };
        // SAFETY: the caller's promise.
        match unsafe { direct::transfer(&write, 0) } {
            Ok(0) => return if done > 0 { Ok(done) } else { Err(Errno::IO) },
            Ok(bytes) => done += bytes,
            // What is written counts; the next step meets the error again.
            Err(_) if done > 0 => return Ok(done),
            Err(errno) => return Err(errno),
        }
    }
    Ok(done)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::File;
    use std::os::fd::AsRawFd;

    fn operation(target: &File, from: &File, at: u64, offset: u64, len: usize) -> (Operation, RawFd, u64) {
        let (from, fd) = (from.as_raw_fd(), target.as_raw_fd());
        let buffer = std::ptr::null_mut();
        (
            Operation {
                kind: Kind::Copy { from, at },
                mode: Mode::empty(),
                fd,
                buffer,
                len,
                parts: overlapped_kernel::engine::Parts::NONE,
                offset,
            },
            from,
            at,
        )
    }

    #[test]
    fn a_step_copies_a_part_and_none_at_the_end() {
        let (source, target) = (tempfile::NamedTempFile::new().unwrap(), tempfile::NamedTempFile::new().unwrap());
        let bytes: Vec<u8> = (0..STEP + 5000).map(|n| (n % 251) as u8).collect();
        std::fs::write(source.path(), &bytes).unwrap();
        let take = |at: u64, offset, len| {
            let (operation, from, at) = operation(target.as_file(), source.as_file(), at, offset, len);
            // SAFETY: both files are open.
            unsafe { step(&operation, from, at) }
        };
        let first = take(3, 7, bytes.len()).unwrap();
        assert!(first >= STEP && first <= bytes.len() - 3, "{first}");
        let mut done = first;
        while done < bytes.len() - 3 {
            done += take(3 + done as u64, 7 + done as u64, bytes.len()).unwrap();
        }
        assert_eq!(take(bytes.len() as u64, 0, 100), Ok(0), "the source has no more");
        let copy = std::fs::read(target.path()).unwrap();
        assert!(copy[..7] == [0; 7] && copy[7..] == bytes[3..]);
    }

    #[test]
    fn what_cannot_be_read_or_written_is_an_error() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), b"bytes").unwrap();
        let (reader, writer) =
            (File::open(file.path()).unwrap(), File::options().write(true).open("/dev/full").unwrap());
        let take = |target: &File, source: &File| {
            let (operation, from, at) = operation(target, source, 0, 0, 5);
            // SAFETY: both files are open.
            unsafe { step(&operation, from, at) }
        };
        assert_eq!(take(&writer, &reader), Err(Errno::NOSPC));
        assert_eq!(take(&reader, &reader), Err(Errno::BADF));
        assert_eq!(take(&writer, &writer), Err(Errno::BADF));
    }
}
