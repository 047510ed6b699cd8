//! The service thread of a channel, and what it serves: the socket at which this process is spoken to, all connections, and the watch on
//! the register.
//!
//! The thread starts with the first of them and sleeps in epoll without a time limit. It takes clients in, sends what has had to wait, and
//! reads each connection unless the waiting threads of a system do ([`line`](super::line)). Devices do not block it: sending never
//! waits, and to connect, which does, is not for their callbacks.

use super::codec::{Decoder, Fields, Malformed, RESERVED, USUAL_LIMIT};
use super::connection::{Connection, Peer};
use super::line::{By, Line};
use super::names::{Bucket, KINDS, Kind, Name, lock};
use super::owner::{Living, Owner};
use super::watch::Watches;
use super::{Accepted, End, Service};
use overlapped_abi::Win32Error;
use overlapped_kernel::namespace::ObjectName;
use overlapped_kernel::process::{ExitObserver, observe_exits};
use parking_lot::Mutex;
use rustix::event::epoll::{self, CreateFlags, Event, EventData, EventFlags};
use rustix::event::{EventfdFlags, Timespec, eventfd};
use rustix::io::Errno;
use rustix::net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType};
use std::collections::HashMap;
use std::ffi::OsStr;
use std::io;
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock, Weak};

/// The first frame of a client: kind, name, and the device's greeting.
pub(super) const HELLO: u16 = RESERVED + 1;
/// The owner takes it; the body is the device's.
pub(super) const WELCOME: u16 = RESERVED + 2;
/// The owner does not; the body is an error code.
pub(super) const REFUSED: u16 = RESERVED + 3;

const LISTENER: u64 = 0;
const BELL: u64 = 1;
const WATCH: u64 = 2;
const FIRST_CONNECTION: u64 = 16;

const QUEUE: i32 = 4096;
/// How long nobody is taken in when there are no descriptors left.
const SHORT_OF_DESCRIPTORS: Timespec = Timespec { tv_sec: 0, tv_nsec: 50_000_000 };

/// The devices that are called back.
pub(super) type Services = [OnceLock<Weak<dyn Service>>; KINDS];

/// See the module page.
pub(super) struct Hub {
    pub directory: PathBuf,
    services: Arc<Services>,
    poller: Arc<OwnedFd>,
    bell: OwnedFd,
    /// The thread runs.
    started: Mutex<bool>,
    stop: AtomicBool,
    /// This process as an owner, and where it is spoken to.
    here: Mutex<Option<(Living, OwnedFd)>>,
    connections: Mutex<HashMap<u64, Arc<Line>>>,
    /// Those that were not read to the end.
    unfinished: Mutex<Vec<u64>>,
    next: AtomicU64,
    watches: Watches,
}

impl Hub {
    /// In `directory`, which is made if it is missing.
    pub fn new(directory: &Path, services: Arc<Services>) -> io::Result<Arc<Self>> {
        crate::shared::private(directory)?;
        let directory = directory.join("channel");
        crate::shared::private(&directory)?;
        for inner in [names_in(&directory), owners_in(&directory)] {
            crate::shared::private(&inner)?;
        }
        let poller = epoll::create(CreateFlags::CLOEXEC)?;
        let bell = eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?;
        epoll::add(&poller, &bell, EventData::new_u64(BELL), EventFlags::IN)?;
        let watches = Watches::new(names_in(&directory));
        let hub = Self {
            directory,
            services,
            poller: Arc::new(poller),
            bell,
            started: Mutex::new(false),
            stop: AtomicBool::new(false),
            here: Mutex::default(),
            connections: Mutex::default(),
            unfinished: Mutex::default(),
            next: AtomicU64::new(FIRST_CONNECTION),
            watches,
        };
        hub.sweep()?;
        Ok(Arc::new(hub))
    }

    /// Takes away what dead owners have left in the register.
    fn sweep(&self) -> io::Result<()> {
        let _alone = lock(&self.directory)?;
        for entry in std::fs::read_dir(names_in(&self.directory))?.flatten() {
            let path = entry.path();
            if path.extension() == Some(OsStr::new("new")) {
                let _ = std::fs::remove_file(path);
                continue;
            }
            let found = Bucket::read(&path)?;
            let mut living = found.clone();
            living.retain(|owner| self.is_alive(owner));
            if living != found {
                living.write(&path)?;
            }
        }
        Ok(())
    }

    pub fn is_alive(&self, owner: Owner) -> bool {
        owner.is_alive(&owners_in(&self.directory))
    }

    pub fn path_of(&self, name: &Name) -> PathBuf {
        names_in(&self.directory).join(name.file_name())
    }

    pub fn socket_of(&self, owner: Owner) -> PathBuf {
        owner.socket_path(&owners_in(&self.directory))
    }

    pub fn watches(&self) -> &Watches {
        &self.watches
    }

    /// This process as an owner, if it is one.
    pub fn me(&self) -> Option<Owner> {
        self.here.lock().as_ref().map(|(living, _)| living.owner())
    }

