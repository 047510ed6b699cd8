//! Other processes that have the same files open: how their share modes bind this one (contract 01 §2.2), and who of them has
//! locked bytes (02 §9).
//!
//! Linux knows no share modes. What each process does with a file and what it denies the others is said by
//! [record locks](super::record_lock) on a file in the run-time directory, in a place for each file that has one byte for every such
//! [mark](Marks): locks end with their process, however it ends. Programs that are not of this library neither see them nor are bound.
//!
//! Who opens a file says so first and looks then, so that of two neither overlooks the other. If both find each other, one after the
//! other tries again. Drawbacks: two or three system calls for each open and one for each close; processes of other users, and of other
//! run-time directories, are not bound; a name is taken away as Linux does it, whatever another process has begun meanwhile.
//!
//! Byte-range locks are locks of Linux on the file itself, which all processes see ([`outer`](super::outer)). Which transfers have to ask
//! for them is said by a page that all processes map: counts of processes with locks, by a hash of the file. Counts of processes
//! that were killed only cost time.

use super::locks::Locks;
use super::record_lock::{self, Hold};
use super::stat::Key;
use crate::shared;
use overlapped_abi::{AccessMask, ShareMode};
use parking_lot::Mutex;
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::fs::{FlockOperation, Mode, OFlags};
use rustix::io::Errno;
use rustix::mm::{MapFlags, ProtFlags};
use std::io;
use std::path::PathBuf;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::sync::{Arc, OnceLock, Weak};
use std::time::Duration;

/// Files of marks. Linux looks through all locks of a file for each call.
const FILES: usize = 16;
/// Bytes of a place.
const PLACE: u64 = 8;
/// The byte of a place that is locked by who tries again.
const TURN: u64 = 7;
/// How often, and how long between, somebody asks for its turn before it goes on without.
const TURNS: (u32, Duration) = (200, Duration::from_micros(100));
/// Counts of processes with byte-range locks.
const COUNTS: usize = 1024;
/// How long a lock that another process is in the way of waits between two tries: doubled from the first to the second.
const LOOKS: (Duration, Duration) = (Duration::from_millis(1), Duration::from_millis(10));

/// What is done with a file, in three bits, and what is denied to others, in three more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Marks(u8);

impl Marks {
    pub fn of(access: AccessMask, share: ShareMode) -> Self {
        if !access.intersects(AccessMask::SHARING_RELEVANT) {
            return Self(0);
        }
        let denied = ShareMode::READ | ShareMode::WRITE | ShareMode::DELETE;
        Self((access.required_share().bits() | denied.difference(share).bits() << 3) as u8)
    }

    /// A section that can be written through.
    pub fn of_section() -> Self {
        Self(ShareMode::WRITE.bits() as u8)
    }

    pub fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// The marks of others that forbid these.
    fn opposite(self) -> Self {
        Self(self.0 >> 3 | (self.0 & 7) << 3)
    }

    /// First and end of each row of ones.
    fn rows(self) -> impl Iterator<Item = (u64, u64)> {
        let mut left = self.0;
        std::iter::from_fn(move || {
            let first = (left != 0).then(|| left.trailing_zeros())?;
            let end = first + (left >> first).trailing_ones();
            left &= !(((1u16 << end) - 1) as u8);
            Some((first.into(), end.into()))
        })
    }
}

/// See the module page.
#[derive(Debug)]
pub(super) struct Neighbours {
    directory: PathBuf,
    files: [OnceLock<Option<OwnedFd>>; FILES],
    counts: OnceLock<Option<Counts>>,
    waiting: Mutex<Waiting>,
}

#[derive(Default)]
struct Waiting {
    locks: Vec<Weak<Locks>>,
    /// Is there a thread that looks?
    looking: bool,
}

impl std::fmt::Debug for Waiting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} files", self.locks.len())
    }
}

impl Neighbours {
    /// Those who meet in this run-time directory. It is looked at with the first file.
    pub fn new(directory: PathBuf) -> Arc<Self> {
        let (files, counts, waiting) = (Default::default(), OnceLock::new(), Mutex::default());
        Arc::new(Self { directory, files, counts, waiting })
    }

