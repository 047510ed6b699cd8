//! The pool's rules.

mod callbacks;
mod ends;
mod sizes;
mod timers;
mod waits;

use super::*;
use crate::clock::Timeout;
use crate::dispatcher::{Event, WaitRef};
use crate::engine::{Engine, Operation, RawResult};
use crate::namespace::{Lookup, Namespace};
use crate::request::RequestRef;
use crate::system::Parts;
use crate::wait::{Outcome, wait_any};
use std::sync::mpsc;
use std::time::{Duration, Instant};

/// After this long, something that should have happened has been lost.
const LONG: Duration = Duration::from_secs(60);
/// Long enough to see that something does not happen.
const MOMENT: Duration = Duration::from_millis(50);

struct NoEngine;

// SAFETY: it takes no operation over, and no transfer has a result above 0.
unsafe impl Engine for NoEngine {
    fn name(&self) -> &'static str {
        "none"
    }

    unsafe fn attempt(&self, _: &Operation) -> Option<RawResult> {
        None
    }

    unsafe fn perform(&self, _: &Operation) -> RawResult {
        Ok(0)
    }

    unsafe fn submit(&self, _: RequestRef, _: Operation) {}

    fn cancel(&self, _: &RequestRef) {}
}

struct NoFiles;

impl Lookup for NoFiles {
    fn exists(&self, _: &std::path::Path) -> bool {
        false
    }

    fn read_dir_names(&self, _: &std::path::Path) -> std::io::Result<Vec<std::ffi::OsString>> {
        Ok(Vec::new())
    }

    fn current_dir(&self) -> std::io::Result<std::path::PathBuf> {
        Ok("/".into())
    }
}

pub(crate) fn system() -> System {
    let (namespace, limits) = (Namespace::empty(), crate::limits::Limits::NONE);
    System::new(Parts { engine: Arc::new(NoEngine), drivers: Vec::new(), namespace, lookup: Box::new(NoFiles), limits })
        .unwrap()
}

fn pool(size: PoolSize) -> ThreadPool {
    ThreadPool::new(&system(), size).unwrap()
}

/// Blocks the calling thread, as the ports see it, until the event is set.
fn block_on_event(idle: &Idle, event: &Arc<Event>) {
    let waited = wait_any(idle, &[Arc::clone(event) as WaitRef], LONG.into(), false);
    assert_eq!(waited, Ok(Outcome::Object(0)), "the event was never set");
}

/// Blocks without the library's knowledge until the other end is dropped.
fn hold(gate: &mpsc::Receiver<()>) {
    let _ = gate.recv_timeout(LONG);
}

#[track_caller]
fn eventually(what: &str, mut condition: impl FnMut() -> bool) {
    let start = Instant::now();
    while !condition() {
        assert!(start.elapsed() < LONG, "never happened: {what}");
        std::thread::sleep(Duration::from_millis(1));
    }
}

fn send<T: Send + 'static>(tell: &mpsc::Sender<T>, value: T) -> Work {
    let tell = tell.clone();
    Box::new(move || drop(tell.send(value)))
}
