//! Every way of seeing, against threads that sleep, compute, and wait for a processor.

use super::*;
use overlapped_kernel::sentinel::{Glance, Place};
use std::sync::atomic::AtomicU32;
use std::sync::mpsc::channel;
use std::time::Instant;

const LONG: Duration = Duration::from_secs(60);

fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let end = Instant::now() + LONG;
    while !holds() {
        assert!(Instant::now() < end, "{what}: not within {LONG:?}");
        std::thread::sleep(Duration::from_micros(200));
    }
}

fn number() -> u32 {
    rustix::thread::gettid().as_raw_nonzero().get().unsigned_abs()
}

/// A thread that does `work` until told to end, and its number.
fn with_thread(work: impl Fn() + Send + 'static, check: impl FnOnce(u32)) {
    let (stop, stopped) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU32::new(0)));
    let (stop2, id) = (Arc::clone(&stop), Arc::clone(&stopped));
    let thread = std::thread::spawn(move || {
        id.store(number(), Ordering::Release);
        while !stop2.load(Ordering::Acquire) {
            work();
        }
    });
    eventually("the thread starts", || stopped.load(Ordering::Acquire) != 0);
    check(stopped.load(Ordering::Acquire));
    stop.store(true, Ordering::Release);
    thread.join().unwrap();
}

/// How often the thread has given up the processor by itself.
fn sleeps(id: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/self/task/{id}/status")).expect("procfs");
    let line = status.lines().find_map(|line| line.strip_prefix("voluntary_ctxt_switches:")).expect("a counter");
    line.trim().parse().expect("a number")
}

fn nap() {
    std::thread::sleep(Duration::from_millis(300));
}

fn compute() {
    for _ in 0..10_000 {
        std::hint::spin_loop();
    }
}

#[test]
fn a_thread_that_sleeps_is_seen_to_and_where() {
    with_thread(nap, |id| {
        for choice in [Choice::Auto, Choice::Proc] {
            let view = sight(choice).unwrap().attach(id).unwrap();
            eventually("the sleep is seen", || {
                view.look().is_some_and(|place| place.to_string().ends_with("nanosleep"))
            });
        }
        let stat = proc::Status::open(id, proc::File::Stat).unwrap();
        eventually("stat tells too", || stat.look() == Some(Place::Somewhere));
    });
}

#[test]
fn a_thread_that_computes_is_never_seen_asleep_even_without_a_processor() {
    // More threads than processors, so that all are preempted again and again: runnable, and not asleep.
    let crowd: Vec<_> = (0..6)
        .map(|_| {
            let stop = Arc::new(AtomicBool::new(false));
            let over = Arc::clone(&stop);
            (
                stop,
                std::thread::spawn(move || {
                    while !over.load(Ordering::Relaxed) {
                        compute()
                    }
                }),
            )
        })
        .collect();
    with_thread(compute, |id| {
        let mut slept = sleeps(id);
        for choice in [Choice::Auto, Choice::Proc] {
            let view = sight(choice).unwrap().attach(id).unwrap();
            for _ in 0..200 {
                let before = sleeps(id);
                let (glance, place) = (view.glance(), view.look());
                // Who stops the process, and a page that must be read, put it to sleep in truth; Linux counts that.
                let asleep = matches!(glance, Glance::Asleep(_)) || place.is_some();
                assert!(!asleep || sleeps(id) > slept, "{choice:?}: {glance:?}, {place:?}");
                if !asleep {
                    slept = before;
                }
                std::thread::sleep(Duration::from_micros(500));
            }
        }
    });
    for (stop, thread) in crowd {
        stop.store(true, Ordering::Relaxed);
        thread.join().unwrap();
    }
}

#[test]
fn records_tell_that_a_thread_has_run_since() {
    let Ok(()) = probe().records else {
        // Not allowed here; the other way is what this process uses then.
        assert!(probe().syscall.is_ok() || probe().stat.is_ok());
        return;
    };
    with_thread(
        || std::thread::sleep(Duration::from_millis(5)),
        |id| {
            let view = sight(Choice::Auto).unwrap().attach(id).unwrap();
            let mut stamps = std::collections::BTreeSet::new();
            eventually("three sleeps with stamps of their own", || {
                if let Glance::Asleep(stamp) = view.glance() {
                    stamps.insert(stamp);
                }
                stamps.len() >= 3
            });
        },
    );
}

#[test]
fn a_thread_that_is_gone_has_no_view_or_sees_nothing() {
    let (tell, told) = channel();
    let thread = std::thread::spawn(move || tell.send(number()).unwrap());
    let id = told.recv().unwrap();
    thread.join().unwrap();
    eventually("the thread is gone", || !std::path::Path::new(&format!("/proc/self/task/{id}")).exists());
    for choice in [Choice::Auto, Choice::Proc] {
        let view = sight(choice).unwrap().attach(id);
        assert!(view.is_none_or(|view| view.look().is_none()));
    }
}

#[test]
fn something_works_here() {
    let probe = probe();
    assert!(probe.syscall.is_ok() || probe.stat.is_ok(), "{probe:?}");
    assert!(sight(Choice::Off).is_none());
}

#[test]
fn records_need_no_descriptor() {
    let me = number();
    let records: Vec<_> = (0..8).filter_map(|_| records::Records::of(me).ok()).collect();
    // Those of the tests beside this one come and go.
    eventually("no descriptors of events", || events() < records.len() || records.is_empty());
}

/// How many descriptors of this process are events of perf.
fn events() -> usize {
    let entries = std::fs::read_dir("/proc/self/fd").unwrap().flatten();
    let links = entries.filter_map(|entry| std::fs::read_link(entry.path()).ok());
    links.filter(|link| link.to_string_lossy().contains("perf_event")).count()
}
