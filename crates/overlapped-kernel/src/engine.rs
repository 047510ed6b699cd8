//! What an engine is: the part that carries operations out against Linux.
//!
//! A device turns a request into an [`Operation`]; the road (`crate::road`) first lets the engine *attempt* it on the calling
//! thread without blocking, and otherwise *submits* it. The engine then owns the operation until it has given its last word on
//! it by a [`Reaped`], also when it was asked to cancel. Who reaps is the
//! engine's business, with one hook: a thread that waits in the library may be asked to [`poll`](Engine::poll), because the
//! thread that waits is the cheapest one to learn of a completion (design.md section 3).

use crate::clock::Tick;
use crate::contain::contained;
use crate::request::{Buffer, RequestRef};
use crate::sentinel::Sight;
use crate::thread::held;
use std::collections::VecDeque;
use std::os::fd::{BorrowedFd, RawFd};
use std::sync::{Arc, Weak};

mod socket;

pub use socket::{Message, SocketCall, SocketWork};

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
    /// Bring a part of the file into the page cache; the buffer is not used.
    Fetch,
    /// Copy from another file, perhaps only a part of what is asked; the buffer is not used.
    Copy {
        /// The other file's descriptor.
        from: RawFd,
        /// Where to begin in it, in bytes.
        at: u64,
    },
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
        /// No other request of the descriptor waits: an attempt on a stream overtakes nothing.
        const ALONE = 16;
        /// The descriptor cannot be read.
        const WRITE_ONLY = 32;
    }
}

/// Memory in several pieces: a list that stays where it is until the request that it belongs to is complete.
#[derive(Clone, Copy, Debug)]
pub struct Parts {
    first: *const Buffer,
    count: usize,
    /// Bytes at the beginning that are done.
    skip: usize,
}

impl Parts {
    /// No list: the memory is in one piece.
    pub const NONE: Self = Self { first: std::ptr::null(), count: 0, skip: 0 };

    /// This list.
    #[must_use]
    pub fn of(list: &[Buffer]) -> Self {
        Self { first: list.as_ptr(), count: list.len(), skip: 0 }
    }

    /// Is the memory in one piece?
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.count == 0
    }

    /// The same list without `bytes` more at its beginning.
    #[must_use]
    pub fn skip(self, bytes: usize) -> Self {
        Self { skip: self.skip + bytes, ..self }
    }

    /// Nothing of it is done yet, so that the list can be given to Linux as it is.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.skip == 0
    }

    /// The list as it was given; with the layout of an iovec each.
    ///
    /// # Safety
    /// The request that the list belongs to is not complete.
    #[must_use]
    pub unsafe fn list<'a>(self) -> &'a [Buffer] {
        if self.is_none() {
            return &[];
        }
        // SAFETY: `of` took it from a slice, which the request keeps, the caller says.
        unsafe { std::slice::from_raw_parts(self.first, self.count) }
    }

    /// What is still to be done.
    ///
    /// # Safety
    /// As for [`Parts::list`].
    #[must_use]
    pub unsafe fn rest(self) -> Vec<Buffer> {
        let mut skip = self.skip;
        // SAFETY: the caller's promise.
        let list = unsafe { self.list() };
        let rest = list.iter().filter_map(|part| {
            let done = skip.min(part.len);
            skip -= done;
            let left = part.len - done;
            // Stays inside the piece.
            (left > 0).then(|| Buffer { start: part.start.wrapping_add(done), len: left })
        });
        rest.collect()
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
    /// First byte of the buffer; not used with `parts`.
    pub buffer: *mut u8,
    /// Bytes to transfer, together.
    pub len: usize,
    /// The memory, if it is in several pieces.
    pub parts: Parts,
    /// Position in the file, in bytes; not used with [`Mode::STREAM`] and [`Mode::APPEND`].
    pub offset: u64,
}

// SAFETY: an operation is a description. The memory that `buffer` points to belongs to the request until it completes, and
// the contract of `Engine::submit` is what makes access from the engine's threads sound.
unsafe impl Send for Operation {}
// SAFETY: as above; the fields are plain values that nobody changes through a shared reference.
unsafe impl Sync for Operation {}

/// A finished operation on its way to the road. Only its engine makes it, and nobody looks into it: a buffer is the user's again by
/// what it says.
#[derive(Debug)]
pub struct Reaped {
    request: RequestRef,
    result: RawResult,
}

impl Reaped {
    /// The last word on the operation that was submitted with this request: what Linux said.
    #[must_use]
    pub fn new(request: RequestRef, result: RawResult) -> Self {
        Self { request, result }
    }

    /// Hands the result to the request's device and sends the completion on its way. A panic of the program's, in a waker or a
    /// destructor, ends here.
    pub fn deliver(self) {
        let _ = contained("what a completion called", || self.request.engine_result(self.result));
    }
}

