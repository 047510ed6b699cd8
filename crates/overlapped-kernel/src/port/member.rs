//! A thread's standing at the port that it works for.

use super::{Port, Reason};
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
    /// Released, but blocked elsewhere, as it has announced: does not count.
    Paused,
    /// Was handed a packet and has not run yet: counts, and must not be taken for a thread that blocks elsewhere.
    Called,
    /// Released, but found asleep by the sentinel: does not count.
    Asleep,
}

/// The thread's side of its membership. The standing changes under the port's lock, save that the thread itself makes Released
/// of Called; the port changes on the thread itself.
pub(crate) struct Member {
    port: Mutex<Option<Arc<Port>>>,
    /// The port's address, for a look without the lock. The port stays alive as long as it stands here.
    address: AtomicUsize,
    standing: AtomicU8,
    /// Why it is paused, if it is.
    reason: AtomicU8,
}

impl Member {
    pub(crate) fn new() -> Self {
        Self {
            port: Mutex::new(None),
            address: AtomicUsize::new(0),
            standing: AtomicU8::new(Standing::None as u8),
            reason: AtomicU8::new(Reason::Section as u8),
        }
    }

    #[inline(always)]
    pub(crate) fn works_for(&self, port: &Arc<Port>) -> bool {
        self.address.load(Ordering::Relaxed) == Arc::as_ptr(port) as usize
    }

    #[inline(always)]
    pub(crate) fn standing(&self) -> Standing {
        match self.standing.load(Ordering::Relaxed) {
            1 => Standing::Waiting,
            2 => Standing::Released,
            3 => Standing::Paused,
            4 => Standing::Called,
            5 => Standing::Asleep,
            _ => Standing::None,
        }
    }

    /// Does it count against the concurrency value?
    pub(crate) fn counts(&self) -> bool {
        matches!(self.standing(), Standing::Released | Standing::Called)
    }

    /// Does it wait for a packet?
    #[cfg(not(loom))]
    pub(crate) fn is_waiting(&self) -> bool {
        self.standing() == Standing::Waiting
    }

    /// Does it work for a port, or wait for a packet of one, and not for something else meanwhile?
    #[cfg(not(loom))]
    pub(crate) fn serves(&self) -> bool {
        matches!(self.standing(), Standing::Waiting | Standing::Released | Standing::Called)
    }

    #[inline(always)]
    pub(crate) fn set(&self, standing: Standing) {
        self.standing.store(standing as u8, Ordering::Relaxed);
    }

    pub(super) fn reason(&self) -> Reason {
        Reason::decode(self.reason.load(Ordering::Relaxed))
    }

    pub(super) fn set_reason(&self, reason: Reason) {
        self.reason.store(reason as u8, Ordering::Relaxed);
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

    /// The thread is about to block in a section that it announces; true if that changed its standing.
    pub(crate) fn pause(&self) -> bool {
        self.pause_for(Reason::Section)
    }

    /// The same, and says why.
    pub(crate) fn pause_for(&self, reason: Reason) -> bool {
        if !matches!(self.standing(), Standing::Released | Standing::Asleep) {
            return false;
        }
        let port = self.port.lock().clone();
        port.inspect(|port| port.block(self, reason)).is_some()
    }

    /// The thread has blocked and runs again.
    pub(crate) fn resume(&self) {
        let port = self.port.lock().clone();
        if let Some(port) = port {
            port.unblock(self);
        }
    }

    /// The calling thread is here: if the sentinel found it asleep, that is over.
    #[inline(always)]
    pub(crate) fn is_back(&self) {
        if self.standing.load(Ordering::Relaxed) == Standing::Asleep as u8 {
            self.wake_up();
        }
    }

    #[cold]
    fn wake_up(&self) {
        let port = self.port.lock().clone();
        if let Some(port) = port {
            port.woke(self);
        }
    }
}
