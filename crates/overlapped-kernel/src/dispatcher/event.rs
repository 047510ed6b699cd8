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
    use std::sync::atomic::{AtomicU32, Ordering};

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

    /// A consumer resets the event and looks whether there is something; a producer puts something there and sets the event. One of them
    /// sees the other, also if the event was set before, so that the producer's call changes nothing.
    #[test]
    fn who_resets_and_finds_nothing_is_told_by_who_comes_later_04_3() {
        const ROUNDS: u32 = 200_000;
        const LIMIT: std::time::Duration = std::time::Duration::from_secs(3);
        /// On lines of their own.
        #[derive(Default)]
        #[repr(align(128))]
        struct Alone(AtomicU32);
        let (data, begun, done) = <(Alone, Alone, Alone)>::default();
        let event = Event::manual_reset(true);
        let wait_for = |what: &Alone, value: u32| {
            let mut looks = 0_u32;
            while what.0.load(Ordering::Acquire) < value {
                looks = looks.wrapping_add(1);
                if looks.is_multiple_of(1024) { std::thread::yield_now() } else { std::hint::spin_loop() }
            }
        };
        let (mut lost, start) = (0, std::time::Instant::now());
        std::thread::scope(|scope| {
            let producer = scope.spawn(|| {
                for round in 1..=ROUNDS {
                    wait_for(&begun, round);
                    if begun.0.load(Ordering::Acquire) == u32::MAX {
                        break;
                    }
                    data.0.store(round, Ordering::Relaxed);
                    event.set();
                    done.0.store(round, Ordering::Release);
                }
            });
            for round in 1..=ROUNDS {
                event.set();
                begun.0.store(round, Ordering::Release);
                event.reset();
                let seen = data.0.load(Ordering::Relaxed);
                wait_for(&done, round);
                lost += u32::from(seen != round && !event.0.is_signalled());
                if start.elapsed() > LIMIT {
                    // Each round is two switches where there is one processor.
                    break;
                }
            }
            begun.0.store(u32::MAX, Ordering::Release);
            producer.join().unwrap();
        });
        assert_eq!(lost, 0, "it would wait for ever");
    }
}
