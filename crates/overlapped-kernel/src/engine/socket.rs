//! Calls on sockets: what a socket device asks an engine to do at once or not at all.
//!
//! Unlike an [`Operation`](super::Operation) such a call is never submitted: the device keeps what waits in queues of its own,
//! hears of readiness by [`Engine::watch`](super::Engine::watch), and tries again. So data of several receives stays in
//! order on every engine, and a request that waits holds nothing of Linux. Drawback: one more system call for each receive that
//! found nothing at first.

use crate::request::Buffer;
use std::os::fd::RawFd;

/// A message with everything that can go with it; receives write the lengths and the flags back.
#[derive(Clone, Copy, Debug)]
pub struct Message {
    /// A socket address of Linux, or room for one; null for none.
    pub name: *mut u8,
    /// Its length in bytes.
    pub name_len: u32,
    /// The memory, in pieces.
    pub parts: *const Buffer,
    /// How many.
    pub count: usize,
    /// Control data, or room for some; null for none.
    pub control: *mut u8,
    /// Its length in bytes.
    pub control_len: usize,
    /// Flags of a received message (MSG_TRUNC and its like, as Linux has them).
    pub flags: i32,
}

/// What a [`SocketCall`] does. Flags are those of Linux.
#[derive(Clone, Copy, Debug)]
pub enum SocketWork {
    /// Receives into one buffer; the result is the length of what came, and with MSG_TRUNC in `flags` the length of the datagram.
    Receive {
        /// Where to.
        buffer: Buffer,
        /// MSG_*.
        flags: i32,
    },
    /// Sends from one buffer.
    Send {
        /// Where from.
        buffer: Buffer,
        /// MSG_*.
        flags: i32,
    },
    /// Receives with address, pieces or control data.
    ReceiveMessage {
        /// Where to.
        message: *mut Message,
        /// MSG_*.
        flags: i32,
    },
    /// Sends with address, pieces or control data.
    SendMessage {
        /// Where from.
        message: *const Message,
        /// MSG_*.
        flags: i32,
    },
    /// Takes a connection; the result is its descriptor, which does not block and belongs to the caller.
    Accept,
    /// Begins to connect; `EINPROGRESS` if that takes time.
    Connect {
        /// A socket address of Linux.
        address: *const u8,
        /// Its length in bytes.
        len: u32,
    },
    /// Sends a part of a file that is in the page cache. `EBUSY` if it is not, and must be [fetched](super::Kind::Fetch) first.
    SendFile {
        /// The file.
        file: RawFd,
        /// First byte of the part.
        offset: u64,
        /// Its length in bytes.
        len: usize,
        /// It was fetched a moment ago: no look at the cache is needed.
        fetched: bool,
    },
}

/// A call on a socket that does not block.
#[derive(Clone, Copy, Debug)]
pub struct SocketCall {
    /// The socket.
    pub fd: RawFd,
    /// What to do.
    pub work: SocketWork,
}
