//! Thread pools: threads that loop on a port of their own (contract 06 section 10).
//!
//! The port decides how many threads run at once; the pool decides how many there are.
//!
//! - **Growth.** A packet is queued, the port has room for another running thread, and none waits: every thread is
//!   blocked, and the port saw it. One more thread is made at once, whatever the load. Besides, whenever a thread takes a packet
//!   and nobody waits any more, the pool makes one spare thread if the process uses less than three quarters of the processors:
//!   then threads block in a way that nobody has announced, and the sentinel of the ports needs somebody to give the packets to.
//! - **Shrinking.** The port wakes the newest waiting thread, so surplus ones wait in vain. One that has done so for
//!   [`PoolSize::linger`] leaves, unless it is among the minimum or has requests of its own that its end would cancel. There is no
//!   rule by which threads leave when the processors are loaded: a thread that comes for a packet past the concurrency
//!   value gets none, waits, and leaves by the first rule.
//! - **Panics.** A piece of work that panics ends, and its thread goes on with the next. The panic hook has reported it, the log
//!   has a line, and [`ThreadPool::panics`] counts it.
//! - **The end.** [`ThreadPool::shutdown`] runs what is queued or gives it back. When the last clone is dropped without it, what is
//!   queued runs, and nobody waits for it.
//!
//! Drawback: blocking that nobody announces costs the time until the sentinel sees it; wrap what blocks often in
//! [`blocking`](crate::port::blocking).

mod call;
mod gate;
mod group;
mod io;
mod lanes;
mod object;
mod serve;
mod shutdown;
mod signals;
mod size;
mod timer;
mod timers;
mod waits;
mod work;
mod worker;

pub use call::{Call, Upon};
pub use group::{Group, Member, Membership};
pub use io::IoCallbacks;
pub use lanes::{Priority, Rejected, Run, Work};
pub use object::{Core, Environment, Manner, Object};
pub use shutdown::Shutdown;
pub use size::PoolSize;
pub use timer::{CallbackTimer, Schedule};
pub use waits::{Fired, RegisteredWait, Registration, WaitCallbacks};
pub use work::WorkObject;

use crate::idle::Idle;
use crate::instance::Instance;
use crate::port::{Cargo, Packet, Port};
use crate::sync::Mutex;
use crate::system::System;
use lanes::{Job, Lanes, Turn};
use overlapped_abi::{Status, Win32Error};
use std::collections::HashMap;
use std::mem::MaybeUninit;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Weak};

/// What is called for each completion of a bound device: status, bytes, and the address of the OVERLAPPED.
pub type Completed = Arc<dyn Fn(Status, u32, usize) + Send + Sync>;

/// See the module page. Clones are the same pool.
#[derive(Clone)]
pub struct ThreadPool(Arc<Owner>);

/// Ends the pool when the last clone goes. Threads know only what it owns.
struct Owner(Arc<Pool>);

/// What the pool's threads share.
pub(crate) struct Pool {
    port: Arc<Port>,
    idle: Arc<Idle>,
    limits: size::Limits,
    stack: AtomicUsize,
    lanes: Lanes,
    /// Threads that there are.
    threads: AtomicUsize,
    /// Those of them that do not wait for a packet.
    busy: AtomicUsize,
    /// Those of the threads that serve the pool for a while and are not its own. They count against the maximum when one more
    /// is wanted, and not when it is asked which may leave.
    guests: AtomicUsize,
    /// Threads that have not come to the port yet.
    starting: AtomicUsize,
    /// Threads that wait inside a piece of work for other work, and for which others may stand in past the maximum.
    excused: AtomicUsize,
    meter: size::Meter,
    signals: signals::Mask,
    /// The load was too high for a spare thread, and the timer thread will look again.
    watching: AtomicBool,
    panics: AtomicUsize,
    closing: AtomicBool,
    /// Signalled when a closing pool has no thread left.
    gone: Arc<crate::dispatcher::Event>,
    bound: Mutex<Bound>,
    waits: waits::Waits,
    timers: timers::Timers,
}

/// The devices whose completions come to the pool, by the keys of their packets.
#[derive(Default)]
struct Bound {
    next: usize,
    devices: HashMap<usize, (Weak<Instance>, Completed)>,
    /// Devices that were gone at the last tidying; a packet of theirs may still have been queued then.
    dead: Vec<usize>,
}

