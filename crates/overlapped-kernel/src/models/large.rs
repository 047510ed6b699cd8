//! Larger models, in random interleavings: half of them with a random thread next at each step, half with few switches at random
//! places (PCT), which finds what needs long undisturbed runs of one thread.
//!
//! `SHUTTLE_SCHEDULES` says how many, 100,000 by default. A failure prints the schedule, which `shuttle::replay` repeats.

use super::device::{Queue, issue, open};
use super::me;
use crate::clock::Timeout;
use crate::dispatcher::{Event, Mutant, Semaphore, WaitRef};
use crate::idle::Idle;
use crate::port::{NoPacket, Packet, Port};
use crate::request::RequestRef;
use crate::thread::Apc;
use crate::wait::{Outcome, sleep, wait_all, wait_any};
use overlapped_abi::Status;
use shuttle::thread::{self, JoinHandle};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

const SOON: Timeout = Timeout::After(Duration::from_secs(1));

/// Depth of the PCT schedules: the switches that matter.
const SWITCHES: usize = 4;

fn check(model: impl Fn() + Send + Sync + 'static) {
    let schedules = std::env::var("SHUTTLE_SCHEDULES").map_or(100_000, |text| text.parse().expect("a number"));
    let model = Arc::new(model);
    let again = Arc::clone(&model);
    shuttle::check_random(move || model(), schedules / 2);
    shuttle::check_pct(move || again(), schedules / 2, SWITCHES);
}

fn join<T>(threads: impl IntoIterator<Item = JoinHandle<T>>) -> Vec<T> {
    threads.into_iter().map(|thread| thread.join().unwrap()).collect()
}

/// A wait that is satisfied, whatever the mutex says of its past.
fn satisfied(outcome: Outcome) -> bool {
    matches!(outcome, Outcome::Object(_) | Outcome::Abandoned(_))
}

#[test]
fn waits_for_any_and_for_all_of_three_kinds_neither_lose_nor_deadlock() {
    check(|| {
        let (event, mutex) = (Arc::new(Event::auto_reset(true)), Mutant::new(false));
        let semaphore = Arc::new(Semaphore::new(1, 1).unwrap());
        let threads = (0..4).map(|number| {
            let (event, mutex, semaphore) = (Arc::clone(&event), Arc::clone(&mutex), Arc::clone(&semaphore));
            thread::spawn(move || {
                let mut objects: [WaitRef; 3] =
                    [Arc::clone(&event) as _, Arc::clone(&mutex) as _, Arc::clone(&semaphore) as _];
                objects.rotate_left(number % 3);
                let give_back = |index: usize| match (number + index) % 3 {
                    0 => event.set(),
                    1 => mutex.release().unwrap(),
                    _ => drop(semaphore.release(1).unwrap()),
                };
                let timeout = if number == 3 { SOON } else { Timeout::Infinite };
                if number % 2 == 0 {
                    let outcome = wait_all(&Idle, &objects, timeout, false).unwrap();
                    if satisfied(outcome) {
                        (0..3).for_each(give_back);
                    }
                } else {
                    match wait_any(&Idle, &objects, timeout, false).unwrap() {
                        Outcome::Object(index) | Outcome::Abandoned(index) => give_back(index),
                        other => assert_eq!(other, Outcome::TimedOut),
                    }
                }
            })
        });
        join(threads.collect::<Vec<_>>());
        let all: [WaitRef; 3] = [event, mutex, semaphore];
        assert_eq!(wait_all(&Idle, &all, Timeout::Poll, false), Ok(Outcome::Object(0)), "all are where they were");
        assert_eq!(wait_all(&Idle, &[Arc::clone(&all[0])], Timeout::Poll, false), Ok(Outcome::TimedOut));
    });
}

#[test]
fn a_mutex_whose_owners_end_is_told_as_often_as_it_was_abandoned() {
    check(|| {
        let mutex = Mutant::new(false);
        let told = Arc::new(AtomicUsize::new(0));
        let threads = (0..3).map(|number| {
            let (mutex, told) = (Arc::clone(&mutex), Arc::clone(&told));
            thread::spawn(move || {
                let outcome = wait_any(&Idle, &[Arc::clone(&mutex) as WaitRef], Timeout::Infinite, false).unwrap();
                told.fetch_add(usize::from(outcome == Outcome::Abandoned(0)), Ordering::Relaxed);
                if number == 0 {
                    mutex.release().unwrap();
                } else {
                    me().end();
                }
            })
        });
        join(threads.collect::<Vec<_>>());
        let last = wait_any(&Idle, &[mutex as WaitRef], Timeout::Poll, false).unwrap();
        told.fetch_add(usize::from(last == Outcome::Abandoned(0)), Ordering::Relaxed);
        assert_eq!(told.load(Ordering::Relaxed), 2);
    });
}

