//! Outcomes of overlapped requests, read from the caller's OVERLAPPED (contract 03 section 4).

use crate::clock::Timeout;
use crate::dispatcher::{Event, WaitRef};
use crate::idle::Idle;
use crate::instance::Instance;
use crate::wait::{self, Outcome};
use overlapped_abi::{Overlapped, Status, Win32Error};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// What an OVERLAPPED says once its request is complete.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finished {
    /// Internal.
    pub status: Status,
    /// InternalHigh.
    pub bytes: usize,
}

/// How long a call may wait for a request.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// The limit.
    pub timeout: Timeout,
    /// Do APCs run meanwhile?
    pub alertable: bool,
}

impl Patience {
    /// For as long as it takes, and without APCs.
    pub const ENDLESS: Self = Self { timeout: Timeout::Infinite, alertable: false };
}

/// Reads the OVERLAPPED; `None` while the request is pending.
///
/// # Safety
/// `overlapped` is valid and aligned.
#[must_use]
pub unsafe fn peek(overlapped: *mut Overlapped) -> Option<Finished> {
    // SAFETY: the caller vouches for it; requests write these fields as atomics too.
    let internal = unsafe { AtomicUsize::from_ptr(&raw mut (*overlapped).internal) }.load(Ordering::Acquire);
    let status = Status(internal as u32);
    if status == Status::PENDING {
        return None;
    }
    // SAFETY: as above.
    let bytes = unsafe { AtomicUsize::from_ptr(&raw mut (*overlapped).internal_high) }.load(Ordering::Relaxed);
    Some(Finished { status, bytes })
}

/// Waits for the outcome of the request that `overlapped` belongs to. `event` is its hEvent; without one the request itself is
/// waited for, or the instance if it knows no such request. `instance` gives the instance when it is needed: with a finished
/// request or with an event the handle is not even looked at. `idle` is where this system's threads wait.
///
/// 996 if it is pending and no wait was asked for, 258 when the time is over, 192 if APCs ran.
///
/// # Safety
/// `overlapped` is valid and aligned, until the call returns.
pub unsafe fn overlapped_result(
    overlapped: *mut Overlapped,
    instance: impl FnOnce() -> Result<Arc<Instance>, Win32Error>,
    event: impl FnOnce() -> Result<Option<Arc<Event>>, Win32Error>,
    idle: &Arc<Idle>,
    patience: Patience,
) -> Result<Finished, Win32Error> {
    // SAFETY: the caller vouches for it.
    if let Some(finished) = unsafe { peek(overlapped) } {
        return Ok(finished);
    }
    if patience.timeout == Timeout::Poll {
        return Err(Win32Error::IO_INCOMPLETE);
    }
    let object: WaitRef = match event()? {
        Some(event) => event,
        None => {
            let instance = instance()?;
            match instance.request(overlapped as usize) {
                Some(request) => request.done(),
                None => instance,
            }
        }
    };
    match wait::wait_any(idle, &[object], patience.timeout, patience.alertable)? {
        Outcome::TimedOut => Err(Win32Error::WAIT_TIMEOUT),
        Outcome::Alerted => Err(Win32Error::WAIT_IO_COMPLETION),
        Outcome::Object(_) | Outcome::Abandoned(_) => {
            // SAFETY: the caller vouches for it.
            settle(|| unsafe { peek(overlapped) }).ok_or(Win32Error::IO_INCOMPLETE)
        }
    }
}

/// Looks so often, a millisecond apart.
const LOOKS: u32 = 50;

/// What a request says that nobody knew any more and that was not final: it is being completed, and the instance had been signalled by another one.
/// An event may have been set by another one as well.
fn settle(mut look: impl FnMut() -> Option<Finished>) -> Option<Finished> {
    look().or_else(|| {
        (0..LOOKS).find_map(|_| {
            std::thread::sleep(Duration::from_millis(1));
            look()
        })
    })
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn an_outcome_that_is_about_to_be_final_is_waited_for_and_another_one_not_for_ever() {
        let finished = Finished { status: Status::SUCCESS, bytes: 5 };
        let mut looks = 0;
        let late = settle(|| {
            looks += 1;
            (looks == 3).then_some(finished)
        });
        assert_eq!((late, looks), (Some(finished), 3));
        looks = 0;
        let never = settle(|| {
            looks += 1;
            None
        });
        assert_eq!((never, looks), (None, LOOKS + 1));
    }
}
