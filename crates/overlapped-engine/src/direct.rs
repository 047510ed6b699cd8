//! What the calling thread does itself: the attempt that cannot block, and the blocking call of synchronous instances.
//!
//! **The attempt is honest**: it never waits for a device. A read asks Linux for what the page cache holds (`RWF_NOWAIT`)
//! and nothing else. A buffered write of up to [`SMALL_WRITE`] bytes is a copy into the page cache, except when
//!
//! - it covers a page partly, and Linux must read the rest of that page first: such *edge* pages must be in the cache, or
//!   beyond the end of the file, or the write is submitted;
//! - too much of memory waits to be written (Linux then makes writers sleep), the journal is full, or another thread holds
//!   the file. No call tells this beforehand. So each plain write is timed: after one that took longer than [`STALL`], the next ones are
//!   watched: if one of them is as slow and its thread has slept in it, which one that only had to wait for a processor has not, all
//!   writes are submitted for [`BACK_OFF`]. After the first two, at most one write in such a period makes its caller wait.
//!
//! Where the file system takes `RWF_NOWAIT` for buffered writes (XFS and Btrfs do, ext4 refuses), that flag answers all of
//! it and none of the above is needed. File systems in memory refuse it for reads too, and have no device to wait for: there
//! plain calls are made. Never attempted: descriptors that bypass the cache, durable writes, syncs, and descriptors
//! without positions, where an attempt could overtake a queued request, unless the operation is alone. Drawback: on a file system that does not know
//! `RWF_NOWAIT` (/proc, many FUSE systems) each read pays for a refused call and a question. That is not remembered, since
//! nothing but the descriptor's number is known here, and numbers are used again. And a small write on a network or FUSE
//! file system may wait for its server, once in a [`BACK_OFF`].

use overlapped_kernel::clock::Tick;
use overlapped_kernel::engine::{Kind, Mode, Operation, Parts, RawResult};
use overlapped_kernel::request::Buffer;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use std::os::fd::{BorrowedFd, RawFd};
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

/// The largest write that is attempted, in bytes: a copy of some 10 microseconds.
pub(crate) const SMALL_WRITE: usize = 64 << 10;
/// A copy never takes this long; a writer that Linux makes sleep sleeps longer.
const STALL: Duration = Duration::from_millis(2);
/// For how long nothing is written directly after a stall.
const BACK_OFF: Duration = Duration::from_millis(100);
/// For how long writes are watched after a slow one, or after such a pause.
const WATCHED: Duration = Duration::from_secs(1);
/// One write in so many asks whether `RWF_NOWAIT` is taken, after it was refused.
const ASK_AGAIN: u32 = 256;
const PAGE: u64 = 4096;

/// What an engine has learnt about attempts. Hints only: being wrong costs time.
#[derive(Debug, Default)]
pub(crate) struct Direct {
    /// Until when writes are not attempted, in nanoseconds of the monotonic clock.
    stalled_until: AtomicU64,
    /// Until when writes are watched, as above.
    watched_until: AtomicU64,
    /// Writes to go until `RWF_NOWAIT` is tried again.
    refused: AtomicU32,
}

impl Direct {
    /// Does the operation at once if it cannot block; see the module page.
    ///
    /// # Safety
    /// The buffer is valid for `len` bytes (writable for a read) and the descriptor is open.
    pub(crate) unsafe fn attempt(&self, operation: &Operation) -> Option<RawResult> {
        if operation.mode.contains(Mode::STREAM | Mode::ALONE) && matches!(operation.kind, Kind::Read | Kind::Write) {
            // SAFETY: the caller's promise.
            return Some(unsafe { transfer_if_ready(operation) }).filter(|result| *result != Err(Errno::AGAIN));
        }
        if operation.mode.intersects(Mode::UNCACHED | Mode::DURABLE | Mode::STREAM) {
            return None;
        }
        match operation.kind {
            // SAFETY: the caller's promise.
            Kind::Read => unsafe { attempt_read(operation) },
            // SAFETY: the caller's promise.
            Kind::Write if operation.len <= SMALL_WRITE => unsafe { self.attempt_write(operation) },
            Kind::Write | Kind::Sync | Kind::Fetch | Kind::Copy { .. } => None,
        }
    }

