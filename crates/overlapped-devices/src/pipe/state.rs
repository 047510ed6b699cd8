//! What an instance of a pipe is doing, and what its two ends may do meanwhile (contract 07 §1.3 to §1.10).
//!
//! Everything of one instance is under one lock: its phase and the two queues of its connection. The server's end stays for the
//! instance's life; clients come and go, and each has the number of its connection, so that one that was disconnected finds out. An
//! operation is a function of the state which either settles, fails, or says that it has to wait; who waits is put into a queue by the
//! device, and whoever ends by what happens is put into a tally.

use super::party::Party;
use super::queue::{Queue, Reading, Sink};
use super::tally::Tally;
use super::wire;
use crate::channel::Connection;
use overlapped_abi::constants::pipe::{PIPE_NOWAIT, PIPE_READMODE_MESSAGE};
use overlapped_abi::{Status, Win32Error};
use overlapped_kernel::request::Completion;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

/// Which end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Server,
    Client,
}

/// An end of a pipe: the server's, or that of the client of one connection.
#[derive(Clone, Copy, Debug)]
pub(super) struct End {
    pub side: Side,
    /// Of the server's end, nothing.
    pub connection: u64,
}

impl End {
    pub const SERVER: Self = Self { side: Side::Server, connection: 0 };
}

/// What the instance is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    Listening,
    Connected,
    /// The client has closed its end.
    ClientGone,
    /// The server has closed its end while a client was connected.
    ServerGone,
    Disconnected,
}

/// The same as one end sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    Disconnected = 1,
    Listening = 2,
    Connected = 3,
    /// The other end is closed.
    Closing = 4,
}

/// How an end behaves (SetNamedPipeHandleState).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mode {
    pub reading: Reading,
    pub nowait: bool,
}

impl Mode {
    pub const PLAIN: Self = Self { reading: Reading::Bytes, nowait: false };

    /// PIPE_NOWAIT and PIPE_READMODE_MESSAGE; other bits mean nothing.
    pub fn from_bits(bits: u32) -> Option<Self> {
        let reading = if bits & PIPE_READMODE_MESSAGE == 0 { Reading::Bytes } else { Reading::Messages };
        let known = bits & !(PIPE_NOWAIT | PIPE_READMODE_MESSAGE) == 0;
        known.then_some(Self { reading, nowait: bits & PIPE_NOWAIT != 0 })
    }

    pub fn bits(self) -> u32 {
        let messages = if self.reading == Reading::Messages { PIPE_READMODE_MESSAGE } else { 0 };
        messages | if self.nowait { PIPE_NOWAIT } else { 0 }
    }
}

/// What an operation came to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Done(Completion),
    Failed(Status),
    Wait,
}

/// Who is at the client's end.
#[derive(Clone, Debug, Default)]
pub(super) struct Client {
    pub process: u32,
    pub user: u32,
    /// By which it is reached, if it is in another process.
    pub far: Option<Connection>,
}

/// See the module page.
pub(super) struct State {
    phase: Phase,
    /// Counts the connections.
    connection: u64,
    of_messages: bool,
    /// Quotas as they were asked for: towards the client, towards the server.
    quotas: [usize; 2],
    to_client: Queue<Party>,
    to_server: Queue<Party>,
    connects: Vec<Party>,
    server: Mode,
    client: Mode,
    pub peer: Client,
    /// By which a child that has inherited the client's end is reached: the last one, if there are several.
    pub heir: Option<Connection>,
    /// The server has read, or tried, since somebody asked.
    asked: bool,
    /// The server has read something from this client.
    heard: bool,
    /// The server acts as its client.
    pub impersonated: bool,
}

impl State {
    pub fn new(of_messages: bool, quotas: [usize; 2], server: Mode) -> Self {
        Self {
            phase: Phase::Listening,
            connection: 0,
            of_messages,
            quotas,
            to_client: Queue::new(of_messages, quotas[0]),
            to_server: Queue::new(of_messages, quotas[1]),
            connects: Vec::new(),
            server,
            client: Mode::PLAIN,
            peer: Client::default(),
            heir: None,
            asked: false,
            heard: false,
            impersonated: false,
        }
    }

    pub fn standing(&self, end: End) -> Standing {
        match (self.phase, end.side) {
            (_, Side::Client) if end.connection != self.connection => Standing::Disconnected,
            (Phase::Disconnected, _) => Standing::Disconnected,
            (Phase::Listening, _) => Standing::Listening,
            (Phase::Connected, _) => Standing::Connected,
            (Phase::ClientGone | Phase::ServerGone, _) => Standing::Closing,
        }
    }

