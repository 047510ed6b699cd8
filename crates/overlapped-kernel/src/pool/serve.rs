//! A thread that lends itself to a pool while it waits for a future.
//!
//! It takes packets as the pool's threads do, under the same count. The future has a packet of its own whenever it was woken:
//! so it is polled when the port lets a thread run, and not whenever somebody calls its waker. Any thread may receive that packet; if it is
//! another one, it passes the turn on by an APC.
//!
//! Inside a piece of work, the thread does not take other work meanwhile: that would bury the one that waits under others on the
//! same stack. It waits, paused, and the pool may have one thread more than its maximum as long as it does; so work that waits
//! for work cannot use a pool up.

use super::lanes::Run;
use super::worker::{Counted, inside_work, pool_of_running_work, works_for};
use super::{Pool, Scheduler, ThreadPool, schedule};
use crate::clock::Timeout;
use crate::dispatcher::{Event, WaitRef};
use crate::idle::Idle;
use crate::port::NoPacket;
use crate::sync::Mutex;
use crate::thread::{Apc, Thread};
use crate::wait::{sleep, wait_any};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Wake, Waker};

impl ThreadPool {
    /// Calls `poll` until it gives a value: at first, and whenever the waker was called since. Runs other work of the pool
    /// meanwhile, unless it is called by a piece of work.
    pub fn serve_until<T>(&self, poll: impl FnMut(&Waker) -> Option<T>) -> T {
        match pool_of_running_work() {
            Some(own) => wait_until(Some(&own), &own.idle, poll),
            None => serve(self.pool(), poll),
        }
    }
}

impl Scheduler {
    /// Calls `poll` until it gives a value, as [`ThreadPool::serve_until`], but never runs other work meanwhile: the thread waits,
    /// paused if it works for a port.
    pub fn wait_until<T>(&self, poll: impl FnMut(&Waker) -> Option<T>) -> T {
        wait_until(pool_of_running_work().as_ref(), &self.0.idle, poll)
    }
}

/// The future's standing with the pool.
struct Root {
    pool: Arc<Pool>,
    thread: Arc<Thread>,
    /// It has a packet.
    queued: AtomicBool,
    /// It is to be polled.
    turn: AtomicBool,
    /// The thread serves no more.
    over: Mutex<bool>,
}

impl Root {
    fn pass_the_turn(self: &Arc<Self>) {
        self.turn.store(true, Ordering::Release);
        let over = self.over.lock();
        if !*over {
            self.thread.queue_apc(Apc::of(self.source(), || {}));
        }
    }

    fn source(self: &Arc<Self>) -> usize {
        Arc::as_ptr(self) as usize
    }

    fn end(self: &Arc<Self>) {
        *self.over.lock() = true;
        // An APC that says nothing to anybody must not end an alertable wait of the thread's later.
        self.thread.withdraw_apcs(self.source());
    }
}

impl Run for Root {
    fn run(self: Arc<Self>) {
        self.queued.store(false, Ordering::Release);
        let mine = crate::thread::with_current(|thread| Arc::ptr_eq(thread, &self.thread));
        if mine { self.turn.store(true, Ordering::Release) } else { self.pass_the_turn() }
    }

    fn abandon(self: Arc<Self>) {
        // The pool has ended; the future has not.
        self.run();
    }
}

impl Wake for Root {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if self.queued.swap(true, Ordering::AcqRel) {
            return;
        }
        if schedule(&self.pool, Arc::clone(self) as Arc<dyn Run>).is_err() {
            // The pool has ended; the future has not.
            self.queued.store(false, Ordering::Release);
            self.pass_the_turn();
        }
    }
}

/// The calling thread's seat in the pool, until it is dropped.
struct Seat {
    root: Arc<Root>,
    before: Option<Arc<Pool>>,
    _counted: Counted,
}

impl Drop for Seat {
    fn drop(&mut self) {
        works_for(self.before.take());
        self.root.end();
        // The port may let another thread run.
        self.root.thread.member.leave(&self.root.thread);
    }
}

fn serve<T>(pool: &Arc<Pool>, mut poll: impl FnMut(&Waker) -> Option<T>) -> T {
    let root = Arc::new(Root {
        pool: Arc::clone(pool),
        thread: crate::thread::current(),
        queued: AtomicBool::new(false),
        turn: AtomicBool::new(false),
        over: Mutex::new(false),
    });
    let counted = Counted::guest(pool);
    let seat = Seat { root: Arc::clone(&root), before: works_for(Some(Arc::clone(pool))), _counted: counted };
    let waker = Waker::from(Arc::clone(&root));
    root.wake_by_ref();
    loop {
        if seat.root.turn.swap(false, Ordering::AcqRel)
            && let Some(value) = inside_work(|| poll(&waker))
        {
            return value;
        }
        match pool.wait_for_packet(Timeout::Infinite) {
            Ok(packet) => pool.handle(packet),
            Err(NoPacket::Alerted | NoPacket::TimedOut) => {}
            // Only wake-ups are left to wait for.
            Err(NoPacket::Closed) if seat.root.turn.load(Ordering::Acquire) => {}
            Err(NoPacket::Closed) => drop(sleep(&pool.idle, Timeout::Infinite, true)),
        }
    }
}

/// Wakes a thread that waits inside a piece of work.
struct Bell(Arc<Event>);

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.0.set();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.0.set();
    }
}

/// As long as it lives, another thread may stand in for this one.
struct Excused<'a>(&'a Arc<Pool>);

impl<'a> Excused<'a> {
    fn new(pool: &'a Arc<Pool>) -> Self {
        pool.excused.fetch_add(1, Ordering::AcqRel);
        Self(pool)
    }
}

impl Drop for Excused<'_> {
    fn drop(&mut self) {
        self.0.excused.fetch_sub(1, Ordering::AcqRel);
    }
}

/// `own`: the pool whose work the calling thread is inside of.
fn wait_until<T>(own: Option<&Arc<Pool>>, idle: &Idle, mut poll: impl FnMut(&Waker) -> Option<T>) -> T {
    let event = Arc::new(Event::auto_reset(false));
    let waker = Waker::from(Arc::new(Bell(Arc::clone(&event))));
    let _excused = own.map(Excused::new);
    loop {
        if let Some(value) = poll(&waker) {
            return value;
        }
        let waited = wait_any(idle, &[Arc::clone(&event) as WaitRef], Timeout::Infinite, false);
        debug_assert!(waited.is_ok(), "one object is never too many");
    }
}
