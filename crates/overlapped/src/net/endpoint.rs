//! What all sockets of this crate are made of: a handle and its socket.

use crate::error::{Error, Result};
use crate::handle::OwnedHandle;
use crate::operation::{Fill, Operation};
use crate::port::{Refusal, report, to_port};
use overlapped_abi::{Win32Error, WsaError};
use overlapped_devices::socket::{self, Issued, NewSocket, NotIssued, Overlap, Socket};
use overlapped_kernel::System;
use overlapped_kernel::dispatcher::WaitRef;
use overlapped_kernel::handle::Handle;
use overlapped_kernel::idle::Idle;
use overlapped_kernel::request::{RequestRef, Route};
use overlapped_kernel::road::{Done, Report};
use overlapped_kernel::system::Grant;
use std::any::Any;
use std::os::fd::OwnedFd;
use std::sync::Arc;

/// See the module page.
#[derive(Debug)]
pub(crate) struct Endpoint {
    handle: OwnedHandle,
    socket: Socket,
}

/// A socket of this crate.
pub(crate) trait AsEndpoint {
    fn endpoint(&self) -> &Endpoint;
}

/// The error of a plain call.
pub(crate) fn failed(code: WsaError, operation: &'static str) -> Error {
    Error::new(Win32Error::from(code), operation)
}

impl Endpoint {
    fn of(system: &System, made: std::result::Result<(Handle, Socket), WsaError>) -> Result<Self> {
        let (handle, socket) = made.map_err(|code| failed(code, "socket"))?;
        let instance = Arc::clone(socket.instance());
        let grant = Grant { instance, access: access() };
        Ok(Self { handle: OwnedHandle::new(system, handle, grant)?, socket })
    }

    pub fn create(system: &System, family: i32, kind: i32) -> Result<Self> {
        Self::of(system, socket::create(system, NewSocket { family, kind, protocol: 0, overlapped: true }))
    }

    pub fn adopt(system: &System, fd: OwnedFd) -> Result<Self> {
        let made = Self::of(system, socket::adopt(system, fd, true))?;
        // Plain calls of this crate wait, whatever mode the descriptor was in.
        made.call("socket", |socket| socket.set_nonblocking(false))?;
        Ok(made)
    }

    pub fn pair(system: &System) -> Result<[Self; 2]> {
        let [near, far] = socket::pair(system, 1, true).map_err(|code| failed(code, "socketpair"))?;
        Ok([Self::of(system, Ok(near))?, Self::of(system, Ok(far))?])
    }

    pub fn try_clone(&self) -> Result<Self> {
        Ok(Self { handle: self.handle.duplicate()?, socket: self.socket.clone() })
    }

    pub fn handle(&self) -> &OwnedHandle {
        &self.handle
    }

    pub fn socket(&self) -> &Socket {
        &self.socket
    }

    pub fn system(&self) -> &System {
        self.handle.system()
    }

    /// A plain call.
    pub fn call<T>(
        &self,
        name: &'static str,
        call: impl FnOnce(&Socket) -> std::result::Result<T, WsaError>,
    ) -> Result<T> {
        call(&self.socket).map_err(|code| failed(code, name))
    }