    /// Others can speak to this process from now on.
    pub fn listen(self: &Arc<Self>) -> io::Result<Owner> {
        let mut here = self.here.lock();
        if let Some((living, _)) = &*here {
            return Ok(living.owner());
        }
        let alone = lock(&self.directory)?;
        let living = Living::enter(&owners_in(&self.directory))?;
        let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
        let socket = rustix::net::socket_with(AddressFamily::UNIX, SocketType::STREAM, flags, None)?;
        with_address(&self.socket_of(living.owner()), |address| rustix::net::bind(&socket, address))?;
        rustix::net::listen(&socket, QUEUE)?;
        epoll::add(&*self.poller, &socket, EventData::new_u64(LISTENER), EventFlags::IN)?;
        drop(alone);
        self.start()?;
        let owner = living.owner();
        *here = Some((living, socket));
        Ok(owner)
    }

    /// The thread runs from now on.
    pub fn start(self: &Arc<Self>) -> io::Result<()> {
        let mut started = self.started.lock();
        if !*started {
            let hub = Arc::clone(self);
            std::thread::Builder::new().name("ovl-channel".into()).spawn(move || hub.run())?;
            let observer: Weak<Self> = Arc::downgrade(self);
            observe_exits(observer);
            *started = true;
        }
        Ok(())
    }

    /// Tells of registrations from now on.
    pub fn watch(self: &Arc<Self>) -> io::Result<()> {
        self.watches.open(|watch| epoll::add(&*self.poller, watch, EventData::new_u64(WATCH), EventFlags::IN))?;
        self.start()
    }

    /// Tells of them no more. A child that was forked may have the descriptor still, so that its end alone would not do.
    pub fn unwatch(&self, watch: &OwnedFd) {
        let _ = epoll::delete(&*self.poller, watch);
    }

    /// A connection that was made, in the care of the thread.
    pub fn adopt(
        self: &Arc<Self>,
        socket: OwnedFd,
        peer: Peer,
        end: impl FnOnce(&Connection) -> Result<Arc<dyn End>, Win32Error>,
    ) -> Result<Connection, Win32Error> {
        // First: without it, what is entered would never end.
        self.start().map_err(|_| Win32Error::NO_SYSTEM_RESOURCES)?;
        let connection = self.connection(socket, peer, false);
        let end = end(&connection)?;
        let decoder = Decoder::new(end.longest());
        self.enter(&connection, decoder, Some(end)).map_err(super::of_open)?;
        Ok(connection)
    }

    fn connection(&self, socket: OwnedFd, peer: Peer, accepted: bool) -> Connection {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        Connection::new(id, socket, peer, Arc::clone(&self.poller), accepted)
    }

    fn enter(
        self: &Arc<Self>,
        connection: &Connection,
        decoder: Decoder,
        end: Option<Arc<dyn End>>,
    ) -> Result<(), Errno> {
        let line = Line::new(connection.clone(), Arc::downgrade(self), decoder, end);
        self.connections.lock().insert(connection.id(), line);
        connection.enter().inspect_err(|_| {
            // Nobody hears of a connection that never was.
            self.connections.lock().remove(&connection.id());
        })
    }

    /// Ends everything: the owner of the channel is gone.
    pub fn stop(&self) {
        self.stop.store(true, Ordering::Release);
        drop(self.here.lock().take());
        self.ring();
    }

    fn ring(&self) {
        let _ = rustix::io::write(&self.bell, &1_u64.to_ne_bytes());
    }

    /// The connection was not read to the end, and the thread goes on with it. `ring`: it may be asleep.
    pub fn come_back(&self, connection: &Connection, ring: bool) {
        self.unfinished.lock().push(connection.id());
        if ring {
            self.ring();
        }
    }

    fn run(self: &Arc<Self>) {
        let mut events: Vec<Event> = Vec::with_capacity(64);
        let mut rest = None;
        while !self.stop.load(Ordering::Acquire) {
            events.clear();
            let unfinished = std::mem::take(&mut *self.unfinished.lock());
            let limit = if unfinished.is_empty() { rest.as_ref() } else { Some(&Timespec { tv_sec: 0, tv_nsec: 0 }) };
            if epoll::wait(&*self.poller, rustix::buffer::spare_capacity(&mut events), limit).is_err() {
                self.unfinished.lock().extend(unfinished);
                continue;
            }
            if rest.take().is_some() {
                self.attend(EventFlags::IN);
            }
            for event in &events {
                match event.data.u64() {
                    LISTENER => rest = self.accept(),
                    BELL => _ = rustix::io::read(&self.bell, &mut [0_u8; 8]),
                    WATCH => self.watches.tell(),
                    id => self.turn(id, event.flags),
                }
            }
            unfinished.into_iter().for_each(|id| self.turn(id, EventFlags::IN));
        }
        let left: Vec<Arc<Line>> = self.connections.lock().values().map(Arc::clone).collect();
        left.iter().for_each(|line| line.end());
    }

