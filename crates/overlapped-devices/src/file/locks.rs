//! Byte-range locks: LockFileEx and its relatives (contract 02 §9).
//!
//! One table for each open file, found through the [registry](super::registry); the owner of a lock is an open instance.
//! Reads and writes ask the table only while there are locks, at the price of one atomic load otherwise. The drawback: the
//! locks bind the instances of one system, and a transfer that was checked just before a lock was granted still happens.
//!
//! A lock that must wait is a pending request in the table's queue: whoever releases a lock grants what has become possible, the
//! oldest first. On a synchronous instance the calling thread waits for its request, and CancelSynchronousIo ends that.

use super::registry::Seat;
use overlapped_abi::{AccessMask, Overlapped, Status, Win32Error};
use overlapped_kernel::request::{Buffer, Completion, Function, Position, Request, RequestRef, Route};
use overlapped_kernel::road::{Call, Refused, Reply, Report};
use overlapped_kernel::system::Grant;
use parking_lot::{Mutex, MutexGuard};
use std::ptr::NonNull;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

bitflags::bitflags! {
    /// dwFlags of LockFileEx.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct LockFlags: u32 {
        /// LOCKFILE_FAIL_IMMEDIATELY: do not wait for the range.
        const FAIL_IMMEDIATELY = 1;
        /// LOCKFILE_EXCLUSIVE_LOCK: exclusive instead of shared.
        const EXCLUSIVE = 2;
    }
}

/// A range of bytes; may be empty, and may lie past the end of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    /// The first byte.
    pub start: u64,
    /// How many.
    pub len: u64,
}

impl Range {
    fn end(self) -> u128 {
        u128::from(self.start) + u128::from(self.len)
    }

    /// Do they have a byte in common? An empty range stands in the way of ranges that contain its place or start there.
    fn touches(self, other: Self) -> bool {
        match (self.len, other.len) {
            (0, 0) => self.start == other.start,
            (0, _) => other.contains(self.start),
            (_, 0) => self.contains(other.start),
            _ => u128::from(self.start) < other.end() && u128::from(other.start) < self.end(),
        }
    }

    fn contains(self, byte: u64) -> bool {
        self.start <= byte && u128::from(byte) < self.end()
    }
}

#[derive(Clone, Copy)]
struct Lock {
    owner: u64,
    range: Range,
    exclusive: bool,
}

#[derive(Default)]
struct Table {
    held: Vec<Lock>,
    /// Pending requests, oldest first.
    waiting: Vec<(Lock, RequestRef)>,
}

/// The locks of one file.
#[derive(Default)]
pub(crate) struct Locks {
    table: Mutex<Table>,
    held: AtomicUsize,
}

impl Locks {
    /// Are there any? The answer may be old when it arrives, as a transfer's always is.
    pub fn any(&self) -> bool {
        self.held.load(Ordering::Acquire) != 0
    }

    /// Does a lock refuse this transfer of the instance?
    pub fn refuses(&self, owner: u64, range: Range, write: bool) -> bool {
        let locked = |lock: &Lock| lock.range.len != 0 && lock.range.touches(range);
        let refuses = |lock: &Lock| if lock.exclusive { lock.owner != owner } else { write };
        self.table.lock().held.iter().any(|lock| locked(lock) && refuses(lock))
    }

    fn try_lock(&self, held: &mut Vec<Lock>, new: Lock) -> bool {
        let excludes = |old: &Lock| {
            let both_shared = !old.exclusive && !new.exclusive;
            let own_overlay = old.exclusive && !new.exclusive && old.owner == new.owner;
            old.range.touches(new.range) && !both_shared && !own_overlay
        };
        if held.iter().any(excludes) {
            return false;
        }
        held.push(new);
        self.held.store(held.len(), Ordering::Release);
        true
    }

    /// Takes the range that a request asks for, if that can be now.
    pub fn take(&self, seat: &Seat, request: &Request) -> bool {
        let (range, exclusive) = asked(request);
        let mut table = self.table.lock();
        !seat.left() && self.try_lock(&mut table.held, Lock { owner: seat.id(), range, exclusive })
    }

