//! Messages between computers, and from one to many (contract 07 section 4.2).
//!
//! What a domain or another computer is, the table of names says: addresses, to each of which a message goes as one datagram. What it says of this
//! computer is where its own datagrams come in. Only one process can have that address; it is the post of this computer while it owns a
//! mailslot, finds the owner of the name that a datagram is for, and hands it over by the channel. Others that own mailslots are connected to
//! it, and when that connection ends one of them takes the place.
//!
//! A message that leaves for many has one number, by which the owner of a slot takes it once: it may come by several ways, and to the sender's
//! own computer it goes without the network, inside the call. Nothing is repeated, and nobody answers. The thread that takes in is there while a
//! slot wants it.

use super::Driven;
use super::datagram::{LONGEST, Letter, ROOM};
use crate::channel::{Accepted, Channel, ConnectError, Connection, End, Frame, Kind, Malformed, Name, Service};
use overlapped_abi::{Status, Win32Error};
use overlapped_kernel::namespace::ObjectName;
use parking_lot::Mutex;
use rustix::event::{EventfdFlags, PollFd, PollFlags, Timespec, eventfd, poll};
use std::collections::{HashSet, VecDeque};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::os::fd::OwnedFd;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock, Weak};

/// By which a message is known again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct MessageId(pub u64, pub u64);

/// The numbers of messages that have come lately.
#[derive(Default)]
pub(super) struct Seen {
    order: VecDeque<MessageId>,
    known: HashSet<MessageId>,
}

/// How many numbers are remembered.
const MEMORY: usize = 4096;

impl Seen {
    /// Is it new?
    pub fn is_new(&mut self, id: MessageId) -> bool {
        if !self.known.insert(id) {
            return false;
        }
        self.order.push_back(id);
        if self.order.len() > MEMORY
            && let Some(old) = self.order.pop_front()
        {
            self.known.remove(&old);
        }
        true
    }
}

/// Whom the client of a remote name writes to.
pub(super) struct Cast {
    pub driven: Arc<Driven>,
    pub name: ObjectName,
    pub peers: Vec<SocketAddr>,
    /// This computer, too.
    pub here: bool,
}

impl Cast {
    /// Sends a message and does not know whether it arrives. 53 for one that is too long.
    pub fn send(&self, message: &[u8]) -> Result<(), Status> {
        if message.len() > LONGEST {
            // One computer is a special case: the two lengths that its format has no room for get lost instead.
            let one = !self.here && self.peers.len() <= 1;
            return if one && message.len() <= LONGEST + 2 { Ok(()) } else { Err(Status::BAD_NETWORK_PATH) };
        }
        let letter = Letter { name: self.name.clone(), id: self.driven.next_id(), message: message.to_vec() };
        if self.here {
            self.driven.deliver_here(&letter);
        }
        if let Some(datagram) = letter.encode().filter(|_| self.driven.has_network()) {
            self.peers.iter().for_each(|peer| self.driven.post().send(&datagram, *peer));
        }
        Ok(())
    }
}

/// See the module page.
#[derive(Default)]
pub(super) struct Post {
    senders: [OnceLock<UdpSocket>; 2],
    bell: OnceLock<Option<OwnedFd>>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Where datagrams for this computer come in.
    wanted: Vec<SocketAddr>,
    running: bool,
    /// Processes that want to know when this one gives the place up.
    followers: Vec<(Name, Connection)>,
    /// The places that this process has.
    held: Vec<Name>,
}

impl Post {
    /// Sends one datagram, if the network takes it.
    fn send(&self, datagram: &[u8], to: SocketAddr) {
        let sender = &self.senders[usize::from(to.is_ipv6())];
        if sender.get().is_none()
            && let Some(new) = new_sender(to)
        {
            // Another thread may have been faster, with one that is as good.
            let _ = sender.set(new);
        }
        if let Some(sender) = sender.get() {
            let _ = sender.send_to(datagram, to);
        }
    }

    /// Datagrams are taken in at these addresses from now on, and at no others.
    pub fn receive_at(&self, addresses: Vec<SocketAddr>, driven: &Arc<Driven>) {
        {
            let mut state = self.state.lock();
            if state.wanted == addresses {
                return;
            }
            state.wanted = addresses;
            if !state.wanted.is_empty() {
                self.start(&mut state, driven);
            }
        }
        self.ring();
    }

    /// Everything ends.
    pub fn stop(&self) {
        self.state.lock().wanted.clear();
        self.ring();
    }

