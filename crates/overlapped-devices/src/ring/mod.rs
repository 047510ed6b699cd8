//! A ring of entries that are submitted together and complete one by one: the I/O rings of Windows 11 (`ioringapi.h`).
//!
//! Each entry is a request like any other, whose completion goes into the ring's queue instead of a port or an event: the request's waker
//! puts it there, so nothing polls. What must wait for earlier entries, and what blocks (a flush), is done by one thread of the ring, which
//! starts when it is first needed. The completion queue never overflows, because what could find no place in it is not accepted.

mod entry;
mod work;

pub use entry::{Entry, File, Memory, Outcome, Region, What};

use overlapped_abi::{Status, Win32Error};
use overlapped_kernel::clock::Timeout;
use overlapped_kernel::dispatcher::{Event, WaitRef};
use overlapped_kernel::handle::Handle;
use overlapped_kernel::instance::Instance;
use overlapped_kernel::request::RequestRef;
use overlapped_kernel::road::Probe;
use overlapped_kernel::system::System;
use overlapped_kernel::wait;
use parking_lot::Mutex;
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, OnceLock};
use std::time::Instant;
use work::Worker;

/// See the module page.
pub struct Ring {
    system: System,
    probe: Probe,
    /// Most entries that can wait for a submission, and most completions that can wait to be taken.
    sizes: [usize; 2],
    state: Mutex<State>,
    /// Set by each completion.
    progress: Arc<Event>,
    worker: OnceLock<Worker>,
}

#[derive(Default)]
struct State {
    /// Not submitted yet.
    building: Vec<Entry>,
    /// Submitted, and not begun.
    held: VecDeque<Entry>,
    /// Begun, and not complete.
    outstanding: usize,
    /// Those of them that are requests, by a number of their own.
    requests: HashMap<u64, Issued>,
    next: u64,
    completed: VecDeque<Outcome>,
    files: Vec<Handle>,
    regions: Vec<Region>,
    event: Option<Arc<Event>>,
    /// Threads that begin entries; they look again before they stop.
    pumping: usize,
    closed: bool,
}

struct Issued {
    user: usize,
    instance: Arc<Instance>,
    request: RequestRef,
}

/// A submission that is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Full {
    /// The queue of entries has no place.
    Submissions,
    /// The completions would not all have places.
    Completions,
}

impl Ring {
    /// A ring with places for so many entries and completions. `probe` says whether memory is there.
    #[must_use]
    pub fn new(system: &System, submissions: usize, completions: usize, probe: Probe) -> Arc<Self> {
        Arc::new(Self {
            system: system.clone(),
            probe,
            sizes: [submissions, completions],
            state: Mutex::default(),
            progress: Arc::new(Event::manual_reset(false)),
            worker: OnceLock::new(),
        })
    }

    /// Most entries that can wait for a submission, and most completions that can wait to be taken.
    #[must_use]
    pub fn sizes(&self) -> [usize; 2] {
        self.sizes
    }

    /// Adds an entry to the next submission.
    pub fn add(&self, entry: Entry) -> Result<(), Full> {
        let mut state = self.state.lock();
        if state.building.len() >= self.sizes[0] {
            return Err(Full::Submissions);
        }
        state.building.push(entry);
        Ok(())
    }

    /// Begins all entries that were added, in their order; how many those were. None if not all of them would find places.
    ///
    /// # Safety
    /// The memory of each entry (writable for a read) stays valid and untouched by others until the entry is complete.
    pub unsafe fn submit(self: &Arc<Self>) -> Result<usize, Full> {
        let count = {
            let mut state = self.state.lock();
            let count = state.building.len();
            if state.completed.len() + state.outstanding + state.held.len() + count > self.sizes[1] {
                return Err(Full::Completions);
            }
            let added = std::mem::take(&mut state.building);
            state.held.extend(added);
            count
        };
        // SAFETY: the caller's promise, and that of earlier calls.
        unsafe { self.pump() };
        Ok(count)
    }

    /// Waits until there are so many completions to take, or as many as there can be; false if the time is up before.
    pub fn wait(&self, completions: usize, timeout: Timeout) -> Result<bool, Win32Error> {
        let deadline = match timeout {
            Timeout::After(limit) => Instant::now().checked_add(limit),
            _ => None,
        };
        loop {
            {
                let state = self.state.lock();
                let most = state.completed.len() + state.outstanding + state.held.len();
                if state.completed.len() >= completions.min(most) {
                    return Ok(true);
                }
                // What completes from here on sets it.
                self.progress.reset();
            }
            let left = match (timeout, deadline) {
                (Timeout::After(_), Some(deadline)) => deadline.saturating_duration_since(Instant::now()).into(),
                (timeout, _) => timeout,
            };
            let object: WaitRef = self.progress.clone();
            if wait::wait_any(self.system.idle(), &[object], left, false)? == wait::Outcome::TimedOut {
                return Ok(false);
            }
        }
    }

    /// The oldest completion.
    pub fn pop(&self) -> Option<Outcome> {
        self.state.lock().completed.pop_front()
    }

    /// The event that is set when the first completion comes into the empty queue.
    pub fn set_event(&self, event: Option<Arc<Event>>) {
        self.state.lock().event = event;
    }

    /// Ends the ring: entries that have not begun vanish, the others are cancelled, and nothing touches their memory any more when this
    /// returns.
    pub fn close(self: &Arc<Self>) {
        let (requests, files) = {
            let mut state = self.state.lock();
            state.closed = true;
            state.building.clear();
            state.held.clear();
            let requests: Vec<_> = state.requests.values().map(|issued| Arc::clone(&issued.request)).collect();
            (requests, std::mem::take(&mut state.files))
        };
        for request in requests {
            request.cancel();
        }
        let _ = self.wait(usize::MAX, Timeout::Infinite);
        for file in files {
            // Somebody may have closed a number that is not his.
            let _ = self.system.close(file);
        }
    }

    /// One entry is complete.
    fn finish(self: &Arc<Self>, user: usize, status: Status, bytes: usize) {
        let (event, go_on) = {
            let mut state = self.state.lock();
            state.outstanding -= 1;
            let first = state.completed.is_empty();
            state.completed.push_back(Outcome { user, status, bytes });
            self.progress.set();
            let go_on = !state.held.is_empty() && state.outstanding == 0 && state.pumping == 0;
            (state.event.clone().filter(|_| first), go_on)
        };
        if let Some(event) = event {
            event.set();
        }
        if go_on {
            // Not here: this may be the end of another call altogether.
            self.worker().pump(self);
        }
    }
}

impl std::fmt::Debug for Ring {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ring").field("sizes", &self.sizes).finish_non_exhaustive()
    }
}
