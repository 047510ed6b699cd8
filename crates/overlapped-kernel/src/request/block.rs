//! The status block: where the outcome of a request is written, for all to read by memory alone.
//!
//! In the C face it is the caller's OVERLAPPED; in the Rust face it is part of the request. InternalHigh is written first,
//! then Internal with release ordering, so that whoever sees a final status sees the byte count (contract 00 section 0.4).
//! After Internal is final the caller may free its OVERLAPPED: nothing here touches it again.

use overlapped_abi::{Overlapped, Status};
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};

/// See the module page.
#[derive(Debug)]
pub(crate) struct StatusBlock {
    status: AtomicU32,
    bytes: AtomicUsize,
    foreign: Option<Foreign>,
}

/// An OVERLAPPED of the C face.
#[derive(Debug)]
struct Foreign(NonNull<Overlapped>);

// SAFETY: the two fields that are used are only accessed as atomics, from any thread; the caller of `foreign` vouches that
// they stay valid until the status is final.
unsafe impl Send for Foreign {}
// SAFETY: as above.
unsafe impl Sync for Foreign {}

impl Foreign {
    fn status(&self) -> &AtomicUsize {
        // SAFETY: valid and aligned until the status is final (`StatusBlock::foreign`); only atomic access happens.
        unsafe { AtomicUsize::from_ptr(&raw mut (*self.0.as_ptr()).internal) }
    }

    fn bytes(&self) -> &AtomicUsize {
        // SAFETY: as for `status`.
        unsafe { AtomicUsize::from_ptr(&raw mut (*self.0.as_ptr()).internal_high) }
    }
}

impl StatusBlock {
    /// A block inside the request.
    pub(crate) fn own() -> Self {
        Self { status: AtomicU32::new(Status::PENDING.0), bytes: AtomicUsize::new(0), foreign: None }
    }

    /// A block whose outcome is also written to the caller's OVERLAPPED.
    ///
    /// # Safety
    /// `overlapped` is valid and aligned until its Internal field has become final.
    pub(crate) unsafe fn foreign(overlapped: NonNull<Overlapped>) -> Self {
        let foreign = Foreign(overlapped);
        Self { foreign: Some(foreign), ..Self::own() }
    }

    /// Is this the address of the caller's block?
    pub(crate) fn is_at(&self, address: usize) -> bool {
        self.foreign.as_ref().is_some_and(|foreign| foreign.0.as_ptr() as usize == address)
    }

    /// The request starts: Internal says pending, InternalHigh is left as the caller had it.
    pub(crate) fn start(&self) {
        if let Some(foreign) = &self.foreign {
            foreign.status().store(Status::PENDING.0 as usize, Ordering::Relaxed);
        }
    }

    /// The call failed at once: the caller's OVERLAPPED is not touched.
    pub(crate) fn finish_quietly(&self, status: Status) {
        self.status.store(status.0, Ordering::Release);
    }

    /// The outcome is final.
    pub(crate) fn finish(&self, status: Status, bytes: usize) {
        self.bytes.store(bytes, Ordering::Relaxed);
        self.status.store(status.0, Ordering::Release);
        if let Some(foreign) = &self.foreign {
            foreign.bytes().store(bytes, Ordering::Relaxed);
            foreign.status().store(status.0 as usize, Ordering::Release);
        }
    }

    /// Status and bytes; bytes mean something once the status is not pending.
    pub(crate) fn read(&self) -> (Status, usize) {
        let status = Status(self.status.load(Ordering::Acquire));
        (status, self.bytes.load(Ordering::Relaxed))
    }
}
