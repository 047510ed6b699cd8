//! Registered waits: a callback when an object is signalled (contract 04 section 9).
//!
//! Wait threads hold up to 63 registrations each, beside an event of their own by which they are told of changes; the
//! callbacks run on the pool, or in the wait thread if that was asked for. A registration is over when it was unregistered and
//! no callback of it runs.

use super::Pool;
use crate::clock::{Tick, Timeout};
use crate::dispatcher::{Event, WaitRef};
use crate::sync::Mutex;
use crate::wait::{MAXIMUM_WAIT_OBJECTS, Outcome, wait_any};
use overlapped_abi::Win32Error;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

/// Why the callback runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fired {
    /// The object was signalled.
    Signalled,
    /// The time was over.
    TimedOut,
}

/// What to wait for, and what to do.
pub struct Registration {
    /// The object. It is consumed as by any wait.
    pub object: WaitRef,
    /// The limit of each round.
    pub timeout: Timeout,
    /// Stop after the first callback.
    pub once: bool,
    /// Run the callback in the wait thread: only for what is short.
    pub in_wait_thread: bool,
    /// The callback.
    pub callback: Arc<dyn Fn(Fired) + Send + Sync>,
}

/// The wait threads of a pool.
#[derive(Default)]
pub(super) struct Waits(Mutex<Vec<Weak<WaitThread>>>);

struct WaitThread {
    changed: Arc<Event>,
    entries: Mutex<Vec<Arc<Entry>>>,
}

struct Entry {
    registration: Registration,
    cancelled: AtomicBool,
    running: AtomicUsize,
    /// Signalled when it is cancelled and no callback runs.
    over: Arc<Event>,
}

/// A registration. Dropping it does not end it; [`RegisteredWait::unregister`] does.
pub struct RegisteredWait {
    entry: Arc<Entry>,
    thread: Arc<WaitThread>,
}

pub(super) fn register(pool: &Arc<Pool>, registration: Registration) -> Result<RegisteredWait, Win32Error> {
    let entry = Arc::new(Entry {
        registration,
        cancelled: AtomicBool::new(false),
        running: AtomicUsize::new(0),
        over: Arc::new(Event::manual_reset(false)),
    });
    let mut threads = pool.waits.0.lock();
    threads.retain(|thread| thread.strong_count() > 0);
    let free = threads.iter().filter_map(Weak::upgrade).find(|thread| {
        let mut entries = thread.entries.lock();
        let room = entries.len() < MAXIMUM_WAIT_OBJECTS - 1;
        if room {
            entries.push(Arc::clone(&entry));
        }
        room
    });
    if let Some(thread) = free {
        drop(threads);
        thread.changed.set();
        return Ok(RegisteredWait { entry, thread });
    }
    let changed = Arc::new(Event::auto_reset(false));
    let thread = Arc::new(WaitThread { changed, entries: Mutex::new(vec![Arc::clone(&entry)]) });
    let (pool_of_thread, started) = (Arc::clone(pool), Arc::clone(&thread));
    let spawned = std::thread::Builder::new().name("ovl-wait".into()).spawn(move || started.run(&pool_of_thread));
    spawned.map_err(|_| Win32Error::NOT_ENOUGH_MEMORY)?;
    threads.push(Arc::downgrade(&thread));
    Ok(RegisteredWait { entry, thread })
}

