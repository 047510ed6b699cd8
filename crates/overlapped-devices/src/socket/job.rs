//! What a request asks of a socket, and how it goes on.

use super::accept::AcceptJob;
use super::connect::ConnectJob;
use super::core::{Core, Use};
use super::disconnect::DisconnectJob;
use super::lane::Side;
use super::poll::PollJob;
use super::receive::{PLAIN_RECEIVE, ReceiveJob, receive_simply};
use super::send::{PLAIN_SEND, SendJob, send_simply};
use super::transmit::TransmitJob;
use overlapped_abi::Status;
use overlapped_kernel::engine::{Operation, Parts};
use overlapped_kernel::request::{Buffer, Completion, Function, Parameters, Request};
use rustix::io::Errno;
use std::sync::Arc;

/// What a request carries for its device.
pub(super) enum Details {
    Receive(ReceiveJob),
    Send(SendJob),
    Accept(AcceptJob),
    Connect(ConnectJob),
    Disconnect(DisconnectJob),
    Transmit(TransmitJob),
    Poll(PollJob),
}

impl Details {
    pub fn parameters(self) -> Parameters {
        Parameters { details: Some(Box::new(self)), ..Parameters::default() }
    }
}

/// The same, as found in a request; transfers of ReadFile and WriteFile carry nothing.
pub(super) enum Job<'a> {
    Receive(&'a ReceiveJob),
    Send(&'a SendJob),
    Accept(&'a AcceptJob),
    Connect(&'a ConnectJob),
    Disconnect(&'a DisconnectJob),
    Transmit(&'a TransmitJob),
    /// Of any sockets; it waits in none of this one's lanes.
    Poll(&'a PollJob),
    /// FlushFileBuffers: nothing is kept back here.
    Flush,
    /// What sockets do not do.
    Foreign,
}

/// How an attempt went.
pub(super) enum Step {
    /// The request is complete.
    Done(Completion),
    /// It is complete, and another attempt in this direction would have to wait.
    Drained(Completion),
    /// It has to wait for readiness.
    Wait,
    /// Linux has taken everything, and the request is complete when the other side has acknowledged it.
    HandedOver(Completion),
    /// It goes on at the socket that was accepted.
    Elsewhere,
    /// It goes on when this has been done.
    Fetch(Operation),
    /// It is complete when the socket has been made a fresh one.
    Renew(Completion),
}

impl Step {
    /// The call failed after `request`'s progress so far.
    pub fn failed(core: &Core, request: &Request, error: Errno, sending: bool) -> Self {
        if error == Errno::AGAIN {
            return Self::Wait;
        }
        Self::Done(Completion { status: core.failure(error, sending), bytes: request.progress() })
    }
}

/// Calls `transfer` with what is left of a request's memory.
#[inline]
pub(super) fn with_rest<T>(request: &Request, whole: Buffer, parts: Parts, transfer: impl FnOnce(&[Buffer]) -> T) -> T {
    let done = request.progress();
    if parts.is_none() {
        return transfer(&[Buffer { start: whole.start.wrapping_add(done), len: whole.len - done }]);
    }
    if done == 0 {
        // SAFETY: the request is not complete.
        return transfer(unsafe { parts.list() });
    }
    // SAFETY: the request is not complete.
    transfer(&unsafe { parts.skip(done).rest() })
}

impl<'a> Job<'a> {
    #[inline]
    pub fn of(request: &'a Request) -> Self {
        match request.details().and_then(|details| details.downcast_ref::<Details>()) {
            Some(Details::Receive(job)) => Self::Receive(job),
            Some(Details::Send(job)) => Self::Send(job),
            Some(Details::Accept(job)) => Self::Accept(job),
            Some(Details::Connect(job)) => Self::Connect(job),
            Some(Details::Disconnect(job)) => Self::Disconnect(job),
            Some(Details::Transmit(job)) => Self::Transmit(job),
            Some(Details::Poll(job)) => Self::Poll(job),
            None => match request.function() {
                Function::Read => Self::Receive(&PLAIN_RECEIVE),
                Function::Write => Self::Send(&PLAIN_SEND),
                Function::Flush => Self::Flush,
                _ => Self::Foreign,
            },
        }
    }

    pub fn side(&self) -> Side {
        match self {
            Self::Receive(job) => job.side(),
            Self::Accept(_) => Side::In,
            _ => Side::Out,
        }
    }

    /// Where the request waits, if not at its own socket.
    pub fn target(&self) -> Option<&Arc<Core>> {
        match self {
            Self::Accept(job) => job.moved_to(),
            _ => None,
        }
    }

    /// Was it the oldest in its lane before?
    pub fn comes_back(&self) -> bool {
        matches!(self, Self::Transmit(job) if job.was_fetched())
    }

    /// May it begin?
    pub fn check(&self, core: &Core) -> Result<(), Status> {
        match self {
            Self::Receive(_) => super::receive::check(core),
            Self::Send(_) => super::send::check(core),
            Self::Accept(job) => job.check(core),
            Self::Connect(job) => job.check(core),
            Self::Disconnect(_) => super::disconnect::check(core),
            Self::Transmit(job) => job.check(core),
            Self::Flush | Self::Poll(_) => Ok(()),
            Self::Foreign => Err(Status::INVALID_DEVICE_REQUEST),
        }
    }

    /// Does its first attempt have to wait until the request is on its way, since it cannot be taken back?
    pub fn is_late(&self) -> bool {
        match self {
            Self::Accept(_) | Self::Transmit(_) | Self::Disconnect(_) => true,
            Self::Connect(job) => job.is_late(),
            _ => false,
        }
    }

    /// Makes an attempt. Under the lane's lock.
    #[inline]
    pub fn step(&self, core: &Arc<Core>, fd: &Use<'_>, request: &Request) -> Step {
        match self {
            Self::Receive(job) if job.is_simple(core, request) => receive_simply(core, fd, request),
            Self::Send(job) if job.is_simple(core, request) => send_simply(core, fd, request),
            Self::Receive(job) => job.step(core, fd, request),
            Self::Send(job) => job.step(core, fd, request),
            Self::Accept(job) => job.step(core, fd, request),
            Self::Connect(job) => job.step(core, fd, request),
            Self::Disconnect(job) => job.step(core),
            Self::Transmit(job) => job.step(core, fd, request),
            Self::Flush => Step::Done(Completion::success(0)),
            Self::Foreign | Self::Poll(_) => Step::Done(Completion::failure(Status::INVALID_DEVICE_REQUEST)),
        }
    }
}
