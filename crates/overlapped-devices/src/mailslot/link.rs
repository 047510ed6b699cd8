//! Messages between a client's process and the slot's, over the channel.
//!
//! | Operation | From | Tag | Body |
//! |---|---|---|---|
//! | [`WRITE`] | client | of the write | the message |
//! | [`CAST`] | client | 0 | the number of a message that may come twice, and the message; no answer |
//! | [`ANSWER`] | owner | of the write | the status |
//!
//! The answer to the greeting is the longest message that the slot takes, 0 for any.

use super::Driven;
use super::client::message_of;
use super::post::MessageId;
use super::slot::{Refusal, Slot};
use crate::channel::{Accepted, Connection, End, Fields, Frame, Malformed, Name, Readers, Service, Writer};
use overlapped_abi::{Status, Win32Error};
use overlapped_kernel::namespace::ObjectName;
use overlapped_kernel::request::{Completion, RequestRef};
use parking_lot::Mutex;
use std::collections::HashMap;
use std::sync::{Arc, OnceLock, Weak};

const WRITE: u16 = 1;
const CAST: u16 = 2;
const ANSWER: u16 = 3;

/// The frame of a message that nobody answers.
pub(super) fn cast(id: MessageId, message: &[u8]) -> Frame {
    Frame { operation: CAST, tag: 0, body: Writer::new().u64(id.0).u64(id.1).rest(message).finish() }
}

/// The client's end.
pub(super) struct Link {
    name: ObjectName,
    /// The longest message that the slot takes, 0 for any.
    longest: u32,
    readers: Readers,
    connection: OnceLock<Connection>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    over: bool,
    /// The client has closed its handle.
    left: bool,
    last: u64,
    waiting: HashMap<u64, RequestRef>,
}

impl Link {
    /// The end of a connection that an owner has welcomed.
    pub fn new(
        connection: &Connection,
        welcome: &[u8],
        name: ObjectName,
        readers: Readers,
    ) -> Result<Arc<Self>, Malformed> {
        let mut fields = Fields::of(welcome);
        let longest = fields.u32()?;
        fields.finish()?;
        let connection = OnceLock::from(connection.clone());
        Ok(Arc::new(Self { name, longest, readers, connection, state: Mutex::default() }))
    }

    /// Of the slot.
    pub fn name(&self) -> &ObjectName {
        &self.name
    }

    /// Can a message of this length be written?
    pub fn look(&self, length: usize) -> Result<(), Refusal> {
        if self.is_over() {
            return Err(Refusal::Closed);
        }
        if self.longest != 0 && length > self.longest as usize { Err(Refusal::TooLong) } else { Ok(()) }
    }

    pub fn is_over(&self) -> bool {
        self.state.lock().over
    }

    /// Sends the message of a write, which ends with the answer.
    pub fn write(&self, request: RequestRef) {
        // SAFETY: the request is pending.
        let message = unsafe { message_of(&request) }.to_vec();
        let closed = {
            let mut state = self.state.lock();
            state.last += 1;
            let tag = state.last;
            let sent = !state.over && self.connection.get().is_some_and(|c| c.send(WRITE, tag, message).is_ok());
            if sent {
                state.waiting.insert(tag, request);
                return;
            }
            request
        };
        closed.complete(Completion::failure(Refusal::Closed.status()));
    }

    /// The client has closed its handle.
    pub fn close(&self) {
        self.state.lock().left = true;
        if let Some(connection) = self.connection.get() {
            connection.close();
        }
    }
}

impl End for Link {
    fn awaited(&self) -> Option<&Readers> {
        (!self.state.lock().waiting.is_empty()).then_some(&self.readers)
    }

    fn frame(&self, _: &Connection, frame: Frame) -> Result<(), Malformed> {
        let mut fields = Fields::of(&frame.body);
        let status = Status(fields.u32()?);
        fields.finish()?;
        let request = self.state.lock().waiting.remove(&frame.tag);
        let Some(request) = request.filter(|_| frame.operation == ANSWER) else { return Err(Malformed) };
        request.complete(match status.is_error() {
            true => Completion::failure(status),
            false => Completion::success(request.buffer().len),
        });
        Ok(())
    }

    fn ended(&self, _: &Connection) {
        let (waiting, status) = {
            let mut state = self.state.lock();
            state.over = true;
            let status = if state.left { Status::CANCELLED } else { Refusal::Closed.status() };
            let mut waiting: Vec<(u64, RequestRef)> = state.waiting.drain().collect();
            waiting.sort_by_key(|(tag, _)| *tag);
            (waiting, status)
        };
        waiting.into_iter().for_each(|(_, request)| request.complete(Completion::failure(status)));
    }
}

/// The owner's end.
pub(super) struct Inbox {
    slot: Arc<Slot>,
    driven: Weak<Driven>,
}

impl Inbox {
    pub fn new(slot: Arc<Slot>, driven: Weak<Driven>) -> Self {
        Self { slot, driven }
    }
}

impl End for Inbox {
    fn longest(&self) -> u32 {
        // A cast has its number in front. What is too long for the slot is answered, up to a limit.
        match self.slot.longest {
            0 => u32::MAX,
            longest => longest.saturating_add(16).max(crate::channel::codec::USUAL_LIMIT),
        }
    }

    fn awaited(&self) -> Option<&Readers> {
        self.slot.is_awaited().then_some(&self.slot.readers)
    }

    fn frame(&self, connection: &Connection, frame: Frame) -> Result<(), Malformed> {
        match frame.operation {
            WRITE => {
                let taken = self.slot.deliver(&frame.body);
                let status = taken.map_or_else(Refusal::status, |()| Status::SUCCESS);
                let _ = connection.send(ANSWER, frame.tag, Writer::new().u32(status.0).finish());
                Ok(())
            }
            CAST => {
                let mut fields = Fields::of(&frame.body);
                let id = MessageId(fields.u64()?, fields.u64()?);
                if let Some(driven) = self.driven.upgrade() {
                    driven.deliver_once(&self.slot, id, fields.rest());
                }
                Ok(())
            }
            _ => Err(Malformed),
        }
    }

    fn ended(&self, connection: &Connection) {
        self.slot.detach(connection);
    }
}

/// Takes in clients of other processes.
pub(super) struct Reception(pub Weak<Driven>);

impl Service for Reception {
    fn accept(&self, name: &Name, connection: &Connection, greeting: &[u8]) -> Result<Accepted, Win32Error> {
        let unknown = Win32Error::FILE_NOT_FOUND;
        let driven = self.0.upgrade().ok_or(unknown)?;
        let slot = driven.slot(&name.name).filter(|_| greeting.is_empty()).ok_or(unknown)?;
        slot.attach(connection).map_err(|_| unknown)?;
        let welcome = Writer::new().u32(slot.longest).finish();
        Ok(Accepted { end: Arc::new(Inbox::new(slot, Weak::clone(&self.0))), welcome })
    }
}
