//! Waits that call back: registered ones (contract 04 section 9) and wait objects (CreateThreadpoolWait).
//!
//! Wait threads hold up to 63 waits each, beside an event of their own by which they are told of changes. The callbacks run on the
//! pool, or in the wait thread if that was asked for.
//!
//! A wait that repeats waits again when its callback has *started*. So an object that stays signalled calls back continuously, as it
//! should, without filling the pool with callbacks faster than they run. And a wait that has fired goes behind the others
//! of its thread: an object that is always signalled does not keep the others from being seen.

use super::call::Call;
use super::object::{Core, Environment, Object};
use super::{Pool, ThreadPool};
use crate::clock::{Tick, Timeout};
use crate::dispatcher::{Event, Taken, WaitRef};
use crate::sync::Mutex;
use crate::wait::{MAXIMUM_WAIT_OBJECTS, Outcome, wait_any};
use overlapped_abi::Win32Error;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

/// Why the callback runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fired {
    /// The object was signalled.
    Signalled,
    /// The object is a mutex, and its owner ended without releasing it.
    Abandoned,
    /// The time was over.
    TimedOut,
}

type Callback = Arc<dyn Fn(&Call, Fired) + Send + Sync>;

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
    /// Where and how callbacks run otherwise.
    pub environment: Environment,
    /// The callback.
    pub callback: Arc<dyn Fn(Fired) + Send + Sync>,
}

/// How a wait stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
enum Stand {
    /// The wait thread waits for it.
    Armed,
    /// Its callback is queued; then it is armed again.
    Fired,
    /// It fires no more.
    Over,
}

/// One wait of a wait thread.
struct Entry {
    object: WaitRef,
    timeout: Timeout,
    once: bool,
    in_wait_thread: bool,
    core: Arc<Core>,
    callback: Callback,
    stand: AtomicU8,
}

impl Entry {
    fn is(&self, stand: Stand) -> bool {
        self.stand.load(Ordering::Acquire) == stand as u8
    }

    fn passes(&self, from: Stand, to: Stand) -> bool {
        self.stand.compare_exchange(from as u8, to as u8, Ordering::AcqRel, Ordering::Acquire).is_ok()
    }

    /// Ends it; true if it was armed, so that nothing of it is under way.
    fn end(&self) -> bool {
        self.stand.swap(Stand::Over as u8, Ordering::AcqRel) == Stand::Armed as u8
    }

    fn deadline(&self, pool: &Pool) -> Option<Tick> {
        match self.timeout {
            Timeout::Infinite => None,
            Timeout::Poll => Some(pool.idle.now()),
            Timeout::After(limit) => Some(pool.idle.now().plus(limit)),
        }
    }
}

/// The wait threads of a pool.
#[derive(Default)]
pub(super) struct Waits(Mutex<Threads>);

#[derive(Default)]
struct Threads {
    threads: Vec<Weak<WaitThread>>,
    ended: bool,
}

struct WaitThread {
    changed: Arc<Event>,
    entries: Mutex<Vec<Arc<Entry>>>,
}

impl Waits {
    /// The pool ends, and so do the waits.
    pub(super) fn end(&self) {
        let threads = {
            let mut waits = self.0.lock();
            waits.ended = true;
            std::mem::take(&mut waits.threads)
        };
        for thread in threads.iter().filter_map(Weak::upgrade) {
            for entry in thread.entries.lock().iter() {
                entry.end();
            }
            thread.changed.set();
        }
    }
}

