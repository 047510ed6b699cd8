//! The ring thread: the one thread of the library that owns a ring, all requests in it, and their completions.
//!
//! Others reach it through an inbox, and through an eventfd only while it sleeps: a read of the eventfd is always in flight in
//! the ring, so one `io_uring_enter` waits for mail and for completions alike. The thread starts with the first request. If it
//! gets no ring (memory limit, a filter), everything goes to the blocking threads instead.
//!
//! **Submit against cancel.** Both are mail, in the order of the inbox's lock, and whoever cancels marks the request first. A cancel
//! that comes after its submission finds the flight; one that came before leaves the mark, which is looked at when the
//! operation is about to begin. Tags are given and looked up by this thread alone.
//!
//! A cancel can miss: between two waits of one operation Linux does not find it. So for descriptors that may wait for ever,
//! a missed cancel is asked again while the operation is in flight. Drawback of the thread: a completion costs a switch more
//! than where the waiting thread reaps, and user code that completions run (wakers) runs here.

use super::entry;
use super::flights::{CANCEL, Flight, Flights, WAKE};
use super::setup;
use crate::epoll::Threads;
use crate::task;
use io_uring::{IoUring, opcode, squeue, types};
use overlapped_kernel::engine::{Mode, Operation, RawResult, Reaped};
use overlapped_kernel::request::RequestRef;
use parking_lot::Mutex;
use rustix::event::{EventfdFlags, eventfd};
use rustix::io::Errno;
use std::collections::VecDeque;
use std::os::fd::{AsRawFd, OwnedFd};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

/// How often an operation is begun again that Linux ended unasked, or a cancel repeated that missed.
const TRIES: u8 = 16;
/// The pause after a failure of io_uring_enter that should not exist.
const AFTER_FAILURE: Duration = Duration::from_millis(10);

/// The others' side of the thread.
pub(super) struct RingThread {
    inbox: Arc<Inbox>,
    handle: Mutex<Option<JoinHandle<()>>>,
    entries: u32,
}

struct Inbox {
    mail: Mutex<Mail>,
    threads: Arc<Threads>,
}

#[derive(Default)]
struct Mail {
    letters: Vec<Letter>,
    /// The eventfd, once the thread has been started.
    kick: Option<Arc<OwnedFd>>,
    /// The thread sleeps, or is about to, and must be kicked.
    asleep: bool,
    stop: bool,
    /// There is no ring: the blocking threads do it.
    forward: bool,
}

enum Letter {
    Submit(RequestRef, Operation),
    Cancel(RequestRef),
}

impl RingThread {
    pub(super) fn new(entries: u32, threads: Arc<Threads>) -> Self {
        let inbox = Arc::new(Inbox { mail: Mutex::new(Mail::default()), threads });
        Self { inbox, handle: Mutex::new(None), entries }
    }

    /// Takes the operation over.
    pub(super) fn submit(&self, request: RequestRef, operation: Operation) {
        let mut mail = self.inbox.mail.lock();
        if mail.forward || (mail.kick.is_none() && !self.start(&mut mail)) {
            drop(mail);
            return self.inbox.threads.submit(request, operation);
        }
        mail.letters.push(Letter::Submit(request, operation));
        wake(mail);
    }

    /// Ends the request's operation, if it is here.
    pub(super) fn cancel(&self, request: &RequestRef) {
        let mut mail = self.inbox.mail.lock();
        if mail.kick.is_some() && !mail.forward {
            mail.letters.push(Letter::Cancel(Arc::clone(request)));
            wake(mail);
        }
    }

    /// Starts the thread; false if that cannot be, and then it is not tried again.
    fn start(&self, mail: &mut Mail) -> bool {
        let started = eventfd(0, EventfdFlags::CLOEXEC).map_err(Into::into).and_then(|kick| {
            let (inbox, entries, kick) = (Arc::clone(&self.inbox), self.entries, Arc::new(kick));
            mail.kick = Some(Arc::clone(&kick));
            task::spawn("ovl-ring", move || run(&inbox, entries, kick))
        });
        match started {
            Ok(handle) => *self.handle.lock() = Some(handle),
            Err(error) => {
                tracing::warn!(%error, "no ring thread: blocking threads take its place");
                mail.forward = true;
            }
        }
        !mail.forward
    }
}

