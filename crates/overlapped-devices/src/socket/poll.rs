//! Requests that wait until one of some sockets is ready: what event loops of the native level ask of `\Device\Afd`.
//!
//! A poll is a request like any other, on an open socket or on a device of its own, and tells of the sockets that it names. It stands in a
//! list of each of them and looks when the engine tells of readiness, so it is about what is true then and not about what has
//! changed. Each request tells once. An exclusive poll ends the other exclusive ones of its sockets. Drawback: as network events, a poll
//! costs a call of Linux for each change of its sockets.

use super::Socket;
use super::core::{Core, Flags};
use super::job::{Details, Job};
use super::ready::{Interest, look};
use overlapped_abi::{AccessMask, Overlapped, Status, Win32Error};
use overlapped_kernel::System;
use overlapped_kernel::alarm::{Alarm, Alarmed};
use overlapped_kernel::clock::Timeout;
use overlapped_kernel::device::{Device, FileType, Next, Start};
use overlapped_kernel::engine::RawResult;
use overlapped_kernel::handle::{Handle, Object};
use overlapped_kernel::instance::Instance;
use overlapped_kernel::request::{Buffer, Completion, Function, Position, Request, RequestRef, Route};
use overlapped_kernel::road::{Call, Failure, Reply, Report};
use parking_lot::Mutex;
use std::any::Any;
use std::collections::HashSet;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

bitflags::bitflags! {
    /// AFD_POLL_*.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
    pub struct PollEvents: u32 {
        /// Data is there.
        const RECEIVE = 0x1;
        /// Urgent data is there.
        const RECEIVE_EXPEDITED = 0x2;
        /// There is room to send.
        const SEND = 0x4;
        /// The other side has closed the connection.
        const DISCONNECT = 0x8;
        /// The connection was reset.
        const ABORT = 0x10;
        /// The socket was closed here; told without being asked for.
        const LOCAL_CLOSE = 0x20;
        /// It is connected.
        const CONNECT = 0x40;
        /// A connection can be accepted.
        const ACCEPT = 0x80;
        /// An attempt to connect has failed.
        const CONNECT_FAIL = 0x100;
    }
}

/// A socket of a poll.
#[derive(Debug)]
pub struct Polled {
    /// Which.
    pub socket: Socket,
    /// What ends the wait.
    pub events: PollEvents,
}

/// What was found of a socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its place in the poll.
    pub index: usize,
    /// What is true of it, of what was asked for.
    pub events: PollEvents,
    /// Why an attempt to connect has failed.
    pub status: Status,
}

/// Writes what was found where the caller wants it, and says how many bytes that is.
pub type DeliverFound = Box<dyn FnOnce(&[Found]) -> usize + Send + Sync>;

/// A poll.
pub struct Poll {
    /// Of what.
    pub sockets: Vec<Polled>,
    /// Does it end other exclusive polls of the same sockets?
    pub exclusive: bool,
    /// How long it waits; it then ends with TIMEOUT and nothing found.
    pub timeout: Timeout,
    /// Called once, unless the poll is cancelled.
    pub deliver: DeliverFound,
}

/// Who is told of a poll's end.
pub struct Told {
    /// Event, packet or routine.
    pub route: Route,
    /// The caller's status block.
    pub block: Option<NonNull<Overlapped>>,
    /// What a packet carries.
    pub number: usize,
}

impl Poll {
    /// Issues it on a socket, or on what [`ready_device`] gives.
    ///
    /// # Errors
    /// INVALID_DEVICE_REQUEST on any other device, INVALID_PARAMETER without sockets.
    ///
    /// # Safety
    /// The status block and what `deliver` writes to stay valid until the request is complete.
    pub unsafe fn issue(self, system: &System, instance: &Arc<Instance>, told: Told) -> Result<Reply, Failure> {
        let device = instance.device().as_any();
        let takes = device.is::<super::device::SocketDevice>() || device.is::<ReadyDevice>();
        let refused = |status| Err(Failure { status, payload: None });
        if !takes {
            return refused(Status::INVALID_DEVICE_REQUEST);
        }
        if self.sockets.is_empty() {
            return refused(Status::INVALID_PARAMETER);
        }
        let job = PollJob::new(system, self);
        let Told { route, block, number } = told;
        let call = Call {
            function: Function::Control,
            position: Position::At(0),
            buffer: Buffer { start: std::ptr::null_mut(), len: 0 },
            route,
            overlapped: block,
            payload: None,
            report: Report::AtOnce,
        };
        // SAFETY: the caller's promise; there is no other memory.
        unsafe { instance.issue_as(call, Details::Poll(job).parameters(), number) }
    }
}

