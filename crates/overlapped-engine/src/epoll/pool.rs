//! A bounded pool of threads that make blocking calls.
//!
//! Threads are started when work waits and none is idle, and end after [`IDLE`] without work. Each carries one operation
//! out and delivers it itself. An operation that still waits for a thread can be cancelled; one that a thread has begun runs to
//! its end, as Linux has no way to recall a blocking disk transfer. Drawback: the bound is the depth that the disk sees.

use crate::direct;
use crate::task;
use overlapped_kernel::engine::{Operation, RawResult, Reaped};
use overlapped_kernel::request::{Request, RequestRef};
use parking_lot::{Condvar, Mutex};
use rustix::io::Errno;
use std::cell::Cell;
use std::collections::VecDeque;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

thread_local! {
    /// The request whose operation this thread of a pool is delivering: it may go on with another one at once.
    static DELIVERING: Cell<*const Request> = const { Cell::new(std::ptr::null()) };
}

/// How long a thread waits for work before it ends.
const IDLE: Duration = Duration::from_secs(10);

/// See the module page.
pub(crate) struct Pool {
    shared: Arc<Shared>,
}

struct Shared {
    state: Mutex<State>,
    work: Condvar,
    limit: usize,
}

#[derive(Default)]
struct State {
    /// Oldest first, and so in the order of their tags.
    queue: VecDeque<Job>,
    last_tag: u64,
    threads: Vec<JoinHandle<()>>,
    alive: usize,
    idle: usize,
    stop: bool,
}

struct Job {
    tag: u64,
    request: RequestRef,
    operation: Operation,
}

/// As many threads as are useful when each mostly waits for a disk.
pub(crate) fn default_limit() -> usize {
    std::thread::available_parallelism().map_or(4, std::num::NonZero::get).saturating_mul(4).min(32)
}

impl Pool {
    pub(crate) fn new(limit: usize) -> Self {
        let limit = limit.max(1);
        Self { shared: Arc::new(Shared { state: Mutex::new(State::default()), work: Condvar::new(), limit }) }
    }

    /// Queues the operation; `ENOMEM` is delivered if there is no thread to do it and none can be had.
    pub(crate) fn submit(&self, request: RequestRef, operation: Operation) {
        if let Err(reaped) = self.enqueue(request, operation) {
            reaped.deliver();
        }
    }

    fn enqueue(&self, request: RequestRef, operation: Operation) -> Result<(), Reaped> {
        let mut state = self.shared.state.lock();
        // Whoever cancels marks the request before it takes this lock: either the mark is seen here, or the queued
        // operation is seen there.
        if request.is_cancelling() {
            return Err(Reaped::new(request, Err(Errno::CANCELED)));
        }
        state.last_tag += 1;
        let tag = state.last_tag;
        request.set_engine_tag(tag);
        // The rest of what this thread has just done a part of: it comes back for it, or another thread before it does. Nobody
        // need be woken, and the data stays with one processor.
        let goes_on = DELIVERING.get() == Arc::as_ptr(&request) && request.progress() > 0;
        state.queue.push_back(Job { tag, request, operation });
        if goes_on {
            return Ok(());
        }
        if state.queue.len() <= state.idle {
            self.shared.work.notify_one();
        } else if state.alive < self.shared.limit && self.start_thread(&mut state).is_err() && state.alive == 0 {
            let job = state.queue.pop_back();
            return job.map_or(Ok(()), |job| Err(Reaped::new(job.request, Err(Errno::NOMEM))));
        }
        Ok(())
    }

    fn start_thread(&self, state: &mut State) -> std::io::Result<()> {
        let shared = Arc::clone(&self.shared);
        let thread = task::spawn("ovl-pool", move || shared.work())?;
        state.threads.retain(|thread| !thread.is_finished());
        state.threads.push(thread);
        state.alive += 1;
        Ok(())
    }

    /// Takes the request's operation out, if it waits here for a thread, and delivers its end.
    pub(crate) fn cancel(&self, request: &RequestRef) -> bool {
        let job = {
            let mut state = self.shared.state.lock();
            let place = state.queue.binary_search_by_key(&request.engine_tag(), |job| job.tag);
            let place = place.ok().filter(|&place| Arc::ptr_eq(&state.queue[place].request, request));
            place.and_then(|place| state.queue.remove(place))
        };
        let found = job.is_some();
        if let Some(job) = job {
            Reaped::new(job.request, Err(Errno::CANCELED)).deliver();
        }
        found
    }
}

impl Shared {
    fn work(&self) {
        while let Some(job) = self.next() {
            // SAFETY: buffer and descriptor are valid until the request is complete (`Engine::submit`).
            let result: RawResult = unsafe { direct::perform(&job.operation) };
            DELIVERING.set(Arc::as_ptr(&job.request));
            Reaped::new(job.request, result).deliver();
            DELIVERING.set(std::ptr::null());
        }
    }

    /// The next job; `None` when the thread is to end.
    fn next(&self) -> Option<Job> {
        let mut state = self.state.lock();
        loop {
            if let Some(job) = state.queue.pop_front() {
                return Some(job);
            }
            if state.stop {
                state.alive -= 1;
                return None;
            }
            state.idle += 1;
            let late = self.work.wait_for(&mut state, IDLE).timed_out();
            state.idle -= 1;
            if late && state.queue.is_empty() && !state.stop {
                state.alive -= 1;
                return None;
            }
        }
    }
}

impl Drop for Pool {
    /// What is queued is done first.
    fn drop(&mut self) {
        let threads = {
            let mut state = self.shared.state.lock();
            state.stop = true;
            self.shared.work.notify_all();
            std::mem::take(&mut state.threads)
        };
        threads.into_iter().for_each(task::join);
    }
}