impl WaitThread {
    /// Waits for everything that is registered here; ends when nothing has been for a while.
    fn run(&self, pool: &Arc<Pool>) {
        const LINGER: Timeout = Timeout::After(Duration::from_secs(5));
        let mut rounds: Vec<(Arc<Entry>, Option<Tick>)> = Vec::new();
        loop {
            self.refresh(pool, &mut rounds);
            let mut objects: Vec<WaitRef> = vec![Arc::clone(&self.changed) as WaitRef];
            objects.extend(rounds.iter().map(|(entry, _)| Arc::clone(&entry.registration.object)));
            let now = pool.idle.now();
            let next = rounds.iter().filter_map(|(_, deadline)| *deadline).min();
            let timeout = match next {
                Some(next) => next.since(now).into(),
                None if rounds.is_empty() => LINGER,
                None => Timeout::Infinite,
            };
            match wait_any(&pool.idle, &objects, timeout, false) {
                Ok(Outcome::Object(0)) => {}
                Ok(Outcome::Object(index) | Outcome::Abandoned(index)) => {
                    let (entry, deadline) = &mut rounds[index - 1];
                    *deadline = entry.next_deadline(pool);
                    self.fire(pool, &Arc::clone(entry), Fired::Signalled);
                }
                Ok(Outcome::TimedOut) if rounds.is_empty() => {
                    if self.entries.lock().is_empty() && self.retire(pool) {
                        return;
                    }
                }
                Ok(Outcome::TimedOut) => self.time_out(pool, &mut rounds),
                Ok(Outcome::Alerted) | Err(_) => return,
            }
        }
    }

    /// Takes new registrations in and drops those that are over.
    fn refresh(&self, pool: &Arc<Pool>, rounds: &mut Vec<(Arc<Entry>, Option<Tick>)>) {
        let mut entries = self.entries.lock();
        entries.retain(|entry| !entry.cancelled.load(Ordering::Acquire));
        rounds.retain(|(entry, _)| !entry.cancelled.load(Ordering::Acquire));
        for entry in entries.iter() {
            if !rounds.iter().any(|(known, _)| Arc::ptr_eq(known, entry)) {
                rounds.push((Arc::clone(entry), entry.next_deadline(pool)));
            }
        }
    }

    fn time_out(&self, pool: &Arc<Pool>, rounds: &mut [(Arc<Entry>, Option<Tick>)]) {
        let now = pool.idle.now();
        for (entry, deadline) in rounds {
            if deadline.is_some_and(|deadline| deadline <= now) {
                *deadline = entry.next_deadline(pool);
                self.fire(pool, entry, Fired::TimedOut);
            }
        }
    }

    fn fire(&self, pool: &Arc<Pool>, entry: &Arc<Entry>, fired: Fired) {
        entry.running.fetch_add(1, Ordering::AcqRel);
        if entry.cancelled.load(Ordering::Acquire) {
            entry.left();
            return;
        }
        if entry.registration.once {
            entry.cancelled.store(true, Ordering::Release);
        }
        let call = {
            let entry = Arc::clone(entry);
            move || {
                (entry.registration.callback)(fired);
                entry.left();
            }
        };
        if entry.registration.in_wait_thread { call() } else { pool.submit(Box::new(call)) }
    }

    /// Takes the thread off the pool's list, unless somebody has registered meanwhile.
    fn retire(&self, pool: &Arc<Pool>) -> bool {
        let mut threads = pool.waits.0.lock();
        if !self.entries.lock().is_empty() {
            return false;
        }
        threads.retain(|thread| !std::ptr::eq(thread.as_ptr(), self));
        true
    }
}

impl Entry {
    fn next_deadline(&self, pool: &Pool) -> Option<Tick> {
        match self.registration.timeout {
            Timeout::Infinite => None,
            Timeout::Poll => Some(pool.idle.now()),
            Timeout::After(limit) => Some(pool.idle.now().plus(limit)),
        }
    }

    /// A callback has ended.
    fn left(&self) {
        if self.running.fetch_sub(1, Ordering::AcqRel) == 1 && self.cancelled.load(Ordering::Acquire) {
            self.over.set();
        }
    }
}

impl RegisteredWait {
    /// Ends it: no callback starts from here on. True if one is running at this moment.
    pub fn unregister(&self) -> bool {
        self.entry.cancelled.store(true, Ordering::Release);
        self.thread.changed.set();
        let running = self.entry.running.load(Ordering::Acquire) > 0;
        if !running {
            self.entry.over.set();
        }
        running
    }

    /// Signalled when it was unregistered and no callback runs.
    #[must_use]
    pub fn over(&self) -> Arc<Event> {
        Arc::clone(&self.entry.over)
    }
}
