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
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, OnceLock};
use work::Worker;

/// See the module page.
pub struct Ring {
    system: System,
    probe: Probe,
    /// Most entries that can wait for a submission, and most completions that can wait to be taken.
    sizes: [usize; 2],
    state: Mutex<State>,
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
    /// Those of them that are requests, by what their entries have for the caller and a number of their own.
    requests: BTreeMap<(usize, u64), Issued>,
    next: u64,
    completed: VecDeque<Outcome>,
    files: Vec<Handle>,
    regions: Vec<Region>,
    event: Option<Arc<Event>>,
    /// Threads that wait: for how many completions, and what wakes them.
    waiting: Vec<(usize, Arc<Event>)>,
    /// Threads that begin entries; they look again before they stop.
    pumping: usize,
    closed: bool,
}

impl State {
    /// All places for completions that are taken, or will be.
    fn taken(&self) -> usize {
        self.completed.len() + self.outstanding + self.held.len()
    }

    /// Are there so many completions, or as many as there can be?
    fn has(&self, completions: usize) -> bool {
        self.completed.len() >= completions.min(self.taken())
    }

    fn wake(&self) {
        let ended = self.waiting.iter().filter(|(completions, _)| self.has(*completions));
        ended.for_each(|(_, event)| event.set());
    }
}

struct Issued {
    instance: Arc<Instance>,
    request: RequestRef,
}

/// Why a ring does not take what it is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The queue of entries has no place.
    SubmissionsFull,
    /// The completions would not all have places.
    CompletionsFull,
    /// It has been closed meanwhile.
    Closed,
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
            worker: OnceLock::new(),
        })
    }

    /// Most entries that can wait for a submission, and most completions that can wait to be taken.
    #[must_use]
    pub fn sizes(&self) -> [usize; 2] {
        self.sizes
    }

    /// Adds an entry to the next submission.
    pub fn add(&self, entry: Entry) -> Result<(), Refusal> {
        let mut state = self.state.lock();
        if state.closed {
            return Err(Refusal::Closed);
        }
        if state.building.len() >= self.sizes[0] {
            return Err(Refusal::SubmissionsFull);
        }
        state.building.push(entry);
        Ok(())
    }

    /// Begins all entries that were added, in their order; how many those were. None begins if not all of them would find places.
    ///
    /// # Safety
    /// The memory of each entry (writable for a read) stays valid and untouched by others until the entry is complete.
    pub unsafe fn submit(self: &Arc<Self>) -> Result<usize, Refusal> {
        let count = {
            let mut state = self.state.lock();
            if state.closed {
                // Nothing may begin once somebody has been told that nothing touches its memory any more.
                return Err(Refusal::Closed);
            }
            let count = state.building.len();
            if state.taken() + count > self.sizes[1] {
                return Err(Refusal::CompletionsFull);
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
        // Each wait has its own: one that goes on must not take the news from another.
        let woken = Arc::new(Event::manual_reset(false));
        {
            let mut state = self.state.lock();
            if state.has(completions) {
                return Ok(true);
            }
            state.waiting.push((completions, Arc::clone(&woken)));
        }
        let object: WaitRef = woken.clone();
        let outcome = wait::wait_any(self.system.idle(), &[object], timeout, false);
        let mut state = self.state.lock();
        state.waiting.retain(|(_, event)| !Arc::ptr_eq(event, &woken));
        Ok(outcome? != wait::Outcome::TimedOut || state.has(completions))
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
            state.wake();
            let requests: Vec<_> = state.requests.values().map(|issued| Arc::clone(&issued.request)).collect();
            (requests, std::mem::take(&mut state.files))
        };
        for request in requests {
            request.cancel();
        }
        let _ = self.wait(usize::MAX, Timeout::Infinite);
        self.release(files);
    }

    /// One entry is complete.
    fn finish(self: &Arc<Self>, user: usize, status: Status, bytes: usize) {
        let (event, go_on) = {
            let mut state = self.state.lock();
            state.outstanding -= 1;
            let first = state.completed.is_empty();
            state.completed.push_back(Outcome { user, status, bytes });
            state.wake();
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