    unsafe fn attempt_write(&self, operation: &Operation) -> Option<RawResult> {
        if self.should_ask() {
            // SAFETY: the promise of `attempt`.
            match unsafe { transfer(operation, libc::RWF_NOWAIT) } {
                Err(Errno::OPNOTSUPP | Errno::NOSYS | Errno::INVAL) => self.refused.store(ASK_AGAIN, Ordering::Relaxed),
                Err(Errno::AGAIN) => return None,
                result => return Some(result),
            }
        }
        let start = Tick::monotonic();
        if self.stalled_until.load(Ordering::Relaxed) > start.0 || !edges_at_hand(operation) {
            return None;
        }
        let before = (self.watched_until.load(Ordering::Relaxed) > start.0).then(sleeps);
        // SAFETY: the promise of `attempt`.
        let result = unsafe { transfer(operation, 0) };
        let end = Tick::monotonic();
        if end.since(start) > STALL {
            self.was_slow(end, before);
        }
        Some(result)
    }

    /// A write took long. `before`: how often the thread had slept before it, if that was looked at.
    #[cold]
    fn was_slow(&self, end: Tick, before: Option<i64>) {
        let mut again = end;
        if before.is_some_and(|before| sleeps() != before) {
            again = end.plus(BACK_OFF);
            self.stalled_until.store(again.0, Ordering::Relaxed);
        }
        self.watched_until.store(again.plus(WATCHED).0, Ordering::Relaxed);
    }

    /// Is it time to see whether this descriptor takes `RWF_NOWAIT` writes?
    fn should_ask(&self) -> bool {
        let refused = self.refused.load(Ordering::Relaxed);
        if refused > 0 {
            // A lost update makes the next question a little later.
            self.refused.store(refused - 1, Ordering::Relaxed);
        }
        refused == 0
    }
}

/// How often the calling thread has slept; a thread that is made to leave its processor has not.
fn sleeps() -> i64 {
    let mut usage = std::mem::MaybeUninit::<libc::rusage>::zeroed();
    // SAFETY: there is room for what is told; if nothing is, zeros are a valid answer.
    unsafe {
        libc::getrusage(libc::RUSAGE_THREAD, usage.as_mut_ptr());
        usage.assume_init().ru_nvcsw
    }
}

unsafe fn attempt_read(operation: &Operation) -> Option<RawResult> {
    // SAFETY: the promise of `attempt`.
    match unsafe { transfer(operation, libc::RWF_NOWAIT) } {
        // SAFETY: as above.
        Err(Errno::OPNOTSUPP) if in_memory(operation.fd) => Some(unsafe { transfer(operation, 0) }),
        Err(Errno::AGAIN | Errno::OPNOTSUPP | Errno::NOSYS | Errno::INVAL) => None,
        result => Some(result),
    }
}

/// Does the operation, however long it takes.
///
/// # Safety
/// As for [`Direct::attempt`].
pub(crate) unsafe fn perform(operation: &Operation) -> RawResult {
    match operation.kind {
        Kind::Sync => {
            // SAFETY: the descriptor is open during this call, the caller says.
            let fd = unsafe { BorrowedFd::borrow_raw(operation.fd) };
            rustix::io::retry_on_intr(|| rustix::fs::fsync(fd)).map(|()| 0)
        }
        Kind::Fetch => fetch(operation),
        // SAFETY: the descriptors are open, the caller says.
        Kind::Copy { from, at } => unsafe { crate::copying::step(operation, from, at) },
        // SAFETY: the caller's promise.
        Kind::Read | Kind::Write => unsafe { transfer(operation, 0) },
    }
}

/// One read or write with the mode's flags and `flags`; repeated when a signal interrupts it before any transfer.
///
/// # Safety
/// As for [`Direct::attempt`].
pub(crate) unsafe fn transfer(operation: &Operation, flags: i32) -> RawResult {
    if operation.parts.is_none() {
        let part = libc::iovec { iov_base: operation.buffer.cast(), iov_len: operation.len };
        // SAFETY: the caller's promise.
        return unsafe { transfer_list(operation, flags, &raw const part, 1) };
    }
    // SAFETY: the list belongs to the request, which is not complete while this runs.
    let parts = unsafe { parts(operation) };
    // SAFETY: the caller's promise; a part has the layout of an iovec.
    unsafe { transfer_list(operation, flags, parts.as_ptr().cast(), parts.len().min(MOST_PARTS)) }
}

