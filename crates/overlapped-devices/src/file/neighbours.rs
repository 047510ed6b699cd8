//! Other processes that have the same files open: how their share modes bind this one (contract 01 §2.2), and who of them has
//! locked bytes (02 §9).
//!
//! Linux knows no share modes. What each process does with a file and what it denies the others, its [`Marks`], stands in memory
//! that all of them map ([`table`]), and what that has no room for in locks of Linux ([`spill`]). Both end with their process,
//! however it ends. Programs that are not of this library neither see them nor are bound.
//!
//! Who opens a file says so first and looks then, so that of two neither overlooks the other. If both find each other, one after the
//! other tries again. So a file that no other process has open in a way that forbids it is opened and closed without a system call here.
//! Drawbacks: processes of other users, and of other run-time directories, are not bound; a name is taken away as Linux does it, whatever
//! another process has begun meanwhile.
//!
//! A file that waits to be deleted is refused to all of them, and goes with its last instance in whichever process: who closes it leaves
//! that to those who still have it open, if there are such, and else removes the name. Drawbacks: only the process that asked for a
//! deletion can take it back; whoever is killed meanwhile leaves the file; and an instance that neither reads, writes nor deletes, or whose
//! marks the table had no room for, is not waited for.
//!
//! What an instance denies others that a child inherits is said by a lock that belongs to a descriptor, which goes with the instance's: so it ends
//! with the last handle in whichever process, and counts from the start of the child on, be it a program of ours or not.
//!
//! Byte-range locks are locks of Linux on the file itself, which all processes see ([`outer`](super::outer)). Which transfers have to ask
//! for them is said by the same memory: counts of processes with locks, by a hash of the file. Counts of processes that were killed
//! only cost time.

mod spill;
mod table;

use super::locks::Locks;
use super::registry::Refusal;
use super::stat::Key;
use crate::shared;
use overlapped_abi::{AccessMask, ShareMode};
use parking_lot::Mutex;
use rustix::fd::OwnedFd;
use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;
use spill::Spill;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock, Weak};
use std::time::Duration;
use table::Table;

/// The file of the table; its number changes with what is in it, as processes of an older library may still live.
const TABLE: &str = "table-2";

/// How long a lock that another process is in the way of waits between two tries: doubled from the first to the second.
const LOOKS: (Duration, Duration) = (Duration::from_millis(1), Duration::from_millis(10));

/// What is done with a file, in three bits, what is denied to others, in three more, and whether it waits to be deleted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Marks(u8);

impl Marks {
    /// The file waits to be deleted: nobody is to open it any more (contract 01 §2.5).
    pub const DELETED: Self = Self(0x40);
    /// An instance that is to delete the file on close is open somewhere. Only [entailed](Neighbours::entail).
    pub const KEPT: Self = Self(0x80);

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

    /// Leave these others do what they like?
    pub fn deny_nothing(self) -> bool {
        self.0 >> 3 & 7 == 0
    }

    /// The marks of others that forbid these by their share modes.
    fn opposite(self) -> Self {
        Self(self.0 >> 3 & 7 | (self.0 & 7) << 3)
    }

    /// Is one of these among those?
    fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

/// See the module page.
#[derive(Debug)]
pub(super) struct Neighbours {
    home: Home,
    table: OnceLock<Option<Table>>,
    spill: Spill,
    waiting: Mutex<Waiting>,
}

/// Where the processes meet.
#[derive(Debug)]
struct Home {
    directory: PathBuf,
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

impl Home {
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
}

impl Neighbours {
    /// Those who meet in this run-time directory. It is looked at with the first file.
    pub fn new(directory: PathBuf) -> Arc<Self> {
        let (home, table, spill) = (Home { directory }, OnceLock::new(), Spill::default());
        Arc::new(Self { home, table, spill, waiting: Mutex::default() })
    }

    /// All processes must agree on it, and every bit of it counts.
    fn hash(key: Key) -> u64 {
        let mix = |word: u64, factor: u64| (word ^ word >> 33).wrapping_mul(factor);
        let mixed = mix(mix(key.ino ^ key.dev.rotate_left(32), 0xFF51_AFD7_ED55_8CCD), 0xC4CE_B9FE_1A85_EC53);
        mixed ^ mixed >> 33
    }

    fn table(&self) -> Option<&Table> {
        self.home.kept(&self.table, || Ok(Table::join(self.home.open(TABLE)?)?))
    }

    /// Says what this process does with a file, and no longer what it did before. True: somebody has left it the deletion of the file.
    fn put(&self, table: &Table, hash: u64, before: Marks, now: Marks) -> bool {
        if before == now {
            return false;
        }
        let [was, is] = [before, now].map(|marks| marks.meets(Marks::DELETED));
        if is && !was {
            table.count_deletion(true);
        }
        let left = self.put_marks(table, hash, before, now);
        // What somebody has left is counted already.
        if was && !is || left && (is || now == Marks::default()) {
            table.count_deletion(false);
        }
        left
    }

