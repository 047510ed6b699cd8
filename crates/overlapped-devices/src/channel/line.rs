//! Who reads a connection, and tells its [`End`] what comes.
//!
//! The service thread reads it until something comes that a request of this process waits for. Then a thread waits in the library, most
//! likely, and the connection becomes one of the watched descriptors of that thread's engine: whoever polls there reads it and completes the
//! request without any hand-over ([`Readers`]). When things come again and again that nobody has waited for, the service thread gets it back,
//! so that threads which wait for something else need not poll for it. A caller who is about to find nothing looks by itself first
//! ([`Connection::pull`]), so that what the other side has sent before is seen whoever was to read it.
//!
//! One thread at a time has the *turn*: it reads, and tells what it has read in order, the end last and once. Who is told of readiness
//! meanwhile leaves word, and the one with the turn looks again. Nothing is told with a lock held.

use super::codec::{Decoder, Fields, Frame, Malformed, RESERVED};
use super::connection::Connection;
use super::hub::{HELLO, Hub};
use super::{Accepted, End};
use overlapped_kernel::System;
use overlapped_kernel::engine::{Engine, Readiness, Watcher};
use overlapped_kernel::idle::Idle;
use parking_lot::{Condvar, Mutex};
use rustix::io::Errno;
use rustix::net::RecvFlags;
use std::cell::{Cell, RefCell};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

/// Bytes read at once.
const PORTION: usize = 64 << 10;
/// How often before others have their turn; and for a caller who wants to know what is there.
const PORTIONS: usize = 4;
const PORTIONS_OF_A_CALLER: usize = 64;
/// So many times in a row something comes that nobody has waited for, before the service thread gets the connection back.
const UNWANTED: u32 = 16;
/// How long a caller waits for the thread that has the turn, which never blocks.
const PATIENCE: Duration = Duration::from_secs(2);

thread_local! {
    /// Room for a portion, while nobody on this thread uses it.
    static ROOM: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    /// The thread tells an end something.
    static TELLING: Cell<bool> = const { Cell::new(false) };
}

/// A system whose waiting threads can read connections.
#[derive(Clone)]
pub struct Readers {
    pub(super) engine: Weak<dyn Engine>,
    pub(super) idle: Weak<Idle>,
}

impl Readers {
    /// Those of this system; keeps nothing alive.
    #[must_use]
    pub fn of(system: &System) -> Self {
        Self { engine: Arc::downgrade(system.engine()), idle: Arc::downgrade(system.idle()) }
    }
}

/// Who has found that there may be something to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum By {
    /// The service thread.
    Service,
    /// A thread that polls its system's engine; with true, the other side has ended.
    Waiter(bool),
    /// A caller who looks before it says that there is nothing; with true, the other side has ended.
    Caller(bool),
}

/// What a reader leaves in the socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rest {
    Nothing,
    Perhaps,
}

/// See the module page.
pub(super) struct Line {
    pub connection: Connection,
    hub: Weak<Hub>,
    turn: Mutex<Turn>,
    /// The turn is free again.
    free: Condvar,
    /// Used by who has the turn.
    input: Mutex<Input>,
    unwanted: AtomicU32,
}

#[derive(Default)]
struct Turn {
    taken: bool,
    /// Something may have come since.
    again: bool,
}

struct Input {
    decoder: Decoder,
    /// Who is told; nobody before the greeting, and after the end.
    end: Option<Arc<dyn End>>,
    over: bool,
}

/// Gives the turn back, also if what was told panics.
struct Held<'a>(&'a Line);

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.0.turn.lock().taken = false;
        self.0.free.notify_all();
    }
}

impl Line {
    pub fn new(connection: Connection, hub: Weak<Hub>, decoder: Decoder, end: Option<Arc<dyn End>>) -> Arc<Self> {
        let line = Arc::new(Self {
            connection,
            hub,
            turn: Mutex::default(),
            free: Condvar::new(),
            input: Mutex::new(Input { decoder, end, over: false }),
            unwanted: AtomicU32::new(0),
        });
        line.connection.is_read_by(&line);
        line
    }

    /// There may be something to read.
    pub fn attend(&self, by: By) {
        {
            let mut turn = self.turn.lock();
            if turn.taken {
                turn.again = true;
                return;
            }
            turn.taken = true;
        }
        self.read_on(Held(self), by);
    }

    /// Reads what is there now, after whoever else reads. Within what a thread is told it does not wait for others, who may wait for it.
    pub fn pull(&self) {
        self.pull_as(By::Caller(false));
    }

    /// The same up to the end: the process at the other side has ended.
    pub fn pull_to_the_end(&self) {
        self.pull_as(By::Caller(true));
    }

    fn pull_as(&self, by: By) {
        {
            let mut turn = self.turn.lock();
            let nested = TELLING.get();
            let taken = |turn: &mut Turn| turn.taken;
            if turn.taken && (nested || self.free.wait_while_for(&mut turn, taken, PATIENCE).timed_out()) {
                return;
            }
            turn.taken = true;
        }
        self.read_on(Held(self), by);
    }

