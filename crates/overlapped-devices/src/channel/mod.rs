//! The channel between processes: names of pipes and mailslots that all processes of a user share, and connections to who owns them
//! (design.md section 4, contract 07 sections 1.1 and 4).
//!
//! The process that made a pipe instance or a mailslot owns its queues. Others find it in a register in the run-time directory and speak to it
//! over a Unix socket there:
//!
//! ```text
//! overlapped/channel/         mode 0700; a lock on it is the lock of the register
//!   names/KIND-NAME-HASH      who owns the name, and what each has noted there (`names`)
//!   owners/NUMBER.lock        locked as long as the owner lives (`owner`)
//!   owners/NUMBER.socket      where it is spoken to (`hub`)
//! ```
//!
//! | Module | Does |
//! |---|---|
//! | [`codec`] | frames and their fields, with every check |
//! | `names`, `owner` | the register, and who in it is still alive |
//! | `hub` | the service thread |
//! | `line` | who reads a connection: that thread, or those that wait in the library |
//! | [`Connection`] | sending without waiting |
//! | `watch` | news of a name's owners |
//!
//! # For a device
//!
//! The device keeps what belongs to this process to itself and looks there first; the channel is for the rest.
//!
//! - It gives its [`Service`] to [`Channel::serve`].
//! - To make something with a name, it decides in [`Channel::change`], where nobody else can decide meanwhile, with what the others have
//!   noted: whether the name is free, whether this is the first instance, how many there may be. Dead owners are not there any more.
//! - To open one, it asks [`Channel::owners`] and [connects](Channel::connect). The owner's [`Service::accept`] says yes, with an [`End`] for what
//!   comes, or no, with an error. [`ConnectError::Gone`] means: that owner has died, try the next.
//! - To wait for a name, it [subscribes](Channel::subscribe) first and then looks.
//!
//! A callback runs on the service thread, or on one that waits for a system, with no lock of the channel held: it may send, close, and
//! complete requests. It must neither wait nor connect. Those of one connection come one after the other. Clients are processes of the same user (Linux says who); one that does not keep to the format, or does not read, loses its
//! connection and nothing else.
//!
//! A system on a simulated engine is a computer of its own: its devices have a channel that is [`Channel::alone`], without files, sockets or
//! threads. All other systems of a process share one, so they see each other's pipes and mailslots, as processes do.
//!
//! Drawback: a process made by fork without exec must not use what its parent has open here; it has neither the service thread nor the
//! lock. With exec, nothing of all this is inherited.

pub mod codec;
mod connection;
mod hub;
mod line;
mod names;
mod owner;
mod watch;

pub use codec::{Fields, Frame, Malformed, Writer};
pub use connection::{Closed, Connection, Peer};
pub use line::Readers;
pub use names::{Kind, Name, Registration};
pub use owner::Owner;
pub use watch::{Subscription, Told};

use codec::{HEAD, head};
use hub::{HELLO, Hub, REFUSED, Services, WELCOME, peer_of, with_address};
use names::{Bucket, lock};
use overlapped_abi::{Context, Win32Error};
use parking_lot::Mutex;
use rustix::io::Errno;
use rustix::net::sockopt::{Timeout, set_socket_timeout};
use rustix::net::{AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType};
use std::collections::HashMap;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock, Weak};
use std::time::Duration;

/// So long a process may take to answer a greeting; then it counts as stuck.
const PATIENCE: Duration = Duration::from_secs(30);
/// So long it has at least.
const SHORTEST: Duration = Duration::from_millis(1);

/// One end of a connection: whom the service thread tells.
pub trait End: Send + Sync {
    /// How many bytes the body of a frame that comes may have; more is [`Malformed`]. Asked once.
    fn longest(&self) -> u32 {
        codec::USUAL_LIMIT
    }

    /// A frame has come, in the order in which they were sent. An error ends the connection.
    fn frame(&self, connection: &Connection, frame: Frame) -> Result<(), Malformed>;

