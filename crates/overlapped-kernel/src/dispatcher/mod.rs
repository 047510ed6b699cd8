//! Dispatcher objects: whatever has a signalled state and can be waited on.
//!
//! One type serves events, mutexes, semaphores, I/O instances and requests: a word with the signalled bit, and a lock
//! over the waiters and the rest of the state. What needs no waiter (set, reset, a wait on a signalled event) is one atomic
//! operation on the word; everything else goes through the lock. The bits make the two agree:
//!
//! - `WATCHED`: there are waiters; who sets `SIGNALLED` must look at the queue. Both bits change by read-modify-write on one
//!   word, so either the setter sees the waiter or the waiter sees the signal.
//! - `SHARED`: other processes have got the object too, and the word means nothing any more (module `shared`). Once set it stays.
//! - `HELD`: a wait for all examines the object; nobody else takes or clears the signal without the lock meanwhile.
//!
//! Drawback: two paths to the same decision. The model checker runs both (`tests/loom_dispatcher.rs`).

mod event;
mod mutex;
mod semaphore;
pub mod shared;
mod timer;

pub use event::Event;
pub use mutex::Mutant;
pub use semaphore::Semaphore;
pub(crate) use timer::filetime_now;
pub use timer::{Due, Timer, TimerRoutine};

use crate::sync::Mutex;
use crate::sync::MutexGuard;
use crate::sync::atomic::{AtomicU32, Ordering};
use crate::thread::{Ending, Thread, Ticket};
use crate::wait::All;
use std::collections::VecDeque;
use std::sync::Arc;

#[cfg(loom)]
static SERIAL: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);

const SIGNALLED: u32 = 1;
const WATCHED: u32 = 2;
const HELD: u32 = 4;
const SHARED: u32 = 8;

/// Something that can be waited on.
pub trait Waitable: Send + Sync {
    /// Its dispatcher part.
    fn dispatcher(&self) -> &Dispatcher;

    /// What no other object has: a wait for all takes none twice.
    fn identity(&self) -> usize {
        self.dispatcher().order()
    }
}

/// One of several objects that are signalled together: the handles of a console, a process and its first thread.
pub(crate) struct Twin {
    /// Whose signal it shares.
    pub(crate) of: WaitRef,
    /// An address inside the object, at which no dispatcher stands.
    pub(crate) identity: usize,
}

impl Waitable for Twin {
    fn dispatcher(&self) -> &Dispatcher {
        self.of.dispatcher()
    }

    fn identity(&self) -> usize {
        self.identity
    }
}

/// A waitable thing that a wait holds on to.
pub type WaitRef = Arc<dyn Waitable>;

/// The rule by which a wait takes the signal.
#[derive(Debug)]
enum State {
    /// Taking changes nothing: manual-reset events, instances, requests, ended threads.
    Notification,
    /// Taking clears the signal: auto-reset events.
    Synchronization,
    /// Owned by a thread, recursively.
    Mutant(mutex::Ownership),
    /// A count; each wait takes one.
    Semaphore(semaphore::Count),
    /// Other processes have it too.
    Shared(shared::Part),
}

/// One wait's place in one object's queue.
#[derive(Debug)]
pub(crate) enum Waiter {
    /// A wait for any: this object alone satisfies it.
    Any { thread: Arc<Thread>, ticket: Ticket, index: u8 },
    /// A wait for all.
    All(Arc<All>),
}

impl Waiter {
    fn is(&self, thread: &Arc<Thread>, ticket: Ticket) -> bool {
        match self {
            Self::Any { thread: t, ticket: k, .. } => *k == ticket && Arc::ptr_eq(t, thread),
            Self::All(all) => all.is(thread, ticket),
        }
    }
}

#[derive(Debug)]
pub(crate) struct Inner {
    state: State,
    waiters: VecDeque<Waiter>,
}

/// See the module page.
#[derive(Debug)]
pub struct Dispatcher {
    bits: AtomicU32,
    /// Whether taking clears the bit, so that the lock-free paths know without the lock.
    auto: bool,
    /// Whether the state is the bit alone, until other processes get it too.
    plain: bool,
    inner: Mutex<Inner>,
    #[cfg(loom)]
    serial: usize,
}

/// What a wait got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Taken {
    pub(crate) abandoned: bool,
}