    fn put_marks(&self, table: &Table, hash: u64, before: Marks, now: Marks) -> bool {
        let none = Marks::default();
        let spilled = table.may_have_spilled(hash) && self.spill.has(hash);
        if !spilled {
            let put = table.put(hash, before, now);
            if put.is_some() || now == none {
                return put.unwrap_or(false);
            }
            table.count_spilled(hash, true);
        }
        self.spill.change(&self.home, hash, if spilled { before } else { none }, now);
        if now == none {
            table.count_spilled(hash, false);
        }
        false
    }

    /// Adds marks to those that this process has at a file, unless marks of others oppose `tested` or the file waits to be deleted: then nothing
    /// has changed. And whether somebody has left this process the deletion of the file.
    pub fn join(&self, key: Key, own: Marks, new: Marks, tested: Marks) -> (Result<(), Refusal>, bool) {
        let Some(table) = self.table() else { return (Ok(()), false) };
        let (hash, all, mut left) = (Self::hash(key), own.and(new), false);
        // What is left to one who only tries, he has to himself if he gets the file: then whoever left it has not ended before.
        let deleted = || own != Marks::default() && table.has_left_deletion(hash);
        let mut admitted = |opposed: &dyn Fn() -> Option<Refusal>| {
            left |= self.put(table, hash, own, all);
            let refused = if deleted() { Some(Refusal::DeletePending) } else { opposed() };
            if refused.is_some() {
                left |= self.put(table, hash, all, own);
            }
            refused.map_or(Ok(()), Err)
        };
        let at_once = || {
            let marks = tested.opposite().and(Marks::DELETED);
            (table.any(hash, marks) || self.spilled(table, hash, marks)).then_some(Refusal::Sharing)
        };
        let outcome = match admitted(&at_once) {
            // The other one may have come at the same time, and withdraws as well: then one of the two is to have the file.
            Err(Refusal::Sharing) => table.in_turn(hash, || admitted(&|| self.opposed(table, hash, tested))),
            outcome => outcome,
        };
        (outcome, left)
    }

    /// Why another process lets nobody do this with the file.
    pub fn oppose(&self, key: Key, tested: Marks) -> Option<Refusal> {
        self.table().and_then(|table| self.opposed(table, Self::hash(key), tested))
    }

    fn opposed(&self, table: &Table, hash: u64, tested: Marks) -> Option<Refusal> {
        let any = |marks: Marks| table.any_alive(hash, marks) || self.spilled(table, hash, marks);
        match () {
            () if any(Marks::DELETED) => Some(Refusal::DeletePending),
            () if any(tested.opposite()) => Some(Refusal::Sharing),
            () => None,
        }
    }

    fn spilled(&self, table: &Table, hash: u64, marks: Marks) -> bool {
        table.may_have_spilled(hash) && self.spill.any(&self.home, hash, marks)
    }

    /// The marks of this process at a file have changed. True: somebody has left it the deletion of the file.
    pub fn change(&self, key: Key, before: Marks, now: Marks) -> bool {
        self.table().is_some_and(|table| self.put(table, Self::hash(key), before, now))
    }

    /// Leaves the deletion of a file to the other processes that have it open; false if there are none.
    pub fn leave_deletion(&self, key: Key) -> bool {
        self.table().is_some_and(|table| table.leave_deletion(Self::hash(key)))
    }

    /// Has another process left this one the deletion of a file that it has open?
    pub fn is_heir(&self, key: Key) -> bool {
        let heir = |table: &Table| table.may_have_deletions() && table.has_left_deletion(Self::hash(key));
        self.table().is_some_and(heir)
    }

    /// May any file wait to be deleted, here or elsewhere?
    pub fn may_have_deletions(&self) -> bool {
        self.table().is_none_or(Table::may_have_deletions)
    }

    /// Is there a descriptor somewhere that says that the file is [kept](Marks::KEPT)?
    pub fn is_kept(&self, key: Key) -> bool {
        self.spill.any(&self.home, Self::hash(key), Marks::KEPT)
    }

    /// Waits until there is none.
    pub fn await_kept(&self, key: Key) {
        Spill::await_none(&self.home, Self::hash(key), Marks::KEPT);
    }

    /// Has another process said that the file waits to be deleted, or left this one its deletion?
    pub fn is_deleted(&self, key: Key) -> bool {
        let hash = Self::hash(key);
        let others = |table: &Table| table.any_alive(hash, Marks::DELETED) || self.spilled(table, hash, Marks::DELETED);
        let deleted = |table: &Table| table.has_left_deletion(hash) || others(table);
        self.table().is_some_and(|table| table.may_have_deletions() && deleted(table))
    }

    /// Marks that end with the last copy of this descriptor, which others may have. The count of spilled marks stays: nobody hears of that end.
    pub fn entail(&self, key: Key, marks: Marks) -> Option<OwnedFd> {
        let (table, hash) = (self.table()?, Self::hash(key));
        table.count_spilled(hash, true);
        Spill::entail(&self.home, hash, marks)
    }

    /// This process has its first lock in the file, or has given back its last.
    pub fn count(&self, key: Key, locked: bool) {
        if let Some(table) = self.table() {
            table.count_locked(Self::hash(key), locked);
        }
    }

    /// May another process have locks in the file?
    pub fn may_have_locks(&self, key: Key) -> bool {
        self.table().is_some_and(|table| table.may_have_locks(Self::hash(key)))
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

#[cfg(test)]
mod tests;
