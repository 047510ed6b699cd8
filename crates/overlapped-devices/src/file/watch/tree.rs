//! The watched directories, and what inotify says of them in the terms of ReadDirectoryChangesW.
//!
//! inotify watches inodes, one directory each, so a subtree is one watch for each directory, found again by its number. Four things
//! are put right here:
//!
//! - *A directory that appears* is watched from then on; what was put into it before that is reported as added when it is found,
//!   and not again when inotify tells of it too.
//! - *A directory that is renamed* takes the names of all below it along; one that leaves takes their watches away.
//! - *Events that are lost* may have been of directories: all are looked for again.
//! - *A rename* arrives as two events with one cookie. The first alone, with nothing behind it, is a removal: the two are
//!   queued by one system call, so the second is waited for a millisecond and not longer.
//!
//! One look takes no more events than Linux queues by default, so that a directory in which something happens all the time does not
//! hold it up for ever.

use super::Watch;
use super::records::{Details, Records};
use crate::file::attributes::Place;
use crate::file::names::Seen;
use crate::file::query::IO_REPARSE_TAG_SYMLINK;
use crate::file::stat::{Facts, Kind};
use overlapped_abi::constants::file as notify;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use rustix::fs::inotify::{self, CreateFlags, ReadFlags, Reader, WatchFlags};
use rustix::io::Errno;
use std::collections::{HashMap, HashSet};
use std::ffi::OsString;
use std::mem::MaybeUninit;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Events that one look takes at most.
const EVENTS: usize = 16_384;

/// What has happened since the last look.
#[derive(Debug)]
pub(super) struct Batch {
    /// What is told of it.
    pub records: Records,
    /// The watched directory itself is gone.
    pub deleted: bool,
}

/// See the module page.
pub(super) struct Tree {
    inotify: Arc<OwnedFd>,
    /// The directory, by its descriptor, wherever it is moved.
    root: PathBuf,
    /// A descriptor of it, to see whether it still has a name.
    directory: OwnedFd,
    /// The watch on it.
    top: i32,
    /// The watch on the directory that it is in.
    parent: Option<i32>,
    how: Watch,
    /// The watched directories, relative to the root.
    paths: HashMap<i32, PathBuf>,
    /// Entries that were found before inotify told of them.
    found: HashSet<PathBuf>,
    /// The first half of a rename.
    leaving: Option<Leaving>,
    /// Whether more is told than names.
    details: bool,
}

struct Leaving {
    cookie: u32,
    path: PathBuf,
    is_dir: bool,
}

/// An event, apart from the buffer that it was read into.
struct Event {
    wd: i32,
    flags: ReadFlags,
    cookie: u32,
    name: Option<OsString>,
}

impl Tree {
    /// Begins to watch.
    pub fn new(fd: BorrowedFd<'_>, path: &Path, how: Watch, details: bool) -> Result<Self, Errno> {
        let inotify = Arc::new(inotify::init(CreateFlags::CLOEXEC | CreateFlags::NONBLOCK)?);
        let directory = rustix::io::fcntl_dupfd_cloexec(fd, 0)?;
        let root = PathBuf::from(format!("/proc/self/fd/{}", directory.as_raw_fd()));
        let (paths, found, leaving) = (HashMap::new(), HashSet::new(), None);
        let mut tree = Self { inotify, root, directory, top: -1, parent: None, how, paths, found, leaving, details };
        tree.watch_parent(path);
        // The link to the descriptor is to be followed, links below the directory are not.
        let mask = tree.mask() | WatchFlags::ONLYDIR | WatchFlags::MOVE_SELF;
        tree.top = inotify::add_watch(&*tree.inotify, &tree.root, mask)?;
        tree.paths.insert(tree.top, PathBuf::new());
        if how.subtree {
            tree.grow_below(Path::new(""), None)?;
        }
        Ok(tree)
    }

