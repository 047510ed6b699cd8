//! Sockets under simulation: real connections in real time, since the other end may be anybody; chance only cuts sends short.
//!
//! The simulated poll waits for the virtual clock, so a thread of its own polls the watched sockets. It starts with the first
//! one. Drawback: what arrives is no matter of the seed. What has arrived comes before any deadline: who is about to move the clock
//! to one looks first, as that thread may still wait for a processor.

use crate::sockets::WatchSet;
use crate::task;
use overlapped_kernel::clock::Tick;
use overlapped_kernel::engine::{Harvest, WatchId, Watcher};
use parking_lot::{Mutex, ReentrantMutex};
use rustix::io::Errno;
use std::os::fd::BorrowedFd;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};
use std::thread::JoinHandle;
use std::time::Duration;

/// How long to wait for the thread to tell what it has found: it may be in code of the program that waits for us.
const TELLING: Duration = Duration::from_secs(1);

/// See the module page.
#[derive(Default)]
pub(super) struct Sockets {
    shared: Arc<Shared>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

#[derive(Default)]
struct Shared {
    set: WatchSet,
    /// Held from finding descriptors ready until their watchers are told. That may call the program, and it may come back here.
    turn: ReentrantMutex<()>,
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
                    shared.set.stand_by();
                    let _turn = shared.turn.lock();
                    shared.set.poll(Some(Tick(0)), &mut harvest);
                    harvest.deliver();
                }
            });
            *thread = Some(started.map_err(|_| Errno::NOMEM)?);
        }
        Ok(id)
    }

    /// What is ready by now; what the thread had found before has been told.
    pub(super) fn look(&self, harvest: &mut Harvest) {
        if self.shared.set.is_open()
            && let Some(_turn) = self.shared.turn.try_lock_for(TELLING)
        {
            self.shared.set.poll(Some(Tick(0)), harvest);
        }
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
