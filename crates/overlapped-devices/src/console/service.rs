//! The thread that listens to a console's terminal while somebody waits for input: a read, or a wait on the input handle.
//!
//! It sleeps until the terminal has something, or its bell is rung because that may have changed. So a terminal is left alone while
//! nobody wants its input: what is typed then is for whoever reads next, perhaps a child. ESC alone is a key when nothing has followed it
//! for [`REST`]; that is the only time limit here.

use super::Console;
use rustix::event::{EventfdFlags, PollFd, PollFlags, Timespec, eventfd, poll};
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::{Arc, Weak};
use std::time::Duration;

/// How long the rest of a sequence may take.
pub(super) const REST: Duration = Duration::from_millis(30);

/// Rings at the thread.
pub(super) struct Bell(Arc<OwnedFd>);

impl Bell {
    pub fn new() -> std::io::Result<Self> {
        Ok(Self(Arc::new(eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?)))
    }

    /// Have a look.
    pub fn ring(&self) {
        // A full counter has been rung already.
        let _ = rustix::io::write(&*self.0, &1u64.to_ne_bytes());
    }

    /// Starts the thread, which ends when the console has gone and the bell rings.
    pub fn listen(&self, console: Weak<Console>, terminal: OwnedFd) -> std::io::Result<()> {
        let bell = Arc::clone(&self.0);
        let thread = std::thread::Builder::new().name("ovl-console".into());
        thread.spawn(move || listen(&bell, &console, terminal.as_fd())).map(drop)
    }
}

fn listen(bell: &OwnedFd, console: &Weak<Console>, terminal: BorrowedFd<'_>) {
    loop {
        let Some(found) = console.upgrade() else { return };
        let (wanted, begun) = found.wants_input();
        drop(found);
        let mut both = [PollFd::new(bell, PollFlags::IN), PollFd::new(&terminal, PollFlags::IN)];
        let count = if wanted { 2 } else { 1 };
        let rest = Timespec { tv_sec: 0, tv_nsec: i64::from(REST.subsec_nanos()) };
        let ready = poll(&mut both[..count], (wanted && begun).then_some(&rest));
        let [rung, heard] = both.map(|one| !one.revents().is_empty());
        if rung {
            // Only its being rung matters.
            let _ = rustix::io::read(bell, &mut [0u8; 8][..]);
        }
        let Some(found) = console.upgrade() else { return };
        match ready {
            Ok(0) => found.settle(),
            Ok(_) if wanted && heard => found.fetch(),
            _ => {}
        }
    }
}
