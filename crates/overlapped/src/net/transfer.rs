//! Receives and sends of connected streams, the same for TCP and local ones.

use crate::alertable::Then;
use crate::buffer::{IoBuf, IoBufMut, bytes, room};
use crate::error::Result;
use crate::event::Event;
use crate::net::endpoint::{AsEndpoint, Endpoint, failed};
use crate::operation::{self, Operation};
use crate::port::{PortDevice, Rejected};
use crate::wait::Wait;
use overlapped_devices::socket::{Issued, NotIssued, Overlap, Receive, Send as Sending, Shutdown, Socket};
use overlapped_kernel::request::Buffer;
use std::os::fd::AsFd;

/// A receive into one buffer.
///
/// # Safety
/// The memory stays valid until the request is complete.
pub(crate) unsafe fn receive(
    memory: Buffer,
) -> impl FnOnce(&Socket, Overlap) -> std::result::Result<Issued, NotIssued> {
    // SAFETY: the caller's promise.
    move |socket, how| unsafe { socket.receive_overlapped(Receive::into(&[memory]), how) }
}

/// A send from one buffer.
///
/// # Safety
/// The memory stays valid until the request is complete.
pub(crate) unsafe fn send(memory: Buffer) -> impl FnOnce(&Socket, Overlap) -> std::result::Result<Issued, NotIssued> {
    // SAFETY: the caller's promise.
    move |socket, how| unsafe { socket.send_overlapped(Sending::from(&[memory]), how) }
}

/// No memory at all: a receive into it waits for data and leaves it.
pub(crate) const NOTHING: Buffer = Buffer { start: std::ptr::null_mut(), len: 0 };

impl Endpoint {
    pub(crate) fn receive<B: IoBufMut>(&self, buffer: B, event: Option<&Event>) -> Operation<B> {
        let mut owner = Box::new(buffer);
        // SAFETY: the memory belongs to the payload (`IoBuf`), which the request owns until it is complete.
        let issue = unsafe { receive(room(&mut *owner)) };
        self.operate("read", owner, event, operation::fill::<B>, issue)
    }

    pub(crate) fn send<B: IoBuf>(&self, buffer: B, event: Option<&Event>) -> Operation<B> {
        let owner = Box::new(buffer);
        // SAFETY: as for a receive.
        let issue = unsafe { send(bytes(&*owner)) };
        self.operate("write", owner, event, operation::keep::<B>, issue)
    }

    pub(crate) fn send_vectored<B: IoBuf>(&self, buffers: Vec<B>) -> Operation<Vec<B>> {
        let memory: Vec<Buffer> = buffers.iter().map(bytes).collect();
        // SAFETY: the buffers belong to the payload, and moving the list of them does not move their memory (`IoBuf`).
        let issue = |socket: &Socket, how| unsafe { socket.send_overlapped(Sending::from(&memory), how) };
        self.operate("write", Box::new(buffers), None, |_, _| {}, issue)
    }

    pub(crate) fn receive_vectored<B: IoBufMut>(&self, mut buffers: Vec<B>) -> Operation<Vec<B>> {
        let memory: Vec<Buffer> = buffers.iter_mut().map(room).collect();
        // SAFETY: as for a vectored send.
        let issue = |socket: &Socket, how| unsafe { socket.receive_overlapped(Receive::into(&memory), how) };
        self.operate("read", Box::new(buffers), None, fill_all::<B>, issue)
    }

    pub(crate) fn readable(&self) -> Operation<()> {
        // SAFETY: there is no memory in it.
        let issue = unsafe { receive(NOTHING) };
        self.operate("read", Box::new(()), None, |(), _| {}, issue)
    }

    pub(crate) fn receive_now(&self, buffer: &mut [u8]) -> Result<usize> {
        let memory = [Buffer { start: buffer.as_mut_ptr(), len: buffer.len() }];
        // SAFETY: the buffer is borrowed for this call.
        unsafe { self.socket().receive(Receive::into(&memory)) }.map_err(|code| failed(code, "receive"))
    }

    pub(crate) fn send_now(&self, buffer: &[u8]) -> Result<usize> {
        let memory = [Buffer { start: buffer.as_ptr().cast_mut(), len: buffer.len() }];
        // SAFETY: the buffer is borrowed for this call.
        unsafe { self.socket().send(Sending::from(&memory)) }.map_err(|code| failed(code, "send"))
    }

    pub(crate) fn shut(&self, how: std::net::Shutdown) -> Result<()> {
        let how = match how {
            std::net::Shutdown::Read => Shutdown::Receive,
            std::net::Shutdown::Write => Shutdown::Send,
            std::net::Shutdown::Both => Shutdown::Both,
        };
        self.call("shutdown", |socket| socket.shutdown(how))
    }