/// # Safety
/// As for [`Direct::attempt`], with `count` parts at `list` for the buffer.
#[inline(always)]
unsafe fn transfer_list(operation: &Operation, flags: i32, list: *const libc::iovec, count: usize) -> RawResult {
    // All 64 bits of a system call's argument: memory checkers look at them.
    let flags = i64::from(flags | write_flags(operation));
    let offset = if operation.mode.contains(Mode::STREAM) { -1 } else { operation.offset as i64 };
    // Not libc's functions of these names: those are cancellation points, which costs 30 ns. On 64-bit machines the
    // first half of the offset is all of it.
    let number = if operation.kind == Kind::Read { libc::SYS_preadv2 } else { libc::SYS_pwritev2 };
    loop {
        // SAFETY: one buffer or a list, valid for `len` bytes (and writable for a read) by the caller's promise.
        let n = unsafe { libc::syscall(number, operation.fd, list, count as u64, offset, 0_u64, flags) };
        match usize::try_from(n) {
            Ok(n) => return Ok(n),
            Err(_) => match last_error() {
                Errno::INTR => {}
                error => return Err(error),
            },
        }
    }
}

/// Linux takes no longer lists at a time; the rest follows like that of any short transfer.
pub(crate) const MOST_PARTS: usize = 1024;

/// The pieces that are still to be transferred.
///
/// # Safety
/// The request is not complete.
unsafe fn parts(operation: &Operation) -> std::borrow::Cow<'_, [Buffer]> {
    if operation.parts.is_whole() {
        // SAFETY: the caller's promise.
        return std::borrow::Cow::Borrowed(unsafe { operation.parts.list() });
    }
    // SAFETY: the caller's promise.
    std::borrow::Cow::Owned(unsafe { operation.parts.rest() })
}

/// Reads what is not in the page cache yet, for nobody.
fn fetch(operation: &Operation) -> RawResult {
    const STEP: usize = 64 << 10;
    let mut sink = vec![0_u8; STEP.min(operation.len)];
    let mut done = 0;
    while done < operation.len {
        let len = (operation.len - done).min(STEP);
        let (buffer, offset) = (sink.as_mut_ptr(), operation.offset + done as u64);
        let mode = Mode::empty();
        let step = Operation { kind: Kind::Read, mode, fd: operation.fd, buffer, len, parts: Parts::NONE, offset };
        // SAFETY: the sink has room for `len` bytes, and the descriptor is open, as the caller of `perform` promises.
        match unsafe { transfer(&step, 0) }? {
            0 => break,
            n => done += n,
        }
    }
    Ok(done)
}

/// A transfer on a descriptor without positions that is ready for it: without blocking where the descriptor knows how (`EAGAIN`
/// if it is not ready after all), else by a plain call.
///
/// # Safety
/// As for [`Direct::attempt`].
unsafe fn transfer_ready(operation: &Operation) -> RawResult {
    // SAFETY: the caller's promise.
    match unsafe { transfer(operation, libc::RWF_NOWAIT) } {
        // SAFETY: the caller's promise.
        Err(Errno::OPNOTSUPP | Errno::INVAL) => unsafe { transfer(operation, 0) },
        result => result,
    }
}

/// The same for a descriptor that may not be ready.
///
/// # Safety
/// As for [`Direct::attempt`].
pub(crate) unsafe fn transfer_if_ready(operation: &Operation) -> RawResult {
    let events = if operation.kind == Kind::Write { PollFlags::OUT } else { PollFlags::IN };
    // SAFETY: the descriptor is open during this call, the caller says.
    let fd = unsafe { BorrowedFd::borrow_raw(operation.fd) };
    let now = Timespec { tv_sec: 0, tv_nsec: 0 };
    match poll(&mut [PollFd::from_borrowed_fd(fd, events)], Some(&now)) {
        // SAFETY: the caller's promise.
        Ok(1..) => unsafe { transfer_ready(operation) },
        _ => Err(Errno::AGAIN),
    }
}