    /// Watches the directory that the watched one is in now, by its own name, since links may lead to it from elsewhere. `path` stands in where
    /// it cannot be told.
    fn watch_parent(&mut self, path: &Path) {
        let own = std::fs::read_link(&self.root).unwrap_or_else(|_| path.to_path_buf());
        let flags = WatchFlags::DELETE | WatchFlags::ONLYDIR;
        let parent = own.parent().and_then(|parent| inotify::add_watch(&*self.inotify, parent, flags).ok());
        if let Some(before) = self.parent.filter(|before| parent != Some(*before)) {
            let _ = inotify::remove_watch(&*self.inotify, before);
        }
        self.parent = parent;
    }

    /// The descriptor that says when something has happened.
    pub fn descriptor(&self) -> Arc<OwnedFd> {
        Arc::clone(&self.inotify)
    }

    fn wants(&self, filters: u32) -> bool {
        self.how.filter & filters != 0
    }

    /// What inotify is asked for.
    fn mask(&self) -> WatchFlags {
        let names = WatchFlags::CREATE | WatchFlags::DELETE | WatchFlags::MOVED_FROM | WatchFlags::MOVED_TO;
        let mut mask = WatchFlags::EXCL_UNLINK;
        if self.how.subtree || self.wants(notify::FILE_NOTIFY_CHANGE_FILE_NAME | notify::FILE_NOTIFY_CHANGE_DIR_NAME) {
            mask |= names;
        }
        mask.set(WatchFlags::MODIFY, self.wants(MODIFY));
        mask.set(WatchFlags::ATTRIB, self.wants(ATTRIB));
        mask.set(WatchFlags::ACCESS, self.wants(notify::FILE_NOTIFY_CHANGE_LAST_ACCESS));
        if mask == WatchFlags::EXCL_UNLINK {
            // Creation times never change here; an empty mask would be refused.
            mask |= WatchFlags::DELETE_SELF;
        }
        mask
    }

    /// Watches a directory below the root and all below it. What is in it is news if there is a batch.
    fn grow(&mut self, path: &Path, news: Option<&mut Batch>) -> Result<(), Errno> {
        let flags = self.mask() | WatchFlags::ONLYDIR | WatchFlags::DONT_FOLLOW;
        match inotify::add_watch(&*self.inotify, self.root.join(path), flags) {
            Ok(wd) => drop(self.paths.insert(wd, path.to_path_buf())),
            // Gone again, not a directory any more, or not for us to look into.
            Err(Errno::NOENT | Errno::NOTDIR | Errno::ACCESS | Errno::LOOP) => return Ok(()),
            Err(errno) => return Err(errno),
        }
        self.grow_below(path, news)
    }

    /// Watches what is below the root now: of what came, went and was renamed meanwhile nothing was told.
    fn regrow(&mut self) -> Result<(), Errno> {
        if !self.how.subtree {
            return Ok(());
        }
        let before = std::mem::take(&mut self.paths);
        self.paths.insert(self.top, PathBuf::new());
        let grown = self.grow_below(Path::new(""), None);
        for wd in before.into_keys().filter(|wd| !self.paths.contains_key(wd)).collect::<Vec<_>>() {
            let _ = inotify::remove_watch(&*self.inotify, wd);
        }
        grown
    }

    fn grow_below(&mut self, path: &Path, mut news: Option<&mut Batch>) -> Result<(), Errno> {
        let Ok(entries) = std::fs::read_dir(self.root.join(path)) else { return Ok(()) };
        for entry in entries.flatten() {
            let below = path.join(entry.file_name());
            let is_dir = entry.file_type().is_ok_and(|kind| kind.is_dir());
            if let Some(batch) = news.as_deref_mut() {
                self.report(notify::FILE_ACTION_ADDED, &below, is_dir, batch);
                self.found.insert(below.clone());
            }
            if is_dir {
                self.grow(&below, news.as_deref_mut())?;
            }
        }
        Ok(())
    }

