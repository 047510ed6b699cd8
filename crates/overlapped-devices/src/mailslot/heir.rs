//! Handles that a child process inherits (contract 07 section 4.1: holders of inherited handles may read, too).
//!
//! The queue stays where it is. Parent and child have a connection made for this handle, whose other end the child gets as a descriptor: so nobody
//! else can read, and the slot lives as long as the child has it, though not longer than the parent's process. A client's handle goes the same way, or
//! finds its slot again by name.
//!
//! | Operation | From | Tag | Body |
//! |---|---|---|---|
//! | [`READ`] | child | of the read | room in bytes |
//! | [`GIVEN`] | parent | of the read | the status, and the message |
//! | [`CANCEL`] | child | of the read | |
//! | [`ASK`] | child | of the question | empty, or the new read timeout |
//! | [`TOLD`] | parent | of the question | what GetMailslotInfo tells |

use super::client::{ClientDevice, Route};
use super::link::{Inbox, Link};
use super::post::Cast;
use super::server::ServerDevice;
use super::slot::{Info, Slot, Who};
use super::{Driven, connect, mailslot};
use crate::channel::{Connection, End, Fields, Frame, Malformed, Readers, Writer};
use overlapped_abi::{AccessMask, Status, Win32Error};
use overlapped_kernel::device::{Bequest, Device, FileType, Next, Opened, Start, bequest};
use overlapped_kernel::engine::RawResult;
use overlapped_kernel::instance::Instance;
use overlapped_kernel::namespace::ObjectName;
use overlapped_kernel::request::{Completion, Function, Request, RequestRef};
use parking_lot::{Condvar, Mutex};
use std::any::Any;
use std::collections::HashMap;
use std::ffi::OsStr;
use std::net::SocketAddr;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::sync::{Arc, Weak};
use std::time::Duration;

const READ: u16 = 4;
pub(super) const GIVEN: u16 = 5;
const CANCEL: u16 = 6;
const ASK: u16 = 7;
const TOLD: u16 = 8;

/// So long a parent may take to answer a question.
const PATIENCE: Duration = Duration::from_secs(30);

/// What the bytes of a bequest begin with.
const SERVER: u8 = 0;
const CLIENT: u8 = 1;
const NAMED: u8 = 2;
const AWAY: u8 = 3;

/// The parent's end of a server's handle.
struct Reader {
    slot: Arc<Slot>,
    driven: Weak<Driven>,
}

impl End for Reader {
    fn frame(&self, connection: &Connection, frame: Frame) -> Result<(), Malformed> {
        let mut fields = Fields::of(&frame.body);
        match frame.operation {
            READ => {
                let room = usize::try_from(fields.u64()?).map_err(|_| Malformed)?;
                self.slot.enqueue(Who::Far { connection: connection.clone(), tag: frame.tag, room });
            }
            CANCEL => self.slot.cancel_far(connection, Some(frame.tag)),
            ASK => {
                if !frame.body.is_empty() {
                    self.slot.set_timeout(fields.u32()?);
                }
                let Info { longest, next, count, timeout } = self.slot.info();
                let told = Writer::new().u32(longest).u8(next.is_some().into()).u32(next.unwrap_or(0));
                let _ = connection.send(TOLD, frame.tag, told.u32(count).u32(timeout).finish());
            }
            _ => return Err(Malformed),
        }
        fields.finish()
    }

    fn ended(&self, connection: &Connection) {
        self.slot.cancel_far(connection, None);
        if let Some(driven) = self.driven.upgrade() {
            driven.leave(&self.slot);
        }
    }
}

/// What a child inherits of a server's handle.
pub(super) fn of_server(driven: &Arc<Driven>, slot: &Arc<Slot>, overlapped: bool) -> Option<Bequest> {
    slot.hold().then_some(())?;
    let reader = Reader { slot: Arc::clone(slot), driven: Arc::downgrade(driven) };
    let Ok(descriptor) = driven.channel().pair(|_| Arc::new(reader)) else {
        driven.leave(slot);
        return None;
    };
    Some(bequest_of(overlapped, Some(descriptor), vec![SERVER]))
}

