//! Byte-range locks: LockFileEx and its relatives (contract 02 §9).
//!
//! One table for each open file, found through the [registry](super::registry); the owner of a lock is an open instance.
//! Reads and writes ask the table only while there are locks, at the price of two atomic loads otherwise. The drawback: a
//! transfer that was checked just before a lock was granted still happens.
//!
//! What the table grants, other [processes](super::outer) are asked for. A lock that must wait is a pending request in the table's queue:
//! whoever releases a lock grants what has become possible, the oldest first; for those of other processes a thread looks from time
//! to time. On a synchronous instance the calling thread waits for its request, and CancelSynchronousIo ends that.

use super::errors;
use super::outer::{Held, Outer};
use super::record_lock::{Hold, Span, span};
use super::registry::Seat;
use overlapped_abi::{AccessMask, Overlapped, Status, Win32Error};
use overlapped_kernel::request::{Buffer, Completion, Function, Position, Request, RequestRef, Route};
use overlapped_kernel::road::{Call, Refused, Reply, Report};
use overlapped_kernel::system::Grant;
use parking_lot::{Mutex, MutexGuard};
use rustix::fd::BorrowedFd;
use std::any::Any;
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

impl Lock {
    /// As other processes see it; not at all if it is empty.
    fn outside(&self) -> Option<Held> {
        let hold = if self.exclusive { Hold::Exclusive } else { Hold::Shared };
        (self.range.len != 0).then(|| (span(self.range.start, self.range.len), hold))
    }
}

fn outside(held: &[Lock]) -> Vec<Held> {
    held.iter().filter_map(Lock::outside).collect()
}

/// Whether a lock was granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Granted,
    /// An instance of this process is in the way.
    Held,
    /// Another process is.
    HeldOutside,
}

#[derive(Default)]
struct Table {
    held: Vec<Lock>,
    /// Pending requests, oldest first.
    waiting: Vec<(Lock, RequestRef)>,
    /// Does one of them wait for another process?
    for_others: bool,
}

/// The locks of one file.
#[derive(Default)]
pub(crate) struct Locks {
    table: Mutex<Table>,
    held: AtomicUsize,
    /// Other processes, if they count.
    outer: Option<Outer>,
}

impl Locks {
    /// The locks of a file that other processes may lock, too.
    pub(super) fn among(outer: Option<Outer>) -> Self {
        Self { outer, ..Self::default() }
    }

    /// Are there any? The answer may be old when it arrives, as a transfer's always is.
    pub fn any(&self) -> bool {
        self.held.load(Ordering::Acquire) != 0 || self.outer.as_ref().is_some_and(Outer::any)
    }

    /// Does a lock refuse this transfer of the instance that the descriptor is of?
    pub fn refuses(&self, owner: u64, fd: BorrowedFd<'_>, range: Range, write: bool) -> bool {
        let outer = self.outer.as_ref().filter(|outer| range.len != 0 && outer.any());
        self.refuses_here(owner, range, write)
            || outer.is_some_and(|outer| outer.refuses(fd, span(range.start, range.len), write))
    }

    fn refuses_here(&self, owner: u64, range: Range, write: bool) -> bool {
        let locked = |lock: &Lock| lock.range.len != 0 && lock.range.touches(range);
        let refuses = |lock: &Lock| if lock.exclusive { lock.owner != owner } else { write };
        self.table.lock().held.iter().any(|lock| locked(lock) && refuses(lock))
    }

    /// Locks are about to be asked for: other processes are to be asked, too, which takes a descriptor. 4 if there is no room for it. `fd`: an
    /// instance of the file.
    pub fn reach(&self, fd: BorrowedFd<'_>) -> Result<(), Win32Error> {
        self.outer.as_ref().map_or(Ok(()), |outer| outer.reach(fd)).map_err(errors::other)
    }