impl std::fmt::Debug for ThreadPool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ThreadPool")
            .field("size", &self.size())
            .field("threads", &self.threads())
            .field("queued", &self.queued())
            .finish_non_exhaustive()
    }
}

impl ThreadPool {
    /// A pool of this system. 87 unless 0 <= min <= max and max > 0; 8 if the minimum of threads cannot be made.
    pub fn new(system: &System, size: PoolSize) -> Result<Self, Win32Error> {
        if !size.is_valid() {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        let pool = Arc::new(Pool {
            port: system.new_port(size.concurrency),
            idle: Arc::clone(system.idle()),
            limits: size::Limits::new(size),
            stack: AtomicUsize::new(0),
            lanes: Lanes::new(),
            threads: AtomicUsize::new(0),
            busy: AtomicUsize::new(0),
            guests: AtomicUsize::new(0),
            starting: AtomicUsize::new(0),
            excused: AtomicUsize::new(0),
            meter: size::Meter::default(),
            signals: signals::Mask::own(),
            watching: AtomicBool::new(false),
            panics: AtomicUsize::new(0),
            closing: AtomicBool::new(false),
            gone: Arc::new(crate::dispatcher::Event::manual_reset(false)),
            bound: Mutex::new(Bound::default()),
            waits: waits::Waits::default(),
            timers: timers::Timers::default(),
        });
        let weak = Arc::downgrade(&pool);
        pool.port.when_starved(move || {
            if let Some(pool) = Weak::upgrade(&weak) {
                pool.help();
            }
        });
        let pool = Self(Arc::new(Owner(pool)));
        pool.fill()?;
        Ok(pool)
    }

    fn pool(&self) -> &Arc<Pool> {
        &self.0.0
    }

    /// Queues a piece of work; gives it back if the pool was shut down.
    pub fn submit(&self, work: Work) -> Result<(), Rejected> {
        self.submit_at(Priority::Normal, work)
    }

    /// The same with a priority.
    pub fn submit_at(&self, priority: Priority, work: Work) -> Result<(), Rejected> {
        self.pool().push(Job::Once(work), priority).map_err(|job| match job {
            Job::Once(work) => Rejected(work),
            Job::Task(_) => unreachable!("a job comes back as it was"),
        })
    }

    /// Queues something that stays where it is, without an allocation; gives it back if the pool was shut down.
    pub fn schedule(&self, task: Arc<dyn Run>) -> Result<(), Arc<dyn Run>> {
        schedule(self.pool(), task)
    }

    /// A reference to the pool for what is queued in it: it does not keep the pool from ending.
    #[must_use]
    pub fn scheduler(&self) -> Scheduler {
        Scheduler(Arc::clone(self.pool()))
    }

    /// Makes every completion of the instance a call of `completed` on a thread of the pool. 87 if it is not overlapped, or
    /// reports somewhere already.
    pub fn bind(&self, instance: &Arc<Instance>, completed: Completed) -> Result<(), Win32Error> {
        let pool = self.pool();
        pool.tidy();
        let key = {
            let mut bound = pool.bound.lock();
            bound.next += 1;
            let key = bound.next;
            bound.devices.insert(key, (Arc::downgrade(instance), completed));
            key
        };
        pool.port.associate(instance, key).inspect_err(|_| {
            pool.bound.lock().devices.remove(&key);
        })
    }

    /// Waits for an object and calls back when it is signalled or the time is over (contract 04 section 9).
    pub fn register_wait(&self, registration: Registration) -> Result<RegisteredWait, Win32Error> {
        waits::register(self, registration)
    }

    /// Threads that the pool has now.
    #[must_use]
    pub fn threads(&self) -> usize {
        self.pool().threads.load(Ordering::Acquire)
    }

    /// Work that no thread has taken yet.
    #[must_use]
    pub fn queued(&self) -> usize {
        self.pool().lanes.len()
    }

    /// How often work has panicked.
    #[must_use]
    pub fn panics(&self) -> usize {
        self.pool().panics.load(Ordering::Acquire)
    }

    /// The limits as they are now.
    #[must_use]
    pub fn size(&self) -> PoolSize {
        self.pool().limits.get()
    }

    /// Allows more threads, or fewer: those above a lower maximum leave when they have done what they are doing. A minimum above
    /// it follows it.
    pub fn set_max(&self, max: usize) {
        let pool = self.pool();
        pool.limits.set_max(max.max(1));
        if pool.port.is_starved() {
            pool.help();
        }
    }

    /// Keeps at least so many threads, and makes them now. A maximum below it follows it. 8 if they cannot be made.
    pub fn set_min(&self, min: usize) -> Result<(), Win32Error> {
        self.pool().limits.set_min(min);
        self.fill()
    }

    /// The stack of threads that are made from now on, in bytes; 0 is the default.
    pub fn set_stack(&self, bytes: usize) {
        self.pool().stack.store(bytes, Ordering::Release);
    }

    /// See [`ThreadPool::set_stack`].
    #[must_use]
    pub fn stack(&self) -> usize {
        self.pool().stack.load(Ordering::Acquire)
    }

    /// The port underneath, for a look at its five structures.
    #[must_use]
    pub fn port(&self) -> &Arc<Port> {
        &self.pool().port
    }

    /// The waiting room of the pool's system.
    #[must_use]
    pub fn idle(&self) -> &Arc<Idle> {
        &self.pool().idle
    }

    /// The calling thread, if it is one of the pool's, does not leave before the pool ends (WT_EXECUTEINPERSISTENTTHREAD).
    pub fn keep_this_thread() {
        worker::keep_this_thread();
    }

    fn fill(&self) -> Result<(), Win32Error> {
        let pool = self.pool();
        while pool.threads.load(Ordering::Acquire) < pool.limits.min() {
            if !pool.grow() {
                return Err(Win32Error::NOT_ENOUGH_MEMORY);
            }
        }
        Ok(())
    }
}

/// See [`ThreadPool::scheduler`].
#[derive(Clone)]
pub struct Scheduler(Arc<Pool>);

impl Scheduler {
    /// As [`ThreadPool::schedule`].
    pub fn schedule(&self, task: Arc<dyn Run>) -> Result<(), Arc<dyn Run>> {
        schedule(&self.0, task)
    }

