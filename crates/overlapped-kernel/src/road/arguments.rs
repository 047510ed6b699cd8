//! What a call says when it comes to the road, and what it is told.

use crate::instance::Instance;
use crate::request::{Buffer, Completion, Draft, Function, NewRequest, Position, Request, RequestRef, Route};
use overlapped_abi::{Overlapped, Status, Win32Error};
use std::any::Any;
use std::ptr::NonNull;
use std::sync::Arc;

/// Where the caller wants the transfer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// At the file pointer, which moves: a synchronous call without an OVERLAPPED.
    Pointer,
    /// At the 64 bits of an OVERLAPPED's Offset and OffsetHigh, with the meanings of -1 and -2 (contract 02 section 12).
    Offset(u64),
}

/// When the caller wants to hear of what is done at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Report {
    /// From the call.
    AtOnce,
    /// As if it had been pending: what overlapped disk requests do in the C face (decision D4).
    AsPending,
    /// From the call, which hands the payload back, and by no packet: FILE_SKIP_COMPLETION_PORT_ON_SUCCESS for one request.
    InPlace,
}

/// The arguments of a transfer.
pub struct Transfer {
    /// Read or write.
    pub function: Function,
    /// The caller's memory.
    pub buffer: Buffer,
    /// Where in the file.
    pub place: Place,
    /// Who is told.
    pub route: Route,
    /// The caller's OVERLAPPED.
    pub overlapped: Option<NonNull<Overlapped>>,
    /// What the request owns until it is complete.
    pub payload: Option<Box<dyn Any + Send>>,
    /// When to report.
    pub report: Report,
    /// Asks whether the buffer is memory at all, in its turn among the checks; `None` where a type vouches for it.
    pub probe: Option<Probe>,
}

/// Can the buffer be used for this function?
pub type Probe = fn(Function, &Buffer) -> bool;

/// A request that has passed the checks of its kind.
pub struct Call {
    /// What is asked.
    pub function: Function,
    /// Where.
    pub position: Position,
    /// The caller's memory; for functions without, what they say it means.
    pub buffer: Buffer,
    /// Who is told.
    pub route: Route,
    /// The caller's OVERLAPPED.
    pub overlapped: Option<NonNull<Overlapped>>,
    /// What the request owns until it is complete.
    pub payload: Option<Box<dyn Any + Send>>,
    /// When to report.
    pub report: Report,
}

/// What a transfer call answers.
#[derive(Debug)]
pub enum Reply {
    /// Done: successes, warnings, and errors that everybody was told of.
    Done(RequestRef, Completion),
    /// Accepted; the completion comes on the request's route.
    Pending(RequestRef),
}

/// What a call that nobody keeps the request of has done by itself.
pub struct Done {
    /// The outcome.
    pub completion: Completion,
    /// The caller's own things, unless a packet has them.
    pub payload: Option<Box<dyn Any + Send>>,
}

impl Done {
    /// Of a request that is complete.
    #[must_use]
    pub fn of(request: &Request, completion: Completion) -> Self {
        Self { completion, payload: request.take_payload() }
    }
}

impl std::fmt::Debug for Done {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Done").field(&self.completion).finish()
    }
}

/// A call that was not accepted: nobody else is told.
pub struct Refused {
    /// Why.
    pub error: Win32Error,
    /// The caller's own things.
    pub payload: Option<Box<dyn Any + Send>>,
}

/// The same with the status, for faces that have errors of their own.
pub struct Failure {
    /// Why.
    pub status: Status,
    /// The caller's own things.
    pub payload: Option<Box<dyn Any + Send>>,
}

impl std::fmt::Debug for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Failure").field(&self.status).finish()
    }
}

impl From<Failure> for Refused {
    fn from(failure: Failure) -> Self {
        Self { error: failure.status.to_win32(), payload: failure.payload }
    }
}

impl std::fmt::Debug for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Refused").field(&self.error).finish()
    }
}

impl Transfer {
    /// Has the caller asked for an overlapped call? In the Rust face, a payload or a routine says so too.
    pub(super) fn overlapped_call(&self) -> bool {
        self.overlapped.is_some() || self.payload.is_some() || self.route.routine.is_some()
    }

    #[inline]
    pub(super) fn into_call(self, position: Position) -> Call {
        let Self { function, buffer, route, overlapped, payload, report, .. } = self;
        Call { function, position, buffer, route, overlapped, payload, report }
    }
}

impl Call {
    #[inline(always)]
    pub(super) unsafe fn draft(self, instance: &Arc<Instance>) -> Draft<'_> {
        let Self { function, position, buffer, route, overlapped, payload, .. } = self;
        let new = NewRequest { function, position, buffer, route, overlapped, payload };
        // SAFETY: the promise of `Instance::transfer`.
        unsafe { Request::draft(instance, new) }
    }
}
