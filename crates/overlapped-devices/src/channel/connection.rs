//! A connection between a client's process and an owner's: frames in both directions, each in order.
//!
//! Nobody waits to send: what the socket does not take at once stands in a queue, and the service thread sends it when there is room. So a
//! peer that does not read costs memory and never time; one that has connected *to* this process may cost no more than [`BACKLOG`].
//!
//! It is read by the service thread, or by threads that wait for a system (`line`). One that this side has closed is the service thread's in
//! any case, so that a system which ends waits for nobody.

use super::codec::{HEAD, head};
use super::hub::WELCOME;
use super::line::{Line, Readers};
use overlapped_kernel::engine::{Engine, WatchId, Watcher};
use parking_lot::Mutex;
use rustix::event::epoll::{self, EventData, EventFlags};
use rustix::io::Errno;
use rustix::net::{SendAncillaryBuffer, SendFlags, Shutdown};
use std::collections::VecDeque;
use std::io::IoSlice;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::{Arc, OnceLock, Weak};

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
#[derive(Clone)]
pub struct Connection(Arc<Wire>);

impl std::fmt::Debug for Connection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Connection").field("id", &self.0.id).field("peer", &self.0.peer).finish_non_exhaustive()
    }
}

struct Wire {
    id: u64,
    socket: OwnedFd,
    peer: Peer,
    poller: Arc<OwnedFd>,
    /// What may wait to be sent, if that is limited.
    backlog: usize,
    line: OnceLock<Weak<Line>>,
    output: Mutex<Output>,
}

struct Output {
    queue: VecDeque<Segment>,
    /// Bytes in the queue.
    bytes: usize,
    phase: Phase,
    /// What the service thread polls for; `None` while it does not know the socket.
    interest: Option<EventFlags>,
    reader: Reader,
}

/// Who reads.
enum Reader {
    Service,
    /// Who polls this engine, which may end before the connection does.
    Waiters(Weak<dyn Engine>, WatchId),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Frames are collected, but nothing is sent before the answer to the greeting.
    Corked,
    Open,
    /// Over when the queue is empty. The other side can send no more, and nothing is read.
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
        let reader = Reader::Service;
        let output = Mutex::new(Output { queue: VecDeque::new(), bytes: 0, phase, interest: None, reader });
        Self(Arc::new(Wire { id, socket, peer, poller, backlog, line: OnceLock::new(), output }))
    }

    /// Where what comes is told.
    pub(super) fn is_read_by(&self, line: &Arc<Line>) {
        let _ = self.0.line.set(Arc::downgrade(line));
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

    /// Sends a frame at once; false, with nothing sent, if the socket has no room for all of it or something else is to be sent before. Of up
    /// to 32 KiB, Linux takes all or nothing.
    pub fn send_now(&self, operation: u16, tag: u64, body: &[u8]) -> bool {
        let Ok(length) = u32::try_from(body.len()) else { return false };
        let mut output = self.0.output.lock();
        if output.phase != Phase::Open || !output.queue.is_empty() {
            return false;
        }
        let head = head(operation, tag, length);
        let pieces = [IoSlice::new(&head), IoSlice::new(body)];
        let flags = SendFlags::NOSIGNAL | SendFlags::DONTWAIT;
        match rustix::net::sendmsg(&self.0.socket, &pieces, &mut SendAncillaryBuffer::default(), flags) {
            Ok(sent) if sent < HEAD + body.len() => {
                let segment = Segment { head, body: body.to_vec(), sent };
                output.bytes += segment.left();
                output.queue.push_back(segment);
                self.0.flush(&mut output).is_ok()
            }
            sent => sent.is_ok(),
        }
    }

    /// Tells the end what has come by now, on this thread, unless another one is about to. So what the other side has sent before it told
    /// anybody in another way is seen. Not under a lock that callbacks take.
    pub fn pull(&self) {
        if let Some(line) = self.0.line.get().and_then(Weak::upgrade) {
            line.pull();
        }
    }

    /// Ends the connection when everything is sent. Frames of the other side are not looked at any more.
    pub fn close(&self) {
        let mut output = self.0.output.lock();
        self.0.take_back(&mut output);
        match output.phase {
            Phase::Corked => output.phase = Phase::Closing,
            Phase::Open => {
                output.phase = Phase::Closing;
                // So the other side finds out when it sends, and not later.
                let _ = rustix::net::shutdown(&self.0.socket, Shutdown::Read);
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

    /// Is there something left to be sent before it is over?
    pub(super) fn is_closing(&self) -> bool {
        self.0.output.lock().phase == Phase::Closing
    }

    /// Has this side ended it?
    pub(super) fn is_closed(&self) -> bool {
        matches!(self.0.output.lock().phase, Phase::Closing | Phase::Over)
    }

    /// The client is taken in.
    pub(super) fn welcome(&self, body: Vec<u8>) {
        self.uncork(WELCOME, body);
    }

    /// The threads that wait for a system read it from now on.
    pub(super) fn entrust(&self, readers: &Readers) {
        let (Some(engine), Some(idle)) = (readers.engine.upgrade(), readers.idle.upgrade()) else { return };
        {
            let mut output = self.0.output.lock();
            let Output { phase: Phase::Open, interest: Some(_), reader: Reader::Service, .. } = &*output else {
                return;
            };
            let Some(line) = self.0.line.get() else { return };
            let watcher: Weak<Line> = Weak::clone(line);
            let Ok(id) = engine.watch_input(self.0.socket.as_fd(), watcher as Weak<dyn Watcher>) else { return };
            engine.expect(1);
            output.reader = Reader::Waiters(Weak::clone(&readers.engine), id);
            self.0.poll_for_wanted(&mut output);
        }
        idle.submitted();
    }

    /// The service thread reads it again.
    pub(super) fn take_back(&self) {
        self.0.take_back(&mut self.0.output.lock());
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
        match output.reader {
            // The end is told in any case.
            Reader::Waiters(..) => room,
            _ if output.phase == Phase::Closing => room,
            Reader::Service => EventFlags::IN | EventFlags::RDHUP | room,
        }
    }

    fn poll_for_wanted(&self, output: &mut Output) {
        let wanted = Self::wanted(output);
        if output.interest.is_some_and(|interest| interest != wanted) {
            let _ = epoll::modify(&*self.poller, &self.socket, EventData::new_u64(self.id), wanted);
            output.interest = Some(wanted);
        }
    }

    fn take_back(&self, output: &mut Output) {
        if let Reader::Waiters(engine, id) = std::mem::replace(&mut output.reader, Reader::Service) {
            if let Some(engine) = engine.upgrade() {
                engine.unwatch(id, Some(self.socket.as_fd()));
                engine.expect(-1);
            }
            self.poll_for_wanted(output);
        }
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
        self.poll_for_wanted(output);
        if output.phase == Phase::Deaf { Err(Closed) } else { Ok(()) }
    }

    /// The service thread sees the end of the socket and tells of it.
    fn end(&self, output: &mut Output) {
        output.queue.clear();
        output.bytes = 0;
        self.take_back(output);
        if output.phase != Phase::Over {
            output.phase = Phase::Over;
            let _ = rustix::net::shutdown(&self.socket, Shutdown::Both);
        }
    }
}