/// Why an object cannot be taken although it exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It is not signalled, or another thread owns it.
    NotSignalled,
    /// A mutex was taken 2^31 times (587).
    Recursion,
}

impl Dispatcher {
    fn new(state: State, signalled: bool) -> Self {
        let auto = matches!(state, State::Synchronization);
        let plain = auto || matches!(state, State::Notification);
        Self {
            bits: AtomicU32::new(if signalled { SIGNALLED } else { 0 }),
            auto,
            plain,
            inner: Mutex::new(Inner { state, waiters: VecDeque::new() }),
            #[cfg(loom)]
            serial: SERIAL.fetch_add(1, std::sync::atomic::Ordering::Relaxed),
        }
    }

    /// In which order a wait for all locks its objects: any, as long as all agree.
    pub(crate) fn order(&self) -> usize {
        #[cfg(not(loom))]
        return std::ptr::from_ref(self) as usize;
        // The checker replays runs, in which addresses differ.
        #[cfg(loom)]
        return self.serial;
    }

    /// An object whose signal stays until it is reset.
    #[must_use]
    pub fn notification(signalled: bool) -> Self {
        Self::new(State::Notification, signalled)
    }

    /// An object whose signal one wait consumes.
    #[must_use]
    pub fn synchronization(signalled: bool) -> Self {
        Self::new(State::Synchronization, signalled)
    }

    /// Is it signalled at this moment? For displays and tests; a wait decides by itself.
    #[must_use]
    pub fn is_signalled(&self) -> bool {
        let bits = self.bits.load(Ordering::Acquire);
        if self.is_apart(bits)
            && let Some(signal) = Self::shared_signal(&self.inner.lock())
        {
            return signal.ready(0).is_ok();
        }
        bits & SIGNALLED != 0
    }

    /// Does the state stand elsewhere than in this value of the word?
    fn is_apart(&self, bits: u32) -> bool {
        !self.plain || bits & SHARED != 0
    }

    /// Signals it. A notification object releases every waiter, a synchronization object one.
    ///
    /// Changes the word even if it says so already: whoever clears the signal afterwards sees what the caller has written before, or
    /// else it would find nothing, wait, and be told by nobody.
    pub fn set(&self) {
        let bits = self.bits.load(Ordering::Acquire);
        if self.is_apart(bits) {
            return self.change_shared(|signal| signal.set());
        }
        let before = self.bits.fetch_or(SIGNALLED, Ordering::AcqRel);
        if before & SHARED != 0 {
            // It was given to other processes at this moment.
            return self.change_shared(|signal| signal.set());
        }
        if before & WATCHED != 0 {
            let guard = self.inner.lock();
            self.serve(guard);
        }
    }

    /// The same for a signal that says nothing of what was written before: if it is set already and nobody waits, nothing changes.
    pub(crate) fn set_loosely(&self) {
        if self.auto || self.bits.load(Ordering::Relaxed) & (SIGNALLED | WATCHED | SHARED) != SIGNALLED {
            self.set();
        }
    }

    /// Makes it non-signalled.
    pub fn reset(&self) {
        let mut bits = self.bits.load(Ordering::Relaxed);
        if self.is_apart(bits) {
            return self.change_shared(|signal| signal.reset());
        }
        while bits & SIGNALLED != 0 {
            if bits & SHARED != 0 {
                return self.change_shared(|signal| signal.reset());
            }
            if bits & (HELD | WATCHED) != 0 {
                return self.reset_watched();
            }
            match self.bits.compare_exchange_weak(bits, bits & !SIGNALLED, Ordering::AcqRel, Ordering::Relaxed) {
                Ok(_) => return,
                Err(now) => bits = now,
            }
        }
    }

    /// Before the reset of an event that other processes have too: if it is signalled, those of them that wait get some time to come for
    /// it. Not under a lock.
    pub(crate) fn linger(&self) {
        let bits = self.bits.load(Ordering::Acquire);
        if !self.is_apart(bits) {
            return;
        }
        let signal = Self::shared_signal(&self.inner.lock()).map(Arc::clone);
        if let Some(signal) = signal.filter(|signal| signal.ready(0).is_ok()) {
            signal.pulse();
        }
    }

