//! Who wants to know when the owners of a name change, for waits on names in other processes.
//!
//! One inotify descriptor on the register while there is anybody to tell, and none otherwise.

use parking_lot::Mutex;
use rustix::fs::inotify::{CreateFlags, ReadFlags, Reader, WatchFlags};
use rustix::io::Errno;
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::sync::{Arc, Weak};

use super::hub::Hub;

/// Called by the service thread; must not block.
pub type Told = Arc<dyn Fn() + Send + Sync>;

/// See the module page.
pub(super) struct Watches {
    directory: PathBuf,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    inotify: Option<Arc<OwnedFd>>,
    next: u64,
    list: Vec<Watcher>,
}

struct Watcher {
    number: u64,
    file: String,
    told: Told,
}

/// As long as this lives, its maker is told.
pub struct Subscription {
    hub: Weak<Hub>,
    number: u64,
}

impl std::fmt::Debug for Subscription {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Subscription").field(&self.number).finish()
    }
}

impl Subscription {
    /// Of nothing that will ever happen.
    pub(super) fn idle() -> Self {
        Self { hub: Weak::new(), number: 0 }
    }

    /// Of changes to this file of the register.
    pub(super) fn new(hub: &Arc<Hub>, file: String, told: Told) -> std::io::Result<Self> {
        let number = {
            let mut state = hub.watches().state.lock();
            state.next += 1;
            let number = state.next;
            state.list.push(Watcher { number, file, told });
            number
        };
        // With somebody on the list, nobody closes what this opens.
        let subscription = Self { hub: Arc::downgrade(hub), number };
        hub.watch()?;
        Ok(subscription)
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        let Some(hub) = self.hub.upgrade() else { return };
        let mut state = hub.watches().state.lock();
        let at = state.list.iter().position(|watcher| watcher.number == self.number);
        let gone = at.map(|at| state.list.swap_remove(at));
        if state.list.is_empty()
            && let Some(inotify) = state.inotify.take()
        {
            hub.unwatch(&inotify);
        }
        drop(state);
        drop(gone);
    }
}

impl Watches {
    pub fn new(directory: PathBuf) -> Self {
        Self { directory, state: Mutex::default() }
    }

    /// Has a descriptor from now on, which `listen` is given if it is new.
    pub fn open(&self, listen: impl FnOnce(&OwnedFd) -> Result<(), Errno>) -> Result<(), Errno> {
        let mut state = self.state.lock();
        if state.inotify.is_some() {
            return Ok(());
        }
        let inotify = rustix::fs::inotify::init(CreateFlags::CLOEXEC | CreateFlags::NONBLOCK)?;
        let what = WatchFlags::MOVED_TO | WatchFlags::DELETE;
        rustix::fs::inotify::add_watch(&inotify, &self.directory, what)?;
        listen(&inotify)?;
        state.inotify = Some(Arc::new(inotify));
        Ok(())
    }

    /// Something has changed: tells whom it concerns, with no lock held.
    pub fn tell(&self) {
        let Some(inotify) = self.state.lock().inotify.clone() else { return };
        let mut room = [MaybeUninit::uninit(); 4096];
        let mut reader = Reader::new(&*inotify, &mut room);
        while let Ok(event) = reader.next() {
            let overflow = event.events().contains(ReadFlags::QUEUE_OVERFLOW);
            let file = event.file_name().map_or(&b""[..], |name| name.to_bytes());
            let concerned = |watcher: &&Watcher| overflow || watcher.file.as_bytes() == file;
            let told: Vec<Told> =
                self.state.lock().list.iter().filter(concerned).map(|watcher| Arc::clone(&watcher.told)).collect();
            told.iter().for_each(|told| told());
        }
    }
}
