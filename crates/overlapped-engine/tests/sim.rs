//! What the simulation promises beyond being an engine.

mod support;

use overlapped_abi::Status;
use overlapped_engine::SimEngine;
use overlapped_engine::sim::{TraceEntry, TraceEvent};
use overlapped_kernel::clock::{Tick, Timeout};
use overlapped_kernel::dispatcher::{Event, WaitRef};
use overlapped_kernel::engine::{Engine, Kind, Mode};
use overlapped_kernel::request::Function;
use overlapped_kernel::wait::Outcome;
use rustix::io::Errno;
use std::collections::HashSet;
use std::sync::Arc;
use std::time::{Duration, Instant};
use support::*;

fn rig(engine: SimEngine) -> (Rig, Arc<SimEngine>) {
    let engine = Arc::new(engine);
    (Rig::new(Arc::clone(&engine) as Arc<dyn Engine>), engine)
}

/// A workload of one thread: reads, writes, cancels, waits with time limits.
fn work(engine: SimEngine) -> (Vec<TraceEntry>, Vec<(Status, usize)>, Tick) {
    let (rig, engine) = rig(engine);
    let file = patterned(100_000);
    let port = rig.system.new_port(1);
    let open = rig.open_on(&port, reopen(&file), Mode::empty());
    let mut outcomes = Vec::new();
    for n in 0..200_u64 {
        let read = open.read(n * 401 % 100_000, 1_000, None);
        open.write(n * 997 % 100_000, &[n as u8; 300], None);
        if n % 5 == 0 {
            open.cancel(&read);
        }
        if n % 3 == 0 {
            rig.system.sleep(Timeout::After(Duration::from_micros(n * 10)), false);
        }
        if n % 2 == 0 {
            let done = outcome(&rig.next(&port));
            outcomes.push((done.status, done.bytes));
        }
    }
    while open.instance.outstanding() > 0 || port.queued() > 0 {
        let done = outcome(&rig.next(&port));
        outcomes.push((done.status, done.bytes));
    }
    (engine.trace(), outcomes, engine.now())
}

fn wild(seed: u64) -> SimEngine {
    SimEngine::builder().seed(seed).short_transfers(0.5).failures(0.2).at_once(0.3).patience(Duration::MAX).build()
}

#[test]
fn the_same_seed_replays_the_same_run() {
    let _watchdog = watchdog("the_same_seed_replays_the_same_run");
    let first = work(wild(11));
    for _ in 0..3 {
        assert!(first == work(wild(11)), "two runs of seed 11 differ");
    }
    assert!(first != work(wild(12)), "another seed is another run");
    assert!(first.0.len() > 1_000);
}

#[test]
fn operations_overtake_each_other_and_are_cut_short() {
    let _watchdog = watchdog("operations_overtake_each_other_and_are_cut_short");
    let (trace, _, _) = work(wild(3));
    let done: Vec<u64> =
        trace.iter().filter(|e| matches!(e.event, TraceEvent::Completed(_))).map(|e| e.operation).collect();
    assert!(!done.is_sorted());
    let unique: HashSet<_> = done.iter().collect();
    assert_eq!(unique.len(), done.len(), "one last word each");
    let short = |e: &TraceEntry| matches!(e.event, TraceEvent::Completed(Ok(n)) if n < 300);
    assert!(trace.iter().any(short));
    let failed =
        |e: &TraceEntry| matches!(e.event, TraceEvent::Completed(Err(Errno::IO | Errno::NOSPC | Errno::DQUOT)));
    assert!(trace.iter().any(failed));
    let cancelled = |in_time| move |e: &TraceEntry| e.event == TraceEvent::Cancelled { in_time };
    assert!(trace.iter().any(cancelled(true)) && trace.iter().any(cancelled(false)));
    assert!(trace.windows(2).all(|pair| pair[0].at <= pair[1].at), "time does not run backwards");
}

