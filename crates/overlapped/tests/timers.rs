//! Waitable timers (contract 04 section 6), by the clock of the system's engine.

mod common;

use common::{LOST, Lab, bounded, eventually, never, on_every_engine, on_sim, seed};
use overlapped::engine::SimEngine;
use overlapped::{CompletionPort, Event, Timeout, Timer, WaitResult, alertable, wait_all, wait_any};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant, SystemTime};

const SOON: Duration = Duration::from_millis(5);
const HOUR: Duration = Duration::from_secs(3600);

/// Waits for one object for at most `limit`; true if it was signalled.
fn signalled(timer: &Timer, limit: impl Into<Timeout>) -> bool {
    wait_any(&[timer], limit) == Ok(WaitResult::Object(0))
}

/// Does `work` until it has taken less time than `limit` once.
fn in_time(lab: &Lab, limit: Duration, mut work: impl FnMut()) {
    eventually("done in time", || {
        let start = lab.system.engine().now();
        work();
        lab.system.engine().now().since(start) < limit
    });
}

#[test]
fn a_new_timer_is_not_signalled() {
    on_every_engine(|lab| {
        assert!(!signalled(&Timer::manual_reset_in(&lab.system), SOON));
        assert!(!signalled(&Timer::auto_reset_in(&lab.system), Timeout::Poll));
    });
}

#[test]
fn a_manual_reset_timer_stays_signalled_until_it_is_set_again() {
    on_every_engine(|lab| {
        let timer = Timer::manual_reset_in(&lab.system);
        timer.set(SOON, None);
        for _ in 0..3 {
            assert!(signalled(&timer, LOST));
        }
        timer.set(HOUR, None);
        assert!(!signalled(&timer, Timeout::Poll), "setting resets it");
    });
}

#[test]
fn a_synchronization_timer_satisfies_one_wait() {
    on_every_engine(|lab| {
        let timer = Timer::auto_reset_in(&lab.system);
        timer.set(SOON, None);
        assert!(signalled(&timer, LOST));
        assert!(!signalled(&timer, Timeout::Poll));
    });
}

#[test]
fn a_timer_is_not_early() {
    on_every_engine(|lab| {
        let (timer, due) = (Timer::auto_reset_in(&lab.system), Duration::from_millis(20));
        let start = lab.system.engine().now();
        timer.set(due, None);
        assert!(signalled(&timer, LOST));
        assert!(lab.system.engine().now().since(start) >= due);
    });
}

#[test]
fn a_periodic_timer_expires_again_and_again() {
    on_every_engine(|lab| {
        let timer = Timer::auto_reset_in(&lab.system);
        timer.set(SOON, Some(SOON));
        for _ in 0..5 {
            assert!(signalled(&timer, LOST));
        }
        timer.cancel();
        signalled(&timer, Timeout::Poll);
        assert!(!signalled(&timer, 4 * SOON), "it was stopped");
    });
}

#[test]
fn cancelling_stops_it_and_leaves_its_state() {
    on_every_engine(|lab| {
        let timer = Timer::manual_reset_in(&lab.system);
        timer.set(Duration::ZERO, None);
        assert!(signalled(&timer, LOST));
        timer.cancel();
        assert!(signalled(&timer, Timeout::Poll), "the signalled state does not change");
        // What counts is a cancel in time: this thread may have lost the processor between the two calls.
        in_time(lab, SOON, || {
            timer.set(SOON, None);
            timer.cancel();
        });
        assert!(!signalled(&timer, 4 * SOON));
    });
}

#[test]
fn setting_it_again_replaces_the_due_time() {
    on_every_engine(|lab| {
        let timer = Timer::auto_reset_in(&lab.system);
        timer.set(SOON, Some(SOON));
        timer.set(HOUR, None);
        assert!(!signalled(&timer, 4 * SOON));
        timer.set(SOON, None);
        assert!(signalled(&timer, LOST));
    });
}