    fn bell(&self) -> Option<&OwnedFd> {
        self.bell.get_or_init(|| eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK).ok()).as_ref()
    }

    fn ring(&self) {
        if let Some(bell) = self.bell() {
            let _ = rustix::io::write(bell, &1_u64.to_ne_bytes());
        }
    }

    fn start(&self, state: &mut State, driven: &Arc<Driven>) {
        if state.running || self.bell().is_none() {
            return;
        }
        let rounds = Rounds { driven: Arc::downgrade(driven), channel: driven.channel().clone(), places: Vec::new() };
        let post = Arc::clone(driven.post());
        let thread = std::thread::Builder::new().name("ovl-mailpost".into()).spawn(move || rounds.run(&post));
        state.running = thread.inspect_err(|error| tracing::error!(%error, "mail of other computers is lost")).is_ok();
    }
}

/// A socket for datagrams to addresses like this one.
fn new_sender(to: SocketAddr) -> Option<UdpSocket> {
    let any: SocketAddr =
        if to.is_ipv4() { (Ipv4Addr::UNSPECIFIED, 0).into() } else { (Ipv6Addr::UNSPECIFIED, 0).into() };
    let socket = UdpSocket::bind(any).ok()?;
    socket.set_nonblocking(true).ok()?;
    // The address of a domain may be a broadcast.
    let _ = socket.set_broadcast(true);
    Some(socket)
}

/// What the thread has.
struct Rounds {
    driven: Weak<Driven>,
    channel: Channel,
    places: Vec<Place>,
}

/// An address of this computer, and who takes in there.
struct Place {
    address: SocketAddr,
    name: Name,
    tenure: Tenure,
}

enum Tenure {
    /// This process.
    Mine(UdpSocket),
    /// Another one, until the connection ends.
    Theirs(Connection, Arc<AtomicBool>),
    /// Nobody yet; so many tries have failed.
    Vacant(u32),
}

/// The time between two tries to get a place, and between later ones.
const PAUSE: Timespec = Timespec { tv_sec: 0, tv_nsec: 50_000_000 };
const LONG_PAUSE: Timespec = Timespec { tv_sec: 1, tv_nsec: 0 };
/// After so many tries, another program must have the address.
const TRIES: u32 = 40;

impl Rounds {
    fn run(mut self, post: &Arc<Post>) {
        while let Some(bell) = post.bell() {
            let _ = rustix::io::read(bell, &mut [0_u8; 8]);
            let wanted = post.state.lock().wanted.clone();
            self.settle(&wanted, post);
            {
                let mut state = post.state.lock();
                if state.wanted.is_empty() && self.places.is_empty() {
                    state.running = false;
                    return;
                }
            }
            self.sleep(bell);
            self.take_in();
        }
    }

    /// Until somebody rings, a datagram comes or it is time for another try.
    fn sleep(&self, bell: &OwnedFd) {
        let tries = self.places.iter().filter_map(|place| match place.tenure {
            Tenure::Vacant(tries) => Some(tries),
            _ => None,
        });
        let limit = tries.min().map(|tries| if tries < TRIES { &PAUSE } else { &LONG_PAUSE });
        let mut sources = vec![PollFd::new(bell, PollFlags::IN)];
        sources.extend(self.places.iter().filter_map(|place| match &place.tenure {
            Tenure::Mine(socket) => Some(PollFd::new(socket, PollFlags::IN)),
            _ => None,
        }));
        let _ = poll(&mut sources, limit);
    }

    /// Has the places that are wanted, or sees to it that somebody has them.
    fn settle(&mut self, wanted: &[SocketAddr], post: &Arc<Post>) {
        let (stay, go) =
            std::mem::take(&mut self.places).into_iter().partition(|place| wanted.contains(&place.address));
        self.places = stay;
        let go: Vec<Place> = go;
        go.into_iter().for_each(|place| self.give_up(place, post));
        for address in wanted {
            if !self.places.iter().any(|place| place.address == *address) {
                let name = Name::new(Kind::Post, address.to_string().as_str());
                self.places.push(Place { address: *address, name, tenure: Tenure::Vacant(0) });
            }
        }
        for place in &mut self.places {
            if matches!(&place.tenure, Tenure::Theirs(_, over) if over.load(Ordering::Acquire)) {
                place.tenure = Tenure::Vacant(0);
            }
            if let Tenure::Vacant(tries) = place.tenure {
                place.tenure = apply(&self.channel, place, post).unwrap_or_else(|| {
                    if tries == TRIES {
                        tracing::warn!(address = %place.address, "another program has the address of this computer's mailslots");
                    }
                    Tenure::Vacant(tries.saturating_add(1))
                });
            }
        }
    }

    fn give_up(&self, place: Place, post: &Arc<Post>) {
        match place.tenure {
            Tenure::Mine(socket) => {
                drop(socket);
                vacate(&self.channel, &place.name, post);
            }
            Tenure::Theirs(connection, _) => connection.close(),
            Tenure::Vacant(_) => {}
        }
    }

