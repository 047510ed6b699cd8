//! The client's end of a mailslot as a device: it writes (contract 07 section 4.2).
//!
//! A slot of this process takes a message inside the call. One of another process answers when it has taken it, so that whoever is told by the writer
//! finds the message there. Messages to other computers are datagrams: nobody answers.

use super::link::Link;
use super::post::Cast;
use super::slot::{Refusal, Slot};
use super::{Driven, heir};
use overlapped_abi::Status;
use overlapped_kernel::device::{Bequest, Device, FileType, Next, Start};
use overlapped_kernel::engine::RawResult;
use overlapped_kernel::instance::Instance;
use overlapped_kernel::request::{Completion, Function, Request, RequestRef};
use std::any::Any;
use std::sync::Arc;

/// Whom the messages reach.
pub(super) enum Route {
    /// A slot of this process.
    Here(Arc<Slot>),
    /// A slot of another process of this computer.
    There(Arc<Link>),
    /// Slots of other computers, and perhaps of this one.
    Away(Cast),
}

/// See the module page.
pub(super) struct ClientDevice {
    route: Route,
    driven: Arc<Driven>,
}

impl ClientDevice {
    pub fn new(route: Route, driven: Arc<Driven>) -> Self {
        Self { route, driven }
    }

    /// The slot, if it is one of this process.
    pub fn slot(&self) -> Option<&Arc<Slot>> {
        match &self.route {
            Route::Here(slot) => Some(slot),
            Route::There(_) | Route::Away(_) => None,
        }
    }

    fn start_write(&self, request: &Request) -> Start {
        // SAFETY: the caller of `start` has a request whose buffer is valid until it is complete.
        let message = unsafe { message_of(request) };
        let taken = match &self.route {
            Route::Here(slot) => slot.deliver(message).map_err(Refusal::status),
            Route::There(link) => match link.look(message.len()) {
                Ok(()) => return Start::Queue,
                Err(refusal) => Err(refusal.status()),
            },
            Route::Away(cast) => cast.send(message),
        };
        match taken {
            Ok(()) => Start::Done(Completion::success(message.len())),
            Err(status) => Start::Failed(status),
        }
    }
}

/// The bytes that a request writes.
///
/// # Safety
/// The request is not complete.
pub(super) unsafe fn message_of(request: &Request) -> &[u8] {
    let buffer = request.buffer();
    if buffer.len == 0 {
        return &[];
    }
    // SAFETY: a write's buffer is readable for its length until the request is complete.
    unsafe { std::slice::from_raw_parts(buffer.start, buffer.len) }
}

/// Of a system that goes away with handles open.
impl Drop for ClientDevice {
    fn drop(&mut self) {
        if let Route::There(link) = &self.route {
            link.close();
        }
    }
}

// SAFETY: a write counts what it was given; one that waits for its answer is completed by whoever takes it off the link.
unsafe impl Device for ClientDevice {
    fn file_type(&self) -> FileType {
        FileType::Unknown
    }

    fn requires_overlapped(&self) -> bool {
        false
    }

    fn serializes(&self) -> bool {
        false
    }

    fn start(&self, request: &Request) -> Start {
        match request.function() {
            Function::Write if request.parts().is_none() => self.start_write(request),
            // With the right to read, which a client may have asked for.
            Function::Read => Start::Failed(Status::INVALID_PARAMETER),
            _ => Start::Failed(Status::INVALID_DEVICE_REQUEST),
        }
    }

    fn enqueue(&self, request: RequestRef) {
        match &self.route {
            Route::There(link) => link.write(request),
            Route::Here(_) | Route::Away(_) => request.complete(Completion::failure(Status::INVALID_DEVICE_REQUEST)),
        }
    }

    /// A message that is on its way cannot be taken back: its write ends with the answer, which nobody has to be waited for.
    fn cancel(&self, _: &RequestRef) -> bool {
        true
    }

    fn resume(&self, _: &Request, _: RawResult) -> Next {
        Next::Complete(Completion::failure(Status::INVALID_DEVICE_REQUEST))
    }

    fn close(&self, _: &Instance) {
        if let Route::There(link) = &self.route {
            link.close();
        }
    }

    fn bequeath(&self, instance: &Instance) -> Option<Bequest> {
        heir::of_client(&self.route, &self.driven, instance.is_overlapped())
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