#[test]
fn its_routine_runs_on_the_setting_thread_in_an_alertable_wait_only() {
    on_every_engine(|lab| {
        let timer = Timer::manual_reset_in(&lab.system);
        let (runs, thread) = (Arc::new(AtomicUsize::new(0)), std::thread::current().id());
        let count = Arc::clone(&runs);
        timer.set_with_routine(SOON, None, move |filetime| {
            assert_eq!(std::thread::current().id(), thread);
            assert!(filetime > 125_911_584_000_000_000, "the time is a FILETIME of this century");
            count.fetch_add(1, Ordering::SeqCst);
        });
        assert!(signalled(&timer, LOST), "the routine does not take the signal's place");
        assert_eq!(runs.load(Ordering::SeqCst), 0, "an ordinary wait runs no routine");
        assert!(alertable::sleep_in(&lab.system, LOST));
        assert_eq!(runs.load(Ordering::SeqCst), 1);
        assert!(!alertable::sleep_in(&lab.system, SOON), "once");
    });
}

#[test]
fn a_slow_thread_finds_one_routine_of_a_periodic_timer() {
    on_every_engine(|lab| {
        let timer = Timer::auto_reset_in(&lab.system);
        let runs = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&runs);
        timer.set_with_routine(SOON, Some(SOON), move |_| {
            count.fetch_add(1, Ordering::SeqCst);
        });
        for _ in 0..4 {
            assert!(signalled(&timer, LOST));
        }
        timer.cancel();
        assert!(!alertable::sleep_in(&lab.system, Timeout::Poll), "cancelling takes the routine back");
        assert_eq!(runs.load(Ordering::SeqCst), 0);
        let count = Arc::clone(&runs);
        timer.set_with_routine(SOON, Some(SOON), move |_| {
            count.fetch_add(1, Ordering::SeqCst);
        });
        for _ in 0..8 {
            assert!(signalled(&timer, LOST));
        }
        // Further expiries may come while this thread runs routines, or is kept from it; each is queued once.
        let start = lab.system.engine().now();
        assert!(alertable::sleep_in(&lab.system, LOST));
        let meanwhile = lab.system.engine().now().since(start).div_duration_f64(SOON) as usize;
        timer.cancel();
        let (runs, most) = (runs.load(Ordering::SeqCst), 2 + meanwhile);
        assert!((1..=most).contains(&runs), "at most one is queued at a time: {runs} ran, {meanwhile} came meanwhile");
    });
}

#[test]
fn the_end_of_the_setting_thread_stops_a_timer_with_a_routine_only() {
    on_every_engine(|lab| {
        let (with, without) = (Timer::manual_reset_in(&lab.system), Timer::manual_reset_in(&lab.system));
        let due = Duration::from_millis(50);
        // A thread that ends before they are due.
        in_time(lab, due, || {
            let (a, b) = (with.clone(), without.clone());
            let setter = std::thread::spawn(move || {
                a.set_with_routine(due, None, |_| panic!("its thread has ended"));
                b.set(due, None);
            });
            setter.join().unwrap();
        });
        assert!(signalled(&without, LOST));
        assert!(!signalled(&with, 2 * due));
    });
}

#[test]
fn timers_mix_with_events_and_each_other_in_waits() {
    on_every_engine(|lab| {
        let (early, late) = (Timer::auto_reset_in(&lab.system), Timer::auto_reset_in(&lab.system));
        let stop = Event::manual_reset(false);
        early.set(SOON, None);
        late.set(HOUR, None);
        assert_eq!(wait_any(&[&stop, &late, &early], LOST), Ok(WaitResult::Object(2)));
        early.set(SOON, None);
        late.set(4 * SOON, None);
        assert_eq!(wait_all(&[&early, &late], LOST), Ok(WaitResult::Object(0)));
    });
}

#[test]
fn an_hour_of_virtual_time_passes_at_once_and_in_order() {
    on_sim(SimEngine::builder().seed(seed()), |lab| {
        let (start, real) = (lab.system.engine().now(), Instant::now());
        let timers: Vec<_> = (0..24).map(|_| Timer::auto_reset_in(&lab.system)).collect();
        for (timer, hour) in timers.iter().zip((1..=24).rev()) {
            timer.set(hour * HOUR, None);
        }
        for (hour, timer) in (1_u32..).zip(timers.iter().rev()) {
            let objects: Vec<&dyn overlapped::Wait> = timers.iter().map(|t| t as _).collect();
            assert_eq!(wait_any(&objects, Timeout::Infinite), Ok(WaitResult::Object(24 - hour as usize)));
            assert_eq!(lab.system.engine().now().since(start), hour * HOUR, "exactly then");
            assert!(!signalled(timer, Timeout::Poll));
        }
        assert!(real.elapsed() < Duration::from_secs(60));
    });
}

