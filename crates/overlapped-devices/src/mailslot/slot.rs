//! The queue of a mailslot (contract 07 section 4.1): whole messages, oldest first, and the reads that wait for one.
//!
//! There are messages or waiting reads, never both. A message goes to the first read that has room for all of it; one with less room fails (122)
//! and the message is there for the next. Who decides of reads tells them before it returns, with no lock held, since completions may run
//! what others have written. Drawback: of reads that two threads end at once, the second may be told first.

use overlapped_abi::{FileTime, Status};
use overlapped_kernel::alarm::{Alarm, Alarmed};
use overlapped_kernel::clock::Tick;
use overlapped_kernel::device::Start;
use overlapped_kernel::engine::Engine;
use overlapped_kernel::namespace::ObjectName;
use overlapped_kernel::request::{Completion, Request, RequestRef};
use parking_lot::Mutex;
use std::collections::VecDeque;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::Times;
use super::heir::GIVEN;
use crate::channel::{Connection, Readers, Writer};
use overlapped_abi::constants::pipe::MAILSLOT_WAIT_FOREVER;

/// What GetMailslotInfo tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Info {
    /// The most bytes in a message; 0 for any number.
    pub longest: u32,
    /// Bytes of the message that is read next; `None` without one.
    pub next: Option<u32>,
    /// Messages that wait.
    pub count: u32,
    /// How long a read waits, in milliseconds; [`MAILSLOT_WAIT_FOREVER`] without limit.
    pub timeout: u32,
}

/// Why a message was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The server has closed.
    Closed,
    /// The slot takes no messages of this length.
    TooLong,
}

impl Refusal {
    pub fn status(self) -> Status {
        match self {
            Self::Closed => Status::OBJECT_NAME_NOT_FOUND,
            Self::TooLong => Status::INVALID_PARAMETER,
        }
    }
}

/// See the module page.
pub(super) struct Slot {
    pub name: ObjectName,
    /// The most bytes in a message; 0 for any number.
    pub longest: u32,
    /// Who reads what clients of other processes send, while requests of this one wait for it.
    pub readers: Readers,
    engine: Arc<dyn Engine>,
    alarm: OnceLock<Arc<Alarm>>,
    state: Mutex<State>,
}

struct State {
    open: bool,
    messages: VecDeque<Vec<u8>>,
    readers: VecDeque<Reader>,
    timeout: u32,
    /// A request of this process has read, or tried, since somebody asked.
    asked: bool,
    times: Times,
    /// Clients of other processes.
    clients: Vec<Connection>,
    /// Handles and heirs of handles that read.
    holders: usize,
}

struct Reader {
    who: Who,
    /// When it has waited long enough.
    due: Option<Tick>,
}

/// A message, or why there is none.
type Outcome = Result<Vec<u8>, Status>;

/// Reads that are over. Whoever has ended them tells them, without the lock: so a write has completed its read when it returns.
type Told = Vec<(Who, Outcome)>;

fn tell(told: Told) {
    told.into_iter().for_each(|(who, outcome)| who.finish(outcome));
}

/// Who reads.
pub(super) enum Who {
    /// A request of this process.
    Here(RequestRef),
    /// One of a child that has inherited the handle.
    Far {
        /// To the child.
        connection: Connection,
        /// By which the child knows the read.
        tag: u64,
        /// In bytes.
        room: usize,
    },
}

impl Who {
    fn room(&self) -> usize {
        match self {
            Self::Here(request) => request.buffer().len,
            Self::Far { room, .. } => *room,
        }
    }

    /// Has somebody asked for the end of a read that stands nowhere yet?
    fn is_cancelling(&self) -> bool {
        matches!(self, Self::Here(request) if request.is_cancelling())
    }

    /// The read is over. A message has at most its room.
    pub fn finish(self, outcome: Outcome) {
        match self {
            Self::Here(request) => {
                let completion = match outcome {
                    Ok(message) => {
                        copy(&request, &message);
                        Completion::success(message.len())
                    }
                    Err(status) => Completion::failure(status),
                };
                request.complete(completion);
            }
            Self::Far { connection, tag, .. } => {
                let status = outcome.as_ref().err().copied().unwrap_or(Status::SUCCESS);
                let body = Writer::new().u32(status.0).rest(outcome.as_deref().unwrap_or_default()).finish();
                let _ = connection.send(GIVEN, tag, body);
            }
        }
    }
}

