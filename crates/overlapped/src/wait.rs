//! Waits for one or several objects.

use crate::error::{Error, Result};
use overlapped_abi::Win32Error;
use overlapped_kernel::clock::Timeout;
use overlapped_kernel::dispatcher::WaitRef;
use overlapped_kernel::idle::Idle;
use overlapped_kernel::wait::{self, Outcome};
use std::sync::Arc;

/// Something that can be waited for: an [`Event`](crate::Event), an [`Operation`](crate::Operation), an open file.
///
/// A type of your own can be waited for by what it contains:
///
/// ```
/// use overlapped::{Event, Idle, Result, Timeout, Wait, WaitRef, WaitResult, wait_any};
/// use std::sync::Arc;
///
/// struct Job {
///     done: Event,
/// }
///
/// impl Wait for Job {
///     fn wait_ref(&self) -> Result<WaitRef> {
///         self.done.wait_ref()
///     }
///
///     fn idle(&self) -> Option<Arc<Idle>> {
///         self.done.idle()
///     }
/// }
///
/// # fn main() -> Result<()> {
/// let jobs: Vec<Box<dyn Wait>> = vec![Box::new(Job { done: Event::manual_reset(true) })];
/// assert_eq!(wait_any(&[&jobs[0]], Timeout::Poll)?, WaitResult::Object(0));
/// # Ok(())
/// # }
/// ```
pub trait Wait {
    /// The object to wait for.
    ///
    /// # Errors
    /// 87 for an operation whose outcome was taken already.
    fn wait_ref(&self) -> Result<WaitRef>;

    /// Where to wait for it: the waiting room of the system that completes it. `None` if any thread may signal it.
    fn idle(&self) -> Option<Arc<Idle>> {
        None
    }
}

/// What refers to something that can be waited for stands for it.
macro_rules! by_reference {
    ($($reference:ty),+) => {
        $(
            impl<T: Wait + ?Sized> Wait for $reference {
                fn wait_ref(&self) -> Result<WaitRef> {
                    (**self).wait_ref()
                }

                fn idle(&self) -> Option<Arc<Idle>> {
                    (**self).idle()
                }
            }
        )+
    };
}

by_reference!(&T, Box<T>, Arc<T>);

/// Something that [`signal_and_wait`] can signal: an event, a mutex, a semaphore.
pub trait Signal {
    /// Sets the event, releases the mutex once, adds one to the semaphore.
    ///
    /// # Errors
    /// 288 for a mutex that the calling thread does not own, 298 for a semaphore that is full.
    fn signal(&self) -> Result<()>;
}

/// How a wait ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WaitResult {
    /// The object with this index satisfied it, and is consumed if it is of that kind. 0 for a wait for all.
    Object(usize),
    /// The same, and a mutex among the objects was abandoned by its owner.
    Abandoned(usize),
    /// The time was over.
    TimedOut,
}

/// Waits until one of the objects is signalled: the lowest index wins, and only that one is consumed (contract 04 section 8).
///
/// # Errors
/// 87 with no object or more than 64.
pub fn wait_any(objects: &[&dyn Wait], timeout: impl Into<Timeout>) -> Result<WaitResult> {
    run(wait::wait_any, "a wait for any object", objects, timeout.into(), false).map(plain)
}

/// Waits until all of the objects are signalled together; nothing is consumed before.
///
/// # Errors
/// 87 with no object, more than 64, or the same object twice.
pub fn wait_all(objects: &[&dyn Wait], timeout: impl Into<Timeout>) -> Result<WaitResult> {
    run(wait::wait_all, "a wait for all objects", objects, timeout.into(), false).map(plain)
}

/// Signals one object and waits for another, in one call (SignalObjectAndWait, contract 04 section 8). Both may be the same.
///
/// # Errors
/// Those of [`Signal::signal`], and then no wait happens; those of [`wait_any`].
pub fn signal_and_wait(signal: &dyn Signal, object: &dyn Wait, timeout: impl Into<Timeout>) -> Result<WaitResult> {
    signal_then_wait(signal, object, timeout.into(), false).map(plain)
}

pub(crate) fn signal_and_wait_alertable(
    signal: &dyn Signal,
    object: &dyn Wait,
    timeout: Timeout,
) -> Result<Option<WaitResult>> {
    signal_then_wait(signal, object, timeout, true).map(result)
}

fn signal_then_wait(signal: &dyn Signal, object: &dyn Wait, timeout: Timeout, alertable: bool) -> Result<Outcome> {
    let (mut refs, idle) = resolve(&[object])?;
    let Some(object) = refs.pop() else { unreachable!("one object, one reference") };
    let signal = || signal.signal().map_err(|error| error.code());
    wait::signal_and_wait(&idle, signal, object, timeout, alertable)
        .map_err(|code| Error::new(code, "a signal and a wait"))
}

pub(crate) fn wait_any_alertable(objects: &[&dyn Wait], timeout: Timeout) -> Result<Option<WaitResult>> {
    run(wait::wait_any, "a wait for any object", objects, timeout, true).map(result)
}

pub(crate) fn wait_all_alertable(objects: &[&dyn Wait], timeout: Timeout) -> Result<Option<WaitResult>> {
    run(wait::wait_all, "a wait for all objects", objects, timeout, true).map(result)
}

/// True if APCs ran.
pub(crate) fn sleep_alertable(timeout: Timeout) -> bool {
    crate::system::waiting_room().is_ok_and(|idle| sleep_alertable_in(&idle, timeout))
}

pub(crate) fn sleep_alertable_in(idle: &Idle, timeout: Timeout) -> bool {
    wait::sleep(idle, timeout, true) == Outcome::Alerted
}

type KernelWait = fn(&Idle, &[WaitRef], Timeout, bool) -> std::result::Result<Outcome, Win32Error>;

fn run(
    kernel: KernelWait,
    name: &'static str,
    objects: &[&dyn Wait],
    timeout: Timeout,
    alertable: bool,
) -> Result<Outcome> {
    let (refs, idle) = resolve(objects)?;
    kernel(&idle, &refs, timeout, alertable).map_err(|code| Error::new(code, name))
}

/// What to wait for, and where. A thread that waits for objects of several systems polls the first one's engine; the others'
/// service threads see to the rest.
fn resolve(objects: &[&dyn Wait]) -> Result<(Vec<WaitRef>, Arc<Idle>)> {
    let refs = objects.iter().map(|o| o.wait_ref()).collect::<Result<_>>()?;
    let idle = match objects.iter().find_map(|o| o.idle()) {
        Some(idle) => idle,
        None => crate::system::waiting_room()?,
    };
    Ok((refs, idle))
}

/// `None` if APCs ran instead.
fn result(outcome: Outcome) -> Option<WaitResult> {
    match outcome {
        Outcome::Object(index) => Some(WaitResult::Object(index)),
        Outcome::Abandoned(index) => Some(WaitResult::Abandoned(index)),
        Outcome::TimedOut => Some(WaitResult::TimedOut),
        Outcome::Alerted => None,
    }
}

fn plain(outcome: Outcome) -> WaitResult {
    result(outcome).unwrap_or_else(|| unreachable!("the wait was not alertable"))
}
