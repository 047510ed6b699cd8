//! Who has which file open: share modes, deletion and byte-range locks, for all instances of one system.
//!
//! Files are told apart by device and inode number, so every hard link and every spelling of a name leads to the same
//! entry. An entry lives as long as an instance of the file is open; its inode cannot be reused before that.
//!
//! # How opening stays atomic
//!
//! Linux opens first, and only then is it known which file the name led to. Three races follow, each closed here:
//!
//! - *Check against check*: [`Registry::admit`] looks at the other instances and joins them under one lock.
//! - *Open against delete*: every unlink happens under the lock of the file's shard and advances [`Registry::epoch`]. Who
//!   opened a descriptor in an older epoch looks whether its file still has a name, and opens again if it has none.
//! - *Open against create*: a creator cannot know its inode before it exists, so it holds [`Registry::creating`] from
//!   before the creation until it is admitted. Who opens or deletes an empty file, as a file just created is, first
//!   lets creators finish. Thus the creator is always admitted first.
//!
//! Other processes are asked last, and only those of this library: see [`neighbours`](super::neighbours).

mod deletion;

pub(crate) use deletion::Unnamed;

use super::locks::Locks;
use super::neighbours::{Marks, Neighbours};
use super::outer::Outer;
use super::stat::Key;
use deletion::Doomed;
use overlapped_abi::{AccessMask, ShareMode, Win32Error};
use parking_lot::{Mutex, RwLock, RwLockReadGuard};
use rustix::fd::{BorrowedFd, OwnedFd};
use smallvec::SmallVec;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

const SHARDS: usize = 16;

/// The entries of a shard.
type Shard = HashMap<Key, Entry, BuildHasherDefault<Mixed>>;

/// See the module page.
#[derive(Default)]
pub(crate) struct Registry {
    shards: [Mutex<Shard>; SHARDS],
    creating: RwLock<()>,
    epoch: AtomicU64,
    next: AtomicU64,
    /// Other processes, if they count.
    neighbours: Option<Arc<Neighbours>>,
}

/// The hash of a [`Key`]. The numbers of files are given by the file system; nobody gains by choosing them.
#[derive(Default)]
struct Mixed(u64);

impl Hasher for Mixed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u64(u64::from(*byte)));
    }

    fn write_u64(&mut self, word: u64) {
        let mixed = u128::from(self.0 ^ word ^ 0x9E37_79B9_7F4A_7C15) * 0xA076_1D64_78BD_642F;
        self.0 = (mixed >> 64) as u64 ^ mixed as u64;
    }
}

/// A file with open instances.
struct Entry {
    locks: Arc<Locks>,
    /// Mostly one.
    members: SmallVec<[Member; 1]>,
    /// FileDispositionInfo said so; can be taken back.
    pending: Option<Doomed>,
    /// An instance with delete-on-close has closed; cannot be taken back.
    doomed: Option<Doomed>,
    /// Another process has left the deletion to whoever is the last here; cannot be taken back.
    heir: bool,
    /// Sections, which may outlive the instances.
    mapped: usize,
    /// Those of them that can be written through.
    mapped_writable: usize,
    /// Where what was written ends, if the size has been set beyond that.
    valid: Option<u64>,
}

/// An open instance.
struct Member {
    id: u64,
    access: AccessMask,
    share: ShareMode,
    delete_on_close: bool,
    /// The name goes when this instance closes, whoever else has the file open.
    delete_first: bool,
}

/// What an open asks to share.
#[derive(Clone, Copy)]
pub(crate) struct Wish {
    pub access: AccessMask,
    pub share: ShareMode,
    /// The open cuts the file, which counts as writing for the others even if the handle cannot write.
    pub overwrite: bool,
    pub delete_on_close: bool,
    /// Somebody else has opened it: no other process is asked.
    pub adopted: bool,
}

