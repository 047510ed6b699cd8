//! What the model knows of a thread: its wait, where it sleeps, its APCs, the synchronous request it is blocked in, the port it
//! works for and the mutexes it owns.
//!
//! The record is made when a thread first calls into the library and outlives it for as long as a queue names it. When the
//! thread ends, a thread-local destructor leaves its port (which may let another thread run), abandons its mutexes,
//! cancels its requests (contract 03 section 9) and throws its APCs away.

mod apc;
pub(crate) mod held;
mod parker;
mod synchronous;
mod word;

pub use apc::Apc;
pub use synchronous::Blocked;
pub use word::{Ending, Ticket};

use crate::clock::Tick;
use crate::dispatcher::{Dispatcher, Mutant, Waitable};
use crate::engine::Engine;
use crate::patience::Patience;
use crate::port::{Member, Packet, Reason};
use crate::sync::Mutex;
use crate::system::WeakSystem;
use parker::Parker;
use std::cell::UnsafeCell;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicU32, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Weak};
use synchronous::Synchronous;
use word::WaitWord;

static SERIAL: AtomicU64 = AtomicU64::new(1);

/// See the module page.
pub struct Thread {
    id: AtomicU32,
    serial: u64,
    word: WaitWord,
    parker: Parker,
    patience: Patience,
    apcs: Mutex<Apcs>,
    /// A packet that was handed over with the end of a wait.
    parcel: Parcel,
    /// Its standing at the port it works for; changed under that port's lock.
    pub(crate) member: Member,
    synchronous: Synchronous,
    owned: Mutex<Vec<Weak<Mutant>>>,
    systems: Mutex<Vec<WeakSystem>>,
    /// Which of them it has used last, as an address.
    recent_system: AtomicUsize,
    ended: Dispatcher,
    /// [`NO_CODE`] until somebody sets it: every 32-bit number is an exit code, also [`STILL_ACTIVE`].
    exit_code: AtomicU64,
}

/// See [`Thread::swap_parcel`].
#[derive(Default)]
struct Parcel(UnsafeCell<Option<Packet>>);

// SAFETY: one thread at a time reaches it, by the promise of `swap_parcel`; packets can be sent.
unsafe impl Sync for Parcel {}

/// GetExitCodeThread of a thread that has not ended.
pub const STILL_ACTIVE: u32 = 259;
const NO_CODE: u64 = u64::MAX;

#[derive(Default)]
struct Apcs {
    queue: VecDeque<Apc>,
    ended: bool,
}

impl std::fmt::Debug for Thread {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Thread").field("id", &self.id()).finish_non_exhaustive()
    }
}

impl Thread {
    /// A record for the calling thread.
    pub(crate) fn new() -> Arc<Self> {
        let record = Self::unstarted();
        record.id.store(os_id(), Ordering::Relaxed);
        record
    }

    /// A record for a thread that does not run yet; the thread itself takes it by [`adopt`].
    #[must_use]
    pub fn unstarted() -> Arc<Self> {
        Arc::new(Self {
            id: AtomicU32::new(0),
            serial: SERIAL.fetch_add(1, Ordering::Relaxed),
            word: WaitWord::new(),
            parker: Parker::new(),
            patience: Patience::default(),
            apcs: Mutex::new(Apcs::default()),
            parcel: Parcel::default(),
            member: Member::new(),
            synchronous: Synchronous::default(),
            owned: Mutex::new(Vec::new()),
            systems: Mutex::new(Vec::new()),
            recent_system: AtomicUsize::new(0),
            ended: Dispatcher::notification(false),
            exit_code: AtomicU64::new(NO_CODE),
        })
    }

    /// A number that no other thread of the process has or had.
    #[must_use]
    pub fn serial(&self) -> u64 {
        self.serial
    }

