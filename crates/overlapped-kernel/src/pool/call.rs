//! A callback that runs: what it may ask of the pool, and what happens when it returns.

use super::Pool;
use super::gate::Gate;
use super::object::Manner;
use crate::sync::Mutex;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// What is to happen when a callback returns, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Upon {
    /// LeaveCriticalSectionWhenCallbackReturns.
    Section,
    /// ReleaseMutexWhenCallbackReturns.
    Mutex,
    /// ReleaseSemaphoreWhenCallbackReturns.
    Semaphore,
    /// SetEventWhenCallbackReturns.
    Event,
    /// FreeLibraryWhenCallbackReturns.
    Library,
}

type Action = Box<dyn FnOnce() + Send>;

/// The running callback (PTP_CALLBACK_INSTANCE). It lives on the stack of the thread that runs it.
pub struct Call {
    pool: Arc<Pool>,
    gate: Arc<Gate>,
    /// It counts as running for its object.
    associated: AtomicBool,
    /// The thread does not count as running for the pool's port.
    long: AtomicBool,
    returns: Mutex<Vec<(Upon, Action)>>,
}

impl Call {
    /// The callback starts on this thread; the gate has let it in. It is over when the value is dropped.
    pub(super) fn begin(pool: Arc<Pool>, manner: Manner, gate: &Arc<Gate>) -> Self {
        let call = Self {
            pool,
            gate: Arc::clone(gate),
            associated: AtomicBool::new(true),
            long: AtomicBool::new(false),
            returns: Mutex::new(Vec::new()),
        };
        if manner.long {
            call.leave_the_count();
        }
        if manner.persistent {
            super::worker::keep_this_thread();
        }
        call
    }

    fn leave_the_count(&self) {
        if crate::thread::with_current(|thread| thread.member.pause()) {
            self.long.store(true, Ordering::Relaxed);
        }
    }

    /// CallbackMayRunLong: the thread no longer counts among those that the pool lets run at once. False if the pool has no other
    /// thread for its other callbacks, and cannot make one.
    pub fn may_run_long(&self) -> bool {
        if !self.long.load(Ordering::Relaxed) {
            self.leave_the_count();
        }
        self.pool.busy.load(Ordering::Acquire) < self.pool.threads.load(Ordering::Acquire) || self.pool.grow()
    }

    /// DisassociateCurrentThreadFromCallback: whoever waits for the object's callbacks does not wait for this one any more.
    pub fn disassociate(&self) {
        if self.associated.swap(false, Ordering::AcqRel) {
            self.gate.finish();
        }
    }

    /// Something to do on this thread when the callback returns.
    pub fn when_it_returns(&self, upon: Upon, action: impl FnOnce() + Send + 'static) {
        self.returns.lock().push((upon, Box::new(action)));
    }
}

impl Drop for Call {
    /// The callback has returned, or panicked: what was asked for happens in both cases, or those who wait for it would hang.
    fn drop(&mut self) {
        let mut actions = std::mem::take(&mut *self.returns.lock());
        actions.sort_by_key(|(upon, _)| *upon);
        actions.into_iter().for_each(|(_, action)| action());
        if self.long.load(Ordering::Relaxed) {
            crate::thread::with_current(|thread| thread.member.resume());
        }
        self.disassociate();
    }
}
