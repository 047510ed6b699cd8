//! Sockets that report to a port: the same requests, each with a context.

use crate::at_once::{Answer, AtOnce};
use crate::buffer::{IoBuf, IoBufMut, bytes, room};
use crate::net::endpoint::AsEndpoint;
use crate::net::transfer::{NOTHING, StreamSocket, receive};
use crate::net::transmit::{FilePart, transmit};
use crate::net::udp::{Addressed, UdpSocket, send_to};
use crate::net::{TcpListener, TcpStream, UnixListener, UnixStream};
use crate::operation;
use crate::overlapped_file::OverlappedFile;
use crate::port::{Associated, Bare, Parcel, Put, PutBare, to_port};
use overlapped_devices::socket::{AcceptInto, Address, Issued, NotIssued, Overlap, Receive, Send as Sending, Socket};
use overlapped_kernel::request::{Buffer, Function};
use overlapped_kernel::road::{Done, Report};
use std::net::SocketAddr;

#[expect(private_bounds, reason = "the bound only names this crate's sockets")]
impl<D, K, C, B> Associated<D, K, C, B>
where
    D: AsEndpoint,
    K: Clone + Send + 'static,
    C: Send + 'static,
    B: Send + 'static,
{
    fn put(
        &self,
        name: &'static str,
        parcel: Box<Parcel<K, C, B>>,
        issue: impl FnOnce(&Socket, Overlap) -> std::result::Result<Issued, NotIssued>,
    ) -> Put<C, B> {
        Parcel::<K, C, B>::put(self.endpoint().issue(name, to_port(), parcel, issue))
    }

    #[inline]
    fn put_detached(
        &self,
        name: &'static str,
        parcel: Box<Parcel<K, C, B>>,
        issue: impl FnOnce(&Socket, Overlap) -> std::result::Result<Option<Done>, NotIssued>,
    ) -> Put<C, B> {
        Parcel::<K, C, B>::put(self.endpoint().issue_detached(name, parcel, Report::AsPending, issue))
    }

    fn put_bare(
        &self,
        name: &'static str,
        context: C,
        issue: impl FnOnce(&Socket, Overlap) -> std::result::Result<Issued, NotIssued>,
    ) -> PutBare<C> {
        Bare::<K, C>::put(self.endpoint().issue(name, to_port(), self.bare(name, context), issue))
    }
}

/// An accept into a fresh socket, with room for the first data or none.
///
/// # Safety
/// The memory stays valid until the request is complete.
unsafe fn accept_into(
    target: Socket,
    buffer: Buffer,
) -> impl FnOnce(&Socket, Overlap) -> std::result::Result<Issued, NotIssued> {
    move |socket, how| {
        let what = AcceptInto { socket: &target, buffer, local_len: 0, remote_len: 144, deliver: None };
        // SAFETY: the caller's promise.
        unsafe { socket.accept_whole_overlapped(what, how) }
    }
}

impl<D, K, C, B> Associated<D, K, C, B>
where
    D: StreamSocket,
    K: Clone + Send + 'static,
    C: Send + 'static,
    B: Send + 'static,
{
    /// Receives what comes, at most the buffer's capacity. The packet brings buffer and context back; 0 bytes: the other side has
    /// closed in good order.
    ///
    /// # Errors
    /// A request that is not accepted gives everything back and queues no packet.
    pub fn receive(&self, buffer: B, context: C) -> Put<C, B>
    where
        B: IoBufMut,
    {
        let mut parcel = self.parcel(buffer, context, operation::fill::<B>);
        let memory = [room(&mut parcel.buffer)];
        // SAFETY: the memory belongs to the parcel, which the request owns until it is complete.
        let issue = |socket: &Socket, how| unsafe { socket.receive_detached(Receive::into(&memory), how) };
        self.put_detached("read", parcel, issue)
    }

    /// Sends the whole buffer.
    ///
    /// # Errors
    /// As for a receive.
    pub fn send(&self, buffer: B, context: C) -> Put<C, B>
    where
        B: IoBuf,
    {
        let parcel = self.parcel(buffer, context, operation::keep::<B>);
        let memory = [bytes(&parcel.buffer)];
        // SAFETY: as for a receive; of what is done inside the call, the packet owns it.
        let issue = |socket: &Socket, how| unsafe { socket.send_detached(Sending::from(&memory), how) };
        self.put_detached("write", parcel, issue)
    }

    /// Queues a packet when something can be received, and leaves it there: an idle connection costs no buffer.
    ///
    /// # Errors
    /// As for a receive.
    pub fn readable(&self, context: C) -> PutBare<C> {
        // SAFETY: there is no memory in it.
        self.put_bare("read", context, unsafe { receive(NOTHING) })
    }

    /// Sends a part of a file, as [`TcpStream::transmit_file`] does; the packet brings the context back, and no buffer.
    ///
    /// # Errors
    /// As for a receive; 87 for more than 2^31 - 2 bytes.
    pub fn transmit_file(&self, file: &OverlappedFile, part: FilePart, context: C) -> PutBare<C> {
        let elements = [part.of(file)];
        // SAFETY: there is no memory in it.
        self.put_bare("transmit", context, unsafe { transmit(&elements) })
    }
}

