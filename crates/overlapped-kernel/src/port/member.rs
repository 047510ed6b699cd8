//! A thread's standing at the port that it works for.

use super::Port;
use crate::sync::Mutex;
use crate::sync::atomic::{AtomicU8, AtomicUsize, Ordering};
use crate::thread::Thread;
use std::sync::Arc;

/// Where the port has the thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Standing {
    /// Works for no port, or has just joined.
    None,
    /// In the waiting stack.
    Waiting,
    /// Running: counts against the concurrency value.
    Released,
    /// Released, but blocked elsewhere: does not count.
    Paused,
}

/// The thread's side of its membership. The standing changes under the port's lock; the port changes on the thread itself.
pub(crate) struct Member {
    port: Mutex<Option<Arc<Port>>>,
    /// The port's address, for a look without the lock. The port stays alive as long as it stands here.
    address: AtomicUsize,
    standing: AtomicU8,
}

impl Member {
    pub(crate) fn new() -> Self {
        Self { port: Mutex::new(None), address: AtomicUsize::new(0), standing: AtomicU8::new(Standing::None as u8) }
    }

    pub(crate) fn works_for(&self, port: &Arc<Port>) -> bool {
        self.address.load(Ordering::Relaxed) == Arc::as_ptr(port) as usize
    }

    pub(crate) fn standing(&self) -> Standing {
        match self.standing.load(Ordering::Relaxed) {
            1 => Standing::Waiting,
            2 => Standing::Released,
            3 => Standing::Paused,
            _ => Standing::None,
        }
    }

    pub(crate) fn set(&self, standing: Standing) {
        self.standing.store(standing as u8, Ordering::Relaxed);
    }

    pub(crate) fn join(&self, port: &Arc<Port>) {
        *self.port.lock() = Some(Arc::clone(port));
        self.address.store(Arc::as_ptr(port) as usize, Ordering::Relaxed);
        self.set(Standing::None);
    }

    /// Leaves the port, if it works for one.
    pub(crate) fn leave(&self, thread: &Arc<Thread>) {
        let port = self.port.lock().take();
        if let Some(port) = port {
            port.part(thread);
            self.address.store(0, Ordering::Relaxed);
        }
    }

    /// The thread is about to block; true if that changed its standing.
    pub(crate) fn pause(&self) -> bool {
        if self.standing() != Standing::Released {
            return false;
        }
        let port = self.port.lock().clone();
        port.inspect(|port| port.block(self)).is_some()
    }

    /// The thread has blocked and runs again.
    pub(crate) fn resume(&self) {
        let port = self.port.lock().clone();
        if let Some(port) = port {
            port.unblock(self);
        }
    }
}
