//! Buffers that were seen to be there before.
//!
//! A server receives into the same buffers again and again, and most are longer than what comes. To touch each page costs more than all else
//! that a call does here, since neither the pages nor what the processor knows of them are in its caches. So a buffer of several pages that
//! was found writable is remembered, until the program gives memory back or protects it by a function of ours.
//!
//! This is for transfers that Linux alone makes, which are those of sockets: where a program has unmapped the memory by a call of Linux, such a
//! transfer fails with the same error, although later. A device that copies by itself would fault.

use super::PAGE;
use std::sync::atomic::{AtomicU64, Ordering::*};

/// Buffers whose first pages are so many pages apart share an entry, and only the last one of them is remembered.
const ENTRIES: usize = 8192;
/// How an entry is made up: the start, the pages behind the first, and how often memory had changed by then (its low bits).
const START_BITS: u32 = 47;
const PAGES_BITS: u32 = 8;
const CHANGES_BITS: u32 = u64::BITS - START_BITS - PAGES_BITS;

static KNOWN: [AtomicU64; ENTRIES] = [const { AtomicU64::new(0) }; ENTRIES];
/// How often the program has changed what memory is there.
static CHANGES: AtomicU64 = AtomicU64::new(0);

/// Can all of this memory be written? Asked of memory that is known, costs two loads.
#[must_use]
pub(crate) fn writable(start: usize, len: usize) -> bool {
    // Looked at before the memory is: what changes meanwhile makes the entry one of the past.
    let changes = CHANGES.load(Acquire);
    let Some(entry) = entry(start, len, changes) else { return super::writable(start, len) };
    let place = &KNOWN[start / PAGE % ENTRIES];
    if place.load(Relaxed) == entry {
        return true;
    }
    let writable = super::writable(start, len);
    if writable {
        place.store(entry, Relaxed);
    }
    writable
}

/// Memory is there no more, or not as before.
pub(crate) fn forget() {
    // The low bits come again.
    if (CHANGES.fetch_add(1, AcqRel) + 1).trailing_zeros() >= CHANGES_BITS {
        KNOWN.iter().for_each(|place| place.store(0, Relaxed));
    }
}

/// `None` for what is not remembered: within a page, too long, or no memory of a program.
fn entry(start: usize, len: usize, changes: u64) -> Option<u64> {
    let last = start.checked_add(len.checked_sub(1)?)?;
    let pages = (last / PAGE - start / PAGE) as u64;
    let fits = last >> START_BITS == 0 && (1..1 << PAGES_BITS).contains(&pages);
    let changes = changes & ((1 << CHANGES_BITS) - 1);
    fits.then_some((start as u64) << (PAGES_BITS + CHANGES_BITS) | pages << CHANGES_BITS | changes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_tell_pages_starts_and_changes_apart() {
        let all = [
            entry(0x5000, 2 * PAGE, 0),
            entry(0x5001, 2 * PAGE, 0),
            entry(0x5000, 3 * PAGE, 0),
            entry(0x5000, 2 * PAGE, 1),
            entry(0x5000, 2 * PAGE, (1 << CHANGES_BITS) - 1),
            entry((1 << START_BITS) - 2 * PAGE, 2 * PAGE, 0),
        ];
        for (index, one) in all.iter().enumerate() {
            assert!(one.is_some() && all[..index].iter().all(|other| other != one), "{index}");
        }
        assert_eq!(entry(0x5000, PAGE + 1, 0), entry(0x5000, 2 * PAGE, 1 << CHANGES_BITS));
    }

    #[test]
    fn what_is_not_remembered() {
        for (start, len) in
            [(0x5000, 0), (0x5000, PAGE), (0x5ff8, 8), (0x5000, 257 * PAGE), (usize::MAX - 1, 9), (1 << 47, 8192)]
        {
            assert_eq!(entry(start, len, 0), None, "{start:x} {len}");
        }
        assert!(!writable(0, 2 * PAGE) && !writable(usize::MAX - 2, 3 * PAGE));
    }

    #[test]
    fn a_buffer_is_looked_at_again_once_memory_has_changed() {
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
        // SAFETY: fresh memory.
        let start =
            unsafe { libc::mmap(std::ptr::null_mut(), 2 * PAGE, libc::PROT_READ | libc::PROT_WRITE, flags, -1, 0) };
        assert_ne!(start, libc::MAP_FAILED);
        let at = start as usize;
        assert!(writable(at, 2 * PAGE) && writable(at, 2 * PAGE));
        // SAFETY: this function's memory, which nobody uses.
        assert_eq!(unsafe { libc::mprotect(start, 2 * PAGE, libc::PROT_READ) }, 0);
        forget();
        assert!(!writable(at, 2 * PAGE));
        // However often it was.
        (0..1 << CHANGES_BITS).for_each(|_| forget());
        assert!(!writable(at, 2 * PAGE));
        // SAFETY: as above.
        unsafe { libc::munmap(start, 2 * PAGE) };
    }
}