#[test]
fn functions_for_a_thread_that_waits_for_other_things_all_run_once() {
    check(|| {
        let (event, ran) = (Arc::new(Event::auto_reset(false)), Arc::new(AtomicUsize::new(0)));
        let target = me();
        let senders = (0..3).map(|_| {
            let (target, ran, event) = (Arc::clone(&target), Arc::clone(&ran), Arc::clone(&event));
            thread::spawn(move || {
                let run = move || {
                    ran.fetch_add(1, Ordering::Relaxed);
                };
                assert!(target.queue_apc(Apc::new(run)));
                event.set();
            })
        });
        let senders: Vec<_> = senders.collect();
        let mut signals = 0;
        while ran.load(Ordering::Relaxed) < 3 {
            let objects = [Arc::clone(&event) as WaitRef];
            match wait_any(&Idle, &objects, Timeout::Infinite, true).unwrap() {
                Outcome::Object(0) => signals += 1,
                other => assert_eq!(other, Outcome::Alerted),
            }
        }
        join(senders);
        assert_eq!(sleep(&Idle, Timeout::Poll, true), Outcome::TimedOut, "nothing is left");
        let left = wait_any(&Idle, &[event as WaitRef], Timeout::Poll, false) == Ok(Outcome::Object(0));
        assert!((1..=3).contains(&(signals + usize::from(left))), "{signals} signals");
    });
}

#[test]
fn requests_of_several_threads_end_once_under_data_cancels_and_close() {
    check(|| {
        let queue = Arc::new(Queue::default());
        let instance = open(&queue, true);
        let issuers = (0..2).map(|_| {
            let instance = Arc::clone(&instance);
            thread::spawn(move || {
                let requests: Vec<RequestRef> = (0..2).map(|_| issue(&instance, None)).collect();
                let done: Vec<WaitRef> = requests.iter().map(|request| request.done() as WaitRef).collect();
                assert_eq!(wait_all(&Idle, &done, Timeout::Infinite, false), Ok(Outcome::Object(0)));
                let status = |request: &RequestRef| request.completion().expect("it has ended").status;
                requests.iter().filter(|request| status(request) == Status::SUCCESS).count()
            })
        });
        let issuers: Vec<_> = issuers.collect();
        let feeder = {
            let queue = Arc::clone(&queue);
            thread::spawn(move || (0..3).for_each(|_| queue.feed()))
        };
        let canceller = {
            let instance = Arc::clone(&instance);
            thread::spawn(move || instance.cancel(|_| true))
        };
        let closer = {
            let instance = Arc::clone(&instance);
            thread::spawn(move || instance.handle_closed())
        };
        let served: usize = join(issuers).into_iter().sum();
        join([feeder, closer]);
        join([canceller]);
        assert_eq!(served + queue.left(), 3, "each piece of data is taken once or left");
        assert_eq!(instance.outstanding(), 0);
    });
}

#[test]
fn packets_of_requests_and_posts_are_taken_once_by_the_workers_of_a_port() {
    check(|| {
        let (queue, port) = (Arc::new(Queue::default()), Port::new(1, None));
        let instance = open(&queue, true);
        port.associate(&instance, 7).unwrap();
        let taken = Arc::new(Semaphore::new(0, 4).unwrap());
        let workers = (0..3).map(|_| {
            let (port, taken) = (Arc::clone(&port), Arc::clone(&taken));
            thread::spawn(move || {
                let mut keys = Vec::new();
                loop {
                    match port.remove(&Idle, Timeout::Infinite, false) {
                        Ok(packet) => keys.push(packet.numbers().0),
                        Err(why) => {
                            assert_eq!(why, NoPacket::Closed);
                            me().end();
                            return keys;
                        }
                    }
                    taken.release(1).unwrap();
                    // Blocks, which lets another one run.
                    let _ = sleep(&Idle, SOON, false);
                }
            })
        });
        let workers: Vec<_> = workers.collect();
        let poster = {
            let port = Arc::clone(&port);
            thread::spawn(move || (1..=2).for_each(|key| assert!(port.insert(Packet::posted(0, key, 0)))))
        };
        let requests: Vec<RequestRef> = (0..2).map(|_| issue(&instance, None)).collect();
        queue.feed();
        instance.cancel(|_| true);
        for _ in 0..4 {
            let one = wait_any(&Idle, &[Arc::clone(&taken) as WaitRef], Timeout::Infinite, false);
            assert_eq!(one, Ok(Outcome::Object(0)));
        }
        assert!(requests.iter().all(|request| request.is_complete()));
        join([poster]);
        port.close();
        let mut keys: Vec<usize> = join(workers).into_iter().flatten().collect();
        keys.sort_unstable();
        assert_eq!(keys, [1, 2, 7, 7]);
    });
}