    fn hash(key: Key) -> u64 {
        let mixed = (key.ino ^ key.dev.rotate_left(32)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        mixed ^ mixed >> 29
    }

    /// The marks of a file: where, and from which byte.
    fn place(&self, key: Key) -> Option<(BorrowedFd<'_>, u64)> {
        let hash = Self::hash(key);
        let number = hash as usize % FILES;
        let file = self.kept(&self.files[number], || self.open(&format!("marks-{number}")))?;
        // The highest place ends below 2^63.
        Some((file.as_fd(), (hash >> 4) % (1 << 59) * PLACE))
    }

    /// What `make` gives the first time. If that fails the log says why, and it stays so, unless only descriptors were short.
    fn kept<'a, T>(&self, cell: &'a OnceLock<Option<T>>, make: impl FnOnce() -> io::Result<T>) -> Option<&'a T> {
        if cell.get().is_none() {
            let made = make();
            if let Err(error) = &made {
                if matches!(Errno::from_io_error(error), Some(Errno::MFILE | Errno::NFILE | Errno::NOMEM)) {
                    return None;
                }
                tracing::warn!(%error, directory = %self.directory.display(), "other processes do not count for files");
            }
            let _ = cell.set(made.ok());
        }
        cell.get()?.as_ref()
    }

    /// A file of the neighbourhood.
    fn open(&self, name: &str) -> io::Result<OwnedFd> {
        let directory = self.directory.join("files");
        shared::private(&self.directory)?;
        shared::private(&directory)?;
        let flags = OFlags::RDWR | OFlags::CREATE | OFlags::CLOEXEC | OFlags::NOFOLLOW;
        Ok(rustix::fs::open(directory.join(name), flags, Mode::RUSR | Mode::WUSR)?)
    }

    /// Adds marks to those that this process has at a file, unless marks of others oppose `tested`. False: they do, and nothing has changed.
    pub fn join(&self, key: Key, own: Marks, new: Marks, tested: Marks) -> bool {
        let Some((file, at)) = self.place(key) else { return true };
        let more = new.without(own);
        set(file, at, more, Hold::Shared);
        if !opposed(file, at, tested) {
            return true;
        }
        set(file, at, more, Hold::None);
        // The other one may have come at the same time, and withdraws as well: then one of the two is to have the file.
        let turn = (at + TURN, at + TURN + 1);
        let (most, pause) = TURNS;
        for _ in 0..most {
            if !matches!(record_lock::set(file, turn, Hold::Exclusive), Ok(false)) {
                break;
            }
            std::thread::sleep(pause);
        }
        set(file, at, more, Hold::Shared);
        let refused = opposed(file, at, tested);
        if refused {
            set(file, at, more, Hold::None);
        }
        let _ = record_lock::set(file, turn, Hold::None);
        !refused
    }

    /// Does another process have the file open in a way that forbids this?
    pub fn oppose(&self, key: Key, tested: Marks) -> bool {
        self.place(key).is_some_and(|(file, at)| opposed(file, at, tested))
    }

    /// The marks of this process at a file have changed.
    pub fn change(&self, key: Key, before: Marks, now: Marks) {
        if before == now {
            return;
        }
        if let Some((file, at)) = self.place(key) {
            set(file, at, now.without(before), Hold::Shared);
            set(file, at, before.without(now), Hold::None);
        }
    }

    fn counts(&self) -> Option<&Counts> {
        self.kept(&self.counts, || Ok(Counts::new(self.open("locked")?)?))
    }

    /// This process has its first lock in the file, or has given back its last.
    pub fn count(&self, key: Key, locked: bool) {
        if let Some(counts) = self.counts() {
            counts.count(Self::hash(key) as usize >> 8, locked);
        }
    }

    /// May another process have locks in the file?
    pub fn may_have_locks(&self, key: Key) -> bool {
        self.counts().is_some_and(|counts| counts.others(Self::hash(key) as usize >> 8))
    }

    /// From time to time [`Locks::look`] is called, until it says that nothing there waits for others.
    pub fn await_others(self: &Arc<Self>, locks: &Arc<Locks>) {
        let mut waiting = self.waiting.lock();
        if !waiting.locks.iter().any(|known| std::ptr::eq(known.as_ptr(), Arc::as_ptr(locks))) {
            waiting.locks.push(Arc::downgrade(locks));
        }
        if waiting.looking {
            return;
        }
        let neighbours = Arc::clone(self);
        match std::thread::Builder::new().name("ovl-locks".into()).spawn(move || neighbours.look()) {
            Ok(_) => waiting.looking = true,
            Err(error) => tracing::error!(%error, "locks that other processes give back will not be seen"),
        }
    }

    fn look(&self) {
        let mut pause = LOOKS.0;
        loop {
            std::thread::sleep(pause);
            pause = (pause * 2).min(LOOKS.1);
            let all: Vec<_> = self.waiting.lock().locks.clone();
            let over = |locks: &&Weak<Locks>| !locks.upgrade().is_some_and(|locks| locks.look());
            let over: Vec<_> = all.iter().filter(over).collect();
            let mut waiting = self.waiting.lock();
            // Who has begun to wait since then is looked at once more than needed.
            waiting.locks.retain(|locks| {
                let ended = over.iter().any(|over| over.ptr_eq(locks));
                !ended || locks.upgrade().is_some_and(|locks| locks.waits_for_others())
            });
            if waiting.locks.is_empty() {
                waiting.looking = false;
                return;
            }
        }
    }
}

