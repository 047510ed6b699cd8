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
use overlapped_kernel::clock::Tick;
use overlapped_kernel::engine::{Engine, Kind, Mode, Operation, RawResult, Reaped};
use overlapped_kernel::request::RequestRef;
use rustix::io::Errno;
use shared::{SharedRing, Submitted};
use std::sync::Arc;
use thread::RingThread;

/// Submission entries of each ring; four times as many completions, and half of those operations in flight.
const ENTRIES: u32 = 512;

/// See the module page.
pub struct UringEngine {
    direct: Direct,
    shared: Option<SharedRing>,
    thread: RingThread,
    threads: Arc<Threads>,
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
        Ok(Self { direct: Direct::default(), shared, thread, threads })
    }
}

impl std::fmt::Debug for UringEngine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("UringEngine").field("shared", &self.shared.is_some()).finish_non_exhaustive()
    }
}

impl Engine for UringEngine {
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
        if operation.mode.contains(Mode::STREAM) && operation.kind != Kind::Sync {
            return self.threads.submit(request, operation);
        }
        if let Some(shared) = &self.shared
            && request.submitter_returns()
        {
            match shared.submit(request, operation) {
                Submitted::Taken => return,
                Submitted::Over(request) => return Reaped { request, result: Err(Errno::CANCELED) }.deliver(),
                Submitted::Full(back) => request = back,
            }
        }
        self.thread.submit(request, operation);
    }

    /// A request moves from the shared ring to the ring thread and from there to the other threads, never back; asked in this
    /// order, it is found where it is, or it finds its mark when it gets there.
    fn cancel(&self, request: &RequestRef) {
        let found = self.shared.as_ref().is_some_and(|shared| shared.cancel(request));
        if !found {
            self.thread.cancel(request);
            self.threads.cancel(request);
        }
    }

    fn wants_poll(&self) -> bool {
        self.shared.as_ref().is_some_and(SharedRing::is_wanted)
    }

    fn poll(&self, deadline: Option<Tick>, reaped: &mut Vec<Reaped>) {
        let Some(shared) = &self.shared else { return };
        let mut strays = Vec::new();
        shared.poll(deadline, reaped, &mut strays);
        for stray in strays {
            self.thread.submit(stray.request, stray.operation);
        }
    }

    fn interrupt(&self) {
        if let Some(shared) = &self.shared {
            shared.interrupt();
        }
    }
}
