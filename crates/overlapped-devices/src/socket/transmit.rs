//! TransmitFile and TransmitPackets: memory and files sent as one (contract 08 §6.4).
//!
//! A file goes from the page cache to the network without passing through the program. What is not in the cache would make
//! the calling thread wait for the disk; so the engine is asked to fetch that part first, and the request goes on when it
//! has. The drawback: on a kernel that cannot tell what is cached, samples decide.

use super::acknowledge::handed_over;
use super::core::{Core, Flags, Use};
use super::job::{Details, Step};
use super::{Issued, NotIssued, Overlap, Socket};
use overlapped_abi::{Status, WsaError};
use overlapped_kernel::engine::{Kind, Mode, Operation, Parts, SocketWork};
use overlapped_kernel::instance::Instance;
use overlapped_kernel::request::{Buffer, Completion, Function, Request};
use parking_lot::Mutex;
use rustix::fd::AsRawFd;
use rustix::io::Errno;
use std::sync::Arc;

/// How much of a file is fetched at a time.
const FETCH: u64 = 1 << 20;
/// The most that one call sends (contract 08 §6.4).
const MOST: u64 = (1 << 31) - 2;

/// A piece of what is to be sent.
#[derive(Clone, Debug)]
pub enum Element {
    /// The caller's memory.
    Memory(Buffer),
    /// A part of a file.
    File {
        /// The open file.
        file: Arc<Instance>,
        /// Its first byte; `None`: at the file pointer, which moves.
        offset: Option<u64>,
        /// Its length in bytes; 0: to the end.
        len: u64,
    },
}

/// What TransmitFile and TransmitPackets are asked.
#[derive(Clone, Copy, Debug)]
pub struct Transmit<'a> {
    /// In this order.
    pub elements: &'a [Element],
    /// TF_DISCONNECT: end sending afterwards.
    pub disconnect: bool,
    /// TF_REUSE_SOCKET, with `disconnect`: make the socket a fresh one.
    pub reuse: bool,
}

/// A piece with everything decided.
enum Piece {
    Memory(Buffer),
    File { file: Arc<Instance>, start: u64, len: u64, pointer: bool },
}

impl Piece {
    fn len(&self) -> u64 {
        match self {
            Self::Memory(buffer) => buffer.len as u64,
            Self::File { len, .. } => *len,
        }
    }
}

// SAFETY: the memory was given away until the request is complete (`Socket::transmit_overlapped`).
unsafe impl Send for Piece {}

/// The same, kept by a request.
pub(super) struct TransmitJob {
    pieces: Vec<Piece>,
    disconnect: bool,
    reuse: bool,
    at: Mutex<Place>,
}

// SAFETY: as for `Piece`; shared access only reads the pieces.
unsafe impl Sync for TransmitJob {}

/// How far it is.
#[derive(Default)]
struct Place {
    piece: usize,
    done: u64,
    /// The next part of the file was fetched a moment ago.
    fetched: bool,
}

impl TransmitJob {
    fn new(what: Transmit<'_>) -> Result<Self, WsaError> {
        let mut pieces = Vec::with_capacity(what.elements.len());
        for element in what.elements {
            pieces.push(match element {
                Element::Memory(buffer) => Piece::Memory(*buffer),
                Element::File { file, offset, len } => part(file, *offset, *len)?,
            });
        }
        if pieces.iter().map(Piece::len).fold(0, u64::saturating_add) > MOST {
            return Err(WsaError::EINVAL);
        }
        Ok(Self { pieces, disconnect: what.disconnect, reuse: what.reuse, at: Mutex::default() })
    }

    pub fn check(&self, core: &Core) -> Result<(), Status> {
        super::send::check(core)?;
        if core.has(Flags::CONNECTED) && core.is_stream() { Ok(()) } else { Err(Status::INVALID_CONNECTION) }
    }

