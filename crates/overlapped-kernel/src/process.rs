//! Processes as objects: signalled when ended (contract 04 section 1).
//!
//! The calling process is there from the start; any other is known by a descriptor of Linux (a pidfd), which stands for just that process
//! even when its number is used again. That it has ended is learned by one thread for all of them (module `watch`), and at
//! once by whoever asks. How it ended Linux tells the parent; others learn it from kernels since 6.15, and otherwise not.
//!
//! Linux keeps eight bits of an exit code. A process that a program of ours has started has a [`Will`]: memory that it shares with
//! whoever has its handle, in which it says the whole code, and in which TerminateProcess says with which code it ends it. A child of ours
//! is collected when it has ended, by its descriptor: other children of the program are left alone, and so is SIGCHLD.

#[cfg(not(loom))]
pub mod job;
#[cfg(not(loom))]
mod opened;
#[cfg(not(loom))]
mod watch;

#[cfg(not(loom))]
pub use opened::{Known, Last};

use crate::dispatcher::{Dispatcher, Waitable};
use crate::thread::STILL_ACTIVE;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, LazyLock};

/// What a process and all that have its handle know about its end. The memory is shared with a process that may write anything.
pub trait Will: std::fmt::Debug + Send + Sync {
    /// The code with which it has said that it ends.
    fn said(&self) -> Option<u32>;
    /// The code with which somebody has ended it.
    fn sentence(&self) -> Option<u32>;
    /// Says so, unless somebody has.
    fn condemn(&self, code: u32);
    /// Where it stands, for a child that inherits the handle.
    fn descriptor(&self) -> std::os::fd::BorrowedFd<'_>;
    /// The socket by which this process, which has started it, gives it handles, and a number that is each time another.
    fn mail(&self) -> Option<(std::os::fd::BorrowedFd<'_>, u32)> {
        None
    }
}

/// Somebody who has to know of the end of a process before anybody who waits for that.
pub trait ExitObserver: Send + Sync {
    /// The process with this number has ended, and will count as ended when this returns; may come twice.
    fn exiting(&self, process: u32);
}

#[cfg(not(loom))]
static OBSERVERS: crate::sync::Mutex<Vec<std::sync::Weak<dyn ExitObserver>>> = crate::sync::Mutex::new(Vec::new());

/// Tells the observer of the end of processes that have been opened, as long as it is there.
#[cfg(not(loom))]
pub fn observe_exits(observer: std::sync::Weak<dyn ExitObserver>) {
    let mut observers = OBSERVERS.lock();
    observers.retain(|known| known.strong_count() > 0);
    observers.push(observer);
}

/// Not under a lock.
#[cfg(not(loom))]
fn tell_observers(process: u32) {
    let observers = OBSERVERS.lock().clone();
    observers.iter().filter_map(std::sync::Weak::upgrade).for_each(|observer| observer.exiting(process));
}

/// A process.
pub struct Process {
    id: u32,
    ended: Dispatcher,
    exit_code: AtomicU32,
    /// What another process is known by.
    #[cfg(not(loom))]
    opened: Option<opened::Opened>,
    #[cfg(not(loom))]
    job: crate::sync::Mutex<std::sync::Weak<job::Job>>,
}

impl Process {
    /// The calling process.
    #[must_use]
    pub fn current() -> Arc<Self> {
        static CURRENT: LazyLock<Arc<Process>> = LazyLock::new(|| {
            let (ended, exit_code) = (Dispatcher::notification(false), AtomicU32::new(STILL_ACTIVE));
            Arc::new(Process {
                id: std::process::id(),
                ended,
                exit_code,
                #[cfg(not(loom))]
                opened: None,
                #[cfg(not(loom))]
                job: job::none(),
            })
        });
        Arc::clone(&CURRENT)
    }

    /// Its number.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.id
    }

    /// What GetExitCodeProcess gives: 259 while it runs.
    #[must_use]
    pub fn exit_code(&self) -> u32 {
        self.look();
        self.exit_code.load(Ordering::Acquire)
    }

    /// The same, as far as it is known.
    #[cfg(not(loom))]
    fn known_exit_code(&self) -> u32 {
        self.exit_code.load(Ordering::Acquire)
    }

    /// Learns now whether it has ended, so that whoever asks next is not told what was true a moment ago.
    #[cfg(loom)]
    pub(crate) fn look(&self) {}
}

impl std::fmt::Debug for Process {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Process").field("id", &self.id).finish_non_exhaustive()
    }
}

impl Waitable for Process {
    fn dispatcher(&self) -> &Dispatcher {
        &self.ended
    }
}