    /// For whoever has [reached](Self::reach) the file.
    fn try_lock(&self, held: &mut Vec<Lock>, new: Lock) -> Verdict {
        let excludes = |old: &Lock| {
            let both_shared = !old.exclusive && !new.exclusive;
            let own_overlay = old.exclusive && !new.exclusive && old.owner == new.owner;
            old.range.touches(new.range) && !both_shared && !own_overlay
        };
        if held.iter().any(excludes) {
            return Verdict::Held;
        }
        held.push(new);
        if !self.may_outside(held, new) {
            held.pop();
            return Verdict::HeldOutside;
        }
        self.held.store(held.len(), Ordering::Release);
        Verdict::Granted
    }

    /// Asks the other processes for the lock that has just been added.
    fn may_outside(&self, held: &[Lock], new: Lock) -> bool {
        let (Some(outer), Some((span, _)), Some((_, before))) = (&self.outer, new.outside(), held.split_last()) else {
            return true;
        };
        outer.take(span, &outside(before), &outside(held))
    }

    /// Tells the other processes that these locks are no more.
    fn tell_outside(&self, held: &[Lock], gone: &[Lock]) {
        let Some(outer) = &self.outer else { return };
        let spans: Vec<Span> = gone.iter().filter_map(Lock::outside).map(|(span, _)| span).collect();
        outer.give_back(&spans, &outside(held));
    }

    /// Takes the range that a request asks for, if that can be now.
    pub fn take(&self, seat: &Seat, request: &Request) -> bool {
        let (range, exclusive) = asked(request);
        let mut table = self.table.lock();
        let new = Lock { owner: seat.id(), range, exclusive };
        !seat.left() && self.try_lock(&mut table.held, new) == Verdict::Granted
    }

    /// Takes away the lock of exactly this range, an exclusive one first.
    fn unlock(self: &Arc<Self>, owner: u64, range: Range) -> Result<(), Win32Error> {
        let mut table = self.table.lock();
        let exact = |lock: &Lock| lock.owner == owner && lock.range == range;
        let exclusive = table.held.iter().position(|lock| exact(lock) && lock.exclusive);
        let at = exclusive.or_else(|| table.held.iter().position(exact)).ok_or(Win32Error::NOT_LOCKED)?;
        let gone = table.held.swap_remove(at);
        self.tell_outside(&table.held, &[gone]);
        self.changed(table);
        Ok(())
    }

    /// The instance is closed.
    pub fn release(self: &Arc<Self>, owner: u64) {
        let mut table = self.table.lock();
        let gone: Vec<Lock> = table.held.extract_if(.., |lock| lock.owner == owner).collect();
        if gone.is_empty() {
            return;
        }
        self.tell_outside(&table.held, &gone);
        self.changed(table);
    }

    /// Takes the range for a pending request, now or when it is free.
    pub fn enqueue(self: &Arc<Self>, seat: &Seat, request: RequestRef) {
        let (range, exclusive) = asked(&request);
        let new = Lock { owner: seat.id(), range, exclusive };
        let mut table = self.table.lock();
        // Looked at under the lock, as in `take`: a close either stops this or finds what is in the table.
        // The same for who cancels, and marks the request before.
        let status = match seat.left() || request.is_cancelling() {
            true => Status::CANCELLED,
            false => match self.try_lock(&mut table.held, new) {
                Verdict::Granted => Status::SUCCESS,
                verdict => {
                    table.waiting.push((new, request));
                    table.for_others |= verdict == Verdict::HeldOutside;
                    return self.call_for_others(table);
                }
            },
        };
        drop(table);
        request.complete(Completion { status, bytes: 0 });
    }

    /// Has the neighbours looked at, if somebody waits for them.
    fn call_for_others(self: &Arc<Self>, table: MutexGuard<'_, Table>) {
        let waits = table.for_others;
        drop(table);
        if let (true, Some(outer)) = (waits, &self.outer) {
            outer.neighbours.await_others(self);
        }
    }

