//! Tasks: wake-ups, cancelling and polling against each other.

use super::check;
use crate::task::{TaskWord, Turn};
use loom::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use loom::sync::{Condvar, Mutex};
use loom::thread;
use std::sync::Arc;

/// A task with the queue of a pool: how often it is queued.
struct Stage {
    word: TaskWord,
    queued: Mutex<usize>,
    more: Condvar,
    ready: AtomicBool,
    /// Threads that have the future.
    inside: AtomicUsize,
    drops: AtomicUsize,
}

impl Stage {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            word: TaskWord::new(),
            queued: Mutex::new(1),
            more: Condvar::new(),
            ready: AtomicBool::new(false),
            inside: AtomicUsize::new(0),
            drops: AtomicUsize::new(0),
        })
    }

    fn queue(&self) {
        let mut queued = self.queued.lock().unwrap();
        *queued += 1;
        assert_eq!(*queued, 1, "queued twice");
        self.more.notify_one();
    }

    fn wake(&self) {
        if self.word.wake() {
            self.queue();
        }
    }

    fn receive(&self) {
        let mut queued = self.queued.lock().unwrap();
        while *queued == 0 {
            queued = self.more.wait(queued).unwrap();
        }
        *queued -= 1;
    }

    /// A thread of the pool: until the future has ended. A lost wake-up shows as a deadlock.
    fn run(&self) {
        loop {
            self.receive();
            let turn = self.word.begin();
            assert_eq!(self.inside.fetch_add(1, Ordering::Relaxed), 0, "polled twice at a time");
            let ready = turn == Turn::Drop || self.ready.load(Ordering::Relaxed);
            self.inside.fetch_sub(1, Ordering::Relaxed);
            if ready {
                self.drops.fetch_add(1, Ordering::Relaxed);
                self.word.done();
                return;
            }
            if self.word.pending() {
                self.queue();
            }
        }
    }
}

#[test]
fn no_wake_up_is_lost() {
    check(4, || {
        let stage = Stage::new();
        let waker = {
            let stage = Arc::clone(&stage);
            thread::spawn(move || {
                stage.ready.store(true, Ordering::Relaxed);
                stage.wake();
            })
        };
        stage.run();
        waker.join().unwrap();
        assert!(stage.word.is_done());
    });
}

#[test]
fn two_wakers_queue_it_once() {
    check(3, || {
        let stage = Stage::new();
        let wakers = [true, false].map(|ready| {
            let stage = Arc::clone(&stage);
            thread::spawn(move || {
                if ready {
                    stage.ready.store(true, Ordering::Relaxed);
                }
                stage.wake();
            })
        });
        stage.run();
        wakers.into_iter().for_each(|waker| waker.join().unwrap());
    });
}

#[test]
fn cancelling_ends_it_once() {
    check(3, || {
        let stage = Stage::new();
        let canceller = {
            let stage = Arc::clone(&stage);
            thread::spawn(move || {
                if stage.word.cancel() {
                    stage.queue();
                }
            })
        };
        let waker = {
            let stage = Arc::clone(&stage);
            thread::spawn(move || stage.wake())
        };
        stage.run();
        canceller.join().unwrap();
        waker.join().unwrap();
        assert_eq!(stage.drops.load(Ordering::Relaxed), 1);
        assert!(!stage.word.wake(), "nothing is left to be queued");
    });
}