    /// The thread's number, as Linux gives it.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.id.load(Ordering::Relaxed)
    }

    /// What GetExitCodeThread gives: [`STILL_ACTIVE`] until the thread has ended.
    #[must_use]
    pub fn exit_code(&self) -> u32 {
        if self.ended.is_signalled() { self.exit_code.load(Ordering::Acquire) as u32 } else { STILL_ACTIVE }
    }

    /// What the thread's exit code will be.
    pub fn set_exit_code(&self, code: u32) {
        self.exit_code.store(code.into(), Ordering::Release);
    }

    /// Starts a wait; the thread has checked that nothing satisfies it already, or checks after it has queued itself.
    pub(crate) fn begin_wait(&self, alertable: bool) -> Ticket {
        let ticket = self.word.begin(alertable);
        if alertable && !self.apcs.lock().queue.is_empty() {
            // Queued between the caller's look and this wait: nobody else will end it for that.
            let _ = self.word.alert();
        }
        ticket
    }

    /// Ends a wait of this thread; see [`WaitWord::end`]. The caller wakes the thread afterwards.
    #[must_use]
    pub(crate) fn end_wait(&self, ticket: Ticket, ending: Ending) -> bool {
        self.word.end(ticket, ending)
    }

    /// How the wait ended, if it has.
    pub(crate) fn ending(&self, ticket: Ticket) -> Option<Ending> {
        self.word.ending(ticket)
    }

    /// Wakes the thread so that it looks at its wait.
    pub(crate) fn wake(&self) {
        self.parker.wake();
    }

    /// Forgets wake-ups of earlier waits. To be followed by a look at the wait, and then a sleep.
    pub(crate) fn forget_wake(&self) {
        self.parker.reset();
    }

    /// Watches the wait for a moment before it sleeps, if that has paid off lately; true if the wait has ended.
    #[cfg(not(loom))]
    pub(crate) fn spin(&self, ticket: Ticket) -> bool {
        let over = || self.word.ending(ticket).is_some();
        // In pauses of the processor: somewhat above what waking a thread on another processor takes, so that two threads which
        // hand over to each other find out that they need not sleep.
        self.patience.watch(|pauses| {
            (0..pauses).any(|_| {
                let over = over();
                if !over {
                    std::hint::spin_loop();
                }
                over
            })
        })
    }

    /// Sleeps on the thread's futex until woken or until the deadline; may return early.
    pub(crate) fn sleep(&self, deadline: Option<Tick>) {
        self.parker.sleep(deadline);
    }

    /// Sleeps in the engine's poll unless woken; see [`Parker::sleep_in`].
    pub(crate) fn sleep_in(&self, engine: &Arc<dyn Engine>, poll: impl FnOnce()) {
        self.parker.sleep_in(engine, poll);
    }

    /// Puts a packet where the thread finds it when its wait has ended; gives back what was there.
    ///
    /// # Safety
    /// The caller has the lock of the port whose waiting stack it has taken the thread from, and has not ended the thread's wait; or it is
    /// the thread itself, whose wait a packet has ended.
    pub(crate) unsafe fn swap_parcel(&self, packet: Option<Packet>) -> Option<Packet> {
        // SAFETY: who waits in a stack takes that port's lock before it goes on, unless a packet has ended its wait, and then nobody
        // else looks here. So there is one caller at a time, ordered by the lock or by the word.
        unsafe { std::mem::replace(&mut *self.parcel.0.get(), packet) }
    }

    /// Queues an APC; false if the thread has ended. An alertable wait of the thread ends.
    pub fn queue_apc(&self, apc: Apc) -> bool {
        {
            let mut apcs = self.apcs.lock();
            if apcs.ended {
                return false;
            }
            apcs.queue.push_back(apc);
        }
        if self.word.alert() {
            self.wake();
        }
        true
    }

    /// Ends the wait that the thread is in, as if its time were over, or the synchronous request: the thread returns from the library
    /// soon. A thread that is about to wait may be missed: the caller asks again.
    pub fn interrupt(&self) {
        if self.cancel_synchronous().is_err() && self.word.expire() {
            self.wake();
        }
    }

    /// Does the calling thread's end now, for a thread that Linux will end without its destructors.
    #[cfg(not(loom))]
    pub fn end_here() {
        with_record(|thread| thread.end());
    }

    /// Will no APC run any more?
    #[cfg(not(loom))]
    pub(crate) fn has_ended(&self) -> bool {
        self.apcs.lock().ended
    }

    /// Takes back the APCs that `source` has queued and that have not run.
    pub(crate) fn withdraw_apcs(&self, source: usize) {
        let withdrawn: VecDeque<Apc> = {
            let mut apcs = self.apcs.lock();
            let (gone, kept) =
                std::mem::take(&mut apcs.queue).into_iter().partition(|apc| apc.source() == Some(source));
            apcs.queue = kept;
            gone
        };
        drop(withdrawn);
    }

    /// Runs all queued APCs of the calling thread, as an alertable wait does; false if there were none.
    pub fn test_alert() -> bool {
        with_current(|thread| thread.run_apcs())
    }

    /// Are APCs queued?
    pub(crate) fn has_apcs(&self) -> bool {
        !self.apcs.lock().queue.is_empty()
    }

    /// Runs all queued APCs of the calling thread in order, also those that they queue; false if there were none.
    pub(crate) fn run_apcs(&self) -> bool {
        let mut ran = false;
        loop {
            // The lock is not held while one runs: it may queue more, or wait alertably itself.
            let Some(apc) = self.apcs.lock().queue.pop_front() else {
                return ran;
            };
            ran = true;
            apc.run();
        }
    }

    /// The thread is about to block: its port may let another one run. Until the guard is dropped.
    pub(crate) fn pause(&self, reason: Reason) -> Pause<'_> {
        Pause { thread: self, paused: self.member.pause_for(reason) }
    }

    pub(crate) fn owns(&self, mutex: Weak<Mutant>) {
        self.owned.lock().push(mutex);
    }

    pub(crate) fn owns_no_more(&self, mutex: &Weak<Mutant>) {
        self.owned.lock().retain(|m| !m.ptr_eq(mutex));
    }

    /// Mutexes that the thread owns.
    #[cfg(all(test, not(loom)))]
    pub(crate) fn mutexes(&self) -> usize {
        self.owned.lock().len()
    }

    /// The thread has pending requests in this system.
    #[inline]
    pub(crate) fn uses(&self, system: &WeakSystem) {
        // Only the thread itself writes this, and what is on its list cannot have another one's address.
        if self.recent_system.load(Ordering::Relaxed) != system.address() {
            self.begins_to_use(system);
        }
    }

    #[cold]
    fn begins_to_use(&self, system: &WeakSystem) {
        let mut systems = self.systems.lock();
        if !systems.iter().any(|s| s.same(system)) {
            systems.push(system.clone());
        }
        self.recent_system.store(system.address(), Ordering::Relaxed);
    }

    /// Would requests be cancelled if the thread ended now?
    #[cfg(not(loom))]
    #[must_use]
    pub fn has_requests(&self) -> bool {
        self.systems.lock().iter().any(|system| system.has_requests_of(self))
    }

    /// Cancels them, as the end of the thread would. For whoever is about to end it from a frame above all those of the program, where
    /// what this writes to OVERLAPPEDs meets nobody's.
    #[cfg(not(loom))]
    #[inline(never)]
    pub fn cancel_at_end() {
        local::beneath(|| {
            let thread = current();
            let systems: Vec<WeakSystem> = thread.systems.lock().clone();
            systems.iter().for_each(|system| system.thread_ended(&thread));
        });
    }

    /// The thread ends.
    pub(crate) fn end(self: &Arc<Self>) {
        let unrun = {
            let mut apcs = self.apcs.lock();
            apcs.ended = true;
            std::mem::take(&mut apcs.queue)
        };
        drop(unrun);
        // Not under the locks: a mutex that is abandoned takes itself off the list.
        self.recent_system.store(0, Ordering::Relaxed);
        let systems = std::mem::take(&mut *self.systems.lock());
        for system in systems {
            system.thread_ended(self);
        }
        let owned = std::mem::take(&mut *self.owned.lock());
        for mutex in owned {
            if let Some(mutex) = mutex.upgrade() {
                mutex.abandon(self);
            }
        }
        self.member.leave(self);
        let _ = self.exit_code.compare_exchange(NO_CODE, 0, Ordering::AcqRel, Ordering::Acquire);
        self.ended.set();
    }
}

