//! The request: one call's worth of work, from the call to its notification.
//!
//! A request owns what must not go away before Linux is done with it: the open instance (and so the descriptor) and, in the
//! Rust face, the buffer. It is reference counted; the engine holds one reference until its last word. Completion happens
//! exactly once (module `word`) and in a fixed order: status block, instance and event, then packet or APC, then the waker of
//! a future (contract 00 section 0.4).

mod block;
mod draft;
mod spare;
pub(crate) mod word;

use crate::contain::contained;
use crate::dispatcher::Event;
use crate::engine::{Parts, RawResult};
use crate::instance::Instance;
use crate::port::{Cargo, Packet, Port};
use crate::sync::Mutex;
use crate::thread::{Apc, Thread};
use block::StatusBlock;
use draft::Held;
use overlapped_abi::{Overlapped, Status};
use std::any::Any;
use std::cell::UnsafeCell;
use std::marker::PhantomData;
use std::ptr::NonNull;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::task::Waker;
use word::{Cancelled, RequestWord};

pub(crate) use draft::Draft;

/// A shared request.
pub type RequestRef = Arc<Request>;

/// What a request asks of its device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Function {
    /// ReadFile and its relatives.
    Read,
    /// WriteFile and its relatives.
    Write,
    /// FlushFileBuffers.
    Flush,
    /// DeviceIoControl.
    Control,
    /// LockFileEx: the position is the range's start, the buffer's length (without memory) its length.
    Lock {
        /// LOCKFILE_EXCLUSIVE_LOCK.
        exclusive: bool,
        /// Not LOCKFILE_FAIL_IMMEDIATELY.
        wait: bool,
    },
    /// From another file into this one; the buffer (without memory) says how much, the details from where.
    Copy,
}

/// Where a seekable device is to transfer (contract 02 section 12).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Position {
    /// At this byte.
    At(u64),
    /// At the end, wherever that is when the write happens.
    End,
}

/// A request's outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Completion {
    /// Success, warning or error.
    pub status: Status,
    /// Bytes transferred (InternalHigh).
    pub bytes: usize,
}

impl Completion {
    /// Success with `bytes` transferred.
    #[must_use]
    pub fn success(bytes: usize) -> Self {
        Self { status: Status::SUCCESS, bytes }
    }

    /// This status, with nothing transferred.
    #[must_use]
    pub fn failure(status: Status) -> Self {
        Self { status, bytes: 0 }
    }
}

/// The caller's memory that a request transfers, or a piece of it. With the layout of an iovec.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Buffer {
    /// First byte.
    pub start: *mut u8,
    /// Length in bytes.
    pub len: usize,
}

/// What some requests have besides what all have.
#[derive(Default)]
pub struct Parameters {
    /// The memory, if it is in several pieces; the request's buffer then says their length together, and no address.
    pub parts: Box<[Buffer]>,
    /// What only the device understands.
    pub details: Option<Box<dyn Any + Send + Sync>>,
}

// SAFETY: as for a request's buffer: the memory was given away until completion (`Request::new`).
unsafe impl Send for Parameters {}
// SAFETY: as above; shared access only reads the list.
unsafe impl Sync for Parameters {}

impl std::fmt::Debug for Parameters {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Parameters").field("parts", &self.parts.len()).finish_non_exhaustive()
    }
}

/// A completion routine: called on the issuing thread, in an alertable wait, with status and bytes.
pub type Routine = Box<dyn FnOnce(Status, usize) + Send>;

/// Who is told of a completion, besides the instance (contract 00 section 0.5).
#[derive(Default)]
pub struct Route {
    /// hEvent.
    pub event: Option<Arc<Event>>,
    /// Queue a packet if the instance is associated with a port; hEvent's low bit and plain calls say no.
    pub packet: bool,
    /// Queue this routine to the issuing thread; then the event and the port are not used.
    pub routine: Option<Routine>,
}

/// Who else is told, under the request's lock.
#[derive(Default)]
struct Watch {
    routine: Option<(Arc<Thread>, Routine)>,
    waker: Option<Waker>,
    /// Made by the first wait for this request.
    done: Option<Arc<Event>>,
}