    /// The service thread ends: so does the connection.
    pub fn end(&self) {
        {
            let mut turn = self.turn.lock();
            self.free.wait_while_for(&mut turn, |turn| turn.taken, PATIENCE);
            turn.taken = true;
        }
        let _held = Held(self);
        self.finish();
    }

    /// All that was waiting to be sent is on its way.
    pub fn drained(&self) {
        let end = self.input.lock().end.clone();
        end.inspect(|end| end.drained());
    }

    fn read_on(&self, held: Held<'_>, by: By) {
        loop {
            match self.read(by) {
                Ok(Rest::Nothing) => {}
                Ok(Rest::Perhaps) => {
                    // Others have their turn, and the service thread goes on with it.
                    if let Some(hub) = self.hub.upgrade() {
                        hub.come_back(&self.connection, by != By::Service);
                    }
                    return;
                }
                Err(Malformed) => self.finish(),
            }
            let mut turn = self.turn.lock();
            if !std::mem::take(&mut turn.again) {
                turn.taken = false;
                drop(turn);
                std::mem::forget(held);
                self.free.notify_all();
                return;
            }
        }
    }

    /// Reads and tells; an error is the end of the connection.
    fn read(&self, by: By) -> Result<Rest, Malformed> {
        let mut room = ROOM.take();
        room.resize(PORTION, 0);
        let rest = self.read_into(&mut room, by);
        ROOM.set(room);
        rest
    }

    fn read_into(&self, room: &mut [u8], by: By) -> Result<Rest, Malformed> {
        let (portions, to_the_end) = match by {
            By::Service => (PORTIONS, true),
            By::Waiter(ended) => (PORTIONS, ended),
            By::Caller(ended) => (PORTIONS_OF_A_CALLER, ended),
        };
        for portion in 0..portions {
            if self.input.lock().over {
                return Ok(Rest::Nothing);
            }
            let bytes = match rustix::net::recv(self.connection.socket(), &mut *room, RecvFlags::DONTWAIT) {
                Ok((bytes, _)) if bytes > 0 => bytes,
                Err(Errno::INTR) => continue,
                Err(Errno::AGAIN) => return Ok(Rest::Nothing),
                // This side has ended it, and has something left to be sent.
                _ if self.connection.is_closing() => return Ok(Rest::Nothing),
                _ => return Err(Malformed),
            };
            if portion == 0 {
                self.find_reader(by);
            }
            self.input.lock().decoder.push(&room[..bytes]);
            loop {
                let frame = self.input.lock().decoder.next_frame()?;
                let Some(frame) = frame else { break };
                // After a close, the other side may not have heard of it yet.
                if !self.connection.is_closed() {
                    self.hear(frame)?;
                }
            }
            if bytes < room.len() && !to_the_end {
                // What comes later is told anew.
                return Ok(Rest::Nothing);
            }
        }
        Ok(Rest::Perhaps)
    }

    /// Something has come: who is to read what comes next?
    fn find_reader(&self, by: By) {
        let end = self.input.lock().end.clone();
        let Some(end) = end else { return };
        match (by, end.awaited()) {
            (By::Service, Some(readers)) => self.connection.entrust(readers),
            (By::Waiter(_), awaited) => {
                let unwanted = if awaited.is_some() { 0 } else { self.unwanted.load(Ordering::Relaxed) + 1 };
                self.unwanted.store(unwanted % UNWANTED, Ordering::Relaxed);
                if unwanted == UNWANTED {
                    self.connection.take_back();
                }
            }
            (By::Service | By::Caller(_), _) => {}
        }
    }

    fn hear(&self, frame: Frame) -> Result<(), Malformed> {
        let end = self.input.lock().end.clone();
        match end {
            Some(end) if frame.operation < RESERVED => telling(|| end.frame(&self.connection, frame)),
            None if frame.operation == HELLO => self.greet(&frame.body),
            _ => Err(Malformed),
        }
    }

    /// A client says whom it wants.
    fn greet(&self, body: &[u8]) -> Result<(), Malformed> {
        let hub = self.hub.upgrade().ok_or(Malformed)?;
        if let Some(Accepted { end, welcome }) = hub.greet(&self.connection, Fields::of(body))? {
            let mut input = self.input.lock();
            input.decoder.set_limit(end.longest());
            input.end = Some(end);
            drop(input);
            self.connection.welcome(welcome);
        }
        Ok(())
    }

    /// The connection is over: the one place that says so. By who has the turn.
    fn finish(&self) {
        if let Some(hub) = self.hub.upgrade() {
            hub.forget(&self.connection);
        }
        self.connection.leave();
        let end = {
            let mut input = self.input.lock();
            input.over = true;
            input.end.take()
        };
        if let Some(end) = end {
            telling(|| end.ended(&self.connection));
        }
    }
}

/// Calls an end back.
fn telling<T>(tell: impl FnOnce() -> T) -> T {
    struct Before(bool);
    impl Drop for Before {
        fn drop(&mut self) {
            TELLING.set(self.0);
        }
    }
    let _before = Before(TELLING.replace(true));
    tell()
}

impl Watcher for Line {
    fn ready(self: Arc<Self>, readiness: Readiness) {
        let ended = Readiness::READ_CLOSED | Readiness::CLOSED | Readiness::ERROR;
        self.attend(By::Waiter(readiness.intersects(ended)));
    }
}
