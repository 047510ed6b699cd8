//! What the tests of the Rust face share: a system for each engine, bounded waits, buffers that tell on early frees.
//!
//! Each test is a function of a [`Lab`] and runs once on every engine, in a thread of its own under a watchdog: a lost wake-up
//! is a failed test and not a run that hangs. Where io_uring is missing, a line says so although the tests pass.

#![allow(dead_code, unused_imports, reason = "each test binary uses a part of it")]

pub mod crowd;
mod poison;
mod process;
mod random;
mod readers;

pub use poison::{Ledger, Poisoned};
pub use process::{Belongings, sleeps_of};
pub use random::Random;
pub use readers::readers;

use overlapped::engine::SimEngine;
use overlapped::engine::sim::SimBuilder;
use overlapped::{EngineChoice, OpenOptions, OverlappedFile, System, SystemBuilder};
use std::io::Write;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Arc, Once};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// After this long, something that should have happened has been lost.
pub const LOST: Duration = Duration::from_secs(60);
/// Long enough to see that something does not happen.
pub const MOMENT: Duration = Duration::from_millis(30);

/// A system on one engine, and a directory for its files.
pub struct Lab {
    pub system: System,
    dir: TempDir,
}

impl Lab {
    pub fn new(system: System) -> Self {
        Self { system, dir: tempfile::tempdir().expect("a temporary directory") }
    }

    pub fn name(&self) -> &'static str {
        self.system.engine().name()
    }

    /// Is time virtual, and chance at work?
    pub fn is_simulated(&self) -> bool {
        self.name() == "sim"
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Makes a file with these bytes.
    pub fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, bytes).expect("a file");
        path
    }

    /// Options that open in this lab's system.
    pub fn options(&self) -> OpenOptions {
        let mut options = OpenOptions::new();
        options.system(&self.system);
        options
    }

    /// Opens an existing file for overlapped reads and writes.
    pub fn open(&self, name: &str) -> OverlappedFile {
        self.options().read(true).write(true).open_overlapped(self.path(name)).expect("an open file")
    }

    /// A fifo that is open for reading and writing: a read waits until somebody writes, here for ever if nobody does.
    pub fn fifo(&self, name: &str) -> OverlappedFile {
        self.make_fifo(name);
        self.open(name)
    }

    pub fn make_fifo(&self, name: &str) -> PathBuf {
        let path = self.path(name);
        let mode = rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR;
        rustix::fs::mknodat(rustix::fs::CWD, &path, rustix::fs::FileType::Fifo, mode, 0).expect("a fifo");
        path
    }
}

/// Runs the test on io_uring and on epoll.
pub fn on_real_engines(test: impl Fn(&Lab) + Send + Sync + Clone + 'static) {
    on_real_engines_within(usual_limit(), test);
}

/// The same for a test that may take longer than usual.
pub fn on_real_engines_within(limit: Duration, test: impl Fn(&Lab) + Send + Sync + Clone + 'static) {
    for choice in [EngineChoice::Uring, EngineChoice::Epoll] {
        match SystemBuilder::new().engine(choice).build() {
            Ok(system) => run(Lab::new(system), limit, test.clone()),
            Err(_) if choice == EngineChoice::Uring => say_that_uring_is_missing(),
            Err(error) => panic!("{choice:?}: {error}"),
        }
    }
}

/// Runs the test on io_uring, on epoll and on the simulated engine with nothing worse than delay, reordering and short transfers.
pub fn on_every_engine(test: impl Fn(&Lab) + Send + Sync + Clone + 'static) {
    on_real_engines(test.clone());
    // Threads that sleep outside of the library, as executors do, need not be waited for long.
    on_sim(SimEngine::builder().seed(seed()).patience(Duration::from_millis(2)), test);
}

/// Runs the test on a simulated engine.
pub fn on_sim(builder: SimBuilder, test: impl Fn(&Lab) + Send + 'static) {
    let system = SystemBuilder::new().custom_engine(Arc::new(builder.build())).build().expect("a simulated system");
    run(Lab::new(system), usual_limit(), test);
}

/// A simulated engine on which nothing ever completes unless it is cancelled.
pub fn never() -> SimBuilder {
    SimEngine::builder().seed(seed()).at_once(0.0).never(1.0)
}