/// See the module page.
///
/// Whoever has a reference to a request that is not complete can end it, and then its memory is the user's again. So such references
/// go to nobody but devices and engines, whose traits are unsafe to implement, and to those who issue requests, by unsafe
/// functions: they leave the end to the device.
pub struct Request {
    word: RequestWord,
    function: Function,
    packet: bool,
    alerts: bool,
    carries: bool,
    /// Nobody keeps it to ask for the payload.
    detached: bool,
    /// Its device shows it, and its instance's list does not have it.
    unlisted: bool,
    position: Position,
    buffer: Buffer,
    parameters: Parameters,
    progress: AtomicUsize,
    block: StatusBlock,
    token: usize,
    instance: Held,
    /// The issuing thread's number.
    issuer: u64,
    event: Option<Arc<Event>>,
    /// Reached by the one party that the word lets collect it.
    payload: UnsafeCell<Option<Box<dyn Any + Send>>>,
    watch: Mutex<Watch>,
    pub(crate) place: AtomicUsize,
    engine_tag: AtomicU64,
}

// SAFETY: `buffer` points to memory that the request's owner has given away until completion (`Request::new`); everything
// else is Send by its own type.
unsafe impl Send for Request {}
// SAFETY: shared access touches atomics, locks and plain values that do not change; the buffer itself is accessed by the one
// party that carries the operation out, and the payload by the one that `RequestWord::collect` admits.
unsafe impl Sync for Request {}

impl std::fmt::Debug for Request {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Request")
            .field("function", &self.function)
            .field("position", &self.position)
            .field("len", &self.buffer.len)
            .field("word", &self.word)
            .finish_non_exhaustive()
    }
}

/// What a new request is made of.
pub(crate) struct NewRequest {
    /// What is asked.
    pub function: Function,
    /// Where.
    pub position: Position,
    /// The memory.
    pub buffer: Buffer,
    /// Who is told.
    pub route: Route,
    /// The caller's OVERLAPPED; its address is what packets carry.
    pub overlapped: Option<NonNull<Overlapped>>,
    /// What the request owns on the caller's behalf: in the Rust face, buffer and context.
    pub payload: Option<Box<dyn Any + Send>>,
}

