//! Waits for one or several objects.

use crate::error::{Error, Result};
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
    let (refs, idle) = resolve(objects)?;
    let outcome = wait::wait_any(&idle, &refs, timeout.into(), false);
    outcome.map(result).map_err(|code| Error::new(code, "a wait for any object"))
}

/// Waits until all of the objects are signalled together; nothing is consumed before.
///
/// # Errors
/// 87 with no object, more than 64, or the same object twice.
pub fn wait_all(objects: &[&dyn Wait], timeout: impl Into<Timeout>) -> Result<WaitResult> {
    let (refs, idle) = resolve(objects)?;
    let outcome = wait::wait_all(&idle, &refs, timeout.into(), false);
    outcome.map(result).map_err(|code| Error::new(code, "a wait for all objects"))
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

fn result(outcome: Outcome) -> WaitResult {
    match outcome {
        Outcome::Object(index) => WaitResult::Object(index),
        Outcome::Abandoned(index) => WaitResult::Abandoned(index),
        Outcome::TimedOut => WaitResult::TimedOut,
        Outcome::Alerted => unreachable!("the wait was not alertable"),
    }
}