/// What a child inherits of a client's handle.
pub(super) fn of_client(route: &Route, driven: &Arc<Driven>, overlapped: bool) -> Option<Bequest> {
    match route {
        Route::Here(slot) => {
            let inbox = |connection: &Connection| -> Arc<dyn End> {
                // A slot that is closed refuses every message, attached or not.
                let _ = slot.attach(connection);
                Arc::new(Inbox::new(Arc::clone(slot), Arc::downgrade(driven)))
            };
            let descriptor = driven.channel().pair(inbox).ok()?;
            let bytes = Writer::new().u8(CLIENT).u32(slot.longest).finish();
            Some(bequest_of(overlapped, Some(descriptor), bytes))
        }
        Route::There(link) => {
            let bytes = Writer::new().u8(NAMED).rest(link.name().folded().as_bytes()).finish();
            Some(bequest_of(overlapped, None, bytes))
        }
        Route::Away(cast) => {
            let peers: Vec<String> = cast.peers.iter().map(SocketAddr::to_string).collect();
            let bytes = Writer::new().u8(AWAY).u8(cast.here.into()).bytes(peers.join(" ").as_bytes());
            Some(bequest_of(overlapped, None, bytes.rest(cast.name.folded().as_bytes()).finish()))
        }
    }
}

fn bequest_of(overlapped: bool, descriptor: Option<OwnedFd>, bytes: Vec<u8>) -> Bequest {
    Bequest { kind: bequest::MAILSLOT, overlapped, descriptor, keep: None, bytes }
}

/// The device that the parent has left.
pub(super) fn inherit(driven: &Arc<Driven>, left: &mut Bequest, readers: &Readers) -> Result<Opened, Win32Error> {
    let descriptor = left.descriptor.take();
    let device = device(driven, descriptor, &left.bytes, readers)?;
    // The handle's own rights come from the parent's table.
    let access = AccessMask::FILE_GENERIC_READ | AccessMask::FILE_GENERIC_WRITE;
    Ok(Opened { device, access, overlapped: left.overlapped, existed: false })
}

fn device(
    driven: &Arc<Driven>,
    descriptor: Option<OwnedFd>,
    bytes: &[u8],
    readers: &Readers,
) -> Result<Arc<dyn Device>, Win32Error> {
    let wrong = |_: Malformed| Win32Error::INVALID_HANDLE;
    let name_of = |bytes: &[u8]| ObjectName::new(OsStr::from_bytes(bytes));
    let mut fields = Fields::of(bytes);
    let route = match (fields.u8().map_err(wrong)?, descriptor) {
        (SERVER, Some(descriptor)) => {
            let far = Arc::new(Far::default());
            let end = Arc::clone(&far);
            let connection = driven.channel().adopt(descriptor, |_| Ok(end))?;
            return Ok(Arc::new(FarServer { connection, far }));
        }
        (CLIENT, Some(descriptor)) => {
            let mut made = None;
            let welcome = fields.rest();
            driven.channel().adopt(descriptor, |connection| {
                let link = Link::new(connection, welcome, ObjectName::from(""), readers.clone()).map_err(wrong)?;
                made = Some(Arc::clone(&link));
                Ok(link)
            })?;
            Route::There(made.ok_or(Win32Error::INVALID_HANDLE)?)
        }
        (NAMED, _) => {
            let name = mailslot(name_of(fields.rest()));
            let owner = driven.channel().owners(&name)?.into_iter().next().ok_or(Win32Error::FILE_NOT_FOUND)?;
            Route::There(connect(driven.channel(), owner.owner, &name, readers)?)
        }
        (AWAY, _) => {
            let here = fields.u8().map_err(wrong)? != 0;
            let peers = String::from_utf8_lossy(fields.bytes().map_err(wrong)?).into_owned();
            let peers = peers.split_whitespace().filter_map(|peer| peer.parse().ok()).collect();
            Route::Away(Cast { driven: Arc::clone(driven), name: name_of(fields.rest()), peers, here })
        }
        _ => return Err(Win32Error::INVALID_HANDLE),
    };
    Ok(Arc::new(ClientDevice::new(route, Arc::clone(driven))))
}

/// What the child knows of its reads and questions.
#[derive(Default)]
struct Far {
    state: Mutex<State>,
    answered: Condvar,
}

#[derive(Default)]
struct State {
    over: bool,
    last: u64,
    waiting: HashMap<u64, RequestRef>,
    answers: HashMap<u64, Option<Info>>,
}

impl End for Far {
    fn longest(&self) -> u32 {
        u32::MAX
    }