    /// Whoever has set it may not have come to the waiters yet: to them, that came before this.
    #[cold]
    fn reset_watched(&self) {
        let mut woken = Vec::new();
        let mut inner = self.hand_out(self.inner.lock(), &mut woken);
        let before = loop {
            let left = self.bits.load(Ordering::Acquire);
            let before = self.bits.fetch_and(!SIGNALLED, Ordering::AcqRel);
            if left & SIGNALLED != 0 || before & SIGNALLED == 0 || inner.waiters.is_empty() {
                break before;
            }
            // Set once more after the waiters had their turn, by somebody who waits for the lock now.
            self.bits.fetch_or(SIGNALLED, Ordering::AcqRel);
            inner = self.hand_out(inner, &mut woken);
        };
        self.rest(&inner);
        drop(inner);
        woken.into_iter().for_each(|thread| thread.wake());
        if before & SHARED != 0 {
            self.change_shared(|signal| signal.reset());
        }
    }

    /// Releases the threads that wait now (all, or one if synchronization), and leaves it non-signalled.
    pub(crate) fn pulse(&self) {
        if self.is_apart(self.bits.load(Ordering::Acquire)) {
            self.set();
            self.linger();
            return self.reset();
        }
        let guard = self.inner.lock();
        if self.bits.load(Ordering::Acquire) & SHARED != 0 {
            drop(guard);
            return self.pulse();
        }
        self.bits.fetch_or(SIGNALLED, Ordering::AcqRel);
        self.serve(guard);
        self.reset();
    }

    /// Takes it without waiting, for a wait for any.
    pub(crate) fn try_take(&self, thread: &Arc<Thread>) -> Result<Taken, Refusal> {
        if self.plain {
            let mut bits = self.bits.load(Ordering::Acquire);
            loop {
                if bits & SHARED != 0 {
                    break;
                }
                if bits & SIGNALLED == 0 {
                    return Err(Refusal::NotSignalled);
                }
                if !self.auto {
                    return Ok(Taken { abandoned: false });
                }
                if bits & HELD != 0 {
                    break;
                }
                match self.bits.compare_exchange_weak(bits, bits & !SIGNALLED, Ordering::AcqRel, Ordering::Acquire) {
                    Ok(_) => return Ok(Taken { abandoned: false }),
                    Err(now) => bits = now,
                }
            }
        }
        self.take_locked(&mut self.inner.lock(), thread)
    }

    /// Would a take succeed? Under the lock, with `HELD` set.
    pub(crate) fn ready(&self, inner: &Inner, thread: &Arc<Thread>) -> Result<(), Refusal> {
        let ready = match &inner.state {
            State::Notification | State::Synchronization => self.is_signalled(),
            State::Mutant(owner) => return owner.ready(thread),
            State::Semaphore(count) => count.available(),
            State::Shared(part) => return part.signal.ready(thread.id()),
        };
        if ready { Ok(()) } else { Err(Refusal::NotSignalled) }
    }

    /// Takes it under the lock.
    pub(crate) fn take_locked(&self, inner: &mut Inner, thread: &Arc<Thread>) -> Result<Taken, Refusal> {
        match &mut inner.state {
            State::Notification => {
                if self.is_signalled() {
                    Ok(Taken { abandoned: false })
                } else {
                    Err(Refusal::NotSignalled)
                }
            }
            State::Synchronization => {
                if self.bits.fetch_and(!SIGNALLED, Ordering::AcqRel) & SIGNALLED != 0 {
                    Ok(Taken { abandoned: false })
                } else {
                    Err(Refusal::NotSignalled)
                }
            }
            State::Mutant(owner) => owner.take(thread),
            State::Semaphore(count) => count.take(),
            State::Shared(part) => part.take(thread),
        }
    }

    /// Gives back what was taken for a wait that had ended otherwise, and sees whether another waiter wants it.
    pub(crate) fn give_back(&self, thread: &Arc<Thread>, taken: Taken) {
        let mut guard = self.inner.lock();
        match &mut guard.state {
            State::Notification => return,
            State::Synchronization => {
                self.bits.fetch_or(SIGNALLED, Ordering::AcqRel);
            }
            State::Mutant(owner) => owner.untake(thread, taken),
            State::Semaphore(count) => count.untake(),
            State::Shared(part) => part.untake(thread, taken),
        }
        self.serve(guard);
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock()
    }

