//! What an engine is: the part that carries operations out against Linux.
//!
//! A device turns a request into an [`Operation`]; the road (`crate::road`) first lets the engine *attempt* it on the calling
//! thread without blocking, and otherwise *submits* it. The engine then owns the operation until it has given its last word on
//! it by [`Request::engine_result`](crate::request::Request::engine_result), also when it was asked to cancel. Who reaps is the
//! engine's business, with one hook: a thread that waits in the library may be asked to [`poll`](Engine::poll), because the
//! thread that waits is the cheapest one to learn of a completion (design.md section 3).

use crate::clock::Tick;
use crate::request::RequestRef;
use std::os::fd::RawFd;

/// What Linux said: a count, or an error number.
pub type RawResult = Result<usize, rustix::io::Errno>;

/// What an [`Operation`] does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Read into the buffer.
    Read,
    /// Write from the buffer.
    Write,
    /// Bring the file's data and metadata to the device; the buffer is not used.
    Sync,
}

bitflags::bitflags! {
    /// How an [`Operation`] is to be done.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct Mode: u8 {
        /// The descriptor has no position: `offset` means nothing.
        const STREAM = 1;
        /// Write at the end of the file whatever `offset` says, atomically.
        const APPEND = 2;
        /// The descriptor bypasses the page cache, so an attempt would always wait for the device.
        const UNCACHED = 4;
        /// The data is on the device before the operation completes.
        const DURABLE = 8;
    }
}

/// One transfer for Linux to make. The descriptor and the buffer stay valid until the engine's last word: the request
/// that the operation belongs to holds both.
#[derive(Clone, Copy, Debug)]
pub struct Operation {
    /// What to do.
    pub kind: Kind,
    /// How.
    pub mode: Mode,
    /// On which descriptor.
    pub fd: RawFd,
    /// First byte of the buffer.
    pub buffer: *mut u8,
    /// Bytes to transfer.
    pub len: usize,
    /// Position in the file, in bytes; not used with [`Mode::STREAM`] and [`Mode::APPEND`].
    pub offset: u64,
}

// SAFETY: an operation is a description. The memory that `buffer` points to belongs to the request until it completes, and
// the contract of `Engine::submit` is what makes access from the engine's threads sound.
unsafe impl Send for Operation {}
// SAFETY: as above; the fields are plain values that nobody changes through a shared reference.
unsafe impl Sync for Operation {}

/// A finished operation on its way to the road.
#[derive(Debug)]
pub struct Reaped {
    /// Whose operation it was.
    pub request: RequestRef,
    /// What Linux said.
    pub result: RawResult,
}

impl Reaped {
    /// Hands the result to the request's device and sends the completion on its way.
    pub fn deliver(self) {
        self.request.engine_result(self.result);
    }
}

/// See the module page.
pub trait Engine: Send + Sync + 'static {
    /// `uring`, `epoll` or `sim`.
    fn name(&self) -> &'static str;

    /// Does the operation at once on this thread if that cannot block; `None` if it might.
    ///
    /// # Safety
    /// The buffer of `operation` is valid for `len` bytes (writable for a read) and the descriptor is open.
    unsafe fn attempt(&self, operation: &Operation) -> Option<RawResult>;

    /// Does the operation on this thread, however long it takes. For synchronous instances.
    ///
    /// # Safety
    /// As for [`Engine::attempt`].
    unsafe fn perform(&self, operation: &Operation) -> RawResult;

    /// Takes the operation over. Exactly one [`Reaped`] follows, later or from inside this call. A request whose
    /// cancellation was asked for before it was submitted ends with `ECANCELED` without being tried.
    ///
    /// # Safety
    /// The buffer of `operation` stays valid until the request is complete, and so does the descriptor.
    unsafe fn submit(&self, request: RequestRef, operation: Operation);

    /// Asks for an early end of a submitted operation. It may be too late; the last word comes as usual.
    fn cancel(&self, request: &RequestRef);

    /// The engine's clock.
    fn now(&self) -> Tick {
        Tick::monotonic()
    }

    /// Is [`Engine::now`] a clock of its own, which no timer of Linux can wait for?
    fn virtual_time(&self) -> bool {
        false
    }

    /// Are there completions that only a polling thread will see?
    fn wants_poll(&self) -> bool {
        false
    }

    /// Are there operations that end only if somebody polls? A system that goes away polls until there are none: nobody else
    /// would, and what they hold would stay for ever.
    fn needs_poll(&self) -> bool {
        self.wants_poll()
    }

    /// Waits for completions until the deadline or an [interrupt](Engine::interrupt), and puts them in `reaped`. One thread
    /// at a time does this. May return early with nothing.
    fn poll(&self, deadline: Option<Tick>, reaped: &mut Vec<Reaped>) {
        let _ = (deadline, reaped);
    }

    /// Makes the polling thread return.
    fn interrupt(&self) {}
}
