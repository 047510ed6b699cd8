//! The engine on io_uring.
//!
//! Linux completes a ring's request in the thread that submitted it. Submitted from any thread of the program, requests would
//! interrupt that thread's own waits and end when it ends. So there are two rings:
//!
//! - the *ring thread* of the library owns one and is the only one to touch it;
//! - the *shared ring* takes the requests of threads that are sure to come back: those that work for the port that
//!   the request reports to. The thread that waits reaps it, which saves two of three thread switches.
//!
//! What a ring cannot do goes to the threads of the other engine. Drawback: a buffered write through a ring is handed to a
//! kernel thread at once (44 microseconds instead of one), so small ones are attempted directly (`crate::direct`).

mod entry;
mod flights;
mod setup;
mod shared;
mod thread;

pub use setup::UringError;

use crate::direct::{self, Direct};
use crate::epoll::{Threads, pool};
use crate::sockets::{self, WatchSet};
use overlapped_kernel::clock::Tick;
use overlapped_kernel::engine::{
    Engine, Harvest, Kind, Mode, Operation, RawResult, Reaped, SocketCall, WatchId, Watcher,
};
use overlapped_kernel::request::RequestRef;
use overlapped_kernel::sentinel::Sight;
use rustix::io::Errno;
use shared::{SharedRing, Submitted};
use std::os::fd::BorrowedFd;
use std::sync::{Arc, Weak};
use thread::RingThread;

/// Submission entries of each ring; four times as many completions, and half of those operations in flight.
const ENTRIES: u32 = 512;

/// See the module page.
pub struct UringEngine {
    direct: Direct,
    shared: Option<SharedRing>,
    thread: RingThread,
    threads: Arc<Threads>,
    sockets: WatchSet,
}

impl UringEngine {
    /// The engine, if this kernel lets the process use io_uring and knows all that the engine needs.
    pub fn new() -> Result<Self, UringError> {
        Self::with_entries(ENTRIES)
    }

    /// The same with rings of `entries` submission entries; more operations than fit wait inside the engine.
    pub fn with_entries(entries: u32) -> Result<Self, UringError> {
        let ring = setup::shared(entries).map_err(UringError::Refused)?;
        setup::check(&ring)?;
        let shared = setup::can_wait_until(&ring).then(|| SharedRing::new(ring));
        let threads = Arc::new(Threads::new(pool::default_limit()));
        let thread = RingThread::new(entries, Arc::clone(&threads));
        Ok(Self { direct: Direct::default(), shared, thread, threads, sockets: WatchSet::default() })
    }

    /// The descriptor of the shared ring, which the set of watched ones polls as well.
    fn ring(&self) -> Option<BorrowedFd<'_>> {
        self.shared.as_ref().map(SharedRing::descriptor)
    }

    /// Has whoever polls submit what Linux would not take from this thread. Without the set, who polls waits for operations of the ring
    /// alone, which end soon, and looks then.
    fn pass_on(&self, shared: &SharedRing) {
        if shared.is_stuck() {
            self.sockets.interrupt();
        }
    }

    /// A descriptor is watched, or could not be; was the set made for it?
    fn watched(&self, watch: Result<(WatchId, bool), Errno>) -> Result<WatchId, Errno> {
        // A descriptor that is refused may have brought about the set all the same.
        let new = watch.map_or(true, |(_, new)| new);
        if new && let Some(shared) = &self.shared {
            // Whoever polls the ring alone comes back, and polls both from now on.
            shared.interrupt();
        }
        watch.map(|(id, _)| id)
    }
}

impl std::fmt::Debug for UringEngine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("UringEngine").field("shared", &self.shared.is_some()).finish_non_exhaustive()
    }
}