fn set(file: BorrowedFd<'_>, at: u64, marks: Marks, hold: Hold) {
    for (first, end) in marks.rows() {
        // Only the turn is ever locked exclusively, so there is nothing to be refused; without memory for it a mark is missing.
        let _ = record_lock::set(file, (at + first, at + end), hold);
    }
}

fn opposed(file: BorrowedFd<'_>, at: u64, tested: Marks) -> bool {
    let forbidden = |(first, end)| record_lock::forbidden(file, (at + first, at + end), Hold::Exclusive);
    tested.opposite().rows().any(|row| forbidden(row).unwrap_or(false))
}

/// How many processes have byte-range locks, by hash. The file stays locked while somebody has it mapped, so that who comes
/// first knows that what it says is old.
struct Counts {
    shared: NonNull<[AtomicU32; COUNTS]>,
    own: [AtomicU32; COUNTS],
    _file: OwnedFd,
}

// SAFETY: the memory is there until this is dropped, and all of it is atomic.
unsafe impl Send for Counts {}
// SAFETY: as above.
unsafe impl Sync for Counts {}

const SIZE: usize = size_of::<[AtomicU32; COUNTS]>();

impl std::fmt::Debug for Counts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Counts").finish_non_exhaustive()
    }
}

impl Counts {
    fn new(file: OwnedFd) -> Result<Self, Errno> {
        let alone = rustix::fs::flock(&file, FlockOperation::NonBlockingLockExclusive).is_ok();
        if alone {
            rustix::fs::ftruncate(&file, 0)?;
            rustix::fs::ftruncate(&file, SIZE as u64)?;
        }
        rustix::fs::flock(&file, FlockOperation::LockShared)?;
        if rustix::fs::fstat(&file)?.st_size != SIZE as i64 {
            return Err(Errno::INVAL);
        }
        let access = ProtFlags::READ | ProtFlags::WRITE;
        // SAFETY: a fresh mapping, of a file that is as long, and that nobody cuts while somebody has it locked.
        let memory = unsafe { rustix::mm::mmap(std::ptr::null_mut(), SIZE, access, MapFlags::SHARED, &file, 0) }?;
        let shared = NonNull::new(memory.cast()).ok_or(Errno::NOMEM)?;
        Ok(Self { shared, own: [const { AtomicU32::new(0) }; COUNTS], _file: file })
    }

    fn shared(&self) -> &[AtomicU32; COUNTS] {
        // SAFETY: the mapping is as long and lives as long as `self`.
        unsafe { self.shared.as_ref() }
    }

