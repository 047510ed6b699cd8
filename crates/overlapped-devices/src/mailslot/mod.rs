//! Mailslots: messages of many writers to one reader (contract 07 section 4).
//!
//! | Module | Holds |
//! |---|---|
//! | `slot` | the queue of a slot, and the reads that wait |
//! | `server`, `client` | the two ends as devices |
//! | `link` | messages between a client's process and the slot's |
//! | `heir` | handles that a child process inherits |
//! | `post`, `datagram` | messages between computers, and from one to many |
//!
//! A slot belongs to the process that made it. A client of the same process puts its message into the queue inside the call; one of another process
//! is answered when it is there. Either way a message is taken whole or not at all, once and in order, and nobody waits for a reader.
//!
//! Reads that wait go by the clock of the slot's system, which is virtual on a simulated engine.

mod client;
mod datagram;
mod heir;
mod link;
mod post;
mod server;
mod slot;

use crate::channel::{Channel, Kind, Name, Owner, Readers};
use crate::file::Times;
use client::{ClientDevice, Route};
use datagram::Letter;
use heir::FarServer;
use link::{Link, Reception};
use overlapped_abi::constants::open::OPEN_ALWAYS;
use overlapped_abi::{AccessMask, FileFlags, FileTime, Win32Error};
use overlapped_kernel::System;
use overlapped_kernel::device::{Bequest, Driver, OpenParams, Opened, bequest};
use overlapped_kernel::handle::Object;
use overlapped_kernel::namespace::{MailslotReach, ObjectName, Target, mailslot_server_name};
use overlapped_kernel::system::{Grant, Open};
use parking_lot::Mutex;
use post::{Cast, MessageId, Office, Post, Seen, why};
use server::ServerDevice;
use slot::Slot;
use std::collections::HashMap;
use std::ffi::OsStr;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};

pub use slot::Info;

/// The mailslots of a process, and how it reaches those of others. Clones are the same.
#[derive(Clone)]
pub struct MailslotDriver(Arc<Driven>);

/// What the devices need of the driver.
struct Driven {
    channel: Channel,
    slots: Mutex<HashMap<ObjectName, Entry>>,
    post: Arc<Post>,
    seen: Mutex<Seen>,
    /// The first half of the numbers of this process's messages, and the next second half.
    sender: u64,
    next: AtomicU64,
    network: bool,
    _services: (Arc<Reception>, Arc<Office>),
}

struct Entry {
    slot: Arc<Slot>,
    /// Where datagrams for this computer come in, as the slot's system knows it.
    addresses: Vec<SocketAddr>,
}

impl std::fmt::Debug for MailslotDriver {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MailslotDriver").field("slots", &self.0.slots.lock().len()).finish_non_exhaustive()
    }
}

/// The entry of a mailslot in the register.
fn mailslot(name: ObjectName) -> Name {
    Name::new(Kind::Mailslot, name)
}

/// A connection to the owner of a slot in another process.
fn connect(channel: &Channel, owner: Owner, name: &Name, readers: &Readers) -> Result<Arc<Link>, Win32Error> {
    let mut made = None;
    let connected = channel.connect(owner, name, b"", |connection, welcome| {
        let link = Link::new(connection, welcome, name.name.clone(), readers.clone());
        let link = link.map_err(|_| Win32Error::FILE_NOT_FOUND)?;
        made = Some(Arc::clone(&link));
        Ok(link)
    });
    connected.map_err(why)?;
    made.ok_or(Win32Error::FILE_NOT_FOUND)
}

impl MailslotDriver {
    /// Mailslots that other processes reach over this channel, and other computers over the network.
    #[must_use]
    pub fn new(channel: Channel) -> Self {
        Self::make(channel, true)
    }

    /// Mailslots of one simulated computer without a network.
    #[must_use]
    pub fn alone() -> Self {
        Self::make(Channel::alone(), false)
    }

    fn make(channel: Channel, network: bool) -> Self {
        let mut sender = [0; 8];
        // Without random numbers, the address of the channel is as good as any.
        let random = rustix::rand::getrandom(&mut sender, rustix::rand::GetRandomFlags::empty());
        let sender = random.map_or(u64::from(std::process::id()), |_| u64::from_ne_bytes(sender));
        Self(Arc::new_cyclic(|driven| {
            let post = Arc::new(Post::default());
            let services = (Arc::new(Reception(Weak::clone(driven))), Arc::new(Office(Arc::downgrade(&post))));
            let (reception, office): (Weak<Reception>, Weak<Office>) =
                (Arc::downgrade(&services.0), Arc::downgrade(&services.1));
            channel.serve(Kind::Mailslot, reception);
            channel.serve(Kind::Post, office);
            Driven {
                channel,
                slots: Mutex::default(),
                post,
                seen: Mutex::default(),
                sender,
                next: AtomicU64::new(0),
                network,
                _services: services,
            }
        }))
    }