    /// What this end reads from.
    pub fn incoming(&mut self, side: Side) -> &mut Queue<Party> {
        match side {
            Side::Server => &mut self.to_server,
            Side::Client => &mut self.to_client,
        }
    }

    /// Counts the bytes from the client that are read or taken back.
    pub fn gone_from_client(&self) -> Arc<AtomicU64> {
        self.to_server.gone()
    }

    /// Does a request of this process wait for what the client at this end may send, or has one come for it since this was asked last?
    pub fn awaits(&mut self, end: End) -> bool {
        let local = |who: &Party| matches!(who, Party::Local(_));
        let asked = std::mem::take(&mut self.asked);
        let waits = asked || self.to_server.has_waiting(local) || self.to_client.has_waiting(local);
        waits && end.connection == self.connection
    }

    /// The client in another process, if what it has sent may change what an operation of the server comes to.
    pub fn far_client(&self, side: Side) -> Option<&Connection> {
        self.peer.far.as_ref().filter(|_| side == Side::Server)
    }

    /// What this end writes to, and how the other end reads.
    fn outgoing(&mut self, side: Side) -> (&mut Queue<Party>, Reading) {
        match side {
            Side::Server => (&mut self.to_client, self.client.reading),
            Side::Client => (&mut self.to_server, self.server.reading),
        }
    }

    pub fn mode(&mut self, side: Side) -> &mut Mode {
        match side {
            Side::Server => &mut self.server,
            Side::Client => &mut self.client,
        }
    }

    /// A client opens the instance, which listens.
    pub fn connect(&mut self, peer: Client, tally: &mut Tally<Party>) -> End {
        self.connection += 1;
        self.phase = Phase::Connected;
        self.to_client = Queue::new(self.of_messages, self.quotas[0]);
        self.to_server = Queue::new(self.of_messages, self.quotas[1]);
        self.client = Mode::PLAIN;
        (self.peer, self.heard, self.impersonated) = (peer, false, false);
        self.heir = None;
        self.connects.drain(..).for_each(|who| tally.push(who, Completion::success(0)));
        End { side: Side::Client, connection: self.connection }
    }

    /// ReadFile. With `sure`, a part of a message is left for later.
    pub fn read(&mut self, end: End, sink: &mut impl Sink, sure: bool, tally: &mut Tally<Party>) -> Verdict {
        let standing = self.standing(end);
        match standing {
            Standing::Listening => return Verdict::Failed(Status::PIPE_LISTENING),
            Standing::Disconnected => return Verdict::Failed(Status::PIPE_DISCONNECTED),
            Standing::Connected | Standing::Closing => {}
        }
        let Mode { reading, nowait } = *self.mode(end.side);
        self.asked |= end.side == Side::Server;
        let queue = self.incoming(end.side);
        if sure && queue.splits(sink.room(), reading) {
            return Verdict::Wait;
        }
        match queue.read(sink, reading, tally) {
            Some(completion) => {
                self.heard |= end.side == Side::Server;
                Verdict::Done(completion)
            }
            None if standing == Standing::Closing => Verdict::Failed(Status::PIPE_BROKEN),
            None if nowait => Verdict::Failed(Status::PIPE_EMPTY),
            None => Verdict::Wait,
        }
    }

    /// Who waits for the end's next data. A server that was answered there has heard its client.
    pub fn wait_to_read(&mut self, side: Side, who: Party) {
        self.incoming(side).wait_to_read(who);
    }

    /// WriteFile. A write that has to wait happens only with somebody who waits.
    pub fn write(
        &mut self,
        end: End,
        data: &[u8],
        who: Option<&mut dyn FnMut() -> Party>,
        tally: &mut Tally<Party>,
    ) -> Verdict {
        if let Err(status) = self.check_write(end) {
            return Verdict::Failed(status);
        }
        let nowait = self.mode(end.side).nowait;
        if let (Some(who), false) = (who, nowait) {
            return self.write_patiently(end, data, who, tally);
        }
        let (queue, reading) = self.outgoing(end.side);
        if nowait {
            let written = queue.write_now(data, reading, tally);
            return Verdict::Done(Completion::success(written));
        }
        if !queue.fits(data.len()) {
            return Verdict::Wait;
        }
        queue.write(data, reading, tally);
        Verdict::Done(Completion::success(data.len()))
    }

    /// The same for a writer that waits whatever the mode of its end is.
    pub fn write_patiently(
        &mut self,
        end: End,
        data: &[u8],
        who: &mut dyn FnMut() -> Party,
        tally: &mut Tally<Party>,
    ) -> Verdict {
        if let Err(status) = self.check_write(end) {
            return Verdict::Failed(status);
        }
        let (queue, reading) = self.outgoing(end.side);
        let complete = queue.write_or_wait(data, reading, who, tally);
        if complete { Verdict::Done(Completion::success(data.len())) } else { Verdict::Wait }
    }