/// Gives a wait to a wait thread. 735 if the pool was shut down, 8 if no thread can be made.
fn add(pool: &Arc<Pool>, entry: &Arc<Entry>) -> Result<Arc<WaitThread>, Win32Error> {
    let mut waits = pool.waits.0.lock();
    if waits.ended {
        return Err(Win32Error::ABANDONED_WAIT_0);
    }
    waits.threads.retain(|thread| thread.strong_count() > 0);
    let free = waits.threads.iter().filter_map(Weak::upgrade).find(|thread| {
        let mut entries = thread.entries.lock();
        entries.retain(|entry| !entry.is(Stand::Over));
        let room = entries.len() < MAXIMUM_WAIT_OBJECTS - 1;
        if room {
            entries.push(Arc::clone(entry));
        }
        room
    });
    if let Some(thread) = free {
        thread.changed.set();
        return Ok(thread);
    }
    let changed = Arc::new(Event::auto_reset(false));
    let thread = Arc::new(WaitThread { changed, entries: Mutex::new(vec![Arc::clone(entry)]) });
    let (pool, started) = (Arc::clone(pool), Arc::clone(&thread));
    let spawned = std::thread::Builder::new().name("ovl-wait".into()).spawn(move || started.run(&pool));
    spawned.map_err(|_| Win32Error::NOT_ENOUGH_MEMORY)?;
    waits.threads.push(Arc::downgrade(&thread));
    Ok(thread)
}

/// A wait that a wait thread has taken up, with the time of its end.
struct Round {
    entry: Arc<Entry>,
    deadline: Option<Tick>,
}

impl WaitThread {
    /// Waits for everything that is registered here; ends when nothing has been for a while.
    fn run(self: &Arc<Self>, pool: &Arc<Pool>) {
        const LINGER: Timeout = Timeout::After(Duration::from_secs(5));
        let mut rounds: Vec<Round> = Vec::new();
        loop {
            self.refresh(pool, &mut rounds);
            self.time_out(pool, &mut rounds);
            let mut objects: Vec<WaitRef> = vec![Arc::clone(&self.changed) as WaitRef];
            objects.extend(rounds.iter().map(|round| Arc::clone(&round.entry.object)));
            let next = rounds.iter().filter_map(|round| round.deadline).min();
            let timeout = match next {
                Some(next) => next.since(pool.idle.now()).into(),
                None if self.entries.lock().is_empty() => LINGER,
                None => Timeout::Infinite,
            };
            match wait_any(&pool.idle, &objects, timeout, true) {
                Ok(Outcome::Object(0) | Outcome::Alerted) => {}
                Ok(Outcome::Object(index)) => self.fire(pool, rounds.remove(index - 1).entry, Fired::Signalled),
                Ok(Outcome::Abandoned(index)) => self.fire(pool, rounds.remove(index - 1).entry, Fired::Abandoned),
                Ok(Outcome::TimedOut) if timeout == LINGER && self.retire(pool) => return,
                Ok(Outcome::TimedOut) => {}
                Err(error) => {
                    // A mutex that this thread has taken too often: the wait that did it is the newest of its kind.
                    tracing::error!(%error, "a wait thread cannot wait for its objects");
                    for round in rounds.drain(..) {
                        round.entry.end();
                    }
                }
            }
        }
    }

    /// Takes new waits in and drops those that are over.
    fn refresh(&self, pool: &Arc<Pool>, rounds: &mut Vec<Round>) {
        let mut entries = self.entries.lock();
        entries.retain(|entry| !entry.is(Stand::Over));
        rounds.retain(|round| round.entry.is(Stand::Armed));
        for entry in entries.iter().filter(|entry| entry.is(Stand::Armed)) {
            if !rounds.iter().any(|round| Arc::ptr_eq(&round.entry, entry)) {
                rounds.push(Round { entry: Arc::clone(entry), deadline: entry.deadline(pool) });
            }
        }
    }

    /// Fires what has waited long enough, after one more look at its object.
    fn time_out(self: &Arc<Self>, pool: &Arc<Pool>, rounds: &mut Vec<Round>) {
        let now = pool.idle.now();
        let late = |round: &mut Round| round.deadline.is_some_and(|deadline| deadline <= now);
        let late: Vec<Round> = rounds.extract_if(.., late).collect();
        for Round { entry, .. } in late {
            let object = [Arc::clone(&entry.object)];
            let fired = match wait_any(&pool.idle, &object, Timeout::Poll, false) {
                Ok(Outcome::Object(_)) => Fired::Signalled,
                Ok(Outcome::Abandoned(_)) => Fired::Abandoned,
                _ => Fired::TimedOut,
            };
            self.fire(pool, entry, fired);
        }
    }

