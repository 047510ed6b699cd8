//! Dispatcher objects beside events: mutexes that survive their owners, semaphores, timers (contract 04 sections 4 to 6).
//!
//! They add to their cousins in `std` that they can be waited for together with anything else, in [`wait_any`](crate::wait_any)
//! and [`wait_all`](crate::wait_all).

use crate::error::{Error, Result};
use crate::wait::{Signal, Wait, WaitResult, wait_any};
use overlapped_kernel::System;
use overlapped_kernel::clock::Timeout;
use overlapped_kernel::dispatcher::{self, Due, Mutant, WaitRef};
use overlapped_kernel::idle::Idle;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// A mutex object: taken by a wait, recursive, released by its owner. If its owner ends without releasing it, the next wait
/// gets it as [`WaitResult::Abandoned`](crate::WaitResult::Abandoned). Clones are the same mutex.
#[derive(Clone, Debug)]
pub struct MutexObject(Arc<Mutant>);

impl MutexObject {
    /// A mutex, owned by the calling thread if `owned`.
    #[must_use]
    pub fn new(owned: bool) -> Self {
        Self(Mutant::new(owned))
    }

    /// Takes it, and waits for that: [`Object`](WaitResult::Object), [`Abandoned`](WaitResult::Abandoned), or the time was over. The calling
    /// thread owns it then, until it has released it as often.
    ///
    /// ```
    /// # fn main() -> overlapped::Result<()> {
    /// use overlapped::{MutexObject, Timeout, WaitResult};
    ///
    /// let mutex = MutexObject::new(false);
    /// let other = mutex.clone();
    /// // Ends without releasing it.
    /// std::thread::spawn(move || other.wait(Timeout::Infinite)).join().unwrap()?;
    /// assert_eq!(mutex.wait(Timeout::Infinite)?, WaitResult::Abandoned(0));
    /// mutex.release()
    /// # }
    /// ```
    ///
    /// # Errors
    /// If no system can be made to wait in.
    pub fn wait(&self, timeout: impl Into<Timeout>) -> Result<WaitResult> {
        wait_any(&[self], timeout)
    }

    /// Gives it up once.
    ///
    /// # Errors
    /// 288 if the calling thread does not own it.
    pub fn release(&self) -> Result<()> {
        self.0.release().map_err(|code| Error::new(code, "release of a mutex"))
    }
}

impl MutexObject {
    pub(crate) fn from_kernel(mutex: Arc<Mutant>) -> Self {
        Self(mutex)
    }

    pub(crate) fn into_kernel(self) -> Arc<Mutant> {
        self.0
    }
}

impl Wait for MutexObject {
    fn wait_ref(&self) -> Result<WaitRef> {
        Ok(Arc::clone(&self.0) as WaitRef)
    }
}

impl Signal for MutexObject {
    fn signal(&self) -> Result<()> {
        self.release()
    }
}

/// A semaphore: signalled while its count is above zero; each wait takes one. Clones are the same semaphore.
#[derive(Clone, Debug)]
pub struct Semaphore(Arc<dispatcher::Semaphore>);

impl Semaphore {
    /// A semaphore with `initial` of at most `max`.
    ///
    /// # Errors
    /// 87 unless 0 <= initial <= max and max > 0.
    pub fn new(initial: i32, max: i32) -> Result<Self> {
        let made = dispatcher::Semaphore::new(initial, max);
        made.map(|s| Self(Arc::new(s))).map_err(|code| Error::new(code, "creation of a semaphore"))
    }

    /// Takes one, and waits until there is one; false if the time was over first.
    #[must_use = "false: it was not taken"]
    pub fn wait(&self, timeout: impl Into<Timeout>) -> bool {
        matches!(wait_any(&[self], timeout), Ok(WaitResult::Object(_)))
    }

    /// Adds `n` and gives the count before.
    ///
    /// # Errors
    /// 87 unless `n` is positive; 298, with no change, if the sum would exceed the maximum.
    pub fn release(&self, n: i32) -> Result<i32> {
        self.0.release(n).map_err(|code| Error::new(code, "release of a semaphore"))
    }
}

impl Semaphore {
    pub(crate) fn from_kernel(semaphore: Arc<dispatcher::Semaphore>) -> Self {
        Self(semaphore)
    }

    pub(crate) fn into_kernel(self) -> Arc<dispatcher::Semaphore> {
        self.0
    }
}

impl Wait for Semaphore {
    fn wait_ref(&self) -> Result<WaitRef> {
        Ok(Arc::clone(&self.0) as WaitRef)
    }
}

impl Signal for Semaphore {
    fn signal(&self) -> Result<()> {
        self.release(1).map(drop)
    }
}

