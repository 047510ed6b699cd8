//! Marks that the [table](super::table) has no room for: record locks on files in the run-time directory, in a place for each file that has one byte
//! for every mark. They end with their process, as its words in the table do.

use super::{Home, Marks};
use crate::file::record_lock::{self, Hold};
use parking_lot::Mutex;
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use std::collections::HashSet;
use std::io;
use std::sync::OnceLock;

/// Files of marks. Linux looks through all locks of a file for each call.
const FILES: usize = 16;
/// Bytes of a place.
const PLACE: u64 = 8;

/// See the module page.
#[derive(Debug, Default)]
pub(super) struct Spill {
    files: [OnceLock<Option<OwnedFd>>; FILES],
    /// Files that this process has marks of here, by hash.
    own: Mutex<HashSet<u64>>,
}

impl Spill {
    /// The marks of a file: where, and from which byte.
    fn place(&self, home: &Home, hash: u64) -> Option<(BorrowedFd<'_>, u64)> {
        let number = hash as usize % FILES;
        let file = home.kept(&self.files[number], || open(home, number))?;
        Some((file.as_fd(), first_byte(hash)))
    }

    /// Marks that are not of this process alone: they end with the last copy of the descriptor.
    pub fn entail(home: &Home, hash: u64, marks: Marks) -> Option<OwnedFd> {
        let file = open(home, hash as usize % FILES).ok()?;
        set(file.as_fd(), first_byte(hash), marks, Hold::Shared);
        Some(file)
    }

    /// Waits until nobody has one of these marks here.
    pub fn await_none(home: &Home, hash: u64, marks: Marks) {
        let Ok(file) = open(home, hash as usize % FILES) else { return };
        for (first, end) in rows(marks) {
            let (first, end) = (first_byte(hash) + first, first_byte(hash) + end);
            if let Err(errno) = record_lock::set_when_free(file.as_fd(), (first, end)) {
                tracing::warn!(%errno, "nobody waits for the end of a file's last instance");
            }
        }
    }

    /// Has this process marks of the file here?
    pub fn has(&self, hash: u64) -> bool {
        self.own.lock().contains(&hash)
    }

    /// The marks of this process at a file have changed.
    pub fn change(&self, home: &Home, hash: u64, before: Marks, now: Marks) {
        let mut own = self.own.lock();
        if now == Marks::default() {
            own.remove(&hash);
        } else {
            own.insert(hash);
        }
        drop(own);
        if let Some((file, at)) = self.place(home, hash) {
            set(file, at, now.without(before), Hold::Shared);
            set(file, at, before.without(now), Hold::None);
        }
    }

    /// Has another process one of these at the file, here?
    pub fn any(&self, home: &Home, hash: u64, marks: Marks) -> bool {
        let Some((file, at)) = self.place(home, hash) else { return false };
        let has = |(first, end)| record_lock::forbidden(file, (at + first, at + end), Hold::Exclusive);
        rows(marks).any(|row| has(row).unwrap_or(false))
    }
}

fn open(home: &Home, number: usize) -> io::Result<OwnedFd> {
    home.open(&format!("marks-{number}"))
}

/// The highest place ends below 2^63.
fn first_byte(hash: u64) -> u64 {
    (hash >> 4) % (1 << 59) * PLACE
}

fn set(file: BorrowedFd<'_>, at: u64, marks: Marks, hold: Hold) {
    for (first, end) in rows(marks) {
        // Nobody locks these exclusively, so there is nothing to be refused; without memory for it a mark is missing.
        let _ = record_lock::set(file, (at + first, at + end), hold);
    }
}

/// First and end of each row of ones.
fn rows(marks: Marks) -> impl Iterator<Item = (u64, u64)> {
    let mut left = marks.0;
    std::iter::from_fn(move || {
        let first = (left != 0).then(|| left.trailing_zeros())?;
        let end = first + (left >> first).trailing_ones();
        left &= !(((1_u16 << end) - 1) as u8);
        Some((first.into(), end.into()))
    })
}