    /// CreateMailslot: messages of at most `longest` bytes (0: any number), reads that wait at most `timeout` milliseconds (0: not at all;
    /// [`MAILSLOT_WAIT_FOREVER`](overlapped_abi::constants::pipe::MAILSLOT_WAIT_FOREVER)).
    ///
    /// # Errors
    /// 123 for a name that is not `\\.\mailslot\[path\]name`, 183 for one that is in use, 4 when there are too many handles.
    pub fn create(&self, system: &System, name: &OsStr, longest: u32, timeout: u32) -> Result<Open, Win32Error> {
        let name = mailslot_server_name(name).map_err(|error| error.code())?;
        let entry = mailslot(name.clone());
        self.0.channel.change(&entry, |owners| {
            if owners.own.is_some() || !owners.others.is_empty() {
                return Err(Win32Error::ALREADY_EXISTS);
            }
            owners.own = Some(Vec::new());
            Ok(())
        })?;
        let slot = Slot::new(name.clone(), longest, timeout, system);
        let addresses = if self.0.network { system.namespace().read().own_mailslots() } else { Vec::new() };
        self.0.slots.lock().insert(name, Entry { slot: Arc::clone(&slot), addresses });
        self.0.settle();
        let access = AccessMask::FILE_GENERIC_READ | AccessMask::WRITE_ATTRIBUTES;
        let instance = system.instance(Arc::new(ServerDevice::new(slot, Arc::clone(&self.0))), true);
        let handle = system.insert(Object::Instance(Arc::clone(&instance)), access)?;
        Ok(Open { handle, grant: Grant { instance, access }, existed: false })
    }
}

impl Driven {
    fn channel(&self) -> &Channel {
        &self.channel
    }

    fn post(&self) -> &Arc<Post> {
        &self.post
    }

    fn has_network(&self) -> bool {
        self.network
    }

    fn next_id(&self) -> MessageId {
        MessageId(self.sender, self.next.fetch_add(1, Ordering::Relaxed))
    }

    /// The slot of this process that has the name.
    fn slot(&self, name: &ObjectName) -> Option<Arc<Slot>> {
        self.slots.lock().get(name).map(|entry| Arc::clone(&entry.slot))
    }

    /// A holder of the slot is gone. With the last one the slot is closed.
    fn leave(self: &Arc<Self>, slot: &Arc<Slot>) {
        if slot.let_go() {
            slot.close();
            self.remove(slot);
        }
    }

    /// The slot is closed: its name is free.
    fn remove(self: &Arc<Self>, slot: &Arc<Slot>) {
        let removed = {
            let mut slots = self.slots.lock();
            let there = slots.get(&slot.name).is_some_and(|entry| Arc::ptr_eq(&entry.slot, slot));
            if there { slots.remove(&slot.name) } else { None }
        };
        if removed.is_some() {
            self.channel.release(&mailslot(slot.name.clone()));
            self.settle();
        }
    }

    /// Datagrams come in where the slots want them.
    fn settle(self: &Arc<Self>) {
        let mut addresses: Vec<SocketAddr> =
            self.slots.lock().values().flat_map(|entry| entry.addresses.clone()).collect();
        addresses.sort_unstable();
        addresses.dedup();
        self.post.receive_at(addresses, self);
    }

    /// A message that may come again, for a slot of this process. One that it does not take is lost.
    fn deliver_once(&self, slot: &Slot, id: MessageId, message: &[u8]) {
        if self.seen.lock().is_new(id) {
            let _ = slot.deliver(message);
        }
    }

    /// Gives a letter to the slot of this process that has the name; false if there is none.
    fn deliver_in_process(&self, letter: &Letter) -> bool {
        let Some(slot) = self.slot(&letter.name) else { return false };
        self.deliver_once(&slot, letter.id, &letter.message);
        true
    }

    /// Gives a letter to the slot of this computer that has the name, if there is one.
    fn deliver_here(&self, letter: &Letter) {
        if self.deliver_in_process(letter) {
            return;
        }
        let name = mailslot(letter.name.clone());
        for entry in self.channel.owners(&name).unwrap_or_default() {
            self.channel.leave(entry.owner, &name, b"", link::cast(letter.id, &letter.message));
        }
    }

