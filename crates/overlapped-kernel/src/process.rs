//! Processes as objects: the calling one, for now. Signalled when ended.

use crate::dispatcher::{Dispatcher, Waitable};
use crate::thread::STILL_ACTIVE;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, LazyLock};

/// A process.
pub struct Process {
    id: u32,
    ended: Dispatcher,
    exit_code: AtomicU32,
}

impl Process {
    /// The calling process.
    #[must_use]
    pub fn current() -> Arc<Self> {
        static CURRENT: LazyLock<Arc<Process>> = LazyLock::new(|| {
            let (ended, exit_code) = (Dispatcher::notification(false), AtomicU32::new(STILL_ACTIVE));
            Arc::new(Process { id: std::process::id(), ended, exit_code })
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
        self.exit_code.load(Ordering::Acquire)
    }
}

impl Waitable for Process {
    fn dispatcher(&self) -> &Dispatcher {
        &self.ended
    }
}