/// The same, kept by a request.
pub(super) struct PollJob {
    sockets: Vec<(Arc<Core>, PollEvents)>,
    exclusive: bool,
    timeout: Timeout,
    deliver: Mutex<Option<DeliverFound>>,
    bell: Option<(Arc<Bell>, Arc<Alarm>)>,
    /// Somebody ends it, or has.
    over: AtomicBool,
}

/// Rings when the time of a poll is over.
struct Bell(Mutex<Weak<Request>>);

impl Alarmed for Bell {
    fn alarm(self: Arc<Self>) {
        let request = self.0.lock().upgrade();
        if let Some(request) = request
            && let Job::Poll(job) = Job::of(&request)
        {
            job.finish(&request, Ending::Late);
        }
    }
}

/// Why a poll ends.
enum Ending {
    Found(Vec<Found>),
    Late,
    Cancelled,
}

impl PollJob {
    fn new(system: &System, poll: Poll) -> Self {
        let Poll { sockets, exclusive, timeout, deliver } = poll;
        let bell = matches!(timeout, Timeout::After(_)).then(|| {
            let bell = Arc::new(Bell(Mutex::new(Weak::new())));
            let whom = Arc::downgrade(&bell);
            (bell, system.new_alarm(whom))
        });
        let sockets = sockets.iter().map(|one| (Arc::clone(one.socket.core()), one.events)).collect();
        Self { sockets, exclusive, timeout, deliver: Mutex::new(Some(deliver)), bell, over: AtomicBool::new(false) }
    }

    /// Each socket once.
    fn cores(&self) -> impl Iterator<Item = &Arc<Core>> {
        let mut seen = HashSet::new();
        self.sockets.iter().map(|(core, _)| core).filter(move |core| seen.insert(Arc::as_ptr(core)))
    }

    fn look(&self) -> Vec<Found> {
        let found = |(index, (core, asked)): (usize, &(Arc<Core>, PollEvents))| {
            let (events, status) = core.poll_events(*asked | PollEvents::LOCAL_CLOSE);
            (!events.is_empty()).then_some(Found { index, events, status })
        };
        self.sockets.iter().enumerate().filter_map(found).collect()
    }

    /// What it comes to inside the call.
    pub fn start(&self) -> Start {
        if self.exclusive {
            self.end_others(None);
        }
        let found = self.look();
        if found.is_empty() && self.timeout != Timeout::Poll {
            return Start::Queue;
        }
        let status = if found.is_empty() { Status::TIMEOUT } else { Status::SUCCESS };
        self.over.store(true, Ordering::Release);
        Start::Done(Completion { status, bytes: self.tell(&found) })
    }

    fn tell(&self, found: &[Found]) -> usize {
        let deliver = self.deliver.lock().take();
        deliver.map_or(0, |deliver| deliver(found))
    }

    /// Ends the exclusive polls of its sockets; those that were there before it, once it is there itself.
    fn end_others(&self, own: Option<&RequestRef>) {
        for core in self.cores() {
            let mut others = core.polls();
            if let Some(own) = own {
                // One that is over already ends nobody.
                others.truncate(others.iter().position(|one| Arc::ptr_eq(one, own)).unwrap_or(0));
            }
            for other in &others {
                if let Job::Poll(job) = Job::of(other)
                    && job.exclusive
                {
                    job.finish(other, Ending::Cancelled);
                }
            }
        }
    }

    /// Takes a pending poll on; false if the request is none.
    pub fn enqueue(request: &RequestRef) -> bool {
        let Job::Poll(job) = Job::of(request) else { return false };
        for core in job.cores() {
            core.engine().expect(1);
            core.with_rare(|rare| rare.polls.push(Arc::clone(request)));
            core.add(Flags::POLLED);
            // One that cannot be watched is closed, or its transfers say why.
            let _ = core.ensure_watched();
        }
        if job.exclusive {
            // Of two that came at once, the later one stays.
            job.end_others(Some(request));
        }
        if let (Some((bell, alarm)), Timeout::After(limit)) = (&job.bell, job.timeout) {
            *bell.0.lock() = Arc::downgrade(request);
            alarm.set(request.instance().idle().now().plus(limit.max(Duration::from_nanos(1))));
        }
        if job.over.load(Ordering::Acquire) {
            // Its end came while it was put into the lists.
            job.leave(request);
        } else if request.is_cancelling() {
            job.finish(request, Ending::Cancelled);
        } else {
            job.look_again(request);
        }
        true
    }

    /// Something may have changed.
    fn look_again(&self, request: &RequestRef) {
        let found = self.look();
        if !found.is_empty() {
            self.finish(request, Ending::Found(found));
        }
    }

    /// Ends it; false if it is not here.
    pub fn cancel(&self, request: &RequestRef) -> bool {
        self.finish(request, Ending::Cancelled)
    }

