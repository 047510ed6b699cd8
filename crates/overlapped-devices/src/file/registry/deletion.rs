//! How files go: names taken away at once, and files that wait to be deleted until their last instance closes (contract 02 §8).
//!
//! A file waits here because FileDispositionInfo said so, because an instance with delete-on-close has closed, or because another process that
//! has closed it has left the deletion to this one. In the last case nobody knows which of several hard links was meant; it is the one by which
//! the last instance has the file.
//!
//! Drawback: a child that somebody else than this library starts has copies of all descriptors until its program begins. A file that is closed
//! meanwhile, and that is to be deleted on close and was inherited by another child, goes only then.

use super::super::errors::other;
use super::super::name;
use super::super::neighbours::Marks;
use super::super::stat::{Facts, Key};
use super::{Entry, Member, Refusal, Registry, Seat};
use crate::process;
use overlapped_abi::{AccessMask, ShareMode, Win32Error};
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

const ALL: ShareMode = ShareMode::READ.union(ShareMode::WRITE).union(ShareMode::DELETE);

/// How often, and for how long, it is looked again whether a process that seems to have a file lives: doubled from the first pause to the last.
const FIRST_LOOK: Duration = Duration::from_millis(1);
const LAST_LOOK: Duration = Duration::from_secs(2);
/// How long a close waits for programs that are just being started.
const SETTLE: Duration = Duration::from_millis(500);

/// A name to remove: the descriptor finds it even if the file was renamed.
pub(super) struct Doomed {
    fd: OwnedFd,
    path: PathBuf,
}

impl Doomed {
    fn new(fd: BorrowedFd<'_>, path: &Path) -> Result<Self, rustix::io::Errno> {
        Ok(Self { fd: rustix::io::fcntl_dupfd_cloexec(fd, 0)?, path: path.to_path_buf() })
    }
}

/// A file that is to lose a name.
#[derive(Clone, Copy)]
pub(crate) struct Unnamed {
    pub key: Key,
    /// The instance that asks for it.
    pub except: Option<u64>,
    /// It is deleted or replaced, not renamed: 5 while it is mapped.
    pub goes: bool,
    /// Other processes may have handles of the same instance.
    pub bequeathed: bool,
}

impl Registry {
    /// Fails if another process has the file open without sharing deletion, unless that may be the same instance, or has deleted it.
    fn may_be_deleted_by_others(&self, key: Key, bequeathed: bool) -> Result<(), Refusal> {
        let deletion = Marks::of(AccessMask::DELETE, ALL);
        match self.neighbours.as_ref().and_then(|neighbours| neighbours.oppose(key, deletion)) {
            None => Ok(()),
            Some(Refusal::Sharing) if bequeathed => Ok(()),
            Some(refusal) => Err(refusal),
        }
    }