impl Slot {
    pub fn new(name: ObjectName, longest: u32, timeout: u32, system: &overlapped_kernel::System) -> Arc<Self> {
        let now = now();
        let times = Times { creation: now, access: now, write: now, change: now };
        let state = State {
            open: true,
            messages: VecDeque::new(),
            readers: VecDeque::new(),
            timeout,
            asked: false,
            times,
            clients: Vec::new(),
            holders: 1,
        };
        let (engine, alarm) = (Arc::clone(system.engine()), OnceLock::new());
        let readers = Readers::of(system);
        let slot = Arc::new(Self { name, longest, readers, engine, alarm, state: Mutex::new(state) });
        let whom: std::sync::Weak<Self> = Arc::downgrade(&slot);
        let _ = slot.alarm.set(system.new_alarm(whom));
        slot
    }

    pub fn info(&self) -> Info {
        let state = self.state.lock();
        let length = |message: &Vec<u8>| u32::try_from(message.len()).unwrap_or(u32::MAX);
        Info {
            longest: self.longest,
            next: state.messages.front().map(length),
            count: u32::try_from(state.messages.len()).unwrap_or(u32::MAX),
            timeout: state.timeout,
        }
    }

    /// Does a request of this process wait for a message, or has one come for one since this was asked last?
    pub fn is_awaited(&self) -> bool {
        let mut state = self.state.lock();
        std::mem::take(&mut state.asked) || state.readers.iter().any(|reader| matches!(reader.who, Who::Here(_)))
    }

    pub fn set_timeout(&self, timeout: u32) {
        self.state.lock().timeout = timeout;
    }

    pub fn times(&self) -> Times {
        self.state.lock().times
    }

    /// Times that somebody has set; `None` leaves one as it is.
    pub fn set_times(&self, [creation, access, write]: [Option<FileTime>; 3]) {
        let mut state = self.state.lock();
        let times = &mut state.times;
        times.creation = creation.unwrap_or(times.creation);
        times.access = access.unwrap_or(times.access);
        times.write = write.unwrap_or(times.write);
        times.change = now();
    }

    /// A read begins: done if there is a message, failed if there is none and it may not wait.
    pub fn start_read(&self, request: &Request) -> Start {
        let mut state = self.state.lock();
        state.asked = true;
        match state.next(request.buffer().len) {
            Some(Ok(message)) => {
                copy(request, &message);
                Start::Done(Completion::success(message.len()))
            }
            Some(Err(status)) => Start::Failed(status),
            None if state.timeout == 0 => Start::Failed(Status::IO_TIMEOUT),
            None => Start::Queue,
        }
    }

    /// A read waits from now on, unless a message has come meanwhile.
    pub fn enqueue(&self, who: Who) {
        let mut state = self.state.lock();
        // Whoever cancels marks the request before it takes this lock: either the mark is seen here, or the request there.
        let over = !state.open || who.is_cancelling();
        let outcome = if over { Some(Err(Status::CANCELLED)) } else { state.next(who.room()) };
        if let Some(outcome) = outcome {
            drop(state);
            return who.finish(outcome);
        }
        let limit = Duration::from_millis(state.timeout.into());
        let due = (state.timeout != MAILSLOT_WAIT_FOREVER).then(|| self.engine.now().plus(limit));
        state.readers.push_back(Reader { who, due });
        drop(state);
        self.wake_at(due);
    }

    /// Ends a read that waits; false if it does not wait here.
    pub fn cancel(&self, request: &RequestRef) -> bool {
        let is_it = |reader: &Reader| matches!(&reader.who, Who::Here(waiting) if Arc::ptr_eq(waiting, request));
        let waited = {
            let mut state = self.state.lock();
            let place = state.readers.iter().position(is_it);
            place.and_then(|place| state.readers.remove(place))
        };
        let Some(reader) = waited else { return false };
        reader.who.finish(Err(Status::CANCELLED));
        true
    }

    /// Ends the read of a child that has this tag, or all of its reads.
    pub fn cancel_far(&self, child: &Connection, wanted: Option<u64>) {
        let is_it = |reader: &Reader| match &reader.who {
            Who::Far { connection, tag, .. } => connection.same(child) && wanted.is_none_or(|wanted| wanted == *tag),
            Who::Here(_) => false,
        };
        let told: Told = {
            let mut state = self.state.lock();
            let (over, left) = std::mem::take(&mut state.readers).into_iter().partition(is_it);
            state.readers = left;
            let over: VecDeque<Reader> = over;
            over.into_iter().map(|reader| (reader.who, Err(Status::CANCELLED))).collect()
        };
        tell(told);
    }

