//! A connection between a client's process and an owner's: frames in both directions, each in order.
//!
//! Nobody waits to send: what the socket does not take at once stands in a queue, and the service thread sends it when there is room. So a
//! peer that does not read costs memory and never time; one that has connected *to* this process may cost no more than [`BACKLOG`].

use super::codec::{HEAD, head};
use parking_lot::Mutex;
use rustix::event::epoll::{self, EventData, EventFlags};
use rustix::io::Errno;
use rustix::net::{SendAncillaryBuffer, SendFlags, Shutdown};
use std::collections::VecDeque;
use std::io::IoSlice;
use std::os::fd::OwnedFd;
use std::sync::Arc;

/// Bytes that may wait for a client that does not read, in bytes. Whoever lets more come together has lost its connection.
pub const BACKLOG: usize = 64 << 20;

/// The process at the other end, as Linux knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer {
    /// Its number at the time of the connection.
    pub process: u32,
}

/// The connection is over, or about to be: nothing more is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Closed;

/// See the module page. Clones are the same connection.
#[derive(Clone, Debug)]
pub struct Connection(Arc<Wire>);

#[derive(Debug)]
struct Wire {
    id: u64,
    socket: OwnedFd,
    peer: Peer,
    poller: Arc<OwnedFd>,
    /// What may wait to be sent, if that is limited.
    backlog: usize,
    output: Mutex<Output>,
}

#[derive(Debug)]
struct Output {
    queue: VecDeque<Segment>,
    /// Bytes in the queue.
    bytes: usize,
    phase: Phase,
    /// What the service thread polls for; `None` while it does not know the socket.
    interest: Option<EventFlags>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Frames are collected, but nothing is sent before the answer to the greeting.
    Corked,
    Open,
    /// Over when the queue is empty.
    Closing,
    /// The other side takes nothing any more; what it has sent before is still to be read.
    Deaf,
    Over,
}

/// A frame on its way.
#[derive(Debug)]
struct Segment {
    head: [u8; HEAD],
    body: Vec<u8>,
    sent: usize,
}

impl Segment {
    fn left(&self) -> usize {
        HEAD + self.body.len() - self.sent
    }
}

impl Connection {
    /// A connection that the service thread does not know yet. One that was accepted is corked until the greeting is answered.
    pub(super) fn new(id: u64, socket: OwnedFd, peer: Peer, poller: Arc<OwnedFd>, accepted: bool) -> Self {
        let phase = if accepted { Phase::Corked } else { Phase::Open };
        let backlog = if accepted { BACKLOG } else { usize::MAX };
        let output = Mutex::new(Output { queue: VecDeque::new(), bytes: 0, phase, interest: None });
        Self(Arc::new(Wire { id, socket, peer, poller, backlog, output }))
    }

    pub(super) fn id(&self) -> u64 {
        self.0.id
    }

    pub(super) fn socket(&self) -> &OwnedFd {
        &self.0.socket
    }

    /// Who is at the other end.
    #[must_use]
    pub fn peer(&self) -> Peer {
        self.0.peer
    }

    /// Are these the same connection?
    #[must_use]
    pub fn same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// Bytes that the socket has not taken yet.
    #[must_use]
    pub fn queued(&self) -> usize {
        self.0.output.lock().bytes
    }

    /// Sends a frame behind those that were sent before it, and never waits. After an error [`End::ended`](super::End::ended) comes or has come.
    pub fn send(&self, operation: u16, tag: u64, body: Vec<u8>) -> Result<(), Closed> {
        let length = u32::try_from(body.len()).map_err(|_| Closed)?;
        let mut output = self.0.output.lock();
        if !matches!(output.phase, Phase::Corked | Phase::Open) {
            return Err(Closed);
        }
        if output.bytes > self.0.backlog {
            tracing::warn!(process = self.0.peer.process, "a client does not read: its connection ends");
            self.0.end(&mut output);
            return Err(Closed);
        }
        let segment = Segment { head: head(operation, tag, length), body, sent: 0 };
        output.bytes += segment.left();
        output.queue.push_back(segment);
        self.0.flush(&mut output)
    }

