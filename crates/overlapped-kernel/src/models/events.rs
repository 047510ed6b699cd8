//! Events and waits: no wake-up is lost, no signal is taken twice, a wait for all is atomic.

use super::{check, me};
use crate::clock::Timeout;
use crate::dispatcher::{Event, WaitRef};
use crate::idle::Idle;
use crate::thread::Apc;
use crate::wait::{Outcome, sleep, wait_all, wait_any};
use loom::thread;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

fn auto() -> Arc<Event> {
    Arc::new(Event::auto_reset(false))
}

fn refs(events: &[&Arc<Event>]) -> Vec<WaitRef> {
    events.iter().map(|e| Arc::clone(e) as WaitRef).collect()
}

fn poll(event: &Arc<Event>) -> bool {
    wait_any(&Idle, &refs(&[event]), Timeout::Poll, false) == Ok(Outcome::Object(0))
}

#[test]
fn a_set_event_wakes_its_waiter() {
    check(4, || {
        let event = auto();
        let setter = {
            let event = Arc::clone(&event);
            thread::spawn(move || event.set())
        };
        assert_eq!(wait_any(&Idle, &refs(&[&event]), Timeout::Infinite, false), Ok(Outcome::Object(0)));
        setter.join().unwrap();
        assert!(!poll(&event), "the signal was consumed");
    });
}

#[test]
fn one_signal_releases_one_of_two_waiters() {
    check(3, || {
        let event = auto();
        let waiter = {
            let event = Arc::clone(&event);
            thread::spawn(move || wait_any(&Idle, &refs(&[&event]), Timeout::After(Duration::from_secs(1)), false))
        };
        let setter = {
            let event = Arc::clone(&event);
            thread::spawn(move || event.set())
        };
        let mine = poll(&event);
        setter.join().unwrap();
        let theirs = waiter.join().unwrap() == Ok(Outcome::Object(0));
        let left = poll(&event);
        assert_eq!([mine, theirs, left].iter().filter(|b| **b).count(), 1, "one signal, taken once");
    });
}

#[test]
fn wait_any_with_two_setters_takes_one_signal_and_leaves_the_other() {
    check(3, || {
        let (a, b) = (auto(), auto());
        let setters = [&a, &b].map(|event| {
            let event = Arc::clone(event);
            thread::spawn(move || event.set())
        });
        let got = wait_any(&Idle, &refs(&[&a, &b]), Timeout::Infinite, false);
        setters.into_iter().for_each(|s| s.join().unwrap());
        let left = (poll(&a), poll(&b));
        match got {
            Ok(Outcome::Object(0)) => assert_eq!(left, (false, true)),
            Ok(Outcome::Object(1)) => assert_eq!(left, (true, false)),
            other => panic!("{other:?}"),
        }
    });
}

#[test]
fn wait_all_with_two_setters_takes_both_together() {
    check(3, || {
        let (a, b) = (auto(), auto());
        let setters = [&a, &b].map(|event| {
            let event = Arc::clone(event);
            thread::spawn(move || event.set())
        });
        assert_eq!(wait_all(&Idle, &refs(&[&a, &b]), Timeout::Infinite, false), Ok(Outcome::Object(0)));
        setters.into_iter().for_each(|s| s.join().unwrap());
        assert_eq!((poll(&a), poll(&b)), (false, false));
    });
}

#[test]
fn a_wait_for_all_that_times_out_has_taken_nothing() {
    check(3, || {
        let (a, b) = (auto(), auto());
        let setter = {
            let (a, b) = (Arc::clone(&a), Arc::clone(&b));
            thread::spawn(move || {
                a.set();
                b.set();
            })
        };
        let got = wait_all(&Idle, &refs(&[&b, &a]), Timeout::After(Duration::from_secs(1)), false);
        setter.join().unwrap();
        let left = (poll(&a), poll(&b));
        match got {
            Ok(Outcome::Object(0)) => assert_eq!(left, (false, false)),
            Ok(Outcome::TimedOut) => assert_eq!(left, (true, true)),
            other => panic!("{other:?}"),
        }
    });
}

#[test]
fn wait_all_against_a_wait_for_one_of_its_objects() {
    check(3, || {
        let (a, b) = (auto(), auto());
        a.set();
        let thief = {
            let a = Arc::clone(&a);
            thread::spawn(move || poll(&a))
        };
        let setter = {
            let b = Arc::clone(&b);
            thread::spawn(move || b.set())
        };
        let got = wait_all(&Idle, &refs(&[&a, &b]), Timeout::After(Duration::from_secs(1)), false);
        let stolen = thief.join().unwrap();
        setter.join().unwrap();
        let left = (poll(&a), poll(&b));
        match got {
            Ok(Outcome::Object(0)) => assert_eq!((stolen, left), (false, (false, false))),
            Ok(Outcome::TimedOut) => assert_eq!(left, (!stolen, true)),
            other => panic!("{other:?}"),
        }
    });
}

#[test]
fn an_apc_against_the_deadline_runs_or_stays_queued() {
    check(4, || {
        let ran = Arc::new(AtomicBool::new(false));
        let target = me();
        let queuer = {
            let (target, ran) = (Arc::clone(&target), Arc::clone(&ran));
            thread::spawn(move || target.queue_apc(Apc::new(move || ran.store(true, Ordering::Relaxed))))
        };
        let outcome = sleep(&Idle, Timeout::After(Duration::from_secs(1)), true);
        assert!(queuer.join().unwrap());
        match outcome {
            Outcome::Alerted => assert!(ran.load(Ordering::Relaxed)),
            Outcome::TimedOut => {
                assert!(!ran.load(Ordering::Relaxed), "no APC outside an alertable wait");
                assert_eq!(sleep(&Idle, Timeout::Poll, true), Outcome::Alerted);
                assert!(ran.load(Ordering::Relaxed));
            }
            other => panic!("{other:?}"),
        }
    });
}

#[test]
fn an_apc_against_a_signal_leaves_the_loser_intact() {
    check(3, || {
        let event = auto();
        let ran = Arc::new(AtomicBool::new(false));
        let queuer = {
            let (target, ran) = (me(), Arc::clone(&ran));
            thread::spawn(move || target.queue_apc(Apc::new(move || ran.store(true, Ordering::Relaxed))))
        };
        let setter = {
            let event = Arc::clone(&event);
            thread::spawn(move || event.set())
        };
        let outcome = wait_any(&Idle, &refs(&[&event]), Timeout::Infinite, true);
        setter.join().unwrap();
        queuer.join().unwrap();
        match outcome {
            Ok(Outcome::Object(0)) => assert!(!ran.load(Ordering::Relaxed) && !poll(&event)),
            Ok(Outcome::Alerted) => assert!(ran.load(Ordering::Relaxed) && poll(&event)),
            other => panic!("{other:?}"),
        }
    });
}
