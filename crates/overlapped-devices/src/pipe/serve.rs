//! Clients in other processes, as the owner of the pipe sees them.
//!
//! Such a client is one connection of the [channel](crate::channel). Its calls are carried out on the queues like requests of this process;
//! one that has to wait stands there as a [`Call`] and is answered when its turn has come. When the connection ends, for whatever reason,
//! the client's pending writes are taken back and its end is closed. All of this happens on the channel's service thread or one that waits in
//! the library, which it never keeps waiting.
//!
//! A client knows the quota, and from each answer how much of what it has sent is gone. While that leaves room for a write for sure, it does not
//! ask: the write is complete when Linux has it, and the owner looks into the socket before it says that there is nothing.

use super::device::Hold;
use super::names::Names;
use super::node::Node;
use super::party::{Caller, Party};
use super::queue::Sink;
use super::state::{Client, End, Mode, State, Verdict};
use super::tally::Tally;
use super::wire::{self, Done, Greeting, LONGEST, Welcome};
use crate::channel::{self, Accepted, Connection, Fields, Frame, Kind, Malformed, Name, Readers, Service};
use overlapped_abi::{AccessMask, Status, Win32Error};
use overlapped_kernel::device::{Bequest, bequest};
use overlapped_kernel::namespace::ObjectName;
use overlapped_kernel::request::Completion;
use parking_lot::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Once, Weak};
use std::time::{Duration, Instant};

impl Service for Names {
    fn accept(&self, name: &Name, connection: &Connection, greeting: &[u8]) -> Result<Accepted, Win32Error> {
        match Greeting::read(greeting).map_err(|Malformed| Win32Error::INVALID_PARAMETER)? {
            Greeting::Open(wanted) => self.admit(&name.name, wanted, connection),
            Greeting::Wait => self.let_wait(&name.name, connection),
        }
    }
}

/// Numbers for clients of other processes.
fn next() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

impl Names {
    fn admit(&self, name: &ObjectName, wanted: AccessMask, connection: &Connection) -> Result<Accepted, Win32Error> {
        let user = rustix::process::geteuid().as_raw();
        let client = Client { process: connection.peer().process, user, far: Some(connection.clone()) };
        let found = self.open(name, wanted, client)?;
        let (family, quotas, server) = (found.node.family, found.node.quotas, found.node.server);
        let welcome = Welcome { access: found.access, family, quotas, server }.write();
        let end = Arc::new(FarClient::new(found.node, found.end, None));
        Ok(Accepted { end, welcome })
    }

    /// The welcome says whether an instance listens now.
    fn let_wait(&self, name: &ObjectName, connection: &Connection) -> Result<Accepted, Win32Error> {
        let number = next();
        let listener = Listener { number, connection: connection.clone() };
        let listens = match self.wait(name, Some(Party::Remote(Box::new(listener)))) {
            Verdict::Done(_) => 1,
            Verdict::Wait => 0,
            Verdict::Failed(status) => return Err(status.to_win32()),
        };
        let end = Arc::new(Waiting { names: self.myself(), number });
        Ok(Accepted { end, welcome: vec![listens] })
    }
}

/// Somebody who waits for an instance to listen.
struct Listener {
    number: u64,
    connection: Connection,
}

impl Sink for Listener {
    fn room(&self) -> usize {
        0
    }

    fn put(&mut self, _bytes: &[u8]) {}
}

impl Caller for Listener {
    fn number(&self) -> (u64, u64) {
        (self.number, 0)
    }

    fn complete(self: Box<Self>, completion: Completion) {
        // If the last instance has gone, the end of the connection says it.
        if completion.status.is_success() {
            let _ = self.connection.send(wire::LISTENS, 0, Vec::new());
        }
        self.connection.close();
    }
}

/// The connection of such a one.
struct Waiting {
    names: std::sync::Weak<Names>,
    number: u64,
}

impl channel::End for Waiting {
    fn frame(&self, _connection: &Connection, _frame: Frame) -> Result<(), Malformed> {
        Err(Malformed)
    }

    fn ended(&self, _connection: &Connection) {
        if let Some(names) = self.names.upgrade() {
            drop(names.take_out(|who| who.is_call(self.number, None)));
        }
    }
}

/// A client's end of an instance.
struct FarClient {
    node: Arc<Node>,
    end: End,
    number: u64,
    /// How much of what it has sent is gone.
    gone: Arc<AtomicU64>,
    /// Of an end that others hold open as well: handles of this process, and its other children.
    hold: Mutex<Option<Arc<Hold>>>,
}