#[test]
fn a_wait_that_ends_before_a_virtual_timer_leaves_it_alone() {
    on_sim(never(), |lab| {
        let timer = Timer::auto_reset_in(&lab.system);
        let start = lab.system.engine().now();
        timer.set(HOUR, None);
        assert!(!signalled(&timer, HOUR / 2));
        assert_eq!(lab.system.engine().now().since(start), HOUR / 2);
        assert!(signalled(&timer, Timeout::Infinite));
        assert_eq!(lab.system.engine().now().since(start), HOUR);
    });
}

#[test]
fn a_virtual_timer_set_by_another_thread_ends_a_wait_that_has_begun() {
    on_sim(never(), |lab| {
        let timer = Timer::auto_reset_in(&lab.system);
        let waits = timer.clone();
        let waiter = std::thread::spawn(move || signalled(&waits, Timeout::Infinite));
        std::thread::sleep(Duration::from_millis(5));
        timer.set(HOUR, None);
        assert!(bounded("the wait", move || waiter.join().unwrap()));
    });
}

#[test]
fn on_a_virtual_clock_each_of_several_waiting_threads_comes_to_its_end() {
    on_sim(never(), |lab| {
        let port = CompletionPort::<(), ()>::new_in(&lab.system, 1);
        let (taker, system) = (port.clone(), lab.system.clone());
        let waiter = std::thread::spawn(move || taker.get().is_ok());
        let sleepers = [3, 1, 4, 1, 5].map(|hours| {
            let system = system.clone();
            std::thread::spawn(move || {
                let start = system.engine().now();
                assert!(!alertable::sleep_in(&system, HOUR * hours));
                assert!(system.engine().now().since(start) >= HOUR * hours);
            })
        });
        for sleeper in sleepers {
            bounded("a sleep of hours", move || sleeper.join().unwrap());
        }
        port.post((), ()).unwrap();
        assert!(bounded("the packet", move || waiter.join().unwrap()));
    });
}

#[test]
fn timers_that_go_away_leave_nothing() {
    on_every_engine(|lab: &Lab| {
        let event = Arc::new(());
        for _ in 0..5000 {
            let (timer, held) = (Timer::auto_reset_in(&lab.system), Arc::clone(&event));
            timer.set_with_routine(SOON, Some(SOON), move |_| drop(Arc::clone(&held)));
        }
        // A timer that is gone cannot be waited for, and what it held goes with it and with what it has queued.
        eventually("every routine is gone", || {
            alertable::sleep_in(&lab.system, Timeout::Poll);
            Arc::strong_count(&event) == 1
        });
    });
}

#[test]
fn an_absolute_time_is_one_of_the_wall_clock() {
    on_every_engine(|lab| {
        let timer = Timer::manual_reset_in(&lab.system);
        for past in [SystemTime::UNIX_EPOCH - HOUR * 24 * 365 * 400, SystemTime::UNIX_EPOCH, SystemTime::now()] {
            timer.set_at(past, None);
            assert!(signalled(&timer, LOST), "{past:?} has passed");
        }
        timer.set_at(SystemTime::now() + HOUR * 24, None);
        assert!(!signalled(&timer, Timeout::Poll), "setting resets it");
        timer.set_at(SystemTime::now() + SOON, None);
        assert!(signalled(&timer, LOST));
    });
}

#[test]
fn a_period_of_nothing_is_once() {
    on_every_engine(|lab| {
        let timer = Timer::auto_reset_in(&lab.system);
        timer.set(Duration::ZERO, Some(Duration::ZERO));
        assert!(signalled(&timer, LOST));
        assert!(!signalled(&timer, SOON));
    });
}
