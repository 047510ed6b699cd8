//! Limits on what may be outstanding: the three resource errors of contract 03 section 1.1.
//!
//! A request that would exceed a limit is not accepted: the call says 1784, 8 or 1816, nobody else is told, and nothing of what
//! is outstanding is touched. When some of it has completed, the same call succeeds. Without configuration there is no limit
//! but the machine's.

use overlapped_abi::Status;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What may be outstanding at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Requests of the whole system; more are refused with 1784 (ERROR_INVALID_USER_BUFFER).
    pub requests: usize,
    /// Requests of one open instance; more are refused with 8 (ERROR_NOT_ENOUGH_MEMORY).
    pub requests_per_instance: usize,
    /// Bytes in buffers of the whole system; more are refused with 1816 (ERROR_NOT_ENOUGH_QUOTA).
    pub bytes: usize,
}

impl Limits {
    /// No limits.
    pub const NONE: Self = Self { requests: usize::MAX, requests_per_instance: usize::MAX, bytes: usize::MAX };
}

impl Default for Limits {
    fn default() -> Self {
        Self::NONE
    }
}

/// What is outstanding in a system. Where no limit asks for the number of requests, each thread counts on a line of its own: one that all
/// share would wander between the processors with every request.
#[derive(Debug)]
pub(crate) struct Accounts {
    limits: Limits,
    requests: AtomicUsize,
    bytes: AtomicUsize,
    shares: [Share; SHARES],
}

/// Requests that some threads have begun, less those that they have ended; wraps.
#[derive(Debug, Default)]
#[repr(align(64))]
struct Share(AtomicUsize);

const SHARES: usize = 8;

impl Accounts {
    pub(crate) fn new(limits: Limits) -> Self {
        let shares = std::array::from_fn(|_| Share::default());
        Self { limits, requests: AtomicUsize::new(0), bytes: AtomicUsize::new(0), shares }
    }

    /// Enters a request of `bytes` on an instance that has `others` outstanding, or says why not.
    pub(crate) fn enter(&self, bytes: usize, others: usize) -> Result<(), Status> {
        if others >= self.limits.requests_per_instance {
            return Err(Status::NO_MEMORY);
        }
        if !self.counts_requests() {
            self.share().fetch_add(1, Ordering::Relaxed);
        } else if !add(&self.requests, 1, self.limits.requests) {
            return Err(Status::INVALID_USER_BUFFER);
        }
        if self.counts_bytes() && !add(&self.bytes, bytes, self.limits.bytes) {
            self.forget_request();
            return Err(Status::QUOTA_EXCEEDED);
        }
        Ok(())
    }

    fn forget_request(&self) {
        if self.counts_requests() {
            self.requests.fetch_sub(1, Ordering::AcqRel);
        } else {
            self.share().fetch_sub(1, Ordering::Relaxed);
        }
    }

    /// Where the calling thread counts.
    fn share(&self) -> &AtomicUsize {
        let serial = crate::thread::with_record(|thread| thread.serial());
        &self.shares[serial as usize % SHARES].0
    }

    /// Without limits, nothing need be entered before it may begin.
    pub(crate) fn has_limits(&self) -> bool {
        self.limits != Limits::NONE
    }

    fn counts_requests(&self) -> bool {
        self.limits.requests != usize::MAX
    }

    /// The request is complete.
    pub(crate) fn leave(&self, bytes: usize) {
        self.forget_request();
        if self.counts_bytes() {
            self.bytes.fetch_sub(bytes, Ordering::AcqRel);
        }
    }

    /// What has no limit is not counted: all threads share the counter.
    fn counts_bytes(&self) -> bool {
        self.limits.bytes != usize::MAX
    }

    /// Requests that were entered and have not left. Exact for whoever knows that none begins or ends meanwhile.
    pub(crate) fn requests(&self) -> usize {
        let shared = |sum: usize, share: &Share| sum.wrapping_add(share.0.load(Ordering::Acquire));
        self.shares.iter().fold(self.requests.load(Ordering::Acquire), shared)
    }
}

fn add(counter: &AtomicUsize, amount: usize, limit: usize) -> bool {
    let sum = |now: usize| now.checked_add(amount).filter(|sum| *sum <= limit);
    counter.fetch_update(Ordering::AcqRel, Ordering::Acquire, sum).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_limit_requests_that_other_threads_end_are_counted_too() {
        let accounts = Accounts::new(Limits { bytes: 100, ..Limits::NONE });
        (0..20).for_each(|_| assert_eq!(accounts.enter(5, 0), Ok(())));
        assert_eq!(accounts.enter(1, 0), Err(Status::QUOTA_EXCEEDED));
        assert_eq!(accounts.requests(), 20);
        std::thread::scope(|scope| {
            let work = || (0..5).for_each(|_| accounts.leave(5));
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(work)).collect();
            threads.into_iter().for_each(|thread| thread.join().unwrap());
        });
        assert_eq!((accounts.requests(), accounts.bytes.load(Ordering::Relaxed)), (0, 0));
    }

    #[test]
    fn each_limit_has_its_error_and_loses_nothing() {
        let accounts = Accounts::new(Limits { requests: 2, requests_per_instance: 10, bytes: 100 });
        assert_eq!(accounts.enter(60, 0), Ok(()));
        assert_eq!(accounts.enter(60, 1), Err(Status::QUOTA_EXCEEDED));
        assert_eq!(accounts.enter(40, 10), Err(Status::NO_MEMORY));
        assert_eq!(accounts.enter(40, 1), Ok(()));
        assert_eq!(accounts.enter(0, 2), Err(Status::INVALID_USER_BUFFER));
        accounts.leave(60);
        assert_eq!(accounts.enter(60, 1), Ok(()));
        accounts.leave(40);
        accounts.leave(60);
        assert_eq!((accounts.requests(), accounts.bytes.load(Ordering::Relaxed)), (0, 0));
    }
}
