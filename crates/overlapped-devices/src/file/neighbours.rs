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
//! What an instance denies others that a child inherits is said by a lock that belongs to a descriptor, which goes with the instance's: so it ends
//! with the last handle in whichever process, and counts from the start of the child on, be it a program of ours or not.
//!
//! Byte-range locks are locks of Linux on the file itself, which all processes see ([`outer`](super::outer)). Which transfers have to ask
//! for them is said by the same memory: counts of processes with locks, by a hash of the file. Counts of processes that were killed
//! only cost time.

mod spill;
mod table;

use super::locks::Locks;
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

    /// Leave these others do what they like?
    pub fn deny_nothing(self) -> bool {
        self.0 >> 3 == 0
    }

    /// The marks of others that forbid these.
    fn opposite(self) -> Self {
        Self(self.0 >> 3 | (self.0 & 7) << 3)
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
        self.home.kept(&self.table, || Ok(Table::join(self.home.open("table")?)?))
    }

    /// Says what this process does with a file, and no longer what it did before.
    fn put(&self, table: &Table, hash: u64, before: Marks, now: Marks) {
        if before == now {
            return;
        }
        let none = Marks::default();
        let spilled = table.may_have_spilled(hash) && self.spill.has(hash);
        if !spilled && (table.put(hash, now) || now == none) {
            return;
        }
        if !spilled {
            table.count_spilled(hash, true);
        }
        self.spill.change(&self.home, hash, if spilled { before } else { none }, now);
        if now == none {
            table.count_spilled(hash, false);
        }
    }

    /// Adds marks to those that this process has at a file, unless marks of others oppose `tested`. False: they do, and nothing has changed.
    pub fn join(&self, key: Key, own: Marks, new: Marks, tested: Marks) -> bool {
        let Some(table) = self.table() else { return true };
        let (hash, all) = (Self::hash(key), own.and(new));
        let admitted = |opposed: &dyn Fn() -> bool| {
            self.put(table, hash, own, all);
            let refused = opposed();
            if refused {
                self.put(table, hash, all, own);
            }
            !refused
        };
        // The other one may have come at the same time, and withdraws as well: then one of the two is to have the file.
        let at_once = || table.any(hash, tested.opposite()) || self.spilled(table, hash, tested);
        admitted(&at_once) || table.in_turn(hash, || admitted(&|| self.opposed(table, hash, tested)))
    }

    /// Does another process have the file open in a way that forbids this?
    pub fn oppose(&self, key: Key, tested: Marks) -> bool {
        self.table().is_some_and(|table| self.opposed(table, Self::hash(key), tested))
    }

    fn opposed(&self, table: &Table, hash: u64, tested: Marks) -> bool {
        table.any_alive(hash, tested.opposite()) || self.spilled(table, hash, tested)
    }

    fn spilled(&self, table: &Table, hash: u64, tested: Marks) -> bool {
        table.may_have_spilled(hash) && self.spill.any(&self.home, hash, tested.opposite())
    }

    /// The marks of this process at a file have changed.
    pub fn change(&self, key: Key, before: Marks, now: Marks) {
        if let Some(table) = self.table() {
            self.put(table, Self::hash(key), before, now);
        }
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

    /// A third process, which leaves no room in the table for what the others do with the file.
    fn crowd(directory: &tempfile::TempDir) -> Arc<Neighbours> {
        let third = Neighbours::new(directory.path().join("run"));
        let table = third.table().unwrap();
        let files = (1..).map(|other| Neighbours::hash(KEY) ^ other << 40);
        let entered = files.take_while(|file| table.put(*file, Marks::of(READ, ShareMode::empty()))).count();
        assert!(entered > 0 && !table.may_have_spilled(Neighbours::hash(KEY)));
        third
    }

    #[test]
    fn the_rule_of_share_modes_holds_between_processes_01_2_2() {
        let directory = tempfile::tempdir().unwrap();
        every_two_opens(two(&directory));
    }

    #[test]
    fn the_rule_of_share_modes_holds_where_the_table_is_full_01_2_2() {
        let directory = tempfile::tempdir().unwrap();
        let crowd = crowd(&directory);
        every_two_opens(two(&directory));
        let table = crowd.table().unwrap();
        assert!(!table.may_have_spilled(Neighbours::hash(KEY)), "all of it was taken back");
    }

    #[test]
    fn the_rule_of_share_modes_holds_between_the_table_and_what_it_has_no_room_for_01_2_2() {
        let directory = tempfile::tempdir().unwrap();
        let (alone, all) = (ShareMode::empty(), ShareMode::from_bits_retain(7));
        let [one, other] = two(&directory);
        assert!(join(&one, READ, all));
        let crowd = crowd(&directory);
        assert!(!join(&other, READ, alone) && join(&other, WRITE, all));
        assert!(!one.join(KEY, Marks::of(READ, all), Marks::of(READ, alone), Marks::of(READ, alone)));
        assert!(!one.oppose(KEY, Marks::of(WRITE, all)) && one.oppose(KEY, Marks::of(READ, ShareMode::READ)));
        drop((crowd, other));
        assert!(one.join(KEY, Marks::of(READ, all), Marks::of(READ, alone), Marks::of(READ, alone)), "both are dead");
    }

    #[test]
    fn marks_that_are_entailed_end_with_the_last_copy_of_their_descriptor_01_1_2() {
        let directory = tempfile::tempdir().unwrap();
        let [one, other] = two(&directory);
        let alone = Marks::of(READ, ShareMode::empty());
        assert!(join(&one, READ, ShareMode::empty()));
        let kept = one.entail(KEY, alone).expect("there is a place for them");
        let copy = kept.try_clone().unwrap();
        leave(&one, READ, ShareMode::empty());
        drop(kept);
        assert!(!join(&other, READ, ShareMode::READ) && !join(&one, READ, ShareMode::READ), "somebody has it still");
        assert!(one.oppose(KEY, Marks::of(AccessMask::DELETE, ShareMode::from_bits_retain(7))));
        drop(copy);
        assert!(join(&other, READ, ShareMode::READ) && join(&one, READ, ShareMode::READ));
    }

    fn every_two_opens([one, other]: [Arc<Neighbours>; 2]) {
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
        both_at_once(&two(&directory));
    }

    #[test]
    fn of_two_who_open_at_once_one_has_the_file_where_the_table_is_full_01_2_2() {
        let directory = tempfile::tempdir().unwrap();
        let _crowd = crowd(&directory);
        both_at_once(&two(&directory));
    }

    fn both_at_once(both: &[Arc<Neighbours>; 2]) {
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
    fn what_the_dead_have_left_is_in_nobodys_way_01_2_2() {
        let directory = tempfile::tempdir().unwrap();
        let [one, other] = two(&directory);
        let alone = ShareMode::empty();
        for _ in 0..100 {
            let dead = Neighbours::new(directory.path().join("run"));
            assert!(join(&dead, WRITE, alone) && !join(&one, READ, ShareMode::READ));
            drop(dead);
            assert!(join(&one, READ, ShareMode::READ));
            assert!(join(&other, READ, ShareMode::READ));
            leave(&one, READ, ShareMode::READ);
            leave(&other, READ, ShareMode::READ);
        }
    }

    #[test]
    fn without_a_directory_each_process_is_by_itself() {
        let directory = tempfile::tempdir().unwrap();
        let missing = directory.path().join("no/such");
        let [one, other] = [Neighbours::new(missing.clone()), Neighbours::new(missing)];
        assert!(join(&one, WRITE, ShareMode::empty()) && join(&other, WRITE, ShareMode::empty()));
        leave(&one, WRITE, ShareMode::empty());
        assert!(!other.oppose(KEY, Marks::of(WRITE, ShareMode::empty())) && !other.may_have_locks(KEY));
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