/// Why an open was not admitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// 32.
    Sharing,
    /// 5.
    DeletePending,
    /// 1224: it is mapped, and the open would cut it.
    Mapped,
    /// The file lost its name meanwhile: open again.
    Gone,
}

impl Registry {
    /// One that other processes count for, which meet in this run-time directory.
    pub fn among(directory: PathBuf) -> Self {
        Self { neighbours: Some(Neighbours::new(directory)), ..Self::default() }
    }

    fn entry<'a>(&self, shard: &'a mut Shard, key: Key) -> &'a mut Entry {
        let outer = || self.neighbours.as_ref().map(|neighbours| Outer::new(Arc::clone(neighbours), key));
        shard.entry(key).or_insert_with(|| Entry::new(outer()))
    }

    /// What this process does with a file has changed.
    fn tell_others(&self, key: Key, before: Marks, entry: &mut Entry) {
        if let Some(neighbours) = &self.neighbours {
            entry.heir |= neighbours.change(key, before, entry.marks());
        }
    }

    fn shard_of(key: Key) -> usize {
        let mut mixed = Mixed::default();
        key.hash(&mut mixed);
        (mixed.finish() >> 32) as usize % SHARDS
    }

    fn shard(&self, key: Key) -> &Mutex<Shard> {
        &self.shards[Self::shard_of(key)]
    }

    /// Advances whenever a name goes away; read it before opening.
    pub fn epoch(&self) -> u64 {
        self.epoch.load(Ordering::Acquire)
    }

    /// Held from before a file is created until its creator is admitted.
    pub fn creating(&self) -> RwLockReadGuard<'_, ()> {
        self.creating.read()
    }

    /// Waits until every creation that had begun is admitted.
    pub fn await_creators(&self) {
        drop(self.creating.write());
    }

    /// Joins the instances of a file, or says why not. `file`: what was opened, and by which name. `epoch`: what it was before that. `named`:
    /// does the file still have a name?
    pub fn admit(
        self: &Arc<Self>,
        key: Key,
        wish: Wish,
        file: (BorrowedFd<'_>, &Path),
        epoch: u64,
        named: impl FnOnce() -> bool,
    ) -> Result<Seat, Refusal> {
        let mut shard = self.shard(key).lock();
        if self.epoch() != epoch && !named() {
            return Err(Refusal::Gone);
        }
        let entry = self.entry(&mut shard, key);
        if entry.is_deleted() {
            return Err(Refusal::DeletePending);
        }
        let used = if wish.overwrite { wish.access | AccessMask::WRITE_DATA } else { wish.access };
        if entry.conflicts(used, wish.share, None) || entry.is_written_by_a_section(used, wish.share) {
            return Err(Refusal::Sharing);
        }
        if wish.overwrite && entry.mapped != 0 {
            return Err(Refusal::Mapped);
        }
        if let Err(refusal) = self.admitted_by_others(key, entry, wish, used, file) {
            if entry.is_unused() {
                shard.remove(&key);
            }
            return Err(refusal);
        }
        let id = self.next.fetch_add(1, Ordering::Relaxed) + 1;
        entry.members.push(Member {
            id,
            access: wish.access,
            share: wish.share,
            delete_on_close: wish.delete_on_close,
            delete_first: false,
        });
        if entry.heir {
            self.tell_others(key, Marks::of(wish.access, wish.share), entry);
        }
        let locks = Arc::clone(&entry.locks);
        let (left, bequeathed) = (AtomicBool::new(false), AtomicBool::new(false));
        Ok(Seat { registry: Arc::clone(self), key, id, locks, left, bequeathed, keep: Mutex::default() })
    }

    /// Asks the other processes for an instance more, and tells them of it.
    fn admitted_by_others(
        &self,
        key: Key,
        entry: &mut Entry,
        wish: Wish,
        used: AccessMask,
        file: (BorrowedFd<'_>, &Path),
    ) -> Result<(), Refusal> {
        let Some(neighbours) = &self.neighbours else { return Ok(()) };
        let (own, new) = (entry.marks(), Marks::of(wish.access, wish.share));
        if wish.adopted {
            entry.heir |= neighbours.change(key, own, own.and(new));
            return Ok(());
        }
        let (outcome, mut left) = neighbours.join(key, own, new, Marks::of(used, wish.share));
        if outcome.is_err() && left && entry.is_unused() {
            // It has only tried, but whoever closed the file meanwhile could not know that.
            self.end(key, own, entry, Some(file));
            left = false;
        }
        entry.heir |= left;
        outcome
    }

    /// Has this process a file open on the file system with this number?
    pub fn any_in(&self, dev: u64) -> bool {
        self.shards.iter().any(|shard| shard.lock().keys().any(|key| key.dev == dev))
    }
}

impl From<Refusal> for Win32Error {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Sharing => Self::SHARING_VIOLATION,
            Refusal::DeletePending => Self::ACCESS_DENIED,
            Refusal::Mapped => Self::USER_MAPPED_FILE,
            Refusal::Gone => Self::FILE_NOT_FOUND,
        }
    }
}

