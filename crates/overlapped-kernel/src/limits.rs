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

/// What is outstanding in a system.
#[derive(Debug)]
pub(crate) struct Accounts {
    limits: Limits,
    requests: AtomicUsize,
    bytes: AtomicUsize,
}

impl Accounts {
    pub(crate) fn new(limits: Limits) -> Self {
        Self { limits, requests: AtomicUsize::new(0), bytes: AtomicUsize::new(0) }
    }

    /// Enters a request of `bytes` on an instance that has `others` outstanding, or says why not.
    pub(crate) fn enter(&self, bytes: usize, others: usize) -> Result<(), Status> {
        if others >= self.limits.requests_per_instance {
            return Err(Status::NO_MEMORY);
        }
        if !add(&self.requests, 1, self.limits.requests) {
            return Err(Status::INVALID_USER_BUFFER);
        }
        if self.counts_bytes() && !add(&self.bytes, bytes, self.limits.bytes) {
            self.requests.fetch_sub(1, Ordering::AcqRel);
            return Err(Status::QUOTA_EXCEEDED);
        }
        Ok(())
    }

    /// The request is complete.
    pub(crate) fn leave(&self, bytes: usize) {
        self.requests.fetch_sub(1, Ordering::AcqRel);
        if self.counts_bytes() {
            self.bytes.fetch_sub(bytes, Ordering::AcqRel);
        }
    }

    /// What has no limit is not counted: all threads share the counter.
    fn counts_bytes(&self) -> bool {
        self.limits.bytes != usize::MAX
    }

    /// Requests that are not complete.
    pub(crate) fn requests(&self) -> usize {
        self.requests.load(Ordering::Acquire)
    }
}

fn add(counter: &AtomicUsize, amount: usize, limit: usize) -> bool {
    if limit == usize::MAX {
        counter.fetch_add(amount, Ordering::AcqRel);
        return true;
    }
    let sum = |now: usize| now.checked_add(amount).filter(|sum| *sum <= limit);
    counter.fetch_update(Ordering::AcqRel, Ordering::Acquire, sum).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

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
