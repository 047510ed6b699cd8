//! A file copied through a bare ring: eight slots of 256 KiB, each reading, then writing, then reading
//! its next piece.
//!
//! The destination is created if it is missing and is **not** truncated before the copy, only cut to
//! length after it: over an existing file the pages of the cache are used again. `cp` truncates first.

use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;
use std::path::Path;

use io_uring::{opcode, squeue, types};

use super::ring::{self, Ring};

/// Slots, each with one operation in flight.
pub const DEPTH: u64 = 8;
/// Bytes of a slot.
pub const PIECE: usize = 256 << 10;

/// What a slot is doing.
struct Slot {
    buffer: Vec<u8>,
    /// Where the data in the buffer come from and go to.
    offset: u64,
    /// The end of the slot's piece of the file.
    end: u64,
    /// Bytes in the buffer, and how many of them are written. Nothing in it: a read is in flight.
    filled: usize,
    written: usize,
}

impl Slot {
    fn entry(&mut self, number: u64, from: types::Fd, to: types::Fd) -> squeue::Entry {
        let Self { buffer, offset, end, filled, written } = self;
        if *filled == 0 {
            let wanted = (*end - *offset) as u32;
            opcode::Read::new(from, buffer.as_mut_ptr(), wanted).offset(*offset).build()
        } else {
            let rest = &buffer[*written..*filled];
            let at = *offset + *written as u64;
            opcode::Write::new(to, rest.as_ptr(), rest.len() as u32).offset(at).build()
        }
        .user_data(number)
    }
}

/// The ring and its buffers, for any number of copies.
pub struct RingCopy {
    // First, so that it is dropped, and with it drained, before the buffers.
    ring: Ring,
    slots: Vec<Slot>,
}

impl RingCopy {
    /// For the calling thread.
    pub fn new() -> io::Result<Self> {
        let slot = || Slot { buffer: vec![0; PIECE], offset: 0, end: 0, filled: 0, written: 0 };
        Ok(Self { ring: Ring::new(DEPTH as u32)?, slots: (0..DEPTH).map(|_| slot()).collect() })
    }

    /// Copies one file.
    pub fn copy(&mut self, from: &Path, to: &Path) -> io::Result<()> {
        let from = File::open(from)?;
        let to = File::options().write(true).create(true).truncate(false).open(to)?;
        let length = from.metadata()?.len();
        let outcome = self.keep_copying(&from, &to, length);
        // Before the files are closed, whatever came of it.
        self.ring.drain();
        outcome?;
        if to.metadata()?.len() > length {
            to.set_len(length)?;
        }
        Ok(())
    }

    fn keep_copying(&mut self, from: &File, to: &File, length: u64) -> io::Result<()> {
        let Self { ring, slots } = self;
        let (from, to) = (types::Fd(from.as_raw_fd()), types::Fd(to.as_raw_fd()));
        let mut next_piece = (0..length).step_by(PIECE);
        let mut begin = |slot: &mut Slot| {
            let offset = next_piece.next()?;
            *slot = Slot {
                buffer: std::mem::take(&mut slot.buffer),
                offset,
                end: length.min(offset + PIECE as u64),
                filled: 0,
                written: 0,
            };
            Some(())
        };
        for (number, slot) in (0..).zip(slots.iter_mut()) {
            if begin(slot).is_some() {
                // SAFETY: buffers and files live until the ring is drained, and a buffer has one
                // operation at a time.
                unsafe { ring.push(&slot.entry(number, from, to)) }?;
            }
        }
        while ring.in_flight() > 0 {
            let next = |number: u64, result: i32| {
                let slot = &mut slots[number as usize];
                let count = ring::bytes(result)?;
                match (slot.filled, count) {
                    (_, 0) => return Err(io::Error::other("the source has become shorter")),
                    (0, _) => slot.filled = count,
                    _ => slot.written += count,
                }
                if slot.written == slot.filled {
                    slot.offset += slot.filled as u64;
                    (slot.filled, slot.written) = (0, 0);
                    if slot.offset == slot.end && begin(slot).is_none() {
                        return Ok(None);
                    }
                }
                Ok(Some(slot.entry(number, from, to)))
            };
            // SAFETY: as above.
            unsafe { ring.turn(next) }?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{PIECE, RingCopy};
    use crate::workspace::{Workspace, check_whole, create};

    #[test]
    fn a_copy_is_equal_whatever_was_there_before() {
        let Ok(mut copy) = RingCopy::new() else {
            return; // No io_uring here, so nothing to test.
        };
        let workspace = Workspace::new(&std::env::temp_dir()).unwrap();
        let (from, to) = (workspace.path("from"), workspace.path("to"));
        // Each is shorter or longer than the one before, which is still there.
        for length in [0, 1, 5, 3 * PIECE as u64 + 7, 20 * PIECE as u64, PIECE as u64, 4095, 0] {
            create(&from, length, 3).unwrap();
            copy.copy(&from, &to).unwrap();
            check_whole(&to, length, 3).unwrap();
        }
    }
}
