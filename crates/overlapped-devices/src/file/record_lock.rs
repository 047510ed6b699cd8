//! Record locks of Linux that belong to a descriptor's open file (F_OFD_SETLK): what other processes see of this one's locks.
//!
//! They end with the last descriptor of that open file, so also with the process, and do not conflict with each other on one of
//! them. Offsets have 63 bits there and 64 here.

use rustix::fd::{AsRawFd, BorrowedFd};
use rustix::io::Errno;

/// Bytes from the first up to the second, which is not one of them.
pub(super) type Span = (u64, u64);

/// What a process has locked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Hold {
    /// Nothing.
    None,
    /// Others may only lock shared.
    Shared,
    /// Others may not lock at all.
    Exclusive,
}

/// Offsets of Windows from here on are thinned out, four of them to one of Linux.
const THIN: u64 = 1 << 62;

/// The bytes that stand for these, as a range of Linux. What overlaps there overlaps here. Drawback: so far out, neighbours in four bytes conflict, too.
pub(super) fn span(start: u64, len: u64) -> Span {
    let fold = |at: u64| if at < THIN { at } else { THIN + (at - THIN) / 4 };
    let last = start.saturating_add(len.saturating_sub(1));
    (fold(start), fold(last) + 1)
}

/// Locks a span or gives it back. False: another process has what forbids that.
pub(super) fn set(fd: BorrowedFd<'_>, span: Span, hold: Hold) -> Result<bool, Errno> {
    match ask(fd, libc::F_OFD_SETLK, span, hold) {
        Ok(_) => Ok(true),
        Err(Errno::AGAIN | Errno::ACCESS) => Ok(false),
        Err(errno) => Err(errno),
    }
}

/// Locks a span exclusively, as soon as no other process has any lock there.
pub(super) fn set_when_free(fd: BorrowedFd<'_>, span: Span) -> Result<(), Errno> {
    rustix::io::retry_on_intr(|| ask(fd, libc::F_OFD_SETLKW, span, Hold::Exclusive)).map(drop)
}

/// Is there a lock of another process that forbids this one?
pub(super) fn forbidden(fd: BorrowedFd<'_>, span: Span, hold: Hold) -> Result<bool, Errno> {
    Ok(ask(fd, libc::F_OFD_GETLK, span, hold)? != Hold::None)
}

/// For F_OFD_GETLK, what is in the way.
fn ask(fd: BorrowedFd<'_>, command: i32, (start, end): Span, hold: Hold) -> Result<Hold, Errno> {
    let kind = match hold {
        Hold::None => libc::F_UNLCK,
        Hold::Shared => libc::F_RDLCK,
        Hold::Exclusive => libc::F_WRLCK,
    };
    // SAFETY: a structure of numbers, for which zeros are fine.
    let mut lock: libc::flock = unsafe { std::mem::zeroed() };
    lock.l_type = kind as _;
    lock.l_whence = libc::SEEK_SET as _;
    lock.l_start = start.cast_signed();
    lock.l_len = (end - start).cast_signed();
    // SAFETY: the descriptor is open, and the structure is what both commands take.
    if unsafe { libc::fcntl(fd.as_raw_fd(), command, &raw mut lock) } == -1 {
        return Err(Errno::from_io_error(&std::io::Error::last_os_error()).unwrap_or(Errno::NOLCK));
    }
    Ok(match i32::from(lock.l_type) {
        libc::F_UNLCK => Hold::None,
        libc::F_RDLCK => Hold::Shared,
        _ => Hold::Exclusive,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_overlaps_with_64_bits_overlaps_with_63_02_9() {
        let ends = [0, 1, 7, THIN - 1, THIN, THIN + 5, u64::MAX - 9, u64::MAX];
        for (a, b) in ends.iter().flat_map(|a| ends.iter().map(move |b| (*a, *b))) {
            let (start, end) = span(a, 1);
            assert!(end - start == 1 && i64::try_from(end).is_ok());
            assert!(a > b || span(a, 1) <= span(b, 1), "in order: {a} {b}");
        }
        assert_eq!(span(0x4000_0000, 510), (0x4000_0000, 0x4000_01FE), "as SQLite has them on Linux");
        assert_eq!(span(0, u64::MAX).0, 0);
        assert!(i64::try_from(span(0, u64::MAX).1).is_ok());
    }
}