    /// Takes away the lock of exactly this range, an exclusive one first.
    fn unlock(&self, owner: u64, range: Range) -> Result<(), Win32Error> {
        let mut table = self.table.lock();
        let exact = |lock: &Lock| lock.owner == owner && lock.range == range;
        let exclusive = table.held.iter().position(|lock| exact(lock) && lock.exclusive);
        let at = exclusive.or_else(|| table.held.iter().position(exact)).ok_or(Win32Error::NOT_LOCKED)?;
        table.held.swap_remove(at);
        self.changed(table);
        Ok(())
    }

    /// The instance is closed.
    pub fn release(&self, owner: u64) {
        let mut table = self.table.lock();
        table.held.retain(|lock| lock.owner != owner);
        self.changed(table);
    }

    /// Takes the range for a pending request, now or when it is free.
    pub fn enqueue(&self, seat: &Seat, request: RequestRef) {
        let (range, exclusive) = asked(&request);
        let new = Lock { owner: seat.id(), range, exclusive };
        let mut table = self.table.lock();
        // Looked at under the lock, as in `take`: a close either stops this or finds what is in the table.
        let status = match seat.left() {
            true => Status::CANCELLED,
            false if self.try_lock(&mut table.held, new) => Status::SUCCESS,
            false => return table.waiting.push((new, request)),
        };
        drop(table);
        request.complete(Completion { status, bytes: 0 });
    }

    /// Ends a request that waits here; false if it does not.
    pub fn cancel(&self, request: &RequestRef) -> bool {
        let waited = {
            let mut table = self.table.lock();
            let at = table.waiting.iter().position(|(_, waiting)| Arc::ptr_eq(waiting, request));
            at.map(|at| table.waiting.remove(at))
        };
        let Some((_, request)) = waited else { return false };
        request.complete(Completion::failure(Status::CANCELLED));
        true
    }

    /// Locks were released: grants what is possible now.
    fn changed(&self, mut table: MutexGuard<'_, Table>) {
        let Table { held, waiting } = &mut *table;
        self.held.store(held.len(), Ordering::Release);
        let (granted, left) = std::mem::take(waiting).into_iter().partition(|(new, _)| self.try_lock(held, *new));
        *waiting = left;
        drop(table);
        let granted: Vec<(Lock, RequestRef)> = granted;
        granted.into_iter().for_each(|(_, request)| request.complete(Completion::success(0)));
    }
}

/// The range that a lock request asks for, and how.
fn asked(request: &Request) -> (Range, bool) {
    let start = match request.position() {
        Position::At(start) => start,
        Position::End => u64::MAX,
    };
    let exclusive = matches!(request.function(), Function::Lock { exclusive: true, .. });
    (Range { start, len: request.buffer().len as u64 }, exclusive)
}

/// LockFile and its like, without an OVERLAPPED: the calling thread waits for the range. 33 with FAIL_IMMEDIATELY if it is
/// locked, 995 if the instance is closed or CancelSynchronousIo is called meanwhile.
pub fn lock(grant: &Grant, range: Range, flags: LockFlags) -> Result<(), Win32Error> {
    let call = lock_call(grant, range, flags)?;
    // SAFETY: there is neither memory nor an OVERLAPPED.
    unsafe { grant.instance.call_and_wait(call) }.map(drop).map_err(|Refused { error, .. }| error)
}

/// LockFileEx: on an overlapped instance pending until the range is free, on a synchronous one the calling thread waits. 33 with
/// FAIL_IMMEDIATELY if it is locked.
///
/// # Safety
/// `overlapped` stays valid until the request is complete.
pub unsafe fn lock_overlapped(
    grant: &Grant,
    range: Range,
    flags: LockFlags,
    route: Route,
    overlapped: Option<NonNull<Overlapped>>,
) -> Result<Reply, Win32Error> {
    let call = Call { route, overlapped, ..lock_call(grant, range, flags)? };
    let instance = &grant.instance;
    // SAFETY: there is no memory in the buffer, and the caller vouches for the OVERLAPPED.
    let reply = unsafe { if instance.is_overlapped() { instance.call(call) } else { instance.call_and_wait(call) } };
    reply.map_err(|Refused { error, .. }| error)
}

