//! The threads of a pool: when one is made, what it does, when it leaves.

use super::Pool;
use crate::clock::Timeout;
use crate::contain::contained;
use crate::port::{Cargo, NoPacket, Packet};
use std::cell::{Cell, RefCell};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// Below this share of the processors, a pool in which nobody waits gets a spare thread (contract 06 section 10).
const LOW_LOAD: u32 = 75;
/// After so long, a pool that got no spare thread because of the load is considered again.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

thread_local! {
    /// The thread does not leave its pool.
    static STAYS: Cell<bool> = const { Cell::new(false) };
    /// How many pieces of work the thread is inside of.
    static DEPTH: Cell<u32> = const { Cell::new(0) };
    /// The pool of the thread.
    static WORKS_FOR: RefCell<Option<Arc<Pool>>> = const { RefCell::new(None) };
}

pub(super) fn keep_this_thread() {
    STAYS.set(true);
}

/// A thread of the pool, or a guest that serves it for a while: counted as long as it lives.
pub(super) struct Counted {
    pool: Arc<Pool>,
    /// It has been taken off the count already.
    out: bool,
    guest: bool,
}

impl Counted {
    /// One more thread: it is in the count of threads already.
    pub(super) fn new(pool: &Arc<Pool>) -> Self {
        pool.busy.fetch_add(1, Ordering::AcqRel);
        Self { pool: Arc::clone(pool), out: false, guest: false }
    }

    /// The calling thread, which is not the pool's own.
    pub(super) fn guest(pool: &Arc<Pool>) -> Self {
        // In this order, and the other way round at the end: no thread of the pool's own may think that it is one too many.
        pool.guests.fetch_add(1, Ordering::AcqRel);
        pool.threads.fetch_add(1, Ordering::AcqRel);
        let mut counted = Self::new(pool);
        counted.guest = true;
        counted
    }

    fn work(&mut self) {
        self.pool.signals.take();
        WORKS_FOR.set(Some(Arc::clone(&self.pool)));
        self.out = self.pool.work() == Leaves::Counted;
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.pool.busy.fetch_sub(1, Ordering::AcqRel);
        let threads = &self.pool.threads;
        let left = if self.out { threads.load(Ordering::Acquire) } else { threads.fetch_sub(1, Ordering::AcqRel) - 1 };
        if self.guest {
            self.pool.guests.fetch_sub(1, Ordering::AcqRel);
        }
        if left == 0 && self.pool.closing.load(Ordering::Acquire) {
            self.pool.gone.set();
        }
    }
}

/// How a thread comes to leave.
#[derive(PartialEq, Eq)]
enum Leaves {
    /// The pool has ended.
    AtTheEnd,
    /// As surplus, and it is out of the count already.
    Counted,
}

/// The pool that the calling thread works for, if it is inside a piece of work.
pub(super) fn pool_of_running_work() -> Option<Arc<Pool>> {
    if DEPTH.get() == 0 { None } else { WORKS_FOR.with_borrow(Clone::clone) }
}

/// Runs a piece of work.
pub(super) fn inside_work<R>(work: impl FnOnce() -> R) -> R {
    struct Out;
    impl Drop for Out {
        fn drop(&mut self) {
            DEPTH.set(DEPTH.get() - 1);
        }
    }
    DEPTH.set(DEPTH.get() + 1);
    let _out = Out;
    work()
}

/// Makes the calling thread a guest of the pool, and gives the pool that it worked for before.
pub(super) fn works_for(pool: Option<Arc<Pool>>) -> Option<Arc<Pool>> {
    WORKS_FOR.replace(pool)
}

impl Pool {
    /// A packet waits for a thread: makes one, unless one is on its way.
    pub(super) fn help(self: &Arc<Self>) {
        if self.starting.load(Ordering::Acquire) == 0 {
            self.grow();
        }
    }

    /// One more thread, if the maximum allows it; false if not.
    pub(super) fn grow(self: &Arc<Self>) -> bool {
        let max = self.most();
        let more = |now: usize| (now < max).then_some(now + 1);
        if self.threads.fetch_update(Ordering::AcqRel, Ordering::Acquire, more).is_err() {
            return false;
        }
        self.starting.fetch_add(1, Ordering::AcqRel);
        let mut counted = Counted::new(self);
        let mut builder = std::thread::Builder::new().name("ovl-pool".into());
        let stack = self.stack.load(Ordering::Acquire);
        if stack > 0 {
            builder = builder.stack_size(stack);
        }
        let made = builder.spawn(move || counted.work());
        if let Err(error) = &made {
            tracing::warn!(%error, "a thread pool could not make a thread");
            self.starting.fetch_sub(1, Ordering::AcqRel);
        }
        made.is_ok()
    }