    fn count(&self, hash: usize, locked: bool) {
        let change = |count: &AtomicU32| {
            if locked {
                count.fetch_add(1, SeqCst)
            } else {
                count.fetch_sub(1, SeqCst)
            };
        };
        // Others may only seem to have locks between the two, never to have none.
        let (own, shared) = (&self.own[hash % COUNTS], &self.shared()[hash % COUNTS]);
        if locked {
            change(shared);
            change(own);
        } else {
            change(own);
            change(shared);
        }
    }

    fn others(&self, hash: usize) -> bool {
        let at = hash % COUNTS;
        // A count that a killed process has left may even be too high by wrapping; unequal is what counts.
        self.shared()[at].load(SeqCst) != self.own[at].load(SeqCst)
    }
}

impl Drop for Counts {
    fn drop(&mut self) {
        // SAFETY: what `new` mapped; no reference outlives `self`.
        let unmapped = unsafe { rustix::mm::munmap(self.shared.as_ptr().cast(), SIZE) };
        debug_assert!(unmapped.is_ok());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: Key = Key { dev: 7, ino: 11 };
    const READ: AccessMask = AccessMask::READ_DATA;
    const WRITE: AccessMask = AccessMask::WRITE_DATA;

    /// Two that count as processes for each other.
    fn two(directory: &tempfile::TempDir) -> [Arc<Neighbours>; 2] {
        let run = directory.path().join("run");
        [Neighbours::new(run.clone()), Neighbours::new(run)]
    }

    fn join(who: &Neighbours, access: AccessMask, share: ShareMode) -> bool {
        let marks = Marks::of(access, share);
        who.join(KEY, Marks::default(), marks, marks)
    }

    fn leave(who: &Neighbours, access: AccessMask, share: ShareMode) {
        who.change(KEY, Marks::of(access, share), Marks::default());
    }

    #[test]
    fn the_rule_of_share_modes_holds_between_processes_01_2_2() {
        let directory = tempfile::tempdir().unwrap();
        let [one, other] = two(&directory);
        let accesses = (0..8_u32).map(|bits| {
            [READ, WRITE, AccessMask::DELETE].iter().enumerate().fold(AccessMask::empty(), |access, (at, right)| {
                if bits >> at & 1 == 1 { access | *right } else { access }
            })
        });
        let opens: Vec<_> =
            accesses.flat_map(|access| (0..8).map(move |share| (access, ShareMode::from_bits_retain(share)))).collect();
        for (first, held) in &opens {
            assert!(join(&one, *first, *held));
            for (access, share) in &opens {
                let refused = ShareMode::conflicts(*access, *share, *first, *held);
                assert_eq!(join(&other, *access, *share), !refused, "{first:?} {held:?} then {access:?} {share:?}");
                if !refused {
                    leave(&other, *access, *share);
                }
            }
            leave(&one, *first, *held);
        }
    }

    #[test]
    fn of_two_who_open_at_once_one_has_the_file_01_2_2() {
        let directory = tempfile::tempdir().unwrap();
        let both = two(&directory);
        let alone = ShareMode::empty();
        for round in 0..200 {
            let meet = std::sync::Barrier::new(2);
            let try_it = |who: &Neighbours| {
                meet.wait();
                join(who, READ, alone)
            };
            let had = std::thread::scope(|scope| {
                let had = both.each_ref().map(|who| scope.spawn(|| try_it(who)));
                had.map(|thread| thread.join().unwrap())
            });
            assert_eq!(had.iter().filter(|had| **had).count(), 1, "round {round}");
            both.iter().zip(had).filter(|(_, had)| *had).for_each(|(who, _)| leave(who, READ, alone));
        }
    }

    #[test]
    fn locks_of_others_are_counted_and_forgotten_with_their_processes_02_9() {
        let directory = tempfile::tempdir().unwrap();
        let [one, other] = two(&directory);
        assert!(!other.may_have_locks(KEY));
        one.count(KEY, true);
        assert_eq!((one.may_have_locks(KEY), other.may_have_locks(KEY)), (false, true), "its own are known to it");
        one.count(KEY, false);
        assert!(!other.may_have_locks(KEY));
        one.count(KEY, true);
        drop((one, other));
        let [next, _] = two(&directory);
        assert!(!next.may_have_locks(KEY), "nobody was left");
    }
}