/// Who asks for more operations than usual waits for them.
fn usual_limit() -> Duration {
    LOST * (2 + operations().0 / 20_000) as u32
}

fn run(lab: Lab, limit: Duration, test: impl FnOnce(&Lab) + Send + 'static) {
    let name = lab.name();
    bounded_by(limit, &format!("the test on {name}"), move || {
        let _told = OnPanic(|| eprintln!("engine {name}, seed {}", seed()));
        test(&lab);
    });
}

/// The seed of this run: `OVERLAPPED_SEED`, or always the same.
pub fn seed() -> u64 {
    match std::env::var("OVERLAPPED_SEED") {
        Ok(text) => text.parse().expect("OVERLAPPED_SEED is a number"),
        Err(_) => 0x0b5e_55ed,
    }
}

/// How many random operations a test makes on the simulated engine, and on each real one: `OVERLAPPED_OPERATIONS` and a tenth of
/// it, or so many that an ordinary run takes seconds.
pub fn operations() -> (usize, usize) {
    match std::env::var("OVERLAPPED_OPERATIONS") {
        Ok(text) => {
            let count = text.parse().expect("OVERLAPPED_OPERATIONS is a number");
            (count, count / 10)
        }
        Err(_) => (20_000, 60_000),
    }
}

fn say_that_uring_is_missing() {
    static SAID: Once = Once::new();
    SAID.call_once(|| {
        let line = "\n*** io_uring is NOT AVAILABLE here: these tests ran WITHOUT the uring engine ***\n\n";
        // Past the capture of the test harness, which knows only print macros.
        let _ = std::io::stderr().write_all(line.as_bytes());
    });
}

/// Runs `f` when the thread panics.
struct OnPanic<F: Fn()>(F);

impl<F: Fn()> Drop for OnPanic<F> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            (self.0)();
        }
    }
}

/// Runs `f` on a thread of its own, and panics if that takes so long that waits inside it have told what is missing.
pub fn bounded<T: Send + 'static>(what: &str, f: impl FnOnce() -> T + Send + 'static) -> T {
    bounded_by(2 * LOST, what, f)
}

/// The same with another limit.
pub fn bounded_by<T: Send + 'static>(limit: Duration, what: &str, f: impl FnOnce() -> T + Send + 'static) -> T {
    let (done, wait) = channel();
    let thread = std::thread::Builder::new()
        .name(std::thread::current().name().unwrap_or("test").into())
        .spawn(move || {
            let result = f();
            let _ = done.send(());
            result
        })
        .expect("a thread");
    match wait.recv_timeout(limit) {
        Ok(()) | Err(RecvTimeoutError::Disconnected) => match thread.join() {
            Ok(result) => result,
            Err(panic) => std::panic::resume_unwind(panic),
        },
        Err(RecvTimeoutError::Timeout) => panic!("{what} did not end within {limit:?}"),
    }
}

/// Waits until `condition` holds, for at most [`LOST`].
#[track_caller]
pub fn eventually(what: &str, condition: impl FnMut() -> bool) {
    assert!(within(LOST, condition), "never happened: {what}");
}

/// Does `condition` become true in time?
pub fn within(limit: Duration, mut condition: impl FnMut() -> bool) -> bool {
    let start = Instant::now();
    while !condition() {
        if start.elapsed() > limit {
            return false;
        }
        std::thread::sleep(Duration::from_micros(200));
    }
    true
}

/// Keeps the thread running, as Linux sees it, until the flag is up: a handler that computes.
pub fn compute_until(flag: &AtomicBool) {
    let start = Instant::now();
    while !flag.load(Ordering::Acquire) {
        assert!(start.elapsed() < LOST, "the flag never went up");
        std::thread::yield_now();
    }
}

/// The calling thread's number, as the port's snapshot gives it.
pub fn thread_id() -> u32 {
    rustix::thread::gettid().as_raw_nonzero().get().unsigned_abs()
}

/// Recognisable bytes: no two places within 64 KiB look alike.
pub fn pattern(len: usize, salt: u64) -> Vec<u8> {
    (0..len as u64).map(|i| ((i ^ salt).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56) as u8).collect()
}
