//! The two ends of a named pipe.

use super::options::ClientOptions;
use super::{PipeInfo, Received};
use crate::alertable::Then;
use crate::buffer::{IoBuf, IoBufMut, bytes, room};
use crate::error::{Error, Result};
use crate::event::Event;
use crate::file::complete_now;
use crate::handle::OwnedHandle;
use crate::operation::{self, Fill, Operation};
use crate::port::{PortDevice, Refusal, Rejected, report, sealed, to_port};
use crate::wait::Wait;
use overlapped_abi::Win32Error;
use overlapped_devices::pipe::{self as devices, Peeked};
use overlapped_devices::socket::Overlap;
use overlapped_kernel::dispatcher::WaitRef;
use overlapped_kernel::idle::Idle;
use overlapped_kernel::instance::NotificationModes;
use overlapped_kernel::request::{Buffer, Completion, Function, RequestRef, Route};
use overlapped_kernel::road::{Done, Failure, Place, Refused, Reply, Report, Transfer};
use std::any::Any;
use std::ffi::OsStr;
use std::io;
use std::sync::Arc;

type Issued = std::result::Result<RequestRef, Refusal>;

/// What both ends have in common.
#[derive(Debug)]
pub(super) struct End {
    handle: OwnedHandle,
}

/// The outcome of a control request as a transfer's.
fn accepted(name: &'static str, reply: std::result::Result<Reply, Failure>) -> Issued {
    match reply {
        Ok(Reply::Done(request, _) | Reply::Pending(request)) => Ok(request),
        Err(Failure { status, payload: Some(payload) }) => Err((Error::new(status.to_win32(), name), payload)),
        Err(_) => unreachable!("a refusal gives the payload back"),
    }
}

impl End {
    pub fn new(handle: OwnedHandle) -> Self {
        Self { handle }
    }

    pub fn handle(&self) -> &OwnedHandle {
        &self.handle
    }

    /// Reads or writes.
    ///
    /// # Safety
    /// The memory belongs to the payload (writable for a read).
    pub unsafe fn transfer(
        &self,
        function: Function,
        buffer: Buffer,
        route: Route,
        payload: Box<dyn Any + Send>,
    ) -> Issued {
        let grant = self.handle.grant();
        let (place, report, payload) = (Place::Pointer, report(&route), Some(payload));
        let transfer = Transfer { function, buffer, place, route, overlapped: None, payload, report, probe: None };
        // SAFETY: the payload stays until the request is complete, and the caller vouches for the memory in it.
        match unsafe { grant.instance.transfer(grant.access, transfer) } {
            Ok(Reply::Done(request, _) | Reply::Pending(request)) => Ok(request),
            Err(Refused { error, payload: Some(payload) }) => {
                Err((Error::new(error, operation::name(function)), payload))
            }
            Err(_) => unreachable!("a refusal gives the payload back"),
        }
    }

    /// [`End::transfer`] to a port, where the call hands back what it has done itself.
    ///
    /// # Safety
    /// The buffer belongs to the payload.
    pub unsafe fn transfer_at_once(
        &self,
        function: Function,
        buffer: Buffer,
        payload: Box<dyn Any + Send>,
    ) -> std::result::Result<Option<Done>, Refusal> {
        let grant = self.handle.grant();
        let (place, report, payload) = (Place::Pointer, Report::InPlace, Some(payload));
        let transfer =
            Transfer { function, buffer, place, route: to_port(), overlapped: None, payload, report, probe: None };
        // SAFETY: the payload stays until the request is complete, and the caller vouches for the memory in it.
        unsafe { grant.instance.transfer_detached(grant.access, transfer) }.map_err(|refused| match refused.payload {
            Some(payload) => (Error::new(refused.error, operation::name(function)), payload),
            None => unreachable!("a refusal gives the payload back"),
        })
    }

    pub fn connect(&self, route: Route, payload: Box<dyn Any + Send>) -> Issued {
        let report = report(&route);
        let how = Overlap { route, overlapped: None, payload: Some(payload), report };
        // SAFETY: there is neither memory nor an OVERLAPPED.
        accepted("connection", unsafe { devices::connect(self.handle.grant(), Some(how)) })
    }

    /// # Safety
    /// The answer's memory belongs to the payload.
    pub unsafe fn transact(
        &self,
        message: &[u8],
        answer: Buffer,
        route: Route,
        payload: Box<dyn Any + Send>,
    ) -> Issued {
        let report = report(&route);
        let how = Overlap { route, overlapped: None, payload: Some(payload), report };
        // SAFETY: the payload stays until the request is complete, and the caller vouches for the memory in it.
        accepted("transaction", unsafe { devices::transact(self.handle.grant(), message, answer, Some(how)) })
    }

