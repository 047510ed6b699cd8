//! The signal of a shared object: the rules of contract 04 by compare-and-swap on its [`Page`].
//!
//! The kernel calls these under its own lock on the object, so within the process one thread at a time is here; the page
//! is what processes meet at. What is only of this process (which of its threads owns the mutex, how often over) stands here.

use super::Root;
use super::door::{Door, LIVENESS};
use super::identity::{self, MASK};
use super::page::Page;
use overlapped_abi::Win32Error;
use overlapped_kernel::clock::Tick;
use overlapped_kernel::dispatcher::Waitable;
use overlapped_kernel::dispatcher::shared::{Grip, Held, Passage, Refusal, Shared, Spec};
use parking_lot::Mutex;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::sync::atomic::{AtomicBool, Ordering::*, fence};
use std::sync::{Arc, OnceLock, Weak};
use std::time::Duration;

/// In the state of a mutex: its owner ended without releasing it.
pub const ABANDONED: u64 = 1 << 63;
/// How often a thread may take its mutex without releasing it.
const RECURSION_LIMIT: u32 = 0x8000_0000;
/// For so long at most a pulse waits for other processes to come for it.
const PULSE: Duration = Duration::from_millis(20);

/// See the module page.
pub struct Signal {
    page: Page,
    spec: Spec,
    mine: Mutex<Mine>,
    /// Does a thread of this process wait? For the door, which must not hold on to what nobody waits for.
    watched: Arc<AtomicBool>,
    object: OnceLock<Weak<dyn Waitable>>,
    door: Arc<Door>,
    /// After the page: it goes last.
    root: Root,
}

impl std::fmt::Debug for Signal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Signal").field("spec", &self.spec).field("state", &self.page.state).finish_non_exhaustive()
    }
}

/// What concerns this process alone.
#[derive(Debug, Default)]
struct Mine {
    /// The thread that owns the mutex, if this process does.
    owner: u32,
    depth: u32,
    /// The place among the watchers, while this process watches.
    place: Option<Option<usize>>,
}

impl Signal {
    pub(super) fn new(page: Page, spec: Spec, door: Arc<Door>, root: Root) -> Self {
        let (mine, watched) = (Mutex::default(), Arc::default());
        Self { page, spec, mine, watched, object: OnceLock::new(), door, root }
    }

    /// A mutex that nobody else has yet, and which a thread of this process owns, or whose owner has ended.
    pub(super) fn begin_held(&self, held: Held) {
        let Held { owner, depth, abandoned } = held;
        if owner != 0 {
            let mut mine = self.mine.lock();
            (mine.owner, mine.depth) = (owner, depth);
        }
        let own = if owner == 0 { 0 } else { identity::own() };
        if self.spec == Spec::Mutant {
            self.page.state.store(own | if abandoned { ABANDONED } else { 0 }, Release);
        }
    }

    /// Wakes the other processes that watch. The signal has been changed before.
    fn ring(&self) {
        // Either this sees the watcher, or the watcher, who looks again after it has entered, sees the signal.
        fence(SeqCst);
        for watcher in &self.page.watchers {
            let identity = watcher.load(Relaxed);
            if identity != 0 && identity != identity::own() && !self.door.ring(identity) {
                // Nobody is behind that door any more.
                let _ = watcher.compare_exchange(identity, 0, AcqRel, Relaxed);
            }
        }
    }

    fn has_other_watchers(&self) -> bool {
        self.page.watchers.iter().any(|w| !matches!(w.load(Relaxed), 0) && w.load(Relaxed) != identity::own())
    }

    /// Subtracts one if there is one.
    fn take_one(&self) -> Result<Grip, Refusal> {
        let taken = self.page.state.fetch_update(AcqRel, Acquire, |count| count.checked_sub(1));
        taken.map(|_| Grip { first: false, abandoned: false }).map_err(|_| Refusal::NotSignalled)
    }

    fn take_mutex(&self, thread: u32) -> Result<Grip, Refusal> {
        let mut mine = self.mine.lock();
        if mine.owner != 0 {
            if mine.owner != thread {
                return Err(Refusal::NotSignalled);
            }
            if mine.depth == RECURSION_LIMIT {
                return Err(Refusal::Recursion);
            }
            mine.depth += 1;
            return Ok(Grip { first: false, abandoned: false });
        }
        let state = self.page.state.load(Acquire);
        let abandoned = state & ABANDONED != 0 || self.owner_is_dead(state);
        let free = state & MASK == 0 || abandoned;
        if !free || self.page.state.compare_exchange(state, identity::own(), AcqRel, Relaxed).is_err() {
            self.keep_looking(&mine);
            return Err(Refusal::NotSignalled);
        }
        (mine.owner, mine.depth) = (thread, 1);
        Ok(Grip { first: true, abandoned })
    }

