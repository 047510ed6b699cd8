//! Thread pools: threads that loop on a port of their own (contract 06 section 10).
//!
//! The port decides how many threads run at once; the pool decides how many there are. It grows when a packet is queued, the
//! port has room for another running thread, and nobody waits: that is when every thread of the pool is busy or blocked.
//! It shrinks when a thread above the minimum has waited in vain for `LINGER`. Blocking that goes through the library is
//! seen at once; a pool that runs foreign blocking code wraps it in [`blocking`](crate::port::blocking). Drawback: without that
//! wrapper, foreign blocking holds its place among the running threads.

mod waits;

pub use waits::{Fired, RegisteredWait, Registration};

use crate::clock::Timeout;
use crate::idle::Idle;
use crate::instance::Instance;
use crate::port::{Cargo, NoPacket, Packet, Port};
use crate::sync::Mutex;
use crate::system::System;
use overlapped_abi::{Status, Win32Error};
use slab::Slab;
use std::any::Any;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

/// How long a thread above the minimum waits before it leaves.
const LINGER: Duration = Duration::from_secs(10);

/// One piece of work.
pub type Work = Box<dyn FnOnce() + Send>;
/// What is called for each completion of a bound device: status, bytes, and the address of the OVERLAPPED.
pub type Completed = Arc<dyn Fn(Status, u32, usize) + Send + Sync>;

/// How large a pool is.
#[derive(Clone, Copy, Debug)]
pub struct PoolSize {
    /// Threads that stay.
    pub min: usize,
    /// Threads at the most.
    pub max: usize,
    /// Threads that run at once; 0 is the number of processors.
    pub concurrency: u32,
}

impl Default for PoolSize {
    /// As the default pool of Windows: up to 500 threads, as many running as there are processors.
    fn default() -> Self {
        Self { min: 0, max: 500, concurrency: 0 }
    }
}

/// See the module page. Clones are the same pool; its threads end when the last clone is dropped and the queue is empty.
#[derive(Clone)]
pub struct ThreadPool(Arc<Owner>);

struct Owner(Arc<Pool>);

struct Pool {
    port: Arc<Port>,
    idle: Arc<Idle>,
    size: Mutex<PoolSize>,
    threads: AtomicUsize,
    /// Threads that have not come to the port yet.
    starting: AtomicUsize,
    closing: AtomicBool,
    bound: Mutex<Slab<Completed>>,
    waits: waits::Waits,
}

struct Item(Work);

impl std::fmt::Debug for ThreadPool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ThreadPool").field("threads", &self.threads()).finish_non_exhaustive()
    }
}

impl ThreadPool {
    /// A pool of this system.
    pub fn new(system: &System, size: PoolSize) -> Result<Self, Win32Error> {
        if size.max == 0 || size.min > size.max {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        let pool = Arc::new(Pool {
            port: system.new_port(size.concurrency),
            idle: Arc::clone(system.idle()),
            size: Mutex::new(size),
            threads: AtomicUsize::new(0),
            starting: AtomicUsize::new(0),
            closing: AtomicBool::new(false),
            bound: Mutex::new(Slab::new()),
            waits: waits::Waits::default(),
        });
        let weak = Arc::downgrade(&pool);
        pool.port.when_starved(move || {
            if let Some(pool) = Weak::upgrade(&weak) {
                pool.help();
            }
        });
        let pool = Self(Arc::new(Owner(pool)));
        pool.set_min(size.min);
        Ok(pool)
    }

    fn pool(&self) -> &Arc<Pool> {
        &self.0.0
    }

    /// Queues a piece of work.
    pub fn submit(&self, work: Work) {
        self.pool().submit(work);
    }

    /// Makes every completion of the instance a call of `completed` on a thread of the pool. 87 if it is not overlapped, or
    /// reports somewhere already.
    pub fn bind(&self, instance: &Arc<Instance>, completed: Completed) -> Result<(), Win32Error> {
        let pool = self.pool();
        let key = pool.bound.lock().insert(completed);
        pool.port.associate(instance, key).inspect_err(|_| {
            pool.bound.lock().remove(key);
        })
    }

    /// Waits for an object and calls back when it is signalled or the time is over (contract 04 section 9).
    pub fn register_wait(&self, registration: Registration) -> Result<RegisteredWait, Win32Error> {
        waits::register(self.pool(), registration)
    }

    /// Threads that the pool has now.
    #[must_use]
    pub fn threads(&self) -> usize {
        self.pool().threads.load(Ordering::Acquire)
    }

    /// Allows more threads, or fewer; those above a lower maximum leave when they next wait in vain.
    pub fn set_max(&self, max: usize) {
        self.pool().size.lock().max = max.max(1);
    }

    /// Keeps at least so many threads; 8 if they cannot be made.
    pub fn set_min(&self, min: usize) {
        let pool = self.pool();
        pool.size.lock().min = min;
        while pool.threads.load(Ordering::Acquire) < min && pool.grow() {}
    }

    /// The port underneath, for a look at its five structures.
    #[must_use]
    pub fn port(&self) -> &Arc<Port> {
        &self.pool().port
    }
}

impl Drop for Owner {
    /// Nobody can submit any more: the threads finish what is queued and leave.
    fn drop(&mut self) {
        self.0.closing.store(true, Ordering::Release);
        for _ in 0..self.0.threads.load(Ordering::Acquire) {
            self.0.submit(Box::new(|| {}));
        }
    }
}

impl Pool {
    fn submit(&self, work: Work) {
        let cargo: Box<dyn Any + Send> = Box::new(Item(work));
        self.port.insert(Packet { status: Status::SUCCESS, bytes: 0, cargo: Cargo::Posted(cargo) });
    }