    /// A request whose payload is its caller's buffer.
    pub fn operate<B: Send + 'static>(
        &self,
        name: &'static str,
        payload: Box<B>,
        event: Option<&crate::Event>,
        fill: Fill<B>,
        issue: impl FnOnce(&Socket, Overlap) -> std::result::Result<Issued, NotIssued>,
    ) -> Operation<B> {
        let route = Route { event: event.map(crate::Event::kernel), ..Route::default() };
        match self.issue(name, route, payload, issue) {
            Ok(request) => Operation::issued(request, fill),
            Err((error, payload)) => Operation::refused(error, crate::operation::unbox(payload), fill),
        }
    }

    /// Puts a request on the road.
    pub fn issue(
        &self,
        name: &'static str,
        route: Route,
        payload: Box<dyn Any + Send>,
        issue: impl FnOnce(&Socket, Overlap) -> std::result::Result<Issued, NotIssued>,
    ) -> std::result::Result<RequestRef, Refusal> {
        let report = report(&route);
        let how = Overlap { route, overlapped: None, payload: Some(payload), report };
        match issue(&self.socket, how) {
            Ok(Issued::Done(request, _) | Issued::Pending(request)) => Ok(request),
            Err(NotIssued { status, payload: Some(payload), .. }) => {
                Err((Error::new(status.to_win32(), name), payload))
            }
            Err(NotIssued { payload: None, .. }) => unreachable!("a refusal gives the payload back"),
        }
    }

    /// Puts a request on the road that nobody keeps, and that a packet brings back unless the call does.
    #[inline]
    pub fn issue_detached(
        &self,
        name: &'static str,
        payload: Box<dyn Any + Send>,
        report: Report,
        issue: impl FnOnce(&Socket, Overlap) -> std::result::Result<Option<Done>, NotIssued>,
    ) -> std::result::Result<Option<Done>, Refusal> {
        let how = Overlap { route: to_port(), overlapped: None, payload: Some(payload), report };
        match issue(&self.socket, how) {
            Ok(done) => Ok(done),
            Err(NotIssued { status, payload: Some(payload), .. }) => {
                Err((Error::new(status.to_win32(), name), payload))
            }
            Err(NotIssued { payload: None, .. }) => unreachable!("a refusal gives the payload back"),
        }
    }

    pub fn cancel_all(&self) -> bool {
        self.socket.instance().cancel_all() > 0
    }

    pub fn wait_ref(&self) -> WaitRef {
        Arc::clone(self.socket.instance()) as WaitRef
    }

    pub fn idle(&self) -> Arc<Idle> {
        Arc::clone(self.socket.instance().idle())
    }
}

fn access() -> overlapped_abi::AccessMask {
    use overlapped_abi::AccessMask;
    AccessMask::FILE_GENERIC_READ | AccessMask::FILE_GENERIC_WRITE | AccessMask::SYNCHRONIZE
}

/// What every socket type has.
macro_rules! endpoint_methods {
    ($type:ident) => {
        impl $crate::net::endpoint::AsEndpoint for $type {
            fn endpoint(&self) -> &$crate::net::endpoint::Endpoint {
                &self.0
            }
        }

        impl $crate::port::sealed::Sealed for $type {}

        impl $crate::port::PortDevice for $type {
            fn handle(&self) -> &$crate::OwnedHandle {
                self.0.handle()
            }
        }

        impl $type {
            /// The handle underneath.
            #[must_use]
            pub fn handle(&self) -> &$crate::OwnedHandle {
                self.0.handle()
            }

            /// Another handle of the same socket: requests of either are requests of both, and it is closed with the last of them.
            ///
            /// # Errors
            /// 4 when there are too many handles.
            pub fn try_clone(&self) -> $crate::Result<Self> {
                self.0.try_clone().map(Self)
            }

            /// The device underneath, for everything that has no method here.
            #[must_use]
            pub fn socket(&self) -> &overlapped_devices::socket::Socket {
                self.0.socket()
            }

            /// Asks for the end of all its outstanding requests, whichever thread issued them (CancelIoEx). False if there was none.
            pub fn cancel_all(&self) -> bool {
                self.0.cancel_all()
            }

            /// Requests that are not complete.
            #[must_use]
            pub fn outstanding(&self) -> usize {
                self.0.socket().instance().outstanding()
            }
        }

        /// The device object: signalled when a request is complete, which says which only if there is one at a time (contract 03
        /// section 5).
        impl $crate::Wait for $type {
            fn wait_ref(&self) -> $crate::Result<overlapped_kernel::dispatcher::WaitRef> {
                Ok(self.0.wait_ref())
            }

            fn idle(&self) -> Option<std::sync::Arc<overlapped_kernel::idle::Idle>> {
                Some(self.0.idle())
            }
        }
    };
}
pub(crate) use endpoint_methods;