    fn fire(self: &Arc<Self>, pool: &Arc<Pool>, entry: Arc<Entry>, fired: Fired) {
        // Counted first: who ends the wait from here on either stops it below or withdraws it.
        let entered = entry.core.gate().enter();
        if !entry.passes(Stand::Armed, if entry.once { Stand::Over } else { Stand::Fired }) {
            entry.core.gate().revoke(entered);
            // It was ended while the signal was on its way: the signal is for somebody else.
            if fired != Fired::TimedOut {
                let taken = Taken { abandoned: fired == Fired::Abandoned };
                crate::thread::with_current(|thread| entry.object.dispatcher().give_back(thread, taken));
            }
            return;
        }
        let callback = Arc::clone(&entry.callback);
        if entry.in_wait_thread {
            pool.survive(|| entry.core.run_entered(entered, |call| callback(call, fired)));
            if entry.passes(Stand::Fired, Stand::Armed) {
                // It fired after the last look at what is armed if its time was over.
                self.changed.set();
            }
            return;
        }
        let (thread, again) = (Arc::clone(self), Arc::clone(&entry));
        let queued = entry.core.queue_entered(entered, move |call| {
            if again.passes(Stand::Fired, Stand::Armed) {
                thread.changed.set();
            }
            callback(call, fired);
        });
        if queued.is_err() {
            entry.end();
        }
    }

    /// Takes the thread off the pool's list, unless somebody has registered meanwhile.
    fn retire(&self, pool: &Arc<Pool>) -> bool {
        let mut waits = pool.waits.0.lock();
        if !self.entries.lock().is_empty() {
            return false;
        }
        waits.threads.retain(|thread| !std::ptr::eq(thread.as_ptr(), self));
        true
    }
}

/// A registration. Dropping it does not end it; [`RegisteredWait::unregister`] does.
pub struct RegisteredWait {
    entry: Arc<Entry>,
    thread: Arc<WaitThread>,
}

pub(super) fn register(pool: &ThreadPool, registration: Registration) -> Result<RegisteredWait, Win32Error> {
    let Registration { object, timeout, once, in_wait_thread, environment, callback } = registration;
    let entry = Arc::new(Entry {
        object,
        timeout,
        once,
        in_wait_thread,
        core: Arc::new(Core::new(environment)),
        callback: Arc::new(move |_, fired| callback(fired)),
        stand: AtomicU8::new(Stand::Armed as u8),
    });
    let thread = add(pool.pool(), &entry)?;
    Ok(RegisteredWait { entry, thread })
}

impl RegisteredWait {
    /// Ends it: no callback starts from here on. True if one is running at this moment.
    pub fn unregister(&self) -> bool {
        self.entry.end();
        self.entry.core.withdraw();
        self.thread.changed.set();
        self.entry.core.is_busy()
    }

    /// Waits until no callback runs. Never returns inside one of its own.
    pub fn wait(&self) {
        self.entry.core.wait();
    }

    /// Is a callback queued or running?
    #[must_use]
    pub fn is_busy(&self) -> bool {
        self.entry.core.is_busy()
    }

    /// Signals the event when no callback runs; true if that is now.
    pub fn tell(&self, event: Arc<Event>) -> bool {
        self.entry.core.tell(event)
    }
}

/// PTP_WAIT: waits once each time it is set.
pub struct WaitCallbacks {
    core: Arc<Core>,
    callback: Callback,
    current: Mutex<Option<(Arc<Entry>, Arc<WaitThread>)>>,
}

