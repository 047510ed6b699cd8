//! What the objects of a pool have in common: where their callbacks run, how they are counted, how they are ended.

use super::ThreadPool;
use super::call::Call;
use super::gate::{Entered, Gate};
use super::group::Membership;
use super::lanes::Priority;
use crate::dispatcher::Event;
use overlapped_abi::Win32Error;
use std::any::Any;
use std::sync::Arc;

/// Where and how callbacks run (TP_CALLBACK_ENVIRON).
#[derive(Clone, Debug)]
pub struct Environment {
    /// The pool. An object keeps its pool from ending.
    pub pool: ThreadPool,
    /// Before which others.
    pub priority: Priority,
    /// On what kind of thread.
    pub manner: Manner,
}

/// What callbacks need of their threads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Manner {
    /// They may take long: their threads do not count among those that the pool lets run at once.
    pub long: bool,
    /// Their threads do not leave the pool any more.
    pub persistent: bool,
}

impl Environment {
    /// The ordinary environment of a pool.
    #[must_use]
    pub fn of(pool: &ThreadPool) -> Self {
        Self { pool: pool.clone(), priority: Priority::Normal, manner: Manner::default() }
    }
}

/// An object that calls back: work, a timer, a wait, an I/O binding.
pub trait Object: Send + Sync {
    /// Its common part.
    fn core(&self) -> &Core;

    /// No callback is queued from here on, save by an explicit call.
    fn stop(&self);

    /// Waits until no callback is queued or running; with `cancel`, those that are queued do not run.
    fn wait(&self, cancel: bool) {
        if cancel {
            self.core().withdraw();
        }
        self.core().wait();
    }
}

/// The common part.
pub struct Core {
    environment: Environment,
    gate: Arc<Gate>,
    membership: Membership,
}

/// A callback that is queued. Dropped without having run, it counts no more.
struct Queued {
    gate: Arc<Gate>,
    entered: Option<Entered>,
}

impl Queued {
    /// It runs now, unless it was withdrawn.
    fn start(mut self) -> Option<Arc<Gate>> {
        let entered = self.entered.take()?;
        self.gate.start(entered).then(|| Arc::clone(&self.gate))
    }
}

impl Drop for Queued {
    fn drop(&mut self) {
        if let Some(entered) = self.entered.take() {
            self.gate.revoke(entered);
        }
    }
}

impl Core {
    pub(super) fn new(environment: Environment) -> Self {
        Self { environment, gate: Arc::default(), membership: Membership::default() }
    }

    pub(super) fn gate(&self) -> &Arc<Gate> {
        &self.gate
    }

    /// Where its callbacks run.
    #[must_use]
    pub fn environment(&self) -> &Environment {
        &self.environment
    }

    /// Its place in a cleanup group.
    #[must_use]
    pub fn membership(&self) -> &Membership {
        &self.membership
    }

    /// Queues a callback. 735 if the pool was shut down.
    pub(super) fn queue(&self, callback: impl FnOnce(&Call) + Send + 'static) -> Result<(), Win32Error> {
        self.queue_entered(self.gate.enter(), callback)
    }

    /// The same, once the gate has counted it.
    pub(super) fn queue_entered(
        &self,
        entered: Entered,
        callback: impl FnOnce(&Call) + Send + 'static,
    ) -> Result<(), Win32Error> {
        let Environment { pool, priority, manner } = self.environment.clone();
        let queued = Queued { gate: Arc::clone(&self.gate), entered: Some(entered) };
        let queue = pool.clone();
        let run = move || {
            if let Some(gate) = queued.start() {
                callback(&Call::begin(Arc::clone(pool.pool()), manner, &gate));
            }
        };
        queue.submit_at(priority, Box::new(run)).map_err(|_| Win32Error::ABANDONED_WAIT_0)
    }

    /// Runs a callback here and now, unless it was withdrawn.
    pub(super) fn run_entered(&self, entered: Entered, callback: impl FnOnce(&Call)) {
        if self.gate.start(entered) {
            callback(&Call::begin(Arc::clone(self.environment.pool.pool()), self.environment.manner, &self.gate));
        }
    }

    /// The object is closed: keeps a value, which should be the object itself or at least its pool, until no callback is queued
    /// or running.
    pub fn keep_until_quiet(&self, value: Box<dyn Any + Send>) {
        self.gate.keep(value);
    }

    /// Callbacks that are queued will not run; how many there were.
    pub fn withdraw(&self) -> usize {
        self.gate.withdraw()
    }

    /// Is a callback queued or running?
    #[must_use]
    pub fn is_busy(&self) -> bool {
        self.gate.is_busy()
    }

    /// Waits until no callback is queued or running.
    pub fn wait(&self) {
        self.gate.wait(self.environment.pool.idle());
    }

    /// Signals the event when no callback is queued or running; true if that is now.
    pub fn tell(&self, event: Arc<Event>) -> bool {
        self.gate.tell(event)
    }
}