    /// Ends the connection when everything is sent. Frames of the other side are not looked at any more.
    pub fn close(&self) {
        let mut output = self.0.output.lock();
        match output.phase {
            Phase::Corked => output.phase = Phase::Closing,
            Phase::Open => {
                output.phase = Phase::Closing;
                let _ = self.0.flush(&mut output);
            }
            Phase::Deaf => self.0.end(&mut output),
            Phase::Closing | Phase::Over => {}
        }
    }

    /// Ends the connection now.
    pub fn abort(&self) {
        self.0.end(&mut self.0.output.lock());
    }

    /// Has this side ended it?
    pub(super) fn is_closed(&self) -> bool {
        matches!(self.0.output.lock().phase, Phase::Closing | Phase::Over)
    }

    /// The answer to the greeting goes ahead of what was sent meanwhile, if the connection is wanted still.
    pub(super) fn uncork(&self, operation: u16, body: Vec<u8>) {
        let mut output = self.0.output.lock();
        let Ok(length) = u32::try_from(body.len()) else { return self.0.end(&mut output) };
        let segment = Segment { head: head(operation, 0, length), body, sent: 0 };
        output.bytes += segment.left();
        output.queue.push_front(segment);
        if output.phase == Phase::Corked {
            output.phase = Phase::Open;
        }
        let _ = self.0.flush(&mut output);
    }

    /// The service thread listens to it from now on.
    pub(super) fn enter(&self) -> Result<(), Errno> {
        let mut output = self.0.output.lock();
        let interest = Wire::wanted(&output);
        epoll::add(&*self.0.poller, &self.0.socket, EventData::new_u64(self.0.id), interest)?;
        output.interest = Some(interest);
        Ok(())
    }

    /// The service thread is done with it.
    pub(super) fn leave(&self) {
        let mut output = self.0.output.lock();
        self.0.end(&mut output);
        if output.interest.take().is_some() {
            let _ = epoll::delete(&*self.0.poller, &self.0.socket);
        }
    }

    /// There is room again. Is everything sent now?
    pub(super) fn flush(&self) -> bool {
        let mut output = self.0.output.lock();
        let waited = !output.queue.is_empty();
        self.0.flush(&mut output).is_ok() && waited && output.queue.is_empty()
    }
}

impl Wire {
    fn wanted(output: &Output) -> EventFlags {
        let room = if output.queue.is_empty() { EventFlags::empty() } else { EventFlags::OUT };
        EventFlags::IN | EventFlags::RDHUP | room
    }

    fn flush(&self, output: &mut Output) -> Result<(), Closed> {
        if output.phase == Phase::Corked {
            return Ok(());
        }
        while let Some(segment) = output.queue.front_mut() {
            let body = segment.sent.saturating_sub(HEAD);
            let pieces = [IoSlice::new(&segment.head[segment.sent.min(HEAD)..]), IoSlice::new(&segment.body[body..])];
            let flags = SendFlags::NOSIGNAL | SendFlags::DONTWAIT;
            match rustix::net::sendmsg(&self.socket, &pieces, &mut SendAncillaryBuffer::default(), flags) {
                Ok(sent) => {
                    segment.sent += sent;
                    output.bytes -= sent;
                    if segment.left() == 0 {
                        output.queue.pop_front();
                    }
                }
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => break,
                Err(_) if output.phase == Phase::Closing => self.end(output),
                Err(_) => {
                    output.queue.clear();
                    output.bytes = 0;
                    output.phase = Phase::Deaf;
                    break;
                }
            }
        }
        if output.queue.is_empty() && output.phase == Phase::Closing {
            self.end(output);
        }
        let wanted = Self::wanted(output);
        if output.interest.is_some_and(|interest| interest != wanted) {
            let _ = epoll::modify(&*self.poller, &self.socket, EventData::new_u64(self.id), wanted);
            output.interest = Some(wanted);
        }
        if output.phase == Phase::Deaf { Err(Closed) } else { Ok(()) }
    }

    /// The service thread sees the end of the socket and tells of it.
    fn end(&self, output: &mut Output) {
        output.queue.clear();
        output.bytes = 0;
        if output.phase != Phase::Over {
            output.phase = Phase::Over;
            let _ = rustix::net::shutdown(&self.socket, Shutdown::Both);
        }
    }
}