    /// A request whose outcome a routine of this thread is told.
    pub(crate) fn then<B, F>(
        &self,
        name: &'static str,
        then: Box<Then<B, F>>,
        fill: operation::Fill<B>,
        issue: impl FnOnce(&Socket, Overlap) -> std::result::Result<Issued, NotIssued>,
    ) -> std::result::Result<(), Rejected<F, B>>
    where
        B: Send + 'static,
        F: FnOnce(Result<usize>, B) + Send + 'static,
    {
        then.run(fill, |route, payload| self.issue(name, route, payload, issue))
    }
}

/// Tells each buffer how much of it was filled.
fn fill_all<B: IoBufMut>(buffers: &mut Vec<B>, mut bytes: usize) {
    for buffer in buffers {
        let part = bytes.min(buffer.capacity());
        bytes -= part;
        operation::fill(buffer, part);
    }
}

/// A [`TcpStream`](crate::TcpStream) or a [`UnixStream`](crate::UnixStream), for code that takes either: each has these methods, and more,
/// of its own; and [`Associated`](crate::Associated) has its transfers for all of them.
///
/// ```
/// # fn main() -> overlapped::Result<()> {
/// use overlapped::net::StreamSocket;
/// use overlapped::{Associated, CompletionPort, PortDevice, Result, UnixStream};
///
/// fn greet<S: StreamSocket>(stream: &S) -> Result<usize> {
///     stream.send("hello").wait().0
/// }
///
/// fn listen<S: StreamSocket>(port: &CompletionPort<&'static str>, stream: S) -> Result<Associated<S, &'static str>> {
///     let stream = port.associate(stream, "near")?;
///     stream.receive(Vec::with_capacity(64), ())?;
///     Ok(stream)
/// }
///
/// let (near, far) = UnixStream::pair()?;
/// let port = CompletionPort::new(0)?;
/// let near = listen(&port, near)?;
/// greet(&far)?;
/// assert_eq!(port.get()?.buffer.as_deref(), Some(&b"hello"[..]));
/// # Ok(())
/// # }
/// ```
#[expect(private_bounds, reason = "only this crate's sockets are streams")]
pub trait StreamSocket: AsEndpoint + PortDevice + Wait + AsFd + Send + Sync + 'static {
    /// As [`TcpStream::receive`](crate::TcpStream::receive).
    fn receive<B: IoBufMut>(&self, buffer: B) -> Operation<B> {
        self.endpoint().receive(buffer, None)
    }

    /// As [`TcpStream::send`](crate::TcpStream::send).
    fn send<B: IoBuf>(&self, buffer: B) -> Operation<B> {
        self.endpoint().send(buffer, None)
    }

    /// As [`TcpStream::readable`](crate::TcpStream::readable).
    fn readable(&self) -> Operation<()> {
        self.endpoint().readable()
    }

    /// As [`TcpStream::shutdown`](crate::TcpStream::shutdown).
    ///
    /// # Errors
    /// As there.
    fn shutdown(&self, how: std::net::Shutdown) -> Result<()> {
        self.endpoint().shut(how)
    }

    /// As [`TcpStream::cancel_all`](crate::TcpStream::cancel_all).
    fn cancel_all(&self) -> bool {
        self.endpoint().cancel_all()
    }
}

