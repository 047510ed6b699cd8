//! A client's end of a pipe that another process owns: its requests become frames, and answers come from there.
//!
//! The owner decides everything; here is only known which call is which. When the server closes, what this client has not read comes along
//! with the farewell, and is read from a queue here from then on; so the owner's process may end. If that dies without a word, unread
//! data dies with it, and the client finds the pipe broken.
//!
//! A write that the owner's quota has room for, whatever it has read meanwhile, is complete when Linux has it ([`Credit`]). Others wait for the
//! owner's answer.
//!
//! A cancelled request ends when the owner has said how, since only the owner knows whether it was in time.

use super::device::Job;
use super::names::Names;
use super::party::{Memory, Party, data, ended_early};
use super::queue::{Queue, Sink};
use super::serve::registered;
use super::state::{Mode, Peeked, Standing};
use super::tally::Tally;
use super::wire::{self, Done, Greeting, LONGEST, Welcome};
use crate::channel::{self, ConnectError, Connection, Frame, Malformed, Readers, Writer};
use overlapped_abi::{AccessMask, Status, Win32Error};
use overlapped_kernel::device::{Device, FileType, Next, Start};
use overlapped_kernel::engine::RawResult;
use overlapped_kernel::instance::Instance;
use overlapped_kernel::namespace::ObjectName;
use overlapped_kernel::request::{Completion, Function, Request, RequestRef};
use parking_lot::Mutex;
use rustix::fd::OwnedFd;
use std::any::Any;
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

/// A question that only the owner can answer: PEEK or MODE, and what it has answered.
pub(super) struct Question {
    pub operation: u16,
    pub body: Vec<u8>,
    pub answer: Mutex<Vec<u8>>,
}

/// See the module page.
pub(super) struct FarDevice {
    far: Arc<Far>,
}

/// What the connection and the device have in common.
struct Far {
    names: Arc<Names>,
    name: ObjectName,
    welcome: Welcome,
    readers: Readers,
    connection: OnceLock<Connection>,
    state: Mutex<State>,
}

struct State {
    next: u64,
    /// Calls that the owner has not answered, in their order.
    calls: BTreeMap<u64, RequestRef>,
    mode: Mode,
    credit: Credit,
    /// After the end: what is left to be read.
    rest: Option<Queue<Party>>,
    /// The end was that the server has disconnected.
    disconnected: bool,
    /// The owner has never seen calls from this one on.
    unseen: u64,
}

/// What is known of the room that the owner's quota leaves.
struct Credit {
    quota: u64,
    /// Bytes that were sent, and those of them that are read or taken back, as far as the owner has said.
    sent: u64,
    gone: u64,
    /// Nobody else writes at this end, and no answer has said that the connection ends.
    sure: bool,
}

impl Credit {
    /// The longest write that does not wait for an answer, in bytes: what Linux takes whole or not at all.
    const LONGEST: usize = 32 << 10;

    fn new(welcome: &Welcome, sure: bool) -> Self {
        Self { quota: welcome.quotas[1].into(), sent: 0, gone: 0, sure }
    }

    /// Does a write of so many bytes fit, whatever the owner has not said yet?
    fn covers(&self, bytes: usize) -> bool {
        self.sure && bytes <= Self::LONGEST && self.sent - self.gone + bytes as u64 <= self.quota
    }

    /// The owner has counted.
    fn note(&mut self, gone: u64) {
        self.gone = self.gone.max(gone);
        if self.gone > self.sent {
            // Its count is not of these writes.
            (self.gone, self.sure) = (self.sent, false);
        }
    }
}

impl State {
    fn new(welcome: &Welcome, mode: Mode, alone: bool) -> Self {
        Self {
            next: 1,
            calls: BTreeMap::new(),
            mode,
            credit: Credit::new(welcome, alone),
            rest: None,
            disconnected: false,
            unseen: u64::MAX,
        }
    }
}

