//! The sentinel: finds threads of ports that block without telling anybody (contract 06 section 9, rule 5).
//!
//! A port sees blocking only in the library's own calls. A handler that takes a lock of the standard library, reads a pipe through libc or
//! waits for a page from the disk holds its place among the released threads, and packets wait although a processor is idle. Only Linux
//! knows; a [`Sight`] asks it. The port itself glances at its threads whenever somebody comes to it while it is crowded
//! (`crate::port`); this thread does it when nobody comes.
//!
//! It has no timer unless a port is crowded: a port that becomes so summons it, and it forgets the port some looks after
//! that is over. The time between two looks adapts: it is halved when they find sleepers and doubled when they do not, between
//! [`SHORTEST`] and [`LONGEST`]. Drawback: what a look has not found holds its place until the next one, and each look takes
//! some microseconds of a processor that may be busy.

#[cfg(not(loom))]
mod watch;

use crate::port::Port;
use crate::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

/// Time between two looks while they find sleepers.
pub const SHORTEST: Duration = Duration::from_micros(200);
/// Time between two looks while everybody works.
pub const LONGEST: Duration = Duration::from_millis(2);

/// What a glance tells of a thread, without a system call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Glance {
    /// It runs, or could and waits for a processor.
    Awake,
    /// It seems to have gone to sleep by itself; the stamp changes when it has run since.
    Asleep(u64),
    /// Only a look will tell.
    Unknown,
}

/// In what a thread sleeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In a system call: its number, and its name if that is known.
    Call(u32, Option<&'static str>),
    /// Outside any: it waits for a page from the disk or for a debugger.
    Fault,
    /// It cannot be seen where.
    Somewhere,
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Call(_, Some(name)) => f.write_str(name),
            Self::Call(number, None) => write!(f, "system call {number}"),
            Self::Fault => f.write_str("a page fault"),
            Self::Somewhere => f.write_str("a place that Linux does not tell"),
        }
    }
}

/// How threads of this process can be seen to sleep.
pub trait Sight: Send + Sync + 'static {
    /// What it goes by: `records` or `proc`.
    fn name(&self) -> &'static str;

    /// A view of the thread with this number of Linux; none if it is gone.
    fn attach(&self, thread: u32) -> Option<Arc<dyn View>>;

    /// The calling thread is the one that looks: makes it punctual, where Linux allows that.
    fn prepare(&self) {}
}

/// A view of one thread.
pub trait View: Send + Sync {
    /// What can be told at once: a few nanoseconds, no system call, no lock.
    fn glance(&self) -> Glance;

    /// Asks Linux: where it sleeps, or `None` if it runs or could run.
    fn look(&self) -> Option<Place>;
}

impl std::fmt::Debug for dyn View {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.glance().fmt(f)
    }
}

/// See the module page.
#[derive(Default)]
pub struct Sentinel {
    sight: Mutex<Option<Arc<dyn Sight>>>,
    sees: AtomicBool,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    ports: Vec<Weak<Port>>,
    stop: bool,
    #[cfg(not(loom))]
    thread: Option<Arc<crate::thread::Thread>>,
}

impl Sentinel {
    /// How it sees from now on; `None` is not at all. To be said before a port is crowded: a thread that is looking keeps its sight.
    pub fn give(&self, sight: Option<Arc<dyn Sight>>) {
        let mut current = self.sight.lock();
        self.sees.store(sight.is_some(), Ordering::Release);
        *current = sight;
    }

    /// What it goes by, if it can see at all.
    #[must_use]
    pub fn sight(&self) -> Option<Arc<dyn Sight>> {
        self.sight.lock().clone()
    }

    /// Can it see?
    pub(crate) fn sees(&self) -> bool {
        self.sees.load(Ordering::Acquire)
    }
}

#[cfg(loom)]
impl Sentinel {
    /// The checker calls for patrols itself.
    pub(crate) fn watch(self: &Arc<Self>, port: &Arc<Port>) -> bool {
        let mut state = self.state.lock();
        state.ports.push(Arc::downgrade(port));
        !state.stop
    }

    pub(crate) fn stop(&self) {
        self.state.lock().stop = true;
    }
}