    fn check_write(&mut self, end: End) -> Result<(), Status> {
        match self.standing(end) {
            Standing::Listening => Err(Status::PIPE_LISTENING),
            Standing::Disconnected => Err(Status::PIPE_DISCONNECTED),
            Standing::Closing => Err(Status::PIPE_CLOSING),
            Standing::Connected => {
                self.note_hearing(end.side);
                Ok(())
            }
        }
    }

    /// Data for a server that waits for it is heard at once.
    fn note_hearing(&mut self, from: Side) {
        self.heard |= from == Side::Client && self.to_server.has_readers();
    }

    /// The first half of TransactNamedPipe: the message is sent, or the call fails (contract 07 §1.9).
    pub fn ask(&mut self, end: End, message: &[u8], tally: &mut Tally<Party>) -> Result<(), Status> {
        self.check_ask(end)?;
        self.note_hearing(end.side);
        let (queue, reading) = self.outgoing(end.side);
        queue.write(message, reading, tally);
        Ok(())
    }

    /// The checks of TransactNamedPipe.
    pub fn check_ask(&mut self, end: End) -> Result<(), Status> {
        match (self.standing(end), end.side) {
            (Standing::Connected, _) => {}
            (Standing::Disconnected, Side::Client) => return Err(Status::PIPE_DISCONNECTED),
            _ => return Err(Status::INVALID_PIPE_STATE),
        }
        if !self.of_messages || self.mode(end.side).reading != Reading::Messages {
            return Err(Status::INVALID_READ_MODE);
        }
        if self.incoming(end.side).is_empty() { Ok(()) } else { Err(Status::PIPE_BUSY) }
    }

    /// FlushFileBuffers: true if there is nothing to wait for.
    pub fn flush(&mut self, end: End, who: Option<&mut dyn FnMut() -> Party>) -> Verdict {
        match self.standing(end) {
            Standing::Listening | Standing::Closing => return Verdict::Done(Completion::success(0)),
            Standing::Disconnected => return Verdict::Failed(Status::PIPE_DISCONNECTED),
            Standing::Connected => {}
        }
        let (queue, _) = self.outgoing(end.side);
        let empty = match who {
            Some(who) => queue.flush_or_wait(who),
            None => queue.is_empty(),
        };
        if empty { Verdict::Done(Completion::success(0)) } else { Verdict::Wait }
    }

    /// ConnectNamedPipe: `who`, if anybody, waits for a client. With true, the instance listens again.
    pub fn await_client(&mut self, who: Option<&mut dyn FnMut() -> Party>) -> (bool, Verdict) {
        let again = self.phase == Phase::Disconnected;
        if again {
            self.phase = Phase::Listening;
        }
        let verdict = match self.phase {
            Phase::Connected => Verdict::Failed(Status::PIPE_CONNECTED),
            Phase::ClientGone => Verdict::Failed(Status::PIPE_CLOSING),
            _ if self.server.nowait => Verdict::Failed(Status::PIPE_LISTENING),
            _ => Verdict::Wait,
        };
        if let (Verdict::Wait, Some(who)) = (&verdict, who) {
            self.connects.push(who());
        }
        (again, verdict)
    }

    /// DisconnectNamedPipe: true if the instance had listened until now.
    pub fn disconnect(&mut self, tally: &mut Tally<Party>) -> Result<bool, Status> {
        let listening = match self.phase {
            Phase::Listening if self.connects.is_empty() => return Err(Status::PIPE_LISTENING),
            Phase::Disconnected => return Err(Status::PIPE_DISCONNECTED),
            phase => phase == Phase::Listening,
        };
        self.phase = Phase::Disconnected;
        // Whoever is connected is so no more.
        self.connection += 1;
        self.end_connection(Status::PIPE_DISCONNECTED, tally);
        if let Some(far) = self.peer.far.take() {
            let _ = far.send(wire::DISCONNECTED, 0, Vec::new());
            far.close();
        }
        self.connects.drain(..).for_each(|who| tally.push(who, Completion::failure(Status::PIPE_DISCONNECTED)));
        Ok(listening)
    }

    fn end_connection(&mut self, status: Status, tally: &mut Tally<Party>) {
        for queue in [&mut self.to_client, &mut self.to_server] {
            queue.end_readers(status, tally);
            queue.end_writers(status, tally);
        }
    }

