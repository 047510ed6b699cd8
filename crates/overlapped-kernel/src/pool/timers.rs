//! The timer thread of a pool.
//!
//! Alarms stand in two orders: by when they are due, and by how late they may ring. The thread sleeps until the first one that may
//! not be later, and then rings everything that is due: so alarms with a window share a wake-up. It is started by the
//! first alarm, and leaves when there has been none for a while. Drawback: one more thread; but a callback that was asked to run on
//! it delays only other timers, and never the service thread.

use super::{Pool, ThreadPool};
use crate::clock::{Tick, Timeout};
use crate::dispatcher::{Event, WaitRef};
use crate::sync::Mutex;
use crate::wait::wait_any;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Weak};
use std::time::Duration;

/// How long the thread waits for an alarm before it leaves.
const LINGER: Duration = Duration::from_secs(5);

/// Something that rings.
pub(super) trait Alarm: Send + Sync {
    /// The time of setting `number` has come. Called on the timer thread.
    fn ring(self: Arc<Self>, number: u64);
}

/// Where an alarm stands, to be taken off again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    due: Tick,
    latest: Tick,
    id: u64,
}

/// What an alarm does.
pub(super) enum Ring {
    /// Rings what has been set, if it still exists.
    Of(Weak<dyn Alarm>, u64),
    /// Calls a function of the pool's own.
    Once(Box<dyn FnOnce() + Send>),
}

#[derive(Default)]
pub(super) struct Timers(Mutex<Alarms>);

#[derive(Default)]
struct Alarms {
    by_due: BTreeMap<(Tick, u64), (Tick, Ring)>,
    by_latest: BTreeSet<(Tick, u64)>,
    next_id: u64,
    /// Tells the thread of an earlier alarm; none if there is no thread.
    thread: Option<Arc<Event>>,
    ended: bool,
}

impl Alarms {
    fn add(&mut self, due: Tick, latest: Tick, ring: Ring) -> Place {
        self.next_id += 1;
        let id = self.next_id;
        self.by_due.insert((due, id), (latest, ring));
        self.by_latest.insert((latest, id));
        Place { due, latest, id }
    }

    fn remove(&mut self, place: Place) -> bool {
        self.by_latest.remove(&(place.latest, place.id));
        self.by_due.remove(&(place.due, place.id)).is_some()
    }

    fn take_due(&mut self, now: Tick) -> Option<Ring> {
        let first = self.by_due.first_entry()?;
        let (due, id) = *first.key();
        if due > now {
            return None;
        }
        let (latest, ring) = first.remove();
        self.by_latest.remove(&(latest, id));
        Some(ring)
    }

    fn next(&self) -> Option<Tick> {
        self.by_latest.first().map(|(latest, _)| *latest)
    }
}

impl Timers {
    /// Nothing rings from here on.
    pub(super) fn end(&self) {
        let (thread, unrung) = {
            let mut alarms = self.0.lock();
            alarms.ended = true;
            alarms.by_latest.clear();
            (alarms.thread.clone(), std::mem::take(&mut alarms.by_due))
        };
        drop(unrung);
        if let Some(thread) = thread {
            thread.set();
        }
    }

    /// Takes an alarm off; false if it has rung.
    pub(super) fn take_off(&self, place: Place) -> bool {
        self.0.lock().remove(place)
    }
}

impl Pool {
    /// Rings the alarm between `due` and `latest`. `None` if the pool has ended, or if no thread can be made.
    pub(super) fn ring_at(self: &Arc<Self>, due: Tick, latest: Tick, ring: Ring) -> Option<Place> {
        let mut alarms = self.timers.0.lock();
        if alarms.ended {
            return None;
        }
        let earlier = alarms.next().is_none_or(|next| latest < next);
        let place = alarms.add(due, latest, ring);
        match &alarms.thread {
            Some(thread) if earlier => thread.set(),
            Some(_) => {}
            None => {
                let changed = Arc::new(Event::auto_reset(false));
                let (pool, told) = (Arc::clone(self), Arc::clone(&changed));
                let made = std::thread::Builder::new().name("ovl-timer".into()).spawn(move || pool.keep_time(told));
                if let Err(error) = made {
                    tracing::warn!(%error, "a thread pool could not make its timer thread");
                    alarms.remove(place);
                    return None;
                }
                alarms.thread = Some(changed);
            }
        }
        Some(place)
    }

    /// Calls `then` after a while, on the timer thread; never if the pool ends before.
    pub(super) fn remind(self: &Arc<Self>, after: Duration, then: impl FnOnce() + Send + 'static) {
        let due = self.idle.now().plus(after);
        self.ring_at(due, due, Ring::Once(Box::new(then)));
    }

    fn keep_time(self: Arc<Self>, changed: Arc<Event>) {
        self.signals.take();
        let changed = changed as WaitRef;
        loop {
            let (next, ended) = {
                let alarms = self.timers.0.lock();
                (alarms.next(), alarms.ended)
            };
            if ended {
                return;
            }
            let timeout = next.map_or(LINGER, |next| next.since(self.idle.now()));
            let waited = wait_any(&self.idle, &[Arc::clone(&changed)], Timeout::from(timeout), true);
            debug_assert!(waited.is_ok(), "one object is never too many");
            let idle = next.is_none() && waited == Ok(crate::wait::Outcome::TimedOut);
            if idle && self.stop_keeping_time() {
                return;
            }
            self.ring_what_is_due();
        }
    }

    fn ring_what_is_due(&self) {
        let now = self.idle.now();
        loop {
            let ring = self.timers.0.lock().take_due(now);
            match ring {
                None => return,
                Some(Ring::Once(then)) => drop(self.survive(then)),
                Some(Ring::Of(alarm, number)) => {
                    if let Some(alarm) = alarm.upgrade() {
                        self.survive(|| alarm.ring(number));
                    }
                }
            }
        }
    }

    /// The timer thread leaves, unless an alarm has come meanwhile.
    fn stop_keeping_time(&self) -> bool {
        let mut alarms = self.timers.0.lock();
        let nothing = alarms.by_due.is_empty();
        if nothing {
            alarms.thread = None;
        }
        nothing
    }
}

impl ThreadPool {
    /// Alarms that are set.
    #[cfg(test)]
    pub(super) fn alarms(&self) -> usize {
        self.pool().timers.0.lock().by_due.len()
    }
}