    /// A packet waits for a thread: makes one, unless one is on its way.
    fn help(self: &Arc<Self>) {
        if self.starting.load(Ordering::Acquire) == 0 {
            self.grow();
        }
    }

    /// One more thread, if the maximum allows it; false if not.
    fn grow(self: &Arc<Self>) -> bool {
        let max = self.size.lock().max;
        let more = |now: usize| (now < max).then_some(now + 1);
        if self.threads.fetch_update(Ordering::AcqRel, Ordering::Acquire, more).is_err() {
            return false;
        }
        self.starting.fetch_add(1, Ordering::AcqRel);
        let pool = Arc::clone(self);
        let made = std::thread::Builder::new().name("ovl-pool".into()).spawn(move || pool.work());
        if made.is_err() {
            self.starting.fetch_sub(1, Ordering::AcqRel);
            self.threads.fetch_sub(1, Ordering::AcqRel);
        }
        made.is_ok()
    }

    /// What every thread of the pool does.
    fn work(self: Arc<Self>) {
        let mut new = true;
        loop {
            let taken = self.port.remove(&self.idle, Timeout::After(LINGER), false);
            if std::mem::take(&mut new) {
                self.starting.fetch_sub(1, Ordering::AcqRel);
                if self.port.is_starved() {
                    self.help();
                }
            }
            match taken {
                Ok(packet) => self.handle(packet),
                Err(NoPacket::TimedOut) => {
                    let min = self.size.lock().min;
                    let fewer = |now: usize| (now > min).then_some(now - 1);
                    if self.threads.fetch_update(Ordering::AcqRel, Ordering::Acquire, fewer).is_ok() {
                        return;
                    }
                }
                Err(NoPacket::Closed | NoPacket::Alerted) => break,
            }
            if self.closing.load(Ordering::Acquire) && self.port.queued() == 0 {
                break;
            }
        }
        self.threads.fetch_sub(1, Ordering::AcqRel);
    }

    fn handle(&self, packet: Packet) {
        let Packet { status, bytes, cargo } = packet;
        match cargo {
            Cargo::Posted(item) => {
                if let Ok(item) = item.downcast::<Item>() {
                    (item.0)();
                }
            }
            Cargo::Numbers { key, overlapped } => {
                let completed = self.bound.lock().get(key).cloned();
                if let Some(completed) = completed {
                    completed(status, bytes, overlapped);
                }
            }
            Cargo::Request(_) | Cargo::Inline(_) => {}
        }
        // An APC that the work queued to its thread must not wait for the end of the pool.
        crate::thread::Thread::test_alert();
    }
}

#[cfg(test)]
mod tests;