    /// Everything that waited to be sent has been taken by Linux.
    fn drained(&self) {}

    /// The system of which a request waits for what comes, or has come for it since the last time, if any: its threads that wait then read
    /// the connection. Asked once when something has come, before it is told.
    fn awaited(&self) -> Option<&Readers> {
        None
    }

    /// The connection is over, whoever ended it. Comes once, after the last frame.
    fn ended(&self, connection: &Connection);
}

/// A client that was accepted.
pub struct Accepted {
    /// Who is told what comes.
    pub end: Arc<dyn End>,
    /// The answer to the greeting; the client gets it before all other frames.
    pub welcome: Vec<u8>,
}

/// Takes in the clients of other processes.
pub trait Service: Send + Sync {
    /// A client has named something of this process, with a greeting of its device. An error is told to it, and ends the connection. Frames
    /// that are sent from here on reach it after the answer.
    fn accept(&self, name: &Name, connection: &Connection, greeting: &[u8]) -> Result<Accepted, Win32Error>;
}

/// Why there is no connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConnectError {
    /// The owner has ended.
    Gone,
    /// It says no, for this reason.
    Refused(Win32Error),
    /// It does not answer, or this process is short of something.
    Failed(Win32Error),
}

/// The owners of a name while [`Channel::change`] decides.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Owners {
    /// Other processes.
    pub others: Vec<Registration>,
    /// The note of this one, if it is an owner: set it to own the name, clear it to give it up.
    pub own: Option<Vec<u8>>,
}

/// See the module page. Clones are the same channel.
#[derive(Clone)]
pub struct Channel(Arc<Inner>);

struct Inner {
    /// `None` for one that reaches nobody.
    directory: Option<PathBuf>,
    services: Arc<Services>,
    hub: OnceLock<Option<Arc<Hub>>>,
    /// Held by who makes it.
    entering: Mutex<()>,
    /// What this process owns where there is no register.
    alone: Mutex<HashMap<Name, Vec<u8>>>,
}

impl std::fmt::Debug for Channel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Channel").field(&self.0.directory).finish()
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        if let Some(hub) = self.hub.get().and_then(Option::as_ref) {
            hub.stop();
        }
    }
}

impl Channel {
    /// The channel of all who use this run-time directory. Nothing happens before it is first needed; if the directory cannot be used, the
    /// log says why, and names are the process's own.
    #[must_use]
    pub fn new(directory: impl Into<PathBuf>) -> Self {
        Self::of(Some(directory.into()))
    }

    /// A channel that reaches nobody: what is named here has its name in this process alone.
    #[must_use]
    pub fn alone() -> Self {
        Self::of(None)
    }

    fn of(directory: Option<PathBuf>) -> Self {
        let (services, hub, entering, alone) = (Arc::default(), OnceLock::new(), Mutex::default(), Mutex::default());
        Self(Arc::new(Inner { directory, services, hub, entering, alone }))
    }

    /// `None` if it reaches nobody, now and later. An error is one that passes: the next call tries again.
    fn hub(&self) -> Result<Option<&Arc<Hub>>, Win32Error> {
        if let Some(known) = self.0.hub.get() {
            return Ok(known.as_ref());
        }
        let _alone = self.0.entering.lock();
        if let Some(known) = self.0.hub.get() {
            return Ok(known.as_ref());
        }
        let made = match &self.0.directory {
            None => None,
            Some(directory) => match Hub::new(directory, Arc::clone(&self.0.services)) {
                Ok(hub) => Some(hub),
                Err(error) if crate::shared::passes(&error) => return Err(failed(error)),
                Err(error) => {
                    tracing::error!(%error, directory = %directory.display(), "pipes and mailslots cannot be shared with other processes");
                    None
                }
            },
        };
        Ok(self.0.hub.get_or_init(|| made).as_ref())
    }