    /// The last instance of this process has closed a file that waits to be deleted: its names go, or others see to that (false). `before`: what
    /// this process has said of it.
    pub(super) fn end(
        &self,
        key: Key,
        before: Marks,
        entry: &mut Entry,
        last: Option<(BorrowedFd<'_>, &Path)>,
    ) -> bool {
        let doomed = [entry.pending.take(), entry.doomed.take()];
        let remove = || {
            let mut known = doomed.iter().flatten().peekable();
            if let (None, Some((fd, path))) = (known.peek(), last) {
                name::remove(fd, path);
            }
            known.for_each(|doomed| name::remove(&doomed.fd, &doomed.path));
            self.epoch.fetch_add(1, Ordering::AcqRel);
        };
        let Some(neighbours) = &self.neighbours else {
            remove();
            return true;
        };
        // Whoever comes now is refused, until the names are gone.
        entry.heir = true;
        let ending = entry.marks();
        neighbours.change(key, before, ending);
        let removed = !neighbours.leave_deletion(key);
        if removed {
            remove();
        }
        entry.heir = false;
        neighbours.change(key, ending, entry.marks());
        // They may have closed it at the same time, and have left it to this process.
        let left = !removed && neighbours.leave_deletion(key);
        if !removed && !left {
            remove();
        }
        !left
    }

    /// Has another process an instance with delete-on-close that it got from a process of this library, or left to one?
    fn is_open_elsewhere(&self, key: Key) -> bool {
        self.neighbours.as_ref().is_some_and(|neighbours| neighbours.is_kept(key))
    }

    /// An instance with delete-on-close has been closed here, and not where else it is open. A program of this library there deletes the file
    /// itself; this thread does it for all others.
    fn await_end(self: &Arc<Self>, key: Key, doomed: Doomed) {
        let Some(neighbours) = self.neighbours.clone() else { return };
        let registry = Arc::clone(self);
        let wait = move || {
            neighbours.await_kept(key);
            // A process that is killed may still seem to live, and to see to it, when it has closed this file.
            let mut pause = FIRST_LOOK;
            while !registry.end_elsewhere(key, &doomed) && pause < LAST_LOOK {
                std::thread::sleep(pause);
                pause *= 2;
            }
        };
        if let Err(error) = std::thread::Builder::new().name("ovl-doomed".into()).spawn(wait) {
            tracing::warn!(%error, "a file to be deleted on close stays if a child does not delete it");
        }
    }

    /// The last handle of an instance with delete-on-close, which other processes had, too, is closed by one of them. False: others see to its end.
    fn end_elsewhere(&self, key: Key, doomed: &Doomed) -> bool {
        if name::find(doomed.fd.as_fd(), &doomed.path).is_none() {
            return true;
        }
        let mut shard = self.shard(key).lock();
        let entry = self.entry(&mut shard, key);
        let before = entry.marks();
        let file = (doomed.fd.as_fd(), doomed.path.as_path());
        let ended = if entry.members.is_empty() {
            self.end(key, before, entry, Some(file))
        } else if entry.doomed.is_none() {
            match Doomed::new(file.0, file.1) {
                Ok(doomed) => entry.doomed = Some(doomed),
                Err(error) => tracing::warn!(%error, "a file to be deleted on close stays"),
            }
            self.tell_others(key, before, entry);
            true
        } else {
            true
        };
        if entry.is_unused() {
            shard.remove(&key);
        }
        ended
    }

    /// Whether the file waits to be deleted: nobody may open it, not even to look at it.
    pub fn is_deleted(&self, key: Key) -> bool {
        self.shard(key).lock().get(&key).is_some_and(Entry::is_deleted)
            || self.neighbours.as_ref().is_some_and(|neighbours| neighbours.is_deleted(key))
    }

    /// Whether the directory of a path waits to be deleted: nothing may be made in it.
    pub fn is_parent_deleted(&self, path: &Path) -> bool {
        // Mostly nothing does, anywhere.
        let any = self.neighbours.as_ref().is_none_or(|neighbours| neighbours.may_have_deletions());
        let parent = || rustix::fs::stat(path.parent().unwrap_or(Path::new("/")));
        any && parent().is_ok_and(|stat| self.is_deleted(Facts::from_stat(&stat).key))
    }

    /// Takes names away by `act`, if the other instances of these files let somebody delete them (contract 02 §8).
    pub fn unname<R>(&self, files: &[Unnamed], act: impl FnOnce() -> Result<R, Win32Error>) -> Result<R, Win32Error> {
        // In order, each once: two of these calls never wait for each other.
        let mut shards: Vec<usize> = files.iter().map(|file| Self::shard_of(file.key)).collect();
        shards.sort_unstable();
        shards.dedup();
        let guards: Vec<_> = shards.iter().map(|at| (*at, self.shards[*at].lock())).collect();
        for file in files {
            let shard = guards.iter().find(|(at, _)| *at == Self::shard_of(file.key));
            if let Some(entry) = shard.and_then(|(_, shard)| shard.get(&file.key)) {
                entry.may_be_deleted(file.except)?;
                if file.goes && entry.mapped != 0 {
                    return Err(Win32Error::ACCESS_DENIED);
                }
            }
            self.may_be_deleted_by_others(file.key, file.bequeathed)?;
        }
        let result = act();
        if result.is_ok() {
            self.epoch.fetch_add(1, Ordering::AcqRel);
        }
        result
    }
}

impl Entry {
    /// As if somebody opened it to delete it, sharing everything.
    fn may_be_deleted(&self, except: Option<u64>) -> Result<(), Refusal> {
        if self.is_deleted() {
            return Err(Refusal::DeletePending);
        }
        if self.conflicts(AccessMask::DELETE, ALL, except) { Err(Refusal::Sharing) } else { Ok(()) }
    }
}

impl Seat {
    /// The same for [`Registry::unname`].
    pub fn unnamed(&self) -> Unnamed {
        Unnamed { key: self.key, except: Some(self.id), goes: false, bequeathed: self.is_bequeathed() }
    }

    /// Whether the file waits to be deleted.
    pub fn delete_pending(&self) -> bool {
        self.registry.is_deleted(self.key)
    }

