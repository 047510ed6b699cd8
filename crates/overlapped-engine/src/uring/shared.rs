//! The ring that port threads submit to themselves and that a waiting thread reaps.
//!
//! A thread that works for the port of its request submits here with one system call and no hand-over; the thread that
//! leads the waiting (see the kernel's `idle`) sleeps in `io_uring_enter` until something completes, and so learns of its own
//! completions with one switch. Submitters take turns under `submit`, which is held across the system call so that Linux
//! ties each request to the thread that made it; the reaper works under `reap`. Neither is held while results are delivered.
//!
//! Linux ends the pending requests of a thread that exits. They come back as `ECANCELED` although nobody asked, and go to the
//! ring thread. Drawback: the completion of a request whose submitter computes interrupts it (an inter-processor
//! interrupt), and one whose submitter sleeps elsewhere wakes it for a moment.
//!
//! **Submit against cancel.** Whoever cancels marks the request first. Both sides then take `submit`: the submitter, to list the
//! flight, give it its tag, and look for the mark, before its entry goes into the queue; the canceller, to find the flight by its
//! tag. So either the submitter sees the mark, or the canceller sees the flight and its entry follows the target's in the queue.

use super::entry;
use super::flights::{CANCEL, Flight, Flights, WAKE};
use super::setup;
use io_uring::{IoUring, opcode, squeue, types};
use overlapped_kernel::clock::Tick;
use overlapped_kernel::engine::{Operation, Reaped};
use overlapped_kernel::request::RequestRef;
use parking_lot::Mutex;
use rustix::io::Errno;
use std::os::fd::{AsRawFd, BorrowedFd};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

const ENTER_GETEVENTS: u32 = 1;
const ENTER_EXT_ARG: u32 = 8;
/// How often a submission that Linux has no memory for is repeated before it is left to the reaper.
const PATIENCE: u32 = 64;
/// How soon a submission is tried again that Linux has had no memory for.
const RETRY: Duration = Duration::from_millis(1);
/// How long the end of the engine waits for operations that do not end.
const LAST_WAIT: Duration = Duration::from_secs(10);

/// See the module page.
pub(super) struct SharedRing {
    ring: std::mem::ManuallyDrop<IoUring>,
    submit: Mutex<()>,
    reap: Mutex<()>,
    flights: Mutex<Flights>,
    /// Operations in flight, for a look without the lock.
    count: AtomicUsize,
    /// A wake-up is on its way through the ring.
    waking: AtomicBool,
    /// Entries lie in the submission queue that Linux would not take.
    unsubmitted: AtomicBool,
    limit: usize,
}

/// What became of a submission.
pub(super) enum Submitted {
    /// It is in flight.
    Taken,
    /// The ring is full: this is for somebody else.
    Full(RequestRef),
    /// Its end was asked for before it began.
    Over(RequestRef),
}

/// An operation that Linux ended because its submitter exited.
pub(super) struct Stray {
    pub(super) request: RequestRef,
    pub(super) operation: Operation,
}

impl SharedRing {
    pub(super) fn new(ring: IoUring) -> Self {
        let limit = setup::in_flight(&ring);
        Self {
            ring: std::mem::ManuallyDrop::new(ring),
            submit: Mutex::new(()),
            reap: Mutex::new(()),
            flights: Mutex::new(Flights::default()),
            count: AtomicUsize::new(0),
            waking: AtomicBool::new(false),
            unsubmitted: AtomicBool::new(false),
            limit,
        }
    }

    /// Puts the operation in flight, on behalf of the calling thread.
    pub(super) fn submit(&self, request: RequestRef, operation: Operation) -> Submitted {
        let _submitting = self.submit.lock();
        let tag = {
            let mut flights = self.flights.lock();
            if flights.len() >= self.limit {
                return Submitted::Full(request);
            }
            let tag = flights.insert(request, operation, 0);
            if flights.get(tag).is_some_and(|flight| flight.request.is_cancelling()) {
                let flight = flights.take(tag).map(|flight| flight.request);
                return flight.map_or(Submitted::Taken, Submitted::Over);
            }
            tag
        };
        // Counted before Linux sees it, so that it is never reaped uncounted.
        self.count.fetch_add(1, Ordering::SeqCst);
        self.push(&entry::transfer(&operation, tag));
        Submitted::Taken
    }

    /// Asks Linux to end the request's operation, if it is here.
    pub(super) fn cancel(&self, request: &RequestRef) -> bool {
        let _submitting = self.submit.lock();
        let tag = self.flights.lock().find(request);
        if let Some(tag) = tag {
            self.push(&entry::cancel(tag));
        }
        tag.is_some()
    }

    /// Makes the thread that is in [`SharedRing::poll`], or the next one, return.
    pub(super) fn interrupt(&self) {
        // A wake-up that was not reaped yet will do. Its reaper takes it off by a swap, and so sees what preceded this.
        if !self.waking.swap(true, Ordering::AcqRel) {
            let _submitting = self.submit.lock();
            self.push(&opcode::Nop::new().build().user_data(WAKE));
        }
    }

    /// Are there completions to come?
    pub(super) fn is_wanted(&self) -> bool {
        self.count.load(Ordering::SeqCst) > 0
    }

    /// Are there entries that Linux would not take? Who polls tries again.
    pub(super) fn is_stuck(&self) -> bool {
        self.unsubmitted.load(Ordering::Relaxed)
    }