impl Request {
    /// Makes a request of the calling thread.
    ///
    /// # Safety
    /// Until the request is complete, the buffer stays valid (writable for [`Function::Read`]) and is accessed by nobody
    /// else, and the OVERLAPPED, if there is one, stays valid until its Internal field is final.
    #[inline(always)]
    pub(crate) unsafe fn draft(instance: &Arc<Instance>, new: NewRequest) -> Draft<'_> {
        let NewRequest { function, position, buffer, route, overlapped, payload } = new;
        let Route { event, packet, routine } = route;
        let block = match overlapped {
            // SAFETY: the caller vouches for the OVERLAPPED.
            Some(overlapped) => unsafe { StatusBlock::foreign(overlapped) },
            None => StatusBlock::own(),
        };
        let alerts = routine.is_some();
        let (issuer, routine) = crate::thread::with_current(|thread| {
            (thread.serial(), routine.map(|routine| (Arc::clone(thread), routine)))
        });
        let request = Self {
            word: RequestWord::new(),
            function,
            packet: packet && !alerts,
            alerts,
            carries: payload.is_some(),
            detached: false,
            unlisted: false,
            position,
            buffer,
            parameters: Parameters::default(),
            progress: AtomicUsize::new(0),
            block,
            token: overlapped.map_or(0, |o| o.as_ptr() as usize),
            instance: Held::borrowed(instance),
            issuer,
            event,
            payload: UnsafeCell::new(payload),
            watch: Mutex::new(Watch { routine, waker: None, done: None }),
            place: AtomicUsize::new(usize::MAX),
            engine_tag: AtomicU64::new(0),
        };
        Draft { request, instance: PhantomData }
    }

    /// What is asked of the device.
    #[must_use]
    pub fn function(&self) -> Function {
        self.function
    }

    /// Where.
    #[must_use]
    pub fn position(&self) -> Position {
        self.position
    }

    /// The memory to transfer.
    #[must_use]
    pub fn buffer(&self) -> Buffer {
        self.buffer
    }

    /// The pieces of the memory, if it is not in one.
    #[must_use]
    pub fn parts(&self) -> Parts {
        if self.parameters.parts.is_empty() { Parts::NONE } else { Parts::of(&self.parameters.parts) }
    }

    /// What was given for the device alone.
    #[must_use]
    pub fn details(&self) -> Option<&(dyn Any + Send + Sync)> {
        self.parameters.details.as_deref()
    }

    /// Bytes of memory that the request keeps.
    pub(crate) fn memory(&self) -> usize {
        if self.buffer.start.is_null() && self.parameters.parts.is_empty() { 0 } else { self.buffer.len }
    }

    /// The open instance that it was issued on.
    #[must_use]
    pub fn instance(&self) -> &Arc<Instance> {
        &self.instance
    }

    /// The number of the thread that issued it ([`Thread::serial`]).
    #[must_use]
    pub fn issuer(&self) -> u64 {
        self.issuer
    }

    /// Is the calling thread sure to come back to the library for the completion? True if it works for the port that the
    /// instance reports to. An engine may then let it submit to a ring that waiting threads poll.
    #[must_use]
    pub fn submitter_returns(&self) -> bool {
        let Some((port, _)) = self.instance.association() else {
            return false;
        };
        crate::thread::with_current(|thread| thread.member.works_for(port))
    }

    /// The address of the caller's OVERLAPPED, or 0; or what was chosen in its place ([`Instance::issue_as`]).
    #[must_use]
    pub fn token(&self) -> usize {
        self.token
    }

    /// Is its outcome written to the block at this address?
    #[must_use]
    pub fn writes_to(&self, block: usize) -> bool {
        self.block.is_at(block)
    }

    /// Bytes that earlier operations of this request have transferred. For devices whose transfers can be short.
    #[must_use]
    pub fn progress(&self) -> usize {
        self.progress.load(Ordering::Relaxed)
    }

    /// Adds to [`Request::progress`] and gives the sum. Only the party that carries the request out calls this.
    pub fn advance(&self, bytes: usize) -> usize {
        let sum = self.progress() + bytes;
        self.progress.store(sum, Ordering::Relaxed);
        sum
    }

    /// The number that the engine gave the operation, or the device that has it instead; 0 before.
    #[must_use]
    pub fn engine_tag(&self) -> u64 {
        self.engine_tag.load(Ordering::Acquire)
    }

    /// Lets the engine find the operation again when it is cancelled; or the device, of a request that no engine ever has.
    pub fn set_engine_tag(&self, tag: u64) {
        self.engine_tag.store(tag, Ordering::Release);
    }

    /// Has somebody asked for its end? An engine looks at this before it starts the operation.
    #[must_use]
    pub fn is_cancelling(&self) -> bool {
        self.word.is_cancelling()
    }

    /// Is it on its way: pending, and not yet complete?
    pub(crate) fn is_under_way(&self) -> bool {
        self.word.is_under_way()
    }

    /// Is it complete, with the status block final?
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.word.is_complete()
    }

    /// The outcome, once complete.
    #[must_use]
    pub fn completion(&self) -> Option<Completion> {
        self.word.is_complete().then(|| {
            let (status, bytes) = self.block.read();
            Completion { status, bytes }
        })
    }

    /// Takes the payload; `None` before completion and after the first time.
    pub fn take_payload(&self) -> Option<Box<dyn Any + Send>> {
        if !self.word.collect() {
            return None;
        }
        // SAFETY: `collect` admits one caller, after whoever completed the request is done with it.
        unsafe { (*self.payload.get()).take() }
    }

    /// Asks that `waker` be called on completion. False if the request is complete already.
    pub fn set_waker(&self, waker: &Waker) -> bool {
        let known = self.watch.lock().waker.as_ref().is_some_and(|old| old.will_wake(waker));
        if !known {
            // Cloned and dropped without the lock: both are the program's code, which may come back to this request.
            let own = waker.clone();
            let old = self.watch.lock().waker.replace(own);
            drop(old);
        }
        self.word.watch()
    }

    /// An event that is signalled when the request is complete.
    #[must_use]
    pub fn done(&self) -> Arc<Event> {
        let event = {
            let mut watch = self.watch.lock();
            Arc::clone(watch.done.get_or_insert_with(|| Arc::new(Event::manual_reset(false))))
        };
        if !self.word.watch() {
            event.set();
        }
        event
    }

    /// The road begins (contract 00 section 0.4, stage "start").
    pub(crate) fn begin(&self) {
        if let Some(event) = &self.event {
            event.reset();
        }
        self.block.start();
    }

    /// Others may see the request from here on; unless a limit keeps it out.
    pub(crate) fn pend(self: &Arc<Self>) -> Result<(), Status> {
        if self.unlisted {
            // Nobody finds it before its device has it.
            self.word.pend();
            return Ok(());
        }
        self.instance.enlist(self)
    }

    /// Is it its device alone that shows it?
    pub(crate) fn is_unlisted(&self) -> bool {
        self.unlisted
    }

    /// It is on its instance's list, whose lock is held: who finds it there must find it pending.
    pub(crate) fn listed(&self) {
        self.word.pend();
    }

    /// Asks for its end; true if this call is the one that marked it. The completion comes as usual, with 995 or, if it was
    /// too late, with the ordinary outcome.
    pub fn cancel(self: &Arc<Self>) -> bool {
        match self.word.cancel() {
            Cancelled::Marked => {
                if !self.instance.device().cancel(self) {
                    self.instance.engine().cancel(self);
                }
                true
            }
            Cancelled::NotFound => false,
        }
    }

    /// An engine's last word on the operation that it was given, by [`Reaped::deliver`](crate::engine::Reaped::deliver).
    pub(crate) fn engine_result(self: Arc<Self>, result: RawResult) {
        crate::road::resume(self, result);
    }

    /// The call reports a failure and nobody else is told: event and OVERLAPPED stay as the start left them
    /// (contract 00 section 0.4). The payload can be taken back.
    pub(crate) fn refuse(&self, status: Status) {
        self.block.finish_quietly(status);
        self.word.publish_at_once();
    }

    /// The request was done inside the call that issued it: writes the outcome and tells everybody. `quiet`: the call
    /// itself reports the outcome, and the notification modes say that no packet is wanted for that.
    pub(crate) fn complete_at_once(self: &Arc<Self>, completion: Completion, quiet: bool) {
        let port = self.port(quiet);
        self.block.finish(completion.status, completion.bytes);
        self.word.publish_at_once();
        self.tell(completion, port, |key| self.cargo(key));
    }

    /// [`Request::complete`] by a device that has no more use for the request.
    #[inline]
    pub fn end(self: Arc<Self>, completion: Completion) {
        self.complete(completion);
        spare::let_go(self);
    }

    /// The last word on a pending request, which whoever carries it out says once: writes the outcome and tells everybody.
    pub fn complete(self: &Arc<Self>, completion: Completion) {
        // One that its device shows is completed by whoever has taken it from there, under a lock, and that is one party.
        if !self.unlisted {
            let _ = self.word.complete();
            self.instance.delist(self);
        }
        // What the outcome sets free may be reused by the caller at once, so look up what is still needed first.
        let port = self.port(false);
        // The count of a packet has 32 bits: whoever gets the payload looks at the request for a longer one.
        let alone = self.detached && port.is_some() && completion.bytes <= u32::MAX as usize;
        // SAFETY: until it is published, the payload is reached by nobody but the party that completes the request.
        let payload = if alone { unsafe { (*self.payload.get()).take() } } else { None };
        self.block.finish(completion.status, completion.bytes);
        let told = if self.word.publish() {
            let mut watch = self.watch.lock();
            (watch.waker.take(), watch.done.take())
        } else {
            (None, None)
        };
        self.tell(completion, port, |key| match payload {
            Some(payload) => self.carrying(payload),
            None => self.cargo(key),
        });
        // After the instance's signal: whoever waits for this request and then issues another one must not find that one's
        // instance signalled by this one.
        if let Some(done) = told.1 {
            done.set();
        }
        if let Some(waker) = told.0 {
            // Whoever completes the request, perhaps in a call on another device, has nothing to do with this.
            crate::thread::held::release();
            let _ = contained("a waker", || waker.wake());
        }
    }

    /// What its packet says. Only a payload that somebody may ask for needs the request; else instance and descriptor need not outlive
    /// their last handle.
    fn cargo(self: &Arc<Self>, key: usize) -> Cargo {
        if self.carries { Cargo::Request(Arc::clone(self)) } else { self.numbers(key) }
    }

    /// The same where the payload goes without the request.
    #[inline(always)]
    fn carrying(&self, payload: Box<dyn Any + Send>) -> Cargo {
        if self.function == Function::Read { Cargo::Read(payload) } else { Cargo::Written(payload) }
    }

    #[inline(always)]
    fn numbers(&self, key: usize) -> Cargo {
        Cargo::Numbers { key, overlapped: self.token }
    }

    #[inline(always)]
    fn port(&self, quiet: bool) -> Option<&(Arc<Port>, usize)> {
        if self.packet && !quiet { self.instance.association() } else { None }
    }

    /// Instance and event, then exactly one of routine and packet.
    #[inline(always)]
    fn tell(&self, completion: Completion, port: Option<&(Arc<Port>, usize)>, cargo: impl FnOnce(usize) -> Cargo) {
        let Completion { status, bytes } = completion;
        self.instance.completed();
        if self.alerts {
            let routine = self.watch.lock().routine.take();
            if let Some((thread, routine)) = routine {
                thread.queue_apc(Apc::new(move || routine(status, bytes)));
            }
            return;
        }
        if let Some(event) = &self.event {
            event.set();
        }
        if let Some((port, key)) = port {
            // The packet's count has 32 bits, as the contract's has (06 section 2).
            port.insert(Packet { status, bytes: bytes as u32, cargo: cargo(*key) });
        }
    }
}