#[test]
fn only_the_given_errors_occur() {
    let _watchdog = watchdog("only_the_given_errors_occur");
    let errors = [(Some(Kind::Write), Errno::NOSPC)];
    let (rig, _) = rig(SimEngine::builder().seed(1).failures(1.0).errors(errors).build());
    let file = patterned(5_000);
    let open = rig.open(reopen(&file), Mode::empty());
    for _ in 0..20 {
        assert_eq!(open.write_now(&rig, 0, b"lost").status, Status::DISK_FULL);
        assert_eq!(open.read_now(&rig, 0, 5_000).0.bytes, 5_000);
    }
    assert_eq!(std::fs::read(file.path()).expect("read"), pattern(0, 5_000), "a failed write writes nothing");
}

#[test]
fn some_operations_end_only_when_cancelled() {
    let _watchdog = watchdog("some_operations_end_only_when_cancelled");
    let (rig, engine) = rig(SimEngine::builder().seed(1).never(1.0).at_once(0.0).build());
    let file = patterned(5_000);
    let open = rig.open(reopen(&file), Mode::empty());
    let event = Arc::new(Event::manual_reset(false));
    let request = open.read(0, 100, Some(&event));
    let hour = Timeout::After(Duration::from_secs(3_600));
    let real = Instant::now();
    assert_eq!(rig.system.wait_any(&[Arc::clone(&event) as WaitRef], hour, false), Ok(Outcome::TimedOut));
    assert!(real.elapsed() < Duration::from_secs(60));
    assert!(engine.now() >= Tick(0).plus(Duration::from_secs(3_600)));
    assert!(!request.is_complete());
    assert!(open.cancel(&request));
    rig.wait(&event);
    assert_eq!(outcome(&request).status, Status::CANCELLED);
}

#[test]
fn virtual_sleeps_take_no_real_time() {
    let _watchdog = watchdog("virtual_sleeps_take_no_real_time");
    let (rig, engine) = rig(SimEngine::new(1));
    assert_eq!(engine.now(), Tick(0));
    let real = Instant::now();
    for hours in 1..20_u64 {
        rig.system.sleep(Timeout::After(Duration::from_secs(3_600)), false);
        assert_eq!(engine.now(), Tick(0).plus(Duration::from_secs(3_600 * hours)));
    }
    assert!(real.elapsed() < Duration::from_secs(60));
}

#[test]
fn completions_that_nobody_waits_for_happen_too() {
    let _watchdog = watchdog("completions_that_nobody_waits_for_happen_too");
    let (rig, _) = rig(SimEngine::builder().seed(1).at_once(0.0).patience(Duration::from_millis(5)).build());
    let file = patterned(5_000);
    let open = rig.open(reopen(&file), Mode::empty());
    let requests: Vec<_> = (0..10).map(|n| open.read(n * 100, 100, None)).collect();
    while !requests.iter().all(|request| request.is_complete()) {
        std::thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn unbuffered_transfers_stay_whole_pages() {
    let _watchdog = watchdog("unbuffered_transfers_stay_whole_pages");
    let (rig, engine) = rig(SimEngine::builder().seed(1).short_transfers(1.0).build());
    let file = patterned(20 * 4096);
    let open = rig.open(reopen(&file), Mode::UNCACHED);
    assert_eq!(open.read_now(&rig, 0, 20 * 4096).0.bytes, 20 * 4096);
    let parts: Vec<usize> = engine
        .trace()
        .iter()
        .filter_map(|e| match e.event {
            TraceEvent::Completed(Ok(n)) => Some(n),
            _ => None,
        })
        .collect();
    assert!(parts.len() > 1 && parts.iter().all(|n| n % 4096 == 0), "{parts:?}");
}

#[test]
fn the_seed_is_shown_and_the_trace_has_its_limit() {
    let engine = SimEngine::builder().seed(77).trace_limit(2).build();
    assert!(format!("{engine:?}").contains("seed: 77"));
    let (rig, engine) = rig(engine);
    let file = patterned(100);
    let open = rig.open(reopen(&file), Mode::empty());
    for _ in 0..5 {
        let event = Arc::new(Event::manual_reset(false));
        open.issue(Function::Read, 0, vec![0; 10].into(), Some(&event));
        rig.wait(&event);
    }
    assert_eq!(engine.trace().len(), 2);
    assert!(engine.untraced() > 0);
}