    /// Reads what has come.
    fn take_in(&mut self) {
        let mut room = [0; ROOM];
        let mut letters = Vec::new();
        for place in &self.places {
            let Tenure::Mine(socket) = &place.tenure else { continue };
            // So many at a time; the socket says again that there are more.
            for _ in 0..64 {
                let Ok((bytes, _)) = socket.recv_from(&mut room) else { break };
                letters.extend(Letter::parse(&room[..bytes]).ok());
            }
        }
        if let Some(driven) = self.driven.upgrade() {
            letters.iter().for_each(|letter| driven.deliver_here(letter));
        }
    }
}

/// Tries to get a place: it is this process's, or that of another whose end is told.
fn apply(channel: &Channel, place: &Place, post: &Arc<Post>) -> Option<Tenure> {
    let owner = channel.change(&place.name, |owners| {
        let other = owners.others.first().map(|entry| entry.owner);
        if other.is_none() {
            owners.own = Some(Vec::new());
        }
        Ok(other)
    });
    match owner.ok()? {
        None => {
            let bound = UdpSocket::bind(place.address).and_then(|socket| {
                socket.set_nonblocking(true)?;
                Ok(socket)
            });
            if bound.is_err() {
                channel.release(&place.name);
                return None;
            }
            post.state.lock().held.push(place.name.clone());
            bound.ok().map(Tenure::Mine)
        }
        Some(owner) => {
            let over = Arc::new(AtomicBool::new(false));
            let follower = Arc::new(Follower { post: Arc::downgrade(post), over: Arc::clone(&over) });
            let connected = channel.connect(owner, &place.name, b"", |_, _| Ok(follower));
            connected.ok().map(|connection| Tenure::Theirs(connection, over))
        }
    }
}

/// Leaves a place to others, and tells them.
fn vacate(channel: &Channel, name: &Name, post: &Arc<Post>) {
    channel.release(name);
    let mut state = post.state.lock();
    state.held.retain(|held| held != name);
    let (gone, stay) = std::mem::take(&mut state.followers).into_iter().partition(|(followed, _)| followed == name);
    state.followers = stay;
    drop(state);
    let gone: Vec<(Name, Connection)> = gone;
    gone.iter().for_each(|(_, connection)| connection.close());
}

/// Who waits for a place.
struct Follower {
    post: Weak<Post>,
    over: Arc<AtomicBool>,
}

impl End for Follower {
    fn frame(&self, _: &Connection, _: Frame) -> Result<(), Malformed> {
        Err(Malformed)
    }

    fn ended(&self, _: &Connection) {
        self.over.store(true, Ordering::Release);
        if let Some(post) = self.post.upgrade() {
            post.ring();
        }
    }
}

/// Takes in who waits for a place of this process.
pub(super) struct Office(pub Weak<Post>);

impl Service for Office {
    fn accept(&self, name: &Name, connection: &Connection, _: &[u8]) -> Result<Accepted, Win32Error> {
        let post = self.0.upgrade().ok_or(Win32Error::FILE_NOT_FOUND)?;
        let mut state = post.state.lock();
        if !state.held.contains(name) {
            return Err(Win32Error::FILE_NOT_FOUND);
        }
        state.followers.push((name.clone(), connection.clone()));
        Ok(Accepted { end: Arc::new(Followed(Weak::clone(&self.0))), welcome: Vec::new() })
    }
}

struct Followed(Weak<Post>);

impl End for Followed {
    fn frame(&self, _: &Connection, _: Frame) -> Result<(), Malformed> {
        Err(Malformed)
    }

    fn ended(&self, connection: &Connection) {
        if let Some(post) = self.0.upgrade() {
            post.state.lock().followers.retain(|(_, other)| !other.same(connection));
        }
    }
}

/// What a connection to an owner ends in when there is none.
pub(super) fn why(error: ConnectError) -> Win32Error {
    match error {
        ConnectError::Gone => Win32Error::FILE_NOT_FOUND,
        ConnectError::Refused(error) | ConnectError::Failed(error) => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_known_again_until_many_others_have_come_07_4_2() {
        let mut seen = Seen::default();
        assert!(seen.is_new(MessageId(1, 1)) && seen.is_new(MessageId(1, 2)));
        assert!(!seen.is_new(MessageId(1, 1)));
        for n in 0..MEMORY as u64 {
            assert!(seen.is_new(MessageId(2, n)));
        }
        assert!(seen.is_new(MessageId(1, 1)), "that was long ago");
        assert_eq!((seen.order.len(), seen.known.len()), (MEMORY, MEMORY));
    }
}