    /// Until when a poll may wait that is to end at this deadline.
    pub(super) fn until(&self, deadline: Option<Tick>) -> Option<Tick> {
        let again = self.is_stuck().then(|| Tick::monotonic().plus(RETRY));
        again.into_iter().chain(deadline).min()
    }

    /// The ring's own descriptor, readable while there are completions.
    pub(super) fn descriptor(&self) -> BorrowedFd<'_> {
        // SAFETY: the ring, and so its descriptor, lives as long as `self`.
        unsafe { BorrowedFd::borrow_raw(self.ring.as_raw_fd()) }
    }

    /// Takes what has completed without waiting; false if that was nothing.
    pub(super) fn look(&self, reaped: &mut Vec<Reaped>, strays: &mut Vec<Stray>) -> bool {
        if self.is_stuck() {
            let _submitting = self.submit.lock();
            self.flush();
        }
        self.reap(reaped, strays)
    }

    /// Waits for completions until the deadline or an interrupt.
    pub(super) fn poll(&self, deadline: Option<Tick>, reaped: &mut Vec<Reaped>, strays: &mut Vec<Stray>) {
        if self.look(reaped, strays) {
            return;
        }
        let limit = self.until(deadline).map(|deadline| types::Timespec::from(deadline.since(Tick::monotonic())));
        let mut args = types::SubmitArgs::new();
        if let Some(limit) = &limit {
            args = args.timespec(limit);
        }
        // Nothing is submitted here: entries of others must be submitted by themselves. Time-outs and signals end the
        // wait as completions do, and other errors will be met by the submitters.
        // SAFETY: `args` is what EXT_ARG announces, and it and the time limit outlive the call.
        let _ = unsafe { self.ring.submitter().enter(0, 1, ENTER_GETEVENTS | ENTER_EXT_ARG, Some(&args)) };
        self.reap(reaped, strays);
    }

    /// Takes what has completed; false if that was nothing.
    fn reap(&self, reaped: &mut Vec<Reaped>, strays: &mut Vec<Stray>) -> bool {
        let mut any = false;
        {
            let _reaping = self.reap.lock();
            // SAFETY: this is the only completion queue at a time: `reap` is held.
            let completions = unsafe { self.ring.completion_shared() };
            if completions.is_empty() {
                return false;
            }
            let mut flights = self.flights.lock();
            for completion in completions {
                any = true;
                let (tag, result) = (completion.user_data(), entry::result(completion.result()));
                if tag & WAKE != 0 {
                    self.waking.swap(false, Ordering::AcqRel);
                } else if tag & CANCEL == 0 {
                    // The answer to a cancel says nothing that the target's own completion does not.
                    if let Some(Flight { request, operation, .. }) = flights.take(tag) {
                        self.count.fetch_sub(1, Ordering::Relaxed);
                        match result {
                            Err(Errno::CANCELED | Errno::INTR | Errno::AGAIN) if request.is_cancelling() => {
                                reaped.push(Reaped::new(request, Err(Errno::CANCELED)));
                            }
                            Err(Errno::CANCELED | Errno::INTR | Errno::AGAIN) => {
                                strays.push(Stray { request, operation });
                            }
                            result => reaped.push(Reaped::new(request, result)),
                        }
                    }
                }
            }
        }
        any
    }

    /// Hands one entry to Linux. The caller holds `submit`.
    fn push(&self, entry: &squeue::Entry) {
        loop {
            // SAFETY: this is the only submission queue at a time: `submit` is held. What the entry points to lives until
            // its completion, by the promise of `Engine::submit` and the flight that holds the request.
            let pushed = unsafe { self.ring.submission_shared().push(entry) };
            self.flush();
            if pushed.is_ok() {
                return;
            }
            std::thread::yield_now();
        }
    }

    /// Makes Linux take all entries. The caller holds `submit`.
    fn flush(&self) {
        for _ in 0..PATIENCE {
            // SAFETY: as in `push`.
            let waiting = unsafe { self.ring.submission_shared() }.len();
            if waiting == 0 {
                self.unsubmitted.store(false, Ordering::Relaxed);
                return;
            }
            if self.ring.submit().is_err() {
                // No memory (EAGAIN), a signal, or a full completion queue (EBUSY), which the cap in flight prevents.
                std::thread::yield_now();
            }
        }
        self.unsubmitted.store(true, Ordering::Relaxed);
    }
}

impl Drop for SharedRing {
    /// Requests hold their engine, so normally nothing is in flight any more.
    fn drop(&mut self) {
        let tags = self.flights.lock().tags();
        for tag in tags {
            let _submitting = self.submit.lock();
            self.push(&entry::cancel(tag));
        }
        let end = Tick::monotonic().plus(LAST_WAIT);
        let (mut reaped, mut strays) = (Vec::new(), Vec::new());
        while !self.flights.lock().is_empty() && Tick::monotonic() < end {
            self.poll(Some(end), &mut reaped, &mut strays);
        }
        reaped.extend(strays.into_iter().map(|s| Reaped::new(s.request, Err(Errno::CANCELED))));
        if self.flights.lock().is_empty() {
            // SAFETY: the ring is not used after this line, and Linux has no operation of it any more.
            unsafe { std::mem::ManuallyDrop::drop(&mut self.ring) };
        } else {
            tracing::error!("operations do not end: their memory and their ring are left to the process");
            std::mem::forget(std::mem::take(&mut *self.flights.lock()));
        }
        reaped.into_iter().for_each(Reaped::deliver);
    }
}