bitflags::bitflags! {
    /// What a descriptor has become ready for.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct Readiness: u8 {
        /// There is something to be received, or the other side has sent its last.
        const READ = 1;
        /// There is room to send.
        const WRITE = 2;
        /// Urgent data.
        const URGENT = 4;
        /// The other side will send no more.
        const READ_CLOSED = 8;
        /// Neither side will send any more.
        const CLOSED = 16;
        /// An error waits to be fetched.
        const ERROR = 32;
    }
}

/// Who is told when a watched descriptor becomes ready.
pub trait Watcher: Send + Sync {
    /// It has become ready for this, at some time since it was last told. Called by the thread that polls, or by one that comes for
    /// a packet; calls nothing that blocks.
    fn ready(self: Arc<Self>, readiness: Readiness);
}

/// A watched descriptor, as [`Engine::watch`] numbered it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WatchId(pub u64);

/// A watched descriptor that became ready, on its way to its watcher.
pub struct Ready {
    /// Whom to tell.
    pub watcher: Arc<dyn Watcher>,
    /// What.
    pub readiness: Readiness,
}

impl Ready {
    /// Tells the watcher, with no lock held. A panic of the program's ends here, as in [`Reaped::deliver`].
    pub fn deliver(self) {
        let _ = contained("what a completion called", || self.watcher.ready(self.readiness));
    }
}

impl std::fmt::Debug for Ready {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Ready").field(&self.readiness).finish()
    }
}

/// What a poll has found.
#[derive(Debug, Default)]
pub struct Harvest {
    /// Finished operations.
    pub reaped: Vec<Reaped>,
    /// Descriptors that became ready, in the order in which their watchers are to be told.
    pub ready: VecDeque<Ready>,
}

impl Harvest {
    /// Tells everybody, with no lock held; leaves nothing.
    pub fn deliver(&mut self) {
        let _hold = held::hold();
        let mut told = 0;
        let mut count = || {
            told += 1;
            if told % held::HANDFUL == 0 {
                held::release();
            }
        };
        self.reaped.drain(..).for_each(|reaped| {
            reaped.deliver();
            count();
        });
        while let Some(ready) = self.ready.pop_front() {
            ready.deliver();
            count();
        }
    }

    /// Is there nothing?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.reaped.is_empty() && self.ready.is_empty()
    }
}

/// See the module page.
///
/// # Safety
/// Buffers go to the user by what the engine says of them, so that is true: `Ok(n)` of a transfer means that Linux has moved
/// `n` bytes, no more than the operation asks for, and has initialised the first `n` of the buffer if it was a read. After the result of
/// [`Engine::attempt`] or [`Engine::perform`], or the [`Reaped`] of what was submitted, nobody touches the buffer any more.
pub unsafe trait Engine: Send + Sync + 'static {
    /// `uring`, `epoll` or `sim`.
    fn name(&self) -> &'static str;

    /// Does the operation at once on this thread if that cannot block; `None` if it might.
    ///
    /// # Safety
    /// The buffer or the parts of `operation` are valid for `len` bytes (writable for a read) and the descriptor is open.
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

    /// Makes a call on a socket at once; `EAGAIN` if that would block.
    ///
    /// # Safety
    /// The descriptor is open and does not block, and what `call` points to is valid (writable for a receive).
    unsafe fn socket_call(&self, call: &SocketCall) -> RawResult {
        let _ = call;
        Err(rustix::io::Errno::NOSYS)
    }

    /// Tells the watcher from now on whenever the descriptor becomes ready for something, once for each time; and soon, what it is
    /// ready for now.
    fn watch(&self, fd: BorrowedFd<'_>, watcher: Weak<dyn Watcher>) -> Result<WatchId, rustix::io::Errno> {
        let _ = (fd, watcher);
        Err(rustix::io::Errno::NOSYS)
    }

    /// [`Engine::watch`] for what comes in and its end alone, where each message that the other side takes would make room to send.
    fn watch_input(&self, fd: BorrowedFd<'_>, watcher: Weak<dyn Watcher>) -> Result<WatchId, rustix::io::Errno> {
        let _ = (fd, watcher);
        Err(rustix::io::Errno::NOSYS)
    }

    /// Ends [`Engine::watch`]. With `fd`, Linux forgets it too, which it does by itself when the last descriptor of what was watched
    /// is closed.
    fn unwatch(&self, id: WatchId, fd: Option<BorrowedFd<'_>>) {
        let _ = (id, fd);
    }

    /// So many more (or fewer) requests wait for watched descriptors.
    fn expect(&self, more: isize) {
        let _ = more;
    }

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

    /// Waits for completions until the deadline or an [interrupt](Engine::interrupt), and puts them in `harvest`. One thread
    /// at a time does this. May return early with nothing.
    fn poll(&self, deadline: Option<Tick>, harvest: &mut Harvest) {
        let _ = (deadline, harvest);
    }

    /// Makes the polling thread return.
    fn interrupt(&self) {}

    /// How threads of this process can be seen to sleep, where that makes sense: not on virtual time.
    fn sight(&self) -> Option<Arc<dyn Sight>> {
        None
    }
}