    /// The local slot that a client names.
    fn local(&self, name: &ObjectName, readers: &Readers) -> Result<Route, Win32Error> {
        if let Some(slot) = self.slot(name) {
            return Ok(Route::Here(slot));
        }
        let entry = mailslot(name.clone());
        let mut why_not = Win32Error::FILE_NOT_FOUND;
        for owner in self.channel.owners(&entry)? {
            match connect(&self.channel, owner.owner, &entry, readers) {
                Ok(link) => return Ok(Route::There(link)),
                Err(error) => why_not = error,
            }
        }
        Err(why_not)
    }
}

impl Drop for Driven {
    fn drop(&mut self) {
        self.post.stop();
    }
}

impl Driver for MailslotDriver {
    fn open(&self, system: &System, target: &Target, params: &OpenParams) -> Option<Result<Opened, Win32Error>> {
        let Target::Mailslot { name, reach } = target else { return None };
        let away = |peers: &[SocketAddr], here| {
            let cast = Cast { driven: Arc::clone(&self.0), name: name.clone(), peers: peers.to_vec(), here };
            Ok(Route::Away(cast))
        };
        let route = match reach {
            MailslotReach::Local => self.0.local(name, &Readers::of(system)),
            MailslotReach::Peers(peers) => away(peers, false),
            MailslotReach::Everyone(peers) => away(peers, true),
        };
        let access = params.access.map_generic_file() | AccessMask::SYNCHRONIZE | AccessMask::READ_ATTRIBUTES;
        Some(route.map(|route| Opened {
            device: Arc::new(ClientDevice::new(route, Arc::clone(&self.0))),
            access,
            overlapped: params.flags.contains(FileFlags::OVERLAPPED),
            existed: params.disposition == OPEN_ALWAYS,
        }))
    }

    fn inherit(&self, system: &System, left: &mut Bequest) -> Option<Result<Opened, Win32Error>> {
        (left.kind == bequest::MAILSLOT).then(|| heir::inherit(&self.0, left, &Readers::of(system)))
    }
}

fn device<T: 'static>(grant: &Grant) -> Option<&T> {
    grant.instance.device().as_any().downcast_ref()
}

/// The slot that a server's handle reads, here or in the parent; 87 for everything else, clients included.
fn served(grant: &Grant) -> Result<Result<&Arc<Slot>, &FarServer>, Win32Error> {
    heir::server_of(grant.instance.device().as_any()).ok_or(Win32Error::INVALID_PARAMETER)
}

/// GetMailslotInfo.
///
/// # Errors
/// 87 for what is not a server's handle; 6 if the parent that has the slot has ended.
pub fn info(grant: &Grant) -> Result<Info, Win32Error> {
    match served(grant)? {
        Ok(slot) => Ok(slot.info()),
        Err(far) => far.ask(None),
    }
}

/// SetMailslotInfo: later reads wait so long, in milliseconds.
///
/// # Errors
/// As for [`info`].
pub fn set_timeout(grant: &Grant, timeout: u32) -> Result<(), Win32Error> {
    match served(grant)? {
        Ok(slot) => {
            slot.set_timeout(timeout);
            Ok(())
        }
        Err(far) => far.ask(Some(timeout)).map(drop),
    }
}

/// The slot whose times a handle has, or 1 if it is one of another process; `None` for a handle of something else.
fn timed(grant: &Grant) -> Option<Result<&Arc<Slot>, Win32Error>> {
    if let Some(server) = heir::server_of(grant.instance.device().as_any()) {
        return Some(server.map_err(|_| Win32Error::INVALID_FUNCTION));
    }
    device::<ClientDevice>(grant).map(|client| client.slot().ok_or(Win32Error::INVALID_FUNCTION))
}

/// GetFileTime: when the slot was made, was last read from and last written to. `None` if the handle is not of a mailslot.
pub(crate) fn times(grant: &Grant) -> Option<Result<Times, Win32Error>> {
    timed(grant).map(|slot| slot.map(|slot| slot.times()))
}

/// SetFileTime: creation, access and write; `None` leaves a time as it is. The result is `None` if the handle is not of a mailslot.
pub(crate) fn set_times(grant: &Grant, times: [Option<FileTime>; 3]) -> Option<Result<(), Win32Error>> {
    let slot = timed(grant)?;
    if !grant.access.contains(AccessMask::WRITE_ATTRIBUTES) {
        return Some(Err(Win32Error::ACCESS_DENIED));
    }
    Some(slot.map(|slot| slot.set_times(times)))
}

/// Is it the message of a datagram? For tests of the format with any bytes.
#[doc(hidden)]
#[must_use]
pub fn is_letter(datagram: &[u8]) -> bool {
    Letter::parse(datagram).is_ok_and(|letter| letter.encode().is_some())
}

#[cfg(test)]
mod tests;