/// Opens an instance of another process.
///
/// 2 if no other process has the name, 231 if none of its instances listens, 5 if one does not offer the access.
pub(super) fn open(
    names: &Arc<Names>,
    name: &ObjectName,
    access: AccessMask,
    readers: Readers,
) -> Result<(FarDevice, AccessMask), Win32Error> {
    let mut error = Win32Error::FILE_NOT_FOUND;
    for other in names.channel.owners(&registered(name))? {
        let mut made = None;
        let attach = |connection: &Connection, welcome: &[u8]| {
            let welcome = Welcome::read(welcome).map_err(|Malformed| Win32Error::GEN_FAILURE)?;
            let state = State::new(&welcome, Mode::PLAIN, true);
            let (names, name, readers) = (Arc::clone(names), name.clone(), readers.clone());
            let far = Far { names, name, welcome, readers, connection: OnceLock::new(), state: Mutex::new(state) };
            let far = made.insert(Arc::new(far));
            let _ = far.connection.set(connection.clone());
            Ok(Arc::clone(far) as Arc<dyn channel::End>)
        };
        match names.channel.connect(other.owner, &registered(name), &Greeting::Open(access).write(), attach) {
            Ok(_) => {
                let Some(far) = made else { unreachable!("a connection is attached") };
                let access = far.welcome.access;
                return Ok((FarDevice { far }, access));
            }
            Err(ConnectError::Refused(Win32Error::ACCESS_DENIED)) => return Err(Win32Error::ACCESS_DENIED),
            Err(ConnectError::Refused(Win32Error::FILE_NOT_FOUND) | ConnectError::Gone) => {}
            Err(ConnectError::Refused(refused)) => error = refused,
            Err(ConnectError::Failed(failed)) if error == Win32Error::FILE_NOT_FOUND => error = failed,
            Err(ConnectError::Failed(_)) => {}
        }
    }
    Err(error)
}

/// The end that the parent has left to this process.
pub(super) fn adopt(
    names: &Arc<Names>,
    descriptor: OwnedFd,
    bytes: &[u8],
    readers: Readers,
) -> Result<FarDevice, Win32Error> {
    let (mode, welcome, name) = wire::read_bequest(bytes).map_err(|Malformed| Win32Error::INVALID_HANDLE)?;
    let state = State::new(&welcome, mode, false);
    let names = Arc::clone(names);
    let far = Arc::new(Far { names, name, welcome, readers, connection: OnceLock::new(), state: Mutex::new(state) });
    let attach = |connection: &Connection| {
        let _ = far.connection.set(connection.clone());
        Ok(Arc::clone(&far) as Arc<dyn channel::End>)
    };
    far.names.channel.adopt(descriptor, attach)?;
    Ok(FarDevice { far })
}

/// Of a system that goes away with handles open.
impl Drop for FarDevice {
    fn drop(&mut self) {
        if let Some(connection) = self.far.connection.get() {
            connection.close();
        }
    }
}

impl FarDevice {
    pub fn welcome(&self) -> &Welcome {
        &self.far.welcome
    }

    pub fn name(&self) -> &ObjectName {
        &self.far.name
    }

    /// How many instances of its name there are.
    pub fn instances(&self) -> u32 {
        let Far { names, name, .. } = &*self.far;
        let known = [names.ask(name), names.ask_others(name)];
        known.into_iter().flatten().fold(0, |sum: u32, (_, instances)| sum.saturating_add(instances)).max(1)
    }

    pub fn mode(&self) -> Mode {
        self.far.state.lock().mode
    }

    /// The owner has taken this mode.
    pub fn mode_is(&self, mode: Mode) {
        self.far.state.lock().mode = mode;
    }
}

/// What the owner is sent for a request.
fn frame(request: &Request) -> Option<(u16, Vec<u8>)> {
    let room = || Writer::new().u64(request.buffer().len as u64);
    Some(match (request.function(), Job::of(request)) {
        (Function::Read, _) => (wire::READ, room().finish()),
        (Function::Write, _) => (wire::WRITE, data(request).to_vec()),
        (Function::Flush, _) => (wire::FLUSH, Vec::new()),
        (_, Some(Job::Transact(message))) => (wire::TRANSACT, room().rest(message).finish()),
        (_, Some(Job::Ask(question))) => (question.operation, question.body.clone()),
        _ => return None,
    })
}

