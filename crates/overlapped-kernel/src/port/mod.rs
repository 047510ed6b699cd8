//! The I/O completion port (contract 06, design.md section 2).
//!
//! One lock over five structures: the packets (first in, first out), the waiting threads (last in, first out), the released
//! and the paused threads, and beside it the device list. A thread that comes for a packet takes the oldest one ahead of the
//! waiting threads, if fewer threads than the concurrency value run; a packet that arrives wakes the newest waiting thread,
//! under the same condition. A released thread that blocks in the library is paused meanwhile and lets another one run; when
//! it resumes, more threads than the value may run for a while, and nobody new is woken until they are fewer again.
//!
//! **Lazy wake.** A released thread that posts a packet to its own port while none is queued will most likely take it
//! itself a moment later; waking another thread for it costs fifteen times as much. So such a packet wakes nobody at first.
//! It is handed to a waiting thread when its poster blocks, exits or changes ports, when a second packet comes, and at the
//! latest at the service thread's second look ([`crate::service`]). Drawback: if the poster computes instead of returning, the
//! packet waits that long.

mod member;
mod snapshot;

pub(crate) use member::Member;
pub use snapshot::{Snapshot, ThreadState};

use crate::clock::Timeout;
use crate::idle::Idle;
use crate::instance::Instance;
use crate::request::RequestRef;
use crate::service::Service;
use crate::sync::{BriefGuard, BriefLock, Mutex};
use crate::thread::{Ending, Thread, Ticket};
use crate::wait::deadline;
use member::Standing;
use overlapped_abi::{Status, Win32Error};
use std::any::Any;
use std::collections::VecDeque;
use std::mem::MaybeUninit;
use std::sync::{Arc, OnceLock, Weak};

/// One entry of the completion queue.
#[derive(Debug)]
pub struct Packet {
    /// How the request ended; success for a posted packet.
    pub status: Status,
    /// Bytes transferred, or whatever was posted.
    pub bytes: u32,
    /// Whose, and what about.
    pub cargo: Cargo,
}

/// What a packet says besides its outcome.
#[derive(Debug)]
pub enum Cargo {
    /// The two numbers of the C face.
    Numbers {
        /// The completion key: given when the device was associated, or posted.
        key: usize,
        /// The address of the request's OVERLAPPED, or whatever was posted.
        overlapped: usize,
    },
    /// A request with a payload: the Rust face.
    Request(RequestRef),
    /// Something that was posted: the Rust face.
    Posted(Box<dyn Any + Send>),
    /// Something small that was posted, without an allocation; what it means is its poster's business.
    Inline(MaybeUninit<[u64; 2]>),
}

impl Packet {
    /// A posted packet of the C face.
    #[must_use]
    pub fn posted(bytes: u32, key: usize, overlapped: usize) -> Self {
        Self { status: Status::SUCCESS, bytes, cargo: Cargo::Numbers { key, overlapped } }
    }

    /// Completion key and OVERLAPPED address; zeros in a packet of the Rust face.
    #[must_use]
    pub fn numbers(&self) -> (usize, usize) {
        match self.cargo {
            Cargo::Numbers { key, overlapped } => (key, overlapped),
            _ => (0, 0),
        }
    }
}

/// Why [`Port::remove`] came back without a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoPacket {
    /// Nothing came in time (258).
    TimedOut,
    /// The port was closed (735).
    Closed,
    /// APCs ran (192).
    Alerted,
}

/// What became of a thread that came for a packet.
#[derive(Debug)]
enum Arrival {
    Served(Packet),
    Waits(Ticket),
}

/// A thread in the waiting stack.
#[derive(Debug)]
struct Waiting {
    thread: Arc<Thread>,
    ticket: Ticket,
}

/// Packets that an empty queue keeps room for; what a flood needed beyond that is given back.
const KEPT: usize = 4096;

/// Everything under the port's lock.
#[derive(Debug)]
pub(crate) struct Queue {
    packets: VecDeque<Packet>,
    waiting: Vec<Waiting>,
    /// Released threads that are not paused.
    active: u32,
    limit: u32,
    members: Vec<Arc<Thread>>,
    closed: bool,
    lazy: Lazy,
}

/// What the service thread must know of lazy wakes.
#[derive(Debug, Default)]
struct Lazy {
    /// A packet was left for its poster.
    owed: bool,
    /// The service thread has seen that debt once already.
    seen: bool,
    /// There was one since the last look.
    recent: bool,
    /// The service thread looks at this port.
    watched: bool,
}