/// A thread is signalled when it has ended.
impl Waitable for Thread {
    fn dispatcher(&self) -> &Dispatcher {
        &self.ended
    }
}

/// While it lives, the thread does not count as running for its port.
pub(crate) struct Pause<'a> {
    thread: &'a Thread,
    paused: bool,
}

impl Drop for Pause<'_> {
    fn drop(&mut self) {
        if self.paused {
            self.thread.member.resume();
        }
    }
}

#[cfg(not(loom))]
fn os_id() -> u32 {
    rustix::thread::gettid().as_raw_nonzero().get().unsigned_abs()
}

#[cfg(loom)]
fn os_id() -> u32 {
    0
}

#[cfg(not(loom))]
mod local {
    use super::{Arc, Thread};
    use std::cell::Cell;
    use std::mem::MaybeUninit;
    use std::ptr::{from_ref, null};
    use std::sync::atomic::Ordering;

    struct Current(Arc<Thread>);

    impl Drop for Current {
        fn drop(&mut self) {
            seat(|record| record.set(null()));
            if self.0.has_requests() {
                beneath(|| self.0.end());
            } else {
                self.0.end();
            }
        }
    }

    /// Bytes of the stack that an ending thread's requests may still write to.
    const FRAMES: usize = 32 << 10;

    /// Runs `act` further down on the stack. Programs have OVERLAPPEDs in frames that are gone when their thread ends; cancelling writes to
    /// them, and must not meet its own frames there. Windows does it where no such memory is.
    #[inline(never)]
    pub(super) fn beneath(act: impl FnOnce()) {
        let frames = [MaybeUninit::<u8>::uninit(); FRAMES];
        std::hint::black_box(&frames);
        act();
        std::hint::black_box(&frames);
    }

