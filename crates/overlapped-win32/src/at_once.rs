//! Overlapped calls that are done inside the call: how their OVERLAPPED and its event learn of it (contract 00 section 0.4).
//!
//! Used where the work is not a transfer and so does not take the road of requests. The drawback: no packet is queued to a port.

use crate::support::event_of;
use overlapped_abi::{Overlapped, Status, Win32Error};
use overlapped_kernel::dispatcher::Event;
use std::ptr::NonNull;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A call that has begun; dropped without an outcome it has failed, and the OVERLAPPED stays as the beginning left it.
pub(crate) struct AtOnce {
    overlapped: Option<NonNull<Overlapped>>,
    event: Option<Arc<Event>>,
}

impl AtOnce {
    /// Resets the event and marks the OVERLAPPED as pending; nothing for NULL. 6 if hEvent is no event.
    ///
    /// # Safety
    /// `overlapped` is NULL, or valid as long as the value lives.
    pub unsafe fn begin(overlapped: *mut Overlapped) -> Result<Self, Win32Error> {
        let Some(overlapped) = NonNull::new(overlapped) else { return Ok(Self { overlapped: None, event: None }) };
        // SAFETY: not NULL, and the caller vouches for it.
        let event = event_of(unsafe { overlapped.as_ref() }.h_event)?;
        if let Some(event) = &event {
            event.reset();
        }
        let begun = Self { overlapped: Some(overlapped), event };
        begun.store(Status::PENDING, None);
        Ok(begun)
    }

    fn store(&self, status: Status, bytes: Option<usize>) {
        let Some(overlapped) = self.overlapped else { return };
        // SAFETY: valid by the promise of `begin`; these fields are accessed as atomics everywhere.
        let (internal, high) = unsafe {
            let overlapped = overlapped.as_ptr();
            (
                AtomicUsize::from_ptr(&raw mut (*overlapped).internal),
                AtomicUsize::from_ptr(&raw mut (*overlapped).internal_high),
            )
        };
        if let Some(bytes) = bytes {
            high.store(bytes, Ordering::Relaxed);
        }
        internal.store(status.to_internal(), Ordering::Release);
    }

    /// Done.
    pub fn succeed(self, bytes: usize) {
        self.end(Status::SUCCESS, bytes);
    }

    /// Done, with a success or a warning.
    pub fn end(self, status: Status, bytes: usize) {
        self.store(status, Some(bytes));
        if let Some(event) = &self.event {
            event.set();
        }
    }
}