    fn operate<B: Send + 'static>(
        owner: Box<B>,
        event: Option<&Event>,
        fill: Fill<B>,
        issue: impl FnOnce(Route, Box<dyn Any + Send>) -> Issued,
    ) -> Operation<B> {
        let route = Route { event: event.map(Event::kernel), ..Route::default() };
        match issue(route, owner) {
            Ok(request) => Operation::issued(request, fill),
            Err((error, payload)) => Operation::refused(error, operation::unbox(payload), fill),
        }
    }

    fn read<B: IoBufMut>(&self, buffer: B, event: Option<&Event>) -> Operation<B> {
        let mut owner = Box::new(buffer);
        let memory = room(&mut *owner);
        // SAFETY: the memory belongs to the payload (`IoBuf`).
        Self::operate(owner, event, operation::fill::<B>, |route, payload| unsafe {
            self.transfer(Function::Read, memory, route, payload)
        })
    }

    fn write<B: IoBuf>(&self, buffer: B, event: Option<&Event>) -> Operation<B> {
        let owner = Box::new(buffer);
        let memory = bytes(&*owner);
        // SAFETY: as for a read.
        Self::operate(owner, event, operation::keep::<B>, |route, payload| unsafe {
            self.transfer(Function::Write, memory, route, payload)
        })
    }

    fn ask<B: IoBufMut>(&self, message: &[u8], answer: B) -> Operation<B> {
        let mut owner = Box::new(answer);
        let memory = room(&mut *owner);
        // SAFETY: as for a read.
        Self::operate(owner, None, operation::fill::<B>, |route, payload| unsafe {
            self.transact(message, memory, route, payload)
        })
    }

    /// # Safety
    /// The memory belongs to `then`, and is writable for a read.
    unsafe fn then<B, F>(
        &self,
        function: Function,
        memory: Buffer,
        then: Box<Then<B, F>>,
        fill: Fill<B>,
    ) -> std::result::Result<(), Rejected<F, B>>
    where
        B: Send + 'static,
        F: FnOnce(Result<usize>, B) + Send + 'static,
    {
        // SAFETY: the caller's promise.
        then.run(fill, |route, payload| unsafe { self.transfer(function, memory, route, payload) })
    }

    /// A call that waits: overlapped pipes allow that, too (contract 03 section 1).
    pub fn read_now(&self, buffer: &mut [u8]) -> Result<Completion> {
        // SAFETY: without OVERLAPPED and payload the call is synchronous, and the buffer is borrowed for it.
        unsafe { complete_now(self.handle.grant(), Function::Read, buffer.as_mut_ptr(), buffer.len()) }
    }

    /// The same for a write.
    pub fn write_now(&self, bytes: &[u8]) -> Result<usize> {
        let start = bytes.as_ptr().cast_mut();
        // SAFETY: as for a read; nobody writes to the bytes.
        unsafe { complete_now(self.handle.grant(), Function::Write, start, bytes.len()) }.map(|done| done.bytes)
    }

    pub fn told<T>(&self, name: &'static str, told: std::result::Result<T, Win32Error>) -> Result<T> {
        told.map_err(|code| Error::new(code, name))
    }
}

/// One instance of a named pipe: the server's end. Made by [`PipeOptions`](super::PipeOptions).
#[derive(Debug)]
pub struct NamedPipeServer(pub(super) End);

/// A client's end of a named pipe.
#[derive(Debug)]
pub struct NamedPipeClient(pub(super) End);

/// What has an end.
pub(super) trait AsPipe {
    fn end(&self) -> &End;
}

/// Either end of a named pipe, for code that takes both: each has these methods, and more, of its own; and
/// [`Associated`](crate::Associated) has its transfers for both.
#[expect(private_bounds, reason = "only this crate's pipes have ends")]
pub trait PipeEnd: AsPipe + PortDevice + Wait + Send + Sync + 'static {
    /// As [`NamedPipeServer::read`].
    fn read<B: IoBufMut>(&self, buffer: B) -> Operation<B> {
        self.end().read(buffer, None)
    }

    /// As [`NamedPipeServer::write`].
    fn write<B: IoBuf>(&self, buffer: B) -> Operation<B> {
        self.end().write(buffer, None)
    }

    /// As [`NamedPipeServer::cancel_all`].
    fn cancel_all(&self) -> bool {
        self.end().handle().grant().instance.cancel_all() > 0
    }
}