    /// What is listened to at the socket.
    fn attend(&self, interest: EventFlags) {
        if let Some((_, socket)) = &*self.here.lock() {
            let _ = epoll::modify(&*self.poller, socket, EventData::new_u64(LISTENER), interest);
        }
    }

    /// Takes clients in. If there are no descriptors left, how long to rest before the next try.
    fn accept(self: &Arc<Self>) -> Option<Timespec> {
        loop {
            let accepted = match &*self.here.lock() {
                Some((_, socket)) => rustix::net::accept_with(socket, SocketFlags::CLOEXEC),
                None => return None,
            };
            match accepted {
                Ok(socket) => self.admit(socket),
                Err(Errno::INTR | Errno::CONNABORTED) => {}
                Err(Errno::AGAIN) => return None,
                Err(_) => {
                    self.attend(EventFlags::empty());
                    return Some(SHORT_OF_DESCRIPTORS);
                }
            }
        }
    }

    /// Listens to a client, if it is one of this user.
    fn admit(self: &Arc<Self>, socket: OwnedFd) {
        let Some(peer) = peer_of(&socket) else { return };
        let connection = self.connection(socket, peer, true);
        let _ = self.enter(&connection, Decoder::new(USUAL_LIMIT), None);
    }

    /// Something has happened to a connection.
    fn turn(&self, id: u64, flags: EventFlags) {
        let Some(line) = self.connections.lock().get(&id).map(Arc::clone) else { return };
        if flags.contains(EventFlags::OUT) && line.connection.flush() {
            line.drained();
        }
        if flags.intersects(EventFlags::HUP | EventFlags::ERR) && line.connection.is_closing() {
            // Nobody is there to take what is left.
            line.connection.abort();
        }
        if flags.intersects(EventFlags::IN | EventFlags::RDHUP | EventFlags::HUP | EventFlags::ERR) {
            line.attend(By::Service);
        }
    }

    /// A client says whom it wants; `None` if it does not get that, and was told why.
    pub fn greet(&self, connection: &Connection, mut fields: Fields<'_>) -> Result<Option<Accepted>, Malformed> {
        let kind = Kind::from_number(fields.u8()?)?;
        let name = Name::new(kind, ObjectName::new(OsStr::from_bytes(fields.bytes()?)));
        let service = self.services[kind.index()].get().and_then(Weak::upgrade);
        let accepted = match service {
            Some(service) => service.accept(&name, connection, fields.rest()),
            None => Err(Win32Error::FILE_NOT_FOUND),
        };
        match accepted {
            Ok(accepted) => Ok(Some(accepted)),
            Err(error) => {
                connection.close();
                connection.uncork(REFUSED, error.0.to_le_bytes().to_vec());
                Ok(None)
            }
        }
    }

    /// The connection is over.
    pub fn forget(&self, connection: &Connection) {
        self.connections.lock().remove(&connection.id());
    }
}

/// What a process has sent before it ended, and that it is gone, is known before anybody learns that it has ended.
impl ExitObserver for Hub {
    fn exiting(&self, process: u32) {
        // A pair has its maker at both ends, and a child has got one of them.
        let known = [process, std::process::id()];
        let is_its = |line: &&Arc<Line>| known.contains(&line.connection.peer().process);
        let lines: Vec<Arc<Line>> = self.connections.lock().values().filter(is_its).map(Arc::clone).collect();
        lines.iter().for_each(|line| line.pull_to_the_end());
    }
}

/// Who is at the other end, if that is a process of this user.
pub(super) fn peer_of(socket: &OwnedFd) -> Option<Peer> {
    let found = rustix::net::sockopt::socket_peercred(socket).ok()?;
    let ours = found.uid == rustix::process::geteuid();
    ours.then(|| Peer { process: u32::try_from(found.pid.as_raw_nonzero().get()).unwrap_or(0) })
}

fn names_in(directory: &Path) -> PathBuf {
    directory.join("names")
}

fn owners_in(directory: &Path) -> PathBuf {
    directory.join("owners")
}

/// Hands `call` the address of a socket. Paths that are too long for one go through a descriptor of the directory.
pub(super) fn with_address<T>(path: &Path, call: impl FnOnce(&SocketAddrUnix) -> Result<T, Errno>) -> Result<T, Errno> {
    if let Ok(address) = SocketAddrUnix::new(path) {
        return call(&address);
    }
    let (Some(directory), Some(name)) = (path.parent(), path.file_name()) else { return Err(Errno::INVAL) };
    let flags = rustix::fs::OFlags::PATH | rustix::fs::OFlags::DIRECTORY | rustix::fs::OFlags::CLOEXEC;
    let directory = rustix::fs::open(directory, flags, rustix::fs::Mode::empty())?;
    let short = Path::new("/proc/self/fd").join(directory.as_raw_fd().to_string()).join(name);
    call(&SocketAddrUnix::new(short)?)
}