/// What a child inherits of a client's end here: it becomes one of those that hold the end open, for as long as its connection lasts. `None`
/// if there can be no connection.
pub(super) fn bequeath(hold: Arc<Hold>) -> Option<Bequest> {
    let (node, end) = (Arc::clone(&hold.node), hold.end);
    let (names, name) = (node.names()?, node.name()?);
    let access = AccessMask::FILE_GENERIC_READ | AccessMask::FILE_GENERIC_WRITE;
    let welcome = Welcome { access, family: node.family, quotas: node.quotas, server: node.server };
    let mode = node.state().mode(end.side).bits();
    let attach = |connection: &Connection| -> Arc<dyn channel::End> {
        node.state().heir = Some(connection.clone());
        Arc::new(FarClient::new(Arc::clone(&node), end, Some(hold)))
    };
    let descriptor = names.channel.pair(attach).ok()?;
    let bytes = wire::write_bequest(mode, &welcome, name);
    Some(Bequest { kind: bequest::PIPE, overlapped: false, descriptor: Some(descriptor), keep: None, bytes })
}

/// A call that waits, or whose outcome is being told.
struct Call {
    connection: Connection,
    client: u64,
    tag: u64,
    room: usize,
    gone: Arc<AtomicU64>,
    data: Vec<u8>,
}

impl Sink for Call {
    fn room(&self) -> usize {
        self.room - self.data.len()
    }

    fn put(&mut self, bytes: &[u8]) {
        self.data.extend_from_slice(bytes);
    }
}

impl Caller for Call {
    fn number(&self) -> (u64, u64) {
        (self.client, self.tag)
    }

    fn complete(self: Box<Self>, Completion { status, bytes }: Completion) {
        let gone = self.gone.load(Ordering::Relaxed);
        let done = Done { status, bytes, gone, data: &self.data }.write();
        // To a client that has gone nobody need tell anything.
        let _ = self.connection.send(wire::DONE, self.tag, done);
    }
}

impl FarClient {
    fn new(node: Arc<Node>, end: End, hold: Option<Arc<Hold>>) -> Self {
        let gone = node.state().gone_from_client();
        Self { node, end, number: next(), gone, hold: Mutex::new(hold) }
    }

    fn call(&self, connection: &Connection, tag: u64, room: u64) -> Box<Call> {
        let room = usize::try_from(room).unwrap_or(usize::MAX).min(wire::MOST);
        let (connection, gone) = (connection.clone(), Arc::clone(&self.gone));
        Box::new(Call { connection, client: self.number, tag, room, gone, data: Vec::new() })
    }

    /// A write that the client knows to fit.
    fn take(&self, data: &[u8]) -> Result<(), Malformed> {
        // To a server that has left, nobody need tell anything.
        let verdict = self.node.act(|state, tally| state.write(self.end, data, None, tally));
        if verdict == Verdict::Wait { Err(Malformed) } else { Ok(()) }
    }

    /// Carries a call out, and answers it unless it waits.
    fn carry_out(
        &self,
        call: Box<Call>,
        act: impl FnOnce(&mut State, &mut Tally<Party>, &mut Option<Box<Call>>) -> Verdict,
    ) {
        self.node.act(|state, tally| {
            let mut call = Some(call);
            let completion = match act(state, tally, &mut call) {
                Verdict::Wait => return,
                Verdict::Done(completion) => completion,
                Verdict::Failed(status) => Completion::failure(status),
            };
            if let Some(call) = call {
                tally.push(Party::Remote(call), completion);
            }
        });
    }

    fn read(&self, call: Box<Call>) {
        self.carry_out(call, |state, tally, call| {
            let Some(mut own) = call.take() else { return Verdict::Wait };
            let verdict = state.read(self.end, &mut *own, false, tally);
            if verdict == Verdict::Wait {
                state.wait_to_read(self.end.side, Party::Remote(own));
            } else {
                *call = Some(own);
            }
            verdict
        });
    }

    fn write(&self, call: Box<Call>, data: &[u8]) {
        self.carry_out(call, |state, tally, call| {
            let mut who = || Party::Remote(call.take().unwrap_or_else(|| unreachable!("one call waits once")));
            state.write(self.end, data, Some(&mut who), tally)
        });
    }

    fn flush(&self, call: Box<Call>) {
        self.carry_out(call, |state, _, call| {
            let mut who = || Party::Remote(call.take().unwrap_or_else(|| unreachable!("one call waits once")));
            state.flush(self.end, Some(&mut who))
        });
    }

    fn transact(&self, call: Box<Call>, message: &[u8]) {
        self.carry_out(call, |state, tally, call| match state.ask(self.end, message, tally) {
            Ok(()) => {
                if let Some(own) = call.take() {
                    state.wait_to_read(self.end.side, Party::Remote(own));
                }
                Verdict::Wait
            }
            Err(status) => Verdict::Failed(status),
        });
    }

    fn cancel(&self, tag: u64) {
        self.node.act(|state, tally| {
            if let Some(who) = state.take_out(|who| who.is_call(self.number, Some(tag)), tally) {
                tally.push(who, Completion::failure(Status::CANCELLED));
            }
        });
    }

    fn peek(&self, call: Box<Call>) {
        self.carry_out(call, |state, _, call| {
            let room = call.as_ref().map_or(0, |call| call.room);
            match state.peek(self.end, room) {
                Ok(seen) => {
                    if let Some(call) = call {
                        call.data = wire::write_peeked(&seen);
                    }
                    Verdict::Done(Completion::success(0))
                }
                Err(status) => Verdict::Failed(status),
            }
        });
    }