/// A waitable timer. Clones are the same timer.
///
/// ```
/// # fn main() -> overlapped::Result<()> {
/// use overlapped::{Event, Timeout, Timer, WaitResult, wait_any};
/// use std::time::{Duration, SystemTime};
///
/// let stop = Event::manual_reset(false);
/// let tick = Timer::auto_reset()?;
/// tick.set(Duration::from_millis(5), Some(Duration::from_millis(5)));
/// for _ in 0..3 {
///     assert_eq!(wait_any(&[&stop, &tick], Timeout::Infinite)?, WaitResult::Object(1));
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Timer {
    timer: Arc<dispatcher::Timer>,
    idle: Arc<Idle>,
}

impl Timer {
    /// A timer that stays signalled until it is set again.
    ///
    /// # Errors
    /// If the default system cannot be made.
    pub fn manual_reset() -> Result<Self> {
        Ok(Self::manual_reset_in(crate::system::default()?))
    }

    /// A timer whose signal one wait takes.
    ///
    /// # Errors
    /// If the default system cannot be made.
    pub fn auto_reset() -> Result<Self> {
        Ok(Self::auto_reset_in(crate::system::default()?))
    }

    /// [`Timer::manual_reset`] by the clock of this system's engine: on a simulated one, virtual time.
    #[must_use]
    pub fn manual_reset_in(system: &System) -> Self {
        Self { timer: system.new_timer(true), idle: Arc::clone(system.idle()) }
    }

    /// [`Timer::auto_reset`] by the clock of this system's engine.
    #[must_use]
    pub fn auto_reset_in(system: &System) -> Self {
        Self { timer: system.new_timer(false), idle: Arc::clone(system.idle()) }
    }

    /// Sets it: signalled after `due`, and then every `period` if there is one.
    pub fn set(&self, due: Duration, period: Option<Duration>) {
        self.timer.set(Due::In(due), period, None);
    }

    /// The same, and `routine` is queued to the calling thread each time, with the time as a FILETIME; it runs in an alertable
    /// wait.
    pub fn set_with_routine(
        &self,
        due: Duration,
        period: Option<Duration>,
        routine: impl Fn(u64) + Send + Sync + 'static,
    ) {
        self.timer.set(Due::In(due), period, Some(Arc::new(routine)));
    }

    /// [`Timer::set`] to a time of the wall clock, which it follows when that is set; a time in the past is at once. A system on
    /// virtual time takes the time until then.
    pub fn set_at(&self, due: SystemTime, period: Option<Duration>) {
        self.timer.set(Due::At(filetime(due)), period, None);
    }

    /// [`Timer::set_at`] with a routine, as [`Timer::set_with_routine`].
    ///
    /// ```
    /// # fn main() -> overlapped::Result<()> {
    /// use overlapped::{Timeout, Timer, alertable};
    /// use std::time::{Duration, SystemTime};
    ///
    /// let timer = Timer::auto_reset()?;
    /// let soon = SystemTime::now() + Duration::from_millis(5);
    /// timer.set_at_with_routine(soon, None, |at| println!("due at {at}"));
    /// assert!(alertable::sleep(Timeout::Infinite), "the routine ran");
    /// # Ok(())
    /// # }
    /// ```
    pub fn set_at_with_routine(
        &self,
        due: SystemTime,
        period: Option<Duration>,
        routine: impl Fn(u64) + Send + Sync + 'static,
    ) {
        self.timer.set(Due::At(filetime(due)), period, Some(Arc::new(routine)));
    }

    /// Waits until it is due; false if the time was over first.
    pub fn wait(&self, timeout: impl Into<Timeout>) -> bool {
        matches!(wait_any(&[self], timeout), Ok(WaitResult::Object(_)))
    }

    /// Stops it. The signalled state does not change; a routine that is queued and has not run is taken back.
    pub fn cancel(&self) {
        self.timer.cancel();
    }
}

impl Timer {
    pub(crate) fn from_kernel(timer: Arc<dispatcher::Timer>, system: &System) -> Self {
        Self { timer, idle: Arc::clone(system.idle()) }
    }

    pub(crate) fn into_kernel(self) -> Arc<dispatcher::Timer> {
        self.timer
    }
}

/// In 100-nanosecond units since 1601; the first moment of that year for all before it.
fn filetime(time: SystemTime) -> u64 {
    const UNIX_EPOCH: i128 = 11_644_473_600 * 10_000_000;
    let units = |time: Duration| i128::try_from(time.as_nanos() / 100).unwrap_or(i128::MAX / 2);
    let since = match time.duration_since(SystemTime::UNIX_EPOCH) {
        Ok(after) => units(after),
        Err(before) => -units(before.duration()),
    };
    u64::try_from((UNIX_EPOCH + since).max(0)).unwrap_or(u64::MAX)
}

impl std::fmt::Debug for Timer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Timer")
    }
}

impl Wait for Timer {
    fn wait_ref(&self) -> Result<WaitRef> {
        Ok(Arc::clone(&self.timer) as WaitRef)
    }

    fn idle(&self) -> Option<Arc<Idle>> {
        Some(Arc::clone(&self.idle))
    }
}