    /// Clients of this kind of names are handed to `service` while that lives. Only the first call for a kind counts.
    pub fn serve(&self, kind: Kind, service: Weak<dyn Service>) {
        let _ = self.0.services[kind.index()].set(service);
    }

    /// Who this process is to others; `None` while it owns nothing.
    #[must_use]
    pub fn me(&self) -> Option<Owner> {
        self.hub().ok()??.me()
    }

    /// Decides about a name while nobody else can. With an error, everything stays as it is. `decide` must be quick and not call the channel.
    ///
    /// # Errors
    /// That of `decide`, or what Linux has against a change of the register.
    pub fn change<T>(
        &self,
        name: &Name,
        decide: impl FnOnce(&mut Owners) -> Result<T, Win32Error>,
    ) -> Result<T, Win32Error> {
        match self.hub()? {
            Some(hub) => change(hub, name, decide),
            None => {
                let mut alone = self.0.alone.lock();
                let mut owners = Owners { others: Vec::new(), own: alone.get(name).cloned() };
                let decided = decide(&mut owners)?;
                match owners.own {
                    Some(note) => alone.insert(name.clone(), note),
                    None => alone.remove(name),
                };
                Ok(decided)
            }
        }
    }

    /// Gives a name up.
    pub fn release(&self, name: &Name) {
        let released = self.change(name, |owners| {
            owners.own = None;
            Ok(())
        });
        if let Err(error) = released {
            // It goes with this process, then.
            tracing::warn!(%error, "a name could not be given up");
        }
    }

    /// The other processes that own a name now. Takes no lock.
    ///
    /// # Errors
    /// What Linux has against a look at the register: 4 without a descriptor for it.
    pub fn owners(&self, name: &Name) -> Result<Vec<Registration>, Win32Error> {
        let Some(hub) = self.hub()? else { return Ok(Vec::new()) };
        let mut owners = Bucket::read(&hub.path_of(name)).map_err(failed)?.owners(name).to_vec();
        let me = hub.me();
        owners.retain(|entry| Some(entry.owner) != me && hub.is_alive(entry.owner));
        Ok(owners)
    }

    /// Connects to an owner of a name: waits for its answer, hands that to `attach` and tells the [`End`] which that gives of all that follows.
    ///
    /// # Errors
    /// See [`ConnectError`]; an error of `attach` is `Failed`.
    pub fn connect(
        &self,
        owner: Owner,
        name: &Name,
        greeting: &[u8],
        attach: impl FnOnce(&Connection, &[u8]) -> Result<Arc<dyn End>, Win32Error>,
    ) -> Result<Connection, ConnectError> {
        self.connect_within(PATIENCE, owner, name, greeting, attach)
    }

    /// The same, but the owner must answer within that time: else `Failed`, 121.
    ///
    /// # Errors
    /// As for [`Channel::connect`].
    pub fn connect_within(
        &self,
        patience: Duration,
        owner: Owner,
        name: &Name,
        greeting: &[u8],
        attach: impl FnOnce(&Connection, &[u8]) -> Result<Arc<dyn End>, Win32Error>,
    ) -> Result<Connection, ConnectError> {
        let hub = self.hub().map_err(ConnectError::Failed)?.ok_or(ConnectError::Gone)?;
        debug_assert_ne!(hub.me(), Some(owner), "what is here is not reached over the channel");
        let socket = dial(&hub.socket_of(owner), patience.min(PATIENCE))?;
        let peer = peer_of(&socket).ok_or(ConnectError::Gone)?;
        let answer = ask(&socket, &hello(name, greeting))?;
        match answer.operation {
            WELCOME => {
                hub.adopt(socket, peer, |connection| attach(connection, &answer.body)).map_err(ConnectError::Failed)
            }
            REFUSED => {
                let code = Fields::of(&answer.body).u32().map_err(|Malformed| ConnectError::Gone)?;
                Err(ConnectError::Refused(Win32Error(code)))
            }
            _ => Err(ConnectError::Gone),
        }
    }