    fn set_mode(&self, call: Box<Call>, mode: Mode) {
        self.carry_out(call, |state, _, _| match state.set_mode(self.end, mode) {
            Ok(()) => Verdict::Done(Completion::success(0)),
            Err(status) => Verdict::Failed(status),
        });
    }
}

impl channel::End for FarClient {
    fn longest(&self) -> u32 {
        LONGEST
    }

    /// An end that several processes have is read by the service thread.
    fn awaited(&self) -> Option<&Readers> {
        let alone = self.hold.lock().is_none();
        (alone && self.node.state().awaits(self.end)).then_some(&self.node.readers)
    }

    fn frame(&self, connection: &Connection, frame: Frame) -> Result<(), Malformed> {
        let Frame { operation, tag, body } = frame;
        let mut fields = Fields::of(&body);
        match operation {
            wire::WRITE if tag == 0 => self.take(&body)?,
            wire::WRITE => self.write(self.call(connection, tag, 0), &body),
            wire::TRANSACT => {
                let room = fields.u64()?;
                self.transact(self.call(connection, tag, room), fields.rest());
            }
            wire::READ | wire::PEEK => {
                let call = self.call(connection, tag, fields.u64()?);
                fields.finish()?;
                if operation == wire::READ { self.read(call) } else { self.peek(call) }
            }
            wire::FLUSH => {
                fields.finish()?;
                self.flush(self.call(connection, tag, 0));
            }
            wire::CANCEL => {
                fields.finish()?;
                self.cancel(tag);
            }
            wire::MODE => {
                let mode = Mode::from_bits(fields.u32()?).ok_or(Malformed)?;
                fields.finish()?;
                self.set_mode(self.call(connection, tag, 0), mode);
            }
            _ => return Err(Malformed),
        }
        Ok(())
    }

    fn ended(&self, _connection: &Connection) {
        let hold = self.hold.lock().take();
        self.node.act(|state, tally| {
            // Nobody is left to be told.
            while state.take_out(|who| who.is_call(self.number, None), tally).is_some() {}
            if hold.is_none() {
                state.close(self.end, tally);
            }
        });
        // Whoever has the last part of an end closes it; not under the lock.
        drop(hold);
    }
}

/// The server has closed its end: a client in another process gets what it has not read, and the connection ends.
pub(super) fn say_farewell(node: &Node) {
    let Some((connection, pieces)) = node.state().take_farewell() else { return };
    let _ = connection.send(wire::LAST, 0, wire::write_last(&pieces));
    connection.close();
    if connection.queued() > 0 {
        let mut leaving = LEAVING.lock();
        leaving.retain(|known| known.queued() > 0);
        leaving.push(connection);
    }
}

/// The instances of this process that have names: clients in others may have come to them, a moment ago at the latest.
static SERVERS: Mutex<Vec<Weak<Node>>> = Mutex::new(Vec::new());
/// Connections over which a farewell is still on its way.
static LEAVING: Mutex<Vec<Connection>> = Mutex::new(Vec::new());
/// How long the end of the process waits for a lock, and for what it says last to be taken.
const LAST_PATIENCE: Duration = Duration::from_millis(500);

/// When this process exits, clients in others get what they have not read, as if it had closed its handles.
pub(super) fn remember(node: &Arc<Node>) {
    static AT_EXIT: Once = Once::new();
    AT_EXIT.call_once(|| {
        // SAFETY: a function of this library, which is there until the end.
        unsafe { libc::atexit(at_exit) };
    });
    let mut servers = SERVERS.lock();
    if servers.len() == servers.capacity() {
        servers.retain(|known| known.strong_count() > 0);
    }
    servers.push(Arc::downgrade(node));
}

/// Other threads may run still, or have been stopped for ever with a lock: so nothing here waits for long.
extern "C" fn at_exit() {
    let Some(mut servers) = SERVERS.try_lock_for(LAST_PATIENCE) else { return };
    let farewells: Vec<_> = servers
        .drain(..)
        .filter_map(|node| {
            let node = node.upgrade()?;
            let farewell = node.try_state(LAST_PATIENCE)?.depart();
            // Its other parts are of no use any more, and their ends would tell threads that are not there.
            std::mem::forget(node);
            farewell
        })
        .collect();
    drop(servers);
    let mut leaving =
        LEAVING.try_lock_for(LAST_PATIENCE).map(|mut known| std::mem::take(&mut *known)).unwrap_or_default();
    for (connection, pieces) in farewells {
        let _ = connection.send(wire::LAST, 0, wire::write_last(&pieces));
        leaving.push(connection);
    }
    // What a client has not been welcomed to yet is sent by the service thread, which still runs.
    let start = Instant::now();
    while leaving.iter().any(|connection| connection.queued() > 0) && start.elapsed() < LAST_PATIENCE {
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// The name in the register.
pub(super) fn registered(name: &ObjectName) -> Name {
    Name::new(Kind::Pipe, name.clone())
}