/// See the module page.
pub struct Port {
    queue: BriefLock<Queue>,
    devices: Mutex<Vec<(Weak<Instance>, usize)>>,
    service: Option<Arc<Service>>,
    starved: OnceLock<Box<dyn Fn() + Send + Sync>>,
}

impl std::fmt::Debug for Port {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Port").field("queue", &*self.queue.lock()).finish_non_exhaustive()
    }
}

impl Port {
    /// A port that lets `concurrency` threads run at once; 0 is the number of processors.
    #[must_use]
    pub fn new(concurrency: u32, service: Option<Arc<Service>>) -> Arc<Self> {
        let processors =
            || std::thread::available_parallelism().map_or(1, |n| u32::try_from(n.get()).unwrap_or(u32::MAX));
        let limit = if concurrency == 0 { processors() } else { concurrency };
        let queue = Queue {
            packets: VecDeque::new(),
            waiting: Vec::new(),
            active: 0,
            limit,
            members: Vec::new(),
            closed: false,
            lazy: Lazy::default(),
        };
        Arc::new(Self {
            queue: BriefLock::new(queue),
            devices: Mutex::new(Vec::new()),
            service,
            starved: OnceLock::new(),
        })
    }

    /// Appends a packet, and wakes the newest waiting thread if there is one and room for it. False if the port is closed.
    #[inline]
    pub fn insert(self: &Arc<Self>, packet: Packet) -> bool {
        self.insert_from(packet, || crate::thread::with_current(|thread| self.is_released_here(thread)))
    }

    /// `ours`: is the poster a released thread of this port? Asked only if that matters.
    #[inline(always)]
    fn insert_from(self: &Arc<Self>, packet: Packet, ours: impl FnOnce() -> bool) -> bool {
        let mut queue = self.queue.lock();
        if queue.closed {
            return false;
        }
        queue.packets.push_back(packet);
        if queue.waiting.is_empty() || queue.active >= queue.limit {
            let starved = queue.waiting.is_empty() && queue.active < queue.limit;
            drop(queue);
            if starved {
                self.starve();
            }
            return true;
        }
        if queue.packets.len() == 1 && self.service.is_some() && ours() {
            self.owe(queue);
        } else {
            self.hand_over(queue);
        }
        true
    }

    /// Takes the oldest packet, or waits for one. The calling thread works for this port from now on.
    #[inline]
    pub fn remove(self: &Arc<Self>, idle: &Idle, timeout: Timeout, alertable: bool) -> Result<Packet, NoPacket> {
        crate::thread::with_current(|thread| self.remove_for(thread, idle, timeout, alertable))
    }

    /// Takes up to `max` packets, oldest first; waits only for the first one. The thread counts as one released thread.
    pub fn remove_many(
        self: &Arc<Self>,
        idle: &Idle,
        into: &mut Vec<Packet>,
        max: usize,
        timeout: Timeout,
        alertable: bool,
    ) -> Result<(), NoPacket> {
        into.push(self.remove(idle, timeout, alertable)?);
        if max > 1 {
            let mut queue = self.queue.lock();
            let more = queue.packets.len().min(max - 1);
            into.extend(queue.packets.drain(..more));
        }
        Ok(())
    }

    #[inline(always)]
    fn remove_for(
        self: &Arc<Self>,
        thread: &Arc<Thread>,
        idle: &Idle,
        timeout: Timeout,
        alertable: bool,
    ) -> Result<Packet, NoPacket> {
        if let Some(packet) = self.serve(thread) {
            return Ok(packet);
        }
        match self.arrive(thread, timeout != Timeout::Poll, alertable)? {
            Arrival::Served(packet) => Ok(packet),
            Arrival::Waits(ticket) => {
                let ending = idle.sleep(thread, ticket, deadline(idle, timeout).flatten());
                self.after_wait(thread, ticket, ending)
            }
        }
    }

    /// The quick way for a thread that works here already: the oldest packet, if there is one and room. Changes nothing
    /// otherwise.
    #[inline(always)]
    fn serve(self: &Arc<Self>, thread: &Arc<Thread>) -> Option<Packet> {
        if !thread.member.works_for(self) {
            return None;
        }
        let mut queue = self.queue.lock();
        let counted = u32::from(thread.member.standing() == Standing::Released);
        if queue.active - counted >= queue.limit {
            return None;
        }
        let packet = queue.packets.pop_front()?;
        queue.active += 1 - counted;
        queue.lazy.owed = false;
        thread.member.set(Standing::Released);
        if !queue.packets.is_empty() && !queue.waiting.is_empty() {
            self.hand_over(queue);
        }
        Some(packet)
    }