    /// A connection whose other end is a descriptor, for a child process to [adopt](Channel::adopt): nobody else has it.
    ///
    /// # Errors
    /// 50 on a channel that reaches nobody, or what Linux says.
    pub fn pair(&self, end: impl FnOnce(&Connection) -> Arc<dyn End>) -> Result<OwnedFd, Win32Error> {
        let hub = self.hub()?.ok_or(Win32Error::NOT_SUPPORTED)?;
        let pair = rustix::net::socketpair(AddressFamily::UNIX, SocketType::STREAM, SocketFlags::CLOEXEC, None);
        let (here, there) = pair.map_err(of_open)?;
        hub.adopt(here, Peer { process: std::process::id() }, |connection| Ok(end(connection)))?;
        Ok(there)
    }

    /// The other end of a [`Channel::pair`].
    ///
    /// # Errors
    /// Those of `attach`; 50 on a channel that reaches nobody, or what Linux says.
    pub fn adopt(
        &self,
        descriptor: OwnedFd,
        attach: impl FnOnce(&Connection) -> Result<Arc<dyn End>, Win32Error>,
    ) -> Result<Connection, Win32Error> {
        let hub = self.hub()?.ok_or(Win32Error::NOT_SUPPORTED)?;
        let peer = peer_of(&descriptor).ok_or(Win32Error::INVALID_HANDLE)?;
        hub.adopt(descriptor, peer, attach)
    }

    /// Leaves one frame with an owner of a name, which is greeted as by [`Channel::connect`], and hears nothing of it. Does not wait; what has
    /// been left arrives even if this process ends at once. False if the owner is gone, or has no room.
    pub fn leave(&self, owner: Owner, name: &Name, greeting: &[u8], frame: Frame) -> bool {
        let Ok(Some(hub)) = self.hub() else { return false };
        let Frame { operation, tag, body } = frame;
        let hello = hello(name, greeting);
        let (Ok(first), Ok(second)) = (u32::try_from(hello.len()), u32::try_from(body.len())) else { return false };
        let frames = [&head(HELLO, 0, first)[..], &hello, &head(operation, tag, second), &body].concat();
        let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
        let Ok(socket) = rustix::net::socket_with(AddressFamily::UNIX, SocketType::STREAM, flags, None) else {
            return false;
        };
        with_address(&hub.socket_of(owner), |address| rustix::net::connect(&socket, address)).is_ok()
            && peer_of(&socket).is_some()
            && rustix::net::send(&socket, &frames, SendFlags::NOSIGNAL) == Ok(frames.len())
    }

    /// Has `told` called whenever the owners of a name, or their notes, have changed, while the result lives. What changed before is not told.
    ///
    /// # Errors
    /// What Linux says if nobody can be told, as when the user has no inotify instances left: look again then.
    pub fn subscribe(&self, name: &Name, told: Told) -> Result<Subscription, Win32Error> {
        match self.hub()? {
            Some(hub) => Subscription::new(hub, name.file_name(), told).map_err(failed),
            None => Ok(Subscription::idle()),
        }
    }
}

fn change<T>(
    hub: &Arc<Hub>,
    name: &Name,
    decide: impl FnOnce(&mut Owners) -> Result<T, Win32Error>,
) -> Result<T, Win32Error> {
    let me = hub.listen().map_err(failed)?;
    let _alone = lock(&hub.directory).map_err(of_open)?;
    let path = hub.path_of(name);
    let mut bucket = Bucket::read(&path).map_err(failed)?;
    let (own, others) = bucket.owners(name).iter().cloned().partition(|entry: &Registration| entry.owner == me);
    let own: Vec<Registration> = own;
    let before = own.into_iter().next().map(|entry| entry.note);
    let mut living: Vec<Registration> = others;
    living.retain(|entry| hub.is_alive(entry.owner));
    let mut owners = Owners { others: living.clone(), own: before };
    let decided = decide(&mut owners)?;
    living.extend(owners.own.map(|note| Registration { owner: me, note }));
    if bucket.owners(name) != living {
        bucket.set_owners(name, living);
        bucket.write(&path).map_err(failed)?;
    }
    Ok(decided)
}

