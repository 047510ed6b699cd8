//! The server's end of a mailslot as a device: it reads (contract 07 section 4.1).

use super::slot::{Slot, Who};
use super::{Driven, heir};
use overlapped_abi::Status;
use overlapped_kernel::device::{Bequest, Device, FileType, Next, Start};
use overlapped_kernel::engine::RawResult;
use overlapped_kernel::instance::Instance;
use overlapped_kernel::request::{Completion, Function, Request, RequestRef};
use std::any::Any;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// See the module page.
pub(super) struct ServerDevice {
    slot: Arc<Slot>,
    driven: Arc<Driven>,
    /// It holds the slot no more.
    left: AtomicBool,
}

impl ServerDevice {
    pub fn new(slot: Arc<Slot>, driven: Arc<Driven>) -> Self {
        Self { slot, driven, left: AtomicBool::new(false) }
    }

    pub fn slot(&self) -> &Arc<Slot> {
        &self.slot
    }

    fn leave(&self) {
        if !self.left.swap(true, Ordering::AcqRel) {
            self.driven.leave(&self.slot);
        }
    }
}

/// Of a system that goes away with handles open.
impl Drop for ServerDevice {
    fn drop(&mut self) {
        self.leave();
    }
}

// SAFETY: a read counts what was copied into its memory; one that waits is completed by whoever takes it out of the slot's queue.
unsafe impl Device for ServerDevice {
    fn file_type(&self) -> FileType {
        FileType::Unknown
    }

    /// ReadFile without an OVERLAPPED waits inside, on the same handle.
    fn requires_overlapped(&self) -> bool {
        false
    }

    fn serializes(&self) -> bool {
        false
    }

    fn start(&self, request: &Request) -> Start {
        match request.function() {
            Function::Read if request.parts().is_none() => self.slot.start_read(request),
            // The right to write is never granted.
            _ => Start::Failed(Status::INVALID_DEVICE_REQUEST),
        }
    }

    fn enqueue(&self, request: RequestRef) {
        self.slot.enqueue(Who::Here(request));
    }

    fn cancel(&self, request: &RequestRef) -> bool {
        self.slot.cancel(request)
    }

    fn resume(&self, _: &Request, _: RawResult) -> Next {
        Next::Complete(Completion::failure(Status::INVALID_DEVICE_REQUEST))
    }

    fn close(&self, _: &Instance) {
        self.leave();
    }

    fn bequeath(&self, instance: &Instance) -> Option<Bequest> {
        heir::of_server(&self.driven, &self.slot, instance.is_overlapped())
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