    /// A thread comes for a packet: takes the oldest one if it may, else enters the waiting stack if it wants to wait.
    #[inline(never)]
    fn arrive(self: &Arc<Self>, thread: &Arc<Thread>, may_wait: bool, alertable: bool) -> Result<Arrival, NoPacket> {
        if !thread.member.works_for(self) {
            thread.member.leave(thread);
            self.join(thread)?;
        }
        let mut queue = self.queue.lock();
        if queue.closed {
            return Err(NoPacket::Closed);
        }
        if queue.packets.is_empty() && queue.packets.capacity() > KEPT {
            queue.packets.shrink_to(KEPT);
        }
        if thread.member.standing() == Standing::Released {
            queue.active -= 1;
        }
        if queue.active < queue.limit
            && let Some(packet) = queue.packets.pop_front()
        {
            queue.active += 1;
            queue.lazy.owed = false;
            thread.member.set(Standing::Released);
            self.hand_over(queue);
            return Ok(Arrival::Served(packet));
        }
        let apcs = alertable && thread.has_apcs();
        if apcs || !may_wait {
            queue.active += 1;
            thread.member.set(Standing::Released);
            drop(queue);
            return Err(if apcs && thread.run_apcs() { NoPacket::Alerted } else { NoPacket::TimedOut });
        }
        let ticket = thread.begin_wait(alertable);
        thread.member.set(Standing::Waiting);
        queue.waiting.push(Waiting { thread: Arc::clone(thread), ticket });
        Ok(Arrival::Waits(ticket))
    }

    fn after_wait(&self, thread: &Arc<Thread>, ticket: Ticket, ending: Ending) -> Result<Packet, NoPacket> {
        if let Ending::Satisfied { .. } = ending {
            let packet = thread.swap_parcel(None);
            return Ok(packet.unwrap_or_else(|| unreachable!("a satisfied port wait comes with a packet")));
        }
        {
            // The thread runs again, whatever the limit says: it keeps its slot (contract 06 section 9, rule 9).
            let mut queue = self.queue.lock();
            queue.waiting.retain(|w| !(w.ticket == ticket && Arc::ptr_eq(&w.thread, thread)));
            queue.active += 1;
            thread.member.set(Standing::Released);
        }
        Err(match ending {
            Ending::Alerted => {
                thread.run_apcs();
                NoPacket::Alerted
            }
            Ending::Closed => NoPacket::Closed,
            _ => NoPacket::TimedOut,
        })
    }

    fn join(self: &Arc<Self>, thread: &Arc<Thread>) -> Result<(), NoPacket> {
        let mut queue = self.queue.lock();
        if queue.closed {
            return Err(NoPacket::Closed);
        }
        queue.members.push(Arc::clone(thread));
        thread.member.join(self);
        Ok(())
    }

    /// The thread no longer works for this port; one that counted lets another run.
    fn part(self: &Arc<Self>, thread: &Arc<Thread>) {
        let mut queue = self.queue.lock();
        queue.members.retain(|m| !Arc::ptr_eq(m, thread));
        if thread.member.standing() == Standing::Released {
            queue.active -= 1;
        }
        thread.member.set(Standing::None);
        self.hand_over(queue);
    }

    /// A released thread is about to block.
    fn block(self: &Arc<Self>, member: &Member) {
        let mut queue = self.queue.lock();
        member.set(Standing::Paused);
        queue.active -= 1;
        self.hand_over(queue);
    }

    /// A paused thread runs again, without asking.
    fn unblock(&self, member: &Member) {
        let mut queue = self.queue.lock();
        // It may have come back to the port meanwhile (a handler that waits on its own port inside a blocking section).
        if member.standing() == Standing::Paused {
            member.set(Standing::Released);
            queue.active += 1;
        }
    }

