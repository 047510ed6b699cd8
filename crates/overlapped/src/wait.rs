//! Waits for one or several objects.

use crate::error::{Error, Result};
use overlapped_abi::Win32Error;
use overlapped_kernel::clock::Timeout;
use overlapped_kernel::dispatcher::WaitRef;
use overlapped_kernel::idle::Idle;
use overlapped_kernel::wait::{self, Outcome};
use std::sync::Arc;

/// Something that can be waited for: an [`Event`](crate::Event), an [`Operation`](crate::Operation), an open file.
pub trait Wait {
    /// The object to wait for. Fails for what cannot be waited for any more.
    fn wait_ref(&self) -> Result<WaitRef>;

    /// Where to wait for it: the waiting room of the system that completes it. `None` if any thread may signal it.
    fn idle(&self) -> Option<Arc<Idle>> {
        None
    }
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

pub(crate) fn wait_any_alertable(objects: &[&dyn Wait], timeout: Timeout) -> Result<Option<WaitResult>> {
    run(wait::wait_any, "a wait for any object", objects, timeout, true).map(result)
}

pub(crate) fn wait_all_alertable(objects: &[&dyn Wait], timeout: Timeout) -> Result<Option<WaitResult>> {
    run(wait::wait_all, "a wait for all objects", objects, timeout, true).map(result)
}

/// True if APCs ran.
pub(crate) fn sleep_alertable(timeout: Timeout) -> bool {
    crate::system::waiting_room().is_ok_and(|idle| wait::sleep(&idle, timeout, true) == Outcome::Alerted)
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
