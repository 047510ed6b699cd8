//! The pool's rules.

use super::*;
use crate::dispatcher::{Event, WaitRef};
use crate::engine::{Engine, Operation, RawResult};
use crate::namespace::{Lookup, Namespace};
use crate::request::RequestRef;
use crate::system::Parts;
use crate::wait::{Outcome, wait_any};
use std::sync::mpsc;

const LONG: Duration = Duration::from_secs(20);

struct NoEngine;

impl Engine for NoEngine {
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

fn system() -> System {
    let (namespace, limits) = (Namespace::empty(), crate::limits::Limits::NONE);
    System::new(Parts { engine: Arc::new(NoEngine), drivers: Vec::new(), namespace, lookup: Box::new(NoFiles), limits })
        .unwrap()
}

fn wait(system: &System, object: &Arc<Event>) -> Outcome {
    wait_any(system.idle(), &[Arc::clone(object) as WaitRef], LONG.into(), false).unwrap()
}

#[test]
fn everything_that_is_submitted_runs_once_on_few_threads() {
    let system = system();
    let pool = ThreadPool::new(&system, PoolSize { min: 0, max: 8, concurrency: 2 }).unwrap();
    let (tell, told) = mpsc::channel();
    for i in 0..10_000 {
        let tell = tell.clone();
        pool.submit(Box::new(move || tell.send(i).unwrap()));
    }
    let mut seen: Vec<i32> = (0..10_000).map(|_| told.recv_timeout(LONG).expect("a piece of work was lost")).collect();
    seen.sort_unstable();
    assert!(seen.into_iter().eq(0..10_000));
    assert!(
        pool.threads() <= 3,
        "work that does not block needs no more threads than may run, and had {}",
        pool.threads()
    );
}

#[test]
fn work_that_blocks_makes_the_pool_grow_up_to_its_maximum() {
    let system = system();
    let pool = ThreadPool::new(&system, PoolSize { min: 0, max: 6, concurrency: 1 }).unwrap();
    let gate = Arc::new(Event::manual_reset(false));
    let (tell, told) = mpsc::channel();
    for _ in 0..10 {
        let (gate, tell, idle) = (Arc::clone(&gate), tell.clone(), Arc::clone(system.idle()));
        pool.submit(Box::new(move || {
            tell.send(()).unwrap();
            let _ = wait_any(&idle, &[gate as WaitRef], LONG.into(), false);
            tell.send(()).unwrap();
        }));
    }
    (0..6).for_each(|_| told.recv_timeout(LONG).expect("the pool did not grow"));
    assert!(told.recv_timeout(Duration::from_millis(100)).is_err(), "the maximum is the maximum");
    assert_eq!(pool.threads(), 6);
    gate.set();
    (0..14).for_each(|_| told.recv_timeout(LONG).expect("blocked work was lost"));
}

#[test]
fn dropping_the_pool_runs_what_is_queued() {
    let system = system();
    let pool = ThreadPool::new(&system, PoolSize { min: 1, max: 2, concurrency: 1 }).unwrap();
    let (tell, told) = mpsc::channel();
    for i in 0..100 {
        let tell = tell.clone();
        pool.submit(Box::new(move || tell.send(i).unwrap()));
    }
    drop(pool);
    drop(tell);
    assert_eq!(told.iter().count(), 100);
}

#[test]
fn a_registered_wait_calls_back_for_each_signal_and_not_after_its_end() {
    let system = system();
    let pool = ThreadPool::new(&system, PoolSize::default()).unwrap();
    let object = Arc::new(Event::auto_reset(false));
    let (tell, told) = mpsc::channel();
    let wait_handle = pool
        .register_wait(Registration {
            object: Arc::clone(&object) as WaitRef,
            timeout: Timeout::Infinite,
            once: false,
            in_wait_thread: false,
            callback: Arc::new(move |fired| tell.send(fired).unwrap()),
        })
        .unwrap();
    for _ in 0..3 {
        object.set();
        assert_eq!(told.recv_timeout(LONG), Ok(Fired::Signalled));
    }
    wait_handle.unregister();
    assert_eq!(wait(&system, &wait_handle.over()), Outcome::Object(0));
    object.set();
    assert!(told.recv_timeout(Duration::from_millis(50)).is_err());
}

#[test]
fn a_registered_wait_times_out_once_if_it_is_to_fire_once() {
    let system = system();
    let pool = ThreadPool::new(&system, PoolSize::default()).unwrap();
    let (tell, told) = mpsc::channel();
    let _wait = pool
        .register_wait(Registration {
            object: Arc::new(Event::auto_reset(false)),
            timeout: Duration::from_millis(5).into(),
            once: true,
            in_wait_thread: true,
            callback: Arc::new(move |fired| tell.send(fired).unwrap()),
        })
        .unwrap();
    assert_eq!(told.recv_timeout(LONG), Ok(Fired::TimedOut));
    assert!(told.recv_timeout(Duration::from_millis(50)).is_err());
}
