//! Processes as objects: signalled when ended (contract 04 section 1).
//!
//! The calling process is there from the start; any other is known by a descriptor of Linux (a pidfd), which stands for just that process
//! even when its number is used again. That it has ended is learned by one thread for all of them (module `watch`), and at
//! once by whoever asks. How it ended Linux tells the parent; others learn it from kernels since 6.15, and otherwise not.

#[cfg(not(loom))]
mod opened;
#[cfg(not(loom))]
mod watch;

use crate::dispatcher::{Dispatcher, Waitable};
use crate::thread::STILL_ACTIVE;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, LazyLock};

/// A process.
pub struct Process {
    id: u32,
    ended: Dispatcher,
    exit_code: AtomicU32,
    /// What another process is known by.
    #[cfg(not(loom))]
    opened: Option<opened::Opened>,
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

    /// Learns now whether it has ended, so that whoever asks next is not told what was true a moment ago.
    #[cfg(loom)]
    pub(crate) fn look(&self) {}
}

impl Waitable for Process {
    fn dispatcher(&self) -> &Dispatcher {
        &self.ended
    }
}