    /// Does a request wait for another process?
    pub(super) fn waits_for_others(&self) -> bool {
        self.table.lock().for_others
    }

    /// Grants what other processes have made possible; does a request still wait for one?
    pub(super) fn look(&self) -> bool {
        self.grant(self.table.lock())
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
    fn changed(self: &Arc<Self>, table: MutexGuard<'_, Table>) {
        self.held.store(table.held.len(), Ordering::Release);
        if self.grant(table)
            && let Some(outer) = &self.outer
        {
            outer.neighbours.await_others(self);
        }
    }

    /// Grants what is possible. Does a request wait for another process?
    fn grant(&self, mut table: MutexGuard<'_, Table>) -> bool {
        let Table { held, waiting, for_others } = &mut *table;
        *for_others = false;
        let granted: Vec<_> = waiting
            .extract_if(.., |(new, _)| {
                let verdict = self.try_lock(held, *new);
                *for_others |= verdict == Verdict::HeldOutside;
                verdict == Verdict::Granted
            })
            .collect();
        let waits = *for_others;
        drop(table);
        granted.into_iter().for_each(|(_, request)| request.complete(Completion::success(0)));
        waits
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

/// The same without an OVERLAPPED, for a request that is kept. A refusal gives the payload back.
pub fn lock_request(
    grant: &Grant,
    range: Range,
    flags: LockFlags,
    route: Route,
    payload: Box<dyn Any + Send>,
) -> Result<Reply, Refused> {
    let call = match lock_call(grant, range, flags) {
        Ok(call) => Call { route, payload: Some(payload), ..call },
        Err(error) => return Err(Refused { error, payload: Some(payload) }),
    };
    let instance = &grant.instance;
    // SAFETY: there is neither memory nor an OVERLAPPED.
    unsafe { if instance.is_overlapped() { instance.call(call) } else { instance.call_and_wait(call) } }
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
        locks.try_lock(&mut locks.table.lock().held, Lock { owner, range, exclusive }) == Verdict::Granted
    }

    #[test]
    fn exclusive_locks_exclude_every_overlap_even_their_owners() {
        let locks = Arc::new(Locks::default());
        assert!(take(&locks, A, range(10, 10), true));
        assert!(!take(&locks, A, range(15, 10), true));
        assert!(!take(&locks, B, range(0, 11), false));
        assert!(take(&locks, B, range(0, 10), true));
    }

    #[test]
    fn a_shared_lock_overlays_the_owners_exclusive_one_which_is_unlocked_first() {
        let locks = Arc::new(Locks::default());
        assert!(take(&locks, A, range(0, 4), true));
        assert!(take(&locks, A, range(0, 4), false));
        assert!(locks.refuses_here(A, range(0, 1), true), "the owner itself can only read there");
        assert!(!locks.refuses_here(A, range(0, 1), false));
        assert_eq!(locks.unlock(A, range(0, 4)), Ok(()));
        assert!(take(&locks, B, range(0, 4), false), "what is left is shared");
    }

    #[test]
    fn an_empty_lock_refuses_ranges_that_contain_its_place_but_not_those_that_end_there() {
        let locks = Arc::new(Locks::default());
        assert!(take(&locks, A, range(8, 0), true));
        assert!(!take(&locks, B, range(4, 8), true));
        assert!(!take(&locks, B, range(8, 8), true));
        assert!(take(&locks, B, range(4, 4), true));
        assert!(!locks.refuses_here(B, range(8, 1), true), "no byte is locked");
        assert_eq!(locks.unlock(A, range(8, 0)), Ok(()));
    }

    #[test]
    fn the_last_byte_of_the_offset_space_can_be_locked() {
        let locks = Arc::new(Locks::default());
        assert!(take(&locks, A, range(u64::MAX, 1), true));
        assert!(!take(&locks, B, range(u64::MAX, 1), false));
        assert!(take(&locks, B, range(0, u64::MAX), true));
    }
}