    /// What has happened since the last call, in records of `room` bytes at most.
    pub fn take(&mut self, room: usize) -> Batch {
        let mut batch = Batch { records: Records::new(room), deleted: false };
        let inotify = Arc::clone(&self.inotify);
        let mut buffer = [MaybeUninit::<u8>::uninit(); 8192];
        let mut reader = Reader::new(&*inotify, &mut buffer);
        let mut taken = 0;
        // Not in the middle of a buffer, the rest of which would be lost.
        while taken < EVENTS || !reader.is_buffer_empty() {
            // EAGAIN; no other error can happen to a descriptor of ours.
            let Ok(event) = reader.next() else {
                if self.leaving.is_some() && self.more_comes() {
                    continue;
                }
                self.left(&mut batch);
                self.found.clear();
                break;
            };
            taken += 1;
            let name = event.file_name().map(|name| OsString::from_vec(name.to_bytes().to_vec()));
            let event = Event { wd: event.wd(), flags: event.events(), cookie: event.cookie(), name };
            self.apply(event, &mut batch);
        }
        batch
    }

    fn more_comes(&self) -> bool {
        let millisecond = Timespec { tv_sec: 0, tv_nsec: 1_000_000 };
        let mut wanted = [PollFd::from_borrowed_fd(self.inotify.as_fd(), PollFlags::IN)];
        matches!(poll(&mut wanted, Some(&millisecond)), Ok(1))
    }

    fn apply(&mut self, event: Event, batch: &mut Batch) {
        let Event { wd, flags, cookie, name } = event;
        if flags.contains(ReadFlags::QUEUE_OVERFLOW) {
            batch.records.lose();
            // Nor has anybody told whether the directory itself is gone.
            batch.deleted |= self.is_deleted();
            self.leaving = None;
            self.found.clear();
            // Where there is no room for the watches now, those that come are lost again.
            let _ = self.regrow();
            return;
        }
        if self.parent == Some(wd) {
            batch.deleted |= self.is_deleted();
            return;
        }
        if flags.contains(ReadFlags::IGNORED) {
            self.paths.remove(&wd);
            return;
        }
        if flags.contains(ReadFlags::MOVE_SELF) && wd == self.top {
            self.watch_parent(Path::new(""));
            // It may be gone by now, which the old watch did not tell.
            batch.deleted |= self.is_deleted();
            return;
        }
        let second = flags.contains(ReadFlags::MOVED_TO);
        if !(second && self.leaving.as_ref().is_some_and(|leaving| leaving.cookie == cookie)) {
            self.left(batch);
        }
        // Events of the directories themselves have no name: their parents' watches tell of them.
        let (Some(directory), Some(name)) = (self.paths.get(&wd), name) else { return };
        let path = directory.join(name);
        let is_dir = flags.contains(ReadFlags::ISDIR);
        if second {
            self.arrive(&path, is_dir, batch);
        } else if flags.contains(ReadFlags::MOVED_FROM) {
            self.leaving = Some(Leaving { cookie, path, is_dir });
        } else if flags.contains(ReadFlags::CREATE) {
            self.created(&path, is_dir, batch);
        } else if flags.contains(ReadFlags::DELETE) {
            self.report(notify::FILE_ACTION_REMOVED, &path, is_dir, batch);
        } else if flags.intersects(ReadFlags::MODIFY | ReadFlags::ATTRIB | ReadFlags::ACCESS) {
            self.tell(notify::FILE_ACTION_MODIFIED, &path, batch);
        }
    }

    /// A name came or went, if such names are wanted.
    fn report(&self, action: u32, path: &Path, is_dir: bool, batch: &mut Batch) {
        let filter = if is_dir { notify::FILE_NOTIFY_CHANGE_DIR_NAME } else { notify::FILE_NOTIFY_CHANGE_FILE_NAME };
        if self.wants(filter) {
            self.tell(action, path, batch);
        }
    }

    fn tell(&self, action: u32, path: &Path, batch: &mut Batch) {
        let details = self.details.then(|| self.details_of(path));
        batch.records.push(action, path, details.as_ref());
    }

