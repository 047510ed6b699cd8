//! Objects with names that several processes have (contract 04 section 2).
//!
//! The signal of such an object stands in memory that the processes share, behind [`Shared`]; the waiters stand in the queue of
//! each process's own [`Dispatcher`], which asks `Shared` where it would look at its own state. Who changes the signal
//! serves its own queue at once and rings the processes that watch; these call [`Dispatcher::serve_shared`]. Drawback:
//! between processes, a signal goes to whoever takes it first, and not to who has waited longest.
//!
//! An object becomes such a one by its name, or when a child process inherits it (`Dispatcher::share`): then it has waiters and
//! a state already, which move.

use super::{Dispatcher, Inner, Mutant, SHARED, SIGNALLED, State, Taken, Waitable};
use crate::clock::Tick;
use crate::section::Section;
use crate::sync::atomic::Ordering;
use crate::thread::Thread;
use overlapped_abi::Win32Error;
use std::ffi::{OsStr, OsString};
use std::fmt::Debug;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::sync::{Arc, Weak};
use std::time::Duration;

pub use super::Refusal;

/// What kind of object, and how it begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spec {
    /// An event.
    Event {
        /// One wait takes the signal.
        auto: bool,
        /// It begins signalled.
        signalled: bool,
    },
    /// A semaphore.
    Semaphore {
        /// The count.
        now: i32,
        /// Its ceiling.
        max: i32,
    },
    /// A mutex, free.
    Mutant,
    /// A timer, not set.
    Timer {
        /// One wait takes the signal.
        auto: bool,
    },
    /// A section, which has no signal.
    Section {
        /// Bytes.
        size: u64,
        /// The PAGE_ constant that it was made with.
        protection: u32,
    },
}

impl Spec {
    /// Are both the same kind of object?
    #[must_use]
    pub fn same_kind(&self, other: &Self) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other)
    }
}

/// What a take got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grip {
    /// A mutex that the thread did not own before.
    pub first: bool,
    /// A mutex whose owner ended without releasing it.
    pub abandoned: bool,
}

/// The signal of an object that processes share. Threads are those of the calling process. Every method but
/// [`Shared::stamp`] and [`Shared::pulse`] is called by one thread of the process at a time.
pub trait Shared: Debug + Send + Sync {
    /// What the object is.
    fn spec(&self) -> Spec;
    /// Would a take succeed?
    fn ready(&self, thread: u32) -> Result<(), Refusal>;
    /// Takes the signal.
    fn take(&self, thread: u32) -> Result<Grip, Refusal>;
    /// Gives back what was taken; true if a mutex is free by it.
    fn untake(&self, thread: u32, abandoned: bool) -> bool;
    /// Signals an event or a timer.
    fn set(&self);
    /// Ends the signal of an event or a timer.
    fn reset(&self);
    /// Lets the waiters of other processes have the signal of an event for a moment. May sleep meanwhile.
    fn pulse(&self);
    /// Adds to the count of a semaphore and gives the count before; 298 beyond the ceiling.
    fn release(&self, n: i32) -> Result<i32, Win32Error>;
    /// Gives a mutex up once; true if it is free by it. 288 if the thread does not own it.
    fn release_mutex(&self, thread: u32) -> Result<bool, Win32Error>;
    /// The owner of a mutex ended; true if it was this thread.
    fn abandon(&self, thread: u32) -> bool;
    /// A timer is set or cancelled: the number of this setting. Other processes signal it at `heir`, and then every so often, if this one
    /// no longer does.
    fn restamp(&self, heir: Option<(Tick, Option<Duration>)>) -> u64;
    /// This process has signalled its timer; when it is due next, if it is.
    fn advance(&self, next: Option<Tick>);
    /// The setting that counts.
    fn stamp(&self) -> u64;
    /// From now on this process is to be rung.
    fn watch(&self);
    /// And no longer.
    fn unwatch(&self);
    /// Whose queue to serve when this process is rung.
    fn bind(&self, object: Weak<dyn Waitable>);
    /// What leads another process to it; `None` if nothing does.
    fn pass_on(&self) -> Option<Passage> {
        None
    }
}

/// What leads a child process to an object.
#[derive(Debug)]
pub struct Passage {
    /// Its name, if it has one: it is there at least as long as `descriptor`.
    pub name: Option<OsString>,
    /// For the child alone.
    pub descriptor: OwnedFd,
}

/// Who has a mutex at the moment when other processes get it too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Held {
    /// The thread of this process that owns it, or 0.
    pub owner: u32,
    /// How often over.
    pub depth: u32,
    /// Nobody owns it, and its last owner has not released it.
    pub abandoned: bool,
}

/// What a name leads to.
#[derive(Debug)]
pub enum Found {
    /// The signal of a waitable object.
    Signal(Arc<dyn Shared>),
    /// A section.
    Section(Section),
}

/// What a name leads to, and whether it was there before.
pub type Attached = (Found, bool);

/// Where the processes of a user keep their named objects.
pub trait Exchange: Send + Sync {
    /// The object of that name. It is made by `create`; without, 2 if there is none. 6 if it is of another kind. `None` if nothing can be
    /// shared here: the name is this process's alone.
    fn attach(&self, name: &OsStr, create: Option<Spec>) -> Result<Option<Attached>, Win32Error>;