    /// Keeps the lock-free paths off while a wait for all looks and takes. Under the lock.
    pub(crate) fn hold(&self) {
        self.bits.fetch_or(HELD, Ordering::AcqRel);
    }

    /// Ends [`Dispatcher::hold`]. Under the lock.
    pub(crate) fn unhold(&self) {
        self.bits.fetch_and(!HELD, Ordering::AcqRel);
    }

    /// Queues a waiter, and takes the object at once if it is available.
    pub(crate) fn enqueue(&self, inner: &mut Inner, waiter: Waiter) {
        if inner.waiters.is_empty()
            && let Some(signal) = Self::shared_signal(inner)
        {
            signal.watch();
        }
        inner.waiters.push_back(waiter);
        self.bits.fetch_or(WATCHED, Ordering::AcqRel);
    }

    /// Removes what a wait left in the queue.
    pub(crate) fn dequeue(&self, thread: &Arc<Thread>, ticket: Ticket) {
        let mut inner = self.inner.lock();
        inner.waiters.retain(|w| !w.is(thread, ticket));
        self.rest(&inner);
    }

    /// Nobody need tell, if nobody waits any more.
    fn rest(&self, inner: &Inner) {
        if inner.waiters.is_empty()
            && self.bits.fetch_and(!WATCHED, Ordering::AcqRel) & WATCHED != 0
            && let Some(signal) = Self::shared_signal(inner)
        {
            signal.unwatch();
        }
    }

    /// The object became available: the waiters get it.
    fn serve<'a>(&'a self, inner: MutexGuard<'a, Inner>) {
        let mut woken = Vec::new();
        let inner = self.hand_out(inner, &mut woken);
        self.rest(&inner);
        drop(inner);
        woken.into_iter().for_each(|thread: Arc<Thread>| thread.wake());
    }

    /// Lets the waiters have the object in the order they came; those for all try to get the rest, too.
    fn hand_out<'a>(&'a self, mut inner: MutexGuard<'a, Inner>, woken: &mut Vec<Arc<Thread>>) -> MutexGuard<'a, Inner> {
        let mut tried: Vec<Arc<All>> = Vec::new();
        while let Some(all) = self.hand_on(&mut inner, woken, &tried) {
            // It locks all its objects, in their order.
            drop(inner);
            all.try_satisfy();
            tried.push(all);
            inner = self.inner.lock();
        }
        inner
    }

    /// Hands the object to waiters for any, up to the first waiter for all that may succeed and has not been tried. What nobody
    /// consumes they all get first.
    fn hand_on(&self, inner: &mut Inner, woken: &mut Vec<Arc<Thread>>, tried: &[Arc<All>]) -> Option<Arc<All>> {
        let (mut at, mut next) = (0, None);
        while at < inner.waiters.len() {
            let (thread, ticket, index) = match &inner.waiters[at] {
                Waiter::Any { thread, ticket, index } => (Arc::clone(thread), *ticket, *index),
                Waiter::All(all) => {
                    let is_new = next.is_none() && !tried.iter().any(|one| Arc::ptr_eq(one, all));
                    if is_new && self.ready(inner, all.thread()) != Err(Refusal::NotSignalled) {
                        next = Some(Arc::clone(all));
                        if !matches!(inner.state, State::Notification) {
                            break;
                        }
                    }
                    at += 1;
                    continue;
                }
            };
            let taken = match self.take_locked(inner, &thread) {
                Ok(taken) => taken,
                Err(Refusal::NotSignalled) => break,
                Err(Refusal::Recursion) => {
                    at += 1;
                    continue;
                }
            };
            inner.waiters.remove(at);
            if thread.end_wait(ticket, Ending::Satisfied { index, abandoned: taken.abandoned }) {
                woken.push(thread);
            } else {
                // Its wait ended otherwise meanwhile: the next one may have it.
                self.untake_locked(inner, &thread, taken);
            }
        }
        next
    }

    pub(crate) fn untake_locked(&self, inner: &mut Inner, thread: &Arc<Thread>, taken: Taken) {
        match &mut inner.state {
            State::Notification => {}
            State::Synchronization => {
                self.bits.fetch_or(SIGNALLED, Ordering::AcqRel);
            }
            State::Mutant(owner) => owner.untake(thread, taken),
            State::Semaphore(count) => count.untake(),
            State::Shared(part) => part.untake(thread, taken),
        }
    }
}