fn failed(error: std::io::Error) -> Win32Error {
    Win32Error::from_errno(error.raw_os_error().unwrap_or(libc::EIO), Context::Open)
}

fn of_open(errno: Errno) -> Win32Error {
    Win32Error::from_errno(errno.raw_os_error(), Context::Open)
}

/// The body of the first frame.
fn hello(name: &Name, greeting: &[u8]) -> Vec<u8> {
    Writer::new().u8(name.kind as u8).bytes(name.key()).rest(greeting).finish()
}

/// A socket to whoever listens there, and answers within that time.
fn dial(path: &Path, patience: Duration) -> Result<OwnedFd, ConnectError> {
    let short = |errno| ConnectError::Failed(of_open(errno));
    let socket = rustix::net::socket_with(AddressFamily::UNIX, SocketType::STREAM, SocketFlags::CLOEXEC, None);
    let socket = socket.map_err(short)?;
    for direction in [Timeout::Send, Timeout::Recv] {
        // Without any time it would be for ever.
        set_socket_timeout(&socket, direction, Some(patience.max(SHORTEST))).map_err(short)?;
    }
    loop {
        match with_address(path, |address| rustix::net::connect(&socket, address)) {
            Ok(()) => return Ok(socket),
            Err(Errno::INTR) => {}
            Err(Errno::CONNREFUSED | Errno::NOENT | Errno::CONNRESET) => return Err(ConnectError::Gone),
            Err(Errno::AGAIN) => return Err(ConnectError::Failed(Win32Error::SEM_TIMEOUT)),
            Err(errno) => return Err(short(errno)),
        }
    }
}

/// Greets, and waits for the answer.
fn ask(socket: &OwnedFd, hello: &[u8]) -> Result<Frame, ConnectError> {
    let length = u32::try_from(hello.len()).map_err(|_| ConnectError::Failed(Win32Error::INVALID_PARAMETER))?;
    send_all(socket, &[&head(HELLO, 0, length)[..], hello].concat())?;
    let mut decoder = codec::Decoder::new(codec::USUAL_LIMIT);
    let mut room = [0; HEAD];
    loop {
        if let Some(answer) = decoder.next_frame().map_err(|Malformed| ConnectError::Gone)? {
            return Ok(answer);
        }
        // Not a byte beyond the answer: what follows is the service thread's.
        let wanted = decoder.missing().min(room.len());
        match rustix::net::recv(socket, &mut room[..wanted], RecvFlags::empty()) {
            Ok((0, _)) => return Err(ConnectError::Gone),
            Ok((bytes, _)) => decoder.push(&room[..bytes]),
            Err(errno) => go_on(errno)?,
        }
    }
}

fn send_all(socket: &OwnedFd, mut bytes: &[u8]) -> Result<(), ConnectError> {
    while !bytes.is_empty() {
        match rustix::net::send(socket, bytes, SendFlags::NOSIGNAL) {
            Ok(sent) => bytes = &bytes[sent..],
            Err(errno) => go_on(errno)?,
        }
    }
    Ok(())
}

/// What an error on the way means, unless the call is to be repeated.
fn go_on(errno: Errno) -> Result<(), ConnectError> {
    match errno {
        Errno::INTR => Ok(()),
        Errno::AGAIN => Err(ConnectError::Failed(Win32Error::SEM_TIMEOUT)),
        _ => Err(ConnectError::Gone),
    }
}

/// Is it a file of the register? For tests of the format with any bytes.
#[doc(hidden)]
#[must_use]
pub fn is_register(bytes: &[u8]) -> bool {
    Bucket::parse(bytes).is_ok()
}

#[cfg(test)]
mod tests;