    /// Gives packets to the newest waiting threads while there is room. Wakes them after the lock is gone.
    #[inline(never)]
    fn hand_over(self: &Arc<Self>, mut queue: BriefGuard<'_, Queue>) {
        let mut first = None;
        let mut others = Vec::new();
        while queue.active < queue.limit && !queue.packets.is_empty() {
            let Some(Waiting { thread, ticket }) = queue.waiting.pop() else {
                break;
            };
            let packet = queue.packets.pop_front();
            debug_assert!(packet.is_some());
            thread.swap_parcel(packet);
            if thread.end_wait(ticket, Ending::object(0)) {
                queue.active += 1;
                thread.member.set(Standing::Released);
                if first.is_none() { first = Some(thread) } else { others.push(thread) }
            } else if let Some(packet) = thread.swap_parcel(None) {
                // Its wait ended otherwise; it will take itself off the stack. The packet keeps its place.
                queue.packets.push_front(packet);
            }
        }
        if queue.packets.is_empty() {
            queue.lazy.owed = false;
        }
        let starved = queue.waiting.is_empty() && !queue.packets.is_empty() && queue.active < queue.limit;
        drop(queue);
        if starved {
            self.starve();
        }
        first.into_iter().chain(others).for_each(|thread| thread.wake());
    }

    /// Calls `tell`, with no lock held, whenever a packet is queued, there is room for another running thread, and none waits.
    /// The first caller stays.
    pub fn when_starved(&self, tell: impl Fn() + Send + Sync + 'static) {
        let _ = self.starved.set(Box::new(tell));
    }

    /// Is a packet queued for which there is room but no thread?
    #[must_use]
    pub fn is_starved(&self) -> bool {
        let queue = self.queue.lock();
        queue.waiting.is_empty() && !queue.packets.is_empty() && queue.active < queue.limit
    }

    fn starve(&self) {
        if let Some(tell) = self.starved.get() {
            tell();
        }
    }

    fn is_released_here(self: &Arc<Self>, thread: &Thread) -> bool {
        thread.member.works_for(self) && thread.member.standing() == Standing::Released
    }

    /// Leaves the packet to its poster, and sees to it that it is not forgotten.
    fn owe(self: &Arc<Self>, mut queue: BriefGuard<'_, Queue>) {
        queue.lazy.owed = true;
        queue.lazy.seen = false;
        queue.lazy.recent = true;
        let watch = !std::mem::replace(&mut queue.lazy.watched, true);
        drop(queue);
        if let (true, Some(service)) = (watch, &self.service) {
            service.watch(self);
        }
    }

    /// The service thread looks: hands over what was owed at its last look too. False if it need not come again.
    pub(crate) fn look(self: &Arc<Self>) -> bool {
        let mut queue = self.queue.lock();
        let recent = std::mem::take(&mut queue.lazy.recent);
        if queue.lazy.owed {
            if std::mem::replace(&mut queue.lazy.seen, true) {
                self.hand_over(queue);
            }
            return true;
        }
        queue.lazy.watched = recent;
        recent
    }

    /// The last handle was closed: waiting threads return 735, queued packets are lost, later ones go nowhere.
    pub fn close(&self) {
        let mut queue = self.queue.lock();
        queue.closed = true;
        let waiting = std::mem::take(&mut queue.waiting);
        let packets = std::mem::take(&mut queue.packets);
        // Nobody works for a closed port (contract 06 section 9, rule 1); the threads let go of it when they next look.
        let members = std::mem::take(&mut queue.members);
        drop(queue);
        drop(members);
        for Waiting { thread, ticket } in waiting {
            if thread.end_wait(ticket, Ending::Closed) {
                thread.wake();
            }
        }
        // Payloads run destructors of the user: not under the lock.
        drop(packets);
    }

    /// Adds a device: every request of the instance reports here with this key. 87 if it reports to a port already, or is not
    /// overlapped.
    pub fn associate(self: &Arc<Self>, instance: &Arc<Instance>, key: usize) -> Result<(), Win32Error> {
        instance.associate(self, key)?;
        self.devices.lock().push((Arc::downgrade(instance), key));
        Ok(())
    }

    pub(crate) fn dissociate(&self, instance: &Instance) {
        self.devices.lock().retain(|(device, _)| !std::ptr::eq(device.as_ptr(), instance) && device.strong_count() > 0);
    }

    /// The concurrency value.
    #[must_use]
    pub fn concurrency(&self) -> u32 {
        self.queue.lock().limit
    }

    /// Packets in the queue.
    #[must_use]
    pub fn queued(&self) -> usize {
        self.queue.lock().packets.len()
    }
}

/// Runs `f`, which may block in a way that the library does not see; the calling thread counts as paused meanwhile, so that
/// its port may let another thread run.
pub fn blocking<R>(f: impl FnOnce() -> R) -> R {
    let thread = crate::thread::current();
    let _paused = thread.pause();
    f()
}

#[cfg(all(test, not(loom)))]
mod tests;
