//! Byte-range locks (contract 02 section 9).
//!
//! A lock belongs to the open instance: every other one, in whichever process, is kept from the range by error 33 in its reads and
//! writes. Locks end when they are given back or their instance is closed.

use crate::error::{Error, Result};
use crate::event::Event;
use crate::file::File;
use crate::handle::OwnedHandle;
use crate::operation::{Fill, Operation};
use crate::overlapped_file::OverlappedFile;
use overlapped_abi::Win32Error;
use overlapped_devices::file::{self, LockFlags, Range as Bytes};
use overlapped_kernel::request::Route;
use overlapped_kernel::road::{Refused, Reply};
use std::ops::Range;

/// What a lock leaves others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LockKind {
    /// They may read and lock shared; nobody may write, not even through the instance itself.
    Shared,
    /// Nothing.
    Exclusive,
}

impl LockKind {
    fn flags(self) -> LockFlags {
        if self == Self::Exclusive { LockFlags::EXCLUSIVE } else { LockFlags::empty() }
    }
}

fn failed(error: Win32Error) -> Error {
    Error::new(error, "lock")
}

/// 307 for a range that ends before it starts.
fn bytes(range: &Range<u64>) -> std::result::Result<Bytes, Win32Error> {
    let len = range.end.checked_sub(range.start).ok_or(Win32Error::INVALID_LOCK_RANGE)?;
    Ok(Bytes { start: range.start, len })
}

fn take(handle: &OwnedHandle, range: &Range<u64>, flags: LockFlags) -> Result<()> {
    bytes(range).and_then(|range| file::lock(handle.grant(), range, flags)).map_err(failed)
}

fn give_back(handle: &OwnedHandle, range: &Range<u64>) -> Result<()> {
    bytes(range).and_then(|range| file::unlock(handle.grant(), range)).map_err(|error| Error::new(error, "unlock"))
}

impl File {
    /// Locks these bytes, which may lie past the end of the file, and waits for them (LockFileEx).
    ///
    /// # Errors
    /// 5 without the right to read or write, 307 for a range that ends before it starts, 995 after
    /// [`cancel_synchronous`](crate::alertable::ThreadRef::cancel_synchronous).
    pub fn lock_range(&self, range: Range<u64>, kind: LockKind) -> Result<()> {
        take(self.handle(), &range, kind.flags())
    }

    /// The same without waiting (LockFile).
    ///
    /// # Errors
    /// 33 while another lock is in the way; else as [`File::lock_range`].
    pub fn try_lock_range(&self, range: Range<u64>, kind: LockKind) -> Result<()> {
        take(self.handle(), &range, kind.flags() | LockFlags::FAIL_IMMEDIATELY)
    }

    /// Gives back what was locked as exactly this range; of an exclusive and a shared lock the exclusive one (UnlockFile).
    ///
    /// # Errors
    /// 158 if nothing is.
    pub fn unlock_range(&self, range: Range<u64>) -> Result<()> {
        give_back(self.handle(), &range)
    }
}

impl OverlappedFile {
    /// Locks these bytes, which may lie past the end of the file. The operation completes when they are free, and holds the lock from
    /// then on; until then it can be cancelled (LockFileEx).
    ///
    /// The operation fails with 5 without the right to read or write, and 307 for a range that ends before it starts.
    ///
    /// One that is dropped before somebody has looked at its outcome, by a time limit say, may have got the lock all the same: give it back with
    /// [`unlock_range`](OverlappedFile::unlock_range), which fails with 158 if it had not.
    ///
    /// ```
    /// use overlapped::{LockKind, OpenOptions};
    ///
    /// # let folder = tempfile::tempdir().unwrap();
    /// # let path = folder.path().join("shared");
    /// let first = OpenOptions::new().read(true).write(true).create(true).open_overlapped(&path)?;
    /// let second = OpenOptions::new().read(true).open_overlapped(&path)?;
    /// first.try_lock_range(0..100, LockKind::Exclusive)?;
    /// let waiting = second.lock_range(50..60, LockKind::Shared);
    /// assert!(waiting.is_pending());
    /// first.unlock_range(0..100)?;
    /// assert_eq!(waiting.wait(), (Ok(0), ()));
    /// # Ok::<(), overlapped::Error>(())
    /// ```
    pub fn lock_range(&self, range: Range<u64>, kind: LockKind) -> Operation<()> {
        self.lock_with(&range, kind, None)
    }

    /// [`OverlappedFile::lock_range`], and `event` is reset now and set on completion.
    pub fn lock_range_with_event(&self, range: Range<u64>, kind: LockKind, event: &Event) -> Operation<()> {
        self.lock_with(&range, kind, Some(event))
    }

    fn lock_with(&self, range: &Range<u64>, kind: LockKind, event: Option<&Event>) -> Operation<()> {
        let route = Route { event: event.map(Event::kernel), ..Route::default() };
        let fill: Fill<()> = |(), _| {};
        let issue = |range| {
            let issued = file::lock_request(self.handle().grant(), range, kind.flags(), route, Box::new(()));
            issued.map_err(|Refused { error, .. }| error)
        };
        match bytes(range).and_then(issue) {
            Ok(Reply::Done(request, _) | Reply::Pending(request)) => Operation::issued(request, fill),
            Err(error) => Operation::refused(failed(error), (), fill),
        }
    }

    /// The same at once or not at all (LockFile).
    ///
    /// # Errors
    /// 33 while another lock is in the way; else as the operation of [`OverlappedFile::lock_range`].
    pub fn try_lock_range(&self, range: Range<u64>, kind: LockKind) -> Result<()> {
        take(self.handle(), &range, kind.flags() | LockFlags::FAIL_IMMEDIATELY)
    }

    /// Gives back what was locked as exactly this range; of an exclusive and a shared lock the exclusive one (UnlockFileEx).
    ///
    /// # Errors
    /// 158 if nothing is.
    pub fn unlock_range(&self, range: Range<u64>) -> Result<()> {
        give_back(self.handle(), &range)
    }
}