impl WaitCallbacks {
    /// It waits for nothing yet.
    pub fn new(environment: Environment, callback: impl Fn(&Call, Fired) + Send + Sync + 'static) -> Self {
        let core = Arc::new(Core::new(environment));
        Self { core, callback: Arc::new(callback), current: Mutex::new(None) }
    }

    /// Waits for this object instead of whatever it waited for, or with `None` for nothing. True if it waited for something, and
    /// no callback will come of that. 8 if no thread can be made.
    pub fn set(&self, next: Option<(WaitRef, Timeout)>) -> Result<bool, Win32Error> {
        let mut current = self.current.lock();
        let cancelled = current.take().is_some_and(|(entry, thread)| {
            let was_armed = entry.end();
            thread.changed.set();
            was_armed
        });
        if let Some((object, timeout)) = next {
            let entry = Arc::new(Entry {
                object,
                timeout,
                once: true,
                in_wait_thread: false,
                core: Arc::clone(&self.core),
                callback: Arc::clone(&self.callback),
                stand: AtomicU8::new(Stand::Armed as u8),
            });
            let thread = add(self.core.environment().pool.pool(), &entry)?;
            *current = Some((entry, thread));
        }
        Ok(cancelled)
    }
}

impl Object for WaitCallbacks {
    fn core(&self) -> &Core {
        &self.core
    }

    fn stop(&self) {
        // Setting it to nothing needs no thread.
        let _ = self.set(None);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dispatcher::Mutant;
    use crate::pool::{PoolSize, tests::system};

    #[test]
    fn a_wait_whose_callbacks_run_in_the_wait_thread_times_out_again_and_again_and_still_sees_its_object_04_9() {
        let pool = ThreadPool::new(&system(), PoolSize::default()).unwrap();
        let event = Arc::new(Event::auto_reset(false));
        let (told, heard) = std::sync::mpsc::channel();
        let registered = register(
            &pool,
            Registration {
                object: Arc::clone(&event) as WaitRef,
                timeout: Timeout::After(Duration::from_millis(1)),
                once: false,
                in_wait_thread: true,
                environment: Environment::of(&pool),
                callback: Arc::new(move |fired| told.send(fired).unwrap_or(())),
            },
        )
        .unwrap();
        let next = || heard.recv_timeout(Duration::from_secs(10));
        for _ in 0..3 {
            assert_eq!(next(), Ok(Fired::TimedOut));
        }
        event.set();
        assert!((0..1000).any(|_| next() == Ok(Fired::Signalled)), "the limit does not hide the object");
        assert_eq!(next(), Ok(Fired::TimedOut));
        registered.unregister();
        registered.wait();
    }

    #[test]
    fn an_abandoned_mutex_that_comes_too_late_is_given_back_04_9() {
        let pool = ThreadPool::new(&system(), PoolSize::default()).unwrap();
        let mutex = std::thread::spawn(|| Mutant::new(true)).join().unwrap();
        let entry = Arc::new(Entry {
            object: Arc::clone(&mutex) as WaitRef,
            timeout: Timeout::Infinite,
            once: false,
            in_wait_thread: false,
            core: Arc::new(Core::new(Environment::of(&pool))),
            callback: Arc::new(|_, _| panic!("the wait was ended")),
            stand: AtomicU8::new(Stand::Armed as u8),
        });
        let thread =
            Arc::new(WaitThread { changed: Arc::new(Event::auto_reset(false)), entries: Mutex::new(Vec::new()) });
        let object = [Arc::clone(&mutex) as WaitRef];
        let taken = wait_any(pool.idle(), &object, Timeout::After(Duration::from_secs(20)), false);
        assert_eq!(taken, Ok(Outcome::Abandoned(0)));
        entry.end();
        thread.fire(pool.pool(), entry, Fired::Abandoned);
        let idle = Arc::clone(pool.idle());
        let other = std::thread::spawn(move || wait_any(&idle, &object, Timeout::Poll, false)).join().unwrap();
        assert_eq!(other, Ok(Outcome::Abandoned(0)), "the next one gets it, and is told");
    }
}
