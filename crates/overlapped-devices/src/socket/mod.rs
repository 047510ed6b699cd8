//! Sockets (contract 08).
//!
//! A socket is a device like any other: its requests take the one road, and every notification, cancellation, port and wait
//! works on them. What is special is that requests wait here and not in the engine. The engine makes calls that never block,
//! and tells when a socket becomes ready; who waits, and in which order, is this module's business. The drawback is a second
//! call for each receive that has to wait; in return the data of several receives stays in order, an idle connection holds
//! nothing of Linux, and a cancelled request is gone at once.
//!
//! Numbers, flags, options and addresses are those of Linux; a face with others translates.
//!
//! | Module | Holds | Contract |
//! |---|---|---|
//! | `core` | descriptor and state, `lane` and `queue` the requests that wait, `job` how each goes on, `device` the way in from the road | §9 |
//! | `setup`, `options` | creating, binding, listening, shutting down, closing; options | §2, §3, §10 |
//! | `receive`, `send` | transfers, plain and overlapped | §3, §4, §6.5 |
//! | `acknowledge` | sends without a buffer | §10 |
//! | `connect`, `accept`, `disconnect` | connections | §3, §6.1 to §6.3 |
//! | `transmit` | files and memory sent as one | §6.4 |
//! | `events`, `ready` | network events; select and WSAPoll | §7 |
//! | `poll` | requests that wait for readiness: the poll of the native level | – |
//! | `unreachable` | datagrams that nobody takes | §3, §11 |
//! | `share` | the same socket in another process | §2 |

mod accept;
mod acknowledge;
mod address;
mod connect;
mod core;
mod device;
mod disconnect;
mod events;
mod job;
mod lane;
mod options;
mod poll;
mod queue;
mod ready;
mod receive;
mod send;
mod setup;
mod share;
mod sys;
mod transmit;
mod unreachable;

pub use accept::{AcceptInto, Accepted, DeliverAddresses, Verdict};
pub use address::Address;
pub use events::{NetworkEvents, Notice, Recorded};
pub use poll::{DeliverFound, Found, Poll, PollEvents, Polled, Told, ready_device};
pub use ready::{Interest, PollEntry, wait_ready};
pub use receive::{Arrival, Deliver, Receive};
pub use send::Send;
pub use setup::{NewSocket, Shutdown, adopt, close, close_all, create, pair};
pub(crate) use share::inherit;
pub use share::{Ticket, export, import};
pub use transmit::{Element, Transmit};

use self::core::{Core, Traits};
use device::SocketDevice;
use job::Details;
use overlapped_abi::{Overlapped, Status, WsaError};
use overlapped_kernel::System;
use overlapped_kernel::clock::Timeout;
use overlapped_kernel::handle::Handle;
use overlapped_kernel::instance::Instance;
use overlapped_kernel::request::{Buffer, Completion, Function, Parameters, Position, RequestRef, Route};
use overlapped_kernel::results::Patience;
use overlapped_kernel::road::{Call, Done, Failure, Reply, Report};
use overlapped_kernel::system::Grant;
use std::any::Any;
use std::ptr::NonNull;
use std::sync::Arc;

/// A socket that a handle refers to. Clones are the same socket; they do not keep it open.
#[derive(Clone, Debug)]
pub struct Socket {
    instance: Arc<Instance>,
}

/// Who is told of an overlapped call's end, and what it keeps until then.
pub struct Overlap {
    /// Event, packet or routine.
    pub route: Route,
    /// The caller's OVERLAPPED.
    pub overlapped: Option<NonNull<Overlapped>>,
    /// What the request owns until it is complete.
    pub payload: Option<Box<dyn Any + std::marker::Send>>,
    /// When to report what is done at once.
    pub report: Report,
}

/// What an overlapped call came to.
#[derive(Debug)]
pub enum Issued {
    /// It is done, and everybody was told; warnings, such as a datagram that was cut, too.
    Done(RequestRef, Completion),
    /// It is on its way.
    Pending(RequestRef),
}

/// A call that was not accepted: nobody else is told.
pub struct NotIssued {
    /// Why, as WSAGetLastError says it.
    pub error: WsaError,
    /// Why, as a status.
    pub status: Status,
    /// The caller's own things.
    pub payload: Option<Box<dyn Any + std::marker::Send>>,
}

impl std::fmt::Debug for NotIssued {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("NotIssued").field(&self.error).finish()
    }
}

impl From<NotIssued> for WsaError {
    fn from(not_issued: NotIssued) -> Self {
        not_issued.error
    }
}

impl From<Failure> for NotIssued {
    fn from(failure: Failure) -> Self {
        Self { error: failure.status.to_wsa(), status: failure.status, payload: failure.payload }
    }
}

impl Overlap {
    fn refused(self, error: WsaError) -> NotIssued {
        NotIssued { error, status: error.to_status(), payload: self.payload }
    }

    fn call(self, function: Function, buffer: Buffer) -> Call {
        let Self { route, overlapped, payload, report } = self;
        Call { function, position: Position::At(0), buffer, route, overlapped, payload, report }
    }
}