    fn frame(&self, _: &Connection, frame: Frame) -> Result<(), Malformed> {
        let mut fields = Fields::of(&frame.body);
        match frame.operation {
            GIVEN => {
                let status = Status(fields.u32()?);
                let request = self.state.lock().waiting.remove(&frame.tag).ok_or(Malformed)?;
                let message = fields.rest();
                if message.len() > request.buffer().len {
                    request.complete(Completion::failure(Status::UNSUCCESSFUL));
                    return Err(Malformed);
                }
                let outcome = if status.is_error() { Err(status) } else { Ok(message.to_vec()) };
                Who::Here(request).finish(outcome);
                Ok(())
            }
            TOLD => {
                let (longest, any, next) = (fields.u32()?, fields.u8()?, fields.u32()?);
                let (count, timeout) = (fields.u32()?, fields.u32()?);
                fields.finish()?;
                let info = Info { longest, next: (any != 0).then_some(next), count, timeout };
                let mut state = self.state.lock();
                *state.answers.get_mut(&frame.tag).ok_or(Malformed)? = Some(info);
                drop(state);
                self.answered.notify_all();
                Ok(())
            }
            _ => Err(Malformed),
        }
    }

    fn ended(&self, _: &Connection) {
        let waiting: Vec<RequestRef> = {
            let mut state = self.state.lock();
            state.over = true;
            state.waiting.drain().map(|(_, request)| request).collect()
        };
        self.answered.notify_all();
        waiting.iter().for_each(|request| request.complete(Completion::failure(Status::CANCELLED)));
    }
}

/// A server's handle whose slot is in the parent.
pub(super) struct FarServer {
    connection: Connection,
    far: Arc<Far>,
}

impl FarServer {
    /// Asks the parent about the slot, after setting its read timeout if one is given.
    pub fn ask(&self, timeout: Option<u32>) -> Result<Info, Win32Error> {
        let gone = Win32Error::INVALID_HANDLE;
        let body = timeout.map_or_else(Vec::new, |timeout| Writer::new().u32(timeout).finish());
        let mut state = self.far.state.lock();
        state.last += 1;
        let tag = state.last;
        state.answers.insert(tag, None);
        let sent = !state.over && self.connection.send(ASK, tag, body).is_ok();
        let waits = |state: &mut State| !state.over && state.answers.get(&tag).is_some_and(Option::is_none);
        if sent {
            self.far.answered.wait_while_for(&mut state, waits, PATIENCE);
        }
        state.answers.remove(&tag).flatten().ok_or(gone)
    }
}

/// Of a system that goes away with handles open.
impl Drop for FarServer {
    fn drop(&mut self) {
        self.connection.close();
    }
}

// SAFETY: a read counts what was copied into its memory; one that waits is completed by whoever takes it out of the list.
unsafe impl Device for FarServer {
    fn file_type(&self) -> FileType {
        FileType::Unknown
    }

    fn requires_overlapped(&self) -> bool {
        false
    }

    fn serializes(&self) -> bool {
        false
    }

    fn start(&self, request: &Request) -> Start {
        match request.function() {
            Function::Read if request.parts().is_none() => Start::Queue,
            _ => Start::Failed(Status::INVALID_DEVICE_REQUEST),
        }
    }

    fn enqueue(&self, request: RequestRef) {
        let lost = {
            let mut state = self.far.state.lock();
            state.last += 1;
            let (tag, room) = (state.last, request.buffer().len as u64);
            // Who cancels marks the request before it looks for it under this lock.
            let over = state.over || request.is_cancelling();
            let sent = !over && self.connection.send(READ, tag, Writer::new().u64(room).finish()).is_ok();
            if sent {
                request.set_engine_tag(tag);
                state.waiting.insert(tag, request);
                return;
            }
            request
        };
        lost.complete(Completion::failure(Status::CANCELLED));
    }

    /// The parent has the last word: it says whether the read has had a message before.
    fn cancel(&self, request: &RequestRef) -> bool {
        let state = self.far.state.lock();
        let tag = request.engine_tag();
        if state.waiting.contains_key(&tag) {
            let _ = self.connection.send(CANCEL, tag, Vec::new());
        }
        true
    }

    fn resume(&self, _: &Request, _: RawResult) -> Next {
        Next::Complete(Completion::failure(Status::INVALID_DEVICE_REQUEST))
    }

    fn close(&self, _: &Instance) {
        self.connection.close();
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// Is the slot of this device in the process, or in its parent?
pub(super) fn server_of(device: &dyn Any) -> Option<Result<&Arc<Slot>, &FarServer>> {
    match device.downcast_ref::<ServerDevice>() {
        Some(server) => Some(Ok(server.slot())),
        None => device.downcast_ref::<FarServer>().map(Err),
    }
}