// SAFETY: results are those of Linux for the operation as it is, and its last word on it is reaped once.
unsafe impl Engine for UringEngine {
    fn name(&self) -> &'static str {
        "uring"
    }

    unsafe fn attempt(&self, operation: &Operation) -> Option<RawResult> {
        // SAFETY: the caller's promise.
        unsafe { self.direct.attempt(operation) }
    }

    unsafe fn perform(&self, operation: &Operation) -> RawResult {
        // SAFETY: the caller's promise.
        unsafe { direct::perform(operation) }
    }

    unsafe fn submit(&self, mut request: RequestRef, operation: Operation) {
        // A ring serves the readers of a stream in any order, the newest first as a rule; the threads keep the order of the
        // requests (contract 03 section 3).
        let stream = operation.mode.contains(Mode::STREAM) && operation.kind != Kind::Sync;
        if stream || !entry::takes(&operation) {
            return self.threads.submit(request, operation);
        }
        if let Some(shared) = &self.shared
            && request.submitter_returns()
        {
            match shared.submit(request, operation) {
                Submitted::Taken => return self.pass_on(shared),
                Submitted::Over(request) => return Reaped::new(request, Err(Errno::CANCELED)).deliver(),
                Submitted::Full(back) => request = back,
            }
        }
        self.thread.submit(request, operation);
    }

    /// A request moves from the shared ring to the ring thread and from there to the other threads, never back; asked in this
    /// order, it is found where it is, or it finds its mark when it gets there.
    fn cancel(&self, request: &RequestRef) {
        let shared = self.shared.as_ref().filter(|shared| shared.cancel(request));
        if let Some(shared) = shared {
            self.pass_on(shared);
        } else {
            self.thread.cancel(request);
            self.threads.cancel(request);
        }
    }

    unsafe fn socket_call(&self, call: &SocketCall) -> RawResult {
        // SAFETY: the caller's promise.
        unsafe { sockets::call(call) }
    }

    fn watch(&self, fd: BorrowedFd<'_>, watcher: Weak<dyn Watcher>) -> Result<WatchId, Errno> {
        self.watched(self.sockets.watch(fd, watcher, self.ring()))
    }

    fn watch_input(&self, fd: BorrowedFd<'_>, watcher: Weak<dyn Watcher>) -> Result<WatchId, Errno> {
        self.watched(self.sockets.watch_input(fd, watcher, self.ring()))
    }

    fn unwatch(&self, id: WatchId, fd: Option<BorrowedFd<'_>>) {
        self.sockets.unwatch(id, fd);
    }

    fn expect(&self, more: isize) {
        self.sockets.expect(more);
    }

    fn wants_poll(&self) -> bool {
        self.sockets.is_wanted() || self.shared.as_ref().is_some_and(SharedRing::is_wanted)
    }

    /// Once a socket was watched, the set is polled, and the ring is a guest in it.
    fn poll(&self, deadline: Option<Tick>, harvest: &mut Harvest) {
        let mut strays = Vec::new();
        match &self.shared {
            Some(shared) if !self.sockets.is_open() => shared.poll(deadline, &mut harvest.reaped, &mut strays),
            Some(shared) => {
                // What is left in it besides operations shows by its descriptor.
                let look = shared.is_wanted() || shared.is_stuck();
                let found = look && shared.look(&mut harvest.reaped, &mut strays);
                let deadline = if found { Some(Tick(0)) } else { shared.until(deadline) };
                if self.sockets.poll(deadline, harvest).guest {
                    shared.look(&mut harvest.reaped, &mut strays);
                }
            }
            None => {
                self.sockets.poll(deadline, harvest);
            }
        }
        for stray in strays {
            self.thread.submit(stray.request, stray.operation);
        }
    }

    fn sight(&self) -> Option<Arc<dyn Sight>> {
        crate::sentinel::sight(crate::sentinel::Choice::from_env())
    }

    fn interrupt(&self) {
        if self.sockets.is_open() {
            self.sockets.interrupt();
        } else if let Some(shared) = &self.shared {
            shared.interrupt();
            if self.sockets.is_open() {
                // It was made just now, and the poller may look at nothing else already.
                self.sockets.interrupt();
            }
        }
    }
}