    /// One more reads; false if the slot is closed.
    pub fn hold(&self) -> bool {
        let mut state = self.state.lock();
        state.holders += usize::from(state.open);
        state.open
    }

    /// One less reads. Was it the last?
    pub fn let_go(&self) -> bool {
        let mut state = self.state.lock();
        state.holders -= 1;
        state.holders == 0
    }

    /// Takes a message, whole.
    pub fn deliver(&self, message: &[u8]) -> Result<(), Refusal> {
        let told = {
            let mut state = self.state.lock();
            if !state.open {
                return Err(Refusal::Closed);
            }
            if self.longest != 0 && message.len() > self.longest as usize {
                return Err(Refusal::TooLong);
            }
            state.times.write = now();
            state.deliver(message.to_vec())
        };
        tell(told);
        Ok(())
    }

    /// A client of another process; refused once the server has closed.
    pub fn attach(&self, client: &Connection) -> Result<(), Refusal> {
        let mut state = self.state.lock();
        if !state.open {
            return Err(Refusal::Closed);
        }
        state.clients.push(client.clone());
        Ok(())
    }

    pub fn detach(&self, client: &Connection) {
        self.state.lock().clients.retain(|other| !other.same(client));
    }

    /// The last server handle is closed: unread messages are dropped, and clients have nobody to write to.
    pub fn close(&self) {
        let clients = {
            let mut state = self.state.lock();
            state.open = false;
            state.messages = VecDeque::new();
            std::mem::take(&mut state.clients)
        };
        clients.iter().for_each(Connection::close);
    }

    fn wake_at(&self, due: Option<Tick>) {
        if let (Some(due), Some(alarm)) = (due, self.alarm.get()) {
            alarm.set(due);
        }
    }
}

impl State {
    /// The next message, if there is one: 122 if there is too little room, and then it stays.
    fn next(&mut self, room: usize) -> Option<Outcome> {
        if self.messages.front()?.len() > room {
            return Some(Err(Status::BUFFER_TOO_SMALL));
        }
        self.times.access = now();
        self.messages.pop_front().map(Ok)
    }

    fn deliver(&mut self, message: Vec<u8>) -> Told {
        let mut told = Told::new();
        while let Some(Reader { who, .. }) = self.readers.pop_front() {
            if message.len() <= who.room() {
                self.times.access = self.times.write;
                told.push((who, Ok(message)));
                return told;
            }
            told.push((who, Err(Status::BUFFER_TOO_SMALL)));
        }
        self.messages.push_back(message);
        told
    }

    /// Ends the reads that have waited long enough; and when the next one has.
    fn expire(&mut self, now: Tick) -> (Told, Option<Tick>) {
        let (over, left) =
            std::mem::take(&mut self.readers).into_iter().partition(|reader| reader.due.is_some_and(|due| due <= now));
        self.readers = left;
        let over: VecDeque<Reader> = over;
        let told = over.into_iter().map(|reader| (reader.who, Err(Status::IO_TIMEOUT))).collect();
        (told, self.readers.iter().filter_map(|reader| reader.due).min())
    }
}

/// Copies a message to the memory of a read that has room for it.
fn copy(request: &Request, message: &[u8]) {
    let buffer = request.buffer();
    assert!(message.len() <= buffer.len, "who decides looks at the room");
    if !message.is_empty() {
        // SAFETY: a read's buffer is writable for its length until the request is complete, and only the party that carries
        // the request out gets here. A C program may write from where it reads to.
        unsafe { std::ptr::copy(message.as_ptr(), buffer.start, message.len()) };
    }
}

impl Alarmed for Slot {
    fn alarm(self: Arc<Self>) {
        let (told, next) = self.state.lock().expire(self.engine.now());
        tell(told);
        self.wake_at(next);
    }
}

/// The wall clock.
fn now() -> FileTime {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let seconds = i64::try_from(since.as_secs()).unwrap_or(i64::MAX);
    FileTime::from_unix(seconds, since.subsec_nanos()).unwrap_or_default()
}
