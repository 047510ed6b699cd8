//! Sockets under simulation: real connections in real time, since the other end may be anybody; chance only cuts sends short.
//!
//! The simulated poll waits for the virtual clock, so a thread of its own polls the watched sockets. It starts with the first
//! one. Drawback: what arrives is no matter of the seed.

use crate::sockets::WatchSet;
use crate::task;
use overlapped_kernel::engine::{Harvest, WatchId, Watcher};
use parking_lot::Mutex;
use rustix::io::Errno;
use std::os::fd::BorrowedFd;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};
use std::thread::JoinHandle;

/// See the module page.
#[derive(Default)]
pub(super) struct Sockets {
    shared: Arc<Shared>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

#[derive(Default)]
struct Shared {
    set: WatchSet,
    stop: AtomicBool,
}

impl Sockets {
    pub(super) fn watch(&self, fd: BorrowedFd<'_>, watcher: Weak<dyn Watcher>) -> Result<WatchId, Errno> {
        let mut thread = self.thread.lock();
        let (id, _) = self.shared.set.watch(fd, watcher, None)?;
        if thread.is_none() {
            let shared = Arc::clone(&self.shared);
            let started = task::spawn("ovl-sim-sockets", move || {
                let mut harvest = Harvest::default();
                while !shared.stop.load(Ordering::Acquire) {
                    shared.set.poll(None, &mut harvest);
                    harvest.deliver();
                }
            });
            *thread = Some(started.map_err(|_| Errno::NOMEM)?);
        }
        Ok(id)
    }

    pub(super) fn unwatch(&self, id: WatchId, fd: Option<BorrowedFd<'_>>) {
        self.shared.set.unwatch(id, fd);
    }
}

impl Drop for Sockets {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::Release);
        self.shared.set.interrupt();
        if let Some(thread) = self.thread.lock().take() {
            task::join(thread);
        }
    }
}