    /// Another process owns the mutex and may die with it: whoever waits here must be woken to look. When the wait began, the
    /// owner may have been of this process.
    fn keep_looking(&self, mine: &Mine) {
        if mine.place.is_some() {
            self.door.open(Some(LIVENESS));
        }
    }

    /// In this process an owner that ended abandons by [`Shared::abandon`].
    fn owner_is_dead(&self, state: u64) -> bool {
        let owner = state & MASK;
        owner != 0 && owner != identity::own() && !identity::is_alive(owner)
    }

    /// Gives the mutex up once, and the last time leaves it in that state.
    fn leave_mutex(&self, mine: &mut Mine, state: u64) -> bool {
        mine.depth -= 1;
        if mine.depth > 0 {
            return false;
        }
        mine.owner = 0;
        self.page.state.store(state, Release);
        self.ring();
        true
    }

    /// When the object is to be looked at, at the latest: another process may die with it, or there are more watchers than places.
    pub(super) fn next_look(&self) -> Option<Duration> {
        let owner = self.page.state.load(Acquire) & MASK;
        let foreign = self.spec == Spec::Mutant && owner != 0 && owner != identity::own();
        if foreign || self.mine.lock().place == Some(None) {
            return Some(LIVENESS);
        }
        // Who set it and lives rings in time.
        self.foreign_due().map(|due| due.since(Tick::monotonic()) + LIVENESS)
    }

    /// When a timer is due that another process has set.
    fn foreign_due(&self) -> Option<Tick> {
        let (due, setter) = (self.page.due.load(Acquire), self.page.setter.load(Acquire));
        (matches!(self.spec, Spec::Timer { .. }) && due != 0 && setter != identity::own()).then_some(Tick(due))
    }

    /// Signals a timer in the place of a process that set it, and has died or closed it.
    fn catch_up(&self) {
        let now = Tick::monotonic();
        let Some(due) = self.foreign_due().filter(|due| *due <= now) else { return };
        let setter = self.page.setter.load(Acquire);
        if setter != 0 && identity::is_alive(setter) {
            return;
        }
        let next = match self.page.period.load(Acquire) {
            0 => 0,
            // Another process says what it is, which may be anything.
            period => due.0.saturating_add(((now.0 - due.0) / period + 1).saturating_mul(period)),
        };
        // One of all who see it.
        if self.page.due.compare_exchange(due.0, next, AcqRel, Relaxed).is_ok() {
            self.set();
        }
    }

    /// Does a thread of this process wait?
    pub(super) fn watched(&self) -> &Arc<AtomicBool> {
        &self.watched
    }

    /// Another process has changed the signal, perhaps.
    pub(super) fn serve(&self) {
        if let Some(object) = self.object.get().and_then(Weak::upgrade) {
            object.dispatcher().serve_shared();
        }
    }
}

impl Drop for Signal {
    fn drop(&mut self) {
        if matches!(self.spec, Spec::Timer { .. }) && self.page.setter.load(Acquire) == identity::own() {
            self.page.setter.store(0, Release);
            self.ring();
        }
    }
}

impl Shared for Signal {
    fn spec(&self) -> Spec {
        self.spec
    }

    fn ready(&self, thread: u32) -> Result<(), Refusal> {
        self.catch_up();
        let state = self.page.state.load(Acquire);
        let ready = match self.spec {
            Spec::Mutant => {
                let mine = self.mine.lock();
                match mine.owner {
                    0 if state & MASK == 0 || self.owner_is_dead(state) => true,
                    0 => {
                        self.keep_looking(&mine);
                        false
                    }
                    owner if owner == thread && mine.depth == RECURSION_LIMIT => return Err(Refusal::Recursion),
                    owner => owner == thread,
                }
            }
            _ => state != 0,
        };
        if ready { Ok(()) } else { Err(Refusal::NotSignalled) }
    }

    fn take(&self, thread: u32) -> Result<Grip, Refusal> {
        self.catch_up();
        match self.spec {
            Spec::Mutant => self.take_mutex(thread),
            Spec::Event { auto: false, .. } | Spec::Timer { auto: false } => {
                self.ready(thread).map(|()| Grip { first: false, abandoned: false })
            }
            Spec::Event { .. } | Spec::Timer { .. } | Spec::Semaphore { .. } => self.take_one(),
            Spec::Section { .. } => Err(Refusal::NotSignalled),
        }
    }

    fn untake(&self, _thread: u32, abandoned: bool) -> bool {
        match self.spec {
            Spec::Mutant => return self.leave_mutex(&mut self.mine.lock(), if abandoned { ABANDONED } else { 0 }),
            Spec::Event { auto: false, .. } | Spec::Timer { auto: false } | Spec::Section { .. } => {}
            Spec::Event { .. } | Spec::Timer { .. } => self.set(),
            Spec::Semaphore { .. } => {
                self.page.state.fetch_add(1, AcqRel);
                self.ring();
            }
        }
        false
    }

    fn set(&self) {
        self.page.state.store(1, Release);
        self.ring();
    }