    /// The last handle of an end is closed. What it wrote can still be read.
    pub fn close(&mut self, end: End, tally: &mut Tally<Party>) {
        let standing = self.standing(end);
        if end.side == Side::Server {
            self.connects.drain(..).for_each(|who| tally.push(who, Completion::failure(Status::CANCELLED)));
        }
        match (standing, end.side) {
            (Standing::Connected, Side::Server) => self.phase = Phase::ServerGone,
            (Standing::Connected, Side::Client) => self.phase = Phase::ClientGone,
            (Standing::Closing, _) => return self.end_connection(Status::PIPE_BROKEN, tally),
            (Standing::Listening | Standing::Disconnected, Side::Server) => {
                self.phase = Phase::Disconnected;
                return;
            }
            (Standing::Listening | Standing::Disconnected, Side::Client) => return,
        }
        // Nobody reads what goes to this end, and nobody writes what goes to the other.
        let incoming = self.incoming(end.side);
        incoming.end_readers(Status::PIPE_BROKEN, tally);
        incoming.end_writers(Status::PIPE_BROKEN, tally);
        let (outgoing, _) = self.outgoing(end.side);
        outgoing.end_readers(Status::PIPE_BROKEN, tally);
    }

    /// What a client in another process has not read of a server that has closed, and how it is reached.
    pub fn take_farewell(&mut self) -> Option<(Connection, Vec<Vec<u8>>)> {
        if self.phase != Phase::ServerGone {
            return None;
        }
        let connection = self.peer.far.take()?;
        Some((connection, self.to_client.take_all()))
    }

    /// The server's process exits: what a client in another one has not read, and how it is reached.
    pub fn depart(&mut self) -> Option<(Connection, Vec<Vec<u8>>)> {
        if self.phase == Phase::Connected {
            self.phase = Phase::ServerGone;
        }
        // The client's own process is this one, so that an heir alone is left.
        self.peer.far = self.peer.far.take().or_else(|| self.heir.take());
        self.take_farewell()
    }

    /// Takes out whoever waits here and is meant.
    pub fn take_out(&mut self, is: impl Fn(&Party) -> bool, tally: &mut Tally<Party>) -> Option<Party> {
        if let Some(place) = self.connects.iter().position(&is) {
            return Some(self.connects.remove(place));
        }
        self.to_server.take_out(&is, tally).or_else(|| self.to_client.take_out(&is, tally))
    }

    /// SetNamedPipeHandleState.
    pub fn set_mode(&mut self, end: End, mode: Mode) -> Result<(), Status> {
        if mode.reading == Reading::Messages && !self.of_messages {
            return Err(Status::INVALID_PARAMETER);
        }
        if end.side == Side::Server || end.connection == self.connection {
            *self.mode(end.side) = mode;
        }
        Ok(())
    }

    /// ImpersonateNamedPipeClient.
    pub fn impersonate(&mut self) -> Result<(), Win32Error> {
        let connected = matches!(self.phase, Phase::Connected | Phase::ClientGone);
        if !(connected && self.heard) {
            return Err(Win32Error::CANNOT_IMPERSONATE);
        }
        self.impersonated = true;
        Ok(())
    }

    pub fn peek(&mut self, end: End, room: usize) -> Result<Peeked, Status> {
        let standing = self.standing(end);
        match (standing, end.side) {
            (Standing::Disconnected, Side::Client) => return Err(Status::PIPE_DISCONNECTED),
            (Standing::Listening | Standing::Disconnected, _) => return Err(Status::INVALID_PIPE_STATE),
            _ => {}
        }
        let queue = self.incoming(end.side);
        if standing == Standing::Closing && queue.is_empty() {
            return Err(Status::PIPE_BROKEN);
        }
        let data = queue.peek(room);
        let message = queue.first_message();
        Ok(Peeked { standing: standing as u32, available: queue.len(), messages: queue.message_count(), message, data })
    }
}

/// What PeekNamedPipe sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Peeked {
    /// FILE_PIPE_*_STATE.
    pub standing: u32,
    /// Unread bytes in all.
    pub available: usize,
    /// Unread messages; 0 in a pipe of bytes.
    pub messages: usize,
    /// Unread bytes of the first message; `None` in a pipe of bytes, and without a message.
    pub message: Option<usize>,
    /// A copy of the first bytes: of the first message, or of all there are in a pipe of bytes.
    pub data: Vec<u8>,
}

impl Peeked {
    /// Bytes of the first message that are not in the copy; 0 in a pipe of bytes.
    #[must_use]
    pub fn left(&self) -> usize {
        self.message.map_or(0, |message| message - self.data.len())
    }

    /// The same as PeekNamedPipe tells it: in a pipe of bytes, what is copied is counted down from nothing.
    #[must_use]
    pub fn left_as_told(&self) -> u32 {
        (self.message.unwrap_or(0) as u32).wrapping_sub(self.data.len() as u32)
    }
}