/// The request for a range, after the checks.
fn lock_call(grant: &Grant, range: Range, flags: LockFlags) -> Result<Call, Win32Error> {
    lockable(grant)?;
    if range.end() > 1 << 64 {
        return Err(Win32Error::INVALID_LOCK_RANGE);
    }
    let wait = !flags.contains(LockFlags::FAIL_IMMEDIATELY);
    let function = Function::Lock { exclusive: flags.contains(LockFlags::EXCLUSIVE), wait };
    let len = usize::try_from(range.len).map_err(|_| Win32Error::INVALID_LOCK_RANGE)?;
    Ok(Call {
        function,
        position: Position::At(range.start),
        buffer: Buffer { start: std::ptr::null_mut(), len },
        route: Route::default(),
        overlapped: None,
        payload: None,
        report: Report::AtOnce,
    })
}

/// UnlockFileEx: 158 unless exactly this range is locked through the instance.
pub fn unlock(grant: &Grant, range: Range) -> Result<(), Win32Error> {
    let seat = lockable(grant)?;
    seat.locks().unlock(seat.id(), range)
}

fn lockable(grant: &Grant) -> Result<&Seat, Win32Error> {
    let device = super::device_of(grant)?;
    let seat = device.seat().filter(|_| device.kind().has_positions()).ok_or(Win32Error::INVALID_FUNCTION)?;
    if !grant.access.intersects(AccessMask::READ_DATA | AccessMask::WRITE_DATA) {
        return Err(Win32Error::ACCESS_DENIED);
    }
    Ok(seat)
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: u64 = 1;
    const B: u64 = 2;

    fn range(start: u64, len: u64) -> Range {
        Range { start, len }
    }

    fn take(locks: &Locks, owner: u64, range: Range, exclusive: bool) -> bool {
        locks.try_lock(&mut locks.table.lock().held, Lock { owner, range, exclusive })
    }

    #[test]
    fn exclusive_locks_exclude_every_overlap_even_their_owners() {
        let locks = Locks::default();
        assert!(take(&locks, A, range(10, 10), true));
        assert!(!take(&locks, A, range(15, 10), true));
        assert!(!take(&locks, B, range(0, 11), false));
        assert!(take(&locks, B, range(0, 10), true));
    }

    #[test]
    fn a_shared_lock_overlays_the_owners_exclusive_one_which_is_unlocked_first() {
        let locks = Locks::default();
        assert!(take(&locks, A, range(0, 4), true));
        assert!(take(&locks, A, range(0, 4), false));
        assert!(locks.refuses(A, range(0, 1), true), "the owner itself can only read there");
        assert!(!locks.refuses(A, range(0, 1), false));
        assert_eq!(locks.unlock(A, range(0, 4)), Ok(()));
        assert!(take(&locks, B, range(0, 4), false), "what is left is shared");
    }

    #[test]
    fn an_empty_lock_refuses_ranges_that_contain_its_place_but_not_those_that_end_there() {
        let locks = Locks::default();
        assert!(take(&locks, A, range(8, 0), true));
        assert!(!take(&locks, B, range(4, 8), true));
        assert!(!take(&locks, B, range(8, 8), true));
        assert!(take(&locks, B, range(4, 4), true));
        assert!(!locks.refuses(B, range(8, 1), true), "no byte is locked");
        assert_eq!(locks.unlock(A, range(8, 0)), Ok(()));
    }

    #[test]
    fn the_last_byte_of_the_offset_space_can_be_locked() {
        let locks = Locks::default();
        assert!(take(&locks, A, range(u64::MAX, 1), true));
        assert!(!take(&locks, B, range(u64::MAX, 1), false));
        assert!(take(&locks, B, range(0, u64::MAX), true));
    }
}