impl Entry {
    fn new(outer: Option<Outer>) -> Self {
        Self {
            locks: Arc::new(Locks::among(outer)),
            members: SmallVec::new(),
            pending: None,
            doomed: None,
            heir: false,
            mapped: 0,
            mapped_writable: 0,
            valid: None,
        }
    }

    fn is_unused(&self) -> bool {
        self.members.is_empty() && self.mapped == 0
    }

    /// What this process does with the file, for other processes.
    fn marks(&self) -> Marks {
        let section = if self.mapped_writable == 0 { Marks::default() } else { Marks::of_section() };
        let section = if self.is_deleted() { section.and(Marks::DELETED) } else { section };
        self.members.iter().fold(section, |marks, member| marks.and(Marks::of(member.access, member.share)))
    }

    fn is_deleted(&self) -> bool {
        self.pending.is_some() || self.doomed.is_some() || self.heir
    }

    /// The rule of contract 01 §2.2 against every instance but `except`.
    fn conflicts(&self, access: AccessMask, share: ShareMode, except: Option<u64>) -> bool {
        let others = self.members.iter().filter(|member| Some(member.id) != except);
        others.into_iter().any(|other| ShareMode::conflicts(access, share, other.access, other.share))
    }

    /// A section that can be written through counts as an instance that writes, even when its file is closed (contract 01 §2.2).
    fn is_written_by_a_section(&self, access: AccessMask, share: ShareMode) -> bool {
        self.mapped_writable != 0
            && !share.contains(ShareMode::WRITE)
            && access.intersects(AccessMask::SHARING_RELEVANT)
    }
}

/// A place among the instances of a file; leaving it is the last handle's close.
pub(crate) struct Seat {
    registry: Arc<Registry>,
    key: Key,
    id: u64,
    locks: Arc<Locks>,
    left: AtomicBool,
    /// Another process may have a handle of the same instance, which does not stand in its own way.
    bequeathed: AtomicBool,
    /// An instance that several processes have: what it denies others, and that it is to delete its file, ends with the last copy of this.
    keep: Mutex<Option<OwnedFd>>,
}

impl Seat {
    /// Which instance this is, as locks know it.
    pub fn id(&self) -> u64 {
        self.id
    }

    /// Is it the only one of its file?
    pub fn is_alone(&self) -> bool {
        self.registry.shard(self.key).lock().get(&self.key).is_none_or(|entry| entry.members.len() == 1)
    }

    /// What the instance denies others is held by this descriptor, too.
    pub fn keeping(mut self, keep: Option<OwnedFd>) -> Self {
        self.bequeathed = AtomicBool::new(keep.is_some());
        self.keep = Mutex::new(keep);
        self
    }