    pub fn step(&self, core: &Core, fd: &Use<'_>, request: &Request) -> Step {
        let mut at = self.at.lock();
        while let Some(piece) = self.pieces.get(at.piece) {
            let left = piece.len() - at.done;
            if left == 0 {
                self.leave(piece, at.done);
                *at = Place { piece: at.piece + 1, ..Place::default() };
                continue;
            }
            let more = self.pieces[at.piece + 1..].iter().any(|piece| piece.len() > 0);
            let work = match piece {
                Piece::Memory(buffer) => {
                    let start = buffer.start.wrapping_add(at.done as usize);
                    let flags = if more { libc::MSG_MORE } else { 0 };
                    SocketWork::Send { buffer: Buffer { start, len: left as usize }, flags }
                }
                Piece::File { file, start, .. } => {
                    let Some(descriptor) = file.device().descriptor() else {
                        return Step::Done(Completion::failure(Status::INVALID_HANDLE));
                    };
                    let (file, offset) = (descriptor.as_raw_fd(), start + at.done);
                    SocketWork::SendFile { file, offset, len: left as usize, fetched: at.fetched }
                }
            };
            // SAFETY: the caller's memory and the file stay until the request is complete.
            match unsafe { core.call(fd, work) } {
                // The file has become shorter.
                Ok(0) => {
                    self.leave(piece, at.done);
                    *at = Place { piece: at.piece + 1, ..Place::default() };
                }
                Ok(sent) => {
                    at.done += sent as u64;
                    at.fetched = false;
                    request.advance(sent);
                }
                Err(Errno::BUSY) => {
                    if let SocketWork::SendFile { file, offset, .. } = work {
                        at.fetched = true;
                        return Step::Fetch(fetch(file, offset, left));
                    }
                }
                Err(error) => return Step::failed(core, request, error, true),
            }
        }
        let completion = Completion::success(request.progress());
        let step = if self.disconnect {
            super::disconnect::finish(core, self.reuse, completion)
        } else {
            Step::Done(completion)
        };
        match step {
            Step::Done(completion) => handed_over(core, fd, completion),
            other => other,
        }
    }

    /// Is the next part of a file here now?
    pub fn was_fetched(&self) -> bool {
        self.at.lock().fetched
    }

    /// A piece is done: the file pointer moves. Not waited for: this is under the lane's lock, and perhaps on a thread that
    /// uses the file.
    fn leave(&self, piece: &Piece, done: u64) {
        if let Piece::File { file, start, pointer: true, .. } = piece {
            file.move_pointer_when_free(start + done);
        }
    }
}

/// The part of the file that is meant.
fn part(file: &Arc<Instance>, offset: Option<u64>, len: u64) -> Result<Piece, WsaError> {
    let end = file.device().length().ok_or(WsaError::EINVAL)?;
    if file.device().descriptor().is_none() {
        return Err(WsaError::EINVAL);
    }
    let start = offset.unwrap_or_else(|| *file.pointer());
    let rest = end.saturating_sub(start);
    let len = if len == 0 { rest } else { len.min(rest) };
    Ok(Piece::File { file: Arc::clone(file), start, len, pointer: offset.is_none() })
}

fn fetch(fd: i32, offset: u64, left: u64) -> Operation {
    let (mode, buffer) = (Mode::empty(), std::ptr::null_mut());
    Operation { kind: Kind::Fetch, mode, fd, buffer, len: left.min(FETCH) as usize, parts: Parts::NONE, offset }
}

impl Socket {
    /// TransmitFile or TransmitPackets with an OVERLAPPED: the request ends with the bytes sent. 10057 unless a stream is connected.
    ///
    /// # Safety
    /// As for [`Socket::send_overlapped`].
    pub unsafe fn transmit_overlapped(&self, what: Transmit<'_>, how: Overlap) -> Result<Issued, NotIssued> {
        let job = match TransmitJob::new(what) {
            Ok(job) => job,
            Err(error) => return Err(how.refused(error)),
        };
        let nothing = Buffer { start: std::ptr::null_mut(), len: 0 };
        // SAFETY: the caller's promise.
        unsafe { self.issue(Function::Write, nothing, Details::Transmit(job).parameters(), how) }
    }

    /// The same without: waits, and gives the bytes sent.
    ///
    /// # Safety
    /// As for [`Socket::send`].
    pub unsafe fn transmit(&self, what: Transmit<'_>) -> Result<usize, WsaError> {
        let job = TransmitJob::new(what)?;
        job.check(self.core()).map_err(Status::to_wsa)?;
        let nothing = Buffer { start: std::ptr::null_mut(), len: 0 };
        let limit = self.send_timeout();
        // SAFETY: the caller's promise.
        let waited = unsafe { self.wait(Function::Write, nothing, Details::Transmit(job), &[nothing], limit) };
        waited.map(|completion| completion.bytes)
    }
}