    /// Runs code of the user's; a panic in it is counted, and ends nothing else.
    pub fn survive<R>(&self, run: impl FnOnce() -> R) -> Option<R> {
        self.0.survive(run)
    }
}

fn schedule(pool: &Arc<Pool>, task: Arc<dyn Run>) -> Result<(), Arc<dyn Run>> {
    pool.push(Job::Task(Turn::of(task)), Priority::Normal).map_err(|job| match job {
        Job::Task(turn) => turn.into_task().unwrap_or_else(|| unreachable!("it has not run")),
        Job::Once(_) => unreachable!("a job comes back as it was"),
    })
}

impl Pool {
    /// Queues a job, and a packet for it.
    fn push(self: &Arc<Self>, job: Job, priority: Priority) -> Result<(), Job> {
        self.lanes.push(job, priority)?;
        self.announce();
        Ok(())
    }

    /// A packet that says: something is queued.
    fn announce(self: &Arc<Self>) {
        let token = Cargo::Inline(MaybeUninit::uninit());
        self.port.insert(Packet { status: Status::SUCCESS, bytes: 0, cargo: token });
        self.consider();
    }

    /// The function of the device that a packet is from.
    fn completed(&self, key: usize) -> Option<Completed> {
        self.bound.lock().devices.get(&key).map(|(_, completed)| Arc::clone(completed))
    }

    /// Forgets devices that are closed and from which no packet can come any more: they were gone at the last call already, and
    /// nothing is queued now.
    fn tidy(&self) {
        let quiet = self.port.queued() == 0 && self.busy.load(Ordering::Acquire) == 0;
        let mut bound = self.bound.lock();
        let Bound { devices, dead, .. } = &mut *bound;
        if quiet {
            dead.drain(..).for_each(|key| drop(devices.remove(&key)));
        }
        *dead = devices.iter().filter(|(_, (device, _))| device.strong_count() == 0).map(|(key, _)| *key).collect();
    }
}

#[cfg(test)]
pub(crate) mod tests;