    /// Threads at the most: the maximum, and one more for each that waits inside a piece of work for others.
    fn most(&self) -> usize {
        self.limits.max().saturating_add(self.excused.load(Ordering::Acquire))
    }

    /// If nobody waits for packets: makes a spare thread if the processors have time, else comes back to it.
    pub(super) fn consider(self: &Arc<Self>) {
        let (busy, threads) = (self.busy.load(Ordering::Relaxed), self.threads.load(Ordering::Relaxed));
        let crowded = threads > 0 && busy >= threads && threads < self.most();
        if crowded && !self.watching.load(Ordering::Acquire) {
            self.consider_load();
        }
    }

    #[cold]
    fn consider_load(self: &Arc<Self>) {
        if self.closing.load(Ordering::Acquire) {
            return;
        }
        if self.meter.percent() < LOW_LOAD {
            self.help();
        } else if !self.watching.swap(true, Ordering::AcqRel) {
            let pool = Arc::downgrade(self);
            self.remind(LOOK_AGAIN, move || {
                if let Some(pool) = pool.upgrade() {
                    pool.watching.store(false, Ordering::Release);
                    pool.consider();
                }
            });
        }
    }

    /// What every thread of the pool does.
    fn work(self: &Arc<Self>) -> Leaves {
        let mut new = true;
        loop {
            let taken = self.wait_for_packet(Timeout::After(self.limits.linger()));
            if std::mem::take(&mut new) {
                self.starting.fetch_sub(1, Ordering::AcqRel);
                if self.port.is_starved() {
                    self.help();
                }
            }
            match taken {
                Ok(packet) => self.handle(packet),
                Err(NoPacket::TimedOut) => {
                    self.tidy();
                    if self.lets_go(self.limits.min()) {
                        return Leaves::Counted;
                    }
                }
                Err(NoPacket::Alerted) => {}
                Err(NoPacket::Closed) => return Leaves::AtTheEnd,
            }
            if self.closing.load(Ordering::Acquire) {
                self.close_if_done();
            } else if self.threads.load(Ordering::Relaxed) > self.most() && self.lets_go(self.most()) {
                return Leaves::Counted;
            }
        }
    }

    /// The thread counts as idle meanwhile. APCs that its work has queued run (WT_EXECUTEINIOTHREAD).
    pub(super) fn wait_for_packet(self: &Arc<Self>, timeout: Timeout) -> Result<Packet, NoPacket> {
        self.busy.fetch_sub(1, Ordering::AcqRel);
        let taken = self.survive(|| self.port.remove(&self.idle, timeout, true)).unwrap_or(Err(NoPacket::Alerted));
        self.busy.fetch_add(1, Ordering::AcqRel);
        taken
    }

    /// Takes this thread off the count if more than `keep` are there, besides guests, and nothing needs it.
    fn lets_go(&self, keep: usize) -> bool {
        let keep = keep.saturating_add(self.guests.load(Ordering::Acquire));
        if STAYS.get() || crate::thread::with_current(|thread| thread.has_requests()) {
            return false;
        }
        let fewer = |now: usize| (now > keep).then_some(now - 1);
        self.threads.fetch_update(Ordering::AcqRel, Ordering::Acquire, fewer).is_ok()
    }

    /// Does what a packet stands for.
    pub(super) fn handle(self: &Arc<Self>, packet: Packet) {
        self.consider();
        let Packet { status, bytes, cargo } = packet;
        let work = || match cargo {
            Cargo::Inline(_) => {
                // None if what was queued has been given back.
                if let Some(job) = self.lanes.pop() {
                    job.run();
                }
            }
            Cargo::Numbers { key, overlapped } => {
                if let Some(completed) = self.completed(key) {
                    completed(status, bytes, overlapped);
                }
            }
            Cargo::Request(_) | Cargo::Read(_) | Cargo::Written(_) | Cargo::Posted(_) => {}
        };
        self.survive(|| inside_work(work));
        // An APC that the work queued to its thread must not wait for the next packet.
        self.survive(crate::thread::Thread::test_alert);
    }

    /// Runs code of the user's. A panic in it is counted, and ends nothing else.
    pub(super) fn survive<R>(&self, run: impl FnOnce() -> R) -> Option<R> {
        let result = contained("work on a thread pool", run);
        if result.is_none() {
            self.panics.fetch_add(1, Ordering::AcqRel);
        }
        result
    }
}