    /// FileDispositionInfo: the file goes with its last instance, or stays after all. `first`: its name goes with this
    /// instance already.
    pub fn set_pending(&self, delete: bool, first: bool, fd: BorrowedFd<'_>, path: &Path) -> Result<(), Win32Error> {
        let mut shard = self.registry.shard(self.key).lock();
        let Some(entry) = shard.get_mut(&self.key) else { return Ok(()) };
        let before = entry.marks();
        if delete && entry.pending.is_none() {
            if entry.conflicts(AccessMask::DELETE, ALL, Some(self.id)) {
                return Err(Win32Error::SHARING_VIOLATION);
            }
            match self.registry.may_be_deleted_by_others(self.key, self.is_bequeathed()) {
                // They want the same.
                Ok(()) | Err(Refusal::DeletePending) => {}
                Err(refusal) => return Err(refusal.into()),
            }
            if entry.mapped != 0 {
                return Err(Win32Error::ACCESS_DENIED);
            }
            entry.pending = Some(Doomed::new(fd, path).map_err(other)?);
        } else if !delete {
            entry.pending = None;
        }
        self.with_member(entry, |member| member.delete_first = delete && (member.delete_first || first));
        self.registry.tell_others(self.key, before, entry);
        Ok(())
    }

    /// FILE_DISPOSITION_FLAG_ON_CLOSE: changes delete-on-close of this instance.
    pub fn set_delete_on_close(&self, on: bool) {
        let mut shard = self.registry.shard(self.key).lock();
        if let Some(entry) = shard.get_mut(&self.key) {
            self.with_member(entry, |member| member.delete_on_close = on);
        }
    }

    fn with_member(&self, entry: &mut Entry, change: impl FnOnce(&mut Member)) {
        if let Some(member) = entry.members.iter_mut().find(|member| member.id == self.id) {
            change(member);
        }
    }

    /// The last handle of the instance is closed: locks end, others may open, and what was to be deleted goes.
    pub fn leave(&self, fd: BorrowedFd<'_>, path: &Path) {
        self.leave_as(Some((fd, path)));
    }

    /// The same at the end of the process, if it takes no longer than this; Linux ends the locks. Of an instance that is open elsewhere, too,
    /// the deletion is left to programs of this library, or done.
    pub fn leave_at_exit(&self, fd: BorrowedFd<'_>, path: &Path, patience: Duration) {
        let free = self.registry.shard(self.key).try_lock_for(patience).is_some();
        if free && !self.left.swap(true, Ordering::AcqRel) {
            self.quit(Some((fd, path)), false);
        }
    }

    /// `file`: what is to be deleted, if the instance was to do that on close.
    pub(super) fn leave_as(&self, file: Option<(BorrowedFd<'_>, &Path)>) {
        if self.left.swap(true, Ordering::AcqRel) {
            return;
        }
        self.locks.release(self.id);
        self.quit(file, true);
    }

    /// `waits`: there will be time to wait for those who have the same instance.
    fn quit(&self, file: Option<(BorrowedFd<'_>, &Path)>, waits: bool) {
        let kept = self.keep.lock().take().is_some();
        if kept && waits && self.registry.is_open_elsewhere(self.key) {
            // Perhaps only in a child that has not come to its program.
            process::settle(SETTLE);
        }
        let mut shard = self.registry.shard(self.key).lock();
        let Some(entry) = shard.get_mut(&self.key) else { return };
        let Some(at) = entry.members.iter().position(|member| member.id == self.id) else { return };
        let before = entry.marks();
        let member = entry.members.swap_remove(at);
        let mut elsewhere = None;
        if let (true, Some((fd, path))) = (member.delete_on_close, file) {
            match Doomed::new(fd, path) {
                Ok(doomed) if kept && waits && self.registry.is_open_elsewhere(self.key) => elsewhere = Some(doomed),
                Ok(doomed) => entry.doomed = Some(doomed),
                Err(error) => tracing::warn!(%error, "a file to be deleted on close stays"),
            }
        }
        self.depart(entry, before, &member, file);
        if entry.is_unused() {
            shard.remove(&self.key);
        }
        drop(shard);
        if let Some(doomed) = elsewhere {
            self.registry.await_end(self.key, doomed);
        }
    }

    fn depart(&self, entry: &mut Entry, before: Marks, member: &Member, file: Option<(BorrowedFd<'_>, &Path)>) {
        let (registry, last) = (&self.registry, entry.members.is_empty());
        if last {
            entry.heir |= registry.neighbours.as_ref().is_some_and(|neighbours| neighbours.is_heir(self.key));
        }
        if member.delete_first {
            // Whoever else has the file, in whichever process.
            for doomed in [entry.pending.take(), entry.doomed.take()].into_iter().flatten() {
                name::remove(&doomed.fd, &doomed.path);
                registry.epoch.fetch_add(1, Ordering::AcqRel);
            }
            entry.heir = false;
        } else if last && entry.is_deleted() {
            registry.end(self.key, before, entry, file);
            return;
        }
        let now = entry.marks();
        registry.tell_others(self.key, before, entry);
        if last && entry.heir {
            // It was left just now.
            registry.end(self.key, now, entry, file);
        }
    }
}