/// Kicks the thread if it sleeps.
fn wake(mut mail: parking_lot::MutexGuard<'_, Mail>) {
    if std::mem::take(&mut mail.asleep)
        && let Some(kick) = mail.kick.clone()
    {
        drop(mail);
        // The counter cannot be full: each kick is read before the thread sleeps again.
        let _ = rustix::io::write(&*kick, &1_u64.to_ne_bytes());
    }
}

impl Drop for RingThread {
    fn drop(&mut self) {
        let mut mail = self.inbox.mail.lock();
        mail.stop = true;
        wake(mail);
        if let Some(handle) = self.handle.lock().take() {
            task::join(handle);
        }
    }
}

fn run(inbox: &Inbox, entries: u32, kick: Arc<OwnedFd>) {
    match setup::own(entries) {
        Ok(ring) => Crew::new(ring, inbox, kick).run(),
        Err(error) => {
            tracing::warn!(%error, "no ring for the ring thread: blocking threads take its place");
            forward(inbox);
        }
    }
}

/// Passes on what came while there was hope for a ring. A cancel that follows finds its request in the blocking threads.
fn forward(inbox: &Inbox) {
    loop {
        let letters = {
            let mut mail = inbox.mail.lock();
            mail.forward = mail.letters.is_empty();
            if mail.forward {
                return;
            }
            std::mem::take(&mut mail.letters)
        };
        for letter in letters {
            match letter {
                Letter::Submit(request, operation) => inbox.threads.submit(request, operation),
                Letter::Cancel(request) => {
                    inbox.threads.cancel(&request);
                }
            }
        }
    }
}

/// The thread's own side.
struct Crew<'a> {
    ring: IoUring,
    inbox: &'a Inbox,
    kick: Arc<OwnedFd>,
    /// What Linux reads the eventfd into.
    kicks: Box<u64>,
    listening: bool,
    flights: Flights,
    /// What waits for room in the ring.
    backlog: VecDeque<Waiting>,
    limit: usize,
    reaped: Vec<Reaped>,
    stopping: bool,
}

struct Waiting {
    request: RequestRef,
    operation: Operation,
    misses: u8,
}

impl<'a> Crew<'a> {
    fn new(ring: IoUring, inbox: &'a Inbox, kick: Arc<OwnedFd>) -> Self {
        let limit = setup::in_flight(&ring);
        Self {
            ring,
            inbox,
            kick,
            kicks: Box::new(0),
            listening: false,
            flights: Flights::default(),
            backlog: VecDeque::new(),
            limit,
            reaped: Vec::new(),
            stopping: false,
        }
    }

    fn run(mut self) {
        loop {
            self.read_mail();
            self.launch();
            if self.stopping && self.flights.is_empty() && self.backlog.is_empty() {
                break;
            }
            self.listen();
            self.sleep();
            self.reap();
            self.deliver();
        }
        self.stop_listening();
    }

    fn read_mail(&mut self) {
        let (letters, stop) = {
            let mut mail = self.inbox.mail.lock();
            mail.asleep = false;
            (std::mem::take(&mut mail.letters), mail.stop)
        };
        for letter in letters {
            match letter {
                Letter::Submit(request, operation) => {
                    self.backlog.push_back(Waiting { request, operation, misses: 0 });
                }
                Letter::Cancel(request) => self.cancel(&request),
            }
        }
        if stop && !std::mem::replace(&mut self.stopping, true) {
            for tag in self.flights.tags() {
                self.push(&entry::cancel(tag));
            }
        }
    }

    /// Puts into the ring what there is room for.
    fn launch(&mut self) {
        while self.flights.len() < self.limit
            && let Some(Waiting { request, operation, misses }) = self.backlog.pop_front()
        {
            if request.is_cancelling() {
                self.reaped.push(Reaped::new(request, Err(Errno::CANCELED)));
                continue;
            }
            let tag = self.flights.insert(request, operation, misses);
            self.push(&entry::transfer(&operation, tag));
        }
        self.deliver();
    }

