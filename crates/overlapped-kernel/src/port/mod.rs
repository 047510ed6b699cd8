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

mod ages;
mod member;
mod packet;
mod pausing;
mod snapshot;

pub(crate) use member::Member;
pub use packet::{Cargo, NoPacket, Packet};
#[cfg(not(loom))]
pub(crate) use pausing::Patrol;
pub use pausing::{Reason, blocking, blocking_for};
pub use snapshot::{DeviceLine, PacketLine, Pause, Snapshot, Why};

use crate::clock::Timeout;
use crate::idle::Idle;
use crate::instance::Instance;
use crate::sentinel::Sentinel;
use crate::service::Service;
use crate::sync::{BriefGuard, BriefLock, Line, Mutex};
use crate::thread::{Ending, Thread, Ticket, held};
use crate::wait::deadline;
use ages::Ages;
use member::Standing;
use overlapped_abi::Win32Error;
use pausing::{Enlisted, Watch};
use std::collections::VecDeque;
use std::sync::{Arc, OnceLock, Weak};

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

/// Everything under the port's lock; in the order of use, so that what every call needs lies together.
#[derive(Debug)]
#[repr(C)]
pub(crate) struct Queue {
    packets: VecDeque<Packet>,
    waiting: Vec<Waiting>,
    /// Released threads that are not paused.
    active: u32,
    limit: u32,
    /// Released threads that were found asleep: they are not in `active`.
    found: u32,
    /// The port is closed, or threads were found asleep: who posts looks closer.
    unusual: bool,
    closed: bool,
    /// Somebody is to be told when threads are missing.
    hooked: bool,
    lazy: Lazy,
    /// The thread that took the last packet without waiting for it ([`crate::thread::token`]).
    taker: usize,
    ages: Ages,
    watch: Watch,
    members: Vec<Enlisted>,
}

/// When the service thread is to look at a port again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Again {
    /// When it is told to.
    Never,
    /// In a while: packets are owed now and then, and taken by their posters.
    Later,
    /// A packet is owed.
    Soon,
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
    queue: Line<BriefLock<Queue>>,
    devices: Mutex<Vec<(Weak<Instance>, usize)>>,
    service: Option<Arc<Service>>,
    starved: OnceLock<Box<dyn Fn() + Send + Sync>>,
}

impl std::fmt::Debug for Port {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Port").field("queue", &*self.queue.lock()).finish_non_exhaustive()
    }
}