    /// Ends it, unless somebody else does.
    fn finish(&self, request: &RequestRef, how: Ending) -> bool {
        if self.over.swap(true, Ordering::AcqRel) {
            return false;
        }
        self.leave(request);
        let completion = match how {
            Ending::Found(found) => Completion::success(self.tell(&found)),
            Ending::Late => Completion { status: Status::TIMEOUT, bytes: self.tell(&[]) },
            Ending::Cancelled => Completion::failure(Status::CANCELLED),
        };
        request.complete(completion);
        true
    }

    /// Takes it out of the lists that it is in.
    fn leave(&self, request: &RequestRef) {
        for core in self.cores() {
            let taken = core.rare().as_mut().and_then(|rare| {
                let place = rare.polls.iter().position(|one| Arc::ptr_eq(one, request))?;
                let taken = rare.polls.remove(place);
                if rare.polls.is_empty() {
                    core.remove(Flags::POLLED);
                }
                Some(taken)
            });
            if taken.is_some() {
                core.engine().expect(-1);
            }
        }
    }
}

impl Core {
    fn polls(&self) -> Vec<RequestRef> {
        self.rare().as_ref().map_or_else(Vec::new, |rare| rare.polls.clone())
    }

    /// Something may have changed for those that poll.
    #[inline]
    pub fn tell_polls(&self) {
        if self.has(Flags::POLLED) {
            self.look_for_polls();
        }
    }

    #[cold]
    fn look_for_polls(&self) {
        for request in self.polls() {
            if let Job::Poll(job) = Job::of(&request) {
                job.look_again(&request);
            }
        }
    }

    /// What is true now, of these; and why an attempt to connect has failed.
    fn poll_events(&self, asked: PollEvents) -> (PollEvents, Status) {
        if self.is_closed() {
            return (asked & PollEvents::LOCAL_CLOSE, Status::SUCCESS);
        }
        let (found, unread) = look(self);
        if found.contains(Interest::FAILED) {
            let status = self.kept_error().map_or(Status::UNSUCCESSFUL, |error| self.status(error));
            return (asked & PollEvents::CONNECT_FAIL, status);
        }
        let listening = self.has(Flags::LISTENING);
        let (stream, connected) = (self.is_stream(), self.has(Flags::CONNECTED));
        let over = stream && found.intersects(Interest::ERROR);
        let mut events = PollEvents::empty();
        events.set(PollEvents::ACCEPT, listening && found.contains(Interest::READ));
        events.set(PollEvents::RECEIVE, !listening && (unread || !stream && found.contains(Interest::READ)));
        events.set(PollEvents::RECEIVE_EXPEDITED, found.contains(Interest::URGENT));
        events.set(PollEvents::SEND, found.contains(Interest::WRITE));
        events.set(PollEvents::DISCONNECT, stream && !over && found.contains(Interest::HANGUP));
        events.set(PollEvents::ABORT, over || self.has(Flags::RESET));
        events.set(PollEvents::CONNECT, connected);
        (asked & events, Status::SUCCESS)
    }
}

/// What is opened to poll with: it has no requests but polls.
struct ReadyDevice;

// SAFETY: it accepts no transfers, and polls have no memory of the caller's.
unsafe impl Device for ReadyDevice {
    fn file_type(&self) -> FileType {
        FileType::Pipe
    }

    fn serializes(&self) -> bool {
        false
    }

    fn start(&self, request: &Request) -> Start {
        match Job::of(request) {
            Job::Poll(poll) => poll.start(),
            _ => Start::Failed(Status::INVALID_DEVICE_REQUEST),
        }
    }

    fn enqueue(&self, request: RequestRef) {
        if !PollJob::enqueue(&request) {
            request.complete(Completion::failure(Status::INVALID_DEVICE_REQUEST));
        }
    }

    fn cancel(&self, request: &RequestRef) -> bool {
        match Job::of(request) {
            Job::Poll(poll) => poll.cancel(request),
            _ => false,
        }
    }

    fn resume(&self, _request: &Request, _result: RawResult) -> Next {
        Next::Complete(Completion::failure(Status::INVALID_DEVICE_REQUEST))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// Opens a device to poll with: `\Device\Afd`.
///
/// # Errors
/// 4 if there are too many handles.
pub fn ready_device(system: &System, overlapped: bool) -> Result<Handle, Win32Error> {
    let instance = system.instance(Arc::new(ReadyDevice), overlapped);
    let access = AccessMask::FILE_GENERIC_READ | AccessMask::FILE_GENERIC_WRITE | AccessMask::SYNCHRONIZE;
    system.insert(Object::Instance(instance), access)
}
