//! What a port carries.

use crate::request::RequestRef;
use overlapped_abi::Status;
use std::any::Any;
use std::mem::MaybeUninit;

/// One entry of the completion queue.
#[derive(Debug)]
pub struct Packet {
    /// How the request ended; success for a posted packet.
    pub status: Status,
    /// Bytes transferred, or whatever was posted.
    pub bytes: u32,
    /// Whose, and what about.
    pub cargo: Cargo,
}

/// What a packet says besides its outcome.
#[derive(Debug)]
pub enum Cargo {
    /// The two numbers of the C face.
    Numbers {
        /// The completion key: given when the device was associated, or posted.
        key: usize,
        /// The address of the request's OVERLAPPED, or whatever was posted.
        overlapped: usize,
    },
    /// A request with a payload: the Rust face.
    Request(RequestRef),
    /// The payload of a read whose request nobody keeps: the Rust face.
    Read(Box<dyn Any + Send>),
    /// That of a write.
    Written(Box<dyn Any + Send>),
    /// Something that was posted: the Rust face.
    Posted(Box<dyn Any + Send>),
    /// Something small that was posted, without an allocation; what it means is its poster's business.
    Inline(MaybeUninit<[u64; 2]>),
}

// A packet is moved on its way, in whole words: a processor reads back at once only what was written in the same pieces.
const _: () = assert!(size_of::<Packet>() <= 32);

impl Packet {
    /// A posted packet of the C face.
    #[must_use]
    #[inline]
    pub fn posted(bytes: u32, key: usize, overlapped: usize) -> Self {
        Self { status: Status::SUCCESS, bytes, cargo: Cargo::Numbers { key, overlapped } }
    }

    /// Completion key and OVERLAPPED address; zeros in a packet of the Rust face.
    #[must_use]
    #[inline]
    pub fn numbers(&self) -> (usize, usize) {
        match self.cargo {
            Cargo::Numbers { key, overlapped } => (key, overlapped),
            _ => (0, 0),
        }
    }
}

/// Why [`Port::remove`](super::Port::remove) came back without a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoPacket {
    /// Nothing came in time (258).
    TimedOut,
    /// The port was closed (735).
    Closed,
    /// APCs ran (192).
    Alerted,
}