/// The transfers of a connected stream.
macro_rules! stream_methods {
    ($type:ident) => {
        impl $crate::net::transfer::StreamSocket for $type {}

        impl $type {
            /// Receives what comes, at most the buffer's capacity. 0 bytes: the other side has closed in good order; or the buffer has no
            /// capacity, and something has come, as [`readable`](Self::readable) tells it.
            pub fn receive<B: $crate::IoBufMut>(&self, buffer: B) -> $crate::Operation<B> {
                self.0.receive(buffer, None)
            }

            /// Sends the whole buffer. Complete when the network stack has taken it over.
            pub fn send<B: $crate::IoBuf>(&self, buffer: B) -> $crate::Operation<B> {
                self.0.send(buffer, None)
            }

            /// The same receive, and `event` is reset now and set on completion.
            pub fn receive_with_event<B: $crate::IoBufMut>(
                &self,
                buffer: B,
                event: &$crate::Event,
            ) -> $crate::Operation<B> {
                self.0.receive(buffer, Some(event))
            }

            /// The same send, and `event` is reset now and set on completion.
            pub fn send_with_event<B: $crate::IoBuf>(&self, buffer: B, event: &$crate::Event) -> $crate::Operation<B> {
                self.0.send(buffer, Some(event))
            }

            /// Sends several buffers one after the other, as one request.
            pub fn send_vectored<B: $crate::IoBuf>(&self, buffers: Vec<B>) -> $crate::Operation<Vec<B>> {
                self.0.send_vectored(buffers)
            }

            /// Receives into several buffers, one after the other, as one request.
            pub fn receive_vectored<B: $crate::IoBufMut>(&self, buffers: Vec<B>) -> $crate::Operation<Vec<B>> {
                self.0.receive_vectored(buffers)
            }

            /// Sends a part of a file, which goes from the page cache to the network without passing through the program
            /// (TransmitFile, contract 08 section 6.4). Completes with the bytes sent: fewer than the part has if the file ends
            /// before. The file is kept open meanwhile.
            ///
            /// The operation fails with 59 unless the stream is connected, and with 87 for more than 2^31 - 2 bytes.
            pub fn transmit_file(
                &self,
                file: &$crate::OverlappedFile,
                part: $crate::net::FilePart,
            ) -> $crate::Operation<()> {
                self.0.transmit_file(file, part)
            }

            /// The same between a head and a tail, which count.
            pub fn transmit_file_between<B: $crate::IoBuf>(
                &self,
                head_and_tail: [B; 2],
                file: &$crate::OverlappedFile,
                part: $crate::net::FilePart,
            ) -> $crate::Operation<[B; 2]> {
                self.0.transmit_between(head_and_tail, file, part)
            }

            /// Completes when something can be received, or the other side has closed, and leaves it there: the way to wait on
            /// many connections without a buffer for each (a receive of zero bytes, contract 08 section 4).
            pub fn readable(&self) -> $crate::Operation<()> {
                self.0.readable()
            }

            /// Receives; `then` runs once with the outcome and the buffer, in an alertable wait of this thread (contract 08
            /// section 4, completion routines).
            ///
            /// # Errors
            /// 87 if the socket is associated with a port; what a receive fails with at once. `then` does not run.
            pub fn receive_then<B, F>(&self, buffer: B, then: F) -> std::result::Result<(), $crate::Rejected<F, B>>
            where
                B: $crate::IoBufMut,
                F: FnOnce($crate::Result<usize>, B) + Send + 'static,
            {
                let mut parcel = $crate::alertable::Then::new(buffer, then);
                // SAFETY: the memory belongs to the payload, which the request owns until it is complete.
                let issue = unsafe { $crate::net::transfer::receive($crate::buffer::room(parcel.buffer_mut())) };
                self.0.then("read", parcel, $crate::operation::fill::<B>, issue)
            }

            /// Sends; `then` as for a receive.
            ///
            /// # Errors
            /// As for a receive.
            pub fn send_then<B, F>(&self, buffer: B, then: F) -> std::result::Result<(), $crate::Rejected<F, B>>
            where
                B: $crate::IoBuf,
                F: FnOnce($crate::Result<usize>, B) + Send + 'static,
            {
                let mut parcel = $crate::alertable::Then::new(buffer, then);
                // SAFETY: as above.
                let issue = unsafe { $crate::net::transfer::send($crate::buffer::bytes(parcel.buffer_mut())) };
                self.0.then("write", parcel, $crate::operation::keep::<B>, issue)
            }

            /// Ends one direction or both (contract 08 section 2). What was sent before still arrives.
            ///
            /// # Errors
            /// 10057 unless it is connected.
            pub fn shutdown(&self, how: std::net::Shutdown) -> $crate::Result<()> {
                self.0.shut(how)
            }
        }

        /// Waits for what comes.
        impl std::io::Read for &$type {
            fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
                Ok(self.0.receive_now(buffer)?)
            }
        }

        /// Waits for what comes.
        impl std::io::Read for $type {
            fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
                Ok(self.0.receive_now(buffer)?)
            }
        }

        /// Waits until everything is taken over.
        impl std::io::Write for &$type {
            fn write(&mut self, buffer: &[u8]) -> std::io::Result<usize> {
                Ok(self.0.send_now(buffer)?)
            }

            fn flush(&mut self) -> std::io::Result<()> {
                Ok(())
            }
        }

        /// Waits until everything is taken over.
        impl std::io::Write for $type {
            fn write(&mut self, buffer: &[u8]) -> std::io::Result<usize> {
                Ok(self.0.send_now(buffer)?)
            }

            fn flush(&mut self) -> std::io::Result<()> {
                Ok(())
            }
        }
    };
}
pub(crate) use stream_methods;