impl Socket {
    /// The socket that a handle is; 10038 if it is something else, and for a duplicate of DuplicateHandle, which is a handle of
    /// the device only (contract 08 section 1).
    #[inline]
    pub fn of(system: &System, handle: Handle) -> Result<Self, WsaError> {
        let Ok(Grant { instance, .. }) = system.grant(handle) else { return Err(WsaError::ENOTSOCK) };
        match instance.device().as_any().downcast_ref::<SocketDevice>() {
            Some(device) if device.is_socket(handle) => Ok(Self { instance }),
            _ => Err(WsaError::ENOTSOCK),
        }
    }

    /// The socket that a handle leads to, duplicates included; 10038 if it is something else.
    pub fn of_grant(grant: &Grant) -> Result<Self, WsaError> {
        Self::of_instance(&grant.instance)
    }

    /// The same for an open instance.
    pub fn of_instance(instance: &Arc<Instance>) -> Result<Self, WsaError> {
        if instance.device().as_any().is::<SocketDevice>() {
            Ok(Self { instance: Arc::clone(instance) })
        } else {
            Err(WsaError::ENOTSOCK)
        }
    }

    /// The open instance.
    #[must_use]
    pub fn instance(&self) -> &Arc<Instance> {
        &self.instance
    }

    fn device(&self) -> &SocketDevice {
        match self.instance.device().as_any().downcast_ref::<SocketDevice>() {
            Some(device) => device,
            None => unreachable!("looked at when it was made"),
        }
    }

    fn core(&self) -> &Arc<Core> {
        &self.device().core
    }

    fn traits(&self) -> Traits {
        self.core().traits
    }

    /// AF_* of Linux.
    #[must_use]
    pub fn family(&self) -> i32 {
        self.traits().family
    }

    /// SOCK_*.
    #[must_use]
    pub fn kind(&self) -> i32 {
        self.traits().kind
    }

    /// IPPROTO_*, as it was asked for or as Linux chose it.
    #[must_use]
    pub fn protocol(&self) -> i32 {
        self.traits().protocol
    }

    /// Is it a stream, and not one of datagrams?
    #[must_use]
    pub fn is_stream(&self) -> bool {
        self.core().is_stream()
    }

    /// Was it made for overlapped requests?
    #[must_use]
    pub fn is_overlapped(&self) -> bool {
        self.instance.is_overlapped()
    }

    /// The memory of a request: one piece, or the length of several.
    fn memory(&self, buffers: &[Buffer]) -> Buffer {
        match buffers {
            [buffer] => *buffer,
            _ => Buffer { start: std::ptr::null_mut(), len: buffers.iter().map(|buffer| buffer.len).sum() },
        }
    }

    /// Puts a request on the road. On a socket that is not overlapped, sees it through.
    ///
    /// # Safety
    /// The memory of `buffer` and the parameters stays valid until the request is complete (writable for a read), and so does the
    /// OVERLAPPED.
    unsafe fn issue(
        &self,
        function: Function,
        buffer: Buffer,
        parameters: Parameters,
        how: Overlap,
    ) -> Result<Issued, NotIssued> {
        if how.route.routine.is_some() && self.instance.is_associated() {
            return Err(how.refused(WsaError::EINVAL));
        }
        let call = how.call(function, buffer);
        let reply = if self.instance.is_overlapped() {
            // SAFETY: the caller's promise.
            unsafe { self.instance.issue(call, parameters) }
        } else {
            // SAFETY: the caller's promise.
            unsafe { self.instance.issue_and_wait(call, parameters, Timeout::Infinite) }
        };
        Ok(match reply? {
            Reply::Done(request, completion) => Issued::Done(request, completion),
            Reply::Pending(request) => Issued::Pending(request),
        })
    }

    /// The same for callers that have no use for the request: the outcome, or `None` if it comes on the route.
    ///
    /// # Safety
    /// As for [`Socket::issue`].
    #[inline]
    unsafe fn issue_detached(
        &self,
        function: Function,
        buffer: Buffer,
        parameters: Parameters,
        how: Overlap,
    ) -> Result<Option<Done>, NotIssued> {
        if !self.instance.is_overlapped() || how.route.routine.is_some() {
            // SAFETY: the caller's promise.
            return Ok(match unsafe { self.issue(function, buffer, parameters, how) }? {
                Issued::Done(request, completion) => Some(Done::of(&request, completion)),
                Issued::Pending(_) => None,
            });
        }
        // SAFETY: the caller's promise.
        Ok(unsafe { self.instance.issue_detached(how.call(function, buffer), parameters) }?)
    }

    /// Makes a request that nobody but the caller is told of, and waits for its end; APCs of the thread run meanwhile.
    ///
    /// # Safety
    /// As for [`Socket::issue`], until this call returns.
    unsafe fn wait(
        &self,
        function: Function,
        buffer: Buffer,
        details: Details,
        buffers: &[Buffer],
        limit: Timeout,
    ) -> Result<Completion, WsaError> {
        let parameters = Parameters { parts: receive::pieces(buffers), ..details.parameters() };
        let how = Overlap { route: Route::default(), overlapped: None, payload: None, report: Report::AtOnce };
        let patience = Patience { timeout: limit, alertable: true };
        // SAFETY: the caller's promise.
        match unsafe { self.instance.issue_and_await(how.call(function, buffer), parameters, patience) } {
            Ok(Reply::Done(_, completion)) => Ok(completion),
            Ok(Reply::Pending(_)) => unreachable!("it was waited for"),
            Err(failure) => Err(failure.status.to_wsa()),
        }
    }
}