    /// A child gets a handle of the instance: the descriptor that denies others as much, from now on until the child closes it.
    /// `None` if that is nothing.
    pub fn bequeath(&self) -> Option<OwnedFd> {
        let mut kept = self.keep.lock();
        if let Some(keep) = &*kept {
            return rustix::io::fcntl_dupfd_cloexec(keep, 3).ok();
        }
        let neighbours = self.registry.neighbours.as_ref()?;
        let shard = self.registry.shard(self.key).lock();
        let own = shard.get(&self.key)?.members.iter().find(|member| member.id == self.id)?;
        let (marks, deletes) = (Marks::of(own.access, own.share), own.delete_on_close);
        drop(shard);
        self.bequeathed.store(true, Ordering::Release);
        if deletes {
            let keep = neighbours.entail(self.key, marks.and(Marks::KEPT))?;
            *kept = rustix::io::fcntl_dupfd_cloexec(&keep, 3).ok();
            return Some(keep);
        }
        if marks.deny_nothing() { None } else { neighbours.entail(self.key, marks) }
    }

    /// Is its file to be deleted with its last handle?
    pub fn deletes_on_close(&self) -> bool {
        let shard = self.registry.shard(self.key).lock();
        let members = shard.get(&self.key).map(|entry| &entry.members[..]).unwrap_or_default();
        members.iter().any(|member| member.id == self.id && member.delete_on_close)
    }

    fn is_bequeathed(&self) -> bool {
        self.bequeathed.load(Ordering::Acquire)
    }

    /// The file's byte-range locks.
    pub fn locks(&self) -> &Arc<Locks> {
        &self.locks
    }

    /// The registry that it belongs to.
    pub fn registry(&self) -> &Arc<Registry> {
        &self.registry
    }

    /// Has the instance's last handle been closed?
    pub fn left(&self) -> bool {
        self.left.load(Ordering::Acquire)
    }

    /// A section of the file is made, to be written through or only read.
    pub fn map(&self, writable: bool) -> Mapped {
        let mut shard = self.registry.shard(self.key).lock();
        let entry = self.registry.entry(&mut shard, self.key);
        let before = entry.marks();
        entry.mapped += 1;
        entry.mapped_writable += usize::from(writable);
        self.registry.tell_others(self.key, before, entry);
        Mapped { registry: Arc::clone(&self.registry), key: self.key, writable }
    }

    /// The size was set from `old` to `new` bytes without writing.
    pub fn resized(&self, old: u64, new: u64) {
        if let Some(entry) = self.registry.shard(self.key).lock().get_mut(&self.key) {
            let valid = entry.valid.unwrap_or(old).min(new);
            entry.valid = Some(valid).filter(|valid| *valid < new);
        }
    }

    /// Where what was written ended when the size was set beyond it; `None` if it goes to the end.
    pub fn valid(&self) -> Option<u64> {
        self.registry.shard(self.key).lock().get(&self.key).and_then(|entry| entry.valid)
    }

    /// SetFileValidData.
    pub fn set_valid(&self, length: u64) {
        if let Some(entry) = self.registry.shard(self.key).lock().get_mut(&self.key) {
            entry.valid = Some(length);
        }
    }

    /// Is there a section of the file?
    pub fn is_mapped(&self) -> bool {
        self.registry.shard(self.key).lock().get(&self.key).is_some_and(|entry| entry.mapped != 0)
    }
}

/// While it lives, the file is mapped.
pub(crate) struct Mapped {
    registry: Arc<Registry>,
    key: Key,
    writable: bool,
}

impl Drop for Mapped {
    fn drop(&mut self) {
        let mut shard = self.registry.shard(self.key).lock();
        let Some(entry) = shard.get_mut(&self.key) else { return };
        let before = entry.marks();
        entry.mapped -= 1;
        entry.mapped_writable -= usize::from(self.writable);
        self.registry.tell_others(self.key, before, entry);
        if entry.is_unused() {
            shard.remove(&self.key);
        }
    }
}

impl Drop for Seat {
    /// An open that failed after it was admitted: nothing is deleted on its account.
    fn drop(&mut self) {
        self.leave_as(None);
    }
}