    /// What can be told of a file now, which may be gone.
    fn details_of(&self, path: &Path) -> Details {
        let whole = self.root.join(path);
        let parent = path.parent().map_or_else(|| self.root.clone(), |parent| self.root.join(parent));
        // With a separator, so that the link to the descriptor is followed.
        let parent = Facts::of_name(&parent.join(".")).map_or(0, |facts| facts.key.ino);
        let Ok(seen) = Seen::of_name(rustix::fs::CWD, &whole) else {
            return Details { ids: [0, parent], ..Details::default() };
        };
        let facts = seen.facts;
        let file = seen.with(Place::Named(&whole));
        let times = &file.times;
        Details {
            times: [times.creation, times.write, times.change, times.access].map(|time| time.ticks()),
            allocated: if facts.kind == Kind::Directory { 0 } else { facts.physical_size() },
            size: file.size,
            attributes: file.attributes,
            reparse_tag: if facts.kind == Kind::Link { IO_REPARSE_TAG_SYMLINK } else { 0 },
            ids: [facts.key.ino, parent],
        }
    }

    fn created(&mut self, path: &Path, is_dir: bool, batch: &mut Batch) {
        if self.found.remove(path) {
            return;
        }
        self.report(notify::FILE_ACTION_ADDED, path, is_dir, batch);
        if !is_dir || !self.how.subtree {
            return;
        }
        if self.grow(path, Some(batch)).is_err() {
            batch.records.lose();
        }
    }

    /// The second half of a rename, or something from outside.
    fn arrive(&mut self, path: &Path, is_dir: bool, batch: &mut Batch) {
        if let Some(Leaving { path: old, .. }) = self.leaving.take() {
            self.report(notify::FILE_ACTION_RENAMED_OLD_NAME, &old, is_dir, batch);
            self.report(notify::FILE_ACTION_RENAMED_NEW_NAME, path, is_dir, batch);
            if is_dir {
                self.rename_below(&old, path);
            }
            return;
        }
        self.report(notify::FILE_ACTION_ADDED, path, is_dir, batch);
        if is_dir && self.how.subtree {
            // What is in it came along and is not reported.
            if self.grow(path, None).is_err() {
                batch.records.lose();
            }
        }
    }

    fn rename_below(&mut self, old: &Path, new: &Path) {
        for path in self.paths.values_mut() {
            if let Ok(rest) = path.strip_prefix(old) {
                *path = if rest.as_os_str().is_empty() { new.to_path_buf() } else { new.join(rest) };
            }
        }
    }

    /// A first half without a second: it left the tree.
    fn left(&mut self, batch: &mut Batch) {
        let Some(Leaving { path, is_dir, .. }) = self.leaving.take() else { return };
        self.report(notify::FILE_ACTION_REMOVED, &path, is_dir, batch);
        if !is_dir {
            return;
        }
        let gone: Vec<i32> = self.paths.iter().filter(|(_, at)| at.starts_with(&path)).map(|(wd, _)| *wd).collect();
        for wd in gone {
            self.paths.remove(&wd);
            let _ = inotify::remove_watch(&*self.inotify, wd);
        }
    }

    /// Has the watched directory lost its name for good?
    fn is_deleted(&self) -> bool {
        rustix::fs::fstat(&self.directory).is_ok_and(|stat| stat.st_nlink == 0)
    }
}

/// What writing changes.
const MODIFY: u32 = notify::FILE_NOTIFY_CHANGE_SIZE | notify::FILE_NOTIFY_CHANGE_LAST_WRITE;
/// What inotify calls attributes. A creation time that is set is kept as one ([`times`](super::super::times)).
const ATTRIB: u32 =
    notify::FILE_NOTIFY_CHANGE_ATTRIBUTES | notify::FILE_NOTIFY_CHANGE_SECURITY | notify::FILE_NOTIFY_CHANGE_CREATION;