    /// Asks for the end of what is in flight. What is in the backlog ends when its turn comes, or here.
    fn cancel(&mut self, request: &RequestRef) {
        if let Some(tag) = self.flights.find(request) {
            self.push(&entry::cancel(tag));
        } else if let Some(place) = self.backlog.iter().position(|w| Arc::ptr_eq(&w.request, request))
            && let Some(Waiting { request, .. }) = self.backlog.remove(place)
        {
            self.reaped.push(Reaped::new(request, Err(Errno::CANCELED)));
        }
    }

    /// Has a read of the eventfd in flight.
    fn listen(&mut self) {
        if !std::mem::replace(&mut self.listening, true) {
            let fd = types::Fd(self.kick.as_raw_fd());
            let read = opcode::Read::new(fd, (&raw mut *self.kicks).cast(), 8).offset(u64::MAX).build();
            self.push(&read.user_data(WAKE));
        }
    }

    /// Submits, and waits for a completion unless mail has come.
    fn sleep(&mut self) {
        let want = {
            let mut mail = self.inbox.mail.lock();
            mail.asleep = mail.letters.is_empty() && mail.stop == self.stopping;
            usize::from(mail.asleep)
        };
        match self.ring.submitter().submit_and_wait(want) {
            Ok(_) => {}
            Err(error) => match error.raw_os_error() {
                // A signal, or completions to be reaped first.
                Some(libc::EINTR | libc::EBUSY) => {}
                Some(libc::EAGAIN) => std::thread::yield_now(),
                _ => {
                    tracing::error!(%error, "io_uring_enter");
                    std::thread::sleep(AFTER_FAILURE);
                }
            },
        }
    }

    fn reap(&mut self) {
        loop {
            let Some(completion) = self.ring.completion().next() else { return };
            let (tag, result) = (completion.user_data(), entry::result(completion.result()));
            if tag & CANCEL != 0 {
                self.cancel_answered(tag & !CANCEL, result);
            } else if tag & WAKE != 0 {
                self.listening = false;
            } else if let Some(flight) = self.flights.take(tag) {
                self.ended(flight, result);
            }
        }
    }

    fn ended(&mut self, flight: Flight, result: RawResult) {
        let Flight { request, operation, misses, .. } = flight;
        let asked = request.is_cancelling() || self.stopping;
        match result {
            Err(Errno::CANCELED | Errno::INTR | Errno::AGAIN) if asked => {
                self.reaped.push(Reaped::new(request, Err(Errno::CANCELED)));
            }
            Err(Errno::CANCELED | Errno::INTR) if misses < TRIES => {
                self.backlog.push_back(Waiting { request, operation, misses: misses + 1 });
            }
            // The descriptor is set not to block: it must be waited for in another way.
            Err(Errno::AGAIN) => self.inbox.threads.submit(request, operation),
            result => self.reaped.push(Reaped::new(request, result)),
        }
    }

    /// A cancel that missed an operation that may wait for ever is repeated.
    fn cancel_answered(&mut self, tag: u64, result: RawResult) {
        if let (Err(_), Some(flight)) = (result, self.flights.get(tag))
            && flight.operation.mode.contains(Mode::STREAM)
            && flight.misses < TRIES
        {
            flight.misses += 1;
            self.push(&entry::cancel(tag));
        }
    }

    fn deliver(&mut self) {
        self.reaped.drain(..).for_each(Reaped::deliver);
    }

    /// Puts one entry into the queue, making room if that is needed.
    fn push(&mut self, entry: &squeue::Entry) {
        loop {
            // SAFETY: what the entry points to lives until its completion: the flight holds the request, the promise of
            // `Engine::submit` does the rest, and `kicks` outlives the ring's reads of the eventfd (`stop_listening`).
            if unsafe { self.ring.submission().push(entry) }.is_ok() {
                return;
            }
            if self.ring.submit().is_err() {
                self.reap();
                std::thread::yield_now();
            }
        }
    }

    /// Ends the read of the eventfd, so that Linux writes to `kicks` no more.
    fn stop_listening(mut self) {
        while self.listening {
            let _ = rustix::io::write(&*self.kick, &1_u64.to_ne_bytes());
            let _ = self.ring.submit_and_wait(1);
            self.reap();
        }
    }
}
