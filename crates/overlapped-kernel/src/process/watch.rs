//! The thread that learns of the end of processes. It sleeps in one poll over all that are open and have not ended, and leaves when
//! there are none.

use super::Process;
use crate::sync::Mutex;
use rustix::event::{EventfdFlags, PollFd, PollFlags, Timespec, eventfd, poll};
use rustix::io::{read, write};
use std::os::fd::OwnedFd;
use std::sync::{Arc, LazyLock, OnceLock, Weak};

#[derive(Default)]
struct Watched {
    processes: Vec<Weak<Process>>,
    /// Children of ours are there until they are collected.
    children: Vec<Arc<Process>>,
    running: bool,
}

static WATCHED: LazyLock<Mutex<Watched>> = LazyLock::new(Mutex::default);
/// How soon it looks again at processes for which it had no descriptor left.
const SHORT_OF_DESCRIPTORS: Timespec = Timespec { tv_sec: 0, tv_nsec: 20_000_000 };
/// Wakes the thread.
static BELL: OnceLock<OwnedFd> = OnceLock::new();

/// The bell, if there is one, or a descriptor for it.
fn bell() -> Option<&'static OwnedFd> {
    if BELL.get().is_none() {
        // Another thread may be faster, with one that is as good.
        let _ = BELL.set(eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK).ok()?);
    }
    BELL.get()
}

fn ring() {
    if let Some(bell) = BELL.get() {
        // Full means that it rings already.
        let _ = write(bell, &1u64.to_ne_bytes());
    }
}

/// One more process. False if there can be no thread that learns of its end.
pub(super) fn watch(process: &Arc<Process>) -> bool {
    add(process, false)
}

/// A child, which has to be collected.
pub(super) fn watch_child(process: &Arc<Process>) -> bool {
    add(process, true)
}

fn add(process: &Arc<Process>, keep: bool) -> bool {
    let mut watched = WATCHED.lock();
    if watched.running {
        ring();
    } else {
        let thread = std::thread::Builder::new().name("ovl-process".into());
        watched.running = bell().is_some_and(|bell| thread.spawn(move || run(bell)).is_ok());
    }
    if watched.running {
        watched.processes.push(Arc::downgrade(process));
        watched.children.extend(keep.then(|| Arc::clone(process)));
    }
    watched.running
}

/// A process is not open any more.
pub(super) fn recall() {
    ring();
}

fn run(bell: &OwnedFd) {
    loop {
        let _ = read(bell, &mut [0u8; 8]);
        let (processes, ended) = {
            let mut watched = WATCHED.lock();
            let over = |process: &mut Arc<Process>| process.ended.is_signalled();
            let ended: Vec<Arc<Process>> = watched.children.extract_if(.., over).collect();
            watched.processes.retain(|process| process.upgrade().is_some_and(|p| !p.ended.is_signalled()));
            if watched.processes.is_empty() {
                watched.running = false;
                return;
            }
            let processes: Vec<Arc<Process>> = watched.processes.iter().filter_map(Weak::upgrade).collect();
            (processes, ended)
        };
        // Not under the lock: the last reference rings.
        drop(ended);
        // Weak while it sleeps: whoever closes the last handle rings. The descriptors are copies, so that none is another's meanwhile.
        let copies: Vec<OwnedFd> =
            processes.iter().filter_map(|process| process.pidfd()?.try_clone_to_owned().ok()).collect();
        let limit = (copies.len() < processes.len()).then_some(&SHORT_OF_DESCRIPTORS);
        let sleeping: Vec<Weak<Process>> = processes.iter().map(Arc::downgrade).collect();
        drop(processes);
        let mut fds = vec![PollFd::new(bell, PollFlags::IN)];
        fds.extend(copies.iter().map(|pidfd| PollFd::new(pidfd, PollFlags::IN)));
        let _ = poll(&mut fds, limit);
        sleeping.iter().filter_map(Weak::upgrade).for_each(|process| process.look());
    }
}
