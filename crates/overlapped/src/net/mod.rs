//! Sockets as overlapped devices (contract 08): TCP, UDP and local streams.
//!
//! Each socket takes any number of requests at once; each request owns its buffer and is an [`Operation`](crate::Operation) that
//! can be waited for, polled, cancelled, dropped or awaited. Associated with a [`CompletionPort`](crate::CompletionPort), a
//! socket's completions come from there, each with the socket's key and the request's own context: the shape of a server
//! with any number of connections and a few threads.
//!
//! ```
//! # fn main() -> overlapped::Result<()> {
//! use overlapped::{CompletionPort, TcpListener, TcpStream};
//!
//! let listener = TcpListener::bind("127.0.0.1:0")?;
//! let client = TcpStream::connect(listener.local_address()?)?;
//! let (server, _from) = listener.accept().wait()?;
//!
//! // The server's side reports to a port; the context says what a completion is about.
//! let port = CompletionPort::<&str, u32>::new(0)?;
//! let server = port.associate(server, "connection 1")?;
//! server.receive(Vec::with_capacity(64), 1)?;
//!
//! client.send("hello").wait().0?;
//! let done = port.get()?;
//! assert_eq!((done.key, done.context), ("connection 1", 1));
//! assert_eq!(done.buffer.unwrap(), b"hello");
//! # Ok(())
//! # }
//! ```
//!
//! Receives of a stream fill their buffers in the order of their requests, and sends go out in theirs. A send is complete when all
//! of it has been taken over. [`TcpStream::readable`] waits for data without a buffer, so that idle connections cost none.
//!
//! Outcomes of requests are Win32 codes, as a port reports them: 64 for a connection that the other side has reset, 1236 for a request
//! whose socket was closed, 1225 for a refused connection. Calls that wait themselves fail with the codes of Winsock, 10054, 10053 and
//! 10061.

mod accept;
mod convert;
mod endpoint;
mod on_port;
mod tcp;
mod transfer;
mod transmit;
mod udp;
mod unix;

pub use crate::port::RejectedContext;
pub use accept::{Accept, Connect, Incoming};
pub use overlapped_devices::socket::Address;
pub use tcp::{TcpListener, TcpStream};
pub use transfer::StreamSocket;
pub use transmit::FilePart;
pub use udp::{Addressed, UdpSocket};
pub use unix::{UnixListener, UnixStream};

pub use std::net::Shutdown;