impl Queue {
    /// Ends the wait of a thread that was taken off the waiting stack with a packet; which comes back if that wait has ended otherwise.
    /// Then the thread is about to look for itself on the stack. The caller wakes it.
    #[inline(always)]
    fn call(&mut self, thread: &Thread, ticket: Ticket, packet: Packet) -> Option<Packet> {
        // SAFETY: this is the queue under its port's lock, and the wait has not been ended from here.
        let _nothing = unsafe { thread.swap_parcel(Some(packet)) };
        // Before its wait ends: then it runs, and says so itself.
        thread.member.set(Standing::Called);
        if thread.end_wait(ticket, Ending::object(0)) {
            self.active += 1;
            #[cfg(all(test, not(loom)))]
            tests::audit(self);
            return None;
        }
        thread.member.set(Standing::Waiting);
        // SAFETY: as above; whoever has ended it does not look here.
        unsafe { thread.swap_parcel(None) }
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
            found: 0,
            unusual: false,
            closed: false,
            hooked: false,
            lazy: Lazy::default(),
            taker: 0,
            ages: Ages::default(),
            watch: Watch::default(),
            members: Vec::new(),
        };
        Arc::new(Self {
            queue: Line(BriefLock::new(queue)),
            devices: Mutex::new(Vec::new()),
            service,
            starved: OnceLock::new(),
        })
    }

    /// Appends a packet, and wakes the newest waiting thread if there is one and room for it. False if the port is closed.
    #[inline]
    pub fn insert(self: &Arc<Self>, packet: Packet) -> bool {
        self.insert_from(packet, || crate::thread::with_record(|thread| self.is_released_here(thread)))
    }

    /// `ours`: is the poster a released thread of this port? Asked only if that matters.
    #[inline(always)]
    fn insert_from(self: &Arc<Self>, packet: Packet, ours: impl Fn() -> bool) -> bool {
        let mut queue = self.queue.lock();
        if queue.unusual && !queue.admits() {
            return false;
        }
        let turn = queue.ages.insert();
        let free = !queue.waiting.is_empty() && queue.active < queue.limit;
        if free && queue.packets.is_empty() && !(self.service.is_some() && ours()) {
            self.hand_one(queue, packet);
            return true;
        }
        queue.packets.push_back(packet);
        let first = queue.packets.len() == 1;
        if free {
            // The first one stays for its poster.
            if first {
                self.owe(queue)
            } else {
                self.hand_over(queue)
            }
            return true;
        }
        // Who took the last packet most likely takes this one too, a moment later.
        if if first { queue.taker != crate::thread::token() } else { turn } {
            let queued = queue.packets.len();
            queue.ages.mark(queued);
        }
        if queue.active >= queue.limit {
            if !queue.waiting.is_empty() || queue.hooked {
                self.crowded(queue);
            }
        } else {
            drop(queue);
            self.starve();
        }
        true
    }

    /// Takes the oldest packet, or waits for one. The calling thread works for this port from now on.
    #[inline]
    pub fn remove(self: &Arc<Self>, idle: &Idle, timeout: Timeout, alertable: bool) -> Result<Packet, NoPacket> {
        crate::thread::with_record(|thread| self.remove_for(thread, idle, timeout, alertable))
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
        let end = into.len() + max;
        into.push(self.remove(idle, timeout, alertable)?);
        while into.len() < end {
            {
                let mut queue = self.queue.lock();
                let more = queue.packets.len().min(end - into.len());
                into.extend(queue.packets.drain(..more));
            }
            // What the last poll has found belongs to the batch.
            if into.len() == end || !idle.tell_next() {
                break;
            }
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
        while self.is_released_here(thread) && idle.tell_next() {
            if let Some(packet) = self.serve(thread) {
                return Ok(packet);
            }
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
        // The sentinel may have found it asleep a moment ago, wherever that was.
        let released = thread.member.standing() == Standing::Released;
        if !released || queue.active > queue.limit || queue.unusual {
            return None;
        }
        let packet = queue.packets.pop_front()?;
        queue.lazy.owed = false;
        queue.taker = crate::thread::token();
        if !queue.packets.is_empty() && !queue.waiting.is_empty() {
            if queue.active < queue.limit { self.hand_over(queue) } else { self.crowded(queue) }
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
        self.uncount(&mut queue, thread);
        if queue.unusual {
            queue.admits();
        }
        if queue.active < queue.limit
            && let Some(packet) = queue.packets.pop_front()
        {
            queue.active += 1;
            queue.lazy.owed = false;
            thread.member.set(Standing::Released);
            if queue.active < queue.limit {
                self.hand_over(queue)
            } else {
                self.crowded(queue)
            }
            return Ok(Arrival::Served(packet));
        }
        let apcs = alertable && thread.has_apcs();
        if apcs || !may_wait {
            queue.active += 1;
            thread.member.set(Standing::Released);
            drop(queue);
            if apcs {
                // Alerted even if they have been taken back meanwhile: the time is not over.
                thread.run_apcs();
                return Err(NoPacket::Alerted);
            }
            return Err(NoPacket::TimedOut);
        }
        let ticket = thread.begin_wait(alertable);
        thread.member.set(Standing::Waiting);
        queue.waiting.push(Waiting { thread: Arc::clone(thread), ticket });
        if !queue.packets.is_empty() {
            self.crowded(queue);
        }
        Ok(Arrival::Waits(ticket))
    }

    /// The thread neither runs nor sleeps for this port for the moment.
    fn uncount(&self, queue: &mut Queue, thread: &Thread) {
        match thread.member.standing() {
            Standing::Released | Standing::Called => queue.active -= 1,
            Standing::Asleep => queue.found -= 1,
            Standing::None | Standing::Waiting | Standing::Paused => {}
        }
        thread.member.set(Standing::None);
    }

    fn after_wait(&self, thread: &Arc<Thread>, ticket: Ticket, ending: Ending) -> Result<Packet, NoPacket> {
        if let Ending::Satisfied { .. } = ending {
            // It runs: from now on it may be found asleep.
            thread.member.set(Standing::Released);
            // SAFETY: a packet has ended this thread's wait.
            let packet = unsafe { thread.swap_parcel(None) };
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
        queue.members.push(Enlisted::new(thread));
        thread.member.join(self);
        Ok(())
    }

    /// The thread no longer works for this port; one that counted lets another run.
    fn part(self: &Arc<Self>, thread: &Arc<Thread>) {
        let mut queue = self.queue.lock();
        let place = queue.members.iter().position(|one| Arc::ptr_eq(&one.thread, thread));
        // Its view is given up without the lock.
        let _gone = place.map(|place| queue.members.remove(place));
        self.uncount(&mut queue, thread);
        self.hand_over(queue);
    }

    /// Gives a packet, the only one, to the newest waiting thread. There is room for it.
    #[inline(never)]
    fn hand_one(self: &Arc<Self>, mut queue: BriefGuard<'_, Queue>, mut packet: Packet) {
        while let Some(Waiting { thread, ticket }) = queue.waiting.pop() {
            match queue.call(&thread, ticket, packet) {
                None => {
                    queue.lazy.owed = false;
                    drop(queue);
                    // Who finds its own packet while it polls looks at its wait next.
                    if !crate::thread::with_record(|me| Arc::ptr_eq(me, &thread)) {
                        held::wake(thread);
                    }
                    return;
                }
                Some(back) => packet = back,
            }
        }
        queue.packets.push_back(packet);
        self.hand_over(queue);
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
            let Some(packet) = queue.packets.pop_front() else { break };
            match queue.call(&thread, ticket, packet) {
                None if first.is_none() => first = Some(thread),
                None => others.push(thread),
                Some(packet) => queue.packets.push_front(packet),
            }
        }
        if queue.packets.is_empty() {
            queue.lazy.owed = false;
        }
        let starved = queue.waiting.is_empty() && !queue.packets.is_empty() && queue.active < queue.limit;
        let summon = self.wants_patrol(&mut queue);
        drop(queue);
        if starved {
            self.starve();
        }
        if summon {
            self.summon();
        }
        first.into_iter().chain(others).for_each(held::wake);
    }

    /// Calls `tell`, with no lock held, whenever a packet is queued, there is room for another running thread, and none waits.
    /// The first caller stays.
    pub fn when_starved(&self, tell: impl Fn() + Send + Sync + 'static) {
        let _ = self.starved.set(Box::new(tell));
        self.queue.lock().hooked = true;
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

    /// Who finds threads that block unannounced.
    fn sentinel(&self) -> Option<&Arc<Sentinel>> {
        self.service.as_ref().map(|service| service.sentinel())
    }

    fn is_released_here(self: &Arc<Self>, thread: &Thread) -> bool {
        thread.member.works_for(self) && thread.member.counts()
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

    /// The service thread looks: hands over what was owed at its last look too. When it is to come again.
    pub(crate) fn look(self: &Arc<Self>) -> Again {
        let mut queue = self.queue.lock();
        let recent = std::mem::take(&mut queue.lazy.recent);
        if queue.lazy.owed {
            let queued = queue.packets.len();
            queue.ages.mark(queued);
            if std::mem::replace(&mut queue.lazy.seen, true) {
                self.hand_over(queue);
            }
            return Again::Soon;
        }
        queue.lazy.watched = recent;
        if recent { Again::Later } else { Again::Never }
    }

    /// The last handle was closed: waiting threads return 735, queued packets are lost, later ones go nowhere.
    pub fn close(&self) {
        let mut queue = self.queue.lock();
        (queue.closed, queue.unusual) = (true, true);
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

#[cfg(all(test, not(loom)))]
mod tests;