macro_rules! end {
    ($end:ty) => {
        impl AsPipe for $end {
            fn end(&self) -> &End {
                &self.0
            }
        }

        impl PipeEnd for $end {}

        impl sealed::Sealed for $end {}

        impl PortDevice for $end {
            fn handle(&self) -> &OwnedHandle {
                &self.0.handle
            }
        }

        impl $end {
            /// The handle.
            #[must_use]
            pub fn handle(&self) -> &OwnedHandle {
                &self.0.handle
            }

            /// Reads what there is, or the next message. The operation fails with 234 if the buffer, which it has filled, is too
            /// short for the message; the rest comes with the next read. 109: the other end is closed and everything is read.
            pub fn read<B: IoBufMut>(&self, buffer: B) -> Operation<B> {
                self.0.read(buffer, None)
            }

            /// Writes the buffer: bytes, or one message.
            pub fn write<B: IoBuf>(&self, buffer: B) -> Operation<B> {
                self.0.write(buffer, None)
            }

            /// [`read`](Self::read), and `event` is reset now and set on completion.
            pub fn read_with_event<B: IoBufMut>(&self, buffer: B, event: &Event) -> Operation<B> {
                self.0.read(buffer, Some(event))
            }

            /// [`write`](Self::write), and `event` is reset now and set on completion.
            pub fn write_with_event<B: IoBuf>(&self, buffer: B, event: &Event) -> Operation<B> {
                self.0.write(buffer, Some(event))
            }

            /// [`read`](Self::read) with a routine that runs in an alertable wait of this thread (ReadFileEx).
            ///
            /// # Errors
            /// 87 if the pipe is associated with a port; what a read fails with at once. `then` does not run.
            pub fn read_then<B, F>(&self, buffer: B, then: F) -> std::result::Result<(), Rejected<F, B>>
            where
                B: IoBufMut,
                F: FnOnce(Result<usize>, B) + Send + 'static,
            {
                let mut then = Then::new(buffer, then);
                let memory = room(then.buffer_mut());
                // SAFETY: the memory belongs to `then` (`IoBufMut`).
                unsafe { self.0.then(Function::Read, memory, then, operation::fill::<B>) }
            }

            /// [`write`](Self::write) with a routine, as in [`read_then`](Self::read_then).
            ///
            /// # Errors
            /// As for [`read_then`](Self::read_then).
            pub fn write_then<B, F>(&self, buffer: B, then: F) -> std::result::Result<(), Rejected<F, B>>
            where
                B: IoBuf,
                F: FnOnce(Result<usize>, B) + Send + 'static,
            {
                let mut then = Then::new(buffer, then);
                let memory = bytes(then.buffer_mut());
                // SAFETY: the memory belongs to `then` (`IoBuf`).
                unsafe { self.0.then(Function::Write, memory, then, operation::keep::<B>) }
            }

            /// Sends a message and reads one (TransactNamedPipe). Both ends' pipe must be one of messages, and this end read them so.
            pub fn transact<B: IoBufMut>(&self, message: &[u8], answer: B) -> Operation<B> {
                self.0.ask(message, answer)
            }

            /// Waits for data and reads it; how much of a message that was is told.
            ///
            /// # Errors
            /// 109 at the end, 232 on an end that does not wait, 233 or 536 without a connection.
            pub fn read_message(&self, buffer: &mut [u8]) -> Result<Received> {
                self.0.read_now(buffer).map(Received::of)
            }

            /// Writes all bytes, or one message, and waits until they fit; how many were written, which is less only on an end that does
            /// not wait.
            ///
            /// # Errors
            /// 232 to an end that is closed, 233 or 536 without a connection.
            pub fn write_bytes(&self, bytes: &[u8]) -> Result<usize> {
                self.0.write_now(bytes)
            }

            /// What there is to read, with a copy of at most `room` bytes (PeekNamedPipe).
            ///
            /// # Errors
            /// 230 or 233 without a connection, 109 if the other end is closed and everything is read.
            pub fn peek(&self, room: usize) -> Result<Peeked> {
                self.0.told("peek", devices::peek(self.0.handle.grant(), room))
            }

            /// Waits until the other end has read everything (FlushFileBuffers).
            ///
            /// # Errors
            /// 109 if that was closed first, 233 if the server has disconnected.
            pub fn flush(&self) -> Result<()> {
                self.0.told("flush", devices::flush(self.0.handle.grant()))
            }

            /// How this end reads and whether it waits: PIPE_READMODE_MESSAGE and PIPE_NOWAIT (SetNamedPipeHandleState).
            ///
            /// # Errors
            /// 87 for messages of a pipe of bytes, 5 on a server's end that only reads.
            pub fn set_mode(&self, mode: u32) -> Result<()> {
                self.0.told("change of a pipe's mode", devices::set_mode(self.0.handle.grant(), mode))
            }

            /// Sizes, modes and numbers (GetNamedPipeInfo, GetNamedPipeHandleState).
            ///
            /// # Errors
            /// None that an open pipe has.
            pub fn info(&self) -> Result<PipeInfo> {
                self.0.told("question to a pipe", devices::info(self.0.handle.grant()))
            }

            /// The process at the server's end.
            ///
            /// # Errors
            /// None that an open pipe has.
            pub fn server_process(&self) -> Result<u32> {
                self.0.told("question to a pipe", devices::server_process(self.0.handle.grant()))
            }

            /// The process at the client's end.
            ///
            /// # Errors
            /// 233 before a client has come.
            pub fn client_process(&self) -> Result<u32> {
                self.0.told("question to a pipe", devices::client_process(self.0.handle.grant()))
            }

            /// Sets how completions are told (SetFileCompletionNotificationModes, contract 03 section 6). Modes accumulate.
            ///
            /// # Errors
            /// None that an open pipe has.
            pub fn set_notification_modes(&self, modes: NotificationModes) -> Result<()> {
                crate::metadata::set_modes(&self.0.handle, modes)
            }

            /// Requests that are not complete.
            #[must_use]
            pub fn outstanding(&self) -> usize {
                self.0.handle.grant().instance.outstanding()
            }

            /// Asks for the end of all outstanding requests of this end (CancelIoEx). False if there was none.
            pub fn cancel_all(&self) -> bool {
                self.0.handle.grant().instance.cancel_all() > 0
            }
        }

        /// The device object: signalled when a request is complete (contract 03 section 5).
        impl Wait for $end {
            fn wait_ref(&self) -> Result<WaitRef> {
                Ok(Arc::clone(&self.0.handle.grant().instance) as WaitRef)
            }

            fn idle(&self) -> Option<Arc<Idle>> {
                Some(Arc::clone(self.0.handle.grant().instance.idle()))
            }
        }

        super::stream::read!($end);
        super::stream::write!($end);
    };
}