/// The flags of pwritev2 that the mode asks for.
pub(crate) fn write_flags(operation: &Operation) -> i32 {
    if operation.kind != Kind::Write {
        return 0;
    }
    let append = if operation.mode.contains(Mode::APPEND) { libc::RWF_APPEND } else { 0 };
    let durable = if operation.mode.contains(Mode::DURABLE) { libc::RWF_DSYNC } else { 0 };
    append | durable
}

fn last_error() -> Errno {
    Errno::from_io_error(&std::io::Error::last_os_error()).unwrap_or(Errno::IO)
}

/// Are the pages that this write covers partly in the cache, or without anything to be read into them?
fn edges_at_hand(operation: &Operation) -> bool {
    let start = match operation.mode.contains(Mode::APPEND) {
        false => operation.offset,
        true => match length(operation.fd) {
            Some(length) => length,
            None => return false,
        },
    };
    let end = start.saturating_add(operation.len as u64);
    let head = (!start.is_multiple_of(PAGE)).then_some(start - start % PAGE);
    // Of the last page, what follows the write must be kept; of the first, what precedes it.
    let tail = (!end.is_multiple_of(PAGE) && head != Some(end - end % PAGE)).then_some(end);
    let write_only = operation.mode.contains(Mode::WRITE_ONLY);
    let at_hand = |at| if write_only { at_hand_unread(operation.fd, at) } else { at_hand(operation.fd, at) };
    [head, tail].into_iter().flatten().all(at_hand)
}

/// The same as [`at_hand`] for a descriptor that cannot be read.
fn at_hand_unread(fd: RawFd, at: u64) -> bool {
    length(fd).is_some_and(|end| at >= end) || cached(fd, at)
}

/// Can the byte at `at` be had without waiting, or is there none?
fn at_hand(fd: RawFd, at: u64) -> bool {
    let mut byte = 0_u8;
    let part = libc::iovec { iov_base: (&raw mut byte).cast(), iov_len: 1 };
    // SAFETY: one buffer of one writable byte.
    let n = unsafe { libc::preadv2(fd, &raw const part, 1, at as i64, libc::RWF_NOWAIT) };
    if n >= 0 {
        return true;
    }
    match last_error() {
        Errno::BADF => at_hand_unread(fd, at),
        Errno::OPNOTSUPP => in_memory(fd),
        _ => false,
    }
}

/// Is the file in a file system without a device? What of it was swapped out comes back like any memory.
fn in_memory(fd: RawFd) -> bool {
    const TMPFS: u64 = 0x0102_1994;
    const RAMFS: u64 = 0x8584_58f6;
    // SAFETY: the descriptor is open during the attempt.
    let fd = unsafe { BorrowedFd::borrow_raw(fd) };
    rustix::fs::fstatfs(fd).is_ok_and(|system| matches!(system.f_type as u64, TMPFS | RAMFS))
}

/// Can all of this part of a file be had without waiting? Where Linux cannot tell, yes.
pub(crate) fn range_at_hand(fd: RawFd, offset: u64, len: usize) -> bool {
    let end = length(fd).map_or(offset + len as u64, |length| length.min(offset + len as u64));
    if end <= offset {
        return true;
    }
    let (first, last) = (offset / PAGE, (end - 1) / PAGE);
    match pages_cached(fd, first * PAGE, end - first * PAGE) {
        Some(count) => count > last - first,
        // A kernel without the call: samples.
        None => (first..=last).step_by(16).chain([last]).all(|page| at_hand(fd, page * PAGE)),
    }
}

fn length(fd: RawFd) -> Option<u64> {
    // SAFETY: the descriptor is open during the attempt.
    let fd = unsafe { BorrowedFd::borrow_raw(fd) };
    rustix::fs::fstat(fd).ok().and_then(|stat| u64::try_from(stat.st_size).ok())
}

