//! Event objects (contract 04 section 3).

use super::shared::{Exchange, Shared};
use super::{Dispatcher, Waitable};
use overlapped_abi::Win32Error;
use std::sync::{Arc, Weak};

/// An event: signalled until reset (manual reset), or until one wait has taken the signal (auto reset).
#[derive(Debug)]
pub struct Event(Dispatcher);

impl Event {
    /// An event that stays signalled until [`Event::reset`].
    #[must_use]
    pub fn manual_reset(signalled: bool) -> Self {
        Self(Dispatcher::notification(signalled))
    }

    /// An event whose signal releases one wait.
    #[must_use]
    pub fn auto_reset(signalled: bool) -> Self {
        Self(Dispatcher::synchronization(signalled))
    }

    /// An event that other processes have too.
    pub(crate) fn shared(signal: Arc<dyn Shared>) -> Arc<Self> {
        Arc::new(Self(Dispatcher::shared(signal, None)))
    }

    /// Other processes get it too; what leads them to it.
    pub(crate) fn share(self: &Arc<Self>, exchange: &dyn Exchange) -> Result<Arc<dyn Shared>, Win32Error> {
        let signal = self.0.share(None, |spec, held| exchange.publish(spec, held))?;
        let object: Weak<Self> = Arc::downgrade(self);
        signal.bind(object);
        Ok(signal)
    }

    /// Does one wait take the signal?
    pub(crate) fn is_auto(&self) -> bool {
        self.0.auto
    }

    /// Signals it: every waiter of a manual-reset event, one of an auto-reset event.
    pub fn set(&self) {
        self.0.set();
    }

    /// Makes it non-signalled.
    pub fn reset(&self) {
        self.0.linger();
        self.0.reset();
    }

    /// Releases whoever waits now and leaves it non-signalled. Unreliable by nature: a waiter that is running an APC at this
    /// moment misses it.
    pub fn pulse(&self) {
        self.0.pulse();
    }
}

impl Waitable for Event {
    fn dispatcher(&self) -> &Dispatcher {
        &self.0
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::super::{SIGNALLED, Waiter};
    use super::*;
    use crate::thread::{Ending, current};
    use std::sync::atomic::Ordering;

    #[test]
    fn a_reset_does_not_take_a_signal_from_those_who_waited_when_it_was_set_04_3() {
        let thread = current();
        for event in [Event::manual_reset(false), Event::auto_reset(false)] {
            let ticket = thread.begin_wait(false);
            let waiter = Waiter::Any { thread: Arc::clone(&thread), ticket, index: 3 };
            event.0.enqueue(&mut event.0.lock(), waiter);
            // Another thread is in the midst of SetEvent, and has not come to the waiters.
            event.0.bits.fetch_or(SIGNALLED, Ordering::AcqRel);
            event.reset();
            assert_eq!(thread.ending(ticket), Some(Ending::object(3)));
            assert!(!event.0.is_signalled());
            event.0.dequeue(&thread, ticket);
        }
    }
}