end!(NamedPipeServer);
end!(NamedPipeClient);

impl NamedPipeServer {
    /// Waits for a client (ConnectNamedPipe); after [`disconnect`](Self::disconnect), listens again. The operation fails with 535 if a
    /// client is there already, which is as good, and with 232 if one was and has closed.
    pub fn connect(&self) -> Operation<()> {
        End::operate(Box::new(()), None, |(), _| {}, |route, payload| self.0.connect(route, payload))
    }

    /// [`connect`](Self::connect), and `event` is reset now and set on completion.
    pub fn connect_with_event(&self, event: &Event) -> Operation<()> {
        End::operate(Box::new(()), Some(event), |(), _| {}, |route, payload| self.0.connect(route, payload))
    }

    /// Waits for a client here; one that is there already is welcome.
    ///
    /// # Errors
    /// 232 if a client was there and has closed; 995 if somebody ends the wait.
    pub fn accept(&self) -> Result<()> {
        // SAFETY: there is neither memory nor an OVERLAPPED.
        match unsafe { devices::connect(self.0.handle.grant(), None) } {
            Ok(_) => Ok(()),
            Err(failure) if failure.status.to_win32() == Win32Error::PIPE_CONNECTED => Ok(()),
            Err(failure) => Err(Error::new(failure.status.to_win32(), "connection")),
        }
    }

    /// Ends the connection at once, and every request of both ends with 233; what was not read is lost (DisconnectNamedPipe). Flush
    /// first to let the client read everything.
    ///
    /// # Errors
    /// 233 if it is disconnected, 536 if it listens.
    pub fn disconnect(&self) -> Result<()> {
        self.0.told("disconnection", devices::disconnect(self.0.handle.grant()))
    }
}

impl NamedPipeClient {
    /// Opens a pipe to read and write bytes; [`ClientOptions`] for everything else.
    ///
    /// # Errors
    /// Those of [`ClientOptions::open`].
    pub fn open(name: impl AsRef<OsStr>) -> Result<Self> {
        ClientOptions::new().open(name)
    }
}