impl State {
    /// How a request ends after the connection's end; `new` if the owner has never seen it.
    fn after_all(&mut self, request: &Request, new: bool) -> Completion {
        let Self { mode, rest, disconnected, .. } = self;
        let Some(rest) = rest else { return Completion::failure(Status::UNSUCCESSFUL) };
        if *disconnected && !matches!(Job::of(request), Some(Job::Ask(Question { operation: wire::MODE, .. }))) {
            return Completion::failure(Status::PIPE_DISCONNECTED);
        }
        match (request.function(), Job::of(request)) {
            (Function::Read, _) => rest
                .read(&mut Memory(request), mode.reading, &mut Tally::new())
                .unwrap_or(Completion::failure(Status::PIPE_BROKEN)),
            (Function::Write, _) if new => Completion::failure(Status::PIPE_CLOSING),
            (Function::Flush, _) if new => Completion::success(0),
            (_, Some(Job::Transact(_))) if new => Completion::failure(Status::INVALID_PIPE_STATE),
            (_, Some(Job::Ask(question))) => {
                if question.operation == wire::PEEK {
                    return peek(rest, question);
                }
                Completion::success(0)
            }
            _ => Completion::failure(Status::PIPE_BROKEN),
        }
    }
}

/// Answers a question about what is left here.
fn peek(rest: &Queue<Party>, question: &Question) -> Completion {
    if rest.is_empty() {
        return Completion::failure(Status::PIPE_BROKEN);
    }
    let room = channel::Fields::of(&question.body).u64().unwrap_or(0);
    let seen = Peeked {
        standing: Standing::Closing as u32,
        available: rest.len(),
        messages: rest.message_count(),
        message: rest.first_message(),
        data: rest.peek(usize::try_from(room).unwrap_or(usize::MAX)),
    };
    *question.answer.lock() = wire::write_peeked(&seen);
    Completion::success(0)
}

impl Far {
    /// False if the connection is over: its end is told, and ends what waits.
    fn send(&self, operation: u16, tag: u64, body: Vec<u8>) -> bool {
        self.connection.get().is_some_and(|connection| connection.send(operation, tag, body).is_ok())
    }

    /// The connection is over. What was not read is in these pieces.
    fn end(&self, pieces: &[Vec<u8>]) {
        let mut tally = Tally::new();
        {
            let mut state = self.state.lock();
            if state.rest.is_none() {
                let mut rest = Queue::new(self.welcome.family.of_messages, usize::MAX);
                let reading = state.mode.reading;
                pieces.iter().for_each(|piece| rest.write(piece, reading, &mut Tally::new()));
                state.rest = Some(rest);
            }
            for (tag, request) in std::mem::take(&mut state.calls) {
                let new = tag >= state.unseen;
                let completion = state.after_all(&request, new);
                tally.push(Party::Local(request), completion);
            }
        }
        tally.tell();
    }

    /// Sends what is to be written, if it fits for sure; false if the owner has to be asked.
    fn write_ahead(&self, data: &[u8]) -> bool {
        let Some(connection) = self.connection.get() else { return false };
        let mut state = self.state.lock();
        if state.rest.is_some() || state.mode.nowait || !state.credit.covers(data.len()) {
            return false;
        }
        // Under the lock, so that frames go out in the order in which they are counted.
        if connection.send_now(wire::WRITE, 0, data) {
            state.credit.sent += data.len() as u64;
            return true;
        }
        drop(state);
        // If the server has closed or disconnected, that is there to be read.
        connection.pull();
        false
    }

    /// The answer to a call.
    fn done(&self, tag: u64, done: Done<'_>) -> Result<(), Malformed> {
        let request = {
            let mut state = self.state.lock();
            let request = state.calls.remove(&tag);
            if let Some(request) = &request {
                state.credit.sent -= unsent(request, &done) as u64;
            }
            state.credit.note(done.gone);
            let ends = [Status::PIPE_BROKEN, Status::PIPE_CLOSING, Status::PIPE_DISCONNECTED];
            state.credit.sure &= !ends.contains(&done.status);
            request
        };
        let Some(request) = request else { return Ok(()) };
        let reads = matches!(request.function(), Function::Read) || matches!(Job::of(&request), Some(Job::Transact(_)));
        let mut bytes = 0;
        let mut sound = true;
        if reads {
            let mut memory = Memory(&request);
            sound = done.data.len() <= memory.room();
            if sound {
                memory.put(done.data);
                bytes = done.data.len();
            }
        } else if let Some(Job::Ask(question)) = Job::of(&request) {
            *question.answer.lock() = done.data.to_vec();
        } else if done.status.is_success() {
            sound = done.bytes <= request.buffer().len;
            bytes = if sound { done.bytes } else { 0 };
        }
        let status = if sound { done.status } else { Status::PIPE_BROKEN };
        request.complete(Completion { status, bytes });
        if sound { Ok(()) } else { Err(Malformed) }
    }
}

