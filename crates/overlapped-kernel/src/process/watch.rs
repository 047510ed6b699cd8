//! The thread that learns of the end of processes. It sleeps in one poll over all that are open and have not ended, and leaves when
//! there are none.

use super::Process;
use crate::sync::Mutex;
use rustix::event::{EventfdFlags, PollFd, PollFlags, eventfd, poll};
use rustix::io::{read, write};
use std::os::fd::{AsFd, OwnedFd};
use std::sync::{Arc, LazyLock, Weak};

#[derive(Default)]
struct Watched {
    processes: Vec<Weak<Process>>,
    running: bool,
}

static WATCHED: LazyLock<Mutex<Watched>> = LazyLock::new(Mutex::default);
/// Wakes the thread. Without a descriptor for it there is no thread, and ends are seen by those who ask.
static BELL: LazyLock<Option<OwnedFd>> =
    LazyLock::new(|| eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK).ok());

fn ring() {
    if let Some(bell) = &*BELL {
        // Full means that it rings already.
        let _ = write(bell, &1u64.to_ne_bytes());
    }
}

/// One more process.
pub(super) fn watch(process: &Arc<Process>) {
    let mut watched = WATCHED.lock();
    watched.processes.push(Arc::downgrade(process));
    if watched.running {
        ring();
    } else if BELL.is_some() {
        watched.running = std::thread::Builder::new().name("ovl-process".into()).spawn(run).is_ok();
    }
}

/// A process is not open any more.
pub(super) fn recall() {
    ring();
}

fn run() {
    let Some(bell) = &*BELL else { return };
    loop {
        let _ = read(bell, &mut [0u8; 8]);
        let processes: Vec<Arc<Process>> = {
            let mut watched = WATCHED.lock();
            watched.processes.retain(|process| process.upgrade().is_some_and(|p| !p.ended.is_signalled()));
            if watched.processes.is_empty() {
                watched.running = false;
                return;
            }
            watched.processes.iter().filter_map(Weak::upgrade).collect()
        };
        // Weak while it sleeps: whoever closes the last handle rings. The descriptors are copies, so that none is another's meanwhile.
        let copies: Vec<(Weak<Process>, OwnedFd)> = processes
            .into_iter()
            .filter_map(|process| Some((Arc::downgrade(&process), process.pidfd()?.try_clone_to_owned().ok()?)))
            .collect();
        let mut fds = vec![PollFd::new(bell, PollFlags::IN)];
        fds.extend(copies.iter().map(|(_, pidfd)| PollFd::from_borrowed_fd(pidfd.as_fd(), PollFlags::IN)));
        let _ = poll(&mut fds, None);
        copies.iter().filter_map(|(process, _)| process.upgrade()).for_each(|process| process.look());
    }
}