    /// The section of that name, and whether it was there before: `new` has the name from now on if none has it, and is the process's
    /// own if nothing can be shared. 6 if the name is of another kind of object.
    fn attach_section(&self, name: &OsStr, new: Section) -> Result<(Section, bool), Win32Error>;

    /// A signal without a name that other processes can get: 50 if nothing can be shared here.
    fn publish(&self, spec: Spec, held: Held) -> Result<Arc<dyn Shared>, Win32Error> {
        let _ = (spec, held);
        Err(Win32Error::NOT_SUPPORTED)
    }

    /// The signal without a name that another process has passed on: 6 if the descriptor leads to none.
    fn receive(&self, descriptor: OwnedFd) -> Result<Arc<dyn Shared>, Win32Error> {
        drop(descriptor);
        Err(Win32Error::INVALID_HANDLE)
    }

    /// Where processes meet, if it is a directory.
    fn directory(&self) -> Option<&Path> {
        None
    }

    /// What leads a child process to a section with this name: as [`Shared::pass_on`].
    fn pass_section(&self, name: &OsStr) -> Option<Passage> {
        let _ = name;
        None
    }
}

/// What a dispatcher has of it.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) signal: Arc<dyn Shared>,
    /// The mutex, if it is one, for its owner's list.
    mutant: Option<Weak<Mutant>>,
    /// The thread of this process that owns the mutex.
    owner: Option<Arc<Thread>>,
}

impl Part {
    pub(super) fn take(&mut self, thread: &Arc<Thread>) -> Result<Taken, Refusal> {
        let Grip { first, abandoned } = self.signal.take(thread.id())?;
        if first && let Some(mutant) = &self.mutant {
            thread.owns(Weak::clone(mutant));
            self.owner = Some(Arc::clone(thread));
        }
        Ok(Taken { abandoned })
    }

    pub(super) fn untake(&mut self, thread: &Arc<Thread>, taken: Taken) {
        if self.signal.untake(thread.id(), taken.abandoned) {
            self.leave();
        }
    }

    /// The mutex is free.
    pub(super) fn leave(&mut self) {
        if let (Some(owner), Some(mutant)) = (self.owner.take(), &self.mutant) {
            owner.owns_no_more(mutant);
        }
    }
}

/// The last handle of this process was closed while a thread of it owns the mutex, which nobody can release any more: other
/// processes get it as they would when the thread ends.
impl Drop for Part {
    fn drop(&mut self) {
        if let Some(owner) = &self.owner {
            self.signal.abandon(owner.id());
        }
        self.leave();
    }
}

impl Dispatcher {
    /// An object whose signal is shared.
    pub(super) fn shared(signal: Arc<dyn Shared>, mutant: Option<Weak<Mutant>>) -> Self {
        Self::new(State::Shared(Part { signal, mutant, owner: None }), false)
    }

    /// Other processes get it too from now on, if they have not got it already: `publish` makes the signal that they share, which this gives
    /// what the object is at the moment.
    pub(super) fn share(
        &self,
        mutant: Option<Weak<Mutant>>,
        publish: impl FnOnce(Spec, Held) -> Result<Arc<dyn Shared>, Win32Error>,
    ) -> Result<Arc<dyn Shared>, Win32Error> {
        let mut inner = self.inner.lock();
        let (spec, held, owner) = match &inner.state {
            State::Shared(part) => return Ok(Arc::clone(&part.signal)),
            State::Notification => (Spec::Event { auto: false, signalled: false }, Held::default(), None),
            State::Synchronization => (Spec::Event { auto: true, signalled: false }, Held::default(), None),
            State::Semaphore(count) => (count.spec(), Held::default(), None),
            State::Mutant(ownership) => {
                let (held, owner) = ownership.held();
                (Spec::Mutant, held, owner)
            }
        };
        let signal = publish(spec, held)?;
        // Who has the word alone sees this bit, and comes here when the lock is free.
        if self.bits.fetch_or(SHARED, Ordering::AcqRel) & SIGNALLED != 0 {
            signal.set();
        }
        if !inner.waiters.is_empty() {
            signal.watch();
        }
        if let State::Mutant(ownership) = &mut inner.state {
            ownership.forget();
        }
        inner.state = State::Shared(Part { signal: Arc::clone(&signal), mutant, owner });
        Ok(signal)
    }

    /// The shared signal, if it has one.
    pub(super) fn shared_signal(inner: &Inner) -> Option<&Arc<dyn Shared>> {
        match &inner.state {
            State::Shared(part) => Some(&part.signal),
            _ => None,
        }
    }

    /// Another process has changed the signal.
    pub fn serve_shared(&self) {
        self.serve(self.inner.lock());
    }

    /// Changes the shared signal, and lets the waiters of this process have it.
    pub(super) fn change_shared(&self, change: impl FnOnce(&dyn Shared)) {
        let guard = self.inner.lock();
        match Self::shared_signal(&guard) {
            Some(signal) => change(&**signal),
            None => debug_assert!(false, "mutexes and semaphores have their own release"),
        }
        self.serve(guard);
    }
}