/// Is the page of this byte in the cache? Asks cachestat, which unlike a read needs only the right to write.
fn cached(fd: RawFd, at: u64) -> bool {
    pages_cached(fd, at - at % PAGE, 1).is_some_and(|count| count > 0)
}

/// How many pages of this part of a file are in the cache, if Linux tells.
fn pages_cached(fd: RawFd, start: u64, len: u64) -> Option<u64> {
    const SYS_CACHESTAT: libc::c_long = 451;
    let range = [start, len];
    let mut counts = [0_u64; 5];
    // SAFETY: `range` and `counts` have the layout of cachestat_range and cachestat, and outlive the call. On a kernel without
    // the call, ENOSYS comes back.
    let n = unsafe { libc::syscall(SYS_CACHESTAT, fd, &raw const range, &raw mut counts, 0) };
    (n == 0).then_some(counts[0])
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::File;
    use std::os::fd::{AsRawFd, OwnedFd};

    fn operation(file: &File, kind: Kind, offset: u64, bytes: &mut [u8]) -> Operation {
        let (buffer, len) = (bytes.as_mut_ptr(), bytes.len());
        Operation { kind, mode: Mode::empty(), fd: file.as_raw_fd(), buffer, len, parts: Parts::NONE, offset }
    }

    fn attempt(direct: &Direct, operation: &Operation) -> Option<RawResult> {
        // SAFETY: the tests keep file and buffer alive.
        unsafe { direct.attempt(operation) }
    }

    #[test]
    fn only_a_slow_write_in_which_its_thread_slept_sends_the_next_ones_away() {
        let direct = Direct::default();
        let until = |time: &AtomicU64| Tick(time.load(Ordering::Relaxed));
        let state = || (until(&direct.stalled_until), until(&direct.watched_until));
        let now = Tick::monotonic();
        direct.was_slow(now, None);
        assert_eq!(state(), (Tick(0), now.plus(WATCHED)), "nobody has looked, so the next ones are watched");
        direct.was_slow(now, Some(sleeps()));
        assert_eq!(state().0, Tick(0), "it had to wait for a processor only");
        let before = sleeps();
        std::thread::sleep(Duration::from_millis(1));
        direct.was_slow(now, Some(before));
        assert_eq!(state(), (now.plus(BACK_OFF), now.plus(BACK_OFF).plus(WATCHED)));
    }

    fn file_of(pages: usize) -> (tempfile::NamedTempFile, File) {
        let file = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(file.path(), vec![1; pages * PAGE as usize]).expect("written");
        let writer = File::options().write(true).open(file.path()).expect("opened");
        writer.sync_all().expect("synced");
        (file, writer)
    }

    /// Empties the cache of the file's pages; false where that cannot be (a file system in memory).
    fn forget(file: &File) -> bool {
        if in_memory(file.as_raw_fd()) {
            return false;
        }
        loop {
            rustix::fs::fadvise(file, 0, None, rustix::fs::Advice::DontNeed).expect("advised");
            if (0..8).all(|page| !cached(file.as_raw_fd(), page * PAGE)) {
                return true;
            }
            // An attempt has started to read ahead, which must end before the page can go.
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// Is the attempt declined with an empty cache? Asking starts to read ahead, and where this thread then loses the
    /// processor for a while, the data may have come when it looks: on a busy machine that happens many times in a row.
    fn declined(file: &File, operation: &Operation) -> bool {
        let start = std::time::Instant::now();
        while start.elapsed() < Duration::from_secs(20) {
            // One that knows of no stall: this thread may have lost the processor in an earlier write.
            if forget(file) && attempt(&Direct::default(), operation).is_none() {
                return true;
            }
        }
        false
    }

    #[test]
    fn cached_reads_are_done_and_others_are_not() {
        let (file, _) = file_of(4);
        let direct = Direct::default();
        let mut bytes = [0; 8192];
        let read = operation(file.as_file(), Kind::Read, 0, &mut bytes);
        // Where memory is short, Linux may take the pages back before they are asked for.
        let whole = |_| {
            std::fs::read(file.path()).expect("read");
            attempt(&direct, &read) == Some(Ok(8192))
        };
        assert!((0..100).any(whole));
        for mode in [Mode::UNCACHED, Mode::STREAM] {
            assert_eq!(attempt(&direct, &Operation { mode, ..read }), None);
        }
        assert!(in_memory(read.fd) || declined(file.as_file(), &read));
    }

    #[test]
    fn a_write_that_needs_a_page_from_the_device_is_not_attempted() {
        let (file, writer) = file_of(4);
        if !forget(&writer) {
            eprintln!("not here: the file cannot leave the cache");
            return;
        }
        let reader = File::options().read(true).write(true).open(file.path()).expect("opened");
        let mut bytes = [2; 8192];
        for through in [&writer, &reader] {
            for (offset, len) in [(100, 10), (0, 10), (4096, 4097), (1, 8191)] {
                let write = operation(through, Kind::Write, offset, &mut bytes[..len]);
                assert!(declined(&writer, &write), "{len} at {offset}");
            }
        }
        forget(&writer);
        for (offset, len) in [(4096, 8192), (16384, 100), (20480, 1)] {
            let write = operation(&writer, Kind::Write, offset, &mut bytes[..len]);
            assert_eq!(attempt(&Direct::default(), &write), Some(Ok(len)), "{len} at {offset}");
        }
        // The page of the first byte is there now, and so is the end.
        for offset in [4097, 20481] {
            let write = operation(&writer, Kind::Write, offset, &mut bytes[..10]);
            assert_eq!(attempt(&Direct::default(), &write), Some(Ok(10)), "at {offset}");
        }
    }

    #[test]
    fn large_durable_and_unbuffered_writes_are_not_attempted() {
        let (_file, writer) = file_of(1);
        let direct = Direct::default();
        let mut bytes = vec![3; SMALL_WRITE + 1];
        let large = operation(&writer, Kind::Write, 0, &mut bytes);
        assert_eq!(attempt(&direct, &large), None);
        let small = Operation { len: SMALL_WRITE, ..large };
        assert_eq!(attempt(&direct, &small), Some(Ok(SMALL_WRITE)));
        for mode in [Mode::DURABLE, Mode::UNCACHED] {
            assert_eq!(attempt(&direct, &Operation { mode, ..small }), None);
        }
        assert_eq!(attempt(&direct, &Operation { kind: Kind::Sync, ..small }), None);
    }

    #[test]
    fn a_stream_is_attempted_only_if_nothing_can_be_overtaken() {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        let (reader, writer) = (File::from(OwnedFd::from(reader)), File::from(OwnedFd::from(writer)));
        let direct = Direct::default();
        let mut bytes = [0; 4];
        let read = Operation { mode: Mode::STREAM | Mode::ALONE, ..operation(&reader, Kind::Read, 0, &mut bytes) };
        assert_eq!(attempt(&direct, &read), None, "the pipe is empty");
        let mut word = *b"word";
        let write = Operation { mode: Mode::STREAM | Mode::ALONE, ..operation(&writer, Kind::Write, 0, &mut word) };
        assert_eq!(attempt(&direct, &write), Some(Ok(4)));
        assert_eq!(attempt(&direct, &Operation { mode: Mode::STREAM, ..read }), None, "another may wait");
        assert_eq!(attempt(&direct, &read), Some(Ok(4)));
        drop(writer);
        assert_eq!(attempt(&direct, &read), Some(Ok(0)), "the end is there at once");
    }

    #[test]
    fn after_a_stall_writes_are_submitted_for_a_while() {
        let (_file, writer) = file_of(1);
        let direct = Direct::default();
        let mut bytes = [4; 4096];
        let write = operation(&writer, Kind::Write, 0, &mut bytes);
        assert_eq!(attempt(&direct, &write), Some(Ok(4096)));
        let asks = direct.refused.load(Ordering::Relaxed) == 0;
        direct.stalled_until.store(Tick::monotonic().plus(Duration::from_secs(3600)).0, Ordering::Relaxed);
        if !asks {
            assert_eq!(attempt(&direct, &write), None);
        }
        direct.stalled_until.store(Tick::monotonic().0, Ordering::Relaxed);
        assert_eq!(attempt(&direct, &write), Some(Ok(4096)));
    }
}