impl<D, K, C, B> AtOnce<'_, D, K, C, B>
where
    D: StreamSocket,
    K: Clone + Send + 'static,
    C: Send + 'static,
    B: Send + 'static,
{
    /// [`Associated::receive`].
    ///
    /// # Errors
    /// As there.
    #[inline]
    pub fn receive(self, buffer: B, context: C) -> Answer<K, C, B>
    where
        B: IoBufMut,
    {
        let mut parcel = self.0.parcel(buffer, context, operation::fill::<B>);
        let memory = [room(&mut parcel.buffer)];
        // SAFETY: the memory belongs to the parcel, which the request owns until it is complete.
        let issue = |socket: &Socket, how| unsafe { socket.receive_detached(Receive::into(&memory), how) };
        let issued = self.0.endpoint().issue_detached("read", parcel, Report::InPlace, issue);
        Parcel::answer(Function::Read, issued)
    }

    /// [`Associated::send`].
    ///
    /// # Errors
    /// As there.
    #[inline]
    pub fn send(self, buffer: B, context: C) -> Answer<K, C, B>
    where
        B: IoBuf,
    {
        let parcel = self.0.parcel(buffer, context, operation::keep::<B>);
        let memory = [bytes(&parcel.buffer)];
        // SAFETY: as for a receive; of what is done inside the call, the answer has it.
        let issue = |socket: &Socket, how| unsafe { socket.send_detached(Sending::from(&memory), how) };
        let issued = self.0.endpoint().issue_detached("write", parcel, Report::InPlace, issue);
        Parcel::answer(Function::Write, issued)
    }
}

impl<D, K, C, T> Associated<D, K, C, Vec<T>>
where
    D: StreamSocket,
    K: Clone + Send + 'static,
    C: Send + 'static,
    T: IoBuf,
{
    /// Sends several buffers one after the other, as one request.
    ///
    /// # Errors
    /// As for a receive.
    pub fn send_vectored(&self, buffers: Vec<T>, context: C) -> Put<C, Vec<T>> {
        let parcel = self.parcel(buffers, context, |_, _| {});
        let memory: Vec<Buffer> = parcel.buffer.iter().map(bytes).collect();
        // SAFETY: the buffers belong to the parcel, which the request owns until it is complete.
        self.put("write", parcel, |socket, how| unsafe { socket.send_overlapped(Sending::from(&memory), how) })
    }
}