/// Bytes of a call that the owner has not put into the pipe.
fn unsent(request: &Request, done: &Done<'_>) -> usize {
    match (request.function(), Job::of(request)) {
        // An end that does not wait takes what fits.
        (Function::Write, _) if done.status.is_success() => request.buffer().len.saturating_sub(done.bytes),
        (_, Some(Job::Transact(message))) if matches!(done.status, Status::PIPE_BUSY | Status::INVALID_READ_MODE) => {
            message.len()
        }
        _ => 0,
    }
}

impl channel::End for Far {
    fn longest(&self) -> u32 {
        LONGEST
    }

    fn awaited(&self) -> Option<&Readers> {
        (!self.state.lock().calls.is_empty()).then_some(&self.readers)
    }

    fn frame(&self, _connection: &Connection, frame: Frame) -> Result<(), Malformed> {
        match frame.operation {
            wire::DONE => self.done(frame.tag, Done::read(&frame.body)?),
            wire::DISCONNECTED if frame.body.is_empty() => {
                self.state.lock().disconnected = true;
                self.end(&[]);
                Ok(())
            }
            wire::LAST => {
                self.end(&wire::read_last(&frame.body)?);
                Ok(())
            }
            _ => Err(Malformed),
        }
    }

    fn ended(&self, _connection: &Connection) {
        self.end(&[]);
    }
}

// SAFETY: a read counts what was copied into its memory; a request is completed by whoever takes it out of `calls`.
unsafe impl Device for FarDevice {
    fn file_type(&self) -> FileType {
        FileType::Pipe
    }

    fn requires_overlapped(&self) -> bool {
        false
    }

    fn start(&self, request: &Request) -> Start {
        let sends = match Job::of(request) {
            Some(Job::Transact(message)) => message.len(),
            Some(Job::Connect) => return Start::Failed(Status::INVALID_DEVICE_REQUEST),
            _ => data(request).len(),
        };
        if sends > wire::MOST {
            return Start::Failed(Status::INSUFFICIENT_RESOURCES);
        }
        if matches!(request.function(), Function::Lock { .. } | Function::Copy) {
            return Start::Failed(Status::INVALID_DEVICE_REQUEST);
        }
        if request.function() == Function::Write && self.far.write_ahead(data(request)) {
            return Start::Done(Completion::success(sends));
        }
        let mut state = self.far.state.lock();
        if state.rest.is_none() {
            return Start::Queue;
        }
        match state.after_all(request, true) {
            Completion { status, .. } if status.is_error() => Start::Failed(status),
            completion => Start::Done(completion),
        }
    }

    fn enqueue(&self, request: RequestRef) {
        let Some((operation, body)) = frame(&request) else {
            return request.complete(Completion::failure(Status::INVALID_DEVICE_REQUEST));
        };
        let mut state = self.far.state.lock();
        let ended = if request.is_cancelling() {
            ended_early(&request)
        } else if state.rest.is_some() {
            state.after_all(&request, true)
        } else {
            let tag = state.next;
            state.next += 1;
            state.credit.sent += match Job::of(&request) {
                Some(Job::Transact(message)) => message.len(),
                _ => data(&request).len(),
            } as u64;
            request.set_engine_tag(tag);
            state.calls.insert(tag, request);
            // Under the lock, so that calls go out in the order of their tags.
            if !self.far.send(operation, tag, body) {
                state.unseen = state.unseen.min(tag);
            }
            return;
        };
        drop(state);
        request.complete(ended);
    }

    fn cancel(&self, request: &RequestRef) -> bool {
        let state = self.far.state.lock();
        let tag = request.engine_tag();
        if state.calls.contains_key(&tag) {
            self.far.send(wire::CANCEL, tag, Vec::new());
        }
        true
    }

    fn resume(&self, _request: &Request, _result: RawResult) -> Next {
        // It hands out no operation that could have a result.
        Next::Complete(Completion::failure(Status::INVALID_DEVICE_REQUEST))
    }

    fn close(&self, _instance: &Instance) {
        let calls = std::mem::take(&mut self.far.state.lock().calls);
        for request in calls.into_values() {
            request.complete(ended_early(&request));
        }
        if let Some(connection) = self.far.connection.get() {
            connection.close();
        }
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
