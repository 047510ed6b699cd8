//! The byte-range locks of this process as other processes see them: record locks of Linux on the file itself, byte for byte (contract
//! 02 §9). So they hold between all processes, also of other users, and programs of Linux that lock the same bytes are heeded too.
//!
//! [`locks`](super::locks) decides between the instances of this process; here is what all of them hold together, on a descriptor of its own,
//! which no child inherits. Drawbacks: a process that may not write the file can lock out writers, but not readers; empty locks stay
//! within the process; and where a file system has no record locks all of them do.

use super::neighbours::Neighbours;
use super::record_lock::{self, Hold, Span};
use super::stat::{Key, proc_path};
use crate::shared;
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;
use std::sync::{Arc, OnceLock};

/// A lock of an instance of this process; never an empty one.
pub(super) type Held = (Span, Hold);

/// See the module page.
#[derive(Debug)]
pub(super) struct Outer {
    pub neighbours: Arc<Neighbours>,
    key: Key,
    file: OnceLock<Option<OwnedFd>>,
}

impl Outer {
    pub fn new(neighbours: Arc<Neighbours>, key: Key) -> Self {
        Self { neighbours, key, file: OnceLock::new() }
    }

    /// The file once more, found by a descriptor of an instance the first time. An error if there is no room for another descriptor now.
    fn file(&self, instance: Option<BorrowedFd<'_>>) -> Result<Option<BorrowedFd<'_>>, Errno> {
        if let (None, Some(instance)) = (self.file.get(), instance) {
            let _ = self.file.set(reopen(instance)?);
        }
        Ok(self.file.get().and_then(|file| file.as_ref()).map(OwnedFd::as_fd))
    }

    /// Makes sure that the file is to be had without an instance, if at all: before anything is taken.
    pub fn reach(&self, instance: BorrowedFd<'_>) -> Result<(), Errno> {
        self.file(Some(instance)).map(drop)
    }

    /// Makes a span what `held` says, which has become more. False: another process is in the way, and it is as `before` said.
    pub fn take(&self, span: Span, before: &[Held], held: &[Held]) -> bool {
        let Ok(Some(file)) = self.file(None) else { return true };
        if before.is_empty() {
            self.neighbours.count(self.key, true);
        }
        if plan(span, held).into_iter().all(|(span, hold)| set(file, span, hold)) {
            return true;
        }
        restore(file, span, before);
        self.count_none(before);
        false
    }

    /// Makes spans what `held` says, which has become less.
    pub fn give_back(&self, spans: &[Span], held: &[Held]) {
        if let (Ok(Some(file)), false) = (self.file(None), spans.is_empty()) {
            spans.iter().for_each(|span| restore(file, *span, held));
            self.count_none(held);
        }
    }

    fn count_none(&self, held: &[Held]) {
        if held.is_empty() {
            self.neighbours.count(self.key, false);
        }
    }

    /// May a lock of another process refuse transfers?
    pub fn any(&self) -> bool {
        self.neighbours.may_have_locks(self.key)
    }

    /// Does one refuse this?
    pub fn refuses(&self, instance: BorrowedFd<'_>, span: Span, write: bool) -> bool {
        let hold = if write { Hold::Exclusive } else { Hold::Shared };
        // While it could not be opened once more, this process has no locks that the instance's own descriptor would take for another's.
        let file = self.file(Some(instance)).unwrap_or(Some(instance));
        file.is_some_and(|file| record_lock::forbidden(file, span, hold).unwrap_or(false))
    }
}

/// The file of an instance on a descriptor of its own; none if it is no regular file, or cannot be opened again.
fn reopen(instance: BorrowedFd<'_>) -> Result<Option<OwnedFd>, Errno> {
    // To open a device has effects.
    if !rustix::fs::fstat(instance).is_ok_and(|stat| stat.st_mode & libc::S_IFMT == libc::S_IFREG) {
        return Ok(None);
    }
    let path = proc_path(instance);
    let open = |access| rustix::fs::open(&path, access | OFlags::CLOEXEC | OFlags::NONBLOCK, Mode::empty());
    match open(OFlags::RDWR).or_else(|_| open(OFlags::RDONLY)) {
        Ok(file) => Ok(Some(file)),
        Err(errno) if shared::passes(&errno.into()) => Err(errno),
        Err(_) => Ok(None),
    }
}

fn restore(file: BorrowedFd<'_>, span: Span, held: &[Held]) {
    for (span, hold) in plan(span, held) {
        set(file, span, hold);
    }
}

/// False: somebody else is in the way.
fn set(file: BorrowedFd<'_>, span: Span, hold: Hold) -> bool {
    match record_lock::set(file, span, hold) {
        Ok(done) => done,
        // Not to be written by this process.
        Err(Errno::BADF) if hold == Hold::Exclusive => set(file, span, Hold::Shared),
        Err(errno) => {
            tracing::debug!(%errno, "a lock stays within the process");
            true
        }
    }
}

/// What the pieces of a span are locked for, all locks of the process together.
fn plan((start, end): Span, held: &[Held]) -> Vec<Held> {
    let mut cuts: Vec<u64> = held.iter().flat_map(|((start, end), _)| [*start, *end]).collect();
    cuts.retain(|cut| (start..end).contains(cut));
    cuts.extend([start, end]);
    cuts.sort_unstable();
    cuts.dedup();
    let mut pieces: Vec<Held> = Vec::with_capacity(cuts.len());
    for cut in cuts.windows(2) {
        let over = held.iter().filter(|((start, end), _)| *start <= cut[0] && cut[1] <= *end);
        let hold = over.map(|(_, hold)| *hold).max().unwrap_or(Hold::None);
        match pieces.last_mut() {
            Some(((_, end), last)) if *last == hold => *end = cut[1],
            _ => pieces.push(((cut[0], cut[1]), hold)),
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_is_locked_as_the_strongest_of_its_locks_02_9() {
        let held = [((0, 10), Hold::Shared), ((5, 8), Hold::Exclusive), ((9, 20), Hold::Shared)];
        let whole = plan((0, 30), &held);
        let expected =
            [((0, 5), Hold::Shared), ((5, 8), Hold::Exclusive), ((8, 20), Hold::Shared), ((20, 30), Hold::None)];
        assert_eq!(whole, expected);
        assert_eq!(plan((6, 7), &held), [((6, 7), Hold::Exclusive)]);
        assert_eq!(plan((20, 22), &held), [((20, 22), Hold::None)]);
    }
}