macro_rules! accept_methods {
    ($listener:ident, $stream:ident) => {
        impl<K, C, B> Associated<$listener, K, C, B>
        where
            K: Clone + Send + 'static,
            C: Send + 'static,
            B: Send + 'static,
        {
            /// Asks for a connection, to be put in `into`: a fresh socket, which the caller keeps, perhaps in the context
            /// (AcceptEx, contract 08 section 6.1). The packet bears the listener's key.
            ///
            /// # Errors
            /// 87 unless `into` is fresh; nothing is queued then.
            pub fn accept(&self, into: &$stream, context: C) -> PutBare<C> {
                self.accept_to(into.socket(), context)
            }

            /// The same for a fresh socket that the context itself owns: its
            #[doc = concat!("[`socket`](", stringify!($stream), "::socket), cloned before the context was made.")]
            ///
            /// # Errors
            /// As for an accept.
            pub fn accept_to(&self, into: &Socket, context: C) -> PutBare<C> {
                // SAFETY: there is no memory in it.
                self.put_bare("accept", context, unsafe { accept_into(into.clone(), NOTHING) })
            }

            /// The same into a new socket, which `about` puts in the context: the packet of a connection brings the connection. A
            /// server keeps some of these on their way, and asks for another when one has come.
            ///
            /// # Errors
            /// 10024 without descriptors, 6 for a listener that is closed; nothing is queued then.
            pub fn accept_new(&self, about: impl FnOnce($stream) -> C) -> crate::Result<()> {
                let fresh = $stream::fresh(self)?;
                let into = fresh.socket().clone();
                Ok(self.accept_to(&into, about(fresh))?)
            }

            /// The same, complete when the first data has come, which is in the buffer.
            ///
            /// # Errors
            /// As for an accept.
            pub fn accept_with_data(&self, into: &$stream, buffer: B, context: C) -> Put<C, B>
            where
                B: IoBufMut,
            {
                let mut parcel = self.parcel(buffer, context, operation::fill::<B>);
                let (target, memory) = (into.endpoint().socket().clone(), room(&mut parcel.buffer));
                // SAFETY: the memory belongs to the parcel, which the request owns until it is complete.
                let issue = unsafe { accept_into(target, memory) };
                self.put("accept", parcel, issue)
            }
        }
    };
}

impl<K, C, B> Associated<TcpStream, K, C, B>
where
    K: Clone + Send + 'static,
    C: Send + 'static,
    B: Send + 'static,
{
    /// Connects an [unconnected](TcpStream::unconnected) stream (ConnectEx, contract 08 section 6.2); the packet brings the context back,
    /// and fails as [`Connect::wait`](crate::net::Connect::wait) does.
    ///
    /// ```
    /// # fn main() -> overlapped::Result<()> {
    /// use overlapped::{CompletionPort, TcpListener, TcpStream};
    ///
    /// let listener = TcpListener::bind("127.0.0.1:0")?;
    /// let address = listener.local_address()?;
    /// let port = CompletionPort::<&str, &str>::new(0)?;
    /// let client = port.associate(TcpStream::unconnected(address)?, "client")?;
    /// client.connect(address, "connected")?;
    /// let done = port.get()?;
    /// assert_eq!((done.context, done.result), ("connected", Ok(0)));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// A request that is not accepted gives the context back and queues no packet: 1230 for a stream that is connected, 1225 if
    /// it is known at once that nobody listens there, as on this computer.
    pub fn connect(&self, to: SocketAddr, context: C) -> PutBare<C> {
        let to = Address::from_std(to);
        // SAFETY: there is no memory in it, and no OVERLAPPED.
        self.put_bare("connect", context, |socket, how| unsafe { socket.connect_whole_overlapped(&to, how) })
    }
}

accept_methods!(TcpListener, TcpStream);
accept_methods!(UnixListener, UnixStream);

impl<K, C, B> Associated<UdpSocket, K, C, Addressed<B>>
where
    K: Clone + Send + 'static,
    C: Send + 'static,
    B: IoBufMut,
{
    /// Receives a datagram and its sender. One that is longer than the buffer comes with 234: the buffer is full and the rest lost.
    ///
    /// # Errors
    /// A request that is not accepted gives everything back and queues no packet.
    pub fn receive_from(&self, buffer: Addressed<B>, context: C) -> Put<C, Addressed<B>> {
        let mut parcel = self.parcel(buffer, context, Addressed::fill);
        // SAFETY: the request owns the buffer until it is complete.
        let issue = unsafe { parcel.buffer.receive() };
        self.put("read", parcel, issue)
    }

    /// Sends the buffer as one datagram.
    ///
    /// # Errors
    /// As for a receive.
    pub fn send_to(&self, buffer: Addressed<B>, to: SocketAddr, context: C) -> Put<C, Addressed<B>> {
        let parcel = self.parcel(buffer, context, |_, _| {});
        // SAFETY: the request owns the buffer until it is complete.
        let issue = unsafe { send_to(bytes(&parcel.buffer.buffer), to) };
        self.put("write", parcel, issue)
    }
}