    crate::static_tls! {
        /// Where the record is, in `CURRENT`; null before it is there and after it was dropped.
        pub(super) fn seat: Cell<*const Arc<Thread>> = "seat"
    }

    thread_local! {
        /// A record that was made before its thread.
        static WAITING: Cell<Option<Arc<Thread>>> = const { Cell::new(None) };
        static CURRENT: Current = Current(WAITING.take().unwrap_or_else(Thread::new));
    }

    /// Makes `record` the calling thread's. To be called first thing in a new thread; false if it has a record already.
    pub fn adopt(record: &Arc<Thread>) -> bool {
        record.id.store(super::os_id(), Ordering::Relaxed);
        WAITING.set(Some(Arc::clone(record)));
        with_record(|current| Arc::ptr_eq(current, record))
    }

    /// Runs `f` with the calling thread's record, and does nothing else: for callers that hold a port's lock.
    #[inline(always)]
    pub(crate) fn with_record<R>(f: impl FnOnce(&Arc<Thread>) -> R) -> R {
        let known = seat(Cell::get);
        let mut late = None;
        let record = if known.is_null() { first(&mut late) } else { known };
        // SAFETY: it is in `late`; or in `CURRENT`, whose destructor takes the pointer out of the seat first, so that has not run,
        // and does not run during this call, which the thread itself makes. Nothing moves or replaces it meanwhile.
        f(unsafe { &*record })
    }

    /// Makes the thread's record; for a destructor of another thread-local that calls us after ours has run, one for this call.
    #[cold]
    #[inline(never)]
    fn first(late: &mut Option<Arc<Thread>>) -> *const Arc<Thread> {
        match CURRENT.try_with(|current| from_ref(&current.0)) {
            Ok(record) => {
                seat(|seat| seat.set(record));
                record
            }
            Err(_) => late.insert(Thread::new()),
        }
    }
}

#[cfg(loom)]
mod local {
    use super::{Arc, Thread};

    crate::sync::checker::thread_local! {
        static CURRENT: Arc<Thread> = Thread::new();
    }

    pub(crate) fn with_record<R>(f: impl FnOnce(&Arc<Thread>) -> R) -> R {
        CURRENT.with(|c| f(c))
    }
}

/// A number that tells the calling thread from all others that run: an address of its own, and so for the price of a
/// register.
#[cfg(not(loom))]
#[inline(always)]
pub(crate) fn token() -> usize {
    local::seat(|seat| std::ptr::from_ref(seat) as usize)
}

/// The checker has no clock, so nothing is marked with the time.
#[cfg(loom)]
pub(crate) fn token() -> usize {
    0
}

#[cfg(not(loom))]
pub use local::adopt;
pub(crate) use local::with_record;

/// Runs `f` with the calling thread's record. A thread that its port took for a sleeping one shows by this that it runs.
#[inline(always)]
pub(crate) fn with_current<R>(f: impl FnOnce(&Arc<Thread>) -> R) -> R {
    with_record(|thread| {
        thread.member.is_back();
        f(thread)
    })
}

/// The calling thread's record.
pub fn current() -> Arc<Thread> {
    with_current(Arc::clone)
}
