//! The road: the way of every request, whoever makes it and whatever device it is for (design.md section 1).
//!
//! Checks in the order of contract 02 section 13; then the device looks at the request; what Linux must do is first attempted on
//! this thread without blocking and else submitted. What is done at once takes the same notifications as what is done later.

mod arguments;
mod checks;
mod issue;
mod synchronous;

pub use arguments::{Call, Done, Failure, Place, Probe, Refused, Reply, Report, Transfer};
pub use checks::permit;

use crate::device::Next;
use crate::engine::RawResult;
use crate::instance::Instance;
use crate::request::Request;
use overlapped_abi::AccessMask;
use std::mem::ManuallyDrop;
use std::sync::Arc;

impl Instance {
    /// Reads or writes (contract 03 section 1). On a synchronous instance the reply is always `Done`.
    ///
    /// # Safety
    /// The buffer (writable for a read) and the OVERLAPPED stay valid and untouched by others until the request is complete;
    /// on a refusal, until this call returns.
    pub unsafe fn transfer(self: &Arc<Self>, access: AccessMask, mut transfer: Transfer) -> Result<Reply, Refused> {
        if let Err(error) = self.admit(access, &mut transfer) {
            return Err(Refused { error, payload: transfer.payload });
        }
        if !(self.is_overlapped() && transfer.overlapped_call()) {
            // SAFETY: the caller's promise.
            return unsafe { self.synchronous_transfer(transfer) };
        }
        match self.overlapped_position(&transfer) {
            // SAFETY: the caller's promise.
            Ok(position) => unsafe { self.call(transfer.into_call(position)) },
            Err(error) => Err(Refused { error, payload: transfer.payload }),
        }
    }

    /// [`Instance::transfer`] for callers that have no use for the request: the outcome if the call reports it, else it comes on the
    /// request's route. What is done inside the call costs no allocation here. The packet brings the payload without the request
    /// ([`Cargo::Read`](crate::port::Cargo::Read)); without a packet, a call that reports the outcome hands it back.
    ///
    /// # Safety
    /// As for [`Instance::transfer`].
    pub unsafe fn transfer_detached(
        self: &Arc<Self>,
        access: AccessMask,
        mut transfer: Transfer,
    ) -> Result<Option<Done>, Refused> {
        if let Err(error) = self.admit(access, &mut transfer) {
            return Err(Refused { error, payload: transfer.payload });
        }
        if !(self.is_overlapped() && transfer.overlapped_call()) {
            // SAFETY: the caller's promise.
            return match unsafe { self.synchronous_transfer(transfer) }? {
                Reply::Done(request, completion) => Ok(Some(Done::of(&request, completion))),
                Reply::Pending(_) => Ok(None),
            };
        }
        let position = match self.overlapped_position(&transfer) {
            Ok(position) => position,
            Err(error) => return Err(Refused { error, payload: transfer.payload }),
        };
        let report = transfer.report;
        // SAFETY: the caller's promise.
        let mut draft = ManuallyDrop::new(unsafe { transfer.into_call(position).draft(self) });
        // SAFETY: it is not used after this.
        unsafe { self.launch(&mut draft, report) }.map_err(Refused::from)
    }
}

/// An engine gave its last word on an operation.
pub(crate) fn resume(request: Arc<Request>, result: RawResult) {
    let instance = Arc::clone(request.instance());
    match instance.device().resume(&request, result) {
        Next::Complete(completion) => request.complete(completion),
        Next::Queue => instance.device().enqueue(request),
        // SAFETY: the request holds descriptor and buffer, and the engine holds the request.
        Next::Continue(rest) => unsafe { instance.engine().submit(request, rest) },
    }
}
