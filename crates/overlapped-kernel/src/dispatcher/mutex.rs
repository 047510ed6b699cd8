//! Mutex objects, which NT calls mutants (contract 04 section 4).

use super::shared::{Exchange, Held, Shared};
use super::{Dispatcher, Refusal, State, Taken, Waitable};
use crate::thread::Thread;
use overlapped_abi::Win32Error;
use std::sync::{Arc, Weak};

/// How often its owner may take a mutex without releasing it.
const RECURSION_LIMIT: u32 = 0x8000_0000;

/// Who owns the mutex, and how often over.
#[derive(Debug)]
pub(super) struct Ownership {
    this: Weak<Mutant>,
    owner: Option<Arc<Thread>>,
    depth: u32,
    abandoned: bool,
}

impl Ownership {
    pub(super) fn ready(&self, thread: &Arc<Thread>) -> Result<(), Refusal> {
        match &self.owner {
            None => Ok(()),
            Some(owner) if !Arc::ptr_eq(owner, thread) => Err(Refusal::NotSignalled),
            Some(_) if self.depth == RECURSION_LIMIT => Err(Refusal::Recursion),
            Some(_) => Ok(()),
        }
    }

    pub(super) fn take(&mut self, thread: &Arc<Thread>) -> Result<Taken, Refusal> {
        self.ready(thread)?;
        if self.owner.is_none() {
            self.owner = Some(Arc::clone(thread));
            thread.owns(self.this.clone());
        }
        self.depth += 1;
        Ok(Taken { abandoned: std::mem::take(&mut self.abandoned) })
    }

    pub(super) fn untake(&mut self, thread: &Arc<Thread>, taken: Taken) {
        debug_assert!(self.owner.as_ref().is_some_and(|o| Arc::ptr_eq(o, thread)));
        self.abandoned |= taken.abandoned;
        self.leave();
    }

    /// Who has it, for other processes, and that thread.
    pub(super) fn held(&self) -> (Held, Option<Arc<Thread>>) {
        let owner = self.owner.as_ref().map_or(0, |owner| owner.id());
        (Held { owner, depth: self.depth, abandoned: self.abandoned }, self.owner.clone())
    }

    /// The state stands elsewhere from now on: the owner stays the owner.
    pub(super) fn forget(&mut self) {
        self.owner = None;
    }

    fn leave(&mut self) {
        self.depth -= 1;
        if self.depth == 0
            && let Some(owner) = self.owner.take()
        {
            owner.owns_no_more(&self.this);
        }
    }
}

/// A mutex whose last handle was closed by its owner: nobody can release it any more.
impl Drop for Ownership {
    fn drop(&mut self) {
        if let Some(owner) = self.owner.take() {
            owner.owns_no_more(&self.this);
        }
    }
}

/// A mutex object: owned by a thread, recursive, and it survives the end of its owner as abandoned.
#[derive(Debug)]
pub struct Mutant(Dispatcher);

impl Mutant {
    /// A mutex, owned by the calling thread if `owned`.
    #[must_use]
    pub fn new(owned: bool) -> Arc<Self> {
        let mutex = Arc::new_cyclic(|this| {
            let ownership = Ownership { this: Weak::clone(this), owner: None, depth: 0, abandoned: false };
            Self(Dispatcher::new(State::Mutant(ownership), false))
        });
        if owned {
            let thread = crate::thread::current();
            let taken = mutex.0.try_take(&thread);
            debug_assert!(taken.is_ok(), "nobody else knows the mutex yet");
        }
        mutex
    }

    /// A mutex that other processes have too, owned by the calling thread if `owned`, which is for a new one.
    pub(crate) fn shared(signal: Arc<dyn Shared>, owned: bool) -> Arc<Self> {
        let mutex = Arc::new_cyclic(|this| Self(Dispatcher::shared(signal, Some(Weak::clone(this)))));
        if owned {
            // Somebody else may have been faster, as on Windows, where the name is there before its first owner.
            let _ = mutex.0.try_take(&crate::thread::current());
        }
        mutex
    }

    /// Other processes get it too; what leads them to it.
    pub(crate) fn share(self: &Arc<Self>, exchange: &dyn Exchange) -> Result<Arc<dyn Shared>, Win32Error> {
        let signal = self.0.share(Some(Arc::downgrade(self)), |spec, held| exchange.publish(spec, held))?;
        let object: Weak<Self> = Arc::downgrade(self);
        signal.bind(object);
        Ok(signal)
    }

    /// Gives it up once; the last of the owner's releases lets a waiter in. 288 if the calling thread does not own it.
    pub fn release(&self) -> Result<(), Win32Error> {
        let thread = crate::thread::current();
        let mut inner = self.0.inner.lock();
        if let State::Shared(part) = &mut inner.state {
            if part.signal.release_mutex(thread.id())? {
                part.leave();
                self.0.serve(inner);
            }
            return Ok(());
        }
        let State::Mutant(owner) = &mut inner.state else { unreachable!("a mutex keeps its kind") };
        if !owner.owner.as_ref().is_some_and(|o| Arc::ptr_eq(o, &thread)) {
            return Err(Win32Error::NOT_OWNER);
        }
        owner.leave();
        if owner.owner.is_none() {
            self.0.serve(inner);
        }
        Ok(())
    }

    /// The owner ended: the next wait gets it, and is told (WAIT_ABANDONED).
    pub(crate) fn abandon(&self, thread: &Arc<Thread>) {
        let mut inner = self.0.inner.lock();
        if let State::Shared(part) = &mut inner.state {
            if part.signal.abandon(thread.id()) {
                part.leave();
                self.0.serve(inner);
            }
            return;
        }
        let State::Mutant(owner) = &mut inner.state else { unreachable!("a mutex keeps its kind") };
        if owner.owner.as_ref().is_some_and(|o| Arc::ptr_eq(o, thread)) {
            owner.owner = None;
            owner.depth = 0;
            owner.abandoned = true;
            self.0.serve(inner);
        }
    }
}

impl Waitable for Mutant {
    fn dispatcher(&self) -> &Dispatcher {
        &self.0
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use crate::dispatcher::State;

    #[test]
    fn the_owner_may_take_it_two_thousand_million_times_and_no_more() {
        let mutex = Mutant::new(true);
        let thread = crate::thread::current();
        let set = |depth| match &mut mutex.0.inner.lock().state {
            State::Mutant(owner) => owner.depth = depth,
            other => panic!("{other:?}"),
        };
        set(RECURSION_LIMIT - 1);
        assert_eq!(mutex.0.try_take(&thread), Ok(Taken { abandoned: false }));
        assert_eq!(mutex.0.try_take(&thread), Err(Refusal::Recursion));
        set(1);
        assert_eq!(mutex.release(), Ok(()));
        assert_eq!(mutex.release(), Err(Win32Error::NOT_OWNER));
    }

    #[test]
    fn a_mutex_that_goes_while_it_is_owned_leaves_nothing_with_its_owner_04_4() {
        let thread = crate::thread::current();
        let before = thread.mutexes();
        for _ in 0..100 {
            drop(Mutant::new(true));
        }
        assert_eq!(thread.mutexes(), before);
    }
}
