//! Thread pools on a completion port (contract 06 section 10).
//!
//! The port decides how many threads run at once, the pool how many there are. A *fixed* pool has its threads from start to end; an
//! *adaptive* one makes a thread when work waits and every thread blocks, and lets surplus ones go. The guide says when to choose
//! which.
//!
//! ```
//! # fn main() -> overlapped::Result<()> {
//! use overlapped::pool::{PoolSize, Shutdown, ThreadPool};
//! use std::time::Duration;
//!
//! let pool = ThreadPool::new(PoolSize::adaptive(1, 16))?;
//! for n in 0..100 {
//!     pool.submit(move || println!("{n}")).expect("the pool is not shut down");
//! }
//! let (left, gone) = pool.shutdown(Shutdown::Run, Duration::from_secs(10));
//! assert!(left.is_empty() && gone);
//! # Ok(())
//! # }
//! ```

pub use overlapped_kernel::pool::{Fired, PoolSize, Priority, Rejected, Shutdown, Work};

use crate::error::{Error, Result};
use crate::wait::Wait;
use overlapped_kernel::System;
use overlapped_kernel::clock::Timeout;
use overlapped_kernel::dispatcher::Due;
use overlapped_kernel::pool::{self, CallbackTimer, Environment, Object, Registration, Schedule};
use overlapped_kernel::port::Snapshot;
use std::sync::Arc;
use std::time::Duration;

/// See the [module page](self). Clones are the same pool. When the last one is dropped, what is queued still runs.
///
/// A piece of work that panics ends, and its thread goes on with the next; [`ThreadPool::panics`] counts them.
#[derive(Clone, Debug)]
pub struct ThreadPool(pool::ThreadPool);

impl ThreadPool {
    /// A pool on the default system.
    ///
    /// # Errors
    /// 87 unless `min <= max` and `max > 0`; 8 if the minimum of threads cannot be made; or if there is no default system.
    pub fn new(size: PoolSize) -> Result<Self> {
        Self::new_in(crate::system::default()?, size)
    }

    /// A pool on this system.
    ///
    /// # Errors
    /// As for [`ThreadPool::new`].
    pub fn new_in(system: &System, size: PoolSize) -> Result<Self> {
        pool::ThreadPool::new(system, size).map(Self).map_err(|code| Error::new(code, "creation of a thread pool"))
    }

    pub(crate) fn kernel(&self) -> &pool::ThreadPool {
        &self.0
    }

    /// Queues a piece of work.
    ///
    /// # Errors
    /// Gives it back if the pool was shut down.
    pub fn submit(&self, work: impl FnOnce() + Send + 'static) -> std::result::Result<(), Rejected> {
        self.0.submit(Box::new(work))
    }

    /// The same with a priority: all queued work of a higher one runs first.
    ///
    /// # Errors
    /// As for [`ThreadPool::submit`].
    pub fn submit_at(
        &self,
        priority: Priority,
        work: impl FnOnce() + Send + 'static,
    ) -> std::result::Result<(), Rejected> {
        self.0.submit_at(priority, Box::new(work))
    }

    /// Calls back whenever the object is signalled, or `timeout` has passed without that, until the result is dropped. The object
    /// is consumed as by any wait. One that stays signalled calls back continuously.
    ///
    /// # Errors
    /// 735 if the pool was shut down; 8 without a thread to wait; those of the object.
    pub fn on_signal(
        &self,
        object: &dyn Wait,
        timeout: impl Into<Timeout>,
        callback: impl Fn(Fired) + Send + Sync + 'static,
    ) -> Result<SignalCallback> {
        let registration = Registration {
            object: object.wait_ref()?,
            timeout: timeout.into(),
            once: false,
            in_wait_thread: false,
            environment: Environment::of(&self.0),
            callback: Arc::new(callback),
        };
        let wait = self.0.register_wait(registration);
        wait.map(SignalCallback).map_err(|code| Error::new(code, "registration of a wait"))
    }

    /// A timer that calls back on the pool. It is not set yet.
    pub fn timer(&self, callback: impl Fn() + Send + Sync + 'static) -> PoolTimer {
        PoolTimer(CallbackTimer::new(Environment::of(&self.0), false, move |_| callback()))
    }

    /// Threads that the pool has now.
    #[must_use]
    pub fn threads(&self) -> usize {
        self.0.threads()
    }

    /// Work that no thread has taken yet.
    #[must_use]
    pub fn queued(&self) -> usize {
        self.0.queued()
    }

    /// How often work has panicked.
    #[must_use]
    pub fn panics(&self) -> usize {
        self.0.panics()
    }

    /// The limits as they are now.
    #[must_use]
    pub fn size(&self) -> PoolSize {
        self.0.size()
    }

    /// Allows more threads, or fewer: those above it leave when they have done what they are doing. A minimum above it follows.
    pub fn set_max(&self, max: usize) {
        self.0.set_max(max);
    }

    /// Keeps at least so many threads, and makes them now. A maximum below it follows.
    ///
    /// # Errors
    /// 8 if they cannot be made.
    pub fn set_min(&self, min: usize) -> Result<()> {
        self.0.set_min(min).map_err(|code| Error::new(code, "growth of a thread pool"))
    }

    /// The five structures of the port underneath.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        self.0.port().snapshot()
    }

    /// Ends the pool, whoever else has clones of it: timers and signal callbacks end, nothing is accepted any more, and what is
    /// queued runs or is given back, the most urgent first. Then waits for the threads; false if some are left when the time is
    /// over. A thread of the pool does not wait for itself.
    pub fn shutdown(&self, queued: Shutdown, timeout: impl Into<Timeout>) -> (Vec<Work>, bool) {
        self.0.shutdown(queued, timeout.into())
    }
}

/// A callback for an object's signals. Ends when it is dropped; a call that runs at that moment goes on.
#[must_use = "dropping it ends the callbacks"]
pub struct SignalCallback(pool::RegisteredWait);

impl SignalCallback {
    /// Ends the callbacks and waits for one that runs. Not to be called by itself.
    pub fn end(self) {
        self.0.unregister();
        self.0.wait();
    }
}

impl Drop for SignalCallback {
    fn drop(&mut self) {
        self.0.unregister();
    }
}

impl std::fmt::Debug for SignalCallback {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignalCallback").field("busy", &self.0.is_busy()).finish()
    }
}

/// A timer that calls back on a pool. Stops when it is dropped.
///
/// Ticks do not pile up: while a call of it is queued, or runs late, further ones are left out.
#[must_use = "dropping it stops the calls"]
pub struct PoolTimer(Arc<CallbackTimer>);

impl PoolTimer {
    /// Calls back after `due`, and then every `period` if there is one. Replaces an earlier setting.
    pub fn set(&self, due: Duration, period: Option<Duration>) {
        self.set_with_window(due, period, Duration::ZERO);
    }

    /// The same, with calls that may be late by `window`, so that several timers share a wake-up.
    pub fn set_with_window(&self, due: Duration, period: Option<Duration>, window: Duration) {
        let period = period.filter(|period| !period.is_zero());
        self.0.set(Some(Schedule { due: Due::In(due), period, window }));
    }

    /// No further calls. True if one would have come, and will not.
    pub fn stop(&self) -> bool {
        self.0.set(None)
    }

    /// Waits until no call is queued or runs.
    pub fn wait(&self) {
        Object::wait(&*self.0, false);
    }
}

impl Drop for PoolTimer {
    fn drop(&mut self) {
        self.0.set(None);
    }
}

impl std::fmt::Debug for PoolTimer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PoolTimer").field("set", &self.0.is_set()).finish()
    }
}
