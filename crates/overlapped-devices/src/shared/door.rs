//! The door of a process: a datagram socket in the directory of the objects, where others ring when they have changed a signal that
//! this process watches, and a thread that answers by serving the queues of its shared objects that somebody waits for.
//!
//! A ring says nothing but that: serving a queue where nothing changed is cheap, and no ring is lost when the socket is full. The
//! thread starts with the first wait. It sleeps without a time limit unless an object needs looks: one whose owner may die ([`LIVENESS`]),
//! or a timer that another process has set and may not live to signal.

use super::identity::{self, Identity};
use super::signal::Signal;
use overlapped_kernel::clock::Tick;
use parking_lot::Mutex;
use rustix::event::{PollFd, PollFlags, Timespec};
use std::io::{self, ErrorKind};
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::*};
use std::sync::{Arc, Weak};
use std::time::Duration;

/// How often a waiter looks whether the owner of its mutex is still alive.
pub const LIVENESS: Duration = Duration::from_millis(20);

/// See the module page.
#[derive(Debug)]
pub struct Door {
    directory: PathBuf,
    rings: Arc<Rings>,
    started: Mutex<bool>,
}

/// What the thread has, which may outlive the door for a moment.
#[derive(Debug)]
struct Rings {
    socket: UnixDatagram,
    /// And whether somebody waits: who does not must not be held on to, or a name would outlive its last handle.
    signals: Mutex<Vec<(Weak<Signal>, Arc<AtomicBool>)>>,
    /// When the thread looks at the latest, in nanoseconds of the monotonic clock; `u64::MAX` if it sleeps without a limit.
    looks: AtomicU64,
    stop: AtomicBool,
}

impl Door {
    /// This process's door. A process has one in a directory.
    pub(super) fn new(directory: &Path) -> io::Result<Self> {
        remove_old_doors(directory);
        let socket = UnixDatagram::bind(path_of(directory, identity::own()))?;
        socket.set_nonblocking(true)?;
        let (looks, stop) = (AtomicU64::new(u64::MAX), AtomicBool::new(false));
        let rings = Arc::new(Rings { socket, signals: Mutex::default(), looks, stop });
        Ok(Self { directory: directory.to_path_buf(), rings, started: Mutex::new(false) })
    }

    /// From now on this signal's object is served.
    pub(super) fn list(&self, signal: &Arc<Signal>) {
        let mut signals = self.rings.signals.lock();
        if signals.len() == signals.capacity() {
            signals.retain(|(signal, _)| signal.strong_count() > 0);
        }
        signals.push((Arc::downgrade(signal), Arc::clone(signal.watched())));
    }

    /// Somebody waits. The thread must not sleep for longer than `look`, if that is given.
    pub(super) fn open(&self, look: Option<Duration>) {
        self.start();
        if look.is_some_and(|look| Tick::monotonic().plus(look).0 < self.rings.looks.load(SeqCst)) {
            self.ring(identity::own());
        }
    }

    /// The thread runs from now on. If there can be none, the next one who waits tries again.
    fn start(&self) {
        let mut started = self.started.lock();
        if !*started {
            let rings = Arc::clone(&self.rings);
            let thread = std::thread::Builder::new().name("ovl-names".into()).spawn(move || rings.answer());
            let thread = thread.inspect_err(|error| tracing::error!(%error, "signals of other processes are not seen"));
            *started = thread.is_ok();
        }
    }

    /// Does the thread look from time to time?
    #[cfg(test)]
    pub(super) fn looks(&self) -> bool {
        self.rings.looks.load(SeqCst) != u64::MAX
    }

    /// Rings at the door of another process; false if there is none any more.
    pub(super) fn ring(&self, identity: Identity) -> bool {
        match self.rings.socket.send_to(&[1], path_of(&self.directory, identity)) {
            Err(error) => !matches!(error.kind(), ErrorKind::ConnectionRefused | ErrorKind::NotFound),
            Ok(_) => true,
        }
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        self.rings.stop.store(true, Release);
        self.ring(identity::own());
        let _ = std::fs::remove_file(path_of(&self.directory, identity::own()));
    }
}

impl Rings {
    fn answer(&self) {
        while !self.stop.load(Acquire) {
            // Who begins to watch from here on sees that no looks are promised, and rings.
            self.looks.store(u64::MAX, SeqCst);
            let watched = self.watched();
            let look = watched.iter().filter_map(|signal| signal.next_look()).min();
            self.looks.store(look.map_or(u64::MAX, |look| Tick::monotonic().plus(look).0), SeqCst);
            drop(watched);
            self.sleep(look);
            for signal in self.watched() {
                signal.serve();
            }
        }
    }

    fn watched(&self) -> Vec<Arc<Signal>> {
        let signals = self.signals.lock();
        signals.iter().filter(|(_, watched)| watched.load(SeqCst)).filter_map(|(signal, _)| signal.upgrade()).collect()
    }

    /// Until somebody rings, or the time is over. All rings until now count as one.
    fn sleep(&self, limit: Option<Duration>) {
        let limit = limit.and_then(|limit| Timespec::try_from(limit).ok());
        let mut sources = [PollFd::new(&self.socket, PollFlags::IN)];
        let _ = rustix::event::poll(&mut sources, limit.as_ref());
        while self.socket.recv(&mut [0]).is_ok() {}
    }
}

const PREFIX: &str = "door-";

fn path_of(directory: &Path, identity: Identity) -> PathBuf {
    directory.join(format!("{PREFIX}{identity:016x}"))
}

/// A process that was killed leaves its door behind.
fn remove_old_doors(directory: &Path) {
    for entry in std::fs::read_dir(directory).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let number =
            name.to_str().and_then(|name| name.strip_prefix(PREFIX)).map(|hex| Identity::from_str_radix(hex, 16));
        if let Some(Ok(identity)) = number
            && !identity::is_alive(identity)
        {
            let _ = std::fs::remove_file(entry.path());
        }
    }
}
