//! The engine for kernels that do not let us use io_uring.
//!
//! What the calling thread cannot do at once (`crate::direct`) goes to a `Pool` of threads that make blocking calls,
//! or, on descriptors that may keep a reader waiting for ever, to `Streams`, which waits for readiness.
//! Drawback: every transfer that blocks costs two thread switches and one thread, so disks see no more depth than there are
//! threads; measured at 22,000 unbuffered reads a second where the ring makes 60,000 or more.

pub(crate) mod pool;
mod streams;

use crate::direct::{self, Direct};
use crate::sockets::{self, WatchSet};
use overlapped_kernel::clock::Tick;
use overlapped_kernel::engine::{Engine, Harvest, Kind, Mode, Operation, RawResult, SocketCall, WatchId, Watcher};
use overlapped_kernel::request::RequestRef;
use overlapped_kernel::sentinel::Sight;
use pool::Pool;
use rustix::io::Errno;
use std::os::fd::BorrowedFd;
use std::sync::{Arc, Weak};
use streams::Streams;

/// The threads that carry out what blocks. The ring engine has them too, for what its kernel lacks.
pub(crate) struct Threads {
    pool: Pool,
    streams: Streams,
}

impl Threads {
    pub(crate) fn new(limit: usize) -> Self {
        Self { pool: Pool::new(limit), streams: Streams::default() }
    }

    /// Takes the operation over.
    pub(crate) fn submit(&self, request: RequestRef, operation: Operation) {
        if operation.mode.contains(Mode::STREAM) && matches!(operation.kind, Kind::Read | Kind::Write) {
            self.streams.submit(request, operation);
        } else {
            self.pool.submit(request, operation);
        }
    }

    /// Ends the request's operation if it has not begun.
    pub(crate) fn cancel(&self, request: &RequestRef) -> bool {
        self.pool.cancel(request) || self.streams.cancel(request)
    }
}

/// See the module page.
pub struct EpollEngine {
    direct: Direct,
    threads: Threads,
    sockets: WatchSet,
}

impl EpollEngine {
    /// An engine with up to four threads a processor, and no more than 32.
    #[must_use]
    pub fn new() -> Self {
        Self::with_threads(pool::default_limit())
    }

    /// An engine whose pool has up to `limit` threads.
    #[must_use]
    pub fn with_threads(limit: usize) -> Self {
        Self { direct: Direct::default(), threads: Threads::new(limit), sockets: WatchSet::default() }
    }
}

impl Default for EpollEngine {
    fn default() -> Self {
        Self::new()
    }
}

impl std::fmt::Debug for EpollEngine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EpollEngine").finish_non_exhaustive()
    }
}

// SAFETY: results are those of the system calls for the operation as it is, which are over when it is reaped.
unsafe impl Engine for EpollEngine {
    fn name(&self) -> &'static str {
        "epoll"
    }

    unsafe fn attempt(&self, operation: &Operation) -> Option<RawResult> {
        // SAFETY: the caller's promise.
        unsafe { self.direct.attempt(operation) }
    }

    unsafe fn perform(&self, operation: &Operation) -> RawResult {
        // SAFETY: the caller's promise.
        unsafe { direct::perform(operation) }
    }

    unsafe fn submit(&self, request: RequestRef, operation: Operation) {
        self.threads.submit(request, operation);
    }

    fn cancel(&self, request: &RequestRef) {
        self.threads.cancel(request);
    }

    unsafe fn socket_call(&self, call: &SocketCall) -> RawResult {
        // SAFETY: the caller's promise.
        unsafe { sockets::call(call) }
    }

    fn watch(&self, fd: BorrowedFd<'_>, watcher: Weak<dyn Watcher>) -> Result<WatchId, Errno> {
        self.sockets.watch(fd, watcher, None).map(|(id, _)| id)
    }

    fn watch_input(&self, fd: BorrowedFd<'_>, watcher: Weak<dyn Watcher>) -> Result<WatchId, Errno> {
        self.sockets.watch_input(fd, watcher, None).map(|(id, _)| id)
    }

    fn unwatch(&self, id: WatchId, fd: Option<BorrowedFd<'_>>) {
        self.sockets.unwatch(id, fd);
    }

    fn expect(&self, more: isize) {
        self.sockets.expect(more);
    }

    fn wants_poll(&self) -> bool {
        self.sockets.is_wanted()
    }

    fn poll(&self, deadline: Option<Tick>, harvest: &mut Harvest) {
        self.sockets.poll(deadline, harvest);
    }

    fn sight(&self) -> Option<Arc<dyn Sight>> {
        crate::sentinel::sight(crate::sentinel::Choice::from_env())
    }

    fn interrupt(&self) {
        self.sockets.interrupt();
    }
}
