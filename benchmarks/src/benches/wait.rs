//! `wait`: what a wait costs when nothing has to be waited for, and what it takes to wake a thread that waits.
//!
//! A program that waits for objects mostly finds them signalled when it is busy, and is asleep when it is not. So there are two
//! figures: the wait that returns at once, and the way from SetEvent to the woken thread, which ends where the bare futex's
//! ends.

use std::hint::black_box;
use std::io;

use crate::benches::port::{HandOver, amount};
use crate::harness::{Contestant, Context, Group, Measure, Metric, Outcome};
use crate::meter::Timer;
use crate::ours;
use crate::peers::condition::Condition;
use crate::peers::futex::Futex;
use crate::team::Placement;

/// Most that a wait for one signalled object may cost, in nanoseconds.
const SIGNALLED: f64 = 100.0;

/// Something to set and to wait for.
pub trait Signal {
    /// Signals it.
    fn set(&self);
    /// Waits until it is signalled; true if the wait ended for that.
    fn wait(&self) -> bool;
}

/// Runs all groups.
pub fn groups(context: &Context) -> io::Result<Vec<Outcome>> {
    let mut outcomes = vec![signalled(context)?, set_and_wait(context)?, several(context)?];
    for placement in [Placement::Free, Placement::Same, Placement::Different] {
        if placement.possible() {
            outcomes.push(hand_over(context, placement)?);
        }
    }
    Ok(outcomes)
}

/// One thread that waits for what is signalled.
struct Waits<S> {
    signal: S,
    /// Set it before each wait.
    sets: bool,
    satisfied: u64,
}

impl<S: Signal> Waits<S> {
    fn of(signal: S) -> Self {
        Self { signal, sets: false, satisfied: 0 }
    }

    fn after_sets(signal: S) -> Self {
        Self { signal, sets: true, satisfied: 0 }
    }
}

impl<S: Signal> Contestant for Waits<S> {
    fn run(&mut self, operations: u64, timer: &mut Timer) -> io::Result<()> {
        self.satisfied = 0;
        timer.start();
        for _ in 0..operations {
            if self.sets {
                black_box(&self.signal).set();
            }
            self.satisfied += u64::from(black_box(&self.signal).wait());
        }
        Ok(())
    }

    fn verify(&mut self, operations: u64) -> io::Result<()> {
        if self.satisfied == operations {
            return Ok(());
        }
        Err(io::Error::other(format!("{} of {operations} waits were satisfied", self.satisfied)))
    }
}

fn metric(operation: &'static str, unit: &'static str) -> Metric {
    Metric { unit, operation, higher_is_better: false, scale: 1.0 }
}

fn signalled(context: &Context) -> io::Result<Outcome> {
    let mut group = Group::new("a wait for a signalled event", metric("wait", "ns/wait"), amount(context));
    group.enter("ours", Waits::of(ours::EventObject::signalled()));
    group.enter_or_note("ours, by handle", ours::EventHandle::signalled().map(Waits::of));
    group.enter("mutex and condvar", Waits::of(Condition::signalled()));
    group.compare("signalled event", "ours", "mutex and condvar");
    group.limit("signalled event", "ours", Measure::Metric, SIGNALLED);
    group.limit("signalled event, by handle", "ours, by handle", Measure::Metric, SIGNALLED);
    group.race(context)
}

fn set_and_wait(context: &Context) -> io::Result<Outcome> {
    let mut group = Group::new("set an auto-reset event and wait for it", metric("pair", "ns/pair"), amount(context));
    group.enter("ours", Waits::after_sets(ours::EventObject::auto_reset()));
    group.enter("mutex and condvar", Waits::after_sets(Condition::auto_reset()));
    group.compare("set and wait", "ours", "mutex and condvar");
    group.race(context)
}

fn several(context: &Context) -> io::Result<Outcome> {
    let mut group = Group::new("a wait for several events", metric("wait", "ns/wait"), amount(context));
    group.enter("any of 2", Waits::of(ours::Several::any(2)));
    group.enter("all of 2", Waits::of(ours::Several::all(2)));
    group.enter("any of 64", Waits::of(ours::Several::any(64)));
    group.enter("all of 64", Waits::of(ours::Several::all(64)));
    group.race(context)
}

fn hand_over(context: &Context, placement: Placement) -> io::Result<Outcome> {
    let metric = Metric { unit: "us/hand-over", operation: "hand-over", higher_is_better: false, scale: 1e-3 };
    let title = format!("a thread woken by SetEvent, {}", placement.name());
    let mut group = Group::new(title, metric, amount(context));
    let events = || ours::EventObject::auto_reset();
    group.enter("ours", HandOver::new(events(), events(), placement));
    group.enter("futex", HandOver::new(Futex::default(), Futex::default(), placement));
    group.enter("mutex and condvar", HandOver::new(Condition::auto_reset(), Condition::auto_reset(), placement));
    let case = format!("set-event to woken, {}", placement.name());
    group.compare(&case, "ours", "futex").bar(1.0 / 1.3);
    group.compare(&case, "ours", "mutex and condvar");
    group.race(context)
}
