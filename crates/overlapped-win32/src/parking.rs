//! Sleeping on an address until somebody wakes it: what condition variables, one-time initialisation, barriers and
//! WaitOnAddress share.
//!
//! Over `parking_lot_core`: a waiter looks at its condition under the same lock under which wakers look for waiters, so
//! nothing is missed between. The calling thread counts as paused at its completion port meanwhile.

mod barrier;

use overlapped_kernel::port::blocking;
use parking_lot_core::{DEFAULT_PARK_TOKEN, DEFAULT_UNPARK_TOKEN, ParkResult, UnparkResult};
use std::time::{Duration, Instant};

/// The end of a wait of so many milliseconds; none for INFINITE.
#[must_use]
pub fn deadline(ms: u32) -> Option<Instant> {
    (ms != u32::MAX).then(|| Instant::now() + Duration::from_millis(u64::from(ms)))
}

/// Sleeps while `condition` holds when the sleep begins; `release` runs once no waker can miss the thread any more. False if
/// the time ran out.
pub fn park(key: usize, deadline: Option<Instant>, condition: impl FnOnce() -> bool, release: impl FnOnce()) -> bool {
    // SAFETY: the keys are addresses that the caller of the exported function owns; the closures neither panic nor park, and
    // call nothing of the parking lot but what `release` is documented to be free to call.
    let result = blocking(|| unsafe {
        parking_lot_core::park(key, condition, release, |_, _| {}, DEFAULT_PARK_TOKEN, deadline)
    });
    !matches!(result, ParkResult::TimedOut)
}

/// Wakes one sleeper; `after` learns under the lock whether there are more.
pub fn wake_one(key: usize, after: impl FnOnce(UnparkResult)) {
    let callback = |result| {
        after(result);
        DEFAULT_UNPARK_TOKEN
    };
    // SAFETY: as in `park`; the callback neither panics nor calls the parking lot.
    unsafe { parking_lot_core::unpark_one(key, callback) };
}

/// Wakes all sleepers.
pub fn wake_all(key: usize) {
    // SAFETY: as in `park`.
    unsafe { parking_lot_core::unpark_all(key, DEFAULT_UNPARK_TOKEN) };
}