    fn reset(&self) {
        self.page.state.store(0, Release);
    }

    fn pulse(&self) {
        // The waiters of this process have had it. Those of others need a moment to come for it.
        let end = std::time::Instant::now() + PULSE;
        let auto = matches!(self.spec, Spec::Event { auto: true, .. });
        while self.has_other_watchers() && (!auto || self.page.state.load(Acquire) != 0) {
            if std::time::Instant::now() >= end {
                break;
            }
            std::thread::sleep(Duration::from_micros(200));
        }
    }

    fn release(&self, n: i32) -> Result<i32, Win32Error> {
        let max = self.page.max.load(Relaxed);
        let more = |count: u64| {
            let sum = i32::try_from(count).ok()?.checked_add(n)?;
            u64::try_from(sum).ok().filter(|_| sum <= max)
        };
        let before = self.page.state.fetch_update(AcqRel, Acquire, more).map_err(|_| Win32Error::TOO_MANY_POSTS)?;
        self.ring();
        Ok(i32::try_from(before).unwrap_or(max))
    }

    fn release_mutex(&self, thread: u32) -> Result<bool, Win32Error> {
        let mut mine = self.mine.lock();
        if mine.owner != thread { Err(Win32Error::NOT_OWNER) } else { Ok(self.leave_mutex(&mut mine, 0)) }
    }

    fn abandon(&self, thread: u32) -> bool {
        let mut mine = self.mine.lock();
        if mine.owner != thread {
            return false;
        }
        mine.depth = 1;
        self.leave_mutex(&mut mine, ABANDONED)
    }

    fn restamp(&self, heir: Option<(Tick, Option<Duration>)>) -> u64 {
        let (due, period) = heir.map_or((0, None), |(due, period)| (due.0, period));
        // Nobody signals it while this changes.
        self.page.setter.store(identity::own(), Release);
        self.page.due.store(due, Release);
        self.page.period.store(period.map_or(0, |period| period.as_nanos() as u64), Release);
        let stamp = self.page.stamp.fetch_add(1, AcqRel) + 1;
        // Who waits already did not know of this time.
        self.ring();
        stamp
    }

    fn advance(&self, next: Option<Tick>) {
        if self.page.setter.load(Acquire) == identity::own() && self.page.due.load(Acquire) != 0 {
            self.page.due.store(next.map_or(0, |next| next.0), Release);
        }
    }

    fn stamp(&self) -> u64 {
        self.page.stamp.load(Acquire)
    }

    fn watch(&self) {
        self.mine.lock().place.get_or_insert_with(|| self.page.enter(identity::own()));
        self.watched.store(true, SeqCst);
        fence(SeqCst);
        self.door.open(self.next_look());
    }

    fn unwatch(&self) {
        self.watched.store(false, SeqCst);
        if let Some(Some(place)) = self.mine.lock().place.take() {
            self.page.leave(place);
        }
    }

    fn bind(&self, object: Weak<dyn Waitable>) {
        let _ = self.object.set(object);
    }

    fn pass_on(&self) -> Option<Passage> {
        match &self.root {
            Root::Lease(lease) => {
                let name = OsStr::from_bytes(self.page.name()).to_owned();
                Some(Passage { name: Some(name), descriptor: lease.copy()? })
            }
            Root::Memory(file) => {
                let descriptor = rustix::io::fcntl_dupfd_cloexec(file, 3).ok()?;
                Some(Passage { name: None, descriptor })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Commons;
    use super::*;
    use std::time::Instant;

    #[test]
    fn a_waiter_looks_once_another_process_has_the_mutex_04_4() {
        let run = tempfile::tempdir().unwrap();
        let commons = Commons::new(&run.path().join("run")).unwrap();
        let (signal, existed) = commons.signal(commons.find("lock".as_ref(), Some(Spec::Mutant)).unwrap());
        assert!(!existed && signal.take(1).is_ok());
        // A second thread of this process waits, for its own process: no need to look.
        assert_eq!(signal.take(2), Err(Refusal::NotSignalled));
        signal.watch();
        let mut other = std::process::Command::new("sleep").arg("60").spawn().unwrap();
        // The first thread gives the mutex up, and the other process takes it before the second one can.
        assert_eq!(signal.release_mutex(1), Ok(true));
        signal.page.state.store(identity::of(other.id()).unwrap(), Release);
        assert_eq!(signal.take(2), Err(Refusal::NotSignalled));
        let late = Instant::now() + Duration::from_secs(20);
        while !signal.door.looks() {
            assert!(Instant::now() < late, "the death of the other process would never be seen");
            std::thread::sleep(Duration::from_millis(1));
        }
        other.kill().unwrap();
        other.wait().unwrap();
        assert_eq!(signal.take(2), Ok(Grip { first: true, abandoned: true }));
        signal.unwatch();
        assert_eq!(signal.release_mutex(2), Ok(true));
    }
}
